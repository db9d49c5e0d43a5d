"""Every case of the shared conformance file that VoIPDesk follows, through the product's own functions."""

import json
from collections.abc import Callable
from datetime import date, datetime
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest

from voipdesk.billing.rules.credit import amount_due, carried, payment_state
from voipdesk.billing.rules.fees import fee_share
from voipdesk.billing.rules.proration import cycles, fee_change, tax_within
from voipdesk.kernel.e164 import normalised
from voipdesk.kernel.money import Rounding, rounded
from voipdesk.kernel.periods import EffectiveRange, parse_instant
from voipdesk.rating.rules import (
    Bundle,
    PriceStep,
    Rate,
    RateTable,
    RoundingRule,
    Terms,
    WeekBand,
    attempt_fee,
    billed_seconds,
    bundle_for,
    capped,
    charge,
    converted,
    exact_charge,
    in_arrival_order,
    match,
    stepped,
    traffic,
    whole_seconds,
    with_bundle,
)

FILE = Path(__file__).parents[2] / "../shared/conformance/rating.json"
CASES = json.loads(FILE.read_text(encoding="utf-8"))["cases"] if FILE.exists() else []
BY_ID = {case["id"]: case for case in CASES}
EVER = EffectiveRange(parse_instant("2000-01-01"))
AT = parse_instant("2026-10-01")

DECIDED_OTHERWISE = {
    "cgr-004": "a rate may carry weekly time bands in the table's zone; the band at answer time prices the whole call",
    "cgr-010": "a call is one record: there are no later fragments, and the band at answer time prices all of it",
    "cgr-014": "exact arithmetic and one rounding per call and level: no other rounding on the way",
    "yeti-023": "plans know markup, amount, fixed price, free, block; there is no MIN policy",
}
"""Cases that product.md decides otherwise, with its rule; each has a test of OUR result below."""

Case = dict[str, Any]
CHECKS: dict[str, Callable[[Case, Case, Case], None]] = {}


def covers(*names: str):
    def keep(check):
        CHECKS.update(dict.fromkeys(names, check))
        return check

    return keep


def money(text: Any) -> Decimal:
    return Decimal(str(text))


def terms_of(rate: Case) -> Terms:
    price = money(rate.get("rate_per_min", rate.get("initial_rate_per_min", "0")))
    following = rate.get("next_rate_per_min")
    step = rate.get("next_interval_s", rate.get("increment_s", 1))
    return Terms(
        price,
        None if following is None else money(following),
        connect_fee=money(rate.get("connect_fee", "0")),
        initial_interval=rate.get("initial_interval_s", step),
        next_interval=step,
        free_seconds=rate.get("free_seconds", 0),
    )


def rounding_of(rate: Case) -> RoundingRule:
    rule = rate.get("rounding", {})
    if rule.get("mode", "none") == "none":
        return RoundingRule(8)
    return RoundingRule(rule["decimals"], Rounding(rule["mode"]))


def steps_of(rate: Case) -> list[PriceStep]:
    return [
        PriceStep(tier["start_s"], money(tier["price"]) * 60 / tier["unit_s"], tier["increment_s"])
        for tier in rate["tiers"]
    ]


def band_table(windows: list[Case]) -> RateTable:
    """Windows as bands of one prefix: `Mon-Fri 18:00-24:00`, one price per second."""
    days = {"Mon-Fri": range(5), "Sat-Sun": range(5, 7)}
    rates = []
    for number, window in enumerate(windows):
        start, end = (int(window[side][:2]) * 60 + int(window[side][3:]) for side in ("from", "to"))
        spans = tuple((day * 1440 + start, day * 1440 + end) for day in days[window["days"]])
        tier = window["tiers"][0]
        terms = Terms(
            money(tier["price"]) * 60 / tier["unit_s"],
            connect_fee=money(window["connect_fee"]),
            initial_interval=tier["increment_s"],
            next_interval=tier["increment_s"],
        )
        rates.append(Rate("0256", terms, EVER, band=WeekBand(str(number), spans)))
    return RateTable.of(rates)


def by_band(case: Case) -> Decimal:
    start, end = (datetime.fromisoformat(case["call"][side]) for side in ("start", "end"))
    found = match(band_table(case["rate"]["windows"]), case["call"]["destination"] + "99", start)
    assert found is not None
    return charge(found.terms, int((end - start).total_seconds()), rounding_of(case["rate"])).amount


