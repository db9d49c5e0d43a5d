"""The contract of a grid with a source that can be edited: changes go in by columns, an outcome comes back.

A room that wants its rows edited hands `Grid.set_source` an `EditableSource`; everything a person does (typing, paste,
fill, clear, replace, new rows, undo) reaches it as one call with one name, and one call is one step to undo.

What the grid relies on:

- **Ids stay valid.** An id names the same row before and after every change, undo included, until another source is
  shown. `ids(order, filters)` is asked again only when order or filter is applied again: an edited row stays put.
- **Columns, never cells.** `Changes` has one `Part` a column: an array of row ids, and values as long as it, or one
  value for all (`Alike`). Values are what `parse` gave (Decimal, str, date, None for blank), or an int64 array: numbers
  scaled by 10^8 (plain in columns of `Kind.INT`), `BLANK` for none. No object is made for a cell.
- **All or nothing.** `set_cells(changes, name)` changes nothing where a cell is refused and lists the refused ones; with
  `partly` it changes the others. New rows are part of the changes. `Outcome.cells` and `.rows` count what differs now.
- **Threads.** Up to `INLINE` cells are set on the window's thread (and as many rows fetched there), so answer them at
  once and save beside (keep the edits in memory); more are set in the writer's lane of the jobs, while `ids`, `fetch`
  and `marks` may be called from reader threads: replace arrays, never mutate them under a reader.
- **Tell.** After each change, undo and redo the source emits `changed` with a `Touched`, from whatever thread.

`parse(column, text)` is the only door from text to a value. `read_cell` here does what a column's kind says (the
workspace's decimal sign, Arabic-Indic digits, per cent signs); a source adds its own rules and returns a `Problem`.

Beside that a source *may* have (`Marking`, `Scaling`, `Seeking`): `marks` tints cells, gives them a sign and a hint (the
old value, why a cell is refused); `scaled` answers numbers as an array, so that sums of a million cells are quick;
`near` finds the row of a text (Ctrl+G).
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING, Any, Protocol, runtime_checkable

from PySide6.QtCore import SignalInstance

from voipdesk.kernel.digits import is_digits
from voipdesk.kernel.money import MAX_PRICE, parse_price
from voipdesk.kernel.problems import Problem
from voipdesk.kernel.text import tr
from voipdesk.kit.editors import plain_number, western
from voipdesk.kit.grid.columns import Column, Formats, Kind
from voipdesk.kit.grid.sources import RowSource

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Numbers = NDArray[np.int64]

INLINE = 200
"""Up to so many cells are changed on the window's thread, more in a job."""

MOST_REFUSED = 1_000
"""So many refused cells are listed; the rest are counted."""

BLANK = -(2**63)
"""No number, in an int64 array."""


@dataclass(frozen=True, slots=True)
class Alike:
    """One value for all rows of a part."""

    value: Any


@dataclass(frozen=True, slots=True, eq=False)
class Part:
    """New values of one column: row ids, each once, and as many values."""

    column: str
    ids: "Numbers"
    values: "Sequence[Any] | Numbers | Alike"

    def value(self, at: int) -> Any:
        """The value at a place, as given."""
        return self.values.value if isinstance(self.values, Alike) else self.values[at]


@dataclass(frozen=True, slots=True, eq=False)
class Changes:
    """New values for cells, a part a column, and new rows that belong to the same step."""

    parts: tuple[Part, ...] = ()
    appended: Mapping[str, Sequence[Any]] = field(default_factory=dict)
    """New rows: lists of equal length by column id; columns that are not named stay blank."""

    @property
    def new_rows(self) -> int:
        """How many rows are to be added."""
        return max((len(values) for values in self.appended.values()), default=0)

    @property
    def cells(self) -> int:
        """How many cells it names, those of new rows included."""
        named = sum(len(part.ids) for part in self.parts)
        return named + sum(len(values) for values in self.appended.values())

    def row_ids(self) -> "Numbers":
        """Ids of the rows it names, each once, ascending."""
        import numpy as np

        named = [np.asarray(part.ids, np.int64) for part in self.parts]
        return np.unique(np.concatenate(named)) if named else np.empty(0, np.int64)


@dataclass(frozen=True, slots=True)
class RefusedCell:
    """A cell that cannot take a value: its row (-1: a new one), column, the text or value offered, and why."""

    row: int
    column: str
    text: str
    problem: Problem
    line: int = 0
    """For new rows: which of them, from 0."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What one step did. `refused` is empty where all was taken."""

    name: str = ""
    cells: int = 0
    """Cells that hold another value now."""
    rows: int = 0
    """Rows in which something differs now."""
    refused: tuple[RefusedCell, ...] = ()
    """At most `MOST_REFUSED`."""
    refused_count: int = 0
    """All refused cells."""
    appended: Sequence[int] = ()
    """Ids of new rows, in the order given."""
    removed: int = 0

    @property
    def is_refused(self) -> bool:
        """Whether nothing was done because cells were refused."""
        return bool(self.refused_count) and not (self.cells or len(self.appended) or self.removed)


@dataclass(frozen=True, slots=True, eq=False)
class Touched:
    """What a step touched, as the source tells it. Ids None: any row may differ."""

    ids: "Numbers | None" = None
    appended: Sequence[int] = ()
    removed: Sequence[int] = ()
    """Rows that are gone (or, by an undo, hidden again): the grid takes them out of what is shown."""


