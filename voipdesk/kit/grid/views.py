"""The button of saved views: named layouts of a grid with their filters, kept by whoever gives a store for them."""

from collections.abc import Mapping
from functools import partial
from typing import Any, Protocol

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QMenu, QToolButton, QWidget

from voipdesk.kernel.text import tr
from voipdesk.kit.ask import Ask
from voipdesk.kit.grid.table import Grid
from voipdesk.kit.names import named

LAST = ""
"""The name under which the layout is remembered as it was left."""


class ViewStore(Protocol):
    """Where named states of a grid are kept, for one person and one place; the name '' is the layout as it was left."""

    def views(self) -> Mapping[str, Mapping[str, Any]]:
        """States by name."""

    def save(self, name: str, state: Mapping[str, Any]) -> None:
        """Keep a state under a name, in the place of the one before."""

    def remove(self, name: str) -> None:
        """Keep it no more."""


class ViewsButton(QToolButton):
    """Lists the saved views; restores the layout as it was left, and remembers it again whenever it is changed."""

    def __init__(self, grid: Grid, store: ViewStore, ask: Ask, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        named(self, "btn.views", tr("Views"))
        self._grid, self._store, self._ask = grid, store, ask
        self._name = ""
        self.setText(tr("All columns"))
        self.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextOnly)
        self.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self._menu = QMenu(self)
        self._menu.setObjectName("menu.views")
        self._menu.setAccessibleName(tr("Views"))
        self._menu.aboutToShow.connect(self.fill)
        self.setMenu(self._menu)
        grid.layouts.remember_first()
        last = store.views().get(LAST)
        if last:
            grid.restore({**last, "filters": {}})  # Rows that somebody hid last week are not missing today.
        grid.layouts.changed.connect(self._remember)

    def fill(self) -> None:
        """The menu as the store is now."""
        self._menu.clear()
        self._add("view.all", tr("All columns"), self.show_all, checked=not self._name)
        names = sorted(name for name in self._store.views() if name)
        for name in names:
            self._add(f"view.{name}", name, partial(self.show_view, name), checked=name == self._name)
        self._menu.addSeparator()
        self._add("views.save", tr("Save this view…"), self.save_as)
        if self._name:
            self._add("views.update", tr("Save changes to {name}").format(name=self._name), self._update)
            self._add("views.remove", tr("Delete {name}").format(name=self._name), self._remove)

    def show_view(self, name: str) -> None:
        """Arrange the grid as a saved view says, its filters included."""
        state = self._store.views().get(name)
        if state is not None:
            self._grid.restore(state)
            self._call(name)

    def show_all(self) -> None:
        """All columns in their places, no filter, no order."""
        self._grid.layouts.reset()
        self._grid.restore({"filters": {}, "order": [], "by_hand": False})
        self._call("")

    def save_as(self) -> None:
        """Ask for a name and keep the grid as it is under it."""
        name = (self._ask.text(tr("Name of this view"), value=self._name) or "").strip()
        taken = name in self._store.views() and name != self._name
        said = tr("There is a view {name} already. Replace it?").format(name=name)
        if name and (not taken or self._ask.confirm(said, verb=tr("Replace it"))):
            self._store.save(name, self._grid.state())
            self._call(name)

    def _update(self) -> None:
        self._store.save(self._name, self._grid.state())

    def _remove(self) -> None:
        self._store.remove(self._name)
        self._call("")

    def _call(self, name: str) -> None:
        self._name = name
        self.setText(name or tr("All columns"))

    def _remember(self) -> None:
        self._store.save(LAST, self._grid.state())

    def _add(self, name: str, title: str, act: Any, *, checked: bool | None = None) -> None:
        made = self._menu.addAction(title)
        made.setObjectName(name)
        if checked is not None:
            made.setCheckable(True)
            made.setChecked(checked)
        made.triggered.connect(lambda: act())
