"""What is no table, or a broken one: refused quickly, in bounded memory, with a sentence that helps."""

import os
import random
import struct
import sys
import time
import zipfile
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import date
from decimal import Decimal
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from tests.memory import peak_megabytes
from tests.tabular import files
from voipdesk.kernel.problems import FileError, Problem
from voipdesk.tabular.faults import from_os
from voipdesk.tabular.mapping import RateSheet
from voipdesk.tabular.reader import open_table
from voipdesk.tabular.sniff import sniff

SECONDS = 10.0
"""Of the processor, so that other work on the machine does not count."""

MEGABYTES = 200
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"


@contextmanager
def bounded() -> Iterator[None]:
    """No refusal takes long, or makes the process grow much."""
    started, before = time.process_time(), peak_megabytes()
    yield
    assert time.process_time() - started < SECONDS
    assert peak_megabytes() - before < MEGABYTES


def read_whole(path: Path) -> list[Problem]:
    """Find the layout and read every row; returns the problems of the rows."""
    layout = sniff(path, kind="rates")
    with RateSheet(path, layout) as sheet:
        return [problem for row in sheet.rows() for problem in row.problems]


def refused(path: Path, code: str) -> FileError:
    """The refusal of a file, which names it and says what to do next."""
    with bounded(), pytest.raises(FileError) as raised:
        read_whole(path)
    error = raised.value
    assert error.code == code
    assert path.name in str(error)
    assert error.problem.hint
    assert error.problems
    assert error.problems[0].place.file == path.name
    return error


def made(path: Path, content: bytes) -> Path:
    """A file of these bytes."""
    path.write_bytes(content)
    return path


