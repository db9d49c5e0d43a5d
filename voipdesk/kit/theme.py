"""How everything looks: two palettes of our own, one spacing scale, one accent, on Qt's Fusion style.

Colours are named by meaning and never stand alone: a sign, an icon or a word says the same. Which palette is in use is
read from the application's palette, so nothing holds a theme of its own and a live switch reaches every widget.
"""

import os
import sys
from dataclasses import dataclass, fields
from pathlib import Path

from PySide6.QtCore import QObject, Qt
from PySide6.QtGui import QColor, QFont, QFontDatabase, QFontMetricsF, QGuiApplication, QPalette
from PySide6.QtWidgets import QApplication, QStyleFactory, QWidget

RESOURCES = Path(__file__).resolve().parents[2] / "resources"
FONTS = ("DejaVuSans.ttf", "DejaVuSans-Bold.ttf")
FALLBACK_FAMILY = "DejaVu Sans"

XS, S, M, L, XL = 4, 8, 12, 16, 24
"""The spacing scale, in device-independent pixels; Qt multiplies by the screen's factor."""

RADIUS = 5

SYSTEM = "system"
WISHES = (SYSTEM, "light", "dark")
"""What a person may choose."""

_wish = {"theme": SYSTEM}


@dataclass(frozen=True, slots=True)
class Colours:
    """One palette by meaning, as `#rrggbb`. `_soft` is the ground on which the full colour or `text` is read."""

    window: str
    surface: str
    sidebar: str
    header: str
    text: str
    muted: str
    border: str
    line: str
    hover: str
    accent: str
    accent_text: str
    accent_soft: str
    selected: str
    ok: str
    ok_soft: str
    warning: str
    warning_soft: str
    danger: str
    danger_soft: str
    up: str
    down: str

    def tone(self, name: str) -> str:
        """The colour of a tone (`ok`, `warning`, `danger`, `up`, `down`, `muted`, `accent`); text for any other."""
        return str(getattr(self, name)) if name in TONES else self.text

    def soft(self, name: str) -> str:
        """The quiet ground of a tone; the surface where a tone has none."""
        ground = {"up": "warning", "down": "ok"}.get(name, name)
        return str(getattr(self, f"{ground}_soft", self.surface))


TONES = frozenset({"ok", "warning", "danger", "up", "down", "muted", "accent", "accent_text"})

LIGHT = Colours(
    window="#f4f5f7",
    surface="#ffffff",
    sidebar="#e9ecf0",
    header="#f8f9fb",
    text="#1b2430",
    muted="#566170",
    border="#cfd5dd",
    line="#e8ebef",
    hover="#eef2f7",
    accent="#1f5fbf",
    accent_text="#ffffff",
    accent_soft="#e4edfa",
    selected="#d6e4f8",
    ok="#14713c",
    ok_soft="#e5f4ea",
    warning="#855200",
    warning_soft="#fdf3dc",
    danger="#b3261e",
    danger_soft="#fbe9e7",
    up="#ab3f14",
    down="#0b6b6d",
)

DARK = Colours(
    window="#1b1f26",
    surface="#22272f",
    sidebar="#161a20",
    header="#272d36",
    text="#e4e8ee",
    muted="#a7b2c0",
    border="#3d4651",
    line="#2d343d",
    hover="#2a313b",
    accent="#7fb2ff",
    accent_text="#0d1520",
    accent_soft="#263750",
    selected="#283f65",
    ok="#63cf91",
    ok_soft="#1f3a2b",
    warning="#e9bb5e",
    warning_soft="#3c3220",
    danger="#ff9389",
    danger_soft="#43272a",
    up="#ffa678",
    down="#66d4d2",
)


def contrast(one: str, other: str) -> float:
    """The contrast ratio of two colours after WCAG 2.2, from 1 to 21; text needs 4.5."""
    low, high = sorted((_luminance(one), _luminance(other)))
    return (high + 0.05) / (low + 0.05)


def _luminance(colour: str) -> float:
    def linear(part: float) -> float:
        return part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4

    red, green, blue = (linear(int(colour[at : at + 2], 16) / 255) for at in (1, 3, 5))
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def is_dark() -> bool:
    """Whether the palette in use is the dark one."""
    return QGuiApplication.palette().color(QPalette.ColorRole.Window).lightness() < 128


def colours() -> Colours:
    """The colours in use; ask while painting, never keep them."""
    return DARK if is_dark() else LIGHT


