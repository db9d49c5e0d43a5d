"""Named views of a grid are read and written beside the window."""

import sqlite3
from contextlib import closing
from typing import Any

from PySide6.QtGui import QAction
from pytestqt.qtbot import QtBot

from tests.shell.conftest import Open, settle
from voipdesk.accounts.queries_views import views
from voipdesk.kit.ask import ScriptedAsk
from voipdesk.kit.desk import Desk
from voipdesk.shell.window import MainWindow
from voipdesk.store.database import Database


def at_rates(open_window: Open) -> tuple[MainWindow, Desk[Database], ScriptedAsk, Any]:
    window = open_window(page="rates")
    desk = window.desk
    assert desk is not None
    assert isinstance(desk.ask, ScriptedAsk)
    return window, desk, desk.ask, window.page


def test_the_window_does_not_wait_for_whoever_writes_meanwhile(open_window: Open, qtbot: QtBot) -> None:
    window, desk, ask, page = at_rates(open_window)
    ask.answers.append("As it was")
    with closing(sqlite3.connect(desk.db.path)) as other:
        other.execute("BEGIN IMMEDIATE")
        page.views_menu.save()
        other.rollback()
    settle(qtbot, window)
    assert [one.name for one in views(desk.db, desk.actor, "rates")] == ["As it was"]
    assert [one.kind for one in ask.asked] == ["text"]


def test_the_menu_follows_undo(open_window: Open, qtbot: QtBot) -> None:
    window, desk, ask, page = at_rates(open_window)
    menu = page.views_menu.menu
    ask.answers.append("Gone soon")
    page.views_menu.save()
    settle(qtbot, window)
    menu.aboutToShow.emit()
    assert menu.findChild(QAction, "action.view.Gone soon") is not None
    desk.db.undo(desk.actor)
    settle(qtbot, window)
    menu.aboutToShow.emit()
    shown = [one.objectName() for one in menu.actions()]
    assert "action.view.first" in shown
    assert "action.view.Gone soon" not in shown
