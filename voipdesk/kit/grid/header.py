"""Headers that paint themselves and never ask the selection model (asking it once a section froze Ctrl+A for 99 s)."""

from collections.abc import Callable, Sequence
from typing import Any

from PySide6.QtCore import QEvent, QLine, QPointF, QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QFontMetrics, QFontMetricsF, QMouseEvent, QPainter, QPaintEvent, QShowEvent
from PySide6.QtWidgets import QApplication, QHeaderView, QWidget

from voipdesk.kernel.text import tr
from voipdesk.kit import icons, theme
from voipdesk.kit.grid.columns import NUMBERS, Column
from voipdesk.kit.grid.filter_row import FilterRow
from voipdesk.kit.grid.filters import Sort
from voipdesk.kit.grid.frozen import column_under, frozen_columns, left_of


class ColumnHeader(QHeaderView):
    """Titles with the order's arrows, and the filter row below them."""

    sort_asked = Signal(int, bool)
    """Column, and whether it is added to the order (Shift)."""
    column_asked = Signal(int)
    """A whole column is to be selected (Ctrl+click)."""
    menu_asked = Signal(int, object)
    """The menu of columns, for the column under the mouse, at a place of the screen."""

    came_in_sight = Signal()
    """For whoever does nothing out of sight."""

    def __init__(self, columns: Sequence[Column], parent: QWidget) -> None:
        super().__init__(Qt.Orientation.Horizontal, parent)
        self.frozen = 0
        """So many of the first columns do not scroll."""
        self._columns = columns
        self._order: dict[str, tuple[int, bool]] = {}
        self._pressed: tuple[int, QPointF] | None = None
        self._hovered = -1
        self.filters = FilterRow(columns, self)
        self.setSectionsMovable(True)
        self.setHighlightSections(False)
        self.setMinimumSectionSize(round(theme.em(self) * 2))
        self.setMouseTracking(True)
        self.setAccessibleName(tr("Columns"))
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        self.customContextMenuRequested.connect(self._ask_menu)
        self.sectionResized.connect(self.place_filters)
        self.sectionMoved.connect(self.place_filters)
        self.geometriesChanged.connect(self.place_filters)

    def show_order(self, order: Sequence[Sort]) -> None:
        """Show which columns rule the order."""
        self._order = {part.column: (at, part.descending) for at, part in enumerate(order, 1)}
        self.viewport().update()

    def shown(self) -> list[int]:
        """Places of the visible columns, in the order shown."""
        order = [self.logicalIndex(at) for at in range(self.count())]
        return [at for at in order if not self.isSectionHidden(at)]

    def set_frozen(self, count: int) -> None:
        """Keep so many of the first columns from scrolling."""
        self.frozen = max(0, count)
        self.place_filters()
        self.viewport().update()

    def set_filter_row(self, shown: bool) -> None:
        """Show or hide the row of filters."""
        self.filters.setVisible(shown)
        self.updateGeometries()
        self.geometriesChanged.emit()

    def title_height(self) -> int:
        """The height of the titles alone."""
        return round(QFontMetricsF(self.font()).height() + 2 * theme.S)

    def sizeHint(self) -> QSize:
        """Titles and, where it is shown, the filter row; nobody asks for the width, which takes long to find."""
        height = self.title_height()
        if not self.filters.isHidden():
            height += self.filters.wanted_height()
        return QSize(0, height)

    def updateGeometries(self) -> None:
        """Qt moved the sections: move the filters with them."""
        super().updateGeometries()
        self.place_filters()

    def showEvent(self, event: QShowEvent) -> None:
        """The filters were not placed before."""
        super().showEvent(event)
        self.place_filters()
        self.came_in_sight.emit()

    def place_filters(self, *_: int) -> None:
        """Put the filter fields under their columns: those were moved, resized or scrolled. Out of sight it can wait."""
        if self.isVisible():
            self.filters.place(self)

    def paintEvent(self, event: QPaintEvent) -> None:
        """The columns that scroll, and over them those that do not."""
        super().paintEvent(event)
        frozen = frozen_columns(self)
        if not frozen:
            return
        painter = QPainter(self.viewport())
        for at in frozen:
            box = QRect(left_of(self, at), 0, self.sectionSize(at), self.height())
            self.paintSection(painter, box, at)
        painter.setPen(QColor(theme.colours().border))
        edge = box.left() if self.isRightToLeft() else box.right()
        painter.drawLine(edge, 0, edge, self.height())
        painter.end()

    def paintSection(self, painter: QPainter, rect: QRect, section: int) -> None:
        """Title and arrow in the upper part; quiet lines; nothing asks what is selected."""
        colours, column = theme.colours(), self._columns[section]
        painter.save()
        painter.fillRect(rect, QColor(colours.header))
        upper = QRect(rect.x(), rect.y(), rect.width(), self.title_height())
        if section == self._hovered:
            painter.fillRect(upper, QColor(colours.hover))
        painter.setPen(QColor(colours.border))
        painter.drawLine(rect.bottomLeft(), rect.bottomRight())
        painter.setPen(QColor(colours.line))
        edge = rect.left() if self.isRightToLeft() else rect.right()
        painter.drawLine(edge, rect.top() + theme.XS, edge, rect.bottom() - theme.XS)
        self._paint_title(painter, upper.adjusted(theme.S, 0, -theme.S, 0), column)
        painter.restore()

    def _paint_title(self, painter: QPainter, rect: QRect, column: Column) -> None:
        colours = theme.colours()
        painter.setFont(theme.scaled_font(1, bold=True, base=self.font()))
        metrics = QFontMetrics(painter.font())
        at_right = column.kind in NUMBERS or self.isRightToLeft()
        mark = self._order.get(column.id)
        if mark:
            rect = self._paint_arrow(painter, rect, mark, at_right=at_right, width=metrics.height())
        text = metrics.elidedText(column.title, Qt.TextElideMode.ElideRight, rect.width())
        painter.setPen(QColor(colours.text if mark else colours.muted))
        side = Qt.AlignmentFlag.AlignRight if at_right else Qt.AlignmentFlag.AlignLeft
        painter.drawText(
            rect, int(side | Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignAbsolute), text
        )

    def _paint_arrow(
        self, painter: QPainter, rect: QRect, mark: tuple[int, bool], *, at_right: bool, width: int
    ) -> QRect:
        """The arrow opposite of the title's side; with several columns its place in the order too."""
        number, descending = mark
        wide = width if len(self._order) == 1 else round(width * 1.6)
        left = rect.left() if at_right else rect.right() - wide
        size = width * 0.8
        box = QRectF(left, rect.center().y() - size / 2 + 0.5, size, size)
        icons.draw(painter, box, "sort-desc" if descending else "sort-asc", theme.colours().accent)
        if len(self._order) > 1:
            painter.setPen(QColor(theme.colours().accent))
            place = QRectF(left + size, rect.top(), wide - size, rect.height())
            painter.drawText(place, int(Qt.AlignmentFlag.AlignCenter), str(number))
        return rect.adjusted(wide, 0, 0, 0) if at_right else rect.adjusted(0, 0, -wide, 0)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Remember where: a click that does not move sorts."""
        on_handle = self.cursor().shape() == Qt.CursorShape.SplitHCursor
        at = column_under(self, event.position().toPoint().x())
        is_apart = at in frozen_columns(self) and left_of(self, at) != self.sectionViewportPosition(at)
        if event.button() == Qt.MouseButton.LeftButton and (is_apart or not on_handle):
            self._pressed = (at, event.position())
        if not is_apart:  # Qt would take hold of the column that is scrolled under it.
            super().mousePressEvent(event)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Sort by the column; Shift adds it to the order, Ctrl selects it."""
        super().mouseReleaseEvent(event)
        pressed, self._pressed = self._pressed, None
        if pressed is None or pressed[0] < 0:
            return
        moved = (event.position() - pressed[1]).manhattanLength()
        if moved >= QApplication.startDragDistance():
            return
        keys = event.modifiers()
        if keys & Qt.KeyboardModifier.ControlModifier:
            self.column_asked.emit(pressed[0])
        else:
            self.sort_asked.emit(pressed[0], bool(keys & Qt.KeyboardModifier.ShiftModifier))

    def viewportEvent(self, event: QEvent) -> bool:
        """Follow the mouse for the hover."""
        hovered = self._hovered
        if event.type() == QEvent.Type.MouseMove and isinstance(event, QMouseEvent):
            hovered = column_under(self, event.position().toPoint().x())
        elif event.type() == QEvent.Type.Leave:
            hovered = -1
        if hovered != self._hovered:
            self._hovered = hovered
            self.viewport().update()
        return bool(super().viewportEvent(event))

    def _ask_menu(self, where: Any) -> None:
        self.menu_asked.emit(column_under(self, where.x()), self.viewport().mapToGlobal(where))


