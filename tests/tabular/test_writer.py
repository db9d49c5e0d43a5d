"""Files as other programs read them back: openpyxl, calamine and the csv module."""

import csv
import os
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from decimal import Decimal
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from python_calamine import CalamineWorkbook

from voipdesk.kernel.problems import Cancelled, FileError
from voipdesk.tabular import workbook
from voipdesk.tabular.writer import Sheet, Value, write_csv, write_rows, write_sheets, write_xlsx

HEAD = ["Prefix", "Destination", "Rate"]
FORMULAS = ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "\n=1", '=HYPERLINK("http://x")']


def cells(path: Path) -> list[list[Any]]:
    """Cells of the first sheet, as openpyxl reads them."""
    book = openpyxl.load_workbook(path)
    found = [list(row) for row in book.worksheets[0].iter_rows()]
    book.close()
    return found


def records(path: Path) -> list[list[str]]:
    """Rows of a CSV file."""
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.reader(file))


@pytest.mark.parametrize("text", FORMULAS)
def test_no_text_of_a_workbook_is_a_formula(tmp_path: Path, text: str) -> None:
    path = tmp_path / "a.xlsx"
    write_xlsx(path, [text, "B"], [[text, Decimal("-0.05")]])
    for row in cells(path):
        assert (row[0].data_type, row[0].value) == ("s", text)
        assert row[0].number_format == "@"
    with zipfile.ZipFile(path) as book:
        assert b"<f" not in book.read("xl/worksheets/sheet1.xml")


@pytest.mark.parametrize("text", FORMULAS)
def test_a_text_like_a_formula_gets_an_apostrophe_in_csv_and_a_price_none(tmp_path: Path, text: str) -> None:
    path = tmp_path / "a.csv"
    write_csv(path, [text, "B"], [[text, Decimal("-0.05")]])
    assert records(path) == [[f"'{text}", "B"], [f"'{text}", "-0.05"]]


@pytest.mark.parametrize(
    ("price", "shape"),
    [
        ("0.0450", "0.0000"),
        ("-0.05", "0.00"),
        ("7", "0"),
        ("1E+3", "0"),
        ("0.12345678", "0.00000000"),
        ("0.00", "0.00"),
    ],
)
def test_prices_are_numbers_with_their_decimals(tmp_path: Path, price: str, shape: str) -> None:
    path = tmp_path / "a.xlsx"
    value = Decimal(price)
    write_xlsx(path, ["Rate"], [[value]])
    cell = cells(path)[1][0]
    assert (cell.data_type, cell.number_format) == ("n", shape)
    assert Decimal(repr(cell.value)) == value
    with zipfile.ZipFile(path) as book:
        assert f"<v>{value:f}</v>".encode() in book.read("xl/worksheets/sheet1.xml")


