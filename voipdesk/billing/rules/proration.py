"""Shares of monthly amounts: days used of a billing cycle, and what a change of the fee gives back and asks."""

from calendar import monthrange
from datetime import date
from decimal import Decimal
from fractions import Fraction

from voipdesk.billing.rules.fees import fee_share
from voipdesk.kernel.money import rounded


def cycle_of(day: date, billing_day: int) -> tuple[date, date]:
    """The monthly cycle that holds a day: from its billing day to the next one (excluded); short months end early."""
    start = _in_month(day.year, day.month, billing_day)
    if day < start:
        start = _month_after(start, -1, billing_day)
    return start, _month_after(start, 1, billing_day)


def cycles(start: date, end: date, billing_day: int) -> Fraction:
    """Monthly cycles from start to end (excluded): whole ones, and days over days of the cycle where cut."""
    total = Fraction(0)
    while start < end:
        first, following = cycle_of(start, billing_day)
        until = min(end, following)
        total += Fraction((until - start).days, (following - first).days)
        start = until
    return total


def fee_change(
    old: Decimal, new: Decimal, *, days: tuple[int, int], currency: str
) -> tuple[Decimal, Decimal]:
    """A fee that changes within a cycle of days (left, of all): given back of the old, asked for the new."""
    left, whole = days
    return -fee_share(old, left, whole, currency), fee_share(new, left, whole, currency)


def tax_within(gross: Decimal, percent: Decimal, decimals: int = 2) -> tuple[Decimal, Decimal]:
    """Net and tax of an amount that contains the tax: gross * r / (100 + r), rounded once; net is the rest."""
    tax = rounded(Fraction(gross) * Fraction(percent) / (100 + Fraction(percent)), decimals)
    return gross - tax, tax


def _in_month(year: int, month: int, day: int) -> date:
    return date(year, month, min(day, monthrange(year, month)[1]))


def _month_after(day: date, months: int, billing_day: int) -> date:
    place = day.year * 12 + day.month - 1 + months
    return _in_month(place // 12, place % 12 + 1, billing_day)
