"""Rates as numpy columns: what is in force at an instant, for whole decks. Equal to `rules.in_force` by test."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from voipdesk.rates.schema import UNENDED
from voipdesk.rating.engine import (
    FOREVER,
    SLOTS,
    Deck,
    Ints,
    TermColumns,
    build_deck,
    digits_of_keys,
    is_same,
    keys_of_marked,
    number_keys,
    short,
)
from voipdesk.rating.rules import WeekBand

NEVER = FOREVER
"""`effective_until` of a rate without an end."""

MARK = "\x1e"
"""Parts texts that SQLite joined."""

Row = tuple[Any, ...]


@dataclass(frozen=True, slots=True)
class RateColumns:
    """Rows of one table as columns of equal length, in order of (prefix, band, effective_from, version).

    Money is scaled by 10^8, instants are microseconds UTC. `band` indexes `band_names` (0 is '', all week) and
    `destination` indexes `destination_names`.
    """

    ids: Ints
    prefixes: NDArray[np.bytes_]
    """ASCII digits, at most 15."""
    band: Ints
    effective_from: Ints
    version: Ints
    state: NDArray[np.int8]
    """0 open, 1 blocked, 2 closed."""
    price: Ints
    next_price: Ints
    """The price per minute after the initial interval, also where it is the same."""
    connect_fee: Ints
    minimum_charge: Ints
    initial_interval: Ints
    next_interval: Ints
    free_seconds: Ints
    grace_seconds: Ints
    effective_until: Ints
    """`NEVER` where there is no end."""
    destination: Ints
    band_names: tuple[str, ...] = ("",)
    destination_names: tuple[str, ...] = ()

    def __len__(self) -> int:
        return len(self.ids)

    @property
    def terms(self) -> TermColumns:
        """The terms in the columns of the rating engine."""
        return TermColumns(
            self.price, self.next_price, self.connect_fee, self.minimum_charge,
            self.initial_interval, self.next_interval, self.free_seconds, self.grace_seconds,
        )  # fmt: skip

    def prefix_texts(self) -> list[str]:
        """The prefixes as text."""
        texts: list[str] = self.prefixes.astype("U15").tolist()
        return texts

    def destination_texts(self) -> list[str]:
        """The destination of each row."""
        names = self.destination_names
        return [names[index] for index in self.destination.tolist()]

    def take(self, which: NDArray[Any]) -> "RateColumns":
        """The rows of a mask or of positions; what is the same in all rows stays one value."""
        ids = self.ids[which]
        picked: dict[str, Any] = {}
        for name in _NAMES:
            column = getattr(self, name)
            if is_same(column):
                picked[name] = np.broadcast_to(column[0], len(ids))
            elif name == "next_price" and column is self.price:
                picked[name] = picked["price"]
            else:
                picked[name] = ids if name == "ids" else column[which]
        return replace(self, **picked)


_NAMES = tuple(one.name for one in fields(RateColumns) if not one.name.endswith("_names"))
_TYPES: tuple[Any, ...] = (np.int64, "S15", np.int64, np.int64, np.int64, np.int8, *(np.int64,) * 10)


def columns(chunks: Iterable[Sequence[Row]]) -> RateColumns:
    """Columns of rows that come in chunks, each row in the order of the fields; band and destination as text.

    Empty `next_price` and `effective_until` are filled in here. The rows may come in any order.
    """
    names = _Names()
    return _joined([_part(list(zip(*chunk, strict=True)), names) for chunk in chunks if chunk], names)


@dataclass(frozen=True, slots=True)
class Packed:
    """Some rows as SQLite packed them: columns of integers, texts parted by `MARK`."""

    version: int
    numbers: Mapping[str, Ints]
    """Columns by field; of prefixes the number behind a leading 1, and their `lengths`."""
    bands: str | None
    """None where all rows are for all hours."""
    destinations: str | None
    """None where nobody asks for them: each is then ''."""


def packed_columns(chunks: Iterable[Packed]) -> RateColumns:
    """The same of rows as SQLite packs them: no object is made for a number."""
    names = _Names()
    return _joined([_unpacked(chunk, names) for chunk in chunks], names)


class _Names:
    """Texts of bands and destinations by their index."""

    def __init__(self) -> None:
        self.bands: dict[str, int] = {"": 0}
        self.destinations: dict[str, int] = {}


def _joined(parts: list[list[NDArray[Any]]], names: _Names) -> RateColumns:
    """All parts as one, in order."""
    if parts:
        joined = [_one_column([part.pop(0) for part in parts]) for _ in _NAMES]
    else:
        joined = [np.empty(0, dtype=kind) for kind in _TYPES]
    named: dict[str, Any] = dict(zip(_NAMES, joined, strict=True))
    if np.array_equal(named["price"], named["next_price"]):
        named["next_price"] = named["price"]
    made = RateColumns(**named, band_names=tuple(names.bands), destination_names=tuple(names.destinations))
    band_order = np.argsort(np.argsort(np.array(made.band_names)))[made.band]
    keys = number_keys(made.prefixes)  # In the order of the prefixes, and sorted sooner.
    order = np.lexsort((made.version, made.effective_from, band_order, keys))
    return made if (order[1:] > order[:-1]).all() else made.take(order)


def _one_column(parts: Sequence[NDArray[Any]]) -> NDArray[Any]:
    """Parts of a column one after the other; a value that is the same in all of them stays one."""
    if all(is_same(one) and one[0] == parts[0][0] for one in parts):
        return np.broadcast_to(parts[0][0], sum(map(len, parts)))
    return np.concatenate(parts)


def _unpacked(given: Packed, names: _Names) -> list[NDArray[Any]]:
    """Arrays of one chunk, one value for a column that is the same throughout; ValueError where it is not as it says."""
    found: dict[str, Any] = dict(given.numbers)
    keys = keys_of_marked(found["prefixes"])
    count = len(keys)
    if not (keys % SLOTS == found["lengths"]).all():
        raise ValueError("a prefix holds something else than digits")
    found["prefixes"] = digits_of_keys(keys)
    found["version"] = np.broadcast_to(np.int64(given.version), count)
    until = found["effective_until"]
    found["effective_until"] = np.where(until == UNENDED, NEVER, until)
    found["destination"] = _codes(given.destinations, names.destinations, count)
    found["band"] = _codes(given.bands, names.bands, count)
    return [short(found[name].astype(kind, copy=False)) for name, kind in zip(_NAMES, _TYPES, strict=True)]


def _codes(text: str | None, known: dict[str, int], count: int) -> Ints:
    if text is None:
        return np.full(count, known.setdefault("", len(known)))
    texts = text.split(MARK)
    if len(texts) != count:
        raise ValueError("a text holds the mark that parts texts")
    for one in dict.fromkeys(texts):
        known.setdefault(one, len(known))
    return np.fromiter(map(known.__getitem__, texts), np.int64, count)


def _part(given: list[Sequence[Any]], names: _Names) -> list[NDArray[Any]]:
    """Arrays of one chunk; the texts of bands and destinations become indexes."""
    bands, destinations = names.bands, names.destinations
    given[2] = [bands.setdefault(name, len(bands)) for name in given[2]]
    given[7] = [price if after is None else after for price, after in zip(given[6], given[7], strict=True)]
    given[14] = [NEVER if until is None else until for until in given[14]]
    given[15] = [destinations.setdefault(name, len(destinations)) for name in given[15]]
    return [np.array(column, dtype=kind) for column, kind in zip(given, _TYPES, strict=True)]


def in_force_mask(rows: RateColumns, at: int) -> NDArray[np.bool_]:
    """Which rows speak at an instant (microseconds): the normative text is `rules.in_force`."""
    started = rows.effective_from <= at
    if not len(rows):
        return started
    same_key = (rows.prefixes[1:] == rows.prefixes[:-1]) & (rows.band[1:] == rows.band[:-1])
    # Within a key rows are in order, so a row has been replaced when the next one has started too.
    replaced = np.zeros(len(rows), dtype=np.bool_)
    replaced[:-1] = same_key & started[1:]
    speaks: NDArray[np.bool_] = started & ~replaced & (rows.state != 2) & (rows.effective_until > at)
    return speaks


def in_force(rows: RateColumns, at: int) -> RateColumns:
    """The rows that speak at an instant, one for each prefix and band."""
    speaks = in_force_mask(rows, at)
    return rows if speaks.all() else rows.take(speaks)


def to_deck(rows: RateColumns, week_bands: Mapping[str, WeekBand]) -> Deck:
    """The rating engine's deck of these rows, row for row; a band that is not described holds at no time."""
    names = rows.band_names[1:]
    return build_deck(
        rows.prefixes,
        rows.terms,
        state=rows.state,
        effective=(rows.effective_from, rows.effective_until),
        bands=[week_bands.get(name, WeekBand(name, ())) for name in names],
        band=rows.band - 1,
    )


def id_array(chunks: Iterable[Sequence[tuple[int]]]) -> Ints:
    """Ids that come in chunks of one-column rows, as one array."""
    parts = [np.fromiter((row[0] for row in chunk), np.int64, len(chunk)) for chunk in chunks]
    return np.concatenate(parts) if parts else np.empty(0, np.int64)
