"""What we charge: sell terms computed from a base by a plan's rules, exactly (product.md, Tariff plans)."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction

from voipdesk.kernel.money import Rounding, plain, rounded
from voipdesk.kernel.periods import EffectiveRange, to_micros
from voipdesk.kernel.text import tr
from voipdesk.rating.rules import Rate, RateSource, RateState, Step, Terms

ZERO = Decimal(0)
ALWAYS = -(2**63)
"""Sorts before every instant."""

PRICE_ROUNDINGS = (Rounding.HALF_UP, Rounding.UP, Rounding.DOWN)


def is_like(name: str, pattern: str) -> bool:
    """Whether a whole name fits a pattern of text, `*` (any text) and `?` (one character), in any case."""
    parts = {"*": ".*", "?": "."}
    expression = "".join(parts.get(char, re.escape(char)) for char in pattern.casefold())
    return re.fullmatch(expression, name.casefold(), re.DOTALL) is not None


class Match(StrEnum):
    """What a rule speaks about; listed from the most specific on."""

    EXACT = "exact"
    """This base prefix only."""
    PREFIX = "prefix"
    """This prefix and every base prefix under it."""
    DESTINATION = "destination"
    """Destinations by name, with `*` and `?`, upper or lower case alike."""
    ALL = "all"


class Action(StrEnum):
    """What a rule does; `markup` and `amount` apply together."""

    MARKUP = "markup"
    FIXED = "fixed"
    FREE = "free"
    BLOCK = "block"
    OMIT = "omit"
    """Left out: as if the base did not have the prefix."""


class SheetKind(StrEnum):
    """What a customer's sheet tells."""

    FULL = "full"
    """Every price, with what happens to it at that day."""
    CHANGES = "changes"


@dataclass(frozen=True, slots=True)
class PlanRule:
    """One rule of a plan. Terms it leaves at None are inherited from the base."""

    match: Match = Match.ALL
    pattern: str = ""
    action: Action = Action.MARKUP
    markup: Decimal = ZERO
    """0.10 is +10 %."""
    amount: Decimal = ZERO
    """Per minute, added after the markup."""
    fixed_price: Decimal | None = None
    is_markup_on_fee: bool = False
    connect_fee: Decimal | None = None
    minimum_charge: Decimal | None = None
    initial_interval: int | None = None
    next_interval: int | None = None
    effective: EffectiveRange | None = None
    """When it applies; None: always."""

    def __post_init__(self) -> None:
        if self.action is Action.FIXED and (self.fixed_price is None or self.fixed_price < 0):
            raise ValueError(tr("A fixed price rule needs a price of zero or more."))

    def speaks_of(self, prefix: str, destination: str) -> bool:
        """Whether the rule covers a base prefix with that destination."""
        if self.match is Match.EXACT:
            return prefix == self.pattern
        if self.match is Match.PREFIX:
            return prefix.startswith(self.pattern)
        if self.match is Match.DESTINATION:
            return is_like(destination, self.pattern)
        return True


@dataclass(frozen=True, slots=True)
class PlanTerms:
    """How a plan makes prices: decimals (0 to 8), mode, the margin it keeps, and selling below its base."""

    name: str = ""
    decimals: int = 6
    rounding: Rounding = Rounding.HALF_UP
    minimum_margin: Decimal | None = None
    """Per minute over the base price; None: no floor."""
    is_below_base_allowed: bool = True

    def __post_init__(self) -> None:
        if not 0 <= self.decimals <= 8:
            raise ValueError("prices have 0 to 8 decimals")
        if self.rounding not in PRICE_ROUNDINGS:
            raise ValueError("prices are rounded half up, up or down")


class Flag(StrEnum):
    """What is to be said about a sell price."""

    BELOW_BASE = "below_base"
    RAISED_TO_MARGIN = "raised_to_margin"
    REFUSED = "refused"
    """Below the base in a plan that does not allow it: not sold, so blocked."""


@dataclass(frozen=True, slots=True)
class Sell:
    """What a plan makes of a base rate: state, terms, the rule that made them (None: none spoke), flags."""

    state: RateState
    terms: Terms
    rule: PlanRule | None
    flags: frozenset[Flag] = frozenset()
    is_omitted: bool = False


_SPECIFICITY = {Match.EXACT: 3, Match.PREFIX: 2, Match.DESTINATION: 1, Match.ALL: 0}


