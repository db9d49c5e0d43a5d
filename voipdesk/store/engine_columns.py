"""Columns of integers out of SQLite and into it, in bulk, as the bytes that SQLite itself reads and writes.

A million rows bound or fetched value by value cost more than rating them. So both ways go through SQLite's file format
(sqlite.org/fileformat2.html). Out: SQLite copies a selection into a table in memory whose rows have all one length, and
numpy looks at its pages. In: numpy lays out the pages of a file beside, and SQLite copies the rows out of it. Both are C
on both sides, and other threads go on meanwhile.
"""

import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import sqlalchemy as sa
from numpy.typing import NDArray
from sqlalchemy import BigInteger, ColumnElement, func, type_coerce

from voipdesk.store.database import aside

Ints = NDArray[np.int64]
Bytes = NDArray[np.uint8]

KEY_BYTES = 16
NO_KEY = f"x'{bytes(KEY_BYTES).hex()}'"
NULL = -1
"""Written as NULL: amounts, seconds and ids are never negative."""

PAGE = 65_536
"""Bytes of a page, the most there can be; both ways use it."""

LOCKED_PAGE = 2**30 // PAGE + 1
"""SQLite keeps the page at the first gigabyte free of rows."""

FIRST_ROW = 2**21
"""Row numbers from here on take four bytes, all of them: rows of one length (up to 2^28)."""

LEAF, INTERIOR = 13, 5
OFFSET = 2**62
"""Added to every integer that is read: so large, SQLite stores it in eight bytes."""

SHELF = "columns_out"
WIDTHS = ((1, 1), (2, 2), (4, 4), (6, 8))
"""Kinds of stored integers and their bytes."""


@dataclass(frozen=True, slots=True)
class Packed:
    """A chunk of rows: integer columns, shape (columns, rows), and 16-byte keys as pairs of words, shape (rows, 2)."""

    integers: Ints
    keys: tuple[NDArray[np.uint64], ...]

    def __len__(self) -> int:
        return int(self.integers.shape[1])


@dataclass(frozen=True, slots=True)
class Shelf:
    """A table in memory beside the workspace: insert the cells that `laid` makes into `table`, then `read`."""

    conn: sqlite3.Connection
    integers: int
    keys: int

    @property
    def names(self) -> list[str]:
        """Its columns."""
        return [f"c{place}" for place in range(self.integers + self.keys)]

    @property
    def name(self) -> str:
        """Of the table; one for each shape of rows."""
        return f"rows_{self.integers}_{self.keys}"

    @property
    def table(self) -> sa.TableClause:
        """For a statement that fills it."""
        return sa.table(self.name, *map(sa.column, self.names), schema=SHELF)

    def read(self) -> Packed | None:
        """What has been inserted, in its order; None where that is nothing."""
        query = f"SELECT rootpage FROM {SHELF}.sqlite_schema WHERE name = ?"
        root = self.conn.execute(query, (self.name,)).fetchone()[0]
        pages = np.frombuffer(self.conn.serialize(name=SHELF), np.uint8).reshape(-1, PAGE)
        return _unpacked(pages, root, self.integers, self.keys)


@contextmanager
def shelf(conn: sqlite3.Connection, integers: int, keys: int) -> Iterator[Shelf]:
    """An empty one, for a selection of so many integers and keys; whoever may only read the workspace may fill it."""
    made = Shelf(conn, integers, keys)
    names = ", ".join(made.names)
    blank = [str(OFFSET)] * integers + [NO_KEY] * keys
    if all(row[1] != SHELF for row in conn.execute("PRAGMA database_list").fetchall()):
        conn.execute(f"ATTACH ':memory:' AS {SHELF}")
        conn.execute(f"PRAGMA {SHELF}.page_size = {PAGE}")
        conn.execute(f"PRAGMA {SHELF}.secure_delete = OFF")
    with aside(conn):
        conn.execute(f"CREATE TABLE IF NOT EXISTS {SHELF}.{made.name} ({names})")
        try:
            conn.execute(
                f"INSERT INTO {SHELF}.{made.name} (rowid, {names}) VALUES ({FIRST_ROW}, {', '.join(blank)})"
            )
            yield made
        finally:
            try:
                conn.execute(f"DROP TABLE {SHELF}.{made.name}")
            except sqlite3.OperationalError:  # Somebody is in the middle of reading on this connection.
                conn.execute(f"DELETE FROM {SHELF}.{made.name}")


