"""Sheets of prices for customers, read back as their programs would."""

import csv
from decimal import Decimal
from pathlib import Path

import openpyxl
import pytest

from tests.worlds import World, price_rows
from voipdesk.accounts import commands as people
from voipdesk.kernel.money import price_text
from voipdesk.kernel.problems import FileError, Refused
from voipdesk.tariffs import commands

HEAD = [
    "Prefix", "Destination", "Price per minute (USD)", "Connect fee (USD)", "Interval", "Effective from", "Status",
]  # fmt: skip


def read(path: Path) -> list[list[str]]:
    """Cells of a sheet as texts."""
    if path.suffix == ".csv":
        with path.open(encoding="utf-8-sig", newline="") as file:
            return list(csv.reader(file))
    book = openpyxl.load_workbook(path)
    found = [["" if cell is None else str(cell) for cell in row] for row in book.worksheets[0].values]
    book.close()
    return found


def test_a_csv_sheet_has_every_prefix_at_its_price(world: World, tmp_path: Path) -> None:
    path = tmp_path / "gold.csv"
    report = commands.export_plan(world.db, world.sara, "Gold", path)
    assert (report.rows, report.blocked, report.path) == (14, 0, path)
    rows = {row.prefix: row for row in price_rows()}
    told = read(path)
    assert told[0] == HEAD
    assert {one[0] for one in told[1:]} == set(rows)
    for prefix, destination, price, fee, interval, since, state in told[1:]:
        row = rows[prefix]
        assert (destination, price, state) == (row.destination, price_text(row.gold), "open")
        assert (interval, since) == (f"{row.initial}/{row.following}", "2026-10-01")
        assert price_text(Decimal(fee)) == "0.0000"


def test_an_xlsx_sheet_keeps_prefixes_as_text_and_prices_as_numbers(world: World, tmp_path: Path) -> None:
    path = tmp_path / "gold.xlsx"
    commands.export_plan(world.db, world.cora, "Nile Calls", path)
    book = openpyxl.load_workbook(path)
    rows = list(book.worksheets[0].iter_rows(min_row=2))
    book.close()
    assert len(rows) == 14
    for row in rows:
        assert row[0].data_type == "s"
        assert row[2].data_type == "n"
    assert {str(row[0].value): row[2].value for row in rows}["447"] == pytest.approx(0.029)


@pytest.mark.parametrize("ending", [".csv", ".xlsx"])
@pytest.mark.parametrize(("login", "key"), [("sara", "Gold"), ("sara", "Nile Calls"), ("rami", "DR Retail")])
def test_no_sheet_tells_the_base_or_the_supplier(
    world: World, tmp_path: Path, login: str, key: str, ending: str
) -> None:
    commands.add_rule(world.db, world.sara, plan="Gold", match="exact", pattern="447", action="block")
    path = tmp_path / f"sheet{ending}"
    commands.export_plan(world.db, world.actor(login), key, path)
    sheet = read(path)
    cells = {cell for row in sheet for cell in row}
    assert not [cell for cell in cells if "Aurora" in cell or "Gold" in cell or "Wholesale" in cell]
    bought = {row.prefix: row.buy for row in price_rows()}
    assert len(sheet) == 15
    for prefix, _, *rest in sheet[1:]:
        assert str(bought[prefix]) not in rest
        assert not rest[0] or Decimal(rest[0]) != bought[prefix]
    if key != "DR Retail":
        blocked = next(row for row in sheet if row[0] == "447")
        assert (blocked[2], blocked[3], blocked[6]) == ("", "", "blocked")


def test_names_of_destinations_cannot_become_formulas(world: World, tmp_path: Path) -> None:
    with world.db.write("Odd name", world.sara, undoable=False) as write:
        write.raw.execute("UPDATE rate SET destination = '=1+1' WHERE prefix = '447'")
    path = tmp_path / "gold.xlsx"
    commands.export_plan(world.db, world.sara, "Gold", path)
    book = openpyxl.load_workbook(path)
    cell = next(row[1] for row in book.worksheets[0].iter_rows(min_row=2) if str(row[0].value) == "447")
    assert cell.data_type == "s"
    book.close()


def test_dates_are_days_of_the_workspace_or_instants(world: World, tmp_path: Path) -> None:
    people.set_setting(world.db, world.sara, key="zone", value="UTC")
    path = tmp_path / "gold.csv"
    commands.export_plan(world.db, world.sara, "Gold", path)
    assert {row[5] for row in read(path)[1:]} == {"2026-09-30 21:00:00+00:00"}


def test_others_plans_make_no_file(world: World, tmp_path: Path) -> None:
    path = tmp_path / "gold.csv"
    with pytest.raises(Refused):
        commands.export_plan(world.db, world.rami, "Gold", path)
    assert not path.exists()


def test_a_folder_that_is_not_there_is_said(world: World, tmp_path: Path) -> None:
    with pytest.raises(FileError, match=r"gold\.csv"):
        commands.export_plan(world.db, world.sara, "Gold", tmp_path / "nowhere" / "gold.csv")
