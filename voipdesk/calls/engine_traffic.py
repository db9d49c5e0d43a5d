"""What was talked in a stretch of time, in columns: the numbers called, by whom, over whom, how long."""

import sqlite3
from collections.abc import Collection, Iterable
from dataclasses import dataclass

import numpy as np

from voipdesk.calls.engine_keys import named
from voipdesk.rating.engine import Bools, Ints, keys_of_marked
from voipdesk.store.engine_columns import Packed, packed

_CALLS = (
    "FROM call WHERE answer >= ? AND answer < ? AND talk_seconds > 0 AND number <> '' "
    "AND coalesce(problem, '') NOT LIKE 'dismissed%'{but}"
)
_INTEGERS = ("'1' || number", "talk_seconds")
_KEYS = ("account_id", "supplier_id")


@dataclass(frozen=True, slots=True)
class Traffic:
    """Calls with talk time, one row a call, in no order. `account` and `supplier` are positions in their lists."""

    keys: Ints
    """Of the called numbers (`rating.engine.number_keys`)."""
    seconds: Ints
    """Talked."""
    account: Ints
    supplier: Ints
    accounts: tuple[bytes | None, ...]
    """Ids; None: no known account."""
    suppliers: tuple[bytes | None, ...]
    """Ids; None: the call names no supplier."""

    def __len__(self) -> int:
        return len(self.keys)

    def over(self, suppliers: Collection[bytes | None]) -> "Traffic":
        """The calls that went over one of these suppliers (None: those that name none)."""
        wanted = np.array([one in suppliers for one in self.suppliers], np.bool_)
        return self if wanted.all() else self.take(wanted[self.supplier])

    def take(self, which: Bools | Ints) -> "Traffic":
        """The calls of a mask or of positions."""
        return Traffic(
            self.keys[which], self.seconds[which], self.account[which], self.supplier[which],
            self.accounts, self.suppliers,
        )  # fmt: skip


def read(conn: sqlite3.Connection, spans: Iterable[tuple[int, int]], reverted: Collection[int]) -> Traffic:
    """The calls answered in some half-open spans (microseconds), but not those of reverted imports.

    Each span is one text of SQLite's at a time: spans of a day bound the memory and walk the index in order.
    """
    but = f" AND import_seq NOT IN ({', '.join(map(str, map(int, reverted)))})" if reverted else ""
    rows = _CALLS.format(but=but)
    parts = [packed(conn, _INTEGERS, _KEYS, rows, span) for span in spans]
    return _joined([one for one in parts if one is not None])


def _joined(parts: list[Packed]) -> Traffic:
    if not parts:
        nothing = np.empty(0, np.int64)
        return Traffic(nothing, nothing, nothing, nothing, (), ())
    marked, seconds = np.concatenate([one.integers for one in parts], axis=1)
    account, accounts = named(np.concatenate([one.keys[0] for one in parts]))
    supplier, suppliers = named(np.concatenate([one.keys[1] for one in parts]))
    return Traffic(keys_of_marked(marked), seconds, account, supplier, accounts, suppliers)
