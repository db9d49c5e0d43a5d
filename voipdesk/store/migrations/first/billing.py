"""The first schema: documents, their lines and taxes, fees, series."""

import sqlalchemy as sa
from alembic import op

import voipdesk.store.types


def create() -> None:
    """Make the tables with their indexes."""
    _tax_rule()
    _fee()
    _series()
    _invoice()
    _invoice_line()
    _invoice_tax()
    _invoice_call()


def _tax_rule() -> None:
    op.create_table(
        "tax_rule",
        sa.Column("id", voipdesk.store.types.Key(), nullable=False),
        sa.Column("line_kind", sa.Text(), nullable=False),
        sa.Column("customer_status", sa.Text(), nullable=False),
        sa.Column("first_day", voipdesk.store.types.Day(), nullable=False),
        sa.Column("category", sa.Text(), nullable=False),
        sa.Column("rate", voipdesk.store.types.Scaled(), nullable=False),
        sa.Column("text", sa.Text(), server_default="", nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_tax_rule")),
        sa.UniqueConstraint(
            "line_kind",
            "customer_status",
            "first_day",
            name=op.f("uq_tax_rule_line_kind_customer_status_first_day"),
        ),
        info={"journal": True},
    )


def _fee() -> None:
    op.create_table(
        "fee",
        sa.Column("id", voipdesk.store.types.Key(), nullable=False),
        sa.Column("account_id", voipdesk.store.types.Key(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("amount", voipdesk.store.types.Scaled(), nullable=False),
        sa.Column("first_day", voipdesk.store.types.Day(), nullable=False),
        sa.Column("last_day", voipdesk.store.types.Day(), nullable=True),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_fee_account_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_fee")),
        info={"journal": True},
    )
    op.create_index(op.f("ix_fee_account_id"), "fee", ["account_id"], unique=False)


def _series() -> None:
    op.create_table(
        "series",
        sa.Column("id", voipdesk.store.types.Key(), nullable=False),
        sa.Column("owner_id", voipdesk.store.types.Key(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("pattern", sa.Text(), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("next_seq", sa.Integer(), server_default="1", nullable=False),
        sa.Column("last_date", voipdesk.store.types.Day(), nullable=True),
        sa.ForeignKeyConstraint(["owner_id"], ["account.id"], name=op.f("fk_series_owner_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_series")),
        sa.UniqueConstraint("owner_id", "kind", "year", name=op.f("uq_series_owner_id_kind_year")),
        info={"journal": True},
    )


def _invoice() -> None:
    op.create_table(
        "invoice",
        sa.Column("id", voipdesk.store.types.Key(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("seller_id", voipdesk.store.types.Key(), nullable=False),
        sa.Column("customer_id", voipdesk.store.types.Key(), nullable=False),
        sa.Column("period_from", voipdesk.store.types.Instant(), nullable=False),
        sa.Column("period_until", voipdesk.store.types.Instant(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("series_id", voipdesk.store.types.Key(), nullable=True),
        sa.Column("seq", sa.Integer(), nullable=True),
        sa.Column("number", sa.Text(), nullable=True),
        sa.Column("issue_date", voipdesk.store.types.Day(), nullable=True),
        sa.Column("due_date", voipdesk.store.types.Day(), nullable=True),
        sa.Column("currency", sa.Text(), nullable=False),
        sa.Column("net", voipdesk.store.types.Scaled(), nullable=False),
        sa.Column("tax", voipdesk.store.types.Scaled(), nullable=False),
        sa.Column("total", voipdesk.store.types.Scaled(), nullable=False),
        sa.Column("note", sa.Text(), server_default="", nullable=False),
        sa.Column("original_id", voipdesk.store.types.Key(), nullable=True),
        sa.Column("snapshot", voipdesk.store.types.Json(), nullable=True),
        sa.Column("pdf_sha256", sa.Text(), nullable=True),
        sa.Column("previous_hash", sa.Text(), nullable=True),
        sa.Column("hash", sa.Text(), nullable=True),
        sa.Column("created_at", voipdesk.store.types.Instant(), nullable=False),
        sa.Column("issued_at", voipdesk.store.types.Instant(), nullable=True),
        sa.Column("void_reason", sa.Text(), nullable=True),
        sa.CheckConstraint("(state = 'draft') = (seq IS NULL)", name=op.f("ck_invoice_number_at_issue")),
        sa.ForeignKeyConstraint(["customer_id"], ["account.id"], name=op.f("fk_invoice_customer_id")),
        sa.ForeignKeyConstraint(["original_id"], ["invoice.id"], name=op.f("fk_invoice_original_id")),
        sa.ForeignKeyConstraint(["seller_id"], ["account.id"], name=op.f("fk_invoice_seller_id")),
        sa.ForeignKeyConstraint(["series_id"], ["series.id"], name=op.f("fk_invoice_series_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_invoice")),
        sa.UniqueConstraint("seller_id", "number", name=op.f("uq_invoice_seller_id_number")),
        sa.UniqueConstraint("series_id", "seq", name=op.f("uq_invoice_series_id_seq")),
        info={"journal": True},
    )
    op.create_index(op.f("ix_invoice_customer_id"), "invoice", ["customer_id"], unique=False)
    op.create_index(op.f("ix_invoice_seller_id"), "invoice", ["seller_id"], unique=False)


def _invoice_line() -> None:
    op.create_table(
        "invoice_line",
        sa.Column("id", voipdesk.store.types.Key(), nullable=False),
        sa.Column("invoice_id", voipdesk.store.types.Key(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("calls", sa.Integer(), nullable=True),
        sa.Column("seconds", sa.Integer(), nullable=True),
        sa.Column("quantity", voipdesk.store.types.Scaled(), nullable=False),
        sa.Column("unit_price", voipdesk.store.types.Scaled(), nullable=False),
        sa.Column("net", voipdesk.store.types.Scaled(), nullable=False),
        sa.Column("tax_category", sa.Text(), nullable=False),
        sa.Column("tax_rate", voipdesk.store.types.Scaled(), nullable=False),
        sa.ForeignKeyConstraint(
            ["invoice_id"], ["invoice.id"], name=op.f("fk_invoice_line_invoice_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_invoice_line")),
        info={"journal": True},
    )
    op.create_index(op.f("ix_invoice_line_invoice_id"), "invoice_line", ["invoice_id"], unique=False)


def _invoice_tax() -> None:
    op.create_table(
        "invoice_tax",
        sa.Column("id", voipdesk.store.types.Key(), nullable=False),
        sa.Column("invoice_id", voipdesk.store.types.Key(), nullable=False),
        sa.Column("category", sa.Text(), nullable=False),
        sa.Column("rate", voipdesk.store.types.Scaled(), nullable=False),
        sa.Column("base", voipdesk.store.types.Scaled(), nullable=False),
        sa.Column("tax", voipdesk.store.types.Scaled(), nullable=False),
        sa.Column("text", sa.Text(), server_default="", nullable=False),
        sa.ForeignKeyConstraint(
            ["invoice_id"], ["invoice.id"], name=op.f("fk_invoice_tax_invoice_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_invoice_tax")),
        info={"journal": True},
    )
    op.create_index(op.f("ix_invoice_tax_invoice_id"), "invoice_tax", ["invoice_id"], unique=False)


def _invoice_call() -> None:
    op.create_table(
        "invoice_call",
        sa.Column("call_id", sa.Integer(), nullable=False),
        sa.Column("level", sa.Text(), nullable=False),
        sa.Column("invoice_id", voipdesk.store.types.Key(), nullable=False),
        sa.Column("run_seq", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["call_id"], ["call.id"], name=op.f("fk_invoice_call_call_id")),
        sa.ForeignKeyConstraint(
            ["invoice_id"], ["invoice.id"], name=op.f("fk_invoice_call_invoice_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("call_id", "level", name=op.f("pk_invoice_call")),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_invoice_call_invoice_id", "invoice_call", ["invoice_id"], unique=False)
