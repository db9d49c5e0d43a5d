"""Decks with a price for each place a call comes from: which of them is the rate is asked."""

from decimal import Decimal
from pathlib import Path

import pytest

from tests.tabular.test_sniff import asked, found, rates


@pytest.mark.parametrize(
    ("titles", "answers"),
    [
        ("NPANXX,Interstate,Intrastate,Indeterminate", ("2", "3", "4")),
        ("NPA-NXX,Intra Rate,Inter Rate,OCN", ("2", "3")),
        ("Prefix,inter_rate,intra_rate,Local", ("2", "3", "4")),
    ],
)
def test_a_price_for_each_place_a_call_comes_from_is_asked_about(
    tmp_path: Path, titles: str, answers: tuple[str, ...]
) -> None:
    lines = ("212555,0.01,0.02,0.04", "646222,0.01,0.03,0.05", "305111,0.012,0.02,0.03")
    layout = found(tmp_path, titles, *lines)
    assert asked(layout) == {"columns.rate"}
    assert layout.ask[0].answers == answers
    assert all(f"{at} {titles.split(',')[int(at) - 1]}" in layout.ask[0].text for at in answers)
    told = found(tmp_path, titles, *lines, columns={"rate": 1})
    assert (told.columns["rate"], told.ask) == (1, ())
    assert [row.price for row in rates(tmp_path, told)] == [Decimal(line.split(",")[1]) for line in lines]
    assert any(titles.split(",")[2] in note for note in told.notes)


def test_a_price_for_all_calls_or_for_one_kind_of_place_is_not_asked_about(tmp_path: Path) -> None:
    lines = ("212555,0.01,0.02,0.04", "646222,0.01,0.03,0.05", "305111,0.012,0.02,0.03")
    for titles in ("NPANXX,Rate,Intrastate Rate,Interstate Rate", "NPANXX,Interstate,OCN,LATA"):
        layout = found(tmp_path, titles, *lines)
        assert (layout.columns["rate"], layout.ask) == (1, ())
