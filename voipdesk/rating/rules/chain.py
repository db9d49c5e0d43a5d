"""One call through the levels: cost from the supplier, price at each account, and its problems."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, tzinfo
from enum import StrEnum

from voipdesk.kernel.money import MAX_AMOUNT, Exact, plain
from voipdesk.kernel.text import tr
from voipdesk.rating.rules.rates import Rate, RateSource, RateState, match
from voipdesk.rating.rules.terms import (
    NOTHING,
    ONE,
    USUAL_ROUNDING,
    Charge,
    RoundingRule,
    Step,
    charge,
    charge_steps,
    whole_seconds,
)


class Level(StrEnum):
    """The levels of the chain, from what we pay down to who talked."""

    COST = "cost"
    RESELLER = "reseller"
    COMPANY = "company"
    USER = "user"


class Trouble(StrEnum):
    """Why a call has no price, or no cost. The order here is the order in which they are told."""

    NONE = ""
    UNREADABLE_NUMBER = "unreadable_number"
    UNKNOWN_ACCOUNT = "unknown_account"
    NO_PLAN = "no_plan"
    NO_RATE = "no_rate"
    BLOCKED = "blocked"
    TOO_LARGE = "too_large"
    NO_COST = "no_cost"
    COST_BLOCKED = "cost_blocked"


@dataclass(frozen=True, slots=True)
class Offer:
    """What stands at a level: the supplier's table or the account's plan; no source: no plan assigned."""

    level: Level
    name: str = ""
    source: RateSource | None = None
    fx: Exact = ONE
    """Units of the account's currency for one unit of the rate's, on the call's day."""


@dataclass(frozen=True, slots=True)
class Talk:
    """What rating needs of a call: E.164 digits (None: unreadable), answer time, talk seconds."""

    number: str | None
    at: datetime
    seconds: Exact
    is_account_known: bool = True


@dataclass(frozen=True, slots=True)
class Outcome:
    """The result at one level. `charge` is None exactly when there is trouble: empty, never 0."""

    level: Level
    trouble: Trouble
    rate: Rate | None = None
    charge: Charge | None = None
    source: str = ""
    passed_from: Level | None = None
    """The level above, whose price was passed through because this one has no plan."""


@dataclass(frozen=True, slots=True)
class RatedCall:
    """Cost and prices of one call; `problem` is the first trouble of a price, else that of the cost."""

    cost: Outcome
    prices: tuple[Outcome, ...]

    @property
    def problem(self) -> Trouble:
        """The one code kept with the call."""
        for outcome in (*self.prices, self.cost):
            if outcome.trouble:
                return outcome.trouble
        return Trouble.NONE


def rate_call(
    talk: Talk,
    cost: Offer,
    chain: Sequence[Offer],
    rounding: RoundingRule = USUAL_ROUNDING,
) -> RatedCall:
    """Rate a call: `chain` runs from the account just below the admin down to the caller's own.

    A level without a plan passes the price above through; the top of the chain without one is `no_plan`.
    An unanswered call costs nothing at every level, rate or no rate, so it never holds up an invoice.
    """
    prices: list[Outcome] = []
    for offer in chain:
        if offer.source is None and prices:
            prices.append(_passed(prices[-1], offer.level))
        else:
            prices.append(price_at(talk, offer, rounding))
    return RatedCall(_as_cost(price_at(talk, cost, rounding)), tuple(prices))


def price_at(talk: Talk, offer: Offer, rounding: RoundingRule = USUAL_ROUNDING) -> Outcome:
    """The outcome of a call at one level with its own table or plan."""
    early = _before_matching(talk, offer)
    if early or offer.source is None or talk.number is None:
        return Outcome(offer.level, early, source=offer.name)
    rate = match(offer.source, talk.number, talk.at)
    if whole_seconds(talk.seconds) == 0:
        return Outcome(offer.level, Trouble.NONE, rate, NOTHING, offer.name)
    if rate is None:
        return Outcome(offer.level, Trouble.NO_RATE, source=offer.name)
    if rate.state is RateState.BLOCKED:
        return Outcome(offer.level, Trouble.BLOCKED, rate, source=offer.name)
    money = charge(rate.terms, talk.seconds, rounding, offer.fx)
    if money.amount >= MAX_AMOUNT:
        return Outcome(offer.level, Trouble.TOO_LARGE, rate, source=offer.name)
    return Outcome(offer.level, Trouble.NONE, rate, money, offer.name)


