"""S26: names on one sheet, codes on another; and a deck that stands on several sheets."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from tests.rates.story import Story, join, told
from tests.tabular.test_several_sheets import deck, workbook
from voipdesk.kernel.money import from_scaled, price_text
from voipdesk.kit.names import unnamed
from voipdesk.rates import commands, queries
from voipdesk.rates.queries.origins import origin


@pytest.fixture
def story(qtbot: QtBot, tmp_path: Path, isolated_home: Path) -> Iterator[Story]:
    with told(qtbot, tmp_path, plans=False) as made:
        commands.create_table(made.world.db, made.world.sara, name="Join", currency="USD")
        made.calm()
        yield made


def opened(story: Story, path: Path) -> None:
    """The wizard over a file, into the empty table Join."""
    wizard = story.open(path)
    wizard.file.table.set_value(queries.table(story.world.db, story.world.sara, "Join").id)
    story.calm()


def roles(story: Story) -> list[str]:
    """What the sheets are read for, in their order."""
    fields = [story.child(f"field.sheet.{at}", story.wizard()) for at in (1, 2, 3)]
    return [str(field.value()) for field in fields]


def published(story: Story) -> dict[str, str]:
    at = story.world.at("2026-12-01 00:00")
    found = queries.rates_in_force(story.world.db, story.world.sara, "Join", at=at)
    prices = zip(found.prefixes.tolist(), found.price.tolist(), strict=True)
    return {prefix.decode(): price_text(from_scaled(price)) for prefix, price in prices}


def test_s26_names_on_one_sheet_codes_on_another(story: Story, tmp_path: Path) -> None:
    opened(story, join(tmp_path / "join_2026-11.xlsx"))
    said = story.child("file.said", story.wizard()).text()
    assert "prices in Rates, their dial codes in Codes, joined by Destination" in said
    story.press("next")
    assert roles(story) == ["skip", "rates", "codes"]
    ledger = story.child("rows.ledger", story.wizard()).text()
    assert ledger == "8 rows = 2 header + 3 data + 2 dial codes + 1 dial codes without a rate"
    assert "Codes without a rate, not imported: Lemuria (999)." in story.child("sheets.said").text()
    assert unnamed(story.wizard()) == []
    story.press("next")
    assert "4915, 4916, 4917" in {one.text() for one in story.wizard().parts.columns.cards[3]._made}
    story.press("next")
    assert story.step() == "check"
    (waiting,) = story.wizard().parts.check._found.rows
    assert (waiting.row, waiting.code) == (4, "no_codes")
    assert "Atlantis Mobile" in waiting.message
    story.to("review")
    assert story.counts() == {"all": "7", "new": "7", "quarantined": "1"}
    assert (
        story.wizard().review.grid.model.column_at("sheet") not in story.wizard().review.grid.header.shown()
    )
    story.let_pass()
    story.to("publish")
    story.press("publish")
    now = published(story)
    assert now == {
        "4915": "0.0330", "4916": "0.0330", "4917": "0.0330",
        "2010": "0.1160", "2011": "0.1160", "2012": "0.1160", "2015": "0.1160",
    }  # fmt: skip
    record = queries.imports(story.world.db, story.world.sara)[0]
    ledger = {name: count for name, count in record.ledger.items() if count}
    assert ledger == {"rows": 8, "skipped": 5, "accepted": 2, "quarantined": 1}


def test_s26_next_month_the_sheets_stand_in_another_order(story: Story, tmp_path: Path) -> None:
    opened(story, join(tmp_path / "join_2026-11.xlsx"))
    story.to("review")
    story.let_pass()
    story.to("publish")
    story.press("publish")
    story.drop(join(tmp_path / "join_2026-12.xlsx", ("Codes", "Cover", "Rates"), mobile=0.12))
    assert story.step() == "review"
    banner = story.wizard().review.banner.text.text()
    assert "Join" in banner
    assert "4 of 4 columns" in banner
    assert "1 problems" in banner
    assert "Lemuria" in banner
    assert story.counts()["up"] == "4"


def test_a_name_without_codes_is_given_some(story: Story, tmp_path: Path) -> None:
    opened(story, join(tmp_path / "join.xlsx"))
    story.to("check")
    check = story.wizard().parts.check
    check.rows._edited(4, "cell.3", "8835; 8836")
    story.calm()
    assert check._found.rows == ()
    story.to("review")
    assert story.counts() == {"all": "9", "new": "9"}


def test_roles_are_changed_by_hand_and_kept_with_the_profile(story: Story, tmp_path: Path) -> None:
    old = [
        ["Name", "Codes"],
        ["Germany Mobile", "4918"],
        ["Egypt Mobile", "2019"],
        ["Atlantis Mobile", "8835"],
    ]
    rates = [
        ["Destination", "Rate"],
        ["Germany Mobile", 0.03],
        ["Egypt Mobile", 0.1],
        ["Atlantis Mobile", 0.5],
    ]
    now = [
        ["Name", "Codes"],
        *([name, code] for name, code in (("Germany Mobile", "4915"), ("Egypt Mobile", "2010"))),
    ]
    path = workbook(tmp_path / "by_hand.xlsx", {"Rates": rates, "Other": old, "Codes": now})
    opened(story, path)
    story.press("next")
    assert roles(story) == ["rates", "codes", "skip"]
    story.child("field.sheet.2", story.wizard()).set_value("skip")
    story.calm()
    story.child("field.sheet.3", story.wizard()).set_value("codes")
    story.calm()
    assert roles(story) == ["rates", "skip", "codes"]
    story.child("field.sheet.1", story.wizard()).set_value("skip")
    story.calm()
    assert not story.wizard().btn_next.isEnabled()
    story.child("field.sheet.1", story.wizard()).set_value("rates")
    story.calm()
    story.to("review")
    story.let_pass()
    story.to("publish")
    story.press("publish")
    assert published(story) == {"4915": "0.0300", "2010": "0.1000"}
    again = workbook(tmp_path / "next.xlsx", {"Other": old, "Codes": now, "Rates": rates})
    story.drop(again)
    assert story.wizard().reading.layout is not None
    assert story.wizard().reading.layout.roles == {"Other": "skip", "Codes": "codes", "Rates": "rates"}
    assert story.wizard().flow.path[-1] == "review"


def test_a_deck_on_several_sheets_is_taken_whole(story: Story, tmp_path: Path) -> None:
    first = deck(["Austria", 43, 0.01], ["Belgium", 32, 0.02], ["Cuba", 53, 0.6])
    second = deck(["Norway", 47, 0.03], ["Zambia", 260, "call us"])
    path = workbook(tmp_path / "deck.xlsx", {"A–M": first, "N–Z": second, "Cover": [["Acme"]]})
    opened(story, path)
    story.press("next")
    assert roles(story) == ["rates", "skip", "skip"]
    assert "N–Z" in story.child("sheets.said").text()
    story.press("take_all")
    assert roles(story) == ["rates", "rates", "skip"]
    assert story.child("rows.ledger").text() == "9 rows = 2 title + 2 header + 5 data"
    story.to("check")
    grid = story.wizard().parts.check.rows.grid
    assert grid.cell(9, "row").text == "N–Z 4"  # type: ignore[union-attr]
    story.to("review")
    assert story.counts() == {"all": "4", "new": "4", "quarantined": "1"}
    review = story.wizard().review.grid
    assert {key: (review.cell(key, "sheet").text, review.cell(key, "row").text) for key in ("53", "47")} == {  # type: ignore[union-attr]
        "53": ("A–M", "5"), "47": ("N–Z", "3"),
    }  # fmt: skip
    assert review.model.column_at("sheet") in review.header.shown()
    story.let_pass()
    story.to("publish")
    story.press("publish")
    found = origin(story.world.db, story.world.sara, "Join", "47", at=story.world.at("2026-12-01 00:00"))
    assert (found.file_name, found.sheet, found.file_row) == ("deck.xlsx", "N–Z", 3)
    assert price_text(found.row.price) == "0.0300"  # type: ignore[union-attr]
    story.drop(workbook(tmp_path / "next.xlsx", {"Cover": [["Acme"]], "N–Z": second, "A–M": first}))
    layout = story.wizard().reading.layout
    assert layout is not None
    assert [part.sheet for part in layout.rate_parts] == ["A–M", "N–Z"]


def test_a_sheet_that_cannot_have_its_role_is_refused_and_set_back(story: Story, tmp_path: Path) -> None:
    opened(story, join(tmp_path / "join.xlsx"))
    story.press("next")
    story.child("field.sheet.1", story.wizard()).set_value("codes")
    story.calm()
    said = story.child("rows.ledger", story.wizard()).text()
    assert "no column of sheet Cover was recognised as dial codes" in said
    assert not story.wizard().btn_next.isEnabled()
    assert roles(story) == ["codes", "rates", "codes"]
    story.child("field.sheet.1", story.wizard()).set_value("skip")
    story.calm()
    assert roles(story) == ["skip", "rates", "codes"]
    assert story.child("rows.ledger").text().startswith("8 rows = ")
    story.to("columns")
    # Another column told by hand leaves the sheets as they are.
    story.child("field.column.3", story.wizard()).set_value("effective_until")
    story.calm()
    layout = story.wizard().reading.layout
    assert layout is not None
    assert (layout.columns["prefix"], layout.columns["effective_until"]) == (3, 2)
    assert layout.roles == {"Cover": "skip", "Rates": "rates", "Codes": "codes"}
