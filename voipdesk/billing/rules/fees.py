"""What a monthly fee costs in a month it does not fill."""

from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction

from voipdesk.kernel.money import currency_decimals, rounded


def days_used(first: date, last: date | None, month_first: date, month_end: date) -> int:
    """Days of the month [month_first, month_end) that lie within first..last, both included."""
    start = max(first, month_first)
    end = month_end if last is None else min(last + timedelta(days=1), month_end)
    return max(0, (end - start).days)


def fee_share(amount: Decimal, used_days: int, month_days: int, currency: str) -> Decimal:
    """A monthly amount for some of the month's days, rounded once; the whole amount for all of them."""
    return rounded(Fraction(amount) * used_days / month_days, currency_decimals(currency))
