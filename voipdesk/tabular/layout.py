"""How a file is laid out: a value that is found, shown, changed by a person, and kept with a profile."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from decimal import Decimal
from typing import Any

from voipdesk.kernel.scales import Scale, scale_text
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
class Part:
    """One of several sheets that are read as one: prices, or the dial codes of their names. Rows and columns are its own."""

    sheet: str
    is_codes: bool = False
    start: int = 0
    """Rows of the sheets of prices before it: its row n is row `start` + n of the import."""
    header_row: int | None = None
    first_data_row: int = 1
    width: int = 0
    """Columns that each row is brought to before the codes of its name stand after them; 0: nothing is joined."""
    places: tuple[int, ...] = ()
    """Where the columns of the first sheet are in this one (-1: nowhere); () where they are the same."""
    columns: Mapping[str, int] = field(default_factory=dict)
    """`key`: the names by which sheets are joined; and in a sheet of codes prefix, country_code, area_code."""
    print: str = ""
    """Fingerprint of its titles."""
    escapes: tuple[str, ...] = ()
    lead: str = ""
    """How its country codes are written, as for a whole layout."""


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
    parts: tuple[Part, ...] = ()
    """The sheets that are read as one, `sheet` first; () where it is read alone."""
    alike: tuple[str, ...] = ()
    """Other sheets that look like rates too and are left out."""
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
    scale: Scale = Decimal(1)
    """What makes a price of the file a price per minute in currency units."""
    exchange: Decimal = Decimal(1)
    """What makes an amount of the file an amount of its table's currency: of this file and this day, never of a profile."""
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
        return fingerprint_of(self.titles)

    @property
    def roles(self) -> dict[str, str]:
        """What each sheet is read for: `rates`, `codes` or `skip`."""
        read = {part.sheet: "codes" if part.is_codes else "rates" for part in self.parts}
        read = read or ({self.sheet: "rates"} if self.sheet else {})
        return {name: read.get(name, "skip") for name in self.sheets}

    @property
    def rate_parts(self) -> tuple[Part, ...]:
        """The sheets of prices among the parts."""
        return tuple(part for part in self.parts if not part.is_codes)

    @property
    def is_stacked(self) -> bool:
        """Whether sheets of prices are read beneath each other; rows are told with their sheet then."""
        return len(self.rate_parts) > 1

    @property
    def joined_at(self) -> int:
        """The column in which the codes of another sheet stand; -1 where none are joined."""
        return self.parts[0].width if any(part.is_codes for part in self.parts) else -1

    def head_at(self, row: int) -> tuple[int | None, int]:
        """(header, first row of data) of the sheet that a row of the import stands in, counted as rows of the import."""
        part = next((one for one in reversed(self.rate_parts[1:]) if row > one.start), None)
        if part is None:
            return self.header_row, self.first_data_row
        return (
            None if part.header_row is None else part.start + part.header_row,
            part.start + part.first_data_row,
        )

    def place_of(self, row: int) -> tuple[str, int]:
        """(sheet, row there) of a row of the import."""
        part = next((one for one in reversed(self.rate_parts) if row > one.start), None)
        return (self.sheet or "", row) if part is None else (part.sheet, row - part.start)

    def row_name(self, row: int) -> str:
        """A row as people find it again: with its sheet where several are stacked."""
        sheet, number = self.place_of(row)
        return f"{sheet} {number}" if self.is_stacked else str(number)

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
            "roles": self.roles,
            "alike": list(self.alike),
            "header_row": self.header_row,
            "first_data_row": self.first_data_row,
            "columns": dict(self.columns),
            "titles": list(self.titles),
            "date_order": self.date_order,
            "scale": scale_text(self.scale),
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
            "sheets": [
                {"name": one.sheet, "is_codes": one.is_codes, "print": one.print} for one in self.parts
            ],
            "columns": {role: self.title(at) for role, at in self.columns.items()},
            "positions": dict(self.columns),
            "decimal": self.decimal,
            "date_order": self.date_order,
            "scale": scale_text(self.scale),
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


def fingerprint_of(titles: Sequence[str]) -> str:
    """Of titles without order; '' where there are none."""
    words = sorted(" ".join(title.casefold().split()) for title in titles if title.strip())
    return hashlib.sha256("\x1f".join(words).encode()).hexdigest()[:32] if words else ""


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
