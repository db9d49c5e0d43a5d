"""A rate sheet read by its layout: one value per row of the file, nothing lost, and a tally that adds up."""

from collections.abc import Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path

from voipdesk.kernel.problems import Place, Problem
from voipdesk.kernel.text import tr
from voipdesk.tabular.cells import Cell, is_blank, shown
from voipdesk.tabular.codes import CodeRules, join_area, read_codes
from voipdesk.tabular.dates import read_day
from voipdesk.tabular.layout import Layout
from voipdesk.tabular.prices import PriceRules, State, read_interval, read_price
from voipdesk.tabular.reader import Table, open_table
from voipdesk.tabular.values import Fault

CLOSED_WORDS = frozenset(
    [
        "closed",
        "close",
        "deleted",
        "delete",
        "removed",
        "remove",
        "discontinued",
        "withdrawn",
        "gelöscht",
        "supprimé",
        "eliminado",
    ]
)
BLOCKED_WORDS = frozenset(
    ["blocked", "block", "barred", "forbidden", "gesperrt", "bloqué", "bloqueado", "bloccato"]
)


@dataclass(slots=True)
class SheetRate:
    """One data row: its codes spread out, its terms, and every problem with its place."""

    row: int
    codes: tuple[str, ...] = ()
    destination: str = ""
    state: str = "open"
    """open, blocked or closed."""
    price: Decimal = Decimal(0)
    connect_fee: Decimal = Decimal(0)
    minimum_charge: Decimal = Decimal(0)
    initial_interval: int = 1
    next_interval: int = 1
    effective_from: date | datetime | None = None
    effective_until: date | datetime | None = None
    status_word: str = ""
    problems: list[Problem] = field(default_factory=list)
    cells: tuple[str, ...] = ()


@dataclass(slots=True)
class Tally:
    """Rows of the file that are no data; final when the rows have been read. `total` counts every row."""

    total: int = 0
    title: int = 0
    header: int = 0
    remark: int = 0
    blank: int = 0

    @property
    def skipped(self) -> int:
        """Title, header, comment and footer rows."""
        return self.title + self.header + self.remark


