"""Prices and intervals out of cells."""

from datetime import date, datetime, time, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from voipdesk.kernel.money import MAX_PRICE
from voipdesk.tabular.cells import Cell, exact, shown
from voipdesk.tabular.conventions import decides_decimal, decimal_of
from voipdesk.tabular.prices import PriceRules, State, read_interval, read_number, read_price
from voipdesk.tabular.values import Fault

DOT, COMMA = PriceRules("."), PriceRules(",")


@pytest.mark.parametrize(
    ("cell", "rules", "wanted"),
    [
        ("0.0345", DOT, "0.0345"),
        (".0345", DOT, "0.0345"),
        ("0,0345", COMMA, "0.0345"),
        ("$0.0345", DOT, "0.0345"),
        ("USD 0.0345", DOT, "0.0345"),
        ("US$ 0.0345", DOT, "0.0345"),
        ("0,0345 €", COMMA, "0.0345"),
        ("R$ 0,0345", COMMA, "0.0345"),
        ("Rs. 2.50", DOT, "2.50"),
        ("EUR0.05", DOT, "0.05"),
        ("0.05USD", DOT, "0.05"),
        ("0.05 per minute", DOT, "0.05"),
        ("0,05 zł/min", COMMA, "0.05"),
        ("1.25p", DOT, "0.0125"),
        ("3 cts", DOT, "0.03"),
        ("\u0660\u066b\u0660\u0663\u0664\u0665", COMMA, "0.0345"),
        ("\u00a30.05", DOT, "0.05"),
        ("3.45 \u00a2", DOT, "0.0345"),
        ("1,234.5", DOT, "1234.5"),
        ("1.234,5", COMMA, "1234.5"),
        ("1 234,5", COMMA, "1234.5"),
        ("1'234.5", DOT, "1234.5"),
        ("'0.5", DOT, "0.5"),
        ("-0.5", DOT, "-0.5"),
        ("(0.5)", DOT, "-0.5"),
        ("5", DOT, "5"),
        (0, DOT, "0"),
        (Decimal("0.1"), COMMA, "0.1"),
        ("345", PriceRules(".", Decimal("0.0001")), "0.0345"),
        ("0.001", PriceRules(".", Decimal(60)), "0.06"),
        ("0.123456789", DOT, "0.12345679"),
    ],
)
def test_prices(cell: Cell, rules: PriceRules, wanted: str) -> None:
    assert read_price(cell, rules) == Decimal(wanted)


@pytest.mark.parametrize(
    ("cell", "state"),
    [
        ("blocked", "blocked"),
        ("Barred", "blocked"),
        ("gesperrt", "blocked"),
        ("CLOSED", "closed"),
        ("supprimé", "closed"),
        ("closed from 1 May", "closed"),
        ("N/A", "missing"),
        ("-", "missing"),
        ("TBA", "missing"),
    ],
)
def test_words_are_states(cell: str, state: str) -> None:
    found = read_price(cell, DOT)
    assert isinstance(found, State)
    assert (found.name, found.word) == (state, cell)


@pytest.mark.parametrize(
    ("cell", "code"),
    [
        ("", "price_missing"),
        ("cheap", "price_unreadable"),
        ("D057", "price_unreadable"),
        ("R057", "price_unreadable"),
        ("P01", "price_unreadable"),
        ("ABC123", "price_unreadable"),
        ("0.05 or so", "price_unreadable"),
        ("1.2.3", "price_unreadable"),
        ("\u0661,\u0665", "price_unreadable"),
        (True, "price_unreadable"),
        (date(2026, 1, 5), "price_unreadable"),
        (time(1, 5), "price_unreadable"),
        (Decimal("1e400"), "price_too_large"),
        (10**30, "price_too_large"),
        (str(MAX_PRICE * 10), "price_too_large"),
        (Decimal("NaN"), "price_too_large"),
    ],
)
def test_what_is_no_price(cell: Cell, code: str) -> None:
    found = read_price(cell, DOT)
    assert isinstance(found, Fault)
    assert found.code == code
    assert found.hint


@pytest.mark.parametrize(
    ("cell", "rules"), [("0,055", DOT), ("0.055", COMMA), ("0,05", DOT), ("0.05", COMMA)]
)
def test_the_other_sign_is_never_taken_for_thousands(cell: str, rules: PriceRules) -> None:
    assert isinstance(read_price(cell, rules), Fault)


