"""The arithmetic of documents, against the published cases and against itself."""

import json
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from voipdesk.billing.rules.annex import duration_text, masked
from voipdesk.billing.rules.documents import (
    CallRow,
    Document,
    DocumentLine,
    DocumentTax,
    Party,
    annex_bytes,
    annex_rows,
    as_snapshot,
    from_snapshot,
)
from voipdesk.billing.rules.fees import days_used, fee_share
from voipdesk.billing.rules.numbers import check_pattern, document_number, series_year
from voipdesk.billing.rules.taxes import TaxRule, check_rule, tax_for
from voipdesk.billing.rules.totals import Adjustment, Line, totals, usage_net
from voipdesk.kernel.problems import Refused
from voipdesk.store.types import canonical_json

D = Decimal
CASES = Path(__file__).resolve().parents[2] / "../shared/conformance/invoice_totals.json"


def cases() -> list[Any]:
    if not CASES.exists():
        return [pytest.param(None, marks=pytest.mark.skip(reason="the conformance cases are not here"))]
    kept = json.loads(CASES.read_text(encoding="utf-8"))["cases"]
    return [pytest.param(case, id=case["id"]) for case in kept]


def amounts(parts: list[dict[str, Any]]) -> tuple[Decimal, ...]:
    return tuple(D(part["amount"]) for part in parts)


def line_of(line: dict[str, Any]) -> Line:
    return Line(
        quantity=D(line["qty"]),
        unit_price=D(line["unit_price"]),
        category=line["vat_category"],
        rate=D(line["vat_rate"] or 0),
        base_quantity=D(line["price_base_qty"]),
        allowances=amounts(line["allowances"]),
        charges=amounts(line["charges"]),
    )


def adjustments(parts: list[dict[str, Any]]) -> list[Adjustment]:
    return [Adjustment(D(one["amount"]), one["vat_category"], D(one["vat_rate"] or 0)) for one in parts]


@pytest.mark.parametrize("case", cases())
def test_totals_equal_the_published_ones_to_the_cent(case: dict[str, Any]):
    got = totals(
        [line_of(line) for line in case["lines"]],
        currency=case["currency"],
        allowances=adjustments(case["document_allowances"]),
        charges=adjustments(case["document_charges"]),
        prepaid=D(case["prepaid"]),
        rounding=D(case["payable_rounding"]),
    )
    assert [f"{net:.2f}" for net in got.line_nets] == [line["expected_net"] for line in case["lines"]]
    names = (
        "line_net_total",
        "allowance_total",
        "charge_total",
        "tax_exclusive",
        "tax_total",
        "tax_inclusive",
        "payable",
    )
    assert {name: f"{getattr(got, name):f}" for name in names} == {
        name: case["expected"][name] for name in names
    }
    groups = {(one.category, one.rate, f"{one.base:f}", f"{one.tax:f}") for one in got.groups}
    assert groups == {
        (one["vat_category"], D(one["vat_rate"] or 0).normalize() + 0, one["taxable"], one["tax"])
        for one in case["expected"]["vat_breakdown"]
    }


@pytest.mark.parametrize(
    ("currency", "price", "net"),
    [
        ("EUR", "0.005", "0.01"),
        ("EUR", "-0.005", "-0.01"),
        ("JPY", "0.5", "1"),
        ("KWD", "0.0005", "0.001"),
        ("EUR", "2.675", "2.68"),
    ],
)
def test_halves_go_away_from_zero_to_the_decimals_of_the_currency(currency: str, price: str, net: str):
    got = totals([Line(D(1), D(price), "S", D(19))], currency=currency)
    assert f"{got.line_net_total:f}" == net


prices = st.integers(-(10**9), 10**9).map(lambda units: D(units).scaleb(-6))
taxed = st.sampled_from([("S", D(19)), ("S", D(7)), ("AE", D(0)), ("E", D(0))])
lines = st.builds(lambda price, tax: Line(D(1), price, *tax), prices, taxed)


@given(st.lists(lines, max_size=20), st.randoms())
def test_order_does_not_matter_and_a_credit_is_the_mirror(made: list[Line], chance: Any):
    whole = totals(made, currency="EUR")
    shuffled = list(made)
    chance.shuffle(shuffled)
    again = totals(shuffled, currency="EUR")
    assert (whole.groups, whole.payable) == (again.groups, again.payable)
    mirrored = totals([Line(D(1), -one.unit_price, one.category, one.rate) for one in made], currency="EUR")
    assert (mirrored.tax_exclusive, mirrored.tax_total) == (-whole.tax_exclusive, -whole.tax_total)
    assert whole.tax_inclusive == whole.line_net_total + sum(one.tax for one in whole.groups)


def test_usage_is_rounded_once():
    assert usage_net([D("0.333333")] * 30, "EUR") == D("10.00")
    assert usage_net([], "JPY") == 0


