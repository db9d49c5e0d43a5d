"""Prices and intervals out of cells: decimal signs decided by the column, currency signs, states in the place of prices."""

import re
from calendar import monthrange
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from fractions import Fraction

from voipdesk.kernel.digits import has_digit, is_digits
from voipdesk.kernel.money import MAX_PRICE, SCALE, rounded
from voipdesk.kernel.scales import Scale
from voipdesk.kernel.text import tr
from voipdesk.tabular.cells import Cell, western
from voipdesk.tabular.dates import MONTHS, read_day
from voipdesk.tabular.values import Fault
from voipdesk.tabular.words import CURRENCIES

_MONEY = "|".join(sorted(CURRENCIES))
_SIGNS = re.compile(
    r"(?:/|\b(?:per|pro|je|por|par|za|за)\b)\s*(?:min(?:\b|ut\w*)|мин\w*)\.?|[$€£¥₹₽₺₴₦₪₫₩₱¢%元円원\u00a0\u202f]|\b(?:US|AU|CA|HK|SG|NZ|R|S)(?=\$)|\b[A-Za-z]{3}\b\.?|\bR(?=\d+[.,]\d)"
    rf"|\b(?:{_MONEY}|Rs|Rp|kr|zł|Kč|Ft)\.?(?=\d|[.,]\d)|(?<=\d)(?:{_MONEY}|kr|zł|Kč|Ft|Lei|лв|руб|грн|р|p|c|cts?|cents?|pence)\b\.?"
    r"|\b(?:Rs|Rp|TL|Ft|kr|Kč|zł|лв|руб|грн|р|p|c|cts?|cents?|pence|Bs|Lei|KSh)\b\.?"
    r"|د\.إ|ر\.س|ج\.م",
    re.IGNORECASE,
)
"""What may stand beside a number and leaves it the price a minute that it is."""

_PLAIN = re.compile(r"[0-9][0-9.,]*")
_CENTS = re.compile(r"\d\s*(?:¢|c|ct|cts|cents?|p|pence)\b\.?|¢", re.IGNORECASE)
_DOT = re.compile(r"[+-]?([1-9]\d{0,2}(?:[, '\u2019]\d{3})+|\d*)(\.\d*)?")
_COMMA = re.compile(r"[+-]?([1-9]\d{0,2}(?:[. '\u2019]\d{3})+|\d*)(,\d*)?")
_EXPONENT = re.compile(r"\d(?:[.,]\d{1,15})?[eE][+-]?0?\d")
"""A small number as programs write it that count with fractions of two."""

_GROUPING = re.compile(r"[, .'\u2019](?=\d{3})")

STATES: dict[str, str] = {
    **dict.fromkeys(
        [
            "blocked",
            "block",
            "barred",
            "forbidden",
            "gesperrt",
            "bloqué",
            "bloque",
            "bloqueado",
            "bloccato",
            "geblokkeerd",
            "محظور",
        ],
        "blocked",
    ),
    **dict.fromkeys(
        [
            "closed",
            "close",
            "deleted",
            "delete",
            "removed",
            "discontinued",
            "withdrawn",
            "cancelled",
            "canceled",
            "geschlossen",
            "gelöscht",
            "supprimé",
            "fermé",
            "cerrado",
            "eliminado",
            "chiuso",
            "eliminato",
            "fechado",
            "gesloten",
            "مغلق",
        ],
        "closed",
    ),
    **dict.fromkeys(
        [
            "n/a",
            "na",
            "n.a.",
            "-",
            "--",
            "---",
            "tba",
            "tbd",
            "tbc",
            "none",
            "null",
            "nil",
            "n.v.",
            "k.a.",
            "?",
            "x",
        ],
        "missing",
    ),
}
"""Words that stand in a price column and are no prices."""


@dataclass(frozen=True, slots=True)
class PriceRules:
    """Decimal sign of text cells and the factors that make a price per minute in the table's currency."""

    decimal: str = "."
    scale: Scale = Decimal(1)
    exchange: Decimal = Decimal(1)


@dataclass(frozen=True, slots=True)
class State:
    """A word in the place of a price: `blocked`, `closed` or `missing`."""

    name: str
    word: str


