"""What a document adds up to, after EN 16931: exact cents, each rounding named.

Line net: half up (away from zero) to the currency's decimals. VAT: once per category and rate, on the summed nets.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from decimal import Decimal
from fractions import Fraction

from voipdesk.kernel.money import currency_decimals, plain, rounded

STANDARD, ZERO, EXEMPT, REVERSE_CHARGE, OUT_OF_SCOPE, EXPORT = "S", "Z", "E", "AE", "O", "G"
"""VAT categories of EN 16931 (UNCL 5305)."""


@dataclass(frozen=True, slots=True)
class Line:
    """One line as it enters the totals; `allowances` and `charges` are amounts of this line, already rounded."""

    quantity: Decimal
    unit_price: Decimal
    category: str
    rate: Decimal
    """Percent; 0 where the category has none."""
    base_quantity: Decimal = Decimal(1)
    """The price is for that many units (60: a price per minute on a quantity in seconds)."""
    allowances: tuple[Decimal, ...] = ()
    charges: tuple[Decimal, ...] = ()

    def net(self, currency: str) -> Decimal:
        """Quantity times price, rounded once, plus charges, less allowances."""
        exact = Fraction(self.quantity) * Fraction(self.unit_price) / Fraction(self.base_quantity)
        product = rounded(exact, currency_decimals(currency))
        return product + sum(self.charges, Decimal(0)) - sum(self.allowances, Decimal(0))


@dataclass(frozen=True, slots=True)
class Adjustment:
    """An allowance (lowers) or charge (raises) of the whole document, with the tax it falls under."""

    amount: Decimal
    category: str
    rate: Decimal


@dataclass(frozen=True, slots=True)
class TaxGroup:
    """The taxable sum of one category and rate, and its tax."""

    category: str
    rate: Decimal
    base: Decimal
    tax: Decimal


@dataclass(frozen=True, slots=True)
class Totals:
    """The seven totals, the nets of the lines in their order, and the tax groups by category and rate."""

    line_nets: tuple[Decimal, ...]
    line_net_total: Decimal
    allowance_total: Decimal
    charge_total: Decimal
    tax_exclusive: Decimal
    tax_total: Decimal
    tax_inclusive: Decimal
    payable: Decimal
    groups: tuple[TaxGroup, ...] = field(default=())


def totals(
    lines: Iterable[Line],
    *,
    currency: str,
    allowances: Iterable[Adjustment] = (),
    charges: Iterable[Adjustment] = (),
    prepaid: Decimal = Decimal(0),
    rounding: Decimal = Decimal(0),
) -> Totals:
    """All totals of a document. `prepaid` is taken off at the end, `rounding` (of the payable amount) put on."""
    kept = tuple(lines)
    lowered, raised = tuple(allowances), tuple(charges)
    nets = tuple(line.net(currency) for line in kept)
    groups = _groups(kept, nets, [*((-1, one) for one in lowered), *((1, one) for one in raised)], currency)
    line_total = _total(nets, currency)
    allowance_total = _total((one.amount for one in lowered), currency)
    charge_total = _total((one.amount for one in raised), currency)
    exclusive = line_total - allowance_total + charge_total
    tax = _total((group.tax for group in groups), currency)
    return Totals(
        line_nets=nets,
        line_net_total=line_total,
        allowance_total=allowance_total,
        charge_total=charge_total,
        tax_exclusive=exclusive,
        tax_total=tax,
        tax_inclusive=exclusive + tax,
        payable=exclusive + tax - prepaid + rounding,
        groups=groups,
    )


def usage_net(amounts: Iterable[Decimal], currency: str) -> Decimal:
    """The net of a usage line: the sum of its rated calls, rounded once."""
    return rounded(sum(amounts, Decimal(0)), currency_decimals(currency))


def _groups(
    lines: tuple[Line, ...],
    nets: tuple[Decimal, ...],
    adjustments: list[tuple[int, Adjustment]],
    currency: str,
) -> tuple[TaxGroup, ...]:
    bases: dict[tuple[str, Decimal], Decimal] = {}
    for line, net in zip(lines, nets, strict=True):
        key = (line.category, plain(line.rate))
        bases[key] = bases.get(key, Decimal(0)) + net
    for sign, one in adjustments:
        key = (one.category, plain(one.rate))
        bases[key] = bases.get(key, Decimal(0)) + sign * one.amount
    decimals = currency_decimals(currency)
    return tuple(
        TaxGroup(
            category, rate, rounded(base, decimals), rounded(Fraction(base) * Fraction(rate) / 100, decimals)
        )
        for (category, rate), base in sorted(bases.items())
    )


def _total(amounts: Iterable[Decimal], currency: str) -> Decimal:
    """A sum of rounded amounts, with the currency's decimals even when there are none."""
    return rounded(sum(amounts, Decimal(0)), currency_decimals(currency))
