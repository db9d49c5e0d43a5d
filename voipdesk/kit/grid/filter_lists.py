"""Lists in filters (`44*,49*`, `!=a,b`) for sources that know single conditions only: asked one by one and put together.

A source that has `takes_lists = True` gets `Operator.ANY` and `NONE` as they are.
"""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from voipdesk.kit.grid.filters import LISTS, Filter, Operator, Sort
from voipdesk.kit.grid.sources import Ids, RowSource, array_of

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray


def filtered_ids(source: RowSource, order: Sequence[Sort], filters: Sequence[Filter]) -> Ids:
    """The ids of a source in an order; lists are resolved where the source does not take them."""
    lists = [one for one in filters if one.operator in LISTS]
    if not lists or getattr(source, "takes_lists", False):
        return source.ids(order, filters)
    import numpy as np

    plain = [one for one in filters if one.operator not in LISTS]
    found = array_of(source.ids(order, plain))
    for one in lists:
        named = np.isin(found, _any_of(source, plain, one.value))
        found = found[named if one.operator is Operator.ANY else ~named]
    return found  # type: ignore[return-value]  # An integer array is a sequence to the grid.


def _any_of(source: RowSource, plain: Sequence[Filter], wanted: Sequence[Filter]) -> "NDArray[np.int64]":
    import numpy as np

    parts = [array_of(source.ids((), [*plain, each])) for each in wanted]
    return np.concatenate(parts) if parts else np.empty(0, np.int64)
