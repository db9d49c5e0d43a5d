"""Who has which plan when: at any instant an account has at most one."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, Row, delete, insert, select, update

from voipdesk.accounts import queries as accounts
from voipdesk.accounts.rules import Account, Right, require
from voipdesk.kernel.changes import Actor
from voipdesk.kernel.periods import EffectiveRange
from voipdesk.kernel.problems import Refused
from voipdesk.kernel.text import tr
from voipdesk.store.database import Database, Write
from voipdesk.store.types import uuid7
from voipdesk.tariffs import queries, schema

_table = schema.assignment


def assign_plan(
    db: Database,
    actor: Actor,
    *,
    account: UUID | str,
    plan: UUID | str,
    since: datetime | None = None,
    until: datetime | None = None,
) -> queries.Assignment:
    """Give an account a plan of the one who sells to it, from `since` (now by default) on, or until an end.

    What stood is closed at `since`, and stands again after `until`. Assignments planned for later give way.
    `Refused("assignment_overlap")` where one that began in the past would have to be rewritten.
    """
    require(actor, Right.EDIT_PLANS)
    with db.write(tr("Assign plan"), actor) as write:
        who = accounts.account_on(write.conn, actor, account)
        seller = queries.seller_on(write.conn, who)
        found = queries.plan_on(write.conn, actor, plan, owner=seller)
        write.call(tr("Assign plan {plan} to {account}").format(plan=found.name, account=who.name))
        _check_fits(actor, who, found, seller)
        effective = _range(since or write.now, until)
        _make_room(write, who, effective)
        key = uuid7()
        _insert(write.conn, key, who.id, found.id, effective)
        return queries.Assignment(key, who.id, found.id, effective, found.name)


def end_assignment(db: Database, actor: Actor, *, account: UUID | str, at: datetime | None = None) -> None:
    """Close the plan an account has at an instant (now by default), so that it has none from then on."""
    require(actor, Right.EDIT_PLANS)
    with db.write(tr("End plan"), actor) as write:
        who = accounts.account_on(write.conn, actor, account)
        instant = at or write.now
        held = queries.plan_of(write.conn, who.id, instant)
        if held is None or who.id == actor.account_id:
            raise _unknown()
        if held.effective.start == instant:
            write.conn.execute(delete(_table).where(_table.c.id == held.id))
        else:
            _set_end(write.conn, held.id, instant)


def remove_assignment(db: Database, actor: Actor, *, assignment: UUID) -> None:
    """Take a mistaken assignment away, as if it had never been; undo brings it back."""
    require(actor, Right.EDIT_PLANS)
    with db.write(tr("Remove assignment"), actor) as write:
        row = write.conn.execute(select(_table).where(_table.c.id == assignment)).first()
        plans = {one.id for one in queries.plans_on(write.conn, actor)}
        if row is None or row.plan_id not in plans:
            raise _unknown()
        if row.account_id not in accounts.subtree_ids(write.conn, actor):
            raise _unknown()
        write.conn.execute(delete(_table).where(_table.c.id == assignment))


def _check_fits(actor: Actor, who: Account, plan: queries.Plan, seller: UUID) -> None:
    """A plan is given by its owner to those he sells to, never to himself."""
    if plan.status != "active":
        raise Refused(
            "plan_archived",
            tr("The plan {name} is archived.").format(name=plan.name),
            tr("Choose one in use."),
        )
    if who.level == "admin" or who.id == actor.account_id:
        raise Refused(
            "own_plan",
            tr("{name} pays no plan of yours: it is your own account.").format(name=who.name),
            tr("Choose an account that you sell to."),
        )
    if seller != plan.owner_id:
        raise Refused(
            "foreign_plan",
            tr("{plan} is not a plan of the one who sells to {account}.").format(
                plan=plan.name, account=who.name
            ),
            tr("Choose a plan of the level above the account."),
        )


def _range(since: datetime, until: datetime | None) -> EffectiveRange:
    try:
        return EffectiveRange(since, until)
    except ValueError as cause:
        raise Refused(
            "bad_range",
            tr("The end must come after the start."),
            tr("Correct the dates, or leave the end out."),
        ) from cause


def _make_room(write: Write, who: Account, wanted: EffectiveRange) -> None:
    """Close, move or drop what overlaps the wanted range; the one that stood goes on after it."""
    rows = write.conn.execute(
        select(_table).where(_table.c.account_id == who.id).order_by(_table.c.effective_from)
    ).all()
    touched = [
        row for row in rows if wanted.overlaps(EffectiveRange(row.effective_from, row.effective_until))
    ]
    for row in touched:
        if wanted.start <= row.effective_from < write.now:
            raise _overlap(write.conn, who, row)
    for row in touched:
        goes_on = wanted.end is not None and (row.effective_until is None or wanted.end < row.effective_until)
        if row.effective_from < wanted.start:
            _set_end(write.conn, row.id, wanted.start)
            if goes_on and wanted.end is not None:
                after = EffectiveRange(wanted.end, row.effective_until)
                _insert(write.conn, uuid7(), who.id, row.plan_id, after)
        elif goes_on:
            write.conn.execute(update(_table).where(_table.c.id == row.id).values(effective_from=wanted.end))
        else:
            write.conn.execute(delete(_table).where(_table.c.id == row.id))


def _overlap(conn: Connection, who: Account, row: Row[Any]) -> Refused:
    """Says since when the other plan has stood; not its name, which may be that of a former seller's."""
    zone = accounts.workspace_on(conn).zone
    since = row.effective_from.astimezone(zone)
    return Refused(
        "assignment_overlap",
        tr("{account} has had another plan since {since}, after the day you chose.").format(
            account=who.name, since=f"{since:%Y-%m-%d %H:%M}"
        ),
        tr("Choose a later start, an earlier end, or remove that assignment first."),
    )


def _insert(conn: Connection, key: UUID, account_id: UUID, plan_id: UUID, effective: EffectiveRange) -> None:
    conn.execute(
        insert(_table).values(
            id=key,
            account_id=account_id,
            plan_id=plan_id,
            effective_from=effective.start,
            effective_until=effective.end,
        )
    )


def _set_end(conn: Connection, key: UUID, end: datetime) -> None:
    conn.execute(update(_table).where(_table.c.id == key).values(effective_until=end))


def _unknown() -> Refused:
    return Refused("unknown_assignment", tr("There is no such assignment."), tr("Reload the account."))
