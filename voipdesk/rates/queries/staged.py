"""Imports on their way into a table: what was read, what was decided, the rates that wait."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, fields
from datetime import datetime
from decimal import Decimal
from fractions import Fraction
from typing import TYPE_CHECKING, Any
from uuid import UUID

from sqlalchemy import Connection, select

from voipdesk.accounts.rules import Right, require
from voipdesk.kernel.changes import Actor
from voipdesk.kernel.problems import Refused
from voipdesk.kernel.scales import scale_of, scale_text
from voipdesk.kernel.text import tr
from voipdesk.rates.queries.tables import RateTable, table_on
from voipdesk.rates.rules.decisions import Decisions, decisions_of
from voipdesk.rates.schema import rate_import, staged_sheet
from voipdesk.store.database import Database
from voipdesk.tabular.dialect import Dialect
from voipdesk.tabular.layout import Layout, Part

if TYPE_CHECKING:
    from voipdesk.rates.engine_sheet import SheetColumns

KEPT_LAYOUT = "found"
"""Where in the kept layout everything stands that was found, for reading rows again and for showing."""


@dataclass(frozen=True, slots=True)
class StagedImport:
    """One import that is not published yet, or was cancelled: its file, its answers, its ledger, its decisions."""

    id: UUID
    table: RateTable
    file_name: str
    file_sha256: str
    state: str
    source: str
    """file or edit"""
    layout: Layout | None
    layout_data: Any
    profile_id: UUID | None
    told: dict[str, Any]
    decisions: Decisions
    at: datetime
    actor_name: str
    ledger: dict[str, int] = field(default_factory=dict)
    """As it was read; `Review.ledger` is that of what is decided now."""
    problem: dict[str, Any] | None = None

    @property
    def is_sheet(self) -> bool:
        """Whether it came out of a file."""
        return self.source == "file"


def staged(db: Database, actor: Actor, import_id: UUID) -> StagedImport:
    """An import by its id, whatever its state. `Refused("unknown_import")` where there is none."""
    require(actor, Right.SEE_COSTS)
    with db.read() as conn:
        return staged_on(conn, import_id)


def staged_on(conn: Connection, import_id: UUID) -> StagedImport:
    """The same inside a transaction of the caller's, who has checked the rights."""
    row = conn.execute(
        select(rate_import, staged_sheet.c.decisions.label("chosen"))
        .join(staged_sheet, staged_sheet.c.import_id == rate_import.c.id, isouter=True)
        .where(rate_import.c.id == import_id)
    ).first()
    if row is None:
        raise Refused("unknown_import", tr("There is no such import."), tr("Choose one of the list."))
    return StagedImport(
        id=row.id,
        table=table_on(conn, row.table_id),
        file_name=row.file_name,
        file_sha256=row.file_sha256,
        state=row.state,
        source=row.source,
        layout=layout_of(row.layout),
        layout_data=row.layout,
        profile_id=row.profile_id,
        told=row.told or {},
        decisions=decisions_of(row.decisions if row.chosen is None else row.chosen),
        at=row.at,
        actor_name=row.actor_name,
        ledger=row.ledger or {},
        problem=row.problem,
    )


def staged_columns(conn: Connection, import_id: UUID) -> "SheetColumns":
    """The rates of a staged import. `Refused("nothing_staged")` where there are none any more."""
    from voipdesk.rates.engine_sheet import unpack

    packed = conn.execute(
        select(staged_sheet.c.columns).where(staged_sheet.c.import_id == import_id)
    ).scalar()
    if packed is None:
        raise Refused(
            "nothing_staged",
            tr("Nothing of this import waits to be published."),
            tr("Read its file again, or import the sheet anew."),
        )
    return unpack(bytes(packed))


def layout_data(layout: Layout) -> dict[str, Any]:
    """What is kept of a layout: what a profile keeps, and beside it everything that was found."""
    found = {
        one.name: getattr(layout, one.name) for one in fields(layout) if one.name not in {"ask", "findings"}
    }
    return {**layout.as_data(), KEPT_LAYOUT: {name: _plain(value) for name, value in found.items()}}


def layout_of(data: Any) -> Layout | None:
    """The layout of a staged sheet; None where none is kept (a draft, an older import)."""
    kept = data.get(KEPT_LAYOUT) if isinstance(data, Mapping) else None
    if kept is None:
        return None
    usual = Layout()
    made = {
        one.name: _typed(kept[one.name], getattr(usual, one.name))
        for one in fields(Layout)
        if one.name in kept
    }
    if made.get("dialect") is not None:
        made["dialect"] = Dialect(**{**made["dialect"], "starts": tuple(made["dialect"].get("starts", ()))})
    made["parts"] = tuple(
        Part(**{**one, "places": tuple(one["places"]), "escapes": tuple(one["escapes"])})
        for one in kept.get("parts", ())
    )
    return Layout(**made)


def _plain(value: Any) -> Any:
    """JSON of a value of a layout."""
    if isinstance(value, Dialect | Part):
        return asdict(value)
    if isinstance(value, Decimal | Fraction):
        return scale_text(value)
    if isinstance(value, Mapping):
        return {str(key): _plain(one) for key, one in value.items()}
    if isinstance(value, tuple | list | frozenset | set):
        return [_plain(one) for one in value]
    return value


def _typed(value: Any, usual: Any) -> Any:
    """A value of a layout again, in the type that its field has by default."""
    if isinstance(usual, Decimal):
        return scale_of(value)
    if isinstance(usual, tuple | frozenset):
        return type(usual)(tuple(one) if isinstance(one, list) else one for one in value)
    return value


__all__ = ["StagedImport", "layout_data", "layout_of", "staged", "staged_columns", "staged_on"]
