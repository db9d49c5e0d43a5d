"""Plans, their rules, and who has which plan when."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, Row, or_, select

from voipdesk.accounts import queries as accounts
from voipdesk.accounts.rules import Account, Chain, Right, require
from voipdesk.kernel.changes import Actor
from voipdesk.kernel.money import Rounding
from voipdesk.kernel.periods import EffectiveRange
from voipdesk.kernel.problems import Refused
from voipdesk.kernel.text import tr
from voipdesk.rates import queries as rates
from voipdesk.store.database import Database
from voipdesk.tariffs import schema
from voipdesk.tariffs.rules import Action, Match, PlanRule, PlanTerms

PREDEFINED = ("cost", "plus10", "free")
"""How the predefined plans are marked, in the order of `rules.predefined`."""


@dataclass(frozen=True, slots=True)
class Plan:
    """A tariff plan. `table_id` None: it stands on the price its owner pays."""

    id: UUID
    owner_id: UUID
    name: str
    table_id: UUID | None
    terms: PlanTerms
    predefined: str = ""
    """One of `PREDEFINED`; '' custom."""
    version: int = 1
    status: str = "active"
    note: str = ""
    owner: str = ""
    table: str = ""
    """Name of the base table; '' where there is none or the actor may not see it."""


@dataclass(frozen=True, slots=True)
class KeptRule:
    """A rule of a plan as it is kept, in the order in which rules are read."""

    id: UUID
    plan_id: UUID
    position: int
    rule: PlanRule


@dataclass(frozen=True, slots=True)
class Assignment:
    """An account has a plan for a while."""

    id: UUID
    account_id: UUID
    plan_id: UUID
    effective: EffectiveRange
    plan: str = ""


@dataclass(frozen=True, slots=True)
class PlanFacts:
    """Everything rating needs of a plan; `rule_ids` go with `rules`, position by position."""

    id: UUID
    owner_id: UUID
    table_id: UUID | None
    version: int
    terms: PlanTerms
    rules: tuple[PlanRule, ...] = ()
    rule_ids: tuple[UUID, ...] = ()

    def turns(self, since: datetime, until: datetime) -> list[datetime]:
        """Instants within the range (both ends excluded) at which a rule begins or ends, in order."""
        ranges = [rule.effective for rule in self.rules if rule.effective is not None]
        edges = {edge for one in ranges for edge in (one.start, one.end) if edge is not None}
        return sorted(edge for edge in edges if since < edge < until)


@dataclass(frozen=True, slots=True)
class PlanBook:
    """Plans by id and assignments by account over a range of time, as plain values."""

    plans: Mapping[UUID, PlanFacts] = field(default_factory=dict)
    assignments: Mapping[UUID, tuple[Assignment, ...]] = field(default_factory=dict)

    def plan_at(self, account_id: UUID, at: datetime) -> PlanFacts | None:
        """The plan of an account at an instant, or None."""
        for one in self.assignments.get(account_id, ()):
            if at in one.effective:
                return self.plans[one.plan_id]
        return None


def plans(db: Database, actor: Actor) -> list[Plan]:
    """Plans owned in the actor's subtree: his own first, then by owner; predefined before custom, then by name."""
    require(actor, Right.SEE_PLANS)
    with db.read() as conn:
        return plans_on(conn, actor)


def plans_on(conn: Connection, actor: Actor) -> list[Plan]:
    """The same inside a transaction of the caller's."""
    require(actor, Right.SEE_PLANS)
    owners = {one.id: one.name for one in accounts.tree_on(conn, actor)}
    tables = {}
    if Right.SEE_COSTS in actor.rights:
        tables = {one.id: one.name for one in rates.tables_on(conn)}
    found = [
        _plan(row, owners, tables)
        for row in conn.execute(select(schema.plan)).all()
        if row.owner_id in owners
    ]
    own = actor.account_id
    return sorted(
        found,
        key=lambda one: (one.owner_id != own, one.owner, *_place(one)),
    )


def plan(db: Database, actor: Actor, key: UUID | str) -> Plan:
    """A plan by id or name, one's own before those of one's resellers. `Refused("unknown_plan")` for every other one."""
    with db.read() as conn:
        return plan_on(conn, actor, key)


def plan_on(conn: Connection, actor: Actor, key: UUID | str) -> Plan:
    """The same inside a transaction of the caller's."""
    wanted = str(key).strip().casefold()
    for one in plans_on(conn, actor):
        if wanted in (str(one.id), one.name.casefold()):
            return one
    raise Refused(
        "unknown_plan",
        tr("There is no tariff plan {name}.").format(name=key),
        tr("Check the name in Tariff plans."),
    )


def rules(db: Database, actor: Actor, plan: UUID | str) -> list[KeptRule]:
    """The rules of a plan the actor may see, in their order."""
    with db.read() as conn:
        return rules_on(conn, plan_on(conn, actor, plan).id)


def rules_on(conn: Connection, plan_id: UUID) -> list[KeptRule]:
    """Rules of a plan, inside a transaction; rights are the caller's to check."""
    table = schema.plan_rule
    rows = conn.execute(
        select(table).where(table.c.plan_id == plan_id).order_by(table.c.position, table.c.id)
    ).all()
    return [KeptRule(row.id, row.plan_id, row.position, rule_of(row)) for row in rows]


