"""The first schema: accounts, their names, suppliers, logins."""

import sqlalchemy as sa
from alembic import op

import voipdesk.store.types


def create() -> None:
    """Make the tables with their indexes."""
    _account()
    _supplier()
    _account_alias()
    _login()


def _account() -> None:
    op.create_table(
        "account",
        sa.Column("id", voipdesk.store.types.Key(), nullable=False),
        sa.Column("parent_id", voipdesk.store.types.Key(), nullable=True),
        sa.Column("level", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("payment_mode", sa.Text(), server_default="postpaid", nullable=False),
        sa.Column("credit_limit", voipdesk.store.types.Scaled(), server_default="0", nullable=False),
        sa.Column("status", sa.Text(), server_default="active", nullable=False),
        sa.Column("country", sa.Text(), server_default="", nullable=False),
        sa.Column("language", sa.Text(), server_default="en", nullable=False),
        sa.Column("address", voipdesk.store.types.Json(), nullable=True),
        sa.Column("tax_status", sa.Text(), server_default="standard", nullable=False),
        sa.Column("payment_days", sa.Integer(), server_default="14", nullable=False),
        sa.Column("created_at", voipdesk.store.types.Instant(), nullable=False),
        sa.ForeignKeyConstraint(["parent_id"], ["account.id"], name=op.f("fk_account_parent_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_account")),
        sa.UniqueConstraint("code", name=op.f("uq_account_code")),
        info={"journal": True},
    )
    op.create_index(op.f("ix_account_parent_id"), "account", ["parent_id"], unique=False)


def _supplier() -> None:
    op.create_table(
        "supplier",
        sa.Column("id", voipdesk.store.types.Key(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("currency", sa.Text(), nullable=False),
        sa.Column("notice_days", voipdesk.store.types.Json(), server_default="{}", nullable=False),
        sa.Column("status", sa.Text(), server_default="active", nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_supplier")),
        sa.UniqueConstraint("code", name=op.f("uq_supplier_code")),
        sa.UniqueConstraint("name", name=op.f("uq_supplier_name")),
        info={"journal": True},
    )


def _account_alias() -> None:
    op.create_table(
        "account_alias",
        sa.Column("id", voipdesk.store.types.Key(), nullable=False),
        sa.Column("account_id", voipdesk.store.types.Key(), nullable=False),
        sa.Column("owner_id", voipdesk.store.types.Key(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("value", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_account_alias_account_id")),
        sa.ForeignKeyConstraint(["owner_id"], ["account.id"], name=op.f("fk_account_alias_owner_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_account_alias")),
        sa.UniqueConstraint("owner_id", "kind", "value", name=op.f("uq_account_alias_owner_id_kind_value")),
        info={"journal": True},
    )
    op.create_index(op.f("ix_account_alias_account_id"), "account_alias", ["account_id"], unique=False)


def _login() -> None:
    op.create_table(
        "login",
        sa.Column("id", voipdesk.store.types.Key(), nullable=False),
        sa.Column("account_id", voipdesk.store.types.Key(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("password_hash", sa.Text(), nullable=True),
        sa.Column("rights", voipdesk.store.types.Json(), server_default="[]", nullable=False),
        sa.Column("status", sa.Text(), server_default="active", nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_login_account_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_login")),
        sa.UniqueConstraint("name", name=op.f("uq_login_name")),
        info={"journal": True},
    )
    op.create_index("ix_login_account_id", "login", ["account_id"], unique=False)
