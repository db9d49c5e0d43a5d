"""The buttons of editing above the rate grid: a new rate, bulk edit, close; only what was edited."""

from collections.abc import Callable, Mapping

from PySide6.QtCore import Signal
from PySide6.QtGui import QKeySequence
from PySide6.QtWidgets import QCheckBox, QHBoxLayout, QWidget

from voipdesk.kernel.text import tr
from voipdesk.kit import theme
from voipdesk.kit.names import named
from voipdesk.kit.page import button, label


class EditBar(QWidget):
    """Enabled where rates may be edited; says why where they may not."""

    changed_only = Signal()

    def __init__(self, acts: Mapping[str, Callable[[], object]], *more: QWidget) -> None:
        super().__init__()
        self.new_row = button(tr("New rate…"), "new_row", icon="plus", act=acts["new_row"])
        self.bulk = button(tr("Bulk edit…"), "bulk", icon="calculator", act=acts["bulk"])
        self.close_rows = button(tr("Close rates"), "close_rows", icon="close", act=acts["close_rows"])
        self.only = named(QCheckBox(tr("Edited only")), "check.changed", tr("Edited only"))
        self.only.toggled.connect(lambda _: self.changed_only.emit())
        self._why = label(tone="muted")
        for one, tip, key in (
            (self.new_row, tr("Add a prefix to the table"), "Ctrl+N"),
            (self.bulk, tr("Change many rates at once: per cent, amount, rounding, copy"), "Ctrl+B"),
            (self.close_rows, tr("Close the selected rates when the draft is published"), "Ctrl+-"),
        ):
            said = QKeySequence(key).toString(QKeySequence.SequenceFormat.NativeText)
            one.setToolTip(f"{tip} ({said})" if key else tip)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(theme.S)
        for each in (self.new_row, self.bulk, self.close_rows, self._why):
            row.addWidget(each)
        row.addStretch(1)
        for widget in (self.only, *more):
            row.addWidget(widget)

    @property
    def is_changed_only(self) -> bool:
        """Whether only edited rates are wanted."""
        return self.only.isChecked()

    def allow(self, why_not: str = "") -> None:
        """Editing is possible, or not and why."""
        for one in (self.new_row, self.bulk, self.close_rows, self.only):
            one.setEnabled(not why_not)
        self._why.setText(why_not)
        self._why.setVisible(bool(why_not))
        if why_not and self.only.isChecked():
            self.show_all()

    def show_all(self) -> None:
        """Not only what was edited, without telling."""
        self.only.blockSignals(True)
        self.only.setChecked(False)
        self.only.blockSignals(False)
