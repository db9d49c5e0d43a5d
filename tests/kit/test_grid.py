"""The grid as people use it: select, copy, filter, sort, states, keys; and what must not happen at 250,000 rows."""

import time
from decimal import Decimal
from typing import Any

import pytest
from PySide6.QtCore import QItemSelectionModel, QPoint, Qt
from PySide6.QtGui import QFontMetrics, QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLineEdit, QStackedWidget, QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from tests.kit.gallery import COLUMNS, rows
from tests.kit.test_grid_model import NUMBERS, PagedSource
from voipdesk.kernel.problems import FileError
from voipdesk.kit import theme
from voipdesk.kit.grid import Column, Formats, Grid, Kind, MemorySource, Range, Sort
from voipdesk.kit.grid.clipboard import Copying, copied
from voipdesk.kit.grid.model import GridModel
from voipdesk.kit.grid.selection import columns_of, rows_of
from voipdesk.kit.jobs import InlineJobs, Jobs
from voipdesk.kit.names import unnamed
from voipdesk.kit.states import State

Flag = QItemSelectionModel.SelectionFlag


def shown(qtbot: QtBot, count: int = 300, jobs: Jobs | None = None) -> Grid:
    grid = Grid("rates", COLUMNS, jobs=jobs, title="Rates")
    qtbot.addWidget(grid)
    grid.set_source(MemorySource(COLUMNS, rows(count), key="prefix"))
    grid.resize(1200, 700)
    grid.show()
    grid.view.setFocus()
    return grid


