"""Whom a sheet hurts, in columns: sell prices under what they cost, before and after, for every prefix that changes.

A number's sell price is that of the longest prefix its plan sells, its cost that of the longest prefix of the cost table:
the two prefixes may differ in length, which is how a new longer cost prefix makes a loss nobody chose (G11).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

from voipdesk.calls.engine_traffic import Traffic
from voipdesk.kernel.periods import to_micros
from voipdesk.rates.engine import RateColumns, in_force
from voipdesk.rating.engine import (
    DIGITS,
    NO_ROW,
    OPEN,
    SAFE,
    SLOTS,
    Bools,
    Ints,
    Prefixes,
    distinct,
    number_keys,
)
from voipdesk.tariffs.engine import REFUSED, Base, sell_deck
from voipdesk.tariffs.rules import Action, Match, PlanRule, PlanTerms

MOST_INSTANTS = 12
"""A sheet with more different dates is looked at on the busiest of them and the last."""

AT_ONCE = 100_000
"""Prefixes that are priced at a time where only the prices are wanted."""

NONE = -(2**63)
"""No price: nothing covers the number, or it is blocked."""


@dataclass(slots=True)
class Listed:
    """What a table says at an instant in one time band: one row a prefix, in the order of their keys."""

    rows: RateColumns
    keys: Ints = field(init=False)
    _tree: Prefixes | None = None

    def __post_init__(self) -> None:
        keys = number_keys(self.rows.prefixes)
        self.keys = keys
        if not (keys[1:] > keys[:-1]).all():
            order = np.argsort(keys, kind="stable")
            self.rows, self.keys = self.rows.take(order), keys[order]

    @property
    def tree(self) -> Prefixes:
        """The prefixes as a tree, made when first asked for; its nodes are the rows."""
        if self._tree is None:
            self._tree = Prefixes.of(self.keys)
        return self._tree

    def covers(self, keys: Ints) -> Ints:
        """The row of the longest prefix that covers each key; -1: none."""
        found = self.exact(keys)
        missed = np.flatnonzero(found < 0)
        if len(missed) and len(self.keys):
            found[missed] = self.tree.longest(keys[missed])
        return found

    def named(self, key: int, row: int) -> tuple[str, str]:
        """Prefix and destination of a number of this list: the row's own destination, whatever its length."""
        digits, length = divmod(key, SLOTS)
        name = self.rows.destination_names[self.rows.destination[row]] if row >= 0 else ""
        return f"{digits:0{DIGITS}}"[:length], name

    def exact(self, keys: Ints) -> Ints:
        """The row of exactly each prefix; -1: none."""
        if not len(self.keys):
            return np.full(len(keys), NO_ROW)
        place = np.minimum(np.searchsorted(self.keys, keys), len(self.keys) - 1)
        return np.where(self.keys[place] == keys, place, NO_ROW)


@dataclass(frozen=True, slots=True)
class Quoted:
    """Prices of some numbers, x 10^8; `NONE` without one. `rule`: position in the plan, -1 none; `row`: of the list."""

    price: Ints
    following: Ints
    is_refused: Bools
    rule: Ints
    row: Ints


def costs(listed: Listed, keys: Ints) -> Quoted:
    """What numbers cost under a list."""
    rows = listed.covers(keys)
    return _quoted(rows, listed.rows.price, listed.rows.next_price, listed.rows.state)


def _quoted(rows: Ints, price: Ints, following: Ints, state: NDArray[np.int8]) -> Quoted:
    has = rows >= 0
    if len(price):
        has &= state[rows] == OPEN
        price, following = np.where(has, price[rows], NONE), np.where(has, following[rows], NONE)
    else:
        price = following = np.full(len(rows), NONE)
    nothing = np.full(len(rows), NO_ROW)
    return Quoted(price, following, np.zeros(len(rows), np.bool_), nothing, rows)


