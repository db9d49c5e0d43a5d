"""What tables and imports say of suppliers, for whoever lists them."""

from uuid import UUID

from sqlalchemy import select

from voipdesk.accounts.rules import Right, SupplierFacts, require
from voipdesk.kernel.changes import Actor
from voipdesk.rates.schema import import_profile, rate_import, rate_table
from voipdesk.store.database import Database


def supplier_facts(db: Database, actor: Actor) -> dict[UUID, SupplierFacts]:
    """By supplier: active tables (the default one first), profiles that belong to its tables, the last published sheet."""
    require(actor, Right.SEE_COSTS)
    tables: dict[UUID, list[str]] = {}
    owner: dict[UUID, UUID] = {}
    with db.read() as conn:
        wanted = select(rate_table).order_by(rate_table.c.is_default.desc(), rate_table.c.name)
        for row in conn.execute(wanted).all():
            if row.supplier_id is not None:
                owner[row.id] = row.supplier_id
                tables.setdefault(row.supplier_id, [])
                if row.status == "active":
                    tables[row.supplier_id].append(row.name)
        profiles: dict[UUID, list[str]] = {}
        kept = select(import_profile.c.table_id, import_profile.c.name).order_by(import_profile.c.name)
        for row in conn.execute(kept.where(import_profile.c.kind == "rates")).all():
            if row.table_id in owner:
                profiles.setdefault(owner[row.table_id], []).append(row.name)
        last: dict[UUID, tuple[str, object]] = {}
        sheets = select(rate_import.c.table_id, rate_import.c.file_name, rate_import.c.at)
        published = (rate_import.c.state == "published", rate_import.c.source == "file")
        for row in conn.execute(sheets.where(*published).order_by(rate_import.c.at.desc())).all():
            if row.table_id in owner:
                last.setdefault(owner[row.table_id], (row.file_name, row.at))
    return {
        key: SupplierFacts(
            tuple(names),
            tuple(profiles.get(key, ())),
            last[key][0] if key in last else "",
            last[key][1] if key in last else None,  # type: ignore[arg-type]
        )
        for key, names in tables.items()
    }