def best_rule(
    rules: Sequence[PlanRule], prefix: str, destination: str, at: datetime | None = None
) -> int | None:
    """Index of the rule for a base prefix: exact, then the longest prefix, then destination, then everything.

    Of equals the one that started last wins, then the one listed later; `at` None takes rules of any time.
    """
    speaking = [
        index for index, rule in enumerate(rules) if is_at(rule, at) and rule.speaks_of(prefix, destination)
    ]
    return max(speaking, key=lambda index: rule_order(rules[index], index), default=None)


def is_at(rule: PlanRule, at: datetime | None) -> bool:
    """Whether a rule applies at an instant (its range's end excluded)."""
    return at is None or rule.effective is None or at in rule.effective


def rule_order(rule: PlanRule, position: int) -> tuple[int, int, int, int]:
    """The sorting key of specificity; the highest rule wins."""
    length = len(rule.pattern) if rule.match in (Match.PREFIX, Match.DESTINATION) else 0
    started = to_micros(rule.effective.start) if rule.effective else ALWAYS
    return (_SPECIFICITY[rule.match], length, started, position)


def sell_price(base: Decimal, rule: PlanRule, plan: PlanTerms) -> Decimal:
    """The sell price per minute: computed, rounded once to the plan's decimals, then not below base + margin.

    The margin's floor is rounded up to the same decimals; a price never falls below zero. Free is free.
    """
    if rule.action is Action.FREE:
        return ZERO
    if rule.action is Action.FIXED:
        exact = Fraction(rule.fixed_price or ZERO)
    else:
        exact = Fraction(base) * (1 + Fraction(rule.markup)) + Fraction(rule.amount)
    price = rounded(max(Fraction(0), exact), plan.decimals, plan.rounding)
    return max(price, margin_floor(base, plan))


def margin_floor(base: Decimal, plan: PlanTerms) -> Decimal:
    """The lowest price that keeps the plan's minimum margin, in the plan's decimals; zero without one."""
    if plan.minimum_margin is None:
        return ZERO
    least = max(Fraction(0), Fraction(base) + Fraction(plan.minimum_margin))
    return rounded(least, plan.decimals, Rounding.UP)


def sell_terms(base: Terms, rule: PlanRule, plan: PlanTerms) -> tuple[Terms, frozenset[Flag]]:
    """The terms a customer gets for base terms under a rule, and what is to be said about them."""
    price = sell_price(base.price, rule, plan)
    following = (
        None
        if base.next_price is None or rule.action is Action.FIXED
        else sell_price(base.next_price, rule, plan)
    )
    terms = Terms(
        price=price,
        next_price=following,
        connect_fee=_fee(base.connect_fee, rule, plan),
        minimum_charge=_minimum(base.minimum_charge, rule),
        initial_interval=rule.initial_interval or base.initial_interval,
        next_interval=rule.next_interval or base.next_interval,
        free_seconds=base.free_seconds,
        grace_seconds=base.grace_seconds,
    )
    return terms, _flags(base, terms, rule, plan)


def _fee(base: Decimal, rule: PlanRule, plan: PlanTerms) -> Decimal:
    """The connect fee: the rule's own, else free, else the base's, marked up only where the rule says so."""
    if rule.connect_fee is not None:
        return rule.connect_fee
    if rule.action is Action.FREE:
        return ZERO
    if rule.is_markup_on_fee and rule.action is Action.MARKUP:
        marked = Fraction(base) * (1 + Fraction(rule.markup))
        return rounded(max(Fraction(0), marked), plan.decimals, plan.rounding)
    return base


def _minimum(base: Decimal, rule: PlanRule) -> Decimal:
    if rule.minimum_charge is not None:
        return rule.minimum_charge
    return ZERO if rule.action is Action.FREE else base


def _flags(base: Terms, sold: Terms, rule: PlanRule, plan: PlanTerms) -> frozenset[Flag]:
    """Below the base in either price; raised to keep the margin; refused where the plan does not allow it."""
    flags: set[Flag] = set()
    if sold.price < base.price or sold.following < base.following:
        flags.add(Flag.BELOW_BASE)
        if not plan.is_below_base_allowed:
            flags.add(Flag.REFUSED)
    if plan.minimum_margin is not None and rule.action is not Action.FREE:
        bare = replace(plan, minimum_margin=None)
        if sell_price(base.price, rule, bare) < sold.price:
            flags.add(Flag.RAISED_TO_MARGIN)
    return frozenset(flags)


