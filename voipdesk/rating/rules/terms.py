"""Terms of a price, the seconds they bill and the money they ask, exactly (product.md, Rating 3, 4)."""

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from voipdesk.kernel.money import Exact, Rounding, plain, rounded
from voipdesk.kernel.text import tr

ZERO = Decimal(0)
ONE = Decimal(1)


@dataclass(frozen=True, slots=True)
class Terms:
    """Prices per minute, fees per call, intervals in seconds. Zero is a price; below zero is refused."""

    price: Decimal
    """Per minute within the initial interval."""
    next_price: Decimal | None = None
    """Per minute after it; None: the same price."""
    connect_fee: Decimal = ZERO
    minimum_charge: Decimal = ZERO
    initial_interval: int = 1
    next_interval: int = 1
    free_seconds: int = 0
    """Subtracted from every charged call; the connect fee stays due."""
    grace_seconds: int = 0
    """Calls up to this long, inclusive, cost nothing at all."""

    def __post_init__(self) -> None:
        for amount in (self.price, self.following, self.connect_fee, self.minimum_charge):
            if not isinstance(amount, Decimal):
                raise TypeError(f"prices are Decimal, not {type(amount).__name__}")
            if not amount.is_finite() or amount < 0:
                raise ValueError(f"{amount} is not a price")
        if self.initial_interval < 1 or self.next_interval < 1:
            raise ValueError("an interval is at least one second")
        if self.free_seconds < 0 or self.grace_seconds < 0:
            raise ValueError("free and grace seconds are not negative")

    @property
    def following(self) -> Decimal:
        """The price per minute after the initial interval."""
        return self.price if self.next_price is None else self.next_price


@dataclass(frozen=True, slots=True)
class RoundingRule:
    """The one rounding per call and level: decimals 0 to 8 and the mode; by default 6, half up."""

    decimals: int = 6
    mode: Rounding = Rounding.HALF_UP

    def __post_init__(self) -> None:
        if not 0 <= self.decimals <= 8:
            raise ValueError("amounts are rounded to 0 to 8 decimals")


USUAL_ROUNDING = RoundingRule()


@dataclass(frozen=True, slots=True)
class Charge:
    """Money for one call at one level: seconds billed, the exact sum, the amount after the one rounding."""

    billed_seconds: int
    exact: Fraction
    amount: Decimal


@dataclass(frozen=True, slots=True)
class Step:
    """One line of a derivation: what, and its value as text."""

    label: str
    value: str


NOTHING = Charge(0, Fraction(0), ZERO)


def whole_seconds(talk: Exact, mode: Rounding = Rounding.UP) -> int:
    """Talk time in whole seconds, fractions up unless told otherwise; below zero counts as zero."""
    return max(0, int(rounded(talk, 0, mode)))


def is_charged(talk: Exact, terms: Terms) -> bool:
    """Whether the call is answered and longer than the grace: only then fees and minimum apply."""
    return whole_seconds(talk) > terms.grace_seconds


def billed_seconds(talk: Exact, terms: Terms) -> int:
    """Seconds to bill: none up to the grace, else without the free ones I, or I + ceil((d - I) / N) * N."""
    if not is_charged(talk, terms):
        return 0
    return by_intervals(whole_seconds(talk) - terms.free_seconds, terms.initial_interval, terms.next_interval)


def by_intervals(seconds: int, initial: int, following: int) -> int:
    """`seconds` in intervals, the next ones counted after the initial one; none or less bill none."""
    if seconds <= 0:
        return 0
    if seconds <= initial:
        return initial
    return initial + -(-(seconds - initial) // following) * following


def exact_charge(terms: Terms, talk: Exact) -> Fraction:
    """Fee + I * price / 60 + rest * next price / 60, at least the minimum; zero when nothing is charged."""
    if not is_charged(talk, terms):
        return Fraction(0)
    billed = billed_seconds(talk, terms)
    first = min(billed, terms.initial_interval)
    usage = first * Fraction(terms.price) + (billed - first) * Fraction(terms.following)
    return max(Fraction(terms.minimum_charge), Fraction(terms.connect_fee) + usage / 60)


def charge(
    terms: Terms,
    talk: Exact,
    rounding: RoundingRule = USUAL_ROUNDING,
    fx: Exact = ONE,
) -> Charge:
    """Seconds and money of a call of `talk` seconds at the currency rate of its day; rounded once, last."""
    exact = exact_charge(terms, talk) * Fraction(fx)
    return Charge(billed_seconds(talk, terms), exact, rounded(exact, rounding.decimals, rounding.mode))


def charge_steps(
    terms: Terms,
    talk: Exact,
    rounding: RoundingRule = USUAL_ROUNDING,
    fx: Exact = ONE,
) -> list[Step]:
    """The derivation of `charge`, line by line."""
    result = charge(terms, talk, rounding, fx)
    steps = [
        Step(tr("Talk time"), _seconds(whole_seconds(talk))),
        Step(tr("Intervals"), f"{terms.initial_interval}/{terms.next_interval}"),
    ]
    if not is_charged(talk, terms):
        why = tr("unanswered") if whole_seconds(talk) == 0 else tr("within the grace seconds")
        return [*steps, Step(tr("Nothing is charged"), why)]
    if terms.free_seconds:
        steps.append(Step(tr("Free seconds"), _seconds(terms.free_seconds)))
    steps.append(Step(tr("Billed seconds"), _seconds(result.billed_seconds)))
    steps.extend(_money_steps(terms, result, fx))
    steps.append(
        Step(
            tr("Rounded to {decimals} decimals, {mode}").format(
                decimals=rounding.decimals, mode=rounding.mode.replace("_", " ")
            ),
            f"{result.amount:f}",
        )
    )
    return steps


def _money_steps(terms: Terms, result: Charge, fx: Exact) -> Iterator[Step]:
    """Fee, usage, minimum and currency, each only when it plays a part."""
    if terms.connect_fee:
        yield Step(tr("Connect fee"), str(plain(terms.connect_fee)))
    first = min(result.billed_seconds, terms.initial_interval)
    rest = result.billed_seconds - first
    if first and rest and terms.following != terms.price:
        yield Step(tr("Initial interval"), f"{first} s × {plain(terms.price)} / 60")
        yield Step(tr("After it"), f"{rest} s × {plain(terms.following)} / 60")
    elif result.billed_seconds:
        yield Step(tr("Usage"), f"{result.billed_seconds} s × {plain(terms.price)} / 60")
    before = result.exact / Fraction(fx) if fx else result.exact
    if terms.minimum_charge and before == Fraction(terms.minimum_charge):
        yield Step(tr("Minimum charge"), str(plain(terms.minimum_charge)))
    if fx != 1:
        yield Step(tr("Currency rate"), str(fx))
    yield Step(tr("Exact amount"), exact_text(result.exact))


def exact_text(value: Fraction) -> str:
    """A fraction for people: up to 12 decimals, with an ellipsis when it goes on."""
    shown = plain(rounded(value * 10**4, 8, Rounding.DOWN).scaleb(-4))
    return f"{shown:f}" if Fraction(shown) == value else f"{shown:f}…"


def _seconds(value: int) -> str:
    return tr("{seconds} s").format(seconds=value)
