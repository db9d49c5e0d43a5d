"""Fields for values: they refuse impossible characters while typing and say what is wrong with the rest."""

import re
from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from PySide6.QtCore import QDate, QLocale, QRegularExpression, Qt, QTimer, Signal
from PySide6.QtGui import QFocusEvent, QRegularExpressionValidator
from PySide6.QtWidgets import QComboBox, QCompleter, QDateEdit, QLineEdit, QPlainTextEdit, QSpinBox, QWidget

from voipdesk.kernel.digits import whole_number
from voipdesk.kernel.e164 import MAX_PREFIX
from voipdesk.kernel.money import MAX_AMOUNT, MAX_PRICE, parse_price, plain
from voipdesk.kernel.text import tr
from voipdesk.kit import icons, theme
from voipdesk.kit.page import leading

_ARABIC = str.maketrans("٠١٢٣٤٥٦٧٨٩۰۱۲۳۴۵۶۷۸۹٫٬", "01234567890123456789.,")
MILLISECONDS = 150


def western(text: str) -> str:
    """Arabic-Indic and Persian digits and signs as Western ones; everything else stays."""
    return text.translate(_ARABIC)


def read_number(text: str, decimal: str = ".") -> Decimal:
    """A number as people type it: the workspace's decimal sign, also the other one where only it can be meant."""
    return parse_price(plain_number(text, decimal))


def plain_number(text: str, decimal: str = ".") -> str:
    """What was typed with Western digits, a point, and nothing between thousands; may still be no number."""
    cleaned = re.sub(r"[\s\u00a0\u202f'’\u2066-\u2069]", "", western(text.replace("٫", decimal)))
    other = "," if decimal == "." else "."
    if decimal in cleaned:
        cleaned = cleaned.replace(other, "")
    elif cleaned.count(other) == 1 and not re.fullmatch(r"[+-]?[1-9]\d{0,2}[.,]\d{3}", cleaned):
        decimal = other
    else:
        cleaned = cleaned.replace(other, "")
    return cleaned.replace(decimal, ".")


class ValueEdit(QLineEdit):
    """A line that stands for a value. `problem()` is a sentence, empty where all is well."""

    value_changed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.required = False
        self.textChanged.connect(self._look)

    def value(self) -> Any:
        """The value; None while there is none."""
        raise NotImplementedError

    def set_value(self, value: Any) -> None:
        """Show a value."""
        raise NotImplementedError

    def problem(self) -> str:
        """What is wrong, in one sentence; empty where all is well."""
        if not self.text().strip():
            return tr("Something is needed here.") if self.required else ""
        return self._problem()

    def _problem(self) -> str:
        return ""

    def _look(self) -> None:
        said = self.problem() if self.text().strip() else ""
        self.setToolTip(said)
        state = "wrong" if said else ""
        if self.property("state") != state:
            self.setProperty("state", state)
            self.style().unpolish(self)
            self.style().polish(self)
        self.value_changed.emit()


