"""The workspace as a file: is it one, which version, can it be opened; and what the disk's errors mean."""

import os
import sqlite3
from dataclasses import dataclass
from pathlib import Path

from voipdesk.kernel.problems import WorkspaceError
from voipdesk.kernel.text import tr

APPLICATION_ID = 0x56444B31
"""`VDK1` in the SQLite header: tells a workspace from any other database."""

HEAD = "0007"
"""The newest revision in `migrations/versions`; a test keeps it true."""

PAGE = 16_384
"""Bytes of a page of new workspaces. With SQLite's own 4,096 writing a million rows takes a tenth longer."""

_MAGIC = b"SQLite format 3\x00"


@dataclass(frozen=True, slots=True)
class Told:
    """A driver's message as a sentence."""

    code: str
    message: str
    hint: str


def create(path: Path) -> None:
    """Make a new workspace with the newest schema; leaves no file behind when that fails."""
    if path.exists():
        raise WorkspaceError(
            "workspace_exists",
            tr("{file} exists already.").format(file=path.name),
            tr("Choose another name, or open it."),
        )
    if not path.parent.is_dir():
        raise WorkspaceError(
            "workspace_folder",
            tr("The folder {folder} does not exist.").format(folder=path.parent),
            tr("Choose a folder that exists."),
        )
    try:
        _set_up(path)
        migrate(path)
    except (sqlite3.Error, OSError) as cause:
        _remove(path)
        raise _refused(path, cause) from cause


def prepare(path: Path) -> None:
    """Check that the file is a workspace this version can open, and migrate it after a backup when it is older."""
    found = revision(path)
    if found == HEAD:
        return
    if found not in known_revisions():
        raise WorkspaceError(
            "workspace_newer",
            tr("{file} was made by a newer VoIPDesk (schema {found}; this program knows {head}).").format(
                file=path.name, found=found, head=HEAD
            ),
            tr("Update VoIPDesk, then open it again. The file was not touched."),
        )
    from voipdesk.store import backup

    copy = backup.before_migration(path, found)
    try:
        migrate(path)
    except (sqlite3.Error, OSError) as cause:
        if revision(path) == found:  # Each try would leave a copy of what has not changed.
            _remove(copy)
        raise _refused(path, cause) from cause


def revision(path: Path) -> str:
    """The schema revision of a workspace file. `WorkspaceError` names why a file is none.

    A workspace may be open in this process: only SQLite may open it, since on Unix whoever else closes it lets go of the
    locks that this process has on it, and the next one to leave takes its log away.
    """
    _check_place(path)
    try:
        connection = sqlite3.connect(reading_uri(path), uri=True)
        try:
            if connection.execute("PRAGMA application_id").fetchone()[0] != APPLICATION_ID:
                raise _not_a_workspace(path, tr("it is a database of another program"))
            return str(connection.execute("SELECT version_num FROM alembic_version").fetchone()[0])
        finally:
            connection.close()
    except (sqlite3.Error, TypeError) as cause:
        _check_header(path)
        raise _not_a_workspace(path, tr("it is damaged ({why})").format(why=cause)) from cause


def reading_uri(path: Path) -> str:
    """How to open the file for reading; on a read-only disk SQLite must not look for files beside it."""
    writable = os.access(path, os.W_OK) and os.access(path.absolute().parent, os.W_OK)
    return f"{path.absolute().as_uri()}?{'mode=ro' if writable else 'immutable=1'}"


def known_revisions() -> frozenset[str]:
    """Revisions this program can migrate from."""
    folder = Path(__file__).parent / "migrations" / "versions"
    return frozenset(file.name.split("_")[0] for file in folder.glob("[0-9]*.py"))


def migrate(path: Path) -> None:
    """Bring the schema to the newest revision, in one transaction a step. `sqlite3.Error` where the disk says no."""
    from alembic import command
    from alembic.config import Config
    from sqlalchemy.exc import DBAPIError

    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations").replace("%", "%%"))
    config.attributes["path"] = path
    try:
        command.upgrade(config, "head")
    except DBAPIError as cause:
        raise (cause.orig or cause) from cause


def told(path: Path, message: str) -> Told | None:
    """What a driver's message means for the user, or None where it is a fault of the program."""
    name = path.name
    unchanged = tr("Nothing was changed.")
    words = message.lower()
    if "readonly" in words or "read-only" in words or "query_only" in words:
        return Told(
            "workspace_read_only",
            tr("{file} cannot be written: the file or its disk is read-only.").format(file=name),
            tr("Copy it to a folder you may write to, and open the copy. Nothing was changed."),
        )
    if "disk is full" in words or "disk i/o" in words or "no space" in words:
        return Told(
            "disk_full",
            tr("The disk of {file} is full or does not answer.").format(file=name),
            tr("Free some space and try again. Nothing was changed."),
        )
    if "locked" in words or "busy" in words:
        return Told(
            "workspace_busy",
            tr("{file} is being written by another program.").format(file=name),
            tr("Wait until it has finished, then try again. Nothing was changed."),
        )
    if "malformed" in words or "not a database" in words:
        return Told("workspace_damaged", tr("{file} is damaged.").format(file=name), tr("Restore a backup."))
    if "unable to open" in words:
        return Told("workspace_file", tr("{file} cannot be opened.").format(file=name), unchanged)
    return None


def _refused(path: Path, cause: Exception) -> WorkspaceError:
    said = told(path, str(cause)) or Told("workspace_file", str(cause), tr("Nothing was changed."))
    return WorkspaceError(said.code, said.message, said.hint)


def _set_up(path: Path) -> None:
    connection = sqlite3.connect(path, isolation_level=None)
    try:
        connection.execute(f"PRAGMA page_size = {PAGE}")
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute(f"PRAGMA application_id = {APPLICATION_ID}")
    finally:
        connection.close()


def _remove(path: Path) -> None:
    for suffix in ("", "-wal", "-shm", "-journal"):
        Path(f"{path}{suffix}").unlink(missing_ok=True)


def _check_place(path: Path) -> None:
    """Whether there is a file with something in it."""
    if path.is_dir():
        raise _not_a_workspace(path, tr("it is a folder"))
    try:
        size = path.stat().st_size
    except FileNotFoundError as cause:
        raise WorkspaceError(
            "workspace_missing",
            tr("There is no file {file}.").format(file=path),
            tr("Check the name, or start a new workspace."),
        ) from cause
    except OSError as cause:
        raise _not_a_workspace(path, cause.strerror or str(cause)) from cause
    if not size:
        raise _not_a_workspace(path, tr("it is empty"))


def _check_header(path: Path) -> None:
    """Whether a file that SQLite cannot read is a database at all."""
    try:
        with path.open("rb") as file:
            head = file.read(16)
    except OSError as cause:
        raise _not_a_workspace(path, cause.strerror or str(cause)) from cause
    if head != _MAGIC:
        raise _not_a_workspace(path, tr("it is a file of another kind"))


def _not_a_workspace(path: Path, why: str) -> WorkspaceError:
    return WorkspaceError(
        "not_a_workspace",
        tr("{file} is not a VoIPDesk workspace: {why}.").format(file=path.name, why=why),
        tr("Choose a .vdesk file, or restore a backup."),
    )
