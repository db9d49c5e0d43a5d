"""The numpy engine is held to the scalar rules on random decks, instants and terms."""

from dataclasses import fields, replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from voipdesk.kernel.money import MAX_AMOUNT, Rounding, from_scaled, to_scaled
from voipdesk.kernel.periods import EffectiveRange, to_micros
from voipdesk.rating import engine, engine_charge
from voipdesk.rating.rules import (
    Rate,
    RateState,
    RateTable,
    RoundingRule,
    Terms,
    WeekBand,
    charge,
    match,
    minute_of_week,
)

START = datetime(2026, 3, 27, tzinfo=UTC)
HOURS = st.integers(0, 10) | st.integers(0, 96)
STATES = (RateState.OPEN, RateState.BLOCKED, RateState.CLOSED)
BANDS = (
    WeekBand("night", ((0, 360), (1440, 2000), (6000, 8000)), "Europe/Berlin"),
    WeekBand("day", ((300, 1300), (5000, 6900)), "Africa/Cairo"),
)
DIGITS = st.text("012", min_size=1, max_size=5)
NUMBERS = st.text("012", min_size=1, max_size=18)
PRICES = st.one_of(
    st.sampled_from([Decimal(0), Decimal("0.00000001"), Decimal("0.0275"), Decimal(10) ** 6]),
    st.integers(0, 10**10).map(from_scaled),
)
TALKS = st.integers(-5, 400) | st.sampled_from([0, 1, 3, 4, 7, 60, 61, 10**7])
TERMS = st.builds(
    Terms,
    price=PRICES,
    next_price=st.none() | PRICES,
    connect_fee=PRICES,
    minimum_charge=st.just(Decimal(0)) | PRICES,
    initial_interval=st.integers(1, 120),
    next_interval=st.integers(1, 120),
    free_seconds=st.sampled_from([0, 0, 7, 60]),
    grace_seconds=st.sampled_from([0, 0, 3, 60]),
)


@st.composite
def rates(draw):
    begin = draw(HOURS)
    length = draw(st.none() | st.integers(1, 5) | st.integers(1, 60))
    start = START + timedelta(hours=begin)
    end = None if length is None else start + timedelta(hours=length)
    return Rate(
        draw(DIGITS),
        Terms(Decimal(1)),
        EffectiveRange(start, end),
        state=draw(st.sampled_from(STATES)),
        band=draw(st.sampled_from([None, None, *BANDS])),
    )


def deck_of(rows):
    return engine.build_deck(
        [row.prefix for row in rows],
        columns_of([row.terms for row in rows]),
        state=np.array([STATES.index(row.state) for row in rows], np.int8),
        effective=(
            np.array([to_micros(row.effective.start) for row in rows], np.int64),
            np.array(
                [to_micros(row.effective.end) if row.effective.end else engine.FOREVER for row in rows],
                np.int64,
            ),
        ),
        bands=BANDS,
        band=np.array([BANDS.index(row.band) if row.band else -1 for row in rows], np.int64),
    )


def columns_of(terms):
    """As decks have them: a column that is the same throughout is one value."""
    return engine.TermColumns(
        *(
            engine.short(np.array(column, np.int64))
            for column in (
                [to_scaled(t.price) for t in terms],
                [to_scaled(t.following) for t in terms],
                [to_scaled(t.connect_fee) for t in terms],
                [to_scaled(t.minimum_charge) for t in terms],
                [t.initial_interval for t in terms],
                [t.next_interval for t in terms],
                [t.free_seconds for t in terms],
                [t.grace_seconds for t in terms],
            )
        )
    )


@settings(max_examples=300)
@given(
    st.lists(rates(), max_size=25),
    st.lists(st.tuples(NUMBERS, HOURS, st.sampled_from([-1, 0, 1])), min_size=1, max_size=30),
)
def test_the_deck_matches_like_the_rules(rows, calls):
    table, deck = RateTable.of(rows), deck_of(rows)
    instants = [START + timedelta(hours=hours, microseconds=step) for _, hours, step in calls]
    found = engine.match(
        deck,
        engine.number_keys([number for number, _, _ in calls]),
        np.array([to_micros(at) for at in instants], np.int64),
    )
    for (number, _, _), at, row in zip(calls, instants, found, strict=True):
        wanted = match(table, number, at)
        assert (None if row < 0 else rows[row]) == wanted


@given(st.lists(st.from_regex(r"\A[0-9]{0,17}\Z")))
def test_near_numbers_are_put_together(numbers):
    order = engine.near(engine.number_keys([number[:16] for number in numbers])).tolist()
    assert sorted(order) == list(range(len(numbers)))
    put = [numbers[place].ljust(4, "0")[:4] for place in order if numbers[place]]
    assert put == sorted(put)
    assert [place for place in order if not numbers[place]] == order[len(put) :]


def test_near_numbers_differ_in_their_first_four_digits():
    numbers = [f"{first:04}{last}" for last in (99, 1) for first in range(10_000)]
    order = engine.near(engine.number_keys(numbers)).tolist()
    assert [numbers[place][:4] for place in order] == sorted(number[:4] for number in numbers)


