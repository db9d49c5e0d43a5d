"""Calls on documents: a run computes what they would be, tells it, and leaves them alone."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from uuid import UUID

from sqlalchemy import ColumnElement, Connection, Select, delete, func, select

from voipdesk.accounts import queries as accounts
from voipdesk.calls.commands.reports import Untouched
from voipdesk.calls.queries.results import LEVEL_COLUMNS, scope_of, with_results
from voipdesk.calls.schema import call, invoice, invoice_call, rated
from voipdesk.kernel.changes import Actor
from voipdesk.store.types import scaled_sum


@dataclass(frozen=True, slots=True)
class Held:
    """Calls of one document at one level, with the price that counts now."""

    invoice_id: UUID
    number: str
    account: str
    calls: int
    price: Decimal


def on_documents(
    conn: Connection, actor: Actor, conditions: Sequence[ColumnElement[bool]], run_seq: int | None
) -> list[Held]:
    """Documents (not void) that hold such calls, of customers the actor may see; of one run where it is named."""
    if not _has_documents(conn):
        return []
    names = {one.id: one.name for one in accounts.tree_on(conn, actor)}
    found: list[Held] = []
    for level, (customer, _, price, _) in LEVEL_COLUMNS.items():
        source = with_results().join(invoice_call, invoice_call.c.call_id == call.c.id)
        wanted = (
            select(
                invoice.c.id, func.coalesce(invoice.c.number, "").label("number"), customer.label("customer"),
                func.count().label("many"), scaled_sum(price).label("price"),
            ).select_from(source.join(invoice, invoice.c.id == invoice_call.c.invoice_id))
            .where(scope_of(conn, actor), invoice.c.state != "void", invoice_call.c.level == level, *conditions)
            .group_by(invoice.c.id, customer)
        )  # fmt: skip
        if run_seq is not None:
            wanted = wanted.where(rated.c.run_seq == run_seq)
        found += [
            Held(row.id, row.number, names[row.customer], row.many, row.price or Decimal(0))
            for row in conn.execute(wanted).all()
            if row.customer in names
        ]
    return found


def untouched(
    conn: Connection,
    actor: Actor,
    conditions: Sequence[ColumnElement[bool]],
    before: Sequence[Held],
    *,
    run_seq: int,
) -> list[Untouched]:
    """What the held calls are and what the run makes of them."""
    if not before:
        return []
    now = {(one.invoice_id, one.account): one for one in on_documents(conn, actor, conditions, run_seq)}
    return [
        Untouched(
            one.number, one.account, one.calls, one.price,
            now[one.invoice_id, one.account].price if (one.invoice_id, one.account) in now else one.price,
        )
        for one in sorted(before, key=lambda one: (one.number, one.account))
    ]  # fmt: skip


def is_free() -> ColumnElement[bool]:
    """Whether a call is on no document."""
    return call.c.id.not_in(_held())


def _has_documents(conn: Connection) -> bool:
    """Whether any call is on one: looking through all calls for those takes longer than rating them."""
    return conn.execute(select(invoice_call.c.call_id).limit(1)).first() is not None


def _held() -> Select[tuple[int]]:
    joined = select(invoice_call.c.call_id).join(invoice, invoice.c.id == invoice_call.c.invoice_id)
    return joined.where(invoice.c.state != "void")


def drop_billed(conn: Connection, run_seq: int) -> int:
    """Take a run's results of calls on documents away again: what was billed by stays what counts. How many."""
    if not _has_documents(conn):
        return 0
    return conn.execute(
        delete(rated).where(rated.c.run_seq == run_seq, rated.c.call_id.in_(_held()))
    ).rowcount
