"""The review of a staged import as a table to look at: columns, filters, orders, and a few rows at a time."""

from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import ROUND_FLOOR, Decimal
from typing import Any

import numpy as np
from numpy.typing import NDArray

from voipdesk.kernel.money import from_scaled
from voipdesk.kernel.periods import from_micros
from voipdesk.rates.engine import RateColumns
from voipdesk.rates.engine_review import KINDS, NOTHING, Compared
from voipdesk.rating.engine import Bools, Ints, number_keys

PERCENT = 10_000
"""Changes are whole numbers of ten-thousandths of a percent."""

_SAFE = 4 * 10**12
"""Old prices (x 10^8) up to which a change in percent stays within 64 bits."""
_OPEN, _CLOSED = 0, 2
_LAST = int(np.iinfo(np.int64).max)


@dataclass(frozen=True, slots=True)
class ReviewColumns:
    """Every rate that the sheet names, and every prefix it would close, in order of prefix, band and start.

    Money is scaled by 10^8, instants are microseconds UTC; `NOTHING` stands where there is no value.
    """

    prefixes: NDArray[np.bytes_]
    destination: Ints
    band: Ints
    kind: NDArray[np.int8]
    """Position in `KINDS`."""
    old_price: Ints
    new_price: Ints
    change: Ints
    """In ten-thousandths of a percent of the old price, half up."""
    effective_from: Ints
    source_row: Ints
    """Row of the file; 0: the sheet does not name it."""
    initial_interval: Ints
    next_interval: Ints
    seconds: Ints
    """Billed seconds of the last 30 days; `NOTHING` where nobody was asked."""
    is_short: Bools
    """Announced later than agreed (G13)."""
    place: Ints
    """Position in the staged columns; -1: the sheet does not name it."""
    positions: Ints
    """Where each taken rate of the comparison stands here; not a column."""
    destination_names: tuple[str, ...] = ()
    band_names: tuple[str, ...] = ("",)

    def __len__(self) -> int:
        return len(self.prefixes)

    @property
    def delta_cost(self) -> Ints:
        """What the minutes of the last 30 days would have cost more, half up; `NOTHING` without one of the prices."""
        known = (self.seconds != NOTHING) & (self.old_price != NOTHING) & (self.new_price != NOTHING)
        moved = np.where(known, self.new_price, 0) - np.where(known, self.old_price, 0)
        seconds = np.where(known, self.seconds, 0)
        whole, rest = np.divmod(seconds, 60)
        # Parted, so that a year of seconds times the largest price stays within 64 bits.
        cost = np.abs(moved) * whole + (np.abs(moved) * rest * 2 + 60) // 120
        return np.where(known, np.sign(moved) * cost, NOTHING)

    def prefix_texts(self) -> list[str]:
        """The prefixes as text."""
        texts: list[str] = self.prefixes.astype("U15").tolist()
        return texts

    def of_kind(self, kind: str) -> Ints:
        """Positions of the rows of a kind."""
        return np.flatnonzero(self.kind == KINDS.index(kind))

    def at(self, taken: Bools) -> Ints:
        """Positions of some of the taken rates."""
        found: Ints = self.positions[taken]
        return found

    def position_of(self, taken: int) -> int:
        """The position of a taken rate; -1 for none."""
        return -1 if taken < 0 else int(self.positions[taken])

    def percent(self, position: int) -> Decimal | None:
        """The change of a row in percent."""
        if position < 0 or self.change[position] == NOTHING:
            return None
        return Decimal(int(self.change[position])) / PERCENT

    def missing_rows(self) -> Ints:
        """Prefixes that close because the sheet does not name them."""
        return np.flatnonzero(self.place < 0)

    def short_rows(self) -> Ints:
        """Changes that are announced later than agreed."""
        return np.flatnonzero(self.is_short)

    def examples(self, rows: Ints, most: int) -> list[str]:
        """Prefix and destination of the first few rows."""
        return [
            f"{self.prefixes[at].decode()} {self.destination_names[self.destination[at]]}".strip()
            for at in rows[:most].tolist()
        ]

    def seconds_of(self, rows: Ints) -> int | None:
        """Billed seconds of some rows together; None where nobody was asked."""
        seconds = self.seconds[rows]
        return int(seconds.sum()) if len(rows) and int(seconds[0]) != NOTHING else None

    def moves_of(self, rows: Ints, most: int) -> list["Moves"]:
        """How some rows move, by destination, what is called most first."""
        rows = np.asarray(rows, np.int64)
        at = self.destination[rows]
        least = np.full(len(self.destination_names), _LAST, np.int64)
        largest = np.full(len(self.destination_names), NOTHING, np.int64)
        np.minimum.at(least, at, self.change[rows])
        np.maximum.at(largest, at, self.change[rows])
        place = {name: number for number, name in enumerate(self.destination_names)}
        return [
            Moves(
                name, count, Decimal(int(least[place[name]])) / PERCENT, Decimal(int(largest[place[name]])) / PERCENT,
                seconds,
            )
            for name, count, seconds in self.destinations_of(rows, most)
        ]  # fmt: skip

    def destinations_of(self, rows: Ints, most: int) -> list[tuple[str, int, int | None]]:
        """(destination, rows, seconds) of some rows, what is called most first."""
        counts = np.bincount(self.destination[rows], minlength=len(self.destination_names))
        used = np.where(self.seconds[rows] == NOTHING, 0, self.seconds[rows])
        sums = np.zeros(len(counts), np.int64)
        np.add.at(sums, self.destination[rows], used)
        is_known = self.seconds_of(rows) is not None
        named = sorted(np.flatnonzero(counts).tolist(), key=lambda at: (-int(sums[at]), -int(counts[at])))
        return [
            (self.destination_names[at], int(counts[at]), int(sums[at]) if is_known else None)
            for at in named[:most]
        ]


