"""Rows in quarantine by their reason, with the ways out that fit many of them at once."""

from collections.abc import Mapping
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import Connection, func, select

from voipdesk.accounts.rules import Right, require
from voipdesk.kernel.changes import Actor
from voipdesk.rates.files_mending import Said, Way, ways
from voipdesk.rates.queries.imports import QuarantinedRow
from voipdesk.rates.queries.staged import staged_on
from voipdesk.rates.schema import quarantine
from voipdesk.store.database import Database
from voipdesk.tabular.layout import Layout

_WORDS = 2_000
"""Different texts of a reason that are looked at for ways out."""


@dataclass(frozen=True, slots=True)
class Reason:
    """One reason of quarantine: all its rows counted, and what would settle many of them."""

    code: str
    rows: int
    message: str
    """Of its first row."""
    ways: tuple[Way, ...] = ()
    said: tuple[Said, ...] = ()
    """What its cells say, the most frequent first."""


@dataclass(frozen=True, slots=True)
class Waiting:
    """What waits of an import: its reasons, the most frequent first, and the first rows of one of them."""

    reasons: tuple[Reason, ...]
    code: str
    rows: tuple[QuarantinedRow, ...]


def waiting(db: Database, actor: Actor, import_id: UUID, *, code: str = "", limit: int = 1_000) -> Waiting:
    """The reasons of an import, and rows of the one of `code` (of the most frequent one where it has none like that)."""
    require(actor, Right.SEE_COSTS)
    with db.read() as conn:
        layout = staged_on(conn, import_id).layout or Layout()
        reasons = _reasons(conn, import_id, layout)
        shown = code if any(one.code == code for one in reasons) else reasons[0].code if reasons else ""
        rows = conn.execute(
            select(quarantine)
            .where(quarantine.c.import_id == import_id, quarantine.c.code == shown)
            .order_by(quarantine.c.row, quarantine.c.id)
            .limit(limit)
        ).all()
    found = [QuarantinedRow(row.row, row.column, row.value, row.code, row.message, row.cells) for row in rows]
    return Waiting(tuple(reasons), shown, tuple(found))


def _reasons(conn: Connection, import_id: UUID, layout: Layout) -> list[Reason]:
    texts = _texts(conn, import_id)
    found = conn.execute(
        select(quarantine.c.code, func.count(func.distinct(quarantine.c.row)), func.min(quarantine.c.id))
        .where(quarantine.c.import_id == import_id)
        .group_by(quarantine.c.code)
    ).all()
    firsts = [int(row[2]) for row in found]
    told = conn.execute(select(quarantine.c.code, quarantine.c.message).where(quarantine.c.id.in_(firsts)))
    messages = {one.code: one.message for one in told}
    made = [
        Reason(
            code,
            int(rows),
            messages[code],
            tuple(ways(code, texts.get(code, []), layout)),
            tuple(texts.get(code, ())),
        )
        for code, rows, _ in found
    ]
    return sorted(made, key=lambda one: (-one.rows, one.code))


def _texts(conn: Connection, import_id: UUID) -> Mapping[str, list[Said]]:
    """For each reason the texts of its cells, the most frequent first."""
    rows = conn.execute(
        select(quarantine.c.code, quarantine.c.column, quarantine.c.value, func.count())
        .where(quarantine.c.import_id == import_id, quarantine.c.column != "")
        .group_by(quarantine.c.code, quarantine.c.column, quarantine.c.value)
        .order_by(func.count().desc(), func.min(quarantine.c.id))
    )
    found: dict[str, list[Said]] = {}
    for code, column, value, count in rows:
        texts = found.setdefault(code, [])
        if len(texts) < _WORDS:
            texts.append(Said(column, value, int(count)))
    return found


__all__ = ["Reason", "Waiting", "waiting"]
