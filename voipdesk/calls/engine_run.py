"""What a rating run holds in columns: price lists with their origins, and the rows it writes."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import repeat
from typing import Any
from uuid import UUID

import numpy as np

from voipdesk.calls.engine import (
    LEVELS,
    NO_PLAN,
    TROUBLES,
    CallColumns,
    Chains,
    LevelColumns,
    PriceList,
    RatedBatch,
    paths,
    plan_list,
    rate_batch,
    table_list,
)
from voipdesk.rates.engine import RateColumns
from voipdesk.rating.engine import Deck, number_keys
from voipdesk.rating.rules import RoundingRule
from voipdesk.tariffs.engine import Base, SellDeck, sell_deck
from voipdesk.tariffs.rules import PlanRule, PlanTerms

_PROBLEMS: tuple[str | None, ...] = tuple(str(trouble) or None for trouble in TROUBLES)

TermKey = tuple[int, int, bool]
"""List, row of its deck, and whether the price was passed through from the level above."""

_PATHS_KNOWN = 200_000
"""Paths remembered from one batch to the next; beyond it they are forgotten and may be written again."""


@dataclass(frozen=True, slots=True)
class Table:
    """A rate table in columns, its deck for matching, and itself as the base of plans."""

    id: UUID
    rows: RateColumns
    deck: Deck
    base: Base

    @classmethod
    def of(cls, table_id: UUID, rows: RateColumns, deck: Deck) -> "Table":
        """A table; `rows` and `deck` are row for row the same."""
        base = Base(
            deck.keys,
            np.argsort(deck.keys, kind="stable"),
            rows.destination,
            rows.destination_names,
            deck.state,
            deck.terms,
            np.zeros(len(deck), np.bool_),
        )
        return cls(table_id, rows, deck, base)


@dataclass(frozen=True, slots=True)
class Listed:
    """A price list and where it comes from; without plan a supplier's table as it is."""

    table: Table
    prices: PriceList
    base: Base
    sold: SellDeck | None = None
    plan_id: UUID | None = None
    plan_version: int | None = None
    rule_ids: tuple[UUID, ...] = ()

    def term(self, row: int, *, is_passed: bool) -> tuple[Any, ...]:
        """The terms of a row as they are stored, from `table_id` to `grace_seconds`."""
        columns, terms = self.table.rows, self.prices.terms
        rule = -1 if self.sold is None else int(self.sold.rule[row])
        own = self.plan_id is not None and not is_passed
        return (
            self.table.id.bytes, int(columns.version[row]), self.plan_id.bytes if own and self.plan_id else None,
            self.plan_version if own else None, self.rule_ids[rule].bytes if own and rule >= 0 else None,
            self.table.deck.prefixes[row], columns.destination_names[int(columns.destination[row])],
            int(terms.price[row]), int(terms.next_price[row]), int(terms.connect_fee[row]),
            int(terms.minimum_charge[row]), int(terms.initial_interval[row]), int(terms.next_interval[row]),
            int(terms.free_seconds[row]), int(terms.grace_seconds[row]),
        )  # fmt: skip


def of_table(table: Table) -> Listed:
    """The supplier's own prices."""
    return Listed(table, table_list(table.deck), table.base)


def of_plan(
    below: Listed,
    rules: Sequence[PlanRule],
    terms: PlanTerms,
    at: datetime,
    *,
    kept: tuple[UUID, int, tuple[UUID, ...]],
) -> Listed:
    """A plan over a table or over another plan, as it reads at an instant; `kept` are its id, version and rule ids."""
    sold = sell_deck(below.base, rules, terms, at)
    plan_id, version, rule_ids = kept
    prices = plan_list(below.table.deck, sold)
    return Listed(below.table, prices, below.base.over(sold), sold, plan_id, version, rule_ids)


@dataclass(frozen=True, slots=True)
class Batch:
    """Rows of a batch, ready to be written; terms and paths come before the calls that name them."""

    terms: list[tuple[Any, ...]]
    paths: list[tuple[Any, ...]]
    rated: Iterable[tuple[Any, ...]]


