"""The page of suppliers, in a real window."""

import threading
from collections.abc import Iterator
from pathlib import Path
from uuid import UUID

import pytest
from PySide6.QtWidgets import QLineEdit, QSpinBox
from pytestqt.qtbot import QtBot

from tests.windows import Shown, close, show, texts
from tests.worlds import World, acme
from voipdesk.accounts.queries import suppliers
from voipdesk.accounts.rules import SupplierFacts
from voipdesk.accounts.ui.suppliers import SuppliersPage
from voipdesk.kit.names import unnamed
from voipdesk.rates.commands import import_sheet
from voipdesk.rates.queries.suppliers import supplier_facts
from voipdesk.shell.sections import sections

SHEET = (
    "Prefix,Destination,Rate per minute (USD),Effective from\n2010,Egypt Mobile Vodafone,0.1060,2026-11-30\n"
)


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    with acme(tmp_path) as world:
        yield world


@pytest.fixture
def shown(qtbot: QtBot, world: World, isolated_home: Path) -> Iterator[Shown]:
    made = show(qtbot, world, page="suppliers")
    yield made
    close(made)


def page_of(shown: Shown) -> SuppliersPage:
    page = shown.page
    assert isinstance(page, SuppliersPage)
    return page


def rows(shown: Shown) -> dict[str, dict[str, str]]:
    return {one["name"]: one for one in texts(page_of(shown).grid)}


def choose(shown: Shown, world: World, name: str) -> None:
    key = next(one.id for one in suppliers(world.db, world.sara) if one.name == name)
    assert page_of(shown).grid.go_to(key)


def test_each_supplier_with_its_tables_terms_and_last_sheet(
    shown: Shown, world: World, tmp_path: Path
) -> None:
    assert unnamed(shown.window) == []
    aurora = rows(shown)["Aurora"]
    assert (aurora["tables"], aurora["notice"], aurora["last_sheet"]) == ("Aurora A-Z", "Increase 7", "")
    path = tmp_path / "aurora_december.csv"
    path.write_text(SHEET)
    import_sheet(world.db, world.sara, path, table="Aurora A-Z", scope="partial")
    shown.settle()
    aurora = rows(shown)["Aurora"]
    assert (aurora["last_sheet"], aurora["last_at"]) == ("aurora_december.csv", "2026-11-23")
    assert aurora["profile"]


def test_a_new_supplier_is_added_with_its_terms(shown: Shown, world: World) -> None:
    shown.press("new")
    dialog = shown.dialog()
    shown.press("commit", dialog)
    assert dialog.isVisible()
    shown.find(QLineEdit, "field.name").setText("Borealis")
    shown.find(QLineEdit, "field.currency").setText("eur")
    shown.find(QSpinBox, "field.notice.increase").setValue(14)
    shown.find(QSpinBox, "field.notice.new").setValue(1)
    shown.press("commit", dialog)
    made = rows(shown)["Borealis"]
    assert (made["code"], made["currency"], made["notice"]) == ("BOREALIS", "EUR", "Increase 14, New 1")
    assert "Borealis was added" in shown.toast


def test_a_supplier_is_changed_archived_and_taken_out_again(shown: Shown, world: World) -> None:
    page = page_of(shown)
    choose(shown, world, "Aurora")
    shown.press("change")
    dialog = shown.dialog()
    shown.find(QLineEdit, "field.name").setText("Aurora Telecom")
    shown.find(QSpinBox, "field.notice.closed").setValue(30)
    shown.press("commit", dialog)
    assert rows(shown)["Aurora Telecom"]["notice"] == "Increase 7, Closed 30"
    shown.ask.answers.append(False)
    shown.press("archive")
    assert rows(shown)["Aurora Telecom"]["status"] == "Active"
    shown.ask.answers.append(True)
    shown.press("archive")
    assert rows(shown)["Aurora Telecom"]["status"] == "Archived"
    assert page.buttons["archive"].text() == "Take out of the archive"
    shown.press("archive")
    assert rows(shown)["Aurora Telecom"]["status"] == "Active"


def test_a_name_that_is_taken_is_said(shown: Shown, world: World) -> None:
    shown.press("new")
    shown.find(QLineEdit, "field.name").setText("aurora")
    shown.press("commit", shown.dialog())
    assert "There is a supplier aurora already" in shown.ask.asked[-1].text
    assert list(rows(shown)) == ["Aurora"]


def test_only_the_admin_level_has_suppliers(world: World) -> None:
    assert "suppliers" in {one.name for one in sections(world.sara)}
    for actor in (world.rami, world.cora, world.uma):
        assert "suppliers" not in {one.name for one in sections(actor)}


def test_an_older_reading_that_ends_later_is_not_shown(shown: Shown, world: World) -> None:
    page, began, may_end = page_of(shown), threading.Event(), threading.Event()

    def slow(*_: object) -> dict[UUID, SupplierFacts]:
        began.set()
        may_end.wait(5)
        return {}

    page.facts_of = slow  # type: ignore[assignment]
    shown.qtbot.waitUntil(began.is_set)
    page.facts_of = lambda *_: {}
    shown.qtbot.waitUntil(lambda: rows(shown)["Aurora"]["tables"] == "", timeout=5_000)
    page.facts_of = supplier_facts
    shown.qtbot.waitUntil(lambda: rows(shown)["Aurora"]["tables"] == "Aurora A-Z", timeout=5_000)
    may_end.set()
    shown.settle()
    assert rows(shown)["Aurora"]["tables"] == "Aurora A-Z"
