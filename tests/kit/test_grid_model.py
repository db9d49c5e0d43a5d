"""The model over a list and over a paged source: Qt's own checks, pages, order, drafts, keys."""

import threading
from collections.abc import Sequence
from decimal import Decimal
from typing import Any

import pytest
from PySide6.QtCore import Qt
from pytestqt.modeltest import ModelTester
from pytestqt.qtbot import QtBot

from tests.kit.gallery import COLUMNS, rows
from voipdesk.kernel.problems import Problem
from voipdesk.kit.grid import Column, Filter, Formats, Grid, Kind, MemorySource, Sort, painting
from voipdesk.kit.grid.columns import painter_of, writer_of
from voipdesk.kit.grid.model import GridModel, KeyRole, ValueRole
from voipdesk.kit.grid.pages import MOST_PAGES, PAGE, read_page
from voipdesk.kit.grid.sources import Ids, Row, place_of
from voipdesk.kit.jobs import Jobs

NUMBERS = [Column("id", "Id", Kind.INT), Column("name", "Name")]


class PagedSource:
    """Rows that are computed, so that a million cost nothing; counts what is fetched."""

    immediate = False

    def __init__(self, size: int) -> None:
        self.size = size
        self.fetched: list[int] = []

    def count(self) -> int:
        return self.size

    def ids(self, order: Sequence[Sort], filters: Sequence[Filter]) -> Ids:
        import numpy as np

        found = np.arange(self.size, dtype=np.int32)
        for wanted in filters:
            found = found[
                [wanted.fits(Decimal(int(row)) if wanted.column == "id" else f"row {row}") for row in found]
            ]
        return found[::-1] if order and order[0].descending else found  # type: ignore[return-value]

    def fetch(self, ids: Sequence[int]) -> list[Row]:
        self.fetched.append(len(ids))
        return [(row, f"row {row}") for row in ids]

    def key(self, row_id: int) -> str:
        return f"k{row_id}"

    def row_id(self, key: Any) -> int | None:
        return int(key[1:]) if key[1:].isdigit() and int(key[1:]) < self.size else None


def test_qt_finds_no_fault_with_a_list(qtmodeltester: ModelTester) -> None:
    source = MemorySource(COLUMNS, rows(600), key="prefix")
    model = GridModel(COLUMNS, source)
    qtmodeltester.check(model)  # type: ignore[no-untyped-call]
    model.show(source, source.ids([Sort("price", True)], []))
    model.show(source, [])


def test_qt_finds_no_fault_with_pages_that_come_later(
    qtmodeltester: ModelTester, qtbot: QtBot, jobs: Jobs
) -> None:
    grid = Grid("x", NUMBERS, jobs=jobs)
    qtbot.addWidget(grid)
    qtmodeltester.check(grid.model)  # type: ignore[no-untyped-call]
    with qtbot.waitSignal(jobs.idle):
        grid.set_source(PagedSource(1000))
    assert grid.model.rowCount() == 1000
    with qtbot.waitSignal(jobs.idle):
        grid.set_order([Sort("id", True)])
    grid.model.cell(0, 0)
    qtbot.waitUntil(lambda: grid.model.cell(0, 0)[0] == "999")


def test_a_million_rows_are_read_by_pages_and_few_are_kept() -> None:
    source = PagedSource(1_000_000)
    model = GridModel(NUMBERS, source)
    assert model.rowCount() == 1_000_000
    for page in range(100):
        assert model.index(page * PAGE + 7, 1).data() == f"row {page * PAGE + 7}"
    assert set(source.fetched) == {PAGE}
    assert len(source.fetched) == 100
    model.cell(99 * PAGE, 0)
    assert len(source.fetched) == 100
    model.cell(0, 0)
    assert len(source.fetched) == 101
    assert len(model.pages) == MOST_PAGES


def test_unknown_roles_are_answered_without_reading_anything() -> None:
    source = PagedSource(1000)
    model = GridModel(NUMBERS, source)
    for role in (Qt.ItemDataRole.DecorationRole, Qt.ItemDataRole.FontRole, Qt.ItemDataRole.BackgroundRole):
        assert model.index(3, 0).data(role) is None
    assert source.fetched == []


def test_a_page_of_an_old_order_is_dropped() -> None:
    source = PagedSource(1000)
    model = GridModel(NUMBERS, source)
    wanted: list[tuple[int, list[int]]] = []
    model.pages.order = lambda number, ids: wanted.append((number, ids))
    before = model.ids
    assert model.cell(0, 0)[0] == ""
    assert model.cell(1, 0)[0] == ""
    assert len(wanted) == 1  # ordered once
    model.show(source, source.ids([Sort("id", True)], []))
    model.take_page(0, before, read_page(source, wanted[0][1], model.pages.paint))
    assert model.cell(0, 0)[0] == ""
    model.take_page(0, model.ids, read_page(source, wanted[1][1], model.pages.paint))
    assert model.cell(0, 0)[0] == "999"


