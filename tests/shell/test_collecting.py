"""The program with a window collects cycles in the window's thread alone; without a window Python does, as everywhere."""

import gc
import json
import subprocess
import sys
import threading
from pathlib import Path
from typing import Any

from tests.source import ROOT
from tests.worlds import acme
from voipdesk.kernel.progress import Progress


def program(workspace: str, sheet: str) -> None:
    """In a process of its own: the real program reads a sheet beside its window; tells who collected."""
    from PySide6.QtCore import QTimer
    from PySide6.QtWidgets import QApplication

    from voipdesk import app
    from voipdesk.rates.commands import stage_sheet
    from voipdesk.shell.window import MainWindow

    told: dict[str, Any] = {"before": gc.isenabled()}
    here, elsewhere = threading.get_ident(), list[str]()

    def note(phase: str, _: object) -> None:
        if phase == "start" and threading.get_ident() != here:
            elsewhere.append(threading.current_thread().name)

    timer = QTimer(interval=20)

    def end(is_on: object) -> None:
        told["after the sheet"] = is_on
        told["waiting"] = gc.get_count()[0]
        QApplication.closeAllWindows()

    def look() -> None:
        window = next(one for one in QApplication.topLevelWidgets() if isinstance(one, MainWindow))
        desk = window.desk
        if desk is None or not desk.jobs.is_idle:
            return
        timer.stop()
        told["in the window"] = gc.isenabled()

        def read(_: Progress) -> bool:
            stage_sheet(desk.db, desk.actor, Path(sheet), table="Aurora A-Z")
            return gc.isenabled()

        desk.jobs.write("Stage", read, done=end, refused=lambda no: end(str(no)))

    def begin() -> None:
        timer.timeout.connect(look)
        timer.start()

    made = app.application()
    gc.callbacks.append(note)
    QTimer.singleShot(0, begin)
    code = app.run(["--workspace", workspace])
    gc.callbacks.remove(note)
    assert made is QApplication.instance()
    print(json.dumps(told | {"code": code, "at the end": gc.isenabled(), "elsewhere": elsewhere}))


def test_the_window_turns_the_automatic_collector_off_and_no_work_turns_it_on(tmp_path: Path) -> None:
    acme(tmp_path).close()
    sheet = tmp_path / "sheet.csv"
    rows = [f"44{at:06},Zone {at % 90},0.{at % 90 + 10},2026-12-01" for at in range(30_000)]
    sheet.write_text("\n".join(["Prefix,Destination,Rate,Effective from", *rows]))
    code = "import sys; from tests.shell.test_collecting import program; program(*sys.argv[1:])"
    words = [sys.executable, "-c", code, str(tmp_path / "acme.vdesk"), str(sheet)]
    done = subprocess.run(words, cwd=ROOT, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout.splitlines()[-1])
    assert told.pop("waiting") < 50_000
    assert told == {
        "before": True,
        "in the window": False,
        "after the sheet": False,
        "code": 0,
        "at the end": False,
        "elsewhere": [],
    }


def test_without_a_window_python_collects() -> None:
    from voipdesk.kit import garbage

    assert gc.isenabled()
    garbage.hurry()
    assert gc.isenabled()
