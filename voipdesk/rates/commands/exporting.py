"""A rate table as a file, for people and for other programs."""

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any
from uuid import UUID

from voipdesk.accounts.rules import Right, require
from voipdesk.kernel.changes import Actor
from voipdesk.kernel.problems import Refused
from voipdesk.kernel.progress import Progress
from voipdesk.kernel.text import tr
from voipdesk.rates import files_export, queries
from voipdesk.store.database import Database

if TYPE_CHECKING:
    from voipdesk.rates.engine import RateColumns

ENDINGS = (".csv", ".xlsx")
_CHUNK = 10_000


@dataclass(frozen=True, slots=True)
class ExportReport:
    """What was written: of which table, how many rates, of which blocked, in force when, and where."""

    table: str
    path: Path
    rows: int
    blocked: int
    at: datetime


def export_table(
    db: Database,
    actor: Actor,
    *,
    table: UUID | str | None,
    path: Path,
    at: datetime | None = None,
    progress: Progress | None = None,
) -> ExportReport:
    """Write the rates in force at an instant (now by default) as .csv or .xlsx; `Refused` for another ending.

    The file appears when it is complete or not at all; `FileError` where the disk refuses.
    """
    require(actor, Right.SEE_COSTS)
    _require_ending(path)
    from voipdesk.rates.engine import NEVER
    from voipdesk.tabular.writer import write_rows

    moment = at or db.clock.now()
    with db.read() as conn:
        found = queries.table_on(conn, table)
        rates = queries.columns(conn, found.number, at=moment)
    extra = _extra(rates)
    head = files_export.header(found.currency, extra)
    cells = files_export.cells(_rows(rates), found.zone, extra, never=NEVER)
    count = write_rows(path, head, cells, progress=progress)
    return ExportReport(found.name, path, count, int((rates.state == 1).sum()), moment)


def export_seen(
    actor: Actor,
    *,
    path: Path,
    titles: Sequence[str],
    rows: Iterable[Sequence[Any]],
    text_columns: Collection[str] = (),
    progress: Progress | None = None,
) -> int:
    """Write rows as a screen shows them, drafts and filters included, as .csv or .xlsx; returns how many.

    Values are text, Decimal, int or None; columns named as text stay text. Complete or not at all.
    """
    from voipdesk.tabular.writer import write_rows

    require(actor, Right.SEE_COSTS)
    _require_ending(path)
    cells = (["" if value is None else value for value in row] for row in rows)
    return write_rows(path, titles, cells, text_columns=text_columns, progress=progress)


def _require_ending(path: Path) -> None:
    if path.suffix.lower() not in ENDINGS:
        raise Refused(
            "unknown_ending",
            tr("{file}: the ending says which kind of file is wanted.").format(file=path.name),
            tr("Use .csv or .xlsx."),
        )


def _extra(rates: "RateColumns") -> set[str]:
    """Which optional columns some rate needs."""
    return {
        name
        for name, is_used in (
            ("next_price", (rates.next_price != rates.price).any()),
            ("minimum_charge", rates.minimum_charge.any()),
            ("free_seconds", rates.free_seconds.any()),
            ("grace_seconds", rates.grace_seconds.any()),
            ("band", rates.band.any()),
        )
        if is_used
    }


def _rows(rates: "RateColumns") -> Iterator[files_export.ExportRow]:
    """Rows of the columns, a chunk at a time: no million objects live together."""
    for first in range(0, len(rates), _CHUNK):
        part = rates.take(slice(first, first + _CHUNK))  # type: ignore[arg-type]
        yield from map(
            files_export.ExportRow._make,
            zip(
                part.prefix_texts(),
                part.destination_texts(),
                [part.band_names[index] for index in part.band.tolist()],
                part.state.tolist(),
                part.price.tolist(),
                part.next_price.tolist(),
                part.connect_fee.tolist(),
                part.minimum_charge.tolist(),
                part.initial_interval.tolist(),
                part.next_interval.tolist(),
                part.free_seconds.tolist(),
                part.grace_seconds.tolist(),
                part.effective_from.tolist(),
                part.effective_until.tolist(),
                strict=True,
            ),
        )
