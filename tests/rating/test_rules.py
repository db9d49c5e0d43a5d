"""The normative rules, sentence by sentence of product.md "Rating"."""

from datetime import UTC, datetime, time, timedelta
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from voipdesk.kernel.money import Rounding
from voipdesk.kernel.periods import EffectiveRange
from voipdesk.rating.rules import (
    Level,
    Offer,
    Outcome,
    Rate,
    RateState,
    RateTable,
    RoundingRule,
    Talk,
    Terms,
    Trouble,
    billed_seconds,
    charge,
    charge_steps,
    exact_charge,
    explain,
    match,
    price_at,
    rate_call,
    stepped,
    trouble_text,
    week_band,
)
from voipdesk.rating.rules.steps import PriceStep

START = datetime(2026, 10, 1, tzinfo=UTC)
EVER = EffectiveRange(START)
AT = START + timedelta(days=1)
ONE = Terms(Decimal(1))


def rate(prefix, price="1", *, since=0, until=None, state=RateState.OPEN, band=None):
    end = None if until is None else START + timedelta(days=until)
    effective = EffectiveRange(START + timedelta(days=since), end)
    return Rate(prefix, Terms(Decimal(price)), effective, state=state, band=band)


def found(rows, number, days=1.0):
    result = match(RateTable.of(rows), number, START + timedelta(days=days))
    return None if result is None else (result.prefix, result.terms.price)


@pytest.mark.parametrize(
    ("talk", "initial", "following", "billed"),
    [
        (15, 10, 60, 70),  # product.md: a 15 s call at 10/60 bills 70 s
        (10, 10, 60, 10),
        (11, 60, 1, 60),
        (61, 60, 1, 61),
        (61, 60, 60, 120),
        (Decimal("60.01"), 60, 60, 120),
        (0, 60, 60, 0),
        (Decimal("0.01"), 1, 1, 1),
        (-3, 60, 60, 0),
    ],
)
def test_intervals(talk, initial, following, billed):
    assert (
        billed_seconds(talk, Terms(Decimal(1), initial_interval=initial, next_interval=following)) == billed
    )


@pytest.mark.parametrize(
    ("talk", "exact"), [(0, "0"), (5, "0"), (6, "0.5"), (10, "0.5"), (11, "0.75"), (25, "0.75"), (26, "1")]
)
def test_grace_then_free_seconds_then_the_fee(talk, exact):
    terms = Terms(
        Decimal(1),
        connect_fee=Decimal("0.5"),
        initial_interval=15,
        next_interval=15,
        free_seconds=10,
        grace_seconds=5,
    )
    assert exact_charge(terms, talk) == Fraction(exact)


def test_money_is_exact_until_its_one_rounding():
    terms = Terms(Decimal("0.1"), Decimal("0.2"), Decimal("0.01"), initial_interval=7, next_interval=3)
    result = charge(terms, 8, RoundingRule(4, Rounding.UP), Fraction(1, 3))
    assert result.exact == (Fraction(1, 100) + Fraction(7, 600) + Fraction(3 * 2, 600)) / 3
    assert result.amount == Decimal("0.0106")


def test_the_minimum_stands_before_the_currency():
    terms = Terms(Decimal("0.01"), minimum_charge=Decimal("0.05"))
    assert charge(terms, 1, fx=Decimal("0.5")).amount == Decimal("0.025")
    assert charge(terms, 0).amount == 0


@pytest.mark.parametrize(
    ("mode", "amount"),
    [
        (Rounding.HALF_UP, "0.03"),
        (Rounding.HALF_EVEN, "0.02"),
        (Rounding.UP, "0.03"),
        (Rounding.DOWN, "0.02"),
    ],
)
def test_rounding_modes(mode, amount):
    assert charge(Terms(Decimal("1.5")), 1, RoundingRule(2, mode)).amount == Decimal(amount)


@given(st.integers(1, 10_000), st.integers(1, 120), st.integers(1, 120))
def test_billed_seconds_never_fall_short_and_never_exceed_one_interval(talk, initial, following):
    billed = billed_seconds(talk, Terms(Decimal(1), initial_interval=initial, next_interval=following))
    assert max(talk, initial) <= billed < max(talk, initial) + max(initial, following)


@pytest.mark.parametrize(
    ("rows", "number", "wanted"),
    [
        ([rate("49"), rate("491", "2")], "4915123", ("491", 2)),
        ([rate("49"), rate("491", "2")], "4930123", ("49", 1)),
        ([rate("0"), rate("049", "2")], "0491", ("049", 2)),
        ([rate("49"), rate("049", "2")], "4912", ("49", 1)),
        ([rate("1200")], "120", None),
        ([rate("49"), rate("491", state=RateState.CLOSED)], "4915", ("49", 1)),
        ([rate("49"), rate("491", "0")], "4915", ("491", 0)),
        ([], "4915", None),
    ],
)
def test_the_longest_prefix(rows, number, wanted):
    assert found(rows, number) == wanted


def test_blocked_is_an_answer():
    result = match(RateTable.of([rate("49"), rate("491", state=RateState.BLOCKED)]), "4915", AT)
    assert result is not None
    assert result.state is RateState.BLOCKED


def test_the_start_is_included_and_the_end_is_not():
    rows = [rate("49"), rate("491", "2", since=1, until=2)]
    second = 1 / 86400
    assert [found(rows, "4915", day) for day in (1 - second, 1, 2 - second, 2)] == [
        ("49", 1),
        ("491", 2),
        ("491", 2),
        ("49", 1),
    ]


