"""Rows of a call file into calls, duplicates and quarantine, in batches; memory does not grow with the file."""

import sqlite3
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from voipdesk.accounts.queries import AccountFinder
from voipdesk.calls import rules
from voipdesk.calls.files import LONGEST, CallRecord, Reading
from voipdesk.calls.rules import CallProblem, Same
from voipdesk.kernel.money import Rounding, rounded
from voipdesk.kernel.problems import Problem
from voipdesk.kernel.text import tr
from voipdesk.store.types import canonical_json

BATCH = 50_000
SHOWN = 100
"""Problems and duplicates named in a report; all are in the workspace."""

_COLUMNS = (
    'import_seq, "row", dedupe, unique_id, account_id, account_text, supplier_id, caller, called, number, '
    '"start", answer, talk_seconds, disposition, problem'
)
_INSERT = f"INSERT INTO call ({_COLUMNS}) VALUES ({', '.join('?' * 15)})"
_QUARANTINE = 'INSERT INTO quarantine (import_id, "row", "column", value, code, message, cells) VALUES (?, ?, ?, ?, ?, ?, ?)'
_KNOWN = """
    SELECT c.dedupe, c.unique_id, c.account_text, c.caller, c.called, c.answer, c.talk_seconds, i.owner_id, c.account_id
    FROM json_each(?) wanted
    CROSS JOIN call c ON c.dedupe = wanted.value
    JOIN call_import i ON i.seq = c.import_seq
    WHERE i.state = 'committed' AND (i.owner_id = ? OR coalesce(c.problem, '') NOT LIKE 'dismissed%')
"""
"""What another desk dismissed is no call that ours could double."""


@dataclass(frozen=True, slots=True)
class People:
    """How texts of a file find accounts and suppliers; `nobody` is an account that makes no calls: the admin's own."""

    finder: AccountFinder
    nobody: UUID
    suppliers: dict[str, UUID]


@dataclass(frozen=True, slots=True)
class Met:
    """A call that is in the workspace already: who imported it (an account's id), and whose it is (None: unknown)."""

    same: Same
    owner: bytes
    account: bytes | None


@dataclass(slots=True)
class Tally:
    """What has become of the rows so far."""

    accepted: int = 0
    answered: int = 0
    duplicates: int = 0
    quarantined: int = 0
    duplicate_rows: list[int] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    unknown_suppliers: set[str] = field(default_factory=set)


