"""Time bands of a table: a dialog that asks for one, and the list of those a table has."""

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

from PySide6.QtCore import Qt, QTime, Signal
from PySide6.QtWidgets import (
    QCheckBox,
    QDialog,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QTimeEdit,
    QVBoxLayout,
    QWidget,
)

from voipdesk.accounts.rules import Right, may
from voipdesk.kernel.text import tr, trn
from voipdesk.kit import theme
from voipdesk.kit.desk import Desk
from voipdesk.kit.form import FormDialog
from voipdesk.kit.grid import Column, Formats, Grid, Kind, MemorySource
from voipdesk.kit.names import named
from voipdesk.kit.page import button, label
from voipdesk.kit.states import State
from voipdesk.rates import commands, queries
from voipdesk.rates.queries.tables import TimeBand, time_bands
from voipdesk.rates.rules.hours import (
    DAY,
    WEEK,
    Hours,
    Span,
    Weekly,
    day_names,
    hours_text,
    joined,
    weekly_of,
)
from voipdesk.rates.ui.dialogs import ListDialog
from voipdesk.store.database import Database
from voipdesk.tabular.band_words import EVENING, NIGHT, OFF_PEAK, WEEKEND, band_kind, is_band_alone
from voipdesk.tabular.words import plain

LONGEST = 40
MOST = 4
"""Parts of a week that can be said beside each other."""

WORKDAYS, WEEKEND_DAYS, ALL_DAYS = frozenset(range(5)), frozenset((5, 6)), frozenset(range(WEEK))
USUAL = {
    WEEKEND: [Weekly(WEEKEND_DAYS)],
    NIGHT: [Weekly(ALL_DAYS, 22 * 60, 6 * 60)],
    EVENING: [Weekly(WORKDAYS, 18 * 60, 22 * 60)],
}
"""The hours that a new band is offered with, by what its name speaks of."""
USUALLY = [Weekly(WORKDAYS, 20 * 60, 8 * 60), Weekly(WEEKEND_DAYS)]


class PartEdit(QWidget):
    """Some days with the same hours."""

    changed = Signal()

    def __init__(self, number: int, part: Weekly, remove: Callable[["PartEdit"], object]) -> None:
        super().__init__()
        self.days = []
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(theme.S)
        for at, name in enumerate(day_names()):
            day = named(
                QCheckBox(name),
                f"check.day.{number}.{at + 1}",
                tr("{day}, part {number}").format(day=name, number=number),
            )
            day.setChecked(at in part.days)
            day.toggled.connect(lambda _: self.changed.emit())
            self.days.append(day)
            row.addWidget(day)
        is_whole = (part.first, part.last % DAY) == (0, 0)
        self.whole = named(
            QCheckBox(tr("all day")),
            f"check.whole.{number}",
            tr("All day, part {number}").format(number=number),
        )
        self.whole.setChecked(is_whole)
        self.first, self.last = (
            named(_time(minute), f"field.{which}.{number}", title.format(number=number))
            for which, title, minute in (
                ("from", tr("From, part {number}"), 20 * 60 if is_whole else part.first),
                ("until", tr("Until, part {number}"), 8 * 60 if is_whole else part.last % DAY),
            )
        )
        self.drop = button("", f"drop.{number}", icon="close", look="link", act=partial(remove, self))
        self.drop.setAccessibleName(tr("Leave out part {number}").format(number=number))
        self.drop.setToolTip(tr("Leave this part out"))
        row.addSpacing(theme.M)
        for widget in (self.whole, self.first, label("–", tone="muted"), self.last, self.drop):
            row.addWidget(widget)
        row.addStretch(1)
        for field in (self.first, self.last):
            field.setDisabled(is_whole)
            field.timeChanged.connect(lambda _: self.changed.emit())
        self.whole.toggled.connect(self._whole)

    def value(self) -> Weekly:
        """What is said; no days where none is ticked."""
        days = frozenset(at for at, day in enumerate(self.days) if day.isChecked())
        if self.whole.isChecked():
            return Weekly(days)
        first, last = (field.time().hour() * 60 + field.time().minute() for field in (self.first, self.last))
        return Weekly(days, first, last)

    def _whole(self, is_whole: bool) -> None:
        self.first.setDisabled(is_whole)
        self.last.setDisabled(is_whole)
        self.changed.emit()


