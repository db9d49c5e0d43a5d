from collections.abc import Callable
from pathlib import Path

import pytest

from tests.cli.running import CommandLine
from tests.worlds import NOW, acme

CALLS = """\
uniqueid,account,caller,called,start,answer,billsec,disposition
n1,NILE,2021,442079460420,2026-10-03 10:00:00,2026-10-03 10:00:05,61,ANSWERED
n2,NILE,2021,201001234567,2026-10-04 10:00:00,2026-10-04 10:00:05,125,ANSWERED
b1,BLUE,2022,4915123456789,2026-10-05 11:00:00,2026-10-05 11:00:05,90,ANSWERED
d1,DSHOP,2023,442079460421,2026-10-06 12:00:00,2026-10-06 12:00:05,600,ANSWERED
d2,DSHOP,2023,12125550100,2026-10-06 13:00:00,,0,NO ANSWER
z1,ZSHOP,2024,442079460422,2026-10-07 12:00:00,2026-10-07 12:00:05,30,ANSWERED
g1,STRANGER,2025,442079460423,2026-10-08 12:00:00,2026-10-08 12:00:05,30,ANSWERED
"""
"""Calls of October: of Nile, Blue, Delta Shop (of Delta Resell), Zeta Shop (without a plan), and of nobody."""


@pytest.fixture(autouse=True)
def on_its_day(monkeypatch: pytest.MonkeyPatch, isolated_home: Path) -> None:
    """The desk's day is that of the world."""
    monkeypatch.setenv("VOIPDESK_NOW", NOW.isoformat())
    monkeypatch.setenv("VOIPDESK_LANG", "en")


@pytest.fixture
def cli(tmp_path: Path) -> CommandLine:
    """The command line on Acme VoIP's workspace."""
    with acme(tmp_path) as world:
        path = world.path
    return CommandLine(path)


@pytest.fixture
def sheet(tmp_path: Path) -> Callable[..., Path]:
    """Writes a file of lines."""

    def write(name: str, *lines: str) -> Path:
        path = tmp_path / name
        path.write_text("\n".join(lines) + "\n", encoding="utf-8")
        return path

    return write


@pytest.fixture(scope="session")
def october(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """A workspace with October imported, rated and issued by the admin, and by his reseller for his own."""
    folder = tmp_path_factory.mktemp("october")
    file = folder / "october.csv"
    file.write_text(CALLS, encoding="utf-8")
    with acme(folder) as world:
        cli = CommandLine(world.path)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("VOIPDESK_NOW", NOW.isoformat())
        cli("import-calls", file)
        cli("rate")
        cli("taxes", "set", "--rate", "14", "--from", "2026-01-01")
        cli("fees", "set", "Nile Calls", "Line rental", "25", "--from", "2026-10-01")
        cli("fees", "set", "Delta Shop", "Line rental", "9", "--from", "2026-10-01", user="rami")
        for user in (None, "rami"):
            cli("invoices", "draft", "--period", "2026-10", "--leave-out-unrated", user=user)
            cli("invoices", "issue", "--period", "2026-10", user=user)
    return cli.path.read_bytes()


@pytest.fixture
def month(tmp_path: Path, october: bytes) -> CommandLine:
    """The command line on that workspace."""
    path = tmp_path / "october.vdesk"
    path.write_bytes(october)
    return CommandLine(path)
