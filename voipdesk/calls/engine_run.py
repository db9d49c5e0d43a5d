"""What a rating run holds in columns: price lists with their origins, and the rows it writes."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, fields
from datetime import datetime
from typing import Any, Protocol
from uuid import UUID

import numpy as np

from voipdesk.calls.engine import (
    LEVELS,
    TROUBLES,
    CallColumns,
    Chains,
    PriceList,
    RatedBatch,
    plan_list,
    rate_batch,
    table_list,
)
from voipdesk.calls.engine_paths import Numbered, PathNumbers
from voipdesk.calls.engine_rows import KEY_BYTES, NULL, Packed, positions
from voipdesk.rates.engine import RateColumns
from voipdesk.rating.engine import Bools, Deck, Ints, keys_of_marked
from voipdesk.rating.rules import Level, RoundingRule
from voipdesk.tariffs.engine import Base, SellDeck, sell_deck
from voipdesk.tariffs.rules import PlanRule, PlanTerms


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
        """The terms of a row as they are stored, from `table_id` to `band`."""
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
            columns.band_names[int(columns.band[row])],
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


Pair = tuple[bytes, bytes | None]
"""Account and supplier of a call, as stored."""

NOBODY = bytes(KEY_BYTES)
"""How a chunk gives a supplier that is not named."""


class Lookup(Protocol):
    """Where the ways of calls are found; `accounts` and `suppliers` are those of all calls of the run."""

    accounts: list[bytes]
    suppliers: list[bytes]

    def edges(self, account: bytes) -> Sequence[int]:
        """Microseconds at which something about the account's prices may change."""

    def way(self, pair: Pair, at: int) -> int:
        """Position in the run's ways for a call at an instant."""


