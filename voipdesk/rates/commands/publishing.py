"""Publishing: a staged import becomes one version of its table in one transaction."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING
from uuid import UUID

from sqlalchemy import Connection, delete, insert, update

from voipdesk.accounts.rules import Right, require
from voipdesk.kernel.changes import Actor
from voipdesk.kernel.problems import Cancelled, Refused
from voipdesk.kernel.progress import Progress, Quiet
from voipdesk.kernel.text import tr
from voipdesk.rates.commands import drafting, profiles, quarantining, staging
from voipdesk.rates.commands.reports import ImportReport, refuse_held, report_of
from voipdesk.rates.commands.tables import next_number
from voipdesk.rates.queries import RateTable
from voipdesk.rates.queries.decks import published
from voipdesk.rates.queries.reviewing import Review, limits_on, review_on
from voipdesk.rates.queries.staged import StagedImport, staged_columns, staged_on
from voipdesk.rates.rules.surroundings import Surroundings
from voipdesk.rates.schema import rate_import, rate_version, staged_sheet
from voipdesk.store.database import Database, Write
from voipdesk.store.types import uuid7

if TYPE_CHECKING:
    from voipdesk.rates.engine_review import Compared

_CHUNK = 10_000


def publish_import(
    db: Database,
    actor: Actor,
    import_id: UUID,
    *,
    surroundings: Surroundings | None = None,
    seen: str | None = None,
    progress: Progress | None = None,
) -> ImportReport:
    """Publish a staged import: only what it changes is written, as one version, all or nothing.

    `seen` (of a `Review`): `Refused("changed_since")` where the outcome would not be that review any more.
    `Refused("guards")` where a guard stands in the way; it stays staged. `Cancelled` leaves a cancelled import.
    """
    report = progress or Quiet()
    require(actor, Right.SEE_COSTS)
    try:
        with db.read() as conn:
            kept = staged_on(conn, import_id)
            require(actor, Right.IMPORT_RATES if kept.is_sheet else Right.EDIT_RATES)
            base = _base(conn, kept)
            review = (
                review_on(conn, actor, kept, db.clock.now(), surroundings=surroundings, progress=report)
                if kept.state == "staged"
                else None
            )
        title = tr("Publish {file}").format(file=kept.file_name)
        with db.write(title, actor, undoable=False) as write:
            kept = staging.require_staged(write, actor, import_id)
            if review is None or _base(write.conn, kept) != base:
                # Somebody published or decided in between: what counts is how things stand now.
                review = review_on(write.conn, actor, kept, write.now, surroundings=surroundings)
            if seen is not None and review.seen != seen:
                raise Refused(
                    "changed_since",
                    tr("{table} was changed since this review was made.").format(table=kept.table.name),
                    tr("Look at the review again, then publish. Nothing was changed."),
                )
            return publish_in(write, actor, review, report)
    except Cancelled:
        with db.write(tr("Cancel publishing"), actor, undoable=False) as write:
            staging.require_staged(write, actor, import_id)
            staging.discard_in(write, import_id)
        raise


def publish_in(write: Write, actor: Actor, review: Review, report: Progress) -> ImportReport:
    """Publish what a review of now says, inside an open write of the caller's, who has checked the rights."""
    kept = review.staged
    refuse_held(review.guards)
    sheet = staged_columns(write.conn, kept.id)
    quarantining.settle_as(write, kept, sheet, review.found, review.ledger)
    version = write_version(
        write, kept.table, review.found, source="import" if kept.is_sheet else "edit",
        note=kept.decisions.note, report=report,
    )  # fmt: skip
    profile_id = kept.profile_id
    if kept.layout is not None:
        profile_id = profiles.remember(write, kept.table, kept.layout.fingerprint, kept.layout.as_data())
    write.conn.execute(delete(staged_sheet).where(staged_sheet.c.import_id == kept.id))
    write.conn.execute(
        update(rate_import)
        .where(rate_import.c.id == kept.id)
        .values(
            version_id=version.id,
            profile_id=profile_id,
            state="published",
            at=write.now,
            actor_name=actor.name,
            scope=str(kept.decisions.scope),
            decisions=kept.decisions.as_data(),
            note=kept.decisions.note,
            ledger=review.ledger,
            counts=review.counts,
            guards=[one.as_dict() for one in review.guards],
        )
    )
    if not kept.is_sheet:
        # The draft is that of whoever staged it, whoever publishes.
        drafter = replace(actor, name=kept.actor_name)
        drafting.forget_draft_in(write, kept.table.id, drafter, as_of=kept.at)
    problems = quarantining.first_problems(sheet, kept.file_name, kept.layout)
    problems += quarantining.placed_problems(kept, sheet, review.found)[: quarantining.FIRST]
    return report_of(
        review, is_dry_run=False, import_id=kept.id, version=version.seq, problems=tuple(problems)
    )


@dataclass(frozen=True, slots=True)
class NewVersion:
    """A version that was just written."""

    id: UUID
    seq: int


def write_version(
    write: Write, table: RateTable, found: "Compared", *, source: str, note: str, report: Progress
) -> NewVersion:
    """Write what a comparison changes as a published version."""
    from voipdesk.rates import engine_publish

    seq, made = next_number(write.conn, "rate_version"), uuid7()
    write.conn.execute(
        insert(rate_version).values(
            id=made, seq=seq, table_id=table.id, state="published", source=source, note=note,
            created_at=write.now, published_at=write.now, counts=found.counts,
        )
    )  # fmt: skip
    rows = engine_publish.rows_to_write(found)
    statement = _insertion({"table_number": table.number, "version_seq": seq, **rows.same}, rows.names)
    done = 0
    for chunk in rows.chunks(_CHUNK):
        report.step(done, rows.count, tr("rates written"))
        write.raw.executemany(statement, chunk)
        done += len(chunk)
    report.step(done, rows.count, tr("rates written"))
    return NewVersion(made, seq)


def _insertion(same: Mapping[str, int | str | None], names: Sequence[str]) -> str:
    """What is the same in all rows stands in the statement, so that it is not bound a quarter of a million times."""

    def literal(value: int | str | None) -> str:
        if isinstance(value, str):
            return "CAST(x'{}' AS TEXT)".format(value.encode("utf-8").hex())
        return "NULL" if value is None else str(int(value))

    values = [*map(literal, same.values()), *("?" for _ in names)]
    return f"INSERT INTO rate ({', '.join([*same, *names])}) VALUES ({', '.join(values)})"


def _base(conn: Connection, kept: StagedImport) -> tuple[object, ...]:
    """What the outcome depends on: the versions that stand, the limits, the import itself."""
    packed = conn.execute(
        staged_sheet.select()
        .with_only_columns(staged_sheet.c.columns)
        .where(staged_sheet.c.import_id == kept.id)
    ).scalar()
    return (
        tuple(published(conn, kept.table.number)), limits_on(conn), kept.state, kept.decisions, kept.table,
        None if packed is None else hash(bytes(packed)),
    )  # fmt: skip
