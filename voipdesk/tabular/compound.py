"""An old Office file ([MS-CFB]) with a workbook in it ([MS-XLS]), walked before a reader does that believes its counts.

The reader would follow a chain of sectors that bites its own tail for ever, and it asks for memory by what the file says
of its tables and sheets. Where that is more than there is, the whole program ends: no error reaches us from there.
"""

import struct
from collections.abc import Iterator, Sequence
from pathlib import Path

from voipdesk.kernel.text import tr
from voipdesk.tabular.faults import MAX_CELLS, damaged, from_os, spans_too_much

_LAST = 0xFFFFFFFA
"""Sector numbers from here on are marks: end of chain, free, of the tables themselves."""

_HEADER = 512
_ENTRY = 128
_SMALL = 4096
"""Streams below this size lie in the small sectors."""

_TINY = 6
"""Shift of a small sector: 64 bytes."""

_WHOLE = 1 << 62
"""No size: the chain of the directory ends where it ends."""

_SMALL_TABLES = 1024
"""Sectors of the table of small sectors that are believed: 8 MB of small streams; workbooks have a few."""

_BOOKS = ("Workbook", "Book", "WORKBOOK", "BOOK")

_EOF, _BOF, _BOUND_SHEET, _DIMENSIONS, _SEVERAL = 0x000A, 0x0809, 0x0085, 0x0200, 0x00BD
_CELLS = frozenset({0x0203, 0x0204, 0x00D6, 0x0205, 0x027E, 0x00FD, _SEVERAL, 0x0006})
"""Records of cells that the reader lays out; each begins with its row and its column."""

_PAIR = struct.Struct("<HH")


def check(path: Path) -> None:
    """FileError when the file leads back to itself, counts more than it has, or spans too many places."""
    try:
        raw = path.read_bytes()
    except OSError as cause:
        raise from_os(path, cause) from cause
    try:
        rows, columns, places = _span(raw)
    except (struct.error, IndexError) as cause:
        raise damaged(path, tr("its table of sectors is cut off")) from cause
    except RecursionError as cause:
        raise damaged(path, tr("its sectors lead back to themselves")) from cause
    except OverflowError as cause:
        raise damaged(path, tr("it counts more than it has")) from cause
    if places > MAX_CELLS:
        raise spans_too_much(path, rows, columns)


def _span(raw: bytes) -> tuple[int, int, int]:
    """What the sheets span; `RecursionError` of chains that bite their tail, `OverflowError` of counts."""
    (shift,) = struct.unpack_from("<H", raw, 30)
    if shift not in {9, 12}:
        return 0, 0, 0  # the reader says so itself
    sectors = (len(raw) >> shift) + 1
    tables, directory, small, smalls, more = (
        struct.unpack_from("<I", raw, at)[0] for at in (44, 48, 60, 64, 68)
    )
    if tables > sectors or smalls > min(sectors, _SMALL_TABLES):
        raise OverflowError
    table = _table(raw, shift, more)
    entries = b"".join(_chain(raw, shift, directory, table, _WHOLE))
    start, size = _stream(entries)
    if size >= _SMALL:
        book = b"".join(_chain(raw, shift, start, table, size))
    else:
        root = struct.unpack_from("<II", entries, 116)
        packed = b"".join(_chain(raw, shift, root[0], table, root[1]))
        links = _numbers(b"".join(_chain(raw, shift, small, table, smalls << shift)))
        book = b"".join(_chain(packed, _TINY, start, links, size, before=0))
    return _laid_out(book[:size])


def _table(raw: bytes, shift: int, more: int) -> Sequence[int]:
    """For each sector the next one; the table's own sectors are listed in the header and in a chain of lists."""
    listed = list(_numbers(raw[76:_HEADER]))
    sectors = (len(raw) >> shift) + 1
    steps = 0
    while more < _LAST:
        steps += 1
        if steps > sectors:
            raise RecursionError
        numbers = _numbers(_sector(raw, shift, more))
        listed += numbers[:-1]
        more = numbers[-1]
    listed = [at for at in listed if at < _LAST]
    if len(listed) > sectors:
        raise OverflowError
    return _numbers(b"".join(_sector(raw, shift, at) for at in listed))


