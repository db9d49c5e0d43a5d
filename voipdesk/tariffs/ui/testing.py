"""Test a number: what a call to it costs an account, each level with its whole derivation."""

from PySide6.QtWidgets import (
    QDialog,
    QFrame,
    QHBoxLayout,
    QLineEdit,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from voipdesk.accounts.queries import tree
from voipdesk.accounts.rules import Account
from voipdesk.kernel.money import plain
from voipdesk.kernel.problems import VoipDeskError
from voipdesk.kernel.text import tr
from voipdesk.kit import theme
from voipdesk.kit.derivation import derivation
from voipdesk.kit.desk import Desk
from voipdesk.kit.editors import ChoiceEdit, CountEdit
from voipdesk.kit.names import named
from voipdesk.kit.page import button, label
from voipdesk.store.database import Database
from voipdesk.tariffs.queries import LevelPrice, Price, price


class TestDialog(QDialog):
    """`dialog.test`: number, account and seconds above, the levels below."""

    __test__ = False  # For pytest, which takes the name for a test's.

    def __init__(self, parent: QWidget, desk: Desk[Database]) -> None:
        super().__init__(parent)
        named(self, "dialog.test", tr("Test a number"))
        self.setWindowTitle(tr("Test a number"))
        self._desk = desk
        self.number = named(QLineEdit(), "field.number", tr("Number"))
        self.number.setPlaceholderText("+49 151 234567")
        self.account = named(ChoiceEdit(), "field.account", tr("Account"))
        self.seconds = named(CountEdit(most=86_400), "field.seconds", tr("Seconds"))
        self.seconds.setValue(60)
        self.title = label(bold=True, size=1.15)
        self.title.setObjectName("test.title")
        self._column = QVBoxLayout()
        self._column.setSpacing(theme.M)
        self._lay_out()
        desk.jobs.read(tr("Read accounts"), lambda _: tree(desk.db, desk.actor), done=self._offer, quiet=True)
        self.number.setFocus()

    def compute(self) -> None:
        """Ask for the price."""
        desk, account = self._desk, self.account.value()
        number, seconds = self.number.text().strip(), self.seconds.value()
        if not number or account is None:
            self._say(tr("Enter a number and choose an account."), "muted")
            return
        desk.jobs.read(
            tr("Test a number"),
            lambda _: price(desk.db, desk.actor, account, number, seconds=seconds),
            done=self._show,
            refused=self._refuse,
            quiet=True,
        )

    def _offer(self, accounts: list[Account]) -> None:
        below = [one for one in accounts if one.level != "admin"]
        self.account.set_choices([(one.id, "    " * (one.depth - 1) + one.name) for one in below])

    def _show(self, found: Price) -> None:
        self._clear()
        own = found.own
        what = own.destination if own and own.destination else tr("Call")
        if own is not None and own.amount is not None:
            amount = f"{plain(own.amount):f} {found.currency}"
            said = tr("{destination}: {amount} for {seconds} s")
            self._say(said.format(destination=what, amount=amount, seconds=found.seconds), "")
        else:
            self._say(own.text if own is not None else tr("This account pays nothing."), "danger")
        for level in found.levels:
            self._column.insertWidget(self._column.count() - 1, _card(level))

    def _refuse(self, error: VoipDeskError) -> None:
        self._clear()
        self._say(str(error), "danger")

    def _say(self, text: str, tone: str) -> None:
        theme.set_tone(self.title, tone)
        self.title.setText(text)

    def _clear(self) -> None:
        while self._column.count() > 1:
            item = self._column.takeAt(0)
            widget = item.widget() if item is not None else None
            if widget is not None:
                widget.hide()
                widget.deleteLater()

    def _lay_out(self) -> None:
        fields = QHBoxLayout()
        fields.setSpacing(theme.S)
        for text, field, stretch in (
            (tr("Number"), self.number, 2), (tr("Account"), self.account, 2), (tr("Seconds"), self.seconds, 0),
        ):  # fmt: skip
            cell = QVBoxLayout()
            cell.setSpacing(2)
            caption = label(text, tone="muted")
            caption.setBuddy(field)
            cell.addWidget(caption)
            cell.addWidget(field)
            fields.addLayout(cell, stretch)
        self._column.addStretch()
        inner = QWidget()
        inner.setLayout(self._column)
        self._column.setContentsMargins(0, 0, 0, 0)
        area = QScrollArea()
        area.setWidgetResizable(True)
        area.setFrameShape(QFrame.Shape.NoFrame)
        area.setWidget(inner)
        area.setAccessibleName(tr("Levels"))
        foot = QHBoxLayout()
        foot.addStretch()
        close = button(tr("Close"), "close", act=self.accept)
        close.setAutoDefault(False)
        go = button(tr("Compute"), "compute", icon="calculator", look="primary", act=self.compute)
        go.setDefault(True)
        foot.addWidget(close)
        foot.addWidget(go)
        box = QVBoxLayout(self)
        box.setContentsMargins(theme.XL, theme.L, theme.XL, theme.L)
        box.setSpacing(theme.M)
        box.addLayout(fields)
        box.addWidget(self.title)
        box.addWidget(area, 1)
        box.addLayout(foot)
        self.resize(theme.ems(42), theme.ems(38))


def _card(level: LevelPrice) -> QFrame:
    is_cost = level.account_id is None
    title = (
        tr("What the supplier charges")
        if is_cost
        else tr("What {account} pays").format(account=level.account)
    )
    amount = tr("no price") if level.amount is None else f"{plain(level.amount):f}"
    lines = [(step.label, step.value) for step in level.steps]
    if level.margin is not None:
        lines.append((tr("Margin"), f"{plain(level.margin):f}"))
    tone = "danger" if level.amount is None else ""
    return derivation(f"price.{level.level}", title, amount, lines, tone=tone, remark=level.text)
