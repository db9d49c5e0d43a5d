"""The rate grid by keyboard alone, and mirrored: every key of a spreadsheet, no trap, names for everything."""

from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QDialog, QLineEdit, QWidget
from pytestqt.qtbot import QtBot

from tests.windows import Shown, close, show
from tests.worlds import World, acme
from voipdesk.kit.grid.frozen import left_of
from voipdesk.kit.names import unnamed
from voipdesk.rates.queries import drafts

Key, Held = Qt.Key, Qt.KeyboardModifier
CTRL, SHIFT, ALT = Held.ControlModifier, Held.ShiftModifier, Held.AltModifier


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    with acme(tmp_path) as made:
        yield made


@pytest.fixture
def shown(qtbot: QtBot, world: World) -> Iterator[Shown]:
    made = show(qtbot, world, page="rates")
    with qtbot.waitActive(made.window):
        made.window.activateWindow()
    made.page.grid.go_to("44", "price")
    made.page.grid.view.setFocus()
    yield made
    close(made)


def press(shown: Shown, key: Qt.Key, held: Qt.KeyboardModifier = Held.NoModifier) -> None:
    """A key to whatever has the keyboard."""
    where = QApplication.focusWidget()
    assert where is not None
    QTest.keyClick(where, key, held)
    shown.settle()


def write(shown: Shown, text: str) -> None:
    """Type, each key to whatever has the keyboard then."""
    for sign in text:
        QTest.keyClicks(QApplication.focusWidget(), sign)
    shown.settle()


def cell(shown: Shown, prefix: str, column: str) -> str:
    found = shown.page.grid.cell(prefix, column)
    assert found is not None
    return str(found.text)


def test_edit_fill_and_undo(shown: Shown) -> None:
    write(shown, "0.0095")
    press(shown, Key.Key_Return)
    assert cell(shown, "44", "price") == "0.0095"
    below = str(shown.page.grid.current_key())
    press(shown, Key.Key_Up)
    press(shown, Key.Key_Down, SHIFT)
    press(shown, Key.Key_D, CTRL)
    assert cell(shown, below, "price") == "0.0095"
    press(shown, Key.Key_C, CTRL | SHIFT)
    assert QGuiApplication.clipboard().text() == "Rate\n0.0095\n0.0095"
    press(shown, Key.Key_Z, CTRL)
    press(shown, Key.Key_Z, CTRL)
    assert cell(shown, "44", "price") == "0.0080"
    press(shown, Key.Key_Y, CTRL)
    assert cell(shown, "44", "price") == "0.0095"


def test_close_history_and_the_row_aloud(shown: Shown, world: World) -> None:
    press(shown, Key.Key_R, CTRL | SHIFT)
    said = shown.page.grid.footer.rows.text()
    assert said.startswith("Prefix: 44, Destination: UK Fixed, Rate: 0.0080")
    press(shown, Key.Key_H, CTRL | SHIFT)
    dialog = shown.find(QDialog, "dialog")
    assert "44" in dialog.windowTitle()
    press(shown, Key.Key_Escape)
    QTest.keyClick(shown.page.grid.view, Key.Key_Minus, CTRL)
    shown.settle()
    assert cell(shown, "44", "state") == "Closing"
    held = drafts.draft(world.db, world.sara, "Aurora A-Z")
    assert held is not None
    assert held.steps[-1].name == "Close 1 rate"


def test_go_to_filter_find_and_leave(shown: Shown) -> None:
    grid = shown.page.grid
    press(shown, Key.Key_G, CTRL)
    assert isinstance(QApplication.focusWidget(), QLineEdit)
    write(shown, "2010")
    press(shown, Key.Key_Return)
    assert grid.current_key() == "2010"
    grid.view.setFocus()
    press(shown, Key.Key_Down, ALT)
    write(shown, ">=0.1")
    press(shown, Key.Key_Down)
    found = [grid.model.key(row) for row in range(grid.model.rowCount())]
    assert found == ["1876", "2010", "2011", "2012", "53", "960"]
    assert grid.view.hasFocus()
    press(shown, Key.Key_L, CTRL | SHIFT)
    assert grid.header.filters.isHidden()
    press(shown, Key.Key_F6)
    assert not grid.isAncestorOf(QApplication.focusWidget())
    press(shown, Key.Key_F6)
    assert grid.view.hasFocus(), "F6 leads back into the grid"
    press(shown, Key.Key_F6, SHIFT)
    assert not grid.isAncestorOf(QApplication.focusWidget())


def test_every_control_is_reached_by_tab(shown: Shown) -> None:
    """From the first control of the page on, Tab comes by each that is to be pressed or typed into."""
    page = shown.page
    wanted = {"btn.import", "field.as_of", "field.prefix", "btn.history", "check.scheduled", "btn.new_row", "btn.bulk",
              "btn.close_rows", "check.changed", "btn.views", "list.tables"}  # fmt: skip
    page.list.setFocus()
    met, where = set(), page.list
    for _ in range(200):
        where = where.nextInFocusChain()
        takes = where.focusPolicy() & Qt.FocusPolicy.TabFocus and where.isVisible() and where.isEnabled()
        if takes and page.isAncestorOf(where):
            met.add(where.objectName())
    assert wanted <= met, wanted - met


def test_names_for_all_that_can_be_opened(shown: Shown) -> None:
    page = shown.page
    page.grid.set_filter_row(True)
    page.show_inspector()
    shown.settle()
    assert unnamed(shown.window) == []
    menu = page.grid.context.menu()
    assert unnamed(menu) == []
    menu.deleteLater()


def test_mirrored_columns_filters_and_numbers(qtbot: QtBot, qapp: QApplication, world: World) -> None:
    qapp.setLayoutDirection(Qt.LayoutDirection.RightToLeft)
    shown = show(qtbot, world, page="rates")
    try:
        grid = shown.page.grid
        grid.set_filter_row(True)
        shown.settle()
        header, view = grid.header, grid.view
        bar = view.horizontalScrollBar()
        for place in (bar.minimum(), bar.maximum()):
            bar.setValue(place)
            shown.settle()
            prefix, destination = left_of(header, 0), left_of(header, 1)
            width = header.viewport().width()
            assert prefix + header.sectionSize(0) == width, "the prefix stands at the right edge"
            assert destination + header.sectionSize(1) == prefix
            for at, column in enumerate(grid.model.columns):
                field = header.filters.fields[column.id]
                if header.isSectionHidden(at) or not field.visibleRegion().boundingRect().width():
                    continue
                begins = header.viewport().mapFromGlobal(field.mapToGlobal(QPoint(0, 0))).x()
                assert abs(begins - left_of(header, at)) <= 3, column.id
        assert grid.go_to("44", "price")
        QTest.keyClick(view, Key.Key_F2)
        editor = shown.find(QLineEdit, "edit.price")
        assert editor.layoutDirection() == Qt.LayoutDirection.LeftToRight
        editor.selectAll()
        editor.insert("٠٫٠٣٣٠")
        QTest.keyClick(editor, Key.Key_Return)
        shown.settle()
        assert cell(shown, "44", "price") == "0.0330"
        value = grid.cell("44", "price")
        assert value.value == Decimal("0.0330")
        assert isinstance(shown.page, QWidget)
    finally:
        close(shown)
        qapp.setLayoutDirection(Qt.LayoutDirection.LeftToRight)
