"""Columns beside the rates: minutes, who sells a prefix, note, source; shown when asked for, filtered and sorted by."""

from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QLabel
from pytestqt.qtbot import QtBot

from tests.published import publish_rates
from tests.windows import Shown, close, show
from tests.worlds import World, acme, fixed
from voipdesk.calls.commands import import_calls
from voipdesk.kit.grid import Changes, Grid, Sort
from voipdesk.rates import commands
from voipdesk.rates.rules import NewRate
from voipdesk.rating.rules import Terms
from voipdesk.shell import places
from voipdesk.tariffs import commands as tariffs

BESIDE = ("minutes", "sold_in", "note", "source", "file_row")
CALLED = {"201012345678": 600, "20212345678": 120, "442071234567": 3_000}


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    with acme(tmp_path) as made:
        call(made, CALLED, "first")
        yield made


@pytest.fixture
def shown(qtbot: QtBot, world: World) -> Iterator[Shown]:
    made = show(qtbot, world, page="rates")
    yield made
    close(made)


def call(world: World, numbers: dict[str, int], name: str) -> None:
    """Calls of Nile Calls on 10 November."""
    day = "2026-11-10 12:00:00"
    lines = [
        f"{name}{at},NILE,1000,{number},{day},{day},{seconds},ANSWERED"
        for at, (number, seconds) in enumerate(numbers.items())
    ]
    path = world.path.with_name(f"{name}.csv")
    path.write_text(
        "\n".join(["uniqueid,account,caller,called,start,answer,billsec,disposition", *lines, ""])
    )
    import_calls(world.db, world.sara, path, zone="Africa/Cairo", rate=False)


def ask_for(shown: Shown, *columns: str) -> Grid:
    """Tick columns in the menu of columns."""
    grid: Grid = shown.page.grid
    for name in columns:
        menu = grid.layouts.menu()
        act = menu.findChild(QAction, f"column.{name}")
        assert act is not None
        act.trigger()
    shown.settle()
    return grid


def cell(grid: Grid, prefix: str, column: str) -> str:
    found = grid.cell(prefix, column)
    assert found is not None, prefix
    return found.text


def prefixes(grid: Grid) -> list[str]:
    return [str(grid.model.key(row)) for row in range(grid.model.rowCount())]


def test_they_are_hidden_until_somebody_asks(shown: Shown) -> None:
    grid = shown.page.grid
    columns = [grid.model.columns[at].id for at in grid.header.shown()]
    assert not set(BESIDE) & set(columns)
    assert shown.page.besides.of(shown.page.table(), None).known is None, "nobody was asked"
    grid = ask_for(shown, "minutes", "sold_in")
    assert (cell(grid, "2010", "minutes"), cell(grid, "20", "minutes"), cell(grid, "53", "minutes")) == (
        "10", "2", "0",
    )  # fmt: skip
    assert cell(grid, "44", "sold_in") == "Gold, Silver, Silver for Delta Traders, Wholesale"
    grid.layouts.reset()
    assert set(BESIDE).isdisjoint(grid.model.columns[at].id for at in grid.header.shown())


def test_a_plan_below_cost_is_marked(shown: Shown, world: World) -> None:
    publish_rates(
        world.db, world.sara, table="Aurora A-Z",
        rows=[NewRate("2010", Terms(Decimal("0.1160")), "Egypt"), NewRate("888", Terms(Decimal(1)), "Ships")],
    )  # fmt: skip
    shown.settle()
    grid = ask_for(shown, "sold_in")
    assert cell(grid, "2010", "sold_in") == "Gold ▼, Silver, Silver for Delta Traders ▼, Wholesale"
    assert cell(grid, "888", "sold_in") == "Wholesale"


def test_filter_and_order_by_them(shown: Shown) -> None:
    grid = ask_for(shown, "minutes", "sold_in")
    grid.set_order([Sort("minutes", descending=True)])
    shown.settle()
    assert prefixes(grid)[:3] == ["44", "2010", "20"]
    grid.header.filters.set_typed({"minutes": ">5"})
    shown.settle()
    assert prefixes(grid) == ["44", "2010"]
    grid.header.filters.set_typed({"sold_in": "gold", "minutes": "10"})
    shown.settle()
    assert prefixes(grid) == ["2010"]


