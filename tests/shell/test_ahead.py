"""What pages need is imported beside the window, which answers meanwhile."""

import sys
from importlib import import_module
from pathlib import Path

import pytest
from PySide6.QtCore import QObject, QThread, QTimer
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from tests.worlds import acme
from voipdesk.app import open_beside, parse
from voipdesk.shell import settings
from voipdesk.shell.ahead import Ahead
from voipdesk.shell.sections import modules
from voipdesk.shell.window import MainWindow


@pytest.fixture
def slow(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Names of modules that take a moment, the second one a fault."""
    names = [f"ahead_{name}_{tmp_path.name.replace('-', '_')}" for name in ("one", "fault", "two")]
    for name, code in zip(names, ("", "raise RuntimeError('no')", ""), strict=True):
        (tmp_path / f"{name}.py").write_text(f"import time\ntime.sleep(0.2)\n{code}\n")
    monkeypatch.syspath_prepend(str(tmp_path))
    return names


def test_the_window_answers_while_modules_come(qtbot: QtBot, slow: list[str]) -> None:
    parent, ticks, heard = QObject(), list[int](), list[bool]()
    timer = QTimer(interval=10)
    timer.timeout.connect(lambda: ticks.append(1))
    ahead = Ahead([slow[0], slow[2]], parent)
    ahead.done.connect(lambda: heard.append(QThread.currentThread() is parent.thread()))
    timer.start()
    with qtbot.waitSignal(ahead.done):
        ahead.start()
    assert heard == [True]
    assert len(ticks) > 10
    assert not any(one.isActive() for one in ahead.findChildren(QTimer)), "nothing more can come"
    assert {slow[0], slow[2]} <= set(sys.modules)


def test_what_cannot_be_imported_holds_nothing_up(qtbot: QtBot, slow: list[str]) -> None:
    parent = QObject()
    ahead = Ahead(slow, parent)
    with qtbot.waitSignal(ahead.done):
        ahead.start()
    assert slow[0] in sys.modules
    assert slow[2] not in sys.modules
    with pytest.raises(RuntimeError):
        import_module(slow[1])


def test_closing_waits_for_one_module_only(slow: list[str]) -> None:
    parent = QObject()
    ahead = Ahead([slow[0], slow[2]], parent)
    ahead.end()
    ahead.start()
    ahead.end()
    assert slow[2] not in sys.modules


def test_every_page_can_be_brought_ahead() -> None:
    assert modules("rates")[0] == "voipdesk.rates.ui.page"
    assert modules("")[0] == modules("nowhere")[0] == "voipdesk.insight.ui.page"
    for name in (*modules("calls"), *settings.modules()):
        import_module(name)
    assert len(set(modules("home"))) == len(modules("home")) == 13


def test_a_workspace_is_opened_once_its_page_can_be_built(
    qtbot: QtBot, qapp: QApplication, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("VOIPDESK_HOME", str(tmp_path / "home"))
    acme(tmp_path).close()
    window = MainWindow()
    qtbot.addWidget(window)
    window.show()
    given = ["--workspace", str(tmp_path / "acme.vdesk"), "--page", "plans"]
    with qtbot.waitSignal(window.idle, timeout=20_000):
        open_beside(qapp, window, parse(given))
        assert window.page is None
    assert window.page is not None
    assert window.page.objectName() == "page.plans"
    window.close()
    qapp.aboutToQuit.emit()
