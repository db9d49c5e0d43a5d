"""Files dropped on an open wizard, and reviews that are kept for later: everything is found again."""

from collections.abc import Iterator
from datetime import timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import QMimeData, QPoint, QPointF, Qt, QUrl
from PySide6.QtGui import QDragEnterEvent, QDropEvent
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from tests.rates.story import Story, aurora, told
from tests.worlds import NOW
from voipdesk.kernel.periods import Clock
from voipdesk.rates import queries
from voipdesk.rates.queries import drafts
from voipdesk.rates.queries.intake import waiting_files

SHEET = "Destination;Code;Rate;Effective Date\nFrance;33;0,01;30.11.2026\nSpain;34;0,02;30.11.2026\n"


@pytest.fixture
def story(qtbot: QtBot, tmp_path: Path, isolated_home: Path) -> Iterator[Story]:
    with told(qtbot, tmp_path, plans=False) as made:
        yield made


def drop_on(story: Story, target: QWidget, *paths: Path) -> None:
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(path)) for path in paths])
    copy, left, none = Qt.DropAction.CopyAction, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
    QApplication.sendEvent(target, QDragEnterEvent(QPoint(5, 5), copy, data, left, none))
    QApplication.sendEvent(target, QDropEvent(QPointF(5, 5), copy, data, left, none))
    story.calm()


def sheets(tmp_path: Path, *names: str) -> list[Path]:
    paths = [tmp_path / name for name in names]
    for number, path in enumerate(paths):
        path.write_text(SHEET + f"Kenya;25{number};0,04;30.11.2026\n", encoding="utf-8")
    return paths


def waiting(story: Story) -> list[str]:
    return [one.name for one in waiting_files(story.world.db, story.world.sara)]


@pytest.mark.parametrize("on", ["step", "wizard"])
def test_of_several_files_the_first_is_read_and_the_others_wait(
    story: Story, tmp_path: Path, on: str
) -> None:
    first, second, third = sheets(tmp_path, "a.csv", "b.csv", "c.csv")
    wizard = story.open(first)
    drop_on(story, wizard.file if on == "step" else wizard, second, third, first)
    assert wizard.reading.path == second
    assert waiting(story) == ["c.csv", "a.csv"]
    said = story.child("wizard.aside", wizard).text().replace("\u2068", "").replace("\u2069", "")
    assert said == "c.csv, a.csv: into the queue of Imports."
    story.to("review")
    assert wizard.aside.isVisible()
    entry = story.window._sidebar._entries["imports"]
    assert entry._count >= 2


def test_on_a_later_step_every_file_waits(story: Story, tmp_path: Path) -> None:
    first, second = sheets(tmp_path, "a.csv", "b.csv")
    wizard = story.open(first)
    story.to("review")
    drop_on(story, wizard, second)
    assert story.step() == "review"
    assert wizard.reading.path == first
    assert waiting(story) == ["b.csv"]


def test_a_sheet_kept_for_later_has_its_note_and_its_mapping(story: Story, tmp_path: Path) -> None:
    story.open(aurora(tmp_path / "aurora_2026-12.xls"))
    story.to("review")
    story.let_pass()
    story.to("publish").publish.note.setText("after the call with Sam")
    story.press("later")
    assert story.history() == [("aurora_2026-12.xls", "staged")]
    record = story.imports._records[0]
    assert (
        queries.staged(story.world.db, story.world.sara, record.id).decisions.note
        == "after the call with Sam"
    )
    story.imports.resume(record.id)
    story.calm()
    assert story.step() == "review"
    assert story.counts()["up"] == "7"


def to_review(story: Story) -> Any:
    story.press("publish_draft", story.window.page)
    dialog = story.child("dialog")
    story.press("commit", dialog)
    assert story.step() == "review"
    return story.wizard()


def price(story: Story, prefix: str) -> Decimal:
    found = queries.rate_for(
        story.world.db, story.world.sara, "Aurora A-Z", prefix, at=NOW + timedelta(hours=1)
    )
    assert found is not None
    return found.terms.price


def draft(story: Story) -> Any:
    return drafts.draft(story.world.db, story.world.sara, "Aurora A-Z")


def said(story: Story) -> str:
    return str(story.shown.page.drafting.bar.text.text())


def test_edits_kept_for_later_are_found_in_both_places(story: Story) -> None:
    story.type_price("44", "0.0085")
    to_review(story)
    story.press("later")
    assert story.history() == [("Edits of Aurora A-Z", "staged")]
    assert draft(story) is not None
    assert said(story).endswith("Its review waits in Imports.")
    story.press("Imports", story.window.toast)
    page = story.window.page
    assert page.objectName() == "page.imports"
    assert page.history.current_key() == str(page._records[0].id)
    story.window.show_page("rates")
    story.calm()
    story.press("continue_review", story.window.page)
    assert story.step() == "review"
    story.press("cancel")
    assert story.history() == [("Edits of Aurora A-Z", "staged")]
    story.press("continue_review", story.window.page)
    story.to("publish")
    story.press("publish")
    assert price(story, "44") == Decimal("0.0085")
    assert draft(story) is None
    assert said(story) == ""
    landed = story.window.page.landed.bar
    assert landed.isVisible()
    assert landed.text.text().startswith("These edits: ")
    assert landed.text.text().endswith("1 changed rate")


def test_a_review_that_was_only_closed_leaves_the_draft_alone(story: Story) -> None:
    story.type_price("44", "0.0085")
    to_review(story)
    story.press("cancel")
    assert story.history() == [("Edits of Aurora A-Z", "cancelled")]
    assert not story.shown.page.drafting.bar.review.isVisible()
    assert draft(story) is not None


def test_publishing_anew_replaces_the_review_that_waits(story: Story) -> None:
    story.type_price("44", "0.0085")
    to_review(story)
    story.press("later")
    story.type_price("49", "0.0115")
    to_review(story)
    assert [state for _, state in story.history()] == ["staged", "cancelled"]
    story.to("publish")
    story.press("publish")
    assert (price(story, "44"), price(story, "49")) == (Decimal("0.0085"), Decimal("0.0115"))
    assert draft(story) is None


def at_minute(story: Story, minute: int) -> None:
    """Another time of the day for everybody."""
    story.world.db.clock = story.window.desk.clock = Clock(NOW + timedelta(minutes=minute))


def test_what_was_edited_since_is_not_lost_when_the_older_review_is_published(story: Story) -> None:
    story.type_price("44", "0.0085")
    to_review(story)
    story.press("later")
    at_minute(story, 5)
    story.type_price("49", "0.0115")
    assert said(story).endswith("The review in Imports is of earlier edits.")
    assert not story.shown.page.drafting.bar.review.isVisible()
    story.window.show_page("imports")
    story.calm()
    story.imports.resume(story.imports._records[0].id)
    story.calm()
    story.to("publish")
    story.press("publish")
    assert price(story, "44") == Decimal("0.0085")
    held = draft(story)
    assert held is not None
    story.window.show_page("rates")
    story.calm()
    left = drafts.drafted_rates(story.world.db, story.world.sara, "Aurora A-Z")
    assert left.prefix_texts() == ["49"]
