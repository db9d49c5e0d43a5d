"""A sheet read by columns: each different cell is read once, rows that need more than that go the way of single rows.

Rows are taken a few thousand at a time and turned into columns. Each column has a dictionary of what its cells mean as
numbers, filled by the same functions that read single rows. A row goes the slow way, whole, when a cell has no plain
meaning: a fault, a word in the place of a price, a row that is a note or the header once more.
"""

import gc
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from itertools import zip_longest
from typing import Any

import numpy as np
from numpy.typing import NDArray

from voipdesk.kernel.digits import is_digits
from voipdesk.kernel.e164 import MAX_PREFIX
from voipdesk.kernel.money import SCALE, to_scaled
from voipdesk.kernel.progress import Progress
from voipdesk.kernel.text import tr
from voipdesk.rates import files
from voipdesk.rates.engine import NEVER
from voipdesk.rates.engine_sheet_columns import Mask
from voipdesk.rates.engine_sheet_gathering import Gathered
from voipdesk.rates.files_opened import row_of
from voipdesk.rating.engine import Ints
from voipdesk.tabular.band_words import FEE, ROLE, part_role
from voipdesk.tabular.cells import LARGEST_WHOLE, Cell, exact, shown
from voipdesk.tabular.codes import MAX_CODES, joined_codes, read_codes
from voipdesk.tabular.container import Container
from voipdesk.tabular.dates import read_day
from voipdesk.tabular.layout import Layout
from voipdesk.tabular.mapping import RateSheet, destination_of
from voipdesk.tabular.prices import PriceRules, State, read_interval, read_price
from voipdesk.tabular.reader import exact_cells
from voipdesk.tabular.terms import BLOCKED_WORDS, CLOSED_WORDS, ROLES, band_roles, read_band, unit_of
from voipdesk.tabular.values import Fault

SLICE = 2_000
"""Rows that are turned at once; with more of them the processor's cache is left."""

MOST_KEPT = 100_000
"""Different cells of a column that are remembered; beyond that they are forgotten and read anew."""

_KNOWN = frozenset({"prefix", "country_code", "area_code", "destination", "currency", *ROLES})
"""Roles whose meaning is known here. A sheet with another one is read row by row, until it is taught."""

_SLOW = -(2**63)
"""No plain meaning: the row is read by itself."""
_BLOCKED, _CLOSED, _NO_DAY = _SLOW + 1, _SLOW + 2, _SLOW + 3
_NO_PRICE = _SLOW + 4
"""Of a time band: the row has no price for it."""
_PAIR = 1 << 32
"""Two intervals in one number: first * _PAIR + next; 0 is an empty cell."""

_PLAIN_PRICE = re.compile(r"([0-9]{1,6})\.([0-9]{1,8})")
_DIGITS = re.compile(r"[0-9]+")
_PLAIN_CODE = re.compile(rf"\+?[0-9]{{1,{MAX_PREFIX}}}")
_PLAIN_LIST = re.compile(rf"[0-9]{{1,{MAX_PREFIX}}}(?:[,;] ?[1-9][0-9]{{0,{MAX_PREFIX - 1}}})+")
"""Not with a zero after a comma: `44,0` is a number that a spreadsheet has written."""

_PLAIN = frozenset({str, float, int, datetime, date, time, timedelta})
"""Types of cells that mean the same wherever they are equal; `True` equals 1, and `Decimal("1.0")` is not written `1`."""


def are_wide_enough(layout: Layout) -> bool:
    """Whether all that the layout says is understood here."""
    roles = {role for role in (*layout.columns, *layout.constants) if not part_role(role)[0]}
    return roles <= _KNOWN and "rate" in layout.columns


class Meaning(dict[Any, int]):
    """What each different cell of a column means, as a number."""

    def __init__(self, read: Callable[[Cell], int]) -> None:
        super().__init__()
        self._read = read

    def __missing__(self, cell: Any) -> int:
        found = self._read(exact(cell))
        if len(self) >= MOST_KEPT:
            self.clear()
        self[cell] = found
        return found

    def of(self, cells: Sequence[Any]) -> Ints:
        """The meaning of each cell."""
        return np.fromiter(map(self.__getitem__, cells), np.int64, len(cells))


