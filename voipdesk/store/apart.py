"""A command of a room done in another process than the window's, on the same file."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from voipdesk.kernel.changes import Actor, ChangeSet
from voipdesk.kernel.periods import Clock
from voipdesk.kernel.progress import Progress
from voipdesk.store.database import Database


@dataclass(frozen=True, slots=True)
class Order:
    """A command with what it is given: `command(db, actor, *given, progress=…, **named)`."""

    path: Path
    clock: Clock
    command: Callable[..., Any]
    actor: Actor
    given: Sequence[Any]
    named: Mapping[str, Any]


def do(progress: Progress, order: Order) -> tuple[Any, list[ChangeSet]]:
    """The result of the command and every change it committed."""
    db = Database(order.path, order.clock)
    told: list[ChangeSet] = []
    db.subscribe(told.append)
    try:
        return order.command(db, order.actor, *order.given, progress=progress, **order.named), told
    finally:
        # The window has the file open, even where its locks are lost: on Unix anything in its process that closed the
        # file (a dialog of the desktop that looks into it, say) has let go of them.
        db.close(leave_log=True)