@pytest.mark.parametrize(
    ("name", "content", "code", "word"),
    [
        ("empty.csv", b"", "file_empty", "empty"),
        ("blank.csv", b"\xef\xbb\xbf\r\n \n", "file_empty", "empty"),
        ("zeros.csv", b"\x00" * 4096, "file_empty", "empty"),
        ("sheet.csv", b"%PDF-1.7\n%\xe2\xe3\n1 0 obj", "file_not_a_table", "PDF"),
        ("sheet.xlsx", b"\x89PNG\r\n\x1a\n" + b"\x00" * 64, "file_not_a_table", "PNG"),
        ("sheet.csv", b"\xff\xd8\xff\xe0\x00\x10JFIF" + b"\x00" * 64, "file_not_a_table", "JPEG"),
        ("sheet.csv", b"MZ\x90\x00\x03\x00" + b"\x00" * 512, "file_not_a_table", "EXE"),
        ("sheet.csv", b"\x7fELF\x02\x01\x01" + b"\x00" * 64, "file_not_a_table", "ELF"),
        ("sheet.csv", b"\x1f\x8b\x08\x00" + b"\x01" * 64, "file_damaged", "damaged"),
        ("sheet.csv", b'[ {"prefix": "44", "rate": 0.05},\n{"prefix": "49"}]', "file_not_a_table", "JSON"),
        ("lines.txt", b'{"prefix": "44", "rate": 0.05}\n', "file_not_a_table", "JSON"),
        ("sheet.csv", b"Rar!\x1a\x07\x01\x00" + b"\x01" * 64, "file_not_a_table", "RAR"),
        ("desk.csv", b"SQLite format 3\x00" + b"\x01" * 64, "file_not_a_table", "SQLite"),
        ("old.xls", b"\x09\x04\x06\x00\x00\x00\x10\x00" + b"\x00" * 64, "file_too_old", "Excel 4"),
        ("cut.xls", OLE + b"\x00" * 600, "file_damaged", "damaged"),
        ("letter.xls", OLE + b"\x00" * 600 + "WordDocument".encode("utf-16-le"), "file_not_a_table", "Word"),
        (
            "locked.xlsx",
            OLE + b"\x00" * 600 + "EncryptedPackage".encode("utf-16-le"),
            "file_locked",
            "password",
        ),
        ("cut.xlsx", b"PK\x03\x04" + b"\x00" * 40, "file_damaged", "damaged"),
        ("noise.csv", bytes(range(1, 32)) * 300, "file_not_a_table", "binary"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_what_is_no_table(name: str, content: bytes, code: str, word: str, tmp_path: Path) -> None:
    assert word in str(refused(made(tmp_path / name, content), code))


def test_missing_and_folder(tmp_path: Path) -> None:
    assert str(tmp_path) in str(refused(tmp_path / "none.csv", "file_missing"))
    (tmp_path / "folder.csv").mkdir()
    refused(tmp_path / "folder.csv", "file_is_folder")
    refused(tmp_path / "desk.vdesk", "file_is_workspace")


@contextmanager
def as_nobody() -> Iterator[None]:
    """As root, somebody who may not read everything; everybody else stays who he is."""
    if not hasattr(os, "geteuid") or os.geteuid() != 0:
        yield
        return
    os.seteuid(65534)
    try:
        yield
    finally:
        os.seteuid(0)


@pytest.mark.skipif(sys.platform == "win32", reason="needs permissions of Unix")
def test_without_permission() -> None:
    with TemporaryDirectory() as folder:  # pytest's own folders are closed to others all the way down.
        os.chmod(folder, 0o755)
        path = files.text(Path(folder) / "deck.csv", files.DECK)
        path.chmod(0)
        with as_nobody():
            refused(path, "file_not_allowed")


def test_who_holds_a_file_is_said_as_far_as_the_system_tells(tmp_path: Path) -> None:
    path = made(tmp_path / "rates.xlsx", b"x")
    plain, shared = PermissionError(13, "no"), PermissionError(13, "no")
    shared.winerror = 32  # type: ignore[attr-defined, unused-ignore] # as Windows has it
    assert "give yourself the right to read it" in str(from_os(path, plain))
    assert "another program has it open. Close it there, or import a copy." in str(from_os(path, shared))
    made(tmp_path / "~$rates.xlsx", b"sara")
    found = from_os(path, plain)
    assert (found.code, "is open in Excel" in str(found)) == ("file_not_allowed", True)


@pytest.mark.parametrize("share", [0.3, 0.6, 0.9, 0.99])
def test_a_workbook_cut_off(share: float, tmp_path: Path) -> None:
    whole = files.xlsx(tmp_path / "whole.xlsx", {"Rates": list(files.DECK) * 50}).read_bytes()
    refused(made(tmp_path / "cut.xlsx", whole[: int(len(whole) * share)]), "file_damaged")


def test_a_workbook_with_a_damaged_sheet(tmp_path: Path) -> None:
    whole = bytearray(files.xlsx(tmp_path / "whole.xlsx", {"Rates": list(files.DECK) * 50}).read_bytes())
    with zipfile.ZipFile(tmp_path / "whole.xlsx") as archive:
        info = archive.getinfo("xl/worksheets/sheet1.xml")
    for at in range(info.header_offset + 80, info.header_offset + 60 + info.compress_size):
        whole[at] ^= 0x5A
    refused(made(tmp_path / "broken.xlsx", bytes(whole)), "file_damaged")


def test_a_zip_with_a_password(tmp_path: Path) -> None:
    path = files.zipped(tmp_path / "deck.zip", files.text(tmp_path / "deck.csv", files.DECK))
    whole = bytearray(path.read_bytes())
    for signature, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        whole[whole.find(signature) + offset] |= 1
    refused(made(tmp_path / "locked.zip", bytes(whole)), "file_locked")


def test_a_bomb(tmp_path: Path) -> None:
    """Two gigabytes in two megabytes: refused by its declared size, before anything is unpacked."""
    path = tmp_path / "bomb.zip"
    with (
        zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive,
        archive.open("deck.csv", "w") as out,
    ):
        for _ in range(200):
            out.write(b"0" * (1 << 20))
    assert "200 MB" in str(refused(path, "file_too_large"))


def test_a_bomb_that_lies_about_its_size(tmp_path: Path) -> None:
    path = tmp_path / "bomb.xlsx"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("[Content_Types].xml", "<Types/>")
        archive.writestr("xl/workbook.xml", "<workbook/>")
        archive.writestr("xl/worksheets/sheet1.xml", b"0" * (150 << 20))
    whole = bytearray(path.read_bytes())
    at = whole.rfind(b"PK\x01\x02")
    whole[at + 24 : at + 28] = struct.pack("<I", 1000)
    with bounded(), pytest.raises(FileError) as raised:
        read_whole(made(path, bytes(whole)))
    assert raised.value.code in {"file_damaged", "file_too_large"}


@pytest.mark.parametrize(
    "place", ["XFD1048576", "AB4000000000", "C4000000000", "XFD5000000", "ABCDE1000", "C00000000000004000000"]
)
def test_two_cells_in_opposite_corners(place: str, tmp_path: Path) -> None:
    path = files.xlsx(tmp_path / "corners.xlsx", {"Rates": files.DECK})
    row = place.lstrip("ABCDEFX").lstrip("0")
    content = zipfile.ZipFile(path)
    with content, zipfile.ZipFile(tmp_path / "far.xlsx", "w", zipfile.ZIP_DEFLATED) as out:
        for name in content.namelist():
            data = content.read(name)
            if name.endswith("sheet1.xml"):
                far = f'<row r="{row}"><c r="{place}"><v>1</v></c></row></sheetData>'
                data = data.replace(b"</sheetData>", far.encode())
            out.writestr(name, data)
    assert row in str(refused(tmp_path / "far.xlsx", "file_too_large"))


@pytest.mark.parametrize("delimiter", [",", ";"])
def test_a_million_empty_rows(delimiter: str, tmp_path: Path) -> None:
    path = tmp_path / "long.csv"
    path.write_text("Code,Name,Rate\n44,UK,0.01\n".replace(",", delimiter) + f"{delimiter * 2}\n" * 1_000_000)
    with bounded():
        layout = sniff(path, kind="rates")
        with RateSheet(path, layout) as sheet:
            assert [row.codes for row in sheet.rows()] == [("44",)]
            assert sheet.tally.blank == 1_000_000
            assert sheet.tally.total == 1_000_002


def test_nothing_but_empty_rows(tmp_path: Path) -> None:
    path = tmp_path / "empty.csv"
    path.write_text(",,\n" * 1_000_000)
    with bounded():
        assert sniff(path).kind == "other"


def test_a_hundred_thousand_columns(tmp_path: Path) -> None:
    path = tmp_path / "wide.csv"
    path.write_text("Code,Rate\n" + ",".join(["1"] * 100_000) + "\n44,0.1\n")
    error = refused(path, "too_many_columns")
    assert "row 2" in str(error)
    assert "100000" in str(error)
    refused(
        files.xlsx(tmp_path / "wide.xlsx", {"Rates": [["Code", "Rate"], ["44"] * 2000]}), "too_many_columns"
    )


def test_a_quotation_mark_never_closed(tmp_path: Path) -> None:
    path = tmp_path / "open.csv"
    path.write_text('Code,Name,Rate\n44,"UK,0.01\n' + "447,UK Mobile,0.02\n" * 20_000)
    assert "row 2" in str(refused(path, "cell_too_long"))


def test_zero_bytes_in_a_row(tmp_path: Path) -> None:
    path = made(
        tmp_path / "nul.csv",
        b"Code,Name,Rate\n44,UK,0.01\n4\x007,UK,0.02\n49,Germany,0.03\n" + b"33,F,0.1\n" * 30,
    )
    with bounded():
        (problem,) = read_whole(path)
    assert (problem.place.file, problem.place.row, problem.place.column) == ("nul.csv", 3, "Code")
    assert problem.hint


@pytest.mark.parametrize(
    ("cells", "code", "column"),
    [
        (("44", "UK", "1e400", "2026-11-30", "60/1"), "price_unreadable", "Rate"),
        (("44", "UK", "9" * 30, "2026-11-30", "60/1"), "price_too_large", "Rate"),
        (("44", "UK", "", "2026-11-30", "60/1"), "price_missing", "Rate"),
        (("44", "UK", "0.01", "31/02/2026", "60/1"), "date_unreadable", "Effective"),
        (("44", "UK", "0.01", "2026-11-30", "often"), "interval_unreadable", "Increment"),
        (("UK", "UK", "0.01", "2026-11-30", "60/1"), "prefix_unreadable", "Code"),
        (("4.4E+11", "UK", "0.01", "2026-11-30", "60/1"), "prefix_scientific", "Code"),
        (("", "UK", "0.01", "2026-11-30", "60/1"), "prefix_missing", "Code"),
        (("44-4499", "UK", "0.01", "2026-11-30", "60/1"), "prefix_range", "Code"),
    ],
)
def test_a_bad_cell(cells: tuple[str, ...], code: str, column: str, tmp_path: Path) -> None:
    good = [[f"4{at}", "Zone", "0.01", "2026-11-30", "60/1"] for at in range(5)]
    head = ["Code", "Destination", "Rate", "Effective", "Increment"]
    path = files.text(tmp_path / "deck.csv", [head, *good, cells, *good])
    (problem,) = read_whole(path)
    assert problem.code == code
    place = problem.place
    assert (place.file, place.row, place.column) == ("deck.csv", 7, column)
    assert place.value == cells[head.index(column)]
    assert problem.message.endswith(".")
    assert problem.hint


def test_a_bad_cell_of_a_workbook_names_its_sheet(tmp_path: Path) -> None:
    rows: files.Rows = [["Code", "Rate"], ["44", 0.01], ["45", date(2026, 1, 5)], [46, Decimal("0.5")]]
    (problem,) = read_whole(files.xlsx(tmp_path / "deck.xlsx", {"A-Z": rows}))
    assert (problem.place.sheet, problem.place.row, problem.place.column) == ("A-Z", 3, "Rate")


def test_broken_sixteen_bit_text(tmp_path: Path) -> None:
    whole = "".join(f"4{at};Zone;0.0{at}\r\n" for at in range(1, 9)).encode("utf-16")
    broken = whole[:-1] + b"\x00\xd8\x41"
    path = made(tmp_path / "deck.csv", broken)
    with bounded():
        layout = sniff(path, kind="rates")
        with RateSheet(path, layout) as sheet:
            rows = list(sheet.rows())
            assert sheet.tally.total == len(rows) + sheet.tally.skipped + sheet.tally.blank
    assert [row.codes for row in rows if not row.problems][:3] == [("41",), ("42",), ("43",)]


def test_entities_are_refused(tmp_path: Path) -> None:
    lol = "<!ENTITY a 'ha'>" + "".join(
        f"<!ENTITY {chr(98 + at)} '{f'&{chr(97 + at)};' * 10}'>" for at in range(10)
    )
    path = tmp_path / "deck.xml"
    path.write_text(f"<?xml version='1.0'?><!DOCTYPE deck [{lol}]><deck><rate><code>&k;</code></rate></deck>")
    refused(path, "file_damaged")


@pytest.mark.parametrize("make", ["xlsx", "ods", "csv", "html", "spreadsheetml"])
def test_mutated_files_give_rows_or_one_refusal(make: str, tmp_path: Path) -> None:
    """A hundred random changes of each kind of file: rows with problems, or a FileError, and nothing else."""
    makers: dict[str, Callable[[Path], Path]] = {
        "xlsx": lambda path: files.xlsx(path, {"Rates": files.DECK}),
        "ods": lambda path: files.ods(path, files.DECK),
        "csv": lambda path: files.text(path, files.DECK),
        "html": lambda path: files.html(path, files.DECK),
        "spreadsheetml": lambda path: files.spreadsheetml(path, files.DECK),
    }
    whole = makers[make](tmp_path / f"deck.{make}").read_bytes()
    chance = random.Random(zlib.crc32(make.encode()))
    path = tmp_path / "mutated"
    for _ in range(100):
        changed = bytearray(whole)
        for _ in range(chance.randint(1, 12)):
            at = chance.randrange(len(changed))
            kind = chance.random()
            if kind < 0.6:
                changed[at] = chance.randrange(256)
            elif kind < 0.8:
                del changed[at : at + chance.randint(1, 40)]
            else:
                changed[at:at] = bytes(chance.randrange(256) for _ in range(chance.randint(1, 8)))
        path.write_bytes(changed)
        with suppress(FileError):
            read_whole(path)


def old_workbook(path: Path, *, sheets: int = 1, rows: int = 200) -> bytearray:
    """The bytes of an .xls."""
    xlwt = pytest.importorskip("xlwt")
    book = xlwt.Workbook()
    for number in range(sheets):
        sheet = book.add_sheet(f"Rates {number}")
        for at in range(rows // (number + 1)):
            sheet.write(at, 0, f"44{at}")
            sheet.write(at, 1, "0.0120")
    book.save(str(path))
    return bytearray(path.read_bytes())


@pytest.mark.parametrize("sector", [1, 3])
def test_an_old_workbook_whose_sectors_lead_back_to_themselves(sector: int, tmp_path: Path) -> None:
    """The reader of .xls would follow that chain for ever, taking memory as it goes."""
    path = tmp_path / "loop.xls"
    raw = old_workbook(path)
    (table,) = struct.unpack_from("<I", raw, 76)
    struct.pack_into("<I", raw, ((table + 1) << 9) + 4 * sector, 1)  # this sector is followed by sector 1
    refused(made(path, bytes(raw)), "file_damaged")


def test_an_old_workbook_whose_directory_leads_back_to_itself(tmp_path: Path) -> None:
    path = tmp_path / "loop.xls"
    raw = old_workbook(path)
    (table,) = struct.unpack_from("<I", raw, 76)
    (directory,) = struct.unpack_from("<I", raw, 48)
    struct.pack_into("<I", raw, ((table + 1) << 9) + 4 * directory, directory)
    refused(made(path, bytes(raw)), "file_damaged")


@pytest.mark.parametrize(
    ("record", "fields", "code"),
    [
        # Two cells in opposite corners, as one number and as one of many that stand side by side.
        (struct.pack("<HHHH", 0x00FD, 10, 199, 1), (4, "<HH", 44_340, 39_210), "file_too_large"),
        (
            struct.pack("<HHHH", 0x00FD, 10, 199, 1),
            (0, "<HHHH", 0x00BD, 10, 65_535, 65_535),
            "file_too_large",
        ),
        # What the sheet says of itself: everything there is, and borders the wrong way round.
        (struct.pack("<HHI", 0x0200, 14, 0), (4, "<IIHH", 0, 0xFFFFFFFF, 0, 0xFFFF), "file_damaged"),
        (struct.pack("<HHI", 0x0200, 14, 0), (4, "<IIHH", 200, 100, 0, 2), "file_damaged"),
    ],
)
def test_an_old_workbook_that_asks_for_all_memory(
    record: bytes, fields: tuple[int, str, *tuple[int, ...]], code: str, tmp_path: Path
) -> None:
    """The reader takes what such a file asks for, and where it does not get it the whole program ends."""
    path = tmp_path / "huge.xls"
    raw = old_workbook(path)
    struct.pack_into(fields[1], raw, raw.index(record) + fields[0], *fields[2:])
    refused(made(path, bytes(raw)), code)


@pytest.mark.parametrize(("place", "count"), [(44, 0xFFFFFFFF), (64, 0xFFFF), (64, 0x7FFF0000), (44, 5000)])
def test_an_old_workbook_with_more_tables_than_sectors(place: int, count: int, tmp_path: Path) -> None:
    path = tmp_path / "tables.xls"
    raw = old_workbook(path)
    struct.pack_into("<I", raw, place, count)
    refused(made(path, bytes(raw)), "file_damaged")


def test_an_old_workbook_whose_sheets_are_all_the_same_place(tmp_path: Path) -> None:
    """Each would be read anew: the square of what the file holds."""
    path = tmp_path / "same.xls"
    raw = old_workbook(path, sheets=40)
    at, first = 0, b""
    while (at := raw.find(b"\x85\x00", at) + 2) > 1:
        if raw[at + 8 : at + 10] == b"\x07\x00" and raw[at + 10 :].startswith(b"Rates"):
            first = first or bytes(raw[at + 2 : at + 6])
            raw[at + 2 : at + 6] = first
    assert first
    refused(made(path, bytes(raw)), "file_damaged")


def test_a_usual_old_workbook_is_read(tmp_path: Path) -> None:
    path = tmp_path / "usual.xls"
    old_workbook(path, sheets=3, rows=20)
    with open_table(path) as table:
        assert table.sheets == ("Rates 0", "Rates 1", "Rates 2")
        assert [cells for _, cells in table.rows()] == [[f"44{at}", "0.0120"] for at in range(20)]


def test_an_archive_whose_member_has_no_name(tmp_path: Path) -> None:
    path = tmp_path / "noname.zip"
    member = zipfile.ZipInfo("rates.csv")
    member.filename = ""
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr(member, "44,0.01")
    refused(path, "file_empty")


@pytest.mark.parametrize("count", ["99999999999", "3000000000", "20"])
def test_shared_texts_that_are_said_to_be_many(count: str, tmp_path: Path) -> None:
    """Room for all of them would be taken before the first is read."""
    path = files.xlsx(tmp_path / "many.xlsx", {"Rates": files.DECK})
    with zipfile.ZipFile(path, "a") as archive:
        texts = f'<sst uniqueCount="{count}"><si><t>a</t></si></sst>'
        archive.writestr("xl/sharedStrings.xml", texts)
    refused(path, "file_damaged")


@pytest.mark.parametrize(
    "body",
    [
        '<Workbook xmlns="urn:schemas-microsoft-com:office:spreadsheet"><Worksheet/></Workbook>',
        "<calls><call><a>1</a></call></calls>",
    ],
)
def test_xml_in_an_encoding_that_nobody_knows(body: str, tmp_path: Path) -> None:
    refused(
        made(tmp_path / "odd.xls", f'<?xml version="1.0" encoding="UTF1e9998"?>{body}'.encode()),
        "file_damaged",
    )


def test_a_thousand_columns_of_different_cells_take_no_longer(tmp_path: Path) -> None:
    dice = random.Random(1)
    lines = (",".join(f"{dice.random():.4f}" for _ in range(1000)) for _ in range(1500))
    path = made(tmp_path / "wide.csv", "\n".join(lines).encode())
    started = time.process_time()
    assert sniff(path).kind == "other"
    assert time.process_time() - started < SECONDS
