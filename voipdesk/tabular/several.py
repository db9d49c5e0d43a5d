"""Several sheets of a workbook read as one table: sheets of prices under each other, and after each row the dial codes that
other sheets have for its name.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from typing import Any

from voipdesk.kernel.text import tr
from voipdesk.tabular.cells import EMPTY, Cell, exact, is_blank, shown
from voipdesk.tabular.codes import CodeRules, joined_codes
from voipdesk.tabular.layout import Layout, Part
from voipdesk.tabular.reader import Numbered, Slice, Table, exact_cells, open_table
from voipdesk.tabular.values import Fault

CODES_TITLE = "Dial code"
"""Titles the joined column where the sheet of codes has no title of its own for it; not translated, profiles know it."""

_BETWEEN = "; "
_SLICE = 2_000
_DIGIT = re.compile(r"\d")
NAMED = 20
"""Names without a rate that are told; the others are counted."""


@dataclass(slots=True)
class CodesOf:
    """What the sheets of codes say of one name: its codes, the rows that say so, and the first of these."""

    name: str
    sheet: str
    row: int
    cells: list[Cell] = field(default_factory=list)

    def cell(self, most: int | None = None) -> Cell:
        """All codes in one cell, or no more than so many rows of them."""
        if len(self.cells) == 1:
            return self.cells[0]
        return _BETWEEN.join(map(_text, self.cells[:most]))


@dataclass(slots=True)
class CodesTally:
    """Rows of the sheets of codes by what they are."""

    title: int = 0
    header: int = 0
    blank: int = 0
    remark: int = 0
    codes: int = 0
    """Rows whose name has a rate."""
    unused: int = 0
    """Rows whose name has none."""

    @property
    def total(self) -> int:
        """All of them."""
        return self.title + self.header + self.blank + self.remark + self.codes + self.unused


def key_of(cell: Cell) -> str:
    """A name as it is matched: case and white space do not matter."""
    return " ".join(shown(cell).split()).casefold()


def opened(path: Path, layout: Layout) -> Table:
    """A file open for reading by its layout, on one sheet or on several."""
    table = open_table(path, layout=layout)
    if not layout.parts:
        return table
    try:
        return SeveralSheets(table, layout.parts, layout.title(layout.joined_at))
    except BaseException:
        table.close()
        raise


class SeveralSheets(Table):
    """As a table of one sheet; row n of a later sheet of prices has the number `start` + n."""

    def __init__(self, table: Table, parts: Sequence[Part], title: str = CODES_TITLE) -> None:
        super().__init__(table.source, parts[0].sheet)
        self._table, self.parts, self._title = table, tuple(parts), title
        self.most: int | None = None
        """Rows of codes that are joined to a name; for the first look at a sheet a few will do."""
        self._codes: dict[str, CodesOf] = {}
        self._used: set[str] = set()
        self._tally = CodesTally()
        for part in self.parts:
            if part.is_codes:
                self._read_codes(part)

    def close(self) -> None:
        """As the table's."""
        self._table.close()

    def choose(self, sheet: str | None) -> None:
        """Nothing: its sheets are chosen."""

    def rows(self, start: int = 1) -> Iterator[Numbered]:
        """(number, cells) from the first sheet of prices to the last."""
        self._used = set()
        for part in self._rate_parts():
            for number, cells in self._table.rows():
                if part.start + number >= start:
                    yield part.start + number, self._whole(part, number, cells)

    def slices(self, size: int) -> Iterator[Slice]:
        """The same, many rows at once."""
        self._used = set()
        for part in self._rate_parts():
            for numbers, rows in self._table.slices(size):
                whole = [self._whole(part, number, row) for number, row in zip(numbers, rows, strict=True)]
                if isinstance(numbers, range):
                    yield range(numbers.start + part.start, numbers.stop + part.start), whole
                else:
                    yield [number + part.start for number in numbers], whole

    @property
    def tally(self) -> CodesTally:
        """What the rows of the sheets of codes are; final when the rows of prices have been read."""
        told = self._tally
        used = sum(len(one.cells) for key, one in self._codes.items() if key in self._used)
        every = sum(len(one.cells) for one in self._codes.values())
        return CodesTally(told.title, told.header, told.blank, told.remark, used, every - used)

    def without_rate(self) -> list[CodesOf]:
        """Names that have codes and no rate, in the order of their sheets; final like the tally."""
        return [one for key, one in self._codes.items() if key not in self._used]

    def _rate_parts(self) -> Iterator[Part]:
        for part in self.parts:
            if not part.is_codes:
                self._table.choose(part.sheet)
                yield part

    def _whole(self, part: Part, number: int, cells: list[Any]) -> list[Any]:
        """A row of a sheet of prices with the columns of the first one, and its codes after them."""
        if part.places:
            cells = [cells[at] if 0 <= at < len(cells) else EMPTY for at in part.places]
        width = self.parts[0].width
        if not width:
            return cells
        cells = [*cells[:width], *[EMPTY] * (width - len(cells))]
        if number == part.header_row:
            cells.append(self._title)
        elif number < part.first_data_row:
            cells.append(EMPTY)
        else:
            key = key_of(exact(cells[part.columns["key"]]))
            found = self._codes.get(key) if key else None
            if found is None:
                cells.append(EMPTY)
            else:
                self._used.add(key)
                cells.append(found.cell(self.most))
        return cells

    def _read_codes(self, part: Part) -> None:
        """Keep the codes of each name; a row without a name belongs to the name above it."""
        tally, key, name = self._tally, "", ""
        self._table.choose(part.sheet)
        last, key_at = 0, part.columns["key"]
        for numbers, rows in self._table.slices(_SLICE):
            for number, row in zip(numbers, rows, strict=True):
                tally.blank += number - last - 1
                last = number
                if number == part.header_row:
                    tally.header += 1
                elif number < part.first_data_row:
                    tally.title += 1
                elif (codes := _codes_in(row, part)) is None:
                    is_empty = is_blank(exact_cells(row))
                    tally.blank += is_empty
                    tally.remark += not is_empty
                else:
                    own = shown(exact(row[key_at])) if key_at < len(row) else ""
                    name, key = (own, key_of(own)) if own else (name, key)
                    kept = self._codes.get(key)
                    if kept is None:
                        kept = self._codes[key] = CodesOf(name, part.sheet, number)
                    kept.cells.append(codes)


