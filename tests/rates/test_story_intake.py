"""S37, S40 and S18: files dropped together, a watched folder, the zoo of files, and cancelling."""

import os
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from openpyxl import Workbook
from PySide6.QtWidgets import QLabel
from pytestqt.qtbot import QtBot

from tests.rates.story import CALLS, Story, aurora, told
from voipdesk.calls.ui.page import CallsPage
from voipdesk.kit.names import unnamed
from voipdesk.rates import commands, queries
from voipdesk.rates.ui.wizard import RateWizard
from voipdesk.shell.watching import is_sheet_name

SHEET = (
    "Destination;Code;Rate;Effective Date\nFrance;33;0,01;30.11.2026\n"
    "España;34;0,02;30.11.2026\nItaly;39;0,03;30.11.2026\n"
)


@pytest.fixture
def story(qtbot: QtBot, tmp_path: Path, isolated_home: Path) -> Iterator[Story]:
    with told(qtbot, tmp_path, plans=False) as made:
        yield made


def queued(story: Story) -> list[tuple[str, str, str, str]]:
    story.calm()
    grid = story.imports.queue
    names = ("name", "kind", "state", "remark")
    places = [grid.model.column_at(name) for name in names]
    return [tuple(grid.model.cell(row, at)[0] for at in places) for row in range(grid.model.rowCount())]  # type: ignore[misc]


def test_s37_three_files_at_once(story: Story, tmp_path: Path) -> None:
    first = aurora(tmp_path / "aurora_2026-12.xls")
    calls = tmp_path / "pbx_2026-11-20.csv"
    calls.write_text(CALLS, encoding="cp1252")
    copy = tmp_path / "another name.xls"
    copy.write_bytes(first.read_bytes())
    story.drop(first, calls, copy)
    page = story.imports
    assert story.window.page is page
    assert unnamed(page) == []
    assert queued(story) == [
        ("aurora_2026-12.xls", "Rate sheet", "Waiting", ""),
        ("pbx_2026-11-20.csv", "Call file", "Waiting", ""),
        ("another name.xls", "Rate sheet", "Waiting", "same content as item 1"),
    ]
    assert page._files[0].table == "Aurora A-Z"
    page.queue.go_to(str(page._files[2].id))
    story.press("up", page)
    assert [one[0] for one in queued(story)][1] == "another name.xls"
    story.press("skip", page)
    assert queued(story)[1][2] == "Skipped"
    page.queue.go_to(str(page._files[2].id))
    story.press("open", page)
    assert isinstance(story.window.page, CallsPage)
    story.child("wizard.calls").reject()
    story.window.show_page("imports")
    assert [one[0] for one in queued(story)] == ["aurora_2026-12.xls", "another name.xls"]


def test_s37_a_watched_folder_takes_what_is_complete(story: Story, tmp_path: Path) -> None:
    folder = tmp_path / "inbox"
    folder.mkdir()
    page = story.imports
    page.folder_chosen.emit(folder)
    assert str(folder) in page.header.subtitle.text()
    watch = story.window.intake.watch
    watch._timer.stop()  # The test looks itself.
    watch._watcher.removePaths(watch._watcher.directories())
    path = folder / "aurora.csv"
    path.write_text(SHEET[:60], encoding="utf-8")
    watch.look()
    story.calm()
    path.write_text(SHEET[:90], encoding="utf-8")
    watch.look()
    story.calm()
    assert queued(story) == []
    path.write_text(SHEET, encoding="utf-8")
    (folder / "broken.xlsx").write_bytes(b"PK\x03\x04 and no more")
    (folder / "later.csv.part").write_text(SHEET, encoding="utf-8")
    for _ in range(3):
        watch.look()
        story.calm()
    assert [one[0] for one in queued(story)] == ["aurora.csv", "broken.xlsx"]
    assert [one[2] for one in queued(story)] == ["Waiting", "Failed"]
    assert queued(story)[1][3] != ""
    assert path.read_text(encoding="utf-8") == SHEET
    assert queries.imports(story.world.db, story.world.sara) == []
    entry = story.window._sidebar._entries["imports"]
    assert entry._count == 2
    again = story.window.intake.watch
    again._told.clear()
    again.look()
    story.calm()
    assert len(queued(story)) == 2


NAMES = {
    "a.csv": True, "A.XLSX": True, "a.csv.part": False, "~$a.xlsx": False, ".a.csv": False, "a.crdownload": False,
    "a.tmp": False,
}  # fmt: skip


@pytest.mark.parametrize(("name", "is_sheet"), NAMES.items())
def test_names_of_unfinished_files_are_known(name: str, is_sheet: bool) -> None:
    assert is_sheet_name(name) is is_sheet


