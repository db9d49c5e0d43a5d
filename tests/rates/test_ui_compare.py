"""The page that compares tables, in a real window."""

from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from PySide6.QtWidgets import QLabel
from pytestqt.qtbot import QtBot

from tests.published import publish_rates
from tests.windows import Shown, close, show
from tests.worlds import SINCE, World, acme
from voipdesk.accounts.commands import create_supplier
from voipdesk.calls.commands import import_calls
from voipdesk.kit.grid import Sort
from voipdesk.kit.grid.model import mark_of
from voipdesk.kit.names import unnamed
from voipdesk.rates.commands import add_band, create_table
from voipdesk.rates.rules import NewRate
from voipdesk.rates.ui.compare import ComparePage
from voipdesk.rating.rules import RateState, Terms
from voipdesk.shell.sections import sections


def rows(prices: str) -> list[NewRate]:
    """`prefix price destination`, one a line; a price of - is blocked."""
    found = []
    for line in prices.strip().splitlines():
        prefix, price, name = line.split(None, 2)
        if price == "-":
            found.append(NewRate(prefix, destination=name, state=RateState.BLOCKED))
        else:
            found.append(NewRate(prefix, Terms(Decimal(price)), name))
    return found


BOREALIS = """
    20   0.0820  Egypt
    2010 0.1010  Egypt Mobile Vodafone
    44   0.0080  United Kingdom
    53   -       Cuba
    254  0.1100  Kenya
"""
CUMULUS = """
    1    0.0085  USA and Canada
    20   0.0900  Egypt
    447  0.0240  UK Mobile
"""


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    with acme(tmp_path) as world:
        for name, prices in (("Borealis", BOREALIS), ("Cumulus", CUMULUS)):
            create_supplier(world.db, world.sara, name=name)
            create_table(world.db, world.sara, name=f"{name} A-Z", currency="USD", supplier=name)
            publish_rates(
                world.db, world.sara, table=f"{name} A-Z", rows=rows(prices), effective=SINCE
            )  # fmt: skip
        path = tmp_path / "calls.csv"
        head = "uniqueid,account,caller,called,start,answer,billsec,disposition"
        day = "2026-11-10 12:00:00"
        path.write_text(f"{head}\n1,NILE,1,201012345678,{day},{day},3600,ANSWERED\n")
        import_calls(world.db, world.sara, path, zone="Africa/Cairo", rate=False)
        yield world


@pytest.fixture
def shown(qtbot: QtBot, world: World, isolated_home: Path) -> Iterator[Shown]:
    made = show(qtbot, world, page="compare")
    yield made
    close(made)


def page_of(shown: Shown) -> ComparePage:
    page = shown.page
    assert isinstance(page, ComparePage)
    return page


def cell(shown: Shown, prefix: str, column: str) -> str:
    return cell_of(page_of(shown), prefix, column)


def cell_of(page: ComparePage, prefix: str, column: str) -> str:
    found = page.grid.cell(prefix, column)
    assert found is not None, prefix
    return found.text


def prefixes(shown: Shown) -> list[str]:
    model = page_of(shown).grid.model
    return [str(model.key(row)) for row in range(model.rowCount())]


def mark(shown: Shown, prefix: str, column: str) -> tuple[str, str]:
    """Icon and hint of a cell."""
    model = page_of(shown).grid.model
    place = model.place(prefix)
    assert place is not None
    found = mark_of(model, place, model.column_at(column))
    return ("", "") if found is None else (found.icon, found.hint)


def test_tables_stand_side_by_side_with_the_cheapest_marked(shown: Shown) -> None:
    assert unnamed(shown.window) == []
    assert [one.title for one in page_of(shown).grid.model.columns][2:5] == [
        "Aurora A-Z", "Borealis A-Z", "Cumulus A-Z"
    ]  # fmt: skip
    assert [cell(shown, "20", f"table.{place}") for place in range(3)] == ["0.0850", "0.0820", "0.0900"]
    assert cell(shown, "20", "best") == "0.0820"
    assert cell(shown, "20", "spread") == "9.8 %"
    assert mark(shown, "20", "table.1") == ("ok", "Cheapest")
    assert mark(shown, "20", "table.0") == ("", "")
    assert cell(shown, "2011", "table.2") == "0.0900"
    assert mark(shown, "2011", "table.2") == ("simulated", "Price of the shorter prefix 20")
    assert mark(shown, "2011", "table.1")[0] == "ok-simulated"
    assert cell(shown, "53", "table.1") == ""
    assert mark(shown, "53", "table.1") == ("blocked", "Blocked")


