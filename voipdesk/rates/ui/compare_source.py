"""Compared tables as rows of a grid: one column a table, the cheapest and the simulated ones with a sign."""

import re
from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from voipdesk.kernel.digits import is_digits
from voipdesk.kernel.text import tr
from voipdesk.kit.editors import western
from voipdesk.kit.grid import Column, Filter, Kind, Mark, Operator, Sort
from voipdesk.kit.grid.sources import Ids, Row
from voipdesk.rates.queries.comparing import Compared

if TYPE_CHECKING:
    from voipdesk.rates.engine_compare import Comparison
    from voipdesk.rating.engine import Ints

LEAST, MOST = 10, 15
"""Digits of width of a table's column."""


def table_column(place: int) -> str:
    """The column of the table at a place."""
    return f"table.{place}"


def compare_columns(compared: Compared) -> list[Column]:
    """Prefix, destination, the master, the other tables, then what follows from them."""
    titles = [one.name for one in compared.tables]
    master = compared.columns.master
    others = [place for place in range(len(titles)) if place != master]
    decimals = compared.columns.decimals
    found = [
        Column("prefix", tr("Prefix"), Kind.PREFIX, width=11),
        Column("destination", tr("Destination"), width=17, stretch=True),
        _offers(titles[master], master, decimals, tr("Savings are counted against {name}")),
        *(_offers(titles[place], place, decimals, tr("Price a minute of {name}")) for place in others),
    ]
    currency = compared.master.currency
    saving = tr("What these minutes would cost less at the cheapest table, in {currency} for 30 days")
    return [
        *found,
        Column("best", tr("Cheapest"), Kind.PRICE, width=10, decimals=decimals),
        Column("spread", tr("Spread"), Kind.PERCENT, width=9, tooltip=tr("The dearest over the cheapest")),
        Column("minutes", tr("Min. 30 d"), Kind.INT, width=10, tooltip=_minutes_tip(titles[master])),
        Column("saving", tr("Saving"), Kind.AMOUNT, width=9, tooltip=saving.format(currency=currency)),
    ]


def _minutes_tip(master: str) -> str:
    return tr("Talked in the last 30 days at the cost of {name}").format(name=master)


def _offers(name: str, place: int, decimals: int, tip: str) -> Column:
    width = min(MOST, max(LEAST, len(name) + 2))
    short = name if len(name) + 2 <= width else f"{name[: width - 3]}…"
    return Column(table_column(place), short, Kind.PRICE, width, decimals, tip.format(name=name))


@dataclass(slots=True)
class CompareSource:
    """Rows of a comparison. Whole columns are filtered and sorted at once, beside the window."""

    comparison: "Comparison"
    columns: Sequence[Column]
    gaps_only: bool = False
    differences_only: bool = False
    immediate: bool = False

    def count(self) -> int:
        """Prefixes that some table names."""
        return len(self.comparison)

    def ids(self, order: Sequence[Sort], filters: Sequence[Filter]) -> Ids:
        """Rows that pass, in the order; by prefix without one."""
        starts, fits = "", list[tuple[str, Callable[[Any], bool]]]()
        for one in filters:
            if not starts and (digits := _digits(one)):
                starts = digits
            else:
                fits.append((one.column, one.fits))
        found: Any = self.comparison.ids(
            fits,
            [(one.column, one.descending) for one in order],
            starts=starts,
            gaps_only=self.gaps_only,
            differences_only=self.differences_only,
        )
        return found  # type: ignore[no-any-return]  # An integer array is a sequence to the grid.

    def fetch(self, ids: Sequence[int]) -> list[Row]:
        """The rows as tuples; blocked and missing prices are blank."""
        from voipdesk.rates.engine_compare import SHUT

        values = [self.comparison.values(column.id, ids) for column in self.columns]
        blank = [[None if one == SHUT else one for one in column] for column in values]
        return list(zip(*blank, strict=True))

    def marks(self, ids: Sequence[int]) -> Mapping[int, Mapping[str, Mark]]:
        """Which offers are the cheapest, simulated, or blocked."""
        return {row: marks for row in ids if (marks := self._marks(int(row)))}

    def key(self, row_id: int) -> Hashable:
        """The prefix."""
        return str(self.comparison.prefixes[row_id].decode("ascii"))

    def row_id(self, key: Hashable) -> int | None:
        """The row of a prefix."""
        return self.comparison.place_of(str(key))

    def scaled(self, column_id: str, ids: "Ints") -> "Ints | None":
        """Numbers for the sums of a selection."""
        return self.comparison.scaled(column_id, ids)  # type: ignore[arg-type]  # An array is a sequence here.

    def near(self, text: str) -> tuple[int, str] | None:
        """The row of a number's longest prefix, else the nearest one, with a sentence."""
        digits = re.sub("[^0-9]", "", western(text))[:15]
        place = self.comparison.near(digits) if digits else None
        if place is None:
            return None
        prefix = str(self.key(place))
        if prefix == digits:
            return place, ""
        is_longest = digits.startswith(prefix)
        said = (
            tr("{prefix} is the longest match of {digits}.")
            if is_longest
            else tr("No match of {digits}; {prefix} is the nearest.")
        )
        return place, said.format(prefix=prefix, digits=digits)

    def _marks(self, row: int) -> dict[str, Mark]:
        shown = self.comparison
        found: dict[str, Mark] = {}
        for place in range(len(shown.titles)):
            offer = shown.offer_at(place, row)
            said = []
            if offer.is_best:
                said.append(tr("Cheapest"))
            if offer.covered_by:
                said.append(tr("Price of the shorter prefix {prefix}").format(prefix=offer.covered_by))
            if offer.is_blocked:
                said.append(tr("Blocked"))
            icon = "blocked" if offer.is_blocked else "simulated" if offer.covered_by else ""
            if offer.is_best:
                icon = "ok-simulated" if offer.covered_by else "ok"
            if said:
                tone = "ok" if offer.is_best else "muted"
                found[table_column(place)] = Mark(tone, icon, ". ".join(said))
        return found


def _digits(one: Filter) -> str:
    """The digits that prefixes are to begin with, where that is all that is asked."""
    text = str(one.value)
    is_start = one.column == "prefix" and one.operator is Operator.LIKE and text.endswith("*")
    return text[:-1] if is_start and is_digits(text[:-1]) else ""


def money(value: int, decimals: int) -> Decimal:
    """A sum x 10^8 in the decimals of its currency."""
    from voipdesk.kernel.money import from_scaled, rounded

    return rounded(from_scaled(value), decimals)
