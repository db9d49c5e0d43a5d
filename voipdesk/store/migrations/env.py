"""Runs the migrations on the workspace that `files.migrate` names, or compares for `dev.py migration`."""

import sqlite3

from alembic import context
from sqlalchemy import create_engine, event

path = context.config.attributes["path"]
metadata = context.config.attributes.get("metadata")


def _connect() -> sqlite3.Connection:
    return sqlite3.connect(path, isolation_level=None)


engine = create_engine("sqlite+pysqlite://", creator=_connect)
event.listen(engine, "begin", lambda conn: conn.exec_driver_sql("BEGIN IMMEDIATE"))
with engine.connect() as connection:
    context.configure(
        connection=connection, target_metadata=metadata, render_as_batch=False, transaction_per_migration=True
    )
    with context.begin_transaction():
        context.run_migrations()
engine.dispose()
