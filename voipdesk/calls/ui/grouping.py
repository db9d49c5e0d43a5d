"""Groups of calls that wait: their columns, and the source of the calls of one group."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from voipdesk.calls.queries import CallFilter, Condition, ProblemGroup
from voipdesk.calls.rules import CallProblem
from voipdesk.calls.ui.source import CallSource, call_columns, problem_looks
from voipdesk.kernel.changes import Actor
from voipdesk.kernel.text import tr
from voipdesk.kit.desk import Desk
from voipdesk.kit.grid import Column, Filter, Kind, Operator
from voipdesk.store.database import Database

SHOWN = ("answer", "account", "caller", "called", "talk_seconds", "price")


def group_columns(*, with_estimate: bool) -> list[Column]:
    """What the list of groups shows; the estimate only for who may see what calls bring."""
    found = [
        Column("problem", tr("Problem"), Kind.STATE, width=22, looks=problem_looks()),
        Column("what", tr("What"), width=24, stretch=True),
        Column("count", tr("Calls"), Kind.INT, width=8),
        Column("first", tr("First"), Kind.TIME, width=19),
        Column("last", tr("Last"), Kind.TIME, width=19),
        Column("minutes", tr("Minutes"), Kind.INT, width=8),
    ]
    if with_estimate:
        tip = tr("What the calls may bring, at the average price of the last rating run")
        found.append(Column("estimate", tr("Estimate"), Kind.AMOUNT, width=11, tooltip=tip))
    return found


def group_row(one: ProblemGroup, columns: Sequence[Column]) -> tuple[Any, ...]:
    """A group as the list shows it."""
    values = {
        "problem": one.code,
        "what": one.label,
        "count": one.count,
        "first": one.first,
        "last": one.last,
        "minutes": -(-one.talk_seconds // 60) if one.talk_seconds else None,
        "estimate": one.estimate,
    }
    return tuple(values[column.id] for column in columns)


def row_columns(actor: Actor) -> list[Column]:
    """Columns of the calls of a group."""
    return [column for column in call_columns(actor) if column.id in SHOWN]


def unreadable_columns() -> list[Column]:
    """Columns of rows that are no calls."""
    return [
        Column("row", tr("Row"), Kind.INT, width=8),
        Column("column", tr("Column"), width=14),
        Column("value", tr("Value"), width=24),
        Column("message", tr("Why"), width=40, stretch=True),
    ]


def group_source(desk: Desk[Database], group: ProblemGroup, columns: Sequence[Column]) -> CallSource:
    """The calls that have a group's problem and its detail in common."""
    number = ""
    always: tuple[Condition, ...] = ()
    if group.code == CallProblem.UNKNOWN_ACCOUNT:
        pattern = Filter("account", Operator.LIKE, group.detail).like
        always = (Condition("account", "among", (), pattern),)
    elif group.code == CallProblem.UNREADABLE_NUMBER:
        always = (Condition("called", "=", group.detail),)
    elif group.code == CallProblem.NO_PLAN:
        always = (Condition("account", "among", (UUID(hex=group.detail),) if group.detail else ()),)
    else:
        number = group.detail
    chosen = CallFilter(problem=group.code, number=number)
    return CallSource(desk.db, desk.actor, desk.zone, columns, chosen, always)
