"""The far side of a job that runs in a process of its own. No Qt here: the child imports only what its work needs."""

import traceback
from collections.abc import Callable
from multiprocessing.connection import Connection
from typing import Any

from voipdesk.kernel.problems import Problem, VoipDeskError

Told = tuple[str, Any]
"""`step` (done, total, what) · `done` result · `refused` (class, problem, problems) · `crashed` text."""


class PipeProgress:
    """Progress that is told through a pipe. Cancelling is not asked: the parent ends the process."""

    def __init__(self, pipe: "Connection[Any, Any]") -> None:
        self._pipe = pipe

    def step(self, done: int, total: int | None = None, what: str = "") -> None:
        """Tell how far it is."""
        self._pipe.send(("step", (done, total, what)))


def run(pipe: "Connection[Any, Any]", work: Callable[..., Any], given: tuple[Any, ...]) -> None:
    """Do the work in the child and tell its end, whatever it is; a broken pipe means that nobody listens any more."""
    try:
        pipe.send(("done", work(PipeProgress(pipe), *given)))
    except VoipDeskError as no:
        pipe.send(("refused", (type(no), no.problem, no.problems)))
    except BrokenPipeError:
        pass
    except BaseException:
        pipe.send(("crashed", traceback.format_exc()))
    finally:
        pipe.close()


def rebuilt(kind: type[VoipDeskError], problem: Problem, problems: tuple[Problem, ...]) -> VoipDeskError:
    """The refusal as it was in the child: its class, sentence and problems."""
    no = VoipDeskError.__new__(kind)
    VoipDeskError.__init__(no, problem.code, problem.message, problem.hint, problems=problems)
    return no
