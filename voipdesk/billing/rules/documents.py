"""A document as one frozen value: what is printed, hashed and kept is made of this and nothing else."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from datetime import date
from decimal import Decimal
from hashlib import sha256
from typing import Any

from voipdesk.kernel.money import currency_decimals, rounded

GENESIS = "0" * 64
"""What the first document of a series has as its predecessor's hash."""


@dataclass(frozen=True, slots=True)
class Party:
    """Seller or buyer as printed. `lines` is the postal address without the name."""

    name: str
    code: str = ""
    lines: tuple[str, ...] = ()
    country: str = ""
    vat_id: str = ""
    email: str = ""
    iban: str = ""


@dataclass(frozen=True, slots=True)
class UsagePart:
    """What a usage line has of one destination: its calls and their exact sum, shown unrounded."""

    destination: str
    calls: int
    seconds: int
    """Billed."""
    amount: Decimal


@dataclass(frozen=True, slots=True)
class DocumentLine:
    """One printed line. A usage line is quantity 1 x the unrounded sum of its calls, rounded once (product.md, Money);
    its `parts` add up to its `unit_price`. `ref` names its fee or the month of its calls.
    """

    kind: str
    text: str
    quantity: Decimal
    unit_price: Decimal
    net: Decimal
    tax_category: str
    tax_rate: Decimal
    calls: int | None = None
    seconds: int | None = None
    """Billed."""
    is_late: bool = False
    """Calls from before the period."""
    ref: str = ""
    parts: tuple[UsagePart, ...] = ()


@dataclass(frozen=True, slots=True)
class DocumentTax:
    """One row of the tax table, with the sentence the law wants."""

    category: str
    rate: Decimal
    base: Decimal
    tax: Decimal
    text: str = ""


@dataclass(frozen=True, slots=True)
class CallRow:
    """One call of the annex; the number is masked already, the time is local text, the amount exact."""

    start: str
    caller: str
    number: str
    destination: str
    talk_seconds: int
    billed_seconds: int
    amount: Decimal


@dataclass(frozen=True, slots=True)
class Document:
    """An invoice: draft while it has no number. Days are printed in `zone`, words in `language`."""

    kind: str
    seller: Party
    buyer: Party
    currency: str
    zone: str
    language: str
    first_day: date
    last_day: date
    lines: tuple[DocumentLine, ...]
    taxes: tuple[DocumentTax, ...]
    net: Decimal
    tax: Decimal
    total: Decimal
    note: str = ""
    number: str = ""
    issue_date: date | None = None
    due_date: date | None = None
    annex_calls: int = 0
    annex_sha256: str = ""
    """Hash of the listed calls (`annex_bytes`), kept beside the document."""
    levels: tuple[str, str] = ("admin", "company")
    """Of seller and buyer in the tree, when it was drafted."""

    @property
    def is_draft(self) -> bool:
        """Whether it has no number yet."""
        return not self.number

    def sum_of(self, kind: str) -> Decimal:
        """The nets of the lines of a kind."""
        nets = (line.net for line in self.lines if line.kind == kind)
        return rounded(sum(nets, Decimal(0)), currency_decimals(self.currency))


def as_snapshot(document: Document) -> dict[str, Any]:
    """The document as plain JSON values: Decimals as text, days as ISO."""
    plain = _plain(asdict(document))
    assert isinstance(plain, dict)
    return plain


def from_snapshot(kept: Mapping[str, Any]) -> Document:
    """The document of a snapshot."""
    values = dict(kept)
    for name in ("seller", "buyer"):
        party = dict(values[name])
        values[name] = Party(**{**party, "lines": tuple(party["lines"])})
    values["lines"] = tuple(_line(line) for line in values["lines"])
    values["levels"] = tuple(values["levels"])
    values["taxes"] = tuple(DocumentTax(**_decimals(one, "rate", "base", "tax")) for one in values["taxes"])
    for name in ("first_day", "last_day", "issue_date", "due_date"):
        values[name] = date.fromisoformat(values[name]) if values[name] else None
    return Document(**_decimals(values, "net", "tax", "total"))


def issued(document: Document, number: str, issue_date: date, due_date: date) -> Document:
    """The draft as a numbered document."""
    return replace(document, number=number, issue_date=issue_date, due_date=due_date)


def annex_bytes(rows: tuple[CallRow, ...]) -> bytes:
    """The listed calls as text, one a line, fields parted by tabs: what is hashed and kept."""
    return "".join(
        f"{row.start}\t{_one_line(row.caller)}\t{row.number}\t{_one_line(row.destination)}\t"
        f"{row.talk_seconds}\t{row.billed_seconds}\t{row.amount:f}\n"
        for row in rows
    ).encode()


def annex_rows(kept: bytes) -> tuple[CallRow, ...]:
    """The calls of kept bytes."""
    return tuple(
        CallRow(start, caller, number, destination, int(talk), int(billed), Decimal(amount))
        for start, caller, number, destination, talk, billed, amount in (
            line.split("\t") for line in kept.decode().split("\n") if line
        )
    )


def chained(previous: str, canonical: str) -> str:
    """The hash of a document: of its predecessor's hash and its own canonical snapshot."""
    return sha256((previous + canonical).encode()).hexdigest()


def _line(kept: Mapping[str, Any]) -> DocumentLine:
    parts = tuple(UsagePart(**_decimals(part, "amount")) for part in kept.get("parts", ()))
    return DocumentLine(**{**_decimals(kept, "quantity", "unit_price", "net", "tax_rate"), "parts": parts})


def _one_line(text: str) -> str:
    return " ".join(text.split())


def _decimals(values: Mapping[str, Any], *names: str) -> dict[str, Any]:
    return {**values, **{name: Decimal(values[name]) for name in names}}


def _plain(value: Any) -> Any:
    if isinstance(value, Decimal):
        return f"{value:f}"
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, dict):
        return {key: _plain(one) for key, one in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(one) for one in value]
    return value
