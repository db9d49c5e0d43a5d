"""The line under a grid: how many rows, and the figures of the selection (`bar.selection`)."""

from dataclasses import replace

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QWidget

from voipdesk.kernel.money import rounded
from voipdesk.kernel.text import tr, trn
from voipdesk.kit import theme
from voipdesk.kit.grid.columns import Column, Formats, Kind, writer_of
from voipdesk.kit.grid.selection import Figures
from voipdesk.kit.page import button, leading

_FINER = Column("average", "", Kind.PRICE, decimals=2)


class _Line(QLabel):
    """A text that is cut with an ellipsis where there is no room, so that it never widens a window."""

    least = 0
    """So many lines' heights of its width are kept for it."""

    def minimumSizeHint(self) -> QSize:
        """Hardly any width will do."""
        kept = min(self.sizeHint().width(), theme.ems(self.least, self))
        return QSize(kept, super().minimumSizeHint().height())

    def paintEvent(self, event: QPaintEvent) -> None:
        """The text, cut at its end; hovering shows all of it."""
        if self.sizeHint().width() <= self.width():
            super().paintEvent(event)
            return
        self.setToolTip(self.text())
        painter = QPainter(self)
        cut = self.fontMetrics().elidedText(self.text(), Qt.TextElideMode.ElideRight, self.width())
        self.style().drawItemText(
            painter, self.rect(), int(leading() | Qt.AlignmentFlag.AlignVCenter), self.palette(), True, cut,
            self.foregroundRole(),
        )  # fmt: skip
        painter.end()


class Footer(QFrame):
    """Rows at the leading side, figures at the other."""

    def __init__(self, parent: QWidget, formats: Formats | None = None) -> None:
        super().__init__(parent)
        self.formats = formats or Formats()
        self.setProperty("role", "footer")
        self.rows = _Line(self)
        self.rows.setObjectName("count.rows")
        self.rows.least = 8
        self.figures = _Line(self)
        self.figures.setObjectName("bar.selection")
        self.figures.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.kept = QLabel(self)
        self.kept.setObjectName("count.kept")
        self.hint = _Line(self)
        self.hint.setObjectName("bar.paste")
        self.kept.setToolTip(tr("They may not fit filter and order any more."))
        self.apply = button(tr("Apply again (F5)"), "apply_again", look="link")
        for label in (self.rows, self.figures, self.kept, self.hint):
            label.setProperty("tone", "muted")
        box = QHBoxLayout(self)
        box.setContentsMargins(theme.S, theme.XS, theme.S, theme.XS)
        box.setSpacing(theme.M)
        box.addWidget(self.rows)
        box.addWidget(self.kept)
        box.addWidget(self.apply)
        box.addStretch(1)
        box.addWidget(self.hint)
        self.show_kept(0)
        box.addWidget(self.figures)

    def show_rows(self, shown: int, there_are: int) -> None:
        """How many rows are shown, and of how many where a filter hides some."""
        self.rows.setProperty("value", str(shown))
        theme.set_tone(self.rows, "muted")
        if shown == there_are:
            self.rows.setText(trn("{count} row", "{count} rows", shown))
        else:
            self.rows.setText(tr("{shown} of {all} rows").format(shown=f"{shown:,}", all=f"{there_are:,}"))

    def show_kept(self, count: int) -> None:
        """How many edited rows stay where they are until filter and order are applied again."""
        self.kept.setProperty("value", str(count))
        text = trn("● {count} edited row stays here", "● {count} edited rows stay here", count)
        self.kept.setText(text)
        self.kept.setVisible(bool(count))
        self.apply.setVisible(bool(count))

    def show_hint(self, text: str) -> None:
        """What the next key would do; empty: nothing to say."""
        self.hint.setText(text)

    def show_figures(self, figures: Figures | None) -> None:
        """Figures of a selection, or nothing."""
        self.figures.setText("" if figures is None else said(figures, self.formats))

    def say(self, text: str, tone: str = "") -> None:
        """A short message in place of the count of rows, until the next one."""
        self.rows.setText(text)
        theme.set_tone(self.rows, tone)


def said(figures: Figures, formats: Formats) -> str:
    """The figures in words; numbers stay left to right. Per cents have no sum that means anything."""
    parts = [trn("{count} cell", "{count} cells", figures.cells)]
    column, average = figures.column, figures.average
    if column is None or figures.least is None or figures.greatest is None or average is None:
        return parts[0]
    write, percent = writer_of(replace(column, signed=False), formats), column.kind is Kind.PERCENT
    finer = write if percent or column.kind is Kind.PRICE else writer_of(_FINER, formats)
    decimals = 1 if percent else 6 if abs(average) < 1 else 4 if abs(average) < 100 else 2
    average = rounded(average, decimals)
    told = [
        (tr("sum {value}"), "" if percent else write(figures.total)),
        (tr("average {value}"), finer(average)),
        (tr("min {value}"), write(figures.least)),
        (tr("max {value}"), write(figures.greatest)),
    ]
    numbers = [text.format(value=f"\u2066{value}\u2069") for text, value in told if value]
    if figures.is_one_of_several:
        numbers[0] = f"\u2068{column.title}\u2069: {numbers[0]}"
    return " · ".join([*parts, *numbers])