def prices(listed: Listed, keys: Ints, rules: Sequence[PlanRule], terms: PlanTerms, at: datetime) -> Quoted:
    """What numbers are sold at under a plan over a list; a prefix the plan leaves out gives way to a shorter one."""
    rows = listed.covers(keys)
    count = len(keys)
    price, following, rule = np.full(count, NONE), np.full(count, NONE), np.full(count, NO_ROW)
    refused = np.zeros(count, np.bool_)
    open_rows = np.flatnonzero(rows >= 0)
    while len(open_rows):
        several, back = _each(rows[open_rows])
        sold = sell_deck(_base(listed.rows.take(several)), rules, terms, at)
        is_refused = sold.flags & REFUSED > 0
        is_sold = ~sold.omitted & ((sold.state == OPEN) | is_refused)
        price[open_rows] = np.where(is_sold, sold.terms.price, NONE)[back]
        following[open_rows] = np.where(is_sold, sold.terms.next_price, NONE)[back]
        rule[open_rows] = sold.rule[back]
        refused[open_rows] = (is_sold & is_refused)[back]
        further = open_rows[sold.omitted[back]]
        if len(further):
            rows[further] = listed.tree.parents[rows[further]]
        open_rows = further[rows[further] >= 0]
    return Quoted(price, following, refused, rule, rows)


def sold_at(listed: Listed, keys: Ints, rules: Sequence[PlanRule], terms: PlanTerms, at: datetime) -> Ints:
    """The prices alone, of any number of keys: some at a time, as a whole deck would take ten times its own room."""
    parts = (keys[first : first + AT_ONCE] for first in range(0, len(keys), AT_ONCE))
    found = [prices(listed, part, rules, terms, at).price for part in parts]
    return np.concatenate(found) if found else np.empty(0, np.int64)


def _each(rows: Ints) -> tuple[Ints, Ints]:
    """The different rows, and for each given one its position among them."""
    if (rows[1:] > rows[:-1]).all():
        return rows, np.arange(len(rows))
    return np.unique(rows, return_inverse=True)


def _base(rows: RateColumns) -> Base:
    keys = number_keys(rows.prefixes)
    nothing = np.zeros(len(rows), np.bool_)
    return Base(
        keys, np.argsort(keys, kind="stable"), rows.destination, rows.destination_names, rows.state, rows.terms, nothing
    )  # fmt: skip


@dataclass
class Sides:
    """The lists of one band and instant: what is paid and what plans stand on, before a sheet and after it."""

    cost_before: Listed
    cost_after: Listed
    sell_before: Listed
    sell_after: Listed

    @cached_property
    def dearer_or_other(self) -> Ints:
        """Keys of the cost table that the sheet changes."""
        return changed(self.cost_before, self.cost_after)

    @cached_property
    def in_question(self) -> Ints:
        """Keys whose sell price or cost may differ after the sheet: its own, and those of the other list around them."""
        found = [] if self.cost_before is self.cost_after else [self.dearer_or_other]
        if self.sell_after is not self.cost_after:
            found += [self.sell_after.keys, self.cost_after.keys]
            if self.sell_before is not self.sell_after:
                found.append(changed(self.sell_before, self.sell_after))
        return distinct(*found)


@dataclass(frozen=True, slots=True)
class Losses:
    """Prefixes sold below cost because of a sheet, in the order of their keys; money x 10^8 per minute."""

    keys: Ints
    sell: Ints
    cost: Ints
    margin_before: Ints
    """Sell less cost before the sheet; `NONE` where there was not both."""
    is_new: Bools
    """The cost table did not have the prefix before."""
    is_refused: Bools
    row: Ints
    """Of `cost_after`, for the name of the destination."""

    def __len__(self) -> int:
        return len(self.keys)


