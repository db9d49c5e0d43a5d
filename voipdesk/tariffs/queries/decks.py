"""Everything a plan sells, or an account pays, at an instant: columns for previews and exports."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any
from uuid import UUID

from sqlalchemy import Connection

from voipdesk.accounts import queries as accounts
from voipdesk.accounts.rules import Account, Right, may, require
from voipdesk.kernel.changes import Actor
from voipdesk.kernel.periods import to_micros
from voipdesk.kernel.problems import Refused
from voipdesk.kernel.text import tr
from voipdesk.rates import queries as rates
from voipdesk.store.database import Database
from voipdesk.tariffs.queries.plans import Plan, PlanBook, PlanFacts, plan_facts, plan_levels, plan_on

if TYPE_CHECKING:
    from voipdesk.rates.engine import RateColumns
    from voipdesk.tariffs.engine_sheet import SellColumns


@dataclass(frozen=True, slots=True)
class _Stack:
    """Plans that stand on one another, from the one over the table down; and since when each was given."""

    plans: tuple[PlanFacts, ...]
    given: tuple[int, ...] = ()

    @property
    def key(self) -> tuple[Any, ...]:
        """What tells decks apart at one instant."""
        return (*(one.id for one in self.plans), *self.given)


@dataclass(slots=True)
class Decks:
    """Decks read from one snapshot: tables are read and decks sold once, however many customers have them."""

    conn: Connection
    _tables: dict[UUID, "RateColumns"] = field(default_factory=dict)
    _sold: dict[tuple[Any, ...], "SellColumns"] = field(default_factory=dict)
    _shown: dict[tuple[Any, ...], "SellColumns"] = field(default_factory=dict)

    def of_account(self, account: Account, at: datetime) -> "SellColumns":
        """What an account pays at an instant, as it may see it. `Refused("no_plan")` where it has none."""
        stack = _of_account(self.conn, account, at)
        key = (*stack.key, at)
        if key not in self._shown:
            self._shown[key] = self.sold(stack, at).without_base()
        return self._shown[key]

    def sold(self, stack: _Stack, at: datetime) -> "SellColumns":
        """The deck of the last of some plans at an instant."""
        from voipdesk.rates.engine import in_force
        from voipdesk.tariffs.engine_sheet import sheet

        table = stack.plans[0].table_id
        assert table is not None
        key = (*stack.key, at)
        if key not in self._sold:
            if table not in self._tables:
                self._tables[table] = rates.columns(self.conn, rates.table_on(self.conn, table).number)
            rows = in_force(self._tables[table], to_micros(at))
            levels = [(one.rules, one.terms) for one in stack.plans]
            self._sold[key] = sheet(rows, levels, at, stack.given)
        return self._sold[key]


def sell_deck(
    db: Database, actor: Actor, key: Plan | Account | UUID | str, at: datetime | None = None
) -> "SellColumns":
    """The deck of a plan, or of what an account pays, at an instant (now by default).

    Text and ids are looked for among plans first. Base prices, margins, rules and flags are there for the owner of
    the plan and those above him, never for who pays. `Refused("no_plan")` where a plan stands on nothing then.
    """
    with db.read() as conn:
        return sell_deck_on(conn, actor, key, at or db.clock.now())


def sell_deck_on(
    conn: Connection, actor: Actor, key: Plan | Account | UUID | str, at: datetime
) -> "SellColumns":
    """The same inside a transaction of the caller's."""
    found = _found(conn, actor, key)
    stack = _of_plan(conn, found, at) if isinstance(found, Plan) else _of_account(conn, found, at)
    last, made = stack.plans[-1], Decks(conn).sold(stack, at)
    owners = accounts.subtree_ids(conn, actor)
    knows = last.owner_id in owners and may(actor, Right.SEE_PLANS)
    if last.table_id is not None:
        knows = knows and may(actor, Right.SEE_COSTS)
    return made if knows else made.without_base()


def _found(conn: Connection, actor: Actor, key: Plan | Account | UUID | str) -> Plan | Account:
    """The plan or account, looked up anew so that rights are those of now."""
    wanted = key.id if isinstance(key, Plan | Account) else key
    if not isinstance(key, Account) and may(actor, Right.SEE_PLANS):
        try:
            return plan_on(conn, actor, wanted)
        except Refused:
            if isinstance(key, Plan):
                raise
    require(actor, Right.SEE_PRICES)
    return accounts.account_on(conn, actor, wanted)


def _of_plan(conn: Connection, plan: Plan, at: datetime) -> _Stack:
    book = plan_levels(conn, at, of=[plan.owner_id])
    return _over(book, plan_facts(conn, [plan.id])[plan.id], at, plan.name)


def _of_account(conn: Connection, account: Account, at: datetime) -> _Stack:
    """The plan of the account, or of the nearest level above it that has one: its price is passed through."""
    chain = accounts.chain(conn, account.id)
    book = plan_levels(conn, at, of=chain.ids)
    for key in reversed(chain.ids):
        if book.plan_at(key, at) is not None:
            return _given(book, key, at, account.name)
    raise _no_plan(account.name)


def _given(book: PlanBook, account_id: UUID, at: datetime, name: str) -> _Stack:
    """The plan an account has then, with those it stands on."""
    held = next((one for one in book.assignments.get(account_id, ()) if at in one.effective), None)
    if held is None:
        raise _no_plan(name)
    stack = _over(book, book.plans[held.plan_id], at, name)
    return _Stack(stack.plans, (*stack.given, to_micros(held.effective.start)))


def _over(book: PlanBook, plan: PlanFacts, at: datetime, name: str) -> _Stack:
    """The plan and those it stands on, the one over a table first."""
    if plan.table_id is not None:
        return _Stack((plan,))
    above = _given(book, plan.owner_id, at, name)
    return _Stack((*above.plans, plan), above.given)


def _no_plan(name: str) -> Refused:
    return Refused(
        "no_plan",
        tr("{name} has no prices then: no tariff plan was assigned.").format(name=name),
        tr("Assign a plan, or choose another day."),
    )