class TextEdit(ValueEdit):
    """A line of plain text; spaces around it do not count."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAlignment(leading() | Qt.AlignmentFlag.AlignVCenter)

    def value(self) -> str:
        """The text."""
        return self.text().strip()

    def set_value(self, value: str | None) -> None:
        """Show a text."""
        self.setText(value or "")


class LinesEdit(QPlainTextEdit):
    """A few lines of text, such as an address; `edited` when somebody leaves it with other lines."""

    edited = Signal()

    def __init__(self, parent: QWidget | None = None, *, lines: int = 4) -> None:
        super().__init__(parent)
        self.setTabChangesFocus(True)
        self.setFixedHeight(round(theme.em() * 1.35 * lines) + 2 * theme.S)

    def value(self) -> tuple[str, ...]:
        """The lines that are not blank."""
        return tuple(line.strip() for line in self.toPlainText().splitlines() if line.strip())

    def set_value(self, value: Sequence[str]) -> None:
        """Show lines."""
        self.setPlainText("\n".join(value))

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """What was typed counts."""
        super().focusOutEvent(event)
        self.edited.emit()


class _NumberEdit(ValueEdit):
    """A decimal number, left to right and at the right in every language."""

    def __init__(self, parent: QWidget | None, *, decimal: str, decimals: int, most: Decimal) -> None:
        super().__init__(parent)
        self._decimal, self._decimals, self._most = decimal, decimals, most
        signs = r"[-+]?[0-9٠-٩۰-۹.,٫٬ ]*" if decimals else r"[-+]?[0-9٠-٩۰-۹ ]*"
        self.setValidator(QRegularExpressionValidator(QRegularExpression(signs), self))
        self.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignAbsolute)
        self.setLayoutDirection(Qt.LayoutDirection.LeftToRight)

    def value(self) -> Decimal | None:
        """The number; None while there is none or it is wrong."""
        if not self.text().strip() or self.problem():
            return None
        return read_number(self.text(), self._decimal)

    def set_value(self, value: Decimal | int | None) -> None:
        """Show a number with the workspace's sign."""
        self.setText("" if value is None else f"{plain(Decimal(value)):f}".replace(".", self._decimal))

    def _problem(self) -> str:
        plain_text = plain_number(self.text(), self._decimal)
        if not re.fullmatch(r"[-+]?(\d+(\.\d*)?|\.\d+)", plain_text):
            return tr("{value} is not a number. Write it like {example}.").format(
                value=self.text(), example=f"0{self._decimal}05" if self._decimals else "60"
            )
        number, (_, _, decimals) = Decimal(plain_text), plain_text.partition(".")
        if len(decimals.rstrip("0")) > self._decimals:
            return tr("At most {count} decimals are possible here.").format(count=self._decimals)
        if abs(number) > self._most:
            return tr("{value} is beyond the greatest possible value, {most}.").format(
                value=self.text(), most=f"{self._most:f}"
            )
        return ""


class PriceEdit(_NumberEdit):
    """A price per minute or fee: Decimal, up to 8 decimals, at most the greatest price."""

    def __init__(self, parent: QWidget | None = None, *, decimal: str = ".") -> None:
        super().__init__(parent, decimal=decimal, decimals=8, most=MAX_PRICE)


class AmountEdit(_NumberEdit):
    """An amount: Decimal with the decimals of its currency (0 for whole numbers)."""

    def __init__(self, parent: QWidget | None = None, *, decimal: str = ".", decimals: int = 2) -> None:
        super().__init__(parent, decimal=decimal, decimals=decimals, most=min(MAX_AMOUNT, MAX_PRICE))


class WholeEdit(_NumberEdit):
    """A whole number within bounds; says what they are where it is outside."""

    def __init__(self, parent: QWidget | None = None, *, least: int = 0, most: int = 99) -> None:
        super().__init__(parent, decimal=".", decimals=0, most=MAX_PRICE)
        self.required = True
        self._least, self._greatest = least, most

    def _problem(self) -> str:
        text = plain_number(self.text(), ".")
        number = whole_number(text)
        if number is None or not self._least <= number <= self._greatest:
            return tr("Use a whole number from {least} to {most}.").format(
                least=f"{self._least:,}", most=f"{self._greatest:,}"
            )
        return ""


class PrefixEdit(ValueEdit):
    """Digits as text: leading zeros count; + and spaces are dropped while pasting."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setLayoutDirection(Qt.LayoutDirection.LeftToRight)
        allowed = QRegularExpression(r"[0-9٠-٩۰-۹+\s().\-/]*")
        self.setValidator(QRegularExpressionValidator(allowed, self))
        self.textEdited.connect(self._clean)

    def value(self) -> str | None:
        """The digits; None while there are none."""
        digits = western(self.text()).strip()
        return digits if digits and not self.problem() else None

    def set_value(self, value: str | None) -> None:
        """Show digits."""
        self.setText("" if value is None else str(value))

    def _clean(self, text: str) -> None:
        """Signs around digits go, digits become Western."""
        cleaned = re.sub(r"[^0-9]", "", western(text))
        if cleaned != text:
            self.setText(cleaned)

    def _problem(self) -> str:
        if len(self.text()) > MAX_PREFIX:
            return tr("A prefix has at most {count} digits.").format(count=MAX_PREFIX)
        return ""


class CountEdit(QSpinBox):
    """A small whole number with arrows; its text stands as far in as that of the other fields."""

    def __init__(self, parent: QWidget | None = None, *, least: int = 0, most: int = 99) -> None:
        super().__init__(parent)
        self.setRange(least, most)
        # A style sheet's padding does not reach the field inside.
        self.lineEdit().setTextMargins(theme.S, 0, theme.S, 0)

    def set_value(self, value: int) -> None:
        """Show a number."""
        self.setValue(value)


class DateEdit(QDateEdit):
    """A day in the workspace's zone, with a calendar; ISO order, left to right."""

    def __init__(self, parent: QWidget | None = None, *, day: date | None = None) -> None:
        super().__init__(parent)
        # Before the format: Qt turns its parts round in a field that reads from right to left.
        self.setLayoutDirection(Qt.LayoutDirection.LeftToRight)
        self.setDisplayFormat("yyyy-MM-dd")
        self.setCalendarPopup(True)
        self.setLocale(QLocale.c())
        self.lineEdit().setLayoutDirection(Qt.LayoutDirection.LeftToRight)
        if day is not None:
            self.set_value(day)

    def value(self) -> date:
        """The day."""
        day = self.date()
        return date(day.year(), day.month(), day.day())

    def set_value(self, day: date) -> None:
        """Show a day."""
        self.setDate(QDate(day.year, day.month, day.day))


