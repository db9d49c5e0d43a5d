"""A few rates published the way of every edit: staged, looked at, published."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any
from uuid import UUID

from voipdesk.kernel.changes import Actor
from voipdesk.kernel.money import to_scaled
from voipdesk.kernel.periods import to_micros
from voipdesk.rates import commands, queries
from voipdesk.rates.commands import ImportReport
from voipdesk.rates.engine import RateColumns, columns
from voipdesk.rates.rules import STATES, NewRate
from voipdesk.store.database import Database


def publish_rates(
    db: Database,
    actor: Actor,
    *,
    table: UUID | str | None,
    rows: Sequence[NewRate],
    effective: datetime | None = None,
) -> ImportReport:
    """Publish rates as a colleague of the actor's, whose own draft stays; every guard that asks is passed."""
    who = replace(actor, name=f"{actor.name} and friends")
    since = effective or db.clock.now()
    key = commands.stage_columns(db, who, columns_of(rows, since), table=table)
    commands.decide(db, who, key, accept=["G5"])  # It decides which rows the other guards look at.
    words = [one.pass_word for one in queries.review(db, who, key).guards if one.state != "ok"]
    commands.decide(db, who, key, accept=[*words, "G5"])
    return commands.publish_import(db, who, key)


def columns_of(rows: Sequence[NewRate], since: datetime | None = None) -> RateColumns:
    """Rates as columns; those without a start of their own begin at `since`."""
    return columns([[_row(at, row, since) for at, row in enumerate(rows)]])


def _row(at: int, row: NewRate, since: datetime | None) -> tuple[Any, ...]:
    """In the order of the fields of `RateColumns`."""
    terms, start = row.terms, row.effective_from or since
    assert start is not None
    return (
        at, row.prefix, row.band, to_micros(start), 0, STATES.index(row.state),
        to_scaled(terms.price), None if terms.next_price is None else to_scaled(terms.next_price),
        to_scaled(terms.connect_fee), to_scaled(terms.minimum_charge), terms.initial_interval, terms.next_interval,
        terms.free_seconds, terms.grace_seconds,
        None if row.effective_until is None else to_micros(row.effective_until), row.destination,
    )  # fmt: skip
