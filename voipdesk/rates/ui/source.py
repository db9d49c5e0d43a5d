"""Where the rows of the rate grid come from: ids in an order at once, rows by the page, a draft lying over them."""

import re
import threading
from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, Signal

from voipdesk.kernel.changes import Actor
from voipdesk.kernel.money import rounded
from voipdesk.kernel.text import tr
from voipdesk.kit.editors import western
from voipdesk.kit.grid import Changes, Filter, Formats, Mark, Operator, Outcome, Sort
from voipdesk.rates import queries
from voipdesk.rates.queries import drafts
from voipdesk.rates.queries.conditions import span_of
from voipdesk.rates.queries.windows import rates_of
from voipdesk.rates.ui import editing
from voipdesk.rates.ui.beside import BesideRates
from voipdesk.rates.ui.book import FEW, Book
from voipdesk.rates.ui.columns import BESIDE, Reading, cells, key_of, rate_columns, state_looks
from voipdesk.store.database import Database

if TYPE_CHECKING:
    from voipdesk.rates.engine_view import Sheet
    from voipdesk.rating.engine import Ints

FIRST = 400
"""Rows that are asked for first, so that a table of any size stands there at once."""

_MOST_KEPT = 60_000
_SHOWN = ("destination", "price", "interval", "connect_fee", "effective_from", "state", "effective_until")
"""Columns of the grid that a draft may change."""


def condition(wanted: Filter) -> queries.Condition:
    """A filter of the grid as the queries of this room take it."""
    if wanted.column == "state":
        words = [word for word, look in state_looks().items() if wanted.fits(look.text)]
        return queries.Condition("state", "in", words)
    if wanted.operator in (Operator.CONTAINS, Operator.LIKE):
        is_day = wanted.column in {"effective_from", "effective_until", "scheduled_from"}
        return queries.Condition(wanted.column, "like", wanted.value if is_day else wanted.like)
    return queries.Condition(wanted.column, str(wanted.operator), wanted.value, wanted.other)


@dataclass(frozen=True, slots=True)
class Look:
    """What of a table is looked at: as of when (None: now), only what is scheduled, was edited, or one version wrote."""

    at: datetime | None = None
    scheduled_only: bool = False
    changed_only: bool = False
    version: int | None = None

    @property
    def is_plain(self) -> bool:
        """Whether all rows are looked at."""
        return not (self.scheduled_only or self.changed_only) and self.version is None


