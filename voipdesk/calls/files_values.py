"""Times and durations out of the cells of call files; what cannot be read is a Problem with its reason."""

import re
from calendar import monthrange
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal, InvalidOperation

from voipdesk.kernel.digits import is_digits, whole_number
from voipdesk.kernel.problems import Problem
from voipdesk.kernel.text import tr
from voipdesk.tabular.cells import unwrapped
from voipdesk.tabular.dates import read_day

DAY_FIRST, MONTH_FIRST = "dmy", "mdy"
"""Orders of dates, in the words of `tabular.layout`."""

_PARTS = re.compile(
    r"(\d{1,4})[-/.](\d{1,2})[-/.](\d{1,4})"
    r"(?:[T\s,]+(\d{1,2}):(\d{2})(?::(\d{2})(?:[.,](\d{1,6})\d*)?)?\s*([AaPp][Mm])?)?"
    r"\s*(Z|UTC|GMT|[+-]\d{2}:?\d{2}(?:\s*\w+)?)?"
)
_CLOCK = re.compile(r"(-?)(?:(\d{1,9}):)?(\d{1,3}):(\d{2})(?:[.,](\d{1,18})\d*)?")
_TIME_OF_DAY = re.compile(
    r"([01]?\d|2[0-3])(?::|\.)?([0-5]\d)(?:[:.]?([0-5]\d)(?:[.,]\d+)?)?\s*([AaPp]\.?[Mm]\.?)?"
)
_EPOCH = re.compile(r"\d{10}(?:\.\d+|\d{3}|\d{6})?")
_PACKED = re.compile(r"((?:19|20)\d{2})(\d{2})(\d{2})([01]\d|2[0-3])([0-5]\d)([0-5]\d)(?:\.(\d{1,6})\d*)?")
"""Day and time in 14 digits, as records of switches carry them."""
_URI = re.compile(r"[^<]*<?(?:sips?|tel):([^@;>]+)[^>]*>?[^>]*|[^<]*<([^<>@]+)>")
"""A name before it and parameters behind it say nothing."""

_PLAIN = re.compile(r"-?\d*[.,]?\d+")
_SPANS = re.compile(
    r"(?:(\d{1,9})\s*h)?\s*(?:(\d{1,9})\s*m(?:in)?)?\s*(?:(\d{1,9}(?:\.\d{1,18})?)\s*s(?:ec)?)?"
)


def read_time(cell: object, order: str = DAY_FIRST) -> datetime | Problem | None:
    """An instant (aware) or a wall clock (naive); None for an empty cell. `order` decides dates like 03/04/2026."""
    if isinstance(cell, datetime):
        return cell
    if isinstance(cell, date):
        return datetime(cell.year, cell.month, cell.day)  # noqa: DTZ001 - a wall clock; its zone is the file's
    text = str(cell).strip()
    if not text:
        return None
    if len(text) == 19 and text[4] == "-":
        try:
            return datetime.fromisoformat(text)
        except ValueError:
            return _no_date(text)
    if _EPOCH.fullmatch(text):
        return _epoch(text)
    if match := _PACKED.fullmatch(text):
        return _packed(text, match)
    match = _PARTS.fullmatch(text)
    return _written(text, order) if match is None else _from_parts(text, match, order)


def _written(text: str, order: str) -> datetime | Problem:
    """A moment as sheets write it otherwise: months by their names, other digits."""
    found = read_day(text, order)
    if isinstance(found, datetime):
        return found.astimezone(UTC) if found.tzinfo else found
    return datetime(found.year, found.month, found.day) if isinstance(found, date) else _no_date(text)  # noqa: DTZ001


def _epoch(text: str) -> datetime:
    """Seconds, milliseconds or microseconds since 1970."""
    whole, _, fraction = text.partition(".")
    micros = (
        int(whole.ljust(16, "0")) if not fraction else int(whole) * 10**6 + int(fraction[:6].ljust(6, "0"))
    )
    return datetime(1970, 1, 1, tzinfo=UTC) + timedelta(microseconds=micros)


def _packed(text: str, match: re.Match[str]) -> datetime | Problem:
    year, month, day, hour, minute, second = (int(match[at]) for at in range(1, 7))
    try:
        return datetime(year, month, day, hour, minute, second, int((match[7] or "0").ljust(6, "0")))  # noqa: DTZ001
    except ValueError:
        return _no_date(text, year, month, day)


def _from_parts(text: str, match: re.Match[str], order: str) -> datetime | Problem:
    one, two, three, hour, minute, second, fraction, half, zone = match.groups()
    if len(one) == 4:
        year, month, day = int(one), int(two), int(three)
    else:
        year = int(three) if len(three) == 4 else 2000 + int(three)
        day, month = (int(one), int(two)) if order == DAY_FIRST else (int(two), int(one))
    hours = int(hour or 0)
    if half:
        hours = hours % 12 + (12 if half.lower() == "pm" else 0)
    micros = int((fraction or "0").ljust(6, "0"))
    try:
        wall = datetime(year, month, day, hours, int(minute or 0), int(second or 0), micros)  # noqa: DTZ001
    except ValueError:
        return _no_date(text, year, month, day)
    return wall if zone is None else _with_zone(wall, zone)


