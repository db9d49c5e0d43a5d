"""The refusals of this room: each names the file, what is wrong with it and what to do next."""

import struct
import zipfile
import zlib
from pathlib import Path

from voipdesk.kernel.problems import FileError, Place, Problem
from voipdesk.kernel.text import tr

BROKEN_ARCHIVE = (
    zipfile.BadZipFile,
    zlib.error,
    struct.error,
    EOFError,
    KeyError,
    ValueError,
    NotImplementedError,
    RuntimeError,
)
"""What the archive reader raises when bytes are not what their directory says."""

MAX_CELLS = 32_000_000
"""Places a sheet may span (rows x columns), about a gigabyte laid out."""

_HELD = frozenset({32, 33})
"""What Windows says when another program holds a file, or a part of it."""


def refusal(code: str, path: Path, cause: str, hint: str, *, place: Place | None = None) -> FileError:
    """A `FileError` whose sentence starts with the file's name; `place` says where inside the file it is."""
    where = place or Place(file=path.name)
    problem = Problem(code, cause, hint, Place(path.name, where.sheet, where.row, where.column, where.value))
    inside = ", ".join(
        part
        for part in (path.name, where.sheet, f"row {where.row}" if where.row else "", where.column)
        if part
    )
    return FileError(code, f"{inside}: {cause}", hint, problems=(problem,))


def from_os(path: Path, cause: OSError) -> FileError:
    """What the system said about a file, in our words."""
    again = tr("Choose the file again.")
    if isinstance(cause, FileNotFoundError):
        return refusal(
            "file_missing",
            path,
            tr("there is no such file in {folder}.").format(folder=path.parent),
            tr("It may have been moved or renamed. Choose it again."),
        )
    if isinstance(cause, IsADirectoryError):
        return refusal(
            "file_is_folder", path, tr("this is a folder, not a file."), tr("Choose a file inside it.")
        )
    if isinstance(cause, PermissionError):
        return _not_allowed(path, cause)
    said = cause.strerror or type(cause).__name__
    return refusal("file_unreadable", path, tr("the system says: {cause}.").format(cause=said), again)


def _not_allowed(path: Path, cause: PermissionError) -> FileError:
    """Another program holds the file, or this user has no right to it; the system tells them apart only on Windows."""
    if (path.parent / f"~${path.name}").exists():
        said = tr("the workbook is open in Excel.")
    elif getattr(cause, "winerror", None) in _HELD:
        said = tr("another program has it open.")
    else:
        said = tr("the system does not let this program open it.")
        return refusal(
            "file_not_allowed",
            path,
            said,
            tr("Close it in other programs, or give yourself the right to read it."),
        )
    return refusal("file_not_allowed", path, said, tr("Close it there, or import a copy."))


def damaged(path: Path, cause: str) -> FileError:
    """A file that starts like what it claims to be and then is not."""
    return refusal(
        "file_damaged",
        path,
        tr("the file is damaged or cut off ({cause}).").format(cause=cause),
        tr("Download it or ask for it again."),
    )


def too_large(path: Path, cause: str) -> FileError:
    """A file that would unpack or spread beyond what is read here."""
    return refusal(
        "file_too_large",
        path,
        cause,
        tr("Save only the sheet with the rows as CSV, and read that."),
    )


def spans_too_much(path: Path, rows: int, columns: int) -> FileError:
    """A sheet that reaches so far that laying it out would take all memory."""
    said = tr("a sheet spans {rows} rows and {columns} columns; that is not read here.")
    return too_large(path, said.format(rows=rows, columns=columns))
