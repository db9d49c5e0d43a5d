"""What the page of imports does with a file or an import: the verbs, when they fit, and their work."""

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from pathlib import Path
from uuid import UUID

from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QWidget

from voipdesk.kernel.changes import Actor
from voipdesk.kernel.progress import Progress
from voipdesk.kernel.text import tr, trn
from voipdesk.kit import theme
from voipdesk.kit.desk import Desk
from voipdesk.kit.file_dialog import folder_in
from voipdesk.kit.page import button
from voipdesk.rates import commands, queries
from voipdesk.rates.commands import ImportReport
from voipdesk.rates.commands.reverting import Locked
from voipdesk.rates.queries import ImportRecord
from voipdesk.rates.queries.intake import WaitingFile
from voipdesk.rates.ui.actions import Say, opened, undo
from voipdesk.rates.ui.dialogs import COUNTS, count_titles
from voipdesk.rates.ui.imports_record import RecordDialog
from voipdesk.rates.ui.step_publish import summary
from voipdesk.store.database import Database


class Bar(QWidget):
    """A title and the verbs of a list at its trailing end. Of a pair the second stands there only where it fits."""

    def __init__(
        self,
        verbs: Sequence[tuple[str, str, str]],
        act: Callable[[str], None],
        pairs: Sequence[tuple[str, str]] = (),
    ) -> None:
        super().__init__()
        self._pairs = pairs
        self._row = QHBoxLayout(self)
        self._row.setContentsMargins(0, 0, 0, 0)
        self._row.setSpacing(theme.XS)
        self._row.addStretch(1)
        self.pushes: dict[str, QPushButton] = {}
        for name, text, icon in verbs:
            push = self.pushes[name] = button(text, name, icon=icon, act=partial(act, name))
            self._row.addWidget(push)
        for _, other in pairs:
            self.pushes[other].hide()  # At once: a window grows to the widest line it ever had.

    def put_title(self, title: QLabel) -> None:
        """The title at the leading end."""
        self._row.insertWidget(0, title)

    def enable(self, fitting: frozenset[str]) -> None:
        """Enable these verbs only."""
        for name, push in self.pushes.items():
            push.setEnabled(name in fitting)
        for usual, other in self._pairs:
            self.pushes[usual].setVisible(other not in fitting)
            self.pushes[other].setVisible(other in fitting)


def queue_verbs() -> list[tuple[str, str, str]]:
    """(name, text, icon) of what can be done with a waiting file."""
    return [
        ("open", tr("Open"), "eye"), ("skip", tr("Skip"), "pause"), ("up", tr("Earlier"), "chevron-up"),
        ("down", tr("Later"), "chevron-down"), ("remove", tr("Remove"), "trash"),
    ]  # fmt: skip


def history_verbs() -> list[tuple[str, str, str]]:
    """(name, text, icon) of what can be done with an import."""
    return [
        ("continue", tr("Continue"), "play"), ("table", tr("Open in table"), "rates"), ("record", tr("Details"), "info"),
        ("revert", tr("Revert…"), "undo"),
        ("original", tr("Original…"), "file"), ("rejects", tr("Rejects…"), "export"),
        ("previous", tr("Compare with previous"), "history"), ("discard", tr("Discard"), "trash"),
    ]  # fmt: skip


PAIRS = (("table", "continue"), ("revert", "discard"))
"""What is done with a published import, and in its place with one that waits."""


def file_verbs(file: WaitingFile | None, count: int) -> frozenset[str]:
    """What fits a waiting file."""
    if file is None:
        return frozenset()
    fitting = {"open", "skip", "remove"}
    if file.number > 1:
        fitting.add("up")
    if file.number < count:
        fitting.add("down")
    return frozenset(fitting)


def import_verbs(record: ImportRecord | None) -> frozenset[str]:
    """What fits an import in its state."""
    if record is None:
        return frozenset()
    fitting = {"record", "previous"}
    if record.file_sha256:
        fitting |= {"original"}
    if record.ledger.get("quarantined") and record.state != "cancelled":
        fitting.add("rejects")
    if record.state == "published":
        fitting |= {"revert", "table"}
    if record.state == "staged" or (record.state == "cancelled" and record.file_sha256):
        fitting.add("continue")
    if record.state == "staged":
        fitting.add("discard")
    return frozenset(fitting)


def profile_names(db: Database, actor: Actor) -> Mapping[UUID, str]:
    """Names of all profiles by their ids."""
    found = [queries.profiles(db, actor, table.id) for table in queries.tables(db, actor)]
    return {one.id: one.name for profiles in found for one in profiles}


