"""Editing as in a spreadsheet: typing, Enter and Tab, fill, clear, undo; rows stay put; refused cells are told."""

from decimal import Decimal
from typing import Any

import numpy as np
import pytest
from PySide6.QtCore import QItemSelection, QItemSelectionModel, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLineEdit, QPushButton
from pytestqt.qtbot import QtBot

from tests.kit.arrays import ArraySource, rate_columns, rate_source
from voipdesk.kernel.problems import Problem
from voipdesk.kit.grid import Alike, Changes, Column, Formats, Grid, Kind, Part, Range, Sort
from voipdesk.kit.grid.editing import editable, read_cell
from voipdesk.kit.jobs import Jobs
from voipdesk.kit.names import unnamed

Flag, Key, Held = QItemSelectionModel.SelectionFlag, Qt.Key, Qt.KeyboardModifier
PREFIX, NAME, PRICE, STEP, FEE, CHANGE = range(6)


def shown(qtbot: QtBot, count: int = 60, jobs: Jobs | None = None) -> Grid:
    grid = Grid("rates", rate_columns(), jobs=jobs, title="Rates")
    qtbot.addWidget(grid)
    grid.set_source(rate_source(count))
    grid.resize(1000, 600)
    grid.show()
    grid.view.setFocus()
    return grid


def source_of(grid: Grid) -> ArraySource:
    source = grid.model.source
    assert isinstance(source, ArraySource)
    return source


def select(grid: Grid, top: int, left: int, bottom: int, right: int, *, add: bool = False) -> None:
    model = grid.model
    part = QItemSelection(model.index(top, left), model.index(bottom, right))
    selection = grid.view.selectionModel()
    if not add:
        selection.setCurrentIndex(model.index(top, left), Flag.NoUpdate)
    selection.select(part, Flag.Select if add else Flag.ClearAndSelect)


def press(grid: Grid, key: Qt.Key, held: Qt.KeyboardModifier = Held.NoModifier) -> None:
    QTest.keyClick(grid.view, key, held)


def column(grid: Grid, at: int, first: int = 0, last: int = 6) -> list[Any]:
    return [grid.model.value(row, at) for row in range(first, last)]


def editor(grid: Grid, name: str) -> QLineEdit:
    found = [one for one in grid.view.findChildren(QLineEdit, f"edit.{name}") if one.isVisible()]
    assert found, name
    return found[-1]


def current(grid: Grid) -> tuple[int, int]:
    index = grid.view.currentIndex()
    return index.row(), index.column()


# Text to value


@pytest.mark.parametrize(
    ("kind", "text", "value"),
    [
        (Kind.PRICE, "0,05", Decimal("0.05")),
        (Kind.PRICE, "٠٫٠٥", Decimal("0.05")),
        (Kind.PRICE, "\u2066 0.05\u2069", Decimal("0.05")),
        (Kind.PRICE, "", None),
        (Kind.PREFIX, "'0044", "0044"),
        (Kind.PREFIX, "+44 20", "4420"),
        (Kind.PREFIX, "٤٤", "44"),
        (Kind.INT, "6.0", 6),
        (Kind.PERCENT, "10 %", Decimal(10)),
        (Kind.TEXT, " Egypt ", "Egypt"),
    ],
)
def test_texts_become_values(kind: Kind, text: str, value: Any) -> None:
    assert read_cell(Column("x", "X", kind), text) == value


@pytest.mark.parametrize(
    ("kind", "text", "why"),
    [
        (Kind.PRICE, "cheap", "cheap is not a number. Write it like 0.05."),
        (Kind.PRICE, "0.123456789", "too many digits"),
        (Kind.PRICE, "9999999", "too many digits"),
        (Kind.PRICE, "1e5", "not a number"),
        (Kind.INT, "6.5", "6.5 is no whole number."),
        (Kind.PREFIX, "44x", "other signs than digits"),
        (Kind.DATE, "31/11/2026", "2026-11-30"),
    ],
)
def test_what_is_no_value_is_told_in_a_sentence(kind: Kind, text: str, why: str) -> None:
    found = read_cell(Column("x", "X", kind), text)
    assert isinstance(found, Problem)
    assert why in str(found)


def test_the_comma_of_the_workspace_counts() -> None:
    assert read_cell(Column("x", "X", Kind.PRICE), "1.000,5", Formats(decimal=",", group=".")) == Decimal(
        "1000.5"
    )


# Typing


