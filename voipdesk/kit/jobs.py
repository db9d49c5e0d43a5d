"""Work beside the window: one writer, a few readers, a process for large files.

`work` gets a `Progress` first and returns a result; long commands of a room are ordered through `Desk.command`.
Answers are given as `done` and `refused` when a job is ordered, never afterwards, so that the inline jobs of tests
behave the same. All signals are emitted on the thread of `Jobs`.
"""

import queue
import threading
import time
import traceback
from collections.abc import Callable
from enum import StrEnum
from typing import Any, TypedDict, Unpack, cast

from PySide6.QtCore import QObject, QTimer, Signal

from voipdesk.kernel.problems import Cancelled, VoipDeskError
from voipdesk.kernel.progress import Progress
from voipdesk.kit import garbage
from voipdesk.kit.mailbox import Mailbox
from voipdesk.kit.process import Apart, Crash, Watched

READERS = 2
SECONDS_BETWEEN_STEPS = 0.05
SECONDS_TO_END = 10.0

Work = Callable[[Progress], Any]
Done = Callable[[Any], None]
Refusal = Callable[[VoipDeskError], None]


class Answers(TypedDict, total=False):
    """Who hears how a job ended; None is nobody."""

    done: Done | None
    refused: Refusal | None


class JobState(StrEnum):
    """Where a job is; the last four are ends."""

    WAITING = "waiting"
    RUNNING = "running"
    DONE = "done"
    CANCELLED = "cancelled"
    REFUSED = "refused"
    CRASHED = "crashed"


