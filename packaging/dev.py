"""One file between a bare computer and a running VoIPDesk; standard library only.

python3 packaging/dev.py run     the program on its sample workspace (the main job, where there is no display)
python3 packaging/dev.py test    every check and every test; closes with pytest's summary
python3 packaging/dev.py lock    make the two pinned requirement files again from pyproject.toml

Whatever is missing is made or installed first: the virtual environment in .venv, the pinned packages, and, on
Debian and its children as root, the system libraries that Qt opens. Nothing that is there already is touched.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
from collections.abc import Iterable, Sequence
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
VENV = ROOT / ".venv"
WINDOWS = os.name == "nt"
BIN = VENV / ("Scripts" if WINDOWS else "bin")
PYTHON = BIN / ("python.exe" if WINDOWS else "python")
OLDEST = (3, 11)
NEWEST_TRIED = 14

BASE_LIBRARIES = [
    "libglib2.0-0",
    "libgl1",
    "libegl1",
    "libdbus-1-3",
    "libfontconfig1",
    "libxkbcommon0",
    "libbrotli1",
]
SCREEN_LIBRARIES = [
    "libxcb-cursor0",
    "libxcb-icccm4",
    "libxcb-keysyms1",
    "libxcb-shape0",
    "libxcb-xkb1",
    "libxkbcommon-x11-0",
]
CHECKS = {
    "ruff format": ["-m", "ruff", "format", "--check", "."],
    "ruff check": ["-m", "ruff", "check", "."],
    "mypy --strict": ["-m", "mypy", "--strict"],
    # The script of the same name is only this line; calling it here needs no knowledge of where scripts live.
    "import-linter": ["-c", "from importlinter.cli import lint_imports_command as run; run()", "--no-logo"],
}
LOCKS = {"requirements.txt": [], "requirements-dev.txt": ["--extra", "dev"]}


class CannotContinueError(Exception):
    """Something only a person can mend; the message says what to do."""


def main(arguments: Sequence[str]) -> int:
    """Do one of the three commands; returns the exit code."""
    commands = {"run": run, "test": test, "lock": lock}
    if not arguments or arguments[0] not in commands:
        print(__doc__)
        return 2
    if sys.version_info[:2] < OLDEST:
        return start_again_with(find_python(), arguments)
    os.chdir(ROOT)
    try:
        return commands[arguments[0]](list(arguments[1:]))
    except CannotContinueError as trouble:
        print(f"\n{trouble}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130


def run(extra: list[str]) -> int:
    """Start the program on the sample workspace, or drive the main job where nothing can be shown."""
    screen = has_display()
    ensure_libraries(BASE_LIBRARIES + (SCREEN_LIBRARIES if screen else []))
    ensure_packages("requirements.txt")
    if screen:
        return call([PYTHON, "-m", "voipdesk", "--sample", *extra])
    say("No display here: doing the main job without a window.")
    return call([PYTHON, ROOT / "packaging" / "headless.py", *extra])


def test(extra: list[str]) -> int:
    """Run all checks, then all tests; red checks are named first, pytest's summary is the last line."""
    ensure_libraries(BASE_LIBRARIES)
    ensure_packages("requirements-dev.txt")
    red = [name for name, command in CHECKS.items() if not check(name, command)]
    say(f"RED checks: {', '.join(red)}." if red else f"All {len(CHECKS)} checks are green.")
    workers = ["-n", str(min(os.cpu_count() or 1, 4))]
    code = call([PYTHON, "-m", "pytest", *workers, *extra], QT_QPA_PLATFORM="offscreen")
    return code or (1 if red else 0)