def _with_zone(wall: datetime, zone: str) -> datetime:
    if zone[0] not in "+-":
        return wall.replace(tzinfo=UTC)
    digits = zone[1:].replace(":", "")[:4]
    offset = timedelta(hours=int(digits[:2]), minutes=int(digits[2:]))
    return (wall - (offset if zone[0] == "+" else -offset)).replace(tzinfo=UTC)


def _no_date(text: str, year: int = 0, month: int = 0, day: int = 0) -> Problem:
    said = tr("{text} is not a date.").format(text=text)
    if 1 <= month <= 12 and 1 <= year <= 9999 and day > monthrange(year, month)[1]:
        said = tr("{text} is not a date: the month has {days} days.").format(
            text=text, days=monthrange(year, month)[1]
        )
    return Problem("unreadable_date", said, tr("Correct the cell or leave the row out."))


def with_clock(day: datetime | Problem | None, cell: object) -> datetime | Problem | None:
    """A date from one column and its time from another."""
    if not isinstance(day, datetime):
        return day
    if isinstance(cell, datetime):
        cell = cell.time()
    if isinstance(cell, time):
        return datetime.combine(day.date(), cell, day.tzinfo)
    if match := _TIME_OF_DAY.fullmatch(str(cell).strip()):
        hour, minute, second, half = match.groups()
        hours = int(hour) % 12 + (12 if half[0] in "pP" else 0) if half else int(hour)
        return day + timedelta(hours=hours, minutes=int(minute), seconds=int(second or 0))
    found = read_seconds(cell)
    if isinstance(found, Problem):
        return Problem("unreadable_time", tr("{text} is not a time of day.").format(text=cell), found.hint)
    return day + timedelta(microseconds=int(found * 10**6))


def party(text: str) -> str:
    """The number out of `sip:49301234@host`, `"Jo" <49301234>`, `tel:+49301234`, `="49301234"`; any other text as it is."""
    text = unwrapped(text)
    match = _URI.fullmatch(text)
    return next(part.strip() for part in match.groups() if part) if match else text


def until_end(begin: datetime | Problem | None, end: datetime | None) -> Decimal | int:
    """Seconds from the answer to the end of a call, for files without talk time; 0 where either is missing."""
    if not isinstance(begin, datetime) or end is None or (begin.tzinfo is None) != (end.tzinfo is None):
        return 0
    gap = end - begin
    whole, micros = gap.days * 86_400 + gap.seconds, gap.microseconds
    return whole if not micros else Decimal(whole) + Decimal(micros).scaleb(-6)


def read_seconds(cell: object) -> Decimal | int | Problem:
    """Seconds from a number, `h:mm:ss`, `m:ss` or `5m3s`; an empty cell is 0."""
    if type(cell) is str and (plain := whole_number(cell)) is not None:
        return plain
    if isinstance(cell, timedelta):
        return cell.days * 86_400 + cell.seconds
    if isinstance(cell, time):
        return cell.hour * 3600 + cell.minute * 60 + cell.second
    if isinstance(cell, int | Decimal) and not isinstance(cell, bool):
        return cell
    text = str(cell).strip()
    if is_digits(text):
        plain = whole_number(text)
        return _no_seconds(text) if plain is None else plain
    if not text:
        return 0
    if match := _CLOCK.fullmatch(text.replace("'", ":").rstrip('"')):
        sign, hours, minutes, seconds, fraction = match.groups()
        span = int(hours or 0) * 3600 + int(minutes) * 60 + int(seconds)
        found = span if not fraction or not int(fraction) else Decimal(f"{span}.{fraction}")
        return -found if sign else found
    if any(char in "hms" for char in text) and (match := _SPANS.fullmatch(text)):
        hours, minutes, seconds = match.groups()
        return Decimal(seconds or 0) + int(hours or 0) * 3600 + int(minutes or 0) * 60
    try:
        number = Decimal(text.replace(",", "."))
    except InvalidOperation:
        return _no_seconds(text)
    return number if number.is_finite() and abs(number) < 10**18 else _no_seconds(text)


def clock(cell: object) -> object:
    """Six digits that are hours, minutes and seconds, as `read_seconds` reads them; anything else as it is."""
    text = str(cell).strip()
    return f"{text[:-4]}:{text[-4:-2]}:{text[-2:]}" if re.fullmatch(r"\d{5,7}", text) else cell


def in_seconds(cell: object, unit: Decimal | int) -> Decimal | int | Problem:
    """As `read_seconds`, where a plain number counts this many seconds."""
    found = read_seconds(cell)
    if unit == 1 or isinstance(found, Problem) or not isinstance(cell, str | int | Decimal):
        return found
    return found * unit if _PLAIN.fullmatch(str(cell).strip()) else found


def _no_seconds(text: str) -> Problem:
    return Problem(
        "unreadable_duration",
        tr("{text} is not a duration.").format(text=text),
        tr("Seconds, or hours, minutes and seconds like 0:01:05, are read."),
    )
