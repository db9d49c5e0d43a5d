"""A toast: what was done, with one action; stays ten seconds or longer, and is never the only trace."""

from collections.abc import Callable

from PySide6.QtCore import QEvent, QObject, Qt, QTimer
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QPushButton, QToolButton, QWidget

from voipdesk.kernel.text import tr
from voipdesk.kit import icons, theme
from voipdesk.kit.names import named

SHOWN_MS = 12_000


class Toast(QFrame):
    """Sits at the foot of the window; the newest one replaces the one before."""

    def __init__(self, window: QWidget) -> None:
        super().__init__(window)
        named(self, "toast", tr("Message"))
        self.setProperty("role", "toast")
        self._text = QLabel()
        self._text.setObjectName("toast.text")
        self._text.setTextFormat(Qt.TextFormat.PlainText)
        self._action = named(QPushButton(), "toast.action", tr("Action"))
        self._action.setProperty("look", "link")
        close = named(QToolButton(), "toast.close", tr("Close message"))
        close.setIcon(icons.icon("close", "muted"))
        close.clicked.connect(self.hide)
        row = QHBoxLayout(self)
        row.setContentsMargins(theme.L, theme.S, theme.S, theme.S)
        row.setSpacing(theme.M)
        for widget in (self._text, self._action, close):
            row.addWidget(widget)
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.timeout.connect(self.hide)
        self._do: Callable[[], None] | None = None
        self._action.clicked.connect(self._act)
        window.installEventFilter(self)
        self.hide()

    def say(self, text: str, action: str = "", do: Callable[[], None] | None = None) -> None:
        """Show a sentence, with a button where there is something to do about it."""
        self._text.setText(text)
        self.setAccessibleDescription(text)
        self._do = do
        self._action.setText(action)
        self._action.setVisible(bool(action and do))
        self.adjustSize()
        self._place()
        self.show()
        self.raise_()
        self._timer.start(SHOWN_MS)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Stay in place when the window changes its size."""
        if event.type() == QEvent.Type.Resize:
            self._place()
        return super().eventFilter(watched, event)

    def _act(self) -> None:
        self.hide()
        if self._do is not None:
            self._do()

    def _place(self) -> None:
        parent = self.parentWidget()
        if parent is not None:
            left = (parent.width() - self.width()) // 2
            self.move(left, parent.height() - self.height() - round(theme.em() * 3))
