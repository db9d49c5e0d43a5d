"""Staging: a sheet or edits on their way into a table, read and kept, live for nobody until they are published."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypedDict, Unpack
from uuid import UUID

from sqlalchemy import delete, insert, select, update

from voipdesk.accounts.rules import Right, require
from voipdesk.kernel.changes import Actor
from voipdesk.kernel.periods import day_start, to_micros
from voipdesk.kernel.problems import Cancelled, Refused
from voipdesk.kernel.progress import Progress, Quiet
from voipdesk.kernel.text import tr
from voipdesk.rates import files, queries
from voipdesk.rates.commands import banding, profiles, quarantining
from voipdesk.rates.files_mending import MENDABLE
from voipdesk.rates.files_opened import Known, OpenedSheet, laid_out, require_whole
from voipdesk.rates.queries.senders import learned_titles
from voipdesk.rates.queries.staged import StagedImport, layout_data, staged_columns, staged_on
from voipdesk.rates.queries.tables import band_names
from voipdesk.rates.rules.conversion import Conversion
from voipdesk.rates.rules.decisions import Decisions, changed, converted, scope_of
from voipdesk.rates.rules.guards import is_stop_word
from voipdesk.rates.rules.hours import Hours
from voipdesk.rates.schema import quarantine, rate_import, staged_sheet
from voipdesk.store.database import Database, Write
from voipdesk.store.types import uuid7
from voipdesk.tabular.layout import Layout

if TYPE_CHECKING:
    from voipdesk.rates.engine import RateColumns
    from voipdesk.rates.engine_sheet import SheetColumns


class StageOptions(TypedDict, total=False):
    """How a file is staged. `told`: answers to what it leaves open; `profile`: the kept way of reading, by its name;
    `name`: what the file is called in the history (its own name by default); `bands`: hours of time bands that the table
    gets where it does not have them; `convert`: the rate for a sheet in another currency than its table's (G8).
    """

    told: Mapping[str, Any] | None
    profile: str | None
    name: str | None
    note: str
    bands: Mapping[str, Hours] | None
    convert: Conversion | None


@dataclass(slots=True)
class ReadSheet:
    """A file that was read: everything that is kept of it."""

    name: str
    content: bytes
    told: dict[str, Any]
    layout: Layout
    profile_id: UUID | None
    columns: "SheetColumns | None" = None
    """None where it was cancelled before all was read."""
    convert: Conversion | None = None
    """With the two currencies between which it converts."""


def stage_sheet(
    db: Database,
    actor: Actor,
    path: Path,
    *,
    table: UUID | str | None = None,
    progress: Progress | None = None,
    **options: Unpack[StageOptions],
) -> UUID:
    """Read a carrier's sheet and keep it staged: original, layout, rates, quarantine. Nothing is live.

    `Refused("asks")` with the questions the file leaves open, `FileError` where it cannot be read; nothing is kept then.
    `Cancelled` keeps a cancelled import without any rate, which `restage` opens again.
    """
    require(actor, Right.IMPORT_RATES)
    found = queries.table(db, actor, table)
    read = read_sheet(db, actor, path, found, progress=progress, **options)
    require_rates(read, may_mend=True)
    chosen = converted(Decisions(note=options.get("note", "")), read.convert, by=actor.name)
    with db.write(tr("Stage rates from {file}").format(file=read.name), actor) as write:
        banding.need_bands(write, found, options.get("bands") or {})
        return stage_in(write, found, read, chosen)


class EditOptions(TypedDict, total=False):
    """How edits are staged: one start for all of them, a note, and what they say about prefixes they do not name."""

    effective: datetime | date | None
    note: str
    scope: str


def stage_columns(
    db: Database,
    actor: Actor,
    columns: "RateColumns",
    *,
    table: UUID | str | None,
    **options: Unpack[EditOptions],
) -> UUID:
    """Keep edited rates staged: of each row its own start, or one for all (`effective`); nothing is live.

    `Refused` where a row cannot be a rate, or one prefix and band has two rates for one start (`two_prices`).
    """
    from voipdesk.rates.engine_staged import sheet_of

    require(actor, Right.EDIT_RATES)
    if not len(columns):
        raise Refused("no_rates", tr("Nothing was edited."), tr("Change a rate first."))
    chosen = Decisions(
        scope=scope_of(options.get("scope", "partial")),
        effective=options.get("effective"),
        note=options.get("note", ""),
    )
    with db.write(tr("Stage edited rates"), actor) as write:
        found = queries.table_on(write.conn, table)
        made = uuid7()
        quarantining.refuse_unfit(columns, queries.bands(write.conn, found.number))
        sheet = sheet_of(columns)
        quarantining.refuse_twice(sheet, found)
        name = tr("Edits of {table}").format(table=found.name)
        _insert(write, made, found, chosen, source="edit", file_name=name, file_sha256="", told={})
        _put(write, staged_on(write.conn, made), sheet)
        return made


def decide(db: Database, actor: Actor, import_id: UUID, **decisions: Any) -> None:
    """Decide about a staged import: `scope`, `effective` (one date for all, or None), `past` keep|now, `clamp_notice`,
    `accept` (all pass words that hold from now on: "G1", "G3:4"), `conflicts` first|last|highest, `chosen` (file rows),
    `groups_out` (destinations whose jumps wait), `note`.
    """
    # Choices are bulk like the columns they are about: neither undo nor Activity counts each tick of a box.
    with db.write(tr("Decide about an import"), actor) as write:
        kept = require_staged(write, actor, import_id)
        chosen = changed(kept.decisions, decisions, by=actor.name, at=to_micros(write.now))
        said = [word for word in chosen.accept if word not in kept.decisions.accept and is_stop_word(word)]
        if said:
            require(actor, Right.OVERRIDE_GUARDS)
        if chosen == kept.decisions:
            return
        write.conn.execute(
            update(staged_sheet)
            .where(staged_sheet.c.import_id == import_id)
            .values(decisions=chosen.as_data())
        )
        if _moves_rows(kept.decisions, chosen):
            quarantining.settle(write, replace(kept, decisions=chosen), staged_columns(write.conn, import_id))


def discard_import(db: Database, actor: Actor, import_id: UUID) -> None:
    """Drop a staged import: no rate and no quarantined row of it stays, its file, layout and answers do."""
    with db.write(tr("Discard an import"), actor) as write:
        require_staged(write, actor, import_id)
        discard_in(write, import_id)


def discard_in(write: Write, import_id: UUID) -> None:
    """The same inside an open write of the caller's, who has checked the rights."""
    chosen = staged_on(write.conn, import_id).decisions
    forget(write, import_id)
    write.conn.execute(
        update(rate_import)
        .where(rate_import.c.id == import_id)
        .values(state="cancelled", decisions=chosen.as_data(), scope=str(chosen.scope), note=chosen.note)
    )


