"""Edited rates in the form of a sheet, and rows taken out of one."""

from collections.abc import Collection
from dataclasses import replace

import numpy as np

from voipdesk.kernel.ledger import Ledger
from voipdesk.rates.engine import RateColumns
from voipdesk.rates.engine_sheet_columns import TERMS, Drawn, Faults, KeptOut, SheetColumns, settled


def unfit(rates: RateColumns, bands: Collection[str]) -> dict[str, list[int]]:
    """Positions of rows that cannot be rates, by the code of their fault: `bad_prefix`, `unknown_band` (none of the
    table's), `below_zero`, `ends_before_start`.
    """
    known = np.array([name == "" or name in bands for name in rates.band_names])
    low = np.minimum.reduce([rates.price, rates.next_price, rates.connect_fee, rates.minimum_charge])
    faults = {
        "bad_prefix": ~np.char.isdigit(rates.prefixes),
        "unknown_band": ~known[rates.band],
        "below_zero": low < 0,
        "ends_before_start": rates.effective_until <= rates.effective_from,
    }
    return {code: np.flatnonzero(mask).tolist() for code, mask in faults.items() if mask.any()}


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
    return settled(drawn, names, Ledger(rows=count), Faults(), KeptOut())


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