@dataclass(frozen=True, slots=True)
class Mark:
    """How a cell (column id '' : a whole row) stands out. Colour never alone: give an icon, or the text says it."""

    tone: str = ""
    """ok, warning, danger, up, down, accent: the quiet ground of the cell."""
    icon: str = ""
    hint: str = ""
    """Shown on hover and spoken: the old value, why a cell is refused."""
    old: str = ""
    """The value before, struck through under the new one on hover."""


@runtime_checkable
class EditableSource(RowSource, Protocol):
    """A source whose cells can be changed; see the module's text for what the grid relies on."""

    changed: SignalInstance
    """Emits a `Touched`."""

    @property
    def can_edit(self) -> bool:
        """False: shown as it is (another day is looked at, no right)."""

    def parse(self, column_id: str, text: str) -> Any:
        """The value of a text, None for blank, or a `Problem`; quick, and free of the row."""

    def set_cells(self, changes: Changes, name: str, *, partly: bool = False) -> Outcome:
        """One step: these cells hold these values now, and the new rows are there."""

    def remove_rows(self, ids: "Numbers", name: str) -> Outcome:
        """One step: these rows go."""

    def undo(self) -> Outcome | None:
        """Take the last step back; None where there is none."""

    def redo(self) -> Outcome | None:
        """Do again what was taken back; None where there is nothing."""

    @property
    def undo_name(self) -> str:
        """The name of the step that undo would take back; empty without one."""

    @property
    def redo_name(self) -> str:
        """The name of the step that redo would do; empty without one."""


@runtime_checkable
class Marking(Protocol):
    """A source that marks cells."""

    def marks(self, ids: Sequence[int]) -> Mapping[int, Mapping[str, Mark]]:
        """Marks by row id and column id ('' for the row), only where there are some; asked with each page."""


@runtime_checkable
class Scaling(Protocol):
    """A source that knows its numbers as arrays."""

    def scaled(self, column_id: str, ids: "Numbers") -> "Numbers | None":
        """Numbers of these rows x 10^8 (plain for `Kind.INT`), `BLANK` for none; None for a column it has no array of."""


@runtime_checkable
class Seeking(RowSource, Protocol):
    """A source that finds a row by what a person types (Ctrl+G)."""

    def near(self, text: str) -> tuple[int, str] | None:
        """The id of the nearest row and a sentence when it is not exactly that; None where there is no row at all."""


def editable(source: object) -> bool:
    """Whether a source can be edited now."""
    return isinstance(source, EditableSource) and source.can_edit


def read_cell(column: Column, text: str, formats: Formats | None = None) -> Any:
    """The value of a text by the kind of a column: None for blank, else a value or a `Problem` that says why not."""
    typed = _bare(text)
    if not typed:
        return None
    if column.is_number:
        return _number(column, typed, formats or Formats())
    if column.kind is Kind.PREFIX:
        return _digits(typed)
    if column.kind is Kind.CODE:
        return western(typed)
    if column.kind is Kind.DATE:
        return _day(typed, formats or Formats())
    if column.kind is Kind.STATE:
        return _state(column, typed)
    return text.strip()


_MARKS = re.compile(r"[\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff]")


def _bare(text: str) -> str:
    """Without direction marks and the apostrophe that spreadsheets put before texts."""
    return _MARKS.sub("", text).replace("\u00a0", " ").strip().removeprefix("'")


def _number(column: Column, typed: str, formats: Formats) -> Any:
    number = plain_number(typed.rstrip("%٪ "), formats.decimal)
    room = {Kind.INT: 0, Kind.AMOUNT: column.room}.get(column.kind, 8)
    try:
        value = parse_price(number)
    except ValueError:
        if re.fullmatch(r"[+-]?(\d+\.?\d*|\.\d+)", number):
            return Problem("range", tr("{value} has too many digits.").format(value=typed), _range_hint())
        example = "60" if column.kind is Kind.INT else f"0{formats.decimal}05"
        said = tr("{value} is not a number. Write it like {example}.").format(value=typed, example=example)
        return Problem("not_a_number", said)
    decimals = len(number.partition(".")[2].rstrip("0"))
    if decimals > room:
        said = (
            tr("{value} is no whole number.") if not room else tr("{value} has more than {count} decimals.")
        )
        return Problem("decimals", said.format(value=typed, count=room))
    return int(value) if column.kind is Kind.INT else value


def _range_hint() -> str:
    return tr("At most 8 decimals and {most} are possible.").format(most=f"{MAX_PRICE:,f}")


def _digits(typed: str) -> Any:
    digits = re.sub(r"[\s+().\-/]", "", western(typed))
    if not is_digits(digits):
        return Problem("not_digits", tr("{value} has other signs than digits.").format(value=typed))
    return digits


def _day(typed: str, formats: Formats) -> Any:
    from datetime import datetime

    text = western(typed)
    try:
        return date.fromisoformat(text[:10])
    except ValueError:
        pass
    try:
        return datetime.strptime(text, formats.date).date()  # noqa: DTZ007  # A day has no zone.
    except ValueError:
        said = tr("{value} is not a date. Write it like 2026-11-30.")
        return Problem("not_a_date", said.format(value=typed))


def _state(column: Column, typed: str) -> Any:
    wanted = typed.casefold()
    for key, look in column.looks.items():
        if wanted in {look.text.casefold(), str(key).casefold()}:
            return key
    words = ", ".join(look.text for look in column.looks.values())
    said = tr("{value} is none of: {words}.").format(value=typed, words=words)
    return Problem("not_a_state", said)
