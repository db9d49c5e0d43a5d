"""The narrow list of rate tables: name, carrier, currency, how many prefixes, since when it stands."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QRect, QSize, Qt, Signal
from PySide6.QtGui import QColor, QFontMetrics, QPainter
from PySide6.QtWidgets import (
    QAbstractItemView,
    QListWidget,
    QListWidgetItem,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
)

from voipdesk.accounts.queries import suppliers
from voipdesk.accounts.rules import Right, may
from voipdesk.kernel.changes import Actor
from voipdesk.kernel.text import tr, trn
from voipdesk.kit import theme
from voipdesk.kit.names import named
from voipdesk.rates import queries
from voipdesk.rates.queries.drafts import drafted_tables
from voipdesk.rates.queries.tables import banded_tables
from voipdesk.store.database import Database

_ID = int(Qt.ItemDataRole.UserRole)
_LINES = _ID + 1
DOT = " ●"


@dataclass(frozen=True, slots=True)
class TableFacts:
    """A table with what the list says of it. `stamp` changes with its published versions."""

    table: queries.RateTable
    supplier: str
    stamp: tuple[int, ...]
    is_drafted: bool = False
    """Whether the person has edited it and not published that."""
    has_bands: bool = False
    """Whether some rate of it holds in a time band only."""


def facts(db: Database, actor: Actor) -> list[TableFacts]:
    """All tables with their facts; quick at any size."""
    carriers = {one.id: one.name for one in suppliers(db, actor)} if may(actor, Right.SEE_SUPPLIERS) else {}
    drafted = drafted_tables(db, actor) if may(actor, Right.EDIT_RATES) else {}
    found, banded = [], banded_tables(db, actor)
    for table in queries.tables(db, actor):
        standing = [one for one in queries.versions(db, actor, table.id) if one.state == "published"]
        carrier = carriers.get(table.supplier_id, "") if table.supplier_id else ""
        found.append(
            TableFacts(
                table, carrier, tuple(one.seq for one in standing), table.id in drafted, table.id in banded
            )
        )
    return found


class TableList(QListWidget):
    """One entry for each table, in three lines."""

    chosen = Signal(object)
    """Id of the table that became the current one."""

    def __init__(self) -> None:
        super().__init__()
        named(self, "list.tables", tr("Rate tables"))
        self.setItemDelegate(_Lines(self))
        self.setFrameShape(QListWidget.Shape.NoFrame)
        self.setUniformItemSizes(True)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setMouseTracking(True)
        self.currentItemChanged.connect(self._tell)

    def show_tables(self, tables: Sequence[TableFacts], known: Mapping[UUID, queries.Outlook]) -> None:
        """Show these; the current one stays the current one, else the first is."""
        before = self.current_id()
        self.blockSignals(True)
        self.clear()
        for one in tables:
            item = QListWidgetItem(self)
            item.setData(_ID, str(one.table.id))
            self._write(item, one, known.get(one.table.id))
            if one.table.id == before:
                self.setCurrentItem(item)
        self.blockSignals(False)
        if self.currentItem() is None and self.count():
            self.setCurrentRow(0)

    def show_outlook(self, one: TableFacts, outlook: queries.Outlook) -> None:
        """Tell how many rates of a table are in force, and since when."""
        item = self._item(one.table.id)
        if item is not None:
            self._write(item, one, outlook)

    def mark_drafted(self, table_id: UUID, is_drafted: bool) -> None:
        """A dot beside the name of a table that is edited and not published."""
        item = self._item(table_id)
        if item is not None:
            lines = list(item.data(_LINES))
            lines[0] = lines[0].removesuffix(DOT) + (DOT if is_drafted else "")
            item.setData(_LINES, lines)

    def choose(self, table_id: UUID) -> None:
        """Make a table the current one."""
        item = self._item(table_id)
        if item is not None:
            self.setCurrentItem(item)

    def current_id(self) -> UUID | None:
        """The table that is chosen."""
        item = self.currentItem()
        return None if item is None else UUID(item.data(_ID))

    def sizeHint(self) -> QSize:
        """Narrow."""
        return QSize(theme.ems(15, self), theme.ems(20, self))

    def _item(self, table_id: UUID) -> QListWidgetItem | None:
        entries = (self.item(at) for at in range(self.count()))
        return next((item for item in entries if item.data(_ID) == str(table_id)), None)

    def _write(self, item: QListWidgetItem, one: TableFacts, outlook: queries.Outlook | None) -> None:
        table = one.table
        said = [one.supplier, table.currency, tr("default") if table.is_default else ""]
        numbers = [tr("counting…")] if one.stamp else [tr("nothing published yet")]
        if outlook is not None:
            count = trn("{count} prefix", "{count} prefixes", outlook.rates)
            numbers = [count]
            if outlook.live_since is not None:
                day = outlook.live_since.astimezone(table.zone).date().isoformat()
                numbers.append(tr("since {day}").format(day=day))
        lines = [
            table.name + (DOT if one.is_drafted else ""),
            *(" · ".join(f"\u2068{part}\u2069" for part in parts if part) for parts in (said, numbers)),
        ]
        item.setData(_LINES, lines)
        item.setData(Qt.ItemDataRole.AccessibleTextRole, ", ".join(line for line in lines if line))
        item.setToolTip("\n".join(line for line in lines if line))

    def _tell(self, *_: object) -> None:
        table_id = self.current_id()
        if table_id is not None:
            self.chosen.emit(table_id)


class _Lines(QStyledItemDelegate):
    """Paints an entry: the name, and two quiet lines."""

    def sizeHint(self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex) -> QSize:
        """Three lines and room."""
        height = QFontMetrics(option.font).height()
        return QSize(10, 3 * height + 2 * theme.S)

    def paint(
        self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        """Ground, name, carrier and currency, count and day."""
        colours = theme.colours()
        state, rect, font = option.state, QRect(option.rect), option.font
        is_chosen = bool(state & QStyle.StateFlag.State_Selected)
        painter.save()
        if is_chosen or state & QStyle.StateFlag.State_MouseOver:
            painter.fillRect(rect, QColor(colours.selected if is_chosen else colours.hover))
        painter.setPen(QColor(colours.line))
        painter.drawLine(rect.bottomLeft(), rect.bottomRight())
        inner = rect.adjusted(theme.M, theme.S, -theme.S, -theme.S)
        if painter.layoutDirection() == Qt.LayoutDirection.RightToLeft:
            inner = rect.adjusted(theme.S, theme.S, -theme.M, -theme.S)
        for place, line in enumerate(index.data(_LINES) or []):
            painter.setFont(theme.scaled_font(1 if place == 0 else 0.92, bold=place == 0, base=font))
            painter.setPen(QColor(colours.text if place == 0 else colours.muted))
            metrics = painter.fontMetrics()
            height = QFontMetrics(font).height()
            box = QRect(inner.left(), inner.top() + place * height, inner.width(), height)
            text = metrics.elidedText(line, Qt.TextElideMode.ElideRight, box.width())
            painter.drawText(box, int(Qt.AlignmentFlag.AlignLeading | Qt.AlignmentFlag.AlignVCenter), text)
        if is_chosen and state & QStyle.StateFlag.State_HasFocus:
            painter.setPen(QColor(colours.accent))
            painter.drawRect(rect.adjusted(1, 1, -2, -2))
        painter.restore()
