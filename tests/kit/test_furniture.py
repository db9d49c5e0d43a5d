"""Asking, fields, page furniture and the wizard's skin."""

from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel, QLineEdit, QMessageBox, QPushButton, QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from tests.kit.gallery import sample_page, wizard
from voipdesk.kernel.problems import Problem, Refused
from voipdesk.kit import page
from voipdesk.kit.ask import QtAsk, ScriptedAsk
from voipdesk.kit.editors import (
    AmountEdit,
    ChoiceEdit,
    CountEdit,
    DateEdit,
    FilterEdit,
    PrefixEdit,
    PriceEdit,
    read_number,
)
from voipdesk.kit.flow import Flow, Step
from voipdesk.kit.names import unnamed
from voipdesk.kit.states import LoadingBar
from voipdesk.kit.wizard import Wizard

# Asking


def answer_with(name: str, seen: list[str]) -> None:
    """Press a button of the dialog that is about to open."""

    def press() -> None:
        box = QApplication.activeModalWidget()
        assert isinstance(box, QMessageBox)
        seen.append(box.text())
        button = box.findChild(QPushButton, name)
        assert button is not None
        button.click()

    QTimer.singleShot(50, press)


@pytest.mark.parametrize(("name", "said"), [("btn.confirm", True), ("btn.cancel", False)])
def test_confirm_has_a_verb(qtbot: QtBot, name: str, said: bool) -> None:
    window, seen = QWidget(), list[str]()
    qtbot.addWidget(window)
    answer_with(name, seen)
    answer = QtAsk(window).confirm(
        "Close 1 destination from 30 Nov?", verb="Close 1 destination", danger=True
    )
    assert (answer, seen) == (said, ["Close 1 destination from 30 Nov?"])


def test_choose_and_refuse_with_details_to_copy(qtbot: QtBot) -> None:
    window, seen = QWidget(), list[str]()
    qtbot.addWidget(window)
    answer_with("btn.later", seen)
    assert QtAsk(window).choose("What now?", [("now", "Publish now"), ("later", "Publish later")]) == "later"
    answer_with("btn.copy", seen)
    problem = Problem("bad", "31/11/2026 is not a date.")
    QtAsk(window).refuse(Refused("no", "Nothing was imported.", problems=[problem]))
    assert QGuiApplication.clipboard().text() == "Nothing was imported.\n31/11/2026 is not a date."


def test_script_answers_in_order_and_keeps_what_was_asked(tmp_path: Path) -> None:
    ask = ScriptedAsk([True, None, tmp_path / "a.csv", [tmp_path / "b.csv"], "now", "a name"])
    assert ask.confirm("Sure?", verb="Close")
    assert ask.save_file("Save", []) is None
    assert ask.open_files("Open", []) == [tmp_path / "a.csv"]
    assert ask.open_files("Open", [], many=True) == [tmp_path / "b.csv"]
    assert ask.choose("How?", [("now", "Now")]) == "now"
    assert ask.text("Name") == "a name"
    ask.refuse(Refused("no", "Because."))
    assert [asked.kind for asked in ask.asked] == [
        "confirm",
        "save",
        "open",
        "open",
        "choose",
        "text",
        "refuse",
    ]
    with pytest.raises(AssertionError, match="nobody answers: Really"):
        ask.confirm("Really?", verb="Yes")
    with pytest.raises(AssertionError, match="not offered"):
        ScriptedAsk(["never"]).choose("How?", [("now", "Now")])


# Fields


@pytest.mark.parametrize(
    ("text", "decimal", "value"),
    [
        ("0.05", ".", "0.05"),
        ("0,05", ".", "0.05"),
        ("0,05", ",", "0.05"),
        ("0.05", ",", "0.05"),
        ("1.234,5", ",", "1234.5"),
        ("1,234.5", ".", "1234.5"),
        ("1,234", ".", "1234"),
        ("1.234", ",", "1234"),
        ("٠٫٠٥", ".", "0.05"),
        ("٠٫٠٥", ",", "0.05"),
        ("۱۲", ".", "12"),
        ("-1 000", ".", "-1000"),
    ],
)
def test_numbers_are_read_as_people_write_them(text: str, decimal: str, value: str) -> None:
    assert read_number(text, decimal) == Decimal(value)


def test_price_field_says_what_is_wrong(qtbot: QtBot) -> None:
    field = PriceEdit(decimal=",")
    qtbot.addWidget(field)
    QTest.keyClicks(field, "x0,05")
    assert (field.text(), field.value(), field.problem()) == ("0,05", Decimal("0.05"), "")
    field.setText("0,123456789")
    assert field.value() is None
    assert "8 decimals" in field.problem()
    assert field.property("state") == "wrong"
    field.setText("9999999")
    assert "greatest" in field.problem()
    field.clear()
    assert (field.value(), field.problem()) == (None, "")
    field.required = True
    assert field.problem() == "Something is needed here."
    field.set_value(Decimal("0.0500"))
    assert field.text() == "0,05"


