"""Killed at any moment, the file is as before or as after: never between."""

import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from sqlalchemy import func, select

from voipdesk.accounts.schema import supplier
from voipdesk.store import backup
from voipdesk.store.database import Database
from voipdesk.store.tables import change, journal

WRITER = """
import sys, pathlib, uuid
from sqlalchemy import insert, update
from voipdesk.accounts.schema import supplier
from voipdesk.kernel.changes import Actor
from voipdesk.store.database import Database
from voipdesk.store.types import uuid7
db = Database.open(pathlib.Path(sys.argv[1]))
actor = Actor(uuid.UUID(int=1), "admin", "sara")
start = db.setting("round", 0)
print("ready", flush=True)
for number in range(start + 1, start + 100000):
    with db.write(f"Round {number}", actor) as write:
        write.set("round", number)
        for part in range(4):
            name = f"{number}.{part}"
            write.conn.execute(insert(supplier).values(id=uuid7(), name=name, code=name, currency="USD"))
        write.conn.execute(update(supplier).where(supplier.c.name == f"{number}.0").values(currency="EUR"))
        write.keep(str(number).encode() * 2000)
"""

KILLS = 200


@pytest.mark.skipif(os.name == "nt", reason="kill -9 is a Unix word")
def test_two_hundred_kills_leave_whole_writes_only(tmp_path: Path):
    """One writer is killed after a random moment; the next one goes on from the same file, without repair."""
    path = tmp_path / "desk.vdesk"
    Database.create(path).close()
    chance = random.Random(7)
    last = 0
    kills = 0
    while kills < KILLS:
        # Forked writers share the imports, so that the random moment falls into writes and not into start-up.
        process = subprocess.Popen(
            [sys.executable, "-c", FORKING, str(path), str(chance.random())], stdout=subprocess.PIPE
        )
        out, _ = process.communicate(timeout=120)
        kills += int(out.split()[-1])
        last = _check(path, last)
    assert last > KILLS // 4
    assert backup.integrity(path) == []


FORKING = (
    WRITER.split("db = ")[0]
    + """
import os, random, signal, time
chance = random.Random(sys.argv[2])
done = 0
for _ in range(25):
    child = os.fork()
    if child == 0:
        os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
        exec(compile("db = " + """
    + repr(WRITER.split("db = ")[1])
    + """, "writer", "exec"))
        os._exit(0)
    time.sleep(0.02 + chance.random() * 0.12)
    os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)
    done += 1
print(done)
"""
)


def _check(path: Path, before: int) -> int:
    db = Database.open(path)
    with db.read() as conn:
        done = db.setting("round", 0)
        assert done >= before
        assert conn.execute(select(func.count()).select_from(supplier)).scalar() == 4 * done
        euro = select(func.count()).select_from(supplier).where(supplier.c.currency == "EUR")
        assert conn.execute(euro).scalar() == done
        assert conn.execute(select(func.count()).select_from(change)).scalar() == done
        assert conn.execute(select(func.count()).select_from(change).where(change.c.open == 1)).scalar() == 0
        assert conn.execute(select(func.count()).select_from(journal)).scalar() == 6 * done
    db.close()
    return int(done)


@pytest.mark.skipif(os.name == "nt", reason="kill -9 is a Unix word")
def test_a_writer_killed_while_it_holds_the_lock_blocks_nobody(tmp_path: Path):
    path = tmp_path / "desk.vdesk"
    Database.create(path).close()
    process = subprocess.Popen([sys.executable, "-c", WRITER, str(path)], stdout=subprocess.PIPE)
    assert process.stdout is not None
    process.stdout.readline()
    time.sleep(0.1)
    process.send_signal(signal.SIGKILL)
    process.wait()
    process.stdout.close()
    _check(path, 0)
