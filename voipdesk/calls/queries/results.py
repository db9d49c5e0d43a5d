"""Selectables that others build on: the result that counts for each call, and what an actor may see of it."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import (
    ColumnElement,
    Connection,
    FromClause,
    Integer,
    ScalarSelect,
    Select,
    Text,
    and_,
    case,
    func,
    null,
    or_,
    select,
    type_coerce,
)

from voipdesk.accounts import queries as accounts
from voipdesk.accounts.rules import Right, may, require
from voipdesk.calls import rules
from voipdesk.calls.schema import call, call_import, rated, rating_path, rating_run, rating_term, rating_way
from voipdesk.kernel.changes import Actor
from voipdesk.store.types import Scaled

LEVEL_COLUMNS: dict[str, tuple[ColumnElement[Any], ...]] = {
    "reseller": (
        rating_way.c.reseller_id,
        rated.c.reseller_seconds,
        rated.c.reseller_price,
        rating_path.c.reseller_term,
    ),
    "company": (
        rating_way.c.company_id,
        rated.c.company_seconds,
        rated.c.company_price,
        rating_path.c.company_term,
    ),
    "user": (rating_way.c.user_id, rated.c.user_seconds, rated.c.user_price, rating_path.c.user_term),
}
"""By level of the customer: who pays, billed seconds, price, terms."""

SOLD_BY: dict[str, tuple[str, ...]] = {
    "admin": ("reseller", "company"),
    "reseller": ("company",),
    "company": ("user",),
}
"""Levels a seller of a level bills: the accounts right below it."""


def latest_run(call_id: ColumnElement[int]) -> ScalarSelect[int]:
    """The newest published run that has a result for a call."""
    one, published = rated.alias("one"), select(rating_run.c.seq).where(rating_run.c.state == "published")
    # Plus nothing: a call has few results, so they are looked through, and not each published run is looked up.
    newest = select(one.c.run_seq).where(one.c.call_id == call_id, (one.c.run_seq + 0).in_(published))
    return newest.order_by(one.c.run_seq.desc()).limit(1).scalar_subquery()


def current_rated() -> Select[Any]:
    """All columns of `rated`, for each call the row of its newest published run: the result that counts."""
    return select(rated).where(rated.c.run_seq == latest_run(rated.c.call_id))


def with_results() -> FromClause:
    """Calls of committed imports, each with its counting result, way, path and import; unrated ones with NULLs.

    SQLite leaves out the way or the path where a query asks for nothing of it.
    """
    return (
        call.join(call_import, call_import.c.seq == call.c.import_seq)
        .outerjoin(rated, and_(rated.c.call_id == call.c.id, rated.c.run_seq == latest_run(call.c.id)))
        .outerjoin(rating_way, rating_way.c.id == rated.c.way_id)
        .outerjoin(rating_path, rating_path.c.id == rated.c.path_id)
    )


def is_committed() -> ColumnElement[bool]:
    """Whether the call's import is one that counts."""
    return call_import.c.state == "committed"


@dataclass(frozen=True, slots=True)
class View:
    """What an actor sees of a call: expressions over `with_results()`, NULL where it is not for him."""

    price: ColumnElement[Any]
    seconds: ColumnElement[Any]
    """Billed, as his price has them."""
    term: ColumnElement[Any]
    """Id of the terms of that price."""
    cost: ColumnElement[Any]
    """What he pays himself: the supplier's price for the admin, the price of the level above for a reseller."""
    problem: ColumnElement[Any]
    supplier: ColumnElement[Any]
    scope: ColumnElement[bool]
    """Which calls are his to see."""

    @property
    def margin(self) -> ColumnElement[Any]:
        """Price less cost; NULL unless both are known."""
        return type_coerce(self.price - self.cost, Scaled)


def view_of(conn: Connection, actor: Actor) -> View:
    """What the actor may see. `NotAllowed` where he may see no calls at all."""
    require(actor, Right.SEE_CALLS)
    price, seconds, term, cost = _seen(actor)
    all_costs = may(actor, Right.SEE_COSTS)
    known = rated.c.problem if all_costs else case(
        (rated.c.problem.in_([*map(str, rules.OF_THE_SUPPLIER)]), null()), else_=rated.c.problem
    )  # fmt: skip
    return View(
        price=price,
        seconds=seconds,
        term=term,
        cost=cost,
        problem=type_coerce(func.coalesce(call.c.problem, known), Text),
        supplier=call.c.supplier_id if may(actor, Right.SEE_SUPPLIERS) else null(),
        scope=scope_of(conn, actor),
    )


