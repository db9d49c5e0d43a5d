"""Work beside the window: results, refusals, crashes, cancelling, order, and nothing left behind."""

import os
import threading
import time
from collections.abc import Callable
from functools import partial
from typing import Any

import pytest
from PySide6.QtCore import QTimer
from pytestqt.qtbot import QtBot

from voipdesk.kernel.problems import Cancelled, FileError, Place, Problem, Refused, VoipDeskError
from voipdesk.kernel.progress import Progress
from voipdesk.kit.jobs import InlineJobs, Job, Jobs, JobState
from voipdesk.kit.mailbox import Mailbox

BOTH = pytest.mark.parametrize("kind", ["threads", "inline"])


@pytest.fixture
def chosen(kind: str, request: pytest.FixtureRequest) -> Jobs:
    return request.getfixturevalue("jobs" if kind == "threads" else "inline")  # type: ignore[no-any-return]


def ended(qtbot: QtBot, jobs: Jobs, order: Callable[[], Job]) -> Job:
    """Order a job and wait for idle, however soon it comes."""
    with qtbot.waitSignal(jobs.idle, timeout=20_000):
        return order()


@BOTH
def test_result_comes_on_the_thread_of_the_window(qtbot: QtBot, chosen: Jobs) -> None:
    heard: list[Any] = []
    here = threading.get_ident()
    job = ended(
        qtbot,
        chosen,
        lambda: chosen.read("Read", lambda _: 42, done=lambda r: heard.append((r, threading.get_ident()))),
    )
    assert heard == [(42, here)]
    assert job.state is JobState.DONE


@BOTH
def test_progress_counts_and_ends_with_the_last_count(qtbot: QtBot, chosen: Jobs) -> None:
    seen: list[tuple[int, int | None]] = []
    chosen.progressed.connect(lambda job: seen.append((job.done, job.total)))

    def work(progress: Progress) -> None:
        for at in range(1, 101):
            progress.step(at, 100, "rows")

    ended(qtbot, chosen, lambda: chosen.write("Write", work))
    assert seen[-1] == (100, 100)
    assert len(seen) < 100  # twenty a second are enough for the eye


def test_reading_begins_once_the_window_has_done_what_it_is_at(qtbot: QtBot, jobs: Jobs) -> None:
    begun = threading.Event()
    jobs.read("Read", lambda _: begun.set())
    assert not begun.wait(0.1)
    qtbot.waitUntil(begun.is_set)


def test_reading_that_has_not_begun_ends_with_the_window(qtbot: QtBot, jobs: Jobs) -> None:
    begun = threading.Event()
    jobs.read("Read", lambda _: begun.set())
    jobs.shutdown()
    qtbot.wait(50)
    assert not begun.is_set()


def test_nobody_looks_for_answers_when_none_can_come(qtbot: QtBot, jobs: Jobs) -> None:
    ended(qtbot, jobs, lambda: jobs.read("Read", lambda _: None))
    looks = jobs.findChild(Mailbox).findChild(QTimer)
    assert isinstance(looks, QTimer)
    assert not looks.isActive()
    jobs.write("Write", lambda _: None)
    assert looks.isActive()


def test_a_total_that_is_known_beside_the_work_is_shown(qtbot: QtBot, jobs: Jobs) -> None:
    go = threading.Event()
    told: list[tuple[int, int | None]] = []

    def work(progress: Progress) -> None:
        go.wait(5)
        for done in (0, 40, 90, 120):
            progress.step(done, None, "rows")
            time.sleep(0.06)

    job = jobs.read("Read", work)
    job.expected = 100
    job.progressed.connect(lambda: told.append((job.done, job.total)))
    with qtbot.waitSignal(job.ended):
        go.set()
    assert (40, 100) in told
    # Not begun, and more than was expected.
    assert {total for done, total in told if done in (0, 120)} <= {None}