def losses(sides: Sides, rules: Sequence[PlanRule], terms: PlanTerms, at: datetime) -> Losses:
    """Where a plan sells below cost after a sheet and did not before, or not by so much. Free rules are meant so."""
    keys = sides.in_question
    cost, sold = costs(sides.cost_after, keys), prices(sides.sell_after, keys, rules, terms, at)
    free = np.array([*(one.action is Action.FREE for one in rules), False], np.bool_)
    gap, at_first = _gap(sold, cost)
    hurt = np.flatnonzero((gap > 0) & ~free[sold.rule])
    keys, gap, at_first = keys[hurt], gap[hurt], at_first[hurt]
    old_cost = costs(sides.cost_before, keys)
    old_sold = prices(sides.sell_before, keys, rules, terms, at)
    old_gap, _ = _gap(old_sold, old_cost)
    was_margin = np.where(at_first, old_sold.price - old_cost.price, old_sold.following - old_cost.following)
    has_both = (old_sold.price != NONE) & (old_cost.price != NONE)
    kept = np.flatnonzero(gap > np.maximum(old_gap, 0))
    which = hurt[kept]
    first = at_first[kept]
    return Losses(
        keys=keys[kept],
        sell=np.where(first, sold.price[which], sold.following[which]),
        cost=np.where(first, cost.price[which], cost.following[which]),
        margin_before=np.where(has_both, was_margin, NONE)[kept],
        is_new=(sides.cost_before.exact(keys[kept]) < 0) & (sides.cost_after.exact(keys[kept]) >= 0),
        is_refused=sold.is_refused[which],
        row=cost.row[which],
    )


@dataclass(frozen=True, slots=True)
class Hurt:
    """Losses of one plan over all instants and bands, each prefix once: as it is last, and since when it is so."""

    keys: Ints
    sell: Ints
    cost: Ints
    margin_before: Ints
    is_new: Bools
    is_refused: Bools
    row: Ints
    first: Ints
    """Position in what was given of where it begins, and of where its figures are from."""
    last: Ints

    def __len__(self) -> int:
        return len(self.keys)

    def worst(self, most: int, seconds: Ints) -> Ints:
        """Positions of those that matter most, in the order of prefixes: new ones, then by money lost, then by gap."""
        order = np.lexsort((self.sell - self.cost, (self.sell - self.cost) * seconds, ~self.is_new))
        return np.sort(order[:most])


def together(found: Sequence[Losses]) -> Hurt:
    """The losses of several instants, in order of time."""
    where = np.repeat(np.arange(len(found)), [len(one) for one in found])
    keys = np.concatenate([one.keys for one in found])
    order = np.lexsort((where, keys))
    is_first = np.ones(len(keys), np.bool_)
    is_first[1:] = keys[order[1:]] != keys[order[:-1]]
    is_last = np.roll(is_first, -1)
    last = order[is_last]

    def joined(name: str) -> Any:
        return np.concatenate([getattr(one, name) for one in found])[last]

    return Hurt(
        keys=joined("keys"),
        sell=joined("sell"),
        cost=joined("cost"),
        margin_before=joined("margin_before"),
        is_new=joined("is_new"),
        is_refused=joined("is_refused"),
        row=joined("row"),
        first=where[order[is_first]],
        last=where[last],
    )


def total(found: Sequence[Hurt]) -> int:
    """How many different prefixes several plans have below cost."""
    return len(distinct(*(one.keys for one in found)))


def _gap(sold: Quoted, cost: Quoted) -> tuple[Ints, Bools]:
    """How far below cost a minute is sold, in the worse of both intervals; and whether that is the first one."""
    has = (sold.price != NONE) & (cost.price != NONE)
    first = np.where(has, cost.price, 0) - np.where(has, sold.price, 0)
    then = np.where(has, cost.following, 0) - np.where(has, sold.following, 0)
    return np.maximum(first, then), first >= then


