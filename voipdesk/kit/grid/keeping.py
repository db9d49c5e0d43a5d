"""Which rows are shown, and where, between two applications of filter and order: an edited row stays put.

The order that a source answered stays as it is while rows are edited; rows that go are taken out, come back to their
place, and new ones stand at the end. Everything is arrays: a step over 250,000 rows costs milliseconds.
"""

from typing import TYPE_CHECKING, Any

from voipdesk.kit.grid.editing import Touched
from voipdesk.kit.grid.sources import Ids, array_of

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Array = NDArray[np.int64]


class Keeping:
    """`order` is what the source answered last, `kept` the rows that were edited since (ascending)."""

    def __init__(self) -> None:
        self.order: Ids = range(0)
        self._kept: Any = None
        self._gone: Any = None

    @property
    def kept(self) -> int:
        """How many rows stand where they are only because they were edited."""
        return 0 if self._kept is None else len(self._kept)

    def apply(self, ids: Ids) -> Ids:
        """Filter and order were applied: nothing is kept any more."""
        self.order, self._kept, self._gone = ids, None, None
        return ids

    def is_kept(self, row_id: int) -> bool:
        """Whether a row was edited since filter and order were applied."""
        if self._kept is None:
            return False
        at = int(self._kept.searchsorted(row_id))
        return at < len(self._kept) and int(self._kept[at]) == row_id

    def touch(self, touched: Touched, *, is_ruled: bool) -> bool:
        """A step of editing; True where rows came or went. `is_ruled`: a filter or an order is applied."""
        import numpy as np

        if is_ruled and touched.ids is not None and len(touched.ids):
            self._kept = _united(self._kept, touched.ids)
        if len(touched.removed):
            self._gone = _united(self._gone, touched.removed)
            if self._kept is not None:
                self._kept = np.setdiff1d(self._kept, self._gone, assume_unique=True)
        if len(touched.appended):
            new = np.asarray(touched.appended, np.int64)
            if self._gone is not None:
                self._gone = np.setdiff1d(self._gone, new, assume_unique=True)
            known = array_of(self.order)
            fresh = new[~np.isin(new, known)]
            if len(fresh):
                self.order = np.concatenate([known, fresh])  # type: ignore[assignment]
            if is_ruled:
                self._kept = _united(self._kept, new)
        return bool(len(touched.removed) or len(touched.appended))

    def shown(self) -> Ids:
        """The ids to show."""
        if self._gone is None or not len(self._gone):
            return self.order
        import numpy as np

        order = array_of(self.order)
        return order[~np.isin(order, self._gone)]  # type: ignore[return-value]

    def again(self, ids: Ids) -> Ids:
        """The source was asked again because others changed rows: kept rows keep their place among the new ones."""
        if self._kept is None or not len(self._kept):
            return self.apply(ids)
        import numpy as np

        before, now = array_of(self.shown()), array_of(ids)
        places = np.flatnonzero(np.isin(before, self._kept))
        staying = before[places]
        rest = now[~np.isin(now, staying)]
        length = len(rest) + len(staying)
        merged = np.empty(length, np.int64)
        # Near the end of a list that became shorter they move up, in their order.
        places = np.minimum(places, length - len(staying) + np.arange(len(staying)))
        free = np.ones(length, bool)
        free[places] = False
        merged[places], merged[free] = staying, rest
        self.order, self._gone = merged, None  # type: ignore[assignment]
        return self.order


def _united(known: "Array | None", more: Any) -> "Array":
    """Two sets of ids as one, ascending."""
    import numpy as np

    return np.unique(more) if known is None else np.union1d(known, more)
