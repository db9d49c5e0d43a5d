"""A selection as text for other programs: TSV, and HTML whose cell types Excel obeys.

Prefixes and words are marked as text, so that Excel neither eats leading zeros nor runs anything as a formula.
"""

import html
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from PySide6.QtCore import QMimeData

from voipdesk.kernel.progress import Progress, Quiet
from voipdesk.kit.grid.columns import Column, Formats, writer_of
from voipdesk.kit.grid.selection import CHUNK, Range, columns_of, rows_of
from voipdesk.kit.grid.sources import Ids, Row, RowSource, part_of

AS_TEXT = "mso-number-format:'\\@'"


@dataclass(frozen=True, slots=True)
class Clip:
    """What goes on the clipboard."""

    tsv: str
    html: str

    def mime(self) -> QMimeData:
        """As Qt's clipboard wants it."""
        data = QMimeData()
        data.setText(self.tsv)
        data.setHtml(self.html)
        return data


@dataclass(frozen=True, slots=True)
class Copying:
    """What is to be copied: the touched columns, in the order shown, of the touched rows."""

    columns: Sequence[Column]
    ranges: Sequence[Range]
    formats: Formats = field(default_factory=Formats)
    order: Sequence[int] | None = None
    """Columns as the person arranged them; None: as declared."""
    headers: bool = False


def copied(source: RowSource, ids: Ids, what: Copying, progress: Progress | None = None) -> Clip:
    """The clip of a selection; cells of touched rows and columns that are not selected stay empty."""
    touched = columns_of(what.ranges)
    shown = [at for at in (what.order or range(len(what.columns))) if at in set(touched)]
    lines: list[list[str]] = []
    watched = progress or Quiet()
    for first, last in rows_of(what.ranges):
        for start in range(first, last + 1, CHUNK):
            end = min(start + CHUNK, last + 1)
            watched.step(len(lines))
            lines.extend(_lines(source.fetch(part_of(ids, start, end)), start, shown, what))
    if what.headers:
        lines.insert(0, [what.columns[at].title for at in shown])
    return Clip(_tsv(lines), _html(lines, [what.columns[at] for at in shown], headers=what.headers))


def _lines(rows: Iterable[Row], start: int, shown: list[int], what: Copying) -> Iterable[list[str]]:
    writers = {at: writer_of(what.columns[at], what.formats, grouped=False) for at in shown}
    whole = len(what.ranges) == 1
    for number, row in enumerate(rows, start):
        yield [
            "" if row[at] is None or not (whole or _inside(what.ranges, number, at)) else writers[at](row[at])
            for at in shown
        ]


def _inside(ranges: Sequence[Range], row: int, column: int) -> bool:
    return any(part.top <= row <= part.bottom and part.left <= column <= part.right for part in ranges)


def _tsv(lines: Iterable[list[str]]) -> str:
    """Tab-separated; a cell with a tab, a line end or a quote is quoted as Excel does."""
    return "\n".join("\t".join(_quoted(cell) for cell in line) for line in lines)


def _quoted(cell: str) -> str:
    if not any(sign in cell for sign in '\t\n\r"'):
        return cell
    return '"' + cell.replace('"', '""') + '"'


def _html(lines: Sequence[list[str]], columns: Sequence[Column], *, headers: bool) -> str:
    styles = ["" if column.is_number else f' style="{AS_TEXT}"' for column in columns]
    parts = ['<html><head><meta charset="utf-8"></head><body><table>']
    for number, line in enumerate(lines):
        tag = "th" if headers and number == 0 else "td"
        cells = "".join(
            f"<{tag}{style}>{html.escape(cell)}</{tag}>" for cell, style in zip(line, styles, strict=True)
        )
        parts.append(f"<tr>{cells}</tr>")
    parts.append("</table></body></html>")
    return "".join(parts)
