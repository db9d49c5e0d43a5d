"""Taking what was published back: the version's state flips, the rates before it stand again."""

from collections.abc import Callable
from uuid import UUID

from sqlalchemy import Connection, select, update

from voipdesk.accounts.rules import Right, require
from voipdesk.kernel.changes import Actor
from voipdesk.kernel.problems import Refused
from voipdesk.kernel.text import tr
from voipdesk.rates import queries
from voipdesk.rates.queries.staged import staged_on
from voipdesk.rates.queries.tables import Version, versions_on
from voipdesk.rates.schema import rate_import, rate_version
from voipdesk.store.database import Database, Write

Locked = Callable[[Connection, int], str]
"""Asked before a version is taken back: why it must stand (a sentence), or ''. Given the version's number."""


def revert_version(
    db: Database,
    actor: Actor,
    *,
    table: UUID | str | None,
    locked: Locked | None,
    version: int | None = None,
    note: str = "",
) -> Version:
    """Take the newest published version of a table back: the rates before it stand again, its file may come anew.

    An older version is refused while later ones stand on it. `locked` is the word of the rooms above, which know
    whether calls rated by the version are on issued invoices; the one who calls passes it.
    """
    require(actor, Right.IMPORT_RATES)
    with db.write(tr("Revert rates"), actor) as write:
        found = queries.table_on(write.conn, table)
        return _revert(write, found, version, locked, note)


def revert_import(
    db: Database, actor: Actor, import_id: UUID, *, locked: Locked | None, note: str = ""
) -> Version:
    """Take a published import back, as `revert_version`; the same file can be imported again without a question."""
    require(actor, Right.IMPORT_RATES)
    with db.read() as conn:
        name = staged_on(conn, import_id).file_name
    with db.write(tr("Revert {file}").format(file=name), actor) as write:
        kept = staged_on(write.conn, import_id)
        seq = write.conn.execute(
            select(rate_version.c.seq)
            .join(rate_import, rate_import.c.version_id == rate_version.c.id)
            .where(rate_import.c.id == import_id)
        ).scalar()
        if kept.state != "published" or seq is None:
            raise Refused(
                "not_published",
                tr("{file} is not published.").format(file=kept.file_name),
                tr("Only a published import can be taken back."),
            )
        return _revert(write, kept.table, int(seq), locked, note)


def _revert(
    write: Write, table: queries.RateTable, wanted: int | None, locked: Locked | None, note: str
) -> Version:
    standing = [one for one in versions_on(write.conn, table.id) if one.state == "published"]
    chosen = _revertible(standing, wanted)
    why = locked(write.conn, chosen.seq) if locked else ""
    if why:
        raise Refused("version_locked", why, tr("Publish a version that corrects it instead."))
    values = {"state": "reverted"} if not note else {"state": "reverted", "note": note}
    write.conn.execute(update(rate_version).where(rate_version.c.id == chosen.id).values(**values))
    write.conn.execute(
        update(rate_import).where(rate_import.c.version_id == chosen.id).values(state="reverted")
    )
    return next(one for one in versions_on(write.conn, table.id) if one.id == chosen.id)


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
