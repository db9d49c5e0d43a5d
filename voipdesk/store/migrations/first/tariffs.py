"""The first schema: what we charge: plans, rules, assignments."""

import sqlalchemy as sa
from alembic import op

import voipdesk.store.types


def create() -> None:
    """Make the tables with their indexes."""
    _plan()
    _assignment()
    _plan_rule()


def _plan() -> None:
    op.create_table(
        "plan",
        sa.Column("id", voipdesk.store.types.Key(), nullable=False),
        sa.Column("owner_id", voipdesk.store.types.Key(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("table_id", voipdesk.store.types.Key(), nullable=True),
        sa.Column("decimals", sa.Integer(), server_default="6", nullable=False),
        sa.Column("rounding", sa.Text(), server_default="half_up", nullable=False),
        sa.Column("minimum_margin", voipdesk.store.types.Scaled(), nullable=True),
        sa.Column("below_base", sa.Text(), server_default="allow", nullable=False),
        sa.Column("predefined", sa.Text(), server_default="", nullable=False),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False),
        sa.Column("status", sa.Text(), server_default="active", nullable=False),
        sa.Column("note", sa.Text(), server_default="", nullable=False),
        sa.ForeignKeyConstraint(["owner_id"], ["account.id"], name=op.f("fk_plan_owner_id")),
        sa.ForeignKeyConstraint(["table_id"], ["rate_table.id"], name=op.f("fk_plan_table_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_plan")),
        sa.UniqueConstraint("owner_id", "name", name=op.f("uq_plan_owner_id_name")),
        info={"journal": True},
    )
    op.create_index(op.f("ix_plan_owner_id"), "plan", ["owner_id"], unique=False)


def _assignment() -> None:
    op.create_table(
        "assignment",
        sa.Column("id", voipdesk.store.types.Key(), nullable=False),
        sa.Column("account_id", voipdesk.store.types.Key(), nullable=False),
        sa.Column("plan_id", voipdesk.store.types.Key(), nullable=False),
        sa.Column("effective_from", voipdesk.store.types.Instant(), nullable=False),
        sa.Column("effective_until", voipdesk.store.types.Instant(), nullable=True),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_assignment_account_id")),
        sa.ForeignKeyConstraint(["plan_id"], ["plan.id"], name=op.f("fk_assignment_plan_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_assignment")),
        info={"journal": True},
    )
    op.create_index("ix_assignment_account_id", "assignment", ["account_id", "effective_from"], unique=True)
    op.create_index(op.f("ix_assignment_plan_id"), "assignment", ["plan_id"], unique=False)


def _plan_rule() -> None:
    op.create_table(
        "plan_rule",
        sa.Column("id", voipdesk.store.types.Key(), nullable=False),
        sa.Column("plan_id", voipdesk.store.types.Key(), nullable=False),
        sa.Column("position", sa.Integer(), server_default="0", nullable=False),
        sa.Column("match", sa.Text(), nullable=False),
        sa.Column("pattern", sa.Text(), server_default="", nullable=False),
        sa.Column("action", sa.Text(), nullable=False),
        sa.Column("markup", voipdesk.store.types.Scaled(), server_default="0", nullable=False),
        sa.Column("amount", voipdesk.store.types.Scaled(), server_default="0", nullable=False),
        sa.Column("fixed_price", voipdesk.store.types.Scaled(), nullable=True),
        sa.Column("markup_on_fee", sa.Integer(), server_default="0", nullable=False),
        sa.Column("connect_fee", voipdesk.store.types.Scaled(), nullable=True),
        sa.Column("minimum_charge", voipdesk.store.types.Scaled(), nullable=True),
        sa.Column("initial_interval", sa.Integer(), nullable=True),
        sa.Column("next_interval", sa.Integer(), nullable=True),
        sa.Column("effective_from", voipdesk.store.types.Instant(), nullable=True),
        sa.Column("effective_until", voipdesk.store.types.Instant(), nullable=True),
        sa.ForeignKeyConstraint(["plan_id"], ["plan.id"], name=op.f("fk_plan_rule_plan_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_plan_rule")),
        info={"journal": True},
    )
    op.create_index(op.f("ix_plan_rule_plan_id"), "plan_rule", ["plan_id"], unique=False)
