"""What stands beside the rates of a table: who brought them, and what the rooms above know of their prefixes."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any
from uuid import UUID

from sqlalchemy import select

from voipdesk.accounts.rules import Right, require
from voipdesk.kernel.changes import Actor
from voipdesk.rates.queries.tables import table_on
from voipdesk.rates.rules.surroundings import WINDOW_DAYS, Surroundings
from voipdesk.rates.schema import rate_import, rate_version
from voipdesk.store.database import Database, raw

if TYPE_CHECKING:
    from voipdesk.rates.engine_beside import Beside
    from voipdesk.rates.engine_view import Base
    from voipdesk.rating.engine import Ints


@dataclass(frozen=True, slots=True)
class Brought:
    """How a version came into a table: its note, `import`, `edit` or `seed`, and the file."""

    note: str
    source: str
    file_name: str = ""


def brought(db: Database, actor: Actor, table: UUID | str | None) -> dict[int, Brought]:
    """Every version of a table by the number that its rates carry."""
    require(actor, Right.SEE_COSTS)
    with db.read() as conn:
        rows = conn.execute(
            select(
                rate_version.c.seq, rate_version.c.note, rate_version.c.source, rate_import.c.file_name,
                rate_import.c.source.label("way"),
            )
            .join(rate_import, rate_import.c.version_id == rate_version.c.id, isouter=True)
            .where(rate_version.c.table_id == table_on(conn, table).id)
        )  # fmt: skip
        return {
            row.seq: Brought(row.note, row.source, row.file_name if row.way == "file" else "")
            for row in rows.all()
        }


def file_rows(db: Database, actor: Actor, table: UUID | str | None) -> "tuple[Ints, Ints]":
    """Ids of the rates of a table that came from a file, ascending, and the rows of it (edits have none)."""
    from voipdesk.rates.engine_beside import pairs

    require(actor, Right.SEE_COSTS)
    with db.read() as conn:
        cursor = raw(conn).execute(
            "SELECT id, source_row FROM rate WHERE table_number = ? AND source_row IS NOT NULL AND version_seq IN "
            "(SELECT v.seq FROM rate_version v JOIN rate_import i ON i.version_id = v.id AND i.source = 'file')",
            (table_on(conn, table).number,),
        )
        return pairs(cursor)


def beside(
    db: Database, actor: Actor, table: UUID | str | None, base: "Base", *, at: datetime, known: Surroundings
) -> "Beside":
    """Minutes of the last 30 days and the plans that sell each prefix of a base, at an instant."""
    from voipdesk.rates import engine_beside as engine

    require(actor, Right.SEE_COSTS)
    prefixes: Any = engine.distinct_prefixes(base)
    now = db.clock.now()
    with db.read() as conn:
        number = table_on(conn, table).number
        since = now - timedelta(days=WINDOW_DAYS)
        seconds = known.seconds(conn, number, prefixes, since=since, until=now)
        offers = known.plan_prices(conn, actor, number, prefixes, at=at, rates=base.rates)
    return engine.beside(base, seconds, offers)
