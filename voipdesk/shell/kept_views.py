"""Views of grids, kept in the workspace: rooms cannot reach accounts' commands, so the shell hands this in."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from voipdesk.kit.desk import Desk
from voipdesk.shell import places

if TYPE_CHECKING:
    from voipdesk.store.database import Database


class KeptViews:
    """What `kit.views_menu.Views` asks for, of the actor at the desk."""

    def __init__(self, desk: "Desk[Database]") -> None:
        self._desk = desk

    def all(self, place: str) -> Sequence[tuple[str, dict[str, Any]]]:
        """Names and states of the views of a grid."""
        from voipdesk.accounts.queries_views import views

        return [(one.name, one.state) for one in views(self._desk.db, self._desk.actor, place)]

    def save(self, place: str, name: str, state: dict[str, Any]) -> None:
        """Keep a view; one of the same name is replaced."""
        from voipdesk.accounts.commands_views import save_view

        save_view(self._desk.db, self._desk.actor, place=place, name=name, state=state)

    def remove(self, place: str, name: str) -> None:
        """Drop a view."""
        from voipdesk.accounts.commands_views import remove_view

        remove_view(self._desk.db, self._desk.actor, place=place, name=name)

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
