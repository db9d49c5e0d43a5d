"""What the invoice run tells: drafts, documents, and who was left out and why."""

from dataclasses import dataclass
from decimal import Decimal
from uuid import UUID


@dataclass(frozen=True, slots=True)
class Draft:
    """A draft of the run. `late_calls` are from before the period."""

    id: UUID
    customer_id: UUID
    customer: str
    currency: str
    calls: int
    late_calls: int
    seconds: int
    """Billed."""
    usage: Decimal
    fees: Decimal
    net: Decimal
    tax: Decimal
    total: Decimal
    amount: Decimal
    """The exact sum of its calls, before rounding."""


@dataclass(frozen=True, slots=True)
class LeftOut:
    """A customer without a draft, or calls without a document: below_minimum, prepaid, nothing, unrated, moved."""

    reason: str
    customer_id: UUID | None
    customer: str
    """'' where the actor may not know it."""
    calls: int
    amount: Decimal
    """The exact sum of the calls; 0 for unrated ones."""


@dataclass(frozen=True, slots=True)
class DraftReport:
    """What a run made. Priced calls = calls of drafts + calls of those left out; likewise their amounts."""

    period: str
    currency: str
    drafts: tuple[Draft, ...]
    left_out: tuple[LeftOut, ...]
    remarks: tuple[str, ...] = ()

    @property
    def total(self) -> Decimal:
        """Sum of the drafts' totals."""
        return sum((one.total for one in self.drafts), Decimal(0))


@dataclass(frozen=True, slots=True)
class Issued:
    """A document that has just got its number."""

    id: UUID
    number: str
    customer_id: UUID
    customer: str
    currency: str
    net: Decimal
    tax: Decimal
    total: Decimal
    pdf_sha256: str


@dataclass(frozen=True, slots=True)
class IssueReport:
    """The documents of one issuing transaction, in the order of their numbers."""

    documents: tuple[Issued, ...]

    @property
    def total(self) -> Decimal:
        """Sum of the documents' totals."""
        return sum((one.total for one in self.documents), Decimal(0))
