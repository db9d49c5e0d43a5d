"""Taking files into the queue: what each is, for which table, whether it is there already. Nothing is moved or read in."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, func, insert, select, update

from voipdesk.accounts.queries import suppliers
from voipdesk.accounts.rules import Right, may, require
from voipdesk.kernel.changes import Actor
from voipdesk.kernel.problems import Place, Problem, VoipDeskError
from voipdesk.kernel.progress import Progress, Quiet
from voipdesk.kernel.text import tr
from voipdesk.rates.files_opened import Known, fits
from voipdesk.rates.queries.intake import CALLS, IN_QUEUE, RATES, WaitingFile, queue_on
from voipdesk.rates.queries.senders import learned_titles
from voipdesk.rates.queries.tables import RateTable, tables_on
from voipdesk.rates.schema import import_profile, waiting_file
from voipdesk.store.database import Database
from voipdesk.store.types import uuid7
from voipdesk.tabular.container import refuse_workspace
from voipdesk.tabular.faults import from_os
from voipdesk.tabular.sniff import sniff
from voipdesk.tabular.words import plain

_LEAST_WORD = 4
"""Letters of a carrier's name that may be looked for in the name of a file."""


@dataclass(frozen=True, slots=True)
class _Look:
    """What a look at one file found."""

    path: Path
    sha256: str = ""
    kind: str = ""
    table_id: UUID | None = None
    problem: Problem | None = None


@dataclass(frozen=True, slots=True)
class _Around:
    """What a file is compared with: profiles with their tables, tables, carriers' names, learned titles."""

    profiles: Sequence[tuple[Known, UUID | None]]
    tables: Sequence[RateTable]
    carriers: dict[UUID, str]
    learned: dict[str, str]


def take_files(
    db: Database,
    actor: Actor,
    paths: Sequence[Path],
    *,
    via: str = "drop",
    progress: Progress | None = None,
) -> list[WaitingFile]:
    """Put files at the end of the queue, in this order; returns those that are new there.

    A file that waits already at the same place with the same bytes is not taken twice; where its bytes are others by now,
    its item is brought up to date. One that cannot be read becomes an item with its reason and holds up no other.
    """
    require(actor, Right.IMPORT_RATES)
    report = progress or Quiet()
    with db.read() as conn:
        around = _around(conn, db, actor)
        known = _known(conn, is_watched=via == "watch")
    looks: dict[tuple[Path, str], _Look] = {}
    for done, path in enumerate(paths):
        report.step(done, len(paths), path.name)
        look = _look(Path(path).absolute(), around)
        if (look.path, look.sha256) not in known:
            looks[look.path, look.sha256] = look
    if not looks:
        return []
    made: list[UUID] = []
    with db.write(tr("Take files in"), actor, undoable=False) as write:
        place = int(write.conn.execute(select(func.max(waiting_file.c.place))).scalar() or 0)
        here = {one.path: one.id for one in queue_on(write.conn)}
        for at, look in enumerate(looks.values(), place + 1):
            values: dict[str, Any] = {
                "sha256": look.sha256, "kind": look.kind, "table_id": look.table_id, "via": via, "at": write.now,
                "state": "waiting" if look.problem is None else "failed", "actor_name": actor.name,
                "problem": None if look.problem is None else look.problem.as_dict(),
            }  # fmt: skip
            if look.path in here:  # What it was is no longer at this place.
                made.append(here[look.path])
                waits = waiting_file.c.id == here[look.path]
                write.conn.execute(update(waiting_file).where(waits).values(**values))
            else:
                made.append(uuid7())
                values |= {"id": made[-1], "path": str(look.path), "name": look.path.name, "place": at}
                write.conn.execute(insert(waiting_file).values(**values))
        return [one for one in queue_on(write.conn) if one.id in made]


