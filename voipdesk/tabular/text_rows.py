"""Rows of delimited and fixed-width text, read as a stream with every bound that rubbish could break."""

import csv
import re
from collections.abc import Iterator, Sequence
from functools import partial
from itertools import islice
from pathlib import Path
from typing import IO, Any

from voipdesk.kernel.problems import Place
from voipdesk.kernel.text import tr
from voipdesk.tabular.cells import Cell
from voipdesk.tabular.dialect import Dialect, split_fixed, unwrapped_line
from voipdesk.tabular.faults import from_os, refusal

MAX_LINE = 1 << 20
"""Characters in one line."""

MAX_COLUMNS = 1024
MAX_CELL = 1 << 17
"""Characters in one quoted cell: a quotation mark that is never closed must not swallow the file."""

_LINE_END = re.compile(r"\r\n|\r|\n")


def first_lines(path: Path, encoding: str, count: int) -> list[str]:
    """The first lines of a text, line ends kept."""
    with _opened(path, encoding) as file:
        return [line for line, _ in zip(_lines(path, file), range(count), strict=False)]


def text_rows(path: Path, dialect: Dialect) -> Iterator[tuple[int, list[Cell]]]:
    """(line number from 1, cells) of each record; a record that spans lines has the number of its first one."""
    with _opened(path, dialect.encoding) as file:
        lines = _lines(path, file)
        if dialect.delimiter is None:
            for number, line in enumerate(lines, 1):
                cells: list[Cell] = [*split_fixed(line.rstrip("\r\n"), dialect.starts)]
                yield number, cells
            return
        yield from _records(path, _reader(map(unwrapped_line, lines) if dialect.wrapped else lines, dialect))


def text_slices(path: Path, dialect: Dialect, size: int) -> Iterator[tuple[Sequence[int], list[list[str]]]]:
    """(line numbers, records) of delimited text, `size` records at once: the same as `text_rows`, and faster."""
    if dialect.wrapped or not _has_short_lines(path, dialect.encoding):
        yield from _counted(path, dialect, size)
        return
    with _opened(path, dialect.encoding) as file:
        # Every line is known to be short, so nothing has to look at them one by one.
        reader = _reader(iter(partial(file.readline, MAX_LINE), ""), dialect)
        number = 1
        try:
            while rows := list(islice(reader, size)):
                if len(max(rows, key=len)) > MAX_COLUMNS:
                    break
                count = reader.line_num + 1 - number
                yield range(number, number + count) if count == len(rows) else _numbers(rows, number), rows
                number += count
            else:
                return
        except csv.Error:
            pass
    for _ in text_rows(path, dialect):  # Says what is wrong, and where.
        pass


def _counted(path: Path, dialect: Dialect, size: int) -> Iterator[tuple[Sequence[int], list[list[Any]]]]:
    rows = text_rows(path, dialect)
    while part := list(islice(rows, size)):
        yield [number for number, _ in part], [cells for _, cells in part]


def _numbers(rows: list[list[str]], number: int) -> list[int]:
    """The first line of each record, where some have line ends in their cells."""
    numbers = []
    for row in rows:
        numbers.append(number)
        number += 1 + sum(len(_LINE_END.findall(cell)) for cell in row if "\n" in cell or "\r" in cell)
    return numbers


def _has_short_lines(path: Path, encoding: str) -> bool:
    """Whether no line can reach MAX_LINE, since each half of that many bytes has a line end; UTF-16 is not looked at."""
    if encoding.startswith("utf-16"):
        return False
    try:
        with path.open("rb") as file:
            while len(chunk := file.read(MAX_LINE // 2)) == MAX_LINE // 2:
                if b"\n" not in chunk and b"\r" not in chunk:
                    return False
    except OSError as cause:
        raise from_os(path, cause) from cause
    return True


def _reader(lines: Iterator[str], dialect: Dialect) -> Any:
    csv.field_size_limit(MAX_CELL)
    return csv.reader(
        lines,
        delimiter=dialect.delimiter or ",",
        quotechar=dialect.quote or None,
        quoting=csv.QUOTE_MINIMAL if dialect.quote else csv.QUOTE_NONE,
        skipinitialspace=dialect.delimiter == " ",
    )


def _records(path: Path, reader: Any) -> Iterator[tuple[int, list[Cell]]]:
    number = 1
    try:
        for row in reader:
            if len(row) > MAX_COLUMNS:
                said = tr("this row has {count} columns; at most {most} are read.")
                raise refusal(
                    "too_many_columns",
                    path,
                    said.format(count=len(row), most=MAX_COLUMNS),
                    tr("Check the delimiter, or keep only the columns that are needed."),
                    place=Place(row=number),
                )
            yield number, row
            number = reader.line_num + 1
    except csv.Error as cause:
        said = tr(
            "a quotation mark that opens here is never closed, or one cell is beyond {most} characters ({cause})."
        )
        raise refusal(
            "cell_too_long",
            path,
            said.format(most=MAX_CELL, cause=cause),
            tr("Mend that row in a text editor, or choose another quotation mark."),
            place=Place(row=number),
        ) from cause


def _opened(path: Path, encoding: str) -> IO[str]:
    try:
        return path.open(encoding=encoding, errors="replace", newline="")
    except OSError as cause:
        raise from_os(path, cause) from cause


def _lines(path: Path, file: IO[str]) -> Iterator[str]:
    """Lines ended by LF, CR LF or a bare CR; one beyond MAX_LINE is refused."""
    number = 0
    readline = file.readline
    while line := readline(MAX_LINE):
        number += 1
        if len(line) >= MAX_LINE:
            raise refusal(
                "line_too_long",
                path,
                tr("this line is longer than {most} characters.").format(most=MAX_LINE),
                tr("It is not a table with one row a line: choose another file."),
                place=Place(row=number),
            )
        yield line
