"""What is charged at a level: prices by the rows of a deck, of the whole deck at once or of rows as calls meet them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from fractions import Fraction
from typing import Protocol

import numpy as np

from voipdesk.rating.engine import BLOCKED, Bools, Deck, Ints, TermColumns, is_same
from voipdesk.tariffs.engine import NO_RULE, Base, sell_deck
from voipdesk.tariffs.rules import PlanRule, PlanTerms


class Prices(Protocol):
    """A price list. Rows are those of its deck; what is told of a row of -1 means nothing."""

    @property
    def deck(self) -> Deck:
        """Where its rows are found."""

    @property
    def fx(self) -> Fraction:
        """Units of the account's currency for one of the deck's, on the day of the calls."""

    @property
    def may_omit(self) -> bool:
        """Whether any row may be left out."""

    def omits(self, rows: Ints) -> Bools:
        """Whether the list is as if the deck did not have these rows."""

    def blocks(self, rows: Ints) -> Bools | None:
        """Whether no call may be made there; None where no row is so."""

    def terms_at(self, rows: Ints, taken: dict[int, Ints] | None = None) -> TermColumns:
        """The terms of these rows; `taken` as in `TermColumns.take`."""

    def rules_at(self, rows: Ints) -> Ints:
        """Position of the plan's rule that made each price; `NO_RULE` without."""

    def base_at(self, rows: Ints) -> Base:
        """These rows as the base of a plan one level down."""


@dataclass(frozen=True, slots=True)
class PriceList:
    """The prices of a whole deck, row for row."""

    deck: Deck
    base: Base
    """Its prices and states, as a plan one level down stands on them."""
    rule: Ints | None = None
    may_omit: bool = False
    fx: Fraction = Fraction(1)

    def omits(self, rows: Ints) -> Bools:
        """See `Prices`."""
        omitted: Bools = self.base.omitted[rows]
        return omitted

    def blocks(self, rows: Ints) -> Bools | None:
        """See `Prices`."""
        state = self.base.state
        if is_same(state) and state[0] != BLOCKED:
            return None
        blocked: Bools = state[rows] == BLOCKED
        return blocked

    def terms_at(self, rows: Ints, taken: dict[int, Ints] | None = None) -> TermColumns:
        """See `Prices`."""
        return self.base.terms.take(rows, taken)

    def rules_at(self, rows: Ints) -> Ints:
        """See `Prices`."""
        return np.full(len(rows), NO_RULE) if self.rule is None else self.rule[rows]

    def base_at(self, rows: Ints) -> Base:
        """See `Prices`."""
        return self.base.take(rows)


def table_list(deck: Deck, base: Base, fx: Fraction = Fraction(1)) -> PriceList:
    """A supplier's table as it is."""
    return PriceList(deck, base, fx=fx)


def plan_list(
    below: PriceList,
    rules: Sequence[PlanRule],
    terms: PlanTerms,
    at: datetime | None = None,
    fx: Fraction = Fraction(1),
) -> PriceList:
    """A plan over all rows of a list, as it reads at an instant (None: rules of any time)."""
    sold = sell_deck(below.base, rules, terms, at)
    return PriceList(below.deck, below.base.over(sold), sold.rule, bool(sold.omitted.any()), fx)


class PlanRows:
    """A plan over the rows that calls met, each priced once: of very many plans each is asked for few rows of its deck."""

    may_omit = True

    def __init__(
        self,
        below: Prices,
        rules: Sequence[PlanRule],
        terms: PlanTerms,
        at: datetime | None = None,
        fx: Fraction = Fraction(1),
    ) -> None:
        self.deck, self.fx = below.deck, fx
        self._below, self._plan = below, (rules, terms, at)
        self._rows: Ints = np.empty(0, np.int64)
        """Those that are priced, sorted."""
        self._base: Base | None = None
        self._rule: Ints = np.empty(0, np.int64)

    def omits(self, rows: Ints) -> Bools:
        """See `Prices`."""
        base, places = self._priced(rows)
        omitted: Bools = base.omitted[places]
        return omitted

    def blocks(self, rows: Ints) -> Bools | None:
        """See `Prices`."""
        base, places = self._priced(rows)
        blocked: Bools = base.state[places] == BLOCKED
        return blocked if blocked.any() else None

    def terms_at(self, rows: Ints, taken: dict[int, Ints] | None = None) -> TermColumns:
        """See `Prices`; nothing is shared with other lists, whose columns are those of whole decks."""
        base, places = self._priced(rows)
        return base.terms.take(places)

    def rules_at(self, rows: Ints) -> Ints:
        """See `Prices`."""
        _, places = self._priced(rows)
        return self._rule[places]

    def base_at(self, rows: Ints) -> Base:
        """See `Prices`."""
        base, places = self._priced(rows)
        return base.take(places)

    def _priced(self, rows: Ints) -> tuple[Base, Ints]:
        """All that is priced, these rows among it, and where in it they are."""
        rows = np.maximum(rows, 0)
        places = np.searchsorted(self._rows, rows)
        is_new = np.ones(len(rows), np.bool_)
        if len(self._rows):
            is_new = self._rows[np.minimum(places, len(self._rows) - 1)] != rows
        if self._base is None or is_new.any():
            self._price(np.unique(rows[is_new]))
            places = np.searchsorted(self._rows, rows)
        assert self._base is not None
        return self._base, places

    def _price(self, rows: Ints) -> None:
        below = self._below.base_at(rows)
        sold = sell_deck(below, *self._plan)
        fresh, rule = below.over(sold), sold.rule
        if self._base is not None:
            rows, rule = np.append(self._rows, rows), np.append(self._rule, rule)
            fresh = self._base.and_also(fresh)
        order = np.argsort(rows, kind="stable")
        self._rows, self._rule, self._base = rows[order], rule[order], fresh.take(order)
