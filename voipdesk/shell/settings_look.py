"""Settings ▸ Look: theme and language of whoever sits at this computer; kept beside the program, in no workspace."""

from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QEvent, QLocale

from voipdesk.kernel.text import tr
from voipdesk.kit import theme
from voipdesk.kit.desk import Desk
from voipdesk.kit.editors import ChoiceEdit
from voipdesk.kit.settings import Setting, SettingsPart
from voipdesk.shell import looks

if TYPE_CHECKING:
    from voipdesk.store.database import Database


class LookPart(SettingsPart):
    """Takes effect at once (theme) or from the next start (language)."""

    def __init__(self, desk: "Desk[Database]") -> None:
        about = tr("Kept for you on this computer. Nothing of it is written into the workspace.")
        super().__init__("look", tr("Look"), about)
        self.theme = self.add(Setting("theme", tr("Theme"), ChoiceEdit(), about=_theme_about()), self._theme)
        words = {theme.SYSTEM: tr("As the system"), "light": tr("Light"), "dark": tr("Dark")}
        self.theme.field.set_choices([(wish, words[wish]) for wish in theme.WISHES])  # type: ignore[attr-defined]
        about = tr("Shown from the next start of the program.")
        self.language = self.add(
            Setting("language", tr("Language"), ChoiceEdit(), about=about), self._language
        )
        known = looks.languages()
        names = [(code, QLocale(code).nativeLanguageName() or code) for code in known]
        self.language.field.set_choices([("", tr("As the system")), *names])  # type: ignore[attr-defined]
        if known == ["en"]:
            self.language.fix(tr("English is the only language of this version."))
        for setting in self.settings:
            setting.field.setMinimumWidth(theme.ems(16))
        self.box.addStretch(1)
        self.reload()

    def reload(self) -> None:
        """Show what is chosen."""
        self.theme.show_value(looks.chosen_theme())
        self.language.show_value(looks.chosen_language() if len(looks.languages()) > 1 else "en")

    def changeEvent(self, event: QEvent) -> None:
        """The theme may have been switched in the menu."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange and hasattr(self, "language"):
            self.reload()

    def _theme(self, wish: Any) -> None:
        looks.choose_theme(str(wish))

    def _language(self, code: Any) -> None:
        looks.choose_language(str(code))


def _theme_about() -> str:
    if theme.named_theme():
        return tr("VOIPDESK_THEME is set on this computer: it rules again at the next start.")
    return tr("Also in the View menu.")
