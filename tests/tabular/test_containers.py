"""Every kind of file is found by its bytes and gives the same rows, as a stream."""

import gzip
import tracemalloc
from datetime import datetime
from decimal import Decimal
from itertools import islice
from pathlib import Path

import pytest

from tests.tabular import files
from tests.tabular.files import DECK, read
from voipdesk.kernel.problems import FileError
from voipdesk.tabular.container import CHUNK, FREE_UNPACKED, Container, look
from voipdesk.tabular.dialect import dialect_of
from voipdesk.tabular.encoding import encoding_of
from voipdesk.tabular.mapping import RateSheet
from voipdesk.tabular.reader import open_table
from voipdesk.tabular.sniff import sniff, sniff_open

WANTED = [list(row) for row in DECK]
SAMPLES = Path(__file__).parents[2] / "../shared/samples"


@pytest.mark.parametrize(
    ("make", "name", "container"),
    [
        (files.text, "deck.csv", Container.TEXT),
        (files.text, "deck.xls", Container.TEXT),
        (files.html, "deck.xls", Container.HTML),
        (files.html, "deck.csv", Container.HTML),
        (files.spreadsheetml, "deck.xls", Container.SPREADSHEETML),
        (files.ods, "deck.ods", Container.ODS),
        (files.ods, "deck.xlsx", Container.ODS),
        (lambda path, rows: files.xlsx(path, {"Rates": rows}), "deck.xlsx", Container.XLSX),
        (
            lambda path, rows: files.xlsx(path.with_suffix(".xlsx"), {"A": rows}).rename(path),
            "deck.csv",
            Container.XLSX,
        ),
    ],
)
def test_the_bytes_decide(make, name: str, container: Container, tmp_path: Path) -> None:  # type: ignore[no-untyped-def]
    path = make(tmp_path / name, DECK)
    assert look(path).container is container
    assert read(path) == WANTED
    layout = sniff(path)
    assert (layout.kind, layout.container) == ("rates", str(container))
    assert layout.columns == {"prefix": 0, "destination": 1, "rate": 2, "effective_date": 3}


def test_columns_of_a_workbook_count_from_a_wherever_the_table_begins(tmp_path: Path) -> None:
    rows = [[None, None, f"Zone {at}", 4400 + at, 0.01] for at in range(9)]
    rows = [[None], *rows, [None, None, "Zone 9", "oops", 0.02]]
    path = files.xlsx(tmp_path / "indented.xlsx", {"Rates": rows})
    layout = sniff(path, kind="rates")
    assert layout.columns == {"destination": 2, "prefix": 3, "rate": 4}
    with RateSheet(path, layout) as sheet:
        last = list(sheet.rows())[-1]
    assert (last.problems[0].place.column, last.problems[0].place.row) == ("#4", 11)


def test_an_old_workbook() -> None:
    path = SAMPLES / "rates/x01_derived_r05_binary.xls"
    if not path.is_file():
        pytest.skip("no samples here")
    assert look(path).container is Container.XLS
    assert len(read(path)) > 1000


def test_a_member_of_an_archive(tmp_path: Path) -> None:
    readme = tmp_path / "readme.txt"
    readme.write_text("November")
    path = files.zipped(tmp_path / "deck.zip", readme, files.text(tmp_path / "deck.csv", DECK))
    with open_table(path) as table:
        assert table.source.member == "deck.csv"
        assert [cells for _, cells in table.rows()] == WANTED
        folder = table.source.path.parent
        assert folder.is_dir()
    assert not folder.exists()
    with open_table(path, member="readme.txt") as table:
        assert [cells for _, cells in table.rows()] == [["November"]]
    with pytest.raises(FileError) as raised:
        open_table(path, member="other.csv")
    assert raised.value.code == "member_missing"


