"""Importing a rate sheet: read, stage, compare, guard, publish; one transaction, so that it is all there or not at all."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from hashlib import sha256
from pathlib import Path
from typing import Any, TypedDict, Unpack
from uuid import UUID

from sqlalchemy import insert, select

from voipdesk.accounts.rules import Right, may, require
from voipdesk.kernel.changes import Actor
from voipdesk.kernel.periods import day_start, to_micros
from voipdesk.kernel.problems import Problem, Refused, Severity
from voipdesk.kernel.progress import Progress, Quiet
from voipdesk.kernel.text import tr
from voipdesk.rates import files, queries
from voipdesk.rates.commands import profiles, reviewing, staging
from voipdesk.rates.commands.quarantining import Quarantine
from voipdesk.rates.files_opened import Known, open_sheet
from voipdesk.rates.queries.imports import imports_on, ledger_fault
from voipdesk.rates.rules import Scope, guards
from voipdesk.rates.rules.guards import Guard
from voipdesk.rates.schema import rate_import
from voipdesk.store.database import Database, Write
from voipdesk.store.tables import setting
from voipdesk.store.types import uuid7

_STEP = 2_000
"""File rows between two looks at the cancel button."""


class ImportOptions(TypedDict, total=False):
    """How a sheet is imported.

    `profile`: the kept way of reading by its name (only `import_sheet`);
    `scope`: full, country or partial; `effective`: one date for all rows instead of the sheet's own (a day is its
    midnight in the table's zone; without either, rates start at the midnight of today); `dry_run`: everything but
    the publishing; `accept`: guards that may pass (`G1`, a stop as `G3:4`).
    """

    profile: str | None
    scope: str
    effective: datetime | date | None
    dry_run: bool
    accept: Sequence[str]
    note: str


@dataclass(frozen=True, slots=True)
class ImportReport:
    """What an import did, or would do: the row ledger, counts by kind, the guards' answers, the first changes."""

    table: str
    file_name: str
    scope: str
    is_dry_run: bool
    import_id: UUID | None
    version: int | None
    ledger: dict[str, int]
    """rows = skipped + blank + accepted + duplicates + quarantined."""
    prefixes: int
    """Rates read, after lists and ranges of codes are spread out."""
    counts: dict[str, int]
    guards: tuple[Guard, ...]
    changes: tuple[reviewing.Change, ...]
    problems: tuple[Problem, ...]
    """The first rows in quarantine."""

    @property
    def is_held(self) -> bool:
        """Whether a guard stands in the way."""
        return bool(guards.standing(self.guards))

    def as_dict(self) -> dict[str, Any]:
        """A flat form for `--json`."""
        return {
            "table": self.table,
            "file": self.file_name,
            "scope": self.scope,
            "dry_run": self.is_dry_run,
            "import": None if self.import_id is None else str(self.import_id),
            "version": self.version,
            **self.ledger,
            "prefixes": self.prefixes,
            "counts": self.counts,
            "guards": [one.as_dict() for one in self.guards],
            "problems": [one.as_dict() for one in self.problems],
        }


class _DryRun(Exception):
    def __init__(self, report: ImportReport) -> None:
        self.report = report


def import_opened(
    db: Database,
    actor: Actor,
    sheet: files.Sheet,
    *,
    table: UUID | str | None,
    progress: Progress | None = None,
    **options: Unpack[ImportOptions],
) -> ImportReport:
    """Import a sheet that is understood into a table and publish what it changes.

    `Refused` with the guards where one stands in the way; `Cancelled` when `progress` says so, `FileError` when the
    file fails while it is read. In all these cases, and after a dry run, nothing has changed.
    """
    require(actor, Right.IMPORT_RATES)
    scope = _scope(options.get("scope", Scope.FULL))
    report = progress or Quiet()
    report.step(0, None, tr("rows read"))
    try:
        with db.write(tr("Import rates from {file}").format(file=sheet.path.name), actor) as write:
            found = queries.table_on(write.conn, table)
            work = _Import(write, found, sheet, scope, options, may(actor, Right.OVERRIDE_GUARDS))
            made = work.run(sheet.path, report)
            if options.get("dry_run"):
                raise _DryRun(made)
            return made
    except _DryRun as stopped:
        return stopped.report


