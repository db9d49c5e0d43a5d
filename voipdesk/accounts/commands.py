"""What people do to accounts, suppliers, logins and settings; each function is one transaction and one undo step."""

from collections.abc import Mapping
from decimal import Decimal
from pathlib import Path
from typing import Any, TypedDict, Unpack
from uuid import UUID

from sqlalchemy import Connection, delete, insert, select, update

from voipdesk.accounts import queries, schema
from voipdesk.accounts.commands_checks import check_currency, filled, zone_name
from voipdesk.accounts.commands_logins import create_login, disable_login, set_password, set_setting
from voipdesk.accounts.commands_suppliers import change_supplier, create_supplier
from voipdesk.accounts.rules import (
    ALL,
    LEVEL_RIGHTS,
    Account,
    Right,
    can_stand_under,
    code_from,
    require,
    rights_of,
)
from voipdesk.kernel.changes import Actor
from voipdesk.kernel.money import Rounding
from voipdesk.kernel.periods import Clock
from voipdesk.kernel.problems import Refused
from voipdesk.kernel.text import tr
from voipdesk.store.database import Database, Write
from voipdesk.store.types import uuid7

__all__ = [
    "Details",
    "add_alias",
    "change_account",
    "change_supplier",
    "check_workspace",
    "create_account",
    "create_login",
    "create_supplier",
    "disable_login",
    "move_account",
    "remove_alias",
    "set_password",
    "set_setting",
    "start_workspace",
]  # fmt: skip


class Details(TypedDict, total=False):
    """What an account has besides name and level; what is left out keeps its default or its value."""

    code: str
    payment_mode: str
    credit_limit: Decimal
    status: str
    country: str
    language: str
    address: dict[str, Any]
    tax_status: str
    payment_days: int


_CHOICES: dict[str, tuple[str, ...]] = {
    "payment_mode": ("postpaid", "prepaid"),
    "status": ("active", "disabled"),
    "tax_status": ("standard", "reverse_charge", "exempt"),
}


def check_workspace(*, company: str, currency: str, zone: str) -> str:
    """The name of our own company as it is kept; `Refused` for what no workspace can begin with."""
    name = filled(company, tr("company"))
    check_currency(currency)
    zone_name(zone)
    return name


def start_workspace(
    path: Path,
    *,
    company: str,
    currency: str,
    zone: str,
    login: str = "admin",
    clock: Clock | None = None,
) -> Database:
    """Make a workspace file: settings, our own company as the admin account, and its login with all rights."""
    name = check_workspace(company=company, currency=currency, zone=zone)
    db = Database.create(Path(path), clock)
    root = uuid7()
    actor = Actor(root, "admin", login, rights_of("admin", [ALL]))
    try:
        with db.write(tr("Start workspace"), actor, undoable=False) as write:
            settings = {
                "name": name,
                "currency": currency,
                "zone": zone,
                "country": "",
                "rounding": {"decimals": 6, "mode": str(Rounding.HALF_UP)},
                "incarnation": str(uuid7()),
            }
            for key, value in settings.items():
                write.set(key, value)
            write.conn.execute(
                insert(schema.account).values(
                    id=root, level="admin", name=name, code=code_from(name), created_at=write.now, address={}
                )
            )
            write.conn.execute(
                insert(schema.login).values(id=uuid7(), account_id=root, name=login, rights=[ALL])
            )
    except BaseException:
        db.close()
        raise
    return db


def create_account(
    db: Database,
    actor: Actor,
    *,
    name: str,
    level: str,
    parent: UUID | str | None = None,
    **details: Unpack[Details],
) -> Account:
    """Put a new account under `parent` (by default the actor's own). Without a code one is made of the name."""
    require(actor, Right.MANAGE_ACCOUNTS)
    named = filled(name, tr("name"))
    with db.write(tr("Create account {name}").format(name=named), actor) as write:
        above = queries.account_on(write.conn, actor, parent if parent is not None else actor.account_id)
        _check_place(level, above)
        _check_name(write.conn, named, above.id)
        values = _checked(details)
        values["code"] = _free_code(write.conn, actor, above, name=named, wanted=details.get("code", ""))
        key = uuid7()
        row = {"id": key, "parent_id": above.id, "level": level, "name": named, "created_at": write.now}
        write.conn.execute(insert(schema.account).values({"address": {}, **values, **row}))
        return queries.account_on(write.conn, actor, key)


