"""Numbers for the paths and terms of a rating run, chunk after chunk, without a Python object per call.

A path is a way through the levels with the terms it was charged by; a term is a row of a price list. Many calls share
them, so they are stored once and rated calls carry one small number.
"""

from dataclasses import dataclass

import numpy as np

from voipdesk.calls.engine import LEVELS, NO_PLAN, CallColumns, Chains, RatedBatch
from voipdesk.rating.engine import Bools, Ints

HALF = 2**31
"""Two numbers below this make one code; paths, terms and twice the ways of a run stay below it."""

NONE = 0
"""Number of the term of a level without one."""


class Numbering:
    """Stable numbers for integer codes, in the order in which they are first met."""

    __slots__ = ("_codes", "_numbers", "next")

    def __init__(self, first: int = 1) -> None:
        self.next = first
        self._codes: Ints = np.empty(0, np.int64)
        self._numbers: Ints = np.empty(0, np.int64)

    def of(self, codes: Ints) -> tuple[Ints, Ints]:
        """The number of each code, and the positions (in `codes`) of those met for the first time, by number."""
        distinct, first, back = np.unique(codes, return_index=True, return_inverse=True)
        place = np.searchsorted(self._codes, distinct)
        known: Bools = np.zeros(len(distinct), np.bool_)
        inside = place < len(self._codes)
        known[inside] = self._codes[place[inside]] == distinct[inside]
        numbers = np.empty(len(distinct), np.int64)
        numbers[known] = self._numbers[place[known]]
        fresh = np.flatnonzero(~known)
        numbers[fresh] = np.arange(self.next, self.next + len(fresh))
        self.next += len(fresh)
        self._codes = np.insert(self._codes, place[fresh], distinct[fresh])
        self._numbers = np.insert(self._numbers, place[fresh], numbers[fresh])
        return numbers[back], first[fresh]


@dataclass(frozen=True, slots=True)
class Numbered:
    """A chunk numbered: the path of each call, and what is new, one row each.

    `paths`: number, way, then the terms of cost, reseller, company, user (0 none).
    `terms`: number, position of the list, row of its deck, 1 where the price is passed through from above.
    """

    path_of_call: Ints
    paths: Ints
    terms: Ints


class PathNumbers:
    """Gives paths and terms their numbers for a whole run; `next_path` and `next_term` come first."""

    __slots__ = ("_paths", "_rows", "_terms")

    def __init__(self, next_path: int = 1, next_term: int = 1) -> None:
        self._terms = Numbering(next_term)
        self._rows = (Numbering(), Numbering(), Numbering())
        self._paths = Numbering(next_path)

    def add(self, calls: CallColumns, chains: Chains, batch: RatedBatch) -> Numbered:
        """Number the calls of a batch."""
        number, first = self._paths.of(self._codes(calls, batch))
        way = calls.way[first].astype(np.int64)
        new_terms: list[Ints] = []
        terms = [
            self._term_numbers(batch, chains, place, first, way, new_terms) for place in range(len(LEVELS))
        ]
        return Numbered(number, np.stack([number[first], way, *terms], axis=1), np.concatenate(new_terms))

    def _codes(self, calls: CallColumns, batch: RatedBatch) -> Ints:
        """One integer for the way and the matched rows of each call. Nearly always all levels matched the same row."""
        levels = [batch.levels[level] for level in LEVELS]
        row = np.maximum.reduce([one.row for one in levels])
        is_other: Bools = np.zeros(len(calls), np.bool_)
        for one in levels:
            is_other |= (one.row != row) & (one.source >= 0)
        code: Ints = (row + 1) * 2
        several = np.flatnonzero(is_other)
        if len(several):
            group = levels[0].row[several] + 1
            for numbers, one in zip(self._rows, levels[1:], strict=True):
                group, _ = numbers.of(group * HALF + one.row[several] + 1)
            code[several] = group * 2 + 1
        return calls.way * (2 * HALF) + code

    def _term_numbers(
        self, batch: RatedBatch, chains: Chains, place: int, first: Ints, way: Ints, new: list[Ints]
    ) -> Ints:
        """The terms of a level for some calls; new ones are put into the list."""
        level = batch.levels[LEVELS[place]]
        source, row = level.source[first].astype(np.int64), level.row[first]
        passed = (chains.ways[way, place] == NO_PLAN).astype(np.int64)
        matched = (source >= 0) & (row >= 0)
        numbers = np.full(len(first), NONE, np.int64)
        list_and_passed = source[matched] * 2 + passed[matched]
        numbers[matched], fresh = self._terms.of(list_and_passed * HALF + row[matched])
        rows = np.stack([numbers[matched], source[matched], row[matched], passed[matched]], axis=1)
        new.append(rows[fresh])
        return numbers
