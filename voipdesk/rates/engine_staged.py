"""Edited rates in the form of a sheet, and rows taken out of one."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from voipdesk.kernel.money import to_scaled
from voipdesk.kernel.periods import to_micros
from voipdesk.rates.engine import RateColumns, columns
from voipdesk.rates.engine_sheet_columns import TERMS, Drawn, Faults, KeptOut, SheetColumns, Tally, settled
from voipdesk.rates.rules import STATES, NewRate


def columns_of(rows: Sequence[NewRate]) -> RateColumns:
    """Rates that all have their start, as columns."""
    return columns([[_row(at, row) for at, row in enumerate(rows)]])


def _row(at: int, row: NewRate) -> tuple[Any, ...]:
    """In the order of the fields of `RateColumns`."""
    terms = row.terms
    assert row.effective_from is not None
    return (
        at, row.prefix, row.band, to_micros(row.effective_from), 0, STATES.index(row.state), to_scaled(terms.price),
        None if terms.next_price is None else to_scaled(terms.next_price), to_scaled(terms.connect_fee),
        to_scaled(terms.minimum_charge), terms.initial_interval, terms.next_interval, terms.free_seconds,
        terms.grace_seconds, None if row.effective_until is None else to_micros(row.effective_until), row.destination,
    )  # fmt: skip


def sheet_of(rates: RateColumns) -> SheetColumns:
    """Edited rates as if they were the rows of a sheet, counted from 1."""
    count = len(rates)
    drawn: Drawn = {
        name: getattr(rates, name).copy() for name in ("prefixes", "band", "effective_from", *TERMS)
    }
    drawn["source_row"] = np.arange(1, count + 1, dtype=np.int32)
    drawn["is_dated"] = np.ones(count, dtype=np.bool_)
    drawn["repeats"] = np.zeros(count, dtype=np.int32)
    names = (rates.band_names, rates.destination_names)
    return settled(drawn, names, Tally(rows=count), Faults(), KeptOut())


def without_rows(sheet: SheetColumns, rows: frozenset[int]) -> SheetColumns:
    """The sheet where these file rows count as faulty: their rates are out, until they are read again."""
    gone = np.isin(sheet.source_row, np.fromiter(rows, np.int64, len(rows)))
    if not gone.any():
        return sheet
    taken = np.unique(sheet.source_row[gone])
    left = ~gone
    place = np.cumsum(left) - 1
    conflicts = sheet.conflicts[left[sheet.conflicts]]
    return replace(
        sheet,
        rates=replace(sheet.rates.take(left), ids=np.arange(int(left.sum()), dtype=np.int64)),
        source_row=sheet.source_row[left],
        is_dated=sheet.is_dated[left],
        repeats=sheet.repeats[left],
        conflicts=place[conflicts],
        faulty=sheet.faulty + len(taken),
    )
