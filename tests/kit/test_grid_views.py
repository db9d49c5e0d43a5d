"""Saved views of a grid."""

from collections.abc import Mapping
from typing import Any

from PySide6.QtGui import QAction
from PySide6.QtWidgets import QMenu
from pytestqt.qtbot import QtBot

from tests.kit.test_grid_editing import FEE, PRICE, shown
from voipdesk.kit.ask import ScriptedAsk
from voipdesk.kit.grid import Sort
from voipdesk.kit.grid.views import ViewsButton


class Kept:
    """Views in a dictionary."""

    def __init__(self) -> None:
        self.kept: dict[str, Mapping[str, Any]] = {}

    def views(self) -> Mapping[str, Mapping[str, Any]]:
        return dict(self.kept)

    def save(self, name: str, state: Mapping[str, Any]) -> None:
        self.kept[name] = state

    def remove(self, name: str) -> None:
        self.kept.pop(name, None)


def choose(button: ViewsButton, name: str) -> None:
    button.fill()
    menu = button.menu()
    assert isinstance(menu, QMenu)
    act = next((one for one in menu.actions() if one.objectName() == name), None)
    assert isinstance(act, QAction), [one.objectName() for one in menu.actions()]
    act.trigger()


def test_views_are_saved_shown_changed_and_deleted(qtbot: QtBot) -> None:
    grid, store = shown(qtbot), Kept()
    button = ViewsButton(grid, store, ScriptedAsk(["Cheap", "Cheap", False]))
    qtbot.addWidget(button)
    grid.header.filters.set_typed({"price": "<0.2"})
    grid.set_order([Sort("price")])
    grid.view.hide_column(FEE)
    rows = grid.model.rowCount()
    choose(button, "views.save")
    assert button.text() == "Cheap"
    choose(button, "view.all")
    assert grid.model.rowCount() == 60
    assert FEE in grid.header.shown()
    assert grid.order == ()
    choose(button, "view.Cheap")
    assert grid.model.rowCount() == rows
    assert FEE not in grid.header.shown()
    assert list(grid.order) == [Sort("price")]
    grid.view.setColumnHidden(FEE, False)
    choose(button, "views.update")
    choose(button, "view.all")
    choose(button, "views.save")  # the same name again, and not replaced after all
    assert button.text() == "All columns"
    choose(button, "view.Cheap")
    assert FEE in grid.header.shown()
    choose(button, "views.remove")
    assert "Cheap" not in store.kept


def test_the_layout_is_as_it_was_left_but_nothing_is_hidden_by_an_old_filter(qtbot: QtBot) -> None:
    store, one = Kept(), shown(qtbot)
    first = ViewsButton(one, store, ScriptedAsk())
    qtbot.addWidget(first)
    one.header.moveSection(one.header.visualIndex(PRICE), 0)
    one.header.filters.set_typed({"price": "<0.2"})
    qtbot.waitUntil(lambda: "" in store.kept)
    other = shown(qtbot)
    second = ViewsButton(other, store, ScriptedAsk())
    qtbot.addWidget(second)
    assert other.header.shown()[0] == PRICE
    assert other.model.rowCount() == 60
