"""How a file is laid out: a value that is found, shown, changed by a person, and kept with a profile."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from decimal import Decimal
from typing import Any

from voipdesk.tabular.dialect import Dialect


@dataclass(frozen=True, slots=True)
class Question:
    """What the file alone does not decide: the field it is about, the question, and the possible answers."""

    about: str
    text: str
    answers: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Finding:
    """What a column was taken for and why: by its title, a title learned here, its cells, or because somebody said so."""

    at: int
    role: str
    """Empty where the column is left out."""
    confidence: float
    source: str
    """title, learned, cells, told or none."""
    evidence: str
    """For people."""
    row: int | None
    """The first filled row, on which the column can be looked at."""
    samples: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Layout:
    """Everything a reader needs to take the rows of a table for what they mean. Rows count from 1, columns from 0."""

    kind: str = "other"
    """rates, cdr, prefix_table (codes without prices) or other."""
    container: str = "text"
    dialect: Dialect | None = None
    member: str | None = None
    """The file inside a .zip."""
    sheet: str | None = None
    sheets: tuple[str, ...] = ()
    header_row: int | None = None
    first_data_row: int = 1
    last_data_row: int | None = None
    """Where a person says that the data ends; None: with the file."""
    columns: Mapping[str, int] = field(default_factory=dict)
    """By role; `rate.` and a time band is the role of a column with the price of that band."""
    titles: tuple[str, ...] = ()
    decimal: str = "."
    date_order: str | None = None
    """dmy, mdy, ymd, serial (the cells are dates already), ask, or None where there are no dates."""
    scale: Decimal = Decimal(1)
    """What makes a price of the file a price per minute in currency units."""
    currency: str = ""
    escapes: tuple[str, ...] = ()
    """Escape codes before every dial code, to be stripped."""
    hyphen: str = "span"
    """A hyphen between codes spans (`447-449`) or joins country and area (`93-76`)."""
    lead: str = ""
    """What stands before every code without being written: the 1 before an NPA-NXX."""
    constants: Mapping[str, str] = field(default_factory=dict)
    """What a person says for whole columns that the file lacks, by their roles: `increment`, `effective_date`."""
    bands: tuple[str, ...] | None = None
    """The time bands that a column of them may name; None: any."""
    bandless: tuple[int, ...] = ()
    """Columns with prices of a part of the week for which no time band is known: they are not taken."""
    confidence: Mapping[str, float] = field(default_factory=dict)
    evidence: Mapping[str, str] = field(default_factory=dict)
    """For each answer what decided it, for people."""
    ask: tuple[Question, ...] = ()
    findings: tuple[Finding, ...] = ()
    """For each column of the file what was found; what a person changed later stands in `columns` alone."""
    notes: tuple[str, ...] = ()
    """What is left out of the import although it could matter, for people."""

    @property
    def fingerprint(self) -> str:
        """Of the header's titles without order, so that next month's file of the same sender is known again."""
        words = sorted(" ".join(title.casefold().split()) for title in self.titles if title.strip())
        return hashlib.sha256("\x1f".join(words).encode()).hexdigest()[:32] if words else ""

    def as_json(self) -> dict[str, Any]:
        """What `inspect --json` prints."""
        dialect = self.dialect
        is_text = self.container in {"text", "csv", "txt"}
        return {
            "kind": self.kind,
            "container": self.container,
            "encoding": dialect.encoding if dialect and is_text else None,
            "delimiter": dialect.delimiter if dialect and is_text else None,
            "decimal": self.decimal,
            "sheet": self.sheet,
            "sheets": list(self.sheets),
            "header_row": self.header_row,
            "first_data_row": self.first_data_row,
            "columns": dict(self.columns),
            "titles": list(self.titles),
            "date_order": self.date_order,
            "scale": f"{self.scale:f}",
            "currency": self.currency,
            "ask": bool(self.ask),
            "questions": [asdict(question) for question in self.ask],
            "confidence": dict(self.confidence),
            "evidence": dict(self.evidence),
            "findings": [asdict(finding) for finding in self.findings],
            "notes": list(self.notes),
            "fingerprint": self.fingerprint,
        }

    def as_data(self) -> dict[str, Any]:
        """What is kept with a profile: columns by their titles, so that another order of them does not matter."""
        return {
            "kind": self.kind,
            "sheet": self.sheet,
            "columns": {role: self.title(at) for role, at in self.columns.items()},
            "positions": dict(self.columns),
            "decimal": self.decimal,
            "date_order": self.date_order,
            "scale": f"{self.scale:f}",
            "currency": self.currency,
            "escapes": list(self.escapes),
            "hyphen": self.hyphen,
            "lead": self.lead,
            "constants": dict(self.constants),
            "bandless": [self.title(at) for at in self.bandless],
        }

    def finding(self, at: int) -> Finding | None:
        """Why a column has the role that it has now; None where that was not found but said, or is not there."""
        role = next((role for role, place in self.columns.items() if place == at), "")
        return next((one for one in self.findings if one.at == at and one.role == role), None)

    def title(self, at: int) -> str:
        """The title of a column, or its number counted from 1; nothing for a column that is not there."""
        if at < 0:
            return ""
        return self.titles[at] if at < len(self.titles) and self.titles[at] else f"#{at + 1}"


def columns_named(data: Mapping[str, Any], titles: Sequence[str]) -> dict[str, int]:
    """The columns of a kept layout in a file with these titles; by position where it has none."""
    places = {" ".join(title.casefold().split()): at for at, title in reversed(list(enumerate(titles)))}
    kept = {
        role: " ".join(str(title).casefold().split()) for role, title in dict(data.get("columns", {})).items()
    }
    found = {role: places[title] for role, title in kept.items() if title in places}
    if found or titles:
        return found
    return {role: int(at) for role, at in dict(data.get("positions", {})).items()}
