"""How a person arranged a grid, as plain values for JSON: columns with widths, what is hidden and frozen, filters, order.

Widths count digits of the font, so that a layout fits any screen. Columns that a layout does not know stand at the end;
those that are gone are passed over: a layout from an older program never fails.
"""

from collections.abc import Mapping
from typing import Any

from PySide6.QtCore import QEvent, QObject, QPoint, Qt, QTimer, Signal
from PySide6.QtGui import QAction, QGuiApplication
from PySide6.QtWidgets import QMenu

from voipdesk.kernel.text import tr
from voipdesk.kit import theme
from voipdesk.kit.grid.filters import Sort
from voipdesk.kit.grid.listing import Listing

VERSION = 1
MILLISECONDS = 400
MOST_DIGITS = 400
PAD = 2 * theme.S + 1
"""Space around the text of a cell."""


class Layouts(QObject):
    """`changed` tells, some time after, that the person arranged something: the moment to remember `state`."""

    changed = Signal()
    columns_shown = Signal()
    """Other columns are visible than before."""

    def __init__(self, grid: Listing) -> None:
        super().__init__(grid)
        self._grid, self._header = grid, grid.header
        self._first: dict[str, Any] = {}
        self._quiet = False
        self._later = QTimer(self, singleShot=True, interval=MILLISECONDS)
        self._later.timeout.connect(self.changed)
        self._header.menu_asked.connect(self.offer_columns)
        self._header.sectionMoved.connect(self._arranged)
        self._header.sectionResized.connect(self._resized)
        grid.shown.connect(self._arranged)
        grid.installEventFilter(self)

    def eventFilter(self, grid: QObject, event: QEvent) -> bool:
        """The grid goes out of sight: tell now what would be told in a moment, when nobody may hear it any more."""
        if event.type() == QEvent.Type.Hide and self._later.isActive():
            self._later.stop()
            self.changed.emit()
        return bool(super().eventFilter(grid, event))

    def state(self) -> dict[str, Any]:
        """Everything a person can arrange, JSON-able."""
        header, digit = self._header, self._digit
        columns = []
        for place in range(header.count()):
            at = header.logicalIndex(place)
            hidden = header.isSectionHidden(at)
            width = self._grid.view.hidden_widths.get(at, 0) if hidden else header.sectionSize(at)
            columns.append(
                {
                    "id": self._grid.model.columns[at].id,
                    "width": round(max(0, width - PAD) / digit, 2),
                    "hidden": hidden,
                }
            )
        return {
            "version": VERSION,
            "columns": columns,
            "frozen": header.frozen,
            "filters": header.filters.typed(),
            "filter_row": not header.filters.isHidden(),
            "order": [[part.column, part.descending] for part in self._grid.order],
            "by_hand": self._grid.view.is_sized_by_hand,
        }

    @property
    def _digit(self) -> int:
        return max(1, self._grid.view.fontMetrics().horizontalAdvance("0"))

    def restore(self, state: Mapping[str, Any]) -> None:
        """Arrange the grid as a state says; what it does not say stays."""
        self._quiet = True
        try:
            self._restore_columns(state.get("columns", []))
            if "frozen" in state:
                self._header.set_frozen(int(state["frozen"]))
            self._grid.view.is_sized_by_hand = bool(state.get("by_hand", True))
            if "filter_row" in state:
                self._header.set_filter_row(bool(state["filter_row"]))
        finally:
            self._quiet = False
        known = {column.id for column in self._grid.model.columns}
        if "order" in state:
            self._grid.order = tuple(
                Sort(str(name), bool(down)) for name, down in state["order"] if name in known
            )
            self._header.show_order(self._grid.order)
        filters = {str(name): str(text) for name, text in state.get("filters", {}).items() if name in known}
        self._header.filters.set_typed(filters, quietly=True)
        self.columns_shown.emit()
        self._grid.apply_again()

    def _restore_columns(self, wanted: list[Mapping[str, Any]]) -> None:
        header, places = self._header, {column.id: at for at, column in enumerate(self._grid.model.columns)}
        known = [one for one in wanted if one.get("id") in places]
        for place, one in enumerate(known):
            at = places[one["id"]]
            header.moveSection(header.visualIndex(at), place)
            header.setSectionHidden(at, False)
            digits = min(MOST_DIGITS, float(one.get("width", 0)))
            if digits > 0:
                self._grid.view.setColumnWidth(at, round(digits * self._digit) + PAD)
            if one.get("hidden") and len(header.shown()) > 1:
                self._grid.view.hide_column(at)

    def remember_first(self) -> None:
        """What `reset` goes back to: as the grid is now (the first time it is shown)."""
        if not self._first:
            self._first = self.state()

    def reset(self) -> None:
        """Columns as they were declared; filters and order stay."""
        view, header = self._grid.view, self._header
        for at in range(header.count()):
            header.moveSection(header.visualIndex(at), at)
            if self._grid.model.columns[at].hidden:
                view.hide_column(at)
            else:
                header.setSectionHidden(at, False)
        header.set_frozen(int(self._first.get("frozen", 0)))
        view.is_sized_by_hand = False
        view.fit_to_font()
        view.stretch()
        self.columns_shown.emit()
        self._arranged()

    def offer_columns(self, at: int, where: QPoint) -> None:
        """The menu of columns: show, hide, freeze, filter row, reset."""
        menu = self.menu(at)
        menu.popup(where)

    def menu(self, at: int = -1) -> QMenu:
        """The menu of columns, for the column under the mouse where there is one."""
        menu = QMenu(self._header)
        self.fill(menu, at)
        menu.aboutToHide.connect(menu.deleteLater)
        return menu

    def fill(self, menu: QMenu, at: int = -1) -> None:
        """Put into a menu which columns are shown, which stand, and the filter row."""
        header = self._header
        menu.setObjectName("menu.columns")
        menu.setAccessibleName(tr("Columns"))
        shown = header.shown()
        for column_at in (header.logicalIndex(place) for place in range(header.count())):
            column, hidden = self._grid.model.columns[column_at], header.isSectionHidden(column_at)
            act = QAction(column.title, menu, checkable=True, checked=not hidden)
            act.setObjectName(f"column.{column.id}")
            act.setEnabled(hidden or len(shown) > 1)
            act.toggled.connect(lambda on, column_at=column_at: self._show_column(column_at, on))
            menu.addAction(act)
        menu.addSeparator()
        place = shown.index(at) + 1 if at in shown else 0
        if place and place < len(shown):
            self._add(menu, "columns.freeze", tr("Freeze up to here"), lambda: self._freeze(place))
        if header.frozen:
            self._add(menu, "columns.release", tr("Freeze nothing"), lambda: self._freeze(0))
        is_hidden = header.filters.isHidden()
        row = tr("Show the filter row") if is_hidden else tr("Hide the filter row")
        self._add(menu, "columns.filter_row", row, lambda: self._filter_row(is_hidden))
        self._add(menu, "columns.reset", tr("Reset the columns"), self.reset)

    def _add(self, menu: QMenu, name: str, title: str, act: Any) -> None:
        made = menu.addAction(title)
        made.setObjectName(name)
        made.triggered.connect(lambda: act())

    def show_column(self, name: str, *, on: bool) -> None:
        """Show or hide a column because of what the rows hold; nobody has arranged anything by that."""
        at = next(at for at, column in enumerate(self._grid.model.columns) if column.id == name)
        if self._header.isSectionHidden(at) == on:
            before, self._quiet = self._quiet, True
            self._show_column(at, on)
            self._quiet = before

    def _show_column(self, at: int, on: bool) -> None:
        if on:
            self._header.setSectionHidden(at, False)
        else:
            self._grid.view.hide_column(at)
        self._grid.view.stretch()
        self.columns_shown.emit()
        self._arranged()

    def _freeze(self, count: int) -> None:
        self._header.set_frozen(count)
        self._grid.view.viewport().update()
        self._arranged()

    def _filter_row(self, shown: bool) -> None:
        self._header.set_filter_row(shown)
        self._arranged()

    def _resized(self, *_: int) -> None:
        """Only widths that a person drew count; those that follow the window do not."""
        if QGuiApplication.mouseButtons() & Qt.MouseButton.LeftButton:
            self._arranged()

    def _arranged(self, *_: object) -> None:
        if not self._quiet:
            self._later.start()
