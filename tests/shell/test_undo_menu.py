"""The menu names what undo and redo would do; it is read beside the window, which never waits for the file."""

import threading
from collections import Counter
from collections.abc import Callable

from PySide6.QtGui import QAction
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot
from sqlalchemy import event

from tests.shell.conftest import Open, settle
from voipdesk.accounts.commands import create_supplier
from voipdesk.kit.ask import ScriptedAsk
from voipdesk.kit.jobs import READERS
from voipdesk.rates.ui.actions import undo
from voipdesk.shell.window import MainWindow
from voipdesk.store.database import Database


def undo_of(window: MainWindow) -> QAction:
    found = window.findChild(QAction, "action.undo")
    assert found is not None
    return found


def db_of(window: MainWindow) -> Database:
    assert window.desk is not None
    return window.desk.db


def add(window: MainWindow, name: str) -> None:
    assert window.desk is not None
    create_supplier(window.desk.db, window.desk.actor, name=name)


def hold(window: MainWindow) -> Callable[[], None]:
    """Let all who look at the file wait, as for a lock that another program holds; the answer lets them go."""
    assert window.desk is not None
    go = threading.Event()
    for _ in range(READERS):
        window.desk.jobs.look("Wait", lambda _: go.wait(10))
    return go.set


def test_undo_is_named_beside_the_window(open_window: Open, qtbot: QtBot) -> None:
    window = open_window(page="activity")
    add(window, "First")
    settle(qtbot, window)
    before = undo_of(window).text()
    go = hold(window)
    add(window, "Second")
    window.show_page("settings")
    QApplication.processEvents()
    assert undo_of(window).text() == before
    assert undo_of(window).isEnabled()
    go()
    settle(qtbot, window)
    assert window.desk is not None
    assert undo_of(window).text() == f"Undo: {db_of(window).undo_label(window.desk.actor)}" != before


def test_of_two_readings_that_cross_the_newer_one_counts(open_window: Open, qtbot: QtBot) -> None:
    window = open_window(page="settings")
    db, held, go = db_of(window), threading.Event(), threading.Event()
    done: Counter[str] = Counter()

    def slow(*_: object) -> None:
        """The first who has read both names is held up before he tells them."""
        name = threading.current_thread().name
        done[name] += name.startswith("look ")
        if done[name] == 2 and not held.is_set():
            held.set()
            go.wait(10)

    event.listen(db._reader, "checkin", slow)
    add(window, "First")
    qtbot.waitUntil(held.is_set)
    assert window.desk is not None
    db.undo(window.desk.actor)
    redo = window.findChild(QAction, "action.redo")
    assert redo is not None
    qtbot.waitUntil(redo.isEnabled)
    named = undo_of(window).text(), redo.text()
    go.set()
    settle(qtbot, window)
    assert (undo_of(window).text(), redo.text()) == named
    assert named[1] == f"Redo: {db.redo_label(window.desk.actor)}"


def test_a_window_that_closes_while_undo_is_read_hears_no_answer(open_window: Open, qtbot: QtBot) -> None:
    window = open_window(page="activity")
    before = undo_of(window).text()
    go = hold(window)
    add(window, "Last")
    threading.Timer(0.2, go).start()
    assert window.close()
    assert window.desk is None
    qtbot.wait(50)
    assert undo_of(window).text() == before
    assert not [one for one in threading.enumerate() if one.name.startswith("look ")]


def test_the_undo_of_a_toast_looks_at_the_file_beside_the_window(open_window: Open, qtbot: QtBot) -> None:
    window = open_window(page="settings")
    add(window, "Ours")
    settle(qtbot, window)
    assert window.desk is not None
    ask, go = window.desk.ask, threading.Event()
    assert isinstance(ask, ScriptedAsk)
    window.desk.jobs.write("Wait", lambda _: go.wait(10))
    undo(window.desk, "Something before", lambda *_: None)
    assert not ask.asked
    go.set()
    settle(qtbot, window)
    assert ask.asked[-1].kind == "tell"
    label = db_of(window).undo_label(window.desk.actor)
    assert label == "Create supplier Ours"
    said: list[str] = []
    undo(window.desk, label, lambda text, _: said.append(text))
    settle(qtbot, window)
    assert said == ["Undone: Create supplier Ours"]
