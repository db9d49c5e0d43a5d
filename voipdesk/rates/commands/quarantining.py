"""Rows that are not taken: kept with their reason, so that every row of the file is accounted for."""

import sqlite3
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from voipdesk.kernel.money import from_scaled, price_text
from voipdesk.kernel.problems import Place, Problem
from voipdesk.kernel.text import tr
from voipdesk.rates import files
from voipdesk.rates.commands import staging
from voipdesk.store.types import canonical_json

_INSERT = 'INSERT INTO quarantine (import_id, row, "column", value, code, message, cells) VALUES (?, ?, ?, ?, ?, ?, ?)'
_CHUNK = 2_000
_SHOWN = 100
"""Problems kept in the report; all are in the quarantine."""


@dataclass(slots=True)
class Quarantine:
    """The quarantine of one import, written in chunks."""

    raw: sqlite3.Connection
    import_id: UUID
    file_name: str
    first: list[Problem] = field(default_factory=list)
    _waiting: list[tuple[Any, ...]] = field(default_factory=list)

    def add(self, row: files.SheetRow, problem: Problem) -> None:
        """One problem of one row, with the cells of the row."""
        self._put(problem.at(file=self.file_name, row=row.row), row.cells)

    def add_conflicts(self, batch: staging.Batch) -> None:
        """All rows that give one prefix different terms on one date (G7)."""
        for (prefix, _, _), rows in batch.conflicts.items():
            prices = ", ".join(sorted({_price(row[staging.PRICE]) for row in rows}))
            said = tr("{prefix} has more than one rate on one date ({prices}).").format(
                prefix=prefix, prices=prices
            )
            for row in rows:
                self._put(
                    Problem(
                        "two_prices",
                        said,
                        tr("Keep one of the rows."),
                        Place(self.file_name, row=row[staging.SOURCE_ROW], value=prefix),
                    )
                )

    def take_odd(self, batch: staging.Batch, ids: Iterable[int]) -> None:
        """Move staged rates with a price of zero or above the ceiling into quarantine (G5)."""
        rows = [
            self.raw.execute("SELECT id, source_row, prefix, price FROM rate WHERE id = ?", (key,)).fetchone()
            for key in ids
        ]
        for _, source_row, prefix, price in rows:
            said = tr("The price of {prefix}, {price}, is zero or above the ceiling.").format(
                prefix=prefix, price=_price(price)
            )
            place = Place(self.file_name, row=source_row, value=_price(price))
            self._put(Problem("odd_price", said, tr("Correct it, or accept G5."), place))
        self.flush()
        self.raw.executemany("DELETE FROM rate WHERE id = ?", [(row[0],) for row in rows])
        batch.recount({row[1] for row in rows})

    def flush(self) -> None:
        """Write what waits."""
        rows, self._waiting = self._waiting, []
        self.raw.executemany(_INSERT, rows)

    def _put(self, problem: Problem, cells: Sequence[str] = ()) -> None:
        if len(self.first) < _SHOWN:
            self.first.append(problem)
        place = problem.place
        told = f"{problem.message} {problem.hint}".strip()
        self._waiting.append(
            (
                self.import_id.bytes, place.row or 0, place.column, place.value, problem.code, told,
                canonical_json(list(cells)) if cells else None,
            )
        )  # fmt: skip
        if len(self._waiting) >= _CHUNK:
            self.flush()


def _price(units: int) -> str:
    return price_text(from_scaled(units))