def _time(minute: int) -> QTimeEdit:
    field = QTimeEdit(QTime(minute // 60, minute % 60))
    field.setLayoutDirection(Qt.LayoutDirection.LeftToRight)
    field.setDisplayFormat("HH:mm")
    field.setButtonSymbols(QTimeEdit.ButtonSymbols.NoButtons)
    field.setAlignment(Qt.AlignmentFlag.AlignCenter)
    field.setFixedWidth(theme.ems(4.5))
    return field


class HoursEdit(QWidget):
    """Hours of a week in parts, with what they mean below them."""

    changed = Signal()

    def __init__(self, parts: Sequence[Weekly]) -> None:
        super().__init__()
        self.parts: list[PartEdit] = []
        self._made = 0
        self._box = QVBoxLayout()
        self._box.setContentsMargins(0, 0, 0, 0)
        self._box.setSpacing(theme.S)
        self.more = button(tr("More hours"), "hours.more", icon="plus", look="link", act=self._more)
        self.said = label(tone="muted", wrap=True)
        self.said.setObjectName("hours.said")
        box = QVBoxLayout(self)
        box.setContentsMargins(0, 0, 0, 0)
        box.setSpacing(theme.S)
        box.addLayout(self._box)
        line = QHBoxLayout()
        line.addWidget(self.more)
        line.addStretch(1)
        box.addLayout(line)
        box.addWidget(self.said)
        self.set_value(parts)

    def value(self) -> tuple[Span, ...]:
        """The spans of the week; none where no day is ticked."""
        return joined([part.value() for part in self.parts])

    def set_value(self, parts: Sequence[Weekly]) -> None:
        """Show other hours."""
        for edit in tuple(self.parts):
            self._remove(edit)
        for part in parts:
            self._add(part)
        self._tell()

    def _add(self, part: Weekly) -> None:
        self._made += 1
        edit = PartEdit(self._made, part, self._remove)
        edit.changed.connect(self._tell)
        self.parts.append(edit)
        self._box.addWidget(edit)

    def _more(self) -> None:
        self._add(Weekly(frozenset(), 20 * 60, 8 * 60))
        self._tell()

    def _remove(self, part: PartEdit) -> None:
        self.parts.remove(part)
        self._box.removeWidget(part)
        part.hide()
        part.deleteLater()
        self._tell()

    def _tell(self) -> None:
        for part in self.parts:
            part.drop.setVisible(len(self.parts) > 1)
        self.more.setEnabled(len(self.parts) < MOST)
        hours = self.value()
        self.said.setText(meaning(hours) if hours else tr("Tick the days on which the price holds."))
        self.changed.emit()


def meaning(hours: Hours) -> str:
    """What hours mean, day by day and without anything over midnight, with how much of the week they are."""
    by_day: dict[tuple[str, ...], list[int]] = {}
    for day in range(WEEK):
        spans = tuple(
            tr("all day") if (first, last) == (0, DAY) else f"{_clock(first)}–{_clock(last)}"
            for at, first, last in hours
            if at == day
        )
        if spans:
            by_day.setdefault(spans, []).append(day)
    told = [
        f"{hours_text([(day, 0, DAY) for day in days])} {', '.join(spans)}" for spans, days in by_day.items()
    ]
    total = sum(last - first for _, first, last in hours)
    return "; ".join(told) + f" ({trn('{count} hour a week', '{count} hours a week', (total + 30) // 60)})"


def _clock(minute: int) -> str:
    return f"{minute // 60:02}:{minute % 60:02}"


class BandDialog(FormDialog):
    """Asks for a time band: its name and hours."""

    def __init__(
        self, parent: QWidget, table: queries.RateTable, *, name: str = "", band: TimeBand | None = None
    ) -> None:
        self.name = named(QLineEdit(band.name if band else name), "field.name", tr("Name"))
        self.name.setMaxLength(LONGEST)
        self.name.setPlaceholderText(tr("As the sheets call it, like Off-Peak"))
        kind = band_kind(plain(name))
        self.hours = HoursEdit(weekly_of(band.hours) if band else USUAL.get(kind, USUALLY))
        self.hours.setAccessibleName(tr("Hours"))
        about = tr(
            "Hours are those of {zone}, where the table is. The time at which a call is answered decides for the whole call."
        )
        if band is not None and band.rates:
            about += " " + tr(
                "Calls that are rated from now on go by the new hours; its rates take over a new name."
            )
        super().__init__(
            parent,
            tr("Time band {name}").format(name=band.name) if band else tr("New time band"),
            fields=[(tr("Name"), self.name), (tr("Hours"), self.hours)],
            verb=tr("Change time band") if band else tr("Add time band"),
            about=about.format(zone=table.zone),
            problem=self._wrong,
        )
        for caption in self.findChildren(QLabel):
            if caption.buddy() is self.hours:
                caption.setAlignment(Qt.AlignmentFlag.AlignTop | Qt.AlignmentFlag.AlignLeading)
        self.hours.changed.connect(self._fit)
        self._fit()

    def _fit(self) -> None:
        """As wide and as high as the hours need; lower again when a part is left out."""
        box = self.layout()
        if box is not None:
            box.activate()
            width = max(self.width(), box.minimumSize().width())
            self.setMinimumWidth(box.minimumSize().width())
            self.resize(width, box.totalHeightForWidth(width))

    def fields(self) -> dict[str, Any]:
        """What was entered, as the commands take it."""
        return {"name": " ".join(self.name.text().split()), "hours": self.hours.value()}

    def _wrong(self) -> str:
        if not self.name.text().strip() or "=" in self.name.text():
            return tr("Give the time band a name, without an equals sign.")
        return "" if self.hours.value() else tr("Tick the days on which the price holds.")


def suggested(title: str) -> str:
    """How a band is called that takes the prices of a column with this title."""
    text, kind = plain(title), band_kind(plain(title))
    known = {
        OFF_PEAK: tr("Off-Peak"), WEEKEND: tr("Weekend"), NIGHT: tr("Night"), EVENING: tr("Evening"),
    }  # fmt: skip
    return title if is_band_alone(text) else known.get(kind, title.replace("=", " "))[:LONGEST]


def new_band(
    parent: QWidget,
    desk: Desk[Database],
    table: queries.RateTable,
    *,
    name: str,
    made: Callable[[str], None],
) -> BandDialog:
    """Ask for a new time band and make it; `made` is told its name. Returns the dialog, not yet shown."""
    dialog = BandDialog(parent, table, name=name)

    def create() -> None:
        fields = dialog.fields()
        desk.jobs.write(
            tr("New time band {name}").format(name=fields["name"]),
            lambda _: commands.add_band(desk.db, desk.actor, table=table.id, **fields),
            done=lambda _: made(fields["name"]),
            refused=desk.ask.refuse,
        )

    dialog.accepted.connect(create)
    return dialog


class BandsDialog(ListDialog):
    """The time bands of a table: looked at, added, given other hours or names, removed while no rate has them."""

    def __init__(
        self, parent: QWidget, desk: Desk[Database], table: queries.RateTable, *, can_edit: bool
    ) -> None:
        self._desk, self._table = desk, table
        self._bands: dict[str, TimeBand] = {}
        self.columns = [
            Column("name", tr("Time band"), width=14),
            Column("hours", tr("Hours"), width=30, stretch=True),
            Column("rates", tr("Rates"), Kind.INT, width=9, tooltip=tr("Ever published for it")),
        ]
        grid = Grid("bands", self.columns, jobs=desk.jobs, formats=Formats(), title=tr("Time bands"))
        self.add = button(tr("New time band…"), "band.new", icon="plus", act=self._add)
        self.change = button(tr("Change…"), "band.change", icon="edit", act=self._change)
        self.remove = button(tr("Remove"), "band.remove", icon="close", act=self._remove)
        about = tr(
            "Prices of a part of the week, in the hours of {zone}. Where a prefix has no price for it, the one for all "
            "week counts."
        )
        super().__init__(
            parent, tr("Time bands of {table}").format(table=table.name), about.format(zone=table.zone), grid,
            *((self.add, self.change, self.remove) if can_edit else ()),
        )  # fmt: skip
        grid.empty = State(
            "clock",
            tr("No time band yet"),
            tr("Off-peak and weekend prices of a sheet go into time bands."),
            tr("New time band…") if can_edit else "",
            act=self._add if can_edit else None,
        )
        grid.current_changed.connect(lambda _: self._allow())
        if can_edit:
            grid.activated.connect(lambda _: self._change())
        self.resize(theme.ems(54, self), theme.ems(24, self))
        self.read()

    def read(self) -> None:
        """Read the time bands again."""
        self._desk.read(
            tr("Read time bands"), lambda db, actor: time_bands(db, actor, self._table.id), self._show
        )

    def _show(self, bands: Sequence[TimeBand]) -> None:
        self._bands = {one.name: one for one in bands}
        rows = [(one.name, hours_text(one.hours), one.rates) for one in bands]
        self.grid.set_source(MemorySource(self.columns, rows, key="name"))
        self._allow()

    def _chosen(self) -> TimeBand | None:
        return self._bands.get(str(self.grid.current_key() or ""))

    def _allow(self) -> None:
        band = self._chosen()
        self.change.setEnabled(band is not None)
        self.remove.setEnabled(band is not None and not band.rates)
        used = band is not None and bool(band.rates)
        self.remove.setToolTip(tr("Rates have it; only its name and hours can be changed.") if used else "")

    def _add(self) -> None:
        _opened(new_band(self, self._desk, self._table, name="", made=lambda _: self.read()))

    def _change(self) -> None:
        band, desk = self._chosen(), self._desk
        if band is None:
            return
        dialog = BandDialog(self, self._table, band=band)

        def change() -> None:
            fields = dialog.fields()
            is_renamed = fields["name"] != band.name
            desk.jobs.write(
                tr("Rename time band {name} to {new}").format(name=band.name, new=fields["name"])
                if is_renamed
                else tr("Change the hours of {name}").format(name=band.name),
                lambda _: commands.change_band(
                    desk.db, desk.actor, table=self._table.id, name=band.name, hours=fields["hours"],
                    new_name=fields["name"] if is_renamed else "",
                ),
                done=lambda _: self.read(),
                refused=desk.ask.refuse,
            )  # fmt: skip

        dialog.accepted.connect(change)
        _opened(dialog)

    def _remove(self) -> None:
        band, desk = self._chosen(), self._desk
        if band is None:
            return
        desk.jobs.write(
            tr("Remove time band {name}").format(name=band.name),
            lambda _: commands.remove_band(desk.db, desk.actor, table=self._table.id, name=band.name),
            done=lambda _: self.read(),
            refused=desk.ask.refuse,
        )


def _opened(dialog: QDialog) -> None:
    dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    dialog.open()


def show_bands(parent: QWidget, desk: Desk[Database], table: queries.RateTable | None) -> None:
    """The time bands of a table, to be looked at and changed."""
    if table is not None:
        _opened(BandsDialog(parent, desk, table, can_edit=may(desk.actor, Right.EDIT_RATES)))
