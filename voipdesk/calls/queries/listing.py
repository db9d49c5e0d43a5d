"""Calls for the grid: the ids of a filter in an order, and the rows of a window of them."""

from array import array
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Connection, Row, Select, and_, func, or_, select

from voipdesk.accounts import queries as accounts
from voipdesk.calls.queries.results import View, view_of, with_results
from voipdesk.calls.schema import call, call_import, rating_term
from voipdesk.kernel.changes import Actor
from voipdesk.store.database import Database


@dataclass(frozen=True, slots=True)
class CallFilter:
    """Which calls; every field given narrows. Instants are half-open, by answer time."""

    since: datetime | None = None
    until: datetime | None = None
    account: UUID | str | None = None
    """The account and everything below it."""
    number: str = ""
    """Leading digits of the called number."""
    text: str = ""
    """Part of caller, called, account text or unique id."""
    problem: str | None = None
    """A code; `*` for any problem; '' for none."""
    is_answered: bool | None = None
    import_seq: int | None = None
    destination: str = ""
    is_losing: bool = False
    """Sold below what the actor pays himself."""


@dataclass(frozen=True, slots=True)
class CallRow:
    """A call as the actor may see it; None where there is nothing, or nothing for him."""

    id: int
    import_seq: int
    row: int
    """Row of the file."""
    unique_id: str
    answer: datetime
    start: datetime | None
    account_id: UUID | None
    account_text: str
    supplier_id: UUID | None
    caller: str
    called: str
    number: str
    talk_seconds: int
    disposition: str
    destination: str
    prefix: str
    seconds: int | None
    """Billed."""
    price: Decimal | None
    cost: Decimal | None
    margin: Decimal | None
    problem: str | None


@dataclass(frozen=True, slots=True)
class Window:
    """Some rows of many."""

    total: int
    rows: tuple[CallRow, ...]


ORDERS = ("answer", "account", "number", "talk_seconds", "price", "cost", "margin", "destination", "problem")


def calls(
    db: Database,
    actor: Actor,
    filter: CallFilter | None = None,
    *,
    window: tuple[int, int] = (0, 100),
    order: str = "answer",
    descending: bool = False,
) -> Window:
    """Rows `window = (offset, count)` of the calls the actor may see, and how many there are."""
    ids = call_ids(db, actor, filter, order=order, descending=descending)
    offset, count = window
    return Window(len(ids), call_rows(db, actor, ids[offset : offset + count]))


def call_ids(
    db: Database,
    actor: Actor,
    filter: CallFilter | None = None,
    *,
    order: str = "answer",
    descending: bool = False,
) -> "array[int]":
    """Ids of all calls of a filter in an order, 8 bytes each: what a grid scrolls over."""
    if order not in ORDERS:
        raise ValueError(order)
    with db.read() as conn:
        view = view_of(conn, actor)
        wanted = _narrowed(conn, actor, view, filter or CallFilter(), needed=order != "answer")
        by = _ordering(view)[order]
        wanted = wanted.order_by(by.desc() if descending else by, call.c.id)
        return array("q", (row[0] for row in conn.execute(wanted).yield_per(20_000)))


def call_rows(db: Database, actor: Actor, ids: Sequence[int]) -> tuple[CallRow, ...]:
    """Rows of these calls in the order of the ids; calls the actor may not see are left out."""
    with db.read() as conn:
        view = view_of(conn, actor)
        found: dict[int, CallRow] = {}
        for start in range(0, len(ids), 5_000):
            part = [*ids[start : start + 5_000]]
            rows = conn.execute(columns_of(view).where(view.scope, call.c.id.in_(part))).all()
            found |= {row.id: call_row(row) for row in rows}
    return tuple(found[key] for key in ids if key in found)


def columns_of(view: View) -> Select[Any]:
    """The columns of a `CallRow`, to be narrowed."""
    return select(
        call, view.price.label("price"), view.cost.label("own_cost"), view.margin.label("margin"),
        view.seconds.label("seconds"), view.problem.label("told"), view.supplier.label("carrier"),
        func.coalesce(rating_term.c.destination, "").label("destination"),
        func.coalesce(rating_term.c.prefix, "").label("prefix"),
    ).select_from(with_results().outerjoin(rating_term, rating_term.c.id == view.term))  # fmt: skip


def call_row(row: Row[Any]) -> CallRow:
    """A row of `columns_of` as a value."""
    return CallRow(
        row.id, row.import_seq, row.row, row.unique_id, row.answer, row.start, row.account_id, row.account_text,
        row.carrier, row.caller, row.called, row.number, row.talk_seconds, row.disposition, row.destination,
        row.prefix, row.seconds, row.price, row.own_cost, row.margin, row.told,
    )  # fmt: skip


def _ordering(view: View) -> dict[str, ColumnElement[Any]]:
    return {
        "answer": call.c.answer,
        "account": call.c.account_id,
        "number": call.c.number,
        "talk_seconds": call.c.talk_seconds,
        "price": view.price,
        "cost": view.cost,
        "margin": view.margin,
        "destination": rating_term.c.destination,
        "problem": view.problem,
    }


def _narrowed(conn: Connection, actor: Actor, view: View, chosen: CallFilter, *, needed: bool) -> Select[Any]:
    """Ids of a filter; results are joined only where the filter or the order asks for them."""
    asks = needed or chosen.problem is not None or bool(chosen.destination) or chosen.is_losing
    source = call.join(call_import, call_import.c.seq == call.c.import_seq)
    if asks:
        source = with_results().outerjoin(rating_term, rating_term.c.id == view.term)
    wanted = select(call.c.id).select_from(source).where(view.scope, *_of_the_call(conn, actor, chosen))
    if chosen.problem is not None:
        fits = {"*": view.problem.is_not(None), "": view.problem.is_(None)}
        wanted = wanted.where(fits.get(chosen.problem, view.problem == chosen.problem))
    if chosen.destination:
        wanted = wanted.where(rating_term.c.destination == chosen.destination)
    return wanted.where(view.price < view.cost) if chosen.is_losing else wanted


def _of_the_call(conn: Connection, actor: Actor, chosen: CallFilter) -> list[ColumnElement[bool]]:
    """Conditions on the call itself."""
    found: list[ColumnElement[bool]] = []
    if chosen.since is not None:
        found.append(call.c.answer >= chosen.since)
    if chosen.until is not None:
        found.append(call.c.answer < chosen.until)
    if chosen.account is not None:
        top = accounts.account_on(conn, actor, chosen.account)
        below = {one.id for one in accounts.tree_on(conn, actor) if top.id in one.path}
        found.append(call.c.account_id.in_([*below]))
    if chosen.number:
        found.append(and_(call.c.number >= chosen.number, call.c.number < f"{chosen.number}:"))
    if chosen.text:
        fields = (call.c.caller, call.c.called, call.c.account_text, call.c.unique_id)
        found.append(or_(*(one.contains(chosen.text, autoescape=True) for one in fields)))
    if chosen.is_answered is not None:
        found.append(call.c.talk_seconds > 0 if chosen.is_answered else call.c.talk_seconds == 0)
    if chosen.import_seq is not None:
        found.append(call.c.import_seq == chosen.import_seq)
    return found
