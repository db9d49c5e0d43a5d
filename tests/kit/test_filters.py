"""What people type into the filter row, and the order after a click."""

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest

from voipdesk.kit.grid import Column, Filter, Formats, Kind, Operator, Sort
from voipdesk.kit.grid.filters import next_order, parse

TEXT = Column("name", "Name")
PRICE = Column("price", "Price", Kind.PRICE)
PREFIX = Column("prefix", "Prefix", Kind.PREFIX)
DAY = Column("day", "Day", Kind.DATE)


@pytest.mark.parametrize(
    ("column", "typed", "fits", "fails"),
    [
        (TEXT, "mob", ["Egypt Mobile", "MOBILE"], ["Egypt", None, ""]),
        (TEXT, "eg*", ["Egypt"], ["Old Egypt"]),
        (TEXT, "*mobile", ["Egypt Mobile"], ["Mobile Egypt"]),
        (TEXT, "e*mo*e", ["Egypt Mobile"], ["Egypt"]),
        (TEXT, "=egypt", ["Egypt"], ["Egypt Mobile"]),
        (TEXT, "!=egypt", ["Kenya", None], ["Egypt"]),
        (TEXT, "=", [None, ""], ["x"]),
        (TEXT, "!=", ["x"], [None, ""]),
        (TEXT, "a.c", ["a.c"], ["abc"]),
        (PREFIX, "44", ["44", "447"], ["1447", "4"]),
        (PREFIX, "44*", ["44", "447"], ["1447"]),
        (PREFIX, "*44*", ["1447", "44"], ["4"]),
        (PREFIX, "=44", ["44"], ["447"]),
        (PRICE, ">0.05", [Decimal("0.0501")], [Decimal("0.05"), None]),
        (PRICE, ">= 0.05", [Decimal("0.05")], [Decimal("0.049")]),
        (PRICE, "<0.05", [Decimal("-1")], [Decimal("0.05")]),
        (PRICE, "<=0.05", [Decimal("0.05")], [Decimal("0.051")]),
        (PRICE, "0.05", [Decimal("0.0500")], [Decimal("0.051")]),
        (PRICE, "=0.05", [Decimal("0.05")], [Decimal("0.5")]),
        (PRICE, "!=0.05", [Decimal("0.5"), None], [Decimal("0.05")]),
        (PRICE, "0.01..0.05", [Decimal("0.01"), Decimal("0.05")], [Decimal("0.06")]),
        (PRICE, "> 1,000.50", [Decimal("1001")], [Decimal("1000")]),
        (DAY, "2026-11", [date(2026, 11, 30), "2026-11-01"], [date(2026, 12, 1)]),
        (DAY, ">2026-11-15", [date(2026, 11, 16)], [date(2026, 11, 15)]),
        (DAY, ">=2026-11", [datetime(2026, 11, 1, tzinfo=UTC)], [date(2026, 10, 31)]),
    ],
)
def test_filter_fits(column: Column, typed: str, fits: list[Any], fails: list[Any]) -> None:
    wanted = parse(column, typed)
    assert wanted is not None
    assert [value for value in fits if not wanted.fits(value)] == []
    assert [value for value in fails if wanted.fits(value)] == []


@pytest.mark.parametrize("typed", ["", "   "])
def test_nothing_typed_is_no_filter(typed: str) -> None:
    assert parse(PRICE, typed) is None


@pytest.mark.parametrize("typed", ["x", ">", ">x", "1..x", "nan", "1e5", ">=0.0.5"])
def test_a_slip_is_a_sentence(typed: str) -> None:
    with pytest.raises(ValueError, match="is not a number"):
        parse(PRICE, typed)


def test_the_decimal_sign_of_the_workspace_counts() -> None:
    comma = Formats(decimal=",", group=".")
    assert parse(PRICE, ">1.000,5", comma) == Filter("price", Operator.GREATER, Decimal("1000.5"))


@pytest.mark.parametrize(
    ("wanted", "like"),
    [
        (Filter("n", Operator.CONTAINS, "50%_a\\"), "%50\\%\\_a\\\\%"),
        (Filter("n", Operator.LIKE, "44*"), "44%"),
        (Filter("n", Operator.LIKE, "a_*b"), "a\\_%b"),
    ],
)
def test_pattern_for_sql(wanted: Filter, like: str) -> None:
    assert wanted.like == like


def test_clicks_go_up_down_off_and_shift_adds() -> None:
    order: list[Sort] = []
    order = next_order(order, "a", add=False)
    assert order == [Sort("a")]
    order = next_order(order, "b", add=True)
    assert order == [Sort("a"), Sort("b")]
    order = next_order(order, "a", add=True)
    assert order == [Sort("a", True), Sort("b")]
    order = next_order(order, "a", add=True)
    assert order == [Sort("b")]
    assert next_order([Sort("b", True)], "b", add=False) == []
    assert next_order([Sort("a"), Sort("b")], "c", add=False) == [Sort("c")]
