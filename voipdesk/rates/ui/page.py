"""The page of supplier tables: the list of tables, and the rates of the chosen one as of a day."""

from functools import partial
from pathlib import Path
from uuid import UUID

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QDragEnterEvent, QDropEvent
from PySide6.QtWidgets import QSplitter, QVBoxLayout, QWidget

from voipdesk.accounts.rules import Right, may
from voipdesk.kernel.progress import Progress
from voipdesk.kernel.text import tr, trn
from voipdesk.kit import theme
from voipdesk.kit.desk import Desk
from voipdesk.kit.grid import Formats, Grid
from voipdesk.kit.page import Page, button, framed
from voipdesk.kit.states import State
from voipdesk.rates import queries
from voipdesk.rates.commands import ImportReport
from voipdesk.rates.commands.reverting import Locked
from voipdesk.rates.ui import actions
from voipdesk.rates.ui.source import FIRST, RateSource, key_of, rate_columns
from voipdesk.rates.ui.tables import TableFacts, TableList, facts
from voipdesk.rates.ui.tools import Tools
from voipdesk.rates.ui.wizard import RateWizard, summary
from voipdesk.store.database import Database


class TakesFiles(Page):
    """A page where a file may be dropped to be imported."""

    def import_file(self, path: Path | None = None) -> None:
        """Import this file, or ask for one."""
        raise NotImplementedError

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        """A file may be dropped."""
        if event.mimeData().hasUrls():
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        """A dropped file is imported."""
        paths = [Path(url.toLocalFile()) for url in event.mimeData().urls() if url.isLocalFile()]
        if paths:
            event.acceptProposedAction()
            self.import_file(paths[0])


