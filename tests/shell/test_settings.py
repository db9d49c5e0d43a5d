"""The page of settings: who sees what, a value kept and taken back, a slip told while typing, and the search."""

import threading
from pathlib import Path

import pytest
from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QAction, QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel, QLineEdit, QListWidget, QPushButton
from pytestqt.qtbot import QtBot

from tests.shell.conftest import Open, settle
from voipdesk.accounts.commands import set_setting
from voipdesk.accounts.queries import account, workspace
from voipdesk.accounts.rules import Workspace
from voipdesk.accounts.ui import settings as settings_part
from voipdesk.kit import theme
from voipdesk.kit.names import unnamed
from voipdesk.kit.settings import MILLISECONDS, Setting, SettingsPart
from voipdesk.rates.queries import guard_limits
from voipdesk.shell import looks, places
from voipdesk.shell.settings import SettingsPage, parts
from voipdesk.shell.window import MainWindow
from voipdesk.store.database import Database


def page_of(window: MainWindow) -> SettingsPage:
    page = window.page
    assert isinstance(page, SettingsPage)
    return page


def listed(page: SettingsPage) -> list[str]:
    shown = page.findChild(QListWidget, "settings.sections")
    assert shown is not None
    return [shown.item(row).text() for row in range(shown.count()) if not shown.item(row).isHidden()]


def setting(part: SettingsPart, name: str) -> Setting:
    return next(one for one in part.settings if one.name == name)


def type_into(qtbot: QtBot, window: MainWindow, one: Setting, text: str) -> None:
    """Type over what stands there, and leave the field."""
    field = one.field
    assert isinstance(field, QLineEdit)
    field.setFocus()
    field.selectAll()
    QTest.keyClicks(field, text)
    QTest.keyClick(field, Qt.Key.Key_Return)
    settle(qtbot, window)


@pytest.mark.parametrize(
    ("login", "names"),
    [
        ("sara", ["workspace", "company", "guards", "profiles", "look"]), ("rami", ["company", "look"]),
        ("cora", ["look"]), ("uma", ["look"]),
    ],
)  # fmt: skip
def test_what_somebody_may_not_change_does_not_exist_for_him(
    open_window: Open, login: str, names: list[str]
) -> None:
    window = open_window(login=login, page="settings")
    assert window.desk is not None
    assert [one.name for one in parts(window.desk.actor)] == names
    page = page_of(window)
    assert len(listed(page)) == len(names)
    if login != "sara":
        with pytest.raises(KeyError):
            page.show_part("workspace")


def test_ctrl_comma_opens_it(open_window: Open) -> None:
    window = open_window(login="uma", page="home")
    action = window.findChild(QAction, "action.page.settings")
    assert action is not None
    assert action.shortcut().toString() == "Ctrl+,"
    assert action.menuRole() is QAction.MenuRole.PreferencesRole
    action.trigger()
    assert isinstance(window.page, SettingsPage)


def test_every_section_can_be_read_aloud(open_window: Open, qtbot: QtBot) -> None:
    window = open_window(page="settings")
    for name in ("workspace", "company", "guards", "profiles", "look"):
        page_of(window).show_part(name)
        settle(qtbot, window)
        assert unnamed(window) == []


def test_a_name_is_kept_shown_and_taken_back(open_window: Open, qtbot: QtBot) -> None:
    window = open_window(page="settings")
    desk, part = window.desk, page_of(window).show_part("workspace")
    assert desk is not None
    settle(qtbot, window)
    name = setting(part, "name")
    type_into(qtbot, window, name, "  Acme Voice ")
    assert workspace(desk.db).name == "Acme Voice"
    assert window.windowTitle() == "Acme Voice · VoIPDesk"
    assert "Company name" in window.toast.text.text()
    undo = window.toast.findChild(QPushButton, "btn.Undo")
    assert undo is not None
    undo.click()
    settle(qtbot, window)
    assert workspace(desk.db).name == "Acme VoIP"
    assert name.value() == "Acme VoIP"
    assert window.windowTitle() == "Acme VoIP · VoIPDesk"


def test_a_reseller_keeps_what_his_own_invoices_print(open_window: Open, qtbot: QtBot) -> None:
    window = open_window(login="rami", page="settings")
    desk, part = window.desk, page_of(window).show_part("company")
    assert desk is not None
    settle(qtbot, window)
    lines = setting(part, "lines")
    lines.field.setFocus()
    QTest.keyClicks(lines.field, "1 Delta Road")
    QTest.keyClick(lines.field, Qt.Key.Key_Return)
    QTest.keyClicks(lines.field, "  Cairo ")
    iban = setting(part, "iban")
    iban.field.setFocus()
    settle(qtbot, window)
    type_into(qtbot, window, iban, "gb82 west 1234 5698 7654 33")
    assert iban.wrong.isVisible()
    type_into(qtbot, window, iban, "gb82 west 1234 5698 7654 32")
    type_into(qtbot, window, setting(part, "email"), "rami.example")
    assert setting(part, "email").wrong.isVisible()
    address = account(desk.db, desk.actor, desk.actor.account_id).address
    assert address["lines"] == ["1 Delta Road", "Cairo"]
    assert address["iban"] == "GB82WEST12345698765432"
    assert not address.get("email")
    assert desk.db.undo_label(desk.actor) == "Change account"


