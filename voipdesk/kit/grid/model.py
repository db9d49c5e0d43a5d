"""The item model over a row source: pages of ready text, an order of ids, edits as an overlay.

The model never asks a database on the window's thread: unless its source is immediate, a page that is not there yet is
ordered from `order_page`, shown as a gap, and painted when `take_page` brings it.
"""

from collections.abc import Callable, Hashable, Mapping, Sequence
from typing import Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, Qt

from voipdesk.kernel.text import tr
from voipdesk.kit.grid.columns import BLANK, NUMBERS, Cell, Column, Formats, painter_of, position
from voipdesk.kit.grid.editing import Mark
from voipdesk.kit.grid.pages import PAGE, Page, Pages
from voipdesk.kit.grid.sources import Ids, MemorySource, RowSource, place_of

KeyRole = int(Qt.ItemDataRole.UserRole)
ValueRole = KeyRole + 1

Index = QModelIndex | QPersistentModelIndex
_NOWHERE = QModelIndex()
_FLAGS = Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable | Qt.ItemFlag.ItemNeverHasChildren
_NUMBER = int(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignAbsolute | Qt.AlignmentFlag.AlignVCenter)
_TEXT = int(Qt.AlignmentFlag.AlignLeading | Qt.AlignmentFlag.AlignVCenter)
_DISPLAY, _EDIT, _TIP = Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.EditRole, Qt.ItemDataRole.ToolTipRole
_ALIGN, _SPOKEN = Qt.ItemDataRole.TextAlignmentRole, Qt.ItemDataRole.AccessibleTextRole
_KNOWN = frozenset({int(_DISPLAY), int(_EDIT), int(_TIP), int(_ALIGN), int(_SPOKEN), KeyRole, ValueRole})


