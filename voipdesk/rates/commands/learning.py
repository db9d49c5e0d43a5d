"""What a person said of titles is known from then on: synonyms of the workspace."""

from collections.abc import Collection, Mapping

from voipdesk.accounts.rules import Right, require
from voipdesk.kernel.changes import Actor
from voipdesk.kernel.problems import Refused
from voipdesk.kernel.text import tr
from voipdesk.rates.queries.senders import SYNONYMS, LearnedTitle, learned_on, learned_titles
from voipdesk.store.database import Database, Write
from voipdesk.tabular.words import RATES, plain


def learn_titles(db: Database, actor: Actor, titles: Mapping[str, str], *, file: str = "") -> bool:
    """Keep which role a title has, so that no sheet asks again; whether anything was new. `file`: where it was said.

    `Refused` for a title without letters, and for a role that rate sheets do not have.
    """
    require(actor, Right.IMPORT_RATES)
    said = {plain(title): role for title, role in titles.items()}
    for title, role in said.items():
        if not title or role not in set(RATES.values()):
            raise Refused(
                "bad_title",
                tr("A title of a column is needed, and what it means."),
                tr("Write the title as it stands in the sheet, and choose what the column holds."),
            )
    with db.read() as conn:
        known = learned_titles(conn)
    if all(known.get(title) == role for title, role in said.items()):
        return False
    with db.write(tr("Learn titles of columns"), actor) as write:
        before = {one.title: one for one in learned_on(write.conn)}
        fresh = {
            title: LearnedTitle(title, role, file, write.now, actor.name)
            for title, role in said.items()
            if title not in before or before[title].role != role
        }
        _keep(write, {**before, **fresh})
    return True


def forget_titles(db: Database, actor: Actor, titles: Collection[str]) -> None:
    """Forget what titles mean: sheets are asked about again."""
    require(actor, Right.IMPORT_RATES)
    with db.write(tr("Forget titles of columns"), actor) as write:
        before = {one.title: one for one in learned_on(write.conn)}
        _keep(write, {title: one for title, one in before.items() if title not in titles})


def _keep(write: Write, known: Mapping[str, LearnedTitle]) -> None:
    write.set(
        SYNONYMS,
        {
            one.title: {
                "role": one.role, "file": one.file, "by": one.by, "at": one.at.isoformat() if one.at else "",
            }
            for one in known.values()
        },
    )  # fmt: skip
