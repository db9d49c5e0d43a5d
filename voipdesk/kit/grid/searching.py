"""Which cells hold a text, and what they would hold with another one in its place. No widgets.

Texts are asked of the source as a filter, numbers compared by their distinct values; only the rest is read.
"""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from voipdesk.kernel.money import from_scaled
from voipdesk.kernel.progress import Progress, Quiet
from voipdesk.kernel.text import trn
from voipdesk.kit.editors import western
from voipdesk.kit.grid.columns import Column, Kind, writer_of
from voipdesk.kit.grid.editing import BLANK, Scaling
from voipdesk.kit.grid.filters import Filter, Operator
from voipdesk.kit.grid.gestures import Gathered, Ground, Plan, take_texts
from voipdesk.kit.grid.selection import CHUNK, Range, rows_of

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Array = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Search:
    """What is looked for: a text, anywhere in a cell or as all of it, with or without case."""

    text: str
    whole: bool = False
    case: bool = False

    @property
    def pattern(self) -> re.Pattern[str]:
        """The text as a pattern."""
        flags = re.NOFLAG if self.case else re.IGNORECASE
        return re.compile(re.escape(western(self.text)), flags)

    def fits(self, text: str) -> bool:
        """Whether a cell's text is a hit."""
        pattern = self.pattern
        return bool(pattern.fullmatch(text) if self.whole else pattern.search(text))


@dataclass(frozen=True, slots=True, eq=False)
class Hits:
    """Cells that hold the text, in reading order: `cells` is row shown x columns + column shown, ascending."""

    cells: "Array"
    shown: tuple[int, ...]

    @property
    def count(self) -> int:
        """How many."""
        return len(self.cells)

    def cell(self, at: int) -> tuple[int, int]:
        """Row shown and column of one of them."""
        row, place = divmod(int(self.cells[at]), len(self.shown))
        return row, self.shown[place]

    def after(self, row: int, column: int, step: int) -> int:
        """Which hit comes next after a cell (step 1) or before it (-1), around the ends; there must be one."""
        place = self.shown.index(column) if column in self.shown else 0
        here = row * len(self.shown) + place
        at = int(self.cells.searchsorted(here, "right" if step > 0 else "left"))
        return at % self.count if step > 0 else (at - 1) % self.count

    def number_of(self, row: int, column: int) -> int:
        """The number of the hit in a cell, from 1; 0 where there is none."""
        if column not in self.shown:
            return 0
        here = row * len(self.shown) + self.shown.index(column)
        at = int(self.cells.searchsorted(here))
        return at + 1 if at < self.count and int(self.cells[at]) == here else 0


def found(ground: Ground, search: Search, progress: Progress | None = None) -> Hits:
    """The hits inside the ranges of the ground."""
    import numpy as np

    watched, parts = progress or Quiet(), list[Any]()
    shown = tuple(ground.shown)
    for place, at in enumerate(shown):
        spans = rows_of(part for part in ground.ranges if part.left <= at <= part.right)
        for first, last in spans:
            watched.step(len(parts))
            rows = first + np.flatnonzero(_hits(ground, at, ground.rows(first, last), search, watched))
            parts.append(rows * len(shown) + place)
    cells = np.sort(np.concatenate(parts)) if parts else np.empty(0, np.int64)
    return Hits(cells.astype(np.int64), shown)


def _hits(ground: Ground, at: int, ids: "Array", search: Search, progress: Progress) -> "NDArray[np.bool_]":
    """Which of these rows hold the text in a column."""
    import numpy as np

    column, source = ground.columns[at], ground.source
    if column.kind in {Kind.TEXT, Kind.PREFIX, Kind.CODE} and len(ids) > CHUNK:
        how = Operator.EQUAL if search.whole else Operator.CONTAINS
        named = np.asarray(source.ids((), [Filter(column.id, how, western(search.text))]), np.int64)
        hit = np.isin(ids, named)
        if search.case:
            hit[hit] = _read(ground, at, ids[hit], search.fits, progress)
        return hit
    values = source.scaled(column.id, ids) if column.is_number and isinstance(source, Scaling) else None
    if values is None:
        return _read(ground, at, ids, search.fits, progress)
    write = writer_of(column, ground.formats, grouped=False)
    number: Callable[[int], Any] = int if column.kind is Kind.INT else from_scaled
    distinct, which = np.unique(values, return_inverse=True)
    fits = [each != BLANK and search.fits(write(number(each))) for each in distinct.tolist()]
    return np.array(fits, bool)[which]


def _read(
    ground: Ground, at: int, ids: "Array", fits: Callable[[str], bool], progress: Progress
) -> "NDArray[np.bool_]":
    """Cells read in chunks and compared by the text that is shown."""
    import numpy as np

    write = writer_of(ground.columns[at], ground.formats, grouped=False)
    hit = np.zeros(len(ids), bool)
    for first in range(0, len(ids), CHUNK):
        progress.step(first)
        rows = ground.source.fetch(ids[first : first + CHUNK].tolist())
        hit[first : first + len(rows)] = [row[at] is not None and fits(write(row[at])) for row in rows]
    return hit


def replaced(ground: Ground, hits: Hits, search: Search, by: str, progress: Progress | None = None) -> Plan:
    """Every hit with another text in the place of the one looked for, one step."""
    import numpy as np

    gathered, watched = Gathered(), progress or Quiet()
    pattern, wide = search.pattern, len(hits.shown)
    for place, at in enumerate(hits.shown):
        rows = hits.cells[hits.cells % wide == place] // wide
        column = ground.columns[at]
        if not len(rows):
            continue
        if not column.editable:
            gathered.left_out += len(rows)
            continue
        watched.step(place)
        ids = np.asarray(ground.ids, np.int64)[rows]
        texts = [pattern.sub(lambda _: by, text) for text in _texts(ground, at, column, ids)]
        take_texts(ground.source, column, ids, texts, gathered)
    plan = gathered.plan("")
    return replace(plan, name=trn("Replace in {count} cell", "Replace in {count} cells", plan.cells))


def _texts(ground: Ground, at: int, column: Column, ids: "Array") -> list[str]:
    write = writer_of(column, ground.formats, grouped=False)
    texts: list[str] = []
    for first in range(0, len(ids), CHUNK):
        rows = ground.source.fetch(ids[first : first + CHUNK].tolist())
        texts.extend("" if row[at] is None else write(row[at]) for row in rows)
    return texts


def scope_of(ground: Ground, scope: str, at: int) -> Sequence[Range]:
    """The ranges of a scope: the whole `column` of the current cell, the `selection`, or the `table`."""
    last = len(ground.ids) - 1
    if scope == "selection":
        return ground.ranges
    left, right = (at, at) if scope == "column" else (0, len(ground.columns) - 1)
    return [Range(0, left, last, right)] if last >= 0 else []
