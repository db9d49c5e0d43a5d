"""One live price per table, prefix and time band at any instant: what is said where two meet, in grid and importer alike."""

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal

from voipdesk.kernel.money import price_text
from voipdesk.kernel.problems import Place, Problem
from voipdesk.kernel.text import tr


def two_prices(prefix: str, band: str, since: datetime, prices: Sequence[Decimal]) -> Problem:
    """Several rates of one prefix, in one band, from one start (`since` in the zone of the table)."""
    day = since.date().isoformat() if not (since.hour or since.minute) else since.isoformat(" ", "minutes")
    said = ", ".join(price_text(price) for price in sorted(set(prices)))
    if band:
        message = tr("{prefix} in the time band {band} has more than one rate from {day} on ({prices}).")
    else:
        message = tr("{prefix} has more than one rate from {day} on ({prices}).")
    return Problem(
        "two_prices",
        message.format(prefix=prefix, band=band, day=day, prices=said),
        tr("Keep one of them, or give one another date."),
        Place(value=prefix),
    )
