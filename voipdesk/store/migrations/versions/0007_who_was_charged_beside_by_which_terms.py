"""Results tell who was charged (`rating_way`) beside by which terms (`rating_path`): both together multiply."""

from typing import Any

import sqlalchemy as sa
from alembic import op

import voipdesk.store.types
from voipdesk.store.database import raw

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

_ACCOUNTS = "supplier_id, reseller_id, company_id, user_id"
_TERMS = "cost_term, reseller_term, company_term, user_term"
_AMOUNTS = (
    "problem, cost_seconds, cost, reseller_seconds, reseller_price, "
    "company_seconds, company_price, user_seconds, user_price"
)

_ASIDE = (
    "PRAGMA cache_size = -32000",
    "PRAGMA temp.cache_size = -32000",
    "CREATE TEMP TABLE path_before AS "
    f"SELECT id, dense_rank() OVER (ORDER BY run_seq, {_ACCOUNTS}) AS way, "
    f"dense_rank() OVER (ORDER BY run_seq, {_TERMS}) AS path, run_seq, {_ACCOUNTS}, {_TERMS} FROM rating_path",
    "CREATE UNIQUE INDEX temp.ix_path_before ON path_before (id, way, path)",
    f"CREATE TEMP TABLE rated_before AS SELECT call_id, run_seq, path_id, {_AMOUNTS} FROM rated",
)
"""Copied out, so that the new tables take the room of the old ones and the file does not grow."""

_BACK = (
    f"INSERT INTO rating_way (id, run_seq, {_ACCOUNTS}) "
    f"SELECT way, run_seq, {_ACCOUNTS} FROM path_before GROUP BY way",
    f"INSERT INTO rating_path (id, run_seq, {_TERMS}) SELECT path, run_seq, {_TERMS} FROM path_before GROUP BY path",
    f"INSERT INTO rated (call_id, run_seq, way_id, path_id, {_AMOUNTS}) "
    f"SELECT r.call_id, r.run_seq, p.way, p.path, {_AMOUNTS} "
    "FROM rated_before r LEFT JOIN path_before p ON p.id = r.path_id ORDER BY r.rowid",
    "DROP TABLE path_before",
    "DROP TABLE rated_before",
)


def upgrade() -> None:
    """Apply."""
    connection = raw(op.get_bind())
    for statement in _ASIDE:
        connection.execute(statement)
    op.drop_table("rated")
    op.drop_table("rating_path")
    _rated()
    _shared("rating_way", voipdesk.store.types.Key(), _ACCOUNTS)
    _shared("rating_path", sa.Integer(), _TERMS)
    for statement in _BACK:
        connection.execute(statement)


def _shared(name: str, kind: sa.types.TypeEngine[Any], columns: str) -> None:
    op.create_table(
        name,
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("run_seq", sa.Integer(), nullable=False),
        *(sa.Column(column, kind, nullable=True) for column in columns.split(", ")),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{name}")),
    )


def _rated() -> None:
    op.create_table(
        "rated",
        sa.Column("call_id", sa.Integer(), nullable=False),
        sa.Column("run_seq", sa.Integer(), nullable=False),
        sa.Column("way_id", sa.Integer(), nullable=True),
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