def test_long_lists_are_read_beside_the_window_and_nothing_is_kept_by_it(
    open_window: Open, qtbot: QtBot
) -> None:
    window = open_window(page="settings")
    desk = window.desk
    assert desk is not None
    part = page_of(window).show_part("workspace")
    zone, country = setting(part, "zone").field, setting(part, "country").field
    assert zone.value() == "Africa/Cairo"  # type: ignore[attr-defined]
    assert zone.count() > 300  # type: ignore[attr-defined]
    assert country.count() > 150  # type: ignore[attr-defined]
    before = desk.db.undo_label(desk.actor)
    qtbot.wait(MILLISECONDS + 200)
    settle(qtbot, window)
    assert str(workspace(desk.db).zone) == "Africa/Cairo"
    assert desk.db.undo_label(desk.actor) == before
    assert (zone.value(), country.value()) == ("Africa/Cairo", workspace(desk.db).country)  # type: ignore[attr-defined]


def test_what_fixes_the_currency_is_what_was_asked_last(
    open_window: Open, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is asked twice as the part is built: first by nobody who knows what has amounts."""
    read, may_end, asked = settings_part.workspace, threading.Event(), list[int]()

    def slow(db: Database) -> Workspace:
        asked.append(1)
        if len(asked) == 1:
            assert may_end.wait(10)
        return read(db)

    window = open_window()
    monkeypatch.setattr(settings_part, "workspace", slow)
    window.show_page("settings")
    part = page_of(window).show_part("workspace")
    qtbot.waitUntil(lambda: len(asked) > 1)
    qtbot.wait(200)
    may_end.set()
    settle(qtbot, window)
    assert "rates" in setting(part, "currency").about.text()


def test_a_zone_that_is_not_offered_is_shown_as_it_is_kept(open_window: Open, qtbot: QtBot) -> None:
    window = open_window(page="settings")
    desk = window.desk
    assert desk is not None
    part = page_of(window).show_part("workspace")
    zone = setting(part, "zone").field
    for name in ("GMT", "Japan", "Africa/Cairo"):
        set_setting(desk.db, desk.actor, key="zone", value=name)
        settle(qtbot, window)
        assert (zone.value(), zone.currentText()) == (name, name)  # type: ignore[attr-defined]
    assert desk.db.undo_label(desk.actor) is not None
    qtbot.wait(MILLISECONDS + 200)
    assert str(workspace(desk.db).zone) == "Africa/Cairo"


def test_another_zone_reaches_the_pages_that_are_open(open_window: Open, qtbot: QtBot) -> None:
    window = open_window(page="imports")
    before = window.page
    window.show_page("settings")
    desk, page = window.desk, page_of(window)
    assert desk is not None
    part = page.show_part("workspace")
    settle(qtbot, window)
    zone = setting(part, "zone")
    zone.field.set_value("Asia/Tokyo")  # type: ignore[attr-defined]
    qtbot.waitUntil(lambda: str(workspace(desk.db).zone) == "Asia/Tokyo", timeout=5_000)
    settle(qtbot, window)
    assert str(desk.zone) == "Asia/Tokyo"
    assert window.page is page
    after = window.show_page("imports")
    assert after is not before
    settle(qtbot, window)
    assert "Asia/Tokyo" in window.status._place.text()


def test_the_currency_is_fixed_and_says_why(open_window: Open, qtbot: QtBot) -> None:
    window = open_window(page="settings")
    currency = setting(page_of(window).show_part("workspace"), "currency")
    settle(qtbot, window)
    assert not currency.field.isEnabled()
    assert "rates" in currency.about.text()
    assert currency.field.accessibleDescription() == currency.about.text()


def test_a_limit_is_checked_while_typing_kept_and_reset(open_window: Open, qtbot: QtBot) -> None:
    window = open_window(page="settings")
    desk, part = window.desk, page_of(window).show_part("guards")
    assert desk is not None
    settle(qtbot, window)
    removed = setting(part, "removed_percent")
    field = removed.field
    assert isinstance(field, QLineEdit)
    assert not removed.reset.isVisible()
    field.setFocus()
    field.selectAll()
    QTest.keyClicks(field, "10")
    assert not removed.wrong.isVisible()
    QTest.keyClicks(field, "1")
    assert removed.wrong.text() == "Use a whole number from 0 to 100."
    QTest.keyClick(field, Qt.Key.Key_Return)
    settle(qtbot, window)
    assert guard_limits(desk.db, desk.actor).removed_percent == 20
    type_into(qtbot, window, setting(part, "jump_percent"), "75")
    assert field.text() == "101"
    assert removed.wrong.isVisible()
    type_into(qtbot, window, removed, "35")
    limits = guard_limits(desk.db, desk.actor)
    assert (limits.removed_percent, limits.jump_percent) == (35, 75)
    assert removed.usual.text().strip().endswith("\u206620\u2069")
    removed.reset.click()
    settle(qtbot, window)
    assert guard_limits(desk.db, desk.actor).removed_percent == 20
    assert field.text() == "20"
    assert not removed.reset.isVisible()


@pytest.mark.parametrize(("typed", "is_kept"), [("0", False), ("0.25", True), ("-1", False)])
def test_the_ceiling_is_a_price_above_zero(
    open_window: Open, qtbot: QtBot, typed: str, is_kept: bool
) -> None:
    window = open_window(page="settings")
    desk, part = window.desk, page_of(window).show_part("guards")
    assert desk is not None
    settle(qtbot, window)
    ceiling = setting(part, "ceiling")
    type_into(qtbot, window, ceiling, typed)
    assert ceiling.wrong.isVisible() is not is_kept
    assert guard_limits(desk.db, desk.actor).ceiling == (25_000_000 if is_kept else 10 * 10**8)


def test_the_wheel_turns_no_value(open_window: Open, qtbot: QtBot) -> None:
    window = open_window(page="settings")
    part = page_of(window).show_part("workspace")
    settle(qtbot, window)
    for name in ("decimals", "zone"):
        field = setting(part, name).field
        field.setFocus()
        before = field.value()  # type: ignore[attr-defined]
        middle = QPointF(field.rect().center())
        turn = QWheelEvent(
            middle, field.mapToGlobal(middle), QPoint(), QPoint(0, -120), Qt.MouseButton.NoButton,
            Qt.KeyboardModifier.NoModifier, Qt.ScrollPhase.NoScrollPhase, False,
        )  # fmt: skip
        QApplication.sendEvent(field, turn)
        assert turn.type() is QEvent.Type.Wheel
        assert field.value() == before  # type: ignore[attr-defined]


def test_words_find_a_setting_in_its_section(open_window: Open, qtbot: QtBot) -> None:
    window = open_window(page="settings")
    page = page_of(window)
    page.search.setText("days ahead")
    qtbot.waitUntil(lambda: listed(page) == ["Guard rails"], timeout=2_000)
    marked = [
        one.name for one in page.show_part("guards").settings if one.caption.property("tone") == "accent"
    ]
    assert marked == []  # Shown by its name: nothing is looked for any more.
    page.search.setText("days ahead")
    qtbot.waitUntil(lambda: listed(page) == ["Guard rails"], timeout=2_000)
    part = page._made["guards"]
    assert part.isVisible()
    assert [one.name for one in part.settings if one.caption.property("tone") == "accent"] == ["ahead_days"]
    page.search.setText("unheard of")
    qtbot.waitUntil(lambda: listed(page) == [], timeout=2_000)
    assert any("Nothing found" in one.text() for one in page.findChildren(QLabel) if one.isVisible())
    page.search.clear()
    qtbot.waitUntil(lambda: len(listed(page)) == 5, timeout=2_000)


def test_the_look_is_kept_for_the_person_not_in_the_workspace(
    open_window: Open, qtbot: QtBot, isolated_home: Path
) -> None:
    window = open_window(login="uma", page="settings")
    part = page_of(window).show_part("look")
    try:
        setting(part, "theme").field.set_value("dark")  # type: ignore[attr-defined]
        qtbot.waitUntil(lambda: looks.chosen_theme() == "dark", timeout=2_000)
        assert theme.is_dark()
        dark = window.findChild(QAction, "action.dark")
        assert dark is not None
        assert dark.isChecked()
        dark.trigger()
        assert not theme.is_dark()
        assert looks.chosen_theme() == "light"
        assert setting(part, "theme").value() == "light"
        assert places.remembered()["theme"] == "light"
        assert window.desk is not None
        assert window.desk.db.undo_label(window.desk.actor) is None
    finally:
        theme.prefer(theme.SYSTEM)


def test_only_languages_with_a_catalogue_are_offered(tmp_path: Path) -> None:
    assert looks.languages(tmp_path) == ["en"]
    for code in ("ar", "de"):
        folder = tmp_path / code / "LC_MESSAGES"
        folder.mkdir(parents=True)
        (folder / "voipdesk.po").touch()
    (tmp_path / "ar" / "LC_MESSAGES" / "voipdesk.mo").touch()
    assert looks.languages(tmp_path) == ["en", "ar"]
    looks.choose_language("ar")
    assert looks.chosen_language() == ""  # This program has no such catalogue.
