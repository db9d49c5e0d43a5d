"""Rows of delimited and fixed-width text, read as a stream with every bound that rubbish could break."""

import csv
from collections.abc import Iterator
from pathlib import Path
from typing import IO, Any

from voipdesk.kernel.problems import Place
from voipdesk.kernel.text import tr
from voipdesk.tabular.cells import Cell
from voipdesk.tabular.dialect import Dialect, split_fixed
from voipdesk.tabular.faults import from_os, refusal

MAX_LINE = 1 << 20
"""Characters in one line."""

MAX_COLUMNS = 1024
MAX_CELL = 1 << 17
"""Characters in one quoted cell: a quotation mark that is never closed must not swallow the file."""


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
        csv.field_size_limit(MAX_CELL)
        reader = csv.reader(
            lines,
            delimiter=dialect.delimiter,
            quotechar=dialect.quote or None,
            quoting=csv.QUOTE_MINIMAL if dialect.quote else csv.QUOTE_NONE,
            skipinitialspace=dialect.delimiter == " ",
        )
        yield from _records(path, reader)


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
