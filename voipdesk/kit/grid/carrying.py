"""Carries a plan out: at once or beside the window, asking first where cells are refused or rows would be new."""

from collections.abc import Callable, Sequence
from typing import Any

import shiboken6
from PySide6.QtCore import QObject, Signal

from voipdesk.kernel.problems import VoipDeskError
from voipdesk.kernel.text import tr, trn
from voipdesk.kit.grid.editing import INLINE, EditableSource, Outcome, RefusedCell, editable
from voipdesk.kit.grid.gestures import Plan
from voipdesk.kit.grid.notice import Notice
from voipdesk.kit.grid.view import GridView
from voipdesk.kit.jobs import Jobs

MOST_LISTED = 200
"""Refused cells that are listed in a question."""


class Carrying(QObject):
    """Makes plans, asks about them, carries them out and says what was done."""

    said = Signal(str, str)
    """What was done or not, and its tone."""
    stepped = Signal(object)
    """The `Outcome` of a step, an undo or a redo."""

    def __init__(self, view: GridView, notice: Notice, jobs: Jobs | None, parent: QObject) -> None:
        super().__init__(parent)
        self._view, self._model, self._notice, self._jobs = view, view.grid_model, notice, jobs
        self._waiting = 0

    @property
    def source(self) -> EditableSource | None:
        """The source where it can be edited now, else None."""
        source = self._model.source
        return source if editable(source) else None  # type: ignore[return-value]

    def plan(self, cells: int, make: Callable[[], Plan]) -> None:
        """Make a plan here where it is small, else beside the window, and go on with it."""
        if self._jobs is None or cells <= INLINE:
            self.offer(make())
            return
        self._jobs.read(tr("Prepare changes"), lambda _: make(), done=self.offer, refused=self._refused)

    def offer(self, plan: Plan) -> None:
        """Do what is planned; where cells are refused or rows would be new, ask first."""
        if not shiboken6.isValid(self):
            return
        new = plan.changes.new_rows
        if not plan.cells and not plan.refused_count:
            left = tr("These cells cannot be changed.") if plan.left_out else tr("Nothing to change here.")
            self.said.emit(left, "warning" if plan.left_out else "")
        elif plan.refused_count:
            text = trn("{count} cell cannot be taken.", "{count} cells cannot be taken.", plan.refused_count)
            ways = [("others", _others(plan.cells))] if plan.cells else []
            self._ask(text, plan, ways, plan.refused)
        elif new and plan.changes.parts:
            text = trn(
                "The block is {count} row longer than the table.", "The block is {count} rows longer than the table.", new
            )  # fmt: skip
            add = trn("Add {count} new row", "Add {count} new rows", new)
            self._ask(text, plan, [("add", add), ("fit", tr("Only what fits"))], ())
        else:
            self.commit(plan)

    def _ask(
        self, text: str, plan: Plan, ways: Sequence[tuple[str, str]], refused: Sequence[RefusedCell]
    ) -> None:
        def go_on(key: str) -> None:
            if key == "fit":
                self.commit(plan.without_new_rows())
            elif key:
                self.commit(plan, partly=True)
            else:
                self.said.emit(tr("Nothing was changed."), "")

        counted = trn("{count} cell", "{count} cells", plan.cells)
        sizes = tr("{cells} in {rows} can be changed.").format(
            cells=counted, rows=trn("{count} row", "{count} rows", plan.rows)
        )
        tone = "warning" if refused else "accent"
        said = f"{text} {sizes}" if plan.cells else text
        self._notice.ask(
            said, ways, go_on, details=[self._line(one) for one in refused[:MOST_LISTED]], tone=tone
        )

    def commit(self, plan: Plan, *, partly: bool = False) -> None:
        """Set the cells of a plan, one step."""
        source = self.source
        if source is None:
            return

        def tell(outcome: Outcome) -> None:
            if outcome.is_refused and not partly:
                self._ask_again(plan, outcome)
            else:
                self._tell(outcome)

        def work() -> Outcome:
            return source.set_cells(plan.changes, plan.name, partly=partly)

        self._make(plan.name, plan.cells, work, tell)

    def _ask_again(self, plan: Plan, outcome: Outcome) -> None:
        """The source refused cells for reasons of its own; for a single cell the reason is enough."""
        if plan.cells == 1 and outcome.refused:
            self.said.emit(self._line(outcome.refused[0]), "danger")
            return
        count = outcome.refused_count
        text = trn("{count} cell cannot be taken.", "{count} cells cannot be taken.", count)
        ways = [("others", _others(plan.cells - count))] if count < plan.cells else []
        self._ask(text, plan, ways, outcome.refused)

    def _make(self, name: str, cells: int, work: Callable[[], Any], done: Callable[[Any], None]) -> None:
        """Do it here where it is small and nothing else is waiting, else in the writer's lane."""
        if self._jobs is None or (cells <= INLINE and not self._waiting):
            done(work())
            return
        self._waiting += 1
        job = self._jobs.write(name, lambda _: work(), done=done, refused=self._refused)
        job.ended.connect(self._less)

    def _less(self) -> None:
        self._waiting -= 1

    def _tell(self, outcome: Outcome) -> None:
        if not shiboken6.isValid(self):
            return
        self.said.emit(told(outcome), "warning" if outcome.refused_count else "ok")
        self.stepped.emit(outcome)
        if len(outcome.appended):
            self._go_to_row(int(outcome.appended[0]))

    def _go_to_row(self, row_id: int) -> None:
        key = self._model.source.key(row_id)
        self._view.go_to(key)

    def _line(self, cell: RefusedCell) -> str:
        """A refused cell in a sentence: where, and why."""
        title = self._model.columns[self._model.column_at(cell.column)].title
        if cell.row < 0:
            where = tr("New row {number}, {column}").format(number=cell.line + 1, column=title)
        else:
            where = f"{self._model.source.key(cell.row)}, {title}"
        return f"{where}: {cell.problem}"

    def _refused(self, error: VoipDeskError) -> None:
        if shiboken6.isValid(self):
            self.said.emit(str(error), "danger")


def _others(cells: int) -> str:
    return trn("Change the other {count} cell", "Change the other {count} cells", cells)


def told(outcome: Outcome) -> str:
    """What a step did, with its counts."""
    parts = [f"{outcome.name}:"] if outcome.name else []
    rows = outcome.rows if outcome.cells else 0
    done = []
    if outcome.cells:
        changed = trn("{count} cell changed", "{count} cells changed", outcome.cells)
        inside = trn("in {count} row", "in {count} rows", rows)
        done.append(f"{changed} {inside}")
    if len(outcome.appended):
        done.append(trn("{count} row added", "{count} rows added", len(outcome.appended)))
    if outcome.removed:
        done.append(trn("{count} row removed", "{count} rows removed", outcome.removed))
    if outcome.refused_count:
        done.append(
            trn("{count} cell left as it was", "{count} cells left as they were", outcome.refused_count)
        )
    return " ".join([*parts, ", ".join(done) if done else tr("nothing was different")])
