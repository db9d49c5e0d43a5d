"""Views of grids, kept in the workspace: rooms cannot reach accounts' commands, so the shell hands this in."""

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QWidget

from voipdesk.kernel.changes import Actor
from voipdesk.kernel.text import tr
from voipdesk.kit.desk import Desk
from voipdesk.kit.views_menu import Told
from voipdesk.shell import places

if TYPE_CHECKING:
    from voipdesk.store.database import Database


class KeptViews(QObject):
    """What `kit.views_menu.Views` asks for, of the actor at the desk, as long as the page is there."""

    def __init__(self, desk: "Desk[Database]", page: QWidget) -> None:
        super().__init__(page)
        self._desk = desk
        self._watching: dict[str, Told] = {}
        desk.on_change(frozenset({"saved_view"}), self.tell)

    def watch(self, place: str, take: Told) -> None:
        """Tell the views of a grid, soon and after each change of them."""
        self._watching[place] = take
        self.tell()

    def tell(self) -> None:
        """Read the views and tell them."""
        for place, take in self._watching.items():
            self._desk.read(tr("Read views"), partial(kept, place), take)

    def save(self, place: str, name: str, state: dict[str, Any]) -> None:
        """Keep a view; one of the same name is replaced."""
        from voipdesk.accounts.commands_views import save_view

        self._write(tr("Save view"), save_view, place=place, name=name, state=state)

    def remove(self, place: str, name: str) -> None:
        """Drop a view."""
        from voipdesk.accounts.commands_views import remove_view

        self._write(tr("Remove view"), remove_view, place=place, name=name)

    def _write(self, title: str, command: Callable[..., None], **named: Any) -> None:
        desk = self._desk
        desk.jobs.write(title, lambda _: command(desk.db, desk.actor, **named), refused=desk.ask.refuse)

    def last(self, place: str) -> dict[str, Any]:
        """The grid as this person left it on this computer."""
        kept = self._layouts().get(self._key(place))
        return kept if isinstance(kept, dict) else {}

    def leave(self, place: str, state: dict[str, Any]) -> None:
        """Remember it beside the window's own things: no change of the workspace, so nothing to undo."""
        places.remember(layouts={**self._layouts(), self._key(place): state})

    def _key(self, place: str) -> str:
        return f"{self._desk.actor.name}/{place}"

    def _layouts(self) -> dict[str, Any]:
        kept = places.remembered().get("layouts")
        return kept if isinstance(kept, dict) else {}


def kept(place: str, db: "Database", actor: Actor) -> list[tuple[str, dict[str, Any]]]:
    """Names and states of the actor's views of a grid."""
    from voipdesk.accounts.queries_views import views

    return [(one.name, one.state) for one in views(db, actor, place)]
