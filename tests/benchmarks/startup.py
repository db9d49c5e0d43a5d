"""How long until a window is painted, against an empty PySide6 window started the same way.

`python -m tests.benchmarks.startup [-- ARGUMENTS OF THE PROGRAM]`. Each start is a fresh process; the clock runs from
before the interpreter starts until the first window is painted. Target: at most three times the empty window, and none
of the heavy packages loaded by then.
"""

import json
import os
import subprocess
import sys
import time

ROUNDS = 7
HEAVY = ("numpy", "openpyxl", "reportlab", "sqlalchemy.orm", "python_calamine", "psycopg", "pypdfium2")

WATCH = """
import json, os, resource, sys, time
from PySide6.QtCore import QEvent, QObject
from PySide6.QtWidgets import QApplication, QWidget

class Watch(QObject):
    def eventFilter(self, thing, event):
        if event.type() == QEvent.Type.Paint and isinstance(thing, QWidget) and thing.isWindow():
            peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
            heavy = [name for name in {heavy} if name in sys.modules]
            print(json.dumps({{"seconds": time.time() - {begun}, "peak_mb": peak, "heavy": heavy}}), flush=True)
            os._exit(0)
        return False

watch = Watch()
real = QApplication.__init__
def begin(self, *given):
    real(self, *given)
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

KIT = """
from voipdesk.kit import theme
from voipdesk.kit.grid import Grid
app = QApplication([])
theme.start(app)
from tests.kit.gallery import COLUMNS
window = Grid("rates", COLUMNS)
window.resize(1280, 800)
window.show()
app.exec()
"""

PROGRAM = """
sys.argv = ["voipdesk", *{arguments}]
from voipdesk.__main__ import main
sys.exit(main() or 3)
"""


def start(code: str) -> dict[str, object]:
    """One start in a fresh process: what it said when its window was painted."""
    watch = WATCH.format(heavy=HEAVY, begun=time.time())
    environment = {**os.environ, "QT_QPA_PLATFORM": os.environ.get("QT_QPA_PLATFORM", "offscreen")}
    done = subprocess.run(
        [sys.executable, "-c", watch + code], env=environment, capture_output=True, text=True, check=False
    )
    if done.returncode:
        raise SystemExit(f"it painted nothing:\n{done.stderr}")
    return dict(json.loads(done.stdout.splitlines()[-1]))


def main(arguments: list[str]) -> None:
    """Empty window, kit, program: medians and ratios."""
    cases = {"empty window": EMPTY, "kit with a grid": KIT, "program": PROGRAM.format(arguments=arguments)}
    base = 0.0
    for name, code in cases.items():
        rounds = sorted((start(code) for _ in range(ROUNDS)), key=lambda each: float(str(each["seconds"])))
        middle = rounds[ROUNDS // 2]
        seconds = float(str(middle["seconds"]))
        base = base or seconds
        print(
            f"{name:16} {seconds:6.3f} s  x {seconds / base:4.2f}  peak {float(str(middle['peak_mb'])):6.1f} MB"
            f"  heavy: {middle['heavy'] or 'none'}"
        )


if __name__ == "__main__":
    main(sys.argv[sys.argv.index("--") + 1 :] if "--" in sys.argv else ["--sample"])