@dataclass(frozen=True, slots=True)
class Moves:
    """How the prices of a destination move."""

    destination: str
    rows: int
    least: Decimal
    """In percent, exact to a ten-thousandth; falls are below zero."""
    most: Decimal
    seconds: int | None
    """Billed in the last 30 days; None where nobody was asked."""


def review_columns(found: Compared) -> ReviewColumns:
    """The rows of a comparison with those it would close between them."""
    live, rates, missing = found.live, found.rates, found.missing
    names = {name: at for at, name in enumerate(rates.destination_names)}
    theirs = np.array([names.setdefault(name, len(names)) for name in live.destination_names] or [0])
    bands = {name: at for at, name in enumerate(rates.band_names)}
    their_bands = np.array([bands.setdefault(name, len(bands)) for name in live.band_names] or [0])
    old = np.where(live.state[missing] == _OPEN, live.price[missing], NOTHING)
    gone = np.full(len(missing), NOTHING, np.int64)
    new = np.where(rates.state == _OPEN, rates.price, NOTHING)
    columns = {
        "prefixes": (rates.prefixes, live.prefixes[missing]),
        "destination": (rates.destination, theirs[live.destination[missing]]),
        "band": (rates.band, their_bands[live.band[missing]]),
        "kind": (found.kind, np.full(len(missing), KINDS.index("removed"), np.int8)),
        "old_price": (found.old_price, old),
        "new_price": (new, gone),
        "change": (_changes(found.old_price, new), gone),
        "effective_from": (rates.effective_from, found.missing_at),
        "source_row": (found.source_row, np.zeros(len(missing), np.int64)),
        "initial_interval": (rates.initial_interval, live.initial_interval[missing]),
        "next_interval": (rates.next_interval, live.next_interval[missing]),
        "seconds": (np.full(len(rates), NOTHING), gone),
        "is_short": (found.short, np.full(len(missing), found.closes_short)),
        "place": (found.place, np.full(len(missing), -1, np.int64)),
    }
    positions = np.arange(len(rates), dtype=np.int64)
    joined: dict[str, Any] = {name: np.concatenate(parts) for name, parts in columns.items()}
    if len(missing):
        order = np.lexsort((joined["effective_from"], joined["band"], number_keys(joined["prefixes"])))
        joined = {name: column[order] for name, column in joined.items()}
        moved = np.empty(len(order), np.int64)
        moved[order] = np.arange(len(order))
        positions = moved[: len(rates)]
    return ReviewColumns(
        **joined, positions=positions, destination_names=tuple(names), band_names=tuple(bands)
    )


def prefixes_of(columns: ReviewColumns, live: RateColumns) -> list[str]:
    """Every prefix that is live or named by the sheet, once."""
    texts: list[str] = np.unique(np.concatenate((live.prefixes, columns.prefixes))).astype("U15").tolist()
    return texts


def with_seconds(columns: ReviewColumns, seconds: Mapping[str, int]) -> Ints:
    """Billed seconds for each row, from those by prefix."""
    used = {prefix.encode("ascii"): value for prefix, value in seconds.items()}
    found = np.zeros(len(columns), np.int64)
    if not used:
        return found
    named = np.array(sorted(used), dtype=columns.prefixes.dtype)
    values = np.array([used[prefix] for prefix in named.tolist()], np.int64)
    at = np.searchsorted(named, columns.prefixes)
    at[at == len(named)] = 0
    hit = named[at] == columns.prefixes
    found[hit] = values[at[hit]]
    return found


