"""Prices and dial codes on different sheets of a workbook, and decks on several sheets: found, read, accounted for."""

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from voipdesk.kernel.problems import FileError
from voipdesk.tabular.layout import Layout
from voipdesk.tabular.mapping import RateSheet, SheetRate
from voipdesk.tabular.sheet_roles import NONE, Sheets
from voipdesk.tabular.sniff import sniff_open

Rows = Sequence[Sequence[Any]]
DAY = date(2026, 11, 30)
COVER: Rows = [["Acme Telecom"], ["1 Harbour Street"]]
RATES: Rows = [
    ["Destination", "Rate", "Effective"],
    ["Germany Mobile", 0.033, DAY],
    ["egypt  mobile", 0.116, DAY],
    ["Atlantis Mobile", 0.5, DAY],
]
CODES: Rows = [
    ["Destination", "Codes"],
    ["Germany Mobile", "4915-4917"],
    ["Egypt Mobile", "2010;2011;2012;2015"],
    ["Lemuria", "999"],
]
GERMANY, EGYPT = ("4915", "4916", "4917"), ("2010", "2011", "2012", "2015")


def workbook(path: Path, sheets: Mapping[str, Rows]) -> Path:
    book = openpyxl.Workbook()
    book.remove(book.active)
    for name, rows in sheets.items():
        sheet = book.create_sheet(name)
        for number, cells in enumerate(rows, 1):
            for at, cell in enumerate(cells, 1):
                if cell is not None:
                    sheet.cell(number, at, cell)
    book.save(path)
    return path


def opened(path: Path, sheets: Sheets | None = None) -> tuple[Layout, list[SheetRate], RateSheet]:
    layout, table = sniff_open(path, kind="rates", sheet=sheets)
    with RateSheet(path, layout, table) as sheet:
        rows = list(sheet.rows())
        assert sheet.tally.total == (sheet.tally.skipped + sheet.tally.blank + len(rows)), (
            "every row is accounted for"
        )
        return layout, rows, sheet


def codes(rows: Sequence[SheetRate]) -> list[tuple[str, ...]]:
    return [row.codes for row in rows]


@pytest.mark.parametrize("order", [("Cover", "Rates", "Codes"), ("Codes", "Rates", "Cover")])
def test_prices_are_joined_with_the_codes_of_another_sheet(tmp_path: Path, order: Sequence[str]) -> None:
    sheets = {"Cover": COVER, "Rates": RATES, "Codes": CODES}
    path = workbook(tmp_path / "join.xlsx", {name: sheets[name] for name in order})
    layout, rows, sheet = opened(path)
    assert (layout.kind, layout.sheet, layout.ask) == ("rates", "Rates", ())
    assert layout.roles == {"Cover": "skip", "Rates": "rates", "Codes": "codes"}
    assert codes(rows) == [GERMANY, EGYPT, ()]
    assert [row.price for row in rows] == [Decimal("0.033"), Decimal("0.116"), Decimal("0.5")]
    assert [row.effective_from for row in rows] == [DAY] * 3
    (problem,) = rows[2].problems
    assert (problem.code, problem.place.sheet, problem.place.row) == ("no_codes", "Rates", 4)
    assert "Atlantis Mobile" in problem.message
    tally = sheet.tally
    assert (tally.total, tally.header, tally.codes, tally.unused) == (8, 2, 2, 1)
    assert [(one.name, one.sheet, one.row) for one in sheet.without_rate] == [("Lemuria", "Codes", 4)]


@pytest.mark.parametrize(
    ("table", "egypt"),
    [
        ([["Destination", "Prefix"], ["Germany Mobile", 4915], [None, 4916], [None, 4917], ["Egypt Mobile", 2010],
          ["EGYPT MOBILE", 2011], ["Egypt Mobile", 2012], ["Egypt Mobile", 2015], ["Lemuria", 999]], EGYPT),
        ([["Destination", "Country Code", "Area Codes"], ["Germany Mobile", 49, "15-17"],
          ["Egypt Mobile", 20, "10, 11,12"], [None, 20, "15"], ["Lemuria", 99, "9"]], EGYPT),
        ([["Acme codes"], [], ["Destination", "Dial Codes"], ["Germany Mobile", "+49 15, +49 16, 4917"],
          ["Egypt Mobile", "2010-2012, 2015"]], EGYPT),
        ([["Destination", "Prefix"], ["Germany Mobile", "004915"], ["Germany Mobile", "004916"],
          ["Germany Mobile", "004917"], ["Egypt Mobile", "002010-002012"]], EGYPT[:3]),
    ],
    ids=["a row for each code", "country and area", "titles above", "escape codes"],
)  # fmt: skip
def test_codes_in_any_form(tmp_path: Path, table: Rows, egypt: tuple[str, ...]) -> None:
    path = workbook(tmp_path / "join.xlsx", {"Codes": table, "Rates": RATES})
    layout, rows, sheet = opened(path)
    assert layout.roles == {"Codes": "codes", "Rates": "rates"}
    assert codes(rows) == [GERMANY, egypt, ()]
    assert sheet.tally.total == len(table) + len(RATES)


def test_sheets_may_be_joined_by_another_name_than_the_destination(tmp_path: Path) -> None:
    rates = [["Zone ID", "Destination", "Rate per minute"], ["Z1", "Germany", 0.01], ["Z2", "Egypt", 0.02]]
    table = [["Zone ID", "Network", "Dial Code"], ["z1", "Telefonica", 4917], ["Z2", "Vodafone", 2010]]
    layout, rows, _ = opened(workbook(tmp_path / "join.xlsx", {"Prices": rates, "Numbers": table}))
    assert layout.parts[0].columns == {"key": 0}
    assert [(row.destination, row.codes) for row in rows] == [("Germany", ("4917",)), ("Egypt", ("2010",))]


