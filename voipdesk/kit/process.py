"""Work in a process of its own, so that the window never waits for the interpreter. No Qt here.

The near side is `Apart`: one child, started when it is first needed, kept warm for the next piece of work and gone when
nothing came for a while. Cancelling is asked first and takes hold at the next `step`, so that the child can tidy up; a
child that does not hear is ended.
"""

import multiprocessing
import time
import traceback
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any, Protocol

from voipdesk.kernel import text
from voipdesk.kernel.problems import Cancelled, Problem, VoipDeskError

SECONDS_WARM = 120.0
SECONDS_BETWEEN_LOOKS = 0.05
SECONDS_BETWEEN_STEPS = 0.05
SECONDS_TO_TIDY = 1.5
SECONDS_TO_END = 10.0

CANCEL = "cancel"

Pipe = Any
Work = Callable[..., Any]
Told = tuple[str, Any]
"""`step` (done, total, what) · `done` result · `refused` (class, problem, problems) · `crashed` text."""


class Watched(Protocol):
    """What the near side reports to: a progress that also tells whether somebody asked to stop."""

    @property
    def is_cancelling(self) -> bool:
        """Whether somebody asked to stop."""

    def step(self, done: int, total: int | None = None, what: str = "") -> None:
        """Say how far it is."""


class Crash(Exception):
    """A fault of the program on the far side; its text is the traceback there."""


class PipeProgress:
    """Progress that is told through a pipe, a few times a second; raises `Cancelled` when the near side says so."""

    def __init__(self, pipe: Pipe) -> None:
        self._pipe = pipe
        self._told = 0.0
        self._waiting: tuple[int, int | None, str] | None = None

    def step(self, done: int, total: int | None = None, what: str = "") -> None:
        """Tell how far it is."""
        if self._pipe.poll() and self._pipe.recv() == CANCEL:
            raise Cancelled
        self._waiting = (done, total, what)
        now = time.monotonic()
        if now - self._told >= SECONDS_BETWEEN_STEPS or done == total:
            self._told = now
            self.flush()

    def flush(self) -> None:
        """Tell the newest count, if it was not told."""
        if self._waiting is not None:
            self._pipe.send(("step", self._waiting))
            self._waiting = None


def serve(pipe: Pipe, language: str, folder: Path | None) -> None:
    """The far side: do one piece of work after the other until nobody asks any more."""
    if folder is not None:
        text.use_language(language, folder)
    with pipe, suppress(EOFError, BrokenPipeError, ConnectionResetError):  # Nobody listens any more.
        while pipe.poll(SECONDS_WARM):
            told = pipe.recv()
            if told != CANCEL:  # One that came after its work had ended.
                pipe.send(_end_of(pipe, *told))


def _end_of(pipe: Pipe, work: Work, given: Sequence[Any]) -> Told:
    """Do the work; how it ended, whatever it is."""
    progress = PipeProgress(pipe)
    try:
        result = work(progress, *given)
        progress.flush()
        return "done", result
    except VoipDeskError as no:
        return "refused", (type(no), no.problem, no.problems)
    except (BrokenPipeError, ConnectionResetError):
        raise
    except Exception:
        return "crashed", traceback.format_exc()


class Apart:
    """A child process that does one piece of work at a time; used by one thread at a time."""

    def __init__(self) -> None:
        self._child: Any = None
        self._pipe: Pipe = None

    def do(self, work: Work, given: Sequence[Any], progress: Watched) -> Any:
        """The result of a module-level `work(progress, *given)`; what goes in and out is pickled.

        Raises what the work refused with, `Cancelled` when asked to stop, `Crash` for a fault of the program.
        """
        pipe = self._start()
        try:
            pipe.send((work, tuple(given)))
        except (BrokenPipeError, ConnectionResetError, EOFError):  # It had just gone home.
            self.close()
            pipe = self._start()
            pipe.send((work, tuple(given)))
        try:
            kind, told = self._end(progress)
        except BaseException:
            self.close()
            raise
        if kind == "done":
            return told
        if kind == "refused":
            raise rebuilt(*told)
        raise Crash(str(told))

    def close(self) -> None:
        """End the child: by closing the pipe, then politely, then not."""
        child, self._child = self._child, None
        if child is None:
            return
        self._pipe.close()
        child.join(0.2)
        for end in (child.terminate, child.kill):
            if child.is_alive():
                end()
                child.join(2)
        child.close()

    def _start(self) -> Pipe:
        if self._child is not None and self._child.is_alive():
            return self._pipe
        self.close()
        context = multiprocessing.get_context("spawn")
        near, far = context.Pipe()
        child = context.Process(target=serve, args=(far, *text.in_use()), daemon=True)
        child.start()
        far.close()
        self._child, self._pipe = child, near
        return near

    def _end(self, progress: Watched) -> Told:
        """Pass on the steps until the end is told."""
        asked_at = 0.0
        while True:
            if progress.is_cancelling:
                asked_at = asked_at or self._ask_to_stop()
                if time.monotonic() - asked_at > SECONDS_TO_TIDY:
                    raise Cancelled
            if not self._pipe.poll(SECONDS_BETWEEN_LOOKS):
                continue
            try:
                kind, told = self._pipe.recv()
            except (EOFError, ConnectionResetError):
                self._child.join(SECONDS_TO_END)
                said = f"The process ended with code {self._child.exitcode} and said nothing."
                raise Crash(said) from None
            if kind != "step":
                return kind, told
            if not progress.is_cancelling:
                progress.step(*told)

    def _ask_to_stop(self) -> float:
        with suppress(BrokenPipeError, ConnectionResetError):  # Its end is told by the pipe as well.
            self._pipe.send(CANCEL)
        return time.monotonic()


def rebuilt(kind: type[VoipDeskError], problem: Problem, problems: tuple[Problem, ...]) -> VoipDeskError:
    """The refusal as it was in the child: its class, sentence and problems."""
    no = VoipDeskError.__new__(kind)
    VoipDeskError.__init__(no, problem.code, problem.message, problem.hint, problems=problems)
    return no
