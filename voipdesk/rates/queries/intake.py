"""The queue of files that wait to be imported, dropped on the window or found in the watched folder."""

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, func, select

from voipdesk.accounts.rules import Right, require
from voipdesk.kernel.changes import Actor
from voipdesk.kernel.problems import Place, Problem, Refused
from voipdesk.kernel.text import tr
from voipdesk.rates.schema import rate_import, rate_table, waiting_file
from voipdesk.store.database import Database

RATES, CALLS = "rates", "calls"
IN_QUEUE = ("waiting", "failed", "skipped")
"""States of files that are still in the queue; `opened` ones have left it."""


@dataclass(frozen=True, slots=True)
class WaitingFile:
    """A file in the queue: where it lies, what it is, for which table, and why it cannot be read."""

    id: UUID
    number: int
    """Its place in the queue as people count, from 1."""
    path: Path
    name: str
    sha256: str
    kind: str
    """rates, calls, or '' where it is not known."""
    state: str
    via: str
    at: datetime
    actor_name: str
    table_id: UUID | None = None
    table: str = ""
    same_number: int | None = None
    """The number of the earlier item with the same bytes."""
    same_import: str = ""
    """The file name of the published import with the same bytes."""
    problem: Problem | None = None


def waiting_files(db: Database, actor: Actor) -> list[WaitingFile]:
    """The queue, in its order."""
    require(actor, Right.IMPORT_RATES)
    with db.read() as conn:
        return queue_on(conn)


def waiting_file_of(db: Database, actor: Actor, file_id: UUID) -> WaitingFile:
    """One file of the queue; `Refused` where it has left it."""
    for one in waiting_files(db, actor):
        if one.id == file_id:
            return one
    raise Refused(
        "unknown_file", tr("This file is no longer in the queue."), tr("Drop it on the window again.")
    )


def waiting_count(db: Database, actor: Actor) -> int:
    """How much waits for somebody: files of the queue that were not skipped, and imports kept for later."""
    require(actor, Right.IMPORT_RATES)
    with db.read() as conn:
        files = conn.execute(
            select(func.count())
            .select_from(waiting_file)
            .where(waiting_file.c.state.in_(("waiting", "failed")))
        ).scalar_one()
        staged = conn.execute(
            select(func.count()).select_from(rate_import).where(rate_import.c.state == "staged")
        ).scalar_one()
    return int(files) + int(staged)


def queue_on(conn: Connection) -> list[WaitingFile]:
    """The queue inside a transaction of the caller's."""
    rows = conn.execute(
        select(waiting_file, rate_table.c.name.label("table_name"))
        .join(rate_table, rate_table.c.id == waiting_file.c.table_id, isouter=True)
        .where(waiting_file.c.state.in_(IN_QUEUE))
        .order_by(waiting_file.c.place, waiting_file.c.id)
    ).all()
    numbers = {row.id: number for number, row in enumerate(rows, 1)}
    first: dict[str, int] = {}
    for row in rows:
        first.setdefault(row.sha256, numbers[row.id])
    known = select(rate_import.c.file_sha256, rate_import.c.file_name).where(
        rate_import.c.file_sha256.in_(set(first) - {""}), rate_import.c.state == "published"
    )
    imported = dict(conn.execute(known.order_by(rate_import.c.at)).all())
    return [_file(row, numbers[row.id], first, imported) for row in rows]


def problem_of(kept: Any) -> Problem | None:
    """A kept problem as a value."""
    if not isinstance(kept, dict):
        return None
    place = Place(str(kept.get("file") or ""), str(kept.get("sheet") or ""), kept.get("row"))
    return Problem(str(kept.get("code", "")), str(kept.get("message", "")), str(kept.get("hint", "")), place)


def _file(row: Any, number: int, first: dict[str, int], imported: dict[str, str]) -> WaitingFile:
    """`first`: numbers in the queue by content; of equal files the first one is the one to open."""
    earlier = first[row.sha256] if row.sha256 and first[row.sha256] != number else None
    return WaitingFile(
        id=row.id,
        number=number,
        path=Path(row.path),
        name=row.name,
        sha256=row.sha256,
        kind=row.kind,
        state=row.state,
        via=row.via,
        at=row.at,
        actor_name=row.actor_name,
        table_id=row.table_id,
        table=row.table_name or "",
        same_number=earlier,
        same_import=imported.get(row.sha256, "") if earlier is None else "",
        problem=problem_of(row.problem),
    )
