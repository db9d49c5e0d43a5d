"""Workbooks (.xlsx) written as XML ourselves: a sixth of the time of a library, in the memory of a few rows.

Texts are inline strings: there is no kind of cell here that could hold a formula. Each cell tells its place, because
readers that trust places (and Excel) are then of one mind.
"""

import re
import zipfile
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from itertools import chain, islice
from pathlib import Path
from typing import IO
from xml.sax.saxutils import escape, quoteattr

Value = str | int | Decimal | date | None
"""What a cell may hold; a float is a fault of the program, as everywhere."""

MOST_ROWS = 1_048_576
"""Rows of a sheet, its title row among them."""

MOST_LETTERS = 32_767
MOST_DIGITS = 15
"""Digits that a number of a spreadsheet can carry exactly; longer ones are written as text."""

MOST_TITLE = 31
_FIRST_DAY = date(1900, 3, 1)
"""From here on all programs count days alike: the calendar of spreadsheets has a 29th of February 1900."""

_DAY_ZERO = date(1899, 12, 30)
_SAMPLE = 200
"""Rows that are looked at for the widths of columns."""

_CHUNK = 500
_MOST_KEPT = 50_000
_LEVEL = 2
"""Of compression: more costs half the time again for a tenth of the size."""

_HEAD, _TEXT, _DATE, _FIXED = 1, 2, 3, 4
"""Places of the cell styles; numbers with n decimals stand at _FIXED + n."""

_MOST_DECIMALS = 15
_ILLEGAL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_CODED = re.compile("_(?=x[0-9A-Fa-f]{4}_)")
_BARRED = re.compile(r"[\[\]:*?/\\\x00-\x1f]")

_XML = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_KINDS = "application/vnd.openxmlformats-officedocument.spreadsheetml"


@dataclass(frozen=True, slots=True)
class Sheet:
    """One sheet: its name, titles, rows, and the titles of columns whose values are texts whatever they are."""

    title: str
    head: Sequence[str]
    rows: Iterable[Sequence[Value]]
    text_columns: Collection[str] = ()


def write(path: Path, sheets: Sequence[Sheet], step: Callable[[int], None]) -> int:
    """Write a workbook; `step` is called with the count after each row. `OverflowError`: more rows than fit."""
    names = sheet_names([sheet.title for sheet in sheets])
    total = 0
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=_LEVEL) as book:
        for part, text in _parts(names):
            book.writestr(_entry(part), text)
        for number, sheet in enumerate(sheets, start=1):
            with book.open(_entry(f"xl/worksheets/sheet{number}.xml"), "w", force_zip64=True) as file:
                total += _Writing(file, step, total).sheet(sheet)
    return total


def sheet_names(titles: Sequence[str]) -> list[str]:
    """Names that a workbook allows: no signs of references, at most 31 letters, each only once."""
    names: list[str] = []
    for title in titles:
        clean = _ILLEGAL.sub("", _BARRED.sub(" ", title)).strip().strip("'").strip()
        clean = clean[:MOST_TITLE].strip() or "Sheet"
        if clean.casefold() == "history":  # kept by Excel for itself
            clean = f"{clean} 1"
        name, again = clean, 2
        while name.casefold() in {known.casefold() for known in names}:
            tail = f" ({again})"
            name, again = clean[: MOST_TITLE - len(tail)] + tail, again + 1
        names.append(name)
    return names