def test_filter_by_minutes_before_they_were_read(shown: Shown) -> None:
    """A saved view may ask for it while the column is hidden."""
    grid = shown.page.grid
    grid.header.filters.set_typed({"minutes": ">5"})
    shown.settle()
    assert prefixes(grid) == ["2010", "44"]


def test_new_calls_and_plans_are_read_again(shown: Shown, world: World) -> None:
    grid = ask_for(shown, "minutes", "sold_in")
    call(world, {"5312345": 6_000}, "second")
    shown.settle()
    assert cell(grid, "53", "minutes") == "100"
    tariffs.create_plan(
        world.db, world.sara, name="Cheap", table="Aurora A-Z", rules=fixed({"44": Decimal("0.001")})
    )
    shown.settle()
    assert cell(grid, "44", "sold_in") == "Cheap ▼, Gold, Silver, Silver for Delta Traders, Wholesale"


def test_note_and_source_tell_who_brought_a_rate(shown: Shown, world: World, tmp_path: Path) -> None:
    path = tmp_path / "aurora_december.csv"
    path.write_text("code,name,cost\n44,UK Fixed,0.0081\n888,Ships,1.5\n", encoding="utf-8")
    commands.import_sheet(
        world.db, world.sara, path, table="Aurora A-Z", scope="partial", note="New deal", accept=["G13", "G6"]
    )
    shown.settle()
    grid = ask_for(shown, "note", "source", "file_row")
    told = [cell(grid, "888", name) for name in ("note", "source", "file_row")]
    assert told == ["New deal", "aurora_december.csv", "3"]
    assert cell(grid, "49", "file_row") == ""
    publish_rates(world.db, world.sara, table="Aurora A-Z", rows=[NewRate("777", Terms(Decimal(1)), "Air")])
    shown.settle()
    assert [cell(grid, "777", name) for name in ("note", "source", "file_row")] == ["", "an edit", ""]
    for typed in ({"note": "deal"}, {"source": "december"}, {"file_row": ">=2"}):
        grid.header.filters.set_typed(typed)
        shown.settle()
        assert prefixes(grid) == ["44", "888"], typed
    grid.set_order([Sort("file_row", descending=True)])
    shown.settle()
    assert prefixes(grid) == ["888", "44"]
    grid.view.selectAll()
    shown.qtbot.waitUntil(lambda: "sum" in grid.footer.figures.text())
    assert "File row" not in grid.footer.figures.text()


def test_the_inspector_tells_minutes_and_who_sells(shown: Shown) -> None:
    page = shown.page
    assert page.grid.go_to("2010", "price")
    page.show_inspector()
    shown.qtbot.waitUntil(lambda: page.inspector.findChild(QLabel, "inspector.sold") is not None)
    shown.settle()
    sold = [one.text() for one in page.inspector.widget().findChildren(QLabel, "inspector.sold")]
    assert [one.replace("\u2066", "").replace("\u2069", "") for one in sold][:1] == ["Sold in Gold: 0.1150"]
    minutes = page.inspector.widget().findChild(QLabel, "inspector.minutes")
    assert minutes.text() == "Minutes in 30 days: 10"


def test_another_day_and_new_rows(shown: Shown) -> None:
    grid = ask_for(shown, "minutes")
    page = shown.page
    page.edits.source.set_cells(Changes(appended={"prefix": ["999"], "price": [Decimal(1)]}), "New")
    shown.settle()
    assert cell(grid, "999", "minutes") == ""
    page.tools.day.set_value(page.tools.day.value().replace(day=10))
    shown.settle()
    assert cell(grid, "2010", "minutes") == "10"


def test_columns_are_as_they_were_left(qtbot: QtBot, world: World) -> None:
    """Remembered by person and place, on this computer; it is no change of the workspace."""
    label = world.db.undo_label(world.sara)
    first = show(qtbot, world, page="rates")
    ask_for(first, "minutes")

    def is_left() -> bool:
        layouts: Any = places.remembered().get("layouts", {})
        columns = layouts.get("sara/rates", {}).get("columns", [])
        return any(one["id"] == "minutes" and not one["hidden"] for one in columns)

    qtbot.waitUntil(is_left)
    close(first)
    again = show(qtbot, world, page="rates")
    again.settle()
    grid = again.page.grid
    assert "minutes" in [grid.model.columns[at].id for at in grid.header.shown()]
    assert cell(grid, "2010", "minutes") == "10"
    assert world.db.undo_label(world.sara) == label
    close(again)
