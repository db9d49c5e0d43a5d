"""A selection as rectangles, never as cells: what is in it, and the figures of it."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from decimal import Context, Decimal
from fractions import Fraction
from typing import TYPE_CHECKING

from PySide6.QtCore import QItemSelection

from voipdesk.kernel.money import from_scaled, rounded
from voipdesk.kernel.progress import Progress, Quiet
from voipdesk.kit.grid.columns import Column, Kind
from voipdesk.kit.grid.editing import BLANK, Scaling
from voipdesk.kit.grid.sources import Ids, RowSource, array_of, part_of

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

CHUNK = 2_000
_EXACT = Context(prec=60)
AVERAGE_DECIMALS = 8


@dataclass(frozen=True, slots=True, order=True)
class Range:
    """A rectangle of selected cells, in rows as shown and columns as declared; both ends are included."""

    top: int
    left: int
    bottom: int
    right: int

    @property
    def rows(self) -> int:
        """How many rows it is high."""
        return self.bottom - self.top + 1

    @property
    def cells(self) -> int:
        """How many cells it holds."""
        return self.rows * (self.right - self.left + 1)


@dataclass(frozen=True, slots=True)
class Figures:
    """Figures of a selection: cells, and of the numbers of one column count, sum, average, least and greatest."""

    cells: int = 0
    numbers: int = 0
    total: Decimal = Decimal(0)
    least: Decimal | None = None
    greatest: Decimal | None = None
    column: Column | None = None
    """Whose numbers they are."""
    is_one_of_several: bool = False
    """Whether other columns of numbers are selected too: then the column is to be named."""

    @property
    def average(self) -> Decimal | None:
        """Total by count, rounded half up at 8 decimals; None without numbers."""
        if not self.numbers:
            return None
        return rounded(Fraction(self.total) / self.numbers, AVERAGE_DECIMALS)


def ranges_of(selection: QItemSelection) -> list[Range]:
    """The rectangles of Qt's selection, from top to bottom."""
    found = []
    for at in range(selection.count()):
        part = selection.at(at)
        if part.isValid():
            found.append(Range(part.top(), part.left(), part.bottom(), part.right()))
    return sorted(found)


def rows_of(ranges: Iterable[Range]) -> list[tuple[int, int]]:
    """Rows that are touched, as (first, last) without overlap, from top to bottom."""
    merged: list[tuple[int, int]] = []
    for part in sorted(ranges):
        if merged and part.top <= merged[-1][1] + 1:
            merged[-1] = (merged[-1][0], max(merged[-1][1], part.bottom))
        else:
            merged.append((part.top, part.bottom))
    return merged


def columns_of(ranges: Iterable[Range]) -> list[int]:
    """Columns that are touched, in their order."""
    return sorted({column for part in ranges for column in range(part.left, part.right + 1)})


@dataclass(slots=True)
class _Sums:
    """Figures while they are added up, exactly: Python's integers do not overflow."""

    numbers: int = 0
    total: Decimal = Decimal(0)
    least: Decimal | None = None
    greatest: Decimal | None = None

    def add(self, numbers: int, total: Decimal, least: Decimal, greatest: Decimal) -> None:
        """Some more numbers."""
        self.numbers += numbers
        self.total = _EXACT.add(self.total, total)
        self.least = least if self.least is None or least < self.least else self.least
        self.greatest = greatest if self.greatest is None or greatest > self.greatest else self.greatest


@dataclass(frozen=True, slots=True)
class Summed:
    """What the figures of a selection are of: rates, fees and per cents are never added up together."""

    ranges: Sequence[Range]
    """Rows and columns whose visible cells are counted."""
    cells: int
    at: int = -1
    """The column of numbers that is summed; -1: none is selected."""
    is_one_of_several: bool = False


def summed(columns: Sequence[Column], ranges: Sequence[Range], shown: Sequence[int], current: int) -> Summed:
    """One column of numbers: the current cell's where it is one, else the first of the selection as it is shown."""
    touched = [at for at in shown if any(part.left <= at <= part.right for part in ranges)]
    numbers = [at for at in touched if columns[at].is_number and columns[at].adds_up]
    cells = sum(part.rows for part in ranges for at in touched if part.left <= at <= part.right)
    chosen = current if current in numbers else numbers[0] if numbers else -1
    return Summed(ranges, cells, chosen, len(numbers) > 1)


def figures(
    source: RowSource,
    ids: Ids,
    columns: Sequence[Column],
    what: Summed,
    progress: Progress | None = None,
) -> Figures:
    """The figures of a selection: from an array where the source has one, else read in chunks."""
    if what.at < 0:
        return Figures(what.cells)
    watched, sums, column = progress or Quiet(), _Sums(), columns[what.at]
    for part in what.ranges:
        if not part.left <= what.at <= part.right or _add_array(source, ids, column, part, sums):
            watched.step(0)
            continue
        for done, values in enumerate(_numbers(source, ids, part, what.at)):
            watched.step(done * CHUNK)
            if values:
                sums.add(len(values), sum(values, Decimal(0)), min(values), max(values))
    found = (sums.numbers, sums.total, sums.least, sums.greatest)
    return Figures(what.cells, *found, column, what.is_one_of_several)


def _add_array(source: RowSource, ids: Ids, column: Column, part: Range, sums: _Sums) -> bool:
    """Add a column of numbers that the source has as an array; False where it has none."""
    if not isinstance(source, Scaling):
        return False
    import numpy as np

    values = source.scaled(column.id, np.asarray(array_of(ids[part.top : part.bottom + 1]), np.int64))
    if values is None:
        return False
    values = values[values != BLANK]
    if len(values):
        # Two halves, each of which fits in 64 bits for two thousand million values.
        total = (int((values >> 32).sum()) << 32) + int((values & 0xFFFFFFFF).sum())
        unit = (lambda number: Decimal(number)) if column.kind is Kind.INT else from_scaled
        sums.add(len(values), unit(total), unit(int(values.min())), unit(int(values.max())))
    return True


def _numbers(source: RowSource, ids: Ids, part: Range, at: int) -> Iterator[list[Decimal]]:
    for first in range(part.top, part.bottom + 1, CHUNK):
        rows = source.fetch(part_of(ids, first, min(first + CHUNK, part.bottom + 1)))
        yield [Decimal(row[at]) for row in rows if row[at] is not None]


def ids_of(ids: Ids, ranges: Iterable[Range]) -> "NDArray[np.int64]":
    """Ids of the rows that are touched, in the order shown, each once; quick at any size."""
    import numpy as np

    parts = [array_of(ids[first : last + 1]) for first, last in rows_of(ranges)]
    return np.concatenate(parts).astype(np.int64) if parts else np.empty(0, np.int64)
