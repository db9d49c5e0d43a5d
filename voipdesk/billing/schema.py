"""Tables of documents: series, invoices with their lines and taxes, which calls are on which, monthly fees, tax rules.

An issued document never changes: triggers refuse it (migration 0001). Payment state is derived, not stored.
"""

from sqlalchemy import (
    CheckConstraint,
    Column,
    ForeignKey,
    Index,
    Integer,
    PrimaryKeyConstraint,
    Table,
    Text,
    UniqueConstraint,
)

from voipdesk.store.tables import metadata
from voipdesk.store.types import Day, Instant, Json, Key, Scaled

series = Table(
    "series",
    metadata,
    Column("id", Key, primary_key=True),
    Column("owner_id", Key, ForeignKey("account.id"), nullable=False),
    Column("kind", Text, nullable=False),  # invoice, credit_note
    Column("pattern", Text, nullable=False),  # INV-{YYYY}-{SEQ:4}
    Column("year", Integer, nullable=False),  # 0: one series for ever
    Column("next_seq", Integer, nullable=False, server_default="1"),
    Column("last_date", Day),
    UniqueConstraint("owner_id", "kind", "year"),
    info={"journal": True},
)

invoice = Table(
    "invoice",
    metadata,
    Column("id", Key, primary_key=True),
    Column("kind", Text, nullable=False),  # invoice, credit_note
    Column("seller_id", Key, ForeignKey("account.id"), nullable=False, index=True),
    Column("customer_id", Key, ForeignKey("account.id"), nullable=False, index=True),
    Column("period_from", Instant, nullable=False),
    Column("period_until", Instant, nullable=False),
    Column(
        "state", Text, CheckConstraint("state IN ('draft','issued','void')", name="state"), nullable=False
    ),
    Column("series_id", Key, ForeignKey("series.id")),
    Column("seq", Integer),
    Column("number", Text),
    Column("issue_date", Day),
    Column("due_date", Day),
    Column("currency", Text, nullable=False),
    Column("net", Scaled, nullable=False),
    Column("tax", Scaled, nullable=False),
    Column("total", Scaled, nullable=False),
    Column("note", Text, nullable=False, server_default=""),
    Column("original_id", Key, ForeignKey("invoice.id")),
    Column("snapshot", Json),  # everything printed, frozen at issue
    Column("pdf_sha256", Text),
    Column("previous_hash", Text),
    Column("hash", Text),  # sha256(previous_hash + canonical snapshot)
    Column("created_at", Instant, nullable=False),
    Column("issued_at", Instant),
    Column("void_reason", Text),
    UniqueConstraint("series_id", "seq"),
    UniqueConstraint("seller_id", "number"),  # each seller counts for himself; no collision tells of another
    CheckConstraint("(state = 'draft') = (seq IS NULL)", name="number_at_issue"),
    info={"journal": True},
)

invoice_line = Table(
    "invoice_line",
    metadata,
    Column("id", Key, primary_key=True),
    Column("invoice_id", Key, ForeignKey("invoice.id", ondelete="CASCADE"), nullable=False, index=True),
    Column("position", Integer, nullable=False),
    Column("kind", Text, nullable=False),  # usage, fee, adjustment
    Column("text", Text, nullable=False),
    Column("calls", Integer),
    Column("seconds", Integer),  # billed
    Column("quantity", Scaled, nullable=False),
    Column("unit_price", Scaled, nullable=False),  # usage: the unrounded sum of its calls
    Column("net", Scaled, nullable=False),
    Column("tax_category", Text, nullable=False),  # EN 16931: S, Z, E, AE, O, G
    Column("tax_rate", Scaled, nullable=False),  # percent
    info={"journal": True},
)

invoice_tax = Table(
    "invoice_tax",
    metadata,
    Column("id", Key, primary_key=True),
    Column("invoice_id", Key, ForeignKey("invoice.id", ondelete="CASCADE"), nullable=False, index=True),
    Column("category", Text, nullable=False),
    Column("rate", Scaled, nullable=False),
    Column("base", Scaled, nullable=False),
    Column("tax", Scaled, nullable=False),
    Column("text", Text, nullable=False, server_default=""),
    info={"journal": True},
)

invoice_call = Table(
    "invoice_call",
    metadata,
    Column("call_id", Integer, ForeignKey("call.id"), nullable=False),
    Column("level", Text, nullable=False),  # level of the customer: reseller, company, user
    Column("invoice_id", Key, ForeignKey("invoice.id", ondelete="CASCADE"), nullable=False),
    Column("run_seq", Integer, nullable=False),
    PrimaryKeyConstraint("call_id", "level"),
    Index("ix_invoice_call_invoice_id", "invoice_id"),
    sqlite_with_rowid=False,
)
"""Bulk: a call is on at most one document of each level, by this key."""

fee = Table(
    "fee",
    metadata,
    Column("id", Key, primary_key=True),
    Column("account_id", Key, ForeignKey("account.id"), nullable=False, index=True),
    Column("text", Text, nullable=False),
    Column("amount", Scaled, nullable=False),  # a month
    Column("first_day", Day, nullable=False),
    Column("last_day", Day),
    info={"journal": True},
)

tax_rule = Table(
    "tax_rule",
    metadata,
    Column("id", Key, primary_key=True),
    Column("line_kind", Text, nullable=False),  # usage, fee, * for any
    Column("customer_status", Text, nullable=False),  # standard, reverse_charge, exempt
    Column("first_day", Day, nullable=False),
    Column("category", Text, nullable=False),
    Column("rate", Scaled, nullable=False),
    Column("text", Text, nullable=False, server_default=""),
    UniqueConstraint("line_kind", "customer_status", "first_day"),
    info={"journal": True},
)