@covers("yeti-001")
def with_tax(rate: Case, call: Case, wanted: Case) -> None:
    terms, tolerance = terms_of(rate), Fraction(wanted["tolerance"])
    exact = exact_charge(terms, call["duration_s"])
    assert billed_seconds(call["duration_s"], terms) == wanted["billed_duration_s"]
    assert abs(exact - Fraction(wanted["price_ex_tax"])) <= tolerance
    assert abs(exact * (1 + Fraction(rate["vat_pct"]) / 100) - Fraction(wanted["price_inc_tax"])) <= tolerance


@covers("yeti-003")
def each_rounded_from_exact(rate: Case, call: Case, wanted: Case) -> None:
    rule, talk = rounding_of(rate), call["duration_s"]
    gross = exact_charge(terms_of(rate), talk) * (1 + Fraction(rate["vat_pct"]) / 100)
    assert charge(terms_of(rate), talk, rule).amount == money(wanted["price_ex_tax"])
    assert rounded(gross, rule.decimals, rule.mode) == money(wanted["price_inc_tax"])
    assert charge(terms_of(rate["vendor"]), talk, rule).amount == money(wanted["vendor_cost"])


@covers("yeti-005")
def covered_by_bundle(rate: Case, call: Case, wanted: Case) -> None:
    result = with_bundle(call["duration_s"], terms_of(rate), Bundle("", 10_000))
    assert result.exact == Fraction(wanted["price"])
    assert (result.billed_seconds, result.included) == (wanted["billed_duration_s"],) * 2


@covers("yeti-007", "yeti-009", "yeti-011")
def attempts(rate: Case, call: Case, wanted: Case) -> None:
    covered = bool(rate.get("package"))
    fee = attempt_fee(
        call["duration_s"], money(rate["attempt_fee"]), is_last=call["is_last_cdr"], is_covered=covered
    )
    gross = fee * (1 + Fraction(rate["vat_pct"]) / 100)
    assert gross == Fraction(wanted["price_inc_tax"])
    assert fee == Fraction(wanted.get("price_ex_tax", fee))
    assert attempt_fee(call["duration_s"], money(rate["vendor_attempt_fee"])) == Fraction(
        wanted["vendor_cost"]
    )


@covers("yeti-013")
def figures(_: Case, call: Case, wanted: Case) -> None:
    seen = traffic(call["durations_s"])
    assert (seen.attempts, seen.answered, seen.failed) == (
        wanted["calls"],
        wanted["answered"],
        wanted["failed"],
    )
    assert seen.seconds == wanted["total_duration_s"]
    assert (seen.answer_ratio, seen.average_duration) == (Fraction(wanted["asr"]), Fraction(wanted["acd_s"]))


@covers("yeti-015")
def currencies(rate: Case, _: Case, wanted: Case) -> None:
    worth = (money(rate["rate_currency_to_base"]), money(rate["account_currency_to_base"]))
    assert converted(money(rate["rate_per_min"]), *worth) == Fraction(
        wanted["rate_per_min_in_account_currency"]
    )
    assert converted(money(rate["attempt_fee"]), *worth) == Fraction(
        wanted["attempt_fee_in_account_currency"]
    )


@covers("yeti-017")
def excluded_bundle(rate: Case, call: Case, wanted: Case) -> None:
    bundles = [Bundle(one["prefix"], one["seconds_left"], one["exclude"]) for one in rate["packages"]]
    assert bundle_for(bundles, call["destination"]) is wanted["package_applied"] is None
    assert bundle_for(bundles, "another") == bundles[0]


@covers("yeti-019", "yeti-021")
def fractions_of_seconds(_: Case, call: Case, wanted: Case) -> None:
    talk = money(call["duration_s"])
    assert whole_seconds(talk) == wanted["always_up"]
    assert whole_seconds(talk, Rounding.DOWN) == wanted["always_down"]
    assert whole_seconds(talk, Rounding.HALF_UP) == wanted["math"]


@covers("cgr-002", "cgr-006", "cgr-008")
def banded(rate: Case, call: Case, wanted: Case) -> None:
    assert by_band({"rate": rate, "call": call}) == money(wanted["price"])


@covers("cgr-012", "cgr-016", "cgr-018", "cgr-020", "cgr-022", "cgr-042", "cgr-044", "cgr-056")
def price_steps(rate: Case, call: Case, wanted: Case) -> None:
    billed, exact = stepped(call["duration_s"], steps_of(rate), money(rate.get("connect_fee", "0")))
    rule = rounding_of(rate)
    assert rounded(exact, rule.decimals, rule.mode) == money(wanted["price"])
    assert billed == wanted.get("billed_duration_s", billed)
    if len(rate["tiers"]) == 1:
        step = steps_of(rate)[0]
        plain = Terms(step.price, connect_fee=money(rate.get("connect_fee", "0")))
        assert charge(plain, call["duration_s"], rule).amount == money(wanted["price"])


