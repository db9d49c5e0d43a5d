"""The view: paints itself in one pass, selects in ranges, knows its keys, and lets the keyboard out with F6."""

from collections.abc import Callable, Hashable
from dataclasses import dataclass
from typing import Any

from PySide6.QtCore import QEvent, QItemSelectionModel, QModelIndex, QRect, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QContextMenuEvent,
    QFontMetrics,
    QGuiApplication,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QResizeEvent,
)
from PySide6.QtWidgets import QAbstractItemView, QWidget

from voipdesk.kit import theme
from voipdesk.kit.grid import painting
from voipdesk.kit.grid.columns import Kind
from voipdesk.kit.grid.delegate import CellDelegate
from voipdesk.kit.grid.frozen import FrozenView, frozen_width
from voipdesk.kit.grid.header import ColumnHeader, RowHeader
from voipdesk.kit.grid.keys import command_of
from voipdesk.kit.grid.model import GridModel
from voipdesk.kit.grid.selection import Range, ranges_of, rows_of

Flag = QItemSelectionModel.SelectionFlag
STRETCH_LEAST = 16
"""Digits that a stretching column keeps in a narrow window."""


@dataclass(frozen=True, slots=True)
class CellView:
    """One cell as tests and accessibility tools see it."""

    key: Hashable
    column: str
    row: int
    text: str
    value: Any
    tone: str
    index: QModelIndex


