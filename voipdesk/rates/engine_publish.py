"""What publishing writes, and the table as it would be afterwards, out of a comparison."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from voipdesk.kernel.ledger import Ledger
from voipdesk.rates.engine import NEVER, RateColumns
from voipdesk.rates.engine_review import NOTHING, SAME, UP, Compared, jumps
from voipdesk.rates.rules.guards import LEAST_PAIRS, RATIO_UNIT, Limits
from voipdesk.rating.engine import Bools, Ints, number_keys

_DAY = 86_400_000_000
_CLOSED = 2
_NUMBERS = (
    "state", "price", "next_price", "connect_fee", "minimum_charge", "initial_interval", "next_interval",
    "free_seconds", "grace_seconds", "effective_from", "effective_until",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Rows:
    """Rows to be written: columns that are the same throughout, and the others row by row."""

    count: int
    same: Mapping[str, Any]
    names: tuple[str, ...]
    columns: tuple[NDArray[Any] | list[str], ...]

    def chunks(self, size: int) -> Iterator[list[tuple[Any, ...]]]:
        """Tuples in the order of `names`, some at a time."""
        for first in range(0, self.count, size):
            parts = [_listed(column[first : first + size]) for column in self.columns]
            yield list(zip(*parts, strict=True))


def rows_to_write(found: Compared) -> Rows:
    """Only what changes, and a closed row for each one that is closed; in order of prefix."""
    columns, source_row = added(found)
    same: dict[str, Any] = {}
    varied: dict[str, NDArray[Any] | list[str]] = {"prefix": columns.prefix_texts()}
    for name in _NUMBERS:
        values = getattr(columns, name)
        if name == "next_price":
            values = np.where(values == columns.price, NOTHING, values)
        if name == "effective_until":
            values = np.where(values == NEVER, NOTHING, values)
        _keep(same, varied, name, values)
    _keep(same, varied, "source_row", np.where(source_row == 0, NOTHING, source_row))
    for name, names in (("destination", columns.destination_names), ("band", columns.band_names)):
        at = getattr(columns, name)
        if len(at) and (at == at[0]).all():
            same[name] = names[int(at[0])]
        else:
            varied[name] = [names[place] for place in at.tolist()]
    return Rows(len(columns), same, tuple(varied), tuple(varied.values()))


def _keep(
    same: dict[str, Any], varied: dict[str, NDArray[Any] | list[str]], name: str, values: NDArray[Any]
) -> None:
    if len(values) and (values == values[0]).all():
        same[name] = None if values[0] == NOTHING else int(values[0])
    else:
        varied[name] = values


def _listed(values: NDArray[Any] | list[str]) -> list[Any]:
    if isinstance(values, list):
        return values
    listed: list[Any] = values.tolist()
    if (values == NOTHING).any():
        listed = [None if value == NOTHING else value for value in listed]
    return listed


def added(found: Compared) -> tuple[RateColumns, Ints]:
    """(rows that publishing adds, their rows in the file), in order of prefix, band and start; their version is 0."""
    changing = found.kind != SAME
    rates, source_row = found.rates.take(changing), found.source_row[changing]
    if not len(found.closed):
        return rates, source_row
    closing = _closings(found.live.take(found.closed), found.closed_at)
    return _merged(rates, closing, source_row)


def proposed(found: Compared) -> RateColumns:
    """All assertions of the table as if the sheet were published; rows of the sheet have the version after all others."""
    rates, _ = added(found)
    newest = int(found.live.version.max()) + 1 if len(found.live) else 1
    rates = replace(rates, version=np.full(len(rates), newest, np.int64), ids=np.zeros(len(rates), np.int64))
    return _merged(found.live, rates, np.zeros(len(found.live), np.int64))[0]


def _closings(rows: RateColumns, at: Ints) -> RateColumns:
    """Closed rows in place of these: their terms are gone, the destination stays."""
    nothing, one = np.zeros(len(rows), np.int64), np.ones(len(rows), np.int64)
    return replace(
        rows, state=np.full(len(rows), _CLOSED, np.int8), price=nothing, next_price=nothing, connect_fee=nothing,
        minimum_charge=nothing, initial_interval=one, next_interval=one, free_seconds=nothing, grace_seconds=nothing,
        effective_from=at, effective_until=np.full(len(rows), NEVER, np.int64), version=nothing,
    )  # fmt: skip


def _merged(first: RateColumns, other: RateColumns, source_row: Ints) -> tuple[RateColumns, Ints]:
    """Both together in order; rows of the file for the first ones, 0 for the others."""
    names = {name: at for at, name in enumerate(first.destination_names)}
    theirs = np.array([names.setdefault(name, len(names)) for name in other.destination_names] or [0])
    bands = {name: at for at, name in enumerate(first.band_names)}
    their_bands = np.array([bands.setdefault(name, len(bands)) for name in other.band_names] or [0])
    other = replace(other, destination=theirs[other.destination], band=their_bands[other.band])
    columns: dict[str, Any] = {
        name: np.concatenate((getattr(first, name), getattr(other, name)))
        for name in ("ids", "prefixes", "band", "version", "destination", *_NUMBERS)
    }
    made = RateColumns(**columns, destination_names=tuple(names), band_names=tuple(bands))
    place = np.argsort(np.argsort(np.array(made.band_names)))[made.band]
    order = np.lexsort((made.version, made.effective_from, place, number_keys(made.prefixes)))
    rows = np.concatenate((source_row, np.zeros(len(other), np.int64)))
    return made.take(order), rows[order]


@dataclass(frozen=True, slots=True)
class Findings:
    """What the guards want to know of a comparison; masks are over its taken rates."""

    jump: Bools
    """G1"""
    median: int | None
    """G2: of new / old in ten-thousandths; None where too few have both."""
    past: Bools
    """G6: changes of a rate in force that lie in the past."""
    ahead: Bools
    odd: Bools
    """G5: prices of zero or above the ceiling that are taken."""
    starts: tuple[tuple[int, int], ...]
    """(instant, changes that begin then), the earliest first."""
    biggest_rise: int
    """Position of the increase with the largest share; -1 without one."""


def findings(found: Compared, limits: Limits, now: int) -> Findings:
    """Look at a comparison for the guards."""
    rates, changing = found.rates, found.kind != SAME
    open_pairs = (found.old_price != NOTHING) & (found.old_price > 0) & (rates.state == 0)
    ratios = rates.price[open_pairs] * RATIO_UNIT // found.old_price[open_pairs]
    middle = len(ratios) // 2
    median = int(np.partition(ratios, middle)[middle]) if len(ratios) >= LEAST_PAIRS else None
    began = np.concatenate((rates.effective_from[changing], found.missing_at))
    starts, counts = np.unique(began, return_counts=True)
    odd = ((rates.price <= 0) | (rates.price > limits.ceiling)) & (rates.state == 0) & changing
    is_known = found.old_state >= 0
    return Findings(
        jump=jumps(found, limits),
        median=median,
        past=changing & is_known & (rates.effective_from < now - limits.past_days * _DAY),
        ahead=changing & (rates.effective_from > now + limits.ahead_days * _DAY),
        odd=odd,
        starts=tuple((int(at), int(count)) for at, count in zip(starts, counts, strict=True)),
        biggest_rise=_biggest_rise(found),
    )


def _biggest_rise(found: Compared) -> int:
    up = np.flatnonzero(found.kind == UP)
    if not len(up):
        return -1
    old = found.old_price[up]
    share = (found.rates.price[up] - old) * RATIO_UNIT // np.maximum(old, 1)
    return int(up[np.argmax(share)])


def has_odd(rates: RateColumns, limits: Limits) -> bool:
    """Whether some open rate is zero or above the ceiling (G5)."""
    return bool((((rates.price <= 0) | (rates.price > limits.ceiling)) & (rates.state == 0)).any())


def ledger(found: Compared, sheet: Any) -> dict[str, int]:
    """What became of the rows of the file."""
    tally, rows = sheet.tally, sheet.source_row
    size = int(rows.max()) + 1 if len(rows) else 0
    named, accepted, held = (np.zeros(size, np.bool_) for _ in range(3))
    named[rows] = True
    accepted[rows[found.place]] = True
    for places in found.held.values():
        held[rows[places]] = True
    kept = int(np.count_nonzero(accepted))
    waiting = int(np.count_nonzero(held & ~accepted))
    again = tally.duplicates + int(np.count_nonzero(named)) - kept - waiting
    waits = sheet.faulty + waiting
    return Ledger(tally.rows, tally.skipped, tally.blank, kept, again, waits).as_dict()


def fingerprint(found: Compared) -> bytes:
    """Bytes that differ when something else would be published; closings count by prefix, not by the second."""
    changing = found.kind != SAME
    rates = found.rates.take(changing)
    parts = [
        rates.prefixes, rates.effective_from, rates.price, rates.state, found.kind[changing], found.old_price[changing],
        found.live.prefixes[found.missing], found.live.effective_from[found.missing],
    ]  # fmt: skip
    return b"|".join(np.ascontiguousarray(part).tobytes() for part in parts)


__all__ = [
    "Findings", "Rows", "added", "findings", "fingerprint", "has_odd", "ledger", "proposed", "rows_to_write",
]  # fmt: skip
