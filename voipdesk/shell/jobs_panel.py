"""The jobs panel: running and finished work, with progress, time left, cancel."""

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtWidgets import QFrame, QHBoxLayout, QProgressBar, QToolButton, QVBoxLayout, QWidget

from voipdesk.kernel.text import tr
from voipdesk.kit import icons, theme
from voipdesk.kit.jobs import Job, Jobs, JobState
from voipdesk.kit.names import named
from voipdesk.kit.page import label

KEPT = 6


class JobRow(QFrame):
    """One job."""

    def __init__(self, job: Job) -> None:
        super().__init__()
        self._job: Job | None = job
        self._title = label(job.title)
        self._state = label(tr("waiting"), tone="muted", wrap=True)
        self._bar = named(QProgressBar(), "job.progress", job.title)
        self._bar.setTextVisible(False)
        self._cancel = named(QToolButton(), "job.cancel", tr("Cancel {job}").format(job=job.title))
        self._cancel.setIcon(icons.icon("close"))
        self._cancel.clicked.connect(job.cancel)
        column = QVBoxLayout()
        column.setSpacing(theme.XS)
        for widget in (self._title, self._bar, self._state):
            column.addWidget(widget)
        row = QHBoxLayout(self)
        row.setContentsMargins(theme.S, theme.S, theme.S, theme.S)
        row.addLayout(column, 1)
        row.addWidget(self._cancel, 0, Qt.AlignmentFlag.AlignTop)
        job.progressed.connect(self._step)
        job.ended.connect(self._end)

    @property
    def is_over(self) -> bool:
        """Whether its job has ended."""
        return self._job is None

    def _step(self) -> None:
        job = self._job
        if job is None:
            return
        if job.total:
            self._bar.setRange(0, 1000)
            self._bar.setValue(min(1000, job.done * 1000 // job.total))
            said = tr("{done} of {total} {what}").format(
                done=f"{job.done:,}", total=f"{job.total:,}", what=job.what
            )
        else:
            self._bar.setRange(0, 0)
            said = tr("{done} {what}").format(done=f"{job.done:,}", what=job.what)
        if job.seconds_left is not None:
            said += " · " + tr("{seconds} s left").format(seconds=int(job.seconds_left) + 1)
        self._state.setText(said)

    def _end(self) -> None:
        job = self._job
        if job is None:
            return
        words = {
            JobState.DONE: tr("done"),
            JobState.CANCELLED: tr("cancelled; nothing was changed"),
            JobState.REFUSED: str(job.error or tr("refused")),
            JobState.CRASHED: tr("stopped by a fault of the program; nothing was changed"),
        }
        self._state.setText(words.get(job.state, ""))
        self._bar.hide()
        self._cancel.hide()
        self._job = None


class JobsPanel(QFrame):
    """Slides in over the page; the last few finished jobs stay."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        named(self, "panel.jobs", tr("Jobs"))
        self.setProperty("role", "toast")
        self._rows: list[JobRow] = []
        self._empty = label(tr("Nothing is running."), tone="muted")
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(theme.M, theme.M, theme.M, theme.M)
        self._column.addWidget(self._empty)
        self.setMinimumWidth(theme.ems(22))
        parent.installEventFilter(self)
        self.hide()

    def watch(self, jobs: Jobs) -> None:
        """Show the jobs of this queue."""
        jobs.started.connect(self._add)

    def toggle(self) -> None:
        """Open or close at the lower right corner of the window."""
        self.setVisible(not self.isVisible())
        self._place()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Keep to the corner when the window changes its size, and to the rows when they change theirs."""
        if event.type() == QEvent.Type.Resize and watched is self.parentWidget():
            self._place()
        return bool(super().eventFilter(watched, event))

    def event(self, event: QEvent) -> bool:
        """Grow and shrink with the rows: no layout above does it."""
        heard = bool(super().event(event))
        if event.type() == QEvent.Type.LayoutRequest:
            self._place()
        return heard

    def _place(self) -> None:
        """Above the status bar, at the side where the jobs are counted."""
        parent = self.parentWidget()
        if self.isVisible() and parent is not None:
            self.adjustSize()
            far = parent.width() - self.width() - theme.M
            self.move(
                theme.M if self.layoutDirection() == Qt.LayoutDirection.RightToLeft else far,
                parent.height() - self.height() - theme.ems(2.5),
            )
            self.raise_()

    def _add(self, job: Job) -> None:
        if job.quiet:
            return
        self._empty.hide()
        row = JobRow(job)
        self._rows.append(row)
        self._column.insertWidget(0, row)
        over = [one for one in self._rows if one.is_over]
        for old in over[: max(0, len(self._rows) - KEPT)]:
            self._rows.remove(old)
            old.deleteLater()
