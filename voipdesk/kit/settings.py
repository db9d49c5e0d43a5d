"""Settings on a page: each with its field, what it does, what is wrong while it is typed, and the way to its default.

A room contributes a `SettingsPart`; the shell gathers them (`shell/settings.py`). A value is kept as soon as it is settled
(Enter, another field, a choice); there is nothing to apply.
"""

from collections.abc import Callable, Sequence
from typing import Any

from PySide6.QtCore import QEvent, QObject, QTimer, Signal
from PySide6.QtWidgets import QComboBox, QFrame, QHBoxLayout, QScrollArea, QSpinBox, QVBoxLayout, QWidget

from voipdesk.kernel.text import tr
from voipdesk.kit import theme
from voipdesk.kit.editors import LinesEdit, ValueEdit
from voipdesk.kit.names import named
from voipdesk.kit.page import button, label

MILLISECONDS = 500
"""Between the last click on an arrow and the value being kept."""


class Setting(QWidget):
    """`setting.<name>`: one value. `field` has `value()` and `set_value()`; `settled(value)` when it is to be kept."""

    settled = Signal(object)

    def __init__(self, name: str, title: str, field: QWidget, *, about: str = "", unit: str = "") -> None:
        super().__init__()
        named(self, f"setting.{name}", title)
        self.name, self.title, self.field = name, title, named(field, f"field.{name}", title, about)
        self._kept: Any = None
        self._before: Any = None
        self._default: Any = None
        self._has_default = self._was_shown = self._is_showing = False
        self.caption = label(title, bold=True)
        self.caption.setBuddy(field)
        self.about = label(about, tone="muted", wrap=True)
        self.usual = label(tone="muted")
        self.reset = button(tr("Reset"), f"reset.{name}", look="link", act=self._to_default)
        self.reset.setAccessibleName(tr("Reset {title}").format(title=title))
        self.wrong = label(tone="danger", wrap=True)
        self.wrong.setObjectName(f"wrong.{name}")
        for part in (self.usual, self.reset, self.wrong, *((self.about,) if not about else ())):
            part.hide()
        self._lay_out(unit)
        self._timer = QTimer(self, singleShot=True, interval=MILLISECONDS)
        self._timer.timeout.connect(self._settle)
        self._listen()

    def show_value(self, value: Any) -> None:
        """Show what is kept; what somebody is typing just now, or has to mend, stays."""
        is_typed = self.field.hasFocus() and self.value() != self._kept
        is_typed = self._was_shown and (is_typed or bool(self.wrong.text()))
        self._kept = value
        if not is_typed and self.value() != value:
            self._is_showing = True
            self.field.set_value(value)  # type: ignore[attr-defined]
            self._is_showing = False
        self._was_shown = True
        self._show_default()

    def show_default(self, value: Any, text: str) -> None:
        """What stands here usually, in words; the way back to it is there while something else is kept."""
        self._default, self._has_default = value, True
        self.usual.setText(tr("usually {value}").format(value=text))
        self.usual.show()
        self._show_default()

    def value(self) -> Any:
        """What the field holds; None where that is no value."""
        return self.field.value()  # type: ignore[attr-defined]

    def refuse(self, why: str) -> None:
        """Say why a value was not kept; it stays in the field, to be mended or tried again."""
        self._kept = self._before
        self._show_default()
        self._say(why)

    def fix(self, why: str) -> None:
        """It cannot be changed, and why; an empty text frees it."""
        self.field.setEnabled(not why)
        self.about.setText(why)
        self.about.setVisible(bool(why))
        self.field.setAccessibleDescription(why)

    def texts(self) -> str:
        """Everything a search looks through."""
        return f"{self.title} {self.about.text()}"

    def mark(self, is_found: bool) -> None:
        """Point at it while it is being looked for."""
        theme.set_tone(self.caption, "accent" if is_found else "")

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """The wheel scrolls the page; it never turns a value that happens to lie under it."""
        if event.type() == QEvent.Type.Wheel:
            event.ignore()
            return True
        return bool(super().eventFilter(watched, event))

    def _listen(self) -> None:
        field = self.field
        field.installEventFilter(self)
        if isinstance(field, ValueEdit):
            field.value_changed.connect(self._check)
            field.editingFinished.connect(self._settle)
        elif isinstance(field, LinesEdit):
            field.edited.connect(self._settle)
        elif isinstance(field, QSpinBox):
            field.valueChanged.connect(self._soon)
            field.editingFinished.connect(self._settle)
        elif isinstance(field, QComboBox):
            field.currentIndexChanged.connect(self._soon)
            field.activated.connect(lambda _: self._settle())

    def _soon(self) -> None:
        """Arrows pass over values that nobody wants."""
        if not self._is_showing:
            self._timer.start()

    def _check(self) -> None:
        self._say(self.field.problem() if isinstance(self.field, ValueEdit) else "")

    def _say(self, why: str) -> None:
        self.wrong.setText(why)
        self.wrong.setVisible(bool(why))

    def _settle(self) -> None:
        self._timer.stop()
        if self._is_wrong() or self.value() == self._kept:
            return
        self._before, self._kept = self._kept, self.value()
        self._show_default()
        self.settled.emit(self._kept)

    def _is_wrong(self) -> bool:
        return isinstance(self.field, ValueEdit) and bool(self.field.problem())

    def _to_default(self) -> None:
        self.field.set_value(self._default)  # type: ignore[attr-defined]
        self._settle()
        self.field.setFocus()

    def _show_default(self) -> None:
        self.reset.setVisible(self._has_default and self._kept != self._default)

    def _lay_out(self, unit: str) -> None:
        line = QHBoxLayout()
        line.setSpacing(theme.S)
        line.addWidget(self.field)
        if unit:
            line.addWidget(label(unit))
        line.addWidget(self.usual)
        line.addWidget(self.reset)
        line.addStretch(1)
        box = QVBoxLayout(self)
        box.setContentsMargins(0, 0, 0, 0)
        box.setSpacing(theme.XS)
        box.addWidget(self.caption)
        box.addWidget(self.about)
        box.addLayout(line)
        box.addWidget(self.wrong)


