"""What a rating run holds in columns: price lists with their origins, and the rows it writes."""

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass, field, fields
from datetime import datetime
from typing import Protocol
from uuid import UUID

import numpy as np

from voipdesk.calls.engine import LEVELS, TROUBLES, CallColumns, Chains, RatedBatch, rate_batch
from voipdesk.calls.engine_figures import Totals
from voipdesk.calls.engine_keys import Met
from voipdesk.calls.engine_lists import PlanRows, PriceList, Prices, plan_list, table_list
from voipdesk.calls.engine_paths import NONE, Numbered, PathNumbers
from voipdesk.rates.engine import RateColumns
from voipdesk.rating.engine import TERM_NAMES, Bools, Deck, Ints, keys_of_marked, near
from voipdesk.rating.rules import Level, RoundingRule
from voipdesk.store.engine_columns import NULL, Packed
from voipdesk.tariffs.engine import Base
from voipdesk.tariffs.rules import PlanRule, PlanTerms


@dataclass(frozen=True, slots=True)
class Table:
    """A rate table: the ids of its rates, its deck for matching, and itself as the base of plans."""

    id: UUID
    ids: Ints
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
        return cls(table_id, rows.ids, deck, base)

    def lock(self) -> None:
        """From now on nobody can write into the columns, which other runs will use."""
        for part in (self, self.deck, self.deck.terms, self.deck.index, self.base):
            for one in fields(part):
                value = getattr(part, one.name)
                if isinstance(value, np.ndarray):
                    value.flags.writeable = False


Columns = dict[str, Ints]
"""Columns of one length by name."""

RESULTS = {
    "rated": (
        "call_id", "way_id", "path_id", "trouble", "cost_seconds", "cost", "reseller_seconds", "reseller_price",
        "company_seconds", "company_price", "user_seconds", "user_price",
    ),
    "path": ("number", "cost_term", "reseller_term", "company_term", "user_term"),
    "term": ("number", "list", "rate", "rule", *TERM_NAMES),
}  # fmt: skip
"""Tables of what a batch gives, and their columns; -1 is NULL. `trouble` is a position in `TROUBLES`, `list` twice one in
`Run.lists`, and one more where the price is the one above, `rate` the id of one, `rule` the position
of the list times `RULES` plus that of the rule."""

RULES = 2**24
"""More than the rules of a plan."""


@dataclass(frozen=True, slots=True)
class Listed:
    """A price list and where it comes from; without plan a supplier's table as it is."""

    table: Table
    prices: Prices
    plan_id: UUID | None = None
    plan_version: int | None = None
    rule_ids: tuple[UUID, ...] = ()

    def terms_of(self, rows: Ints) -> Columns:
        """The terms of rows as columns of the table `term`, from `rate` on."""
        terms = self.prices.terms_at(rows)
        return {
            "rate": self.table.ids[rows],
            "rule": self.prices.rules_at(rows),
            **{name: getattr(terms, name) for name in TERM_NAMES},
        }


def of_table(table: Table) -> Listed:
    """The supplier's own prices."""
    return Listed(table, table_list(table.deck, table.base))


def of_plan(
    below: Listed,
    rules: Sequence[PlanRule],
    terms: PlanTerms,
    at: datetime,
    *,
    origin: tuple[UUID, int, tuple[UUID, ...]],
    is_whole: bool = True,
) -> Listed:
    """A plan over a table or over another plan, as it reads at an instant; `origin` is its id, version and rule ids.

    With `is_whole` all rows are priced now, where they are below, else those that calls meet.
    """
    prices: Prices
    if is_whole and isinstance(below.prices, PriceList):
        prices = plan_list(below.prices, rules, terms, at)
    else:
        prices = PlanRows(below.prices, rules, terms, at)
    return Listed(below.table, prices, *origin)


Pair = tuple[bytes, bytes | None]
"""Account and supplier of a call, as stored."""


