"""Views of a plan: what they have in common, its rules, and who has it."""

from collections.abc import Callable, Sequence
from typing import Any
from uuid import UUID

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QTabWidget, QVBoxLayout, QWidget

from voipdesk.accounts.rules import Account, Right, may
from voipdesk.kernel.periods import day_start
from voipdesk.kernel.problems import VoipDeskError
from voipdesk.kernel.progress import Progress
from voipdesk.kernel.text import tr
from voipdesk.kit import theme
from voipdesk.kit.desk import Desk
from voipdesk.kit.form import FormDialog
from voipdesk.kit.grid import Formats, Grid, MemorySource
from voipdesk.kit.page import button, framed
from voipdesk.kit.states import State
from voipdesk.store.database import Database
from voipdesk.tariffs import commands
from voipdesk.tariffs.queries import Assignment, KeptRule, Plan, rules
from voipdesk.tariffs.rules import rule_text
from voipdesk.tariffs.ui.assigning import AssignDialog, assigned_columns, assigned_row, customers_of, held
from voipdesk.tariffs.ui.rules import RuleDialog, rule_columns, rule_row


class PlanTab(QWidget):
    """A grid over something of a plan, with buttons above; `show_plan` reads it beside the window."""

    told = Signal(str)

    def __init__(
        self, desk: Desk[Database], grid: Grid, buttons: list[QPushButton], within: QWidget | None
    ) -> None:
        super().__init__(within)
        self.desk, self.grid, self.buttons = desk, grid, buttons
        self.plan: Plan | None = None
        self._turn = 0
        box = QVBoxLayout(self)
        box.setContentsMargins(0, theme.M, 0, 0)
        box.setSpacing(theme.S)
        self.head = QHBoxLayout()
        self.head.setSpacing(theme.S)
        self.head.addStretch()
        for one in buttons:
            self.head.addWidget(one)
        box.addLayout(self.head)
        box.addWidget(framed(grid, self), 1)

    def show_plan(self, plan: Plan | None) -> None:
        """Read what this plan has; without one there is nothing to show."""
        self.plan, self._turn = plan, self._turn + 1
        for one in self.buttons:
            one.setEnabled(plan is not None)
        if plan is None:
            self._show_nothing(State("plans", tr("No plan is chosen")))
            return
        self.grid.loading.start()
        turn = self._turn

        def work(_: Progress) -> tuple[int, Any]:
            try:
                return turn, self.read(plan)
            except VoipDeskError as refused:
                return turn, refused

        self.desk.jobs.read(tr("Read a plan"), work, done=self._take, quiet=True)

    def read(self, plan: Plan) -> Any:
        """Beside the window."""
        raise NotImplementedError

    def show_found(self, found: Any) -> None:
        """In the window."""
        raise NotImplementedError

    def write(self, title: str, do: Callable[[], object]) -> None:
        """Order a command; its refusal is told."""
        self.desk.jobs.write(title, lambda _: do(), refused=self.desk.ask.refuse)

    def _take(self, answer: tuple[int, Any]) -> None:
        """What was read, unless something was asked again meanwhile: several are read at once."""
        turn, found = answer
        if turn != self._turn:
            return
        self.grid.loading.stop()
        if isinstance(found, VoipDeskError):
            self._show_nothing(State("warning", tr("Nothing is sold now"), str(found), tone="warning"))
        else:
            self.show_found(found)

    def _show_nothing(self, why: State) -> None:
        self.grid.loading.stop()
        self.grid.set_source(MemorySource(self.grid.model.columns, []))
        self.grid.set_state(why)


class PlanTabs(QTabWidget):
    """The views of a plan; each is built, and reads, when it is first looked at."""

    told = Signal(str)

    def __init__(self, views: Sequence[tuple[str, Callable[[QWidget | None], PlanTab]]]) -> None:
        super().__init__()
        self.setDocumentMode(True)
        self.plan: Plan | None = None
        self._is_told = False
        """Whether somebody has said which plan it is, or that there is none."""
        self._views = views
        self._made: dict[int, PlanTab] = {}
        self._rooms: list[QVBoxLayout] = []
        for title, _ in views:
            room = QWidget()
            self._rooms.append(QVBoxLayout(room))
            self._rooms[-1].setContentsMargins(0, 0, 0, 0)
            self.addTab(room, title)

    def begin(self) -> PlanTab:
        """Build the first view; once this stands on its page: what is moved into another widget is styled anew."""
        self.currentChanged.connect(self._look)
        self._look(self.currentIndex())
        return self._made[self.currentIndex()]

    def show_plan(self, plan: Plan | None) -> None:
        """Read what this plan has, for every view that was looked at."""
        self.plan, self._is_told = plan, True
        for one in self._made.values():
            one.show_plan(plan)

    def _look(self, at: int) -> None:
        if at in self._made:
            return
        made = self._made[at] = self._views[at][1](self.widget(at))
        made.told.connect(self.told)
        self._rooms[at].addWidget(made)
        if self._is_told:
            made.show_plan(self.plan)


