"""What a file leaves open, each with its possible answers."""

from collections.abc import Sequence

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFrame, QGridLayout, QLabel, QVBoxLayout, QWidget

from voipdesk.kernel.text import tr
from voipdesk.kit import theme
from voipdesk.kit.editors import ChoiceEdit
from voipdesk.kit.names import named
from voipdesk.kit.page import label
from voipdesk.tabular.layout import Question


def answer_words() -> dict[str, str]:
    """The answers of the reader in words."""
    return {
        "dmy": tr("Day first: 31/12"), "mdy": tr("Month first: 12/31"), "ymd": tr("Year first: 2026-12-31"),
        "span": tr("From – to: 447-449 are three"), "join": tr("Joined: 93-76 is 9376"),
        ".": tr("Point: 0.05"), ",": tr("Comma: 0,05"),
    }  # fmt: skip


class Questions(QFrame):
    """`answered(about, answer)`; a question stays in sight once it is answered, so that the answer can be changed."""

    answered = Signal(str, str)

    def __init__(self) -> None:
        super().__init__()
        self.setProperty("role", "banner")
        self.setProperty("tone", "warning")
        self.setObjectName("questions")
        self._fields: dict[str, tuple[QLabel, ChoiceEdit]] = {}
        self._said = label(bold=True)
        self._rows = QWidget()
        self._grid = QGridLayout(self._rows)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setColumnStretch(0, 1)
        box = QVBoxLayout(self)
        box.setContentsMargins(theme.M, theme.S, theme.M, theme.S)
        box.addWidget(self._said)
        box.addWidget(self._rows)
        self.hide()

    def show_questions(self, questions: Sequence[Question]) -> None:
        """Add those that are not shown yet; tell how many are open."""
        words = answer_words()
        for one in questions:
            if one.about in self._fields or not one.answers:
                continue
            field = named(ChoiceEdit(), f"ask.{one.about}", one.text)
            choices = [(word, words.get(word, word)) for word in one.answers]
            field.set_choices([("", tr("Choose…")), *choices])
            field.value_changed.connect(lambda value, about=one.about: self._answer(about, value))
            text = label(one.text, wrap=True)
            at = len(self._fields)
            self._fields[one.about] = text, field
            self._grid.addWidget(text, at, 0)
            self._grid.addWidget(field, at, 1)
        left = len(questions)
        self._said.setText(tr("The file alone does not say:") if left else tr("Answered:"))
        self.setProperty("tone", "warning" if left else "ok")
        theme.set_tone(self, "warning" if left else "ok")
        self.setVisible(bool(self._fields))

    def clear(self) -> None:
        """Another file: nothing is asked yet."""
        for text, field in self._fields.values():
            for widget in (text, field):
                self._grid.removeWidget(widget)
                widget.hide()
                widget.deleteLater()
        self._fields = {}
        self.hide()

    def _answer(self, about: str, value: object) -> None:
        if value:
            self.answered.emit(about, str(value))