def test_typing_replaces_enter_goes_down_tab_goes_right(qtbot: QtBot) -> None:
    grid = shown(qtbot)
    select(grid, 0, PRICE, 0, PRICE)
    QTest.keyClicks(grid.view, "0")
    QTest.keyClicks(editor(grid, "price"), ".5")
    QTest.keyClick(editor(grid, "price"), Key.Key_Return)
    assert grid.model.value(0, PRICE) == Decimal("0.5")
    assert current(grid) == (1, PRICE)
    press(grid, Key.Key_F2)
    editor(grid, "price").clear()
    editor(grid, "price").insert("٠٫٢٥")
    QTest.keyClick(editor(grid, "price"), Key.Key_Tab)
    assert grid.model.value(1, PRICE) == Decimal("0.25")
    assert current(grid) == (1, STEP)
    press(grid, Key.Key_Tab, Held.ShiftModifier)
    assert current(grid) == (1, PRICE)
    press(grid, Key.Key_Return, Held.ShiftModifier)
    assert current(grid) == (0, PRICE)
    assert source_of(grid).undo_name == "Rate: ٠٫٢٥"


def test_f2_keeps_the_text_and_escape_cancels(qtbot: QtBot) -> None:
    grid = shown(qtbot)
    select(grid, 2, NAME, 2, NAME)
    press(grid, Key.Key_F2)
    field = editor(grid, "destination")
    assert field.text() == "Kenya Safaricom"
    QTest.keyClicks(field, "X")
    QTest.keyClick(field, Key.Key_Escape)
    assert grid.model.value(2, NAME) == "Kenya Safaricom"
    assert source_of(grid).undo_name == ""


def test_a_slip_is_coloured_said_and_keeps_the_editor_open(qtbot: QtBot) -> None:
    grid = shown(qtbot)
    select(grid, 0, PRICE, 0, PRICE)
    QTest.keyClicks(grid.view, "5")
    field = editor(grid, "price")
    QTest.keyClicks(field, "000")
    assert field.property("state") == "wrong"
    assert "ceiling" in field.toolTip()
    assert "ceiling" in grid.footer.rows.text()
    QTest.keyClick(field, Key.Key_Return)
    assert field.isVisible()
    assert grid.model.value(0, PRICE) != 5000
    QTest.keyClick(field, Key.Key_Backspace)
    assert field.property("state") == ""
    assert grid.footer.rows.text() == "60 rows"
    QTest.keyClick(field, Key.Key_Return)
    assert grid.model.value(0, PRICE) == 500


def test_what_the_source_alone_knows_is_said_under_the_grid(qtbot: QtBot) -> None:
    grid = shown(qtbot)
    select(grid, 0, PRICE, 0, PRICE)
    QTest.keyClicks(grid.view, "-")
    QTest.keyClicks(editor(grid, "price"), "1")
    QTest.keyClick(editor(grid, "price"), Key.Key_Return)
    assert grid.footer.rows.text() == "20000, Rate: This cell cannot be negative."
    assert grid.model.value(0, PRICE) == Decimal("0.0012")


def test_enter_walks_inside_a_selection(qtbot: QtBot) -> None:
    grid = shown(qtbot)
    select(grid, 3, PRICE, 4, STEP)
    seen = []
    for _ in range(4):
        press(grid, Key.Key_Return)
        seen.append(current(grid))
    assert seen == [(4, PRICE), (3, STEP), (4, STEP), (3, PRICE)]
    press(grid, Key.Key_Tab)
    assert current(grid) == (3, STEP)
    assert grid.selection_ranges() == [Range(3, PRICE, 4, STEP)]


# Gestures


def test_fill_down_and_right(qtbot: QtBot) -> None:
    grid = shown(qtbot)
    first = grid.model.value(1, PRICE)
    select(grid, 1, PRICE, 4, PRICE)
    press(grid, Key.Key_D, Held.ControlModifier)
    assert column(grid, PRICE, 1, 5) == [first] * 4
    assert source_of(grid).undo_name == "Fill down 3 cells"
    assert grid.footer.rows.text() == "Fill down 3 cells: 3 cells changed in 3 rows"
    select(grid, 5, PRICE, 5, PRICE)
    press(grid, Key.Key_D, Held.ControlModifier)
    assert grid.model.value(5, PRICE) == first
    select(grid, 1, PRICE, 3, FEE)
    press(grid, Key.Key_R, Held.ControlModifier)
    assert column(grid, FEE, 1, 4) == [Decimal("0.01"), Decimal("0.02"), Decimal("0.03")]  # asked first
    assert "0.7931 is no whole number" in grid.notice.details.toPlainText()
    grid.notice.close_with("others")
    assert column(grid, FEE, 1, 4) == [first] * 3
    assert column(grid, STEP, 1, 4) == [6, 60, 1]


