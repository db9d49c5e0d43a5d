"""What is remembered of senders: import profiles with their use, and the titles that people have named."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, func, select

from voipdesk.accounts.queries import suppliers
from voipdesk.accounts.rules import Right, may, require
from voipdesk.kernel.changes import Actor
from voipdesk.kernel.periods import parse_instant
from voipdesk.rates.schema import import_profile, rate_import, rate_table
from voipdesk.store.database import Database
from voipdesk.store.tables import setting

SYNONYMS = "synonyms"
"""The setting with titles that people have named: by plain title what it means, and where that was said."""


@dataclass(frozen=True, slots=True)
class ProfileUse:
    """An import profile: whose sheets it reads, the roles of its columns by title, how often and when it was used."""

    id: UUID
    name: str
    table: str
    supplier: str
    layout: Mapping[str, Any]
    imports: int
    last_used: datetime | None

    @property
    def columns(self) -> dict[str, str]:
        """Role to title, in the order of the sheet."""
        places = dict(self.layout.get("positions", {}))
        named = dict(self.layout.get("columns", {}))
        return {
            str(role): str(named[role]) for role in sorted(named, key=lambda one: int(places.get(one, 0)))
        }


@dataclass(frozen=True, slots=True)
class LearnedTitle:
    """A title of a column that somebody has named: plain, with its role, and where and when that was said."""

    title: str
    role: str
    file: str = ""
    at: datetime | None = None
    by: str = ""


def profile_uses(db: Database, actor: Actor) -> list[ProfileUse]:
    """All profiles of rate sheets, by name."""
    require(actor, Right.SEE_COSTS)
    used = (
        select(rate_import.c.profile_id, func.count().label("many"), func.max(rate_import.c.at).label("last"))
        .where(rate_import.c.profile_id.is_not(None), rate_import.c.state.in_(("published", "reverted")))
        .group_by(rate_import.c.profile_id)
        .subquery()
    )
    wanted = (
        select(
            import_profile,
            rate_table.c.name.label("table_name"),
            rate_table.c.supplier_id,
            used.c.many,
            used.c.last,
        )
        .join(rate_table, rate_table.c.id == import_profile.c.table_id, isouter=True)
        .join(used, used.c.profile_id == import_profile.c.id, isouter=True)
        .where(import_profile.c.kind == "rates")
        .order_by(func.lower(import_profile.c.name))
    )
    names = {one.id: one.name for one in suppliers(db, actor)} if may(actor, Right.SEE_SUPPLIERS) else {}
    with db.read() as conn:
        rows = conn.execute(wanted).all()
    return [
        ProfileUse(
            row.id, row.name, row.table_name or "", names.get(row.supplier_id, ""), row.layout or {},
            int(row.many or 0), row.last,
        )
        for row in rows
    ]  # fmt: skip


def learned(db: Database, actor: Actor) -> list[LearnedTitle]:
    """The titles that people of this workspace have named, in order of the alphabet."""
    require(actor, Right.IMPORT_RATES)
    with db.read() as conn:
        return learned_on(conn)


def learned_on(conn: Connection) -> list[LearnedTitle]:
    """The same inside a transaction. A title kept without more than its role was learned by an early version."""
    kept = conn.execute(select(setting.c.value).where(setting.c.key == SYNONYMS)).scalar()
    found = []
    for title, said in sorted(kept.items()) if isinstance(kept, dict) else ():
        told = said if isinstance(said, dict) else {"role": said}
        at = parse_instant(told["at"]) if told.get("at") else None
        found.append(
            LearnedTitle(title, str(told["role"]), str(told.get("file", "")), at, str(told.get("by", "")))
        )
    return found


def learned_titles(conn: Connection) -> dict[str, str]:
    """Plain titles with their roles, as the reader takes them."""
    return {one.title: one.role for one in learned_on(conn)}
