"""The grid that pages use: view, filter row, order, states, figures of the selection, all asked beside the window."""

from collections.abc import Hashable, Sequence
from typing import Any

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from voipdesk.kernel.problems import VoipDeskError
from voipdesk.kernel.text import tr
from voipdesk.kit.grid.asking import Asking
from voipdesk.kit.grid.columns import Column, Formats
from voipdesk.kit.grid.filters import Filter, Sort, next_order
from voipdesk.kit.grid.footer import Footer
from voipdesk.kit.grid.model import GridModel
from voipdesk.kit.grid.selection import Range
from voipdesk.kit.grid.sources import Ids, RowSource
from voipdesk.kit.grid.view import CellView, GridView
from voipdesk.kit.jobs import Jobs
from voipdesk.kit.names import named
from voipdesk.kit.states import LoadingBar, State, StatePane


class Grid(QWidget):
    """A table of rows from a source. `name` becomes the object name `table.<name>` of its view."""

    activated = Signal(object)
    """Key of the row that was double-clicked or entered."""
    current_changed = Signal(object)
    """Key of the current row, or None."""
    selection_changed = Signal()
    shown = Signal(int)
    """Rows shown, after a source, an order or a filter was applied."""
    edited = Signal(object, str, object)
    """Row key, column id, new value: the page orders the command."""

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
        super().__init__(parent)
        self.model = GridModel(columns, formats=formats, parent=self)
        self.view = named(GridView(self.model, self), f"table.{name}", title or name)
        self.header = self.view.columns_header
        self.header.filters.formats = self.model.formats
        self._source: RowSource = self.model.source
        self.order: tuple[Sort, ...] = ()
        self.empty = State(icon="info", title=tr("Nothing here yet"))
        self.loading = LoadingBar(self)
        self.footer = Footer(self, self.model.formats)
        self.pane = StatePane(self.view)
        self.asking = Asking(self.view, jobs, self)
        self._build()

    def _build(self) -> None:
        box = QVBoxLayout(self)
        box.setContentsMargins(0, 0, 0, 0)
        box.setSpacing(0)
        for part in (self.loading, self.view, self.footer):
            box.addWidget(part)
        self.setFocusProxy(self.view)
        view = self.view
        view.selected.connect(self.selection_changed)
        view.activated.connect(lambda index: self.activated.emit(self.model.key(index.row())))
        view.selectionModel().currentChanged.connect(
            lambda now: self.current_changed.emit(self.model.key(now.row()) if now.isValid() else None)
        )
        self.asking.figures.connect(self.footer.show_figures)
        self.asking.failed.connect(self.fail)
        self.pane.acted.connect(self._act)
        self.header.sort_asked.connect(
            lambda at, add: self.set_order(next_order(self.order, self.model.columns[at].id, add=add))
        )
        self.header.filters.changed.connect(self.refresh)
        self.model.edited = self._take_edit

    def set_source(self, source: RowSource, *, order: Sequence[Sort] | None = None) -> None:
        """Show another source; filters stay as typed, the order too unless one is given."""
        if order is not None:
            self.order = tuple(order)
            self.header.show_order(self.order)
        self._source = source
        self._apply(source)

    def refresh(self) -> None:
        """The rows of the source have changed: ask again; order, filters and the current row stay."""
        self._apply(self._source)

    def set_order(self, order: Sequence[Sort]) -> None:
        """Sort by these columns, the first one ruling."""
        self.order = tuple(order)
        self.header.show_order(self.order)
        self.refresh()

    def set_filter_row(self, shown: bool = True) -> None:
        """Show or hide the row of filters."""
        self.header.set_filter_row(shown)

    @property
    def filters(self) -> list[Filter]:
        """The filters that are typed and readable."""
        return self.header.filters.filters()

    def set_state(self, state: State | None) -> None:
        """Put a state in place of the rows (empty, error); None shows the rows."""
        self.pane.show_state(state, below=self.header.height())

    def fail(self, error: VoipDeskError) -> None:
        """Say why the rows cannot be shown, and offer to try again."""
        self.loading.stop()
        title, button = tr("These rows cannot be shown"), tr("Try again")
        self.set_state(State("warning", title, str(error), button=button, key="retry", tone="danger"))

    def selection_ranges(self) -> list[Range]:
        """What is selected, as rectangles."""
        return self.view.selection_ranges()

    def cell(self, key: Hashable, column_id: str) -> CellView | None:
        """The cell of a row key and a column id (ux.md 10); None where the row is not shown."""
        return self.view.cell(key, column_id)

    def current_key(self) -> Hashable | None:
        """The key of the current row, or None."""
        index = self.view.currentIndex()
        return self.model.key(index.row()) if index.isValid() else None

    def selected_keys(self, most: int = 10_000) -> list[Hashable]:
        """Keys of the rows touched by the selection, in their order, at most so many."""
        return self.view.selected_keys(most)

    def go_to(self, key: Hashable, column_id: str | None = None) -> bool:
        """Make the row of a key the current one and scroll to it; False where it is not shown."""
        return self.view.go_to(key, column_id)

    def copy(self, headers: bool = False) -> None:
        """Put the selection on the clipboard as TSV and HTML."""
        self.asking.copy(headers)

    def _apply(self, source: RowSource) -> None:
        key = self.current_key()
        later = self.asking.ids(source, self.order, self.filters, lambda ids: self._show(source, ids, key))
        if later:
            self.loading.start()

    def _show(self, source: RowSource, ids: Ids, key: Hashable | None) -> None:
        column = max(0, self.view.currentIndex().column())
        self.loading.stop()
        # Shrinking a model that is scrolled far down costs Qt half a second; from the top it costs 12 ms.
        self.view.scrollToTop()
        self.model.show(source, ids)
        if key is not None:
            self.view.go_to(key, self.model.columns[column].id)
        self._show_emptiness(source.count())
        self.footer.show_rows(len(ids), source.count())
        self.shown.emit(len(ids))

    def _show_emptiness(self, rows: int) -> None:
        typed = self.header.filters.typed()
        if len(self.model.ids):
            self.set_state(None)
        elif rows and typed:
            titles = {column.id: column.title for column in self.model.columns}
            said = ", ".join(f"{titles[name]}: {text}" for name, text in typed.items())
            title, button = tr("No row fits the filter"), tr("Clear filter")
            self.set_state(State("filter", title, said, button=button, key="clear"))
        else:
            self.set_state(self.empty)

    def _act(self, key: str) -> None:
        if key == "clear":
            self.header.filters.clear()
        elif key == "retry":
            self.refresh()

    def _take_edit(self, key: Hashable, column_id: str, value: Any) -> bool:
        column = self.model.columns[self.model.column_at(column_id)]
        problem = column.check(key, column_id, value) if column.check else None
        if problem is not None:
            self.footer.say(str(problem), "danger")
            return False
        self.edited.emit(key, column_id, value)
        return True
