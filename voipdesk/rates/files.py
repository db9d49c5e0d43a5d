"""Rate sheets as files: what a row of one says, and how it becomes rates at rest; the columns of an exported one."""

from collections.abc import Iterable, Iterator, Sequence
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
    _usual: int = 0

    def __post_init__(self) -> None:
        self._usual = to_micros(self.usual)

    def rates(self, row: SheetRow) -> list[tuple[Any, ...]]:
        """One stored row for each code; the order of columns is that of staging."""
        money, since = self._money, self._usual
        if row.effective_from is not None and not self.is_fixed:
            since = self._instant(row.effective_from)
        after = None
        if row.next_price is not None and row.next_price != row.price:
            after = money(row.next_price)
        terms = (
            row.destination, row.state, money(row.price), after, money(row.connect_fee), money(row.minimum_charge),
            row.initial_interval, row.next_interval, row.free_seconds, row.grace_seconds, row.band, since,
            None if row.effective_until is None else self._instant(row.effective_until), row.row,
        )  # fmt: skip
        return [(code, *terms) for code in row.codes]

    def _money(self, value: Decimal) -> int:
        units = self._scaled.get(value)
        if units is None:
            units = self._scaled[value] = to_scaled(value)
        return units

    def _instant(self, day: Day) -> int:
        found = self._instants.get(day)
        if found is None:
            found = self._instants[day] = to_micros(self._aware(day))
        return found

    def _aware(self, day: Day) -> datetime:
        if not isinstance(day, datetime):
            return day_start(day, self.zone)
        return day if day.tzinfo is not None else day.replace(tzinfo=self.zone).astimezone(UTC)


@dataclass(frozen=True, slots=True)
class ExportRow:
    """One rate on its way into a file."""

    prefix: str
    destination: str
    state: int
    price: Decimal
    next_price: Decimal | None
    connect_fee: Decimal
    minimum_charge: Decimal
    initial_interval: int
    next_interval: int
    free_seconds: int
    grace_seconds: int
    effective_from: datetime
    effective_until: datetime | None


_OPTIONAL = ("next_price", "minimum_charge", "free_seconds", "grace_seconds")
"""Columns that stand in a sheet only where some rate has them."""


def header(currency: str, extra: Sequence[str]) -> list[str]:
    """Titles of an exported sheet: those of every sheet, then the optional ones in use."""
    named = {
        "next_price": f"Next Rate per minute ({currency})",
        "minimum_charge": f"Minimum charge ({currency})",
        "free_seconds": "Free seconds",
        "grace_seconds": "Grace seconds",
    }
    return [
        "Prefix",
        "Destination",
        f"Rate per minute ({currency})",
        f"Connect fee ({currency})",
        "Interval",
        "Effective from",
        "Effective until",
        "Status",
        *(named[one] for one in extra),
    ]


def optional_columns(rows: Iterable[ExportRow]) -> list[str]:
    """Which optional columns some rate needs."""
    seen: set[str] = set()
    for row in rows:
        for name in _OPTIONAL:
            if getattr(row, name):
                seen.add(name)
        if row.next_price is not None:
            seen.add("next_price")
    return [name for name in _OPTIONAL if name in seen]


def cells(row: ExportRow, zone: ZoneInfo, extra: Sequence[str]) -> list[str | Decimal | int]:
    """The cells of a row; prefixes and dates are text, so that no spreadsheet changes them."""
    return [
        row.prefix,
        row.destination,
        row.price,
        row.connect_fee,
        f"{row.initial_interval}/{row.next_interval}",
        moment(row.effective_from, zone),
        "" if row.effective_until is None else moment(row.effective_until, zone),
        ("open", "blocked", "closed")[row.state],
        *("" if getattr(row, name) is None else getattr(row, name) for name in extra),
    ]


def moment(instant: datetime, zone: ZoneInfo) -> str:
    """A day where the instant is its midnight in the zone, else the ISO instant there with its offset."""
    local = instant.astimezone(zone)
    if day_start(local.date(), zone) == instant:
        return local.date().isoformat()
    return local.isoformat(sep=" ")
