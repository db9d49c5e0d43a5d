"""The page of supplier tables and the import wizard, in a real window over a real workspace."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import TypeVar

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QDialog, QLabel, QLineEdit, QWidget
from pytestqt.qtbot import QtBot

from tests.worlds import SINCE, World, acme
from voipdesk.accounts.queries import workspace
from voipdesk.kernel.periods import to_micros
from voipdesk.kernel.problems import Refused
from voipdesk.kit import theme
from voipdesk.kit.ask import ScriptedAsk
from voipdesk.kit.desk import Desk
from voipdesk.kit.editors import ChoiceEdit
from voipdesk.kit.grid import Grid, Sort
from voipdesk.kit.grid.view import GridView
from voipdesk.kit.jobs import InlineJobs, Jobs
from voipdesk.kit.names import unnamed
from voipdesk.rates import commands, queries
from voipdesk.rates.rules import NewRate
from voipdesk.rates.ui.page import RatesPage
from voipdesk.rates.ui.source import FIRST
from voipdesk.rates.ui.wizard import RateWizard
from voipdesk.rating.rules import RateState, Terms
from voipdesk.shell.sections import sections
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


@pytest.fixture(params=[Jobs, InlineJobs], ids=["threads", "inline"])
def seen(request: pytest.FixtureRequest, qtbot: QtBot, tmp_path: Path, isolated_home: Path) -> Iterator[Seen]:
    app = QApplication.instance()
    assert isinstance(app, QApplication)
    if not app.property("voipdesk"):
        app.setProperty("voipdesk", True)
        theme.start(app)
    world = acme(tmp_path, plans=False)
    publish(world)
    window, ask = MainWindow(), ScriptedAsk()
    desk = Desk(world.db, world.sara, world.db.clock, workspace(world.db).zone, request.param(window), ask)
    window.resize(1280, 800)
    window.show()
    window.work_on(desk, "rates")
    made = Seen(window, ask, world, qtbot)
    made.wait()
    yield made
    window.close()
    window.deleteLater()


def publish(world: World) -> None:
    """Three changes to come: one up, one down, one blocked."""
    rows = [
        NewRate("2010", Terms(Decimal("0.1160")), "Egypt Mobile Vodafone"),
        NewRate("4915", Terms(Decimal("0.0280")), "Germany Mobile"),
        NewRate("960", Terms(Decimal(0)), "Maldives", RateState.BLOCKED),
    ]
    commands.publish_rates(world.db, world.sara, table="Aurora A-Z", rows=rows, effective=NOVEMBER_30)
    commands.create_table(world.db, world.sara, name="Borealis", currency="EUR")


def wizard_of(seen: Seen, tmp_path: Path, sheet: str = SHEET) -> RateWizard:
    """The wizard at its second step, the sheet read."""
    path = tmp_path / "aurora.csv"
    path.write_text(sheet, encoding="utf-8")
    seen.ask.answers.append(path)
    seen.press("import")
    wizard = seen.dialog()
    assert isinstance(wizard, RateWizard)
    assert not wizard.btn_next.isEnabled()
    seen.press("choose", wizard)
    seen.press("next", wizard)
    return wizard


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


def test_a_day_that_is_none_is_said(seen: Seen) -> None:
    if isinstance(seen.desk.jobs, InlineJobs):
        pytest.skip("one kind of jobs will do")
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
    assert seen.column("prefix")[:2] == ["960", "53"]


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


def test_the_wizard_reviews_and_publishes(seen: Seen, tmp_path: Path) -> None:
    wizard = wizard_of(seen, tmp_path)
    assert wizard.title.text() == "Import into Aurora A-Z"
    review = wizard.review
    assert "17 rows = 5 title and footer + 1 blank + 10 accepted" not in review.ledger.text()
    assert review.report is not None, review.fault
    ledger = review.report.ledger
    assert ledger["rows"] == sum(
        ledger[name] for name in ("skipped", "blank", "accepted", "duplicates", "quarantined")
    )
    assert ledger["quarantined"] == 1
    values = {
        name: seen.child(QLabel, f"count.{name}", review).property("value")
        for name in ("new", "up", "down", "removed", "blocked", "quarantined")
    }
    assert values == {"new": "1", "up": "3", "down": "2", "removed": "1", "blocked": "0", "quarantined": "1"}
    states = {
        name: seen.child(QWidget, f"guard.{name}", review).property("state") for name in ("G1", "G2", "G12")
    }
    assert states == {"G1": "ask", "G2": "ok", "G12": "ok"}
    assert not wizard.btn_next.isEnabled()
    before = len(queries.versions(seen.world.db, seen.world.sara, "Aurora A-Z"))
    seen.child(QWidget, "check.G1", review).click()  # type: ignore[attr-defined]
    seen.wait()
    assert unnamed(wizard) == []
    seen.press("next", wizard)
    assert "aurora.csv into Aurora A-Z" in wizard.publish.said.text()
    wizard.publish.note.setText("November")
    assert len(queries.versions(seen.world.db, seen.world.sara, "Aurora A-Z")) == before
    seen.press("publish", wizard)
    seen.wait()
    newest = queries.versions(seen.world.db, seen.world.sara, "Aurora A-Z")[0]
    assert (newest.state, newest.source, newest.note) == ("published", "import", "November")
    assert "1 new" in seen.window.toast.text.text()
    assert (seen.cell("447", "scheduled_price"), seen.cell("447", "change")) == ("0.0500", "+100.0 %")
    seen.ask.answers.append(True)
    seen.window.toast.acted.emit("Undo import")
    seen.wait()
    assert seen.cell("447", "scheduled_price") == ""


def test_another_scope_and_date_are_looked_at_anew(seen: Seen, tmp_path: Path) -> None:
    wizard = wizard_of(seen, tmp_path)
    review = wizard.review
    review.scope.set_value("partial")
    seen.wait()
    assert seen.child(QLabel, "count.removed", review).property("value") == "0"
    review.one_day.setChecked(True)
    review.day.set_value(date(2026, 12, 24))
    seen.wait()
    assert review.report is not None
    assert {one.effective_from for one in review.report.changes} == {
        to_micros(datetime(2026, 12, 23, 22, tzinfo=UTC))
    }
    wizard.reject()
    seen.wait()
    assert len(queries.versions(seen.world.db, seen.world.sara, "Aurora A-Z")) == 2


def test_a_stop_needs_its_word_typed(seen: Seen, tmp_path: Path) -> None:
    lines = SHEET.splitlines()
    wizard = wizard_of(seen, tmp_path, "\n".join([*lines[:4], *lines[4:7], *lines[8:10]]))
    review = wizard.review
    guard = seen.child(QWidget, "guard.G3", review)
    assert guard.property("state") == "stop"
    assert not wizard.btn_next.isEnabled()
    field = seen.child(QLineEdit, "field.G3", review)
    field.setText("1")
    assert not wizard.btn_next.isEnabled()
    field.setText(review.guards.held()[0].token)
    seen.wait()
    assert wizard.btn_next.isEnabled(), wizard.look()
    review.scope.set_value("partial")
    seen.wait()
    assert seen.child(QWidget, "guard.G3", review).property("state") == "ok"
    wizard.reject()


def test_odd_prices_are_taken_only_when_told(seen: Seen, tmp_path: Path) -> None:
    wizard = wizard_of(seen, tmp_path, SHEET.replace("0.0060", "0.0000"))
    review = wizard.review
    assert seen.child(QLabel, "count.quarantined", review).property("value") == "2"
    seen.child(QWidget, "check.G5", review).click()  # type: ignore[attr-defined]
    seen.wait()
    assert seen.child(QLabel, "count.quarantined", review).property("value") == "1"
    assert seen.child(QLabel, "count.new", review).property("value") == "1"
    wizard.reject()


def test_what_the_file_leaves_open_is_asked(seen: Seen, tmp_path: Path) -> None:
    countries = {
        "France": 33,
        "Germany": 49,
        "Italy": 39,
        "Spain": 34,
        "Kenya": 254,
        "Ghana": 233,
        "Egypt": 20,
        "Cuba": 53,
    }
    rows = "\n".join(f"{name};{code};0.0500;03/04/2026" for name, code in countries.items())
    wizard = wizard_of(seen, tmp_path, f"Destination;Code;Rate;Effective Date\n{rows}\n")
    review = wizard.review
    assert "Answer" in review.ledger.text()
    assert not wizard.btn_next.isEnabled()
    seen.child(ChoiceEdit, "ask.date_order", review).set_value("mdy")
    seen.wait()
    assert review.report is not None, review.fault
    assert to_micros(datetime(2026, 3, 3, 22, tzinfo=UTC)) in {
        one.effective_from for one in review.report.changes
    }
    wizard.reject()


def test_a_file_that_is_no_sheet_is_said(seen: Seen, tmp_path: Path) -> None:
    wizard = wizard_of(seen, tmp_path, "hello\nworld\n")
    assert wizard.review.report is None
    assert wizard.review.ledger.text()
    assert not wizard.btn_next.isEnabled()
    seen.press("back", wizard)
    wizard.file.path.setText(str(tmp_path / "nowhere.csv"))
    assert "nowhere.csv" in wizard.look()[0]
    wizard.reject()


def test_publishing_that_is_refused_keeps_the_wizard(seen: Seen, tmp_path: Path) -> None:
    wizard = wizard_of(seen, tmp_path)
    seen.child(QWidget, "check.G1", wizard.review).click()  # type: ignore[attr-defined]
    seen.press("next", wizard)
    (tmp_path / "aurora.csv").write_text("hello\n", encoding="utf-8")
    seen.press("publish", wizard)
    assert wizard.isVisible()
    assert wizard.message.text()
    assert len(queries.versions(seen.world.db, seen.world.sara, "Aurora A-Z")) == 2
    wizard.reject()


def test_a_look_can_be_stopped(seen: Seen, tmp_path: Path) -> None:
    if isinstance(seen.desk.jobs, InlineJobs):
        pytest.skip("an inline job has ended before anybody can stop it")
    rows = "\n".join(f"Zone {n};{n};0.0100;1/1;30.11.2026" for n in range(100_000, 160_000))
    path = tmp_path / "big.csv"
    path.write_text("\n".join([*SHEET.splitlines()[:4], rows]), encoding="utf-8")
    seen.page.import_file(path)
    wizard = seen.dialog()
    assert isinstance(wizard, RateWizard)
    wizard.go_on()
    review = wizard.review
    seen.qtbot.waitUntil(lambda: "rows" in review.working.text.text(), timeout=30_000)
    review.working.stop.click()
    seen.wait()
    assert not review.working.isVisible()
    assert "Stopped" in review.ledger.text()
    wizard.reject()
    assert len(queries.versions(seen.world.db, seen.world.sara, "Aurora A-Z")) == 2


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
