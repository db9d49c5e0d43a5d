"""Results of an older file mean the same in the new one: who was charged, by which terms, how much."""

import random
import sqlite3
from pathlib import Path

import pytest
from alembic import command
from alembic.config import Config

from voipdesk.kernel.problems import WorkspaceError
from voipdesk.store import files
from voipdesk.store.database import Database

ACCOUNTS = ("supplier_id", "reseller_id", "company_id", "user_id")
TERMS = ("cost_term", "reseller_term", "company_term", "user_term")
OF_CALLS = (
    "call_id", "run_seq", "problem", "cost_seconds", "cost", "reseller_seconds", "reseller_price",
    "company_seconds", "company_price", "user_seconds", "user_price",
)  # fmt: skip
RUNS = (2, 5, 6)


@pytest.fixture
def old(tmp_path: Path) -> Path:
    """A workspace of revision 0006 with three runs over the same calls; suppliers, accounts and terms may be NULL."""
    path = tmp_path / "old.vdesk"
    conn = sqlite3.connect(path, isolation_level=None)
    conn.execute("PRAGMA journal_mode = WAL")
    conn.execute(f"PRAGMA application_id = {files.APPLICATION_ID}")
    config = Config()
    config.set_main_option("script_location", str(Path(files.__file__).parent / "migrations"))
    config.attributes["path"] = path
    command.upgrade(config, "0006")
    chosen = random.Random(7)
    keys = [None, *(bytes(15) + bytes([one]) for one in (1, 2, 200))]
    paths = [
        (
            10 + 3 * one,
            RUNS[one // 60],
            *chosen.choices(keys, k=4),
            *chosen.choices([None, 1, 2, 3, 2**33], k=4),
        )
        for one in range(60 * len(RUNS))
    ]
    paths.append((9_000, RUNS[-1], *paths[-1][2:]))  # what two threads of old might have told twice
    conn.executemany(f"INSERT INTO rating_path VALUES ({','.join('?' * 10)})", paths)
    rated = []
    for run in RUNS:
        mine = [one[0] for one in paths if one[1] == run]
        for call in chosen.sample(range(1, 3_000), 900):
            amounts = chosen.choices([None, 0, 7, 2**40], k=8)
            trouble = chosen.choice([None, "no_rate"])
            rated.append((call, run, chosen.choice([*mine, None]), trouble, *amounts))
    conn.executemany(f"INSERT INTO rated VALUES ({','.join('?' * 12)})", rated)
    conn.close()
    return path


def told(path: Path, joins: str) -> list[tuple[object, ...]]:
    """Every result with its accounts and terms instead of their ids."""
    columns = (
        [f"r.{one}" for one in OF_CALLS] + [f"w.{one}" for one in ACCOUNTS] + [f"p.{one}" for one in TERMS]
    )
    conn = sqlite3.connect(path)
    found = conn.execute(f"SELECT {', '.join(columns)} FROM rated r {joins} ORDER BY 1, 2").fetchall()
    conn.close()
    return found


def test_results_of_older_files_stay_what_they_were(old: Path) -> None:
    before = told(
        old,
        "LEFT JOIN rating_path w ON w.id = r.path_id LEFT JOIN rating_path p ON p.id = r.path_id",
    )
    assert len(before) == 900 * len(RUNS)
    Database.open(old).close()
    after = told(
        old,
        "LEFT JOIN rating_way w ON w.id = r.way_id AND w.run_seq = r.run_seq "
        "LEFT JOIN rating_path p ON p.id = r.path_id AND p.run_seq = r.run_seq",
    )
    assert after == before


def test_what_results_share_is_kept_once_and_the_file_stays_compact(old: Path) -> None:
    conn = sqlite3.connect(old)
    wanted = {
        "rating_way": set(conn.execute(f"SELECT run_seq, {', '.join(ACCOUNTS)} FROM rating_path")),
        "rating_path": set(conn.execute(f"SELECT run_seq, {', '.join(TERMS)} FROM rating_path")),
    }
    pages = conn.execute("PRAGMA page_count").fetchone()[0]
    conn.close()
    Database.open(old).close()
    conn = sqlite3.connect(old)
    for table, rows in wanted.items():
        found = [row[1:] for row in conn.execute(f"SELECT * FROM {table}")]
        assert len(found) == len(rows)
        assert set(found) == rows
    assert conn.execute("PRAGMA page_count").fetchone()[0] <= pages + 1  # the table of ways begins a page
    statements = dict(conn.execute("SELECT name, sql FROM sqlite_schema"))
    assert statements["rated"].strip().endswith("WITHOUT ROWID")
    assert statements["ix_rated_problem"].endswith("WHERE problem IS NOT NULL")
    names = [row[1] for row in conn.execute("PRAGMA table_info(rated)")]
    assert names[:4] == ["call_id", "run_seq", "way_id", "path_id"]
    assert sorted(names) == sorted([*OF_CALLS, "way_id", "path_id"])
    conn.close()


@pytest.mark.parametrize("table", ["rated", "rating_path"])
def test_an_older_file_that_cannot_be_rebuilt_is_told_and_leaves_no_copy(old: Path, table: str) -> None:
    conn = sqlite3.connect(old)
    size = conn.execute("PRAGMA page_size").fetchone()[0]
    root = conn.execute("SELECT rootpage FROM sqlite_schema WHERE name = ?", (table,)).fetchone()[0]
    conn.close()
    content = bytearray(old.read_bytes())
    content[(root - 1) * size : root * size] = b"\xff" * size
    old.write_bytes(content)
    with pytest.raises(WorkspaceError, match=r"old\.vdesk is damaged") as refused:
        Database.open(old)
    assert refused.value.code == "workspace_damaged"
    assert files.revision(old) == "0006"
    assert [one.name for one in old.parent.iterdir() if "before" in one.name] == []


def test_a_workspace_that_somebody_writes_is_not_rebuilt_meanwhile(old: Path) -> None:
    other = sqlite3.connect(old, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    with pytest.raises(WorkspaceError, match="is being written by another program"):
        Database.open(old)
    other.execute("ROLLBACK")
    other.close()
    Database.open(old).close()
    assert files.revision(old) == files.HEAD
