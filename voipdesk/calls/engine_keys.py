"""Accounts and suppliers of calls, as they come out of SQLite in columns: pairs of words, shape (rows, 2)."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from voipdesk.rating.engine import Ints


def named(keys: NDArray[np.uint64]) -> tuple[Ints, tuple[bytes | None, ...]]:
    """Ids as positions in a list of the different ones; zeros are no id, None."""
    # One word tells most ids apart; the places of both together sort all of them in one pass.
    low, place = np.unique(keys[:, 1], return_inverse=True)
    high, other = np.unique(keys[:, 0], return_inverse=True)
    pairs, position = np.unique(place * len(high) + other, return_inverse=True)
    names = [
        bytes(np.array([high[pair % len(high)], low[pair // len(high)]], np.uint64))
        for pair in pairs.tolist()
    ]
    return position.astype(np.int64), tuple(one if any(one) else None for one in names)


def positions(known: Sequence[bytes], keys: NDArray[np.uint64]) -> Ints:
    """Position in `known` (16-byte keys) of each key; -1 where it is not among them."""
    if not len(known):
        return np.full(len(keys), -1)
    words = np.frombuffer(b"".join(known), np.uint64).reshape(-1, 2)
    order = np.lexsort((words[:, 0], words[:, 1]))
    ranked = words[order, 1]
    place = np.searchsorted(ranked, keys[:, 1])
    found = np.full(len(keys), -1)
    for step in range(int(np.unique(ranked, return_counts=True)[1].max())):
        at = order[np.minimum(place + step, len(known) - 1)]
        hit = (words[at, 1] == keys[:, 1]) & (words[at, 0] == keys[:, 0])
        np.copyto(found, at, where=hit)
    return found


class Met:
    """The ids met so far; chunk after chunk they are found without sorting."""

    __slots__ = ("_keys", "names")

    def __init__(self) -> None:
        self._keys: list[bytes] = []
        self.names: list[bytes | None] = []
        """Zeros are None."""

    def of(self, keys: NDArray[np.uint64]) -> Ints:
        """The position in `names` of each key."""
        if len(keys) > 1 and (keys == keys[0]).all():
            return np.repeat(self.of(keys[:1]), len(keys))
        found = positions(self._keys, keys)
        if (found < 0).any():
            _, fresh = named(keys[found < 0])
            self.names += fresh
            self._keys += [bytes(16) if one is None else one for one in fresh]
            found = positions(self._keys, keys)
        return found
