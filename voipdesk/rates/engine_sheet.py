"""A rate sheet read straight into columns: what staging keeps, review compares and publishing writes.

    read_columns(sheet, zone, *, usual, is_fixed=False, progress=None) -> SheetColumns
    pack(columns) -> bytes, unpack(bytes) -> SheetColumns    the content of `staged_sheet.columns`
    mended(columns, rows, zone, *, usual, is_fixed) -> SheetColumns     quarantined rows read again and joined

`SheetColumns`: `.rates` (a `RateColumns` in order of prefix, band, date, file row; ids are positions, version 0),
`.source_row`, `.is_dated`, `.repeats`, `.conflicts` (positions, G7), `.tally` (the ledger), `.faults` (iterates
`SheetFault(row, column, value, code, message, hint, cells)`), `.protected`, `.kept(choice) -> mask`,
`.conflicting()`, `.tally_of(mask)`. Its meaning is that of the rows of `tabular.mapping.RateSheet` through
`rates.files.RowMaker`, one by one; a test holds them together.
"""

from collections.abc import Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

from voipdesk.kernel.ledger import Ledger
from voipdesk.kernel.progress import Progress, Quiet
from voipdesk.kernel.text import tr
from voipdesk.rates import files
from voipdesk.rates.engine_sheet_columns import (
    Drawn,
    Faults,
    KeptOut,
    SheetColumns,
    SheetFault,
)
from voipdesk.rates.engine_sheet_gathering import TYPES, Gathered
from voipdesk.rates.engine_sheet_lanes import Lanes, are_wide_enough
from voipdesk.rates.engine_sheet_pack import pack, unpack
from voipdesk.rates.files_opened import OpenedSheet

__all__ = [
    "Faults", "Gathered", "SheetColumns", "SheetFault", "mended", "pack", "read_columns", "unpack",
]  # fmt: skip

_STEP = 4_000
"""File rows between two looks at the cancel button."""


def read_columns(
    sheet: files.Sheet,
    zone: ZoneInfo,
    *,
    usual: datetime,
    is_fixed: bool = False,
    progress: Progress | None = None,
) -> SheetColumns:
    """All rows of an open sheet as columns. Dates without a zone are read in `zone`."""
    gathered = Gathered(files.RowMaker(zone, usual, is_fixed))
    report = progress or Quiet()
    if isinstance(sheet, OpenedSheet) and are_wide_enough(sheet.layout):
        Lanes(sheet.sheet, gathered).read(report)
        return gathered.settled(Ledger(sheet.total, sheet.skipped, sheet.blank))
    for count, row in enumerate(sheet.rows(), start=1):
        if count % _STEP == 0:
            report.step(count, None, tr("rows read"))
        gathered.take(row)
    return gathered.settled(Ledger(sheet.total, sheet.skipped, sheet.blank))


def mended(
    columns: SheetColumns,
    rows: Sequence[files.SheetRow],
    zone: ZoneInfo,
    *,
    usual: datetime,
    is_fixed: bool = False,
) -> SheetColumns:
    """The sheet with these faulty rows, each read again, in place of what they were: rates now, or faults still."""
    gathered, drawn = _again(columns, files.RowMaker(zone, usual, is_fixed))
    gathered.faults = gathered.faults.without(frozenset(row.row for row in rows))
    gathered.kept_out.rows -= len(rows)
    for row in sorted(rows, key=lambda one: one.row):
        gathered.take(row)
    return gathered.settled(columns.tally, drawn)


def _again(columns: SheetColumns, maker: files.RowMaker) -> tuple[Gathered, Drawn]:
    """What is to be changed of columns: copies, so that they themselves stay."""
    rates = columns.rates
    gathered = Gathered(maker, columns.faults.without(frozenset()), KeptOut(columns.faulty))
    gathered.kept_out.codes.update(columns.protected.astype("U15").tolist())
    gathered.bands = {name: at for at, name in enumerate(rates.band_names)}
    gathered.destinations = {name: at for at, name in enumerate(rates.destination_names)}
    drawn: Drawn = {name: getattr(rates, name).copy() for name in TYPES if hasattr(rates, name)}
    for name in ("source_row", "is_dated", "repeats"):
        drawn[name] = getattr(columns, name).copy()
    return gathered, drawn
