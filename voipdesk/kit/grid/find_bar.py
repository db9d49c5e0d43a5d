"""The bar of Ctrl+F and Ctrl+H: find in a column, the selection or the table; step through the hits; replace them."""

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QFrame,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from voipdesk.kernel.text import tr
from voipdesk.kit import theme
from voipdesk.kit.grid.searching import Search
from voipdesk.kit.names import named
from voipdesk.kit.page import button, label, tool

MILLISECONDS = 150
SCOPES = ("table", "column", "selection")


class FindBar(QFrame):
    """Fields and buttons only; `Finding` listens and answers."""

    changed = Signal()
    """What is looked for, or where, is another one: some time after typing stopped."""
    stepped = Signal(int)
    """To the next hit (1) or the one before (-1)."""
    replace_asked = Signal(bool)
    """Replace the current hit, or all (True)."""
    closed = Signal()

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        named(self, "bar.find", tr("Find"))
        self.setProperty("role", "footer")
        self.text = named(QLineEdit(), "find.text", tr("Find"))
        self.text.setPlaceholderText(tr("Find"))
        self.text.setClearButtonEnabled(True)
        self.by = named(QLineEdit(), "find.by", tr("Replace with"))
        self.by.setPlaceholderText(tr("Replace with"))
        self.scope = named(QComboBox(), "find.scope", tr("Where to look"))
        for name, title in zip(
            SCOPES, (tr("In the table"), tr("In the column"), tr("In the selection")), strict=True
        ):
            self.scope.addItem(title, name)
        self.whole = named(QCheckBox(tr("Whole cell")), "find.whole", tr("Whole cell"))
        self.case = named(QCheckBox(tr("Match case")), "find.case", tr("Match case"))
        self.count = label(tone="muted")
        self.count.setObjectName("count.hits")
        self.one = button(tr("Replace"), "replace", act=lambda: self.replace_asked.emit(False))
        self.all = button(tr("Replace all"), "replace_all", act=lambda: self.replace_asked.emit(True))
        self._second = QWidget(self)
        self._timer = QTimer(self, singleShot=True, interval=MILLISECONDS)
        self._timer.timeout.connect(self.changed)
        self._lay_out()
        self.text.textChanged.connect(self._timer.start)
        self.scope.currentIndexChanged.connect(self._at_once)
        for box in (self.whole, self.case):
            box.toggled.connect(self._at_once)
        self.hide()

    def _lay_out(self) -> None:
        first, second = QHBoxLayout(), QHBoxLayout(self._second)
        for line in (first, second):
            line.setContentsMargins(0, 0, 0, 0)
            line.setSpacing(theme.S)
        for part in (self.text, self.scope, self.whole, self.case):
            first.addWidget(part)
        first.addWidget(tool("up", "find.previous", tr("Previous hit (Shift+Enter)"), lambda: self.step(-1)))
        first.addWidget(tool("down", "find.next", tr("Next hit (Enter)"), lambda: self.step(1)))
        first.addWidget(self.count, 1)
        first.addWidget(tool("close", "find.close", tr("Close (Escape)"), self.close_bar))
        second.addWidget(self.by)
        second.addWidget(self.one)
        second.addWidget(self.all)
        second.addStretch(1)
        for field in (self.text, self.by):
            field.setFixedWidth(theme.ems(13))
        box = QVBoxLayout(self)
        box.setContentsMargins(theme.S, theme.XS, theme.S, theme.XS)
        box.setSpacing(theme.XS)
        box.addLayout(first)
        box.addWidget(self._second)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Maximum)

    @property
    def search(self) -> Search:
        """What is looked for."""
        return Search(self.text.text(), self.whole.isChecked(), self.case.isChecked())

    def open_bar(self, *, replacing: bool, scope: str = "") -> None:
        """Show the bar, ready for typing."""
        self._second.setVisible(replacing)
        if scope:
            self.scope.setCurrentIndex(SCOPES.index(scope))
        self.show()
        self.text.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self.text.selectAll()
        self.changed.emit()

    def close_bar(self) -> None:
        """Hide it; the keyboard goes back to the grid."""
        self._timer.stop()
        self.hide()
        self.closed.emit()

    def say(self, text: str, tone: str = "muted") -> None:
        """How many hits there are, or which one this is."""
        self.count.setText(text)
        theme.set_tone(self.count, tone)

    def step(self, way: int) -> None:
        """To the next hit or the one before; what was just typed is looked for first."""
        if self._timer.isActive():
            self._at_once()
        self.stepped.emit(way)

    def _at_once(self, *_: object) -> None:
        self._timer.stop()
        self.changed.emit()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter steps, in the second field it replaces; Escape closes."""
        key, shift = event.key(), bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier)
        if key == Qt.Key.Key_Escape:
            self.close_bar()
        elif key in {Qt.Key.Key_Return, Qt.Key.Key_Enter} and self.by.hasFocus():
            self.replace_asked.emit(False)
        elif key in {Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_F3}:
            self.step(-1 if shift else 1)
        else:
            super().keyPressEvent(event)


class GoBar(QFrame):
    """The field of Ctrl+G: a text, and Enter."""

    wanted = Signal(str)
    closed = Signal()

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        named(self, "bar.go_to", tr("Go to"))
        self.setProperty("role", "footer")
        self.text = named(QLineEdit(), "go_to.text", tr("Go to"))
        self.text.setPlaceholderText(tr("Go to"))
        self.text.setFixedWidth(theme.ems(13))
        self.said = QLabel(self)
        self.text.returnPressed.connect(lambda: self.wanted.emit(self.text.text().strip()))
        box = QHBoxLayout(self)
        box.setContentsMargins(theme.S, theme.XS, theme.S, theme.XS)
        box.addWidget(self.text)
        box.addWidget(self.said, 1)
        box.addWidget(tool("close", "go_to.close", tr("Close (Escape)"), self.close_bar))
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Maximum)
        self.hide()

    def open_bar(self) -> None:
        """Show it, ready for typing."""
        self.said.clear()
        self.show()
        self.text.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self.text.selectAll()

    def close_bar(self) -> None:
        """Hide it; the keyboard goes back to the grid."""
        self.hide()
        self.closed.emit()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Escape closes."""
        if event.key() == Qt.Key.Key_Escape:
            self.close_bar()
        else:
            super().keyPressEvent(event)
