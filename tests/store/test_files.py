"""The workspace as a file: creation, migration, newer versions, backups, what the disk says."""

import os
import shutil
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import create_engine

from tests.whole_schema import load
from voipdesk.kernel.problems import Cancelled, Refused, WorkspaceError
from voipdesk.kernel.progress import Quiet
from voipdesk.store import backup, files, journal
from voipdesk.store.database import Database


def test_the_migrations_make_exactly_the_tables_of_the_code(db):
    engine = create_engine(f"sqlite:///{db.path}")
    with engine.connect() as conn:
        found = compare_metadata(MigrationContext.configure(conn, opts={"compare_type": True}), load())
    engine.dispose()
    assert found == []
    assert files.revision(db.path) == files.HEAD
    assert max(files.known_revisions()) == files.HEAD


def test_new_workspaces_have_large_pages(db):
    connection = sqlite3.connect(db.path)
    assert connection.execute("PRAGMA page_size").fetchone() == (files.PAGE,)
    connection.close()


def test_journal_triggers_stand_on_every_table_that_says_so_and_see_every_column(db):
    connection = sqlite3.connect(db.path)
    journaled = {table.name for table in load().tables.values() if table.info.get("journal")}
    assert set(journal.journaled_tables(connection)) == journaled
    for name in journaled:
        for operation in ("insert", "update", "delete"):
            row = connection.execute(
                "SELECT sql FROM sqlite_master WHERE name = ?", (f"journal_{name}_{operation}",)
            )
            text = row.fetchone()[0]
            assert all(f"'{column.name}'" in text for column in load().tables[name].columns)
    connection.close()


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "it is empty"),
        (b"%PDF-1.7 something", "another kind"),
        (b"SQLite format 3\x00" + b"\x00" * 200, "damaged"),
    ],
)
def test_what_is_no_workspace_is_named(tmp_path, content, said):
    path = tmp_path / "x.vdesk"
    path.write_bytes(content)
    with pytest.raises(WorkspaceError, match=said):
        Database.open(path)
    assert path.read_bytes() == content


def test_folders_missing_files_and_other_databases_are_refused(tmp_path):
    with pytest.raises(WorkspaceError, match="it is a folder"):
        Database.open(tmp_path)
    with pytest.raises(WorkspaceError, match="There is no file"):
        Database.open(tmp_path / "none.vdesk")
    other = tmp_path / "other.db"
    connection = sqlite3.connect(other)
    connection.execute("CREATE TABLE t (x)")
    connection.close()
    with pytest.raises(WorkspaceError, match="another program"):
        Database.open(other)


def test_a_newer_workspace_is_refused_untouched(db):
    connection = sqlite3.connect(db.path)
    connection.execute("UPDATE alembic_version SET version_num = '9999'")
    connection.commit()
    connection.close()
    before = db.path.read_bytes()
    with pytest.raises(WorkspaceError, match="newer VoIPDesk") as refused:
        Database.open(db.path)
    assert refused.value.code == "workspace_newer"
    assert db.path.read_bytes() == before


def test_creating_over_a_file_or_into_no_folder_is_refused(db, tmp_path):
    with pytest.raises(WorkspaceError, match="exists already"):
        Database.create(db.path)
    with pytest.raises(WorkspaceError, match="does not exist"):
        Database.create(tmp_path / "no" / "x.vdesk")


def test_a_backup_restores_into_a_new_life_with_nothing_to_undo(db, sara, tmp_path):
    with db.write("Set", sara) as write:
        write.set("currency", "USD")
        write.set("incarnation", "first")
    made = backup.back_up(db.path, tmp_path / "b.vdesk")
    assert made.last_change == 1
    with db.write("Set", sara) as write:
        write.set("currency", "EUR")
    backup.restore(tmp_path / "b.vdesk", tmp_path / "r.vdesk")
    restored = Database.open(tmp_path / "r.vdesk")
    assert restored.setting("currency") == "USD"
    assert restored.setting("incarnation") != "first"
    assert restored.undo_label(sara) is None
    with restored.write("Set", sara) as write:
        write.set("currency", "GBP")
    assert restored.undo_label(sara) == "Set"
    restored.close()
    assert db.setting("currency") == "EUR"
    assert sorted(path.name for path in tmp_path.glob("*.part*")) == []


def test_after_a_restore_nothing_is_said_of_the_changes_before_it(db, sara, tmp_path):
    with db.write("Issue", sara, undoable=False) as write:
        write.set("currency", "USD")
    backup.back_up(db.path, tmp_path / "b.vdesk")
    backup.restore(tmp_path / "b.vdesk", tmp_path / "r.vdesk")
    restored = Database.open(tmp_path / "r.vdesk")
    with pytest.raises(Refused) as refused:
        restored.undo(sara)
    assert refused.value.code == "nothing_to_undo"
    restored.close()


