"""How the program looks to the person at this computer: theme and language, kept beside the program, in no workspace."""

from pathlib import Path

from PySide6.QtWidgets import QApplication

from voipdesk.kit import theme
from voipdesk.shell import places

THEME, LANGUAGE = "theme", "language"
TRANSLATIONS = theme.RESOURCES / "translations"


def chosen_theme() -> str:
    """`light`, `dark`, or `system` where nobody has chosen."""
    kept = places.remembered().get(THEME)
    return kept if kept in theme.WISHES else theme.SYSTEM


def choose_theme(wish: str) -> None:
    """Show another look at once, and keep it for the next start."""
    places.remember(**{THEME: wish})
    app = QApplication.instance()
    if isinstance(app, QApplication):
        theme.choose(app, wish)


def chosen_language() -> str:
    """The language somebody chose, as far as it is still there; '' follows the system."""
    kept = places.remembered().get(LANGUAGE)
    return kept if isinstance(kept, str) and kept in languages() else ""


def choose_language(code: str) -> None:
    """Keep the language of the next start; '' follows the system."""
    places.remember(**{LANGUAGE: code})


def languages(folder: Path = TRANSLATIONS) -> list[str]:
    """English, and every language that has a compiled catalogue."""
    found = {path.parents[1].name for path in folder.glob("*/LC_MESSAGES/voipdesk.mo")}
    return ["en", *sorted(found - {"en"})]
