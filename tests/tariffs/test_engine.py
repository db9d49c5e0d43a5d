"""The sell prices of a whole deck equal the scalar rules row by row."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from voipdesk.kernel.money import Rounding, from_scaled, to_scaled
from voipdesk.kernel.periods import EffectiveRange
from voipdesk.rating.engine import TermColumns, number_keys
from voipdesk.rating.rules import Rate, RateState, Terms
from voipdesk.tariffs import engine
from voipdesk.tariffs.rules import Action, Flag, Match, PlanRule, PlanTerms, sell

START = datetime(2026, 10, 1, tzinfo=UTC)
STATES = (RateState.OPEN, RateState.BLOCKED, RateState.CLOSED)
SCALED = st.integers(0, 3 * 10**8) | st.sampled_from([0, 2_500_000, 10**11, 10**12, 10**14])
PRICES = SCALED.map(from_scaled)
SIGNED = st.integers(-2 * 10**8, 2 * 10**8).map(from_scaled)
FLAGS = {Flag.BELOW_BASE: 1, Flag.RAISED_TO_MARGIN: 2, Flag.REFUSED: 4}

RATES = st.builds(
    Rate,
    prefix=st.text("012", min_size=1, max_size=4),
    terms=st.builds(
        Terms,
        price=PRICES,
        next_price=st.none() | PRICES,
        connect_fee=PRICES,
        minimum_charge=PRICES,
        initial_interval=st.integers(1, 60),
        next_interval=st.integers(1, 60),
    ),
    effective=st.just(EffectiveRange(START)),
    destination=st.sampled_from(["Egypt Mobile", "Egypt Fixed", "Cuba", "UK [special]"]),
    state=st.sampled_from(STATES),
)
RANGES = st.none() | st.tuples(st.integers(-3, 3), st.integers(1, 5)).map(
    lambda days: EffectiveRange(START + timedelta(days=days[0]), START + timedelta(days=days[0] + days[1]))
)


@st.composite
def plan_rules(draw):
    match = draw(st.sampled_from(list(Match)))
    pattern = {
        Match.ALL: st.just(""),
        Match.DESTINATION: st.sampled_from(["egypt*", "cuba", "uk [*", "*o*", "?uba"]),
    }.get(match, st.text("012", max_size=4))
    return PlanRule(
        match,
        draw(pattern),
        draw(st.sampled_from(list(Action))),
        markup=draw(SIGNED),
        amount=draw(SIGNED),
        fixed_price=draw(PRICES),
        is_markup_on_fee=draw(st.booleans()),
        connect_fee=draw(st.none() | PRICES),
        minimum_charge=draw(st.none() | PRICES),
        initial_interval=draw(st.none() | st.integers(1, 60)),
        next_interval=draw(st.none() | st.integers(1, 60)),
        effective=draw(RANGES),
    )


PLANS = st.builds(
    PlanTerms,
    decimals=st.integers(0, 8),
    rounding=st.sampled_from([Rounding.HALF_UP, Rounding.UP, Rounding.DOWN]),
    minimum_margin=st.none() | SIGNED,
    is_below_base_allowed=st.booleans(),
)


def base_of(rates):
    terms = TermColumns(
        *(
            np.array(column, np.int64)
            for column in (
                [to_scaled(rate.terms.price) for rate in rates],
                [to_scaled(rate.terms.following) for rate in rates],
                [to_scaled(rate.terms.connect_fee) for rate in rates],
                [to_scaled(rate.terms.minimum_charge) for rate in rates],
                [rate.terms.initial_interval for rate in rates],
                [rate.terms.next_interval for rate in rates],
                [rate.terms.free_seconds for rate in rates],
                [rate.terms.grace_seconds for rate in rates],
            )
        )
    )
    state = np.array([STATES.index(rate.state) for rate in rates], np.int8)
    keys = number_keys([rate.prefix for rate in rates])
    return engine.base_of(keys, terms, state, [rate.destination for rate in rates])


@settings(max_examples=400)
@given(st.lists(RATES, min_size=1, max_size=12), st.lists(plan_rules(), max_size=6), PLANS)
def test_the_sell_deck_equals_the_rules(rates, rules, plan):
    sold = engine.sell_deck(base_of(rates), rules, plan, START)
    for row, rate in enumerate(rates):
        wanted = sell(rate, rules, plan, START)
        assert bool(sold.omitted[row]) == wanted.is_omitted
        assert (None if sold.rule[row] < 0 else rules[sold.rule[row]]) == wanted.rule
        if wanted.is_omitted or rate.state is RateState.CLOSED:
            continue
        assert STATES[sold.state[row]] is wanted.state
        assert sold.flags[row] == sum(FLAGS[flag] for flag in wanted.flags)
        if wanted.state is RateState.OPEN:
            assert from_scaled(int(sold.terms.price[row])) == wanted.terms.price
            assert from_scaled(int(sold.terms.next_price[row])) == wanted.terms.following
            assert from_scaled(int(sold.terms.connect_fee[row])) == wanted.terms.connect_fee
            assert from_scaled(int(sold.terms.minimum_charge[row])) == wanted.terms.minimum_charge
            assert sold.terms.initial_interval[row] == wanted.terms.initial_interval
            assert sold.terms.next_interval[row] == wanted.terms.next_interval


def test_a_plan_over_a_plan():
    rate = Rate("447", Terms(Decimal("0.0250")), EffectiveRange(START))
    upper = PlanTerms(decimals=4, rounding=Rounding.UP)
    base = base_of([rate])
    wholesale = engine.sell_deck(base, [PlanRule(markup=Decimal("0.10"))], upper)
    retail = engine.sell_deck(base.over(wholesale), [PlanRule(markup=Decimal("0.25"))], upper)
    assert from_scaled(int(wholesale.terms.price[0])) == Decimal("0.0275")
    assert from_scaled(int(retail.terms.price[0])) == Decimal("0.0344")
