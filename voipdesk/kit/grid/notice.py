"""A question under the grid, never over it: what could not be done and why, with the ways on as buttons."""

from collections.abc import Callable, Sequence
from functools import partial

from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QPlainTextEdit, QSizePolicy, QVBoxLayout, QWidget

from voipdesk.kernel.text import tr
from voipdesk.kit import icons, theme
from voipdesk.kit.names import named
from voipdesk.kit.page import TONE_ICONS, button, label

Answer = Callable[[str], None]
LINES = 6
"""Lines of details that are shown without scrolling."""


class Notice(QFrame):
    """`ask` shows a sentence, buttons by (key, verb) and details; the answer is a key, empty for Cancel and Escape."""

    def __init__(self, parent: QWidget, back: QWidget) -> None:
        super().__init__(parent)
        named(self, "notice")
        self.setProperty("role", "banner")
        self._back, self._tone = back, "accent"
        self._answer: Answer | None = None
        self._icon, self.text = QLabel(), label(wrap=True)
        self.details = named(QPlainTextEdit(), "list.refused", tr("Details"))
        self.details.setReadOnly(True)
        self.details.setTabChangesFocus(True)
        self.details.setLineWrapMode(QPlainTextEdit.LineWrapMode.NoWrap)
        self._buttons = QHBoxLayout()
        self._buttons.setSpacing(theme.S)
        line = QHBoxLayout()
        line.setSpacing(theme.S)
        line.addWidget(self._icon)
        line.addWidget(self.text, 1)
        line.addLayout(self._buttons)
        box = QVBoxLayout(self)
        box.setContentsMargins(theme.M, theme.XS, theme.S, theme.XS)
        box.setSpacing(theme.XS)
        box.addLayout(line)
        box.addWidget(self.details)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Maximum)
        self.hide()

    def ask(
        self,
        text: str,
        actions: Sequence[tuple[str, str]],
        answer: Answer | None = None,
        *,
        details: Sequence[str] = (),
        tone: str = "warning",
    ) -> None:
        """Show a question; a new one takes the place of the one before, which is answered with nothing."""
        self.close_with("")
        self._answer, self._tone = answer, tone
        self.text.setText(text)
        self.setAccessibleName(text)
        self.details.setPlainText("\n".join(details))
        self.details.setVisible(bool(details))
        rows = min(LINES, max(2, len(details)))
        self.details.setFixedHeight(theme.ems(rows * 1.1) + 2 * theme.S)
        cancel = tr("Cancel") if actions else tr("Close")
        for key, verb in (*actions, ("", cancel)):
            made = button(verb, f"notice.{key or 'cancel'}", act=partial(self.close_with, key))
            self._buttons.addWidget(made)
        theme.set_tone(self, tone)
        self._draw()
        self.show()
        item = self._buttons.itemAt(0)
        first = item.widget() if item is not None else None
        if first is not None:
            first.setFocus(Qt.FocusReason.OtherFocusReason)

    def close_with(self, key: str) -> None:
        """Answer and hide; the keyboard goes back to the grid."""
        answer, self._answer = self._answer, None
        while (item := self._buttons.takeAt(0)) is not None:
            old = item.widget()
            if old is not None:
                old.hide()
                old.deleteLater()
        if not self.isHidden():
            self.hide()
            self._back.setFocus(Qt.FocusReason.OtherFocusReason)
        if answer is not None:
            answer(key)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Escape is Cancel."""
        if event.key() == Qt.Key.Key_Escape:
            self.close_with("")
        else:
            super().keyPressEvent(event)

    def changeEvent(self, event: QEvent) -> None:
        """Draw the icon again in another palette; out of sight it is drawn when something is asked."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange and not self.isHidden():
            self._draw()

    def _draw(self) -> None:
        size = round(theme.em() * 1.1)
        self._icon.setPixmap(icons.pixmap(TONE_ICONS[self._tone], size, self._tone, self.devicePixelRatioF()))