class Job(QObject):
    """One piece of work: what it is, how far it is, how it ended."""

    progressed = Signal()
    finished = Signal(object)
    """The result."""
    refused = Signal(object)
    """A `VoipDeskError` with its problems."""
    crashed = Signal(str)
    """The traceback: a fault of the program."""
    cancelled = Signal()
    ended = Signal()
    """After any end, last of all."""

    def __init__(self, title: str, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.title = title
        self.state = JobState.WAITING
        self.done = 0
        self.total: int | None = None
        self.expected: int | None = None
        """A total that is known to whoever ordered the work, for work that cannot know it (rows of a stream)."""
        self.what = ""
        self.result: Any = None
        self.error: VoipDeskError | None = None
        self.details = ""
        self.quiet = False
        """Too small to be shown in a panel (a page of rows)."""
        self.since = time.monotonic()
        self._stop = threading.Event()

    def cancel(self) -> None:
        """Ask to stop: between two chunks of work, or at once where it runs in a process."""
        self._stop.set()

    @property
    def is_cancelling(self) -> bool:
        """Whether somebody asked to stop."""
        return self._stop.is_set()

    @property
    def is_over(self) -> bool:
        """Whether it has ended in one way or another."""
        return self.state not in {JobState.WAITING, JobState.RUNNING}

    @property
    def seconds_left(self) -> float | None:
        """An estimate from the pace so far; None in the first five seconds or without a total."""
        gone = time.monotonic() - self.since
        if not self.total or not self.done or gone < 5:
            return None
        return gone * (self.total - self.done) / self.done


class _Reporter:
    """The progress of work in a thread: keeps the newest count, tells the window at most 20 times a second."""

    def __init__(self, job: Job, tell: Callable[[Job], None]) -> None:
        self._job = job
        self._tell = tell
        self._told = 0.0

    @property
    def is_cancelling(self) -> bool:
        """Whether the user asked to stop."""
        return self._job.is_cancelling

    def step(self, done: int, total: int | None = None, what: str = "") -> None:
        """Keep the count; raises `Cancelled` when the user asked to stop."""
        if self._job.is_cancelling:
            raise Cancelled
        job = self._job
        if total is None and job.expected is not None and 0 < done <= job.expected:
            total = job.expected
        job.done, job.total, job.what = done, total, what
        now = time.monotonic()
        if now - self._told >= SECONDS_BETWEEN_STEPS or done == total:
            self._told = now
            self._tell(self._job)


class Jobs(QObject):
    """Orders work and tells how it went; `shutdown` leaves no thread and no process behind."""

    started = Signal(object)
    progressed = Signal(object)
    refused = Signal(object)
    """The `Job`, after its own signal: for whoever shows messages that no page took."""
    crashed = Signal(object)
    ended = Signal(object)
    idle = Signal()
    """Once, when the last running job has ended and its answer was delivered."""

    def __init__(self, parent: QObject | None = None, *, readers: int = READERS) -> None:
        super().__init__(parent)
        self._running: list[Job] = []
        self._threads: list[threading.Thread] = []
        self._queues: dict[str, queue.SimpleQueue[Callable[[], None] | None]] = {}
        self._count = {"write": 1, "read": max(1, readers), "look": READERS}
        self._closed = False
        self._apart = Apart()
        self._mailbox = Mailbox(self)

    def write(self, title: str, work: Work, **answers: Unpack[Answers]) -> Job:
        """Order work that writes: one after the other, in the order given."""
        return self._order("write", title, work, answers)

    def read(self, title: str, work: Work, *, quiet: bool = False, **answers: Unpack[Answers]) -> Job:
        """Order work that only reads: a few at a time. Quiet work is too small for panels to show."""
        return self._order("read", title, work, answers, quiet=quiet)

    def look(self, title: str, work: Work, **answers: Unpack[Answers]) -> Job:
        """Order quick reading of what is to stand on the screen: it never waits behind long reading, and is quiet."""
        return self._order("look", title, work, answers, quiet=True)

    def write_apart(
        self, title: str, work: Callable[..., Any], *given: Any, **answers: Unpack[Answers]
    ) -> Job:
        """Like `write`, for long work: a module-level `work(progress, *given)` in a process that is kept warm.

        What goes in and out is pickled. The window's thread has the interpreter for itself meanwhile.
        """
        return self.write(
            title, lambda progress: self._apart.do(work, given, cast(Watched, progress)), **answers
        )

    @property
    def running(self) -> tuple[Job, ...]:
        """Jobs that wait or run, oldest first."""
        return tuple(self._running)

    @property
    def is_idle(self) -> bool:
        """Whether nothing waits or runs."""
        return not self._running

    def shutdown(self) -> None:
        """Cancel everything and wait until threads and processes have ended; answers are no longer delivered."""
        self._closed = True
        self._mailbox.expect(False)
        for job in self._running:
            job.cancel()
        for name, waiting in self._queues.items():
            for _ in range(self._count[name]):
                waiting.put(None)
        end = time.monotonic() + SECONDS_TO_END
        for thread in self._threads:
            thread.join(max(0.0, end - time.monotonic()))
        self._apart.close()
        self._threads.clear()
        self._queues.clear()
        self._running.clear()

    def _begin(self, title: str, answers: Answers, *, quiet: bool) -> Job:
        if self._closed:
            raise RuntimeError("jobs are shut down")
        job = Job(title, self)
        job.quiet = quiet
        if (done := answers.get("done")) is not None:
            job.finished.connect(done)
        if (refused := answers.get("refused")) is not None:
            job.refused.connect(refused)
        self._running.append(job)
        self._mailbox.expect(True)
        garbage.hurry()
        self.started.emit(job)
        return job

    def _order(self, lane: str, title: str, work: Work, answers: Answers, *, quiet: bool = False) -> Job:
        job = self._begin(title, answers, quiet=quiet)
        if lane not in self._queues:
            waiting: queue.SimpleQueue[Callable[[], None] | None] = queue.SimpleQueue()
            self._queues[lane] = waiting
            for number in range(self._count[lane]):
                thread = threading.Thread(
                    target=_labour, args=(waiting,), name=f"{lane} {number}", daemon=True
                )
                self._threads.append(thread)
                thread.start()
        # Reading begins once the window has done what it is at: two threads in one interpreter hold each other up.
        if lane == "read":
            QTimer.singleShot(0, lambda: self._put(lane, job, work))
        else:
            self._put(lane, job, work)
        return job

    def _put(self, lane: str, job: Job, work: Work) -> None:
        if not self._closed:
            self._queues[lane].put(lambda: self._run(job, work))

    def _run(self, job: Job, work: Work) -> None:
        """In a worker thread: do the work and post how it ended."""
        _do(job, work, _Reporter(job, self._tell_step))
        self._post(lambda: self._end(job))

    def _tell_step(self, job: Job) -> None:
        def tell() -> None:
            job.progressed.emit()
            self.progressed.emit(job)

        self._post(tell)

    def tell(self, call: Callable[[], Any]) -> None:
        """Make a call in the thread of the window: at once from there, later from the thread of a job."""
        if self._mailbox.is_home:
            self._deliver(call)
        else:
            self._post(call)

    def _post(self, call: Callable[[], Any]) -> None:
        self._mailbox.post(lambda: self._deliver(call))

    def _deliver(self, call: Callable[[], Any]) -> None:
        if not self._closed:
            call()

    def _end(self, job: Job) -> None:
        self._running.remove(job)
        try:
            self._tell_end(job)
        finally:
            self.ended.emit(job)
            job.deleteLater()
            if not self._running:
                self._mailbox.expect(False)
                self.idle.emit()

    def _tell_end(self, job: Job) -> None:
        if job.state is JobState.DONE:
            job.finished.emit(job.result)
        elif job.state is JobState.CANCELLED:
            job.cancelled.emit()
        elif job.state is JobState.REFUSED:
            job.refused.emit(job.error)
            self.refused.emit(job)
        else:
            job.crashed.emit(job.details)
            self.crashed.emit(job)
        job.ended.emit()


class InlineJobs(Jobs):
    """The jobs of tests: each runs at once in the calling thread, with the same answers in the same order."""

    def write_apart(
        self, title: str, work: Callable[..., Any], *given: Any, **answers: Unpack[Answers]
    ) -> Job:
        """Do it here: no pickling, no process."""
        return self.write(title, lambda progress: work(progress, *given), **answers)

    def _order(self, lane: str, title: str, work: Work, answers: Answers, *, quiet: bool = False) -> Job:
        job = self._begin(title, answers, quiet=quiet)
        self._run(job, work)
        return job

    def _post(self, call: Callable[[], Any]) -> None:
        self._deliver(call)


def _labour(waiting: "queue.SimpleQueue[Callable[[], None] | None]") -> None:
    """A worker thread: one piece of work after the other until None comes."""
    while (call := waiting.get()) is not None:
        call()
        del call  # The closure holds the work's data; keep none of it while waiting.


def _do(job: Job, work: Work, progress: Progress) -> None:
    """Run the work and keep its end in the job."""
    if job.is_cancelling:
        job.state = JobState.CANCELLED
        return
    job.state, job.since = JobState.RUNNING, time.monotonic()
    try:
        job.result = work(progress)
        job.state = JobState.DONE
    except Cancelled:
        job.state = JobState.CANCELLED
    except VoipDeskError as no:
        job.error, job.state = no, JobState.REFUSED
    except Crash as fault:
        job.details, job.state = str(fault), JobState.CRASHED
    except Exception:
        job.details, job.state = traceback.format_exc(), JobState.CRASHED
