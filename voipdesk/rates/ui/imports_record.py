"""One import as it was: ledger, counts, decisions, guards with who let them pass."""

from PySide6.QtWidgets import QDialog, QVBoxLayout, QWidget

from voipdesk.kernel.text import tr
from voipdesk.kit import theme
from voipdesk.kit.grid import Column, Grid, Kind, Look, MemorySource
from voipdesk.kit.names import named
from voipdesk.kit.page import closing, framed, label
from voipdesk.rates.queries import ImportRecord
from voipdesk.rates.queries.staged import StagedImport
from voipdesk.rates.ui.dialogs import COUNTS, count_titles
from voipdesk.rates.ui.imports_tables import file_looks
from voipdesk.rates.ui.review_options import ledger_text


class RecordDialog(QDialog):
    """`dialog.import`: everything that is kept of an import beside its rates."""

    def __init__(self, parent: QWidget, record: ImportRecord, kept: StagedImport) -> None:
        super().__init__(parent)
        title = tr("{file} into {table}").format(file=record.file_name, table=record.table)
        named(self, "dialog.import", title)
        self.setWindowTitle(title)
        state = file_looks().get(record.state)
        said = label(state.text if state else record.state, bold=True)
        has_codes = kept.layout is not None and kept.layout.joined_at >= 0
        ledger = ledger_text(record.ledger, has_codes=has_codes) if record.ledger else ""
        lines = [said, label(ledger, wrap=True)]
        lines += [label(note, wrap=True) for note in (kept.layout.notes if kept.layout else ())]
        titles = count_titles()
        counts = [f"{titles[name]} {record.counts[name]:,}" for name in COUNTS if record.counts.get(name)]
        lines.append(label(" · ".join(counts), wrap=True))
        lines.append(label(decisions_text(kept), tone="muted", wrap=True))
        self.grid = guards_grid(record)
        box = QVBoxLayout(self)
        box.setContentsMargins(theme.L, theme.L, theme.L, theme.M)
        box.setSpacing(theme.S)
        for line in lines:
            if line.text():
                box.addWidget(line)
        box.addWidget(framed(self.grid), 1)
        box.addLayout(closing(self))
        self.resize(theme.ems(52, self), theme.ems(30, self))


def guards_grid(record: ImportRecord) -> Grid:
    """The guards as they answered then."""
    looks = {
        "ok": Look(tr("ok"), "ok", "ok"), "ask": Look(tr("asked"), "question", "warning"),
        "stop": Look(tr("stopped"), "stop", "danger"),
    }  # fmt: skip
    columns = [
        Column("id", tr("Guard"), width=7),
        Column("state", tr("Answer"), Kind.STATE, width=10, looks=looks),
        Column("text", tr("What it saw"), width=44, stretch=True),
        Column("by", tr("Let pass by"), width=14),
    ]
    rows = [
        (one.get("id", ""), one.get("state", ""), one.get("text", ""), one.get("accepted_by", ""))
        for one in record.guards
    ]
    grid = Grid("guards", columns, title=tr("Guards"))
    grid.set_source(MemorySource(columns, rows, key="id"))
    return grid


def decisions_text(kept: StagedImport) -> str:
    """What was decided and told, in a line or two."""
    scopes = {"full": tr("full A–Z"), "country": tr("whole countries"), "partial": tr("partial")}
    chosen = kept.decisions
    parts = [tr("Sheet is {scope}").format(scope=scopes.get(str(chosen.scope), str(chosen.scope)))]
    if chosen.effective is not None:
        parts.append(tr("all rows from {day}").format(day=str(chosen.effective)[:10]))
    if chosen.note:
        parts.append(chosen.note)
    if kept.told:
        answers = ", ".join(f"{name} = {value}" for name, value in sorted(kept.told.items()))
        parts.append(tr("Told: {answers}").format(answers=answers))
    return " · ".join(parts)