def read_price(cell: Cell, rules: PriceRules) -> Decimal | State | Fault:
    """An exact price of at most 8 decimals; a State for a word, a Fault for what is neither."""
    if isinstance(cell, bool | date | time | timedelta):
        return _unreadable(str(cell), tr("a date or a yes/no stands in the place of a price."))
    if isinstance(cell, int | Decimal):
        return _bounded(_scaled(Decimal(cell), rules.scale, rules), str(cell))
    text = cell.strip().lstrip("'")
    if state := STATES.get(text.casefold()):
        return State(state, text)
    number = read_number(text, rules.decimal)
    if number is None:
        first = text.casefold().split(" ")[0].strip(".,;:") if text else ""
        if state := STATES.get(first):
            return State(state, text)
        return _unreadable(text, tr("this is not a price."))
    scale = Decimal("0.01") if rules.scale == 1 and is_cents(text) else rules.scale
    return _bounded(_scaled(number, scale, rules), text)


def _scaled(number: Decimal, scale: Scale, rules: PriceRules) -> Decimal | Fraction:
    """The number in the table's unit and currency, exactly."""
    if rules.exchange == 1 and isinstance(scale, Decimal):
        return number * scale
    return Fraction(number) * Fraction(scale) * Fraction(rules.exchange)


def is_cents(text: str) -> bool:
    """Whether a price says by itself that it counts cents or pence."""
    return not is_digits(text) and bool(_CENTS.search(text))


def read_number(text: str, decimal: str) -> Decimal | None:
    """The number a text writes with this decimal sign; currency signs fall away. None if it is none."""
    if "٫" in text:
        decimal = "."  # a decimal sign that has no other sense
    bare = text if _PLAIN.fullmatch(text) else _SIGNS.sub("", western(text)).strip()
    if bare.startswith("(") and bare.endswith(")"):
        bare = f"-{bare[1:-1]}"
    bare = bare.replace("\u2212", "-")
    if not has_digit(bare) or not bare.isascii():
        return None
    match = (_COMMA if decimal == "," else _DOT).fullmatch(bare)
    if not match or len(bare) > 60:
        return Decimal(bare.replace(",", ".")) if _EXPONENT.fullmatch(bare) else None
    whole = match.group(1)
    sign = "-" if bare.startswith("-") else ""
    rest = (match.group(2) or "").replace(",", ".")
    return Decimal(f"{sign}{_GROUPING.sub('', whole) or '0'}{rest if rest != '.' else ''}")


def _bounded(value: Decimal | Fraction, text: str) -> Decimal | Fault:
    if isinstance(value, Fraction):
        value = rounded(value, SCALE)
    if not value.is_finite() or abs(value) > MAX_PRICE:
        said = tr("{value} is beyond the largest price, {most}.").format(value=text[:40], most=MAX_PRICE)
        return Fault("price_too_large", said, tr("Check the column and its unit."))
    exponent = value.as_tuple().exponent
    return rounded(value, SCALE) if isinstance(exponent, int) and exponent < -SCALE else value


def _unreadable(text: str, cause: str) -> Fault:
    said = f"{text[:40]}: {cause}" if text else tr("there is no price in this row.")
    return Fault(
        "price_unreadable" if text else "price_missing", said, tr("Type the price, or drop the row.")
    )


_DAY_LIKE = re.compile(r"[^\W\d_]{3}|(?:19|20)\d{2}")
_SHORT_DAY = re.compile(r"(\d{1,2})(?:[-/ ]|\.\s?)([^\W\d_]{3,9})\.?|([^\W\d_]{3,9})(?:[-/ ]|\.\s?)(\d{1,2})")
_OLD_YEARS = range(1930, 2000)
"""What a spreadsheet makes of a year of two digits from 30 on; no rate has a day in these."""
_DOTTED_DAY = re.compile(r"(\d{1,2})\.\s?(\d{1,2})\.")
_SECONDS = (
    r"s|secs?|sec\.|second[ei]?s?|seg|segs?\.?|segundos?|sek|sek\.|sekund\w*"
    r"|с|сек\.?|секунд\w*|秒|ثاني\w*|ثوان\w*|sn|saniye"
)
_MINUTES = r"m|mins?|min\.|minut\w*|мин\.?|минут\w*|хв|分|分钟|دقيق\w*|دقائق|dk|dakika"
_PAIR = re.compile(
    rf"(?:\d+\s*[-/+:|]\s*)?(\d{{1,5}})\s*({_SECONDS}|({_MINUTES}))?\s*(?:[-/+:|;x×\\]|then|\s)\s*"
    rf"(\d{{1,5}})\s*({_SECONDS}|({_MINUTES}))?",
    re.IGNORECASE,
)
_ONE = re.compile(rf"(\d{{1,5}})(?:[.,]0+)?\s*(?:{_SECONDS}|({_MINUTES}))?", re.IGNORECASE)
_SECOND_WORD = re.compile(r"(?i)\bsec(?:ond[ei]?s?|s)?\b|\bsegundos?\b|\bsekund|сек|秒|ثاني|saniye")
_MINUTE_WORD = re.compile(r"(?i)\bmin(?:ut[eoai]?[nrs]?|s)?\b|минут|хв|分|دقيق|dakika")


