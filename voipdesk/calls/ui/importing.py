"""The wizard for call files: File, Check (everything is tried and taken back), Commit."""

from pathlib import Path
from typing import Any
from zoneinfo import available_timezones

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QCheckBox, QFormLayout, QHBoxLayout, QLineEdit, QVBoxLayout, QWidget

from voipdesk.accounts.rules import Right, may
from voipdesk.calls import rules
from voipdesk.calls.commands import CallImportReport, import_calls
from voipdesk.calls.ui.dryrun import DryRunPage, Trial
from voipdesk.kernel.money import rounded
from voipdesk.kernel.text import tr, trn
from voipdesk.kit import theme
from voipdesk.kit.desk import Desk
from voipdesk.kit.editors import ChoiceEdit
from voipdesk.kit.file_dialog import Kinds
from voipdesk.kit.flow import Flow, Step, Values
from voipdesk.kit.form import caption
from voipdesk.kit.grid import Column, Grid, Kind, Look, MemorySource
from voipdesk.kit.jobs import Done, Job, Refusal
from voipdesk.kit.names import named
from voipdesk.kit.page import button, framed, label
from voipdesk.kit.states import State
from voipdesk.kit.wizard import Wizard
from voipdesk.store.database import Database

COUNTED = ("calls", "accepted", "problems", "duplicates")


def file_kinds() -> Kinds:
    """Files that hold calls."""
    return ((tr("Call files"), "*.csv *.txt *.tsv *.xls *.xlsx *.ods"), (tr("All files"), "*"))


class FilePage(QWidget):
    """Which file, and on which wall clock its times are."""

    changed = Signal()

    def __init__(self, desk: Desk[Database], path: Path | None) -> None:
        super().__init__()
        self._desk = desk
        self.path = named(QLineEdit(str(path or "")), "field.path", tr("Call file"))
        self.path.setPlaceholderText(tr("Choose the file that your switch wrote"))
        choose = button(tr("Choose…"), "choose", icon="folder", act=self.choose)
        choose.setAutoDefault(False)
        self.zone = named(ChoiceEdit(), "field.zone", tr("Times of the file"))
        own = str(desk.zone)
        others = sorted(available_timezones() - {own})
        self.zone.set_choices(
            [(own, tr("{zone} (this workspace)").format(zone=own)), *((z, z) for z in others)]
        )
        row = QHBoxLayout()
        row.setSpacing(theme.S)
        row.addWidget(self.path, 1)
        row.addWidget(choose)
        form = QFormLayout(self)
        form.setVerticalSpacing(theme.M)
        form.setHorizontalSpacing(theme.L)
        form.setContentsMargins(0, 0, 0, 0)
        form.addRow(caption(tr("Call file"), self.path), row)
        form.addRow(caption(tr("Times of the file"), self.zone), self.zone)
        about = tr(
            "CSV, text and workbooks are read; columns are found by their titles and contents. "
            "Times that name no offset are read on the wall clock chosen here."
        )
        form.addRow(label(about, tone="muted", wrap=True))
        self.path.textChanged.connect(self.changed)
        self.zone.value_changed.connect(lambda _: self.changed.emit())

    def enter(self, values: Values) -> None:
        """What was entered stands already."""

    def values(self) -> dict[str, Any]:
        """The path and the zone."""
        return {"path": self.path.text().strip(), "zone": self.zone.value()}

    def choose(self) -> None:
        """Ask for a file."""
        found = self._desk.ask.open_files(tr("Choose a call file"), file_kinds())
        if found:
            self.path.setText(str(found[0]))

    @staticmethod
    def held_up(values: Values) -> list[str]:
        """A file must be there."""
        path = str(values.get("path") or "")
        if not path:
            return [tr("Choose a file.")]
        return [] if Path(path).is_file() else [tr("There is no file {path}.").format(path=path)]


class CheckPage(DryRunPage):
    """The ledger of the file, its money, and what will wait in Problems."""

    def __init__(self, desk: Desk[Database]) -> None:
        super().__init__(_trial(desk), asks=("path", "zone"))
        self.ledger = named(QWidget(), "check.ledger")
        parts = QHBoxLayout(self.ledger)
        parts.setContentsMargins(0, 0, 0, 0)
        parts.setSpacing(theme.XS)
        self.counts = {name: named(label(bold=True), f"count.{name}") for name in COUNTED}
        for one in self.counts.values():
            parts.addWidget(one)
        parts.addStretch()
        self.money = label(wrap=True)
        self.money.setObjectName("check.money")
        self.note = label(tone="muted", wrap=True)
        self.grid = Grid("problems", _problem_columns(), title=tr("Problems of this file"))
        self.grid.empty = State(
            "ok", tr("No problems"), tr("Every row of the file is a call that has a price.")
        )
        self.grid.setMinimumHeight(theme.ems(12))
        self.body.addWidget(self.ledger)
        self.body.addWidget(self.money)
        self.body.addWidget(framed(self.grid), 1)
        self.body.addWidget(self.note)

    def show_report(self, report: CallImportReport) -> None:
        """Show what the import would do."""
        texts, values = ledger_parts(report), counts(report)
        for name, shown in self.counts.items():
            shown.setText(texts[name])
            shown.setProperty("value", str(values[name]))
        self.ledger.setAccessibleName(ledger_line(report))
        self.money.setText(_money(report))
        self.money.setVisible(bool(self.money.text()))
        rows = _problem_rows(report)
        self.grid.set_source(MemorySource(_problem_columns(), rows))
        self.note.setText(_notes(report))
        self.note.setVisible(bool(self.note.text()))


