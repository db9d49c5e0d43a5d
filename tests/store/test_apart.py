"""A command in another process: its result, its changes told here, and nothing left where it is cancelled."""

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from tests.worlds import acme
from voipdesk.accounts.commands import create_supplier
from voipdesk.accounts.queries import suppliers, workspace
from voipdesk.kernel.changes import Actor, ChangeSet
from voipdesk.kernel.problems import VoipDeskError
from voipdesk.kernel.progress import Progress
from voipdesk.kit.ask import ScriptedAsk
from voipdesk.kit.desk import Desk
from voipdesk.kit.jobs import Jobs, JobState
from voipdesk.store.database import Database


def add_carrier(db: Database, actor: Actor, *, progress: Progress, name: str) -> str:
    progress.step(1, 1, name)
    return create_supplier(db, actor, name=name, currency="USD").name


def add_and_wait(db: Database, actor: Actor, *, progress: Progress) -> None:
    with db.write("Wait", actor) as write:
        write.set("waiting", True)
        for at in range(10_000_000):
            progress.step(at)


@pytest.fixture
def desk(qtbot: QtBot, tmp_path: Path) -> Iterator[Desk[Database]]:
    with acme(tmp_path) as world:
        jobs = Jobs()
        made = Desk(world.db, world.sara, world.db.clock, workspace(world.db).zone, jobs, ScriptedAsk())
        yield made
        made.close()


def test_its_result_and_its_changes_are_told_here(qtbot: QtBot, desk: Desk[Database]) -> None:
    heard: list[ChangeSet] = []
    results: list[str] = []
    desk.changes.connect(heard.append)
    with qtbot.waitSignal(desk.jobs.idle, timeout=20_000):
        desk.command("Add", add_carrier, name="Nordlys", done=results.append)
    assert results == ["Nordlys"]
    qtbot.waitUntil(lambda: bool(heard), timeout=2_000)
    assert [one.tables for one in heard] == [frozenset({"supplier"})]
    assert "Nordlys" in {one.name for one in suppliers(desk.db, desk.actor)}
    desk.db.undo(desk.actor)
    assert "Nordlys" not in {one.name for one in suppliers(desk.db, desk.actor)}


def test_its_refusal_comes_with_its_sentence(qtbot: QtBot, desk: Desk[Database]) -> None:
    heard: list[VoipDeskError] = []
    with qtbot.waitSignal(desk.jobs.idle, timeout=20_000):
        desk.command("Add", add_carrier, name="Aurora", refused=heard.append)
    assert heard[0].code
    assert "Aurora" in str(heard[0])


def test_cancelled_it_leaves_nothing_and_the_process_serves_on(qtbot: QtBot, desk: Desk[Database]) -> None:
    with qtbot.waitSignal(desk.jobs.idle, timeout=20_000):
        job = desk.command("Wait", add_and_wait)
        qtbot.waitUntil(lambda: job.done > 0, timeout=20_000)
        job.cancel()
    assert job.state is JobState.CANCELLED
    assert desk.db.setting("waiting") is None
    results: list[str] = []
    with qtbot.waitSignal(desk.jobs.idle, timeout=20_000):
        desk.command("Add", add_carrier, name="Nordlys", done=results.append)
    assert results == ["Nordlys"]


@pytest.mark.skipif(sys.platform == "win32", reason="there a file that is closed keeps the locks of others")
def test_the_log_stays_where_the_window_has_lost_its_locks(qtbot: QtBot, desk: Desk[Database]) -> None:
    """On Unix whoever closes a file lets go of all locks of its process: the other one then seems to be alone."""
    for suffix in ("", "-wal", "-shm"):
        Path(f"{desk.db.path}{suffix}").read_bytes()
    log = Path(f"{desk.db.path}-wal").stat().st_ino
    with qtbot.waitSignal(desk.jobs.idle, timeout=20_000):
        desk.command("Add", add_carrier, name="Nordlys")
    assert "Nordlys" in {one.name for one in suppliers(desk.db, desk.actor)}
    assert Path(f"{desk.db.path}-wal").stat().st_ino == log
