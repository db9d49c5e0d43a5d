"""Documents as their parties may see them: the seller his own, the buyer those issued to him, the admin all."""

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, Connection, Row, and_, func, or_, select, true

from voipdesk.accounts import queries as accounts
from voipdesk.accounts.rules import Right, require
from voipdesk.billing.queries.annex import Annex, Holder, annex_on
from voipdesk.billing.rules.annex import MASKED_DIGITS
from voipdesk.billing.rules.documents import Document, annex_rows, from_snapshot
from voipdesk.billing.schema import invoice as document
from voipdesk.billing.schema import invoice_call, invoice_line
from voipdesk.kernel.changes import Actor
from voipdesk.kernel.periods import month_period
from voipdesk.kernel.problems import Refused
from voipdesk.kernel.text import tr
from voipdesk.store.database import Database
from voipdesk.store.tables import setting


@dataclass(frozen=True, slots=True)
class InvoiceRow:
    """A document in a list. `state` is draft, issued or void; `overdue` is derived for issued ones."""

    id: UUID
    number: str
    kind: str
    state: str
    seller_id: UUID
    customer_id: UUID
    customer: str
    first_day: date
    last_day: date
    issue_date: date | None
    due_date: date | None
    is_overdue: bool
    currency: str
    calls: int
    seconds: int
    """Billed."""
    usage: Decimal
    fees: Decimal
    net: Decimal
    tax: Decimal
    total: Decimal
    note: str
    void_reason: str


@dataclass(frozen=True, slots=True)
class Invoice:
    """A document with everything on it."""

    row: InvoiceRow
    document: Document
    created_at: datetime
    issued_at: datetime | None
    pdf_sha256: str
    hash: str


def invoices(
    db: Database, actor: Actor, *, period: str | None = None, state: str | None = None
) -> list[InvoiceRow]:
    """Documents the actor may see, newest period first; `period` is a month like 2026-10."""
    require(actor, Right.SEE_INVOICES)
    with db.read() as conn:
        zone = accounts.workspace_on(conn).zone
        wanted = _rows(actor).order_by(
            document.c.period_from.desc(), document.c.seq, document.c.customer_id, document.c.id
        )
        if period is not None:
            span = month_period(period, zone)
            wanted = wanted.where(document.c.period_from == span.start)
        if state is not None:
            wanted = wanted.where(document.c.state == state)
        return [_row(row, zone, db.clock.today(zone)) for row in conn.execute(wanted).all()]


def invoice(db: Database, actor: Actor, key: UUID | str) -> Invoice:
    """A document by id or number. `Refused("unknown_invoice")` where there is none that the actor may see."""
    require(actor, Right.SEE_INVOICES)
    with db.read() as conn:
        zone = accounts.workspace_on(conn).zone
        row = found_on(conn, actor, key)
        return Invoice(
            row=_row(row, zone, db.clock.today(zone)),
            document=from_snapshot(row.snapshot),
            created_at=row.created_at,
            issued_at=row.issued_at,
            pdf_sha256=row.pdf_sha256 or "",
            hash=row.hash or "",
        )


def invoice_pdf(db: Database, actor: Actor, key: UUID | str) -> bytes:
    """The PDF of a document: the kept bytes of an issued one; a draft is printed as such, with its mark."""
    require(actor, Right.SEE_INVOICES)
    with db.read() as conn:
        row = found_on(conn, actor, key)
        annex = draft_annex(conn, row).rows if row.state == "draft" else ()
    if row.pdf_sha256:
        return db.kept(row.pdf_sha256)
    from voipdesk.billing.pdf import render

    return render(from_snapshot(row.snapshot), annex)


def invoice_calls(db: Database, actor: Actor, key: UUID | str) -> Annex:
    """The listed calls of a document, as printed: numbers masked."""
    require(actor, Right.SEE_INVOICES)
    with db.read() as conn:
        row = found_on(conn, actor, key)
        if row.state == "draft":
            return draft_annex(conn, row)
    kept = from_snapshot(row.snapshot)
    return Annex(annex_rows(db.kept(kept.annex_sha256)) if kept.annex_sha256 else (), True)


