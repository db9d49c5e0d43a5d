"""The page of calls in a real window: the grid, the wizard for files, the rating run, why a call costs what it costs."""

import re
from functools import partial
from pathlib import Path

import pytest
from PySide6.QtWidgets import QLabel, QPushButton, QWidget
from pytestqt.qtbot import QtBot

from tests.windows import Show, texts
from tests.worlds import World
from voipdesk.calls import commands, queries
from voipdesk.kit.grid import Sort
from voipdesk.kit.names import unnamed
from voipdesk.kit.wizard import Wizard

PAGE = "calls"
"""Where the windows of `opened` begin."""


def test_grid_shows_calls_on_the_wall_clock_of_the_workspace(imported: World, opened: Show) -> None:
    shown = opened()
    rows = texts(shown.grid("calls"))
    assert len(rows) == 10
    assert rows[0]["answer"] == "2026-11-20 09:45:00"
    vodafone = next(row for row in rows if row["called"] == "00201012345678")
    assert vodafone["account"] == "Nile Calls"
    assert (vodafone["prefix"], vodafone["seconds"], vodafone["price"]) == ("2010", "200", "0.383333")
    assert vodafone["cost"] == "0.3500"
    assert "Africa/Cairo" in shown.page.header.subtitle.text()
    assert [row["problem"] for row in rows if row["problem"]] == ["Unknown account", "No rate"]


@pytest.mark.parametrize(
    ("column", "typed", "count"),
    [
        ("account", "nile", 4),
        ("account", "ghost", 1),
        ("called", "0020", 2),
        ("destination", "*mobile", 2),
        ("price", ">0.3", 2),
        ("price", "=", 2),
        ("talk_seconds", "60..65", 3),
        ("answer", "202", 10),
        ("answer", "2026-11-20 09:30", 1),
        ("answer", ">2026-11-19", 10),
        ("answer", "<2026-11-20", 0),
        ("problem", "no rate", 1),
        ("problem", "!=", 2),
        ("supplier", "=", 10),
    ],
)
def test_filter_row(imported: World, opened: Show, column: str, typed: str, count: int) -> None:
    shown = opened()
    grid = shown.grid("calls")
    grid.header.filters.set_typed({column: typed})
    shown.settle()
    assert grid.model.rowCount() == count
    assert grid.footer.rows.property("value") == str(count)


def test_filter_that_is_no_day_says_how_to_write_one(imported: World, opened: Show) -> None:
    shown = opened()
    grid = shown.grid("calls")
    grid.header.filters.set_typed({"answer": "yesterday"})
    shown.settle()
    assert "2026-11-20" in grid.pane.accessibleName()
    assert grid.pane.isVisible()


def test_order_by_account_is_by_name_and_by_several_columns(imported: World, opened: Show) -> None:
    shown = opened()
    grid = shown.grid("calls")
    grid.set_order([Sort("account"), Sort("price", descending=True)])
    shown.settle()
    rows = texts(grid)
    assert [row["account"] for row in rows] == [
        *["Blue Hotel"] * 4, *["Nile Calls"] * 4, "Orchid Clinic", "GHOST",
    ]  # fmt: skip
    assert [row["price"] for row in rows[4:8]] == sorted((row["price"] for row in rows[4:8]), reverse=True)


def test_period_narrows(imported: World, opened: Show) -> None:
    shown = opened()
    for word, count in (("today", 0), ("week", 10), ("last_month", 0), ("month", 10)):
        shown.page.period.setCurrentIndex(shown.page.period.findData(word))
        shown.settle()
        assert shown.grid("calls").model.rowCount() == count, word


def test_wizard_checks_then_imports_and_undo_takes_it_back(
    world: World, opened: Show, yesterday: Path
) -> None:
    shown = opened()
    assert "No calls yet" in shown.grid("calls").pane.accessibleName()
    shown.ask.answers.append(yesterday)
    shown.press("import")
    wizard = shown.find(Wizard, "wizard.calls")
    assert not wizard.btn_next.isEnabled()
    shown.press("choose", wizard)
    shown.press("next", wizard)
    assert wizard.flow.current.name == "check"
    said = shown.find(QWidget, "check.ledger").accessibleName()
    assert said == "12 rows = 8 accepted (7 charged, 1 unanswered) + 3 problems + 1 duplicate"
    for name, value in (("calls", "12"), ("accepted", "8"), ("problems", "3"), ("duplicates", "1")):
        assert shown.find(QLabel, f"count.{name}").property("value") == value
    assert shown.find(QLabel, "check.money").text() == "Price 1.01   Cost 0.89   Margin 0.11 (11.1 %)"
    problems = [row["problem"] for row in texts(shown.grid("problems"))]
    assert problems == ["Unreadable row", "Unknown account", "No rate"]
    assert not queries.imports(world.db, world.sara)
    shown.press("next", wizard)
    shown.press("commit", wizard)
    assert shown.grid("calls").model.rowCount() == 10
    assert "3 problems" in shown.toast
    shown.press("Undo import", shown.window.toast)
    assert shown.grid("calls").model.rowCount() == 0
    assert queries.imports(world.db, world.sara)[0].state == "reverted"