def _chain(
    raw: bytes, shift: int, at: int, table: Sequence[int], size: int, *, before: int = 1
) -> Iterator[bytes]:
    """The sectors from this one on, as many as hold the size; `before` of them are the header's."""
    left = (len(raw) >> shift) + 1
    while size > 0 and at < min(_LAST, len(table)):
        left -= 1
        if left < 0:
            raise RecursionError
        yield _sector(raw, shift, at, before)
        size -= 1 << shift
        at = table[at]


def _sector(raw: bytes, shift: int, at: int, before: int = 1) -> bytes:
    """The bytes of a sector; the last one of a file may be short, and what lies beyond the end is for the reader to tell."""
    start = (at + before) << shift
    return raw[start : start + (1 << shift)].ljust(1 << shift, b"\xff")


def _numbers(raw: bytes) -> Sequence[int]:
    return struct.unpack(f"<{len(raw) // 4}I", raw[: len(raw) // 4 * 4])


def _stream(entries: bytes) -> tuple[int, int]:
    """(first sector, size) of the workbook; of none (0, 0): the reader says so itself."""
    found: dict[str, tuple[int, int]] = {}
    for at in range(0, len(entries) - _ENTRY + 1, _ENTRY):
        name = entries[at : at + 64].decode("utf-16-le", "replace").partition("\x00")[0]
        found.setdefault(name, struct.unpack_from("<II", entries, at + 116))
    return next((found[name] for name in _BOOKS if name in found), (0, 0))


def _laid_out(book: bytes) -> tuple[int, int, int]:
    """(rows and columns of the sheet that reaches furthest, places of all): the reader lays out all sheets at once."""
    found, places, walked = (0, 0), 0, 0
    for begin in _begins(book):
        rows, columns, end = _sheet(book, begin)
        found = max(found, (rows, columns), key=lambda span: span[0] * span[1])
        places += rows * columns
        walked += max(end - begin, 0)
        if walked > len(book):
            raise OverflowError  # sheets that lie across one another, each read anew
    return *found, places


def _begins(book: bytes) -> Iterator[int]:
    """Where the sheets begin, as the first part of the book says."""
    for kind, at, size in _records(book, 0):
        if kind == _EOF:
            return
        if kind == _BOUND_SHEET and size >= 4:
            yield struct.unpack_from("<I", book, at)[0]


def _records(book: bytes, at: int) -> Iterator[tuple[int, int, int]]:
    """(kind, place of the data, size) of the records from this place to the end of the book."""
    read, last = _PAIR.unpack_from, len(book) - 4
    while at <= last:
        kind, size = read(book, at)
        at += 4
        if at + size > last + 4:
            return
        yield kind, at, size
        at += size


def _sheet(book: bytes, begin: int) -> tuple[int, int, int]:
    """(rows, columns, where it ends) of a sheet; the cells of charts inside it are counted along, they reach nowhere."""
    read, at, depth = _PAIR.unpack_from, begin, -1
    top, bottom, left, right = 1 << 32, -1, 1 << 32, -1
    for kind, at, size in _records(book, begin):
        if kind in _CELLS and size >= 6:
            row, column = read(book, at)
            if row > bottom:
                bottom = row
            if row < top:
                top = row
            if column < left:
                left = column
            if kind == _SEVERAL:
                column += max(size // 6 - 2, 0)
            if column > right:
                right = column
        elif kind == _DIMENSIONS:
            if _told(book[at : at + size]) > MAX_CELLS:
                raise OverflowError
        elif kind == _BOF:
            depth += 1
        elif kind == _EOF:
            depth -= 1
            if depth < 0:
                break
    return (bottom - top + 1, right - left + 1, at) if bottom >= 0 else (0, 0, at)


def _told(dimensions: bytes) -> int:
    """Places that a sheet says it has. Borders the wrong way round would count as four milliards."""
    if len(dimensions) not in {10, 14}:
        return 0  # the reader says so itself
    first, beyond, left, right = struct.unpack_from("<HHHH" if len(dimensions) == 10 else "<IIHH", dimensions)
    if left > 0xFF or right < left:
        left = 0
    if beyond < 1 or right < 1:
        return 1
    if beyond < first:
        raise OverflowError
    return int((beyond - first) * (right - left))
