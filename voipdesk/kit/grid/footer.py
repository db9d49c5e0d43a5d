"""The line under a grid: how many rows, and the figures of the selection (`bar.selection`)."""

from decimal import Decimal

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QWidget

from voipdesk.kernel.money import plain, price_text
from voipdesk.kernel.text import tr, trn
from voipdesk.kit import theme
from voipdesk.kit.grid.selection import Figures


class Footer(QFrame):
    """Rows at the leading side, figures at the other."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setProperty("role", "footer")
        self.rows = QLabel(self)
        self.rows.setObjectName("count.rows")
        self.figures = QLabel(self)
        self.figures.setObjectName("bar.selection")
        self.figures.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        for label in (self.rows, self.figures):
            label.setProperty("tone", "muted")
        box = QHBoxLayout(self)
        box.setContentsMargins(theme.S, theme.XS, theme.S, theme.XS)
        box.addWidget(self.rows)
        box.addStretch(1)
        box.addWidget(self.figures)

    def show_rows(self, shown: int, there_are: int) -> None:
        """How many rows are shown, and of how many where a filter hides some."""
        self.rows.setProperty("value", str(shown))
        theme.set_tone(self.rows, "muted")
        if shown == there_are:
            self.rows.setText(trn("{count} row", "{count} rows", shown).replace(str(shown), f"{shown:,}"))
        else:
            self.rows.setText(tr("{shown} of {all} rows").format(shown=f"{shown:,}", all=f"{there_are:,}"))

    def show_figures(self, figures: Figures | None) -> None:
        """Figures of a selection, or nothing."""
        self.figures.setText("" if figures is None else said(figures))

    def leave(self) -> None:
        """Hand the focus to the next control after the grid."""
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setFocus()
        self.focusNextChild()
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)

    def say(self, text: str, tone: str = "") -> None:
        """A short message in place of the count of rows, until the next one."""
        self.rows.setText(text)
        theme.set_tone(self.rows, tone)


def said(figures: Figures) -> str:
    """The figures in words; numbers stay left to right."""
    parts = [
        trn("{count} cell", "{count} cells", figures.cells).replace(str(figures.cells), f"{figures.cells:,}")
    ]
    if figures.numbers and figures.least is not None and figures.greatest is not None:
        parts += [
            tr("sum {value}").format(value=_number(figures.total)),
            tr("average {value}").format(value=_number(figures.average or Decimal(0))),
            tr("least {value}").format(value=_number(figures.least)),
            tr("greatest {value}").format(value=_number(figures.greatest)),
        ]
    return "  ·  ".join(parts)


def _number(value: Decimal) -> str:
    text = price_text(plain(value), least=2)
    return f"\u2066{text}\u2069"
