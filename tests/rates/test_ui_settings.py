"""Settings ▸ Profiles and synonyms, in a real window."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtWidgets import QDialog, QLineEdit
from pytestqt.qtbot import QtBot

from tests.rates.test_profiles import OTHER, SHEET
from tests.windows import Shown, close, show, texts
from tests.worlds import World, acme
from voipdesk.kit.editors import ChoiceEdit
from voipdesk.kit.names import unnamed
from voipdesk.rates.commands import import_sheet
from voipdesk.rates.commands.learning import learn_titles
from voipdesk.rates.queries.senders import learned, profile_uses


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    with acme(tmp_path, plans=False) as world:
        for name, text in (("december.csv", SHEET), ("other.csv", OTHER)):
            path = tmp_path / name
            path.write_text(text, encoding="utf-8")
            import_sheet(world.db, world.sara, path, table="Aurora A-Z", scope="partial")
        learn_titles(world.db, world.sara, {"Wo": "destination"}, file="may.xls")
        yield world


@pytest.fixture
def shown(qtbot: QtBot, world: World, isolated_home: Path) -> Iterator[Shown]:
    made = show(qtbot, world, page="settings")
    made.page.show_part("profiles")
    made.settle()
    yield made
    close(made)


def test_both_lists_say_what_is_known(shown: Shown) -> None:
    assert unnamed(shown.window) == []
    first, second = texts(shown.grid("profiles"))
    assert (first["name"], first["supplier"], first["imports"], first["last"]) == (
        "Aurora A-Z", "Aurora", "1", "2026-11-23",
    )  # fmt: skip
    assert second["columns"] == "Code · Land · Preis"
    assert texts(shown.grid("titles")) == [
        {"title": "wo", "role": "Destination", "file": "may.xls", "by": "sara", "at": "2026-11-23"}
    ]


def test_a_title_is_added_forgotten_and_remembered_again(shown: Shown, world: World) -> None:
    shown.press("add_title")
    dialog = shown.dialog()
    assert unnamed(dialog) == []
    shown.find(QLineEdit, "field.title").setText("Betrag XY")
    shown.press("commit", dialog)
    assert dialog.isVisible()  # Nobody has said what it holds.
    shown.find(ChoiceEdit, "field.role").set_value("rate")
    shown.press("commit", dialog)
    assert {one.title: one.role for one in learned(world.db, world.sara)} == {
        "betrag xy": "rate", "wo": "destination",
    }  # fmt: skip
    shown.grid("titles").go_to("wo")
    shown.press("forget")
    assert [one["title"] for one in texts(shown.grid("titles"))] == ["betrag xy"]
    shown.press("Undo", shown.window.toast)
    assert [one["title"] for one in texts(shown.grid("titles"))] == ["betrag xy", "wo"]


def test_a_profile_is_looked_at_renamed_and_removed(shown: Shown, world: World) -> None:
    grid = shown.grid("profiles")
    grid.go_to(str(profile_uses(world.db, world.sara)[1].id))
    shown.press("mapping")
    dialog = shown.find(QDialog, "dialog")
    assert {one["title"]: one["role"] for one in texts(shown.grid("mapping"))} == {
        "Code": "Prefix (dial code)", "Land": "Destination", "Preis": "Rate",
    }  # fmt: skip
    assert "comma" in dialog.about.text()  # type: ignore[attr-defined]
    dialog.accept()
    shown.ask.answers.append("Aurora, German")
    shown.press("rename")
    assert [one["name"] for one in texts(grid)] == ["Aurora A-Z", "Aurora, German"]
    shown.ask.answers.append(False)
    shown.press("remove_profile")
    assert len(texts(grid)) == 2
    shown.ask.answers.append(True)
    shown.press("remove_profile")
    assert [one["name"] for one in texts(grid)] == ["Aurora A-Z"]
    shown.press("Undo", shown.window.toast)
    assert len(texts(grid)) == 2
