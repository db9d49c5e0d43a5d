"""What the window says of imports and guards: one is not many, and nothing begins on no day."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.worlds import World, acme
from voipdesk.rates import commands, queries
from voipdesk.rates.rules.guards import Limits, dates, unusable
from voipdesk.rates.ui.step_publish import sentence, summary


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    with acme(tmp_path) as made:
        yield made


@pytest.mark.parametrize(
    ("past", "ahead", "said"),
    [
        (1, 0, "1 change is dated more than 1 day in the past."),
        (2, 1, "2 changes are dated more than 1 day in the past, 1 change is dated more than 60 days ahead."),
        (0, 3, "3 changes are dated more than 60 days ahead."),
    ],
)
def test_dates_out_of_the_way(past: int, ahead: int, said: str) -> None:
    assert dates(past, ahead, Limits()).text == said


@pytest.mark.parametrize(
    ("count", "said"), [(1, "1 row is in quarantine."), (2_000, "2,000 rows are in quarantine.")]
)
def test_rows_in_quarantine(count: int, said: str) -> None:
    assert unusable(count).text == said


def test_an_export_that_comes_back_begins_on_no_day(world: World, tmp_path: Path) -> None:
    back = tmp_path / "back.csv"
    commands.export_table(world.db, world.sara, table="Aurora A-Z", path=back)
    kept = commands.stage_sheet(world.db, world.sara, back, table="Aurora A-Z")
    review = queries.review(world.db, world.sara, kept)
    assert sentence(review) == "back.csv into Aurora A-Z: 14 rates; 14 same."


def test_one_rate_is_one(world: World, tmp_path: Path) -> None:
    sheet = tmp_path / "one.csv"
    sheet.write_text("Prefix,Destination,Rate,Effective from\n49,Germany,0.0115,2026-12-01\n")
    kept = commands.stage_sheet(world.db, world.sara, sheet, table="Aurora A-Z")
    commands.decide(world.db, world.sara, kept, scope="partial")
    review = queries.review(world.db, world.sara, kept)
    assert sentence(review) == "one.csv into Aurora A-Z: 1 rate from \u20662026-12-01\u2069 Cairo; 1 up."
    report = commands.publish_import(world.db, world.sara, kept)
    assert summary(report) == "one.csv into Aurora A-Z: 1 rate, 1 up."
