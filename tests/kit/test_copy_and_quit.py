"""A program that copied cells ends without a fault."""

import subprocess
import sys
from pathlib import Path

COPIES = """
from PySide6.QtWidgets import QApplication
from voipdesk.kit.grid import Column, Grid, MemorySource
app = QApplication([])
columns = [Column("a", "A")]
grid = Grid("x", columns)
grid.set_source(MemorySource(columns, [("one",), ("two",)]))
grid.view.selectAll()
grid.copy()
assert app.clipboard().mimeData().hasHtml()
"""


def test_copied_cells_outlive_nothing_that_python_made() -> None:
    done = subprocess.run([sys.executable, "-c", COPIES], cwd=Path(__file__).parents[2], check=False)
    assert done.returncode == 0
