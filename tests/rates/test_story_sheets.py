"""S01, S05 and S07: a supplier's .xls up to its publishing, half a price list, the second month."""

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
from PySide6.QtWidgets import QLineEdit
from pytestqt.qtbot import QtBot

from tests.rates.story import Story, aurora, told
from tests.worlds import price_rows
from voipdesk.kit.names import unnamed
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


def test_s01_prices_rise_in_seven_days(story: Story, tmp_path: Path) -> None:
    path = aurora(tmp_path / "aurora_2026-12.xls")
    wizard = story.open(path)
    assert story.step() == "file"
    story.press("next")
    layout = wizard.reading.layout
    assert layout is not None
    assert (layout.sheet, layout.header_row, wizard.reading.preview.data) == ("Rates", 4, (5, 16))  # type: ignore[union-attr]
    said = story.child("rows.ledger", wizard).text()
    assert said == "18 rows = 3 title + 1 header + 12 data + 1 blank + 1 footer"
    story.press("next")
    assert set(layout.columns) == {
        "destination", "country_code", "area_code", "rate", "increment", "effective_date", "status",
    }  # fmt: skip
    assert "4915, 4916, 4917" in {one.text() for one in wizard.parts.columns.cards[2]._made}
    assert unnamed(wizard) == []
    story.press("next")
    assert story.step() == "review"
    assert unnamed(wizard) == []
    assert story.counts() == {"all": "16", "new": "2", "up": "7", "down": "1", "same": "5", "removed": "1"}
    review = wizard.review.review
    assert review is not None
    assert f"{review.biggest_rise:.2f}" == "10.48"
    assert (review.least_notice_days, review.short_notice) == (7, 0)
    assert "stop" not in {guard.state for guard in review.guards}
    assert story.child("review.effective", wizard).text().startswith("\u20662026-11-30")
    told = review.consequences
    assert told is not None
    assert {name: count for name, count in told.by_plan.items() if count} == {
        "Gold": 8, "Silver": 2, "Silver for Delta Traders": 3,
    }  # fmt: skip
    assert len(told.customers) == 5
    assert "960" in story.child("consequences.orphans", wizard).text()


def test_s01_published_and_kept(story: Story, tmp_path: Path) -> None:
    path = aurora(tmp_path / "aurora_2026-12.xls")
    wizard = story.open(path)
    story.to("review")
    story.child("chip.up", wizard).pressed.emit("up")
    story.calm()
    assert wizard.review.grid.model.rowCount() == 7
    cell = wizard.review.grid.cell("2010", "change")
    assert cell is not None
    assert cell.text == "+10.48 %"
    story.let_pass()
    story.to("publish")
    story.press("publish")
    db, sara = story.world.db, story.world.sara
    now = queries.rate_for(db, sara, "Aurora A-Z", "2010", at=story.world.at("2026-11-23 12:00"))
    then = queries.rate_for(db, sara, "Aurora A-Z", "2010", at=story.world.at("2026-11-30 00:00"))
    assert now is not None
    assert then is not None
    assert (f"{now.terms.price:.4f}", f"{then.terms.price:.4f}") == ("0.1050", "0.1160")
    record = queries.imports(db, sara)[0]
    assert {name: count for name, count in record.counts.items() if count} == {
        "new": 2, "up": 7, "down": 1, "same": 5, "removed": 1,
    }  # fmt: skip
    assert queries.original(db, sara, record.id) == ("aurora_2026-12.xls", path.read_bytes())


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