class SettingsPart(QScrollArea):
    """`settings.<name>`: one section of settings. `kept(text, is_undoable)` says what was changed, ready to be told."""

    kept = Signal(str, bool)

    def __init__(self, name: str, title: str, about: str = "") -> None:
        super().__init__()
        named(self, f"settings.{name}", title)
        self.title = title
        self.settings: list[Setting] = []
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        inner = QWidget()
        self.box = QVBoxLayout(inner)
        self.box.setContentsMargins(theme.L, 0, theme.L, theme.L)
        self.box.setSpacing(theme.L)
        self.box.addWidget(label(title, size=1.25, bold=True))
        if about:
            self.box.addWidget(label(about, tone="muted", wrap=True))
        self.setWidget(inner)
        inner.setAutoFillBackground(False)
        self.viewport().setAutoFillBackground(False)

    def add(self, setting: Setting, keep: Callable[[Any], None]) -> Setting:
        """One more setting and what keeps a value of it."""
        setting.settled.connect(keep)
        self.settings.append(setting)
        self.box.addWidget(setting)
        return setting

    def texts(self) -> Sequence[str]:
        """What a search looks through besides the settings: titles of lists, words that people may look for."""
        return ()

    def fits(self, words: Sequence[str]) -> bool:
        """Whether all words stand in its title, in one of its settings, or in its other texts."""
        return any(has_all(text, words) for text in (self.title, *self.texts())) or bool(self.found(words))

    def found(self, words: Sequence[str]) -> list[Setting]:
        """The settings that all words stand in."""
        return [one for one in self.settings if has_all(one.texts(), words)]

    def point_at(self, words: Sequence[str]) -> None:
        """Mark what is looked for and bring the first of it into sight; no words: nothing is marked."""
        found = self.found(words) if words else []
        for one in self.settings:
            one.mark(one in found)
        if found:
            self.ensureWidgetVisible(found[0])


def has_all(text: str, words: Sequence[str]) -> bool:
    """Whether each of the folded words stands somewhere in a text."""
    folded = text.casefold()
    return all(word in folded for word in words)
