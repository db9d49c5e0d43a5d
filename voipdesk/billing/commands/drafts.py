"""The invoice run up to its drafts: nothing has a number yet, everything can be drafted again."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, Connection, delete, insert, select, update

from voipdesk.accounts import queries as accounts
from voipdesk.accounts.rules import Account, Right, Workspace, require
from voipdesk.billing import schema
from voipdesk.billing.commands import compose, usage
from voipdesk.billing.commands.report import Draft, DraftReport, LeftOut
from voipdesk.billing.queries.documents import found_on, unknown_invoice
from voipdesk.billing.queries.setup import Fee, fees_on, minimum_invoice, tax_rules_on
from voipdesk.billing.rules.documents import Document, as_snapshot, from_snapshot
from voipdesk.calls.queries import unrated
from voipdesk.kernel.changes import Actor
from voipdesk.kernel.money import MAX_SCALED, from_scaled
from voipdesk.kernel.periods import EffectiveRange, day_start, month_period
from voipdesk.kernel.problems import Problem, Refused
from voipdesk.kernel.progress import Progress, Quiet
from voipdesk.kernel.text import tr, trn
from voipdesk.store.database import Database, Write
from voipdesk.store.types import uuid7

NOTHING = Decimal(0)

LARGEST = from_scaled(MAX_SCALED)
"""In any currency; what an amount at rest can be."""

_ZONES_APART = timedelta(hours=27)
"""More than any two zones differ (UTC-12 to UTC+14), less than a month."""


@dataclass(slots=True)
class _Run:
    """One run of one seller over one month."""

    write: Write
    actor: Actor
    period: EffectiveRange
    terms: compose.Terms
    customers: list[Account]
    is_partial: bool
    tree: dict[UUID, Account]
    minimum: Decimal
    fees: dict[UUID, list[Fee]]
    left_out: list[LeftOut] = field(default_factory=list)

    @property
    def conn(self) -> Connection:
        return self.write.conn


def draft_invoices(
    db: Database,
    actor: Actor,
    *,
    period: str,
    accounts: Sequence[UUID | str] | None = None,
    leave_out_unrated: bool = False,
    progress: Progress | None = None,
) -> DraftReport:
    """Draft a month (`2026-10`) for the customers right below the actor, again as often as one likes.

    All unbilled calls answered before the end of the month are on the drafts. `Refused("unrated_calls")` with counts
    by customer when answered calls of the month have no price, unless they are left for a later run.
    """
    require(actor, Right.INVOICE)
    watch = progress or Quiet()
    with db.write(tr("Draft invoices of {period}").format(period=period), actor, undoable=False) as write:
        run = _begin(write, actor, period, accounts)
        _look_for_unrated(run, leave_out=leave_out_unrated)
        old = _cleared(run)
        wanted = {one.id for one in run.customers} if run.is_partial else None
        assert run.period.end is not None
        usage.pick(run.conn, actor, until=run.period.end, customers=wanted)
        waiting = usage.picked_usage(run.conn, ZoneInfo(run.terms.zone), run.terms.end)
        drafts = []
        for done, customer in enumerate(run.customers, 1):
            made = _draft(run, customer, waiting.pop(customer.id, []), old.pop(customer.id, None))
            drafts.extend([made] if made else [])
            watch.step(done, len(run.customers), customer.name)
        _not_below_any_more(run, waiting)
        usage.forget(run.conn)
    return DraftReport(period, run.terms.currency, tuple(drafts), tuple(run.left_out), _remarks(run))


def discard_draft(db: Database, actor: Actor, *, invoice: UUID | str) -> None:
    """Throw a draft away; its calls wait for the next run. `Refused` for an issued document."""
    require(actor, Right.INVOICE)
    with db.write(tr("Discard a draft"), actor, undoable=False) as write:
        row = own_draft(write.conn, actor, invoice)
        _emptied(write.conn, row.id)
        write.conn.execute(delete(schema.invoice).where(schema.invoice.c.id == row.id))


def note_draft(db: Database, actor: Actor, *, invoice: UUID | str, note: str) -> None:
    """Put a note on a draft; it is printed on the document and stays when it is drafted again."""
    require(actor, Right.INVOICE)
    with db.write(tr("Note on a draft"), actor, undoable=False) as write:
        row = own_draft(write.conn, actor, invoice)
        snapshot = {**row.snapshot, "note": note.strip()}
        change = update(schema.invoice).where(schema.invoice.c.id == row.id)
        write.conn.execute(change.values(note=note.strip(), snapshot=snapshot))


def own_draft(conn: Connection, actor: Actor, key: UUID | str) -> Any:
    """A draft of the actor's own. `Refused` when it is issued, unknown when it is another's."""
    row = found_on(conn, actor, key)
    if row.seller_id != actor.account_id:
        raise unknown_invoice(str(key))
    if row.state != "draft":
        raise Refused(
            "issued",
            tr("{number} is issued and never changes.").format(number=row.number),
            tr("Void it while nothing is paid, or correct it by a credit note."),
        )
    return row


def of_month(period: EffectiveRange) -> ColumnElement[bool]:
    """Documents of a month, also those made while the workspace had another zone, where it began up to a day apart."""
    return schema.invoice.c.period_from.between(period.start - _ZONES_APART, period.start + _ZONES_APART)


def own_sale(actor: Actor, customer: Account) -> bool:
    """Whether the actor sells to this account: it stands right below his own."""
    return customer.parent_id == actor.account_id and customer.level in ("reseller", "company")


def _begin(write: Write, actor: Actor, period: str, chosen: Sequence[UUID | str] | None) -> _Run:
    workspace = accounts.workspace_on(write.conn)
    span, first = _month(period, workspace)
    tree = {one.id: one for one in accounts.tree_on(write.conn, actor)}
    customers = [one for one in tree.values() if own_sale(actor, one)]
    if chosen is not None:
        wanted = {accounts.account_on(write.conn, actor, key).id for key in chosen}
        if strangers := wanted - {one.id for one in customers}:
            raise not_a_customer(tree[strangers.pop()])
        customers = [one for one in customers if one.id in wanted]
    fees: dict[UUID, list[Fee]] = {}
    for fee in fees_on(write.conn):
        fees.setdefault(fee.account_id, []).append(fee)
    terms = compose.Terms(
        seller=tree[actor.account_id],
        currency=workspace.currency,
        zone=workspace.zone.key,
        first=first,
        end=usage.month_after(first),
        rules=tax_rules_on(write.conn),
    )
    # Ids rise with time: customers come in the order in which they were won, whatever they are called now.
    customers.sort(key=lambda one: one.id.bytes)
    return _Run(
        write, actor, span, terms, customers, chosen is not None, tree, minimum_invoice(write.conn), fees
    )


def _month(period: str, workspace: Workspace) -> tuple[EffectiveRange, date]:
    try:
        span = month_period(period, workspace.zone)
    except ValueError as cause:
        raise Refused(
            "bad_period",
            tr("{period} is not a month.").format(period=period),
            tr("Write it like 2026-10."),
        ) from cause
    year, month = (int(part) for part in period.split("-"))
    return span, date(year, month, 1)


def not_a_customer(account: Account) -> Refused:
    """Said of an account of the actor's tree that somebody else sells to."""
    return Refused(
        "not_a_customer",
        tr("You do not invoice {account}.").format(account=account.name),
        tr("Invoices go to the resellers and companies right below you."),
    )


