"""Issued documents: numbers without gap, nothing changes afterwards, and the proof sees when something did."""

import hashlib
import sqlite3
from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from tests.billing.books import Call, seed
from tests.worlds import World
from voipdesk.accounts.commands import change_account
from voipdesk.billing import commands, queries
from voipdesk.billing.rules.taxes import TaxRule
from voipdesk.kernel.periods import Clock
from voipdesk.kernel.problems import Cancelled, Refused
from voipdesk.store.database import Database

D = Decimal


@pytest.fixture
def issued(month: World) -> World:
    """October is drafted and issued: INV-2026-0101 for Nile Calls, -0102 for Blue Hotel."""
    commands.draft_invoices(month.db, month.sara, period="2026-10", leave_out_unrated=True)
    commands.issue_invoices(month.db, month.sara, period="2026-10")
    return month


def test_an_issued_document_is_complete(issued: World):
    nile = queries.invoice(issued.db, issued.sara, "INV-2026-0101")
    assert (nile.row.state, nile.row.total, nile.row.issue_date, nile.row.due_date) == (
        "issued", D("498.61"), date(2026, 11, 23), date(2026, 12, 7),
    )  # fmt: skip
    content = queries.invoice_pdf(issued.db, issued.sara, "INV-2026-0101")
    assert content[:5] == b"%PDF-"
    assert hashlib.sha256(content).hexdigest() == nile.pdf_sha256
    rows = queries.invoice_calls(issued.db, issued.sara, "INV-2026-0101").rows
    assert len(rows) == 30
    assert sum(row.amount for row in rows) == D("412.38")
    assert {row.number for row in rows} == {"201012345xxx"}
    assert queries.verify(issued.db) == []


def test_later_changes_change_no_document(issued: World):
    before = {
        number: (
            queries.invoice(issued.db, issued.sara, number),
            queries.invoice_pdf(issued.db, issued.sara, number),
        )
        for number in ("INV-2026-0101", "INV-2026-0102")
    }
    change_account(
        issued.db, issued.sara, account="Nile Calls", name="Nile Renamed", address={"lines": ["Moon 1"]}
    )
    commands.set_tax_rule(issued.db, issued.sara, TaxRule("*", "standard", date(2026, 2, 1), "S", D(20)))
    commands.set_fee(
        issued.db,
        issued.sara,
        account="Blue Hotel",
        text="Monthly fee",
        amount=D(99),
        days=(date(2026, 1, 1), None),
    )
    seed(issued, [Call("Nile Calls", "5.000000")])
    for number, (document, content) in before.items():
        assert queries.invoice(issued.db, issued.sara, number) == document
        assert queries.invoice_pdf(issued.db, issued.sara, number) == content
    assert queries.verify(issued.db) == []


@pytest.mark.parametrize(
    "sql",
    [
        "UPDATE invoice SET total = 1 WHERE number = 'INV-2026-0101'",
        "UPDATE invoice SET snapshot = '{}' WHERE number = 'INV-2026-0101'",
        "UPDATE invoice SET pdf_sha256 = 'x' WHERE number = 'INV-2026-0101'",
        "UPDATE invoice SET state = 'draft', seq = NULL, number = NULL WHERE number = 'INV-2026-0101'",
        "DELETE FROM invoice WHERE number = 'INV-2026-0101'",
        "UPDATE invoice_line SET net = 0",
        "DELETE FROM invoice_line",
        "DELETE FROM invoice_tax",
        "DELETE FROM invoice_call",
        "UPDATE invoice_call SET run_seq = 9",
    ],
)
def test_raw_sql_cannot_touch_it(issued: World, sql: str):
    """Even inside an open change of the journal, the file itself refuses."""
    with sqlite3.connect(issued.path) as raw:
        raw.execute("UPDATE change SET open = 1 WHERE seq = (SELECT max(seq) FROM change)")
        with pytest.raises(sqlite3.IntegrityError, match="an issued document cannot be"):
            raw.execute(sql)
        raw.rollback()
    raw.close()


TAMPERING = [
    ("chain", "UPDATE invoice SET snapshot = replace(snapshot, '498.61', '398.61') WHERE seq = 101"),
    ("totals", "UPDATE invoice SET total = total - 1 WHERE seq = 101"),
    ("totals", "UPDATE invoice_line SET net = net + 1000000 WHERE kind = 'fee'"),
    ("chain", "UPDATE invoice SET previous_hash = 'x' WHERE seq = 102"),
    ("gap", "UPDATE invoice SET seq = 103 WHERE seq = 102"),
    ("gap", "UPDATE series SET next_seq = 105"),
    (
        "pdf",
        "UPDATE blob SET content = x'00' WHERE sha256 = (SELECT pdf_sha256 FROM invoice WHERE seq = 101)",
    ),
    (
        "annex",
        "DELETE FROM blob WHERE sha256 NOT IN (SELECT pdf_sha256 FROM invoice WHERE pdf_sha256 IS NOT NULL)",
    ),
    ("calls", "DELETE FROM invoice_call WHERE call_id = (SELECT min(call_id) FROM invoice_call)"),
    ("date_order", "UPDATE invoice SET issue_date = '2026-11-22' WHERE seq = 102"),
]


@pytest.mark.parametrize(("code", "sql"), TAMPERING)
def test_the_proof_names_what_was_tampered_with(issued: World, code: str, sql: str):
    raw = sqlite3.connect(issued.path)
    for (name,) in raw.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall():
        raw.execute(f"DROP TRIGGER {name}")
    raw.execute(sql)
    raw.commit()
    raw.close()
    found = queries.verify(issued.db)
    assert code in {one.code for one in found}
    assert all("INV-" in one.message for one in found)


