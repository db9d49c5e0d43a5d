"""The real window over a small world, closed with everything it ran."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from tests.worlds import acme
from voipdesk.accounts.queries import workspace
from voipdesk.kit import theme
from voipdesk.kit.ask import ScriptedAsk
from voipdesk.kit.desk import Desk
from voipdesk.kit.jobs import Jobs
from voipdesk.shell.window import MainWindow

Open = Callable[..., MainWindow]


@pytest.fixture
def open_window(qtbot: QtBot, qapp: QApplication, tmp_path: Path) -> Iterator[Open]:
    """`open_window(login="sara", page="home")`: a window in sight, its first page read."""
    if not qapp.property("voipdesk"):
        qapp.setProperty("voipdesk", True)
        theme.start(qapp)
    opened: list[MainWindow] = []
    with acme(tmp_path) as world:

        def show(login: str = "sara", page: str = "home") -> MainWindow:
            window = MainWindow()
            opened.append(window)
            zone = workspace(world.db).zone
            window.resize(1200, 800)
            window.show()
            window.work_on(
                Desk(world.db, world.actor(login), world.db.clock, zone, Jobs(window), ScriptedAsk()), page
            )
            settle(qtbot, window)
            return window

        yield show
        for window in opened:
            settle(qtbot, window)
            window.close()
            window.deleteLater()
        QApplication.processEvents()


def settle(qtbot: QtBot, window: MainWindow) -> None:
    """Wait until nothing runs beside the window."""
    desk = window.desk
    if desk is not None:
        qtbot.waitUntil(lambda: desk.jobs.is_idle, timeout=15_000)
    QApplication.processEvents()
