"""Step File: drop, choose or paste a sheet, and say which table it goes into."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

import shiboken6
from PySide6.QtCore import QMimeData, Signal
from PySide6.QtGui import QDragEnterEvent, QDropEvent, QGuiApplication, QKeyEvent, QKeySequence
from PySide6.QtWidgets import QFormLayout, QHBoxLayout, QLineEdit, QVBoxLayout, QWidget

from voipdesk.kernel.text import tr
from voipdesk.kit import theme
from voipdesk.kit.desk import Desk
from voipdesk.kit.editors import ChoiceEdit
from voipdesk.kit.flow import Values
from voipdesk.kit.form import caption
from voipdesk.kit.names import named
from voipdesk.kit.page import Banner, button, label
from voipdesk.rates import queries
from voipdesk.rates.files import copy_of
from voipdesk.rates.files_preview import Preview
from voipdesk.rates.ui.reading import Reading
from voipdesk.rates.ui.working import Working
from voipdesk.store.database import Database
from voipdesk.tabular.layout import Layout

KINDS = "*.csv *.txt *.tsv *.xls *.xlsx *.xlsb *.ods *.zip"
CLOSED_TO_US = "file_not_allowed"
"""The refusal of a file that another program holds."""


class FilePage(QWidget):
    """The file, its table, the choice inside a .zip, and what the first look says."""

    changed = Signal()
    earlier_wanted = Signal(object)
    """Id of the import with the same bytes."""
    others = Signal(object)
    """Files that came with the one that is read: they are for the queue."""

    def __init__(self, desk: Desk[Database], tables: Sequence[queries.RateTable], reading: Reading) -> None:
        super().__init__()
        self._desk, self.reading = desk, reading
        self._was_chosen = False
        self.path = named(QLineEdit(), "field.path", tr("File"))
        self.path.setPlaceholderText(tr("Choose a sheet, drop it here, or paste a copied table"))
        self.path.editingFinished.connect(self._typed)
        self.choose = button(tr("Choose file…"), "choose", icon="folder", act=self._choose)
        self.paste = button(tr("Paste table"), "paste", icon="copy", act=self.paste_table)
        self.table = named(ChoiceEdit(), "field.table", tr("Into table"))
        choices = [(one.id, f"{one.name} ({one.currency})") for one in tables]
        # No table is guessed silently where there are several.
        self.table.set_choices([(None, tr("Choose…")), *choices] if len(tables) > 1 else choices)
        self.table.value_changed.connect(lambda _: self._table_chosen())
        self.member = named(ChoiceEdit(), "field.member", tr("File in the archive"))
        self.member.value_changed.connect(lambda member: reading.tell(member=member))
        self.working = Working()
        self.said = label(wrap=True)
        self.said.setObjectName("file.said")
        self.banner = Banner()
        self.banner.acted.connect(self._act)
        self._lay_out()
        self.setAcceptDrops(True)
        reading.changed.connect(self._show)
        reading.looked.connect(self._preselect)

    def enter(self, values: Values) -> None:
        """Show what was given."""
        self.table.blockSignals(True)
        if values.get("table"):
            self.table.set_value(values["table"])
        self.table.blockSignals(False)
        self._show()

    def values(self) -> Mapping[str, Any]:
        """Path, table, and whether a profile of that table answers everything."""
        return {"path": self.reading.path, "table": self.table.value(), "fits": self.fits}

    @property
    def fits(self) -> bool:
        """Whether a profile reads the sheet without any question."""
        preview = self.reading.preview
        if preview is None or preview.profile is None or self.reading.is_busy:
            return False
        profile, layout = preview.profile, preview.layout
        is_whole = profile.found == profile.wanted and layout.kind == "rates" and not layout.ask
        return is_whole and profile.table_id == self.table.value()

    def problems(self) -> list[str]:
        """What holds the step up."""
        reading = self.reading
        if reading.path is None:
            return [tr("Choose the sheet that was sent.")]
        if self.table.value() is None:
            return [tr("Choose the table it goes into.")]
        if reading.error is not None:
            said = tr("{file} cannot be imported; above is why. Choose another one.")
            return [said.format(file=reading.path.name)]
        if reading.is_busy or reading.preview is None:
            return [tr("The sheet is being looked at. Nothing changes by that.")]
        return []

    def take_paths(self, paths: Sequence[Path]) -> None:
        """Read the first of these; the others go to the queue."""
        if paths[1:]:
            self.others.emit(list(paths[1:]))
        if paths:
            self._was_chosen = False
            self.reading.table = None
            self.reading.open(paths[0])
            self._show()

    def paste_table(self) -> None:
        """Read what was copied from a spreadsheet, as if it were a file."""
        self._take_mime(QGuiApplication.clipboard().mimeData())

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        """A file or a table may be dropped."""
        if event.mimeData().hasUrls() or event.mimeData().hasText():
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        """A dropped file is read."""
        event.acceptProposedAction()
        self._take_mime(event.mimeData())

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Ctrl+V outside the fields pastes a table."""
        if event.matches(QKeySequence.StandardKey.Paste):
            self.paste_table()
        else:
            super().keyPressEvent(event)

    def _take_mime(self, data: QMimeData) -> None:
        paths = dropped(data)
        if paths:
            self.take_paths(paths)
        elif data.hasText() and ("\t" in data.text() or "\n" in data.text().strip()):
            stamp = self._desk.clock.now().astimezone(self._desk.zone).strftime("%Y-%m-%d %H-%M-%S")
            path = self.reading.place_for(tr("Pasted {stamp}.tsv").format(stamp=stamp))
            path.write_text(data.text().replace("\r\n", "\n"), encoding="utf-8")
            self.take_paths([path])
        else:
            self._desk.ask.tell(tr("The clipboard holds no table. Copy the cells with their titles first."))

    def _choose(self) -> None:
        kinds = [(tr("Rate sheets"), KINDS), (tr("All files"), "*")]
        self.take_paths(self._desk.ask.open_files(tr("Rate sheet"), kinds))

    def _typed(self) -> None:
        typed = self.path.text().strip()
        if not typed:
            self.reading.open(None)
        elif Path(typed) != self.reading.path:
            self.take_paths([Path(typed)])

    def _table_chosen(self) -> None:
        """Only profiles of the table that a person chose are tried."""
        self._was_chosen = True
        chosen, preview = self.table.value(), self.reading.preview
        profile = preview.profile if preview is not None else None
        if self.reading.table != chosen and (profile is None or profile.table_id != chosen):
            self.reading.table = chosen
            if self.reading.path is not None:
                self.reading.look()
        self.changed.emit()

    def _preselect(self) -> None:
        """The table whose profile reads the sheet, unless somebody has chosen another."""
        preview = self.reading.preview
        if preview is not None and preview.profile is not None and not self._was_chosen:
            self.table.blockSignals(True)
            self.table.set_value(preview.profile.table_id)
            self.table.blockSignals(False)
            self.changed.emit()

    def _show(self) -> None:
        reading, preview = self.reading, self.reading.preview
        if not self.path.hasFocus():
            self.path.setText("" if reading.path is None else str(reading.path))
        if reading.job is not None:
            self.working.watch(reading.job, lambda: None)
        else:
            self.working.end()
        members = preview.members if preview is not None else ()
        self._form.setRowVisible(self.member, len(members) > 1)
        if len(members) > 1 and preview is not None:
            self.member.blockSignals(True)
            self.member.set_choices([(name, name) for name in members])
            self.member.set_value(preview.layout.member)
            self.member.blockSignals(False)
        theme.set_tone(self.said, "danger" if reading.error is not None else "muted")
        self.said.setText(str(reading.error) if reading.error is not None else said_of(preview))
        self._warn(preview)
        self.changed.emit()

    def _warn(self, preview: Preview | None) -> None:
        """The same bytes were imported before (G12), or another program holds the file."""
        error = self.reading.error
        if error is not None and error.code == CLOSED_TO_US:
            text = tr("If another program has it open, close it there, or import a copy of it as it is now.")
            self.banner.show_message(text, tone="warning", actions=[("copy", tr("Import a copy"))])
        elif preview is not None and preview.earlier is not None:
            earlier = preview.earlier
            text = tr("The same file was imported on {day} by {name} into {table}.").format(
                day=day_text(earlier.at, self._desk), name=earlier.actor_name, table=earlier.table
            )
            self.banner.show_message(text, tone="warning", actions=[("earlier", tr("Open that import"))])
        else:
            self.banner.hide()

    def _act(self, key: str) -> None:
        path, preview = self.reading.path, self.reading.preview
        if key == "earlier" and preview is not None and preview.earlier is not None:
            self.earlier_wanted.emit(preview.earlier.import_id)
        elif key == "copy" and path is not None:
            copy = self.reading.place_for(path.name)
            self._desk.jobs.read(
                tr("Copy {file}").format(file=path.name),
                lambda _: copy_of(path, copy),
                done=lambda _: self._take_copy(path, copy),
                refused=self._desk.ask.refuse,
            )

    def _take_copy(self, path: Path, copy: Path) -> None:
        """Read the copy, unless another file was chosen meanwhile."""
        if shiboken6.isValid(self) and self.reading.path == path:
            self.take_paths([copy])

    def _lay_out(self) -> None:
        row = QHBoxLayout()
        row.setSpacing(theme.S)
        row.addWidget(self.path, 1)
        for field in (self.table, self.member):
            field.setMinimumWidth(theme.ems(18))
        for push in (self.choose, self.paste):
            push.setAutoDefault(False)
            row.addWidget(push)
        form = self._form = QFormLayout()
        form.setContentsMargins(0, 0, 0, 0)
        form.setHorizontalSpacing(theme.L)
        form.setVerticalSpacing(theme.M)
        form.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.ExpandingFieldsGrow)
        form.addRow(caption(tr("File"), self.path), row)
        form.addRow(caption(tr("In the archive"), self.member), self.member)
        form.addRow(caption(tr("Into table"), self.table), self.table)
        form.setRowVisible(self.member, False)
        hint = tr(
            "CSV, Excel, OpenDocument, or a .zip of them. Layout, separators and dates are found by themselves; "
            "nothing changes before you publish."
        )
        box = QVBoxLayout(self)
        box.setContentsMargins(0, 0, theme.S, 0)
        box.setSpacing(theme.L)
        box.addLayout(form)
        box.addWidget(label(hint, tone="muted", wrap=True))
        box.addWidget(self.working)
        box.addWidget(self.banner)
        box.addWidget(self.said)
        box.addStretch(1)


