"""The line above the rate grid: the day looked at, the way to a prefix, its history."""

import sys
from datetime import date, datetime
from zoneinfo import ZoneInfo

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QCheckBox, QHBoxLayout, QWidget

from voipdesk.kernel.periods import Clock, day_start
from voipdesk.kernel.text import tr
from voipdesk.kit import theme
from voipdesk.kit.editors import DateEdit, PrefixEdit
from voipdesk.kit.names import named
from voipdesk.kit.page import button, label


class Tools(QWidget):
    """Tells when another day or only the changes are wanted, a prefix looked for, a history asked for."""

    day_changed = Signal()
    prefix_wanted = Signal(str)
    history_wanted = Signal()

    def __init__(self, page: QWidget, clock: Clock, zone: ZoneInfo) -> None:
        super().__init__()
        self._clock, self._zone = clock, zone
        self.day = named(DateEdit(day=self._today()), "field.as_of", tr("As of"))
        self.day.dateChanged.connect(self._changed)
        self.today = button(tr("Today"), "today", look="link", act=self._to_today)
        self.prefix = named(PrefixEdit(), "field.prefix", tr("Go to prefix"))
        self.prefix.setPlaceholderText(tr("Prefix or number"))
        self.prefix.setClearButtonEnabled(True)
        self.prefix.returnPressed.connect(self._go)
        self.prefix.setMinimumWidth(theme.ems(7))
        self.prefix.setMaximumWidth(theme.ems(11))
        self.scheduled = named(
            QCheckBox(tr("Scheduled changes only")), "check.scheduled", tr("Scheduled changes only")
        )
        self.scheduled.toggled.connect(lambda _: self.day_changed.emit())
        self.history = button(tr("History…"), "history", icon="clock", act=self.history_wanted.emit)
        keys = [QKeySequence("Ctrl+G"), *([QKeySequence("Ctrl+L")] if sys.platform == "darwin" else [])]
        for key in keys:
            shortcut = QShortcut(key, page)
            shortcut.setContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
            shortcut.activated.connect(self.focus_prefix)
        tip = tr("The rate of this prefix, else its longest match, else the nearest ({key})")
        self.prefix.setToolTip(tip.format(key=keys[0].toString(QKeySequence.SequenceFormat.NativeText)))
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(theme.S)
        for text, field in ((tr("As of"), self.day), ("", self.today), (tr("Go to"), self.prefix)):
            if text:
                caption = label(text, tone="muted")
                caption.setBuddy(field)
                row.addWidget(caption)
            row.addWidget(field)
        row.addWidget(self.history)
        row.addStretch(1)
        row.addWidget(self.scheduled)
        self._show_today()

    @property
    def is_scheduled_only(self) -> bool:
        """Whether only rates with a later row are wanted."""
        return self.scheduled.isChecked()

    def moment(self, zone: ZoneInfo) -> datetime | None:
        """The beginning of the day in a zone; None for today, which means now."""
        day = self.day.value()
        return None if day == self._today() else day_start(day, zone)

    def focus_prefix(self) -> None:
        """Ready for typing."""
        self.prefix.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self.prefix.selectAll()

    def reset(self, day: date | None = None) -> None:
        """Another day without telling; today by default."""
        self.day.blockSignals(True)
        self.day.set_value(day or self._today())
        self.day.blockSignals(False)
        self._show_today()

    def show_all(self) -> None:
        """Not only what is scheduled, without telling."""
        self.scheduled.blockSignals(True)
        self.scheduled.setChecked(False)
        self.scheduled.blockSignals(False)

    def _today(self) -> date:
        return self._clock.now().astimezone(self._zone).date()

    def _to_today(self) -> None:
        self.day.set_value(self._today())

    def _changed(self) -> None:
        self._show_today()
        self.day_changed.emit()

    def _show_today(self) -> None:
        self.today.setVisible(self.day.value() != self._today())

    def _go(self) -> None:
        digits = self.prefix.value()
        if digits:
            self.prefix_wanted.emit(digits)
