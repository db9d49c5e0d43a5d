"""Drafts of rate tables: each gesture is saved at once, live for nobody before it is published.

A draft is not journaled: it has its own undo, step by step. Arrays come and go packed (`engine_draft.packed`).
"""

from datetime import datetime
from uuid import UUID

from sqlalchemy import delete, insert, select, update

from voipdesk.accounts.rules import Right, require
from voipdesk.kernel.changes import Actor
from voipdesk.kernel.problems import Refused
from voipdesk.kernel.text import tr
from voipdesk.rates import queries
from voipdesk.rates.queries.drafts import Draft, DraftStep, draft_on, newest_version
from voipdesk.rates.schema import draft_step, rate_draft
from voipdesk.store.database import Database, Write
from voipdesk.store.types import uuid7


def add_step(
    db: Database, actor: Actor, *, table: UUID | str | None, step: DraftStep, begun: datetime | None = None
) -> Draft:
    """Keep one gesture; the first one begins the draft (at `begun`, now by default). Undone steps are forgotten.

    Returns the draft without its steps.
    """
    require(actor, Right.EDIT_RATES)
    with db.write(tr("Save draft"), actor) as write:
        found = queries.table_on(write.conn, table)
        held = _head(write, found.id, actor) or _begin(write, found, actor, begun or write.now)
        write.conn.execute(
            delete(draft_step).where(draft_step.c.draft_id == held.id, draft_step.c.undone == 1)
        )
        _insert(write, held.id, step)
        return _touched(write, held)


def undo_step(db: Database, actor: Actor, *, table: UUID | str | None) -> DraftStep | None:
    """Take the newest standing step back and return it; None where there is none."""
    return _flip(db, actor, table, undone=True)


def redo_step(db: Database, actor: Actor, *, table: UUID | str | None) -> DraftStep | None:
    """Let the oldest undone step stand again and return it; None where there is none."""
    return _flip(db, actor, table, undone=False)


def discard_draft(db: Database, actor: Actor, *, table: UUID | str | None) -> Draft | None:
    """Drop the actor's draft; what is returned can be given to `restore_draft`. None where there is none."""
    require(actor, Right.EDIT_RATES)
    with db.write(tr("Discard draft"), actor) as write:
        found = queries.table_on(write.conn, table)
        held = draft_on(write.conn, found.id, actor)
        if held is not None:
            _forget(write, held.id)
        return held


def restore_draft(db: Database, actor: Actor, draft: Draft) -> None:
    """Bring a discarded draft back. `Refused` where the actor has begun another one since."""
    require(actor, Right.EDIT_RATES)
    with db.write(tr("Bring draft back"), actor) as write:
        if _head(write, draft.table_id, actor) is not None:
            raise Refused(
                "draft_begun",
                tr("You have begun another draft of this table since."),
                tr("Publish or discard it first."),
            )
        _insert_head(write, draft)
        for step in draft.steps:
            _insert(write, draft.id, step)


def rebase_draft(
    db: Database, actor: Actor, *, table: UUID | str | None, step: DraftStep | None
) -> Draft | None:
    """Lay a draft over the rates of now: its steps become this one, or the draft ends where none is left."""
    require(actor, Right.EDIT_RATES)
    with db.write(tr("Save draft"), actor) as write:
        found = queries.table_on(write.conn, table)
        held = _head(write, found.id, actor)
        if held is None:
            return None
        _forget(write, held.id)
        if step is None:
            return None
        made = _begin(write, found, actor, write.now)
        _insert(write, made.id, step)
        return made


def forget_draft_in(write: Write, table_id: UUID, actor: Actor, *, as_of: datetime) -> None:
    """Empty the actor's draft of a table inside an open write: it has been published as it was at an instant.

    One that was edited since stays, and is laid over what is published now.
    """
    held = _head(write, table_id, actor)
    if held is not None and held.changed_at <= as_of:
        _forget(write, held.id)


def _flip(db: Database, actor: Actor, table: UUID | str | None, *, undone: bool) -> DraftStep | None:
    require(actor, Right.EDIT_RATES)
    with db.write(tr("Undo") if undone else tr("Redo"), actor) as write:
        held = draft_on(write.conn, queries.table_on(write.conn, table).id, actor)
        if held is None:
            return None
        some = [one for one in held.steps if one.is_undone is not undone]
        if not some:
            return None
        step = some[-1] if undone else some[0]
        write.conn.execute(
            update(draft_step)
            .where(draft_step.c.draft_id == held.id, draft_step.c.place == step.place)
            .values(undone=int(undone))
        )
        _touched(write, held)
        return step


def _head(write: Write, table_id: UUID, actor: Actor) -> Draft | None:
    """The draft without its steps."""
    row = write.conn.execute(
        select(rate_draft).where(rate_draft.c.table_id == table_id, rate_draft.c.actor_name == actor.name)
    ).first()
    if row is None:
        return None
    return Draft(row.id, row.table_id, row.actor_name, row.base_seq, row.created_at, row.changed_at)


def _begin(write: Write, table: queries.RateTable, actor: Actor, begun: datetime) -> Draft:
    base = newest_version(write.conn, table.number)
    made = Draft(uuid7(), table.id, actor.name, base, begun, write.now)
    _insert_head(write, made)
    return made


def _insert_head(write: Write, draft: Draft) -> None:
    write.conn.execute(
        insert(rate_draft).values(
            id=draft.id,
            table_id=draft.table_id,
            actor_name=draft.actor_name,
            base_seq=draft.base_seq,
            created_at=draft.created_at,
            changed_at=draft.changed_at,
        )
    )


def _insert(write: Write, draft_id: UUID, step: DraftStep) -> None:
    write.conn.execute(
        insert(draft_step).values(
            draft_id=draft_id,
            place=step.place,
            name=step.name,
            undone=int(step.is_undone),
            rows=step.rows,
            content=step.content,
        )
    )


def _touched(write: Write, held: Draft) -> Draft:
    write.conn.execute(update(rate_draft).where(rate_draft.c.id == held.id).values(changed_at=write.now))
    return Draft(held.id, held.table_id, held.actor_name, held.base_seq, held.created_at, write.now)


def _forget(write: Write, draft_id: UUID) -> None:
    write.conn.execute(delete(draft_step).where(draft_step.c.draft_id == draft_id))
    write.conn.execute(delete(rate_draft).where(rate_draft.c.id == draft_id))
