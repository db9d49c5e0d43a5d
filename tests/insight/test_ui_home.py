"""The home page in a real window: its two tables come together and follow the period."""

import threading
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtWidgets import QApplication, QComboBox, QPushButton

from tests.insight.test_queries import WEEK
from tests.windows import Show, texts
from tests.worlds import NOW, World, acme
from voipdesk.calls.commands import import_calls, rate_calls
from voipdesk.insight.queries import Home
from voipdesk.insight.ui import page as home_page
from voipdesk.kit.grid.view import GridView

PAGE = "home"


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    """Calls of yesterday."""
    with acme(tmp_path) as world:
        file = tmp_path / "day.csv"
        day = f"{NOW.date().replace(day=NOW.day - 1):%Y-%m-%d}"
        file.write_text(WEEK.replace("2026-12-02", day).replace("2026-12-03", day), encoding="utf-8")
        import_calls(world.db, world.sara, file, zone="Africa/Cairo")
        rate_calls(world.db, world.sara)
        yield world


def test_both_tables_are_there_and_keep_their_place(opened: Show) -> None:
    shown = opened()
    shown.qtbot.waitUntil(lambda: sum(one.isVisible() for one in shown.page.findChildren(GridView)) == 2)
    tables = [shown.grid(name) for name in ("destinations", "customers")]
    assert all(texts(one) for one in tables)
    assert len({one.width() for one in tables}) == 1
    assert len({one.parentWidget().y() for one in tables}) == 1  # type: ignore[union-attr]
    shown.find(QComboBox, "home.period").setCurrentIndex(2)
    shown.settle()
    assert [shown.grid(name) for name in ("destinations", "customers")] == tables
    assert len(shown.page.findChildren(GridView)) == 2


def test_many_kinds_of_problems_do_not_make_the_window_higher(
    world: World, opened: Show, tmp_path: Path
) -> None:
    file = tmp_path / "unknown.csv"
    rows = [
        f"u{number},Nobody {number},442079460000,2026-11-22 10:00:00,2026-11-22 10:00:00,60"
        for number in range(40)
    ]
    file.write_text("\n".join(["uniqueid,account,called,start,answer,billsec", *rows, ""]), encoding="utf-8")
    shown = opened()
    before = shown.window.minimumSizeHint().height()
    import_calls(world.db, world.sara, file, rate=True)
    shown.settle()
    lines = [one for one in shown.page.findChildren(QPushButton) if one.text() == "Fix"]
    assert len(lines) >= 40
    QApplication.processEvents()
    assert shown.window.minimumSizeHint().height() == before
    assert shown.window.height() == 800


def test_the_period_in_sight_is_the_one_that_was_chosen_last(
    world: World, opened: Show, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A long period takes longer to read than the short one that is chosen while it is read."""
    file = tmp_path / "october.csv"
    file.write_text(WEEK.replace("2026-12-", "2026-10-").replace(",ORCHID", "x,ORCHID"), encoding="utf-8")
    import_calls(world.db, world.sara, file, zone="Africa/Cairo")
    rate_calls(world.db, world.sara)
    read, is_read, may_end = home_page.home, threading.Event(), threading.Event()

    def slow(db: Any, actor: Any, since: datetime, until: datetime) -> Home:
        found = read(db, actor, since, until)
        if until - since == timedelta(days=90):
            is_read.set()
            assert may_end.wait(10)
        return found

    shown = opened()
    period = shown.find(QComboBox, "home.period")
    period.setCurrentIndex(0)
    shown.settle()
    of_the_week = texts(shown.grid("customers"))
    monkeypatch.setattr(home_page, "home", slow)
    period.setCurrentIndex(2)
    shown.qtbot.waitUntil(is_read.is_set)
    period.setCurrentIndex(0)
    shown.qtbot.wait(300)
    may_end.set()
    shown.settle()
    assert texts(shown.grid("customers")) == of_the_week
    period.setCurrentIndex(2)
    shown.settle()
    assert texts(shown.grid("customers")) != of_the_week
