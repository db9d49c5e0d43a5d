"""Faults of rows that have a way out, by the code of their reason: what a cell was meant to say, or what may stand there."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal

from voipdesk.kernel.digits import has_digit
from voipdesk.kernel.money import plain
from voipdesk.tabular.dates import read_day
from voipdesk.tabular.layout import Layout
from voipdesk.tabular.prices import interval_of_text, is_cents, read_number
from voipdesk.tabular.values import Fault

AUTOMATIC = "auto"

MENDABLE = frozenset({"interval_is_date", "interval_zero"})
"""Reasons that are mended for all rows at once (G10)."""

ONE_DATE = "one_date"
"""A way that asks for a day, which stands in all cells of the reason then."""

MOST_CODES = 20
"""Shorter codes that may stand for a range that is too wide."""


@dataclass(frozen=True, slots=True)
class Way:
    """One way out for many rows of a reason: all that read as they were meant, or one text for them."""

    fix: str
    """`auto`, `one_date`, or the text that stands in their cells then."""
    rows: int
    column: str = ""
    value: str | None = None
    """Only where the cell of this column says this; None: in all of them, whatever they say."""
    before: str = ""
    after: str = ""
    """An example."""


@dataclass(frozen=True, slots=True)
class Said:
    """A text that stands in the cells of a reason, and in how many rows."""

    column: str
    """Its title."""
    value: str
    rows: int


def mended(code: str, value: str, layout: Layout) -> str | None:
    """What a cell was meant to say; None where that is anybody's guess."""
    way = _WAYS.get(code)
    meant = None if way is None else way(value.strip(), layout)
    return None if meant == value else meant


def ways(code: str, said: list[Said], layout: Layout) -> list[Way]:
    """The ways out for a reason whose cells say these texts, what fits most rows first."""
    meant = [(one, text) for one in said if (text := mended(code, one.value, layout)) is not None]
    found: list[Way] = []
    if meant:
        first, text = meant[0]
        found.append(Way(AUTOMATIC, sum(one.rows for one, _ in meant), before=first.value, after=text))
    if code in _PRICES:
        price = layout.title(layout.columns.get("rate", -1))
        for one in said:
            if one.column == price and one.value and not has_digit(one.value):
                found += [
                    Way(word, one.rows, one.column, one.value, one.value, word)
                    for word in ("blocked", "closed")
                ]
    if code in _DATES:
        found.append(Way(ONE_DATE, sum(one.rows for one in said)))
    return found


def _interval(value: str, _: Layout) -> str | None:
    """`6/6` that a spreadsheet took for 6 June."""
    return interval_of_text(value)


def _per_second(value: str, _: Layout) -> str | None:
    """An interval of zero is one of a second: nothing is rounded up."""
    digits = [part for part in re.split(r"[^0-9]+", value) if part]
    return "1/1" if digits and not any(int(part) for part in digits) else None


_NUMBER = re.compile(r"[+-]?(?:\d[\d., '\u2019]*\d|\d)")


def _price(value: str, layout: Layout) -> str | None:
    """The number that stands among letters and signs, in the sign of the column; cents as a part of the currency."""
    found = _NUMBER.findall(value)
    if len(found) != 1 or re.search(r"(?i)\d\s*e\s*[+-]?\d", value):
        return None
    number = read_number(found[0], layout.decimal)
    if number is None:
        # The other sign of decimals: one alone, so that it does not part thousands.
        other = "," if layout.decimal == "." else "."
        number = read_number(found[0], other) if found[0].count(other) == 1 else None
    if number is None:
        return None
    if layout.scale == 1 and is_cents(value):
        number = number.scaleb(-2)
    return _written(number, layout.decimal)


def _written(number: Decimal, decimal: str) -> str:
    text = f"{plain(number):f}"
    return text.replace(".", ",") if decimal == "," else text


def _code(value: str, _: Layout) -> str | None:
    """The one run of digits among letters and signs: `UK 447` is 447; `4.4E+11` and `44 UK 7` are anybody's guess."""
    runs = re.findall(r"\d+", value)
    return runs[0] if len(runs) == 1 else None


def _range(value: str, _: Layout) -> str | None:
    """`4477-9` is 4477-4479, and a range whose ends stand the wrong way round is turned."""
    found = re.fullmatch(r"(\d+)\s*[-\u2013]\s*(\d+)", value)
    if found is None:
        return None
    low, high = found.groups()
    if len(high) < len(low):
        high = low[: len(low) - len(high)] + high
        return f"{low}-{high}" if low < high else None
    return f"{high}-{low}" if len(low) == len(high) and high < low else None


def _covering(value: str, _: Layout) -> str | None:
    """The few shorter codes that cover a wide range exactly: `441000000-442999999` is 441, 442."""
    found = re.fullmatch(r"(\d+)\s*[-\u2013]\s*(\d+)", value)
    if found is None or len(found.group(1)) != len(found.group(2)):
        return None
    low, high = (int(end) for end in found.groups())
    width, codes = len(found.group(1)), list[str]()
    while low <= high and len(codes) <= MOST_CODES:
        size = 1
        while low % (size * 10) == 0 and low + size * 10 - 1 <= high and size * 10 < 10**width:
            size *= 10
        codes.append(str(low // size).zfill(width - len(str(size)) + 1))
        low += size
    return ", ".join(codes) if 0 < len(codes) <= MOST_CODES and low > high else None


def _day(value: str, layout: Layout) -> str | None:
    """A day in the other order than its column: written with the year first it means the same in both."""
    found = read_day(value, "dmy" if layout.date_order == "mdy" else "mdy")
    return None if found is None or isinstance(found, Fault) else found.isoformat()


_WAYS: dict[str, Callable[[str, Layout], str | None]] = {
    "interval_is_date": _interval,
    "interval_zero": _per_second,
    "interval_unreadable": _per_second,
    "price_unreadable": _price,
    "prefix_unreadable": _code,
    "prefix_range": _range,
    "prefix_range_too_wide": _covering,
    "date_order": _day,
}
_PRICES = frozenset({"price_missing", "price_unreadable"})
_DATES = frozenset({"date_unreadable", "date_order"})
