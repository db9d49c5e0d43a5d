"""Which tax a line carries: by what is sold, to whom, and when."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from voipdesk.billing.rules.totals import EXEMPT, EXPORT, OUT_OF_SCOPE, REVERSE_CHARGE, STANDARD, ZERO
from voipdesk.kernel.problems import Refused
from voipdesk.kernel.text import tr

CATEGORIES = (STANDARD, ZERO, EXEMPT, REVERSE_CHARGE, OUT_OF_SCOPE, EXPORT)
UNTAXED = frozenset(CATEGORIES) - {STANDARD}
LINE_KINDS = ("usage", "fee", "adjustment", "*")
CUSTOMER_STATUSES = ("standard", "reverse_charge", "exempt")


@dataclass(frozen=True, slots=True)
class TaxRule:
    """From a day on, lines of a kind (`*`: any) for customers of a status carry this category and rate."""

    line_kind: str
    customer_status: str
    first_day: date
    category: str
    rate: Decimal
    """Percent."""
    text: str = ""
    """What the law wants printed, like “Reverse charge: VAT to be paid by the customer”."""


def check_rule(rule: TaxRule) -> None:
    """`Refused` unless kind, status and category are known and the rate fits the category."""
    known = (
        rule.line_kind in LINE_KINDS
        and rule.customer_status in CUSTOMER_STATUSES
        and rule.category in CATEGORIES
    )
    fits = Decimal(0) <= rule.rate <= 100 and (rule.rate == 0 or rule.category not in UNTAXED)
    if not known or not fits or (rule.category == STANDARD and rule.rate == 0):
        raise Refused(
            "bad_tax_rule",
            tr("{category} at {rate} % for {kind} lines of {status} customers is not a tax.").format(
                category=rule.category, rate=rule.rate, kind=rule.line_kind, status=rule.customer_status
            ),
            tr("Use category S with a rate above 0, or Z, E, AE, O or G with 0."),
        )


def tax_for(rules: Iterable[TaxRule], line_kind: str, customer_status: str, day: date) -> TaxRule | None:
    """The rule in force: the line's own kind before `*`, then the newest first day. None: nobody has decided."""
    fitting = [
        rule
        for rule in rules
        if rule.customer_status == customer_status
        and rule.line_kind in (line_kind, "*")
        and rule.first_day <= day
    ]
    return max(fitting, key=lambda rule: (rule.line_kind == line_kind, rule.first_day), default=None)
