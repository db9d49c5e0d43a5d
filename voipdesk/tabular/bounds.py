"""How far the cells of a packed workbook reach, found by streaming over its bytes: a reader that lays sheets out densely
would take all memory for two cells in opposite corners.
"""

import re
import struct
import zipfile
from functools import lru_cache
from pathlib import Path
from typing import Any

from voipdesk.kernel.text import tr
from voipdesk.tabular import compound
from voipdesk.tabular.container import CHUNK, Container
from voipdesk.tabular.faults import BROKEN_ARCHIVE, MAX_CELLS, damaged, spans_too_much

_FAR = re.compile(rb"""r\s*=\s*['"](?:([A-Za-z]{2,})(?=\d)(\d{7,})?|[A-Za-z]?(\d{7,}))""")
"""A cell beyond column Z, or in a row of seven digits: narrow sheets have none. A word boundary before it would be slow."""

_ROW = re.compile(rb"""r\s*=\s*['"][A-Za-z]*(\d+)['"]""")
_MEMBER = re.compile(
    r"(?i)(?:.*[/\\])?(?:(?:work|chart|dialog)sheets[/\\][^/\\]+|sheet[^/\\]*|(sharedStrings))\.(?:xml|bin)"
)
"""Members that the reader may take for a sheet, wherever they lie, and the texts that the sheets share."""

_COUNT = re.compile(rb"""uniqueCount\s*=\s*['"]\s*\+?(\d+)""")
_TEXT = len("<si/>")
"""Bytes of the shortest shared text: the reader takes room for as many as are said to come, before it sees the first."""

_OVERLAP = 64
_NARROW = 26
_NEAR = 999_999
EXCEL_ROWS = 1_048_576
_XLSB_ROW = 0
_XLSB_CELLS = range(1, 12)


def check(path: Path, container: Container) -> None:
    """FileError when a sheet of the workbook is damaged or spans too many places."""
    if container in {Container.XLSX, Container.XLSB, Container.XLS}:
        stat = path.stat()
        _checked(path, container, stat.st_mtime_ns, stat.st_size)


@lru_cache(maxsize=8)
def _checked(path: Path, container: Container, _changed: int, _size: int) -> None:
    """Look at each worksheet once per state of the file."""
    if container is Container.XLS:
        compound.check(path)
        return
    spans = _xlsx_span if container is Container.XLSX else _xlsb_span
    try:
        with zipfile.ZipFile(path) as archive:
            for info in archive.infolist():
                if not (member := _MEMBER.fullmatch(info.filename)):
                    continue
                if member.group(1):
                    told = max((int(count) for count in _named(archive, info, _COUNT)), default=0)
                    if told > info.file_size // _TEXT:
                        raise damaged(path, tr("it counts more than it has"))
                    continue
                rows, columns = spans(archive, info)
                if rows * columns > MAX_CELLS:
                    raise spans_too_much(path, rows, columns)
    except (*BROKEN_ARCHIVE, OSError) as cause:
        raise damaged(path, str(cause)) from cause


def _xlsx_span(archive: zipfile.ZipFile, info: zipfile.ZipInfo) -> tuple[int, int]:
    """Highest row and column that a cell of an XML sheet may have; counted exactly only where it could be too much."""
    far = _named(archive, info, _FAR)
    columns = max((_column_number(name) for name, *_ in far if name), default=_NARROW)
    rows = max((int(row) for _, *numbers in far for row in numbers if row), default=_NEAR)
    if columns * max(rows, EXCEL_ROWS) <= MAX_CELLS:
        return rows, columns
    return max((int(row) for row in _named(archive, info, _ROW)), default=1), columns


def _named(archive: zipfile.ZipFile, info: zipfile.ZipInfo, pattern: re.Pattern[bytes]) -> set[Any]:
    """What the pattern captures anywhere in a packed member, read in chunks that overlap by one name."""
    found: set[Any] = set()
    tail = b""
    with archive.open(info) as stream:
        while chunk := stream.read(CHUNK):
            window = tail + chunk
            found.update(pattern.findall(window))
            tail = window[-_OVERLAP:]
    return found


def _column_number(name: bytes) -> int:
    number = 0
    for char in name.upper():
        number = number * 26 + char - 64
    return number


def _xlsb_span(archive: zipfile.ZipFile, info: zipfile.ZipInfo) -> tuple[int, int]:
    """Highest row and column among the row and cell records of a binary sheet (MS-XLSB 2.1.4)."""
    raw = archive.read(info)
    at, rows, columns = 0, 1, 1
    end = len(raw)
    while at + 2 <= end:
        kind = raw[at]
        at += 1
        if kind & 0x80:
            kind = (kind & 0x7F) | ((raw[at] & 0x7F) << 7)
            at += 1
        size = shift = 0
        while at < end:
            byte = raw[at]
            at += 1
            size |= (byte & 0x7F) << shift
            shift += 7
            if not byte & 0x80 or shift > 21:
                break
        if size >= 4 and at + 4 <= end and (kind == _XLSB_ROW or kind in _XLSB_CELLS):
            (place,) = struct.unpack_from("<I", raw, at)
            if kind == _XLSB_ROW:
                rows = max(rows, place + 1)
            else:
                columns = max(columns, place + 1)
        at += size
    return rows, columns
