"""Asking for the month to draft, and telling what came of it."""

from datetime import date
from typing import Any

from PySide6.QtWidgets import QCheckBox, QDialog, QHBoxLayout, QVBoxLayout, QWidget

from voipdesk.billing.commands import DraftReport
from voipdesk.kernel.text import tr, trn
from voipdesk.kit import theme
from voipdesk.kit.editors import ChoiceEdit
from voipdesk.kit.form import FormDialog
from voipdesk.kit.grid import Column, Grid, Kind, MemorySource
from voipdesk.kit.names import named
from voipdesk.kit.page import button, framed, label
from voipdesk.kit.states import State

MONTHS = 24


def months_before(today: date, count: int = MONTHS) -> list[str]:
    """Months as `2026-10`, the last whole one first, then this one, then those before."""
    at = today.year * 12 + today.month - 1
    order = [at - 1, at, *range(at - 2, at - count, -1)]
    return [f"{one // 12:04d}-{one % 12 + 1:02d}" for one in order]


class DraftDialog(FormDialog):
    """Which month, and what is done about calls without a price."""

    def __init__(self, parent: QWidget, today: date) -> None:
        self.month = named(ChoiceEdit(), "field.period", tr("Month"))
        self.month.set_choices([(one, one) for one in months_before(today)])
        self.leave_out = named(
            QCheckBox(tr("Leave calls without a price for a later run")), "field.leave_out", tr("Leave out")
        )
        about = tr(
            "Drafts hold every call that is not billed yet up to the end of the month, and the monthly fees. "
            "Nothing gets a number; a month can be drafted again."
        )
        fields: list[tuple[str, QWidget]] = [(tr("Month"), self.month), ("", self.leave_out)]
        super().__init__(parent, tr("Draft invoices"), fields=fields, verb=tr("Draft month"), about=about)


class DraftedDialog(QDialog):
    """`dialog.drafted`: the drafts of a run, and who was left out and why."""

    def __init__(self, parent: QWidget, report: DraftReport) -> None:
        super().__init__(parent)
        named(self, "dialog.drafted", tr("Drafts of {period}").format(period=report.period))
        self.setWindowTitle(self.accessibleName())
        box = QVBoxLayout(self)
        box.setContentsMargins(theme.XL, theme.L, theme.XL, theme.L)
        box.setSpacing(theme.M)
        said = trn("{count} draft", "{count} drafts", len(report.drafts))
        title = label(f"{said} · {report.total:,} {report.currency}", size=1.25, bold=True)
        title.setObjectName("drafted.total")
        box.addWidget(title)
        for remark in report.remarks:
            box.addWidget(label(remark, tone="warning", wrap=True))
        box.addWidget(framed(_grid("drafts", tr("Drafts"), _draft_columns(), _draft_rows(report))), 2)
        if report.left_out:
            box.addWidget(label(tr("Left out"), tone="muted", bold=True))
            box.addWidget(framed(_grid("leftout", tr("Left out"), _left_columns(), _left_rows(report))), 1)
        row = QHBoxLayout()
        row.addStretch()
        row.addWidget(button(tr("Close"), "close", look="primary", act=self.accept))
        box.addLayout(row)
        self.resize(theme.ems(56), theme.ems(36))


def reasons() -> dict[str, str]:
    """Why a customer has no draft, or calls no document."""
    return {
        "below_minimum": tr("Below the least amount; waits"),
        "prepaid": tr("Prepaid"),
        "nothing": tr("Nothing to bill"),
        "unrated": tr("Calls without a price; wait"),
        "moved": tr("Calls of accounts that are no longer below yours"),
    }


def _grid(name: str, title: str, columns: list[Column], rows: list[tuple[Any, ...]]) -> Grid:
    grid = Grid(name, columns, title=title)
    grid.empty = State("invoices", tr("Nothing to bill in this month"))
    grid.set_source(MemorySource(columns, rows))
    return grid


def _draft_columns() -> list[Column]:
    return [
        Column("customer", tr("Customer"), width=24, stretch=True),
        Column("calls", tr("Calls"), Kind.INT, width=8),
        Column("usage", tr("Usage"), Kind.AMOUNT, width=11),
        Column("fees", tr("Fees"), Kind.AMOUNT, width=10),
        Column("tax", tr("Tax"), Kind.AMOUNT, width=10),
        Column("total", tr("Total"), Kind.AMOUNT, width=11),
        Column("late", tr("Earlier calls"), Kind.INT, width=11, tooltip=tr("Calls from before the month")),
    ]


def _draft_rows(report: DraftReport) -> list[tuple[Any, ...]]:
    return [
        (one.customer, one.calls, one.usage, one.fees, one.tax, one.total, one.late_calls or None)
        for one in report.drafts
    ]


def _left_columns() -> list[Column]:
    return [
        Column("customer", tr("Customer"), width=24),
        Column("reason", tr("Why"), width=30, stretch=True),
        Column("calls", tr("Calls"), Kind.INT, width=8),
        Column("amount", tr("Amount"), Kind.PRICE, width=12),
    ]


def _left_rows(report: DraftReport) -> list[tuple[Any, ...]]:
    words = reasons()
    return [
        (one.customer or tr("Unknown"), words.get(one.reason, one.reason), one.calls, one.amount)
        for one in report.left_out
    ]
