"""A sheet looked at for the import wizard: its layout, its profile, whether it was imported before."""

import hashlib
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from uuid import UUID

from sqlalchemy import Connection, select

from voipdesk.accounts.rules import Right, require
from voipdesk.kernel.changes import Actor
from voipdesk.kernel.progress import Progress, Quiet
from voipdesk.rates import files_preview
from voipdesk.rates.files_opened import Known
from voipdesk.rates.files_preview import Earlier, Preview
from voipdesk.rates.queries.senders import learned_titles
from voipdesk.rates.queries.tables import band_names
from voipdesk.rates.schema import import_profile, rate_import, rate_table
from voipdesk.store.database import Database
from voipdesk.tabular.container import refuse_workspace
from voipdesk.tabular.faults import from_os


def preview(
    db: Database,
    actor: Actor,
    path: Path,
    *,
    told: Mapping[str, str] | None = None,
    table: UUID | None = None,
    progress: Progress | None = None,
) -> Preview:
    """What a sheet looks like with these answers, by a profile that fits: of the table, or of any where none is given.

    FileError if unreadable.
    """
    require(actor, Right.IMPORT_RATES)
    with db.read() as conn:
        rows = conn.execute(
            select(import_profile)
            .where(import_profile.c.kind == "rates")
            .order_by(import_profile.c.id.desc())
        ).all()
        learned = learned_titles(conn)
    if table is not None:
        rows = [row for row in rows if row.table_id == table]
    known = [Known(row.id, row.fingerprint, row.layout) for row in rows]
    digest = _digest(path)
    made, profile = files_preview.looked_at(
        path, told=told or {}, known=known, learned=learned, progress=progress or Quiet()
    )
    fitting = None
    if profile is not None:
        row = next(row for row in rows if row.id == profile.id)
        fitting = files_preview.fitting(profile, row.name, row.table_id, made.layout)
    with db.read() as conn:
        earlier = earlier_on(conn, digest)
        bands = band_names(conn)
    return replace(made, sha256=digest, profile=fitting, earlier=earlier, bands=bands)


def earlier_on(conn: Connection, sha256: str) -> Earlier | None:
    """The last published import of the same bytes, into whichever table."""
    row = conn.execute(
        select(rate_import.c.id, rate_import.c.at, rate_import.c.actor_name, rate_table.c.name)
        .join(rate_table, rate_table.c.id == rate_import.c.table_id)
        .where(rate_import.c.file_sha256 == sha256, rate_import.c.state == "published")
        .order_by(rate_import.c.at.desc())
    ).first()
    return None if row is None else Earlier(row.id, row.at, row.actor_name, row.name)


def _digest(path: Path) -> str:
    """SHA-256 of a file; what the system says of it becomes a FileError."""
    refuse_workspace(path)
    try:
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except OSError as cause:
        raise from_os(path, cause) from cause