def _changes(old: Ints, new: Ints) -> Ints:
    """New against old in ten-thousandths of a percent, half away from zero."""
    known = (old != NOTHING) & (new != NOTHING) & (old > 0)
    base = np.where(known, old, 1)
    moved = np.where(known, new - base, 0)
    whole, rest = np.divmod(np.abs(moved), base)
    unit = 100 * PERCENT
    share = whole * unit + (np.where(base < _SAFE, rest, 0) * unit * 2 + base) // (2 * base)
    for at in np.flatnonzero(known & (base >= _SAFE)).tolist():
        share[at] = int(whole[at]) * unit + (int(rest[at]) * unit * 2 + int(base[at])) // (2 * int(base[at]))
    return np.where(known, np.sign(moved) * share, NOTHING)


@dataclass(slots=True)
class ReviewSource:
    """The rows of a review behind a grid: `ids` by orders and filters as the grid has them, `fetch` for a few.

    An order is `.column`, `.descending`; a filter `.column`, `.operator`, `.value`, `.other` and `.fits(value)`. Columns:
    prefix, destination, band, kind, old, new, change (percent), from, interval, minutes, delta, row.
    """

    columns: ReviewColumns
    immediate: bool = False
    wanted: tuple[str, ...] = (
        "prefix", "destination", "band", "kind", "old", "new", "change", "from", "minutes", "delta", "row",
    )  # fmt: skip
    """Which values a fetched row has, in order."""
    shown: str = ""
    """Only rows of this kind; '' shows all."""
    only: Ints | None = None
    """Only these positions (those a guard speaks of)."""
    sheets: tuple[tuple[str, int], ...] = ()
    """Names of sheets read beneath each other, each with the rows before it: `sheet` names them, `row` counts in each."""
    _delta: Ints = field(init=False)

    def __post_init__(self) -> None:
        self._delta = self.columns.delta_cost

    def count(self) -> int:
        """Rows without any filter."""
        return len(self._shown())

    def ids(self, order: Sequence[Any], filters: Sequence[Any]) -> NDArray[np.int32]:
        """Positions that pass all filters, in the order; blanks come last."""
        rows = self._shown()
        for one in filters:
            rows = rows[self._passes(one)[rows]]
        if order and len(rows):
            keys = [self._rank(one.column, is_descending=one.descending)[rows] for one in reversed(order)]
            rows = rows[np.lexsort(keys)]
        return rows.astype(np.int32)

    def fetch(self, ids: Sequence[int]) -> list[tuple[Any, ...]]:
        """The values of these rows, in the order of `wanted`."""
        at = np.asarray(ids, np.int64)
        return list(zip(*(self._values(name, at) for name in self.wanted), strict=True)) if len(at) else []

    def key(self, row_id: int) -> Hashable:
        """What a row is named by: prefix, and its band and start where the prefix has several rows."""
        text: str = self.columns.prefixes[row_id].decode()
        return text

    def row_id(self, key: Hashable) -> int | None:
        """The first row of a prefix; None where there is none."""
        found = np.flatnonzero(self.columns.prefixes == str(key).encode("ascii", "replace"))
        return int(found[0]) if len(found) else None

    def _shown(self) -> Ints:
        rows: Ints = np.arange(len(self.columns)) if self.only is None else self.only
        if self.shown:
            rows = rows[self.columns.kind[rows] == KINDS.index(self.shown)]
        return rows

    def _number(self, name: str) -> tuple[Ints, int] | None:
        """Values of a number column and how many of its units make one."""
        columns = self.columns
        numbers: dict[str, tuple[Callable[[], Ints], int]] = {
            "old": (lambda: columns.old_price, 10**8),
            "new": (lambda: columns.new_price, 10**8),
            "change": (lambda: columns.change, PERCENT),
            "minutes": (lambda: columns.seconds, 60),
            "delta": (lambda: self._delta, 10**8),
            "row": (self._rows, 1),
        }
        if name not in numbers:
            return None
        values, unit = numbers[name]
        return values(), unit

    def _rows(self) -> Ints:
        """The row of the file, or of its sheet."""
        rows, before = self.columns.source_row, np.array([0, *(start for _, start in self.sheets)])
        return np.where(rows == 0, NOTHING, rows - before[self._sheet_places()])

    def _sheet_places(self) -> Ints:
        """Which sheet each row stands on, counted from 1; 0: none."""
        rows, starts = self.columns.source_row, np.array([start for _, start in self.sheets], np.int64)
        return np.where(rows == 0, 0, np.searchsorted(starts, rows, side="left")) if self.sheets else rows * 0

    def _passes(self, one: Any) -> Bools:
        number = self._number(one.column)
        if number is not None and (one.value == "" or isinstance(one.value, Decimal)):
            return _compared(*number, one)
        if one.column == "prefix":
            texts = self.columns.prefix_texts()
            return np.fromiter((one.fits(text) for text in texts), np.bool_, len(texts))
        values, at = self._distinct(one.column)
        fits = np.fromiter((one.fits(value) for value in values), np.bool_, len(values))
        found: Bools = fits[at] if len(values) else np.zeros(len(self.columns), np.bool_)
        return found

    def _distinct(self, name: str) -> tuple[Sequence[Any], Ints]:
        """The different values of a column and which of them each row has."""
        columns = self.columns
        if name == "destination":
            return columns.destination_names, columns.destination
        if name == "band":
            return columns.band_names, columns.band
        if name == "sheet":
            return ["", *(sheet for sheet, _ in self.sheets)], self._sheet_places()
        if name == "kind":
            return [str(kind) for kind in KINDS], columns.kind.astype(np.int64)
        numbers = self._plain(name)
        unique, first, at = np.unique(numbers, return_index=True, return_inverse=True)
        return self._values(name, first) if len(unique) else [], at

    def _plain(self, name: str) -> Ints:
        """Integers of a column that sort as it does."""
        columns = self.columns
        if name == "prefix":
            return number_keys(columns.prefixes)
        if name == "from":
            return columns.effective_from
        if name == "interval":
            return columns.initial_interval * 10**6 + columns.next_interval
        number = self._number(name)
        if number is None:
            raise KeyError(name)
        return number[0]

    def _rank(self, name: str, *, is_descending: bool) -> Ints:
        if name in {"destination", "band", "kind", "sheet"}:
            names, at = self._distinct(name)
            places = sorted(range(len(names)), key=lambda place: str(names[place]).casefold())
            rank = np.zeros(max(len(names), 1), np.int64)
            rank[places if name != "kind" else list(range(len(names)))] = np.arange(len(names))
            values = rank[at]
        else:
            values = self._plain(name)
        ranked = -values if is_descending else values
        return np.where(values == NOTHING, _LAST, ranked)

    def _values(self, name: str, at: Ints) -> list[Any]:
        columns = self.columns
        match name:
            case "prefix":
                texts: list[str] = columns.prefixes[at].astype("U15").tolist()
                return texts
            case "destination":
                return [columns.destination_names[place] for place in columns.destination[at].tolist()]
            case "band":
                return [columns.band_names[place] for place in columns.band[at].tolist()]
            case "sheet":
                names, places = self._distinct("sheet")
                return [names[place] for place in places[at].tolist()]
            case "kind":
                return [str(KINDS[place]) for place in columns.kind[at].tolist()]
            case "from":
                return [from_micros(value) for value in columns.effective_from[at].tolist()]
            case "interval":
                first, following = columns.initial_interval[at].tolist(), columns.next_interval[at].tolist()
                return [f"{one}/{other}" for one, other in zip(first, following, strict=True)]
        number = self._number(name)
        if number is None:
            raise KeyError(name)
        values, unit = number
        picked = values[at].tolist()
        if unit == 10**8:
            return [None if value == NOTHING else from_scaled(value) for value in picked]
        if unit == 1:
            return [None if value == NOTHING else value for value in picked]
        return [None if value == NOTHING else Decimal(value) / unit for value in picked]


