"""The columns of an exported rate table: readable by people, and by our own import."""

from collections.abc import Collection, Iterable, Iterator
from decimal import Decimal
from typing import NamedTuple
from zoneinfo import ZoneInfo

from voipdesk.kernel.money import Rounding, from_scaled, rounded
from voipdesk.kernel.periods import day_start, from_micros
from voipdesk.kernel.text import tr

LEAST_DECIMALS = 4
"""Prices in a sheet have at least so many decimals, more where they need them."""

STATES = ("open", "blocked", "closed")
OPTIONAL = ("next_price", "minimum_charge", "free_seconds", "grace_seconds", "band")
"""Columns that stand in a sheet only where some rate has them."""

Cell = str | Decimal | int


class ExportRow(NamedTuple):
    """One rate on its way into a file, as it is at rest: money scaled by 10^8, instants in microseconds."""

    prefix: str
    destination: str
    band: str
    state: int
    price: int
    next_price: int
    connect_fee: int
    minimum_charge: int
    initial_interval: int
    next_interval: int
    free_seconds: int
    grace_seconds: int
    effective_from: int
    effective_until: int


_MONEY = frozenset(ExportRow._fields.index(name) for name in ("next_price", "minimum_charge"))
"""Places of the optional columns that hold money."""


def header(currency: str, extra: Collection[str]) -> list[str]:
    """Titles: those of every sheet, then the optional ones in use."""
    named = {
        "next_price": tr("Next rate per minute ({currency})"),
        "minimum_charge": tr("Minimum charge ({currency})"),
        "free_seconds": tr("Free seconds"),
        "grace_seconds": tr("Grace seconds"),
        "band": tr("Time band"),
    }
    usual = [
        tr("Prefix"), tr("Destination"), tr("Rate per minute ({currency})"), tr("Connect fee ({currency})"),
        tr("Interval"), tr("Effective from"), tr("Effective until"), tr("Status"),
    ]  # fmt: skip
    titles = [*usual, *(named[one] for one in OPTIONAL if one in extra)]
    return [title.format(currency=currency) for title in titles]


def cells(
    rows: Iterable[ExportRow], zone: ZoneInfo, extra: Collection[str], *, never: int
) -> Iterator[list[Cell]]:
    """Cells of each row; prefixes and dates are text. `never` is the end of a rate without an end."""
    moments: dict[int, str] = {never: ""}
    prices: dict[int, Decimal] = {}
    places = [ExportRow._fields.index(name) for name in OPTIONAL if name in extra]
    for row in rows:
        made: list[Cell] = [
            row[0], row[1], _price(prices, row[4]), _price(prices, row[6]), f"{row[8]}/{row[9]}",
            _moment(moments, row[12], zone), _moment(moments, row[13], zone), STATES[row[3]],
        ]  # fmt: skip
        for at in places:
            value = row[at]
            made.append(_price(prices, value) if at in _MONEY and isinstance(value, int) else value)
        yield made


def _price(known: dict[int, Decimal], units: int) -> Decimal:
    """A price with the decimals it needs, at least four."""
    found = known.get(units)
    if found is None:
        exact = from_scaled(units)
        exponent = exact.as_tuple().exponent
        has = -exponent if isinstance(exponent, int) else 0
        found = known[units] = rounded(exact, max(has, LEAST_DECIMALS), Rounding.DOWN)
    return found


def _moment(known: dict[int, str], micros: int, zone: ZoneInfo) -> str:
    """A day where the instant is its midnight in the zone, else the ISO instant there with its offset."""
    found = known.get(micros)
    if found is None:
        local = from_micros(micros).astimezone(zone)
        is_day = day_start(local.date(), zone) == local
        found = known[micros] = local.date().isoformat() if is_day else local.isoformat(sep=" ")
    return found
