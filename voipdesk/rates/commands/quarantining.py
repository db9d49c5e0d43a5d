"""Rows that are not taken: kept with their reason and cells, so that every row of the file is accounted for."""

from collections.abc import Collection, Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, Any

from sqlalchemy import delete, select

from voipdesk.kernel.ledger import ledger_of
from voipdesk.kernel.money import from_scaled, price_text
from voipdesk.kernel.periods import from_micros
from voipdesk.kernel.problems import Place, Problem, Refused
from voipdesk.kernel.text import tr
from voipdesk.rates.queries.decks import columns as live_columns
from voipdesk.rates.queries.reviewing import HELD_CODES, compared, limits_on
from voipdesk.rates.queries.staged import StagedImport
from voipdesk.rates.queries.tables import RateTable
from voipdesk.rates.rules.clash import two_prices
from voipdesk.rates.schema import quarantine
from voipdesk.store.database import Write
from voipdesk.store.types import canonical_json
from voipdesk.tabular.layout import Layout

if TYPE_CHECKING:
    from voipdesk.rates.engine import RateColumns
    from voipdesk.rates.engine_review import Compared
    from voipdesk.rates.engine_sheet import SheetColumns

_INSERT = 'INSERT INTO quarantine (import_id, row, "column", value, code, message, cells) VALUES (?, ?, ?, ?, ?, ?, ?)'
_CHUNK = 2_000
FIRST = 100
"""Problems told in a report; all are in the quarantine."""

Cells = Mapping[int, list[str]]
"""Cells as text by the row of the file."""


def add_faults(write: Write, kept: StagedImport, sheet: "SheetColumns") -> None:
    """The faults that the reader found, with the cells of their rows."""
    _write(
        write,
        (
            (
                kept.id.bytes, fault.row, fault.column, fault.value, fault.code, fault.told,
                canonical_json(list(fault.cells)) if fault.cells else None,
            )
            for fault in sheet.faults
        ),
    )  # fmt: skip


def settle(write: Write, kept: StagedImport, sheet: "SheetColumns") -> dict[str, int]:
    """Bring up to date which rates wait because of what is live and what was decided; returns the ledger."""
    from voipdesk.rates import engine, engine_publish

    # Only odd prices and jumps depend on what is live; without them the table need not be read.
    needs_live = kept.decisions.groups_out or engine_publish.has_odd(sheet.rates, limits_on(write.conn))
    live = live_columns(write.conn, kept.table.number) if needs_live else engine.columns([])
    found = compared(write.conn, kept, write.now, sheet, live)
    ledger = engine_publish.ledger(found, sheet)
    settle_as(write, kept, sheet, found, ledger)
    return ledger


def settle_as(
    write: Write, kept: StagedImport, sheet: "SheetColumns", found: "Compared", ledger: dict[str, int]
) -> None:
    """The same, compared already."""
    fault = ledger_of(ledger).fault
    if fault:
        raise AssertionError(fault)
    write.conn.execute(
        delete(quarantine).where(quarantine.c.import_id == kept.id, quarantine.c.code.in_(HELD_CODES))
    )
    cells = _cells(
        write, kept, {int(sheet.source_row[at]) for places in found.held.values() for at in places}
    )
    _write(write, _held_rows(kept, sheet, found, cells))


def held_problems(kept: StagedImport, sheet: "SheetColumns", found: "Compared") -> list[Problem]:
    """The rates that wait because of what is live and what was decided, in order of the file."""
    made: list[Problem] = []
    if "two_prices" in found.held:
        made.extend(_twice(kept.table, sheet, found.held["two_prices"], kept.file_name))
    for code, places in found.held.items():
        if code != "two_prices":
            made.extend(_held(code, sheet, at, kept.file_name) for at in places.tolist())
    return sorted(made, key=lambda one: one.place.row or 0)


def placed_problems(kept: StagedImport, sheet: "SheetColumns", found: "Compared") -> list[Problem]:
    """The same with their places as people find them: the row of its sheet."""
    return [_placed(problem, kept.layout) for problem in held_problems(kept, sheet, found)]


def first_problems(sheet: "SheetColumns", file_name: str, layout: Layout | None) -> list[Problem]:
    """The first of the reader's faults, each with the row of its sheet."""
    first = zip(sheet.faults, range(FIRST), strict=False)
    return [_placed(fault.problem(file_name), layout) for fault, _ in first]


def _placed(problem: Problem, layout: Layout | None) -> Problem:
    if layout is None or not layout.parts or problem.place.row is None:
        return problem
    sheet, row = layout.place_of(problem.place.row)
    return problem.at(sheet=sheet, row=row)


