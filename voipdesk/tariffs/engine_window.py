"""A sell deck as a table to look at: rows by conditions and orders over whole columns, values for a few rows."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal
from typing import Any

import numpy as np
from numpy.typing import NDArray

from voipdesk.kernel.money import from_scaled
from voipdesk.rating.engine import BLOCKED, Bools, Ints, number_key, number_keys, prefix_end
from voipdesk.tariffs.engine_sheet import BELOW_BASE, NO_SHARE, RAISED_TO_MARGIN, REFUSED, SellColumns

SCALE = 100_000_000
HUNDREDTHS = 100
MARKS = ("", "refused", "blocked", "below_base", "raised_to_margin")
"""What is to be said of a row, the gravest first; '' for nothing."""

LAST = np.iinfo(np.int64).max


@dataclass(frozen=True, slots=True)
class Wanted:
    """One condition: a column, how it compares (`>`, `>=`, `<`, `<=`, `=`, `!=`, `..`, `blank`, `not blank`), or `fits`.

    `fits` judges texts and marks; numbers are compared as whole columns.
    """

    column: str
    operator: str = ""
    value: Decimal | None = None
    other: Decimal | None = None
    fits: Callable[[Any], bool] | None = None
    starts: str | None = None
    """Prefixes that begin so, judged as a whole column."""


@dataclass(slots=True)
class SellWindow:
    """Columns of a deck with the words of its rules, by position."""

    columns: SellColumns
    rules: Sequence[str] = ()
    _marks: NDArray[np.int8] = field(init=False)

    def __post_init__(self) -> None:
        self._marks = _marks(self.columns)

    def __len__(self) -> int:
        return len(self.columns)

    def ids(self, wanted: Sequence[Wanted], order: Sequence[tuple[str, bool]]) -> NDArray[np.int32]:
        """Rows that pass all conditions, ordered; the first column of the order rules, blanks come last."""
        shown: Bools = np.ones(len(self), np.bool_)
        for one in wanted:
            shown &= self._passes(one)
        rows = np.flatnonzero(shown).astype(np.int32)
        if not order or not len(rows):
            return rows
        keys = [self._rank(column, is_descending)[rows] for column, is_descending in reversed(order)]
        sorted_rows: NDArray[np.int32] = rows[np.lexsort(keys)]
        return sorted_rows

    def rows(self, ids: Sequence[int]) -> list[dict[str, Any]]:
        """The values of a few rows, by column."""
        part = self.columns.take(np.asarray(ids, np.int64))
        marks = self._marks[np.asarray(ids, np.int64)].tolist()
        prices = _moneys(part.sell)
        fees, base = _moneys(part.terms.connect_fee), _optional(part.buy, len(ids))
        margins, shares = _optional(part.margin, len(ids)), _share_values(part.share, len(ids))
        rules = (
            [self._rule_text(at) for at in part.rule.tolist()] if part.rule is not None else [None] * len(ids)
        )
        steps = zip(part.terms.initial_interval.tolist(), part.terms.next_interval.tolist(), strict=True)
        intervals = [f"{first}/{following}" for first, following in steps]
        blocked = (part.state == BLOCKED).tolist()
        return [
            {
                "prefix": prefix,
                "destination": destination,
                "band": band,
                "buy": buy,
                "rule": rule,
                "sell": None if is_blocked else price,
                "margin": None if is_blocked else margin,
                "share": share,
                "interval": interval,
                "connect_fee": fee,
                "mark": MARKS[mark] or None,
            }
            for prefix, destination, band, buy, rule, is_blocked, price, margin, share, interval, fee, mark in zip(
                part.prefix_texts(), part.destination_texts(), part.band_texts(), base, rules, blocked, prices,
                margins, shares, intervals, fees, marks, strict=True,
            )
        ]  # fmt: skip

    def place_of(self, prefix: str, band: str = "") -> int | None:
        """The row of a prefix in a time band; None where there is none."""
        deck = self.columns
        if band not in deck.band_names:
            return None
        same = deck.prefixes == prefix.encode("ascii", "replace")
        found = np.flatnonzero(same & (deck.band == deck.band_names.index(band)))
        return int(found[0]) if len(found) else None

    def covered(self, prefixes: Sequence[str]) -> int:
        """How many rows lie under some prefixes, these included; each row counts once."""
        keys = np.sort(number_keys(self.columns.prefixes))
        found: Bools = np.zeros(len(keys), np.bool_)
        for prefix in prefixes:
            key = number_key(prefix)
            found[np.searchsorted(keys, key) : np.searchsorted(keys, prefix_end(key))] = True
        return int(found.sum())

    def _rule_text(self, at: int) -> str | None:
        return self.rules[at] if 0 <= at < len(self.rules) else None

    def _passes(self, one: Wanted) -> Bools:
        if one.starts is not None:
            begins: Bools = np.char.startswith(self.columns.prefixes, one.starts.encode("ascii", "replace"))
            return begins
        if one.fits is not None:
            return self._by_text(one.column, one.fits)
        values, is_blank = self._numbers(one.column)
        scale = HUNDREDTHS if one.column == "share" else SCALE
        if one.operator in ("blank", "not blank"):
            return is_blank if one.operator == "blank" else ~is_blank
        passes = _compared(values, one, scale)
        return (passes | is_blank) if one.operator == "!=" else passes & ~is_blank

    def _by_text(self, column: str, fits: Callable[[Any], bool]) -> Bools:
        """Judge each different text once."""
        deck = self.columns
        if column == "prefix":
            return np.fromiter((fits(text) for text in deck.prefix_texts()), np.bool_, len(self))
        if column == "interval":
            pairs = self._rank(column, is_descending=False)
            texts = {int(pair): f"{pair // 10**6}/{pair % 10**6}" for pair in np.unique(pairs)}
            return np.isin(pairs, [pair for pair, text in texts.items() if fits(text)])
        names, at = self._named(column)
        passing: Bools = np.fromiter((fits(name) for name in names), np.bool_, len(names))
        return passing[at] if len(names) else np.zeros(len(self), np.bool_)

    def _named(self, column: str) -> tuple[Sequence[Any], Ints]:
        """Texts of a column and which of them each row has."""
        deck = self.columns
        if column == "destination":
            return deck.destination_names, deck.destination
        if column == "band":
            return deck.band_names, deck.band
        if column == "mark":
            return [mark or None for mark in MARKS], self._marks.astype(np.int64)
        at = np.full(len(self), -1, np.int64) if deck.rule is None else deck.rule
        return [*self.rules, None], np.where(at < 0, len(self.rules), at)

    def _numbers(self, column: str) -> tuple[Ints, Bools]:
        """Values of a number column, and where there is none."""
        deck = self.columns
        blocked: Bools = deck.state == BLOCKED
        nothing: Bools = np.zeros(len(self), np.bool_)
        found: Mapping[str, tuple[Ints | None, Bools]] = {
            "sell": (deck.sell, blocked),
            "connect_fee": (deck.terms.connect_fee, nothing),
            "buy": (deck.buy, nothing),
            "margin": (deck.margin, blocked),
            "share": (deck.share, nothing if deck.share is None else deck.share == NO_SHARE),
        }
        values, is_blank = found[column]
        if values is None:
            return np.zeros(len(self), np.int64), np.ones(len(self), np.bool_)
        return values, is_blank

    def _rank(self, column: str, is_descending: bool) -> Ints:
        """Integers that sort as the column does; blanks last either way."""
        if column == "prefix":
            keys: Ints = np.unique(self.columns.prefixes, return_inverse=True)[1].astype(np.int64)
        elif column == "interval":
            terms = self.columns.terms
            keys = terms.initial_interval * 10**6 + terms.next_interval
        elif column in ("destination", "band", "rule", "mark"):
            return self._text_rank(column, is_descending=is_descending)
        else:
            values, is_blank = self._numbers(column)
            return np.where(is_blank, LAST, -values if is_descending else values)
        return -keys if is_descending else keys

    def _text_rank(self, column: str, *, is_descending: bool) -> Ints:
        """The place of each row's text among all texts, without case."""
        names, at = self._named(column)
        order = sorted(range(len(names)), key=lambda place: str(names[place] or "").casefold())
        rank = np.zeros(len(names), np.int64)
        rank[order] = np.arange(len(names))
        rank = -rank if is_descending else rank
        rank[[place for place, name in enumerate(names) if not name]] = LAST
        return rank[at]


