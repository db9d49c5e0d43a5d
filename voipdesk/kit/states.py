"""What stands in place of content: nothing yet, nothing found, an error, and the thin bar while something loads."""

from collections.abc import Callable
from dataclasses import dataclass

from PySide6.QtCore import QEvent, QObject, Qt, QTimer, Signal
from PySide6.QtWidgets import QFrame, QLabel, QProgressBar, QPushButton, QVBoxLayout, QWidget

from voipdesk.kernel.text import tr
from voipdesk.kit import icons, theme

MILLISECONDS_UNTIL_SHOWN = 200


@dataclass(frozen=True, slots=True)
class State:
    """What a place is for or why it is empty, and one button with a verb."""

    icon: str
    title: str
    text: str = ""
    button: str = ""
    key: str = "act"
    tone: str = "muted"
    act: Callable[[], None] | None = None


class StatePane(QFrame):
    """Shows a state over its parent (a view), or in a layout of its own."""

    acted = Signal(str)
    """The key of the state whose button was pressed."""

    def __init__(self, parent: QWidget | None = None, state: State | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("state")
        self.setProperty("role", "surface")
        self.setAutoFillBackground(True)
        self._state: State | None = None
        self._icon, self._title, self._text = QLabel(self), QLabel(self), QLabel(self)
        self.button = QPushButton(self)
        self.button.setObjectName("btn.state")
        self.button.setProperty("look", "primary")
        self.button.setAccessibleName(tr("Next step"))
        self.button.clicked.connect(self._act)
        self._title.setFont(theme.scaled_font(1.15, bold=True))
        for label in (self._icon, self._title, self._text):
            label.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._text.setWordWrap(True)
        self._text.setProperty("tone", "muted")
        box = QVBoxLayout(self)
        box.setContentsMargins(theme.XL, theme.XL, theme.XL, theme.XL)
        box.setSpacing(theme.S)
        box.addStretch(2)
        for part in (self._icon, self._title, self._text):
            box.addWidget(part, 0, Qt.AlignmentFlag.AlignHCenter)
        box.addSpacing(theme.XS)
        box.addWidget(self.button, 0, Qt.AlignmentFlag.AlignHCenter)
        box.addStretch(3)
        self._below = 0
        if parent is not None:
            parent.installEventFilter(self)
        self.show_state(state)

    def show_state(self, state: State | None, *, below: int = 0) -> None:
        """Show a state, leaving `below` pixels at the top of the parent free; None hides the pane."""
        self._state = state
        self.setVisible(state is not None)
        if state is None:
            return
        self._title.setText(state.title)
        self._text.setText(state.text)
        self._text.setVisible(bool(state.text))
        self._room_for_text()
        self.button.setText(state.button)
        self.button.setAccessibleName(state.button or tr("Next step"))
        self.button.setVisible(bool(state.button))
        self.setAccessibleName(f"{state.title}. {state.text}")
        self._below = below
        self._draw()
        self._fit()
        self.raise_()

    def _room_for_text(self) -> None:
        """As wide as a line of it, within bounds, and as high as it then is: a centred label is not asked for that."""
        self._text.ensurePolished()
        line = self._text.fontMetrics().horizontalAdvance(self._text.text()) + theme.S
        width = max(theme.ems(24), min(theme.ems(32), line))
        parent = self.parentWidget()
        if parent is not None and parent.layout() is None:
            width = max(theme.ems(8), min(width, parent.width() - 2 * theme.XL))
        self._text.setFixedWidth(width)
        self._text.setMinimumHeight(max(0, self._text.heightForWidth(width)))

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Follow the parent's size."""
        if event.type() == QEvent.Type.Resize:
            self._fit()
        return bool(super().eventFilter(watched, event))

    def _fit(self) -> None:
        """Cover the parent below its header, where the pane is not in a layout."""
        below, parent = self._below, self.parentWidget()
        if parent is not None and parent.layout() is None and not self.isHidden():
            self._room_for_text()
            self.setGeometry(0, below, parent.width(), max(0, parent.height() - below))

    def changeEvent(self, event: QEvent) -> None:
        """Draw the icon again in another palette."""
        super().changeEvent(event)
        if self._state is not None and event.type() == QEvent.Type.PaletteChange:
            self._draw()

    def _draw(self) -> None:
        assert self._state is not None
        size = round(theme.em() * 2.4)
        self._icon.setPixmap(icons.pixmap(self._state.icon, size, self._state.tone, self.devicePixelRatioF()))

    def _act(self) -> None:
        if self._state is not None:
            if self._state.act is not None:
                self._state.act()
            self.acted.emit(self._state.key)


class LoadingBar(QProgressBar):
    """A thin bar that appears when loading takes longer than 200 ms; it keeps its place, so nothing jumps."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("role", "thin")
        self.setObjectName("loading")
        self.setAccessibleName(tr("Loading"))
        self.setTextVisible(False)
        self.setRange(0, 1)
        self._timer = QTimer(self, singleShot=True, interval=MILLISECONDS_UNTIL_SHOWN)
        self._timer.timeout.connect(self._show)

    def start(self) -> None:
        """Loading has begun."""
        if not self._timer.isActive() and self.maximum() != 0:
            self._timer.start()

    def stop(self) -> None:
        """Loading has ended."""
        self._timer.stop()
        self.setRange(0, 1)
        self.reset()

    def _show(self) -> None:
        self.setRange(0, 0)
