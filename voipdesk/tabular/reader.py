"""Opens any kind of table and hands its rows out one by one; nothing is kept as objects."""

import gzip
import zipfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from types import TracebackType
from typing import IO, TYPE_CHECKING, Any

from voipdesk.kernel import scratch
from voipdesk.kernel.problems import FileError
from voipdesk.kernel.text import tr
from voipdesk.tabular import bounds, records
from voipdesk.tabular.cells import EMPTY, Cell, exact
from voipdesk.tabular.container import (
    ARCHIVES,
    CHUNK,
    FREE_UNPACKED,
    MAX_RATIO,
    MAX_UNPACKED,
    Container,
    Found,
    locked,
    look,
)
from voipdesk.tabular.dialect import SAMPLE_LINES, Dialect, dialect_of
from voipdesk.tabular.encoding import encoding_of
from voipdesk.tabular.faults import BROKEN_ARCHIVE, damaged, from_os, refusal, too_large
from voipdesk.tabular.markup import html_rows, sheet_names, sheet_rows
from voipdesk.tabular.text_rows import MAX_COLUMNS, first_lines, text_rows, text_slices

if TYPE_CHECKING:
    from voipdesk.tabular.layout import Layout

Numbered = tuple[int, list[Cell]]
Slice = tuple[Sequence[int], list[list[Any]]]
"""Row numbers as the file shows them, and the rows as they lie in it: `exact_cells` makes cells of them."""

_SLICE = 500
"""Rows of a workbook that are held at once."""

_CALAMINE = frozenset({Container.XLSX, Container.XLSB, Container.XLS})


@dataclass(frozen=True, slots=True)
class Source:
    """What has been found out about a file before its rows are read."""

    path: Path
    """The file that is read: the chosen one, or the unpacked member of a .zip."""
    container: Container
    dialect: Dialect
    sheets: tuple[str, ...]
    hidden: frozenset[str]
    member: str | None = None
    members: tuple[str, ...] = ()


class Table:
    """An open file with one sheet chosen; a context manager."""

    def __init__(
        self, source: Source, sheet: str | None, folder: Path | None = None, book: Any = None
    ) -> None:
        self.source = source
        self.sheets = source.sheets
        self.sheet = sheet
        self._folder = folder
        self._book = book
        self._parsed: tuple[str, Any] | None = None

    def __enter__(self) -> "Table":
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        """Throw away what was unpacked and let the workbook go."""
        self._parsed = None
        if self._book is not None:
            self._book.close()
            self._book = None
        if self._folder:
            scratch.remove(self._folder)
            self._folder = None

    def rows(self, start: int = 1) -> Iterator[Numbered]:
        """(row number as the file shows it, cells) from row `start` on; every call begins at the top again."""
        rows = self._sheet_rows() if self._book is not None else _rows_of(self.source, self.sheet)
        return rows if start <= 1 else (entry for entry in rows if entry[0] >= start)

    def slices(self, size: int) -> Iterator[Slice]:
        """All rows from the top, `size` at once, texts and numbers as they lie in the file."""
        if self._book is not None:
            yield from self._sheet_slices(size)
        elif self.source.container is Container.TEXT and self.source.dialect.delimiter is not None:
            yield from text_slices(self.source.path, self.source.dialect, size)
        else:
            rows = self.rows()
            while part := list(islice(rows, size)):
                yield [number for number, _ in part], [cells for _, cells in part]

    def choose(self, sheet: str | None) -> None:
        """Read this sheet from now on."""
        self.sheet = sheet

    def require(self, sheet: str) -> None:
        """`FileError` where there is no sheet of this name."""
        _sheet(self.source.path, self.source, sheet)

    def last_row(self) -> int:
        """The number of the last row of the chosen sheet."""
        last = 0
        for numbers, _ in self.slices(_SLICE):
            last = numbers[-1]
        return last

    def _sheet_rows(self) -> Iterator[Numbered]:
        """Rows of a workbook with exact values."""
        for numbers, rows in self._sheet_slices(_SLICE):
            for number, row in zip(numbers, rows, strict=True):
                yield number, exact_cells(row)

    def _sheet_slices(self, size: int) -> Iterator[Slice]:
        """Rows of a workbook as calamine gives them; what was taken apart of the last sheet is kept for the next call."""
        from python_calamine import CalamineError

        sheet, path = self.sheet, self.source.path
        if sheet is None:
            return
        try:
            if self._parsed is None or self._parsed[0] != sheet:
                self._parsed = None
                self._parsed = sheet, self._book.get_sheet_by_name(sheet)
            table = self._parsed[1]
            # Rows come from the first one on, columns from the first that is used: people count those from A.
            before = table.start[1] if table.start else 0
            if before + table.width > MAX_COLUMNS:
                raise _too_wide(path, sheet, before + table.width)
            rows, number = table.iter_rows(), 1
            while part := list(islice(rows, size)):
                part = [[EMPTY] * before + row for row in part] if before else part
                yield range(number, number + len(part)), part
                number += len(part)
        except CalamineError as cause:
            raise damaged(path, str(cause)) from cause
        except (FileError, GeneratorExit):
            raise
        except BaseException as cause:
            raise _panic(path, cause) from cause


