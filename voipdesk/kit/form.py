"""A dialog of labelled fields with one verb and Cancel; nothing is done until the verb is pressed."""

from collections.abc import Callable, Sequence

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QDialog, QFormLayout, QHBoxLayout, QLabel, QVBoxLayout, QWidget

from voipdesk.kernel.text import tr
from voipdesk.kit import theme
from voipdesk.kit.names import named
from voipdesk.kit.page import button, label


def caption(text: str, field: QWidget) -> QLabel:
    """The label of a field in a form, level with it.

    `QFormLayout` puts a label into 7/4 of its own height, as if every field were taller: 2 px too high beside one line.
    """
    made = label(text)
    made.setBuddy(field)
    field.ensurePolished()
    if not field.sizePolicy().expandingDirections() & Qt.Orientation.Vertical:
        made.setMinimumHeight(field.sizeHint().height())
    return made


class FormDialog(QDialog):
    """Fields under each other. `problem` may look at them and return a sentence that holds the verb back."""

    def __init__(
        self,
        parent: QWidget,
        title: str,
        *,
        fields: Sequence[tuple[str, QWidget]],
        verb: str,
        about: str = "",
        problem: Callable[[], str] | None = None,
    ) -> None:
        super().__init__(parent)
        named(self, "dialog", title)
        self.setWindowTitle(title)
        self._problem = problem
        self._said = label(tone="danger", wrap=True)
        self._said.hide()
        form = QFormLayout()
        form.setHorizontalSpacing(theme.L)
        form.setVerticalSpacing(theme.M)
        form.setLabelAlignment(Qt.AlignmentFlag.AlignLeading | Qt.AlignmentFlag.AlignVCenter)
        form.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.AllNonFixedFieldsGrow)
        for text, field in fields:
            if not field.accessibleName():
                field.setAccessibleName(text)
            form.addRow(caption(text, field), field)
        box = QVBoxLayout(self)
        box.setContentsMargins(theme.XL, theme.L, theme.XL, theme.L)
        box.setSpacing(theme.L)
        if about:
            box.addWidget(label(about, tone="muted", wrap=True))
        box.addLayout(form)
        box.addWidget(self._said)
        box.addLayout(self._buttons(verb))
        self.setMinimumWidth(round(theme.em() * 26))

    def accept(self) -> None:
        """Close, unless something is still wrong."""
        said = self._problem() if self._problem else ""
        self._said.setText(said)
        self._said.setVisible(bool(said))
        if not said:
            super().accept()

    def _buttons(self, verb: str) -> QHBoxLayout:
        cancel = button(tr("Cancel"), "cancel", act=self.reject)
        commit = button(verb, "commit", look="primary", act=self.accept)
        commit.setDefault(True)
        row = QHBoxLayout()
        row.setSpacing(theme.S)
        row.addStretch()
        row.addWidget(cancel)
        row.addWidget(commit)
        return row
