"""What each column was taken for and why, what is left out, and what is asked because prices or signs are equal."""

from decimal import Decimal
from pathlib import Path
from random import Random

import pytest

from tests.tabular.carriers.deck import deck
from voipdesk.tabular.conventions import decides_decimal
from voipdesk.tabular.layout import Layout
from voipdesk.tabular.sniff import sniff


def found(tmp_path: Path, head: str, cells: str, **wish: object) -> Layout:
    """The layout of twenty rows of these cells, with codes, names and prices put in."""
    lines = [
        cells.format(code=line.code, name=line.name, price=line.price, low=line.offpeak, n=at)
        for at, line in enumerate(deck(Random(1), 20))
    ]
    path = tmp_path / "sheet.csv"
    path.write_text("\n".join([head, *lines]) + "\n", encoding="utf-8")
    return sniff(path, **wish)  # type: ignore[arg-type]


def test_why_a_column_is_what_it_is(tmp_path: Path) -> None:
    layout = found(
        tmp_path, "Xq,Zielvorwahl,Rate,Notiz", "{name},{code},{price},x{n}", learned={"xq": "destination"}
    )
    assert [(one.role, one.source) for one in layout.findings] == [
        ("destination", "learned"),
        ("prefix", "title"),
        ("rate", "title"),
        ("", "none"),
    ]
    code = layout.finding(1)
    assert code is not None
    assert (code.row, code.confidence, len(code.samples)) == (2, 0.75, 3)
    assert "Zielvorwahl" in code.evidence
    told = found(tmp_path, "A,B,C,D", "{name},{code},{price},x{n}", columns={"prefix": 1, "rate": 2})
    assert {one.role: one.source for one in told.findings if one.role} == {
        "destination": "cells",
        "prefix": "told",
        "rate": "told",
    }
    assert layout.as_json()["findings"][1]["role"] == "prefix"


def test_prices_that_are_left_out_are_named(tmp_path: Path) -> None:
    layout = found(tmp_path, "Code,Name,Peak,Standard Rate", "{code},{name},{price},{low}")
    assert (layout.columns["rate"], layout.ask) == (2, ())
    assert len(layout.notes) == 1
    assert "Standard Rate" in layout.notes[0]


def test_the_price_of_a_part_of_the_week_tells_why_it_is_taken_for_that(tmp_path: Path) -> None:
    layout = found(tmp_path, "Code,Name,Peak,Off-Peak", "{code},{name},{price},{low}")
    finding = layout.finding(3)
    assert finding is not None
    assert (finding.role, finding.source, layout.notes) == ("rate.off-peak", "title", ())
    assert finding.evidence == "the title Off-Peak says so; 100% of its cells look like it"


@pytest.mark.parametrize(
    "head", ["Code,Name,Gold,Silver", "Code,Name,Price A,Price B", "Code,Name,Premium Rate,Economy Rate"]
)
def test_two_prices_with_the_same_right_are_asked(head: str, tmp_path: Path) -> None:
    layout = found(tmp_path, head, "{code},{name},{price},{low}")
    assert [(one.about, one.answers) for one in layout.ask] == [("columns.rate", ("3", "4"))]
    assert not found(tmp_path, head, "{code},{name},{price},{low}", columns={"rate": 3}).ask


def test_a_sign_that_no_price_decides_is_asked_unless_a_fee_does(tmp_path: Path) -> None:
    assert decides_decimal("1,234") is None
    layout = found(tmp_path, "Code;Name;Rate", "{code};{name};1,2{n:02}")
    assert [(one.about, one.answers) for one in layout.ask] == [("decimal", (",", "."))]
    layout = found(tmp_path, "Code;Name;Rate;Setup Fee", "{code};{name};1,2{n:02};0,05")
    assert (layout.decimal, layout.ask) == (",", ())


@pytest.mark.parametrize(
    ("head", "scale"),
    [
        ("Code,Name,Rate (1/10000 USD)", "0.0001"),
        ("Code,Name,Eurocent/Min", "0.01"),
        ("Code,Name,USD/sec", "60"),
        ("Code,Name,Rate in EUR", "1"),
    ],
)
def test_units_with_their_evidence(head: str, scale: str, tmp_path: Path) -> None:
    layout = found(tmp_path, head, "{code},{name},{price}")
    assert layout.scale == Decimal(scale)
    assert layout.evidence["scale"]
