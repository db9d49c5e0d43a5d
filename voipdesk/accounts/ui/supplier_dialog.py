"""The card of a supplier: new, or to be changed."""

from typing import Any

from PySide6.QtWidgets import QGridLayout, QLineEdit, QWidget

from voipdesk.accounts.rules import MOST_NOTICE, NOTICE_KINDS, Supplier
from voipdesk.kernel.text import tr
from voipdesk.kit import theme
from voipdesk.kit.editors import CountEdit
from voipdesk.kit.form import FormDialog
from voipdesk.kit.names import named
from voipdesk.kit.page import label


def kind_words() -> dict[str, str]:
    """The kinds of change in words, in the order in which they are asked."""
    words = (tr("Increase"), tr("Decrease"), tr("New"), tr("Closed"), tr("Blocked"))
    return dict(zip(NOTICE_KINDS, words, strict=True))


class NoticeEdit(QWidget):
    """Days of notice for each kind of change, side by side."""

    def __init__(self, days: dict[str, int]) -> None:
        super().__init__()
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(theme.S)
        grid.setVerticalSpacing(2)
        self.fields: dict[str, CountEdit] = {}
        for place, (kind, word) in enumerate(kind_words().items()):
            field = named(CountEdit(most=MOST_NOTICE), f"field.notice.{kind}", _spoken(word))
            field.setValue(days.get(kind, 0))
            field.setMinimumSize(theme.ems(4.6), theme.ems(2.1))
            caption = label(word, tone="muted")
            caption.setBuddy(field)
            grid.addWidget(caption, 0, place)
            grid.addWidget(field, 1, place)
            self.fields[kind] = field

    def days(self) -> dict[str, int]:
        """By kind."""
        return {kind: field.value() for kind, field in self.fields.items()}


def _spoken(word: str) -> str:
    return tr("Days of notice: {kind}").format(kind=word)


class SupplierDialog(FormDialog):
    """Asks for what a supplier is, and how long before they count its changes are announced."""

    def __init__(self, parent: QWidget, *, currency: str, supplier: Supplier | None = None) -> None:
        self.name = named(QLineEdit(supplier.name if supplier else ""), "field.name", tr("Name"))
        self.code = named(QLineEdit(supplier.code if supplier else ""), "field.code", tr("Code"))
        self.code.setPlaceholderText(tr("made of the name"))
        self.money = named(
            QLineEdit(supplier.currency if supplier else currency), "field.currency", tr("Currency")
        )
        self.money.setMaxLength(3)
        self.notice = NoticeEdit(supplier.notice_days if supplier else {})
        self._is_new = supplier is None
        title = tr("New supplier") if supplier is None else tr("Change {name}").format(name=supplier.name)
        super().__init__(
            parent,
            title,
            fields=[
                (tr("Name"), self.name),
                (tr("Code"), self.code),
                (tr("Currency"), self.money),
                (tr("Notice, days"), self.notice),
            ],
            verb=tr("Add supplier") if supplier is None else tr("Save changes"),
            problem=self._wrong,
        )
        self.notice.setToolTip(
            tr("How many days before it counts the carrier has agreed to announce a change")
        )
        # Five fields side by side are wider than a usual dialog, and only a polished field knows its size.
        for field in self.findChildren(QWidget):
            field.ensurePolished()
        self.setMinimumWidth(theme.ems(37))
        self.adjustSize()

    def fields(self) -> dict[str, Any]:
        """What was entered, as the commands take it."""
        found: dict[str, Any] = {
            "name": self.name.text().strip(),
            "currency": self.money.text().strip().upper(),
            "notice_days": self.notice.days(),
        }
        if self.code.text().strip() or not self._is_new:
            found["code"] = self.code.text().strip()
        return found

    def _wrong(self) -> str:
        if not self.name.text().strip():
            return tr("Give the supplier a name.")
        if not self._is_new and not self.code.text().strip():
            return tr("Give the supplier a code.")
        money = self.money.text().strip()
        if not (len(money) == 3 and money.isascii() and money.isalpha()):
            return tr("A currency is three letters, like USD.")
        return ""