def _compared(values: Ints, one: Wanted, scale: int) -> Bools:
    """Compare scaled integers with a decimal that may lie between two of them."""
    value = (one.value or Decimal(0)) * scale
    low, high = int(value.to_integral_value(ROUND_FLOOR)), int(value.to_integral_value(ROUND_CEILING))
    other = int(((one.other or Decimal(0)) * scale).to_integral_value(ROUND_FLOOR))
    compared: dict[str, Callable[[], Bools]] = {
        ">": lambda: values > low,
        ">=": lambda: values >= high,
        "<": lambda: values < high,
        "<=": lambda: values <= low,
        "=": lambda: (values == low) & (low == high),
        "!=": lambda: (values != low) | (low != high),
        "..": lambda: (values >= high) & (values <= other),
    }
    return compared[one.operator]()


def _marks(deck: SellColumns) -> NDArray[np.int8]:
    """Position in `MARKS` of each row."""
    made = np.zeros(len(deck), np.int8)
    if deck.flags is not None:
        made[(deck.flags & RAISED_TO_MARGIN) > 0] = 4
        made[(deck.flags & BELOW_BASE) > 0] = 3
    made[deck.state == BLOCKED] = 2
    if deck.flags is not None:
        made[(deck.flags & REFUSED) > 0] = 1
    return made


def _moneys(values: Ints) -> list[Decimal]:
    return [from_scaled(value) for value in values.tolist()]


def _optional(values: Ints | None, count: int) -> Sequence[Decimal | None]:
    return [None] * count if values is None else _moneys(values)


def _share_values(values: Ints | None, count: int) -> Sequence[Decimal | None]:
    if values is None:
        return [None] * count
    return [None if value == NO_SHARE else Decimal(value) / HUNDREDTHS for value in values.tolist()]
