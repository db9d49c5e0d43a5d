"""What makes a price of a file a price per minute in currency units: a decimal, or a fraction that has no end as one."""

from decimal import Decimal, InvalidOperation
from fractions import Fraction

from voipdesk.kernel.money import plain

Scale = Decimal | Fraction
"""Prices per hour are `1/60` of a price per minute: kept as it is, so that nothing is rounded before the price is."""


def scale_of(text: str) -> Scale:
    """The scale that a text says: `0.01`, `1/60`. ValueError where it says none, or none above zero."""
    above, slash, below = text.strip().partition("/")
    try:
        found: Scale = Fraction(int(above), int(below)) if slash else Decimal(above)
    except (InvalidOperation, ZeroDivisionError) as cause:
        raise ValueError(text) from cause
    if (isinstance(found, Decimal) and not found.is_finite()) or found <= 0:
        raise ValueError(text)
    return found


def scale_text(scale: Scale) -> str:
    """The text of a scale, as short as it is exact."""
    exact = Fraction(scale)
    rest = exact.denominator
    for prime in (2, 5):
        while rest % prime == 0:
            rest //= prime
    if rest != 1:
        return f"{exact.numerator}/{exact.denominator}"
    return f"{plain(Decimal(exact.numerator) / Decimal(exact.denominator)):f}"