def test_fill_right_of_one_column_takes_the_one_before(qtbot: QtBot) -> None:
    grid = shown(qtbot)
    header = grid.header
    header.moveSection(header.visualIndex(FEE), header.visualIndex(STEP))  # price, fee, step
    select(grid, 0, FEE, 1, FEE)
    press(grid, Key.Key_R, Held.ControlModifier)
    assert column(grid, FEE, 0, 2) == column(grid, PRICE, 0, 2)


def test_control_enter_fills_the_selection_from_the_editor(qtbot: QtBot) -> None:
    grid = shown(qtbot)
    select(grid, 0, PRICE, 2, PRICE)
    select(grid, 5, PRICE, 5, PRICE, add=True)
    QTest.keyClicks(grid.view, "7")
    QTest.keyClick(editor(grid, "price"), Key.Key_Return, Held.ControlModifier)
    assert [value == 7 for value in column(grid, PRICE, 0, 6)] == [True, True, True, False, False, True]
    assert len(source_of(grid).done) == 1
    assert source_of(grid).undo_name == "Fill 4 cells"


def test_delete_clears_what_can_be_changed(qtbot: QtBot) -> None:
    grid = shown(qtbot)
    change = column(grid, CHANGE, 0, 3)
    select(grid, 0, FEE, 2, CHANGE)
    press(grid, Key.Key_Delete)
    assert column(grid, FEE, 0, 3) == [None] * 3
    assert column(grid, CHANGE, 0, 3) == change
    select(grid, 0, CHANGE, 2, CHANGE)
    press(grid, Key.Key_Delete)
    assert grid.footer.rows.text() == "These cells cannot be changed."


def test_undo_and_redo_by_name(qtbot: QtBot) -> None:
    grid = shown(qtbot)
    before = column(grid, PRICE)
    select(grid, 0, PRICE, 5, PRICE)
    press(grid, Key.Key_D, Held.ControlModifier)
    press(grid, Key.Key_Z, Held.ControlModifier)
    assert column(grid, PRICE) == before
    assert grid.footer.rows.text() == "Undone: Fill down 5 cells"
    press(grid, Key.Key_Y, Held.ControlModifier)
    assert column(grid, PRICE) == before[:1] * 6
    press(grid, Key.Key_Y, Held.ControlModifier)
    assert grid.footer.rows.text() == "Nothing to redo here."


def test_hidden_columns_are_never_changed(qtbot: QtBot) -> None:
    grid = shown(qtbot)
    grid.view.setColumnHidden(STEP, True)
    steps = column(grid, STEP, 0, 3)
    select(grid, 0, PRICE, 2, FEE)
    press(grid, Key.Key_Delete)
    assert column(grid, STEP, 0, 3) == steps
    assert column(grid, FEE, 0, 3) == [None] * 3


def test_rows_are_removed_and_come_back_to_their_place(qtbot: QtBot) -> None:
    grid = shown(qtbot)
    keys = [grid.model.key(row) for row in range(6)]
    select(grid, 1, 0, 2, 0)
    grid.changing.remove_rows()
    assert [grid.model.key(row) for row in range(4)] == [keys[0], *keys[3:6]]
    assert grid.footer.rows.text() == "Remove 2 rows: 2 rows removed"
    assert current(grid)[0] == 1
    press(grid, Key.Key_Z, Held.ControlModifier)
    assert [grid.model.key(row) for row in range(6)] == keys


# Rows stay put


def test_an_edited_row_stays_put_until_the_filter_is_applied_again(qtbot: QtBot) -> None:
    grid = shown(qtbot)
    grid.set_filter_row()
    grid.header.filters.set_typed({"destination": "egypt"})
    rows = grid.model.rowCount()
    key = grid.model.key(1)
    select(grid, 1, NAME, 1, NAME)
    QTest.keyClicks(grid.view, "N")
    QTest.keyClicks(editor(grid, "destination"), "owhere")
    QTest.keyClick(editor(grid, "destination"), Key.Key_Return)
    assert grid.model.rowCount() == rows
    assert grid.model.key(1) == key
    assert grid.view.rows_header.is_kept(1)
    assert not grid.view.rows_header.is_kept(0)
    assert grid.footer.kept.text() == "● 1 edited row stays here"
    grid.refresh()  # others changed something
    assert grid.model.key(1) == key
    press(grid, Key.Key_F5)
    assert grid.model.rowCount() == rows - 1
    assert grid.cell(key, "destination") is None
    assert not grid.footer.kept.isVisible()
    assert not grid.footer.apply.isVisible()


