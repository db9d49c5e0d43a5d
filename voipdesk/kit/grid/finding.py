"""Find, replace and go to in a grid: the bars, the hits, and what is done with them beside the window."""

from collections.abc import Sequence
from functools import cached_property
from typing import Any

import shiboken6
from PySide6.QtCore import QObject, QTimer
from PySide6.QtWidgets import QVBoxLayout, QWidget

from voipdesk.kernel.problems import VoipDeskError
from voipdesk.kernel.text import tr, trn
from voipdesk.kit.grid.changing import Changing
from voipdesk.kit.grid.editing import Seeking
from voipdesk.kit.grid.find_bar import FindBar, GoBar
from voipdesk.kit.grid.gestures import Ground
from voipdesk.kit.grid.listing import Listing
from voipdesk.kit.grid.searching import Hits, found, replaced, scope_of
from voipdesk.kit.grid.selection import Range
from voipdesk.kit.jobs import Job, Jobs

INLINE_CELLS = 2_000


class Finding(QObject):
    """What the bars ask for."""

    def __init__(self, grid: Listing, changing: Changing, jobs: Jobs | None) -> None:
        super().__init__(grid)
        self._grid, self._changing, self._jobs = grid, changing, jobs
        self._view, self._model = grid.view, grid.model
        self.hits: Hits | None = None
        self._job: Job | None = None
        self._ranges: Sequence[Range] = ()
        self._step = 0
        """A step that waits for the hits."""
        self._later = QTimer(self, singleShot=True, interval=60)
        self._later.timeout.connect(self.look)
        grid.shown.connect(self._again)
        changing.stepped.connect(self._again)

    @cached_property
    def bar(self) -> FindBar:
        """The bar of find and replace, made when it is first opened: most grids never need theirs."""
        bar = FindBar(self._grid)
        bar.changed.connect(self.look)
        bar.stepped.connect(self.step)
        bar.replace_asked.connect(self.replace)
        bar.closed.connect(self._back)
        self._put(bar)
        return bar

    @cached_property
    def go_bar(self) -> GoBar:
        """The bar of go to, made likewise."""
        bar = GoBar(self._grid)
        bar.closed.connect(self._back)
        bar.wanted.connect(self.go_to_text)
        self._put(bar)
        return bar

    @property
    def is_open(self) -> bool:
        """Whether the bar of find is in sight."""
        return "bar" in self.__dict__ and self.bar.isVisible()

    def _put(self, bar: QWidget) -> None:
        """Above the rows."""
        layout = self._grid.layout()
        assert isinstance(layout, QVBoxLayout)
        layout.insertWidget(0, bar)

    def open(self, *, replacing: bool = False) -> object:
        """Ctrl+F or Ctrl+H; replacing is for rows that can be edited."""
        if replacing and self._changing.source is None:
            return False
        self._ranges = self._view.selection_ranges()
        many = sum(part.cells for part in self._ranges) > 1
        self.bar.open_bar(replacing=replacing, scope="selection" if many else "")
        return True

    def open_go_to(self) -> object:
        """Ctrl+G, where the source can seek; else the key is the page's."""
        if not isinstance(self._model.source, Seeking):
            return False
        self.go_bar.open_bar()
        return True

    def _back(self) -> None:
        self.hits = None
        self._view.setFocus()

    def _again(self, *_: object) -> None:
        """Rows are others or elsewhere now."""
        if self.is_open:
            self._later.start()

    def _ground(self) -> Ground | None:
        """The ground of a search, over any source: nothing is changed by looking."""
        source: Any = self._model.source
        if not len(self._model.ids) or not self.bar.text.text():
            return None
        current = self._view.currentIndex()
        shown = self._view.columns_header.shown()
        base = Ground(source, self._model.ids, self._model.columns, shown, self._ranges, self._model.formats)
        at = current.column() if current.isValid() else shown[0]
        return Ground(
            source,
            base.ids,
            base.columns,
            shown,
            scope_of(base, self.bar.scope.currentData(), at),
            base.formats,
        )

    def look(self) -> None:
        """Look for what the bar says."""
        if self._job is not None and shiboken6.isValid(self._job):
            self._job.cancel()
        self._job, self.hits = None, None
        ground, search = self._ground(), self.bar.search
        if ground is None:
            self.bar.say("")
            return
        cells = sum(part.rows * len(ground.inside(part)) for part in ground.ranges)
        if self._jobs is None or cells <= INLINE_CELLS:
            self._take(found(ground, search))
            return
        self.bar.say(tr("Looking…"))
        self._job = self._jobs.read(
            tr("Find"),
            lambda progress: (search, found(ground, search, progress)),
            done=self._take_late,
            refused=self._refused,
            quiet=True,
        )

    def _take_late(self, answer: tuple[Any, Hits]) -> None:
        if shiboken6.isValid(self) and answer[0] == self.bar.search:
            self._take(answer[1])

    def _take(self, hits: Hits) -> None:
        self.hits = hits
        self._count()
        step, self._step = self._step, 0
        if step:
            self.step(step)

    def _count(self) -> None:
        hits, current = self.hits, self._view.currentIndex()
        if hits is None:
            return
        self.bar.count.setProperty("value", str(hits.count))
        number = hits.number_of(current.row(), current.column()) if current.isValid() else 0
        if not hits.count:
            self.bar.say(tr("Nothing found"), "warning")
        elif number:
            self.bar.say(tr("{number} of {count}").format(number=f"{number:,}", count=f"{hits.count:,}"))
        else:
            text = trn("{count} cell holds it", "{count} cells hold it", hits.count)
            self.bar.say(text)

    def step(self, way: int) -> None:
        """To the next hit or the one before."""
        if self.hits is None:
            self._step = way
            return
        if not self.hits.count:
            return
        current = self._view.currentIndex()
        row, at = (current.row(), current.column()) if current.isValid() else (-1, 0)
        index = self._model.index(*self.hits.cell(self.hits.after(row, at, way)))
        self._view.make_current(index, select=self.bar.scope.currentData() != "selection")
        self._count()

    def replace(self, is_all: bool) -> None:
        """Replace the current hit and go to the next one, or replace all of them as one step."""
        hits, ground, current = self.hits, self._ground(), self._view.currentIndex()
        if hits is None or not hits.count or ground is None or self._changing.source is None:
            return
        search, by = self.bar.search, self.bar.by.text()
        if is_all:
            self._changing.plan(hits.count, lambda: replaced(ground, hits, search, by))
            return
        number = hits.number_of(current.row(), current.column()) if current.isValid() else 0
        if not number:
            self.step(1)
            return
        one = Hits(hits.cells[number - 1 : number], hits.shown)
        self._step = 1
        self._changing.offer(replaced(ground, one, search, by))

    def go_to_text(self, text: str) -> None:
        """The row of a text: exactly it, else what the source finds nearest."""
        source = self._model.source
        if not text or not isinstance(source, Seeking):
            return

        def go(answer: tuple[int, str] | None) -> None:
            if not shiboken6.isValid(self):
                return
            if answer is None or not self._grid.view.go_to(source.key(answer[0])):
                hidden = tr("The filter hides it.") if answer else tr("There is nothing like it.")
                self.go_bar.said.setText(hidden)
                return
            self.go_bar.close_bar()
            self._grid.footer.say(answer[1], "accent") if answer[1] else None

        if self._jobs is None or source.immediate:
            go(source.near(text))
        else:
            self._jobs.read(
                tr("Go to"), lambda _: source.near(text), done=go, refused=self._refused, quiet=True
            )

    def _refused(self, error: VoipDeskError) -> None:
        if shiboken6.isValid(self):
            self.bar.say(str(error), "danger")
