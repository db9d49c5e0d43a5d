"""How late the program answers while it opens and its pages are shown: `python -m tests.benchmarks.opening`.

The real program in a fresh process over the sample, the window painted; the longest turn of its event loop until the home
page is read, then for each page that is shown for the first time. Wanted: never later than 150 ms. The processor's time
of that turn is printed beside it: what a free computer would take. The program's code was compiled before.
"""

import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

PAGES = ("rates", "calls", "plans", "invoices", "imports", "accounts", "compare", "settings", "problems")
CALM, AFTER_START = 60, 1_500
"""Turns without work that make a page read, and the program's other rooms imported."""


def watched() -> None:
    """In a process of its own: open the sample, show the pages, print the longest turn of each."""
    from PySide6.QtCore import QTimer

    from voipdesk import app as program
    from voipdesk.kit.garbage import Garbage
    from voipdesk.shell.window import MainWindow

    app = program.application()
    Garbage(app).begin()
    window = MainWindow()
    window.painted.connect(lambda: program.open_beside(app, window, program.parse(["--sample"])))
    window.show()
    label, todo, calm, longest = "opened, home read", list(PAGES), 0, (0.0, 0.0)
    while True:
        begun, worked = time.perf_counter(), time.thread_time()
        app.processEvents()
        turn = (time.perf_counter() - begun, time.thread_time() - worked)
        longest = max(longest, turn)
        time.sleep(0.002)
        is_calm = window.desk is not None and window.desk.jobs.is_idle
        calm = calm + 1 if is_calm else 0
        if calm > (AFTER_START if len(todo) == len(PAGES) else CALM):
            print(
                f"{label:20} longest {longest[0] * 1000:6.1f} ms   of it processor {longest[1] * 1000:6.1f} ms"
            )
            calm, longest = 0, (0.0, 0.0)
            if not todo:
                break
            label = todo.pop(0)
            QTimer.singleShot(0, lambda name=label: window.show_page(name))
    window.close()
    app.aboutToQuit.emit()


def main() -> None:
    """Twice in fresh processes: the first makes the sample and compiles the code."""
    with tempfile.TemporaryDirectory() as folder:
        environment = {
            **os.environ,
            "VOIPDESK_HOME": folder,
            "PYTHONPYCACHEPREFIX": str(Path(folder) / "code"),
        }
        environment.pop("PYTHONDONTWRITEBYTECODE", None)
        for _ in range(2):
            command = [sys.executable, "-m", "tests.benchmarks.opening", "--watched"]
            done = subprocess.run(command, env=environment, capture_output=True, text=True, check=True)
    print(done.stdout)


if __name__ == "__main__":
    watched() if "--watched" in sys.argv else main()