def test_a_packed_text(tmp_path: Path) -> None:
    packed = tmp_path / "deck.csv.gz"
    packed.write_bytes(gzip.compress(files.text(tmp_path / "deck.csv", DECK).read_bytes()))
    layout = sniff(packed)
    assert (layout.kind, layout.container, layout.member) == ("rates", "csv", "deck.csv")
    with RateSheet(packed, layout) as sheet:
        assert [row.codes for row in sheet.rows()] == [("44",), ("447",), ("4930",)]


@pytest.mark.parametrize(("change", "code"), [(slice(40), "file_damaged"), (slice(None), "file_too_large")])
def test_a_packed_text_that_is_cut_or_a_bomb(change: slice, code: str, tmp_path: Path) -> None:
    packed = tmp_path / "deck.csv.gz"
    packed.write_bytes(gzip.compress(b"0" * (FREE_UNPACKED + CHUNK + 1))[change])
    with pytest.raises(FileError) as raised:
        open_table(packed)
    assert raised.value.code == code


def test_a_workbook_in_an_archive(tmp_path: Path) -> None:
    path = files.zipped(tmp_path / "deck.zip", files.xlsx(tmp_path / "deck.xlsx", {"Rates": DECK}))
    layout = sniff(path)
    assert layout.member == "deck.xlsx"
    with RateSheet(path, layout) as sheet:
        assert [row.codes for row in sheet.rows()] == [("44",), ("447",), ("4930",)]


def test_cells_of_a_workbook_are_exact(tmp_path: Path) -> None:
    day = datetime(2026, 11, 30)  # noqa: DTZ001 - as a spreadsheet has it
    path = files.xlsx(
        tmp_path / "deck.xlsx", {"Rates": [["Code", "Rate", "Day"], [44, 0.1, day], [447, 3.0, None]]}
    )
    (_, first, second) = read(path)
    assert first[:2] == [44, Decimal("0.1")]
    assert second == [447, 3, ""]
    assert type(second[1]) is int
    assert first[2] in {day, day.date()}


def test_the_sheet_with_rates_is_chosen(tmp_path: Path) -> None:
    notes = [["Dear partner"], ["Please find the rates enclosed."], ["Kind regards"]]
    path = files.xlsx(tmp_path / "deck.xlsx", {"Notes": notes, "Old": DECK[:2], "A-Z": DECK}, hidden=["Old"])
    layout, table = sniff_open(path)
    with table:
        assert layout.sheet == table.sheet == "A-Z"
        assert layout.sheets == ("Notes", "Old", "A-Z")
        assert len(list(table.rows())) == len(DECK)
        assert len(list(table.rows())) == len(DECK)
    assert sniff(path, sheet="Old").sheet == "Old"
    with pytest.raises(FileError) as raised:
        sniff(path, sheet="None")
    assert raised.value.code == "sheet_missing"
    assert "A-Z" in str(raised.value)


@pytest.mark.parametrize(
    ("encoding", "words", "found"),
    [
        ("ascii", "Germany", "utf-8"),
        ("utf-8", "Österreich Côte d'Ivoire مصر", "utf-8"),
        ("utf-8-sig", "Österreich", "utf-8-sig"),
        ("utf-16", "Österreich مصر", "utf-16"),
        ("utf-16-le", "Österreich", "utf-16-le"),
        ("utf-16-be", "Österreich", "utf-16-be"),
        ("cp1252", "Österreich Türkei Dänemark Français Perú", "cp1252"),
        ("cp1251", "Германия Россия Украина", "cp1251"),
        ("cp1250", "Česká Łotwa Węgry Śląsk Žilina", "cp1250"),
        ("cp1253", "Ελλάδα Κύπρος Αθήνα", "cp1253"),
        ("cp1256", "مصر السعودية الأردن", "cp1256"),
    ],
)
def test_encodings(encoding: str, words: str, found: str, tmp_path: Path) -> None:
    rows = [
        ["Code", "Destination", "Rate"],
        *([f"4{at}", word, "0.0120"] for at, word in enumerate(words.split())),
    ]
    path = files.text(tmp_path / "deck.csv", rows, delimiter=";", encoding=encoding)
    assert encoding_of(path) == found
    assert read(path) == rows


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_delimiters_and_line_ends(delimiter: str, end: str, tmp_path: Path) -> None:
    path = files.text(tmp_path / "deck.csv", DECK, delimiter=delimiter, end=end)
    layout = sniff(path)
    assert layout.dialect
    assert layout.dialect.delimiter == delimiter
    assert read(path) == WANTED


