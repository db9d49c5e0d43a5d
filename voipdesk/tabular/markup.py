"""Rows out of markup: HTML tables and XML spreadsheets saved as .xls, OpenDocument sheets, and records of plain XML."""

import zipfile
from collections.abc import Callable, Iterator
from datetime import datetime
from decimal import Decimal, InvalidOperation
from html.parser import HTMLParser
from pathlib import Path
from xml.parsers import expat

from voipdesk.kernel.digits import MOST_DIGITS, is_digits
from voipdesk.kernel.text import tr
from voipdesk.tabular.cells import EMPTY, Cell, exact
from voipdesk.tabular.faults import BROKEN_ARCHIVE, damaged, too_large

CHUNK = 1 << 16
MAX_COLUMNS = 1024
MAX_PENDING = 4 << 20
MAX_REPEAT = 1 << 20

Numbered = tuple[int, list[Cell]]


class _Tables(HTMLParser):
    """Collects the cells of every table row; rows are counted over the whole document."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.rows: list[Numbered] = []
        self.count = 0
        self._open: list[list[Cell]] = []
        self._text: list[list[str]] = []
        self._span: list[int] = []
        self._mute = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in {"script", "style"}:
            self._mute += 1
        elif tag == "table":
            self._text.append([])
            self._span.append(0)
            self._open.append([])
        elif tag == "tr" and self._open:
            self._end_row()
        elif tag in {"td", "th"} and self._open:
            self._end_cell()
            span = dict(attrs).get("colspan") or "1"
            self._span[-1] = min(_whole(span) or 1, MAX_COLUMNS)
        elif tag in {"br", "p"} and self._text:
            self._text[-1].append("\n" if tag == "br" else " ")

    def handle_endtag(self, tag: str) -> None:
        if tag in {"script", "style"}:
            self._mute = max(0, self._mute - 1)
        elif tag in {"td", "th"} and self._open:
            self._end_cell()
        elif tag == "tr" and self._open:
            self._end_row()
        elif tag == "table" and self._open:
            self._end_row()
            self._open.pop()
            self._text.pop()
            self._span.pop()

    def handle_data(self, data: str) -> None:
        if self._text and not self._mute and self._span[-1]:
            self._text[-1].append(data)

    def _end_cell(self) -> None:
        if self._span[-1]:
            text = " ".join("".join(self._text[-1]).replace("\u00a0", " ").split(" "))
            self._open[-1].append("\n".join(part.strip() for part in text.split("\n")).strip())
            self._open[-1].extend([EMPTY] * (self._span[-1] - 1))
        self._span[-1] = 0
        self._text[-1].clear()

    def _end_row(self) -> None:
        self._end_cell()
        if self._open[-1]:
            self.count += 1
            self.rows.append((self.count, self._open[-1]))
            self._open[-1] = []


def html_rows(path: Path, encoding: str) -> Iterator[Numbered]:
    """Every row of every table of an HTML page, in order."""
    parser = _Tables()
    with path.open(encoding=encoding, errors="replace", newline="") as file:
        while chunk := file.read(CHUNK):
            parser.feed(chunk)
            if len(parser.rawdata) > MAX_PENDING:
                raise damaged(path, tr("a tag that never ends"))
            yield from parser.rows
            parser.rows.clear()
    parser.close()
    yield from parser.rows


class _Xml:
    """A push parser that refuses entities (they can blow up) and hands chunks' results out between reads."""

    def __init__(self) -> None:
        self.parser = expat.ParserCreate(namespace_separator=" ")
        self.parser.buffer_text = True
        self.parser.EntityDeclHandler = self._no_entities

    @staticmethod
    def _no_entities(*_declared: object) -> None:
        raise ValueError("entities")

    def feed(self, path: Path, read: Callable[[int], bytes]) -> Iterator[None]:
        """Parse chunk by chunk; yields after each."""
        try:
            while chunk := read(CHUNK):
                self.parser.Parse(chunk, False)
                yield
            self.parser.Parse(b"", True)
        except (expat.ExpatError, LookupError) as cause:  # the latter: an encoding that nobody knows
            raise damaged(path, str(cause)) from cause
        except ValueError as cause:
            raise damaged(path, tr("it declares {what}, which no sheet needs").format(what=cause)) from cause
        yield


def _local(name: str) -> str:
    return name.rpartition(" ")[2]


