"""The page that compares supplier tables: tick some at the leading side, their prices stand side by side beside it."""

from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING
from uuid import UUID

from PySide6.QtCore import Signal
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QVBoxLayout, QWidget

from voipdesk.kernel.money import currency_decimals
from voipdesk.kernel.problems import VoipDeskError
from voipdesk.kernel.progress import Progress
from voipdesk.kernel.text import tr, trn
from voipdesk.kit import theme
from voipdesk.kit.desk import Desk
from voipdesk.kit.grid import Grid, MemorySource
from voipdesk.kit.page import Page, beside, button, label
from voipdesk.kit.states import State
from voipdesk.rates import queries
from voipdesk.rates.commands.comparing import export_comparison
from voipdesk.rates.queries.comparing import Compared, compared, with_minutes
from voipdesk.rates.queries.tables import bands_of_tables
from voipdesk.rates.rules.surroundings import Surroundings
from voipdesk.rates.ui.compare_grid import GridPlace
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

    def __init__(self, desk: Desk[Database], within: QWidget | None = None) -> None:
        self.export = button(tr("Export…"), "export", icon="export", act=self.export_file)
        super().__init__("compare", tr("Compare"), actions=[self.export], within=within)
        self.surroundings: Surroundings | None = None
        self._desk = desk
        self._tables: list[queries.RateTable] = []
        self._bands: Mapping[UUID, tuple[str, ...]] = {}
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
        self._place = GridPlace(desk)
        self._place.shown.connect(self._shown)
        lay_out(self.body, self.list, [self.tools, self.summary, self._place])
        self._is_stale = False
        desk.on_change(frozenset({"rate_table", "rate_version", "rate_band"}), self.refresh)
        self.refresh()

    @property
    def grid(self) -> Grid:
        """The grid of the tables that are compared now."""
        return self._place.grid

    def refresh(self) -> None:
        """Read the tables again, and compare those that are ticked; a page out of sight does so when it is seen."""
        desk = self._desk
        self._is_stale = bool(self._tables) and not self.isVisible()
        if self._is_stale:
            return
        desk.jobs.read(
            tr("Read rate tables"),
            lambda _: (queries.tables(desk.db, desk.actor), bands_of_tables(desk.db, desk.actor)),
            done=self._take_tables,
            refused=desk.ask.refuse,
            quiet=True,
        )

    def showEvent(self, event: QShowEvent) -> None:
        """Catch up with what was published meanwhile."""
        super().showEvent(event)
        if self._is_stale:
            self.refresh()

    def compare(self) -> None:
        """Compare the ticked tables, beside the window; what is shown stays until the answer comes."""
        ids, desk, tools = self.list.ticked(), self._desk, self.tools
        self._round += 1
        self._shows_all = False
        if len(ids) < 2:
            self._show_too_few()
            return
        leader, at, simulate = tools.master.value(), tools.moment(), tools.simulate.isChecked()
        master, band = leader if leader in ids else None, str(tools.band.value() or "")

        def work(_: Progress) -> Compared:
            return compared(desk.db, desk.actor, ids, at=at, master=master, simulate=simulate, band=band)

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

    def _take_tables(self, found: tuple[list[queries.RateTable], Mapping[UUID, tuple[str, ...]]]) -> None:
        tables, self._bands = found
        self._tables = [one for one in tables if one.status == "active"]
        self.list.show_tables(self._tables)
        self._ticked()

    def _ticked(self) -> None:
        ticked = set(self.list.ticked())
        self.tools.offer_masters([(one.id, one.name) for one in self._tables if one.id in ticked])
        names = {name for one in ticked for name in self._bands.get(one, ())}
        self.tools.offer_bands(sorted(names, key=str.casefold))
        self.compare()

    def _take(self, mine: int, made: Compared) -> None:
        """A comparison has come: show it, then ask for the minutes."""
        if mine != self._round:
            return
        self._made = made
        self._place.show_columns(compare_columns(made))
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
        self.summary.setText(summed(comparison))
        self.summary.setProperty("value", "" if comparison.saving is None else str(saved(comparison)))
        self.summary.setVisible(comparison.has_common)
        self.tools.setEnabled(True)

    def _narrow(self) -> None:
        """All rows, or those with gaps or differences only."""
        source, tools = self._source, self.tools
        if source is None or self._made is None:
            return
        source.gaps_only, source.differences_only = tools.gaps.isChecked(), tools.differences.isChecked()
        self.export.setEnabled(True)
        self.grid.empty = nothing_shown(tools, self._show_every_row)
        self.grid.set_source(source)

    def _shown(self, count: int) -> None:
        self.selected.emit(trn("{count} prefix", "{count} prefixes", count))
        source = self._source
        if source is None or self._shows_all or not len(source.comparison) or source.comparison.has_common:
            return
        title = tr("No prefix in common")
        text = tr("No two of these tables have a price for the same prefix on that day.")
        verb = tr("Show all prefixes")
        self.grid.set_state(State("rates", title, text, verb, act=self._show_anyway))

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


def lay_out(body: QVBoxLayout, tables: QWidget, parts: Sequence[QWidget]) -> None:
    """The tables to tick, and the rest beside them."""
    split, box = beside(body, "compare", tables)
    for part in parts:
        box.addWidget(part)
    box.setStretchFactor(parts[-1], 1)
    split.setSizes([theme.ems(11), theme.ems(63)])


def summed(comparison: "Comparison") -> str:
    """How often each is the cheapest, and what changing over would save."""
    wins = zip(comparison.titles, comparison.counts(), strict=True)
    parts = [tr("Cheapest: {names}").format(names=", ".join(f"{name} {many:,}" for name, many in wins))]
    if comparison.saving is not None:
        text = tr("{saving} {currency} a month less than {name} alone")
        name = comparison.titles[comparison.master]
        parts.append(text.format(saving=f"{saved(comparison):,}", currency=comparison.currency, name=name))
    return " · ".join(parts)


def saved(comparison: "Comparison") -> Decimal:
    """What changing over to the cheapest would save in 30 days, in the decimals of the currency."""
    return money(comparison.total_saving, currency_decimals(comparison.currency))


def nothing_shown(tools: CompareTools, show_all: Callable[[], None]) -> State:
    """What is said where no row is left."""
    if tools.gaps.isChecked():
        text = tr("Every table has a price for every prefix.")
        return State("ok", tr("No gaps"), text, tr("Show all prefixes"), act=show_all)
    if tools.differences.isChecked():
        text = tr("Wherever two tables have a price, it is the same.")
        return State("ok", tr("No differences"), text, tr("Show all prefixes"), act=show_all)
    return State("rates", tr("Nothing to compare"), tr("Nothing is in force in these tables on that day."))
