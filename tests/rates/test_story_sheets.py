"""S05 and S07: half a price list, the second month of a supplier's sheet (S01 has a file of its own)."""

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
from PySide6.QtWidgets import QLineEdit
from pytestqt.qtbot import QtBot

from tests.rates.story import Story, aurora, told
from tests.worlds import price_rows
from voipdesk.rates import queries


@pytest.fixture
def story(qtbot: QtBot, tmp_path: Path, isolated_home: Path) -> Iterator[Story]:
    with told(qtbot, tmp_path) as made:
        yield made


def published(story: Story, path: Path) -> None:
    story.open(path)
    story.to("review")
    story.let_pass()
    story.to("publish")
    story.press("publish")


def test_s05_half_a_price_list_must_not_close_the_rest(story: Story, tmp_path: Path) -> None:
    lines = ["Destination;Prefix;Rate;Increment;Effective Date"]
    lines += [
        f"{one.destination};{one.prefix};{one.buy};{one.initial}/{one.following};2026-12-01"
        for one in price_rows()
        if one.prefix not in {"1876", "4917", "53", "960"}
    ]
    path = tmp_path / "half.csv"
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    wizard = story.open(path)
    story.to("review")
    assert story.guard("G3") == "stop"
    assert "4 of 14 prefixes (28.6 %)" in wizard.review.guards.guard("G3").text  # type: ignore[union-attr]
    assert not wizard.btn_next.isEnabled()
    story.child("scope.partial", wizard).click()
    story.calm()
    assert (story.guard("G3"), story.counts()) == ("ok", {"all": "10", "same": "10"})
    story.child("scope.full", wizard).click()
    story.calm()
    field = story.child("field.G3", wizard)
    assert isinstance(field, QLineEdit)
    field.setText("3")
    story.calm()
    assert not wizard.btn_next.isEnabled()
    field.setText("4")
    story.calm()
    story.let_pass()
    story.to("publish")
    story.press("publish")
    record = queries.imports(story.world.db, story.world.sara)[0]
    guard = next(one for one in record.guards if one["id"] == "G3")
    assert (guard["state"], guard["accepted_by"]) == ("stop", story.world.sara.name)


def test_s07_second_month_no_mapping(story: Story, tmp_path: Path) -> None:
    published(story, aurora(tmp_path / "aurora_2026-12.xls"))
    second = aurora(
        tmp_path / "aurora_2027-01.xls", header=6, day="31.12.2026", order=(1, 2, 0, 5, 3, 4, 6), notes=True
    )
    story.drop(second)
    wizard = story.wizard()
    assert story.step() == "review"
    assert wizard.title.text() == "Import into Aurora A-Z"
    banner = wizard.review.banner.text.text()
    assert "Aurora A-Z" in banner
    assert "7 of 7 columns" in banner
    assert "Notes" in banner
    assert story.counts() == {"all": "15", "same": "15"}
    assert wizard.btn_next.isEnabled()
    story.press("change", wizard.review)
    assert story.step() == "rows"


def test_dates_and_scope_are_decided_on_the_review(story: Story, tmp_path: Path) -> None:
    wizard = story.open(aurora(tmp_path / "aurora.xls"))
    story.to("review")
    story.child("effective.one", wizard).click()
    wizard.review.options.day.set_value(date(2026, 12, 24))
    story.calm()
    assert wizard.review.review is not None
    assert [at for at, _ in wizard.review.review.starts] == [story.world.at("2026-12-24 00:00")]
    assert wizard.review.review.staged.decisions.effective == date(2026, 12, 24)
    wizard.reject()
    story.calm()
    assert len(queries.versions(story.world.db, story.world.sara, "Aurora A-Z")) == 1
    assert story.history() == [("aurora.xls", "cancelled")]
