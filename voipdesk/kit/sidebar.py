"""The sidebar: pages in groups, one of them chosen, with counts beside those that need attention."""

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QFontMetrics, QPainter, QStandardItem, QStandardItemModel
from PySide6.QtWidgets import (
    QAbstractItemView,
    QListView,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QWidget,
)

from voipdesk.kernel.text import tr
from voipdesk.kit import icons, theme

NameRole = int(Qt.ItemDataRole.UserRole) + 1
IconRole = NameRole + 1
CountRole = NameRole + 2
ToneRole = NameRole + 3

Index = QModelIndex | QPersistentModelIndex


@dataclass(frozen=True, slots=True)
class Entry:
    """A page in the sidebar; without a name it is the title of a group."""

    name: str
    title: str
    icon: str = ""


class Sidebar(QListView):
    """Groups of pages; `nav.<page>` are the accessible ids of its entries."""

    chosen = Signal(str)

    def __init__(self, entries: Sequence[Entry] = (), parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("nav")
        self.setAccessibleName(tr("Pages"))
        self._items: dict[str, QStandardItem] = {}
        self._model = QStandardItemModel(self)
        self.setModel(self._model)
        self.setItemDelegate(_EntryDelegate(self))
        self.setFrameShape(QListView.Shape.NoFrame)
        self.setProperty("role", "sidebar")
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setMouseTracking(True)
        self.setViewportMargins(0, theme.M, 0, theme.S)
        self.selectionModel().currentChanged.connect(self._tell)
        self.set_entries(entries)

    def set_entries(self, entries: Sequence[Entry]) -> None:
        """Other pages (another role)."""
        self._model.clear()
        self._items.clear()
        for entry in entries:
            item = QStandardItem(entry.title)
            item.setData(entry.name, NameRole)
            item.setData(entry.icon, IconRole)
            if entry.name:
                item.setAccessibleText(entry.title)
                item.setAccessibleDescription(f"nav.{entry.name}")
                self._items[entry.name] = item
            else:
                item.setFlags(Qt.ItemFlag.NoItemFlags)
            self._model.appendRow(item)

    def choose(self, name: str) -> None:
        """Make a page the chosen one; KeyError where there is none."""
        self.setCurrentIndex(self._items[name].index())

    def show_count(self, name: str, count: int, tone: str = "muted") -> None:
        """A number beside a page; 0 takes it away."""
        item = self._items.get(name)
        if item is not None:
            item.setData(str(count) if count else "", CountRole)
            item.setData(tone, ToneRole)

    def sizeHint(self) -> QSize:
        """Wide enough for the longest title."""
        metrics = QFontMetrics(self.font())
        longest = max((metrics.horizontalAdvance(item.text()) for item in self._items.values()), default=0)
        return QSize(round(longest + theme.em() * 5 + 2 * theme.XL), super().sizeHint().height())

    def minimumSizeHint(self) -> QSize:
        """Not narrower than its titles."""
        return QSize(self.sizeHint().width(), round(theme.em() * 6))

    def _tell(self, now: QModelIndex, _before: QModelIndex) -> None:
        if now.isValid() and now.data(NameRole):
            self.chosen.emit(now.data(NameRole))


class _EntryDelegate(QStyledItemDelegate):
    """Paints a group's title or a page with its icon and count."""

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        height = QFontMetrics(option.font).height()
        if not index.data(NameRole):
            return QSize(0, height + theme.L + (theme.XS if index.row() else 0))
        return QSize(0, height + theme.M)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if index.data(NameRole):
            self._page(painter, option, index)
        else:
            self._group(painter, option, index)
        painter.restore()

    def _group(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        painter.setFont(theme.scaled_font(0.85, bold=True))
        painter.setPen(QColor(theme.colours().muted))
        box = option.rect.adjusted(theme.L, 0, -theme.L, -theme.XS)
        painter.drawText(box, int(Qt.AlignmentFlag.AlignLeading | Qt.AlignmentFlag.AlignBottom), index.data())

    def _page(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        colours, mirrored = theme.colours(), option.direction == Qt.LayoutDirection.RightToLeft
        chosen = bool(option.state & QStyle.StateFlag.State_Selected)
        box = option.rect.adjusted(theme.S, 1, -theme.S, -1)
        if chosen or option.state & QStyle.StateFlag.State_MouseOver:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(QColor(colours.selected if chosen else colours.hover))
            painter.drawRoundedRect(box, theme.RADIUS, theme.RADIUS)
        if option.state & QStyle.StateFlag.State_HasFocus and chosen:
            painter.setPen(QColor(colours.accent))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRoundedRect(QRectF(box).adjusted(0.5, 0.5, -0.5, -0.5), theme.RADIUS, theme.RADIUS)
        size = round(QFontMetrics(option.font).height() * 1.1)
        inner = box.adjusted(theme.S, 0, -theme.S, 0)
        left = inner.right() - size if mirrored else inner.left()
        icon_box = QRectF(left, inner.center().y() - size / 2 + 0.5, size, size)
        if index.data(IconRole):
            icons.draw(painter, icon_box, index.data(IconRole), colours.accent if chosen else colours.muted)
        shift = size + theme.S
        inner = inner.adjusted(0, 0, -shift, 0) if mirrored else inner.adjusted(shift, 0, 0, 0)
        inner = self._count(painter, inner, index, mirrored=mirrored)
        painter.setFont(theme.scaled_font(1, bold=chosen, base=option.font))
        painter.setPen(QColor(colours.text))
        metrics = QFontMetrics(painter.font())
        text = metrics.elidedText(index.data(), Qt.TextElideMode.ElideRight, inner.width())
        painter.drawText(inner, int(Qt.AlignmentFlag.AlignLeading | Qt.AlignmentFlag.AlignVCenter), text)

    def _count(self, painter: QPainter, box: QRect, index: Index, *, mirrored: bool) -> QRect:
        count = index.data(CountRole)
        if not count:
            return box
        painter.setFont(theme.scaled_font(0.9, bold=True))
        metrics = QFontMetrics(painter.font())
        wide = metrics.horizontalAdvance(count) + theme.S
        left = box.left() if mirrored else box.right() - wide
        pill = QRectF(left, box.center().y() - metrics.height() / 2, wide, metrics.height() + 1)
        colours, tone = theme.colours(), index.data(ToneRole) or "muted"
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(colours.soft(tone) if tone != "muted" else colours.surface))
        painter.drawRoundedRect(pill, pill.height() / 2, pill.height() / 2)
        painter.setPen(QColor(colours.tone(tone)))
        painter.drawText(pill, int(Qt.AlignmentFlag.AlignCenter), count)
        return box.adjusted(wide, 0, 0, 0) if mirrored else box.adjusted(0, 0, -wide, 0)
