"""The page of accounts: the tree with level, plan mode, balance mode and status; new accounts below the chosen one."""

from typing import Any

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from voipdesk.accounts import commands
from voipdesk.accounts.queries import tree
from voipdesk.accounts.rules import Account
from voipdesk.accounts.ui.dialog import AccountDialog
from voipdesk.kernel.text import tr, trn
from voipdesk.kit.desk import Desk
from voipdesk.kit.grid import Column, Grid, Kind, Look, MemorySource
from voipdesk.kit.page import Page, button, framed
from voipdesk.kit.states import State
from voipdesk.store.database import Database

LEVEL_ICONS = {"admin": "admin", "reseller": "reseller", "company": "building", "user": "user"}


def level_looks() -> dict[str, Look]:
    """The four levels in words, each with its icon."""
    words = {"admin": tr("Admin"), "reseller": tr("Reseller"), "company": tr("Company"), "user": tr("User")}
    return {level: Look(word, LEVEL_ICONS[level]) for level, word in words.items()}


def account_columns() -> list[Column]:
    """What the table of accounts shows."""
    modes = {"postpaid": Look(tr("Postpaid")), "prepaid": Look(tr("Prepaid"), "clock")}
    states = {"active": Look(tr("Active"), "ok", "ok"), "disabled": Look(tr("Disabled"), "blocked", "muted")}
    return [
        Column("name", tr("Account"), width=34),
        Column("level", tr("Level"), Kind.STATE, width=12, looks=level_looks()),
        Column("code", tr("Code"), width=20),
        Column("payment_mode", tr("Payment"), Kind.STATE, width=11, looks=modes),
        Column("credit_limit", tr("Credit limit"), Kind.AMOUNT, width=12),
        Column("payment_days", tr("Days to pay"), Kind.INT, width=10),
        Column("status", tr("Status"), Kind.STATE, width=11, looks=states),
    ]


def account_row(account: Account) -> tuple[Any, ...]:
    """A row of the table; the name is set in by its place in the tree."""
    return (
        "    " * account.depth + account.name,
        account.level,
        account.code,
        account.payment_mode,
        account.credit_limit,
        account.payment_days,
        account.status,
    )


class AccountsPage(Page):
    """Everybody the actor may see."""

    selected = Signal(str)
    said = Signal(str, object)

    def __init__(self, desk: Desk[Database], within: QWidget | None = None) -> None:
        add = button(tr("New account…"), "new", icon="plus", look="primary", act=self.create_new)
        super().__init__("accounts", tr("Accounts"), actions=[add], within=within)
        self._desk = desk
        self._accounts: list[Account] = []
        self.grid = Grid("accounts", account_columns(), jobs=desk.jobs, title=tr("Accounts"))
        self.grid.empty = State(
            "accounts", tr("No accounts yet"), tr("Add your first customer."), tr("New account…")
        )
        self.grid.activated.connect(self._edit)
        self.body.addWidget(framed(self.grid, self))
        desk.on_change(frozenset({"account"}), self.refresh)
        self.refresh()

    def refresh(self) -> None:
        """Read the tree again, beside the window."""
        self._desk.read(tr("Read accounts"), tree, self._show)

    def create_new(self) -> None:
        """Ask for a new account below the chosen one."""
        dialog = AccountDialog(self, self._accounts, under=self._chosen())
        if dialog.exec():
            fields = dialog.fields()
            desk = self._desk
            desk.jobs.write(
                tr("Create account"),
                lambda _: commands.create_account(desk.db, desk.actor, **fields),
                done=lambda account: self.said.emit(tr("{name} was added.").format(name=account.name), None),
                refused=desk.ask.refuse,
            )

    def _edit(self, key: object) -> None:
        account = next((one for one in self._accounts if one.id == key), None)
        if account is None:
            return
        dialog = AccountDialog(self, self._accounts, account=account)
        if dialog.exec():
            fields, desk = dialog.fields(), self._desk
            for fixed in ("level", "parent"):
                fields.pop(fixed)
            desk.jobs.write(
                tr("Change account"),
                lambda _: commands.change_account(desk.db, desk.actor, account=account.id, **fields),
                refused=desk.ask.refuse,
            )

    def _show(self, accounts: list[Account]) -> None:
        self._accounts = accounts
        columns = account_columns()
        rows = [account_row(account) for account in accounts]
        self.grid.set_source(MemorySource.keyed(columns, rows, [account.id for account in accounts]))
        below = len(accounts) - 1
        self.header.set_subtitle(trn("{count} account below yours", "{count} accounts below yours", below))

    def _chosen(self) -> Account | None:
        key = self.grid.current_key()
        return next((one for one in self._accounts if one.id == key), None)