def test_a_later_row_replaces_the_earlier_for_good():
    rows = [rate("49", "1"), rate("49", "2", since=2, until=3), rate("49", "3", since=2, until=4)]
    assert [found(rows, "49123", day) for day in (1, 2, 3.5, 5)] == [("49", 1), ("49", 3), ("49", 3), None]


def test_the_band_at_answer_time_in_the_zone_of_the_table():
    night = week_band("night", range(7), time(22), time(6), zone="Africa/Cairo")
    rows = [rate("49", "1"), rate("49", "0.5", band=night)]
    table = RateTable.of(rows)
    # 1 October 2026: Cairo is three hours before UTC.
    prices = []
    for hour, minute in ((18, 59), (19, 0), (2, 59), (3, 0)):
        one = match(table, "491", datetime(2026, 10, 2, hour, minute, tzinfo=UTC))
        assert one is not None
        prices.append(one.terms.price)
    assert prices == [1, Decimal("0.5"), Decimal("0.5"), 1]


def test_a_band_over_the_end_of_the_week():
    sunday = week_band("sunday night", [6], time(23), time(1))
    assert sorted(sunday.spans) == [(0, 60), (6 * 1440 + 23 * 60, 7 * 1440)]


def talk(number="4915", seconds=60, known=True):
    return Talk(number, AT, seconds, known)


def offer(level, *rows, name="table"):
    return Offer(level, name, RateTable.of(rows))


def test_a_call_through_the_levels():
    result = rate_call(
        talk(),
        offer(Level.COST, rate("49", "0.01")),
        [
            offer(Level.RESELLER, rate("49", "0.02")),
            Offer(Level.COMPANY),
            offer(Level.USER, rate("4", "0.04")),
        ],
    )
    assert [one.charge.amount for one in (result.cost, *result.prices) if one.charge] == [
        Decimal("0.01"),
        Decimal("0.02"),
        Decimal("0.02"),
        Decimal("0.04"),
    ]
    assert [one.passed_from for one in result.prices] == [None, Level.RESELLER, None]
    assert result.problem is Trouble.NONE


@pytest.mark.parametrize(
    ("given_talk", "cost", "chain", "problem", "priced"),
    [
        (talk(None), rate("49"), [rate("49")], Trouble.UNREADABLE_NUMBER, 0),
        (talk(known=False), rate("49"), [rate("49")], Trouble.UNKNOWN_ACCOUNT, 1),
        (talk(), rate("49"), [None, rate("49")], Trouble.NO_PLAN, 2),
        (talk(), rate("49"), [rate("33")], Trouble.NO_RATE, 1),
        (talk(), rate("49"), [rate("49", state=RateState.BLOCKED)], Trouble.BLOCKED, 1),
        (talk(), rate("33"), [rate("49")], Trouble.NO_COST, 1),
        (talk(), rate("49", state=RateState.BLOCKED), [rate("49")], Trouble.COST_BLOCKED, 1),
        (talk(seconds=10**9), rate("33"), [rate("49", "1000000")], Trouble.TOO_LARGE, 0),
        (talk(seconds=0), rate("33"), [rate("33")], Trouble.NONE, 2),
    ],
)
def test_problems(given_talk, cost, chain, problem, priced):
    levels = [Level.COMPANY, Level.USER]
    offers = [
        Offer(level) if row is None else offer(level, row) for level, row in zip(levels, chain, strict=False)
    ]
    result = rate_call(given_talk, offer(Level.COST, cost), offers)
    outcomes = (result.cost, *result.prices)
    assert result.problem is problem
    assert sum(one.charge is not None for one in outcomes) == priced
    assert all((one.charge is None) == bool(one.trouble) for one in outcomes)


def test_an_explanation_adds_up():
    terms = Terms(Decimal("0.12"), Decimal("0.06"), Decimal("0.01"), initial_interval=60, next_interval=30)
    table = RateTable.of([Rate("49", terms, EVER, "Germany")])
    here = Offer(Level.COMPANY, "Gold", table)
    steps = explain(talk(seconds=70), here, price_at(talk(seconds=70), here))
    told = [(step.label, step.value) for step in steps]
    assert ("Longest prefix in force", "49 Germany") in told
    assert ("Billed seconds", "90 s") in told
    assert ("Initial interval", "60 s × 0.12 / 60") in told
    assert ("After it", "30 s × 0.06 / 60") in told
    assert told[-1] == ("Rounded to 6 decimals, half up", "0.160000")


def test_an_explanation_says_what_is_missing():
    passed = Outcome(Level.USER, Trouble.NO_RATE, source="Gold", passed_from=Level.COMPANY)
    steps = explain(talk(), Offer(Level.USER), passed)
    assert [step.value for step in steps] == ["4915", "company", "Gold", trouble_text(Trouble.NO_RATE)]
    assert all(trouble_text(trouble) for trouble in Trouble if trouble)
    assert charge_steps(Terms(Decimal(1), grace_seconds=5), 4)[-1].value == "within the grace seconds"


def test_what_is_not_a_price():
    with pytest.raises(TypeError):
        Terms(0.5)  # type: ignore[arg-type]
    for wrong in (Decimal("-0.01"), Decimal("nan"), Decimal("inf")):
        with pytest.raises(ValueError, match="is not a price"):
            Terms(wrong)
    with pytest.raises(ValueError, match="at least one second"):
        Terms(Decimal(1), next_interval=0)
    with pytest.raises(ValueError, match="decimals"):
        RoundingRule(9)
    with pytest.raises(ValueError, match="second 0"):
        stepped(5, [PriceStep(1, Decimal(1))])
