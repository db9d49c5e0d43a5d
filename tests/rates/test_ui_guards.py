"""Each guard rail in the window: what it shows, and every way out that it offers."""

from collections.abc import Iterator, Sequence
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from tests.rates.story import Story, told
from tests.worlds import price_rows
from voipdesk.kit.names import unnamed
from voipdesk.rates import commands, queries
from voipdesk.rates.rules.guards import Guard
from voipdesk.rates.ui.wizard import RateWizard

HEAD = "Destination;Prefix;Rate;Increment;Effective Date"


@pytest.fixture
def story(qtbot: QtBot, tmp_path: Path, isolated_home: Path) -> Iterator[Story]:
    with told(qtbot, tmp_path) as made:
        yield made


def lines_of(
    prices: dict[str, str] | None = None, *, without: Sequence[str] = (), day: str = "2026-12-01"
) -> list[str]:
    """The live table as a sheet, some prices other than they are."""
    known = prices or {}
    return [
        f"{one.destination};{one.prefix};{known.get(one.prefix, one.buy)};{one.initial}/{one.following};{day}"
        for one in price_rows()
        if one.prefix not in without
    ]


def at_review(story: Story, tmp_path: Path, lines: Sequence[str], head: str = HEAD) -> RateWizard:
    path = tmp_path / "sheet.csv"
    path.write_text("\n".join((head, *lines)) + "\n", encoding="utf-8")
    story.open(path)
    return story.to("review")


def guard(story: Story, name: str) -> Guard:
    found = story.wizard().review.guards.guard(name)
    assert found is not None
    return found


def show(story: Story, name: str) -> Any:
    """Press Show of a guard; the dialog above the wizard."""
    story.press(f"show.{name}")
    found = [one for one in story.wizard().findChildren(object) if type(one).__name__.endswith("Dialog")]
    return found[-1] if found else None


def publish(story: Story) -> queries.ImportRecord:
    story.let_pass()
    story.to("publish")
    story.press("publish")
    return queries.imports(story.world.db, story.world.sara)[0]


def test_g1_destinations_are_accepted_or_sent_to_quarantine(story: Story, tmp_path: Path) -> None:
    wizard = at_review(story, tmp_path, lines_of({"4915": "0.0500", "4916": "0.0600", "53": "0.1000"}))
    dialog = show(story, "G1")
    assert unnamed(dialog) == []
    rows = [[dialog.list.topLevelItem(at).text(place) for place in range(4)] for at in range(2)]
    assert sorted(row[:3] for row in rows) == [
        ["Cuba", "1", "-84.6 %"], ["Germany Mobile", "2", "+66.7 … +100.0 %"]
    ]  # fmt: skip
    item = next(
        dialog.list.topLevelItem(at) for at in range(2) if dialog.list.topLevelItem(at).text(0) == "Cuba"
    )
    item.setCheckState(0, Qt.CheckState.Unchecked)
    assert dialog.commit.text() == "Accept these, send the others to quarantine"
    story.press("commit", dialog)
    assert (guard(story, "G1").accepted_by, story.counts()["quarantined"]) == ("sara", "1")
    assert wizard.btn_next.isEnabled() or story.guard("G11") == "ask"
    # All of them out, and in again.
    dialog = show(story, "G1")
    story.press("none", dialog)
    assert dialog.commit.text() == "Send all to quarantine"
    story.press("commit", dialog)
    assert (story.guard("G1"), story.counts()["quarantined"]) == ("ok", "3")
    dialog = show(story, "G1")
    story.press("all", dialog)
    story.press("commit", dialog)
    assert "quarantined" not in story.counts()


