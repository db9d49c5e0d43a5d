"""The rating run: which calls, what it would change, then the run itself."""

from datetime import date, datetime
from decimal import Decimal
from typing import Any

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QComboBox, QFormLayout, QRadioButton, QVBoxLayout, QWidget

from voipdesk.calls import rules
from voipdesk.calls.commands import Moved, RatingReport, rate_calls
from voipdesk.calls.ui.dryrun import DryRunPage
from voipdesk.calls.ui.source import periods
from voipdesk.kernel.periods import day_start
from voipdesk.kernel.text import tr, trn
from voipdesk.kit import theme
from voipdesk.kit.desk import Desk
from voipdesk.kit.flow import Flow, Step, Values
from voipdesk.kit.form import caption
from voipdesk.kit.grid import Column, Grid, Kind, MemorySource
from voipdesk.kit.jobs import Done, Job, Refusal
from voipdesk.kit.names import named
from voipdesk.kit.page import framed, label
from voipdesk.kit.states import State
from voipdesk.kit.wizard import Wizard
from voipdesk.store.database import Database


class ScopePage(QWidget):
    """Which calls: those that wait, or all of a period again."""

    changed = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.waiting = named(
            QRadioButton(tr("Calls without a price")), "field.waiting", tr("Calls without a price")
        )
        self.again = named(
            QRadioButton(tr("All calls again, at today's rates and plans")),
            "field.rerate",
            tr("All calls again"),
        )
        self.waiting.setChecked(True)
        self.period = named(QComboBox(), "field.period", tr("Answered"))
        for word, title, _ in periods():
            self.period.addItem(title, word)
        about = tr("Calls that are on an invoice or a draft keep what they were billed by.")
        choice = QVBoxLayout()
        choice.addWidget(self.waiting)
        choice.addWidget(self.again)
        form = QFormLayout(self)
        form.setContentsMargins(0, 0, 0, 0)
        form.setVerticalSpacing(theme.M)
        form.setHorizontalSpacing(theme.L)
        form.addRow(label(tr("Rate")), choice)
        form.addRow(caption(tr("Answered"), self.period), self.period)
        form.addRow(label(about, tone="muted", wrap=True))
        self.again.toggled.connect(self.changed)
        self.period.currentIndexChanged.connect(self.changed)

    def enter(self, values: Values) -> None:
        """What was entered stands already."""

    def values(self) -> dict[str, Any]:
        """The period's word, and whether priced calls are rated too."""
        return {"period": self.period.currentData(), "rerate": self.again.isChecked()}


class RatingCheck(DryRunPage):
    """Who would pay more or less."""

    def __init__(self, desk: Desk[Database]) -> None:
        def trial(values: Values, done: Done, refused: Refusal) -> Job:
            return order(desk, tr("Try a rating run"), values, done=done, refused=refused, dry_run=True)

        super().__init__(trial, asks=("period", "rerate"))
        self.text = label(wrap=True, bold=True)
        self.text.setObjectName("check.report")
        self.grid = Grid("customers", _columns(), title=tr("Customers"))
        self.grid.empty = State("same", tr("Nobody pays more or less"))
        self.grid.setMinimumHeight(theme.ems(12))
        self.note = label(tone="muted", wrap=True)
        for part in (self.text, framed(self.grid), self.note):
            self.body.addWidget(part)

    def show_report(self, report: RatingReport) -> None:
        """Show what the run would do."""
        self.text.setText(rating_line(report))
        rows = [
            (one.account, one.calls, one.before, one.after, one.difference or None)
            for one in _most_moved(report)
        ]
        self.grid.set_source(MemorySource(_columns(), rows))
        self.note.setText(_untouched(report))
        self.note.setVisible(bool(report.untouched))


def rating_wizard(desk: Desk[Database], parent: QWidget) -> Wizard:
    """The wizard `wizard.rating`; `completed` brings period and rerate."""
    check = RatingCheck(desk)
    steps = [
        Step("scope", tr("Which calls")),
        Step("check", tr("Check"), check=lambda values: _held_up(check, values)),
    ]
    wizard = Wizard(
        "rating",
        Flow(steps),
        {"scope": ScopePage(), "check": check},
        title=tr("Rate calls"),
        finish=("commit", tr("Rate calls")),
        parent=parent,
    )
    wizard.rejected.connect(check.stop)
    return wizard


def order(
    desk: Desk[Database], title: str, values: Values, *, done: Done, refused: Refusal, dry_run: bool = False
) -> Job:
    """Order the rating of a period's calls, by its word."""
    since, until = span_of(str(values["period"]), desk.clock.today(desk.zone), desk)
    return desk.command(
        title,
        rate_calls,
        since=since,
        until=until,
        rerate=values["rerate"],
        dry_run=dry_run,
        done=done,
        refused=refused,
    )


def span_of(word: str, today: date, desk: Desk[Database]) -> tuple[datetime | None, datetime | None]:
    """The instants of a period's word, by the workspace's days."""
    pick = next(pick for name, _, pick in periods() if name == word)
    first, after = pick(today)
    return (
        None if first is None else day_start(first, desk.zone),
        None if after is None else day_start(after, desk.zone),
    )


def rating_line(report: RatingReport) -> str:
    """A run in one sentence."""
    if not report.rated:
        return tr("There is nothing to rate: every call of this period has its price.")
    unanswered = report.rated - report.charged - sum(report.problems.values())
    parts = [
        trn("{count} call rated", "{count} calls rated", report.rated),
        trn("{count} charged", "{count} charged", report.charged),
        *([trn("{count} unanswered", "{count} unanswered", unanswered)] if unanswered else []),
        *(f"{rules.title(code)}: {report.problems[code]:,}" for code in rules.in_order(report.problems)),
    ]
    return " · ".join(parts)


def _held_up(check: RatingCheck, values: Values) -> list[str]:
    held = check.held_up(values)
    report = values.get("report")
    if not held and isinstance(report, RatingReport) and not report.rated:
        return [tr("There is nothing to rate.")]
    return held


def _untouched(report: RatingReport) -> str:
    calls = sum(one.calls for one in report.untouched)
    moved = sum((one.after - one.before for one in report.untouched), Decimal(0))
    said = trn(
        "{count} call is on a document and stays as it is; rated again it would differ by {{amount}}.",
        "{count} calls are on documents and stay as they are; rated again they would differ by {{amount}}.",
        calls,
    )
    return said.format(amount=f"{moved:+,.2f}")


def _most_moved(report: RatingReport) -> list[Moved]:
    """Who pays more or less, the most first."""
    return sorted(report.customers, key=lambda one: (-abs(one.difference), one.account))


def _tone(value: Any) -> str:
    return "up" if value is not None and value > 0 else "down" if value is not None and value < 0 else ""


def _columns() -> list[Column]:
    return [
        Column("account", tr("Customer"), width=18, stretch=True),
        Column("calls", tr("Calls"), Kind.INT, width=8),
        Column("before", tr("Before"), Kind.AMOUNT, width=11),
        Column("after", tr("After"), Kind.AMOUNT, width=11),
        Column("difference", tr("Difference"), Kind.AMOUNT, width=11, signed=True, tone=_tone),
    ]
