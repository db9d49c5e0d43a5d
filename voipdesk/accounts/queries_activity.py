"""Who did what, as far as the actor may see it: his own people and those below."""

from voipdesk.accounts.queries import subtree_ids
from voipdesk.accounts.rules import Right, require
from voipdesk.kernel.changes import Actor
from voipdesk.store.database import Database
from voipdesk.store.history import MOST, Entry, entries


def activity(db: Database, actor: Actor, *, most: int = MOST) -> list[Entry]:
    """The newest changes made by the actor's own account and those below it, newest first."""
    require(actor, Right.SEE_ACTIVITY)
    with db.read() as conn:
        return entries(conn, subtree_ids(conn, actor), most=most)
