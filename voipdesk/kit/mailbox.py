"""Calls that other threads ask for, made in the window's thread; the others never touch Qt for it.

A signal emitted in a worker's thread takes locks of Qt and PySide and then waits for the interpreter. The window's thread,
when it collects garbage, holds the interpreter and waits for those locks: now and then both would wait for ever. So calls
are put into a queue, and while any can be expected the window looks into it.
"""

import queue
import threading
from collections.abc import Callable
from typing import Any

from PySide6.QtCore import QObject, Qt, QTimer, Signal

MILLISECONDS = 4
"""Between two looks: less than a frame."""

Call = Callable[[], Any]


class Mailbox(QObject):
    """Lives in the window's thread; `post` may be called from any."""

    _found = Signal(object)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._calls: queue.SimpleQueue[Call] = queue.SimpleQueue()
        self._home = threading.get_ident()
        self._timer = QTimer(self)
        self._timer.setTimerType(Qt.TimerType.PreciseTimer)
        self._timer.setInterval(MILLISECONDS)
        self._timer.timeout.connect(self._look)
        self._found.connect(self._make, Qt.ConnectionType.QueuedConnection)

    @property
    def is_home(self) -> bool:
        """Whether the caller is in the window's thread."""
        return threading.get_ident() == self._home

    def expect(self, is_expected: bool) -> None:
        """Look for calls from now on, or no more. Only in the window's thread."""
        if not is_expected:
            self._timer.stop()
        elif not self._timer.isActive():  # Starting anew would put the next look off.
            self._timer.start()

    def post(self, call: Call) -> None:
        """Have a call made in the window's thread, after those that were posted before."""
        self._calls.put(call)

    def _look(self) -> None:
        # Not made here: a call may open a dialog, and no timer goes off again before it has been answered.
        for _ in range(self._calls.qsize()):
            self._found.emit(self._calls.get_nowait())

    def _make(self, call: Call) -> None:
        call()
