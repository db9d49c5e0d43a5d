"""How long work reports and how it is told to stop; the same for the window, the command line and tests."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Protocol

from voipdesk.kernel.problems import Cancelled


class Progress(Protocol):
    """Given to long work. `step` raises `Cancelled` when the user asked to stop."""

    def step(self, done: int, total: int | None = None, what: str = "") -> None:
        """Say how far it is; `done` and `total` count the same things (rows, calls, invoices)."""


@dataclass(slots=True)
class Quiet:
    """Progress that nobody watches."""

    cancelled: Callable[[], bool] = field(default=lambda: False)

    def step(self, done: int, total: int | None = None, what: str = "") -> None:
        """Only look whether to stop."""
        if self.cancelled():
            raise Cancelled
