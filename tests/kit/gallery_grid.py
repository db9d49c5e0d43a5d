"""Pictures of a grid that is edited: `python -m tests.kit.gallery_grid FOLDER` (GALLERY_RTL=1 mirrors)."""

import os
import sys
from pathlib import Path

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from PySide6.QtCore import QItemSelection, QItemSelectionModel, Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QApplication

from tests.kit.arrays import rate_columns, rate_source
from tests.kit.gallery import save
from voipdesk.kit import theme
from voipdesk.kit.grid import Grid, Sort

Flag = QItemSelectionModel.SelectionFlag


def edited(width: int) -> Grid:
    """A filter row, a find bar, frozen columns, edited rows that stayed, a question about a paste."""
    grid = Grid("rates", rate_columns(), title="Rates")
    grid.resize(width, 520)
    grid.set_filter_row()
    grid.set_source(rate_source(400))
    grid.header.filters.set_typed({"destination": "egypt,مصر", "price": ">0.01"})
    grid.set_order([Sort("step"), Sort("price", True)])
    grid.set_frozen(2)
    grid.show()
    model = grid.model
    for row, text in ((1, "0.9"), (3, "0.001"), (4, "900")):
        grid.changing.type_text(row, 2, text)
    grid.changing.type_text(2, 1, "Nowhere at all")
    part = QItemSelection(model.index(5, 2), model.index(8, 4))
    grid.view.selectionModel().setCurrentIndex(model.index(5, 2), Flag.NoUpdate)
    grid.view.selectionModel().select(part, Flag.ClearAndSelect)
    QGuiApplication.clipboard().setText("0.5\t6\n0.6\t6")
    grid.finding.open(replacing=True)
    grid.finding.bar.scope.setCurrentIndex(0)
    grid.finding.bar.text.setText("cairo")
    grid.finding.look()
    grid.finding.step(1)
    grid.view.selectionModel().select(part, Flag.ClearAndSelect)
    grid.asking.figure()
    grid.paste_hint.show_now()
    return grid


def asking(width: int) -> Grid:
    """A paste with cells that cannot be taken."""
    grid = edited(width)
    grid.finding.bar.close_bar()
    QGuiApplication.clipboard().setText("cheap\t6\n0.6\t6,5\n0.7\t60\n0.8\t60")
    grid.changing.paste()
    return grid


def main(folder: Path) -> None:
    """All pictures."""
    app = QApplication([])
    rtl = os.environ.get("GALLERY_RTL") == "1"
    if rtl:
        app.setLayoutDirection(Qt.LayoutDirection.RightToLeft)
    theme.start(app)
    folder.mkdir(parents=True, exist_ok=True)
    for dark in (False, True):
        theme.use(app, dark=dark)
        tail = (
            f"{'dark' if dark else 'light'}{'-rtl' if rtl else ''}{os.environ.get('QT_SCALE_FACTOR', '')}.png"
        )
        save(edited(1000), folder / f"edited-{tail}")
        save(asking(1000), folder / f"asking-{tail}")
        narrow = edited(560)
        narrow.view.horizontalScrollBar().setValue(90)
        save(narrow, folder / f"narrow-{tail}")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
