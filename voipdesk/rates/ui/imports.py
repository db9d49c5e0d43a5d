"""The page of imports: the queue of files that wait, and the history of what was imported."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any
from uuid import UUID

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QWidget

from voipdesk.kernel.changes import Actor
from voipdesk.kernel.text import tr, trn
from voipdesk.kit import theme
from voipdesk.kit.desk import Desk
from voipdesk.kit.grid import Formats, Grid
from voipdesk.kit.page import Page, button, framed, label
from voipdesk.kit.states import State
from voipdesk.rates import commands, queries
from voipdesk.rates.commands import ImportReport, intake
from voipdesk.rates.commands.reverting import Locked
from voipdesk.rates.queries.intake import CALLS, WaitingFile, waiting_count, waiting_files
from voipdesk.rates.rules.surroundings import Surroundings
from voipdesk.rates.ui import imports_actions as acts
from voipdesk.rates.ui.actions import opened
from voipdesk.rates.ui.imports_tables import history_columns, history_source, queue_columns, queue_source
from voipdesk.rates.ui.landing import PLANS
from voipdesk.rates.ui.step_file import KINDS
from voipdesk.rates.ui.wizard import RateWizard
from voipdesk.store.database import Database

TABLES = frozenset({"waiting_file", "rate_import", "rate_version", "import_profile"})


class ImportsPage(Page):
    """`table.queue` above `table.imports`. Files come by `take`; a call file goes out by `calls_wanted`."""

    selected = Signal(str)
    said = Signal(str, object)
    wanted = Signal(str)
    led = Signal(str, object)
    """Another page is wanted, and what it is to show."""
    waiting = Signal(str, int)
    calls_wanted = Signal(object)
    folder_chosen = Signal(object)
    """The folder to watch, or None for none."""

    def __init__(self, desk: Desk[Database], within: QWidget | None = None) -> None:
        folder = button(tr("Watched folder…"), "folder", icon="folder", act=self.choose_folder)
        take = button(tr("Import…"), "import", icon="import", look="primary", act=self.import_file)
        super().__init__("imports", tr("Imports"), actions=[folder, take], within=within)
        self._desk = desk
        self.locked: Locked | None = None
        self.surroundings: Surroundings | None = None
        self.folder: Path | None = None
        self._seek = ""
        self._files: list[WaitingFile] = []
        self._records: list[queries.ImportRecord] = []
        formats = Formats(zone=desk.zone)
        self.queue = Grid("queue", queue_columns(), formats=formats, title=tr("Files that wait"))
        self.queue.empty = State("import", tr("Nothing waits"), tr("Drop files anywhere on the window."))
        self.history = Grid("imports", history_columns(), formats=formats, title=tr("Imports"))
        self.history.empty = State("history", tr("Nothing imported yet"), tr("Imported sheets stay here."))
        self.queue_bar = acts.Bar(acts.queue_verbs(), self._act_on_file)
        self.history_bar = acts.Bar(acts.history_verbs(), self._act_on_import, acts.PAIRS)
        self.queue.selection_changed.connect(self._enable)
        self.queue.current_changed.connect(lambda _: self._enable())
        self.history.current_changed.connect(lambda _: self._enable())
        self.queue.activated.connect(lambda _: self._act_on_file("open"))
        self.history.activated.connect(lambda _: self._act_on_import("record"))
        self.queue.setMaximumHeight(theme.ems(15))
        parts = ((tr("Waiting"), self.queue_bar, self.queue), (tr("History"), self.history_bar, self.history))
        for title, bar, grid in parts:
            bar.put_title(label(title, bold=True))
            self.body.addWidget(bar)
            self.body.addWidget(framed(grid, self), 1 if grid is self.history else 0)
        desk.on_change(TABLES, self.refresh)
        self.show_folder(None)
        self.refresh()

    def refresh(self) -> None:
        """Read the queue and the history again."""

        def read(db: Database, actor: Actor) -> tuple[Any, ...]:
            found, names = queries.imports(db, actor), acts.profile_names(db, actor)
            return waiting_files(db, actor), found, names, waiting_count(db, actor)

        self._desk.read(tr("Read imports"), read, self._show)

    def import_file(self, path: Path | None = None) -> None:
        """Put chosen files into the queue; a single one is opened at once."""
        kinds = [(tr("Rate sheets and call files"), KINDS), (tr("All files"), "*")]
        paths = [path] if path is not None else self._desk.ask.open_files(tr("Import"), kinds, many=True)
        self.take(paths)

    def take(self, paths: Sequence[Path], *, via: str = "drop") -> None:
        """Look at files in another process and queue them; one that was dropped alone is opened."""
        if not paths:
            return
        is_alone = via == "drop" and len(paths) == 1

        def done(taken: list[WaitingFile]) -> None:
            if is_alone:
                path = Path(paths[0]).absolute()
                queued = waiting_files(self._desk.db, self._desk.actor)
                found = next((one for one in reversed(queued) if one.path == path), None)
                if found is not None and found.state != "failed":
                    self.open(found)
            elif taken and not self.isVisible():
                text = trn("{count} file waits in Imports.", "{count} files wait in Imports.", len(taken))
                self.said.emit(text, {tr("Show"): lambda: self.wanted.emit("imports")})

        title = tr("Look at dropped files")
        self._desk.command(
            title, intake.take_files, list(paths), via=via, done=done, refused=self._desk.ask.refuse
        )

    def open(self, file: WaitingFile) -> None:
        """Open a waiting file in the wizard of its kind; it leaves the queue when that is done with it."""
        if file.kind == CALLS:
            self._set(file, "opened")
            self.calls_wanted.emit(file.path)
            return
        tables = queries.tables(self._desk.db, self._desk.actor)
        if not tables:
            self._desk.ask.tell(tr("There is no rate table yet. Make one under Supplier tables first."))
            return
        chosen = file.table_id or (tables[0].id if len(tables) == 1 else None)
        wizard = RateWizard(
            self._desk, tables, chosen=chosen, path=file.path, surroundings=self.surroundings, parent=self
        )
        wizard.published.connect(lambda _: self._set(file, "opened"))
        wizard.kept_for_later.connect(lambda _: self._set(file, "opened"))
        self._run(wizard)

    def resume(self, import_id: UUID) -> None:
        """Go on with a staged or cancelled import."""
        wizard = RateWizard.resume(self._desk, import_id, surroundings=self.surroundings, parent=self)
        self._run(wizard)

    def arrive(self, what: object) -> None:
        """Another page leads here: to an import of the history."""
        self._seek = str(what)
        self.refresh()

    def choose_folder(self) -> None:
        """Choose the folder that is watched, or none."""
        is_decided, folder = acts.chosen_folder(self, self._desk, self.folder)
        if is_decided:
            self.folder_chosen.emit(folder)

    def show_folder(self, folder: Path | None) -> None:
        """Tell which folder is watched."""
        self.folder = folder
        text = tr("No folder is watched; files can be dropped anywhere on the window.")
        if folder is not None:
            text = tr("Files that appear in {folder} are taken when they are complete.").format(folder=folder)
        self.header.set_subtitle(text)

    def _run(self, wizard: RateWizard) -> None:
        wizard.published.connect(self._published)
        wizard.plan_wanted.connect(lambda rows: self.led.emit(PLANS, rows))
        opened(wizard)

    def _published(self, report: ImportReport) -> None:
        """On to what was published, with the way back."""
        self.led.emit("rates", report.import_id)
        acts.say_published(self._desk, report, self.locked, self.said.emit)

    def show_record(self, import_id: str) -> None:
        """Show one import with its decisions and guards."""
        record = next((one for one in self._records if str(one.id) == import_id), None)
        if record is not None:
            acts.show_record(self, self._desk, record)

    def _show(self, found: tuple[Any, ...]) -> None:
        self._files, self._records, names, count = found
        self.queue.set_source(queue_source(self._files))
        self.history.set_source(history_source(self._records, names))
        for grid in (self.queue, self.history):
            if grid.current_key() is None and len(grid.model.ids):
                grid.go_to(grid.model.key(0))
        if self._seek and self.history.go_to(self._seek):
            self.history.view.setFocus(Qt.FocusReason.OtherFocusReason)
        self._seek = ""
        self.waiting.emit("imports", count)
        self._enable()

    def _file(self) -> WaitingFile | None:
        key = self.queue.current_key()
        return next((one for one in self._files if str(one.id) == key), None)

    def _record(self) -> queries.ImportRecord | None:
        key = self.history.current_key()
        return next((one for one in self._records if str(one.id) == key), None)

    def _enable(self) -> None:
        self.queue_bar.enable(acts.file_verbs(self._file(), len(self._files)))
        self.history_bar.enable(acts.import_verbs(self._record()))

    def _act_on_file(self, verb: str) -> None:
        file, desk = self._file(), self._desk
        if file is None or verb not in acts.file_verbs(file, len(self._files)):
            return
        if verb == "open":
            self.open(file)
        elif verb in {"up", "down"}:
            by = -1 if verb == "up" else 1
            desk.jobs.write(
                tr("Reorder the queue"), lambda _: intake.move_waiting(desk.db, desk.actor, file.id, by=by)
            )
        elif verb == "remove":
            desk.jobs.write(
                tr("Remove a file from the queue"),
                lambda _: intake.remove_waiting(desk.db, desk.actor, file.id),
            )
        else:
            self._set(file, "waiting" if file.state == "skipped" else "skipped")

    def _act_on_import(self, verb: str) -> None:
        record, desk = self._record(), self._desk
        if record is None or verb not in acts.import_verbs(record):
            return
        if verb == "continue":
            self.resume(record.id)
        elif verb == "table":
            self.led.emit("rates", record.id)
        elif verb == "record":
            self.show_record(str(record.id))
        elif verb == "revert":
            acts.ask_revert(desk, record, self.locked, self.said.emit)
        elif verb == "original":
            acts.save_original(desk, record, self.said.emit)
        elif verb == "rejects":
            acts.save_rejects(desk, record, self.said.emit)
        elif verb == "previous":
            acts.compare_with_previous(self, record, self._records)
        else:
            desk.jobs.write(
                tr("Discard an import"),
                lambda _: commands.discard_import(desk.db, desk.actor, record.id),
                refused=desk.ask.refuse,
            )

    def _set(self, file: WaitingFile, state: str) -> None:
        desk = self._desk
        desk.jobs.write(
            tr("Change the queue"), lambda _: intake.set_waiting(desk.db, desk.actor, file.id, state=state)
        )
