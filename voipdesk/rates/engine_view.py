"""Rates in force with a draft over them, as columns that filter and sort: what SQL does where there is no draft.

The answers equal those of `queries.windows` row for row while nothing is edited (held together by test).
"""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from voipdesk.kernel.digits import is_digits
from voipdesk.kernel.money import Rounding
from voipdesk.rates.engine import NEVER, RateColumns, in_force_mask
from voipdesk.rates.engine_draft import (
    CLOSED,
    DESTINATION,
    PREFIX,
    Bools,
    Overlay,
    Texts,
    following_of,
    initial_of,
    rounded_units,
)
from voipdesk.rating.engine import Ints

NOTHING = -(2**63)
"""No value, in a column of numbers or instants."""

WORDS = ("open", "scheduled", "blocked", "edited", "new", "closing")
"""What the status of a row can be; the later one in this list speaks."""

BESIDE = frozenset({"minutes", "sold_in", "note", "source", "file_row"})
"""Columns that stand beside the rates (`engine_beside`): a sheet asks for them by `more`."""

PLAIN = frozenset({"minutes", "file_row"})
"""Columns of whole numbers that are not scaled."""

_TEXTS = frozenset({DESTINATION, "band", "sold_in", "note", "source"})
_PERCENT = 1_000_000
"""A change is kept in ten-thousandths of a per cent."""


class Asked(Protocol):
    """One condition: `queries.Condition` fits."""

    @property
    def column(self) -> str:
        """Its column."""

    @property
    def how(self) -> str:
        """Its way, as `queries.Condition` names them."""

    @property
    def value(self) -> Any:
        """What it compares with."""

    @property
    def other(self) -> Any:
        """The end of a span."""


@dataclass(frozen=True, slots=True)
class Base:
    """Rates in force at an instant, in order of (prefix, band), and what follows each of them."""

    rates: RateColumns
    next_price: Ints
    next_from: Ints
    """`NOTHING` where nothing is scheduled; the price also where the next row is not open."""
    next_state: NDArray[np.int8]
    by_id: Ints
    """Places in order of id."""
    sorted_ids: Ints

    def places(self, ids: Ints) -> Ints:
        """Where rates stand; -1 for one that is not in force."""
        if not len(self.sorted_ids):
            return np.full(len(ids), -1, np.int64)
        at = np.minimum(np.searchsorted(self.sorted_ids, ids), len(self.sorted_ids) - 1)
        found: Ints = np.where(self.sorted_ids[at] == ids, self.by_id[at], -1)
        return found


def base_of(rows: RateColumns, at: int) -> Base:
    """The rates in force at an instant among all published rows of a table."""
    speaks = in_force_mask(rows, at)
    places = np.nonzero(speaks)[0]
    rates = rows if len(places) == len(rows) else rows.take(places)
    follows = _followers(rows, places)
    has, state = follows >= 0, np.broadcast_to(np.int8(-1), len(rates))
    price = since = np.broadcast_to(np.int64(NOTHING), len(rates))
    if has.any():
        later = np.maximum(follows, 0)
        state = np.where(has, rows.state[later], -1).astype(np.int8)
        price = np.where(state == 0, rows.price[later], NOTHING)
        since = np.where(has, rows.effective_from[later], NOTHING)
    return Base(rates, price, since, state, *by_id(rates.ids))


def by_id(ids: Ints) -> tuple[Ints, Ints]:
    """Places in order of id, and the ids in that order."""
    if (ids[1:] > ids[:-1]).all():
        return np.arange(len(ids), dtype=np.int64), ids
    order = np.argsort(ids, kind="stable")
    return order, ids[order]


def _followers(rows: RateColumns, places: Ints) -> Ints:
    """For each row in force the row of its prefix and band that is next, the newest version of it; -1 for none."""
    count = len(rows)
    if not count:
        return np.empty(0, np.int64)
    key_starts = np.ones(count, np.bool_)
    key_starts[1:] = (rows.prefixes[1:] != rows.prefixes[:-1]) | (rows.band[1:] != rows.band[:-1])
    starts = key_starts.copy()
    starts[1:] |= rows.effective_from[1:] != rows.effective_from[:-1]
    first = np.nonzero(starts)[0]
    last_of = np.append(first[1:], count) - 1
    after = places + 1
    inside = after < count
    after = np.where(inside, after, 0)
    inside &= ~key_starts[after]
    newest = last_of[np.searchsorted(first, after, side="right") - 1]
    found: Ints = np.where(inside, newest, -1)
    return found


