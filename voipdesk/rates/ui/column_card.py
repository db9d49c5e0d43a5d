"""One column of a file: its title, three of its cells, what it is taken for, and what the cells become by that."""

from collections.abc import Mapping, Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QGridLayout, QHBoxLayout, QLabel, QVBoxLayout

from voipdesk.kernel.text import tr
from voipdesk.kit import theme
from voipdesk.kit.editors import ChoiceEdit
from voipdesk.kit.names import named
from voipdesk.kit.page import label
from voipdesk.rates.files_preview import SAMPLES
from voipdesk.tabular.band_words import FEE, ROLE

NEW_BAND = "+"
"""Chosen instead of a meaning: the price of a time band that is yet to be made."""


def role_titles() -> dict[str, str]:
    """What a column may be, in words, in the order of the list."""
    return {
        "prefix": tr("Prefix (dial code)"), "country_code": tr("Country code"), "area_code": tr("Area codes"),
        "destination": tr("Destination"), "rate": tr("Rate"), "increment": tr("Interval"),
        "initial_increment": tr("First interval"), "subsequent_increment": tr("Next interval"),
        "effective_date": tr("Effective from"), "effective_until": tr("Effective until"), "status": tr("Status"),
        "connection_fee": tr("Connect fee"), "minimum_charge": tr("Minimum charge"), "currency": tr("Currency"),
        "band": tr("Time band"),
    }  # fmt: skip


def role_title(role: str) -> str:
    """What a role is called: the price of a time band by the name of that band."""
    if role.startswith(ROLE):
        return tr("Rate, {band}").format(band=role.removeprefix(ROLE))
    if role.startswith(FEE):
        return tr("Connect fee, {band}").format(band=role.removeprefix(FEE))
    return role_titles().get(role, role)


class ColumnCard(QFrame):
    """`chosen(role)` when a person says what the column is; '' means that it is ignored. `band_wanted`: a new time band."""

    chosen = Signal(str)
    band_wanted = Signal()

    def __init__(self, at: int) -> None:
        super().__init__()
        self.setProperty("role", "card")
        named(self, f"card.{at + 1}", tr("Column {number}").format(number=at + 1))
        self.number = label(str(at + 1), tone="muted", size=0.9)
        self.title = label(bold=True)
        self.title.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.field = named(
            ChoiceEdit(), f"field.column.{at + 1}", tr("Meaning of column {number}").format(number=at + 1)
        )
        self._bands: tuple[str, ...] | None = None
        self.offer_bands(())
        self.field.value_changed.connect(self._tell)
        self.why = label(tone="muted", size=0.9, wrap=True)
        self._raw: list[QLabel] = []
        self._made: list[QLabel] = []
        self._arrows: list[QLabel] = []
        self._lay_out()

    def offer_bands(self, bands: Sequence[str]) -> None:
        """The time bands of the table, of which the column may hold the prices."""
        if self._bands != tuple(bands):
            self._bands = tuple(bands)
            roles = [start + name for start in (ROLE, FEE) for name in bands]
            known = [(role, role_title(role)) for role in roles]
            new = (NEW_BAND, tr("Rate, new time band…"))
            self.field.blockSignals(True)
            self.field.set_choices([("", tr("– ignored –")), *role_titles().items(), *known, new])
            self.field.blockSignals(False)

    def _tell(self, role: object) -> None:
        if role == NEW_BAND:
            self.band_wanted.emit()
        else:
            self.chosen.emit(str(role or ""))

    def show_column(
        self,
        title: str,
        role: str,
        *,
        why: str,
        is_doubtful: bool,
        samples: Sequence[tuple[int, str]],
        made: Mapping[int, str],
    ) -> None:
        """Show a column; `made` is by row what its cells become."""
        self.title.setText(title)
        self.title.setToolTip(title)
        self.field.blockSignals(True)
        self.field.set_value(role)
        self.field.blockSignals(False)
        self.field.setAccessibleName(tr("Meaning of column {number}").format(number=title))
        theme.set_tone(self.why, "warning" if is_doubtful else "muted")
        self.why.setText(why)
        for at in range(SAMPLES):
            row, text = samples[at] if at < len(samples) else (0, "")
            parsed = made.get(row, "") if role and row else ""
            metrics = self._raw[at].fontMetrics()
            self._raw[at].setText(metrics.elidedText(text, Qt.TextElideMode.ElideRight, theme.ems(8)) or " ")
            self._raw[at].setToolTip(tr("Row {row}: {text}").format(row=row, text=text) if row else "")
            self._made[at].setText(metrics.elidedText(parsed, Qt.TextElideMode.ElideRight, theme.ems(9)))
            self._made[at].setToolTip(parsed)
            self._arrows[at].setText(("←" if self.isRightToLeft() else "→") if parsed else "")
            theme.set_tone(self._made[at], "danger" if parsed.startswith("⚠") else "ok")

    def _lay_out(self) -> None:
        head = QHBoxLayout()
        head.setSpacing(theme.S)
        head.addWidget(self.number)
        head.addWidget(self.title, 1)
        cells = QGridLayout()
        cells.setContentsMargins(0, 0, 0, 0)
        cells.setHorizontalSpacing(theme.S)
        cells.setVerticalSpacing(0)
        for at in range(SAMPLES):
            raw, arrow, made = label(" "), label("→", tone="muted"), label(tone="ok")
            self._raw.append(raw)
            self._made.append(made)
            self._arrows.append(arrow)
            for column, one in enumerate((raw, arrow, made)):
                cells.addWidget(one, at, column)
        cells.setColumnStretch(0, 1)
        cells.setColumnStretch(2, 1)
        box = QVBoxLayout(self)
        box.setContentsMargins(theme.M, theme.S, theme.M, theme.S)
        box.setSpacing(theme.XS)
        box.addLayout(head)
        box.addWidget(self.field)
        box.addWidget(self.why)
        box.addLayout(cells)
        self.setMinimumWidth(theme.ems(15))
