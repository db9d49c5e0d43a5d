"""What is compared with what: the tables to tick, the day, the master, and which rows are wanted."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QCheckBox,
    QFrame,
    QHBoxLayout,
    QListWidget,
    QListWidgetItem,
    QVBoxLayout,
    QWidget,
)

from voipdesk.kernel.periods import Clock, day_start
from voipdesk.kernel.text import tr
from voipdesk.kit import theme
from voipdesk.kit.editors import ChoiceEdit, DateEdit
from voipdesk.kit.names import named
from voipdesk.kit.page import button, label
from voipdesk.rates import queries

_ID = int(Qt.ItemDataRole.UserRole)
USUAL = 3
"""Tables compared when the page is opened first: the default one and others of its currency."""


class TableChoice(QListWidget):
    """The tables by name, each to be ticked by mouse or Space: `list.compare`."""

    ticks_changed = Signal()

    def __init__(self) -> None:
        super().__init__()
        named(self, "list.compare", tr("Tables to compare"))
        self.setMinimumWidth(theme.ems(9))
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setSpacing(theme.XS)
        self.setTextElideMode(Qt.TextElideMode.ElideRight)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.itemChanged.connect(lambda _: self.ticks_changed.emit())
        self.itemActivated.connect(self._turn)

    def ticked(self) -> list[UUID]:
        """Ids of the ticked tables, in their order."""
        items = (self.item(row) for row in range(self.count()))
        return [item.data(_ID) for item in items if item.checkState() is Qt.CheckState.Checked]

    def show_tables(self, tables: Sequence[queries.RateTable]) -> None:
        """Offer these; ticks stay, and at first some of one currency have one."""
        ticked: set[UUID] = set(self.ticked())
        if not self.count() and tables:
            alike = [one.id for one in tables if one.currency == tables[0].currency]
            ticked = set(alike[:USUAL])
        self.blockSignals(True)
        self.clear()
        for one in tables:
            item = QListWidgetItem(f"{one.name}  ({one.currency})")
            item.setData(_ID, one.id)
            item.setFlags(item.flags() | Qt.ItemFlag.ItemIsUserCheckable)
            item.setCheckState(Qt.CheckState.Checked if one.id in ticked else Qt.CheckState.Unchecked)
            item.setToolTip(item.text())
            self.addItem(item)
        self.blockSignals(False)

    def tick(self, name: str, on: bool = True) -> None:
        """Tick the table of a name, or take the tick away."""
        for row in range(self.count()):
            item = self.item(row)
            if item.text().rpartition("  (")[0] == name:
                item.setCheckState(Qt.CheckState.Checked if on else Qt.CheckState.Unchecked)

    @staticmethod
    def _turn(item: QListWidgetItem) -> None:
        is_on = item.checkState() is Qt.CheckState.Checked
        item.setCheckState(Qt.CheckState.Unchecked if is_on else Qt.CheckState.Checked)


class CompareTools(QWidget):
    """`changed`: another comparison is wanted; `narrowed`: other rows of the one there is."""

    changed = Signal()
    narrowed = Signal()

    def __init__(self, clock: Clock, zone: ZoneInfo) -> None:
        super().__init__()
        self._clock, self._zone = clock, zone
        self.master = named(ChoiceEdit(), "field.master", tr("Compare with"))
        self.master.setMinimumWidth(theme.ems(11))
        self.master.setToolTip(tr("The table that savings are counted against"))
        self.master.value_changed.connect(lambda _: self.changed.emit())
        self.day = named(DateEdit(day=self._today()), "field.as_of", tr("As of"))
        self.day.dateChanged.connect(self._day_changed)
        self.today = button(tr("Today"), "today", look="link", act=lambda: self.day.set_value(self._today()))
        self.today.hide()
        self.band = named(ChoiceEdit(), "field.band", tr("Time band"))
        self.band.setToolTip(
            tr("Where a table has no price in the time band, its price for all week is shown")
        )
        self.band.value_changed.connect(lambda _: self.changed.emit())
        self.simulate = self._check("simulate", tr("Fill longer codes"), on=True)
        self.simulate.setToolTip(
            tr("A table without a longer code is shown with the price of its next shorter one")
        )
        self.gaps = self._check("gaps", tr("Gaps only"))
        self.differences = self._check("differences", tr("Differences only"))
        self.simulate.toggled.connect(lambda _: self.changed.emit())
        for one in (self.gaps, self.differences):
            one.toggled.connect(lambda _: self.narrowed.emit())
        row = QHBoxLayout()
        row.setSpacing(theme.S)
        for text, field in ((tr("Compare with"), self.master), (tr("As of"), self.day)):
            caption = label(text, tone="muted")
            caption.setBuddy(field)
            row.addWidget(caption)
            row.addWidget(field)
        row.addWidget(self.today)
        self._in_band = label(tr("In"), tone="muted")
        self._in_band.setBuddy(self.band)
        row.addWidget(self._in_band)
        row.addWidget(self.band)
        row.addStretch(1)
        for box in (self.simulate, self.gaps, self.differences):
            row.addWidget(box)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.addLayout(row)
        self.offer_bands(())

    def moment(self) -> datetime | None:
        """The beginning of the day; None for today, which means now."""
        day = self.day.value()
        return None if day == self._today() else day_start(day, self._zone)

    def offer_masters(self, offered: Sequence[tuple[Any, str]]) -> None:
        """The ticked tables; the chosen one stays chosen where it is still among them. Nothing is told."""
        self.master.blockSignals(True)
        self.master.set_choices(offered)
        self.master.blockSignals(False)

    def offer_bands(self, names: Sequence[str]) -> None:
        """The time bands of the ticked tables; the field is there only where they have some. Nothing is told."""
        self.band.blockSignals(True)
        self.band.set_choices([("", tr("all week")), *((name, name) for name in names)])
        self.band.blockSignals(False)
        for one in (self._in_band, self.band):
            one.setVisible(bool(names))

    def _day_changed(self) -> None:
        self.today.setVisible(self.day.value() != self._today())
        self.changed.emit()

    def _today(self) -> date:
        return self._clock.now().astimezone(self._zone).date()

    @staticmethod
    def _check(name: str, text: str, *, on: bool = False) -> QCheckBox:
        box = named(QCheckBox(text), f"check.{name}", text)
        box.setChecked(on)
        return box
