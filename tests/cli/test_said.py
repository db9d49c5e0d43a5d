"""Tables for people: points in line, and no digit of an amount lost."""

from decimal import Decimal

import pytest

from voipdesk.cli import said


def test_amounts_of_a_column_stand_at_one_point(capsys: pytest.CaptureFixture[str]) -> None:
    rows = [{"who": "Nile", "net": Decimal(71)}, {"who": "Blue", "net": Decimal("14.2")}, {"who": "Palm"}]
    said.rows(rows, ("who", "net"), as_lines=False)
    assert capsys.readouterr().out.splitlines() == ["who     net", "Nile  71.00", "Blue  14.20", "Palm"]


def test_the_longest_price_rules_its_column(capsys: pytest.CaptureFixture[str]) -> None:
    said.rows([{"rate": Decimal("0.034375")}, {"rate": Decimal("1.2")}], ("rate",), as_lines=False)
    assert capsys.readouterr().out.splitlines() == ["    rate", "0.034375", "1.200000"]
