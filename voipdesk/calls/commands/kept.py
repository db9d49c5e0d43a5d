"""Rate tables in columns that a run leaves for the next one of the same process: reading them takes longer than rating.

A table is known by what makes it, not by where it is: the ids of its published versions, whose rates never change, and
its time bands. So neither a new version nor another file can meet an old deck.
"""

from collections import OrderedDict
from threading import Lock
from typing import Any
from uuid import UUID

from sqlalchemy import Connection

from voipdesk.calls.engine_run import Table
from voipdesk.rates import queries as rates
from voipdesk.rates.engine import to_deck

MOST = 1_000_000
"""Rates that may stay in all; a million take about 200 MB. The table that was used last stays in any case."""

_tables: OrderedDict[tuple[Any, ...], Table] = OrderedDict()
_lock = Lock()


def table(conn: Connection, table_id: UUID, number: int, *, with_destinations: bool) -> Table:
    """A rate table as it is published, from before or read now."""
    key = (table_id, with_destinations, *rates.made_of(conn, number))
    with _lock:
        if key in _tables:
            _tables.move_to_end(key)
            return _tables[key]
    rows = rates.columns(conn, number, with_destinations=with_destinations)
    found = Table.of(table_id, rows, to_deck(rows, rates.bands(conn, number)))
    found.lock()
    with _lock:
        _tables[key] = found
        while len(_tables) > 1 and sum(len(one.deck) for one in _tables.values()) > MOST:
            _tables.popitem(last=False)
    return found