@settings(max_examples=200)
@given(st.lists(rates(), min_size=1, max_size=20), st.lists(NUMBERS, min_size=1, max_size=20), st.data())
def test_rows_left_out_give_way_to_shorter_prefixes(rows, numbers, data):
    prefixes = sorted({row.prefix for row in rows})
    gone = set(data.draw(st.lists(st.sampled_from(prefixes), max_size=4)))
    at = START + timedelta(hours=48)
    deck = deck_of(rows)
    instants = np.full(len(numbers), to_micros(at))
    found = engine.find_without(
        deck,
        engine.find(deck, engine.number_keys(numbers), instants),
        instants,
        np.array([row.prefix in gone for row in rows]).__getitem__,
    )
    table = RateTable.of([row for row in rows if row.prefix not in gone])
    for number, row in zip(numbers, found.rows, strict=True):
        assert (None if row < 0 else rows[row]) == match(table, number, at)


@settings(max_examples=400)
@given(
    st.lists(st.tuples(TERMS, TALKS), min_size=1, max_size=20),
    st.integers(0, 8),
    st.sampled_from(list(Rounding)),
    st.sampled_from([Fraction(1), Fraction(9231, 10000), Fraction(13, 7), Fraction(123456789, 10**8)]),
    st.sets(st.sampled_from([one.name for one in fields(Terms)])),
)
def test_the_money_equals_the_rules(calls, decimals, mode, fx, alike):
    same = {name: getattr(calls[0][0], name) for name in alike}
    calls = [(replace(given_terms, **same), seconds) for given_terms, seconds in calls]
    terms = [given_terms for given_terms, _ in calls]
    rounding = RoundingRule(decimals, mode)
    talk = np.array([seconds for _, seconds in calls], np.int64)
    result = engine_charge.charge(talk, columns_of(terms), rounding, fx)
    for row, (given_terms, seconds) in enumerate(calls):
        wanted = charge(given_terms, seconds, rounding, fx)
        assert result.seconds[row] == wanted.billed_seconds
        assert bool(result.is_too_large[row]) == (wanted.amount >= MAX_AMOUNT)
        if not result.is_too_large[row]:
            assert from_scaled(int(result.amount[row])) == wanted.amount


def test_ordinary_calls_stay_in_numpy(monkeypatch):
    def fail(*_):
        raise AssertionError("an ordinary price fell back to Python integers")

    monkeypatch.setattr(engine_charge, "_python_units", fail)
    terms = columns_of([Terms(Decimal("1.25"), connect_fee=Decimal("0.5"))] * 3)
    result = engine_charge.charge(np.array([61, 7200, 0]), terms, fx=Fraction(9231, 10000))
    assert [from_scaled(int(units)) for units in result.amount] == [
        Decimal("1.634656"), Decimal("138.926550"), Decimal(0)
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("number", "prefix"),
    [
        ("120", None),
        ("1200", "1200"),
        ("12001", "1200"),
        ("12", None),
        ("0120", "01"),
        ("012", "01"),
        ("1199", None),
    ],
)
def test_a_number_shorter_than_the_prefix_never_matches(number, prefix):
    deck = engine.build_deck(["1200", "01", "120099"], columns_of([Terms(Decimal(1))] * 3))
    row = engine.match(deck, engine.number_keys([number]), np.zeros(1, np.int64))[0]
    assert (None if row < 0 else engine.digits_of_keys(deck.keys)[row].decode()) == prefix


@given(st.lists(st.text("0123456789", max_size=18), min_size=1))
def test_keys_of_many_equal_keys_of_one(numbers):
    keys = [engine.number_key(number) for number in numbers]
    assert engine.number_keys(numbers).tolist() == keys
    marked = np.array([int("1" + number) for number in numbers], np.int64)
    assert engine.keys_of_marked(marked).tolist() == keys


@pytest.mark.parametrize(
    "zone", ["UTC", "Europe/Berlin", "Africa/Cairo", "America/St_Johns", "Asia/Kathmandu"]
)
def test_wall_clocks_through_a_year(zone):
    from voipdesk.rating.engine_bands import minutes_of_week

    instants = [datetime(2026, 1, 1, tzinfo=UTC) + timedelta(minutes=601 * i) for i in range(900)]
    minutes = minutes_of_week(np.array([to_micros(at) for at in instants]), zone)
    assert minutes.tolist() == [minute_of_week(at, zone) for at in instants]


def test_an_empty_deck_has_no_rates():
    deck = engine.build_deck([], columns_of([]))
    assert engine.match(deck, engine.number_keys(["4912"]), np.zeros(1, np.int64)).tolist() == [-1]


@pytest.mark.parametrize("mode", list(Rounding))
@pytest.mark.parametrize("fx", [Fraction(1), Fraction(1, 2)])
def test_ties_go_as_the_mode_says(mode, fx):
    """Prices whose charge for 30 s lies exactly between two hundredths, and just beside it."""
    prices = [
        Decimal(units) / 10**8
        for tie in range(1, 9)
        for units in (2 * tie * 10**6 + step for step in (-2, 0, 2))
    ]
    terms = [Terms(price) for price in prices]
    rounding = RoundingRule(2, mode)
    result = engine_charge.charge(np.full(len(terms), 30), columns_of(terms), rounding, fx)
    wanted = [charge(one, 30, rounding, fx).amount for one in terms]
    assert [from_scaled(int(units)) for units in result.amount] == wanted


@pytest.mark.parametrize(("step", "row"), [(-2, 0), (-1, 0), (0, -1), (1, -1)])
def test_the_last_microsecond(step, row):
    end = to_micros(START)
    deck = engine.build_deck(
        ["49"], columns_of([Terms(Decimal(1))]), effective=(np.array([end - 10]), np.array([end]))
    )
    assert engine.match(deck, engine.number_keys(["4912"]), np.array([end + step])).tolist() == [row]
