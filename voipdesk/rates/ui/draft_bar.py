"""The line that says a draft exists: how much, saved when, and the ways to publish or to drop it."""

from PySide6.QtCore import QEvent, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel

from voipdesk.kernel.text import tr
from voipdesk.kit import icons, theme
from voipdesk.kit.names import named
from voipdesk.kit.page import button, label


class DraftBar(QFrame):
    """`draft.banner`; hidden while nothing is edited. `value` of its text is the number of edited rates."""

    publish_wanted = Signal()
    discard_wanted = Signal()
    clash_wanted = Signal()
    review_wanted = Signal()
    """Go on with the review that was kept for later."""

    def __init__(self) -> None:
        super().__init__()
        self._icon, self.text = QLabel(), label(wrap=True)
        named(self, "draft.banner", tr("Draft"))
        self.setProperty("role", "banner")
        theme.set_tone(self, "accent")
        self.text.setObjectName("count.edits")
        self.clashes = button(tr("What changed…"), "clashes", act=self.clash_wanted.emit)
        self.review = button(
            tr("Continue review"), "continue_review", icon="play", act=self.review_wanted.emit
        )
        self.publish = button(
            tr("Publish…"), "publish_draft", icon="publish", look="primary", act=self.publish_wanted.emit
        )
        self.discard = button(tr("Discard"), "discard_draft", act=self.discard_wanted.emit)
        box = QHBoxLayout(self)
        box.setContentsMargins(theme.M, theme.XS, theme.XS, theme.XS)
        box.setSpacing(theme.S)
        box.addWidget(self._icon)
        box.addWidget(self.text, 1)
        for each in (self.clashes, self.discard, self.review, self.publish):
            box.addWidget(each)
        self.clashes.hide()
        self.review.hide()
        self.hide()

    def show_draft(
        self,
        text: str,
        rows: int,
        *,
        tone: str = "accent",
        has_clashes: bool = False,
        has_review: bool = False,
    ) -> None:
        """Say how much is edited; an empty text hides the line."""
        self.review.setVisible(has_review)
        self.text.setText(text)
        self.text.setProperty("value", str(rows))
        self.setAccessibleName(text or tr("Draft"))
        theme.set_tone(self, tone)
        self.clashes.setVisible(has_clashes)
        self._draw()
        self.setVisible(bool(text))

    def changeEvent(self, event: QEvent) -> None:
        """Draw the icon again in another palette; out of sight it is drawn when something is said."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange and not self.isHidden():
            self._draw()

    def _draw(self) -> None:
        tone = str(self.property("tone") or "accent")
        self._icon.setPixmap(icons.pixmap("edit", theme.ems(1.1), tone, self.devicePixelRatioF()))
