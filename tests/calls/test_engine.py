"""A batch through the chains equals the scalar rules: four levels, plans on plans, missing plans, left-out rows."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from fractions import Fraction

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from voipdesk.calls.engine import (
    ABSENT,
    LEVELS,
    NO_PLAN,
    TROUBLES,
    CallColumns,
    Chains,
    rate_batch,
)
from voipdesk.calls.engine_lists import PlanRows, plan_list, table_list
from voipdesk.calls.engine_paths import PathNumbers
from voipdesk.kernel.money import Rounding, from_scaled, to_scaled
from voipdesk.kernel.periods import EffectiveRange, to_micros
from voipdesk.rating.engine import FOREVER, TermColumns, build_deck, number_keys
from voipdesk.rating.rules import (
    Level,
    Offer,
    Rate,
    RateState,
    RateTable,
    RoundingRule,
    Talk,
    Terms,
    Trouble,
    rate_call,
)
from voipdesk.tariffs.engine import base_of
from voipdesk.tariffs.rules import Action, Match, PlanRule, PlanSource, PlanTerms

START = datetime(2026, 10, 1, tzinfo=UTC)
STATES = (RateState.OPEN, RateState.BLOCKED, RateState.CLOSED)
PRICES = (st.integers(0, 10**9) | st.just(10**14)).map(from_scaled)
HOURS = st.integers(0, 40)


@st.composite
def rates(draw):
    start = START + timedelta(hours=draw(HOURS))
    length = draw(st.none() | st.integers(1, 30))
    terms = Terms(
        draw(PRICES),
        draw(st.none() | PRICES),
        draw(st.just(Decimal(0)) | PRICES),
        draw(st.just(Decimal(0)) | PRICES),
        draw(st.integers(1, 60)),
        draw(st.integers(1, 60)),
        draw(st.sampled_from([0, 0, 5])),
        draw(st.sampled_from([0, 0, 5])),
    )
    end = None if length is None else start + timedelta(hours=length)
    state = draw(st.sampled_from([*STATES, RateState.OPEN, RateState.OPEN]))
    return Rate(
        draw(st.text("01", min_size=1, max_size=4)),
        terms,
        EffectiveRange(start, end),
        draw(st.sampled_from(["A", "B"])),
        state,
    )


RULES = st.builds(
    PlanRule,
    match=st.sampled_from([Match.ALL, Match.ALL, Match.PREFIX, Match.EXACT]),
    pattern=st.text("01", min_size=1, max_size=3),
    action=st.sampled_from(
        [Action.MARKUP, Action.MARKUP, Action.OMIT, Action.BLOCK, Action.FREE, Action.FIXED]
    ),
    markup=st.sampled_from([Decimal("0.1"), Decimal("-0.05"), Decimal(0)]),
    fixed_price=st.just(Decimal("0.37")),
    connect_fee=st.sampled_from([None, None, None, Decimal("0.05")]),
    minimum_charge=st.sampled_from([None, None, None, Decimal("0.2")]),
    initial_interval=st.sampled_from([None, None, 1, 45]),
    next_interval=st.sampled_from([None, None, 1, 7]),
)
PLAN = st.tuples(
    st.lists(RULES, min_size=1, max_size=3),
    st.builds(PlanTerms, decimals=st.integers(2, 8), is_below_base_allowed=st.booleans()),
)


def columns(rows):
    def of(read):
        return np.array([read(row.terms) for row in rows], np.int64)

    return TermColumns(
        of(lambda t: to_scaled(t.price)),
        of(lambda t: to_scaled(t.following)),
        of(lambda t: to_scaled(t.connect_fee)),
        of(lambda t: to_scaled(t.minimum_charge)),
        of(lambda t: t.initial_interval),
        of(lambda t: t.next_interval),
        of(lambda t: t.free_seconds),
        of(lambda t: t.grace_seconds),
    )


def deck_of(rows):
    until = [to_micros(row.effective.end) if row.effective.end else FOREVER for row in rows]
    return build_deck(
        [row.prefix for row in rows],
        columns(rows),
        state=np.array([STATES.index(row.state) for row in rows], np.int8),
        effective=(
            np.array([to_micros(row.effective.start) for row in rows], np.int64),
            np.array(until, np.int64),
        ),
    )


def list_of(rows, fx=Fraction(1)):
    deck = deck_of(rows)
    return table_list(deck, base_of(deck.keys, deck.terms, deck.state, [row.destination for row in rows]), fx)


CALLS = st.tuples(
    st.none() | st.text("01", min_size=3, max_size=8), HOURS, st.integers(0, 200) | st.just(10**7)
)
WAYS = st.tuples(*[st.sampled_from(["absent", "none", "plan"])] * 3)


@settings(max_examples=300)
@given(
    st.lists(rates(), min_size=1, max_size=10),
    st.lists(rates(), min_size=1, max_size=10),
    st.tuples(PLAN, PLAN, PLAN),
    st.lists(st.tuples(CALLS, WAYS), min_size=1, max_size=12),
    st.tuples(st.integers(0, 8), st.sampled_from(list(Rounding)), st.sampled_from([1, Fraction(37, 40)])),
    st.tuples(st.booleans(), st.booleans()),
    st.integers(0, 3),
)
def test_a_batch_equals_the_rules(supplier, table, plans, calls, money, alike, whole):
    decimals, mode, fx = money
    rounding = RoundingRule(decimals, mode)
    has_one_way, has_one_deck = alike  # then lists share what they have in common
    calls = [(call, calls[0][1] if has_one_way else way) for call, way in calls]
    supplier = table if has_one_deck else supplier
    # The scalar side: each plan stands on the one above it.
    sources = []
    for rules, terms in plans:
        sources.append(PlanSource(sources[-1] if sources else RateTable.of(table), terms, rules))
    # The columnar side.
    below = list_of(table)
    lists = [replace(below if has_one_deck else list_of(supplier), fx=Fraction(fx))]
    for place, (rules, terms) in enumerate(
        plans
    ):  # some priced whole, those below them as calls meet their rows
        below = (plan_list if place < whole else PlanRows)(below, rules, terms)
        lists.append(below)
    ways = np.array(
        [
            [0, *({"absent": ABSENT, "none": NO_PLAN, "plan": 1 + i}[one] for i, one in enumerate(way))]
            for _, way in calls
        ],
        np.int16,
    )
    batch = CallColumns(
        number_keys([number or "" for (number, _, _), _ in calls]),
        np.array([to_micros(START + timedelta(hours=hours)) for (_, hours, _), _ in calls]),
        np.array([seconds for (_, _, seconds), _ in calls]),
        np.arange(len(calls)),
    )
    rated = rate_batch(batch, Chains(tuple(lists), ways), rounding)
    for place, ((number, hours, seconds), way) in enumerate(calls):
        chain = [
            Offer(level, source=source if one == "plan" else None)
            for level, one, source in zip(LEVELS[1:], way, sources, strict=True)
            if one != "absent"
        ]
        talk = Talk(number, START + timedelta(hours=hours), seconds)
        cost = Offer(Level.COST, source=RateTable.of(supplier), fx=Fraction(fx))
        wanted = rate_call(talk, cost, chain, rounding)
        assert TROUBLES[rated.trouble[place]] is wanted.problem
        for outcome in (wanted.cost, *wanted.prices):
            level = rated.levels[outcome.level]
            assert TROUBLES[level.trouble[place]] is outcome.trouble
            assert bool(level.is_priced[place]) == (outcome.charge is not None)
            if outcome.charge is not None:
                assert from_scaled(int(level.amount[place])) == outcome.charge.amount
                assert level.seconds[place] == outcome.charge.billed_seconds


def test_intervals_of_one_level_are_not_those_of_another():
    # What levels have in common is computed once; these differ in one thing each.
    row = Rate("4", Terms(Decimal(1), initial_interval=6, next_interval=6), EffectiveRange(START))
    table = list_of([row, replace(row, prefix="44")])
    rules = [[PlanRule(initial_interval=30)], [PlanRule(next_interval=10)], [PlanRule(markup=Decimal("0.5"))]]
    lists = [table, *(plan_list(table, one, PlanTerms()) for one in rules)]
    calls = CallColumns(
        number_keys(["4123", "4429"]), np.full(2, to_micros(START)), np.array([7, 31]), np.zeros(2, np.int64)
    )
    rated = rate_batch(calls, Chains(tuple(lists), np.array([[0, 1, 2, 3]], np.int16)))
    assert [rated.levels[level].seconds.tolist() for level in LEVELS] == [
        [12, 36],
        [30, 36],
        [16, 36],
        [12, 36],
    ]


def test_calls_charged_alike_share_a_path():
    row = Rate("4", Terms(Decimal(1)), EffectiveRange(START))
    chains = Chains(
        (list_of([row, replace(row, prefix="44")]),),
        np.array([[0, ABSENT, 0, ABSENT], [0, ABSENT, 0, 0]], np.int16),
    )
    numbers = ["4123", "4429", "4199", "4123", "9999"]
    calls = CallColumns(
        number_keys(numbers), np.full(5, to_micros(START)), np.full(5, 60), np.array([0, 0, 0, 1, 0])
    )
    batch = rate_batch(calls, chains)
    path_of_call = PathNumbers().add(calls, chains, batch).path_of_call.tolist()
    assert path_of_call[0] == path_of_call[2]
    assert len(set(path_of_call)) == 4
    assert TROUBLES[batch.trouble[4]] is Trouble.NO_RATE
