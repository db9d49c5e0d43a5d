"""The calls that wait for a document: picked once for a run, summed and put on documents inside the database."""

from collections import defaultdict
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, Integer, Text, column, delete, exists, func, insert, literal, select, table

from voipdesk.billing.schema import invoice_call
from voipdesk.calls.queries import SOLD_BY, billable_select
from voipdesk.kernel.changes import Actor
from voipdesk.kernel.periods import day_start
from voipdesk.store.types import Instant, Key, Scaled, scaled_sum

_picked = table(
    "billing_picked",
    column("call_id", Integer),
    column("level", Text),
    column("run_seq", Integer),
    column("customer_id", Key),
    column("answer", Instant),
    column("destination", Text),
    column("seconds", Integer),
    column("price", Scaled),
)
"""Temporary, of this connection: who pays for which call of this run."""

_COLUMNS = ["call_id", "run_seq", "customer_id", "answer", "destination", "seconds", "price"]


@dataclass(frozen=True, slots=True)
class Usage:
    """Calls of a customer to one destination in one month; `amount` is their exact sum."""

    month: date
    destination: str
    calls: int
    seconds: int
    amount: Decimal


def pick(
    conn: Connection, actor: Actor, *, until: datetime, customers: Collection[UUID] | None = None
) -> None:
    """Find all priced calls before `until` that are on no document yet, of the customers right below the actor."""
    conn.exec_driver_sql("DROP TABLE IF EXISTS temp.billing_picked")
    conn.exec_driver_sql(
        "CREATE TEMP TABLE billing_picked (call_id INTEGER PRIMARY KEY, level TEXT, run_seq INTEGER,"
        " customer_id BLOB, answer INTEGER, destination TEXT, seconds INTEGER, price INTEGER)"
    )
    for level in SOLD_BY.get(actor.level, ()):
        waiting = billable_select(
            seller_id=actor.account_id,
            seller_level=actor.level,
            level=level,
            period=(datetime(1970, 1, 1, tzinfo=UTC), until),
            customers=customers,
        ).subquery()
        taken = exists().where(
            invoice_call.c.call_id == waiting.c.call_id, invoice_call.c.level == literal(level)
        )
        wanted = select(*(waiting.c[name] for name in _COLUMNS), literal(level)).where(~taken)
        conn.execute(insert(_picked).from_select([*_COLUMNS, "level"], wanted))
    conn.exec_driver_sql("CREATE INDEX temp.billing_picked_customer ON billing_picked (customer_id)")


def picked_usage(conn: Connection, zone: ZoneInfo, until: date) -> dict[UUID, list[Usage]]:
    """What was picked, by customer: sums by month and destination, months in the zone, before the day `until`."""
    found: dict[UUID, list[Usage]] = defaultdict(list)
    sums = select(
        _picked.c.customer_id,
        _picked.c.destination,
        func.count().label("calls"),
        func.sum(_picked.c.seconds).label("seconds"),
        scaled_sum(_picked.c.price).label("amount"),
    ).group_by(_picked.c.customer_id, _picked.c.destination)
    for first, end in _months(conn, zone, until):
        within = (_picked.c.answer >= day_start(first, zone)) & (_picked.c.answer < day_start(end, zone))
        for row in conn.execute(sums.where(within)).all():
            name = " ".join(row.destination.split())
            found[row.customer_id].append(Usage(first, name, row.calls, row.seconds, row.amount))
    return {customer: _merged(usage) for customer, usage in found.items()}


def take(conn: Connection, customer_id: UUID, invoice_id: UUID) -> None:
    """Put the picked calls of a customer on a document; the key refuses a call that is on one already."""
    chosen = select(_picked.c.call_id, _picked.c.level, literal(invoice_id, Key), _picked.c.run_seq)
    conn.execute(
        insert(invoice_call).from_select(
            ["call_id", "level", "invoice_id", "run_seq"], chosen.where(_picked.c.customer_id == customer_id)
        )
    )


def free(conn: Connection, invoice_id: UUID) -> None:
    """Let go of the calls of a document."""
    conn.execute(delete(invoice_call).where(invoice_call.c.invoice_id == invoice_id))


def forget(conn: Connection) -> None:
    """Drop what was picked."""
    conn.exec_driver_sql("DROP TABLE IF EXISTS temp.billing_picked")


def month_after(first: date) -> date:
    """The first day of the following month."""
    return date(first.year + first.month // 12, first.month % 12 + 1, 1)


def _months(conn: Connection, zone: ZoneInfo, until: date) -> Iterator[tuple[date, date]]:
    """The months that the picked calls lie in, from the oldest to the one before `until`."""
    oldest = conn.execute(select(func.min(_picked.c.answer, type_=Instant))).scalar()
    if oldest is None:
        return
    first = oldest.astimezone(zone).date().replace(day=1)
    while first < until:
        yield first, month_after(first)
        first = month_after(first)


def _merged(usage: list[Usage]) -> list[Usage]:
    """Destinations that differ by blanks only are one."""
    merged: dict[tuple[date, str], Usage] = {}
    for one in usage:
        key = (one.month, one.destination)
        had = merged.get(key)
        merged[key] = (
            one
            if had is None
            else Usage(*key, had.calls + one.calls, had.seconds + one.seconds, had.amount + one.amount)
        )
    return [merged[key] for key in sorted(merged)]