def _before_matching(talk: Talk, offer: Offer) -> Trouble:
    """What is wrong before a rate is even looked for."""
    if talk.number is None:
        return Trouble.UNREADABLE_NUMBER
    if not talk.is_account_known and offer.level is not Level.COST:
        return Trouble.UNKNOWN_ACCOUNT
    return Trouble.NO_PLAN if offer.source is None else Trouble.NONE


def _as_cost(outcome: Outcome) -> Outcome:
    """The supplier's outcome in the words of cost: missing is `no_cost`, blocked `cost_blocked`."""
    words = {
        Trouble.NO_PLAN: Trouble.NO_COST,
        Trouble.NO_RATE: Trouble.NO_COST,
        Trouble.BLOCKED: Trouble.COST_BLOCKED,
    }
    trouble = words.get(outcome.trouble, outcome.trouble)
    return Outcome(outcome.level, trouble, outcome.rate, outcome.charge, outcome.source)


def _passed(above: Outcome, level: Level) -> Outcome:
    """The price of the level above, unchanged, saying so."""
    return Outcome(level, above.trouble, above.rate, above.charge, above.source, above.level)


def explain(
    talk: Talk,
    offer: Offer,
    outcome: Outcome,
    rounding: RoundingRule = USUAL_ROUNDING,
    *,
    zone: tzinfo = UTC,
) -> list[Step]:
    """The derivation of one level's outcome, for `voipdesk price` and "why this price"; times as the zone's clocks."""
    steps = [Step(tr("Number"), talk.number or tr("unreadable"))]
    if outcome.passed_from is not None:
        steps.append(Step(tr("No plan here: the price above is passed through"), str(outcome.passed_from)))
    if outcome.source:
        steps.append(Step(tr("Table or plan"), outcome.source))
    rate = outcome.rate
    if rate is not None:
        steps.append(Step(tr("Longest prefix in force"), f"{rate.prefix} {rate.destination}".strip()))
        steps.append(Step(tr("In force since"), _clock(rate.effective.start, zone)))
        if rate.band is not None:
            steps.append(Step(tr("Time band"), rate.band.name))
    if outcome.trouble:
        return [*steps, Step(tr("Not priced"), trouble_text(outcome.trouble))]
    if rate is not None:
        steps.append(Step(tr("Price per minute"), str(plain(rate.terms.price))))
        steps.extend(charge_steps(rate.terms, talk.seconds, rounding, offer.fx))
    return steps


def _clock(instant: datetime, zone: tzinfo) -> str:
    """Day and time on the clocks of the zone; the fractions only where there are some."""
    return instant.astimezone(zone).replace(tzinfo=None).isoformat(" ")


def trouble_text(trouble: Trouble) -> str:
    """A sentence for people, with what to do next."""
    return {
        Trouble.NONE: "",
        Trouble.UNREADABLE_NUMBER: tr(
            "The number cannot be read as an international one. Check the number rules of the call profile."
        ),
        Trouble.UNKNOWN_ACCOUNT: tr("The account is not known. Give its name to an account and rate again."),
        Trouble.NO_PLAN: tr("No tariff plan was assigned at that time. Assign one and rate again."),
        Trouble.NO_RATE: tr("No prefix of this number has a price at that time. Add one and rate again."),
        Trouble.BLOCKED: tr("The destination is blocked. Lift the block or leave the call unbilled."),
        Trouble.TOO_LARGE: tr("The amount is beyond what can be stored. Check price and talk time."),
        Trouble.NO_COST: tr("The supplier has no price for this number at that time. Import its rate sheet."),
        Trouble.COST_BLOCKED: tr("The supplier blocks this destination. Check which supplier took the call."),
    }[trouble]