def test_a_folder_is_no_place_for_a_backup(db, tmp_path):
    with pytest.raises(WorkspaceError, match="folder"):
        backup.back_up(db.path, tmp_path)


def test_half_a_backup_is_refused(db, tmp_path):
    whole = tmp_path / "b.vdesk"
    backup.back_up(db.path, whole)
    half = tmp_path / "half.vdesk"
    half.write_bytes(whole.read_bytes()[: whole.stat().st_size // 2])
    with pytest.raises(WorkspaceError, match=r"half\.vdesk"):
        backup.restore(half, tmp_path / "r.vdesk")
    assert not (tmp_path / "r.vdesk").exists()


def test_a_cancelled_backup_leaves_nothing(db, tmp_path):
    with pytest.raises(Cancelled):
        backup.back_up(db.path, tmp_path / "b.vdesk", Quiet(lambda: True))
    assert [path.name for path in tmp_path.iterdir() if path.name.startswith("b.")] == []


def test_a_flipped_page_is_found(db):
    db.close()
    data = bytearray(db.path.read_bytes())
    for offset in range(8192, len(data), 4096):
        data[offset : offset + 64] = b"\xff" * 64
    db.path.write_bytes(bytes(data))
    assert backup.integrity(db.path)


def test_a_full_disk_is_said_and_nothing_is_changed(db, sara):
    """SQLite's own limit on pages is what a full disk looks like to it."""
    with db.write("Set", sara) as write:
        write.set("currency", "USD")

    def fill() -> None:
        with db.write("Big", sara) as write:
            pages = write.raw.execute("PRAGMA page_count").fetchone()[0]
            write.raw.execute(f"PRAGMA max_page_count = {pages + 4}")
            for number in range(200):
                write.set(f"k{number}", "x" * 4000)

    with pytest.raises(WorkspaceError, match="is full") as refused:
        fill()
    assert "Nothing was changed" in str(refused.value)
    assert db.setting("k0") is None
    assert db.setting("currency") == "USD"


@pytest.mark.skipif(not shutil.which("setpriv") or os.name == "nt", reason="needs setpriv to give up root")
def test_a_read_only_workspace_opens_for_reading_and_says_why_it_cannot_write(db, sara, tmp_path):
    with db.write("Set", sara) as write:
        write.set("currency", "USD")
    db.close()
    code = (
        "import sys, pathlib, uuid\n"
        "from voipdesk.store.database import Database\nfrom voipdesk.kernel.changes import Actor\n"
        "from voipdesk.kernel.problems import WorkspaceError\n"
        "db = Database.open(pathlib.Path(sys.argv[1]))\n"
        "try:\n"
        "    with db.write('x', Actor(uuid.UUID(int=1), 'admin', 'a')) as write: write.set('a', 1)\n"
        "except WorkspaceError as refused: print(refused)\n"
    )
    folder = Path("/tmp") / f"read-only-{os.getpid()}"
    folder.mkdir()
    copy = folder / "ro.vdesk"
    shutil.copy(db.path, copy)
    copy.chmod(0o444)
    folder.chmod(0o555)
    mine = str(Path(__file__).parents[2])
    command = ["setpriv", "--reuid=65534", "--clear-groups", sys.executable, "-c", code, str(copy)]
    try:
        done = subprocess.run(command, capture_output=True, text=True, cwd=mine, check=False)
    finally:
        folder.chmod(0o755)
        shutil.rmtree(folder)
    if "Permission denied" in done.stderr or "No module named" in done.stderr:
        pytest.skip("the checkout is not readable for another user here")
    assert "ro.vdesk" in done.stdout, done.stderr
    assert "Nothing was changed" in done.stdout


@pytest.mark.skipif(sys.platform == "win32", reason="there a file that is closed keeps the locks of others")
def test_a_look_at_an_open_workspace_keeps_its_locks(db, tmp_path):
    """A backup of it, or opening it again: else another process that leaves would take its log away."""
    db.setting("name")  # A connection stays open.
    backup.back_up(db.path, tmp_path / "copy.vdesk")
    files.prepare(db.path)
    leave = "import sqlite3, sys; c = sqlite3.connect(sys.argv[1]); c.execute('SELECT 1 FROM change').fetchall(); c.close()"
    subprocess.run([sys.executable, "-c", leave, str(db.path)], check=True)
    assert Path(f"{db.path}-wal").exists()
