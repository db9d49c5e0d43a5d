"""Find, replace, go to, read aloud."""

from decimal import Decimal

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QMainWindow, QPushButton
from pytestqt.qtbot import QtBot

from tests.kit.arrays import NAMES, rate_source
from tests.kit.test_grid_editing import (
    NAME,
    PREFIX,
    PRICE,
    STEP,
    Held,
    Key,
    column,
    current,
    press,
    select,
    shown,
    source_of,
)
from voipdesk.kit.grid import Formats, Grid, MemorySource, Range, Sort
from voipdesk.kit.grid.gestures import Ground
from voipdesk.kit.grid.searching import Search, found
from voipdesk.kit.jobs import Jobs
from voipdesk.kit.names import unnamed


def open_find(grid: Grid, text: str, *, replacing: bool = False) -> None:
    press(grid, Key.Key_H if replacing else Key.Key_F, Held.ControlModifier)
    bar = grid.finding.bar
    assert bar.isVisible()
    bar.text.setText(text)
    bar._at_once()


def said(grid: Grid) -> str:
    return grid.finding.bar.count.text()


@pytest.mark.parametrize("rows", [50, 5_000])
@pytest.mark.parametrize(
    "search",
    [
        Search("egypt"),
        Search("Egypt", case=True),
        Search("egypt mobile", whole=True),
        Search("79"),
        Search("60", whole=True),
    ],
)
def test_the_quick_ways_find_what_reading_finds(rows: int, search: Search) -> None:
    source = rate_source(rows)
    ids = source.ids([Sort("price", True)], [])
    ground = Ground(source, ids, source.columns, [1, 0, 2, 3, 4], [Range(0, 0, rows - 1, 4)], Formats())
    hits = found(ground, search)
    every = source.fetch(ids.tolist())
    texts = {0: str, 1: str, 2: lambda v: f"{v:.4f}", 3: str, 4: lambda v: f"{v:.4f}"}
    wanted = [
        (row, at)
        for row, values in enumerate(every)
        for at in ground.shown
        if search.fits(texts[at](values[at]))
    ]
    assert [hits.cell(at) for at in range(hits.count)] == wanted
    assert hits.count == len(wanted) > 0


def test_find_counts_and_steps_around_the_ends(qtbot: QtBot) -> None:
    grid = shown(qtbot, 10)
    select(grid, 0, 0, 0, 0)
    open_find(grid, "egypt")
    assert said(grid) == "4 cells hold it"
    assert unnamed(grid) == []
    bar, seen = grid.finding.bar, []
    for _ in range(5):
        QTest.keyClick(bar.text, Key.Key_Return)
        seen.append(current(grid))
    assert seen == [(0, NAME), (1, NAME), (7, NAME), (8, NAME), (0, NAME)]
    assert said(grid) == "1 of 4"
    QTest.keyClick(bar.text, Key.Key_Return, Held.ShiftModifier)
    assert (current(grid), said(grid)) == ((8, NAME), "4 of 4")
    bar.text.setText("nowhere")
    qtbot.waitUntil(lambda: said(grid) == "Nothing found")
    QTest.keyClick(bar.text, Key.Key_Escape)
    assert not bar.isVisible()
    assert grid.window().focusWidget() is grid.view


def test_a_text_just_typed_is_found_by_enter(qtbot: QtBot) -> None:
    grid = shown(qtbot, 10)
    press(grid, Key.Key_F, Held.ControlModifier)
    QTest.keyClicks(grid.finding.bar.text, "cuba")
    QTest.keyClick(grid.finding.bar.text, Key.Key_Return)
    assert current(grid) == (6, NAME)


def test_the_scope_is_column_selection_or_table(qtbot: QtBot) -> None:
    grid = shown(qtbot, 10)
    select(grid, 0, PREFIX, 0, PREFIX)
    open_find(grid, "0")
    scope = grid.finding.bar.scope
    all_hits = grid.finding.hits
    assert all_hits is not None
    scope.setCurrentIndex(scope.findData("column"))
    hits = grid.finding.hits
    assert hits is not None
    assert {hits.cell(at)[1] for at in range(hits.count)} == {PREFIX}
    assert hits.count == 10 < all_hits.count
    grid.finding.bar.close_bar()
    select(grid, 2, PRICE, 3, STEP)
    open_find(grid, "0")
    assert scope.currentData() == "selection"
    hits = grid.finding.hits
    assert hits is not None
    assert {hits.cell(at) for at in range(hits.count)} <= {
        (row, at) for row in (2, 3) for at in (PRICE, STEP)
    }
    QTest.keyClick(grid.finding.bar.text, Key.Key_Return)
    assert grid.selection_ranges() == [Range(2, PRICE, 3, STEP)]


def test_replace_all_is_one_step(qtbot: QtBot) -> None:
    grid = shown(qtbot, 14)
    before = column(grid, NAME, 0, 14)
    select(grid, 0, NAME, 0, NAME)
    open_find(grid, "egypt", replacing=True)
    bar = grid.finding.bar
    bar.by.setText("Misr")
    every = bar.findChild(QPushButton, "btn.replace_all")
    assert every is not None
    QTest.mouseClick(every, Qt.MouseButton.LeftButton)
    assert column(grid, NAME, 0, 2) == ["Misr Mobile", "Misr Cairo"]
    assert [step.name for step in source_of(grid).done] == ["Replace in 4 cells"]
    qtbot.waitUntil(lambda: said(grid) == "Nothing found")
    grid.changing.undo()
    assert column(grid, NAME, 0, 14) == before


