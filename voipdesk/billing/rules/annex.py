"""How the calls of a document are listed: numbers masked, durations as people read them, money that adds up."""

from collections.abc import Callable, Iterable
from decimal import Decimal

from voipdesk.kernel.money import currency_decimals, rounded

MASKED_DIGITS = 3
"""Hidden at the end of called numbers, as privacy rules ask for (Austria, Germany, Finland)."""

SHORTEST_MASKED = 7
"""Short codes and emergency numbers are printed in full."""


def masked(number: str, hidden: int = MASKED_DIGITS) -> str:
    """The number with its last digits as `x`; short codes stay."""
    if hidden <= 0 or len(number) < SHORTEST_MASKED:
        return number
    return number[:-hidden] + "x" * hidden


def duration_text(seconds: int) -> str:
    """`1:02:03`, `2:03`, `0:07`."""
    hours, rest = divmod(seconds, 3600)
    minutes, seconds = divmod(rest, 60)
    return f"{hours}:{minutes:02d}:{seconds:02d}" if hours else f"{minutes}:{seconds:02d}"


def is_annex_true(amounts: Iterable[Decimal], net: Decimal, currency: str) -> bool:
    """Whether the listed calls add up to the net of their line, rounded once."""
    return rounded(sum(amounts, Decimal(0)), currency_decimals(currency)) == net


def minutes_text(seconds: int, grouped: Callable[[Decimal, int], str]) -> str:
    """Billed seconds as minutes with one decimal."""
    return grouped(rounded(Decimal(seconds) / 60, 1), 1)