class RulesTab(PlanTab):
    """`table.rules`: rules in their order."""

    def __init__(self, desk: Desk[Database], within: QWidget | None) -> None:
        columns = rule_columns()
        grid = Grid("rules", columns, jobs=desk.jobs, formats=Formats(zone=desk.zone), title=tr("Rules"))
        grid.empty = State(
            "plans", tr("No rules yet"), tr("Without a rule nothing is sold. Begin with one for everything.")
        )
        may_edit = may(desk.actor, Right.EDIT_PLANS)
        made = [
            button(tr("Remove"), "rule.remove", icon="trash", act=self.remove),
            button(tr("Change…"), "rule.change", icon="edit", act=self.change),
            button(tr("Add rule…"), "rule.add", icon="plus", look="primary", act=self.add),
        ]
        super().__init__(desk, grid, made if may_edit else [], within)
        self._kept: dict[UUID, KeptRule] = {}
        if may_edit:
            grid.activated.connect(lambda _: self.change())

    def read(self, plan: Plan) -> list[KeptRule]:
        """The rules."""
        return rules(self.desk.db, self.desk.actor, plan.id)

    def show_found(self, found: list[KeptRule]) -> None:
        """Their rows."""
        self._kept = {one.id: one for one in found}
        rows = [rule_row(one) for one in found]
        self.grid.set_source(MemorySource.keyed(self.grid.model.columns, rows, [one.id for one in found]))

    def add(self) -> None:
        """Ask for a new rule."""
        plan, desk = self.plan, self.desk
        if plan is None:
            return
        dialog = RuleDialog(self, desk.zone, desk.clock.today(desk.zone))

        def agreed() -> None:
            fields = dialog.fields()
            self.write(
                tr("Add a rule"), lambda: commands.add_rule(desk.db, desk.actor, plan=plan.id, **fields)
            )

        ask(dialog, agreed)

    def change(self) -> None:
        """Ask for another shape of the chosen rule."""
        kept, desk = self._chosen(), self.desk
        if kept is None:
            return
        dialog = RuleDialog(self, desk.zone, desk.clock.today(desk.zone), kept.rule)

        def agreed() -> None:
            fields = dialog.fields()
            self.write(
                tr("Change a rule"), lambda: commands.change_rule(desk.db, desk.actor, rule=kept.id, **fields)
            )

        ask(dialog, agreed)

    def remove(self) -> None:
        """Take the chosen rule out; undo brings it back."""
        kept, desk = self._chosen(), self.desk
        if kept is not None:
            said = tr("Rule removed: {rule}").format(rule=rule_text(kept.rule))
            self.write(tr("Remove a rule"), lambda: commands.remove_rule(desk.db, desk.actor, rule=kept.id))
            self.told.emit(said)

    def _chosen(self) -> KeptRule | None:
        key = self.grid.current_key()
        return self._kept.get(key) if isinstance(key, UUID) else None


class AssignedTab(PlanTab):
    """`table.assigned`: accounts that have the plan, had it, or will have it."""

    def __init__(self, desk: Desk[Database], within: QWidget | None) -> None:
        columns = assigned_columns()
        grid = Grid(
            "assigned", columns, jobs=desk.jobs, formats=Formats(zone=desk.zone), title=tr("Assigned")
        )
        grid.empty = State(
            "accounts", tr("Nobody has this plan"), tr("Assign it to an account that you sell to.")
        )
        made = [
            button(tr("End now"), "assign.end", icon="stop", act=self.end),
            button(tr("Assign…"), "assign", icon="plus", look="primary", act=self.assign),
        ]
        super().__init__(desk, grid, made if may(desk.actor, Right.EDIT_PLANS) else [], within)
        self._held: dict[UUID, Assignment] = {}

    def read(self, plan: Plan) -> list[tuple[Assignment, str]]:
        """Who has it."""
        return held(self.desk, plan)

    def show_found(self, found: list[tuple[Assignment, str]]) -> None:
        """Their rows."""
        self._held = {one.id: one for one, _ in found}
        rows = [assigned_row(self.desk, one, name) for one, name in found]
        self.grid.set_source(MemorySource.keyed(self.grid.model.columns, rows, [one.id for one, _ in found]))

    def assign(self) -> None:
        """Ask who gets the plan."""
        plan, desk = self.plan, self.desk
        if plan is not None:
            desk.jobs.read(
                tr("Read accounts"), lambda _: customers_of(desk, plan), done=self._ask_account, quiet=True
            )

    def end(self) -> None:
        """End the chosen assignment now."""
        key, desk = self.grid.current_key(), self.desk
        chosen = self._held.get(key) if isinstance(key, UUID) else None
        if chosen is not None:
            self.write(
                tr("End a plan"),
                lambda: commands.end_assignment(desk.db, desk.actor, account=chosen.account_id),
            )

    def _ask_account(self, accounts: list[Account]) -> None:
        plan, desk = self.plan, self.desk
        if plan is None:
            return
        dialog = AssignDialog(self, plan, accounts, desk.clock.today(desk.zone))
        ask(dialog, lambda: self._assign(plan, dialog))

    def _assign(self, plan: Plan, dialog: AssignDialog) -> None:
        desk = self.desk
        account, first, after = dialog.fields()
        since = day_start(first, desk.zone)
        until = None if after is None else day_start(after, desk.zone)
        self.write(
            tr("Assign a plan"),
            lambda: commands.assign_plan(
                desk.db, desk.actor, account=account, plan=plan.id, since=since, until=until
            ),
        )


def ask(dialog: FormDialog, agreed: Callable[[], object]) -> None:
    """Open a dialog and do something when it is agreed to."""
    dialog.accepted.connect(lambda: agreed())
    dialog.finished.connect(dialog.deleteLater)
    dialog.open()