class FilterEdit(QLineEdit):
    """A search field: tells what is typed 150 ms after typing stopped; Escape empties it."""

    filter_changed = Signal(str)

    def __init__(self, parent: QWidget | None = None, *, hint: str = "") -> None:
        super().__init__(parent)
        self.setPlaceholderText(hint or tr("Filter"))
        self.setAccessibleName(hint or tr("Filter"))
        self.setClearButtonEnabled(True)
        self.addAction(icons.icon("search", "muted"), QLineEdit.ActionPosition.LeadingPosition)
        self._timer = QTimer(self, singleShot=True, interval=MILLISECONDS)
        self._timer.timeout.connect(lambda: self.filter_changed.emit(self.text().strip()))
        self.textChanged.connect(self._timer.start)
        self.returnPressed.connect(lambda: self._timer.start(0))
        self.setMinimumWidth(round(theme.em() * 15))

    def keyPressEvent(self, event: Any) -> None:
        """Escape empties the field first."""
        if event.key() == Qt.Key.Key_Escape and self.text():
            self.clear()
        else:
            super().keyPressEvent(event)


class ChoiceEdit(QComboBox):
    """One of many, found by typing any part of its name. Values are given and returned, not places."""

    value_changed = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setEditable(True)
        self.setInsertPolicy(QComboBox.InsertPolicy.NoInsert)
        completer = QCompleter(self.model(), self)
        completer.setFilterMode(Qt.MatchFlag.MatchContains)
        completer.setCaseSensitivity(Qt.CaseSensitivity.CaseInsensitive)
        completer.setCompletionMode(QCompleter.CompletionMode.PopupCompletion)
        self.setCompleter(completer)
        self.currentIndexChanged.connect(lambda _: self.value_changed.emit(self.value()))
        line = self.lineEdit()
        if line is not None:
            line.editingFinished.connect(self._settle)
            # Names stand where reading begins, whatever language they are in.
            line.setAlignment(leading() | Qt.AlignmentFlag.AlignVCenter)

    def set_choices(self, choices: Sequence[tuple[Any, str]]) -> None:
        """Offer (value, name) pairs; the chosen value stays chosen where it is still offered."""
        before = self.value()
        was_blocked = self.blockSignals(True)
        self.clear()
        for value, name in choices:
            self.addItem(name, value)
        self.blockSignals(was_blocked)
        self.set_value(before)

    def value(self) -> Any:
        """The chosen value, or None."""
        return self.currentData()

    def set_value(self, value: Any) -> None:
        """Choose a value; the first one where it is not offered."""
        for at in range(self.count()):
            if self.itemData(at) == value:
                self.setCurrentIndex(at)
                return
        self.setCurrentIndex(0 if self.count() else -1)

    def _settle(self) -> None:
        """What was typed becomes the choice it names, or the choice before."""
        typed = self.currentText().strip().casefold()
        for at in range(self.count()):
            if self.itemText(at).casefold() == typed:
                self.setCurrentIndex(at)
                return
        found = [at for at in range(self.count()) if typed and typed in self.itemText(at).casefold()]
        if len(found) == 1:
            self.setCurrentIndex(found[0])
        self.setEditText(self.itemText(self.currentIndex()))
