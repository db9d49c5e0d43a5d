"""Rate tables side by side from the command line."""

from pathlib import Path

import pytest

from tests.cli.running import CommandLine
from tests.cli.test_sheets import Sheet
from voipdesk.tabular.reader import open_table

TWO = ("compare-rates", "Aurora A-Z", "Borealis")


@pytest.fixture
def two(cli: CommandLine, sheet: Sheet) -> CommandLine:
    """A second carrier beside Aurora: cheaper to the UK, dearer to Egypt, without mobiles, Cuba blocked."""
    cli("tables", "add", "Borealis", "--currency", "USD")
    lines = ("44,UK,0.0060", "20,Egypt,0.2000", "53,Cuba,blocked", "888,Elsewhere,1")
    path = sheet("borealis.csv", "code,name,cost", *lines)
    cli("import-rates", path, "--table", "Borealis", "--set", "currency=USD")
    return cli


def test_each_prefix_with_the_offer_of_each_table(two: CommandLine) -> None:
    rows = {row["prefix"]: row for row in two.json(*TWO).lines}
    assert rows["44"]["prices"] == {"Aurora A-Z": "0.008", "Borealis": "0.006"}
    assert (rows["44"]["cheapest"], rows["44"]["spread"], rows["44"]["simulated"]) == (
        "0.006",
        "33.33",
        [],
    )
    assert rows["447"]["prices"]["Borealis"] == "0.006"
    assert rows["447"]["simulated"] == ["Borealis"]
    assert rows["53"]["blocked"] == ["Borealis"]
    assert rows["53"]["prices"]["Borealis"] is None
    assert rows["888"]["prices"]["Aurora A-Z"] is None
    assert rows["44"]["minutes"] == 0


def test_narrowed_as_on_the_page(two: CommandLine) -> None:
    def prefixes(*words: str) -> list[str]:
        return [row["prefix"] for row in two.json(*TWO, *words).lines]

    assert "888" in prefixes("--gaps")
    assert "44" not in prefixes("--gaps")
    assert "447" in prefixes("--gaps", "--own-prefixes")
    assert prefixes("--prefix", "44", "--differences") == ["44", "447"]
    rows = two.json(*TWO, "--master", "Borealis", "--as-of", "2026-01-01").lines
    assert rows == [], "nothing was in force then"


def test_people_read_a_table_and_who_is_the_cheapest(two: CommandLine) -> None:
    said = two(*TWO, "--prefix", "44").out
    assert "0.0060*" in said
    assert "2 prefixes · Cheapest: Aurora A-Z" in said


@pytest.mark.parametrize("name", ["out.csv", "out.xlsx"])
def test_the_rows_as_a_file_are_those_of_the_page(two: CommandLine, tmp_path: Path, name: str) -> None:
    out = tmp_path / name
    told = two.json(*TWO, "--out", out).object
    assert told == {"file": str(out), "rows": len(two.json(*TWO).lines)}
    with open_table(out) as table:
        rows = [[str(cell or "") for cell in row] for _, row in table.rows()]
    assert rows[0][:4] == ["Prefix", "Destination", "Aurora A-Z (USD)", "Borealis (USD)"]
    assert len(rows) == told["rows"] + 1
    assert next(row for row in rows if row[0] == "447")[3] == "0.0060 *"


def test_what_cannot_be_compared_is_said(two: CommandLine, tmp_path: Path) -> None:
    assert "Choose two to 8" in two("compare-rates", "Aurora A-Z", code=1).err
    assert "Nowhere" in two("compare-rates", "Aurora A-Z", "Nowhere", code=1).err
    two("tables", "add", "Euros", "--currency", "EUR")
    assert "USD" in two("compare-rates", "Aurora A-Z", "Euros", code=1).err
    assert ".pdf" in two(*TWO, "--out", tmp_path / "out.pdf", code=1).err
