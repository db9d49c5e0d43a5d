"""What a person does to the rows of an editable source: type, fill, clear, paste, remove, undo; asked before it surprises.

Small changes are made at once, large ones beside the window. A plan with refused cells or new rows is put to the person
first; what was done is said in the line under the grid with its counts.
"""

from collections.abc import Callable, Sequence
from typing import Any

import shiboken6
from PySide6.QtCore import QModelIndex, QObject, Signal
from PySide6.QtGui import QGuiApplication

from voipdesk.kernel.problems import Problem, VoipDeskError
from voipdesk.kernel.text import tr, trn
from voipdesk.kit.grid import gestures, pasting
from voipdesk.kit.grid.editing import INLINE, EditableSource, Outcome, RefusedCell, editable
from voipdesk.kit.grid.gestures import Ground, Plan
from voipdesk.kit.grid.notice import Notice
from voipdesk.kit.grid.selection import Range, ids_of
from voipdesk.kit.grid.view import GridView
from voipdesk.kit.jobs import Jobs

MOST_LISTED = 200
"""Refused cells that are listed in a question."""


class Changing(QObject):
    """The gestures of a grid; every one of them is one step with a name."""

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

    def ground(self, ranges: Sequence[Range] | None = None) -> Ground | None:
        """Where a gesture would happen; None where nothing can be edited or nothing is selected."""
        source, model, current = self.source, self._model, self._view.currentIndex()
        found = list(ranges or self._view.selection_ranges())
        if not found and current.isValid():
            found = [Range(current.row(), current.column(), current.row(), current.column())]
        if source is None or not found:
            return None
        shown = self._view.columns_header.shown()
        return Ground(source, model.ids, model.columns, shown, found, model.formats)

    def fill_down(self) -> object:
        """Ctrl+D."""
        return self._gesture(gestures.filled_down)

    def fill_right(self) -> object:
        """Ctrl+R."""
        return self._gesture(gestures.filled_right)

    def clear(self) -> object:
        """Delete."""
        return self._gesture(gestures.cleared)

    def fill(self, text: str | None = None) -> object:
        """Ctrl+Enter: the text of the editor, or that of the current cell, into the whole selection."""
        current = self._view.currentIndex()
        if text is None:
            if not current.isValid() or self.source is None:
                return False
            text = self._model.cell(current.row(), current.column())[0]
        given = text
        return self._gesture(lambda ground: gestures.filled(ground, given))

    def type_text(self, row: int, at: int, text: str) -> None:
        """A text was typed into a cell."""
        ground = self.ground([Range(row, at, row, at)])
        if ground is not None:
            self.offer(gestures.typed(ground, row, at, text))

    def paste(self, *, as_rows: bool = False, turned: bool = False) -> object:
        """Ctrl+V: the clipboard's block over the selection, as new rows, or with rows as columns."""
        ground = self.ground()
        block = pasting.block_of(QGuiApplication.clipboard().mimeData())
        if ground is None or not block:
            return False
        block = pasting.transposed(block) if turned else block
        make = pasting.pasted_as_rows if as_rows else pasting.pasted
        size = max(len(block) * len(block[0]), pasting.reach(ground, block)[0])
        self.plan(size, lambda: make(ground, block))
        return True

    def remove_rows(self) -> object:
        """The rows of the selection go."""
        source, ranges = self.source, self._view.selection_ranges()
        if source is None or not ranges:
            return False
        ids = ids_of(self._model.ids, ranges)
        name = trn("Remove {count} row", "Remove {count} rows", len(ids))
        self._make(name, len(ids), lambda: source.remove_rows(ids, name), self._tell)
        return True

    def undo(self) -> object:
        """Take the last step back."""
        return self._replay(back=True)

    def redo(self) -> object:
        """Do the last step again that was taken back."""
        return self._replay(back=False)

    def _replay(self, *, back: bool) -> object:
        source = self.source
        if source is None:
            return False
        name = source.undo_name if back else source.redo_name
        if not name:
            self.said.emit(tr("Nothing to undo here.") if back else tr("Nothing to redo here."), "")
            return True
        said = tr("Undone: {name}") if back else tr("Done again: {name}")

        def tell(outcome: Outcome | None) -> None:
            if shiboken6.isValid(self):
                self.said.emit(said.format(name=name), "")
                self.stepped.emit(outcome)

        # How large the step is nobody knows here.
        self._make(said.format(name=name), INLINE + 1, source.undo if back else source.redo, tell)
        return True

    def _gesture(self, make: Callable[[Ground], Plan]) -> object:
        """Plan a gesture on the selection; False leaves the key to others."""
        ground = self.ground()
        if ground is None:
            return False
        self.plan(sum(part.cells for part in ground.ranges), lambda: make(ground))
        return True

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
        sizes = tr("It changes {cells} in {rows}.").format(
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

    def step(self, way: str) -> object:
        """Enter and Tab: to the next cell, inside the selection where more than one cell is selected."""
        if self.source is None or not self._view.currentIndex().isValid():
            return False
        ranges, current = self._view.selection_ranges(), self._view.currentIndex()
        next_cell = stepped(ranges, current, way, self._view.columns_header.shown(), self._model.rowCount())
        if len(ranges) == 1 and ranges[0].cells > 1:
            self._view.move_inside(self._model.index(*next_cell))
        else:
            self._view.setCurrentIndex(self._model.index(*next_cell))
        return True


def stepped(
    ranges: Sequence[Range], current: QModelIndex, way: str, shown: Sequence[int], rows: int
) -> tuple[int, int]:
    """Row and column after a step; a rectangle is walked through and begun again, the table ends at its edges."""
    row, place = current.row(), shown.index(current.column()) if current.column() in shown else 0
    inside = len(ranges) == 1 and ranges[0].cells > 1
    top, bottom = (ranges[0].top, ranges[0].bottom) if inside else (0, rows - 1)
    columns = [at for at in shown if not inside or ranges[0].left <= at <= ranges[0].right] or list(shown)
    at = columns.index(shown[place]) if shown[place] in columns else 0
    high, wide = bottom - top + 1, len(columns)
    step = 1 if way in {"down", "right"} else -1
    if way in {"down", "up"}:
        if not inside:
            return max(top, min(bottom, row + step)), columns[at]
        number = (at * high + row - top + step) % (high * wide)
        return top + number % high, columns[number // high]
    number = (row - top) * wide + at + step
    number = number % (high * wide) if inside else max(0, min(high * wide - 1, number))
    return top + number // wide, columns[number % wide]


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


def parser_of(changing: Changing) -> Callable[[str, str], Any]:
    """Reads a text for a column of the source that is edited now."""

    def parse(column_id: str, text: str) -> Any:
        source = changing.source
        return (
            Problem("no", tr("This cannot be changed.")) if source is None else source.parse(column_id, text)
        )

    return parse