def laid(
    integers: Sequence[ColumnElement[Any]], keys: Sequence[ColumnElement[Any]]
) -> list[ColumnElement[Any]]:
    """Cells of a shelf. Integers are from 0 to 2^61, never NULL; keys are of 16 bytes or NULL, which is read as zeros."""
    cells: list[ColumnElement[Any]] = [type_coerce(one, BigInteger) + OFFSET for one in integers]
    return [*cells, *(func.coalesce(one, sa.literal_column(NO_KEY)) for one in keys)]


def packed(
    conn: sqlite3.Connection,
    integers: Sequence[str],
    keys: Sequence[str],
    rows: str,
    parameters: Sequence[Any],
) -> Packed | None:
    """Rows ("FROM … WHERE …") as columns, all of them at once, in no order but their own; None where there are none.

    `integers` are SQL expressions that give integers from 0 to 2^61, `keys` such that give 16 bytes or NULL.
    """
    cells = [f"({one}) + {OFFSET}" for one in integers]
    cells += [f"coalesce({key}, {NO_KEY})" for key in keys]
    with shelf(conn, len(integers), len(keys)) as taken:
        into = f"INSERT INTO {SHELF}.{taken.name}"
        conn.execute(f"{into} SELECT {', '.join(cells)} {rows}", parameters)
        return taken.read()


def _unpacked(pages: Bytes, root: int, integers: int, keys: int) -> Packed | None:
    """The rows under a root page, all of one length, but for the first one."""
    kinds = bytes([1 + integers + keys] + [6] * integers + [12 + 2 * KEY_BYTES] * keys)
    size = len(kinds) + 8 * integers + KEY_BYTES * keys
    ahead = len(_varint(size)) + 4
    leaves = list(_leaves(pages, root - 1))
    rows = np.concatenate([_cells(pages[leaf], ahead + size) for leaf in leaves])[1:]
    if not (rows[:, ahead : ahead + len(kinds)] == np.frombuffer(kinds, np.uint8)).all():
        raise ValueError("an expression gave no integer, or a key that is not of 16 bytes")
    if not len(rows):
        return None
    shape = np.dtype(
        {
            "names": ["integers", *(f"key{place}" for place in range(keys))],
            "formats": [(">i8", (integers,)), *([("=u8", (2,))] * keys)],
            "offsets": [
                at + ahead + len(kinds)
                for at in (0, *range(8 * integers, 8 * integers + KEY_BYTES * keys, KEY_BYTES))
            ],
            "itemsize": ahead + size,
        }
    )
    table = rows.reshape(-1).view(shape)
    columns = table["integers"].T.astype(np.int64, order="C")
    columns -= OFFSET
    return Packed(columns, tuple(np.ascontiguousarray(table[f"key{place}"]) for place in range(keys)))


def _leaves(pages: Bytes, at: int) -> Iterator[int]:
    """Leaf pages (from 0) under a page, in the order of their rows."""
    page = pages[at]
    if page[0] == LEAF:
        yield at
        return
    for place in (*_numbers(page, 12, _number(page, 3)), 0):
        child = int(page[place : place + 4].view(">u4")[0]) if place else int(page[8:12].view(">u4")[0])
        yield from _leaves(pages, child - 1)


