"""The dialog that makes rate sheets for customers: for whom, what, from which day; the rows are counted at once."""

from collections.abc import Sequence
from datetime import date
from functools import partial
from pathlib import Path
from typing import Any, cast
from uuid import UUID

import shiboken6
from PySide6.QtCore import QStandardPaths, QTimer, QUrl
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QVBoxLayout, QWidget

from voipdesk.kernel.periods import day_start
from voipdesk.kernel.problems import VoipDeskError
from voipdesk.kernel.progress import Progress
from voipdesk.kernel.text import tr, trn
from voipdesk.kit import theme
from voipdesk.kit.desk import Desk
from voipdesk.kit.editors import ChoiceEdit, DateEdit
from voipdesk.kit.file_dialog import folder_in
from voipdesk.kit.form import FormDialog
from voipdesk.kit.grid import Column, Grid, Kind, Look, MemorySource
from voipdesk.kit.names import named
from voipdesk.kit.page import button, framed, label
from voipdesk.kit.states import State
from voipdesk.store.database import Database
from voipdesk.tariffs import commands
from voipdesk.tariffs.commands import SheetsReport
from voipdesk.tariffs.queries import Plan, Recipient, SheetOrder, next_change, plans, recipients
from voipdesk.tariffs.rules import SheetKind

Say = Any
"""A toast: its text, and what its buttons do by their verbs (or None)."""

ALL, NAMED = "all", "named"
MILLISECONDS = 200


def recipient_columns() -> list[Column]:
    """What the list of customers shows."""
    looks = {
        "yes": Look(tr("Gets a sheet"), "ok", "ok"),
        "out": Look(tr("Left out"), "minus", "muted"),
        "none": Look(tr("No sheet"), "minus", "muted"),
    }
    return [
        Column("account", tr("Customer"), width=16, stretch=True),
        Column("plan", tr("Plan"), width=13),
        Column("rows", tr("Rows"), Kind.INT, width=7),
        Column("closed", tr("Closed"), Kind.INT, width=8),
        Column("state", tr("Sheet"), Kind.STATE, width=14, looks=looks),
        Column("remark", tr("Remark"), width=15),
    ]


