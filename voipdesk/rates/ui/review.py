"""The parts of the review of an import: counts, guards, open questions, the first changes."""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QEvent, Signal
from PySide6.QtWidgets import (
    QCheckBox,
    QFrame,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QVBoxLayout,
    QWidget,
)

from voipdesk.kernel.money import from_scaled, rounded
from voipdesk.kernel.periods import from_micros
from voipdesk.kernel.text import tr
from voipdesk.kit import icons, theme
from voipdesk.kit.editors import ChoiceEdit
from voipdesk.kit.grid import Column, Formats, Grid, Kind, Look, MemorySource
from voipdesk.kit.names import named
from voipdesk.kit.page import label
from voipdesk.rates.commands import ImportReport
from voipdesk.rates.rules.guards import ASK, OK, STOP, Guard
from voipdesk.rates.ui.dialogs import count_titles

if TYPE_CHECKING:
    from voipdesk.tabular.layout import Layout, Question

LEDGER = ("skipped", "blank", "accepted", "duplicates", "quarantined")
_ICONS = {OK: ("ok", "ok"), ASK: ("question", "warning"), STOP: ("stop", "danger")}
TAKES_ODD = "G5"
"""The guard whose word brings rows in that wait otherwise."""


def ledger_text(ledger: Mapping[str, int]) -> str:
    """Where every row of the file went."""
    words = dict(
        zip(
            LEDGER,
            (tr("title and footer"), tr("blank"), tr("accepted"), tr("duplicate"), tr("in quarantine")),
            strict=True,
        )
    )
    parts = [
        f"{ledger.get(name, 0):,} {words[name]}"
        for name in LEDGER
        if ledger.get(name, 0) or name == "accepted"
    ]
    return tr("{rows} rows = {parts}").format(rows=f"{ledger.get('rows', 0):,}", parts=" + ".join(parts))


def found_text(layout: "Layout") -> str:
    """What the reader made of the file: sheet, header, which column is what."""
    roles = {
        "prefix": tr("Prefix"), "country_code": tr("Country code"), "area_code": tr("Area code"), "rate": tr("Rate"),
        "destination": tr("Destination"), "connection_fee": tr("Connect fee"), "increment": tr("Interval"),
        "initial_increment": tr("First interval"), "subsequent_increment": tr("Next interval"),
        "effective_date": tr("From"), "effective_until": tr("Until"), "status": tr("Status"),
        "currency": tr("Currency"), "minimum_charge": tr("Minimum charge"),
    }  # fmt: skip
    said = []
    if layout.sheet and len(layout.sheets) > 1:
        said.append(tr("Sheet {name}").format(name=layout.sheet))
    if layout.header_row is not None:
        said.append(tr("Header in row {row}").format(row=layout.header_row))
    titles = layout.titles
    columns = [
        f"{roles.get(role, role.replace('_', ' '))} ← {titles[at] if at < len(titles) else at + 1}"
        for role, at in sorted(layout.columns.items(), key=lambda pair: pair[1])
    ]
    said.append(tr("Columns: {columns}").format(columns=", ".join(columns)))
    if layout.scale != 1:
        said.append(tr("Prices times {scale}").format(scale=f"{layout.scale:f}"))
    return " · ".join(said)


class Counts(QWidget):
    """How many prefixes are new, up, down, …: `count.<kind>` carries the bare number."""

    def __init__(self) -> None:
        super().__init__()
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(theme.S)
        self._values: dict[str, QLabel] = {}
        for name, title in {**count_titles(), "quarantined": tr("Quarantine")}.items():
            chip = QFrame()
            chip.setProperty("role", "card")
            inner = QVBoxLayout(chip)
            inner.setContentsMargins(theme.M, theme.XS, theme.M, theme.XS)
            inner.setSpacing(0)
            value = self._values[name] = label("–", size=1.2, bold=True)
            value.setObjectName(f"count.{name}")
            inner.addWidget(label(title, tone="muted"))
            inner.addWidget(value)
            row.addWidget(chip, 1)

    def show_report(self, report: ImportReport | None) -> None:
        """The counts of a report; dashes without one."""
        tones = {"up": "danger", "down": "ok", "quarantined": "warning", "removed": "warning"}
        for name, value in self._values.items():
            count = None
            if report is not None:
                count = report.ledger["quarantined"] if name == "quarantined" else report.counts.get(name, 0)
            value.setText("–" if count is None else f"{count:,}")
            value.setProperty("value", "" if count is None else str(count))
            theme.set_tone(value, tones.get(name, "") if count else "")


