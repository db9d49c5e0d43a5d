"""Go to…: one box for pages and actions. Nothing exists only here."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QDialog, QLineEdit, QListWidget, QListWidgetItem, QVBoxLayout, QWidget

from voipdesk.kernel.text import tr
from voipdesk.kit import icons, theme
from voipdesk.kit.names import named


@dataclass(frozen=True, slots=True)
class Goal:
    """Somewhere to go or something to do."""

    title: str
    hint: str
    icon: str
    do: Callable[[], None]


class GoTo(QDialog):
    """A list that narrows while one types; Enter goes, Escape leaves."""

    def __init__(self, parent: QWidget, goals: Sequence[Goal]) -> None:
        super().__init__(parent, Qt.WindowType.Popup)
        named(self, "goto", tr("Go to…"))
        self._goals = goals
        self._box = named(QLineEdit(), "goto.box", tr("Go to…"))
        self._box.setPlaceholderText(tr("Page or action"))
        self._list = named(QListWidget(), "goto.list", tr("Found"))
        self._list.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        column = QVBoxLayout(self)
        column.setContentsMargins(theme.S, theme.S, theme.S, theme.S)
        column.addWidget(self._box)
        column.addWidget(self._list)
        self._box.textChanged.connect(self._narrow)
        self._box.installEventFilter(self)
        self._list.itemClicked.connect(lambda _: self._go())
        self.resize(theme.ems(26), theme.ems(20))
        self._narrow("")

    def show_over(self, window: QWidget) -> None:
        """Open near the top of the window, ready to type."""
        corner = window.mapToGlobal(window.rect().topLeft())
        self.move(corner.x() + (window.width() - self.width()) // 2, corner.y() + theme.ems(4))
        self.show()
        self._box.setFocus()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Arrows move in the list while the box keeps the focus."""
        if isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress:
            if event.key() in (Qt.Key.Key_Down, Qt.Key.Key_Up):
                step = 1 if event.key() == Qt.Key.Key_Down else -1
                self._list.setCurrentRow(max(0, min(self._list.count() - 1, self._list.currentRow() + step)))
                return True
            if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
                self._go()
                return True
        return super().eventFilter(watched, event)

    def _narrow(self, text: str) -> None:
        words = text.casefold().split()
        self._list.clear()
        for at, goal in enumerate(self._goals):
            if all(word in goal.title.casefold() for word in words):
                item = QListWidgetItem(icons.icon(goal.icon), goal.title)
                item.setData(Qt.ItemDataRole.UserRole, at)
                item.setToolTip(goal.hint)
                self._list.addItem(item)
        self._list.setCurrentRow(0)

    def _go(self) -> None:
        item = self._list.currentItem()
        if item is not None:
            self.close()
            self._goals[item.data(Qt.ItemDataRole.UserRole)].do()
