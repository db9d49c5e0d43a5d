"""The command line as a process: exit codes, interrupts, faults of the program, pipes."""

import contextlib
import os
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest

from tests.cli.running import CommandLine, content
from tests.source import ROOT
from tests.worlds import NOW


def process(*words: object, code: str = "") -> "subprocess.CompletedProcess[str]":
    start = ["-c", code] if code else ["-m", "voipdesk"]
    return subprocess.run(
        [sys.executable, *start, *map(str, words)],
        cwd=ROOT,
        env={**os.environ, "VOIPDESK_NOW": NOW.isoformat(), "PYTHONIOENCODING": "utf-8"},
        capture_output=True,
        encoding="utf-8",
        check=False,
    )


def test_done_refused_and_wrong_usage(cli: CommandLine) -> None:
    done = process("--workspace", cli.path, "accounts", "list")
    assert (done.returncode, done.stderr) == (0, "")
    assert "Nile Calls" in done.stdout
    refused = process("--workspace", cli.path, "price", "44207946", "--account", "Nobody")
    assert (refused.returncode, refused.stdout) == (1, "")
    assert "Nobody" in refused.stderr
    assert process("accounts", "wrong").returncode == 2


def test_no_bar_where_nobody_looks(cli: CommandLine, tmp_path: Path) -> None:
    done = process("--workspace", cli.path, "backup", tmp_path / "copy.vdesk")
    assert (done.returncode, done.stderr) == (0, "")


@pytest.mark.skipif(sys.platform == "win32", reason="needs a terminal of Unix")
def test_a_bar_on_a_terminal_only_on_stderr(cli: CommandLine, tmp_path: Path) -> None:
    import pty

    try:
        ours, theirs = pty.openpty()
    except OSError as cause:
        pytest.skip(f"there is no terminal to be had here: {cause}")
    words = [sys.executable, "-m", "voipdesk", "sample", str(tmp_path / "sample.vdesk")]
    env = {**os.environ, "VOIPDESK_NOW": NOW.isoformat(), "TERM": "xterm", "COLUMNS": "100"}
    with subprocess.Popen(words, cwd=ROOT, env=env, stdout=subprocess.PIPE, stderr=theirs) as child:
        os.close(theirs)
        shown = b""
        # The other end hangs up with an error on Linux, with nothing elsewhere.
        with contextlib.suppress(OSError):
            while part := os.read(ours, 65536):
                shown += part
        assert child.stdout is not None
        said = child.stdout.read()
    os.close(ours)
    assert child.returncode == 0
    assert said.decode().endswith("sample.vdesk is ready.\n")
    assert b"rate sheets" in shown
    assert b"\x1b[" in shown


INTERRUPTED = """
import signal, sys
from voipdesk.cli import main
main.load()
signal.signal(signal.SIGVTALRM, signal.default_int_handler)
signal.setitimer(signal.ITIMER_VIRTUAL, 0.8)
main.voipdesk(sys.argv[1:], prog_name="voipdesk")
"""
"""As Ctrl+C does, after 0.8 seconds of computing, in the middle of reading a long sheet."""


@pytest.mark.skipif(sys.platform == "win32", reason="needs signals of Unix")
@pytest.mark.parametrize("as_json", [False, True])
def test_an_interrupt_cancels_and_changes_nothing(cli: CommandLine, tmp_path: Path, as_json: bool) -> None:
    sheet = tmp_path / "long.csv"
    rows = "".join(f"{4400000 + number},UK,0.01\n" for number in range(400_000))
    sheet.write_text(f"Prefix,Destination,Rate\n{rows}", encoding="utf-8")
    before = cli.content()
    words = ["--workspace", cli.path, "import-rates", sheet, "--table", "Aurora A-Z", "--scope", "partial"]
    done = process(*words, *(["--json"] if as_json else []), code=INTERRUPTED)
    assert done.returncode == 1, done
    assert "Cancelled. Nothing was changed." in (done.stdout if as_json else done.stderr)
    assert "Traceback" not in done.stderr
    assert cli.content() == before


def test_a_fault_of_the_program_is_one_sentence(cli: CommandLine, isolated_home: Path) -> None:
    """A table that is gone is nothing a user could do: the program has no word for it."""
    connection = sqlite3.connect(cli.path)
    connection.execute("DROP TABLE fee")
    connection.commit()
    connection.close()
    before = content(cli.path)
    done = cli("fees", "list", code=1)
    assert done.out == ""
    assert len(done.err.splitlines()) == 1
    assert "The program made a mistake" in done.err
    (report,) = (isolated_home / "crashes").iterdir()
    assert str(report) in done.err
    assert "no such table: fee" in report.read_text(encoding="utf-8")
    assert cli.json("fees", "list", code=1).object["error"]["code"] == "program_fault"
    assert content(cli.path) == before


def test_a_fault_that_cannot_be_written_down(cli: CommandLine, isolated_home: Path) -> None:
    isolated_home.parent.mkdir(parents=True, exist_ok=True)
    isolated_home.write_text("in the way", encoding="utf-8")
    connection = sqlite3.connect(cli.path)
    connection.execute("DROP TABLE fee")
    connection.commit()
    connection.close()
    assert "could not be written down" in cli("fees", "list", code=1).err


@pytest.mark.skipif(sys.platform == "win32", reason="needs a shell of Unix")
def test_a_pipe_that_closes_early_is_no_fault(cli: CommandLine) -> None:
    words = f"{sys.executable} -m voipdesk --workspace {cli.path} accounts list | head -n 1"
    done = subprocess.run(words, shell=True, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.stdout.startswith("account")
    assert done.stderr == ""
