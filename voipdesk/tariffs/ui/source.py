"""What a plan sells, as rows of a grid over the columns of its deck."""

from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from voipdesk.kernel.digits import is_digits
from voipdesk.kernel.text import tr
from voipdesk.kit.grid import Column, Filter, Kind, Look, Operator, Sort
from voipdesk.kit.grid.sources import Ids, Row

if TYPE_CHECKING:
    from voipdesk.tariffs.engine_window import SellWindow, Wanted

NUMBERS = frozenset({"buy", "sell", "margin", "share", "connect_fee"})


def mark_looks() -> dict[str, Look]:
    """What is to be said of a sell price."""
    return {
        "below_base": Look(tr("Below cost"), "warning", "danger"),
        "refused": Look(tr("Refused: below cost"), "blocked", "danger"),
        "blocked": Look(tr("Blocked"), "blocked", "muted"),
        "raised_to_margin": Look(tr("Raised to the margin"), "up", "accent"),
    }


def _margin_tone(value: Any) -> str:
    return "danger" if value is not None and value < 0 else ""


def preview_columns(*, with_base: bool) -> list[Column]:
    """Columns of the preview; buy, rule, margin only for who may see what the plan stands on."""
    found = [
        Column("prefix", tr("Prefix"), Kind.PREFIX, width=7),
        Column("destination", tr("Destination"), width=16, stretch=True),
    ]
    if with_base:
        found.append(Column("buy", tr("Buy"), Kind.PRICE, width=9, tooltip=tr("What you pay a minute")))
        found.append(Column("rule", tr("Rule"), width=14))
    found.append(
        Column("sell", tr("Sell"), Kind.PRICE, width=9, tooltip=tr("What the customer pays a minute"))
    )
    if with_base:
        found.append(Column("margin", tr("Margin"), Kind.PRICE, width=9, tone=_margin_tone))
        found.append(
            Column(
                "share",
                tr("%"),
                Kind.PERCENT,
                width=8,
                decimals=2,
                tooltip=tr("Margin over the price"),
                tone=_margin_tone,
            )
        )
    found.append(Column("interval", tr("Interval"), width=8))
    found.append(Column("mark", tr("Remark"), Kind.STATE, width=16, looks=mark_looks()))
    return found


@dataclass(slots=True)
class SellSource:
    """Rows of a deck. Columns of 250,000 prefixes are filtered and sorted whole, so this takes milliseconds."""

    window: "SellWindow"
    columns: Sequence[Column]
    immediate: bool = False

    def count(self) -> int:
        """Rows of the deck."""
        return len(self.window)

    def ids(self, order: Sequence[Sort], filters: Sequence[Filter]) -> Ids:
        """Rows that fit, in the order; by prefix without one."""
        wanted = [_wanted(one) for one in filters]
        found: Any = self.window.ids(wanted, [(one.column, one.descending) for one in order])
        return found  # type: ignore[no-any-return]  # An integer array is a sequence to the grid.

    def fetch(self, ids: Sequence[int]) -> list[Row]:
        """The rows as tuples."""
        return [tuple(row[column.id] for column in self.columns) for row in self.window.rows(ids)]

    def key(self, row_id: int) -> Hashable:
        """The prefix, with its time band where there is one."""
        deck = self.window.columns
        prefix = deck.prefixes[row_id].decode("ascii")
        band = deck.band_names[int(deck.band[row_id])]
        return f"{prefix} {band}" if band else prefix

    def row_id(self, key: Hashable) -> int | None:
        """The row of a prefix."""
        prefix, _, band = str(key).partition(" ")
        return self.window.place_of(prefix, band)


def _wanted(one: Filter) -> "Wanted":
    """What was typed, as the engine takes it."""
    from voipdesk.tariffs.engine_window import Wanted

    if one.column in NUMBERS:
        return Wanted(one.column, str(one.operator), one.value or None, one.other)
    if one.column == "prefix" and one.operator is Operator.LIKE:
        digits = str(one.value).removesuffix("*")
        if str(one.value).endswith("*") and is_digits(digits):
            return Wanted("prefix", starts=digits)
    if one.column == "mark":
        looks = mark_looks()
        return Wanted("mark", fits=lambda mark: one.fits(looks[mark].text if mark else None))
    return Wanted(one.column, fits=one.fits)
