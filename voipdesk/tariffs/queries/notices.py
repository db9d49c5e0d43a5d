"""Sheets for customers: who gets one with how many rows, and the ones that were made."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING
from uuid import UUID

from sqlalchemy import Connection, select

from voipdesk.accounts import queries as accounts
from voipdesk.accounts.rules import Account, Right, require
from voipdesk.kernel.changes import Actor
from voipdesk.kernel.periods import MICROSECOND, to_micros
from voipdesk.kernel.problems import Problem, Refused
from voipdesk.kernel.text import tr
from voipdesk.rates import queries as rates
from voipdesk.store.database import Database
from voipdesk.store.tables import blob
from voipdesk.tariffs import schema
from voipdesk.tariffs.queries.decks import Decks
from voipdesk.tariffs.queries.plans import (
    PlanBook,
    plan_facts,
    plan_levels,
    plan_on,
    plans_on,
    sellers_on,
)
from voipdesk.tariffs.rules import SheetKind

if TYPE_CHECKING:
    from voipdesk.tariffs.engine_changes import Changes

_DAY = timedelta(days=1)
_FAR = datetime.max.replace(tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class SheetOrder:
    """Which sheets are wanted: of the customers of one of the actor's plans, of some accounts he sells to, or of all."""

    effective: datetime
    kind: SheetKind | str = SheetKind.CHANGES
    plan: UUID | str | None = None
    among: Sequence[UUID | str] | None = None


@dataclass(frozen=True, slots=True)
class Recipient:
    """A customer who could get a sheet: his plan then, rows with a price or blocked, rows sold no longer."""

    account: Account
    plan_id: UUID | None
    plan: str
    """'' where he has none of his own: the price of a level above is passed through."""
    rows: int = 0
    closed: int = 0
    trouble: str = ""
    """Why there is no sheet, as a sentence."""

    @property
    def is_told(self) -> bool:
        """Whether there is anything to write."""
        return not self.trouble and self.rows + self.closed > 0


@dataclass(frozen=True, slots=True)
class PriceSheet:
    """A sheet that was made for a customer; the file itself is kept."""

    id: UUID
    account_id: UUID
    account: str
    plan: str
    """The plan of then under its present name; '' where it was the price of a level above."""
    kind: SheetKind
    effective_from: datetime
    rows: int
    closed: int
    file_name: str
    file_sha256: str
    made_at: datetime
    made_by: str


def recipients(db: Database, actor: Actor, order: SheetOrder) -> list[Recipient]:
    """Those whom an order is for, with the rows that each sheet would have.

    Users without a plan of their own have their company's prices and are not listed unless named.
    """
    with db.read() as conn:
        return [one for one, _ in told_on(conn, actor, order, db.clock.now())]


def told_on(
    conn: Connection, actor: Actor, order: SheetOrder, now: datetime
) -> "Iterator[tuple[Recipient, Changes | None]]":
    """The same with the rows themselves, one customer after the other."""
    require(actor, Right.SEE_PLANS)
    at = looked_at(order.kind, order.effective, now)
    wanted = None if order.plan is None else plan_on(conn, actor, order.plan, owner=actor.account_id).id
    customers = _customers(conn, actor, order.among)
    book = plan_levels(conn, at, of=[one.id for one in customers])
    decks, known = Decks(conn), _Known()
    for one in customers:
        facts = book.plan_at(one.id, at)
        if wanted is not None and (facts is None or facts.id != wanted):
            continue
        if order.among is None and one.level == "user" and facts is None:
            continue
        yield _told(decks, known, one, book, (SheetKind(order.kind), order.effective, at))


def changes_of(
    db: Database, actor: Actor, key: UUID | str, *, kind: SheetKind | str, effective: datetime
) -> "Changes":
    """What a sheet would tell an account; for whoever may see what it pays. `Refused("no_plan")` without prices then."""
    require(actor, Right.SEE_PRICES)
    at = looked_at(kind, effective, db.clock.now())
    with db.read() as conn:
        account = accounts.account_on(conn, actor, key)
        return _compared(Decks(conn), _Known(), account, (SheetKind(kind), effective, at))


def looked_at(kind: SheetKind | str, effective: datetime, now: datetime) -> datetime:
    """The instant whose prices a sheet tells: changes since a past day and the prices of today as they stand now."""
    if SheetKind(kind) is SheetKind.CHANGES or effective > now - _DAY:
        return max(effective, now)
    return effective


def next_change(db: Database, actor: Actor) -> datetime | None:
    """When something the actor sells may change next: a rule of a plan of his or above him, or a rate they stand on."""
    require(actor, Right.SEE_PLANS)
    now = db.clock.now()
    with db.read() as conn:
        own = [one.id for one in plans_on(conn, actor) if one.owner_id == actor.account_id]
        above = plan_levels(conn, now, of=accounts.chain(conn, actor.account_id).ids)
        facts = [*plan_facts(conn, own).values(), *above.plans.values()]
        tables = {one.table_id for one in facts if one.table_id is not None}
        found = [edge for one in facts for edge in one.turns(now, _FAR)[:1]]
        numbers = [rates.table_on(conn, key).number for key in tables]
        begun = [rates.next_start_on(conn, number, now) for number in numbers]
    return min([*found, *(one for one in begun if one is not None)], default=None)


