"""What documents are made by: tax rules, monthly fees, series, and the settings of the invoice run."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from uuid import UUID

from sqlalchemy import Connection, exists, or_, select

from voipdesk.accounts import queries as accounts
from voipdesk.accounts.rules import Right, require
from voipdesk.billing import schema
from voipdesk.billing.rules.numbers import DEFAULT_PATTERN, document_number, series_year
from voipdesk.billing.rules.taxes import TaxRule
from voipdesk.kernel.changes import Actor
from voipdesk.store.database import Database
from voipdesk.store.tables import setting


@dataclass(frozen=True, slots=True)
class Fee:
    """A monthly fee of an account; no last day: for ever. Both days are included."""

    id: UUID
    account_id: UUID
    text: str
    amount: Decimal
    first_day: date
    last_day: date | None


@dataclass(frozen=True, slots=True)
class Series:
    """How a seller's next document will be numbered."""

    pattern: str
    next_seq: int
    next_number: str
    last_date: date | None


def tax_rules(db: Database, actor: Actor) -> list[TaxRule]:
    """All tax rules, oldest first."""
    require(actor, Right.SEE_INVOICES)
    with db.read() as conn:
        return tax_rules_on(conn)


def tax_rules_on(conn: Connection) -> list[TaxRule]:
    """The same, inside a transaction of the caller's."""
    table = schema.tax_rule
    rows = conn.execute(select(table).order_by(table.c.first_day, table.c.line_kind)).all()
    return [
        TaxRule(row.line_kind, row.customer_status, row.first_day, row.category, row.rate, row.text)
        for row in rows
    ]


def fees(db: Database, actor: Actor, account: UUID | str | None = None) -> list[Fee]:
    """Fees of the accounts the actor sells to; a company sees its own."""
    require(actor, Right.SEE_INVOICES)
    with db.read() as conn:
        seen = {
            one.id
            for one in accounts.tree_on(conn, actor)
            if actor.account_id == one.parent_id or one.id == actor.account_id
        }
        if account is not None:
            seen &= {accounts.account_on(conn, actor, account).id}
        return [one for one in fees_on(conn) if one.account_id in seen]


def fees_on(conn: Connection) -> list[Fee]:
    """All fees, inside a transaction of the caller's."""
    table = schema.fee
    rows = conn.execute(select(table).order_by(table.c.first_day, table.c.id)).all()
    return [Fee(row.id, row.account_id, row.text, row.amount, row.first_day, row.last_day) for row in rows]


def series(db: Database, actor: Actor, kind: str = "invoice") -> Series:
    """The actor's own series, as it stands today."""
    require(actor, Right.INVOICE)
    with db.read() as conn:
        today = db.clock.today(accounts.workspace_on(conn).zone)
        table = schema.series
        rows = conn.execute(
            select(table)
            .where(table.c.owner_id == actor.account_id, table.c.kind == kind)
            .order_by(table.c.year.desc())
        ).all()
    pattern = rows[0].pattern if rows else DEFAULT_PATTERN
    year = series_year(pattern, today)
    row = next((one for one in rows if one.year == year), None)
    seq = row.next_seq if row else 1
    last = max((one.last_date for one in rows if one.last_date), default=None)
    return Series(pattern, seq, document_number(pattern, today, seq), last)


def minimum_invoice(conn: Connection) -> Decimal:
    """Usage below this net is carried over; 0: no minimum."""
    kept = conn.execute(select(setting.c.value).where(setting.c.key == "minimum_invoice")).scalar()
    return Decimal(kept or 0)


def has_amounts(conn: Connection) -> bool:
    """Whether there is a fee or a document, of whomever."""
    kept = (exists().select_from(schema.fee), exists().select_from(schema.invoice))
    return bool(conn.execute(select(or_(*kept))).scalar())


def is_issuing_off(conn: Connection) -> bool:
    """Whether this workspace may not issue: the sample opened in the window is for looking."""
    return conn.execute(select(setting.c.value).where(setting.c.key == "issuing")).scalar() == "off"
