"""S01 whole, in the window: the supplier's .xls, whom it hurts, new prices from a day on, and what customers are told."""

import zipfile
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from PySide6.QtCore import QMimeData, QPoint, QPointF, Qt, QUrl
from PySide6.QtGui import QDragEnterEvent, QDropEvent
from PySide6.QtWidgets import QApplication, QDialog, QWidget
from pytestqt.qtbot import QtBot

from tests.rates.story import ROWS, Story, aurora, told
from tests.windows import texts
from tests.worlds import World, price_rows
from voipdesk.calls.commands import import_calls
from voipdesk.kit.grid import Grid
from voipdesk.kit.names import unnamed

DAY = date(2026, 11, 30)
RAISED = ("1658", "2010", "2011", "2012", "2015", "4915", "4916", "4917")
GROUPS = (("2010-2012, 2015", "0.1280"), ("4915-4917", "0.0360"), ("1658", "0.1450"))
BOUGHT = {f"{row[3]:.4f}" for row in ROWS} | {str(one.buy) for one in price_rows()}


@pytest.fixture
def story(qtbot: QtBot, tmp_path: Path, isolated_home: Path) -> Iterator[Story]:
    with told(qtbot, tmp_path, before=nile_talked) as made:
        yield made


def nile_talked(world: World) -> None:
    """Nile Calls used 12,000 minutes to 2010 in the last 30 days."""
    path = world.path.with_name("calls.csv")
    lines = [
        f"n{at},NILE,1000,201012345678,2026-11-{at + 1:02d} 10:00:00,2026-11-{at + 1:02d} 10:00:00,72000,ANSWERED"
        for at in range(10)
    ]
    head = "uniqueid,account,caller,called,start,answer,billsec,disposition"
    path.write_text("\n".join([head, *lines, ""]), encoding="utf-8")
    import_calls(world.db, world.sara, path, zone="Africa/Cairo", rate=False)


def drop(story: Story, target: QWidget, path: Path) -> None:
    """Drop a file on a widget."""
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(path))])
    copy, left, none = Qt.DropAction.CopyAction, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
    QApplication.sendEvent(target, QDragEnterEvent(QPoint(5, 5), copy, data, left, none))
    QApplication.sendEvent(target, QDropEvent(QPointF(5, 5), copy, data, left, none))
    story.calm()


def grid(story: Story, name: str) -> Grid:
    return story.shown.grid(name)


def rows_by(shown: Grid, column: str) -> dict[str, dict[str, str]]:
    return {row[column]: row for row in texts(shown)}


def go(story: Story, page: str) -> Any:
    """To a page by the sidebar."""
    story.child(f"nav.{page}").click()
    story.calm()
    return story.shown.find(QWidget, f"page.{page}")


def until(story: Story, done: Any) -> None:
    story.shown.qtbot.waitUntil(done, timeout=20_000)
    story.calm()


def as_of(story: Story, page: QWidget, day: date) -> None:
    story.child("field.as_of", page).set_value(day)
    story.calm()


def test_s01_the_suppliers_xls(story: Story, tmp_path: Path) -> None:
    sheet = aurora(tmp_path / "aurora_2026-12.xls")
    reviewed(story, sheet)
    whom_it_hurts(story)
    story.let_pass()
    story.to("publish")
    story.press("publish")
    open_gold(story)
    set_gold(story)
    out = tmp_path / "sheets"
    out.mkdir()
    make_sheets(story, out)
    what_customers_read(out)
    prices_of_both_days(story)
    imports_keeps_it(story, sheet, tmp_path)
    home_is_calm_about_gold(story)


def reviewed(story: Story, sheet: Path) -> None:
    """She drops it on Aurora A-Z, accepts what was found, and goes to Review."""
    page = go(story, "rates")
    drop(story, page, sheet)
    wizard = story.wizard()
    assert wizard.title.text() == "Import into Aurora A-Z"
    story.press("next")
    layout = wizard.reading.layout
    assert layout is not None
    assert (layout.sheet, layout.header_row, wizard.reading.preview.data) == ("Rates", 4, (5, 16))  # type: ignore[union-attr]
    assert (
        story.child("rows.ledger", wizard).text()
        == "18 rows = 3 title + 1 header + 12 data + 1 blank + 1 footer"
    )
    story.press("next")
    assert set(layout.columns) == {
        "destination", "country_code", "area_code", "rate", "increment", "effective_date", "status",
    }  # fmt: skip
    assert "4915, 4916, 4917" in {one.text() for one in wizard.parts.columns.cards[2]._made}
    assert unnamed(wizard) == []
    story.to("review")
    assert unnamed(wizard) == []
    assert story.counts() == {"all": "16", "new": "2", "up": "7", "down": "1", "same": "5", "removed": "1"}
    changes = {row["prefix"]: row for row in texts(wizard.review.grid)}
    jamaica = {(changes[prefix]["kind"], changes[prefix]["row"]) for prefix in ("1876", "1658")}
    assert jamaica == {("Up", "6"), ("New", "6")}
    assert changes["44"]["change"] == "-6.25 %"
    assert {row["from"] for row in changes.values()} == {"2026-11-30"}
    review = wizard.review.review
    assert review is not None
    assert (f"{review.biggest_rise:.2f}", review.least_notice_days, review.short_notice) == ("10.48", 7, 0)
    states = {str(row.guard.id): row.guard.state for row in wizard.review.guards.rows}
    assert "stop" not in states.values()