class Lanes:
    """Reads one sheet into what is gathered of it."""

    def __init__(self, sheet: RateSheet, gathered: Gathered) -> None:
        layout = sheet.layout
        self._sheet, self._gathered = sheet, gathered
        self._columns = {role: at for role, at in layout.columns.items() if at >= 0}
        self._constants = {role: text for role, text in layout.constants.items() if text}
        self._width = max(self._columns.values(), default=0) + 1
        self._is_text = layout.container == Container.TEXT
        self._order = layout.date_order
        self._title = sheet.repeated_title
        self._rules = sheet.code_rules
        self._are_bare = not (self._rules.escapes or self._rules.lead)
        self._prices = PriceRules(layout.decimal, layout.scale, layout.exchange)
        self._fees = PriceRules(layout.decimal, unit_of(layout.scale), layout.exchange)
        self._are_plain = layout.decimal != "," and layout.scale == layout.exchange == 1
        readers: dict[str, Callable[[Cell], int]] = {
            "rate": self._price, "status": _status, "connection_fee": self._fee, "minimum_charge": self._fee,
            "increment": self._interval, "initial_increment": self._interval, "subsequent_increment": self._interval,
            "effective_date": self._day, "effective_until": self._day, "destination": self._name, "band": self._band,
        }  # fmt: skip
        self._bands = {role: role.removeprefix(ROLE) for role in band_roles(layout.columns)}
        readers |= dict.fromkeys(self._bands, self._band_price)
        own_fee: Callable[[Cell], int] = lambda cell: self._fee(cell) if shown(cell) else _NO_PRICE  # noqa: E731
        readers |= {FEE + name: own_fee for name in self._bands.values()}
        self._known_bands = layout.bands
        self._meanings = {role: Meaning(self._or_constant(role, read)) for role, read in readers.items()}
        self._areas: dict[tuple[Any, Any], tuple[str, ...] | None] = {}
        end = layout.last_data_row
        self._heads = sheet.heads
        self._first, self._last = layout.first_data_row, _SLOW if end is None else end

    def read(self, progress: Progress, size: int = SLICE) -> None:
        """Read the whole sheet, in order of the file, so many rows at once."""
        with _no_collecting():
            self._read_all(progress, size)

    def _read_all(self, progress: Progress, size: int) -> None:
        for numbers, rows in self._sheet.slices(size):
            progress.step(numbers[-1], None, tr("rows read"))
            self._sheet.passed(numbers[-1], len(rows))
            if isinstance(numbers, range):
                self._take(np.arange(numbers.start, numbers.stop, dtype=np.int32), rows)
            else:
                self._take(np.array(numbers, dtype=np.int32), rows)

    def _take(self, numbers: NDArray[np.int32], rows: list[list[Any]]) -> None:
        columns = _turned(rows, self._width, is_text=self._is_text)
        if columns is None:
            self._read_alone(range(len(rows)), numbers, rows)
            return
        slow = (numbers < self._first) | _open_comments(columns[0])
        for first, end in self._heads:
            slow |= (numbers >= first) & (numbers < end)
        if self._last != _SLOW:
            slow |= numbers > self._last
        part, read_slow = self._terms(columns, len(rows))
        slow |= read_slow
        band_prices = [
            (name, self._read(role, columns), self._read(FEE + name, columns))
            for role, name in self._bands.items()
        ]
        for _, price, fee in band_prices:
            # What a row that is blocked or closed means for its bands is said by the reader of single rows.
            slow |= (price == _SLOW) | (fee == _SLOW) | (part["state"] != files.OPEN)
        codes = self._codes(columns, slow)
        self._read_alone(np.flatnonzero(slow).tolist(), numbers, rows)
        where = np.flatnonzero(~slow)
        if len(where):
            part |= {"source_row": numbers, "repeats": 0, "free_seconds": 0, "grace_seconds": 0}
            self._gathered.parts.append(_picked(part, codes, where))
            for name, price, fee in band_prices:
                has = where[price[where] != _NO_PRICE]
                if len(has):
                    band = self._gathered.bands.setdefault(name, len(self._gathered.bands))
                    connect = np.where(fee == _NO_PRICE, part["connect_fee"], fee)
                    own = part | {"band": band, "price": price, "next_price": price, "connect_fee": connect}
                    self._gathered.parts.append(_picked(own, codes, has))

    def _read_alone(self, places: Iterable[int], numbers: NDArray[np.int32], rows: list[list[Any]]) -> None:
        """Rows by the way of single rows; what is no data is counted as what it is."""
        for at in places:
            found = self._sheet.read(int(numbers[at]), exact_cells(rows[at]))
            if found is not None:
                self._gathered.take(row_of(found))

    def _terms(self, columns: Sequence[Sequence[Any]], count: int) -> tuple[dict[str, Any], Mask]:
        """(the terms of each row, which rows have none that are plain)."""
        price = self._read("rate", columns)
        part: dict[str, Any] = {"state": self._read("status", columns)}
        slow = np.asarray(price == _SLOW)
        if (words := price < _NO_DAY).any():
            part["state"] = np.where(
                words, np.where(price == _BLOCKED, files.BLOCKED, files.CLOSED), part["state"]
            )
            price = np.where(words, 0, price)
        part["price"] = part["next_price"] = price
        part["destination"] = self._read("destination", columns)
        part["connect_fee"] = self._read("connection_fee", columns)
        part["minimum_charge"] = self._read("minimum_charge", columns)
        part["band"] = self._read("band", columns)
        for name in ("destination", "connect_fee", "minimum_charge", "band"):
            slow |= part[name] == _SLOW
        slow |= self._intervals(part, columns)
        return part, slow | self._days(part, columns, count)

    def _intervals(self, part: dict[str, Any], columns: Sequence[Sequence[Any]]) -> Any:
        """Fill in the intervals, as `terms.TermsReader` lays them over each other; which rows have none."""
        both, first, following = (
            self._read(role, columns) for role in ("increment", "initial_increment", "subsequent_increment")
        )
        slow = (both == _SLOW) | (first == _SLOW) | (following == _SLOW)
        one, two = _pair(both, 1)
        if _is_there(following):
            two = np.where(following > 0, following % _PAIR, two)
            if self._constants or "initial_increment" not in self._columns:
                one = np.where(following > 0, two, one)
        if _is_there(first):
            one = np.where(first > 0, first // _PAIR, one)
        part["initial_interval"], part["next_interval"] = one, two
        return slow

    def _days(self, part: dict[str, Any], columns: Sequence[Sequence[Any]], count: int) -> Any:
        """Fill in the days; which rows have a faulty one, or end before they start."""
        maker = self._gathered.maker
        since, until = self._read("effective_date", columns), self._read("effective_until", columns)
        slow = np.zeros(count, dtype=np.bool_) | (since == _SLOW) | (until == _SLOW)
        part["is_dated"] = since != _NO_DAY
        part["effective_from"] = np.where(part["is_dated"] & (not maker.is_fixed), since, maker.usual_micros)
        part["effective_until"] = np.where(until == _NO_DAY, NEVER, until)
        return slow | (part["effective_until"] <= part["effective_from"])

    def _read(self, role: str, columns: Sequence[Sequence[Any]]) -> Any:
        """What the column of a role means, or what rows without one mean."""
        at = self._columns.get(role)
        meaning = self._meanings[role]
        return meaning[""] if at is None else meaning.of(columns[at])

    def _codes(self, columns: Sequence[Sequence[Any]], slow: Mask) -> list[str | tuple[str, ...]]:
        """The code of each row, or its codes; rows that have none become slow."""
        at = self._columns.get("prefix")
        cells = columns[at] if at is not None else None
        if cells is not None and self._are_bare and _are_digits(cells):
            return list(cells)
        found: list[str | tuple[str, ...] | None]
        found = self._joined(columns) if cells is None else [self._code(cell) for cell in cells]
        if None in found:
            slow |= np.fromiter((one is None for one in found), np.bool_, len(found))
        return [one or "" for one in found]

    def _code(self, cell: Any) -> str | tuple[str, ...] | None:
        """The codes of one cell: what is written plainly at once, all else by the reader of cells."""
        if self._are_bare:
            if type(cell) is float and cell.is_integer() and 0 <= cell < LARGEST_WHOLE:
                return str(int(cell))
            if type(cell) is str and _PLAIN_CODE.fullmatch(cell):
                return cell.lstrip("+")
            if type(cell) is str and len(cell) < MAX_CODES and _PLAIN_LIST.fullmatch(cell):
                return tuple(dict.fromkeys(_DIGITS.findall(cell)))
        codes = read_codes(exact(cell), self._rules)
        if isinstance(codes, Fault):
            return None
        return codes[0] if len(codes) == 1 else codes

    def _joined(self, columns: Sequence[Sequence[Any]]) -> list[str | tuple[str, ...] | None]:
        """Codes of country and area; equal pairs are read once."""
        country = (
            columns[self._columns["country_code"]]
            if "country_code" in self._columns
            else [""] * len(columns[0])
        )
        at = self._columns.get("area_code")
        areas: Sequence[Any] = [None] * len(country) if at is None else columns[at]
        known = self._areas
        found: list[str | tuple[str, ...] | None] = []
        for pair in zip(country, areas, strict=True):
            if pair not in known:
                if len(known) >= MOST_KEPT:
                    known.clear()
                area = None if pair[1] is None else exact(pair[1])
                codes, _ = joined_codes(exact(pair[0]), area, self._rules)
                known[pair] = None if isinstance(codes, Fault) else codes
            found.append(known[pair])
        return found

    def _or_constant(self, role: str, read: Callable[[Cell], int]) -> Callable[[Cell], int]:
        """Where the sheet leaves a cell empty, what a person said for all of them holds."""
        constant = self._constants.get(role)
        if constant is None or role in {"rate", "destination"}:
            return read
        return lambda cell: read(cell if shown(cell) else constant)

    def _price(self, cell: Cell) -> int:
        text = shown(cell)
        if not text or text == self._title:
            return _SLOW
        if self._are_plain and (match := _PLAIN_PRICE.fullmatch(text)):
            return int(match[1] + match[2].ljust(SCALE, "0"))
        found = read_price(cell, self._prices)
        if isinstance(found, Decimal):
            return to_scaled(found) if found >= 0 else _SLOW
        if isinstance(found, State):
            return {"blocked": _BLOCKED, "closed": _CLOSED}.get(found.name, _SLOW)
        return _SLOW

    def _band_price(self, cell: Cell) -> int:
        found = read_price(cell, self._prices) if shown(cell) else None
        if isinstance(found, Decimal):
            return to_scaled(found) if found >= 0 else _SLOW
        is_missing = found is None or (isinstance(found, State) and found.name == "missing")
        return _NO_PRICE if is_missing else _SLOW

    def _band(self, cell: Cell) -> int:
        name = read_band(cell, self._known_bands)
        known = self._gathered.bands
        return _SLOW if isinstance(name, Fault) else known.setdefault(name, len(known))

    def _fee(self, cell: Cell) -> int:
        if not shown(cell):
            return 0
        found = read_price(cell, self._fees)
        if isinstance(found, Decimal):
            return to_scaled(found) if found >= 0 else _SLOW
        return 0 if isinstance(found, State) else _SLOW

    def _interval(self, cell: Cell) -> int:
        if not shown(cell):
            return 0
        found = read_interval(cell)
        return _SLOW if isinstance(found, Fault) else found[0] * _PAIR + found[1]

    def _day(self, cell: Cell) -> int:
        found = read_day(cell, self._order)
        if found is None:
            return _NO_DAY
        try:
            return _SLOW if isinstance(found, Fault) else self._gathered.maker.instant(found)
        except OverflowError:
            return _SLOW

    def _name(self, cell: Cell) -> int:
        known = self._gathered.destinations
        return known.setdefault(destination_of(cell), len(known))


def _status(cell: Cell) -> int:
    word = shown(cell).casefold()
    return files.BLOCKED if word in BLOCKED_WORDS else files.CLOSED if word in CLOSED_WORDS else files.OPEN


@contextmanager
def _no_collecting() -> Iterator[None]:
    """Rows have no cycles, and looking for them each time a slice is made took a third of the time; each slice is freed
    when the next one comes.
    """
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


def _turned(rows: list[list[Any]], width: int, *, is_text: bool) -> list[Sequence[Any]] | None:
    """The rows as columns, short ones filled up; None where a cell is of a kind that only single rows are read by."""
    short = min(map(len, rows))
    if short < width or short != max(map(len, rows)):
        columns: list[Sequence[Any]] = list(zip_longest(*rows, fillvalue=""))
        columns += [[""] * len(rows)] * (width - len(columns))
    else:
        columns = list(zip(*rows, strict=True))
    if is_text or all(set(map(type, column)) <= _PLAIN for column in columns):
        return columns
    return None


def _open_comments(cells: Sequence[Any]) -> Mask:
    """Which cells begin as a comment does; whether they are one is for the reader of single rows to say."""
    try:
        may = "\n#" in "\n".join(("", *cells))
    except TypeError:
        may = True
    if may:
        opens = (type(cell) is str and cell[:1] == "#" for cell in cells)
        return np.fromiter(opens, np.bool_, len(cells))
    return np.zeros(len(cells), dtype=np.bool_)


def _is_there(values: Any) -> bool:
    return not isinstance(values, int) or values != 0


def _pair(values: Any, usual: int) -> tuple[Any, Any]:
    """First and next interval of a column; `usual` where the cell is empty."""
    if isinstance(values, int):
        return (values // _PAIR, values % _PAIR) if values else (usual, usual)
    return np.where(values > 0, values // _PAIR, usual), np.where(values > 0, values % _PAIR, usual)


def _are_digits(cells: Sequence[Any]) -> bool:
    """Whether all cells are plain dial codes."""
    try:
        whole = "".join(cells)
    except TypeError:
        return False
    return is_digits(whole) and "" not in cells and len(max(cells, key=len)) <= MAX_PREFIX


def _picked(part: dict[str, Any], codes: list[str | tuple[str, ...]], where: Ints) -> dict[str, Any]:
    """The plain rows of a part, one for each code."""
    chosen = codes if len(where) == len(codes) else [codes[at] for at in where.tolist()]
    if tuple in set(map(type, chosen)):
        spread = [(one,) if isinstance(one, str) else one for one in chosen]
        where = np.repeat(where, [len(one) for one in spread])
        chosen = [code for many in spread for code in many]
    elif len(where) == len(codes):
        return {**part, "prefixes": np.array(chosen, dtype="S15")}
    taken = {
        name: value[where] if isinstance(value, np.ndarray) and value.ndim else value
        for name, value in part.items()
    }
    return {**taken, "prefixes": np.array(chosen, dtype="S15")}
