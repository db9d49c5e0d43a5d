"""Rate sheets as files: what a row of one says, and how it becomes rates at rest."""

import ctypes
import shutil
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any, Protocol
from uuid import UUID
from zoneinfo import ZoneInfo

from voipdesk.kernel.money import to_scaled
from voipdesk.kernel.periods import day_start, to_micros
from voipdesk.kernel.problems import FileError, Place, Problem
from voipdesk.kernel.text import tr

OPEN, BLOCKED, CLOSED = 0, 1, 2
ZERO = Decimal(0)

Day = date | datetime


@dataclass(frozen=True, slots=True)
class SheetRow:
    """One row of a sheet, read: its codes spread out, its terms, its problems. Missing parts keep their defaults."""

    row: int
    codes: Sequence[str] = ()
    destination: str = ""
    state: int = OPEN
    price: Decimal = ZERO
    next_price: Decimal | None = None
    connect_fee: Decimal = ZERO
    minimum_charge: Decimal = ZERO
    initial_interval: int = 1
    next_interval: int = 1
    free_seconds: int = 0
    grace_seconds: int = 0
    band: str = ""
    band_prices: Sequence[tuple[str, int, Decimal, Decimal | None]] = ()
    """(time band, state, price, connect fee) of the bands that have a price of their own; all else is that of the row, the
    fee too where it is None.
    """
    effective_from: Day | None = None
    effective_until: Day | None = None
    problems: Sequence[Problem] = ()
    is_faulty: bool = False
    """Whether the problems keep the whole row out."""
    cells: Sequence[str] = ()


class Sheet(Protocol):
    """A sheet that is understood: its rows once, and after them the tally of what is no data."""

    path: Path
    currency: str
    """The currency the sheet names, or ''."""
    fingerprint: str
    """Of its header; '' where it has none."""
    profile_id: UUID | None
    layout_data: Any

    @property
    def total(self) -> int:
        """Rows of the file; final, like the two after it, once `rows` has ended."""

    @property
    def skipped(self) -> int:
        """Title, header, comment and footer rows."""

    @property
    def blank(self) -> int:
        """Empty rows."""

    def rows(self) -> Iterator[SheetRow]:
        """The data rows in order of the file."""


def ends_before_start(row: SheetRow) -> Problem:
    """The fault of a row whose end is not after its start."""
    return Problem(
        "ends_before_start",
        tr("The rate ends before it starts."),
        tr("Correct the dates, or drop the row."),
        Place(value=str(row.effective_until)),
    )


def beyond_calendar(row: SheetRow) -> Problem:
    """The fault of a row whose day has no start in the table's zone."""
    days = ", ".join(str(day) for day in (row.effective_from, row.effective_until) if day is not None)
    return Problem(
        "date_unreadable",
        tr("{value} is beyond the calendar.").format(value=days),
        tr("Correct the dates, or drop the row."),
        Place(value=days),
    )


def below_zero(row: SheetRow) -> Problem:
    """The fault of a row with a price, fee or minimum charge below zero; no answer to a guard takes it."""
    amounts = (
        row.price, row.next_price or ZERO, row.connect_fee, row.minimum_charge,
        *(amount for _, _, *both in row.band_prices for amount in both if amount is not None),
    )  # fmt: skip
    return Problem(
        "below_zero",
        tr("{value} is below zero.").format(value=min(amounts)),
        tr("Correct the cell, or leave the row out."),
        Place(value=str(min(amounts))),
    )


def is_backwards(rate: Sequence[Any]) -> bool:
    """Whether a stored row, as `RowMaker` makes it, ends before it starts."""
    return rate[13] is not None and bool(rate[13] <= rate[12])


def is_negative(rate: Sequence[Any]) -> bool:
    """Whether a price, next price, connect fee or minimum charge of a stored row is below zero."""
    return any((amount or 0) < 0 for amount in rate[3:7])


def content(path: Path) -> bytes:
    """The bytes of a file, to be kept. `FileError` where it cannot be read."""
    try:
        return path.read_bytes()
    except OSError as cause:
        raise FileError(
            "file_unreadable",
            tr("{file} cannot be read: {why}.").format(file=path.name, why=cause.strerror or cause),
            tr("Check the file and try again. Nothing was changed."),
        ) from cause


def copy_of(path: Path, target: Path) -> None:
    """Copy a file that another program may hold open. `FileError` where the system does not let it be copied either."""
    try:
        if sys.platform == "win32":
            # Unlike `open`, it also lets the other program delete and rename: without that, what a spreadsheet program
            # holds cannot be read at all.
            if not ctypes.windll.kernel32.CopyFileW(str(path), str(target), False):
                raise ctypes.WinError()
        else:
            shutil.copyfile(path, target)
    except OSError as cause:
        raise FileError(
            "file_not_allowed",
            tr("{file} cannot be copied either: {why}.").format(
                file=path.name, why=cause.strerror or type(cause).__name__
            ),
            tr("Save it there under another name first, and import that."),
        ) from cause


@dataclass(slots=True)
class RowMaker:
    """Makes stored rows of sheet rows; dates without a zone are read in the table's, days are their midnight there."""

    zone: ZoneInfo
    usual: datetime
    """Where rates start whose row names no date."""
    is_fixed: bool = False
    """Whether `usual` is for all rows, whatever they say."""
    _scaled: dict[Decimal, int] = field(default_factory=dict)
    _instants: dict[Day, int] = field(default_factory=dict)
    usual_micros: int = 0

    def __post_init__(self) -> None:
        self.usual_micros = to_micros(self.usual)

    def rates(self, row: SheetRow) -> list[tuple[Any, ...]]:
        """One stored row for each code, and one for each time band with a price; the order of columns is that of staging."""
        money, since = self._money, self.usual_micros
        if row.effective_from is not None and not self.is_fixed:
            since = self.instant(row.effective_from)
        after = None
        if row.next_price is not None and row.next_price != row.price:
            after = money(row.next_price)
        terms = (
            row.destination, row.state, money(row.price), after, money(row.connect_fee), money(row.minimum_charge),
            row.initial_interval, row.next_interval, row.free_seconds, row.grace_seconds, row.band, since,
            None if row.effective_until is None else self.instant(row.effective_until), row.row,
        )  # fmt: skip
        made = [(code, *terms) for code in row.codes]
        for band, state, price, fee in row.band_prices:
            connect = terms[4] if fee is None else money(fee)
            own = (terms[0], state, money(price), None, connect, *terms[5:10], band, *terms[11:])
            made += [(code, *own) for code in row.codes]
        return made

    def _money(self, value: Decimal) -> int:
        units = self._scaled.get(value)
        if units is None:
            units = self._scaled[value] = to_scaled(value)
        return units

    def instant(self, day: Day) -> int:
        """Microseconds of a day's start or of an instant; OverflowError beyond the calendar."""
        found = self._instants.get(day)
        if found is None:
            found = self._instants[day] = to_micros(self._aware(day))
        return found

    def _aware(self, day: Day) -> datetime:
        if not isinstance(day, datetime):
            return day_start(day, self.zone)
        return day if day.tzinfo is not None else day.replace(tzinfo=self.zone).astimezone(UTC)