class GridView(FrozenView):
    """A table view over a `GridModel`."""

    selected = Signal()
    menu_asked = Signal(object)
    """The menu of rows, at a place of the screen."""

    def __init__(self, model: GridModel, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.grid_model = self._model = model
        self._hovered = -1
        self.commands: dict[str, Callable[[], object]] = {
            "leave": lambda: leave(self),
            "leave_back": lambda: leave(self, back=True),
            "column": lambda: self.select_whole(self.currentIndex(), Flag.Columns),
            "row": lambda: self.select_whole(self.currentIndex(), Flag.Rows),
        }
        """What keys do, by the names of `keys.command_of`; a command that answers False leaves the key to Qt."""
        self.is_available: Callable[[str], bool] = lambda _: True
        """Whether a command means something now; else the key is left to menus and pages."""
        self.columns_header = ColumnHeader(model.columns, self)
        self.setHorizontalHeader(self.columns_header)
        self.rows_header = RowHeader(self)
        self.setVerticalHeader(self.rows_header)
        self.setModel(model)
        self.cells = CellDelegate(model, self)
        self.setItemDelegate(self.cells)
        self.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectItems)
        self.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setShowGrid(False)
        self.setWordWrap(False)
        self.setMouseTracking(True)
        self.setCornerButtonEnabled(False)
        self.setFrameShape(FrozenView.Shape.NoFrame)
        self.setTabKeyNavigation(any(column.editable for column in model.columns))
        self.setEditTriggers(
            QAbstractItemView.EditTrigger.DoubleClicked
            | QAbstractItemView.EditTrigger.EditKeyPressed
            | QAbstractItemView.EditTrigger.AnyKeyPressed
        )
        self.columns_header.column_asked.connect(
            lambda at: self.select_whole(model.index(0, at), Flag.Columns)
        )
        self.horizontalScrollBar().valueChanged.connect(self.columns_header.place_filters)
        self.columns_header.sectionResized.connect(self._note_resize)
        self.is_sized_by_hand = False
        """Whether a person chose widths: then the window's width changes none."""
        self.hidden_widths: dict[int, int] = {}
        self.fit_to_font()
        for at, column in enumerate(model.columns):
            if column.hidden:
                self.hide_column(at)

    def fit_to_font(self) -> None:
        """Rows and columns in the measure of the font."""
        self.verticalHeader().setDefaultSectionSize(self.fontMetrics().height() + theme.S)
        for at, column in enumerate(self._model.columns):
            self.setColumnWidth(at, wanted_width(self, column.width, column.title))

    def _note_resize(self, *_: int) -> None:
        """Widths that a person chose are his."""
        if QGuiApplication.mouseButtons() & Qt.MouseButton.LeftButton:
            self.is_sized_by_hand = True

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Fit the columns to the new width."""
        super().resizeEvent(event)
        self.stretch()

    def hide_column(self, at: int) -> None:
        """Hide a column, and keep in mind how wide it was."""
        if not self.isColumnHidden(at):
            self.hidden_widths[at] = self.columnWidth(at)
            self.setColumnHidden(at, True)

    def stretch(self) -> None:
        """Give the room that is left to the column that stretches, or take some from it."""
        columns = self._model.columns
        at = next((at for at, column in enumerate(columns) if column.stretch), None)
        if at is None:
            at = next((at for at, column in enumerate(columns) if column.kind is Kind.TEXT), None)
        if at is None or self.is_sized_by_hand or self.isColumnHidden(at):
            return
        others = self.columns_header.length() - self.columnWidth(at)
        least = wanted_width(self, min(columns[at].width, STRETCH_LEAST), columns[at].title)
        self.setColumnWidth(at, max(least, self.viewport().width() - others))

    def selection_ranges(self) -> list[Range]:
        """What is selected, as rectangles; quick at any size."""
        return ranges_of(self.selectionModel().selection())

    def select_whole(self, index: QModelIndex, what: QItemSelectionModel.SelectionFlag) -> None:
        """Select the column or row of a cell, whatever keys are held down."""
        if not index.isValid():
            return
        self.selectionModel().setCurrentIndex(index, Flag.NoUpdate)
        self.selectionModel().select(index, Flag.ClearAndSelect | what)

    def make_current(self, index: QModelIndex, *, select: bool = True) -> None:
        """Make a cell the current one and the only one selected, or leave the selection; whatever keys are held down."""
        self.selectionModel().setCurrentIndex(index, Flag.ClearAndSelect if select else Flag.NoUpdate)
        self.scrollTo(index)

    def go_to(self, key: Hashable, column_id: str | None = None) -> bool:
        """Make the row of a key the current one and scroll to it; False where it is not shown."""
        row = self._model.place(key)
        if row is None:
            return False
        at = self._model.column_at(column_id) if column_id else max(0, self.currentIndex().column())
        self.make_current(self._model.index(row, at))
        return True

    def paintEvent(self, event: QPaintEvent) -> None:
        """Everything visible in one pass."""
        region, height = event.rect(), self.verticalHeader().defaultSectionSize()
        painter = QPainter(self.viewport())
        painter.setFont(self.font())
        scrolled, standing = painting.places(self, self._model.columns, region)
        canvas = painting.Canvas(
            painter=painter,
            model=self._model,
            places=scrolled,
            sizes=painting.measures(self),
            colours=theme.colours(),
            height=height,
        )
        if self._model.rowCount():
            if scrolled:
                painter.setClipRect(self._beside_frozen())
                self._paint_rows(canvas, region)
                painter.setClipping(False)
            if standing:
                canvas.places = standing
                self._paint_rows(canvas, region)
                self._paint_edge(painter)
            current = self.currentIndex()
            if current.isValid():
                if not any(place.at == current.column() for place in standing):
                    painter.setClipRect(self._beside_frozen())
                canvas.focus(self.visualRect(current), active=self.hasFocus())
        painter.end()

    def _beside_frozen(self) -> QRect:
        """The part of the viewport where columns scroll."""
        wide = frozen_width(self.columns_header)
        left, right = (0, -wide) if self.isRightToLeft() else (wide, 0)
        return self.viewport().rect().adjusted(left, 0, right, 0)

    def _paint_edge(self, painter: QPainter) -> None:
        """The line between the columns that stand and those that scroll."""
        beside = self._beside_frozen()
        edge = beside.right() + 1 if self.isRightToLeft() else beside.left() - 1
        painter.setPen(QColor(theme.colours().border))
        painter.drawLine(edge, 0, edge, self.viewport().height())

    def _paint_rows(self, canvas: painting.Canvas, region: QRect) -> None:
        top = max(0, self.rowAt(region.top()))
        count, height = self._model.rowCount(), canvas.height
        y = self.rowViewportPosition(top)
        bottom = min(count - 1, top + (region.bottom() - y) // height)
        ranges = [part for part in self.selection_ranges() if part.top <= bottom and part.bottom >= top]
        canvas.rows(range(top, bottom + 1), y, hovered=self._hovered, ranges=ranges)
        self._model.read_ahead(top, bottom)

    def viewportEvent(self, event: QEvent) -> bool:
        """Follow the mouse for the hover."""
        if event.type() == QEvent.Type.MouseMove and isinstance(event, QMouseEvent):
            self._hover(self.rowAt(round(event.position().y())))
        elif event.type() == QEvent.Type.Leave:
            self._hover(-1)
        return bool(super().viewportEvent(event))

    def _hover(self, row: int) -> None:
        if row == self._hovered:
            return
        for each in (row, self._hovered):
            if each >= 0:
                top = self.rowViewportPosition(each)
                self.viewport().update(0, top, self.viewport().width(), self.rowHeight(each))
        self._hovered = row

    def event(self, event: QEvent) -> bool:
        """A key that means something here is not the menu's."""
        if event.type() == QEvent.Type.ShortcutOverride and isinstance(event, QKeyEvent):
            name = command_of(event)
            if name in self.commands and self.is_available(name) and self.state() != self.State.EditingState:
                event.accept()
                return True
        return bool(super().event(event))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Do what the key stands for; the rest is Qt's."""
        command = self.commands.get(command_of(event))
        if command is None or command() is False:
            super().keyPressEvent(event)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        """The menu of rows; a click beside the selection chooses its cell first."""
        if event.reason() != QContextMenuEvent.Reason.Keyboard:
            index = self.indexAt(event.pos())
            if index.isValid() and not self.selectionModel().isSelected(index):
                self.make_current(index)
        by_key = event.reason() == QContextMenuEvent.Reason.Keyboard
        self.menu_asked.emit(None if by_key else event.globalPos())
        event.accept()

    def selectionChanged(self, selected: Any, deselected: Any) -> None:
        """Tell that the selection is another one."""
        super().selectionChanged(selected, deselected)
        self.selected.emit()