def test_s40_the_zoo_of_files(story: Story, tmp_path: Path) -> None:
    html = tmp_path / "web.xls"
    rows = "".join(f"<tr><td>{line.replace(';', '</td><td>')}</td></tr>" for line in SHEET.splitlines())
    html.write_text(f"<html><body><table>{rows}</table></body></html>", encoding="utf-8")
    utf16 = tmp_path / "utf16.csv"
    utf16.write_bytes(SHEET.replace(";", "\t").encode("utf-16"))
    empty = tmp_path / "empty.csv"
    empty.write_bytes(b"")
    pdf = tmp_path / "sheet.csv"
    pdf.write_bytes(b"%PDF-1.7\n1 0 obj")
    locked = tmp_path / "locked.xlsx"
    # As a spreadsheet program encrypts one: an old container with the package inside.
    locked.write_bytes(
        bytes.fromhex("d0cf11e0a1b11ae1") + bytes(1016) + "EncryptedPackage".encode("utf-16-le")
    )
    wizard = story.open(empty)
    refused = {empty: "empty", pdf: "PDF", locked: "protected by a password"}
    for path, cause in refused.items():
        wizard.file.take_paths([path])
        story.calm()
        said = wizard.file.said.text()
        assert said.startswith(f"{path.name}: ")
        assert cause in said
        assert not {"invalid", "failed"} & set(said.lower().replace(".", " ").split())
        assert len(said.rstrip(".").split(". ")) == 2, "the cause, and what to do"
        assert not wizard.btn_next.isEnabled()
        assert wizard.look() == [f"{path.name} cannot be imported; above is why. Choose another one."]
    for path in (utf16, html):
        wizard.file.take_paths([path])
        story.calm()
        assert wizard.reading.error is None
        preview = wizard.reading.preview
        assert preview is not None
        assert preview.kinds["data"] == 3
        assert "España" in {cells[0] for cells in preview.rows.values()}
    story.to("review")
    assert story.counts()["new"] == "3"


def test_s40_a_file_without_the_right_to_read_it(story: Story, tmp_path: Path) -> None:
    path = tmp_path / "kept.csv"
    path.write_text(SHEET, encoding="utf-8")
    path.chmod(0)
    if os.access(path, os.R_OK):
        pytest.skip("this user may read everything")
    wizard = story.open(path)
    assert "does not let this program open it" in wizard.file.said.text()
    assert not wizard.btn_next.isEnabled()
    story.press("copy", wizard.file)
    assert "cannot be copied either" in story.shown.ask.asked[-1].text
    path.chmod(0o600)
    wizard.file.take_paths([path])
    wizard.reading.look()
    story.calm()
    story.to("review")
    assert story.counts()["new"] == "3"


def test_s40_a_zip_offers_its_files(story: Story, tmp_path: Path) -> None:
    path = tmp_path / "two.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("one.csv", SHEET)
        archive.writestr("two.csv", SHEET + "Kenya;254;0,04;30.11.2026\n")
    wizard = story.open(path)
    member = story.child("field.member", wizard)
    assert [member.itemData(at) for at in range(member.count())] == ["one.csv", "two.csv"]
    member.set_value("two.csv")
    story.calm()
    story.to("review")
    assert story.counts()["new"] == "4"


def test_s40_what_another_program_holds_is_read_as_a_copy(story: Story, tmp_path: Path) -> None:
    from voipdesk.tabular.faults import from_os

    path = tmp_path / "open.csv"
    path.write_text(SHEET, encoding="utf-8")
    wizard = story.open(path)
    # No file can be held against its own reader here: the refusal is what the system's own is turned into.
    wizard.reading.preview, wizard.reading.error = None, from_os(path, PermissionError(13, "in use"))
    wizard.reading.changed.emit()
    assert wizard.file.banner.isVisible()
    assert story.child("btn.copy", wizard.file).text() == "Import a copy"
    story.press("copy", wizard.file)
    assert wizard.reading.path != path
    assert wizard.reading.error is None
    copy = wizard.reading.path
    assert copy is not None
    wizard.reject()
    assert not copy.exists()


def test_s40_a_big_file_goes_through_whole(story: Story, tmp_path: Path) -> None:
    path = tmp_path / "big.csv"
    said = "Terms as agreed. " * 57
    rows = (f"Zone {n % 900};{1000000 + n};0.{n % 9000 + 1000};1/1;30.11.2026;{said}" for n in range(60_000))
    path.write_text(
        "Destination;Code;Rate;Increment;Effective Date;Notes\n" + "\n".join(rows) + "\n", encoding="utf-8"
    )
    assert path.stat().st_size > 60_000_000
    wizard = story.open(path)
    story.press("next")
    assert wizard.parts.rows.ledger.text().startswith("60,001 rows = 1 header + 60,000 data")
    story.to("review")
    assert story.counts()["new"] == "60000"


def big(tmp_path: Path) -> Path:
    path = tmp_path / "seven.csv"
    rows = (f"{1000000 + n};Zone {n % 900};{((37 * n) % 20000 + 1) / 10000:.4f};1/1" for n in range(250_000))
    path.write_text("Prefix;Destination;Rate;Interval\n" + "\n".join(rows) + "\n", encoding="utf-8")
    return path


