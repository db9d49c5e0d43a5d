"""What an actor may know of the tree, the suppliers and the logins. Everything else is unknown, not forbidden."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, Row, Select, literal, select

from voipdesk.accounts import schema
from voipdesk.accounts.rules import (
    Account,
    AmountRounding,
    Chain,
    Login,
    Right,
    Supplier,
    Workspace,
    require,
    rights_of,
)
from voipdesk.kernel.changes import Actor
from voipdesk.kernel.money import Rounding
from voipdesk.kernel.problems import Refused
from voipdesk.kernel.text import tr
from voipdesk.store.database import Database
from voipdesk.store.tables import setting

ALIAS_KINDS = ("account", "trunk", "caller")


def actor_named(db: Database, name: str | None = None) -> Actor:
    """The actor of a login; without a name the only admin login. `Refused` when there is none or more than one."""
    with db.read() as conn:
        if name is not None:
            return _actor(_login_row(conn, name))
        rows = [
            row for row in conn.execute(_logins()).all() if row.level == "admin" and row.status == "active"
        ]
    if len(rows) != 1:
        raise Refused(
            "which_login",
            tr("This workspace has {count} admin logins.").format(count=len(rows)),
            tr("Say which one with --user NAME."),
        )
    return _actor(rows[0])


def has_password(db: Database, name: str) -> bool:
    """Whether a login asks for a password."""
    with db.read() as conn:
        return _login_row(conn, name).password_hash is not None


def check_password(db: Database, name: str, password: str) -> Actor:
    """The actor of a login whose password fits. `Refused` says only that name and password do not fit."""
    from argon2 import PasswordHasher
    from argon2.exceptions import VerificationError

    with db.read() as conn:
        row = conn.execute(_logins().where(schema.login.c.name == name.strip())).first()
    wrong = Refused(
        "wrong_password", tr("Name and password do not fit."), tr("Check both, then sign in again.")
    )
    if row is None or row.status != "active":
        # As slow as a real check, so that time does not tell which logins exist.
        PasswordHasher().hash(password)
        raise wrong
    if row.password_hash is not None:
        try:
            PasswordHasher().verify(row.password_hash, password)
        except VerificationError as cause:
            raise wrong from cause
    return _actor(row)


def logins(db: Database, actor: Actor) -> list[Login]:
    """Logins of the actor's subtree, by name."""
    require(actor, Right.MANAGE_LOGINS)
    with db.read() as conn:
        seen = subtree_ids(conn, actor)
        rows = conn.execute(_logins().order_by(schema.login.c.name)).all()
    return [login_of(row) for row in rows if row.account_id in seen]


def workspace(db: Database) -> Workspace:
    """Name, currency, zone, country and rounding of the workspace."""
    with db.read() as conn:
        return workspace_on(conn)


def workspace_on(conn: Connection) -> Workspace:
    """The same, inside a transaction of the caller's."""
    kept: dict[str, Any] = {row.key: row.value for row in conn.execute(select(setting)).all()}
    rounding = kept.get("rounding") or {}
    return Workspace(
        name=kept.get("name", ""),
        currency=kept.get("currency", "USD"),
        zone=ZoneInfo(kept.get("zone", "UTC")),
        country=kept.get("country", ""),
        rounding=AmountRounding(
            int(rounding.get("decimals", 6)), Rounding(rounding.get("mode", Rounding.HALF_UP))
        ),
        incarnation=kept.get("incarnation", ""),
        is_sample=bool(kept.get("sample", False)),
    )


def tree(db: Database, actor: Actor) -> list[Account]:
    """The actor's account and all below it, parents before their children, siblings by name."""
    with db.read() as conn:
        return tree_on(conn, actor)


def tree_on(conn: Connection, actor: Actor) -> list[Account]:
    """The same, inside a transaction of the caller's."""
    known = {row.id: row for row in conn.execute(_below(actor.account_id)).all()}
    children: dict[UUID | None, list[Row[Any]]] = {}
    for row in known.values():
        children.setdefault(row.parent_id, []).append(row)
    above = _path_above(conn, actor.account_id)
    result: list[Account] = []
    waiting = [(known[actor.account_id], above)] if actor.account_id in known else []
    while waiting:
        row, path = waiting.pop()
        path = (*path, row.id)
        result.append(_account(row, path))
        below = sorted(
            children.get(row.id, ()), key=lambda one: (one.name.casefold(), one.code), reverse=True
        )
        waiting.extend((child, path) for child in below)
    return result


def account(db: Database, actor: Actor, key: UUID | str) -> Account:
    """An account of the actor's subtree by id, code or name. `Refused("unknown_account")` for every other one."""
    with db.read() as conn:
        return account_on(conn, actor, key)