def changed(before: Listed, after: Listed) -> Ints:
    """Keys whose price, state or name differ, new and removed ones included; sorted."""
    place = before.exact(after.keys)
    known = place >= 0
    codes = {name: code for code, name in enumerate(before.rows.destination_names)}
    names = np.array([codes.get(name, -1) for name in (*after.rows.destination_names, "")], np.int64)
    differs = ~known
    if len(before.keys):
        differs |= names[after.rows.destination] != before.rows.destination[place]
        for one in ("price", "next_price", "state"):
            differs |= getattr(after.rows, one) != getattr(before.rows, one)[place]
    removed = before.keys[after.exact(before.keys) < 0]
    return distinct(after.keys[differs], removed)


def orphans(sides: Sides, rules: Sequence[PlanRule], terms: PlanTerms, at: datetime) -> Ints:
    """Rows of `sell_before` that have a price of their own and lose every cost: closed or blocked, nothing shorter left.

    Prices that only follow the cost table go with it and are not told: a plan over it must name the prefix.
    """
    listed = sides.sell_before
    is_same = listed is sides.cost_before
    keys = sides.dearer_or_other if is_same else listed.keys
    keys = keys[
        (costs(sides.cost_before, keys).price != NONE) & (costs(sides.cost_after, keys).price == NONE)
    ]
    rows = listed.exact(keys)
    keys, rows = keys[rows >= 0], rows[rows >= 0]
    sold = prices(listed, keys, rules, terms, at)
    speaks = (sold.price != NONE) & (sold.row == rows)
    if is_same:
        own = [one.match is not Match.ALL and one.action in (Action.FIXED, Action.FREE) for one in rules]
        speaks &= np.array([*own, False], np.bool_)[sold.rule]
    found: Ints = rows[speaks]
    return found


def bands_of(*tables: RateColumns) -> list[str]:
    """The time bands that some tables use, all week first."""
    used = {""}
    for one in tables:
        used.update(one.band_names[code] for code in np.flatnonzero(np.bincount(one.band)).tolist())
    return sorted(used)


def listed(rows: RateColumns, at: datetime, band: str) -> Listed:
    """A table at an instant in one band."""
    code = rows.band_names.index(band) if band in rows.band_names else -1
    mine = rows.band == code
    return Listed(in_force(rows if mine.all() else rows.take(mine), to_micros(at)))


def instants(before: RateColumns, after: RateColumns, at: int) -> list[int]:
    """When something of a sheet begins (microseconds), in order; `at` and the last one always."""
    starts, counts = np.unique(after.effective_from, return_counts=True)
    was, had = np.unique(before.effective_from, return_counts=True)
    old = np.zeros(len(starts), np.int64)
    if len(was):
        place = np.minimum(np.searchsorted(was, starts), len(was) - 1)
        old = np.where(was[place] == starts, had[place], 0)
    added = counts - old
    differs = np.flatnonzero(added)
    found = set(starts[differs].tolist())
    if len(found) > MOST_INSTANTS:
        busiest = differs[np.argsort(-np.abs(added[differs]), kind="stable")[: MOST_INSTANTS - 1]]
        found = {*starts[busiest].tolist(), int(starts[differs[-1]])}
    return sorted({*found, at})


def in_order(traffic: Traffic) -> Traffic:
    """The same calls by called number, so that matching walks memory instead of jumping through it."""
    return traffic.take(np.argsort(traffic.keys))


def seconds_by_prefix(traffic: Traffic, prefixes: Sequence[str]) -> dict[str, int]:
    """Talk seconds by the longest of the prefixes (texts or ASCII bytes); those without calls are not named."""
    given = number_keys(prefixes)
    tree = Prefixes.of(given[given >= 0])
    cells = tree.longest(traffic.keys)
    added = np.zeros(len(tree.nodes), np.int64)
    np.add.at(added, cells[cells >= 0], traffic.seconds[cells >= 0])
    order = np.argsort(given)
    names = order[np.searchsorted(given[order], tree.nodes[added > 0])]
    named = np.asarray(prefixes)[names].astype("U15").tolist() if len(names) else []
    return dict(zip(named, added[added > 0].tolist(), strict=True))


