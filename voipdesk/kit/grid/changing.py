"""What a person does to the rows of an editable source: type, fill, clear, paste, remove, undo; asked before it surprises.

Small changes are made at once, large ones beside the window. A plan with refused cells or new rows is put to the person
first; what was done is said in the line under the grid with its counts.
"""

from collections.abc import Callable, Sequence
from typing import Any

import shiboken6
from PySide6.QtCore import QModelIndex
from PySide6.QtGui import QGuiApplication

from voipdesk.kernel.problems import Problem
from voipdesk.kernel.text import tr, trn
from voipdesk.kit.grid import gestures, pasting
from voipdesk.kit.grid.carrying import Carrying
from voipdesk.kit.grid.editing import INLINE, Outcome
from voipdesk.kit.grid.gestures import Ground, Plan
from voipdesk.kit.grid.selection import Range, ids_of

MOST_LISTED = 200
"""Refused cells that are listed in a question."""


class Changing(Carrying):
    """The gestures of a grid; every one of them is one step with a name."""

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

    def step(self, way: str) -> object:
        """Enter and Tab: to the next cell, inside the selection where more than one cell is selected."""
        if self.source is None or not self._view.currentIndex().isValid():
            return False
        ranges, current = self._view.selection_ranges(), self._view.currentIndex()
        next_cell = stepped(ranges, current, way, self._view.columns_header.shown(), self._model.rowCount())
        walks = len(ranges) == 1 and ranges[0].cells > 1
        self._view.make_current(self._model.index(*next_cell), select=not walks)
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


def parser_of(changing: Changing) -> Callable[[str, str], Any]:
    """Reads a text for a column of the source that is edited now."""

    def parse(column_id: str, text: str) -> Any:
        source = changing.source
        return (
            Problem("no", tr("This cannot be changed.")) if source is None else source.parse(column_id, text)
        )

    return parse
