"""The sidebar: pages in groups, counters where something waits, arrows from page to page, and it shrinks to icons."""

from collections.abc import Sequence

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QFontMetrics, QKeyEvent, QKeySequence, QPainter, QPaintEvent
from PySide6.QtWidgets import QButtonGroup, QFrame, QHBoxLayout, QLabel, QToolButton, QVBoxLayout, QWidget

from voipdesk.kernel.text import tr
from voipdesk.kit import icons, theme
from voipdesk.kit.names import named
from voipdesk.kit.page import label
from voipdesk.shell.sections import Section, group_starts

Focus = Qt.FocusPolicy
STEPS = {Qt.Key.Key_Up: -1, Qt.Key.Key_Down: 1, Qt.Key.Key_Home: -1000, Qt.Key.Key_End: 1000}
ICON = 1.15
"""Lines of text that an icon is high."""

ROW = 1.75
LEAST_ROW = 1.3
COUNT_ROOM = 2.5


class Entry(QToolButton):
    """One page in the sidebar, with its counter at the end; paints itself so that a tint follows the theme."""

    stepped = Signal(int)
    """An arrow was pressed: so many entries down."""

    def __init__(self, section: Section, number: int) -> None:
        super().__init__()
        self.section = section
        self._count, self._tone, self._is_narrow = 0, "warning", False
        named(self, f"nav.{section.name}", section.title)
        self.setCheckable(True)
        self.setFocusPolicy(Focus.ClickFocus)
        self.setText(section.title)
        key = section.key or (f"Ctrl+{number}" if number < 10 else "")
        keys = QKeySequence(key).toString(QKeySequence.SequenceFormat.NativeText)
        self.setToolTip(f"{section.title}  {keys}".strip())
        self._badge = label(size=0.9, bold=True)
        self._badge.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._badge.setObjectName(f"count.{section.name}")
        self._badge.setProperty("role", "badge")
        self._badge.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        row = QHBoxLayout(self)
        row.setContentsMargins(theme.S, 0, theme.S, 0)
        row.addStretch()
        row.addWidget(self._badge, 0, Qt.AlignmentFlag.AlignVCenter)
        # One stop for Tab: the page that is shown; arrows go on from there.
        self.toggled.connect(lambda on: self.setFocusPolicy(Focus.StrongFocus if on else Focus.ClickFocus))
        self.show_count(0)

    def show_count(self, count: int, tone: str = "warning") -> None:
        """What waits on this page; zero shows nothing. `property("value")` holds the digits for tests."""
        self._count, self._tone = count, tone
        self._badge.setText(str(count) if count < 1000 else "999+")
        self._badge.setProperty("value", str(count))
        theme.set_tone(self._badge, tone)
        said = tr("{title}, {count} waiting").format(title=self.section.title, count=count)
        self.setAccessibleName(said if count else self.section.title)
        self._badge.setVisible(count > 0 and not self._is_narrow)
        self.update()

    def set_narrow(self, narrow: bool) -> None:
        """Only the icon, with a dot where something waits."""
        self._is_narrow = narrow
        self.show_count(self._count, self._tone)
        self.updateGeometry()

    def sizeHint(self) -> QSize:
        """As high as a comfortable row, as wide as its bold title and a counter."""
        height, icon = theme.ems(ROW, self), theme.ems(ICON, self)
        if self._is_narrow:
            return QSize(icon + 2 * theme.M, height)
        text = QFontMetrics(theme.scaled_font(1, bold=True, base=self.font())).horizontalAdvance(self.text())
        return QSize(icon + text + 3 * theme.S + theme.ems(COUNT_ROOM, self), height)

    def minimumSizeHint(self) -> QSize:
        """Never narrower: a cut title is no title. On a low screen rows move together before anything is cut off."""
        return QSize(self.sizeHint().width(), theme.ems(LEAST_ROW, self))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Arrows, Home and End go from page to page."""
        step = STEPS.get(Qt.Key(event.key()))
        if step is None or event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier:
            super().keyPressEvent(event)
        else:
            self.stepped.emit(step)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Ground, focus ring, icon and title; the counter is a label of its own."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        colours, chosen = theme.colours(), self.isChecked()
        box = QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5)
        if chosen or self.underMouse() or self.isDown():
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(QColor(colours.selected if chosen else colours.hover))
            painter.drawRoundedRect(box, theme.RADIUS, theme.RADIUS)
        if self.hasFocus():
            painter.setPen(QColor(colours.accent))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRoundedRect(box, theme.RADIUS, theme.RADIUS)
        self._paint_inside(painter, colours, chosen=chosen)
        painter.end()

    def _paint_inside(self, painter: QPainter, colours: theme.Colours, *, chosen: bool) -> None:
        mirrored = self.layoutDirection() == Qt.LayoutDirection.RightToLeft
        size, inner = theme.ems(ICON, self), self.rect().adjusted(theme.S, 0, -theme.S, 0)
        left = inner.right() + 1 - size if mirrored else inner.left()
        if self._is_narrow:
            left = (self.width() - size) // 2
        where = QRectF(left, (self.height() - size) // 2, size, size)
        icons.draw(painter, where, self.section.icon, colours.accent if chosen else colours.muted)
        if self._is_narrow:
            if self._count:
                painter.setPen(Qt.PenStyle.NoPen)
                painter.setBrush(QColor(colours.tone(self._tone)))
                painter.drawEllipse(where.topLeft() if mirrored else where.topRight(), 4, 4)
            return
        shift = size + theme.S
        text = inner.adjusted(0, 0, -shift, 0) if mirrored else inner.adjusted(shift, 0, 0, 0)
        painter.setFont(theme.scaled_font(1, bold=chosen, base=self.font()))
        painter.setPen(QColor(colours.text))
        painter.drawText(
            text, int(Qt.AlignmentFlag.AlignLeading | Qt.AlignmentFlag.AlignVCenter), self.text()
        )


class Sidebar(QFrame):
    """`chosen(name)` when a page is asked for, `narrowed(bool)` when a person shrinks or widens it."""

    chosen = Signal(str)
    palette_wanted = Signal()
    narrowed = Signal(bool)

    def __init__(self) -> None:
        super().__init__()
        named(self, "nav", tr("Pages"))
        self.setProperty("role", "sidebar")
        self._entries: dict[str, Entry] = {}
        self._titles: list[QLabel] = []
        self._rules: list[QFrame] = []
        self._is_narrow = False
        self._group = QButtonGroup(self)
        self._group.setExclusive(True)
        self._search = _tool("goto.open", tr("Go to…"), "search")
        self._search.clicked.connect(self.palette_wanted)
        self._fold = _tool("nav.fold", tr("Only icons"), "fold")
        self._fold.clicked.connect(lambda: self.narrowed.emit(not self._is_narrow))
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(theme.S, theme.M, theme.S, theme.S)
        self._column.setSpacing(2)
        policy = self.sizePolicy()
        policy.setHorizontalPolicy(policy.Policy.Fixed)
        self.setSizePolicy(policy)
        self.fill([])

    @property
    def is_narrow(self) -> bool:
        """Whether only icons are shown."""
        return self._is_narrow

    def fill(self, sections: Sequence[Section]) -> None:
        """Show these pages."""
        self._clear()
        _widen(self._search)
        self._column.addWidget(self._search)
        self._column.addSpacing(theme.S)
        for number, (group, section) in enumerate(group_starts(sections), start=1):
            if group:
                self._add_title(group)
            elif not section.group and self._titles:
                self._column.addSpacing(theme.M)  # What belongs to no group stands apart from the last one.
            entry = Entry(section, number)
            entry.clicked.connect(lambda _=False, name=section.name: self.chosen.emit(name))
            entry.stepped.connect(lambda step, entry=entry: self._step(entry, step))
            _widen(entry, shrinks=True)
            self._group.addButton(entry)
            self._entries[section.name] = entry
            self._column.addWidget(entry)
        self._column.addStretch()
        self._column.addWidget(self._fold, 0, Qt.AlignmentFlag.AlignLeading)
        self.set_narrow(self._is_narrow)

    def choose(self, name: str) -> None:
        """Mark the page that is shown."""
        if name in self._entries:
            had_focus = any(entry.hasFocus() for entry in self._entries.values())
            self._entries[name].setChecked(True)
            if had_focus:
                self.take_focus()

    def show_count(self, name: str, count: int, tone: str = "warning") -> None:
        """Show what waits on a page."""
        if name in self._entries:
            self._entries[name].show_count(count, tone)

    def take_focus(self) -> None:
        """Give the keyboard to the page that is marked."""
        checked = self._group.checkedButton()
        if checked is not None:
            checked.setFocus(Qt.FocusReason.OtherFocusReason)

    def set_narrow(self, narrow: bool) -> None:
        """Only icons, or icons and titles."""
        self._is_narrow = narrow
        for entry in self._entries.values():
            entry.set_narrow(narrow)
        for title in self._titles:
            title.setVisible(not narrow)
        for rule in self._rules:
            rule.setVisible(narrow)
        beside, alone = Qt.ToolButtonStyle.ToolButtonTextBesideIcon, Qt.ToolButtonStyle.ToolButtonIconOnly
        keys = QKeySequence("Ctrl+K").toString(QKeySequence.SequenceFormat.NativeText)
        self._search.setText(f" {tr('Go to…')}   {keys}")
        self._search.setToolTip(self._search.text().strip())
        self._search.setToolButtonStyle(alone if narrow else beside)
        said = tr("Show titles") if narrow else tr("Only icons")
        self._fold.setAccessibleName(said)
        self._fold.setToolTip(said)
        mirrored = self.layoutDirection() == Qt.LayoutDirection.RightToLeft
        self._fold.setIcon(icons.icon("unfold" if narrow != mirrored else "fold", "muted"))

    def _step(self, entry: Entry, step: int) -> None:
        entries = list(self._entries.values())
        at = min(max(0, entries.index(entry) + step), len(entries) - 1)
        if entries[at] is not entry:
            entries[at].setFocus(Qt.FocusReason.TabFocusReason)
            entries[at].click()

    def _add_title(self, text: str) -> None:
        """The title of a group, and the line that stands for it among icons."""
        self._column.addSpacing(theme.S)
        title = label(text, tone="muted", size=0.85, bold=True)
        title.setContentsMargins(theme.S, theme.XS, theme.S, 2)
        rule = QFrame()
        rule.setProperty("role", "rule")
        self._titles.append(title)
        self._rules.append(rule)
        self._column.addWidget(title)
        self._column.addWidget(rule)

    def _clear(self) -> None:
        kept = {self._search, self._fold}
        self._entries.clear()
        self._titles.clear()
        self._rules.clear()
        while self._column.count():
            item = self._column.takeAt(0)
            widget = item.widget() if item else None
            if isinstance(widget, QWidget) and widget not in kept:
                widget.hide()
                widget.deleteLater()


def _tool(name: str, said: str, icon: str) -> QToolButton:
    made = named(QToolButton(), name, said)
    made.setProperty("look", "search" if icon == "search" else "fold")
    made.setIcon(icons.icon(icon, "muted"))
    made.setFocusPolicy(Focus.TabFocus)
    return made


def _widen(widget: QToolButton, *, shrinks: bool = False) -> None:
    """Let it take the whole width, and be lower than it would."""
    policy = widget.sizePolicy()
    policy.setHorizontalPolicy(policy.Policy.Expanding)
    if shrinks:
        policy.setVerticalPolicy(policy.Policy.Maximum)
    widget.setSizePolicy(policy)