class RateSheet(AbstractContextManager["RateSheet"]):
    """An open sheet; `rows()` reads it once from the top, `tally` is final after that."""

    def __init__(self, path: Path, layout: Layout, table: Table | None = None) -> None:
        self.path = path
        self.layout = layout
        self.tally = Tally()
        self._table: Table = table or open_table(path, layout=layout)
        self._codes = CodeRules(layout.escapes, layout.hyphen, layout.lead)
        self._prices = PriceRules(layout.decimal, layout.scale)
        self._plain = PriceRules(layout.decimal)

    def __exit__(self, *_: object) -> None:
        self._table.close()

    def rows(self) -> Iterator[SheetRate]:
        """The data rows in order."""
        tally = self.tally = Tally()
        layout = self.layout
        last = 0
        for number, cells in self._table.rows():
            tally.blank += number - last - 1
            last = number
            if is_blank(cells):
                # Empty rows above the header belong to the title.
                if number < layout.first_data_row:
                    tally.title += 1
                else:
                    tally.blank += 1
            elif number == layout.header_row:
                tally.header += 1
            elif number < layout.first_data_row:
                tally.title += 1
            elif self._is_remark(cells):
                tally.remark += 1
            else:
                yield self._row(number, cells)
        tally.total = last

    def _cell(self, cells: list[Cell], role: str) -> Cell:
        at = self.layout.columns.get(role, -1)
        return cells[at] if 0 <= at < len(cells) else ""

    def _is_remark(self, cells: list[Cell]) -> bool:
        """A row without price and with words, or nothing, in the place of the code: a note, a banner, a repeated header."""
        rate = shown(self._cell(cells, "rate"))
        code = shown(self._cell(cells, "prefix")) or shown(self._cell(cells, "country_code"))
        if not rate:
            return not any(char.isdigit() for char in code) or sum(bool(shown(cell)) for cell in cells) == 1
        return bool(self.layout.titles) and [shown(cell) for cell in cells] == list(
            self.layout.titles[: len(cells)]
        )

    def _row(self, number: int, cells: list[Cell]) -> SheetRate:
        made = SheetRate(number, cells=tuple(shown(cell) for cell in cells))
        made.destination = " ".join(shown(self._cell(cells, "destination")).split())
        self._read_codes(made, cells)
        self._read_state_and_price(made, cells)
        self._read_fees(made, cells)
        self._read_intervals(made, cells)
        for role in ("effective_date", "effective_until"):
            found = read_day(self._cell(cells, role), self.layout.date_order)
            if isinstance(found, Fault):
                self._fault(made, role, found, self._cell(cells, role))
            elif role == "effective_date":
                made.effective_from = found
            else:
                made.effective_until = found
        return made

    def _read_codes(self, made: SheetRate, cells: list[Cell]) -> None:
        columns = self.layout.columns
        if "prefix" in columns:
            role = "prefix"
            codes = read_codes(self._cell(cells, role), self._codes)
        else:
            role = "country_code"
            countries = read_codes(self._cell(cells, role), self._codes)
            if isinstance(countries, Fault) or "area_code" not in columns:
                codes = countries
            else:
                role = "area_code"
                codes = join_area(countries[0], self._cell(cells, role), self._codes)
        if isinstance(codes, Fault):
            self._fault(made, role, codes, self._cell(cells, role))
        else:
            made.codes = codes

    def _read_state_and_price(self, made: SheetRate, cells: list[Cell]) -> None:
        made.status_word = shown(self._cell(cells, "status"))
        word = made.status_word.casefold()
        if word in BLOCKED_WORDS:
            made.state = "blocked"
        elif word in CLOSED_WORDS:
            made.state = "closed"
        cell = self._cell(cells, "rate")
        found = read_price(cell, self._prices)
        if isinstance(found, Decimal):
            made.price = found
        elif isinstance(found, State) and found.name in {"blocked", "closed"}:
            made.state = found.name
        elif made.state == "open":
            fault = found if isinstance(found, Fault) else _no_price(found)
            self._fault(made, "rate", fault, cell)

    def _read_fees(self, made: SheetRate, cells: list[Cell]) -> None:
        for role, name in (("connection_fee", "connect_fee"), ("minimum_charge", "minimum_charge")):
            cell = self._cell(cells, role)
            if not shown(cell):
                continue
            found = read_price(cell, self._plain)
            if isinstance(found, Fault):
                self._fault(made, role, found, cell)
            elif isinstance(found, Decimal):
                setattr(made, name, found)

    def _read_intervals(self, made: SheetRate, cells: list[Cell]) -> None:
        for role in ("increment", "initial_increment", "subsequent_increment"):
            cell = self._cell(cells, role)
            if role not in self.layout.columns or not shown(cell):
                continue
            found = read_interval(cell)
            if isinstance(found, Fault):
                self._fault(made, role, found, cell)
            elif role == "increment":
                made.initial_interval, made.next_interval = found
            elif role == "initial_increment":
                made.initial_interval = found[0]
            else:
                made.next_interval = found[1]
                if "initial_increment" not in self.layout.columns:
                    made.initial_interval = found[1]

    def _fault(self, made: SheetRate, role: str, fault: Fault, cell: Cell) -> None:
        at = self.layout.columns.get(role, -1)
        place = Place(
            self.path.name, self.layout.sheet or "", made.row, self.layout.title(at), shown(cell)[:80]
        )
        made.problems.append(Problem(fault.code, fault.message, fault.hint, place))


def _no_price(state: State) -> Fault:
    said = tr("{word} stands in the place of the price.").format(word=state.word)
    return Fault("price_missing", said, tr("Type the price, or leave the row out."))
