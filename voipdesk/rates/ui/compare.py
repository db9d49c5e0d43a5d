"""The page that compares supplier tables: tick some at the leading side, their prices stand side by side beside it."""

from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QSplitter, QVBoxLayout, QWidget

from voipdesk.kernel.money import currency_decimals
from voipdesk.kernel.problems import VoipDeskError
from voipdesk.kernel.progress import Progress
from voipdesk.kernel.text import tr, trn
from voipdesk.kit import theme
from voipdesk.kit.desk import Desk
from voipdesk.kit.grid import Column, Formats, Grid, MemorySource
from voipdesk.kit.page import Page, button, framed, label
from voipdesk.kit.states import State
from voipdesk.rates import queries
from voipdesk.rates.commands.comparing import export_comparison
from voipdesk.rates.queries.comparing import Compared, compared, with_minutes
from voipdesk.rates.rules.surroundings import Surroundings
from voipdesk.rates.ui.compare_source import CompareSource, compare_columns, money
from voipdesk.rates.ui.compare_tools import CompareTools, TableChoice
from voipdesk.store.database import Database

if TYPE_CHECKING:
    from voipdesk.rates.engine_compare import Comparison


class ComparePage(Page):
    """The grid `table.compare`. `surroundings` may be set by whoever knows the minutes of the last 30 days."""

    selected = Signal(str)
    said = Signal(str, object)
    wanted = Signal(str)

    def __init__(self, desk: Desk[Database]) -> None:
        self.export = button(tr("Export…"), "export", icon="export", act=self.export_file)
        super().__init__("compare", tr("Compare"), actions=[self.export])
        self.surroundings: Surroundings | None = None
        self._desk = desk
        self._tables: list[queries.RateTable] = []
        self._made: Compared | None = None
        self._source: CompareSource | None = None
        self._round = 0
        self._shows_all = False
        self.list = TableChoice()
        self.list.ticks_changed.connect(self._ticked)
        self.tools = CompareTools(desk.clock, desk.zone)
        self.tools.changed.connect(self.compare)
        self.tools.narrowed.connect(self._narrow)
        self.summary = label(tone="muted", wrap=True)
        self.summary.setObjectName("compare.summary")
        self._place = QVBoxLayout()
        self.grid = self._new_grid([])
        self._lay_out()
        desk.on_change(frozenset({"rate_table", "rate_version"}), self.refresh)
        self.refresh()

    def refresh(self) -> None:
        """Read the tables again, and compare those that are ticked."""
        desk = self._desk
        desk.jobs.read(
            tr("Read rate tables"),
            lambda _: queries.tables(desk.db, desk.actor),
            done=self._take_tables,
            refused=desk.ask.refuse,
            quiet=True,
        )

    def compare(self) -> None:
        """Compare the ticked tables, beside the window; what is shown stays until the answer comes."""
        ids, desk, tools = self.list.ticked(), self._desk, self.tools
        self._round += 1
        self._shows_all = False
        if len(ids) < 2:
            self._show_too_few()
            return
        leader, at, simulate = tools.master.value(), tools.moment(), tools.simulate.isChecked()
        master = leader if leader in ids else None

        def work(_: Progress) -> Compared:
            return compared(desk.db, desk.actor, ids, at=at, master=master, simulate=simulate)

        self.grid.loading.start()
        done, refused = partial(self._take, self._round), partial(self._refuse, self._round)
        desk.jobs.read(tr("Compare tables"), work, done=done, refused=refused, quiet=True)

    def export_file(self) -> None:
        """Write what is seen, in its order, to a file."""
        source, desk = self._source, self._desk
        if source is None:
            return
        kinds = ((tr("Excel workbook"), "*.xlsx"), (tr("CSV"), "*.csv"))
        path = desk.ask.save_file(tr("Export the comparison"), kinds, name=f"{tr('comparison')}.xlsx")
        if path is None:
            return
        ids = self.grid.model.ids

        def work(progress: Progress) -> int:
            return export_comparison(desk.db, desk.actor, source.comparison, ids, path, progress)

        done = partial(self._exported, path)
        desk.jobs.read(tr("Export the comparison"), work, done=done, refused=desk.ask.refuse)

    def find(self) -> None:  # type: ignore[override]  # Qt's own find is a static look-up by window id.
        """Look for a prefix."""
        self.grid.set_filter_row()
        self.grid.header.filters.fields["prefix"].setFocus()

    def toggle_filters(self) -> None:
        """Show or hide the filter row."""
        self.grid.set_filter_row(self.grid.header.filters.isHidden())

    def _take_tables(self, found: list[queries.RateTable]) -> None:
        self._tables = [one for one in found if one.status == "active"]
        self.list.show_tables(self._tables)
        self._ticked()

    def _ticked(self) -> None:
        ticked = set(self.list.ticked())
        self.tools.offer_masters([(one.id, one.name) for one in self._tables if one.id in ticked])
        self.compare()

    def _take(self, mine: int, made: Compared) -> None:
        """A comparison has come: show it, then ask for the minutes."""
        if mine != self._round:
            return
        self._made = made
        columns = compare_columns(made)
        if [(one.id, one.title) for one in columns] != [
            (one.id, one.title) for one in self.grid.model.columns
        ]:
            self._replace_grid(columns)
        self._show(made.columns)
        desk, known = self._desk, self.surroundings
        if known is not None and len(made.columns):

            def tell(columns: "Comparison") -> None:
                if mine == self._round:
                    self._show(columns)

            desk.jobs.read(
                tr("Read the minutes of 30 days"),
                lambda _: with_minutes(desk.db, desk.actor, made, known),
                done=tell,
                refused=desk.ask.refuse,
                quiet=True,
            )

    def _show(self, comparison: "Comparison") -> None:
        """Rows in the grid, the sums above it."""
        self._source = CompareSource(comparison, self.grid.model.columns)
        self._narrow()
        self.summary.setText(self._summed(comparison))
        self.summary.setVisible(True)
        self.tools.setEnabled(True)

    def _narrow(self) -> None:
        """All rows, or those with gaps or differences only."""
        source, tools = self._source, self.tools
        if source is None or self._made is None:
            return
        source.gaps_only, source.differences_only = tools.gaps.isChecked(), tools.differences.isChecked()
        self.export.setEnabled(True)
        self.grid.empty = self._nothing_shown()
        self.grid.set_source(source)

    def _nothing_shown(self) -> State:
        """What is said where no row is left, or nothing can be compared."""
        if self.tools.gaps.isChecked():
            text = tr("Every table has a price for every prefix.")
            return State("ok", tr("No gaps"), text, tr("Show all prefixes"), act=self._show_every_row)
        if self.tools.differences.isChecked():
            text = tr("Wherever two tables have a price, it is the same.")
            return State("ok", tr("No differences"), text, tr("Show all prefixes"), act=self._show_every_row)
        text = tr("Nothing is in force in these tables on that day.")
        return State("rates", tr("Nothing to compare"), text)

    def _shown(self, count: int) -> None:
        self.selected.emit(trn("{count} prefix", "{count} prefixes", count))
        if self._source is not None and not self._shows_all and self._lacks_common():
            title = tr("No prefix in common")
            text = tr("No two of these tables have a price for the same prefix on that day.")
            verb = tr("Show all prefixes")
            self.grid.set_state(State("rates", title, text, verb, act=self._show_anyway))

    def _lacks_common(self) -> bool:
        source = self._source
        return source is not None and len(source.comparison) > 0 and not source.comparison.has_common

    def _show_anyway(self) -> None:
        self._shows_all = True
        self.grid.refresh()

    def _show_every_row(self) -> None:
        for box in (self.tools.gaps, self.tools.differences):
            box.setChecked(False)

    def _show_too_few(self) -> None:
        """Two tables are needed; say how to get there."""
        if len(self._tables) < 2:
            title, verb = tr("Two tables are needed"), tr("Supplier tables")
            text = tr(
                "Compare shows who is the cheapest for each prefix. Import the sheet of a second carrier."
            )
            self._show_nothing(State("rates", title, text, verb, act=lambda: self.wanted.emit("rates")))
        else:
            text = tr("Tick two or more tables of one currency.")
            self._show_nothing(State("rates", tr("Choose what to compare"), text))
        self.tools.setEnabled(len(self._tables) >= 2)

    def _refuse(self, mine: int, error: VoipDeskError) -> None:
        """Say in place of the rows why these cannot be compared."""
        if mine == self._round:
            self._show_nothing(State("info", tr("These tables cannot be compared"), str(error)))

    def _show_nothing(self, state: State) -> None:
        """No rows at all, and why."""
        self._made = self._source = None
        self.summary.hide()
        self.export.setEnabled(False)
        self.grid.empty = state
        self.grid.set_source(MemorySource(self.grid.model.columns, []))

    def _exported(self, path: Path, count: int) -> None:
        rows = trn("{count} prefix", "{count} prefixes", count)
        self.said.emit(tr("{rows} written to {file}.").format(rows=rows, file=path.name), None)

    def _summed(self, comparison: "Comparison") -> str:
        """How often each is the cheapest, and what changing over would save."""
        wins = zip(comparison.titles, comparison.counts(), strict=True)
        parts = [tr("Cheapest: {names}").format(names=", ".join(f"{name} {many:,}" for name, many in wins))]
        if comparison.saving is not None:
            saved = money(comparison.total_saving, currency_decimals(comparison.currency))
            self.summary.setProperty("value", str(saved))
            text = tr("{saving} {currency} a month less than {name} alone")
            name = comparison.titles[comparison.master]
            parts.append(text.format(saving=f"{saved:,}", currency=comparison.currency, name=name))
        return " · ".join(parts)

    def _new_grid(self, columns: Sequence[Column]) -> Grid:
        desk = self._desk
        grid = Grid(
            "compare", columns or _first_columns(), jobs=desk.jobs, formats=Formats(zone=desk.zone),
            title=tr("Compared prices"),
        )  # fmt: skip
        grid.shown.connect(self._shown)
        self._frame = framed(grid)
        self._place.addWidget(self._frame, 1)
        return grid

    def _replace_grid(self, columns: Sequence[Column]) -> None:
        """Other tables are other columns: another grid in the same place, its filters open as before."""
        old, has_filters = self._frame, not self.grid.header.filters.isHidden()
        self._place.removeWidget(old)
        old.hide()
        old.deleteLater()
        self.grid = self._new_grid(columns)
        self.grid.set_filter_row(has_filters)

    def _lay_out(self) -> None:
        right = QWidget()
        box = QVBoxLayout(right)
        box.setContentsMargins(0, 0, 0, 0)
        box.setSpacing(theme.S)
        box.addWidget(self.tools)
        box.addWidget(self.summary)
        box.addLayout(self._place, 1)
        split = QSplitter(Qt.Orientation.Horizontal)
        split.setObjectName("split.compare")
        split.setChildrenCollapsible(False)
        split.setHandleWidth(theme.M)
        split.setStyleSheet("QSplitter::handle { background: transparent; }")
        split.addWidget(framed(self.list))
        split.addWidget(right)
        split.setStretchFactor(0, 0)
        split.setStretchFactor(1, 1)
        split.setSizes([theme.ems(11), theme.ems(63)])
        self.body.addWidget(split, 1)


def _first_columns() -> list[Column]:
    return [Column("prefix", tr("Prefix"), width=11), Column("destination", tr("Destination"), stretch=True)]