def whom_it_hurts(story: Story) -> None:
    """Eight prefixes of Gold, two of Silver, three of Delta Traders; Nile first; 960 without supplier."""
    wizard = story.wizard()
    assert story.child("consequences.said", wizard).text() == (
        "8 sell prefixes below cost · 5 customers · est. \u2066-12.00\u2069 in 30 days"
    )
    assert "960" in story.child("consequences.orphans", wizard).text()
    story.press("consequences.show")
    dialog = story.shown.find(QDialog, "dialog.consequences")
    assert unnamed(dialog) == []
    below = texts(grid(story, "below"))
    plans = [row["plan"] for row in below]
    assert (plans.count("Gold"), plans.count("Silver"), plans.count("Delta Traders")) == (8, 2, 3)
    assert [row["prefix"] for row in below if row["plan"] == "Gold"] == list(RAISED)
    dialog.tabs.setCurrentIndex(1)  # type: ignore[attr-defined]
    customers = texts(grid(story, "customers"))
    assert (customers[0]["account"], customers[0]["margin"], customers[0]["minutes"]) == (
        "Nile Calls", "-12.00", "12,000.00",
    )  # fmt: skip
    assert len(customers) == 5
    dialog.tabs.setCurrentIndex(2)  # type: ignore[attr-defined]
    orphan = grid(story, "orphans").cell("960", "plans")
    assert orphan is not None
    assert orphan.text == "Gold, Silver, Silver for Delta Traders"
    dialog.accept()
    story.calm()


def open_gold(story: Story) -> None:
    """After publishing the line above the rates leads to what is below cost, and that to the plan."""
    assert "2 new" in story.shown.toast
    story.press("review_below", story.shown.find(QWidget, "page.rates"))
    dialog = story.shown.find(QDialog, "dialog.consequences")
    grid(story, "below").go_to("Gold 2010")
    story.press("plan", dialog)
    page = story.shown.find(QWidget, "page.plans")
    until(story, lambda: len(texts(grid(story, "preview"))) == len(RAISED))
    assert story.child("field.as_of", page).value() == DAY
    rows = rows_by(grid(story, "preview"), "prefix")
    assert {row["mark"] for row in rows.values()} == {"Below cost"}
    assert (rows["2015"]["sell"], rows["2015"]["buy"]) == ("0.0990", "0.1160")


def set_gold(story: Story) -> None:
    """Three groups of prefixes get their prices for 30 Nov. A plan has no draft: what begins later is scheduled."""
    page = story.shown.find(QWidget, "page.plans")
    for prefixes, price in GROUPS:
        story.press("prices", page)
        dialog = story.shown.find(QDialog, "dialog.prices")
        story.child("field.prefixes", dialog).setText(prefixes)
        story.child("field.price", dialog).setText(price)
        assert story.child("field.since", dialog).value() == DAY
        story.press("commit", dialog)
    assert story.shown.ask.asked == []
    rows = rows_by(grid(story, "preview"), "prefix")
    assert {prefix: rows[prefix]["sell"] for prefix in RAISED} == {
        "1658": "0.1450", "2010": "0.1280", "2011": "0.1280", "2012": "0.1280", "2015": "0.1280",
        "4915": "0.0360", "4916": "0.0360", "4917": "0.0360",
    }  # fmt: skip
    for field in grid(story, "preview").header.filters.fields.values():
        field.clear()
    until(story, lambda: len(texts(grid(story, "preview"))) == 15)
    assert {row["mark"] for row in texts(grid(story, "preview"))} == {""}, (
        "Gold sells nothing below cost then"
    )


def prices_of_both_days(story: Story) -> None:
    """Today 2010 costs 0.1050 and sells at 0.1150; as of 30 Nov 0.1160 and 0.1280."""
    plans = go(story, "plans")
    then = rows_by(grid(story, "preview"), "prefix")["2010"]
    assert (then["buy"], then["sell"]) == ("0.1160", "0.1280")
    story.press("today", plans)
    until(story, lambda: len(texts(grid(story, "preview"))) == 14)
    today = rows_by(grid(story, "preview"), "prefix")["2010"]
    assert (today["buy"], today["sell"]) == ("0.1050", "0.1150")
    page = go(story, "rates")
    story.press("all_rates", page)
    for day, price in ((DAY, "0.1160"), (date(2026, 11, 23), "0.1050")):
        as_of(story, page, day)
        cell = grid(story, "rates").cell("2010", "price")
        assert cell is not None
        assert cell.text == price