@dataclass(slots=True)
class Run:
    """A run at work: gives terms and paths their ids, and rates batch after batch.

    `owners[way]` is (supplier, reseller, company, user) as stored; `lists` and `ways` grow between batches.
    """

    seq: int
    rounding: RoundingRule
    next_term: int
    next_path: int
    lists: list[Listed] = field(default_factory=list)
    ways: list[tuple[int, int, int, int]] = field(default_factory=list)
    owners: list[tuple[bytes | None, ...]] = field(default_factory=list)
    _terms: dict[TermKey, int] = field(default_factory=dict)
    _paths: dict[tuple[int | None, ...], int] = field(default_factory=dict)

    def rate(
        self,
        ids: Sequence[int],
        numbers: Sequence[str],
        at: Sequence[int],
        *,
        talk: Sequence[int],
        way: Sequence[int],
    ) -> Batch:
        """Rate calls given in columns (answer in microseconds, whole talk seconds, position in `ways`)."""
        calls = CallColumns(
            number_keys(numbers), np.array(at, np.int64), np.array(talk, np.int64), np.array(way, np.int64)
        )
        chains = Chains(tuple(one.prices for one in self.lists), np.array(self.ways, np.int16).reshape(-1, 4))
        batch = rate_batch(calls, chains, self.rounding)
        terms: list[tuple[Any, ...]] = []
        new_paths: list[tuple[Any, ...]] = []
        path_of_call = self._path_ids(calls, batch, terms, new_paths)
        return Batch(terms, new_paths, _rated(ids, self.seq, path_of_call, batch))

    def _path_ids(
        self,
        calls: CallColumns,
        batch: RatedBatch,
        terms: list[tuple[Any, ...]],
        new_paths: list[tuple[Any, ...]],
    ) -> list[int]:
        """Id of the path of each call; terms and paths met for the first time are added to the lists."""
        found = paths(calls, batch)
        if len(self._paths) > _PATHS_KNOWN:
            self._paths.clear()
        way = calls.way[found.first].tolist()
        of_level = [
            self._term_ids(batch.levels[level], place, calls, found.first.tolist(), terms)
            for place, level in enumerate(LEVELS)
        ]
        ids: list[int] = []
        for one in zip(way, *of_level, strict=True):
            known = self._paths.get(one)
            if known is None:
                known = self._paths[one] = self.next_path
                self.next_path += 1
                new_paths.append((known, self.seq, *self.owners[one[0]], *one[1:]))
            ids.append(known)
        result: list[int] = np.array(ids, np.int64)[found.of_call].tolist()
        return result

    def _term_ids(
        self,
        level: LevelColumns,
        place: int,
        calls: CallColumns,
        first: list[int],
        terms: list[tuple[Any, ...]],
    ) -> list[int | None]:
        """Ids of the terms at a level for some calls; None where nothing matched."""
        rows, sources = level.row[first].tolist(), level.source[first].tolist()
        passed = (np.array(self.ways, np.int16).reshape(-1, 4)[calls.way[first], place] == NO_PLAN).tolist()
        ids: list[int | None] = []
        for row, source, is_passed in zip(rows, sources, passed, strict=True):
            if row < 0 or source < 0:
                ids.append(None)
                continue
            key = (source, row, is_passed)
            known = self._terms.get(key)
            if known is None:
                known = self._terms[key] = self.next_term
                self.next_term += 1
                terms.append((known, self.seq, *self.lists[source].term(row, is_passed=is_passed)))
            ids.append(known)
        return ids


def _rated(
    ids: Sequence[int], seq: int, path_of_call: list[int], batch: RatedBatch
) -> Iterator[tuple[Any, ...]]:
    """Rows of `rated` in the order of its columns; money and seconds are None where a level has no price."""
    problems = [_PROBLEMS[code] for code in batch.trouble.tolist()]
    columns: list[list[Any]] = []
    for level in LEVELS:
        one = batch.levels[level]
        priced = one.is_priced
        for values in (one.seconds, one.amount):
            kept = values.astype(object)
            kept[~priced] = None
            columns.append(kept.tolist())
    return zip(ids, repeat(seq), path_of_call, problems, *columns, strict=False)
