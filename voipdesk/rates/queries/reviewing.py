"""The review of a staged import: computed anew each time, out of the staged columns and the live table."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from decimal import Decimal
from hashlib import sha256
from typing import TYPE_CHECKING, Any
from uuid import UUID

from sqlalchemy import Connection, select

from voipdesk.accounts import queries as accounts
from voipdesk.accounts.rules import Right, require
from voipdesk.kernel.changes import Actor
from voipdesk.kernel.periods import day_start, from_micros, to_micros
from voipdesk.kernel.progress import Progress, Quiet
from voipdesk.kernel.text import tr
from voipdesk.rates.queries.decks import columns as live_columns
from voipdesk.rates.queries.guarding import REJECT_TITLES, days_until, guards_of
from voipdesk.rates.queries.staged import StagedImport, staged_columns, staged_on
from voipdesk.rates.rules import Scope, guards
from voipdesk.rates.rules.guards import Guard, Limits
from voipdesk.rates.rules.surroundings import WINDOW_DAYS, Consequences, Surroundings
from voipdesk.store.database import Database
from voipdesk.store.tables import setting

if TYPE_CHECKING:
    from voipdesk.rates.engine import RateColumns
    from voipdesk.rates.engine_publish import Findings
    from voipdesk.rates.engine_review import Compared, Question
    from voipdesk.rates.engine_review_rows import ReviewColumns
    from voipdesk.rates.engine_sheet import SheetColumns

HELD_CODES = ("two_prices", "odd_price", "jump", "ends_too_early")
"""Reasons that come and go with what is decided."""


@dataclass(slots=True)
class Review:
    """What publishing would do, the guards, and every rate of it as columns."""

    staged: StagedImport
    counts: dict[str, int]
    ledger: dict[str, int]
    guards: tuple[Guard, ...]
    columns: "ReviewColumns"
    close_at: datetime
    """When missing prefixes close."""
    starts: tuple[tuple[datetime, int], ...]
    """(instant, changes that begin then), the earliest first."""
    least_notice_days: int | None
    """The shortest notice of an increase; None without increases."""
    notice_days: dict[str, int]
    """What was agreed with the supplier, by kind of change."""
    short_notice: int
    """Changes announced later than agreed."""
    biggest_rise: Decimal | None
    """In percent; None without increases."""
    biggest_rise_at: int
    """Its position in the columns; -1 without one."""
    standing: int
    """Prefixes that are live when missing ones close."""
    limits: Limits
    seen: str
    """Names exactly this outcome: `publish_import(seen=…)` publishes it or refuses."""
    found: "Compared" = field(repr=False)
    consequences: Consequences | None = None
    """None where nobody was asked."""

    @property
    def effective(self) -> datetime | None:
        """The one instant at which everything begins; None where changes begin at several, or nothing changes."""
        return self.starts[0][0] if len(self.starts) == 1 else None

    @property
    def is_held(self) -> bool:
        """Whether a guard stands in the way."""
        return bool(guards.standing(self.guards))

    @property
    def changes(self) -> int:
        """Rates and prefixes that publishing would change."""
        return sum(self.counts.values()) - self.counts["same"]


def review(
    db: Database,
    actor: Actor,
    import_id: UUID,
    *,
    surroundings: Surroundings | None = None,
    progress: Progress | None = None,
) -> Review:
    """The review of a staged import as things stand; heavy for large sheets: call it in a job."""
    require(actor, Right.SEE_COSTS)
    with db.read() as conn:
        kept = staged_on(conn, import_id)
        return review_on(conn, actor, kept, db.clock.now(), surroundings=surroundings, progress=progress)


def review_on(
    conn: Connection,
    actor: Actor,
    kept: StagedImport,
    now: datetime,
    *,
    surroundings: Surroundings | None = None,
    progress: Progress | None = None,
) -> Review:
    """The same inside a transaction of the caller's, who has checked the rights."""
    report = progress or Quiet()
    report.step(0, None, tr("comparing"))
    sheet = staged_columns(conn, kept.id)
    live = live_columns(conn, kept.table.number)
    report.step(len(sheet), None, tr("comparing"))
    return _Reviewing(conn, actor, kept, now, sheet, live).made(surroundings)


def proposed_on(conn: Connection, import_id: UUID, now: datetime) -> "RateColumns":
    """All assertions of the table as if an import were published now."""
    from voipdesk.rates import engine_publish

    kept = staged_on(conn, import_id)
    sheet, live = staged_columns(conn, import_id), live_columns(conn, kept.table.number)
    return engine_publish.proposed(compared(conn, kept, now, sheet, live))


def proposed_deck(
    conn: Connection, import_id: UUID, at: datetime, *, now: datetime | None = None
) -> "RateColumns":
    """What would be in force at an instant if an import were published (`now`: at `at` by default)."""
    from voipdesk.rates.engine import in_force

    return in_force(proposed_on(conn, import_id, now or at), to_micros(at))


def compared(
    conn: Connection, kept: StagedImport, now: datetime, sheet: "SheetColumns", live: "RateColumns"
) -> "Compared":
    """A staged sheet against the live table, as it was decided."""
    from voipdesk.rates import engine_review

    question = question_of(conn, kept, now, notice_of(conn, kept))
    return engine_review.compare(sheet, live, question)


