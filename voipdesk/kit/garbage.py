"""Cycles are collected in the window's thread alone, a little at a time.

Python collects in whichever thread happens to allocate: a worker would destroy Qt's objects of the window, which only the
window's thread may do. So the automatic collector is off while the window lives, and a timer of the window does its work
by the same counts and limits. Processes without a window keep the automatic one.
"""

import gc
import time

from PySide6.QtCore import QObject, QTimer

SOON, LATER, LATEST = 20, 1_000, 8_000
"""Milliseconds between two looks: while objects come, at rest, and after long rest."""

PATIENCE = 50
"""Looks in vain until the window is at rest: a second."""

MANY, TOO_MANY = 50_000, 200_000
"""Objects that outlived one collection and wait for the next larger one: more would make that one too long."""

SECONDS_OVERDUE = 10.0
"""A collection of everything waits so long for a moment of rest."""

_YOUNG, _MIDDLE, _OLD = range(3)


class Garbage(QObject):
    """Lives in the window's thread; the automatic collector is off from `begin` to `end`."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._was_on = False
        self._in_vain = 0
        self._waiting = [0, 0]
        """About how many objects came into the middle and the old generation since each was last collected."""
        self._old = 0
        """How many objects the last collection of everything left."""
        self._due_since = 0.0
        self._timer = QTimer(self)
        self._timer.timeout.connect(self._look)

    def begin(self) -> None:
        """From now on cycles are collected here and nowhere else."""
        global _here
        self._was_on = gc.isenabled()
        gc.disable()
        _here = self
        self.hurry()

    def end(self) -> None:
        """Collect what is left, so that no other thread finds it, and leave the rest to Python as before."""
        global _here
        self._timer.stop()
        _here = None
        gc.collect()
        if self._was_on:
            gc.enable()

    def hurry(self) -> None:
        """Look often: objects come, or will come. Only in the window's thread."""
        self._in_vain = 0
        if not self._timer.isActive() or self._timer.interval() != SOON:
            self._timer.start(SOON)

    def _look(self) -> None:
        # Work that turns the automatic collector off for itself, and began before this did, has turned it on again.
        gc.disable()
        generation = self._due()
        if generation is None:
            self._in_vain += 1
            if self._in_vain == PATIENCE:
                self._timer.start(LATER)
            elif self._in_vain > PATIENCE and self._timer.interval() < LATEST:
                self._timer.start(2 * self._timer.interval())
            return
        if generation != _OLD:
            self.hurry()
        self._collect(generation)

    def _due(self) -> int | None:
        """The oldest generation that is to be collected now, the younger ones with it."""
        counts, limits = gc.get_count(), gc.get_threshold()
        if counts[_OLD] > limits[_OLD] and self._may_take_long():
            return _OLD
        if counts[_YOUNG] <= limits[_YOUNG]:
            return None
        is_full = counts[_MIDDLE] > limits[_MIDDLE] or self._waiting[0] + counts[_YOUNG] > MANY
        return _MIDDLE if is_full else _YOUNG

    def _may_take_long(self) -> bool:
        """Whether this is the moment for everything: nothing goes on, or memory grows, or it has waited long enough."""
        now = time.monotonic()
        self._due_since = self._due_since or now
        is_large = (
            self._waiting[1] > TOO_MANY + self._old // 4
        )  # Else much that lives is looked at too often.
        return self._in_vain >= PATIENCE or is_large or now - self._due_since > SECONDS_OVERDUE

    def _collect(self, generation: int) -> None:
        came = gc.get_count()[_YOUNG]
        stayed = max(0, came - gc.collect(generation))
        if generation == _YOUNG:
            self._waiting[0] += stayed
        elif generation == _MIDDLE:
            self._waiting = [0, self._waiting[1] + self._waiting[0] + stayed]
        else:
            self._waiting, self._due_since = [0, 0], 0.0
            self._old = len(gc.get_objects(_OLD))


_here: Garbage | None = None
"""That of this process: there is one collector in each."""


def hurry() -> None:
    """Work begins beside the window, where there is one: look often. Only in the window's thread."""
    if _here is not None:
        _here.hurry()
