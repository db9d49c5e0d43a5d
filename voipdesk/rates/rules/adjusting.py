"""What a bulk edit does to one price: set, plus per cent, plus an amount, round. `engine_draft` does it to columns."""

from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction

from voipdesk.kernel.money import SCALE, Rounding, rounded


class Way(StrEnum):
    """The kinds of bulk edit."""

    SET = "set"
    PERCENT = "percent"
    AMOUNT = "amount"
    ROUND = "round"
    COPY = "copy"
    """The same prefix's value in another table; the engine is handed those."""


@dataclass(frozen=True, slots=True)
class Adjustment:
    """One bulk edit of prices. `value` is per cent, an amount or the price to set; rounding comes last, and once."""

    way: Way
    value: Decimal = Decimal(0)
    decimals: int = SCALE
    rounding: Rounding = Rounding.HALF_UP


def adjusted(price: Decimal, how: Adjustment) -> Decimal:
    """One price after the edit; it may be below zero, which whoever asks has to refuse."""
    exact = Fraction(price)
    if how.way is Way.SET:
        exact = Fraction(how.value)
    elif how.way is Way.PERCENT:
        exact *= 1 + Fraction(how.value) / 100
    elif how.way is Way.AMOUNT:
        exact += Fraction(how.value)
    return rounded(exact, how.decimals, how.rounding)
