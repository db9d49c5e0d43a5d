"""What a staged version would change, found in one walk over the table in order of prefix; and making it so."""

from array import array
from collections.abc import Collection, Iterator
from dataclasses import dataclass, field
from typing import Any, cast

from sqlalchemy import update

from voipdesk.kernel.periods import to_micros
from voipdesk.rates.commands.staging import Batch
from voipdesk.rates.queries import published
from voipdesk.rates.rules import Facts, Kind, Scope, Standing, closings, country_of, is_in_countries, kind_of
from voipdesk.rates.rules.guards import USUAL, Limits, is_jump, is_odd_price, ratio_of
from voipdesk.rates.schema import rate_version

SHOWN = 2_000
"""Changes kept in a report; the counts are of all."""

_EXAMPLES = 5
_DAY = 86_400_000_000
_OPEN, _CLOSED = 0, 2
_ID, _VERSION, _PREFIX, _BAND, _SINCE, _ROW, _FACTS = 0, 1, 2, 3, 4, 5, 6
_STATE, _PRICE, _DESTINATION, _UNTIL = 6, 7, 15, 16
_WALK = (
    "SELECT id, version_seq, prefix, band, effective_from, source_row, state, price, next_price, connect_fee, "
    "minimum_charge, initial_interval, next_interval, free_seconds, grace_seconds, destination, effective_until "
    "FROM rate WHERE table_number = ? AND version_seq IN ({marks}) "
    "ORDER BY prefix, band, effective_from, version_seq"
)
_CLOSE = (
    "INSERT INTO rate (table_number, version_seq, prefix, destination, state, band, effective_from) "
    "SELECT table_number, ?, prefix, destination, 2, band, ? FROM rate WHERE id = ?"
)

Row = tuple[Any, ...]


@dataclass(frozen=True, slots=True)
class Change:
    """One prefix that a version changes; prices scaled by 10^8, instants in microseconds. No file row: closed."""

    kind: Kind
    prefix: str
    band: str
    destination: str
    old_price: int | None
    new_price: int | None
    effective_from: int
    source_row: int | None


@dataclass(frozen=True, slots=True)
class Question:
    """What the walk is asked: the scope, when missing prefixes close, which limits hold, what is kept anyway."""

    scope: Scope
    close_at: int
    limits: Limits = USUAL
    countries: Collection[str] = ()
    protected: Collection[str] = ()
    """Prefixes named by rows in quarantine: they are not missing."""
    takes_odd: bool = True
    """Whether prices of zero and above the ceiling are taken (G5)."""


@dataclass(slots=True)
class Review:
    """Counts by kind, the first changes, and what publishing has to do."""

    counts: dict[str, int] = field(default_factory=lambda: {str(kind): 0 for kind in Kind})
    changes: list[Change] = field(default_factory=list)
    live: int = 0
    """Prefixes (by band) in force when missing ones close."""
    jumps: int = 0
    jump_examples: list[str] = field(default_factory=list)
    ratios: "array[int]" = field(default_factory=lambda: array("q"))
    odd: "array[int]" = field(default_factory=lambda: array("q"))
    """Ids of staged rows with odd prices."""
    past: int = 0
    ahead: int = 0
    dropped: "array[int]" = field(default_factory=lambda: array("q"))
    """Ids of staged rows that change nothing."""
    closed: "array[int]" = field(default_factory=lambda: array("q"))
    """Ids of rows to close, and at the same places of `closed_at` when."""
    closed_at: "array[int]" = field(default_factory=lambda: array("q"))
    removed: int = 0
    """Prefixes closed because the sheet does not name them."""


def review(batch: Batch, question: Question) -> Review:
    """Compare the staged rows with what is published. Memory grows with the number of changes only, in integers."""
    walk = _Walk(batch, question, to_micros(batch.write.now))
    seqs = [*published(batch.write.conn, batch.table.number), batch.seq]
    cursor = batch.write.raw.execute(
        _WALK.format(marks=", ".join("?" * len(seqs))), (batch.table.number, *seqs)
    )
    for group in _groups(cursor):
        walk.weigh(group)
    return walk.found


def countries_of(batch: Batch) -> set[str]:
    """The countries that the staged rows name."""
    rows = batch.write.raw.execute(
        "SELECT DISTINCT substr(prefix, 1, 4) FROM rate WHERE version_seq = ?", (batch.seq,)
    )
    return {country_of(row[0]) for row in rows}


