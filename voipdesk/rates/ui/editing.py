"""Edits of the grid as steps of a draft: typed, pasted, filled, replaced, removed; and how edited cells stand out."""

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from voipdesk.kernel.money import price_text
from voipdesk.kernel.text import tr
from voipdesk.kit.grid import Alike, Changes, Mark, Outcome, RefusedCell
from voipdesk.rates.ui.book import Book
from voipdesk.rates.ui.columns import Reading, why_not

if TYPE_CHECKING:
    from voipdesk.rates.engine_draft import Step
    from voipdesk.rates.engine_edit import No, Planned, Wanted
    from voipdesk.rating.engine import Ints

MOST_REFUSED = 1_000
_PREFIX = "prefix"
CLOSED = 2


class _StoppedError(Exception):
    """Nothing is done: cells are refused, and all or nothing was wanted."""


def set_cells(book: Book, reading: Reading, changes: Changes, name: str, *, partly: bool) -> Outcome:
    """One step of the draft from changes of the grid."""
    from voipdesk.rates import engine_edit
    from voipdesk.rates.engine_draft import step

    offered = _wanted(book, reading, changes)
    new = {
        column: engine_edit.cells_of(values, reading.code(column, book.texts.place))
        for column, values in changes.appended.items()
    }
    prefixes = [one.cells[one.ids < 0] for one in offered if one.column == _PREFIX]
    holders = _holders(book, [*prefixes, *([new[_PREFIX]] if _PREFIX in new else [])])
    refused: list[No] = []
    lines: list[No] = []

    def make() -> "Step":
        rows = changes.row_ids()
        before = book.before(rows)
        cells = {book.texts.place(prefix): prefix for prefix in holders}
        planned = engine_edit.planned(offered, before, cells)
        more = engine_edit.added(new, book.next_id(), book.texts, holders) if new else engine_edit.Planned()
        refused[:], lines[:] = planned.no, more.no
        if (refused or lines) and not partly:
            raise _StoppedError
        return step(name, [*planned.parts, *more.parts])

    said = _refusals(book, reading, offered, new)
    try:
        done = book.commit(make)
    except _StoppedError:
        told, count = said(refused, lines, holders)
        return Outcome(name, refused=told, refused_count=count)
    told, count = said(refused, lines, holders)
    appended = [row for one in done.parts if one.column == "here" for row in one.ids[::-1].tolist()]
    cells = sum(len(one.ids) for one in done.parts if one.column not in ("here", "next_price"))
    return Outcome(name, cells, done.rows, told, count, appended)


def remove_rows(book: Book, ids: Any, name: str) -> Outcome:
    """One step: rates close, new rows go."""
    from voipdesk.rates import engine_edit

    which = engine_edit.ids_of(ids)
    done = book.commit(lambda: engine_edit.closing(which, book.before(which)).named(name))
    return Outcome(name, rows=done.rows, removed=done.rows)


def commit_planned(
    book: Book, ids: "Ints", plan: "Callable[[Any], Planned]", name: Callable[[int], str]
) -> "Step":
    """One step from a plan over some rows; it is named by how many rows differ afterwards."""
    return book.commit(lambda: _named(plan(book.before(ids)), name))


def _named(planned: "Planned", name: Callable[[int], str]) -> "Step":
    from dataclasses import replace

    made = planned.named("")
    return replace(made, name=name(made.rows))


def _wanted(book: Book, reading: Reading, changes: Changes) -> "list[Wanted]":
    """The changes of the grid as cells, a column at a time."""
    from voipdesk.rates import engine_edit

    found: dict[str, list[Any]] = {}
    for one in changes.parts:
        code = reading.code(one.column, book.texts.place)
        if isinstance(one.values, Alike):
            cells = engine_edit.same(code(one.values.value), len(one.ids))
        else:
            cells = engine_edit.cells_of(one.values, code)
        found.setdefault(one.column, []).append((engine_edit.ids_of(one.ids), cells))
    return [engine_edit.joined(column, parts) for column, parts in found.items()]


def _holders(book: Book, cells: Sequence[Any]) -> dict[str, str]:
    """Prefixes among these cells that some row has already, with words that name the row."""
    from voipdesk.rates.queries import drafts

    texts = sorted({book.texts[cell] for one in cells for cell in set(one.tolist()) if cell > 0})
    if not texts:
        return {}
    desk = book.desk
    found = {
        prefix: f"{row.destination} {price_text(row.price)}".strip()
        for prefix, row in drafts.holders(desk.db, desk.actor, book.table.id, texts, at=book.moment).items()
    }
    for row in book.overlay.added.tolist():
        changed = book.overlay.cell(_PREFIX, row)
        if changed and book.texts[changed[1]] in set(texts):
            found.setdefault(book.texts[changed[1]], tr("a new row of this draft"))
    return found


def _refusals(
    book: Book, reading: Reading, offered: "Sequence[Wanted]", new: Mapping[str, Any]
) -> "Callable[[list[No], list[No], dict[str, str]], tuple[tuple[RefusedCell, ...], int]]":
    """How refused cells are told: with what was offered, and why it cannot be."""
    from voipdesk.rates.ui.columns import NOTHING

    def text(column: str, cell: int) -> str:
        return "" if cell == NOTHING else reading.said(column, cell, book.texts.__getitem__)

    def tell(
        rows: "list[No]", lines: "list[No]", holders: dict[str, str]
    ) -> tuple[tuple[RefusedCell, ...], int]:
        given = {one.column: one for one in offered}
        found = []
        for no in rows[:MOST_REFUSED]:
            one = given[no.column]
            value = text(no.column, int(one.cells[int(one.ids.searchsorted(no.row))]))
            found.append(RefusedCell(no.row, no.column, value, why_not(no.why, value, holders)))
        for no in lines[: MOST_REFUSED - len(found)]:
            cells = new.get(no.column)
            value = "" if cells is None or no.row >= len(cells) else text(no.column, int(cells[no.row]))
            found.append(RefusedCell(-1, no.column, value, why_not(no.why, value, holders), no.row))
        return tuple(found), len(rows) + len(lines)

    return tell


def marks(book: Book, reading: Reading, ids: Sequence[int]) -> dict[int, dict[str, Mark]]:
    """Marks of the rows that the draft touches: what each edited cell was, and rows that are new or close."""
    overlay, text = book.overlay, book.texts.__getitem__
    found: dict[int, dict[str, Mark]] = {
        row: {"": Mark("ok", hint=tr("New in this draft"))} for row in ids if row < 0
    }
    for name in overlay.columns:
        if name in ("here", "next_price"):
            continue
        for place, was, now in overlay.hits(name, ids):
            if ids[place] < 0:
                continue
            told = found.setdefault(ids[place], {})
            if name == "state" and now == CLOSED:
                told[""] = Mark("danger", hint=tr("Closes when the draft is published"))
                continue
            tone = ("up" if now > was else "down") if name in ("price", "connect_fee") else "accent"
            told[name] = Mark(tone, old=reading.said(name, was, text))
    return found