def test_g2_prices_per_hour_are_one_click_from_prices_per_minute(story: Story, tmp_path: Path) -> None:
    prices = {one.prefix: f"{Decimal(one.buy) * 60:.4f}" for one in price_rows()}
    wizard = at_review(story, tmp_path, lines_of(prices))
    assert story.guard("G2") == "stop"
    story.press("fix.G2")
    assert story.guard("G2") == "ok"
    assert story.counts()["same"] == "14"
    assert wizard.reading.told["scale"] == "1/60"
    wizard.go_back("file")
    story.to("columns")
    assert story.child("field.scale", wizard).currentText() == "currency per hour"


def test_g3_shows_what_closes_and_switches_to_partial(story: Story, tmp_path: Path) -> None:
    wizard = at_review(story, tmp_path, lines_of(without=("1876", "4917", "53")))
    dialog = show(story, "G3")
    assert unnamed(dialog) == []
    shown = {dialog.list.topLevelItem(at).text(0): dialog.list.topLevelItem(at).text(1) for at in range(3)}
    assert shown == {"Jamaica": "1", "Germany Mobile": "1", "Cuba": "1"}
    story.press("rates", dialog)
    assert wizard.review.grid.model.rowCount() == int(guard(story, "G3").token)
    story.press("partial", show(story, "G3"))
    assert story.guard("G3") == "ok"
    assert wizard.review.options.scopes["partial"].isChecked()  # type: ignore[index]


def test_g4_and_g12_open_the_import_they_compare_with(story: Story, tmp_path: Path) -> None:
    at_review(story, tmp_path, lines_of({"44": "0.0081"}))
    record = publish(story)
    at_review(story, tmp_path, lines_of({"44": "0.0081"}))
    assert story.guard("G12") == "ask"
    assert "by sara" in guard(story, "G12").text
    dialog = show(story, "G12")
    assert dialog.windowTitle() == "sheet.csv into Aurora A-Z"
    dialog.accept()
    story.wizard().reject()
    story.calm()
    at_review(
        story, tmp_path, lines_of({"44": "0.0082"}, without=[f"{at}" for at in (1876, 53, 4915, 4916, 4917)])
    )
    assert (story.guard("G4"), guard(story, "G4").link) == ("ask", str(record.id))
    dialog = show(story, "G4")
    assert dialog.windowTitle() == "sheet.csv into Aurora A-Z"
    dialog.accept()


def test_g5_g9_and_g10_lead_to_the_rows_that_wait(story: Story, tmp_path: Path) -> None:
    lines = [*lines_of({"44": "0"}), "Malta;356;oops;1/1;2026-12-01", "Greece;30;0.01;6-Jun;2026-12-01",
             "Cyprus;357;0.01;0/0;2026-12-01"]  # fmt: skip
    wizard = at_review(story, tmp_path, lines)
    for name, code in (("G5", "odd_price"), ("G10", "interval_is_date")):
        story.press(f"show.{name}")
        assert (story.step(), wizard.parts.check._found.code) == ("check", code)
        story.to("review")
    story.press("show.G9")
    assert story.step() == "check"
    story.to("review")
    story.press("fix.G10")
    assert guard(story, "G10").token == ""
    assert story.counts()["quarantined"] == "2"


def test_g6_the_past_is_kept_moved_or_given_one_date(story: Story, tmp_path: Path) -> None:
    wizard = at_review(story, tmp_path, lines_of({"44": "0.0085"}, day="2026-11-01"))
    assert story.child("check.G6", wizard).text() == "Keep these dates"
    story.press("fix.G6")
    assert (story.guard("G6"), guard(story, "G6").accepted_by) == ("ok", "sara")
    assert "starts now" in guard(story, "G6").text or "start now" in guard(story, "G6").text
    story.press("fix.G6")
    assert (story.guard("G6"), guard(story, "G6").accepted_by) == ("ask", "")
    story.press("fix.G6.effective")
    assert wizard.review.options.one.isChecked()
    wizard.review.options.day.set_value(date(2026, 12, 5))
    story.calm()
    assert story.guard("G6") == "ok"
    record = publish(story)
    assert record.decisions["effective"] == "2026-12-05"
    assert record.decisions["by"]["effective"] == "sara"


