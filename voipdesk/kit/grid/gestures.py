"""What a gesture on a selection changes: clear, fill down, fill right, fill all. Plans only: nothing is changed here."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from voipdesk.kernel.problems import Problem
from voipdesk.kernel.text import tr, trn
from voipdesk.kit.grid.columns import Column, Formats, Kind, writer_of
from voipdesk.kit.grid.editing import (
    MOST_REFUSED,
    Alike,
    Changes,
    EditableSource,
    Part,
    RefusedCell,
    Scaling,
)
from voipdesk.kit.grid.selection import CHUNK, Range
from voipdesk.kit.grid.sources import Ids, array_of

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Numbers = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Ground:
    """Where a gesture happens: the source, the rows shown, the columns as the person arranged them, what is selected."""

    source: EditableSource
    ids: Ids
    columns: Sequence[Column]
    shown: Sequence[int]
    """Places of the columns that are visible, in the order shown."""
    ranges: Sequence[Range]
    formats: Formats = field(default_factory=Formats)

    def inside(self, part: Range) -> list[int]:
        """Visible columns of a rectangle, in the order shown."""
        return [at for at in self.shown if part.left <= at <= part.right]

    def rows(self, first: int, last: int) -> "Numbers":
        """Ids of the rows shown from one place to another, both included."""
        import numpy as np

        return np.asarray(array_of(self.ids[first : last + 1]), np.int64)


@dataclass(frozen=True, slots=True)
class Plan:
    """What a gesture is about to do: its changes, its name, and the cells that cannot take what is offered."""

    name: str
    changes: Changes = field(default_factory=Changes)
    refused: tuple[RefusedCell, ...] = ()
    refused_count: int = 0
    left_out: int = 0
    """Cells of columns that cannot be changed, or beyond the last column."""

    @property
    def cells(self) -> int:
        """Cells that would be set."""
        return self.changes.cells

    @property
    def rows(self) -> int:
        """Rows in which cells would be set, new ones included."""
        return len(self.changes.row_ids()) + self.changes.new_rows

    def without_new_rows(self) -> "Plan":
        """Only what fits into the rows there are."""
        return replace(self, changes=Changes(self.changes.parts))


class Gathered:
    """Changes and refused cells, gathered while a plan is made."""

    def __init__(self) -> None:
        self.parts: list[Part] = []
        self.refused: list[RefusedCell] = []
        self.count = 0
        self.left_out = 0

    def refuse(self, cell: RefusedCell) -> None:
        """One more cell that cannot take what is offered."""
        self.count += 1
        if len(self.refused) < MOST_REFUSED:
            self.refused.append(cell)

    def plan(self, name: str) -> Plan:
        """The plan; the parts of a column are joined, so that a row is named once."""
        return Plan(name, Changes(tuple(self.parts)), tuple(self.refused), self.count, self.left_out)


def selected_parts(ground: Ground) -> tuple[dict[int, "Numbers"], int]:
    """Selected rows by editable column, each row once; and how many selected cells cannot be changed."""
    import numpy as np

    found: dict[int, list[Any]] = {}
    left_out = 0
    for part in ground.ranges:
        for at in ground.inside(part):
            if ground.columns[at].editable:
                found.setdefault(at, []).append(ground.rows(part.top, part.bottom))
            else:
                left_out += part.rows
    joined = {
        at: rows[0] if len(rows) == 1 else np.unique(np.concatenate(rows)) for at, rows in found.items()
    }
    return joined, left_out


def cleared(ground: Ground) -> Plan:
    """Delete: the selected cells hold nothing."""
    return filled(ground, "", name=lambda cells: trn("Clear {count} cell", "Clear {count} cells", cells))


def filled(ground: Ground, text: str, *, name: Callable[[int], str] | None = None) -> Plan:
    """Ctrl+Enter: the selected cells all hold what was typed."""
    rows, left_out = selected_parts(ground)
    gathered = Gathered()
    gathered.left_out = left_out
    for at, ids in rows.items():
        column = ground.columns[at]
        value = ground.source.parse(column.id, text)
        if isinstance(value, Problem):
            for row in ids[:MOST_REFUSED].tolist():
                gathered.refuse(RefusedCell(row, column.id, text, value))
            gathered.count += max(0, len(ids) - MOST_REFUSED)
        else:
            gathered.parts.append(Part(column.id, ids, Alike(value)))
    cells = sum(len(part.ids) for part in gathered.parts)
    return gathered.plan(name(cells) if name else trn("Fill {count} cell", "Fill {count} cells", cells))


def filled_down(ground: Ground) -> Plan:
    """Ctrl+D: the top row of each rectangle goes into the rows below; a single row takes the row above."""
    gathered = Gathered()
    for part in ground.ranges:
        top = part.top if part.rows > 1 else part.top - 1
        if top < 0:
            continue
        (row,) = ground.source.fetch(ground.rows(top, top).tolist())
        ids = ground.rows(top + 1, part.bottom)
        for at in ground.inside(part):
            if ground.columns[at].editable:
                gathered.parts.append(Part(ground.columns[at].id, ids, Alike(row[at])))
            else:
                gathered.left_out += len(ids)
    return _named(gathered, down=True)


def filled_right(ground: Ground) -> Plan:
    """Ctrl+R: the first column of each rectangle goes into those after it; a single column takes the one before."""
    gathered = Gathered()
    for part in ground.ranges:
        columns = ground.inside(part)
        if len(columns) == 1:
            place = ground.shown.index(columns[0])
            if place == 0:
                continue
            columns = [ground.shown[place - 1], *columns]
        if columns:
            _fill_right(ground, part, columns, gathered)
    return _named(gathered, down=False)


def _fill_right(ground: Ground, part: Range, columns: Sequence[int], gathered: Gathered) -> None:
    ids = ground.rows(part.top, part.bottom)
    first, *others = columns
    for at in others:
        column = ground.columns[at]
        if not column.editable:
            gathered.left_out += len(ids)
        elif _alike(ground.columns[first], column):
            gathered.parts.append(Part(column.id, ids, values_of(ground.source, ground.columns, first, ids)))
        else:
            _read_over(ground, first, at, ids, gathered)


def _read_over(ground: Ground, first: int, at: int, ids: "Numbers", gathered: Gathered) -> None:
    """Values of one kind into a column of another: by their text, as if they were copied and pasted."""
    write = writer_of(ground.columns[first], ground.formats, grouped=False)
    values = values_of(ground.source, ground.columns, first, ids, as_array=False)
    texts = ["" if value is None else write(value) for value in values]
    take_texts(ground.source, ground.columns[at], ids, texts, gathered)


def take_texts(
    source: EditableSource, column: Column, ids: "Numbers", texts: Sequence[str], gathered: Gathered
) -> None:
    """Read a text for each row of a column; those that are no value are refused."""
    import numpy as np

    known: dict[str, Any] = {}
    values, good = [], np.ones(len(texts), bool)
    for place, text in enumerate(texts):
        if text not in known:
            known[text] = source.parse(column.id, text)
        value = known[text]
        if isinstance(value, Problem):
            good[place] = False
            gathered.refuse(RefusedCell(int(ids[place]), column.id, text, value))
        else:
            values.append(value)
    if values:
        gathered.parts.append(Part(column.id, ids[good], values))


def values_of(
    source: EditableSource, columns: Sequence[Column], at: int, ids: "Numbers", *, as_array: bool = True
) -> Any:
    """The values of a column in these rows: an array of numbers where the source has one, else a list."""
    if as_array and columns[at].is_number and isinstance(source, Scaling):
        found = source.scaled(columns[at].id, ids)
        if found is not None:
            return found
    values: list[Any] = []
    for first in range(0, len(ids), CHUNK):
        values.extend(row[at] for row in source.fetch(ids[first : first + CHUNK].tolist()))
    return values


def _alike(one: Column, other: Column) -> bool:
    """Whether values of one column are values of the other (whole numbers are kept differently)."""
    if one.is_number and other.is_number:
        return (one.kind is Kind.INT) == (other.kind is Kind.INT)
    return one.kind is other.kind and one.kind is not Kind.STATE


def _named(gathered: Gathered, *, down: bool) -> Plan:
    cells = sum(len(part.ids) for part in gathered.parts)
    if down:
        return gathered.plan(trn("Fill down {count} cell", "Fill down {count} cells", cells))
    return gathered.plan(trn("Fill right {count} cell", "Fill right {count} cells", cells))


def typed(ground: Ground, row: int, at: int, text: str) -> Plan:
    """One cell that was typed into."""
    column = ground.columns[at]
    gathered = Gathered()
    take_texts(ground.source, column, ground.rows(row, row), [text], gathered)
    return gathered.plan(tr("{column}: {value}").format(column=column.title, value=text.strip() or "–"))
