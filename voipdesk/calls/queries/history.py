"""Imports of calls, rating runs, what is still to be rated, and the proof that every row is accounted for."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, Row, Select, and_, exists, func, or_, select

from voipdesk.accounts import queries as accounts
from voipdesk.accounts.rules import Right, require
from voipdesk.calls.queries.results import LEVEL_COLUMNS, scope_of, view_of, with_results
from voipdesk.calls.schema import (
    call,
    call_import,
    invoice,
    invoice_call,
    quarantine,
    rated,
    rating_path,
    rating_run,
    rating_term,
    rating_way,
)
from voipdesk.kernel.changes import Actor
from voipdesk.kernel.ledger import ledger_of
from voipdesk.kernel.problems import Problem, Refused
from voipdesk.kernel.text import tr, trn
from voipdesk.store.database import Database


@dataclass(frozen=True, slots=True)
class CallImport:
    """A file of calls that was imported."""

    id: UUID
    seq: int
    file_name: str
    file_sha256: str
    zone: str
    state: str
    """committed or reverted."""
    at: datetime
    actor_name: str
    owner_id: UUID
    ledger: dict[str, int]


@dataclass(frozen=True, slots=True)
class Run:
    """A rating run."""

    id: UUID
    seq: int
    kind: str
    """first or rerate."""
    state: str
    """published or reverted."""
    at: datetime
    actor_name: str
    totals: dict[str, Any] = field(default_factory=dict)


def imports(db: Database, actor: Actor) -> list[CallImport]:
    """The call files of the actor's subtree, the newest first."""
    require(actor, Right.IMPORT_CALLS)
    with db.read() as conn:
        seen = accounts.subtree_ids(conn, actor)
        rows = conn.execute(select(call_import).order_by(call_import.c.seq.desc())).all()
    return [_import(row) for row in rows if row.owner_id in seen]


def has_calls(conn: Connection, actor: Actor | None = None) -> bool:
    """Whether there is any call that counts in the actor's subtree; without one any call at all, of whomever."""
    found = select(call.c.id)
    if actor is not None:
        joined = call.join(call_import, call_import.c.seq == call.c.import_seq)
        found = found.select_from(joined).where(scope_of(conn, actor))
    return conn.execute(found.limit(1)).first() is not None


def import_on(conn: Connection, actor: Actor, key: UUID | int | str) -> CallImport:
    """An import of the actor's subtree by id or number. `Refused("unknown_import")` for every other one."""
    require(actor, Right.IMPORT_CALLS)
    seen = accounts.subtree_ids(conn, actor)
    for row in conn.execute(select(call_import)).all():
        if str(key) in (str(row.id), str(row.seq)) and row.owner_id in seen:
            return _import(row)
    raise Refused(
        "unknown_import",
        tr("There is no call import {name}.").format(name=key),
        tr("Look at the list of call files."),
    )


def runs(db: Database, actor: Actor) -> list[Run]:
    """Rating runs, the newest first; their totals are the admin's to see."""
    require(actor, Right.RATE_CALLS)
    require(actor, Right.SEE_COSTS)
    with db.read() as conn:
        rows = conn.execute(select(rating_run).order_by(rating_run.c.seq.desc())).all()
    return [
        Run(row.id, row.seq, row.kind, row.state, row.at, row.actor_name, row.totals or {}) for row in rows
    ]


def unrated(
    conn: Connection, actor: Actor, since: datetime | None = None, until: datetime | None = None
) -> dict[UUID | None, int]:
    """Answered calls in `[since, until)` that have no price, by account (None: unknown): what an invoice run waits for.

    Dismissed calls and calls with trouble at the supplier only are not among them.
    """
    view = view_of(conn, actor)
    waits = or_(
        call.c.problem.in_(["unknown_account", "unreadable_number"]),
        and_(call.c.problem.is_(None), or_(rated.c.call_id.is_(None), view.price.is_(None))),
    )
    wanted = (
        select(call.c.account_id, func.count().label("many"))
        .select_from(with_results())
        .where(view.scope, call.c.talk_seconds > 0, waits)
        .group_by(call.c.account_id)
    )
    if since is not None:
        wanted = wanted.where(call.c.answer >= since)
    if until is not None:
        wanted = wanted.where(call.c.answer < until)
    return {row.account_id: row.many for row in conn.execute(wanted).all()}


