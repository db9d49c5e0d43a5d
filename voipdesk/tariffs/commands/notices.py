"""Making sheets for customers: the files, and the record of what was told."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, Any
from uuid import UUID

from sqlalchemy import insert

from voipdesk.accounts.queries import workspace, workspace_on
from voipdesk.accounts.rules import Right, Workspace, require
from voipdesk.kernel.changes import Actor
from voipdesk.kernel.problems import FileError, Refused
from voipdesk.kernel.progress import Progress, Quiet
from voipdesk.kernel.text import tr, trn
from voipdesk.store.database import Database, Write
from voipdesk.store.types import uuid7
from voipdesk.tariffs import files_notice, queries, schema
from voipdesk.tariffs.commands.sheets import CHUNK, SheetReport
from voipdesk.tariffs.queries.notices import Recipient, SheetOrder, told_on
from voipdesk.tariffs.rules import SheetKind

if TYPE_CHECKING:
    from voipdesk.tariffs.engine_changes import Changes
    from voipdesk.tariffs.engine_sheet import SellColumns


@dataclass(frozen=True, slots=True)
class MadeSheet:
    """One file that was made: its record, for whom, where, its rows and closings."""

    id: UUID
    account: str
    path: Path
    rows: int
    closed: int


@dataclass(frozen=True, slots=True)
class SheetsReport:
    """What was made, and who got nothing: (account, why)."""

    made: tuple[MadeSheet, ...]
    left_out: tuple[tuple[str, str], ...] = ()


def make_sheets(
    db: Database, actor: Actor, order: SheetOrder, *, folder: Path, progress: Progress | None = None
) -> SheetsReport:
    """Write a workbook for each customer into a folder and keep it with a record; all of them, or none.

    Who has nothing to be told gets no file. `Refused("no_sheets")` where that is everybody, `FileError` where the folder
    takes no files.
    """
    require(actor, Right.EDIT_PLANS)
    written: list[tuple[Recipient, Path]] = []
    left_out: list[tuple[str, str]] = []
    books: dict[int, Path] = {}
    look, taken, keep = progress or Quiet(), set[str](), False
    try:
        with db.read() as conn:
            known = workspace_on(conn)
            for one, told in told_on(conn, actor, order, db.clock.now()):
                if told is None or not one.is_told:
                    left_out.append((one.account.name, one.trouble or tr("Nothing changes.")))
                    continue
                path = files_notice.free_name(folder, _name_parts(one, order, known), taken)
                written.append((one, path))
                same = books.setdefault(id(told), path)
                if same is path:
                    _write(path, told, known, look)
                else:  # Customers of one plan are told the same.
                    _put(path, same.read_bytes())
                look.step(len(written), what=tr("sheets"))
        if not written:
            raise _nothing(left_out)
        made = _record(db, actor, written, order)
        keep = True
        return SheetsReport(tuple(made), tuple(left_out))
    finally:
        if not keep:
            for _, path in written:
                path.unlink(missing_ok=True)


def export_changes(
    db: Database,
    actor: Actor,
    key: UUID | str,
    path: Path,
    *,
    effective: datetime,
    kind: SheetKind | str = SheetKind.CHANGES,
) -> SheetReport:
    """Write what changes for an account as .csv or .xlsx without a record, as somebody asks for himself.

    Also the account itself may: no base price, margin, rule or supplier is in it.
    """
    told = queries.changes_of(db, actor, key, kind=kind, effective=effective)
    _write(path, told, workspace(db))
    blocked = told.counts().get("blocked", 0)
    return SheetReport(path, len(told) + len(told.closed), blocked)


def save_sheet(db: Database, actor: Actor, key: UUID | str, path: Path) -> int:
    """Write the file that a customer was given, byte for byte; returns its size."""
    return _put(path, queries.price_sheet_file(db, actor, key)[1])


def _put(path: Path, content: bytes) -> int:
    try:
        return path.write_bytes(content)
    except OSError as cause:
        raise FileError(
            "file_unwritable",
            tr("{file} cannot be written: {why}.").format(file=path.name, why=cause.strerror or cause),
            tr("Choose another place. Nothing else was changed."),
        ) from cause


def _record(
    db: Database, actor: Actor, written: Sequence[tuple[Recipient, Path]], order: SheetOrder
) -> list[MadeSheet]:
    """Keep the files and what they are; what a customer was told cannot be undone."""
    label = trn("Make {count} rate sheet", "Make {count} rate sheets", len(written))
    shared = {"kind": str(SheetKind(order.kind)), "effective_from": order.effective}
    with db.write(label, actor, undoable=False) as write:
        return [_kept(write, actor, one, path, shared) for one, path in written]


def _kept(write: Write, actor: Actor, one: Recipient, path: Path, shared: dict[str, Any]) -> MadeSheet:
    key = uuid7()
    row = {
        "id": key,
        "account_id": one.account.id,
        "seller_id": actor.account_id,
        "plan_id": one.plan_id,
        "rows": one.rows,
        "closed": one.closed,
        "file_name": path.name,
        "file_sha256": write.keep(path.read_bytes()),
        "made_at": write.now,
        "made_by": actor.name,
    }
    write.conn.execute(insert(schema.price_sheet).values({**shared, **row}))
    return MadeSheet(key, one.account.name, path, one.rows, one.closed)


def _nothing(left_out: Sequence[tuple[str, str]]) -> Refused:
    if not left_out:
        said = tr("Nobody would get a sheet.")
        return Refused("no_sheets", said, tr("Choose a plan that somebody has then, or other accounts."))
    said = tr("There is nothing to tell: {accounts}.").format(
        accounts="; ".join(f"{account}: {why}" for account, why in left_out[:10])
    )
    return Refused("no_sheets", said, tr("Choose another day, or full sheets."))


def _name_parts(one: Recipient, order: SheetOrder, known: Workspace) -> list[str]:
    day = order.effective.astimezone(known.zone).date().isoformat()
    word = tr("rates") if SheetKind(order.kind) is SheetKind.FULL else tr("rate changes")
    return [one.account.name, word, day]


def _write(path: Path, told: "Changes", known: Workspace, progress: Progress | None = None) -> None:
    from voipdesk.tabular.writer import write_rows

    shape = _shape(told, known)
    rows = files_notice.rows(chain(_sold_rows(told), _closed_rows(told)), shape)
    write_rows(path, files_notice.header(shape), rows, progress=progress)


def _shape(told: "Changes", known: Workspace) -> files_notice.Shape:
    terms = told.rows.terms
    return files_notice.Shape(
        known.currency,
        known.zone,
        has_next=bool((terms.next_price != terms.price).any()),
        has_fees=bool((terms.connect_fee != 0).any()),
        has_minimum=bool((terms.minimum_charge != 0).any()),
        has_bands=bool((told.rows.band != 0).any() or (told.closed.band != 0).any()),
    )


def _sold_rows(told: "Changes") -> Iterator[files_notice.Row]:
    """Rows of what is sold, a chunk at a time: no million objects live together."""
    from voipdesk.tariffs.engine_changes import KINDS

    for first in range(0, len(told), CHUNK):
        end = first + CHUNK
        kinds = [KINDS[kind] for kind in told.kind[first:end].tolist()]
        yield from _rows(told.rows.slice(first, end), kinds, told.old[first:end].tolist())


def _closed_rows(told: "Changes") -> Iterator[files_notice.Row]:
    for first in range(0, len(told.closed), CHUNK):
        part = told.closed.slice(first, first + CHUNK)
        old = [
            -1 if state else price
            for price, state in zip(part.terms.price.tolist(), part.state.tolist(), strict=True)
        ]
        yield from _rows(part, ["closed"] * len(part), old)


def _rows(part: "SellColumns", kinds: Sequence[str], old: Sequence[int]) -> Iterator[files_notice.Row]:
    terms = part.terms
    return zip(
        part.prefix_texts(),
        part.destination_texts(),
        part.band_texts(),
        terms.price.tolist(),
        terms.next_price.tolist(),
        terms.connect_fee.tolist(),
        terms.minimum_charge.tolist(),
        terms.initial_interval.tolist(),
        terms.next_interval.tolist(),
        part.effective_from.tolist(),
        kinds,
        old,
        strict=True,
    )
