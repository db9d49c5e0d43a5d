"""Backups by SQLite's online copy, restoring into a new file, and the proof that a file is sound."""

import os
import sqlite3
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from voipdesk.kernel.periods import Clock, from_micros
from voipdesk.kernel.problems import Problem, WorkspaceError
from voipdesk.kernel.progress import Progress, Quiet
from voipdesk.kernel.text import tr
from voipdesk.store import files
from voipdesk.store.types import canonical_json, uuid7

_PAGES = 2000
"""Pages copied between two looks at the cancel button."""


@dataclass(frozen=True, slots=True)
class BackupFacts:
    """What a backup file holds: the last change in it, when that was, and its size in bytes."""

    path: Path
    size: int
    last_change: int
    last_change_at: datetime | None


def back_up(source: Path, target: Path, progress: Progress | None = None) -> BackupFacts:
    """Copy a workspace while it may be in use; the target appears whole or not at all."""
    report = progress or Quiet()
    if target.is_dir():
        raise WorkspaceError(
            "backup",
            tr("{file} is a folder.").format(file=target),
            tr("Name a file in it, like backup.vdesk."),
        )
    partial = target.with_name(target.name + ".part")
    try:
        _copy(source, partial, report)
        os.replace(partial, target)
    except sqlite3.Error as cause:
        said = files.told(source, str(cause))
        message = said.message if said else str(cause)
        raise WorkspaceError("backup", message, tr("No backup was made.")) from cause
    finally:
        for suffix in ("", "-wal", "-shm", "-journal"):
            Path(f"{partial}{suffix}").unlink(missing_ok=True)
    return facts(target)


def facts(path: Path) -> BackupFacts:
    """What is in a backup. `WorkspaceError` where it is none or damaged."""
    files.revision(path)
    connection = sqlite3.connect(files.reading_uri(path), uri=True)
    try:
        row = connection.execute("SELECT seq, at FROM change ORDER BY seq DESC LIMIT 1").fetchone()
    except sqlite3.Error as cause:
        raise _damaged(path, str(cause)) from cause
    finally:
        connection.close()
    last, at = row or (0, None)
    return BackupFacts(path, path.stat().st_size, last, None if at is None else from_micros(at))


def restore(source: Path, target: Path, progress: Progress | None = None) -> BackupFacts:
    """Restore a backup into a new file under a new incarnation, with nothing to undo. Refuses a damaged one."""
    found = integrity(source)
    if found:
        raise _damaged(source, found[0].message)
    if target.exists():
        raise WorkspaceError(
            "workspace_exists",
            tr("{file} exists already.").format(file=target.name),
            tr("Restore into a new file; the present one is kept."),
        )
    back_up(source, target, progress)
    connection = sqlite3.connect(target)
    try:
        connection.execute("UPDATE change SET undoable = 2")
        _new_incarnation(connection)
        connection.commit()
    finally:
        connection.close()
    return facts(target)


def before_migration(path: Path, revision: str) -> Path:
    """The copy that is kept before the schema changes."""
    stamp = Clock.from_environment().now().strftime("%Y%m%d-%H%M%S")
    target = path.with_name(f"{path.stem}.before-{revision}-{stamp}{path.suffix}")
    back_up(path, target)
    return target


def integrity(path: Path) -> list[Problem]:
    """Problems of the database itself: damaged pages and broken references. Empty: sound."""
    try:
        files.revision(path)
        connection = sqlite3.connect(files.reading_uri(path), uri=True)
    except WorkspaceError as refused:
        return [refused.problem]
    try:
        pages = [row[0] for row in connection.execute("PRAGMA integrity_check(20)")]
        problems = [Problem("integrity", text) for text in pages if text != "ok"]
        for table, rowid, parent, _ in connection.execute("PRAGMA foreign_key_check"):
            said = tr("Row {row} of {table} refers to a missing row of {parent}.")
            problems.append(Problem("reference", said.format(row=rowid, table=table, parent=parent)))
        return problems
    except sqlite3.Error as cause:
        return [Problem("integrity", str(cause))]
    finally:
        connection.close()


def _copy(source: Path, target: Path, report: Progress) -> None:
    files.revision(source)
    origin = sqlite3.connect(files.reading_uri(source), uri=True)
    copy = sqlite3.connect(target)
    try:
        origin.backup(
            copy,
            pages=_PAGES,
            progress=lambda _, left, total: report.step(total - left, total, tr("pages copied")),
        )
    finally:
        copy.close()
        origin.close()


def _new_incarnation(connection: sqlite3.Connection) -> None:
    """A restored file is another life of the workspace: sync must not take it for the one it met before."""
    connection.execute(
        "INSERT INTO change (id, at, actor_name, label, kind, undoable, open) VALUES (?, ?, '', 'Restore', 'do', 2, 1)",
        (uuid7().bytes, int(Clock.from_environment().now().timestamp() * 1_000_000)),
    )
    connection.execute(
        "INSERT INTO setting (key, value) VALUES ('incarnation', ?) ON CONFLICT (key) DO UPDATE SET value = excluded.value",
        (canonical_json(str(uuid7())),),
    )
    connection.execute("UPDATE change SET open = 0 WHERE open = 1")


def _damaged(path: Path, why: str) -> WorkspaceError:
    return WorkspaceError(
        "backup_damaged",
        tr("{file} cannot be restored: it is damaged ({why}).").format(file=path.name, why=why),
        tr("Choose another backup. The open workspace was not touched."),
    )
