"""Views of grids, kept in the workspace: rooms cannot reach accounts' commands, so the shell hands this in."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from voipdesk.kit.desk import Desk

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
