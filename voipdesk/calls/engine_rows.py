"""Columns out of SQLite and rows into it, in bulk: what a rating run spends its time on, without an object per cell.

Reading: SQLite joins the cells of thousands of rows into one text, which numpy parses; that is C on both sides, and other
threads go on meanwhile. Writing: many rows per statement, because binding one row at a time costs more than storing it.
"""

import sqlite3
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from voipdesk.rating.engine import Ints

ROWS_A_STATEMENT = 50
"""More rows bring nothing; SQLite's limit of parameters is 32,766 (999 before 3.32)."""

PARAMETERS = 900
NULL = -1
"""Written as NULL: amounts, seconds and ids are never negative."""

KEY_BYTES = 16


@dataclass(frozen=True, slots=True)
class Packed:
    """A chunk of rows: integer columns, shape (columns, rows), and 16-byte keys as pairs of words, shape (rows, 2)."""

    integers: Ints
    keys: tuple[NDArray[np.uint64], ...]

    def __len__(self) -> int:
        return int(self.integers.shape[1])


def packed_chunks(
    conn: sqlite3.Connection,
    integers: Sequence[str],
    keys: Sequence[str],
    rows: Callable[[int], tuple[str, Sequence[Any]]],
    *,
    size: int = 20_000,
) -> Iterator[Packed]:
    """Chunks of a selection in order of its integer column `id`, which must be the first of `integers`.

    `integers` are SQL expressions that give integers and never NULL; `keys` give 16 bytes or NULL (read as zeros).
    `rows(after)` gives the selection behind an id and its parameters: `SELECT … FROM … WHERE id > ? ORDER BY id`.
    """
    after = -1
    while True:
        selection, parameters = rows(after)
        chunk = packed(conn, integers, keys, f"{selection} LIMIT {size}", parameters)
        if chunk is None:
            return
        yield chunk
        after = int(chunk.integers[0, -1])


def packed(
    conn: sqlite3.Connection,
    integers: Sequence[str],
    keys: Sequence[str],
    selection: str,
    parameters: Sequence[Any],
) -> Packed | None:
    """One selection as columns, all of it at once, in no order but its own; None where it is empty."""
    cells = " || ' ' || ".join(integers)
    bytes_of = "".join(
        f", CAST(group_concat(coalesce({key}, zeroblob({KEY_BYTES})), '') AS BLOB)" for key in keys
    )
    row = conn.execute(
        f"SELECT group_concat({cells}, ' '){bytes_of} FROM ({selection})", parameters
    ).fetchone()
    if row[0] is None:
        return None
    table = np.fromstring(row[0], dtype=np.int64, sep=" ").reshape(-1, len(integers)).T
    return Packed(table, tuple(np.frombuffer(one, np.uint64).reshape(-1, 2) for one in row[1:]))


def positions(known: Sequence[bytes], keys: NDArray[np.uint64]) -> Ints:
    """Position in `known` (16-byte keys) of each key of a chunk; -1 where it is not among them."""
    if not len(known):
        return np.full(len(keys), -1)
    words = np.frombuffer(b"".join(known), np.uint64).reshape(-1, 2)
    order = np.lexsort((words[:, 0], words[:, 1]))
    ranked = words[order, 1]
    place = np.minimum(np.searchsorted(ranked, keys[:, 1]), len(known) - 1)
    found = np.full(len(keys), -1)
    for step in range(int(np.unique(ranked, return_counts=True)[1].max())):
        at = np.minimum(place + step, len(known) - 1)
        hit = (words[order[at]] == keys).all(axis=1)
        found[hit] = order[at[hit]]
    return found


def insert_columns(
    conn: sqlite3.Connection, table: str, columns: Sequence[tuple[str, Ints | int | None]]
) -> None:
    """Insert rows from columns: arrays of one length (`NULL` = -1 becomes NULL), or one value for all rows."""
    arrays = [(name, value) for name, value in columns if isinstance(value, np.ndarray)]
    count = len(arrays[0][1]) if arrays else 0
    bound = [(name, value) for name, value in arrays if count and value.max() > NULL]
    cells = {name: "nullif(?, -1)" if value.min() <= NULL else "?" for name, value in bound}
    for name, value in columns:
        if not isinstance(value, np.ndarray) and value is not None:
            cells[name] = str(int(value))
    if not count:
        return
    names = [name for name, _ in columns if name in cells]
    head = f"INSERT INTO {table} ({', '.join(names)}) VALUES "
    row = "(" + ", ".join(cells[name] for name in names) + ")"
    by_name = dict(bound)
    matrix = np.stack([by_name[name] for name in names if name in by_name], axis=1)
    several = max(1, min(ROWS_A_STATEMENT, PARAMETERS // len(bound)))
    whole = count - count % several
    conn.executemany(
        head + ", ".join([row] * several), matrix[:whole].reshape(-1, several * len(bound)).tolist()
    )
    conn.executemany(head + row, matrix[whole:].tolist())
