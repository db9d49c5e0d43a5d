"""What pages are made of: the header with its actions, cards for figures, banners, toasts."""

from collections.abc import Callable, Sequence
from functools import partial

from PySide6.QtCore import QEvent, QObject, QSize, Qt, QTimer, Signal
from PySide6.QtGui import QKeyEvent, QMouseEvent
from PySide6.QtWidgets import (
    QApplication,
    QDialog,
    QFrame,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QSplitter,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from voipdesk.kernel.text import tr
from voipdesk.kit import icons, theme
from voipdesk.kit.names import named

TOAST_MILLISECONDS = 12_000
"""Nothing disappears in under ten seconds (ux.md 4.2)."""

TONE_ICONS = {"ok": "ok", "warning": "warning", "danger": "stop", "accent": "info", "muted": "info"}


def button(
    text: str, name: str, *, icon: str = "", look: str = "", act: Callable[[], object] | None = None
) -> QPushButton:
    """A push button `btn.<name>`; `look` is primary, danger, link or empty."""
    made = QPushButton(text)
    named(made, f"btn.{name}", text)
    if look:
        made.setProperty("look", look)
    if icon:
        made.setIcon(
            icons.icon(icon, "accent_text" if look == "primary" else "danger" if look == "danger" else "text")
        )
        line = round(theme.em())
        made.setIconSize(QSize(round(line * 1.5), line))  # Wider than high: room between icon and text.
    if act is not None:
        made.clicked.connect(lambda: act())
    made.setCursor(Qt.CursorShape.PointingHandCursor if look == "link" else Qt.CursorShape.ArrowCursor)
    return made


def tool(icon: str, name: str, tip: str, act: Callable[[], object] | None = None) -> QToolButton:
    """A button with an icon only; the tip is also what a screen reader says."""
    made = named(QToolButton(), f"btn.{name}", tip)
    made.setIcon(icons.icon(icon))
    made.setToolTip(tip)
    if act is not None:
        made.clicked.connect(lambda: act())
    return made


def label(
    text: str = "", *, tone: str = "", size: float = 1.0, bold: bool = False, wrap: bool = False
) -> QLabel:
    """A text in a tone, a size in lines of the usual font, plain (never rich text from data)."""
    made = QLabel(text)
    made.setTextFormat(Qt.TextFormat.PlainText)
    if tone:
        made.setProperty("tone", tone)
    if size != 1.0 or bold:
        made.setFont(theme.scaled_font(size, bold=bold))
    made.setWordWrap(wrap)
    # A QLabel goes by its text's direction, so that a number would stand at the wrong side in Arabic.
    made.setAlignment(leading() | Qt.AlignmentFlag.AlignVCenter)
    return made


def leading() -> Qt.AlignmentFlag:
    """The side where reading begins in the language of the screens, for texts of any direction."""
    side = Qt.AlignmentFlag.AlignRight if QApplication.isRightToLeft() else Qt.AlignmentFlag.AlignLeft
    return side | Qt.AlignmentFlag.AlignAbsolute


def closing(dialog: QDialog) -> QHBoxLayout:
    """The last line of a dialog that only shows something: Close, at its end."""
    row = QHBoxLayout()
    row.addStretch(1)
    row.addWidget(button(tr("Close"), "close", act=dialog.accept))
    return row


class PageHeader(QWidget):
    """Title and subtitle at the leading side, actions at the other; the last action is the primary one."""

    def __init__(self, title: str, subtitle: str = "", actions: Sequence[QWidget] = ()) -> None:
        super().__init__()
        self.title = label(title, size=1.5, bold=True)
        self.title.setObjectName("page.title")
        self.subtitle = label(subtitle, tone="muted", wrap=True)
        self.subtitle.setVisible(bool(subtitle))
        texts = QVBoxLayout()
        texts.setSpacing(2)
        texts.addWidget(self.title)
        texts.addWidget(self.subtitle)
        self._actions = QHBoxLayout()
        self._actions.setSpacing(theme.S)
        box = QHBoxLayout(self)
        box.setContentsMargins(0, 0, 0, 0)
        box.addLayout(texts, 1)
        box.addLayout(self._actions)
        for action in actions:
            self.add_action(action)

    def add_action(self, widget: QWidget) -> None:
        """One more action at the trailing end."""
        self._actions.addWidget(widget, 0, Qt.AlignmentFlag.AlignVCenter)

    def set_subtitle(self, text: str) -> None:
        """Another subtitle; empty hides it."""
        self.subtitle.setText(text)
        self.subtitle.setVisible(bool(text))


class Page(QWidget):
    """A page `page.<name>`: header, an optional banner, and a body that takes the room.

    It is built `within` where it will stand: a page that is moved is styled anew as a whole.
    """

    def __init__(
        self,
        name: str,
        title: str,
        subtitle: str = "",
        actions: Sequence[QWidget] = (),
        *,
        within: QWidget | None = None,
    ) -> None:
        super().__init__(within)
        named(self, f"page.{name}", title)
        self.header = PageHeader(title, subtitle, actions)
        self.banner = Banner()
        self.body = QVBoxLayout()
        self.body.setSpacing(theme.M)
        box = QVBoxLayout(self)
        box.setContentsMargins(theme.XL, theme.L, theme.XL, theme.L)
        box.setSpacing(theme.M)
        box.addWidget(self.header)
        box.addWidget(self.banner)
        box.addLayout(self.body, 1)


def framed(inner: QWidget, within: QWidget | None = None) -> QFrame:
    """A widget (a grid) as a card: one border around it. What has its place before it is filled is styled but once."""
    frame = QFrame(within)
    frame.setProperty("role", "card")
    box = QVBoxLayout(frame)
    box.setContentsMargins(1, 1, 1, 1)
    box.addWidget(inner)
    return frame


def beside(body: QVBoxLayout, name: str, leading: QWidget) -> tuple[QSplitter, QVBoxLayout]:
    """A narrow card at the leading side of what takes the rest, and a box for that: parts go in under each other.

    From the outside in: what is moved with all it holds is styled anew as often, which took most of a first showing.
    """
    split = QSplitter(Qt.Orientation.Horizontal)
    split.setObjectName(f"split.{name}")
    split.setChildrenCollapsible(False)
    split.setHandleWidth(theme.M)
    body.addWidget(split, 1)
    split.addWidget(framed(leading, split))
    rest = QWidget(split)
    split.addWidget(rest)
    box = QVBoxLayout(rest)
    box.setContentsMargins(0, 0, 0, 0)
    box.setSpacing(theme.S)
    split.setStretchFactor(0, 0)
    split.setStretchFactor(1, 1)
    return split, box


class Card(QFrame):
    """One figure: what it is, the number, a remark in a tone. `count.<name>` carries the bare number as `value`."""

    clicked = Signal()

    def __init__(self, name: str, title: str) -> None:
        super().__init__()
        self.setProperty("role", "card")
        self._title = title
        self.title = label(title, tone="muted")
        self.value = label("–", size=1.6, bold=True)
        self.value.setObjectName(f"count.{name}")
        self.value.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self._icon = QLabel()
        self.remark = label()
        foot = QHBoxLayout()
        foot.setSpacing(theme.XS)
        foot.addWidget(self._icon)
        foot.addWidget(self.remark, 1)
        box = QVBoxLayout(self)
        box.setContentsMargins(theme.L, theme.M, theme.L, theme.M)
        box.setSpacing(theme.XS)
        box.addWidget(self.title)
        box.addWidget(self.value)
        box.addLayout(foot)
        self._mark = ("", "")
        self._icon.hide()

    def show_value(
        self, text: str, *, bare: str = "", remark: str = "", tone: str = "muted", icon: str = ""
    ) -> None:
        """The number as people read it, `bare` as a program does, and a remark."""
        self.value.setText(text)
        self.value.setProperty("value", bare or text)
        self.remark.setText(remark)
        self.remark.setVisible(bool(remark))
        theme.set_tone(self.remark, tone)
        self._mark = (icon, tone)
        self._draw()
        self.setAccessibleName(f"{self._title}: {text}. {remark}")

    def make_clickable(self) -> None:
        """The card leads somewhere: by mouse, Enter and Space."""
        self.setProperty("clickable", "true")
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setCursor(Qt.CursorShape.PointingHandCursor)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """A click."""
        if self.property("clickable") and self.rect().contains(event.position().toPoint()):
            self.clicked.emit()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter and Space click."""
        if event.key() in {Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space} and self.property(
            "clickable"
        ):
            self.clicked.emit()
        else:
            super().keyPressEvent(event)

    def changeEvent(self, event: QEvent) -> None:
        """Draw the icon again in another palette."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange:
            self._draw()

    def _draw(self) -> None:
        icon, tone = self._mark
        self._icon.setVisible(bool(icon))
        if icon:
            self._icon.setPixmap(icons.pixmap(icon, round(theme.em() * 0.9), tone, self.devicePixelRatioF()))


class CardRow(QWidget):
    """Cards side by side, equally wide, wrapping to the next line where the room is narrow."""

    def __init__(self, cards: Sequence[Card]) -> None:
        super().__init__()
        self.cards = list(cards)
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setSpacing(theme.M)
        self._across = 0
        self._arrange(len(self.cards))

    def resizeEvent(self, event: object) -> None:
        """As many across as there is room for."""
        super().resizeEvent(event)  # type: ignore[arg-type]
        least = round(theme.em(self) * 11)
        most = max(1, min(len(self.cards), self.width() // least))
        lines = -(-len(self.cards) // most)
        self._arrange(-(-len(self.cards) // lines))  # lines of one length

    def minimumSizeHint(self) -> QSize:
        """Narrow windows wrap, so the width asks for one card only."""
        hint = super().minimumSizeHint()
        hint.setWidth(round(theme.em(self) * 11))
        return hint

    def _arrange(self, across: int) -> None:
        if across == self._across:
            return
        for at in range(max(self._across, across)):
            self._grid.setColumnStretch(at, 1 if at < across else 0)
        self._across = across
        for at, card in enumerate(self.cards):
            self._grid.addWidget(card, at // across, at % across)


class Banner(QFrame):
    """A message that stays at the top of a page, with buttons; hidden until `show_message`."""

    acted = Signal(str)
    """Key of the button that was pressed."""

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("banner")
        self.setProperty("role", "banner")
        self._tone = "accent"
        self._icon, self.text = QLabel(), label(wrap=True)
        self._buttons = QHBoxLayout()
        self._buttons.setSpacing(theme.S)
        self._close = tool("close", "banner.close", tr("Hide this message"), self.hide)
        box = QHBoxLayout(self)
        box.setContentsMargins(theme.M, theme.XS, theme.XS, theme.XS)
        box.setSpacing(theme.S)
        box.addWidget(self._icon)
        box.addWidget(self.text, 1)
        box.addLayout(self._buttons)
        box.addWidget(self._close)
        self.hide()

    def show_message(
        self, text: str, *, tone: str = "accent", actions: Sequence[tuple[str, str]] = ()
    ) -> None:
        """Show a sentence with buttons given as (key, verb); the icon says the same as the colour."""
        self._tone = tone
        self.text.setText(text)
        self.setAccessibleName(text)
        while (item := self._buttons.takeAt(0)) is not None:
            old = item.widget()
            if old is not None:
                old.deleteLater()
        for key, verb in actions:
            self._buttons.addWidget(button(verb, key, act=partial(self.acted.emit, key)))
        theme.set_tone(self, tone)
        self._draw()
        self.show()

    def changeEvent(self, event: QEvent) -> None:
        """Draw the icon again in another palette; out of sight it is drawn when something is said."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange and not self.isHidden():
            self._draw()

    def _draw(self) -> None:
        size = round(theme.em() * 1.1)
        self._icon.setPixmap(icons.pixmap(TONE_ICONS[self._tone], size, self._tone, self.devicePixelRatioF()))


class Toast(QFrame):
    """A passing message at the lower edge of a window: what was done, with counts, and the next step."""

    acted = Signal(str)

    def __init__(self, window: QWidget) -> None:
        super().__init__(window)
        self.setObjectName("toast")
        self.setProperty("role", "toast")
        self.setAutoFillBackground(True)
        self._icon, self.text = QLabel(), label()
        self._buttons = QHBoxLayout()
        box = QHBoxLayout(self)
        box.setContentsMargins(theme.M, theme.S, theme.S, theme.S)
        box.setSpacing(theme.S)
        box.addWidget(self._icon)
        box.addWidget(self.text, 1)
        box.addLayout(self._buttons)
        box.addWidget(tool("close", "toast.close", tr("Hide this message"), self.hide))
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.timeout.connect(self._pass)
        window.installEventFilter(self)
        self.hide()

    def show_message(self, text: str, *, tone: str = "ok", actions: Sequence[tuple[str, str]] = ()) -> None:
        """Show a sentence for twelve seconds, longer while the mouse is over it or it has the focus."""
        self.text.setText(text)
        self.setAccessibleName(text)
        size = round(theme.em() * 1.1)
        self._icon.setPixmap(icons.pixmap(TONE_ICONS[tone], size, tone, self.devicePixelRatioF()))
        while (item := self._buttons.takeAt(0)) is not None:
            old = item.widget()
            if old is not None:
                old.deleteLater()
                old.hide()  # Until it is gone it would still be given room.
        for key, verb in actions:
            push = button(verb, key, look="link", act=partial(self._act, key))
            self._buttons.addWidget(push)
            push.show()  # Where the toast is in sight, Qt shows it only later: it would be given no room.
        self.show()
        self._place()
        self.raise_()
        self._timer.start(TOAST_MILLISECONDS)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Follow the window's size."""
        if event.type() == QEvent.Type.Resize and self.isVisible():
            self._place()
        return bool(super().eventFilter(watched, event))

    def _place(self) -> None:
        window = self.parentWidget()
        if window is not None:
            self.adjustSize()
            width = min(self.width(), window.width() - 2 * theme.XL)
            self.resize(width, self.height())
            self.move((window.width() - width) // 2, window.height() - self.height() - 2 * theme.XL)

    def _pass(self) -> None:
        if self.underMouse() or self.isAncestorOf(self.focusWidget() or self.window()):
            self._timer.start(TOAST_MILLISECONDS)
        else:
            self.hide()

    def _act(self, key: str) -> None:
        self.hide()
        self.acted.emit(key)
