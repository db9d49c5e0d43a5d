"""The calls of a rating run as they are read: chunk by chunk in columns, in a thread of their own where that can be."""

from collections import deque
from collections.abc import Generator, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any

from sqlalchemy import ColumnElement, Connection, FromClause, and_, insert, literal_column, or_, select

from voipdesk.accounts import queries as accounts
from voipdesk.calls.queries.results import is_committed, latest_run
from voipdesk.calls.schema import call, call_import, rated, rating_run
from voipdesk.kernel.changes import Actor
from voipdesk.store.database import raw

if TYPE_CHECKING:
    from voipdesk.store.engine_columns import Packed

BATCH = 50_000
AHEAD = 12
"""Chunks that are read while others are rated; each holds a few megabytes."""

_MARKED: ColumnElement[Any] = literal_column("'1' || call.number")
"""The number behind a 1, as one integer: leading zeros are kept."""


def ratable(conn: Connection, actor: Actor) -> list[ColumnElement[bool]]:
    """Conditions for the calls that the actor may rate: of committed imports, without a problem and so of an account."""
    others = select(call_import.c.seq).where(~is_committed())
    found: list[ColumnElement[bool]] = [call.c.import_seq.not_in(others), call.c.problem.is_(None)]
    if actor.level != "admin":
        found.append(call.c.account_id.in_([*accounts.subtree_ids(conn, actor)]))
    return found


def calls_in_chunks(
    source: Connection, conditions: Sequence[ColumnElement[bool]], *, is_new: bool
) -> Generator["Packed"]:
    """Calls in the order of their ids, as `engine_run.Run.prepare` takes them; `conditions` are over calls alone.

    With `is_new` those that have no result that counts, or one that is a problem.
    """
    from voipdesk.store.engine_columns import laid, shelf

    integers, keys = (
        (call.c.id, _MARKED, call.c.answer, call.c.talk_seconds),
        (call.c.account_id, call.c.supplier_id),
    )
    found: FromClause = call
    also: list[ColumnElement[bool]] = []
    if is_new and source.execute(select(rating_run.c.id).limit(1)).first() is not None:
        counting = and_(rated.c.call_id == call.c.id, rated.c.run_seq == latest_run(call.c.id))
        found, also = (
            call.outerjoin(rated, counting),
            [or_(rated.c.call_id.is_(None), rated.c.problem.is_not(None))],
        )
    wanted = select(*laid(integers, keys)).select_from(found).where(*conditions, *also)
    wanted, last = wanted.order_by(call.c.id).limit(BATCH), -1
    while True:
        with shelf(raw(source), len(integers), len(keys)) as taken:
            source.execute(insert(taken.table).from_select(taken.names, wanted.where(call.c.id > last)))
            chunk = taken.read()
        if chunk is None:
            return
        last = int(chunk.integers[0, -1])
        yield chunk


def read_ahead(chunks: Iterator["Packed"]) -> Generator["Packed"]:
    """The same chunks, read in a thread of their own; close it, so that nobody reads on."""
    with ThreadPoolExecutor(1, "reading") as reader:
        coming = deque(reader.submit(next, chunks, None) for _ in range(AHEAD))
        try:
            while (chunk := coming.popleft().result()) is not None:
                coming.append(reader.submit(next, chunks, None))
                yield chunk
        finally:
            for one in coming:
                one.cancel()