def show_record(parent: QWidget, desk: Desk[Database], record: ImportRecord) -> None:
    """Everything that is kept of an import."""
    opened(RecordDialog(parent, record, queries.staged(desk.db, desk.actor, record.id)))


def show_import(parent: QWidget, desk: Desk[Database], import_id: str) -> None:
    """The same by its id."""
    record = next((one for one in queries.imports(desk.db, desk.actor) if str(one.id) == import_id), None)
    if record is not None:
        show_record(parent, desk, record)


def ask_revert(desk: Desk[Database], record: ImportRecord, locked: Locked | None, say: Say) -> None:
    """Say what returns, then take an import back."""
    titles = count_titles()
    changed = {name: record.counts.get(name, 0) for name in COUNTS if name != "same"}
    parts = ", ".join(f"{count:,} {titles[name].lower()}" for name, count in changed.items() if count)
    text = tr("Take {file} back? The rates of {table} before it stand again: {changes}.").format(
        file=record.file_name, table=record.table, changes=parts or "0"
    )
    details = tr("Version {version}. Calls rated with it are shown for rating again.").format(
        version=record.version
    )
    if desk.ask.confirm(text, verb=tr("Revert import"), details=details, danger=True):
        revert(desk, record.id, record.file_name, locked, say)


def revert(desk: Desk[Database], import_id: UUID | None, name: str, locked: Locked | None, say: Say) -> None:
    """Take a published import back; refused with the reason where invoices stand on it."""
    if import_id is None:
        return

    def work(_: Progress) -> str | None:
        commands.revert_import(desk.db, desk.actor, import_id, locked=locked)
        return desk.db.undo_label(desk.actor)

    def tell(label: str | None) -> None:
        said = tr("{file} was taken back; it can be imported again.").format(file=name)
        say(said, {tr("Undo"): lambda: undo(desk, label, say)})

    desk.jobs.write(
        tr("Revert {file}").format(file=name),
        work,
        done=tell,
        refused=desk.ask.refuse,
    )


def save_original(desk: Desk[Database], record: ImportRecord, say: Say) -> None:
    """Write the file as it was sent, byte for byte."""
    path = desk.ask.save_file(tr("Original file"), [(tr("All files"), "*")], name=record.file_name)
    if path is None:
        return

    def work(_: Progress) -> int:
        return path.write_bytes(queries.original(desk.db, desk.actor, record.id)[1])

    def tell(size: int) -> None:
        say(tr("{size} bytes written to {file}.").format(size=f"{size:,}", file=path.name), None)

    desk.jobs.read(tr("Write the original"), work, done=tell, refused=desk.ask.refuse)


def save_rejects(desk: Desk[Database], record: ImportRecord, say: Say) -> None:
    """Write the rows in quarantine with their reasons."""
    kinds = ((tr("Excel workbook"), "*.xlsx"), (tr("CSV text"), "*.csv"))
    path = desk.ask.save_file(tr("Export rejects"), kinds, name=f"{Path(record.file_name).stem}-rejects.xlsx")
    if path is None:
        return

    def tell(count: int) -> None:
        say(trn("{count} row written.", "{count} rows written.", count), None)

    desk.jobs.read(
        tr("Export rejects"),
        lambda _: commands.export_rejects(desk.db, desk.actor, record.id, path),
        done=tell,
        refused=desk.ask.refuse,
    )


def say_published(desk: Desk[Database], report: ImportReport, locked: Locked | None, say: Say) -> None:
    """What an import did, with the way back."""

    def back() -> None:
        revert(desk, report.import_id, report.file_name, locked, say)

    say(summary(report), {tr("Undo import"): back})


def compare_with_previous(parent: QWidget, record: ImportRecord, records: Sequence[ImportRecord]) -> None:
    """The numbers of an import beside those of the one before it into the same table."""
    from voipdesk.rates.ui.imports_compare import CompareDialog

    before = [
        one
        for one in records
        if one.table == record.table and one.at < record.at and one.state == "published"
    ]
    opened(CompareDialog(parent, record, before[0] if before else None))


def chosen_folder(parent: QWidget, desk: Desk[Database], before: Path | None) -> tuple[bool, Path | None]:
    """(whether anything was decided, the folder to watch or None for none)"""
    if before is not None:
        ways = [("another", tr("Choose another folder…")), ("none", tr("Stop watching"))]
        way = desk.ask.choose(tr("{folder} is watched.").format(folder=before), ways)
        if way != "another":
            return way == "none", None
    start = str(before) if before is not None else ""
    name = folder_in(parent, tr("Watched folder"), start)
    return bool(name), Path(name) if name else None
