"""What the rate grid shows and where its rows come from: ids in an order at once, rows by the page, nothing kept whole."""

from collections.abc import Hashable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from voipdesk.kernel.changes import Actor
from voipdesk.kernel.text import tr
from voipdesk.kit.grid import Column, Filter, Kind, Look, Operator, Sort
from voipdesk.rates import queries
from voipdesk.store.database import Database

FIRST = 400
"""Rows that are asked for first, so that a table of any size stands there at once."""

_MOST_KEPT = 60_000


def state_looks() -> dict[str, Look]:
    """The states of a rate in force."""
    return {"open": Look(tr("Open"), "ok", "ok"), "blocked": Look(tr("Blocked"), "blocked", "danger")}


def rate_columns() -> list[Column]:
    """The columns of the rate grid."""
    fee = tr("Connect fee")
    return [
        Column("prefix", tr("Prefix"), Kind.PREFIX, width=9),
        Column("destination", tr("Destination"), width=22, stretch=True),
        Column("price", tr("Rate"), Kind.PRICE, width=9, tooltip=tr("Per minute, in the table's currency")),
        Column("interval", tr("Interval"), Kind.PREFIX, width=8, tooltip=tr("Seconds of the first and of each next step")),
        Column("connect_fee", tr("Fee"), Kind.PRICE, width=7, decimals=4, tooltip=fee),
        Column("effective_from", tr("From"), Kind.DATE, width=10),
        Column("state", tr("State"), Kind.STATE, width=10, looks=state_looks()),
        Column(
            "change", tr("Change"), Kind.PERCENT, width=8, signed=True, tone=_tone,
            tooltip=tr("Of the rate by the next one that is scheduled"),
        ),
        Column("scheduled_price", tr("Next rate"), Kind.PRICE, width=9),
        Column("scheduled_from", tr("Next from"), Kind.DATE, width=10),
        Column("effective_until", tr("Until"), Kind.DATE, width=10),
    ]  # fmt: skip


def _tone(change: Any) -> str:
    return "danger" if change > 0 else "ok" if change < 0 else ""


def cells(row: queries.GridRow, zone: ZoneInfo) -> tuple[Any, ...]:
    """A rate in the order of the columns; days are those of the table's zone."""
    days = [
        None if moment is None else moment.astimezone(zone).date()
        for moment in (row.effective_from, row.effective_until, row.scheduled_from)
    ]
    return (
        key_of(row), row.destination, row.price, row.interval, row.connect_fee, days[0], str(row.state),
        row.change or None, row.scheduled_price, days[2], days[1],
    )  # fmt: skip


def key_of(row: queries.GridRow) -> str:
    """What a rate is named by: its prefix, with its time band where it has one."""
    return f"{row.prefix} {row.band}".strip()


def condition(wanted: Filter) -> queries.Condition:
    """A filter of the grid as the queries of this room take it."""
    if wanted.column == "state":
        states = [place for place, look in enumerate(state_looks().values()) if wanted.fits(look.text)]
        return queries.Condition("state", "in", states or [-1])
    if wanted.operator in (Operator.CONTAINS, Operator.LIKE):
        is_day = wanted.column in {"effective_from", "effective_until", "scheduled_from"}
        return queries.Condition(wanted.column, "like", wanted.value if is_day else wanted.like)
    return queries.Condition(wanted.column, str(wanted.operator), wanted.value, wanted.other)


def view_of(
    order: Sequence[Sort], filters: Sequence[Filter], at: datetime | None, *, limit: int | None = None
) -> queries.View:
    """Order and filters of the grid as a view of the table."""
    orders = [queries.Order(part.column, is_descending=part.descending) for part in order] or [
        queries.Order()
    ]
    wanted = queries.Filter(also=tuple(condition(one) for one in filters))
    return queries.View(at=at, filters=wanted, order=orders[0], limit=limit, then=tuple(orders[1:]))


@dataclass(slots=True)
class RateSource:
    """The rates of one table in force at an instant (None: now). Asked beside the window, but for single keys.

    With `first` only the beginning of the table is answered while nothing is filtered and the order is its own.
    """

    db: Database
    actor: Actor
    table: queries.RateTable
    at: datetime | None = None
    first: int | None = None
    scheduled_only: bool = False
    known: int = 0
    """Rates without any filter; told when they were counted."""
    immediate: bool = False
    _keys: dict[int, str] = field(default_factory=dict)
    _ids: dict[str, int] = field(default_factory=dict)

    def count(self) -> int:
        """Rates without any filter, as far as they have been counted."""
        return self.known

    def ids(self, order: Sequence[Sort], filters: Sequence[Filter]) -> Any:
        """Ids of the rates that pass."""
        is_plain = not order and not filters and not self.scheduled_only
        view = view_of(order, filters, self.at, limit=self.first if is_plain else None)
        if self.scheduled_only:
            later = queries.Condition("scheduled_from", "not blank")
            also = (*view.filters.also, later)
            view = queries.View(view.at, queries.Filter(also=also), view.order, view.limit, view.then)
        found = queries.rate_ids(self.db, self.actor, self.table.id, view)
        if is_plain and (self.first is None or len(found) < self.first):
            self.known = len(found)
        self.known = max(self.known, len(found))
        return found

    def fetch(self, ids: Sequence[int]) -> list[tuple[Any, ...]]:
        """The rows of these ids; a rate that is gone is blank."""
        found = {row.id: row for row in queries.rows(self.db, self.actor, ids, at=self.at)}
        for row in found.values():
            self._keep(row)
        blank = (None,) * len(rate_columns())
        return [cells(found[one], self.table.zone) if one in found else blank for one in ids]

    def key(self, row_id: int) -> Hashable:
        """The prefix of a rate."""
        if row_id not in self._keys:
            for row in queries.rows(self.db, self.actor, [row_id], at=self.at):
                self._keep(row)
        return self._keys.get(row_id, "")

    def row_id(self, key: Hashable) -> int | None:
        """The rate of a prefix; None where none is in force."""
        text = str(key)
        if text and text not in self._ids:
            row = queries.rate_near(self.db, self.actor, self.table.id, text.partition(" ")[0], at=self.at)
            if row is not None:
                self._keep(row)
        return self._ids.get(text)

    def _keep(self, row: queries.GridRow) -> None:
        if len(self._keys) >= _MOST_KEPT:
            self._keys.clear()
            self._ids.clear()
        self._keys[row.id] = key_of(row)
        self._ids[key_of(row)] = row.id
