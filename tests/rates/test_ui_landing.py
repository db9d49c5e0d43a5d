"""After publishing: on the table, narrowed to the import, with what may follow; and the way there from Imports."""

from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from tests.published import publish_rates
from tests.rates.story import Story, aurora, told
from tests.windows import texts
from tests.worlds import price_rows
from voipdesk.insight.queries_consequences import CallsAndTariffs
from voipdesk.kernel.problems import NotAllowed, Refused
from voipdesk.kit.names import unnamed
from voipdesk.rates import queries
from voipdesk.rates.commands import create_table, import_sheet, revert_import
from voipdesk.rates.queries.landing import consequences_of, landing
from voipdesk.rates.rules import NewRate
from voipdesk.rating.rules import Terms

CHANGED = ["1658", "1876", "2010", "2011", "2012", "2015", "44", "4915", "4916", "4917"]
"""What the sheet of December changes; five stay as they are, 960 closes."""


@pytest.fixture
def story(qtbot: QtBot, tmp_path: Path, isolated_home: Path) -> Iterator[Story]:
    with told(qtbot, tmp_path) as made:
        yield made


def publish(story: Story, path: Path) -> None:
    story.to("review")
    story.let_pass()
    story.to("publish")
    story.press("publish")


def rows(story: Story) -> list[str]:
    story.calm()
    return [one["prefix"] for one in texts(story.shown.page.grid)]


def bar(story: Story) -> Any:
    return story.shown.page.landed.bar


def test_publishing_lands_on_what_was_imported(story: Story, tmp_path: Path) -> None:
    path = aurora(tmp_path / "aurora_2026-12.xls")
    story.open(path)
    publish(story, path)
    page = story.window.page
    assert page.objectName() == "page.rates"
    assert rows(story) == CHANGED
    assert page.tools.day.value().isoformat() == "2026-11-30"
    said = bar(story).text.text().replace("\u2068", "").replace("\u2069", "")
    assert said == "This import: aurora_2026-12.xls · 10 changed rates · not listed: 5 as before, 1 closed"
    assert unnamed(story.window) == []
    assert story.child("btn.Undo import", story.window.toast).isVisible()
    assert bar(story).review.isVisible()
    assert bar(story).sheets.isVisible()
    story.press("review_below", page)
    dialog = story.child("dialog.consequences")
    assert {one["plan"] for one in texts(dialog.tabs.widget(0).findChild(QWidget, "table.below").parent())} >= {
        "Gold", "Silver",
    }  # fmt: skip
    dialog.accept()
    story.press("all_rates", page)
    assert not bar(story).isVisible()
    assert len(rows(story)) == 14
    assert page.tools.day.value().isoformat() == "2026-11-23"


def test_rate_sheets_are_made_for_the_day_of_the_import(story: Story, tmp_path: Path) -> None:
    path = aurora(tmp_path / "aurora_2026-12.xls")
    story.open(path)
    publish(story, path)
    rates = story.window.page
    story.press("make_sheets", rates)
    assert story.window.page.objectName() == "page.sheets"
    dialog = story.child("dialog.sheets")
    assert dialog.effective.value().isoformat() == "2026-11-30"
    story.shown.qtbot.waitUntil(lambda: not dialog._is_counting, timeout=15_000)
    dialog.reject()
    story.window.show_page("rates")
    rates.reachable = frozenset({"plans"})  # A seat without that page is not led there.
    rates.show_import(rates.landed.found.import_id)
    story.calm()
    assert bar(story).review.isVisible()
    assert not bar(story).sheets.isVisible()


def test_what_only_loses_its_supplier_is_not_called_below_cost(story: Story, tmp_path: Path) -> None:
    lines = ["Destination;Prefix;Rate;Increment;Effective Date"]
    lines += [
        f"{one.destination};{one.prefix};{one.buy};{one.initial}/{one.following};2026-12-01"
        for one in price_rows()
        if one.prefix != "960"
    ]
    path = tmp_path / "without.csv"
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    report = import_sheet(story.world.db, story.world.sara, path, table="Aurora A-Z", accept=["G14"])
    story.shown.page.show_import(report.import_id)
    story.calm()
    assert bar(story).review.text() == "Review what has no supplier left"
    assert bar(story).review.isVisible()
    assert story.shown.page.grid.empty.title == "Nothing of this import is in force"
    story.press("state", story.shown.page.grid)
    assert len(rows(story)) == 14


def test_undo_import_leaves_nothing_narrowed(story: Story, tmp_path: Path) -> None:
    path = aurora(tmp_path / "aurora_2026-12.xls")
    story.open(path)
    publish(story, path)
    story.shown.ask.answers.append(True)
    story.press("Undo import", story.window.toast)
    assert not bar(story).isVisible()
    assert len(rows(story)) == 14