def assignments(db: Database, actor: Actor, account: UUID | str | None = None) -> list[Assignment]:
    """Who has which of the actor's plans when, in order of time; of one account or of all he sells to."""
    require(actor, Right.SEE_PLANS)
    with db.read() as conn:
        seen = {one.id: one.name for one in plans_on(conn, actor)}
        chosen = {accounts.account_on(conn, actor, account).id} if account is not None else None
        chosen = accounts.subtree_ids(conn, actor) if chosen is None else chosen
        table = schema.assignment
        rows = conn.execute(select(table).order_by(table.c.effective_from)).all()
        sellers = sellers_on(conn)
        owners = {row.id: row.owner_id for row in conn.execute(select(schema.plan)).all()}
    return [
        _assignment(row, seen[row.plan_id])
        for row in rows
        if row.account_id in chosen
        and row.plan_id in seen
        and owners[row.plan_id] == sellers.get(row.account_id)
    ]


def plan_of(conn: Connection, account_id: UUID, at: datetime) -> Assignment | None:
    """The plan an account has at an instant. Only a plan of the account that sells to it counts."""
    book = plan_levels(conn, at, None, of=[account_id])
    for one in book.assignments.get(account_id, ()):
        if at in one.effective:
            return one
    return None


def plan_levels(
    conn: Connection,
    since: datetime,
    until: datetime | None = None,
    *,
    of: Collection[UUID] | None = None,
) -> PlanBook:
    """Assignments that touch the range [since, until) and their plans with all rules, for rating in bulk.

    A plan whose owner no longer sells to the account (it was moved) does not count. Rights are the caller's to check.
    """
    table, plan = schema.assignment, schema.plan
    wanted = select(table, plan.c.name, plan.c.owner_id).join(plan, plan.c.id == table.c.plan_id)
    wanted = wanted.where(or_(table.c.effective_until.is_(None), table.c.effective_until > since))
    if until is not None:
        wanted = wanted.where(table.c.effective_from < until)
    if of is not None:
        wanted = wanted.where(table.c.account_id.in_(list(of)))
    sellers = sellers_on(conn)
    held: dict[UUID, list[Assignment]] = {}
    for row in conn.execute(wanted.order_by(table.c.effective_from)).all():
        if row.owner_id == sellers.get(row.account_id):
            held.setdefault(row.account_id, []).append(_assignment(row, row.name))
    used = {one.plan_id for several in held.values() for one in several}
    return PlanBook(plan_facts(conn, used), {key: tuple(several) for key, several in held.items()})


def plan_facts(conn: Connection, ids: Collection[UUID]) -> dict[UUID, PlanFacts]:
    """Plans with their rules, in two queries; rights are the caller's to check."""
    plan, table = schema.plan, schema.plan_rule
    kept: dict[UUID, list[Row[Any]]] = {}
    ordered = select(table).order_by(table.c.position, table.c.id)
    for row in conn.execute(ordered).all():
        if row.plan_id in ids:
            kept.setdefault(row.plan_id, []).append(row)
    return {
        row.id: PlanFacts(
            row.id,
            row.owner_id,
            row.table_id,
            row.version,
            terms_of(row),
            tuple(rule_of(one) for one in kept.get(row.id, ())),
            tuple(one.id for one in kept.get(row.id, ())),
        )
        for row in conn.execute(select(plan)).all()
        if row.id in ids
    }


def sellers_on(conn: Connection) -> dict[UUID, UUID]:
    """For each account below the admin the one that sells to it: its reseller, or the admin."""
    root = accounts.root_id(conn)
    return {key: seller_of(key, chain, root) for key, chain in accounts.chains(conn).items() if key != root}


def seller_of(account_id: UUID, chain: Chain, root: UUID) -> UUID:
    """Who sells to an account: the reseller above it, else the admin."""
    above = chain.reseller_id
    return root if above is None or above == account_id else above


def seller_on(conn: Connection, account: Account) -> UUID:
    """The same for one account; the admin's own has none and is its own."""
    return seller_of(account.id, accounts.chain(conn, account.id), accounts.root_id(conn))


def terms_of(row: Row[Any]) -> PlanTerms:
    """How a kept plan makes prices."""
    return PlanTerms(
        row.name, row.decimals, Rounding(row.rounding), row.minimum_margin, row.below_base == "allow"
    )


def rule_of(row: Row[Any]) -> PlanRule:
    """A kept rule as the value of `tariffs.rules`."""
    start, end = row.effective_from, row.effective_until
    return PlanRule(
        match=Match(row.match),
        pattern=row.pattern,
        action=Action(row.action),
        markup=row.markup or Decimal(0),
        amount=row.amount or Decimal(0),
        fixed_price=row.fixed_price,
        is_markup_on_fee=bool(row.markup_on_fee),
        connect_fee=row.connect_fee,
        minimum_charge=row.minimum_charge,
        initial_interval=row.initial_interval,
        next_interval=row.next_interval,
        effective=None if start is None else EffectiveRange(start, end),
    )


def _place(plan: Plan) -> tuple[bool, str, int, str]:
    """Predefined plans first, table by table, in their own order; custom ones by name."""
    is_custom = not plan.predefined
    order = 0 if is_custom else PREDEFINED.index(plan.predefined)
    return (is_custom, "" if is_custom else plan.table, order, plan.name.casefold())


def _plan(row: Row[Any], owners: Mapping[UUID, str], tables: Mapping[UUID, str]) -> Plan:
    return Plan(
        id=row.id,
        owner_id=row.owner_id,
        name=row.name,
        table_id=row.table_id,
        terms=terms_of(row),
        predefined=row.predefined,
        version=row.version,
        status=row.status,
        note=row.note,
        owner=owners[row.owner_id],
        table=tables.get(row.table_id, ""),
    )


def _assignment(row: Row[Any], name: str) -> Assignment:
    return Assignment(
        row.id,
        row.account_id,
        row.plan_id,
        EffectiveRange(row.effective_from, row.effective_until),
        name,
    )
