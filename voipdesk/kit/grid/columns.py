"""What a column is, and how its values become text for the eye and for the clipboard."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any
from zoneinfo import ZoneInfo

from voipdesk.kernel.money import plain
from voipdesk.kernel.problems import Problem


class Kind(StrEnum):
    """What the values of a column are."""

    TEXT = "text"
    PREFIX = "prefix"
    """Digits as text; leading zeros count, never a number."""
    CODE = "code"
    """Digits and signs as they are written, such as 60/1; never a number."""
    PRICE = "price"
    """Decimal; at least four decimals are shown, more where there are more."""
    AMOUNT = "amount"
    """Decimal with the column's decimals (2)."""
    INT = "int"
    PERCENT = "percent"
    """Decimal in per cent: 10.5 is 10.5 %."""
    DATE = "date"
    """A `date`, an aware datetime, or ISO text."""
    TIME = "time"
    """An aware datetime, shown in the workspace's zone."""
    STATE = "state"
    """A word that `Column.looks` turns into text, icon and tone."""


NUMBERS = frozenset({Kind.PRICE, Kind.AMOUNT, Kind.INT, Kind.PERCENT})
LEFT_TO_RIGHT = NUMBERS | {Kind.PREFIX, Kind.CODE, Kind.DATE, Kind.TIME}
"""Kinds that read from left to right in every language."""

LEAST_DECIMALS = {Kind.PRICE: 4, Kind.AMOUNT: 2, Kind.PERCENT: 1, Kind.INT: 0}
ROOM_DECIMALS = {Kind.PRICE: 6, Kind.AMOUNT: 2, Kind.PERCENT: 1, Kind.INT: 0}


@dataclass(frozen=True, slots=True)
class Look:
    """How a state is shown: a word, and an icon and a tone that say the same."""

    text: str
    icon: str = ""
    tone: str = ""


@dataclass(frozen=True, slots=True)
class Column:
    """One declared column. `id` is a fixed English word; `width` counts digits of the font."""

    id: str
    title: str
    kind: Kind = Kind.TEXT
    width: int = 12
    decimals: int | None = None
    """Room for decimals so that the points stand in line; None: what the kind has."""
    tooltip: str = ""
    editable: bool = False
    check: Callable[[Any, str, Any], Problem | None] | None = None
    """Called with (row key, column id, new value) before an edit is taken; a problem refuses it."""
    looks: Mapping[str, Look] = field(default_factory=dict)
    tone: Callable[[Any], str] | None = None
    """The tone of a value; sign or words must say the same."""
    stretch: bool = False
    """Takes the room that is left; where no column does, the first text column."""
    signed: bool = False
    """Show a plus before positive numbers."""
    hidden: bool = False
    """Not shown until somebody asks for it in the menu of columns."""
    adds_up: bool = True
    """Whether a sum of its numbers means something (the row of a file does not)."""

    @property
    def is_number(self) -> bool:
        """Whether values can be summed."""
        return self.kind in NUMBERS

    @property
    def room(self) -> int:
        """Decimals for which room is kept."""
        return ROOM_DECIMALS.get(self.kind, 0) if self.decimals is None else self.decimals

    @property
    def least(self) -> int:
        """Decimals that are always shown."""
        least = LEAST_DECIMALS.get(self.kind, 0)
        if self.decimals is None:
            return least
        return min(least, self.decimals) if self.kind is Kind.PRICE else self.decimals


@dataclass(frozen=True, slots=True)
class Formats:
    """The workspace's way to write numbers and times, whatever the language of the screens."""

    decimal: str = "."
    group: str = ","
    zone: ZoneInfo | None = None
    date: str = "%Y-%m-%d"


Cell = tuple[str, int, str, str]
"""Ready for painting: text, missing decimals (-1: none and no point), tone, icon."""

BLANK: Cell = ("", 0, "", "")

MOST_KEPT = 4_000
"""Numbers of a column whose text is kept: prices and intervals come again and again."""


def painter_of(column: Column, formats: Formats) -> Callable[[Any], Cell]:
    """A function from a value of the column to what is painted."""
    write = writer_of(column, formats)
    if column.kind is Kind.STATE:
        return _state_painter(column)
    if not column.is_number:
        return lambda value: BLANK if value is None else (write(value), 0, _tone(column, value), "")
    room, mark = column.room, formats.decimal
    known: dict[Any, Cell] = {None: BLANK}

    def number(value: Any) -> Cell:
        cell = known.get(value)
        if cell is None:
            text = write(value)
            at = text.rfind(mark)
            has = -1 if at < 0 else len(text.rstrip(" %")) - at - 1
            missing = 0 if room == 0 or has >= room else -1 - room if has < 0 else room - has
            if len(known) >= MOST_KEPT:
                known.clear()
                known[None] = BLANK
            cell = known[value] = (text, missing, _tone(column, value), "")
        return cell

    return number


def _tone(column: Column, value: Any) -> str:
    return column.tone(value) if column.tone else ""


def _state_painter(column: Column) -> Callable[[Any], Cell]:
    known = {key: (look.text, 0, look.tone, look.icon) for key, look in column.looks.items()}
    return lambda value: BLANK if value is None else known.get(value, (str(value), 0, "", ""))


def writer_of(column: Column, formats: Formats, *, grouped: bool = True) -> Callable[[Any], str]:
    """A function from a value (not None) of the column to text; `grouped` sets thousands apart."""
    if column.is_number:
        return _number_writer(column, formats, formats.group if grouped else "")
    if column.kind is Kind.DATE:
        return lambda value: _date_text(value, formats)
    if column.kind is Kind.TIME:
        zone, pattern = formats.zone or UTC, f"{formats.date} %H:%M:%S"
        return lambda value: (
            value.astimezone(zone).strftime(pattern) if isinstance(value, datetime) else str(value)
        )
    if column.kind is Kind.STATE:
        looks = column.looks
        return lambda value: looks[value].text if value in looks else str(value)
    return str


def _number_writer(column: Column, formats: Formats, group: str) -> Callable[[Any], str]:
    least, most = column.least, None if column.kind is Kind.PRICE else column.least
    sign = "+" if column.signed else ""
    tail = " %" if column.kind is Kind.PERCENT else ""
    mark, comma = formats.decimal, "," if group else ""

    def write(value: Any) -> str:
        decimals = least if most is not None else max(least, _decimals(value))
        text = f"{value:{sign}{comma}.{decimals}f}"
        if group not in {"", ","} or mark != ".":
            text = text.replace(",", "\0").replace(".", mark).replace("\0", group)
        return text + tail

    return write


def _decimals(value: Any) -> int:
    """Decimals that a number has when trailing zeros are dropped."""
    if not isinstance(value, Decimal):
        return 0
    exponent = value.as_tuple().exponent
    if not isinstance(exponent, int) or exponent >= -2:
        return 0
    cut = plain(value).as_tuple().exponent
    return -cut if isinstance(cut, int) and cut < 0 else 0


def _date_text(value: Any, formats: Formats) -> str:
    if isinstance(value, datetime):
        return value.astimezone(formats.zone or UTC).strftime(formats.date)
    if isinstance(value, date):
        return value.strftime(formats.date)
    if formats.date == "%Y-%m-%d":
        return str(value)[:10]
    try:
        return date.fromisoformat(str(value)[:10]).strftime(formats.date)
    except ValueError:
        return str(value)


def position(columns: Sequence[Column], column_id: str) -> int:
    """Where a column stands; KeyError where there is none of that id."""
    for at, column in enumerate(columns):
        if column.id == column_id:
            return at
    raise KeyError(column_id)