def test_countries_beside_the_names_do_not_join_the_sheets(tmp_path: Path) -> None:
    rates: list[list[Any]] = [["Country", "Destination", "Rate"]]
    table: list[list[Any]] = [["Country", "Destination", "Code"]]
    for at, country in enumerate(("Germany", "Egypt", "Kenya")):
        for kind in range(3):
            rates.append([country, f"{country} {kind}", 0.01 + kind / 100])
            table.append([country, f"{country} {kind if kind else 'Fixed'}", 4900 + 10 * at + kind])
    layout, rows, _ = opened(workbook(tmp_path / "join.xlsx", {"Rates": rates, "Codes": table}))
    assert layout.parts[0].columns == {"key": 1}
    assert codes(rows)[:3] == [(), ("4901",), ("4902",)]


def test_a_code_that_cannot_be_read_keeps_its_destination_out(tmp_path: Path) -> None:
    table = [*CODES, ["Egypt Mobile", "20abc"]]
    _, rows, _ = opened(workbook(tmp_path / "join.xlsx", {"Rates": RATES, "Codes": table}))
    assert codes(rows) == [GERMANY, (), ()]
    assert "20abc" in str(rows[1].problems[0])


def test_a_sheet_with_its_own_codes_is_read_alone(tmp_path: Path) -> None:
    whole = [["Destination", "Prefix", "Rate"], ["Germany", 49, 0.01], ["Egypt", 20, 0.02], ["Cuba", 53, 0.6]]
    layout, rows, _ = opened(workbook(tmp_path / "one.xlsx", {"Codes": CODES, "Deck": whole}))
    assert (layout.sheet, layout.parts, len(rows)) == ("Deck", (), 3)


def test_sheets_without_a_name_in_common_are_not_joined(tmp_path: Path) -> None:
    strange = [["Destination", "Codes"], ["France", "33"], ["Italy", "39"]]
    path = workbook(tmp_path / "two.xlsx", {"Rates": RATES, "Codes": strange})
    assert opened(path)[0].parts == ()
    with pytest.raises(FileError, match="Rates and Codes have no name in common"):
        opened(path, Sheets("Rates", "Codes"))


def test_told_roles_stand(tmp_path: Path) -> None:
    old = [["Destination", "Codes"], ["Germany Mobile", "4999"], ["Egypt Mobile", "2099"]]
    path = workbook(tmp_path / "three.xlsx", {"Rates": RATES, "Codes": CODES, "Old codes": old})
    assert opened(path)[0].roles == {"Rates": "rates", "Codes": "codes", "Old codes": "skip"}
    layout, rows, _ = opened(path, Sheets("Rates", "Old codes"))
    assert layout.roles == {"Rates": "rates", "Codes": "skip", "Old codes": "codes"}
    assert codes(rows) == [("4999",), ("2099",), ()]
    assert codes(opened(path, Sheets("Rates"))[1]) == [GERMANY, EGYPT, ()]
    assert opened(path, Sheets("Rates", NONE))[0].parts == ()
    with pytest.raises(FileError, match="there is no sheet Codes 2"):
        opened(path, Sheets("Rates", "Codes 2"))
    with pytest.raises(FileError, match="no column of sheet Rates was recognised as dial codes"):
        opened(path, Sheets("Codes", "Rates"))


def deck(*rows: Sequence[Any], titles: Sequence[str] = ("Destination", "Prefix", "Rate")) -> Rows:
    return [["ACME"], list(titles), *rows]


def test_a_deck_on_several_sheets_is_told_and_can_be_taken_whole(tmp_path: Path) -> None:
    first = deck(["Austria", 43, 0.01], ["Belgium", 32, 0.02], ["Cuba", 53, 0.6])
    second = deck([0.03, "Norway", 47], [], [0.04, "Zambia", 260], titles=("Rate", "Destination", "Prefix"))
    path = workbook(tmp_path / "deck.xlsx", {"A–M": first, "N–Z": second})
    layout, rows, _ = opened(path)
    assert (layout.sheet, layout.alike, len(rows)) == ("A–M", ("N–Z",), 3)
    assert "N–Z" in layout.notes[0]
    layout, rows, sheet = opened(path, Sheets("A–M/N–Z"))
    assert layout.roles == {"A–M": "rates", "N–Z": "rates"}
    assert [(row.row, layout.row_name(row.row), row.codes, row.price) for row in rows] == [
        (3, "A–M 3", ("43",), Decimal("0.01")), (4, "A–M 4", ("32",), Decimal("0.02")),
        (5, "A–M 5", ("53",), Decimal("0.6")), (8, "N–Z 3", ("47",), Decimal("0.03")),
        (10, "N–Z 5", ("260",), Decimal("0.04")),
    ]  # fmt: skip
    tally = sheet.tally
    assert (tally.total, tally.title, tally.header, tally.blank) == (10, 2, 2, 1)


def test_stacked_sheets_are_joined_too(tmp_path: Path) -> None:
    first = [["Destination", "Rate"], ["Egypt Mobile", 0.116]]
    second = [["Acme", 9], ["Destination", "Rate"], ["Germany Mobile", "no"], ["Germany Mobile", 0.033]]
    path = workbook(tmp_path / "both.xlsx", {"A–F": first, "G–Z": second, "Codes": CODES})
    layout, rows, _ = opened(path, Sheets("A–F/G–Z", "Codes"))
    assert codes(rows) == [EGYPT, GERMANY, GERMANY]
    assert (rows[1].problems[0].place.sheet, rows[1].problems[0].place.row) == ("G–Z", 3)
    assert layout.roles == {"A–F": "rates", "G–Z": "rates", "Codes": "codes"}
