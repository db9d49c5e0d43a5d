"""The columns of the rate grid: what they show, what may be typed into them, and the cells of a draft as values."""

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from voipdesk.kernel.digits import whole_number
from voipdesk.kernel.e164 import MAX_PREFIX
from voipdesk.kernel.money import from_scaled, price_text, to_scaled
from voipdesk.kernel.periods import day_start, from_micros, to_micros
from voipdesk.kernel.problems import Problem
from voipdesk.kernel.text import tr
from voipdesk.kit.grid import Column, Formats, Kind, Look
from voipdesk.kit.grid.editing import read_cell
from voipdesk.rates import queries

BELOW = "▼"
"""Behind a plan that sells below cost (`engine_beside.BELOW`, which would bring numpy along)."""

BESIDE = frozenset({"minutes", "sold_in", "note", "source", "file_row"})
"""Columns that are no term of a rate (`engine_view.BESIDE`)."""

NOTHING = -(2**63)
"""Blank, in a cell (`engine_view.NOTHING`)."""

MOST_SECONDS = 3_600
_STATES = {"open": 0, "scheduled": 0, "blocked": 1, "closing": 2}


def state_looks() -> dict[str, Look]:
    """The states of a rate in force, with what a draft makes of it."""
    return {
        "open": Look(tr("Open"), "ok", "ok"),
        "scheduled": Look(tr("Scheduled"), "clock", "accent"),
        "blocked": Look(tr("Blocked"), "blocked", "danger"),
        "edited": Look(tr("Edited"), "edit", "accent"),
        "new": Look(tr("New"), "new", "ok"),
        "closing": Look(tr("Closing"), "close", "danger"),
    }


def rate_columns() -> list[Column]:
    """The columns of the rate grid."""
    fee = tr("Connect fee")
    return [
        Column("prefix", tr("Prefix"), Kind.PREFIX, width=11, editable=True),
        Column("destination", tr("Destination"), width=22, stretch=True, editable=True),
        Column(
            "band", tr("Time band"), width=10, hidden=True,
            tooltip=tr("The part of the week in which the price holds; blank: all week"),
        ),
        Column(
            "price", tr("Rate"), Kind.PRICE, width=9, editable=True,
            tooltip=tr("Per minute, in the table's currency"),
        ),
        Column(
            "interval", tr("Interval"), Kind.CODE, width=8, editable=True,
            tooltip=tr("Seconds of the first and of each next step"),
        ),
        Column("connect_fee", tr("Fee"), Kind.PRICE, width=7, decimals=4, tooltip=fee, editable=True),
        Column("effective_from", tr("From"), Kind.DATE, width=10, editable=True),
        Column("state", tr("State"), Kind.STATE, width=11, looks=state_looks(), editable=True),
        Column(
            "change", tr("Change"), Kind.PERCENT, width=8, signed=True, tone=_tone,
            tooltip=tr("Of an edited rate to what it was, else by the next one that is scheduled"),
        ),
        Column("scheduled_price", tr("Next rate"), Kind.PRICE, width=9),
        Column("scheduled_from", tr("Next from"), Kind.DATE, width=10),
        Column("effective_until", tr("Until"), Kind.DATE, width=10, editable=True),
        *_beside(),
    ]  # fmt: skip


def _beside() -> list[Column]:
    """What is no term of a rate: shown when it is asked for."""
    return [
        Column(
            "minutes", tr("Min. 30 d"), Kind.INT, width=10, hidden=True,
            tooltip=tr("Talked in the last 30 days at the cost of this table, by the longest prefix"),
        ),
        Column(
            "sold_in", tr("Sold in"), width=16, hidden=True,
            tooltip=tr("Plans that sell this prefix; {sign} below what it costs").format(sign=BELOW),
        ),
        Column(
            "note", tr("Note"), width=16, hidden=True,
            tooltip=tr("Written when the rate was published, for all rates published with it"),
        ),
        Column("source", tr("Source"), width=16, hidden=True, tooltip=tr("The file that brought the rate")),
        Column(
            "file_row", tr("File row"), Kind.INT, width=8, hidden=True, adds_up=False,
            tooltip=tr("The row of that file"),
        ),
    ]  # fmt: skip


def _tone(change: Any) -> str:
    return "danger" if change > 0 else "ok" if change < 0 else ""


def cells(row: queries.GridRow, zone: ZoneInfo, beside: Sequence[Any] = (None,) * 5) -> list[Any]:
    """A rate in the order of the columns; days are those of the table's zone.

    `beside`: minutes, who sells it, the note, the source and the row of the file.
    """
    days = [
        None if moment is None else moment.astimezone(zone).date()
        for moment in (row.effective_from, row.effective_until, row.scheduled_from)
    ]
    word = "blocked" if str(row.state) == "blocked" else "open" if row.scheduled_from is None else "scheduled"
    return [
        row.prefix, row.destination, row.band or None, row.price, row.interval, row.connect_fee, days[0], word,
        row.change or None, row.scheduled_price, days[2], days[1], *beside,
    ]  # fmt: skip


