"""Rate sheets from the chosen file to published rates, against plainly reading the same file in the same run.

    python -m tests.benchmarks.rates_import [ROWS]

A deck of nine columns as carriers send them, as CSV and as a workbook of numbers: read into columns (the layout found,
every cell read, ledger and faults), staged in a workspace, published into an empty table, and a second month with a
tenth of the prices changed published over it, compared and guarded. Then, each in a process of its own, the CSV of
ROWS and of four times as many: time and peak memory over that of the idle process.
"""

import csv
import sqlite3
import sys
import tempfile
import time
from collections import deque
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime
from decimal import Decimal
from functools import partial
from multiprocessing import get_context
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import openpyxl

from voipdesk.accounts.commands import start_workspace
from voipdesk.accounts.queries import actor_named
from voipdesk.kernel.changes import Actor
from voipdesk.rates import commands
from voipdesk.rates.engine_sheet import pack, read_columns, unpack
from voipdesk.rates.files_opened import open_sheet
from voipdesk.store.database import Database
from voipdesk.tabular.writer import write_rows

Readers = dict[str, Callable[[Path], None]]

HEADER = [
    "Country", "Destination", "Dial Code", "Rate", "Connection Fee", "Increment", "Effective Date", "Status", "Comment",
]  # fmt: skip
STATUS = ("Increase", "Decrease", "No change")
GUARDS = [f"G{number}:1000000" for number in range(1, 15)]


def deck(count: int, *, month: int = 11, step: int = 0) -> Iterator[list[Any]]:
    """Rows of a deck; `step` is added to every tenth price, in ten-thousandths."""
    for at in range(count):
        zone = at // 278
        units = (37 * at) % 20_000 + 100 + (step if at % 10 == 0 else 0)
        yield [
            f"Country {zone % 240}", f"Country {zone % 240} - Mobile Network {zone}", 1_000_000 + at,
            Decimal(units).scaleb(-4), 0, "60/1" if zone % 3 else "1/1", date(2026, month, 1 + zone % 3), STATUS[at % 3], "",
        ]  # fmt: skip


def timed(work: Callable[[], object]) -> float:
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def streamed(path: Path) -> None:
    with path.open(newline="", encoding="utf-8-sig") as file:
        deque(csv.reader(file), maxlen=0)


def listed(path: Path) -> None:
    with path.open(newline="", encoding="utf-8-sig") as file:
        list(csv.reader(file))


def with_openpyxl(path: Path) -> None:
    book = openpyxl.load_workbook(path, read_only=True)
    deque(book.worksheets[0].iter_rows(values_only=True), maxlen=0)
    book.close()


def to_columns(path: Path) -> bytes:
    """From the chosen file to the packed columns of a staged import."""
    with open_sheet(path) as sheet:
        return pack(read_columns(sheet, ZoneInfo("UTC"), usual=datetime(2026, 11, 1, tzinfo=UTC)))


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


def told(what: str, seconds: float, baselines: dict[str, float]) -> None:
    ratios = "  ".join(f"{seconds / base:6.2f} x {name}" for name, base in baselines.items())
    print(f"  {what:44} {seconds:6.2f} s  {ratios}", flush=True)


def stage(db: Database, actor: Actor, path: Path, kept: list[Any]) -> None:
    kept.append(commands.stage_sheet(db, actor, path, table="Aurora"))


def imported(folder: Path, first: Path, second: Path, baselines: dict[str, float]) -> None:
    """Both months through staging, review and publishing."""
    db = start_workspace(
        folder / f"{first.stem}{first.suffix}.vdesk", company="Bench", currency="USD", zone="UTC"
    )
    actor = actor_named(db)
    commands.create_table(db, actor, name="Aurora", currency="USD")
    for path, what in ((first, "an empty table"), (second, "a tenth changed")):
        kept: list[Any] = []
        staged = timed(partial(stage, db, actor, path, kept))
        told(f"file to staged ({what})", staged, baselines)
        commands.decide(db, actor, kept[0], accept=GUARDS)
        published = timed(partial(commands.publish_import, db, actor, kept[0]))
        told(f"file to published ({what})", staged + published, baselines)
    db.close()


def memory(name: str) -> int:
    """MB of this process by a name of Linux: VmRSS now, VmHWM at most (`getrusage` would count the parent's)."""
    status = dict(line.split(":", 1) for line in Path("/proc/self/status").read_text().splitlines())
    return int(status[name].split()[0]) >> 10


def measured(path: Path) -> tuple[float, int, int]:
    """(seconds, resident MB before, peak MB) of reading a file into columns; in a fresh process."""
    idle = memory("VmRSS")
    return timed(lambda: to_columns(path)), idle, memory("VmHWM")


def large(folder: Path, count: int) -> None:
    """The same deck and four of it, each in a fresh process."""
    found = []
    for size in (count, 4 * count):
        path = folder / f"large{size}.csv"
        write_rows(path, HEADER, deck(size))
        with get_context("spawn").Pool(1) as pool:
            found.append(pool.apply(measured, (path,)))
        seconds, idle, peak = found[-1]
        print(f"{size:,} rows of CSV to columns: {seconds:.2f} s, {peak - idle} MB over the idle {idle} MB")
    print(f"four times the rows take {found[1][0] / found[0][0]:.2f} times as long")


def baseline(folder: Path, count: int) -> float:
    """Seconds of a bare `executemany` of ready tuples."""
    rows: list[tuple[object, ...]] = [
        (str(row[2]), row[1], int(row[3] * 10**8), at) for at, row in enumerate(deck(count))
    ]
    return timed(lambda: bare(folder / "bare.db", rows))


def compared(folder: Path, ending: str, readers: Readers, *, count: int, many: float) -> None:
    """One kind of file against plain readers of it."""
    first, second = folder / f"deck.{ending}", folder / f"next.{ending}"
    write_rows(first, HEADER, deck(count))
    write_rows(second, HEADER, deck(count, month=12, step=3))
    first.read_bytes()  # All begin with the file in memory.
    baselines = {name: timed(partial(reader, first)) for name, reader in readers.items()}
    baselines["executemany"] = many
    print(
        f".{ending}, {count:,} rows; " + "; ".join(f"{name} {took:.2f} s" for name, took in baselines.items())
    )
    kept: list[bytes] = []
    told("file to columns", timed(lambda: kept.append(to_columns(first))), baselines)
    told(f"columns of {len(kept[0]) / 1e6:.1f} MB unpacked", timed(lambda: unpack(kept[0])), baselines)
    imported(folder, first, second, baselines)


def main() -> None:
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 250_000
    with tempfile.TemporaryDirectory() as made:
        folder = Path(made)
        many = baseline(folder, count)
        texts: Readers = {"csv.reader streamed": streamed, "list(csv.reader)": listed}
        compared(folder, "csv", texts, count=count, many=many)
        compared(folder, "xlsx", {"openpyxl read-only": with_openpyxl}, count=count, many=many)
        large(folder, count)


if __name__ == "__main__":
    main()
