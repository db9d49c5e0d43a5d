"""The sheet of prices a customer gets: never a buy price, never a supplier."""

from collections.abc import Callable, Iterator, Sequence
from datetime import datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

from voipdesk.kernel.money import Rounding, from_scaled, rounded
from voipdesk.kernel.periods import day_start, from_micros
from voipdesk.kernel.problems import Refused
from voipdesk.kernel.text import tr

LEAST_DECIMALS = 4
"""Prices in a sheet have at least so many decimals, more where they need them."""

STATES = ("open", "blocked")

SheetRow = tuple[str, str, str, int, int, int, int, int, int, int]
"""Prefix, destination, band, state, price, next price, connect fee (x 10^8), initial and next interval, start (micros)."""

Cells = list[str | Decimal | int]


def header(currency: str, *, has_next: bool, has_bands: bool) -> list[str]:
    """Titles of the columns; those for a price after the initial interval and for time bands only where in use."""
    titles = [
        tr("Prefix"),
        tr("Destination"),
        tr("Price per minute ({currency})").format(currency=currency),
        tr("Connect fee ({currency})").format(currency=currency),
        tr("Interval"),
        tr("Effective from"),
        tr("Status"),
    ]
    if has_next:
        titles.append(tr("Next price per minute ({currency})").format(currency=currency))
    if has_bands:
        titles.append(tr("Time band"))
    return titles


def rows(sold: Iterator[SheetRow], zone: ZoneInfo, *, has_next: bool, has_bands: bool) -> Iterator[Cells]:
    """Cells of each row; prefixes and dates are text, a blocked row has no price."""
    days: dict[int, str] = {}
    cell = price_cell()
    for prefix, destination, band, state, price, following, fee, first, after, start in sold:
        if start not in days:
            days[start] = moment(from_micros(start), zone)
        money = [cell(one) if state == 0 else "" for one in (price, fee, following)]
        cells: Cells = [
            prefix, destination, money[0], money[1], f"{first}/{after}", days[start], STATES[state],
        ]  # fmt: skip
        if has_next:
            cells.append(money[2])
        if has_bands:
            cells.append(band)
        yield cells


def moment(instant: datetime, zone: ZoneInfo) -> str:
    """A day where the instant is its midnight in the zone, else the ISO instant there with its offset."""
    local = instant.astimezone(zone)
    if day_start(local.date(), zone) == instant:
        return local.date().isoformat()
    return local.isoformat(sep=" ")


def price_cell() -> Callable[[int], Decimal]:
    """Makes prices (x 10^8) with the decimals they need, at least four; each different one once."""
    known: dict[int, Decimal] = {}

    def cell(units: int) -> Decimal:
        if units not in known:
            exact = from_scaled(units)
            exponent = exact.as_tuple().exponent
            has = -exponent if isinstance(exponent, int) else 0
            known[units] = rounded(exact, max(has, LEAST_DECIMALS), Rounding.DOWN)
        return known[units]

    return cell


def prefixes_of(text: str) -> list[str]:
    """Prefixes as people write them, `2010-2012, 2015`. `Refused` says what cannot be read."""
    from voipdesk.tabular.codes import read_codes
    from voipdesk.tabular.values import Fault

    found = read_codes(text)
    if isinstance(found, Fault):
        raise Refused("bad_prefixes", f"{text}: {found.message}", found.hint)
    return list(found)


def prefix_list(prefixes: Sequence[str]) -> str:
    """Prefixes as people write them, the shortest way that `prefixes_of` reads back: `2010-2012, 2015`."""
    parts: list[list[str]] = []
    for prefix in sorted(set(prefixes)):
        if parts and len(parts[-1][-1]) == len(prefix) and int(parts[-1][-1]) + 1 == int(prefix):
            parts[-1].append(prefix)
        else:
            parts.append([prefix])
    return ", ".join(
        f"{run[0]}-{run[-1]}" if len(run) > 2 else ", ".join(run)  # Two are no range to anybody.
        for run in parts
    )
