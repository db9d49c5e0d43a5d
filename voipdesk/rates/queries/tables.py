"""Rate tables and their versions."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, Row, func, select

from voipdesk.accounts import queries as accounts
from voipdesk.accounts.rules import Right, require
from voipdesk.kernel.changes import Actor
from voipdesk.kernel.problems import Refused
from voipdesk.kernel.text import tr
from voipdesk.rates.rules.hours import Span
from voipdesk.rates.schema import rate, rate_band, rate_table, rate_version
from voipdesk.store.database import Database


@dataclass(frozen=True, slots=True)
class RateTable:
    """A base rate table. `number` is the small key that its rates carry; `zone` that of its bands and dates."""

    id: UUID
    number: int
    name: str
    currency: str
    zone: ZoneInfo
    supplier_id: UUID | None = None
    is_default: bool = False
    status: str = "active"
    note: str = ""


@dataclass(frozen=True, slots=True)
class Version:
    """One import, edit or seed of a table; its rows are seen while its state is `published`."""

    id: UUID
    seq: int
    table_id: UUID
    state: str
    source: str
    note: str
    created_at: datetime
    published_at: datetime | None
    counts: dict[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class TimeBand:
    """A part of the week of a table, in its zone."""

    id: UUID
    name: str
    hours: tuple[Span, ...]
    rates: int = 0
    """Rates that were ever published for it; as long as there are some it cannot be removed."""


def time_bands(db: Database, actor: Actor, table: UUID | str | None = None) -> list[TimeBand]:
    """The time bands of a table by name, with how many rates have them."""
    require(actor, Right.SEE_COSTS)
    with db.read() as conn:
        return time_bands_on(conn, table_on(conn, table))


def time_bands_on(conn: Connection, found: RateTable) -> list[TimeBand]:
    """The same inside a transaction of the caller's, who has checked the rights."""
    wanted = select(rate_band).where(rate_band.c.table_id == found.id).order_by(rate_band.c.name)
    rows = conn.execute(wanted).all()
    if not rows:
        return []
    counted = select(rate.c.band, func.count()).where(rate.c.table_number == found.number, rate.c.band != "")
    used = {band: int(count) for band, count in conn.execute(counted.group_by(rate.c.band))}
    return [
        TimeBand(
            row.id,
            row.name,
            tuple((day, first, last) for day, first, last in row.hours),
            used.get(row.name, 0),
        )
        for row in rows
    ]


def banded_tables(db: Database, actor: Actor) -> set[UUID]:
    """The tables of which some rate holds in a time band only."""
    require(actor, Right.SEE_COSTS)
    has_rate = select(rate.c.id).where(
        rate.c.table_number == rate_table.c.number, rate.c.band == rate_band.c.name
    )
    wanted = select(rate_table.c.id).join(rate_band, rate_band.c.table_id == rate_table.c.id)
    with db.read() as conn:
        return set(conn.execute(wanted.where(has_rate.exists())).scalars())


def bands_of_tables(db: Database, actor: Actor) -> dict[UUID, tuple[str, ...]]:
    """The names of the time bands of all tables that have some."""
    require(actor, Right.SEE_COSTS)
    with db.read() as conn:
        return band_names(conn)


def band_names(conn: Connection) -> dict[UUID, tuple[str, ...]]:
    """The names of the time bands of all tables that have some."""
    found: dict[UUID, tuple[str, ...]] = {}
    for row in conn.execute(select(rate_band.c.table_id, rate_band.c.name).order_by(rate_band.c.name)):
        found[row.table_id] = (*found.get(row.table_id, ()), row.name)
    return found


def tables(db: Database, actor: Actor) -> list[RateTable]:
    """All rate tables by name, the default one first."""
    require(actor, Right.SEE_COSTS)
    with db.read() as conn:
        return tables_on(conn)


def tables_on(conn: Connection) -> list[RateTable]:
    """The same inside a transaction of the caller's, who has checked the rights."""
    zone = accounts.workspace_on(conn).zone
    rows = conn.execute(select(rate_table).order_by(rate_table.c.is_default.desc(), rate_table.c.name))
    return [_table(row, zone) for row in rows.all()]


def table(db: Database, actor: Actor, key: UUID | str | None = None) -> RateTable:
    """A table by name or id, or the default one. `Refused("unknown_table")` where there is none."""
    require(actor, Right.SEE_COSTS)
    with db.read() as conn:
        return table_on(conn, key)


def table_on(conn: Connection, key: UUID | str | None = None) -> RateTable:
    """The same inside a transaction of the caller's, who has checked the rights."""
    known = tables_on(conn)
    wanted = "" if key is None else str(key).strip().casefold()
    for one in known:
        if one.is_default if key is None else wanted in (one.name.casefold(), str(one.id)):
            return one
    raise Refused(
        "unknown_table",
        tr("There is no rate table {name}.").format(name=key)
        if key is not None
        else tr("No rate table yet."),
        tr("Tables here: {names}.").format(names=", ".join(one.name for one in known))
        if known
        else tr("Make a rate table first."),
    )


def default_table(conn: Connection) -> RateTable | None:
    """The table that gives costs to calls that name no supplier."""
    return next((one for one in tables_on(conn) if one.is_default), None)


def zone_of(conn: Connection, number: int) -> ZoneInfo:
    """The zone of a table by its number; LookupError where there is no such table."""
    for one in tables_on(conn):
        if one.number == number:
            return one.zone
    raise LookupError(number)


def versions(db: Database, actor: Actor, key: UUID | str | None = None) -> list[Version]:
    """Versions of a table, the newest first."""
    require(actor, Right.SEE_COSTS)
    with db.read() as conn:
        found = table_on(conn, key)
        return versions_on(conn, found.id)


def versions_on(conn: Connection, table_id: UUID) -> list[Version]:
    """The same inside a transaction."""
    rows = conn.execute(
        select(rate_version).where(rate_version.c.table_id == table_id).order_by(rate_version.c.seq.desc())
    )
    return [_version(row) for row in rows.all()]


def _table(row: Row[Any], zone: ZoneInfo) -> RateTable:
    return RateTable(
        id=row.id,
        number=row.number,
        name=row.name,
        currency=row.currency,
        zone=ZoneInfo(row.zone) if row.zone else zone,
        supplier_id=row.supplier_id,
        is_default=bool(row.is_default),
        status=row.status,
        note=row.note,
    )


def _version(row: Row[Any]) -> Version:
    return Version(
        row.id, row.seq, row.table_id, row.state, row.source, row.note,
        row.created_at, row.published_at, row.counts or {},
    )  # fmt: skip