def read_sheet(
    db: Database,
    actor: Actor,
    path: Path,
    table: queries.RateTable,
    *,
    progress: Progress | None = None,
    **options: Unpack[StageOptions],
) -> ReadSheet:
    """Read a file into columns, outside of any transaction. When it is cancelled, that is written down."""
    from voipdesk.rates.engine_sheet import read_columns

    report, told = progress or Quiet(), dict(options.get("told") or {})
    name = options.get("profile")
    with db.read() as conn:
        known = [Known(one.id, one.fingerprint, one.layout) for one in profiles.for_import(conn, table, name)]
        learned = learned_titles(conn)
        bands = {*band_names(conn).get(table.id, ()), *(options.get("bands") or ())}
    path = Path(path)
    title = options.get("name") or path.name
    content, layout, profile, convert = b"", Layout(), None, options.get("convert")
    try:
        report.step(0, None, tr("finding the columns"))
        layout, opened, profile = laid_out(
            path, told=told, known=known, is_named=name is not None, learned=learned, bands=sorted(bands)
        )
        with opened:
            content = files.content(path)
            require_whole(path, layout)
            layout, convert = _exchanged(layout, table, options.get("convert"))
            sheet = OpenedSheet(path, layout, profile.id if profile else None, opened)
            usual = day_start(db.clock.now().astimezone(table.zone).date(), table.zone)
            columns = read_columns(sheet, table.zone, usual=usual, progress=report)
            layout = sheet.noted
    except Cancelled:
        content = content or files.content(path)
        write_down(db, actor, table, ReadSheet(title, content, told, layout, profile.id if profile else None))
        raise
    return ReadSheet(title, content, told, layout, profile.id if profile else None, columns, convert)


def _exchanged(
    layout: Layout, table: queries.RateTable, convert: Conversion | None
) -> tuple[Layout, Conversion | None]:
    """(the layout with the rate of exchange where it holds, the conversion with its currencies). `Refused` for a rate that
    was just given for a sheet without another currency.
    """
    if convert is None:
        return layout, None
    if not convert.source and layout.currency in {"", table.currency}:
        raise Refused(
            "no_conversion",
            tr("The sheet names no other currency than {currency}.").format(currency=table.currency),
            tr("Leave the rate of exchange away, or say which currency the sheet is in."),
        )
    convert = convert.of(layout.currency, table.currency)
    holds = convert.holds(layout.currency, table.currency)
    return (replace(layout, exchange=convert.rate) if holds else layout), convert


def require_rates(read: ReadSheet, *, may_mend: bool) -> None:
    """`Refused` where no row can be taken; `may_mend`: nor be mended all at once, which a staged sheet can wait for."""
    columns = read.columns
    assert columns is not None
    if len(columns) or (may_mend and any(fault.code in MENDABLE for fault in columns.faults)):
        return
    raise Refused(
        "no_rates",
        tr("{file} has no row that can be taken.").format(file=read.name),
        tr("Check the sheet and its columns. Nothing was changed."),
        problems=quarantining.first_problems(columns, read.name, read.layout),
    )


