"""Exact numbers and the one rounding door."""

from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from voipdesk.kernel.money import (
    Money,
    Rounding,
    currency_decimals,
    from_scaled,
    parse_price,
    plain,
    price_text,
    rounded,
    to_scaled,
)


@pytest.mark.parametrize(
    ("value", "decimals", "mode", "expected"),
    [
        ("0.0000005", 6, Rounding.HALF_UP, "0.000001"),
        ("-0.0000005", 6, Rounding.HALF_UP, "-0.000001"),
        ("0.0000005", 6, Rounding.HALF_EVEN, "0.000000"),
        ("0.0000015", 6, Rounding.HALF_EVEN, "0.000002"),
        ("0.00000001", 6, Rounding.UP, "0.000001"),
        ("0.00000099", 6, Rounding.DOWN, "0.000000"),
        ("14.37", -1, Rounding.HALF_UP, "10"),
        ("0.0110", 4, Rounding.HALF_UP, "0.0110"),
    ],
)
def test_rounding_after_the_rule(value, decimals, mode, expected):
    assert str(rounded(Decimal(value), decimals, mode)) == expected
    assert str(rounded(Fraction(value), decimals, mode)) == expected


def test_binary_floats_never_come_in():
    with pytest.raises(TypeError):
        rounded(0.1, 2)
    assert rounded(Decimal("0.0110") * Decimal("1.05"), 4) == Decimal("0.0116")


@given(
    st.fractions(-(10**9), 10**9, max_denominator=10**12), st.integers(0, 8), st.sampled_from(list(Rounding))
)
def test_a_rounded_fraction_is_within_a_unit_and_keeps_its_sign(value, decimals, mode):
    result = Fraction(rounded(value, decimals, mode))
    unit = Fraction(1, 10**decimals)
    assert abs(result - value) < unit
    if mode in (Rounding.HALF_UP, Rounding.HALF_EVEN):
        assert abs(result - value) <= unit / 2
    assert result == 0 or (result > 0) == (value > 0)
    assert rounded(-value, decimals, mode) == -rounded(value, decimals, mode)


@given(st.decimals(-(10**9), 10**9, places=12), st.integers(-3, 8), st.sampled_from(list(Rounding)))
def test_decimals_and_fractions_round_alike(value, decimals, mode):
    assert rounded(value, decimals, mode) == rounded(Fraction(value), decimals, mode)


@pytest.mark.parametrize(
    "text", ["1e400", "1e4", "nan", "inf", "0x10", "1,5", "", "--1", "１.5", "1000001", "0.000000001"]
)
def test_what_is_no_price_is_said(text):
    with pytest.raises(ValueError, match=r".+"):
        parse_price(text)


@pytest.mark.parametrize(
    ("text", "value"), [("0.0345", "0.0345"), (".5", "0.5"), ("-1", "-1"), (" 12. ", "12")]
)
def test_prices_are_read_exactly(text, value):
    assert parse_price(text) == Decimal(value)


def test_text_of_prices_and_plain_numbers():
    assert price_text(Decimal("0.1")) == "0.1000"
    assert price_text(Decimal("0.123456")) == "0.123456"
    assert str(plain(Decimal("1E+2"))) == "100"
    assert str(plain(Decimal("0E-8"))) == "0"
    assert str(from_scaled(to_scaled(Decimal("0.10")))) == "0.1"


def test_money_stays_in_its_currency():
    assert Money(Decimal("1.005"), "USD").rounded() == Money(Decimal("1.01"), "USD")
    assert Money(Decimal("1.5"), "JPY").rounded().amount == 2
    with pytest.raises(ValueError, match="do not add up"):
        Money(Decimal(1), "USD") + Money(Decimal(1), "EUR")
    with pytest.raises(TypeError):
        Money(0.5, "USD")
    assert [currency_decimals(code) for code in ("USD", "JPY", "KWD")] == [2, 0, 3]
