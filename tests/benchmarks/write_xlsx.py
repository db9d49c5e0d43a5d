"""250,000 rates into .xlsx: our writer against openpyxl write-only with the same cells, and csv.writer for the eye.

Run: `python -m tests.benchmarks.write_xlsx`
"""

import csv
import tempfile
import time
from collections.abc import Callable, Iterator
from decimal import Decimal
from pathlib import Path

from voipdesk.tabular.writer import write_csv, write_xlsx

ROWS = 250_000
HEAD = [
    "Prefix",
    "Destination",
    "Rate",
    "Connect fee",
    "Interval",
    "Effective from",
    "Effective until",
    "Status",
]

Cells = list[str | Decimal | int]


def rows() -> Iterator[Cells]:
    """Rows like those of a carrier."""
    for index in range(ROWS):
        price = Decimal((37 * index) % 20_000 + 1).scaleb(-4)
        yield [
            str(1_000_000 + index), f"Zone {index % 900}, mobile", price, Decimal("0.0000"), "60/1", "2026-10-01", "",
            "open",
        ]  # fmt: skip


def by_openpyxl(path: Path) -> None:
    """The baseline."""
    from openpyxl import Workbook

    book = Workbook(write_only=True)
    sheet = book.create_sheet("Rates")
    sheet.append(HEAD)
    for row in rows():
        sheet.append(row)
    book.save(path)


def by_csv(path: Path) -> None:
    """The least that writing these rows costs."""
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows(rows())


def main() -> None:
    """Print seconds, sizes and the ratio to the baseline."""
    ways: list[tuple[str, str, Callable[[Path], object]]] = [
        ("openpyxl write-only", "a.xlsx", by_openpyxl),
        ("write_xlsx", "b.xlsx", lambda path: write_xlsx(path, HEAD, rows())),
        ("write_csv", "c.csv", lambda path: write_csv(path, HEAD, rows())),
        ("csv.writer", "d.csv", by_csv),
    ]
    base = 0.0
    with tempfile.TemporaryDirectory() as folder:
        for name, file, write in ways:
            path = Path(folder) / file
            start = time.perf_counter()
            write(path)
            took = time.perf_counter() - start
            base = base or took
            size = path.stat().st_size / 1e6
            print(f"{name:20} {took:6.2f} s  {base / took:5.1f} x  {size:6.1f} MB")


if __name__ == "__main__":
    main()