@pytest.mark.parametrize(
    ("pattern", "seq", "number", "year"),
    [
        ("INV-{YYYY}-{SEQ:4}", 101, "INV-2026-0101", 2026),
        ("{YY}{MM}/{SEQ:6}", 7, "2603/000007", 2026),
        ("R{SEQ}", 12, "R12", 0),
        ("INV-{YYYY}-{SEQ:2}", 1234, "INV-2026-1234", 2026),
    ],
)
def test_numbers(pattern: str, seq: int, number: str, year: int):
    check_pattern(pattern)
    day = date(2026, 3, 9)
    assert (document_number(pattern, day, seq), series_year(pattern, day)) == (number, year)


@pytest.mark.parametrize(
    "pattern",
    ["", "INV", "{SEQ}{SEQ}", "INV-{seq}", "{CUST}-{SEQ}", "{MM}-{SEQ}", "{SEQ", "x" * 60 + "{SEQ}"],
)
def test_patterns_that_would_number_badly(pattern: str):
    with pytest.raises(Refused, match="number pattern"):
        check_pattern(pattern)


RULES = [
    TaxRule("*", "standard", date(2026, 1, 1), "S", D(14)),
    TaxRule("*", "standard", date(2027, 1, 1), "S", D(15)),
    TaxRule("usage", "reverse_charge", date(2026, 1, 1), "AE", D(0)),
    TaxRule("*", "reverse_charge", date(2026, 6, 1), "S", D(14)),
]


@pytest.mark.parametrize(
    ("kind", "status", "day", "found"),
    [
        ("usage", "standard", date(2026, 12, 31), 0),
        ("fee", "standard", date(2027, 1, 1), 1),
        ("usage", "reverse_charge", date(2026, 10, 31), 2),
        ("fee", "reverse_charge", date(2026, 10, 31), 3),
        ("fee", "reverse_charge", date(2026, 5, 31), None),
        ("usage", "exempt", date(2026, 10, 31), None),
        ("usage", "standard", date(2025, 12, 31), None),
    ],
)
def test_own_kind_before_any_newest_first(kind: str, status: str, day: date, found: int | None):
    assert tax_for(RULES, kind, status, day) == (None if found is None else RULES[found])


@pytest.mark.parametrize(
    ("kind", "status", "category", "rate"),
    [("calls", "standard", "S", 14), ("*", "vip", "S", 14), ("*", "standard", "X", 0), ("*", "standard", "AE", 14),
     ("*", "standard", "S", 0), ("*", "standard", "S", 101), ("*", "standard", "S", -1)],
)  # fmt: skip
def test_taxes_that_are_none(kind: str, status: str, category: str, rate: int):
    with pytest.raises(Refused, match="is not a tax"):
        check_rule(TaxRule(kind, status, date(2026, 1, 1), category, D(rate)))


@given(st.dates(date(2026, 1, 1), date(2026, 12, 31)), st.dates(date(2026, 1, 1), date(2026, 12, 31)))
def test_parted_fees_come_to_the_whole(cut: date, first: date):
    month_first, month_end = date(2026, 10, 1), date(2026, 11, 1)
    whole = days_used(first, None, month_first, month_end)
    if cut < first:
        return
    following = date.fromordinal(cut.toordinal() + 1)
    parts = days_used(first, cut, month_first, month_end) + days_used(following, None, month_first, month_end)
    assert parts == whole
    assert 0 <= fee_share(D(31), whole, 31, "EUR") == D(whole)


@pytest.mark.parametrize(
    ("number", "shown"), [("201012345678", "201012345xxx"), ("112", "112"), ("118118", "118118"), ("", "")]
)
def test_numbers_are_masked_but_short_codes(number: str, shown: str):
    assert masked(number) == shown
    assert masked(number, 0) == number


def test_durations_stand_under_each_other():
    assert [duration_text(seconds) for seconds in (0, 59, 3599, 3600, 36061)] == [
        "0:00:00", "0:00:59", "0:59:59", "1:00:00", "10:01:01",
    ]  # fmt: skip


def test_a_snapshot_gives_the_document_back():
    line = DocumentLine(
        "usage", "Cuba", D(1), D("0.123456"), D("0.12"), "S", D("7.5"), 3, 90, True, "2026-09|Cuba"
    )
    document = Document(
        "invoice", Party("A", lines=("x", "y")), Party("ب"), "EUR", "Africa/Cairo", "en", date(2026, 10, 1),
        date(2026, 10, 31), (line,), (DocumentTax("S", D("7.5"), D("0.12"), D("0.01"), "text"),), D("0.12"),
        D("0.01"), D("0.13"), number="INV-1", issue_date=date(2026, 11, 1), levels=("reseller", "company"),
    )  # fmt: skip
    assert from_snapshot(json.loads(canonical_json(as_snapshot(document)))) == document


texts = st.text(max_size=12).map(lambda text: " ".join(text.split()))
rows = st.builds(
    CallRow, start=st.just("2026-10-01 00:00:00"), caller=texts, number=texts, destination=texts,
    talk_seconds=st.integers(0, 99999), billed_seconds=st.integers(0, 99999), amount=prices,
)  # fmt: skip


@given(st.lists(rows, max_size=5))
def test_the_kept_list_of_calls_gives_the_calls_back(made: list[CallRow]):
    assert annex_rows(annex_bytes(tuple(made))) == tuple(made)