class GuardRow(QWidget):
    """One guard `guard.<id>`: what it saw, and how it is let pass; its `state` is ok, ask or stop."""

    changed = Signal(str)

    def __init__(self, guard: Guard, *, may_override: bool, is_ticked: bool) -> None:
        super().__init__()
        named(self, f"guard.{guard.id}", guard.text)
        self.guard = guard
        self.setProperty("state", guard.state)
        self._tick: QCheckBox | None = None
        self._typed: QLineEdit | None = None
        self._icon = QLabel()
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(theme.S)
        row.addWidget(self._icon)
        row.addWidget(label(guard.text, wrap=True), 1)
        if guard.id == TAKES_ODD and guard.token:
            self._tick = self._box(tr("Take them"), is_ticked=is_ticked)
            row.addWidget(self._tick)
        elif guard.state == ASK:
            self._tick = self._box(tr("Go on all the same"), is_ticked=is_ticked)
            row.addWidget(self._tick)
        elif guard.state == STOP and may_override:
            row.addWidget(label(tr("Type {word} to go on").format(word=guard.token), tone="muted"))
            self._typed = named(
                QLineEdit(), f"field.{guard.id}", tr("Type {word} to go on").format(word=guard.token)
            )
            self._typed.setFixedWidth(theme.ems(6))
            self._typed.setText(guard.token if is_ticked else "")
            self._typed.textChanged.connect(lambda _: self.changed.emit(guard.id))
            row.addWidget(self._typed)
        elif guard.state == STOP:
            row.addWidget(label(tr("You have no right to go on"), tone="danger"))
        self._draw()

    def word(self) -> str:
        """What lets the guard pass, where the person has said so."""
        is_ticked = self._tick is not None and self._tick.isChecked()
        is_typed = self._typed is not None and self._typed.text().strip() == self.guard.token
        return self.guard.pass_word if is_ticked or is_typed else ""

    @property
    def is_held(self) -> bool:
        """Whether it still stands in the way."""
        return self.guard.state != OK and not self.word()

    def changeEvent(self, event: QEvent) -> None:
        """Draw the icon again in another palette."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange:
            self._draw()

    def _box(self, text: str, *, is_ticked: bool) -> QCheckBox:
        box = named(QCheckBox(text), f"check.{self.guard.id}", text)
        box.setChecked(is_ticked)
        box.toggled.connect(lambda _: self.changed.emit(self.guard.id))
        return box

    def _draw(self) -> None:
        icon, tone = _ICONS[self.guard.state]
        self._icon.setPixmap(icons.pixmap(icon, theme.ems(1.05), tone, self.devicePixelRatioF()))


class Guards(QWidget):
    """The guards of a report: those that ask something in full, the quiet ones below them."""

    changed = Signal(str)

    def __init__(self) -> None:
        super().__init__()
        self.rows: list[GuardRow] = []
        self._box = QGridLayout(self)
        self._box.setContentsMargins(0, 0, 0, 0)
        self._box.setSpacing(theme.XS)
        self._box.setHorizontalSpacing(theme.L)
        for at in (0, 1):
            self._box.setColumnStretch(at, 1)

    def show_guards(self, guards: Sequence[Guard], *, may_override: bool) -> None:
        """Show these, the gravest first; what was let pass before stays so where nothing has changed."""
        said = set(self.words())
        for old in self.rows:
            self._box.removeWidget(old)
            old.hide()
            old.setParent(None)
            old.deleteLater()
        ranks = {STOP: 0, ASK: 1, OK: 2}
        ordered = sorted(guards, key=lambda one: (ranks[one.state], not one.token))
        self.rows = [
            GuardRow(one, may_override=may_override, is_ticked=one.pass_word in said) for one in ordered
        ]
        line = quiet = 0
        for row in self.rows:
            row.changed.connect(self.changed)
            if row.guard.state != OK or row.guard.token:
                self._box.addWidget(row, line, 0, 1, 2)
                line += 1
            else:
                self._box.addWidget(row, line + quiet // 2, quiet % 2)
                quiet += 1

    def words(self) -> list[str]:
        """What lets guards pass."""
        return [word for word in (row.word() for row in self.rows) if word]

    def held(self) -> list[Guard]:
        """Those that still stand in the way."""
        return [row.guard for row in self.rows if row.is_held]


class Questions(QWidget):
    """What the file leaves open, each with its possible answers; `told` by what they are about."""

    changed = Signal()

    def __init__(self) -> None:
        super().__init__()
        self._fields: dict[str, ChoiceEdit] = {}
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self.hide()

    def show_questions(self, questions: Sequence["Question"]) -> None:
        """Add those that are not shown yet; answered ones stay, so that an answer can be changed."""
        words = {
            "dmy": tr("Day first: 31/12"), "mdy": tr("Month first: 12/31"), "span": tr("From – to: 447-449 are three"),
            "join": tr("Joined: 93-76 is 9376"), ".": tr("Point: 0.05"), ",": tr("Comma: 0,05"),
        }  # fmt: skip
        for one in questions:
            if one.about in self._fields or not one.answers:
                continue
            field = self._fields[one.about] = named(ChoiceEdit(), f"ask.{one.about}", one.text)
            field.set_choices([("", tr("Choose…")), *((word, words.get(word, word)) for word in one.answers)])
            field.value_changed.connect(lambda _: self.changed.emit())
            at = len(self._fields)
            self._grid.addWidget(label(one.text, wrap=True), at, 0)
            self._grid.addWidget(field, at, 1)
        self._grid.setColumnStretch(0, 1)
        self.setVisible(bool(self._fields))

    def clear(self) -> None:
        """Another file: nothing is asked yet."""
        while (item := self._grid.takeAt(0)) is not None:
            widget = item.widget()
            if widget is not None:
                widget.hide()
                widget.deleteLater()
        self._fields = {}
        self.hide()

    def told(self) -> dict[str, str]:
        """The answers given."""
        return {about: str(field.value()) for about, field in self._fields.items() if field.value()}


def change_columns() -> list[Column]:
    """The columns of the review."""
    looks = {
        "new": Look(tr("New"), "plus", "accent"), "up": Look(tr("Up"), "up", "danger"),
        "down": Look(tr("Down"), "down", "ok"),
        "changed": Look(tr("Changed"), "edit", "muted"), "removed": Look(tr("Removed"), "minus", "warning"),
        "blocked": Look(tr("Blocked"), "blocked", "danger"), "same": Look(tr("Same"), "same", "muted"),
    }  # fmt: skip
    return [
        Column("kind", tr("Change"), Kind.STATE, width=11, looks=looks),
        Column("prefix", tr("Prefix"), Kind.PREFIX, width=9),
        Column("destination", tr("Destination"), width=24, stretch=True),
        Column("old", tr("Old rate"), Kind.PRICE, width=10),
        Column("new", tr("New rate"), Kind.PRICE, width=10),
        Column("percent", tr("By"), Kind.PERCENT, width=8, signed=True, tone=_tone),
        Column("from", tr("From"), Kind.DATE, width=10),
        Column("row", tr("File row"), Kind.INT, width=8),
    ]


def changes_grid(formats: Formats) -> Grid:
    """An empty grid of changes."""
    grid = Grid("review", change_columns(), formats=formats, title=tr("Changes"))
    grid.setMinimumHeight(theme.ems(14))
    return grid


def show_changes(grid: Grid, report: ImportReport | None) -> None:
    """The first changes of a report."""
    rows: list[tuple[Any, ...]] = []
    for one in report.changes if report is not None else ():
        old = None if one.old_price is None else from_scaled(one.old_price)
        new = None if one.new_price is None else from_scaled(one.new_price)
        day = from_micros(one.effective_from)
        prefix = f"{one.prefix} {one.band}".strip()
        rows.append(
            (str(one.kind), prefix, one.destination, old, new, _percent(old, new), day, one.source_row)
        )
    grid.set_source(MemorySource(change_columns(), rows, key="prefix"))


def _percent(old: Decimal | None, new: Decimal | None) -> Decimal | None:
    if not old or new is None or old == new:
        return None
    return rounded(Fraction(new - old) * 100 / Fraction(old), 1)


def _tone(change: Any) -> str:
    return "danger" if change > 0 else "ok" if change < 0 else ""
