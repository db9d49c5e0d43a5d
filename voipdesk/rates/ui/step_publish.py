"""Step Publish: one sentence of what will be, a note, and the work itself."""

from collections.abc import Mapping
from typing import Any

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QLineEdit, QVBoxLayout, QWidget

from voipdesk.kernel.text import tr, trn
from voipdesk.kit import theme
from voipdesk.kit.flow import Values
from voipdesk.kit.names import named
from voipdesk.kit.page import label
from voipdesk.rates.commands import ImportReport
from voipdesk.rates.queries.reviewing import Review
from voipdesk.rates.ui.review_options import starts_text
from voipdesk.rates.ui.working import Working


class PublishPage(QWidget):
    """The last look; nothing is live before the button is pressed."""

    changed = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.said = label(wrap=True, size=1.1)
        self.said.setObjectName("publish.summary")
        self.guards = label(wrap=True, tone="muted")
        self.guards.setObjectName("publish.guards")
        self.note = named(QLineEdit(), "field.note", tr("Note"))
        self.note.setPlaceholderText(tr("A note for the history (optional)"))
        self.working = Working()
        box = QVBoxLayout(self)
        box.setContentsMargins(0, 0, theme.S, 0)
        box.setSpacing(theme.L)
        for part in (self.said, self.guards, self.note, self.working):
            box.addWidget(part)
        text = tr("All of it is published in one step, or nothing. It can be taken back as a whole.")
        box.addWidget(label(text, tone="muted", wrap=True))
        box.addStretch(1)

    def enter(self, values: Values) -> None:
        """The sentence of the review."""
        review = values.get("review")
        if isinstance(review, Review):
            self.said.setText(sentence(review))
            passed = values.get("passed", ())
            text = tr("Decided, and kept with the import:") + "\n" + "\n".join(passed) if passed else ""
            self.guards.setText(text)
            self.guards.setVisible(bool(text))
            if not self.note.text():
                self.note.setText(review.staged.decisions.note)

    def values(self) -> Mapping[str, Any]:
        """The note."""
        return {"note": self.note.text().strip()}


def sentence(review: Review) -> str:
    """What publishing will do, in one sentence."""
    count = sum(review.counts.values()) - review.counts.get("removed", 0)
    rates = trn("{count} rate", "{count} rates", count)
    if review.starts:
        rates = tr("{rates} from {when}").format(rates=rates, when=starts_text(review))
    text = tr("{file} into {table}: {rates}; {parts}.")
    said = (text if review.staged.is_sheet else tr("{file}: {rates}; {parts}.")).format(
        file=review.staged.file_name,
        table=review.staged.table.name,
        rates=rates,
        parts=counts_text(review.counts),
    )
    waiting = review.ledger.get("quarantined", 0)
    if waiting:
        text = trn("{count} row stays in quarantine.", "{count} rows stay in quarantine.", waiting)
        said += " " + text
    return said


def counts_text(counts: Mapping[str, int]) -> str:
    """The kinds of change that there are, with their numbers."""
    words = {
        "up": tr("up"), "down": tr("down"), "new": tr("new"), "changed": tr("changed"), "blocked": tr("blocked"),
        "same": tr("same"), "removed": tr("closed"),
    }  # fmt: skip
    return ", ".join(f"{counts[name]:,} {word}" for name, word in words.items() if counts.get(name)) or tr(
        "nothing new"
    )


def summary(report: ImportReport) -> str:
    """What an import did, in one sentence."""
    count = sum(report.counts.values()) - report.counts.get("removed", 0)
    rates = trn("{count} rate", "{count} rates", count)
    text = tr("{file} into {table}: {rates}, {parts}.")
    said = text if report.is_sheet else tr("{file}: {rates}, {parts}.")
    return said.format(
        file=report.file_name, table=report.table, rates=rates, parts=counts_text(report.counts)
    )
