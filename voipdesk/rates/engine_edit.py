"""From what a person wants of cells to a step of a draft: columns at a time, with the cells that cannot be so.

Blank is `NOTHING` in every column; what it means is decided here. A price goes to both intervals unless the rate has a
price of its own after the first one.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from voipdesk.rates.engine import NEVER, RateColumns
from voipdesk.rates.engine_draft import (
    CLOSED,
    HERE,
    PREFIX,
    Overlay,
    Part,
    Step,
    Texts,
    adjusted,
    can_be_price,
    interval,
    part,
    step,
    united,
)
from voipdesk.rates.engine_view import NOTHING, Base, Sheet, by_id
from voipdesk.rates.rules.adjusting import Adjustment
from voipdesk.rating.engine import Ints

MONEY = frozenset({"price", "next_price", "connect_fee"})
_BLANK = {"destination": 0, "connect_fee": 0, "effective_until": NEVER}
"""What blank means where it means something."""

Before = Callable[[Ints, str], tuple[Ints, Ints]]
"""Of some rows (ids ascending) the cells of a column: as the rates say, and as the draft says."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a column is to hold: ids in order, each once, and their cells."""

    column: str
    ids: Ints
    cells: Ints


@dataclass(frozen=True, slots=True)
class No:
    """A cell that cannot be so: the row (or the line of a new one), the column, and a word for why."""

    row: int
    column: str
    why: str


@dataclass(slots=True)
class Planned:
    """The parts of a step, and what was left out."""

    parts: list[Part] = field(default_factory=list)
    no: list[No] = field(default_factory=list)

    def named(self, name: str) -> Step:
        """The step of these parts, those that change nothing left out."""
        return step(name, self.parts)


def ids_of(ids: Any) -> Ints:
    """Row ids as an array."""
    return np.asarray(ids, np.int64)


def same(value: int, count: int) -> Ints:
    """One cell, many times."""
    return np.full(count, value, np.int64)


def cells_of(values: Any, code: Callable[[Any], int]) -> Ints:
    """Values as cells, each distinct one coded once; an int64 array is one already."""
    if isinstance(values, np.ndarray):
        return values.astype(np.int64, copy=False)
    known: dict[Any, int] = {}
    found = np.empty(len(values), np.int64)
    for at, value in enumerate(values):
        cell = known.get(value)
        if cell is None:
            cell = known[value] = code(value)
        found[at] = cell
    return found


def wanted(column: str, ids: Any, cells: Ints) -> Wanted:
    """What a column is to hold, in order of ids; of an id that comes twice the last cell counts."""
    which = ids_of(ids)
    order = np.argsort(which, kind="stable")
    which, cells = which[order], cells[order]
    last = np.ones(len(which), np.bool_)
    last[:-1] = which[1:] != which[:-1]
    return Wanted(column, which[last], cells[last])


def joined(column: str, parts: Sequence[tuple[Ints, Ints]]) -> Wanted:
    """The same of several runs of rows."""
    ids, cells = (np.concatenate(each) for each in zip(*parts, strict=True))
    return wanted(column, ids, cells)


def planned(changes: Iterable[Wanted], before: Before, taken: Mapping[int, Any] | None = None) -> Planned:
    """What changes, and the cells that cannot take what is wanted of them. `taken`: prefix cells of other rows."""
    made = Planned()
    held = {one.column: one for one in changes}
    for one in held.values():
        _plan(one, held, before, made)
        if one.column == PREFIX and taken:
            _keep_single(made, one, taken)
    return made


def _keep_single(made: Planned, one: Wanted, taken: Mapping[int, Any]) -> None:
    """Take back prefixes that another row has, or that are given twice."""
    last = made.parts.pop()
    seen, good = set(taken), np.ones(len(last.ids), np.bool_)
    for at, cell in enumerate(last.after.tolist()):
        good[at] = cell not in seen
        seen.add(cell)
    made.no += [No(row, one.column, "taken_prefix") for row in last.ids[~good].tolist()]
    made.parts.append(Part(PREFIX, last.ids[good], last.before[good], last.after[good]))