def _look_for_unrated(run: _Run, *, leave_out: bool) -> None:
    """Unrated calls of the month are a decision of the user, never an accident."""
    counts: dict[UUID | None, int] = {}
    chosen = {one.id for one in run.customers}
    for account_id, many in unrated(run.conn, run.actor, run.period.start, run.period.end).items():
        customer = _customer_of(run, account_id)
        if customer == run.actor.account_id or (run.is_partial and customer not in chosen):
            continue
        counts[customer] = counts.get(customer, 0) + many
    if counts and not leave_out:
        raise _unrated(run, counts)
    for customer, many in counts.items():
        name = run.tree[customer].name if customer in run.tree else ""
        run.left_out.append(LeftOut("unrated", customer, name, many, NOTHING))


def _customer_of(run: _Run, account_id: UUID | None) -> UUID | None:
    """The account right below the actor that pays for calls of an account; None: nobody knows."""
    if account_id is None or account_id not in run.tree:
        return None
    path = run.tree[account_id].path
    place = path.index(run.actor.account_id)
    return path[place + 1] if place + 1 < len(path) else run.actor.account_id


def _unrated(run: _Run, counts: Mapping[UUID | None, int]) -> Refused:
    said = [
        Problem(
            "unrated_calls",
            tr("{customer}: {calls}").format(
                customer=run.tree[customer].name if customer in run.tree else tr("Unknown account"),
                calls=trn("{count} unrated call", "{count} unrated calls", many),
            ),
        )
        for customer, many in counts.items()
    ]
    total = sum(counts.values())
    return Refused(
        "unrated_calls",
        trn(
            "{count} answered call of the month has no price",
            "{count} answered calls of the month have no price",
            total,
        )
        + f" ({'; '.join(one.message for one in said)}).",
        tr("Rate them (see Problems), or leave them out for the next run."),
        problems=said,
    )


def _cleared(run: _Run) -> dict[UUID, Any]:
    """Drafts of the same month, emptied so that their calls wait again; by customer."""
    table = schema.invoice
    rows = run.conn.execute(
        select(table).where(
            table.c.seller_id == run.actor.account_id,
            table.c.state == "draft",
            table.c.kind == "invoice",
            of_month(run.period),
        )
    ).all()
    chosen = {one.id for one in run.customers}
    old: dict[UUID, Any] = {}
    for row in rows:
        if run.is_partial and row.customer_id not in chosen:
            continue
        _emptied(run.conn, row.id)
        if row.customer_id in chosen and row.customer_id not in old:
            old[row.customer_id] = row
        else:  # no customer of ours any more, or a second draft from before the zone was changed
            run.conn.execute(delete(table).where(table.c.id == row.id))
    return old


