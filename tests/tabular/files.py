"""Files of every kind, made by the tests: text in any encoding, workbooks, markup, archives."""

import zipfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any
from xml.sax.saxutils import escape

import openpyxl

from voipdesk.tabular.reader import open_table

Rows = Sequence[Sequence[Any]]

DECK: Rows = (
    ("Code", "Destination", "Rate", "Effective"),
    ("44", "United Kingdom", "0.0120", "2026-11-30"),
    ("447", "United Kingdom Mobile", "0.0345", "2026-11-30"),
    ("4930", "Germany Berlin", "0.0110", "2026-11-30"),
)


def text(path: Path, rows: Rows, *, delimiter: str = ",", encoding: str = "utf-8", end: str = "\n") -> Path:
    """Rows as delimited text, cells as they are."""
    whole = "".join(delimiter.join(map(str, row)) + end for row in rows)
    path.write_bytes(whole.encode(encoding))
    return path


def xlsx(path: Path, sheets: dict[str, Rows], *, hidden: Sequence[str] = ()) -> Path:
    """A workbook as another program writes it."""
    book = openpyxl.Workbook()
    book.remove(book.worksheets[0])
    for name, rows in sheets.items():
        sheet = book.create_sheet(name)
        for row in rows:
            sheet.append(list(row))
        if name in hidden:
            sheet.sheet_state = "hidden"
    book.save(path)
    book.close()
    return path


def html(path: Path, rows: Rows, *, encoding: str = "utf-8") -> Path:
    """A table of HTML, as many programs save `.xls`."""
    body = "".join(
        "<tr>" + "".join(f"<td>{escape(str(cell))}</td>" for cell in row) + "</tr>" for row in rows
    )
    head = f'<head><meta charset="{encoding}"><style>td {{color: red}}</style></head>'
    page = f"<html>{head}<body><table>{body}</table></body></html>"
    path.write_bytes(page.encode(encoding))
    return path


def spreadsheetml(path: Path, rows: Rows) -> Path:
    """The XML of Excel 2003."""
    body = "".join(
        "<Row>"
        + "".join(f'<Cell><Data ss:Type="String">{escape(str(cell))}</Data></Cell>' for cell in row)
        + "</Row>"
        for row in rows
    )
    path.write_text(
        '<?xml version="1.0"?><?mso-application progid="Excel.Sheet"?>'
        '<Workbook xmlns="urn:schemas-microsoft-com:office:spreadsheet" '
        'xmlns:ss="urn:schemas-microsoft-com:office:spreadsheet">'
        f'<Worksheet ss:Name="Rates"><Table>{body}</Table></Worksheet></Workbook>',
        encoding="utf-8",
    )
    return path


def ods(path: Path, rows: Rows, *, name: str = "Rates") -> Path:
    """An OpenDocument sheet with the least that makes one."""

    def cell(value: Any) -> str:
        if isinstance(value, int | float):
            said = f'office:value-type="float" office:value="{value}"'
        else:
            said = 'office:value-type="string"'
        return f"<table:table-cell {said}><text:p>{escape(str(value))}</text:p></table:table-cell>"

    body = "".join("<table:table-row>" + "".join(map(cell, row)) + "</table:table-row>" for row in rows)
    content = (
        '<?xml version="1.0" encoding="UTF-8"?><office:document-content '
        'xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0" '
        'xmlns:table="urn:oasis:names:tc:opendocument:xmlns:table:1.0" '
        'xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0"><office:body><office:spreadsheet>'
        f'<table:table table:name="{name}">{body}</table:table></office:spreadsheet></office:body></office:document-content>'
    )
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet", zipfile.ZIP_STORED)
        archive.writestr("content.xml", content)
    return path


def zipped(path: Path, *members: Path) -> Path:
    """An archive of files."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for member in members:
            archive.write(member, member.name)
    return path


def read(path: Path, sheet: str | None = None) -> list[list[Any]]:
    """All rows of a file as the room reads them."""
    with open_table(path, sheet=sheet) as table:
        return [cells for _, cells in table.rows()]