def test_replace_goes_from_hit_to_hit(qtbot: QtBot) -> None:
    grid = shown(qtbot, 14)
    select(grid, 0, PREFIX, 0, PREFIX)
    open_find(grid, "Egypt", replacing=True)
    bar = grid.finding.bar
    bar.by.setText("Misr")
    one = bar.findChild(QPushButton, "btn.replace")
    assert one is not None
    QTest.mouseClick(one, Qt.MouseButton.LeftButton)  # to the first hit
    assert current(grid) == (0, NAME)
    QTest.mouseClick(one, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: current(grid) == (1, NAME))
    assert column(grid, NAME, 0, 2) == ["Misr Mobile", "Egypt Cairo"]
    assert said(grid) == "1 of 3"


def test_replacing_in_numbers_refuses_what_is_no_number(qtbot: QtBot) -> None:
    grid = shown(qtbot, 5)
    select(grid, 1, PRICE, 1, PRICE)
    assert grid.model.value(1, PRICE) == Decimal("0.7931")
    open_find(grid, "79", replacing=True)
    grid.finding.bar.by.setText("x")
    grid.finding.replace(True)
    assert grid.notice.isVisible()
    assert "0.x31 is not a number" in grid.notice.details.toPlainText()
    grid.notice.close_with("")
    grid.finding.bar.by.setText("8")
    grid.finding.replace(True)
    assert grid.model.value(1, PRICE) == Decimal("0.831")


def test_a_large_table_is_searched_beside_the_window(qtbot: QtBot, jobs: Jobs) -> None:
    grid = Grid("rates", rate_source(1).columns, jobs=jobs)
    qtbot.addWidget(grid)
    with qtbot.waitSignal(grid.shown):
        grid.set_source(rate_source(50_000, immediate=False))
    grid.show()
    grid.view.setFocus()
    open_find(grid, "kenya")
    qtbot.waitUntil(lambda: "hold it" in said(grid))
    rows = np.arange(50_000)
    assert grid.finding.hits is not None
    assert grid.finding.hits.count == int((rows % len(NAMES) == 2).sum())
    qtbot.wait(100)
    qtbot.waitUntil(lambda: jobs.is_idle)


def test_go_to_finds_exactly_else_the_longest_match(qtbot: QtBot) -> None:
    grid = shown(qtbot)
    press(grid, Key.Key_G, Held.ControlModifier)
    bar = grid.finding.go_bar
    assert bar.isVisible()
    QTest.keyClicks(bar.text, "20031")
    QTest.keyClick(bar.text, Key.Key_Return)
    assert current(grid)[0] == 31
    assert not bar.isVisible()
    press(grid, Key.Key_G, Held.ControlModifier)
    QTest.keyClicks(bar.text, "2004499")
    QTest.keyClick(bar.text, Key.Key_Return)
    assert current(grid)[0] == 44
    assert grid.footer.rows.text() == "20044 is the longest match of 2004499."
    grid.header.filters.set_typed({"destination": "cuba"})
    grid.finding.go_to_text("20001")
    assert bar.said.text() == "The filter hides it."


def test_a_row_is_read_aloud(qtbot: QtBot) -> None:
    grid = shown(qtbot)
    grid.changing.type_text(1, PRICE, "0.5")
    select(grid, 1, PRICE, 1, PRICE)
    press(grid, Key.Key_R, Held.ControlModifier | Held.ShiftModifier)
    assert grid.footer.rows.text() == (
        "Prefix: 20001, Destination: Egypt Cairo, Rate: 0.5000. was 0.7931, Step: 6, Fee: 0.0100"
    )


def test_keys_that_mean_nothing_here_are_left_to_the_menus(qtbot: QtBot) -> None:
    window = QMainWindow()
    qtbot.addWidget(window)
    pressed: list[str] = []
    for keys in ("Ctrl+Z", "Ctrl+G", "F5", "Ctrl+D"):
        act = QAction(keys, window)
        act.setShortcut(QKeySequence(keys))
        act.triggered.connect(lambda _=False, keys=keys: pressed.append(keys))
        window.addAction(act)
    grid = Grid("x", rate_source(1).columns)
    window.setCentralWidget(grid)
    grid.set_source(MemorySource(grid.model.columns, [("1", "a", None, 1, None, None)]))
    window.show()
    with qtbot.waitActive(window):
        window.activateWindow()
    grid.view.setFocus()
    select(grid, 0, 0, 0, 0)
    for key in (Key.Key_Z, Key.Key_G, Key.Key_D):
        press(grid, key, Held.ControlModifier)
    press(grid, Key.Key_F5)
    assert pressed == ["Ctrl+Z", "Ctrl+G", "Ctrl+D", "F5"]
    grid.set_source(rate_source(5))
    select(grid, 1, PRICE, 1, PRICE)
    press(grid, Key.Key_D, Held.ControlModifier)
    press(grid, Key.Key_Z, Held.ControlModifier)
    press(grid, Key.Key_G, Held.ControlModifier)
    assert len(pressed) == 4
    assert grid.finding.go_bar.isVisible()