def documents_with(
    conn: Connection,
    *,
    import_seq: int | None = None,
    run_seq: int | None = None,
    version_seq: int | None = None,
) -> list[str]:
    """Numbers of the documents (drafts as '') that hold calls of an import, results of a run, prices of a version."""
    wanted = (
        select(func.coalesce(invoice.c.number, "")).join(invoice_call, invoice_call.c.invoice_id == invoice.c.id)
        .where(invoice.c.state != "void").distinct()
    )  # fmt: skip
    if import_seq is not None:
        wanted = wanted.join(call, call.c.id == invoice_call.c.call_id).where(call.c.import_seq == import_seq)
    if run_seq is not None:
        wanted = wanted.where(invoice_call.c.run_seq == run_seq)
    if version_seq is not None:
        of_version = select(rating_term.c.id).where(rating_term.c.version_seq == version_seq)
        path = rating_path.c
        terms = (path.cost_term, path.reseller_term, path.company_term, path.user_term)
        paths = select(path.id).where(or_(*(term.in_(of_version) for term in terms)))
        same = and_(rated.c.call_id == invoice_call.c.call_id, rated.c.run_seq == invoice_call.c.run_seq)
        wanted = wanted.join(rated, same).where(rated.c.path_id.in_(paths))
    return sorted(conn.execute(wanted).scalars())


def version_lock(conn: Connection, version_seq: int) -> str:
    """Why a version of a rate table cannot be reverted: the issued documents that stand on it. '' where none does."""
    numbers = [number for number in documents_with(conn, version_seq=version_seq) if number]
    if not numbers:
        return ""
    named = ", ".join(numbers[:3]) + ("…" if len(numbers) > 3 else "")
    return (
        trn("{count} issued invoice stands on it", "{count} issued invoices stand on it", len(numbers))
        + f": {named}."
    )


def verify(db: Database) -> list[Problem]:
    """Faults in what this room keeps: ledgers whose sums or counts are wrong, results of no call, results that do not tell
    who was charged or by which terms. Empty: sound.
    """
    found: list[Problem] = []
    with db.read() as conn:
        counts = _counts(conn, call.c.import_seq)
        kept: dict[Any, int] = _counts(conn, quarantine.c.import_id)
        for row in conn.execute(select(call_import)).all():
            found.extend(_wrong_ledger(row, counts.get(row.seq, 0), kept.get(row.id, 0)))
        orphans = select(func.count()).where(~exists().where(call.c.id == rated.c.call_id)).select_from(rated)
        lost = conn.execute(orphans).scalar_one()
        nameless = conn.execute(_nameless()).scalar_one()
    if lost:
        said = tr("{count} results belong to no call.").format(count=lost)
        found.append(Problem("orphan_results", said))
    if nameless:
        said = tr("{count} results do not tell who was charged or by which terms. Rate their calls again.")
        found.append(Problem("nameless_results", said.format(count=nameless)))
    return found


def _nameless() -> Select[int]:
    """How many results point to a way, a path or terms that are not there, or have amounts and point to none."""
    amounts = rated.c.cost, *(level[2] for level in LEVEL_COLUMNS.values())
    terms = rating_path.c.cost_term, *(level[3] for level in LEVEL_COLUMNS.values())
    known = [or_(term.is_(None), exists().where(rating_term.c.id == term)) for term in terms]
    has_amounts = or_(*(one.is_not(None) for one in amounts))
    lost = [
        and_(or_(told.is_not(None), has_amounts), ~found)
        for told, found in (
            (rated.c.way_id, exists().where(rating_way.c.id == rated.c.way_id)),
            (rated.c.path_id, exists().where(rating_path.c.id == rated.c.path_id, *known)),
        )
    ]
    return select(func.count()).select_from(rated).where(or_(*lost))


def _counts(conn: Connection, key: Any) -> dict[Any, int]:
    rows = conn.execute(select(key.label("key"), func.count().label("many")).group_by(key)).all()
    return {row.key: row.many for row in rows}


def _wrong_ledger(row: Row[Any], calls: int, quarantined: int) -> Sequence[Problem]:
    ledger = ledger_of(row.ledger)
    if ledger.fault:
        return [Problem("ledger", f"{row.file_name}: {ledger.fault}")]
    if (ledger.accepted, ledger.quarantined) == (calls, quarantined):
        return []
    said = tr(
        "{file}: {accepted} calls and {kept} rows kept aside are recorded, {calls} and {rows} are here."
    )
    told = said.format(
        file=row.file_name,
        accepted=ledger.accepted,
        kept=ledger.quarantined,
        calls=calls,
        rows=quarantined,
    )
    return [Problem("ledger", told)]


def _import(row: Row[Any]) -> CallImport:
    return CallImport(
        row.id, row.seq, row.file_name, row.file_sha256, row.zone, row.state, row.at,
        row.actor_name, row.owner_id, row.ledger or {},
    )  # fmt: skip
