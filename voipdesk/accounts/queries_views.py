"""The named layouts and filters that a person has kept."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import select

from voipdesk.accounts.schema import saved_view
from voipdesk.kernel.changes import Actor
from voipdesk.store.database import Database


@dataclass(frozen=True, slots=True)
class SavedView:
    """How a grid is arranged, by its name."""

    name: str
    state: dict[str, Any]


def views(db: Database, actor: Actor, place: str) -> list[SavedView]:
    """The actor's views of a grid, by name."""
    with db.read() as conn:
        rows = conn.execute(
            select(saved_view.c.name, saved_view.c.state)
            .where(saved_view.c.actor_name == actor.name, saved_view.c.place == place)
            .order_by(saved_view.c.name)
        )
        return [SavedView(row.name, row.state) for row in rows.all()]
