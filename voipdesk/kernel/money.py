"""Exact money: Decimal in memory, integers scaled by 10^8 at rest, and the one door where rounding happens.

A float never enters: it raises TypeError. Intermediate results may be `Fraction` (a price per minute times seconds
over sixty), so nothing is lost before the single rounding that product.md prescribes.
"""

import re
from dataclasses import dataclass
from decimal import ROUND_DOWN, ROUND_HALF_EVEN, ROUND_HALF_UP, ROUND_UP, Context, Decimal
from enum import StrEnum
from fractions import Fraction

SCALE = 8
"""Digits after the point that any stored amount or price can carry."""

UNIT = 10**SCALE
MAX_SCALED = 2**63 - 1
MAX_AMOUNT = Decimal(10) ** 10
"""Bound on the magnitude of an amount: stored scaled it stays below 2^63."""

MAX_PRICE = Decimal(10) ** 6
"""Bound on a price per minute or fee; engines rely on it against int64 overflow."""

_CONTEXT = Context(prec=60)
_ASCII_NUMBER = re.compile(r"[+-]?([0-9]+(\.[0-9]*)?|\.[0-9]+)")

Exact = Decimal | int | Fraction


class Rounding(StrEnum):
    """How the one rounding goes; HALF_UP is away from zero."""

    HALF_UP = "half_up"
    HALF_EVEN = "half_even"
    UP = "up"
    DOWN = "down"


_MODES = {
    Rounding.HALF_UP: ROUND_HALF_UP,
    Rounding.HALF_EVEN: ROUND_HALF_EVEN,
    Rounding.UP: ROUND_UP,
    Rounding.DOWN: ROUND_DOWN,
}


def rounded(value: Exact, decimals: int, mode: Rounding = Rounding.HALF_UP) -> Decimal:
    """`value` to `decimals` places (-8..8): the one rounding door of the product. Exact before, Decimal after."""
    if isinstance(value, bool) or not isinstance(value, Decimal | int | Fraction):
        raise TypeError(f"money is exact, not {type(value).__name__}")
    if isinstance(value, Fraction):
        return _rounded_fraction(value, decimals, mode)
    step = Decimal(1).scaleb(-decimals)
    result = Decimal(value).quantize(step, rounding=_MODES[mode], context=_CONTEXT)
    return result if decimals >= 0 else result.quantize(Decimal(1), context=_CONTEXT)


def _rounded_fraction(value: Fraction, decimals: int, mode: Rounding) -> Decimal:
    """Integer rounding of |value| * 10^decimals, sign put back."""
    shifted = abs(value) * Fraction(10) ** decimals
    whole, rest = divmod(shifted.numerator, shifted.denominator)
    twice = 2 * rest
    half = shifted.denominator
    up = {
        Rounding.HALF_UP: twice >= half,
        Rounding.HALF_EVEN: twice > half or (twice == half and whole % 2 == 1),
        Rounding.UP: rest > 0,
        Rounding.DOWN: False,
    }[mode]
    units = whole + (1 if up else 0)
    signed = Decimal(-units if value < 0 else units)
    result = signed.scaleb(-decimals, context=_CONTEXT)
    return result if decimals >= 0 else result.quantize(Decimal(1), context=_CONTEXT)


def to_scaled(value: Decimal | int) -> int:
    """The integer at rest: value * 10^8, exactly. TypeError for floats, ValueError when digits would be lost."""
    if isinstance(value, bool) or not isinstance(value, Decimal | int):
        raise TypeError(f"money is Decimal, not {type(value).__name__}")
    shifted = Decimal(value).scaleb(SCALE, context=_CONTEXT)
    whole = int(shifted)
    if whole != shifted:
        raise ValueError(f"{value} has more than {SCALE} decimals")
    if abs(whole) > MAX_SCALED:
        raise ValueError(f"{value} is too large to store")
    return whole


def from_scaled(units: int) -> Decimal:
    """The Decimal of a stored integer, with the trailing zeros taken off but never into an exponent."""
    return plain(Decimal(units).scaleb(-SCALE, context=_CONTEXT))


def plain(value: Decimal) -> Decimal:
    """The same number without trailing zeros and without an exponent (`100`, `0.0345`, `0`)."""
    if value == value.to_integral_value():
        return value.quantize(Decimal(1), context=_CONTEXT) + 0
    return value.normalize(_CONTEXT)


def parse_price(text: str) -> Decimal:
    """A price from plain ASCII text with a point (`0.0345`). ValueError says what is wrong; also with nan and 1e400."""
    cleaned = text.strip()
    if not _ASCII_NUMBER.fullmatch(cleaned):
        raise ValueError(f"{text!r} is not a price")
    value = Decimal(cleaned)
    if abs(value) > MAX_PRICE:
        raise ValueError(f"{text} is beyond the largest price, {MAX_PRICE}")
    to_scaled(value)
    return value


def price_text(value: Decimal, least: int = 4) -> str:
    """A price for people: at least `least` decimals, more where it has them."""
    exact = plain(value)
    exponent = exact.as_tuple().exponent
    has = -exponent if isinstance(exponent, int) else 0
    return f"{exact:.{max(least, has)}f}"


@dataclass(frozen=True, slots=True, order=False)
class Money:
    """An amount in one currency (ISO 4217). Adding two currencies raises."""

    amount: Decimal
    currency: str

    def __post_init__(self) -> None:
        if not isinstance(self.amount, Decimal):
            raise TypeError(f"money is Decimal, not {type(self.amount).__name__}")
        if not re.fullmatch(r"[A-Z]{3}", self.currency):
            raise ValueError(f"{self.currency!r} is not a currency code")

    def __add__(self, other: "Money") -> "Money":
        return Money(self.amount + self._same(other), self.currency)

    def __sub__(self, other: "Money") -> "Money":
        return Money(self.amount - self._same(other), self.currency)

    def __neg__(self) -> "Money":
        return Money(-self.amount, self.currency)

    def rounded(self, mode: Rounding = Rounding.HALF_UP) -> "Money":
        """To the decimals of its currency."""
        return Money(rounded(self.amount, currency_decimals(self.currency), mode), self.currency)

    def _same(self, other: "Money") -> Decimal:
        if self.currency != other.currency:
            raise ValueError(f"{self.currency} and {other.currency} do not add up")
        return other.amount


_DECIMALS = {
    **dict.fromkeys(
        [
            "BIF",
            "CLP",
            "DJF",
            "GNF",
            "ISK",
            "JPY",
            "KMF",
            "KRW",
            "PYG",
            "RWF",
            "UGX",
            "UYI",
            "VND",
            "VUV",
            "XAF",
            "XOF",
            "XPF",
        ],
        0,
    ),
    **dict.fromkeys(["BHD", "IQD", "JOD", "KWD", "LYD", "OMR", "TND"], 3),
}


def currency_decimals(currency: str) -> int:
    """Decimals of a currency after ISO 4217: 2 unless listed."""
    return _DECIMALS.get(currency, 2)