def _compared(values: Ints, unit: int, one: Any) -> Bools:
    """Compare integers with decimals that may lie between two of them."""
    operator = str(one.operator)
    blank: Bools = values == NOTHING
    if operator == "blank":
        return blank
    if operator == "not blank":
        return ~blank
    exact = Decimal(one.value) * unit
    low, high = _floor(exact), -_floor(-exact)
    is_whole = low == high
    compared: dict[str, Callable[[], Bools]] = {
        ">": lambda: values > low,
        ">=": lambda: values >= high,
        "<": lambda: values < high,
        "<=": lambda: values <= low,
        "=": lambda: (values == low) & is_whole,
        "!=": lambda: (values != low) | (not is_whole),
        "..": lambda: (values >= high) & (values <= _floor(Decimal(one.other) * unit)),
    }
    passes = compared[operator]()
    return (passes | blank) if operator == "!=" else passes & ~blank


def _floor(value: Decimal) -> int:
    return int(value.to_integral_value(ROUND_FLOOR))


def changing(columns: ReviewColumns, most: int) -> list[tuple[Any, ...]]:
    """(kind, prefix, band, destination, old price, new price, start, row of the file) of the first rates that change."""
    at = np.flatnonzero(columns.kind != KINDS.index("same"))[:most]
    source = ReviewSource(columns, wanted=("kind", "prefix", "band", "destination"))
    texts = source.fetch(at.tolist())
    numbers = zip(
        *(
            [None if value == NOTHING else value for value in column[at].tolist()]
            for column in (columns.old_price, columns.new_price, columns.effective_from)
        ),
        [row or None for row in columns.source_row[at].tolist()],
        strict=True,
    )
    return [(*words, *values) for words, values in zip(texts, numbers, strict=True)]