def palette_of(wanted: Colours) -> QPalette:
    """Qt's palette made of our colours, disabled and inactive windows included."""
    role, group = QPalette.ColorRole, QPalette.ColorGroup
    result = QPalette()
    roles = {
        role.Window: wanted.window,
        role.WindowText: wanted.text,
        role.Base: wanted.surface,
        role.AlternateBase: wanted.header,
        role.Text: wanted.text,
        role.Button: wanted.surface,
        role.ButtonText: wanted.text,
        role.BrightText: wanted.danger,
        role.Highlight: wanted.accent,
        role.HighlightedText: wanted.accent_text,
        role.Link: wanted.accent,
        role.LinkVisited: wanted.accent,
        role.ToolTipBase: wanted.header,
        role.ToolTipText: wanted.text,
        role.PlaceholderText: wanted.muted,
        role.Light: wanted.surface,
        role.Midlight: wanted.line,
        role.Mid: wanted.border,
        role.Dark: wanted.border,
        role.Accent: wanted.accent,
    }
    for name, colour in roles.items():
        result.setColor(name, QColor(colour))
    for name in (role.WindowText, role.Text, role.ButtonText, role.HighlightedText):
        result.setColor(group.Disabled, name, QColor(wanted.muted))
    result.setColor(group.Disabled, role.Highlight, QColor(wanted.line))
    return result


def prefer(wish: str) -> None:
    """What somebody chose before this start: one of `WISHES`."""
    _wish["theme"] = wish


def named_theme() -> str:
    """`VOIPDESK_THEME` where it names one, else ''."""
    named = os.environ.get("VOIPDESK_THEME", "").lower()
    return named if named in {"light", "dark"} else ""


def wished_dark() -> bool:
    """`VOIPDESK_THEME=light|dark`, else what somebody chose, else what the system prefers."""
    named = named_theme() or _wish["theme"]
    if named in {"light", "dark"}:
        return named == "dark"
    return QGuiApplication.styleHints().colorScheme() == Qt.ColorScheme.Dark


def choose(app: QApplication, wish: str) -> None:
    """Show what somebody chooses now, whatever was asked for at the start."""
    prefer(wish)
    dark = wish == "dark" if wish != SYSTEM else wished_dark()
    use(app, dark=dark)


def use(app: QApplication, *, dark: bool) -> None:
    """Show everything in the light or the dark palette, at once."""
    wanted = DARK if dark else LIGHT
    app.setPalette(palette_of(wanted))
    app.setStyleSheet(_sheet(wanted))


def start(app: QApplication) -> None:
    """Give the application its style, font and palette, and follow the system where nothing else is wished."""
    app.setStyle(QStyleFactory.create("Fusion"))
    use_font(app)
    use(app, dark=wished_dark())
    _Follower(app)


class _Follower(QObject):
    """Switches live with the system unless somebody has said which."""

    def __init__(self, app: QApplication) -> None:
        super().__init__(app)
        QGuiApplication.styleHints().colorSchemeChanged.connect(self.follow)

    def follow(self) -> None:
        app = QApplication.instance()
        if isinstance(app, QApplication) and _wish["theme"] == SYSTEM and wished_dark() != is_dark():
            use(app, dark=wished_dark())


def use_font(app: QApplication) -> None:
    """The system's own font for screens; on a Linux without one, and off screen, the one we ship."""
    if not sys.platform.startswith("linux"):
        return
    if app.platformName() != "offscreen" and QFontDatabase.families():
        return
    for name in FONTS:
        QFontDatabase.addApplicationFont(str(RESOURCES / "fonts" / name))
    font = QFont(FALLBACK_FAMILY)
    font.setPointSizeF(9.5)
    app.setFont(font)


def scaled_font(factor: float, *, bold: bool = False, base: QFont | None = None) -> QFont:
    """The application's font larger or smaller by a factor, in points or pixels as the base has it."""
    font = QFont(base or QApplication.font())
    if font.pointSizeF() > 0:
        font.setPointSizeF(font.pointSizeF() * factor)
    else:
        font.setPixelSize(max(1, round(font.pixelSize() * factor)))
    font.setWeight(QFont.Weight.DemiBold if bold else font.weight())
    return font


def em(widget: QWidget | None = None) -> float:
    """The height of a line of text: every size that is not a space is a multiple of it."""
    return QFontMetricsF(widget.font() if widget else QApplication.font()).height()


def ems(factor: float, widget: QWidget | None = None) -> int:
    """So many lines of text as whole pixels."""
    return round(em(widget) * factor)


def set_tone(widget: QWidget, tone: str) -> None:
    """Colour a label or frame by meaning; follows a live switch because the style sheet does it."""
    _set(widget, "tone", tone)


def set_look(widget: QWidget, look: str) -> None:
    """Make a button that is in a window already the primary or the dangerous one."""
    _set(widget, "look", look)


def _set(widget: QWidget, name: str, value: str) -> None:
    widget.setProperty(name, value)
    widget.style().unpolish(widget)
    widget.style().polish(widget)


def _sheet(wanted: Colours) -> str:
    """The few rules that a palette cannot say."""
    text = (Path(__file__).parent / "theme.qss").read_text(encoding="utf-8")
    for name in sorted((part.name for part in fields(wanted)), key=len, reverse=True):
        text = text.replace(f"@{name}", getattr(wanted, name))
    shade = "dark" if wanted is DARK else "light"
    return text.replace("@shade", shade).replace("@icons", (RESOURCES / "icons").as_posix())
