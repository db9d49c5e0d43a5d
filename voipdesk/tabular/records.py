"""Records of plain XML as rows: the element that repeats is the row, the paths of its leaves are the columns."""

from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from xml.parsers import expat

from voipdesk.kernel.text import tr
from voipdesk.tabular.cells import EMPTY, Cell
from voipdesk.tabular.faults import damaged
from voipdesk.tabular.text_rows import MAX_CELL, MAX_COLUMNS

CHUNK = 1 << 16
MAX_DEPTH = 64
MAX_PATHS = 10_000


class _Walk:
    """Follows the elements; `record` is the path of the repeating element once it is known."""

    def __init__(self, record: tuple[str, ...] | None = None) -> None:
        self.record = record
        self.path: list[str] = []
        self.counts: Counter[tuple[str, ...]] = Counter()
        self.with_children: set[tuple[str, ...]] = set()
        self.leaves: dict[tuple[str, ...], None] = {}
        self.cells: dict[tuple[str, ...], str] = {}
        self.ready: list[dict[tuple[str, ...], str]] = []
        self.text: list[str] = []

    def start(self, name: str, attributes: dict[str, str]) -> None:
        self.path.append(name.rpartition(" ")[2])
        if len(self.path) > MAX_DEPTH:
            raise ValueError("depth")
        here = tuple(self.path)
        self.text.clear()
        if self.record is None:
            self.with_children.add(here[:-1])
            self.counts[here] += 1
            if len(self.counts) > MAX_PATHS:
                raise ValueError("paths")
        for key, value in attributes.items():
            self._leaf((*here, f"@{key.rpartition(' ')[2]}"), value)

    def data(self, text: str) -> None:
        if sum(map(len, self.text[-1:])) < MAX_CELL:
            self.text.append(text)

    def end(self, _name: str) -> None:
        here = tuple(self.path)
        text = "".join(self.text).strip()
        self.text.clear()
        if text:
            self._leaf(here, text)
        self.path.pop()
        if here == self.record:
            self.ready.append(self.cells)
            self.cells = {}

    def _leaf(self, path: tuple[str, ...], text: str) -> None:
        if self.record and path[: len(self.record)] == self.record:
            below = path[len(self.record) :]
            if len(self.leaves) < MAX_COLUMNS or below in self.leaves:
                self.leaves[below] = None
                self.cells[below] = text

    def repeated(self) -> tuple[str, ...] | None:
        """The element with children that repeats most, the outermost of equals."""
        many = [path for path in self.counts if path in self.with_children and self.counts[path] > 1]
        if not many:
            many = [path for path in self.counts if path in self.with_children and len(path) == 2]
        return min(many, key=lambda path: (len(path), -self.counts[path]), default=None)


def _walk(path: Path, walk: _Walk) -> Iterator[None]:
    """Parse in chunks; entities are refused."""
    parser = expat.ParserCreate(namespace_separator=" ")
    parser.buffer_text = True
    parser.StartElementHandler = walk.start
    parser.EndElementHandler = walk.end
    parser.CharacterDataHandler = walk.data

    def refuse(*_said: object) -> None:
        raise ValueError("entities")

    parser.EntityDeclHandler = refuse
    try:
        with path.open("rb") as file:
            while chunk := file.read(CHUNK):
                parser.Parse(chunk, False)
                yield
            parser.Parse(b"", True)
            yield
    except (expat.ExpatError, LookupError) as cause:  # the latter: an encoding that nobody knows
        raise damaged(path, str(cause)) from cause
    except ValueError as cause:
        said = tr("it has more {what} than any table needs").format(what=cause)
        raise damaged(path, said) from cause


def xml_rows(path: Path) -> Iterator[tuple[int, list[Cell]]]:
    """Row 1 holds the names of the leaves, each further row one record. Reads the file three times, keeps none of it."""
    look = _Walk()
    for _ in _walk(path, look):
        pass
    record = look.repeated()
    if record is None:
        return
    columns = _Walk(record)
    for _ in _walk(path, columns):
        columns.ready.clear()
    names = list(columns.leaves)
    yield 1, [".".join(name) for name in names]
    rows = _Walk(record)
    number = 1
    for _ in _walk(path, rows):
        ready, rows.ready = rows.ready, []
        for cells in ready:
            number += 1
            yield number, [cells.get(name, EMPTY) for name in names]
