"""The page of invoices: the list, the run that drafts a month, issuing, and each document as it is printed."""

from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import Any
from uuid import UUID

from PySide6.QtCore import Qt, Signal
from PySide6.QtPrintSupport import QPrintDialog, QPrinter
from PySide6.QtWidgets import QComboBox, QDialog, QHBoxLayout, QPushButton, QSplitter, QWidget

from voipdesk.accounts.rules import Right, may
from voipdesk.billing.queries import InvoiceRow, invoice_pdf, invoices
from voipdesk.billing.ui.pane import DocumentPane
from voipdesk.billing.ui.running import InvoiceRun
from voipdesk.kernel.problems import FileError
from voipdesk.kernel.text import tr, trn
from voipdesk.kit import theme
from voipdesk.kit.desk import Desk
from voipdesk.kit.grid import Column, Formats, Grid, Kind, Look, MemorySource
from voipdesk.kit.list_page import ListPage
from voipdesk.kit.names import named
from voipdesk.kit.page import button, framed
from voipdesk.kit.sheets import Sheets, print_on
from voipdesk.kit.states import State
from voipdesk.store.database import Database


def invoice_columns(level: str) -> list[Column]:
    """What the list shows; resellers also see which documents they have to pay themselves."""
    states = {
        "draft": Look(tr("Draft"), "edit", "muted"),
        "issued": Look(tr("Issued"), "ok", "ok"),
        "overdue": Look(tr("Overdue"), "clock", "danger"),
        "void": Look(tr("Void"), "blocked", "muted"),
    }
    found = [
        Column("number", tr("Number"), width=15),
        Column("customer", tr("Customer"), width=20, stretch=True),
        Column("period", tr("Period"), width=10),
        Column("net", tr("Net"), Kind.AMOUNT, width=11),
        Column("tax", tr("Tax"), Kind.AMOUNT, width=10),
        Column("total", tr("Total"), Kind.AMOUNT, width=11),
        Column("currency", tr("Currency"), width=8),
        Column("due", tr("Due"), Kind.DATE, width=11),
        Column("state", tr("State"), Kind.STATE, width=11, looks=states),
    ]
    if level == "reseller":
        sides = {"sale": Look(tr("To a customer")), "bill": Look(tr("To me"), "import")}
        found.insert(1, Column("side", tr("Sent"), Kind.STATE, width=13, looks=sides))
    return found


def shown_state(row: InvoiceRow) -> str:
    """The state for people: an issued document past its day is overdue."""
    return "overdue" if row.is_overdue else row.state


