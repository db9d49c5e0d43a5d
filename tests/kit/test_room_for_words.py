"""Messages and what stands in place of content have room for their words."""

from PySide6.QtCore import QTimer
from PySide6.QtGui import QColor
from PySide6.QtWidgets import QApplication, QInputDialog, QLabel, QMessageBox, QPushButton, QWidget
from pytestqt.qtbot import QtBot

from voipdesk.kit import page, theme
from voipdesk.kit.ask import QtAsk
from voipdesk.kit.states import State, StatePane


def test_a_message_that_follows_another_has_room_for_its_words(qtbot: QtBot) -> None:
    window = QWidget()
    window.resize(1200, 700)
    qtbot.addWidget(window)
    toast = page.Toast(window)
    window.show()
    for text, actions in (
        ("Borealis was added. Its first table comes next.", [("tables", "Supplier tables")]),
        (
            "Borealis A-Z was added. Import its sheet next.",
            [("import", "Import…"), ("begin", "Begin with 20")],
        ),
    ):
        toast.show_message(text, actions=actions)
        QApplication.processEvents()
        assert toast.text.width() >= toast.text.sizeHint().width()
        for verb in toast.findChildren(QPushButton):
            if verb.isVisible():
                assert verb.width() >= verb.sizeHint().width(), verb.text()


def test_what_stands_in_place_of_a_narrow_list_is_read_whole(qtbot: QtBot) -> None:
    narrow = QWidget()
    qtbot.addWidget(narrow)
    narrow.resize(260, 600)
    narrow.show()
    text = "Three are ready to be made: cost, +10 % and free. They stand on the default rate table."
    pane = StatePane(narrow, State("plans", "No plans yet", text, "Make the three plans"))
    QApplication.processEvents()
    label = next(one for one in pane.findChildren(QLabel) if one.text() == text)
    for width in (260, 420, 220):
        narrow.resize(width, 600)
        QApplication.processEvents()
        assert pane.rect().contains(label.geometry())
        assert label.height() >= label.heightForWidth(label.width())


def test_the_verb_of_a_question_looks_like_one(qtbot: QtBot, qapp: QApplication) -> None:
    """A button of a message box has its style before it can be told its look."""
    theme.start(qapp)
    window = QWidget()
    qtbot.addWidget(window)
    seen: list[QColor] = []

    def look() -> None:
        box = QApplication.activeModalWidget()
        assert isinstance(box, QMessageBox)
        verb = box.findChild(QPushButton, "btn.confirm")
        assert verb is not None
        image = verb.grab().toImage()
        seen.append(image.pixelColor(image.width() // 2, 5))
        box.reject()

    QTimer.singleShot(100, look)
    QtAsk(window).confirm("Issue 1 invoice?", verb="Issue 1 invoice")
    plain = QPushButton("Issue 1 invoice")
    plain.setProperty("look", "primary")
    qtbot.addWidget(plain)
    plain.show()
    image = plain.grab().toImage()
    assert seen == [image.pixelColor(image.width() // 2, 5)]


def test_a_line_of_text_is_given_by_a_verb(qtbot: QtBot) -> None:
    window = QWidget()
    qtbot.addWidget(window)
    verbs: list[str] = []

    def answer() -> None:
        dialog = QApplication.activeModalWidget()
        assert isinstance(dialog, QInputDialog)
        verbs.extend(one.text() for one in dialog.findChildren(QPushButton))
        dialog.setTextValue("wrong price")
        dialog.accept()

    QTimer.singleShot(100, answer)
    assert QtAsk(window).text("Why is INV-1 void?", title="Void invoice") == "wrong price"
    assert sorted(verbs) == ["Cancel", "Void invoice"]
    QTimer.singleShot(100, lambda: QApplication.activeModalWidget().reject())
    assert QtAsk(window).text("Why is INV-1 void?", title="Void invoice") is None
