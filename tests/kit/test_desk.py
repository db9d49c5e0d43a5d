"""What a page gets of the desk: changes, each once, and answers to what it asked last."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest
import shiboken6
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from voipdesk.kernel.changes import Actor, Change, ChangeSet
from voipdesk.kernel.periods import Clock
from voipdesk.kernel.problems import Refused
from voipdesk.kit.ask import ScriptedAsk
from voipdesk.kit.desk import Desk
from voipdesk.kit.jobs import Jobs

ACTOR = Actor(UUID(int=1), "admin", "sara")
CHANGED = ChangeSet(1, "Change rate", "sara", (Change("rate_table", "00", "update"),))


class Told:
    """The part of a store that a desk hears: enough to tell it something from any thread."""

    def __init__(self) -> None:
        self.subscribers: list[Callable[[ChangeSet], None]] = []

    @contextmanager
    def read(self) -> Iterator[None]:
        yield

    @contextmanager
    def write(self, label: str, actor: Actor) -> Iterator[None]:
        yield
        for told in list(self.subscribers):
            told(CHANGED)

    def subscribe(self, subscriber: Callable[[ChangeSet], None]) -> Callable[[], None]:
        self.subscribers.append(subscriber)
        return lambda: self.subscribers.remove(subscriber)


def desk(store: Told, jobs: Jobs) -> Desk[Told]:
    return Desk(
        store, ACTOR, Clock(datetime(2026, 11, 23, tzinfo=UTC)), ZoneInfo("Africa/Cairo"), jobs, ScriptedAsk()
    )


def test_each_change_is_told_once_on_the_thread_of_the_window(qtbot: QtBot, jobs: Jobs) -> None:
    store = Told()
    made = desk(store, jobs)
    heard: list[tuple[ChangeSet, int]] = []
    made.changes.connect(lambda told: heard.append((told, threading.get_ident())))

    def work(_: Any) -> None:
        with store.write("Change rate", ACTOR):
            pass

    with qtbot.waitSignal(jobs.idle):
        jobs.write("Change", work)
    qtbot.waitUntil(lambda: bool(heard))
    assert heard == [(CHANGED, threading.get_ident())]
    made.close()
    assert store.subscribers == []


def test_a_page_reloads_for_its_tables_only_and_not_after_its_end(qtbot: QtBot, inline: Jobs) -> None:
    class Shown(QWidget):
        reloads = 0

        def reload(self) -> None:
            Shown.reloads += 1

    store = Told()
    made = desk(store, inline)
    shown = Shown()
    made.on_change(frozenset({"rate_table", "plan"}), shown.reload)
    other = Shown()
    made.on_change(frozenset({"invoice"}), other.reload)
    with store.write("x", ACTOR):
        pass
    assert Shown.reloads == 1
    shown.deleteLater()
    qtbot.waitUntil(lambda: not shiboken6.isValid(shown))
    with store.write("x", ACTOR):
        pass
    assert Shown.reloads == 1
    other.deleteLater()
    made.close()


class Reader(QWidget):
    """A page that reads two things, the first answers of which can be held back."""

    def __init__(self, made: Desk[Told]) -> None:
        super().__init__()
        self.made, self.shown, self.others = made, [], []  # type: tuple[Desk[Told], list[str], list[str]]

    def read(self, text: str, wait: threading.Event | None = None, *, refuse: bool = False) -> None:
        def query(_: Told, __: Actor) -> str:
            assert wait is None or wait.wait(10)
            if refuse:
                raise Refused("gone", text)
            return text

        self.made.read("Read", query, self.show_text)

    def show_text(self, text: str) -> None:
        self.shown.append(text)

    def show_other(self, text: str) -> None:
        self.others.append(text)


@pytest.mark.parametrize("refuse", [False, True])
def test_a_page_shows_the_answer_to_what_it_asked_last(qtbot: QtBot, jobs: Jobs, refuse: bool) -> None:
    made, held = desk(Told(), jobs), threading.Event()
    page_here, other_page = Reader(made), Reader(made)
    for one in (page_here, other_page):
        qtbot.addWidget(one)
    page_here.read("first", held, refuse=refuse)
    made.read("Read", lambda *_: "beside", page_here.show_other)
    other_page.read("elsewhere")
    page_here.read("last")
    qtbot.waitUntil(lambda: page_here.shown == ["last"])
    with qtbot.waitSignal(jobs.idle):
        held.set()
    assert (page_here.shown, page_here.others, other_page.shown) == (["last"], ["beside"], ["elsewhere"])
    assert isinstance(made.ask, ScriptedAsk)
    assert made.ask.asked == []
    made.close()


def test_a_page_that_is_gone_gets_no_answer(qtbot: QtBot, jobs: Jobs) -> None:
    made, held = desk(Told(), jobs), threading.Event()
    gone = Reader(made)
    gone.read("late", held)
    shiboken6.delete(gone)
    with qtbot.waitSignal(jobs.idle):
        held.set()
    assert gone.shown == []
    made.close()
