"""Importing 250,000 rates to published, as CSV and .xlsx, against reading with openpyxl and a bare executemany.

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

import openpyxl

from voipdesk.accounts.commands import start_workspace
from voipdesk.accounts.queries import actor_named
from voipdesk.rates import commands, queries

HEADER = ["Prefix", "Destination", "Rate", "Interval", "Effective from"]


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


def write_sheets(folder: Path, count: int) -> tuple[Path, Path]:
    text, book = folder / "deck.csv", folder / "deck.xlsx"
    with text.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(HEADER)
        writer.writerows(row(index) for index in range(count))
    workbook = openpyxl.Workbook(write_only=True)
    sheet = workbook.create_sheet("Rates")
    sheet.append(HEADER)
    for index in range(count):
        prefix, destination, price, interval, since = row(index)
        sheet.append([prefix, destination, float(price), interval, since])
    workbook.save(book)
    return text, book


def read_openpyxl(path: Path) -> None:
    workbook = openpyxl.load_workbook(path, read_only=True)
    for _ in workbook.active.iter_rows(values_only=True):
        pass
    workbook.close()


def imported(folder: Path, name: str, sheet: Path) -> float:
    db = start_workspace(folder / f"{name}.vdesk", company="Acme VoIP", currency="USD", zone="UTC")
    actor = actor_named(db)
    commands.create_table(db, actor, name="Aurora", currency="USD")
    seconds = timed(lambda: commands.import_sheet(db, actor, sheet, table="Aurora"))
    with db.read() as conn:
        print(f"{name:>22}  {seconds:7.2f} s   deck of it {timed(lambda: queries.deck(conn, 1)):.2f} s")
    again = timed(
        lambda: commands.import_sheet(db, actor, sheet, table="Aurora", dry_run=True, accept=("G12",))
    )
    print(f"{name + ' again, dry':>22}  {again:7.2f} s")
    db.close()
    return seconds


def main() -> None:
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 250_000
    with tempfile.TemporaryDirectory() as made:
        folder = Path(made)
        text, book = write_sheets(folder, count)
        tuples: list[tuple[object, ...]] = [
            (str(1_000_000 + at), f"Zone {at % 900}", ((37 * at) % 20_000 + 1) * 10_000, at)
            for at in range(count)
        ]
        many = timed(lambda: bare(folder / "bare.db", tuples))
        print(f"{'bare executemany':>22}  {many:7.2f} s")
        as_text = imported(folder, "CSV to published", text)
        as_book = imported(folder, ".xlsx to published", book)
        reading = timed(lambda: read_openpyxl(book))
        print(f"{'openpyxl read-only':>22}  {reading:7.2f} s")
        print(f"CSV import / bare executemany: {as_text / many:.2f} (limit 4)")
        print(f".xlsx import / openpyxl reading: {as_book / reading:.2f} (limit 0.33)")
        print(f"peak memory: {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024} MB")


if __name__ == "__main__":
    main()
