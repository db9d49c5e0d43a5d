"""Named layouts and filters of grids: each person keeps, replaces and drops their own."""

from typing import Any

from sqlalchemy import delete, insert, select, update

from voipdesk.accounts.schema import saved_view
from voipdesk.kernel.changes import Actor
from voipdesk.kernel.problems import Refused
from voipdesk.kernel.text import tr
from voipdesk.store.database import Database
from voipdesk.store.types import uuid7

MOST_LETTERS = 60


def save_view(db: Database, actor: Actor, *, place: str, name: str, state: dict[str, Any]) -> None:
    """Keep how a grid is arranged under a name; a view of the same name is replaced."""
    title = " ".join(name.split())
    if not title or len(title) > MOST_LETTERS:
        raise Refused(
            "no_name",
            tr("A view needs a name of at most {count} letters.").format(count=MOST_LETTERS),
            tr("Write one like “Germany, by rate”."),
        )
    with db.write(tr("Save view {name}").format(name=title), actor) as write:
        mine = (
            saved_view.c.actor_name == actor.name,
            saved_view.c.place == place,
            saved_view.c.name == title,
        )
        if write.conn.execute(select(saved_view.c.id).where(*mine)).first() is None:
            values = {"id": uuid7(), "actor_name": actor.name, "place": place, "name": title, "state": state}
            write.conn.execute(insert(saved_view).values(values))
        else:
            write.conn.execute(update(saved_view).where(*mine).values(state=state))


def remove_view(db: Database, actor: Actor, *, place: str, name: str) -> None:
    """Drop one of the actor's views. `Refused("unknown_view")` where there is none of that name."""
    with db.write(tr("Remove view {name}").format(name=name), actor) as write:
        gone = write.conn.execute(
            delete(saved_view).where(
                saved_view.c.actor_name == actor.name, saved_view.c.place == place, saved_view.c.name == name
            )
        )
        if not gone.rowcount:
            raise Refused(
                "unknown_view",
                tr("You have no view {name} here.").format(name=name),
                tr("Look at the list of views."),
            )
