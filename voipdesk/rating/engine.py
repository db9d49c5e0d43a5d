"""The columnar twin of `rating.rules`: decks in numpy int64, and which of their rows speak for calls.

Scaled prices are integers x 10^8; what calls cost is in `engine_charge`.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, fields
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

from voipdesk.rating.engine_bands import band_holds
from voipdesk.rating.rules import WeekBand

Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]
Words = NDArray[np.uint64]
_Kind = TypeVar("_Kind", bound=np.generic)

DIGITS = 15
"""Digits of a number that a prefix can reach."""

SLOTS = 32
"""A key is the first 15 digits, zeros behind, times 32, plus the length: one integer that sorts like the text."""

OPEN, BLOCKED, CLOSED = 0, 1, 2
FOREVER = 2**63 - 1
SAFE = 2**62
"""Largest intermediate value that batches may reach in int64."""

NO_ROW = -1
LONGEST = 16
"""Lengths in keys stop here: longer than any prefix."""

_TENS = 10 ** np.arange(19, dtype=np.int64)
_FIRST_BITS = (SLOTS * 10**DIGITS).bit_length() - 16


def number_keys(numbers: Sequence[str] | NDArray[np.bytes_]) -> Ints:
    """Keys of texts of ASCII digits (numbers or prefixes); -1 for the empty one, which nothing matches."""
    if not len(numbers):
        return np.empty(0, np.int64)
    words = np.array(numbers, dtype="S16").view("<u8").reshape(len(numbers), 2)
    lengths = _letters(words[:, 0]) + _letters(words[:, 1])
    digits = _eight_digits(words[:, 0]) * 10 ** (DIGITS - 8) + _eight_digits(words[:, 1]) // 10
    return np.where(lengths == 0, -1, digits * SLOTS + lengths)


def _eight_digits(words: Words) -> Ints:
    """The number that eight ASCII digits in a little-endian word write, absent ones read as 0: pairs, fours, eight."""
    pairs = (words & 0x0F0F0F0F0F0F0F0F) * 2561 >> 8
    fours = (pairs & 0x00FF00FF00FF00FF) * 6553601 >> 16
    return ((fours & 0x0000FFFF0000FFFF) * 42949672960001 >> 32).astype(np.int64)


def _letters(words: Words) -> Ints:
    """How many ASCII digits a word holds: each has the bit 16 set, an absent one has not."""
    marks = words >> 4 & 0x0101010101010101
    return (marks * 0x0101010101010101 >> 56).astype(np.int64)


def number_key(number: str) -> int:
    """The key of one digit string."""
    return int(number[:DIGITS].ljust(DIGITS, "0")) * SLOTS + min(len(number), LONGEST) if number else -1


def keys_of_marked(marked: Ints) -> Ints:
    """Keys of numbers written as integers behind a leading 1 (`1049` is 049; `1` alone is no number), 18 digits at most."""
    lengths = np.searchsorted(_TENS, marked, side="right") - 1
    filled = (marked - _TENS[lengths]) * _TENS[np.maximum(DIGITS - lengths, 0)]
    if int(lengths.max(initial=0)) > DIGITS:
        filled //= _TENS[np.maximum(lengths - DIGITS, 0)]
    return np.where(lengths <= 0, -1, filled * SLOTS + np.minimum(lengths, LONGEST))


def near(keys: Ints) -> Ints:
    """An order of number keys in which those of one prefix are close together, so that searches walk through memory
    instead of jumping: by their first digits, as far as 16 bits tell them, which takes a tenth of the time of sorting.
    """
    return np.argsort((keys >> _FIRST_BITS).astype(np.uint16), kind="stable")


def marked_of_keys(keys: Ints) -> Ints:
    """Prefixes with these keys, written as integers behind a leading 1."""
    lengths = keys % SLOTS
    return keys // SLOTS // 10 ** (DIGITS - lengths) + 10**lengths


def digits_of_keys(keys: Ints) -> NDArray[np.bytes_]:
    """Prefixes with these keys as texts of ASCII digits."""
    digits = np.empty((len(keys), DIGITS), np.uint8)
    high, low = (part.astype(np.uint32) for part in np.divmod(keys // SLOTS, 10**8))
    for part, first, last in ((low, DIGITS - 8, DIGITS), (high, 0, DIGITS - 8)):
        for place in range(last - 1, first - 1, -1):
            shorter = part // 10
            digits[:, place] = part - shorter * 10 + ord("0")
            part = shorter
    digits[np.arange(DIGITS) >= (keys % SLOTS)[:, None]] = 0
    return digits.view(f"S{DIGITS}").reshape(len(keys))


def prefix_end(key: int) -> int:
    """First key behind everything under the prefix with this key."""
    return int((key // SLOTS + 10 ** (DIGITS - key % SLOTS)) * SLOTS)


def _ends(starts: Ints) -> Ints:
    """First key behind everything under the prefixes with these keys."""
    widths: Ints = np.power(10, DIGITS - starts % SLOTS)
    return (starts // SLOTS + widths) * SLOTS


def is_same(column: NDArray[Any]) -> bool:
    """Whether an array is one value told many times: it takes no room, and nobody may write into it."""
    return column.strides == (0,) and len(column) > 0


def short(column: NDArray[_Kind]) -> NDArray[_Kind]:
    """A column that is the same throughout as one value told many times."""
    if is_same(column) or not len(column) or not (column == column[0]).all():
        return column
    return np.broadcast_to(column[0], len(column))


def is_all(column: NDArray[Any], value: int) -> bool:
    """Whether a column is known to be one value throughout."""
    return is_same(column) and column[0] == value


@dataclass(frozen=True, slots=True)
class TermColumns:
    """Terms of many rates: scaled prices (x 10^8) and seconds, int64, one length."""

    price: Ints
    next_price: Ints
    connect_fee: Ints
    minimum_charge: Ints
    initial_interval: Ints
    next_interval: Ints
    free_seconds: Ints
    grace_seconds: Ints

    def take(self, rows: Ints, taken: dict[int, Ints] | None = None) -> "TermColumns":
        """The terms of these rows. What is one value, or the same column twice, stays so; `taken` keeps columns of the
        same rows for other terms that share them, and lives no longer than those.
        """
        taken = {} if taken is None else taken
        columns = [getattr(self, name) for name in TERM_NAMES]
        for one in columns:
            if id(one) not in taken:
                taken[id(one)] = np.broadcast_to(one[0], len(rows)) if is_same(one) else one[rows]
        return TermColumns(*(taken[id(one)] for one in columns))

    def __len__(self) -> int:
        return len(self.price)


TERM_NAMES = tuple(one.name for one in fields(TermColumns))


@dataclass(frozen=True, slots=True)
class Index:
    """Prefixes as nodes of a tree: flattened key intervals, parents, and each node's rows by band and start."""

    bounds: Ints
    owners: Ints
    """Node of the interval that begins at the bound of the same position; -1: none."""
    parents: Ints
    node_slots: Ints
    """First slot of each node, and one past the end; a slot is one band of a node."""
    slot_rows: Ints
    """First position in `ordered` of each slot, and one past the end."""
    slot_band: Ints
    only: Ints
    """The row of each slot that has one; -1 where it has several."""
    ordered: Ints
    """Rows by slot and effective start."""
    starts: Ints
    """Their effective starts."""


