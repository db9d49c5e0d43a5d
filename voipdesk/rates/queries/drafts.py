"""Drafts of rate tables: what a person has edited and not published yet, and the rates it lies over."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING
from uuid import UUID

from sqlalchemy import Connection, select

from voipdesk.accounts.rules import Right, require
from voipdesk.kernel.changes import Actor
from voipdesk.kernel.periods import to_micros
from voipdesk.kernel.problems import Refused
from voipdesk.kernel.text import tr
from voipdesk.rates.queries.conditions import Condition
from voipdesk.rates.queries.decks import COLUMNS, columns, marks, published
from voipdesk.rates.queries.tables import table_on
from voipdesk.rates.queries.windows import Filter, GridRow, View, _grid_row, _ids, _window
from voipdesk.rates.schema import draft_step, rate_draft, rate_import
from voipdesk.store.database import Database, raw

if TYPE_CHECKING:
    from voipdesk.rates.engine import RateColumns
    from voipdesk.rates.engine_view import Base

_CHUNK = 500


@dataclass(frozen=True, slots=True)
class DraftStep:
    """One gesture as it is kept: its place, name, whether it was taken back, rows touched, packed arrays."""

    place: int
    name: str
    is_undone: bool
    rows: int
    content: bytes


@dataclass(frozen=True, slots=True)
class Draft:
    """The draft of one person in one table. `base_seq` is the newest version that stood when it was begun."""

    id: UUID
    table_id: UUID
    actor_name: str
    base_seq: int
    created_at: datetime
    changed_at: datetime
    steps: tuple[DraftStep, ...] = ()


def draft(db: Database, actor: Actor, table: UUID | str | None = None) -> Draft | None:
    """The actor's draft of a table with all its steps; None where nothing is edited."""
    require(actor, Right.EDIT_RATES)
    with db.read() as conn:
        return draft_on(conn, table_on(conn, table).id, actor)


def draft_on(conn: Connection, table_id: UUID, actor: Actor) -> Draft | None:
    """The same inside a transaction of the caller's, who has checked the rights."""
    row = conn.execute(
        select(rate_draft).where(rate_draft.c.table_id == table_id, rate_draft.c.actor_name == actor.name)
    ).first()
    if row is None:
        return None
    kept = conn.execute(
        select(draft_step).where(draft_step.c.draft_id == row.id).order_by(draft_step.c.place)
    )
    steps = tuple(
        DraftStep(one.place, one.name, bool(one.undone), one.rows, one.content) for one in kept.all()
    )
    return Draft(row.id, row.table_id, row.actor_name, row.base_seq, row.created_at, row.changed_at, steps)


def drafted_tables(db: Database, actor: Actor) -> dict[UUID, datetime]:
    """Tables of which the actor has a draft in which something stands, and when each was changed last."""
    require(actor, Right.EDIT_RATES)
    with db.read() as conn:
        rows = conn.execute(
            select(rate_draft.c.table_id, rate_draft.c.changed_at)
            .join(draft_step, draft_step.c.draft_id == rate_draft.c.id)
            .where(rate_draft.c.actor_name == actor.name, draft_step.c.undone == 0)
            .group_by(rate_draft.c.id)
        )
        return {row.table_id: row.changed_at for row in rows.all()}


@dataclass(frozen=True, slots=True)
class WaitingReview:
    """A review of somebody's edits that was kept for later: the staged import, and as of when it has the edits."""

    import_id: UUID
    at: datetime


def waiting_reviews(db: Database, actor: Actor, table_id: UUID) -> list[WaitingReview]:
    """The actor's edits of a table that are staged and wait in Imports, the newest first."""
    require(actor, Right.EDIT_RATES)
    with db.read() as conn:
        rows = conn.execute(
            select(rate_import.c.id, rate_import.c.at)
            .where(
                rate_import.c.table_id == table_id,
                rate_import.c.source == "edit",
                rate_import.c.state == "staged",
                rate_import.c.actor_name == actor.name,
            )
            .order_by(rate_import.c.at.desc(), rate_import.c.id.desc())
        ).all()
    return [WaitingReview(row.id, row.at) for row in rows]


def newest_version(conn: Connection, table_number: int) -> int:
    """The newest published version of a table; 0 where there is none."""
    return max(published(conn, table_number), default=0)