def publish(batch: Batch, found: Review) -> None:
    """Keep only the rows that change something, close what is missing, and let the version be seen."""
    raw = batch.write.raw
    raw.executemany("DELETE FROM rate WHERE id = ?", ((key,) for key in found.dropped))
    closing = zip(found.closed_at, found.closed, strict=True)
    raw.executemany(_CLOSE, ((batch.seq, at, key) for at, key in closing))
    batch.write.conn.execute(
        update(rate_version)
        .where(rate_version.c.id == batch.version_id)
        .values(state="published", published_at=batch.write.now, counts=found.counts)
    )


@dataclass(slots=True)
class _Walk:
    batch: Batch
    question: Question
    now: int
    found: Review = field(default_factory=Review)

    def weigh(self, group: list[Row]) -> None:
        """One prefix and band: rows by (from, version); a staged row follows the row before it."""
        seq = self.batch.seq
        is_named = False
        before: Row | None = None
        for row in group:
            if row[_VERSION] == seq:
                is_named = True
                self._staged(row, before)
            before = row
        is_all_new = is_named and len(group) == 1
        if self.question.scope is not Scope.PARTIAL and not is_all_new:
            self._missing(group, is_named)

    def _staged(self, row: Row, before: Row | None) -> None:
        found = self.found
        live = before
        if live is not None and (
            live[_STATE] == _CLOSED or (live[_UNTIL] is not None and live[_UNTIL] <= row[_SINCE])
        ):
            live = None
        if live is not None and live[_FACTS:] == row[_FACTS:]:
            kind = Kind.SAME
        else:
            new = Facts._make(row[_FACTS:])
            kind = kind_of(new, None if live is None else Facts._make(live[_FACTS:]))
        if live is not None and row[_STATE] == _OPEN and live[_STATE] == _OPEN:
            ratio = ratio_of(row[_PRICE], live[_PRICE])
            if ratio is not None:
                found.ratios.append(ratio)
        if kind is Kind.SAME:
            found.counts["same"] += 1
            found.dropped.append(row[_ID])
            return
        if row[_STATE] == _OPEN and is_odd_price(row[_PRICE], self.question.limits):
            found.odd.append(row[_ID])
            if not self.question.takes_odd:
                return
        found.counts[kind] += 1
        self._note(kind, row, live)

    def _note(self, kind: Kind, row: Row, live: Row | None) -> None:
        """What the guards want to know of a change."""
        found, limits = self.found, self.question.limits
        if len(found.changes) < SHOWN:
            old = None if live is None or live[_STATE] != _OPEN else live[_PRICE]
            new = row[_PRICE] if row[_STATE] == _OPEN else None
            found.changes.append(
                Change(kind, row[_PREFIX], row[_BAND], row[_DESTINATION], old, new, row[_SINCE], row[_ROW])
            )
        if live is not None and row[_SINCE] < self.now - limits.past_days * _DAY:
            found.past += 1
        if row[_SINCE] > self.now + limits.ahead_days * _DAY:
            found.ahead += 1
        if live is not None and kind in (Kind.UP, Kind.DOWN) and is_jump(row[_PRICE], live[_PRICE], limits):
            found.jumps += 1
            if len(found.jump_examples) < _EXAMPLES:
                found.jump_examples.append(f"{row[_PREFIX]} {row[_DESTINATION]}".strip())

    def _missing(self, group: list[Row], is_named: bool) -> None:
        """Close a prefix that the sheet leaves out, in the scope of the sheet."""
        question, prefix = self.question, group[0][_PREFIX]
        if question.scope is Scope.COUNTRY and not is_in_countries(prefix, question.countries):
            return
        older = [row for row in group if row[_VERSION] != self.batch.seq]
        ends = closings([Standing(row[_SINCE], row[_STATE], row[_UNTIL]) for row in older], question.close_at)
        if not ends:
            return
        self.found.live += 1
        if is_named or prefix in question.protected:
            return
        self.found.removed += 1
        self.found.counts["removed"] += 1
        for index, at in ends:
            self.found.closed.append(older[index][_ID])
            self.found.closed_at.append(at)
        row = older[ends[0][0]]
        if len(self.found.changes) < SHOWN:
            self.found.changes.append(
                Change(
                    Kind.REMOVED, prefix, row[_BAND], row[_DESTINATION], row[_PRICE], None, ends[0][1], None
                )
            )


def _groups(cursor: Any) -> Iterator[list[Row]]:
    """Rows of one prefix and band together."""
    group: list[Row] = []
    prefix = band = None
    for row in cursor:
        if row[_PREFIX] != prefix or row[_BAND] != band:
            if group:
                yield group
            prefix, band = row[_PREFIX], row[_BAND]
            group = [row]
        else:
            group.append(cast(Row, row))
    if group:
        yield group
