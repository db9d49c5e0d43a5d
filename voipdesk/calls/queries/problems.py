"""Calls that wait for somebody: grouped by what is wrong, with counts, and row by row."""

from array import array
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from fractions import Fraction
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Connection, Row, Select, and_, case, func, not_, or_, select

from voipdesk.accounts import queries as accounts
from voipdesk.accounts.rules import Right, may, require
from voipdesk.calls import rules
from voipdesk.calls.queries.results import view_of, with_results
from voipdesk.calls.rules import CallProblem
from voipdesk.calls.schema import call, call_import, quarantine, rating_run
from voipdesk.kernel.changes import Actor
from voipdesk.kernel.money import rounded
from voipdesk.store.database import Database

LEADING = 3
"""Digits by which calls without a rate are put together."""
_RUNS = 100
"""Newest runs that are asked for an average price."""


@dataclass(frozen=True, slots=True)
class ProblemGroup:
    """Calls that wait for the same thing."""

    code: str
    detail: str
    """Account text, leading digits, id of an account, or file: what the calls have in common; with `code` the key."""
    label: str
    """The same for people."""
    count: int
    first: datetime | None
    last: datetime | None
    talk_seconds: int
    estimate: Decimal | None
    """What they may be worth at the average price of the last run that charged any; None: unknown or not the actor's."""

    @property
    def title(self) -> str:
        """The problem in a few words."""
        return rules.title(self.code)

    @property
    def sentence(self) -> str:
        """The problem as a sentence with what to do next."""
        return rules.sentence(self.code)


@dataclass(frozen=True, slots=True)
class UnreadableRow:
    """A row of a call file that was not taken."""

    id: int
    import_seq: int
    file: str
    row: int
    column: str
    value: str
    code: str
    message: str
    cells: Any


def problems(db: Database, actor: Actor) -> list[ProblemGroup]:
    """Everything that waits in the actor's calls, in the order of problems, the most calls first."""
    with db.read() as conn:
        return problems_on(conn, actor)


def problems_on(conn: Connection, actor: Actor) -> list[ProblemGroup]:
    """The same inside a transaction of the caller's."""
    found = groups_where(conn, actor, [])
    found += [
        ProblemGroup(CallProblem.UNREADABLE, row.file_name, row.file_name, row.many, None, None, 0, None)
        for row in conn.execute(_unreadable_groups(actor)).all()
    ]
    return _in_order(found)


def groups_where(
    conn: Connection, actor: Actor, conditions: Sequence[ColumnElement[bool]]
) -> list[ProblemGroup]:
    """Calls that wait among those of this room's own conditions; without the rows that are no calls."""
    view = view_of(conn, actor)
    detail = _detail(view.problem)
    wanted = (
        select(
            view.problem.label("code"), detail.label("detail"), func.count().label("many"),
            func.min(call.c.answer).label("first"), func.max(call.c.answer).label("last"),
            func.sum(call.c.talk_seconds).label("talk"),
        ).select_from(with_results()).where(view.scope, _waits(view.problem), *conditions)
        .group_by(view.problem, detail)
    )  # fmt: skip
    names = {str(one.id): one.name for one in accounts.tree_on(conn, actor)}
    average = _average(conn, actor)
    return _in_order(_group(row, names, average) for row in conn.execute(wanted).all())


def _in_order(groups: Iterable[ProblemGroup]) -> list[ProblemGroup]:
    return sorted(groups, key=lambda one: (rules.place_of(one.code), -one.count, one.detail))


def problem_ids(db: Database, actor: Actor, code: str, detail: str | None = None) -> "array[int]":
    """Ids of the calls of a group (or of all with a code), in the order of their answer times."""
    with db.read() as conn:
        return problem_ids_on(conn, actor, code, detail)


def problem_ids_on(conn: Connection, actor: Actor, code: str, detail: str | None = None) -> "array[int]":
    """The same inside a transaction of the caller's."""
    view = view_of(conn, actor)
    wanted = select(call.c.id).select_from(with_results()).where(view.scope, view.problem == code)
    if detail is not None:
        wanted = wanted.where(_detail(view.problem) == detail)
    return array("q", conn.execute(wanted.order_by(call.c.answer, call.c.id)).scalars())


def unreadable(db: Database, actor: Actor, file: str | None = None, limit: int = 1000) -> list[UnreadableRow]:
    """Rows of the actor's call files that were not taken, by file and row."""
    with db.read() as conn:
        wanted = _unreadable(
            actor, quarantine, call_import.c.seq.label("import_seq"), call_import.c.file_name
        )
        if file is not None:
            wanted = wanted.where(call_import.c.file_name == file)
        rows = conn.execute(wanted.order_by(call_import.c.seq, quarantine.c.row).limit(limit)).all()
    return [
        UnreadableRow(
            row.id,
            row.import_seq,
            row.file_name,
            row.row,
            row.column,
            row.value,
            row.code,
            row.message,
            row.cells,
        )
        for row in rows
    ]


def _waits(problem: ColumnElement[Any]) -> ColumnElement[bool]:
    return and_(problem.is_not(None), not_(problem.startswith(rules.DISMISSED)))


def _detail(problem: ColumnElement[Any]) -> ColumnElement[Any]:
    """What the calls of a group have in common."""
    return case(
        (problem == CallProblem.UNKNOWN_ACCOUNT, call.c.account_text),
        (problem == CallProblem.UNREADABLE_NUMBER, call.c.called),
        (problem == CallProblem.NO_PLAN, func.lower(func.hex(call.c.account_id))),
        else_=func.substr(call.c.number, 1, LEADING),
    )


def _group(row: Row[Any], names: dict[str, str], average: Fraction | None) -> ProblemGroup:
    label = row.detail or ""
    if row.code == CallProblem.NO_PLAN and label:
        label = names.get(str(UUID(hex=label)), "")
    elif row.code not in (CallProblem.UNKNOWN_ACCOUNT, CallProblem.UNREADABLE_NUMBER):
        label = f"{label}…"
    is_priced = row.code in rules.PRICED_ANYWAY
    worth = None if average is None or is_priced else rounded(average * row.talk, 6)
    return ProblemGroup(row.code, row.detail or "", label, row.many, row.first, row.last, row.talk, worth)


def _average(conn: Connection, actor: Actor) -> Fraction | None:
    """Price of a talk second in the newest run that charged any, for the admin; others would learn of others' calls."""
    if not may(actor, Right.SEE_COSTS):
        return None
    newest = select(rating_run.c.totals).where(rating_run.c.state == "published")
    for kept in conn.execute(newest.order_by(rating_run.c.seq.desc()).limit(_RUNS)).scalars():
        if kept and kept.get("priced_seconds") and kept.get("by") == "admin":
            return Fraction(Decimal(kept["revenue"])) / int(kept["priced_seconds"])
    return None


def _unreadable(actor: Actor, *columns: Any) -> Select[Any]:
    """Quarantined rows of committed imports of the actor's own desk; the admin's are those of all."""
    require(actor, Right.SEE_CALLS)
    joined = quarantine.join(call_import, call_import.c.id == quarantine.c.import_id)
    own = or_(call_import.c.owner_id == actor.account_id, actor.level == "admin")  # type: ignore[arg-type]
    return (
        select(*columns)
        .select_from(joined)
        .where(call_import.c.state == "committed", quarantine.c.code != rules.DISMISSED, own)
    )


def _unreadable_groups(actor: Actor) -> Select[Any]:
    return _unreadable(actor, call_import.c.file_name, func.count().label("many")).group_by(
        call_import.c.file_name
    )
