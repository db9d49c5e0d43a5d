"""Every page of the window: nameless controls, cut titles, and the way through by keyboard."""

import threading
from importlib.util import find_spec

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QFontMetrics
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from tests.shell.conftest import Open, settle
from voipdesk.kit import theme
from voipdesk.kit.ask import ScriptedAsk
from voipdesk.kit.grid.view import GridView
from voipdesk.kit.names import unnamed, walk
from voipdesk.shell import sections
from voipdesk.shell.jobs_panel import JobRow

PAGES = [
    "home",
    "rates",
    "compare",
    "imports",
    "plans",
    "sheets",
    "calls",
    "problems",
    "invoices",
    "accounts",
    "suppliers",
    "activity",
    "settings",
]


def built(name: str) -> bool:
    """Whether the class of a page is there; a room may be left out of a build."""
    place = next(one.place for one in sections._all() if one.name == name)
    module = f"voipdesk.{place.split(':')[0]}"
    try:
        return find_spec(module) is not None
    except ModuleNotFoundError:
        return False


def test_these_are_all_pages() -> None:
    assert [one.name for one in sections._all()] == PAGES


@pytest.mark.parametrize("mirrored", [False, True])
@pytest.mark.parametrize("name", PAGES)
def test_every_control_has_a_name_and_no_title_is_cut(
    open_window: Open, qtbot: QtBot, qapp: QApplication, name: str, mirrored: bool
) -> None:
    if not built(name):
        pytest.skip(f"the page {name} is not in this build")
    if mirrored:
        qapp.setLayoutDirection(Qt.LayoutDirection.RightToLeft)
    try:
        window = open_window(page=name)
        settle(qtbot, window)
        page = window.page
        assert page is not None
        assert page.objectName() == f"page.{name}"
        assert unnamed(window) == []
        for view in (part for part in walk(page) if isinstance(part, GridView) and part.isVisible()):
            bold = QFontMetrics(theme.scaled_font(1, bold=True, base=view.columns_header.font()))
            for at, column in enumerate(view.grid_model.columns):
                if not view.isColumnHidden(at):
                    assert bold.horizontalAdvance(column.title) <= view.columnWidth(at) - 2 * theme.S
    finally:
        qapp.setLayoutDirection(Qt.LayoutDirection.LeftToRight)


def test_a_reseller_gets_only_the_pages_of_his_rights(open_window: Open) -> None:
    window = open_window(login="uma")
    assert window.show_page("rates") is None
    assert window.page is not None
    assert window.page.objectName() == "page.home"


def test_small_reading_is_not_shown_as_a_job(open_window: Open, qtbot: QtBot) -> None:
    window = open_window(page="accounts")
    desk = window.desk
    assert desk is not None
    settle(qtbot, window)
    rows = len(window.jobs_panel.findChildren(JobRow))
    with qtbot.waitSignal(window.idle):
        desk.jobs.read("Quiet", lambda _: None, quiet=True)
    assert len(window.jobs_panel.findChildren(JobRow)) == rows
    with qtbot.waitSignal(window.idle):
        desk.jobs.read("Told", lambda _: None)
    assert len(window.jobs_panel.findChildren(JobRow)) == rows + 1


def test_closing_asks_about_work_but_not_about_reading_for_the_screen(
    open_window: Open, qtbot: QtBot
) -> None:
    window = open_window()
    desk, go_on = window.desk, threading.Event()
    assert desk is not None
    assert isinstance(desk.ask, ScriptedAsk)
    desk.ask.answers.append(False)
    desk.jobs.read("Told", lambda _: go_on.wait(10))
    assert not window.close()
    assert desk.ask.answers == []
    go_on.set()
    qtbot.waitUntil(lambda: desk.jobs.is_idle)
    desk.jobs.look("Rows", lambda _: None)
    assert not desk.jobs.is_idle
    assert window.close()


def test_the_panel_of_jobs_holds_its_rows_and_its_corner(open_window: Open, qtbot: QtBot) -> None:
    window = open_window()
    desk, panel = window.desk, window.jobs_panel
    assert desk is not None
    panel.toggle()
    low = panel.height()
    with qtbot.waitSignal(window.idle):
        for number in range(3):
            desk.jobs.read(f"Read {number}", lambda _: None)
    qtbot.waitUntil(lambda: panel.height() > low)
    for row in panel.findChildren(JobRow):
        assert panel.rect().contains(row.geometry())
    window.resize(1000, 600)
    QApplication.processEvents()
    assert window.rect().contains(panel.geometry())
    panel.toggle()
    assert not panel.isVisible()