def test_equal_prices_with_other_decimals_stay_apart(tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    write_xlsx(path, ["Rate"], [[Decimal("1.0")], [Decimal("1.000")], [1]])
    assert [row[0].number_format for row in cells(path)[1:]] == ["0.0", "0.000", "0"]


@pytest.mark.parametrize(
    "value", [Decimal("1234567890.1234567"), Decimal("NaN"), 12345678901234567, Decimal("1E+40")]
)
def test_what_a_spreadsheet_would_round_is_text(tmp_path: Path, value: Decimal | int) -> None:
    path = tmp_path / "a.xlsx"
    write_xlsx(path, ["Rate"], [[value]])
    cell = cells(path)[1][0]
    assert (cell.data_type, cell.value) == ("s", str(value))


def test_columns_of_text_hold_texts_whatever_comes(tmp_path: Path) -> None:
    write_xlsx(tmp_path / "a.xlsx", HEAD, [[447, "UK", Decimal("0.01")]], text_columns=["Prefix"])
    write_csv(tmp_path / "a.csv", HEAD, [[-447, "UK", Decimal("-0.01")]], text_columns=["Prefix"])
    prefix, _, rate = cells(tmp_path / "a.xlsx")[1]
    assert (prefix.value, prefix.number_format, rate.data_type) == ("447", "@", "n")
    assert records(tmp_path / "a.csv")[1] == ["'-447", "UK", "-0.01"]


def test_days_are_dates_and_instants_are_iso_text(tmp_path: Path) -> None:
    moment = datetime(2026, 10, 1, 12, 30, tzinfo=UTC)
    row = [date(2026, 10, 1), date(1900, 2, 28), moment]
    write_xlsx(tmp_path / "a.xlsx", HEAD, [row])
    write_csv(tmp_path / "a.csv", HEAD, [row])
    day, early, instant = cells(tmp_path / "a.xlsx")[1]
    assert (day.is_date, day.value) == (True, datetime.fromisoformat("2026-10-01"))
    assert (early.value, instant.value) == ("1900-02-28", "2026-10-01 12:30:00+00:00")
    assert records(tmp_path / "a.csv")[1] == ["2026-10-01", "1900-02-28", "2026-10-01 12:30:00+00:00"]
    assert CalamineWorkbook.from_path(tmp_path / "a.xlsx").get_sheet_by_index(0).to_python()[1][0] == date(
        2026, 10, 1
    )


def test_a_float_is_a_fault_of_the_program(tmp_path: Path) -> None:
    with pytest.raises(TypeError, match="float"):
        write_xlsx(tmp_path / "a.xlsx", ["Rate"], [[0.1]])  # type: ignore[list-item]
    assert not list(tmp_path.iterdir())


def test_signs_that_xml_lacks_are_made_visible(tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    write_xlsx(path, ["A\x00"], [["\x01a\x0b\ud800\uffff<&>\"'"], ["a\r\nb\t "], ["_x0041_"], ["x" * 40_000]])
    found = [row[0].value for row in cells(path)]
    assert found[:3] == ["A\ufffd", "\ufffda\ufffd\ufffd\ufffd<&>\"'", "a\r\nb\t "]
    assert found[3] == "_x005F_x0041_", "else Excel reads the letter A"
    assert len(found[4]) <= 32_767
    assert found[4].endswith("…")


def test_the_title_row_is_bold_and_frozen_and_columns_have_room(tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    write_xlsx(path, HEAD, [["447", "United Kingdom, mobile, all networks", Decimal("0.1")]])
    book = openpyxl.load_workbook(path)
    sheet = book.worksheets[0]
    assert (sheet.title, sheet.freeze_panes) == ("Rates", "A2")
    assert [cell.font.b for cell in sheet[1]] == [True] * 3
    assert [cell.font.b for cell in sheet[2]] == [False] * 3
    assert sheet.column_dimensions["B"].width > sheet.column_dimensions["A"].width >= 8
    book.close()


def test_names_of_sheets_are_made_to_fit(tmp_path: Path) -> None:
    titles = ["A/B: [x]*?\\", "a b   x", "'", "", "History", "n" * 40, "n" * 50]
    path = tmp_path / "a.xlsx"
    assert write_sheets(path, [Sheet(title, ["A"], [["1"]]) for title in titles]) == len(titles)
    book = openpyxl.load_workbook(path)
    assert book.sheetnames == workbook.sheet_names(titles)
    assert len({name.casefold() for name in book.sheetnames}) == len(titles)
    assert all(0 < len(name) <= 31 and not set(name) & set("[]:*?/\\") for name in book.sheetnames)
    book.close()


values = st.one_of(
    st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x00\ufffe\uffff"), max_size=12),
    st.integers(-(10**14), 10**14),
    st.decimals(-(10**6), 10**6, places=8),
    st.dates(date(1900, 3, 1)),
    st.none(),
)


def in_xlsx(value: Value) -> Any:
    """What openpyxl is to find."""
    if isinstance(value, date):
        return datetime.combine(value, time())
    if isinstance(value, str):
        kept = "".join(sign if sign >= " " or sign in "\t\n\r" else "\ufffd" for sign in value)
        return kept or None
    return value


def in_csv(value: Value) -> str:
    """What the csv module is to find."""
    if isinstance(value, str):
        return f"'{value}" if value[:1] in set("=+-@\t\r\n＝＋－＠") else value
    return "" if value is None else f"{value:f}" if isinstance(value, Decimal) else str(value)


@settings(max_examples=60)
@given(st.lists(st.lists(values, min_size=3, max_size=3), max_size=6))
def test_rows_come_back_as_they_were(rows: list[list[Value]]) -> None:
    with TemporaryDirectory() as folder:
        book, text = Path(folder) / "a.xlsx", Path(folder) / "a.csv"
        assert write_rows(book, HEAD, rows) == write_rows(text, HEAD, rows) == len(rows)
        assert records(text) == [HEAD, *([in_csv(value) for value in row] for row in rows)]
        found = {cell.coordinate: cell for row in cells(book)[1:] for cell in row}
    for number, row in enumerate(rows, start=2):
        for letter, value in zip("ABC", row, strict=True):
            wanted, cell = in_xlsx(value), found.get(f"{letter}{number}")
            got = cell.value if cell is not None else None
            assert cell is None or not isinstance(value, str) or wanted is None or cell.data_type == "s"
            if isinstance(value, Decimal) and isinstance(got, float):
                got = Decimal(repr(got))
            assert got == wanted or Decimal(str(got)) == wanted


@dataclass
class Stop:
    """Progress of somebody who has had enough after so many rows."""

    after: int
    seen: int = 0

    def step(self, done: int, total: int | None = None, what: str = "") -> None:
        self.seen = done
        if done >= self.after:
            raise Cancelled


def many(count: int) -> Iterator[list[Value]]:
    """Rows without end."""
    for number in range(count):
        yield [str(number), "Zone", Decimal(number).scaleb(-4)]


@pytest.mark.parametrize("ending", [".csv", ".xlsx"])
def test_a_cancelled_file_leaves_the_old_one(tmp_path: Path, ending: str) -> None:
    path = tmp_path / f"a{ending}"
    write_rows(path, HEAD, many(2))
    before = path.read_bytes()
    stop = Stop(10_000)
    with pytest.raises(Cancelled):
        write_rows(path, HEAD, many(50_000), progress=stop)
    assert stop.seen == 10_000
    assert path.read_bytes() == before
    assert os.listdir(tmp_path) == [path.name]


@pytest.mark.parametrize("ending", [".csv", ".xlsx"])
def test_a_source_that_breaks_leaves_nothing(tmp_path: Path, ending: str) -> None:
    def broken() -> Iterator[list[Value]]:
        yield from many(3)
        raise RuntimeError("the deck is gone")

    with pytest.raises(RuntimeError):
        write_rows(tmp_path / f"a{ending}", HEAD, broken())
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("ending", [".csv", ".xlsx"])
def test_what_the_disk_refuses_is_said(tmp_path: Path, ending: str) -> None:
    with pytest.raises(FileError, match=rf"a\{ending}.*No such file") as none:
        write_rows(tmp_path / "nowhere" / f"a{ending}", HEAD, many(1))
    assert "folder" in none.value.problem.hint
    (tmp_path / f"a{ending}").mkdir()
    with pytest.raises(FileError, match=rf"a\{ending}"):
        write_rows(tmp_path / f"a{ending}", HEAD, many(1))
    assert os.listdir(tmp_path) == [f"a{ending}"]


def test_other_endings_are_refused(tmp_path: Path) -> None:
    with pytest.raises(FileError, match="ending"):
        write_rows(tmp_path / "a.ods", HEAD, many(1))


def test_more_rows_than_a_sheet_has_are_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(workbook, "MOST_ROWS", 4)
    assert write_rows(tmp_path / "a.xlsx", HEAD, many(3)) == 3
    with pytest.raises(FileError, match="room for 4 rows"):
        write_rows(tmp_path / "b.xlsx", HEAD, many(4))
    assert os.listdir(tmp_path) == ["a.xlsx"]


def test_the_same_rows_make_the_same_file(tmp_path: Path) -> None:
    write_rows(tmp_path / "a.xlsx", HEAD, many(700))
    write_rows(tmp_path / "b.xlsx", HEAD, many(700))
    assert (tmp_path / "a.xlsx").read_bytes() == (tmp_path / "b.xlsx").read_bytes()
    read = CalamineWorkbook.from_path(tmp_path / "a.xlsx").get_sheet_by_index(0).to_python()
    assert (len(read), read[700]) == (701, ["699", "Zone", 0.0699])
