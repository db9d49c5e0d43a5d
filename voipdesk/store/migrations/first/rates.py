"""The first schema: what we pay: rate tables, versions, rates, imports, profiles."""

import sqlalchemy as sa
from alembic import op

import voipdesk.store.types


def create() -> None:
    """Make the tables with their indexes."""
    _quarantine()
    _sequence()
    _rate_table()
    _import_profile()
    _rate_band()
    _rate_version()
    _rate()
    _rate_import()


def _quarantine() -> None:
    op.create_table(
        "quarantine",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("import_id", voipdesk.store.types.Key(), nullable=False),
        sa.Column("row", sa.Integer(), nullable=False),
        sa.Column("column", sa.Text(), server_default="", nullable=False),
        sa.Column("value", sa.Text(), server_default="", nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("message", sa.Text(), nullable=False),
        sa.Column("cells", voipdesk.store.types.Json(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_quarantine")),
    )
    op.create_index(op.f("ix_quarantine_import_id"), "quarantine", ["import_id"], unique=False)


def _sequence() -> None:
    op.create_table(
        "sequence",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("value", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_sequence")),
    )


def _rate_table() -> None:
    op.create_table(
        "rate_table",
        sa.Column("id", voipdesk.store.types.Key(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("supplier_id", voipdesk.store.types.Key(), nullable=True),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("currency", sa.Text(), nullable=False),
        sa.Column("zone", sa.Text(), nullable=True),
        sa.Column("is_default", sa.Integer(), server_default="0", nullable=False),
        sa.Column("status", sa.Text(), server_default="active", nullable=False),
        sa.Column("note", sa.Text(), server_default="", nullable=False),
        sa.ForeignKeyConstraint(["supplier_id"], ["supplier.id"], name=op.f("fk_rate_table_supplier_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_rate_table")),
        sa.UniqueConstraint("name", name=op.f("uq_rate_table_name")),
        sa.UniqueConstraint("number", name=op.f("uq_rate_table_number")),
        info={"journal": True},
    )
    op.create_index(op.f("ix_rate_table_supplier_id"), "rate_table", ["supplier_id"], unique=False)


def _import_profile() -> None:
    op.create_table(
        "import_profile",
        sa.Column("id", voipdesk.store.types.Key(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("table_id", voipdesk.store.types.Key(), nullable=True),
        sa.Column("fingerprint", sa.Text(), nullable=False),
        sa.Column("layout", voipdesk.store.types.Json(), nullable=False),
        sa.Column("options", voipdesk.store.types.Json(), server_default="{}", nullable=False),
        sa.ForeignKeyConstraint(["table_id"], ["rate_table.id"], name=op.f("fk_import_profile_table_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_import_profile")),
        sa.UniqueConstraint("kind", "name", name=op.f("uq_import_profile_kind_name")),
        info={"journal": True},
    )
    op.create_index(op.f("ix_import_profile_fingerprint"), "import_profile", ["fingerprint"], unique=False)


def _rate_band() -> None:
    op.create_table(
        "rate_band",
        sa.Column("id", voipdesk.store.types.Key(), nullable=False),
        sa.Column("table_id", voipdesk.store.types.Key(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("hours", voipdesk.store.types.Json(), nullable=False),
        sa.ForeignKeyConstraint(["table_id"], ["rate_table.id"], name=op.f("fk_rate_band_table_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_rate_band")),
        sa.UniqueConstraint("table_id", "name", name=op.f("uq_rate_band_table_id_name")),
        info={"journal": True},
    )


def _rate_version() -> None:
    op.create_table(
        "rate_version",
        sa.Column("id", voipdesk.store.types.Key(), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("table_id", voipdesk.store.types.Key(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("note", sa.Text(), server_default="", nullable=False),
        sa.Column("created_at", voipdesk.store.types.Instant(), nullable=False),
        sa.Column("published_at", voipdesk.store.types.Instant(), nullable=True),
        sa.Column("counts", voipdesk.store.types.Json(), nullable=True),
        sa.ForeignKeyConstraint(["table_id"], ["rate_table.id"], name=op.f("fk_rate_version_table_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_rate_version")),
        sa.UniqueConstraint("seq", name=op.f("uq_rate_version_seq")),
        info={"journal": True},
    )
    op.create_index(op.f("ix_rate_version_table_id"), "rate_version", ["table_id"], unique=False)


def _rate() -> None:
    op.create_table(
        "rate",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("table_number", sa.Integer(), nullable=False),
        sa.Column("version_seq", sa.Integer(), nullable=False),
        sa.Column("prefix", sa.Text(), nullable=False),
        sa.Column("destination", sa.Text(), server_default="", nullable=False),
        sa.Column("state", sa.Integer(), server_default="0", nullable=False),
        sa.Column("price", voipdesk.store.types.Scaled(), server_default="0", nullable=False),
        sa.Column("next_price", voipdesk.store.types.Scaled(), nullable=True),
        sa.Column("connect_fee", voipdesk.store.types.Scaled(), server_default="0", nullable=False),
        sa.Column("minimum_charge", voipdesk.store.types.Scaled(), server_default="0", nullable=False),
        sa.Column("initial_interval", sa.Integer(), server_default="1", nullable=False),
        sa.Column("next_interval", sa.Integer(), server_default="1", nullable=False),
        sa.Column("free_seconds", sa.Integer(), server_default="0", nullable=False),
        sa.Column("grace_seconds", sa.Integer(), server_default="0", nullable=False),
        sa.Column("band", sa.Text(), server_default="", nullable=False),
        sa.Column("effective_from", voipdesk.store.types.Instant(), nullable=False),
        sa.Column("effective_until", voipdesk.store.types.Instant(), nullable=True),
        sa.Column("source_row", sa.Integer(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_rate")),
        sa.UniqueConstraint(
            "table_number",
            "prefix",
            "band",
            "effective_from",
            "version_seq",
            name=op.f("uq_rate_table_number_prefix_band_effective_from_version_seq"),
        ),
    )
    op.create_index("ix_rate_version_seq", "rate", ["version_seq"], unique=False)


def _rate_import() -> None:
    op.create_table(
        "rate_import",
        sa.Column("id", voipdesk.store.types.Key(), nullable=False),
        sa.Column("table_id", voipdesk.store.types.Key(), nullable=False),
        sa.Column("version_id", voipdesk.store.types.Key(), nullable=True),
        sa.Column("profile_id", voipdesk.store.types.Key(), nullable=True),
        sa.Column("file_name", sa.Text(), nullable=False),
        sa.Column("file_sha256", sa.Text(), nullable=False),
        sa.Column("scope", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("at", voipdesk.store.types.Instant(), nullable=False),
        sa.Column("actor_name", sa.Text(), nullable=False),
        sa.Column("layout", voipdesk.store.types.Json(), nullable=True),
        sa.Column("ledger", voipdesk.store.types.Json(), nullable=True),
        sa.Column("counts", voipdesk.store.types.Json(), nullable=True),
        sa.Column("guards", voipdesk.store.types.Json(), nullable=True),
        sa.ForeignKeyConstraint(
            ["profile_id"], ["import_profile.id"], name=op.f("fk_rate_import_profile_id")
        ),
        sa.ForeignKeyConstraint(["table_id"], ["rate_table.id"], name=op.f("fk_rate_import_table_id")),
        sa.ForeignKeyConstraint(["version_id"], ["rate_version.id"], name=op.f("fk_rate_import_version_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_rate_import")),
        info={"journal": True},
    )
    op.create_index(op.f("ix_rate_import_table_id"), "rate_import", ["table_id"], unique=False)