def test_minutes_come_after_the_prices(shown: Shown) -> None:
    assert cell(shown, "2010", "minutes") == "60"
    # Cumulus sells 2010 at the price of 20.
    assert cell(shown, "2010", "saving") == "0.90"
    assert shown.find(QLabel, "compare.summary").property("value") == "0.90"
    assert "0.90 USD a month less than Aurora A-Z alone" in page_of(shown).summary.text()


def test_gaps_differences_and_codes_that_are_not_filled(shown: Shown) -> None:
    page = page_of(shown)
    page.tools.gaps.setChecked(True)
    shown.settle()
    assert prefixes(shown) == ["1", "1876", "254", "44", "49", "4915", "4916", "4917", "53", "960"]
    page.tools.gaps.setChecked(False)
    page.tools.differences.setChecked(True)
    shown.settle()
    assert "254" not in prefixes(shown)
    assert "44" not in prefixes(shown)
    assert "447" in prefixes(shown)
    page.tools.differences.setChecked(False)
    page.tools.simulate.setChecked(False)
    shown.settle()
    assert cell(shown, "2011", "table.1") == ""


def test_another_master_comes_first_and_another_day_is_read(shown: Shown, world: World) -> None:
    page = page_of(shown)
    tables = {page.tools.master.itemText(at): page.tools.master.itemData(at) for at in range(3)}
    page.tools.master.set_value(tables["Borealis A-Z"])
    shown.settle()
    assert [one.id for one in page.grid.model.columns][2:5] == ["table.1", "table.0", "table.2"]
    page.tools.day.set_value(date(2026, 9, 1))
    shown.settle()
    assert not page.summary.isVisible()
    assert prefixes(shown) == []
    page.tools.today.click()
    shown.settle()
    assert cell(shown, "20", "table.0") == "0.0850"
    publish_rates(
        world.db,
        world.sara,
        table="Cumulus A-Z",
        rows=rows("20 0.07 Egypt"),
        effective=world.at("2026-11-22"),
    )
    shown.settle()
    assert cell(shown, "20", "best") == "0.0700"


def test_a_page_out_of_sight_catches_up_when_it_is_seen(shown: Shown, world: World) -> None:
    page = page_of(shown)
    shown.window.show_page("home")
    publish_rates(
        world.db,
        world.sara,
        table="Cumulus A-Z",
        rows=rows("20 0.07 Egypt"),
        effective=world.at("2026-11-22"),
    )
    shown.settle()
    assert cell_of(page, "20", "best") == "0.0820"
    shown.window.show_page("compare")
    shown.settle()
    assert cell_of(page, "20", "best") == "0.0700"


def test_a_number_leads_to_its_longest_prefix(shown: Shown) -> None:
    source = page_of(shown)._source
    assert source is not None
    for typed, prefix, said in (
        ("2010", "2010", ""),
        ("+20 10 1234", "2010", "2010 is the longest match of 20101234."),
        ("3", "44", "No match of 3; 44 is the nearest."),
    ):
        found = source.near(typed)
        assert found is not None
        assert (source.key(found[0]), found[1]) == (prefix, said)
    assert source.near("") is None


def test_sums_are_taken_from_arrays(shown: Shown) -> None:
    import numpy as np

    source = page_of(shown)._source
    assert source is not None
    ids = np.array([source.row_id("2010"), source.row_id("254")])
    nothing = -(2**63)
    for column, expected in (
        ("table.0", [10_500_000, nothing]),
        ("minutes", [60, 0]),
        ("saving", [90_000_000, nothing]),
        ("spread", [1_667_000_000, nothing]),
    ):
        found = source.scaled(column, ids)
        assert found is not None
        assert found.tolist() == expected, column
    assert source.scaled("destination", ids) is None


