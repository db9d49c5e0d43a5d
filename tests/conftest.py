"""What holds for every test: no screen, no real home, no warning unheard, no thread left behind."""

import gc
import itertools
import logging
import os
import re
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, settings

if TYPE_CHECKING:
    from pytestqt.qtbot import QtBot

    from tests.windows import Show
    from tests.worlds import World

# Before Qt is imported anywhere: it reads this once.
os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

# How long an example takes is no property of the program: a busy machine would fail tests.
settings.register_profile("untimed", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("untimed")

pytest_plugins = ["tests.postgres"]

ROOT = Path(__file__).resolve().parents[1]
SHARED = ROOT.parent / "shared"
SECONDS_FOR_THREADS_TO_END = 2.0
_homes = itertools.count()


@pytest.fixture(scope="session")
def shared() -> Path:
    """The folder of samples and conformance cases beside the checkout; its tests are skipped without it."""
    if not SHARED.is_dir():
        pytest.skip("the folder ../shared with samples and conformance cases is not here")
    return SHARED


@pytest.fixture(autouse=True)
def isolated_home(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A VOIPDESK_HOME of this test's own (made only when the program makes it) and no other settings."""
    for name in [name for name in os.environ if name.startswith("VOIPDESK_") and name != "VOIPDESK_TEST_PG"]:
        monkeypatch.delenv(name)
    home = tmp_path_factory.getbasetemp() / "homes" / str(next(_homes))
    monkeypatch.setenv("VOIPDESK_HOME", str(home))
    monkeypatch.setenv("VOIPDESK_NATIVE_DIALOGS", "0")
    return home


GARBAGE = pytest.StashKey["Garbage"]()


def pytest_collection_finish() -> None:
    """What was imported stays, as in the program: a collection need not look through it after each test."""
    gc.freeze()


@pytest.fixture(autouse=True)
def collected_as_in_the_program(request: pytest.FixtureRequest) -> None:
    """Tests with an application collect cycles as the program does; all others as the command line does."""
    if "qapp" in request.fixturenames:
        from voipdesk.kit.garbage import Garbage

        garbage = request.node.stash[GARBAGE] = Garbage(request.getfixturevalue("qapp"))
        garbage.begin()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_protocol(item: pytest.Item) -> Iterator[None]:
    """Once pytest has let go of a test's fixtures its windows are collected, before a thread of another test does it."""
    result = yield
    if (garbage := item.stash.get(GARBAGE, None)) is not None:
        garbage.end()
        garbage.deleteLater()
        gc.freeze()  # What is left now stays for good: looking through it after each test took 0.2 s.
    return result


@pytest.fixture
def opened(qtbot: "QtBot", world: "World", request: pytest.FixtureRequest) -> Iterator["Show"]:
    """Opens windows over the folder's `world`, at the module's `PAGE` where none is named; closed at the end."""
    from tests.windows import Shown, close, show  # Qt comes with it.

    made: list[Shown] = []

    def open_one(login: str = "sara", page: str = request.module.PAGE) -> Shown:
        made.append(show(qtbot, world, login, page))
        return made[-1]

    yield open_one
    for one in made:
        close(one)


class _Listener(logging.Handler):
    """Keeps every warning and error that this test did not announce."""

    def __init__(self, expected: list[str]) -> None:
        super().__init__(logging.WARNING)
        self.expected = [re.compile(pattern) for pattern in expected]
        self.unexpected: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        text = record.getMessage()
        if not any(pattern.search(text) for pattern in self.expected):
            self.unexpected.append(f"{record.levelname} {record.name}: {text}")


@pytest.fixture(autouse=True)
def no_unexpected_log(request: pytest.FixtureRequest) -> Iterator[None]:
    """Fail where a warning is logged that the test did not announce by `expects_log`."""
    listener = _Listener(
        [pattern for mark in request.node.iter_markers("expects_log") for pattern in mark.args]
    )
    logging.getLogger().addHandler(listener)
    yield
    logging.getLogger().removeHandler(listener)
    if listener.unexpected:
        pytest.fail("unexpected log messages:\n  " + "\n  ".join(listener.unexpected), pytrace=False)


@pytest.fixture(autouse=True)
def no_thread_left(request: pytest.FixtureRequest) -> Iterator[None]:
    """Fail where a thread that the test started outlives it."""
    before = set(threading.enumerate())
    yield
    if request.node.get_closest_marker("leaves_threads"):
        return
    end = time.monotonic() + SECONDS_FOR_THREADS_TO_END
    for thread in set(threading.enumerate()) - before:
        # A QThread seen by Python is a _DummyThread: it cannot be joined, only looked at.
        while thread.is_alive() and not isinstance(thread, threading._DummyThread) and time.monotonic() < end:
            thread.join(0.05)
    left = [
        thread.name
        for thread in set(threading.enumerate()) - before
        if thread.is_alive() and not isinstance(thread, threading._DummyThread)
    ]
    if left:
        pytest.fail(f"threads left behind: {', '.join(left)}", pytrace=False)


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_runtest_teardown(item: pytest.Item) -> Iterator[None]:
    """Fail on Qt's warnings while windows close; during the test itself pytest-qt does the same."""
    from pytestqt.qt_compat import qt_api

    heard: list[str] = []
    ignored = [pattern for mark in item.iter_markers("qt_log_ignore") for pattern in mark.args]
    ignored += item.config.getini("qt_log_ignore")

    def hear(kind: object, _context: object, text: str) -> None:
        bad = kind not in (qt_api.QtCore.QtMsgType.QtDebugMsg, qt_api.QtCore.QtMsgType.QtInfoMsg)
        if bad and not any(re.search(pattern, text) for pattern in ignored):
            heard.append(text)

    previous = qt_api.QtCore.qInstallMessageHandler(hear)
    try:
        yield
    finally:
        qt_api.QtCore.qInstallMessageHandler(previous)
    if heard:
        pytest.fail("Qt warned while the test was cleaned up:\n  " + "\n  ".join(heard), pytrace=False)
