"""What is remembered of senders: listed with its use, renamed, forgotten, and taken back."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.worlds import World, acme
from voipdesk.kernel.problems import NotAllowed, Refused
from voipdesk.rates import queries
from voipdesk.rates.commands import import_sheet
from voipdesk.rates.commands.learning import forget_titles, learn_titles
from voipdesk.rates.commands.profiles import remove_profile, rename_profile
from voipdesk.rates.queries.previews import preview
from voipdesk.rates.queries.senders import ProfileUse, learned, learned_titles, profile_uses

SHEET = (
    "Prefix,Destination,Rate per minute (USD),Effective from\n2010,Egypt Mobile Vodafone,0.1060,2026-11-30\n"
)
OTHER = "Code;Land;Preis\n33;France;0,0100\n34;Spain;0,0200\n"


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    with acme(tmp_path, plans=False) as world:
        for name, text in (("december.csv", SHEET), ("other.csv", OTHER)):
            path = tmp_path / name
            path.write_text(text, encoding="utf-8")
            import_sheet(world.db, world.sara, path, table="Aurora A-Z", scope="partial")
        yield world


def profiles(world: World) -> dict[str, ProfileUse]:
    return {one.name: one for one in profile_uses(world.db, world.sara)}


def test_each_profile_with_its_columns_and_its_use(world: World) -> None:
    first, second = profiles(world).values()
    assert (first.name, second.name) == ("Aurora A-Z", "Aurora A-Z 2")
    assert (first.table, first.supplier, first.imports) == ("Aurora A-Z", "Aurora", 1)
    assert first.columns == {
        "prefix": "Prefix", "destination": "Destination", "rate": "Rate per minute (USD)",
        "effective_date": "Effective from",
    }  # fmt: skip
    assert first.last_used == world.db.clock.now()


def test_a_profile_is_renamed_unless_another_has_the_name(world: World) -> None:
    first, second = profiles(world).values()
    rename_profile(world.db, world.sara, second.id, name="  Aurora,  German ")
    assert set(profiles(world)) == {"Aurora A-Z", "Aurora, German"}
    for name, code in (("aurora a-z", "name_taken"), ("  ", "no_name"), ("x" * 81, "no_name")):
        with pytest.raises(Refused) as refusal:
            rename_profile(world.db, world.sara, second.id, name=name)
        assert refusal.value.code == code
    rename_profile(world.db, world.sara, first.id, name="AURORA A-Z")
    world.db.undo(world.sara)
    assert "Aurora A-Z" in profiles(world)


def test_a_removed_profile_reads_nothing_and_comes_back(world: World, tmp_path: Path) -> None:
    first = profiles(world)["Aurora A-Z"]
    sheet = tmp_path / "january.csv"
    sheet.write_text(SHEET, encoding="utf-8")
    assert preview(world.db, world.sara, sheet).profile is not None
    remove_profile(world.db, world.sara, first.id)
    assert set(profiles(world)) == {"Aurora A-Z 2"}
    assert preview(world.db, world.sara, sheet).profile is None
    assert len(queries.imports(world.db, world.sara)) == 2
    assert world.db.undo_label(world.sara) == "Remove import profile Aurora A-Z"
    world.db.undo(world.sara)
    assert profiles(world)["Aurora A-Z"] == first
    assert preview(world.db, world.sara, sheet).profile is not None
    with pytest.raises(NotAllowed):
        remove_profile(world.db, world.rami, first.id)
    remove_profile(world.db, world.sara, first.id)
    with pytest.raises(Refused, match="no such import profile"):
        remove_profile(world.db, world.sara, first.id)


def test_titles_say_where_they_were_learned_and_are_forgotten(world: World) -> None:
    learn_titles(world.db, world.sara, {"Betrag XY": "rate", "Wo": "destination"}, file="may.xls")
    learn_titles(world.db, world.sara, {"Wo": "prefix", "Betrag XY": "rate"}, file="june.xls")
    rate, place = learned(world.db, world.sara)
    assert (rate.title, rate.role, rate.file, rate.by) == ("betrag xy", "rate", "may.xls", "sara")
    assert (place.title, place.role, place.file, place.at) == (
        "wo", "prefix", "june.xls", world.db.clock.now(),
    )  # fmt: skip
    forget_titles(world.db, world.sara, ["wo"])
    with world.db.read() as conn:
        assert learned_titles(conn) == {"betrag xy": "rate"}
    world.db.undo(world.sara)
    assert [one.title for one in learned(world.db, world.sara)] == ["betrag xy", "wo"]


def test_titles_of_an_early_version_are_still_known(world: World) -> None:
    with world.db.write("as it was", world.sara) as write:
        write.set("synonyms", {"wo": "destination"})
    assert [(one.title, one.role, one.file, one.at) for one in learned(world.db, world.sara)] == [
        ("wo", "destination", "", None)
    ]
    learn_titles(world.db, world.sara, {"Betrag": "rate"})
    with world.db.read() as conn:
        assert learned_titles(conn) == {"wo": "destination", "betrag": "rate"}


@pytest.mark.parametrize("said", [{"": "rate"}, {"***": "rate"}, {"Wo": "nonsense"}])
def test_what_is_no_title_or_no_meaning_is_refused(world: World, said: dict[str, str]) -> None:
    with pytest.raises(Refused):
        learn_titles(world.db, world.sara, said)
    assert learned(world.db, world.sara) == []
