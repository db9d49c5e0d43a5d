"""Pages of rows ready to paint: a few are kept; one that is not there is read at once, or ordered beside the window."""

from collections import OrderedDict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from voipdesk.kit.grid.columns import Cell
from voipdesk.kit.grid.editing import Mark, Marking
from voipdesk.kit.grid.sources import Ids, Row, RowSource, part_of

PAGE = 256
MOST_PAGES = 64

Marks = Mapping[int, Mapping[str, Mark]]
"""By row id and column id."""


@dataclass(frozen=True, slots=True)
class Page:
    """Up to 256 rows: their values, what is painted for them, and the marks of those that have some."""

    rows: list[Row]
    cells: list[list[Cell]]
    marks: Marks = field(default_factory=dict)


Painters = Sequence[Callable[[Any], Cell]]
"""By column, from a value to what is painted."""


def read_page(source: RowSource, ids: Sequence[int], paint: Painters) -> Page:
    """Rows of a source ready to paint, with their marks; may be called from a reader thread."""
    rows = source.fetch(ids)
    cells = [[write(value) for write, value in zip(paint, row, strict=False)] for row in rows]
    return Page(rows, cells, source.marks(ids) if isinstance(source, Marking) else {})


class Pages:
    """The pages of a source in an order. `order` is called for a page that is to be read beside the window."""

    def __init__(self, painters: Painters) -> None:
        self.order: Callable[[int, list[int]], None] | None = None
        self.turn = 0
        """Counts up whenever what is on its way is of no use any more."""
        self.paint = painters
        self._kept: OrderedDict[int, Page] = OrderedDict()
        self._ordered: set[int] = set()
        self._stale: set[int] = set()

    def __len__(self) -> int:
        return len(self._kept)

    def clear(self) -> None:
        """Other rows are shown."""
        self.turn += 1
        self._kept.clear()
        self._ordered.clear()
        self._stale.clear()

    def doubt(self) -> None:
        """The rows may hold other values: read each again when it is needed, and show the old one until then."""
        self.turn += 1
        if self.order is None:
            self._kept.clear()
        self._stale = set(self._kept)
        self._ordered.clear()

    def get(self, number: int, source: RowSource, ids: Ids) -> Page | None:
        """A page of rows; None while it is on its way."""
        found = self._kept.get(number)
        if found is not None:
            self._kept.move_to_end(number)
            if number not in self._stale:
                return found
        wanted = part_of(ids, number * PAGE, (number + 1) * PAGE)
        if self.order is None:
            return self.keep(number, read_page(source, wanted, self.paint))
        if number not in self._ordered:
            self._ordered.add(number)
            self.order(number, wanted)
        return self._kept.get(number)

    def keep(self, number: int, page: Page) -> Page:
        """A page that was read."""
        self._kept[number] = page
        self._stale.discard(number)
        self._ordered.discard(number)
        while len(self._kept) > MOST_PAGES:
            self._kept.popitem(last=False)
        return page

    def give_up(self, number: int) -> None:
        """A page that was ordered will not come; it is ordered again when it is painted again."""
        self._ordered.discard(number)