@BOTH
def test_refusal_brings_its_problems(qtbot: QtBot, chosen: Jobs) -> None:
    heard: list[VoipDeskError] = []
    told: list[Job] = []
    chosen.refused.connect(told.append)
    problem = Problem("bad_date", "31/11/2026 is not a date.", place=Place(row=13))

    def work(_: Progress) -> None:
        raise Refused("no", "Nothing was imported.", problems=[problem])

    job = ended(qtbot, chosen, lambda: chosen.write("Import", work, refused=heard.append))
    assert heard[0].problems == (problem,)
    assert told == [job]
    assert job.state is JobState.REFUSED


@BOTH
def test_fault_of_the_program_brings_its_traceback(qtbot: QtBot, chosen: Jobs) -> None:
    told: list[str] = []
    chosen.crashed.connect(lambda job: told.append(job.details))
    job = ended(qtbot, chosen, lambda: chosen.read("Read", lambda _: 1 // 0))
    assert job.state is JobState.CRASHED
    assert "ZeroDivisionError" in told[0]


def test_writer_goes_one_after_the_other_in_order(qtbot: QtBot, jobs: Jobs) -> None:
    at_once, most, order = [0], [0], []

    def work(number: int) -> None:
        at_once[0] += 1
        most[0] = max(most[0], at_once[0])
        time.sleep(0.01)
        order.append(number)
        at_once[0] -= 1

    with qtbot.waitSignal(jobs.idle):
        for number in range(8):
            jobs.write("Write", partial(lambda number, _: work(number), number))
    assert most == [1]
    assert order == list(range(8))


def test_readers_go_side_by_side(qtbot: QtBot, jobs: Jobs) -> None:
    meet = threading.Barrier(2, timeout=5)
    with qtbot.waitSignal(jobs.idle):
        first = jobs.read("Read", lambda _: meet.wait())
        second = jobs.read("Read", lambda _: meet.wait())
    assert {first.state, second.state} == {JobState.DONE}


def test_cancel_stops_between_two_steps(qtbot: QtBot, jobs: Jobs) -> None:
    begun, heard = threading.Event(), []

    def work(progress: Progress) -> None:
        for at in range(10_000):
            progress.step(at)
            begun.set()
            time.sleep(0.001)

    with qtbot.waitSignal(jobs.idle):
        job = jobs.write("Write", work)
        job.cancelled.connect(lambda: heard.append("cancelled"))
        assert begun.wait(5)
        job.cancel()
    assert heard == ["cancelled"]
    assert job.state is JobState.CANCELLED
    assert job.done < 10_000


def test_a_waiting_job_that_is_cancelled_never_starts(qtbot: QtBot, jobs: Jobs) -> None:
    gate, ran = threading.Event(), []
    with qtbot.waitSignal(jobs.idle):
        jobs.write("First", lambda _: gate.wait(5))
        second = jobs.write("Second", lambda _: ran.append(1))
        second.cancel()
        gate.set()
    assert ran == []
    assert second.state is JobState.CANCELLED


@BOTH
def test_idle_comes_once_after_a_chain(qtbot: QtBot, chosen: Jobs, kind: str) -> None:
    idle: list[bool] = []
    chosen.idle.connect(lambda: idle.append(chosen.is_idle))
    done: list[int] = []

    def more(result: int) -> None:
        done.append(result)
        if result < 3:
            chosen.read("More", lambda _: result + 1, done=more)

    chosen.read("First", lambda _: 1, done=more)
    qtbot.waitUntil(lambda: done == [1, 2, 3] and bool(idle))
    assert idle[-1] is True
    if kind == "threads":
        assert idle == [True]


# In a process of its own


def doubled(progress: Progress, number: int) -> tuple[int, int]:
    progress.step(1, 2, "half")
    return number * 2, os.getpid()


def refusing(_: Progress) -> None:
    raise FileError(
        "no_sheet", "rates.xlsx has no sheet.", "Choose another file.", problems=[Problem("x", "y")]
    )


def cancelling(_: Progress) -> None:
    raise Cancelled


def crashing(_: Progress) -> None:
    raise ZeroDivisionError("told by the child")


def dying(_: Progress) -> None:
    os._exit(7)


def endless(progress: Progress) -> None:
    while True:
        progress.step(1)
        time.sleep(0.01)


def test_process_works_elsewhere_and_answers_here(qtbot: QtBot, jobs: Jobs) -> None:
    results: list[Any] = []
    job = ended(qtbot, jobs, lambda: jobs.write_apart("Parse", doubled, 21, done=results.append))
    assert results[0][0] == 42
    assert results[0][1] != os.getpid()
    assert (job.done, job.total, job.what) == (1, 2, "half")


def test_process_refuses_with_the_same_error(qtbot: QtBot, jobs: Jobs) -> None:
    heard: list[VoipDeskError] = []
    ended(qtbot, jobs, lambda: jobs.write_apart("Parse", refusing, refused=heard.append))
    assert isinstance(heard[0], FileError)
    assert (heard[0].code, heard[0].problem.hint) == ("no_sheet", "Choose another file.")
    assert heard[0].problems == (Problem("x", "y"),)


@pytest.mark.parametrize(
    ("work", "state", "said"),
    [
        (cancelling, JobState.CANCELLED, ""),
        (crashing, JobState.CRASHED, "told by the child"),
        (dying, JobState.CRASHED, "code 7"),
    ],
)
def test_process_ends_badly_and_says_how(
    qtbot: QtBot, jobs: Jobs, work: Callable[..., None], state: JobState, said: str
) -> None:
    job = ended(qtbot, jobs, lambda: jobs.write_apart("Parse", work))
    assert job.state is state
    assert said in job.details


def test_process_that_is_cancelled_is_ended(qtbot: QtBot, jobs: Jobs) -> None:
    with qtbot.waitSignal(jobs.idle, timeout=20_000):
        job = jobs.write_apart("Parse", endless)
        qtbot.waitUntil(lambda: job.done == 1, timeout=20_000)
        job.cancel()
    assert job.state is JobState.CANCELLED


def test_shutdown_leaves_no_thread_and_no_process(qtbot: QtBot) -> None:
    import multiprocessing

    before = set(threading.enumerate())
    jobs = Jobs()
    heard: list[Any] = []

    def work(progress: Progress) -> None:
        while True:
            progress.step(0)
            time.sleep(0.002)

    process = jobs.write_apart("Parse", endless)
    jobs.write("Write", work, done=heard.append)
    jobs.write("Waits", work, done=heard.append)
    jobs.read("Read", work, done=heard.append)
    qtbot.waitUntil(lambda: process.done == 1, timeout=20_000)
    jobs.shutdown()
    assert [thread for thread in threading.enumerate() if thread not in before and thread.is_alive()] == []
    assert multiprocessing.active_children() == []
    assert heard == []
    with pytest.raises(RuntimeError):
        jobs.read("Read", work)


def test_inline_runs_before_it_returns(inline: InlineJobs) -> None:
    done: list[int] = []
    job = inline.write_apart("Parse", doubled, 2, done=lambda result: done.append(result[0]))
    assert done == [4]
    assert job.is_over
    assert inline.is_idle


def test_what_stands_on_the_screen_never_waits_behind_long_reading(qtbot: QtBot, jobs: Jobs) -> None:
    go_on = threading.Event()
    long = [jobs.read("Long", lambda _: go_on.wait(5)) for _ in range(4)]
    seen: list[object] = []
    with qtbot.waitSignal(jobs.look("Look", lambda _: "row", done=seen.append).ended):
        pass
    assert seen == ["row"]
    assert not any(one.is_over for one in long)
    go_on.set()
    qtbot.waitUntil(lambda: jobs.is_idle)