def test_a_decimal_comma_is_no_delimiter(tmp_path: Path) -> None:
    rows = [[cell.replace("0.0", "0,0") for cell in row] for row in WANTED]
    path = files.text(tmp_path / "deck.csv", rows, delimiter=";")
    assert read(path) == rows
    assert sniff(path).decimal == ","


def test_quotes(tmp_path: Path) -> None:
    path = tmp_path / "deck.csv"
    path.write_text('Code,Name,Rate\n44,"UK, ""main""",0.01\n447,"two\nlines",0.02\n49,Germany,0.03\n')
    assert [row[1] for row in read(path)] == ["Name", 'UK, "main"', "two\nlines", "Germany"]
    with open_table(path) as table:
        assert [number for number, _ in table.rows()] == [1, 2, 3, 5]
    path.write_text("'Code';'Name';'Rate'\n'44';'UK; main';'0.01'\n'447';'UK';'0.02'\n")
    assert read(path)[1] == ["44", "UK; main", "0.01"]


def test_the_line_that_names_the_separator() -> None:
    assert dialect_of(["sep=|", "a|b", "1,5|2,5"], "utf-8").delimiter == "|"


def test_fixed_width(tmp_path: Path) -> None:
    path = tmp_path / "deck.txt"
    rows = [
        ("93", "Afghanistan", "0.1500"),
        ("355", "Albania", "0.0900"),
        ("213", "Algeria", "0.1100"),
        ("44", "UK", "0.0100"),
    ]
    path.write_text("".join(f"{code:<8}{name:<20}{rate:>10}\n" for code, name, rate in rows))
    assert [tuple(row) for row in read(path)] == rows


def test_records_of_xml(tmp_path: Path) -> None:
    path = tmp_path / "deck.xml"
    path.write_text(
        "<?xml version='1.0'?><deck><rate code='44'><name>UK</name><price>0.01</price></rate>"
        "<rate code='49'><name>Germany</name><price>0.02</price></rate></deck>"
    )
    assert read(path) == [["@code", "name", "price"], ["44", "UK", "0.01"], ["49", "Germany", "0.02"]]


def test_rows_are_a_stream(tmp_path: Path) -> None:
    """Reading 400,000 rows takes no more memory than reading a few."""
    path = tmp_path / "long.csv"
    with path.open("w") as file:
        file.write("Code,Destination,Rate\n")
        file.writelines(f"{1_000_000 + at},Zone {at % 900},0.{at % 9999:04}\n" for at in range(400_000))
    layout = sniff(path)
    tracemalloc.start()
    try:
        with RateSheet(path, layout) as sheet:
            count = sum(1 for _ in islice(sheet.rows(), 150_000))
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert count == 150_000
    # What is kept are the 9,999 different prices.
    assert peak < 24 << 20


def test_asking_for_a_few_rows_reads_a_few(tmp_path: Path) -> None:
    path = tmp_path / "odd.csv"
    path.write_bytes(b"Code,Rate\n" + b"44,0.1\n" * 400 + b"x" * (3 << 20))
    with open_table(path) as table:
        rows = table.rows()
        assert next(rows) == (1, ["Code", "Rate"])
        assert next(rows) == (2, ["44", "0.1"])
        with pytest.raises(FileError) as raised:
            list(rows)
    assert raised.value.code == "line_too_long"
    assert "row 402" in str(raised.value)