def test_a_run_that_fails_takes_no_number(month: World):
    commands.draft_invoices(month.db, month.sara, period="2026-10", leave_out_unrated=True)

    class AfterOne:
        def step(self, done: int, total: int | None = None, what: str = "") -> None:
            if done == 1:
                raise Cancelled

    with pytest.raises(Cancelled):
        commands.issue_invoices(month.db, month.sara, progress=AfterOne())
    assert {row.state for row in queries.invoices(month.db, month.sara)} == {"draft"}
    assert queries.series(month.db, month.sara).next_number == "INV-2026-0101"
    assert len(commands.issue_invoices(month.db, month.sara).documents) == 2


def test_void_keeps_number_and_pdf_and_frees_the_calls(issued: World):
    content = queries.invoice_pdf(issued.db, issued.sara, "INV-2026-0102")
    commands.void_invoice(issued.db, issued.sara, invoice="INV-2026-0102", reason="  wrong  customer ")
    row = queries.invoice(issued.db, issued.sara, "INV-2026-0102").row
    assert (row.state, row.void_reason, row.total) == ("void", "wrong customer", D("120.95"))
    assert queries.invoice_pdf(issued.db, issued.sara, "INV-2026-0102") == content
    commands.draft_invoices(issued.db, issued.sara, period="2026-10", leave_out_unrated=True)
    again = commands.issue_invoices(issued.db, issued.sara).documents
    assert [(one.number, one.customer, one.total) for one in again] == [
        ("INV-2026-0103", "Blue Hotel", D("120.95"))
    ]
    assert queries.verify(issued.db) == []
    with pytest.raises(Refused, match="void already"):
        commands.void_invoice(issued.db, issued.sara, invoice="INV-2026-0102", reason="again")


def test_void_needs_a_reason_and_an_issued_document(month: World):
    draft = commands.draft_invoices(month.db, month.sara, period="2026-10", leave_out_unrated=True).drafts[0]
    with pytest.raises(Refused, match="needs a reason"):
        commands.void_invoice(month.db, month.sara, invoice=draft.id, reason=" ")
    with pytest.raises(Refused, match="is a draft"):
        commands.void_invoice(month.db, month.sara, invoice=draft.id, reason="why")
    commands.discard_draft(month.db, month.sara, invoice=draft.id)
    assert [row.customer for row in queries.invoices(month.db, month.sara)] == ["Blue Hotel"]


def test_nobody_voids_what_he_did_not_sell(issued: World):
    with pytest.raises(Refused, match="There is no invoice INV-2026-0101"):
        commands.void_invoice(issued.db, issued.rami, invoice="INV-2026-0101", reason="spite")


def test_issuing_cannot_be_undone(issued: World):
    with pytest.raises(Refused, match="cannot be undone"):
        issued.db.undo(issued.sara)
    assert queries.verify(issued.db) == []


def test_dates_never_run_backwards(issued: World):
    seed(issued, [Call("Blue Hotel", "9.000000")])
    earlier = Database.open(issued.path, Clock(datetime(2026, 11, 20, 7, tzinfo=UTC)))
    commands.draft_invoices(earlier, issued.sara, period="2026-10", leave_out_unrated=True)
    with pytest.raises(Refused, match="issued already"):
        commands.issue_invoices(earlier, issued.sara)
    earlier.close()


def test_a_new_year_begins_a_series_of_its_own(issued: World):
    seed(issued, [Call("Blue Hotel", "9.000000", at="2026-12-03 10:00")])
    later = Database.open(issued.path, Clock(datetime(2026, 12, 31, 22, 30, tzinfo=UTC)))  # 2027 in Cairo
    commands.draft_invoices(later, issued.sara, period="2026-12", accounts=["Blue Hotel"])
    numbers = [one.number for one in commands.issue_invoices(later, issued.sara).documents]
    assert numbers == ["INV-2027-0001"]
    assert queries.verify(later) == []
    later.close()


def test_series_in_use_keeps_counting(issued: World):
    with pytest.raises(Refused, match="next number of this series is 103"):
        commands.set_series(issued.db, issued.sara, pattern="INV-{YYYY}-{SEQ:4}", next=200)
    commands.set_series(issued.db, issued.sara, pattern="R{YY}/{SEQ:5}", next=103)
    assert queries.series(issued.db, issued.sara).next_number == "R26/00103"


def test_the_sample_in_the_window_issues_nothing(month: World):
    commands.draft_invoices(month.db, month.sara, period="2026-10", leave_out_unrated=True)
    with month.db.write("Fixture: opened as a sample", month.sara) as write:
        write.set("issuing", "off")
    with pytest.raises(Refused, match="issues no documents"):
        commands.issue_invoices(month.db, month.sara)


def test_parties_are_those_of_the_day_of_issue(month: World):
    commands.draft_invoices(month.db, month.sara, period="2026-10", leave_out_unrated=True)
    change_account(month.db, month.sara, account="Nile Calls", address={"lines": ["5 Corniche Road"]})
    commands.issue_invoices(month.db, month.sara)
    document = queries.invoice(month.db, month.sara, "INV-2026-0101").document
    assert document.buyer.lines == ("5 Corniche Road",)
    assert replace(document, number="").is_draft
