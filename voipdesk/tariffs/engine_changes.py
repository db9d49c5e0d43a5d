"""What changes for a customer from one deck to another, row by row: the contents of a notice of change.

A new longer prefix that costs callers more than what they paid before counts as an increase (product.md). Whoever applies
the rows and the closings of a notice to the earlier sheet has the later one.
"""

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from voipdesk.rating.engine import BLOCKED, NO_ROW, Bools, Ints, Prefixes, number_keys
from voipdesk.tariffs.engine_sheet import SellColumns

KINDS = ("same", "new", "increase", "decrease", "changed", "blocked")
"""Kinds of the rows that are sold afterwards, by their number; what is sold no longer is `closed`."""

SAME, NEW, INCREASE, DECREASE, CHANGED, REFUSED = range(len(KINDS))

NOTHING = -1
"""Old price where callers were not charged before: no prefix covered the number, or it was blocked."""

_TERMS = ("price", "next_price", "connect_fee", "minimum_charge", "initial_interval", "next_interval")
"""What a sheet shows and a customer can compare; greater is dearer in all of them."""


@dataclass(frozen=True, slots=True)
class Changes:
    """The later deck with a kind and an old price (x 10^8) for each row, and the rows that are sold no longer."""

    rows: SellColumns
    kind: NDArray[np.int8]
    old: Ints
    closed: SellColumns
    """As they were; `effective_from`: when they end."""

    def __len__(self) -> int:
        return len(self.rows)

    def only(self) -> "Changes":
        """Without the rows that stay as they are."""
        differs: Bools = self.kind != SAME
        return replace(self, rows=self.rows.take(differs), kind=self.kind[differs], old=self.old[differs])

    def counts(self) -> dict[str, int]:
        """How many of each kind there are, the closed ones too; kinds without rows are left out."""
        many = np.bincount(self.kind, minlength=len(KINDS)).tolist()
        found = dict(zip(KINDS, many, strict=True)) | {"closed": len(self.closed)}
        return {kind: count for kind, count in found.items() if count}


def changes(before: SellColumns | None, after: SellColumns, ended: int) -> Changes:
    """Put two decks side by side; None: nothing was sold before. `ended`: when what is gone ended (microseconds)."""
    if before is None:
        before = after.take(np.zeros(len(after), np.bool_))
    old, new = _Keyed.of(before, after), _Keyed.of(after, before)
    exact = old.exact(new.keys, new.band)
    missing = np.flatnonzero(exact < 0)
    covering = exact.copy()
    covering[missing] = old.covering(new.keys[missing], new.band[missing])
    is_open = after.state != BLOCKED
    was_open = np.zeros(len(after), np.bool_)
    has = covering >= 0
    was_open[has] = before.state[covering[has]] != BLOCKED
    up, down, price_up, price_down = _moved(before, after, covering)
    kind = np.full(len(after), NEW, np.int8)
    both = (exact >= 0) & is_open & was_open
    kind[both] = SAME
    kind[both & up] = INCREASE
    kind[both & down] = DECREASE
    kind[both & up & down] = CHANGED
    longer = (exact < 0) & is_open & was_open
    kind[longer & (price_up | (up & ~price_down))] = INCREASE
    kind[~is_open] = REFUSED
    kind[(exact >= 0) & ~is_open & ~was_open] = SAME
    charged = np.full(len(after), NOTHING, np.int64)
    charged[was_open] = before.terms.price[covering[was_open]]
    gone = before.take(new.exact(old.keys, old.band) < 0)
    return Changes(after, kind, charged, replace(gone, effective_from=np.full(len(gone), ended, np.int64)))


def _moved(before: SellColumns, after: SellColumns, rows: Ints) -> tuple[Bools, Bools, Bools, Bools]:
    """Whether any term went up or down against these rows of the earlier deck, and whether the price did."""
    has = np.flatnonzero(rows >= 0)
    found: list[Bools] = [np.zeros(len(after), np.bool_) for _ in range(4)]
    for name in _TERMS:
        now, was = getattr(after.terms, name)[has], getattr(before.terms, name)[rows[has]]
        for at, differs in enumerate((now > was, now < was)):
            found[at][has] |= differs
            if name == "price":
                found[2 + at][has] = differs
    return found[0], found[1], found[2], found[3]


@dataclass(frozen=True, slots=True)
class _Keyed:
    """The rows of a deck by prefix and time band; the bands are numbered alike in both decks."""

    keys: Ints
    band: Ints
    bands: int
    order: Ints
    both: Ints
    """Prefix and band as one number, in order."""

    @classmethod
    def of(cls, deck: SellColumns, other: SellColumns) -> "_Keyed":
        names = sorted({*deck.band_names, *other.band_names, ""})
        codes = np.array([names.index(name) for name in deck.band_names], np.int64)
        prefixes: Any = deck.prefixes
        keys, band = number_keys(prefixes), codes[deck.band]
        both = keys * len(names) + band
        order = np.argsort(both, kind="stable")
        return cls(keys, band, len(names), order, both[order])

    def exact(self, keys: Ints, band: Ints) -> Ints:
        """The row of exactly each prefix and band; -1: none."""
        if not len(self.both):
            return np.full(len(keys), NO_ROW)
        wanted = keys * self.bands + band
        place = np.minimum(np.searchsorted(self.both, wanted), len(self.both) - 1)
        return np.where(self.both[place] == wanted, self.order[place], NO_ROW)

    def covering(self, keys: Ints, band: Ints) -> Ints:
        """The row of the longest prefix that covers each one in its band, or all week; -1: none."""
        tree = Prefixes.of(self.keys)
        rows, nodes = np.full(len(keys), NO_ROW), tree.longest(keys)
        active = np.flatnonzero(nodes >= 0)
        while len(active):
            here = tree.nodes[nodes[active]]
            found = self.exact(here, band[active])
            rows[active] = np.where(found >= 0, found, self.exact(here, np.zeros_like(here)))
            active = active[rows[active] < 0]
            nodes[active] = tree.parents[nodes[active]]
            active = active[nodes[active] >= 0]
        return rows