def test_whole_numbers_take_no_sign(qtbot: QtBot) -> None:
    field = AmountEdit(decimals=0)
    qtbot.addWidget(field)
    QTest.keyClicks(field, "6.0")
    assert field.value() == 60


def test_prefix_field_keeps_zeros_and_cleans_what_is_pasted(qtbot: QtBot) -> None:
    field = PrefixEdit()
    qtbot.addWidget(field)
    QTest.keyClicks(field, "00a44")
    assert field.value() == "0044"
    for pasted in ("+44 20", "٤٤٢٠"):
        QGuiApplication.clipboard().setText(pasted)
        field.selectAll()
        field.paste()
        assert field.text() == field.value() == "4420"
    field.setText("1" * 16)
    assert field.value() is None


def test_date_field_reads_left_to_right(qtbot: QtBot, qapp: QApplication) -> None:
    qapp.setLayoutDirection(Qt.LayoutDirection.RightToLeft)
    field = DateEdit(day=date(2026, 11, 30))
    qtbot.addWidget(field)
    assert field.text() == "2026-11-30"
    assert field.lineEdit().layoutDirection() == Qt.LayoutDirection.LeftToRight
    assert field.value() == date(2026, 11, 30)


def test_a_count_keeps_to_its_range(qtbot: QtBot) -> None:
    field = CountEdit(least=1, most=31)
    qtbot.addWidget(field)
    field.setValue(40)
    assert field.value() == 31
    field.selectAll()
    QTest.keyClicks(field, "0")
    QTest.keyClick(field, Qt.Key.Key_Return)
    assert field.value() >= 1


def test_names_to_choose_stand_where_reading_begins(qtbot: QtBot, qapp: QApplication) -> None:
    qapp.setLayoutDirection(Qt.LayoutDirection.RightToLeft)
    field = ChoiceEdit()
    qtbot.addWidget(field)
    line = field.lineEdit()
    assert line is not None
    assert line.alignment() & Qt.AlignmentFlag.AlignRight
    assert line.alignment() & Qt.AlignmentFlag.AlignAbsolute


def test_filter_field_waits_until_typing_stops(qtbot: QtBot) -> None:
    field = FilterEdit()
    qtbot.addWidget(field)
    seen: list[str] = []
    field.filter_changed.connect(seen.append)
    QTest.keyClicks(field, "egypt")
    qtbot.waitUntil(lambda: seen == ["egypt"])
    QTest.keyClick(field, Qt.Key.Key_Escape)
    qtbot.waitUntil(lambda: seen == ["egypt", ""])


def test_choice_is_found_by_part_of_its_name(qtbot: QtBot) -> None:
    field = ChoiceEdit()
    qtbot.addWidget(field)
    field.set_choices([(1, "Aurora A-Z"), (2, "Borealis"), (3, "Cirrus")])
    line = field.lineEdit()
    assert line is not None
    line.setText("real")
    line.editingFinished.emit()
    assert (field.value(), field.currentText()) == (2, "Borealis")
    line.setText("nothing like it")
    line.editingFinished.emit()
    assert (field.value(), field.currentText()) == (2, "Borealis")
    field.set_choices([(2, "Borealis"), (4, "Delta")])
    assert field.value() == 2


# Pages


@pytest.mark.parametrize("mirrored", [False, True])
def test_everything_on_a_page_has_a_name(qtbot: QtBot, qapp: QApplication, mirrored: bool) -> None:
    if mirrored:
        qapp.setLayoutDirection(Qt.LayoutDirection.RightToLeft)
    shown = sample_page(20)
    qtbot.addWidget(shown)
    shown.show()
    assert unnamed(shown) == []
    assert shown.objectName() == "page.rates"


def test_a_nameless_control_is_found(qtbot: QtBot) -> None:
    window = QWidget()
    qtbot.addWidget(window)
    QVBoxLayout(window).addWidget(QLineEdit())
    assert unnamed(window) == ["QLineEdit "]


def test_card_tells_bare_number_and_can_be_pressed(qtbot: QtBot) -> None:
    card = page.Card("below", "Below cost")
    qtbot.addWidget(card)
    card.show_value("1,208", bare="1208", remark="5 customers", tone="danger", icon="warning")
    label = card.findChild(QLabel, "count.below")
    assert label is not None
    assert label.property("value") == "1208"
    assert card.accessibleName() == "Below cost: 1,208. 5 customers"
    card.make_clickable()
    with qtbot.waitSignal(card.clicked):
        QTest.keyClick(card, Qt.Key.Key_Return)


def test_banner_and_toast_offer_what_can_be_done(qtbot: QtBot) -> None:
    window = QWidget()
    qtbot.addWidget(window)
    window.resize(800, 500)
    window.show()
    banner, toast = page.Banner(), page.Toast(window)
    QVBoxLayout(window).addWidget(banner)
    banner.show_message("A draft is not published.", tone="warning", actions=[("review", "Review")])
    banner.show_message("Two drafts are not published.", tone="warning", actions=[("review", "Review")])
    with qtbot.waitSignal(banner.acted) as told:
        banner.findChildren(QPushButton, "btn.review")[-1].click()
    assert told.args == ["review"]
    toast.show_message("15 rates published.", actions=[("undo", "Undo import")])
    assert window.rect().contains(toast.geometry())
    assert toast._timer.interval() >= 10_000
    with qtbot.waitSignal(toast.acted):
        toast.findChild(QPushButton, "btn.undo").click()  # type: ignore[union-attr]
    assert not toast.isVisible()


