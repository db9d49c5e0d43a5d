"""Which price list each level of an account has in each stretch of time: what a rating run looks up for its calls."""

from bisect import bisect_right
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Connection

from voipdesk.accounts import queries as accounts
from voipdesk.accounts.rules import Chain
from voipdesk.calls.commands import kept
from voipdesk.calls.engine import ABSENT, NO_PLAN
from voipdesk.calls.engine_keys import Met
from voipdesk.calls.engine_run import Listed, Pair, Run, Table, of_plan, of_table
from voipdesk.kernel.periods import MICROSECOND, from_micros, to_micros
from voipdesk.rates import queries as rates
from voipdesk.tariffs import queries as tariffs
from voipdesk.tariffs.queries import PlanFacts
from voipdesk.tariffs.rules import Match

MOST_WHOLE = 4_000_000
"""Rows that plans are priced for at once, which is quickest for a few plans; of hundreds each is asked for few rows."""


@dataclass(slots=True)
class Book:
    """Plans, tables and chains for calls answered from `since` to `until` (both included)."""

    conn: Connection
    run: Run
    since: datetime
    until: datetime
    accounts: Met = field(default_factory=Met)
    suppliers: Met = field(default_factory=Met)
    plans: tariffs.PlanBook = field(init=False)
    chains: dict[UUID, Chain] = field(init=False)
    costs: dict[UUID | None, UUID] = field(init=False)
    _numbers: dict[UUID, int] = field(init=False)
    _tables: dict[UUID, Table] = field(default_factory=dict)
    _lists: dict[tuple[Any, ...], int] = field(default_factory=dict)
    _whole: int = 0
    """Rows of all plans so far, if each were priced whole."""
    _edges: dict[bytes, list[int]] = field(default_factory=dict)
    _ways: dict[tuple[Pair, int], int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.plans = tariffs.plan_levels(self.conn, self.since, self.until + MICROSECOND)
        self.chains = accounts.chains(self.conn)
        currency = accounts.workspace_on(self.conn).currency
        known = [one for one in rates.tables_on(self.conn) if one.status == "active"]
        self._numbers = {one.id: one.number for one in rates.tables_on(self.conn)}
        # A table in another currency gives no cost: an amount without a currency rate would be a wrong one.
        usable = [one for one in known if one.currency == currency]
        self.costs = {one.supplier_id: one.id for one in reversed(usable) if one.supplier_id is not None}
        for one in usable:
            if one.is_default:
                self.costs[None] = one.id

    def way(self, pair: Pair, at: int) -> int:
        """The way of one call."""
        key = (pair, bisect_right(self.edges(pair[0]), at))
        if key not in self._ways:
            self._ways[key] = self._new_way(UUID(bytes=pair[0]), pair[1], from_micros(at))
        return self._ways[key]

    def edges(self, account: bytes) -> list[int]:
        """Instants at which a plan of the account's chain is given, taken, or a rule of it begins or ends."""
        if account not in self._edges:
            found: set[datetime] = set()
            chain = self.chains.get(UUID(bytes=account), Chain())
            for key in chain.ids:
                for one in self.plans.assignments.get(key, ()):
                    found.add(one.effective.start)
                    if one.effective.end is not None:
                        found.add(one.effective.end)
                    found.update(self.plans.plans[one.plan_id].turns(self.since, self.until + MICROSECOND))
            self._edges[account] = sorted(map(to_micros, found))
        return self._edges[account]

    def _new_way(self, account_id: UUID, supplier: bytes | None, at: datetime) -> int:
        chain = self.chains.get(account_id, Chain())
        levels = (chain.reseller_id, chain.company_id, chain.user_id)
        cost = self._cost(supplier)
        self.run.ways.append((cost, *(self._level(key, at) for key in levels)))  # type: ignore[arg-type]
        self.run.owners.append((supplier, *(None if key is None else key.bytes for key in levels)))
        return len(self.run.ways) - 1

    def _cost(self, supplier: bytes | None) -> int:
        """The list of the call's supplier, or of the default table where it names none."""
        table_id = self.costs.get(None if supplier is None else UUID(bytes=supplier))
        return NO_PLAN if table_id is None else self._table_list(table_id)

    def _level(self, account_id: UUID | None, at: datetime) -> int:
        if account_id is None:
            return ABSENT
        plan = self.plans.plan_at(account_id, at)
        return NO_PLAN if plan is None else self._plan_list(plan, at)

    def _plan_list(self, plan: PlanFacts, at: datetime) -> int:
        """The list of a plan as it reads at the instant; `NO_PLAN` where it stands on nothing."""
        if plan.table_id is not None:
            below = self._table_list(plan.table_id)
        else:
            above = self.plans.plan_at(plan.owner_id, at)
            below = NO_PLAN if above is None else self._plan_list(above, at)
        if below == NO_PLAN:
            return NO_PLAN
        turns = plan.turns(self.since, self.until + MICROSECOND)
        key = (plan.id, bisect_right(turns, at), below)
        origin = (plan.id, plan.version, plan.rule_ids)
        if key not in self._lists:
            under = self.run.lists[below]
            self._whole += len(under.table.deck)
            is_whole = self._whole <= MOST_WHOLE
            made = of_plan(under, plan.rules, plan.terms, at, origin=origin, is_whole=is_whole)
            self._add(key, made)
        return self._lists[key]

    def _table_list(self, table_id: UUID) -> int:
        key = (table_id,)
        if key not in self._lists:
            self._add(key, of_table(self._table(table_id)))
        return self._lists[key]

    def _add(self, key: tuple[Any, ...], listed: Listed) -> None:
        self.run.lists.append(listed)
        self._lists[key] = len(self.run.lists) - 1

    def _table(self, table_id: UUID) -> Table:
        if table_id not in self._tables:
            number = self._numbers[table_id]
            rules = (rule for plan in self.plans.plans.values() for rule in plan.rules)
            is_named = any(rule.match is Match.DESTINATION for rule in rules)
            self._tables[table_id] = kept.table(self.conn, table_id, number, with_destinations=is_named)
        return self._tables[table_id]
