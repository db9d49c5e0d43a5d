"""Publishing small lists (edits, seeds), and taking a version back."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import Connection, update

from voipdesk.accounts.rules import Right, require
from voipdesk.kernel.changes import Actor
from voipdesk.kernel.e164 import Prefix
from voipdesk.kernel.periods import to_micros
from voipdesk.kernel.problems import Place, Problem, Refused
from voipdesk.kernel.text import tr
from voipdesk.rates import queries
from voipdesk.rates.commands import reviewing, staging
from voipdesk.rates.queries.tables import Version, versions_on
from voipdesk.rates.rules import NewRate, Scope
from voipdesk.rates.schema import rate_import, rate_version
from voipdesk.store.database import Database, Write

Locked = Callable[[Connection, int], str]
"""Asked before a version is taken back: why it must stand (a sentence), or ''. Given the version's number."""


@dataclass(frozen=True, slots=True)
class Published:
    """What was published: the version's number and how many prefixes are new, up, down, same, …"""

    table: str
    version: int
    counts: dict[str, int]


def publish_rates(
    db: Database,
    actor: Actor,
    *,
    table: UUID | str | None,
    rows: Sequence[NewRate],
    effective: datetime | None = None,
    note: str = "",
) -> Published:
    """Publish a small list of rates as one version (now by default); only what changes is kept.

    `Refused` when a prefix is none, a band unknown, or one prefix is given twice for one date.
    """
    require(actor, Right.EDIT_RATES)
    with db.write(tr("Change rates"), actor) as write:
        return publish_rates_in(write, table=table, rows=rows, effective=effective, note=note)


def publish_rates_in(
    write: Write,
    *,
    table: UUID | str | None,
    rows: Sequence[NewRate],
    effective: datetime | None = None,
    note: str = "",
    source: str = "edit",
) -> Published:
    """The same inside an open write of the caller's, who has checked the rights."""
    found = queries.table_on(write.conn, table)
    _check(rows, effective or write.now, set(queries.bands(write.conn, found.number)))
    batch = staging.begin(write, found, source=source, note=note)
    for number, row in enumerate(rows):
        batch.add([staging.row_of(row, effective or write.now, number)])
    batch.finish()
    if batch.conflicts:
        twice = sorted({key[0] for key in batch.conflicts})
        raise Refused(
            "two_prices",
            tr("{prefixes}: two different rates for one date.").format(prefixes=", ".join(twice[:5])),
            tr("Keep one of them."),
        )
    review = reviewing.review(batch, reviewing.Question(Scope.PARTIAL, to_micros(write.now)))
    reviewing.publish(batch, review)
    return Published(found.name, batch.seq, review.counts)


def revert_version(
    db: Database,
    actor: Actor,
    *,
    table: UUID | str | None,
    locked: Locked | None,
    version: int | None = None,
) -> Version:
    """Take the newest published version of a table back: the rates before it stand again, its file may come anew.

    An older version is refused while later ones stand on it. `locked` is the word of the rooms above, which know
    whether calls rated by the version are on issued invoices; the one who calls passes it.
    """
    require(actor, Right.IMPORT_RATES)
    with db.write(tr("Revert rates"), actor) as write:
        found = queries.table_on(write.conn, table)
        standing = [one for one in versions_on(write.conn, found.id) if one.state == "published"]
        chosen = _revertible(standing, version)
        why = locked(write.conn, chosen.seq) if locked else ""
        if why:
            raise Refused("version_locked", why, tr("Publish a version that corrects it instead."))
        write.conn.execute(
            update(rate_version).where(rate_version.c.id == chosen.id).values(state="reverted")
        )
        write.conn.execute(
            update(rate_import).where(rate_import.c.version_id == chosen.id).values(state="reverted")
        )
        return next(one for one in versions_on(write.conn, found.id) if one.id == chosen.id)


def _revertible(standing: list[Version], wanted: int | None) -> Version:
    """The newest standing version when it is the one wanted; else the refusal that says what to do first."""
    if not standing or (wanted is not None and all(one.seq != wanted for one in standing)):
        raise Refused(
            "nothing_to_revert",
            tr("There is no such published version."),
            tr("Look in the table's history for versions that stand."),
        )
    newest = standing[0]
    if wanted is not None and newest.seq != wanted:
        raise Refused(
            "later_versions",
            tr("Version {later} was published on top of version {wanted}.").format(
                later=newest.seq, wanted=wanted
            ),
            tr("Revert version {later} first.").format(later=newest.seq),
        )
    return newest


def _check(rows: Sequence[NewRate], effective: datetime, bands: set[str]) -> None:
    """`Refused` with a problem for each row that cannot be a rate."""
    problems = [
        problem.at(row=number)
        for number, row in enumerate(rows, start=1)
        for problem in _faults(row, effective, bands)
    ]
    if problems:
        first = problems[0]
        raise Refused(first.code, first.message, tr("Nothing was published."), problems=problems)


def _faults(row: NewRate, effective: datetime, bands: set[str]) -> Iterator[Problem]:
    try:
        Prefix(row.prefix)
    except ValueError:
        yield Problem(
            "bad_prefix",
            tr("{value} is not a prefix of 1 to 15 digits.").format(value=row.prefix),
            tr("Write digits only, with the country code."),
            Place(value=row.prefix),
        )
    if row.band and row.band not in bands:
        yield Problem(
            "unknown_band",
            tr("The table has no time band {name}.").format(name=row.band),
            tr("Make the band first."),
            Place(value=row.band),
        )
    if row.effective_until is not None and row.effective_until <= (row.effective_from or effective):
        yield Problem(
            "ends_before_start",
            tr("The rate of {prefix} ends before it starts.").format(prefix=row.prefix),
            tr("Give it a later end, or none."),
            Place(value=row.effective_until.isoformat()),
        )
