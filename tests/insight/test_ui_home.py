"""The home page in a real window: its two tables come together and follow the period."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtWidgets import QComboBox

from tests.insight.test_queries import WEEK
from tests.windows import Show, texts
from tests.worlds import NOW, World, acme
from voipdesk.calls.commands import import_calls, rate_calls
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
