"""Settings ▸ Your company: what one's own invoices and sheets print of the sender; each seat has its own."""

import re
from typing import Any

from PySide6.QtWidgets import QWidget

from voipdesk.accounts.commands import change_account
from voipdesk.accounts.queries import account
from voipdesk.accounts.rules import Account
from voipdesk.kernel.text import tr
from voipdesk.kit import theme
from voipdesk.kit.desk import Desk
from voipdesk.kit.editors import LinesEdit, TextEdit
from voipdesk.kit.settings import Setting, SettingsPart
from voipdesk.store.database import Database


class MailEdit(TextEdit):
    """An address of e-mail; only what cannot be one is refused."""

    def _problem(self) -> str:
        fits = re.fullmatch(r"[^@\s]+@[^@\s]+\.[^@\s]+", self.value())
        return "" if fits else tr("An e-mail address looks like desk@example.com.")


class IbanEdit(TextEdit):
    """An account number of a bank, checked by its check digits (ISO 13616)."""

    def value(self) -> str:
        """In capitals, without spaces."""
        return re.sub(r"\s", "", self.text()).upper()

    def _problem(self) -> str:
        text = self.value()
        if re.fullmatch(r"[A-Z]{2}\d{2}[A-Z0-9]{11,30}", text):
            turned = text[4:] + text[:4]
            if int("".join(str(int(sign, 36)) for sign in turned)) % 97 == 1:
                return ""
        return tr("The check digits do not fit: a digit is wrong or missing.")


class CompanyPart(SettingsPart):
    """The details of the actor's own account that documents print."""

    def __init__(self, desk: Desk[Database]) -> None:
        super().__init__("company", tr("Your company"), tr("What your invoices print of you as the sender."))
        self._desk = desk
        self._address: dict[str, Any] = {}
        about = tr("Left empty, the name of your account is printed.")
        self._add("legal_name", tr("Legal name"), TextEdit(), about)
        self._add(
            "lines", tr("Address"), LinesEdit(), tr("One line each, as on an envelope, without the name.")
        )
        self._add("vat_id", tr("Tax number"), TextEdit(), "")
        self._add("email", tr("E-mail"), MailEdit(), "")
        self._add("iban", tr("Bank account (IBAN)"), IbanEdit(), tr("Where customers pay to."))
        self.box.addStretch(1)
        desk.on_change(frozenset({"account"}), self.reload)
        self.reload()

    def reload(self) -> None:
        """Read the own account again, beside the window."""
        self._desk.read(
            tr("Read your company"), lambda db, actor: account(db, actor, actor.account_id), self._show
        )

    def _add(self, name: str, title: str, field: QWidget, about: str) -> None:
        field.setMinimumWidth(theme.ems(26))
        setting = self.add(Setting(name, title, field, about=about), lambda value: self._keep(setting, value))

    def _show(self, found: Account) -> None:
        self._address = dict(found.address)
        for one in self.settings:
            kept = found.address.get(one.name)
            one.show_value(tuple(kept or ()) if one.name == "lines" else str(kept or ""))

    def _keep(self, setting: Setting, value: Any) -> None:
        desk = self._desk
        address = {**self._address, setting.name: list(value) if setting.name == "lines" else value}
        self._address = address
        desk.jobs.write(
            tr("Change your company"),
            lambda _: change_account(desk.db, desk.actor, account=desk.actor.account_id, address=address),
            done=lambda _: self.kept.emit(tr("{setting} was changed.").format(setting=setting.title), True),
            refused=lambda error: setting.refuse(str(error)),
        )
