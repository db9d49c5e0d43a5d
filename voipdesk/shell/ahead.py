"""Rooms are imported beside the window: they are there when somebody asks for them, and the window answers meanwhile."""

from collections.abc import Sequence
from importlib import import_module
from threading import Event, Thread

from PySide6.QtCore import QObject, Signal

from voipdesk.kit.mailbox import Mailbox


class Ahead(QObject):
    """Imports modules one after the other in a thread of its own; a module that somebody needs sooner is waited for."""

    done = Signal()
    """All of them are there, or one cannot be: whoever needs it will say so."""

    def __init__(self, modules: Sequence[str], parent: QObject) -> None:
        super().__init__(parent)
        self._modules, self._stop = tuple(modules), Event()
        self._mailbox = Mailbox(self)
        self._thread = Thread(target=self._run, name="ahead", daemon=True)

    def start(self) -> None:
        """Begin; once."""
        self._mailbox.expect(True)
        self._thread.start()

    def end(self) -> None:
        """Stop after the module at hand, and wait for it."""
        self._stop.set()
        self._mailbox.expect(False)
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
        self._mailbox.post(self._tell)

    def _tell(self) -> None:
        self._mailbox.expect(False)
        self.done.emit()
