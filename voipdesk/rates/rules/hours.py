"""The hours of a time band, as people write them: `Mon-Fri 20:00-08:00, Sat-Sun`.

A span is (weekday 0-6 from Monday, from minute, until minute). On each day that is named, `20:00-08:00` are the hours before
08:00 and those from 20:00 on; the morning after the last named day is not among them. A day without hours counts whole.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from voipdesk.kernel.text import tr

Span = tuple[int, int, int]
Hours = Sequence[Span]

DAY = 24 * 60
WEEK = 7
_NAMES = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_DASH = re.compile(r"\s*[-\u2010-\u2015]\s*")
_CLOCK = r"\d{1,2}(?:[:.]\d\d)?"
_PART = re.compile(
    rf"(?P<days>[a-z]{{2,9}}(?:-[a-z]{{2,9}})?)?\s*(?:(?P<from>{_CLOCK})-(?P<until>{_CLOCK}))?"
)


class HoursError(ValueError):
    """A part of the text that says no hours."""

    def __init__(self, part: str) -> None:
        super().__init__(part)
        self.part = part


@dataclass(frozen=True, slots=True)
class Weekly:
    """Some days with the same hours of each, in minutes; the end is not after the start where midnight is among them."""

    days: frozenset[int]
    first: int = 0
    last: int = DAY


def read_hours(text: str) -> tuple[Span, ...]:
    """The spans of a text, in order and without overlaps. `HoursError` with the part that cannot be read."""
    parts = [part.strip() for part in re.split(r"[,;+]", _DASH.sub("-", text.casefold())) if part.strip()]
    if not parts:
        raise HoursError(text)
    return joined([_weekly(part) for part in parts])


def _weekly(part: str) -> Weekly:
    match = _PART.fullmatch(part)
    if match is None or not part:
        raise HoursError(part)
    days = _days(match["days"], part)
    if match["from"] is None:
        return Weekly(days)
    return Weekly(days, _minute(match["from"], part), _minute(match["until"], part))


def _days(text: str | None, part: str) -> frozenset[int]:
    if text is None or text == "daily":
        return frozenset(range(WEEK))
    first, _, last = text.partition("-")
    start, end = _day(first, part), _day(last or first, part)
    return frozenset((start + step) % WEEK for step in range((end - start) % WEEK + 1))


def _day(text: str, part: str) -> int:
    found = [at for at, name in enumerate(_NAMES) if text[:3] == name or name.startswith(text)]
    if len(found) != 1:
        raise HoursError(part)
    return found[0]


def _minute(text: str, part: str) -> int:
    hour, _, minute = text.replace(".", ":").partition(":")
    made = int(hour) * 60 + int(minute or 0)
    if made > DAY or int(minute or 0) > 59:
        raise HoursError(part)
    return made


def joined(parts: Iterable[Weekly]) -> tuple[Span, ...]:
    """The spans of all parts, in order; what overlaps or touches within a day is one."""
    made: list[Span] = []
    for day in range(WEEK):
        pieces: list[tuple[int, int]] = []
        for part in parts:
            if day in part.days:
                pieces += _pieces(part)
        last: list[int] = []
        for first, until in sorted(pieces):
            if last and first <= last[1]:
                last[1] = max(last[1], until)
                continue
            if last:
                made.append((day, last[0], last[1]))
            last = [first, until]
        if last:
            made.append((day, last[0], last[1]))
    return tuple(made)


def _pieces(part: Weekly) -> list[tuple[int, int]]:
    first, last = part.first, part.last
    if first < last:
        return [(first, last)]
    return [(start, end) for start, end in ((0, last), (first, DAY)) if start < end] or [(0, DAY)]


def weekly_of(hours: Iterable[Span]) -> list[Weekly]:
    """The parts that make these spans: days with the same hours together, the hours around midnight as one."""
    by_day: dict[int, list[tuple[int, int]]] = {}
    for day, first, last in hours:
        by_day.setdefault(day, []).append((first, last))
    days_of: dict[tuple[tuple[int, int], ...], list[int]] = {}
    for day, spans in sorted(by_day.items()):
        days_of.setdefault(tuple(sorted(spans)), []).append(day)
    return [
        Weekly(frozenset(days), *span) for spans, days in days_of.items() for span in _around_midnight(spans)
    ]


def _around_midnight(spans: Sequence[tuple[int, int]]) -> list[tuple[int, int]]:
    """The spans of a day, with its morning and its evening as one where it has both."""
    if len(spans) > 1 and spans[0][0] == 0 and spans[-1][1] == DAY:
        return [(spans[-1][0], spans[0][1]), *spans[1:-1]]
    return list(spans)


def day_names() -> tuple[str, ...]:
    """Short names of the days, Monday first, for people."""
    return (tr("Mon"), tr("Tue"), tr("Wed"), tr("Thu"), tr("Fri"), tr("Sat"), tr("Sun"))


def hours_text(hours: Iterable[Span], names: Sequence[str] | None = None) -> str:
    """The hours as `read_hours` takes them with the English names of days (the default `names` are for people)."""
    known = names or day_names()
    by_day: dict[int, list[tuple[int, int]]] = {}
    for day, first, last in hours:
        by_day.setdefault(day, []).append((first, last))
    said: list[str] = []
    day = 0
    while day < WEEK:
        spans, end = by_day.get(day), day
        while end + 1 < WEEK and by_day.get(end + 1) == spans:
            end += 1
        if spans:
            days = known[day] if day == end else f"{known[day]}–{known[end]}"
            said += [f"{days} {one}".strip() for one in _told(spans)]
        day = end + 1
    return ", ".join(said)


def _told(spans: list[tuple[int, int]]) -> list[str]:
    """The hours of one day: nothing for the whole of it, the part over midnight as one."""
    if spans == [(0, DAY)]:
        return [""]
    return [f"{_clock(first)}–{_clock(last)}" for first, last in _around_midnight(spans)]


def _clock(minute: int) -> str:
    return f"{minute // 60:02}:{minute % 60:02}"
