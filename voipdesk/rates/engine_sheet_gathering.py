"""Rates of a sheet on their way into columns, row by row: the way that says what a sheet means."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from voipdesk.kernel.ledger import Ledger
from voipdesk.kernel.problems import Problem
from voipdesk.rates import files
from voipdesk.rates.engine import NEVER
from voipdesk.rates.engine_sheet_columns import (
    Drawn,
    Faults,
    KeptOut,
    SheetColumns,
    SheetFault,
    settled,
)

_WAITING = 4_000
"""Rates that are turned into arrays at once."""

TYPES: dict[str, Any] = {
    "prefixes": "S15", "destination": np.int64, "state": np.int8, "price": np.int64, "next_price": np.int64,
    "connect_fee": np.int64, "minimum_charge": np.int64, "initial_interval": np.int64, "next_interval": np.int64,
    "free_seconds": np.int64, "grace_seconds": np.int64, "band": np.int64, "effective_from": np.int64,
    "effective_until": np.int64, "source_row": np.int32, "is_dated": np.bool_,
    "repeats": np.int32,
}  # fmt: skip
"""In the order of `files.RowMaker.rates`, then what columns keep beside the rates."""


@dataclass(slots=True)
class Gathered:
    """Rates of a sheet on their way into columns."""

    maker: files.RowMaker
    faults: Faults = field(default_factory=Faults)
    kept_out: KeptOut = field(default_factory=KeptOut)
    parts: list[dict[str, Any]] = field(default_factory=list)
    bands: dict[str, int] = field(default_factory=lambda: {"": 0})
    destinations: dict[str, int] = field(default_factory=dict)
    _waiting: list[tuple[Any, ...]] = field(default_factory=list)

    def take(self, row: files.SheetRow) -> None:
        """One row, by the scalar way: its rates, or its faults."""
        for problem in row.problems:
            self.faults.add(fault_of(row, problem))
        rates = [] if row.is_faulty else self._rates(row)
        if not rates:
            self.kept_out.rows += 1
            self.kept_out.codes.update(row.codes)
            return
        is_dated = row.effective_from is not None
        self._waiting.extend((*rate, is_dated) for rate in rates)
        if len(self._waiting) >= _WAITING:
            self.flush()

    def flush(self) -> None:
        """Turn the waiting rates into arrays."""
        if not self._waiting:
            return
        given: list[Sequence[Any]] = list(zip(*self._waiting, strict=True))
        self._waiting = []
        prefixes, names, states, prices, nexts = given[:5]
        nexts = [price if after is None else after for price, after in zip(prices, nexts, strict=True)]
        *middle, bands, since, untils, rows, dated = given[5:]
        ordered = (
            prefixes, self.places(self.destinations, names), states, prices, nexts, *middle,
            self.places(self.bands, bands), since, [NEVER if until is None else until for until in untils], rows, dated,
            np.zeros(len(rows)),
        )  # fmt: skip
        self.parts.append(
            {
                name: np.array(column, dtype=kind)
                for (name, kind), column in zip(TYPES.items(), ordered, strict=True)
            }
        )

    def settled(self, tally: Ledger, before: Drawn | None = None) -> SheetColumns:
        """The columns of all that was taken, and of those `before`. `tally`: rows, skipped, blank, earlier duplicates."""
        self.flush()
        names = (tuple(self.bands), tuple(self.destinations))
        parts = self.parts if before is None else [before, *self.parts]
        return settled(joined(parts), names, tally, self.faults, self.kept_out)

    @staticmethod
    def places(known: dict[str, int], names: Iterable[str]) -> list[int]:
        """The number of each name; new ones get the next."""
        return [known.setdefault(name, len(known)) for name in names]

    def _rates(self, row: files.SheetRow) -> list[tuple[Any, ...]]:
        """The stored rows of a row, or none where they end before they start or cost less than nothing."""
        try:
            rates = self.maker.rates(row)
        except OverflowError:
            self.faults.add(fault_of(row, files.beyond_calendar(row)))
            return []
        if rates and files.is_backwards(rates[0]):
            self.faults.add(fault_of(row, files.ends_before_start(row)))
            return []
        if any(map(files.is_negative, rates)):
            self.faults.add(fault_of(row, files.below_zero(row)))
            return []
        return rates


def joined(parts: list[dict[str, Any]]) -> Drawn:
    """The parts as whole columns; each part is let go as it is copied. A part may hold one value for all its rows."""
    sizes = [len(part["prefixes"]) for part in parts]
    drawn: Drawn = {}
    for name, kind in TYPES.items():
        column = drawn[name] = np.empty(sum(sizes), dtype=kind)
        at = 0
        for part, size in zip(parts, sizes, strict=True):
            column[at : at + size] = part.pop(name)
            at += size
    return drawn


def fault_of(row: files.SheetRow, problem: Problem) -> SheetFault:
    """What is kept of one problem of a row."""
    place = problem.place
    return SheetFault(
        row.row, place.column, place.value, problem.code, problem.message, problem.hint, tuple(row.cells)
    )
