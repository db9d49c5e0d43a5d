"""The sidebar: real buttons in groups, arrows, counters, mirrored, and narrow."""

from collections.abc import Iterator

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QAction, QFontMetrics
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel, QToolButton
from pytestqt.qtbot import QtBot

from tests.shell.conftest import Open
from voipdesk.kit import theme
from voipdesk.kit.names import unnamed
from voipdesk.shell import places
from voipdesk.shell.sections import Section
from voipdesk.shell.sidebar import Sidebar

PAGES = [("home", ""), ("rates", "Prices"), ("plans", "Prices"), ("calls", "Traffic")]


@pytest.fixture
def side(qtbot: QtBot, qapp: QApplication) -> Iterator[Sidebar]:
    if not qapp.property("voipdesk"):
        qapp.setProperty("voipdesk", True)
        theme.start(qapp)
    made = Sidebar()
    qtbot.addWidget(made)
    made.fill([Section(name, name.title(), name, group, None, "") for name, group in PAGES])
    made.resize(made.sizeHint().width(), 600)
    made.show()
    made.choose("home")
    yield made
    qapp.setLayoutDirection(Qt.LayoutDirection.LeftToRight)


def entry(side: Sidebar, name: str) -> QToolButton:
    found = side.findChild(QToolButton, f"nav.{name}")
    assert isinstance(found, QToolButton)
    return found


def badge(side: Sidebar, name: str) -> QLabel:
    found = side.findChild(QLabel, f"count.{name}")
    assert isinstance(found, QLabel)
    return found


def test_a_click_tells_the_page(side: Sidebar) -> None:
    heard: list[str] = []
    side.chosen.connect(heard.append)
    QTest.mouseClick(entry(side, "plans"), Qt.MouseButton.LeftButton)
    assert heard == ["plans"]
    assert [name for name, _ in PAGES if entry(side, name).isChecked()] == ["plans"]


def test_arrows_go_from_page_to_page_over_the_groups(side: Sidebar) -> None:
    heard: list[str] = []
    side.chosen.connect(heard.append)
    side.take_focus()
    for key in (Qt.Key.Key_Down, Qt.Key.Key_Down, Qt.Key.Key_Up, Qt.Key.Key_End, Qt.Key.Key_Down):
        focused = QApplication.focusWidget()
        assert focused is not None
        QTest.keyClick(focused, key)
    assert heard == ["rates", "plans", "rates", "calls"]
    assert entry(side, "calls").hasFocus()


def test_tab_stops_at_the_chosen_page_only(side: Sidebar) -> None:
    side.choose("plans")
    stops = [name for name, _ in PAGES if entry(side, name).focusPolicy() & Qt.FocusPolicy.TabFocus]
    assert stops == ["plans"]


def test_focus_follows_a_page_chosen_by_a_shortcut(side: Sidebar) -> None:
    side.take_focus()
    side.choose("calls")
    assert entry(side, "calls").hasFocus()


def test_counter_is_read_seen_and_taken_away(side: Sidebar) -> None:
    side.show_count("calls", 12)
    assert badge(side, "calls").isVisible()
    assert badge(side, "calls").property("value") == "12"
    assert "12" in entry(side, "calls").accessibleName()
    side.show_count("calls", 1234)
    assert badge(side, "calls").property("value") == "1234"
    side.show_count("calls", 0)
    assert not badge(side, "calls").isVisible()
    assert entry(side, "calls").accessibleName() == "Calls"
    side.show_count("nowhere", 3)


@pytest.mark.parametrize("count", [0, 9999])
def test_titles_and_counters_are_never_cut(side: Sidebar, count: int) -> None:
    side.show_count("plans", count)
    QApplication.processEvents()
    wide = entry(side, "plans")
    bold = theme.scaled_font(1, bold=True, base=wide.font())
    text = QFontMetrics(bold).horizontalAdvance("Plans")
    room = wide.width() - 2 * theme.S - theme.ems(1.15) - theme.S
    assert text + (badge(side, "plans").width() if count else 0) <= room


def test_narrow_shows_icons_only_and_keeps_the_names(side: Sidebar) -> None:
    side.show_count("calls", 3)
    wide = side.sizeHint().width()
    side.set_narrow(True)
    assert side.sizeHint().width() < wide / 2
    assert not badge(side, "calls").isVisible()
    assert "3" in entry(side, "calls").accessibleName()
    assert entry(side, "plans").toolTip().startswith("Plans")
    assert unnamed(side) == []
    side.set_narrow(False)
    assert badge(side, "calls").isVisible()
    assert side.sizeHint().width() == wide


@pytest.mark.parametrize("dark", [False, True])
def test_icon_stands_where_reading_begins(side: Sidebar, qapp: QApplication, dark: bool) -> None:
    """The chosen page is drawn in the accent at the leading side, in both directions and themes."""
    theme.use(qapp, dark=dark)
    half = {}
    for direction in (Qt.LayoutDirection.LeftToRight, Qt.LayoutDirection.RightToLeft):
        qapp.setLayoutDirection(direction)
        QApplication.processEvents()
        picture = entry(side, "home").grab().toImage()
        inked = [
            x
            for x in range(picture.width())
            for y in range(4, picture.height() - 4)
            if picture.pixelColor(x, y).name() == theme.colours().accent
        ]
        assert inked
        half[direction] = sum(inked) / len(inked) < picture.width() / 2
    theme.use(qapp, dark=False)
    assert half == {Qt.LayoutDirection.LeftToRight: True, Qt.LayoutDirection.RightToLeft: False}


def test_narrow_is_remembered_and_told_in_the_menu(open_window: Open) -> None:
    window = open_window()
    side = window.findChild(Sidebar)
    assert isinstance(side, Sidebar)
    action = window.findChild(QAction, "action.narrow")
    assert isinstance(action, QAction)
    action.trigger()
    assert side.is_narrow
    assert places.remembered()["narrow_sidebar"] is True
    fold = side.findChild(QToolButton, "nav.fold")
    assert isinstance(fold, QToolButton)
    fold.click()
    assert not side.is_narrow
    assert not action.isChecked()


def test_the_keyboard_begins_at_the_page_in_sight(open_window: Open) -> None:
    window = open_window(page="accounts")
    focused = window.focusWidget()
    assert focused is not None
    assert focused.objectName() == "nav.accounts"


def test_on_a_low_screen_rows_move_together(side: Sidebar) -> None:
    """1366 x 768 at 125 % leaves 570 lines for a window with thirteen pages."""
    names = [f"page{number}" for number in range(13)]
    side.fill(
        [Section(name, name.title(), "home", f"Group {at // 3}", None, "") for at, name in enumerate(names)]
    )
    QApplication.processEvents()
    high = side.sizeHint().height()
    comfortable = entry(side, "page0").sizeHint().height()
    side.resize(side.width(), high + 50)
    QApplication.processEvents()
    assert entry(side, "page0").height() == comfortable
    low = side.minimumSizeHint().height()
    assert low <= high - 13 * 5
    side.resize(side.width(), low)
    QApplication.processEvents()
    for name in names:
        assert entry(side, name).height() >= QFontMetrics(theme.scaled_font(1, bold=True)).height()
        assert side.rect().contains(entry(side, name).geometry())