class RowHeader(QHeaderView):
    """Numbers of rows; click and drag select rows."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(Qt.Orientation.Vertical, parent)
        self.setSectionsClickable(True)
        self.setHighlightSections(False)
        self.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        self.setAccessibleName(tr("Rows"))
        self.is_kept: Callable[[int], bool] = lambda _: False
        """Whether a row stands where it is only because it was edited; it gets a dot."""

    def sizeHint(self) -> QSize:
        """Wide enough for the largest number; asking every section would take long."""
        model = self.model()
        digits = max(3, len(str(model.rowCount() if model else 0)))
        width = QFontMetricsF(self.font()).horizontalAdvance("0") * digits + 2 * theme.S + theme.XS
        return QSize(round(width), 0)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Muted numbers, all in one pass."""
        super().paintEvent(event)
        region = event.rect()
        first = self.logicalIndexAt(region.top())
        if first < 0:
            return
        painter, height = QPainter(self.viewport()), self.defaultSectionSize()
        top, width = self.sectionViewportPosition(first), self.viewport().width()
        shown = min(self.count() - first, (region.bottom() - top) // height + 1)
        tops = [(first + at, top + at * height) for at in range(shown)]
        colours, box = theme.colours(), QRect(0, top, width, shown * height)
        painter.fillRect(box, QColor(colours.header))
        painter.setPen(QColor(colours.line))
        painter.drawLines([QLine(0, y + height - 1, width - 1, y + height - 1) for _, y in tops])
        painter.setPen(QColor(colours.border))
        edge = box.left() if self.isRightToLeft() else box.right()
        painter.drawLine(edge, box.top(), edge, box.bottom())
        painter.setPen(QColor(colours.muted))
        flags = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignAbsolute
        side = int(flags)
        for row, y in tops:
            painter.drawText(theme.XS, y, width - theme.XS - theme.S, height, side, str(row + 1))
        for row, y in tops:
            if self.is_kept(row):
                self._paint_dot(painter, y, height)
        painter.end()

    def _paint_dot(self, painter: QPainter, top: int, height: int) -> None:
        """The mark of a row that was edited and stands where it stood."""
        size = max(5, round(height * 0.24))
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(theme.colours().accent))
        # The number stands at the right in every language.
        painter.drawEllipse(QRectF(2, top + (height - 1 - size) / 2 + 0.5, size, size))

    def paintSection(self, painter: QPainter, rect: QRect, section: int) -> None:
        """Nothing: all numbers are painted in one pass."""
