"""Forms: each label stands level with its field, by the pixel."""

import pytest
from PySide6.QtWidgets import QDialog, QFormLayout, QLabel, QLineEdit, QPlainTextEdit, QSpinBox, QWidget
from pytestqt.qtbot import QtBot

from voipdesk.kit.editors import ChoiceEdit, DateEdit, PriceEdit
from voipdesk.kit.form import FormDialog
from voipdesk.shell.welcome import NewWorkspace


def apart(form: QFormLayout) -> list[float]:
    """How far the middles of label and field are from each other, row by row; below zero: the label is higher."""
    found = []
    for row in range(form.rowCount()):
        label, field = (form.itemAt(row, role) for role in (form.ItemRole.LabelRole, form.ItemRole.FieldRole))
        if label is not None and field is not None:
            one, other = label.geometry(), field.geometry()
            found.append((one.top() + one.bottom() - other.top() - other.bottom()) / 2)
    return found


@pytest.mark.parametrize("kind", [QLineEdit, ChoiceEdit, DateEdit, PriceEdit, QSpinBox])
def test_a_label_is_level_with_its_field(qtbot: QtBot, kind: type[QWidget]) -> None:
    parent = QWidget()
    qtbot.addWidget(parent)
    dialog = FormDialog(parent, "New", fields=[("Name", QLineEdit()), ("Field", kind())], verb="Add")
    dialog.show()
    form = dialog.findChild(QFormLayout)
    assert form is not None
    assert max(map(abs, apart(form))) <= 0.5


def test_the_label_of_a_tall_field_stays_at_its_top(qtbot: QtBot) -> None:
    parent = QWidget()
    qtbot.addWidget(parent)
    dialog = FormDialog(parent, "New", fields=[("Note", QPlainTextEdit())], verb="Add")
    dialog.resize(500, 600)
    dialog.show()
    label = next(one for one in dialog.findChildren(QLabel) if one.text() == "Note")
    assert label.geometry().bottom() < 100


def test_the_form_of_a_new_workspace_is_level(qtbot: QtBot) -> None:
    parent = QDialog()
    qtbot.addWidget(parent)
    dialog = NewWorkspace(parent)
    dialog.show()
    form = dialog.findChild(QFormLayout)
    assert form is not None
    assert max(map(abs, apart(form))) <= 0.5


def test_what_no_workspace_begins_with_is_told_and_what_was_typed_stays(qtbot: QtBot) -> None:
    parent = QDialog()
    qtbot.addWidget(parent)
    dialog = NewWorkspace(parent)
    dialog.company.setText("Mitta Telecom")
    dialog.currency.setText("dollars")
    dialog.zone.setText("Cairo")
    dialog.show()
    said = []
    for currency, zone in (("dollars", "Cairo"), ("usd", "Cairo")):
        dialog.currency.setText(currency)
        dialog.zone.setText(zone)
        dialog.accept()
        assert dialog.isVisible()
        said.append(" ".join(one.text() for one in dialog.findChildren(QLabel)))
    assert "DOLLARS is not a currency code" in said[0]
    assert "Cairo is not a time zone" in said[1]
    assert dialog.company.text() == "Mitta Telecom"
    names = dialog.zone.completer()
    names.setCompletionPrefix("cairo")
    assert names.currentCompletion() == "Africa/Cairo"
    dialog.zone.setText(names.currentCompletion())
    dialog.accept()
    assert dialog.result() == QDialog.DialogCode.Accepted
    assert dialog.values() == {"company": "Mitta Telecom", "currency": "USD", "zone": "Africa/Cairo"}