@dataclass(slots=True)
class Intake:
    """One import at work: `add` rows, `flush` at the end."""

    raw: sqlite3.Connection
    import_id: UUID
    import_seq: int
    owner: bytes
    reading: Reading
    people: People
    tally: Tally = field(default_factory=Tally)
    _waiting: list[tuple[Same, CallRecord]] = field(default_factory=list)
    _faulty: list[tuple[Any, ...]] = field(default_factory=list)

    def add(self, record: CallRecord) -> None:
        """Take one row."""
        problem = record.problem or self._fault(record)
        if problem is not None:
            self._keep_aside(record, problem)
        else:
            self._waiting.append((self._same(record), record))
        if len(self._waiting) >= BATCH or len(self._faulty) >= BATCH:
            self.flush()

    def flush(self) -> None:
        """Write what waits."""
        faulty, self._faulty = self._faulty, []
        self.raw.executemany(_QUARANTINE, faulty)
        waiting, self._waiting = self._waiting, []
        keys = [rules.dedupe_key(same) for same, _ in waiting]
        known = self._known(keys)
        self.raw.executemany(_INSERT, self._new(waiting, keys, known))

    def _new(
        self,
        waiting: Iterable[tuple[Same, CallRecord]],
        keys: Iterable[int],
        known: dict[int, list[Met]],
    ) -> Iterable[tuple[Any, ...]]:
        """Rows of the calls that are not known yet; those of this batch become known on the way."""
        tally = self.tally
        for (same, record), key in zip(waiting, keys, strict=True):
            met = known.setdefault(key, [])
            account = self._account(record)
            if any(self._is_known(same, account, one) for one in met):
                tally.duplicates += 1
                if len(tally.duplicate_rows) < SHOWN:
                    tally.duplicate_rows.append(record.row)
                continue
            met.append(Met(same, self.owner, account))
            tally.accepted += 1
            tally.answered += same.talk_seconds > 0
            yield self._row(same, record, account, key=key)

    def _is_known(self, same: Same, account: bytes | None, met: Met) -> bool:
        """Whether a stored call is this one. Between desks only where both know it for the same account's: a desk
        must not learn that a stranger's call exists, nor keep it from being imported by its owner.
        """
        if met.owner == self.owner:
            return rules.is_same(same, met.same, same_desk=True)
        return (
            account is not None and account == met.account and rules.is_same(same, met.same, same_desk=False)
        )

    def _account(self, record: CallRecord) -> bytes | None:
        found = self.people.finder.find(record.account, trunk=record.trunk, caller=record.caller)
        return None if found is None or found == self.people.nobody else found.bytes

    def _row(self, same: Same, record: CallRecord, account: bytes | None, *, key: int) -> tuple[Any, ...]:
        number = self.reading.number(record.called)
        problem = None
        if not number:
            problem = CallProblem.UNREADABLE_NUMBER.value
        elif account is None:
            problem = CallProblem.UNKNOWN_ACCOUNT.value
        return (
            self.import_seq, record.row, key, same.unique_id, account, same.account_text, self._supplier(record),
            same.caller, same.called, number, self.reading.micros(record.start), same.answer, same.talk_seconds,
            record.disposition.strip(), problem,
        )  # fmt: skip

    def _supplier(self, record: CallRecord) -> bytes | None:
        """The supplier named by the row; an unknown name leaves the call to the default table, and is told."""
        named = record.supplier.strip()
        if not named or not self.people.suppliers:
            return None
        found = self.people.suppliers.get(named.casefold())
        if found is None and len(self.tally.unknown_suppliers) < SHOWN:
            self.tally.unknown_suppliers.add(named)
        return None if found is None else found.bytes

    def _same(self, record: CallRecord) -> Same:
        when = self.reading.micros(record.answer or record.start)
        assert when is not None
        account = record.account.strip() or record.trunk.strip()
        talk = record.talk if isinstance(record.talk, int) else int(rounded(record.talk, 0, Rounding.UP))
        return Same(
            record.unique_id.strip(), account, record.caller.strip(), record.called.strip(), when, talk
        )

    def _known(self, keys: list[int]) -> dict[int, list[Met]]:
        """Stored calls with these hashes: of committed imports, and of this one so far."""
        found: dict[int, list[Met]] = {}
        asked = (canonical_json(sorted(set(keys))), self.owner)
        for key, *parts, owner, account in self.raw.execute(_KNOWN, asked):
            found.setdefault(key, []).append(Met(Same(*parts), owner, account))
        return found

    def _fault(self, record: CallRecord) -> Problem | None:
        """Why a readable row is still no call."""
        if record.answer is None and record.start is None:
            return Problem(
                "no_time", tr("The row has no time."), tr("Map the column of the start or answer time.")
            )
        if record.talk < 0:
            return Problem(
                "negative_duration",
                tr("{seconds} s is not a duration.").format(seconds=record.talk),
                tr("Correct the cell or leave the row out."),
            )
        if record.talk > LONGEST:
            return Problem(
                "too_long",
                tr("{seconds} s is longer than any call.").format(seconds=record.talk),
                tr("Check which column holds the seconds."),
            )
        return None

    def _keep_aside(self, record: CallRecord, problem: Problem) -> None:
        told = problem.at(row=record.row)
        self.tally.quarantined += 1
        if len(self.tally.problems) < SHOWN:
            self.tally.problems.append(told)
        message = f"{told.message} {told.hint}".strip()
        cells = canonical_json(list(record.cells)) if record.cells else None
        self._faulty.append(
            (self.import_id.bytes, record.row, told.place.column, told.place.value, told.code, message, cells)
        )
