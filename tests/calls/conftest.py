from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.worlds import World, acme
from voipdesk.calls import commands

YESTERDAY = """id;start;caller;called;duration;disposition;account
c01;20/11/2026 09:00:00;1000;00447700900123;00:01:05;ANSWERED;NILE
c02;20/11/2026 09:05:00;1000;+4930123456;00:00:59;ANSWERED;NILE
c03;20/11/2026 09:10:00;1000;0018765551234;00:00:10;ANSWERED;NILE
c04;20/11/2026 09:12:00;1000;00201012345678;00:03:20;ANSWERED;NILE
c05;20/11/2026 09:20:00;1000;0014165550100;00:00:07;ANSWERED;BLUE
c06;20/11/2026 09:25:00;1000;00442071234567;00:00:00;NO ANSWER;BLUE
c07;20/11/2026 09:30:00;1000;00491512345678;00:10:00;ANSWERED;BLUE
c08;20/11/2026 09:31:00;1000;00999123456;00:02:00;ANSWERED;BLUE
c09;20/11/2026 09:40:00;1000;00201512345678;00:01:00;ANSWERED;ORCHID
c10;20/11/2026 09:45:00;1000;009603001234;00:01:01;ANSWERED;GHOST
c04;20/11/2026 09:12:00;1000;00201012345678;00:03:20;ANSWERED;NILE
c12;31/11/2026 10:00:00;1000;0044207000000;00:01:00;ANSWERED;NILE
"""
"""The call file of scenario S03, with all its dirt."""

Writer = Callable[..., Path]


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    with acme(tmp_path) as world:
        yield world


@pytest.fixture
def file_of(tmp_path: Path) -> Writer:
    """Writes a call file and gives its path."""

    def write(text: str, name: str = "calls.csv", encoding: str = "cp1252") -> Path:
        path = tmp_path / name
        path.write_text(text, encoding=encoding)
        return path

    return write


@pytest.fixture
def yesterday(file_of: Writer) -> Path:
    return file_of(YESTERDAY, "pbx_2026-11-20.csv")


def generic(*rows: str) -> str:
    """A file with the columns of most switches: id, account, caller, called, start, answer, seconds."""
    return "\n".join(["uniqueid,account,caller,called,start,answer,billsec,disposition", *rows, ""])


@pytest.fixture
def imported(world: World, yesterday: Path) -> World:
    commands.import_calls(world.db, world.sara, yesterday, rate=True)
    return world
