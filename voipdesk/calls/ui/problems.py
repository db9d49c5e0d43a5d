"""The page of problems: what waits, grouped by what is wrong, the calls of a group, and what can be done about it."""

from collections.abc import Callable
from functools import partial
from typing import Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QHBoxLayout,
    QLineEdit,
    QPushButton,
    QSplitter,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from voipdesk.accounts.queries import tree
from voipdesk.accounts.rules import Account, Right, may
from voipdesk.calls import commands
from voipdesk.calls.commands import Mapped, RatingReport
from voipdesk.calls.queries import ProblemGroup, UnreadableRow, explain_call, problems, unreadable
from voipdesk.calls.rules import PRICED_ANYWAY, CallProblem
from voipdesk.calls.ui.grouping import group_columns, group_row, group_source, row_columns, unreadable_columns
from voipdesk.calls.ui.rating import rating_line
from voipdesk.calls.ui.why import WhyDialog
from voipdesk.kernel.progress import Progress
from voipdesk.kernel.text import tr, trn
from voipdesk.kit import theme
from voipdesk.kit.desk import Desk
from voipdesk.kit.editors import ChoiceEdit
from voipdesk.kit.form import FormDialog
from voipdesk.kit.grid import Formats, Grid, MemorySource
from voipdesk.kit.names import named
from voipdesk.kit.page import Page, button, framed, label
from voipdesk.kit.states import State
from voipdesk.store.database import Database

TABLES = frozenset(
    {"call_import", "rating_run", "account", "account_alias", "plan", "assignment", "rate_version"}
)


