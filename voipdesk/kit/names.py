"""Names that screen readers say and tests find; a widget without one is a fault."""

from collections.abc import Iterator
from typing import TypeVar

from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractItemView,
    QAbstractScrollArea,
    QAbstractSpinBox,
    QComboBox,
    QLineEdit,
    QPlainTextEdit,
    QProgressBar,
    QTextEdit,
    QWidget,
)

W = TypeVar("W", bound=QWidget)

CONTROLS = (
    QAbstractButton,
    QAbstractItemView,
    QAbstractSpinBox,
    QComboBox,
    QLineEdit,
    QPlainTextEdit,
    QProgressBar,
    QTextEdit,
)


def named(widget: W, object_name: str, accessible: str = "", description: str = "") -> W:
    """Give a widget its object name (part of the product, ux.md 10) and what a screen reader says; returns it."""
    widget.setObjectName(object_name)
    if accessible:
        widget.setAccessibleName(accessible)
    if description:
        widget.setAccessibleDescription(description)
    return widget


def walk(root: QWidget) -> Iterator[QWidget]:
    """A widget and everything in it, parents first."""
    yield root
    for child in root.children():
        if isinstance(child, QWidget):
            yield from walk(child)


def unnamed(root: QWidget) -> list[str]:
    """Controls that a screen reader could not name, as `Class object.name`; empty is what a test wants."""
    found = []
    for widget in walk(root):
        if not isinstance(widget, CONTROLS) or _inside_control(widget):
            continue
        said = widget.accessibleName() or (widget.text() if isinstance(widget, QAbstractButton) else "")
        if not said.strip():
            found.append(f"{type(widget).__name__} {widget.objectName()}")
    return found


def _inside_control(widget: QWidget) -> bool:
    """Parts that Qt makes itself inside a named control (the field of a combo box, the corner of a table)."""
    parent = widget.parentWidget()
    if isinstance(widget, QAbstractItemView) and widget.inherits("QHeaderView"):
        return True
    if widget.objectName().startswith("qt_") or widget.inherits("QTableCornerButton"):
        return True
    if widget.inherits("QScrollBar") or widget.inherits("QComboBoxListView"):
        return True
    if isinstance(parent, QLineEdit):
        return True
    while parent is not None and not isinstance(parent, QAbstractScrollArea):
        if isinstance(parent, QComboBox | QAbstractSpinBox):
            return True
        parent = parent.parentWidget()
    return False
