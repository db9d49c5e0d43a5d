"""Where the rate of a prefix comes from: the file and its row, or the edit, with everything said of it."""

import json
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from voipdesk.accounts.rules import Right, require
from voipdesk.kernel.changes import Actor
from voipdesk.kernel.periods import to_micros
from voipdesk.rates.queries.staged import layout_of
from voipdesk.rates.queries.tables import table_on
from voipdesk.rates.queries.windows import GridRow, Past, history, rates_of
from voipdesk.store.database import Database, raw


@dataclass(frozen=True, slots=True)
class Origin:
    """The rate of a prefix as it counts, what was ever said of it, and the file and row that say so now."""

    prefix: str
    row: GridRow | None
    past: tuple[Past, ...]
    file_name: str = ""
    file_row: int | None = None
    band: str = ""
    sheet: str = ""
    """Where several sheets of the file were read as one."""


def origin(
    db: Database,
    actor: Actor,
    table: UUID | str | None,
    prefix: str,
    *,
    at: datetime | None = None,
    band: str = "",
) -> Origin:
    """Everything about exactly this prefix of a table, for all week or in a time band; no row where none counts at the
    instant (now by default).
    """
    require(actor, Right.SEE_COSTS)
    row = next((one for one in rates_of(db, actor, table, prefix, at=at) if one.band == band), None)
    past = tuple(one for one in history(db, actor, table, prefix) if one.assertion.band == band)
    with db.read() as conn:
        kept = (
            raw(conn)
            .execute(
                "SELECT i.file_name, r.source_row, i.layout FROM rate r JOIN rate_version v ON v.seq = r.version_seq "
                "AND v.state = 'published' LEFT JOIN rate_import i ON i.version_id = v.id AND i.source = 'file' "
                "WHERE r.table_number = ? AND r.prefix = ? AND r.band = ? AND r.effective_from <= ? "
                "ORDER BY r.effective_from DESC, r.version_seq DESC LIMIT 1",
                (table_on(conn, table).number, prefix, band, to_micros(at or db.clock.now())),
            )
            .fetchone()
        )
    if kept is None or kept[0] is None:
        return Origin(prefix, row, past, band=band)
    layout = layout_of(json.loads(kept[2])) if kept[2] else None
    sheet = "" if layout is None or not layout.is_stacked or not kept[1] else layout.place_of(kept[1])[0]
    at_row = layout.place_of(kept[1])[1] if layout is not None and kept[1] else kept[1]
    return Origin(prefix, row, past, kept[0], at_row, band, sheet)