def make_sheets(story: Story, out: Path) -> None:
    """Rate sheets with changes only for the customers of Gold: counted before, listed afterwards."""
    story.press("make_sheets", go(story, "rates"))
    assert story.shown.find(QWidget, "page.sheets").isVisible()
    dialog: Any = story.shown.find(QDialog, "dialog.sheets")
    until(story, lambda: not dialog._is_counting)
    assert story.child("field.effective", dialog).value() == DAY
    whom = story.child("field.whom", dialog)
    whom.setCurrentIndex(whom.findText("Customers of Gold"))
    until(story, lambda: len(texts(grid(story, "recipients"))) == 2 and not dialog._is_counting)
    assert {row["account"]: row["rows"] for row in texts(grid(story, "recipients"))} == {
        "Blue Hotel": "8", "Nile Calls": "8",
    }  # fmt: skip
    story.child("field.folder", dialog).setText(str(out))
    story.press("commit", dialog)
    assert story.shown.ask.asked == []
    listed = rows_by(grid(story, "sheets"), "customer")
    assert {name: (row["rows"], row["kind"], row["effective"]) for name, row in listed.items()} == {
        "Nile Calls": ("8", "Changes", "2026-11-30"), "Blue Hotel": ("8", "Changes", "2026-11-30"),
    }  # fmt: skip
    assert {row["file"] for row in listed.values()} == {path.name for path in out.iterdir()}


def what_customers_read(out: Path) -> None:
    """One workbook each with 8 rows of prices, 960 behind them as closed, and nothing of the supplier."""
    files = sorted(out.iterdir())
    assert [path.name for path in files] == [
        "Blue Hotel rate changes 2026-11-30.xlsx", "Nile Calls rate changes 2026-11-30.xlsx",
    ]  # fmt: skip
    for path in files:
        with zipfile.ZipFile(path) as parts:
            content = b"\n".join(parts.read(name) for name in parts.namelist())
        assert b"aurora" not in content.lower()
        book = openpyxl.load_workbook(path)
        rows = list(book.worksheets[0].iter_rows(min_row=2))
        told = {str(row[0].value): [cell.value for cell in row[1:]] for row in rows}
        assert list(told) == [*RAISED, "960"]
        assert (told["960"][:2], told["960"][4]) == (["Maldives", None], "Closed")
        assert told["2010"] == ["Egypt Mobile Vodafone", 0.128, "1/1", "2026-11-30", "Increase", 0.115]
        assert told["2015"] == ["Egypt Mobile WE", 0.128, "1/1", "2026-11-30", "Increase", 0.099]
        assert told["1658"] == ["Jamaica", 0.145, "60/60", "2026-11-30", "Increase", 0.012]
        cells = [cell for sheet in book.worksheets for row in sheet.values for cell in row]
        numbers = {f"{Decimal(str(cell)):.4f}" for cell in cells if isinstance(cell, float)}
        assert len(numbers) > 5
        assert numbers & BOUGHT == set()
        book.close()


def imports_keeps_it(story: Story, sheet: Path, tmp_path: Path) -> None:
    """Imports shows the file with the same counts and gives the original back byte for byte."""
    page = go(story, "imports")
    shown = grid(story, "imports")
    row = texts(shown)[0]
    assert (row["file"], row["state"], row["rows"], row["accepted"]) == (
        "aurora_2026-12.xls",
        "Published",
        "18",
        "12",
    )
    counts = {name: row[name] for name in ("new", "up", "down", "same", "removed", "blocked")}
    assert counts == {"new": "2", "up": "7", "down": "1", "same": "5", "removed": "1", "blocked": "0"}
    story.shown.ask.answers = [tmp_path / "back.xls"]
    story.press("original", page)
    assert (tmp_path / "back.xls").read_bytes() == sheet.read_bytes()


def home_is_calm_about_gold(story: Story) -> None:
    """Home still tells of the plans that were left, and leads to them."""
    page = go(story, "home")
    until(story, lambda: "will be sold below cost" in story.shown.said())
    said = story.shown.said()
    assert "of Gold" not in said
    assert "3 prefixes of Silver for Delta Traders will be sold below cost" in said
    assert "2 prefixes of Silver will be sold below cost" in said
    story.child("btn.attention.plans", page).click()
    until(story, lambda: len(texts(grid(story, "preview"))) == 2)
    assert {row["prefix"] for row in texts(grid(story, "preview"))} == {"1658", "2015"}


def test_before_publishing_the_import_waits_while_its_plan_is_looked_after(
    story: Story, tmp_path: Path
) -> None:
    reviewed(story, aurora(tmp_path / "aurora_2026-12.xls"))
    story.press("consequences.show")
    dialog = story.shown.find(QDialog, "dialog.consequences")
    grid(story, "below").go_to("Silver for Delta Traders 2010")
    story.press("plan", dialog)
    page = story.shown.find(QWidget, "page.plans")
    until(story, lambda: [row["prefix"] for row in texts(grid(story, "preview"))] == ["2010"])
    assert page.chosen.name == "Silver for Delta Traders"  # type: ignore[attr-defined]
    assert story.history() == [("aurora_2026-12.xls", "staged")]
    story.press("prices", page)
    prices = story.shown.find(QDialog, "dialog.prices")
    assert story.child("field.prefixes", prices).text() == "1658, 2010, 2015", (
        "also those the sheet only brings"
    )
    prices.reject()
