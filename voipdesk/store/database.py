"""One workspace file: reading in snapshots, and the single way to write.

SQLite in WAL with foreign keys on. Readers see a snapshot and cannot write; one writer at a time, in `write`.
"""

import sqlite3
import threading
import zlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from hashlib import sha256
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, create_engine, event, insert, select, update
from sqlalchemy.exc import DBAPIError
from sqlalchemy.pool import QueuePool

from voipdesk.kernel.changes import Actor, Change, ChangeSet
from voipdesk.kernel.periods import Clock
from voipdesk.kernel.problems import Refused, WorkspaceError
from voipdesk.kernel.text import tr
from voipdesk.store import files, journal
from voipdesk.store.tables import blob, change, setting
from voipdesk.store.types import uuid7

Subscriber = Callable[[ChangeSet], None]


@dataclass(slots=True)
class Write:
    """An open write: its connection, who, when, and afterwards the ChangeSet."""

    conn: Connection
    seq: int
    actor: Actor
    now: datetime
    label: str = ""
    changes: ChangeSet | None = field(default=None)
    ends: ExitStack = field(default_factory=ExitStack)
    """What is to be let go of when the transaction is over, whichever way."""

    @property
    def raw(self) -> sqlite3.Connection:
        """The driver's connection, for bulk rows as tuples (`executemany`)."""
        return raw(self.conn)

    def attach(self, path: Path) -> str:
        """Open a database file beside the workspace for this write; returns its name in SQL. Ten are the most."""
        name = f"beside_{len(self.raw.execute('PRAGMA database_list').fetchall())}"
        self.raw.execute(f"ATTACH ? AS {name}", (str(path),))
        self.ends.callback(self.raw.execute, f"DETACH {name}")
        return name

    def keep(self, content: bytes) -> str:
        """Store bytes by their SHA-256 (hex), once; returns the hash."""
        digest = sha256(content).hexdigest()
        if self.conn.execute(select(blob.c.size).where(blob.c.sha256 == digest)).first() is None:
            packed = zlib.compress(content, 6)
            self.conn.execute(insert(blob).values(sha256=digest, size=len(content), content=packed))
        return digest

    def call(self, label: str) -> None:
        """Give the change a better name, once it is known whom it is about."""
        self.label = label
        self.conn.execute(update(change).where(change.c.seq == self.seq).values(label=label))

    def set(self, key: str, value: Any) -> None:
        """Set one setting of the workspace."""
        kept = self.conn.execute(select(setting.c.value).where(setting.c.key == key)).first()
        if kept is None:
            self.conn.execute(insert(setting).values(key=key, value=value))
        elif kept[0] != value:
            self.conn.execute(setting.update().where(setting.c.key == key).values(value=value))


