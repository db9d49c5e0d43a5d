"""The page of tariff plans: the list at the leading side; preview, rules and accounts of the chosen one beside it."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from functools import partial
from typing import Any
from uuid import UUID

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QPushButton, QWidget

from voipdesk.accounts.queries import account, tree
from voipdesk.accounts.rules import Right, may
from voipdesk.kernel.changes import Actor
from voipdesk.kernel.text import tr, trn
from voipdesk.kit import theme
from voipdesk.kit.desk import Desk
from voipdesk.kit.grid import Column, Grid, MemorySource
from voipdesk.kit.list_page import ListPage
from voipdesk.kit.names import named
from voipdesk.kit.page import beside, button, label
from voipdesk.kit.states import State
from voipdesk.rates.rules.surroundings import BelowCost
from voipdesk.store.database import Database
from voipdesk.tariffs import commands
from voipdesk.tariffs.queries import Plan, plans
from voipdesk.tariffs.ui.dialog import PlanDialog
from voipdesk.tariffs.ui.preview import PreviewTab
from voipdesk.tariffs.ui.sheets_dialog import SheetsDialog, ask_sheets
from voipdesk.tariffs.ui.tabs import AssignedTab, PlanTabs, RulesTab
from voipdesk.tariffs.ui.testing import TestDialog


def plan_columns(*, with_owner: bool) -> list[Column]:
    """What the list of plans shows."""
    found = [Column("name", tr("Plan"), width=15, stretch=True)]
    return [*found, Column("owner", tr("Owner"), width=11)] if with_owner else found


class PlansPage(ListPage):
    """The list `table.plans` and the views of the chosen plan."""

    sought = "destination"
    selected = Signal(str)
    said = Signal(str, object)

    def __init__(self, desk: Desk[Database], within: QWidget | None = None) -> None:
        self._desk = desk
        super().__init__("plans", tr("Tariff plans"), actions=self._buttons(), within=within)
        self._plans: dict[UUID, Plan] = {}
        self._sellers: list[tuple[UUID, str, str]] = []
        self._seek: UUID | None = None
        self.columns = plan_columns(with_owner=desk.actor.level == "admin")
        self.grid = Grid("plans", self.columns, title=tr("Tariff plans"))
        self.grid.empty = State(
            "plans",
            tr("No plans yet"),
            tr("Three are ready to be made: cost, +10 % and free. They stand on the default rate table."),
            tr("Make the three plans"),
            act=self.seed,
        )
        self.grid.current_changed.connect(lambda _: self._show_chosen())
        self.grid.activated.connect(lambda _: self.change())
        self.title = label(size=1.15, bold=True)
        self.facts = label(tone="muted", wrap=True)
        views = (
            (tr("Preview"), partial(PreviewTab, desk)), (tr("Rules"), partial(RulesTab, desk)),
            (tr("Assigned"), partial(AssignedTab, desk)),
        )  # fmt: skip
        self.tabs = named(PlanTabs(views), "plans.tabs", tr("Views of the plan"))
        self.tabs.told.connect(lambda text: self.said.emit(text, None))
        self._lay_out()
        first = self.tabs.begin()
        assert isinstance(first, PreviewTab)
        self.preview = first
        desk.on_change(
            frozenset({"plan", "plan_rule", "assignment", "rate_version", "account"}), self.refresh
        )
        self.refresh()

    def refresh(self) -> None:
        """Read the plans again; the chosen one stays."""
        self._desk.read(tr("Read plans"), _plans_and_sellers, self._take)

    @property
    def filtered(self) -> Grid:
        """The prices of the preview: plans are few."""
        return self.preview.grid

    def find(self) -> None:  # type: ignore[override]  # As in ListPage.
        """Look for a destination in the preview."""
        self.tabs.setCurrentIndex(0)
        super().find()

    def create_new(self) -> None:
        """Ask for a name and a markup; more rules come afterwards."""
        if not may(self._desk.actor, Right.EDIT_PLANS):
            return
        dialog = PlanDialog(self, sellers=self._sellers)
        dialog.accepted.connect(lambda: self._create(dialog.fields()))
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()

    def seed(self) -> None:
        """Make the three predefined plans."""
        desk = self._desk
        desk.jobs.write(
            tr("Make the three plans"),
            lambda _: commands.seed_plans(desk.db, desk.actor),
            refused=desk.ask.refuse,
        )

    def change(self) -> None:
        """Ask how the chosen plan is to make prices from now on."""
        plan = self.chosen
        if plan is None or not may(self._desk.actor, Right.EDIT_PLANS):
            return
        dialog = PlanDialog(self, plan)
        dialog.accepted.connect(lambda: self._change(plan, dialog.fields()))
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()

    def test_number(self) -> None:
        """Open the dialog that tells what a number costs."""
        dialog = TestDialog(self, self._desk)
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()

    def export_file(self) -> None:
        """Write the chosen plan's prices to a file."""
        plan, desk = self.chosen, self._desk
        if plan is None:
            return
        kinds = ((tr("Excel workbook"), "*.xlsx"), (tr("CSV"), "*.csv"))
        path = desk.ask.save_file(tr("Export {plan}").format(plan=plan.name), kinds, name=f"{plan.name}.xlsx")
        if path is not None:
            desk.jobs.read(
                tr("Export a plan"),
                lambda _: commands.export_plan(desk.db, desk.actor, plan, path),
                done=lambda _: self.said.emit(tr("{file} was written.").format(file=path.name), None),
                refused=desk.ask.refuse,
            )

    def make_sheets(self) -> None:
        """Make rate sheets for the customers of the chosen plan."""
        plan, desk = self.chosen, self._desk
        if plan is not None:
            ask_sheets(SheetsDialog(self, desk, plan=plan.id), desk, self.said.emit)

    def arrive(self, what: object) -> None:
        """Another page leads here: to what a plan sells below cost, as of when all of it is."""
        rows = [one for one in what if isinstance(one, BelowCost)] if isinstance(what, tuple) else []
        if rows:
            since = max(one.effective_from for one in rows)
            self.show_prefixes(rows[0].plan_id, [one.prefix for one in rows], since)

    def show_prefixes(self, plan: UUID, prefixes: Sequence[str], since: datetime) -> None:
        """Show some prefixes of a plan as it sells them from an instant on."""
        self._seek = plan
        self.tabs.setCurrentIndex(0)
        self.preview.show_prefixes(prefixes, since.astimezone(self._desk.zone).date())
        self._show_chosen()

    def archive(self) -> None:
        """Put the chosen plan away."""
        plan, desk = self.chosen, self._desk
        if plan is None:
            return
        text = tr("Archive {plan}? It can no longer be assigned.").format(plan=plan.name)
        if desk.ask.confirm(text, verb=tr("Archive plan")):
            desk.jobs.write(
                tr("Archive a plan"),
                lambda _: commands.archive_plan(desk.db, desk.actor, plan=plan.id),
                refused=desk.ask.refuse,
            )

    @property
    def chosen(self) -> Plan | None:
        """The plan whose views are shown."""
        key = self.grid.current_key()
        return self._plans.get(key) if isinstance(key, UUID) else None

    def _create(self, fields: Mapping[str, Any]) -> None:
        desk = self._desk

        def look_at(plan: Plan) -> None:
            self._seek = plan.id
            self.said.emit(tr("{plan} was added.").format(plan=plan.name), None)
            self.refresh()

        desk.jobs.write(
            tr("Create a plan"),
            lambda _: commands.create_plan(desk.db, desk.actor, **fields),
            done=look_at,
            refused=desk.ask.refuse,
        )

    def _change(self, plan: Plan, fields: Mapping[str, Any]) -> None:
        desk = self._desk
        desk.jobs.write(
            tr("Change a plan"),
            lambda _: commands.change_plan(desk.db, desk.actor, plan=plan.id, **fields),
            refused=desk.ask.refuse,
        )

    def _take(self, read: tuple[list[Plan], list[tuple[UUID, str, str]]]) -> None:
        found, self._sellers = read
        self._plans = {one.id: one for one in found}
        self._seek = self._seek if self._seek in self._plans else None
        before = self.chosen
        values = [
            tuple({"name": _name(one), "owner": one.owner}[column.id] for column in self.columns)
            for one in found
        ]
        self.grid.set_source(MemorySource.keyed(self.columns, values, [one.id for one in found]))
        if self.isVisible():
            self.selected.emit(trn("{count} plan", "{count} plans", len(found)))
        if self._seek is None and found and (before is None or self.grid.model.place(before.id) is None):
            self.grid.go_to(next((one.id for one in found if not one.predefined), found[0].id))
        else:
            self._show_chosen()

    def _show_chosen(self) -> None:
        """The views of the chosen plan; the one that is asked for is chosen first, once the plans are read."""
        sought = self._seek if self._seek in self._plans else None
        if sought is not None:
            self._seek = None
            if self.grid.current_key() != sought and self.grid.go_to(sought):
                return  # What is current has changed, which has shown it.
        plan = self.chosen
        for push in (*self._of_plan, self.tabs):
            push.setEnabled(plan is not None)
        self.title.setText("" if plan is None else plan.name)
        self.facts.setText("" if plan is None else facts_of(plan))
        self.tabs.show_plan(plan)

    def _buttons(self) -> list[QPushButton]:
        self._of_plan = [button(tr("Export…"), "export", icon="export", act=self.export_file)]
        found = [button(tr("Test a number…"), "test", icon="calculator", act=self.test_number)]
        if not may(self._desk.actor, Right.EDIT_PLANS):
            return [*found, *self._of_plan]
        self._of_plan.append(button(tr("Rate sheets…"), "sheets", icon="mail", act=self.make_sheets))
        self._of_plan.append(button(tr("Archive…"), "archive", act=self.archive))
        self._of_plan.append(button(tr("Change…"), "change", icon="edit", act=self.change))
        new = button(tr("New plan…"), "new", icon="plus", look="primary", act=self.create_new)
        return [*found, *self._of_plan, new]

    def _lay_out(self) -> None:
        splitter, box = beside(self.body, "plans", self.grid)
        box.setSpacing(theme.XS)
        box.addWidget(self.title)
        box.addWidget(self.facts)
        box.addWidget(self.tabs, 1)
        splitter.setSizes([theme.ems(19), theme.ems(63)])


