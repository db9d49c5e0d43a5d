"""Each bad file or disk: a sentence with file, place, value and next step; exit 1; nothing changed; memory bounded."""

import os
import shutil
import sqlite3
import subprocess
import sys
import tempfile
import tracemalloc
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.cli import bad_files
from tests.cli.running import CommandLine, content
from tests.source import ROOT
from tests.worlds import NOW

Make = Callable[[Path], None]
TABLE = ("--table", "Aurora A-Z")
COLUMNS = ("--set", "columns.prefix=1", "--set", "columns.rate=3")
"""Said by somebody who insists on what these columns are."""

FILES: list[tuple[Make, str, tuple[str, ...], list[str]]] = [
    # made by, named, further options, what the sentence must hold besides the name
    (bad_files.empty, "empty.csv", (), ["empty", "Ask for it again"]),
    (bad_files.directory, "folder.csv", (), ["folder", "Choose a file"]),
    (bad_files.pdf, "paper.csv", (), ["PDF", "CSV or Excel"]),
    (bad_files.truncated, "cut.xlsx", (), ["damaged or cut off", "again"]),
    (bad_files.locked, "locked.xlsx", (), ["password"]),
    (bad_files.bomb, "bomb.xlsx", (), ["600 MB", "CSV"]),
    (bad_files.zipped_bomb, "bomb.zip", (), ["600 MB", "CSV"]),
    (bad_files.million_empty_rows, "million.xlsx", (), ["no column", "--set columns.prefix"]),
    (bad_files.too_wide, "wide.csv", (), ["row 1", "100000 columns", "delimiter"]),
    (bad_files.huge_price, "price.csv", COLUMNS, ["row 2", "Rate", "1e400", "drop the row"]),
    (bad_files.bad_date, "date.csv", COLUMNS, ["row 2", "Effective Date", "31/02/2026", "Correct"]),
    (bad_files.letters, "letters.csv", COLUMNS, ["row 2", "Prefix", "FORTYFOUR"]),
]
IDS = [name for _, name, _, _ in FILES]
MOST_MEMORY = 100 * bad_files.MEGABYTE


@pytest.mark.parametrize(("make", "name", "options", "words"), FILES, ids=IDS)
def test_a_bad_rate_sheet(
    cli: CommandLine, tmp_path: Path, make: Make, name: str, options: tuple[str, ...], words: list[str]
) -> None:
    make(tmp_path / name)
    before = cli.content()
    tracemalloc.start()
    try:
        done = cli("import-rates", tmp_path / name, *TABLE, *options, code=1)
        assert tracemalloc.get_traced_memory()[1] < MOST_MEMORY
    finally:
        tracemalloc.stop()
    assert done.out == ""
    assert [word for word in [name, *words] if word not in done.err] == []
    assert cli.content() == before


@pytest.mark.parametrize(("make", "name", "options", "words"), FILES[:9], ids=IDS[:9])
def test_a_bad_call_file(
    cli: CommandLine, tmp_path: Path, make: Make, name: str, options: tuple[str, ...], words: list[str]
) -> None:
    make(tmp_path / name)
    before = cli.content()
    done = cli("import-calls", tmp_path / name, code=1)
    assert name in done.err
    assert len(done.err.strip().split(". ")) >= 2, "what is wrong, and what to do"
    assert cli.content() == before


@pytest.mark.parametrize(("make", "name", "options", "words"), FILES[:9], ids=IDS[:9])
def test_a_bad_file_looked_at(
    cli: CommandLine, tmp_path: Path, make: Make, name: str, options: tuple[str, ...], words: list[str]
) -> None:
    make(tmp_path / name)
    done = cli("inspect", tmp_path / name, code=None)
    if make is bad_files.million_empty_rows:
        assert (done.code, "other" in done.out) == (0, True)
    else:
        assert done.code == 1
        assert [word for word in [name, *words] if word not in done.err] == []


def test_a_call_of_negative_duration(cli: CommandLine, tmp_path: Path) -> None:
    bad_files.negative_duration(tmp_path / "neg.csv")
    before = cli.content()
    done = cli("import-calls", tmp_path / "neg.csv", code=1)
    assert [word for word in ("neg.csv", "row 2", "-5", "Correct") if word not in done.err] == []
    assert cli.content() == before


def test_a_missing_file(cli: CommandLine, tmp_path: Path) -> None:
    for words in (("import-rates", tmp_path / "gone.csv", *TABLE), ("import-calls", tmp_path / "gone.csv")):
        assert "gone.csv" in cli(*words, code=1).err


@pytest.mark.parametrize(
    ("name", "encoded"),
    [
        ("nul.csv", bad_files.GOOD.replace("Denmark", "Den\0mark").encode()),
        ("utf16.csv", bad_files.GOOD.encode("utf-16")),
        ("cr.csv", bad_files.GOOD.replace("\n", "\r").encode()),
        ("bom.csv", bad_files.GOOD.encode("utf-8-sig")),
    ],
)
def test_odd_texts_are_read_whole(cli: CommandLine, tmp_path: Path, name: str, encoded: bytes) -> None:
    """A NUL, UTF-16 and a bare CR are no reason to refuse: every row is there."""
    (tmp_path / name).write_bytes(encoded)
    made = cli.json("import-rates", tmp_path / name, *TABLE, "--dry-run", "--scope", "partial").object
    assert (made["rows"], made["accepted"], made["quarantined"]) == (3, 2, 0)
    assert {key: made["counts"][key] for key in ("new", "up", "same")} == {"new": 1, "up": 1, "same": 0}


