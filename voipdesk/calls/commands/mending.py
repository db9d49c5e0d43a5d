"""Work on what waits: giving unknown names to accounts, trying again, leaving calls unbilled, taking files and runs back."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import Connection, func, insert, select, update

from voipdesk.accounts import queries as accounts
from voipdesk.accounts.rules import Account, Right, require
from voipdesk.calls import queries, rules
from voipdesk.calls.rules import CallProblem
from voipdesk.calls.schema import account_alias, call, call_import, quarantine, rating_run
from voipdesk.kernel.changes import Actor
from voipdesk.kernel.problems import Refused
from voipdesk.kernel.text import tr
from voipdesk.store.database import Database, Write
from voipdesk.store.types import uuid7

_PART = 5_000
"""Calls named in one statement."""


@dataclass(frozen=True, slots=True)
class Mapped:
    """A name that calls use now means an account; how many waiting calls it found."""

    text: str
    account: Account
    calls: int


def map_account(
    db: Database, actor: Actor, *, text: str, account: UUID | str, kind: str = "account"
) -> Mapped:
    """Let a name of call files mean an account from now on, and give that account the calls that wait for it.

    The calls are unrated afterwards: `rate_calls` or `retry_problems` prices them. `Refused("alias_taken")` where the
    name means another account already.
    """
    require(actor, Right.IMPORT_CALLS)
    require(actor, Right.MANAGE_ACCOUNTS)
    name = text.strip()
    if not name or kind not in accounts.ALIAS_KINDS:
        raise Refused("no_name", tr("A name is needed."), tr("Choose one of the unknown account texts."))
    with db.write(tr("Map account"), actor, undoable=False) as write:
        found = accounts.account_on(write.conn, actor, account)
        write.call(tr("Calls of {text} belong to {account}").format(text=name, account=found.name))
        if found.level == "admin":
            raise Refused(
                "own_account",
                tr("{name} is the own company: nobody pays for its calls.").format(name=found.name),
                tr("Choose the account of a customer."),
            )
        _name(write, found, name=name, kind=kind)
        count = _assign(write, found, name)
    return Mapped(name, found, count)


def _name(write: Write, account: Account, *, name: str, kind: str) -> None:
    """Keep the name, unless it means this account already."""
    table, owner = account_alias, write.actor.account_id
    rows = write.conn.execute(select(table).where(table.c.owner_id == owner, table.c.kind == kind)).all()
    for row in rows:
        if row.value.casefold() != name.casefold():
            continue
        if row.account_id == account.id:
            return
        if row.account_id not in accounts.subtree_ids(
            write.conn, write.actor
        ):  # moved away: the name is free again
            write.conn.execute(update(table).where(table.c.id == row.id).values(account_id=account.id))
            return
        other = accounts.account_on(write.conn, write.actor, row.account_id)
        raise Refused(
            "alias_taken",
            tr("{value} already means {name}.").format(value=name, name=other.name),
            tr("Remove it there first."),
        )
    values = {"id": uuid7(), "account_id": account.id, "owner_id": owner, "kind": kind, "value": name}
    write.conn.execute(insert(table).values(values))


def _assign(write: Write, account: Account, name: str) -> int:
    """Waiting calls of the name that this desk imported (the admin: of every desk) go to the account.

    A call that another desk imported for the account meanwhile is not given to it again: it is dismissed.
    """
    waiting = queries.problem_ids_on(write.conn, write.actor, CallProblem.UNKNOWN_ACCOUNT)
    wanted = name.casefold()
    count = 0
    for part in _parts(waiting):
        rows = write.conn.execute(select(call.c.id, call.c.account_text).where(call.c.id.in_(part))).all()
        ids = [row.id for row in rows if row.account_text.casefold() == wanted]
        doubles = _doubles(write.conn, ids, account.id)
        _mark(write, doubles, f"{rules.DISMISSED}: {tr('imported by another desk')}")
        ids = sorted({*ids} - {*doubles})
        if ids:
            changed = update(call).where(call.c.id.in_(ids)).values(account_id=account.id, problem=None)
            count += write.conn.execute(changed).rowcount
    return count


def _doubles(conn: Connection, ids: Sequence[int], account_id: UUID) -> list[int]:
    """Those of the calls that another desk imported as calls of the account."""
    other, here, there = call.alias(), call_import.alias(), call_import.alias()
    pairs = (
        call.join(here, here.c.seq == call.c.import_seq)
        .join(other, (other.c.dedupe == call.c.dedupe) & (other.c.id != call.c.id))
        .join(there, (there.c.seq == other.c.import_seq) & (there.c.owner_id != here.c.owner_id))
    )
    wanted = (
        select(call.c.id)
        .select_from(pairs)
        .where(
            call.c.id.in_(ids),
            other.c.account_id == account_id,
            func.coalesce(other.c.problem, "").not_like(f"{rules.DISMISSED}%"),
            there.c.state == "committed",
            *(call.c[part] == other.c[part] for part in ("unique_id", "called", "answer", "talk_seconds")),
        )
        .distinct()
    )
    return list(conn.execute(wanted).scalars())


def dismiss_problem(db: Database, actor: Actor, *, code: str, detail: str | None = None, reason: str) -> int:
    """Leave the calls (or rows) of a problem unbilled, with the reason; how many. They no longer wait.

    A call that is priced and only lacks its cost is not dismissed: it can be billed. Taken back by `restore_problem`.
    """
    require(actor, Right.IMPORT_CALLS)
    why = reason.strip()
    if not why:
        raise Refused(
            "no_reason", tr("A reason is needed."), tr("Say in a few words why these calls stay unbilled.")
        )
    if code in rules.PRICED_ANYWAY:
        raise Refused(
            "priced_anyway",
            tr("These calls are priced; only their cost is not known."),
            tr("Import the supplier's rates and rate again."),
        )
    with db.write(tr("Dismiss: {problem}").format(problem=rules.title(code)), actor, undoable=False) as write:
        if code == CallProblem.UNREADABLE:
            return _dismiss_rows(write, detail)
        ids = _imported_here(write, queries.problem_ids_on(write.conn, actor, code, detail))
        return _mark(write, ids, f"{rules.DISMISSED}: {why}")


def restore_problem(db: Database, actor: Actor, *, ids: Sequence[int]) -> int:
    """Let dismissed calls wait again; how many."""
    require(actor, Right.IMPORT_CALLS)
    with db.write(tr("Restore dismissed calls"), actor, undoable=False) as write:
        rows = queries.call_rows_on(write.conn, actor, ids)
        seen = _imported_here(write, [row.id for row in rows if _is_dismissed(row.problem)])
        finder = accounts.account_finder(write.conn, actor)
        count = 0
        for part in _parts(sorted(seen)):
            count += len(part)
            for row in write.conn.execute(select(call).where(call.c.id.in_(part))).all():
                account = row.account_id or finder.find(row.account_text, caller=row.caller)
                problem = None if account else CallProblem.UNKNOWN_ACCOUNT.value
                problem = problem if row.number else CallProblem.UNREADABLE_NUMBER.value
                one = update(call).where(call.c.id == row.id)
                write.conn.execute(one.values(account_id=account, problem=problem))
        _touch(write, sorted(seen))
    return count


def revert_import(db: Database, actor: Actor, key: UUID | int | str) -> queries.CallImport:
    """Take a whole file back: its calls count no more. `Refused("on_invoice")` where one is on a document.

    The same file can be imported again afterwards, for instance with another zone.
    """
    require(actor, Right.IMPORT_CALLS)
    with db.read() as conn:
        name = queries.import_on(conn, actor, key).file_name
    with db.write(tr("Take back calls of {file}").format(file=name), actor, undoable=False) as write:
        found = queries.import_on(write.conn, actor, key)
        if found.state != "committed":
            raise _not_again(found.file_name)
        _refuse_billed(write.conn, import_seq=found.seq)
        changed = update(call_import).where(call_import.c.id == found.id).values(state="reverted")
        write.conn.execute(changed)
        return queries.import_on(write.conn, actor, found.id)


def revert_run(db: Database, actor: Actor, key: UUID | int | str) -> queries.Run:
    """Take a rating run back: the results before it count again. `Refused("on_invoice")` where a document uses it."""
    require(actor, Right.RATE_CALLS)
    require(actor, Right.SEE_COSTS)
    found = next((one for one in queries.runs(db, actor) if str(key) in (str(one.id), str(one.seq))), None)
    if found is None:
        raise Refused(
            "unknown_run",
            tr("There is no rating run {name}.").format(name=key),
            tr("Look at the list of rating runs."),
        )
    with db.write(
        tr("Take back rating run {number}").format(number=found.seq), actor, undoable=False
    ) as write:
        state = write.conn.execute(select(rating_run.c.state).where(rating_run.c.id == found.id)).scalar_one()
        if state != "published":
            raise _not_again(tr("run {number}").format(number=found.seq))
        _refuse_billed(write.conn, run_seq=found.seq)
        write.conn.execute(update(rating_run).where(rating_run.c.id == found.id).values(state="reverted"))
    return next(one for one in queries.runs(db, actor) if one.id == found.id)


def _not_again(name: str) -> Refused:
    return Refused(
        "already_reverted",
        tr("{name} was taken back already.").format(name=name),
        tr("Nothing needs to be done."),
    )


def _refuse_billed(conn: Connection, *, import_seq: int | None = None, run_seq: int | None = None) -> None:
    """A document never changes because of calls: drafts hold them as firmly as issued ones."""
    holding = queries.documents_with(conn, import_seq=import_seq, run_seq=run_seq)
    if holding:
        named = ", ".join(number or tr("a draft") for number in holding[:5])
        raise Refused(
            "on_invoice",
            tr("Calls of it are on {documents}.").format(documents=named),
            tr("Discard the draft, or correct the invoice with a credit note; then try again."),
        )


def _dismiss_rows(write: Write, file: str | None) -> int:
    """Rows of call files that were not taken are marked as seen to; they stay for the ledger."""
    own = [] if write.actor.level == "admin" else [call_import.c.owner_id == write.actor.account_id]
    if file is not None:
        own.append(call_import.c.file_name == file)
    wanted = select(call_import.c.id).where(call_import.c.state == "committed", *own)
    ids = list(write.conn.execute(wanted).scalars())
    changed = (
        update(quarantine)
        .where(quarantine.c.import_id.in_(ids), quarantine.c.code != rules.DISMISSED)
        .values(code=rules.DISMISSED)
    )
    count: int = write.conn.execute(changed).rowcount
    _note(write, ids)
    return count


def _imported_here(write: Write, ids: Sequence[int]) -> list[int]:
    """Those of the calls that the actor's own desk imported: he cannot keep what he owes from being billed."""
    if write.actor.level == "admin":
        return list(ids)
    joined = call.join(call_import, call_import.c.seq == call.c.import_seq)
    wanted = select(call.c.id).select_from(joined).where(call_import.c.owner_id == write.actor.account_id)
    return [
        found
        for part in _parts(ids)
        for found in write.conn.execute(wanted.where(call.c.id.in_(part))).scalars()
    ]


