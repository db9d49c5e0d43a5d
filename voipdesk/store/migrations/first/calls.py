"""The first schema: calls, their files, rating runs and results."""

import sqlalchemy as sa
from alembic import op

import voipdesk.store.types


def create() -> None:
    """Make the tables with their indexes."""
    _rated()
    _rating_path()
    _rating_run()
    _rating_term()
    _call_import()
    _call()


def _rated() -> None:
    op.create_table(
        "rated",
        sa.Column("call_id", sa.Integer(), nullable=False),
        sa.Column("run_seq", sa.Integer(), nullable=False),
        sa.Column("path_id", sa.Integer(), nullable=True),
        sa.Column("problem", sa.Text(), nullable=True),
        sa.Column("cost_seconds", sa.Integer(), nullable=True),
        sa.Column("cost", voipdesk.store.types.Scaled(), nullable=True),
        sa.Column("reseller_seconds", sa.Integer(), nullable=True),
        sa.Column("reseller_price", voipdesk.store.types.Scaled(), nullable=True),
        sa.Column("company_seconds", sa.Integer(), nullable=True),
        sa.Column("company_price", voipdesk.store.types.Scaled(), nullable=True),
        sa.Column("user_seconds", sa.Integer(), nullable=True),
        sa.Column("user_price", voipdesk.store.types.Scaled(), nullable=True),
        sa.PrimaryKeyConstraint("call_id", "run_seq", name=op.f("pk_rated")),
        sqlite_with_rowid=False,
    )
    op.create_index(
        "ix_rated_problem", "rated", ["problem"], unique=False, sqlite_where=sa.text("problem IS NOT NULL")
    )
    op.create_index("ix_rated_run_seq", "rated", ["run_seq"], unique=False)


