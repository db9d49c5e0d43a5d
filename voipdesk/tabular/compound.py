"""The chains of sectors in an old Office file ([MS-CFB]), walked before a reader does that would follow a loop for ever."""

import struct
from collections.abc import Iterator, Sequence
from pathlib import Path

from voipdesk.kernel.text import tr
from voipdesk.tabular.faults import damaged, from_os

_LAST = 0xFFFFFFFA
"""Sector numbers from here on are marks: end of chain, free, of the tables themselves."""

_HEADER = 512
_ENTRY = 128
_SMALL = 4096
"""Streams below this size lie in the small sectors."""

_STORED = frozenset({2, 5})
"""Entries that have bytes: streams and the root."""


def check(path: Path) -> None:
    """FileError when a chain of sectors bites its own tail, or chains lie across one another."""
    try:
        raw = path.read_bytes()
    except OSError as cause:
        raise from_os(path, cause) from cause
    try:
        _walk(raw)
    except struct.error as cause:
        raise damaged(path, tr("its table of sectors is cut off")) from cause
    except RecursionError as cause:
        raise damaged(path, tr("its sectors lead back to themselves")) from cause


def _walk(raw: bytes) -> None:
    """Follow every chain with as many steps in all as there are sectors; RecursionError beyond."""
    (shift,) = struct.unpack_from("<H", raw, 30)
    if shift not in {9, 12}:
        return
    directory, small, more = (struct.unpack_from("<I", raw, at)[0] for at in (48, 60, 68))
    table = _table(raw, shift, more)
    left = [2 * len(table) + 64]
    entries = b"".join(_sector(raw, shift, at) for at in _chain(directory, table, left))
    small_table = _numbers(b"".join(_sector(raw, shift, at) for at in _chain(small, table, left)))
    left[0] += 2 * len(small_table)
    for at in range(0, len(entries) - _ENTRY + 1, _ENTRY):
        start, size = struct.unpack_from("<II", entries, at + 116)
        kind = entries[at + 66]
        if kind in _STORED:
            is_small = kind == 2 and size < _SMALL
            for _ in _chain(start, small_table if is_small else table, left):
                pass


def _table(raw: bytes, shift: int, more: int) -> Sequence[int]:
    """For each sector the next one; the table's own sectors are listed in the header and in a chain of lists."""
    listed = list(_numbers(raw[76:_HEADER]))
    most = (len(raw) >> shift) + 1
    steps = 0
    while more < _LAST:
        steps += 1
        if steps > most:
            raise RecursionError
        numbers = _numbers(_sector(raw, shift, more))
        listed += numbers[:-1]
        more = numbers[-1]
    return _numbers(b"".join(_sector(raw, shift, at) for at in listed if at < _LAST))


def _chain(start: int, table: Sequence[int], left: list[int]) -> Iterator[int]:
    at = start
    while at < min(_LAST, len(table)):
        left[0] -= 1
        if left[0] < 0:
            raise RecursionError
        yield at
        at = table[at]


def _sector(raw: bytes, shift: int, at: int) -> bytes:
    """The bytes of a sector; the last one of a file may be short, and what lies beyond the end is for the reader to tell."""
    start = (at + 1) << shift
    return raw[start : start + (1 << shift)].ljust(1 << shift, b"\xff")


def _numbers(raw: bytes) -> Sequence[int]:
    return struct.unpack(f"<{len(raw) // 4}I", raw[: len(raw) // 4 * 4])