def test_filters_and_orders_work_on_every_column(shown: Shown) -> None:
    grid = page_of(shown).grid
    grid.set_order([Sort("spread", descending=True)])
    shown.settle()
    assert prefixes(shown)[:2] == ["1876", "447"]
    page_of(shown).toggle_filters()
    for column, text, expected in (
        ("prefix", "201", ["2012", "2010", "2011"]),
        ("prefix", "254,53", ["254", "53"]),
        ("table.1", ">0.1", ["2010", "254"]),
        ("table.1", "=", ["1", "1876", "49", "4915", "4916", "4917", "53", "960"]),
        ("destination", "mobile voda", ["2010"]),
        ("minutes", ">0", ["2010"]),
    ):
        with shown.qtbot.waitSignal(grid.shown):
            grid.header.filters.fields[column].setText(text)
        assert sorted(prefixes(shown)) == sorted(expected), (column, text)
        with shown.qtbot.waitSignal(grid.shown):
            grid.header.filters.clear()


def test_too_few_tables_and_no_prefix_in_common(shown: Shown, world: World) -> None:
    page = page_of(shown)
    page.list.tick("Borealis A-Z", on=False)
    page.list.tick("Cumulus A-Z", on=False)
    shown.settle()
    assert "Choose what to compare" in shown.said()
    assert not page.export.isEnabled()
    create_table(world.db, world.sara, name="Far away", currency="USD")
    publish_rates(world.db, world.sara, table="Far away", rows=rows("850 1.5 Korea"), effective=SINCE)
    shown.settle()
    page.list.tick("Far away")
    shown.settle()
    assert "No prefix in common" in shown.said()
    shown.press("state")
    assert "850" in prefixes(shown)


def test_tables_of_two_currencies_are_not_compared(shown: Shown, world: World) -> None:
    create_table(world.db, world.sara, name="Euro", currency="EUR")
    shown.settle()
    page_of(shown).list.tick("Euro")
    shown.settle()
    assert "Compare tables of one currency" in shown.said()
    page_of(shown).list.tick("Euro", on=False)
    shown.settle()
    assert cell(shown, "20", "best") == "0.0820"


def test_what_is_seen_is_exported_in_its_order(shown: Shown, tmp_path: Path) -> None:
    page = page_of(shown)
    page.grid.set_order([Sort("prefix", descending=True)])
    page.tools.gaps.setChecked(True)
    shown.settle()
    path = tmp_path / "out.csv"
    shown.ask.answers.append(path)
    page.export_file()
    shown.settle()
    lines = path.read_text(encoding="utf-8-sig").splitlines()
    assert [line.partition(",")[0] for line in lines[1:3]] == ["960", "53"]
    assert len(lines) == 11
    assert "10 prefixes written to out.csv" in shown.toast


def test_who_may_not_see_costs_has_no_such_page(world: World) -> None:
    assert "compare" in {one.name for one in sections(world.sara)}
    assert not {"compare", "rates"} & {one.name for one in sections(world.rami)}


def test_prices_of_a_time_band_are_compared_where_a_table_has_one(shown: Shown, world: World) -> None:
    page = page_of(shown)
    assert not page.tools.band.isVisible()
    add_band(world.db, world.sara, table="Borealis A-Z", name="Weekend", hours=[(5, 0, 1440), (6, 0, 1440)])
    cheap = NewRate("44", Terms(Decimal("0.0050")), "United Kingdom", band="Weekend")
    publish_rates(world.db, world.sara, table="Borealis A-Z", rows=[*rows(BOREALIS), cheap], effective=SINCE)
    page.refresh()
    shown.settle()
    assert page.tools.band.isVisible()
    assert unnamed(page) == []
    column = next(one.id for one in page.grid.model.columns if one.title.startswith("Borealis"))
    assert cell(shown, "44", column) == "0.0080"
    page.tools.band.set_value("Weekend")
    shown.settle()
    assert cell(shown, "44", column) == "0.0050"
    assert cell(shown, "20", column) == "0.0820"
