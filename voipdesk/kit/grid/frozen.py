"""Columns that stay while the others scroll: one view, one selection, the first columns painted where they stand.

Qt knows nothing of it: places of cells, hits of the mouse and scrolling are answered for it here. Mirrored by itself.
"""

from collections.abc import Sequence

from PySide6.QtCore import QItemSelection, QModelIndex, QPersistentModelIndex, QPoint, QRect
from PySide6.QtGui import QRegion
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QTableView

Index = QModelIndex | QPersistentModelIndex


def how_many(header: QHeaderView) -> int:
    """How many of its first columns a header keeps from scrolling."""
    return int(getattr(header, "frozen", 0))


def frozen_columns(header: QHeaderView) -> list[int]:
    """The first visible columns that do not scroll, in the order shown; never so many that nothing else has room."""
    wanted, found = how_many(header), list[int]()
    room = round(header.viewport().width() * 0.7)
    for place in range(header.count()):
        at = header.logicalIndex(place)
        if len(found) >= wanted:
            break
        if header.isSectionHidden(at):
            continue
        room -= header.sectionSize(at)
        if room < 0:
            break
        found.append(at)
    return found


def frozen_width(header: QHeaderView) -> int:
    """How wide the columns that do not scroll are together."""
    return sum(header.sectionSize(at) for at in frozen_columns(header))


def left_of(header: QHeaderView, at: int) -> int:
    """Where a column begins in the viewport, frozen or not."""
    frozen = frozen_columns(header)
    if at not in frozen:
        return int(header.sectionViewportPosition(at))
    before = sum(header.sectionSize(each) for each in frozen[: frozen.index(at)])
    if header.isRightToLeft():
        return int(header.viewport().width() - before - header.sectionSize(at))
    return before


def column_under(header: QHeaderView, x: int) -> int:
    """The column at a place of the viewport, -1 where there is none."""
    for at in frozen_columns(header):
        left = left_of(header, at)
        if left <= x < left + header.sectionSize(at):
            return at
    return int(header.logicalIndexAt(x))


class FrozenView(QTableView):
    """A table view whose header may say that its first columns are `frozen`."""

    def visualRect(self, index: Index) -> QRect:
        """Where a cell is; a frozen one does not scroll."""
        box = super().visualRect(index)
        if index.isValid() and how_many(self.horizontalHeader()) and not box.isNull():
            box.moveLeft(left_of(self.horizontalHeader(), index.column()))
        return box

    def indexAt(self, where: QPoint) -> QModelIndex:
        """The cell at a place."""
        if not how_many(self.horizontalHeader()):
            return super().indexAt(where)
        row, column = self.rowAt(where.y()), column_under(self.horizontalHeader(), where.x())
        return self.model().index(row, column) if row >= 0 and column >= 0 else QModelIndex()

    def scrollTo(
        self, index: Index, hint: QAbstractItemView.ScrollHint = QAbstractItemView.ScrollHint.EnsureVisible
    ) -> None:
        """Bring a cell into sight, also from behind the frozen columns."""
        header = self.horizontalHeader()
        if not how_many(header) or not index.isValid():
            super().scrollTo(index, hint)
            return
        bar = self.horizontalScrollBar()
        before = bar.value()
        super().scrollTo(index, hint)
        frozen, wide = frozen_columns(header), frozen_width(header)
        if index.column() in frozen:
            bar.setValue(before)
            return
        left, size = header.sectionViewportPosition(index.column()), header.sectionSize(index.column())
        mirrored = header.isRightToLeft()
        hidden = left + size - (self.viewport().width() - wide) if mirrored else wide - left
        if hidden > 0:
            bar.setValue(bar.value() - hidden)

    def scrollContentsBy(self, dx: int, dy: int) -> None:
        """What is frozen was moved along with the rest: paint everything again."""
        super().scrollContentsBy(dx, dy)
        if dx and how_many(self.horizontalHeader()):
            self.viewport().update()

    def visualRegionForSelection(self, selection: QItemSelection) -> QRegion:
        """What has to be painted when a selection changes."""
        if how_many(self.horizontalHeader()):
            return QRegion(self.viewport().rect())
        return super().visualRegionForSelection(selection)

    def dataChanged(self, first: Index, last: Index, roles: Sequence[int] = ()) -> None:
        """Cells hold other values."""
        super().dataChanged(first, last, list(roles))
        if how_many(self.horizontalHeader()):
            self.viewport().update()
