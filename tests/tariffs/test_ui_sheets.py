"""Fixed prices from a day on, and the page of sheets sent, in a real window."""

from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from PySide6.QtCore import QItemSelection, QItemSelectionModel, QObject, QUrl, Slot
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QLabel

from tests.windows import Show, Shown, texts
from tests.worlds import World
from voipdesk.kit.names import unnamed
from voipdesk.tariffs import commands, queries
from voipdesk.tariffs.queries import SheetOrder
from voipdesk.tariffs.ui.preview import MOST_LISTED

DAY = date(2026, 11, 30)
PAGE = "sheets"


@pytest.mark.parametrize(
    ("page", "grid", "column"),
    [("sheets", "sheets", "customer"), ("plans", "preview", "destination"), ("invoices", "invoices", "customer"),
     ("suppliers", "suppliers", "name"), ("calls", "calls", "called")],
)  # fmt: skip
def test_find_goes_into_the_filter_row_of_a_list(opened: Show, page: str, grid: str, column: str) -> None:
    shown = opened(page=page)
    shown.page.find()
    filters = shown.grid(grid).header.filters
    assert not filters.isHidden()
    assert shown.window.focusWidget() is filters.fields[column]
    shown.page.toggle_filters()
    assert filters.isHidden()
    shown.page.toggle_filters()
    assert not filters.isHidden()


def settled(shown: Shown, dialog: Any) -> None:
    """Until the rows are counted."""
    shown.qtbot.waitUntil(lambda: not dialog._is_counting and not dialog._timer.isActive(), timeout=15_000)
    shown.settle()


def new(shown: Shown, folder: Path, button: str = "new") -> Any:
    shown.press(button)
    dialog: Any = shown.dialog("dialog.sheets")
    settled(shown, dialog)
    dialog.folder.setText(str(folder))
    return dialog


def raise_gold(world: World) -> None:
    prices = dict.fromkeys(("2010", "2011", "2012"), Decimal("0.1280"))
    since = world.at("2026-11-30 00:00")
    commands.set_prices(world.db, world.sara, plan="Gold", prices=prices, since=since)


def test_prices_of_some_prefixes_begin_on_a_day(world: World, opened: Show) -> None:
    shown = opened(page="plans")
    gold = queries.plan(world.db, world.sara, "Gold").id
    shown.page.show_prefixes(gold, ["2010", "2011", "447"], world.at("2026-11-30 00:00"))
    shown.settle()
    shown.qtbot.waitUntil(lambda: len(texts(shown.grid("preview"))) == 3, timeout=5_000)
    assert shown.page.chosen.name == "Gold"
    assert shown.page.preview.day.value() == DAY
    shown.press("prices")
    dialog: Any = shown.dialog("dialog.prices")
    assert (dialog.prefixes.text(), dialog.since.value()) == ("2010, 2011, 447", DAY)
    assert dialog.touched.property("value") == "3"
    assert unnamed(dialog) == []
    dialog.prefixes.setText("20")
    assert dialog.touched.property("value") == "4"
    shown.press("commit", dialog)
    assert "which price" in "\n".join(one.text() for one in dialog.findChildren(QLabel))
    dialog.prefixes.setText("2010-2012")
    dialog.price.setText("0.1280")
    shown.press("commit", dialog)
    assert shown.ask.asked == []
    assert shown.toast == "3 prices of Gold set from 2026-11-30."
    rows = {row["prefix"]: row for row in texts(shown.grid("preview"))}
    assert (rows["2010"]["sell"], rows["2010"]["rule"]) == ("0.1280", "2010* = 0.128")
    assert rows["447"]["sell"] == "0.0290"
    shown.press("today")
    assert {row["prefix"]: row["sell"] for row in texts(shown.grid("preview"))}["2010"] == "0.1150"


def test_chosen_rows_are_those_whose_price_is_set(world: World, opened: Show) -> None:
    shown = opened(page="plans")
    shown.page.show_prefixes(
        queries.plan(world.db, world.sara, "Gold").id, ["2010", "2011", "447"], world.at("2026-11-30 00:00")
    )
    shown.qtbot.waitUntil(lambda: len(texts(shown.grid("preview"))) == 3, timeout=5_000)
    grid = shown.grid("preview")
    first, last = grid.model.index(0, 0), grid.model.index(1, 0)
    grid.view.selectionModel().select(
        QItemSelection(first, last), QItemSelectionModel.SelectionFlag.ClearAndSelect
    )
    shown.press("prices")
    dialog: Any = shown.dialog("dialog.prices")
    assert dialog.prefixes.text() == "2010, 2011"
    dialog.reject()
    grid.header.filters.fields["prefix"].clear()
    shown.qtbot.waitUntil(lambda: len(texts(grid)) == 14, timeout=5_000)
    grid.go_to("44")
    shown.press("prices")
    dialog = shown.dialog("dialog.prices")
    assert dialog.prefixes.text() == "44", "what was listed once is not what is meant now"
    dialog.reject()