def scope_of(conn: Connection, actor: Actor) -> ColumnElement[bool]:
    """Calls of committed imports that belong to the actor's subtree; of no known account: those his desk imported."""
    if actor.level == "admin":
        return is_committed()
    seen = [*accounts.subtree_ids(conn, actor)]
    his = or_(
        call.c.account_id.in_(seen), and_(call.c.account_id.is_(None), call_import.c.owner_id.in_(seen))
    )
    return and_(is_committed(), his)


def _seen(actor: Actor) -> Sequence[ColumnElement[Any]]:
    """Price, billed seconds, terms and cost at the actor's level; money only where he is a party to it."""
    nothing: ColumnElement[Any] = type_coerce(null(), Scaled)
    if actor.level == "admin":
        by_reseller = rating_way.c.reseller_id.is_not(None)
        shown: list[ColumnElement[Any]] = [
            case((by_reseller, upper), else_=lower)
            for upper, lower in zip(LEVEL_COLUMNS["reseller"][1:], LEVEL_COLUMNS["company"][1:], strict=True)
        ]
        seconds, price, term = shown
        return (
            type_coerce(price, Scaled),
            seconds,
            term,
            rated.c.cost if may(actor, Right.SEE_COSTS) else nothing,
        )
    level = {"reseller": "company", "company": "company", "user": "user"}[actor.level]
    _, seconds, price, term = LEVEL_COLUMNS[level]
    party = LEVEL_COLUMNS[actor.level][0] == actor.account_id
    cost = case((party, rated.c.reseller_price)) if actor.level == "reseller" else nothing
    return (
        type_coerce(case((party, price)), Scaled),
        type_coerce(case((party, seconds)), Integer),
        type_coerce(case((party, term)), Integer),
        type_coerce(cost, Scaled),
    )


def billable_select(
    *,
    seller_id: UUID,
    seller_level: str,
    level: str,
    period: tuple[datetime, datetime] | None = None,
    customers: Collection[UUID] | None = None,
) -> Select[Any]:
    """Priced, answered calls that a seller may bill to customers of one level, in `[start, end)` by answer time.

    Columns: call_id, run_seq, customer_id, answer, number, destination, prefix, seconds, price, caller, talk_seconds.
    Calls on a document already are not left out here: billing joins its own table (`call_id` and the level are its key).
    """
    if level not in SOLD_BY.get(seller_level, ()):
        raise ValueError(f"a {seller_level} bills no {level}")
    customer, seconds, price, term = LEVEL_COLUMNS[level]
    wanted = select(
        call.c.id.label("call_id"),
        rated.c.run_seq,
        customer.label("customer_id"),
        call.c.answer,
        call.c.number,
        func.coalesce(rating_term.c.destination, "").label("destination"),
        func.coalesce(rating_term.c.prefix, "").label("prefix"),
        seconds.label("seconds"),
        price.label("price"),
        call.c.caller,
        call.c.talk_seconds,
    ).select_from(with_results().outerjoin(rating_term, rating_term.c.id == term))
    wanted = wanted.where(
        is_committed(), call.c.talk_seconds > 0, price.is_not(None), call.c.problem.is_(None)
    )
    wanted = wanted.where(*_sold_by(seller_id, seller_level, level))
    if customers is not None:
        wanted = wanted.where(customer.in_([*customers]))
    if period is not None:
        wanted = wanted.where(call.c.answer >= period[0], call.c.answer < period[1])
    return wanted


def _sold_by(seller_id: UUID, seller_level: str, level: str) -> list[ColumnElement[bool]]:
    """The seller is the account right above the customer on the way by which the call was rated."""
    customer = LEVEL_COLUMNS[level][0]
    if seller_level == "admin":
        direct = rating_way.c.reseller_id.is_(None) if level == "company" else customer.is_not(None)
        return [customer.is_not(None), direct]
    above = {"reseller": rating_way.c.reseller_id, "company": rating_way.c.company_id}[seller_level]
    return [customer.is_not(None), above == seller_id]
