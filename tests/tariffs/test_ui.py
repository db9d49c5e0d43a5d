"""The page of tariff plans in a real window: preview, rules, who has a plan, and what a number costs."""

import threading
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtWidgets import QLabel, QLineEdit, QPushButton
from pytestqt.qtbot import QtBot

from tests.windows import Show, Shown, close, show, texts
from tests.worlds import World, acme, price_rows
from voipdesk.kernel.money import Rounding
from voipdesk.kit.grid import Sort
from voipdesk.kit.grid.view import GridView
from voipdesk.kit.names import unnamed
from voipdesk.tariffs import commands
from voipdesk.tariffs.rules import PlanRule, PlanTerms, sell_price
from voipdesk.tariffs.ui import preview as preview_tab
from voipdesk.tariffs.ui.dialog import PlanDialog

PAGE = "plans"


def choose(shown: Shown, name: str, tab: int = 0) -> None:
    page = shown.page
    page.tabs.setCurrentIndex(tab)
    at = [row["name"] for row in texts(shown.grid("plans"))].index(name)
    page.grid.go_to(page.grid.model.key(at))
    shown.settle()


def preview(shown: Shown) -> dict[str, dict[str, str]]:
    return {row["prefix"]: row for row in texts(shown.grid("preview"))}


def test_preview_shows_buy_rule_sell_and_margin(world: World, opened: Show) -> None:
    shown = opened()
    choose(shown, "Silver for Delta Traders")
    rows = preview(shown)
    assert len(rows) == 14
    row = rows["2010"]
    assert (row["buy"], row["sell"], row["margin"], row["share"]) == ("0.1050", "0.1100", "0.0050", "4.55 %")
    assert row["rule"] == "2010* = 0.11"
    assert shown.grid("preview").cell("447", "sell").text == "0.0330"  # type: ignore[union-attr]


def test_a_view_is_built_when_it_is_first_looked_at_and_stays_by_the_plan(opened: Show) -> None:
    shown = opened()
    assert not shown.page.findChildren(GridView, "table.rules")
    choose(shown, "Silver for Delta Traders", tab=1)
    rules = texts(shown.grid("rules"))
    assert len(rules) > 1
    assert not shown.page.findChildren(GridView, "table.assigned")
    choose(shown, "+10 %", tab=2)
    shown.page.tabs.setCurrentIndex(1)
    assert texts(shown.grid("rules")) != rules
    assert len(shown.page.findChildren(GridView, "table.rules")) == 1


def test_looking_for_a_destination_leads_to_the_preview(opened: Show) -> None:
    shown = opened()
    choose(shown, "Gold", tab=1)
    shown.page.find()
    field = shown.find(QLineEdit, "filter.destination")
    assert shown.page.tabs.currentIndex() == 0
    assert field.hasFocus()


def test_prices_below_cost_and_blocks_are_marked(world: World, opened: Show) -> None:
    plan = commands.create_plan(world.db, world.sara, name="Loss", rules=[PlanRule()])
    commands.add_rule(world.db, world.sara, plan=plan.id, match="prefix", pattern="53", action="block")
    commands.add_rule(
        world.db, world.sara, plan=plan.id, match="prefix", pattern="49", action="fixed",
        fixed_price=Decimal(0),
    )  # fmt: skip
    shown = opened()
    choose(shown, "Loss")
    rows = preview(shown)
    assert rows["4915"]["mark"] == "Below cost"
    assert rows["4915"]["margin"] == "-0.0300"
    assert (rows["53"]["mark"], rows["53"]["sell"]) == ("Blocked", "")
    assert rows["44"]["mark"] == ""


@pytest.mark.parametrize(
    ("column", "typed", "found"),
    [
        ("prefix", "491", ["4915", "4916", "4917"]),
        ("prefix", "*17", ["4917"]),
        ("destination", "mobile", ["2010", "2011", "2012", "447", "4915", "4916", "4917"]),
        ("sell", ">0.8", ["960"]),
        ("sell", "0.0121", ["49"]),
        ("sell", "0.01205", []),
        ("margin", "0.001..0.003", ["1", "447", "49"]),
        (
            "share",
            ">=9.09",
            ["1", "1876", "20", "2010", "2011", "44", "447", "49", "4915", "4916", "4917", "53", "960"],
        ),
        ("rule", "+20", []),
        ("interval", "60/60", ["1876", "53", "960"]),
        ("mark", "=", None),
    ],
)
def test_filter_row(world: World, opened: Show, column: str, typed: str, found: list[str] | None) -> None:
    commands.create_plan(
        world.db, world.sara, name="Ten", rules=[PlanRule(markup=Decimal("0.10"))], decimals=4, rounding="up"
    )
    shown = opened()
    choose(shown, "Ten")
    grid = shown.grid("preview")
    every = list(preview(shown))
    grid.header.filters.set_typed({column: typed})
    shown.settle()
    shown_rows = list(preview(shown))
    expected = every if found is None else found
    if column in {"margin", "share"}:
        assert set(shown_rows) == _by_hand(world, column, typed)
    else:
        assert shown_rows == expected