def stage_in(write: Write, table: queries.RateTable, read: ReadSheet, chosen: Decisions) -> UUID:
    """Keep a read sheet as a staged import, inside an open write."""
    made = uuid7()
    digest = sha256(read.content).hexdigest()
    _insert(
        write, made, table, chosen, source="file", file_name=read.name, file_sha256=digest, told=_plain(read.told)
    )  # fmt: skip
    keep_read(write, staged_on(write.conn, made), read)
    return made


def require_staged(write: Write, actor: Actor, import_id: UUID) -> StagedImport:
    """A staged import that the actor may change, inside an open write. `Refused` where it is in another state."""
    require(actor, Right.SEE_COSTS)
    kept = staged_on(write.conn, import_id)
    require(actor, Right.IMPORT_RATES if kept.is_sheet else Right.EDIT_RATES)
    if kept.state != "staged":
        raise not_open(kept)
    return kept


def replace_columns(write: Write, kept: StagedImport, sheet: "SheetColumns") -> dict[str, int]:
    """Other rates for a staged import, its quarantine brought up to date; returns the ledger."""
    forget(write, kept.id)
    _put(write, kept, sheet)
    quarantining.add_faults(write, kept, sheet)
    return quarantining.settle(write, kept, sheet)


def keep_read(write: Write, kept: StagedImport, read: ReadSheet) -> None:
    """Everything of a read sheet, under an import that is there."""
    digest = write.keep(read.content)
    kept = replace(kept, layout=read.layout, profile_id=read.profile_id, told=_plain(read.told))
    write.conn.execute(
        update(rate_import)
        .where(rate_import.c.id == kept.id)
        .values(
            table_id=kept.table.id,
            file_sha256=digest,
            layout=layout_data(read.layout),
            told=kept.told,
            profile_id=read.profile_id,
            state="staged",
            problem=None,
        )
    )
    assert read.columns is not None
    ledger = replace_columns(write, kept, read.columns)
    write.conn.execute(update(rate_import).where(rate_import.c.id == kept.id).values(ledger=ledger))


def _insert(write: Write, import_id: UUID, table: queries.RateTable, chosen: Decisions, **given: Any) -> None:
    write.conn.execute(
        insert(rate_import).values(
            id=import_id, table_id=table.id, scope=str(chosen.scope), state="staged", at=write.now,
            actor_name=write.actor.name, decisions=chosen.as_data(), note=chosen.note, **given,
        )
    )  # fmt: skip


def _put(write: Write, kept: StagedImport, sheet: "SheetColumns") -> None:
    from voipdesk.rates.engine_sheet import pack

    values = {"import_id": kept.id, "columns": pack(sheet), "decisions": kept.decisions.as_data()}
    write.conn.execute(insert(staged_sheet).values(values))


def forget(write: Write, import_id: UUID) -> None:
    """Let go of the rates of an import and of its rows in quarantine."""
    write.conn.execute(delete(staged_sheet).where(staged_sheet.c.import_id == import_id))
    write.conn.execute(delete(quarantine).where(quarantine.c.import_id == import_id))


def write_down(db: Database, actor: Actor, table: queries.RateTable, read: ReadSheet) -> None:
    """A cancelled import: its file and what was known of it, and not one rate."""
    with db.write(tr("Cancel the import of {file}").format(file=read.name), actor) as write:
        digest = write.keep(read.content)
        again = write.conn.execute(
            select(rate_import.c.id).where(
                rate_import.c.table_id == table.id,
                rate_import.c.file_sha256 == digest,
                rate_import.c.state.in_(("cancelled", "staged")),
            )
        ).first()
        if again is not None:
            return
        made = uuid7()
        _insert(
            write, made, table, Decisions(), source="file", file_name=read.name, file_sha256=digest,
            told=_plain(read.told), layout=layout_data(read.layout), profile_id=read.profile_id,
        )  # fmt: skip
        discard_in(write, made)


def _moves_rows(before: Decisions, after: Decisions) -> bool:
    """Whether other rows wait in quarantine now."""

    def asked(one: Decisions) -> tuple[Any, ...]:
        return (
            one.effective,
            one.past,
            one.conflicts,
            one.chosen,
            one.groups_out,
            one.takes_odd,
            one.clamp_notice,
        )

    return asked(before) != asked(after)


def _plain(told: Mapping[str, Any]) -> dict[str, Any]:
    """Answers as JSON keeps them."""
    return {name: value if isinstance(value, int | str) else str(value) for name, value in told.items()}


def not_open(kept: StagedImport) -> Refused:
    """Why an import cannot be changed any more."""
    said = {
        "published": tr("{file} has been published already."),
        "reverted": tr("{file} was published and taken back."),
        "cancelled": tr("{file} was cancelled."),
    }.get(kept.state, tr("{file} cannot be changed any more."))
    return Refused(
        "not_staged",
        said.format(file=kept.file_name),
        tr("Open it from the list of imports, or import it anew."),
    )


__all__ = ["StageOptions", "decide", "discard_import", "stage_columns", "stage_sheet"]
