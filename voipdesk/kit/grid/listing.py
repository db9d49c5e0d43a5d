"""Rows of a source in a view: asked for in an order, kept where they are while they are edited; states in their place."""

from collections.abc import Hashable, Sequence
from typing import Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from voipdesk.kernel.problems import VoipDeskError
from voipdesk.kernel.text import tr
from voipdesk.kit.grid.asking import Asking
from voipdesk.kit.grid.columns import Column, Formats
from voipdesk.kit.grid.editing import EditableSource, Touched
from voipdesk.kit.grid.filters import Filter, Sort, next_order
from voipdesk.kit.grid.footer import Footer
from voipdesk.kit.grid.keeping import Keeping
from voipdesk.kit.grid.model import GridModel
from voipdesk.kit.grid.notice import Notice
from voipdesk.kit.grid.sources import Ids, RowSource
from voipdesk.kit.grid.view import GridView
from voipdesk.kit.jobs import Jobs
from voipdesk.kit.names import named
from voipdesk.kit.states import LoadingBar, State, StatePane


class Listing(QWidget):
    """The part of a grid that shows rows; `Grid` adds what a person does with them."""

    activated = Signal(object)
    """Key of the row that was double-clicked or entered."""
    current_changed = Signal(object)
    """Key of the current row, or None."""
    selection_changed = Signal()
    shown = Signal(int)
    """Rows shown, after a source, an order or a filter was applied."""
    edited = Signal(object, str, object)
    """Row key, column id, new value, where the source cannot be edited itself: the page orders the command."""

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
        self._has_source = False
        """Before the first source nothing is known: neither that there are rows nor that there are none."""
        self.keeping = Keeping()
        self.order: tuple[Sort, ...] = ()
        self.empty = State(icon="info", title=tr("Nothing here yet"))
        self.loading = LoadingBar(self)
        self.notice = Notice(self, self.view)
        self.footer = Footer(self, self.model.formats)
        self.pane = StatePane(self.view)
        self.asking = Asking(self.view, jobs, self)
        self._build()

    def _build(self) -> None:
        box = QVBoxLayout(self)
        box.setContentsMargins(0, 0, 0, 0)
        box.setSpacing(0)
        for part in (self.loading, self.view, self.notice, self.footer):
            box.addWidget(part)
        self.setFocusProxy(self.view)
        view = self.view
        view.selected.connect(self.selection_changed)
        view.activated.connect(self._activate)
        view.selectionModel().currentChanged.connect(
            lambda now: self.current_changed.emit(self.model.key(now.row()) if now.isValid() else None)
        )
        view.rows_header.is_kept = lambda row: self.keeping.is_kept(int(self.model.ids[row]))
        self.asking.figures.connect(self.footer.show_figures)
        self.asking.failed.connect(self.fail)
        self.pane.acted.connect(self._act)
        self.footer.apply.clicked.connect(self.apply_again)
        self.header.sort_asked.connect(
            lambda at, add: self.set_order(next_order(self.order, self.model.columns[at].id, add=add))
        )
        self.header.filters.changed.connect(self.apply_again)
        self.model.edited = self._take_edit

    def set_source(self, source: RowSource, *, order: Sequence[Sort] | None = None) -> None:
        """Show another source; filters stay as typed, the order too unless one is given."""
        if order is not None:
            self.order = tuple(order)
            self.header.show_order(self.order)
        if source is not self._source:
            self._listen(source)
        self._source, self._has_source = source, True
        self._apply(again=False)

    def _listen(self, source: RowSource) -> None:
        """Hear what is edited in the source that is shown, and no more what is in the one before."""
        if isinstance(self._source, EditableSource):
            self._source.changed.disconnect(self._touch)
        if isinstance(source, EditableSource):
            source.changed.connect(self._touch)

    def refresh(self) -> None:
        """The rows of the source have changed: ask again; order, filters, the current row and edited rows stay."""
        self._apply(again=True)

    def apply_again(self) -> None:
        """Apply filter and order: edited rows that do not fit any more go, the others find their place."""
        if self._has_source:
            self._apply(again=False)

    def set_order(self, order: Sequence[Sort]) -> None:
        """Sort by these columns, the first one ruling."""
        self.order = tuple(order)
        self.header.show_order(self.order)
        self.apply_again()

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

    def current_key(self) -> Hashable | None:
        """The key of the current row, or None."""
        index = self.view.currentIndex()
        return self.model.key(index.row()) if index.isValid() else None

    def _apply(self, *, again: bool) -> None:
        source, key = self._source, self.current_key()

        def show(ids: Ids) -> None:
            kept = self.keeping.again(ids) if again else self.keeping.apply(ids)
            self._show(source, kept, key)

        if self.asking.ids(source, self.order, self.header.filters.taken(), show):
            self.loading.start()

    def _show(self, source: RowSource, ids: Ids, key: Hashable | None) -> None:
        column = max(0, self.view.currentIndex().column())
        self.loading.stop()
        # Shrinking a model that is scrolled far down costs Qt half a second; from the top it costs 12 ms.
        self.view.scrollToTop()
        self.model.show(source, ids)
        if key is not None:
            self.view.go_to(key, self.model.columns[column].id)
        self._say_rows()
        self.shown.emit(len(ids))

    def _say_rows(self) -> None:
        """How many rows there are, how many were kept, and what stands in their place where there are none."""
        typed, count = self.header.filters.typed(), self._source.count()
        if len(self.model.ids):
            self.set_state(None)
        elif count and typed:
            titles = {column.id: column.title for column in self.model.columns}
            said = ", ".join(f"{titles[name]}: {text}" for name, text in typed.items())
            title, button = tr("No row fits the filter"), tr("Clear filter")
            self.set_state(State("filter", title, said, button=button, key="clear"))
        else:
            self.set_state(self.empty)
        self.footer.show_rows(len(self.model.ids), count)
        self.footer.show_kept(self.keeping.kept)

    def _touch(self, touched: Touched) -> None:
        """The source was edited: rows stay where they are and hold what they hold now."""
        is_ruled = bool(self.order or self.filters)
        before = len(self.model.ids)
        if self.keeping.touch(touched, is_ruled=is_ruled):
            ids = self.keeping.shown()
            if len(touched.removed) or len(ids) != before + len(touched.appended):
                self._reshow(ids)
            elif len(ids) > before:
                self.model.append(ids)
        self.model.forget()
        self.view.rows_header.viewport().update()
        self._say_rows()
        self.view.selected.emit()

    def _reshow(self, ids: Ids) -> None:
        """Rows went or came back among the others: stay where the person looks."""
        bar, current, key = self.view.verticalScrollBar(), self.view.currentIndex(), self.current_key()
        place, row, column = bar.value(), current.row(), max(0, current.column())
        self.view.scrollToTop()
        self.model.show(self._source, ids)
        bar.setValue(place)
        at = self.model.place(key) if key is not None else None
        if at is None:
            at = min(row, len(ids) - 1)
        if at >= 0:
            self.view.make_current(self.model.index(at, column))

    def _act(self, key: str) -> None:
        if key == "clear":
            self.header.filters.clear()
        elif key == "retry":
            self.refresh()

    def _activate(self, index: Any) -> None:
        """A row was entered; a double click that begins to edit is none of that."""
        if not self.model.flags(index) & Qt.ItemFlag.ItemIsEditable:
            self.activated.emit(self.model.key(index.row()))

    def _take_edit(self, key: Hashable, column_id: str, value: Any) -> bool:
        column = self.model.columns[self.model.column_at(column_id)]
        problem = column.check(key, column_id, value) if column.check else None
        if problem is not None:
            self.footer.say(str(problem), "danger")
            return False
        self.edited.emit(key, column_id, value)
        return True
