"""Credit, payment states and amounts due: signed sums, no document is touched here."""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

ZERO = Decimal(0)


class PaymentState(StrEnum):
    """How far a document is paid; overdue is derived from its date elsewhere."""

    OPEN = "issued"
    PARTLY_PAID = "partly_paid"
    PAID = "paid"


def payment_state(total: Decimal, paid: Decimal) -> PaymentState:
    """The state of a document of `total` with `paid` allocated to it; a total of zero is paid."""
    if paid >= total:
        return PaymentState.PAID
    return PaymentState.PARTLY_PAID if paid > 0 else PaymentState.OPEN


@dataclass(frozen=True, slots=True)
class Carried:
    """A document that never goes below zero: what it asks, and what becomes credit of the account."""

    payable: Decimal
    credit: Decimal


def carried(amounts: Iterable[Decimal]) -> Carried:
    """The sum of charges and repairs (negative): below zero nothing is payable and the rest is credit."""
    total = sum(amounts, ZERO)
    return Carried(max(ZERO, total), max(ZERO, -total))


def allocated(open_amount: Decimal, payment: Decimal) -> tuple[Decimal, Decimal]:
    """What of a payment goes to a document (never more than is open), and what stays as credit."""
    used = min(max(ZERO, open_amount), payment)
    return used, payment - used


@dataclass(frozen=True, slots=True)
class AmountDue:
    """What a period cost, and what is due with what was due before."""

    period: Decimal
    due: Decimal


def amount_due(
    previous: Decimal, payments: Iterable[Decimal], charges: Iterable[Decimal], credits: Iterable[Decimal]
) -> AmountDue:
    """The balance-aware amount due: previous balance and the period's charges, less payments and credits (negative)."""
    period = sum(charges, ZERO) + sum(credits, ZERO)
    return AmountDue(period, previous + sum(payments, ZERO) + period)
