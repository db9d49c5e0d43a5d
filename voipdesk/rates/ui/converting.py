"""A sheet in another currency than its table: the rate of a day, typed by a person (G8)."""

from datetime import date
from decimal import Decimal, InvalidOperation
from fractions import Fraction

from PySide6.QtWidgets import QDialog, QFormLayout, QHBoxLayout, QLineEdit, QVBoxLayout, QWidget

from voipdesk.kernel.money import SCALE, price_text, rounded
from voipdesk.kernel.problems import Refused
from voipdesk.kernel.text import tr
from voipdesk.kit import theme
from voipdesk.kit.editors import DateEdit, western
from voipdesk.kit.names import named
from voipdesk.kit.page import button, label
from voipdesk.rates.rules.conversion import Conversion, conversion_of

_SAMPLE = Decimal("0.1")


class ConvertDialog(QDialog):
    """`dialog.convert`: what one unit of the sheet's currency is worth, and of which day; nothing is looked up."""

    def __init__(
        self, parent: QWidget, currencies: tuple[str, str], today: date, before: Conversion | None = None
    ) -> None:
        super().__init__(parent)
        self._source, self._target = currencies
        title = tr("Convert {source} to {target}").format(source=self._source, target=self._target)
        named(self, "dialog.convert", title)
        self.setWindowTitle(title)
        self.rate = named(QLineEdit(), "field.rate", tr("Rate of exchange"))
        self.rate.setPlaceholderText("1.085")
        self.day = named(DateEdit(day=today), "field.day", tr("Rate of which day"))
        self.sample = label(tone="muted", wrap=True)
        self.sample.setObjectName("convert.sample")
        if before is not None and before.holds(*currencies):
            self.rate.setText(f"{before.rate:f}")
            self.day.set_value(before.day)
        form = QFormLayout()
        form.setHorizontalSpacing(theme.L)
        form.setVerticalSpacing(theme.M)
        line = QHBoxLayout()
        line.setSpacing(theme.S)
        line.addWidget(label(tr("1 {currency} is").format(currency=self._source)))
        line.addWidget(self.rate, 1)
        line.addWidget(label(self._target))
        form.addRow(tr("Rate"), line)
        form.addRow(tr("Of"), self.day)
        self.commit = button(tr("Convert"), "commit", look="primary", act=self.accept)
        row = QHBoxLayout()
        row.setSpacing(theme.S)
        row.addStretch(1)
        row.addWidget(button(tr("Cancel"), "cancel", act=self.reject))
        row.addWidget(self.commit)
        text = tr("The sheet is read again: each price and fee is multiplied exactly and rounded once.")
        box = QVBoxLayout(self)
        box.setContentsMargins(theme.L, theme.L, theme.L, theme.M)
        box.setSpacing(theme.M)
        box.addWidget(label(text, tone="muted", wrap=True))
        box.addLayout(form)
        box.addWidget(self.sample)
        box.addStretch(1)
        box.addLayout(row)
        self.rate.textChanged.connect(lambda _: self._look())
        self.resize(theme.ems(30, self), theme.ems(16, self))
        self._look()

    def conversion(self) -> Conversion:
        """What is typed. `Refused` where that is no rate."""
        return conversion_of({"rate": western(self.rate.text()).replace(",", "."), "day": self.day.value()})

    def _look(self) -> None:
        """Whether it can be a rate, and what a price becomes."""
        text, tone, is_good = "", "muted", False
        try:
            made = self.conversion()
            worth = rounded(Fraction(_SAMPLE) * Fraction(made.rate), SCALE)
            is_good = True
            text = tr("A price of {before} {source} becomes {after} {target}.").format(
                before=price_text(_SAMPLE), source=self._source, after=price_text(worth), target=self._target
            )
        except (Refused, InvalidOperation) as error:
            if self.rate.text().strip():
                text, tone = str(error), "danger"
        theme.set_tone(self.sample, tone)
        self.sample.setText(text)
        self.commit.setEnabled(is_good)