class Database:
    """A workspace file. `read()` and `write()` are context managers; `subscribe` hears every ChangeSet once."""

    def __init__(self, path: Path, clock: Clock | None = None) -> None:
        self.path = Path(path)
        self.clock = clock or Clock.from_environment()
        self._lock = threading.RLock()
        self._subscribers: list[Subscriber] = []
        self._reader = _engine(self.path, read_only=True)
        self._writer = _engine(self.path, read_only=False)

    @classmethod
    def create(cls, path: Path, clock: Clock | None = None) -> "Database":
        """Make a new workspace file with the newest schema. `WorkspaceError` where there is a file already."""
        files.create(Path(path))
        return cls(path, clock)

    @classmethod
    def open(cls, path: Path, clock: Clock | None = None) -> "Database":
        """Open a workspace, migrating it (after a backup) when it is older. `WorkspaceError` says why it cannot."""
        files.prepare(Path(path))
        return cls(path, clock)

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """A snapshot: everything read inside belongs to one instant; writing raises."""
        with _told(self.path), self._reader.connect() as conn, conn.begin():
            yield conn

    @contextmanager
    def write(self, label: str, actor: Actor, *, undoable: bool = True) -> Iterator[Write]:
        """The only way to write: one transaction, journaled, committed once, told to the subscribers once."""
        with self._lock, _told(self.path), self._writer.connect() as conn, ExitStack() as ends, conn.begin():
            write = self._begin(conn, label, actor, undoable=undoable)
            write.ends = ends
            yield write
            write.changes = self._seal(conn, write)
        self._tell(write.changes)

    def undo(self, actor: Actor) -> ChangeSet:
        """Take back the actor's newest change. `Refused` or `Conflict` with the reason where that cannot be."""
        return self._replay(actor, "undo")

    def redo(self, actor: Actor) -> ChangeSet:
        """Bring back what the actor undid last."""
        return self._replay(actor, "redo")

    def undo_label(self, actor: Actor) -> str | None:
        """What an undo would take back, or None."""
        return self._label(actor, journal.undo_candidate)

    def redo_label(self, actor: Actor) -> str | None:
        """What a redo would bring back, or None."""
        return self._label(actor, journal.redo_candidate)

    def setting(self, key: str, default: Any = None) -> Any:
        """One setting of the workspace."""
        with self.read() as conn:
            row = conn.execute(select(setting.c.value).where(setting.c.key == key)).first()
        return default if row is None else row[0]

    def kept(self, digest: str) -> bytes:
        """The bytes kept under a SHA-256; LookupError where there are none."""
        with self.read() as conn:
            row = conn.execute(select(blob.c.content).where(blob.c.sha256 == digest)).first()
        if row is None:
            raise LookupError(digest)
        return zlib.decompress(row[0])

    def subscribe(self, subscriber: Subscriber) -> Callable[[], None]:
        """Hear every ChangeSet after its commit, on the writing thread; returns the way to stop hearing."""
        self._subscribers.append(subscriber)
        return lambda: self._subscribers.remove(subscriber)

    def apart(
        self, command: Callable[..., Any], actor: Actor, given: Sequence[Any], named: Mapping[str, Any]
    ) -> tuple[Callable[..., Any], Any]:
        """How another process does `command(db, actor, *given, progress=…, **named)`: a work and its one argument."""
        from voipdesk.store import apart

        return apart.do, apart.Order(self.path, self.clock, command, actor, given, named)

    def tell(self, changes: ChangeSet) -> None:
        """Tell the subscribers of a change that another process has committed on this file."""
        self._tell(changes)

    def close(self, *, leave_log: bool = False) -> None:
        """Let go of the file. `leave_log`: SQLite's log stays beside it even if nobody else seems to use it."""
        if leave_log:
            # The last to write takes the log away, unless somebody reads; a reader that is the last cannot take it.
            with self.read() as conn:
                conn.execute(select(change.c.seq).limit(1)).all()
                self._writer.dispose()
        self._reader.dispose()
        self._writer.dispose()

    def _begin(self, conn: Connection, label: str, actor: Actor, *, undoable: bool) -> Write:
        now = self.clock.now()
        values = {
            "id": uuid7(), "at": now, "actor_id": actor.account_id, "actor_name": actor.name,
            "label": label, "kind": "do", "undoable": int(undoable), "open": 1,
        }  # fmt: skip
        key = conn.execute(insert(change).values(values)).inserted_primary_key
        assert key is not None
        return Write(conn, int(key[0]), actor, now, label)

    def _seal(self, conn: Connection, write: Write) -> ChangeSet:
        """Close the change; one that touched nothing journaled leaves no trace."""
        rows = conn.exec_driver_sql(
            "SELECT table_name, row_key, operation FROM journal WHERE change_seq = ? ORDER BY seq",
            (write.seq,),
        ).fetchall()
        if rows:
            conn.exec_driver_sql("UPDATE change SET open = 0 WHERE seq = ?", (write.seq,))
        else:
            conn.exec_driver_sql("DELETE FROM change WHERE seq = ?", (write.seq,))
        changes = tuple(Change(*row) for row in rows)
        return ChangeSet(write.seq, write.label, write.actor.name, changes)

    def _tell(self, changes: ChangeSet | None) -> None:
        if changes is not None and changes.changes:
            for subscriber in list(self._subscribers):
                subscriber(changes)

    def _replay(self, actor: Actor, kind: str) -> ChangeSet:
        find = journal.undo_candidate if kind == "undo" else journal.redo_candidate
        with self.read() as conn:
            seq, label = journal.require(find(raw(conn), actor.account_id.bytes), kind)
        with self.write(label, actor) as write:
            driver = write.raw
            event_seq = journal.last_event(driver, seq)
            driver.execute("UPDATE change SET kind = ?, target = ? WHERE seq = ?", (kind, seq, write.seq))
            journal.apply_inverse(driver, event_seq)
        assert write.changes is not None
        return write.changes

    def _label(
        self, actor: Actor, find: Callable[[sqlite3.Connection, bytes | None], tuple[int, str] | None]
    ) -> str | None:
        with self.read() as conn:
            try:
                found = find(raw(conn), actor.account_id.bytes)
            except Refused:
                return None
        return None if found is None else found[1]


def raw(conn: Connection) -> sqlite3.Connection:
    """The sqlite3 connection under a SQLAlchemy one."""
    driver = conn.connection.driver_connection
    assert isinstance(driver, sqlite3.Connection)
    return driver


@contextmanager
def aside(conn: sqlite3.Connection) -> Iterator[None]:
    """Lets a reader of a workspace have tables of its own, in memory; the workspace it still cannot write."""
    is_reader = bool(conn.execute("PRAGMA query_only").fetchone()[0])
    if is_reader:
        conn.execute("PRAGMA query_only = OFF")
    try:
        yield
    finally:
        if is_reader:
            conn.execute("PRAGMA query_only = ON")


def _engine(path: Path, *, read_only: bool) -> Any:
    """An engine whose connections are set up alike; transactions are begun by us, not by the driver."""

    def connect() -> sqlite3.Connection:
        target = files.reading_uri(path) if read_only else str(path)
        driver = sqlite3.connect(
            target, uri=read_only, isolation_level=None, check_same_thread=False, timeout=10
        )
        driver.execute("PRAGMA foreign_keys = ON")
        driver.execute("PRAGMA synchronous = NORMAL")
        driver.execute("PRAGMA temp_store = MEMORY")
        # Each thread that reads has a connection; the system keeps the pages of the file for all of them.
        driver.execute(f"PRAGMA cache_size = {-8_000 if read_only else -32_000}")
        if read_only:
            driver.execute("PRAGMA query_only = ON")
        return driver

    engine = create_engine(
        "sqlite+pysqlite://",
        creator=connect,
        poolclass=QueuePool,
        pool_size=4 if read_only else 1,
        max_overflow=8,
        pool_use_lifo=True,
    )
    begin = "BEGIN" if read_only else "BEGIN IMMEDIATE"
    event.listen(engine, "begin", lambda conn: conn.exec_driver_sql(begin))
    return engine


@contextmanager
def _told(path: Path) -> Iterator[None]:
    """Turn what the driver says about the disk into a sentence for the user."""
    try:
        yield
    except (DBAPIError, sqlite3.Error) as cause:
        told = files.told(path, str(getattr(cause, "orig", cause)))
        if told is None:
            raise
        raise WorkspaceError(told.code, told.message, told.hint) from cause
    except OSError as cause:
        raise WorkspaceError(
            "workspace_file",
            tr("{file}: {why}").format(file=path.name, why=cause.strerror or cause),
            tr("Nothing was changed."),
        ) from cause
