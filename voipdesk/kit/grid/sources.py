"""Where rows come from. Large tables stay where they are: a source answers ids in an order, and a few rows at a time."""

from collections.abc import Callable, Hashable, Sequence
from typing import TYPE_CHECKING, Any, Protocol

from voipdesk.kernel.periods import to_micros
from voipdesk.kit.grid.columns import Column
from voipdesk.kit.grid.filters import Filter, Sort, fitting

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

Ids = Sequence[int]
"""Row ids in the order shown: a list, a range, or a numpy integer array (1 million rows: 4 MB as int32)."""

Row = tuple[Any, ...]
"""One value for each column, in the order of the columns."""


class RowSource(Protocol):
    """Rows behind a grid. `ids` and `fetch` may be called from reader threads unless the source is immediate."""

    @property
    def immediate(self) -> bool:
        """Whether answers are so quick that the window may ask itself (a list in memory)."""

    def count(self) -> int:
        """Rows without any filter."""

    def ids(self, order: Sequence[Sort], filters: Sequence[Filter]) -> Ids:
        """Ids of the rows that pass the filters, in the order; stable; without an order the source's own."""

    def fetch(self, ids: Sequence[int]) -> list[Row]:
        """The rows of these ids, in their order; a row that is gone is a tuple of None."""

    def key(self, row_id: int) -> Hashable:
        """The stable key of a row: what `Grid.cell` and signals name it by."""

    def row_id(self, key: Hashable) -> int | None:
        """The id of a key; None where there is no such row."""


class MemorySource:
    """A small list of tuples with its own order and filters. Keys: the values of one column, or the place in the list."""

    immediate = True
    takes_lists = True

    def __init__(self, columns: Sequence[Column], rows: Sequence[Row], *, key: str | None = None) -> None:
        self._columns = {column.id: at for at, column in enumerate(columns)}
        self._rows = list(rows)
        self._key = None if key is None else self._columns[key]
        self._by_key: dict[Hashable, int] | None = None

    @classmethod
    def keyed(
        cls, columns: Sequence[Column], rows: Sequence[Row], keys: Sequence[Hashable]
    ) -> "MemorySource":
        """With keys that are not shown in any column, one for each row."""
        source = cls(columns, rows)
        source._by_key = {key: at for at, key in enumerate(keys)}
        source._keys = list(keys)
        return source

    _keys: list[Hashable] | None = None

    def count(self) -> int:
        """Rows in the list."""
        return len(self._rows)

    def ids(self, order: Sequence[Sort], filters: Sequence[Filter]) -> Ids:
        """Places in the list, filtered, then sorted by the last column first so that the first one rules."""
        found: list[int] | range = range(len(self._rows))
        for wanted in filters:
            at = self._columns[wanted.column]
            fits = fitting(wanted, [self._rows[row][at] for row in found])
            found = [row for row, fit in zip(found, fits, strict=True) if fit]
        for part in reversed(order):
            found = self._sorted(found, self._columns[part.column], descending=part.descending)
        return found

    def fetch(self, ids: Sequence[int]) -> list[Row]:
        """The rows at these places."""
        return [self._rows[row] for row in ids]

    def key(self, row_id: int) -> Hashable:
        """The row's value in the key column, else its place."""
        if self._keys is not None:
            return self._keys[row_id]
        if self._key is None:
            return int(row_id)
        key: Hashable = self._rows[row_id][self._key]
        return key

    def row_id(self, key: Hashable) -> int | None:
        """The place of a key."""
        if self._by_key is None:
            self._by_key = {self.key(row): row for row in range(len(self._rows))}
        return self._by_key.get(key)

    def _sorted(self, rows: Sequence[int], at: int, *, descending: bool) -> list[int]:
        """Stable; blanks come last in both directions."""
        blank = [row for row in rows if self._rows[row][at] is None]
        full = [row for row in rows if self._rows[row][at] is not None]
        rank: Callable[[int], Any] = lambda row: sort_key(self._rows[row][at])  # noqa: E731
        full.sort(key=rank, reverse=descending)
        return full + blank


def sort_key(value: Any) -> Any:
    """What a value is sorted by: text without case, instants by time."""
    if isinstance(value, str):
        return value.casefold()
    return to_micros(value) if hasattr(value, "tzinfo") and value.tzinfo is not None else value


def place_of(ids: Ids, row_id: int) -> int | None:
    """Where an id stands in an order, without walking a numpy array in Python."""
    if isinstance(ids, range):
        return ids.index(row_id) if row_id in ids else None
    if hasattr(ids, "nonzero"):
        array: Any = ids
        found = (array == row_id).nonzero()[0]
        return int(found[0]) if len(found) else None
    try:
        return ids.index(row_id)
    except ValueError:
        return None


def part_of(ids: Ids, first: int, end: int) -> list[int]:
    """A slice of an order as plain integers."""
    part = ids[first:end]
    return part.tolist() if hasattr(part, "tolist") else list(part)


def array_of(ids: Ids) -> "NDArray[np.int64]":
    """An order as an integer array; one that is an array already is not copied."""
    import numpy as np

    if isinstance(ids, range):
        return np.arange(ids.start, ids.stop, ids.step, dtype=np.int64)
    return np.asarray(ids, dtype=None if hasattr(ids, "dtype") else np.int64)
