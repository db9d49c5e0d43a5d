"""A batch of calls through the levels of their chains, in columns: equal to `rating.rules.rate_call`, call by call."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from voipdesk.calls.engine_lists import Prices
from voipdesk.rating.engine import NO_ROW, Bools, Found, Ints, TermColumns, find, find_without
from voipdesk.rating.engine_charge import billed_seconds, charge
from voipdesk.rating.rules import USUAL_ROUNDING, Level, RoundingRule, Trouble

LEVELS = (Level.COST, Level.RESELLER, Level.COMPANY, Level.USER)
PRICE_LEVELS = LEVELS[1:]

NO_PLAN = -1
"""In a chain: the level has no plan of its own; the price above is passed through, at the top it is `no_plan`."""

ABSENT = -2
"""In a chain: there is nobody at this level."""

TROUBLES = tuple(Trouble)
"""`trouble` columns hold positions in this tuple; 0 is none. Their order is the order in which they are told."""

_CODE = {trouble: np.int8(code) for code, trouble in enumerate(TROUBLES)}
_AS_COST = np.arange(len(TROUBLES), dtype=np.int8)
_AS_COST[_CODE[Trouble.NO_PLAN]] = _AS_COST[_CODE[Trouble.NO_RATE]] = _CODE[Trouble.NO_COST]
_AS_COST[_CODE[Trouble.BLOCKED]] = _CODE[Trouble.COST_BLOCKED]


@dataclass(frozen=True, slots=True)
class Chains:
    """The ways through the levels: per way and level a position in `lists`, `NO_PLAN` or `ABSENT`."""

    lists: tuple[Prices, ...]
    ways: NDArray[np.int16]
    """Shape (number of ways, 4), in the order of `LEVELS`."""


@dataclass(frozen=True, slots=True)
class CallColumns:
    """Calls: number keys (`rating.engine.number_keys`; -1 unreadable), answer microseconds, whole talk seconds, way."""

    keys: Ints
    at: Ints
    talk: Ints
    way: Ints

    def __len__(self) -> int:
        return len(self.keys)


@dataclass(frozen=True, slots=True)
class LevelColumns:
    """One level of a batch. Seconds and amount count where `is_priced`; elsewhere they are 0 and mean nothing."""

    seconds: Ints
    amount: Ints
    trouble: NDArray[np.int8]
    row: Ints
    """Row of the list's deck that matched; -1: none."""
    source: NDArray[np.int16]
    """List whose price it is (the one above where it is passed through); `ABSENT` or `NO_PLAN` without."""

    @property
    def is_priced(self) -> Bools:
        """Whether the level has an amount."""
        priced: Bools = (self.trouble == 0) & (self.source >= 0)
        return priced


@dataclass(frozen=True, slots=True)
class RatedBatch:
    """The levels of a batch, and per call the one trouble that is kept with it."""

    levels: dict[Level, LevelColumns]
    trouble: NDArray[np.int8]


@dataclass(frozen=True, slots=True)
class Search:
    """What was found in a deck for all calls, and what lists that stand on it share: plans leave most terms as they are."""

    found: Found
    taken: dict[int, Ints] = field(default_factory=dict)
    """Columns of terms at the rows found; see `TermColumns.take`."""
    seconds: dict[tuple[int, ...], Ints] = field(default_factory=dict)
    """Billed seconds by the columns that they come from, which are among those taken."""

    def billed(self, talk: Ints, terms: TermColumns) -> Ints:
        """Seconds to bill for all calls under terms taken here."""
        named = terms.initial_interval, terms.next_interval, terms.free_seconds, terms.grace_seconds
        key = tuple(map(id, named))
        if key not in self.seconds:
            self.seconds[key] = billed_seconds(talk, terms)
        return self.seconds[key]


def rate_batch(calls: CallColumns, chains: Chains, rounding: RoundingRule = USUAL_ROUNDING) -> RatedBatch:
    """Rate calls at every level of their ways; plans and tables are those that the caller found for the calls' time."""
    finds: dict[int, Search] = {}
    levels: dict[Level, LevelColumns] = {}
    above: LevelColumns | None = None
    for place, level in enumerate(LEVELS):
        source = chains.ways[calls.way, place]
        rated = _at_level(calls, chains.lists, source, rounding, finds)
        if level is Level.COST:
            levels[level] = LevelColumns(
                rated.seconds, rated.amount, _AS_COST[rated.trouble], rated.row, rated.source
            )
            continue
        rated = rated if above is None else _passed(rated, above)
        levels[level] = rated
        above = _lowest(rated, above)
    return RatedBatch(levels, _first_trouble(levels))


def _at_level(
    calls: CallColumns,
    lists: Sequence[Prices],
    source: NDArray[np.int16],
    rounding: RoundingRule,
    finds: dict[int, Search],
) -> LevelColumns:
    """Every call under the list of its way at one level."""
    first = int(source[0]) if len(source) else ABSENT
    if (source == first).all():
        seconds, amount, trouble, row = _under(first, calls, lists, finds, rounding)
    else:
        count = len(calls)
        seconds, amount = np.zeros(count, np.int64), np.zeros(count, np.int64)
        trouble, row = np.zeros(count, np.int8), np.full(count, NO_ROW)
        for position, chosen in _groups(source):
            part = _under(position, calls, lists, finds, rounding, chosen)
            seconds[chosen], amount[chosen], trouble[chosen], row[chosen] = part
    unreadable = calls.keys < 0
    if unreadable.any():
        trouble[unreadable & (source != ABSENT)] = _CODE[Trouble.UNREADABLE_NUMBER]
    return LevelColumns(seconds, amount, trouble, row, source)


