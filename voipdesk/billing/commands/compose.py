"""A draft's document out of usage and fees: lines with their taxes, totals, parties."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal

from voipdesk.accounts.rules import Account
from voipdesk.billing.commands.usage import Usage
from voipdesk.billing.queries.setup import Fee
from voipdesk.billing.rules.documents import Document, DocumentLine, DocumentTax, Party, UsagePart
from voipdesk.billing.rules.fees import days_used, fee_share
from voipdesk.billing.rules.taxes import TaxRule, tax_for
from voipdesk.billing.rules.totals import OUT_OF_SCOPE, Line, totals
from voipdesk.kernel.problems import Refused
from voipdesk.kernel.text import language, tr

NO_TAX = TaxRule("*", "standard", date.min, OUT_OF_SCOPE, Decimal(0))
"""Where the workspace has no tax rule at all; said as a remark of every run."""


@dataclass(frozen=True, slots=True)
class Terms:
    """What all documents of a run have alike. The month is [first, end)."""

    seller: Account
    currency: str
    zone: str
    first: date
    end: date
    rules: Sequence[TaxRule]

    @property
    def last(self) -> date:
        """The last day of the period; taxes are those of this day."""
        return self.end - timedelta(days=1)


def document(
    terms: Terms,
    customer: Account,
    usage: Iterable[Usage],
    fees: Iterable[Fee],
    *,
    charged: Collection[str] = (),
) -> Document:
    """The customer's document; `charged` are refs of fees that an issued one has already."""
    lines = [
        *_usage_lines(terms, customer, usage),
        *_fee_lines(terms, customer, fees, charged),
    ]
    sums = totals(
        (Line(one.quantity, one.unit_price, one.tax_category, one.tax_rate) for one in lines),
        currency=terms.currency,
    )
    texts = {(rule.category, rule.rate): rule.text for rule in _rules_used(terms, customer, lines)}
    return Document(
        kind="invoice",
        seller=party(terms.seller),
        buyer=party(customer),
        currency=terms.currency,
        zone=terms.zone,
        language=language(),
        first_day=terms.first,
        last_day=terms.last,
        lines=tuple(lines),
        taxes=tuple(
            DocumentTax(one.category, one.rate, one.base, one.tax, texts.get((one.category, one.rate), ""))
            for one in sums.groups
        ),
        net=sums.tax_exclusive,
        tax=sums.tax_total,
        total=sums.payable,
        annex_calls=sum(one.calls or 0 for one in lines),
        levels=(terms.seller.level, customer.level),
    )


def party(account: Account) -> Party:
    """An account as it is printed."""
    kept = account.address
    return Party(
        name=str(kept.get("legal_name") or account.name),
        code=account.code,
        lines=tuple(str(line) for line in kept.get("lines") or ()),
        country=account.country,
        vat_id=str(kept.get("vat_id") or ""),
        email=str(kept.get("email") or ""),
        iban=str(kept.get("iban") or ""),
    )


def tax_of(rules: Sequence[TaxRule], kind: str, customer: Account, day: date) -> TaxRule:
    """The tax of a line. `Refused` where rules exist but none speaks of this case."""
    if not rules:
        return NO_TAX
    rule = tax_for(rules, kind, customer.tax_status, day)
    if rule is None:
        raise Refused(
            "no_tax_rule",
            tr("No tax rule says what {kind} lines of {customer} ({status}) carry on {day}.").format(
                kind=kind, customer=customer.name, status=customer.tax_status, day=day.isoformat()
            ),
            tr("Add a tax rule for this kind of line and this status of customers."),
        )
    return rule


def fee_ref(fee: Fee, month: date) -> str:
    """What tells that a fee of a month is on a document."""
    return f"fee:{fee.id.hex}:{month:%Y-%m}"


def _usage_lines(terms: Terms, customer: Account, usage: Iterable[Usage]) -> list[DocumentLine]:
    """One line for the period's own calls, then one for each earlier month that has late ones."""
    months: dict[date, list[Usage]] = {}
    for one in usage:
        months.setdefault(one.month, []).append(one)
    ordered = sorted(months, key=lambda month: (month != terms.first, month))
    return [_usage_line(terms, customer, month, months[month]) for month in ordered]


def _usage_line(terms: Terms, customer: Account, month: date, usage: list[Usage]) -> DocumentLine:
    late = month != terms.first
    parts = [
        UsagePart(one.destination or tr("Other destinations"), one.calls, one.seconds, one.amount)
        for one in sorted(usage, key=lambda one: one.destination.casefold())
    ]
    text = tr("Calls of {month}").format(month=f"{month:%Y-%m}") if late else tr("Calls")
    return _line(
        terms,
        customer,
        DocumentLine(
            kind="usage",
            text=text,
            quantity=Decimal(1),
            unit_price=sum((part.amount for part in parts), Decimal(0)),
            net=Decimal(0),
            tax_category="",
            tax_rate=Decimal(0),
            calls=sum(part.calls for part in parts),
            seconds=sum(part.seconds for part in parts),
            is_late=late,
            ref=f"{month:%Y-%m}",
            parts=tuple(parts),
        ),
    )


def _fee_lines(
    terms: Terms, customer: Account, fees: Iterable[Fee], charged: Collection[str]
) -> list[DocumentLine]:
    """Whole months, or the share of the days when a fee starts or ends inside."""
    lines = []
    month_days = (terms.end - terms.first).days
    for fee in fees:
        used = days_used(fee.first_day, fee.last_day, terms.first, terms.end)
        ref = fee_ref(fee, terms.first)
        if not used or ref in charged:
            continue
        text = fee.text
        if used < month_days:
            text = tr("{fee} ({used} of {days} days)").format(fee=fee.text, used=used, days=month_days)
        price = fee_share(fee.amount, used, month_days, terms.currency)
        made = DocumentLine("fee", text, Decimal(1), price, Decimal(0), "", Decimal(0), ref=ref)
        lines.append(_line(terms, customer, made))
    return lines


def _line(terms: Terms, customer: Account, made: DocumentLine) -> DocumentLine:
    """The line with its tax and its net."""
    rule = tax_of(terms.rules, made.kind, customer, terms.last)
    net = Line(made.quantity, made.unit_price, rule.category, rule.rate).net(terms.currency)
    return replace(made, net=net, tax_category=rule.category, tax_rate=rule.rate)


def _rules_used(terms: Terms, customer: Account, lines: Iterable[DocumentLine]) -> list[TaxRule]:
    kinds = dict.fromkeys(line.kind for line in lines)
    return [tax_of(terms.rules, kind, customer, terms.last) for kind in kinds]
