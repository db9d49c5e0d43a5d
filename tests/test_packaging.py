"""What we ship and lean on: pinned with hashes, without an address, under licences that MIT can stand on."""

import importlib.metadata
import re
import subprocess
import sys
import tomllib
from pathlib import Path
from typing import Any

import pytest
from packaging.requirements import Requirement

from tests.source import ROOT

LOCKS = ["requirements.txt", "requirements-dev.txt"]
TEST_COMMAND = "python3 packaging/dev.py test"
RUN_COMMAND = "python3 packaging/dev.py run"
HASH = re.compile(r"--hash=sha256:[0-9a-f]{64}")
PERMISSIVE = re.compile(
    r"\b(MIT|MIT-0|BSD|0BSD|Apache|LGPL|Lesser General Public|MPL|Mozilla|PSF|Python Software|ISC|HPND|Zlib|CC0)\b",
    re.I,
)
COPYLEFT = re.compile(r"(?<![A-Za-z])A?GPL|(?<!Lesser )General Public License", re.I)


def pinned(lock: str) -> dict[str, Requirement]:
    """Each requirement of a lock file by its normalised name; the hashes are left out."""
    text = (ROOT / "packaging" / lock).read_text(encoding="utf-8").replace("\\\n", " ")
    found = [Requirement(line.split("--hash")[0].strip()) for line in text.splitlines() if line.strip()]
    return {normal(one.name): one for one in found if one.marker is None or one.marker.evaluate()}


def normal(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def declared() -> dict[str, list[Requirement]]:
    """What pyproject.toml asks for, by the lock that has to hold it."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    run = [Requirement(line) for line in project["dependencies"]]
    dev = [Requirement(line) for line in project["optional-dependencies"]["dev"]]
    return {"requirements.txt": run, "requirements-dev.txt": run + dev}


@pytest.mark.parametrize("lock", LOCKS)
def test_every_line_is_pinned_with_hashes(lock: str) -> None:
    text = (ROOT / "packaging" / lock).read_text(encoding="utf-8")
    entries = [entry for entry in text.replace("\\\n", " ").splitlines() if entry.strip()]
    assert entries
    assert [entry for entry in entries if not HASH.search(entry) or "==" not in entry] == []


@pytest.mark.parametrize("lock", LOCKS)
def test_no_address_and_no_place_of_one_computer(lock: str) -> None:
    text = (ROOT / "packaging" / lock).read_text(encoding="utf-8")
    assert "://" not in text
    assert not re.search(r"(^|[\s=@])([A-Za-z]:\\|/|\.\.?/|~)", text, re.M)
    assert not re.search(r"^\s*-(?!-hash)", text, re.M)


@pytest.mark.parametrize("lock", LOCKS)
def test_lock_satisfies_pyproject(lock: str) -> None:
    have = pinned(lock)
    wanted = [one for one in declared()[lock] if one.marker is None or one.marker.evaluate()]
    for one in wanted:
        version = next(iter(have[normal(one.name)].specifier)).version
        assert one.specifier.contains(version), (
            f"{lock} pins {one.name} {version}, pyproject wants {one.specifier}"
        )


def test_dev_lock_pins_what_the_program_gets() -> None:
    run, dev = (pinned(lock) for lock in LOCKS)
    assert {name: str(one.specifier) for name, one in dev.items() if name in run} == {
        name: str(one.specifier) for name, one in run.items()
    }


def test_what_is_installed_is_what_is_pinned() -> None:
    for name, one in pinned("requirements-dev.txt").items():
        assert one.specifier.contains(importlib.metadata.version(name)), name


def statement(name: str) -> str:
    """What a distribution says about its licence: the expression, else the field's first line, else classifiers."""
    told: Any = importlib.metadata.metadata(name)
    classifiers = [line for line in told.get_all("Classifier") or [] if line.startswith("License")]
    field = (told.get("License") or "").strip().partition("\n")[0]
    return told.get("License-Expression") or field or " AND ".join(classifiers)


def is_usable(licence: str) -> bool:
    """Whether one of the alternatives is permissive or weakly copyleft; GPL alone is not."""
    alternatives = re.split(r"\bOR\b", licence)
    return any(PERMISSIVE.search(one) and not COPYLEFT.search(one) for one in alternatives)


@pytest.mark.parametrize("name", sorted(pinned("requirements-dev.txt")))
def test_licence_lets_us_be_mit(name: str) -> None:
    assert is_usable(statement(name)), f"{name} says: {statement(name)!r}"


@pytest.mark.parametrize(
    ("licence", "usable"),
    [
        ("GPL-3.0-only", False),
        ("AGPL-3.0-or-later", False),
        ("MIT AND GPL-2.0-only", False),
        ("License :: OSI Approved :: GNU General Public License v3 (GPLv3)", False),
        ("Proprietary", False),
        ("", False),
        ("LGPL-3.0-only OR GPL-2.0-only", True),
        ("License :: OSI Approved :: GNU Library or Lesser General Public License (LGPL)", True),
        ("BSD-3-Clause AND 0BSD AND MIT", True),
    ],
)
def test_licence_rule_itself(licence: str, usable: bool) -> None:
    assert is_usable(licence) is usable


def test_readme_names_both_commands_and_ci_calls_the_same() -> None:
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    assert RUN_COMMAND in readme
    assert TEST_COMMAND in readme
    assert TEST_COMMAND in (ROOT / ".ci" / "run").read_text(encoding="utf-8")


@pytest.mark.parametrize("words", [[], ["dance"]])
def test_dev_explains_itself(words: list[str]) -> None:
    done = subprocess.run(
        [sys.executable, ROOT / "packaging" / "dev.py", *words], capture_output=True, text=True, check=False
    )
    assert done.returncode == 2
    assert RUN_COMMAND in done.stdout


def test_dev_needs_only_the_standard_library() -> None:
    for script in ("dev.py", "headless.py"):
        text = (ROOT / "packaging" / script).read_text(encoding="utf-8")
        roots = {found.split(".")[0] for found in re.findall(r"^(?:from|import) (\S+)", text, re.M)}
        assert roots <= set(sys.stdlib_module_names), script


def test_licence_file_is_shipped() -> None:
    assert "MIT License" in Path(ROOT / "LICENSE").read_text(encoding="utf-8")
