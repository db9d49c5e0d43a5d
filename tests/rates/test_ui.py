"""The page of supplier tables, in a real window over a real workspace."""

from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QDialog, QLabel, QLineEdit, QScrollArea
from pytestqt.qtbot import QtBot

from tests.published import publish_rates
from tests.rates.screen import Seen
from tests.worlds import SINCE
from voipdesk.accounts.queries import workspace
from voipdesk.kernel.periods import to_micros
from voipdesk.kernel.problems import Refused
from voipdesk.kit.ask import ScriptedAsk
from voipdesk.kit.desk import Desk
from voipdesk.kit.grid import Grid, Sort
from voipdesk.kit.grid.view import GridView
from voipdesk.kit.jobs import InlineJobs
from voipdesk.kit.names import unnamed
from voipdesk.rates import queries
from voipdesk.rates.rules import NewRate
from voipdesk.rates.ui import page_tables
from voipdesk.rates.ui.page import RatesPage
from voipdesk.rates.ui.source import FIRST, RateSource
from voipdesk.rating.rules import Terms
from voipdesk.shell.sections import sections


def test_the_page_shows_tables_and_the_rates_in_force(seen: Seen) -> None:
    assert unnamed(seen.window) == []
    assert seen.page.list.count() == 2
    assert "14 prefixes" in seen.page.list.item(0).toolTip()
    assert "nothing published yet" in seen.page.list.item(1).toolTip()
    assert seen.column("prefix")[:4] == ["1", "1876", "20", "2010"]
    told = {
        name: seen.cell("2010", name)
        for name in ("price", "interval", "change", "scheduled_price", "scheduled_from")
    }
    assert told == {
        "price": "0.1050", "interval": "1/1", "change": "+10.5 %", "scheduled_price": "0.1160",
        "scheduled_from": "2026-11-30",
    }  # fmt: skip
    assert "next change" in seen.page.header.subtitle.text()
    assert "(3 rates)" in seen.page.header.subtitle.text()


def test_another_day_shows_what_is_in_force_then(seen: Seen) -> None:
    seen.page.tools.day.set_value(date(2026, 11, 30))
    seen.wait()
    assert (seen.cell("2010", "price"), seen.cell("2010", "change")) == ("0.1160", "")
    assert seen.cell("960", "state") == "Blocked"
    seen.page.tools.day.set_value(date(2026, 9, 1))
    seen.wait()
    assert seen.column("prefix") == []
    seen.press("today")
    assert seen.cell("2010", "price") == "0.1050"


FILTERS: list[tuple[str, str, list[str] | None]] = [
    ("prefix", "49", ["49", "4915", "4916", "4917"]),
    ("prefix", "=44", ["44"]),
    ("prefix", "*1*", ["1", "1876", "2010", "2011", "2012", "4915", "4916", "4917"]),
    ("destination", "mobile", ["2010", "2011", "2012", "447", "4915", "4916", "4917"]),
    ("price", ">0.5", ["53", "960"]),
    ("price", "0.0090..0.011", ["1", "49"]),
    ("interval", "60/60", ["1876", "53", "960"]),
    ("effective_from", "2026-10", None),
    ("effective_from", ">2026-10-01", []),
    ("effective_until", "!=", []),
    ("state", "block", []),
    ("change", ">0", ["2010"]),
    ("change", "-6.7", ["4915"]),
    ("scheduled_price", "<0.1", ["4915"]),
    ("scheduled_from", "2026-11-30", ["2010", "4915", "960"]),
]
"""Column, what is typed, and the prefixes that stay (None: all)."""


def test_the_filter_row_asks_the_table(seen: Seen) -> None:
    seen.page.toggle_filters()
    everything = seen.column("prefix")
    assert len(everything) == 14
    for column, typed, prefixes in FILTERS:
        seen.grid.header.filters.set_typed({column: typed})
        seen.wait()
        assert seen.column("prefix") == (everything if prefixes is None else prefixes), (column, typed)