def dropped(data: QMimeData) -> list[Path]:
    """The files of a drop, in its order."""
    return [Path(url.toLocalFile()) for url in data.urls() if url.isLocalFile()]


def said_of(preview: Preview | None) -> str:
    """What the first look found, in a sentence or two."""
    if preview is None:
        return ""
    layout, parts = preview.layout, []
    if layout.parts:
        parts.append(layout.evidence.get("sheet") or sheets_text(layout))
    elif layout.sheet and len(layout.sheets) > 1:
        parts.append(tr("sheet {name}").format(name=layout.sheet))
    if layout.header_row:
        parts.append(tr("header in row {row}").format(row=layout.header_row))
    if preview.data[0]:
        parts.append(
            tr("data in rows {first}–{last}").format(first=preview.data[0], last=f"{preview.data[1]:,}")
        )
    said = [tr("Found: {parts}.").format(parts=", ".join(parts))] if parts else []
    if preview.profile is not None:
        text = tr("Profile {name} knows it: {found} of {wanted} columns.")
        profile = preview.profile
        said.append(text.format(name=profile.name, found=profile.found, wanted=profile.wanted))
    if layout.kind != "rates":
        said.append(
            tr("No column of prices and codes was recognised; say which ones they are in the next steps.")
        )
    return " ".join(said)


def sheets_text(layout: Layout) -> str:
    """The sheets that are read under each other."""
    return tr("sheets {names}").format(names=", ".join(part.sheet for part in layout.rate_parts))


def day_text(at: datetime, desk: Desk[Any]) -> str:
    """A day in the workspace's zone, left to right in every language."""
    return f"\u2066{at.astimezone(desk.zone).date().isoformat()}\u2069"
