"""Rates, weekly time bands, and the longest prefix in force at an instant: product.md, Rating 2 and 6."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, time
from enum import StrEnum
from typing import Protocol
from zoneinfo import ZoneInfo

from voipdesk.kernel.periods import EffectiveRange
from voipdesk.rating.rules.terms import Terms

MINUTES_OF_DAY = 24 * 60
MINUTES_OF_WEEK = 7 * MINUTES_OF_DAY


class RateState(StrEnum):
    """What a rate row says: a price, a refusal to call, or that the prefix is withdrawn."""

    OPEN = "open"
    BLOCKED = "blocked"
    CLOSED = "closed"


@dataclass(frozen=True, slots=True)
class WeekBand:
    """A part of the week: half-open spans in minutes since Monday 00:00, read in the table's zone."""

    name: str
    spans: tuple[tuple[int, int], ...]
    zone: str = "UTC"

    def __post_init__(self) -> None:
        for start, end in self.spans:
            if not 0 <= start < end <= MINUTES_OF_WEEK:
                raise ValueError(f"{start} to {end} is not a span of a week in minutes")

    def __contains__(self, instant: datetime) -> bool:
        minute = minute_of_week(instant, self.zone)
        return any(start <= minute < end for start, end in self.spans)


def minute_of_week(instant: datetime, zone: str) -> int:
    """Minutes since Monday 00:00 on the wall clock of a zone."""
    local = instant.astimezone(ZoneInfo(zone))
    return local.weekday() * MINUTES_OF_DAY + local.hour * 60 + local.minute


def week_band(name: str, days: Iterable[int], start: time, end: time, *, zone: str = "UTC") -> WeekBand:
    """A band on days (Monday 0) from start to end; an end at or before the start lies on the day after."""
    first = start.hour * 60 + start.minute
    last = end.hour * 60 + end.minute
    if last <= first:
        last += MINUTES_OF_DAY
    spans: list[tuple[int, int]] = []
    for day in sorted(set(days)):
        opening, closing = day * MINUTES_OF_DAY + first, day * MINUTES_OF_DAY + last
        spans.append((opening, min(closing, MINUTES_OF_WEEK)))
        if closing > MINUTES_OF_WEEK:
            spans.append((0, closing - MINUTES_OF_WEEK))
    return WeekBand(name, tuple(spans), zone)


@dataclass(frozen=True, slots=True)
class Rate:
    """One row of a rate table or of a sell sheet: a prefix, its terms, and when they hold."""

    prefix: str
    terms: Terms
    effective: EffectiveRange
    destination: str = ""
    state: RateState = RateState.OPEN
    band: WeekBand | None = None

    def is_in_force(self, at: datetime) -> bool:
        """Whether the row speaks at the instant: in its range (end excluded) and in its band."""
        return at in self.effective and (self.band is None or at in self.band)


class RateSource(Protocol):
    """Where rates come from: a table, or a plan computed over one."""

    def in_force(self, prefix: str, at: datetime) -> Rate | None:
        """The rate of exactly this prefix at the instant; None when it has none then (never or no longer)."""


@dataclass(frozen=True, slots=True)
class RateTable:
    """Rows of a rate table by prefix."""

    rows: Mapping[str, Sequence[Rate]] = field(default_factory=dict)

    @classmethod
    def of(cls, rates: Iterable[Rate]) -> "RateTable":
        """A table of rows in any order."""
        rows: dict[str, list[Rate]] = {}
        for rate in rates:
            rows.setdefault(rate.prefix, []).append(rate)
        return cls(rows)

    def in_force(self, prefix: str, at: datetime) -> Rate | None:
        """The row that speaks for the prefix: a band that holds the instant before the one for all hours."""
        speaking = [
            rate
            for rate in _latest_by_band(self.rows.get(prefix, ()), at)
            if rate.state is not RateState.CLOSED and rate.is_in_force(at)
        ]
        return max(speaking, key=_precedence, default=None)


def _latest_by_band(rows: Iterable[Rate], at: datetime) -> list[Rate]:
    """Per band the row that started last, not after `at`; of two equal starts the later row.

    A row replaces the earlier ones of its band for good: when it ends or is closed they do not stand again.
    """
    latest: dict[str, Rate] = {}
    for rate in rows:
        name = "" if rate.band is None else rate.band.name
        held = latest.get(name)
        if rate.effective.start <= at and (held is None or rate.effective.start >= held.effective.start):
            latest[name] = rate
    return list(latest.values())


def _precedence(rate: Rate) -> tuple[bool, datetime, str]:
    """Banded rows first; of overlapping bands the one that started last, then by name."""
    return (rate.band is not None, rate.effective.start, "" if rate.band is None else rate.band.name)


def prefixes_of(number: str) -> Iterator[str]:
    """Every prefix of a number, the longest first."""
    for length in range(len(number), 0, -1):
        yield number[:length]


def match(source: RateSource, number: str, at: datetime) -> Rate | None:
    """The rate of the longest prefix in force at `at`; blocked is an answer, None means `no_rate`.

    Prefixes are text, so leading zeros count, and a prefix longer than the number never matches.
    """
    for prefix in prefixes_of(number):
        rate = source.in_force(prefix, at)
        if rate is not None:
            return rate
    return None