def change_account(
    db: Database,
    actor: Actor,
    *,
    account: UUID | str,
    name: str | None = None,
    **details: Unpack[Details],
) -> Account:
    """Change name or details. One's own account: only address and language, unless one is the admin."""
    require(actor, Right.MANAGE_ACCOUNTS)
    with db.write(tr("Change account"), actor) as write:
        found = queries.account_on(write.conn, actor, account)
        values = _checked(details)
        if name is not None and name.strip() != found.name:
            values["name"] = filled(name, tr("name"))
            _check_name(write.conn, values["name"], found.parent_id)
        if found.id == actor.account_id and actor.level != "admin":
            _only_own(values)
        if "code" in values and values["code"] != found.code:
            above = queries.account_on(write.conn, actor, found.parent_id) if found.parent_id else found
            values["code"] = _free_code(write.conn, actor, above, name=found.name, wanted=values["code"])
        if values:
            table = schema.account
            write.conn.execute(update(table).where(table.c.id == found.id).values(values))
        return queries.account_on(write.conn, actor, found.id)


def move_account(db: Database, actor: Actor, *, account: UUID | str, parent: UUID | str) -> Account:
    """Put an account, and all below it, under another parent. A code that carries the old parent's is made anew."""
    require(actor, Right.MANAGE_ACCOUNTS)
    with db.write(tr("Move account"), actor) as write:
        found = queries.account_on(write.conn, actor, account)
        above = queries.account_on(write.conn, actor, parent)
        if found.id in above.path or found.id == actor.account_id:
            raise Refused(
                "no_place",
                tr("{name} cannot be moved below itself.").format(name=found.name)
                if found.id in above.path
                else tr("Your own account cannot be moved by you."),
                tr("Choose another account to move it to."),
            )
        _check_place(found.level, above)
        _check_name(write.conn, found.name, above.id)
        values: dict[str, Any] = {"parent_id": above.id}
        old = queries.account_on(write.conn, actor, found.parent_id) if found.parent_id else above
        if found.code.startswith(f"{old.code}-") and old.id != above.id:
            values["code"] = _free_code(write.conn, actor, above, name=found.name, wanted="")
        table = schema.account
        write.conn.execute(update(table).where(table.c.id == found.id).values(values))
        return queries.account_on(write.conn, actor, found.id)


def add_alias(db: Database, actor: Actor, *, account: UUID | str, value: str, kind: str = "account") -> UUID:
    """Let calls find an account by a text: kind `account`, `trunk` or `caller` (a prefix). Returns the alias's id."""
    require(actor, Right.MANAGE_ACCOUNTS)
    require(actor, Right.IMPORT_CALLS)
    with db.write(tr("Add name {value}").format(value=value), actor) as write:
        found = queries.account_on(write.conn, actor, account)
        return add_alias_in(write, found, value=value, kind=kind)


def add_alias_in(write: Write, account: Account, *, value: str, kind: str = "account") -> UUID:
    """The same inside an open write of another command of this room."""
    if kind not in queries.ALIAS_KINDS:
        raise ValueError(kind)
    cleaned = filled(value, tr("name"))
    table = schema.account_alias
    owner = write.actor.account_id
    for row in write.conn.execute(select(table).where(table.c.owner_id == owner, table.c.kind == kind)).all():
        if row.value.casefold() != cleaned.casefold():
            continue
        if row.account_id == account.id:
            return UUID(str(row.id))
        if row.account_id not in queries.subtree_ids(
            write.conn, write.actor
        ):  # moved away: the name is free again
            write.conn.execute(update(table).where(table.c.id == row.id).values(account_id=account.id))
            return UUID(str(row.id))
        other = queries.account_on(write.conn, write.actor, row.account_id)
        raise Refused(
            "alias_taken",
            tr("{value} already means {name}.").format(value=cleaned, name=other.name),
            tr("Remove it there first."),
        )
    key = uuid7()
    write.conn.execute(
        insert(table).values(id=key, account_id=account.id, owner_id=owner, kind=kind, value=cleaned)
    )
    return key


