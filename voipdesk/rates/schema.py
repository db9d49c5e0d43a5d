"""Tables of what we pay: rate tables, their versions, the rates, imports, profiles.

A rate is an assertion: from `effective_from` on, this prefix of this table has these terms (or is blocked, or closed).
In force at an instant is, per (table, prefix, band), the row of a *published* version with the latest `effective_from`
not after the instant (the later version wins a tie), unless its `effective_until` has passed or it is closed.
Publishing writes only what changes; reverting flips the version's state and the earlier rows stand again.
"""

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Column,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    Table,
    Text,
    UniqueConstraint,
)

from voipdesk.store.tables import metadata
from voipdesk.store.types import Instant, Json, Key, Scaled

UNENDED = 2**61
"""Stands for an `effective_until` of NULL where that is read as a number."""

rate_table = Table(
    "rate_table",
    metadata,
    Column("id", Key, primary_key=True),
    Column("number", Integer, nullable=False, unique=True),  # small key that rates carry
    Column("supplier_id", Key, ForeignKey("supplier.id"), index=True),
    Column("name", Text, nullable=False, unique=True),
    Column("currency", Text, nullable=False),
    Column("zone", Text),  # time bands and dates of sheets; NULL: the workspace's
    Column("is_default", Integer, nullable=False, server_default="0"),  # costs of calls that name no supplier
    Column("status", Text, nullable=False, server_default="active"),  # active, archived
    Column("note", Text, nullable=False, server_default=""),
    info={"journal": True},
)

rate_version = Table(
    "rate_version",
    metadata,
    Column("id", Key, primary_key=True),
    Column("seq", Integer, nullable=False, unique=True),  # order of publishing; small key that rates carry
    Column("table_id", Key, ForeignKey("rate_table.id"), nullable=False, index=True),
    Column(
        "state",
        Text,
        CheckConstraint("state IN ('staged','published','reverted','discarded')", name="state"),
        nullable=False,
    ),
    Column("source", Text, nullable=False),  # import, edit, seed
    Column("note", Text, nullable=False, server_default=""),
    Column("created_at", Instant, nullable=False),
    Column("published_at", Instant),
    Column("counts", Json),  # new, up, down, same, changed, removed, blocked
    info={"journal": True},
)
"""The journaled parent under which rates hang: one import or one published draft."""

rate = Table(
    "rate",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("table_number", Integer, nullable=False),
    Column("version_seq", Integer, nullable=False),
    Column("prefix", Text, nullable=False),
    Column("destination", Text, nullable=False, server_default=""),
    Column("state", Integer, nullable=False, server_default="0"),  # 0 open, 1 blocked, 2 closed
    Column("price", Scaled, nullable=False, server_default="0"),  # per minute, of the initial interval
    Column("next_price", Scaled),  # per minute after it; NULL: the same
    Column("connect_fee", Scaled, nullable=False, server_default="0"),
    Column("minimum_charge", Scaled, nullable=False, server_default="0"),
    Column("initial_interval", Integer, nullable=False, server_default="1"),
    Column("next_interval", Integer, nullable=False, server_default="1"),
    Column("free_seconds", Integer, nullable=False, server_default="0"),
    Column("grace_seconds", Integer, nullable=False, server_default="0"),
    Column(
        "band", Text, nullable=False, server_default=""
    ),  # '' all week, else a `rate_band.name` of the table
    Column("effective_from", Instant, nullable=False),
    Column("effective_until", Instant),
    Column("source_row", Integer),  # row of the file it came from
    UniqueConstraint("table_number", "prefix", "band", "effective_from", "version_seq"),
    Index("ix_rate_version_seq", "version_seq"),
)
"""Bulk: not journaled, seen only through published versions.

No foreign keys upwards: undoing an import takes the journaled version away, its rates stay behind unseen, and a redo
brings the version back above them. The numbers of `sequence` are never given twice.
"""

rate_band = Table(
    "rate_band",
    metadata,
    Column("id", Key, primary_key=True),
    Column("table_id", Key, ForeignKey("rate_table.id"), nullable=False),
    Column("name", Text, nullable=False),
    Column(
        "hours", Json, nullable=False
    ),  # [[weekday 0-6, from minute, until minute], …] in the table's zone
    UniqueConstraint("table_id", "name"),
    info={"journal": True},
)

