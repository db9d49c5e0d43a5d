"""Weekly time bands over columns of instants: wall clocks of a zone without a Python loop per call."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

import numpy as np
from numpy.typing import NDArray

from voipdesk.kernel.periods import from_micros, to_micros
from voipdesk.rating.rules import WeekBand
from voipdesk.rating.rules.rates import MINUTES_OF_WEEK

Ints = NDArray[np.int64]
MINUTE = 60_000_000
MONDAY = 3 * 24 * 60
"""1 January 1970 was a Thursday: minutes from the Monday before."""


def band_holds(bands: Sequence[WeekBand], which: Ints, at: Ints) -> NDArray[np.bool_]:
    """Whether the band of each position holds the instant (microseconds) of the same position."""
    held = np.zeros(len(at), np.bool_)
    for number in np.unique(which):
        chosen = np.flatnonzero(which == number)
        band = bands[int(number)]
        minutes = minutes_of_week(at[chosen], band.zone)
        for start, end in band.spans:
            held[chosen] |= (start <= minutes) & (minutes < end)
    return held


def minutes_of_week(at: Ints, zone: str) -> Ints:
    """Minutes since Monday 00:00 on the wall clock of a zone."""
    if not len(at):
        return np.empty(0, np.int64)
    first, last = from_micros(int(at.min())).year, from_micros(int(at.max())).year
    changes, offsets = _offsets(zone, first, last)
    local = at + offsets[np.searchsorted(changes, at, side="right") - 1]
    return (local // MINUTE + MONDAY) % MINUTES_OF_WEEK


@lru_cache(maxsize=64)
def _offsets(zone: str, first: int, last: int) -> tuple[Ints, Ints]:
    """Instants at which the zone's offset changes from the year before `first` on, and the offsets (microseconds)."""
    place = ZoneInfo(zone)
    instant = datetime(max(first - 1, 1), 12, 1, tzinfo=UTC)
    end = datetime(min(last + 1, 9999), 2, 1, tzinfo=UTC)
    changes, offsets = [-(2**62)], [_offset(instant, place)]
    while instant < end:
        following = min(instant + timedelta(days=1), end)
        if _offset(following, place) != offsets[-1]:
            changes.append(to_micros(_change(instant, following, place)))
            offsets.append(_offset(following, place))
        instant = following
    return np.array(changes, np.int64), np.array(offsets, np.int64)


def _change(before: datetime, after: datetime, zone: ZoneInfo) -> datetime:
    """The second within a day at which the offset changes, by bisection."""
    start = _offset(before, zone)
    while after - before > timedelta(seconds=1):
        middle = before + timedelta(seconds=(after - before) // timedelta(seconds=1) // 2)
        before, after = (middle, after) if _offset(middle, zone) == start else (before, middle)
    return after


def _offset(instant: datetime, zone: ZoneInfo) -> int:
    offset = instant.astimezone(zone).utcoffset()
    return (offset or timedelta(0)) // timedelta(microseconds=1)