@dataclass(frozen=True, slots=True)
class Deck:
    """A rate table in columns, in the order of its rows; a later row of an equal start replaces the earlier."""

    keys: Ints
    state: NDArray[np.int8]
    terms: TermColumns
    effective_from: Ints
    """Microseconds since 1970 UTC."""
    effective_until: Ints
    """First microsecond after it; `FOREVER` without an end."""
    band: Ints
    """Position in `bands`; -1: all hours."""
    bands: tuple[WeekBand, ...]
    index: Index

    def __len__(self) -> int:
        return len(self.keys)


def build_deck(
    prefixes: Sequence[str] | NDArray[np.bytes_],
    terms: TermColumns,
    *,
    state: NDArray[np.int8] | None = None,
    effective: tuple[Ints, Ints] | None = None,
    bands: Sequence[WeekBand] = (),
    band: Ints | None = None,
) -> Deck:
    """A deck from columns of one length; without dates a row holds for ever, without state it is open."""
    count = len(prefixes)
    keys = number_keys(prefixes)
    since, until = effective or (np.full(count, -FOREVER), np.full(count, FOREVER))
    which = np.full(count, -1, np.int64) if band is None else np.asarray(band, np.int64)
    states = np.zeros(count, np.int8) if state is None else np.asarray(state, np.int8)
    index = _build_index(keys, which, since)
    return Deck(keys, states, terms, since, until, which, tuple(bands), index)


