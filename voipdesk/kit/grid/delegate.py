"""Editors in cells: one for each kind, refusing while typing what cannot become a value and saying why."""

from collections.abc import Callable
from typing import Any

from PySide6.QtCore import QEvent, QModelIndex, QObject, QPersistentModelIndex, Qt, Signal
from PySide6.QtGui import QKeyEvent, QPainter
from PySide6.QtWidgets import QLineEdit, QStyledItemDelegate, QStyleOptionViewItem, QWidget

from voipdesk.kernel.problems import Problem
from voipdesk.kit.editors import AmountEdit, PrefixEdit, PriceEdit, ValueEdit
from voipdesk.kit.grid.columns import LEFT_TO_RIGHT, Column, Kind, writer_of
from voipdesk.kit.grid.model import GridModel, ValueRole

Index = QModelIndex | QPersistentModelIndex

_STEPS = {
    Qt.Key.Key_Return: "down",
    Qt.Key.Key_Enter: "down",
    Qt.Key.Key_Tab: "right",
    Qt.Key.Key_Backtab: "left",
}


class CellDelegate(QStyledItemDelegate):
    """Makes the editor of a column; painting is done by the view in one pass.

    With `parse` and `take` a text goes to an editable source; without them the model is offered a value.
    """

    stepped = Signal(str)
    """An editor was left by Enter or Tab: down, up, right, left."""
    fill_asked = Signal(str)
    """Ctrl+Enter: this text into the whole selection."""
    slipped = Signal(str)
    """Why what is typed now is no value; empty where it is one."""

    def __init__(self, model: GridModel, parent: QWidget) -> None:
        super().__init__(parent)
        self._model = model
        self.parse: Callable[[str, str], Any] | None = None
        """Value or `Problem` of (column id, text)."""
        self.take: Callable[[int, int, str], None] | None = None
        """Called with row, column and the text that was entered."""
        self._before = ""

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
        if self.parse is not None:
            editor.textChanged.connect(lambda _: self._judge(editor, column))
        return editor

    def setEditorData(self, editor: QWidget, index: Index) -> None:
        """The value as it stands."""
        value, column = index.data(ValueRole), self._model.columns[index.column()]
        if isinstance(editor, ValueEdit):
            editor.set_value(value)
        elif isinstance(editor, QLineEdit):
            editor.setText("" if value is None else writer_of(column, self._model.formats)(value))
        self._before = editor.text() if isinstance(editor, QLineEdit) else ""

    def setModelData(self, editor: QWidget, model: object, index: Index) -> None:
        """Offer what was typed; something that is no value is not offered."""
        if self.take is not None and isinstance(editor, QLineEdit):
            if editor.text() != self._before and not self._judge(editor, self._model.columns[index.column()]):
                self.take(index.row(), index.column(), editor.text())
        elif isinstance(editor, ValueEdit):
            if not editor.problem():
                self._model.setData(index, editor.value())
        elif isinstance(editor, QLineEdit):
            self._model.setData(index, editor.text())

    def eventFilter(self, editor: QObject, event: QEvent) -> bool:
        """Enter goes down, Tab along; with a slip the editor stays open; Ctrl+Enter fills the selection."""
        if event.type() != QEvent.Type.KeyPress or not isinstance(event, QKeyEvent):
            return bool(super().eventFilter(editor, event))
        step = _STEPS.get(Qt.Key(event.key())) if event.key() in _STEPS else None
        if step is None or not isinstance(editor, QLineEdit):
            return bool(super().eventFilter(editor, event))
        column = editor.objectName().removeprefix("edit.")
        if self.parse is not None and self._judge(editor, self._model.columns[self._model.column_at(column)]):
            return True
        if event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            if self.take is not None:
                text = editor.text()
                editor.setText(self._before)
                self.closeEditor.emit(editor, QStyledItemDelegate.EndEditHint.NoHint)
                self.fill_asked.emit(text)
            return True
        if event.modifiers() & Qt.KeyboardModifier.ShiftModifier:
            step = {"down": "up", "right": "left"}.get(step, step)
        self.commitData.emit(editor)
        self.closeEditor.emit(editor, QStyledItemDelegate.EndEditHint.NoHint)
        self.stepped.emit(step)
        return True

    def _judge(self, editor: QLineEdit, column: Column) -> str:
        """Colour the editor and say why, where its text is no value; the reason, or nothing."""
        if self.parse is None:
            return ""
        found = self.parse(column.id, editor.text())
        reason = str(found) if isinstance(found, Problem) else ""
        editor.setToolTip(reason)
        editor.setAccessibleDescription(reason)
        state = "wrong" if reason else ""
        if editor.property("state") != state:
            editor.setProperty("state", state)
            editor.style().unpolish(editor)
            editor.style().polish(editor)
        self.slipped.emit(reason)
        return reason


def editor_for(column: Column, parent: QWidget, decimal: str) -> QLineEdit:
    """The field that edits values of a column."""
    if column.kind is Kind.PREFIX:
        return PrefixEdit(parent)
    if column.kind in {Kind.PRICE, Kind.PERCENT}:
        return PriceEdit(parent, decimal=decimal)
    if column.kind is Kind.AMOUNT:
        return AmountEdit(parent, decimal=decimal)
    if column.kind is Kind.INT:
        return AmountEdit(parent, decimal=decimal, decimals=0)
    editor = QLineEdit(parent)
    if column.kind in LEFT_TO_RIGHT:
        editor.setLayoutDirection(Qt.LayoutDirection.LeftToRight)
    return editor
