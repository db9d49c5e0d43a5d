"""Tables of what we charge: plans, their rules, and who has which plan when. No sell price is ever stored."""

from sqlalchemy import CheckConstraint, Column, ForeignKey, Index, Integer, Table, Text, UniqueConstraint

from voipdesk.store.tables import metadata
from voipdesk.store.types import Instant, Key, Scaled

plan = Table(
    "plan",
    metadata,
    Column("id", Key, primary_key=True),
    Column("owner_id", Key, ForeignKey("account.id"), nullable=False, index=True),
    Column("name", Text, nullable=False),
    Column("table_id", Key, ForeignKey("rate_table.id")),  # NULL: stands on the price the owner pays
    Column("decimals", Integer, nullable=False, server_default="6"),
    Column("rounding", Text, nullable=False, server_default="half_up"),
    Column("minimum_margin", Scaled),  # per minute; NULL: none
    Column("below_base", Text, nullable=False, server_default="allow"),  # allow, refuse
    Column("predefined", Text, nullable=False, server_default=""),  # cost, plus10, free; '' custom
    Column(
        "version", Integer, nullable=False, server_default="1"
    ),  # rises with each change of the plan or its rules
    Column("status", Text, nullable=False, server_default="active"),
    Column("note", Text, nullable=False, server_default=""),
    UniqueConstraint("owner_id", "name"),
    info={"journal": True},
)

plan_rule = Table(
    "plan_rule",
    metadata,
    Column("id", Key, primary_key=True),
    Column("plan_id", Key, ForeignKey("plan.id"), nullable=False, index=True),
    Column("position", Integer, nullable=False, server_default="0"),
    Column(
        "match",
        Text,
        CheckConstraint("match IN ('exact','prefix','destination','all')", name="match"),
        nullable=False,
    ),
    Column("pattern", Text, nullable=False, server_default=""),
    Column(
        "action",
        Text,
        CheckConstraint("action IN ('markup','fixed','free','block','omit')", name="action"),
        nullable=False,
    ),
    Column("markup", Scaled, nullable=False, server_default="0"),  # 0.10 is +10 %
    Column("amount", Scaled, nullable=False, server_default="0"),  # per minute, added after the markup
    Column("fixed_price", Scaled),
    Column("markup_on_fee", Integer, nullable=False, server_default="0"),
    Column("connect_fee", Scaled),
    Column("minimum_charge", Scaled),
    Column("initial_interval", Integer),
    Column("next_interval", Integer),
    Column("effective_from", Instant),
    Column("effective_until", Instant),
    info={"journal": True},
)

assignment = Table(
    "assignment",
    metadata,
    Column("id", Key, primary_key=True),
    Column("account_id", Key, ForeignKey("account.id"), nullable=False),
    Column("plan_id", Key, ForeignKey("plan.id"), nullable=False, index=True),
    Column("effective_from", Instant, nullable=False),
    Column("effective_until", Instant),
    Index("ix_assignment_account_id", "account_id", "effective_from", unique=True),
    info={"journal": True},
)
"""At any instant an account has at most one plan: assigning closes what stood before; a trigger refuses overlaps."""

price_sheet = Table(
    "price_sheet",
    metadata,
    Column("id", Key, primary_key=True),
    Column("account_id", Key, ForeignKey("account.id"), nullable=False, index=True),
    Column("seller_id", Key, ForeignKey("account.id"), nullable=False, index=True),
    Column("plan_id", Key, ForeignKey("plan.id")),  # NULL: the price of a level above, passed through
    Column("kind", Text, CheckConstraint("kind IN ('full','changes')", name="kind"), nullable=False),
    Column("effective_from", Instant, nullable=False),
    Column("rows", Integer, nullable=False),  # with a price, or blocked
    Column("closed", Integer, nullable=False),
    Column("file_name", Text, nullable=False),
    Column("file_sha256", Text, nullable=False),  # in `blob`
    Column("made_at", Instant, nullable=False),
    Column("made_by", Text, nullable=False),
    info={"journal": True},
)
"""What customers were told, and the very file: never changed, never undone."""
