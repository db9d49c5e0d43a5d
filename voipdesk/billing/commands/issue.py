"""Issuing and voiding: the number, the frozen copy, the PDF and its hash come into being in one transaction.

A process that dies at any moment leaves all documents of the run or none: SQLite has no gap to show, because the
counter, the documents and the bytes of their PDFs are in the same file and the same commit.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from hashlib import sha256
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, Row, func, insert, select, update

from voipdesk.accounts import queries as accounts
from voipdesk.accounts.rules import Account, Right, require
from voipdesk.billing import schema
from voipdesk.billing.commands import compose, usage
from voipdesk.billing.commands.drafts import of_month, own_draft
from voipdesk.billing.commands.report import Issued, IssueReport
from voipdesk.billing.queries.annex import Annex, is_true_to
from voipdesk.billing.queries.documents import draft_annex, found_on, unknown_invoice
from voipdesk.billing.queries.setup import is_issuing_off, tax_rules_on
from voipdesk.billing.rules.documents import (
    GENESIS,
    Document,
    annex_bytes,
    as_snapshot,
    chained,
    from_snapshot,
    issued,
)
from voipdesk.billing.rules.numbers import DEFAULT_PATTERN, document_number, series_year
from voipdesk.billing.rules.taxes import TaxRule
from voipdesk.kernel.changes import Actor
from voipdesk.kernel.periods import month_period
from voipdesk.kernel.problems import Refused
from voipdesk.kernel.progress import Progress, Quiet
from voipdesk.kernel.text import tr
from voipdesk.store.database import Database, Write
from voipdesk.store.types import canonical_json, uuid7


@dataclass(slots=True)
class _Issue:
    """One issuing transaction; `seq` and `previous` move on with each document."""

    write: Write
    seller: Account
    tree: dict[UUID, Account]
    rules: Sequence[TaxRule]
    today: date
    series_id: UUID
    pattern: str
    seq: int
    previous: str


def issue_invoices(
    db: Database,
    actor: Actor,
    *,
    period: str | None = None,
    ids: Sequence[UUID | str] | None = None,
    progress: Progress | None = None,
) -> IssueReport:
    """Issue the actor's drafts: those named, else those of a month, else all. All of them or, on any refusal, none.

    Nothing to issue gives an empty report. `Refused("draft_outdated")` when a draft is no longer what its calls cost.
    """
    require(actor, Right.INVOICE)
    watch = progress or Quiet()
    with db.write(tr("Issue invoices"), actor, undoable=False) as write:
        rows = _drafts(write.conn, actor, period, ids)
        if not rows:
            return IssueReport(())
        issue = _begin(write, actor, db.clock.today(accounts.workspace_on(write.conn).zone))
        documents = []
        for done, row in enumerate(rows, 1):
            documents.append(_issued(issue, row))
            watch.step(done, len(rows), documents[-1].number)
        counted = {"next_seq": issue.seq, "last_date": issue.today}
        change = update(schema.series).where(schema.series.c.id == issue.series_id)
        write.conn.execute(change.values(counted))
    return IssueReport(tuple(documents))


def void_invoice(db: Database, actor: Actor, *, invoice: UUID | str, reason: str) -> None:
    """Void an issued document for a reason: it keeps its number and PDF, its calls wait for a new document."""
    require(actor, Right.INVOICE)
    said = " ".join(reason.split())
    if not said:
        raise Refused("no_reason", tr("A void document needs a reason."), tr("Say why it is void."))
    with db.write(tr("Void a document"), actor, undoable=False) as write:
        row = found_on(write.conn, actor, invoice)
        if row.seller_id != actor.account_id:
            raise unknown_invoice(str(invoice))
        if row.state != "issued":
            raise Refused(
                "not_issued",
                tr("This document is a draft.") if row.state == "draft" else tr("This document is void already."),
                tr("Discard a draft instead; a void document stays as it is."),
            )  # fmt: skip
        change = update(schema.invoice).where(schema.invoice.c.id == row.id)
        write.conn.execute(change.values(state="void", void_reason=said))
        usage.free(write.conn, row.id)


def _drafts(
    conn: Connection, actor: Actor, period: str | None, ids: Sequence[UUID | str] | None
) -> list[Row[Any]]:
    """The drafts to issue, customers in the order in which they were won."""
    if ids is not None:
        found = {row.id: row for row in (own_draft(conn, actor, key) for key in ids)}
        rows = list(found.values())
    else:
        table = schema.invoice
        wanted = select(table).where(table.c.seller_id == actor.account_id, table.c.state == "draft")
        if period is not None:
            try:
                span = month_period(period, accounts.workspace_on(conn).zone)
            except ValueError as cause:
                raise Refused(
                    "bad_period", tr("{period} is not a month.").format(period=period),
                    tr("Write it like 2026-10."),
                ) from cause  # fmt: skip
            wanted = wanted.where(of_month(span))
        rows = list(conn.execute(wanted).all())
    return sorted(rows, key=lambda row: (row.period_from, row.customer_id.bytes, row.id.bytes))


def _begin(write: Write, actor: Actor, today: date) -> _Issue:
    """Look at the series inside the write: nobody else can take a number until this transaction ends."""
    conn = write.conn
    if is_issuing_off(conn):
        raise Refused(
            "issuing_off",
            tr("This workspace is for looking around: it issues no documents."),
            tr("Start a workspace of your own to issue invoices."),
        )
    tree = {one.id: one for one in accounts.tree_on(conn, actor)}
    series_id, pattern, seq = _series(conn, actor, today)
    last = select(schema.invoice.c.hash).where(
        schema.invoice.c.series_id == series_id, schema.invoice.c.seq == seq - 1
    )
    return _Issue(
        write=write,
        seller=tree[actor.account_id],
        tree=tree,
        rules=tax_rules_on(conn),
        today=today,
        series_id=series_id,
        pattern=pattern,
        seq=seq,
        previous=conn.execute(last).scalar() or GENESIS,
    )


def _series(conn: Connection, actor: Actor, today: date, kind: str = "invoice") -> tuple[UUID, str, int]:
    """Id, pattern and next number of the series of the day; a new year begins one of its own."""
    table = schema.series
    mine = (table.c.owner_id == actor.account_id) & (table.c.kind == kind)
    rows = conn.execute(select(table).where(mine).order_by(table.c.year.desc())).all()
    newest = conn.execute(select(func.max(table.c.last_date)).where(mine)).scalar()
    if newest is not None and today.isoformat() < str(newest):
        raise Refused(
            "date_before",
            tr("Today is {today}, but a document of {last} is issued already.").format(
                today=today.isoformat(), last=newest
            ),
            tr("Numbers rise with their dates. Check the clock of this computer."),
        )
    pattern = rows[0].pattern if rows else DEFAULT_PATTERN
    year = series_year(pattern, today)
    for row in rows:
        if row.year == year:
            return row.id, pattern, row.next_seq
    key = uuid7()
    made = {"owner_id": actor.account_id, "kind": kind, "pattern": pattern, "year": year, "next_seq": 1}
    conn.execute(insert(table).values({"id": key, **made}))
    return key, pattern, 1


def _issued(issue: _Issue, row: Row[Any]) -> Issued:
    """Freeze one draft: parties as they are today, lines as they were reviewed, calls as they are listed."""
    conn, write = issue.write.conn, issue.write
    customer = issue.tree.get(row.customer_id)
    annex = draft_annex(conn, row)
    draft = from_snapshot(row.snapshot)
    if customer is None or not _is_current(issue, customer, draft, annex):
        raise Refused(
            "draft_outdated",
            tr("The draft for {customer} is out of date: calls, prices or taxes have changed since.").format(
                customer=draft.buyer.name
            ),
            tr("Draft the month again, look at it, then issue."),
        )
    number = _free_number(issue)
    document = _frozen(issue, draft, customer, annex, number)
    content = _printed(document, annex)
    snapshot = as_snapshot(document)
    digest = write.keep(content)
    chain = chained(issue.previous, canonical_json(snapshot))
    values = {
        "state": "issued", "series_id": issue.series_id, "seq": issue.seq, "number": number,
        "issue_date": document.issue_date, "due_date": document.due_date, "snapshot": snapshot,
        "pdf_sha256": digest, "previous_hash": issue.previous, "hash": chain, "issued_at": write.now,
    }  # fmt: skip
    conn.execute(update(schema.invoice).where(schema.invoice.c.id == row.id).values(values))
    issue.seq, issue.previous = issue.seq + 1, chain
    return Issued(
        row.id, number, row.customer_id, draft.buyer.name, draft.currency, row.net, row.tax, row.total, digest
    )


def _free_number(issue: _Issue) -> str:
    """The number whose turn it is; a changed pattern may not bring back one of an older series."""
    number = document_number(issue.pattern, issue.today, issue.seq)
    table = schema.invoice
    taken = select(table.c.id).where(table.c.seller_id == issue.seller.id, table.c.number == number)
    if issue.write.conn.execute(taken).first() is not None:
        raise Refused(
            "number_taken",
            tr("The number {number} is on a document already.").format(number=number),
            tr("Change the pattern of the series."),
        )
    return number


def _is_current(issue: _Issue, customer: Account, draft: Document, annex: Annex) -> bool:
    """Whether the draft still says what its calls cost and which taxes its lines carry."""
    taxes = all(
        (line.tax_category, line.tax_rate) == (rule.category, rule.rate)
        for line in draft.lines
        for rule in [compose.tax_of(issue.rules, line.kind, customer, draft.last_day)]
    )
    return taxes and annex.is_current and is_true_to(annex, draft)


def _frozen(issue: _Issue, draft: Document, customer: Account, annex: Annex, number: str) -> Document:
    """The numbered document; the list of its calls is kept under its hash."""
    due = issue.today + timedelta(days=customer.payment_days)
    document = replace(
        issued(draft, number, issue.today, due),
        seller=compose.party(issue.seller),
        buyer=compose.party(customer),
        annex_calls=len(annex.rows),
    )
    if not annex.rows:
        return document
    listed = annex_bytes(annex.rows)
    issue.write.keep(listed)
    return replace(document, annex_sha256=sha256(listed).hexdigest())


def _printed(document: Document, annex: Annex) -> bytes:
    """The PDF; imported here because nobody wants to wait for reportlab at the start of the program."""
    from voipdesk.billing.pdf import render

    return render(document, annex.rows)
