"""What a sheet would do to what is sold: the answers that rates ask of the rooms above before publishing."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal
from fractions import Fraction
from functools import cached_property
from typing import TYPE_CHECKING
from uuid import UUID

from sqlalchemy import Connection, func, select

from voipdesk.accounts import queries as accounts
from voipdesk.accounts.rules import Account, Right, may, require
from voipdesk.calls.queries import traffic
from voipdesk.kernel.changes import Actor
from voipdesk.kernel.money import UNIT, currency_decimals, from_scaled, rounded
from voipdesk.kernel.periods import MICROSECOND, Clock, from_micros, to_micros
from voipdesk.rates import queries as rates
from voipdesk.rates.queries import RateTable
from voipdesk.rates.rules.surroundings import (
    WINDOW_DAYS,
    BelowCost,
    Consequences,
    CustomerEffect,
    Orphan,
    PlanPrices,
)
from voipdesk.store.tables import change
from voipdesk.tariffs import queries as tariffs
from voipdesk.tariffs.queries import PlanFacts

if TYPE_CHECKING:
    from voipdesk.calls.engine_traffic import Traffic
    from voipdesk.insight.engine_consequences import Hurt, Listed, Losses, Sides, Talked
    from voipdesk.rates.engine import RateColumns

MOST_TOLD = 2_000
"""Prefixes told of one plan; the counts are of all."""

_STALE = timedelta(hours=1)


class CallsAndTariffs:
    """Answers for `rates.rules.surroundings.Surroundings`; keeps the calls it has read until something is written."""

    def __init__(self, clock: Clock | None = None) -> None:
        self._clock = clock or Clock.from_environment()
        self._kept: tuple[int, datetime, datetime, Traffic] | None = None

    def seconds(
        self,
        conn: Connection,
        table_number: int,
        prefixes: Sequence[str],
        *,
        since: datetime,
        until: datetime,
    ) -> Mapping[str, int]:
        """Talk seconds of `[since, until)` by the longest of the given prefixes; those of no call are not named."""
        from voipdesk.insight.engine_consequences import seconds_by_prefix

        carriers = _carriers(rates.tables_on(conn), table_number)
        found = self.calls(conn, since, until)
        return seconds_by_prefix(found if carriers is None else found.over(carriers), prefixes)

    def plan_prices(
        self,
        conn: Connection,
        actor: Actor,
        table_number: int,
        prefixes: Sequence[str],
        *,
        at: datetime,
        rates: "RateColumns",
    ) -> list[PlanPrices]:
        """What the plans that the table concerns sell these prefixes at, all week."""
        from voipdesk.insight.engine_consequences import sold_at
        from voipdesk.rating.engine import number_keys

        require(actor, Right.SEE_COSTS)
        if not may(actor, Right.SEE_PLANS):
            return []
        now, keys = self._clock.now(), number_keys(prefixes)
        calls = _Calls(self, conn, now - timedelta(days=WINDOW_DAYS), now)
        asked = _Question(conn, actor, table_number, rates, rates, at, calls)
        found = []
        for plan in asked.plans():
            sides = asked.sides_of(plan, to_micros(at), "")
            found.append(
                PlanPrices(plan.terms.name, sold_at(sides.sell_after, keys, plan.rules, plan.terms, at))
            )
        return found

    def consequences(
        self,
        conn: Connection,
        actor: Actor,
        table_number: int,
        *,
        before: "RateColumns",
        after: "RateColumns",
        at: datetime,
    ) -> Consequences:
        """Whom it hurts when `before` becomes `after`: at `at` and whenever else something of it begins."""
        require(actor, Right.SEE_COSTS)
        now = self._clock.now()
        calls = _Calls(self, conn, now - timedelta(days=WINDOW_DAYS), now)
        return _Question(conn, actor, table_number, before, after, at, calls).answer()

    def calls(self, conn: Connection, since: datetime, until: datetime) -> "Traffic":
        """Calls of a time by called number; read again only after a change, or for another time."""
        from voipdesk.insight.engine_consequences import in_order

        newest = select(func.coalesce(func.max(change.c.seq), 0))
        written = conn.execute(newest.where(change.c.open == 0)).scalar_one()  # not the asker's own write
        kept = self._kept
        if kept is not None and kept[0] == written and _is_near((since, until), kept[1:3]):
            return kept[3]
        found = in_order(traffic(conn, since, until))
        self._kept = (written, since, until, found)
        return found


def _is_near(asked: tuple[datetime, datetime], kept: tuple[datetime, datetime]) -> bool:
    """Whether a window that moves with the clock has hardly moved."""
    return all(abs(one - other) < _STALE for one, other in zip(asked, kept, strict=True))


def _carriers(tables: Sequence[RateTable], number: int) -> set[bytes | None] | None:
    """Suppliers whose calls cost by a table (None among them: calls that name none); None: calls of all."""
    table = next(one for one in tables if one.number == number)
    found: set[bytes | None] = set()
    if table.supplier_id is not None:
        found.add(table.supplier_id.bytes)
    if table.is_default:
        found.add(None)
    return found or None


@dataclass(slots=True)
class _Calls:
    """The calls of the window, read when somebody needs them."""

    source: CallsAndTariffs
    conn: Connection
    since: datetime
    until: datetime

    def of(self, carriers: Collection[bytes | None] | None) -> "Traffic":
        """Those that cost by a table."""
        found = self.source.calls(self.conn, self.since, self.until)
        return found if carriers is None else found.over(carriers)


@dataclass(frozen=True, slots=True)
class _Told:
    """One plan's part of the answer."""

    plan: PlanFacts
    below: "Hurt | None"
    rows: tuple[BelowCost, ...] = ()
    customers: tuple[CustomerEffect, ...] = ()
    orphans: tuple[tuple[str, str, datetime], ...] = ()


