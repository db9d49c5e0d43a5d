"""The page of supplier tables: everything that can be done with the chosen table and its rates."""

from functools import partial
from pathlib import Path
from uuid import UUID

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from voipdesk.accounts.rules import Right, may
from voipdesk.kernel.text import tr
from voipdesk.kit.desk import Desk
from voipdesk.kit.grid.context import More
from voipdesk.kit.page import button
from voipdesk.rates import queries
from voipdesk.rates.commands import ImportReport
from voipdesk.rates.commands.reverting import Locked
from voipdesk.rates.rules.surroundings import Surroundings
from voipdesk.rates.ui import actions
from voipdesk.rates.ui.bands import show_bands
from voipdesk.rates.ui.landing import PLANS, SHEETS
from voipdesk.rates.ui.page_tables import RateTables
from voipdesk.rates.ui.wizard import RateWizard, summary
from voipdesk.store.database import Database


class RatesPage(RateTables):
    """Everything about buy prices. `locked` may be set by whoever knows which versions invoices stand on."""

    led = Signal(str, object)
    """Another page is wanted, and what it is to show."""

    def __init__(self, desk: Desk[Database], within: QWidget | None = None) -> None:
        self.buttons = {
            "new": button(tr("New table…"), "new", icon="plus", act=self.new_table),
            "versions": button(tr("Versions…"), "versions", icon="history", act=self.show_versions),
            "bands": button(
                tr("Time bands…"), "bands", icon="clock", act=lambda: show_bands(self, desk, self.table())
            ),
            "export": button(tr("Export…"), "export", icon="export", act=self.export_file),
            "import": button(tr("Import…"), "import", icon="import", look="primary", act=self.import_file),
        }
        super().__init__(desk, list(self.buttons.values()), within)
        self.grid.context.more = [
            More("history", tr("History…"), "Ctrl+Shift+H", self.show_history),
            More("bulk", tr("Bulk edit…"), "Ctrl+B", self.edits.bulk_edit),
        ]
        self.grid.context.titles = {"remove": tr("Close rates")}
        self.grid.view.commands |= {
            "history": self.show_history,
            "remove": self.edits.close_rows,
            "undo": lambda: self.undo_step(back=True),
        }
        self.locked: Locked | None = None
        self._surroundings: Surroundings | None = None
        self.grid.activated.connect(lambda _: self.show_history())
        self.tools.history_wanted.connect(self.show_history)
        self.drafting.published.connect(self._imported)
        self.drafting.kept.connect(lambda import_id: self.led.emit("imports", import_id))
        self.landed.sheets_wanted.connect(lambda order: self.led.emit(SHEETS, order))
        for wish in (self.landed.plan_wanted, self.drafting.plan_wanted):
            wish.connect(lambda rows: self.led.emit(PLANS, rows))
        self.setAcceptDrops(may(desk.actor, Right.IMPORT_RATES))
        desk.on_change(frozenset({"rate_table", "rate_version", "rate_band", "supplier"}), self.refresh)
        self.refresh()

    @property
    def surroundings(self) -> Surroundings | None:
        """Who knows minutes and consequences; set by whoever makes the page."""
        return self._surroundings

    @surroundings.setter
    def surroundings(self, known: Surroundings | None) -> None:
        self._surroundings = self.drafting.surroundings = self.besides.surroundings = known
        self.landed.surroundings = known
        self.besides.forget()

    def arrive(self, what: object) -> None:
        """Another page leads here: to the rates of an import."""
        if isinstance(what, UUID):
            self.show_import(what)

    def create_new(self) -> None:
        """Ask for a new rate where the table can be edited, else for a new table."""
        if self.edits.can_edit:
            self.edits.new_row()
        else:
            self.new_table()

    def new_table(self) -> None:
        """Ask for a new table."""

        def made(table: queries.RateTable) -> None:
            self._seek = str(table.id)
            self.refresh()
            text = tr("{name} was added. Import its sheet next.").format(name=table.name)
            seed = partial(actions.seed, self._desk, table, self.said.emit)
            ways = {tr("Import…"): self.import_file, tr("Begin with 20 destinations"): seed}
            self.said.emit(text, ways if table.currency == "USD" else {tr("Import…"): self.import_file})

        actions.new_table(self, self._desk, made)

    def import_file(self, path: Path | None = None) -> None:
        """Open the import wizard for the chosen table; where there is none, ask for one first."""
        chosen = self.list.current_id()
        if chosen is None:
            self.new_table()
            return
        tables = [one.table for one in self._facts]
        wizard = RateWizard(
            self._desk, tables, chosen=chosen, path=path, surroundings=self.surroundings, parent=self
        )
        wizard.published.connect(self._imported)
        wizard.plan_wanted.connect(lambda rows: self.led.emit(PLANS, rows))
        actions.opened_soon(wizard)

    def export_file(self) -> None:
        """Write the rates in force as of the day to a file."""
        table = self.table()
        if table is not None:
            at = self.tools.moment(table.zone)
            actions.export(self._desk, table, at, self.said.emit, grid=self.grid)

    def save_draft(self) -> None:
        """Ctrl+S: say that everything is saved, and what is not published yet."""
        self.drafting.say_saved()

    def publish_draft(self) -> None:
        """Ctrl+Shift+Enter: on to the review of what was edited."""
        self.drafting.publish()

    def bulk_edit(self) -> None:
        """Ctrl+B: one change for many rates."""
        self.edits.bulk_edit()

    @property
    def is_drafted(self) -> bool:
        """Whether something is edited and not published."""
        return self.drafting.is_begun

    def undo_names(self) -> tuple[str, str] | None:
        """What undo and redo would do to the draft of this page; None: the page has none."""
        book = self.drafting.book
        source = self._source
        if source is not None and self.drafting.can_bring_back:
            return tr("Discard draft"), ""
        if book is None or source is None or not (book.done or book.undone):
            return None
        return source.undo_name, source.redo_name

    def undo_step(self, *, back: bool) -> None:
        """Take the last step of the draft back, or do it again; a draft that was discarded comes back."""
        if back and self.drafting.can_bring_back:
            self.drafting.bring_back()
        elif back:
            self.grid.changing.undo()
        else:
            self.grid.changing.redo()

    def find(self) -> None:  # type: ignore[override]
        """Ctrl+F: the bar that finds texts in the grid."""
        self.grid.find()

    def replace_texts(self) -> None:
        """Ctrl+H: the same bar, to find and replace."""
        self.grid.find(replacing=True)

    def show_inspector(self) -> None:
        """Ctrl+I: all about the prefix of the current row, or no more."""
        self.inspector.toggle()
        self.besides.look()

    def show_history(self) -> None:
        """What the table ever said about the prefix of the current row."""
        table, key = self.table(), self.grid.current_key()
        if table is not None and key:
            actions.show_history(self, self._desk, table, str(key).partition(" ")[0])

    def show_versions(self) -> None:
        """The versions of the chosen table, with the way back."""
        table = self.table()
        if table is not None:
            actions.show_versions(self, self._desk, table, self.said.emit, self.locked)

    def _imported(self, report: ImportReport) -> None:
        """An import was published: show what it wrote, say what it did, offer to take it back."""
        table = next((one.table for one in self._facts if one.table.name == report.table), None)
        if table is None:
            return
        if report.import_id is not None:
            self.show_import(report.import_id)
        desk, version = self._desk, report.version

        def back() -> None:
            for one in queries.versions(desk.db, desk.actor, table.id):
                if one.seq == version:
                    actions.revert(desk, table, one, self.said.emit, self.locked)

        self.said.emit(summary(report), {tr("Undo import"): back})
