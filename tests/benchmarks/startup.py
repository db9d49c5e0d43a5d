"""How long until a window is painted, against an empty PySide6 window started the same way.

`python -m tests.benchmarks.startup [-- ARGUMENTS OF THE PROGRAM]`. Each start is a fresh process, the cases in turn; the
clock runs from before the interpreter starts. Target: the program's window is painted in at most three times what the
empty window takes, and none of the heavy packages is loaded by then. `home read` is how long until the sample's first
page shows its figures; there SQLAlchemy has come, still without its ORM.
"""

import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROUNDS = 9
HEAVY = (
    "numpy",
    "openpyxl",
    "reportlab",
    "sqlalchemy",
    "sqlalchemy.orm",
    "python_calamine",
    "psycopg",
    "pypdfium2",
)

WATCH = """
import json, os, resource, sys, time
from PySide6.QtCore import QEvent, QObject
from PySide6.QtWidgets import QApplication, QWidget

def tell():
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    heavy = [name for name in {heavy} if name in sys.modules]
    print(json.dumps({{"seconds": time.time() - {begun}, "peak_mb": peak, "heavy": heavy}}), flush=True)
    os._exit(0)

class Watch(QObject):
    def eventFilter(self, thing, event):
        if event.type() == QEvent.Type.Paint and isinstance(thing, QWidget) and thing.isWindow():
            tell()
        return False

watch = Watch()
real = QApplication.__init__
def begin(self, *given):
    real(self, *given)
    if {at_paint}:
        self.installEventFilter(watch)
QApplication.__init__ = begin
"""

EMPTY = """
app = QApplication([])
window = QWidget()
window.resize(1280, 800)
window.show()
app.exec()
"""

GRID = """
from voipdesk.kit import theme
from voipdesk.kit.grid import Column, Grid
app = QApplication([])
theme.start(app)
window = Grid("rates", [Column("prefix", "Prefix"), Column("name", "Name")])
window.resize(1280, 800)
window.show()
app.exec()
"""

PROGRAM = """
sys.argv = ["voipdesk", *{arguments}]
from voipdesk.__main__ import main
sys.exit(main() or 3)
"""

READ = """
from voipdesk.shell.window import MainWindow
work_on = MainWindow.work_on
def watched(self, *given):
    work_on(self, *given)
    self.idle.connect(lambda: (self.repaint(), tell()))
MainWindow.work_on = watched
"""


def start(code: str, home: Path, *, at_paint: bool) -> dict[str, object]:
    """One start in a fresh process: what it said when its window was painted, or its first page was read."""
    watch = WATCH.format(heavy=HEAVY, begun=time.time(), at_paint=at_paint)
    environment = {**os.environ, "VOIPDESK_HOME": str(home)}
    environment.setdefault("QT_QPA_PLATFORM", "offscreen")
    done = subprocess.run(
        [sys.executable, "-c", watch + code], env=environment, capture_output=True, text=True, check=False
    )
    if done.returncode:
        raise SystemExit(f"it painted nothing:\n{done.stderr}")
    return dict(json.loads(done.stdout.splitlines()[-1]))


def main(arguments: list[str]) -> None:
    """Empty window, a grid, the program: medians and ratios."""
    program = PROGRAM.format(arguments=arguments)
    cases = {
        "empty window": (EMPTY, True),
        "a grid alone": (GRID, True),
        "program": (program, True),
        "home read": (READ + program, False),
    }
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        start(READ + program, home, at_paint=False)  # makes the sample
        rounds: dict[str, list[dict[str, object]]] = {name: [] for name in cases}
        for _ in range(ROUNDS):
            for name, (code, at_paint) in cases.items():
                rounds[name].append(start(code, home, at_paint=at_paint))
    base = 0.0
    for name, each in rounds.items():
        middle = sorted(each, key=lambda one: float(str(one["seconds"])))[ROUNDS // 2]
        seconds = float(str(middle["seconds"]))
        base = base or seconds
        print(
            f"{name:16} {seconds:6.3f} s  x {seconds / base:4.2f}  peak {float(str(middle['peak_mb'])):6.1f} MB"
            f"  heavy: {middle['heavy'] or 'none'}"
        )


if __name__ == "__main__":
    main(sys.argv[sys.argv.index("--") + 1 :] if "--" in sys.argv else ["--sample"])
