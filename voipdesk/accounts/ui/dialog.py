"""The card of an account: new, or to be changed."""

from collections.abc import Sequence
from typing import Any

from PySide6.QtWidgets import QLineEdit, QWidget

from voipdesk.accounts.rules import Account, can_stand_under
from voipdesk.kernel.text import tr
from voipdesk.kit.editors import AmountEdit, ChoiceEdit, CountEdit
from voipdesk.kit.form import FormDialog
from voipdesk.kit.names import named

LEVELS = ("reseller", "company", "user")


class AccountDialog(FormDialog):
    """Asks for what an account is. For a new one: its level and where it stands; both are fixed afterwards."""

    def __init__(
        self,
        parent: QWidget,
        accounts: Sequence[Account],
        *,
        under: Account | None = None,
        account: Account | None = None,
    ) -> None:
        self._accounts = list(accounts)
        self._account = account
        self.name = named(QLineEdit(account.name if account else ""), "field.name", tr("Name"))
        self.level = named(ChoiceEdit(), "field.level", tr("Level"))
        self.under = named(ChoiceEdit(), "field.parent", tr("Under"))
        self.payment = named(ChoiceEdit(), "field.payment_mode", tr("Payment"))
        self.limit = named(AmountEdit(), "field.credit_limit", tr("Credit limit"))
        self.days = named(CountEdit(most=365), "field.payment_days", tr("Days to pay"))
        self._fill(under)
        fields: list[tuple[str, QWidget]] = [(tr("Name"), self.name)]
        if account is None:
            fields += [(tr("Level"), self.level), (tr("Under"), self.under)]
        fields += [
            (tr("Payment"), self.payment), (tr("Credit limit"), self.limit), (tr("Days to pay"), self.days),
        ]  # fmt: skip
        title = tr("New account") if account is None else tr("Change {name}").format(name=account.name)
        verb = tr("Add account") if account is None else tr("Save changes")
        super().__init__(parent, title, fields=fields, verb=verb, problem=self._wrong)
        self.level.value_changed.connect(lambda _: self._offer_parents())

    def fields(self) -> dict[str, Any]:
        """What was entered, as the command takes it."""
        return {
            "name": self.name.text().strip(),
            "level": self.level.value(),
            "parent": self.under.value(),
            "payment_mode": self.payment.value(),
            "credit_limit": self.limit.value(),
            "payment_days": self.days.value(),
        }

    def _fill(self, under: Account | None) -> None:
        words = {"reseller": tr("Reseller"), "company": tr("Company"), "user": tr("User")}
        possible = [
            level for level in LEVELS if any(can_stand_under(level, above.level) for above in self._accounts)
        ]
        self.level.set_choices([(level, words[level]) for level in possible])
        fitting = [level for level in possible if under is not None and can_stand_under(level, under.level)]
        self.level.set_value("company" if "company" in fitting else next(iter(fitting or possible), None))
        self._offer_parents()
        if under is not None:
            self.under.set_value(under.id)
        self.payment.set_choices([("postpaid", tr("Postpaid")), ("prepaid", tr("Prepaid"))])
        account = self._account
        self.payment.set_value(account.payment_mode if account else "postpaid")
        self.limit.set_value(account.credit_limit if account else 0)
        self.days.setValue(account.payment_days if account else 14)

    def _offer_parents(self) -> None:
        level = self.level.value()
        fitting = [above for above in self._accounts if level and can_stand_under(level, above.level)]
        self.under.set_choices([(above.id, above.name) for above in fitting])

    def _wrong(self) -> str:
        if not self.name.text().strip():
            return tr("Give the account a name.")
        return self.limit.problem()
