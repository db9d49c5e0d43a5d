"""Small dialogs of editing: a new row, and the day and note of publishing."""

from collections.abc import Callable
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from PySide6.QtWidgets import QCheckBox, QLineEdit, QWidget

from voipdesk.kernel.periods import day_start
from voipdesk.kernel.problems import Problem
from voipdesk.kernel.text import tr
from voipdesk.kit.editors import DateEdit, PrefixEdit, PriceEdit
from voipdesk.kit.form import FormDialog
from voipdesk.kit.names import named

Parse = Callable[[str, str], Any]
Taken = Callable[[str], str]
"""Which row has a prefix already, in words; empty where none has."""


class NewRowDialog(FormDialog):
    """Asks for a new rate: prefix, destination, rate, interval, connect fee."""

    def __init__(self, parent: QWidget, *, parse: Parse, taken: Taken, decimal: str = ".") -> None:
        self._parse, self._taken = parse, taken
        self.prefix = named(PrefixEdit(), "field.prefix", tr("Prefix"))
        self.destination = named(QLineEdit(), "field.destination", tr("Destination"))
        self.price = named(PriceEdit(decimal=decimal), "field.price", tr("Rate"))
        self.interval = named(QLineEdit("1/1"), "field.interval", tr("Interval"))
        self.fee = named(PriceEdit(decimal=decimal), "field.connect_fee", tr("Connect fee"))
        fields: list[tuple[str, QWidget]] = [
            (tr("Prefix"), self.prefix), (tr("Destination"), self.destination), (tr("Rate"), self.price),
            (tr("Interval"), self.interval), (tr("Connect fee"), self.fee),
        ]  # fmt: skip
        super().__init__(
            parent,
            tr("New rate"),
            fields=fields,
            verb=tr("Add to draft"),
            about=tr("It counts when the draft is published."),
            problem=self._wrong,
        )

    def values(self) -> dict[str, list[Any]]:
        """What was entered, as a new row of the grid."""
        return {
            "prefix": [self.prefix.value()],
            "destination": [self.destination.text().strip() or None],
            "price": [self.price.value()],
            "interval": [self._parse("interval", self.interval.text())],
            "connect_fee": [self.fee.value()],
        }

    def _wrong(self) -> str:
        prefix = self.prefix.value()
        if not prefix:
            return self.prefix.problem() or tr("A new row needs a prefix.")
        holder = self._taken(prefix)
        if holder:
            return tr("{prefix} is here already: {holder}. Edit that row.").format(
                prefix=prefix, holder=holder
            )
        if self.price.value() is None:
            return self.price.problem() or tr("A new row needs a rate; write 0 where calls are free.")
        interval = self._parse("interval", self.interval.text())
        if isinstance(interval, Problem):
            return str(interval)
        return self.fee.problem()


class PublishDialog(FormDialog):
    """Asks from when the edits count, and for a note; the review comes after it."""

    def __init__(self, parent: QWidget, *, today: date, edits: str) -> None:
        self.day = named(DateEdit(day=today), "field.effective", tr("From"))
        self.now = named(QCheckBox(tr("At once")), "check.at_once", tr("At once"))
        self.note = named(QLineEdit(), "field.note", tr("Note"))
        self.now.toggled.connect(self.day.setDisabled)
        self.now.setChecked(True)
        super().__init__(
            parent,
            tr("Publish draft"),
            fields=[("", self.now), (tr("From"), self.day), (tr("Note"), self.note)],
            verb=tr("Review…"),
            about=tr(
                "{edits}. Rates with a day of their own under From keep it. Nothing is live before the review."
            ).format(edits=edits),
        )

    def effective(self, zone: ZoneInfo) -> datetime | None:
        """From when the edits count; None: at once."""
        return None if self.now.isChecked() else day_start(self.day.value(), zone)
