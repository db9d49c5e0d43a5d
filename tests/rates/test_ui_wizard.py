"""The import of a sheet in the window: file, review, publish."""

from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from PySide6.QtWidgets import QLabel, QLineEdit, QWidget

from tests.rates.screen import SHEET, Seen, wizard_of
from voipdesk.kernel.periods import to_micros
from voipdesk.kit.editors import ChoiceEdit
from voipdesk.kit.jobs import InlineJobs
from voipdesk.kit.names import unnamed
from voipdesk.rates import queries
from voipdesk.rates.ui.wizard import RateWizard


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