class SheetsDialog(FormDialog):
    """`dialog.sheets`: `table.recipients` tells who would get how many rows; Enter leaves one out or takes him in."""

    def __init__(
        self,
        parent: QWidget,
        desk: Desk[Database],
        order: SheetOrder | None = None,
        *,
        plan: UUID | None = None,
    ) -> None:
        self._desk, self._order, self._plan = desk, order, plan
        self._found: dict[UUID, Recipient] = {}
        self._out: set[UUID] = set()
        self._asked, self._fault, self._is_counting = 0, "", True
        self._make_fields()
        fields: list[tuple[str, QWidget]] = [
            (tr("For"), self.whom), (tr("What"), self.kind), (tr("Effective from"), self.effective),
            (tr("Folder"), self._folder_row()),
        ]  # fmt: skip
        about = tr("One workbook for each customer. Nobody finds a buy price or a supplier's name in it.")
        title = tr("Make rate sheets")
        super().__init__(
            parent, title, fields=fields, verb=tr("Make sheets"), about=about, problem=self._wrong
        )
        named(self, "dialog.sheets", title)
        self.columns = recipient_columns()
        self.grid = Grid("recipients", self.columns, title=tr("Customers"))
        self.grid.empty = State("accounts", tr("Nobody"), tr("Nobody has this plan on that day."))
        self.grid.activated.connect(lambda _: self.toggle())
        self.summary = label(bold=True)
        self.summary.setObjectName("count.sheets")
        self.toggle_push = button(tr("Leave out or take in"), "toggle", act=self.toggle)
        self.toggle_push.setAutoDefault(False)
        self._lay_out()
        self._timer = QTimer(self, singleShot=True, interval=MILLISECONDS)
        self._timer.timeout.connect(self._count)
        for changed in (self.whom.value_changed, self.kind.value_changed, self.effective.dateChanged):
            changed.connect(self._asked_anew)
        self.toggle_push.setEnabled(False)
        desk.jobs.read(tr("Read plans"), self._read, done=self._offer, refused=self._refuse, quiet=True)

    def order(self) -> SheetOrder:
        """What is asked for: those who would get a sheet and are not left out."""
        return SheetOrder(
            day_start(self.effective.value(), self._desk.zone),
            SheetKind(self.kind.value()),
            among=[one.account.id for one in self._told()],
        )

    def folder_path(self) -> Path:
        """Where the files go."""
        return Path(self.folder.text().strip()).expanduser()

    def toggle(self) -> None:
        """Leave the chosen customers out, or take them in again."""
        for key in self.grid.selected_keys() or [self.grid.current_key()]:
            one = self._found.get(cast(UUID, key))
            if one is not None and one.is_told:
                self._out ^= {one.account.id}
        self._show_rows()

    def _make_fields(self) -> None:
        self.whom = named(ChoiceEdit(), "field.whom", tr("For"))
        self.kind = named(ChoiceEdit(), "field.kind", tr("What"))
        self.kind.set_choices(
            [
                (SheetKind.CHANGES, tr("Only what changes from that day on")),
                (SheetKind.FULL, tr("All prices")),
            ]
        )
        today = self._desk.clock.today(self._desk.zone)
        self.effective = named(DateEdit(day=today), "field.effective", tr("Effective from"))
        if self._order is not None:
            self.kind.set_value(SheetKind(self._order.kind))
            self.effective.set_value(self._day_of(self._order))
        documents = QStandardPaths.writableLocation(QStandardPaths.StandardLocation.DocumentsLocation)
        self.folder = named(QLineEdit(documents), "field.folder", tr("Folder"))

    def _day_of(self, order: SheetOrder) -> date:
        return order.effective.astimezone(self._desk.zone).date()

    def _folder_row(self) -> QWidget:
        holder = QWidget()
        row = QHBoxLayout(holder)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(theme.S)
        browse = button(tr("Browse…"), "browse", icon="folder", act=self._browse)
        browse.setAutoDefault(False)
        row.addWidget(self.folder, 1)
        row.addWidget(browse)
        holder.setFocusProxy(self.folder)
        return holder

    def _browse(self) -> None:
        name = folder_in(self, tr("Folder"), self.folder.text())
        if name:
            self.folder.setText(name)

    def _lay_out(self) -> None:
        box = self.layout()
        assert isinstance(box, QVBoxLayout)
        foot = QHBoxLayout()
        foot.addWidget(self.summary, 1)
        foot.addWidget(self.toggle_push)
        box.insertWidget(box.count() - 2, framed(self.grid), 1)
        box.insertLayout(box.count() - 2, foot)
        self.resize(theme.ems(54, self), theme.ems(38, self))

    def _read(self, _: Progress) -> tuple[list[Plan], date]:
        """The actor's own plans, and the day when something changes next: today where nothing does."""
        desk = self._desk
        own = [one for one in plans(desk.db, desk.actor) if one.owner_id == desk.actor.account_id]
        at = next_change(desk.db, desk.actor) or desk.clock.now()
        return [one for one in own if one.status == "active"], at.astimezone(desk.zone).date()

    def _offer(self, found: tuple[list[Plan], date]) -> None:
        if not shiboken6.isValid(self):
            return
        own, day = found
        choices: list[tuple[Any, str]] = [(ALL, tr("All customers"))]
        if self._order is not None and self._order.among is not None:
            choices.insert(0, (NAMED, tr("The customer of that sheet")))
        choices += [(one.id, tr("Customers of {plan}").format(plan=one.name)) for one in own]
        self.whom.set_choices(choices)
        self.whom.set_value(self._plan or choices[0][0])
        if self._order is None:
            self.effective.set_value(day)
        self._count()

    def _asked_anew(self) -> None:
        self._is_counting = True
        self._timer.start()

    def _count(self) -> None:
        """Count anew beside the window; an answer to an older question is not shown."""
        desk, whom = self._desk, self.whom.value()
        self._timer.stop()
        self._asked += 1
        self._is_counting = True
        order = SheetOrder(
            day_start(self.effective.value(), desk.zone),
            SheetKind(self.kind.value()),
            plan=whom if isinstance(whom, UUID) else None,
            among=self._order.among if whom == NAMED and self._order is not None else None,
        )
        self.grid.loading.start()
        desk.jobs.read(
            tr("Count the rows of sheets"),
            lambda _: recipients(desk.db, desk.actor, order),
            done=partial(self._take, self._asked),
            refused=self._refuse,
            quiet=True,
        )

    def _take(self, asked: int, found: Sequence[Recipient]) -> None:
        if not shiboken6.isValid(self) or asked != self._asked:
            return
        self.grid.loading.stop()
        self._is_counting, self._fault = False, ""
        self._found = {one.account.id: one for one in found}
        self._show_rows()

    def _refuse(self, error: VoipDeskError) -> None:
        if shiboken6.isValid(self):
            self.grid.loading.stop()
            self._is_counting, self._fault, self._found = False, str(error), {}
            self._show_rows()

    def _told(self) -> list[Recipient]:
        return [one for key, one in self._found.items() if one.is_told and key not in self._out]

    def _show_rows(self) -> None:
        rows = [self._row(one) for one in self._found.values()]
        self.grid.set_source(MemorySource.keyed(self.columns, rows, list(self._found)))
        if self.grid.current_key() is None and self._found:
            self.grid.go_to(next(iter(self._found)))
        told = self._told()
        parts = [
            trn("{count} sheet", "{count} sheets", len(told)),
            trn("{count} row", "{count} rows", sum(one.rows for one in told)),
        ]
        closed = sum(one.closed for one in told)
        if closed:
            parts.append(trn("{count} closed", "{count} closed", closed))
        self.summary.setText(self._fault or " · ".join(parts))
        theme.set_tone(self.summary, "danger" if self._fault else "")
        self.summary.setProperty("value", str(len(told)))
        self.toggle_push.setEnabled(any(one.is_told for one in self._found.values()))

    def _row(self, one: Recipient) -> tuple[Any, ...]:
        state = "none" if not one.is_told else "out" if one.account.id in self._out else "yes"
        remark = one.trouble or ("" if one.is_told else tr("Nothing changes."))
        return (one.account.name, one.plan, one.rows, one.closed, state, remark)

    def _wrong(self) -> str:
        if self._is_counting:
            return tr("The rows are being counted.")
        if self._fault:
            return self._fault
        if not self._told():
            return tr("Nobody would get a sheet: choose another day, or all prices.")
        if not self.folder.text().strip() or not self.folder_path().is_dir():
            return tr("Choose a folder that exists.")
        return ""


def ask_sheets(dialog: SheetsDialog, desk: Desk[Database], say: Say) -> None:
    """Open the dialog, and make what is agreed to in a process of its own."""

    def tell(report: SheetsReport) -> None:
        folder = report.made[0].path.parent
        sheets = trn("{count} rate sheet", "{count} rate sheets", len(report.made))
        text = tr("{sheets} made in {folder}.").format(sheets=sheets, folder=folder)
        say(text, {tr("Open folder"): lambda: show_file(folder)})

    def agreed() -> None:
        desk.command(
            tr("Make rate sheets"),
            commands.make_sheets,
            dialog.order(),
            folder=dialog.folder_path(),
            done=tell,
            refused=desk.ask.refuse,
        )

    dialog.accepted.connect(agreed)
    dialog.finished.connect(dialog.deleteLater)
    dialog.open()


def show_file(path: Path) -> None:
    """Let the system show a file or folder in the program for it."""
    QDesktopServices.openUrl(QUrl.fromLocalFile(str(path)))
