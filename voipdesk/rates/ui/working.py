"""A line while something runs: what, how far, and a button that stops it."""

from collections.abc import Callable

import shiboken6
from PySide6.QtWidgets import QHBoxLayout, QProgressBar, QWidget

from voipdesk.kernel.text import tr
from voipdesk.kit import theme
from voipdesk.kit.jobs import Job
from voipdesk.kit.names import named
from voipdesk.kit.page import button, label


class Working(QWidget):
    """Hidden until `watch`; shows rows of total, and an estimate once there is one."""

    def __init__(self) -> None:
        super().__init__()
        self.text = label(tone="muted")
        self.text.setObjectName("working.text")
        self.bar = named(QProgressBar(), "progress", tr("Progress"))
        self.bar.setRange(0, 0)
        self.bar.setTextVisible(False)
        self.stop = button(tr("Stop"), "stop", act=self.cancel)
        self.stop.setAutoDefault(False)
        self._job: Job | None = None
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(theme.M)
        row.addWidget(self.text)
        row.addWidget(self.bar, 1)
        row.addWidget(self.stop)
        self.hide()

    @property
    def is_busy(self) -> bool:
        """Whether the job still runs."""
        return self._job is not None

    def watch(self, job: Job, cancelled: Callable[[], object]) -> None:
        """Show a job until it ends."""
        if job.is_over:
            return
        self._job = job
        self.text.setText(job.title)
        self.bar.setRange(0, 0)
        self.stop.setEnabled(True)
        self.show()
        job.progressed.connect(lambda: self._tell(job))
        job.cancelled.connect(lambda: self._over(job, cancelled))

    def end(self) -> None:
        """Nothing runs any more."""
        self._job = None
        self.hide()

    def cancel(self) -> None:
        """Stop what runs, where something does."""
        if self._job is not None:
            self.stop.setEnabled(False)
            self.text.setText(tr("Stopping…"))
            self._job.cancel()

    def _tell(self, job: Job) -> None:
        if not shiboken6.isValid(self) or job is not self._job or job.is_cancelling:
            return
        total = f" / {job.total:,}" if job.total else ""
        text = f"{job.done:,}{total} {job.what}" if job.done else job.what or job.title
        left = job.seconds_left
        if left is not None:
            text += " · " + tr("{seconds} s left").format(seconds=f"{left:.0f}")
        self.text.setText(text)
        self.bar.setRange(0, job.total or 0)
        self.bar.setValue(job.done if job.total else 0)

    def _over(self, job: Job, cancelled: Callable[[], object]) -> None:
        if shiboken6.isValid(self) and self._job is job:
            self.end()
            cancelled()
