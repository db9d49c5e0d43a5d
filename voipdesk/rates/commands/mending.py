"""Rows in quarantine: corrected and read again by their sheet's reader, all of a kind at once, or sent back as a file."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any
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
from voipdesk.rates.files_mending import AUTOMATIC, mended_text
from voipdesk.rates.files_rows import read_again
from voipdesk.rates.queries.reviewing import REJECT_TITLES
from voipdesk.rates.queries.staged import StagedImport, staged_columns, staged_on
from voipdesk.rates.queries.tables import band_names
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
        for row, texts in changes.items():
            _correct(cells[row], texts, layout)
        return _read(write, kept, cells)


def mend_like(
    db: Database,
    actor: Actor,
    import_id: UUID,
    code: str | Sequence[str],
    *,
    fix: str = AUTOMATIC,
    progress: Progress | None = None,
) -> Ledger:
    """Correct all rows of some reasons: `auto` reads each cell as it was meant (`6/6`), else the same text for all."""
    report = progress or Quiet()
    with db.write(tr("Correct rows of an import"), actor) as write:
        kept = staging.require_staged(write, actor, import_id)
        layout = _layout(kept)
        changes: dict[int, dict[str, str]] = {}
        codes = [code] if isinstance(code, str) else list(code)
        for row, column, value, reason in _faults(write.conn, import_id, codes):
            text = mended_text(reason, value) if fix == AUTOMATIC else fix
            if text is not None and column:
                changes.setdefault(row, {})[column] = text
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
        return _read(write, kept, cells)


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


def _correct(cells: list[str], texts: Mapping[str, str], layout: Layout) -> None:
    """Put texts into cells, by title or role of their columns."""
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
        cells[at] = text


def _read(write: Write, kept: StagedImport, cells: Mapping[int, list[str]]) -> Ledger:
    """Read corrected rows by the layout of their sheet and put them in place of what they were."""
    from voipdesk.rates.engine_sheet import mended
    from voipdesk.rates.engine_staged import without_rows

    zone = kept.table.zone
    sheet = without_rows(staged_columns(write.conn, kept.id), frozenset(cells))
    layout = _layout(kept)
    if layout.bands is not None:  # A time band may have been made since.
        layout = replace(layout, bands=band_names(write.conn).get(kept.table.id, ()))
    rows = _all_rows(read_again(layout, kept.file_name, cells), cells)
    usual = day_start(write.now.astimezone(zone).date(), zone)
    made: SheetColumns = mended(sheet, rows, zone, usual=usual)
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