class _Sheets:
    """Rows of one sheet of SpreadsheetML or OpenDocument, and the names of all."""

    def __init__(self, path: Path, wanted: str | None) -> None:
        self.path, self.wanted = path, wanted
        self.names: list[str] = []
        self.ready: list[Numbered] = []
        self.inside = False
        self.number = 0
        self.row: list[Cell] = []
        self.repeat_row = 1
        self.attributes: dict[str, str] = {}
        self.text: list[str] = []
        self.collecting = 0

    def sheet(self, name: str) -> None:
        self.inside = name == self.wanted if self.wanted is not None else not self.names
        self.names.append(name)
        self.number = 0

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        name, said = _local(tag), {_local(key): value for key, value in attributes.items()}
        if name in {"Worksheet", "table"} and (name == "Worksheet" or "name" in said):
            self.sheet(said.get("Name") or said.get("name") or "")
        elif not self.inside:
            return
        elif name in {"Row", "table-row"}:
            index = _whole(said.get("Index"))
            self.number = index - 1 if index else self.number
            self.row, self.repeat_row = [], _whole(said.get("number-rows-repeated")) or 1
        elif name in {"Cell", "table-cell", "covered-table-cell"}:
            index = _whole(said.get("Index"))
            while index and len(self.row) < min(index - 1, MAX_COLUMNS):
                self.row.append(EMPTY)
            self.attributes, self.text = said, []
        elif name in {"Data", "p"}:
            if name == "Data":
                self.attributes |= said
            elif self.text:
                self.text.append("\n")
            self.collecting += 1
        elif name == "annotation":
            self.collecting -= 1_000_000

    def data(self, text: str) -> None:
        if self.collecting > 0:
            self.text.append(text)

    def end(self, tag: str) -> None:
        name = _local(tag)
        if not self.inside:
            return
        if name in {"Data", "p"}:
            self.collecting -= 1
        elif name == "annotation":
            self.collecting += 1_000_000
        elif name in {"Cell", "table-cell", "covered-table-cell"}:
            self._end_cell()
        elif name in {"Row", "table-row"}:
            self._end_row()
        elif name in {"Worksheet", "table"}:
            self.inside = False

    def _end_cell(self) -> None:
        value = _typed("".join(self.text), self.attributes)
        wide = _whole(self.attributes.get("number-columns-repeated")) or 1
        merged = _whole(self.attributes.get("MergeAcross")) or 0
        if value != EMPTY and len(self.row) + wide > MAX_COLUMNS:
            said = tr("row {row} has more than {most} columns.").format(row=self.number + 1, most=MAX_COLUMNS)
            raise too_large(self.path, said)
        room = max(0, MAX_COLUMNS - len(self.row))
        self.row.extend([value] * min(wide, room))
        self.row.extend([EMPTY] * min(merged, max(0, MAX_COLUMNS - len(self.row))))
        self.attributes, self.text = {}, []

    def _end_row(self) -> None:
        while self.row and self.row[-1] == EMPTY:
            self.row.pop()
        if self.row:
            if self.repeat_row > MAX_REPEAT:
                raise too_large(self.path, tr("one row is repeated {n} times.").format(n=self.repeat_row))
            self.ready.extend((self.number + at + 1, list(self.row)) for at in range(self.repeat_row))
        self.number += self.repeat_row
        self.row = []


def _whole(text: str | None) -> int:
    return min(int(text[:MOST_DIGITS]), 1 << 31) if text and is_digits(text) else 0


def _typed(text: str, said: dict[str, str]) -> Cell:
    """The value of a cell after its declared type; what does not fit its type stays text."""
    kind = said.get("value-type") or said.get("Type", "")
    raw = said.get("value") or said.get("date-value") or said.get("boolean-value") or text
    if kind in {"float", "currency", "percentage", "Number"}:
        try:
            number = Decimal(raw)
        except InvalidOperation:
            return text
        if not number.is_finite() or abs(number.adjusted()) > 30:
            return text or raw
        return int(number) if number == number.to_integral_value() else number
    if kind in {"date", "DateTime"}:
        try:
            moment = datetime.fromisoformat(raw)
        except ValueError:
            return text or raw
        return moment if moment.time() != datetime.min.time() else moment.date()
    if kind in {"boolean", "Boolean"}:
        return raw in {"true", "1"}
    return exact(text)


def sheet_rows(path: Path, sheet: str | None, *, opened: bool = False) -> Iterator[Numbered]:
    """Rows of one sheet (the first by default) of SpreadsheetML, or of OpenDocument when `opened` says it is packed."""
    sheets = _Sheets(path, sheet)
    for _ in _parse(path, sheets, opened):
        yield from _with_gaps(sheets)


def _with_gaps(sheets: _Sheets) -> Iterator[Numbered]:
    ready, sheets.ready = sheets.ready, []
    yield from ready


def sheet_names(path: Path, *, opened: bool = False) -> tuple[str, ...]:
    """The names of the sheets, in order."""
    sheets = _Sheets(path, "\x00")
    for _ in _parse(path, sheets, opened):
        pass
    return tuple(sheets.names)


def _parse(path: Path, sheets: _Sheets, opened: bool) -> Iterator[None]:
    xml = _Xml()
    xml.parser.StartElementHandler = sheets.start
    xml.parser.EndElementHandler = sheets.end
    xml.parser.CharacterDataHandler = sheets.data
    if opened:
        try:
            with zipfile.ZipFile(path) as archive, archive.open("content.xml") as stream:
                yield from xml.feed(path, stream.read)
        except (*BROKEN_ARCHIVE, OSError) as cause:
            raise damaged(path, str(cause)) from cause
    else:
        with path.open("rb") as stream:
            yield from xml.feed(path, stream.read)