def price_sheets(db: Database, actor: Actor) -> list[PriceSheet]:
    """Sheets made by the actor or for a seller below him, the newest first; accounts he no longer has are left out."""
    require(actor, Right.SEE_PLANS)
    with db.read() as conn:
        return price_sheets_on(conn, actor)


def price_sheets_on(conn: Connection, actor: Actor) -> list[PriceSheet]:
    """The same inside a transaction of the caller's."""
    require(actor, Right.SEE_PLANS)
    names = {one.id: one.name for one in accounts.tree_on(conn, actor)}
    table, plan = schema.price_sheet, schema.plan
    query = select(table, plan.c.name).join(plan, plan.c.id == table.c.plan_id, isouter=True)
    rows = conn.execute(query.order_by(table.c.made_at.desc(), table.c.id)).all()
    return [
        PriceSheet(
            id=row.id,
            account_id=row.account_id,
            account=names[row.account_id],
            plan=row.name or "",
            kind=SheetKind(row.kind),
            effective_from=row.effective_from,
            rows=row.rows,
            closed=row.closed,
            file_name=row.file_name,
            file_sha256=row.file_sha256,
            made_at=row.made_at,
            made_by=row.made_by,
        )
        for row in rows
        if row.account_id in names and row.seller_id in names
    ]


def price_sheet_on(conn: Connection, actor: Actor, key: UUID | str) -> PriceSheet:
    """One of them; every other one is unknown."""
    found = next((one for one in price_sheets_on(conn, actor) if str(one.id) == str(key)), None)
    if found is None:
        raise Refused("unknown_sheet", tr("There is no such sheet."), tr("Choose one of Sheets sent."))
    return found


def price_sheet_file(db: Database, actor: Actor, key: UUID | str) -> tuple[str, bytes]:
    """Name and bytes of the file that a customer was given."""
    with db.read() as conn:
        found = price_sheet_on(conn, actor, key)
    return found.file_name, db.kept(found.file_sha256)


def verify_sheets(db: Database) -> list[Problem]:
    """Sheets whose file is gone."""
    table = schema.price_sheet
    with db.read() as conn:
        kept = select(blob.c.sha256)
        rows = conn.execute(select(table.c.file_name).where(table.c.file_sha256.not_in(kept))).all()
    said = tr("The sheet {file} that a customer was given is gone.")
    return [Problem("sheet_missing", said.format(file=row.file_name)) for row in rows]


def _customers(conn: Connection, actor: Actor, among: Sequence[UUID | str] | None) -> list[Account]:
    """Accounts the actor sells to himself, or those named; `Refused` where one of these is another's customer."""
    sellers = sellers_on(conn)
    if among is None:
        return [one for one in accounts.tree_on(conn, actor) if sellers.get(one.id) == actor.account_id]
    found = [accounts.account_on(conn, actor, key) for key in among]
    for one in found:
        if sellers.get(one.id) != actor.account_id:
            raise Refused(
                "foreign_customer",
                tr("{account} does not buy from you.").format(account=one.name),
                tr("Sheets are made by whoever sells to an account."),
            )
    return found


class _Known(dict[tuple[int, int], "Changes"]):
    """Comparisons by the identities of both decks, which `Decks` keeps: customers of one plan share them."""


def _told(
    decks: Decks, known: _Known, account: Account, book: PlanBook, asked: tuple[SheetKind, datetime, datetime]
) -> "tuple[Recipient, Changes | None]":
    facts = book.plan_at(account.id, asked[2])
    plan_id, plan = (None, "") if facts is None else (facts.id, facts.terms.name)
    try:
        told = _compared(decks, known, account, asked)
    except Refused as refused:
        return Recipient(account, plan_id, plan, trouble=refused.problem.message), None
    return Recipient(account, plan_id, plan, len(told), len(told.closed)), told


def _compared(
    decks: Decks, known: _Known, account: Account, asked: tuple[SheetKind, datetime, datetime]
) -> "Changes":
    """What an account pays at the later instant against what it paid until the day of the sheet."""
    from voipdesk.tariffs.engine_changes import changes

    kind, effective, at = asked
    after = decks.of_account(account, at)
    try:
        before = decks.of_account(account, effective - MICROSECOND)
    except Refused:
        before = None
    key = (id(before), id(after))
    if key not in known:
        found = changes(before, after, to_micros(effective))
        known[key] = found.only() if kind is SheetKind.CHANGES else found
    return known[key]
