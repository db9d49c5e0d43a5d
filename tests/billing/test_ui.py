"""The page of invoices in a real window: drafting, the check, issuing, the document on screen and on paper, voiding."""

import hashlib
from pathlib import Path

import pytest
from PySide6.QtGui import QColor
from PySide6.QtPrintSupport import QPrinter
from PySide6.QtWidgets import QCheckBox, QPushButton

from tests.windows import Show, Shown, texts
from tests.worlds import World
from voipdesk.billing import commands, queries
from voipdesk.kit.names import unnamed
from voipdesk.kit.sheet_view import PdfView
from voipdesk.kit.sheets import Sheets

PAGE = "invoices"


def drafted(world: World) -> None:
    commands.draft_invoices(world.db, world.sara, period="2026-10", leave_out_unrated=True)


def issued(world: World) -> str:
    drafted(world)
    return commands.issue_invoices(world.db, world.sara).documents[0].number


def choose(shown: Shown, customer: str) -> object:
    grid = shown.grid("invoices")
    at = [row["customer"] for row in texts(grid)].index(customer)
    key = grid.model.key(at)
    grid.go_to(key)
    return key


def test_empty_page_offers_to_draft(world: World, opened: Show) -> None:
    pane = opened().grid("invoices").pane
    assert "No invoices yet" in pane.accessibleName()
    assert pane.button.text() == "Draft month…"


def test_unrated_calls_stop_the_draft_until_they_are_left_out(month: World, opened: Show) -> None:
    shown = opened()
    shown.press("draft")
    dialog = shown.dialog()
    shown.ask.answers.append("leave_out")
    shown.press("commit", dialog)
    asked = shown.ask.asked[0]
    assert "3 answered calls of the month have no price" in asked.text
    assert "Nile Calls" in asked.text
    report = shown.dialog("dialog.drafted")
    assert [row["total"] for row in texts(shown.grid("drafts"))] == ["498.61", "120.95"]
    assert {row["why" if "why" in row else "reason"] for row in texts(shown.grid("leftout"))} >= {
        "Prepaid",
        "Below the least amount; waits",
    }
    report.accept()
    rows = texts(shown.grid("invoices"))
    assert [(row["customer"], row["state"], row["period"]) for row in rows] == [
        ("Nile Calls", "Draft", "2026-10"),
        ("Blue Hotel", "Draft", "2026-10"),
    ]


def test_check_can_lead_to_problems_instead(month: World, opened: Show) -> None:
    shown = opened()
    shown.ask.answers.append(None)
    shown.page.run.draft("2026-10")
    shown.settle()
    assert queries.invoices(month.db, month.sara) == []


def test_leave_out_can_be_chosen_beforehand(month: World, opened: Show) -> None:
    shown = opened()
    shown.press("draft")
    dialog = shown.dialog()
    box = dialog.findChild(QCheckBox, "field.leave_out")
    assert box is not None
    box.setChecked(True)
    shown.press("commit", dialog)
    assert shown.ask.asked == []
    shown.dialog("dialog.drafted").accept()
    assert len(queries.invoices(month.db, month.sara)) == 2


def test_issue_asks_with_count_and_total(month: World, opened: Show) -> None:
    drafted(month)
    shown = opened()
    shown.ask.answers += [False, True]
    shown.press("issue")
    assert "2 invoices" in shown.ask.asked[0].text
    assert "619.56 USD" in shown.ask.asked[0].text
    assert {row["state"] for row in texts(shown.grid("invoices"))} == {"Draft"}
    shown.press("issue")
    numbers = {row["number"] for row in texts(shown.grid("invoices"))}
    assert numbers == {"INV-2026-0101", "INV-2026-0102"}
    assert "INV-2026-0101 – INV-2026-0102" in shown.toast


def test_document_is_drawn_beside_the_list(month: World, opened: Show) -> None:
    issued(month)
    shown = opened()
    key = choose(shown, "Nile Calls")
    shown.grid("invoices").activated.emit(key)
    shown.settle()
    view = shown.find(PdfView, "view.pdf")
    view.grab()
    shown.settle()
    assert view.pages_drawn >= 1
    picture = view.grab().toImage()
    colours = {
        picture.pixelColor(x, y).name()
        for x in range(0, picture.width(), 3)
        for y in range(0, picture.height(), 3)
    }
    assert QColor("white").name() in colours
    assert len(colours) > 10, "the page is blank"
    before = view.zoom
    view.zoom_by(1.5)
    shown.settle()
    assert view.zoom == pytest.approx(before * 1.5)
    view.fit_width()
    assert view.zoom == pytest.approx(before, rel=0.05)
    assert "Nile" in shown.page.pane.title.text() or "INV" in shown.page.pane.title.text()
    shown.page.close_document()


