"""Ids of calls by conditions on any column and an order of several: what the table of calls asks for."""

from array import array
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Connection, Text, and_, case, func, or_, type_coerce

from voipdesk.accounts import queries as accounts
from voipdesk.calls.queries.listing import CallFilter, narrowed, ordering
from voipdesk.calls.queries.results import View, view_of
from voipdesk.calls.schema import call, rating_term
from voipdesk.kernel.changes import Actor
from voipdesk.store.database import Database

MOST_RANKED = 5_000
"""Accounts up to which an order by name is asked of the database; beyond them the order is by account."""


@dataclass(frozen=True, slots=True)
class Condition:
    """One condition on a column of `CallRow`.

    `operator`: `contains`, `like` (`*` is any text), `>`, `>=`, `<`, `<=`, `=`, `!=`, `..` (to `other`), `blank`,
    `not blank`, `among` (`value` is a collection; None in it stands for blank). Of `account` only `among` is known:
    ids, and in `other` the account texts looked for where no account is known (a `like` pattern of SQL, or None).
    """

    column: str
    operator: str
    value: Any = None
    other: Any = None


OF_RESULTS = frozenset({"prefix", "destination", "seconds", "price", "cost", "margin", "problem"})
"""Columns of the counting result; a call without a condition on them is found without looking at results."""

Order = Sequence[tuple[str, bool]]
"""Columns of an order with whether they are descending; the first rules."""


def picked_ids(
    db: Database,
    actor: Actor,
    filter: CallFilter | None = None,
    *,
    conditions: Sequence[Condition] = (),
    order: Order = (("answer", True),),
) -> "array[int]":
    """Ids of the calls that the actor may see, 8 bytes each. ValueError for an unknown column or operator."""
    with db.read() as conn:
        view = view_of(conn, actor)
        asked = {one.column for one in conditions} | {column for column, _ in order}
        needed = bool(asked & OF_RESULTS)
        wanted = narrowed(conn, actor, view, filter or CallFilter(), needed=needed)
        wanted = wanted.where(*(_condition(view, one) for one in conditions))
        for column, is_descending in order:
            by = _order(conn, actor, view, column)
            wanted = wanted.order_by(by.desc().nulls_last() if is_descending else by.asc().nulls_last())
        last_first = bool(order) and order[0][1]
        wanted = wanted.order_by(call.c.id.desc() if last_first else call.c.id)
        return array("q", (row[0] for row in conn.execute(wanted).yield_per(20_000)))


def _columns(view: View) -> dict[str, ColumnElement[Any]]:
    return {
        **ordering(view),
        "caller": call.c.caller,
        "called": call.c.called,
        "prefix": func.coalesce(rating_term.c.prefix, ""),
        "destination": func.coalesce(rating_term.c.destination, ""),
        "seconds": view.seconds,
        "supplier": view.supplier,
    }


def _order(conn: Connection, actor: Actor, view: View, column: str) -> ColumnElement[Any]:
    """A column to order by; accounts stand by name, their calls without a known account after them."""
    columns = _columns(view)
    if column not in columns:
        raise ValueError(column)
    if column != "account":
        return columns[column]
    names = sorted(accounts.tree_on(conn, actor), key=lambda one: one.name.casefold())
    if len(names) > MOST_RANKED:
        return call.c.account_id
    return case(*((call.c.account_id == one.id, place) for place, one in enumerate(names)))


def _condition(view: View, wanted: Condition) -> ColumnElement[bool]:
    columns = _columns(view)
    if wanted.column not in columns:
        raise ValueError(wanted.column)
    if wanted.column == "account":
        return _account(wanted)
    column = columns[wanted.column]
    made = _OPERATORS.get(wanted.operator)
    if made is None:
        raise ValueError(wanted.operator)
    return made(column, wanted)


def _account(wanted: Condition) -> ColumnElement[bool]:
    ids = [one for one in wanted.value if isinstance(one, UUID)]
    known = call.c.account_id.in_(ids)
    if wanted.other is None:
        return known
    by_text = call.c.account_text.like(wanted.other, escape="\\")
    return or_(known, and_(call.c.account_id.is_(None), by_text))


def _among(column: ColumnElement[Any], wanted: Condition) -> ColumnElement[bool]:
    values = [one for one in wanted.value if one is not None]
    found = column.in_(values)
    return or_(found, column.is_(None)) if None in wanted.value else found


def _like(column: ColumnElement[Any], wanted: Condition) -> ColumnElement[bool]:
    text = str(wanted.value)
    for sign in "\\%_":
        text = text.replace(sign, f"\\{sign}")
    return column.like(text.replace("*", "%"), escape="\\")


_OPERATORS: dict[str, Callable[[ColumnElement[Any], Condition], ColumnElement[bool]]] = {
    "contains": lambda column, one: column.icontains(one.value, autoescape=True),
    "like": _like,
    ">": lambda column, one: column > one.value,
    ">=": lambda column, one: column >= one.value,
    "<": lambda column, one: column < one.value,
    "<=": lambda column, one: column <= one.value,
    "=": lambda column, one: column == one.value,
    "!=": lambda column, one: or_(column != one.value, column.is_(None)),
    "..": lambda column, one: and_(column >= one.value, column <= one.other),
    "blank": lambda column, one: or_(column.is_(None), _text(column) == ""),
    "not blank": lambda column, one: and_(column.is_not(None), _text(column) != ""),
    "among": _among,
}


def _text(column: ColumnElement[Any]) -> ColumnElement[Any]:
    """The column as it lies in the file: '' is compared with texts only, numbers never equal it."""
    return type_coerce(column, Text)
