"""A real window at the page of supplier tables, with a world behind it: what the tests of screens work with."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import TypeVar

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QDialog, QWidget
from pytestqt.qtbot import QtBot

from tests.published import publish_rates
from tests.worlds import World, acme
from voipdesk.accounts.queries import workspace
from voipdesk.kit import theme
from voipdesk.kit.ask import ScriptedAsk
from voipdesk.kit.desk import Desk
from voipdesk.kit.grid import Grid
from voipdesk.kit.jobs import Jobs
from voipdesk.rates import commands
from voipdesk.rates.rules import NewRate
from voipdesk.rates.ui.page import RatesPage
from voipdesk.rating.rules import RateState, Terms
from voipdesk.shell.window import MainWindow
from voipdesk.store.database import Database

W = TypeVar("W", bound=QWidget)
NOVEMBER_30 = datetime(2026, 11, 29, 22, tzinfo=UTC)

SHEET = """\
AURORA TELECOM LTD;;;;
Price list valid from 30.11.2026;;;;
;;;;
Destination;Code;Rate (USD/min);Billing Increment;Effective Date
USA & Canada;1;0.0090;6/6;30.11.2026
Jamaica;1876;0.1300;60/60;30.11.2026
UK Fixed;44;0.0085;1/1;30.11.2026
UK Mobile;447;0.0500;1/1;30.11.2026
Germany Fixed;49;0.0110;1/1;30.11.2026
Germany Mobile;4915,4916,4917;0.0280;1/1;30.11.2026
Egypt Fixed;20;0.0850;1/1;30.11.2026
Egypt Mobile Vodafone;2010;abc;1/1;30.11.2026
Egypt Mobile Etisalat;2011;0.1050;1/1;30.11.2026
Egypt Mobile Orange;2012;0.1100;1/1;30.11.2026
Cuba;53;0.6500;60/60;30.11.2026
France;33;0.0060;1/1;30.11.2026
Confidential;;;;
"""


@dataclass
class Seen:
    """The window, its page, and who answers in it."""

    window: MainWindow
    ask: ScriptedAsk
    world: World
    qtbot: QtBot

    @property
    def page(self) -> RatesPage:
        page = self.window.show_page("rates")
        assert isinstance(page, RatesPage)
        return page

    @property
    def desk(self) -> Desk[Database]:
        assert self.window.desk is not None
        return self.window.desk

    @property
    def grid(self) -> Grid:
        return self.page.grid

    def wait(self) -> None:
        """Until nothing runs any more."""
        QApplication.processEvents()
        while not self.desk.jobs.is_idle:
            with self.qtbot.waitSignal(self.desk.jobs.idle, timeout=30_000, raising=False):
                if self.desk.jobs.is_idle:
                    break
            QApplication.processEvents()

    def press(self, name: str, inside: QWidget | None = None) -> None:
        button = self.child(QWidget, f"btn.{name}", inside)
        assert button.isEnabled(), name
        QTest.mouseClick(button, Qt.MouseButton.LeftButton)
        self.wait()

    def child(self, kind: type[W], name: str, inside: QWidget | None = None) -> W:
        found = [one for one in (inside or self.page).findChildren(kind, name) if one.isVisible()]
        assert found, name
        return found[-1]

    def dialog(self) -> QDialog:
        found = [one for one in self.page.findChildren(QDialog) if one.isVisible()]
        assert found
        return found[-1]

    def column(self, name: str, grid: Grid | None = None) -> list[str]:
        """What a column of a grid shows, from top to bottom."""
        model = (grid or self.grid).model
        at = model.column_at(name)
        return [model.cell(row, at)[0] for row in range(model.rowCount())]

    def cell(self, prefix: str, column: str) -> str | None:
        found = self.grid.cell(prefix, column)
        return None if found is None else found.text


@contextmanager
def window_at_rates(qtbot: QtBot, tmp_path: Path, jobs: type[Jobs]) -> Iterator[Seen]:
    """The window, open while the block runs."""
    app = QApplication.instance()
    assert isinstance(app, QApplication)
    if not app.property("voipdesk"):
        app.setProperty("voipdesk", True)
        theme.start(app)
    world = acme(tmp_path, plans=False)
    publish(world)
    window, ask = MainWindow(), ScriptedAsk()
    desk = Desk(world.db, world.sara, world.db.clock, workspace(world.db).zone, jobs(window), ask)
    window.resize(1280, 800)
    window.show()
    window.work_on(desk, "rates")
    made = Seen(window, ask, world, qtbot)
    made.wait()
    yield made
    made.wait()
    window.close()
    window.deleteLater()


def publish(world: World) -> None:
    """Three changes to come: one up, one down, one blocked."""
    rows = [
        NewRate("2010", Terms(Decimal("0.1160")), "Egypt Mobile Vodafone"),
        NewRate("4915", Terms(Decimal("0.0280")), "Germany Mobile"),
        NewRate("960", Terms(Decimal(0)), "Maldives", RateState.BLOCKED),
    ]
    publish_rates(world.db, world.sara, table="Aurora A-Z", rows=rows, effective=NOVEMBER_30)
    commands.create_table(world.db, world.sara, name="Borealis", currency="EUR")
