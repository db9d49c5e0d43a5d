"""Sums of calls by account, destination, day, hour or supplier, as the actor may see them."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from fractions import Fraction
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Connection,
    Row,
    Select,
    case,
    func,
    literal,
    select,
    type_coerce,
)

from voipdesk.accounts import queries as accounts
from voipdesk.accounts.rules import Right, require
from voipdesk.calls.queries.results import View, view_of, with_results
from voipdesk.calls.schema import call, rating_path, rating_term
from voipdesk.kernel.changes import Actor
from voipdesk.kernel.periods import from_micros
from voipdesk.store.database import Database
from voipdesk.store.types import Scaled

BY = ("account", "customer", "destination", "day", "hour", "supplier")

QUARTER = 900_000_000
"""Microseconds of a quarter of an hour: every zone's offset today is a multiple of it."""


@dataclass(frozen=True, slots=True)
class Total:
    """Figures of a group of calls. Money is None where it is not for the actor.

    `margin` is summed over calls whose price and cost are both known; `without_cost` counts the priced ones that lack it.
    """

    key: str
    """Id of the account or supplier, name of the destination, ISO day, hour of the day (00 to 23); '' unknown."""
    label: str
    attempts: int
    answered: int
    talk_seconds: int
    billed_seconds: int
    revenue: Decimal
    cost: Decimal | None
    margin: Decimal | None
    priced: int
    without_cost: int
    problems: int

    @property
    def margin_share(self) -> Fraction | None:
        """Margin over revenue; None without either."""
        if self.margin is None or not self.revenue:
            return None
        return Fraction(self.margin) / Fraction(self.revenue)


def totals(
    db: Database,
    actor: Actor,
    since: datetime | None = None,
    until: datetime | None = None,
    by: str | None = None,
) -> list[Total]:
    """Figures of the calls answered in `[since, until)`, grouped; without `by` one group of all.

    `account` is the call's own account, `customer` the one right below the actor that pays for it.
    Groups come by revenue, the largest first; days and hours in their order.
    """
    with db.read() as conn:
        return totals_on(conn, actor, since, until, by=by)


def totals_on(
    conn: Connection,
    actor: Actor,
    since: datetime | None = None,
    until: datetime | None = None,
    *,
    by: str | None = None,
) -> list[Total]:
    """The same inside a transaction of the caller's."""
    if by is not None and by not in BY:
        raise ValueError(f"totals go by {', '.join(BY)}, not by {by}")
    if by == "supplier":
        require(actor, Right.SEE_SUPPLIERS)
    view = view_of(conn, actor)
    wanted = _grouped(view, _key(actor, view, by)).where(view.scope)
    if since is not None:
        wanted = wanted.where(call.c.answer >= since)
    if until is not None:
        wanted = wanted.where(call.c.answer < until)
    rows = conn.execute(wanted).all()
    has_cost = actor.level == "reseller" or Right.SEE_COSTS in actor.rights
    if by in ("day", "hour"):
        return _in_time(rows, accounts.workspace_on(conn).zone, by=by, has_cost=has_cost)
    name = _names(conn, actor, by)
    found = [_total(_text(row.key), name(_text(row.key)), [row], has_cost=has_cost) for row in rows]
    return sorted(found, key=lambda one: (-one.revenue, -one.attempts, one.label))


def _key(actor: Actor, view: View, by: str | None) -> ColumnElement[Any]:
    if by == "account":
        return call.c.account_id
    if by == "customer":
        return {
            "admin": func.coalesce(rating_path.c.reseller_id, rating_path.c.company_id, call.c.account_id),
            "reseller": rating_path.c.company_id,
            "company": func.coalesce(rating_path.c.user_id, rating_path.c.company_id),
            "user": rating_path.c.user_id,
        }[actor.level]
    if by == "destination":
        return func.coalesce(rating_term.c.destination, "")
    if by == "supplier":
        return view.supplier
    return type_coerce(call.c.answer, BigInteger) // QUARTER if by in ("day", "hour") else literal("")


def _grouped(view: View, key: ColumnElement[Any]) -> Select[Any]:
    """One row a key; a group of nothing is a row of zeros."""
    priced, costed = view.price.is_not(None), view.cost.is_not(None)

    def many(condition: ColumnElement[bool]) -> ColumnElement[int]:
        return func.coalesce(func.sum(case((condition, 1), else_=0)), 0)

    return select(
        key.label("key"), func.count().label("attempts"), many(call.c.talk_seconds > 0).label("answered"),
        func.coalesce(func.sum(call.c.talk_seconds), 0).label("talk"),
        func.coalesce(func.sum(view.seconds), 0).label("billed"),
        func.sum(view.price, type_=Scaled).label("revenue"), func.sum(view.cost, type_=Scaled).label("cost"),
        func.sum(view.margin, type_=Scaled).label("margin"), many(priced).label("priced"),
        many(priced & ~costed).label("without_cost"), many(view.problem.is_not(None)).label("problems"),
    ).select_from(
        with_results().outerjoin(rating_term, rating_term.c.id == view.term)
    ).group_by(key)  # fmt: skip


def _text(key: Any) -> str:
    return "" if key is None else str(key)


def _names(conn: Connection, actor: Actor, by: str | None) -> Callable[[str], str]:
    """How a key is called."""
    if by in ("account", "customer"):
        known = {str(one.id): one.name for one in accounts.tree_on(conn, actor)}
        return lambda key: known.get(key, "")
    if by == "supplier":
        return lambda key: accounts.supplier_on(conn, actor, key).name if key else ""
    return lambda key: key


def _in_time(rows: Iterable[Row[Any]], zone: ZoneInfo, *, by: str, has_cost: bool) -> list[Total]:
    """Quarters of an hour put together into days or hours of the day of the zone."""
    groups: dict[str, list[Row[Any]]] = {}
    for row in rows:
        local = from_micros(row.key * QUARTER).astimezone(zone)
        groups.setdefault(local.date().isoformat() if by == "day" else f"{local.hour:02}", []).append(row)
    return [_total(key, key, groups[key], has_cost=has_cost) for key in sorted(groups)]


def _total(key: str, label: str, rows: list[Row[Any]], *, has_cost: bool) -> Total:
    def money(name: str) -> Decimal:
        return sum((getattr(row, name) or Decimal(0) for row in rows), Decimal(0))

    def count(name: str) -> int:
        return sum(int(getattr(row, name) or 0) for row in rows)

    return Total(
        key, label, count("attempts"), count("answered"), count("talk"), count("billed"), money("revenue"),
        money("cost") if has_cost else None, money("margin") if has_cost else None,
        count("priced"), count("without_cost") if has_cost else 0, count("problems"),
    )  # fmt: skip
