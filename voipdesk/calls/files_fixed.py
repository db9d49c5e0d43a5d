"""Call files whose records have no separators: fields stand at places that a person says."""

from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import islice
from pathlib import Path
from types import TracebackType
from typing import Any

from voipdesk.calls.files import unreadable

LOOKED_AT = 200
KIND = 3
"""Letters at the start of a record that say what it is: header, call, trailer."""

Field = tuple[int, int]
"""First character (from 0) and the one after the last."""


class FixedLines:
    """The lines of a file cut at fixed places; to be read like a `tabular.reader.Table`. `FileError` if unreadable."""

    def __init__(self, path: Path, encoding: str, fields: Sequence[Field]) -> None:
        self._path, self._encoding, self._fields = path, encoding, tuple(fields)
        heads = Counter(line[:KIND] for _, line in islice(self._lines(), LOOKED_AT) if line.strip())
        self._kind = heads.most_common(1)[0][0] if heads else ""

    def rows(self, start: int = 1) -> Iterator[tuple[int, list[Any]]]:
        """(number, cells) of each line; records of another kind than most are comments."""
        for number, line in self._lines():
            if number >= start:
                cells = [line[first:end].strip() for first, end in self._fields]
                is_other = bool(line.strip()) and not line.startswith(self._kind)
                yield number, [f"#{line.strip()}"] if is_other else cells

    def close(self) -> None:
        """Nothing stays open between two readings."""

    def __enter__(self) -> "FixedLines":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, cause: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _lines(self) -> Iterator[tuple[int, str]]:
        try:
            with self._path.open(encoding=self._encoding, errors="replace", newline=None) as file:
                for number, line in enumerate(file, 1):
                    yield number, line.rstrip("\n")
        except OSError as cause:
            raise unreadable(self._path, cause) from cause
