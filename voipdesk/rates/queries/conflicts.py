"""Rows of a staged sheet that give one prefix several prices on one date, for choosing among them (G7)."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from uuid import UUID

from voipdesk.accounts.rules import Right, require
from voipdesk.kernel.changes import Actor
from voipdesk.kernel.money import from_scaled
from voipdesk.kernel.periods import from_micros
from voipdesk.rates.queries.decks import columns as live_columns
from voipdesk.rates.queries.reviewing import notice_of, question_of
from voipdesk.rates.queries.staged import staged_columns, staged_on
from voipdesk.store.database import Database

STATES = ("open", "blocked", "closed")


@dataclass(frozen=True, slots=True)
class Candidate:
    """One of several rates of a prefix."""

    row: int
    """Of the file."""
    price: Decimal
    """Per minute."""
    state: str
    """open, blocked or closed."""
    destination: str
    initial_interval: int
    next_interval: int
    connect_fee: Decimal
    is_taken: bool


@dataclass(frozen=True, slots=True)
class Conflict:
    """A prefix with several rates from one instant on, in the order of the file."""

    prefix: str
    band: str
    effective_from: datetime
    """In the zone of the table."""
    candidates: tuple[Candidate, ...]
    is_by_hand: bool
    """Whether somebody picked the one that is taken."""

    def key(self, row: int) -> str:
        """What names a row of it among the decisions (`chosen`)."""
        return f"{row}:{self.prefix}" + (f":{self.band}" if self.band else "")


def conflicts(
    db: Database, actor: Actor, import_id: UUID, *, limit: int = 2_000
) -> tuple[list[Conflict], int]:
    """(the first contradictions of a staged import, settled or not, how many there are)."""
    from voipdesk.rates.engine_review import contradictions

    require(actor, Right.SEE_COSTS)
    with db.read() as conn:
        kept = staged_on(conn, import_id)
        sheet, live = staged_columns(conn, import_id), live_columns(conn, kept.table.number)
        question = question_of(conn, kept, db.clock.now(), notice_of(conn, kept))
    found = contradictions(sheet, live, question)
    rates, made = sheet.rates, []
    for one in found[:limit]:
        first = int(one.places[0])
        candidates = tuple(
            Candidate(
                row=int(sheet.source_row[at]),
                price=from_scaled(int(rates.price[at])),
                state=STATES[int(rates.state[at])],
                destination=rates.destination_names[int(rates.destination[at])],
                initial_interval=int(rates.initial_interval[at]),
                next_interval=int(rates.next_interval[at]),
                connect_fee=from_scaled(int(rates.connect_fee[at])),
                is_taken=at == one.kept,
            )
            for at in one.places.tolist()
        )
        since = from_micros(one.since).astimezone(kept.table.zone)
        band = rates.band_names[int(rates.band[first])]
        made.append(Conflict(rates.prefixes[first].decode(), band, since, candidates, one.is_by_hand))
    return made, len(found)


__all__ = ["Candidate", "Conflict", "conflicts"]
