"""Several processes at once, and processes killed at any moment: numbers stay whole."""

import os
import subprocess
import sys
from decimal import Decimal
from pathlib import Path

import pytest

from tests.billing.books import Call, seed
from tests.source import ROOT
from tests.worlds import World, acme
from voipdesk.billing import commands, queries

ISSUER = """
import pathlib, sys
from datetime import UTC, datetime
from voipdesk.accounts.queries import actor_named
from voipdesk.billing import commands
from voipdesk.billing.pdf import fonts
from voipdesk.kernel.periods import Clock
from voipdesk.store.database import Database
db = Database.open(pathlib.Path(sys.argv[1]), Clock(datetime(2026, 11, 23, 7, tzinfo=UTC)))
sara = actor_named(db)
"""

EACH = """
print("ready", flush=True)
sys.stdin.readline()
for key in sys.argv[2].split(","):
    for number in commands.issue_invoices(db, sara, ids=[key]).documents:
        print(number.number, flush=True)
db.close()
"""

MONTHS = [f"2026-{month:02d}" for month in range(1, 11)]


def drafted(tmp_path: Path) -> tuple[World, list[str]]:
    """Forty drafts: ten months of four customers."""
    world = acme(tmp_path, plans=False)
    names = ["Nile Calls", "Blue Hotel", "Orchid Clinic", "Delta Traders"]
    seed(world, [Call(name, "10.000000", at=f"{month}-05 10:00") for month in MONTHS for name in names])
    keys = []
    for month in MONTHS:
        report = commands.draft_invoices(world.db, world.sara, period=month)
        keys.extend(str(one.id) for one in report.drafts)
    return world, keys


def test_two_processes_take_every_number_once(tmp_path: Path):
    world, keys = drafted(tmp_path)
    shares = [keys[::2], keys[1::2]]
    command = [sys.executable, "-W", "error", "-c", ISSUER + EACH, str(world.path)]
    processes = [
        subprocess.Popen(
            [*command, ",".join(share)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=ROOT
        )
        for share in shares
    ]
    for one in processes:
        assert one.stdout is not None
        assert one.stdout.readline() == "ready\n"
    for one in processes:
        assert one.stdin is not None
        one.stdin.write("go\n")
        one.stdin.flush()
    printed = [one.communicate(timeout=120)[0].split() for one in processes]
    assert [one.returncode for one in processes] == [0, 0]
    assert all(len(share) == 20 for share in printed)
    assert sorted(printed[0] + printed[1]) == [f"INV-2026-{seq:04d}" for seq in range(1, 41)]
    assert queries.verify(world.db) == []
    world.close()


KILLS = 30
MASSACRE = """
import os, random, signal, time
from voipdesk.billing.queries import invoices
fonts.register()  # once, so that the children do nothing but write
chance = random.Random(5)
began = time.monotonic()
for round in range({kills} + 1):
    child = os.fork()
    if child == 0:
        db = Database.open(pathlib.Path(sys.argv[1]), Clock(datetime(2026, 11, 23, 7, tzinfo=UTC)))
        while True:
            try:
                for row in invoices(db, sara, state="issued"):
                    commands.void_invoice(db, sara, invoice=row.id, reason="again")
                commands.draft_invoices(db, sara, period="2026-10")
                commands.issue_invoices(db, sara)
            except BaseException as cause:
                print(repr(cause), flush=True)
                os._exit(3)
            if round == 0:
                os._exit(0)
    if round == 0:  # undisturbed: how long a round takes here and now
        os.waitpid(child, 0)
        usual = time.monotonic() - began
        continue
    time.sleep(chance.random() * 1.8 * usual)
    os.kill(child, signal.SIGKILL)
    _, status = os.waitpid(child, 0)
    if not os.WIFSIGNALED(status):
        print("ended by itself", flush=True)
"""


@pytest.mark.slow
@pytest.mark.skipif(os.name == "nt", reason="kill -9 is a Unix word")
def test_killed_while_issuing_there_is_no_gap_and_no_number_without_pdf(tmp_path: Path):
    world = acme(tmp_path, plans=False)
    names = ["Nile Calls", "Blue Hotel", "Orchid Clinic", "Delta Traders"]
    seed(world, [Call(name, "0.250000", destination=f"Place {n}") for name in names for n in range(60)])
    commands.draft_invoices(world.db, world.sara, period="2026-10")
    world.close()
    code = ISSUER + "db.close()\n" + MASSACRE.replace("{kills}", str(KILLS))
    done = subprocess.run(
        [sys.executable, "-c", code, str(world.path)], cwd=ROOT, capture_output=True, text=True, timeout=300
    )
    assert (done.returncode, done.stdout) == (0, ""), done.stdout + done.stderr
    again = World(world.path)
    assert queries.verify(again.db) == []
    rows = [row for row in queries.invoices(again.db, again.sara) if row.number]
    assert sorted(row.number for row in rows) == [f"INV-2026-{seq:04d}" for seq in range(1, len(rows) + 1)]
    assert len(rows) % 4 == 0, "a run is issued whole or not at all"
    assert len(rows) > 4, "every kill came before anything was issued"
    for row in rows:
        assert queries.invoice_pdf(again.db, again.sara, row.id)[:5] == b"%PDF-"
        assert row.net == Decimal("15.00")
    again.close()
