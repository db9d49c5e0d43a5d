"""Who did what: the committed changes, newest first, with what they touched and whether they still stand."""

from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from sqlalchemy import Connection, func, select

from voipdesk.store.tables import change, journal

MOST = 2_000
BATCHES = ("rate_version", "call_import", "rating_run")
ALIVE = ("published", "committed")
"""States in which a batch counts."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One committed change. `touched`: rows by table; `keys`: the row itself of tables it touched in one row only."""

    seq: int
    at: datetime
    actor_name: str
    label: str
    kind: str
    """do, undo or redo."""
    is_undone: bool
    """Taken back: by an undo, or because the batch it made is reverted by now."""
    touched: dict[str, int] = field(default_factory=dict)
    keys: dict[str, str] = field(default_factory=dict)
    """By table the key of its row, hex of the id."""

    @property
    def rows(self) -> int:
        """How many journaled rows it touched."""
        return sum(self.touched.values())


def entries(conn: Connection, actors: Collection[UUID] | None, *, most: int = MOST) -> list[Entry]:
    """The newest changes, of some accounts' people or (None) of everybody. Rights are the caller's to check."""
    wanted = select(change).where(change.c.open == 0).order_by(change.c.seq.desc()).limit(most)
    if actors is not None:
        wanted = wanted.where(change.c.actor_id.in_(actors))
    found = conn.execute(wanted).all()
    if not found:
        return []
    oldest = found[-1].seq
    touched: dict[int, dict[str, int]] = {}
    keys: dict[int, dict[str, str]] = {}
    counted = (
        select(
            journal.c.change_seq,
            journal.c.table_name,
            func.count(journal.c.row_key.distinct()),
            func.min(journal.c.row_key),
        )
        .where(journal.c.change_seq >= oldest)
        .group_by(journal.c.change_seq, journal.c.table_name)
    )
    for seq, table, count, key in conn.execute(counted):
        touched.setdefault(seq, {})[table] = count
        if count == 1:
            keys.setdefault(seq, {})[table] = key
    undone = _undone(conn, oldest) | _reverted(conn, oldest)
    return [
        Entry(
            row.seq,
            row.at,
            row.actor_name,
            row.label,
            row.kind,
            row.seq in undone,
            touched.get(row.seq, {}),
            keys.get(row.seq, {}),
        )
        for row in found
    ]


def _undone(conn: Connection, oldest: int) -> set[int]:
    """Changes whose newest echo is an undo."""
    echo = (
        select(change.c.target, func.max(change.c.seq).label("seq"))
        .where(change.c.target.is_not(None), change.c.target >= oldest)
        .group_by(change.c.target)
        .subquery()
    )
    rows = conn.execute(
        select(echo.c.target).join(change, change.c.seq == echo.c.seq).where(change.c.kind == "undo")
    )
    return {int(row[0]) for row in rows}


def _reverted(conn: Connection, oldest: int) -> set[int]:
    """Changes that brought a batch to life which has been reverted since."""
    newest = (
        select(journal.c.table_name, journal.c.row_key, func.max(journal.c.seq).label("seq"))
        .where(journal.c.table_name.in_(BATCHES), journal.c.change_seq >= oldest)
        .group_by(journal.c.table_name, journal.c.row_key)
        .subquery()
    )
    last = select(journal).join(newest, journal.c.seq == newest.c.seq).subquery()
    rows = conn.execute(
        select(journal.c.change_seq)
        .join(last, (journal.c.table_name == last.c.table_name) & (journal.c.row_key == last.c.row_key))
        .where(
            func.json_extract(last.c.after, "$.state") == "reverted",
            func.json_extract(journal.c.after, "$.state").in_(ALIVE),
            journal.c.change_seq != last.c.change_seq,
        )
    )
    return {int(row[0]) for row in rows}
