"""Rooms are imported beside the window: they are there when somebody asks for them, and the window answers meanwhile."""

from collections.abc import Sequence
from importlib import import_module
from threading import Event, Thread

import shiboken6
from PySide6.QtCore import QObject, Signal


class Ahead(QObject):
    """Imports modules one after the other in a thread of its own; a module that somebody needs sooner is waited for."""

    done = Signal()
    """All of them are there, or one cannot be: whoever needs it will say so."""

    def __init__(self, modules: Sequence[str], parent: QObject) -> None:
        super().__init__(parent)
        self._modules, self._stop = tuple(modules), Event()
        self._thread = Thread(target=self._run, name="ahead", daemon=True)

    def start(self) -> None:
        """Begin; once."""
        self._thread.start()

    def end(self) -> None:
        """Stop after the module at hand, and wait for it."""
        self._stop.set()
        if self._thread.is_alive():
            self._thread.join()

    def _run(self) -> None:
        for name in self._modules:
            if self._stop.is_set():
                return
            try:
                import_module(name)
            except Exception:
                break
        if shiboken6.isValid(self):
            self.done.emit()
