"""The history of imports: counts, row ledgers, guards, what waits in quarantine; and the proof of the ledgers."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, Row, func, select

from voipdesk.accounts.rules import Right, require
from voipdesk.kernel.changes import Actor
from voipdesk.kernel.ledger import ledger_of
from voipdesk.kernel.problems import Place, Problem, Refused
from voipdesk.kernel.text import tr
from voipdesk.rates.queries.tables import table_on
from voipdesk.rates.schema import import_profile, quarantine, rate, rate_import, rate_table, rate_version
from voipdesk.store.database import Database
from voipdesk.store.tables import blob


@dataclass(frozen=True, slots=True)
class ImportRecord:
    """One file that was imported: when, by whom, into which table, what became of its rows."""

    id: UUID
    table: str
    version: int | None
    file_name: str
    file_sha256: str
    scope: str
    state: str
    at: datetime
    actor_name: str
    profile_id: UUID | None = None
    layout: Any = None
    ledger: dict[str, int] = field(default_factory=dict)
    counts: dict[str, int] = field(default_factory=dict)
    guards: list[dict[str, Any]] = field(default_factory=list)
    source: str = "file"
    """file or edit (a published draft)"""
    told: dict[str, Any] = field(default_factory=dict)
    decisions: dict[str, Any] = field(default_factory=dict)
    note: str = ""


@dataclass(frozen=True, slots=True)
class QuarantinedRow:
    """A row of a sheet that was not taken, its reason and its cells."""

    row: int
    column: str
    value: str
    code: str
    message: str
    cells: list[str] | None = None


@dataclass(frozen=True, slots=True)
class Profile:
    """How a supplier's sheets are read; found again by the fingerprint of their header."""

    id: UUID
    name: str
    fingerprint: str
    layout: Any
    options: dict[str, Any]


def imports(db: Database, actor: Actor, table: UUID | str | None = None) -> list[ImportRecord]:
    """Imports of a table (of all tables by default), the newest first."""
    require(actor, Right.SEE_COSTS)
    with db.read() as conn:
        wanted = None if table is None else table_on(conn, table).id
        return imports_on(conn, wanted)


def imports_on(conn: Connection, table_id: UUID | None = None) -> list[ImportRecord]:
    """The same inside a transaction."""
    query = (
        select(rate_import, rate_table.c.name.label("table_name"), rate_version.c.seq)
        .join(rate_table, rate_table.c.id == rate_import.c.table_id)
        .join(rate_version, rate_version.c.id == rate_import.c.version_id, isouter=True)
        .order_by(rate_import.c.at.desc(), rate_import.c.id.desc())
    )
    if table_id is not None:
        query = query.where(rate_import.c.table_id == table_id)
    return [_record(row) for row in conn.execute(query).all()]


def quarantined(
    db: Database, actor: Actor, import_id: UUID, *, limit: int = 1_000, offset: int = 0
) -> list[QuarantinedRow]:
    """Rows of an import that wait in quarantine, in the order of the file."""
    require(actor, Right.SEE_COSTS)
    with db.read() as conn:
        _one_import(conn, import_id)
        rows = conn.execute(
            select(quarantine)
            .where(quarantine.c.import_id == import_id)
            .order_by(quarantine.c.row, quarantine.c.id)
            .limit(limit)
            .offset(offset)
        ).all()
    return [QuarantinedRow(row.row, row.column, row.value, row.code, row.message, row.cells) for row in rows]


def original(db: Database, actor: Actor, import_id: UUID) -> tuple[str, bytes]:
    """Name and bytes of the file that was imported."""
    require(actor, Right.SEE_COSTS)
    with db.read() as conn:
        row = _one_import(conn, import_id)
    return row.file_name, db.kept(row.file_sha256)


def profiles(db: Database, actor: Actor, table: UUID | str | None = None) -> list[Profile]:
    """Profiles of a table's sheets, by name."""
    require(actor, Right.SEE_COSTS)
    with db.read() as conn:
        return profiles_on(conn, table_on(conn, table).id)


def profiles_on(conn: Connection, table_id: UUID) -> list[Profile]:
    """The same inside a transaction."""
    rows = conn.execute(
        select(import_profile)
        .where(import_profile.c.kind == "rates", import_profile.c.table_id == table_id)
        .order_by(import_profile.c.name)
    ).all()
    return [Profile(row.id, row.name, row.fingerprint, row.layout, row.options or {}) for row in rows]


def verify(db: Database) -> list[Problem]:
    """Faults of the rates: ledgers that do not add up, originals that are gone, rates of published versions missing."""
    found: list[Problem] = []
    with db.read() as conn:
        kept = set(conn.execute(select(blob.c.sha256)).scalars())
        for record in imports_on(conn):
            if record.state not in ("published", "reverted"):
                continue
            said = ledger_of(record.ledger).fault
            if said:
                found.append(Problem("ledger", said, place=Place(file=record.file_name)))
            if record.source == "file" and record.file_sha256 not in kept:
                found.append(
                    Problem(
                        "original_missing", tr("The original is gone."), place=Place(file=record.file_name)
                    )
                )
        found.extend(_missing_rates(conn))
    return found


def _missing_rates(conn: Connection) -> list[Problem]:
    """Published versions that should have rows and have none."""
    rows = conn.execute(
        select(rate_version.c.seq, rate_version.c.counts, func.count(rate.c.id).label("there"))
        .join(rate, rate.c.version_seq == rate_version.c.seq, isouter=True)
        .where(rate_version.c.state == "published")
        .group_by(rate_version.c.seq, rate_version.c.counts)
    ).all()
    found = []
    for row in rows:
        changes = sum(count for kind, count in (row.counts or {}).items() if kind != "same")
        if row.there < changes:
            said = tr("Version {seq} has {there} rates, it published {changes}.")
            found.append(Problem("rates_missing", said.format(seq=row.seq, there=row.there, changes=changes)))
    return found


def _one_import(conn: Connection, import_id: UUID) -> Row[Any]:
    row = conn.execute(select(rate_import).where(rate_import.c.id == import_id)).first()
    if row is None:
        raise Refused("unknown_import", tr("There is no such import."), tr("Choose one of the list."))
    return row


def _record(row: Row[Any]) -> ImportRecord:
    return ImportRecord(
        id=row.id,
        table=row.table_name,
        version=row.seq,
        file_name=row.file_name,
        file_sha256=row.file_sha256,
        scope=row.scope,
        state=row.state,
        at=row.at,
        actor_name=row.actor_name,
        profile_id=row.profile_id,
        layout=row.layout,
        ledger=row.ledger or {},
        counts=row.counts or {},
        guards=row.guards or [],
        source=row.source,
        told=row.told or {},
        decisions=row.decisions or {},
        note=row.note,
    )