def test_too_many_prefixes_for_one_price_are_refused_in_words(
    world: World, opened: Show, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("voipdesk.tariffs.ui.preview.MOST_SET", 3)
    shown = opened(page="plans")
    shown.grid("preview").view.selectAll()
    shown.press("prices")
    assert [one.text for one in shown.ask.asked] == [
        "Choose at most 3 prefixes, or add a rule for a destination or for everything."
    ]
    shown.grid("preview").view.clearSelection()  # Else its sums would be asked for while the window closes.


def test_very_many_prefixes_are_shown_by_their_mark(world: World, opened: Show) -> None:
    shown = opened(page="plans")
    many = [str(2000 + at) for at in range(MOST_LISTED + 1)]
    shown.page.show_prefixes(
        queries.plan(world.db, world.sara, "Silver").id, many, world.at("2026-11-30 00:00")
    )
    shown.settle()
    assert shown.grid("preview").header.filters.fields["mark"].text() == "Below cost"
    assert shown.page.chosen.name == "Silver"


def test_a_rule_begins_and_ends_on_days(world: World, opened: Show) -> None:
    shown = opened(page="plans")
    page = shown.page
    page.grid.go_to(queries.plan(world.db, world.sara, "Wholesale").id)
    page.tabs.setCurrentIndex(1)
    shown.settle()
    shown.press("rule.add")
    dialog: Any = shown.dialog()
    dialog.ends.setChecked(True)
    shown.press("commit", dialog)
    assert "the day it begins" in "\n".join(one.text() for one in dialog.findChildren(QLabel))
    dialog.starts.setChecked(True)
    dialog.since.set_value(DAY)
    dialog.until.set_value(date(2026, 12, 24))
    dialog.markup.setText("20")
    shown.press("commit", dialog)
    row = texts(shown.grid("rules"))[-1]
    assert (row["since"], row["until"]) == ("2026-11-30", "2026-12-24")
    kept = queries.rules(world.db, world.sara, "Wholesale")[-1].rule.effective
    assert kept is not None
    assert (kept.start, kept.end) == (world.at("2026-11-30 00:00"), world.at("2026-12-24 00:00"))
    grid = shown.grid("rules")
    grid.go_to(grid.model.key(1))
    shown.press("rule.change")
    dialog = shown.dialog()
    assert (dialog.since.value(), dialog.until.value()) == (DAY, date(2026, 12, 24))
    dialog.starts.setChecked(False)
    dialog.ends.setChecked(False)
    shown.press("commit", dialog)
    assert queries.rules(world.db, world.sara, "Wholesale")[-1].rule.effective is None


def test_sheets_are_counted_made_and_listed(world: World, opened: Show, tmp_path: Path) -> None:
    raise_gold(world)
    out = tmp_path / "out"
    out.mkdir()
    shown = opened()
    assert "No rate sheets made yet" in shown.said()
    assert unnamed(shown.page) == []
    dialog = new(shown, out)
    assert dialog.effective.value() == DAY, "the day when something changes next"
    rows = {row["account"]: (row["rows"], row["state"]) for row in texts(shown.grid("recipients"))}
    assert rows["Nile Calls"] == ("3", "Gets a sheet")
    assert rows["Orchid Clinic"] == ("0", "No sheet")
    assert shown.find(QLabel, "count.sheets").property("value") == "2"
    assert unnamed(dialog) == []
    dialog.kind.set_value("full")
    settled(shown, dialog)
    assert shown.find(QLabel, "count.sheets").property("value") == "7"
    dialog.kind.set_value("changes")
    dialog.effective.set_value(date(2026, 12, 1))
    settled(shown, dialog)
    assert shown.find(QLabel, "count.sheets").property("value") == "0"
    shown.press("commit", dialog)
    assert "Nobody would get a sheet" in shown.said()
    dialog.effective.set_value(DAY)
    settled(shown, dialog)
    shown.press("commit", dialog)
    assert shown.ask.asked == []
    assert shown.toast == f"2 rate sheets made in {out}."
    listed = texts(shown.grid("sheets"))
    assert [(row["customer"], row["plan"], row["kind"], row["rows"], row["by"]) for row in listed] == [
        ("Blue Hotel", "Gold", "Changes", "3", "sara"), ("Nile Calls", "Gold", "Changes", "3", "sara"),
    ]  # fmt: skip
    book = openpyxl.load_workbook(out / listed[1]["file"])
    assert [row[0] for row in book.worksheets[0].values] == ["Prefix", "2010", "2011", "2012"]
    book.close()


def test_somebody_may_be_left_out(world: World, opened: Show, tmp_path: Path) -> None:
    raise_gold(world)
    shown = opened()
    dialog = new(shown, tmp_path / "nowhere")
    grid = shown.grid("recipients")
    grid.go_to(world.account("Blue Hotel").id)
    shown.press("toggle", dialog)
    states = {row["account"]: row["state"] for row in texts(grid)}
    assert (states["Blue Hotel"], states["Nile Calls"]) == ("Left out", "Gets a sheet")
    shown.press("commit", dialog)
    assert "Choose a folder that exists" in shown.said()
    dialog.folder.setText(str(tmp_path))
    shown.press("commit", dialog)
    assert [row["customer"] for row in texts(shown.grid("sheets"))] == ["Nile Calls"]


def test_a_plans_own_button_begins_with_its_customers(world: World, opened: Show, tmp_path: Path) -> None:
    raise_gold(world)
    shown = opened(page="plans")
    shown.page.grid.go_to(queries.plan(world.db, world.sara, "Gold").id)
    shown.settle()
    dialog = new(shown, tmp_path, "sheets")
    assert [row["account"] for row in texts(shown.grid("recipients"))] == ["Blue Hotel", "Nile Calls"]
    shown.press("commit", dialog)
    assert len(queries.price_sheets(world.db, world.sara)) == 2


class Desktop(QObject):
    """Stands where the system's programs are."""

    def __init__(self) -> None:
        super().__init__()
        self.shown: list[Path] = []

    @Slot(QUrl)
    def show(self, url: QUrl) -> None:
        self.shown.append(Path(url.toLocalFile()))


def test_a_sheet_is_opened_exported_and_made_again(world: World, opened: Show, tmp_path: Path) -> None:
    raise_gold(world)
    order = SheetOrder(world.at("2026-11-30 00:00"), among=["Nile Calls"])
    made = commands.make_sheets(world.db, world.sara, order, folder=tmp_path).made[0]
    content = made.path.read_bytes()
    shown = opened()
    desktop = Desktop()
    QDesktopServices.setUrlHandler("file", desktop, "show")
    try:
        shown.press("open")
        assert [path.read_bytes() for path in desktop.shown] == [content]
        assert desktop.shown[0].name == made.path.name
    finally:
        QDesktopServices.unsetUrlHandler("file")
    shown.ask.answers = [tmp_path / "again.xlsx"]
    shown.press("export")
    assert (tmp_path / "again.xlsx").read_bytes() == content
    commands.set_prices(
        world.db, world.sara, plan="Gold", prices={"44": Decimal("0.02")}, since=world.at("2026-11-30 00:00")
    )
    dialog = new(shown, tmp_path, "again")
    assert [(row["account"], row["rows"]) for row in texts(shown.grid("recipients"))] == [("Nile Calls", "4")]
    shown.press("commit", dialog)
    assert sorted(row["rows"] for row in texts(shown.grid("sheets"))) == ["3", "4"]


@pytest.mark.parametrize("login", ["rami", "zoe"])
def test_a_reseller_sees_and_makes_his_own_only(
    world: World, opened: Show, tmp_path: Path, login: str
) -> None:
    raise_gold(world)
    commands.make_sheets(world.db, world.sara, SheetOrder(world.at("2026-11-30 00:00")), folder=tmp_path)
    shown = opened(login)
    assert texts(shown.grid("sheets")) == []
    dialog = new(shown, tmp_path)
    dialog.kind.set_value("full")
    settled(shown, dialog)
    assert [row["account"] for row in texts(shown.grid("recipients"))] == [
        {"rami": "Delta Shop", "zoe": "Zeta Shop"}[login]
    ]
    offered = [dialog.whom.itemText(at) for at in range(dialog.whom.count())]
    assert not [name for name in offered if "Gold" in name or "Wholesale" in name]
    dialog.reject()


@pytest.mark.parametrize("login", ["cora", "uma"])
def test_who_only_buys_has_no_such_page(world: World, opened: Show, login: str) -> None:
    shown = opened(login, "home")
    assert shown.window.show_page("sheets") is None
