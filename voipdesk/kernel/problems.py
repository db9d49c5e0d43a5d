"""Problems as values, and the tree of errors.

A fault of the data is a `Problem`: collected per row, never raised in the middle of a file.
A refusal that ends an intention of the user is a `VoipDeskError` carrying its problems.
A fault of the program is any other exception.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum


class Severity(StrEnum):
    """How much a problem holds up."""

    REMARK = "remark"
    ASK = "ask"
    ERROR = "error"
    STOP = "stop"


@dataclass(frozen=True, slots=True)
class Place:
    """Where in the input: file name, sheet, row counted from 1 as the file shows it, column title, raw value."""

    file: str = ""
    sheet: str = ""
    row: int | None = None
    column: str = ""
    value: str = ""

    def __str__(self) -> str:
        parts = [self.file, self.sheet]
        if self.row is not None:
            parts.append(f"row {self.row}")
        parts.append(self.column)
        said = ", ".join(part for part in parts if part)
        return f"{said}: {self.value}" if self.value else said


@dataclass(frozen=True, slots=True)
class Problem:
    """One fault in the data: a stable code, a sentence, where it is, and what to do next."""

    code: str
    message: str
    hint: str = ""
    place: Place = field(default_factory=Place)
    severity: Severity = Severity.ERROR

    def at(self, **where: str | int | None) -> "Problem":
        """The same problem with fields of its place filled in."""
        return replace(self, place=replace(self.place, **where))  # type: ignore[arg-type]

    def __str__(self) -> str:
        where = str(self.place)
        said = f"{where}: {self.message}" if where else self.message
        return f"{said} {self.hint}".strip()

    def as_dict(self) -> dict[str, str | int | None]:
        """A flat form for `--json` output."""
        return {
            "code": self.code,
            "severity": str(self.severity),
            "message": self.message,
            "hint": self.hint,
            "file": self.place.file,
            "sheet": self.place.sheet,
            "row": self.place.row,
            "column": self.place.column,
            "value": self.place.value,
        }


class VoipDeskError(Exception):
    """An intention that cannot be carried out, told in one sentence with a next step. Exit code 1."""

    def __init__(self, code: str, message: str, hint: str = "", *, problems: Sequence[Problem] = ()) -> None:
        self.problem = Problem(code, message, hint)
        self.problems: tuple[Problem, ...] = tuple(problems)
        super().__init__(str(self.problem))

    @property
    def code(self) -> str:
        """The stable code of the refusal."""
        return self.problem.code


class Refused(VoipDeskError):
    """A rule of the product says no (a guard, a state, a missing plan)."""


class NotAllowed(Refused):
    """The actor has no right. Never names anything he may not see."""


class FileError(VoipDeskError):
    """A file cannot be read or written: names the file, the real cause and the next step."""


class WorkspaceError(VoipDeskError):
    """The workspace file cannot be opened, written or restored."""


class Conflict(Refused):
    """The row has changed since; undo or a second edit would destroy somebody's work."""


class Cancelled(VoipDeskError):
    """The user cancelled; nothing was changed."""

    def __init__(self) -> None:
        super().__init__("cancelled", "Cancelled. Nothing was changed.")