def sell(base: Rate, rules: Sequence[PlanRule], plan: PlanTerms, at: datetime | None = None) -> Sell:
    """What a plan makes of a base rate at an instant. A base without any rule is not sold: left out."""
    index = best_rule(rules, base.prefix, base.destination, at)
    if index is None:
        return Sell(base.state, base.terms, None, is_omitted=True)
    rule = rules[index]
    if rule.action is Action.OMIT:
        return Sell(base.state, base.terms, rule, is_omitted=True)
    if base.state is RateState.BLOCKED or rule.action is Action.BLOCK:
        return Sell(RateState.BLOCKED, base.terms, rule)
    terms, flags = sell_terms(base.terms, rule, plan)
    state = RateState.BLOCKED if Flag.REFUSED in flags else base.state
    return Sell(state, terms, rule, flags)


@dataclass(frozen=True, slots=True)
class PlanSource:
    """A plan as a source of rates: its base (a table, or the plan whose price its owner pays) and rules."""

    base: RateSource
    plan: PlanTerms
    rules: Sequence[PlanRule] = field(default_factory=tuple)

    def in_force(self, prefix: str, at: datetime) -> Rate | None:
        """The sell rate of exactly this prefix; None where the base has none or the plan leaves it out."""
        base = self.base.in_force(prefix, at)
        if base is None:
            return None
        sold = sell(base, self.rules, self.plan, at)
        return None if sold.is_omitted else replace(base, terms=sold.terms, state=sold.state)


def predefined() -> list[tuple[PlanTerms, tuple[PlanRule, ...]]]:
    """The three plans every workspace starts with: cost (0 %), +10 %, Free."""
    return [
        (PlanTerms(tr("Cost")), (PlanRule(),)),
        (PlanTerms(tr("+10 %")), (PlanRule(markup=Decimal("0.10")),)),
        (PlanTerms(tr("Free")), (PlanRule(action=Action.FREE),)),
    ]


def sell_steps(base: Rate, rules: Sequence[PlanRule], plan: PlanTerms, at: datetime) -> list[Step]:
    """The derivation of a sell price from its base, line by line."""
    sold = sell(base, rules, plan, at)
    steps = [Step(tr("Base price of {prefix}").format(prefix=base.prefix), str(plain(base.terms.price)))]
    if sold.rule is None:
        return [*steps, Step(tr("Rule"), tr("none: not sold under this plan"))]
    steps.append(Step(tr("Rule"), rule_text(sold.rule)))
    if Flag.REFUSED in sold.flags:
        said = tr("{price} is below it and the plan does not allow that")
        return [*steps, Step(tr("Refused"), said.format(price=plain(sold.terms.price)))]
    if sold.is_omitted or sold.state is RateState.BLOCKED:
        said = tr("left out") if sold.is_omitted else tr("blocked")
        return [*steps, Step(tr("Result"), said)]
    if Flag.RAISED_TO_MARGIN in sold.flags:
        margin = plain(plan.minimum_margin or ZERO)
        steps.append(Step(tr("Raised to keep the minimum margin of"), str(margin)))
    if Flag.BELOW_BASE in sold.flags:
        steps.append(Step(tr("Attention"), tr("below the base price")))
    steps.append(
        Step(
            tr("Sell price, {decimals} decimals, {mode}").format(
                decimals=plan.decimals, mode=plan.rounding.replace("_", " ")
            ),
            str(plain(sold.terms.price)),
        )
    )
    return steps


def rule_text(rule: PlanRule) -> str:
    """A rule in words, for derivations and lists."""
    return f"{where_text(rule)}: {action_text(rule)}"


def where_text(rule: PlanRule) -> str:
    """What a rule speaks about, in words."""
    return {
        Match.EXACT: tr("exactly {pattern}"),
        Match.PREFIX: tr("{pattern} and everything under it"),
        Match.DESTINATION: tr("destination {pattern}"),
        Match.ALL: tr("everything"),
    }[rule.match].format(pattern=rule.pattern)


def action_text(rule: PlanRule) -> str:
    """What a rule does, in words."""
    if rule.action is Action.FIXED:
        return tr("fixed price {price}").format(price=plain(rule.fixed_price or ZERO))
    if rule.action is not Action.MARKUP:
        return {
            Action.FREE: tr("free"),
            Action.BLOCK: tr("blocked"),
            Action.OMIT: tr("left out"),
        }[rule.action]
    percent = plain(rule.markup * 100)
    sign = "" if rule.markup < 0 else "+"
    said = tr("{sign}{percent} %").format(sign=sign, percent=percent)
    if rule.amount:
        said = tr("{markup} and {amount} per minute").format(markup=said, amount=plain(rule.amount))
    return said


def refused(sells: Iterable[Sell]) -> int:
    """How many prices the plan refuses because they lie below its base."""
    return sum(Flag.REFUSED in sold.flags for sold in sells)
