"""Making rate tables."""

from decimal import Decimal
from typing import TypedDict, Unpack
from uuid import UUID
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from sqlalchemy import Connection, insert, select, update

from voipdesk.accounts import queries as accounts
from voipdesk.accounts.rules import Right, require
from voipdesk.kernel.changes import Actor
from voipdesk.kernel.money import Money
from voipdesk.kernel.problems import Refused
from voipdesk.kernel.text import tr
from voipdesk.rates import queries
from voipdesk.rates.schema import rate_table, sequence
from voipdesk.store.database import Database
from voipdesk.store.types import uuid7


class TableOptions(TypedDict, total=False):
    """What a table may say about itself: the carrier (id, code or name), whether it is the default, its zone."""

    supplier: UUID | str | None
    default: bool
    zone: str | None


def create_table(
    db: Database,
    actor: Actor,
    *,
    name: str,
    currency: str,
    **options: Unpack[TableOptions],
) -> queries.RateTable:
    """Make an empty rate table; the first one becomes the default. `Refused` for a taken name or a bad currency."""
    require(actor, Right.EDIT_RATES)
    title = name.strip()
    supplier, zone = options.get("supplier"), options.get("zone")
    _check(title, currency, zone)
    with db.write(tr("New rate table {name}").format(name=title), actor) as write:
        known = queries.tables_on(write.conn)
        if any(one.name.casefold() == title.casefold() for one in known):
            raise Refused(
                "table_exists",
                tr("There is a rate table {name} already.").format(name=title),
                tr("Choose another name, or import into that table."),
            )
        is_default = options.get("default", False) or not known
        if is_default:
            write.conn.execute(update(rate_table).where(rate_table.c.is_default == 1).values(is_default=0))
        carrier = None if supplier is None else accounts.supplier_on(write.conn, actor, supplier).id
        made = uuid7()
        write.conn.execute(
            insert(rate_table).values(
                id=made,
                number=next_number(write.conn, "rate_table"),
                name=title,
                currency=currency,
                supplier_id=carrier,
                zone=zone,
                is_default=int(is_default),
            )
        )
        return queries.table_on(write.conn, made)


def next_number(conn: Connection, name: str) -> int:
    """The next small key of a kind; never given twice, not even after an undo."""
    row = conn.execute(select(sequence.c.value).where(sequence.c.name == name)).first()
    if row is None:
        conn.execute(insert(sequence).values(name=name, value=1))
        return 1
    value = int(row[0]) + 1
    conn.execute(update(sequence).where(sequence.c.name == name).values(value=value))
    return value


def _check(name: str, currency: str, zone: str | None) -> None:
    if not name:
        raise Refused("no_name", tr("A rate table needs a name."), tr("Give it the carrier's name."))
    try:
        Money(Decimal(0), currency)
    except ValueError as cause:
        raise Refused(
            "bad_currency",
            tr("{currency} is not a currency code.").format(currency=currency),
            tr("Use three capital letters, like USD or EUR."),
        ) from cause
    if zone is not None:
        try:
            ZoneInfo(zone)
        except (ZoneInfoNotFoundError, ValueError, OSError) as cause:
            raise Refused(
                "bad_zone",
                tr("{zone} is not a time zone.").format(zone=zone),
                tr("Use a name like Europe/Berlin or UTC."),
            ) from cause
