"""The window of a story about rate sheets: the wizard reached, moved on, and waited for; sheets as carriers send them."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import Any

import openpyxl
import xlwt
from PySide6.QtCore import QMimeData, QPoint, QPointF, Qt, QUrl
from PySide6.QtGui import QDragEnterEvent, QDropEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from tests.windows import Shown, close, show
from tests.worlds import World, acme
from voipdesk.rates.ui.wizard import RateWizard

TITLES = (
    "Destination",
    "Country Code",
    "Area Codes",
    "Rate (USD/min)",
    "Billing",
    "Effective Date",
    "Status",
)
ROWS: tuple[tuple[Any, ...], ...] = (
    ("USA & Canada", 1, "", 0.0090, "6/6", "No change"), ("Jamaica", 1, "876, 658", 0.1300, "60/60", "Increase"),
    ("UK Fixed", 44, "", 0.0075, "1/1", "Decrease"), ("UK Mobile", 44, 7, 0.0250, "1/1", "No change"),
    ("Germany Fixed", 49, "", 0.0110, "1/1", "No change"), ("Germany Mobile", 49, "15-17", 0.0330, "1/1", "Increase"),
    ("Egypt Fixed", 20, "", 0.0850, "1/1", "No change"), ("Egypt Mobile Vodafone", 20, 10, 0.1160, "1/1", "Increase"),
    ("Egypt Mobile Etisalat", 20, 11, 0.1160, "1/1", "Increase"),
    ("Egypt Mobile Orange", 20, 12, 0.1160, "1/1", "Increase"), ("Egypt Mobile WE", 20, 15, 0.1160, "1/1", "New"),
    ("Cuba", 53, "", 0.6500, "60/60", "No change"),
)  # fmt: skip
CALLS = (
    "id;start;caller;called;duration;disposition;account\n"
    "c01;20/11/2026 09:00:00;1000;00447700900123;00:01:05;ANSWERED;NILE\n"
    "c02;20/11/2026 09:05:00;1000;+4930123456;00:00:59;ANSWERED;NILE\n"
    "c03;20/11/2026 09:10:00;1000;0018765551234;00:00:10;ANSWERED;NILE\n"
)


def aurora(
    path: Path,
    *,
    header: int = 4,
    day: str = "30.11.2026",
    order: Sequence[int] = range(7),
    notes: bool = False,
) -> Path:
    """The sheet of fixture F3 as a real .xls: cover, titles, header, rows, a blank and a footer."""
    book = xlwt.Workbook()
    cover = book.add_sheet("Cover")
    cover.write(0, 0, "Aurora Telecom Ltd")
    cover.write(1, 0, "1 Harbour Street")
    sheet = book.add_sheet("Rates")
    sheet.write_merge(0, 0, 0, 6, "AURORA TELECOM LTD")
    sheet.write(1, 0, f"Price list valid from {day}")
    lines = [TITLES, *((*row[:5], day, row[5]) for row in ROWS)]
    for number, cells in enumerate(lines, header - 1):
        for at, place in enumerate(order):
            sheet.write(number, at, cells[place])
        if notes:
            sheet.write(number, 7, "Notes" if cells is TITLES else "ok")
    sheet.write(header + len(ROWS) + 1, 0, "All rates are confidential")
    book.save(str(path))
    return path


def join(
    path: Path, order: Sequence[str] = ("Cover", "Rates", "Codes"), *, mobile: float = 0.116, day: int = 30
) -> Path:
    """The workbook of S26: names with rates on one sheet, their codes on another."""
    when = date(2026, 11, day)
    sheets: dict[str, list[list[Any]]] = {
        "Cover": [["Acme Telecom"], ["1 Harbour Street"]],
        "Rates": [["Destination", "Rate", "Effective"], ["Germany Mobile", 0.033, when],
                  ["egypt  mobile", mobile, when], ["Atlantis Mobile", 0.5, when]],
        "Codes": [["Destination", "Codes"], ["Germany Mobile", "4915-4917"],
                  ["Egypt Mobile", "2010;2011;2012;2015"], ["Lemuria", "999"]],
    }  # fmt: skip
    book = openpyxl.Workbook()
    book.remove(book.active)
    for name in order:
        sheet = book.create_sheet(name)
        for cells in sheets[name]:
            sheet.append(cells)
    book.save(path)
    return path


class Story:
    """A window with everybody of the world in it."""

    def __init__(self, shown: Shown, world: World) -> None:
        self.shown, self.world = shown, world

    @property
    def window(self) -> Any:
        return self.shown.window

    @property
    def imports(self) -> Any:
        return self.window.page_of("imports")

    def calm(self) -> None:
        """Until no job runs and no timer of the wizard waits."""
        desk = self.window.desk

        def is_calm() -> bool:
            wizards = [one for one in self.window.findChildren(RateWizard) if one.isVisible()]
            busy = [
                one for one in wizards if one.reading.is_busy or one.staging.is_busy or one.review.is_busy
            ]
            return desk.jobs.is_idle and not busy

        for _ in range(2):
            self.shown.qtbot.waitUntil(is_calm, timeout=60_000)
            QApplication.processEvents()

    def wizard(self) -> RateWizard:
        found = [one for one in self.window.findChildren(RateWizard) if one.isVisible()]
        assert found, "no wizard is open"
        return found[-1]

    def drop(self, *paths: Path) -> None:
        """Drop files on the window itself."""
        data = QMimeData()
        data.setUrls([QUrl.fromLocalFile(str(path)) for path in paths])
        copy, left, none = Qt.DropAction.CopyAction, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
        # Qt gives a drop to whom took the entering only.
        QApplication.sendEvent(self.window, QDragEnterEvent(QPoint(5, 5), copy, data, left, none))
        QApplication.sendEvent(self.window, QDropEvent(QPointF(5, 5), copy, data, left, none))
        self.calm()

    def open(self, path: Path) -> RateWizard:
        """The wizard of the chosen table over a file."""
        self.shown.page.import_file(path)
        self.calm()
        return self.wizard()

    def press(self, name: str, inside: QWidget | None = None) -> None:
        wizard = inside or self.wizard()
        self.calm()
        found = [one for one in wizard.findChildren(QWidget, f"btn.{name}") if one.isVisible()]
        assert found, f"btn.{name} is not in sight"
        assert found[-1].isEnabled(), f"{name}: {found[-1].toolTip()}"
        found[-1].click()
        self.calm()

    def step(self) -> str:
        return str(self.wizard().flow.current.name)

    def to(self, step: str) -> RateWizard:
        """Press Next until a step is reached."""
        for _ in range(6):
            if self.step() == step:
                break
            self.press("next")
        assert self.step() == step, self.wizard().message.text()
        return self.wizard()

    def child(self, name: str, inside: QWidget | None = None) -> Any:
        found = [one for one in (inside or self.window).findChildren(QWidget, name) if one.isVisible()]
        assert found, f"{name} is not in sight"
        return found[-1]

    def type_price(self, prefix: str, price: str) -> None:
        """Type over the price of a row of the page's grid."""
        grid = self.shown.page.grid
        grid.view.clearSelection()
        assert grid.go_to(prefix, "price")
        grid.view.setFocus()
        QTest.keyClick(grid.view, Qt.Key.Key_F2)
        editor = self.child("edit.price", grid.view)
        editor.selectAll()
        QTest.keyClicks(editor, price)
        QTest.keyClick(editor, Qt.Key.Key_Return)
        self.calm()

    def counts(self) -> dict[str, str]:
        """The chips of the review, without zeros."""
        named = {
            kind: str(chip.value.property("value"))
            for kind, chip in self.wizard().review.chips._chips.items()
        }
        return {name: value for name, value in named.items() if value not in {"0", ""}}

    def guard(self, name: str) -> str:
        """The state of a guard."""
        return str(self.child(f"guard.{name}", self.wizard()).property("state"))

    def let_pass(self) -> None:
        """Tick every guard that asks."""
        for row in list(self.wizard().review.guards.rows):
            if row.is_held:
                self.child(f"check.{row.guard.id}", self.wizard()).click()
        self.calm()

    def history(self) -> list[tuple[str, str]]:
        """(file, state) of the imports, newest first."""
        page = self.imports
        self.calm()
        return [(one.file_name, one.state) for one in page._records]


@contextmanager
def told(
    qtbot: QtBot,
    tmp_path: Path,
    *,
    page: str = "rates",
    plans: bool = True,
    before: Callable[[World], object] = lambda _: None,
) -> Iterator[Story]:
    """A story's window, open while the block runs; `before` is done to the world first."""
    with acme(tmp_path, plans=plans) as world:
        before(world)
        shown = show(qtbot, world, page=page)
        story = Story(shown, world)
        story.calm()
        yield story
        for wizard in story.window.findChildren(RateWizard):
            if wizard.isVisible():
                wizard.reject()
        story.calm()
        close(shown)