def _codes_in(row: list[Any], part: Part) -> Cell | None:
    """The codes of one row, as the joined column has them; None where it has none."""
    places = part.columns

    def cell(role: str) -> Cell:
        at = places.get(role, -1)
        return exact(row[at]) if 0 <= at < len(row) else EMPTY

    if "prefix" in places:
        found = cell("prefix")
        return found if _DIGIT.search(shown(found)) else None
    country, area = shown(cell("country_code")), shown(cell("area_code"))
    if not _DIGIT.search(country + area):
        return None
    rules = CodeRules(part.escapes, "span", part.lead)
    codes, _ = joined_codes(cell("country_code"), cell("area_code") if "area_code" in places else None, rules)
    return f"{country or '?'} {area}".strip() if isinstance(codes, Fault) else _BETWEEN.join(codes)


def _text(cell: Cell) -> str:
    """A code as text; a number with decimals is none and must not become one by losing its point."""
    return f"?{cell}" if isinstance(cell, Decimal) and cell != int(cell) else shown(cell)


def rates_missing(found: Sequence[CodesOf]) -> str:
    """Names with codes and no rate, told; '' where there are none."""
    if not found:
        return ""
    names = [f"{one.name} ({shown(one.cell())[:40]})" for one in found[:NAMED]]
    if len(found) > NAMED:
        names.append(tr("{count} more").format(count=f"{len(found) - NAMED:,}"))
    return tr("Codes without a rate, not imported: {names}.").format(names=", ".join(names))
