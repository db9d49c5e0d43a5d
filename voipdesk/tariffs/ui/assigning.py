"""Who has a plan, and giving it to somebody."""

from collections.abc import Sequence
from datetime import date
from typing import Any
from uuid import UUID

from PySide6.QtWidgets import QCheckBox, QWidget

from voipdesk.accounts.queries import tree_on
from voipdesk.accounts.rules import Account
from voipdesk.kernel.text import tr
from voipdesk.kit.desk import Desk
from voipdesk.kit.editors import ChoiceEdit, DateEdit
from voipdesk.kit.form import FormDialog
from voipdesk.kit.grid import Column, Kind, Look
from voipdesk.kit.names import named
from voipdesk.store.database import Database
from voipdesk.tariffs.queries import Assignment, Plan, assignments, sellers_on


def assigned_columns() -> list[Column]:
    """What the list of accounts with a plan shows."""
    states = {
        "now": Look(tr("Now"), "ok", "ok"),
        "later": Look(tr("Later"), "clock", "accent"),
        "past": Look(tr("Ended"), "minus", "muted"),
    }
    return [
        Column("account", tr("Account"), width=28, stretch=True),
        Column("since", tr("Since"), Kind.TIME, width=19),
        Column("until", tr("Until"), Kind.TIME, width=19),
        Column("state", tr("State"), Kind.STATE, width=10, looks=states),
    ]


def held(desk: Desk[Database], plan: Plan) -> list[tuple[Assignment, str]]:
    """Assignments of a plan with the names of their accounts; runs beside the window."""
    found = [one for one in assignments(desk.db, desk.actor) if one.plan_id == plan.id]
    with desk.db.read() as conn:
        names = {one.id: one.name for one in tree_on(conn, desk.actor)}
    return [(one, names[one.account_id]) for one in found if one.account_id in names]


def customers_of(desk: Desk[Database], plan: Plan) -> list[Account]:
    """The accounts that the owner of a plan sells to; runs beside the window."""
    with desk.db.read() as conn:
        sellers = sellers_on(conn)
        return [one for one in tree_on(conn, desk.actor) if sellers.get(one.id) == plan.owner_id]


def assigned_row(desk: Desk[Database], assignment: Assignment, name: str) -> tuple[Any, ...]:
    """An assignment as the list shows it."""
    span, now = assignment.effective, desk.clock.now()
    state = "now" if now in span else "later" if now < span.start else "past"
    return (name, span.start, span.end, state)


class AssignDialog(FormDialog):
    """Which account gets the plan, from which day on, and whether it ends."""

    def __init__(self, parent: QWidget, plan: Plan, accounts: Sequence[Account], today: date) -> None:
        self.account = named(ChoiceEdit(), "field.account", tr("Account"))
        self.account.set_choices([(one.id, one.name) for one in accounts])
        self.since = named(DateEdit(day=today), "field.since", tr("From"))
        self.ends = named(QCheckBox(tr("Ends before")), "field.ends", tr("Ends before"))
        self.until = named(DateEdit(day=today), "field.until", tr("Until"))
        self.until.setEnabled(False)
        self.ends.toggled.connect(self.until.setEnabled)
        fields: list[tuple[str, QWidget]] = [
            (tr("Account"), self.account), (tr("From"), self.since), ("", self.ends), (tr("Until"), self.until),
        ]  # fmt: skip
        title = tr("Assign {plan}").format(plan=plan.name)
        about = tr("The plan that the account has until now ends at that day.")
        super().__init__(
            parent, title, fields=fields, verb=tr("Assign plan"), about=about, problem=self._wrong
        )

    def fields(self) -> tuple[UUID, date, date | None]:
        """Account, first day, day of the end."""
        return self.account.value(), self.since.value(), self.until.value() if self.ends.isChecked() else None

    def _wrong(self) -> str:
        if self.account.value() is None:
            return tr("There is no account to give this plan to.")
        if self.ends.isChecked() and self.until.value() <= self.since.value():
            return tr("The end must come after the start.")
        return ""
