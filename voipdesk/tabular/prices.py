"""Prices and intervals out of cells: decimal signs decided by the column, currency signs, states in the place of prices."""

import re
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal

from voipdesk.kernel.money import MAX_PRICE, SCALE, rounded
from voipdesk.kernel.text import tr
from voipdesk.tabular.cells import Cell
from voipdesk.tabular.values import Fault

_SIGNS = re.compile(r"[$€£¥₹₽₺₦₪₫₩¢%\u00a0\u202f]|\b(?:US|AU|CA|HK|SG|NZ)(?=\$)|\b[A-Za-z]{3}\b\.?")
_DOT = re.compile(r"[+-]?([1-9]\d{0,2}(?:[, '\u2019]\d{3})+|\d*)(\.\d*)?")
_COMMA = re.compile(r"[+-]?([1-9]\d{0,2}(?:[. '\u2019]\d{3})+|\d*)(,\d*)?")
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
    """Decimal sign of text cells and the factor that makes a price per minute in currency units."""

    decimal: str = "."
    scale: Decimal = Decimal(1)


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
        return _bounded(Decimal(cell) * rules.scale, str(cell))
    text = cell.strip().lstrip("'")
    if state := STATES.get(text.casefold()):
        return State(state, text)
    number = read_number(text, rules.decimal)
    if number is None:
        first = text.casefold().split(" ")[0].strip(".,;:") if text else ""
        if state := STATES.get(first):
            return State(state, text)
        return _unreadable(text, tr("this is not a price."))
    scale = rules.scale * Decimal("0.01") if "¢" in text and rules.scale == 1 else rules.scale
    return _bounded(number * scale, text)


def read_number(text: str, decimal: str) -> Decimal | None:
    """The number a text writes with this decimal sign; currency signs fall away. None if it is none."""
    bare = _SIGNS.sub("", text).strip()
    if bare.startswith("(") and bare.endswith(")"):
        bare = f"-{bare[1:-1]}"
    bare = bare.replace("\u2212", "-")
    if not any(char.isdigit() for char in bare) or not bare.isascii():
        return None
    match = (_COMMA if decimal == "," else _DOT).fullmatch(bare)
    if not match or len(bare) > 60:
        return None
    whole = match.group(1)
    sign = "-" if bare.startswith("-") else ""
    rest = (match.group(2) or "").replace(",", ".")
    return Decimal(f"{sign}{_GROUPING.sub('', whole) or '0'}{rest if rest != '.' else ''}")


def _bounded(value: Decimal, text: str) -> Decimal | Fault:
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


_PAIR = re.compile(
    r"(?:\d+\s*[-/+:|]\s*)?(\d{1,5})\s*(?:[-/+:|\\]|\s)\s*(\d{1,5})\s*(?:s|sec\.?|seconds?)?", re.IGNORECASE
)
_ONE = re.compile(
    r"(\d{1,5})(?:[.,]0+)?\s*(s|sec\.?|secs|seconds?|sekunden?|m|min\.?|minutes?)?", re.IGNORECASE
)
_PER_SECOND = re.compile(
    r"(?i)(per|each|by|pro|par|por)[ -]?sec\w*|sec\w*|pro sekunde|à la seconde|por segundo|al secondo"
)
_PER_MINUTE = re.compile(r"(?i)(per|each|by|pro|par|por)[ -]?min\w*|min\w*|à la minute|por minuto|al minuto")


def read_interval(cell: Cell) -> tuple[int, int] | Fault:
    """First and following interval in seconds out of `60/1`, `30-6`, `0-60-60`, `6`, `per second`."""
    if isinstance(cell, datetime | date):
        said = tr("a spreadsheet has turned an interval into the date {date}.").format(date=cell)
        fix = tr("Read it as {a}/{b} or {b}/{a}.").format(a=cell.month, b=cell.day)
        return Fault("interval_is_date", said, fix)
    if isinstance(cell, time | timedelta | bool):
        return _bad_interval(str(cell))
    text = cell.strip().lstrip("'") if isinstance(cell, str) else str(cell)
    if match := _PAIR.fullmatch(text):
        return _positive(int(match.group(1)), int(match.group(2)), text)
    if match := _ONE.fullmatch(text):
        factor = 60 if (match.group(2) or "").lower().startswith("m") else 1
        return _positive(int(match.group(1)) * factor, int(match.group(1)) * factor, text)
    if _PER_SECOND.fullmatch(text):
        return 1, 1
    if _PER_MINUTE.fullmatch(text):
        return 60, 60
    return _bad_interval(text)


def _positive(first: int, following: int, text: str) -> tuple[int, int] | Fault:
    if following <= 0:
        return _bad_interval(text)
    return first or following, following


def _bad_interval(text: str) -> Fault:
    said = tr("{value} is not a billing interval.").format(value=text[:40])
    return Fault("interval_unreadable", said, tr("Write seconds as 60/1: the first interval, then the next."))