def test_cancelled_wizard_leaves_nothing(world: World, opened: Show, yesterday: Path) -> None:
    shown = opened()
    shown.page.import_file(yesterday)
    wizard = shown.find(Wizard, "wizard.calls")
    shown.press("next", wizard)
    shown.press("cancel", wizard)
    assert not queries.imports(world.db, world.sara)


def test_file_that_was_imported_before_is_refused_in_the_wizard(
    imported: World, opened: Show, yesterday: Path
) -> None:
    shown = opened()
    shown.page.import_file(yesterday)
    wizard = shown.find(Wizard, "wizard.calls")
    shown.press("next", wizard)
    assert "already imported" in shown.find(QLabel, "check.said").text()
    assert not wizard.btn_next.isEnabled()
    wizard.reject()


def test_rating_run_is_tried_first(world: World, opened: Show, yesterday: Path) -> None:
    commands.import_calls(world.db, world.sara, yesterday)
    shown = opened()
    shown.press("rate")
    wizard = shown.find(Wizard, "wizard.rating")
    shown.press("next", wizard)
    said = shown.find(QLabel, "check.report").text()
    assert said.startswith("9 calls rated · 7 charged · 1 unanswered · ")
    assert sum(int(number) for number in re.findall(r"\d+", said)[1:]) == 9
    assert not queries.runs(world.db, world.sara)
    customers = {row["account"]: row["after"] for row in texts(shown.grid("customers"))}
    assert set(customers) == {"Nile Calls", "Blue Hotel", "Orchid Clinic"}
    shown.press("commit", wizard)
    assert len(queries.runs(world.db, world.sara)) == 1
    assert shown.grid("calls").model.rowCount() == 10
    shown.press("Undo run", shown.window.toast)
    assert queries.runs(world.db, world.sara)[0].state == "reverted"


def test_why_this_price(imported: World, opened: Show) -> None:
    shown = opened()
    grid = shown.grid("calls")
    key = next(key for key in grid.model.ids if "0020101" in grid.cell(key, "called").text)  # type: ignore[union-attr]
    grid.activated.emit(key)
    shown.settle()
    dialog = shown.dialog("dialog.why")
    assert shown.find(QLabel, "why.cost.amount").text() == "0.35"
    assert shown.find(QLabel, "why.company.amount").text() == "0.383333"
    assert unnamed(dialog) == []
    dialog.accept()


def test_export_writes_what_is_shown(imported: World, opened: Show, tmp_path: Path) -> None:
    shown = opened()
    grid = shown.grid("calls")
    grid.header.filters.set_typed({"account": "nile"})
    shown.settle()
    shown.ask.answers.append(tmp_path / "out.csv")
    shown.page.export_file()
    shown.settle()
    lines = (tmp_path / "out.csv").read_text(encoding="utf-8-sig").splitlines()
    assert len(lines) == 5
    assert lines[1].startswith("2026-11-20 09:12:00")
    assert "4 calls" in shown.toast


@pytest.mark.parametrize("login", ["rami", "cora"])
def test_others_see_their_calls_only_and_no_cost(imported: World, opened: Show, login: str) -> None:
    shown = opened(login)
    grid = shown.grid("calls")
    columns = {column.id for column in grid.model.columns}
    assert "supplier" not in columns
    assert ("cost" in columns) == (login == "rami")
    rows = texts(grid)
    assert {row["account"] for row in rows} == ({"Nile Calls"} if login == "cora" else set())
    assert "Blue" not in shown.said()
    can_import = login == "rami"
    made = {one.objectName() for one in shown.page.header.findChildren(QPushButton)}
    assert ({"btn.import", "btn.rate"} & made == {"btn.import", "btn.rate"}) == can_import


def test_reseller_sees_what_he_pays_and_never_the_supplier(
    world: World, opened: Show, tmp_path: Path
) -> None:
    path = tmp_path / "shop.csv"
    path.write_text(
        "id;start;caller;called;duration;disposition;account\n"
        "d1;20/11/2026 09:00:00;1000;00201012345678;00:01:00;ANSWERED;DSHOP\n",
        encoding="utf-8",
    )
    commands.import_calls(world.db, world.sara, path, rate=True)
    shown = opened("rami")
    row = texts(shown.grid("calls"))[0]
    assert (row["cost"], row["price"]) == ("0.1155", "0.1444")
    shown.grid("calls").activated.emit(shown.grid("calls").model.key(0))
    shown.settle()
    dialog = shown.dialog("dialog.why")
    said = "\n".join(one.text() for one in dialog.findChildren(QLabel))
    assert "Aurora" not in said
    assert "0.105" not in said
    dialog.accept()


def test_every_control_has_a_name(imported: World, opened: Show, yesterday: Path) -> None:
    shown = opened()
    assert unnamed(shown.page) == []
    shown.page.import_file(yesterday)
    wizard = shown.find(Wizard, "wizard.calls")
    assert unnamed(wizard) == []
    wizard.reject()


def test_page_follows_changes(world: World, opened: Show, yesterday: Path, qtbot: QtBot) -> None:
    shown = opened()
    desk = shown.window.desk
    assert desk is not None
    desk.jobs.write("Import", partial(_import, world, yesterday))
    shown.settle()
    assert shown.grid("calls").model.rowCount() == 10


def _import(world: World, path: Path, _: object) -> None:
    commands.import_calls(world.db, world.sara, path)
