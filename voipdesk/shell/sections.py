"""The pages of the window, one line each. A page that the actor may not have does not exist for him."""

from collections.abc import Iterable
from dataclasses import dataclass
from importlib import import_module
from typing import TYPE_CHECKING

from PySide6.QtWidgets import QWidget

from voipdesk.accounts.rules import Right
from voipdesk.kernel.changes import Actor
from voipdesk.kernel.text import tr
from voipdesk.kit.desk import Desk

if TYPE_CHECKING:
    from voipdesk.store.database import Database


@dataclass(frozen=True, slots=True)
class Section:
    """A page: its fixed English word, title, icon, group, the right it needs, and where its class lives in voipdesk."""

    name: str
    title: str
    icon: str
    group: str
    right: Right | None
    place: str
    key: str = ""
    """A key of its own instead of its number."""

    @property
    def module(self) -> str:
        """Where its class lives."""
        return f"voipdesk.{self.place.partition(':')[0]}"

    def make(self, desk: "Desk[Database]", within: QWidget) -> QWidget:
        """Build the page where it will stand; its room is imported only now."""
        page = getattr(import_module(self.module), self.place.partition(":")[2])(desk, within)
        assert isinstance(page, QWidget)
        if hasattr(page, "locked"):
            # Rates look down only; what invoices stand on is known above them.
            from voipdesk.calls.queries import version_lock

            page.locked = version_lock
        if hasattr(page, "views_menu"):
            from voipdesk.shell.kept_views import KeptViews

            page.views_menu.keep_in(KeptViews(desk, page))
        if hasattr(page, "surroundings"):
            from voipdesk.insight.queries_consequences import CallsAndTariffs

            page.surroundings = CallsAndTariffs(desk.clock)
        if hasattr(page, "facts_of"):
            from voipdesk.rates.queries.suppliers import supplier_facts

            page.facts_of = supplier_facts
        return page


def _all() -> tuple[Section, ...]:
    rates, calls, billing, people = tr("Rates"), tr("Calls"), tr("Billing"), tr("People")
    right = Right
    return (
        Section("home", tr("Home"), "home", "", None, "insight.ui.page:HomePage"),
        Section("rates", tr("Supplier tables"), "rates", rates, right.EDIT_RATES, "rates.ui.page:RatesPage"),
        Section("compare", tr("Compare"), "chart", rates, right.SEE_COSTS, "rates.ui.compare:ComparePage"),
        Section("imports", tr("Imports"), "import", rates, right.IMPORT_RATES, "rates.ui.imports:ImportsPage"),
        Section("plans", tr("Tariff plans"), "plans", rates, right.SEE_PLANS, "tariffs.ui.page:PlansPage"),
        Section("sheets", tr("Sheets sent"), "mail", rates, right.SEE_PLANS, "tariffs.ui.sheets:SheetsPage"),
        Section("calls", tr("Calls"), "calls", calls, right.SEE_CALLS, "calls.ui.page:CallsPage"),
        Section("problems", tr("Problems"), "problems", calls, right.IMPORT_CALLS, "calls.ui.problems:ProblemsPage"),
        Section("invoices", tr("Invoices"), "invoices", billing, right.SEE_INVOICES, "billing.ui.page:InvoicesPage"),
        Section("accounts", tr("Accounts"), "accounts", people, right.MANAGE_ACCOUNTS, "accounts.ui.page:AccountsPage"),
        Section("suppliers", tr("Suppliers"), "supplier", people, right.SEE_SUPPLIERS,
                "accounts.ui.suppliers:SuppliersPage"),
        Section("activity", tr("Activity"), "activity", people, right.SEE_ACTIVITY, "shell.activity:ActivityPage"),
        Section("settings", tr("Settings"), "settings", "", None, "shell.settings:SettingsPage", "Ctrl+,"),
    )  # fmt: skip


def sections(actor: Actor) -> list[Section]:
    """The pages of this actor, in the order of the sidebar."""
    return [one for one in _all() if one.right is None or one.right in actor.rights]


def modules(first: str) -> list[str]:
    """The modules of all pages, that of the first one before the others (of home where there is no such page)."""
    places = {one.name: one.module for one in _all()}
    begin = places.get(first, places["home"])
    return [begin, *(one for one in places.values() if one != begin)]


def group_starts(found: Iterable[Section]) -> list[tuple[str, Section]]:
    """Each section with the group title that stands above it, or an empty text."""
    result, last = [], ""
    for one in found:
        result.append((one.group if one.group != last else "", one))
        last = one.group
    return result