def _plan(one: Wanted, held: Mapping[str, Wanted], before: Before, made: Planned) -> None:
    was, now = before(one.ids, one.column)
    cells, good = one.cells.copy(), np.ones(len(one.ids), np.bool_)
    blank = cells == NOTHING
    if one.column == "effective_from":
        cells = np.where(blank, was, cells)
    elif one.column in _BLANK:
        cells = np.where(blank, _BLANK[one.column], cells)
    else:
        good &= _refuse(made, one, blank & (now != NOTHING), "blank")
    if one.column in MONEY:
        good &= _refuse(made, one, good & ~can_be_price(cells), "price_range")
    if one.column == PREFIX:
        good &= _refuse(made, one, good & (one.ids > 0) & (cells != now), "fixed_prefix")
    if one.column == "effective_until":
        good &= _refuse(made, one, good & (cells <= _since(one.ids, held, before)), "ends_early")
    made.parts.append(part(one.column, one.ids[good], now[good], cells[good]))
    if one.column == "price" and "next_price" not in held:
        _, after = before(one.ids, "next_price")
        follows = good & (after == now)
        made.parts.append(part("next_price", one.ids[follows], after[follows], cells[follows]))


def _refuse(made: Planned, one: Wanted, bad: Any, why: str) -> Any:
    made.no += [No(row, one.column, why) for row in one.ids[bad].tolist()]
    return ~bad


def _since(ids: Ints, held: Mapping[str, Wanted], before: Before) -> Ints:
    """From when rows are to count."""
    _, since = before(ids, "effective_from")
    other = held.get("effective_from")
    if other is None:
        return since
    at = np.minimum(np.searchsorted(other.ids, ids), len(other.ids) - 1)
    return np.where((other.ids[at] == ids) & (other.cells[at] != NOTHING), other.cells[at], since)


def closing(ids: Ints, before: Before) -> Planned:
    """Rates are closed; rows that were added go."""
    made, which = Planned(), _ascending(ids)
    rates, new = which[which > 0], which[which < 0]
    if len(rates):
        _, now = before(rates, "state")
        made.parts.append(part("state", rates, now, same(CLOSED, len(rates))))
    if len(new):
        _, here = before(new, HERE)
        made.parts.append(part(HERE, new, here, same(0, len(new))))
    return made


def added(columns: Mapping[str, Ints], first: int, texts: Texts, taken: Mapping[str, Any]) -> Planned:
    """New rows with ids `first`, `first - 1`, …; `taken` are prefixes that have a row already.

    A row without a prefix, with a prefix that is taken, or without a price is not added.
    """
    made = Planned()
    count = max((len(cells) for cells in columns.values()), default=0)
    ids = first - np.arange(count, dtype=np.int64)
    prefixes = columns.get(PREFIX, same(0, count))
    state = columns.get("state", same(0, count))
    price = columns.get("price", same(NOTHING, count))
    price = np.where((price == NOTHING) & (state != 0) & (state != NOTHING), 0, price)
    good, seen = np.ones(count, np.bool_), set(taken)
    for line in range(count):
        cell = int(prefixes[line])
        text = "" if cell in (0, NOTHING) else texts[cell]
        why = _why_not(text, seen, int(price[line]))
        if why:
            made.no.append(No(line, "price" if why in ("no_price", "price_range") else PREFIX, why))
            good[line] = False
        seen.add(text)
    ids = ids[good]
    ids = first - np.arange(len(ids), dtype=np.int64)
    given = {**columns, HERE: same(1, count), "price": price, "next_price": price}
    given.setdefault("interval", same(interval(1, 1), count))
    for name, cells in given.items():
        blank = {"effective_until": NEVER}.get(name, 0)
        usual = interval(1, 1) if name == "interval" else blank
        kept = np.where(cells == NOTHING, usual, cells)[good]
        made.parts.append(part(name, ids, same(blank, len(ids)), kept))
    return made


