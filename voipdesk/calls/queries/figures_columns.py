"""The groups of `figures` for many calls: SQLite reads them once, numpy adds them up by every key."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from itertools import pairwise
from typing import TYPE_CHECKING, Any
from uuid import UUID

from sqlalchemy import BigInteger, ColumnElement, Connection, func, insert, null, select, type_coerce

from voipdesk.calls.queries.results import View, with_results
from voipdesk.calls.schema import call
from voipdesk.kernel.money import from_scaled
from voipdesk.store.database import raw

if TYPE_CHECKING:
    from voipdesk.calls.engine_figures import Grouping
    from voipdesk.calls.engine_keys import Met
    from voipdesk.rating.engine import Ints
    from voipdesk.store.engine_columns import Packed

CHUNK = 100_000
"""Calls read at once, were they spread evenly."""

QUARTER = 900_000_000


@dataclass(frozen=True, slots=True)
class Times:
    """So many calls, the first and the last answer in microseconds."""

    count: int
    first: int
    last: int


@dataclass(frozen=True, slots=True)
class Group:
    """A group as `figures` reads it from a row of SQL."""

    key: Any
    attempts: int
    answered: int
    talk: int
    billed: int
    revenue: Decimal
    cost: Decimal
    margin: Decimal
    priced: int
    charged: int
    without_cost: int
    problems: int
    unrated: int


def grouped_in_columns(
    conn: Connection,
    view: View,
    keys: Mapping[str | None, ColumnElement[Any]],
    conditions: Sequence[ColumnElement[bool]],
    times: Times,
) -> dict[str | None, list[Group]]:
    """What the SQL of `figures` gives for each of `keys`."""
    from voipdesk.calls.engine_figures import Figures, Grouping
    from voipdesk.calls.engine_keys import Met

    named: dict[str | None, Met] = {by: Met() for by in keys if by in ("account", "customer", "supplier")}
    groupings = {by: Grouping() for by in keys}
    if "destination" not in keys:  # nobody asks for terms, so SQLite need not look at the path of each call
        view = replace(view, term=null())
    for chunk in _read(conn, view, [keys[by] for by in named], conditions, times):
        answer, talk, billed, price, cost, term, has_problem = chunk.integers
        figures = Figures(talk, billed - 1, price - 1, cost - 1, has_problem).columns()
        codes = {by: met.of(words) for (by, met), words in zip(named.items(), chunk.keys, strict=True)}
        codes |= {
            "day": answer // QUARTER,
            "hour": answer // QUARTER,
            "destination": term - 1,
            None: talk * 0,
        }
        for by, grouping in groupings.items():
            grouping.add(codes[by], figures)
    return {by: _groups(conn, by, one, named.get(by)) for by, one in groupings.items()}


def _read(
    conn: Connection,
    view: View,
    keys: Sequence[ColumnElement[Any]],
    conditions: Sequence[ColumnElement[bool]],
    times: Times,
) -> Iterator["Packed"]:
    """Answer, talk, then billed seconds, price, cost and term plus one (0: none), whether there is a problem; the keys."""
    from voipdesk.store.engine_columns import laid, shelf

    plain = [type_coerce(one, BigInteger) for one in (view.seconds, view.price, view.cost, view.term)]
    integers = [
        call.c.answer,
        call.c.talk_seconds,
        *(func.coalesce(one, -1) + 1 for one in plain),
        view.problem.is_not(None),
    ]
    wanted = select(*laid(integers, keys)).select_from(with_results()).where(view.scope, *conditions)
    parts = -(-times.count // CHUNK)
    length = times.last + 1 - times.first
    for low, high in pairwise(times.first + length * part // parts for part in range(parts + 1)):
        answer = type_coerce(call.c.answer, BigInteger)
        with shelf(raw(conn), len(integers), len(keys)) as taken:
            conn.execute(
                insert(taken.table).from_select(taken.names, wanted.where(answer >= low, answer < high))
            )
            chunk = taken.read()
        if chunk is not None:
            yield chunk


def _groups(conn: Connection, by: str | None, grouping: "Grouping", met: "Met | None") -> list[Group]:
    """Sums with their keys; terms of one destination are put together."""
    if by == "destination":
        places, names = _destinations(conn, grouping.codes)
        together: dict[str, list[int]] = {}
        for name, values in zip(names, grouping.rows(places), strict=False):
            held = together.setdefault(name, [0] * len(values))
            held[:] = map(int.__add__, held, values)
        return [_group(name, values) for name, values in together.items() if values[0]]
    sums = zip(grouping.codes.tolist(), grouping.rows(), strict=True)
    if met is None:
        return [_group("" if by is None else code, values) for code, values in sums]
    ids = [None if one is None else UUID(bytes=one) for one in met.names]
    return [_group(ids[code], values) for code, values in sums]


def _destinations(conn: Connection, terms: "Ints") -> tuple["Ints", list[str]]:
    """For each term the position of its destination, and the names. There may be a term for every tenth call, so none of
    them becomes an object: freeing a million would hold the window up.
    """
    from voipdesk.calls.engine_figures import looked_up
    from voipdesk.store.engine_columns import packed

    span = (int(terms.min(initial=0)), int(terms.max(initial=0)))
    of = "FROM rating_term WHERE id BETWEEN ? AND ?"
    found = packed(raw(conn), ["id", "dense_rank() OVER (ORDER BY destination)"], [], of, span)
    if found is None:
        return terms * 0, [""]
    names = raw(conn).execute(f"SELECT DISTINCT destination {of} ORDER BY destination", span).fetchall()
    return looked_up(terms, *found.integers), ["", *(name for (name,) in names)]


def _group(key: Any, values: Sequence[int]) -> Group:
    attempts, answered, talk, billed, revenue, cost, margin, *counts = values
    money = from_scaled(revenue), from_scaled(cost), from_scaled(margin)
    return Group(key, attempts, answered, talk, billed, *money, *counts)
