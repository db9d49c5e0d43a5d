"""Compared tables as a file."""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from voipdesk.accounts.rules import Right, require
from voipdesk.kernel.changes import Actor
from voipdesk.kernel.progress import Progress
from voipdesk.rates import files_compare
from voipdesk.store.database import Database

if TYPE_CHECKING:
    from voipdesk.rates.engine_compare import Comparison

_CHUNK = 10_000


def export_comparison(
    db: Database,
    actor: Actor,
    columns: "Comparison",
    ids: Sequence[int],
    path: Path,
    progress: Progress | None = None,
) -> int:
    """Write rows of a comparison in their order as .csv or .xlsx; how many. `FileError` for another ending."""
    require(actor, Right.SEE_COSTS)
    from voipdesk.rates.engine_compare import NOTHING, SHUT
    from voipdesk.tabular.writer import write_rows

    has_minutes = columns.seconds is not None
    head = files_compare.header(columns.titles, columns.currency, columns.master, with_minutes=has_minutes)
    rows = files_compare.cells(_rows(columns, ids), shut=SHUT, nothing=NOTHING, with_minutes=has_minutes)
    return write_rows(path, head, rows, progress=progress)


def _rows(columns: "Comparison", ids: Sequence[int]) -> Iterator[files_compare.Row]:
    """A chunk at a time: no million objects live together."""
    for first in range(0, len(ids), _CHUNK):
        yield from columns.file_rows(ids[first : first + _CHUNK])