class RateRows(QObject):
    """The rates of one table in force at an instant, with a draft over them where there is one.

    With `first` only the beginning of the table is answered while nothing is filtered and the order is its own.
    """

    changed = Signal(object)
    immediate = False
    beside: BesideRates
    """What stands beside the rates, for the columns that show it."""

    def __init__(
        self,
        db: Database,
        actor: Actor,
        table: queries.RateTable,
        *,
        look: Look | None = None,
        book: Book | None = None,
        formats: Formats | None = None,
    ) -> None:
        super().__init__()
        self._db, self._actor, self.table = db, actor, table
        self.look, self.book = look or Look(), book
        self.first: int | None = None
        self.known = 0
        self.reading = Reading(table.zone, formats)
        self._keys: dict[int, str] = {}
        self._ids: dict[str, int] = {}
        self._sheet: Sheet | None = None
        self._reading = threading.Lock()
        self.take_beside(BesideRates(db, actor, table))
        if book is not None:
            book.changed.connect(self.changed)

    @property
    def at(self) -> datetime | None:
        """As of when; None: now."""
        return self.look.at

    @property
    def moment(self) -> datetime | None:
        """The instant whose rates are shown; with a draft the one it was opened at."""
        return self.look.at if self.book is None else self.book.moment

    def take_beside(self, beside: BesideRates) -> None:
        """What stands beside the rates, for the columns that show it."""
        self.beside = beside
        self._sheet = None
        if self.book is not None:
            self.book.take_more(self._more)

    def load_beside(self) -> object:
        """Ask the rooms above for what stands beside the rates; takes a moment."""
        return self.beside.load(self.sheet().base, self.moment or self._db.clock.now())

    def sheet(self) -> "Sheet":
        """The whole table as columns, with the draft over it where there is one; read once."""
        if self.book is not None:
            return self.book.sheet()
        from voipdesk.rates.engine_draft import Overlay, Texts
        from voipdesk.rates.engine_view import Sheet

        with self._reading:
            if self._sheet is None:
                base = drafts.draft_base(self._db, self._actor, self.table.id, at=self.moment)
                self._sheet = Sheet(base, Overlay(), Texts(), self._more)
            return self._sheet

    @property
    def has_sheet(self) -> bool:
        """Whether the whole table was read: filters and orders then take milliseconds at any size."""
        return self._sheet is not None if self.book is None else self.book.has_base

    def _more(self, name: str, sheet: "Sheet") -> "Ints":
        return self.beside.column(name, sheet.base, sheet.texts, self.moment or self._db.clock.now())

    def count(self) -> int:
        """Rates without any filter, as far as they have been counted, and the new ones."""
        return self.known + (len(self.book.overlay.added) if self.book else 0)

    def ids(self, order: Sequence[Sort], filters: Sequence[Filter]) -> Any:
        """Ids of the rates that pass."""
        is_own_order = not order and not filters and self.look.is_plain
        conditions = [condition(one) for one in filters]
        if self.look.scheduled_only:
            conditions.append(queries.Condition("scheduled_from", "not blank"))
        limited = is_own_order and self.first is not None
        asked = {*(one.column for one in filters), *(part.column for part in order)}
        edited = self.book is not None and (bool(self.book.overlay) or self.look.changed_only)
        # Without an instant of its own the rows are those of whenever one asks; a sheet is of when it was read.
        is_read = self.has_sheet and self.moment is not None
        if not limited and (edited or is_read or asked & BESIDE):
            return self._ids_of_sheet(order, conditions)
        orders = [queries.Order(part.column, is_descending=part.descending) for part in order]
        view = queries.View(
            at=self.moment,
            filters=queries.Filter(also=tuple(conditions), version=self.look.version),
            order=orders[0] if orders else queries.Order(),
            limit=self.first if limited else None,
            then=tuple(orders[1:]),
        )
        found = queries.rate_ids(self._db, self._actor, self.table.id, view)
        if is_own_order and (self.first is None or len(found) < self.first):
            self.known = len(found)
        self.known = max(self.known, len(found))
        return found

    def _ids_of_sheet(self, order: Sequence[Sort], conditions: Sequence[queries.Condition]) -> Any:
        """The same in arrays: over edited rows, and by what stands beside the rates."""
        from voipdesk.rates.engine_view import chosen

        sheet, look = self.sheet(), self.look
        only = sheet.touched() if look.changed_only else None
        if look.version is not None:
            written = sheet.of_version(look.version)
            only = written if only is None else only & written
        self.known = len(sheet.base.rates)
        return chosen(
            sheet,
            conditions,
            [(part.column, part.descending) for part in order] or [("prefix", False)],
            span_of=lambda text: span_of(text, self.table.zone),
            units_of=lambda value, unit: int(rounded(Decimal(value) * unit, 0)),
            only=only,
        )

    def fetch(self, ids: Sequence[int]) -> list[tuple[Any, ...]]:
        """The rows of these ids; a rate that is gone is blank."""
        wanted = [int(one) for one in ids]
        found = {
            row.id: row
            for row in queries.rows(self._db, self._actor, [one for one in wanted if one > 0], at=self.moment)
        }
        for row in found.values():
            self._keep(row)
        blank, more = [None] * len(rate_columns()), self.beside.values(list(found.values()))
        told = {
            one: cells(row, self.table.zone, each)
            for (one, row), each in zip(found.items(), more, strict=True)
        }
        made = [told[one] if one in told else list(blank) for one in wanted]
        if self.book is not None and self.book.overlay:
            self._write_over(self.book, wanted, made)
        return [tuple(row) for row in made]

    def _write_over(self, book: Book, ids: Sequence[int], made: list[list[Any]]) -> None:
        """Put what was edited over rows as the table has them."""
        overlay, text = book.overlay, book.texts.__getitem__
        at = {column.id: place for place, column in enumerate(rate_columns())}
        word = at["state"]
        for place, row_id in enumerate(ids):
            if row_id < 0:
                made[place][at["price"]] = made[place][at["connect_fee"]] = Decimal(0)
        for name in ("prefix", *_SHOWN):
            for place, was, now in overlay.hits(name, ids):
                row = made[place]
                row[at[name]] = self.reading.value(name, now, text)
                if name == "price" and was > 0:
                    row[at["change"]] = rounded(Decimal((now - was) * 100) / was, 1)
                if row[word] != "closing":
                    row[word] = "edited"
        for place, row_id in enumerate(ids):
            if row_id < 0:
                made[place][word] = "new"

    def marks(self, ids: Sequence[int]) -> Mapping[int, Mapping[str, Mark]]:
        """What stands out: edited cells with the value before, new rows, rates that are to close."""
        if self.book is None or not self.book.overlay:
            return {}
        return editing.marks(self.book, self.reading, [int(one) for one in ids])

    def scaled(self, column_id: str, ids: "Ints") -> "Ints | None":
        """Numbers of rows as an array."""
        book = self.book
        if column_id == "minutes" and self.beside.known is not None and (book is None or book.has_base):
            return self._numbers(column_id, ids)
        if book is None or column_id not in ("price", "connect_fee", "change", "scheduled_price"):
            return None
        if column_id in ("price", "connect_fee") and not book.has_base and len(ids) <= FEW:
            return book.before(ids)(ids, column_id)[1]
        if not book.has_base and len(ids) <= FEW:
            return None
        return self._numbers(column_id, ids)

    def _numbers(self, column_id: str, ids: "Ints") -> "Ints":
        from voipdesk.rates.engine_view import numbers

        return numbers(self.sheet(), column_id, ids)

    def key(self, row_id: int) -> Hashable:
        """The prefix of a rate."""
        row_id = int(row_id)
        if row_id < 0 and self.book is not None:
            changed = self.book.overlay.cell("prefix", row_id)
            return self.book.texts[changed[1]] if changed else ""
        if row_id not in self._keys:
            for row in queries.rows(self._db, self._actor, [row_id], at=self.moment):
                self._keep(row)
        return self._keys.get(row_id, "")

    def row_id(self, key: Hashable) -> int | None:
        """The rate of a prefix; None where none is in force."""
        text = str(key)
        if text and text not in self._ids:
            prefix = text.partition(" ")[0]
            for row in rates_of(self._db, self._actor, self.table.id, prefix, at=self.moment):
                self._keep(row)
        found = self._ids.get(text)
        if found is None and self.book is not None:
            return next((one for one in self.book.overlay.added.tolist() if self.key(one) == text), None)
        return found

    def near(self, text: str) -> tuple[int, str] | None:
        """The nearest rate of a prefix or number, and a sentence where it is not exactly that."""
        digits = re.sub("[^0-9]", "", western(text))
        exact = self.row_id(digits)
        if exact is not None and exact < 0:
            return exact, ""
        row = queries.rate_near(self._db, self._actor, self.table.id, digits, at=self.moment)
        if row is None:
            return None
        self._keep(row)
        return row.id, nearness(digits, row.prefix)

    def _keep(self, row: queries.GridRow) -> None:
        if len(self._keys) >= _MOST_KEPT:
            self._keys.clear()
            self._ids.clear()
        self._keys[row.id] = key_of(row)
        self._ids[key_of(row)] = row.id


