"""The page of calls: every call the actor may see, how it was rated, imports and rating runs."""

from collections.abc import Iterator, Mapping
from functools import partial
from pathlib import Path
from typing import Any

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QComboBox, QDialog, QPushButton, QWidget

from voipdesk.accounts.rules import Right, may
from voipdesk.calls import commands
from voipdesk.calls.commands import CallImportReport, RatingReport
from voipdesk.calls.queries import CallFilter, Explanation, explain_call
from voipdesk.calls.ui import rating
from voipdesk.calls.ui.importing import import_wizard, ledger_line
from voipdesk.calls.ui.source import CallSource, call_columns, periods
from voipdesk.calls.ui.why import WhyDialog
from voipdesk.kernel.progress import Progress
from voipdesk.kernel.text import tr, trn
from voipdesk.kit.desk import Desk
from voipdesk.kit.grid import Formats, Grid
from voipdesk.kit.grid.columns import Column
from voipdesk.kit.grid.sources import part_of
from voipdesk.kit.list_page import ListPage
from voipdesk.kit.names import named
from voipdesk.kit.page import button, framed
from voipdesk.kit.states import State
from voipdesk.store.database import Database

TABLES = frozenset({"call_import", "rating_run", "account", "account_alias", "invoice"})
CHUNK = 2_000


