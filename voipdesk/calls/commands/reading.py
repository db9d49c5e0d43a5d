"""The calls of a rating run as they are read: chunk by chunk in columns, in a thread of their own where that can be."""

from collections import deque
from collections.abc import Generator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from typing import TYPE_CHECKING, Any, TypeVar

from sqlalchemy import ColumnElement, Connection, FromClause, and_, insert, literal_column, or_, select

from voipdesk.accounts import queries as accounts
from voipdesk.calls.queries.results import is_committed, latest_run
from voipdesk.calls.schema import call, call_import, rated, rating_run
from voipdesk.kernel.changes import Actor
from voipdesk.store.database import raw

if TYPE_CHECKING:
    from voipdesk.store.engine_columns import Packed

BATCH = 50_000
FIRST = 5_000
"""Calls of the first chunk, which everybody waits for."""

AHEAD = 18
"""Chunks that may wait for the next thread; each holds a few megabytes."""

T = TypeVar("T")

_MARKED: ColumnElement[Any] = literal_column("CAST('1' || call.number AS INTEGER)")
"""The number behind a 1, as one integer: leading zeros are kept."""


def ratable(conn: Connection, actor: Actor) -> list[ColumnElement[bool]]:
    """Conditions for the calls that the actor may rate: of committed imports, without a problem and so of an account."""
    others = conn.execute(select(call_import.c.seq).where(~is_committed())).scalars().all()
    found: list[ColumnElement[bool]] = [call.c.problem.is_(None)]
    if others:  # An empty list would be asked for every call.
        found.append(call.c.import_seq.not_in(others))
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
    wanted, last, most = wanted.order_by(call.c.id), -1, FIRST
    while True:
        with shelf(raw(source), len(integers), len(keys)) as taken:
            more = wanted.where(call.c.id > last).limit(most)
            source.execute(insert(taken.table).from_select(taken.names, more))
            chunk = taken.read()
        if chunk is None:
            return
        last, most = int(chunk.integers[0, -1]), BATCH
        yield chunk


def ahead(work: Generator[T], name: str) -> Generator[T]:
    """What a generator gives, made in a thread of its own; closed with this one, so that nobody goes on."""
    with closing(work), ThreadPoolExecutor(1, name) as worker:
        coming = deque(worker.submit(next, work, None) for _ in range(AHEAD))
        try:
            while (made := coming.popleft().result()) is not None:
                coming.append(worker.submit(next, work, None))
                yield made
        finally:
            for one in coming:
                one.cancel()
