"""What people do to the carriers they buy from; each function is one transaction and one undo step."""

from collections.abc import Mapping
from typing import Any, TypedDict, Unpack
from uuid import UUID

from sqlalchemy import Connection, insert, select, update

from voipdesk.accounts import queries, schema
from voipdesk.accounts.commands_checks import check_currency, filled
from voipdesk.accounts.rules import (
    MOST_NOTICE,
    NOTICE_KINDS,
    SUPPLIER_STATES,
    Right,
    Supplier,
    code_from,
    require,
)
from voipdesk.kernel.changes import Actor
from voipdesk.kernel.problems import Refused
from voipdesk.kernel.text import tr
from voipdesk.store.database import Database
from voipdesk.store.types import uuid7


class SupplierDetails(TypedDict, total=False):
    """What a supplier is; what is left out keeps its value. `notice_days` replaces the kinds it names."""

    name: str
    code: str
    currency: str
    notice_days: Mapping[str, int]
    status: str


def create_supplier(
    db: Database,
    actor: Actor,
    *,
    name: str,
    currency: str | None = None,
    code: str = "",
    notice_days: Mapping[str, int] | None = None,
) -> Supplier:
    """Add a carrier; its currency is the workspace's unless said. `notice_days` by kind of change (`NOTICE_KINDS`)."""
    require(actor, Right.MANAGE_SUPPLIERS)
    named = filled(name, tr("name"))
    terms = checked_notice(notice_days or {})
    with db.write(tr("Create supplier {name}").format(name=named), actor) as write:
        wanted = code.strip() or _unused(write.conn, code_from(named))
        _check_free(write.conn, named, wanted)
        money = currency or queries.workspace_on(write.conn).currency
        check_currency(money)
        key = uuid7()
        write.conn.execute(
            insert(schema.supplier).values(id=key, name=named, code=wanted, currency=money, notice_days=terms)
        )
        return queries.supplier_on(write.conn, actor, key)


def change_supplier(
    db: Database, actor: Actor, *, supplier: UUID | str, **details: Unpack[SupplierDetails]
) -> Supplier:
    """Change name, code, currency, notice days, or put it away (`status` archived) and take it out again.

    Days of None, or less than nothing, are refused; zero days is an agreement too: at once.
    """
    require(actor, Right.MANAGE_SUPPLIERS)
    with db.write(tr("Change supplier"), actor) as write:
        found = queries.supplier_on(write.conn, actor, supplier)
        values = _changed(found, details)
        _check_free(write.conn, values.get("name", found.name), values.get("code", found.code), but=found.id)
        if values:
            table = schema.supplier
            write.conn.execute(update(table).where(table.c.id == found.id).values(values))
        return queries.supplier_on(write.conn, actor, found.id)


def checked_notice(given: Mapping[str, int]) -> dict[str, int]:
    """Notice days by kind; `Refused` for a kind that is none, and for days that are no count of days."""
    for kind, days in given.items():
        if kind not in NOTICE_KINDS:
            raise _unsuitable(kind, tr("a kind of change"), ", ".join(NOTICE_KINDS))
        if isinstance(days, bool) or not isinstance(days, int) or not 0 <= days <= MOST_NOTICE:
            said = tr("0 to {most} days").format(most=MOST_NOTICE)
            raise _unsuitable(days, tr("notice days"), said)
    return dict(given)


def _changed(found: Supplier, details: SupplierDetails) -> dict[str, Any]:
    """The columns that get another value."""
    values: dict[str, Any] = {}
    if "name" in details:
        values["name"] = filled(details["name"], tr("name"))
    if "code" in details:
        values["code"] = filled(details["code"], tr("code"))
    if "currency" in details:
        check_currency(details["currency"])
        values["currency"] = details["currency"]
    if "notice_days" in details:
        values["notice_days"] = {**found.notice_days, **checked_notice(details["notice_days"])}
    if "status" in details:
        if details["status"] not in SUPPLIER_STATES:
            raise _unsuitable(details["status"], tr("status"), ", ".join(SUPPLIER_STATES))
        values["status"] = details["status"]
    return {key: value for key, value in values.items() if value != getattr(found, key)}


def _check_free(conn: Connection, name: str, code: str, but: UUID | None = None) -> None:
    """Names and codes of suppliers are each one's own, in any case of letters."""
    table = schema.supplier
    kept = conn.execute(select(table.c.id, table.c.name, table.c.code)).all()
    others = [row for row in kept if row.id != but]
    taken = name.casefold() in {row.name.casefold() for row in others}
    if taken or code.casefold() in {row.code.casefold() for row in others}:
        raise Refused(
            "supplier_exists",
            tr("There is a supplier {name} already.").format(name=name if taken else code),
            tr("Choose another name or code."),
        )


def _unused(conn: Connection, code: str) -> str:
    """The code, with a number behind it where somebody has it."""
    taken = {one.casefold() for one in conn.execute(select(schema.supplier.c.code)).scalars()}
    number, candidate = 1, code
    while candidate.casefold() in taken:
        number += 1
        candidate = f"{code}{number}"
    return candidate


def _unsuitable(value: object, what: str, choices: str) -> Refused:
    return Refused(
        "bad_detail",
        tr("{value} does not suit {key}.").format(value=value, key=what),
        tr("It takes: {choices}.").format(choices=choices),
    )
