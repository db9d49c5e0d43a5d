"""Rows on their way into a table: staged under a version that nobody sees yet, conflicts found as they come."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import insert

from voipdesk.kernel.money import to_scaled
from voipdesk.kernel.periods import to_micros
from voipdesk.rates.commands.tables import next_number
from voipdesk.rates.queries import RateTable
from voipdesk.rates.rules import STATES, NewRate
from voipdesk.rates.schema import rate_version
from voipdesk.store.database import Write
from voipdesk.store.types import uuid7

Row = tuple[Any, ...]
"""prefix, destination, state, price, next price, connect fee, minimum, initial, next, free, grace, band, from, until,
row of the file: what `INSERT` takes."""

PREFIX, DESTINATION, STATE, PRICE, NEXT_PRICE, BAND, SINCE, UNTIL, SOURCE_ROW = 0, 1, 2, 3, 4, 11, 12, 13, 14
_CHUNK = 2_000
_INSERT = (
    "INSERT INTO rate (table_number, version_seq, prefix, destination, state, price, next_price, connect_fee, "
    "minimum_charge, initial_interval, next_interval, free_seconds, grace_seconds, band, effective_from, "
    "effective_until, source_row) VALUES ({table}, {seq}, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) "
    "ON CONFLICT (table_number, prefix, band, effective_from, version_seq) DO NOTHING"
)
_HELD = (
    "SELECT prefix, destination, state, price, next_price, connect_fee, minimum_charge, initial_interval, "
    "next_interval, free_seconds, grace_seconds, band, effective_from, effective_until, source_row FROM rate "
    "WHERE table_number = ? AND version_seq = ? AND prefix = ? AND band = ? AND effective_from = ?"
)
_DELETE = "DELETE FROM rate WHERE table_number = ? AND version_seq = ? AND prefix = ? AND band = ? AND effective_from = ?"

Key = tuple[str, str, int]


@dataclass(slots=True)
class Batch:
    """A staged version of a table and the tally of file rows that went into it."""

    write: Write
    table: RateTable
    seq: int
    version_id: UUID
    accepted: int = 0
    """File rows of which at least one rate is staged."""
    duplicates: int = 0
    """File rows that said again what an earlier one said."""
    quarantined: int = 0
    """File rows of which nothing is staged because prices conflict."""
    conflicts: dict[Key, list[Row]] = field(default_factory=dict)
    """By prefix, band and date: the rows that give it different terms, the first one included (G7)."""
    _waiting: list[Row] = field(default_factory=list)
    _insert: str = ""

    def add(self, rows: Iterable[Row]) -> None:
        """Take the rates of one row of the file."""
        self._waiting.extend(rows)
        if len(self._waiting) >= _CHUNK:
            self.flush()

    def flush(self) -> None:
        """Write what waits; only a chunk in which the table refused something is looked at row by row."""
        rows, self._waiting = self._waiting, []
        if not rows:
            return
        written = self.write.raw.executemany(self._insert, rows).rowcount
        if written == len(rows):
            self.accepted += sum(1 for _ in _by_file_row(rows))
            return
        for group in _by_file_row(rows):
            self._tally(group)

    def finish(self) -> None:
        """Write the rest and take conflicting rates out again: none of them is right until somebody chooses."""
        self.flush()
        if not self.conflicts:
            return
        keys = [(self.table.number, self.seq, *key) for key in self.conflicts]
        self.write.raw.executemany(_DELETE, keys)
        self.recount({row[SOURCE_ROW] for rows in self.conflicts.values() for row in rows[:1]})

    def recount(self, suspects: set[int]) -> None:
        """File rows that had been accepted and may have lost all their rates since are quarantined instead."""
        if not suspects:
            return
        left = self.write.raw.execute("SELECT source_row FROM rate WHERE version_seq = ?", (self.seq,))
        lost = suspects - {row[0] for row in left if row[0] in suspects}
        self.accepted -= len(lost)
        self.quarantined += len(lost)

    def _tally(self, group: list[Row]) -> None:
        """Count one file row by what became of its rates."""
        fates = [self._fate(row) for row in group]
        if "staged" in fates:
            self.accepted += 1
        elif "conflict" in fates:
            self.quarantined += 1
        else:
            self.duplicates += 1

    def _fate(self, row: Row) -> str:
        key = (row[PREFIX], row[BAND], row[SINCE])
        held = self.write.raw.execute(_HELD, (self.table.number, self.seq, *key)).fetchone()
        if held[:SOURCE_ROW] == row[:SOURCE_ROW]:
            return "staged" if held[SOURCE_ROW] == row[SOURCE_ROW] else "duplicate"
        self.conflicts.setdefault(key, [held]).append(row)
        return "conflict"


def begin(write: Write, table: RateTable, *, source: str, note: str) -> Batch:
    """A new version of the table in state `staged`."""
    seq, made = next_number(write.conn, "rate_version"), uuid7()
    write.conn.execute(
        insert(rate_version).values(
            id=made,
            seq=seq,
            table_id=table.id,
            state="staged",
            source=source,
            note=note,
            created_at=write.now,
        )
    )
    statement = _INSERT.format(table=int(table.number), seq=int(seq))
    return Batch(write, table, seq, made, _insert=statement)


def is_backwards(row: Row) -> bool:
    """Whether a rate ends before it starts."""
    return row[UNTIL] is not None and bool(row[UNTIL] <= row[SINCE])


def is_negative(row: Row) -> bool:
    """Whether a price, next price, connect fee or minimum charge is below zero: nobody pays for being called."""
    return any((row[place] or 0) < 0 for place in range(PRICE, PRICE + 4))


def row_of(new: NewRate, effective: datetime, source_row: int | None = None) -> Row:
    """A rate as it is at rest; a next price equal to the price is none, so that equal terms are equal rows."""
    terms = new.terms
    since = new.effective_from or effective
    after = (
        None if terms.next_price is None or terms.next_price == terms.price else to_scaled(terms.next_price)
    )
    return (
        new.prefix,
        new.destination,
        STATES.index(new.state),
        to_scaled(terms.price),
        after,
        to_scaled(terms.connect_fee),
        to_scaled(terms.minimum_charge),
        terms.initial_interval,
        terms.next_interval,
        terms.free_seconds,
        terms.grace_seconds,
        new.band,
        to_micros(since),
        None if new.effective_until is None else to_micros(new.effective_until),
        source_row,
    )


def _by_file_row(rows: list[Row]) -> Iterator[list[Row]]:
    """The rates of each file row together, in the order of the file."""
    group: list[Row] = []
    for row in rows:
        if group and row[SOURCE_ROW] != group[0][SOURCE_ROW]:
            yield group
            group = []
        group.append(row)
    if group:
        yield group