def import_sheet(
    db: Database,
    actor: Actor,
    path: Path,
    *,
    table: UUID | str | None = None,
    told: Mapping[str, Any] | None = None,
    progress: Progress | None = None,
    **options: Unpack[ImportOptions],
) -> ImportReport:
    """Import a carrier's sheet, CSV or Excel in any layout, into a table and publish what it changes.

    The layout is found by itself, or known from the last sheet with this header; `told` answers what the file leaves
    open. `Refused` with the questions where answers are missing; else as `import_opened`.
    """
    require(actor, Right.IMPORT_RATES)
    found = queries.table(db, actor, table)
    name = options.get("profile")
    with db.read() as conn:
        known = [Known(one.id, one.fingerprint, one.layout) for one in profiles.for_import(conn, found, name)]
    with open_sheet(Path(path), told=told, known=known, is_named=name is not None) as sheet:
        return import_opened(db, actor, sheet, table=found.id, progress=progress, **options)


@dataclass(slots=True)
class _Import:
    """One import at work inside its transaction."""

    write: Write
    table: queries.RateTable
    sheet: files.Sheet
    scope: Scope
    options: ImportOptions
    may_override: bool

    def run(self, path: Path, report: Progress) -> ImportReport:
        """Stage, compare, guard, publish."""
        content = files.content(path)
        import_id = uuid7()
        batch = staging.begin(self.write, self.table, source="import", note=self.options.get("note", ""))
        waiting = Quarantine(self.write.raw, import_id, path.name)
        protected = self._stage(batch, waiting, report)
        takes_odd = any(word.strip().upper().partition(":")[0] == "G5" for word in self._accept)
        question = self._question(batch, protected, takes_odd=takes_odd)
        report.step(batch.accepted, None, tr("comparing"))
        review = reviewing.review(batch, question)
        if not takes_odd:
            waiting.take_odd(batch, review.odd)
        ledger = self._ledger(batch)
        digest = sha256(content).hexdigest()
        answers = guards.judged(
            self._guards(batch, review, question, digest=digest, ledger=ledger),
            self._accept,
            by=self.write.actor.name,
            may_override=self.may_override,
        )
        is_dry = bool(self.options.get("dry_run"))
        if not is_dry:
            _refuse_held(answers)
            report.step(batch.accepted, batch.accepted, tr("publishing"))
            reviewing.publish(batch, review)
            self._record(import_id, batch, review, answers, ledger=ledger, content=content, name=path.name)
        return ImportReport(
            table=self.table.name,
            file_name=path.name,
            scope=str(self.scope),
            is_dry_run=is_dry,
            import_id=None if is_dry else import_id,
            version=None if is_dry else batch.seq,
            ledger=ledger,
            prefixes=sum(review.counts.values()) - review.removed,
            counts=review.counts,
            guards=tuple(answers),
            changes=tuple(review.changes),
            problems=tuple(waiting.first),
        )

    @property
    def _accept(self) -> Sequence[str]:
        return self.options.get("accept", ())

    def _stage(self, batch: staging.Batch, waiting: Quarantine, report: Progress) -> set[str]:
        """Every row into the version or into quarantine; returns prefixes that quarantined rows name."""
        given, zone = self._effective(), self.table.zone
        today = day_start(self.write.now.astimezone(zone).date(), zone)
        reader = files.RowMaker(zone, given or today, is_fixed=given is not None)
        protected: set[str] = set()
        for count, row in enumerate(self.sheet.rows(), start=1):
            if count % _STEP == 0:
                report.step(count, None, tr("rows read"))
            rates = [] if row.is_faulty else reader.rates(row)
            for problem in row.problems:
                waiting.add(row, problem)
            if rates and staging.is_backwards(rates[0]):
                waiting.add(row, files.ends_before_start(row))
                rates = []
            if rates and staging.is_negative(rates[0]):
                waiting.add(row, files.below_zero(row))
                rates = []
            if rates:
                batch.add(rates)
            else:
                batch.quarantined += 1
                protected.update(row.codes)
        batch.finish()
        waiting.add_conflicts(batch)
        waiting.flush()
        protected.update(key[0] for key in batch.conflicts)
        if not batch.accepted:
            raise Refused(
                "no_rates",
                tr("{file} has no row that can be taken.").format(file=waiting.file_name),
                tr("Check the sheet and its columns. Nothing was changed."),
                problems=waiting.first,
            )
        return protected

    def _effective(self) -> datetime | None:
        """The one date for all rows, where one was given."""
        given = self.options.get("effective")
        if given is None or isinstance(given, datetime):
            return given
        return day_start(given, self.table.zone)

    def _question(self, batch: staging.Batch, protected: set[str], *, takes_odd: bool) -> reviewing.Question:
        """Missing prefixes close when the sheet starts, but never before now unless it was given one date."""
        earliest = self.write.raw.execute(
            "SELECT min(effective_from) FROM rate WHERE version_seq = ?", (batch.seq,)
        ).fetchone()[0]
        given = self._effective()
        close_at = max(to_micros(self.write.now), earliest) if given is None else to_micros(given)
        kept = self.write.conn.execute(select(setting.c.value).where(setting.c.key == "guards")).scalar()
        return reviewing.Question(
            scope=self.scope,
            close_at=close_at,
            limits=guards.limits_of(kept),
            countries=reviewing.countries_of(batch) if self.scope is Scope.COUNTRY else (),
            protected=protected,
            takes_odd=takes_odd,
        )

    def _ledger(self, batch: staging.Batch) -> dict[str, int]:
        ledger = {
            "rows": self.sheet.total,
            "skipped": self.sheet.skipped,
            "blank": self.sheet.blank,
            "accepted": batch.accepted,
            "duplicates": batch.duplicates,
            "quarantined": batch.quarantined,
        }
        fault = ledger_fault(ledger)
        if fault:
            raise AssertionError(fault)
        return ledger

    def _guards(
        self,
        batch: staging.Batch,
        review: reviewing.Review,
        question: reviewing.Question,
        *,
        digest: str,
        ledger: dict[str, int],
    ) -> list[Guard]:
        before = [
            one
            for one in imports_on(self.write.conn, self.table.id)
            if one.state == "published" and one.version != batch.seq
        ]
        alike = next((one for one in before if self._is_like(one)), None)
        same = next((one for one in before if one.file_sha256 == digest), None)
        limits = question.limits
        return [
            guards.jumps(review.jumps, review.jump_examples, limits),
            guards.unit_slip(review.ratios),
            guards.removals(review.removed, review.live, limits),
            guards.row_count(ledger["rows"], alike.ledger.get("rows") if alike else None, limits),
            guards.odd_prices(len(review.odd), question.takes_odd),
            guards.dates(review.past, review.ahead, limits),
            guards.conflicts(len(batch.conflicts)),
            guards.currency(self.sheet.currency, self.table.currency),
            guards.unusable(ledger["quarantined"]),
            guards.same_file((same.at, same.actor_name) if same else None),
        ]

    def _is_like(self, record: queries.ImportRecord) -> bool:
        """Whether an earlier import was read by the same profile."""
        return record.profile_id is not None and record.profile_id == self.sheet.profile_id

    def _record(
        self,
        import_id: UUID,
        batch: staging.Batch,
        review: reviewing.Review,
        answers: Sequence[Guard],
        **kept: Any,
    ) -> None:
        """The row of the history, the original, and the profile that will read the next sheet like it."""
        digest = self.write.keep(kept["content"])
        profile_id = profiles.remember(self.write, self.table, self.sheet)
        self.write.conn.execute(
            insert(rate_import).values(
                id=import_id,
                table_id=self.table.id,
                version_id=batch.version_id,
                profile_id=profile_id,
                file_name=kept["name"],
                file_sha256=digest,
                scope=str(self.scope),
                state="published",
                at=self.write.now,
                actor_name=self.write.actor.name,
                layout=self.sheet.layout_data,
                ledger=kept["ledger"],
                counts=review.counts,
                guards=[one.as_dict() for one in answers],
            )
        )


def _refuse_held(answers: Sequence[Guard]) -> None:
    held = guards.standing(answers)
    if not held:
        return
    problems = [
        Problem(
            one.id,
            one.text,
            tr("To go on, accept {word}.").format(word=one.pass_word),
            severity=Severity.STOP if one.state == guards.STOP else Severity.ASK,
        )
        for one in held
    ]
    words = ", ".join(one.pass_word for one in held)
    raise Refused(
        "guards",
        " ".join(one.text for one in held),
        tr("Nothing was changed. Check the sheet; to go on all the same, accept {words}.").format(
            words=words
        ),
        problems=problems,
    )


def _scope(word: str) -> Scope:
    try:
        return Scope(word)
    except ValueError as cause:
        raise Refused(
            "bad_scope",
            tr("{scope} is not a scope.").format(scope=word),
            tr("Use full, country or partial."),
        ) from cause
