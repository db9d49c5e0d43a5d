"""The steps of the import of a rate sheet: the file, what it would change, publishing."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any
from uuid import UUID

import shiboken6
from PySide6.QtCore import Signal
from PySide6.QtWidgets import (
    QCheckBox,
    QFormLayout,
    QHBoxLayout,
    QLineEdit,
    QProgressBar,
    QVBoxLayout,
    QWidget,
)

from voipdesk.accounts.rules import Right, may
from voipdesk.kernel.problems import VoipDeskError
from voipdesk.kernel.progress import Progress
from voipdesk.kernel.text import tr
from voipdesk.kit import theme
from voipdesk.kit.ask import problem_lines
from voipdesk.kit.desk import Desk
from voipdesk.kit.editors import ChoiceEdit, DateEdit
from voipdesk.kit.flow import Values
from voipdesk.kit.grid import Formats
from voipdesk.kit.jobs import Job
from voipdesk.kit.names import named
from voipdesk.kit.page import button, framed, label
from voipdesk.rates import commands, queries
from voipdesk.rates.commands import ImportReport
from voipdesk.rates.ui.review import (
    TAKES_ODD,
    Counts,
    Guards,
    Questions,
    changes_grid,
    found_text,
    ledger_text,
    show_changes,
)
from voipdesk.store.database import Database

KINDS = "*.csv *.txt *.tsv *.xls *.xlsx *.xlsb *.ods *.zip"


def summary(report: ImportReport) -> str:
    """What an import did, in one sentence."""
    counts = report.counts
    words = {
        "new": tr("new"), "up": tr("up"), "down": tr("down"), "changed": tr("changed"), "blocked": tr("blocked"),
        "same": tr("same"), "removed": tr("closed"),
    }  # fmt: skip
    parts = ", ".join(f"{counts[name]:,} {word}" for name, word in words.items() if counts.get(name))
    rates = sum(counts.values()) - counts.get("removed", 0)
    said = tr("{file} into {table}: {count} rates, {parts}.")
    return said.format(
        file=report.file_name, table=report.table, count=f"{rates:,}", parts=parts or tr("nothing new")
    )


@dataclass(frozen=True, slots=True)
class Request:
    """What is asked of an import; two equal ones have one answer."""

    path: Path
    table: UUID
    scope: str
    effective: date | None
    told: tuple[tuple[str, str], ...] = ()
    takes_odd: bool = False

    def run(
        self,
        desk: Desk[Database],
        progress: Progress,
        *,
        dry_run: bool,
        accept: Sequence[str] = (),
        note: str = "",
    ) -> ImportReport:
        """Import, or look what importing would do."""
        words = [*accept, TAKES_ODD] if self.takes_odd else list(accept)
        return commands.import_sheet(
            desk.db, desk.actor, self.path, table=self.table, told=dict(self.told), progress=progress,
            scope=self.scope, effective=self.effective, dry_run=dry_run, accept=words, note=note,
        )  # fmt: skip


class Working(QWidget):
    """A line while something runs: what, how far, and a button that stops it."""

    def __init__(self) -> None:
        super().__init__()
        self.text = label(tone="muted")
        self.bar = named(QProgressBar(), "progress", tr("Progress"))
        self.bar.setRange(0, 0)
        self.bar.setTextVisible(False)
        self.stop = button(tr("Stop"), "stop", act=self._stop)
        self._job: Job | None = None
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(theme.M)
        row.addWidget(self.text)
        row.addWidget(self.bar, 1)
        row.addWidget(self.stop)
        self.hide()

    @property
    def is_busy(self) -> bool:
        """Whether the job still runs."""
        return self._job is not None

    def watch(self, job: Job, cancelled: Callable[[], object]) -> None:
        """Show a job until it ends."""
        if job.is_over:
            return
        self._job = job
        self.text.setText(job.title)
        self.stop.setEnabled(True)
        self.show()
        job.progressed.connect(lambda: self._tell(job))
        job.cancelled.connect(lambda: self._over(job, cancelled))

    def end(self) -> None:
        """Nothing runs any more."""
        self._job = None
        self.hide()

    def _tell(self, job: Job) -> None:
        if shiboken6.isValid(self):
            self.text.setText(f"{job.done:,} {job.what}" if job.done else job.what or job.title)
            self.bar.setRange(0, job.total or 0)
            self.bar.setValue(job.done if job.total else 0)

    def _over(self, job: Job, cancelled: Callable[[], object]) -> None:
        if shiboken6.isValid(self) and self._job is job:
            self.end()
            cancelled()

    def _stop(self) -> None:
        if self._job is not None:
            self.stop.setEnabled(False)
            self._job.cancel()

    def cancel(self) -> None:
        """Stop what runs, where something does."""
        self._stop()


class FilePage(QWidget):
    """Step 1: the file, and the table it goes into."""

    changed = Signal()

    def __init__(self, desk: Desk[Database], tables: Sequence[queries.RateTable]) -> None:
        super().__init__()
        self._desk = desk
        self.path = named(QLineEdit(), "field.path", tr("File"))
        self.path.setPlaceholderText(tr("Choose a sheet, or drop it on the page"))
        self.path.textChanged.connect(lambda _: self.changed.emit())
        self.choose = button(tr("Choose file…"), "choose", icon="folder", act=self._choose)
        self.table = named(ChoiceEdit(), "field.table", tr("Into table"))
        self.table.set_choices([(one.id, f"{one.name} ({one.currency})") for one in tables])
        self.table.value_changed.connect(lambda _: self.changed.emit())
        row = QHBoxLayout()
        row.setSpacing(theme.S)
        row.addWidget(self.path, 1)
        row.addWidget(self.choose)
        form = QFormLayout()
        form.setContentsMargins(0, 0, 0, 0)
        form.setHorizontalSpacing(theme.L)
        form.setVerticalSpacing(theme.M)
        form.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.ExpandingFieldsGrow)
        form.addRow(tr("File"), row)
        form.addRow(tr("Into table"), self.table)
        hint = tr(
            "CSV, Excel, OpenDocument or a .zip of one. Layout, separators and dates are found by themselves; "
            "nothing changes before you publish."
        )
        box = QVBoxLayout(self)
        box.setContentsMargins(0, 0, theme.S, 0)
        box.setSpacing(theme.L)
        box.addLayout(form)
        box.addWidget(label(hint, tone="muted", wrap=True))
        box.addStretch(1)

    def enter(self, values: Values) -> None:
        """Show what was given."""
        if values.get("path") and not self.path.text():
            self.path.setText(str(values["path"]))
        if values.get("table"):
            self.table.set_value(values["table"])

    def values(self) -> Mapping[str, Any]:
        """Path and table."""
        typed = self.path.text().strip()
        return {"path": Path(typed) if typed else None, "table": self.table.value()}

    def _choose(self) -> None:
        for path in self._desk.ask.open_files(
            tr("Rate sheet"), [(tr("Rate sheets"), KINDS), (tr("All files"), "*")]
        ):
            self.path.setText(str(path))


class ReviewPage(QWidget):
    """Step 2: what was found, what would change, which guards speak; asked anew whenever an answer changes."""

    changed = Signal()

    def __init__(self, desk: Desk[Database]) -> None:
        super().__init__()
        self._desk = desk
        self._asked: Request | None = None
        self._given: Values = {}
        self.report: ImportReport | None = None
        self.fault = ""
        self.found = label(tone="muted", wrap=True)
        self.found.setObjectName("review.found")
        self.ledger = label(bold=True, wrap=True)
        self.ledger.setObjectName("review.ledger")
        self.scope = named(ChoiceEdit(), "field.scope", tr("The sheet is"))
        self.scope.set_choices(
            [
                ("full", tr("Full A–Z: close what is missing")),
                ("country", tr("Whole countries: close what is missing in them")),
                ("partial", tr("Partial: keep what is missing")),
            ]
        )
        self.scope.value_changed.connect(lambda _: self._ask())
        self.one_day = named(
            QCheckBox(tr("One date for all rows:")), "check.effective", tr("One date for all rows")
        )
        self.day = named(
            DateEdit(day=desk.clock.now().astimezone(desk.zone).date()), "field.effective", tr("Effective")
        )
        self.day.setEnabled(False)
        self.one_day.toggled.connect(self.day.setEnabled)
        self.one_day.toggled.connect(lambda _: self._ask())
        self.day.dateChanged.connect(lambda _: self._ask())
        self.questions, self.counts, self.guards, self.working = Questions(), Counts(), Guards(), Working()
        self.questions.changed.connect(self._ask)
        self.guards.changed.connect(self._guard_changed)
        self.grid = changes_grid(Formats(zone=desk.zone))
        self._lay_out()

    def enter(self, values: Values) -> None:
        """Ask, unless the same was answered already."""
        self.grid.view.setFocus()
        before = self._given.get("path")
        self._given = values
        if before is not None and before != values.get("path"):
            self.questions.clear()
        self._ask()

    def values(self) -> Mapping[str, Any]:
        """The request, its answer, and what lets guards pass."""
        return {"request": self._request(), "report": self.report, "accept": self.guards.words()}

    def problems(self) -> list[str]:
        """What holds the step up."""
        if self.working.is_busy:
            return [tr("The sheet is being read. Nothing changes by that.")]
        if self.report is None:
            return [self.fault or tr("The sheet was not read.")]
        held = self.guards.held()
        return [tr("{guard} Let it pass, or correct the sheet.").format(guard=held[0].text)] if held else []

    def _request(self) -> Request | None:
        path, table = self._given.get("path"), self._given.get("table")
        if path is None or table is None:
            return None
        takes_odd = any(word.partition(":")[0] == TAKES_ODD for word in self.guards.words())
        day = self.day.value() if self.one_day.isChecked() else None
        told = tuple(sorted(self.questions.told().items()))
        return Request(path, table, str(self.scope.value()), day, told, takes_odd)

    def _ask(self) -> None:
        """Look what importing would do, where that was not asked yet."""
        request = self._request()
        if request is None or (request == self._asked and (self.report is not None or self.working.is_busy)):
            return
        self.working.cancel()
        self.working.end()
        self._asked, self.report, self.fault = request, None, ""
        seen: dict[str, Any] = {}

        def look(progress: Progress) -> ImportReport:
            from voipdesk.tabular.sniff import sniff

            seen["layout"] = sniff(request.path, kind="rates")
            return request.run(self._desk, progress, dry_run=True)

        job = self._desk.jobs.write(
            tr("Look at {file}").format(file=request.path.name),
            look,
            done=lambda report: self._answered(request, seen.get("layout"), report, None),
            refused=lambda error: self._answered(request, seen.get("layout"), None, error),
        )
        self.working.watch(job, self._stopped)
        self.changed.emit()

    def _answered(
        self, request: Request, layout: Any, report: ImportReport | None, error: VoipDeskError | None
    ) -> None:
        if not shiboken6.isValid(self) or request != self._asked:
            return
        self.working.end()
        self.report = report
        self.fault = "" if error is None else str(error)
        self.found.setText("" if layout is None else found_text(layout))
        if error is not None and error.code == "asks" and layout is not None:
            self.questions.show_questions(layout.ask)
            self.fault = tr("Answer what the file leaves open.")
        self.ledger.setToolTip("" if error is None else problem_lines(error))
        self.ledger.setText(self.fault if report is None else ledger_text(report.ledger))
        theme.set_tone(self.ledger, "danger" if report is None else "")
        self.counts.show_report(report)
        may_override = may(self._desk.actor, Right.OVERRIDE_GUARDS)
        self.guards.show_guards(report.guards if report is not None else (), may_override=may_override)
        show_changes(self.grid, report)
        self.changed.emit()

    def _stopped(self) -> None:
        self._asked = None
        self.fault = tr("Stopped. Nothing was changed.")
        self.ledger.setText(self.fault)
        self.changed.emit()

    def _guard_changed(self, guard_id: str) -> None:
        if guard_id == TAKES_ODD:
            self._ask()
        self.changed.emit()

    def _lay_out(self) -> None:
        options = QHBoxLayout()
        options.setSpacing(theme.S)
        options.addWidget(label(tr("The sheet is"), tone="muted"))
        options.addWidget(self.scope, 1)
        options.addSpacing(theme.L)
        options.addWidget(self.one_day)
        options.addWidget(self.day)
        box = QVBoxLayout(self)
        box.setContentsMargins(0, 0, theme.S, 0)
        box.setSpacing(theme.M)
        for part in (self.ledger, self.found, self.working, self.questions, self.counts):
            box.addWidget(part)
        box.addLayout(options)
        box.addWidget(self.guards)
        box.addWidget(framed(self.grid), 1)


class PublishPage(QWidget):
    """Step 3: the sentence, a note, and the work itself."""

    changed = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.said = label(wrap=True, size=1.1)
        self.said.setObjectName("publish.summary")
        self.note = named(QLineEdit(), "field.note", tr("Note"))
        self.note.setPlaceholderText(tr("A note for the history (optional)"))
        self.working = Working()
        box = QVBoxLayout(self)
        box.setContentsMargins(0, 0, 0, 0)
        box.setSpacing(theme.L)
        box.addWidget(self.said)
        box.addWidget(self.note)
        box.addWidget(self.working)
        box.addWidget(
            label(
                tr("All of it is published in one step, or nothing. It can be taken back as a whole."),
                tone="muted",
                wrap=True,
            )
        )
        box.addStretch(1)

    def enter(self, values: Values) -> None:
        """The sentence of the report."""
        report = values.get("report")
        if isinstance(report, ImportReport):
            self.said.setText(summary(report))

    def values(self) -> Mapping[str, Any]:
        """The note."""
        return {"note": self.note.text().strip()}


def file_problems(values: Values) -> list[str]:
    """What holds up the first step."""
    path = values.get("path")
    if path is None:
        return [tr("Choose the file of your carrier.")]
    if not path.is_file():
        return [tr("There is no file {path}.").format(path=path)]
    return [] if values.get("table") else [tr("Choose the table it goes into.")]
