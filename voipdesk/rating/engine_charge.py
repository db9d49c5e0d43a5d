"""What calls cost under their terms, in columns: equal to `rules.charge` to the last unit.

A call's exact charge is held in units of 10^-8 / 60; where a batch could leave int64 (checked with the largest factors,
in Python integers) the rows in question are computed in Python integers instead.
"""

from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

import numpy as np

from voipdesk.kernel.money import MAX_AMOUNT, SCALE, UNIT, Rounding
from voipdesk.rating.engine import SAFE, Bools, Ints, TermColumns, is_all
from voipdesk.rating.rules import USUAL_ROUNDING, RoundingRule


def billed_seconds(talk: Ints, terms: TermColumns) -> Ints:
    """Seconds to bill for whole talk seconds under the terms of each call."""
    seconds = talk
    if not (is_all(terms.grace_seconds, 0) and is_all(terms.free_seconds, 0)):
        seconds = np.where(talk > terms.grace_seconds, talk - terms.free_seconds, 0)
    beyond = np.maximum(seconds - terms.initial_interval, 0)
    steps = -(-beyond // terms.next_interval)
    billed = terms.initial_interval + steps * terms.next_interval
    return np.where(seconds > 0, billed, 0)


@dataclass(frozen=True, slots=True)
class Charged:
    """Per call: billed seconds, amount x 10^8 after its one rounding, and whether it is beyond what can be kept."""

    seconds: Ints
    amount: Ints
    is_too_large: Bools


def charge(
    talk: Ints,
    terms: TermColumns,
    rounding: RoundingRule = USUAL_ROUNDING,
    fx: Decimal | Fraction | int = 1,
    *,
    seconds: Ints | None = None,
) -> Charged:
    """Money for calls of whole talk seconds (at most 10^9), each under the terms of its position, at one currency rate.

    `seconds` are the `billed_seconds` where they are known.
    """
    seconds = billed_seconds(talk, terms) if seconds is None else seconds
    is_charged = (talk > terms.grace_seconds) & (talk > 0)
    parts, risky = _sixtieths(seconds, terms)
    ratio = Fraction(fx)
    unit = 10 ** (SCALE - rounding.decimals)
    divisor = 60 * unit * ratio.denominator
    most = int(parts.max(initial=0)) if not risky.any() else SAFE
    if divisor * max(2, ratio.numerator) >= SAFE or most // divisor * ratio.numerator >= SAFE // (2 * unit):
        risky = np.ones(len(talk), np.bool_)
        amount = np.zeros(len(talk), np.int64)
    else:
        amount = _divided(parts, ratio.numerator, divisor, rounding.mode) * unit
    return _with_outliers(
        Charged(seconds, np.where(is_charged, amount, 0), risky & is_charged), terms, rounding, ratio
    )


def _sixtieths(seconds: Ints, terms: TermColumns) -> tuple[Ints, Bools]:
    """Exact charges in 10^-8 / 60 (or more where the minimum asks it), and the rows that do not fit in int64."""
    first = np.minimum(seconds, terms.initial_interval)
    rest = seconds - first
    largest = (
        _most(terms.connect_fee) * 60
        + _most(first) * _most(terms.price)
        + _most(rest) * _most(terms.next_price)
        + _most(terms.minimum_charge) * 60
    )
    if terms.price is terms.next_price:
        parts = terms.connect_fee * 60 + seconds * terms.price
    else:
        parts = terms.connect_fee * 60 + first * terms.price + rest * terms.next_price
    if not is_all(terms.minimum_charge, 0):
        parts = np.maximum(parts, terms.minimum_charge * 60)
    if largest < SAFE:
        return parts, np.zeros(len(seconds), np.bool_)
    guess = (
        np.multiply(first, terms.price, dtype=np.float64)
        + np.multiply(rest, terms.next_price, dtype=np.float64)
        + np.multiply(terms.connect_fee + terms.minimum_charge, 60, dtype=np.float64)
    )
    risky = guess > SAFE / 4
    return np.where(risky, 0, parts), risky


def _most(values: Ints) -> int:
    return int(values.max(initial=0))


def _divided(parts: Ints, factor: int, divisor: int, mode: Rounding) -> Ints:
    """Parts * factor / divisor, rounded; the caller has checked that divisor * factor stays below 2^62."""
    whole = parts // divisor
    rest = parts - whole * divisor
    if factor != 1:
        whole = whole * factor
        scaled = rest * factor
        carry = scaled // divisor
        whole += carry
        rest = scaled - carry * divisor
    if mode is Rounding.DOWN:
        return whole
    if mode is Rounding.UP:
        return whole + (rest > 0)
    above = rest * 2 >= divisor if mode is Rounding.HALF_UP else rest * 2 > divisor - (whole & 1)
    return whole + above


def _with_outliers(charged: Charged, terms: TermColumns, rounding: RoundingRule, fx: Fraction) -> Charged:
    """Rows marked risky computed again in Python integers; amounts at or above the bound become 0 and `is_too_large`."""
    amount = charged.amount
    bound = int(MAX_AMOUNT) * UNIT
    beyond = amount >= bound
    if not charged.is_too_large.any() and not beyond.any():
        return charged
    for row in np.flatnonzero(charged.is_too_large):
        exact = _python_units(int(charged.seconds[row]), terms, int(row), rounding, fx)
        beyond[row] = exact >= bound
        amount[row] = 0 if beyond[row] else exact
    return Charged(charged.seconds, np.where(beyond, 0, amount), beyond)


def _python_units(seconds: int, terms: TermColumns, row: int, rounding: RoundingRule, fx: Fraction) -> int:
    first = min(seconds, int(terms.initial_interval[row]))
    usage = first * int(terms.price[row]) + (seconds - first) * int(terms.next_price[row])
    parts = max(int(terms.connect_fee[row]) * 60 + usage, int(terms.minimum_charge[row]) * 60)
    unit = int(10 ** (SCALE - rounding.decimals))
    divisor = 60 * unit * fx.denominator
    whole, rest = divmod(parts * fx.numerator, divisor)
    up = {
        Rounding.DOWN: False,
        Rounding.UP: rest > 0,
        Rounding.HALF_UP: 2 * rest >= divisor,
        Rounding.HALF_EVEN: 2 * rest > divisor - (whole & 1),
    }[rounding.mode]
    return int(int(whole + up) * unit)
