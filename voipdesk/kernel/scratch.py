"""Folders for work files: made, let go of, and those of programs that were killed swept away at the next start.

Whoever made a folder holds a lock on a file in it as long as it lives. The system lets go of the lock of a program that
was killed, so a folder whose lock can be had belongs to nobody any more.
"""

import os
import shutil
import sys
import tempfile
import time
from contextlib import suppress
from pathlib import Path

PREFIX = "voipdesk-"
_LOCK = ".owner"
_YOUNG = 60
"""Seconds for which a folder is left alone: its maker may be about to lock it."""
_held: dict[Path, int] = {}
"""Open locks by the folder they are in."""


def folder() -> Path:
    """A new folder of our own; `remove` lets go of it."""
    made = Path(tempfile.mkdtemp(prefix=PREFIX))
    handle = os.open(made / _LOCK, os.O_CREAT | os.O_RDWR, 0o600)
    _locked(handle)
    _held[made] = handle
    return made


def remove(made: Path) -> None:
    """Let go of a folder and everything in it."""
    handle = _held.pop(made, None)
    if handle is not None:
        os.close(handle)
    shutil.rmtree(made, ignore_errors=True)


def sweep() -> int:
    """Remove folders whose makers are gone; how many."""
    count = 0
    for found in Path(tempfile.gettempdir()).glob(f"{PREFIX}*"):
        lock = found / _LOCK
        with suppress(OSError):
            if found in _held or found.is_symlink() or time.time() - lock.stat().st_mtime < _YOUNG:
                continue
            handle = os.open(lock, os.O_RDWR)
            is_free = _locked(handle)
            os.close(handle)
            if is_free:
                shutil.rmtree(found, ignore_errors=True)
                count += 1
    return count


def _locked(handle: int) -> bool:
    """Whether the lock of an open file is ours now."""
    try:
        if sys.platform == "win32":
            import msvcrt

            msvcrt.locking(handle, msvcrt.LK_NBLCK, 1)
        else:
            import fcntl

            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    return True
