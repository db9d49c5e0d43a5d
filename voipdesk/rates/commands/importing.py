"""Importing a rate sheet in one step: staged and published in one transaction, for the command line and first tables."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from pathlib import Path
from typing import Any, TypedDict, Unpack
from uuid import UUID

from voipdesk.accounts.rules import Right, may, require
from voipdesk.kernel.changes import Actor
from voipdesk.kernel.periods import to_micros
from voipdesk.kernel.problems import Cancelled
from voipdesk.kernel.progress import Progress, Quiet
from voipdesk.kernel.text import tr
from voipdesk.rates import queries
from voipdesk.rates.commands import banding, quarantining, staging
from voipdesk.rates.commands.publishing import publish_in
from voipdesk.rates.commands.reports import ImportReport, report_of
from voipdesk.rates.queries.reviewing import review_on
from voipdesk.rates.queries.staged import staged_columns, staged_on
from voipdesk.rates.rules.conversion import Conversion
from voipdesk.rates.rules.decisions import USUAL, Decisions, changed, converted
from voipdesk.rates.rules.guards import is_stop_word
from voipdesk.rates.rules.hours import Hours
from voipdesk.rates.rules.surroundings import Surroundings
from voipdesk.store.database import Database


class ImportOptions(TypedDict, total=False):
    """How a sheet is imported.

    `profile`: the kept way of reading by its name; `scope`: full, country or partial; `effective`: one date for all rows
    instead of the sheet's own (a day is its midnight in the table's zone; without either, rates start at the midnight of
    today); `past`, `clamp_notice`, `conflicts`, `chosen`, `groups_out` as in `decide`; `convert`, `bands` as in
    `stage_sheet`; `dry_run`: everything but the publishing; `accept`: guards that may pass (`G1`, a stop as `G3:4`).
    """

    profile: str | None
    scope: str
    effective: datetime | date | None
    past: str
    clamp_notice: bool
    conflicts: str
    chosen: Sequence[str]
    groups_out: Sequence[str]
    convert: Conversion | None
    dry_run: bool
    accept: Sequence[str]
    note: str
    name: str
    surroundings: Surroundings | None
    bands: Mapping[str, Hours] | None


_DECIDED = (
    "scope",
    "effective",
    "past",
    "clamp_notice",
    "conflicts",
    "chosen",
    "groups_out",
    "accept",
    "note",
)


class _DryRun(Exception):
    def __init__(self, report: ImportReport) -> None:
        self.report = report


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
    open. `Refused` with the questions where answers are missing, or with the guards where one stands in the way;
    `FileError` when the file fails while it is read. In all these cases, and after a dry run, nothing has changed;
    `Cancelled` leaves a cancelled import that can be opened again.
    """
    require(actor, Right.IMPORT_RATES)
    report = progress or Quiet()
    found = queries.table(db, actor, table)
    chosen = _decisions(db, actor, options)
    read = staging.read_sheet(
        db, actor, path, found, progress=report, told=told, profile=options.get("profile"), name=options.get("name"),
        bands=options.get("bands"), convert=options.get("convert"),
    )  # fmt: skip
    staging.require_rates(read, may_mend=False)
    chosen = converted(chosen, read.convert, by=actor.name)
    try:
        with db.write(tr("Import rates from {file}").format(file=read.name), actor, undoable=False) as write:
            banding.need_bands(write, found, options.get("bands") or {})
            import_id = staging.stage_in(write, found, read, chosen)
            kept = staged_on(write.conn, import_id)
            review = review_on(
                write.conn, actor, kept, write.now, surroundings=options.get("surroundings"), progress=report
            )
            if not options.get("dry_run"):
                return publish_in(write, actor, review, report)
            sheet = staged_columns(write.conn, import_id)
            problems = quarantining.first_problems(sheet, read.name, read.layout)
            problems += quarantining.placed_problems(kept, sheet, review.found)
            raise _DryRun(report_of(review, is_dry_run=True, problems=tuple(problems[: quarantining.FIRST])))
    except _DryRun as stopped:
        return stopped.report
    except Cancelled:
        staging.write_down(db, actor, found, read)
        raise


def _decisions(db: Database, actor: Actor, options: ImportOptions) -> Decisions:
    """What the options decide; a stop that the actor may not override is not accepted."""
    given = {name: options[name] for name in _DECIDED if name in options}  # type: ignore[literal-required]
    if not may(actor, Right.OVERRIDE_GUARDS):
        given["accept"] = [word for word in options.get("accept", ()) if not is_stop_word(word)]
    return changed(USUAL, given, by=actor.name, at=to_micros(db.clock.now()))