def _name(plan: Plan) -> str:
    if plan.status == "active":
        return plan.name
    return tr("{plan} (archived)").format(plan=plan.name)


def facts_of(plan: Plan) -> str:
    """A plan's way to make prices, in one line."""
    terms = plan.terms
    modes = {"half_up": tr("half up"), "up": tr("up"), "down": tr("down")}
    decimals = trn("{count} decimal", "{count} decimals", terms.decimals)
    parts = [
        tr("over {table}").format(table=plan.table) if plan.table else tr("over the price its owner pays"),
        tr("{decimals}, rounded {mode}").format(decimals=decimals, mode=modes.get(str(terms.rounding), "")),
    ]
    if plan.table_id is not None and not plan.table:
        parts = parts[1:]
    if terms.minimum_margin is not None:
        parts.append(tr("keeps at least {margin} a minute").format(margin=f"{terms.minimum_margin:f}"))
    if not terms.is_below_base_allowed:
        parts.append(tr("never below cost"))
    return " · ".join(parts)


def _plans_and_sellers(db: Database, actor: Actor) -> tuple[list[Plan], list[tuple[UUID, str, str]]]:
    """What the page shows, and whose a new plan may be; runs beside the window."""
    below = [one for one in tree(db, actor) if one.level == "reseller" and one.id != actor.account_id]
    own = account(db, actor, actor.account_id)
    return plans(db, actor), [(one.id, one.name, one.level) for one in (own, *below)]