def found_on(conn: Connection, actor: Actor, key: UUID | str) -> Row[Any]:
    """The row of a document inside a transaction; one's own before one addressed to oneself before another's."""
    wanted = _rows(actor)
    exact = document.c.id == key if isinstance(key, UUID) else document.c.number == key.strip()
    rows = conn.execute(wanted.where(exact)).all()
    if not rows and isinstance(key, str) and (as_id := _uuid(key)) is not None:
        rows = conn.execute(wanted.where(document.c.id == as_id)).all()
    if not rows:
        raise unknown_invoice(str(key))
    return min(rows, key=lambda row: (row.seller_id != actor.account_id, row.customer_id != actor.account_id))


def unknown_invoice(key: str) -> Refused:
    """What is said of a document that does not exist and of one the actor may not see, word for word alike."""
    return Refused(
        "unknown_invoice",
        tr("There is no invoice {number}.").format(number=key),
        tr("Check the number in Invoices."),
    )


def draft_annex(conn: Connection, row: Row[Any]) -> Annex:
    """The calls that a draft holds now."""
    zone = ZoneInfo(from_snapshot(row.snapshot).zone)
    return annex_on(conn, holder_of(row), zone=zone, hidden=hidden_digits(conn))


def holder_of(row: Row[Any]) -> Holder:
    """Between whom a document is."""
    parties = row.snapshot["levels"]
    return Holder(row.id, row.seller_id, parties[0], row.customer_id, parties[1])


def hidden_digits(conn: Connection) -> int:
    """How many digits of called numbers are masked in this workspace."""
    kept = conn.execute(select(setting.c.value).where(setting.c.key == "mask_digits")).scalar()
    return MASKED_DIGITS if kept is None else int(kept)


def held_calls(conn: Connection, invoice_id: UUID) -> int:
    """How many calls a document holds."""
    counted = select(func.count()).where(invoice_call.c.invoice_id == invoice_id)
    return int(conn.execute(counted.select_from(invoice_call)).scalar_one())


def _scope(actor: Actor) -> ColumnElement[bool]:
    """Drafts are the seller's own business; the admin sees everything in his file."""
    if actor.level == "admin":
        return true()
    addressed = and_(document.c.customer_id == actor.account_id, document.c.state != "draft")
    return or_(document.c.seller_id == actor.account_id, addressed)


def _rows(actor: Actor) -> Any:
    line = invoice_line
    sums = (
        select(
            line.c.invoice_id,
            func.coalesce(func.sum(line.c.calls), 0).label("calls"),
            func.coalesce(func.sum(line.c.seconds), 0).label("seconds"),
        )
        .group_by(line.c.invoice_id)
        .subquery()
    )
    wanted = select(document, sums.c.calls, sums.c.seconds)
    return wanted.outerjoin(sums, sums.c.invoice_id == document.c.id).where(_scope(actor))


def _row(row: Row[Any], zone: ZoneInfo, today: date) -> InvoiceRow:
    kept = from_snapshot(row.snapshot)
    return InvoiceRow(
        id=row.id,
        number=row.number or "",
        kind=row.kind,
        state=row.state,
        seller_id=row.seller_id,
        customer_id=row.customer_id,
        customer=kept.buyer.name,
        first_day=kept.first_day,
        last_day=kept.last_day,
        issue_date=row.issue_date,
        due_date=row.due_date,
        is_overdue=row.state == "issued" and row.due_date is not None and row.due_date < today,
        currency=row.currency,
        calls=row.calls or 0,
        seconds=row.seconds or 0,
        usage=kept.sum_of("usage"),
        fees=kept.sum_of("fee"),
        net=row.net,
        tax=row.tax,
        total=row.total,
        note=row.note,
        void_reason=row.void_reason or "",
    )


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text.strip())
    except ValueError:
        return None
