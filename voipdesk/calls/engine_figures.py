"""Sums of many calls by several keys at once, in columns: equal to the SQL of `queries.figures`, group by group."""

from dataclasses import dataclass

import numpy as np

from voipdesk.rating.engine import Bools, Ints

COLUMNS = (
    "attempts", "answered", "talk", "billed", "revenue", "cost", "margin", "priced", "charged", "without_cost", "problems",
    "unrated",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Figures:
    """Calls as an actor sees them; `price`, `billed` seconds and `cost` are -1 where he sees none."""

    talk: Ints
    billed: Ints
    price: Ints
    cost: Ints
    has_problem: Ints

    def columns(self) -> tuple[Ints | Bools, ...]:
        """What is summed, in the order of `COLUMNS`."""
        priced, costed, talked = self.price >= 0, self.cost >= 0, self.talk > 0
        return (
            np.ones(len(self.talk), np.int64), talked, self.talk, np.maximum(self.billed, 0),
            np.maximum(self.price, 0), np.maximum(self.cost, 0),
            np.where(priced & costed, self.price - self.cost, 0),
            priced, priced & talked, priced & ~costed, self.has_problem, ~priced & (self.has_problem == 0),
        )  # fmt: skip


class Totals:
    """Exact sums of several columns by group, in two halves: int64 would overflow without a word."""

    __slots__ = ("_halves",)

    def __init__(self, columns: int) -> None:
        self._halves = np.zeros((2, 0, columns), np.int64)

    def add(self, group: Ints, groups: int, columns: tuple[Ints | Bools, ...]) -> None:
        """Add columns of calls to the sums of their groups; there are `groups` of them by now."""
        missing = groups - self._halves.shape[1]
        if missing > 0:
            self._halves = np.pad(self._halves, ((0, 0), (0, missing), (0, 0)))
        order = np.argsort(group.astype(np.uint16) if groups < 2**16 else group, kind="stable")
        ranked = group[order]
        first = np.flatnonzero(np.append(True, ranked[1:] != ranked[:-1]))
        ends = np.append(first[1:], len(ranked))
        for place, column in enumerate(columns):
            values = column[order]
            if values.dtype == np.bool_:
                counts = np.append(0, np.cumsum(values))
                self._halves[1, ranked[first], place] += counts[ends] - counts[first]
                continue
            self._halves[0, ranked[first], place] += np.add.reduceat(values >> 32, first)
            self._halves[1, ranked[first], place] += np.add.reduceat(values & 0xFFFF_FFFF, first)

    def rows(self, into: Ints | None = None) -> list[list[int]]:
        """The sums of each group, in Python integers; with `into` of groups put together, by the position each goes to."""
        halves = self._halves
        if into is not None:
            halves = np.zeros((2, int(into.max(initial=-1)) + 1, halves.shape[2]), np.int64)
            for whole, part in zip(halves, self._halves, strict=True):
                np.add.at(whole, into, part)
        high, low = halves.tolist()
        return [
            [(one << 32) + other for one, other in zip(*pair, strict=True)]
            for pair in zip(high, low, strict=True)
        ]


class Grouping:
    """Sums by one key; codes that come again are the same group."""

    __slots__ = ("_known", "_totals")

    def __init__(self) -> None:
        self._known: Ints = np.empty(0, np.int64)
        self._totals = Totals(len(COLUMNS))

    def add(self, codes: Ints, columns: tuple[Ints | Bools, ...]) -> None:
        """Add calls; `codes` say to which group each belongs."""
        fresh = np.setdiff1d(codes, self._known)
        self._known = np.append(self._known, fresh)
        order = np.argsort(self._known)
        self._totals.add(order[np.searchsorted(self._known, codes, sorter=order)], len(self._known), columns)

    @property
    def codes(self) -> Ints:
        """Of the groups, in the order of `rows`."""
        return self._known

    def rows(self, into: Ints | None = None) -> list[list[int]]:
        """The sums of each group in the order of `COLUMNS`; see `Totals.rows`."""
        return self._totals.rows(into)


def looked_up(wanted: Ints, keys: Ints, values: Ints) -> Ints:
    """The value beside each wanted key, all of them positive; 0 where there is none. There is at least one key."""
    order = np.argsort(keys)
    near = order[np.minimum(np.searchsorted(keys, wanted, sorter=order), len(keys) - 1)]
    return np.where(keys[near] == wanted, values[near], 0)
