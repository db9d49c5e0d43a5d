"""Step Check in the window: each reason offers what settles its rows, and what stays goes out as a file and comes back."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from tests.rates.story import Story, told
from voipdesk.kit.names import unnamed
from voipdesk.rates import queries
from voipdesk.rates.ui.step_check import CheckPage

HEAD = "Destination;Code;Rate (USD/min);Billing Increment;Effective Date\n"
GOOD = "".join(f"Zone {code};{code};0.0{code}0;1/1;30.11.2026\n" for code in (31, 32, 34, 36, 41, 43, 45, 46))
FAULTY = """\
France;33;"0,0100";1/1;30.11.2026
Italy;39;0.0300 a minute;1/1;30.11.2026
Kenya;254;suspended;1/1;30.11.2026
Ghana;233;suspended;1/1;30.11.2026
Egypt;20;oops;1/1;30.11.2026
Sudan;249;oops;1/1;30.11.2026
Chad;235;oops;1/1;30.11.2026
Norway;NO 47;0.0100;1/1;30.11.2026
Poland;4.8E+11;0.0100;1/1;30.11.2026
Greece;30;0.0100;6-Jun;30.11.2026
Malta;356;0.0100;0/0;30.11.2026
Japan;81;0.0100;1/1;32.13.2026
Korea;82;0.0100;1/1;32.13.2026
India;91;0.0100;1/1;30.11.2026
India;91;0.0200;1/1;30.11.2026
Nepal;977;0.0000;1/1;30.11.2026
"""


@pytest.fixture
def story(qtbot: QtBot, tmp_path: Path, isolated_home: Path) -> Iterator[Story]:
    with told(qtbot, tmp_path, plans=False) as made:
        yield made


def at_check(story: Story, tmp_path: Path, text: str = FAULTY) -> CheckPage:
    path = tmp_path / "faulty.csv"
    path.write_text(HEAD + GOOD + text, encoding="utf-8")
    story.open(path)
    return story.to("check").parts.check


def look_at(story: Story, check: CheckPage, code: str) -> list[str]:
    """Choose a reason; the ways out that it offers."""
    place = next(at for at, one in enumerate(check._found.reasons) if one.code == code)
    check.groups.setCurrentRow(place)
    story.calm()
    choice = story.child("field.fix", check)
    return [str(choice.itemData(at)) for at in range(choice.count())]


def fix(story: Story, check: CheckPage, code: str, way: str) -> None:
    assert way in look_at(story, check, code)
    story.child("field.fix", check).set_value(way)
    story.press("fix_all", check)


def reasons(check: CheckPage) -> dict[str, int]:
    return {one.code: one.rows for one in check._found.reasons}


def test_each_reason_offers_what_settles_its_rows(story: Story, tmp_path: Path) -> None:
    check = at_check(story, tmp_path)
    assert unnamed(story.wizard()) == []
    assert reasons(check) == {
        "price_unreadable": 7, "date_unreadable": 2, "two_prices": 2, "interval_is_date": 1, "interval_zero": 1,
        "odd_price": 1, "prefix_scientific": 1, "prefix_unreadable": 1,
    }  # fmt: skip
    assert look_at(story, check, "prefix_scientific") == [""]
    assert not story.child("btn.fix_all", check).isEnabled()
    assert "“\u20680,0100\u2069” as “\u20680.01\u2069”: 2 rows" in story.child(
        "field.fix", check
    ).currentText() or (look_at(story, check, "price_unreadable")[0] == "auto")
    fix(story, check, "price_unreadable", "auto")
    assert reasons(check)["price_unreadable"] == 5
    fix(story, check, "price_unreadable", "blocked:suspended")
    assert reasons(check)["price_unreadable"] == 3
    fix(story, check, "prefix_unreadable", "auto")
    fix(story, check, "interval_is_date", "auto")
    fix(story, check, "interval_zero", "auto")
    look_at(story, check, "date_unreadable")
    assert story.child("field.fix_day", check).isVisible()
    fix(story, check, "date_unreadable", "one_date")
    fix(story, check, "two_prices", "highest")
    fix(story, check, "odd_price", "take")
    assert reasons(check) == {"price_unreadable": 3, "prefix_scientific": 1}
    assert "4 in quarantine" in story.child("check.ledger", check).text()
    story.to("review")
    assert story.counts()["quarantined"] == "4"
    assert story.counts()["blocked"] == "2"
    assert story.guard("G5") == "ask"
    kept = queries.staged(story.world.db, story.world.sara, story.wizard().staging.import_id)  # type: ignore[arg-type]
    assert {one.by for one in kept.decisions.mended} == {"sara"}


def test_one_answer_serves_all_cells_that_say_the_same(story: Story, tmp_path: Path) -> None:
    check = at_check(story, tmp_path)
    look_at(story, check, "price_unreadable")
    row = next(one.row for one in check._found.rows if one.value == "oops")
    check.rows.grid.edited.emit(row, "cell.2", "still not")
    story.calm()
    assert "same" not in look_at(story, check, "price_unreadable")
    row = next(one.row for one in check._found.rows if one.value == "oops")
    check.rows.grid.edited.emit(row, "cell.2", "0.0500")
    story.calm()
    choice = story.child("field.fix", check)
    assert (choice.value(), "1 row" in choice.currentText()) == ("same", True)
    story.press("fix_all", check)
    assert sorted(one.value for one in check._found.rows) == [
        "0,0100", "0.0300 a minute", "still not", "suspended", "suspended"
    ]  # fmt: skip
    assert "same" not in look_at(story, check, "price_unreadable")


def test_contradicting_rows_are_picked_by_hand_from_here_too(story: Story, tmp_path: Path) -> None:
    check = at_check(story, tmp_path)
    look_at(story, check, "two_prices")
    story.child("field.fix", check).set_value("pick")
    story.press("fix_all", check)
    dialog = story.child("dialog.conflicts")
    assert unnamed(dialog) == []
    dialog.tick("91", 23)
    story.press("commit", dialog)
    assert "two_prices" not in reasons(check)
    story.to("review")
    assert "\u206691" not in story.wizard().review.guards.guard("G7").text  # type: ignore[union-attr]
    assert story.guard("G7") == "ok"


def test_rows_are_left_reason_by_reason_until_the_next_step(story: Story, tmp_path: Path) -> None:
    check = at_check(story, tmp_path, "Egypt;20;oops;1/1;30.11.2026\nNorway;NO;0.0100;1/1;30.11.2026\n")
    first = check._found.code
    story.press("leave", check)
    assert story.step() == "check"
    assert check._found.code != first
    assert "left in quarantine" in check.groups.item(0).text()
    story.press("leave", check)
    assert story.step() == "review"
    assert story.counts()["quarantined"] == "2"


@pytest.mark.parametrize("ending", [".xlsx", ".csv"])
def test_rejects_are_written_here_and_come_back_corrected(story: Story, tmp_path: Path, ending: str) -> None:
    check = at_check(story, tmp_path)
    out = tmp_path / f"rejects{ending}"
    story.shown.ask.answers.append(out)
    story.press("rejects", check)
    assert "16 rows" in story.child("check.said", check).text()
    story.to("review")
    story.child("scope.partial").click()
    story.calm()
    story.let_pass()
    story.to("publish")
    story.press("publish")
    # The file comes back as it is: the same rows wait for the same reasons, and are settled the same way. Its profile
    # answers everything, so that the review comes first.
    story.open(out)
    story.press("show.G9")
    again = story.wizard().parts.check
    assert reasons(again) == {
        "price_unreadable": 7, "date_unreadable": 2, "two_prices": 2, "interval_is_date": 1, "interval_zero": 1,
        "odd_price": 1, "prefix_scientific": 1, "prefix_unreadable": 1,
    }  # fmt: skip
    fix(story, again, "price_unreadable", "auto")
    fix(story, again, "interval_is_date", "auto")
    fix(story, again, "prefix_unreadable", "auto")
    story.to("review")
    story.child("scope.partial").click()
    story.calm()
    assert story.counts()["new"] == "4"
    story.let_pass()
    story.to("publish")
    story.press("publish")
    at = story.world.at("2026-12-01 00:00")
    for prefix, price in (("33", "0.01"), ("39", "0.03"), ("47", "0.01"), ("30", "0.01")):
        found = queries.rate_for(story.world.db, story.world.sara, "Aurora A-Z", prefix, at=at)
        assert found is not None
        assert str(found.terms.price) == price


def test_every_row_is_counted_and_the_first_thousands_are_shown(
    story: Story, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("voipdesk.rates.ui.step_check.MOST", 3)
    check = at_check(
        story, tmp_path, "".join(f"Zone;{prefix};oops;1/1;30.11.2026\n" for prefix in range(9331, 9341))
    )
    assert reasons(check) == {"price_unreadable": 10}
    assert check.rows.grid.model.rowCount() == 3
    assert check.rows.more.text().startswith("7 more rows")


def test_corrections_stay_when_the_sheet_is_read_otherwise(story: Story, tmp_path: Path) -> None:
    check = at_check(story, tmp_path)
    wizard = story.wizard()
    fix(story, check, "interval_is_date", "auto")
    look_at(story, check, "prefix_unreadable")
    row = check._found.rows[0].row
    check.rows.grid.edited.emit(row, "cell.1", "4799")
    story.calm()
    wizard.go_back("columns")
    story.child("field.scale", wizard).set_value("0.01")
    story.calm()
    story.to("check")
    assert wizard.staging.import_id is not None
    assert queries.staged(story.world.db, story.world.sara, wizard.staging.import_id).told["scale"] == "0.01"
    assert not {"interval_is_date", "prefix_unreadable"} & set(reasons(check))
    assert reasons(check)["price_unreadable"] == 7
    story.to("review")
    assert wizard.review.grid.cell("4799", "new") is not None


def test_the_cell_at_fault_comes_into_sight(story: Story, tmp_path: Path) -> None:
    check = at_check(story, tmp_path)
    for code, column in (("date_unreadable", "cell.4"), ("prefix_scientific", "cell.1")):
        look_at(story, check, code)
        view = check.rows.grid.view
        assert check.rows.grid.model.columns[view.currentIndex().column()].id == column
