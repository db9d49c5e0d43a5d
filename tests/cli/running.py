"""The command line run in this process, as a person or a program would, and what a workspace holds."""

import hashlib
import json
import sqlite3
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from click.testing import CliRunner

from voipdesk.cli import main


@dataclass(frozen=True)
class Ran:
    """What a command said and how it ended."""

    code: int
    out: str
    err: str

    @property
    def object(self) -> Any:
        """The one object of `--json`."""
        return json.loads(self.out)

    @property
    def lines(self) -> list[Any]:
        """The objects of `--json`, one a line."""
        return [json.loads(line) for line in self.out.splitlines()]

    @property
    def told(self) -> str:
        """Everything that was said."""
        return self.out + self.err


@dataclass(frozen=True)
class CommandLine:
    """Runs commands on one workspace."""

    path: Path

    def __call__(self, *words: object, user: str | None = None, code: int | None = 0) -> Ran:
        """Run and expect an exit code (None: any)."""
        options = ["--workspace", str(self.path), *(["--user", user] if user else [])]
        done = run(*options, *words)
        if code is not None:
            assert done.code == code, done
        return done

    def json(self, *words: object, user: str | None = None, code: int | None = 0) -> Ran:
        """The same with `--json`."""
        return self(*words, "--json", user=user, code=code)

    def content(self) -> str:
        """Everything that the workspace holds, in one hash."""
        return content(self.path)


def run(*words: object, typed: str | None = None) -> Ran:
    """Run the command line. A fault of the program under test is raised here, not swallowed."""
    main.load()
    given = [str(word) for word in words]
    done = CliRunner().invoke(main.voipdesk, given, input=typed, prog_name="voipdesk")
    if done.exception is not None and not isinstance(done.exception, SystemExit):
        raise done.exception
    return Ran(done.exit_code, done.stdout, done.stderr)


def content(path: Path) -> str:
    """Everything that a workspace file holds, in one hash."""
    connection = sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True)
    digest = hashlib.sha256()
    try:
        names = connection.execute("SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name")
        for (name,) in names.fetchall():
            for row in connection.execute(f'SELECT * FROM "{name}"'):
                digest.update(repr((name, row)).encode())
    finally:
        connection.close()
    return digest.hexdigest()
