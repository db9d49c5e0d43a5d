"""Import profiles: how a table's sheets are read, remembered by the fingerprint of their header."""

from typing import Any
from uuid import UUID

from sqlalchemy import Connection, insert, select, update

from voipdesk.kernel.problems import Refused
from voipdesk.kernel.text import tr
from voipdesk.rates import queries
from voipdesk.rates.queries.imports import profiles_on
from voipdesk.rates.schema import import_profile
from voipdesk.store.database import Write
from voipdesk.store.types import uuid7


def for_import(conn: Connection, table: queries.RateTable, name: str | None) -> list[queries.Profile]:
    """The profiles a sheet of the table may be read by; the named one alone where a name is given."""
    known = profiles_on(conn, table.id)
    if name is None:
        return known
    named = [one for one in known if one.name.casefold() == name.strip().casefold()]
    if named:
        return named
    raise Refused(
        "unknown_profile",
        tr("{table} has no import profile {name}.").format(table=table.name, name=name),
        tr("Profiles here: {names}.").format(names=", ".join(one.name for one in known) or "–"),
    )


def remember(write: Write, table: queries.RateTable, fingerprint: str, layout: dict[str, Any]) -> UUID | None:
    """Keep how a sheet was read; the profile of the same header is brought up to date. None without a header."""
    if not fingerprint:
        return None
    known = {one.fingerprint: one for one in profiles_on(write.conn, table.id)}
    found = known.get(fingerprint)
    if found is not None:
        if found.layout != layout:
            write.conn.execute(
                update(import_profile).where(import_profile.c.id == found.id).values(layout=layout)
            )
        return found.id
    made = uuid7()
    write.conn.execute(
        insert(import_profile).values(
            id=made,
            kind="rates",
            name=_free_name(write.conn, table.name),
            table_id=table.id,
            fingerprint=fingerprint,
            layout=layout,
            options={},
        )
    )
    return made


def _free_name(conn: Connection, name: str) -> str:
    """The table's name, numbered where another profile has it."""
    taken = set(conn.execute(select(import_profile.c.name).where(import_profile.c.kind == "rates")).scalars())
    number, free = 2, name
    while free in taken:
        number, free = number + 1, f"{name} {number}"
    return free