@dataclass(slots=True)
class _Writing:
    """One sheet on its way into a file; what a value looks like is remembered, since columns repeat themselves."""

    file: IO[bytes]
    step: Callable[[int], None]
    before: int
    _texts: dict[str, str] = field(default_factory=dict)
    _numbers: dict[str, str] = field(default_factory=dict)

    def sheet(self, sheet: Sheet) -> int:
        """Write all of it; returns the rows."""
        rows = iter(sheet.rows)
        first = list(islice(rows, _SAMPLE))
        starts = [f'<c r="{letters(at)}' for at in range(max(map(len, [sheet.head, *first]), default=0))]
        texts = frozenset(at for at, title in enumerate(sheet.head) if title in sheet.text_columns)
        head = "".join(
            f'{start}1"{_string(title, _HEAD)}' for start, title in zip(starts, sheet.head, strict=False)
        )
        self._put(f'{_opening(sheet.head, first)}<sheetData><row r="1">{head}</row>')
        count = 0
        lines: list[str] = []
        for number, row in enumerate(chain(first, rows), start=2):
            lines.append(self._row(number, row, starts, texts))
            count = number - 1
            if count % _CHUNK == 0:
                self._put("".join(lines))
                lines.clear()
            self.step(self.before + count)
        self._put("".join(lines) + "</sheetData></worksheet>")
        return count

    def _row(self, number: int, row: Sequence[Value], starts: list[str], texts: frozenset[int]) -> str:
        if number > MOST_ROWS:
            raise OverflowError
        while len(starts) < len(row):
            starts.append(f'<c r="{letters(len(starts))}')
        known, parts, at = self._texts, [f'<row r="{number}">'], 0
        for at, value in enumerate(row):
            if value.__class__ is str:
                cell = known.get(value) or self._text(value)
            elif value is None:
                continue
            else:
                cell = self._text(_plain(value)) if at in texts else self._other(value)
            if cell:
                parts.append(f'{starts[at]}{number}"{cell}')
        parts.append("</row>")
        return "".join(parts)

    def _text(self, value: str) -> str:
        if not value:
            return ""
        made = self._texts.get(value)
        if made is None:
            if len(self._texts) >= _MOST_KEPT:
                self._texts.clear()
            made = self._texts[value] = _string(value, _TEXT)
        return made

    def _other(self, value: Value) -> str:
        """A number or a day; by its text, since 1.0 and 1.00 are equal but not alike."""
        if isinstance(value, Decimal):
            said = str(value)
            made = self._numbers.get(said)
            if made is None:
                if len(self._numbers) >= _MOST_KEPT:
                    self._numbers.clear()
                made = self._numbers[said] = _number(value)
            return made
        if isinstance(value, str | datetime | bool):
            return self._text(_plain(value))
        if isinstance(value, date):
            return _day(value)
        if isinstance(value, int):
            return _number(Decimal(value))
        raise TypeError(f"{type(value).__name__} cannot be a cell")

    def _put(self, text: str) -> None:
        self.file.write(text.encode("utf-8"))


def letters(at: int) -> str:
    """The letters of a column counted from 0: A, Z, AA."""
    found = ""
    at += 1
    while at:
        at, rest = divmod(at - 1, 26)
        found = chr(65 + rest) + found
    return found


def _plain(value: Value) -> str:
    if isinstance(value, Decimal) and value.is_finite():
        return f"{value:f}"
    return value.isoformat(sep=" ") if isinstance(value, datetime) else str(value)


