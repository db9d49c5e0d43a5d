"""The proof of issued documents: no gap, an unbroken chain, the kept bytes, calls that add up."""

import zlib
from collections.abc import Iterator
from hashlib import sha256
from typing import Any

from sqlalchemy import Connection, Row, func, select

from voipdesk.billing.queries.annex import Annex, is_true_to
from voipdesk.billing.queries.documents import held_calls
from voipdesk.billing.rules.documents import GENESIS, annex_rows, chained, from_snapshot
from voipdesk.billing.rules.totals import Line, totals
from voipdesk.billing.schema import invoice, invoice_call, invoice_line, series
from voipdesk.kernel.money import currency_decimals, rounded
from voipdesk.kernel.problems import Problem
from voipdesk.kernel.text import tr
from voipdesk.store.database import Database
from voipdesk.store.tables import blob
from voipdesk.store.types import canonical_json


def verify(db: Database) -> list[Problem]:
    """Every fault of the issued documents, each naming its document; empty when the file can be trusted."""
    with db.read() as conn:
        found: list[Problem] = []
        for owner in conn.execute(select(series)).all():
            found.extend(_series(conn, owner))
        found.extend(_orphans(conn))
        return found


def _series(conn: Connection, owner: Row[Any]) -> Iterator[Problem]:
    """One series from its first document on."""
    rows = conn.execute(
        select(invoice).where(invoice.c.series_id == owner.id).order_by(invoice.c.seq)
    ).yield_per(100)
    expected, previous, last = None, GENESIS, None
    for row in rows:
        if expected is not None and row.seq != expected:
            yield _fault("gap", row, tr("the series misses the number before it"))
        if last is not None and row.issue_date < last:
            yield _fault("date_order", row, tr("it is dated before the one before it"))
        if row.previous_hash != previous or row.hash != chained(previous, canonical_json(row.snapshot)):
            yield _fault("chain", row, tr("it or the one before it was changed after issue"))
        yield from _document(conn, row)
        expected, previous, last = row.seq + 1, row.hash, row.issue_date
    if expected is not None and owner.next_seq != expected:
        yield Problem(
            "gap",
            tr("The series {pattern} counts on at {next}, its last document is {last}.").format(
                pattern=owner.pattern, next=owner.next_seq, last=expected - 1
            ),
            tr("Restore a backup from before, and compare."),
        )


def _document(conn: Connection, row: Row[Any]) -> Iterator[Problem]:
    """What is printed, what is kept, and the calls of one document."""
    document = from_snapshot(row.snapshot)
    if _kept(conn, row.pdf_sha256) is None:
        yield _fault("pdf", row, tr("its PDF is missing or is not the one that was issued"))
    if (document.number, document.net, document.tax, document.total) != (
        row.number,
        row.net,
        row.tax,
        row.total,
    ):
        yield _fault("totals", row, tr("its sums are not those that were printed"))
    lines = [
        Line(line.quantity, line.unit_price, line.tax_category, line.tax_rate) for line in document.lines
    ]
    sums = totals(lines, currency=document.currency)
    nets = conn.execute(select(func.sum(invoice_line.c.net)).where(invoice_line.c.invoice_id == row.id))
    decimals = currency_decimals(document.currency)
    if (sums.tax_exclusive, sums.tax_total, rounded(nets.scalar() or 0, decimals)) != (
        document.net,
        document.tax,
        document.net,
    ):
        yield _fault("totals", row, tr("its lines do not add up to its sums"))
    yield from _calls(conn, row)


def _calls(conn: Connection, row: Row[Any]) -> Iterator[Problem]:
    document = from_snapshot(row.snapshot)
    kept = _kept(conn, document.annex_sha256) if document.annex_sha256 else b""
    if kept is None:
        yield _fault("annex", row, tr("the list of its calls is missing or was changed"))
        return
    annex = Annex(annex_rows(kept), True)
    if not is_true_to(annex, document) or len(annex.rows) != document.annex_calls:
        yield _fault("annex", row, tr("its calls do not add up to its lines"))
    held = held_calls(conn, row.id)
    if held != (0 if row.state == "void" else document.annex_calls):
        yield _fault("calls", row, tr("it holds {held} calls").format(held=held))


def _orphans(conn: Connection) -> Iterator[Problem]:
    """The key forbids a call on two documents of a level; a file that was tampered with may have lost it."""
    doubled = (
        select(invoice_call.c.call_id)
        .group_by(invoice_call.c.call_id, invoice_call.c.level)
        .having(func.count() > 1)
    )
    for call_id in conn.execute(doubled).scalars():
        yield Problem("billed_twice", tr("Call {call} is on two documents.").format(call=call_id))
    known = select(invoice.c.id)
    lost = select(func.count()).select_from(invoice_call).where(invoice_call.c.invoice_id.not_in(known))
    if count := conn.execute(lost).scalar_one():
        yield Problem("lost_calls", tr("{count} calls are on a document that is gone.").format(count=count))


def _kept(conn: Connection, digest: str | None) -> bytes | None:
    """The bytes under a hash, when they are still those bytes."""
    packed = conn.execute(select(blob.c.content).where(blob.c.sha256 == digest)).scalar()
    if packed is None:
        return None
    try:
        content = zlib.decompress(packed)
    except zlib.error:
        return None
    return content if sha256(content).hexdigest() == digest else None


def _fault(code: str, row: Row[Any], why: str) -> Problem:
    return Problem(
        code,
        tr("Document {number}: {why}.").format(number=row.number, why=why),
        tr("Restore a backup from before, and compare."),
    )