def test_g7_a_rule_for_all_and_a_hand_for_one(story: Story, tmp_path: Path) -> None:
    lines = [
        *lines_of(),
        *(f"Zone {at};{at};0.0{price}00;1/1;2026-12-01" for at in (31, 32, 33) for price in (3, 4)),
    ]
    wizard = at_review(story, tmp_path, lines)
    assert story.counts()["quarantined"] == "6"
    story.press("show.G7")
    assert (story.step(), wizard.parts.check._found.code) == ("check", "two_prices")
    story.to("review")
    story.press("fix.G7")
    dialog = story.child("dialog.conflicts")
    assert unnamed(dialog) == []
    first = dialog.list.topLevelItem(0)
    assert [first.child(at).text(1) for at in range(2)] == ["0.0300", "0.0400"]
    dialog.tick("31", 16)
    dialog.tick("31", 17)
    assert [first.child(at).checkState(0) == Qt.CheckState.Checked for at in range(2)] == [False, True]
    dialog.tick("31", 16)
    story.press("commit", dialog)
    assert story.counts()["quarantined"] == "4"
    story.child("field.conflicts", wizard).set_value("highest")
    story.calm()
    assert "quarantined" not in story.counts()
    assert story.child("field.conflicts", wizard).value() == "highest"
    # What the rule takes is ticked, and cannot be left without a tick; the hand's choice stays.
    story.press("fix.G7")
    dialog = story.child("dialog.conflicts")
    dialog.tick("32", 19, is_ticked=False)
    assert dialog._ticked_row(1) == 19
    dialog.tick("33", 20)
    story.press("commit", dialog)
    record = publish(story)
    assert record.decisions["chosen"] == ["16:31", "19:32", "20:33"]
    at = story.world.at("2026-12-02 00:00")
    for prefix, price in (("31", "0.03"), ("32", "0.04"), ("33", "0.03")):
        rate = queries.rate_for(story.world.db, story.world.sara, "Aurora A-Z", prefix, at=at)
        assert rate is not None
        assert str(rate.terms.price) == price
    assert next(one for one in record.guards if one["id"] == "G7")["accepted_by"] == "sara"


def test_g8_the_sheet_is_converted_at_a_typed_rate(story: Story, tmp_path: Path) -> None:
    wizard = at_review(story, tmp_path, lines_of({"44": "0.0333"}), HEAD.replace("Rate", "Rate EUR"))
    assert story.guard("G8") == "stop"
    story.press("fix.G8")
    dialog = story.child("dialog.convert")
    assert unnamed(dialog) == []
    for typed in ("", "x", "0", "-1", "1e"):
        dialog.rate.setText(typed)
        assert not dialog.commit.isEnabled()
    dialog.rate.setText("1,0857142857")
    dialog.day.set_value(date(2026, 11, 20))
    assert dialog.sample.text() == "A price of 0.1000 EUR becomes 0.10857143 USD."
    story.press("commit", dialog)
    assert (story.guard("G8"), guard(story, "G8").accepted_by) == ("ok", "sara")
    # Another reading keeps the conversion; taking it back stops again.
    story.press("fix.G8.convert_off")
    assert story.guard("G8") == "stop"
    story.press("fix.G8")
    dialog = story.child("dialog.convert")
    dialog.rate.setText("1.0857142857")
    dialog.day.set_value(date(2026, 11, 20))
    story.press("commit", dialog)
    story.child("effective.one", wizard).click()
    story.calm()
    record = publish(story)
    assert record.decisions["convert"] == {
        "rate": "1.0857142857", "day": "2026-11-20", "source": "EUR", "target": "USD"
    }  # fmt: skip
    rate = queries.rate_for(
        story.world.db, story.world.sara, "Aurora A-Z", "44", at=story.world.at("2026-11-24 00:00")
    )
    assert rate is not None
    assert str(rate.terms.price) == "0.03615429"
    page = story.imports
    story.window.show_page("imports")
    story.calm()
    story.press("record", page)
    said = story.child("import.decisions").text()
    assert "1 EUR = 1.0857142857 USD of 2026-11-20 (sara)" in said