class CommitPage(QWidget):
    """What will happen, in one sentence, and whether to rate at once."""

    changed = Signal()

    def __init__(self, desk: Desk[Database]) -> None:
        super().__init__()
        self.text = label(wrap=True)
        self.rate = named(
            QCheckBox(tr("Rate these calls at once")), "field.rate", tr("Rate these calls at once")
        )
        self.rate.setChecked(True)
        self.rate.setVisible(may(desk.actor, Right.RATE_CALLS))
        about = tr(
            "Calls with problems are kept and wait in Problems. "
            "The whole file can be taken back while none of its calls is on an invoice."
        )
        box = QVBoxLayout(self)
        box.setContentsMargins(0, 0, 0, 0)
        box.setSpacing(theme.M)
        for part in (self.text, self.rate, label(about, tone="muted", wrap=True)):
            box.addWidget(part)
        box.addStretch()

    def enter(self, values: Values) -> None:
        """Say what will be imported."""
        report = values.get("report")
        if isinstance(report, CallImportReport):
            taken = report.ledger.accepted
            said = trn(
                "{count} call of the file will be imported.",
                "{count} calls of the file will be imported.",
                taken,
            )
            self.text.setText(f"{report.file_name}: {said}")

    def values(self) -> dict[str, Any]:
        """Whether to rate."""
        return {"rate": self.rate.isChecked() and not self.rate.isHidden()}


def import_wizard(desk: Desk[Database], parent: QWidget, path: Path | None = None) -> Wizard:
    """The wizard `wizard.calls`; `completed` brings path, zone and rate."""
    check = CheckPage(desk)
    steps = [
        Step("file", tr("File"), check=FilePage.held_up),
        Step("check", tr("Check"), check=check.held_up),
        Step("commit", tr("Import")),
    ]
    pages = {"file": FilePage(desk, path), "check": check, "commit": CommitPage(desk)}
    wizard = Wizard(
        "calls",
        Flow(steps),
        pages,
        title=tr("Import calls"),
        finish=("commit", tr("Import calls")),
        parent=parent,
    )
    wizard.resize(theme.ems(66), theme.ems(40))  # the ledger stands in one line
    wizard.rejected.connect(check.stop)
    return wizard


def counts(report: CallImportReport) -> dict[str, int]:
    """The ledger's counts by name: rows that ought to be calls = accepted + problems + duplicates."""
    return {
        "calls": report.rows,
        "accepted": report.accepted,
        "problems": report.problems,
        "duplicates": report.duplicates,
    }


def ledger_parts(report: CallImportReport) -> dict[str, str]:
    """The law of rows in its four parts, by the names of `counts`."""
    accepted = tr("{count} accepted").format(count=f"{report.accepted:,}")
    if report.charged is not None:
        charged, unanswered = f"{report.charged:,}", f"{report.unanswered:,}"
        detail = tr("{charged} charged, {unanswered} unanswered")
        accepted = f"{accepted} ({detail.format(charged=charged, unanswered=unanswered)})"
    return {
        "calls": trn("{count} row", "{count} rows", report.rows),
        "accepted": f"= {accepted}",
        "problems": "+ " + trn("{count} problem", "{count} problems", report.problems),
        "duplicates": "+ " + trn("{count} duplicate", "{count} duplicates", report.duplicates),
    }


def ledger_line(report: CallImportReport) -> str:
    """The same in one line."""
    return " ".join(ledger_parts(report).values())


def _trial(desk: Desk[Database]) -> Trial:
    def order(values: Values, done: Done, refused: Refusal) -> Job:
        return desk.command(
            tr("Check a call file"),
            import_calls,
            values["path"],
            zone=values["zone"],
            dry_run=True,
            done=done,
            refused=refused,
        )

    return order


def _money(report: CallImportReport) -> str:
    """Figures that the actor may see; nothing where the file was not rated."""
    named_values = (
        (tr("Price"), report.revenue),
        (tr("Cost"), report.cost),
        (tr("Margin"), report.margin),
    )
    said = "   ".join(f"{title} {rounded(value, 2):,}" for title, value in named_values if value is not None)
    share = report.margin_share
    return said if share is None else f"{said} ({rounded(share * 100, 1)} %)"


def _problem_columns() -> list[Column]:
    looks = {code: Look(rules.title(code), "warning", "danger") for code in rules.ORDER}
    return [
        Column("problem", tr("Problem"), Kind.STATE, width=18, looks=looks),
        Column("what", tr("What"), width=24, stretch=True),
        Column("count", tr("Calls"), Kind.INT, width=6),
        Column("row", tr("Row"), Kind.INT, width=6),
    ]


def _problem_rows(report: CallImportReport) -> list[tuple[Any, ...]]:
    rows: list[tuple[Any, ...]] = [
        (rules.CallProblem.UNREADABLE, f"{one.place.column}: {one.message}".lstrip(": "), 1, one.place.row)
        for one in report.unreadable
    ]
    return rows + [(one.code, one.label, one.count, None) for one in report.groups]


def _notes(report: CallImportReport) -> str:
    parts = []
    if report.duplicate_rows:
        shown = ", ".join(str(row) for row in report.duplicate_rows[:20])
        parts.append(tr("Duplicates are skipped: rows {rows}.").format(rows=shown))
    if report.unknown_suppliers:
        names = ", ".join(report.unknown_suppliers)
        parts.append(tr("Unknown suppliers, left out: {names}.").format(names=names))
    if report.read_as:
        parts.append(rules.read_as(report.read_as))
    return " ".join(parts)