def _by_hand(world: World, column: str, typed: str) -> set[str]:
    """The same asked of the plain rules, prefix by prefix."""
    found = set()
    for row in price_rows():
        sell = sell_price(row.buy, PlanRule(markup=Decimal("0.10")), PlanTerms("", 4, Rounding.UP))
        margin = sell - row.buy
        if column == "margin" and Decimal("0.001") <= margin <= Decimal("0.003"):
            found.add(row.prefix)
        if column == "share" and margin * 100 / sell >= Decimal("9.085"):
            found.add(row.prefix)
    assert found, typed
    return found


def test_order_by_several_columns(world: World, opened: Show) -> None:
    shown = opened()
    choose(shown, "Gold")
    grid = shown.grid("preview")
    grid.set_order([Sort("destination", descending=True), Sort("prefix", descending=True)])
    shown.settle()
    names = [(row["destination"], row["prefix"]) for row in texts(grid)]
    assert names == sorted(names, key=lambda pair: (pair[0].casefold(), pair[1]), reverse=True)


def test_rule_is_added_changed_removed_and_undone(world: World, opened: Show) -> None:
    shown = opened()
    choose(shown, "Wholesale", tab=1)
    shown.press("rule.add")
    dialog: Any = shown.dialog()
    assert dialog.markup.isEnabled()
    assert not dialog.pattern.isEnabled()
    dialog.match.set_value("prefix")
    shown.press("commit", dialog)
    assert "which prefix" in "\n".join(one.text() for one in dialog.findChildren(QLabel))
    dialog.pattern.setText("447")
    dialog.action.set_value("fixed")
    assert not dialog.markup.isEnabled()
    dialog.fixed.setText("0.03")
    shown.press("commit", dialog)
    assert shown.ask.asked == []
    rules = [(row["rule"], row["does"]) for row in texts(shown.grid("rules"))]
    assert rules == [("everything", "+10 %"), ("447 and everything under it", "fixed price 0.03")]
    grid = shown.grid("rules")
    grid.go_to(grid.model.key(1))
    shown.press("rule.change")
    dialog = shown.dialog()
    dialog.fixed.setText("0.04")
    shown.press("commit", dialog)
    choose(shown, "Wholesale", tab=0)
    assert preview(shown)["447"]["sell"] == "0.0400"
    choose(shown, "Wholesale", tab=1)
    grid.go_to(grid.model.key(1))
    shown.press("rule.remove")
    assert len(texts(grid)) == 1
    world.db.undo(world.sara)
    shown.settle()
    assert len(texts(grid)) == 2


def test_plan_is_assigned_from_a_day_on(world: World, opened: Show) -> None:
    shown = opened()
    choose(shown, "Gold", tab=2)
    assert {row["account"] for row in texts(shown.grid("assigned"))} == {"Nile Calls", "Blue Hotel"}
    shown.press("assign")
    dialog: Any = shown.dialog()
    names = [dialog.account.itemText(at) for at in range(dialog.account.count())]
    assert "Delta Shop" not in names, "another seller's customer"
    dialog.account.set_value(world.account("Orchid Clinic").id)
    dialog.since.set_value(world.at("2026-12-01").astimezone(shown.window.desk.zone).date())  # type: ignore[union-attr]
    shown.press("commit", dialog)
    row = next(row for row in texts(shown.grid("assigned")) if row["account"] == "Orchid Clinic")
    assert (row["since"], row["state"]) == ("2026-12-01 00:00:00", "Later")


def test_new_plan(world: World, opened: Show) -> None:
    shown = opened()
    shown.press("new")
    dialog: Any = shown.dialog()
    dialog.name.setText("Bronze")
    dialog.markup.setText("20")
    shown.press("commit", dialog)
    choose(shown, "Bronze")
    assert preview(shown)["44"]["sell"] == "0.0096"
    assert "Bronze was added" in shown.toast