class InvoicesPage(ListPage):
    """The list `table.invoices` and the document beside it."""

    sought = "customer"
    selected = Signal(str)
    said = Signal(str, object)
    wanted = Signal(str)

    def __init__(self, desk: Desk[Database], within: QWidget | None = None) -> None:
        self._desk = desk
        self._rows: dict[UUID, InvoiceRow] = {}
        self._open: UUID | None = None
        self.state = named(QComboBox(), "invoices.state", tr("State"))
        for word, title in (
            ("", tr("All states")), ("draft", tr("Drafts")), ("issued", tr("Issued")),
            ("overdue", tr("Overdue")), ("void", tr("Void")),
        ):  # fmt: skip
            self.state.addItem(title, word)
        self.buttons = self._make_buttons()
        may_bill = may(desk.actor, Right.INVOICE)
        heads = [self.buttons[name] for name in ("draft", "issue")] if may_bill else []
        super().__init__("invoices", tr("Invoices"), actions=heads, within=within)
        self.run = InvoiceRun(self, desk, self.said.emit)
        self.splitter = QSplitter(Qt.Orientation.Horizontal)
        self.columns = invoice_columns(desk.actor.level)
        self.grid = Grid(
            "invoices", self.columns, jobs=desk.jobs, formats=Formats(zone=desk.zone), title=tr("Invoices")
        )
        self.grid.empty = State(
            "invoices",
            tr("No invoices yet"),
            tr("Draft a month: every unbilled call and fee goes on it.")
            if may_bill
            else tr("Bills appear here."),
            tr("Draft month…") if may_bill else "",
            act=self.create_new if may_bill else None,
        )
        self.grid.set_filter_row()
        self.grid.activated.connect(self.open_document)
        self.grid.current_changed.connect(lambda _: self._enable())
        self.pane = DocumentPane(desk.jobs, self.close_document)
        self.pane.hide()
        self._lay_out()
        self.state.currentIndexChanged.connect(self._list)
        desk.on_change(frozenset({"invoice", "account"}), self.refresh)
        self.refresh()

    def refresh(self) -> None:
        """Read the documents again."""
        self._desk.read(tr("Read invoices"), invoices, self._take)

    def create_new(self) -> None:
        """Ask for a month and draft it."""
        self.run.ask_month()

    def issue(self) -> None:
        """Issue the drafts that are selected, else all."""
        rows = list(self._rows.values())
        chosen = {key for key in self.grid.selected_keys() if isinstance(key, UUID)}
        self.run.issue(rows, chosen if len(chosen) > 1 else set())

    def void(self) -> None:
        """Void the chosen document, or discard the chosen draft."""
        row = self._chosen()
        if row is not None:
            self.run.void(row)

    def open_document(self, key: object = None) -> None:
        """Show the document of a row as it is printed."""
        row = self._rows.get(key) if isinstance(key, UUID) else self._chosen()
        if row is None:
            return
        self._open = row.id
        self.pane.begin(row.number or tr("Draft of {customer}").format(customer=row.customer))
        self._with_pdf(row, self.pane.show_sheets)

    def close_document(self) -> None:
        """Back to the list alone."""
        self._open = None
        self.pane.hide()
        self.pane.show_sheets(None)
        self.grid.setFocus()

    def export_file(self) -> None:
        """Save the chosen document as a PDF."""
        row = self._chosen()
        if row is None:
            self._desk.ask.tell(tr("Choose an invoice first."))
            return
        name = f"{row.number or 'draft'}.pdf".replace("/", "-")
        path = self._desk.ask.save_file(tr("Save PDF"), ((tr("PDF"), "*.pdf"),), name=name)
        if path is not None:
            self._with_pdf(row, partial(self._save, path))

    def print_document(self) -> None:
        """Print the chosen document on a printer that the person chooses."""
        row = self._chosen()
        if row is None:
            self._desk.ask.tell(tr("Choose an invoice first."))
            return
        printer = QPrinter(QPrinter.PrinterMode.HighResolution)
        printer.setDocName(row.number or tr("Draft"))
        printer.setFullPage(True)
        dialog = QPrintDialog(printer, self)
        dialog.accepted.connect(lambda: self._with_pdf(row, partial(self.print_sheets, printer)))
        dialog.finished.connect(dialog.deleteLater)
        QDialog.open(dialog)  # QPrintDialog's own needs a slot.

    def print_sheets(self, printer: QPrinter, sheets: Sheets) -> None:
        """Draw the pages on a printer, beside the window."""
        self._desk.jobs.read(
            tr("Print"),
            lambda progress: print_on(printer, sheets, progress),
            done=lambda count: self.said.emit(
                trn(
                    "{count} page was sent to the printer.", "{count} pages were sent to the printer.", count
                ),
                None,
            ),
            refused=self._desk.ask.refuse,
        )

    def _with_pdf(self, row: InvoiceRow, use: Callable[[Sheets], None]) -> None:
        desk = self._desk
        desk.jobs.read(
            tr("Read a document"),
            lambda _: Sheets(invoice_pdf(desk.db, desk.actor, row.id)).load(),
            done=use,
            refused=desk.ask.refuse,
            quiet=True,
        )

    def _save(self, path: Path, sheets: Sheets) -> None:
        try:
            path.write_bytes(sheets.content)
        except OSError as cause:
            said = tr("{file} cannot be written: {why}.").format(file=path.name, why=cause.strerror or cause)
            self._desk.ask.refuse(FileError("file_unwritable", said, tr("Choose another place.")))
            return
        self.said.emit(tr("{file} was saved.").format(file=path.name), None)

    def _take(self, rows: list[InvoiceRow]) -> None:
        self._rows = {row.id: row for row in rows}
        self._list()
        if self._open in self._rows:
            self.open_document(self._open)
        elif self._open is not None:
            self.close_document()

    def _list(self) -> None:
        wanted = self.state.currentData()
        rows = [row for row in self._rows.values() if wanted in ("", row.state, shown_state(row))]
        values = [_values(row, self.columns, self._desk.actor.account_id) for row in rows]
        self.grid.set_source(MemorySource.keyed(self.columns, values, [row.id for row in rows]))
        if self.isVisible():
            self.selected.emit(trn("{count} invoice", "{count} invoices", len(rows)))
        self._enable()

    def _chosen(self) -> InvoiceRow | None:
        key = self.grid.current_key()
        found = self._rows.get(key) if isinstance(key, UUID) else None
        return found or (self._rows.get(self._open) if self._open else None)

    def _enable(self) -> None:
        """Buttons that the chosen row allows."""
        row = self._chosen()
        for name in ("open", "save", "print"):
            self.buttons[name].setEnabled(row is not None)
        own = row is not None and row.seller_id == self._desk.actor.account_id and row.state != "void"
        self.buttons["void"].setEnabled(own)
        self.buttons["void"].setText(tr("Discard draft…") if row and row.state == "draft" else tr("Void…"))

    def _make_buttons(self) -> dict[str, QPushButton]:
        return {
            "draft": button(tr("Draft month…"), "draft", icon="plus", act=self.create_new),
            "issue": button(tr("Issue drafts…"), "issue", icon="publish", look="primary", act=self.issue),
            "open": button(tr("Open"), "open", icon="eye", act=self.open_document),
            "void": button(tr("Void…"), "void", icon="blocked", act=self.void),
            "save": button(tr("Save PDF…"), "save", icon="pdf", act=self.export_file),
            "print": button(tr("Print…"), "print", icon="print", act=self.print_document),
        }

    def _lay_out(self) -> None:
        """The list with its buttons at the leading side, the document beside it once it is opened."""
        row = QHBoxLayout()
        row.setSpacing(theme.S)
        row.addWidget(self.state)
        row.addStretch()
        may_bill = may(self._desk.actor, Right.INVOICE)
        for name in ("open", "save", "print", *(("void",) if may_bill else ())):
            row.addWidget(self.buttons[name])
        self.body.addLayout(row)
        self.body.addWidget(self.splitter, 1)
        self.splitter.addWidget(framed(self.grid, self.splitter))
        self.splitter.addWidget(self.pane)
        self.splitter.setChildrenCollapsible(False)
        self.splitter.setStretchFactor(0, 3)
        self.splitter.setStretchFactor(1, 2)
        self.splitter.setHandleWidth(theme.M)


def _values(row: InvoiceRow, columns: Sequence[Column], own: UUID) -> tuple[Any, ...]:
    """A document as the list shows it to an account."""
    found: dict[str, Any] = {
        "number": row.number or "–",
        "side": "bill" if row.customer_id == own else "sale",
        "customer": row.customer,
        "period": f"{row.first_day:%Y-%m}",
        "net": row.net,
        "tax": row.tax,
        "total": row.total,
        "currency": row.currency,
        "due": row.due_date,
        "state": shown_state(row),
    }
    return tuple(found[column.id] for column in columns)