def key_of(row: queries.GridRow) -> str:
    """What a rate is named by: its prefix, with its time band where it has one."""
    return f"{row.prefix} {row.band}".strip()


class Reading:
    """Texts and values of cells, for one table: its zone, the workspace's way to write numbers."""

    def __init__(self, zone: ZoneInfo, formats: Formats | None = None) -> None:
        self._zone, self._formats = zone, formats or Formats()
        self._columns = {column.id: column for column in rate_columns()}

    def parse(self, column_id: str, text: str) -> Any:
        """The value of a text, None for blank, or a `Problem`."""
        if column_id == "interval":
            return _interval(text)
        value = read_cell(self._columns[column_id], text, self._formats)
        if isinstance(value, Problem) or value is None:
            return value
        if column_id == "prefix" and len(value) > MAX_PREFIX:
            said = tr("{value} has {count} digits. A prefix has at most {most}.")
            return Problem("long_prefix", said.format(value=value, count=len(value), most=MAX_PREFIX))
        if column_id in ("price", "connect_fee") and value < 0:
            said = tr("{value} is below zero. Nobody pays for being called.")
            return Problem("below_zero", said.format(value=text.strip()))
        if column_id == "state" and value not in _STATES:
            return _no_state(text)
        return value

    def code(self, column_id: str, place: Callable[[str], int]) -> Callable[[Any], int]:
        """How values of a column become cells; `place` gives the place of a text."""
        if column_id in ("prefix", "destination"):
            return lambda value: NOTHING if value is None else place(str(value))
        if column_id in ("price", "connect_fee"):
            return lambda value: NOTHING if value is None else to_scaled(value)
        if column_id == "interval":
            return _interval_cell
        if column_id == "state":
            return lambda value: NOTHING if value is None else _STATES[str(value)]
        return self._day_cell

    def value(self, column_id: str, cell: int, text: Callable[[int], str]) -> Any:
        """The value of a cell of a draft; `text` gives the text of a place."""
        if column_id in ("prefix", "destination"):
            return text(cell)
        if column_id in ("price", "connect_fee"):
            return from_scaled(cell)
        if column_id == "interval":
            return f"{cell >> 32}/{cell & 0xFFFFFFFF}"
        if column_id == "state":
            return ("open", "blocked", "closing")[cell]
        return None if cell in (0, 2**63 - 1) else from_micros(cell).astimezone(self._zone).date()

    def said(self, column_id: str, cell: int, text: Callable[[int], str]) -> str:
        """A cell of a draft in words."""
        value = self.value(column_id, cell, text)
        if isinstance(value, Decimal):
            return price_text(value).replace(".", self._formats.decimal)
        if column_id == "state":
            return {"open": tr("Open"), "blocked": tr("Blocked"), "closing": tr("Closing")}[value]
        return tr("nothing") if value in (None, "") else str(value)

    def _day_cell(self, value: date | None) -> int:
        return NOTHING if value is None else to_micros(day_start(value, self._zone))


def _interval(text: str) -> Any:
    """`60/1`, `60-1` or `60`; seconds from 1 to an hour."""
    bare = read_cell(Column("interval", "", Kind.CODE), text)
    if not bare:
        return None
    parts = str(bare).replace("-", "/").replace(" ", "").split("/")
    parts = parts * 2 if len(parts) == 1 else parts
    good = len(parts) == 2 and all(1 <= (whole_number(part) or 0) <= MOST_SECONDS for part in parts)
    if not good:
        said = tr("{value} is no interval. Write seconds of the first and of each next step, like 60/1.")
        return Problem("no_interval", said.format(value=text.strip()))
    return f"{int(parts[0])}/{int(parts[1])}"


def _interval_cell(value: str | None) -> int:
    if value is None:
        return NOTHING
    initial, following = (int(part) for part in value.split("/"))
    return (initial << 32) | following


def _no_state(text: str) -> Problem:
    said = tr("{value} cannot be chosen. A rate is open or blocked, or it is closing.")
    return Problem("not_a_state", said.format(value=text.strip()))


def why_not(why: str, value: str, holders: Mapping[str, str]) -> Problem:
    """Why a cell cannot be so, in a sentence; `holders` says of prefixes which row has them."""
    said = {
        "blank": tr("Something is needed here. Close the rate to take it away."),
        "price_range": tr("This is no price: it would be below zero or beyond the largest."),
        "fixed_prefix": tr("A rate keeps its prefix. Add a new row, and close this one."),
        "ends_early": tr("The rate would end before it starts."),
        "no_prefix": tr("A new row needs a prefix."),
        "no_price": tr("A new row needs a rate; write 0 where calls are free."),
        "taken_prefix": tr("{prefix} is here already: {holder}. Edit that row."),
    }[why]
    holder = holders.get(value, tr("another new row"))
    return Problem(why, said.format(prefix=value, holder=holder))
