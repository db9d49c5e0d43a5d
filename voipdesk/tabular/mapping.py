"""A rate sheet read by its layout: one value per row of the file, nothing lost, and a tally that adds up."""

from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import overload

from voipdesk.kernel.digits import has_digit
from voipdesk.kernel.problems import Place, Problem
from voipdesk.kernel.text import tr
from voipdesk.tabular.cells import Cell, is_blank, shown
from voipdesk.tabular.codes import PLAIN_RULES, CodeRules, joined_codes, read_codes
from voipdesk.tabular.layout import Layout
from voipdesk.tabular.reader import Slice, Table
from voipdesk.tabular.several import CodesOf, CodesTally, SeveralSheets, opened
from voipdesk.tabular.terms import Terms, TermsReader
from voipdesk.tabular.values import Fault

_FORMULA = frozenset("=+-@＝＋－＠")
"""What our own CSV files keep from becoming a formula by an apostrophe in front (`tabular.writer`)."""


@dataclass(slots=True)
class SheetRate:
    """One data row: its codes spread out, its terms, and every problem with its place."""

    row: int
    codes: tuple[str, ...]
    destination: str
    terms: Terms
    raw: Sequence[Cell]
    problems: Sequence[Problem] = ()

    @property
    def cells(self) -> "ShownCells":
        """The cells as text; made only when somebody looks."""
        return ShownCells(self.raw)

    @property
    def state(self) -> str:
        """open, blocked or closed."""
        return self.terms.state

    @property
    def price(self) -> Decimal:
        """Per minute, in currency units."""
        return self.terms.price

    @property
    def connect_fee(self) -> Decimal:
        """In currency units."""
        return self.terms.connect_fee

    @property
    def minimum_charge(self) -> Decimal:
        """In currency units."""
        return self.terms.minimum_charge

    @property
    def initial_interval(self) -> int:
        """Seconds."""
        return self.terms.initial_interval

    @property
    def next_interval(self) -> int:
        """Seconds."""
        return self.terms.next_interval

    @property
    def effective_from(self) -> date | datetime | None:
        """Day or local instant; None: the sheet does not say."""
        return self.terms.effective_from

    @property
    def effective_until(self) -> date | datetime | None:
        """Day or local instant; None: open."""
        return self.terms.effective_until

    @property
    def status_word(self) -> str:
        """As the sheet has it."""
        return self.terms.status_word


class ShownCells(Sequence[str]):
    """The cells of a row as a person reads them, turned into text one by one."""

    __slots__ = ("_raw",)

    def __init__(self, raw: Sequence[Cell]) -> None:
        self._raw = raw

    def __len__(self) -> int:
        return len(self._raw)

    @overload
    def __getitem__(self, at: int) -> str: ...
    @overload
    def __getitem__(self, at: slice) -> Sequence[str]: ...
    def __getitem__(self, at: int | slice) -> str | Sequence[str]:
        return [shown(cell) for cell in self._raw[at]] if isinstance(at, slice) else shown(self._raw[at])


@dataclass(slots=True)
class Tally:
    """Rows of the file that are no data; final when the rows have been read. `total` counts every row."""

    total: int = 0
    title: int = 0
    header: int = 0
    remark: int = 0
    blank: int = 0
    codes: int = 0
    """Rows of sheets of codes whose names have rates."""
    unused: int = 0
    """Rows of sheets of codes whose names have none."""

    @property
    def skipped(self) -> int:
        """Title, header, comment and footer rows, and those of sheets of codes."""
        return self.title + self.header + self.remark + self.codes + self.unused

    def add(self, codes: CodesTally) -> None:
        """Count the sheets of codes too."""
        self.total += codes.total
        self.title += codes.title
        self.header += codes.header
        self.remark += codes.remark
        self.blank += codes.blank
        self.codes += codes.codes
        self.unused += codes.unused


