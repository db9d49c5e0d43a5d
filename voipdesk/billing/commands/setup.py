"""What documents are made by: fees, tax rules, the series, and the settings of the run."""

from datetime import date
from decimal import Decimal
from uuid import UUID

from sqlalchemy import func, insert, select, update

from voipdesk.accounts import queries as accounts
from voipdesk.accounts.rules import Right, require
from voipdesk.billing import schema
from voipdesk.billing.commands.drafts import not_a_customer, own_sale
from voipdesk.billing.rules.numbers import check_pattern, series_year
from voipdesk.billing.rules.taxes import TaxRule, check_rule
from voipdesk.kernel.changes import Actor
from voipdesk.kernel.money import to_scaled
from voipdesk.kernel.problems import Refused
from voipdesk.kernel.text import tr
from voipdesk.store.database import Database
from voipdesk.store.types import uuid7

MOST_MASKED = 6


def set_fee(
    db: Database,
    actor: Actor,
    *,
    account: UUID | str,
    text: str,
    amount: Decimal,
    days: tuple[date, date | None],
) -> UUID:
    """Set the monthly fee of a customer called `text` for its first and last day (None: open); 0 is allowed.

    A fee of the same name is changed, another name adds one. Months on issued documents stay as they are.
    """
    require(actor, Right.INVOICE)
    name = " ".join(text.split())
    first, last = days
    if not name or amount < 0 or (last is not None and last < first):
        raise Refused(
            "bad_fee",
            tr("A fee of {amount} called “{text}” from {first} to {last} does not work.").format(
                amount=amount, text=name, first=first, last=last or "…"
            ),
            tr("Give it a name, an amount that is not negative, and a last day after its first."),
        )
    to_scaled(amount)
    with db.write(tr("Set fee"), actor) as write:
        customer = accounts.account_on(write.conn, actor, account)
        if not own_sale(actor, customer):
            raise not_a_customer(customer)
        table = schema.fee
        values = {"amount": amount, "first_day": first, "last_day": last}
        same = (table.c.account_id == customer.id) & (table.c.text == name)
        found = write.conn.execute(select(table.c.id).where(same)).scalar()
        if found is not None:
            write.conn.execute(update(table).where(table.c.id == found).values(values))
            return UUID(int=found.int)
        key = uuid7()
        write.conn.execute(
            insert(table).values({"id": key, "account_id": customer.id, "text": name, **values})
        )
        return key


def set_tax_rule(db: Database, actor: Actor, rule: TaxRule) -> None:
    """Set the tax of a kind of line for a status of customers from a day on; issued documents keep theirs."""
    require(actor, Right.SETTINGS)
    check_rule(rule)
    table = schema.tax_rule
    keys = {
        "line_kind": rule.line_kind,
        "customer_status": rule.customer_status,
        "first_day": rule.first_day,
    }
    values = {"category": rule.category, "rate": rule.rate, "text": rule.text}
    same = (
        (table.c.line_kind == rule.line_kind)
        & (table.c.customer_status == rule.customer_status)
        & (table.c.first_day == rule.first_day)
    )
    with db.write(tr("Set tax rule"), actor) as write:
        if write.conn.execute(select(table.c.id).where(same)).first() is not None:
            write.conn.execute(update(table).where(same).values(values))
        else:
            write.conn.execute(insert(table).values({"id": uuid7(), **keys, **values}))


def set_series(db: Database, actor: Actor, *, pattern: str, next: int = 1, kind: str = "invoice") -> None:
    """How the actor's documents are numbered from now on. `Refused` where a number would be skipped or come twice."""
    require(actor, Right.INVOICE)
    check_pattern(pattern)
    with db.write(tr("Set number series"), actor) as write:
        today = db.clock.today(accounts.workspace_on(write.conn).zone)
        table, year = schema.series, series_year(pattern, today)
        same = (table.c.owner_id == actor.account_id) & (table.c.kind == kind) & (table.c.year == year)
        row = write.conn.execute(select(table).where(same)).first()
        # One pattern at a time: whichever year's row is read first says the same.
        mine = (table.c.owner_id == actor.account_id) & (table.c.kind == kind)
        write.conn.execute(update(table).where(mine).values(pattern=pattern))
        if row is None:
            made = {"id": uuid7(), "owner_id": actor.account_id, "kind": kind, "year": year}
            write.conn.execute(insert(table).values({**made, "pattern": pattern, "next_seq": max(1, next)}))
            return
        used = write.conn.execute(
            select(func.count()).select_from(schema.invoice).where(schema.invoice.c.series_id == row.id)
        ).scalar_one()
        if next < 1 or (used and next != row.next_seq):
            raise Refused(
                "series_in_use",
                tr("The next number of this series is {next}: {count} documents are issued.").format(
                    next=row.next_seq, count=used
                ),
                tr("A series has no gap and no number twice; change its pattern only."),
            )
        write.conn.execute(update(table).where(same).values(next_seq=next))


def set_run(
    db: Database, actor: Actor, *, minimum: Decimal | None = None, masked_digits: int | None = None
) -> None:
    """Settings of the run: usage below `minimum` net is carried over; digits hidden in lists of calls (0 to 6)."""
    require(actor, Right.SETTINGS)
    if (minimum is not None and minimum < 0) or not 0 <= (masked_digits or 0) <= MOST_MASKED:
        raise Refused(
            "bad_setting",
            tr("A minimum of {minimum} and {digits} hidden digits do not work.").format(
                minimum=minimum, digits=masked_digits
            ),
            tr("The minimum is not negative; hide 0 to 6 digits."),
        )
    with db.write(tr("Change settings of the invoice run"), actor) as write:
        if minimum is not None:
            write.set("minimum_invoice", f"{minimum:f}")
        if masked_digits is not None:
            write.set("mask_digits", masked_digits)
