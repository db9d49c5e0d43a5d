"""The status bar: figures of the selection, jobs, sync, currency and zone."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QLabel, QProgressBar, QStatusBar, QToolButton

from voipdesk.kernel.text import tr, trn
from voipdesk.kit import icons, theme
from voipdesk.kit.jobs import Job, Jobs
from voipdesk.kit.names import named


class StatusBar(QStatusBar):
    """`jobs_wanted` when the jobs are clicked."""

    jobs_wanted = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.setSizeGripEnabled(False)
        self.selection = named(QLabel(), "bar.selection", tr("Selection"))
        self._jobs = named(QToolButton(), "bar.jobs", tr("Jobs"))
        self._jobs.setText(tr("Jobs: idle"))
        self._jobs.setAutoRaise(True)
        self._jobs.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        self._jobs.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self._jobs.clicked.connect(self.jobs_wanted)
        self._bar = named(QProgressBar(), "bar.progress", tr("Progress"))
        self._bar.setTextVisible(False)
        self._bar.setFixedWidth(theme.ems(6))
        self._bar.hide()
        self._sync = named(QLabel(tr("Local only")), "bar.sync", tr("Sync"))
        self._place = named(QLabel(), "bar.place", tr("Currency and time zone"))
        self.addWidget(self.selection, 1)
        self.selection.setContentsMargins(theme.S, 0, 0, 0)
        self._place.setContentsMargins(theme.S, 0, theme.M, 0)
        for widget in (self._bar, self._jobs, self._sync, self._place):
            self.addPermanentWidget(widget)

    def show_place(self, currency: str, zone: str) -> None:
        """The workspace's currency and zone, always in sight."""
        self._place.setText(f"{currency} · {zone}")

    def watch(self, jobs: Jobs) -> None:
        """Follow the running jobs."""
        jobs.started.connect(lambda _: self._count(jobs))
        jobs.ended.connect(lambda _: self._count(jobs))
        jobs.progressed.connect(self._step)
        self._count(jobs)

    def _count(self, jobs: Jobs) -> None:
        count = sum(not job.quiet for job in jobs.running)
        self._jobs.setText(trn("{count} job", "{count} jobs", count) if count else tr("Jobs: idle"))
        self._jobs.setIcon(icons.icon("jobs", "accent" if count else "muted"))
        self._bar.setVisible(count > 0)
        if not count:
            self._bar.setRange(0, 0)

    def _step(self, job: Job) -> None:
        if job.total:
            # QProgressBar counts in 32 bits.
            self._bar.setRange(0, 1000)
            self._bar.setValue(min(1000, job.done * 1000 // job.total))
        else:
            self._bar.setRange(0, 0)
