"""A real window over a real workspace, with answers from a script: `Shown` of `show(qtbot, world, login, page)`."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar

from PySide6.QtWidgets import QApplication, QDialog, QLabel, QPushButton, QWidget
from pytestqt.qtbot import QtBot

from tests.worlds import World
from voipdesk.accounts.queries import workspace
from voipdesk.kit import theme
from voipdesk.kit.ask import ScriptedAsk
from voipdesk.kit.desk import Desk
from voipdesk.kit.grid import Grid
from voipdesk.kit.grid.view import GridView
from voipdesk.kit.jobs import Jobs
from voipdesk.shell.window import MainWindow

W = TypeVar("W", bound=QWidget)


@dataclass(slots=True)
class Shown:
    """A window in sight."""

    qtbot: QtBot
    window: MainWindow
    ask: ScriptedAsk

    @property
    def page(self) -> Any:
        return self.window.page

    def settle(self) -> None:
        """Wait until nothing runs beside the window."""
        desk = self.window.desk
        assert desk is not None
        self.qtbot.waitUntil(lambda: desk.jobs.is_idle, timeout=15_000)
        QApplication.processEvents()
        if not desk.jobs.is_idle:
            self.settle()

    def find(self, kind: type[W], name: str) -> W:
        """The newest visible widget of an object name."""
        found = [one for one in self.window.findChildren(kind, name) if one.isVisible()]
        assert found, f"{name} is not in sight"
        return found[-1]

    def grid(self, name: str) -> Grid:
        """The grid around the view `table.<name>`."""
        grid = self.find(GridView, f"table.{name}").parentWidget()
        assert isinstance(grid, Grid)
        return grid

    def press(self, name: str, inside: QWidget | None = None) -> None:
        """Click a button."""
        found = (inside or self.window).findChildren(QPushButton, f"btn.{name}")
        button = next(one for one in reversed(found) if one.isVisible())
        assert button.isEnabled(), button.toolTip()
        button.click()
        self.settle()

    def dialog(self, name: str = "dialog") -> QDialog:
        return self.find(QDialog, name)

    @property
    def toast(self) -> str:
        return self.window.toast.text.text()

    def said(self) -> str:
        """Every text in sight, for looking for what must not be there."""
        return "\n".join(one.text() for one in self.window.findChildren(QLabel))


Show = Callable[..., Shown]


def show(qtbot: QtBot, world: World, login: str = "sara", page: str = "") -> Shown:
    """Open a window; the caller closes it (`closed`)."""
    app = QApplication.instance()
    assert isinstance(app, QApplication)
    if not app.property("voipdesk"):
        app.setProperty("voipdesk", True)
        theme.start(app)
    window, ask = MainWindow(), ScriptedAsk()
    zone = workspace(world.db).zone
    desk = Desk(world.db, world.actor(login), world.db.clock, zone, Jobs(window), ask)
    window.resize(1200, 800)
    window.show()
    window.work_on(desk, page)
    shown = Shown(qtbot, window, ask)
    shown.settle()
    return shown


def close(shown: Shown) -> None:
    """End the window and everything it ran."""
    shown.settle()
    shown.window.close()
    shown.window.deleteLater()
    QApplication.processEvents()


def texts(grid: Grid) -> list[dict[str, str]]:
    """What is painted, row by row."""
    return [
        {column.id: grid.model.cell(row, at)[0] for at, column in enumerate(grid.model.columns)}
        for row in range(grid.model.rowCount())
    ]
