"""What a plan makes of a base price: product.md "Tariff plans", sentence by sentence."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from voipdesk.kernel.money import Rounding, from_scaled
from voipdesk.kernel.periods import EffectiveRange
from voipdesk.rating.rules import Rate, RateState, RateTable, Terms, match
from voipdesk.tariffs.rules import (
    Action,
    Flag,
    Match,
    PlanRule,
    PlanSource,
    PlanTerms,
    best_rule,
    predefined,
    rule_text,
    sell,
    sell_price,
    sell_steps,
)

START = datetime(2026, 10, 1, tzinfo=UTC)
EVER = EffectiveRange(START)
UP4 = PlanTerms("Wholesale", 4, Rounding.UP)


def plus(percent, **more):
    return PlanRule(markup=Decimal(percent) / 100, **more)


def base(prefix="447", price="0.0250", state=RateState.OPEN, **terms):
    return Rate(prefix, Terms(Decimal(price), **terms), EVER, "UK Mobile", state)


def test_the_rounded_sell_price_is_the_price_of_the_next_level():
    """Scenario S15: 0.0250 + 10 % = 0.0275, and on it 25 % = 0.034375, up to 4 decimals."""
    table = RateTable.of([base()])
    wholesale = PlanSource(table, UP4, (plus(10),))
    retail = PlanSource(wholesale, UP4, (plus(25),))
    prices = [match(source, "447911", START) for source in (wholesale, retail)]
    assert [one.terms.price for one in prices if one] == [Decimal("0.0275"), Decimal("0.0344")]


@pytest.mark.parametrize(
    ("price", "rule", "plan", "sold"),
    [
        ("0.0330", plus(5), PlanTerms(decimals=4), "0.0347"),  # 0.03465, half up
        ("0.0110", plus(5), PlanTerms(decimals=4), "0.0116"),  # 0.01155: binary floats say 0.0115
        ("0.02", plus(10, amount=Decimal("0.005")), PlanTerms(), "0.027"),
        ("0.02", plus(-50), PlanTerms(), "0.01"),
        ("0.02", plus(0, amount=Decimal("-0.05")), PlanTerms(), "0"),
        ("0.02", plus(0), PlanTerms(minimum_margin=Decimal("0.004")), "0.024"),
        ("0.02", plus(50), PlanTerms(minimum_margin=Decimal("0.004")), "0.03"),
        ("0.0201", plus(0), PlanTerms(decimals=3, minimum_margin=Decimal("0.0001")), "0.021"),
        ("0.02", PlanRule(action=Action.FREE), PlanTerms(minimum_margin=Decimal("0.004")), "0"),
        ("0.02", PlanRule(action=Action.FIXED, fixed_price=Decimal("0.11")), PlanTerms(), "0.11"),
        ("0.0239", plus(0), PlanTerms(decimals=3, rounding=Rounding.DOWN), "0.023"),
    ],
)
def test_prices(price, rule, plan, sold):
    assert sell_price(Decimal(price), rule, plan) == Decimal(sold)


RULES = [
    plus(1),
    plus(2, match=Match.DESTINATION, pattern="uk *"),
    plus(3, match=Match.PREFIX, pattern="4"),
    plus(4, match=Match.PREFIX, pattern="44"),
    plus(5, match=Match.EXACT, pattern="44"),
]


@pytest.mark.parametrize(
    ("prefix", "destination", "percent"),
    [
        ("44", "UK Fixed", 5),
        ("447", "UK Mobile", 4),
        ("49", "Germany", 3),
        ("1", "UK Islands", 2),
        ("1", "USA", 1),
    ],
)
def test_the_most_specific_rule_speaks(prefix, destination, percent):
    for rules in (RULES, RULES[::-1]):
        index = best_rule(rules, prefix, destination)
        assert index is not None
        assert rules[index].markup * 100 == percent


def test_rules_have_dates():
    tomorrow = plus(7, effective=EffectiveRange(START + timedelta(days=1), START + timedelta(days=2)))
    rules = [tomorrow, plus(1)]
    found = [best_rule(rules, "44", "", START + timedelta(days=days)) for days in (0.5, 1, 1.5, 2)]
    assert found == [1, 0, 0, 1]


def test_markup_touches_the_fee_only_where_the_rule_says_so():
    row = base(connect_fee=Decimal("0.10"), next_price=Decimal("0.02"), minimum_charge=Decimal("0.05"))
    sold = sell(row, [plus(10)], PlanTerms()).terms
    assert (sold.connect_fee, sold.following, sold.minimum_charge) == (
        Decimal("0.10"),
        Decimal("0.022"),
        Decimal("0.05"),
    )
    assert sell(row, [plus(10, is_markup_on_fee=True)], PlanTerms()).terms.connect_fee == Decimal("0.11")
    own = plus(10, connect_fee=Decimal("0.3"), initial_interval=60, next_interval=30)
    sold = sell(row, [own], PlanTerms()).terms
    assert (sold.connect_fee, sold.initial_interval, sold.next_interval) == (Decimal("0.3"), 60, 30)


def test_below_the_level_above_is_flagged_and_refused_where_the_plan_says_so():
    allowed = sell(base(), [plus(-1)], PlanTerms())
    refused = sell(base(), [plus(-1)], PlanTerms(is_below_base_allowed=False))
    assert (allowed.state, allowed.flags) == (RateState.OPEN, {Flag.BELOW_BASE})
    assert (refused.state, refused.flags) == (RateState.BLOCKED, {Flag.BELOW_BASE, Flag.REFUSED})
    assert not sell(base(), [plus(0)], PlanTerms(is_below_base_allowed=False)).flags


def test_left_out_gives_way_to_a_shorter_prefix_and_blocked_does_not():
    table = RateTable.of([base("44", "0.01"), base("447")])
    for action, wanted in ((Action.OMIT, "44"), (Action.BLOCK, "447")):
        rules = (plus(0), PlanRule(Match.PREFIX, "447", action))
        found = match(PlanSource(table, PlanTerms(), rules), "44791", START)
        assert found is not None
        assert found.prefix == wanted
        assert (found.state is RateState.BLOCKED) == (action is Action.BLOCK)


def test_what_the_base_blocks_no_plan_opens():
    rule = PlanRule(action=Action.FIXED, fixed_price=Decimal(1))
    assert sell(base(state=RateState.BLOCKED), [rule], PlanTerms()).state is RateState.BLOCKED


def test_the_three_plans_that_come_predefined():
    prices = [sell(base(), rules, terms).terms.price for terms, rules in predefined()]
    assert prices == [Decimal("0.025"), Decimal("0.0275"), 0]


def test_a_base_without_a_rule_is_not_sold():
    assert sell(base(), [plus(1, match=Match.EXACT, pattern="1")], PlanTerms()).is_omitted


@pytest.mark.parametrize(
    ("rules", "plan", "last"),
    [
        ([plus(10)], UP4, "0.0275"),
        (
            [plus(-50)],
            PlanTerms(is_below_base_allowed=False),
            "0.0125 is below it and the plan does not allow that",
        ),
        ([PlanRule(action=Action.BLOCK)], UP4, "blocked"),
        ([PlanRule(action=Action.OMIT)], UP4, "left out"),
        ([], UP4, "none: not sold under this plan"),
    ],
)
def test_the_derivation_ends_with_the_result(rules, plan, last):
    assert sell_steps(base(), rules, plan, START)[-1].value == last


def test_rules_in_words():
    assert rule_text(plus(10)) == "everything: +10 %"
    assert rule_text(plus(-5, match=Match.EXACT, pattern="44")) == "exactly 44: -5 %"
    assert rule_text(plus(0, amount=Decimal("0.01"))) == "everything: +0 % and 0.01 per minute"


def test_a_pattern_is_text_with_stars_only():
    rule = plus(1, match=Match.DESTINATION, pattern="uk [mobile]*")
    assert rule.speaks_of("44", "UK [Mobile] Vodafone")
    assert not rule.speaks_of("44", "UK M")


def test_what_is_not_a_plan():
    with pytest.raises(ValueError, match="decimals"):
        PlanTerms(decimals=9)
    with pytest.raises(ValueError, match="rounded"):
        PlanTerms(rounding=Rounding.HALF_EVEN)
    with pytest.raises(ValueError, match="price"):
        PlanRule(action=Action.FIXED)


@given(
    st.integers(0, 10**9).map(from_scaled),
    st.integers(-(10**8), 10**8).map(from_scaled),
    st.integers(0, 10**7).map(from_scaled),
    st.integers(0, 8),
)
def test_a_minimum_margin_is_kept_at_any_price(price, markup, margin, decimals):
    plan = PlanTerms(decimals=decimals, minimum_margin=margin)
    assert sell_price(price, PlanRule(markup=markup), plan) >= price + margin
