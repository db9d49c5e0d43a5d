"""Importing a call file: read, match, compare, keep; one transaction, so that it is all there or not at all."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypedDict, Unpack
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from sqlalchemy import Connection, insert, select, update

from voipdesk.accounts import queries as accounts
from voipdesk.accounts.rules import Right, may, require
from voipdesk.calls import files, files_reading
from voipdesk.calls.commands.intake import Intake, People, Tally
from voipdesk.calls.commands.numbers import next_number
from voipdesk.calls.commands.rating import rate_in
from voipdesk.calls.commands.reports import CallImportReport, RatingReport
from voipdesk.calls.queries import ProblemGroup, Total
from voipdesk.calls.queries.figures import totals_where
from voipdesk.calls.queries.problems import groups_where
from voipdesk.calls.schema import call, call_import, import_profile
from voipdesk.kernel.changes import Actor
from voipdesk.kernel.ledger import Ledger
from voipdesk.kernel.problems import Refused
from voipdesk.kernel.progress import Progress, Quiet
from voipdesk.kernel.text import tr
from voipdesk.store.database import Database, Write
from voipdesk.store.tables import blob
from voipdesk.store.types import uuid7

_STEP = 5_000
"""File rows between two looks at the cancel button."""


class ImportOptions(TypedDict, total=False):
    """How a call file is imported.

    `layout`: how to read it (found by itself when left out); `profile`: the name of a saved one, with its number rules;
    `zone`: of times that name none (the profile's, else the workspace's); `dry_run`: everything, then taken back;
    `rate`: rate what was taken in the same step (a dry run does so whenever it can); `again`: also a file whose very
    bytes were imported before (its calls are duplicates then).
    """

    layout: Mapping[str, Any] | None
    profile: str | None
    zone: str | None
    dry_run: bool
    rate: bool
    again: bool


class _DryRun(Exception):
    def __init__(self, report: CallImportReport) -> None:
        self.report = report


def import_calls(
    db: Database,
    actor: Actor,
    path: Path | str,
    *,
    progress: Progress | None = None,
    **options: Unpack[ImportOptions],
) -> CallImportReport:
    """Import a call file. What cannot be read or matched is kept as work to do; nothing is lost, nothing doubled.

    `FileError` where the file cannot be read; `Refused("already_imported")` for the same bytes again; `Cancelled` when
    `progress` says so. In all these cases nothing has changed. Taken back by `revert_import`, not by undo.
    """
    require(actor, Right.IMPORT_CALLS)
    chosen, report = Path(path), progress or Quiet()
    kept = files.original(chosen)
    with db.read() as conn:
        saved = _saved(conn, options.get("profile"))
        if not options.get("again"):
            _refuse_known(conn, actor, kept.sha256, chosen.name)
    sheet = files_reading.open_calls(chosen, layout=options.get("layout"), saved=saved)
    report.step(0, None, tr("rows read"))
    label = tr("Import calls from {file}").format(file=chosen.name)
    try:
        with db.write(label, actor, undoable=False) as write:
            if not options.get("again"):  # once more, now that nobody else can import it in between
                _refuse_known(write.conn, actor, kept.sha256, chosen.name)
            made = _Import(write, chosen.name, sheet, kept, saved, options).run(report)
            if options.get("dry_run"):
                raise _DryRun(made)
            return made
    except _DryRun as stopped:
        return stopped.report


@dataclass(slots=True)
class _Import:
    """One import at work inside its transaction."""

    write: Write
    file_name: str
    sheet: files.CallSheet
    original: files.Original
    saved: files.Saved | None
    options: ImportOptions

    def run(self, report: Progress) -> CallImportReport:
        """Take the rows, prove the ledger, rate where asked."""
        import_id, seq = uuid7(), next_number(self.write.conn, "call_import")
        space = accounts.workspace_on(self.write.conn)
        named = {} if self.saved is None else self.saved.options
        zone = _zone(self.options.get("zone") or named.get("zone") or space.zone.key)
        self._record(import_id, seq, zone)
        reading = files.Reading(zone, files.number_rules(space.country, named))
        intake = Intake(
            self.write.raw, import_id, seq, self.write.actor.account_id.bytes, reading, self._people()
        )
        for count, record in enumerate(self.sheet.rows(), start=1):
            if count % _STEP == 0:
                report.step(count, None, tr("rows read"))
            intake.add(record)
        intake.flush()
        ledger = self._ledger(intake.tally)
        if ledger.quarantined and ledger.quarantined == ledger.data_rows:
            raise self._no_calls(intake.tally)
        changed = {"ledger": ledger.as_dict(), "layout": self.sheet.layout_data}
        self.write.conn.execute(update(call_import).where(call_import.c.id == import_id).values(changed))
        rating = self._rated(seq, report)
        report.step(ledger.rows, ledger.rows, tr("rows read"))
        return self._report(import_id, seq, zone, ledger=ledger, tally=intake.tally, rating=rating)

    def _record(self, import_id: Any, seq: int, zone: ZoneInfo) -> None:
        """The journaled parent, and the file itself."""
        conn, kept = self.write.conn, self.original
        known = conn.execute(select(blob.c.size).where(blob.c.sha256 == kept.sha256)).first()
        if known is None:
            conn.execute(insert(blob).values(sha256=kept.sha256, size=kept.size, content=kept.packed))
        conn.execute(
            insert(call_import).values(
                id=import_id, seq=seq, profile_id=None if self.saved is None else self.saved.id,
                file_name=self.file_name, file_sha256=kept.sha256, zone=zone.key, state="committed",
                at=self.write.now, actor_name=self.write.actor.name, owner_id=self.write.actor.account_id,
            )
        )  # fmt: skip

    def _people(self) -> People:
        conn, actor = self.write.conn, self.write.actor
        carriers: dict[str, Any] = {}
        if may(actor, Right.SEE_SUPPLIERS):
            for one in accounts.suppliers_on(conn, actor):
                carriers |= {one.name.casefold(): one.id, one.code.casefold(): one.id}
        return People(accounts.account_finder(conn, actor), accounts.root_id(conn), carriers)

    def _ledger(self, tally: Tally) -> Ledger:
        """The law of rows: every row of the file is one of these. ValueError (a fault of ours) where it is not."""
        made = Ledger(
            self.sheet.total, self.sheet.skipped, self.sheet.blank,
            tally.accepted, tally.duplicates, tally.quarantined,
        )  # fmt: skip
        if made.fault:
            raise ValueError(made.fault)
        return made

    def _no_calls(self, tally: Tally) -> Refused:
        """A file of which nothing can be taken is the wrong file, or read in the wrong way."""
        return Refused(
            "no_calls",
            tr("{file} has no row that is a call.").format(file=self.file_name),
            tr("Check the file and its columns. Nothing was changed."),
            problems=[one.at(file=self.file_name) for one in tally.problems],
        )

    def _rated(self, seq: int, report: Progress) -> RatingReport | None:
        actor = self.write.actor
        wanted = self.options.get("rate") or self.options.get("dry_run")
        if not wanted or not may(actor, Right.RATE_CALLS):
            return None
        return rate_in(self.write, [call.c.import_seq == seq], report=report)

    def _report(
        self,
        import_id: Any,
        seq: int,
        zone: ZoneInfo,
        *,
        ledger: Ledger,
        tally: Tally,
        rating: RatingReport | None,
    ) -> CallImportReport:
        conn, actor = self.write.conn, self.write.actor
        ours = [call.c.import_seq == seq]
        is_dry = bool(self.options.get("dry_run"))
        everything: list[Total] = totals_where(conn, actor, ours)
        groups: list[ProblemGroup] = groups_where(conn, actor, ours)
        whole = everything[0] if everything and rating is not None else None
        by_customer = totals_where(conn, actor, ours, by="customer") if whole else []
        by_destination = totals_where(conn, actor, ours, by="destination") if whole else []
        return CallImportReport(
            self.file_name, zone.key, is_dry, None if is_dry else import_id, None if is_dry else seq, ledger,
            answered=tally.answered, waiting=sum(one.count for one in groups),
            charged=whole.charged if whole else None, revenue=whole.revenue if whole else None,
            cost=whole.cost if whole else None, margin=whole.margin if whole else None,
            groups=tuple(groups), unreadable=tuple(one.at(file=self.file_name) for one in tally.problems),
            duplicate_rows=tuple(tally.duplicate_rows), unknown_suppliers=tuple(sorted(tally.unknown_suppliers)),
            read_as=self.sheet.read_as,
            customers=tuple(one for one in by_customer if one.priced),
            destinations=tuple(one for one in by_destination if one.priced), rating=rating,
        )  # fmt: skip


def _saved(conn: Connection, name: str | None) -> files.Saved | None:
    """The profile of that name. `Refused("unknown_profile")` where there is none."""
    if name is None:
        return None
    rows = conn.execute(select(import_profile).where(import_profile.c.kind == "calls")).all()
    for row in rows:
        if row.name.casefold() == name.strip().casefold():
            return files.Saved(row.id, row.name, row.layout, row.options or {})
    raise Refused(
        "unknown_profile",
        tr("There is no call profile {name}.").format(name=name),
        tr("Profiles here: {names}.").format(names=", ".join(row.name for row in rows) or "–"),
    )


def _zone(name: str) -> ZoneInfo:
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError) as cause:
        raise Refused(
            "bad_zone",
            tr("{zone} is not a time zone.").format(zone=name),
            tr("Use a name like Europe/Berlin or UTC."),
        ) from cause


def _refuse_known(conn: Connection, actor: Actor, digest: str, name: str) -> None:
    """Stop at the very same file, unless it was taken back. A reseller only hears of his own files."""
    wanted = select(call_import).where(
        call_import.c.file_sha256 == digest, call_import.c.state == "committed"
    )
    if actor.level != "admin":
        wanted = wanted.where(call_import.c.owner_id == actor.account_id)
    row = conn.execute(wanted.limit(1)).first()
    if row is not None:
        said = tr("{file} was already imported on {day} as {known} (import {number}).")
        raise Refused(
            "already_imported",
            said.format(file=name, day=row.at.date().isoformat(), known=row.file_name, number=row.seq),
            tr("Nothing needs to be done. If you insist, its calls are found to be duplicates."),
        )
