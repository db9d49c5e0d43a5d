"""Which column of a call file is what: as the layout finder sees it, corrected by what a person or a profile says."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import Any

from voipdesk.calls.files_values import DAY_FIRST, MONTH_FIRST, read_time
from voipdesk.kernel.problems import Problem
from voipdesk.tabular.layout import Layout

NEEDED = (("called",), ("start", "answer"), ("billsec", "duration", "end", "event"))

_UNANSWERED = (
    "noanswer busy failed cancel canceled cancelled congestion chanunavail originatorcancel userbusy nouserresponse "
    "callrejected unallocatednumber missed notanswered unanswered failedcancelled"
)
UNANSWERED = frozenset(_UNANSWERED.split())
"""Dispositions of calls nobody answered: where a file has no talk time, its duration is ringing then."""

_KEPT_AS = {"talk": "billsec", "day": DAY_FIRST, "month": MONTH_FIRST}
"""How profiles and imports named them before the layout finder read call files too."""

_MILLISECONDS = frozenset(["ms", "msec", "msecs", "millis", "millisecond", "milliseconds", "millisekunden"])
_MINUTES = frozenset(
    [
        "min", "mins", "minute", "minutes", "minuten", "minuti", "minutos", "minuter", "minuty", "минуты", "минут", "мин",
        "dakika", "dk",
    ]
)  # fmt: skip
_SECONDS = frozenset(["sec", "secs", "s", "ss", "second", "seconds", "sek", "seg", "sn", "сек"])

_UNITS: Mapping[str, Decimal | int] = {"s": 1, "ms": Decimal("0.001"), "min": 60}

Row = tuple[int, Sequence[object]]


@dataclass(frozen=True, slots=True)
class Columns:
    """The layout of a call file: its header's row (0: none), where its calls begin, the column of each role."""

    header: int = 0
    first_row: int = 1
    places: Mapping[str, int] = field(default_factory=dict)
    titles: tuple[str, ...] = ()
    date_order: str = DAY_FIRST
    """dmy, mdy or ymd."""
    fields: tuple[tuple[int, int], ...] = ()
    """Where the records have no separators: the characters of each column, as (first from 0, end)."""
    length: str = ""
    """How lengths are written, where somebody said it: s, ms, min, or hms for six digits."""

    @property
    def is_enough(self) -> bool:
        """Whether the columns that no call can do without are known."""
        return all(any(name in self.places for name in names) for names in NEEDED)

    @property
    def is_talk_told(self) -> bool:
        """Whether the file tells talk time apart from ringing."""
        return "billsec" in self.places and self.places["billsec"] != self.places.get("duration")

    @property
    def unit(self) -> Decimal | int:
        """Seconds that 1 means in the column of lengths, where it is written as a plain number."""
        if self.length in _UNITS:
            return _UNITS[self.length]
        at = self.places.get("billsec", self.places.get("duration", -1))
        return unit_of(self.titles[at]) if 0 <= at < len(self.titles) else 1

    def title(self, name: str) -> str:
        """How the file calls a role, or the number of its column."""
        place = self.places.get(name, -1)
        if 0 <= place < len(self.titles) and self.titles[place]:
            return self.titles[place]
        return f"#{place + 1}" if place >= 0 else name

    def as_data(self) -> dict[str, Any]:
        """For storing with a profile or an import."""
        places: dict[str, Any] = dict(self.places)
        if self.fields:
            places = {name: list(self.fields[at]) for name, at in self.places.items()}
        length = {"length": self.length} if self.length else {}
        return {"header": self.header, "columns": places, "date_order": self.date_order, **length}


def unit_of(title: str) -> Decimal | int:
    """Seconds that 1 means in a column of lengths with this title."""
    words = set(
        re.findall(r"[^\W\d_]+", re.sub(r"(?<=[a-z])(?=[A-Z])", " ", title).replace("_", " ").casefold())
    )
    if words & _MILLISECONDS:
        return Decimal("0.001")
    return 60 if words & _MINUTES and not words & _SECONDS else 1


def plain(word: object) -> str:
    """Letters and digits of a word, small."""
    return "".join(char for char in str(word).casefold() if char.isalnum())


def found(layout: Layout) -> Columns:
    """What the layout finder says."""
    order = layout.date_order if layout.date_order in {DAY_FIRST, MONTH_FIRST, "ymd"} else DAY_FIRST
    return Columns(layout.header_row or 0, layout.first_data_row, layout.columns, layout.titles, order)


def is_bold(layout: Layout) -> bool:
    """Whether the columns are known by their cells alone and none of them says whose calls these are: not to be taken
    without asking, for nobody could pay for them.
    """
    called = layout.finding(layout.columns.get("called", -1))
    return called is not None and called.source == "cells" and not {"account", "caller"} & set(layout.columns)


def fields_of(data: Mapping[str, Any]) -> dict[str, tuple[int, int]]:
    """The characters of each role where a person gave places in lines instead of columns."""
    pairs = {str(role): place for role, place in dict(data.get("columns") or {}).items()}
    return {role: (int(at[0]), int(at[1])) for role, at in pairs.items() if isinstance(at, list | tuple)}


def told_fields(data: Mapping[str, Any], head: Sequence[Row]) -> Columns:
    """A layout of fields at fixed places; `head` are the lines cut there."""
    fields = fields_of(data)
    places = {_KEPT_AS.get(role, role): at for at, role in enumerate(fields)}
    order = str(data.get("date_order", DAY_FIRST))
    order = _KEPT_AS.get(order, order)
    first = _first_row(head, 0, places, order)
    return Columns(0, first, places, (), order, tuple(fields.values()), str(data.get("length", "")))


def told(data: Mapping[str, Any], layout: Layout, head: Sequence[Row]) -> Columns:
    """Columns told by a profile or a person: positions, or titles of the header (in any order of the file).

    Without columns only the order of dates is told. Calls begin at the first row whose time can be read.
    """
    usual = found(layout)
    order = str(data.get("date_order", usual.date_order))
    order = _KEPT_AS.get(order, order)
    if not data.get("columns"):
        return replace(usual, date_order=order, length=str(data.get("length", "")))
    header = int(data.get("header", usual.header))
    titles = tuple(str(cell).strip() for number, cells in head if number == header for cell in cells)
    words = [plain(title) for title in titles]
    places: dict[str, int] = {}
    for role, place in dict(data["columns"]).items():
        name = _KEPT_AS.get(str(role), str(role))
        if isinstance(place, int):
            places[name] = place
        elif plain(place) in words:
            places[name] = words.index(plain(place))
    first = _first_row(head, header, places, order)
    return Columns(header, first, places, titles, order, length=str(data.get("length", "")))


def _first_row(head: Sequence[Row], header: int, places: Mapping[str, int], order: str) -> int:
    """The first row below the header whose time can be read; the one below the header where there is none."""
    at = places.get("start", places.get("answer", -1))
    for number, cells in head:
        if number > header and 0 <= at < len(cells):
            when = read_time(cells[at], order)
            if when is not None and not isinstance(when, Problem):
                return number
    return header + 1
