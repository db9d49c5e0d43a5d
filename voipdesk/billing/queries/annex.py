"""The calls of one document, as they are listed behind it."""

from dataclasses import dataclass
from decimal import Decimal
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, select

from voipdesk.billing.rules.annex import masked
from voipdesk.billing.rules.documents import CallRow, Document
from voipdesk.billing.schema import invoice_call
from voipdesk.calls.queries import billable_select


@dataclass(frozen=True, slots=True)
class Holder:
    """A document that holds calls, and between whom: what `billable_select` asks for."""

    invoice_id: UUID
    seller_id: UUID
    seller_level: str
    customer_id: UUID
    level: str


@dataclass(frozen=True, slots=True)
class Annex:
    """The listed calls, and whether their results are still the ones the draft was made of."""

    rows: tuple[CallRow, ...]
    is_current: bool

    def sums(self) -> dict[str, tuple[int, Decimal]]:
        """Calls and exact amount by month of the calls (`2026-10`)."""
        found: dict[str, tuple[int, Decimal]] = {}
        for row in self.rows:
            key = row.start[:7]
            count, amount = found.get(key, (0, Decimal(0)))
            found[key] = (count + 1, amount + row.amount)
        return found


def annex_on(conn: Connection, holder: Holder, *, zone: ZoneInfo, hidden: int) -> Annex:
    """The calls of a document by destination, then time; called numbers without their last `hidden` digits."""
    mine = select(invoice_call.c.call_id).where(
        invoice_call.c.invoice_id == holder.invoice_id, invoice_call.c.level == holder.level
    )
    wanted = billable_select(
        seller_id=holder.seller_id,
        seller_level=holder.seller_level,
        level=holder.level,
        customers=[holder.customer_id],
    )
    found = conn.execute(wanted.where(wanted.selected_columns.call_id.in_(mine))).all()
    held = select(invoice_call.c.call_id, invoice_call.c.run_seq)
    runs = {
        row.call_id: row.run_seq
        for row in conn.execute(held.where(invoice_call.c.invoice_id == holder.invoice_id)).all()
    }
    ordered = sorted(found, key=lambda row: (row.destination, row.answer, row.call_id))
    rows = tuple(_listed(row, zone, hidden) for row in ordered)
    return Annex(rows, {row.call_id: row.run_seq for row in found} == runs)


def is_true_to(annex: Annex, document: Document) -> bool:
    """Whether the calls add up exactly to the usage lines of the document, line by line."""
    lines = {line.ref: (line.calls or 0, line.unit_price) for line in document.lines if line.kind == "usage"}
    return lines == annex.sums()


def _listed(row: Any, zone: ZoneInfo, hidden: int) -> CallRow:
    return CallRow(
        start=row.answer.astimezone(zone).strftime("%Y-%m-%d %H:%M:%S"),
        caller=" ".join(row.caller.split()),
        number=masked(row.number, hidden),
        destination=" ".join(row.destination.split()),
        talk_seconds=row.talk_seconds,
        billed_seconds=row.seconds,
        amount=row.price,
    )
