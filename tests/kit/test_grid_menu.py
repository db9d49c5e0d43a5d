"""Everything by key: the menu of rows, the filter of a column, and the way out of the grid in both directions."""

from typing import Any

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QAction, QContextMenuEvent, QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLineEdit, QMenu, QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from tests.kit.arrays import rate_columns, rate_source
from voipdesk.kit.grid import Grid, Sort
from voipdesk.kit.grid.context import More
from voipdesk.kit.names import unnamed

Key, Held = Qt.Key, Qt.KeyboardModifier
PRICE = 2


@pytest.fixture
def grid(qtbot: QtBot) -> Grid:
    made = Grid("rates", rate_columns(), title="Rates")
    qtbot.addWidget(made)
    made.set_source(rate_source(50))
    made.resize(900, 500)
    made.show()
    made.view.make_current(made.model.index(3, PRICE))
    made.view.setFocus()
    return made


def act(menu: QMenu, name: str) -> QAction:
    found: Any = menu.findChild(QAction, f"grid.{name}")
    assert found is not None, name
    return found


def shown_menu(grid: Grid) -> QMenu:
    found = [one for one in grid.view.findChildren(QMenu, "menu.grid") if one.isVisible()]
    assert found
    return found[-1]


@pytest.mark.qt_log_ignore("does not support", extend=True)  # No screen takes a popup's keyboard here.
@pytest.mark.parametrize(
    ("key", "held"), [(Key.Key_F10, Held.ShiftModifier), (Key.Key_Menu, Held.NoModifier)]
)
def test_the_menu_opens_by_key_for_the_current_cell(grid: Grid, key: Key, held: Held) -> None:
    QTest.keyClick(grid.view, key, held)
    menu = shown_menu(grid)
    assert act(menu, "sort_up").text() == "Sort by \u2068Rate\u2069, ascending"
    menu.close()


def test_it_names_every_command_with_its_key(grid: Grid) -> None:
    done: list[str] = []
    grid.context.more = [More("history", "History…", "Ctrl+Shift+H", lambda: done.append("history"))]
    menu = grid.context.menu()
    told = {one.objectName(): one.text() for one in menu.actions() if one.objectName()}
    assert told["grid.fill_down"] == "Fill down\tCtrl+D"
    assert told["grid.copy_titles"] == "Copy with titles\tCtrl+Shift+C"
    assert {"grid.paste", "grid.clear", "grid.find", "grid.read_row", "grid.sort_up"} <= set(told)
    assert menu.actions()[0].text().startswith("History…")
    act(menu, "history").trigger()
    assert done == ["history"]
    assert unnamed(menu) == []
    menu.deleteLater()


def test_a_grid_that_is_only_looked_at_offers_no_edits(grid: Grid) -> None:
    grid.model.source.can_edit = False  # type: ignore[attr-defined]
    menu = grid.context.menu()
    names = {one.objectName() for one in menu.actions()}
    assert "grid.copy" in names
    assert not names & {"grid.paste", "grid.clear", "grid.fill_down", "grid.replace"}
    menu.deleteLater()


def test_order_and_filter_by_the_menu(grid: Grid) -> None:
    menu = grid.context.menu()
    act(menu, "sort_down").trigger()
    assert grid.order == (Sort("price", True),)
    grid.view.make_current(grid.model.index(0, 1))
    menu = grid.context.menu()
    act(menu, "sort_then").trigger()
    assert grid.order == (Sort("price", True), Sort("destination"))
    act(grid.context.menu(), "sort_none").trigger()
    assert grid.order == ()
    grid.view.make_current(grid.model.index(5, 1))
    wanted = grid.model.cell(5, 1)[0]
    act(grid.context.menu(), "filter_value").trigger()
    assert {grid.model.cell(row, 1)[0] for row in range(grid.model.rowCount())} == {wanted}
    price = grid.model.cell(0, PRICE)[0]
    grid.view.make_current(grid.model.index(0, PRICE))
    act(grid.context.menu(), "filter_value").trigger()
    assert [grid.model.cell(row, PRICE)[0] for row in range(grid.model.rowCount())] == [price]


def test_a_blank_and_a_percent_can_be_filtered_by(grid: Grid) -> None:
    change = grid.model.column_at("change")
    for row in (1, 4):
        grid.header.filters.clear()
        wanted = grid.model.cell(row, change)[0]
        grid.view.make_current(grid.model.index(row, change))
        act(grid.context.menu(), "filter_value").trigger()
        shown = {grid.model.cell(each, change)[0] for each in range(grid.model.rowCount())}
        assert shown == {wanted}


def test_a_click_beside_the_selection_chooses_its_cell(grid: Grid) -> None:
    view = grid.view
    where = view.visualRect(grid.model.index(7, 1)).center()
    asked: list[object] = []
    view.menu_asked.disconnect()
    view.menu_asked.connect(asked.append)
    event = QContextMenuEvent(QContextMenuEvent.Reason.Mouse, where, QPoint(5, 5))
    QApplication.sendEvent(view.viewport(), event)
    assert (view.currentIndex().row(), view.currentIndex().column()) == (7, 1)
    assert asked == [QPoint(5, 5)]


def test_alt_down_leads_into_the_filter_and_down_back(grid: Grid, qtbot: QtBot) -> None:
    with qtbot.waitActive(grid):
        grid.activateWindow()
    grid.view.setFocus()
    QTest.keyClick(grid.view, Key.Key_Down, Held.AltModifier)
    field = grid.header.filters.fields["price"]
    assert field.hasFocus()
    QTest.keyClicks(field, ">0.5")
    QTest.keyClick(field, Key.Key_Down)
    assert grid.view.hasFocus()
    assert 0 < grid.model.rowCount() < 50
    QTest.keyClick(grid.view, Key.Key_Down, Held.AltModifier)
    QTest.keyClick(grid.header.filters.fields["price"], Key.Key_Escape)
    assert grid.view.hasFocus()


def test_f6_leaves_forwards_and_shift_f6_backwards(qtbot: QtBot) -> None:
    window = QWidget()
    qtbot.addWidget(window)
    box = QVBoxLayout(window)
    before, grid, after = QLineEdit(), Grid("x", rate_columns()), QLineEdit()
    for part in (before, grid, after):
        box.addWidget(part)
    grid.set_source(rate_source(5))
    window.show()
    with qtbot.waitActive(window):
        window.activateWindow()
    for held, wanted in ((Held.NoModifier, after), (Held.ShiftModifier, before)):
        grid.view.setFocus()
        QTest.keyClick(grid.view, Key.Key_F6, held)
        assert QGuiApplication.focusObject() is wanted