def _mark(write: Write, ids: Sequence[int], problem: str) -> int:
    for part in _parts(ids):
        write.conn.execute(update(call).where(call.c.id.in_(part)).values(problem=problem))
    _touch(write, ids)
    return len(ids)


def _touch(write: Write, ids: Sequence[int]) -> None:
    """Tell the pages: calls are bulk, so the files they came with are noted as changed."""
    seqs: set[int] = set()
    for part in _parts(ids):
        wanted = select(call.c.import_seq).where(call.c.id.in_(part)).distinct()
        seqs.update(write.conn.execute(wanted).scalars())
    wanted_ids = select(call_import.c.id).where(call_import.c.seq.in_(sorted(seqs)))
    _note(write, list(write.conn.execute(wanted_ids).scalars()))


def _note(write: Write, ids: Sequence[UUID]) -> None:
    """A file's ledger counts how often its calls were worked on."""
    for row in write.conn.execute(select(call_import).where(call_import.c.id.in_(ids))).all():
        ledger = dict(row.ledger or {})
        ledger["mended"] = ledger.get("mended", 0) + 1
        write.conn.execute(update(call_import).where(call_import.c.id == row.id).values(ledger=ledger))


def _is_dismissed(problem: str | None) -> bool:
    return problem is not None and problem.startswith(rules.DISMISSED)


def _parts(ids: Sequence[int]) -> "list[list[int]]":
    return [[*ids[start : start + _PART]] for start in range(0, len(ids), _PART)]