def test_roles() -> None:
    source = MemorySource(
        COLUMNS, [("0044", "UK", Decimal("0.05"), Decimal(3), 1, Decimal(2), None, "active")], key="prefix"
    )
    model = GridModel(COLUMNS, source)
    index = model.index(0, 2)
    assert index.data() == "0.0500"
    assert index.data(ValueRole) == Decimal("0.05")
    assert index.data(KeyRole) == "0044"
    assert index.data(Qt.ItemDataRole.AccessibleTextRole) == "Price/min: 0.0500"
    assert model.index(0, 6).data() == ""
    assert model.index(0, 7).data() == "active"
    assert int(index.data(Qt.ItemDataRole.TextAlignmentRole)) & int(Qt.AlignmentFlag.AlignAbsolute)
    assert model.headerData(0, Qt.Orientation.Horizontal) == "Prefix"


@pytest.mark.parametrize(
    ("column", "value", "text", "missing"),
    [
        (Column("p", "", Kind.PRICE), Decimal("0.05"), "0.0500", 2),
        (Column("p", "", Kind.PRICE), Decimal("0.050000"), "0.0500", 2),
        (Column("p", "", Kind.PRICE), Decimal("0.012345"), "0.012345", 0),
        (Column("p", "", Kind.PRICE), Decimal("1234.5"), "1,234.5000", 2),
        (Column("p", "", Kind.PRICE), Decimal("0.12345678"), "0.12345678", 0),
        (Column("a", "", Kind.AMOUNT), Decimal("-1234.5"), "-1,234.50", 0),
        (Column("a", "", Kind.AMOUNT, decimals=0), Decimal("1234"), "1,234", 0),
        (Column("i", "", Kind.INT), 1234, "1,234", 0),
        (Column("c", "", Kind.PERCENT, signed=True), Decimal("10.5"), "+10.5 %", 0),
        (Column("c", "", Kind.PERCENT, decimals=2), Decimal("10.5"), "10.50 %", 0),
        (Column("x", "", Kind.PREFIX), "0044", "0044", 0),
        (Column("x", "", Kind.TEXT), None, "", 0),
    ],
)
def test_values_become_text_with_their_points_in_line(
    column: Column, value: Any, text: str, missing: int
) -> None:
    cell = painter_of(column, Formats())(value)
    assert cell[:2] == (text, missing)


def test_numbers_follow_the_workspace_not_the_language() -> None:
    write = writer_of(Column("a", "", Kind.AMOUNT), Formats(decimal=",", group="."))
    assert write(Decimal("1234567.5")) == "1.234.567,50"
    assert (
        writer_of(Column("a", "", Kind.AMOUNT), Formats(decimal=",", group="."), grouped=False)(
            Decimal("1234.5")
        )
        == "1234,50"
    )


def test_order_is_stable_over_several_columns_and_blanks_come_last() -> None:
    columns = [Column("a", "A"), Column("b", "B", Kind.INT)]
    source = MemorySource(columns, [("x", 2), ("Y", 1), ("y", 2), (None, 0), ("X", 1)])
    assert list(source.ids([Sort("a"), Sort("b", True)], [])) == [0, 4, 2, 1, 3]
    assert list(source.ids([Sort("a", True)], [])) == [1, 2, 0, 4, 3]
    assert list(source.ids([], [])) == [0, 1, 2, 3, 4]


def test_keys_stay_when_the_order_changes() -> None:
    columns = [Column("a", "A")]
    source = MemorySource.keyed(columns, [("b",), ("a",)], ["first", "second"])
    model = GridModel(columns, source)
    assert model.place("second") == 1
    model.show(source, source.ids([Sort("a")], []))
    assert model.place("second") == 0
    assert model.key(1) == "first"
    assert model.place("third") is None


@pytest.mark.parametrize("ids", [range(10), list(range(10))])
def test_place_of_an_id(ids: Ids) -> None:
    import numpy as np

    assert place_of(ids, 7) == 7
    assert place_of(ids, 12) is None
    assert place_of(np.array([5, 7, 9]), 9) == 2  # type: ignore[arg-type]
    assert place_of(np.array([5, 7, 9]), 6) is None  # type: ignore[arg-type]