@pytest.mark.parametrize(
    ("cell", "mark"),
    [
        ("0,055", ","),
        ("0.055", "."),
        (",5", ","),
        ("1,5", ","),
        ("1.2345", "."),
        ("1.234,5", ","),
        ("1,234.5", "."),
        ("1,234", None),
        ("1.234", None),
        ("12", None),
        ("1,234,567", None),
        (Decimal("1.5"), None),
    ],
)
def test_what_decides_the_sign(cell: Cell, mark: str | None) -> None:
    assert decides_decimal(cell) == mark


def test_the_row_that_decided_is_told() -> None:
    sign, why = decimal_of([(2, "1,234"), (3, "0,5"), (4, "0.5")])
    assert sign == ","
    assert why == "row 3: 0,5"
    assert decimal_of([(2, "1,234")])[1] == "no cell says otherwise"


@given(st.decimals(0, 9999, places=4, allow_nan=False), st.sampled_from([".", ","]))
def test_what_is_written_is_read(value: Decimal, sign: str) -> None:
    text = f"{value:f}".replace(".", sign)
    assert read_price(text, PriceRules(sign)) == value


@given(st.text(max_size=40), st.sampled_from([".", ","]))
def test_no_text_breaks_it(text: str, sign: str) -> None:
    found = read_price(text, PriceRules(sign))
    assert isinstance(found, State | Fault) or abs(found) <= MAX_PRICE


def test_long_digits_are_no_number() -> None:
    assert read_number("9" * 61, ".") is None


@pytest.mark.parametrize(
    ("cell", "wanted"),
    [
        ("60/60", (60, 60)),
        ("60/1", (60, 1)),
        ("60+1", (60, 1)),
        ("30-6", (30, 6)),
        ("0-60-60", (60, 60)),
        ("1/1 sec", (1, 1)),
        ("0/1", (1, 1)),
        ("6", (6, 6)),
        (6, (6, 6)),
        ("60.0", (60, 60)),
        ("1 min", (60, 60)),
        ("per second", (1, 1)),
        ("pro Sekunde", (1, 1)),
        ("per minute", (60, 60)),
        ("por minuto", (60, 60)),
    ],
)
def test_intervals(cell: Cell, wanted: tuple[int, int]) -> None:
    assert read_interval(cell) == wanted


@pytest.mark.parametrize("cell", ["0", "60/0", "often", "-6", "", True, time(0, 1), timedelta(seconds=6)])
def test_what_is_no_interval(cell: Cell) -> None:
    found = read_interval(cell)
    assert isinstance(found, Fault)
    assert found.code == ("interval_zero" if cell in {"0", "60/0"} else "interval_unreadable")


def test_a_spreadsheet_made_a_date_of_it() -> None:
    found = read_interval(datetime(2026, 6, 5))  # noqa: DTZ001 - as a spreadsheet gives it
    assert isinstance(found, Fault)
    assert found.code == "interval_is_date"
    assert "6/5" in found.hint


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("6-Jun", "6/6"),
        ("Jun-30", "30/6"),
        ("06/06/2026", "6/6"),
        ("2026-01-06 00:00:00", "6/1"),
        ("30.06.2026", "30/6"),
        ("06. Jun", "6/6"),
        ("6. Juni", "6/6"),
        ("6/Jun", "6/6"),
        ("06.06.", "6/6"),
        ("Jan-60", "60/1"),
        ("juin-06", "6/6"),
    ],
)
def test_the_same_in_a_text_file(text: str, meant: str) -> None:
    found = read_interval(text)
    assert isinstance(found, Fault)
    assert (found.code, found.hint) == ("interval_is_date", f"Read it as {meant}.")


def test_cells_are_exact() -> None:
    assert exact(0.1) == Decimal("0.1")
    assert exact(3.0) == 3
    assert type(exact(3.0)) is int
    assert exact(None) == ""
    assert exact(float("inf")) == "inf"
    assert shown(Decimal("1E-7")) == "0.0000001"
    assert shown(timedelta(hours=25, seconds=3)) == "25:00:03"
    assert shown(True) == "TRUE"
    assert shown(datetime(2026, 1, 5, 10, 30)) == "2026-01-05 10:30:00"  # noqa: DTZ001 - a wall clock
