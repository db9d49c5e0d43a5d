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
    """Figures of a selection: cells, and of its numbers count, sum, average, least and greatest."""

    cells: int = 0
    numbers: int = 0
    total: Decimal = Decimal(0)
    least: Decimal | None = None
    greatest: Decimal | None = None

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


def figures(
    source: RowSource,
    ids: Ids,
    columns: Sequence[Column],
    ranges: Sequence[Range],
    progress: Progress | None = None,
) -> Figures:
    """The figures of the ranges: from arrays where the source has them, else read in chunks."""
    watched, sums = progress or Quiet(), _Sums()
    cells = sum(part.cells for part in ranges)
    for part in ranges:
        slow = []
        for at in range(part.left, part.right + 1):
            if columns[at].is_number and not _add_array(source, ids, columns[at], part, sums):
                slow.append(at)
            watched.step(0)
        for done, values in enumerate(_numbers(source, ids, part, slow)):
            watched.step(done * CHUNK)
            if values:
                sums.add(len(values), sum(values, Decimal(0)), min(values), max(values))
    return Figures(cells, sums.numbers, sums.total, sums.least, sums.greatest)


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


def _numbers(source: RowSource, ids: Ids, part: Range, wanted: Sequence[int]) -> Iterator[list[Decimal]]:
    if not wanted:
        return
    for first in range(part.top, part.bottom + 1, CHUNK):
        rows = source.fetch(part_of(ids, first, min(first + CHUNK, part.bottom + 1)))
        yield [Decimal(row[at]) for row in rows for at in wanted if row[at] is not None]


def ids_of(ids: Ids, ranges: Iterable[Range]) -> "NDArray[np.int64]":
    """Ids of the rows that are touched, in the order shown, each once; quick at any size."""
    import numpy as np

    parts = [array_of(ids[first : last + 1]) for first, last in rows_of(ranges)]
    return np.concatenate(parts).astype(np.int64) if parts else np.empty(0, np.int64)
