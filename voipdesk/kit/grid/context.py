"""The menu of a grid (right click, the menu key, Shift+F10): everything that can be done there, with its key."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QPoint, Qt
from PySide6.QtGui import QKeySequence
from PySide6.QtWidgets import QMenu

from voipdesk.kernel.text import tr
from voipdesk.kit.grid.columns import NUMBERS, Kind, writer_of
from voipdesk.kit.grid.filters import Sort

if TYPE_CHECKING:
    from voipdesk.kit.grid.table import Grid


@dataclass(frozen=True, slots=True)
class More:
    """Something that a page does with its grid: a fixed word, a title, a key, and what it does."""

    name: str
    title: str
    key: str
    act: Callable[[], object]


class GridMenu(QObject):
    """Makes the menu each time anew, from the commands that mean something now."""

    def __init__(self, grid: "Grid") -> None:
        super().__init__(grid)
        self._grid = grid
        self.more: Sequence[More] = ()
        """What the page adds; shown first."""
        self.titles: Mapping[str, str] = {}
        """What the page calls a command otherwise."""

    def popup(self, where: QPoint | None = None) -> None:
        """Show it, at the current cell where no place is given."""
        view = self._grid.view
        if where is None:
            where = view.viewport().mapToGlobal(view.visualRect(view.currentIndex()).bottomLeft())
        menu = self.menu()
        menu.aboutToHide.connect(menu.deleteLater)
        menu.popup(where)

    def filter_column(self) -> object:
        """Alt+Down: into the filter of the current column; Escape and Down lead back."""
        grid, current = self._grid, self._grid.view.currentIndex()
        if not current.isValid():
            return False
        grid.set_filter_row(True)
        field = grid.header.filters.fields[grid.model.columns[current.column()].id]
        field.setFocus(Qt.FocusReason.ShortcutFocusReason)
        field.selectAll()
        return True

    def menu(self) -> QMenu:
        """All of it for the current cell."""
        menu = QMenu(self._grid.view)
        menu.setObjectName("menu.grid")
        menu.setAccessibleName(tr("Rows"))
        for one in self.more:
            self._add(menu, one.name, one.title, one.key, one.act)
        for group in self._groups():
            menu.addSeparator()
            for name, title, key in group:
                if self._grid.view.is_available(name) and name in self._grid.view.commands:
                    self._add(menu, name, self.titles.get(name, title), key, self._grid.view.commands[name])
        self._add_column(menu)
        return menu

    def _groups(self) -> list[list[tuple[str, str, str]]]:
        return [
            [
                ("copy", tr("Copy"), "Ctrl+C"), ("copy_titles", tr("Copy with titles"), "Ctrl+Shift+C"),
                ("paste", tr("Paste"), "Ctrl+V"), ("paste_special", tr("Paste special…"), "Ctrl+Shift+V"),
                ("fill_down", tr("Fill down"), "Ctrl+D"), ("fill_right", tr("Fill right"), "Ctrl+R"),
                ("clear", tr("Clear"), "Del"), ("remove", tr("Remove rows"), "Ctrl+-"),
            ],
            [
                ("find", tr("Find"), "Ctrl+F"), ("replace", tr("Find and replace"), "Ctrl+H"),
                ("go_to", tr("Go to"), "Ctrl+G"), ("column", tr("Select column"), "Ctrl+Space"),
                ("row", tr("Select row"), "Shift+Space"), ("read_row", tr("Read row aloud"), "Ctrl+Shift+R"),
            ],
            [("filter", tr("Filter this column…"), "Alt+Down")],
        ]  # fmt: skip

    def _add_column(self, menu: QMenu) -> None:
        """Filter and order by the current column, and which columns are shown."""
        grid, current = self._grid, self._grid.view.currentIndex()
        if current.isValid():
            at = current.column()
            column = grid.model.columns[at]
            self._add(menu, "filter_value", tr("Filter by this value"), "", self._filter_by_value)
            menu.addSeparator()
            up, down = Sort(column.id), Sort(column.id, descending=True)
            title = f"\u2068{column.title}\u2069"
            for name, said, order in (
                ("sort_up", tr("Sort by {column}, ascending").format(column=title), [up]),
                ("sort_down", tr("Sort by {column}, descending").format(column=title), [down]),
                ("sort_then", tr("Then by {column}").format(column=title), [*grid.order, up]),
                ("sort_none", tr("No order"), []),
            ):
                if (name == "sort_then" and not self._can_add(column.id)) or (not order and not grid.order):
                    continue
                self._add(menu, name, said, "", partial(grid.set_order, order))
        menu.addSeparator()
        columns = menu.addMenu(tr("Columns"))
        grid.layouts.fill(columns, current.column())

    def _can_add(self, column: str) -> bool:
        return bool(self._grid.order) and all(one.column != column for one in self._grid.order)

    def _filter_by_value(self) -> None:
        """Only rows that say the same in this column."""
        grid, current = self._grid, self._grid.view.currentIndex()
        column = grid.model.columns[current.column()]
        value = grid.model.value(current.row(), current.column())
        if value is None or value == "":
            text = "="
        else:
            said = writer_of(column, grid.model.formats, grouped=False)(value).rstrip(" %").lstrip("+")
            text = said if column.kind in NUMBERS or column.kind is Kind.STATE else f'="{said}"'
            text = said if column.kind in {Kind.DATE, Kind.TIME} else text
        grid.set_filter_row(True)
        filters = grid.header.filters
        filters.set_typed({**filters.typed(), column.id: text})

    def _add(self, menu: QMenu, name: str, title: str, key: str, act: Callable[[], object]) -> None:
        said = QKeySequence(key).toString(QKeySequence.SequenceFormat.NativeText)
        made = menu.addAction(f"{title}\t{said}" if said else title)
        made.setObjectName(f"grid.{name}")
        made.triggered.connect(lambda: act())
