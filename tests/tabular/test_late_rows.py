"""What thousands of rows leave open is decided by the first row that can, however late it comes."""

from pathlib import Path

import pytest

from tests.tabular import files
from voipdesk.tabular.sniff import sniff

TITLES = ["Code", "Destination", "Rate", "Effective Date"]


def rows(late: dict[int, list[str]]) -> list[list[str]]:
    """6,000 rows that fit both signs and both orders, but for late ones (by their row in the file)."""
    plain = ["", "Zone", "1,234", "03/04/2026"]
    return [late.get(at, [str(440_000 + at), *plain[1:]]) for at in range(2, 6_002)]


def write(path: Path, late: dict[int, list[str]]) -> Path:
    if path.suffix == ".csv":
        return files.text(path, [TITLES, *rows(late)], delimiter=";")
    return files.xlsx(path, {"Rates": [TITLES, *rows(late)]})


@pytest.mark.parametrize("ending", ["csv", "xlsx"])
def test_a_late_row_decides(tmp_path: Path, ending: str) -> None:
    late = {
        5_000: ["45", "Zone", "0,05", "03/04/2026"],
        5_001: ["46", "Zone", "0.05", "30/04/2026"],
        5_002: ["47", "Zone", "0.05", "04/30/2026"],
    }
    layout = sniff(write(tmp_path / f"sheet.{ending}", late), kind="rates")
    assert (layout.decimal, layout.date_order, layout.ask) == (",", "dmy", ())
    assert layout.evidence["decimal"] == "row 5000: 0,05"
    assert layout.evidence["date_order"] == "row 5001 decides"


def test_without_one_it_is_asked(tmp_path: Path) -> None:
    layout = sniff(write(tmp_path / "sheet.csv", {}), kind="rates")
    assert layout.date_order == "ask"
    assert "date_order" in {question.about for question in layout.ask}