class RateSheet(AbstractContextManager["RateSheet"]):
    """An open sheet; `rows()` reads it once from the top, `tally` is final after that. `table`: open on the sheet already."""

    def __init__(self, path: Path, layout: Layout, table: Table | None = None) -> None:
        self.path = path
        self.layout = layout
        self.tally = Tally()
        self._table: Table = table or opened(path, layout)
        rules = CodeRules(layout.escapes, layout.hyphen, layout.lead)
        self._codes = PLAIN_RULES if rules == PLAIN_RULES else rules
        self._reader = TermsReader(layout)
        columns = layout.columns
        self._rate_at = columns.get("rate", -1)
        self._code_at = columns.get("prefix", -1)
        self._name_at = columns.get("destination", -1)
        self._joined_at = layout.joined_at
        self._later = layout.rate_parts[1:]
        self._rate_title = layout.title(self._rate_at) if layout.titles and self._rate_at >= 0 else ""

    def __exit__(self, *_: object) -> None:
        self._table.close()

    def rows(self) -> Iterator[SheetRate]:
        """The data rows in order."""
        self.tally = Tally()
        for number, cells in self._table.rows():
            self.passed(number, 1)
            found = self.read(number, cells)
            if found is not None:
                yield found
        self._end()

    def slices(self, size: int) -> Iterator[Slice]:
        """All rows of the file in order, many at once and as they lie in it: for a reader by columns, who gives those he
        cannot read to `read` (after `exact_cells`) and counts all by `passed`.
        """
        self.tally = Tally()
        yield from self._table.slices(size)
        self._end()

    @property
    def heads(self) -> list[tuple[int, int]]:
        """(first, one after the last) rows above the data of sheets that stand beneath the first one."""
        return [(part.start + 1, part.start + part.first_data_row) for part in self._later]

    @property
    def without_rate(self) -> list[CodesOf]:
        """Names of sheets of codes that have no rate; final when the rows have been read."""
        return self._table.without_rate() if isinstance(self._table, SeveralSheets) else []

    def _end(self) -> None:
        if isinstance(self._table, SeveralSheets):
            self.tally.add(self._table.tally)

    def passed(self, number: int, count: int) -> None:
        """Count `count` rows, the last of which has this number; numbers without a row are blank rows."""
        tally = self.tally
        tally.blank += number - tally.total - count
        tally.total = number

    def read(self, number: int, cells: list[Cell]) -> SheetRate | None:
        """What one row says; None for a row that is no data, which is counted as what it is."""
        layout, tally = self.layout, self.tally
        end = layout.last_data_row
        header, first = layout.header_row, layout.first_data_row
        if self._later and number > self._later[0].start:
            header, first = layout.head_at(number)
        if number >= first and (end is None or number <= end) and self._is_data(cells):
            return self._row(number, cells)
        if number == header:
            tally.header += 1
        elif number < first:
            # Empty rows above the header belong to the title.
            tally.title += 1
        elif is_blank(cells):
            tally.blank += 1
        else:
            tally.remark += 1
        return None

    @property
    def code_rules(self) -> CodeRules:
        """How its dial codes are written."""
        return self._codes

    @property
    def repeated_title(self) -> str:
        """What stands in the place of a price where the header is repeated; '' without one."""
        return self._rate_title

    def _cell(self, cells: Sequence[Cell], role: str) -> Cell:
        at = self.layout.columns.get(role, -1)
        return cells[at] if 0 <= at < len(cells) else ""

    def _is_data(self, cells: list[Cell]) -> bool:
        """Whether a row is neither empty nor a note, a banner, a comment, or the header once more."""
        at = self._rate_at
        rate = cells[at] if 0 <= at < len(cells) else ""
        text = rate.strip() if type(rate) is str else shown(rate)
        first = cells[0] if cells else ""
        if type(first) is str and first[:1] == "#" and (self._code_at != 0 or not has_digit(first[1:2])):
            return False
        if text:
            # Titles of two rows are joined, and each of the rows may be repeated.
            is_title = self._rate_title.startswith(text) or self._rate_title.endswith(text)
            return not is_title or not self._is_header(cells)
        # Without a price: words, or nothing, in the place of the code make a note; so does a cell that stands alone.
        code = shown(self._cell(cells, "prefix")) or shown(self._cell(cells, "country_code"))
        return has_digit(code) and sum(bool(shown(cell)) for cell in cells) > 1

    def _is_header(self, cells: list[Cell]) -> bool:
        pairs = zip((shown(cell) for cell in cells), self.layout.titles, strict=False)
        return all(title == text or title.startswith(text) or title.endswith(text) for text, title in pairs)

    def _row(self, number: int, cells: list[Cell]) -> SheetRate:
        terms = self._reader.terms(cells)
        at = self._name_at
        destination = destination_of(cells[at]) if 0 <= at < len(cells) else ""
        at = self._code_at
        role = "prefix"
        codes: tuple[str, ...] | Fault
        if at < 0:
            codes, role = self._joined_codes(cells)
        else:
            codes = read_codes(cells[at] if at < len(cells) else "", self._codes)
        if isinstance(codes, Fault):
            made = SheetRate(number, (), destination, terms, cells)
            faults = ((role, codes), *terms.faults)
        else:
            made = SheetRate(number, codes, destination, terms, cells)
            faults = terms.faults
        if faults:
            made.problems = [self._problem(number, fault_role, fault, cells) for fault_role, fault in faults]
        return made

    def _joined_codes(self, cells: list[Cell]) -> tuple[tuple[str, ...] | Fault, str]:
        """(codes of country and area, or what is wrong; role of the column that says so)."""
        area = self._cell(cells, "area_code") if "area_code" in self.layout.columns else None
        return joined_codes(self._cell(cells, "country_code"), area, self._codes)

    def _problem(self, number: int, role: str, fault: Fault, cells: list[Cell]) -> Problem:
        at = self.layout.columns.get(role, -1)
        value = shown(self._cell(cells, role))[:80]
        if at == self._joined_at >= 0 and fault.code == "prefix_missing":
            fault, value = self._no_codes(cells), ""
        sheet, row = self.layout.place_of(number)
        place = Place(self.path.name, sheet, row, self.layout.title(at), value)
        return Problem(fault.code, fault.message, fault.hint, place)

    def _no_codes(self, cells: list[Cell]) -> Fault:
        """A name that no sheet of codes has."""
        key = self.layout.parts[0].columns["key"]
        name = shown(cells[key])[:80] if key < len(cells) else ""
        codes = ", ".join(part.sheet for part in self.layout.parts if part.is_codes)
        return Fault(
            "no_codes",
            tr("{sheet} has no codes for {name}.").format(
                sheet=codes, name=name or tr("a row without a name")
            ),
            tr("Type them in this row, or leave it out."),
        )


def destination_of(cell: Cell) -> str:
    """The name in a cell, its white space made single, without the apostrophe that keeps it from being a formula."""
    name = " ".join((cell if type(cell) is str else shown(cell)).split())
    return name[1:] if name[:1] == "'" and name[1:2] in _FORMULA else name