def test_save_writes_the_kept_bytes(month: World, opened: Show, tmp_path: Path) -> None:
    number = issued(month)
    shown = opened()
    customer = queries.invoice(month.db, month.sara, number).row.customer
    choose(shown, customer)
    shown.ask.answers.append(tmp_path / "out.pdf")
    shown.press("save")
    kept = queries.invoice(month.db, month.sara, number).pdf_sha256
    assert hashlib.sha256((tmp_path / "out.pdf").read_bytes()).hexdigest() == kept
    assert "out.pdf" in shown.toast


def test_save_says_why_it_cannot(month: World, opened: Show, tmp_path: Path) -> None:
    issued(month)
    shown = opened()
    choose(shown, "Nile Calls")
    shown.ask.answers.append(tmp_path / "no folder" / "out.pdf")
    shown.press("save")
    assert shown.ask.asked[-1].kind == "refuse"
    assert "out.pdf cannot be written" in shown.ask.asked[-1].text


def test_print_draws_every_page(month: World, opened: Show, tmp_path: Path) -> None:
    number = issued(month)
    shown = opened()
    sheets = Sheets(queries.invoice_pdf(month.db, month.sara, number)).load()
    printer = QPrinter()
    printer.setOutputFormat(QPrinter.OutputFormat.PdfFormat)
    printer.setOutputFileName(str(tmp_path / "paper.pdf"))
    shown.page.print_sheets(printer, sheets)
    shown.settle()
    printed = Sheets((tmp_path / "paper.pdf").read_bytes()).load()
    assert len(printed.sizes) == len(sheets.sizes)
    assert str(len(sheets.sizes)) in shown.toast


def test_void_needs_a_reason(month: World, opened: Show) -> None:
    issued(month)
    shown = opened()
    choose(shown, "Nile Calls")
    shown.ask.answers.append("  ")
    shown.press("void")
    assert "needs a reason" in shown.ask.asked[-1].text
    choose(shown, "Nile Calls")
    shown.ask.answers.append("Wrong address")
    shown.press("void")
    states = {row["customer"]: row["state"] for row in texts(shown.grid("invoices"))}
    assert states == {"Nile Calls": "Void", "Blue Hotel": "Issued"}


def test_discard_a_draft(month: World, opened: Show) -> None:
    drafted(month)
    shown = opened()
    choose(shown, "Blue Hotel")
    shown.ask.answers.append(True)
    shown.press("void")
    assert [row["customer"] for row in texts(shown.grid("invoices"))] == ["Nile Calls"]


def test_state_chooser_and_filter_row(month: World, opened: Show) -> None:
    issued(month)
    shown = opened()
    page = shown.page
    page.state.setCurrentIndex(page.state.findData("draft"))
    assert texts(shown.grid("invoices")) == []
    page.state.setCurrentIndex(page.state.findData("issued"))
    shown.grid("invoices").header.filters.set_typed({"customer": "blue"})
    shown.settle()
    assert [row["customer"] for row in texts(shown.grid("invoices"))] == ["Blue Hotel"]


def test_company_sees_its_bills_only_and_cannot_bill(month: World, opened: Show) -> None:
    issued(month)
    shown = opened("cora")
    rows = texts(shown.grid("invoices"))
    assert [row["customer"] for row in rows] == ["Nile Calls"]
    assert "Blue" not in shown.said()
    visible = {one.objectName() for one in shown.page.findChildren(QPushButton) if one.isVisible()}
    assert {"btn.draft", "btn.issue", "btn.void"} & visible == set()


def test_reseller_sees_nothing_of_others(month: World, opened: Show) -> None:
    issued(month)
    shown = opened("rami")
    assert texts(shown.grid("invoices")) == []
    assert "side" in {column.id for column in shown.grid("invoices").model.columns}


def test_every_control_has_a_name(month: World, opened: Show) -> None:
    issued(month)
    shown = opened()
    shown.page.open_document(choose(shown, "Nile Calls"))
    shown.settle()
    assert unnamed(shown.page) == []
    shown.page.create_new()
    assert unnamed(shown.dialog()) == []
    shown.dialog().reject()
