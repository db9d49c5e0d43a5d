"""A draft as arrays: what was edited lies over the rates in force, which are never touched.

Rows have the ids of their rates; rows that were added have negative ids. A cell is an int64: money scaled by 10^8,
instants in microseconds, both intervals in one number, texts as places in `Texts`. A step of the draft is one gesture:
for each column it touched the ids, what was and what is; undo applies it backwards.
"""

import json
import zlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from fractions import Fraction
from typing import Any

import numpy as np
from numpy.typing import NDArray

from voipdesk.kernel.money import MAX_PRICE, SCALE, UNIT, Exact, Rounding, from_scaled, rounded, to_scaled
from voipdesk.rates.rules.adjusting import Adjustment, Way
from voipdesk.rating.engine import Ints

HERE, PREFIX, DESTINATION = "here", "prefix", "destination"
COLUMNS = (
    HERE, PREFIX, DESTINATION, "price", "next_price", "interval", "connect_fee", "state",
    "effective_from", "effective_until",
)  # fmt: skip
"""What can differ. `here` is 1 for an added row that stands; a rate is closed by its state (2)."""

TEXTS = frozenset({PREFIX, DESTINATION})
CLOSED = 2
_SHIFT = 32
_MARK = b"VDS1"
_BOUND = 2**62

AT_ONCE = 100_000
"""Prices that are rounded at a time."""

Bools = NDArray[np.bool_]


def interval(initial: int, following: int) -> int:
    """Both intervals as the one number of their cell."""
    return (initial << _SHIFT) | following


def initial_of(cells: Any) -> Any:
    """The first interval of a cell, or of an array of cells."""
    return cells >> _SHIFT


def following_of(cells: Any) -> Any:
    """The next interval of a cell, or of an array of cells."""
    return cells & ((1 << _SHIFT) - 1)


class Texts:
    """Texts by their place; the empty one is 0. It only grows, so that reader threads may look while one adds."""

    def __init__(self) -> None:
        self._all = [""]
        self._places = {"": 0}

    def __getitem__(self, place: int) -> str:
        return self._all[place]

    def __len__(self) -> int:
        return len(self._all)

    def place(self, text: str) -> int:
        """The place of a text; a new one gets the next."""
        found = self._places.get(text)
        if found is None:
            self._all.append(text)
            found = self._places[text] = len(self._all) - 1
        return found

    def places(self, texts: Iterable[str]) -> Ints:
        """The places of many texts."""
        return np.array([self.place(text) for text in texts], np.int64)


@dataclass(frozen=True, slots=True)
class Part:
    """What one step did to one column: ids in order, each once, and the cells before and after."""

    column: str
    ids: Ints
    before: Ints
    after: Ints

    def says(self, other: "Part") -> bool:
        """Whether another part does the same to its column."""
        pairs = ((self.ids, other.ids), (self.before, other.before), (self.after, other.after))
        return all(np.array_equal(one, also) for one, also in pairs)


@dataclass(frozen=True, slots=True)
class Step:
    """One gesture, by its name."""

    name: str
    parts: tuple[Part, ...]

    @property
    def rows(self) -> int:
        """Rows it touched."""
        return len(united(part.ids for part in self.parts))


def united(runs: Iterable[Ints]) -> Ints:
    """All ids of some ascending runs, each once, ascending. Runs that are alike cost nothing."""
    kept: list[Ints] = []
    for run in runs:
        if len(run) and not any(len(run) == len(one) and np.array_equal(run, one) for one in kept):
            kept.append(run)
    if len(kept) < 2:
        return kept[0] if kept else np.empty(0, np.int64)
    joined = np.sort(np.concatenate(kept), kind="stable")
    first = np.ones(len(joined), np.bool_)
    first[1:] = joined[1:] != joined[:-1]
    return joined[first]


def _first_rate(ids: Ints) -> int:
    """Where rows of the table begin; added ones stand before them."""
    return int(np.searchsorted(ids, 1))


def part(column: str, ids: Any, before: Any, after: Any) -> Part:
    """A part in order of ids, without the cells that stay as they are."""
    which, was, now = (np.asarray(one, np.int64) for one in (ids, before, after))
    differs = was != now
    if not differs.all():
        which, was, now = which[differs], was[differs], now[differs]
    if not (which[1:] > which[:-1]).all():
        order = np.argsort(which, kind="stable")
        which, was, now = which[order], was[order], now[order]
    return Part(column, which, was, now)


def step(name: str, parts: Iterable[Part]) -> Step:
    """A step of the parts that change something."""
    return Step(name, tuple(one for one in parts if len(one.ids)))


