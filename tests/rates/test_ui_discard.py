"""A draft that was discarded comes back: by its toast, and by undo for as long as the program runs."""

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from tests.rates.screen import Seen
from tests.rates.test_ui_draft import action, type_into
from voipdesk.rates.queries import drafts


def test_a_discarded_draft_comes_back(seen: Seen) -> None:
    type_into(seen, "44", "price", "0.0095")
    seen.press("discard_draft")
    assert seen.cell("44", "price") == "0.0080"
    assert drafts.draft(seen.world.db, seen.world.sara, "Aurora A-Z") is None
    seen.window.toast.acted.emit("Bring it back")
    seen.wait()
    assert seen.cell("44", "price") == "0.0095"
    assert action(seen, "undo").text() == "Undo: Rate: 0.0095"


def test_discarding_is_undone_by_its_key_long_after_the_toast(seen: Seen) -> None:
    type_into(seen, "44", "price", "0.0095")
    seen.press("discard_draft")
    seen.page.list.setCurrentRow(1)
    seen.wait()
    assert action(seen, "undo").text() != "Undo: Discard draft", "another table"
    seen.page.list.setCurrentRow(0)
    seen.wait()
    assert action(seen, "undo").text() == "Undo: Discard draft"
    seen.grid.view.setFocus()
    QTest.keyClick(seen.grid.view, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    seen.wait()
    assert seen.cell("44", "price") == "0.0095"
    assert action(seen, "undo").text() == "Undo: Rate: 0.0095"
