"""Rows in quarantine: corrected and read again by their sheet's reader, all of a kind at once, or sent back as a file."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypedDict, Unpack
from uuid import UUID

from sqlalchemy import Connection, func, select

from voipdesk.accounts.rules import Right, require
from voipdesk.kernel.changes import Actor
from voipdesk.kernel.periods import day_start
from voipdesk.kernel.problems import Refused
from voipdesk.kernel.progress import Progress, Quiet
from voipdesk.kernel.text import tr
from voipdesk.rates.commands import staging
from voipdesk.rates.files import SheetRow
from voipdesk.rates.files_mending import AUTOMATIC, mended
from voipdesk.rates.files_rows import read_again
from voipdesk.rates.queries.reviewing import REJECT_TITLES
from voipdesk.rates.queries.staged import StagedImport, staged_columns, staged_on
from voipdesk.rates.queries.tables import band_names
from voipdesk.rates.rules.decisions import Mended, corrected
from voipdesk.rates.schema import quarantine
from voipdesk.store.database import Database, Write
from voipdesk.tabular.layout import Layout

if TYPE_CHECKING:
    from voipdesk.rates.engine_sheet import SheetColumns

Ledger = dict[str, int]


def mend_rows(
    db: Database,
    actor: Actor,
    import_id: UUID,
    changes: Mapping[int, Mapping[str, str]],
    *,
    progress: Progress | None = None,
) -> Ledger:
    """Correct cells of rows in quarantine (by row of the file, then by title or role of the column) and read them again.

    What is a rate now joins the staged ones, what is not keeps its new reason. `Refused` for an unknown row or column.
    """
    report = progress or Quiet()
    report.step(0, len(changes), tr("rows read again"))
    with db.write(tr("Correct rows of an import"), actor) as write:
        kept = staging.require_staged(write, actor, import_id)
        layout = _layout(kept)
        cells = _cells(write.conn, kept, set(changes))
        made = []
        for row, texts in changes.items():
            made.append(Mended(actor.name, row, _correct(cells[row], texts, layout)))
        return _read(write, _noted(kept, *made), cells)


class LikeOptions(TypedDict, total=False):
    """`fix`: `auto` reads each cell as it was meant (`6/6`, the default), else the text that stands in all of them then;
    `value`, `column`: only where the cell says exactly this, and stands under this title.
    """

    fix: str
    column: str
    value: str | None


def mend_like(
    db: Database,
    actor: Actor,
    import_id: UUID,
    code: str | Sequence[str],
    *,
    progress: Progress | None = None,
    **options: Unpack[LikeOptions],
) -> Ledger:
    """Correct all rows of some reasons at once. `Refused("no_fix")` where none waits that could be corrected so."""
    report = progress or Quiet()
    with db.write(tr("Correct rows of an import"), actor) as write:
        kept = staging.require_staged(write, actor, import_id)
        layout = _layout(kept)
        changes: dict[int, dict[str, str]] = {}
        codes = [code] if isinstance(code, str) else list(code)
        fix, column, value = options.get("fix", AUTOMATIC), options.get("column", ""), options.get("value")
        like = {one: Mended(actor.name, code=one, fix=fix, column=column, value=value) for one in codes}
        for row, title, said, reason in _faults(write.conn, import_id, codes):
            text = _meant(like[reason], title, said, layout)
            if text is not None:
                changes.setdefault(row, {})[title] = text
        report.step(0, len(changes), tr("rows read again"))
        if not changes:
            raise Refused(
                "no_fix",
                tr("No row waits that could be corrected so."),
                tr("Correct the rows one by one, or leave them out."),
            )
        cells = _cells(write.conn, kept, set(changes))
        for row, texts in changes.items():
            _correct(cells[row], texts, layout)
        return _read(write, _noted(kept, *like.values()), cells)


def mend_again(write: Write, import_id: UUID) -> Ledger | None:
    """What was corrected before a sheet was read again, once more: of rows that still wait and say what they said then.

    Inside an open write of the caller's. Returns the ledger; None where there was nothing to do.
    """
    ledger: Ledger | None = None
    done: set[tuple[int, int, str]] = set()
    kept = staged_on(write.conn, import_id)
    for _ in kept.decisions.mended:
        cells = _due(write.conn, kept, done)
        if not cells:
            break
        ledger = _read(write, kept, cells)
    return ledger


def export_rejects(
    db: Database, actor: Actor, import_id: UUID, path: Path, *, progress: Progress | None = None
) -> int:
    """Write the rows in quarantine with the columns of their sheet, and why, as .csv or .xlsx that can be imported again.

    Returns how many. Amounts stand as the sheet had them.
    """
    from voipdesk.tabular.writer import write_rows

    require(actor, Right.SEE_COSTS)
    with db.read() as conn:
        kept = staged_on(conn, import_id)
        rows = list(_rejects(conn, import_id))
    width = max((len(cells) for _, _, cells in rows), default=0)
    titles = list(_layout(kept).titles)
    head = [*titles, *[""] * (width - len(titles))]
    lines = (
        [*cells, *[""] * (len(head) - len(cells)), _layout(kept).row_name(row), reason]
        for row, reason, cells in rows
    )
    titled = [*head, *REJECT_TITLES]
    return write_rows(path, titled, lines, text_columns=titled, progress=progress)


def _layout(kept: StagedImport) -> Layout:
    if kept.layout is None:
        raise Refused(
            "no_layout",
            tr("How {file} was read is not known any more.").format(file=kept.file_name),
            tr("Import the file again."),
        )
    return kept.layout


def _faults(conn: Connection, import_id: UUID, codes: Sequence[str]) -> list[tuple[int, str, str, str]]:
    """(row, title of the column, value, code) of every fault of these kinds."""
    found = conn.execute(
        select(quarantine.c.row, quarantine.c.column, quarantine.c.value, quarantine.c.code)
        .where(quarantine.c.import_id == import_id, quarantine.c.code.in_(codes))
        .order_by(quarantine.c.row)
    )
    return [(int(row[0]), str(row[1]), str(row[2]), str(row[3])) for row in found.all()]


def _rejects(conn: Connection, import_id: UUID) -> Iterator[tuple[int, str, list[str]]]:
    """(row, all its reasons, its cells)"""
    rows = conn.execute(
        select(quarantine.c.row, func.max(quarantine.c.cells).label("cells"))
        .where(quarantine.c.import_id == import_id)
        .group_by(quarantine.c.row)
        .order_by(quarantine.c.row)
    ).all()
    reasons: dict[int, list[str]] = {}
    for row, message in conn.execute(
        select(quarantine.c.row, quarantine.c.message)
        .where(quarantine.c.import_id == import_id)
        .order_by(quarantine.c.id)
    ):
        reasons.setdefault(row, []).append(message)
    for row, cells in rows:
        yield int(row), " ".join(dict.fromkeys(reasons[row])), list(_texts(cells))


def _texts(cells: Any) -> list[str]:
    """Cells as they come out of an aggregate, which knows no type."""
    import json

    if cells is None:
        return []
    return [str(one) for one in (json.loads(cells) if isinstance(cells, str) else cells)]


def _cells(conn: Connection, kept: StagedImport, rows: set[int]) -> dict[int, list[str]]:
    """The cells of some rows in quarantine. `Refused` names a row that does not wait there."""
    found: dict[int, list[str]] = {}
    for row in conn.execute(
        select(quarantine.c.row, quarantine.c.cells).where(quarantine.c.import_id == kept.id)
    ):
        if row.row in rows and row.cells is not None:
            found[row.row] = [str(one) for one in row.cells]
    missing = sorted(rows - set(found))
    if missing:
        raise Refused(
            "not_in_quarantine",
            tr("Row {row} does not wait in quarantine.").format(row=missing[0]),
            tr("Look at the list of waiting rows again."),
        )
    return found


def _meant(like: Mended, column: str, said: str, layout: Layout) -> str | None:
    """What a correction of many rows makes of a cell; None where it leaves it alone."""
    if not column or like.column not in {"", column} or like.value not in {None, said}:
        return None
    return mended(like.code, said, layout) if like.fix == AUTOMATIC else like.fix


def _noted(kept: StagedImport, *made: Mended) -> StagedImport:
    return replace(kept, decisions=corrected(kept.decisions, *made))


def _due(conn: Connection, kept: StagedImport, done: set[tuple[int, int, str]]) -> dict[int, list[str]]:
    """Cells of waiting rows with the corrections that fit them and were not made yet (`done`: which, where)."""
    layout, mends = _layout(kept), kept.decisions.mended
    by_row: dict[int, list[int]] = {}
    for at, one in enumerate(mends):
        by_row.setdefault(one.row, []).append(at)
    found: dict[int, list[str]] = {}
    for fault in conn.execute(
        select(quarantine).where(quarantine.c.import_id == kept.id).order_by(quarantine.c.id)
    ):
        cells = found.get(fault.row) or [str(one) for one in fault.cells or ()]
        for at in sorted((*by_row.get(fault.row, ()), *by_row.get(0, ()))):
            key = at, fault.row, "" if mends[at].row else fault.column
            if key not in done and _fits(mends[at], fault, cells, layout):
                done.add(key)
                found[fault.row] = cells
    return found


def _fits(one: Mended, fault: Any, cells: list[str], layout: Layout) -> bool:
    """Whether a correction fits a waiting row; if so, it is made in its cells."""
    if not cells:
        return False
    if one.row:
        if any((cells[at] if at < len(cells) else "") != was for at, was, _ in one.cells):
            return False
        for at, _, now in one.cells:
            cells.extend([""] * (at + 1 - len(cells)))
            cells[at] = now
        return True
    text = _meant(one, fault.column, fault.value, layout) if fault.code == one.code else None
    return text is not None and bool(_correct(cells, {fault.column: text}, layout))


def _correct(cells: list[str], texts: Mapping[str, str], layout: Layout) -> tuple[tuple[int, str, str], ...]:
    """Put texts into cells, by title or role of their columns: (place, what was there, what is there)."""
    made: list[tuple[int, str, str]] = []
    for name, text in texts.items():
        at = layout.columns.get(name, -1)
        if at < 0:
            at = next(
                (
                    place
                    for place in range(max(len(cells), len(layout.titles)))
                    if layout.title(place) == name
                ),
                -1,
            )
        if at < 0:
            raise Refused(
                "unknown_column",
                tr("The sheet has no column {name}.").format(name=name),
                tr("Columns here: {names}.").format(names=", ".join(layout.titles) or "–"),
            )
        cells.extend([""] * (at + 1 - len(cells)))
        before, cells[at] = cells[at], text
        made.append((at, before, text))
    return tuple(made)


def _read(write: Write, kept: StagedImport, cells: Mapping[int, list[str]]) -> Ledger:
    """Read corrected rows by the layout of their sheet and put them in place of what they were."""
    from voipdesk.rates.engine_sheet import mended as with_rows
    from voipdesk.rates.engine_staged import without_rows

    zone = kept.table.zone
    sheet = without_rows(staged_columns(write.conn, kept.id), frozenset(cells))
    layout = _layout(kept)
    if layout.bands is not None:  # A time band may have been made since.
        layout = replace(layout, bands=band_names(write.conn).get(kept.table.id, ()))
    rows = _all_rows(read_again(layout, kept.file_name, cells), cells)
    usual = day_start(write.now.astimezone(zone).date(), zone)
    made: SheetColumns = with_rows(sheet, rows, zone, usual=usual)
    return staging.replace_columns(write, kept, made)


def _all_rows(rows: list[SheetRow], cells: Mapping[int, list[str]]) -> list[SheetRow]:
    """A row that is no data any more (its code and price are gone) still waits, with its cells."""
    from voipdesk.kernel.problems import Place, Problem

    read = {row.row for row in rows}
    for row in sorted(set(cells) - read):
        problem = Problem(
            "no_data",
            tr("The row has no code and no price."),
            tr("Fill them in, or leave the row out."),
            Place(row=row),
        )
        rows.append(SheetRow(row, problems=[problem], is_faulty=True, cells=cells[row]))
    return rows
