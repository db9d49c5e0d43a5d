"""What a published import left in its table: its version, from when it counts, and whom it hurts."""

from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from sqlalchemy import Connection, func, select

from voipdesk.accounts.rules import Right, require
from voipdesk.kernel.changes import Actor
from voipdesk.kernel.problems import Refused
from voipdesk.kernel.progress import Progress, Quiet
from voipdesk.kernel.text import tr
from voipdesk.rates.queries.decks import columns as live_columns
from voipdesk.rates.queries.tables import RateTable, table_on
from voipdesk.rates.rules.surroundings import Consequences, Surroundings
from voipdesk.rates.schema import rate, rate_import, rate_version
from voipdesk.store.database import Database


@dataclass(frozen=True, slots=True)
class Landing:
    """A published import as the grid of its table shows it."""

    import_id: UUID
    table: RateTable
    version: int
    file_name: str
    is_sheet: bool
    counts: dict[str, int] = field(default_factory=dict)
    last_from: datetime | None = None
    """When the last of its changes begins; None where it changed nothing."""

    @property
    def changes(self) -> int:
        """Rates it wrote that are not the end of one."""
        return sum(self.counts.values()) - self.counts.get("same", 0) - self.counts.get("removed", 0)


def landing(db: Database, actor: Actor, import_id: UUID) -> Landing:
    """A published import; `Refused` where it was taken back, or never was published."""
    require(actor, Right.SEE_COSTS)
    with db.read() as conn:
        return landing_on(conn, import_id)


def landing_on(conn: Connection, import_id: UUID) -> Landing:
    """The same inside a transaction of the caller's."""
    row = conn.execute(
        select(rate_import, rate_version.c.seq, rate_version.c.state.label("standing"))
        .join(rate_version, rate_version.c.id == rate_import.c.version_id)
        .where(rate_import.c.id == import_id)
    ).first()
    if row is None or row.standing != "published":
        raise Refused(
            "not_published",
            tr("This import is not in its table."),
            tr("Continue it, or bring it back from Activity."),
        )
    last = conn.execute(select(func.max(rate.c.effective_from)).where(rate.c.version_seq == row.seq)).scalar()
    table = table_on(conn, row.table_id)
    is_sheet = row.source == "file"
    return Landing(import_id, table, row.seq, row.file_name, is_sheet, row.counts or {}, last)


def consequences_of(
    db: Database,
    actor: Actor,
    import_id: UUID,
    surroundings: Surroundings,
    *,
    progress: Progress | None = None,
) -> Consequences:
    """Whom a published import hurts: the table without it and with it, when the last of its changes has begun.

    Heavy for large tables: call it in a job.
    """
    report = progress or Quiet()
    require(actor, Right.SEE_COSTS)
    now = db.clock.now()
    with db.read() as conn:
        found = landing_on(conn, import_id)
        at = max(now, found.last_from or now)
        report.step(0, None, tr("comparing"))
        after = live_columns(conn, found.table.number)
        before = after.take(after.version != found.version)
        if len(before) == len(after):
            return Consequences(at)
        report.step(len(after), None, tr("comparing"))
        return surroundings.consequences(conn, actor, found.table.number, before=before, after=after, at=at)