class Lookup(Protocol):
    """Where the ways of calls are found; `accounts` and `suppliers` are those met so far."""

    accounts: Met
    suppliers: Met

    def edges(self, account: bytes) -> Sequence[int]:
        """Microseconds at which something about the account's prices may change."""

    def way(self, pair: Pair, at: int) -> int:
        """Position in the run's ways for a call at an instant."""


def ways(book: Lookup, chunk: Packed, at: Ints) -> Ints:
    """The way of each call of a chunk (keys: account, supplier); looked up once for calls that share it."""
    who, by = book.accounts.of(chunk.keys[0]), book.suppliers.of(chunk.keys[1])
    accounts, suppliers = book.accounts.names, book.suppliers.names
    distinct, back = _distinct(who * len(suppliers) + by)
    found = np.zeros(len(distinct), np.int64)
    mixed: list[tuple[int, Pair]] = []
    first, last = int(at.min()), int(at.max())
    for place, code in enumerate(distinct.tolist()):
        account, supplier = accounts[code // len(suppliers)], suppliers[code % len(suppliers)]
        assert account is not None, "a call without an account has a problem, and is not rated"
        edges = book.edges(account)
        if bisect_right(edges, first) == bisect_right(edges, last):
            found[place] = book.way((account, supplier), first)
        else:
            mixed.append((place, (account, supplier)))
    result: Ints = found[back]
    for place, pair in mixed:
        mine = np.flatnonzero(back == place)
        stretch = np.searchsorted(np.array(book.edges(pair[0]), np.int64), at[mine], "right")
        _, begin, which = np.unique(stretch, return_index=True, return_inverse=True)
        result[mine] = np.array([book.way(pair, int(at[mine[one]])) for one in begin.tolist()])[which]
    return result


def _distinct(codes: Ints) -> tuple[Ints, Ints]:
    """The different ones, sorted, and the position of each; quick where they are small."""
    most = int(codes.max(initial=0)) + 1
    if most > len(codes) * 4:
        distinct, back = np.unique(codes, return_inverse=True)
        return distinct, back
    is_there = np.zeros(most, np.bool_)
    is_there[codes] = True
    distinct = np.flatnonzero(is_there)
    back = np.empty(most, np.int64)
    back[distinct] = np.arange(len(distinct))
    return distinct, back[codes]


@dataclass(frozen=True, slots=True)
class Prepared:
    """A chunk of calls whose ways are known: what is left needs neither the workspace nor what comes after."""

    ids: Ints
    calls: CallColumns
    order: Ints
    """Where each of these calls, which are in the order that `rating.engine.near` gives their numbers, came in."""
    chains: Chains
    is_resold: Bools
    """By way: whether a reseller is between the admin and the company."""

    def __len__(self) -> int:
        return len(self.ids)


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

    `owners[way]` is (supplier, reseller, company, user) as stored; `lists` and `ways` grow between batches. The id of a way
    is `first_way` plus its position.
    `seen_by` is the level of the actor, whose price and cost the sums are about: admin or reseller.
    """

    seq: int
    rounding: RoundingRule
    numbers: PathNumbers
    seen_by: str
    first_way: int = 1
    lists: list[Listed] = field(default_factory=list)
    ways: list[tuple[int, int, int, int]] = field(default_factory=list)
    owners: list[tuple[bytes | None, ...]] = field(default_factory=list)
    problems: dict[str, int] = field(default_factory=dict)
    _totals: Totals = field(default_factory=lambda: Totals(len(fields(Sums))))

    def sums(self) -> dict[int, Sums]:
        """The figures of each way so far."""
        return {way: Sums(*values) for way, values in enumerate(self._totals.rows()) if values[0]}

    def prepare(self, chunk: Packed, book: Lookup) -> Prepared:
        """A chunk with the integers (call id, marked number, answer, talk) and keys (account, supplier)."""
        ids, marked, at, talk = chunk.integers
        keys = keys_of_marked(marked)
        order = near(keys)
        calls = CallColumns(keys[order], at[order], talk[order], ways(book, chunk, at)[order])
        chains = Chains(
            tuple(one.prices for one in self.lists), np.array(self.ways, np.int16).reshape(-1, len(LEVELS))
        )
        return Prepared(
            ids[order], calls, order, chains, np.array([one[1] is not None for one in self.owners], np.bool_)
        )

    def rate(self, chunk: Prepared) -> dict[str, Columns]:
        """The rows of a chunk, by the tables of `RESULTS`; terms and paths are those no chunk before it had."""
        calls = chunk.calls
        batch = rate_batch(calls, chunk.chains, self.rounding)
        numbered = self.numbers.add(calls, chunk.chains, batch)
        self._add_up(chunk, batch)
        rated = {
            "call_id": chunk.ids,
            "way_id": calls.way.astype(np.int64) + self.first_way,
            "path_id": numbered.path_of_call,
            "trouble": batch.trouble.astype(np.int64),
        }
        for level in LEVELS:
            one = batch.levels[level]
            money = "cost" if level is Level.COST else f"{level}_price"
            is_priced = one.is_priced
            is_all = bool(is_priced.all())
            rated[f"{level}_seconds"] = one.seconds if is_all else np.where(is_priced, one.seconds, NULL)
            rated[money] = one.amount if is_all else np.where(is_priced, one.amount, NULL)
        paths = np.where(numbered.paths == NONE, NULL, numbered.paths)
        path = dict(zip(RESULTS["path"], paths.T, strict=True))
        return {"term": self._terms(numbered), "path": path, "rated": rated}

    def _terms(self, numbered: Numbered) -> Columns:
        """New terms by number. Calls came in the order of their prefixes, so these name rates about as they stand."""
        number, source, row, passed = numbered.terms.T
        found = {"number": number, "list": source * 2 + passed}
        found |= {name: np.empty(len(number), np.int64) for name in RESULTS["term"][2:]}
        for one in np.unique(source).tolist():
            chosen = np.flatnonzero(source == one)
            for name, column in self.lists[one].terms_of(row[chosen]).items():
                found[name][chosen] = column
        rule = found["rule"]
        found["rule"] = np.where((rule < 0) | (passed > 0), NULL, source * RULES + rule)
        return found

    def _add_up(self, chunk: Prepared, batch: RatedBatch) -> None:
        """Add the batch to the sums of its ways and to the counts of its problems."""
        calls = chunk.calls
        codes, many = np.unique(batch.trouble, return_counts=True)
        for code, count in zip(codes.tolist(), many.tolist(), strict=True):
            if code:
                name = str(TROUBLES[code])
                self.problems[name] = self.problems.get(name, 0) + count
        price, priced = self._own(chunk, batch)
        paid = batch.levels[Level.COST if self.seen_by == "admin" else Level.RESELLER]
        both = priced & paid.is_priced
        answered = calls.talk > 0
        columns = (
            np.ones(len(calls), np.bool_), answered, priced & answered, np.where(priced, price, 0),
            np.where(paid.is_priced, paid.amount, 0), np.where(both, price - paid.amount, 0),
            np.where(priced, calls.talk, 0),
        )  # fmt: skip
        self._totals.add(calls.way, len(chunk.is_resold), columns)

    def _own(self, chunk: Prepared, batch: RatedBatch) -> tuple[Ints, Bools]:
        """The price right below the actor, and where there is one."""
        company, reseller = batch.levels[Level.COMPANY], batch.levels[Level.RESELLER]
        if self.seen_by != "admin":
            return company.amount, company.is_priced
        resold = chunk.is_resold[chunk.calls.way]
        return (
            np.where(resold, reseller.amount, company.amount),
            np.where(resold, reseller.is_priced, company.is_priced),
        )
