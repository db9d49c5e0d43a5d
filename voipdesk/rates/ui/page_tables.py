"""The list of rate tables and the grid of the chosen one: read, opened with its draft, kept true."""

from collections.abc import Mapping, Sequence
from functools import partial
from pathlib import Path
from uuid import UUID

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QDragEnterEvent, QDropEvent, QKeySequence, QShortcut
from PySide6.QtWidgets import QVBoxLayout, QWidget

from voipdesk.kernel.progress import Progress
from voipdesk.kernel.text import tr, trn
from voipdesk.kit import theme
from voipdesk.kit.desk import Desk
from voipdesk.kit.grid import Formats, Grid
from voipdesk.kit.page import Page, beside, framed
from voipdesk.kit.states import State
from voipdesk.kit.views_menu import ViewsMenu
from voipdesk.rates import queries
from voipdesk.rates.queries.landing import Landing, landing
from voipdesk.rates.ui.beside import Besides
from voipdesk.rates.ui.book import Book
from voipdesk.rates.ui.columns import rate_columns
from voipdesk.rates.ui.drafting import Drafting
from voipdesk.rates.ui.edit_bar import EditBar
from voipdesk.rates.ui.edits import Edits
from voipdesk.rates.ui.inspector import Inspector
from voipdesk.rates.ui.landing import Landed
from voipdesk.rates.ui.source import FIRST, Look, RateSource
from voipdesk.rates.ui.tables import TableFacts, TableList, facts
from voipdesk.rates.ui.tools import Tools
from voipdesk.store.database import Database

FROZEN = 2
"""Prefix and destination stay while the other columns scroll."""

LARGE = 100_000
"""Tables of so many rates are read whole once they are listed: to look through the file takes longer than one waits."""


class TakesFiles(Page):
    """A page where a file may be dropped to be imported."""

    def import_file(self, path: Path | None = None) -> None:
        """Import this file, or ask for one."""
        raise NotImplementedError

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        """A file may be dropped; several go to the queue of the window."""
        if len(event.mimeData().urls()) == 1:
            event.acceptProposedAction()
        else:
            event.ignore()

    def dropEvent(self, event: QDropEvent) -> None:
        """A dropped file is imported."""
        paths = [Path(url.toLocalFile()) for url in event.mimeData().urls() if url.isLocalFile()]
        if paths:
            event.acceptProposedAction()
            self.import_file(paths[0])


