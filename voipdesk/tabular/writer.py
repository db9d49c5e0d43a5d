"""Rows into a file, .csv or .xlsx by its ending: no cell can become a formula, texts stay texts, prices keep decimals.

A file appears when it is complete, or not at all: it is written beside its place and then put there.
"""

import csv
import os
import tempfile
from collections.abc import Callable, Collection, Iterable, Sequence
from decimal import Decimal
from pathlib import Path

from voipdesk.kernel.problems import FileError
from voipdesk.kernel.progress import Progress, Quiet
from voipdesk.kernel.text import tr
from voipdesk.tabular import workbook
from voipdesk.tabular.workbook import Sheet, Value

__all__ = ["Sheet", "Value", "write_csv", "write_rows", "write_sheets", "write_xlsx"]

_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
"""What makes a spreadsheet take a text for a formula; some read the wide signs of Asia alike."""

_EVERY = 5_000
"""Rows between two reports of progress."""

MODE = 0o644


def write_rows(
    path: Path,
    head: Sequence[str],
    rows: Iterable[Sequence[Value]],
    *,
    text_columns: Collection[str] = (),
    progress: Progress | None = None,
) -> int:
    """Write a title row and rows as the ending of the path says; returns how many rows.

    `FileError` where the ending is another one, or the disk refuses.
    """
    ending = path.suffix.lower()
    if ending == ".csv":
        return write_csv(path, head, rows, text_columns=text_columns, progress=progress)
    if ending == ".xlsx":
        return write_xlsx(path, head, rows, text_columns=text_columns, progress=progress)
    raise FileError(
        "unknown_ending",
        tr("{file}: the ending says which kind of file is wanted.").format(file=path.name),
        tr("Use .csv or .xlsx."),
    )


def write_csv(
    path: Path,
    head: Sequence[str],
    rows: Iterable[Sequence[Value]],
    *,
    text_columns: Collection[str] = (),
    progress: Progress | None = None,
) -> int:
    """UTF-8 with a mark, so that spreadsheets read it right; a text like a formula gets an apostrophe in front.

    Values of the text columns (by title) are texts whatever they are; other numbers keep their sign and decimals.
    """
    texts = frozenset(at for at, title in enumerate(head) if title in text_columns)

    def fill(part: Path) -> int:
        count = 0
        with part.open("w", encoding="utf-8-sig", errors="replace", newline="") as file:
            writer = csv.writer(file)
            writer.writerow([_harmless(title) for title in head])
            write, look = writer.writerow, progress or Quiet()
            for count, row in enumerate(rows, start=1):
                write([_cell(value, at in texts) for at, value in enumerate(row)])
                if count % _EVERY == 0:
                    look.step(count, what=tr("rows"))
        return count

    return _complete(path, fill)


def write_xlsx(
    path: Path,
    head: Sequence[str],
    rows: Iterable[Sequence[Value]],
    *,
    text_columns: Collection[str] = (),
    title: str = "Rates",
    progress: Progress | None = None,
) -> int:
    """One sheet with a bold, frozen title row; texts are typed as texts, prices formatted with their decimals."""
    return write_sheets(path, [Sheet(title, head, rows, text_columns)], progress=progress)


def write_sheets(path: Path, sheets: Sequence[Sheet], *, progress: Progress | None = None) -> int:
    """Several sheets in one workbook; returns the rows of all. `FileError` where a sheet has too many."""
    look = progress or Quiet()

    def step(count: int) -> None:
        if count % _EVERY == 0:
            look.step(count, what=tr("rows"))

    def fill(part: Path) -> int:
        try:
            return workbook.write(part, sheets, step)
        except OverflowError as cause:
            raise FileError(
                "too_many_rows",
                tr("{file}: a sheet has room for {most} rows.").format(
                    file=path.name, most=f"{workbook.MOST_ROWS:,}"
                ),
                tr("Export as .csv instead."),
            ) from cause

    return _complete(path, fill)


def _complete(path: Path, fill: Callable[[Path], int]) -> int:
    """Have a file filled beside its place and put it there; whatever goes wrong, nothing is left behind."""
    try:
        handle, name = tempfile.mkstemp(dir=path.parent, prefix=".part-", suffix=path.suffix.lower())
    except OSError as cause:
        raise _unwritable(path, cause) from cause
    os.close(handle)
    part = Path(name)
    try:
        count = fill(part)
        part.chmod(MODE)
        os.replace(part, path)
    except OSError as cause:
        raise _unwritable(path, cause) from cause
    finally:
        part.unlink(missing_ok=True)
    return count


def _cell(value: Value, is_text: bool) -> str:
    if isinstance(value, str):
        return _harmless(value)
    if value is None:
        return ""
    said = f"{value:f}" if isinstance(value, Decimal) else str(value)
    return _harmless(said) if is_text else said


def _harmless(text: str) -> str:
    """A text that no spreadsheet reckons with; zero bytes, which end a text for many programs, are made visible."""
    if "\0" in text:
        text = text.replace("\0", "\ufffd")
    return f"'{text}" if text.startswith(_STARTS) else text


def _unwritable(path: Path, cause: OSError) -> FileError:
    return FileError(
        "file_unwritable",
        tr("{file} cannot be written: {why}.").format(file=path.name, why=cause.strerror or cause),
        tr("Choose another folder, or close the file where it is open."),
    )
