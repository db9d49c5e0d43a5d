"""The import of a sheet in the window, step by step: answers, markers, guards, refusals, stopping, resuming."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from tests.rates.screen import SHEET
from tests.rates.story import Story, told
from voipdesk.kernel.problems import Refused
from voipdesk.rates import queries
from voipdesk.rates.queries.senders import learned_titles
from voipdesk.rates.ui.rows_view import FIRST, HEADER
from voipdesk.rates.ui.wizard import RateWizard

COUNTRIES = {
    "France": 33, "Germany": 49, "Italy": 39, "Spain": 34, "Kenya": 254, "Ghana": 233, "Egypt": 20, "Cuba": 53,
}  # fmt: skip

DAYS = ("6-Jun", "06. Jun", "Jun-06", "6. Juni", "6/Jun", "30-Jun", "Jan-60", "1-Jan")


@pytest.fixture
def story(qtbot: QtBot, tmp_path: Path, isolated_home: Path) -> Iterator[Story]:
    with told(qtbot, tmp_path, plans=False) as made:
        yield made


def sheet(tmp_path: Path, text: str = SHEET) -> Path:
    path = tmp_path / "aurora.csv"
    path.write_text(text, encoding="utf-8")
    return path


def versions(story: Story) -> int:
    return len(queries.versions(story.world.db, story.world.sara, "Aurora A-Z"))


def test_faulty_rows_wait_and_the_others_are_published(story: Story, tmp_path: Path) -> None:
    wizard = story.open(sheet(tmp_path))
    story.to("check")
    story.to("review")
    assert story.counts()["quarantined"] == "1"
    assert story.guard("G1") == "ask"
    assert not wizard.btn_next.isEnabled()
    story.let_pass()
    story.to("publish")
    assert "aurora.csv into Aurora A-Z" in wizard.publish.said.text()
    wizard.publish.note.setText("November")
    assert versions(story) == 1
    story.press("publish")
    newest = queries.versions(story.world.db, story.world.sara, "Aurora A-Z")[0]
    assert (newest.state, newest.source, newest.note) == ("published", "import", "November")
    assert "1 new" in story.shown.toast
    story.shown.ask.answers.append(True)
    story.window.toast.acted.emit("Undo import")
    story.calm()
    assert queries.versions(story.world.db, story.world.sara, "Aurora A-Z")[0].state == "reverted"


def test_odd_prices_are_taken_only_when_told(story: Story, tmp_path: Path) -> None:
    wizard = story.open(sheet(tmp_path, SHEET.replace("0.0060", "0.0000")))
    story.to("review")
    assert story.counts()["quarantined"] == "2"
    story.child("check.G5", wizard).click()
    story.calm()
    assert (story.counts()["quarantined"], story.counts()["new"]) == ("1", "1")


def test_what_the_file_leaves_open_is_asked_on_its_columns(story: Story, tmp_path: Path) -> None:
    rows = "\n".join(f"{name};{code};0.0500;03/04/2026" for name, code in COUNTRIES.items())
    wizard = story.open(sheet(tmp_path, f"Destination;Code;Rate;Effective Date\n{rows}\n"))
    story.to("columns")
    assert not wizard.btn_next.isEnabled()
    story.child("ask.date_order", wizard).set_value("mdy")
    story.calm()
    story.to("review")
    assert wizard.review.review is not None
    assert wizard.review.review.starts[0][0] <= story.world.at("2026-11-23 00:00")
    assert wizard.review.review.staged.told["date_order"] == "mdy"


def test_the_markers_move_by_buttons_and_keys(story: Story, tmp_path: Path) -> None:
    wizard = story.open(sheet(tmp_path))
    story.to("rows")
    rows = wizard.parts.rows
    assert rows.ledger.text().startswith("17 rows = 3 title + 1 header")
    story.child(f"btn.{FIRST}.down", rows.view).click()
    story.calm()
    assert wizard.reading.told[FIRST] == "6"
    assert rows.ledger.text() == "17 rows = 4 title + 1 header + 11 data + 1 footer"
    place = rows.view.row_of(6)
    assert place is not None
    rows.view.setCurrentCell(place, 0)
    QTest.keyClick(rows.view, Qt.Key.Key_Up, Qt.KeyboardModifier.AltModifier)
    story.calm()
    assert wizard.reading.told[FIRST] == "5"
    story.press("reset", rows)
    assert FIRST not in wizard.reading.told
    assert HEADER not in wizard.reading.told


def test_a_column_that_was_named_is_known_next_time(story: Story, tmp_path: Path) -> None:
    rows = "\n".join(f"{name};{code};{code}.5;0.0500" for name, code in COUNTRIES.items())
    path = sheet(tmp_path, f"Wo;Vorw.;Foo;Betrag XY\n{rows}\n")
    wizard = story.open(path)
    story.to("columns")
    story.child("field.column.4", wizard).set_value("rate")
    story.calm()
    story.to("review")
    story.child("scope.partial", wizard).click()
    story.calm()
    story.let_pass()
    story.to("publish")
    story.press("publish")
    with story.world.db.read() as conn:
        assert learned_titles(conn) == {"betrag xy": "rate"}


def test_another_delimiter_cuts_the_cells_anew(story: Story, tmp_path: Path) -> None:
    wizard = story.open(sheet(tmp_path))
    story.to("rows")
    story.child("field.delimiter", wizard).set_value("|")
    story.calm()
    assert wizard.reading.layout is not None
    assert wizard.reading.layout.kind != "rates"
    story.child("field.delimiter", wizard).set_value(";")
    story.calm()
    assert wizard.reading.layout.kind == "rates"


def test_a_file_that_is_no_sheet_is_said(story: Story, tmp_path: Path) -> None:
    wizard = story.open(sheet(tmp_path, "hello\nworld\n"))
    wizard.file.take_paths([tmp_path / "nowhere.csv"])
    story.calm()
    assert "nowhere.csv" in wizard.look()[0]
    assert not wizard.btn_next.isEnabled()


def test_what_was_kept_for_later_goes_on_at_its_review(story: Story, tmp_path: Path) -> None:
    wizard = story.open(sheet(tmp_path))
    story.to("review")
    story.child("scope.partial", wizard).click()
    story.calm()
    story.press("later")
    assert story.history() == [("aurora.csv", "staged")]
    story.imports.resume(story.imports._records[0].id)
    story.calm()
    again = story.wizard()
    assert story.step() == "review"
    assert again.review.options.scopes["partial"].isChecked()  # type: ignore[index]
    again.reject()
    assert story.history() == [("aurora.csv", "staged")]


def test_publishing_that_is_refused_keeps_the_wizard(story: Story, tmp_path: Path) -> None:
    wizard = story.open(sheet(tmp_path))
    story.to("review")
    story.let_pass()
    story.to("publish")
    wizard._refused(Refused("changed_since", "The table was changed.", "Look again."))
    story.calm()
    assert wizard.isVisible()
    assert versions(story) == 1


def test_cancel_leaves_nothing_live(story: Story, tmp_path: Path) -> None:
    story.open(sheet(tmp_path))
    story.to("review")
    story.press("cancel")
    assert versions(story) == 1
    assert story.history() == [("aurora.csv", "cancelled")]


def test_a_pasted_table_is_read_like_a_file(story: Story, tmp_path: Path, qtbot: QtBot) -> None:
    from PySide6.QtGui import QGuiApplication

    story.shown.page.import_file(None)
    story.calm()
    wizard = story.wizard()
    assert isinstance(wizard, RateWizard)
    QGuiApplication.clipboard().setText(
        "Destination\tCode\tRate\nFrance\t33\t0.01\nSpain\t34\t0.02\nItaly\t39\t0.03\n"
    )
    story.press("paste")
    assert wizard.reading.preview is not None
    assert wizard.reading.preview.kinds["data"] == 3


def test_intervals_that_all_became_days_are_read_as_they_were_meant(story: Story, tmp_path: Path) -> None:
    rows = "\n".join(
        f"{name};{code};0.0500;{day}" for (name, code), day in zip(COUNTRIES.items(), DAYS, strict=True)
    )
    wizard = story.open(sheet(tmp_path, f"Destination;Code;Rate;Billing\n{rows}\n"))
    story.to("check")
    assert [one.code for one in wizard.parts.check._found.rows] == ["interval_is_date"] * len(DAYS)
    story.to("review")
    assert story.counts()["quarantined"] == str(len(DAYS))
    story.press("fix.G10", wizard)
    story.calm()
    assert story.child("review.ledger", wizard).text() == "9 rows = 1 title, header, footer + 8 accepted"


def test_enter_goes_on_from_the_rows_and_the_counts_of_the_review(story: Story, tmp_path: Path) -> None:
    wizard = story.open(sheet(tmp_path))
    story.to("review")
    story.let_pass()
    for place in (wizard.review.grid.view, story.child("chip.up", wizard)):
        place.setFocus()
        view = wizard.review.grid.view
        view.setCurrentIndex(view.model().index(0, 0))
        QTest.keyClick(place, Qt.Key.Key_Return)
        story.calm()
        assert story.step() == "publish"
        wizard.go_back()
        story.calm()
    QTest.keyClick(story.child("chip.new", wizard), Qt.Key.Key_Space)
    story.calm()
    assert story.step() == "review"
    assert wizard.review.grid.model.rowCount() == int(story.counts()["new"])