def test_a_large_table_is_read_and_answers_alike(seen: Seen, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(page_tables, "LARGE", 14)
    seen.page.refresh()
    seen.wait()
    source = seen.grid.model.source
    assert isinstance(source, RateSource)
    assert source.has_sheet
    searched: list[object] = []
    search = queries.rate_ids
    monkeypatch.setattr(queries, "rate_ids", lambda *given: (searched.append(given), search(*given))[1])
    test_the_filter_row_asks_the_table(seen)
    seen.grid.header.filters.clear()
    test_every_column_sorts(seen)
    assert searched == []


@pytest.mark.parametrize("seen", ["threads"], indirect=True)
def test_a_day_that_is_none_is_said(seen: Seen) -> None:
    seen.page.toggle_filters()
    seen.grid.header.filters.set_typed({"effective_from": "2026-13"})
    seen.wait()
    assert "2026-13 is not a day" in "".join(one.text() for one in seen.grid.pane.findChildren(QLabel))


def test_every_column_sorts(seen: Seen) -> None:
    for column, first, last in [
        ("price", "44", "960"), ("destination", "53", "1"), ("change", "4915", None), ("scheduled_price", "4915", None),
        ("interval", "20", "960"), ("effective_until", "1", "960"), ("scheduled_from", "2010", None),
    ]:  # fmt: skip
        seen.grid.set_order([Sort(column)])
        seen.wait()
        order = seen.column("prefix")
        assert order[0] == first, column
        assert last is None or order[-1] == last, column
    seen.grid.set_order([Sort("state"), Sort("price", descending=True)])
    seen.wait()
    assert seen.column("prefix")[:2] == ["53", "1876"]
    assert seen.column("state")[-3:] == ["Scheduled"] * 3


def test_only_what_is_scheduled(seen: Seen) -> None:
    seen.page.tools.scheduled.setChecked(True)
    seen.wait()
    assert seen.column("prefix") == ["2010", "4915", "960"]


@pytest.mark.parametrize(
    ("typed", "prefix", "said"),
    [
        ("4915", "4915", ""),
        ("+4915112345", "4915", "longest match"),
        ("1876555", "1876", "longest match"),
        ("3", "44", "nearest"),
        ("999", "960", "nearest"),
    ],
)
def test_go_to_prefix(seen: Seen, typed: str, prefix: str, said: str) -> None:
    QTest.keyClick(seen.grid.view, Qt.Key.Key_G, Qt.KeyboardModifier.ControlModifier)
    seen.page.tools.prefix.setText(typed.lstrip("+"))
    QTest.keyClick(seen.page.tools.prefix, Qt.Key.Key_Return)
    seen.wait()
    assert seen.grid.current_key() == prefix
    assert said in seen.grid.footer.rows.text()


def test_a_hidden_prefix_is_said_to_be_hidden(seen: Seen) -> None:
    seen.grid.header.filters.set_typed({"destination": "cuba"})
    seen.wait()
    seen.page.go_to_prefix("4915")
    seen.wait()
    assert "hidden" in seen.grid.footer.rows.text()


def test_history_of_a_prefix(seen: Seen) -> None:
    seen.page.go_to_prefix("2010")
    seen.wait()
    seen.press("history")
    dialog = seen.dialog()
    grid = seen.child(GridView, "table.history", dialog).parentWidget()
    assert isinstance(grid, Grid)
    assert seen.column("price", grid) == ["0.1160", "0.1050"]
    seen.press("close", dialog)


def test_a_large_table_opens_with_its_first_rows(seen: Seen) -> None:
    since = to_micros(SINCE)
    with seen.world.db.write("Big", seen.world.sara, undoable=False) as write:
        write.raw.executemany(
            "INSERT INTO rate (table_number, version_seq, prefix, destination, price, effective_from) "
            "VALUES (1, 1, ?, 'Zone', 1000000, ?)",
            [(str(20_000_000 + number), since) for number in range(3 * FIRST)],
        )
    shown: list[int] = []
    seen.grid.shown.connect(shown.append)
    seen.page.refresh()
    seen.wait()
    assert sorted(shown) == [FIRST, 3 * FIRST + 14]
    assert len(seen.grid.model.ids) == 3 * FIRST + 14
    assert seen.grid.footer.rows.property("value") == str(3 * FIRST + 14)


def test_a_new_table_is_made_and_chosen(seen: Seen) -> None:
    seen.press("new")
    dialog = seen.dialog()
    seen.press("commit", dialog)
    assert dialog.isVisible(), "a table without a name"
    seen.child(QLineEdit, "field.name", dialog).setText("Cirrus")
    seen.press("commit", dialog)
    seen.wait()
    table = seen.page.table()
    assert table is not None
    assert (table.name, table.currency) == ("Cirrus", "USD")
    assert "Cirrus was added" in seen.window.toast.text.text()
    assert "No rate is in force" in "".join(one.text() for one in seen.grid.pane.findChildren(QLabel))


def test_export_writes_what_is_shown_as_of_the_day(seen: Seen, tmp_path: Path) -> None:
    path = tmp_path / "out.csv"
    seen.ask.answers.append(path)
    seen.page.tools.day.set_value(date(2026, 11, 30))
    seen.press("export")
    assert "14 rates written to out.csv" in seen.window.toast.text.text()
    assert "2010,Egypt Mobile Vodafone,0.1160" in path.read_text(encoding="utf-8-sig")
    seen.ask.answers.append(tmp_path / "out.ods")
    seen.press("export")
    assert (seen.ask.asked[-1].kind, "Use .csv or .xlsx" in seen.ask.asked[-1].text) == ("refuse", True)
    seen.ask.answers.append(None)
    seen.press("export")


def test_revert_asks_and_can_be_undone(seen: Seen) -> None:
    seen.press("versions")
    dialog = seen.dialog()
    seen.ask.answers.append(False)
    seen.press("revert", dialog)
    assert seen.cell("2010", "scheduled_price") == "0.1160"
    seen.ask.answers.append(True)
    seen.press("revert", dialog)
    seen.wait()
    assert "Version 2" in seen.ask.asked[-1].text or "version 2" in seen.ask.asked[-1].text
    assert seen.cell("2010", "scheduled_price") == ""
    grid = seen.child(GridView, "table.versions", dialog).parentWidget()
    assert isinstance(grid, Grid)
    assert seen.column("state", grid) == ["Reverted", "Published"]
    seen.press("close", dialog)
    seen.window.toast.acted.emit("Undo")
    seen.wait()
    assert seen.cell("2010", "scheduled_price") == "0.1160"


def test_a_locked_version_stays(seen: Seen) -> None:
    seen.page.locked = lambda conn, seq: "Calls rated by it are on an invoice."
    seen.press("versions")
    seen.ask.answers.append(True)
    seen.press("revert", seen.dialog())
    assert "on an invoice" in seen.ask.asked[-1].text
    assert seen.cell("2010", "scheduled_price") == "0.1160"


def test_without_any_table_importing_begins_with_one(
    qtbot: QtBot, tmp_path: Path, isolated_home: Path
) -> None:
    from voipdesk.accounts.commands import start_workspace
    from voipdesk.accounts.queries import actor_named

    db = start_workspace(tmp_path / "new.vdesk", company="Acme", currency="EUR", zone="UTC")
    desk = Desk(db, actor_named(db), db.clock, workspace(db).zone, InlineJobs(), ScriptedAsk())
    page = RatesPage(desk)
    qtbot.addWidget(page)
    page.show()
    assert "No rate table yet" in "".join(one.text() for one in page.grid.pane.findChildren(QLabel))
    assert not page.buttons["import"].isEnabled()
    page.import_file()
    dialog = next(one for one in page.findChildren(QDialog) if one.isVisible())
    currency = dialog.findChild(QLineEdit, "field.currency")
    assert currency is not None
    assert currency.text() == "EUR"
    dialog.close()
    page.close()
    desk.close()
    db.close()


def test_a_reseller_has_no_such_page(seen: Seen) -> None:
    assert "rates" not in [one.name for one in sections(seen.world.rami)]
    with pytest.raises(Refused):
        queries.outlook(seen.world.db, seen.world.rami, "Aurora A-Z")


@pytest.mark.parametrize("seen", ["threads"], indirect=True)
def test_a_table_whose_rates_begin_later_says_when_and_shows_them(seen: Seen) -> None:
    rows = [NewRate("44", Terms(Decimal("0.01")), "UK")]
    publish_rates(
        seen.world.db,
        seen.world.sara,
        table="Borealis",
        rows=rows,
        effective=seen.world.at("2026-12-01 00:00"),
    )
    table = queries.table(seen.world.db, seen.world.sara, "Borealis")
    seen.wait()
    seen.page.list.choose(table.id)
    seen.wait()
    said = " ".join(one.text() for one in seen.grid.pane.findChildren(QLabel))
    assert "1 rate from" in said
    assert "2026-12-01" in said
    seen.grid.pane.button.click()
    seen.wait()
    assert seen.column("prefix") == ["44"]


def test_the_inspector_tells_of_now_where_rates_came_while_another_page_was_in_sight(seen: Seen) -> None:
    seen.page.show_inspector()
    assert seen.grid.go_to("44", "price")

    def says(price: str) -> bool:
        panel = seen.child(QScrollArea, "panel.inspector")
        return any(price in one.text() for one in panel.findChildren(QLabel) if one.isVisible())

    seen.qtbot.waitUntil(lambda: says("0.0080"))
    seen.window.show_page("accounts")
    publish_rates(
        seen.world.db, seen.world.sara, table="Aurora A-Z", rows=[NewRate("44", Terms(Decimal("0.0123")), "UK Fixed")]
    )  # fmt: skip
    seen.wait()
    seen.qtbot.wait(200)
    seen.wait()
    assert seen.page.grid.current_key() == "44"
    seen.qtbot.waitUntil(lambda: says("0.0123"), timeout=3_000)
