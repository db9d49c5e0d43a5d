"""What a paste changes: the clipboard's block (TSV, or a table of a web page) laid over the selection.

One cell fills the selection; a selection that is a multiple of the block is tiled; otherwise the block lies from the
upper leading corner on. Rows beyond the table are new rows, offered and never added unasked.
"""

import csv
import io
from collections.abc import Sequence
from dataclasses import dataclass, replace
from html.parser import HTMLParser
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QMimeData

from voipdesk.kernel.digits import whole_number
from voipdesk.kernel.problems import Problem
from voipdesk.kernel.text import tr, trn
from voipdesk.kit.grid.editing import Changes, RefusedCell
from voipdesk.kit.grid.gestures import Gathered, Ground, Plan, filled, take_texts
from voipdesk.kit.grid.selection import Range

if TYPE_CHECKING:
    pass

Block = list[list[str]]
"""Texts in rows of equal length."""

MOST_READ = 50_000_000
"""Characters of a clipboard that are looked at."""


def block_of(data: QMimeData | None) -> Block:
    """The cells on the clipboard; empty where it holds no text."""
    if data is None:
        return []
    text = data.text() if data.hasText() else ""
    if "\t" not in text and data.hasHtml() and "<td" in (page := data.html()[:MOST_READ]).lower():
        found = table_of(page)
        if found:
            return found
    return tsv_of(text[:MOST_READ])


def tsv_of(text: str) -> Block:
    """Rows of tab-separated text as spreadsheets put it: quoted cells may hold tabs and line ends."""
    if not text:
        return []
    text = text.replace("\r\n", "\n").replace("\r", "\n").replace("\0", "")
    text = text.removesuffix("\n")
    if '"' in text and text.count('"') % 2 == 0:
        try:
            return _even(list(csv.reader(io.StringIO(text, newline=""), delimiter="\t")))
        except csv.Error:
            pass
    return _even([line.split("\t") for line in text.split("\n")])


class _Table(HTMLParser):
    """Collects the cells of the tables of a page."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.rows: Block = []
        self._cell: list[str] | None = None
        self._span, self._high = 1, 1
        self._down: dict[int, int] = {}
        """By column, into how many more rows a cell above reaches."""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """A row or a cell begins."""
        if tag == "tr":
            self._close()
            self.rows.append([])
            self._reach_down()
        elif tag in {"td", "th"}:
            self._close()
            self._cell = []
            self._span, self._high = (_span(dict(attrs).get(name)) for name in ("colspan", "rowspan"))
        elif tag == "br" and self._cell is not None:
            self._cell.append("\n")

    def handle_endtag(self, tag: str) -> None:
        """A cell ends."""
        if tag in {"td", "th", "tr", "table"}:
            self._close()

    def handle_data(self, data: str) -> None:
        """Text of a cell; line ends of the page are blanks."""
        if self._cell is not None:
            self._cell.append(" ".join(data.split()) if data.strip() else " ")

    def _close(self) -> None:
        if self._cell is not None:
            if not self.rows:
                self.rows.append([])
            row = self.rows[-1]
            for column in range(len(row), len(row) + self._span):
                if self._high > 1:
                    self._down[column] = self._high - 1
            row += ["".join(self._cell).strip(), *[""] * (self._span - 1)]
            self._cell = None
            self._reach_down()

    def _reach_down(self) -> None:
        """Leave the places free that cells of the rows above reach into."""
        row = self.rows[-1]
        while self._down.get(len(row), 0) > 0 and len(self.rows) > 1:
            self._down[len(row)] -= 1
            row.append("")


def _span(said: str | None) -> int:
    """How many columns or rows a cell is wide or high."""
    many = whole_number(said or "") or 1
    return many if many < 1_000 else 1


def table_of(page: str) -> Block:
    """The cells of the tables of a web page."""
    table = _Table()
    table.feed(page)
    table.close()
    return _even([row for row in table.rows if row])


def _even(rows: Block) -> Block:
    """Rows of one length."""
    wide = max((len(row) for row in rows), default=0)
    return [[*row, *[""] * (wide - len(row))] for row in rows]


def transposed(block: Block) -> Block:
    """Rows as columns."""
    return [list(column) for column in zip(*block, strict=True)]


@dataclass(frozen=True, slots=True)
class Laid:
    """A block laid over rows and columns: from which row on, into which columns, how often repeated."""

    block: Block
    top: int
    columns: Sequence[int]
    height: int

    def texts(self, place: int, first: int, last: int) -> list[str]:
        """The texts of one of the columns, rows from first to last (not included) counted from the top."""
        across, high = place % len(self.block[0]), len(self.block)
        return [self.block[row % high][across] for row in range(first, last)]


def laid(ground: Ground, block: Block) -> tuple[Laid, int]:
    """Where a block goes, and how many of its columns lie beyond the last one."""
    part = ground.ranges[0]
    inside = ground.inside(part)
    high, wide = len(block), len(block[0])
    start = ground.shown.index(inside[0]) if inside else 0
    if len(ground.ranges) == 1 and part.rows % high == 0 and len(inside) % wide == 0 and inside:
        return Laid(block, part.top, inside, part.rows), 0
    columns = ground.shown[start : start + wide]
    return Laid(block, part.top, columns, high), wide - len(columns)


def reach(ground: Ground, block: Block) -> tuple[int, int, int]:
    """Cells and rows that a paste would change, and new rows it would offer: by the block's size alone."""
    if not ground.ranges or not block:
        return 0, 0, 0
    if len(block) == len(block[0]) == 1:
        cells = sum(part.rows * len(_editable(ground, ground.inside(part))) for part in ground.ranges)
        return cells, sum(part.rows for part in ground.ranges), 0
    where, _ = laid(ground, block)
    rows = min(where.height, len(ground.ids) - where.top)
    return rows * len(_editable(ground, where.columns)), rows, where.height - rows