def test_g8_the_sheet_goes_into_a_table_of_its_currency(story: Story, tmp_path: Path) -> None:
    story.shown.ask.answers.append(None)
    wizard = at_review(story, tmp_path, lines_of(), HEAD.replace("Rate", "Rate EUR"))
    story.press("fix.G8.table")
    assert "No table is in EUR" in story.shown.ask.asked[-1].text
    wizard.reject()
    story.calm()
    made = commands.create_table(story.world.db, story.world.sara, name="Borealis", currency="EUR")
    story.calm()
    wizard = at_review(story, tmp_path, lines_of(), HEAD.replace("Rate", "Rate EUR"))
    story.shown.ask.answers[:] = [str(made.id)]
    story.press("fix.G8.table")
    assert wizard.title.text() == "Import into Borealis"
    assert (story.guard("G8"), story.counts()["new"]) == ("ok", "14")


def test_g11_and_g14_lead_to_the_plans(story: Story, tmp_path: Path) -> None:
    lines = [*lines_of(without=("960",)), "Jamaica Mobile;1658;0.1300;60/60;2026-12-01"]
    at_review(story, tmp_path, lines)
    assert (story.guard("G11"), story.guard("G14")) == ("ask", "ask")
    story.press("show.G14")
    dialog = story.child("dialog.consequences")
    assert dialog.tabs.tabText(dialog.tabs.currentIndex()) == "No supplier left (1)"
    dialog.reject()
    story.calm()
    story.press("show.G11")
    dialog = story.child("dialog.consequences")
    assert dialog.tabs.currentIndex() == 0
    remarks = dialog.below.model.column_at("remark")
    assert "new longer prefix" in {
        dialog.below.model.cell(at, remarks)[0] for at in range(dialog.below.model.rowCount())
    }
    story.press("plan", dialog)
    assert [one for one in story.window.findChildren(RateWizard) if one.isVisible()] == []
    assert story.window.page is story.window.page_of("plans")
    assert story.history() == [("sheet.csv", "staged")]


def test_g13_late_changes_start_on_the_day_agreed(story: Story, tmp_path: Path) -> None:
    """Aurora announces increases 7 days before; a longer interval is one, by whatever name."""
    lines = [
        line.replace(";1/1;", ";60/60;") if line.startswith("UK Fixed") else line
        for line in lines_of(day="2026-11-25")
    ]
    wizard = at_review(story, tmp_path, lines)
    assert (story.guard("G13"), story.counts()["changed"]) == ("ask", "1")
    story.press("show.G13")
    assert wizard.review.grid.model.rowCount() == 1
    story.press("fix.G13")
    assert (story.guard("G13"), guard(story, "G13").accepted_by) == ("ok", "sara")
    cell = wizard.review.grid.cell("44", "from")
    assert cell is not None
    assert "30" in cell.text
    story.press("fix.G13")
    assert story.guard("G13") == "ask"
    story.press("fix.G13")
    assert publish(story).decisions["clamp_notice"] is True


def test_a_reading_that_is_refused_leaves_the_review_as_it_was(story: Story, tmp_path: Path) -> None:
    wizard = at_review(story, tmp_path, lines_of({"44": "0.0081"}))
    before = story.counts()
    from voipdesk.rates.rules.conversion import conversion_of

    wizard.review.acts.convert_wanted.emit(conversion_of({"rate": "2", "day": "2026-11-20"}))
    story.calm()
    assert "no other currency" in wizard.message.text() or story.counts() == before
    assert not wizard.review.is_busy
    assert story.counts() == before
