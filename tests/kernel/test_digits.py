"""Which characters count as digits, and which texts as whole numbers."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from voipdesk.kernel.digits import MOST_DIGITS, has_digit, is_digits, whole_number

DIGITS = st.text(st.characters(categories=["Nd", "No", "Nl"]), max_size=24)
"""Of every script, and what Python calls a digit or a numeral besides: ², Ⅳ, ½."""


@pytest.mark.parametrize("text", ["", "²", "46³56", "٤٤", "४४", "４４", "+44", "44 ", "4.4", "-1"])
def test_no_digits_of_ours(text: str) -> None:
    assert not is_digits(text)
    assert whole_number(text) is None


@pytest.mark.parametrize(
    ("text", "number"), [("0", 0), ("0044", 44), ("9" * 18, 10**18 - 1), ("9" * 19, None)]
)
def test_whole_numbers(text: str, number: int | None) -> None:
    assert is_digits(text)
    assert whole_number(text) == number


@given(DIGITS)
def test_any_digits(text: str) -> None:
    """What is told to be a number can be made one."""
    found = whole_number(text)
    assert (found is not None) == (is_digits(text) and len(text) <= MOST_DIGITS)
    assert found is None or str(found) == (text.lstrip("0") or "0")


@pytest.mark.parametrize(
    ("text", "said"), [("٤", True), ("a4", True), ("²", False), ("½", False), ("", False)]
)
def test_a_digit_of_any_script_is_seen(text: str, said: bool) -> None:
    assert has_digit(text) == said