@dataclass
class _Question:
    """One comparison at work."""

    conn: Connection
    actor: Actor
    number: int
    before: "RateColumns"
    after: "RateColumns"
    at: datetime
    calls: _Calls
    _sides: "dict[tuple[UUID, int, str], Sides]" = field(default_factory=dict)
    _lists: "dict[tuple[int, int, str], Listed]" = field(default_factory=dict)
    _tables: dict[int, "RateColumns"] = field(default_factory=dict)

    def answer(self) -> Consequences:
        """All plans of our own that the table concerns."""
        from voipdesk.insight.engine_consequences import total

        told = [self._plan(plan) for plan in self.plans()]
        found = [one.below for one in told if one.below is not None]
        customers = [each for one in told for each in one.customers]
        return Consequences(
            at=from_micros(self.instants[-1]),
            below_cost=tuple(row for one in told for row in one.rows),
            customers=tuple(sorted(customers, key=lambda one: (one.margin, -one.seconds, one.account))),
            orphans=tuple(_by_prefix(told)),
            by_plan={one.plan.terms.name: 0 if one.below is None else len(one.below) for one in told},
            prefixes=total(found),
        )

    @cached_property
    def tables(self) -> dict[UUID, RateTable]:
        return {one.id: one for one in rates.tables_on(self.conn)}

    @cached_property
    def table(self) -> RateTable:
        return next(one for one in self.tables.values() if one.number == self.number)

    @cached_property
    def default(self) -> RateTable | None:
        return next((one for one in self.tables.values() if one.is_default), None)

    @cached_property
    def is_cost(self) -> bool:
        """Whether calls cost by this table; else it is one that plans stand on only."""
        return self.table.is_default or self.table.supplier_id is not None

    @cached_property
    def instants(self) -> list[int]:
        from voipdesk.insight.engine_consequences import instants

        return instants(self.before, self.after, to_micros(self.at))

    @cached_property
    def accounts(self) -> dict[UUID, Account]:
        """Customers of ours that the actor may see."""
        seen = accounts.tree_on(self.conn, self.actor)
        return {
            one.id: one for one in seen if one.level in ("reseller", "company") and one.status == "active"
        }

    @cached_property
    def customers(self) -> dict[UUID, list[UUID]]:
        """Who has which plan at any of the instants, by plan."""
        first, last = from_micros(self.instants[0]), from_micros(self.instants[-1])
        book = tariffs.plan_levels(self.conn, first, last + MICROSECOND)
        found: dict[UUID, list[UUID]] = {}
        for account_id, several in book.assignments.items():
            for plan_id in {one.plan_id for one in several}:
                if account_id in self.accounts:
                    found.setdefault(plan_id, []).append(account_id)
        return found

    def plans(self) -> list[PlanFacts]:
        """Active plans of our own over this table, or over another one where this one is the cost; in order of names.

        Predefined ones count once somebody has them.
        """
        root = accounts.root_id(self.conn)
        known = [one for one in tariffs.plans_on(self.conn, self.actor) if one.owner_id == root]
        wanted = [
            one.id
            for one in known
            if one.status == "active" and (not one.predefined or one.id in self.customers)
        ]
        facts = tariffs.plan_facts(self.conn, wanted)
        return [facts[key] for key in wanted if self._concerns(facts[key])]

    def _concerns(self, plan: PlanFacts) -> bool:
        base = self.tables.get(plan.table_id) if plan.table_id else None
        if base is None or base.currency != self.table.currency:
            return False
        if base.id == self.table.id:
            return self.is_cost or (self.default is not None and self.default.currency == base.currency)
        if not self.is_cost:
            return False
        if self.table.is_default and base.supplier_id is None:
            return True
        found = self.calls.of(_carriers([*self.tables.values()], self.number))
        mine = {one.bytes for one in self._payers(plan)}
        used = {found.accounts[place] for place in set(found.account.tolist())} if len(found) else set()
        return any(one in mine for one in used)

    def _payers(self, plan: PlanFacts) -> dict[UUID, UUID]:
        """For each account whose calls the customers of a plan pay: that customer."""
        mine = set(self.customers.get(plan.id, ()))
        chains = accounts.chains(self.conn)
        payers = {key: chain.ids[0] for key, chain in chains.items() if chain.ids}
        return {key: payer for key, payer in payers.items() if payer in mine}

    def _plan(self, plan: PlanFacts) -> _Told:
        """One plan at every instant, in every band."""
        from voipdesk.insight import engine_consequences as engine

        found: list[Losses] = []
        places: list[tuple[int, str]] = []
        for at, band, sides in self._all_sides(plan):
            found.append(engine.losses(sides, plan.rules, plan.terms, from_micros(at)))
            places.append((at, band))
        below = engine.together(found)
        orphans = tuple(self._orphans(plan))
        if not len(below):
            return _Told(plan, None, orphans=orphans)
        talked = self._talked(plan, below)
        return _Told(
            plan,
            below,
            tuple(self._rows(plan, below, talked, places)),
            tuple(self._effects(plan, below, talked)),
            orphans,
        )

    def _all_sides(self, plan: PlanFacts) -> "Iterator[tuple[int, str, Sides]]":
        from voipdesk.insight.engine_consequences import bands_of

        for at in self.instants:
            for band in bands_of(self.before, self.after):
                yield at, band, self.sides_of(plan, at, band)

    def sides_of(self, plan: PlanFacts, at: int, band: str) -> "Sides":
        """What is paid and what the plan stands on, before and after."""
        from voipdesk.insight.engine_consequences import Sides

        assert plan.table_id is not None
        key = (plan.table_id, at, band)
        if key not in self._sides:
            base = self.tables[plan.table_id]
            before, after = (self._listed(which, at, band) for which in (-1, 0))
            made = Sides(before, after, before, after)
            if base.id != self.table.id:
                other = self._listed(base.number, at, band)
                made = Sides(before, after, other, other)
            elif not self.is_cost:
                assert self.default is not None
                cost = self._listed(self.default.number, at, band)
                made = Sides(cost, cost, before, after)
            self._sides[key] = made
        return self._sides[key]

    def _listed(self, which: int, at: int, band: str) -> "Listed":
        """A table at an instant: -1 this one before, 0 after, else another one by its number; made once."""
        from voipdesk.insight.engine_consequences import listed

        key = (which, at, band)
        if key not in self._lists:
            if which > 0 and which not in self._tables:
                self._tables[which] = rates.columns(self.conn, which)
            rows = self._tables[which] if which > 0 else self.before if which else self.after
            self._lists[key] = listed(rows, from_micros(at), band)
        return self._lists[key]

    def _talked(self, plan: PlanFacts, below: "Hurt") -> "Talked":
        """Seconds of the plan's customers under the prefixes below cost, as the lists are at last."""
        from voipdesk.insight.engine_consequences import payers_of, talked

        found = self.calls.of(_carriers([*self.tables.values()], self.number))
        customers = [one.bytes for one in self.customers.get(plan.id, ())]
        paid_by = {key.bytes: payer.bytes for key, payer in self._payers(plan).items()}
        sides = self.sides_of(plan, self.instants[-1], "")
        return talked(found, sides, below.keys, payers_of(found, customers, paid_by))

    def _rows(
        self, plan: PlanFacts, below: "Hurt", talked: "Talked", places: Sequence[tuple[int, str]]
    ) -> Iterator[BelowCost]:
        """The prefixes that matter most, ready to show."""
        customers = self.customers.get(plan.id, ())
        account = self.accounts[customers[0]].name if len(customers) == 1 else ""
        for place in below.worst(MOST_TOLD, talked.by_place(len(below))).tolist():
            since, (at, band) = places[below.first[place]][0], places[below.last[place]]
            cost = self.sides_of(plan, at, band).cost_after
            prefix, destination = cost.named(int(below.keys[place]), int(below.row[place]))
            yield BelowCost(
                plan_id=plan.id,
                plan=plan.terms.name,
                account=account,
                prefix=prefix,
                destination=destination,
                sell=from_scaled(int(below.sell[place])),
                cost=from_scaled(int(below.cost[place])),
                effective_from=from_micros(since),
                is_new_prefix=bool(below.is_new[place]),
                is_refused=bool(below.is_refused[place]),
            )

    def _effects(self, plan: PlanFacts, below: "Hurt", talked: "Talked") -> Iterator[CustomerEffect]:
        """The customers of a plan with what they would lose."""
        decimals = currency_decimals(self.table.currency)
        sums = talked.sums(below)
        for place, key in enumerate(self.customers.get(plan.id, ())):
            seconds, margin, moved = sums.get(place, (0, 0, 0))
            yield CustomerEffect(
                account_id=key,
                account=self.accounts[key].name,
                plan=plan.terms.name,
                seconds=seconds,
                margin=_money(margin, decimals),
                change=_money(moved, decimals),
                prefixes=len(below),
            )

    def _orphans(self, plan: PlanFacts) -> Iterator[tuple[str, str, datetime]]:
        """Prefixes of the plan that lose every cost, with the instant; each once."""
        from voipdesk.insight.engine_consequences import orphans

        seen: set[str] = set()
        for at, _, sides in self._all_sides(plan):
            rows = sides.sell_before.rows.take(orphans(sides, plan.rules, plan.terms, from_micros(at)))
            named = zip(rows.prefix_texts(), rows.destination_texts(), strict=True)
            for prefix, destination in named:
                if prefix in seen or (plan.table_id != self.table.id and self._is_elsewhere(prefix, at)):
                    continue
                seen.add(prefix)
                yield prefix, destination, from_micros(at)

    def _is_elsewhere(self, prefix: str, at: int) -> bool:
        """Whether another supplier's table still has a rate for it."""
        others = [
            one.number
            for one in self.tables.values()
            if one.supplier_id is not None and one.status == "active" and one.number != self.number
        ]
        found = (rates.rate_for_on(self.conn, number, prefix, from_micros(at)) for number in others)
        return any(one is not None and one.state == "open" for one in found)


def _money(sixtieths: int, decimals: int) -> Decimal:
    """Seconds times scaled prices per minute, as money."""
    return rounded(Fraction(sixtieths, 60 * UNIT), decimals)


def _by_prefix(told: Sequence[_Told]) -> Iterator[Orphan]:
    """Orphans of all plans put together, by prefix."""
    plans: dict[str, list[str]] = {}
    first: dict[str, tuple[str, datetime]] = {}
    for one in told:
        for prefix, destination, at in one.orphans:
            plans.setdefault(prefix, []).append(one.plan.terms.name)
            held = first.get(prefix)
            if held is None or at < held[1]:
                first[prefix] = (destination, at)
    for prefix in sorted(plans):
        yield Orphan(prefix, *first[prefix], tuple(plans[prefix]))
