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

SOON, LATER = 1, 5
"""Milliseconds between two looks: short work is answered at once, long work is not disturbed."""

PATIENCE = 50
"""Looks in vain until there is more time between them."""

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
        self._in_vain = 0
        self._timer.timeout.connect(self._look)
        self._found.connect(self._make, Qt.ConnectionType.QueuedConnection)

    @property
    def is_home(self) -> bool:
        """Whether the caller is in the window's thread."""
        return threading.get_ident() == self._home

    def expect(self, is_expected: bool) -> None:
        """Look for calls from now on, or no more. Only in the window's thread."""
        self._in_vain = 0
        if not is_expected:
            self._timer.stop()
        elif not self._timer.isActive() or self._timer.interval() != SOON:
            self._timer.start(SOON)  # Starting anew each time would put the next look off.

    def post(self, call: Call) -> None:
        """Have a call made in the window's thread, after those that were posted before."""
        self._calls.put(call)

    def _look(self) -> None:
        # Not made here: a call may open a dialog, and no timer goes off again before it has been answered.
        count = self._calls.qsize()
        for _ in range(count):
            self._found.emit(self._calls.get_nowait())
        self._in_vain = 0 if count else self._in_vain + 1
        if self._in_vain == PATIENCE:
            self._timer.start(LATER)

    def _make(self, call: Call) -> None:
        call()
