"""A whole deck as a plan sells it: columns for previews, grids and exports."""

from collections.abc import Sequence
from dataclasses import dataclass, fields, replace
from datetime import datetime
from typing import Any

import numpy as np
from numpy.typing import NDArray

from voipdesk.kernel.periods import MICROSECOND, to_micros
from voipdesk.rates.engine import RateColumns
from voipdesk.rating.engine import BLOCKED, CLOSED, Bools, Ints, TermColumns, number_keys
from voipdesk.tariffs.engine import (
    BELOW_BASE,
    NO_RULE,
    RAISED_TO_MARGIN,
    REFUSED,
    Base,
    SellDeck,
    best_rules,
    sell_deck,
)
from voipdesk.tariffs.rules import PlanRule, PlanTerms

NO_SHARE = -(2**63)
"""Margin share of a free or blocked price: there is none."""

HUNDREDTHS = 10_000


@dataclass(frozen=True, slots=True)
class SellColumns:
    """What is sold, row by row in order of prefix and band; money x 10^8, instants in microseconds UTC.

    The columns about the base are None where the reader may not see it.
    """

    prefixes: NDArray[np.bytes_]
    destination: Ints
    """Position in `destination_names`."""
    band: Ints
    """Position in `band_names`; 0 is all week."""
    state: NDArray[np.int8]
    """0 open, 1 blocked."""
    terms: TermColumns
    """Of the sell price."""
    effective_from: Ints
    """Since when the price stands; for a rule or base that changed later, the later of both."""
    buy: Ints | None
    """Price per minute of the base."""
    margin: Ints | None
    """Sell less buy, per minute."""
    share: Ints | None
    """Margin in hundredths of a per cent of the sell price, half up; `NO_SHARE` without one."""
    rule: Ints | None
    """Position of the rule in the plan; -1: the price is passed through."""
    flags: NDArray[np.int8] | None
    """`BELOW_BASE`, `RAISED_TO_MARGIN`, `REFUSED` added up."""
    destination_names: tuple[str, ...] = ()
    band_names: tuple[str, ...] = ("",)

    def __len__(self) -> int:
        return len(self.prefixes)

    @property
    def sell(self) -> Ints:
        """The price per minute."""
        return self.terms.price

    @property
    def is_below(self) -> Bools | None:
        """Rows sold below their base."""
        return None if self.flags is None else (self.flags & BELOW_BASE) > 0

    def prefix_texts(self) -> list[str]:
        """The prefixes as text."""
        texts: list[str] = self.prefixes.astype("U15").tolist()
        return texts

    def destination_texts(self) -> list[str]:
        """The destination of each row."""
        return [self.destination_names[index] for index in self.destination.tolist()]

    def band_texts(self) -> list[str]:
        """The time band of each row; '' all week."""
        return [self.band_names[index] for index in self.band.tolist()]

    def without_base(self) -> "SellColumns":
        """The same as a customer may see it: blocked rows keep no money, it could be the base's."""
        is_open = self.state != BLOCKED
        money = ("price", "next_price", "connect_fee", "minimum_charge")
        terms = replace(self.terms, **{name: getattr(self.terms, name) * is_open for name in money})
        return replace(self, terms=terms, buy=None, margin=None, share=None, rule=None, flags=None)

    def slice(self, first: int, end: int) -> "SellColumns":
        """Rows `first` to before `end`, for windows and files."""
        return self.take(np.arange(first, min(end, len(self))))

    def take(self, which: NDArray[Any]) -> "SellColumns":
        """The rows of a mask or of positions."""
        picked: dict[str, Any] = {}
        for one in fields(self):
            value = getattr(self, one.name)
            if isinstance(value, np.ndarray):
                picked[one.name] = value[which]
        mask = np.asarray(which)
        rows = np.flatnonzero(mask) if mask.dtype == np.bool_ else mask
        return replace(self, **picked, terms=self.terms.take(rows))


Level = tuple[Sequence[PlanRule], PlanTerms]
"""Rules and terms of one plan."""


def sheet(rows: RateColumns, plans: Sequence[Level], at: datetime, starts: Sequence[int] = ()) -> SellColumns:
    """The rows in force of a table under plans that stand on one another, the last one being the one asked for.

    `starts`: instants (microseconds) before which the price cannot have stood, such as the assignment's.
    """
    base = _base(rows)
    sold = None
    since = np.array(rows.effective_from, np.int64)
    for rules, terms in plans:
        base = base if sold is None else base.over(sold)
        sold = sell_deck(base, rules, terms, at)
        since = np.maximum(since, _since_rules(base, rules, at))
    for start in starts:
        since = np.maximum(since, start)
    return _columns(rows, base, sold, since)


def _base(rows: RateColumns) -> Base:
    keys = number_keys(rows.prefix_texts())
    return Base(
        keys=keys,
        order=np.argsort(keys, kind="stable"),
        destination=rows.destination,
        destinations=rows.destination_names,
        state=rows.state,
        terms=rows.terms,
        omitted=np.zeros(len(rows), np.bool_),
    )


def _since_rules(base: Base, rules: Sequence[PlanRule], at: datetime) -> Ints:
    """Since when the rule that speaks for each row has done so; the smallest integer where it always has."""
    since = np.full(len(base.keys), NO_SHARE, np.int64)
    ranges = [rule.effective for rule in rules if rule.effective is not None]
    edges = {edge for one in ranges for edge in (one.start, one.end) if edge is not None and edge <= at}
    for edge in sorted(edges):
        differs = best_rules(base, rules, edge) != best_rules(base, rules, edge - MICROSECOND)
        since[differs] = to_micros(edge)
    return since


def _columns(rows: RateColumns, base: Base, sold: SellDeck | None, since: Ints) -> SellColumns:
    """Only what is sold or blocked; the base's margin beside it."""
    state = base.state if sold is None else sold.state
    terms = base.terms if sold is None else sold.terms
    count = len(rows)
    margin = terms.price - base.terms.price
    made = SellColumns(
        prefixes=rows.prefixes,
        destination=rows.destination,
        band=rows.band,
        state=state,
        terms=terms,
        effective_from=since,
        buy=base.terms.price,
        margin=margin,
        share=_shares(margin, terms.price, state),
        rule=np.full(count, NO_RULE, np.int64) if sold is None else sold.rule,
        flags=np.zeros(count, np.int8) if sold is None else sold.flags,
        destination_names=rows.destination_names,
        band_names=rows.band_names,
    )
    omitted = base.omitted if sold is None else sold.omitted
    return made.take(~omitted & (state != CLOSED))


def _shares(margin: Ints, price: Ints, state: NDArray[np.int8]) -> Ints:
    """Margin / price in hundredths of a per cent, half away from zero; prices stay below 10^6, so int64 holds it."""
    divisor = np.where(price > 0, price, 1)
    amount = np.abs(margin)
    whole = amount // divisor
    # Parted, because margin x 10,000 leaves int64 where a price of nearly nothing stands on a huge base.
    rest = amount - whole * divisor
    share = whole * HUNDREDTHS + (rest * HUNDREDTHS * 2 + divisor) // (2 * divisor)
    return np.where((price > 0) & (state != BLOCKED), np.sign(margin) * share, NO_SHARE)


FLAGS = {BELOW_BASE: "below_base", RAISED_TO_MARGIN: "raised_to_margin", REFUSED: "refused"}
"""Names of the flags, as in `rules.Flag`."""

__all__ = ["BELOW_BASE", "FLAGS", "NO_SHARE", "RAISED_TO_MARGIN", "REFUSED", "SellColumns", "sheet"]
