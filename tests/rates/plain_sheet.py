"""The simplest reader of a rate sheet: a CSV with fixed titles. The finding of layouts is tabular's own matter."""

import csv
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation
from pathlib import Path
from uuid import UUID

from voipdesk.kernel.problems import Problem
from voipdesk.rates.files import SheetRow


@dataclass
class PlainSheet:
    path: Path
    currency: str = ""
    fingerprint: str = "plain"
    profile_id: UUID | None = None
    layout_data: object = "plain"
    total: int = 0
    skipped: int = 0
    blank: int = 0

    def rows(self) -> Iterator[SheetRow]:
        with self.path.open(newline="", encoding="utf-8") as file:
            reader = csv.reader(file)
            titles = next(reader)
            self.total, self.skipped = 1, 1
            for number, cells in enumerate(reader, start=2):
                self.total += 1
                if not any(cells):
                    self.blank += 1
                    continue
                yield _row(number, dict(zip(titles, cells, strict=False)), cells)


def _row(number: int, named: dict[str, str], cells: list[str]) -> SheetRow:
    codes = tuple(code for code in named["Prefix"].replace(" ", "").split(";") if code.isdigit())
    try:
        price = Decimal(named["Rate"] or "0")
    except InvalidOperation:
        problem = Problem("price_unreadable", f"{named['Rate']} is not a price.")
        return SheetRow(number, codes, problems=[problem], is_faulty=True, cells=cells)
    if not codes:
        problem = Problem("prefix_unreadable", f"{named['Prefix']} is not a prefix.")
        return SheetRow(number, problems=[problem], is_faulty=True, cells=cells)
    first, _, following = named.get("Increment", "1/1").partition("/")
    since = named.get("Effective Date", "")
    return SheetRow(
        number,
        codes,
        named.get("Destination", ""),
        {"": 0, "open": 0, "blocked": 1, "closed": 2}[named.get("Status", "")],
        price,
        connect_fee=Decimal(named.get("Connection Fee", "0")),
        initial_interval=int(first),
        next_interval=int(following),
        effective_from=date.fromisoformat(since) if since else None,
        cells=cells,
    )
