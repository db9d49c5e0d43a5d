"""A wizard's step that tries the work first and takes it back: progress, then what would happen, or why it cannot."""

from collections.abc import Callable
from typing import Any

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from voipdesk.kernel.problems import VoipDeskError
from voipdesk.kernel.text import tr
from voipdesk.kit import theme
from voipdesk.kit.ask import problem_lines
from voipdesk.kit.flow import Values
from voipdesk.kit.jobs import Done, Job, Refusal
from voipdesk.kit.page import label
from voipdesk.kit.states import LoadingBar

Trial = Callable[[Values, Done, Refusal], Job]
"""Orders the trial of these values."""


class DryRunPage(QWidget):
    """Runs `trial` when it is entered with other values than before; `show_report` of a subclass shows its result."""

    changed = Signal()

    def __init__(self, trial: Trial, *, asks: tuple[str, ...]) -> None:
        super().__init__()
        self._trial, self._asks = trial, asks
        self._asked: tuple[Any, ...] | None = None
        self._job: Job | None = None
        self.report: Any = None
        self.wrong = ""
        self._bar = LoadingBar()
        self._said = label(wrap=True)
        self._said.setObjectName("check.said")
        self.body = QVBoxLayout()
        self.body.setSpacing(theme.M)
        self.content = QWidget()
        self.content.setLayout(self.body)
        self.body.setContentsMargins(0, 0, 0, 0)
        self.content.hide()
        box = QVBoxLayout(self)
        box.setContentsMargins(0, 0, 0, 0)
        box.addWidget(self._bar)
        box.addWidget(self._said)
        box.addWidget(self.content, 1)
        box.addStretch()

    def enter(self, values: Values) -> None:
        """Try the work, unless the same was tried already."""
        asked = tuple(values.get(name) for name in self._asks)
        if asked == self._asked and (self.report is not None or self._job is not None):
            return
        self.stop()
        self._asked, self.report, self.wrong = asked, None, ""
        self.content.hide()
        self._say(tr("Nothing is changed yet: this is only tried."), "muted")
        self._bar.start()
        job = self._trial(dict(values), self._take, self._refuse)
        if not job.is_over:
            self._job = job
            job.progressed.connect(self._step)
            job.crashed.connect(self._stopped)

    def values(self) -> dict[str, Any]:
        """The report of the trial, and what was wrong."""
        return {"report": self.report, "wrong": self.wrong}

    def held_up(self, values: Values) -> list[str]:
        """What a flow's step asks: nothing once there is a report."""
        if values.get("report") is not None:
            return []
        return [tr("Go back and choose something else.") if values.get("wrong") else tr("Checking…")]

    def stop(self) -> None:
        """Cancel a trial that is still running."""
        if self._job is not None:
            self._job.cancel()
            self._job = None

    def show_report(self, report: Any) -> None:
        """Fill the body."""
        raise NotImplementedError

    def _take(self, report: Any) -> None:
        self._job, self.report = None, report
        self._bar.stop()
        self._say("", "")
        self.show_report(report)
        self.content.show()
        self.changed.emit()

    def _refuse(self, error: VoipDeskError) -> None:
        self._job, self.wrong = None, str(error)
        self._bar.stop()
        self._say("\n".join(part for part in (str(error), problem_lines(error)) if part), "danger")
        self.changed.emit()

    def _stopped(self) -> None:
        """A fault of the program, which the window tells about."""
        self._job, self.wrong = None, tr("This could not be tried. Nothing was changed.")
        self._bar.stop()
        self._say(self.wrong, "danger")
        self.changed.emit()

    def _step(self) -> None:
        if self._job is not None and self._job.done:
            self._say(f"{self._job.done:,} {self._job.what}", "muted")

    def _say(self, text: str, tone: str) -> None:
        theme.set_tone(self._said, tone)
        self._said.setText(text)
        self._said.setVisible(bool(text))