def remove_alias(db: Database, actor: Actor, *, value: str, kind: str = "account") -> None:
    """Forget one of the actor's own names; `Refused("unknown_alias")` where he has none like it."""
    require(actor, Right.MANAGE_ACCOUNTS)
    require(actor, Right.IMPORT_CALLS)
    table = schema.account_alias
    with db.write(tr("Remove name {value}").format(value=value), actor) as write:
        done = write.conn.execute(
            delete(table).where(
                table.c.owner_id == actor.account_id, table.c.kind == kind, table.c.value == value.strip()
            )
        )
        if not done.rowcount:
            raise Refused(
                "unknown_alias",
                tr("There is no name {value}.").format(value=value),
                tr("Look at the names of your accounts."),
            )


def _checked(details: Details) -> dict[str, Any]:
    """Details as column values. `Refused` names the one that does not suit."""
    values: dict[str, Any] = dict(details)
    for key, choices in _CHOICES.items():
        if key in values and values[key] not in choices:
            raise _unsuitable(key, values[key], ", ".join(choices))
    country = values.get("country", "")
    if country and not (len(country) == 2 and country.isascii() and country.isalpha()):
        raise _unsuitable("country", country, tr("two letters, like EG"))
    if not 0 <= values.get("payment_days", 0) <= 365:
        raise _unsuitable("payment_days", values["payment_days"], tr("0 to 365 days"))
    if country:
        values["country"] = country.upper()
    return values


def _unsuitable(key: str, value: object, choices: str) -> Refused:
    return Refused(
        "bad_detail",
        tr("{value} does not suit {key}.").format(value=value, key=key),
        tr("It takes: {choices}.").format(choices=choices),
    )


def _only_own(values: Mapping[str, Any]) -> None:
    """What somebody below the admin may change of his own account."""
    if set(values) - {"address", "language"}:
        raise Refused(
            "own_account",
            tr("Of your own account you can change address and language."),
            tr("Ask the company above you for anything else."),
        )


def _check_place(level: str, above: Account) -> None:
    if level not in LEVEL_RIGHTS or not can_stand_under(level, above.level):
        raise Refused(
            "no_place",
            tr("{level} accounts cannot stand under {name} ({above}).").format(
                level=level, name=above.name, above=above.level
            ),
            tr(
                "Resellers stand under the admin, companies under the admin or a reseller, users under a company."
            ),
        )


def _check_name(conn: Connection, name: str, parent_id: UUID | None) -> None:
    """Siblings have different names; the parent is one the actor sees, so this tells him nothing new."""
    table = schema.account
    siblings = conn.execute(select(table.c.name).where(table.c.parent_id == parent_id)).scalars()
    if name.casefold() in {one.casefold() for one in siblings}:
        raise Refused(
            "name_taken",
            tr("There is an account {name} here already.").format(name=name),
            tr("Choose another name."),
        )


def _free_code(conn: Connection, actor: Actor, above: Account, *, name: str, wanted: str) -> str:
    """A code nobody has. Below the admin codes start with one's own, so that a collision tells nothing of siblings."""
    taken = {code.casefold() for code in conn.execute(select(schema.account.c.code)).scalars()}
    prefix = "" if above.level == "admin" and actor.level == "admin" else above.code
    if not wanted.strip():
        return _unused(code_from(name, prefix), taken)
    code = wanted.strip()
    if actor.level != "admin":
        own = queries.account_on(conn, actor, actor.account_id).code
        if not code.casefold().startswith(f"{own}-".casefold()):
            raise Refused(
                "code_prefix",
                tr("Codes of your accounts start with {own}-.").format(own=own),
                tr("Put it in front, or leave the code empty."),
            )
    if code.casefold() in taken:
        raise Refused("code_taken", tr("This code is not free."), tr("Choose another code."))
    return code


def _unused(code: str, taken: set[str]) -> str:
    number, candidate = 1, code
    while candidate.casefold() in taken:
        number += 1
        candidate = f"{code}{number}"
    return candidate