def test_an_edited_row_keeps_its_place_in_the_order(qtbot: QtBot) -> None:
    grid = shown(qtbot)
    grid.set_order([Sort("price")])
    keys = [grid.model.key(row) for row in range(5)]
    select(grid, 2, PRICE, 2, PRICE)
    grid.changing.type_text(2, PRICE, "900")
    assert [grid.model.key(row) for row in range(5)] == keys
    qtbot.mouseClick(grid.footer.apply, Qt.MouseButton.LeftButton)
    assert grid.model.key(59) == keys[2]


def test_a_source_that_is_only_looked_at_takes_no_edit(qtbot: QtBot) -> None:
    grid = Grid("rates", rate_columns())
    qtbot.addWidget(grid)
    source = rate_source(5)
    source.can_edit = False
    assert not editable(source)
    grid.set_source(source)
    grid.show()
    select(grid, 0, PRICE, 0, PRICE)
    press(grid, Key.Key_Delete)
    press(grid, Key.Key_D, Held.ControlModifier)
    QTest.keyClicks(grid.view, "5")
    assert not grid.view.findChildren(QLineEdit, "edit.price")
    assert source.done == []


# The source's answers


def test_marks_show_the_old_value_on_hover_and_to_readers(qtbot: QtBot) -> None:
    grid = shown(qtbot)
    grid.changing.type_text(0, PRICE, "0.9")
    index = grid.model.index(0, PRICE)
    assert "was \u20660.0012\u2069" in index.data(Qt.ItemDataRole.ToolTipRole)
    assert index.data(Qt.ItemDataRole.AccessibleTextRole) == "Rate: 0.9000. was 0.0012"
    assert grid.model.index(1, PRICE).data(Qt.ItemDataRole.ToolTipRole) is None


def test_refused_cells_are_listed_and_the_others_can_be_changed(qtbot: QtBot) -> None:
    grid = shown(qtbot)
    before = column(grid, PRICE)
    source = source_of(grid)
    ids = np.arange(3)
    values = [Decimal(1), Decimal(-1), Decimal(2)]
    plan_changes = Changes((Part("price", ids, values),))
    from voipdesk.kit.grid.gestures import Plan

    grid.changing.offer(Plan("Try", plan_changes))
    assert column(grid, PRICE) == before
    assert grid.notice.isVisible()
    assert grid.notice.details.toPlainText() == "20001, Rate: This cell cannot be negative."
    assert unnamed(grid) == []
    other = grid.notice.findChild(QPushButton, "btn.notice.others")
    assert other is not None
    assert other.text() == "Change the other 2 cells"
    assert grid.window().focusWidget() is other
    QTest.mouseClick(other, Qt.MouseButton.LeftButton)
    assert column(grid, PRICE, 0, 3) == [Decimal(1), before[1], Decimal(2)]
    assert grid.window().focusWidget() is grid.view
    assert len(source.done) == 1


def test_selected_rows_are_ids_in_the_order_shown(qtbot: QtBot) -> None:
    grid = shown(qtbot)
    grid.set_order([Sort("prefix", True)])
    select(grid, 0, 0, 2, 1)
    select(grid, 2, 3, 3, 3, add=True)
    assert grid.selected_rows().tolist() == [59, 58, 57, 56]
    assert grid.selected_count() == 4


def test_large_changes_are_jobs_in_their_order(qtbot: QtBot, jobs: Jobs) -> None:
    grid = Grid("rates", rate_columns(), jobs=jobs)
    qtbot.addWidget(grid)
    with qtbot.waitSignal(grid.shown):
        grid.set_source(rate_source(5_000, immediate=False))
    grid.show()
    select(grid, 0, PRICE, 4_999, PRICE)
    with qtbot.waitSignal(jobs.idle):
        press(grid, Key.Key_Delete)
        qtbot.waitUntil(lambda: not jobs.is_idle)
    qtbot.waitUntil(lambda: source_of(grid).undo_name == "Clear 5,000 cells")
    qtbot.waitUntil(lambda: jobs.is_idle)
    assert "5,000 cells changed" in grid.footer.rows.text()
    changes = Changes((Part("step", np.arange(5_000), Alike(60)),))
    assert source_of(grid).set_cells(changes, "Steps").rows == 3334
    press(grid, Key.Key_Z, Held.ControlModifier)
    qtbot.waitUntil(lambda: source_of(grid).undo_name == "Clear 5,000 cells")
    qtbot.wait(100)  # figures of the selection are asked for a moment later
    qtbot.waitUntil(lambda: jobs.is_idle)
