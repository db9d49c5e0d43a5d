"""Twenty destinations to begin with, so that a first price can be asked before the first carrier's sheet comes."""

from pathlib import Path
from uuid import UUID

from voipdesk.kernel.changes import Actor
from voipdesk.rates.commands.importing import import_sheet
from voipdesk.rates.commands.reports import ImportReport
from voipdesk.store.database import Database

SEED = Path(__file__).resolve().parents[3] / "resources" / "seed" / "destinations.csv"
"""Invented prices in US dollars; a sheet like any other."""


def seed_table(db: Database, actor: Actor, *, table: UUID | str | None = None) -> ImportReport:
    """Import the twenty destinations into a table; guards and undo are those of any import."""
    return import_sheet(db, actor, SEED, table=table, scope="partial")
