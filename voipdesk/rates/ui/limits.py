"""Where the guard rails strike: the limits of the whole workspace, to be looked at and changed."""

from typing import Any

from PySide6.QtWidgets import QDialog, QFormLayout, QHBoxLayout, QVBoxLayout, QWidget

from voipdesk.kernel.money import from_scaled
from voipdesk.kernel.text import tr
from voipdesk.kit import theme
from voipdesk.kit.editors import CountEdit, PriceEdit
from voipdesk.kit.names import named
from voipdesk.kit.page import button, label
from voipdesk.rates.rules.guards import USUAL, Limits

_MOST = 10_000


class LimitsDialog(QDialog):
    """`dialog.limits`: one field `field.<limit>` for each; `values` gives all of them."""

    def __init__(self, parent: QWidget, limits: Limits, currency: str) -> None:
        super().__init__(parent)
        title = tr("Limits of the guards")
        named(self, "dialog.limits", title)
        self.setWindowTitle(title)
        texts = {
            "jump_percent": (tr("G1: a price moves by more than"), "%"),
            "removed_percent": (tr("G3: a full sheet would close more than"), "%"),
            "rows_percent": (tr("G4: the number of rows differs by more than"), "%"),
            "past_days": (tr("G6: dates in the past by more than"), tr("days")),
            "ahead_days": (tr("G6: dates ahead by more than"), tr("days")),
        }
        form = QFormLayout()
        form.setHorizontalSpacing(theme.L)
        form.setVerticalSpacing(theme.S)
        self.counts = {
            name: named(CountEdit(most=_MOST), f"field.{name}", text) for name, (text, _) in texts.items()
        }
        self.ceiling = named(PriceEdit(), "field.ceiling", tr("G5: highest price per minute"))
        for name, (text, unit) in texts.items():
            form.addRow(text, _beside(self.counts[name], unit))
        form.addRow(tr("G5: highest price per minute"), _beside(self.ceiling, currency))
        self.commit = button(tr("Keep"), "commit", look="primary", act=self.accept)
        usual = button(tr("As usual"), "usual", act=lambda: self._show(USUAL))
        usual.setAutoDefault(False)
        row = QHBoxLayout()
        row.setSpacing(theme.S)
        row.addWidget(usual)
        row.addStretch(1)
        row.addWidget(button(tr("Cancel"), "cancel", act=self.reject))
        row.addWidget(self.commit)
        text = tr("They hold for all tables of this workspace, from the next review on.")
        box = QVBoxLayout(self)
        box.setContentsMargins(theme.L, theme.L, theme.L, theme.M)
        box.setSpacing(theme.M)
        box.addWidget(label(text, tone="muted", wrap=True))
        box.addLayout(form)
        box.addStretch(1)
        box.addLayout(row)
        self.ceiling.textChanged.connect(lambda _: self._look())
        self._show(limits)

    def values(self) -> dict[str, Any]:
        """All limits, as `set_guard_limits` takes them."""
        return {
            **{name: field.value() for name, field in self.counts.items()},
            "ceiling": self.ceiling.value(),
        }

    def _show(self, limits: Limits) -> None:
        for name, field in self.counts.items():
            field.setValue(getattr(limits, name))
        self.ceiling.set_value(from_scaled(limits.ceiling))

    def _look(self) -> None:
        price = self.ceiling.value()
        self.commit.setEnabled(price is not None and price > 0)


def _beside(field: QWidget, unit: str) -> QWidget:
    """A field with its unit."""
    made = QWidget()
    row = QHBoxLayout(made)
    row.setContentsMargins(0, 0, 0, 0)
    row.setSpacing(theme.S)
    row.addWidget(field, 1)
    row.addWidget(label(unit, tone="muted"))
    return made