def _build_index(keys: Ints, band: Ints, since: Ints) -> Index:
    nodes, node_of_row = np.unique(keys, return_inverse=True)
    ordered = np.lexsort((np.arange(len(keys)), since, band, node_of_row)).astype(np.int64)
    slot_node, slot_band = node_of_row[ordered], band[ordered]
    is_first = np.ones(len(keys), np.bool_)
    is_first[1:] = (slot_node[1:] != slot_node[:-1]) | (slot_band[1:] != slot_band[:-1])
    first = np.flatnonzero(is_first)
    parents = _parents(nodes)
    bounds, owners = _flatten(nodes, parents)
    slot_rows = np.append(first, len(keys))
    return Index(
        bounds=bounds,
        owners=owners,
        parents=parents,
        node_slots=np.searchsorted(slot_node[first], np.arange(len(nodes) + 1)),
        slot_rows=slot_rows,
        slot_band=slot_band[first],
        only=np.where(np.diff(slot_rows) == 1, ordered[first], NO_ROW),
        ordered=ordered,
        starts=since[ordered],
    )


def _parents(nodes: Ints) -> Ints:
    """The node of the next shorter prefix that exists; -1: none. `nodes` are sorted keys."""
    parents = np.full(len(nodes), -1, np.int64)
    lengths, ends = nodes % SLOTS, _ends(nodes)
    place = np.arange(len(nodes))
    for length in np.unique(lengths).tolist()[:-1]:  # the longest stays
        last = np.maximum.accumulate(np.where(lengths == length, place, -1))
        covered = (last >= 0) & (lengths > length) & (nodes < ends[last])
        parents[covered] = last[covered]
    return parents


def _flatten(nodes: Ints, parents: Ints) -> tuple[Ints, Ints]:
    """Disjoint intervals: sorted first keys, and the deepest node that covers each (-1: none).

    A prefix begins at its zeros-filled digits plus its length, so a number shorter than it (120 against 1200) has a
    smaller key and never lies in the interval: no check of lengths is left to forget.
    """
    ends = _ends(nodes)
    bounds = distinct(nodes, ends)
    owners = np.searchsorted(nodes, bounds, side="right") - 1
    while True:
        outside = owners >= 0
        outside[outside] = ends[owners[outside]] <= bounds[outside]
        if not outside.any():
            return bounds, owners
        owners[outside] = parents[owners[outside]]


def distinct(*several: Ints) -> Ints:
    """The integers of some arrays, sorted, each once; runs that are in order already are merged, not sorted."""
    values = np.sort(np.concatenate(several), kind="stable") if several else np.empty(0, np.int64)
    is_first = np.ones(len(values), np.bool_)
    is_first[1:] = values[1:] != values[:-1]
    return values[is_first]


@dataclass(frozen=True, slots=True)
class Prefixes:
    """A set of prefixes without dates or states, for asking which of them is the longest that covers a number."""

    nodes: Ints
    """Sorted keys, each once."""
    parents: Ints
    """Position of the next shorter prefix of each; -1: none."""
    bounds: Ints
    owners: Ints

    @classmethod
    def of(cls, keys: Ints) -> "Prefixes":
        """The set of these keys (`number_keys`) in any order."""
        nodes = distinct(keys)
        parents = _parents(nodes)
        return cls(nodes, parents, *_flatten(nodes, parents))

    def longest(self, keys: Ints) -> Ints:
        """Position in `nodes` of the longest prefix that covers each number (a prefix covers itself); -1: none."""
        if not len(self.nodes):
            return np.full(len(keys), NO_ROW)
        place = np.searchsorted(self.bounds, keys, side="right") - 1
        return np.where(place >= 0, self.owners[place], NO_ROW)


@dataclass(frozen=True, slots=True)
class Found:
    """Per call the row that matched (-1: no rate) and its node, from which shorter prefixes are reached."""

    rows: Ints
    nodes: Ints


def find(deck: Deck, keys: Ints, at: Ints) -> Found:
    """The longest prefix in force for each number key at each instant (microseconds); closed rows give way.

    Many are found fastest in the order of `near`.
    """
    if not len(deck):
        return Found(np.full(len(keys), NO_ROW), np.full(len(keys), NO_ROW))
    index = deck.index
    place = np.searchsorted(index.bounds, keys, side="right") - 1
    nodes = np.where(place >= 0, index.owners[place], NO_ROW)
    return _settle(deck, nodes, at)


def match(deck: Deck, keys: Ints, at: Ints) -> Ints:
    """Row index per call, -1 where no prefix is in force; blocked rows are answers."""
    return find(deck, keys, at).rows


