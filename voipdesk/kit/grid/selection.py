"""A selection as rectangles, never as cells: what is in it, and the figures of it."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import TYPE_CHECKING

from PySide6.QtCore import QItemSelection

from voipdesk.kernel.money import rounded
from voipdesk.kernel.progress import Progress, Quiet
from voipdesk.kit.grid.columns import Column
from voipdesk.kit.grid.sources import Ids, RowSource, array_of, part_of

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

CHUNK = 2_000
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


def figures(
    source: RowSource,
    ids: Ids,
    columns: Sequence[Column],
    ranges: Sequence[Range],
    progress: Progress | None = None,
) -> Figures:
    """The figures of the ranges, read from the source in chunks."""
    watched = progress or Quiet()
    cells, total, numbers = sum(part.cells for part in ranges), Decimal(0), 0
    least: Decimal | None = None
    greatest: Decimal | None = None
    for done, values in enumerate(_numbers(source, ids, columns, ranges)):
        watched.step(done * CHUNK)
        if values:
            total += sum(values)
            numbers += len(values)
            low, high = min(values), max(values)
            least = low if least is None or low < least else least
            greatest = high if greatest is None or high > greatest else greatest
    return Figures(cells, numbers, total, least, greatest)


def _numbers(
    source: RowSource, ids: Ids, columns: Sequence[Column], ranges: Sequence[Range]
) -> Iterator[list[Decimal]]:
    for part in ranges:
        wanted = [at for at in range(part.left, part.right + 1) if columns[at].is_number]
        if not wanted:
            continue
        for first in range(part.top, part.bottom + 1, CHUNK):
            rows = source.fetch(part_of(ids, first, min(first + CHUNK, part.bottom + 1)))
            yield [Decimal(row[at]) for row in rows for at in wanted if row[at] is not None]


def ids_of(ids: Ids, ranges: Iterable[Range]) -> "NDArray[np.int64]":
    """Ids of the rows that are touched, in the order shown, each once; quick at any size."""
    import numpy as np

    parts = [array_of(ids[first : last + 1]) for first, last in rows_of(ranges)]
    return np.concatenate(parts).astype(np.int64) if parts else np.empty(0, np.int64)
