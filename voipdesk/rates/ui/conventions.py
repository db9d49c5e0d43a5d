"""The conventions of a whole sheet: unit, currency, signs, dates, and constants for columns that are missing."""

from decimal import Decimal
from fractions import Fraction

from PySide6.QtWidgets import QCheckBox, QGridLayout, QHBoxLayout, QLabel, QLineEdit, QWidget

from voipdesk.kernel.scales import Scale, scale_text
from voipdesk.kernel.text import tr
from voipdesk.kit import theme
from voipdesk.kit.editors import ChoiceEdit, DateEdit
from voipdesk.kit.names import named
from voipdesk.kit.page import label
from voipdesk.rates.ui.questions import answer_words
from voipdesk.rates.ui.reading import Reading
from voipdesk.tabular.conventions import CURRENCIES
from voipdesk.tabular.layout import Layout
from voipdesk.tabular.prices import read_interval
from voipdesk.tabular.values import Fault

INTERVAL, DAY = "constant.increment", "constant.effective_date"
_INTERVAL_ROLES = {"increment", "initial_increment", "subsequent_increment"}


class Conventions(QWidget):
    """Each with what decided it; an answer is told to the reading at once."""

    def __init__(self, reading: Reading) -> None:
        super().__init__()
        self.reading = reading
        self.unit = self._choice("scale", tr("Unit of the rates"))
        self.currency = self._choice("currency", tr("Currency"))
        self.decimal = self._choice("decimal", tr("Decimal sign"))
        self.dates = self._choice("date_order", tr("Order of dates"))
        words = answer_words()
        self.decimal.set_choices([(sign, words[sign]) for sign in (".", ",")])
        self.interval = named(QLineEdit(), "field.constant.increment", tr("Interval for all rows"))
        self.interval.setPlaceholderText("1/1")
        self.interval.editingFinished.connect(self._tell_interval)
        self.has_day = named(
            QCheckBox(tr("All rows from")), "check.constant.effective_date", tr("One date for all rows")
        )
        self.day = named(DateEdit(), "field.constant.effective_date", tr("Effective from, for all rows"))
        self.has_day.toggled.connect(self._tell_day)
        self.day.dateChanged.connect(self._tell_day)
        self._why: dict[str, QLabel] = {}
        self._lay_out()

    def problem(self) -> str:
        """What is wrong with a constant, or ''."""
        typed = self.interval.text().strip()
        if not typed or self._interval_row.isHidden():
            return ""
        found = read_interval(typed)
        return found.message if isinstance(found, Fault) else ""

    def show_layout(self, layout: Layout) -> None:
        """Show what was found or told."""
        has_dates = "effective_date" in layout.columns
        self._show_unit(layout)
        choices = [("", tr("not said: the table's"))]
        choices += [(code, code) for code in sorted(CURRENCIES | {layout.currency} - {""})]
        self._set(self.currency, layout.currency, choices)
        self._set(self.decimal, layout.decimal)
        words = answer_words()
        orders = [(one, words[one]) for one in ("dmy", "mdy", "ymd")]
        open_order = layout.date_order not in {"dmy", "mdy", "ymd"}
        if open_order:
            orders.insert(0, (str(layout.date_order or ""), tr("as the cells have it")))
        self._set(self.dates, str(layout.date_order or ""), orders)
        self._dates_row.setVisible(has_dates)
        for name in ("scale", "currency", "decimal", "date_order"):
            said = tr("you said so") if name in self.reading.told else layout.evidence.get(name, "")
            self._why[name].setText(said)
        self._interval_row.setVisible(not _INTERVAL_ROLES & set(layout.columns))
        self._day_row.setVisible(not has_dates)

    def _show_unit(self, layout: Layout) -> None:
        currency = layout.currency or tr("currency")
        units: list[tuple[Scale, str]] = [
            (Decimal(1), tr("{currency} per minute")), (Decimal(60), tr("{currency} per second")),
            (Decimal("0.01"), tr("cents per minute")), (Decimal("0.6"), tr("cents per second")),
            (Decimal("0.001"), tr("1/1000 {currency} per minute")),
            (Decimal("0.0001"), tr("1/10000 {currency} per minute")), (Fraction(1, 60), tr("{currency} per hour")),
        ]  # fmt: skip
        choices = [(scale_text(scale), text.format(currency=currency)) for scale, text in units]
        scale = scale_text(layout.scale)
        if scale not in {value for value, _ in choices}:
            choices.append((scale, tr("times {scale}").format(scale=scale)))
        self._set(self.unit, scale, choices)

    def _choice(self, name: str, title: str) -> ChoiceEdit:
        made = named(ChoiceEdit(), f"field.{name}", title)
        made.value_changed.connect(lambda value: self._tell(name, value))
        return made

    def _set(self, field: ChoiceEdit, value: str, choices: list[tuple[str, str]] | None = None) -> None:
        field.blockSignals(True)
        if choices is not None:
            field.set_choices(choices)
        field.set_value(value)
        field.blockSignals(False)

    def _tell(self, name: str, value: object) -> None:
        if value:
            self.reading.tell_all({name: str(value)})
        elif name in self.reading.told:
            self.reading.tell_all({name: None})

    def _tell_interval(self) -> None:
        typed = self.interval.text().strip()
        if not typed and INTERVAL not in self.reading.told:
            return
        self.reading.tell_all({INTERVAL: typed or None})

    def _tell_day(self) -> None:
        self.day.setEnabled(self.has_day.isChecked())
        day = self.day.value().isoformat() if self.has_day.isChecked() else None
        if day is not None or DAY in self.reading.told:
            self.reading.tell_all({DAY: day})

    def _lay_out(self) -> None:
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(theme.L)
        grid.setVerticalSpacing(theme.S)
        unit = self._row("scale", tr("Unit"), self.unit)
        currency = self._row("currency", tr("Currency"), self.currency)
        decimal = self._row("decimal", tr("Decimal sign"), self.decimal)
        self._dates_row = self._row("date_order", tr("Dates"), self.dates)
        self._interval_row = self._row("interval", tr("Interval, not in the file"), self.interval)
        self._why["interval"].setText(tr("1/1 where nothing is said"))
        self._day_row = QWidget()
        row = QHBoxLayout(self._day_row)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(theme.S)
        row.addWidget(label(tr("No dates in the file."), tone="muted"))
        row.addWidget(self.has_day)
        row.addWidget(self.day)
        row.addWidget(label(tr("otherwise from today"), tone="muted"), 1)
        self.day.setEnabled(False)
        parts = (unit, currency, decimal, self._dates_row, self._interval_row, self._day_row)
        for at, part in enumerate(parts):
            grid.addWidget(part, at // 2, at % 2)
        grid.setColumnStretch(0, 1)
        grid.setColumnStretch(1, 1)

    def _row(self, name: str, title: str, field: QWidget) -> QWidget:
        made = QWidget()
        why = self._why[name] = label(tone="muted", size=0.9)
        caption = label(title)
        caption.setMinimumWidth(theme.ems(6))
        row = QHBoxLayout(made)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(theme.S)
        for part in (caption, field):
            row.addWidget(part)
        row.addWidget(why, 1)
        return made