def packed(given: Step, texts: Texts) -> bytes:
    """A step as bytes: a head in JSON, then the arrays, compressed. Texts are written once, columns that are alike too."""
    used = [np.concatenate([one.before, one.after]) for one in given.parts if one.column in TEXTS]
    places = np.unique(np.concatenate(used)) if used else np.empty(0, np.int64)
    head: dict[str, Any] = {"parts": [], "texts": [texts[int(place)] for place in places]}
    packing, body = zlib.compressobj(1), []
    for at, one in enumerate(given.parts):
        # A price after the first minute changes as the price does, nearly always.
        if at and one.column == "next_price" and one.says(given.parts[at - 1]):
            head["parts"].append([one.column, len(one.ids), at - 1])
            continue
        head["parts"].append([one.column, len(one.ids)])
        cells = [one.before, one.after]
        if one.column in TEXTS:
            cells = [np.searchsorted(places, each) for each in cells]
        for each in (np.diff(one.ids, prepend=np.int64(0)), *cells):
            body.append(packing.compress(np.ascontiguousarray(each, "<i8").data))
    told = json.dumps(head, separators=(",", ":")).encode()
    return b"".join([_MARK, len(told).to_bytes(4, "little"), told, *body, packing.flush()])


def unpacked(name: str, content: bytes, texts: Texts) -> Step:
    """The step that was packed; ValueError for other bytes."""
    if content[:4] != _MARK:
        raise ValueError("these bytes are no step of a draft")
    length = int.from_bytes(content[4:8], "little")
    head = json.loads(content[8 : 8 + length])
    cells = np.frombuffer(zlib.decompress(content[8 + length :]), "<i8").astype(np.int64, copy=False)
    places = texts.places(head["texts"])
    parts: list[Part] = []
    at = 0
    for column, count, *other in head["parts"]:
        if other:
            parts.append(replace(parts[other[0]], column=column))
            continue
        ids, before, after = (cells[at + turn * count : at + (turn + 1) * count] for turn in range(3))
        if column in TEXTS:
            before, after = places[before], places[after]
        parts.append(Part(column, np.cumsum(ids), before, after))
        at += 3 * count
    return Step(name, tuple(parts))


@dataclass(frozen=True, slots=True)
class Changed:
    """The cells of one column that differ: ids in order, what the rate says, what the draft says."""

    ids: Ints
    was: Ints
    now: Ints

    def equals(self, other: "Changed") -> bool:
        """Whether another column changes alike."""
        pairs = ((self.ids, other.ids), (self.was, other.was), (self.now, other.now))
        return all(np.array_equal(one, also) for one, also in pairs)


_NO_CELLS = np.empty(0, np.int64)
_NONE = Changed(_NO_CELLS, _NO_CELLS, _NO_CELLS)


@dataclass(frozen=True, slots=True)
class Overlay:
    """All that a draft changes, column by column. A value: applying a step makes another one."""

    columns: Mapping[str, Changed] = field(default_factory=dict)
    _known: dict[str, Ints] = field(default_factory=dict, compare=False, repr=False)

    def __bool__(self) -> bool:
        return bool(self.columns)

    def column(self, name: str) -> Changed:
        """The changed cells of a column."""
        return self.columns.get(name, _NONE)

    def apply(self, given: Step, *, back: bool = False) -> "Overlay":
        """The draft after a step, or before it."""
        columns = dict(self.columns)
        for one in reversed(given.parts) if back else given.parts:
            before, after = (one.after, one.before) if back else (one.before, one.after)
            merged = _merged(columns.get(one.column, _NONE), one.ids, before, after)
            if len(merged.ids):
                columns[one.column] = merged
            else:
                columns.pop(one.column, None)
        price, later = columns.get("price", _NONE), columns.get("next_price", _NONE)
        if price is not later and price.equals(later):
            columns["next_price"] = price  # As it nearly always is: kept once.
        return Overlay(columns)

    @property
    def added(self) -> Ints:
        """Ids of added rows that stand, in order of their making."""
        found: Ints = self.column(HERE).ids[::-1]
        return found

    @property
    def edited(self) -> Ints:
        """Ids of rates of which some cell differs, in order."""
        if "edited" not in self._known:
            self._known["edited"] = united(one.ids[_first_rate(one.ids) :] for one in self.columns.values())
        return self._known["edited"]

    @property
    def closed(self) -> Ints:
        """Ids of rates that the draft closes."""
        states = self.column("state")
        found: Ints = states.ids[(states.now == CLOSED) & (states.ids > 0)]
        return found

    @property
    def rows(self) -> int:
        """How many rates differ, are new or are closed."""
        return len(self.edited) + len(self.added)

    def patched(self, name: str, ids: Ints, cells: Ints) -> Ints:
        """The cells of some rows as the draft has them; the array itself where nothing differs."""
        held = self.column(name)
        if not len(held.ids) or not len(ids):
            return cells
        at = np.minimum(np.searchsorted(held.ids, ids), len(held.ids) - 1)
        hit = held.ids[at] == ids
        return np.where(hit, held.now[at], cells) if hit.any() else cells

    def hits(self, name: str, ids: Sequence[int]) -> list[tuple[int, int, int]]:
        """Which of some rows differ in a column: their places in `ids`, what was, what is."""
        held = self.column(name)
        if not len(held.ids) or not len(ids):
            return []
        wanted = np.asarray(ids, np.int64)
        at = np.minimum(np.searchsorted(held.ids, wanted), len(held.ids) - 1)
        places = np.nonzero(held.ids[at] == wanted)[0]
        found = at[places]
        return list(zip(places.tolist(), held.was[found].tolist(), held.now[found].tolist(), strict=True))

    def cell(self, name: str, row_id: int) -> tuple[int, int] | None:
        """One changed cell: what was and what is. None where the draft leaves it."""
        held = self.column(name)
        at = int(np.searchsorted(held.ids, row_id))
        if at == len(held.ids) or held.ids[at] != row_id:
            return None
        return int(held.was[at]), int(held.now[at])