@pytest.mark.parametrize(
    ("row", "words"),
    [
        ("46,Sweden,1e400,2026-11-30", ["row 4", "1e400"]),
        ("46,Sweden,0.01,31/02/2026", ["row 4", "31/02/2026"]),
        ("SWEDEN,Sweden,0.01,2026-11-30", ["row 4", "SWEDEN"]),
    ],
)
def test_a_bad_row_among_good_ones_waits(
    cli: CommandLine, tmp_path: Path, row: str, words: list[str]
) -> None:
    (tmp_path / "mixed.csv").write_text(f"{bad_files.GOOD}{row}\n", encoding="utf-8")
    done = cli("import-rates", tmp_path / "mixed.csv", *TABLE, "--scope", "partial")
    assert "2 accepted + 0 duplicates + 1 in quarantine" in done.out
    assert [word for word in words if word not in done.out] == []
    assert "Sound" in cli("verify").out


def test_a_workspace_of_a_newer_version(cli: CommandLine) -> None:
    with sqlite3.connect(cli.path) as connection:
        connection.execute("UPDATE alembic_version SET version_num = '9999'")
    connection.close()
    before = cli.content()
    done = cli("accounts", "list", code=1)
    assert [word for word in (cli.path.name, "9999", "Update VoIPDesk") if word not in done.err] == []
    assert cli.content() == before


@pytest.mark.parametrize("kind", ["empty", "pdf", "directory", "gone"])
def test_what_is_no_workspace(tmp_path: Path, kind: str) -> None:
    path = tmp_path / "thing.vdesk"
    if kind != "gone":
        getattr(bad_files, kind)(path)
    done = CommandLine(path)("accounts", "list", code=1)
    assert "thing.vdesk" in done.err
    assert len(done.err.strip().split(". ")) >= 2


# --- disks: in a process of its own, which first does the same where it can, so that all is loaded

CHILD = """
import contextlib, os, sys
from pathlib import Path
from voipdesk.cli import main
main.load()
def run(workspace, *words):
    try:
        main.voipdesk(["--workspace", workspace, *words], prog_name="voipdesk")
    except SystemExit as ended:
        return ended.code
free, poor, limit, *words = sys.argv[1:]
with open(os.devnull, "w") as nowhere, contextlib.redirect_stdout(nowhere):
    assert run(free, *words) == 0
if limit == "read-only":
    if os.geteuid() == 0:
        os.setgroups([])
        os.setuid(65534)
else:
    import resource
    resource.setrlimit(resource.RLIMIT_FSIZE, (int(limit), int(limit)))
sys.exit(run(poor, *words))
"""


@pytest.fixture
def poor(cli: CommandLine) -> Iterator[Path]:
    """A copy of the workspace in a folder that every user may enter."""
    folder = Path(tempfile.mkdtemp(prefix="voipdesk-disk-"))
    copy = folder / "poor.vdesk"
    shutil.copy(cli.path, copy)
    yield copy
    folder.chmod(0o755)
    shutil.rmtree(folder)


def on_a_poor_disk(free: Path, poor: Path, limit: str, *words: object) -> "subprocess.CompletedProcess[str]":
    command = [sys.executable, "-c", CHILD, str(free), str(poor), limit, *map(str, words)]
    env = {**os.environ, "VOIPDESK_NOW": NOW.isoformat()}
    return subprocess.run(command, cwd=ROOT, env=env, capture_output=True, text=True, check=False)


@pytest.mark.skipif(sys.platform == "win32", reason="needs permissions of Unix")
def test_a_read_only_disk(cli: CommandLine, poor: Path) -> None:
    before = content(poor)
    poor.chmod(0o444)
    poor.parent.chmod(0o555)
    done = on_a_poor_disk(cli.path, poor, "read-only", "accounts", "add", "New Ltd", "--level", "company")
    assert done.returncode == 1, done
    assert "poor.vdesk" in done.stderr
    assert "read-only" in done.stderr
    assert "Nothing was changed" in done.stderr
    poor.parent.chmod(0o755)
    assert content(poor) == before


@pytest.mark.skipif(sys.platform == "win32", reason="needs limits of Unix")
def test_a_full_disk(cli: CommandLine, poor: Path, tmp_path: Path) -> None:
    """A limit on the size of files is what a disk that is full in the middle of a write looks like."""
    before = content(poor)
    rows = "".join(f"{44000 + number},UK,0.01,2026-11-30\n" for number in range(8000))
    (tmp_path / "large.csv").write_text(f"{bad_files.TITLES}\n{rows}", encoding="utf-8")
    words = ("import-rates", tmp_path / "large.csv", *TABLE, "--scope", "partial")
    done = on_a_poor_disk(cli.path, poor, str(200_000), *words)
    assert done.returncode == 1, done
    assert "poor.vdesk" in done.stderr
    assert "full" in done.stderr
    assert "Nothing was changed" in done.stderr
    assert content(poor) == before


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs /dev/full")
def test_no_room_for_a_pdf(month: CommandLine) -> None:
    number = month.json("invoices", "list").lines[0]["id"]
    done = month("invoices", "pdf", number, "/dev/full", code=1)
    assert "/dev/full" in done.err
    assert "No space left" in done.err
