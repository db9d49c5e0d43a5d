"""Rows into a file, .csv or .xlsx by its ending: no cell can become a formula, texts stay texts, prices keep decimals."""

import csv
import os
import tempfile
from collections.abc import Iterable, Sequence
from decimal import Decimal
from pathlib import Path

from voipdesk.kernel.problems import FileError
from voipdesk.kernel.progress import Progress, Quiet
from voipdesk.kernel.text import tr

Value = str | int | Decimal

_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n")
"""What makes a spreadsheet take a text for a formula."""

_EVERY = 5_000
"""Rows between two reports of progress."""


def write_rows(
    path: Path, head: Sequence[str], rows: Iterable[Sequence[Value]], *, progress: Progress | None = None
) -> int:
    """Write a title row and rows; returns how many rows. The file appears when it is complete, or not at all.

    `FileError` where the ending is another one, or the disk refuses.
    """
    writers = {".csv": _csv, ".xlsx": _xlsx}
    write = writers.get(path.suffix.lower())
    if write is None:
        raise FileError(
            "unknown_ending",
            tr("{file}: the ending says which kind of file is wanted.").format(file=path.name),
            tr("Use .csv or .xlsx."),
        )
    try:
        handle, name = tempfile.mkstemp(dir=path.parent, prefix=".part-", suffix=path.suffix.lower())
    except OSError as cause:
        raise _unwritable(path, cause) from cause
    os.close(handle)
    part = Path(name)
    try:
        count = write(part, head, rows, progress or Quiet())
        part.chmod(0o644)
        os.replace(part, path)
    except OSError as cause:
        raise _unwritable(path, cause) from cause
    finally:
        part.unlink(missing_ok=True)
    return count


def _csv(path: Path, head: Sequence[str], rows: Iterable[Sequence[Value]], progress: Progress) -> int:
    """UTF-8 with a mark, so that spreadsheets read it right; a text like a formula gets an apostrophe in front."""
    count = 0
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.writer(file)
        writer.writerow([_harmless(title) for title in head])
        for count, row in enumerate(rows, start=1):
            writer.writerow([_harmless(value) for value in row])
            if count % _EVERY == 0:
                progress.step(count, what=tr("rows"))
    return count


def _harmless(value: Value) -> str:
    if isinstance(value, str):
        return f"'{value}" if value.startswith(_STARTS) else value
    return f"{value:f}" if isinstance(value, Decimal) else str(value)


def _xlsx(path: Path, head: Sequence[str], rows: Iterable[Sequence[Value]], progress: Progress) -> int:
    """One sheet with a frozen title row; texts are typed as texts, prices formatted with the decimals they carry."""
    from openpyxl import Workbook
    from openpyxl.cell import WriteOnlyCell

    book = Workbook(write_only=True)
    sheet = book.create_sheet()
    sheet.freeze_panes = "A2"

    def cell(value: Value) -> object:
        made = WriteOnlyCell(sheet, value=value)
        if isinstance(value, str):
            made.data_type = "s"
            made.number_format = "@"
        elif isinstance(value, Decimal):
            exponent = value.as_tuple().exponent
            decimals = -exponent if isinstance(exponent, int) and exponent < 0 else 0
            made.number_format = f"0.{'0' * decimals}" if decimals else "0"
        return made

    count = 0
    sheet.append([cell(title) for title in head])
    for count, row in enumerate(rows, start=1):
        sheet.append([cell(value) for value in row])
        if count % _EVERY == 0:
            progress.step(count, what=tr("rows"))
    book.save(path)
    return count


def _unwritable(path: Path, cause: OSError) -> FileError:
    return FileError(
        "file_unwritable",
        tr("{file} cannot be written: {why}.").format(file=path.name, why=cause.strerror or cause),
        tr("Choose another folder, or close the file where it is open."),
    )
