"""The sheet of prices for a customer, as a file."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING
from uuid import UUID

from voipdesk.accounts.queries import workspace
from voipdesk.accounts.rules import Account
from voipdesk.kernel.changes import Actor
from voipdesk.store.database import Database
from voipdesk.tariffs import files, queries

if TYPE_CHECKING:
    from voipdesk.tariffs.engine_sheet import SellColumns

CHUNK = 10_000


@dataclass(frozen=True, slots=True)
class SheetReport:
    """What was written: rows, of which blocked, and where."""

    path: Path
    rows: int
    blocked: int


def export_plan(
    db: Database,
    actor: Actor,
    key: queries.Plan | Account | UUID | str,
    path: Path,
    *,
    at: datetime | None = None,
) -> SheetReport:
    """Write what a plan sells, or an account pays, at an instant (now by default) as .csv or .xlsx.

    The sheet is for the customer: no base price, margin, rule or supplier is in it, whoever writes it.
    """
    from voipdesk.tabular.writer import write_rows

    deck = queries.sell_deck(db, actor, key, at).without_base()
    known = workspace(db)
    has_next = bool((deck.terms.next_price != deck.terms.price).any())
    has_bands = bool((deck.band != 0).any())
    head = files.header(known.currency, has_next=has_next, has_bands=has_bands)
    rows = files.rows(_values(deck), known.zone, has_next=has_next, has_bands=has_bands)
    write_rows(path, head, rows)
    return SheetReport(path, len(deck), int((deck.state != 0).sum()))


def _values(deck: "SellColumns") -> Iterator[files.SheetRow]:
    """Rows of the columns, a chunk at a time: no million objects live together."""
    for first in range(0, len(deck), CHUNK):
        part = deck.slice(first, first + CHUNK)
        terms = part.terms
        yield from zip(
            part.prefix_texts(),
            part.destination_texts(),
            part.band_texts(),
            part.state.tolist(),
            terms.price.tolist(),
            terms.next_price.tolist(),
            terms.connect_fee.tolist(),
            terms.initial_interval.tolist(),
            terms.next_interval.tolist(),
            part.effective_from.tolist(),
            strict=True,
        )