class CountedModel(GridModel):
    """Counts what Qt asks."""

    calls = 0

    def data(self, index: Any, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        CountedModel.calls += 1
        return super().data(index, role)

    def flags(self, index: Any) -> Qt.ItemFlag:
        CountedModel.calls += 1
        return super().flags(index)


def test_select_all_of_250000_rows_asks_no_cell(qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("voipdesk.kit.grid.listing.GridModel", CountedModel)
    grid = Grid("x", NUMBERS)
    qtbot.addWidget(grid)
    grid.set_source(PagedSource(250_000))
    grid.resize(800, 600)
    grid.show()
    qtbot.waitExposed(grid)
    CountedModel.calls = 0
    QTest.keyClick(grid.view, Qt.Key.Key_A, Qt.KeyboardModifier.ControlModifier)
    assert grid.selection_ranges() == [Range(0, 0, 249_999, 1)]
    grid.grab()
    QTest.keyClick(grid.view, Qt.Key.Key_Down)
    grid.grab()
    assert CountedModel.calls < 200  # stock Qt: 3.5 million


def test_column_and_row_are_selected_as_ranges(qtbot: QtBot) -> None:
    grid = shown(qtbot)
    grid.view.setCurrentIndex(grid.model.index(5, 2))
    QTest.keyClick(grid.view, Qt.Key.Key_Space, Qt.KeyboardModifier.ControlModifier)
    assert grid.selection_ranges() == [Range(0, 2, 299, 2)]
    QTest.keyClick(grid.view, Qt.Key.Key_Space, Qt.KeyboardModifier.ShiftModifier)
    assert grid.selection_ranges() == [Range(5, 0, 5, 7)]
    assert grid.selected_keys() == [grid.model.key(5)]


def test_click_on_a_title_sorts_and_control_click_selects(qtbot: QtBot) -> None:
    grid = shown(qtbot)
    header = grid.header

    def click(at: int, key: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier) -> None:
        where = QPoint(header.sectionViewportPosition(at) + 40, header.title_height() // 2)
        QTest.mouseClick(header.viewport(), Qt.MouseButton.LeftButton, key, where)

    click(1)
    assert list(grid.order) == [Sort("destination")]
    click(2, Qt.KeyboardModifier.ShiftModifier)
    assert list(grid.order) == [Sort("destination"), Sort("price")]
    names = [grid.model.value(row, 1) for row in range(300)]
    assert names == sorted(names, key=str.casefold)
    click(3, Qt.KeyboardModifier.ControlModifier)
    assert grid.selection_ranges() == [Range(0, 3, 299, 3)]


def test_current_row_stays_through_sorting_and_filtering(qtbot: QtBot) -> None:
    grid = shown(qtbot)
    key = grid.model.key(120)
    assert grid.go_to(key, "price")
    grid.set_order([Sort("revenue", True)])
    assert grid.current_key() == key
    place = grid.model.place(key)
    assert place is not None
    assert grid.view.visualRect(grid.model.index(place, 2)).intersects(grid.view.viewport().rect())


def test_cell_is_found_by_stable_names(qtbot: QtBot) -> None:
    grid = shown(qtbot)
    key = grid.model.key(7)
    before = grid.cell(key, "price")
    grid.set_order([Sort("price", True)])
    after = grid.cell(key, "price")
    assert before is not None
    assert after is not None
    assert (before.text, before.value) == (after.text, after.value)
    assert before.row != after.row
    assert grid.cell("no such row", "price") is None
    with pytest.raises(KeyError):
        grid.cell(key, "no such column")


def test_typing_a_filter_is_read_when_typing_stops(qtbot: QtBot) -> None:
    grid = shown(qtbot)
    grid.set_filter_row()
    field = grid.header.filters.fields["destination"]
    seen: list[int] = []
    grid.shown.connect(seen.append)
    QTest.keyClicks(field, "egypt")
    qtbot.waitUntil(lambda: seen == [60])
    qtbot.wait(200)
    assert seen == [60]  # once, not five times
    assert grid.footer.rows.text() == "60 of 300 rows"
    field.setText("egypt mobile")
    QTest.keyClick(field, Qt.Key.Key_Return)
    assert seen == [60, 30]


@pytest.mark.parametrize("direction", [Qt.LayoutDirection.LeftToRight, Qt.LayoutDirection.RightToLeft])
def test_filters_stand_under_columns_that_were_moved_out_of_sight(
    qtbot: QtBot, direction: Qt.LayoutDirection
) -> None:
    stack = QStackedWidget()
    qtbot.addWidget(stack)
    stack.setLayoutDirection(direction)
    grid = Grid("rates", COLUMNS, title="Rates")
    for one in (grid, QWidget()):
        stack.addWidget(one)
    stack.resize(1200, 700)
    grid.set_source(MemorySource(COLUMNS, rows(30), key="prefix"))
    grid.set_filter_row()
    stack.show()
    header = grid.header
    stack.setCurrentIndex(1)
    header.resizeSection(0, header.sectionSize(0) + 90)
    header.moveSection(3, 1)
    grid.view.hide_column(2)
    stack.setCurrentIndex(0)
    for at, column in enumerate(COLUMNS):
        field = header.filters.fields[column.id]
        if not header.isSectionHidden(at):
            left = field.mapTo(header, QPoint(0, 0)).x() - header.viewport().x()
            assert abs(left - header.sectionViewportPosition(at)) <= 4, column.id
        assert field.isVisible() is not header.isSectionHidden(at)


def test_a_filter_that_came_with_other_rows_ends_when_it_is_taken_out(qtbot: QtBot) -> None:
    grid = shown(qtbot)
    everything, field = grid.model.rowCount(), grid.header.filters.fields["prefix"]
    field.setText("=44")
    grid.set_source(MemorySource(COLUMNS, rows(300), key="prefix"))
    assert grid.model.rowCount() < everything
    field.clear()  # Before anybody was told what was typed.
    qtbot.waitUntil(lambda: grid.model.rowCount() == everything, timeout=2_000)


def test_a_slip_in_a_filter_is_marked_and_left_out(qtbot: QtBot) -> None:
    grid = shown(qtbot)
    grid.set_filter_row()
    grid.header.filters.set_typed({"price": "cheap", "destination": "kenya"})
    field = grid.header.filters.fields["price"]
    assert field.property("state") == "wrong"
    assert "cheap is not a number" in field.toolTip()
    assert grid.model.rowCount() == 30


def test_filter_that_finds_nothing_names_itself_and_can_be_cleared(qtbot: QtBot) -> None:
    grid = shown(qtbot)
    grid.set_filter_row()
    grid.header.filters.set_typed({"destination": "nowhere"})
    assert grid.pane.isVisible()
    assert "Destination: nowhere" in grid.pane.accessibleName()
    assert not grid.header.filters.isHidden()
    QTest.mouseClick(grid.pane.button, Qt.MouseButton.LeftButton)
    assert not grid.pane.isVisible()
    assert grid.model.rowCount() == 300


def test_empty_says_what_for_and_offers_one_step(qtbot: QtBot) -> None:
    grid = Grid("rates", COLUMNS)
    qtbot.addWidget(grid)
    pressed: list[bool] = []
    grid.empty = State(
        "rates", "No rates yet", "Import a sheet.", button="Import", act=lambda: pressed.append(True)
    )
    grid.set_source(MemorySource(COLUMNS, []))
    grid.show()
    assert grid.pane.isVisible()
    QTest.mouseClick(grid.pane.button, Qt.MouseButton.LeftButton)
    assert pressed == [True]


def test_a_source_that_refuses_shows_why(qtbot: QtBot, inline: InlineJobs) -> None:
    class Broken(PagedSource):
        def ids(self, order: Any, filters: Any) -> Any:
            raise FileError("gone", "work.vdesk cannot be read.", "Put the disk back.")

    grid = Grid("x", NUMBERS, jobs=inline)
    qtbot.addWidget(grid)
    grid.set_source(Broken(10))
    assert "work.vdesk cannot be read. Put the disk back." in grid.pane.accessibleName()


def test_rows_come_beside_the_window(qtbot: QtBot, jobs: Jobs) -> None:
    grid = Grid("x", NUMBERS, jobs=jobs)
    qtbot.addWidget(grid)
    grid.resize(600, 400)
    grid.show()
    with qtbot.waitSignal(grid.shown):
        grid.set_source(PagedSource(100_000))
    grid.grab()
    qtbot.waitUntil(lambda: grid.model.cell(0, 1)[0] == "row 0")
    grid.view.scrollToBottom()
    grid.grab()
    qtbot.waitUntil(lambda: grid.model.cell(99_999, 1)[0] == "row 99999")


def test_the_newest_filter_wins(qtbot: QtBot, jobs: Jobs) -> None:
    class Slow(PagedSource):
        def ids(self, order: Any, filters: Any) -> Any:
            time.sleep(0.2 if not filters else 0.01)
            return super().ids(order, filters)

    grid = Grid("x", NUMBERS, jobs=jobs)
    qtbot.addWidget(grid)
    grid.set_source(Slow(2000))
    with qtbot.waitSignal(jobs.idle):
        grid.header.filters.set_typed({"id": "<10"})
    assert grid.model.rowCount() == 10


# The clipboard


SMALL = [
    Column("prefix", "Prefix", Kind.PREFIX),
    Column("name", "Name"),
    Column("price", "Price", Kind.PRICE),
]
SMALL_ROWS = [
    ("0044", "UK <fixed>", Decimal("1234.5")),
    ("33", 'tab\tand "quote"', None),
    ("49", "=1+1", Decimal("0.012345")),
]


def test_copy_keeps_prefixes_as_text_and_decimals() -> None:
    source = MemorySource(SMALL, SMALL_ROWS)
    clip = copied(source, range(3), Copying(SMALL, [Range(0, 0, 2, 2)], headers=True))
    assert clip.tsv.split("\n") == [
        "Prefix\tName\tPrice",
        "0044\tUK <fixed>\t1234.5000",
        '33\t"tab\tand ""quote"""\t',
        "49\t=1+1\t0.012345",
    ]
    assert "<td style=\"mso-number-format:'\\@'\">0044</td>" in clip.html
    assert "<td style=\"mso-number-format:'\\@'\">=1+1</td>" in clip.html
    assert "<td>1234.5000</td>" in clip.html
    assert "UK &lt;fixed&gt;" in clip.html
    assert clip.html.count("<th") == 3


def test_copy_follows_the_shown_order_of_columns_and_the_workspace_sign() -> None:
    source = MemorySource(SMALL, SMALL_ROWS)
    what = Copying(SMALL, [Range(0, 0, 0, 2)], Formats(decimal=",", group="."), order=[2, 0])
    assert copied(source, range(3), what).tsv == "1234,5000\t0044"


def test_copy_of_scattered_cells_leaves_the_others_blank() -> None:
    source = MemorySource(SMALL, SMALL_ROWS)
    what = Copying(SMALL, [Range(0, 0, 0, 0), Range(2, 1, 2, 1)])
    assert copied(source, range(3), what).tsv == "0044\t\n\t=1+1"


def test_keys_copy_with_and_without_titles(qtbot: QtBot) -> None:
    grid = Grid("x", SMALL)
    qtbot.addWidget(grid)
    grid.set_source(MemorySource(SMALL, SMALL_ROWS))
    grid.show()
    grid.view.select_whole(grid.model.index(2, 0), Flag.Rows)
    QTest.keyClick(grid.view, Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier)
    assert QGuiApplication.clipboard().text() == "49\t=1+1\t0.012345"
    both = Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier
    QTest.keyClick(grid.view, Qt.Key.Key_C, both)
    assert QGuiApplication.clipboard().text().startswith("Prefix\tName\tPrice\n")
    data = QGuiApplication.clipboard().mimeData()
    assert data is not None
    assert "<table>" in data.html()


# Figures


def test_ranges_merge_to_rows_and_columns() -> None:
    ranges = [Range(5, 1, 9, 2), Range(0, 0, 2, 0), Range(2, 4, 5, 4)]
    assert rows_of(ranges) == [(0, 9)]
    assert columns_of(ranges) == [0, 1, 2, 4]


# Keyboard, names, right to left


def test_f6_leaves_the_grid(qtbot: QtBot) -> None:
    window = QWidget()
    qtbot.addWidget(window)
    box = QVBoxLayout(window)
    grid, after = Grid("x", SMALL), QLineEdit()
    for part in (grid, after):
        box.addWidget(part)
    grid.set_source(MemorySource(SMALL, SMALL_ROWS))
    window.show()
    with qtbot.waitActive(window):
        window.activateWindow()
    grid.view.setFocus()
    QTest.keyClick(grid.view, Qt.Key.Key_F6)
    assert QApplication.focusWidget() is after


def test_everything_in_a_grid_has_a_name(qtbot: QtBot) -> None:
    grid = shown(qtbot)
    grid.set_filter_row()
    assert unnamed(grid) == []
    assert grid.view.objectName() == "table.rates"


def ink(grid: Grid, key: Any, column: str) -> tuple[int, int]:
    """Where a cell's text begins and ends, in pixels from the left of the cell."""
    cell = grid.cell(key, column)
    assert cell is not None
    box = grid.view.visualRect(cell.index)
    picture = grid.view.viewport().grab(box.adjusted(3, 3, -3, -3)).toImage()
    dark = [
        x
        for x in range(picture.width())
        for y in range(picture.height())
        if picture.pixelColor(x, y).lightness() < 140
    ]
    return min(dark), picture.width() - max(dark)


def plain_grid(qtbot: QtBot) -> Grid:
    columns = [
        Column("prefix", "P", Kind.PREFIX),
        Column("name", "N", width=30),
        Column("price", "Pr", Kind.PRICE, width=30),
    ]
    grid = Grid("x", columns)
    qtbot.addWidget(grid)
    grid.set_source(
        MemorySource(
            columns, [("1", "one", Decimal("0.05")), ("2", "two", Decimal("0.012345"))], key="prefix"
        )
    )
    grid.resize(900, 400)
    grid.show()
    return grid


def test_decimal_points_stand_in_line(qtbot: QtBot) -> None:
    grid = plain_grid(qtbot)
    (short_left, short_right), (long_left, long_right) = ink(grid, "1", "price"), ink(grid, "2", "price")
    assert abs(short_left - long_left) <= 2  # "0." begins at the same place
    assert short_right > long_right + 5


def test_right_to_left_mirrors_words_but_not_numbers(qtbot: QtBot, qapp: QApplication) -> None:
    left = plain_grid(qtbot)
    name_before, price_before = ink(left, "1", "name"), ink(left, "2", "price")
    qapp.setLayoutDirection(Qt.LayoutDirection.RightToLeft)
    right = plain_grid(qtbot)
    assert right.isRightToLeft()
    name_after, price_after = ink(right, "1", "name"), ink(right, "2", "price")
    assert name_before[0] < name_before[1]
    assert name_after[0] > name_after[1]
    assert price_before[1] < price_before[0]
    assert price_after[1] < price_after[0]
    first = right.view.visualRect(right.model.index(0, 0))
    last = right.view.visualRect(right.model.index(0, 2))
    assert first.left() > last.left()


def test_editor_refuses_letters_in_a_price(qtbot: QtBot) -> None:
    grid = shown(qtbot)
    index = grid.model.index(0, 2)
    grid.view.setCurrentIndex(index)
    grid.view.edit(index)
    editor = grid.view.findChild(QLineEdit, "edit.price")
    assert editor is not None
    editor.selectAll()
    QTest.keyClicks(editor, "0a.b5")
    assert editor.text() == "0.5"
    with qtbot.waitSignal(grid.edited) as told:
        QTest.keyClick(editor, Qt.Key.Key_Return)
    assert told.args[2] == Decimal("0.5")


def test_titles_are_never_cut(qtbot: QtBot) -> None:
    columns = [Column("a", "Account"), Column("d", "Days until it has to be paid", Kind.INT, width=4)]
    grid = Grid("x", columns)
    qtbot.addWidget(grid)
    grid.resize(300, 200)
    grid.show()
    bold = QFontMetrics(theme.scaled_font(1, bold=True, base=grid.view.font()))
    for at, column in enumerate(columns):
        assert grid.view.columnWidth(at) - 2 * theme.S >= bold.horizontalAdvance(column.title)


@pytest.mark.parametrize("name", ["Nile Calls", "شركة النيل"])
@pytest.mark.parametrize("mirrored", [False, True])
def test_steps_of_a_tree_show_in_both_directions(
    qtbot: QtBot, qapp: QApplication, name: str, mirrored: bool
) -> None:
    direction = Qt.LayoutDirection.RightToLeft if mirrored else Qt.LayoutDirection.LeftToRight
    qapp.setLayoutDirection(direction)
    columns = [Column("name", "Name", width=30)]
    grid = Grid("x", columns)
    qtbot.addWidget(grid)
    grid.set_source(MemorySource(columns, [(name,), ("    " + name,)], key="name"))
    grid.resize(400, 200)
    grid.show()
    height = grid.view.rowHeight(0)
    picture = grid.view.viewport().grab().toImage()
    near = []
    for row in (0, 1):
        inked = [
            x
            for x in range(4, picture.width() - 4)
            for y in range(row * height + 3, (row + 1) * height - 3)
            if picture.pixelColor(x, y).lightness() < 128
        ]
        near.append(max(inked) if mirrored else min(inked))
    step = 4 * grid.view.fontMetrics().horizontalAdvance(" ")
    assert near[1] - near[0] == pytest.approx(-step if mirrored else step, abs=1)