def set_waiting(db: Database, actor: Actor, file_id: UUID, *, state: str) -> None:
    """A file is `opened` (it leaves the queue), `skipped`, or `waiting` again."""
    require(actor, Right.IMPORT_RATES)
    labels = {"opened": tr("Open a waiting file"), "skipped": tr("Skip a waiting file")}
    with db.write(labels.get(state, tr("Put a file back into the queue")), actor, undoable=False) as write:
        write.conn.execute(update(waiting_file).where(waiting_file.c.id == file_id).values(state=state))


def remove_waiting(db: Database, actor: Actor, file_id: UUID) -> None:
    """Take a file out of the queue; the file itself stays where it lies."""
    require(actor, Right.IMPORT_RATES)
    with db.write(tr("Remove a file from the queue"), actor) as write:
        write.conn.execute(update(waiting_file).where(waiting_file.c.id == file_id).values(state="removed"))


def move_waiting(db: Database, actor: Actor, file_id: UUID, *, by: int) -> None:
    """Move a file towards the front (by < 0) or the end of the queue."""
    require(actor, Right.IMPORT_RATES)
    with db.write(tr("Reorder the queue"), actor, undoable=False) as write:
        ids = [one.id for one in queue_on(write.conn)]
        if file_id not in ids:
            return
        at = ids.index(file_id)
        ids.insert(max(0, min(len(ids), at + by)), ids.pop(at))
        for place, one in enumerate(ids, 1):
            write.conn.execute(update(waiting_file).where(waiting_file.c.id == one).values(place=place))


def _known(conn: Connection, *, is_watched: bool) -> set[tuple[Path, str]]:
    """Files that are taken already. What lay in the watched folder is never offered twice, whatever became of it."""
    query = select(waiting_file.c.path, waiting_file.c.sha256)
    if not is_watched:
        query = query.where(waiting_file.c.state.in_(IN_QUEUE))
    return {(Path(row.path), row.sha256) for row in conn.execute(query)}


def _around(conn: Connection, db: Database, actor: Actor) -> _Around:
    rows = conn.execute(
        select(import_profile).where(import_profile.c.kind == "rates").order_by(import_profile.c.id.desc())
    ).all()
    profiles = [(Known(row.id, row.fingerprint, row.layout), row.table_id) for row in rows]
    names = {one.id: one.name for one in suppliers(db, actor)} if may(actor, Right.SEE_SUPPLIERS) else {}
    return _Around(profiles, tables_on(conn), names, learned_titles(conn))


def _look(path: Path, around: _Around) -> _Look:
    """What a file is; whatever is wrong with it is a value."""
    digest = ""
    try:
        refuse_workspace(path)
        try:
            with path.open("rb") as file:
                digest = hashlib.file_digest(file, "sha256").hexdigest()
        except OSError as cause:
            raise from_os(path, cause) from cause
        layout = sniff(path, learned=around.learned)
    except VoipDeskError as no:
        told = no.problems[0] if no.problems else no.problem
        return _Look(path, digest, problem=told.at(file=path.name))
    if layout.kind == "cdr":
        return _Look(path, digest, CALLS)
    if layout.kind in {"rates", "prefix_table"}:
        fitting = next((table for known, table in around.profiles if fits(known, layout)), None)
        return _Look(path, digest, RATES, fitting or _named_like(path, around))
    return _Look(
        path,
        digest,
        problem=Problem(
            "not_understood",
            tr("neither rates nor calls were recognised in it."),
            tr("Open it to say which column is what, or remove it."),
            Place(path.name),
        ),
    )


def _named_like(path: Path, around: _Around) -> UUID | None:
    """The table whose own or carrier's name stands in the name of the file; else the only table there is."""
    words = set(plain(path.stem).split())
    for table in around.tables:
        carrier = around.carriers.get(table.supplier_id, "") if table.supplier_id else ""
        names = {word for word in plain(f"{table.name} {carrier}").split() if len(word) >= _LEAST_WORD}
        if names & words:
            return table.id
    return around.tables[0].id if len(around.tables) == 1 else None
