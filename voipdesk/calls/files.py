"""Call files: what one row says, and how its texts become a call at rest."""

import zlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from decimal import Decimal
from hashlib import sha256
from pathlib import Path
from typing import Any, Protocol
from uuid import UUID
from zoneinfo import ZoneInfo

from voipdesk.kernel.e164 import NumberRules, normalised
from voipdesk.kernel.periods import to_micros
from voipdesk.kernel.problems import FileError, Problem
from voipdesk.kernel.text import tr
from voipdesk.tabular.container import refuse_workspace

CHUNK = 1 << 20
LONGEST = 10**9
"""Talk seconds (about 31 years) beyond which a duration is taken for a fault of the file."""

_REMEMBERED = 200_000
"""Dialled texts whose numbers are remembered while a file is read."""


@dataclass(frozen=True, slots=True)
class CallRecord:
    """One row of a call file, read. Times without an offset are on the file's wall clock."""

    row: int
    unique_id: str = ""
    account: str = ""
    trunk: str = ""
    supplier: str = ""
    caller: str = ""
    called: str = ""
    start: datetime | None = None
    answer: datetime | None = None
    talk: Decimal | int = 0
    """Seconds talked, not those of ringing."""
    disposition: str = ""
    event: str = ""
    """In files that tell a call in two rows: which half this is."""
    problem: Problem | None = None
    """Why the row is no call; it goes to quarantine."""
    cells: Sequence[str] = ()


class CallSheet(Protocol):
    """A call file that is understood: its rows once, and after them the tally of what is no data."""

    total: int
    skipped: int
    blank: int
    layout_data: Any

    @property
    def read_as(self) -> dict[str, int]:
        """The columns by their roles, counted from 1, of a file that has no titles."""

    def rows(self) -> Iterator[CallRecord]:
        """The data rows in order of the file, none left out."""


@dataclass(frozen=True, slots=True)
class Original:
    """A file as it is kept: its hash, its size, and its bytes packed by zlib."""

    sha256: str
    size: int
    packed: bytes


def original(path: Path) -> Original:
    """Hash and pack a file in pieces, so that a large one is never in memory as it is."""
    refuse_workspace(path)
    digest, packer, parts, size = sha256(), zlib.compressobj(6), [], 0
    try:
        with path.open("rb") as file:
            while chunk := file.read(CHUNK):
                digest.update(chunk)
                parts.append(packer.compress(chunk))
                size += len(chunk)
    except OSError as cause:
        raise unreadable(path, cause) from cause
    return Original(digest.hexdigest(), size, b"".join(parts) + packer.flush())


def unreadable(path: Path, cause: OSError) -> FileError:
    """What the system said about a file, in a sentence."""
    return FileError(
        "file_unreadable",
        tr("{file} cannot be read: {why}.").format(file=path.name, why=cause.strerror or cause),
        tr("Check the file and try again. Nothing was changed."),
    )


def number_rules(country: str, options: Mapping[str, Any]) -> NumberRules:
    """The rules of a profile over the workspace's country; what the profile does not say keeps its default."""
    usual = NumberRules()
    return NumberRules(
        tech_prefix=str(options.get("tech_prefix", "")),
        international=tuple(options.get("international", usual.international)),
        country=str(options.get("country", country)),
        trunk=str(options.get("trunk", usual.trunk)),
    )


@dataclass(slots=True)
class Reading:
    """Turns texts of a file into stored values: numbers by its rules, wall clocks by its zone."""

    zone: ZoneInfo
    rules: NumberRules
    _numbers: dict[str, str] = field(default_factory=dict)

    def number(self, called: str) -> str:
        """E.164 digits of what was dialled; '' where it cannot be read."""
        found = self._numbers.get(called)
        if found is None:
            if len(self._numbers) >= _REMEMBERED:
                self._numbers.clear()
            found = self._numbers[called] = normalised(called, self.rules) or ""
        return found

    def micros(self, when: datetime | None) -> int | None:
        """Microseconds UTC; a time without an offset is read in the zone (of two alike in autumn the first)."""
        if when is None:
            return None
        aware = when if when.tzinfo is not None else when.replace(tzinfo=self.zone).astimezone(UTC)
        return to_micros(aware)


@dataclass(frozen=True, slots=True)
class Saved:
    """A saved profile for call files."""

    id: UUID
    name: str
    layout: Any
    options: Mapping[str, Any]