def leave(view: GridView, *, back: bool = False) -> None:
    """Hand the focus to the next control around the grid, or the one before: the keyboard is not caught in it."""
    inside = view.parentWidget() or view
    step = QWidget.previousInFocusChain if back else QWidget.nextInFocusChain
    after = step(view)
    while after is not None and after is not view:
        takes = after.focusPolicy() & Qt.FocusPolicy.TabFocus and after.isVisible() and after.isEnabled()
        if takes and not inside.isAncestorOf(after):
            after.setFocus(Qt.FocusReason.BacktabFocusReason if back else Qt.FocusReason.TabFocusReason)
            return
        after = step(after)


def wanted_width(view: GridView, digits: int, title: str) -> int:
    """Room for so many digits, and never less than the title needs."""
    digit = view.fontMetrics().horizontalAdvance("0")
    bold = QFontMetrics(theme.scaled_font(1, bold=True, base=view.font()))
    return max(digit * digits, bold.horizontalAdvance(title)) + 2 * theme.S + 1


def cell_of(view: GridView, key: Hashable, column_id: str) -> CellView | None:
    """The cell of a row key and a column id (ux.md 10); None where the row is not shown."""
    model = view.grid_model
    row, at = model.place(key), model.column_at(column_id)
    if row is None:
        return None
    text, _, tone, _ = model.cell(row, at)
    return CellView(key, column_id, row, text, model.value(row, at), tone, model.index(row, at))


def keys_of(view: GridView, most: int) -> list[Hashable]:
    """Keys of the rows touched by the selection, in their order, at most so many."""
    found: list[Hashable] = []
    for first, last in rows_of(view.selection_ranges()):
        end = min(last + 1, first + most - len(found))
        found.extend(view.grid_model.key(row) for row in range(first, end))
    return found
