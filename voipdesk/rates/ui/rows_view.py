"""The first and last rows of a sheet with what each of them is, and three markers that can be moved."""

from collections.abc import Mapping
from dataclasses import dataclass

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtGui import QColor, QKeyEvent, QMouseEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHBoxLayout,
    QHeaderView,
    QTableWidget,
    QTableWidgetItem,
    QWidget,
)

from voipdesk.kernel.text import tr, trn
from voipdesk.kit import theme
from voipdesk.kit.names import named
from voipdesk.kit.page import label, tool
from voipdesk.rates.files_preview import Line, Preview

HEADER, FIRST, LAST = "header_row", "first_data_row", "last_data_row"
_WIDE = 34
"""Digits of the font that a column is wide at most."""


@dataclass(frozen=True, slots=True)
class _Shown:
    """One row of the view: a line of the file, or None for those that are left out."""

    line: Line | None


def kind_titles() -> dict[str, str]:
    """What rows are, in words."""
    return {
        "title": tr("title"), "header": tr("header"), "data": tr("data"), "blank": tr("blank"),
        "comment": tr("comment"), "footer": tr("footer"),
        "codes": tr("dial codes"), "unused": tr("dial codes without a rate"),
    }  # fmt: skip


def marker_titles() -> dict[str, str]:
    """The three markers, in words."""
    return {HEADER: tr("HEADER"), FIRST: tr("first data"), LAST: tr("last data")}