def limits_on(conn: Connection) -> Limits:
    """The limits of the guards in this workspace."""
    kept = conn.execute(select(setting.c.value).where(setting.c.key == "guards")).scalar()
    return guards.limits_of(kept)


def guard_limits(db: Database, actor: Actor) -> Limits:
    """The limits of the guards, to be shown and changed."""
    require(actor, Right.SEE_COSTS)
    with db.read() as conn:
        return limits_on(conn)


def notice_of(conn: Connection, kept: StagedImport) -> dict[str, int]:
    """Days of notice agreed with the supplier of a table, by kind of change; of sheets only."""
    if kept.table.supplier_id is None or not kept.is_sheet:
        return {}
    return {
        kind: int(days)
        for kind, days in accounts.notice_days(conn, kept.table.supplier_id).items()
        if int(days) > 0
    }


def question_of(conn: Connection, kept: StagedImport, now: datetime, notice: Mapping[str, int]) -> "Question":
    """How a staged import is compared, by what was decided."""
    from voipdesk.rates.engine_review import Question

    zone, chosen = kept.table.zone, kept.decisions
    today = now.astimezone(zone).date()
    effective = chosen.effective
    if effective is not None and not isinstance(effective, datetime):
        effective = day_start(effective, zone)
    earliest = {
        kind: to_micros(day_start(today + timedelta(days=days), zone)) for kind, days in notice.items()
    }
    return Question(
        now=to_micros(now),
        usual=to_micros(day_start(today, zone) if kept.is_sheet else now),
        scope=chosen.scope,
        limits=limits_on(conn),
        effective=None if effective is None else to_micros(effective),
        past_to=chosen.past_at if chosen.past == "now" else None,
        conflicts=chosen.conflicts,
        chosen=chosen.chosen,
        takes_odd=chosen.takes_odd,
        groups_out=chosen.groups_out,
        earliest=earliest,
        clamps=chosen.clamp_notice,
        is_of_sheet=kept.is_sheet,
    )


@dataclass(slots=True)
class _Reviewing:
    """One review at work."""

    conn: Connection
    actor: Actor
    kept: StagedImport
    now: datetime
    sheet: "SheetColumns"
    live: "RateColumns"

    def made(self, surroundings: Surroundings | None) -> Review:
        from voipdesk.rates import engine_publish, engine_review, engine_review_rows

        notice = notice_of(self.conn, self.kept)
        question = question_of(self.conn, self.kept, self.now, notice)
        found = engine_review.compare(self.sheet, self.live, question)
        columns = engine_review_rows.review_columns(found)
        seen = engine_publish.findings(found, question.limits, question.now)
        told = self._consequences(surroundings, found, seen)
        if surroundings is not None:
            columns = replace(columns, seconds=self._seconds(surroundings, columns))
        ledger = engine_publish.ledger(found, self.sheet)
        position = columns.position_of(seen.biggest_rise)
        made = Review(
            staged=self.kept,
            counts=found.counts,
            ledger=ledger,
            guards=(),
            columns=columns,
            close_at=from_micros(found.close_at),
            starts=tuple((from_micros(at), count) for at, count in seen.starts),
            least_notice_days=None,
            notice_days=notice,
            short_notice=int(columns.is_short.sum()),
            biggest_rise=columns.percent(position),
            biggest_rise_at=position,
            standing=found.standing,
            limits=question.limits,
            seen=sha256(engine_publish.fingerprint(found)).hexdigest(),
            found=found,
            consequences=told,
        )
        made.least_notice_days = days_until(made, self.now, columns.effective_from[columns.of_kind("up")])
        found_guards = guards_of(self.conn, made, seen, self.now)
        made.guards = tuple(guards.judged(found_guards, self.kept.decisions.accept))
        return made

    def _seconds(self, surroundings: Surroundings, columns: "ReviewColumns") -> Any:
        from voipdesk.rates.engine_review_rows import prefixes_of, with_seconds

        used = surroundings.seconds(
            self.conn, self.kept.table.number, prefixes_of(columns, self.live),
            since=self.now - timedelta(days=WINDOW_DAYS), until=self.now,
        )  # fmt: skip
        return with_seconds(columns, used)

    def _consequences(
        self, surroundings: Surroundings | None, found: "Compared", seen: "Findings"
    ) -> Consequences | None:
        """Looked at when the last change has begun, but not before now."""
        from voipdesk.rates import engine_publish

        if surroundings is None:
            return None
        at = max(self.now, from_micros(seen.starts[-1][0])) if seen.starts else self.now
        if not seen.starts:
            return Consequences(at)
        return surroundings.consequences(
            self.conn, self.actor, self.kept.table.number,
            before=self.live, after=engine_publish.proposed(found), at=at,
        )  # fmt: skip


__all__ = [
    "HELD_CODES", "REJECT_TITLES", "Review", "Scope", "compared", "guard_limits", "limits_on", "notice_of",
    "proposed_deck", "proposed_on", "question_of", "review", "review_on",
]  # fmt: skip
