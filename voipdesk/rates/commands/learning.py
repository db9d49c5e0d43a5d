"""What a person said of titles is known from then on: synonyms of the workspace."""

from collections.abc import Mapping

from sqlalchemy import insert, update

from voipdesk.accounts.rules import Right, require
from voipdesk.kernel.changes import Actor
from voipdesk.kernel.text import tr
from voipdesk.rates.queries.previews import SYNONYMS, learned_titles
from voipdesk.store.database import Database
from voipdesk.store.tables import setting
from voipdesk.tabular.words import plain


def learn_titles(db: Database, actor: Actor, titles: Mapping[str, str]) -> bool:
    """Keep which role a title has, so that no sheet asks again; whether anything was new."""
    require(actor, Right.IMPORT_RATES)
    said = {plain(title): role for title, role in titles.items() if plain(title)}
    with db.read() as conn:
        known = learned_titles(conn)
    if all(known.get(title) == role for title, role in said.items()):
        return False
    with db.write(tr("Learn titles of columns"), actor) as write:
        known = learned_titles(write.conn)
        now = {**known, **said}
        if known:
            write.conn.execute(update(setting).where(setting.c.key == SYNONYMS).values(value=now))
        else:
            write.conn.execute(insert(setting).values(key=SYNONYMS, value=now))
    return True
