"""Editors in cells: one for each kind, refusing while typing what cannot become a value."""

from PySide6.QtCore import QModelIndex, QPersistentModelIndex
from PySide6.QtGui import QPainter
from PySide6.QtWidgets import QLineEdit, QStyledItemDelegate, QStyleOptionViewItem, QWidget

from voipdesk.kit.editors import AmountEdit, PrefixEdit, PriceEdit, ValueEdit
from voipdesk.kit.grid.columns import Column, Kind
from voipdesk.kit.grid.model import GridModel, ValueRole

Index = QModelIndex | QPersistentModelIndex


class CellDelegate(QStyledItemDelegate):
    """Makes the editor of a column; painting is done by the view in one pass."""

    def __init__(self, model: GridModel, parent: QWidget) -> None:
        super().__init__(parent)
        self._model = model

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        """Nothing: see `painting`."""

    def createEditor(self, parent: QWidget, option: QStyleOptionViewItem, index: Index) -> QWidget:
        """The editor for the column's kind."""
        column = self._model.columns[index.column()]
        editor = editor_for(column, parent, self._model.formats.decimal)
        editor.setObjectName(f"edit.{column.id}")
        editor.setAccessibleName(column.title)
        editor.setProperty("look", "cell")
        editor.setFrame(False)
        return editor

    def setEditorData(self, editor: QWidget, index: Index) -> None:
        """The value as it stands."""
        value = index.data(ValueRole)
        if isinstance(editor, ValueEdit):
            editor.set_value(value)
        elif isinstance(editor, QLineEdit):
            editor.setText("" if value is None else str(value))

    def setModelData(self, editor: QWidget, model: object, index: Index) -> None:
        """Offer what was typed; something that is no value is not offered."""
        if isinstance(editor, ValueEdit):
            if not editor.problem():
                self._model.setData(index, editor.value())
        elif isinstance(editor, QLineEdit):
            self._model.setData(index, editor.text())


def editor_for(column: Column, parent: QWidget, decimal: str) -> QLineEdit:
    """The field that edits values of a column."""
    if column.kind is Kind.PREFIX:
        return PrefixEdit(parent)
    if column.kind is Kind.PRICE:
        return PriceEdit(parent, decimal=decimal)
    if column.kind in {Kind.AMOUNT, Kind.PERCENT}:
        return AmountEdit(parent, decimal=decimal)
    if column.kind is Kind.INT:
        return AmountEdit(parent, decimal=decimal, decimals=0)
    return QLineEdit(parent)