def _merged(held: Changed, ids: Ints, before: Ints, after: Ints) -> Changed:
    """What differs after some cells got other values; a cell that is as the rate says differs no more."""
    was = before
    if len(held.ids):
        at = np.minimum(np.searchsorted(held.ids, ids), len(held.ids) - 1)
        known = held.ids[at] == ids
        was = np.where(known, held.was[at], before)
        rest = np.ones(len(held.ids), np.bool_)
        rest[at[known]] = False
        if rest.any():
            ids = np.concatenate([held.ids[rest], ids])
            was = np.concatenate([held.was[rest], was])
            after = np.concatenate([held.now[rest], after])
            order = np.argsort(ids, kind="stable")
            ids, was, after = ids[order], was[order], after[order]
    differs = was != after
    return Changed(ids, was, after) if differs.all() else Changed(ids[differs], was[differs], after[differs])


def rounded_units(units: Ints, factor: Fraction, decimals: int, mode: Rounding) -> Ints:
    """`units · factor` of money scaled by 10^8, to so many decimals (0..8): equal to `kernel.money.rounded`.

    Where 64 bits would not hold the exact product, each distinct value goes through the scalar door. Some at a time:
    what is needed on the way takes ten times the room of the prices.
    """
    if len(units) > AT_ONCE:
        parts = (units[first : first + AT_ONCE] for first in range(0, len(units), AT_ONCE))
        return np.concatenate([rounded_units(one, factor, decimals, mode) for one in parts])
    step_size = 10 ** (SCALE - decimals)
    above, below = factor.numerator, factor.denominator * step_size
    largest = int(np.abs(units).max()) if len(units) else 0
    if largest * abs(above) >= _BOUND or below >= _BOUND // 2:
        return _one_by_one(units, lambda one: rounded(Fraction(one, UNIT) * factor, decimals, mode))
    exact = units * above
    whole, rest = np.divmod(np.abs(exact), below)
    if mode is Rounding.HALF_UP:
        up = 2 * rest >= below
    elif mode is Rounding.HALF_EVEN:
        up = (2 * rest > below) | ((2 * rest == below) & (whole % 2 == 1))
    else:
        up = (rest > 0) & (mode is Rounding.UP)
    found: Ints = np.sign(exact) * (whole + up) * step_size
    return found


def _one_by_one(units: Ints, change: Any) -> Ints:
    distinct, places = np.unique(units, return_inverse=True)
    made: Sequence[Exact] = [change(int(one)) for one in distinct]
    return np.array([to_scaled(one) for one in made if not isinstance(one, Fraction)], np.int64)[places]


def adjusted(units: Ints, how: Adjustment) -> Ints:
    """Prices (scaled) after a bulk edit; `rules.adjusting.adjusted` for whole columns."""
    if how.way is Way.SET:
        value = to_scaled(rounded(how.value, how.decimals, how.rounding))
        return np.full(len(units), value, np.int64)
    factor = 1 + Fraction(how.value) / 100 if how.way is Way.PERCENT else Fraction(1)
    moved = units + to_scaled(how.value) if how.way is Way.AMOUNT else units
    return rounded_units(moved, factor, how.decimals, how.rounding)


def can_be_price(units: Ints) -> Bools:
    """Which of these may be the price of a rate: not below zero, not beyond the largest."""
    found: Bools = (units >= 0) & (units <= to_scaled(MAX_PRICE))
    return found


def money(cell: int) -> Any:
    """The Decimal of a money cell."""
    return from_scaled(int(cell))
