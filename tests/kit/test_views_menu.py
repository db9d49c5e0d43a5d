"""Saved views of a grid, and the grid as it was left."""

from typing import Any

import pytest
from PySide6.QtGui import QAction
from pytestqt.qtbot import QtBot

from tests.kit.test_grid_editing import FEE, PRICE, shown
from voipdesk.kit.ask import ScriptedAsk
from voipdesk.kit.grid import Column, Grid, MemorySource, Sort
from voipdesk.kit.views_menu import Told, ViewsMenu


class Kept:
    """Views in dictionaries."""

    def __init__(self) -> None:
        self.kept: dict[str, dict[str, Any]] = {}
        self.left: list[dict[str, Any]] = []
        self.told: Told = lambda _: None

    def watch(self, place: str, take: Told) -> None:
        self.told = take
        self.tell()

    def tell(self) -> None:
        self.told(sorted(self.kept.items()))

    def save(self, place: str, name: str, state: dict[str, Any]) -> None:
        self.kept[name] = state
        self.tell()

    def remove(self, place: str, name: str) -> None:
        del self.kept[name]
        self.tell()

    def last(self, place: str) -> dict[str, Any]:
        return self.left[-1] if self.left else {}

    def leave(self, place: str, state: dict[str, Any]) -> None:
        self.left.append(state)


@pytest.fixture
def store() -> Kept:
    return Kept()


def menu_of(grid: Grid, store: Kept, *answers: object) -> ViewsMenu:
    made = ViewsMenu(grid, "x", ScriptedAsk(list(answers)))
    made.button.setParent(grid)
    made.keep_in(store)
    return made


def choose(menu: ViewsMenu, name: str) -> None:
    menu.fill()
    act = menu.menu.findChild(QAction, f"action.{name}")
    assert act is not None
    act.trigger()


def test_views_are_saved_shown_and_removed(qtbot: QtBot, store: Kept) -> None:
    grid = shown(qtbot)
    menu = menu_of(grid, store, "Cheap")
    grid.header.filters.set_typed({"price": "<0.2"})
    grid.set_order([Sort("price")])
    grid.view.hide_column(FEE)
    rows = grid.model.rowCount()
    choose(menu, "view_save")
    choose(menu, "view.first")
    assert (grid.model.rowCount(), grid.order, FEE in grid.header.shown()) == (60, (), True)
    choose(menu, "view.Cheap")
    assert (grid.model.rowCount(), list(grid.order), FEE in grid.header.shown()) == (
        rows,
        [Sort("price")],
        False,
    )
    menu.remove("Cheap")
    assert store.kept == {}


def test_the_grid_is_as_it_was_left_but_nothing_is_hidden_by_an_old_filter(qtbot: QtBot, store: Kept) -> None:
    one = shown(qtbot)
    remembering = menu_of(one, store)
    one.header.moveSection(one.header.visualIndex(PRICE), 0)
    one.layouts.menu().findChild(QAction, "column.fee").trigger()  # type: ignore[union-attr]
    one.header.filters.set_typed({"price": "<0.2"})
    one.set_order([Sort("price")])
    qtbot.waitUntil(lambda: bool(store.left))
    assert not remembering.button.isHidden()
    qtbot.wait(600)
    assert len(store.left) == 1, "filters and order are no arrangement"
    one.layouts.menu().findChild(QAction, "column.step").trigger()  # type: ignore[union-attr]
    one.hide()
    assert len(store.left) == 2, "what is closed in the next moment is remembered too"
    other = shown(qtbot)
    menu = menu_of(other, store)
    assert (other.header.shown()[0], FEE in other.header.shown()) == (PRICE, False)
    assert (other.model.rowCount(), other.order) == (60, ())
    choose(menu, "view.first")
    assert (other.header.shown()[0], FEE in other.header.shown()) == (0, True)


def test_the_menu_has_the_views_there_are_when_it_is_opened(qtbot: QtBot, store: Kept) -> None:
    grid = shown(qtbot)
    menu = menu_of(grid, store)
    store.save("x", "Cheap", grid.state())
    assert menu.menu.findChild(QAction, "action.view.Cheap") is None
    menu.menu.aboutToShow.emit()
    assert menu.menu.findChild(QAction, "action.view.Cheap") is not None


def test_nothing_is_said_to_be_missing_before_something_was_read(qtbot: QtBot) -> None:
    columns = [Column("name", "Name")]
    grid = Grid("x", columns)
    qtbot.addWidget(grid)
    grid.restore(grid.state())
    assert grid.pane.isHidden()
    grid.set_source(MemorySource(columns, []))
    assert not grid.pane.isHidden()
