"""A 250,000-row .xlsx from the chosen file to staged rows (a dry run, which compares too), against openpyxl reading it.

    python -m tests.benchmarks.read_xlsx [ROWS]

Printed beside it: the parts of the way (finding the layout, reading the cells, making rates of them), and the same rows
as CSV against one pass of `csv.reader`.
"""

import csv
import sys
import tempfile
import time
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

import openpyxl

from tests.memory import peak_megabytes
from voipdesk.accounts.commands import start_workspace
from voipdesk.accounts.queries import actor_named
from voipdesk.rates import commands
from voipdesk.tabular.mapping import RateSheet
from voipdesk.tabular.sniff import sniff, sniff_open
from voipdesk.tabular.writer import write_rows

HEADER = ["Prefix", "Destination", "Rate", "Connection Fee", "Increment", "Effective Date"]


def rows(count: int) -> Iterator[list[str]]:
    """Rows with prices that repeat as those of decks do."""
    for index in range(count):
        units = (37 * index) % 20_000 + 1
        price = f"{units // 10_000}.{units % 10_000:04}"
        yield [str(1_000_000 + index), f"Zone {index % 900}", price, "0", "60/1", "2026-10-01"]


def timed(work: Callable[[], object]) -> float:
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def drained(things: Iterable[object]) -> None:
    deque(things, maxlen=0)


def with_openpyxl(path: Path) -> None:
    book = openpyxl.load_workbook(path, read_only=True)
    drained(book.worksheets[0].iter_rows(values_only=True))
    book.close()


def with_csv(path: Path) -> None:
    with path.open(encoding="utf-8", newline="") as file:
        drained(csv.reader(file))


def mapped(path: Path) -> None:
    layout, table = sniff_open(path, kind="rates")
    with RateSheet(path, layout, table) as sheet:
        drained(sheet.rows())


def main() -> None:
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 250_000
    with tempfile.TemporaryDirectory() as folder:
        book, text = Path(folder) / "deck.xlsx", Path(folder) / "deck.csv"
        for path in (book, text):
            write_rows(path, HEADER, rows(count))
        db = start_workspace(Path(folder) / "desk.vdesk", company="Bench", currency="USD", zone="UTC")
        admin = actor_named(db)
        commands.create_table(db, admin, name="Aurora", currency="USD")

        def staged(path: Path) -> Callable[[], object]:
            return lambda: commands.import_sheet(db, admin, path, table="Aurora", dry_run=True)

        for path, name, baseline in (
            (book, "openpyxl read-only", lambda: with_openpyxl(book)),
            (text, "csv.reader", lambda: with_csv(text)),
        ):
            base = timed(baseline)
            print(f"{path.suffix} {count:,} rows; {name}: {base:.2f} s")
            for label, work in (
                ("layout", lambda path=path: sniff(path, kind="rates")),
                ("layout and rows as values", lambda path=path: mapped(path)),
                ("to staged rows and compared", staged(path)),
            ):
                took = timed(work)
                print(f"  {label:30} {took:6.2f} s  {took / base:6.2f} x")
        db.close()
    print(f"peak memory {peak_megabytes()} MB")


if __name__ == "__main__":
    main()
