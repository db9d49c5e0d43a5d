"""Three tables of 250,000 prefixes side by side: read, compared, and shown in a real window (offscreen).

Run: `python -m tests.benchmarks.compare`
"""

import os
import tempfile
import time
from pathlib import Path

from tests.benchmarks.sell_decks import ROWS, fill
from tests.worlds import World, acme
from voipdesk.rates.commands import create_table
from voipdesk.rates.queries.comparing import compared
from voipdesk.rates.queries.decks import columns
from voipdesk.store.types import uuid7

_VERSION = (
    "INSERT INTO rate_version (id, seq, table_id, state, source, created_at, published_at) "
    "VALUES (?, ?, ?, 'published', 'seed', 0, 0)"
)
_COPY = (
    "INSERT INTO rate (table_number, version_seq, prefix, destination, price, effective_from) "
    "SELECT ?, ?, prefix, destination, price + id % 7 * 1000, effective_from FROM rate "
    "WHERE version_seq = 1 AND id % ? > 0"
)


def copies(world: World) -> None:
    """Two more tables, each with most of the prefixes at other prices."""
    for seq, name in enumerate(("Borealis", "Cumulus"), start=2):
        table = create_table(world.db, world.sara, name=name, currency="USD")
        with world.db.write("Copy", world.sara, undoable=False) as write:
            write.raw.execute(_VERSION, (uuid7().bytes, seq, table.id.bytes))
            write.raw.execute(_COPY, (table.number, seq, seq + 5))


def shown(world: World) -> tuple[float, float]:
    """Seconds from opening the page to its rows, and the longest time that the window did not answer."""
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    from PySide6.QtCore import QTimer

    from voipdesk.accounts.queries import workspace
    from voipdesk.app import application
    from voipdesk.kit.ask import ScriptedAsk
    from voipdesk.kit.desk import Desk
    from voipdesk.kit.jobs import Jobs
    from voipdesk.shell.window import MainWindow

    app, window = application(), MainWindow()
    window.resize(1280, 800)
    window.show()
    zone = workspace(world.db).zone
    desk = Desk(world.db, world.sara, world.db.clock, zone, Jobs(window), ScriptedAsk())
    window.work_on(desk, "home")
    while not desk.jobs.is_idle:
        app.processEvents()
    last, worst = [time.perf_counter()], [0.0]

    def tick() -> None:
        now = time.perf_counter()
        worst[0] = max(worst[0], now - last[0] - 0.005)
        last[0] = now

    probe = QTimer(interval=5)
    probe.timeout.connect(tick)
    probe.start()
    start = last[0] = time.perf_counter()
    window.show_page("compare")
    page = window.page
    while not (page and len(page.grid.model.ids)):  # type: ignore[attr-defined]
        app.processEvents()
        time.sleep(0.001)
    seconds = time.perf_counter() - start
    while not desk.jobs.is_idle:
        app.processEvents()
        time.sleep(0.001)
    probe.stop()
    window.close()
    return seconds, worst[0]


def main() -> None:
    """Print seconds and ratios."""
    with tempfile.TemporaryDirectory() as folder, acme(Path(folder)) as world:
        os.environ["VOIPDESK_HOME"] = folder
        fill(world)
        copies(world)
        start = time.perf_counter()
        with world.db.read() as conn:
            for number in (1, 2, 3):
                columns(conn, number, at=world.db.clock.now())
        baseline = time.perf_counter() - start
        start = time.perf_counter()
        made = compared(world.db, world.sara, ["Aurora A-Z", "Borealis", "Cumulus"])
        took = time.perf_counter() - start
        print(f"baseline: three tables of {ROWS:,} read whole   {baseline:6.2f} s")
        print(f"read and compared: {len(made.columns):,} prefixes    {took:6.2f} s   x {took / baseline:.2f}")
        seconds, worst = shown(world)
        print(f"page opened until its rows are shown        {seconds:6.2f} s")
        print(f"longest time the window did not answer      {worst * 1000:6.0f} ms")


if __name__ == "__main__":
    main()