class CallsPage(ListPage):
    """The grid `table.calls` over any number of calls."""

    sought = "called"
    selected = Signal(str)
    said = Signal(str, object)
    wanted = Signal(str)

    def __init__(self, desk: Desk[Database], within: QWidget | None = None) -> None:
        self._desk = desk
        self.period = named(QComboBox(), "calls.period", tr("Period"))
        for word, title, _ in periods():
            self.period.addItem(title, word)
        title = tr("Calls")
        super().__init__(
            "calls", title, tr("Times in {zone}").format(zone=desk.zone), [self.period, *self._buttons()],
            within=within,
        )  # fmt: skip
        self.columns = call_columns(desk.actor)
        self.grid = Grid("calls", self.columns, jobs=desk.jobs, formats=Formats(zone=desk.zone), title=title)
        can_import = may(desk.actor, Right.IMPORT_CALLS)
        self.grid.empty = State(
            "calls",
            tr("No calls yet"),
            tr("Import a call file from your switch.")
            if can_import
            else tr("Calls appear here once they are made."),
            tr("Import calls…") if can_import else "",
            act=self.import_file if can_import else None,
        )
        self.grid.set_filter_row()
        self.grid.activated.connect(self.explain)
        self.grid.shown.connect(self._tell_shown)
        self.body.addWidget(framed(self.grid, self))
        self.period.currentIndexChanged.connect(self.refresh)
        desk.on_change(TABLES, self.refresh)
        self.refresh()

    def refresh(self) -> None:
        """Ask for the calls of the period again."""
        desk = self._desk
        since, until = rating.span_of(self.period.currentData(), desk.clock.today(desk.zone), desk)
        chosen = CallFilter(since=since, until=until)
        self.grid.set_source(CallSource(desk.db, desk.actor, desk.zone, self.columns, chosen))

    def import_file(self, path: Path | None = None) -> None:
        """Open the wizard for a call file."""
        if not may(self._desk.actor, Right.IMPORT_CALLS):
            return
        wizard = import_wizard(self._desk, self, path)
        wizard.completed.connect(self._import)
        _show(wizard)

    def rate(self) -> None:
        """Open the wizard for a rating run."""
        wizard = rating.rating_wizard(self._desk, self)
        wizard.completed.connect(self._rate)
        _show(wizard)

    def export_file(self) -> None:
        """Write the calls that are shown, with these columns, to a file."""
        desk = self._desk
        kinds = ((tr("Excel workbook"), "*.xlsx"), (tr("CSV"), "*.csv"))
        path = desk.ask.save_file(tr("Export calls"), kinds, name="calls.xlsx")
        if path is None:
            return
        source, ids = self.grid.model.source, self.grid.model.ids
        if not isinstance(source, CallSource):
            return
        desk.jobs.read(
            tr("Export calls"),
            lambda progress: _write(path, source, ids, progress),
            done=lambda count: self.said.emit(
                trn("{count} call written to the file.", "{count} calls written to the file.", count), None
            ),
            refused=desk.ask.refuse,
        )

    def explain(self, key: object) -> None:
        """Show why a call costs what it costs."""
        desk = self._desk
        if isinstance(key, int):
            desk.jobs.read(
                tr("Explain a call"),
                lambda _: explain_call(desk.db, desk.actor, key),
                done=self._show_why,
                refused=desk.ask.refuse,
                quiet=True,
            )

    def _show_why(self, found: Explanation) -> None:
        _show(WhyDialog(self, self._desk, found))

    def _import(self, values: Mapping[str, Any]) -> None:
        desk, path = self._desk, Path(values["path"])
        desk.command(
            tr("Import calls from {file}").format(file=path.name),
            commands.import_calls,
            path,
            zone=values["zone"],
            rate=values["rate"],
            done=self._tell_import,
            refused=desk.ask.refuse,
        )

    def _tell_import(self, report: CallImportReport) -> None:
        actions = {tr("Undo import"): partial(self._take_back, report.import_id)}
        if report.problems:
            actions[tr("Show problems")] = partial(self.wanted.emit, "problems")
        self.said.emit(f"{report.file_name}: {ledger_line(report)}", actions)

    def _take_back(self, import_id: Any) -> None:
        desk = self._desk
        desk.jobs.write(
            tr("Take an import back"),
            lambda _: commands.revert_import(desk.db, desk.actor, import_id),
            done=lambda found: self.said.emit(
                tr("{file} was taken back.").format(file=found.file_name), None
            ),
            refused=desk.ask.refuse,
        )

    def _rate(self, values: Mapping[str, Any]) -> None:
        desk = self._desk
        rating.order(desk, tr("Rate calls"), values, done=self._tell_rating, refused=desk.ask.refuse)

    def _tell_rating(self, report: RatingReport) -> None:
        actions: dict[str, Any] = {}
        desk = self._desk
        if report.run_seq is not None and may(desk.actor, Right.SEE_COSTS):
            actions[tr("Undo run")] = lambda: desk.jobs.write(
                tr("Take a rating run back"),
                lambda _: commands.revert_run(desk.db, desk.actor, report.run_seq or 0),
                refused=desk.ask.refuse,
            )
        self.said.emit(rating.rating_line(report), actions)

    def _tell_shown(self, count: int) -> None:
        if self.isVisible():
            self.selected.emit(trn("{count} call", "{count} calls", count))

    def _buttons(self) -> list[QPushButton]:
        actor, found = self._desk.actor, []
        found.append(button(tr("Export…"), "export", icon="export", act=self.export_file))
        if may(actor, Right.RATE_CALLS):
            found.append(button(tr("Rate…"), "rate", icon="calculator", act=self.rate))
        if may(actor, Right.IMPORT_CALLS):
            found.append(
                button(tr("Import calls…"), "import", icon="import", look="primary", act=self.import_file)
            )
        return found


def _show(dialog: QDialog) -> None:
    """Open a dialog above its page; it goes when it is closed."""
    dialog.finished.connect(dialog.deleteLater)
    dialog.open()


def _write(path: Path, source: CallSource, ids: Any, progress: Progress) -> int:
    """The rows of these ids into a file, times on the workspace's wall clock."""
    from voipdesk.tabular.writer import write_rows

    heads = [column.title for column in source.columns]
    texts = [column.title for column in source.columns if column.id in {"caller", "called", "prefix"}]
    return write_rows(path, heads, _cells(source, ids), text_columns=texts, progress=progress)


def _cells(source: CallSource, ids: Any) -> Iterator[list[Any]]:
    columns: list[Column] = list(source.columns)
    for first in range(0, len(ids), CHUNK):
        for row in source.fetch(part_of(ids, first, first + CHUNK)):
            yield [_cell(column, value, source) for column, value in zip(columns, row, strict=True)]


def _cell(column: Column, value: Any, source: CallSource) -> Any:
    if value is None:
        return ""
    if column.id == "answer":
        return value.astimezone(source.zone).strftime("%Y-%m-%d %H:%M:%S")
    return column.looks[value].text if value in column.looks else value
