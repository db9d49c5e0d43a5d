"""The page of suppliers: their tables, notice terms, profiles and last sheets; new, change, archive."""

from collections.abc import Callable, Mapping
from typing import Any
from uuid import UUID

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QPushButton, QWidget

from voipdesk.accounts import commands
from voipdesk.accounts.queries import suppliers, workspace
from voipdesk.accounts.rules import Right, Supplier, SupplierFacts, may
from voipdesk.accounts.ui.supplier_dialog import SupplierDialog, kind_words
from voipdesk.kernel.changes import Actor
from voipdesk.kernel.text import tr, trn
from voipdesk.kit.desk import Desk
from voipdesk.kit.grid import Column, Formats, Grid, Kind, Look, MemorySource
from voipdesk.kit.list_page import ListPage
from voipdesk.kit.page import button, framed
from voipdesk.kit.states import State
from voipdesk.store.database import Database

FactsOf = Callable[[Database, Actor], Mapping[UUID, SupplierFacts]]

WATCHED = frozenset({"supplier", "rate_table", "rate_version", "rate_import", "import_profile"})


def supplier_columns() -> list[Column]:
    """What the table of suppliers shows."""
    states = {"active": Look(tr("Active"), "ok", "ok"), "archived": Look(tr("Archived"), "blocked", "muted")}
    return [
        Column("name", tr("Supplier"), width=13, stretch=True),
        Column("code", tr("Code"), width=9),
        Column("currency", tr("Currency"), width=9),
        Column("tables", tr("Tables"), width=13),
        Column("notice", tr("Notice"), width=14, tooltip=tr("Days before a change counts")),
        Column("profile", tr("Profile"), width=9, tooltip=tr("How its sheets are read")),
        Column("last_sheet", tr("Last sheet"), width=13),
        Column("last_at", tr("Imported"), Kind.DATE, width=10),
        Column("status", tr("Status"), Kind.STATE, width=11, looks=states),
    ]


def notice_text(days: Mapping[str, int]) -> str:
    """Notice terms in a line; nothing where everything counts at once."""
    words = kind_words()
    parts = [f"{words[kind]} {days[kind]}" for kind in words if days.get(kind)]
    return ", ".join(parts) if parts else tr("none")


def supplier_row(one: Supplier, facts: SupplierFacts) -> tuple[Any, ...]:
    """A row of the table."""
    return (
        one.name, one.code, one.currency, ", ".join(facts.tables), notice_text(one.notice_days),
        ", ".join(facts.profiles), facts.last_sheet, facts.last_at, one.status,
    )  # fmt: skip