def _editable(ground: Ground, columns: Sequence[int]) -> list[int]:
    return [at for at in columns if ground.columns[at].editable]


def pasted(ground: Ground, block: Block) -> Plan:
    """A block over the selection; rows beyond the table are in the plan as new rows."""
    if not block or not ground.ranges:
        return Plan(tr("Paste"))
    if len(block) == len(block[0]) == 1:
        return filled(ground, block[0][0], name=_paste_name)
    where, beyond = laid(ground, block)
    gathered = Gathered()
    gathered.left_out = beyond * len(block)
    rows = max(0, min(where.height, len(ground.ids) - where.top))
    ids = ground.rows(where.top, where.top + rows - 1)
    for place, at in enumerate(where.columns):
        column = ground.columns[at]
        if not column.editable:
            gathered.left_out += where.height
        elif rows:
            take_texts(ground.source, column, ids, where.texts(place, 0, rows), gathered)
    new = {
        at: where.texts(place, rows, where.height)
        for place, at in enumerate(where.columns)
        if ground.columns[at].editable
    }
    appended = _new_rows(ground, new, gathered) if where.height > rows else {}
    return _with(gathered, appended)


def pasted_as_rows(ground: Ground, block: Block) -> Plan:
    """A block as new rows at the end; a first line of titles says which column is which."""
    if not block:
        return Plan(tr("Paste"))
    titles = {column.title.casefold(): at for at, column in enumerate(ground.columns)}
    named = [titles.get(text.strip().casefold()) for text in block[0]]
    if all(at is not None for at in named):
        columns: list[int] = [at for at in named if at is not None]
        block = block[1:]
    else:
        first = ground.inside(ground.ranges[0])[:1] if ground.ranges else []
        start = ground.shown.index(first[0]) if first else 0
        columns = list(ground.shown[start : start + len(block[0])])
    gathered = Gathered()
    texts = {at: [row[place] for row in block] for place, at in enumerate(columns)}
    new = {at: column for at, column in texts.items() if ground.columns[at].editable}
    gathered.left_out = (len(block[0] if block else []) - len(new)) * len(block)
    return _with(gathered, _new_rows(ground, new, gathered))


def _new_rows(ground: Ground, texts: dict[int, list[str]], gathered: Gathered) -> dict[str, Any]:
    """Values of new rows by column id; a cell that is no value refuses its whole row."""
    found: dict[str, list[Any]] = {}
    bad: set[int] = set()
    for at, column_texts in texts.items():
        column, known = ground.columns[at], dict[str, Any]()
        values = found[column.id] = list[Any]()
        for line, text in enumerate(column_texts):
            if text not in known:
                known[text] = ground.source.parse(column.id, text)
            value = known[text]
            if isinstance(value, Problem):
                bad.add(line)
                gathered.refuse(RefusedCell(-1, column.id, text, value, line))
            values.append(value)
    if bad:
        return {
            name: [value for line, value in enumerate(values) if line not in bad]
            for name, values in found.items()
        }
    return found


def _with(gathered: Gathered, appended: dict[str, Any]) -> Plan:
    made = gathered.plan("")
    changes = Changes(made.changes.parts, appended)
    return replace(made, changes=changes, name=_paste_name(changes.cells))


def _paste_name(cells: int) -> str:
    return trn("Paste {count} cell", "Paste {count} cells", cells)


def said(ground: Ground, block: Block) -> str:
    """What a paste would do now, for the line under the grid; empty where it would do nothing."""
    cells, rows, new = reach(ground, block)
    if not cells and not new:
        return ""
    parts = []
    if cells:
        counted = trn("{count} cell", "{count} cells", cells)
        inside = trn("{count} row", "{count} rows", rows)
        parts.append(tr("Ctrl+V will change {cells} in {rows}").format(cells=counted, rows=inside))
    if new:
        parts.append(trn("{count} row more than the table has", "{count} rows more than the table has", new))
    return " · ".join(parts)


def whole(ground: Ground) -> Range:
    """All cells shown, as a rectangle."""
    return Range(0, 0, len(ground.ids) - 1, len(ground.columns) - 1)
