"""Calls out of other threads arrive in the window's thread, in order, whatever they do there."""

import threading

from PySide6.QtCore import QEventLoop, QTimer
from pytestqt.qtbot import QtBot

from voipdesk.kit.mailbox import LATER, SOON, Mailbox


def test_calls_come_in_the_order_of_each_thread_and_in_the_window_s(qtbot: QtBot) -> None:
    mailbox, heard = Mailbox(), []
    mailbox.expect(True)

    def send(name: str) -> None:
        assert not mailbox.is_home
        for number in range(200):
            mailbox.post(lambda number=number: heard.append((name, number, threading.get_ident())))

    threads = [threading.Thread(target=send, args=(name,)) for name in "ab"]
    for thread in threads:
        thread.start()
    qtbot.waitUntil(lambda: len(heard) == 400)
    for name in "ab":
        assert [number for who, number, _ in heard if who == name] == [*range(200)]
    assert {where for _, _, where in heard} == {threading.get_ident()}
    assert mailbox.is_home


def test_a_call_may_open_a_dialog_and_the_next_ones_are_made_meanwhile(qtbot: QtBot) -> None:
    mailbox, heard = Mailbox(), []

    def dialog() -> None:
        loop = QEventLoop()
        mailbox.post(loop.quit)
        QTimer.singleShot(3_000, lambda: loop.exit(1))
        heard.append(loop.exec())

    for call in (dialog, lambda: heard.append("while it was open"), lambda: heard.append("and this")):
        mailbox.post(call)
    mailbox.expect(True)
    qtbot.waitUntil(lambda: len(heard) == 3)
    assert heard == ["while it was open", "and this", 0]


def test_asking_again_does_not_put_the_look_off(qtbot: QtBot) -> None:
    mailbox, heard = Mailbox(), []
    again = QTimer()
    again.timeout.connect(lambda: mailbox.expect(True))
    again.start(1)
    mailbox.post(lambda: heard.append("made"))
    qtbot.waitUntil(lambda: heard == ["made"], timeout=2_000)
    mailbox.expect(False)
    again.stop()
    mailbox.post(lambda: heard.append("late"))
    qtbot.wait(50)
    assert heard == ["made"]


def test_it_looks_often_again_when_more_is_expected_and_never_when_nothing_is(qtbot: QtBot) -> None:
    mailbox = Mailbox()
    timer = mailbox.findChild(QTimer)
    assert timer is not None
    mailbox.expect(True)
    assert timer.interval() == SOON
    qtbot.waitUntil(lambda: timer.interval() == LATER)
    mailbox.expect(True)
    assert timer.interval() == SOON
    mailbox.expect(False)
    assert not timer.isActive()