class GridModel(QAbstractTableModel):
    """Rows of a source in an order. `drafts` are edits not yet taken by a command, by (row key, column id)."""

    def __init__(
        self,
        columns: Sequence[Column],
        source: RowSource | None = None,
        *,
        formats: Formats | None = None,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self.columns = tuple(columns)
        self.formats = formats or Formats()
        self.source: RowSource = source or MemorySource(columns, [])
        self.ids: Ids = self.source.ids((), ())
        self.drafts: dict[tuple[Hashable, str], Any] = {}
        self.edited: Callable[[Hashable, str, Any], bool] | None = None
        self._paint = [painter_of(column, self.formats) for column in self.columns]
        self.pages = Pages(self._paint)

    def show(self, source: RowSource, ids: Ids) -> None:
        """Show a source in an order; the old rows are forgotten. Scroll the view to its top first."""
        self.beginResetModel()
        self.source, self.ids = source, ids
        self.pages.clear()
        self.endResetModel()

    def append(self, ids: Ids) -> None:
        """An order that continues the one shown: rows are added at the end, nothing moves."""
        self.beginInsertRows(_NOWHERE, len(self.ids), len(ids) - 1)
        self.ids = ids
        self.pages.doubt()
        self.endInsertRows()

    def forget(self) -> None:
        """The same rows may hold other values now: read them again."""
        self.pages.doubt()
        if self.rowCount():
            self.dataChanged.emit(self.index(0, 0), self.index(self.rowCount() - 1, len(self.columns) - 1))

    def page(self, number: int) -> Page | None:
        """A page of rows; None while it is on its way."""
        return self.pages.get(number, self.source, self.ids)

    def read_ahead(self, first: int, last: int) -> None:
        """Two screens further, either way, a page is ordered before it is painted: scrolling then finds it there."""
        if self.pages.order is None or self.page(first // PAGE) is None or self.page(last // PAGE) is None:
            return
        reach = 2 * (last - first + 1)
        for row in (last + reach, first - reach):
            if 0 <= row < len(self.ids):
                self.page(row // PAGE)

    def take_page(self, number: int, ids: Ids, page: Page) -> None:
        """A page that was ordered has come; it is dropped when another order is shown meanwhile."""
        first = number * PAGE
        if ids is not self.ids or first >= len(self.ids):
            self.pages.give_up(number)
            return
        self.pages.keep(number, page)
        last = min(first + len(page.rows), len(self.ids)) - 1
        self.dataChanged.emit(self.index(first, 0), self.index(last, len(self.columns) - 1))

    def cells(self, row: int) -> list[Cell] | None:
        """What is painted for a row, drafts included; None while the row is on its way."""
        page = self.page(row // PAGE)
        if page is None or row % PAGE >= len(page.cells):
            return None
        cells = page.cells[row % PAGE]
        if self.drafts:
            key = self.key(row)
            for at, column in enumerate(self.columns):
                if (key, column.id) in self.drafts:
                    cells = list(cells)
                    cells[at] = self._paint[at](self.drafts[key, column.id])
        return cells

    def cell(self, row: int, column: int) -> Cell:
        """What is painted for one cell; blank while it is on its way."""
        cells = self.cells(row)
        return BLANK if cells is None else cells[column]

    def value(self, row: int, column: int) -> Any:
        """The value of a cell, the draft's where there is one."""
        key = (self.key(row), self.columns[column].id)
        if key in self.drafts:
            return self.drafts[key]
        page = self.page(row // PAGE)
        return None if page is None or row % PAGE >= len(page.rows) else page.rows[row % PAGE][column]

    def marks(self, row: int) -> Mapping[str, Mark] | None:
        """The marks of a row by column id ('' for all of it); None where there are none."""
        page = self.page(row // PAGE)
        return page.marks.get(int(self.ids[row])) if page is not None and page.marks else None

    def key(self, row: int) -> Hashable:
        """The stable key of the row shown at a place."""
        return self.source.key(int(self.ids[row]))

    def place(self, key: Hashable) -> int | None:
        """Where the row of a key is shown; None where a filter hides it or there is none."""
        row_id = self.source.row_id(key)
        return None if row_id is None else place_of(self.ids, row_id)

    def column_at(self, column_id: str) -> int:
        """Where a column stands; KeyError for an unknown id."""
        return position(self.columns, column_id)

    def rowCount(self, parent: Index = _NOWHERE) -> int:
        """Rows shown."""
        return 0 if parent.isValid() else len(self.ids)

    def columnCount(self, parent: Index = _NOWHERE) -> int:
        """Columns declared."""
        return 0 if parent.isValid() else len(self.columns)

    def data(self, index: Index, role: int = _DISPLAY) -> Any:
        """Text, value, key, tooltip, alignment; anything else is answered at once with None."""
        if role not in _KNOWN or not index.isValid():
            return None
        row, at = index.row(), index.column()
        column = self.columns[at]
        if role == _DISPLAY:
            return self.cell(row, at)[0]
        if role == _ALIGN:
            return _NUMBER if column.kind in NUMBERS else _TEXT
        if role in (_SPOKEN, _TIP):
            return spoken(self, row, at) if role == _SPOKEN else hint(self, row, at) or None
        if role == KeyRole:
            return self.key(row)
        return self.value(row, at)

    def setData(self, index: Index, value: Any, role: int = _EDIT) -> bool:
        """Offer an edit to whoever listens (`edited`); the model itself saves nothing (law 2)."""
        if role != _EDIT or not index.isValid() or self.edited is None:
            return False
        column = self.columns[index.column()]
        if not column.editable or not self.edited(self.key(index.row()), column.id, value):
            return False
        self.dataChanged.emit(index, index)
        return True

    def flags(self, index: Index) -> Qt.ItemFlag:
        """Every cell can be selected, the editable ones edited."""
        if not index.isValid():
            return Qt.ItemFlag.NoItemFlags
        can_edit = self.columns[index.column()].editable and getattr(self.source, "can_edit", True)
        return _FLAGS | Qt.ItemFlag.ItemIsEditable if can_edit else _FLAGS

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = _DISPLAY) -> Any:
        """Titles of columns and numbers of rows."""
        if orientation == Qt.Orientation.Vertical:
            return section + 1 if role == _DISPLAY else None
        if not 0 <= section < len(self.columns):
            return None
        if role == _DISPLAY:
            return self.columns[section].title
        return (self.columns[section].tooltip or None) if role == _TIP else None


def mark_of(model: GridModel, row: int, at: int) -> Mark | None:
    """How a cell stands out, else its row; None where neither does."""
    marks = model.marks(row)
    return None if marks is None else marks.get(model.columns[at].id) or marks.get("")


def hint(model: GridModel, row: int, at: int) -> str:
    """What is said of a cell on hover: the old value, why it is marked, what the column is."""
    mark, tip = mark_of(model, row, at), model.columns[at].tooltip
    if mark is None:
        return tip
    old = tr("was {value}").format(value=f"\u2066{mark.old}\u2069") if mark.old else ""
    return "\n".join(part for part in (old, mark.hint, tip) if part)


def spoken(model: GridModel, row: int, at: int) -> str:
    """A cell as a screen reader says it: column, value, and what is marked."""
    mark = mark_of(model, row, at)
    old = tr("was {value}").format(value=mark.old) if mark and mark.old else ""
    said = [f"{model.columns[at].title}: {model.cell(row, at)[0]}", old, mark.hint if mark else ""]
    return ". ".join(part for part in said if part)


def spoken_row(model: GridModel, row: int, columns: Sequence[int]) -> str:
    """A whole row as it is read aloud: the columns that hold something."""
    parts = [spoken(model, row, at) for at in columns if model.cell(row, at)[0]]
    return ", ".join(parts)
