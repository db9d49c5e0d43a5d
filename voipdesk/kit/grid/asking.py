"""Asks a source beside the window: ids in an order, pages, figures and copies of a selection.

Every answer is checked against what is shown when it comes: an order or a source that was replaced meanwhile is dropped.
"""

import atexit
from collections.abc import Callable, Sequence
from typing import Any

import shiboken6
from PySide6.QtCore import QObject, QTimer, Signal
from PySide6.QtGui import QGuiApplication

from voipdesk.kernel.problems import VoipDeskError
from voipdesk.kernel.text import tr
from voipdesk.kit.grid import selection
from voipdesk.kit.grid.clipboard import Clip, Copying, copied
from voipdesk.kit.grid.filter_lists import filtered_ids
from voipdesk.kit.grid.filters import Filter, Sort
from voipdesk.kit.grid.pages import Page, read_page
from voipdesk.kit.grid.sources import Ids, RowSource
from voipdesk.kit.grid.view import GridView
from voipdesk.kit.jobs import Job, Jobs

INLINE_CELLS = 20_000
"""Up to so many cells of an immediate source are read in the window's thread."""

MOST_PAGE_JOBS = 6
MILLISECONDS = 60


class Asking(QObject):
    """What a grid asks of its source; without jobs everything is asked at once."""

    figures = Signal(object)
    """Figures of the selection, or None where it is a single cell."""
    failed = Signal(object)

    def __init__(self, view: GridView, jobs: Jobs | None, parent: QObject) -> None:
        super().__init__(parent)
        self._view, self._model, self._jobs = view, view.grid_model, jobs
        self._turn = 0
        self._ids_job: Job | None = None
        self._page_jobs: list[Job] = []
        self._figures_job: Job | None = None
        self._later = QTimer(self, singleShot=True, interval=MILLISECONDS)
        self._later.timeout.connect(self.figure)
        view.selected.connect(self._later.start)
        view.columns_header.came_in_sight.connect(self._later.start)
        view.selectionModel().currentColumnChanged.connect(lambda *_: self._later.start())
        view.commands["copy"] = self.copy
        view.commands["copy_titles"] = lambda: self.copy(headers=True)

    def ids(
        self, source: RowSource, order: Sequence[Sort], filters: Sequence[Filter], show: Callable[[Ids], None]
    ) -> bool:
        """Ask for ids; `show` gets them unless something newer was asked. True where the answer comes later."""
        self._turn += 1
        turn = self._turn
        self._model.pages.order = None if source.immediate or self._jobs is None else self._order_page
        if self._ids_job is not None and shiboken6.isValid(self._ids_job):
            self._ids_job.cancel()
        if self._jobs is None or source.immediate:
            show(filtered_ids(source, order, filters))
            return False

        def take(ids: Ids) -> None:
            if shiboken6.isValid(self) and turn == self._turn:
                show(ids)

        self._ids_job = self._jobs.look(
            tr("Look up rows"),
            lambda _: filtered_ids(source, order, filters),
            done=take,
            refused=self._refused,
        )
        return True

    def copy(self, headers: bool = False) -> None:
        """Put the selection on the clipboard as TSV and HTML."""
        ranges, model, header = self._view.selection_ranges(), self._model, self._view.columns_header
        if not ranges:
            return
        what = Copying(model.columns, ranges, model.formats, header.shown(), headers)
        source, ids = model.source, model.ids
        self._beside(tr("Copy"), ranges, lambda progress: copied(source, ids, what, progress), _to_clipboard)

    def figure(self) -> None:
        """Figures of the selection, a moment after it stopped changing; out of sight they wait until they can be read."""
        if not self._view.isVisible():
            return
        ranges, model = self._view.selection_ranges(), self._model
        if self._figures_job is not None and shiboken6.isValid(self._figures_job):
            self._figures_job.cancel()
        columns, shown = model.columns, self._view.columns_header.shown()
        what = selection.summed(columns, ranges, shown, self._view.currentIndex().column())
        if what.cells < 2:
            self.figures.emit(None)
            return
        source, ids = model.source, model.ids
        self._figures_job = self._beside(
            tr("Add up the selection"),
            ranges,
            lambda progress: selection.figures(source, ids, columns, what, progress),
            self._tell_figures,
        )

    def _tell_figures(self, found: selection.Figures) -> None:
        if shiboken6.isValid(self):
            self.figures.emit(found)

    def _beside(
        self,
        title: str,
        ranges: Sequence[selection.Range],
        work: Callable[[Any], Any],
        done: Callable[[Any], None],
    ) -> Job | None:
        """Small work on an immediate source here, any other as a job."""
        few = sum(part.cells for part in ranges) <= INLINE_CELLS
        if self._jobs is None or (few and self._model.source.immediate):
            done(work(None))
            return None
        return self._jobs.read(title, work, done=done, refused=self._refused, quiet=few)

    def _refused(self, error: VoipDeskError) -> None:
        if shiboken6.isValid(self):
            self.failed.emit(error)

    def _order_page(self, number: int, ids: list[int]) -> None:
        """Read a page beside the window; of pages scrolled past only the newest are still wanted."""
        assert self._jobs is not None
        source, order, pages = self._model.source, self._model.ids, self._model.pages
        turn, paint = pages.turn, pages.paint

        def take(read: Page) -> None:
            if shiboken6.isValid(self) and turn == self._model.pages.turn:
                self._model.take_page(number, order, read)

        def give_up() -> None:
            if shiboken6.isValid(self) and turn == self._model.pages.turn:
                self._model.pages.give_up(number)

        job = self._jobs.look(
            tr("Read rows"), lambda _: read_page(source, ids, paint), done=take, refused=self._refused
        )
        job.cancelled.connect(give_up)
        running = [old for old in self._page_jobs if shiboken6.isValid(old) and not old.is_over]
        self._page_jobs = [*running, job]
        for old in self._page_jobs[:-MOST_PAGE_JOBS]:
            old.cancel()


def _to_clipboard(clip: Clip) -> None:
    QGuiApplication.clipboard().setMimeData(clip.mime())
    atexit.unregister(_leave_text)
    atexit.register(_leave_text)


def _leave_text() -> None:
    """The program ends: leave the text, which is Qt's own. Data made here would be destroyed after Python has gone."""
    if QGuiApplication.instance() is not None:
        clipboard = QGuiApplication.clipboard()
        clipboard.setText(clipboard.text())