@covers("cgr-030", "cgr-032", "cgr-034", "cgr-036", "cgr-038", "cgr-040")
def one_rounding(rate: Case, call: Case, wanted: Case) -> None:
    rule = rate["rounding"]
    value = rounded(money(call["amount"]), rule["decimals"], Rounding(rule["mode"]))
    assert value == money(wanted["amount"])


@covers("cgr-046")
def late_calls(rate: Case, call: Case, wanted: Case) -> None:
    tier = rate["tiers"][0]
    terms = Terms(
        money(tier["price"]), initial_interval=tier["increment_s"], next_interval=tier["increment_s"]
    )
    talks = [one["duration_s"] for one in call["cdrs_in_arrival_order"]]
    results, left = in_arrival_order(talks, terms, Bundle("", rate["free_seconds_balance"]))
    assert [one.exact for one in results] == [Fraction(price) for price in wanted["price_in_arrival_order"]]
    assert -sum(one.exact for one in results) == Fraction(wanted["money_balance"])
    assert left.seconds_left == 0


@covers("cgr-048")
def rerated(rate: Case, call: Case, wanted: Case) -> None:
    for name, key in (("old", "price_before"), ("new", "price_after")):
        result = charge(Terms(money(rate[name]["price"])), call["duration_s"], rounding_of(rate[name]))
        assert result.amount == money(wanted[key])


@covers("cgr-050")
def bundle_in_minutes(rate: Case, call: Case, wanted: Case) -> None:
    bundle = Bundle("", rate["bundle_seconds"], increment=rate["bundle_increment_s"])
    result = with_bundle(call["duration_s"], Terms(Decimal(1)), bundle)
    assert result.bundle.seconds_left == wanted["bundle_left_s"]
    assert result.exact == 0


@covers("cgr-058")
def capped_charge(rate: Case, call: Case, wanted: Case) -> None:
    price = steps_of(rate)[0].price
    assert capped(Terms(price), call["duration_s"], money(rate["max_cost"])) == Fraction(wanted["price"])


@covers("mag-005")
def longest_prefixes(rate: Case, call: Case, wanted: Case) -> None:
    table = RateTable.of(Rate(prefix, Terms(Decimal(1)), EVER) for prefix in rate["prefixes"])
    found = [match(table, number, AT) for number in call["destinations"]]
    assert [one.prefix for one in found if one] == wanted["matched"]


@covers("ast-006")
def longest_before_cheapest(rate: Case, call: Case, wanted: Case) -> None:
    prices = {prefix.removeprefix("+"): money(price) for prefix, price in rate["rates"].items()}
    table = RateTable.of(Rate(prefix, Terms(price), EVER) for prefix, price in prices.items())
    found = match(table, normalised(call["destination"]) or "", AT)
    assert found is not None
    assert ("+" + found.prefix, found.terms.price) == (
        wanted["matched_prefix"],
        money(wanted["rate_per_min"]),
    )


@covers("ivo-002")
def least_charge(rate: Case, call: Case, wanted: Case) -> None:
    terms = Terms(money(call["usage_cost"]), minimum_charge=money(rate["connect_fee"]))
    assert charge(terms, 60).amount == money(wanted["price"])


@covers("ivo-004")
def fee_with_free_seconds(rate: Case, call: Case, wanted: Case) -> None:
    assert charge(terms_of(rate), call["duration_s"]).amount == money(wanted["price"])
    same = Terms(money(rate["rate_per_min"]), initial_interval=60, next_interval=1)
    for talk in (1, 59, 60, 61, 75, 600):
        assert exact_charge(terms_of(rate), talk) == exact_charge(same, talk)


@covers("a2b-002")
def grace_spares_the_bundle(rate: Case, call: Case, wanted: Case) -> None:
    terms = Terms(
        Decimal(1), initial_interval=rate["initial_interval_s"], grace_seconds=rate["min_billable_s"]
    )
    result = with_bundle(call["duration_s"], terms, Bundle("", rate["bundle_seconds"]))
    assert (result.exact, result.bundle.seconds_left) == (Fraction(wanted["price"]), wanted["bundle_left_s"])


@covers("ov5-004")
def inclusive_tax(rate: Case, call: Case, wanted: Case) -> None:
    assert tax_within(money(call["amount"]), money(rate["tax_pct"])) == (
        money(wanted["net"]),
        money(wanted["tax"]),
    )


@covers("kb-001")
def share_of_a_fee(rate: Case, call: Case, wanted: Case) -> None:
    share = fee_share(money(rate["monthly_fee"]), call["used_days"], rate["cycle_days"], "USD")
    assert share == money(wanted["charge"])