def is_behind(db: Database, actor: Actor, table: UUID | str | None, found: Draft) -> bool:
    """Whether the rates under a draft may be others than when it was begun: published since, or begun to count."""
    require(actor, Right.EDIT_RATES)
    with db.read() as conn:
        number = table_on(conn, table).number
        if newest_version(conn, number) != found.base_seq:
            return True
        seqs = published(conn, number)
        if not seqs:
            return False
        text = (
            "SELECT EXISTS (SELECT 1 FROM rate WHERE table_number = ? AND effective_from > ? "
            f"AND effective_from <= ? AND version_seq IN ({marks(seqs)}))"
        )
        values = (number, to_micros(found.created_at), to_micros(db.clock.now()), *seqs)
        return bool(raw(conn).execute(text, values).fetchone()[0])


def draft_base(db: Database, actor: Actor, table: UUID | str | None, *, at: datetime | None = None) -> "Base":
    """All rates in force at an instant (now by default) with what follows each: what a draft lies over."""
    require(actor, Right.SEE_COSTS)
    with db.read() as conn:
        return draft_base_on(conn, table_on(conn, table).number, at or db.clock.now())


def draft_base_on(conn: Connection, table_number: int, at: datetime) -> "Base":
    """The same inside a transaction of the caller's, who has checked the rights."""
    from voipdesk.rates.engine_view import base_of

    return base_of(columns(conn, table_number), to_micros(at))


def drafted_rates(
    db: Database, actor: Actor, table: UUID | str | None, *, effective: datetime | None = None
) -> "RateColumns":
    """What the actor's draft changes, adds and closes, from `effective` on (now by default): ready to be staged.

    `Refused` where nothing differs, or where the rates under the draft are others by now and it was not laid over them.
    """
    from voipdesk.rates.engine_draft import Overlay, Texts, unpacked
    from voipdesk.rates.engine_drafted import changed_rates
    from voipdesk.rates.engine_view import Sheet

    require(actor, Right.EDIT_RATES)
    moment = db.clock.now()
    with db.read() as conn:
        found = table_on(conn, table)
        held = draft_on(conn, found.id, actor)
        texts, overlay = Texts(), Overlay()
        for step in () if held is None else held.steps:
            if not step.is_undone:
                overlay = overlay.apply(unpacked(step.name, step.content, texts))
        if not overlay:
            raise Refused(
                "empty_draft",
                tr("The draft of {table} changes nothing.").format(table=found.name),
                tr("Edit a rate first."),
            )
        base = draft_base_on(conn, found.number, moment)
    if (base.places(overlay.edited) < 0).any():
        raise Refused(
            "draft_behind",
            tr("Other rates of {table} count since this draft was begun.").format(table=found.name),
            tr("Open the table: your edits are laid over the new rates."),
        )
    return changed_rates(Sheet(base, overlay, texts), to_micros(effective or moment))


def rates_of(db: Database, actor: Actor, ids: Sequence[int]) -> "RateColumns":
    """The rates of these ids as columns, in order of prefix, whether or not they are in force."""
    require(actor, Right.SEE_COSTS)
    with db.read() as conn:
        return rates_of_on(conn, ids)


def rates_of_on(conn: Connection, ids: Sequence[int]) -> "RateColumns":
    """The same inside a transaction of the caller's, who has checked the rights."""
    from voipdesk.rates import engine

    driver = raw(conn)
    parts = [ids[start : start + _CHUNK] for start in range(0, len(ids), _CHUNK)]
    return engine.columns(
        driver.execute(f"SELECT {COLUMNS} FROM rate WHERE id IN ({marks(part)})", tuple(part)).fetchall()
        for part in parts
    )


def holders(
    db: Database,
    actor: Actor,
    table: UUID | str | None,
    prefixes: Sequence[str],
    *,
    at: datetime | None = None,
) -> Mapping[str, GridRow]:
    """Of some prefixes those that have a rate in force (of all week where there are several), with it."""
    require(actor, Right.SEE_COSTS)
    found: dict[str, GridRow] = {}
    with db.read() as conn:
        moment, known = to_micros(at or db.clock.now()), table_on(conn, table)
        for start in range(0, len(prefixes), _CHUNK):
            wanted = Condition("prefix", "in", list(prefixes[start : start + _CHUNK]))
            view = View(filters=Filter(also=(wanted,)))
            ids = [row[0] for chunk in _ids(conn, known, moment, view) for row in chunk]
            for row in map(_grid_row, _window(conn, ids, moment)):
                if row.prefix not in found or not row.band:
                    found[row.prefix] = row
    return found
