"""Several tables side by side: what each offers for a prefix, who is the cheapest, what changing over would save.

Prices are per minute, scaled by 10^8.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

HUNDREDTHS = 10_000
"""A share of one in hundredths of a per cent."""


class Offer(NamedTuple):
    """What a table says for a prefix; a price of None: it is blocked there."""

    price: int | None
    is_simulated: bool = False
    """The table lacks the prefix: this is what its next shorter prefix says."""


Offers = tuple[Offer | None, ...]
"""Of each table in their order; None: a gap, nothing of the table covers the prefix."""


def side_by_side(tables: Sequence[Mapping[str, int | None]], *, simulate: bool = True) -> dict[str, Offers]:
    """Every prefix that some table names, in order, with the offers of all; tables map prefixes to prices."""
    prefixes = sorted({prefix for table in tables for prefix in table})
    return {one: tuple(offer(table, one, simulate=simulate) for table in tables) for one in prefixes}


def offer(table: Mapping[str, int | None], prefix: str, *, simulate: bool = True) -> Offer | None:
    """A table's own rate for the prefix, else that of its longest shorter prefix, else nothing."""
    if prefix in table:
        return Offer(table[prefix])
    if simulate:
        for length in range(len(prefix) - 1, 0, -1):
            if prefix[:length] in table:
                return Offer(table[prefix[:length]], is_simulated=True)
    return None


def open_prices(offers: Iterable[Offer | None]) -> list[int]:
    """The prices among some offers."""
    return [one.price for one in offers if one is not None and one.price is not None]


def cheapest(offers: Offers) -> int | None:
    """The lowest price; several tables may have it."""
    return min(open_prices(offers), default=None)


def is_gap(offers: Offers) -> bool:
    """Whether some table cannot be called: it has no rate, or blocks the prefix."""
    return len(open_prices(offers)) < len(offers)


def is_different(offers: Offers) -> bool:
    """Whether the prices that are there differ."""
    return len(set(open_prices(offers))) > 1


def spread(offers: Offers) -> int | None:
    """How much dearer the dearest is than the cheapest, in hundredths of a per cent, half up.

    None below two prices, and where the cheapest is free.
    """
    prices = open_prices(offers)
    least = min(prices, default=0)
    if len(prices) < 2 or not least:
        return None
    return (2 * (max(prices) - least) * HUNDREDTHS + least) // (2 * least)


def saving(offers: Offers, master: int, seconds: int) -> int | None:
    """What so many seconds would cost less at the cheapest table than at the master, x 10^8, half up.

    None where the master has no price.
    """
    held = offers[master]
    best = cheapest(offers)
    if held is None or held.price is None or best is None:
        return None
    return ((held.price - best) * seconds * 2 + 60) // 120
