"""The window answers while work runs beside it: a timer of 4 ms tells how late it came; nothing is lost meanwhile."""

import time
from typing import Any

import pytest
from PySide6.QtCore import QCoreApplication, QEvent, QObject, Qt, QTimer
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from voipdesk.kernel.progress import Progress
from voipdesk.kit.jobs import Job, Jobs

MILLISECONDS = 4
ROWS = 400_000
PIECE = 500


class Probe(QObject):
    """Notes when the event loop answers."""

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self.late: list[float] = []
        self._last = time.perf_counter()
        self._timer = QTimer(self, interval=MILLISECONDS, timerType=Qt.TimerType.PreciseTimer)
        self._timer.timeout.connect(self._tick)
        self._timer.start()

    def _tick(self) -> None:
        now = time.perf_counter()
        self.late.append((now - self._last) * 1000 - MILLISECONDS)
        self._last = now

    def stop(self) -> list[float]:
        self._timer.stop()
        return sorted(self.late)


class Counted(QObject):
    """Counts the events it was sent."""

    def __init__(self) -> None:
        super().__init__()
        self.heard: list[int] = []

    def event(self, event: QEvent) -> bool:
        if event.type() >= QEvent.Type.User:
            self.heard.append(int(event.type()))
            return True
        return bool(super().event(event))


def python_work(progress: Progress, rows: int = ROWS) -> int:
    """Rows read in plain Python, as a reader of files does: it lets go of the interpreter by the piece."""
    total = 0
    for at in range(rows):
        total += len(f"{at},{at * 7},{at % 60}".split(","))
        if at % PIECE == 0:
            progress.step(at, rows, "rows")
            time.sleep(0)
    progress.step(rows, rows, "rows")
    return total


@pytest.mark.parametrize("kind", ["thread", "process"])
def test_the_window_answers_and_nothing_is_lost(
    qtbot: QtBot, jobs: Jobs, kind: str, capsys: pytest.CaptureFixture[str]
) -> None:
    window = QWidget()
    qtbot.addWidget(window)
    window.show()
    counted, sent, steps = Counted(), 0, list[tuple[int, int | None]]()
    results: list[Any] = []
    jobs.progressed.connect(lambda job: steps.append((job.done, job.total)))
    probe = Probe(window)
    ended: list[bool] = []
    jobs.idle.connect(lambda: ended.append(True))
    if kind == "thread":
        job = jobs.write("Read", python_work, done=results.append)
    else:
        job = jobs.write_apart("Read", python_work, ROWS, done=results.append)
    end = time.monotonic() + 60
    while not ended and time.monotonic() < end:
        QCoreApplication.postEvent(counted, QEvent(QEvent.Type.User))
        sent += 1
        qtbot.wait(10)
    QCoreApplication.sendPostedEvents()
    late = probe.stop()
    with capsys.disabled():
        print(
            f"\n{kind}: {len(late)} answers, p50 {late[len(late) // 2]:.1f} ms,"
            f" p99 {late[int(len(late) * 0.99)]:.1f} ms, latest {late[-1]:.1f} ms"
        )
    assert results == [ROWS * 3]
    assert job.is_over
    assert steps[-1] == (ROWS, ROWS)
    assert [done for done, _ in steps] == sorted(done for done, _ in steps)
    assert len(counted.heard) == sent
    assert len(late) > 1  # it answered while the work ran


def test_many_small_answers_all_arrive_in_order(qtbot: QtBot, jobs: Jobs) -> None:
    """A thousand jobs of the writer behind one another while the window is busy itself."""
    heard: list[int] = []
    with qtbot.waitSignal(jobs.idle, timeout=30_000):
        for number in range(1000):
            jobs.write("Write", lambda _, number=number: number, done=heard.append)  # type: ignore[misc]
        time.sleep(0.05)
    assert heard == list(range(1000))
    assert jobs.running == ()


def test_a_job_is_forgotten_when_it_is_over(qtbot: QtBot, jobs: Jobs) -> None:
    with qtbot.waitSignal(jobs.idle):
        jobs.read("Read", lambda _: bytearray(1_000_000))
    QCoreApplication.sendPostedEvents(None, int(QEvent.Type.DeferredDelete))
    qtbot.waitUntil(lambda: jobs.findChildren(Job) == [])
