"""Asking the person at the desk: questions with verbs on their buttons, files, choices, and things to be told.

Pages ask through `Ask`, so that a test (or a script) can answer. `ScriptedAsk` is part of the product's test contract.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol

from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication, QIcon
from PySide6.QtWidgets import QDialog, QFileDialog, QInputDialog, QMessageBox, QPushButton, QWidget

from voipdesk.kernel.problems import VoipDeskError
from voipdesk.kernel.text import tr, trn
from voipdesk.kit import theme
from voipdesk.kit.file_dialog import Kinds, chosen, file_dialog

MOST_PROBLEMS = 200


class Ask(Protocol):
    """What a page may ask. Every answer can be "no": False, None or an empty list."""

    def confirm(
        self, text: str, *, verb: str, title: str = "", details: str = "", danger: bool = False
    ) -> bool:
        """A question answered by a button with a verb (`Close 1 destination`) or Cancel."""

    def choose(self, text: str, options: Sequence[tuple[str, str]], *, title: str = "") -> str | None:
        """One of several ways, as (key, verb); the key, or None when cancelled."""

    def text(self, text: str, *, value: str = "", title: str = "") -> str | None:
        """One line of text."""

    def open_files(self, title: str, kinds: Kinds, *, many: bool = False) -> list[Path]:
        """Files to read."""

    def save_file(self, title: str, kinds: Kinds, *, name: str = "") -> Path | None:
        """Where to write a file; the person has agreed to overwrite what is there."""

    def tell(self, text: str, *, title: str = "", details: str = "") -> None:
        """Something to know, with details that can be copied."""

    def refuse(self, error: VoipDeskError) -> None:
        """Why something was not done, with its problems as details."""


def problem_lines(error: VoipDeskError) -> str:
    """The problems of a refusal, one a line, for reading and copying; long lists end with how many more."""
    lines = [str(problem) for problem in error.problems[:MOST_PROBLEMS]]
    left = len(error.problems) - len(lines)
    if left:
        lines.append(trn("and {count} more", "and {count} more", left))
    return "\n".join(lines)


class QtAsk:
    """Asks in dialogs above a window."""

    def __init__(self, window: QWidget | None = None) -> None:
        self.window = window
        self._folder = ""

    def confirm(
        self, text: str, *, verb: str, title: str = "", details: str = "", danger: bool = False
    ) -> bool:
        """A question with a verb and Cancel; Enter means the verb unless it destroys something."""
        box = self._box(
            QMessageBox.Icon.Warning if danger else QMessageBox.Icon.Question, text, title, details
        )
        act = box.addButton(verb, QMessageBox.ButtonRole.AcceptRole)
        theme.set_look(act, "danger" if danger else "primary")
        act.setObjectName("btn.confirm")
        cancel = box.addButton(tr("Cancel"), QMessageBox.ButtonRole.RejectRole)
        cancel.setObjectName("btn.cancel")
        box.setDefaultButton(cancel if danger else act)
        box.setEscapeButton(cancel)
        box.exec()
        chosen = box.clickedButton() is act
        box.deleteLater()
        return chosen

    def choose(self, text: str, options: Sequence[tuple[str, str]], *, title: str = "") -> str | None:
        """One button for each way; the first is the usual one."""
        box = self._box(QMessageBox.Icon.Question, text, title, "")
        buttons: dict[QPushButton, str] = {}
        for key, verb in options:
            button = box.addButton(verb, QMessageBox.ButtonRole.ActionRole)
            button.setObjectName(f"btn.{key}")
            if not buttons:
                theme.set_look(button, "primary")
                box.setDefaultButton(button)
            buttons[button] = key
        cancel = box.addButton(tr("Cancel"), QMessageBox.ButtonRole.RejectRole)
        cancel.setObjectName("btn.cancel")
        box.setEscapeButton(cancel)
        box.exec()
        clicked = box.clickedButton()
        box.deleteLater()
        return next((key for button, key in buttons.items() if button is clicked), None)

    def text(self, text: str, *, value: str = "", title: str = "") -> str | None:
        """One line of text, its title on the button; None when cancelled."""
        dialog = QInputDialog(self.window)
        dialog.setWindowTitle(title or _program())
        dialog.setLabelText(text)
        dialog.setTextValue(value)
        if title:
            dialog.setOkButtonText(title)
        dialog.setCancelButtonText(tr("Cancel"))
        for button in dialog.findChildren(QPushButton):
            button.setIcon(QIcon())
            if button.isDefault():
                theme.set_look(button, "primary")
        agreed = dialog.exec() == QDialog.DialogCode.Accepted
        answer = dialog.textValue()
        dialog.deleteLater()
        return answer if agreed else None

    def open_files(self, title: str, kinds: Kinds, *, many: bool = False) -> list[Path]:
        """Files to read."""
        dialog = file_dialog(self.window, title, self._folder, kinds)
        mode = QFileDialog.FileMode
        dialog.setFileMode(mode.ExistingFiles if many else mode.ExistingFile)
        paths = [Path(name) for name in chosen(dialog)]
        self._remember(paths)
        return paths

    def save_file(self, title: str, kinds: Kinds, *, name: str = "") -> Path | None:
        """Where to write; the dialog itself asks before overwriting, also where it completes the name."""
        dialog = file_dialog(self.window, title, self._folder, kinds)
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        suffixes = [patterns.split()[0].lstrip("*.") for _, patterns in kinds]

        def complete() -> None:
            at = dialog.nameFilters().index(dialog.selectedNameFilter())
            dialog.setDefaultSuffix(suffixes[at])

        if suffixes:
            dialog.filterSelected.connect(complete)
            complete()
        dialog.selectFile(name)
        paths = [Path(name) for name in chosen(dialog)]
        self._remember(paths)
        return paths[0] if paths else None

    def tell(self, text: str, *, title: str = "", details: str = "") -> None:
        """A message; details can be opened and copied."""
        self._show(QMessageBox.Icon.Information, text, title, details)

    def refuse(self, error: VoipDeskError) -> None:
        """The sentence of a refusal and what to do, its problems as details."""
        self._show(QMessageBox.Icon.Warning, str(error), "", problem_lines(error))

    def _remember(self, paths: Iterable[Path]) -> None:
        for path in paths:
            self._folder = str(path.parent)

    def _show(self, kind: QMessageBox.Icon, text: str, title: str, details: str) -> None:
        box = self._box(kind, text, title, details)
        close = box.addButton(tr("Close"), QMessageBox.ButtonRole.RejectRole)
        close.setObjectName("btn.close")
        box.setEscapeButton(close)
        copy = box.addButton(tr("Copy details"), QMessageBox.ButtonRole.ActionRole) if details else None
        if copy is not None:
            copy.setObjectName("btn.copy")
        box.setDefaultButton(close)
        box.exec()
        if copy is not None and box.clickedButton() is copy:
            QGuiApplication.clipboard().setText(f"{text}\n{details}")
        box.deleteLater()

    def _box(self, kind: QMessageBox.Icon, text: str, title: str, details: str) -> QMessageBox:
        box = QMessageBox(kind, title or _program(), text, parent=self.window)
        box.setObjectName("dialog.ask")
        box.setTextFormat(Qt.TextFormat.PlainText)
        if details:
            box.setDetailedText(details)
        return box


@dataclass(slots=True)
class Asked:
    """One question that was put to the script, and its answer."""

    kind: str
    text: str
    details: str = ""
    answer: Any = None


@dataclass(slots=True, weakref_slot=True)  # Qt keeps a weak reference to whose method it calls.
class ScriptedAsk:
    """Answers from a list, in order; a question without an answer left is an AssertionError naming it."""

    answers: list[Any] = field(default_factory=list)
    asked: list[Asked] = field(default_factory=list)

    def confirm(
        self, text: str, *, verb: str, title: str = "", details: str = "", danger: bool = False
    ) -> bool:
        """The next answer as yes or no."""
        return bool(self._next("confirm", f"{text} [{verb}]", details))

    def choose(self, text: str, options: Sequence[tuple[str, str]], *, title: str = "") -> str | None:
        """The next answer, which must be one of the keys or None."""
        answer = self._next("choose", text)
        if answer is not None and answer not in {key for key, _ in options}:
            raise AssertionError(f"{answer!r} is not offered: {[key for key, _ in options]}")
        return None if answer is None else str(answer)

    def text(self, text: str, *, value: str = "", title: str = "") -> str | None:
        """The next answer."""
        answer = self._next("text", text)
        return None if answer is None else str(answer)

    def open_files(self, title: str, kinds: Kinds, *, many: bool = False) -> list[Path]:
        """The next answer: a path, a list of paths, or None."""
        answer = self._next("open", title)
        if answer is None:
            return []
        return [Path(path) for path in (answer if isinstance(answer, list | tuple) else [answer])]

    def save_file(self, title: str, kinds: Kinds, *, name: str = "") -> Path | None:
        """The next answer: a path or None."""
        answer = self._next("save", title)
        return None if answer is None else Path(answer)

    def tell(self, text: str, *, title: str = "", details: str = "") -> None:
        """Kept in `asked`; needs no answer."""
        self.asked.append(Asked("tell", text, details))

    def refuse(self, error: VoipDeskError) -> None:
        """Kept in `asked`; needs no answer."""
        self.asked.append(Asked("refuse", str(error), problem_lines(error)))

    def _next(self, kind: str, text: str, details: str = "") -> Any:
        if not self.answers:
            raise AssertionError(f"nobody answers: {text}")
        answer = self.answers.pop(0)
        self.asked.append(Asked(kind, text, details, answer))
        return answer


def _program() -> str:
    return QGuiApplication.applicationDisplayName() or "VoIPDesk"