def lock(_extra: list[str]) -> int:
    """Write both requirement files again: pinned with hashes, for every system, without an address."""
    ensure_packages("requirements-dev.txt")
    if call([PYTHON, "-m", "uv", "--version"]) != 0:
        must(
            [PYTHON, "-m", "pip", "install", "--disable-pip-version-check", "uv"], "pip could not install uv"
        )
    options = (
        "--universal --generate-hashes --no-emit-index-url --no-emit-find-links --no-header --no-annotate"
    )
    command: list[str | Path] = [
        PYTHON,
        "-m",
        "uv",
        "pip",
        "compile",
        *options.split(),
        "--python-version",
        "3.11",
        "--upgrade",
    ]
    for name, extra in LOCKS.items():
        target = Path("packaging") / name
        must([*command, *extra, "pyproject.toml", "--quiet", "-o", target], f"{target} could not be made")
        say(f"{target} is new.")
    return 0


def check(name: str, command: list[str]) -> bool:
    """Run one check in the environment's Python; whether it was green."""
    say(f"{name} …")
    return call([PYTHON, *command]) == 0


def has_display() -> bool:
    """Whether a window could be shown: always on Windows and macOS, elsewhere where a display is named."""
    if WINDOWS or sys.platform == "darwin":
        return True
    return bool(os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"))


def find_python() -> list[str]:
    """The command of the newest fitting Python on this computer."""
    for minor in range(NEWEST_TRIED, OLDEST[1] - 1, -1):
        command = ["py", f"-3.{minor}"] if WINDOWS else [f"python3.{minor}"]
        if shutil.which(command[0]) and call([*command, "-c", ""], quiet=True) == 0:
            return command
    raise SystemExit(
        "VoIPDesk needs Python 3.11 or later and this computer has none on its path.\n"
        "Install one (Debian: apt-get install python3, Windows and macOS: python.org), then run this again."
    )


def start_again_with(python: list[str], arguments: Sequence[str]) -> int:
    """Hand the whole command to a newer Python, because this one is too old."""
    return call([*python, Path(__file__).resolve(), *arguments])


# ------------------------------------------------ the virtual environment and its packages


def ensure_packages(requirements: str) -> None:
    """Make .venv and install one pinned file into it, unless its stamp says that this was done already."""
    ensure_venv()
    source = ROOT / "packaging" / requirements
    stamp = VENV / f"installed-{source.stem}"
    wanted = hashlib.sha256(source.read_bytes()).hexdigest()
    if stamp.is_file() and stamp.read_text(encoding="ascii") == wanted:
        return
    say(f"Installing the packages pinned in packaging/{requirements} …")
    command: list[str | Path] = [
        PYTHON,
        "-m",
        "pip",
        "install",
        "--disable-pip-version-check",
        "--no-input",
        "--quiet",
    ]
    must(
        [*command, "--require-hashes", "-r", source],
        "pip could not install the pinned packages (its own words are above).\n"
        "Without a network: check the connection or the proxy, then run the same command again.",
    )
    # A package pinned in both files may have moved: the other stamp speaks of a state that is gone.
    for old in VENV.glob("installed-*"):
        old.unlink()
    stamp.write_text(wanted, encoding="ascii")


def ensure_venv() -> None:
    """Make .venv with pip inside, or keep the one that works."""
    if works([PYTHON]) and call([PYTHON, "-m", "pip", "--version"], quiet=True) == 0:
        return
    say("Making the virtual environment .venv …")
    if not can_make_venv():
        install_venv_package()
    makers: list[list[str | Path]] = []
    if can_make_venv():
        makers.append([sys.executable, "-m", "venv", "--clear", VENV])
    if shutil.which("uv"):
        makers.append(["uv", "venv", "--seed", "--python", sys.executable, "--clear", VENV])
    if shutil.which("virtualenv"):
        makers.append(["virtualenv", "--python", sys.executable, "--clear", VENV])
    for command in makers:
        if call(command) == 0 and works([PYTHON]):
            return
    raise CannotContinueError(
        "The virtual environment .venv could not be made: this Python has no ensurepip.\n"
        f"On Debian and Ubuntu:  sudo apt-get install {' '.join(venv_packages())}\n"
        "Then run the same command again."
    )


def works(python: Sequence[str | Path]) -> bool:
    """Whether this command is a Python that is new enough."""
    test = f"import sys; raise SystemExit(sys.version_info[:2] < {OLDEST})"
    return call([*python, "-c", test], quiet=True) == 0


def can_make_venv() -> bool:
    """Whether `python -m venv` would work: Debian ships it without its half that brings pip."""
    return call([sys.executable, "-c", "import ensurepip, venv"], quiet=True) == 0


def venv_packages() -> list[str]:
    """Debian's packages that complete this Python's venv."""
    return ["python3-venv", f"python3.{sys.version_info[1]}-venv"]


def install_venv_package() -> None:
    """Complete Debian's venv when we may; otherwise the caller looks for another way."""
    if is_debian() and is_root():
        apt_install(venv_packages())


# ------------------------------------------------ system libraries, Debian and its children only


def is_debian() -> bool:
    """Whether apt and dpkg manage this system."""
    return sys.platform == "linux" and bool(shutil.which("apt-get") and shutil.which("dpkg-query"))


def is_root() -> bool:
    """Whether system packages may be installed without asking."""
    return not WINDOWS and os.geteuid() == 0


def ensure_libraries(names: Iterable[str]) -> None:
    """Install the system libraries that Qt opens where they are missing; who may not, is told the command."""
    if not is_debian():
        return
    present = installed_packages()
    missing = [name for name in names if name not in present and f"{name}t64" not in present]
    if not missing:
        return
    if is_root():
        apt_install(missing)
    else:
        say(f"Qt may need system libraries. If it does not start:  sudo apt-get install {' '.join(missing)}")


def installed_packages() -> set[str]:
    """Names of Debian's packages that are installed here."""
    form = "${Package} ${db:Status-Status}\n"
    listed = subprocess.run(["dpkg-query", "-W", "-f", form], capture_output=True, text=True, check=False)
    pairs = (line.split() for line in listed.stdout.splitlines())
    return {pair[0] for pair in pairs if pair[1:] == ["installed"]}


def apt_install(names: Sequence[str]) -> None:
    """Refresh the lists and install; a failure is told, not fatal: the next step knows if it mattered."""
    say(f"Installing system packages: {' '.join(names)} …")
    apt_get("update")
    found = [real for name in names if (real := resolve(name))]
    if found and not apt_get("install", "--yes", "--no-install-recommends", *found):
        say(f"Going on without them. By hand:  apt-get install {' '.join(found)}")


def apt_get(*arguments: str) -> bool:
    """Run apt-get without questions; its many words are shown only where it did not succeed."""
    done = subprocess.run(
        ["apt-get", "-q", *arguments],
        env={**os.environ, "DEBIAN_FRONTEND": "noninteractive"},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        errors="replace",
        check=False,
    )
    if done.returncode:
        print(done.stdout, flush=True)
        say(f"apt-get {arguments[0]} ended with {done.returncode}.")
    return done.returncode == 0


def resolve(name: str) -> str | None:
    """The package of this name that can be installed: Debian 13 and Ubuntu 24.04 renamed some to …t64."""
    for candidate in (name, f"{name}t64"):
        shown = subprocess.run(
            ["apt-cache", "show", "--no-all-versions", candidate], capture_output=True, text=True, check=False
        )
        if shown.stdout.strip():
            return candidate
    return None


# ------------------------------------------------ small things


def call(command: Sequence[str | Path], *, quiet: bool = False, **environment: str) -> int:
    """Run a program in the project root and return its exit code; 127 where it does not exist."""
    silence = subprocess.DEVNULL if quiet else None
    sys.stdout.flush()
    try:
        return subprocess.run(
            [str(part) for part in command],
            cwd=ROOT,
            env={**os.environ, **environment},
            stdout=silence,
            stderr=silence,
            check=False,
        ).returncode
    except (FileNotFoundError, PermissionError, NotADirectoryError):
        return 127


def must(command: Sequence[str | Path], trouble: str) -> None:
    """Run a program that has to succeed."""
    if call(command) != 0:
        raise CannotContinueError(trouble)


def say(text: str) -> None:
    """Tell the person at the keyboard what happens now."""
    print(f"==> {text}", flush=True)


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