def test_drafts_lie_over_the_rows() -> None:
    source = MemorySource(COLUMNS, rows(3), key="prefix")
    model = GridModel(COLUMNS, source)
    model.drafts[model.key(1), "price"] = Decimal("9.5")
    assert model.index(1, 2).data() == "9.5000"
    assert model.index(0, 2).data() != "9.5000"
    assert source.fetch([1])[0][2] != Decimal("9.5")


def test_an_edit_is_offered_and_saves_nothing(qtbot: QtBot) -> None:
    def check(_key: Any, _column: str, value: Any) -> Problem | None:
        return Problem("high", "9 is beyond the ceiling of 5.") if value > 5 else None

    columns = [Column("a", "A"), Column("p", "P", Kind.PRICE, editable=True, check=check)]
    grid = Grid("x", columns)
    qtbot.addWidget(grid)
    grid.set_source(MemorySource(columns, [("a", Decimal(1))], key="a"))
    with qtbot.waitSignal(grid.edited) as told:
        assert grid.model.setData(grid.model.index(0, 1), Decimal(2))
    assert told.args == ["a", "p", Decimal(2)]
    assert grid.model.index(0, 1).data() == "1.0000"
    assert not grid.model.setData(grid.model.index(0, 1), Decimal(9))
    assert "ceiling" in grid.footer.rows.text()
    assert not grid.model.setData(grid.model.index(0, 0), "b")  # not editable


def test_scrolling_finds_the_next_page_there(qtbot: QtBot) -> None:
    jobs = Jobs()
    source = PagedSource(10 * PAGE)
    grid = Grid("numbers", NUMBERS, jobs=jobs)
    qtbot.addWidget(grid)
    grid.resize(400, 600)
    grid.show()
    grid.set_source(source)
    qtbot.waitUntil(lambda: jobs.is_idle)
    grid.view.viewport().repaint()
    qtbot.waitUntil(lambda: jobs.is_idle)
    assert source.fetched == [PAGE]  # The next one is far away yet.
    height = grid.view.verticalHeader().defaultSectionSize()
    seen = grid.view.viewport().height() // height
    grid.view.verticalScrollBar().setValue(PAGE - 2 * seen)
    grid.view.viewport().repaint()
    qtbot.waitUntil(lambda: len(source.fetched) == 2 and jobs.is_idle)
    grid.view.verticalScrollBar().setValue(PAGE)
    grid.model.pages.order = lambda number, _: (
        pytest.fail(f"page {number} is not there yet") if number < 2 else None
    )
    grid.view.viewport().repaint()
    assert grid.model.cell(PAGE, 1)[0] == f"row {PAGE}"
    jobs.shutdown()


def test_an_older_order_that_waits_is_not_asked_any_more(qtbot: QtBot) -> None:
    jobs, go_on, asked = Jobs(), threading.Event(), list[Sequence[Sort]]()

    class Slow(PagedSource):
        def ids(self, order: Sequence[Sort], filters: Sequence[Filter]) -> Ids:
            asked.append(order)
            go_on.wait(5)
            return super().ids(order, filters)

    grid = Grid("numbers", NUMBERS, jobs=jobs)
    qtbot.addWidget(grid)
    grid.set_source(Slow(1000))
    qtbot.waitUntil(lambda: len(asked) == 1)
    grid.set_order([Sort("name")])
    qtbot.waitUntil(lambda: len(asked) == 2)
    for column in ("id", "name"):
        grid.set_order([Sort(column, descending=True)])
    go_on.set()
    qtbot.waitUntil(lambda: jobs.is_idle)
    assert [tuple(one) for one in asked] == [(), (Sort("name"),), (Sort("name", True),)]
    qtbot.waitUntil(lambda: grid.model.cell(0, 0)[0] == "999")
    jobs.shutdown()


def test_a_number_is_as_wide_as_it_says(qtbot: QtBot) -> None:
    grid = Grid("rates", COLUMNS)
    qtbot.addWidget(grid)
    sizes = painting.measures(grid.view)
    for number in ("0.1774", "9,111,471.0071", "-71.5 %", "4915", "+0.74"):
        assert sizes.width(number, is_number=True) == pytest.approx(sizes.metrics.horizontalAdvance(number))


def test_equal_numbers_are_written_alike() -> None:
    paint = painter_of(Column("price", "Price", Kind.PRICE), Formats())
    assert paint(Decimal("0.05")) == paint(Decimal("0.0500")) == ("0.0500", 2, "", "")
    assert paint(Decimal("0.123456"))[0] == "0.123456"
    assert paint(None)[0] == ""