def _cells(page: Bytes, size: int) -> Bytes:
    """The cells of a leaf, shape (rows, size). SQLite puts each new one before those it has."""
    places = _numbers(page, 8, _number(page, 3))
    lowest = int(places.min())
    if (places == lowest + size * np.arange(len(places))[::-1]).all():
        return page[lowest : lowest + size * len(places)].reshape(-1, size)[::-1]
    found: Bytes = page[places[:, None] + np.arange(size)]
    return found


def _number(page: Bytes, at: int) -> int:
    return int(page[at]) << 8 | int(page[at + 1])


def _numbers(page: Bytes, at: int, count: int) -> Ints:
    return page[at : at + 2 * count].view(">u2").astype(np.int64)


def _varint(number: int) -> bytes:
    """A number as SQLite writes it: seven bits a byte, the highest first."""
    found = [number & 127]
    while number := number >> 7:
        found.append(number & 127 | 128)
    return bytes(reversed(found))


class RowsFile:
    """Tables of integers in a new file that SQLite can attach, written chunk by chunk without SQLite.

    Copy with `INSERT INTO … SELECT … FROM file.table`; `NULL` (-1) is a number there, `cell` gives what to select.
    """

    def __init__(self, path: Path, tables: Mapping[str, Sequence[str]]) -> None:
        self.path = path
        self.rows = dict.fromkeys(tables, 0)
        self._columns = {name: list(columns) for name, columns in tables.items()}
        self._nulls: set[tuple[str, str]] = set()
        self._told: set[tuple[str, str]] = set()
        self._children: dict[str, list[tuple[int, int]]] = {name: [] for name in tables}
        empty = sqlite3.connect(":memory:")
        empty.execute(f"PRAGMA page_size = {PAGE}")
        for name, columns in self._columns.items():
            empty.execute(f"CREATE TABLE {name} ({', '.join(columns)})")
        self._roots = dict(empty.execute("SELECT name, rootpage FROM sqlite_schema").fetchall())
        start = empty.serialize()
        empty.close()
        self._pages = len(start) // PAGE
        self._file = path.open("w+b")
        self._file.write(start)

    def cell(self, table: str, column: str) -> str:
        """The SQL for a column, as NULL where it is -1."""
        return f"nullif({column}, {NULL})" if (table, column) in self._nulls else column

    def is_zero(self, table: str, column: str) -> bool:
        """Whether a column is 0 in every row."""
        return (table, column) not in self._told

    def add(self, table: str, columns: Mapping[str, Ints], places: Ints | None = None) -> None:
        """Rows behind those that are there; every column of the table, integers of one length.

        `places` say where among them each goes, each place once.
        """
        names = self._columns[table]
        count = len(columns[names[0]])
        if not count:
            return
        kinds, formats = [len(names) + 1], []
        for name in names:
            low, high = int(columns[name].min()), int(columns[name].max())
            if low <= NULL:
                self._nulls.add((table, name))
            if low or high:
                self._told.add((table, name))
            kind, width = next(
                one for one in WIDTHS if -(2 ** (8 * one[1] - 1)) <= low and high < 2 ** (8 * one[1] - 1)
            )
            kinds.append(kind)
            formats.append(f">i{width}")
        head = bytes(kinds)
        size = _varint(len(head) + sum(int(one[2:]) for one in formats))
        shape = np.dtype([("head", "u1", (len(size) + 4 + len(head),)), *zip(names, formats, strict=True)])
        cells = np.empty(count, shape)
        cells["head"] = np.frombuffer(size + bytes(4) + head, np.uint8)
        for name in names:
            cells[name] = columns[name]
        rows = cells.view(np.uint8).reshape(count, shape.itemsize)
        if places is not None:
            back = np.empty(count, np.int64)
            back[places] = np.arange(count)
            rows = rows.take(back, axis=0)  # Whole rows at once: quicker than column by column.
        number = FIRST_ROW + self.rows[table] + np.arange(count)
        rows[:, len(size) : len(size) + 4] = _row_numbers(number)
        self.rows[table] += count
        self._write_leaves(table, rows, number)

    def close(self) -> None:
        """Finish the file: the way from each table's root to its leaves."""
        for table, root in self._roots.items():
            children = self._children[table]
            while len(children) > FAN:
                groups = -(-len(children) // FAN)  # as even as can be: a page with one child is none
                edges = [len(children) * one // groups for one in range(groups + 1)]
                children = [self._interior(children[low:high]) for low, high in pairwise(edges)]
            if len(children) == 1:
                self._file.seek((children[0][0] - 1) * PAGE)
                self._write_at(root, self._file.read(PAGE))
            elif children:
                self._write_at(root, _interior_page(children))
        self._file.seek(28)
        self._file.write(self._pages.to_bytes(4, "big"))
        self._file.close()

    def _write_leaves(self, table: str, cells: Bytes, number: Ints) -> None:
        count, size = cells.shape
        most = (PAGE - 8) // (size + 2)
        whole, rest = divmod(count, most)
        several = np.zeros((whole + (rest > 0), PAGE), np.uint8)
        _fill(several[:whole], cells[: whole * most].reshape(whole, most, size))
        if rest:
            _fill(several[whole:], cells[whole * most :].reshape(1, rest, size))
        first = self._room(len(several))
        self._write_at(first, several.data)
        last = np.minimum(np.arange(1, len(several) + 1) * most, count) - 1
        self._children[table] += zip(range(first, first + len(several)), number[last].tolist(), strict=True)

    def _interior(self, children: Sequence[tuple[int, int]]) -> tuple[int, int]:
        page = self._room(1)
        self._write_at(page, _interior_page(children))
        return page, children[-1][1]

    def _room(self, pages: int) -> int:
        """The number of the first of some new pages that stand together."""
        if self._pages < LOCKED_PAGE <= self._pages + pages:
            self._pages = LOCKED_PAGE
        self._pages += pages
        return self._pages - pages + 1

    def _write_at(self, page: int, content: bytes | memoryview) -> None:
        self._file.seek((page - 1) * PAGE)
        self._file.write(content)


FAN = (PAGE - 12) // 10 - 1
"""Children of an interior page: four bytes for the page, four for its last row, two to find them."""


def _row_numbers(number: Ints) -> Bytes:
    """Row numbers from 2^21 to 2^28 as SQLite writes them, shape (rows, 4)."""
    found = np.empty((len(number), 4), np.uint8)
    for place, bits in enumerate((21, 14, 7)):
        found[:, place] = number >> bits & 127 | 128
    found[:, 3] = number & 127
    return found


def _fill(pages: Bytes, cells: Bytes) -> None:
    """Leaf pages of as many cells each; shapes (pages, PAGE) and (pages, rows, size)."""
    count, rows, size = cells.shape
    if not count:
        return
    start = PAGE - rows * size
    pages[:, start:] = cells.reshape(count, -1)
    pages[:, 8 : 8 + 2 * rows] = (start + size * np.arange(rows)).astype(">u2").view(np.uint8)
    pages[:, 0] = LEAF
    pages[:, 3:7] = np.array([rows, start], ">u2").view(np.uint8)


def _interior_page(children: Sequence[tuple[int, int]]) -> bytes:
    """A page that leads to others: (page, last row) of each, in their order."""
    page = np.zeros(PAGE, np.uint8)
    numbers = np.array(children, np.int64)
    cells = np.concatenate(
        [numbers[:-1, :1].astype(">u4").view(np.uint8), _row_numbers(numbers[:-1, 1])], axis=1
    )
    start = PAGE - cells.size
    page[start:] = cells.reshape(-1)
    page[0] = INTERIOR
    page[3:7] = np.array([len(cells), start % PAGE], ">u2").view(np.uint8)
    page[8:12] = numbers[-1:, 0].astype(">u4").view(np.uint8)
    page[12 : 12 + 2 * len(cells)] = (start + 8 * np.arange(len(cells))).astype(">u2").view(np.uint8)
    return page.tobytes()
