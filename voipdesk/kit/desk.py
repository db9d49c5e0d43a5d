"""The desk: the few things every page works with, handed to it. Not a place to look things up by name."""

from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from typing import Any, Generic, Protocol, TypeVar
from weakref import WeakKeyDictionary
from zoneinfo import ZoneInfo

import shiboken6
from PySide6.QtCore import QObject, Signal, SignalInstance

from voipdesk.kernel.changes import Actor, ChangeSet
from voipdesk.kernel.periods import Clock
from voipdesk.kit.ask import Ask
from voipdesk.kit.jobs import Done, Job, Jobs, Refusal


class Store(Protocol):
    """What a desk needs of a database: snapshots to read, one way to write, and to hear what changed."""

    def read(self) -> AbstractContextManager[Any]:
        """A snapshot."""

    def write(self, label: str, actor: Actor, /) -> AbstractContextManager[Any]:
        """One transaction; only commands open it."""

    def subscribe(self, subscriber: Callable[[ChangeSet], None], /) -> Callable[[], None]:
        """Hear each ChangeSet once, on whatever thread wrote; returns how to stop hearing."""

    def apart(
        self, command: Callable[..., Any], actor: Actor, given: Sequence[Any], named: Mapping[str, Any], /
    ) -> tuple[Callable[..., Any], Any]:
        """How another process does a command: a work and its one argument; it returns the result and ChangeSets."""

    def tell(self, changes: ChangeSet, /) -> None:
        """Tell the subscribers of a change that another process has committed."""


StoreT = TypeVar("StoreT", bound=Store)
Found = TypeVar("Found")


class _Relay(QObject):
    """Where the pages of a desk hear of changes."""

    changes = Signal(object)


@dataclass(slots=True)
class Desk(Generic[StoreT]):
    """What a page gets. `changes` tells each ChangeSet once, on the GUI thread (law 2); `close` stops hearing."""

    db: StoreT
    actor: Actor
    clock: Clock
    zone: ZoneInfo
    jobs: Jobs
    ask: Ask
    _relay: _Relay = field(init=False, repr=False)
    _stop: Callable[[], None] = field(init=False, repr=False)
    _turns: WeakKeyDictionary[Any, dict[str, int]] = field(
        default_factory=WeakKeyDictionary, init=False, repr=False
    )
    """How often something was read for each method of a page."""

    def __post_init__(self) -> None:
        self._relay = _Relay()
        self._stop = self.db.subscribe(lambda told: self.jobs.tell(lambda: self._relay.changes.emit(told)))

    @property
    def changes(self) -> SignalInstance:
        """Emits a `ChangeSet`; a page reloads when a table it shows is among `told.tables`."""
        return self._relay.changes

    def read(self, title: str, query: Callable[[StoreT, Actor], Found], done: Callable[[Found], None]) -> Job:
        """Ask a query of a room beside the window; `done` gets the answer, a refusal is told.

        Several are read at once, and the first asked may come last: where `done` is a method of a page, it gets the
        answer to what was asked last, while the page is there.
        """
        is_last = self._turn(done)
        return self.jobs.read(
            title,
            lambda _: query(self.db, self.actor),
            done=lambda found: done(found) if is_last() else None,
            refused=lambda error: self.ask.refuse(error) if is_last() else None,
            quiet=True,
        )

    def _turn(self, done: Callable[[Any], None]) -> Callable[[], bool]:
        """What tells, later, whether nothing was read for the same method since."""
        page = getattr(done, "__self__", None)
        if page is None:
            return lambda: True
        turns, name = self._turns.setdefault(page, {}), done.__name__
        turn = turns[name] = turns.get(name, 0) + 1
        return lambda: turns[name] == turn and (not isinstance(page, QObject) or shiboken6.isValid(page))

    def command(
        self,
        title: str,
        command: Callable[..., Any],
        *given: Any,
        done: Done | None = None,
        refused: Refusal | None = None,
        **named: Any,
    ) -> Job:
        """Order a long command of a room, `command(db, actor, *given, progress=…, **named)`, in a process of its own.

        The command is a module-level function; what it gets and returns is pickled. Its changes are told here, once.
        """

        def take(ended: tuple[Any, Sequence[ChangeSet]]) -> None:
            result, changes = ended
            for one in changes:
                self.db.tell(one)
            if done is not None:
                done(result)

        work, order = self.db.apart(command, self.actor, given, named)
        return self.jobs.write_apart(title, work, order, done=take, refused=refused)

    def on_change(self, tables: frozenset[str], reload: Callable[[], None]) -> None:
        """Call `reload` after each change of one of the tables; give a bound method of a widget, it ends with it."""
        _Watch(self, tables, reload)

    def close(self) -> None:
        """Hear nothing any more and wait for the jobs."""
        self._stop()
        self.jobs.shutdown()


class _Watch(QObject):
    """One page's wish to hear of some tables; ends with the page."""

    def __init__(self, desk: Desk[Any], tables: frozenset[str], reload: Callable[[], None]) -> None:
        owner = getattr(reload, "__self__", None)
        super().__init__(owner if isinstance(owner, QObject) else desk._relay)
        self._tables = tables
        self._reload = reload
        desk.changes.connect(self._hear)

    def _hear(self, told: ChangeSet) -> None:
        if self._tables & told.tables:
            self._reload()