@covers("kb-003")
def below_zero_becomes_credit(_: Case, call: Case, wanted: Case) -> None:
    result = carried([money(call["charges"]), money(call["repair"])])
    assert (result.payable, result.credit) == (
        money(wanted["invoice_balance"]),
        money(wanted["account_credit"]),
    )


@covers("kb-005")
def changed_fee(rate: Case, call: Case, wanted: Case) -> None:
    days = (call["used_days_new"], rate["cycle_days"])
    change = fee_change(money(rate["old_monthly"]), money(rate["new_monthly"]), days=days, currency="USD")
    assert change == (money(wanted["repair_adj"]), money(wanted["new_charge"]))


@covers("kb-007", "kb-009")
def shares_of_cycles(rate: Case, call: Case, wanted: Case) -> None:
    start, end = (date.fromisoformat(call[side]) for side in ("start", "end"))
    assert cycles(start, end, rate["billing_day"]) == Fraction(wanted["cycles"])


@covers("por-001")
def due_with_what_was_due(_: Case, call: Case, wanted: Case) -> None:
    parts = [[money(call[name])] for name in ("payments", "charges", "credit")]
    result = amount_due(money(call["previous_balance"]), *parts)
    assert (result.period, result.due) == (money(wanted["period_total"]), money(wanted["amount_due"]))


@covers("por-003")
def paid_in_pieces(_: Case, call: Case, wanted: Case) -> None:
    words = {"partly_paid": "partially_paid", "paid": "paid"}
    paid, states = Decimal(0), []
    for payment in call["payments"]:
        paid += money(payment)
        states.append(words[payment_state(money(call["invoice_total"]), paid)])
    assert states == wanted["status"]


@covers("cgr-024", "cgr-026", "cgr-028", "cgr-052", "cgr-054", "mag-001", "mag-003", "ast-002", "ast-004")
@covers("ov5-002", "mor-002", "mor-004", "mor-006")
def by_intervals_and_price(rate: Case, call: Case, wanted: Case) -> None:
    terms, talk = terms_of(rate), money(call["duration_s"])
    assert {"billed_duration_s", "price"} & wanted.keys()
    if "billed_duration_s" in wanted:
        assert billed_seconds(talk, terms) == wanted["billed_duration_s"]
    if "price" in wanted:
        rule = rounding_of(rate) if "rounding" in rate else RoundingRule()
        assert charge(terms, talk, rule).amount == money(wanted["price"])


pytestmark = pytest.mark.skipif(not CASES, reason="the shared conformance file is not here")


@pytest.mark.parametrize("name", [name for name in BY_ID if name not in DECIDED_OTHERWISE])
def test_case(name: str) -> None:
    case = BY_ID[name]
    CHECKS[name](case["rate"], case["call"], case["expected"])


def test_nothing_is_left_out() -> None:
    assert BY_ID.keys() == CHECKS.keys() | DECIDED_OTHERWISE.keys()
    assert {name for name, case in BY_ID.items() if not case["voipdesk_default"]} == {"yeti-023", "cgr-014"}


@pytest.mark.parametrize("name", ["cgr-004", "cgr-010"])
def test_the_band_at_answer_time_prices_the_whole_call(name: str) -> None:
    """An hour from 17:30 is an hour of the day band: 1 + 3600, not split at 18:00 and not without its fee."""
    case = {**BY_ID[name], "call": {**BY_ID[name]["call"], "destination": "0256"}}
    assert by_band(case) == Decimal(3601)
    assert money(case["expected"]["price"]) != Decimal(3601)


def test_no_rounding_on_the_way() -> None:
    case = BY_ID["cgr-014"]
    terms = Terms(money(case["rate"]["tiers"][0]["price"]))
    result = charge(terms, case["call"]["duration_s"], RoundingRule(4))
    assert result.amount == money(case["voipdesk_expected"]["price"])


def test_cost_plus_and_fixed_are_separate_rules() -> None:
    from voipdesk.tariffs.rules import Action, PlanRule, PlanTerms, sell_price

    rate = BY_ID["yeti-023"]["rate"]
    base = money(rate["buy_rate_per_min"])
    plus = PlanRule(markup=money(rate["margin_fraction"]), amount=money(rate["margin_fixed"]))
    fixed = PlanRule(action=Action.FIXED, fixed_price=money(rate["fixed_rate_per_min"]))
    assert sell_price(base, plus, PlanTerms()) == Decimal("0.07")
    assert sell_price(base, fixed, PlanTerms()) == Decimal("0.06")
