"""How late the window answers while a sheet goes through the wizard: python -m tests.benchmarks.rate_wizard [ROWS]

A table of 250,000 rates stands; the next month's sheet (a tenth changed) is opened in the real wizard, staged, reviewed,
published, shown in the grid, and taken back. A probe timer of 4 ms notes how late it is called in each step; wanted:
p99 at most 50 ms, never later than 150 ms. With STACKS=1 it prints where the window's thread was when it was late.
"""

import csv
import os
import sys
import tempfile
import threading
import time
import traceback
from collections.abc import Callable
from pathlib import Path
from typing import Any

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from PySide6.QtCore import QEventLoop, QTimer
from PySide6.QtWidgets import QWidget

from tests.benchmarks.event_loop import Probe, idle, shown
from tests.worlds import World, acme
from voipdesk.app import application
from voipdesk.rates.commands import import_sheet
from voipdesk.rates.ui.wizard import RateWizard

PATIENCE = 0.04


def sheet(path: Path, rows: int, month: int) -> Path:
    """A made-up A-Z sheet of a month; a tenth of the prices move each month."""
    with path.open("w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["Prefix", "Destination", "Rate", "Interval", "Effective from"])
        for at in range(rows):
            price = (37 * at) % 20000 + 1000 + (month if at % 10 == 0 else 0)
            day = f"2026-{9 + month:02}-01"
            writer.writerow([f"44{1000000 + at}", f"Zone {at % 900}", f"{price / 10000:.4f}", "1/1", day])
    return path


class Sampler(threading.Thread):
    """Notes where the window's thread stands when its probe is late."""

    def __init__(self, probe: Probe) -> None:
        super().__init__(daemon=True)
        self._probe, self._main = probe, threading.main_thread().ident
        self.found: list[tuple[float, str]] = []

    def run(self) -> None:
        """Look every few milliseconds."""
        while True:
            time.sleep(0.005)
            late = time.perf_counter() - self._probe.last
            if self._probe.last and late > PATIENCE:
                frame = sys._current_frames().get(self._main or 0)
                if frame is not None:
                    self.found.append((late, "".join(traceback.format_stack(frame)[-9:])))


def until(ready: Callable[[], bool], seconds: float = 120) -> None:
    """Let the event loop run until something holds."""
    loop, end = QEventLoop(), time.monotonic() + seconds
    timer = QTimer(interval=10)
    timer.timeout.connect(lambda: loop.quit() if ready() or time.monotonic() > end else None)
    timer.start()
    loop.exec()
    timer.stop()
    assert ready(), "nothing came"


def measured(what: str, probe: Probe, act: Callable[[], Any], ready: Callable[[], bool]) -> None:
    """Do it, wait, print how the loop fared."""
    begun = time.perf_counter()
    probe.start()
    QTimer.singleShot(0, act)
    loop = QEventLoop()
    QTimer.singleShot(30, loop.quit)
    loop.exec()
    until(ready)
    p99, longest = probe.stop()
    took = time.perf_counter() - begun
    print(
        f"{what:<40}{took:7.1f} s   p99 {p99:6.1f} ms   longest {longest:6.1f} ms   own work {probe.busiest:6.1f} ms",
        flush=True,
    )


def walk(world: World, folder: Path, rows: int) -> None:
    """The whole way of one sheet."""
    names = {"accept": ["G1", "G4", "G5", "G6"], "scope": "partial"}
    import_sheet(world.db, world.sara, sheet(folder / "old.csv", rows, 1), **names)  # type: ignore[arg-type]
    next_month = sheet(folder / "new.csv", rows, 2)
    window, desk = shown(world)
    window.show_page("rates")
    page: Any = window.page
    assert isinstance(page, QWidget)
    probe = Probe(page)
    sampler = Sampler(probe)
    if os.environ.get("STACKS"):
        sampler.start()
    until(lambda: desk.jobs.is_idle)
    idle(probe)

    def wizard() -> RateWizard:
        return next(one for one in window.findChildren(RateWizard) if one.isVisible())

    def calm() -> bool:
        open_ones = [one for one in window.findChildren(RateWizard) if one.isVisible()]
        busy = [one for one in open_ones if one.reading.is_busy or one.staging.is_busy or one.review.is_busy]
        return desk.jobs.is_idle and not busy

    measured("open the file", probe, lambda: page.import_file(next_month), calm)
    for _ in range(6):
        name = str(wizard().flow.current.name)
        if name == "review":
            for row in list(wizard().review.guards.rows):
                if row.is_held:
                    row.findChild(QWidget, f"check.{row.guard.id}").click()
            until(calm)
        if name == "publish":
            break
        measured(f"next, from {name}", probe, lambda: wizard().btn_next.click(), calm)
    measured("publish, shown in the grid", probe, lambda: wizard().btn_next.click(), calm)
    desk.ask.answers.append(True)  # type: ignore[attr-defined]
    measured("undo the import", probe, lambda: window.toast.acted.emit("Undo import"), calm)
    for late, stack in sorted(sampler.found, reverse=True)[:6]:
        print(f"--- {late * 1000:.0f} ms\n{stack}")
    desk.jobs.shutdown()
    window.desk = None
    window.close()


def main(rows: int) -> None:
    application()
    with tempfile.TemporaryDirectory() as name, acme(Path(name)) as world:
        walk(world, Path(name), rows)


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 250_000)
