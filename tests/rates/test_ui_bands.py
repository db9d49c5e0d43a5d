"""Time bands on the screens: chosen and made in the wizard's Columns step, listed and changed from the page of tables."""

from collections.abc import Iterator
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path

import pytest
from PySide6.QtCore import QTime
from PySide6.QtWidgets import QDialog, QLabel
from pytestqt.qtbot import QtBot

from tests.published import publish_rates
from tests.rates.story import Story, told
from voipdesk.kit.grid import Grid
from voipdesk.kit.names import unnamed
from voipdesk.rates import commands, queries
from voipdesk.rates.queries.tables import time_bands
from voipdesk.rates.rules import NewRate
from voipdesk.rates.rules.hours import hours_text, read_hours
from voipdesk.rates.ui.bands import BandsDialog
from voipdesk.rating.rules import Terms

TABLE = "Aurora A-Z"
LINES = (
    "Country,Code,Peak,Off-Peak,Weekend",
    "Norway,471,0.0300,0.0100,0.0090",
    "Norway Mobile,472,0.0400,0.0200,",
)


@pytest.fixture
def story(qtbot: QtBot, tmp_path: Path, isolated_home: Path) -> Iterator[Story]:
    with told(qtbot, tmp_path, plans=False) as made:
        yield made


@pytest.fixture
def peaks(tmp_path: Path) -> Path:
    path = tmp_path / "peaks.csv"
    path.write_text("\n".join(LINES) + "\n", encoding="utf-8")
    return path


def text_of(story: Story, name: str) -> str:
    found = story.wizard().findChild(QLabel, name)
    assert found is not None
    return found.text() if found.isVisible() else ""


def dialog(story: Story) -> QDialog:
    return story.shown.find(QDialog, "dialog")


def column(grid: Grid, name: str) -> list[str]:
    at = grid.model.column_at(name)
    return [grid.model.cell(row, at)[0] for row in range(grid.model.rowCount())]


def is_shown(grid: Grid, name: str) -> bool:
    return grid.model.column_at(name) in grid.header.shown()


def said_of(dialog: QDialog) -> str:
    return " ".join(one.text() for one in dialog.findChildren(QLabel) if one.isVisible())


def publish(story: Story) -> None:
    """Norway for all week and off-peak, published."""
    terms = (Terms(Decimal("0.03")), Terms(Decimal("0.01")))
    rows = (NewRate("471", terms[0], "Norway"), NewRate("471", terms[1], "Norway", band="Off-Peak"))
    publish_rates(
        story.world.db, story.world.sara, table=TABLE, rows=rows, effective=datetime(2026, 11, 1, tzinfo=UTC)
    )
    story.shown.page.refresh()
    story.calm()


def bands(story: Story) -> dict[str, str]:
    return {one.name: hours_text(one.hours) for one in time_bands(story.world.db, story.world.sara, TABLE)}


def test_a_band_is_made_at_its_column_and_the_second_month_asks_nothing(
    story: Story, peaks: Path, tmp_path: Path
) -> None:
    wizard = story.open(peaks)
    story.to("columns")
    assert text_of(story, "columns.bandless").startswith(
        "Not taken, as the table has no time band for it: Off-Peak, Weekend. Choose"
    )
    assert "choose its time band" in wizard.parts.columns.cards[3].why.text()
    story.child("field.column.4", wizard).set_value("+")
    story.calm()
    made = dialog(story)
    assert unnamed(made) == []
    assert story.child("field.name", made).text() == "Off-Peak"
    assert story.child("hours.said", made).text() == (
        "Mon–Fri 00:00–08:00, 20:00–24:00; Sat–Sun all day (108 hours a week)"
    )
    story.child("btn.drop.2", made).click()
    story.child("check.day.1.7", made).click()
    story.press("commit", made)
    assert bands(story) == {"Off-Peak": "Mon–Fri 20:00–08:00, Sun 20:00–08:00"}
    assert story.child("field.column.4", wizard).value() == "rate.Off-Peak"
    assert set(wizard.reading.told) == {"columns.rate.Off-Peak"}
    assert "Not taken, as the table has no time band for it: Weekend." in text_of(story, "columns.bandless")
    story.child("field.column.5", wizard).set_value("+")
    story.calm()
    story.press("cancel", dialog(story))
    assert story.child("field.column.5", wizard).value() == ""
    story.to("review")
    assert story.counts()["new"] == "4"
    new = sorted(zip(column(wizard.review.grid, "prefix"), column(wizard.review.grid, "band"), strict=True))
    assert [key for key in new if key[0].startswith("47")] == [
        ("471", ""),
        ("471", "Off-Peak"),
        ("472", ""),
        ("472", "Off-Peak"),
    ]
    assert is_shown(wizard.review.grid, "band")
    story.child("scope.partial", wizard).click()
    story.calm()
    story.let_pass()
    story.to("publish")
    story.press("publish")
    later = tmp_path / "later.csv"
    later.write_text(peaks.read_text(encoding="utf-8").replace("0.0100", "0.0110"), encoding="utf-8")
    story.open(later)
    assert story.step() == "review"
    assert (story.counts()["up"], story.counts()["same"]) == ("1", "3")


