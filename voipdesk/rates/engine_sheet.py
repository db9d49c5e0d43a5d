"""A rate sheet read straight into columns: what staging keeps, review compares and publishing writes.

    read_columns(sheet, zone, *, usual, is_fixed=False, progress=None) -> SheetColumns
    read_file(progress, order: SheetOrder) -> SheetRead      in a process of its own (kit.jobs.run_process) or here
    pack(columns) -> bytes, unpack(bytes) -> SheetColumns    the content of `staged_sheet.columns`
    redated(columns, usual, *, is_fixed) -> SheetColumns     the same sheet starting at another instant
    mended(columns, rows, zone, *, usual, is_fixed) -> SheetColumns     quarantined rows read again and joined

`SheetColumns`: `.rates` (a `RateColumns` in order of prefix, band, date, file row; ids are positions, version 0),
`.source_row`, `.is_dated`, `.repeats`, `.conflicts` (positions, G7), `.tally` (the ledger), `.faults` (iterates
`SheetFault(row, column, value, code, message, hint, cells)`), `.protected`, `.kept(choice) -> mask`,
`.conflicting()`, `.tally_of(mask)`. Its meaning is that of the rows of `tabular.mapping.RateSheet` through
`rates.files.RowMaker`, one by one; a test holds them together.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

import numpy as np

from voipdesk.kernel.periods import from_micros, to_micros
from voipdesk.kernel.problems import Problem
from voipdesk.kernel.progress import Progress, Quiet
from voipdesk.kernel.text import tr
from voipdesk.rates import files
from voipdesk.rates.engine_sheet_columns import (
    Drawn,
    Faults,
    KeptOut,
    Mask,
    SheetColumns,
    SheetFault,
    Tally,
)
from voipdesk.rates.engine_sheet_gathering import TYPES, Gathered, fault_of
from voipdesk.rates.engine_sheet_lanes import Lanes, are_wide_enough
from voipdesk.rates.engine_sheet_pack import pack, unpack
from voipdesk.rates.files_opened import Known, OpenedSheet, open_sheet
from voipdesk.tabular.layout import Layout

__all__ = [
    "Faults", "Gathered", "SheetColumns", "SheetFault", "SheetOrder", "SheetRead", "Tally", "mended", "pack",
    "read_columns", "read_file", "redated", "unpack",
]  # fmt: skip

_STEP = 4_000
"""File rows between two looks at the cancel button."""

_FIRST = 100
"""Problems told with a read file; all are in its columns."""


@dataclass(frozen=True, slots=True)
class SheetOrder:
    """What is to be read, and how: small values that can be sent to another process.

    `usual`: where rates start whose row names no date, or (`is_fixed`) all of them; the rest as `open_sheet` takes it.
    """

    path: Path
    zone: str
    usual: datetime
    is_fixed: bool = False
    told: Mapping[str, Any] | None = None
    known: Sequence[Known] = ()
    is_named: bool = False


@dataclass(frozen=True, slots=True)
class SheetRead:
    """A file that was read: its packed columns, and what is worth knowing without unpacking them."""

    packed: bytes
    tally: Tally
    conflicts: int
    faults: int
    first: tuple[Problem, ...]
    layout: Layout
    layout_data: Any
    currency: str
    fingerprint: str
    profile_id: UUID | None


def read_file(progress: Progress, order: SheetOrder) -> SheetRead:
    """Open a sheet and read it into packed columns. `Refused` with the questions it leaves, FileError if unreadable."""
    progress.step(0, None, tr("finding the columns"))
    path, zone = Path(order.path), ZoneInfo(order.zone)
    with open_sheet(path, told=order.told, known=order.known, is_named=order.is_named) as sheet:
        columns = read_columns(sheet, zone, usual=order.usual, is_fixed=order.is_fixed, progress=progress)
        first = [fault for fault, _ in zip(columns.faults, range(_FIRST), strict=False)]
        return SheetRead(
            packed=pack(columns),
            tally=columns.tally,
            conflicts=len(columns.conflicts),
            faults=len(columns.faults),
            first=tuple(fault.problem(path.name, sheet.layout.sheet or "") for fault in first),
            layout=sheet.layout,
            layout_data=sheet.layout_data,
            currency=sheet.currency,
            fingerprint=sheet.fingerprint,
            profile_id=sheet.profile_id,
        )


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
        return gathered.settled(Tally(sheet.total, sheet.skipped, sheet.blank))
    for count, row in enumerate(sheet.rows(), start=1):
        if count % _STEP == 0:
            report.step(count, None, tr("rows read"))
        gathered.take(row)
    return gathered.settled(Tally(sheet.total, sheet.skipped, sheet.blank))


def redated(columns: SheetColumns, usual: datetime, *, is_fixed: bool) -> SheetColumns:
    """The sheet as if it had been read with another usual date: at once, without the file.

    A row that now ends before it starts becomes a fault, without its cells (and those that said the same stay
    duplicates); one that was kept out for that stays out.
    """
    gathered, drawn = _again(columns, files.RowMaker(ZoneInfo("UTC"), usual, is_fixed))
    moved: Mask = np.ones(len(columns), dtype=np.bool_) if is_fixed else ~columns.is_dated
    drawn["effective_from"][moved] = to_micros(usual)
    good: Mask = drawn["effective_until"] > drawn["effective_from"]
    late: dict[int, str] = {}
    for at in np.flatnonzero(~good).tolist():
        row = int(columns.source_row[at])
        late.setdefault(row, str(from_micros(int(drawn["effective_until"][at]))))
        gathered.kept_out.codes.add(columns.rates.prefixes[at].decode())
    for row, until in sorted(late.items()):
        said = files.SheetRow(row)
        gathered.faults.add(fault_of(said, files.ends_before_start(said))._replace(value=until))
    gathered.kept_out.rows += len(late)
    for name in drawn:
        drawn[name] = drawn[name][good]
    return gathered.settled(columns.tally, drawn)


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