class ProblemsPage(Page):
    """Groups above (`table.problems`), their calls below (`table.problemcalls`, or `table.unreadable`)."""

    selected = Signal(str)
    said = Signal(str, object)
    waiting = Signal(str, int)

    def __init__(self, desk: Desk[Database], within: QWidget | None = None) -> None:
        self._desk = desk
        self.buttons = self._make_buttons()
        super().__init__("problems", tr("Problems"), actions=[self.buttons["retry"]], within=within)
        self._groups: dict[tuple[str, str], ProblemGroup] = {}
        formats = Formats(zone=desk.zone)
        self.columns = group_columns(with_estimate=may(desk.actor, Right.SEE_COSTS))
        self.grid = Grid("problems", self.columns, formats=formats, title=tr("Problems"))
        self.grid.empty = State("ok", tr("All calls are rated"), tr("Nothing waits for you here."), tone="ok")
        self.grid.current_changed.connect(lambda _: self._show_group())
        self.sentence = label(tone="muted", wrap=True)
        self.sentence.setObjectName("problem.sentence")
        self.calls = Grid(
            "problemcalls",
            row_columns(desk.actor),
            jobs=desk.jobs,
            formats=formats,
            title=tr("Calls of the group"),
        )
        self.rows = Grid(
            "unreadable", unreadable_columns(), formats=formats, title=tr("Rows that are no calls")
        )
        self.calls.empty = State("calls", tr("Choose a group above"))
        self.calls.activated.connect(self.explain)
        self._stack = QStackedWidget()
        self._lay_out()
        desk.on_change(TABLES, self.refresh)
        self.refresh()

    def refresh(self) -> None:
        """Read the groups again; the chosen one stays."""
        desk = self._desk
        self._read(tr("Read problems"), lambda: problems(desk.db, desk.actor), self._take)

    def retry(self) -> None:
        """Rate again whatever waits."""
        desk = self._desk
        desk.command(
            tr("Retry problems"),
            commands.retry_problems,
            done=self._tell_retry,
            refused=desk.ask.refuse,
        )

    def map_account(self) -> None:
        """Ask whose calls these are; the answer is remembered for every file to come."""
        desk, group = self._desk, self.chosen
        if group is not None and group.code == CallProblem.UNKNOWN_ACCOUNT:
            self._read(
                tr("Read accounts"), lambda: tree(desk.db, desk.actor), partial(self._ask_account, group)
            )

    def dismiss(self) -> None:
        """Leave the calls of the group unbilled, for a reason."""
        desk, group = self._desk, self.chosen
        if group is None:
            return
        text = tr("Why do these stay unbilled? {problem}: {what}, {count}").format(
            problem=group.title, what=group.label, count=trn("{count} call", "{count} calls", group.count)
        )
        reason = desk.ask.text(text, title=tr("Dismiss"))
        if reason is not None:
            desk.jobs.write(
                tr("Dismiss"),
                lambda _: commands.dismiss_problem(
                    desk.db, desk.actor, code=group.code, detail=group.detail, reason=reason
                ),
                done=self._tell_dismissed,
                refused=desk.ask.refuse,
            )

    def explain(self, key: object) -> None:
        """Show what is known about a call."""
        desk = self._desk
        if isinstance(key, int):
            self._read(tr("Explain a call"), lambda: explain_call(desk.db, desk.actor, key), self._show_why)

    @property
    def chosen(self) -> ProblemGroup | None:
        """The group whose calls are shown."""
        key = self.grid.current_key()
        return self._groups.get(key) if isinstance(key, tuple) else None

    def _read(self, title: str, ask: Callable[[], Any], done: Callable[[Any], None]) -> None:
        self._desk.jobs.read(title, lambda _: ask(), done=done, refused=self._desk.ask.refuse, quiet=True)

    def _take(self, groups: list[ProblemGroup]) -> None:
        before = self.grid.current_key()
        self._groups = {(one.code, one.detail): one for one in groups}
        rows = [group_row(one, self.columns) for one in groups]
        self.grid.set_source(MemorySource.keyed(self.columns, rows, list(self._groups)))
        count = sum(one.count for one in groups)
        self.waiting.emit("problems", count)
        if self.isVisible():
            self.selected.emit(trn("{count} call waits", "{count} calls wait", count))
        self.header.set_subtitle(trn("{count} call waits", "{count} calls wait", count) if count else "")
        if groups and before not in self._groups:
            self.grid.go_to((groups[0].code, groups[0].detail))
        self._show_group()

    def _show_group(self) -> None:
        """The calls of the chosen group, its sentence, and the buttons that help."""
        group, desk = self.chosen, self._desk
        code = "" if group is None else group.code
        self.sentence.setText("" if group is None else group.sentence)
        self.buttons["map"].setVisible(
            code == CallProblem.UNKNOWN_ACCOUNT and may(desk.actor, Right.MANAGE_ACCOUNTS)
        )
        self.buttons["dismiss"].setEnabled(group is not None and code not in PRICED_ANYWAY)
        self.buttons["retry"].setEnabled(bool(self._groups))
        self._lower.setVisible(group is not None)
        if group is None:
            return
        if code == CallProblem.UNREADABLE:
            self._stack.setCurrentIndex(1)
            self._read(
                tr("Read rows"), lambda: unreadable(desk.db, desk.actor, group.detail), self._show_rows
            )
            return
        self._stack.setCurrentIndex(0)
        self.calls.set_source(group_source(desk, group, self.calls.model.columns))

    def _show_rows(self, found: list[UnreadableRow]) -> None:
        values = [(one.row, one.column, one.value, one.message) for one in found]
        columns = self.rows.model.columns
        self.rows.set_source(MemorySource.keyed(columns, values, [one.id for one in found]))

    def _show_why(self, found: Any) -> None:
        dialog = WhyDialog(self, self._desk, found)
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()

    def _ask_account(self, group: ProblemGroup, accounts: list[Account]) -> None:
        dialog = MapDialog(self, group, accounts)
        dialog.accepted.connect(lambda: self._map(dialog.text.text(), dialog.account.value()))
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()

    def _map(self, text: str, account: Any) -> None:
        desk = self._desk

        def work(progress: Progress) -> tuple[Mapped, RatingReport | None]:
            mapped = commands.map_account(desk.db, desk.actor, text=text, account=account)
            rates = may(desk.actor, Right.RATE_CALLS)
            return mapped, commands.retry_problems(desk.db, desk.actor, progress=progress) if rates else None

        desk.jobs.write(tr("Map an account"), work, done=self._tell_mapped, refused=desk.ask.refuse)

    def _tell_mapped(self, found: tuple[Mapped, RatingReport | None]) -> None:
        mapped, report = found
        calls = trn("{count} call", "{count} calls", mapped.calls)
        said = tr("{text} is {account} from now on: {calls}.").format(
            text=mapped.text, account=mapped.account.name, calls=calls
        )
        self.said.emit(f"{said} {rating_line(report)}" if report is not None else said, None)

    def _tell_retry(self, report: RatingReport) -> None:
        self.said.emit(rating_line(report), None)

    def _tell_dismissed(self, count: int) -> None:
        self.said.emit(trn("{count} call dismissed.", "{count} calls dismissed.", count), None)

    def _make_buttons(self) -> dict[str, QPushButton]:
        return {
            "retry": button(tr("Retry"), "retry", icon="refresh", look="primary", act=self.retry),
            "map": button(tr("Map account…"), "map", icon="link", act=self.map_account),
            "dismiss": button(tr("Dismiss…"), "dismiss", icon="minus", act=self.dismiss),
        }

    def _lay_out(self) -> None:
        splitter = QSplitter(Qt.Orientation.Vertical)
        self.body.addWidget(splitter, 1)
        splitter.addWidget(framed(self.grid, splitter))
        self._lower = QWidget(splitter)
        splitter.addWidget(self._lower)
        row = QHBoxLayout()
        row.setSpacing(theme.S)
        row.addWidget(self.sentence, 1)
        row.addWidget(self.buttons["map"])
        row.addWidget(self.buttons["dismiss"])
        box = QVBoxLayout(self._lower)
        box.setContentsMargins(0, 0, 0, 0)
        box.setSpacing(theme.S)
        box.addLayout(row)
        box.addWidget(self._stack, 1)
        self._stack.addWidget(framed(self.calls, self._stack))
        self._stack.addWidget(framed(self.rows, self._stack))
        splitter.setChildrenCollapsible(False)
        splitter.setHandleWidth(theme.M)
        splitter.setStretchFactor(1, 1)
        splitter.setSizes([theme.ems(16), theme.ems(24)])


class MapDialog(FormDialog):
    """Which account a text of call files means."""

    def __init__(self, parent: QWidget, group: ProblemGroup, accounts: list[Account]) -> None:
        self.text = named(QLineEdit(group.detail), "field.text", tr("Text in the file"))
        self.text.setReadOnly(True)
        self.account = named(ChoiceEdit(), "field.account", tr("Account"))
        self.account.set_choices([(one.id, one.name) for one in accounts if one.level != "admin"])
        about = tr(
            "{count} wait for this name. It is remembered for every file to come; the calls are rated at once."
        )
        fields: list[tuple[str, QWidget]] = [
            (tr("Text in the file"), self.text),
            (tr("Account"), self.account),
        ]
        super().__init__(
            parent,
            tr("Map account"),
            fields=fields,
            verb=tr("Map account"),
            about=about.format(count=trn("{count} call", "{count} calls", group.count)),
            problem=lambda: "" if self.account.value() is not None else tr("Choose an account."),
        )