def test_a_band_of_the_table_is_offered_and_may_be_ignored(story: Story, peaks: Path) -> None:
    commands.add_band(
        story.world.db, story.world.sara, table=TABLE, name="Nights", hours=read_hours("20:00-08:00")
    )
    commands.add_band(
        story.world.db, story.world.sara, table=TABLE, name="Weekend", hours=read_hours("Sat-Sun")
    )
    wizard = story.open(peaks)
    story.to("columns")
    assert text_of(story, "columns.bandless").startswith(
        "Not taken, as the table has no time band for it: Off-Peak."
    )
    weekend = story.child("field.column.5", wizard)
    assert weekend.value() == "rate.Weekend"
    assert wizard.parts.columns.cards[4]._made[0].text() == "0.0090"
    story.child("field.column.4", wizard).set_value("rate.Nights")
    weekend.set_value("")
    story.calm()
    assert text_of(story, "columns.bandless") == ""
    assert wizard.reading.layout is not None
    assert wizard.reading.layout.columns == {"destination": 0, "prefix": 1, "rate": 2, "rate.Nights": 3}
    story.to("review")
    assert set(column(wizard.review.grid, "band")) == {"", "Nights"}


def test_the_bands_of_a_table_are_listed_added_changed_and_removed(story: Story) -> None:
    story.shown.press("bands")
    found = story.shown.find(BandsDialog, "dialog")
    assert unnamed(found) == []
    assert found.grid.model.rowCount() == 0
    story.press("band.new", found)
    story.press("commit", dialog(story))
    assert "name" in said_of(dialog(story))
    story.child("field.name", dialog(story)).setText("Night")
    story.press("commit", dialog(story))
    assert bands(story) == {"Night": "Mon–Fri 20:00–08:00, Sat–Sun"}
    found.grid.go_to("Night")
    story.press("band.change", found)
    change = dialog(story)
    assert not story.child("field.name", change).isReadOnly()
    story.child("field.from.1", change).setTime(QTime(22, 30))
    story.child("check.whole.2", change).click()
    story.press("btn.hours.more".removeprefix("btn."), change)
    story.child("check.day.3.1", change).click()
    story.press("commit", change)
    assert bands(story) == {"Night": "Mon 20:00–08:00, Tue–Fri 22:30–08:00, Sat–Sun 20:00–08:00"}
    assert column(found.grid, "hours") == ["Mon 20:00–08:00, Tue–Fri 22:30–08:00, Sat–Sun 20:00–08:00"]
    found.grid.go_to("Night")
    story.press("band.remove", found)
    assert bands(story) == {}
    story.press("band.new", found)
    story.child("field.name", dialog(story)).setText("Off-Peak")
    story.press("commit", dialog(story))
    publish(story)
    found.read()
    story.calm()
    found.grid.go_to("Off-Peak")
    assert (found.change.isEnabled(), found.remove.isEnabled()) == (True, False)
    story.press("band.change", found)
    story.child("field.name", dialog(story)).setText("Night")
    story.press("commit", dialog(story))
    assert list(bands(story)) == ["Night"]
    assert column(found.grid, "name") == ["Night"]
    found.close()
    story.calm()
    assert set(column(story.shown.page.grid, "band")) == {"", "Night"}


def test_the_grid_shows_the_band_where_a_rate_has_one_and_edits_keep_it(story: Story) -> None:
    page = story.shown.page
    assert not is_shown(page.grid, "band")
    commands.add_band(
        story.world.db, story.world.sara, table=TABLE, name="Off-Peak", hours=read_hours("20:00-08:00")
    )
    publish(story)
    assert is_shown(page.grid, "band")
    both = [at for at, prefix in enumerate(column(page.grid, "prefix")) if prefix == "471"]
    assert [column(page.grid, "band")[at] for at in both] == ["", "Off-Peak"]
    price = page.grid.model.column_at("price")
    page.grid.view.setCurrentIndex(page.grid.model.index(both[1], price))
    page.grid.changing.type_text(both[1], price, "0.0200")
    story.calm()
    page.grid.header.filters.set_typed({"band": "off"})
    page.grid.apply_again()
    story.calm()
    assert list(zip(column(page.grid, "prefix"), column(page.grid, "price"), strict=True)) == [
        ("471", "0.0200")
    ]
    page.grid.header.filters.set_typed({})
    page.grid.apply_again()
    page.publish_draft()
    story.calm()
    story.press("commit", dialog(story))
    story.calm()
    wizard = story.wizard()
    assert column(wizard.review.grid, "band") == ["Off-Peak"]
    story.let_pass()
    story.to("publish")
    story.press("publish")
    rates = queries.rates_in_force(story.world.db, story.world.sara, TABLE)
    found = {
        (prefix, rates.band_names[int(band)]): int(units)
        for prefix, band, units in zip(rates.prefix_texts(), rates.band, rates.price, strict=True)
        if prefix == "471"
    }
    assert found == {("471", ""): 3_000_000, ("471", "Off-Peak"): 2_000_000}


def test_the_inspector_tells_of_the_band_of_the_current_row(story: Story) -> None:
    page = story.shown.page
    commands.add_band(
        story.world.db, story.world.sara, table=TABLE, name="Off-Peak", hours=read_hours("20:00-08:00")
    )
    publish(story)
    page.show_inspector()
    for key, price in (("471 Off-Peak", "0.0100"), ("471", "0.0300")):
        assert page.grid.go_to(key)
        assert page.grid.cell(key, "price").text == price

        def is_shown_now(key: str = key) -> bool:
            found = page.inspector.findChild(QLabel, "inspector.prefix")
            return found is not None and found.text() == key

        story.shown.qtbot.waitUntil(is_shown_now, timeout=20_000)
        said = [one.text() for one in page.inspector.findChildren(QLabel)]
        assert sum(price in text for text in said) == 2  # its terms, and the one entry of its history
