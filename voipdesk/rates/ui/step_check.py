"""Step Check: rows that cannot be taken, by reason; mended in place, left waiting, or sent back as a file."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
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
from voipdesk.kit.names import named
from voipdesk.kit.page import button, framed, label
from voipdesk.rates import commands, queries
from voipdesk.rates.files_mending import MENDABLE, Way
from voipdesk.rates.queries import Reason, Waiting
from voipdesk.rates.ui.check_rows import WaitingRows
from voipdesk.rates.ui.check_ways import Ways, reason_text
from voipdesk.rates.ui.review_options import ledger_text
from voipdesk.rates.ui.working import Working
from voipdesk.store.database import Database
from voipdesk.tabular.layout import Layout

MOST = 5_000
"""Rows that are shown at once; mended ones make room for the next."""

_CODE = int(Qt.ItemDataRole.UserRole)


@dataclass(frozen=True, slots=True)
class _Typed:
    """What was typed into one cell, and what it said before."""

    code: str
    column: str
    was: str
    now: str


class CheckPage(QWidget):
    """`table.quarantine` and the reasons beside it; `mended` after each change with the ledger of then."""

    changed = Signal()
    mended = Signal(object)
    decided = Signal(object)
    """Decisions about the whole import that let rows in."""
    pick_wanted = Signal()
    left = Signal()
    """Everything that still waits is left in quarantine: on."""

    def __init__(self, desk: Desk[Database]) -> None:
        super().__init__()
        self._desk = desk
        self._import: UUID | None = None
        self._layout = Layout()
        self._found = Waiting((), "", ())
        self._waiting = 0
        self._left: set[str] = set()
        self._typed: _Typed | None = None
        self.ledger = label(bold=True, wrap=True)
        self.ledger.setObjectName("check.ledger")
        self.groups = named(QListWidget(), "list.reasons", tr("Reasons"))
        self.groups.setWordWrap(True)
        self.groups.setFrameShape(QListWidget.Shape.NoFrame)
        self.groups.setSpacing(theme.XS)
        self.groups.currentItemChanged.connect(lambda *_: self.reload())
        self.ways = Ways(desk.clock.now().astimezone(desk.zone).date())
        self.ways.mended.connect(self.mend)
        self.ways.decided.connect(self.decided)
        self.ways.pick_wanted.connect(self.pick_wanted)
        self.leave_push = button(tr("Leave in quarantine"), "leave", icon="pause", act=self.leave_in)
        self.export = button(tr("Export rejects…"), "rejects", icon="export")
        self.export.clicked.connect(lambda: export_rejects(desk, self._import, self._tell))
        self.leave = label(
            tr("Rows that stay here wait in quarantine; all others go on. Double-click a cell to correct it."),
            tone="muted", wrap=True,
        )  # fmt: skip
        self.working = Working()
        self.said = label(wrap=True, tone="danger")
        self.said.setObjectName("check.said")
        self.said.hide()
        self.rows = WaitingRows(desk.zone)
        self.rows.edited.connect(self._edited)
        self._lay_out()

    def open(self, import_id: UUID, layout: Layout, ledger: Mapping[str, int]) -> None:
        """Show the rows of a staged import that wait."""
        if import_id != self._import:
            self._left.clear()
        self._import, self._layout, self._typed = import_id, layout, None
        self.rows.open(layout)
        self.show_ledger(ledger)
        self.reload()

    def enter(self, values: Values) -> None:
        """The keyboard begins at the rows."""
        self.setFocusProxy(self.rows.grid.view)

    def values(self) -> Mapping[str, Any]:
        """Nothing that others need: mended rows are kept at once."""
        return {}

    def problems(self) -> list[str]:
        """What holds the step up."""
        return [tr("The rows are being read again.")] if self.working.is_busy else []

    def show_ledger(self, ledger: Mapping[str, int]) -> None:
        """Where every row of the file went."""
        self._waiting = ledger.get("quarantined", 0)
        self.ledger.setText(ledger_text(ledger, has_codes=self._layout.joined_at >= 0))

    def reload(self, code: str = "") -> None:
        """Read what waits now, and show the rows of a reason (of the one that is looked at)."""
        desk, import_id, wanted = self._desk, self._import, code or self._code()
        if import_id is not None:
            desk.jobs.read(
                tr("Read quarantine"),
                lambda _: queries.waiting(desk.db, desk.actor, import_id, code=wanted, limit=MOST),
                done=self._show,
                refused=self._refused,
                quiet=True,
            )

    def mend(self, code: str, options: Mapping[str, Any]) -> None:
        """Mend every row of a reason that an answer fits."""
        self._typed = None
        self._order(commands.mend_like, code, **options)

    def fix_intervals(self) -> None:
        """The same for all intervals that are dates or zero (G10)."""
        self._typed = None
        self._order(commands.mend_like, sorted(MENDABLE))

    def leave_in(self) -> None:
        """These rows wait: on to the next reason, and after the last one to the next step."""
        self._left.add(self._code())
        following = [one.code for one in self._found.reasons if one.code not in self._left]
        if following:
            self.reload(following[0])
        else:
            self.left.emit()

    def _show(self, found: Waiting) -> None:
        if not shiboken6.isValid(self):
            return
        self._found = found
        self.groups.blockSignals(True)
        self.groups.clear()
        for one in found.reasons:
            text = trn("{count} row", "{count} rows", one.rows)
            if one.code in self._left:
                text += " · " + tr("left in quarantine")
            item = QListWidgetItem(f"{text}\n{reason_text(one.code) or one.message}", self.groups)
            item.setData(_CODE, one.code)
            item.setToolTip(one.message)
            if one.code == found.code:
                self.groups.setCurrentItem(item)
        self.groups.blockSignals(False)
        self._show_rows()
        self.changed.emit()

    def _show_rows(self) -> None:
        reason = next((one for one in self._found.reasons if one.code == self._found.code), None)
        self.ways.show_reason(reason, self._same(reason))
        self.export.setEnabled(reason is not None)
        self.leave_push.setEnabled(reason is not None)
        self.rows.show_rows(self._found.rows, reason.rows if reason else 0)

    def _same(self, reason: Reason | None) -> Way | None:
        """What was just typed into a cell, where other rows of the reason say what that cell said."""
        if self._typed is None or reason is None or self._typed.code != reason.code:
            return None
        typed = self._typed
        rows = sum(one.rows for one in reason.said if (one.column, one.value) == (typed.column, typed.was))
        return Way(typed.now, rows, typed.column, typed.was, typed.was, typed.now) if rows else None

    def _edited(self, number: int, title: str, text: str) -> None:
        """A cell was corrected: the reader of the sheet looks at its row again."""
        row = next((one for one in self._found.rows if one.row == number), None)
        is_cause = row is not None and row.column == title
        self._typed = _Typed(row.code, title, row.value, text) if row and is_cause else None
        self._order(commands.mend_rows, {number: {title: text}})

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
                if ledger["quarantined"] >= self._waiting:
                    self._typed = None  # What was typed has settled nothing.
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

    def _lay_out(self) -> None:
        right = QWidget()
        inner = QVBoxLayout(right)
        inner.setContentsMargins(0, 0, 0, 0)
        inner.setSpacing(theme.S)
        inner.addWidget(self.rows, 1)
        inner.addWidget(self.ways)
        row = QHBoxLayout()
        row.setSpacing(theme.S)
        for push in (self.leave_push, self.export):
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


def export_rejects(desk: Desk[Database], import_id: UUID | None, say: Callable[[str], object]) -> None:
    """Write the rows that wait to a file, with their row and reason; it can be imported again."""
    kinds = ((tr("Excel workbook"), "*.xlsx"), (tr("CSV text"), "*.csv"))
    path = desk.ask.save_file(tr("Export rejects"), kinds, name="rejects.xlsx")
    if path is None or import_id is None:
        return

    def tell(count: int) -> None:
        say(f"{path.name}: " + trn("{count} row written.", "{count} rows written.", count))

    desk.jobs.read(
        tr("Export rejects"),
        lambda _: commands.export_rejects(desk.db, desk.actor, import_id, path),
        done=tell,
        refused=desk.ask.refuse,
    )