def ways(book: Lookup, chunk: Packed, at: Ints) -> Ints:
    """The way of each call of a chunk, whose instants rise; looked up once for calls that share it."""
    accounts, suppliers = book.accounts, [*book.suppliers, NOBODY]
    who, by = positions(accounts, chunk.keys[0]), positions(suppliers, chunk.keys[1])
    distinct, back = np.unique(who * len(suppliers) + by, return_inverse=True)
    found = np.zeros(len(distinct), np.int64)
    mixed: list[tuple[int, Pair]] = []
    for place, code in enumerate(distinct.tolist()):
        account, supplier = accounts[code // len(suppliers)], suppliers[code % len(suppliers)]
        pair = (account, None if supplier == NOBODY else supplier)
        edges = book.edges(account)
        if np.searchsorted(edges, at[0], "right") == np.searchsorted(edges, at[-1], "right"):
            found[place] = book.way(pair, int(at[0]))
        else:
            mixed.append((place, pair))
    result: Ints = found[back]
    for place, pair in mixed:
        mine = np.flatnonzero(back == place)
        stretch = np.searchsorted(np.array(book.edges(pair[0]), np.int64), at[mine], "right")
        _, first, which = np.unique(stretch, return_index=True, return_inverse=True)
        result[mine] = np.array([book.way(pair, int(at[mine[one]])) for one in first.tolist()])[which]
    return result


@dataclass(frozen=True, slots=True)
class Batch:
    """Rows of a batch, ready to be written; terms and paths come before the calls that name them."""

    terms: Iterable[tuple[Any, ...]]
    paths: Iterable[tuple[Any, ...]]
    rated: list[tuple[str, Any]]
    """Columns for `insert_columns`."""
    troubled: list[tuple[str, int, int]]
    """(problem, call id, run) of the calls that have one, to be set behind them: text is no column of integers."""


@dataclass(slots=True)
class Sums:
    """Figures of the calls of one way, money x 10^8; `margin` over calls whose price and cost are both known."""

    calls: int = 0
    answered: int = 0
    charged: int = 0
    revenue: int = 0
    cost: int = 0
    margin: int = 0
    priced_seconds: int = 0


@dataclass(slots=True)
class Run:
    """A run at work: gives terms and paths their ids, and rates batch after batch.

    `owners[way]` is (supplier, reseller, company, user) as stored; `lists` and `ways` grow between batches.
    `seen_by` is the level of the actor, whose price and cost the sums are about: admin or reseller.
    """

    seq: int
    rounding: RoundingRule
    numbers: PathNumbers
    seen_by: str
    lists: list[Listed] = field(default_factory=list)
    ways: list[tuple[int, int, int, int]] = field(default_factory=list)
    owners: list[tuple[bytes | None, ...]] = field(default_factory=list)
    sums: dict[int, Sums] = field(default_factory=dict)
    problems: dict[str, int] = field(default_factory=dict)

    def rate(self, chunk: Packed, book: Lookup) -> Batch:
        """Rate a chunk with the integers (place, call id, marked number, answer, talk) and keys (account, supplier)."""
        _, ids, marked, at, talk = chunk.integers
        calls = CallColumns(keys_of_marked(marked), at, talk, ways(book, chunk, at))
        chains = Chains(
            tuple(one.prices for one in self.lists), np.array(self.ways, np.int16).reshape(-1, len(LEVELS))
        )
        batch = rate_batch(calls, chains, self.rounding)
        numbered = self.numbers.add(calls, chains, batch)
        self._add_up(calls, batch)
        columns: list[tuple[str, Any]] = [
            ("call_id", ids), ("run_seq", self.seq), ("path_id", numbered.path_of_call)
        ]  # fmt: skip
        for level in LEVELS:
            one = batch.levels[level]
            money = "cost" if level is Level.COST else f"{level}_price"
            columns.append((f"{level}_seconds", np.where(one.is_priced, one.seconds, NULL)))
            columns.append((money, np.where(one.is_priced, one.amount, NULL)))
        which = np.flatnonzero(batch.trouble)
        troubled = [
            (str(TROUBLES[code]), key, self.seq)
            for code, key in zip(batch.trouble[which].tolist(), ids[which].tolist(), strict=True)
        ]
        return Batch(self._terms(numbered), self._paths(numbered), columns, troubled)

    def _terms(self, numbered: Numbered) -> Iterator[tuple[Any, ...]]:
        for number, source, row, passed in numbered.terms.tolist():
            yield (number, self.seq, *self.lists[source].term(row, is_passed=bool(passed)))

    def _paths(self, numbered: Numbered) -> Iterator[tuple[Any, ...]]:
        for number, way, *terms in numbered.paths.tolist():
            yield (number, self.seq, *self.owners[way], *(term or None for term in terms))

    def _add_up(self, calls: CallColumns, batch: RatedBatch) -> None:
        """Add the batch to the sums of its ways and to the counts of its problems."""
        codes, many = np.unique(batch.trouble, return_counts=True)
        for code, count in zip(codes.tolist(), many.tolist(), strict=True):
            if code:
                name = str(TROUBLES[code])
                self.problems[name] = self.problems.get(name, 0) + count
        price, priced = self._own(calls, batch)
        paid = batch.levels[Level.COST if self.seen_by == "admin" else Level.RESELLER]
        both = priced & paid.is_priced
        answered = calls.talk > 0
        columns = (
            np.ones(len(calls), np.int64), answered, priced & answered, np.where(priced, price, 0),
            np.where(paid.is_priced, paid.amount, 0), np.where(both, price - paid.amount, 0),
            np.where(priced, calls.talk, 0),
        )  # fmt: skip
        order = np.argsort(calls.way, kind="stable")
        found, first = np.unique(calls.way[order], return_index=True)
        added = [_sums(one[order].astype(np.int64), first) for one in columns]
        for way, *values in zip(found.tolist(), *added, strict=True):
            held = self.sums.setdefault(way, Sums())
            for one, value in zip(fields(Sums), values, strict=True):
                setattr(held, one.name, getattr(held, one.name) + value)

    def _own(self, calls: CallColumns, batch: RatedBatch) -> tuple[Ints, Bools]:
        """The price right below the actor, and where there is one."""
        company, reseller = batch.levels[Level.COMPANY], batch.levels[Level.RESELLER]
        if self.seen_by != "admin":
            return company.amount, company.is_priced
        resold = np.array([one[1] is not None for one in self.owners], np.bool_)[calls.way]
        return (
            np.where(resold, reseller.amount, company.amount),
            np.where(resold, reseller.is_priced, company.is_priced),
        )


def _sums(values: Ints, first: Ints) -> list[int]:
    """The sum of each group that begins at `first`, in two halves: int64 would overflow without a word."""
    high = np.add.reduceat(values >> 32, first).tolist()
    low = np.add.reduceat(values & 0xFFFF_FFFF, first).tolist()
    return [(one << 32) + other for one, other in zip(high, low, strict=True)]
