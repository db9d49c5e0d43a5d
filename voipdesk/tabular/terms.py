"""The terms of a row out of its cells: state, price, fees, intervals and days; equal cells are read once."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from fractions import Fraction
from operator import itemgetter
from typing import TypeVar

from voipdesk.kernel.scales import Scale
from voipdesk.kernel.text import tr
from voipdesk.tabular.band_words import FEE, ROLE, known_band
from voipdesk.tabular.cells import Cell, shown
from voipdesk.tabular.dates import read_day
from voipdesk.tabular.layout import Layout
from voipdesk.tabular.prices import PriceRules, State, read_interval, read_price
from voipdesk.tabular.values import Fault

Found = TypeVar("Found")

ROLES = (
    "rate",
    "status",
    "connection_fee",
    "minimum_charge",
    "increment",
    "initial_increment",
    "subsequent_increment",
    "effective_date",
    "effective_until",
    "band",
)
"""The columns that make terms, beside those of `rate.` and a time band."""

MOST_KEPT = 50_000
"""Different combinations of cells that are kept; beyond that they are forgotten and read anew."""

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


@dataclass(frozen=True, slots=True)
class BandPrice:
    """What the column of a time band says: its price, or that the band is blocked or closed."""

    band: str
    """As the role of the column names it."""
    state: str = "open"
    price: Decimal = Decimal(0)
    connect_fee: Decimal | None = None
    """None: that of the row."""


@dataclass(frozen=True, slots=True)
class Terms:
    """What the cells of a row beside codes and name say; rows with equal cells share one."""

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
    band: str = ""
    """The time band that the row is about, as the sheet writes it."""
    bands: tuple[BandPrice, ...] = ()
    """What the columns of time bands say beside the price; a band without a price is not among them."""
    faults: tuple[tuple[str, Fault], ...] = ()
    """(role of the column, what is wrong with its cell)."""


class TermsReader:
    """Reads terms by a layout and remembers what it has read."""

    def __init__(self, layout: Layout) -> None:
        self._layout = layout
        self._constants = {role: text for role, text in layout.constants.items() if text}
        self._bands = band_roles(layout.columns)
        fees = [role for role in layout.columns if role.startswith(FEE)]
        self._roles = [role for role in (*ROLES, *self._bands, *fees) if layout.columns.get(role, -1) >= 0]
        self._prices = PriceRules(layout.decimal, layout.scale, layout.exchange)
        self._fees = PriceRules(layout.decimal, unit_of(layout.scale), layout.exchange)
        self._known: dict[tuple[Cell, ...], Terms] = {}
        places = [layout.columns[role] for role in self._roles]
        self._may_be_bool = layout.container != "csv"
        self._width = max(places, default=-1) + 1
        # One more place than needed, so that the getter always gives a tuple of two and more.
        self._key = itemgetter(*places, *(places or [0])[:1], *(places or [0])[:1])
        self._price_of: dict[Cell, Decimal | State | Fault] = {}
        self._fee_of: dict[Cell, Decimal | State | Fault] = {}
        self._interval_of: dict[Cell, tuple[int, int] | Fault] = {}
        self._day_of: dict[Cell, date | datetime | Fault | None] = {}

    def terms(self, cells: Sequence[Cell]) -> Terms:
        """The terms of a row. `1` and `1.0` are the same number, so that equal keys mean equal terms."""
        if len(cells) < self._width or not cells:
            cells = [*cells, *[""] * (self._width + 1 - len(cells))]
        key = self._key(cells)
        # `True` equals 1 as a key, and means something else; text has none.
        found = None if self._may_be_bool and bool in map(type, key) else self._known.get(key)
        if found is None:
            found = self._made(dict(zip(self._roles, key, strict=False)))
            if len(self._known) >= MOST_KEPT:
                self._known.clear()
            if not self._may_be_bool or bool not in map(type, key):
                self._known[key] = found
        return found

    def _made(self, cells: dict[str, Cell]) -> Terms:
        faults: list[tuple[str, Fault]] = []
        if self._constants:
            cells = self._constants | {role: cell for role, cell in cells.items() if shown(cell)}
        state, price, word = self._price(cells, faults)
        fees = [self._fee(cells.get(role, ""), role, faults) for role in ("connection_fee", "minimum_charge")]
        initial, following = self._intervals(cells, faults)
        days = [
            self._day(cells.get(role, ""), role, faults) for role in ("effective_date", "effective_until")
        ]
        band = read_band(cells.get("band", ""), self._layout.bands)
        if isinstance(band, Fault):
            faults.append(("band", band))
        bands = tuple(self._band_prices(cells, state, faults))
        return Terms(
            state, price, fees[0], fees[1], initial, following, days[0], days[1], word,
            band if isinstance(band, str) else "", bands, tuple(faults),
        )  # fmt: skip

    def _band_prices(
        self, cells: dict[str, Cell], state: str, faults: list[tuple[str, Fault]]
    ) -> Iterator[BandPrice]:
        """A row that is closed closes all its bands; a status of blocked blocks those it prices."""
        if state != "closed":
            state = "blocked" if shown(cells.get("status", "")).casefold() in BLOCKED_WORDS else "open"
        for role in self._bands:
            name, cell = role.removeprefix(ROLE), cells.get(role, "")
            fee_cell = cells.get(FEE + name, "")
            fee = self._fee(fee_cell, FEE + name, faults) if shown(fee_cell) else None
            found = _once(self._price_of, cell, self._read_price) if shown(cell) else None
            if state == "closed":
                yield BandPrice(name, state)
            elif isinstance(found, Decimal):
                yield BandPrice(name, state, found, fee)
            elif isinstance(found, State) and found.name in {"blocked", "closed"}:
                yield BandPrice(name, found.name)
            elif isinstance(found, Fault):
                faults.append((role, found))

    def _price(self, cells: dict[str, Cell], faults: list[tuple[str, Fault]]) -> tuple[str, Decimal, str]:
        word = shown(cells.get("status", ""))
        plain = word.casefold()
        state = "blocked" if plain in BLOCKED_WORDS else "closed" if plain in CLOSED_WORDS else "open"
        found = _once(self._price_of, cells.get("rate", ""), self._read_price)
        if isinstance(found, Decimal):
            return state, found, word
        if isinstance(found, State) and found.name in {"blocked", "closed"}:
            return found.name, Decimal(0), word
        if state == "open":
            faults.append(("rate", found if isinstance(found, Fault) else _no_price(found)))
        return state, Decimal(0), word

    def _fee(self, cell: Cell, role: str, faults: list[tuple[str, Fault]]) -> Decimal:
        if not shown(cell):
            return Decimal(0)
        found = _once(self._fee_of, cell, self._read_fee)
        if isinstance(found, Fault):
            faults.append((role, found))
        return found if isinstance(found, Decimal) else Decimal(0)

    def _read_price(self, cell: Cell) -> Decimal | State | Fault:
        return read_price(cell, self._prices)

    def _read_fee(self, cell: Cell) -> Decimal | State | Fault:
        return read_price(cell, self._fees)

    def _read_day(self, cell: Cell) -> date | datetime | Fault | None:
        return read_day(cell, self._layout.date_order)

    def _intervals(self, cells: dict[str, Cell], faults: list[tuple[str, Fault]]) -> tuple[int, int]:
        initial = following = 1
        for role in ("increment", "initial_increment", "subsequent_increment"):
            cell = cells.get(role, "")
            if not shown(cell):
                continue
            found = _once(self._interval_of, cell, read_interval)
            if isinstance(found, Fault):
                faults.append((role, found))
            elif role == "increment":
                initial, following = found
            elif role == "initial_increment":
                initial = found[0]
            else:
                following = found[1]
                initial = initial if "initial_increment" in cells else following
        return initial, following

    def _day(self, cell: Cell, role: str, faults: list[tuple[str, Fault]]) -> date | datetime | None:
        found = _once(self._day_of, cell, self._read_day)
        if isinstance(found, Fault):
            faults.append((role, found))
            return None
        return found


def read_band(cell: Cell, bands: Sequence[str] | None) -> str | Fault:
    """The time band that a cell names, '' for all week; a Fault for one that the table does not have."""
    text = shown(cell)
    if bands is None or not text:
        return text
    found = known_band(text, bands, is_cell=True)
    if found is not None:
        return found
    said = tr("{band} is no time band of the table.").format(band=text[:40])
    return Fault("unknown_band", said, tr("Make the band first, or leave the row out."))


def band_roles(columns: Mapping[str, int]) -> list[str]:
    """The roles of columns that hold the prices of time bands, by their places."""
    return sorted((role for role in columns if role.startswith(ROLE)), key=columns.__getitem__)


def _once(known: dict[Cell, Found], cell: Cell, read: Callable[[Cell], Found]) -> Found:
    """What a text means, read once; other cells are read each time (`True` equals 1 as a key, and means something else)."""
    if type(cell) is not str:
        return read(cell)
    found = known.get(cell)
    if found is None:
        if len(known) >= MOST_KEPT:
            known.clear()
        found = known[cell] = read(cell)
    return found


def unit_of(scale: Scale) -> Decimal:
    """The part of a price's scale that is a unit of money (cents, 1/10000) and so holds for fees, not its time."""
    for time in (1, Fraction(1, 60), 60):
        unit = Fraction(scale) * time
        # One, a tenth, a hundredth, …
        if unit.numerator == 1 and str(unit.denominator).strip("0") == "1":
            return Decimal(1) / unit.denominator
    return Decimal(1)


def _no_price(state: State) -> Fault:
    said = tr("{word} stands in the place of the price.").format(word=state.word)
    return Fault("price_missing", said, tr("Type the price, or leave the row out."))
