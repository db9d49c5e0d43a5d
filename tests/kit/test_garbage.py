"""Cycles end in the window's thread alone, soon enough, and nothing is looked for at rest."""

import gc
import threading
import time
import weakref
from collections.abc import Callable, Iterator

import pytest
from PySide6.QtCore import QObject, QTimer
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from voipdesk.kernel.progress import Progress
from voipdesk.kit import garbage
from voipdesk.kit.jobs import Jobs


class Node:
    """Refers to itself; how many live is counted."""

    live, most = 0, 0

    def __init__(self) -> None:
        self.itself = self
        Node.live += 1
        Node.most = max(Node.most, Node.live)

    def __del__(self) -> None:
        Node.live -= 1


@pytest.fixture
def limits() -> Iterator[None]:
    """The collector's limits as they were."""
    before = gc.get_threshold()
    yield
    gc.set_threshold(*before)


def knot(kind: Callable[[], QObject], told: Callable[[], None]) -> None:
    """Leave a cycle with an object of Qt in it; `told` is called as it ends."""
    one = kind()
    one.itself = one  # type: ignore[attr-defined]
    weakref.finalize(one, told)


def at_work(until: Callable[[], bool]) -> Callable[[Progress], int]:
    """Work that allocates as fast as it can, cycles among it; returns how many cycles."""

    def work(_: Progress) -> int:
        made, kept = 0, []
        while not until():
            for _turn in range(1_000):
                Node()
                kept.append([made])
            made += 1_000
            del kept[10_000:]
        return made

    return work


def test_objects_of_the_window_end_in_its_thread_while_others_allocate(qtbot: QtBot, jobs: Jobs) -> None:
    here, ended = threading.get_ident(), list[int]()
    results: list[int] = []
    end = time.monotonic() + 1
    for _ in range(2):
        jobs.read("Allocate", at_work(lambda: time.monotonic() > end), done=results.append)
    timer = QTimer(interval=1)

    def leave() -> None:
        for kind in (QObject, QTimer, QWidget):
            knot(kind, lambda: ended.append(threading.get_ident()))

    timer.timeout.connect(leave)
    timer.start()
    qtbot.waitUntil(lambda: len(results) == 2, timeout=20_000)
    timer.stop()
    assert len(ended) >= 9, "they wait for no end of the work"
    assert set(ended) == {here}


def test_memory_stays_bounded_while_work_leaves_cycles(qtbot: QtBot, jobs: Jobs) -> None:
    Node.most = Node.live = 0
    results: list[int] = []
    end = time.monotonic() + 1.5
    jobs.write("Leave cycles", at_work(lambda: time.monotonic() > end), done=results.append)
    qtbot.waitUntil(lambda: bool(results), timeout=20_000)
    assert results[0] > 50_000
    assert Node.most < results[0] / 3


def test_old_cycles_end_once_the_window_is_at_rest(
    qtbot: QtBot, limits: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(garbage, "PATIENCE", 3)
    monkeypatch.setattr(garbage, "LATER", 30)
    one, ended = QObject(), list[int]()
    one.itself = one  # type: ignore[attr-defined]
    weakref.finalize(one, lambda: ended.append(1))
    gc.collect()
    del one
    qtbot.wait(200)
    assert not ended, "few things happened: nobody looks through everything"
    gc.set_threshold(700, 10, 1)
    for _ in range(2):
        gc.collect(1)
    qtbot.waitUntil(lambda: ended == [1])


def test_old_cycles_do_not_wait_for_ever_where_it_is_never_quiet(
    qtbot: QtBot, jobs: Jobs, limits: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(garbage, "SECONDS_OVERDUE", 0.3)
    gc.set_threshold(700, 10, 1)
    one, ended, results = QObject(), list[int](), list[int]()
    one.itself = one  # type: ignore[attr-defined]
    weakref.finalize(one, lambda: ended.append(threading.get_ident()))
    gc.collect()
    del one
    end = time.monotonic() + 10
    jobs.read("Allocate", at_work(lambda: bool(ended) or time.monotonic() > end), done=results.append)
    qtbot.waitUntil(lambda: bool(results), timeout=20_000)
    assert ended == [threading.get_ident()]


def test_at_rest_it_looks_ever_less_and_often_when_work_begins(qtbot: QtBot, jobs: Jobs) -> None:
    own = garbage._here
    assert own is not None
    timer = own.findChild(QTimer)
    assert timer is not None
    gc.collect()
    qtbot.waitUntil(lambda: timer.interval() == garbage.LATER)
    looks: list[int] = []
    timer.timeout.connect(lambda: looks.append(1))
    qtbot.wait(1_500)
    assert len(looks) <= 2
    assert garbage.LATER < timer.interval() <= garbage.LATEST
    jobs.read("Look", lambda _: None)
    assert timer.interval() == garbage.SOON


def test_what_turns_the_automatic_collector_on_does_not_keep_it_on(qtbot: QtBot, jobs: Jobs) -> None:
    assert not gc.isenabled()
    jobs.read("Turn on", lambda _: gc.enable())
    qtbot.waitUntil(lambda: jobs.is_idle)
    qtbot.waitUntil(lambda: not gc.isenabled())


def collects_by_itself(_: Progress) -> bool:
    return gc.isenabled()


def test_the_process_of_long_commands_collects_by_itself(qtbot: QtBot, jobs: Jobs) -> None:
    told: list[bool] = []
    jobs.write_apart("Ask", collects_by_itself, done=told.append)
    qtbot.waitUntil(lambda: bool(told), timeout=20_000)
    assert told == [True]
    assert not gc.isenabled()


def test_the_end_leaves_nothing_to_other_threads(qtbot: QtBot) -> None:
    before = garbage._here
    assert before is not None
    before.end()
    try:
        assert gc.isenabled()
        own, ended = garbage.Garbage(), list[int]()
        own.begin()
        assert not gc.isenabled()
        knot(QObject, lambda: ended.append(threading.get_ident()))
        own.end()
        assert ended == [threading.get_ident()]
        assert gc.isenabled()
    finally:
        before.begin()
