"""Settings ▸ Workspace: name, currency, time zone, the country of national numbers, and the rounding of calls."""

from decimal import Decimal
from functools import cache
from typing import Any
from zoneinfo import available_timezones

from babel import Locale
from phonenumbers import COUNTRY_CODE_TO_REGION_CODE

from voipdesk.accounts.commands_logins import StandsOn, set_setting, setting_titles, why_fixed
from voipdesk.accounts.queries import workspace
from voipdesk.accounts.rules import Workspace
from voipdesk.kernel.changes import Actor
from voipdesk.kernel.money import Money, Rounding, rounded
from voipdesk.kernel.text import language, tr
from voipdesk.kit import theme
from voipdesk.kit.desk import Desk
from voipdesk.kit.editors import ChoiceEdit, CountEdit, TextEdit
from voipdesk.kit.page import label
from voipdesk.kit.settings import Setting, SettingsPart
from voipdesk.store.database import Database
from voipdesk.tabular.countries import CALLING_CODES

Choices = dict[str, list[tuple[str, str]]]

_EXAMPLE = Decimal("0.0123456785")


class CurrencyEdit(TextEdit):
    """Three letters of ISO 4217."""

    def value(self) -> str:
        """The code, in capitals."""
        return self.text().strip().upper()

    def _problem(self) -> str:
        try:
            Money(Decimal(0), self.value())
        except ValueError:
            return tr("A currency is three letters, like USD.")
        return ""


class WorkspacePart(SettingsPart):
    """`stands_on` may be set by whoever knows what has amounts in the currency; until then it is fixed."""

    def __init__(self, desk: Desk[Database]) -> None:
        super().__init__(
            "workspace", tr("Workspace"), tr("Kept in the workspace, for everybody who opens it.")
        )
        self._desk = desk
        self._stands_on: StandsOn | None = None
        titles = setting_titles()
        name, self.decimals = TextEdit(), CountEdit(most=8)
        name.required = True
        zone, country, self.mode = ChoiceEdit(), ChoiceEdit(), ChoiceEdit()
        self._unfilled: dict[str, ChoiceEdit] = {"zone": zone, "country": country}
        self.mode.set_choices(list(modes().items()))
        currency = CurrencyEdit()
        currency.required = True
        for field, width in ((name, 22), (currency, 7), (zone, 22), (country, 22), (self.mode, 16)):
            field.setMinimumWidth(theme.ems(width))
        self._add(
            "name",
            Setting(
                "name",
                titles["name"],
                name,
                about=tr("Stands in the title of the window. What invoices print is under Your company."),
            ),
        )
        self._add("currency", Setting("currency", titles["currency"], currency))
        about = tr("Decides when a day begins. What is published or rated already keeps its moment.")
        self._add("zone", Setting("zone", titles["zone"], zone, about=about))
        about = tr("Numbers in call files that begin with 0 are read as numbers of this country.")
        self._add("country", Setting("country", titles["country"], country, about=about))
        about = tr("Once per call and level, in all ratings from now on; rated calls keep their amounts.")
        unit = tr("decimals")
        decimals = Setting("decimals", titles["rounding"], self.decimals, about=about, unit=unit)
        self.add(decimals, lambda _: self._keep_rounding()).show_default(6, "6")
        mode = self.add(Setting("mode", tr("Way of rounding"), self.mode), lambda _: self._keep_rounding())
        mode.show_default(Rounding.HALF_UP, modes()[Rounding.HALF_UP])
        self.example = label(tone="muted")
        self.example.setObjectName("rounding.example")
        self.box.addWidget(self.example)
        self.box.addStretch(1)
        desk.on_change(frozenset({"setting", "rate_version", "call_import", "plan", "invoice"}), self.reload)
        self.reload()

    @property
    def stands_on(self) -> StandsOn | None:
        """Who tells what has amounts in the currency."""
        return self._stands_on

    @stands_on.setter
    def stands_on(self, tell: StandsOn) -> None:
        self._stands_on = tell
        self.reload()

    def reload(self) -> None:
        """Read everything again, beside the window."""
        tell = self._stands_on

        def read(db: Database, actor: Actor) -> tuple[Workspace, str, Choices]:
            with db.read() as conn:
                amounts = tell(conn, actor) if tell is not None else (tr("amounts"),)
            return workspace(db), why_fixed(amounts), long_choices(language())

        self._desk.read(tr("Read settings"), read, self._show)

    def _add(self, key: str, setting: Setting) -> None:
        self.add(setting, lambda value: self._keep(setting, key, value))

    def _show(self, found: tuple[Workspace, str, Choices]) -> None:
        kept, fixed, choices = found
        for name, field in self._unfilled.items():
            field.set_choices(choices[name])
        self._unfilled = {}
        values = {
            "name": kept.name, "currency": kept.currency, "zone": str(kept.zone), "country": kept.country,
            "decimals": kept.rounding.decimals, "mode": kept.rounding.mode,
        }  # fmt: skip
        for one in self.settings:
            value, shown = values[one.name], one.field
            if one.name in choices and isinstance(shown, ChoiceEdit) and shown.findData(value) < 0:
                shown.addItem(str(value), value)  # What is kept may be none of those that are offered.
            one.show_value(value)
            if one.name == "currency":
                one.fix(fixed)
        made = rounded(_EXAMPLE, kept.rounding.decimals, kept.rounding.mode)
        text = tr("{exact} becomes {rounded}.").format(
            exact=f"\u2066{_EXAMPLE}\u2069", rounded=f"\u2066{made:f}\u2069"
        )
        self.example.setText(text)

    def _keep_rounding(self) -> None:
        value = {"decimals": self.decimals.value(), "mode": str(self.mode.value())}
        self._keep(next(one for one in self.settings if one.name == "decimals"), "rounding", value)

    def _keep(self, setting: Setting, key: str, value: Any) -> None:
        desk, stands_on = self._desk, self._stands_on
        told = tr("{setting} was changed.").format(setting=setting.title)
        desk.jobs.write(
            tr("Change a setting"),
            lambda _: set_setting(desk.db, desk.actor, key=key, value=value, stands_on=stands_on),
            done=lambda _: self.kept.emit(told, key != "currency"),
            refused=lambda error: setting.refuse(str(error)),
        )


def modes() -> dict[Rounding, str]:
    """Ways of rounding in words."""
    return {
        Rounding.HALF_UP: tr("half up"), Rounding.HALF_EVEN: tr("half to even"), Rounding.UP: tr("always up"),
        Rounding.DOWN: tr("always down"),
    }  # fmt: skip


@cache
def long_choices(_language: str) -> Choices:
    """Time zones and countries in the language of the screens; takes a moment, so it is asked beside the window."""
    zones = [(one, one) for one in sorted(available_timezones()) if "/" in one or one == "UTC"]
    return {"zone": zones, "country": [("", tr("None: national numbers cannot be read")), *countries()]}


def countries() -> list[tuple[str, str]]:
    """Calling codes with the country that people know them by, by its name."""
    try:
        names = Locale.parse(language()).territories
    except (ValueError, LookupError):
        names = Locale("en").territories
    found = []
    for code in CALLING_CODES:
        regions = COUNTRY_CODE_TO_REGION_CODE.get(int(code), ())
        if regions and regions[0].isalpha():
            name = names.get(regions[0], regions[0])
            found.append((code, f"{name} (\u2066+{code}\u2069)"))
    return sorted(found, key=lambda one: one[1].casefold())
