"""What the filter row of the grid asks for, as SQL over `rate r`; only known columns and ways ever reach the database."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from voipdesk.kernel.money import UNIT, Rounding, rounded
from voipdesk.kernel.periods import day_start, to_micros
from voipdesk.kernel.problems import Refused
from voipdesk.kernel.text import tr

SCHEDULED = (
    "(SELECT {what} FROM rate n WHERE n.table_number = r.table_number AND n.prefix = r.prefix AND n.band = r.band "
    "AND n.effective_from > max(:at, r.effective_from) AND +n.version_seq IN ({seqs}) "
    "ORDER BY n.effective_from, n.version_seq DESC LIMIT 1)"
)
"""The row that follows after the instant looked at, or a value of it."""

NEXT_PRICE = SCHEDULED.replace("{what}", "CASE WHEN n.state = 0 THEN n.price END")
NEXT_FROM = SCHEDULED.replace("{what}", "n.effective_from")
PERCENT_UNIT = 10_000
CHANGE = f"CASE WHEN r.price > 0 THEN ({NEXT_PRICE} - r.price) * {100 * PERCENT_UNIT} / r.price END"
"""In ten-thousandths of a percent: prices up to 90,000 stay exact in 64 bits."""

WORD = f"CASE WHEN r.state = 1 THEN 2 WHEN {NEXT_FROM} IS NOT NULL THEN 1 ELSE 0 END"
"""The status of a rate in force as a place in `WORDS`."""

WORDS = ("open", "scheduled", "blocked")

_TEXTS = {
    "prefix": "r.prefix",
    "destination": "r.destination",
    "band": "r.band",
    "interval": "r.initial_interval || '/' || r.next_interval",
}
_MONEY = {"price": "r.price", "connect_fee": "r.connect_fee", "scheduled_price": NEXT_PRICE}
_DAYS = {
    "effective_from": "r.effective_from",
    "effective_until": "r.effective_until",
    "scheduled_from": NEXT_FROM,
}
_WAYS = frozenset({"=", "!=", ">", ">=", "<", "<="})
_DAY = re.compile(r"(\d{4})(?:-(\d{1,2})(?:-(\d{1,2}))?)?")


@dataclass(frozen=True, slots=True)
class Condition:
    """One column compared: `how` is like, in, blank, not blank, .. or a sign; values as the column has them.

    Texts are compared without case, money is Decimal, days are texts such as 2026, 2026-11 or 2026-11-30.
    """

    column: str
    how: str
    value: Any = ""
    other: Any = None


def sql(condition: Condition, name: str, zone: ZoneInfo) -> tuple[str, dict[str, Any]]:
    """A condition as SQL with its values; `name` begins the names of its parameters. KeyError: no such column."""
    column, how = condition.column, condition.how
    if column == "state":
        words = [WORDS.index(one) for one in condition.value if one in WORDS]
        if words or not all(isinstance(one, int) for one in condition.value):
            return f"{WORD} IN ({', '.join(map(str, words or [-1]))})", {}
        places = ", ".join(str(int(one)) for one in condition.value)
        return f"r.state IN ({places})", {}
    expression = _expression(column)
    if how in ("blank", "not blank"):
        is_blank = f"({expression} IS NULL OR {expression} = '')"
        return is_blank if how == "blank" else f"NOT {is_blank}", {}
    if column in _TEXTS:
        return _text_sql(expression, condition, name)
    if column in _DAYS:
        return _day_sql(expression, condition, name, zone)
    unit = PERCENT_UNIT if column == "change" else UNIT
    # A percentage is shown with one decimal: equal is what is shown as equal.
    slack = PERCENT_UNIT // 20 if column == "change" else 0
    low, high = _units(condition.value, unit), None
    if how == "..":
        high = _units(condition.other, unit)
    elif slack and how in ("=", "!="):
        low, high = low - slack, low + slack
    if high is not None:
        said = f"{expression} BETWEEN :{name}a AND :{name}b"
        return f"NOT ({said})" if how == "!=" else said, {f"{name}a": low, f"{name}b": high}
    return f"{expression} {_sign(how)} :{name}", {name: low}


def _expression(column: str) -> str:
    known: Mapping[str, str] = {**_TEXTS, **_MONEY, **_DAYS, "change": CHANGE}
    return f"({known[column]})"


def _sign(how: str) -> str:
    if how not in _WAYS:
        raise ValueError(how)
    return how


def _units(value: Decimal, unit: int) -> int:
    return int(rounded(value * unit, 0, Rounding.HALF_UP))


def _text_sql(expression: str, condition: Condition, name: str) -> tuple[str, dict[str, Any]]:
    if condition.how == "like":
        return f"{expression} LIKE :{name} ESCAPE '\\'", {name: condition.value}
    if condition.how == "in":
        names = {f"{name}n{at}": one for at, one in enumerate(condition.value)}
        return f"{expression} IN ({', '.join(f':{one}' for one in names)})", names
    # Digits need no case, and the search stays on the index.
    case = "" if condition.column == "prefix" else " COLLATE NOCASE"
    if condition.how == "..":
        said = f"{expression}{case} BETWEEN :{name}a AND :{name}b"
        return said, {f"{name}a": condition.value, f"{name}b": condition.other}
    return f"{expression} {_sign(condition.how)} :{name}{case}", {name: condition.value}


def _day_sql(expression: str, condition: Condition, name: str, zone: ZoneInfo) -> tuple[str, dict[str, Any]]:
    """A year, month or day is a span: `=` lies within it, `>` after all of it, `>=` from its beginning."""
    low, high = span_of(str(condition.value), zone)
    if condition.how == "..":
        high = span_of(str(condition.other), zone)[1]
    a, b = f":{name}a", f":{name}b"
    said = {
        "=": f"{expression} >= {a} AND {expression} < {b}",
        "like": f"{expression} >= {a} AND {expression} < {b}",
        "..": f"{expression} >= {a} AND {expression} < {b}",
        "!=": f"({expression} IS NULL OR {expression} < {a} OR {expression} >= {b})",
        ">": f"{expression} >= {b}",
        ">=": f"{expression} >= {a}",
        "<": f"{expression} < {a}",
        "<=": f"{expression} < {b}",
    }[condition.how]
    return said, {f"{name}a": low, f"{name}b": high}


def span_of(text: str, zone: ZoneInfo) -> tuple[int, int]:
    """First microsecond of a year, month or day in a zone, and the first after it. `Refused` where it is none."""
    found = _DAY.fullmatch(text.strip().rstrip("*").rstrip("-"))
    try:
        if found is None:
            raise ValueError(text)
        year, month, day = (None if part is None else int(part) for part in found.groups())
        assert year is not None
        first = date(year, month or 1, day or 1)
        if day is not None:
            after = first + timedelta(days=1)
        elif month is not None:
            after = date(year + month // 12, month % 12 + 1, 1)
        else:
            after = date(year + 1, 1, 1)
        return _micros(first, zone), _micros(after, zone)
    except (ValueError, OverflowError) as cause:
        raise Refused(
            "bad_day",
            tr("{value} is not a day.").format(value=text.strip().rstrip("*")),
            tr("Write it like 2026-11-30, or 2026-11 for the month."),
        ) from cause


def _micros(day: date, zone: ZoneInfo) -> int:
    return (
        to_micros(day_start(day, zone))
        if day.year < 9999
        else to_micros(datetime.combine(day, datetime.min.time(), UTC))
    )
