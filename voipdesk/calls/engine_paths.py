"""Numbers for the paths and terms of a rating run, chunk after chunk, without a Python object per call.

A path is by which terms the levels charged; a term is a row of a price list. Many calls share them, so they are stored
once and rated calls carry one small number.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from voipdesk.calls.engine import LEVELS, NO_PLAN, CallColumns, Chains, RatedBatch
from voipdesk.rating.engine import Bools, Ints

HALF = 2**31
"""Two numbers below this make one code; paths, terms, rows and ways of a run stay below it."""

MOST = 2**23
"""Pairs that a table holds a number for, of four bytes each."""

NONE = 0
"""Number of the term of a level without one."""


class Numbering:
    """Stable numbers for pairs of small integers, in the order in which they are first met.

    A table tells the number of a pair, and nothing is sorted, while at most `most` pairs could be; beyond, those that
    were met are kept sorted.
    """

    __slots__ = ("_before", "_codes", "_met", "_most", "_numbers", "_table")

    def __init__(self, first: int = 1, *, most: int = MOST) -> None:
        self._before, self._met, self._most = first - 1, 0, most
        self._table: NDArray[np.int32] | None = np.zeros((0, 0), np.int32)
        """How many were met with the pair; 0: not met."""
        self._codes: Ints = np.empty(0, np.int64)
        self._numbers: Ints = np.empty(0, np.int64)

    def of(self, group: Ints, item: Ints) -> tuple[Ints, Ints]:
        """The number of each pair, and the positions of those met for the first time, by number."""
        if not len(group):
            return np.empty(0, np.int64), np.empty(0, np.int64)
        table = self._roomy(int(group.max()) + 1, int(item.max()) + 1)
        if table is None:
            return self._sorted(group * HALF + item)
        return self._looked_up(table.reshape(-1), group * table.shape[1] + item)

    def _roomy(self, groups: int, items: int) -> NDArray[np.int32] | None:
        """The table, grown where there is more; None once it would be too large."""
        table = self._table
        if table is None or (groups <= table.shape[0] and items <= table.shape[1]):
            return table
        width = max(table.shape[1], 1 << (items - 1).bit_length())
        groups = max(table.shape[0], groups)
        if groups * width > self._most:
            pairs = np.nonzero(table)
            self._codes, self._numbers = pairs[0] * HALF + pairs[1], table[pairs].astype(np.int64)
            self._table = None
            return None
        grown = np.zeros((min(2 * groups, self._most // width), width), np.int32)
        grown[: table.shape[0], : table.shape[1]] = table
        self._table = grown
        return grown

    def _looked_up(self, table: NDArray[np.int32], codes: Ints) -> tuple[Ints, Ints]:
        met = table[codes]
        fresh = np.flatnonzero(met == 0)
        if len(fresh):
            codes, places = codes[fresh], np.arange(1, len(fresh) + 1)
            table[codes[::-1]] = places[::-1]  # of equal ones the last assignment stays: the first place
            is_first = table[codes] == places
            table[codes[is_first]] = self._next(int(is_first.sum()))
            met[fresh] = table[codes]
            fresh = fresh[is_first]
        return met.astype(np.int64) + self._before, fresh

    def _sorted(self, codes: Ints) -> tuple[Ints, Ints]:
        distinct, first, back = np.unique(codes, return_index=True, return_inverse=True)
        place = np.searchsorted(self._codes, distinct)
        known: Bools = np.zeros(len(distinct), np.bool_)
        inside = place < len(self._codes)
        known[inside] = self._codes[place[inside]] == distinct[inside]
        met = np.empty(len(distinct), np.int64)
        met[known] = self._numbers[place[known]]
        fresh = np.flatnonzero(~known)
        order = np.argsort(first[fresh])
        met[fresh[order]] = self._next(len(fresh))
        self._codes = np.insert(self._codes, place[fresh], distinct[fresh])
        self._numbers = np.insert(self._numbers, place[fresh], met[fresh])
        return met[back] + self._before, first[fresh[order]]

    def _next(self, many: int) -> Ints:
        self._met += many
        return np.arange(self._met - many + 1, self._met + 1)


@dataclass(frozen=True, slots=True)
class Numbered:
    """A chunk numbered: the path of each call, and what is new, one row each.

    `paths`: number, then the terms of cost, reseller, company, user (0 none).
    `terms`: number, position of the list, row of its deck, 1 where the price is passed through from above.
    """

    path_of_call: Ints
    paths: Ints
    terms: Ints


class PathNumbers:
    """Gives paths and terms their numbers for a whole run; `next_path` and `next_term` come first.

    Calls are on one path when the lists of their ways and the matched rows are the same.
    """

    __slots__ = ("_alike", "_lists_of_way", "_steps", "_terms")

    def __init__(self, next_path: int = 1, next_term: int = 1, *, most: int = MOST) -> None:
        self._terms = Numbering(next_term, most=most)
        self._alike: dict[tuple[int, ...], int] = {}
        self._lists_of_way: Ints = np.empty(0, np.int64)
        """Ways through the same lists have the same number here."""
        firsts = (1, 1, 1, next_path)
        self._steps = tuple(Numbering(first, most=most) for first in firsts)
        """Down the levels: each tells the ways and matched rows so far apart, the last one the paths."""

    def add(self, calls: CallColumns, chains: Chains, batch: RatedBatch) -> Numbered:
        """Number the calls of a batch."""
        cost, *prices = (batch.levels[level].row for level in LEVELS)
        number, first = self._steps[0].of(self._lists(chains)[calls.way], cost + 1)
        highest = cost
        for step, row in zip(self._steps[1:], prices, strict=True):
            # Nearly always all levels matched the same row: then the pairs are few, and a table has room for them.
            number, first = step.of(number, np.where(row == highest, 0, row + 2))
            highest = np.maximum(highest, row)
        terms, fresh = self._term_numbers(batch, chains, calls.way[first], first)
        return Numbered(number, np.concatenate([number[first, None], terms], axis=1), fresh)

    def _lists(self, chains: Chains) -> Ints:
        """For each way the number of its lists; ways are only ever added."""
        added = chains.ways[len(self._lists_of_way) :].tolist()
        if added:
            numbers = [self._alike.setdefault(tuple(one), len(self._alike)) for one in added]
            self._lists_of_way = np.append(self._lists_of_way, numbers)
        return self._lists_of_way

    def _term_numbers(self, batch: RatedBatch, chains: Chains, way: Ints, calls: Ints) -> tuple[Ints, Ints]:
        """The terms of some calls, by level, and the new ones: call by call, as the levels mostly name the same row."""
        levels = [batch.levels[level] for level in LEVELS]
        source = np.stack([one.source[calls] for one in levels], axis=1).astype(np.int64)
        row = np.stack([one.row[calls] for one in levels], axis=1)
        passed = (chains.ways[way] == NO_PLAN).astype(np.int64)
        matched = (source >= 0) & (row >= 0)
        numbers = np.full(row.shape, NONE, np.int64)
        source, row, passed = source[matched], row[matched], passed[matched]
        numbers[matched], fresh = self._terms.of(source * 2 + passed, row)
        return numbers, np.stack([numbers[matched], source, row, passed], axis=1)[fresh]