def _emptied(conn: Connection, invoice_id: UUID) -> None:
    for part in (schema.invoice_call, schema.invoice_line, schema.invoice_tax):
        conn.execute(delete(part).where(part.c.invoice_id == invoice_id))


def _draft(run: _Run, customer: Account, waiting: list[usage.Usage], old: Any) -> Draft | None:
    """Make or renew the customer's draft, or say why there is none."""
    charged = _charged(run, customer.id)
    made = compose.document(run.terms, customer, waiting, run.fees.get(customer.id, ()), charged=charged)
    amount = sum((one.amount for one in waiting), NOTHING)
    reason = _reason(run, customer, made)
    if reason is not None:
        if old is not None:
            run.conn.execute(delete(schema.invoice).where(schema.invoice.c.id == old.id))
        run.left_out.append(LeftOut(reason, customer.id, customer.name, made.annex_calls, amount))
        return None
    if made.total > LARGEST:
        raise Refused(
            "too_large",
            tr("The invoice of {name} comes to {total} {currency}: more than a document can hold.").format(
                name=customer.name, total=made.total, currency=made.currency
            ),
            tr("Look for calls with a wrong price or duration, and rate them again."),
        )
    key = _stored(run, customer, made, old)
    usage.take(run.conn, customer.id, key)
    return Draft(
        id=key,
        customer_id=customer.id,
        customer=customer.name,
        currency=made.currency,
        calls=made.annex_calls,
        late_calls=sum(line.calls or 0 for line in made.lines if line.is_late),
        seconds=sum(line.seconds or 0 for line in made.lines),
        usage=made.sum_of("usage"),
        fees=made.sum_of("fee"),
        net=made.net,
        tax=made.tax,
        total=made.total,
        amount=amount,
    )


def _reason(run: _Run, customer: Account, made: Document) -> str | None:
    """Why a customer gets no draft. A due fee is always asked for: the minimum carries over usage only."""
    has_fee = any(line.kind == "fee" for line in made.lines)
    if made.net == 0 and not has_fee:
        return "nothing"
    if customer.payment_mode == "prepaid":
        return "prepaid"
    return "below_minimum" if made.net < run.minimum and not has_fee else None


def _charged(run: _Run, customer_id: UUID) -> set[str]:
    """Refs of the fees of this month that an issued document of the customer has."""
    table = schema.invoice
    rows = run.conn.execute(
        select(table.c.snapshot).where(
            table.c.seller_id == run.actor.account_id,
            table.c.customer_id == customer_id,
            table.c.state == "issued",
            of_month(run.period),
        )
    ).scalars()
    return {line.ref for kept in rows for line in from_snapshot(kept).lines if line.kind == "fee"}


def _stored(run: _Run, customer: Account, made: Document, old: Any) -> UUID:
    """Write the draft with its lines and taxes; a renewed one keeps its id and note."""
    key = old.id if old is not None else uuid7()
    snapshot = {**as_snapshot(made), "note": old.note if old is not None else ""}
    values = {
        "currency": made.currency, "net": made.net, "tax": made.tax, "total": made.total, "snapshot": snapshot,
        "period_from": day_start(made.first_day, ZoneInfo(run.terms.zone)), "period_until": run.period.end,
    }  # fmt: skip
    if old is not None:
        run.conn.execute(update(schema.invoice).where(schema.invoice.c.id == key).values(values))
    else:
        parties = {"seller_id": run.actor.account_id, "customer_id": customer.id}
        head = {"id": key, "kind": "invoice", "state": "draft", "created_at": run.write.now}
        run.conn.execute(insert(schema.invoice).values({**head, **parties, **values}))
    run.conn.execute(insert(schema.invoice_line), list(_line_rows(key, made)))
    run.conn.execute(insert(schema.invoice_tax), list(_tax_rows(key, made)))
    return UUID(int=key.int)


def _line_rows(key: UUID, made: Document) -> Iterator[dict[str, Any]]:
    for position, line in enumerate(made.lines, 1):
        yield {
            "id": uuid7(), "invoice_id": key, "position": position, "kind": line.kind, "text": line.text,
            "calls": line.calls, "seconds": line.seconds, "quantity": line.quantity, "net": line.net,
            "unit_price": line.unit_price, "tax_category": line.tax_category, "tax_rate": line.tax_rate,
        }  # fmt: skip


def _tax_rows(key: UUID, made: Document) -> Iterator[dict[str, Any]]:
    for tax in made.taxes:
        yield {
            "id": uuid7(), "invoice_id": key, "category": tax.category, "rate": tax.rate, "base": tax.base,
            "tax": tax.tax, "text": tax.text,
        }  # fmt: skip


def _not_below_any_more(run: _Run, waiting: Mapping[UUID, list[usage.Usage]]) -> None:
    """Calls of accounts that were below the actor when they were rated: counted, not named."""
    for rest in waiting.values():
        calls = sum(one.calls for one in rest)
        run.left_out.append(LeftOut("moved", None, "", calls, sum((one.amount for one in rest), NOTHING)))


def _remarks(run: _Run) -> tuple[str, ...]:
    if run.terms.rules:
        return ()
    return (tr("This workspace has no tax rule: its invoices carry no tax."),)
