"""One import as it was: ledger, counts, decisions, guards with who let them pass."""

from collections.abc import Iterator

from PySide6.QtWidgets import QDialog, QVBoxLayout, QWidget

from voipdesk.kernel.text import tr, trn
from voipdesk.kit import theme
from voipdesk.kit.grid import Column, Grid, Kind, Look, MemorySource
from voipdesk.kit.names import named
from voipdesk.kit.page import closing, framed, label
from voipdesk.rates.files_mending import AUTOMATIC
from voipdesk.rates.queries import ImportRecord
from voipdesk.rates.queries.staged import StagedImport
from voipdesk.rates.rules.decisions import Decisions
from voipdesk.rates.ui.check_ways import reason_text
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
        decisions = label("\n".join(decisions_of(kept)), tone="muted", wrap=True)
        decisions.setObjectName("import.decisions")
        lines.append(decisions)
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
        Column("by", tr("Decided by"), width=14),
    ]
    rows = [
        (one.get("id", ""), one.get("state", ""), one.get("text", ""), one.get("accepted_by", ""))
        for one in record.guards
    ]
    grid = Grid("guards", columns, title=tr("Guards"))
    grid.set_source(MemorySource(columns, rows, key="id"))
    return grid


def decisions_of(kept: StagedImport) -> list[str]:
    """What was decided and told, a line each, with who decided it."""
    chosen = kept.decisions
    lines = [f"{text} ({by})" if (by := chosen.by.get(name)) else text for name, text in _decided(chosen)]
    made = [" · ".join(lines), *_corrections(chosen)]
    if chosen.note:
        made.append(chosen.note)
    if kept.told:
        answers = ", ".join(f"{name} = {value}" for name, value in sorted(kept.told.items()))
        made.append(tr("Told: {answers}").format(answers=answers))
    return made


def _decided(chosen: Decisions) -> Iterator[tuple[str, str]]:
    """(name of what was decided, in words)"""
    scopes = {"full": tr("full A–Z"), "country": tr("whole countries"), "partial": tr("partial")}
    past = {"keep": tr("dates in the past are kept"), "now": tr("rates dated in the past start now")}
    rules = {
        "first": tr("of several prices the first row is taken"), "last": tr("of several prices the last row is taken"),
        "highest": tr("of several prices the highest is taken"),
    }  # fmt: skip
    yield "scope", tr("Sheet is {scope}").format(scope=scopes.get(str(chosen.scope), str(chosen.scope)))
    if chosen.effective is not None:
        yield "effective", tr("all rows from {day}").format(day=str(chosen.effective)[:10])
    if chosen.past:
        yield "past", past[chosen.past]
    if chosen.conflicts:
        yield "conflicts", rules[chosen.conflicts]
    if chosen.chosen:
        rows = sorted({int(word.partition(":")[0]) for word in chosen.chosen})
        yield "chosen", tr("picked by hand: rows {rows}").format(rows=", ".join(map(str, rows)))
    if chosen.groups_out:
        names = ", ".join(sorted(chosen.groups_out))
        yield "groups_out", tr("large changes sent to quarantine: {names}").format(names=names)
    if chosen.clamp_notice:
        yield "clamp_notice", tr("late changes start on the day agreed")
    if chosen.convert is not None:
        made = chosen.convert
        text = tr("converted: 1 {source} = {rate} {target} of {day}")
        yield (
            "convert",
            text.format(
                source=made.source, rate=f"{made.rate:f}", target=made.target, day=made.day.isoformat()
            ),
        )


def _corrections(chosen: Decisions) -> list[str]:
    """Who corrected what: rows by hand, and answers for many."""
    by_hand: dict[str, set[int]] = {}
    lines = []
    for one in chosen.mended:
        if one.row:
            by_hand.setdefault(one.by, set()).add(one.row)
            continue
        meant = tr("as meant") if one.fix == AUTOMATIC else f"“{one.fix}”"
        before = reason_text(one.code) or one.code if one.value is None else f"“{one.value}”"
        lines.append(tr("{before}: read as {after} ({by})").format(before=before, after=meant, by=one.by))
    for by, rows in sorted(by_hand.items()):
        text = trn("{count} row corrected by hand", "{count} rows corrected by hand", len(rows))
        lines.append(f"{text} ({by})")
    return [" · ".join(lines)] if lines else []
