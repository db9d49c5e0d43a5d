"""Several tables side by side in columns: the twin of `rules.comparing`, for hundreds of thousands of prefixes."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from voipdesk.kernel.money import from_scaled
from voipdesk.rates.rules.comparing import HUNDREDTHS
from voipdesk.rating.engine import BLOCKED, CLOSED, SAFE, Bools, Ints, Prefixes, distinct, number_keys

GAP, SHUT = -1, -2
"""In place of a price: nothing covers the prefix; it is blocked."""

NOTHING = -(2**63)
"""No spread, no saving."""

LAST = 2**63 - 1


@dataclass(frozen=True, slots=True)
class Side:
    """One table at an instant: prefixes in order of their keys, one price each (`SHUT`: blocked), and names."""

    keys: Ints
    prefixes: NDArray[np.bytes_]
    price: Ints
    destination: Ints
    destination_names: tuple[str, ...]

    def __len__(self) -> int:
        return len(self.keys)


Chunk = tuple[Ints, Sequence[str]]
"""Rows of one version: integers (prefix behind a leading 1, from, state, price, until) and their destinations."""


def side(chunks: Iterable[Chunk], at: int) -> Side:
    """What is in force at an instant (microseconds), of rows that come version by version, the oldest first.

    The latest start speaks, of equal starts the later version; a row that has ended or is closed leaves nothing.
    """
    names: dict[str, int] = {}
    parts, codes = [np.empty((5, 0), np.int64)], [np.empty(0, np.int64)]
    for numbers, texts in chunks:
        parts.append(numbers)
        codes.append(np.fromiter((names.setdefault(one, len(names)) for one in texts), np.int64, len(texts)))
    marked, since, state, price, until = np.concatenate(parts, axis=1)
    started = np.flatnonzero(since <= at)
    # Stable sorts keep versions in order, so the last row of a prefix is the one that speaks.
    order = started[np.argsort(since[started], kind="stable")]
    prefixes = _cut(marked[order].astype("S16"))
    keys = number_keys(prefixes)
    by_key = np.argsort(keys, kind="stable")
    order, keys, prefixes = order[by_key], keys[by_key], prefixes[by_key]
    speaks = np.ones(len(keys), np.bool_)
    speaks[:-1] = keys[1:] != keys[:-1]
    speaks &= (state[order] != CLOSED) & (until[order] > at)
    rows = order[speaks]
    return Side(
        keys=keys[speaks],
        prefixes=prefixes[speaks],
        price=np.where(state[rows] == BLOCKED, SHUT, price[rows]),
        destination=np.concatenate(codes)[rows],
        destination_names=tuple(names),
    )


def overlaid(base: Side, over: Side) -> Side:
    """A table in a time band: of a prefix that both sides have, what `over` says."""
    apart = ~np.isin(base.keys, over.keys)
    keys = np.concatenate([base.keys[apart], over.keys])
    order = np.argsort(keys, kind="stable")
    shift = len(base.destination_names)
    return Side(
        keys=keys[order],
        prefixes=np.concatenate([base.prefixes[apart], over.prefixes])[order],
        price=np.concatenate([base.price[apart], over.price])[order],
        destination=np.concatenate([base.destination[apart], over.destination + shift])[order],
        destination_names=base.destination_names + over.destination_names,
    )


def _cut(marked: NDArray[np.bytes_]) -> NDArray[np.bytes_]:
    """The digits behind the leading 1 of each."""
    letters = marked.view("S1").reshape(len(marked), 16)
    return np.ascontiguousarray(letters[:, 1:]).view("S15").reshape(len(marked))


def numbers_of(text: str) -> Ints:
    """The integers of a chunk, written one after the other with blanks, as five columns."""
    return np.fromstring(text, dtype=np.int64, sep=" ").reshape(-1, 5).T


class Offered(NamedTuple):
    """What is to be said of one table's offer for a prefix."""

    is_best: bool
    is_blocked: bool
    covered_by: str
    """The shorter prefix whose price it is; '' where the table has the prefix itself, or nothing."""


