"""Reading the kept original of an import again, with other answers or for another table; corrections stay."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any, TypedDict, Unpack
from uuid import UUID

from sqlalchemy import update

from voipdesk.accounts.rules import Right, require
from voipdesk.kernel.changes import Actor
from voipdesk.kernel.progress import Progress
from voipdesk.kernel.text import tr
from voipdesk.rates import queries
from voipdesk.rates.commands import mending, staging
from voipdesk.rates.files_rows import written
from voipdesk.rates.queries.staged import staged_on
from voipdesk.rates.rules.conversion import Conversion
from voipdesk.rates.rules.decisions import converted
from voipdesk.rates.schema import rate_import
from voipdesk.store.database import Database

REOPENS = frozenset({"staged", "cancelled"})
"""States from which a kept sheet can be read again."""


class RereadOptions(TypedDict, total=False):
    """What is other than it was: `told` replaces the earlier answers, `table` is another table, `convert` the rate for
    a sheet in another currency than its table's (None: none).
    """

    told: Mapping[str, Any] | None
    table: UUID | str | None
    convert: Conversion | None


def restage(
    db: Database,
    actor: Actor,
    import_id: UUID,
    *,
    progress: Progress | None = None,
    **options: Unpack[RereadOptions],
) -> UUID:
    """Read the kept original again: with other answers, in another currency, or for another table.

    Rows that were corrected are corrected again where they still wait and say what they said.
    """
    require(actor, Right.IMPORT_RATES)
    kept = queries.staged(db, actor, import_id)
    if kept.state not in REOPENS or not kept.is_sheet:
        raise staging.not_open(kept)
    table, told = options.get("table"), options.get("told")
    found = kept.table if table is None else queries.table(db, actor, table)
    convert = options.get("convert", kept.decisions.convert)
    with written(db.kept(kept.file_sha256), kept.file_name) as path:
        read = staging.read_sheet(
            db,
            actor,
            path,
            found,
            progress=progress,
            told=kept.told if told is None else told,
            convert=convert,
        )
    staging.require_rates(read, may_mend=True)
    with db.write(tr("Read {file} again").format(file=kept.file_name), actor, undoable=False) as write:
        now = staged_on(write.conn, import_id)
        if now.state not in REOPENS:
            raise staging.not_open(now)
        staging.forget(write, import_id)
        chosen = converted(now.decisions, read.convert, by=actor.name)
        staging.keep_read(write, replace(now, table=found, decisions=chosen), read)
        ledger = mending.mend_again(write, import_id)
        if ledger is not None:
            write.conn.execute(update(rate_import).where(rate_import.c.id == import_id).values(ledger=ledger))
    return import_id
