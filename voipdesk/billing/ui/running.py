"""The invoice run as people meet it: month, findings of the check, drafts, issuing, voiding."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any
from uuid import UUID

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QDialog, QWidget

from voipdesk.accounts.rules import Right, may
from voipdesk.billing import commands
from voipdesk.billing.commands import DraftReport, IssueReport
from voipdesk.billing.queries import InvoiceRow
from voipdesk.billing.ui.drafting import DraftDialog, DraftedDialog
from voipdesk.kernel.problems import VoipDeskError
from voipdesk.kernel.text import tr, trn
from voipdesk.kit.desk import Desk
from voipdesk.store.database import Database

Say = Callable[[str, Mapping[str, Callable[[], object]] | None], None]


class InvoiceRun(QObject):
    """Asks, orders the work, and tells what came of it."""

    def __init__(self, page: QWidget, desk: Desk[Database], say: Say) -> None:
        super().__init__(page)
        self._page, self._desk, self._say = page, desk, say
        self._period = ""

    def ask_month(self) -> None:
        """Ask for a month and draft it."""
        if not may(self._desk.actor, Right.INVOICE):
            return
        dialog = DraftDialog(self._page, self._desk.clock.today(self._desk.zone))
        dialog.accepted.connect(
            lambda: self.draft(str(dialog.month.value()), leave_out=dialog.leave_out.isChecked())
        )
        _open(dialog)

    def draft(self, period: str, *, leave_out: bool = False) -> None:
        """Draft a month; calls without a price stop it until they are left out on purpose."""
        desk, self._period = self._desk, period
        desk.command(
            tr("Draft invoices of {period}").format(period=period),
            commands.draft_invoices,
            period=period,
            leave_out_unrated=leave_out,
            done=self._tell_drafts,
            refused=self._decide,
        )

    def issue(self, rows: Sequence[InvoiceRow], chosen: set[UUID]) -> None:
        """Issue own drafts (those chosen, else all) after a question with their count and total."""
        desk = self._desk
        own = [row for row in rows if row.state == "draft" and row.seller_id == desk.actor.account_id]
        drafts = [row for row in own if row.id in chosen] or own
        if not drafts:
            desk.ask.tell(tr("There is no draft. Draft a month first."))
            return
        total = sum(row.total for row in drafts)
        count = trn("{count} invoice", "{count} invoices", len(drafts))
        text = trn(
            "Issue {{invoices}} over {{total}} {{currency}}? Its number is taken now and never changes.",
            "Issue {{invoices}} over {{total}} {{currency}}? Their numbers are taken now and never change.",
            len(drafts),
        )
        asked = text.format(invoices=count, total=f"{total:,}", currency=drafts[0].currency)
        if desk.ask.confirm(asked, verb=tr("Issue {invoices}").format(invoices=count)):
            ids = [row.id for row in drafts]
            desk.command(
                tr("Issue invoices"),
                commands.issue_invoices,
                ids=ids,
                done=self._tell_issued,
                refused=desk.ask.refuse,
            )

    def void(self, row: InvoiceRow) -> None:
        """Void a document for a reason; a draft is thrown away after a question."""
        desk = self._desk
        if row.state == "draft":
            text = tr("Discard the draft of {customer}? Its calls wait for the next run.")
            if desk.ask.confirm(text.format(customer=row.customer), verb=tr("Discard draft"), danger=True):
                said = tr("The draft of {customer} was discarded.").format(customer=row.customer)
                self._write(said, lambda: commands.discard_draft(desk.db, desk.actor, invoice=row.id))
            return
        text = tr("Why is {number} void? It keeps its number; its calls wait for a new document.")
        reason = desk.ask.text(text.format(number=row.number), title=tr("Void invoice"))
        if reason is not None:
            said = tr("{number} is void.").format(number=row.number)
            self._write(
                said, lambda: commands.void_invoice(desk.db, desk.actor, invoice=row.id, reason=reason)
            )

    def _write(self, said: str, do: Callable[[], Any]) -> None:
        self._desk.jobs.write(
            tr("Change a document"),
            lambda _: do(),
            done=lambda _: self._say(said, None),
            refused=self._desk.ask.refuse,
        )

    def _decide(self, error: VoipDeskError) -> None:
        """What the check found: calls without a price are a decision of the person."""
        ask = self._desk.ask
        if error.code != "unrated_calls":
            ask.refuse(error)
            return
        ways = [("leave_out", tr("Leave them out")), ("problems", tr("Show problems"))]
        chosen = ask.choose(str(error), ways, title=tr("Check of {period}").format(period=self._period))
        if chosen == "leave_out":
            self.draft(self._period, leave_out=True)
        elif chosen == "problems":
            self._page.wanted.emit("problems")  # type: ignore[attr-defined]

    def _tell_drafts(self, report: DraftReport) -> None:
        said = trn("{count} draft", "{count} drafts", len(report.drafts))
        self._say(f"{report.period}: {said} · {report.total:,} {report.currency}", None)
        _open(DraftedDialog(self._page, report))

    def _tell_issued(self, report: IssueReport) -> None:
        numbers = [one.number for one in report.documents]
        said = trn("{count} invoice issued", "{count} invoices issued", len(numbers))
        between = numbers[0] if len(numbers) == 1 else f"{numbers[0]} – {numbers[-1]}"
        self._say(f"{said}: {between}", None)


def _open(dialog: QDialog) -> None:
    """Open a dialog above its page; it goes when it is closed."""
    dialog.finished.connect(dialog.deleteLater)
    dialog.open()
