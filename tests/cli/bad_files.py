"""Files that are not what they should be, made when they are asked for."""

import io
import zipfile
from collections.abc import Callable
from pathlib import Path

import openpyxl

TITLES = "Prefix,Destination,Rate,Effective Date"
GOOD = f"{TITLES}\n44,UK,0.01,2026-11-30\n45,Denmark,0.02,2026-11-30\n"
CALL_TITLES = "uniqueid,account,caller,called,start,answer,billsec,disposition"
MEGABYTE = 1 << 20


def workbook() -> bytes:
    """A small sound workbook."""
    book = openpyxl.Workbook()
    page = book.active
    assert page is not None
    page.append(["Prefix", "Destination", "Rate"])
    for number in range(200):
        page.append([str(4400 + number), "UK", "0.01"])
    kept = io.BytesIO()
    book.save(kept)
    return kept.getvalue()


def with_sheet(path: Path, parts: Callable[[], list[bytes]]) -> None:
    """A workbook whose only sheet is made of these parts."""
    with (
        zipfile.ZipFile(io.BytesIO(workbook())) as sound,
        zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as out,
    ):
        for name in sound.namelist():
            if not name.endswith("sheet1.xml"):
                out.writestr(name, sound.read(name))
        with out.open("xl/worksheets/sheet1.xml", "w", force_zip64=True) as file:
            file.write(b'<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">')
            file.write(b"<sheetData>")
            for part in parts():
                file.write(part)
            file.write(b"</sheetData></worksheet>")


def empty(path: Path) -> None:
    path.write_bytes(b"")


def directory(path: Path) -> None:
    path.mkdir()


def pdf(path: Path) -> None:
    path.write_bytes(b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n1 0 obj\n<<>>\nendobj\n" + bytes(range(256)) * 20)


def truncated(path: Path) -> None:
    sound = workbook()
    path.write_bytes(sound[: len(sound) // 2])


def locked(path: Path) -> None:
    """What every office program writes around a workbook with a password: an OLE file with this stream."""
    head = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(504)
    path.write_bytes(head + "EncryptedPackage".encode("utf-16-le") + bytes(4096))


def bomb(path: Path) -> None:
    blank = b" " * MEGABYTE
    with_sheet(path, lambda: [blank] * 600)


def zipped_bomb(path: Path) -> None:
    with (
        zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as out,
        out.open("rates.csv", "w", force_zip64=True) as file,
    ):
        for _ in range(600):
            file.write(bytes(MEGABYTE))


def million_empty_rows(path: Path) -> None:
    rows = "".join(f'<row r="{number}"><c r="A{number}"/></row>' for number in range(1, 1_000_001))
    with_sheet(path, lambda: [rows.encode()])


def too_wide(path: Path) -> None:
    titles = ",".join(["Prefix", "Rate", *["x"] * 99_998])
    cells = ",".join(["44", "0.01", *["1"] * 99_998])
    path.write_text(f"{titles}\n{cells}\n", encoding="utf-8")


def huge_price(path: Path) -> None:
    path.write_text(f"{TITLES}\n44,UK,1e400,2026-11-30\n", encoding="utf-8")


def bad_date(path: Path) -> None:
    path.write_text(f"{TITLES}\n44,UK,0.01,31/02/2026\n", encoding="utf-8")


def letters(path: Path) -> None:
    path.write_text(f"{TITLES}\nFORTYFOUR,UK,0.01,2026-11-30\n", encoding="utf-8")


def negative_duration(path: Path) -> None:
    call = "1,NILE,201,442079460000,2026-10-01 10:00:00,2026-10-01 10:00:05,-5,ANSWERED"
    path.write_text(f"{CALL_TITLES}\n{call}\n", encoding="utf-8")