@dataclass(frozen=True, slots=True)
class Comparison:
    """Every prefix that some table names, with the offers of all; prices have the shape (tables, prefixes)."""

    titles: tuple[str, ...]
    """Names of the tables."""
    master: int
    """Position of the table that savings are counted against."""
    prefixes: NDArray[np.bytes_]
    destination: Ints
    destination_names: tuple[str, ...]
    prices: Ints
    """x 10^8 a minute, `GAP` or `SHUT`."""
    simulated: Bools
    """The table lacks the prefix and the price is that of a shorter one."""
    best: Ints
    """The lowest price, `GAP` where there is none."""
    spread: Ints
    """Hundredths of a per cent, or `NOTHING`."""
    seconds: Ints | None = None
    """Talked in the last 30 days by the longest of these prefixes; None: not asked yet."""
    saving: Ints | None = None
    """x 10^8 for those seconds, or `NOTHING`."""
    currency: str = ""
    _kept: dict[str, Any] = field(default_factory=dict, compare=False)

    def __len__(self) -> int:
        return len(self.prefixes)

    @property
    def has_common(self) -> bool:
        """Whether some prefix has a price in two tables."""
        return bool(((self.prices >= 0).sum(axis=0) > 1).any())

    @property
    def decimals(self) -> int:
        """Decimals that some price needs, four at least."""
        values = self.prices[self.prices >= 0]
        return next((some for some in range(4, 8) if not (values % 10 ** (8 - some)).any()), 8)

    @property
    def total_saving(self) -> int:
        """The sum of what changing over would save, x 10^8; exact."""
        if self.saving is None:
            return 0
        return sum(one for one in self.saving[self.saving != NOTHING].tolist() if one)

    def counts(self) -> list[int]:
        """For each table how many prefixes it is the cheapest for."""
        return [int(one.sum()) for one in self.is_best]

    @property
    def is_best(self) -> Bools:
        """Which offers are the cheapest of at least two."""
        several = (self.prices >= 0).sum(axis=0) > 1
        best: Bools = (self.prices == self.best) & (self.prices >= 0) & several
        return best

    def prefix_texts(self) -> list[str]:
        """The prefixes as text."""
        texts: list[str] = self.prefixes.astype("U15").tolist()
        return texts

    def with_minutes(self, seconds: Ints) -> "Comparison":
        """The same with the traffic of the last 30 days, and what it would save."""
        held = self.prices[self.master]
        gain = np.where((held >= 0) & (self.best >= 0), held - self.best, 0)
        most = int(gain.max(initial=0)) * int(seconds.max(initial=0)) * 2
        if most < SAFE:
            saved = (gain * seconds * 2 + 60) // 120
        else:
            pairs = zip(gain.tolist(), seconds.tolist(), strict=True)
            saved = np.array([(one * many * 2 + 60) // 120 for one, many in pairs], np.int64)
        return replace(self, seconds=seconds, saving=np.where(held >= 0, saved, NOTHING), _kept={})

    def ids(
        self,
        fits: Sequence[tuple[str, Callable[[Any], bool]]] = (),
        order: Sequence[tuple[str, bool]] = (),
        *,
        starts: str = "",
        gaps_only: bool = False,
        differences_only: bool = False,
    ) -> NDArray[np.int32]:
        """Rows that pass, ordered by (column, descending); the first order rules, blanks come last, then by prefix.

        `fits` judges the values of a column, each different one once.
        """
        shown = np.ones(len(self), np.bool_)
        if gaps_only:
            shown &= (self.prices < 0).any(axis=0)
        if differences_only:
            most = self.prices.max(axis=0) if len(self.titles) else self.best
            shown &= (self.best >= 0) & (most != self.best)
        if starts:
            shown &= np.char.startswith(self.prefixes, starts.encode("ascii", "replace"))
        for column, judge in fits:
            shown &= self._judged(column, judge)
        rows = np.flatnonzero(shown).astype(np.int32)
        if not order or not len(rows):
            return rows
        ranks = [self._rank(column, descending=down)[rows] for column, down in reversed(order)]
        found: NDArray[np.int32] = rows[np.lexsort(ranks)]
        return found

    def values(self, column: str, ids: Sequence[int]) -> list[Any]:
        """A column of a few rows: text, Decimal, or None where there is nothing. Offers: price, `SHUT`, or None."""
        rows = np.asarray(ids, np.int64)
        if column == "prefix":
            texts: list[Any] = self.prefixes[rows].astype("U15").tolist()
            return texts
        if column == "destination":
            return [self.destination_names[code] for code in self.destination[rows].tolist()]
        return [self._shown(column, one) for one in self._numbers(column)[rows].tolist()]

    def offer_at(self, place: int, row: int) -> Offered:
        """The offer of a table at a row."""
        price, covered_by = int(self.prices[place, row]), ""
        if self.simulated[place, row]:
            text = self.prefixes[row].decode("ascii")
            for length in range(len(text) - 1, 0, -1):
                at = self.place_of(text[:length])
                if at is not None and self.prices[place, at] != GAP and not self.simulated[place, at]:
                    covered_by = text[:length]
                    break
        several = price >= 0 and price == self.best[row] and int((self.prices[:, row] >= 0).sum()) > 1
        return Offered(bool(several), price == SHUT, covered_by)

    def file_rows(self, ids: Sequence[int]) -> Iterator[tuple[Any, ...]]:
        """Some rows as plain values, in the order of `files_compare.Row`."""
        rows = np.asarray(ids, np.int64)
        nothing = [None] * len(rows)
        return zip(
            self.prefixes[rows].astype("U15").tolist(),
            self.values("destination", ids),
            self.prices[:, rows].T.tolist(),
            self.simulated[:, rows].T.tolist(),
            self.best[rows].tolist(),
            self.spread[rows].tolist(),
            nothing if self.seconds is None else self.seconds[rows].tolist(),
            nothing if self.saving is None else self.saving[rows].tolist(),
            strict=True,
        )

    def place_of(self, prefix: str) -> int | None:
        """The row of a prefix."""
        place = int(np.searchsorted(self.prefixes, np.bytes_(prefix.encode("ascii", "replace"))))
        same = place < len(self) and self.prefixes[place] == prefix.encode("ascii", "replace")
        return place if same else None

    def near(self, digits: str) -> int | None:
        """The row of a number's longest prefix, else the row that stands nearest; None where there is none."""
        for length in range(len(digits), 0, -1):
            found = self.place_of(digits[:length])
            if found is not None:
                return found
        place = int(np.searchsorted(self.prefixes, np.bytes_(digits.encode("ascii", "replace"))))
        return min(place, len(self) - 1) if len(self) else None

    def scaled(self, column: str, ids: Sequence[int]) -> Ints | None:
        """Numbers of some rows x 10^8, minutes plain, `NOTHING` for none; None for a column of texts."""
        if column in ("prefix", "destination"):
            return None
        values = self._numbers(column)[np.asarray(ids, np.int64)]
        if column == "minutes":
            return np.where(values == NOTHING, NOTHING, values // 60)
        if column == "spread":
            return np.where(values == NOTHING, NOTHING, values * 1_000_000)
        return values if column == "saving" else np.where(values < 0, NOTHING, values)

    def _numbers(self, column: str) -> Ints:
        """A column as integers; less than nothing where it is empty (spread, saving: `NOTHING`)."""
        if column.startswith("table."):
            prices: Ints = self.prices[int(column.removeprefix("table."))]
            return prices
        nothing = np.full(len(self), NOTHING)
        found = {
            "best": self.best,
            "spread": self.spread,
            "minutes": nothing if self.seconds is None else self.seconds,
            "saving": nothing if self.saving is None else self.saving,
        }
        return found[column]

    def _shown(self, column: str, value: int) -> Any:
        if column.startswith("table.") or column == "best":
            return value if value == SHUT else None if value < 0 else from_scaled(value)
        if value == NOTHING:
            return None
        if column == "spread":
            return Decimal(value) / 100
        return from_scaled(value) if column == "saving" else value // 60

    def _judged(self, column: str, judge: Callable[[Any], bool]) -> Bools:
        if column == "prefix":
            return np.fromiter((judge(one) for one in self.prefix_texts()), np.bool_, len(self))
        if column == "destination":
            passing = np.fromiter(map(judge, self.destination_names), np.bool_, len(self.destination_names))
            return passing[self.destination] if len(passing) else np.zeros(len(self), np.bool_)
        values, place = self._distinct(column)
        shown = [self._shown(column, one) for one in values.tolist()]
        fitting = [judge(None if one == SHUT else one) for one in shown]
        return np.array(fitting, np.bool_)[place] if len(fitting) else np.zeros(len(self), np.bool_)

    def _distinct(self, column: str) -> tuple[Ints, Ints]:
        """The different values of a column and which of them each row has; made once."""
        if column not in self._kept:
            self._kept[column] = np.unique(self._numbers(column), return_inverse=True)
        kept: tuple[Ints, Ints] = self._kept[column]
        return kept

    def _rank(self, column: str, *, descending: bool) -> Ints:
        if column == "prefix":
            places = np.arange(len(self), dtype=np.int64)
            return -places if descending else places
        if column == "destination":
            names = sorted(
                range(len(self.destination_names)), key=lambda at: self.destination_names[at].casefold()
            )
            ranks = np.zeros(len(names), np.int64)
            ranks[names] = np.arange(len(names))
            ranks = -ranks if descending else ranks
            ranks[[at for at, name in enumerate(self.destination_names) if not name]] = LAST
            return ranks[self.destination]
        values = self._numbers(column)
        is_blank = values < 0
        return np.where(is_blank, LAST, -values if descending else values)


def compare(
    sides: Sequence[Side],
    titles: Sequence[str],
    *,
    master: int = 0,
    simulate: bool = True,
    currency: str = "",
) -> Comparison:
    """The tables side by side. A destination's name is that of the master, else of the first table that has the prefix."""
    keys = distinct(*(one.keys for one in sides))
    prefixes = np.zeros(len(keys), "S15")
    prices = np.full((len(sides), len(keys)), GAP)
    simulated = np.zeros((len(sides), len(keys)), np.bool_)
    names: dict[str, int] = {}
    destination = np.full(len(keys), -1, np.int64)
    for place in (master, *(at for at in range(len(sides)) if at != master)) if sides else ():
        one = sides[place]
        at = np.searchsorted(keys, one.keys)
        prefixes[at] = one.prefixes
        prices[place, at] = one.price
        codes = np.array([names.setdefault(name, len(names)) for name in one.destination_names], np.int64)
        unnamed = destination[at] < 0
        destination[at[unnamed]] = codes[one.destination[unnamed]]
        if simulate and len(one) and len(one) < len(keys):
            _simulate(one, keys, prices[place], simulated[place])
    open_prices = np.where(prices >= 0, prices, LAST)
    best = open_prices.min(axis=0) if len(sides) else np.empty(0, np.int64)
    best = np.where(best == LAST, GAP, best)
    return Comparison(
        tuple(titles), master, prefixes, np.maximum(destination, 0), tuple(names) or ("",), prices, simulated, best,
        _spreads(prices, best), currency=currency,
    )  # fmt: skip


def seconds_column(comparison: Comparison, found: Mapping[str, int]) -> Ints:
    """Seconds by prefix as a column."""
    seconds = np.zeros(len(comparison), np.int64)
    if found:
        named = np.array([one.encode() for one in found], "S15")
        seconds[np.searchsorted(comparison.prefixes, named)] = np.fromiter(
            found.values(), np.int64, len(found)
        )
    return seconds


def _simulate(one: Side, keys: Ints, prices: Ints, simulated: Bools) -> None:
    """Fill what a table lacks with its next shorter prefix."""
    at = np.searchsorted(keys, one.keys)
    lacks = np.ones(len(keys), np.bool_)
    lacks[at] = False
    missing = np.flatnonzero(lacks)
    covers = Prefixes.of(one.keys).longest(keys[missing])
    has = covers >= 0
    prices[missing[has]] = one.price[covers[has]]
    simulated[missing[has]] = True


def _spreads(prices: Ints, best: Ints) -> Ints:
    most = prices.max(axis=0) if len(prices) else best
    several = ((prices >= 0).sum(axis=0) > 1) & (best > 0)
    least = np.where(several, best, 1)
    gap = np.where(several, most, 1) - least
    # Parted, because a price of nearly nothing beside a huge one would leave int64.
    whole, rest = gap // least, gap % least
    spread = whole * HUNDREDTHS + (2 * rest * HUNDREDTHS + least) // (2 * least)
    return np.where(several, spread, NOTHING)


__all__ = ["GAP", "NOTHING", "SHUT", "Comparison", "Side", "compare", "numbers_of", "seconds_column", "side"]
