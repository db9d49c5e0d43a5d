"""How many rates are new, up, down, …: chips that show only those when they are pressed."""

from collections.abc import Mapping

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent, QMouseEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QVBoxLayout, QWidget

from voipdesk.kernel.text import tr
from voipdesk.kit import icons, theme
from voipdesk.kit.grid import Look
from voipdesk.kit.names import named
from voipdesk.kit.page import label
from voipdesk.rates.ui.dialogs import count_titles

ALL, QUARANTINED = "all", "quarantined"
_TONES = {"up": "up", "down": "down", "removed": "warning", "blocked": "danger", QUARANTINED: "warning"}


def kind_looks() -> dict[str, Look]:
    """Kinds of change: a word, a sign and a tone that say the same."""
    return {
        "new": Look(tr("New"), "plus", "accent"), "up": Look(tr("Up"), "up", "up"),
        "down": Look(tr("Down"), "down", "down"), "same": Look(tr("Same"), "same", "muted"),
        "changed": Look(tr("Changed"), "edit", "muted"), "removed": Look(tr("Removed"), "minus", "warning"),
        "blocked": Look(tr("Blocked"), "blocked", "danger"),
    }  # fmt: skip


class Chip(QFrame):
    """One count; `count.<kind>` carries the bare number as `value`. By mouse and Space it is pressed."""

    pressed = Signal(str)

    def __init__(self, kind: str, title: str, icon: str) -> None:
        super().__init__()
        self.kind, self._title, self._icon_name = kind, title, icon
        named(self, f"chip.{kind}", title)
        self.setProperty("role", "card")
        self.setProperty("clickable", "true")
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.value = label("–", size=1.15, bold=True)
        self.value.setObjectName(f"count.{kind}")
        self.value.setProperty("value", "")
        self._icon = QLabel()
        head = QHBoxLayout()
        head.setContentsMargins(0, 0, 0, 0)
        head.setSpacing(theme.XS)
        head.addWidget(self._icon)
        head.addWidget(label(title, tone="muted", size=0.92), 1)
        box = QVBoxLayout(self)
        box.setContentsMargins(theme.M, theme.XS, theme.M, theme.XS)
        box.setSpacing(0)
        box.addLayout(head)
        box.addWidget(self.value)
        self._draw()

    def show_count(self, count: int | None) -> None:
        """The number, or a dash where nothing is known yet."""
        self.value.setText("–" if count is None else f"{count:,}")
        self.value.setProperty("value", "" if count is None else str(count))
        theme.set_tone(self.value, _TONES.get(self.kind, "") if count else "muted")
        self.setAccessibleName(f"{self._title}: {self.value.text()}")

    def mark(self, is_shown: bool) -> None:
        """Whether the grid shows these."""
        self.setProperty("role", "chosen" if is_shown else "card")
        self.setAccessibleDescription(tr("shown below") if is_shown else "")
        self.style().unpolish(self)
        self.style().polish(self)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """A click."""
        if self.rect().contains(event.position().toPoint()):
            self.pressed.emit(self.kind)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Space presses; Enter is for the primary button of the step."""
        if event.key() == Qt.Key.Key_Space:
            self.pressed.emit(self.kind)
        else:
            super().keyPressEvent(event)

    def changeEvent(self, event: object) -> None:
        """Draw the sign again in another palette."""
        super().changeEvent(event)  # type: ignore[arg-type]
        if hasattr(self, "_icon"):
            self._draw()

    def _draw(self) -> None:
        self._icon.setVisible(bool(self._icon_name))
        if self._icon_name:
            tone = _TONES.get(self.kind, "muted")
            self._icon.setPixmap(
                icons.pixmap(self._icon_name, theme.ems(0.9), tone, self.devicePixelRatioF())
            )


class Chips(QWidget):
    """All chips in a row; `chosen(kind)` with '' for all, `quarantine_wanted` for the rows that are not taken."""

    chosen = Signal(str)
    quarantine_wanted = Signal()

    def __init__(self) -> None:
        super().__init__()
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(theme.S)
        looks = kind_looks()
        titles = {ALL: tr("All"), **count_titles(), QUARANTINED: tr("Quarantine")}
        self._chips: dict[str, Chip] = {}
        for kind, title in titles.items():
            icon = looks[kind].icon if kind in looks else "warning" if kind == QUARANTINED else ""
            chip = self._chips[kind] = Chip(kind, title, icon)
            chip.pressed.connect(self._press)
            row.addWidget(chip, 1)
        self._chips[ALL].mark(True)

    def show_counts(self, counts: Mapping[str, int] | None, quarantined: int = 0) -> None:
        """The counts of a review; dashes without one."""
        for kind, chip in self._chips.items():
            if counts is None:
                chip.show_count(None)
            elif kind == ALL:
                chip.show_count(sum(counts.values()))
            else:
                chip.show_count(quarantined if kind == QUARANTINED else counts.get(kind, 0))

    def show_kind(self, kind: str) -> None:
        """Mark which ones the grid shows; None of them for ''."""
        for name, chip in self._chips.items():
            chip.mark(name == (kind or ALL))

    def _press(self, kind: str) -> None:
        if kind == QUARANTINED:
            self.quarantine_wanted.emit()
            return
        self.show_kind("" if kind == ALL else kind)
        self.chosen.emit("" if kind == ALL else kind)
