"""Price steps inside a call, included minutes, attempt fees and caps: beside the normal terms of a rate.

Minutes of a bundle go to calls in the order in which they arrive; re-rating offers them in answer order.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from fractions import Fraction

from voipdesk.kernel.money import Exact
from voipdesk.rating.rules.terms import ZERO, Terms, billed_seconds, by_intervals, exact_charge, whole_seconds


@dataclass(frozen=True, slots=True)
class PriceStep:
    """From second `start` of a call on: a price per minute, billed in increments."""

    start: int
    price: Decimal
    increment: int = 1


def stepped(talk: Exact, steps: Sequence[PriceStep], connect_fee: Decimal = ZERO) -> tuple[int, Fraction]:
    """Billed seconds and exact money of a call through steps that begin at second 0, in ascending order.

    An increment that runs past the end of its step swallows the time behind it.
    """
    if not steps or steps[0].start != 0:
        raise ValueError("price steps begin at second 0")
    duration = whole_seconds(talk)
    if duration == 0:
        return 0, Fraction(0)
    billed, money = 0, Fraction(connect_fee)
    for index, step in enumerate(steps):
        end = steps[index + 1].start if index + 1 < len(steps) else duration
        part = min(end, duration) - max(billed, step.start)
        counted = by_intervals(part, step.increment, step.increment)
        billed += counted
        money += counted * Fraction(step.price) / 60
    return billed, money


@dataclass(frozen=True, slots=True)
class Bundle:
    """Included seconds for numbers under a prefix; an excluding one leaves them to normal rating."""

    prefix: str
    seconds_left: int
    is_excluded: bool = False
    increment: int = 1


def bundle_for(bundles: Iterable[Bundle], number: str) -> Bundle | None:
    """The bundle of the longest prefix; None when there is none, it is used up, or it excludes the number."""
    covering = [bundle for bundle in bundles if number.startswith(bundle.prefix)]
    best = max(covering, key=lambda bundle: len(bundle.prefix), default=None)
    return None if best is None or best.is_excluded or best.seconds_left <= 0 else best


@dataclass(frozen=True, slots=True)
class Covered:
    """A call with a bundle: seconds billed, seconds taken from it, the exact rest to pay, what is left."""

    billed_seconds: int
    included: int
    exact: Fraction
    bundle: Bundle


def with_bundle(talk: Exact, terms: Terms, bundle: Bundle) -> Covered:
    """Split a call: billed seconds come out of the bundle as far as it lasts, the rest is paid by the terms.

    No fee and no minimum where the bundle covers the whole call; calls within the grace take nothing from it.
    """
    billed = billed_seconds(talk, terms)
    needed = by_intervals(billed, bundle.increment, bundle.increment)
    included = min(needed, bundle.seconds_left)
    left = replace(bundle, seconds_left=bundle.seconds_left - included)
    if included >= billed:
        return Covered(billed, included, Fraction(0), left)
    first = max(0, min(billed, terms.initial_interval) - included)
    rest = billed - included - first
    usage = first * Fraction(terms.price) + rest * Fraction(terms.following)
    paid = max(Fraction(terms.minimum_charge), Fraction(terms.connect_fee) + usage / 60)
    return Covered(billed, included, paid, left)


def in_arrival_order(talks: Iterable[Exact], terms: Terms, bundle: Bundle) -> tuple[list[Covered], Bundle]:
    """Calls through one bundle, each taking what the ones before it left; whoever arrives late pays."""
    covered: list[Covered] = []
    for talk in talks:
        result = with_bundle(talk, terms, bundle)
        covered.append(result)
        bundle = result.bundle
    return covered, bundle


def attempt_fee(talk: Exact, fee: Decimal, *, is_last: bool = True, is_covered: bool = False) -> Fraction:
    """The fee of an unanswered attempt: on the call's last record, and not when a bundle covers it."""
    due = whole_seconds(talk) == 0 and is_last and not is_covered
    return Fraction(fee) if due else Fraction(0)


def capped(terms: Terms, talk: Exact, most: Decimal) -> Fraction:
    """The exact charge, at most `most`: what is talked beyond it is free."""
    return min(exact_charge(terms, talk), Fraction(most))


def converted(price: Exact, rate_currency: Exact, account_currency: Exact) -> Fraction:
    """A price or fee in the account's currency, from what one unit of each is worth in the base currency."""
    return Fraction(price) * Fraction(rate_currency) / Fraction(account_currency)
