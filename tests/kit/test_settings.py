"""A setting on a page: settled once, refused and tried again, never overwritten while it is mended."""

from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from voipdesk.kit.editors import ChoiceEdit, TextEdit
from voipdesk.kit.settings import Setting, SettingsPart


def enter(setting: Setting, text: str) -> None:
    field = setting.field
    assert isinstance(field, TextEdit)
    field.selectAll()
    QTest.keyClicks(field, text)
    QTest.keyClick(field, Qt.Key.Key_Return)


def part_of(qtbot: QtBot, *settings: Setting) -> tuple[SettingsPart, list[Any]]:
    part, kept = SettingsPart("some", "Some settings"), []
    qtbot.addWidget(part)
    for one in settings:
        part.add(one, kept.append)
    part.show()
    return part, kept


def test_a_refused_value_stays_and_is_tried_again(qtbot: QtBot) -> None:
    name = Setting("name", "Name", TextEdit())
    _, kept = part_of(qtbot, name)
    name.show_value("old")
    enter(name, "new")
    enter(name, "new")
    assert kept == ["new"]
    name.refuse("Somebody else has it.")
    name.show_value("old")  # The workspace is read again meanwhile.
    assert (name.value(), name.wrong.text()) == ("new", "Somebody else has it.")
    enter(name, "new")
    assert kept == ["new", "new"]
    enter(name, "newer")
    assert kept == ["new", "new", "newer"]
    assert not name.wrong.isVisible()
    name.show_value("newer")
    name.show_value("by undo")
    assert name.value() == "by undo"
    assert kept == ["new", "new", "newer"]


def test_arrows_pass_over_choices_and_only_the_last_is_kept(qtbot: QtBot) -> None:
    field = ChoiceEdit()
    field.set_choices([(letter, letter) for letter in "abcd"])
    choice = Setting("letter", "Letter", field)
    _, kept = part_of(qtbot, choice)
    choice.show_value("a")
    choice.show_default("a", "a")
    for at in (1, 2, 3):
        field.setCurrentIndex(at)
    assert kept == []
    qtbot.waitUntil(lambda: kept == ["d"], timeout=3_000)
    assert choice.reset.isVisible()
    choice.reset.click()
    assert kept == ["d", "a"]
    assert not choice.reset.isVisible()


def test_words_are_looked_for_in_titles_and_explanations(qtbot: QtBot) -> None:
    one = Setting("one", "Time zone", TextEdit(), about="Decides when a day begins.")
    other = Setting("other", "Currency", TextEdit())
    part, _ = part_of(qtbot, one, other)
    assert part.found(["zone", "day"]) == [one]
    assert part.fits(["some"])
    assert not part.fits(["zone", "currency"])
    part.point_at(["currency"])
    assert (one.caption.property("tone"), other.caption.property("tone")) == ("", "accent")