def test_plan_is_changed(world: World, opened: Show) -> None:
    shown = opened()
    choose(shown, "Gold")
    shown.press("change", shown.page.header)
    dialog: Any = shown.dialog()
    assert (dialog.name.text(), dialog.decimals.value(), dialog.below.value()) == ("Gold", 6, "allow")
    dialog.margin.setText("0.02")
    dialog.decimals.setValue(4)
    shown.press("commit", dialog)
    row = preview(shown)["44"]
    assert (row["sell"], row["mark"]) == ("0.0280", "Raised to the margin")
    assert "keeps at least 0.02 a minute" in shown.page.facts.text()


def test_number_is_derived_level_by_level(world: World, opened: Show) -> None:
    shown = opened()
    shown.press("test")
    dialog: Any = shown.dialog("dialog.test")
    dialog.number.setText("+20 10 1234 5678")
    dialog.account.set_value(world.account("Delta Shop").id)
    shown.press("compute", dialog)
    assert shown.find(QLabel, "price.cost.amount").text() == "0.105"
    assert shown.find(QLabel, "price.reseller.amount").text() == "0.1155"
    assert shown.find(QLabel, "price.company.amount").text() == "0.1444"
    dialog.number.setText("+999 1")
    shown.press("compute", dialog)
    assert shown.find(QLabel, "price.cost.amount").text() == "no price"
    assert unnamed(dialog) == []
    dialog.accept()


def test_reseller_sees_his_plans_over_what_he_pays_and_no_supplier(world: World, opened: Show) -> None:
    shown = opened("rami")
    names = {row["name"] for row in texts(shown.grid("plans"))}
    assert "DR Retail" in names
    assert not names & {"Gold", "Silver", "Wholesale"}
    choose(shown, "DR Retail")
    assert preview(shown)["2010"]["buy"] == "0.1155"
    assert "Aurora" not in shown.said()
    shown.press("test")
    dialog: Any = shown.dialog("dialog.test")
    offered = [dialog.account.itemText(at).strip() for at in range(dialog.account.count())]
    assert offered == ["Delta Resell", "Delta Shop"]
    dialog.number.setText("+201012345678")
    dialog.account.set_value(world.account("Delta Shop").id)
    shown.press("compute", dialog)
    said = "\n".join(one.text() for one in dialog.findChildren(QLabel))
    assert "Aurora" not in said
    assert "0.105" not in said
    dialog.accept()


def test_plan_that_stands_on_nothing_says_so(world: World, opened: Show) -> None:
    zoe = world.zoe
    commands.create_plan(world.db, zoe, name="Zeta Retail", rules=[PlanRule()])
    commands.end_assignment(world.db, world.sara, account="Zeta Resell")
    shown = opened("zoe")
    choose(shown, "Zeta Retail")
    assert "Nothing is sold now" in shown.grid("preview").pane.accessibleName()


def test_export_writes_the_plan(world: World, opened: Show, tmp_path: Path) -> None:
    shown = opened()
    choose(shown, "Gold")
    shown.ask.answers.append(tmp_path / "gold.csv")
    shown.press("export", shown.page.header)
    assert len((tmp_path / "gold.csv").read_text(encoding="utf-8-sig").splitlines()) == 15
    assert "gold.csv" in shown.toast


def test_every_control_has_a_name(world: World, opened: Show) -> None:
    shown = opened()
    choose(shown, "Gold", tab=1)
    assert unnamed(shown.page) == []
    shown.press("rule.add")
    assert unnamed(shown.dialog()) == []
    shown.dialog().reject()
    assert shown.page.findChild(QPushButton, "btn.new") is not None


def test_an_empty_page_offers_the_three_plans(qtbot: QtBot, tmp_path: Path) -> None:
    with acme(tmp_path, plans=False) as bare:
        shown = show(qtbot, bare, "sara", "plans")
        shown.page.grid.pane.button.click()
        shown.settle()
        assert [row["name"] for row in texts(shown.grid("plans"))] == ["Cost", "+10 %", "Free"]
        close(shown)


