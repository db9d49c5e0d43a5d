"""Accounts and suppliers of calls, as they come out of SQLite in columns: pairs of words, shape (rows, 2)."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from voipdesk.rating.engine import Ints

HASHED = 16
"""Bits of a hash."""


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

    __slots__ = ("_keys", "_places", "_words", "names")

    def __init__(self) -> None:
        self.names: list[bytes | None] = []
        """Zeros are None."""
        self._keys: list[bytes] = []
        self._words: NDArray[np.uint64] = np.empty((0, 2), np.uint64)
        self._places: NDArray[np.int32] = np.zeros(2**HASHED, np.int32)
        """By hash the place of an id; others may have the same."""

    def of(self, keys: NDArray[np.uint64]) -> Ints:
        """The position in `names` of each key."""
        if len(keys) > 1 and all((some == keys[0]).all() for some in (keys[:99], keys)):
            return np.full(len(keys), self.of(keys[:1])[0])
        found = self._near(keys)
        missed = np.flatnonzero(found < 0)
        if len(missed):
            others = keys[missed]
            if (positions(self._keys, others) < 0).any():
                self._meet(others)
            found[missed] = positions(self._keys, others)
        return found

    def _near(self, keys: NDArray[np.uint64]) -> Ints:
        """The position of each key where its hash tells it; -1 elsewhere."""
        if not len(self._words):
            return np.full(len(keys), -1)
        high, low = keys[:, 0], keys[:, 1]
        place = self._places[_hash(high, low)]
        is_it = (self._words[place, 1] == low) & (self._words[place, 0] == high)
        return np.where(is_it, place, -1).astype(np.int64)

    def _meet(self, keys: NDArray[np.uint64]) -> None:
        """Those of the keys that are new."""
        _, fresh = named(keys[positions(self._keys, keys) < 0])
        self.names += fresh
        self._keys += [bytes(16) if one is None else one for one in fresh]
        self._words = np.frombuffer(b"".join(self._keys), np.uint64).reshape(-1, 2)
        self._places[_hash(self._words[:, 0], self._words[:, 1])] = np.arange(len(self._words))


def _hash(high: NDArray[np.uint64], low: NDArray[np.uint64]) -> NDArray[np.uint64]:
    """Of ids: most differ in all bits of the word behind."""
    found: NDArray[np.uint64] = (low ^ high) * np.uint64(0x9E3779B97F4A7C15) >> np.uint64(64 - HASHED)
    return found
