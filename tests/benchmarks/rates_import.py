"""Importing 250,000 rates to published, against a bare executemany of ready tuples in the same run.

The CSV is read by the tests' plain reader: layouts are tabular's matter, and .xlsx comes with it.

    python -m tests.benchmarks.rates_import [ROWS]

The rows are those of scenario F7: prefix 1000000 + i, destination `Zone n`, rate ((37 i) mod 20000 + 1) / 10000.
"""

import csv
import resource
import sqlite3
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from tests.rates.plain_sheet import PlainSheet
from voipdesk.accounts.commands import start_workspace
from voipdesk.accounts.queries import actor_named
from voipdesk.rates import commands, queries

HEADER = ["Prefix", "Destination", "Rate", "Increment", "Effective Date"]


def row(index: int) -> list[str]:
    units = (37 * index) % 20_000 + 1
    return [
        str(1_000_000 + index),
        f"Zone {index % 900}",
        f"{units // 10_000}.{units % 10_000:04}",
        "1/1",
        "2026-10-01",
    ]


def timed(work: Callable[[], object]) -> float:
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def bare(path: Path, rows: list[tuple[object, ...]]) -> None:
    """The same rows into the same columns with the same indexes, and nothing else."""
    connection = sqlite3.connect(path)
    connection.execute("PRAGMA journal_mode = WAL")
    connection.execute("PRAGMA synchronous = NORMAL")
    connection.execute(
        "CREATE TABLE rate (id INTEGER PRIMARY KEY, t INTEGER, v INTEGER, prefix TEXT, destination TEXT, state INTEGER, "
        "price INTEGER, band TEXT, since INTEGER, source INTEGER, UNIQUE (t, prefix, band, since, v))"
    )
    connection.execute("CREATE INDEX ix ON rate (v)")
    connection.executemany(
        "INSERT INTO rate (t, v, prefix, destination, state, price, band, since, source) "
        "VALUES (1, 1, ?, ?, 0, ?, '', 0, ?)",
        rows,
    )
    connection.commit()
    connection.close()


def write_sheet(path: Path, count: int) -> None:
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(HEADER)
        writer.writerows(row(index) for index in range(count))


def imported(folder: Path, name: str, sheet: Path) -> float:
    db = start_workspace(folder / f"{name}.vdesk", company="Acme VoIP", currency="USD", zone="UTC")
    actor = actor_named(db)
    commands.create_table(db, actor, name="Aurora", currency="USD")
    seconds = timed(lambda: commands.import_opened(db, actor, PlainSheet(sheet), table="Aurora"))
    with db.read() as conn:
        print(f"{name:>22}  {seconds:7.2f} s   deck of it {timed(lambda: queries.deck(conn, 1)):.2f} s")
    again = timed(lambda: commands.import_opened(db, actor, PlainSheet(sheet), table="Aurora", dry_run=True))
    print(f"{name + ' again, dry':>22}  {again:7.2f} s")
    db.close()
    return seconds


def main() -> None:
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 250_000
    with tempfile.TemporaryDirectory() as made:
        folder = Path(made)
        text = folder / "deck.csv"
        write_sheet(text, count)
        tuples: list[tuple[object, ...]] = [
            (str(1_000_000 + at), f"Zone {at % 900}", ((37 * at) % 20_000 + 1) * 10_000, at)
            for at in range(count)
        ]
        many = timed(lambda: bare(folder / "bare.db", tuples))
        print(f"{'bare executemany':>22}  {many:7.2f} s")
        as_text = imported(folder, "CSV to published", text)
        print(f"CSV import / bare executemany: {as_text / many:.2f} (limit 4)")
        print(f"peak memory: {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024} MB")


if __name__ == "__main__":
    main()
