"""The rows of one reason of quarantine, with the columns of their file, corrected in place."""

from collections.abc import Sequence
from zoneinfo import ZoneInfo

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from voipdesk.kernel.text import tr, trn
from voipdesk.kit import theme
from voipdesk.kit.grid import Column, Formats, Grid, Kind, MemorySource
from voipdesk.kit.page import framed, label
from voipdesk.kit.states import State
from voipdesk.rates.queries import QuarantinedRow
from voipdesk.tabular.layout import Layout

_CELL = "cell."
_MOST_COLUMNS = 60


class WaitingRows(QWidget):
    """`table.quarantine`; `edited(row, title, text)` where a cell was corrected."""

    edited = Signal(int, str, str)

    def __init__(self, zone: ZoneInfo) -> None:
        super().__init__()
        self._zone, self._layout, self._code = zone, Layout(), ""
        self.more = label(tone="muted")
        self.more.setObjectName("check.more")
        self.more.hide()
        self._place = QVBoxLayout()
        self._place.setContentsMargins(0, 0, 0, 0)
        box = QVBoxLayout(self)
        box.setContentsMargins(0, 0, 0, 0)
        box.setSpacing(theme.S)
        box.addLayout(self._place, 1)
        box.addWidget(self.more)
        self.grid = self._made()

    def open(self, layout: Layout) -> None:
        """Another file: its columns are others."""
        self._layout, self._code = layout, ""
        self.grid = self._made()

    def show_rows(self, rows: Sequence[QuarantinedRow], total: int) -> None:
        """The first rows of a reason; mended ones make room for the next."""
        width = len(self.grid.model.columns) - 2
        cells = [[*(one.cells or []), *[""] * width][:width] for one in rows]
        name = self._layout.row_name if self._layout.is_stacked else int
        shown = [(name(one.row), one.message, *texts) for one, texts in zip(rows, cells, strict=True)]
        source = MemorySource.keyed(self.grid.model.columns, shown, [one.row for one in rows])
        self.grid.empty = State("ok", tr("Nothing waits"), tr("Every row of the file can be taken."))
        self.grid.set_source(source)
        self._go_to_cause(rows)
        more = total - len(rows)
        text = trn(
            "{count} more row follows when these are settled.",
            "{count} more rows follow when these are settled.",
            more,
        )
        self.more.setText(text)
        self.more.setVisible(more > 0)

    def _go_to_cause(self, rows: Sequence[QuarantinedRow]) -> None:
        """Where another reason is shown, its cell of the first row comes into sight, ready to be corrected."""
        code = rows[0].code if rows else ""
        if code and code != self._code:
            titles = [self._layout.title(at) for at in range(len(self.grid.model.columns) - 2)]
            if rows[0].column in titles:
                self.grid.view.go_to(rows[0].row, f"{_CELL}{titles.index(rows[0].column)}")
        self._code = code

    def _made(self) -> Grid:
        width = max([len(self._layout.titles), *(at + 1 for at in self._layout.columns.values())], default=0)
        columns = [
            Column("row", tr("Row"), Kind.TEXT if self._layout.is_stacked else Kind.INT, width=6),
            Column("reason", tr("Reason"), width=34, stretch=True),
        ]
        columns += [
            Column(f"{_CELL}{at}", self._layout.title(at), width=14, editable=True)
            for at in range(min(width, _MOST_COLUMNS))
        ]
        grid = Grid("quarantine", columns, formats=Formats(zone=self._zone), title=tr("Rows in quarantine"))
        grid.edited.connect(self._edited)
        while (item := self._place.takeAt(0)) is not None:
            old = item.widget()
            if old is not None:
                old.hide()
                old.deleteLater()
        self._place.addWidget(framed(grid))
        return grid

    def _edited(self, key: object, column: str, value: object) -> None:
        if column.startswith(_CELL) and isinstance(key, int):
            title = self._layout.title(int(column.removeprefix(_CELL)))
            self.edited.emit(key, title, str(value or ""))