class SuppliersPage(ListPage):
    """The table `table.suppliers`. `facts_of` is set by whoever knows what tables and imports say of them."""

    sought = "name"
    selected = Signal(str)
    said = Signal(str, object)
    wanted = Signal(str)

    def __init__(self, desk: Desk[Database], within: QWidget | None = None) -> None:
        self.buttons = _buttons(self, desk.actor)
        super().__init__("suppliers", tr("Suppliers"), actions=list(self.buttons.values()), within=within)
        self._facts_of: FactsOf | None = None
        self._desk = desk
        self._suppliers: list[Supplier] = []
        self.grid = Grid(
            "suppliers", supplier_columns(), jobs=desk.jobs, formats=Formats(zone=desk.zone), title=tr("Suppliers")
        )  # fmt: skip
        may_add = "new" in self.buttons
        self.grid.empty = State(
            "supplier",
            tr("No suppliers yet"),
            tr("A supplier is a carrier you buy from. Its sheets go into tables of their own."),
            tr("New supplier…") if may_add else "",
            act=self.create_new,
        )
        self.grid.activated.connect(lambda _: self.change())
        self.grid.current_changed.connect(lambda _: self._show_verbs())
        self.body.addWidget(framed(self.grid))
        desk.on_change(WATCHED, self.refresh)
        self._show_verbs()
        self.refresh()

    @property
    def facts_of(self) -> FactsOf | None:
        """Who tells tables, profiles and last sheets; setting it reads the page again."""
        return self._facts_of

    @facts_of.setter
    def facts_of(self, tell: FactsOf) -> None:
        self._facts_of = tell
        self.refresh()

    def refresh(self) -> None:
        """Read the suppliers again, beside the window."""
        tell = self._facts_of

        def read(db: Database, actor: Actor) -> tuple[list[Supplier], Mapping[UUID, SupplierFacts]]:
            found = suppliers(db, actor)
            return found, (tell(db, actor) if tell and may(actor, Right.SEE_COSTS) else {})

        self._desk.read(tr("Read suppliers"), read, self._show)

    def create_new(self) -> None:
        """Ask for a new supplier."""
        desk = self._desk
        if not may(desk.actor, Right.MANAGE_SUPPLIERS):
            return
        dialog = SupplierDialog(self, currency=workspace(desk.db).currency)
        dialog.accepted.connect(lambda: self._create(dialog.fields()))
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()

    def change(self) -> None:
        """Ask what the chosen supplier is to be."""
        found = self.chosen
        if found is None or not may(self._desk.actor, Right.MANAGE_SUPPLIERS):
            return
        dialog = SupplierDialog(self, currency=found.currency, supplier=found)
        dialog.accepted.connect(lambda: self._change(found, dialog.fields()))
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()

    def archive(self) -> None:
        """Put the chosen supplier away, or take it out again."""
        found, desk = self.chosen, self._desk
        if found is None:
            return
        if found.status == "archived":
            self._change(found, {"status": "active"})
            return
        text = tr("Archive {name}? Its tables and past calls stay as they are.").format(name=found.name)
        if desk.ask.confirm(text, verb=tr("Archive supplier")):
            self._change(found, {"status": "archived"})

    @property
    def chosen(self) -> Supplier | None:
        """The supplier of the current row."""
        key = self.grid.current_key()
        return next((one for one in self._suppliers if one.id == key), None)

    def _create(self, fields: Mapping[str, Any]) -> None:
        desk = self._desk

        def tell(made: Supplier) -> None:
            text = tr("{name} was added. Its first table comes next.").format(name=made.name)
            self.said.emit(text, {tr("Supplier tables"): lambda: self.wanted.emit("rates")})

        desk.jobs.write(
            tr("Create supplier"),
            lambda _: commands.create_supplier(desk.db, desk.actor, **fields),
            done=tell,
            refused=desk.ask.refuse,
        )

    def _change(self, found: Supplier, fields: Mapping[str, Any]) -> None:
        desk = self._desk
        desk.jobs.write(
            tr("Change supplier"),
            lambda _: commands.change_supplier(desk.db, desk.actor, supplier=found.id, **fields),
            refused=desk.ask.refuse,
        )

    def _show(self, read: tuple[list[Supplier], Mapping[UUID, SupplierFacts]]) -> None:
        found, facts = read
        self._suppliers = sorted(found, key=lambda one: (one.status != "active", one.name.casefold()))
        rows = [supplier_row(one, facts.get(one.id, SupplierFacts())) for one in self._suppliers]
        keys = [one.id for one in self._suppliers]
        self.grid.set_source(MemorySource.keyed(self.grid.model.columns, rows, keys))
        self._show_verbs()
        if self.isVisible():
            self.selected.emit(trn("{count} supplier", "{count} suppliers", len(found)))

    def _show_verbs(self) -> None:
        """What can be done with the current row."""
        found = self.chosen
        for name in ("change", "archive"):
            if name in self.buttons:
                self.buttons[name].setEnabled(found is not None)
        if "archive" in self.buttons:
            is_away = found is not None and found.status == "archived"
            self.buttons["archive"].setText(tr("Take out of the archive") if is_away else tr("Archive…"))


def _buttons(page: SuppliersPage, actor: Actor) -> dict[str, QPushButton]:
    """The verbs of somebody who may manage suppliers."""
    if not may(actor, Right.MANAGE_SUPPLIERS):
        return {}
    return {
        "archive": button(tr("Archive…"), "archive", act=lambda: page.archive()),
        "change": button(tr("Change…"), "change", icon="edit", act=lambda: page.change()),
        "new": button(tr("New supplier…"), "new", icon="plus", look="primary", act=lambda: page.create_new()),
    }
