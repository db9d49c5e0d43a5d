"""The sidebar: pages in groups, counters where something waits, and it can shrink to icons."""

from collections.abc import Sequence

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QKeySequence
from PySide6.QtWidgets import QButtonGroup, QFrame, QHBoxLayout, QLabel, QToolButton, QVBoxLayout, QWidget

from voipdesk.kernel.text import tr
from voipdesk.kit import icons, theme
from voipdesk.kit.names import named
from voipdesk.shell.sections import Section, group_starts


class Entry(QToolButton):
    """One page in the sidebar, with its counter at the end."""

    def __init__(self, section: Section, number: int) -> None:
        super().__init__()
        self.section = section
        named(self, f"nav.{section.name}", section.title)
        self.setCheckable(True)
        self.setAutoExclusive(False)
        self.setProperty("look", "nav")
        self.setIcon(icons.icon(section.icon))
        self.setIconSize(QSize(theme.ems(1.15), theme.ems(1.15)))
        self.setText(section.title)
        self.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        keys = QKeySequence(f"Ctrl+{number}").toString(QKeySequence.SequenceFormat.NativeText)
        self.setToolTip(f"{section.title}  {keys}" if number < 10 else section.title)
        self._count = QLabel()
        self._count.setObjectName(f"count.{section.name}")
        self._count.setProperty("role", "badge")
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, theme.S, 0)
        row.addStretch()
        row.addWidget(self._count)
        self.show_count(0)

    def show_count(self, count: int) -> None:
        """What waits on this page; zero shows nothing. `property("value")` holds the digits for tests."""
        self._count.setText(str(count) if count else "")
        self._count.setProperty("value", str(count))
        self._count.setVisible(count > 0 and self.toolButtonStyle() != Qt.ToolButtonStyle.ToolButtonIconOnly)
        said = tr("{title}, {count} waiting").format(title=self.section.title, count=count)
        self.setAccessibleName(said if count else self.section.title)

    def sizeHint(self) -> QSize:
        """As high as a comfortable row."""
        hint = super().sizeHint()
        return QSize(hint.width() + theme.ems(2), max(hint.height(), theme.ems(1.9)))


class Sidebar(QFrame):
    """`chosen(name)` when a page is asked for."""

    chosen = Signal(str)
    palette_wanted = Signal()

    def __init__(self) -> None:
        super().__init__()
        named(self, "nav", tr("Pages"))
        self.setProperty("role", "sidebar")
        self._entries: dict[str, Entry] = {}
        self._group = QButtonGroup(self)
        self._group.setExclusive(True)
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(theme.S, theme.M, theme.S, theme.S)
        self._column.setSpacing(2)
        self.setMinimumWidth(theme.ems(11.5))

    def fill(self, sections: Sequence[Section]) -> None:
        """Show these pages."""
        self._clear()
        box = QToolButton()
        named(box, "goto.open", tr("Go to…"))
        box.setProperty("look", "search")
        box.setIcon(icons.icon("search", "muted"))
        box.setText(
            tr("Go to…") + "   " + QKeySequence("Ctrl+K").toString(QKeySequence.SequenceFormat.NativeText)
        )
        box.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        box.clicked.connect(self.palette_wanted)
        self._add(box)
        self._column.addSpacing(theme.S)
        for number, (group, section) in enumerate(group_starts(sections), start=1):
            if group:
                self._column.addSpacing(theme.M)
                title = QLabel(group.upper())
                title.setProperty("role", "group")
                self._column.addWidget(title)
            entry = Entry(section, number)
            entry.clicked.connect(lambda _=False, name=section.name: self.chosen.emit(name))
            self._group.addButton(entry)
            self._entries[section.name] = entry
            self._add(entry)
        self._column.addStretch()

    def choose(self, name: str) -> None:
        """Mark the page that is shown."""
        if name in self._entries:
            self._entries[name].setChecked(True)

    def show_count(self, name: str, count: int) -> None:
        """Show what waits on a page."""
        if name in self._entries:
            self._entries[name].show_count(count)

    def _add(self, widget: QToolButton) -> None:
        policy = widget.sizePolicy()
        policy.setHorizontalPolicy(policy.Policy.Expanding)
        widget.setSizePolicy(policy)
        self._column.addWidget(widget)

    def _clear(self) -> None:
        self._entries.clear()
        while self._column.count():
            item = self._column.takeAt(0)
            widget = item.widget() if item else None
            if isinstance(widget, QWidget):
                widget.deleteLater()