def read_interval(cell: Cell) -> tuple[int, int] | Fault:
    """First and following interval in seconds out of `60/1`, `30-6`, `0-60-60`, `6`, `per second`."""
    if isinstance(cell, datetime | date):
        return _interval_of_day(str(cell), cell)
    if isinstance(cell, time | timedelta | bool):
        return _bad_interval(str(cell))
    text = western(cell.strip().lstrip("'")) if isinstance(cell, str) else str(cell)
    if (day := _day_of_text(text)) is not None:
        return _interval_of_day(text, day)
    if match := _PAIR.fullmatch(text):
        first, following = (
            int(number) * (60 if minutes else 1) for number, minutes in (match.group(1, 3), match.group(4, 6))
        )
        return _positive(first, following, text)
    if match := _ONE.fullmatch(text):
        span = int(match.group(1)) * (60 if match.group(2) else 1)
        return _positive(span, span, text)
    if not has_digit(text) and len(text) <= 40:
        in_seconds, in_minutes = bool(_SECOND_WORD.search(text)), bool(_MINUTE_WORD.search(text))
        if in_seconds != in_minutes:
            return (1, 1) if in_seconds else (60, 60)
    return _bad_interval(text)


def interval_meant(day: date) -> str:
    """What was typed before a spreadsheet made a day of it: the first interval is the longer one, whatever the order. A
    number beyond days and months has become the year: of `60/1` a spreadsheet makes 1 January 1960.
    """
    first = day.year % 100 if day.day == 1 and day.year in _OLD_YEARS else day.day
    return f"{max(day.month, first)}/{min(day.month, first)}"


def interval_of_text(text: str) -> str | None:
    """The interval behind a day as text or as a cell shows it; None where it is no day."""
    day = _day_of_text(text.strip())
    return None if day is None else interval_meant(day)


def _day_of_text(text: str) -> date | None:
    """The day that a spreadsheet wrote into a text file (`6-Jun`, `06. Jun`, `Jan-60`, `06/06/2026`); else None."""
    if match := _DOTTED_DAY.fullmatch(text):
        return _day(2000, int(match.group(2)), int(match.group(1)))
    if not _DAY_LIKE.search(text):
        return None
    if match := _SHORT_DAY.fullmatch(text):
        month = MONTHS.get((match.group(2) or match.group(3)).casefold(), 0)
        number = int(match.group(1) or match.group(4))
        return _day(2000, month, number) or _day(1900 + number, month, 1)
    found = read_day(text, "dmy")
    return found if isinstance(found, date) else None


def _day(year: int, month: int, day: int) -> date | None:
    return date(year, month, day) if 1 <= month <= 12 and 1 <= day <= monthrange(year, month)[1] else None


def _interval_of_day(text: str, day: date) -> Fault:
    said = tr("a spreadsheet has turned an interval into the date {date}.").format(date=text[:40])
    return Fault("interval_is_date", said, tr("Read it as {interval}.").format(interval=interval_meant(day)))


def _positive(first: int, following: int, text: str) -> tuple[int, int] | Fault:
    if following <= 0:
        said = tr("{value}: an interval of zero would never count.").format(value=text[:40])
        return Fault("interval_zero", said, tr("Write 1/1 for seconds, or 60/60 for minutes."))
    return first or following, following


def _bad_interval(text: str) -> Fault:
    said = tr("{value} is not a billing interval.").format(value=text[:40])
    return Fault("interval_unreadable", said, tr("Write seconds as 60/1: the first interval, then the next."))
