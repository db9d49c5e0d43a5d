"""Rates are assertions; which of them is in force at an instant is decided here, and nowhere else differently."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from voipdesk.rating.rules import RateState, Terms, WeekBand

STATES = (RateState.OPEN, RateState.BLOCKED, RateState.CLOSED)
"""States by their number at rest."""

FREE = Terms(Decimal(0))


@dataclass(frozen=True, slots=True)
class NewRate:
    """A rate to be published: what an edit, a seed or a row of a sheet says. No `effective_from`: that of the batch."""

    prefix: str
    terms: Terms = FREE
    destination: str = ""
    state: RateState = RateState.OPEN
    band: str = ""
    effective_from: datetime | None = None
    effective_until: datetime | None = None


@dataclass(frozen=True, slots=True)
class Assertion:
    """A published row: from `effective_from` on the prefix (of a band) has these terms, or is blocked, or closed."""

    prefix: str
    effective_from: datetime
    version: int
    """Order of publishing: of two rows that start together the later version speaks."""
    terms: Terms = FREE
    destination: str = ""
    state: RateState = RateState.OPEN
    band: str = ""
    effective_until: datetime | None = None


def in_force(rows: Iterable[Assertion], at: datetime) -> dict[tuple[str, str], Assertion]:
    """The rows of published versions that speak at the instant, by (prefix, band).

    Per key the latest `effective_from` not after `at`; of two equal ones the later version. A row replaces the
    earlier ones for good: once its `effective_until` (excluded) has passed, or when it is closed, the prefix has no
    rate from then on, as if it had been closed, until a later assertion; the replaced row does not stand again.
    Blocked is in force: an answer, not a gap.
    """
    latest: dict[tuple[str, str], Assertion] = {}
    for row in rows:
        if row.effective_from > at:
            continue
        held = latest.get((row.prefix, row.band))
        if held is None or (held.effective_from, held.version) < (row.effective_from, row.version):
            latest[row.prefix, row.band] = row
    return {key: row for key, row in latest.items() if is_standing(row, at)}


def is_standing(row: Assertion, at: datetime) -> bool:
    """Whether a row that nothing replaced still says something at the instant."""
    has_ended = row.effective_until is not None and row.effective_until <= at
    return row.state is not RateState.CLOSED and not has_ended


def band_of(name: str, hours: Iterable[tuple[int, int, int]], zone: str) -> WeekBand:
    """The weekly band of stored hours: [weekday 0-6, from minute, until minute] in the table's zone."""
    spans = tuple((day * 1440 + first, day * 1440 + last) for day, first, last in hours)
    return WeekBand(name, spans, zone)
