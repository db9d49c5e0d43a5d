"""What an import did, or would do, as a value."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from voipdesk.kernel.problems import Problem, Refused, Severity
from voipdesk.kernel.text import tr
from voipdesk.rates.queries.reviewing import Review
from voipdesk.rates.rules import Kind, guards
from voipdesk.rates.rules.guards import Guard
from voipdesk.rates.rules.surroundings import Consequences

SHOWN = 2_000
"""Changes kept in a report; the counts are of all."""


@dataclass(frozen=True, slots=True)
class Change:
    """One prefix that an import changes; prices scaled by 10^8, instants in microseconds. No file row: closed."""

    kind: Kind
    prefix: str
    band: str
    destination: str
    old_price: int | None
    new_price: int | None
    effective_from: int
    source_row: int | None


@dataclass(frozen=True, slots=True)
class ImportReport:
    """What an import did, or would do: the row ledger, counts by kind, the guards' answers, the first changes."""

    table: str
    file_name: str
    scope: str
    is_dry_run: bool
    import_id: UUID | None
    version: int | None
    ledger: dict[str, int]
    """rows = skipped + blank + accepted + duplicates + quarantined."""
    prefixes: int
    """Rates read, after lists and ranges of codes are spread out."""
    counts: dict[str, int]
    guards: tuple[Guard, ...]
    changes: tuple[Change, ...]
    problems: tuple[Problem, ...] = ()
    """The first rows in quarantine."""
    consequences: Consequences | None = None
    is_sheet: bool = True
    """False for edits that were published."""
    notes: tuple[str, ...] = ()
    """What was left out of the file although it could matter, in sentences."""
    bandless: tuple[str, ...] = ()
    """Titles of columns with prices of a part of the week for which the table has no time band; they are left out too."""

    @property
    def is_held(self) -> bool:
        """Whether a guard stands in the way."""
        return bool(guards.standing(self.guards))

    def as_dict(self) -> dict[str, Any]:
        """A flat form for `--json`."""
        return {
            "table": self.table,
            "file": self.file_name,
            "scope": self.scope,
            "dry_run": self.is_dry_run,
            "import": None if self.import_id is None else str(self.import_id),
            "version": self.version,
            **self.ledger,
            "prefixes": self.prefixes,
            "counts": self.counts,
            "guards": [one.as_dict() for one in self.guards],
            "problems": [one.as_dict() for one in self.problems],
            "consequences": None if self.consequences is None else _told(self.consequences),
            "notes": list(self.notes),
            "bandless": list(self.bandless),
        }


def _told(found: Consequences) -> dict[str, Any]:
    """Whom it hurts, as plain values: money as text."""
    return {
        "prefixes": found.prefixes,
        "below_cost": dict(found.by_plan),
        "customers": [
            {
                "account": one.account,
                "plan": one.plan,
                "minutes": one.seconds // 60,
                "margin": str(one.margin),
            }
            for one in found.customers
        ],
        "margin": str(found.margin),
        "orphans": [{"prefix": one.prefix, "plans": list(one.plans)} for one in found.orphans],
    }


def report_of(
    review: Review,
    *,
    is_dry_run: bool,
    import_id: UUID | None = None,
    version: int | None = None,
    problems: tuple[Problem, ...] = (),
) -> ImportReport:
    """The report of a review."""
    layout = review.staged.layout
    return ImportReport(
        table=review.staged.table.name,
        file_name=review.staged.file_name,
        scope=str(review.staged.decisions.scope),
        is_dry_run=is_dry_run,
        import_id=import_id,
        version=version,
        ledger=dict(review.ledger),
        prefixes=len(review.found.rates),
        counts=dict(review.counts),
        guards=review.guards,
        changes=changes_of(review),
        problems=problems,
        consequences=review.consequences,
        is_sheet=review.staged.is_sheet,
        notes=() if layout is None else tuple(layout.notes),
        bandless=() if layout is None else tuple(layout.title(at) for at in layout.bandless),
    )


def changes_of(review: Review, most: int = SHOWN) -> tuple[Change, ...]:
    """The first rates that change, in order of prefix."""
    from voipdesk.rates.engine_review_rows import changing

    return tuple(Change(Kind(row[0]), *row[1:]) for row in changing(review.columns, most))


def refuse_held(answers: tuple[Guard, ...]) -> None:
    """`Refused("guards")` with every guard that stands in the way and what lets it pass."""
    held = guards.standing(answers)
    if not held:
        return
    problems = [
        Problem(
            one.id,
            one.text,
            tr("To go on, accept {word}.").format(word=one.pass_word),
            severity=Severity.STOP if one.state == guards.STOP else Severity.ASK,
        )
        for one in held
    ]
    words = ", ".join(one.pass_word for one in held)
    raise Refused(
        "guards",
        " ".join(one.text for one in held),
        tr("Nothing was changed. Check the sheet; to go on all the same, accept {words}.").format(
            words=words
        ),
        problems=problems,
    )
