"""Tables of calls: files, calls, what could not be read, rating runs and their results.

A call's problems live with it (`call.problem` when it has no account or number; `rated.problem` when it could not be
priced). `rated` holds, per call and run, the billed seconds and amount of each level. What many calls share is kept once:
`rated.way_id` names a `rating_way`, who was charged, and `rated.path_id` a `rating_path`, whose ids name `rating_term`s.
Of several published runs the latest one of a call counts; reverting a run flips its state.
"""

from sqlalchemy import (
    BigInteger,
    Column,
    ForeignKey,
    Index,
    Integer,
    PrimaryKeyConstraint,
    Table,
    Text,
    column,
    table,
    text,
)

from voipdesk.store.tables import metadata
from voipdesk.store.types import Instant, Json, Key, Scaled

call_import = Table(
    "call_import",
    metadata,
    Column("id", Key, primary_key=True),
    Column("seq", Integer, nullable=False, unique=True),
    Column("profile_id", Key, ForeignKey("import_profile.id")),
    Column("file_name", Text, nullable=False),
    Column("file_sha256", Text, nullable=False, index=True),
    Column("zone", Text, nullable=False),
    Column("state", Text, nullable=False),  # committed, reverted
    Column("at", Instant, nullable=False),
    Column("actor_name", Text, nullable=False),
    Column(
        "owner_id", Key, ForeignKey("account.id"), nullable=False
    ),  # the admin, or the reseller who imported
    Column("layout", Json),
    Column("ledger", Json),
    info={"journal": True},
)

call = Table(
    "call",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("import_seq", Integer, ForeignKey("call_import.seq"), nullable=False, index=True),
    Column("row", Integer, nullable=False),
    Column(
        "dedupe", Integer, nullable=False, index=True
    ),  # 63-bit hash of the unique id, or of what makes a call one
    Column("unique_id", Text, nullable=False, server_default=""),  # as the switch numbers it
    Column("account_id", Key),  # company or user; NULL: unknown
    Column("account_text", Text, nullable=False, server_default=""),
    Column("supplier_id", Key),  # NULL: the default table
    Column("caller", Text, nullable=False, server_default=""),
    Column("called", Text, nullable=False, server_default=""),  # as dialled
    Column("number", Text, nullable=False, server_default=""),  # E.164; '' unreadable
    Column("start", Instant),
    Column("answer", Instant, nullable=False),  # answer time, else start
    Column("talk_seconds", Integer, nullable=False),  # fractions up
    Column("disposition", Text, nullable=False, server_default=""),
    Column("problem", Text),  # unknown_account, unreadable_number, dismissed: reason
    Index("ix_call_answer", "answer"),
    Index("ix_call_account_id", "account_id", "answer"),
    Index("ix_call_problem", "problem", sqlite_where=text("problem IS NOT NULL")),
)
"""Bulk: seen only through committed imports."""

rating_run = Table(
    "rating_run",
    metadata,
    Column("id", Key, primary_key=True),
    Column("seq", Integer, nullable=False, unique=True),
    Column("kind", Text, nullable=False),  # first, rerate
    Column("state", Text, nullable=False),  # published, reverted
    Column("at", Instant, nullable=False),
    Column("actor_name", Text, nullable=False),
    Column("answer_from", Instant),
    Column("answer_until", Instant),
    Column("totals", Json),
    info={"journal": True},
)

rating_term = Table(
    "rating_term",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("run_seq", Integer, nullable=False),
    Column("table_id", Key),
    Column("version_seq", Integer),
    Column("plan_id", Key),  # NULL: cost, or passed through from the level above
    Column("plan_version", Integer),
    Column("rule_id", Key),
    Column("prefix", Text, nullable=False),
    Column("destination", Text, nullable=False),
    Column("price", Scaled, nullable=False),
    Column("next_price", Scaled, nullable=False),
    Column("connect_fee", Scaled, nullable=False),
    Column("minimum_charge", Scaled, nullable=False),
    Column("initial_interval", Integer, nullable=False),
    Column("next_interval", Integer, nullable=False),
    Column("free_seconds", Integer, nullable=False),
    Column("grace_seconds", Integer, nullable=False),
    Column("currency", Text, nullable=False),
    Column(
        "currency_rate", Scaled, nullable=False, server_default="100000000"
    ),  # to the workspace's currency
    Column("band", Text, nullable=False, server_default=""),  # '' all week, else the time band of the rate
)
"""Bulk: the terms that calls were charged by, frozen."""

rating_way = Table(
    "rating_way",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("run_seq", Integer, nullable=False),
    Column("supplier_id", Key),
    Column("reseller_id", Key),
    Column("company_id", Key),
    Column("user_id", Key),
)
"""Bulk: who was charged: the supplier and the accounts of the levels."""

rating_path = Table(
    "rating_path",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("run_seq", Integer, nullable=False),
    Column("cost_term", Integer),
    Column("reseller_term", Integer),
    Column("company_term", Integer),
    Column("user_term", Integer),
)
"""Bulk: by which terms the levels were charged."""

rated = Table(
    "rated",
    metadata,
    Column("call_id", Integer, nullable=False),
    Column("run_seq", Integer, nullable=False),
    Column("way_id", Integer),
    Column("path_id", Integer),
    Column("problem", Text),  # no_rate, blocked, no_plan, no_cost…; prices are then NULL
    Column("cost_seconds", Integer),
    Column("cost", Scaled),
    Column("reseller_seconds", Integer),
    Column("reseller_price", Scaled),
    Column("company_seconds", Integer),
    Column("company_price", Scaled),
    Column("user_seconds", Integer),
    Column("user_price", Scaled),
    PrimaryKeyConstraint("call_id", "run_seq"),
    Index("ix_rated_problem", "problem", sqlite_where=text("problem IS NOT NULL")),
    sqlite_with_rowid=False,
)
"""Bulk: `reseller_price` is what the admin charges the reseller, `company_price` what the company pays the level above."""

quarantine = table(
    "quarantine",
    column("id", Integer),
    column("import_id", Key),
    column("row", Integer),
    column("column", Text),
    column("value", Text),
    column("code", Text),
    column("message", Text),
    column("cells", Json),
)
"""Rows of files that were not taken; made by rates, shared with call imports (`import_id` is a `call_import.id`)."""

import_profile = table(
    "import_profile",
    column("id", Key),
    column("kind", Text),
    column("name", Text),
    column("layout", Json),
    column("options", Json),
)
"""How a switch's files are read; made by rates, ours are of kind `calls`."""

sequence = table("sequence", column("name", Text), column("value", BigInteger))
"""Counters of small keys; made by rates."""

account_alias = table(
    "account_alias",
    column("id", Key),
    column("account_id", Key),
    column("owner_id", Key),
    column("kind", Text),
    column("value", Text),
)
"""By which names calls find accounts; made by accounts."""

invoice_call = table(
    "invoice_call",
    column("call_id", Integer),
    column("level", Text),
    column("invoice_id", Key),
    column("run_seq", Integer),
)
"""Which calls are on documents; made by billing above, here only asked whether a call is on one."""

invoice = table("invoice", column("id", Key), column("state", Text), column("number", Text))
"""Documents of billing above, for naming the one that holds calls back."""
