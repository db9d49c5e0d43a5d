"""Layouts that are remembered, the menu of columns, frozen columns in both directions."""

import json
from decimal import Decimal

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QAction
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from tests.kit.arrays import rate_columns, rate_source
from tests.kit.test_grid_editing import CHANGE, FEE, NAME, PREFIX, PRICE, STEP, editor, press, select, shown
from voipdesk.kit.grid import Grid, Range, Sort


def narrow(qtbot: QtBot, frozen: int = 2) -> Grid:
    grid = Grid("rates", rate_columns(), title="Rates")
    qtbot.addWidget(grid)
    grid.set_source(rate_source(40))
    grid.set_filter_row()
    grid.set_frozen(frozen)
    grid.view.is_sized_by_hand = True
    for at in range(6):
        grid.view.setColumnWidth(at, 110)
    grid.resize(430, 400)
    grid.show()
    grid.view.setFocus()
    return grid


def triggered(grid: Grid, name: str, at: int = -1) -> None:
    menu = grid.layouts.menu(at)
    act = menu.findChild(QAction, name)
    assert act is not None, name
    act.trigger()
    menu.close()


def test_a_layout_goes_through_json_and_comes_back(qtbot: QtBot) -> None:
    one = shown(qtbot)
    one.set_filter_row()
    header = one.header
    header.moveSection(header.visualIndex(FEE), 0)
    one.view.is_sized_by_hand = True
    one.view.setColumnWidth(PRICE, 200)
    one.view.hide_column(STEP)
    one.set_frozen(2)
    one.set_order([Sort("price", True), Sort("prefix")])
    one.header.filters.set_typed({"destination": "egypt", "price": ">0.1"})
    state = json.loads(json.dumps(one.state()))
    other = shown(qtbot)
    other.restore(state)
    assert other.header.shown() == [FEE, PREFIX, NAME, PRICE, CHANGE]
    assert abs(other.view.columnWidth(PRICE) - 200) <= other.view.fontMetrics().horizontalAdvance("0")
    assert other.header.frozen == 2
    assert list(other.order) == [Sort("price", True), Sort("prefix")]
    assert other.header.filters.typed() == {"destination": "egypt", "price": ">0.1"}
    assert not other.header.filters.isHidden()
    assert [other.model.key(row) for row in range(3)] == [one.model.key(row) for row in range(3)]
    assert other.state() == state


def test_a_layout_of_another_program_never_fails(qtbot: QtBot) -> None:
    grid = shown(qtbot)
    state = {
        "columns": [{"id": "gone", "width": 5}, {"id": "price", "width": 9, "hidden": False}],
        "order": [["gone", True], ["price", False]],
        "filters": {"gone": "x"},
        "what": 1,
    }
    grid.restore(state)
    assert grid.header.shown()[0] == PRICE
    assert list(grid.order) == [Sort("price")]
    assert grid.model.rowCount() == 60


def test_all_columns_cannot_be_hidden(qtbot: QtBot) -> None:
    grid = shown(qtbot)
    every = [{"id": column.id, "width": 5, "hidden": True} for column in grid.model.columns]
    grid.restore({"columns": every})
    assert len(grid.header.shown()) == 1


def test_the_menu_hides_freezes_and_resets(qtbot: QtBot) -> None:
    grid = shown(qtbot)
    with qtbot.waitSignal(grid.layouts.changed):
        triggered(grid, "column.step")
    assert STEP not in grid.header.shown()
    assert next(one for one in grid.state()["columns"] if one["id"] == "step")["width"] > 0
    triggered(grid, "columns.freeze", NAME)
    assert grid.header.frozen == 2
    triggered(grid, "columns.filter_row")
    assert not grid.header.filters.isHidden()
    grid.header.moveSection(0, 3)
    triggered(grid, "columns.reset")
    assert grid.header.shown() == list(range(6))
    assert grid.header.frozen == 0


@pytest.mark.parametrize("mirrored", [False, True])
def test_frozen_columns_stay_while_others_scroll(qtbot: QtBot, qapp: QApplication, mirrored: bool) -> None:
    qapp.setLayoutDirection(Qt.LayoutDirection.RightToLeft if mirrored else Qt.LayoutDirection.LeftToRight)
    grid = narrow(qtbot)
    view = grid.view

    def left(at: int) -> int:
        return view.visualRect(grid.model.index(0, at)).left()

    before = [left(at) for at in range(6)]
    view.horizontalScrollBar().setValue(150)
    assert [left(PREFIX), left(NAME)] == before[:2]
    assert abs(left(PRICE) - before[PRICE]) == 150
    box = view.visualRect(grid.model.index(3, NAME))
    assert view.indexAt(box.center()) == grid.model.index(3, NAME)
    field = grid.header.filters.fields["destination"]
    assert field.mapTo(grid.header, QPoint(0, 0)).x() == box.left() + 2
    hidden = grid.header.filters.fields["price"]
    assert not hidden.visibleRegion().boundingRect().contains(hidden.rect().center())


def test_what_is_scrolled_never_shows_over_what_is_frozen(qtbot: QtBot) -> None:
    grid = narrow(qtbot)
    box = grid.view.visualRect(grid.model.index(0, PREFIX)).united(
        grid.view.visualRect(grid.model.index(5, NAME))
    )
    before = grid.view.viewport().grab(box).toImage()
    titles = grid.header.viewport().grab(grid.header.viewport().rect().adjusted(0, 0, -200, 0)).toImage()
    grid.view.horizontalScrollBar().setValue(170)
    assert grid.view.viewport().grab(box).toImage() == before
    after = grid.header.viewport().grab(grid.header.viewport().rect().adjusted(0, 0, -200, 0)).toImage()
    assert after == titles


def test_the_keyboard_brings_a_cell_out_from_behind(qtbot: QtBot) -> None:
    grid = narrow(qtbot)
    grid.view.horizontalScrollBar().setValue(grid.view.horizontalScrollBar().maximum())
    select(grid, 0, PRICE, 0, PRICE)
    wide = grid.view.columnWidth(PREFIX) + grid.view.columnWidth(NAME)
    assert grid.view.visualRect(grid.model.index(0, PRICE)).left() >= wide
    scrolled = grid.view.horizontalScrollBar().value()
    press(grid, Qt.Key.Key_Left)
    assert grid.view.currentIndex().column() == NAME
    assert grid.view.horizontalScrollBar().value() == scrolled


def test_mouse_selects_and_edits_in_frozen_columns(qtbot: QtBot) -> None:
    grid = narrow(qtbot)
    view = grid.view
    view.horizontalScrollBar().setValue(200)
    where = view.visualRect(grid.model.index(2, NAME)).center()
    QTest.mouseClick(view.viewport(), Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, where)
    assert grid.selection_ranges() == [Range(2, NAME, 2, NAME)]
    press(grid, Qt.Key.Key_F2)
    assert editor(grid, "destination").geometry().contains(where)
    header = grid.header
    title = QPoint(30, header.title_height() // 2)
    QTest.mouseClick(header.viewport(), Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, title)
    assert list(grid.order) == [Sort("prefix")]


def test_nothing_else_has_room_then_nothing_is_frozen(qtbot: QtBot) -> None:
    grid = narrow(qtbot, frozen=6)
    view = grid.view
    view.horizontalScrollBar().setValue(100)
    assert view.visualRect(grid.model.index(0, CHANGE)).left() < 6 * 110 - 1
    assert grid.model.value(0, PRICE) == Decimal("0.0012")
