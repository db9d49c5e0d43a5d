"""Figures of a selection: exact, of one column, a moment after it stopped changing."""

from decimal import Decimal

import numpy as np
import pytest
from PySide6.QtCore import QItemSelectionModel
from PySide6.QtWidgets import QStackedWidget, QWidget
from pytestqt.qtbot import QtBot

from tests.kit.arrays import ArraySource
from tests.kit.gallery import rows
from tests.kit.test_grid import SMALL, SMALL_ROWS, shown
from tests.kit.test_grid_model import NUMBERS, PagedSource
from voipdesk.kit.grid import Column, Figures, Formats, Grid, Kind, MemorySource, Range
from voipdesk.kit.grid.asking import MILLISECONDS
from voipdesk.kit.grid.editing import BLANK
from voipdesk.kit.grid.footer import said
from voipdesk.kit.grid.selection import Summed, figures, summed
from voipdesk.kit.jobs import Jobs

Flag = QItemSelectionModel.SelectionFlag


def test_figures_of_a_selection_are_exact() -> None:
    source = MemorySource(SMALL, SMALL_ROWS)
    found = figures(source, range(3), SMALL, summed(SMALL, [Range(0, 0, 2, 2)], [0, 1, 2], 0))
    assert found == Figures(9, 2, Decimal("1234.512345"), Decimal("0.012345"), Decimal("1234.5"), SMALL[2])
    assert found.average == Decimal("617.25617250")
    assert Figures(1).average is None


MIXED = [
    Column("prefix", "Prefix", Kind.PREFIX),
    Column("price", "Rate", Kind.PRICE),
    Column("change", "Change", Kind.PERCENT, signed=True),
    Column("minutes", "Minutes", Kind.INT),
]
MIXED_ROWS = [("44", Decimal("0.0080"), Decimal(10), 500), ("49", Decimal("0.0100"), None, 20_000)]


@pytest.mark.parametrize(
    ("current", "shown", "told"),
    [
        (0, [0, 1, 2, 3], "8 cells · Rate: sum 0.0180 · average 0.0090 · min 0.0080 · max 0.0100"),
        (2, [0, 1, 2, 3], "8 cells · Change: average 10.0 % · min 10.0 % · max 10.0 %"),
        (3, [0, 1, 2, 3], "8 cells · Minutes: sum 20,500 · average 10,250.00 · min 500 · max 20,000"),
        (0, [0, 1], "4 cells · sum 0.0180 · average 0.0090 · min 0.0080 · max 0.0100"),
        (0, [0], "2 cells"),
    ],
)  # fmt: skip
def test_money_and_per_cents_are_never_added_up_together(current: int, shown: list[int], told: str) -> None:
    """The figures are of one column, named where others are selected too; hidden columns do not count."""
    what = summed(MIXED, [Range(0, 0, 1, 3)], shown, current)
    found = said(figures(MemorySource(MIXED, MIXED_ROWS), range(2), MIXED, what), Formats())
    for mark in "\u2066\u2068\u2069":
        found = found.replace(mark, "")
    assert found == told


def test_figures_are_of_the_current_cells_column(qtbot: QtBot) -> None:
    grid = Grid("x", MIXED)
    qtbot.addWidget(grid)
    grid.show()
    grid.set_source(MemorySource(MIXED, MIXED_ROWS))
    for column, told in ((1, "\u2068Rate\u2069: sum"), (3, "\u2068Minutes\u2069: sum")):
        grid.view.selectAll()
        grid.view.selectionModel().setCurrentIndex(grid.model.index(0, column), Flag.NoUpdate)
        qtbot.waitUntil(lambda told=told: told in grid.footer.figures.text())


def test_figures_are_shown_a_moment_later(qtbot: QtBot) -> None:
    grid = shown(qtbot)
    grid.view.select_whole(grid.model.index(0, 4), Flag.Columns)
    qtbot.waitUntil(lambda: "sum" in grid.footer.figures.text())
    total = sum(row[4] for row in rows(300))  # type: ignore[misc]
    assert f"sum \u2066{total:,}\u2069" in grid.footer.figures.text()
    assert grid.footer.figures.objectName() == "bar.selection"
    grid.view.make_current(grid.model.index(0, 0))
    qtbot.waitUntil(lambda: grid.footer.figures.text() == "")


def test_figures_of_a_large_selection_are_a_job(qtbot: QtBot, jobs: Jobs) -> None:
    grid = Grid("x", NUMBERS, jobs=jobs)
    qtbot.addWidget(grid)
    grid.show()
    with qtbot.waitSignal(grid.shown):
        grid.set_source(PagedSource(50_000))
    grid.view.selectAll()
    qtbot.waitUntil(lambda: "sum" in grid.footer.figures.text(), timeout=10_000)
    assert f"sum \u2066{sum(range(50_000)):,}\u2069" in grid.footer.figures.text()


def test_figures_from_arrays_are_exact_beyond_64_bits() -> None:
    great = 9 * 10**17
    source = ArraySource(
        [Column("p", "P", Kind.PRICE), Column("n", "N", Kind.INT)],
        {"p": np.array([great] * 50 + [BLANK, -1], np.int64), "n": np.arange(52)},
        key="n",
    )
    found = figures(source, range(52), source.columns, Summed([Range(0, 0, 51, 0)], 52, 0))
    total = (Decimal(great * 50) - 1).scaleb(-8)
    assert (found.cells, found.numbers, found.total) == (52, 51, total)
    assert (found.least, found.greatest) == (Decimal("-0.00000001"), Decimal(great).scaleb(-8))
    both = figures(source, [3, 2, 1], source.columns, Summed([Range(0, 1, 2, 1)], 3, 1))
    assert (both.total, both.least, both.greatest) == (Decimal(6), Decimal(1), Decimal(3))


def test_a_grid_out_of_sight_orders_no_figures(qtbot: QtBot, jobs: Jobs) -> None:
    """A window that is closed while a selection settles has ended its jobs already."""
    grid = Grid("x", NUMBERS, jobs=jobs)
    qtbot.addWidget(grid)
    grid.show()
    with qtbot.waitSignal(grid.shown):
        grid.set_source(PagedSource(50))
    grid.view.selectAll()
    grid.hide()
    jobs.shutdown()
    qtbot.wait(120)
    assert grid.footer.figures.text() == ""


def test_figures_of_what_changed_out_of_sight_are_those_of_now_once_it_is_seen_again(
    qtbot: QtBot, jobs: Jobs
) -> None:
    columns, stack = [Column("a", "A", Kind.INT), Column("b", "B", Kind.INT)], QStackedWidget()
    qtbot.addWidget(stack)
    grid = Grid("x", columns, jobs=jobs)
    stack.addWidget(grid)
    stack.addWidget(QWidget())
    stack.show()
    grid.set_source(MemorySource.keyed(columns, [(1, 2), (3, 4)], ["k", "l"]))
    grid.view.selectAll()
    qtbot.waitUntil(lambda: "sum" in grid.footer.figures.text())
    stack.setCurrentIndex(1)
    grid.set_source(MemorySource.keyed(columns, [(5, 6)], ["k"]))
    qtbot.wait(2 * MILLISECONDS)
    stack.setCurrentIndex(0)
    qtbot.waitUntil(lambda: grid.footer.figures.text() == "")