def find_without(deck: Deck, found: Found, at: Ints, omitted: Callable[[Ints], Bools]) -> Found:
    """What is found when a plan leaves rows out, which `omitted` tells: calls that met one go on to shorter prefixes."""
    rows, nodes = found.rows.copy(), found.nodes.copy()
    met = np.flatnonzero(rows >= 0)
    while True:
        met = met[omitted(rows[met])]
        if not len(met):
            return Found(rows, nodes)
        further = _settle(deck, deck.index.parents[nodes[met]], at[met])
        rows[met], nodes[met] = further.rows, further.nodes
        met = met[further.rows >= 0]


def _settle(deck: Deck, nodes: Ints, at: Ints) -> Found:
    """From each node up through its parents until a row is in force."""
    rows = np.full(len(nodes), NO_ROW)
    active = np.flatnonzero(nodes >= 0)
    while len(active):
        if len(active) == len(nodes):
            rows = here = _in_force(deck, nodes, at)
        else:
            here = _in_force(deck, nodes[active], at[active])
            rows[active] = here
        missed = active[here < 0]
        nodes[missed] = deck.index.parents[nodes[missed]]
        active = missed[nodes[missed] >= 0]
    return Found(rows, nodes)


def _in_force(deck: Deck, nodes: Ints, at: Ints) -> Ints:
    """The row that speaks at each node: of its bands that hold the one started last, else the one for all hours."""
    index = deck.index
    if not deck.bands:  # a slot for each node
        return _of_slot(deck, nodes, at)
    first, end = index.node_slots[nodes], index.node_slots[nodes + 1]
    rows = _of_slot(deck, first, at)
    several = np.flatnonzero(end - first > 1)
    if not len(several):
        return rows
    for offset in range(1, int((end - first).max())):
        more = several[first[several] + offset < end[several]]
        rival = _of_slot(deck, first[more] + offset, at[more])
        rows[more] = np.where(_goes_before(deck, rival, rows[more]), rival, rows[more])
    return rows


def _goes_before(deck: Deck, rival: Ints, held: Ints) -> Bools:
    """The precedence of `rules.RateTable`: any over none, banded over all hours, later start, then name."""
    ranks = np.argsort(np.argsort([band.name for band in deck.bands], kind="stable"))
    rival_band, held_band = deck.band[rival], deck.band[held]
    rival_start, held_start = deck.effective_from[rival], deck.effective_from[held]
    rival_rank = np.where(rival_band >= 0, ranks[rival_band], -1)
    held_rank = np.where(held_band >= 0, ranks[held_band], -1)
    better = np.where(
        (rival_band >= 0) != (held_band >= 0),
        rival_band >= 0,
        (rival_start > held_start) | ((rival_start == held_start) & (rival_rank > held_rank)),
    )
    return (rival >= 0) & ((held < 0) | better)


def _of_slot(deck: Deck, slots: Ints, at: Ints) -> Ints:
    """The row of each slot that speaks: started last, not ended, not closed, its band holding the instant."""
    rows, has_started = _begun(deck, slots, at)
    speaks = has_started
    if not is_all(deck.effective_until, FOREVER):
        speaks &= at < deck.effective_until[rows]
    if not is_same(deck.state) or deck.state[0] == CLOSED:
        speaks &= deck.state[rows] != CLOSED
    if deck.bands:
        banded = np.flatnonzero(speaks & (deck.band[rows] >= 0))
        speaks[banded] = band_holds(deck.bands, deck.band[rows[banded]], at[banded])
    return np.where(speaks, rows, NO_ROW)


def _begun(deck: Deck, slots: Ints, at: Ints) -> tuple[Ints, Bools]:
    """The row of each slot that started last, and whether one has. Nearly all slots have one row; others are searched."""
    index = deck.index
    rows = index.only[slots]
    several = np.flatnonzero(rows == NO_ROW)
    if len(several):
        rows[several] = index.ordered[_started_last(index, slots[several], at[several])]
    since = deck.effective_from
    return rows, (since[0] if is_same(since) else since[rows]) <= at


def _started_last(index: Index, slots: Ints, at: Ints) -> Ints:
    """The position of the last row of each slot that has started at the instant, else of its first one, by bisection."""
    low, high = index.slot_rows[slots], index.slot_rows[slots + 1]
    while True:  # the row sought is in [low, high)
        unsettled = high - low > 1
        if not unsettled.any():
            return low
        middle = (low + high) // 2
        started = unsettled & (index.starts[np.where(unsettled, middle, low)] <= at)
        low = np.where(started, middle, low)
        high = np.where(unsettled & ~started, middle, high)
