"""Killed at any moment of staging and publishing: reopened, the table is as before or as after, what waits still waits."""

import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.rates.conftest import NOW, Desk, rate
from tests.rates.test_importing import prices, sheet_of
from voipdesk.kernel.periods import Clock
from voipdesk.rates import commands, queries
from voipdesk.store.database import Database

ROWS = 4_000
KILLS = 20
"""Of each kind."""

_WORK = """
import sys
from pathlib import Path
from uuid import UUID
from voipdesk.accounts.queries import actor_named
from voipdesk.rates import commands, engine_publish, engine_review, engine_sheet, engine_staged  # imported before the clock
from voipdesk.store.database import Database

db = Database.open(Path(sys.argv[1]))
admin = actor_named(db)
print("ready", flush=True)
if sys.argv[2] == "stage":
    while True:
        key = commands.stage_sheet(db, admin, Path(sys.argv[3]), table="Aurora")
        commands.discard_import(db, admin, key)
else:
    commands.publish_import(db, admin, UUID(sys.argv[3]))
    print("published", flush=True)
    while True:
        pass
"""

pytestmark = pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="no SIGKILL on this system")


def killed(desk: Desk, what: str, given: str, seconds: float) -> None:
    """Let a process work and kill it so many seconds after it is ready."""
    env = {**os.environ, "PYTHONPATH": str(Path(__file__).parents[2]), "VOIPDESK_NOW": NOW.isoformat()}
    argv = [sys.executable, "-c", _WORK, str(desk.db.path), what, given]
    with subprocess.Popen(argv, env=env, stdout=subprocess.PIPE, text=True) as child:
        assert child.stdout is not None
        assert child.stdout.readline() == "ready\n"
        time.sleep(seconds)
        child.send_signal(signal.SIGKILL)
        child.wait()


def reopened(desk: Desk) -> Desk:
    db = Database.open(desk.db.path, Clock(NOW))
    assert queries.verify(db) == []
    return Desk(db, desk.admin, desk.table_id)


def test_killed_while_staging_nothing_is_live_and_nothing_is_half(desk: Desk, tmp_path: Path) -> None:
    desk.publish(rate("44", "0.09", "UK"))
    sheet = sheet_of(tmp_path, *(f"{100000 + at},Zone,0.01,," for at in range(ROWS)))
    desk.db.close()
    chance = random.Random(7)
    for _ in range(KILLS):
        killed(desk, "stage", str(sheet), chance.uniform(0, 0.5))
        again = reopened(desk)
        assert sorted(prices(again)) == ["44"]
        for record in queries.imports(again.db, again.admin):
            kept = queries.staged(again.db, again.admin, record.id)
            if kept.state == "staged":
                assert queries.review(again.db, again.admin, record.id).counts["new"] == ROWS
                commands.discard_import(again.db, again.admin, record.id)
        again.db.close()


def test_killed_while_publishing_the_table_is_as_before_or_as_after(desk: Desk, tmp_path: Path) -> None:
    desk.publish(rate("44", "0.09", "UK"))
    sheet = sheet_of(tmp_path, *(f"{100000 + at},Zone,0.01,," for at in range(ROWS)))
    outcomes = set()
    chance = random.Random(11)
    for _ in range(KILLS):
        key = commands.stage_sheet(desk.db, desk.admin, sheet, table="Aurora")
        commands.decide(desk.db, desk.admin, key, scope="partial", accept=["G12"])
        desk.db.close()
        killed(desk, "publish", str(key), chance.uniform(0, 0.12))
        desk = reopened(desk)
        state = queries.staged(desk.db, desk.admin, key).state
        outcomes.add(state)
        if state == "staged":
            assert len(prices(desk)) == 1
            assert queries.review(desk.db, desk.admin, key).counts["new"] == ROWS
            commands.discard_import(desk.db, desk.admin, key)
        else:
            assert state == "published"
            assert len(prices(desk)) == ROWS + 1
            commands.revert_import(desk.db, desk.admin, key, locked=None)
        assert len(prices(desk)) == 1
    desk.db.close()
    assert "staged" in outcomes
