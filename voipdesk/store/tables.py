"""The shared metadata, and the tables that belong to the store itself.

A table says in its `info` whether it is journaled: `info={"journal": True}`. Journaled tables have a `Key` column
named `id` (or one text column `key`) as primary key. Bulk tables are not journaled; they hang under a journaled
parent whose `state` decides whether anybody sees them (law 4).
"""

from sqlalchemy import BigInteger, Column, Index, Integer, LargeBinary, MetaData, Table, Text, text

from voipdesk.store.types import Instant, Json, Key

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)

setting = Table(
    "setting",
    metadata,
    Column("key", Text, primary_key=True),
    Column("value", Json, nullable=False),
    info={"journal": True},
)
"""Settings of the workspace: name, currency, zone, rounding, incarnation…"""

change = Table(
    "change",
    metadata,
    Column("seq", Integer, primary_key=True, autoincrement=True),
    Column("id", Key, nullable=False, unique=True),
    Column("at", Instant, nullable=False),
    Column("actor_id", Key),
    Column("actor_name", Text, nullable=False),
    Column("label", Text, nullable=False),
    Column("kind", Text, nullable=False),  # do, undo, redo
    Column("target", BigInteger),  # the `do` that an undo or redo is about
    Column("undoable", Integer, nullable=False),
    Column("open", Integer, nullable=False),  # 1 only inside its own transaction
    Index("ix_change_open", "open", sqlite_where=text("open = 1"), postgresql_where=text("open = 1")),
    Index("ix_change_target", "target"),
    sqlite_autoincrement=True,
)
"""One row for each committed transaction that touched a journaled table."""

journal = Table(
    "journal",
    metadata,
    Column("seq", Integer, primary_key=True, autoincrement=True),
    Column("change_seq", BigInteger, nullable=False, index=True),
    Column("table_name", Text, nullable=False),
    Column("row_key", Text, nullable=False),
    Column("operation", Text, nullable=False),
    Column("before", Text),
    Column("after", Text),
    Index("ix_journal_row", "table_name", "row_key"),
    sqlite_autoincrement=True,
)
"""Row images before and after, written by triggers only; JSON, keys and bytes as hex."""

blob = Table(
    "blob",
    metadata,
    Column("sha256", Text, primary_key=True),
    Column("size", BigInteger, nullable=False),
    Column("content", LargeBinary, nullable=False),  # zlib
)
"""Originals of imported files and PDFs of documents, by their hash; never changed, never journaled."""
