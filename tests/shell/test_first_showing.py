"""A page that is shown first: it is built where it stands, for what is moved with all it holds is styled anew."""

from collections import Counter
from typing import Any

import pytest
from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtWidgets import QApplication, QLineEdit, QStackedWidget, QWidget
from pytestqt.qtbot import QtBot

from tests.shell.conftest import Open, settle
from voipdesk.kit.grid.view import GridView
from voipdesk.shell.sections import sections

MOST = 2
"""A table is put into its frame and into the layout of its grid; its page and what divides it stand before."""


class Styled(QObject):
    """Counts how often each table is styled."""

    def __init__(self) -> None:
        super().__init__()
        self.times: Counter[str] = Counter()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.StyleChange and isinstance(watched, GridView):
            self.times[watched.objectName()] += 1
        return False


@pytest.mark.parametrize("name", ["rates", "plans", "problems", "compare", "invoices", "imports", "calls"])
def test_the_tables_of_a_page_are_styled_once_or_twice(
    open_window: Open, qapp: QApplication, name: str
) -> None:
    window, styled = open_window(page="settings"), Styled()
    qapp.installEventFilter(styled)
    try:
        window.show_page(name)
    finally:
        qapp.removeEventFilter(styled)
    assert styled.times
    assert max(styled.times.values()) <= MOST, styled.times


def test_every_page_is_built_where_it_will_stand(open_window: Open, qtbot: QtBot) -> None:
    window = open_window(page="settings")
    desk = window.desk
    assert desk is not None
    stack = QStackedWidget()
    for section in sections(desk.actor):
        page = section.make(desk, stack)
        assert page.parentWidget() is stack, section.name
    settle(qtbot, window)


def chain(page: QWidget) -> list[str]:
    """What Tab goes through, hidden or not, by name."""
    order, at = [], page
    while (at := at.nextInFocusChain()) is not page:
        if page.isAncestorOf(at) and at.focusPolicy() & Qt.FocusPolicy.TabFocus:
            order.append(at.objectName())
    return order


def test_the_keyboard_goes_through_the_rates_page_as_it_is_read(open_window: Open) -> None:
    page = open_window(page="rates").page
    assert page is not None
    wanted = ["btn.new", "list.tables", "field.as_of", "btn.new_row", "table.rates", "panel.inspector"]
    assert [one for one in chain(page) if one in wanted] == wanted


def test_filter_fields_are_made_when_they_are_wanted_and_follow_their_rows(open_window: Open) -> None:
    page: Any = open_window(page="rates").page
    assert not page.findChildren(QLineEdit, "filter.prefix")
    before = chain(page)
    page.toggle_filters()
    fields = [f"filter.{one.id}" for one in page.grid.model.columns]
    place = before.index("table.rates") + 1
    assert chain(page) == [*before[:place], *fields, *before[place:]]
    assert page.findChild(QLineEdit, "filter.prefix").isVisible()