class RatesPage(TakesFiles):
    """Everything about buy prices. `locked` may be set by whoever knows which versions invoices stand on."""

    selected = Signal(str)
    said = Signal(str, object)

    def __init__(self, desk: Desk[Database]) -> None:
        self.buttons = {
            "new": button(tr("New table…"), "new", icon="plus", act=self.create_new),
            "versions": button(tr("Versions…"), "versions", icon="history", act=self.show_versions),
            "export": button(tr("Export…"), "export", icon="export", act=self.export_file),
            "import": button(tr("Import…"), "import", icon="import", look="primary", act=self.import_file),
        }
        super().__init__("rates", tr("Supplier tables"), actions=list(self.buttons.values()))
        self.locked: Locked | None = None
        self._desk = desk
        self._facts: list[TableFacts] = []
        self._known: dict[tuple[int, ...], queries.Outlook] = {}
        self._asked: set[tuple[int, ...]] = set()
        self._source: RateSource | None = None
        self._wanted = self._scrolled = 0
        self._seek = ""
        self.list = TableList()
        self.list.chosen.connect(self._open)
        formats = Formats(zone=desk.zone)
        self.grid = Grid("rates", rate_columns(), jobs=desk.jobs, formats=formats, title=tr("Rates"))
        self.grid.shown.connect(self._shown)
        self.grid.activated.connect(lambda _: self.show_history())
        self.tools = Tools(self, desk.clock, desk.zone)
        self.tools.day_changed.connect(self._open)
        self.tools.prefix_wanted.connect(self.go_to_prefix)
        self.tools.history_wanted.connect(self.show_history)
        self.body.addWidget(side_by_side(self.list, self.tools, self.grid), 1)
        self.setAcceptDrops(may(desk.actor, Right.IMPORT_RATES))
        desk.on_change(frozenset({"rate_table", "rate_version", "supplier"}), self.refresh)
        self.refresh()

    def refresh(self) -> None:
        """Read the tables and the rates again, beside the window."""
        desk = self._desk
        desk.jobs.read(
            tr("Read rate tables"), lambda _: facts(desk.db, desk.actor), done=self._show, quiet=True
        )

    def create_new(self) -> None:
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
            self.create_new()
            return
        tables = [one.table for one in self._facts]
        wizard = RateWizard(self._desk, tables, chosen=chosen, path=path, parent=self)
        wizard.published.connect(self._imported)
        actions.opened(wizard)

    def export_file(self) -> None:
        """Write the rates in force as of the day to a file."""
        table = self.table()
        if table is not None:
            actions.export(self._desk, table, self.tools.moment(table.zone), self.said.emit)

    def find(self) -> None:  # type: ignore[override]
        """Go to the field that finds a prefix."""
        self.tools.focus_prefix()

    def toggle_filters(self) -> None:
        """Show or hide the filter row."""
        self.grid.set_filter_row(self.grid.header.filters.isHidden())

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

    def table(self) -> queries.RateTable | None:
        """The chosen table."""
        chosen = self.list.current_id()
        return next((one.table for one in self._facts if one.table.id == chosen), None)

    def go_to_prefix(self, digits: str) -> None:
        """Make the rate of a prefix the current one: exactly it, else its longest match, else the nearest."""
        table, desk = self.table(), self._desk
        if table is None or not digits:
            return
        at = self.tools.moment(table.zone)
        desk.jobs.read(
            tr("Find prefix"),
            lambda _: queries.rate_near(desk.db, desk.actor, table.id, digits, at=at),
            done=lambda row: self._found(digits, row),
            refused=desk.ask.refuse,
            quiet=True,
        )

    def _show(self, found: list[TableFacts]) -> None:
        """Tables were read: show them, open the chosen one anew, count what has changed."""
        self._facts = found
        chosen = self.list.current_id()
        known = {one.table.id: self._known[one.stamp] for one in found if one.stamp in self._known}
        self.list.blockSignals(True)
        self.list.show_tables(found, known)
        if self._seek:
            self.list.choose(UUID(self._seek))
            self._seek = ""
        self.list.blockSignals(False)
        for name in ("versions", "export", "import"):
            self.buttons[name].setEnabled(bool(found))
        self.tools.setEnabled(bool(found))
        if self.list.current_id() != chosen or self._source is None:
            self.tools.reset()
        self._open()

    def _look_ahead(self) -> None:
        """Count the tables beside the window, the chosen one first; its rows were asked for before."""
        desk = self._desk

        def tell(found: tuple[TableFacts, queries.Outlook]) -> None:
            self._known[found[0].stamp] = found[1]
            self.list.show_outlook(*found)
            self._describe()

        for one in sorted(self._facts, key=lambda each: each.table.id != self.list.current_id()):
            if one.stamp and one.stamp not in self._known and one.stamp not in self._asked:
                self._asked.add(one.stamp)
                desk.jobs.read(
                    tr("Count rates"),
                    partial(counted, desk, one),
                    done=tell,
                    quiet=True,
                )

    def _open(self, *_: object) -> None:
        """Show the rates of the chosen table as of the day: the first rows at once, the rest a moment later."""
        table, desk = self.table(), self._desk
        if table is None:
            title, verb = tr("No rate table yet"), tr("New table…")
            text = tr("A table holds the prices of one carrier. Make one, then import its sheet.")
            self.grid.set_state(State("rates", title, text, verb, act=self.create_new))
            return
        self.grid.empty = State(
            "rates", tr("No rate is in force"), tr("Import a sheet of the carrier, or look at another day."),
            tr("Import…"), act=self.import_file,
        )  # fmt: skip
        at = self.tools.moment(table.zone)
        outlook = self._known.get(self._chosen().stamp)
        known = outlook.rates if outlook is not None and at is None else 0
        self._source = RateSource(desk.db, desk.actor, table, at, FIRST, self.tools.is_scheduled_only, known)
        self.grid.set_source(self._source)
        self._describe()

    def _chosen(self) -> TableFacts:
        """Facts of the chosen table; StopIteration where there is none."""
        return next(one for one in self._facts if one.table.id == self.list.current_id())

    def _describe(self) -> None:
        """The line under the title: which table, since when, what comes next."""
        table = self.table()
        if table is None:
            self.header.set_subtitle("")
            return
        outlook = self._known.get(self._chosen().stamp, queries.Outlook(0))
        said = [f"{table.name} ({table.currency})"]
        if outlook.live_since is not None:
            day = outlook.live_since.astimezone(table.zone).date().isoformat()
            said.append(tr("live since {day}").format(day=f"\u2066{day}\u2069"))
        if outlook.next_change is not None:
            count = trn("{count} rate", "{count} rates", outlook.changes)
            day = outlook.next_change.astimezone(table.zone).date().isoformat()
            said.append(tr("next change {day} ({count})").format(day=f"\u2066{day}\u2069", count=count))
        self.header.set_subtitle(" · ".join(said))

    def _shown(self, count: int) -> None:
        """Rows are there; where they were only the first, ask for all of them and stay where the person is."""
        source, table = self._source, self.table()
        if source is None or table is None:
            return
        bar = self.grid.view.verticalScrollBar()
        is_part = source.first is not None and count >= source.first
        if is_part and not self.grid.filters and not self.grid.order and not source.scheduled_only:
            self._scrolled, source.first = bar.value(), None
            self.grid.footer.say(tr("Reading all rows…"))
            self.grid.refresh()
            return
        source.first = None
        if self._scrolled:
            bar.setValue(self._scrolled)
            self._scrolled = 0
        self._look_ahead()
        self.selected.emit(f"{table.name}: " + trn("{count} rate", "{count} rates", count))

    def _found(self, digits: str, row: queries.GridRow | None) -> None:
        """Go to what was found, and say what it is where it is not what was typed."""
        if row is None:
            self.grid.footer.say(tr("This table has no rate on that day."), "warning")
            return
        if not self.grid.go_to(key_of(row), "prefix"):
            text = (
                tr("{prefix} is there, but hidden by the filter.")
                if self.grid.filters
                else tr("Reading all rows…")
            )
            self.grid.footer.say(text.format(prefix=row.prefix), "warning")
            return
        self.grid.view.setFocus(Qt.FocusReason.OtherFocusReason)
        if row.prefix == digits:
            return
        is_longest = digits.startswith(row.prefix)
        text = (
            tr("{prefix} is the longest match of {digits}.")
            if is_longest
            else tr("No match of {digits}; {prefix} is the nearest.")
        )
        self.grid.footer.say(text.format(prefix=row.prefix, digits=digits), "accent")

    def _imported(self, report: ImportReport) -> None:
        """An import was published: say what it did, offer to take it back."""
        table = next((one.table for one in self._facts if one.table.name == report.table), None)
        if table is None:
            return
        self._seek = str(table.id)
        self.refresh()
        desk, version = self._desk, report.version

        def back() -> None:
            for one in queries.versions(desk.db, desk.actor, table.id):
                if one.seq == version:
                    actions.revert(desk, table, one, self.said.emit, self.locked)

        self.said.emit(summary(report), {tr("Undo import"): back})


def counted(desk: Desk[Database], one: TableFacts, _: Progress) -> tuple[TableFacts, queries.Outlook]:
    """A table with what is in force of it."""
    return one, queries.outlook(desk.db, desk.actor, one.table.id)


def side_by_side(tables: TableList, tools: Tools, grid: Grid) -> QSplitter:
    """The list at the leading side, narrow; the grid with its tools takes the rest."""
    right = QWidget()
    box = QVBoxLayout(right)
    box.setContentsMargins(0, 0, 0, 0)
    box.setSpacing(theme.S)
    box.addWidget(tools)
    box.addWidget(framed(grid), 1)
    split = QSplitter(Qt.Orientation.Horizontal)
    split.setObjectName("split.rates")
    split.setChildrenCollapsible(False)
    split.setHandleWidth(theme.M)
    split.setStyleSheet("QSplitter::handle { background: transparent; }")
    split.addWidget(framed(tables))
    split.addWidget(right)
    split.setStretchFactor(0, 0)
    split.setStretchFactor(1, 1)
    line = theme.ems(1)
    split.setSizes([line * 14, line * 60])
    tables.setMinimumWidth(line * 10)
    return split
