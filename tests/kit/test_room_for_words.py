"""Messages and what stands in place of content have room for their words."""

from PySide6.QtWidgets import QApplication, QLabel, QPushButton, QWidget
from pytestqt.qtbot import QtBot

from voipdesk.kit import page
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