class RowsView(QTableWidget):
    """`table.preview`. `moved(marker, row)`: by its buttons, by dragging, with Alt+Up and Alt+Down."""

    moved = Signal(str, int)

    def __init__(self) -> None:
        super().__init__()
        named(self, "table.preview", tr("First and last rows"))
        self._preview: Preview | None = None
        self._rows: list[_Shown] = []
        self._places: dict[str, int] = {}
        self._dragged = ""
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setTabKeyNavigation(False)
        self.setShowGrid(False)
        self.setWordWrap(False)
        self.horizontalHeader().hide()
        self.verticalHeader().hide()
        self.verticalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        self.verticalHeader().setDefaultSectionSize(theme.ems(1.7, self))
        self.setFrameShape(QTableWidget.Shape.NoFrame)
        self.setMinimumHeight(theme.ems(12))

    def show_preview(self, preview: Preview, markers: Mapping[str, int]) -> None:
        """Show the rows; `markers` tells where each marker stands."""
        self._preview, self._places = preview, dict(markers)
        shown = [_Shown(line) for line in preview.first]
        if preview.last:
            left = preview.last[0].number - (preview.first[-1].number if preview.first else 0) - 1
            shown += [_Shown(None)] if left > 0 else []
            shown += [_Shown(line) for line in preview.last]
        self._rows = shown
        self._fill()

    def row_of(self, number: int) -> int | None:
        """The place in the view of a row of the file."""
        for at, one in enumerate(self._rows):
            if one.line is not None and one.line.number == number:
                return at
        return None

    def markers_at(self, at: int) -> list[str]:
        """The markers that stand at a place of the view."""
        line = self._rows[at].line if 0 <= at < len(self._rows) else None
        return [] if line is None else [name for name, row in self._places.items() if row == line.number]

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Alt+Up and Alt+Down move the marker of the current row."""
        steps = {Qt.Key.Key_Up: -1, Qt.Key.Key_Down: 1}
        step = steps.get(Qt.Key(event.key()))
        if step is not None and event.modifiers() & Qt.KeyboardModifier.AltModifier:
            for name in self.markers_at(self.currentRow())[:1]:
                self._move(name, step)
            return
        super().keyPressEvent(event)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """A marker is taken hold of."""
        super().mousePressEvent(event)
        names = self.markers_at(self.rowAt(event.position().toPoint().y()))
        self._dragged = names[0] if names else ""

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """The row it would be dropped at is the current one."""
        super().mouseMoveEvent(event)
        at = self.rowAt(event.position().toPoint().y())
        if self._dragged and at >= 0:
            self.setCursor(Qt.CursorShape.SizeVerCursor)
            self.setCurrentCell(at, 0)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Dropped on another row, the marker stands there."""
        super().mouseReleaseEvent(event)
        self.unsetCursor()
        name, self._dragged = self._dragged, ""
        at = self.rowAt(event.position().toPoint().y())
        line = self._rows[at].line if 0 <= at < len(self._rows) else None
        if name and line is not None and line.number != self._places[name]:
            self.moved.emit(name, line.number)

    def changeEvent(self, event: QEvent) -> None:
        """Colours follow the palette."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange and self._preview is not None:
            self._fill()

    def _move(self, name: str, step: int) -> None:
        self.moved.emit(name, self._places[name] + step)

    def _fill(self) -> None:
        preview = self._preview
        assert preview is not None
        current = self.currentRow()
        had = self.hasFocus()
        width = max([len(one.line.cells) for one in self._rows if one.line is not None], default=0)
        self.clear()
        self.setRowCount(len(self._rows))
        self.setColumnCount(width + 3)
        for at, one in enumerate(self._rows):
            self._fill_row(at, one.line, width)
        self._widths(width)
        if 0 <= current < len(self._rows):
            self.setCurrentCell(current, 0)
        if had:
            self.setFocus()

    def _fill_row(self, at: int, line: Line | None, width: int) -> None:
        colours, preview = theme.colours(), self._preview
        assert preview is not None
        if line is None:
            left = preview.last[0].number - preview.first[-1].number - 1
            text = trn("… {count} more row …", "… {count} more rows …", left)
            item = QTableWidgetItem(text)
            item.setForeground(QColor(colours.muted))
            self.setItem(at, 1, item)
            self.setSpan(at, 1, 1, width + 2)
            return
        is_data = line.kind == "data"
        texts = [
            preview.layout.row_name(line.number),
            *line.cells,
            *[""] * (width - len(line.cells)),
            kind_titles()[line.kind],
        ]
        for column, text in enumerate(texts):
            item = QTableWidgetItem(text)
            quiet = column in {0, width + 1} or not (is_data or line.kind == "header")
            item.setForeground(QColor(colours.muted if quiet else colours.text))
            if line.kind == "header":
                item.setBackground(QColor(colours.accent_soft))
                item.setFont(theme.scaled_font(1, bold=True, base=self.font()))
            elif not is_data:
                item.setBackground(QColor(colours.header))
            if column == 0:
                item.setTextAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
            item.setToolTip(text)
            self.setItem(at, column, item)
        names = self.markers_at(at)
        if names:
            self.setCellWidget(at, width + 2, self._marker(names))

    def _marker(self, names: list[str]) -> QWidget:
        """The name of a marker with its two buttons."""
        made = QWidget()
        row = QHBoxLayout(made)
        row.setContentsMargins(theme.XS, 0, theme.XS, 0)
        row.setSpacing(2)
        titles = marker_titles()
        for name in names:
            row.addWidget(label(titles[name], tone="accent", bold=True, size=0.9))
            row.addSpacing(theme.XS)
            for icon, word, step, tip in (
                ("chevron-up", "up", -1, tr("One row up")),
                ("chevron-down", "down", 1, tr("One row down")),
            ):
                push = tool(icon, f"{name}.{word}", f"{titles[name]}: {tip}")
                push.setFocusPolicy(Qt.FocusPolicy.NoFocus)
                push.setAutoRaise(True)
                push.setFixedSize(theme.ems(1.4, self), theme.ems(1.4, self))
                push.clicked.connect(lambda _=False, name=name, step=step: self._move(name, step))
                row.addWidget(push)
        row.addStretch(1)
        return made

    def _widths(self, width: int) -> None:
        digit = self.fontMetrics().horizontalAdvance("0")
        self.resizeColumnsToContents()
        for column in range(1, width + 1):
            self.setColumnWidth(column, min(self.columnWidth(column) + digit, digit * _WIDE))
        self.horizontalHeader().setStretchLastSection(False)
        texts = [self.fontMetrics().horizontalAdvance(text) for text in marker_titles().values()]
        most = max([len(self.markers_at(at)) for at in range(len(self._rows))], default=1)
        self.setColumnWidth(width + 2, most * (max(texts) + theme.ems(4.5, self)))