def exact_cells(row: Sequence[Any]) -> list[Cell]:
    """The cells of a row as it lies in the file."""
    return [value if type(value) is str else exact(value) for value in row]


def open_table(
    path: Path | str, *, sheet: str | None = None, layout: "Layout | None" = None, member: str | None = None
) -> Table:
    """Open a file for reading: by its layout where one is given, else by what its bytes say. FileError if it cannot be."""
    chosen = Path(path)
    found = look(chosen)
    member = member or (layout.member if layout else None)
    folder: Path | None = None
    actual = chosen
    if found.container in ARCHIVES:
        member = member or best_member(found.members)
        folder, actual = _unpacked(chosen, found, member)
    try:
        source, book = _source(actual, found, layout, member)
        return Table(
            source, _sheet(chosen, source, sheet or (layout.sheet if layout else None)), folder, book
        )
    except BaseException:
        if folder:
            scratch.remove(folder)
        raise


def best_member(members: tuple[str, ...]) -> str:
    """The member of a .zip that is a table by its name's ending, else the first."""
    endings = (".xlsx", ".xlsb", ".xls", ".ods", ".csv", ".tsv", ".txt")
    return next((name for ending in endings for name in members if name.lower().endswith(ending)), members[0])


def _unpacked(path: Path, found: Found, member: str) -> tuple[Path, Path]:
    """The member in a folder of its own, under its own last name; bounded in size while it is written."""
    if member not in found.members:
        said = tr("there is no file {member} in it.").format(member=member)
        raise refusal("member_missing", path, said, tr("Choose one of its files."))
    folder = scratch.folder()
    target = folder / (Path(member.replace("\\", "/")).name or "member")
    try:
        with _packed(path, found, member) as packed, target.open("wb") as out:
            size = 0
            while chunk := packed.read(CHUNK):
                size += len(chunk)
                if size > MAX_UNPACKED or (size > FREE_UNPACKED and size > MAX_RATIO * path.stat().st_size):
                    raise too_large(path, tr("{member} unpacks beyond all bounds.").format(member=member))
                out.write(chunk)
    except BROKEN_ARCHIVE as cause:
        scratch.remove(folder)
        raise damaged(path, str(cause)) from cause
    except gzip.BadGzipFile as cause:
        scratch.remove(folder)
        raise damaged(path, str(cause)) from cause
    except OSError as cause:
        scratch.remove(folder)
        raise from_os(path, cause) from cause
    except BaseException:
        scratch.remove(folder)
        raise
    return folder, target


@contextmanager
def _packed(path: Path, found: Found, member: str) -> Iterator[IO[bytes]]:
    """The bytes of a member, unpacked while they are read."""
    if found.container is Container.GZIP:
        with gzip.open(path) as packed:
            yield packed  # type: ignore[misc]
        return
    with zipfile.ZipFile(path) as archive, archive.open(member) as inside:
        yield inside


