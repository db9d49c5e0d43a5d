"""Text can be read in both palettes, the look switches live, and every icon is drawn and tinted."""

import re
from xml.etree import ElementTree

import pytest
from PySide6.QtGui import QFontInfo, QPalette
from PySide6.QtWidgets import QApplication, QLabel
from pytestqt.qtbot import QtBot

from voipdesk.kit import icons, theme
from voipdesk.kit.grid import Column, Grid
from voipdesk.kit.theme import DARK, LIGHT, Colours, contrast

GROUNDS = ("window", "surface", "sidebar", "header", "hover")
READABLE = 4.5


@pytest.mark.parametrize("palette", [LIGHT, DARK], ids=["light", "dark"])
@pytest.mark.parametrize(
    "ground", [*GROUNDS, "selected", "accent_soft", "ok_soft", "warning_soft", "danger_soft"]
)
def test_text_can_be_read_on_every_ground(palette: Colours, ground: str) -> None:
    assert contrast(palette.text, getattr(palette, ground)) >= READABLE


@pytest.mark.parametrize("palette", [LIGHT, DARK], ids=["light", "dark"])
@pytest.mark.parametrize("tone", sorted(theme.TONES - {"accent_text"}))
@pytest.mark.parametrize("ground", ["window", "surface", "header", "hover", "selected"])
def test_tones_can_be_read_where_they_are_used(palette: Colours, tone: str, ground: str) -> None:
    assert contrast(palette.tone(tone), getattr(palette, ground)) >= READABLE


@pytest.mark.parametrize("palette", [LIGHT, DARK], ids=["light", "dark"])
@pytest.mark.parametrize("tone", ["ok", "warning", "danger", "accent"])
def test_tones_can_be_read_on_their_own_ground(palette: Colours, tone: str) -> None:
    assert contrast(palette.tone(tone), palette.soft(tone)) >= READABLE


@pytest.mark.parametrize("palette", [LIGHT, DARK], ids=["light", "dark"])
def test_primary_button_and_muted_group_titles_can_be_read(palette: Colours) -> None:
    assert contrast(palette.accent_text, palette.accent) >= READABLE
    assert contrast(palette.muted, palette.sidebar) >= READABLE
    assert contrast(palette.muted, palette.line) >= READABLE  # a disabled primary button


def test_contrast_is_the_one_of_the_standard() -> None:
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast("#777777", "#ffffff") == pytest.approx(4.48, abs=0.01)


@pytest.mark.parametrize(("named", "dark"), [("dark", True), ("light", False), ("DARK", True)])
def test_environment_rules_over_the_system(monkeypatch: pytest.MonkeyPatch, named: str, dark: bool) -> None:
    monkeypatch.setenv("VOIPDESK_THEME", named)
    assert theme.wished_dark() is dark


def test_switch_reaches_the_palette_and_the_style_sheet(qapp: QApplication) -> None:
    theme.use(qapp, dark=True)
    assert theme.is_dark()
    assert theme.colours() is DARK
    assert QLabel().palette().color(QPalette.ColorRole.Window).name() == DARK.window
    assert DARK.accent in qapp.styleSheet()
    theme.use(qapp, dark=False)
    assert theme.colours() is LIGHT
    assert DARK.accent not in qapp.styleSheet()


def test_style_sheet_has_no_name_left_and_no_font_in_pixels(qapp: QApplication) -> None:
    assert not re.search(r"@\w", qapp.styleSheet())
    assert not re.search(r"font-size:[^;]*px", qapp.styleSheet())


def test_off_screen_there_is_a_font_to_read(qapp: QApplication) -> None:
    assert QFontInfo(qapp.font()).family() == theme.FALLBACK_FAMILY


@pytest.mark.parametrize("name", icons.names())
def test_icon_is_drawn_in_the_colour_of_its_tone(name: str) -> None:
    root = ElementTree.parse(icons.FOLDER / f"{name}.svg").getroot()
    assert root.get("viewBox")
    assert "href" not in (icons.FOLDER / f"{name}.svg").read_text(encoding="utf-8")
    picture = icons.pixmap(name, 24, "danger", 2.0).toImage()
    assert (picture.width(), picture.height()) == (48, 48)
    inked = {
        picture.pixelColor(x, y).name()
        for x in range(48)
        for y in range(48)
        if picture.pixelColor(x, y).alpha() > 200
    }
    assert inked
    if "currentColor" in (icons.FOLDER / f"{name}.svg").read_text(encoding="utf-8"):
        assert LIGHT.danger in inked


def test_an_icon_made_before_a_switch_is_painted_in_the_new_palette(qapp: QApplication) -> None:
    made = icons.icon("plus")
    light = made.pixmap(24).toImage()
    theme.use(qapp, dark=True)
    dark = made.pixmap(24).toImage()
    assert light.pixelColor(12, 12).name() == LIGHT.text
    assert dark.pixelColor(12, 12).name() == DARK.text


def test_a_question_under_a_grid_has_its_icon_in_the_palette_of_now(qtbot: QtBot, qapp: QApplication) -> None:
    grid = Grid("x", [Column("a", "A")])
    qtbot.addWidget(grid)
    grid.show()

    def ink() -> set[str]:
        icon = next(one for one in grid.notice.findChildren(QLabel) if not one.pixmap().isNull())
        picture = icon.pixmap().toImage()
        places = [(x, y) for x in range(picture.width()) for y in range(picture.height())]
        return {picture.pixelColor(x, y).name() for x, y in places if picture.pixelColor(x, y).alpha() == 255}

    theme.use(qapp, dark=True)
    grid.notice.ask("Really?", [("yes", "Yes")])
    assert DARK.warning in ink()
    theme.use(qapp, dark=False)
    qtbot.waitUntil(lambda: LIGHT.warning in ink())
    grid.hide()
    theme.use(qapp, dark=True)
    grid.show()
    qtbot.waitUntil(lambda: DARK.warning in ink())


def test_an_icon_that_nobody_drew_is_a_fault() -> None:
    with pytest.raises(KeyError):
        icons.icon("unicorn")
    assert not icons.app_icon().isNull()
