"""A sheet under construction: rows of cells, what is true of them, and the file that they become."""

import csv
import gzip
import io
import zipfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from pathlib import Path
from random import Random
from typing import Any

from tests.tabular import files
from tests.tabular.carriers.deck import Line

Cell = Any
Read = tuple[int, str, Decimal, Decimal, int, int, str, str]
"""(row of the file, code, price a minute, fee, first interval, next interval, day, state) of what an import yields."""


@dataclass(frozen=True)
class Col:
    """A column: its title, what it means (None: nothing of ours), and its cell for a line."""

    title: str
    role: str | None
    cell: Callable[[Line], Cell]


@dataclass
class Truth:
    """What is true of a file, in the terms that `inspect --json` answers."""

    kind: str = "rates"
    container: str = "csv"
    encoding: str | None = "utf-8"
    delimiter: str | None = ","
    decimal: str | None = "."
    sheet: str | None = None
    header_row: int | None = 1
    first_data_row: int = 2
    columns: dict[str, set[int]] = field(default_factory=dict)
    date_order: str | None = None
    asks: frozenset[str] = frozenset()
    rows: list[Read] | None = None
    """What an import yields; None where it cannot be imported without an answer."""


@dataclass
class Made:
    """A file with its truth."""

    path: Path
    truth: Truth


@dataclass
class Style:
    """How a sheet is written down."""

    container: str = "csv"
    delimiter: str = ","
    quote: str = '"'
    quote_all: bool = False
    encoding: str = "utf-8"
    end: str = "\n"
    final_end: bool = True
    head_delimiter: str = ""


@dataclass
class Plan:
    """What a sheet consists of besides its columns and lines."""

    above: Sequence[Sequence[Cell]] = ()
    below: Sequence[Sequence[Cell]] = ()
    between: Callable[[int, Line, Line | None], Sequence[Sequence[Cell]]] | None = None
    """Rows that stand before a line, given its place, the line, and the line before."""
    header: bool = True
    indent: int = 0
    """Empty columns before the first."""
    decimal: str | None = "."
    date_order: str | None = None
    asks: frozenset[str] = frozenset()
    kind: str = "rates"
    importable: bool = True
    price: Callable[[Line], Decimal] = lambda line: line.price
    fee: bool = False
    steps: bool = False
    days: bool = False
    sheet: str | None = None
    others: dict[str, Sequence[Sequence[Cell]]] = field(default_factory=dict)
    """Other sheets of a workbook, before the one with the rates."""
    accept: dict[str, set[int]] = field(default_factory=dict)


def build(folder: Path, cols: Sequence[Col], lines: Sequence[Line], plan: Plan, style: Style) -> Made:
    """The file and its truth."""
    rows: list[list[Cell]] = [list(row) for row in plan.above]
    pad: list[Cell] = [""] * plan.indent
    truth = Truth(kind=plan.kind, decimal=plan.decimal, date_order=plan.date_order, asks=plan.asks)
    if plan.header:
        rows.append(pad + [col.title for col in cols])
    truth.header_row = len(rows) if plan.header else None
    first = 0
    read: list[Read] = []
    before: Line | None = None
    for at, line in enumerate(lines):
        if plan.between:
            rows += [list(row) for row in plan.between(at, line, before)]
        before = line
        rows.append(pad + [col.cell(line) for col in cols])
        first = first or len(rows)
        read += _read(line, len(rows), plan)
    rows += [list(row) for row in plan.below]
    truth.first_data_row = first
    for at, col in enumerate(cols):
        if col.role:
            truth.columns.setdefault(col.role, set()).add(at + plan.indent)
    for role, places in plan.accept.items():
        truth.columns.setdefault(role, set()).update(places)
    truth.rows = read if plan.importable else None
    return Made(write(folder, rows, plan, style, truth), truth)


def _read(line: Line, row: int, plan: Plan) -> list[Read]:
    if line.bad:
        return []
    price = plan.price(line) if line.state == "open" else Decimal(0)
    first, then = (line.first, line.then) if plan.steps else (1, 1)
    fee = line.fee if plan.fee else Decimal(0)
    day = str(line.day) if plan.days and line.day else ""
    return [(row, code, price, fee, first, then, day, line.state) for code in line.codes]


def write(folder: Path, rows: list[list[Cell]], plan: Plan, style: Style, truth: Truth) -> Path:
    """Write the rows in their container, and complete the truth with it."""
    truth.container, name = style.container, plan.sheet or "Rates"
    if style.container != "csv":
        truth.encoding = truth.delimiter = None
    if style.container in {"csv", "zip", "gzip"}:
        truth.encoding, truth.delimiter = style.encoding, style.delimiter
        path = folder / "sheet.csv"
        path.write_bytes(_text(rows, style))
        if style.container == "zip":
            return _zipped(folder, path)
        if style.container == "gzip":
            path.with_name("sheet.csv.gz").write_bytes(gzip.compress(path.read_bytes()))
            return path.with_name("sheet.csv.gz")
        return path
    if style.container == "html":
        return files.html(folder / "sheet.xls", [[_said(cell) for cell in row] for row in rows])
    truth.sheet = name
    if style.container == "spreadsheetml":
        return files.spreadsheetml(folder / "sheet.xls", [[_said(cell) for cell in row] for row in rows])
    if style.container == "ods":
        return files.ods(folder / "sheet.ods", [[_plain(cell) for cell in row] for row in rows], name=name)
    if style.container == "xls":
        return _xls(folder / "sheet.xls", {**plan.others, name: rows})
    return files.xlsx(
        folder / "sheet.xlsx", {**plan.others, name: [[_plain(cell) for cell in row] for row in rows]}
    )


def _plain(cell: Cell) -> Cell:
    return float(cell) if isinstance(cell, Decimal) else cell


def _said(cell: Cell) -> str:
    return f"{cell:f}" if isinstance(cell, Decimal) else str(cell)


def _text(rows: list[list[Cell]], style: Style) -> bytes:
    out = io.StringIO()
    for at, row in enumerate(rows):
        mark = style.head_delimiter if at == 0 and style.head_delimiter else style.delimiter
        quoting = csv.QUOTE_ALL if style.quote_all else csv.QUOTE_MINIMAL
        csv.writer(
            out, delimiter=mark, quotechar=style.quote, quoting=quoting, lineterminator=style.end
        ).writerow([_said(cell) for cell in row])
    text = out.getvalue()
    return (text if style.final_end else text[: -len(style.end)]).encode(style.encoding)


def _zipped(folder: Path, path: Path) -> Path:
    target = folder / "sheet.zip"
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("readme.md", "please find our rates attached")
        archive.write(path, "out/rates december.csv")
    path.unlink()
    return target


def _xls(path: Path, sheets: dict[str, Sequence[Sequence[Cell]]]) -> Path:
    import xlwt

    book = xlwt.Workbook()
    days = xlwt.easyxf(num_format_str="DD/MM/YYYY")
    for name, rows in sheets.items():
        sheet = book.add_sheet(name)
        for at, row in enumerate(rows):
            for place, cell in enumerate(row):
                if isinstance(cell, date):
                    sheet.write(at, place, cell, days)
                elif cell != "":
                    sheet.write(at, place, _plain(cell))
    book.save(str(path))
    return path


def pick(rng: Random, options: str) -> str:
    """One of several titles written with bars between them."""
    return rng.choice(options.split("|"))
