"""Sums of calls by account, destination, day, hour or supplier, as the actor may see them."""

from collections.abc import Callable, Iterable, Mapping, Sequence
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
from voipdesk.accounts.rules import Right, may, require
from voipdesk.calls.queries.figures_columns import Group, Times, grouped_in_columns
from voipdesk.calls.queries.results import View, view_of, with_results
from voipdesk.calls.schema import call, rating_term, rating_way
from voipdesk.kernel.changes import Actor
from voipdesk.kernel.periods import from_micros, to_micros
from voipdesk.store.database import Database
from voipdesk.store.types import scaled_sum

BY = ("account", "customer", "destination", "day", "hour", "supplier")

QUARTER = 900_000_000
"""Microseconds of a quarter of an hour: every zone's offset today is a multiple of it."""

MANY = 20_000
"""Calls from which on numpy adds up what SQLite only reads."""


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
    charged: int
    """Answered calls with a price, be it zero."""
    without_cost: int
    problems: int
    unrated: int
    """Calls with neither a price nor a problem: nobody has rated them."""

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
    return totals_by(db, actor, since, until, [by])[by]


def totals_by(
    db: Database,
    actor: Actor,
    since: datetime | None,
    until: datetime | None,
    several: Sequence[str | None],
) -> dict[str | None, list[Total]]:
    """The same, grouped in several ways; many calls are read once for all of them."""
    with db.read() as conn:
        return _totals(conn, actor, several, (since, until))


def totals_on(
    conn: Connection,
    actor: Actor,
    since: datetime | None = None,
    until: datetime | None = None,
    *,
    by: str | None = None,
) -> list[Total]:
    """The same inside a transaction of the caller's."""
    return _totals(conn, actor, [by], (since, until))[by]


def totals_where(
    conn: Connection, actor: Actor, conditions: Sequence[ColumnElement[bool]], *, by: str | None = None
) -> list[Total]:
    """The same for calls of this room's own conditions."""
    return _totals(conn, actor, [by], (None, None), conditions)[by]


def _totals(
    conn: Connection,
    actor: Actor,
    several: Sequence[str | None],
    span: tuple[datetime | None, datetime | None],
    conditions: Sequence[ColumnElement[bool]] = (),
) -> dict[str | None, list[Total]]:
    for by in several:
        if by is not None and by not in BY:
            raise ValueError(f"totals go by {', '.join(BY)}, not by {by}")
        if by == "supplier":
            require(actor, Right.SEE_SUPPLIERS)
    view = view_of(conn, actor)
    keys = {by: _key(actor, view, by) for by in several}
    since, until = span
    if since is not None:
        conditions = [*conditions, call.c.answer >= since]
    if until is not None:
        conditions = [*conditions, call.c.answer < until]
    times = _times(conn, span)
    groups: Mapping[str | None, Sequence[Any]]
    if times.count > MANY:
        groups = grouped_in_columns(conn, view, keys, conditions, times)
    else:
        groups = {
            by: conn.execute(_grouped(view, key).where(view.scope, *conditions)).all()
            for by, key in keys.items()
        }
    has_cost = actor.level == "reseller" or may(actor, Right.SEE_COSTS)
    found: dict[str | None, list[Total]] = {}
    for by, rows in groups.items():
        if by in ("day", "hour"):
            found[by] = _in_time(rows, accounts.workspace_on(conn).zone, by=by, has_cost=has_cost)
            continue
        name = _names(conn, actor, by)
        plain = [_total(_text(row.key), name(_text(row.key)), [row], has_cost=has_cost) for row in rows]
        found[by] = sorted(plain, key=lambda one: (-one.revenue, -one.attempts, one.label))
    return found


def _times(conn: Connection, span: tuple[datetime | None, datetime | None]) -> Times:
    """How many calls there are in a span, of whomever, from when to when: SQLite takes it from an index."""
    since, until = span
    wanted = select(func.count(), func.min(call.c.answer), func.max(call.c.answer))
    if since is not None:
        wanted = wanted.where(call.c.answer >= since)
    if until is not None:
        wanted = wanted.where(call.c.answer < until)
    count, first, last = conn.execute(wanted).one()
    return Times(count, 0 if first is None else to_micros(first), 0 if last is None else to_micros(last))


def together(groups: Sequence[Total]) -> Total:
    """The sum of groups that have no call in common."""
    costs = [one.cost for one in groups if one.cost is not None]
    margins = [one.margin for one in groups if one.margin is not None]

    def count(name: str) -> int:
        return sum(getattr(one, name) for one in groups)

    return Total(
        "", "", count("attempts"), count("answered"), count("talk_seconds"), count("billed_seconds"),
        sum((one.revenue for one in groups), Decimal(0)),
        sum(costs, Decimal(0)) if len(costs) == len(groups) else None,
        sum(margins, Decimal(0)) if len(margins) == len(groups) else None,
        count("priced"), count("charged"), count("without_cost"), count("problems"), count("unrated"),
    )  # fmt: skip


def _key(actor: Actor, view: View, by: str | None) -> ColumnElement[Any]:
    if by == "account":
        return call.c.account_id
    if by == "customer":
        return {
            "admin": func.coalesce(rating_way.c.reseller_id, rating_way.c.company_id, call.c.account_id),
            "reseller": rating_way.c.company_id,
            "company": func.coalesce(rating_way.c.user_id, rating_way.c.company_id),
            "user": rating_way.c.user_id,
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
        scaled_sum(view.price).label("revenue"), scaled_sum(view.cost).label("cost"),
        scaled_sum(view.margin).label("margin"), many(priced).label("priced"),
        many(priced & (call.c.talk_seconds > 0)).label("charged"),
        many(priced & ~costed).label("without_cost"), many(view.problem.is_not(None)).label("problems"),
        many(~priced & view.problem.is_(None)).label("unrated"),
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
        carriers = {str(one.id): one.name for one in accounts.suppliers_on(conn, actor)}
        return lambda key: carriers.get(key, "")
    return lambda key: key


def _in_time(rows: Iterable[Row[Any] | Group], zone: ZoneInfo, *, by: str, has_cost: bool) -> list[Total]:
    """Quarters of an hour put together into days or hours of the day of the zone."""
    groups: dict[str, list[Row[Any] | Group]] = {}
    for row in rows:
        local = from_micros(row.key * QUARTER).astimezone(zone)
        groups.setdefault(local.date().isoformat() if by == "day" else f"{local.hour:02}", []).append(row)
    return [_total(key, key, groups[key], has_cost=has_cost) for key in sorted(groups)]


def _total(key: str, label: str, rows: Sequence[Row[Any] | Group], *, has_cost: bool) -> Total:
    def money(name: str) -> Decimal:
        return sum((getattr(row, name) or Decimal(0) for row in rows), Decimal(0))

    def count(name: str) -> int:
        return sum(int(getattr(row, name) or 0) for row in rows)

    return Total(
        key, label, count("attempts"), count("answered"), count("talk"), count("billed"), money("revenue"),
        money("cost") if has_cost else None, money("margin") if has_cost else None,
        count("priced"), count("charged"), count("without_cost") if has_cost else 0, count("problems"),
        count("unrated"),
    )  # fmt: skip