def account_on(conn: Connection, actor: Actor, key: UUID | str) -> Account:
    """The same, inside a transaction of the caller's."""
    if isinstance(key, UUID):
        found = _account_by_id(conn, key)
        if found is None or actor.account_id not in found.path:
            raise unknown_account(str(key))
        return found
    seen = tree_on(conn, actor)
    wanted = key.strip().casefold()
    by_code = [one for one in seen if one.code.casefold() == wanted or str(one.id) == wanted]
    by_name = [one for one in seen if one.name.casefold() == wanted]
    fitting = by_code or by_name
    if len(fitting) > 1:
        raise Refused(
            "ambiguous_account",
            tr("{count} accounts are called {name}.").format(count=len(fitting), name=key),
            tr("Use the code: {codes}.").format(codes=", ".join(one.code for one in fitting)),
        )
    if not fitting:
        raise unknown_account(key)
    return fitting[0]


def unknown_account(key: str) -> Refused:
    """What is said of an account that does not exist and of one the actor may not see, word for word alike."""
    return Refused(
        "unknown_account",
        tr("There is no account {name}.").format(name=key),
        tr("Check the name or code in Accounts."),
    )


def subtree_ids(conn: Connection, actor: Actor) -> set[UUID]:
    """Ids of the actor's account and all below it."""
    return {row.id for row in conn.execute(_below(actor.account_id)).all()}


def root_id(conn: Connection) -> UUID:
    """The admin's account, our own company."""
    found = conn.execute(select(schema.account.c.id).where(schema.account.c.parent_id.is_(None))).scalar_one()
    assert isinstance(found, UUID)
    return found


def chain(conn: Connection, account_id: UUID) -> Chain:
    """Who pays for a call of the account, level by level. LookupError where there is no such account."""
    found = _account_by_id(conn, account_id)
    if found is None:
        raise LookupError(account_id)
    table = schema.account
    rows = conn.execute(select(table.c.id, table.c.level).where(table.c.id.in_(found.path))).all()
    levels = {row.id: row.level for row in rows}
    return _chain({levels[one]: one for one in found.path})


def chains(conn: Connection) -> dict[UUID, Chain]:
    """The chain of every account, for rating in bulk; not filtered by actor."""
    table = schema.account
    rows = {row.id: row for row in conn.execute(select(table.c.id, table.c.parent_id, table.c.level)).all()}
    result: dict[UUID, Chain] = {}
    for key in rows:
        levels: dict[str, UUID] = {}
        at: UUID | None = key
        while at is not None:
            levels[rows[at].level] = at
            at = rows[at].parent_id
        result[key] = _chain(levels)
    return result


def aliases(conn: Connection, actor: Actor) -> dict[tuple[str, str], UUID]:
    """Names of switches for the actor's accounts: (kind, value) to account; those of his own desk before those above."""
    above = (*_path_above(conn, actor.account_id), actor.account_id)
    seen = subtree_ids(conn, actor)
    table = schema.account_alias
    rows = conn.execute(select(table).where(table.c.owner_id.in_(above))).all()
    ordered = sorted(rows, key=lambda row: above.index(row.owner_id))
    return {(row.kind, row.value): row.account_id for row in ordered if row.account_id in seen}


@dataclass(frozen=True, slots=True)
class AccountFinder:
    """Finds the accounts of a call file's texts by dictionaries made once; None: unknown account."""

    texts: Mapping[str, UUID] = field(default_factory=dict)
    trunks: Mapping[str, UUID] = field(default_factory=dict)
    callers: Mapping[str, UUID] = field(default_factory=dict)
    """By prefix of the caller's number."""
    longest_caller: int = 0

    def text(self, value: str) -> UUID | None:
        """By the account field: alias, then code, then name; upper or lower case alike."""
        return self.texts.get(value.strip().casefold())

    def trunk(self, value: str) -> UUID | None:
        """By the trunk's name."""
        return self.trunks.get(value.strip().casefold())

    def caller(self, number: str) -> UUID | None:
        """By the longest known prefix of the caller's number."""
        digits = number.strip().lstrip("+")
        for length in range(min(len(digits), self.longest_caller), 0, -1):
            found = self.callers.get(digits[:length])
            if found is not None:
                return found
        return None

    def find(self, text: str = "", *, trunk: str = "", caller: str = "") -> UUID | None:
        """By what the call says first: an account field that is filled decides alone, then trunk, then caller."""
        if text.strip():
            return self.text(text)
        if trunk.strip() and (found := self.trunk(trunk)) is not None:
            return found
        return self.caller(caller)