def refuse_twice(sheet: "SheetColumns", table: RateTable) -> None:
    """`Refused` where edits give one prefix two rates for one start: one message, as the grid has it."""
    problems = list(_twice(table, sheet, sheet.conflicts, ""))
    if problems:
        raise Refused("two_prices", problems[0].message, problems[0].hint, problems=problems)


def refuse_unfit(rates: "RateColumns", bands: Collection[str]) -> None:
    """`Refused` with a problem for each edited row that cannot be a rate; a screen has asked before, others may not."""
    from voipdesk.rates.engine_staged import unfit

    said = {
        "bad_prefix": (
            tr("“{prefix}” is not a prefix of 1 to 15 digits."),
            tr("Write digits only, with the country code."),
        ),
        "unknown_band": (tr("{prefix}: the table has no such time band."), tr("Make the band first.")),
        "below_zero": (tr("{prefix}: a price or fee is below zero."), tr("Correct the cell.")),
        "ends_before_start": (
            tr("The rate of {prefix} ends before it starts."),
            tr("Give it a later end, or none."),
        ),
    }
    problems = []
    for code, places in unfit(rates, bands).items():
        message, hint = said[code]
        for at in places:
            prefix = rates.prefixes[at].decode()
            problems.append(
                Problem(code, message.format(prefix=prefix), hint, Place(row=at + 1, value=prefix))
            )
    if problems:
        raise Refused(problems[0].code, problems[0].message, problems[0].hint, problems=problems)


def _held_rows(
    kept: StagedImport, sheet: "SheetColumns", found: "Compared", cells: Cells
) -> Iterator[tuple[Any, ...]]:
    for problem in held_problems(kept, sheet, found):
        place = problem.place
        row = place.row or 0
        told = f"{problem.message} {problem.hint}".strip()
        text = canonical_json(cells[row]) if row in cells else None
        yield kept.id.bytes, row, place.column, place.value, problem.code, told, text


def _held(code: str, sheet: "SheetColumns", at: int, file_name: str) -> Problem:
    rates = sheet.rates
    prefix, price = rates.prefixes[at].decode(), price_text(from_scaled(int(rates.price[at])))
    message, hint = {
        "odd_price": (
            tr("The price of {prefix}, {price}, is zero or above the ceiling."),
            tr("Correct it, or accept G5."),
        ),
        "jump": (
            tr("The price of {prefix}, {price}, moves too far; its destination was left out."),
            tr("Correct it, or let the destination in again."),
        ),
        "ends_too_early": (
            tr("The rate of {prefix} would end before it starts."),
            tr("Choose an earlier date, or correct the row."),
        ),
    }[code]
    place = Place(file_name, row=int(sheet.source_row[at]), value=prefix if code != "odd_price" else price)
    return Problem(code, message.format(prefix=prefix, price=price), hint, place)


def _twice(table: RateTable, sheet: "SheetColumns", places: Any, file_name: str) -> Iterator[Problem]:
    """All rates that contradict others of their prefix, band and start; those of one prefix tell all prices."""
    rates = sheet.rates
    groups: dict[tuple[bytes, int], list[int]] = {}
    for at in places.tolist():
        groups.setdefault((rates.prefixes[at], int(rates.band[at])), []).append(at)
    for (prefix, band), group in groups.items():
        problem = two_prices(
            prefix.decode(),
            rates.band_names[band],
            from_micros(int(rates.effective_from[group[0]])).astimezone(table.zone),
            [from_scaled(int(rates.price[at])) for at in group],
        )
        for at in group:
            yield problem.at(file=file_name, row=int(sheet.source_row[at]))


def _cells(write: Write, kept: StagedImport, rows: set[int]) -> Cells:
    """The cells of rows that were read well and wait all the same: from the quarantine, else from the original."""
    if not rows or not kept.is_sheet or kept.layout is None:
        return {}
    from voipdesk.rates.files_rows import cells_of

    return cells_of(write_original(write, kept), kept.file_name, kept.layout, rows)


def write_original(write: Write, kept: StagedImport) -> bytes:
    """The kept file, inside an open write."""
    import zlib

    from voipdesk.store.tables import blob

    row = write.conn.execute(select(blob.c.content).where(blob.c.sha256 == kept.file_sha256)).first()
    return b"" if row is None else zlib.decompress(row[0])


def _write(write: Write, rows: Iterable[tuple[Any, ...]]) -> None:
    waiting: list[tuple[Any, ...]] = []
    for row in rows:
        waiting.append(row)
        if len(waiting) >= _CHUNK:
            write.raw.executemany(_INSERT, waiting)
            waiting = []
    write.raw.executemany(_INSERT, waiting)


__all__ = [
    "add_faults",
    "first_problems",
    "held_problems",
    "placed_problems",
    "refuse_twice",
    "settle",
    "settle_as",
]