@dataclass(frozen=True, slots=True)
class Talked:
    """Seconds by payer and prefix: positions in the payers and in the keys asked about."""

    payer: Ints
    place: Ints
    seconds: Ints

    def by_place(self, count: int) -> Ints:
        """Seconds of all payers for each of so many keys."""
        added = np.zeros(count, np.int64)
        np.add.at(added, self.place, self.seconds)
        return added

    def sums(self, below: Hurt) -> dict[int, tuple[int, int, int]]:
        """By payer: seconds, and margin and its change as seconds times scaled prices; exact whatever the size.

        What a plan refuses is not sold, so it loses nothing.
        """
        after = np.where(below.is_refused, 0, below.sell - below.cost)[self.place]
        known = below.margin_before != NONE
        change = after - np.where(known, below.margin_before, 0)[self.place]
        starts = np.flatnonzero(np.diff(self.payer, prepend=-1))
        return {
            int(self.payer[first]): (
                _dot(self.seconds[first:end], None),
                _dot(self.seconds[first:end], after[first:end]),
                _dot(self.seconds[first:end], change[first:end]),
            )
            for first, end in pairwise([*starts.tolist(), len(self.payer)])
        }


def _dot(seconds: Ints, prices: Ints | None) -> int:
    """The sum of seconds times prices (or of seconds), in Python integers where int64 might not hold it."""
    if prices is None:
        return int(seconds.sum())
    most = int(np.abs(prices).max(initial=0)) * int(seconds.sum())
    if most < SAFE:
        return int((seconds * prices).sum())
    return sum(many * each for many, each in zip(seconds.tolist(), prices.tolist(), strict=True))


def payers_of(traffic: Traffic, payers: Sequence[bytes], paid_by: Mapping[bytes, bytes]) -> Ints:
    """For each account of the traffic the position of its payer among `payers`; -1: none of them."""
    places = {one: place for place, one in enumerate(payers)}
    known = [places.get(paid_by.get(one or b"", b""), NO_ROW) for one in traffic.accounts]
    return np.array(known, np.int64)


def talked(traffic: Traffic, sides: Sides, keys: Ints, payers: Ints) -> Talked:
    """Talk seconds of each payer that fall under exactly these keys: no longer prefix of either list takes them.

    `payers`: for each account of the traffic the position of who pays for it, -1 for nobody of interest.
    """
    nothing = np.empty(0, np.int64)
    mine = payers[traffic.account] >= 0 if len(traffic) else np.zeros(0, np.bool_)
    if not mine.any() or not len(keys):
        return Talked(nothing, nothing, nothing)
    if sides.sell_after is sides.cost_after and (sides.cost_after.exact(keys) >= 0).all():
        tree = sides.cost_after.tree
    else:
        tree = Prefixes.of(np.concatenate([sides.cost_after.keys, sides.sell_after.keys, keys]))
    places = np.full(len(tree.nodes) + 1, NO_ROW)
    places[np.searchsorted(tree.nodes, keys)] = np.arange(len(keys))
    place = places[tree.longest(traffic.keys)]
    hit = np.flatnonzero(mine & (place >= 0))
    payer = payers[traffic.account[hit]]
    pairs, back = np.unique(payer * len(keys) + place[hit], return_inverse=True)
    added = np.zeros(len(pairs), np.int64)
    np.add.at(added, back, traffic.seconds[hit])
    return Talked(pairs // len(keys), pairs % len(keys), added)


__all__ = [
    "NONE", "Hurt", "Listed", "Losses", "Sides", "Talked", "bands_of", "in_order", "instants", "listed", "losses",
    "orphans", "payers_of", "seconds_by_prefix", "talked", "together",
    "total",
]  # fmt: skip