def _why_not(text: str, seen: set[str], price: int) -> str:
    if not text:
        return "no_prefix"
    if text in seen:
        return "taken_prefix"
    if price == NOTHING:
        return "no_price"
    return "" if bool(can_be_price(ids_of([price]))[0]) else "price_range"


def bulk(ids: Ints, column: str, how: Adjustment, before: Before) -> Planned:
    """A bulk edit of one money column in some rows; rows that would go below zero or too high stay as they are.

    A price of its own after the first interval moves alike.
    """
    which, made = _ascending(ids), Planned()
    for name in ("price", "next_price") if column == "price" else (column,):
        _, now = before(which, name)
        cells = adjusted(now, how)
        good = can_be_price(cells)
        if name == column:
            made.no += [No(row, name, "price_range") for row in which[~good].tolist()]
        made.parts.append(part(name, which[good], now[good], cells[good]))
    return made


def _ascending(ids: Any) -> Ints:
    """Ids in order, each once."""
    which = np.sort(ids_of(ids))
    first = np.ones(len(which), np.bool_)
    first[1:] = which[1:] != which[:-1]
    return which[first]


def copied(ids: Ints, column: str, other: RateColumns, keys: Sequence[bytes], before: Before) -> Planned:
    """The column of another table's rates goes to the rows of the same prefix; `keys` are the prefixes of the rows.

    Rates of the other table that are not open, or hold in a time band only, give nothing.
    """
    which = ids_of(ids)
    usable = other.take(np.nonzero((other.state == 0) & (other.band == 0))[0])
    if not len(usable):
        return Planned()
    sought = np.array(keys, "S15")
    at = np.minimum(np.searchsorted(usable.prefixes, sought), len(usable) - 1)
    hit = usable.prefixes[at] == sought
    parts = [wanted(column, which[hit], getattr(usable, column)[at[hit]])]
    if column == "price":
        parts.append(wanted("next_price", which[hit], usable.next_price[at[hit]]))
    return planned(parts, before)


def base_over(rates: RateColumns) -> Base:
    """Some rates as a base of their own, with nothing that follows."""
    count = len(rates)
    nothing = same(NOTHING, count)
    return Base(rates, nothing, nothing, np.full(count, -1, np.int8), *by_id(rates.ids))


def cells_before(base: Base, overlay: Overlay, texts: Texts) -> Before:
    """The cells of rows over a base; of rows that are not in it, those of a new row."""
    sheet = Sheet(base, Overlay(), texts)

    def before(ids: Ints, name: str) -> tuple[Ints, Ints]:
        was = same(NEVER if name == "effective_until" else 0, len(ids))
        places = sheet.places(ids)
        known = places >= 0
        if name == PREFIX:
            texts_of = base.rates.prefixes[places[known]].astype("U15").tolist()
            was[known] = texts.places(texts_of)
        elif name != HERE:
            was[known] = sheet.was(name)[places[known]]
        return was, overlay.patched(name, ids, was)

    return before


def taken_back(one: Step) -> Step:
    """The step that does the contrary."""
    return Step(one.name, tuple(Part(each.column, each.ids, each.after, each.before) for each in one.parts))


def coming_and_going(one: Step) -> tuple[list[int], list[int], Ints]:
    """Of a step the rows that come, those that go, and all others it touches."""
    come: list[int] = []
    go: list[int] = []
    for each in one.parts:
        if each.column == HERE:
            come += each.ids[each.after == 1][::-1].tolist()
            go += each.ids[each.after == 0].tolist()
    rows = united(each.ids for each in one.parts)
    moved = np.array(come + go, np.int64)
    return come, go, rows[~np.isin(rows, moved)] if len(moved) else rows


def least_id(steps: Iterable[Step]) -> int:
    """The smallest row id of some steps, at most 0: the next new row is one below."""
    return min((int(each.ids.min()) for one in steps for each in one.parts if len(each.ids)), default=0)


def settled(overlay: Overlay, name: str) -> Step:
    """All of an overlay as one step over its base."""
    return step(name, [part(column, one.ids, one.was, one.now) for column, one in overlay.columns.items()])
