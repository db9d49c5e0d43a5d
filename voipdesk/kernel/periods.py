"""Instants, half-open ranges, zones, and the clock that tests can fix."""

import os
import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MICROSECOND = timedelta(microseconds=1)


def to_micros(instant: datetime) -> int:
    """Microseconds since 1970 UTC; a naive datetime raises ValueError."""
    if instant.tzinfo is None:
        raise ValueError("an instant needs a time zone")
    return (instant - EPOCH) // MICROSECOND


def from_micros(micros: int) -> datetime:
    """The aware UTC instant of stored microseconds."""
    return EPOCH + timedelta(microseconds=micros)


def parse_instant(text: str, zone: ZoneInfo | None = None) -> datetime:
    """An ISO instant; without an offset it is read in `zone` (UTC by default). A date alone is its midnight."""
    instant = datetime.fromisoformat(text.strip())
    if instant.tzinfo is None:
        instant = instant.replace(tzinfo=zone or UTC)
    try:
        return instant.astimezone(UTC)
    except OverflowError as cause:
        raise ValueError(f"{text!r} is beyond the calendar") from cause


def day_start(day: date, zone: ZoneInfo) -> datetime:
    """Midnight of a day in a zone, as UTC; in a zone without that midnight, the first instant of the day."""
    return datetime(day.year, day.month, day.day, tzinfo=zone).astimezone(UTC)


def month_period(text: str, zone: ZoneInfo) -> "EffectiveRange":
    """`YYYY-MM`, and no other spelling, as the half-open range of that month in the zone."""
    try:
        if re.fullmatch(r"[0-9]{4}-[0-9]{2}", text) is None:
            raise ValueError(text)
        year, month = int(text[:4]), int(text[5:])
        following = date(year + month // 12, month % 12 + 1, 1)
        return EffectiveRange(day_start(date(year, month, 1), zone), day_start(following, zone))
    except (ValueError, OverflowError) as cause:
        raise ValueError(f"{text!r} is not a month like 2026-10") from cause


@dataclass(frozen=True, slots=True)
class EffectiveRange:
    """A half-open range of instants: the start is included, the end is not; no end means for ever."""

    start: datetime
    end: datetime | None = None

    def __post_init__(self) -> None:
        if self.start.tzinfo is None or (self.end is not None and self.end.tzinfo is None):
            raise ValueError("an effective range needs time zones")
        if self.end is not None and self.end <= self.start:
            raise ValueError("an effective range must end after it starts")

    def __contains__(self, instant: datetime) -> bool:
        return self.start <= instant and (self.end is None or instant < self.end)

    def overlaps(self, other: "EffectiveRange") -> bool:
        """Whether some instant lies in both."""
        return (other.end is None or self.start < other.end) and (self.end is None or other.start < self.end)


@dataclass(frozen=True, slots=True)
class Clock:
    """Tells the time; `VOIPDESK_NOW` (ISO) fixes it, so that scenarios can be lived on their day."""

    fixed: datetime | None = None

    @classmethod
    def from_environment(cls) -> "Clock":
        """The real clock, or the fixed one of `VOIPDESK_NOW`."""
        named = os.environ.get("VOIPDESK_NOW")
        return cls(parse_instant(named) if named else None)

    def now(self) -> datetime:
        """The present instant, aware UTC."""
        return self.fixed or datetime.now(UTC)

    def today(self, zone: ZoneInfo) -> date:
        """The day it is in the zone."""
        return self.now().astimezone(zone).date()