def account_finder(conn: Connection, actor: Actor) -> AccountFinder:
    """The finder over the actor's own subtree. A name that two accounts share finds none."""
    seen = tree_on(conn, actor)
    names: dict[str, list[UUID]] = {}
    for one in seen:
        names.setdefault(one.name.casefold(), []).append(one.id)
    known = aliases(conn, actor)
    of_kind = {
        kind: {value.casefold(): found for (of, value), found in known.items() if of == kind}
        for kind in ALIAS_KINDS
    }
    texts = {name: ids[0] for name, ids in names.items() if len(ids) == 1}
    texts |= {one.code.casefold(): one.id for one in seen}
    texts |= of_kind["account"]
    callers = of_kind["caller"]
    return AccountFinder(texts, of_kind["trunk"], callers, max(map(len, callers), default=0))


def suppliers(db: Database, actor: Actor) -> list[Supplier]:
    """All suppliers by name; only the admin level has any."""
    with db.read() as conn:
        return suppliers_on(conn, actor)


def suppliers_on(conn: Connection, actor: Actor) -> list[Supplier]:
    """The same, inside a transaction of the caller's."""
    require(actor, Right.SEE_SUPPLIERS)
    rows = conn.execute(select(schema.supplier).order_by(schema.supplier.c.name)).all()
    return [_supplier(row) for row in rows]


def supplier_on(conn: Connection, actor: Actor, key: UUID | str) -> Supplier:
    """A supplier by id, code or name, inside a transaction. `Refused("unknown_supplier")` where there is none."""
    require(actor, Right.SEE_SUPPLIERS)
    wanted = str(key).strip().casefold()
    for row in conn.execute(select(schema.supplier)).all():
        if wanted in (str(row.id), row.code.casefold(), row.name.casefold()):
            return _supplier(row)
    raise Refused(
        "unknown_supplier",
        tr("There is no supplier {name}.").format(name=key),
        tr("Check the name, or add the supplier first."),
    )


def notice_days(conn: Connection, supplier_id: UUID) -> dict[str, int]:
    """Days of notice agreed with a supplier, by kind of change; inside a transaction of one who has checked the rights."""
    kept = conn.execute(
        select(schema.supplier.c.notice_days).where(schema.supplier.c.id == supplier_id)
    ).scalar()
    return {str(kind): int(days) for kind, days in (kept or {}).items()}


def login_of(row: Row[Any]) -> Login:
    """A login as a value."""
    return Login(
        row.id,
        row.account_id,
        row.name,
        rights_of(row.level, row.rights),
        row.password_hash is not None,
        row.status,
    )


def _logins() -> Select[Any]:
    login, table = schema.login, schema.account
    return select(login, table.c.level).join(table, table.c.id == login.c.account_id)


def _login_row(conn: Connection, name: str) -> Row[Any]:
    row = conn.execute(_logins().where(schema.login.c.name == name.strip())).first()
    if row is None:
        raise Refused(
            "unknown_login",
            tr("There is no login {name}.").format(name=name),
            tr("Check the name, or leave it out to be the workspace's admin."),
        )
    if row.status != "active":
        raise Refused(
            "disabled_login",
            tr("The login {name} is disabled.").format(name=name),
            tr("Ask the person who gave it to you."),
        )
    return row


def _actor(row: Row[Any]) -> Actor:
    return Actor(row.account_id, row.level, row.name, rights_of(row.level, row.rights))


def _below(top: UUID) -> Select[Any]:
    """Rows of an account and all below it."""
    table = schema.account
    start = select(table).where(table.c.id == top).cte("below", recursive=True)
    return select(start.union_all(select(table).join(start, table.c.parent_id == start.c.id)))


def _path_above(conn: Connection, account_id: UUID) -> tuple[UUID, ...]:
    """Ids from the root down to the parent of an account."""
    found = _account_by_id(conn, account_id)
    return found.path[:-1] if found else ()


def _account_by_id(conn: Connection, account_id: UUID) -> Account | None:
    """An account with its path, whoever asks."""
    table = schema.account
    step = literal(0).label("step")
    start = select(table, step).where(table.c.id == account_id).cte("above", recursive=True)
    up = select(table, (start.c.step + 1).label("step")).join(start, table.c.id == start.c.parent_id)
    rows = conn.execute(select(start.union_all(up)).order_by("step")).all()
    return _account(rows[0], tuple(row.id for row in reversed(rows))) if rows else None


def _account(row: Row[Any], path: tuple[UUID, ...]) -> Account:
    return Account(
        id=row.id,
        parent_id=row.parent_id,
        level=row.level,
        name=row.name,
        code=row.code,
        path=path,
        payment_mode=row.payment_mode,
        credit_limit=row.credit_limit,
        status=row.status,
        country=row.country,
        language=row.language,
        address=row.address or {},
        tax_status=row.tax_status,
        payment_days=row.payment_days,
    )


def _supplier(row: Row[Any]) -> Supplier:
    return Supplier(row.id, row.name, row.code, row.currency, row.notice_days or {}, row.status)


def _chain(levels: Mapping[str, UUID]) -> Chain:
    return Chain(levels.get("reseller"), levels.get("company"), levels.get("user"))
