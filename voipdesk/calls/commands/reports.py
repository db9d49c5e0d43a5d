"""What an import or a rating run did, or would do."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from fractions import Fraction
from typing import Any
from uuid import UUID

from voipdesk.calls.queries import ProblemGroup, Total
from voipdesk.kernel.ledger import Ledger
from voipdesk.kernel.problems import Problem


@dataclass(frozen=True, slots=True)
class Moved:
    """A customer's money before and after a run."""

    account_id: UUID
    account: str
    calls: int
    before: Decimal
    after: Decimal

    @property
    def difference(self) -> Decimal:
        """After less before."""
        return self.after - self.before


@dataclass(frozen=True, slots=True)
class Untouched:
    """Calls on a document, which a run leaves alone: what they are and what they would be."""

    invoice: str
    """Number of the document; '' for a draft."""
    account: str
    calls: int
    before: Decimal
    after: Decimal


@dataclass(frozen=True, slots=True)
class RatingReport:
    """A rating run: calls rated, those with problems by code, money, and who pays more or less."""

    run_seq: int | None
    """None: a dry run, or nothing to rate."""
    kind: str
    is_dry_run: bool
    rated: int
    """Calls looked at."""
    answered: int
    charged: int
    """Answered calls with a price."""
    problems: dict[str, int]
    revenue: Decimal
    cost: Decimal | None
    """None where it is not for the actor."""
    margin: Decimal | None
    customers: tuple[Moved, ...] = ()
    untouched: tuple[Untouched, ...] = ()

    def as_dict(self) -> dict[str, Any]:
        """A flat form for `--json`."""
        return {
            "run": self.run_seq,
            "kind": self.kind,
            "dry_run": self.is_dry_run,
            "rated": self.rated,
            "answered": self.answered,
            "charged": self.charged,
            "problems": dict(self.problems),
            "revenue": str(self.revenue),
            "cost": _text(self.cost),
            "margin": _text(self.margin),
            "customers": [
                {
                    "account": one.account,
                    "calls": one.calls,
                    "before": str(one.before),
                    "after": str(one.after),
                }
                for one in self.customers
            ],
            "untouched": [
                {
                    "invoice": one.invoice,
                    "account": one.account,
                    "calls": one.calls,
                    "before": str(one.before),
                    "after": str(one.after),
                }
                for one in self.untouched
            ],
        }


@dataclass(frozen=True, slots=True)
class CallImportReport:
    """A call file: every row accounted for, and, where it was rated, what the calls bring and cost."""

    file_name: str
    zone: str
    is_dry_run: bool
    import_id: UUID | None
    import_seq: int | None
    ledger: Ledger
    answered: int
    """Of the calls taken."""
    waiting: int
    """Calls taken that have a problem."""
    charged: int | None
    """Calls with a price; None: not rated."""
    revenue: Decimal | None
    cost: Decimal | None
    margin: Decimal | None
    groups: tuple[ProblemGroup, ...] = ()
    unreadable: tuple[Problem, ...] = ()
    """The first rows that were not taken."""
    duplicate_rows: tuple[int, ...] = ()
    unknown_suppliers: tuple[str, ...] = ()
    read_as: Mapping[str, int] = field(default_factory=dict)
    """Where the file has no titles: the column of each role, counted from 1, for people to check."""
    customers: tuple[Total, ...] = ()
    destinations: tuple[Total, ...] = ()
    rating: RatingReport | None = field(default=None)

    @property
    def rows(self) -> int:
        """Rows that ought to be calls: accepted + problems + duplicates."""
        return self.ledger.data_rows

    @property
    def accepted(self) -> int:
        """Calls without a problem."""
        return self.ledger.accepted - self.waiting

    @property
    def unanswered(self) -> int:
        """Calls without a problem that nobody answered; None of them costs anything."""
        return (
            self.accepted - (self.charged or 0)
            if self.charged is not None
            else self.ledger.accepted - self.answered
        )

    @property
    def problems(self) -> int:
        """Rows not taken, and calls that wait."""
        return self.ledger.quarantined + self.waiting

    @property
    def duplicates(self) -> int:
        """Rows that are a call already known."""
        return self.ledger.duplicates

    @property
    def margin_share(self) -> Fraction | None:
        """Margin over revenue."""
        if self.margin is None or not self.revenue:
            return None
        return Fraction(self.margin) / Fraction(self.revenue)

    def as_dict(self) -> dict[str, Any]:
        """A flat form for `--json`."""
        return {
            "file": self.file_name,
            "zone": self.zone,
            "dry_run": self.is_dry_run,
            "import": self.import_seq,
            "calls": self.rows,
            "accepted": self.accepted,
            "charged": self.charged,
            "unanswered": self.unanswered,
            "waiting": self.problems,
            "duplicates": self.duplicates,
            "ledger": self.ledger.as_dict(),
            "revenue": _text(self.revenue),
            "cost": _text(self.cost),
            "margin": _text(self.margin),
            "problems": [{"code": one.code, "what": one.label, "calls": one.count} for one in self.groups]
            + [one.as_dict() for one in self.unreadable],
            "duplicate_rows": list(self.duplicate_rows),
            "unknown_suppliers": list(self.unknown_suppliers),
            "read_as": dict(self.read_as),
            "customers": [_total(one) for one in self.customers],
            "destinations": [_total(one) for one in self.destinations],
        }


def _text(value: Decimal | None) -> str | None:
    return None if value is None else str(value)


def _total(one: Total) -> dict[str, Any]:
    return {
        "name": one.label,
        "calls": one.attempts,
        "seconds": one.talk_seconds,
        "revenue": str(one.revenue),
        "cost": _text(one.cost),
        "margin": _text(one.margin),
    }
