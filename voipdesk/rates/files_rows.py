"""Single rows of a sheet read again: cells of rows by their number, and corrected cells by the reader of the sheet."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from voipdesk.kernel import scratch
from voipdesk.rates.files import SheetRow
from voipdesk.rates.files_opened import OpenedSheet
from voipdesk.tabular.cells import shown
from voipdesk.tabular.layout import Layout
from voipdesk.tabular.reader import Numbered
from voipdesk.tabular.several import opened


def cells_of(content: bytes, name: str, layout: Layout, rows: Collection[int]) -> dict[int, list[str]]:
    """The cells of some rows of a file as text, by their number."""
    found: dict[int, list[str]] = {}
    wanted, last = frozenset(rows), max(rows)
    with written(content, name) as path, opened(path, layout) as table:
        for number, cells in table.rows():
            if number in wanted:
                found[number] = [shown(cell) for cell in cells]
            if number >= last:
                break
    return found


@contextmanager
def written(content: bytes, name: str) -> Iterator[Path]:
    """Bytes as a file of a name, gone when the block ends, or at the next start of the program after it was killed."""
    folder = scratch.folder()
    try:
        path = folder / (Path(name).name or "sheet")
        path.write_bytes(content)
        yield path
    finally:
        scratch.remove(folder)


def read_again(layout: Layout, name: str, rows: Mapping[int, Sequence[str]]) -> list[SheetRow]:
    """Corrected rows as the reader of the sheet understands them; one that is no data any more gives nothing."""
    sheet = OpenedSheet(Path(name), layout, None, _Corrected(rows))  # type: ignore[arg-type]
    return list(sheet.rows())


class _Corrected:
    """Rows in memory, where a table of a file is expected."""

    def __init__(self, rows: Mapping[int, Sequence[str]]) -> None:
        self._rows = rows

    def rows(self, start: int = 1) -> Iterator[Numbered]:
        """(number, cells) in order."""
        for number in sorted(self._rows):
            if number >= start:
                cells: list[Any] = list(self._rows[number])
                yield number, cells

    def close(self) -> None:
        """Nothing is open."""