def _rating_path() -> None:
    op.create_table(
        "rating_path",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("run_seq", sa.Integer(), nullable=False),
        sa.Column("supplier_id", voipdesk.store.types.Key(), nullable=True),
        sa.Column("reseller_id", voipdesk.store.types.Key(), nullable=True),
        sa.Column("company_id", voipdesk.store.types.Key(), nullable=True),
        sa.Column("user_id", voipdesk.store.types.Key(), nullable=True),
        sa.Column("cost_term", sa.Integer(), nullable=True),
        sa.Column("reseller_term", sa.Integer(), nullable=True),
        sa.Column("company_term", sa.Integer(), nullable=True),
        sa.Column("user_term", sa.Integer(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_rating_path")),
    )
    op.create_index(op.f("ix_rating_path_company_id"), "rating_path", ["company_id"], unique=False)
    op.create_index(op.f("ix_rating_path_reseller_id"), "rating_path", ["reseller_id"], unique=False)
    op.create_index(op.f("ix_rating_path_run_seq"), "rating_path", ["run_seq"], unique=False)


def _rating_run() -> None:
    op.create_table(
        "rating_run",
        sa.Column("id", voipdesk.store.types.Key(), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("at", voipdesk.store.types.Instant(), nullable=False),
        sa.Column("actor_name", sa.Text(), nullable=False),
        sa.Column("answer_from", voipdesk.store.types.Instant(), nullable=True),
        sa.Column("answer_until", voipdesk.store.types.Instant(), nullable=True),
        sa.Column("totals", voipdesk.store.types.Json(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_rating_run")),
        sa.UniqueConstraint("seq", name=op.f("uq_rating_run_seq")),
        info={"journal": True},
    )


def _rating_term() -> None:
    op.create_table(
        "rating_term",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("run_seq", sa.Integer(), nullable=False),
        sa.Column("table_id", voipdesk.store.types.Key(), nullable=True),
        sa.Column("version_seq", sa.Integer(), nullable=True),
        sa.Column("plan_id", voipdesk.store.types.Key(), nullable=True),
        sa.Column("plan_version", sa.Integer(), nullable=True),
        sa.Column("rule_id", voipdesk.store.types.Key(), nullable=True),
        sa.Column("prefix", sa.Text(), nullable=False),
        sa.Column("destination", sa.Text(), nullable=False),
        sa.Column("price", voipdesk.store.types.Scaled(), nullable=False),
        sa.Column("next_price", voipdesk.store.types.Scaled(), nullable=False),
        sa.Column("connect_fee", voipdesk.store.types.Scaled(), nullable=False),
        sa.Column("minimum_charge", voipdesk.store.types.Scaled(), nullable=False),
        sa.Column("initial_interval", sa.Integer(), nullable=False),
        sa.Column("next_interval", sa.Integer(), nullable=False),
        sa.Column("free_seconds", sa.Integer(), nullable=False),
        sa.Column("grace_seconds", sa.Integer(), nullable=False),
        sa.Column("currency", sa.Text(), nullable=False),
        sa.Column("currency_rate", voipdesk.store.types.Scaled(), server_default="100000000", nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_rating_term")),
    )
    op.create_index(op.f("ix_rating_term_run_seq"), "rating_term", ["run_seq"], unique=False)


def _call_import() -> None:
    op.create_table(
        "call_import",
        sa.Column("id", voipdesk.store.types.Key(), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("profile_id", voipdesk.store.types.Key(), nullable=True),
        sa.Column("file_name", sa.Text(), nullable=False),
        sa.Column("file_sha256", sa.Text(), nullable=False),
        sa.Column("zone", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("at", voipdesk.store.types.Instant(), nullable=False),
        sa.Column("actor_name", sa.Text(), nullable=False),
        sa.Column("owner_id", voipdesk.store.types.Key(), nullable=False),
        sa.Column("layout", voipdesk.store.types.Json(), nullable=True),
        sa.Column("ledger", voipdesk.store.types.Json(), nullable=True),
        sa.ForeignKeyConstraint(["owner_id"], ["account.id"], name=op.f("fk_call_import_owner_id")),
        sa.ForeignKeyConstraint(
            ["profile_id"], ["import_profile.id"], name=op.f("fk_call_import_profile_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_call_import")),
        sa.UniqueConstraint("seq", name=op.f("uq_call_import_seq")),
        info={"journal": True},
    )
    op.create_index(op.f("ix_call_import_file_sha256"), "call_import", ["file_sha256"], unique=False)


def _call() -> None:
    op.create_table(
        "call",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("import_seq", sa.Integer(), nullable=False),
        sa.Column("row", sa.Integer(), nullable=False),
        sa.Column("dedupe", sa.Integer(), nullable=False),
        sa.Column("unique_id", sa.Text(), server_default="", nullable=False),
        sa.Column("account_id", voipdesk.store.types.Key(), nullable=True),
        sa.Column("account_text", sa.Text(), server_default="", nullable=False),
        sa.Column("supplier_id", voipdesk.store.types.Key(), nullable=True),
        sa.Column("caller", sa.Text(), server_default="", nullable=False),
        sa.Column("called", sa.Text(), server_default="", nullable=False),
        sa.Column("number", sa.Text(), server_default="", nullable=False),
        sa.Column("start", voipdesk.store.types.Instant(), nullable=True),
        sa.Column("answer", voipdesk.store.types.Instant(), nullable=False),
        sa.Column("talk_seconds", sa.Integer(), nullable=False),
        sa.Column("disposition", sa.Text(), server_default="", nullable=False),
        sa.Column("problem", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(["import_seq"], ["call_import.seq"], name=op.f("fk_call_import_seq")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_call")),
    )
    op.create_index("ix_call_account_id", "call", ["account_id", "answer"], unique=False)
    op.create_index("ix_call_answer", "call", ["answer"], unique=False)
    op.create_index(op.f("ix_call_dedupe"), "call", ["dedupe"], unique=False)
    op.create_index(op.f("ix_call_import_seq"), "call", ["import_seq"], unique=False)
    op.create_index(
        "ix_call_problem", "call", ["problem"], unique=False, sqlite_where=sa.text("problem IS NOT NULL")
    )
