"""Dial codes out of cells: every way of writing them that carriers have."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from voipdesk.tabular.cells import Cell
from voipdesk.tabular.codes import MAX_CODES, CodeRules, area_items, join_area, read_codes
from voipdesk.tabular.values import Fault


def codes(cell: Cell, rules: CodeRules | None = None) -> tuple[str, ...]:
    """The codes of a cell that has to be readable."""
    found = read_codes(cell, rules) if rules else read_codes(cell)
    assert not isinstance(found, Fault), found
    return found


def fault(cell: Cell) -> Fault:
    """The fault of a cell that must not be readable."""
    found = read_codes(cell)
    assert isinstance(found, Fault), found
    return found


@pytest.mark.parametrize(
    ("cell", "wanted"),
    [
        ("44", ("44",)),
        (" 44 ", ("44",)),
        ("+44", ("44",)),
        ("_44X.", ("44",)),
        ('="0044"', ("0044",)),
        ("^44.*$", ("44",)),
        ("44%", ("44",)),
        ("\u0664\u0664", ("44",)),
        ("\u06f4\u06f4-\u06f4\u06f5", ("44", "45")),
        ("'0044", ("0044",)),
        ("\u20184420", ("4420",)),
        ("(44) 207", ("44207",)),
        ("447.0", ("447",)),
        ("447,00", ("447",)),
        (447, ("447",)),
        (Decimal("447"), ("447",)),
        ("7072xxxxx", ("7072",)),
        ("7072*", ("7072",)),
        ("49152, 49162; 49172", ("49152", "49162", "49172")),
        ("33607|33608", ("33607", "33608")),
        ("33607/33608", ("33607", "33608")),
        ("33607\n33608", ("33607", "33608")),
        ("336 07, 336 08", ("33607", "33608")),
        ("33607 33608", ("33607", "33608")),
        ("447-449", ("447", "448", "449")),
        ("447 - 449", ("447", "448", "449")),
        ("447\u2013449", ("447", "448", "449")),
        ("447 to 449", ("447", "448", "449")),
        ("447..449", ("447", "448", "449")),
        ("447-449, 4420", ("447", "448", "449", "4420")),
        ("447[3-5]", ("4473", "4474", "4475")),
        ("447[35]9", ("44739", "44759")),
        ("447[1,3-4]", ("4471", "4473", "4474")),
        ("44[12][34]", ("4413", "4414", "4423", "4424")),
        ("44, 44", ("44",)),
        ("44,", ("44",)),
        ("007", ("007",)),
    ],
)
def test_ways_of_writing(cell: Cell, wanted: tuple[str, ...]) -> None:
    assert codes(cell) == wanted


@pytest.mark.parametrize(
    ("cell", "code"),
    [
        ("", "prefix_missing"),
        ("  ", "prefix_missing"),
        (",;", "prefix_missing"),
        ("Egypt", "prefix_unreadable"),
        ("44a", "prefix_unreadable"),
        ("4.47E+11", "prefix_scientific"),
        ("4,47E+11", "prefix_scientific"),
        ("44, 4.47E+11", "prefix_scientific"),
        ("1234567890123456", "prefix_too_long"),
        ("449-447", "prefix_range"),
        ("44-4499", "prefix_range"),
        ("100000-999999", "prefix_range_too_wide"),
        ("44[0-9][0-9][0-9][0-9][0-9]", "prefix_range_too_wide"),
        (Decimal("44.5"), "prefix_unreadable"),
        (-44, "prefix_unreadable"),
        (True, "prefix_unreadable"),
    ],
)
def test_what_is_no_code(cell: Cell, code: str) -> None:
    found = fault(cell)
    assert found.code == code
    assert found.message.endswith(".")
    assert found.hint


def test_a_fault_shows_the_cell() -> None:
    assert "Egypt" in fault("Egypt").message
    assert "4.47E+11" in fault("4.47E+11").message


def test_hyphens_mean_what_the_column_says() -> None:
    assert codes("93-76", CodeRules(hyphen="join")) == ("9376",)
    assert codes("33-34", CodeRules(hyphen="join")) == ("3334",)
    assert codes("33-34", CodeRules(hyphen="span")) == ("33", "34")


def test_escape_codes_are_stripped_only_where_the_column_has_them() -> None:
    assert codes("0044", CodeRules(escapes=("00",))) == ("44",)
    assert codes("01144-01146", CodeRules(escapes=("011",))) == ("44", "45", "46")
    assert codes("00", CodeRules(escapes=("00",))) == ("00",)


def test_a_lead_stands_before_each_code() -> None:
    assert codes("212555", CodeRules(lead="1")) == ("1212555",)
    assert codes("212555, 212556", CodeRules(lead="1")) == ("1212555", "1212556")


def test_country_and_area() -> None:
    rules = CodeRules()
    assert join_area("355", "38; 39", rules) == ("35538", "35539")
    assert join_area("355", "", rules) == ("355",)
    assert join_area("355", "; 38", rules) == ("355", "35538")
    assert join_area("44", "20-22", rules) == ("4420", "4421", "4422")
    assert join_area("44", 20, rules) == ("4420",)
    found = join_area("44", "London", rules)
    assert isinstance(found, Fault)
    long = join_area("44", "12345678901234", rules)
    assert isinstance(long, Fault)
    assert long.code == "prefix_too_long"


def test_items_of_an_area() -> None:
    assert area_items("38;39;") == ("38", "39")
    assert area_items("; 38") == ("", "38")
    assert area_items("") == ("",)


@given(st.integers(1, 99999), st.integers(0, 300))
def test_a_range_is_every_code_between_its_ends(low: int, more: int) -> None:
    high = low + more
    found = read_codes(f"{low}-{high}")
    if len(str(low)) == len(str(high)):
        assert found == tuple(str(number) for number in range(low, high + 1))
    else:
        assert isinstance(found, Fault)


@given(
    st.lists(st.from_regex(r"[1-9][0-9]{0,13}", fullmatch=True), min_size=1, max_size=20),
    st.sampled_from(",;|\n"),
)
def test_a_list_is_its_codes_once_in_order(listed: list[str], separator: str) -> None:
    assert read_codes(separator.join(listed)) == tuple(dict.fromkeys(listed))


@given(st.text(max_size=60))
def test_no_text_breaks_it(text: str) -> None:
    found = read_codes(text)
    if not isinstance(found, Fault):
        assert 0 < len(found) <= MAX_CODES
        assert all(code.isascii() and code.isdigit() and len(code) <= 15 for code in found)