def test_views_do_not_go_on_showing_a_plan_that_is_no_more(qtbot: QtBot, tmp_path: Path) -> None:
    with acme(tmp_path, plans=False) as bare:
        shown = show(qtbot, bare, "sara", "plans")
        commands.seed_plans(bare.db, bare.sara)
        shown.settle()
        assert len(preview(shown)) == 14
        bare.db.undo(bare.sara)
        shown.settle()
        grid = shown.grid("preview")
        assert texts(grid) == []
        assert "No plan is chosen" in grid.pane.accessibleName()
        assert not shown.find(QPushButton, "btn.prices").isEnabled()
        shown.page.tabs.setCurrentIndex(1)
        shown.settle()
        assert "No plan is chosen" in shown.grid("rules").pane.accessibleName()
        assert not shown.find(QPushButton, "btn.rule.add").isEnabled()
        bare.db.redo(bare.sara)
        shown.settle()
        assert texts(shown.grid("rules"))
        assert shown.find(QPushButton, "btn.rule.add").isEnabled()
        close(shown)


def test_a_change_of_plans_leaves_the_rows_of_the_chosen_one_in_sight(world: World, opened: Show) -> None:
    shown = opened()
    choose(shown, "Gold")
    emptied = []
    grid = shown.grid("preview")
    grid.shown.connect(emptied.append)
    commands.create_plan(world.db, world.sara, name="Bronze", rules=[PlanRule()])
    shown.settle()
    assert shown.page.chosen.name == "Gold"
    assert 0 not in emptied


def test_what_was_read_before_a_change_does_not_cover_what_was_read_after_it(
    world: World, opened: Show, monkeypatch: pytest.MonkeyPatch
) -> None:
    shown = opened()
    choose(shown, "Wholesale")
    read, is_read, may_end = preview_tab.sell_deck, threading.Event(), threading.Event()

    def slow(*given: Any) -> Any:
        found = read(*given)
        if not is_read.is_set():
            is_read.set()
            assert may_end.wait(10)
        return found

    monkeypatch.setattr(preview_tab, "sell_deck", slow)
    shown.page.refresh()
    shown.qtbot.waitUntil(is_read.is_set)
    plan = shown.page.chosen
    commands.add_rule(
        world.db, world.sara, plan=plan.id, match="prefix", pattern="44", action="fixed", fixed_price=Decimal("0.5"),
    )  # fmt: skip
    shown.qtbot.waitUntil(lambda: preview(shown).get("44", {}).get("sell") == "0.5000")
    may_end.set()
    shown.settle()
    shown.qtbot.wait(200)
    shown.settle()
    assert preview(shown)["44"]["sell"] == "0.5000"


def new_plan(shown: Shown, name: str, owner: str = "") -> tuple[str, bool]:
    """What it does below cost by default, and whether it asked whose it is."""
    shown.page.create_new()
    dialog = shown.page.findChildren(PlanDialog)[-1]
    dialog.name.setText(name)
    if owner:
        dialog.owner.setCurrentIndex(dialog.owner.findText(owner))
    found = str(dialog.below.value()), dialog.owner.isVisibleTo(dialog)
    dialog.accept()
    shown.settle()
    return found


def test_a_new_plan_is_looked_at_and_may_be_a_resellers(world: World, opened: Show) -> None:
    shown = opened()
    choose(shown, "Cost")
    assert new_plan(shown, "Retail 12") == ("allow", True)
    assert shown.page.title.text() == "Retail 12"
    assert new_plan(shown, "Zeta Retail", "Zeta Resell") == ("refuse", True)
    assert shown.page.title.text() == "Zeta Retail"
    assert "over the price its owner pays" in shown.page.facts.text()
    assert shown.page.chosen.owner == "Zeta Resell"


def test_a_reseller_is_not_asked_whose_a_plan_is(opened: Show) -> None:
    shown = opened("rami")
    assert new_plan(shown, "Own") == ("refuse", False)
    assert shown.page.chosen.owner == "Delta Resell"


def test_what_is_about_a_plan_waits_for_one(qtbot: QtBot, tmp_path: Path) -> None:
    with acme(tmp_path, plans=False) as world:
        shown = show(qtbot, world, "sara", PAGE)
        shown.settle()
        buttons = {
            name: shown.find(QPushButton, f"btn.{name}") for name in ("export", "archive", "change", "new")
        }
        assert {name for name, one in buttons.items() if one.isEnabled()} == {"new"}
        assert not shown.page.tabs.isEnabled()
        shown.page.seed()
        shown.settle()
        assert all(one.isEnabled() for one in buttons.values())
        assert shown.page.tabs.isEnabled()
        close(shown)