def test_from_imports_too_and_whatever_was_narrowed_before(story: Story, tmp_path: Path) -> None:
    db, sara = story.world.db, story.world.sara
    rates = story.window.page_of("rates")
    rates.grid.set_filter_row()
    rates.grid.header.filters.set_typed({"prefix": "999"})
    rates.tools.scheduled.setChecked(True)
    path = aurora(tmp_path / "aurora_2026-12.xls")
    import_sheet(db, sara, path, table="Aurora A-Z", accept=["G1", "G6", "G11", "G14"])
    publish_rates(db, sara, table="Aurora A-Z", rows=[NewRate("33", Terms(Decimal("0.0100")), "France")])
    later = [NewRate("44", Terms(Decimal("0.0077")), "UK Fixed")]
    publish_rates(db, sara, table="Aurora A-Z", rows=later, effective=story.world.at("2026-11-30"))
    story.window.show_page("imports")
    story.calm()
    page = story.imports
    page.history.go_to(str(page._records[-1].id))
    story.press("table", page)
    assert story.window.page is rates
    assert rows(story) == [prefix for prefix in CHANGED if prefix != "44"]
    assert bar(story).text.text().endswith("not listed: 5 as before, 1 closed, 1 replaced since")
    assert not rates.tools.is_scheduled_only
    assert bar(story).review.isVisible()


def test_another_table_is_shown_whole(story: Story, tmp_path: Path) -> None:
    db, sara = story.world.db, story.world.sara
    other = create_table(db, sara, name="Borealis", currency="USD")
    publish_rates(db, sara, table="Borealis", rows=[NewRate("33", Terms(Decimal("0.0100")), "France")])
    path = aurora(tmp_path / "aurora_2026-12.xls")
    story.calm()
    story.open(path)
    publish(story, path)
    assert rows(story) == CHANGED
    page = story.window.page
    page.list.choose(other.id)
    assert rows(story) == ["33"]
    assert not bar(story).isVisible()
    page.list.choose(next(one.id for one in queries.tables(db, sara) if one.name == "Aurora A-Z"))
    story.calm()
    assert not bar(story).isVisible()


def test_edits_over_an_import_are_still_of_it(story: Story, tmp_path: Path) -> None:
    """A draft lies over the rates of today: what the import wrote is found among the edited rows too."""
    db, sara = story.world.db, story.world.sara
    path = tmp_path / "now.csv"
    path.write_text(
        "Prefix;Rate;Effective from\n44;0,0081;2026-11-23\n49;0,0112;2026-11-23\n", encoding="utf-8"
    )
    report = import_sheet(db, sara, path, table="Aurora A-Z", scope="partial", accept=["G13"])
    page = story.shown.page
    page.show_import(report.import_id)
    assert rows(story) == ["44", "49"]
    for prefix, price in (("44", "0.0083"), ("49", "0.0114")):
        story.type_price(prefix, price)
    assert rows(story) == ["44", "49"]
    page.grid.refresh()
    assert rows(story) == ["44", "49"]
    page.edit_bar.only.setChecked(True)
    assert rows(story) == ["44", "49"]
    story.press("all_rates", page)
    page.edit_bar.only.setChecked(False)
    assert len(rows(story)) == 14


def test_what_was_taken_back_is_not_there(story: Story, tmp_path: Path) -> None:
    db, sara = story.world.db, story.world.sara
    path = aurora(tmp_path / "aurora_2026-12.xls")
    report = import_sheet(db, sara, path, table="Aurora A-Z", accept=["G1", "G6", "G11", "G14"])
    assert report.import_id is not None
    found = landing(db, sara, report.import_id)
    assert (found.version, found.changes, found.last_from) == (
        report.version, 10, story.world.at("2026-11-30"),
    )  # fmt: skip
    known = CallsAndTariffs(db.clock)
    hurt = consequences_of(db, sara, report.import_id, known)
    assert {name: count for name, count in hurt.by_plan.items() if count} == {
        "Gold": 8, "Silver": 2, "Silver for Delta Traders": 3,
    }  # fmt: skip
    with pytest.raises(NotAllowed):
        landing(db, story.world.rami, report.import_id)
    revert_import(db, sara, report.import_id, locked=None)
    with pytest.raises(Refused, match="not in its table"):
        landing(db, sara, report.import_id)
    story.shown.page.show_import(report.import_id)
    story.calm()
    assert "not in its table" in str(story.shown.ask.asked[-1])
    assert not bar(story).isVisible()
