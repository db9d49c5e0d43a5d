"""Dialogs that choose files: none opens what it shows, and a completed name is not overwritten unasked."""

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication, QDialog, QFileDialog, QFileSystemModel, QLineEdit, QMessageBox
from pytestqt.qtbot import QtBot

from tests.worlds import acme
from voipdesk.kit.ask import QtAsk
from voipdesk.kit.file_dialog import file_dialog, folder_in

KINDS = [("Excel workbook", "*.xlsx"), ("CSV text", "*.csv")]
LEAVE = "import sqlite3, sys; c = sqlite3.connect(sys.argv[1]); c.execute('SELECT 1 FROM change').fetchall(); c.close()"


@pytest.fixture(autouse=True)
def _own_dialogs(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("VOIPDESK_NATIVE_DIALOGS", "0")


def in_dialog(act: Callable[[Any], object]) -> None:
    """Do something in the modal dialog that opens next."""

    def look() -> None:
        found = QApplication.activeModalWidget()
        if isinstance(found, QDialog) and found.isVisible():
            QTimer.singleShot(100, lambda: act(found))  # Its own loop runs by then.
        else:
            QTimer.singleShot(50, look)

    QTimer.singleShot(50, look)


def give(dialog: QFileDialog, name: str | Path = "") -> None:
    """Type a name and press the verb."""
    if name:
        typed = dialog.findChild(QLineEdit, "fileNameEdit")
        typed.setText(str(name))
    dialog.accept()


@pytest.mark.skipif(sys.platform == "win32", reason="there a file that is closed keeps the locks of others")
def test_a_workspace_among_the_files_keeps_its_locks(qtbot: QtBot, tmp_path: Path) -> None:
    with acme(tmp_path) as world:
        path = world.db.path
        dialog = file_dialog(None, "Open", str(path.parent))
        qtbot.addWidget(dialog)
        dialog.show()
        model = dialog.findChild(QFileSystemModel)
        qtbot.waitUntil(lambda: model.type(model.index(str(path))) != "", timeout=5_000)
        qtbot.wait(200)
        subprocess.run([sys.executable, "-c", LEAVE, str(path)], check=True)
        assert Path(f"{path}-wal").exists(), "the other process took itself for the last one"


def test_a_completed_name_is_not_overwritten_unasked(qtbot: QtBot, tmp_path: Path) -> None:
    (tmp_path / "rates.csv").write_text("kept")
    asked: list[str] = []

    def refuse(box: QMessageBox) -> None:
        asked.append(box.text())
        in_dialog(lambda dialog: dialog.reject())
        box.reject()

    def save(dialog: QFileDialog) -> None:
        dialog.selectNameFilter("CSV text (*.csv)")
        dialog.filterSelected.emit("CSV text (*.csv)")
        in_dialog(refuse)
        give(dialog, tmp_path / "rates")

    in_dialog(save)
    assert QtAsk().save_file("Export", KINDS, name="rates.xlsx") is None
    assert len(asked) == 1
    assert "rates.csv" in asked[0]


def test_names_are_completed_and_folders_chosen(qtbot: QtBot, tmp_path: Path) -> None:
    ask = QtAsk()
    in_dialog(lambda dialog: give(dialog, tmp_path / "rates"))
    assert ask.save_file("Export", KINDS) == tmp_path / "rates.xlsx"
    in_dialog(give)
    assert ask.save_file("Export", KINDS, name="other.xlsx") == tmp_path / "other.xlsx"
    in_dialog(lambda dialog: dialog.reject())
    assert ask.open_files("Open", KINDS) == []
    (tmp_path / "a.csv").write_text("1")
    in_dialog(lambda dialog: give(dialog, tmp_path / "a.csv"))
    assert ask.open_files("Open", KINDS) == [tmp_path / "a.csv"]
    in_dialog(give)
    assert folder_in(None, "Folder", str(tmp_path)) == str(tmp_path)
