"""Below the rows that wait: the ways out that fit many of them, one of which is taken for all at once."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QWidget

from voipdesk.kernel.text import tr, trn
from voipdesk.kit import theme
from voipdesk.kit.editors import ChoiceEdit, DateEdit
from voipdesk.kit.names import named
from voipdesk.kit.page import button
from voipdesk.rates.files_mending import AUTOMATIC, ONE_DATE, Way
from voipdesk.rates.queries.waiting import Reason
from voipdesk.rates.ui.guard_rows import PICK

SAME = "same"
"""The way that repeats what was just typed into one cell."""


class Ways(QWidget):
    """`field.fix` with `btn.fix_all`: `mended(code, options)` for cells, `decided(decisions)` for what is no matter of
    cells, `pick_wanted` for choosing row by row.
    """

    mended = Signal(str, object)
    decided = Signal(object)
    pick_wanted = Signal()

    def __init__(self, today: date) -> None:
        super().__init__()
        self._reason: Reason | None = None
        self._ways: dict[str, Way] = {}
        self.choice = named(ChoiceEdit(), "field.fix", tr("How rows like this are corrected"))
        self.choice.value_changed.connect(lambda _: self._look())
        self.day = named(DateEdit(day=today), "field.fix_day", tr("The date for all of them"))
        self.fix = button(tr("Fix all like this"), "fix_all", icon="edit", act=self.take)
        self.fix.setAutoDefault(False)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(theme.S)
        row.addWidget(self.choice, 1)
        row.addWidget(self.day)
        row.addWidget(self.fix)

    def show_reason(self, reason: Reason | None, same: Way | None = None) -> None:
        """Offer what fits a reason; `same`: what was just typed, for the rows that say the same."""
        self._reason = reason
        self._ways = {} if reason is None else {_key(way): way for way in reason.ways}
        texts = {key: way_text(way) for key, way in self._ways.items()}
        if same is not None and reason is not None:
            self._ways[SAME] = same
            texts = {SAME: way_text(same), **texts}
        decisions = decisions_text(reason.code if reason else "")
        choices = [*texts.items(), *decisions.items()]
        self.choice.set_choices(choices or [("", tr("These need a look, row by row."))])
        self.choice.set_value(choices[0][0] if choices else "")
        self.choice.setEnabled(len(choices) > 1)
        self.setVisible(reason is not None)
        self._look()

    def take(self) -> None:
        """Take the chosen way."""
        key, reason = str(self.choice.value() or ""), self._reason
        way = self._ways.get(key)
        if reason is None or not key:
            return
        if key == PICK:
            self.pick_wanted.emit()
        elif way is None:
            self.decided.emit(_DECISIONS[key])
        elif way.fix == ONE_DATE:
            self.mended.emit(reason.code, {"fix": self.day.value().isoformat()})
        else:
            options = {"fix": way.fix, "column": way.column, "value": way.value}
            self.mended.emit(reason.code, options)

    def _look(self) -> None:
        key = str(self.choice.value() or "")
        way = self._ways.get(key)
        self.day.setVisible(way is not None and way.fix == ONE_DATE)
        self.fix.setEnabled(bool(key))
        self.fix.setText(tr("Choose…") if key == PICK else tr("Fix all like this"))
        self.fix.setToolTip("" if key else tr("These need a look, row by row."))


_DECISIONS: Mapping[str, Mapping[str, Any]] = {
    "first": {"conflicts": "first"},
    "last": {"conflicts": "last"},
    "highest": {"conflicts": "highest"},
    "let_in": {"groups_out": []},
    "take": {"accept": "G5"},
}
"""What is decided about the whole import, by the way that says so; `accept` is one more word."""


def decisions_text(code: str) -> dict[str, str]:
    """Ways out that are no matter of cells."""
    if code == "two_prices":
        return {
            PICK: tr("Pick by hand, prefix by prefix"), "highest": tr("Take the highest price of each"),
            "first": tr("Take the first row of each"), "last": tr("Take the last row of each"),
        }  # fmt: skip
    return {"odd_price": {"take": tr("Take these prices all the same (G5)")},
            "jump": {"let_in": tr("Let these destinations in again")}}.get(code, {})  # fmt: skip


def way_text(way: Way) -> str:
    """A way out in a line: what stands there now and then, and in how many rows."""
    rows = trn("{count} row", "{count} rows", way.rows)
    if way.fix == ONE_DATE:
        return tr("One date for all: {rows}").format(rows=rows)
    if way.fix == AUTOMATIC:
        text = tr("Read as meant, like {before} as {after}: {rows}")
    elif way.fix in {"blocked", "closed"}:
        text = (
            tr("Read {before} as blocked: {rows}")
            if way.fix == "blocked"
            else tr("Read {before} as closed: {rows}")
        )
    else:
        text = tr("Write {after} wherever it says {before}: {rows}")
    return text.format(before=quoted(way.before), after=quoted(way.after), rows=rows)


def quoted(text: str) -> str:
    """A text of a cell, in the direction it has by itself."""
    return f"“\u2068{text[:40]}\u2069”"


def _key(way: Way) -> str:
    return way.fix if way.value is None else f"{way.fix}:{way.value}"


def reason_text(code: str) -> str:
    """A reason in a few words; '' for one that has none of its own."""
    titles = {
        "interval_is_date": tr("A date in the place of the interval"), "interval_zero": tr("Interval of zero"),
        "interval_unreadable": tr("No interval"), "two_prices": tr("Two prices for one prefix and date"),
        "odd_price": tr("Price of zero or above the ceiling"), "jump": tr("Left out: the price moves too far"),
        "ends_too_early": tr("Would end before it starts"), "ends_before_start": tr("Ends before it starts"),
        "price_unreadable": tr("No price"), "price_missing": tr("A word in the place of the price"),
        "date_unreadable": tr("No date"), "date_order": tr("A date in another order"),
        "prefix_unreadable": tr("No dial code"), "prefix_range": tr("Range whose ends do not belong together"),
        "no_codes": tr("No dial codes for the name"),
        "prefix_scientific": tr("Dial code in scientific notation"),
        "prefix_range_too_wide": tr("Range of dial codes that is too wide"),
    }  # fmt: skip
    return titles.get(code, "")
