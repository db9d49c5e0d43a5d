"""The columnar twin of `tariffs.rules`: the sell prices of a whole deck under a plan, in numpy int64, to the last unit.

Prices and markups are integers x 10^8; a marked-up price is exact in 10^-16. Rows whose product could leave int64
(price x (1 + markup) from about 460 up) are computed in Python integers.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

import numpy as np
from numpy.typing import NDArray

from voipdesk.kernel.money import SCALE, UNIT, Rounding, to_scaled
from voipdesk.rating.engine import (
    BLOCKED,
    CLOSED,
    TERM_NAMES,
    Bools,
    Ints,
    TermColumns,
    number_key,
    prefix_end,
    short,
)
from voipdesk.tariffs.rules import Action, Match, PlanRule, PlanTerms, is_at, is_like, rule_order

SAFE = 2**62
NO_RULE = -1

BELOW_BASE, RAISED_TO_MARGIN, REFUSED = 1, 2, 4
"""Flags of a row, added up."""


@dataclass(frozen=True, slots=True)
class Base:
    """What a plan stands on: rates in columns of one length; `order` sorts the keys and is kept for many plans."""

    keys: Ints
    order: Ints
    destination: Ints
    """Position in `destinations` of each row."""
    destinations: tuple[str, ...]
    state: NDArray[np.int8]
    terms: TermColumns
    omitted: Bools
    """Rows the plan above leaves out already."""

    def over(self, sold: "SellDeck") -> "Base":
        """The same rows at the prices of a plan: the base of a plan one level down."""
        return Base(
            self.keys, self.order, self.destination, self.destinations, sold.state, sold.terms, sold.omitted
        )

    def take(self, rows: Ints) -> "Base":
        """Some of the rows, in this order."""
        keys = self.keys[rows]
        return Base(
            keys,
            np.argsort(keys, kind="stable"),
            self.destination[rows],
            self.destinations,
            self.state[rows],
            self.terms.take(rows),
            self.omitted[rows],
        )

    def and_also(self, other: "Base") -> "Base":
        """These rows and behind them others, of the same destinations."""

        def joined(one: object, two: object, name: str) -> NDArray[Any]:
            return np.concatenate((getattr(one, name), getattr(two, name)))

        keys = joined(self, other, "keys")
        return Base(
            keys,
            np.argsort(keys, kind="stable"),
            joined(self, other, "destination"),
            self.destinations,
            joined(self, other, "state"),
            TermColumns(*(joined(self.terms, other.terms, name) for name in TERM_NAMES)),
            joined(self, other, "omitted"),
        )


@dataclass(frozen=True, slots=True)
class SellDeck:
    """Sell prices row by row of the base: state, terms, rule (position in the plan, -1 none), flags, left-out rows."""

    state: NDArray[np.int8]
    terms: TermColumns
    rule: Ints
    flags: NDArray[np.int8]
    omitted: Bools


def base_of(
    keys: Ints, terms: TermColumns, state: NDArray[np.int8], destinations: Sequence[str] = ()
) -> Base:
    """A base from columns: prefix keys (`rating.engine.number_keys`), terms, states, and a destination name per row."""
    names: dict[str, int] = {}
    codes = np.fromiter(
        (names.setdefault(name, len(names)) for name in destinations), np.int64, len(destinations)
    )
    if not len(destinations):
        names, codes = {"": 0}, np.zeros(len(keys), np.int64)
    omitted = np.zeros(len(keys), np.bool_)
    return Base(keys, np.argsort(keys, kind="stable"), codes, tuple(names), state, terms, omitted)


def sell_deck(base: Base, rules: Sequence[PlanRule], plan: PlanTerms, at: datetime | None = None) -> SellDeck:
    """The whole base under a plan as it reads at an instant (None: rules of any time)."""
    chosen = best_rules(base, rules, at)
    rows = _RuleColumns.of(rules, chosen)
    price = _prices(base.terms.price, rows, plan)
    following = price
    if base.terms.next_price is not base.terms.price:
        following = np.where(rows.is_fixed, price, _prices(base.terms.next_price, rows, plan))
    minimum = np.where(rows.minimum >= 0, rows.minimum, np.where(rows.is_free, 0, base.terms.minimum_charge))
    terms = TermColumns(
        price=price,
        next_price=following,
        connect_fee=_fees(base.terms.connect_fee, rows, plan),
        minimum_charge=short(minimum),
        initial_interval=_instead(base.terms.initial_interval, rows.initial),
        next_interval=_instead(base.terms.next_interval, rows.next),
        free_seconds=base.terms.free_seconds,
        grace_seconds=base.terms.grace_seconds,
    )
    omitted = base.omitted | (chosen == NO_RULE) | rows.is_omitted
    blocked = (base.state == BLOCKED) | rows.is_blocked
    flags = np.where(omitted | blocked | (base.state == CLOSED), 0, _flags(base.terms, terms, rows, plan))
    state = np.where((blocked & (base.state != CLOSED)) | (flags & REFUSED > 0), BLOCKED, base.state)
    return SellDeck(short(state.astype(np.int8)), terms, chosen, flags.astype(np.int8), omitted)


def best_rules(base: Base, rules: Sequence[PlanRule], at: datetime | None = None) -> Ints:
    """Position of the rule that speaks for each row, -1 for none: the least specific is written first, so the best stays."""
    in_order = np.full(len(base.keys), NO_RULE, np.int64)
    ranked = sorted(
        (index for index, rule in enumerate(rules) if is_at(rule, at)),
        key=lambda index: rule_order(rules[index], index),
    )
    sorted_keys = base.keys[base.order]
    names: Ints = base.destination[base.order]
    for index in ranked:
        rule = rules[index]
        if rule.match is Match.ALL:
            in_order[:] = index
        elif rule.match is Match.DESTINATION:
            fits = np.array([is_like(name, rule.pattern) for name in base.destinations], np.bool_)
            in_order[fits[names]] = index
        else:
            first, last = _covered(rule)
            in_order[slice(*np.searchsorted(sorted_keys, (first, last)))] = index
    chosen = np.empty_like(in_order)
    chosen[base.order] = in_order
    return chosen


def _covered(rule: PlanRule) -> tuple[int, int]:
    """Half-open range of prefix keys that an exact or prefix rule speaks of."""
    if not rule.pattern:
        return (0, 0) if rule.match is Match.EXACT else (0, 2**63 - 1)
    key = number_key(rule.pattern)
    return (key, key + 1) if rule.match is Match.EXACT else (key, prefix_end(key))


@dataclass(frozen=True, slots=True)
class _RuleColumns:
    """What the chosen rule of each row says: price = base * factor / 10^8 + amount; -1 or 0 where it says nothing."""

    factor: Ints
    amount: Ints
    fee: Ints
    fee_factor: Ints
    minimum: Ints
    initial: Ints
    next: Ints
    is_fixed: Bools
    is_free: Bools
    is_blocked: Bools
    is_omitted: Bools

    @classmethod
    def of(cls, rules: Sequence[PlanRule], chosen: Ints) -> "_RuleColumns":
        """Small columns per rule, spread over the rows; the last entry serves rows without a rule."""
        spoken = [*rules, PlanRule()]
        marks = [rule.action is Action.MARKUP for rule in spoken]
        factors = [
            UNIT + to_scaled(rule.markup) if mark else 0 for rule, mark in zip(spoken, marks, strict=True)
        ]
        columns = (
            factors,
            [_amount(rule) for rule in spoken],
            [_or(rule.connect_fee) for rule in spoken],
            [
                factor if rule.is_markup_on_fee and mark else UNIT
                for rule, factor, mark in zip(spoken, factors, marks, strict=True)
            ],
            [_or(rule.minimum_charge) for rule in spoken],
            [rule.initial_interval or 0 for rule in spoken],
            [rule.next_interval or 0 for rule in spoken],
        )
        actions = [rule.action for rule in spoken]
        numbers = [np.array(column, np.int64)[chosen] for column in columns]
        return cls(
            factor=numbers[0],
            amount=numbers[1],
            fee=numbers[2],
            fee_factor=numbers[3],
            minimum=numbers[4],
            initial=numbers[5],
            next=numbers[6],
            is_fixed=_is(actions, Action.FIXED)[chosen],
            is_free=_is(actions, Action.FREE)[chosen],
            is_blocked=_is(actions, Action.BLOCK)[chosen],
            is_omitted=_is(actions, Action.OMIT)[chosen],
        )


def _is(actions: Sequence[Action], wanted: Action) -> Bools:
    return np.array([action is wanted for action in actions], np.bool_)


def _amount(rule: PlanRule) -> int:
    if rule.action is Action.FIXED:
        return to_scaled(rule.fixed_price or Decimal(0))
    return to_scaled(rule.amount) if rule.action is Action.MARKUP else 0


def _or(value: Decimal | None) -> int:
    return -1 if value is None else to_scaled(value)


def _prices(base: Ints, rows: _RuleColumns, plan: PlanTerms, *, floor: bool = True) -> Ints:
    """Base prices marked up, rounded once, and lifted to the margin's floor except where they are free."""
    price = _rounded(base, rows.factor, rows.amount, plan)
    if plan.minimum_margin is None or not floor:
        return price
    unit = 10 ** (SCALE - plan.decimals)
    least = np.maximum(0, base + to_scaled(plan.minimum_margin))
    least = -(-least // unit) * unit
    return np.where(rows.is_free, price, np.maximum(price, least))


def _instead(base: Ints, told: Ints) -> Ints:
    """What the rules tell where they tell something; the very column of the base where none does."""
    is_told = told > 0
    return short(np.where(is_told, told, base)) if is_told.any() else base


def _fees(base: Ints, rows: _RuleColumns, plan: PlanTerms) -> Ints:
    is_plain = rows.fee_factor == UNIT
    if is_plain.all() and not (rows.is_free.any() or (rows.fee >= 0).any()):
        return base
    marked = np.where(is_plain, base, _rounded(base, rows.fee_factor, np.zeros_like(base), plan))
    return short(np.where(rows.fee >= 0, rows.fee, np.where(rows.is_free, 0, marked)))


def _rounded(base: Ints, factor: Ints, amount: Ints, plan: PlanTerms) -> Ints:
    """max(0, base * factor / 10^8 + amount) to the plan's decimals."""
    unit = 10 ** (SCALE - plan.decimals)
    divisor = UNIT * unit
    exact = np.maximum(base * factor + amount * UNIT, 0)
    price: Ints = _divided(exact, divisor, plan.rounding) * unit
    guess = np.abs(np.multiply(base, factor, dtype=np.float64)) + np.abs(
        np.multiply(amount, UNIT, dtype=np.float64)
    )
    for row in np.flatnonzero(guess > SAFE / 4):
        parts = max(0, int(base[row]) * int(factor[row]) + int(amount[row]) * UNIT)
        price[row] = _python_divided(parts, divisor, plan.rounding) * unit
    return price


def _divided(parts: Ints, divisor: int, mode: Rounding) -> Ints:
    whole = parts // divisor
    rest = parts - whole * divisor
    if mode is Rounding.DOWN:
        return whole
    above: Bools = rest > 0 if mode is Rounding.UP else rest >= divisor - rest
    return whole + above


def _python_divided(parts: int, divisor: int, mode: Rounding) -> int:
    whole, rest = divmod(parts, divisor)
    if mode is Rounding.DOWN:
        return whole
    return whole + (rest > 0 if mode is Rounding.UP else 2 * rest >= divisor)


def _flags(base: TermColumns, sold: TermColumns, rows: _RuleColumns, plan: PlanTerms) -> Ints:
    below = (sold.price < base.price) | (sold.next_price < base.next_price)
    flags = np.where(below, BELOW_BASE if plan.is_below_base_allowed else BELOW_BASE | REFUSED, 0)
    if plan.minimum_margin is not None:
        bare = _prices(base.price, rows, plan, floor=False)
        flags = flags + np.where(~rows.is_free & (bare < sold.price), RAISED_TO_MARGIN, 0)
    return flags