@pytest.mark.slow
def test_s18_cancel_means_nothing_happened(story: Story, tmp_path: Path) -> None:
    db, sara = story.world.db, story.world.sara
    table = commands.create_table(db, sara, name="Empty", currency="USD")
    wizard = RateWizard(
        story.window.desk, queries.tables(db, sara), chosen=table.id, path=big(tmp_path), parent=story.window
    )
    wizard.open()
    story.calm()
    story.to("columns")
    wizard.go_on()
    line = wizard.parts.columns.working
    story.shown.qtbot.waitUntil(lambda: "/ 250,001 rows" in line.text.text(), timeout=30_000)
    story.child("nav.calls").click()  # Other pages open meanwhile.
    wizard.reject()
    story.shown.qtbot.waitUntil(lambda: story.window.desk.jobs.is_idle, timeout=5_000)
    assert story.history() == [("seven.csv", "cancelled")]
    assert queries.versions(db, sara, "Empty") == []
    assert queries.count_rates(db, sara, "Empty") == 0
    kept = story.imports._records[0]
    story.imports.resume(kept.id)
    story.calm()
    story.to("review")
    assert story.counts()["new"] == "250000"
    story.let_pass()
    story.to("publish")
    again = story.wizard()
    again.go_on()
    story.shown.qtbot.waitUntil(lambda: again.publish.working.is_busy, timeout=10_000)
    again.reject()
    story.shown.qtbot.waitUntil(lambda: story.window.desk.jobs.is_idle, timeout=5_000)
    assert queries.versions(db, sara, "Empty") == []
    assert queries.count_rates(db, sara, "Empty") == 0
    assert {state for _, state in story.history()} == {"cancelled"}


def test_rows_in_quarantine_are_mended_in_place(story: Story, tmp_path: Path) -> None:
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.append(["Destination", "Code", "Rate", "Increment", "Effective Date"])
    for line in (
        ("France", "33", "0.0100", "1/1"),
        ("Spain", "34", "zero", "1/1"),
        ("Italy", "39", "0.0300", "6/6"),
    ):
        sheet.append([*line, "2026-12-24"])
    path = tmp_path / "faulty.xlsx"
    book.save(path)
    wizard = story.open(path)
    story.to("check")
    check = wizard.parts.check
    assert unnamed(wizard) == []
    assert "1 in quarantine" in story.child("check.ledger", wizard).text()
    assert check.rows.grid.model.rowCount() == 1
    check.rows.grid.edited.emit(3, "cell.2", "0.0200")
    story.calm()
    assert "3 accepted" in story.child("check.ledger", wizard).text()
    assert check.rows.grid.model.rowCount() == 0
    story.to("review")
    assert story.counts()["new"] == "3"
    assert story.child("review.ledger", wizard).text().endswith("3 accepted")
    assert isinstance(story.child("count.quarantined", wizard), QLabel)


def test_an_import_is_looked_at_taken_back_and_given_back(story: Story, tmp_path: Path) -> None:
    path = aurora(tmp_path / "aurora_2026-12.xls")
    story.window.show_page("imports")
    story.drop(path)
    story.to("review")
    story.let_pass()
    story.to("publish")
    story.press("publish")
    assert story.window.page.objectName() == "page.rates"
    width = story.window.width()
    page = story.window.show_page("imports")
    assert story.history() == [("aurora_2026-12.xls", "published")]
    assert story.window.width() == width  # No line of buttons makes the window wider.
    assert queued(story) == []
    grid = page.history
    key = str(page._records[0].id)
    shown = {
        name: grid.cell(key, name).text
        for name in ("rows", "accepted", "new", "up", "down", "same", "removed")
    }
    assert shown == {
        "rows": "18", "accepted": "12", "new": "2", "up": "7", "down": "1", "same": "5", "removed": "1",
    }  # fmt: skip
    copy = tmp_path / "copy.xls"
    story.shown.ask.answers.append(copy)
    story.press("original", page)
    assert copy.read_bytes() == path.read_bytes()
    story.press("record", page)
    dialog = story.child("dialog.import")
    assert unnamed(dialog) == []
    dialog.accept()
    story.shown.ask.answers.append(True)
    story.press("revert", page)
    assert story.history() == [("aurora_2026-12.xls", "reverted")]
    story.drop(path)
    assert not story.wizard().file.banner.isVisible()


def test_no_table_is_guessed_where_there_are_several(story: Story, tmp_path: Path) -> None:
    commands.create_table(story.world.db, story.world.sara, name="Borealis", currency="USD")
    path = tmp_path / "prices.csv"
    path.write_text(SHEET, encoding="utf-8")
    story.drop(path)
    wizard = story.wizard()
    assert not wizard.btn_next.isEnabled()
    assert "table" in wizard.look()[0]
    story.child("field.table", wizard).setCurrentIndex(2)
    story.calm()
    assert wizard.title.text() == "Import into Borealis"
    story.to("review")
    assert story.counts()["new"] == "3"