def test_loading_bar_appears_only_when_it_takes_long(qtbot: QtBot) -> None:
    bar = LoadingBar()
    qtbot.addWidget(bar)
    bar.start()
    assert bar.maximum() == 1
    bar.stop()
    qtbot.wait(250)
    assert bar.maximum() == 1
    bar.start()
    qtbot.waitUntil(lambda: bar.maximum() == 0)
    bar.stop()
    assert bar.maximum() == 1


# The wizard


class Field(QWidget):
    changed = Signal()

    def __init__(self, key: str) -> None:
        super().__init__()
        self.key, self.line = key, QLineEdit()
        self.line.setAccessibleName(key)
        QVBoxLayout(self).addWidget(self.line)
        self.line.textChanged.connect(self.changed)

    def enter(self, values: Any) -> None:
        self.line.setText(values.get(self.key, ""))

    def values(self) -> dict[str, str]:
        return {self.key: self.line.text()}


@pytest.fixture
def three(qtbot: QtBot) -> Wizard:
    steps = [
        Step("file", "File", check=lambda v: [] if v.get("path") else ["Choose a file."]),
        Step("rows", "Rows"),
        Step("publish", "Publish"),
    ]
    made = Wizard(
        "rates",
        Flow(steps),
        {"file": Field("path"), "rows": Field("rows"), "publish": QWidget()},
        title="Import into Aurora",
        finish=("publish", "Publish"),
    )
    qtbot.addWidget(made)
    made.show()
    return made


def test_wizard_names_its_target_steps_and_buttons(qtbot: QtBot, three: Wizard) -> None:
    qtbot.waitUntil(lambda: three.isAncestorOf(three.pages["publish"]), timeout=1_000)
    assert three.objectName() == "wizard.rates"
    assert three.title.text() == "Import into Aurora"
    names = {child.objectName() for child in three.findChildren(QWidget)}
    assert names >= {
        "step.file",
        "step.rows",
        "step.publish",
        "btn.back",
        "btn.next",
        "btn.cancel",
        "btn.later",
        "btn.publish",
    }
    assert unnamed(three) == []


def test_wizard_hangs_its_pages_one_by_one_and_the_shown_one_at_once(qtbot: QtBot) -> None:
    pages: dict[str, QWidget] = {name: QWidget() for name in ("file", "rows", "publish")}
    made = Wizard("rates", Flow([Step(name, name) for name in pages]), pages, title="Import")
    qtbot.addWidget(made)

    def hung() -> list[str]:
        return [name for name, page in pages.items() if made.isAncestorOf(page)]

    assert hung() == ["file"]
    made.go_on()
    assert hung() == ["file", "rows"]
    qtbot.waitUntil(lambda: hung() == list(pages), timeout=1_000)


def test_wizard_is_held_up_and_goes_on_with_enter(qtbot: QtBot, three: Wizard) -> None:
    assert not three.btn_next.isEnabled()
    assert three.message.text() == "Choose a file."
    first = three.pages["file"]
    assert isinstance(first, Field)
    QTest.keyClicks(first.line, "rates.csv")
    assert three.btn_next.isEnabled()
    assert not three.message.isVisible()
    QTest.keyClick(first.line, Qt.Key.Key_Return)
    assert three.flow.current.name == "rows"
    assert "Step 2 of 3" in three.step_title.text()


def test_wizard_goes_back_without_losing_and_ends_with_all_values(qtbot: QtBot, three: Wizard) -> None:
    first, second = three.pages["file"], three.pages["rows"]
    assert isinstance(first, Field)
    assert isinstance(second, Field)
    first.line.setText("rates.csv")
    three.btn_next.click()
    second.line.setText("7")
    done = three.trail.findChild(QPushButton, "goto.file")
    assert done is not None
    assert done.isEnabled()
    done.click()
    assert three.flow.current.name == "file"
    assert first.line.text() == "rates.csv"
    three.btn_next.click()
    assert second.line.text() == "7"
    three.btn_next.click()
    assert three.btn_finish.isVisible()
    with qtbot.waitSignal(three.completed) as told:
        three.btn_finish.click()
    assert dict(told.args[0]) == {"path": "rates.csv", "rows": "7"}


def test_wizard_fits_when_texts_are_half_as_large_again(qtbot: QtBot, qapp: QApplication) -> None:
    font = qapp.font()
    larger = qapp.font()
    larger.setPointSizeF(font.pointSizeF() * 1.5)
    qapp.setFont(larger)
    try:
        shown = wizard()
        qtbot.addWidget(shown)
        shown.show()
        for push in shown.findChildren(QPushButton):
            if push.isVisible():
                assert push.width() >= push.sizeHint().width(), push.objectName()
        assert shown.width() < 1280
        assert shown.height() < 800
    finally:
        qapp.setFont(font)
