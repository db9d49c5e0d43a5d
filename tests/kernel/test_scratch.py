"""Folders of work files: gone when they are let go of, and swept when their maker was killed."""

import os
import signal
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

from voipdesk.kernel import scratch

_MAKER = """
import sys, time
from voipdesk.kernel import scratch
made = scratch.folder()
(made / "sheet.csv").write_text("44;0.01")
print(made, flush=True)
time.sleep(60)
"""


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    return tmp_path


def old(folder: Path) -> Path:
    """A folder that was made an hour ago."""
    lock = folder / ".owner"
    os.utime(lock, (lock.stat().st_mtime - 3_600,) * 2)
    return folder


def test_what_is_let_go_of_is_gone(place: Path) -> None:
    made = scratch.folder()
    (made / "sheet.csv").write_text("44")
    scratch.remove(made)
    assert list(place.iterdir()) == []


@pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="no SIGKILL on this system")
def test_only_folders_of_the_dead_are_swept(place: Path) -> None:
    (place / "voipdesk-of-somebody").mkdir()
    mine = old(scratch.folder())
    env = {**os.environ, "TMPDIR": str(place), "PYTHONPATH": str(Path(__file__).parents[2])}
    with subprocess.Popen(
        [sys.executable, "-c", _MAKER], env=env, stdout=subprocess.PIPE, text=True
    ) as child:
        assert child.stdout is not None
        theirs = old(Path(child.stdout.readline().strip()))
        assert theirs.parent == place
        assert scratch.sweep() == 0
        child.send_signal(signal.SIGKILL)
        child.wait()
    young = place / "voipdesk-young"
    young.mkdir()
    (young / ".owner").touch()
    assert (theirs / "sheet.csv").exists()
    assert scratch.sweep() == 1
    assert sorted(place.iterdir()) == sorted([place / "voipdesk-of-somebody", mine, young])
    scratch.remove(mine)
