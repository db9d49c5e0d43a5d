"""Step Check: rows that cannot be taken, by reason; mended in place, left waiting, or sent back as a file."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

import shiboken6
from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QListWidget, QListWidgetItem, QSplitter, QVBoxLayout, QWidget

from voipdesk.kernel.problems import VoipDeskError
from voipdesk.kernel.text import tr, trn
from voipdesk.kit import theme
from voipdesk.kit.desk import Desk
from voipdesk.kit.flow import Values
from voipdesk.kit.grid import Column, Formats, Grid, Kind, MemorySource
from voipdesk.kit.names import named
from voipdesk.kit.page import button, framed, label
from voipdesk.kit.states import State
from voipdesk.rates import commands, queries
from voipdesk.rates.files_mending import MENDABLE
from voipdesk.rates.queries import QuarantinedRow
from voipdesk.rates.ui.review_options import ledger_text
from voipdesk.rates.ui.working import Working
from voipdesk.store.database import Database
from voipdesk.tabular.layout import Layout

MOST = 5_000
"""Rows that are shown at once; mended ones make room for the next."""

AUTOMATIC = "auto"
_CODE = int(Qt.ItemDataRole.UserRole)
_CELL = "cell."


class CheckPage(QWidget):
    """`table.quarantine` and the reasons beside it; `mended` after each change with the ledger of then."""

    changed = Signal()
    mended = Signal(object)

    def __init__(self, desk: Desk[Database]) -> None:
        super().__init__()
        self._desk = desk
        self._import: UUID | None = None
        self._layout = Layout()
        self._found: list[QuarantinedRow] = []
        self.ledger = label(bold=True, wrap=True)
        self.ledger.setObjectName("check.ledger")
        self.groups = named(QListWidget(), "list.reasons", tr("Reasons"))
        self.groups.setWordWrap(True)
        self.groups.setFrameShape(QListWidget.Shape.NoFrame)
        self.groups.setSpacing(theme.XS)
        self.groups.currentItemChanged.connect(lambda *_: self._show_rows())
        self.fix = button(tr("Fix all like this"), "fix_all", icon="edit", act=self.fix_all)
        self.export = button(tr("Export rejects…"), "rejects", icon="export", act=self.export_rejects)
        self.leave = label(
            tr("Rows that stay here wait in quarantine; all others go on. Double-click a cell to correct it."),
            tone="muted", wrap=True,
        )  # fmt: skip
        self.working = Working()
        self.said = label(wrap=True, tone="danger")
        self.said.setObjectName("check.said")
        self.said.hide()
        self._place = QVBoxLayout()
        self.grid = self._new_grid()
        self._lay_out()

    def open(self, import_id: UUID, layout: Layout, ledger: Mapping[str, int]) -> None:
        """Show the rows of a staged import that wait."""
        self._import, self._layout = import_id, layout
        self.grid = self._new_grid()
        self.show_ledger(ledger)
        self.reload()

    def enter(self, values: Values) -> None:
        """The keyboard begins at the rows."""
        self.setFocusProxy(self.grid.view)

    def values(self) -> Mapping[str, Any]:
        """Nothing that others need: mended rows are kept at once."""
        return {}

    def problems(self) -> list[str]:
        """What holds the step up."""
        return [tr("The rows are being read again.")] if self.working.is_busy else []

    def show_ledger(self, ledger: Mapping[str, int]) -> None:
        """Where every row of the file went."""
        self.ledger.setText(ledger_text(ledger, has_codes=self._layout.joined_at >= 0))

    def reload(self) -> None:
        """Read what waits now."""
        desk, import_id = self._desk, self._import
        if import_id is not None:
            desk.jobs.read(
                tr("Read quarantine"),
                lambda _: queries.quarantined(desk.db, desk.actor, import_id, limit=MOST),
                done=self._show,
                refused=self._refused,
                quiet=True,
            )

    def fix_all(self) -> None:
        """Mend every row of the chosen reason that has an automatic way."""
        code = self._code()
        if code:
            self._order(commands.mend_like, code, fix=AUTOMATIC)

    def fix_intervals(self) -> None:
        """The same for all intervals that are dates or zero (G10)."""
        self._order(commands.mend_like, sorted(MENDABLE), fix=AUTOMATIC)

    def export_rejects(self) -> None:
        """Write the rows that wait to a file, with their row and reason; it can be imported again."""
        desk, import_id = self._desk, self._import
        kinds = ((tr("Excel workbook"), "*.xlsx"), (tr("CSV text"), "*.csv"))
        path = desk.ask.save_file(tr("Export rejects"), kinds, name="rejects.xlsx")
        if path is None or import_id is None:
            return
        desk.jobs.read(
            tr("Export rejects"),
            lambda _: commands.export_rejects(desk.db, desk.actor, import_id, path),
            done=lambda count: self._tell(
                tr("{count} rows written to {file}.").format(count=count, file=path.name)
            ),
            refused=self._refused,
        )

    def _show(self, found: list[QuarantinedRow]) -> None:
        if not shiboken6.isValid(self):
            return
        self._found = found
        before = self._code()
        counts: dict[str, list[QuarantinedRow]] = {}
        for one in found:
            counts.setdefault(one.code, []).append(one)
        self.groups.blockSignals(True)
        self.groups.clear()
        for code, rows in sorted(counts.items(), key=lambda pair: -len(pair[1])):
            text = trn("{count} row", "{count} rows", len(rows))
            item = QListWidgetItem(f"{text}\n{reason_title(code, rows)}", self.groups)
            item.setData(_CODE, code)
            item.setToolTip(rows[0].message)
            if code == before:
                self.groups.setCurrentItem(item)
        if self.groups.currentItem() is None and self.groups.count():
            self.groups.setCurrentRow(0)
        self.groups.blockSignals(False)
        self._show_rows()
        self.changed.emit()

    def _show_rows(self) -> None:
        code = self._code()
        rows = [one for one in self._found if one.code == code]
        self.fix.setEnabled(code in MENDABLE)
        self.fix.setToolTip("" if code in MENDABLE else tr("These need a look, row by row."))
        self.export.setEnabled(bool(self._found))
        width = len(self.grid.model.columns) - 2
        cells = [[*(one.cells or []), *[""] * width][:width] for one in rows]
        name = self._layout.row_name if self._layout.is_stacked else int
        shown = [(name(one.row), one.message, *texts) for one, texts in zip(rows, cells, strict=True)]
        source = MemorySource.keyed(self.grid.model.columns, shown, [one.row for one in rows])
        self.grid.empty = State("ok", tr("Nothing waits"), tr("Every row of the file can be taken."))
        self.grid.set_source(source)

    def _edited(self, key: object, column: str, value: object) -> None:
        """A cell was corrected: the reader of the sheet looks at its row again."""
        if not column.startswith(_CELL) or not isinstance(key, int):
            return
        title = self._layout.title(int(column.removeprefix(_CELL)))
        self._order(commands.mend_rows, {key: {title: str(value or "")}})

    def _order(self, command: Any, *given: Any, **named_: Any) -> None:
        if self._import is None:
            return
        self.said.hide()
        job = self._desk.command(
            tr("Read rows again"),
            command,
            self._import,
            *given,
            done=self._mended,
            refused=self._refused,
            **named_,
        )
        self.working.watch(job, self.working.end)
        self.changed.emit()

    def _mended(self, ledger: Any) -> None:
        if shiboken6.isValid(self):
            self.working.end()
            if isinstance(ledger, Mapping):
                self.show_ledger(ledger)
            self.mended.emit(ledger)
            self.reload()

    def _refused(self, error: VoipDeskError) -> None:
        if shiboken6.isValid(self):
            self.working.end()
            self._tell(str(error), "danger")
            self._show_rows()
            self.changed.emit()

    def _tell(self, text: str, tone: str = "ok") -> None:
        theme.set_tone(self.said, tone)
        self.said.setText(text)
        self.said.show()

    def _code(self) -> str:
        item = self.groups.currentItem()
        return "" if item is None else str(item.data(_CODE))

    def _new_grid(self) -> Grid:
        """A grid with the columns of the file; they are others for each file."""
        width = max([len(self._layout.titles), *(at + 1 for at in self._layout.columns.values())], default=0)
        columns = [Column("row", tr("Row"), Kind.TEXT if self._layout.is_stacked else Kind.INT, width=6)]
        columns += [
            Column(f"{_CELL}{at}", self._layout.title(at), width=14, editable=True)
            for at in range(min(width, 60))
        ]
        columns.insert(1, Column("reason", tr("Reason"), width=34, stretch=True))
        grid = Grid(
            "quarantine", columns, formats=Formats(zone=self._desk.zone), title=tr("Rows in quarantine")
        )
        grid.edited.connect(self._edited)
        while (item := self._place.takeAt(0)) is not None:
            old = item.widget()
            if old is not None:
                old.hide()
                old.deleteLater()
        self._place.addWidget(framed(grid))
        return grid

    def _lay_out(self) -> None:
        right = QWidget()
        inner = QVBoxLayout(right)
        inner.setContentsMargins(0, 0, 0, 0)
        inner.setSpacing(theme.S)
        self._place.setContentsMargins(0, 0, 0, 0)
        inner.addLayout(self._place, 1)
        row = QHBoxLayout()
        row.setSpacing(theme.S)
        for push in (self.fix, self.export):
            push.setAutoDefault(False)
            row.addWidget(push)
        row.addWidget(self.working, 1)
        row.addStretch(1)
        inner.addLayout(row)
        split = QSplitter(Qt.Orientation.Horizontal)
        split.setObjectName("split.check")
        split.setChildrenCollapsible(False)
        split.addWidget(framed(self.groups))
        split.addWidget(right)
        split.setSizes([theme.ems(14), theme.ems(44)])
        split.setStretchFactor(1, 1)
        box = QVBoxLayout(self)
        box.setContentsMargins(0, 0, theme.S, 0)
        box.setSpacing(theme.M)
        for part in (self.ledger, self.leave, self.said):
            box.addWidget(part)
        box.addWidget(split, 1)


def reason_title(code: str, rows: Sequence[QuarantinedRow]) -> str:
    """A reason in a few words; one that has none of its own is told by its first message."""
    titles = {
        "interval_is_date": tr("A date in the place of the interval"), "interval_zero": tr("Interval of zero"),
        "interval_unreadable": tr("No interval"), "two_prices": tr("Two prices for one prefix and date"),
        "odd_price": tr("Price of zero or above the ceiling"), "jump": tr("Left out: the price moves too far"),
        "ends_too_early": tr("Would end before it starts"), "ends_before_start": tr("Ends before it starts"),
        "price_unreadable": tr("No price"), "price_missing": tr("A word in the place of the price"),
        "date_unreadable": tr("No date"), "date_order": tr("A date in another order"),
        "prefix_scientific": tr("Dial code in scientific notation"),
        "no_codes": tr("No dial codes for the name"),
        "prefix_range_too_wide": tr("Range of dial codes that is too wide"),
    }  # fmt: skip
    return titles.get(code, rows[0].message)