@dataclass(slots=True)
class Sheet:
    """A base with an overlay. Columns are made when they are asked for, and kept."""

    base: Base
    overlay: Overlay
    texts: Texts
    more: "Callable[[str, Sheet], Ints] | None" = None
    """A column of `BESIDE` for the rates of the base: numbers, or places in `texts`."""
    added: Ints = field(init=False)
    ids: Ints = field(init=False)
    _made: dict[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.added = self.overlay.added
        self.ids = self._with_added(self.base.rates.ids, self.added)

    def __len__(self) -> int:
        return len(self.ids)

    def places(self, ids: Ints) -> Ints:
        """Where rows stand in the columns; -1 for one that is not here."""
        found = self.base.places(ids)
        if len(self.added) and (ids < 0).any():
            order = np.argsort(self.added, kind="stable")
            at = np.minimum(np.searchsorted(self.added[order], ids), len(order) - 1)
            hit = (ids < 0) & (self.added[order][at] == ids)
            found = np.where(hit, len(self.base.rates) + order[at], found)
        return found

    def of_version(self, seq: int) -> Bools:
        """The rows that one version wrote; new ones of the draft are not among them."""
        return np.concatenate([self.base.rates.version == seq, np.zeros(len(self.added), np.bool_)])

    def cells(self, name: str) -> Ints:
        """One column of cells as the draft has them (see `engine_draft`), `change` and `word` beside those."""
        if name not in self._made:
            makers: dict[str, Callable[[], Ints]] = {"change": self._change, "word": self._word}
            self._made[name] = makers.get(name, lambda: self._patched(name))()
        made: Ints = self._made[name]
        return made

    def prefixes(self) -> NDArray[np.bytes_]:
        """The prefixes, added ones included."""
        if PREFIX not in self._made:
            more = [
                self.texts[int(cell)].encode()
                for cell in self.overlay.patched(PREFIX, self.added, np.zeros(len(self.added), np.int64))
            ]
            self._made[PREFIX] = np.concatenate([self.base.rates.prefixes, np.array(more, "S15")])
        made: NDArray[np.bytes_] = self._made[PREFIX]
        return made

    def was(self, name: str) -> Ints:
        """A column as the rates have it, not to be written into; blank cells for added rows."""
        rates = self.base.rates
        if name == "interval":
            cells = (rates.initial_interval << 32) | rates.next_interval
        elif name == DESTINATION:
            cells = self.texts.places(rates.destination_names)[rates.destination]
        elif name == "band":
            cells = self.texts.places(rates.band_names)[rates.band]
        elif name in BESIDE:
            empty = 0 if name in _TEXTS else NOTHING
            cells = np.full(len(rates), empty, np.int64) if self.more is None else self.more(name, self)
        elif name in ("scheduled_price", "scheduled_from"):
            cells = self.base.next_price if name == "scheduled_price" else self.base.next_from
        else:
            cells = getattr(rates, name).astype(np.int64, copy=False)
        blank = {"effective_until": NEVER, "scheduled_price": NOTHING, "scheduled_from": NOTHING}
        blank |= dict.fromkeys(PLAIN, NOTHING)
        empty = blank.get(name, 0)
        return self._with_added(cells, empty)

    def _with_added(self, cells: Ints, more: Any) -> Ints:
        """A column with what the added rows say; the column itself where there are none: nobody writes into it."""
        if not len(self.added):
            return cells
        return np.concatenate([cells, np.broadcast_to(more, len(self.added))])

    def touched(self) -> Bools:
        """Rows in which the draft changes something, added ones included."""
        found = np.zeros(len(self), np.bool_)
        found[self._standing(self.overlay.edited)] = True
        found[len(self.base.rates) :] = True
        return found

    def _standing(self, ids: Ints) -> Ints:
        places = self.places(ids)
        return places[places >= 0]

    def _patched(self, name: str) -> Ints:
        cells = self.was(name)
        held = self.overlay.column(name)
        if len(held.ids):
            cells = cells.copy()
            places = self.places(held.ids)
            known = places >= 0
            cells[places[known]] = held.now[known]
        return cells

    def _change(self) -> Ints:
        """The next rate against this one, or an edited rate against what it was; `NOTHING` where there is neither."""
        was, now, later = self.was("price"), self.cells("price"), self.was("scheduled_price")
        edited = was != now
        low, high = np.where(edited, was, now), np.where(edited, now, later)
        known = (low > 0) & (high != NOTHING)
        moved = np.where(known, high - low, 0) * _PERCENT
        below = np.where(known, low, 1)
        return np.where(known, np.sign(moved) * (np.abs(moved) // below), NOTHING)

    def _word(self) -> Ints:
        """The status of each row, as a place in `WORDS`."""
        found = np.where(self.was("scheduled_from") != NOTHING, 1, 0)
        found = np.where(self.cells("state") == 1, 2, found)
        found[self._standing(self.overlay.edited)] = 3
        found[len(self.base.rates) :] = 4
        return np.where(self.cells("state") == CLOSED, 5, found)


def numbers(sheet: Sheet, column: str, ids: Ints) -> Ints:
    """A column of some rows, scaled by 10^8; a change in per cent, to one decimal as it is shown."""
    places = sheet.places(np.asarray(ids, np.int64))
    cells = np.where(places >= 0, sheet.cells(column)[places], NOTHING)
    if column != "change":
        return cells
    blank = cells == NOTHING
    shown = rounded_units(np.where(blank, 0, cells) * 10_000, Fraction(1), 1, Rounding.HALF_UP)
    return np.where(blank | (shown == 0), NOTHING, shown)


def chosen(
    sheet: Sheet,
    conditions: Sequence[Asked],
    orders: Sequence[tuple[str, bool]],
    *,
    span_of: Callable[[str], tuple[int, int]],
    units_of: Callable[[Any, int], int],
    only: Bools | None = None,
) -> Ints:
    """Ids that pass, in order; the last order is always the prefix. Orders are (column, descending).

    `span_of` gives the instants of a year, month or day; `units_of` the number of a Decimal.
    """
    mask = np.ones(len(sheet), np.bool_) if only is None else only.copy()
    asking = _Asking(sheet, span_of, units_of)
    for one in conditions:
        mask &= asking.fits(one)
    places = np.nonzero(mask)[0]
    if not len(sheet.added) and all(column == "prefix" and not down for column, down in orders[:1]):
        return sheet.ids[places]
    keys = [_key(sheet, column, down=down)[places] for column, down in orders]
    keys.append(_prefix_ranks(sheet)[places])
    return sheet.ids[places[np.lexsort(keys[::-1])]]


def _key(sheet: Sheet, column: str, *, down: bool) -> Ints:
    """Numbers in the order of a column; what is blank comes last both ways."""
    if column == "prefix":
        ranks = _prefix_ranks(sheet)
    elif column in _TEXTS:
        cells = sheet.cells(column)
        used = _used(cells)
        folded = [sheet.texts[one].casefold() for one in used.tolist()]
        by_name = {name: rank for rank, name in enumerate(sorted(set(folded)))}
        rank_of = np.zeros(used[-1] + 1 if len(used) else 0, np.int64)
        rank_of[used] = [by_name[name] for name in folded]
        ranks = rank_of[cells]
    elif column == "state":
        ranks = sheet.cells("word")
    elif column == "effective_until":
        cells = sheet.cells(column)
        # As SQLite has it: no end is less than any end.
        ranks = np.where(cells == NEVER, NOTHING + 1, cells)
    else:
        ranks = sheet.cells(column)
    blank = ranks == NOTHING
    return np.where(blank, -(NOTHING + 1), -ranks if down else ranks)


def _used(cells: Ints) -> Ints:
    """The places of texts that a column holds, ascending; counted, which a sort of them is not."""
    found: Ints = np.flatnonzero(np.bincount(cells))
    return found


def _prefix_ranks(sheet: Sheet) -> Ints:
    """The order of prefixes; the base is in it already, added rows are put between."""
    count, more = len(sheet.base.rates), len(sheet.added)
    ranks = (np.arange(1, count + 1, dtype=np.int64)) * (more + 1)
    if not more:
        return ranks
    new = sheet.prefixes()[count:]
    order = np.argsort(new, kind="stable")
    before = np.searchsorted(sheet.base.rates.prefixes, new[order], side="right")
    extra = np.empty(more, np.int64)
    extra[order] = before * (more + 1) + np.arange(1, more + 1)
    return np.concatenate([ranks, extra])


@dataclass(frozen=True, slots=True)
class _Asking:
    """Conditions over a sheet."""

    sheet: Sheet
    span_of: Callable[[str], tuple[int, int]]
    units_of: Callable[[Any, int], int]

    def fits(self, one: Asked) -> Bools:
        found: Bools = np.asarray(self._fits(one), np.bool_)
        return found

    def _fits(self, one: Asked) -> Any:
        if one.column == "state":
            wanted = [WORDS.index(word) for word in one.value if word in WORDS]
            return np.isin(self.sheet.cells("word"), wanted)
        if one.column == "prefix":
            return self._prefix(one)
        if one.column in _TEXTS or one.column == "interval":
            return self._text(one)
        if one.column in ("effective_from", "effective_until", "scheduled_from"):
            return self._day(one)
        return self._number(one)

    def _number(self, one: Asked) -> Any:
        cells = self.sheet.cells(one.column)
        blank = cells == NOTHING
        if one.how in ("blank", "not blank"):
            return blank if one.how == "blank" else ~blank
        is_change = one.column == "change"
        unit = 10_000 if is_change else 1 if one.column in PLAIN else 10**8
        low, high = self.units_of(one.value, unit), None
        if one.how == "..":
            high = self.units_of(one.other, unit)
        elif is_change and one.how in ("=", "!="):
            low, high = low - unit // 20, low + unit // 20
        if high is not None:
            within: Bools = (cells >= low) & (cells <= high)
            return (~within if one.how == "!=" else within) & ~blank
        return _compared(cells, one.how, low) & ~blank

    def _day(self, one: Asked) -> Any:
        cells = self.sheet.cells(one.column)
        blank = (cells == NOTHING) | (cells == NEVER)
        if one.how in ("blank", "not blank"):
            return blank if one.how == "blank" else ~blank
        low, high = self.span_of(str(one.value))
        if one.how == "..":
            high = self.span_of(str(one.other))[1]
        if one.how in ("=", "like", ".."):
            return (cells >= low) & (cells < high) & ~blank
        if one.how == "!=":
            return (cells < low) | (cells >= high) | blank
        edge, way = {">": (high, ">="), ">=": (low, ">="), "<": (low, "<"), "<=": (high, "<")}[one.how]
        return _compared(cells, way, edge) & ~blank

    def _prefix(self, one: Asked) -> Any:
        cells = self.sheet.prefixes()
        text = str(one.value)
        begins = text.removesuffix("%")
        if one.how == "like" and is_digits(begins):
            if begins == text:
                return cells == text.encode()
            return (cells >= begins.encode()) & (cells < (begins + ":").encode())
        if one.how == "in":
            return np.isin(cells, np.array([str(each).encode() for each in one.value], "S15"))
        if one.how == "like":
            return _prefixes_like(cells, text)
        if one.how in ("blank", "not blank"):
            return (cells == b"") == (one.how == "blank")
        if one.how == "..":
            return (cells >= text.encode()) & (cells <= str(one.other).encode())
        return _compared(cells, one.how, text.encode())

    def _text(self, one: Asked) -> Bools:
        """Each distinct text is looked at once."""
        cells, fits = self.sheet.cells(one.column), _texts_fit(one)
        if one.column in _TEXTS:
            used = _used(cells)
            fit = np.zeros(used[-1] + 1 if len(used) else 0, np.bool_)
            fit[used] = [fits(self.sheet.texts[cell]) for cell in used.tolist()]
            return fit[cells]
        used = np.unique(cells)
        texts = [f"{initial_of(cell)}/{following_of(cell)}" for cell in used.tolist()]
        fit = np.array([fits(text) for text in texts], np.bool_)
        return fit[np.searchsorted(used, cells)]


def _prefixes_like(cells: NDArray[np.bytes_], text: str) -> Any:
    """The usual patterns without an object for each prefix."""
    fits, parts = _pattern(text), text.split("%")
    found = np.ones(len(cells), np.bool_)
    if all(is_digits(part) or not part for part in parts):
        first, *inner, last = (part.encode() for part in parts)
        if first:
            found = (cells >= first) & (cells < first + b":")
        for part in filter(None, inner):
            found &= np.char.find(cells, part) >= 0
        if last:
            found &= np.char.endswith(cells, last)
        if sum(map(bool, parts)) < 2:
            return found
    # What is left is few, as a rule: parts may still lie over each other, or in another order.
    places = np.flatnonzero(found)
    found[places] = [fits(each) for each in cells[places].astype("U15").tolist()]
    return found


def _texts_fit(one: Asked) -> Callable[[str], bool]:
    if one.how in ("blank", "not blank"):
        return lambda text: (not text) == (one.how == "blank")
    if one.how == "like":
        text = str(one.value).casefold()
        inner = text[1:-1]
        if len(text) > 2 and text[0] == text[-1] == "%" and not set(inner) & set("%_\\"):
            return lambda each: inner in each.casefold()
        return _pattern(text)
    if one.how == "in":
        wanted = set(one.value)
        return lambda text: text in wanted
    low, high = str(one.value).casefold(), str(one.other).casefold()
    if one.how == "..":
        return lambda text: low <= text.casefold() <= high
    return lambda text: bool(_compared(text.casefold(), one.how, low))


def _pattern(like: str) -> Callable[[str], bool]:
    r"""SQL's LIKE with `\` before what means itself, without case."""
    parts = re.findall(r"\\(.)|(%)|(_)|([^%_\\]+)", like.casefold())
    told = "".join(
        ".*" if many else "." if any_one else re.escape(escaped or plain)
        for escaped, many, any_one, plain in parts
    )
    found = re.compile(told, re.DOTALL)
    return lambda text: found.fullmatch(text.casefold()) is not None


def _compared(cells: Any, how: str, edge: Any) -> Any:
    """KeyError for a way that is none."""
    ways: dict[str, Callable[[Any, Any], Any]] = {
        "=": lambda a, b: a == b,
        "!=": lambda a, b: a != b,
        ">": lambda a, b: a > b,
        ">=": lambda a, b: a >= b,
        "<": lambda a, b: a < b,
        "<=": lambda a, b: a <= b,
    }
    return ways[how](cells, edge)