def _under(
    position: int,
    calls: CallColumns,
    lists: Sequence[Prices],
    finds: dict[int, Search],
    rounding: RoundingRule,
    chosen: Ints | None = None,
) -> tuple[Ints, Ints, NDArray[np.int8], Ints]:
    """Seconds, amount, trouble and row of the chosen calls (or of all) under one list."""
    talk = calls.talk if chosen is None else calls.talk[chosen]
    nothing, no_row = np.zeros(len(talk), np.int64), np.full(len(talk), NO_ROW)
    if position in (ABSENT, NO_PLAN):
        code = np.int8(0) if position == ABSENT else _CODE[Trouble.NO_PLAN]
        return nothing, nothing, np.full(len(talk), code), no_row
    one = lists[position]
    if not len(one.deck):  # a table before its first sheet
        return nothing, nothing, np.where(talk > 0, _CODE[Trouble.NO_RATE], np.int8(0)), no_row
    rows, shared = _rows(one, calls, chosen, finds)
    terms = one.terms_at(rows, None if shared is None else shared.taken)
    seconds = None if shared is None else shared.billed(talk, terms)
    money = charge(talk, terms, rounding, one.fx, seconds=seconds)
    codes = _codes(one, rows, money.is_too_large, talk)
    if codes is None:
        return money.seconds, money.amount, np.zeros(len(talk), np.int8), rows
    counts = (codes == 0) & (rows >= 0)
    return np.where(counts, money.seconds, 0), np.where(counts, money.amount, 0), codes, rows


def _codes(one: Prices, rows: Ints, is_too_large: Bools, talk: Ints) -> NDArray[np.int8] | None:
    """Trouble by trouble, None where every call has its rate; an unanswered call has none, rate or no rate."""
    missing, blocked = rows < 0, one.blocks(rows)
    if blocked is None and not missing.any() and not is_too_large.any():
        return None
    codes = np.where(is_too_large, _CODE[Trouble.TOO_LARGE], np.int8(0))
    if blocked is not None:
        codes = np.where(blocked, _CODE[Trouble.BLOCKED], codes)
    codes = np.where(missing, _CODE[Trouble.NO_RATE], codes)
    return np.where(talk > 0, codes, np.int8(0)).astype(np.int8)


def _groups(source: NDArray[np.int16]) -> Iterator[tuple[int, Ints]]:
    """The calls of each list, in their order."""
    order = np.argsort(source, kind="stable")
    positions, first = np.unique(source[order], return_index=True)
    edges = [*first.tolist(), len(source)]
    for number, position in enumerate(positions.tolist()):
        yield position, order[edges[number] : edges[number + 1]]


def _rows(
    one: Prices, calls: CallColumns, chosen: Ints | None, finds: dict[int, Search]
) -> tuple[Ints, Search | None]:
    """The matched row of each chosen call, and what other lists share where these are all calls as they were found.

    A deck is searched once, whatever lists stand on it.
    """
    if id(one.deck) not in finds:
        finds[id(one.deck)] = Search(find(one.deck, calls.keys, calls.at))
    search, at = finds[id(one.deck)], calls.at
    found = search.found
    if chosen is not None:
        found, at = Found(found.rows[chosen], found.nodes[chosen]), at[chosen]
    if one.may_omit:
        return find_without(one.deck, found, at, one.omits).rows, None
    return found.rows, search if chosen is None else None


def _passed(rated: LevelColumns, above: LevelColumns) -> LevelColumns:
    """Where a level has no plan, the outcome of the level above, unchanged; nobody above: `no_plan` stays."""
    passes = (rated.source == NO_PLAN) & (above.source != ABSENT)
    if not passes.any():
        return rated
    if passes.all():
        return above
    return _chosen(passes, above, rated)


def _lowest(rated: LevelColumns, above: LevelColumns | None) -> LevelColumns:
    """What the next level would pass through: this level, or the one above where nobody is here."""
    if above is None:
        return rated
    absent = rated.source == ABSENT
    return _chosen(absent, above, rated) if absent.any() else rated


def _chosen(mask: Bools, one: LevelColumns, other: LevelColumns) -> LevelColumns:
    return LevelColumns(
        np.where(mask, one.seconds, other.seconds),
        np.where(mask, one.amount, other.amount),
        np.where(mask, one.trouble, other.trouble),
        np.where(mask, one.row, other.row),
        np.where(mask, one.source, other.source),
    )


def _first_trouble(levels: dict[Level, LevelColumns]) -> NDArray[np.int8]:
    """The first trouble of a price from the top of the chain down, else that of the cost."""
    trouble = np.zeros_like(levels[Level.COST].trouble)
    for level in (*PRICE_LEVELS, Level.COST):
        trouble = np.where(trouble == 0, levels[level].trouble, trouble)
    return trouble