class RateTables(TakesFiles):
    """Shows what is chosen; what is done with it is in `RatesPage`. `buttons` are those that need a table."""

    selected = Signal(str)
    said = Signal(str, object)
    drafted = Signal(bool)
    """Whether something is edited and not published: the dot in the title."""
    undo_changed = Signal()

    buttons: Mapping[str, QWidget]
    reachable: frozenset[str] = frozenset()
    """Names of the pages that there are for this person; set by whoever shows this one."""

    def __init__(self, desk: Desk[Database], actions: Sequence[QWidget], within: QWidget | None) -> None:
        super().__init__("rates", tr("Supplier tables"), actions=actions, within=within)
        self._desk = desk
        self._facts: list[TableFacts] = []
        self._known: dict[tuple[int, ...], queries.Outlook] = {}
        self._asked: set[tuple[int, ...]] = set()
        self._source: RateSource | None = None
        self._read: RateSource | None = None
        """What is read whole, or was."""
        self._scrolled = 0
        self._seek = ""
        self._landing: Landing | None = None
        self.landed = Landed(desk, self)
        self.list = TableList()
        formats = Formats(zone=desk.zone)
        self.grid = Grid("rates", rate_columns(), jobs=desk.jobs, formats=formats, title=tr("Rates"))
        self.grid.set_frozen(FROZEN)
        self.grid.layouts.remember_first()
        self.tools = Tools(self, desk.clock, desk.zone)
        self.edits = Edits(desk, self, self.grid)
        self.drafting = Drafting(desk, self, self.said.emit)
        self.views_menu = ViewsMenu(self.grid, "rates", desk.ask)
        acts = {
            "new_row": self.edits.new_row, "bulk": self.edits.bulk_edit, "close_rows": self.edits.close_rows,
        }  # fmt: skip
        self.edit_bar = EditBar(acts, self.views_menu.button)
        self.inspector = Inspector(desk)
        self.besides = Besides(desk, self.grid, self.inspector)
        lines = [self.landed.bar, self.drafting.bar, self.tools, self.edit_bar]
        lay_out(self.body, self.list, lines, self.grid, self.inspector)
        self._wire()

    def _wire(self) -> None:
        into = QShortcut(QKeySequence("F6"), self)  # In the grid itself F6 leads out.
        into.activated.connect(lambda: self.grid.view.setFocus(Qt.FocusReason.ShortcutFocusReason))
        self.list.chosen.connect(self._open)
        self.grid.shown.connect(self._shown)
        self.grid.current_changed.connect(self.inspector.look_at)
        self.tools.day_changed.connect(self._open)
        self.tools.prefix_wanted.connect(self.go_to_prefix)
        self.drafting.changed.connect(self._drafted)
        self.drafting.reopen_wanted.connect(self._open)
        self.edit_bar.changed_only.connect(self._open)
        self.landed.changed.connect(self._leave_import)

    def refresh(self) -> None:
        """Read the tables and the rates again, beside the window."""
        desk = self._desk
        desk.jobs.read(
            tr("Read rate tables"), lambda _: facts(desk.db, desk.actor), done=self._show, quiet=True
        )

    def table(self) -> queries.RateTable | None:
        """The chosen table."""
        chosen = self.list.current_id()
        return next((one.table for one in self._facts if one.table.id == chosen), None)

    def show_import(self, import_id: UUID) -> None:
        """Show the table of a published import, and of it what that import wrote."""
        desk = self._desk

        def land(found: Landing) -> None:
            self._seek, self._landing = str(found.table.id), found
            self.refresh()

        desk.jobs.read(
            tr("Find the rates of an import"),
            lambda _: landing(desk.db, desk.actor, import_id),
            done=land,
            refused=desk.ask.refuse,
            quiet=True,
        )

    def go_to_prefix(self, digits: str) -> None:
        """Make the rate of a prefix the current one: exactly it, else its longest match, else the nearest."""
        table, desk = self.table(), self._desk
        if table is None or not digits:
            return
        source = self._source
        if source is None:
            return
        desk.jobs.read(
            tr("Find prefix"),
            lambda _: source.near(digits),
            done=lambda found: self._found(source, found),
            refused=desk.ask.refuse,
            quiet=True,
        )

    def toggle_filters(self) -> None:
        """Show or hide the filter row."""
        self.grid.set_filter_row(self.grid.header.filters.isHidden())

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
        for name in ("versions", "bands", "export", "import"):
            self.buttons[name].setEnabled(bool(found))
        self.tools.setEnabled(bool(found))
        if self.list.current_id() != chosen or self._source is None:
            self.tools.reset()
        if self._landing is not None:
            self._narrow(self._landing)
            self._landing = None
        self._open()

    def _narrow(self, found: Landing) -> None:
        """Only what an import wrote, on the first day on which all of it counts; nothing else hides its rows."""
        self.landed.take(found)
        self.tools.reset(self.landed.day(found))
        self.tools.show_all()
        self.edit_bar.show_all()
        self.grid.header.filters.set_typed({}, quietly=True)

    def _leave_import(self) -> None:
        """All rates as of today again."""
        self.tools.reset()
        self._open()

    def _look_ahead(self) -> None:
        """Count the tables beside the window, the chosen one first; its rows were asked for before."""
        desk = self._desk

        def tell(found: tuple[TableFacts, queries.Outlook]) -> None:
            self._known[found[0].stamp] = found[1]
            self.list.show_outlook(*found)
            self._describe()
            if self._source is not None and found[0].table.id == self.list.current_id():
                self.grid.empty = self._emptiness()
                if not self.grid.model.rowCount():
                    self.grid.refresh()

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
        table = self.table()
        if table is None:
            title, verb = tr("No rate table yet"), tr("New table…")
            text = tr("A table holds the prices of one carrier. Make one, then import its sheet.")
            self.drafting.close()
            self.landed.drop()
            self._source = self.edits.source = self.inspector.source = None
            self.edit_bar.allow(" ")
            self.grid.set_state(State("rates", title, text, verb, act=self.new_table))
            return
        self._describe()
        self.landed.keep_to(table.id, self._chosen().stamp)
        if self.tools.moment(table.zone) is None:
            self.drafting.open(table, self._chosen().stamp, self._lay)
        else:
            self.drafting.close()
            self._lay(None)

    def _lay(self, book: Book | None) -> None:
        """Show the rates of the chosen table, with a draft over them where there may be one."""
        table, desk = self.table(), self._desk
        if table is None:
            return
        at = self.tools.moment(table.zone)
        self.edit_bar.allow("" if book else tr("Another day is only looked at.") if at else tr("Read only."))
        self.grid.empty = self._emptiness()
        version = self.landed.version
        look = Look(at, self.tools.is_scheduled_only, self.edit_bar.is_changed_only, version)
        source = RateSource(desk.db, desk.actor, table, look=look, book=book, formats=self.grid.model.formats)
        source.take_beside(self.besides.of(table, at))
        outlook = self._known.get(self._chosen().stamp)
        source.known = outlook.rates if outlook is not None and at is None else 0
        source.first = FIRST
        self._source = self.edits.source = self.inspector.source = source
        self.edits.tables = [one.table for one in self._facts]
        self.grid.show_column("band", on=self._chosen().has_bands)
        self.grid.set_source(source)
        self.undo_changed.emit()

    def _emptiness(self) -> State:
        """What stands in place of the rows where there are none."""
        if self.edit_bar.is_changed_only:
            title, text = (
                tr("Nothing is edited"),
                tr("Rates that you edit are listed here until they are published."),
            )
            return State(
                "edit", title, text, tr("All rates"), act=lambda: self.edit_bar.only.setChecked(False)
            )
        if self.landed.found is not None:
            title = tr("Nothing of this import is in force")
            text = tr("It changed no rate, or all it changed is closed or replaced by now.")
            return State("filter", title, text, tr("Show all rates"), act=self.landed.leave)
        if self.tools.is_scheduled_only:
            title, text = tr("Nothing is scheduled"), tr("No rate of this table changes after that day.")
            return State(
                "clock", title, text, tr("All rates"), act=lambda: self.tools.scheduled.setChecked(False)
            )
        table, outlook = self.table(), self._known.get(self._chosen().stamp)
        if (
            table is not None
            and outlook is not None
            and outlook.next_change is not None
            and not outlook.rates
        ):
            day = outlook.next_change.astimezone(table.zone).date()
            said = {
                "day": f"\u2066{day.isoformat()}\u2069",
                "count": trn("{count} rate", "{count} rates", outlook.changes),
            }
            return State(
                "clock",
                tr("No rate is in force yet"),
                tr("Published: {count} from {day} on.").format(**said),
                tr("Look at {day}").format(**said),
                act=lambda: self.tools.day.set_value(day),
            )
        title, text = tr("No rate is in force"), tr("Import a sheet of the carrier, or look at another day.")
        return State("rates", title, text, tr("Import…"), act=self.import_file)

    def _drafted(self) -> None:
        """The draft holds something else: the dot, and the names of undo."""
        table, drafting = self.table(), self.drafting
        if table is not None:
            self.list.mark_drafted(table.id, drafting.is_begun)
        self.drafted.emit(drafting.is_begun)
        self.undo_changed.emit()

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
        if is_part and not self.grid.filters and not self.grid.order and source.look.is_plain:
            self._scrolled, source.first = bar.value(), None
            self.grid.footer.say(tr("Reading all rows…"))
            self.grid.refresh()
            return
        source.first = None
        if self._scrolled:
            bar.setValue(self._scrolled)
            self._scrolled = 0
        self._look_ahead()
        if count >= LARGE and not source.has_sheet and source is not self._read:
            self._read = source
            self._desk.jobs.read(tr("Read rates"), lambda _: source.sheet(), quiet=True)
        if not self.grid.filters and not self.edit_bar.is_changed_only:
            self.landed.tell_listed(count)
        self.selected.emit(f"{table.name}: " + trn("{count} rate", "{count} rates", count))

    def _found(self, source: RateSource, found: tuple[int, str] | None) -> None:
        """Go to what was found, and say what it is where it is not what was typed."""
        if found is None:
            self.grid.footer.say(tr("This table has no rate on that day."), "warning")
            return
        key, said = source.key(found[0]), found[1]
        if not self.grid.go_to(key, "prefix"):
            text = (
                tr("{prefix} is there, but hidden by the filter.")
                if self.grid.filters or not source.look.is_plain
                else tr("Reading all rows…")
            )
            self.grid.footer.say(text.format(prefix=key), "warning")
            return
        self.grid.view.setFocus(Qt.FocusReason.OtherFocusReason)
        if said:
            self.grid.footer.say(said, "accent")

    def new_table(self) -> None:
        """Ask for a new table."""
        raise NotImplementedError


def counted(desk: Desk[Database], one: TableFacts, _: Progress) -> tuple[TableFacts, queries.Outlook]:
    """A table with what is in force of it."""
    return one, queries.outlook(desk.db, desk.actor, one.table.id)


def lay_out(
    body: QVBoxLayout, tables: TableList, lines: Sequence[QWidget], grid: Grid, inspector: QWidget
) -> None:
    """The list, and beside it the grid with the lines above it."""
    split, box = beside(body, "rates", tables)
    for line in lines:
        box.addWidget(line)
    box.addWidget(framed(grid, box.parentWidget()), 1)
    split.addWidget(inspector)
    wide = theme.ems(1)
    split.setSizes([wide * 14, wide * 60, wide * 16])
    tables.setMinimumWidth(wide * 8)