def _source(
    path: Path, found: Found, layout: "Layout | None", member: str | None
) -> tuple[Source, Any | None]:
    """What a file is, and its workbook where calamine reads it."""
    container = found.container
    if container in ARCHIVES:
        inner = look(path)
        if inner.container in ARCHIVES:
            raise refusal(
                "file_not_a_table", path, tr("an archive inside an archive."), tr("Unpack it first.")
            )
        container = inner.container
    book = _workbook(path, container) if container in _CALAMINE else None
    sheets, hidden = _sheets(path, container, book)
    if layout and layout.dialect:
        dialect = layout.dialect
    elif container in {Container.TEXT, Container.HTML, Container.XML}:
        encoding = encoding_of(path)
        text = container is Container.TEXT
        dialect = (
            dialect_of(first_lines(path, encoding, SAMPLE_LINES), encoding)
            if text
            else Dialect(encoding, None, "")
        )
    else:
        dialect = Dialect("", None, "")
    return Source(path, container, dialect, sheets, hidden, member, found.members), book


def _sheets(path: Path, container: Container, book: Any | None) -> tuple[tuple[str, ...], frozenset[str]]:
    """Names of the sheets and those that are hidden."""
    if book is not None:
        shown = [str(meta.visible).endswith(".Visible") for meta in book.sheets_metadata]
        names = tuple(book.sheet_names)
        return names, frozenset(name for name, seen in zip(names, shown, strict=False) if not seen)
    if container in {Container.ODS, Container.SPREADSHEETML}:
        return sheet_names(path, opened=container is Container.ODS), frozenset()
    return (), frozenset()


def _sheet(path: Path, source: Source, wanted: str | None) -> str | None:
    if not source.sheets:
        return None
    if wanted is not None and wanted not in source.sheets:
        said = tr("there is no sheet {sheet}; it has {sheets}.")
        raise refusal(
            "sheet_missing",
            path,
            said.format(sheet=wanted, sheets=", ".join(source.sheets[:10])),
            tr("Choose one of these sheets."),
        )
    if wanted is not None:
        return wanted
    return next((name for name in source.sheets if name not in source.hidden), source.sheets[0])


def _rows_of(source: Source, sheet: str | None) -> Iterator[Numbered]:
    path = source.path
    if source.container is Container.TEXT:
        return text_rows(path, source.dialect)
    if source.container is Container.HTML:
        return html_rows(path, source.dialect.encoding)
    if source.container is Container.XML:
        return records.xml_rows(path)
    return sheet_rows(path, sheet, opened=source.container is Container.ODS)


def _workbook(path: Path, container: Container) -> Any:
    """An open calamine workbook, after the bounds have been looked at."""
    from python_calamine import CalamineError, CalamineWorkbook, PasswordError

    bounds.check(path, container)
    try:
        return CalamineWorkbook.from_path(str(path))
    except PasswordError as cause:
        raise locked(path) from cause
    except CalamineError as cause:
        raise damaged(path, str(cause)) from cause
    except OSError as cause:
        raise from_os(path, cause) from cause
    except BaseException as cause:
        raise _panic(path, cause) from cause


def _panic(path: Path, cause: BaseException) -> BaseException:
    """A panic inside the reader means a damaged file; what the user or the system sent goes through."""
    if type(cause).__name__ == "PanicException":
        return damaged(path, str(cause))
    return cause


def _too_wide(path: Path, sheet: str, width: int) -> FileError:
    said = tr("sheet {sheet} has {count} columns; at most {most} are read.")
    return refusal(
        "too_many_columns",
        path,
        said.format(sheet=sheet, count=width, most=MAX_COLUMNS),
        tr("Keep only the columns that are needed."),
    )


__all__ = ["EMPTY", "Cell", "Source", "Table", "open_table"]