def nearness(digits: str, prefix: str) -> str:
    """What a found prefix is to what was looked for; empty where it is exactly that."""
    if prefix == digits:
        return ""
    text = (
        tr("{prefix} is the longest match of {digits}.")
        if digits.startswith(prefix)
        else tr("No match of {digits}; {prefix} is the nearest.")
    )
    return text.format(prefix=prefix, digits=digits)


class RateSource(RateRows):
    """The same, edited: every gesture is a step of the draft; `editing` does it."""

    @property
    def can_edit(self) -> bool:
        """Whether there is a draft to write into."""
        return self.book is not None

    def parse(self, column_id: str, text: str) -> Any:
        """The value of a text, None for blank, or a `Problem`."""
        return self.reading.parse(column_id, text)

    def set_cells(self, changes: Changes, name: str, *, partly: bool = False) -> Outcome:
        """One step: these cells hold these values now, and the new rows are there."""
        assert self.book is not None
        return editing.set_cells(self.book, self.reading, changes, name, partly=partly)

    def remove_rows(self, ids: Any, name: str) -> Outcome:
        """One step: rates close, new rows go."""
        assert self.book is not None
        return editing.remove_rows(self.book, ids, name)

    def undo(self) -> Outcome | None:
        """Take the last step back."""
        step = None if self.book is None else self.book.undo()
        return (
            None if step is None else Outcome(step.name, sum(len(one.ids) for one in step.parts), step.rows)
        )

    def redo(self) -> Outcome | None:
        """Do again what was taken back."""
        step = None if self.book is None else self.book.redo()
        return (
            None if step is None else Outcome(step.name, sum(len(one.ids) for one in step.parts), step.rows)
        )

    @property
    def undo_name(self) -> str:
        """The name of the step that undo would take back."""
        return self.book.done[-1].name if self.book and self.book.done else ""

    @property
    def redo_name(self) -> str:
        """The name of the step that redo would do."""
        return self.book.undone[-1].name if self.book and self.book.undone else ""
