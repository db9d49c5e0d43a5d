"""The page of sheets sent: what customers were told of their prices, the very files, and making new ones."""

import tempfile
from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any
from uuid import UUID

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QPushButton, QWidget

from voipdesk.accounts.rules import Right, may
from voipdesk.kernel.text import tr, trn
from voipdesk.kit.desk import Desk
from voipdesk.kit.grid import Column, Formats, Grid, Kind, Look, MemorySource
from voipdesk.kit.list_page import ListPage
from voipdesk.kit.page import button, framed
from voipdesk.kit.states import State
from voipdesk.store.database import Database
from voipdesk.tariffs import commands
from voipdesk.tariffs.queries import PriceSheet, SheetOrder, price_sheets
from voipdesk.tariffs.ui.sheets_dialog import SheetsDialog, ask_sheets, show_file

TABLES = frozenset({"price_sheet", "account", "plan"})


def sheet_columns() -> list[Column]:
    """What the list shows."""
    kinds = {
        "full": Look(tr("All prices"), "rates", "muted"),
        "changes": Look(tr("Changes"), "note", "accent"),
    }
    return [
        Column("customer", tr("Customer"), width=16, stretch=True),
        Column("plan", tr("Plan"), width=12),
        Column("kind", tr("Kind"), Kind.STATE, width=11, looks=kinds),
        Column("effective", tr("Effective"), Kind.DATE, width=11),
        Column("rows", tr("Rows"), Kind.INT, width=7),
        Column("closed", tr("Closed"), Kind.INT, width=8),
        Column("made", tr("Made"), Kind.TIME, width=17),
        Column("by", tr("By"), width=8),
        Column("file", tr("File"), width=32),
    ]


def sheet_row(one: PriceSheet) -> tuple[Any, ...]:
    """A sheet as the list shows it."""
    return (
        one.account, one.plan, str(one.kind), one.effective_from, one.rows, one.closed, one.made_at, one.made_by,
        one.file_name,
    )  # fmt: skip


class SheetsPage(ListPage):
    """`table.sheets`: one line for each customer and sheet, the newest first."""

    sought = "customer"
    selected = Signal(str)
    said = Signal(str, object)

    def __init__(self, desk: Desk[Database], within: QWidget | None = None) -> None:
        self._desk = desk
        self._sheets: dict[UUID, PriceSheet] = {}
        self._folder: tempfile.TemporaryDirectory[str] | None = None
        self.pushes = {
            "open": button(tr("Open file"), "open", icon="eye", act=self.open_file),
            "export": button(tr("Export…"), "export", icon="export", act=self.export_file),
        }
        may_make = may(desk.actor, Right.EDIT_PLANS)
        if may_make:
            self.pushes["again"] = button(tr("Make again…"), "again", icon="refresh", act=self.make_again)
            self.pushes["new"] = button(tr("New…"), "new", icon="plus", look="primary", act=self.create_new)
        super().__init__("sheets", tr("Sheets sent"), actions=self._heads(), within=within)
        self.columns = sheet_columns()
        self.grid = Grid(
            "sheets", self.columns, jobs=desk.jobs, formats=Formats(zone=desk.zone), title=tr("Sheets sent")
        )
        self.grid.empty = State(
            "mail",
            tr("No rate sheets made yet"),
            tr(
                "Customers are told their prices by a workbook each: all of them, or only what changes from a day on, "
                "with the price before. What each one was told stays here, with the very file."
            ),
            tr("Make rate sheets…") if may_make else "",
            act=self.create_new if may_make else None,
        )
        self.grid.set_filter_row()
        self.grid.current_changed.connect(lambda _: self._enable())
        self.grid.activated.connect(lambda _: self.open_file())
        self.body.addWidget(framed(self.grid, self), 1)
        desk.on_change(TABLES, self.refresh)
        self._enable()
        self.refresh()

    def refresh(self) -> None:
        """Read the sheets again."""
        self._desk.read(tr("Read sheets"), price_sheets, self._take)

    def create_new(self) -> None:
        """Ask which sheets are to be made."""
        self._ask(SheetsDialog(self, self._desk))

    def arrive(self, what: object) -> None:
        """Another page leads here: to sheets about what begins with an import."""
        if isinstance(what, Mapping) and may(self._desk.actor, Right.EDIT_PLANS):
            begins = what.get("from")
            day = begins if isinstance(begins, datetime) else self._desk.clock.now()
            self._ask(SheetsDialog(self, self._desk, SheetOrder(day)))

    def make_again(self) -> None:
        """The same for the customer of the chosen sheet, with the prices as they are now."""
        one = self._chosen()
        if one is not None:
            order = SheetOrder(one.effective_from, one.kind, among=[one.account_id])
            self._ask(SheetsDialog(self, self._desk, order))

    def open_file(self) -> None:
        """Show the file of the chosen sheet in the program that reads workbooks; it is a copy, the kept one stays."""
        one, desk = self._chosen(), self._desk
        if one is None:
            return
        if self._folder is None:
            self._folder = tempfile.TemporaryDirectory(prefix="voipdesk-sheets-", ignore_cleanup_errors=True)
        path = Path(self._folder.name) / str(one.id) / one.file_name
        path.parent.mkdir(exist_ok=True)
        desk.jobs.read(
            tr("Open a sheet"),
            lambda _: commands.save_sheet(desk.db, desk.actor, one.id, path),
            done=lambda _: show_file(path),
            refused=desk.ask.refuse,
        )

    def export_file(self) -> None:
        """Write the file of the chosen sheet, byte for byte."""
        one, desk = self._chosen(), self._desk
        if one is None:
            return
        kinds = ((tr("Excel workbook"), "*.xlsx"),)
        path = desk.ask.save_file(tr("Export a sheet"), kinds, name=one.file_name)
        if path is not None:
            desk.jobs.read(
                tr("Export a sheet"),
                lambda _: commands.save_sheet(desk.db, desk.actor, one.id, path),
                done=lambda _: self.said.emit(tr("{file} was written.").format(file=path.name), None),
                refused=desk.ask.refuse,
            )

    def _ask(self, dialog: SheetsDialog) -> None:
        ask_sheets(dialog, self._desk, self.said.emit)

    def _take(self, found: Sequence[PriceSheet]) -> None:
        self._sheets = {one.id: one for one in found}
        rows = [sheet_row(one) for one in found]
        self.grid.set_source(MemorySource.keyed(self.columns, rows, [one.id for one in found]))
        if self.grid.current_key() is None and found:
            self.grid.go_to(found[0].id)
        if self.isVisible():
            self.selected.emit(trn("{count} sheet", "{count} sheets", len(found)))
        self._enable()

    def _chosen(self) -> PriceSheet | None:
        key = self.grid.current_key()
        return self._sheets.get(key) if isinstance(key, UUID) else None

    def _enable(self) -> None:
        has_one = self._chosen() is not None
        for name, push in self.pushes.items():
            push.setEnabled(has_one or name == "new")

    def _heads(self) -> list[QPushButton]:
        return list(self.pushes.values())
