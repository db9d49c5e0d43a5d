"""The grid that pages use: rows of a source, and everything a person does with them by mouse and keyboard."""

from collections.abc import Hashable, Mapping, Sequence
from functools import partial
from typing import TYPE_CHECKING, Any

from PySide6.QtWidgets import QWidget

from voipdesk.kit.grid.changing import Changing, parser_of
from voipdesk.kit.grid.columns import Column, Formats
from voipdesk.kit.grid.context import GridMenu
from voipdesk.kit.grid.editing import Seeking, editable
from voipdesk.kit.grid.finding import Finding
from voipdesk.kit.grid.layouts import Layouts
from voipdesk.kit.grid.listing import Listing
from voipdesk.kit.grid.model import spoken_row
from voipdesk.kit.grid.pasting_bar import PasteHint, offer_paste
from voipdesk.kit.grid.selection import Range, ids_of, rows_of
from voipdesk.kit.grid.sources import RowSource
from voipdesk.kit.grid.speaking import announce
from voipdesk.kit.grid.view import CellView, cell_of, keys_of
from voipdesk.kit.jobs import Jobs

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

EDITING = frozenset(
    {
        "paste",
        "paste_special",
        "fill_down",
        "fill_right",
        "fill",
        "clear",
        "undo",
        "redo",
        "replace",
        "remove",
    }
    | {"down", "up", "right", "left"}
)
"""Commands that need rows that can be edited."""


class Grid(Listing):
    """A table of rows from a source. `name` becomes the object name `table.<name>` of its view."""

    def __init__(
        self,
        name: str,
        columns: Sequence[Column],
        *,
        jobs: Jobs | None = None,
        formats: Formats | None = None,
        title: str = "",
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(name, columns, jobs=jobs, formats=formats, title=title, parent=parent)
        self.changing = Changing(self.view, self.notice, jobs, self)
        """The gestures: fill, clear, paste, remove, undo, redo."""
        self.changing.said.connect(self.footer.say)
        self.finding = Finding(self, self.changing, jobs)
        """Find, replace and go to."""
        self.layouts = Layouts(self)
        """Columns, filters and order as the person arranged them; `layouts.changed` tells when to remember them."""
        self.context = GridMenu(self)
        """The menu of rows; `context.more` is what a page adds."""
        self.view.menu_asked.connect(self.context.popup)
        self.paste_hint = PasteHint(self.changing, self.view, self.footer, self)
        self.shown.connect(self.paste_hint.look_again)
        self._bind_keys()

    def _bind_keys(self) -> None:
        change, view = self.changing, self.view
        view.commands |= {
            "paste": change.paste,
            "paste_special": lambda: offer_paste(view, change),
            "fill_down": change.fill_down,
            "fill_right": change.fill_right,
            "fill": change.fill,
            "clear": change.clear,
            "undo": change.undo,
            "redo": change.redo,
            "apply": self._apply_kept,
            "find": self.find,
            "replace": lambda: self.finding.open(replacing=True),
            "find_next": lambda: self.finding.step(1) if self.finding.is_open else False,
            "find_previous": lambda: self.finding.step(-1) if self.finding.is_open else False,
            "go_to": self.finding.open_go_to,
            "read_row": self.read_row,
            "menu": self.context.popup,
            "filter": self.context.filter_column,
            **{way: partial(change.step, way) for way in ("down", "up", "right", "left")},
        }
        view.is_available = self._is_available
        self.header.filters.left.connect(view.setFocus)
        view.cells.stepped.connect(change.step)
        view.cells.fill_asked.connect(change.fill)
        view.cells.slipped.connect(self._slip)

    def set_source(self, source: RowSource, *, order: Any = None) -> None:
        """Show another source; filters stay as typed, the order too unless one is given."""
        can_edit = editable(source)
        self.view.cells.parse = parser_of(self.changing) if can_edit else None
        self.view.cells.take = self.changing.type_text if can_edit else None
        super().set_source(source, order=order)

    def set_filter_row(self, shown: bool = True) -> None:
        """Show or hide the row of filters."""
        self.header.set_filter_row(shown)

    def set_frozen(self, count: int) -> None:
        """Keep so many of the first columns from scrolling."""
        self.header.set_frozen(count)
        self.view.viewport().update()

    def show_column(self, name: str, *, on: bool) -> None:
        """Show or hide a column because of what the rows hold."""
        self.layouts.show_column(name, on=on)

    def state(self) -> dict[str, Any]:
        """The layout: columns with widths, hidden and frozen ones, filters, order. JSON-able."""
        return self.layouts.state()

    def restore(self, state: Mapping[str, Any]) -> None:
        """Arrange everything as a state says, and apply its filters and order."""
        self.layouts.restore(state)

    def selection_ranges(self) -> list[Range]:
        """What is selected, as rectangles."""
        return self.view.selection_ranges()

    def cell(self, key: Hashable, column_id: str) -> CellView | None:
        """The cell of a row key and a column id (ux.md 10); None where the row is not shown."""
        return cell_of(self.view, key, column_id)

    def selected_keys(self, most: int = 10_000) -> list[Hashable]:
        """Keys of the rows touched by the selection, in their order, at most so many."""
        return keys_of(self.view, most)

    def selected_rows(self) -> "NDArray[np.int64]":
        """Ids of the rows touched by the selection, in the order shown; milliseconds for a million."""
        return ids_of(self.model.ids, self.view.selection_ranges())

    def selected_count(self) -> int:
        """How many rows the selection touches."""
        return sum(last - first + 1 for first, last in rows_of(self.view.selection_ranges()))

    def go_to(self, key: Hashable, column_id: str | None = None) -> bool:
        """Make the row of a key the current one and scroll to it; False where it is not shown."""
        return self.view.go_to(key, column_id)

    def copy(self, headers: bool = False) -> None:
        """Put the selection on the clipboard as TSV and HTML."""
        self.asking.copy(headers)

    def find(  # type: ignore[override]  # Qt's own find is a static look-up by window id.
        self, *, replacing: bool = False
    ) -> None:
        """Open the bar of find, or of replace; a page binds its Find to it."""
        self.finding.open(replacing=replacing)

    def read_row(self) -> None:
        """Say the whole current row aloud, and show it under the grid."""
        current = self.view.currentIndex()
        if current.isValid():
            text = spoken_row(self.model, current.row(), self.header.shown())
            self.footer.say(text)
            announce(self.view, text)

    def _is_available(self, command: str) -> bool:
        """Whether a key means something here now, or belongs to the menus."""
        if command in EDITING:
            return self.changing.source is not None
        if command in {"find_next", "find_previous"}:
            return self.finding.is_open
        if command == "go_to":
            return isinstance(self.model.source, Seeking)
        return command != "apply" or bool(self.keeping.kept)

    def _apply_kept(self) -> object:
        """F5 applies filter and order again where rows were edited; else it is the page's."""
        if not self.keeping.kept:
            return False
        self.apply_again()
        return True

    def _slip(self, reason: str) -> None:
        """Why what is being typed is no value."""
        self.footer.say(reason, "danger") if reason else self._say_rows()
