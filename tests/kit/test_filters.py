"""What people type into the filter row, and the order after a click."""

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest

from voipdesk.kit.grid import Column, Filter, Formats, Kind, MemorySource, Operator, Sort
from voipdesk.kit.grid.filter_lists import filtered_ids
from voipdesk.kit.grid.filters import LISTS, SAMPLE, fitting, next_order, parse

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
        (TEXT, "kenya, egypt", ["Kenya", "Egypt Mobile"], ["Cuba", None]),
        (TEXT, "ken*;*bile", ["Kenya", "Egypt Mobile"], ["Old Kenya"]),
        (TEXT, '"Korea, South"', ["Korea, South"], ["Korea North", "South Sudan"]),
        (TEXT, "!=kenya,egypt", ["Cuba", None], ["Kenya Safaricom", "Egypt"]),
        (TEXT, "!=ken*", ["Cuba", "Old Kenya", None], ["Kenya"]),
        (TEXT, "kenya,=", ["Kenya", None, ""], ["Cuba"]),
        (PREFIX, "44,49", ["44", "4915"], ["1447", "33"]),
        (PREFIX, "٤٤", ["447"], ["33"]),
        (PREFIX, "!=44*", ["33", "1447"], ["44", "447"]),
        (PRICE, "0.05,0.1", [Decimal("0.0500"), Decimal("0.1")], [Decimal("0.2"), None]),
        (PRICE, "1,000", [Decimal(1000)], [Decimal(1)]),
        (PRICE, "1;1,000", [Decimal(1000), Decimal(1)], [Decimal(0)]),
        (PRICE, "<0.01;>0.9", [Decimal(0), Decimal(1)], [Decimal("0.5")]),
        (PRICE, "!=1;2", [Decimal(3), None], [Decimal(1), Decimal(2)]),
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
    for times in (1, SAMPLE):  # Values that come again and again are looked at once.
        both = [*fits, *fails] * times
        assert list(fitting(wanted, both)) == ([True] * len(fits) + [False] * len(fails)) * times


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


def test_a_comma_that_is_the_decimal_sign_makes_no_list() -> None:
    comma = Formats(decimal=",", group=".")
    assert parse(PRICE, "0,05", comma) == Filter("price", Operator.EQUAL, Decimal("0.05"))
    both = parse(PRICE, "0,05; 0,1", comma)
    assert both is not None
    assert [one.value for one in both.value] == [Decimal("0.05"), Decimal("0.1")]


@pytest.mark.parametrize(
    ("typed", "rows"), [("44*,33", [0, 1, 3]), ("!=44*", [2, 3]), ("!=44,33", [2]), ("1,2", [])]
)
def test_lists_are_put_together_for_sources_that_know_none(typed: str, rows: list[int]) -> None:
    class Single(MemorySource):
        takes_lists = False

        def ids(self, order: Any, filters: Any) -> Any:
            assert all(one.operator not in LISTS for one in filters)
            return super().ids(order, filters)

    source = Single([PREFIX, TEXT], [("44", "a"), ("447", "b"), ("5", "c"), ("33", "d"), ("449", "x")])
    wanted = [parse(PREFIX, typed), parse(TEXT, "!=x")]
    found = filtered_ids(source, [Sort("name", True)], [one for one in wanted if one])
    assert [int(row) for row in found] == sorted(rows, reverse=True)


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