rate_import = Table(
    "rate_import",
    metadata,
    Column("id", Key, primary_key=True),
    Column("table_id", Key, ForeignKey("rate_table.id"), nullable=False, index=True),
    Column("version_id", Key, ForeignKey("rate_version.id")),
    Column("profile_id", Key, ForeignKey("import_profile.id")),
    Column("file_name", Text, nullable=False),
    Column("file_sha256", Text, nullable=False),
    Column("scope", Text, nullable=False),  # full, country, partial
    Column("state", Text, nullable=False),  # waiting, staged, published, reverted, cancelled, failed
    Column("at", Instant, nullable=False),
    Column("actor_name", Text, nullable=False),
    Column("layout", Json),
    Column("ledger", Json),  # rows, skipped, blank, accepted, duplicates, quarantined
    Column("counts", Json),
    Column("guards", Json),  # [{"id": "G3", "state": "ok|ask|stop", "text": …, "accepted_by": …}]
    Column("source", Text, nullable=False, server_default="file"),  # file, edit (a published draft)
    Column("told", Json),  # what the user answered where the file leaves something open
    Column("decisions", Json),  # scope, dates, accepted guards, …: what was chosen before publishing
    Column("note", Text, nullable=False, server_default=""),
    Column("problem", Json),  # why it failed, as a Problem
    info={"journal": True},
)
"""One sheet on its way into a table, or what became of it; `staged` waits for somebody to publish or to drop it."""

staged_sheet = Table(
    "staged_sheet",
    metadata,
    Column("import_id", Key, primary_key=True),
    Column("columns", LargeBinary, nullable=False),
    Column("decisions", Json),  # what is chosen now; kept with the import when it is published or dropped
)
"""Bulk: the rates of a staged import as packed columns; seen by nobody but its wizard, gone when it is published."""

waiting_file = Table(
    "waiting_file",
    metadata,
    Column("id", Key, primary_key=True),
    Column("path", Text, nullable=False),
    Column("name", Text, nullable=False),
    Column("sha256", Text, nullable=False, server_default=""),
    Column("kind", Text, nullable=False, server_default=""),  # rates, calls; '': not known
    Column("table_id", Key, ForeignKey("rate_table.id")),
    Column("state", Text, nullable=False),  # waiting, opened, skipped, failed
    Column("place", Integer, nullable=False),
    Column("via", Text, nullable=False),  # drop, watch
    Column("at", Instant, nullable=False),
    Column("actor_name", Text, nullable=False),
    Column("problem", Json),
    info={"journal": True},
)
"""The queue of dropped and watched files; they stay where they lie until they are opened."""

rate_draft = Table(
    "rate_draft",
    metadata,
    Column("id", Key, primary_key=True),
    Column("table_id", Key, nullable=False, index=True),
    Column("actor_name", Text, nullable=False),
    Column("base_seq", Integer, nullable=False),  # newest published version when it was begun
    Column("created_at", Instant, nullable=False),
    Column("changed_at", Instant, nullable=False),
    UniqueConstraint("table_id", "actor_name"),
)
"""Edits of one person in one table, saved with each gesture, live for nobody. Not journaled: it has its own undo."""

draft_step = Table(
    "draft_step",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("draft_id", Key, nullable=False),
    Column("place", Integer, nullable=False),
    Column("name", Text, nullable=False),
    Column("undone", Integer, nullable=False, server_default="0"),
    Column("rows", Integer, nullable=False),
    Column("content", LargeBinary, nullable=False),
    UniqueConstraint("draft_id", "place"),
)
"""One gesture: the packed arrays of what was and what is."""

quarantine = Table(
    "quarantine",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("import_id", Key, nullable=False, index=True),
    Column("row", Integer, nullable=False),
    Column("column", Text, nullable=False, server_default=""),
    Column("value", Text, nullable=False, server_default=""),
    Column("code", Text, nullable=False),
    Column("message", Text, nullable=False),
    Column("cells", Json),
)
"""Bulk: rows of a sheet that were not taken, with their reason; for rate and call imports alike."""

import_profile = Table(
    "import_profile",
    metadata,
    Column("id", Key, primary_key=True),
    Column("kind", Text, nullable=False),  # rates, calls
    Column("name", Text, nullable=False),
    Column("table_id", Key, ForeignKey("rate_table.id")),
    Column("fingerprint", Text, nullable=False, index=True),
    Column("layout", Json, nullable=False),
    Column("options", Json, nullable=False, server_default="{}"),
    UniqueConstraint("kind", "name"),
    info={"journal": True},
)
"""How a supplier's sheets or a switch's files are read; found again by the header's fingerprint."""

sequence = Table(
    "sequence",
    metadata,
    Column("name", Text, primary_key=True),
    Column("value", BigInteger, nullable=False),
)
"""Counters for the small keys of bulk rows; taken inside the writing transaction."""
