"""The place of the grid of compared tables: other tables are other columns, so another grid in the same place."""

from collections.abc import Sequence

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFrame, QVBoxLayout, QWidget

from voipdesk.kernel.text import tr
from voipdesk.kit.desk import Desk
from voipdesk.kit.grid import Column, Formats, Grid
from voipdesk.kit.page import framed
from voipdesk.store.database import Database


class GridPlace(QWidget):
    """Holds the grid `table.compare`; its filter row stays open where it was."""

    shown = Signal(int)

    def __init__(self, desk: Desk[Database]) -> None:
        super().__init__()
        self._desk = desk
        self._box = QVBoxLayout(self)
        self._box.setContentsMargins(0, 0, 0, 0)
        self.grid, self._frame = self._made(
            [
                Column("prefix", tr("Prefix"), width=11),
                Column("destination", tr("Destination"), width=18, stretch=True),
            ]
        )

    def show_columns(self, columns: Sequence[Column]) -> None:
        """Let the grid have these columns."""
        now = self.grid.model.columns
        if [(one.id, one.title, one.room) for one in columns] == [
            (one.id, one.title, one.room) for one in now
        ]:
            return
        old, has_filters = self._frame, not self.grid.header.filters.isHidden()
        self._box.removeWidget(old)
        old.hide()
        old.deleteLater()
        self.grid, self._frame = self._made(columns)
        self.grid.set_filter_row(has_filters)

    def _made(self, columns: Sequence[Column]) -> tuple[Grid, QFrame]:
        desk = self._desk
        formats = Formats(zone=desk.zone)
        grid = Grid("compare", columns, jobs=desk.jobs, formats=formats, title=tr("Compared prices"))
        grid.shown.connect(self.shown)
        frame = framed(grid, self)
        self._box.addWidget(frame)
        return grid, frame
