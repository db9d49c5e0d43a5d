"""The time bands of rate tables: made, given other hours or names, removed while no rate has them."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from sqlalchemy import delete, insert, select, update

from voipdesk.accounts.rules import Right, require
from voipdesk.kernel.changes import Actor
from voipdesk.kernel.problems import Refused
from voipdesk.kernel.text import tr
from voipdesk.rates import queries
from voipdesk.rates.commands import profiles
from voipdesk.rates.queries.tables import TimeBand, time_bands_on
from voipdesk.rates.rules import band_of
from voipdesk.rates.rules.hours import Hours, hours_text
from voipdesk.rates.schema import rate_band, rate_import, staged_sheet
from voipdesk.store.database import Database, Write
from voipdesk.store.types import uuid7

_LONGEST = 40


def add_band(db: Database, actor: Actor, *, table: UUID | str | None, name: str, hours: Hours) -> UUID:
    """Give a table a weekly time band: (weekday 0-6, from minute, until minute) in the table's zone."""
    require(actor, Right.EDIT_RATES)
    with db.write(tr("New time band {name}").format(name=name), actor) as write:
        return _add(write, queries.table_on(write.conn, table), name, hours)


def change_band(
    db: Database, actor: Actor, *, table: UUID | str | None, name: str, hours: Hours, new_name: str = ""
) -> None:
    """Give a time band other hours, by which calls go that are rated from now on, or a new name, which its rates and
    what is remembered of sheets take over. `Refused("band_awaited")` where a sheet waits that may name it.
    """
    require(actor, Right.EDIT_RATES)
    title = " ".join(new_name.split())
    label = tr("Rename time band {name} to {new}") if title else tr("Change the hours of {name}")
    with db.write(label.format(name=name, new=title), actor) as write:
        found = queries.table_on(write.conn, table)
        band = _band(write, found, name)
        title = title or band.name
        _check(title, hours, found)
        values: dict[str, Any] = {"hours": _plain(hours)}
        if title != band.name:
            _free(write, found, title, but=band.id)
            _none_waits(write, found, band.name)
            profiles.rename_band(write, found.id, band.name, title)
            values["name"] = title  # Its rates follow by a trigger, so that an undo takes them back too.
        write.conn.execute(update(rate_band).where(rate_band.c.id == band.id).values(values))


def remove_band(db: Database, actor: Actor, *, table: UUID | str | None, name: str) -> None:
    """Take a time band away that no rate of the table has ever had."""
    require(actor, Right.EDIT_RATES)
    with db.write(tr("Remove time band {name}").format(name=name), actor) as write:
        found = queries.table_on(write.conn, table)
        band = _band(write, found, name)
        if band.rates:
            raise Refused(
                "band_in_use",
                tr("{count} rates of {table} are for {name}.").format(
                    count=f"{band.rates:,}", table=found.name, name=band.name
                ),
                tr("Rated calls refer to them, so the time band stays. Change its name or hours instead."),
            )
        write.conn.execute(delete(rate_band).where(rate_band.c.id == band.id))


def need_bands(write: Write, table: queries.RateTable, bands: Mapping[str, Hours]) -> None:
    """Inside an open write: make the bands that the table does not have. `Refused` where one has other hours there."""
    known = {one.name.casefold(): one for one in time_bands_on(write.conn, table)} if bands else {}
    for name, hours in bands.items():
        held = known.get(name.casefold())
        if held is None:
            require(write.actor, Right.EDIT_RATES)
            _add(write, table, name, hours)
        elif sorted(held.hours) != sorted(tuple(span) for span in hours):
            raise Refused(
                "band_differs",
                tr("{name} of {table} is {hours}.").format(
                    name=held.name, table=table.name, hours=hours_text(held.hours)
                ),
                tr("Say the same hours or another name, or change the hours of the time band first."),
            )


def _add(write: Write, table: queries.RateTable, name: str, hours: Hours) -> UUID:
    title = " ".join(name.split())
    _free(write, table, title)
    _check(title, hours, table)
    made = uuid7()
    values = {"id": made, "table_id": table.id, "name": title, "hours": _plain(hours)}
    write.conn.execute(insert(rate_band).values(values))
    return made


def _free(write: Write, table: queries.RateTable, title: str, *, but: UUID | None = None) -> None:
    """`Refused` where a time band of the table, other than `but`, cannot have this name."""
    if not title or len(title) > _LONGEST or "=" in title:
        raise Refused(
            "bad_band_name",
            tr("A time band needs a name of up to {most} letters, without an equals sign.").format(
                most=_LONGEST
            ),
            tr("Call it as the sheet does, like Off-Peak."),
        )
    held = [one for one in time_bands_on(write.conn, table) if one.name.casefold() == title.casefold()]
    if any(one.id != but for one in held):
        raise Refused(
            "band_exists",
            tr("{table} has a time band {name} already.").format(table=table.name, name=title),
            tr("Choose another name, or change the hours of that one."),
        )


def _none_waits(write: Write, table: queries.RateTable, name: str) -> None:
    """`Refused` while a sheet of the table waits for its review: what was read of it names its time bands."""
    wanted = select(rate_import.c.file_name).join(staged_sheet, staged_sheet.c.import_id == rate_import.c.id)
    waiting = write.conn.execute(wanted.where(rate_import.c.table_id == table.id)).scalars().all()
    if waiting:
        raise Refused(
            "band_awaited",
            tr("{files} of {table} waits to be published and may have prices for {name}.").format(
                files=", ".join(waiting[:3]), table=table.name, name=name
            ),
            tr("Publish or discard it first; you find it in Imports."),
        )


def _band(write: Write, table: queries.RateTable, name: str) -> TimeBand:
    for one in time_bands_on(write.conn, table):
        if one.name.casefold() == name.strip().casefold():
            return one
    raise Refused(
        "unknown_band",
        tr("{table} has no time band {name}.").format(table=table.name, name=name),
        tr("Time bands here: {names}.").format(
            names=", ".join(one.name for one in time_bands_on(write.conn, table)) or "–"
        ),
    )


def _check(name: str, hours: Hours, table: queries.RateTable) -> None:
    try:
        if not hours:
            raise ValueError(name)
        band_of(name, hours, str(table.zone))
    except ValueError as cause:
        raise Refused(
            "bad_band",
            tr("The hours of {name} do not make a part of a week.").format(name=name),
            tr("Give weekdays 0 to 6 and minutes 0 to 1440, the end after the start."),
        ) from cause


def _plain(hours: Hours) -> list[Any]:
    return [list(span) for span in hours]
