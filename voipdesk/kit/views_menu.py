"""The button of named views: how a grid is arranged, kept by name; whoever makes the page says where."""

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any, Protocol

from PySide6.QtGui import QAction
from PySide6.QtWidgets import QMenu, QPushButton, QWidget

from voipdesk.kernel.text import tr
from voipdesk.kit.ask import Ask
from voipdesk.kit.grid import Grid
from voipdesk.kit.names import named
from voipdesk.kit.page import button

Told = Callable[[Sequence[tuple[str, dict[str, Any]]]], None]
"""Hears the names and states of the views of a grid."""


class Views(Protocol):
    """Keeps views of one person. What is kept in a file is read and written beside the window; a refusal is told there."""

    def watch(self, place: str, take: Told) -> None:
        """Tell the views of a grid, soon and whenever there are others."""

    def save(self, place: str, name: str, state: dict[str, Any]) -> None:
        """Keep a view; one of the same name is replaced."""

    def remove(self, place: str, name: str) -> None:
        """Drop a view."""

    def last(self, place: str) -> dict[str, Any]:
        """The grid as it was left; empty where nobody arranged it."""

    def leave(self, place: str, state: dict[str, Any]) -> None:
        """Remember the grid as it is; no work of the workspace, so nothing to undo."""


class ViewsMenu:
    """The button `btn.views` with its menu; hidden until it knows where views are kept."""

    def __init__(self, grid: Grid, place: str, ask: Ask) -> None:
        self._grid, self._place, self._ask = grid, place, ask
        self._views: Views | None = None
        self._kept: Sequence[tuple[str, dict[str, Any]]] = ()
        self._first: dict[str, Any] | None = None
        self._left: dict[str, Any] = {}
        self.button: QPushButton = button(tr("Views"), "views", icon="eye")
        self.menu = named(QMenu(self.button), "menu.views", tr("Views"))
        self.menu.aboutToShow.connect(self.fill)
        self.button.setMenu(self.menu)
        self.button.hide()

    def keep_in(self, views: Views | None) -> None:
        """Where views are kept; the way the grid stands now is its own way, until it is as it was left."""
        self._views = views
        if self._first is None:
            self._first = self._grid.state()
            self._grid.layouts.changed.connect(self._remember)
        left = views.last(self._place) if views is not None else {}
        if left:
            # Rows that a filter hid last week are not missing today.
            self._grid.restore({**left, "filters": {}, "order": []})
        self._left = _arranged(self._grid.state())
        self.button.setVisible(views is not None)
        if views is not None:
            views.watch(self._place, self._take)

    def fill(self) -> None:
        """The views there are, and what can be done with them."""
        self.menu.clear()
        if self._views is None:
            return
        kept = self._kept
        self._add("view.first", tr("Usual columns, no filter"), self.reset)
        if kept:
            self.menu.addSeparator()
        for name, state in kept:
            self._add(f"view.{name}", name, partial(self._grid.restore, state))
        self.menu.addSeparator()
        self._add("view_save", tr("Save as…"), self.save)
        if kept:
            dropping = self.menu.addMenu(tr("Remove"))
            for name, _ in kept:
                self._add(f"view_remove.{name}", name, partial(self.remove, name), dropping)

    def save(self) -> None:
        """Ask for a name and keep the grid as it stands."""
        name = self._ask.text(tr("Keep filter, order and columns under the name"), title=tr("Save view"))
        if name and self._views is not None:
            self._views.save(self._place, name, self._grid.state())

    def remove(self, name: str) -> None:
        """Drop a view."""
        if self._views is not None:
            self._views.remove(self._place, name)

    def reset(self) -> None:
        """The grid as it was first."""
        if self._first is not None:
            self._grid.restore({**self._first, "filters": {}, "order": []})

    def _take(self, kept: Sequence[tuple[str, dict[str, Any]]]) -> None:
        """There are other views; a menu that is open shows them at once."""
        self._kept = kept
        if self.menu.isVisible():
            self.fill()

    def _remember(self) -> None:
        """The person arranged something."""
        now = _arranged(self._grid.state())
        if self._views is not None and now != self._left:
            self._left = now
            self._views.leave(self._place, now)

    def _add(self, name: str, text: str, act: Any, menu: QWidget | None = None) -> None:
        target = menu if isinstance(menu, QMenu) else self.menu
        one = QAction(text.replace("&", "&&"), target)
        one.setObjectName(f"action.{name}")
        one.triggered.connect(lambda: act())
        target.addAction(one)


def _arranged(state: dict[str, Any]) -> dict[str, Any]:
    """What of a state is remembered without being asked: columns, not what they show."""
    return {name: value for name, value in state.items() if name not in ("filters", "order")}
