"""Import profiles: how a table's sheets are read, remembered by the fingerprint of their header."""

from typing import Any
from uuid import UUID

from sqlalchemy import Connection, Row, delete, insert, select, update

from voipdesk.accounts.rules import Right, require
from voipdesk.kernel.changes import Actor
from voipdesk.kernel.problems import Refused
from voipdesk.kernel.text import tr
from voipdesk.rates import queries
from voipdesk.rates.queries.imports import profiles_on
from voipdesk.rates.schema import import_profile, rate_import
from voipdesk.store.database import Database, Write
from voipdesk.store.types import uuid7
from voipdesk.tabular.band_words import part_role

MOST_LETTERS = 80


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


def rename_band(write: Write, table_id: UUID, old: str, new: str) -> None:
    """Inside an open write: what is kept of sheets of the table names the columns of a time band by its new name."""
    for kept in profiles_on(write.conn, table_id):
        layout = dict(kept.layout)
        for part in ("columns", "positions"):
            places = layout.get(part, {})
            layout[part] = {_renamed(role, old, new): at for role, at in places.items()}
        if layout != kept.layout:
            write.conn.execute(
                update(import_profile).where(import_profile.c.id == kept.id).values(layout=layout)
            )


def _renamed(role: str, old: str, new: str) -> str:
    start, band = part_role(role)
    return f"{start}{new}" if start and band == old else role


def rename_profile(db: Database, actor: Actor, profile_id: UUID, *, name: str) -> None:
    """Give a profile another name; `Refused` where it is empty or another profile has it."""
    require(actor, Right.IMPORT_RATES)
    wanted = " ".join(name.split())
    if not wanted or len(wanted) > MOST_LETTERS:
        raise Refused(
            "no_name",
            tr("A profile needs a name of at most {count} letters.").format(count=MOST_LETTERS),
            tr("Write one like “Aurora, monthly”."),
        )
    with db.write(tr("Rename import profile {name}").format(name=wanted), actor) as write:
        kept = _one(write.conn, profile_id)
        others = select(import_profile.c.name).where(
            import_profile.c.kind == kept.kind, import_profile.c.id != profile_id
        )
        if wanted.casefold() in {one.casefold() for one in write.conn.execute(others).scalars()}:
            raise Refused(
                "name_taken",
                tr("There is a profile {name} already.").format(name=wanted),
                tr("Choose another name."),
            )
        write.conn.execute(
            update(import_profile).where(import_profile.c.id == profile_id).values(name=wanted)
        )


def remove_profile(db: Database, actor: Actor, profile_id: UUID) -> None:
    """Forget how a sender's sheets are read; the next one is asked about again. Imports read by it stay as they are."""
    require(actor, Right.IMPORT_RATES)
    with db.write(tr("Remove import profile"), actor) as write:
        kept = _one(write.conn, profile_id)
        write.call(tr("Remove import profile {name}").format(name=kept.name))
        mine = rate_import.c.profile_id == profile_id
        write.conn.execute(update(rate_import).where(mine).values(profile_id=None))
        write.conn.execute(delete(import_profile).where(import_profile.c.id == profile_id))


def _one(conn: Connection, profile_id: UUID) -> Row[Any]:
    wanted = select(import_profile).where(import_profile.c.id == profile_id, import_profile.c.kind == "rates")
    row = conn.execute(wanted).first()
    if row is None:
        raise Refused(
            "unknown_profile", tr("There is no such import profile."), tr("Choose one of the list.")
        )
    return row


def _free_name(conn: Connection, name: str) -> str:
    """The table's name, numbered where another profile has it."""
    taken = set(conn.execute(select(import_profile.c.name).where(import_profile.c.kind == "rates")).scalars())
    number, free = 2, name
    while free in taken:
        number, free = number + 1, f"{name} {number}"
    return free