def _string(value: str, style: int) -> str:
    """The rest of a text cell: signs that XML has no place for are made visible, long texts are cut and say so."""
    if len(value.encode("utf-16-le", "replace")) > 2 * MOST_LETTERS:
        value = value[: MOST_LETTERS // 2] + "…"
    text = _CODED.sub("_x005F_", escape(_ILLEGAL.sub("\ufffd", value), {"\r": "&#13;"}))
    space = ' xml:space="preserve"' if value != value.strip() or "\n" in value else ""
    return f' s="{style}" t="inlineStr"><is><t{space}>{text}</t></is></c>'


def _number(value: Decimal) -> str:
    """The rest of a number cell with the exact digits; as text where a spreadsheet would lose some."""
    if not value.is_finite():
        return _string(str(value), _TEXT)
    said = f"{value:f}" if abs(value.adjusted()) <= MOST_DIGITS or not value else ""
    decimals = len(said.partition(".")[2])
    if not said or len(said.replace(".", "").lstrip("-0")) > MOST_DIGITS or decimals > _MOST_DECIMALS:
        return _string(said or str(value), _TEXT)
    return f' s="{_FIXED + decimals}"><v>{said}</v></c>'


def _day(value: date) -> str:
    if value < _FIRST_DAY:
        return _string(value.isoformat(), _TEXT)
    return f' s="{_DATE}"><v>{(value - _DAY_ZERO).days}</v></c>'


def _opening(head: Sequence[str], first: Sequence[Sequence[Value]]) -> str:
    """What stands before the rows: the title row frozen, columns as wide as their first rows need."""
    wide = [len(title) for title in head]
    for row in first:
        for at, value in enumerate(row[: len(wide)]):
            wide[at] = max(wide[at], len(_plain(value)) if value is not None else 0)
    columns = "".join(
        f'<col min="{at}" max="{at}" width="{min(max(size + 2, 8), 48)}" customWidth="1"/>'
        for at, size in enumerate(wide, start=1)
    )
    pane = '<pane ySplit="1" topLeftCell="A2" activePane="bottomLeft" state="frozen"/>'
    return (
        f'{_XML}<worksheet xmlns="{_MAIN}"><sheetViews><sheetView workbookViewId="0">{pane}'
        f'<selection pane="bottomLeft"/></sheetView></sheetViews><sheetFormatPr defaultRowHeight="15"/>'
        + (f"<cols>{columns}</cols>" if columns else "")
    )


def _entry(name: str) -> zipfile.ZipInfo:
    """A part without the time of day: the same rows make the same file."""
    entry = zipfile.ZipInfo(name, date_time=(1980, 1, 1, 0, 0, 0))
    entry.compress_type = zipfile.ZIP_DEFLATED
    return entry


def _parts(names: Sequence[str]) -> Iterator[tuple[str, str]]:
    """The small parts of a workbook."""
    numbers = range(1, len(names) + 1)
    sheets = "".join(
        f'<Override PartName="/xl/worksheets/sheet{n}.xml" ContentType="{_KINDS}.worksheet+xml"/>'
        for n in numbers
    )
    yield (
        "[Content_Types].xml",
        (
            f'{_XML}<Types xmlns="{_PACKAGE}/content-types">'
            '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
            '<Default Extension="xml" ContentType="application/xml"/>'
            f'<Override PartName="/xl/workbook.xml" ContentType="{_KINDS}.sheet.main+xml"/>'
            f'<Override PartName="/xl/styles.xml" ContentType="{_KINDS}.styles+xml"/>{sheets}</Types>'
        ),
    )
    yield (
        "_rels/.rels",
        (
            f'{_XML}<Relationships xmlns="{_PACKAGE}/relationships">'
            f'<Relationship Id="rId1" Type="{_OFFICE}/officeDocument" Target="xl/workbook.xml"/></Relationships>'
        ),
    )
    listed = "".join(
        f'<sheet name={quoteattr(name)} sheetId="{n}" r:id="rId{n}"/>'
        for n, name in zip(numbers, names, strict=True)
    )
    yield (
        "xl/workbook.xml",
        (
            f'{_XML}<workbook xmlns="{_MAIN}" xmlns:r="{_OFFICE}"><bookViews><workbookView/></bookViews>'
            f"<sheets>{listed}</sheets></workbook>"
        ),
    )
    linked = "".join(
        f'<Relationship Id="rId{n}" Type="{_OFFICE}/worksheet" Target="worksheets/sheet{n}.xml"/>'
        for n in numbers
    )
    yield (
        "xl/_rels/workbook.xml.rels",
        (
            f'{_XML}<Relationships xmlns="{_PACKAGE}/relationships">{linked}'
            f'<Relationship Id="rId{len(names) + 1}" Type="{_OFFICE}/styles" Target="styles.xml"/></Relationships>'
        ),
    )
    yield "xl/styles.xml", _styles()


def _styles() -> str:
    """Plain, bold title, text (@), day, and a number with each count of decimals."""
    day, fixed = 164, 165
    codes = [(day, "yyyy\\-mm\\-dd")]
    codes += [(fixed + n, f"0.{'0' * n}" if n else "0") for n in range(_MOST_DECIMALS + 1)]
    formats = "".join(f'<numFmt numFmtId="{key}" formatCode="{code}"/>' for key, code in codes)
    usual = '<xf numFmtId="{0}" fontId="{1}" fillId="0" borderId="0" xfId="0" applyNumberFormat="1"/>'
    cells = [(0, 0), (49, 1), *((key, 0) for key in (49, *(key for key, _ in codes)))]
    face = '<sz val="11"/><name val="Calibri"/><family val="2"/>'
    return (
        f'{_XML}<styleSheet xmlns="{_MAIN}"><numFmts count="{len(codes)}">{formats}</numFmts>'
        f'<fonts count="2"><font>{face}</font><font><b/>{face}</font></fonts>'
        '<fills count="2"><fill><patternFill patternType="none"/></fill>'
        '<fill><patternFill patternType="gray125"/></fill></fills>'
        '<borders count="1"><border><left/><right/><top/><bottom/><diagonal/></border></borders>'
        '<cellStyleXfs count="1"><xf numFmtId="0" fontId="0" fillId="0" borderId="0"/></cellStyleXfs>'
        f'<cellXfs count="{len(cells)}">{"".join(usual.format(*cell) for cell in cells)}</cellXfs>'
        '<cellStyles count="1"><cellStyle name="Normal" xfId="0" builtinId="0"/></cellStyles></styleSheet>'
    )
