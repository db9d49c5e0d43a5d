"""What people do to logins and to the settings of the workspace."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, insert, select, update

from voipdesk.accounts import queries, schema
from voipdesk.accounts.commands_checks import check_currency, filled, zone_name
from voipdesk.accounts.rules import ALL, Login, Right, require, rights_of
from voipdesk.kernel.changes import Actor
from voipdesk.kernel.money import Rounding
from voipdesk.kernel.problems import Refused
from voipdesk.kernel.text import tr
from voipdesk.store.database import Database
from voipdesk.store.types import uuid7
from voipdesk.tabular.countries import CALLING_CODES

StandsOn = Callable[[Connection, Actor], Sequence[str]]
"""Words for what has amounts in the currency of the workspace; known by the rooms above."""


def create_login(
    db: Database,
    actor: Actor,
    *,
    account: UUID | str,
    name: str,
    password: str | None = None,
    rights: Iterable[Right] | None = None,
) -> Login:
    """Let somebody sign in at an account. Rights: all its level has, unless named; nobody gives what he lacks."""
    require(actor, Right.MANAGE_LOGINS)
    named = filled(name, tr("name"))
    digest = _hash(password)
    with db.write(tr("Create login {name}").format(name=named), actor) as write:
        found = queries.account_on(write.conn, actor, account)
        granted = _granted(actor, found.level, rights)
        table = schema.login
        if write.conn.execute(select(table.c.id).where(table.c.name == named)).first() is not None:
            raise Refused("login_taken", tr("This login name is not free."), tr("Choose another name."))
        key = uuid7()
        write.conn.execute(
            insert(table).values(
                id=key, account_id=found.id, name=named, password_hash=digest, rights=granted
            )
        )
        held = rights_of(found.level, granted)
        return Login(key, found.id, named, held, digest is not None)


def set_password(db: Database, actor: Actor, *, name: str, password: str | None) -> None:
    """Give a login of one's subtree another password, or none; one's own login always."""
    with db.write(tr("Change password"), actor, undoable=False) as write:
        row = _reachable_login(write.conn, actor, name)
        table = schema.login
        write.conn.execute(update(table).where(table.c.id == row).values(password_hash=_hash(password)))


def disable_login(db: Database, actor: Actor, *, name: str) -> None:
    """Keep a login from signing in; never one's own."""
    require(actor, Right.MANAGE_LOGINS)
    if name == actor.name:
        raise Refused(
            "own_login", tr("You cannot disable your own login."), tr("Ask another admin to do it.")
        )
    with db.write(tr("Disable login {name}").format(name=name), actor) as write:
        row = _reachable_login(write.conn, actor, name)
        table = schema.login
        write.conn.execute(update(table).where(table.c.id == row).values(status="disabled"))


def set_setting(
    db: Database, actor: Actor, *, key: str, value: Any, stands_on: StandsOn | None = None
) -> None:
    """Change a setting of the workspace: name, currency, zone, country (calling code), rounding, tax_rate_note, sample.

    The currency only while nothing has an amount in it, which `stands_on` tells; without it never.
    """
    require(actor, Right.SETTINGS)
    title = setting_titles().get(key, key)
    label = tr("Change setting {key}").format(key=title)
    # An undo would not ask whether something has an amount by then.
    with db.write(label, actor, undoable=key != "currency") as write:
        if key == "currency":
            check_currency(value)
            _refuse_fixed(write.conn, actor, stands_on)
            write.set(key, value)
        else:
            write.set(key, _checked_setting(key, value))


def setting_titles() -> dict[str, str]:
    """Settings in words, in the order in which they are shown."""
    return {
        "name": tr("Company name"), "currency": tr("Currency"), "zone": tr("Time zone"),
        "country": tr("Country of national numbers"), "rounding": tr("Rounding of calls"),
    }  # fmt: skip


def why_fixed(amounts: Sequence[str]) -> str:
    """Why the currency cannot be changed any more; '' while it can."""
    if not amounts:
        return ""
    return tr("Fixed: there are {things} in it, and their amounts would mean something else.").format(
        things=", ".join(amounts)
    )


def _refuse_fixed(conn: Connection, actor: Actor, stands_on: StandsOn | None) -> None:
    amounts = stands_on(conn, actor) if stands_on is not None else (tr("amounts"),)
    if amounts:
        raise Refused("currency_fixed", why_fixed(amounts), tr("Start a new workspace."))


def _checked_setting(key: str, value: Any) -> Any:
    """The value of a setting as it is kept. `Refused` says what it must look like."""
    if key == "name":
        return filled(value, tr("name"))
    if key == "zone":
        return zone_name(value)
    if key == "country" and isinstance(value, str) and (not value or value in CALLING_CODES):
        return value
    if key == "rounding" and isinstance(value, Mapping):
        decimals, mode = value.get("decimals"), value.get("mode")
        if isinstance(decimals, int) and 0 <= decimals <= 8 and mode in list(Rounding):
            return {"decimals": decimals, "mode": str(mode)}
    if key == "tax_rate_note" and isinstance(value, str):
        return value
    if key == "sample" and isinstance(value, bool):
        return value
    raise Refused(
        "bad_setting",
        tr("{value} does not suit the setting {key}.").format(value=value, key=key),
        tr("Rounding takes 0 to 8 decimals; the country is a calling code like 20."),
    )


def _granted(actor: Actor, level: str, rights: Iterable[Right] | None) -> list[str]:
    """Rights as stored: `*` for all of the level, else by name; `NotAllowed` for one the actor lacks."""
    wanted = rights_of(level, [ALL] if rights is None else [str(right) for right in rights])
    for right in wanted:
        require(actor, Right(right))
    return [ALL] if rights is None else sorted(wanted)


def _reachable_login(conn: Connection, actor: Actor, name: str) -> UUID:
    """Id of a login the actor may change: in his subtree, with no right that he lacks; or his own."""
    table = schema.login
    row = conn.execute(
        select(table, schema.account.c.level)
        .join(schema.account, schema.account.c.id == table.c.account_id)
        .where(table.c.name == name.strip())
    ).first()
    if row is None or row.account_id not in queries.subtree_ids(conn, actor):
        raise Refused(
            "unknown_login", tr("There is no login {name}.").format(name=name), tr("Check the name.")
        )
    if row.name != actor.name:
        require(actor, Right.MANAGE_LOGINS)
        for right in rights_of(row.level, row.rights):
            require(actor, Right(right))
    return UUID(str(row.id))


def _hash(password: str | None) -> str | None:
    """The argon2 hash of a password; at least eight characters."""
    if password is None:
        return None
    if len(password) < 8:
        raise Refused(
            "short_password", tr("A password has at least eight characters."), tr("Choose a longer one.")
        )
    from argon2 import PasswordHasher

    return PasswordHasher().hash(password)
