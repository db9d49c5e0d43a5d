"""The grid's view of a table: ids first, rows by window; and what happened to one prefix."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from fractions import Fraction
from typing import TYPE_CHECKING, Any, NamedTuple
from uuid import UUID

from sqlalchemy import Connection

from voipdesk.accounts.rules import Right, require
from voipdesk.kernel.changes import Actor
from voipdesk.kernel.money import from_scaled, rounded
from voipdesk.kernel.periods import from_micros, to_micros
from voipdesk.rates.queries.conditions import CHANGE, NEXT_FROM, NEXT_PRICE, WORD, Condition, sql
from voipdesk.rates.queries.decks import COLUMNS, assertion, marks, published
from voipdesk.rates.queries.tables import RateTable, Version, table_on, versions_on
from voipdesk.rates.rules import STATES, Assertion
from voipdesk.rating.rules import RateState
from voipdesk.store.database import Database, raw

if TYPE_CHECKING:
    from voipdesk.rating.engine import Ints

_CHUNK = 20_000
ORDERS = {
    "prefix": "r.prefix {way}, r.band",
    "destination": "r.destination COLLATE NOCASE {way}",
    "band": "r.band COLLATE NOCASE {way}",
    "price": "r.price {way}",
    "connect_fee": "r.connect_fee {way}",
    "effective_from": "r.effective_from {way}",
    "effective_until": "r.effective_until {way}",
    "state": f"{WORD} {{way}}",
    "interval": "r.initial_interval {way}, r.next_interval {way}",
    "scheduled_price": f"{NEXT_PRICE} {{way}} NULLS LAST",
    "scheduled_from": f"{NEXT_FROM} {{way}} NULLS LAST",
    "change": f"{CHANGE} {{way}} NULLS LAST",
}
"""What a table can be sorted by."""


@dataclass(frozen=True, slots=True)
class Filter:
    """What a window shows: prefixes that begin so, destinations that contain a text, one state, what is scheduled."""

    prefix: str = ""
    text: str = ""
    state: RateState | None = None
    is_scheduled: bool = False
    """Only prefixes with a later row."""
    version: int | None = None
    """Only rates of this version (one import)."""
    also: tuple[Condition, ...] = ()
    """What the filter row asks for beside these."""


@dataclass(frozen=True, slots=True)
class Order:
    """One of `ORDERS`, and the way."""

    column: str = "prefix"
    is_descending: bool = False


class GridRow(NamedTuple):
    """One rate as the grid shows it; money as Decimal, `change` in percent of the price (one decimal)."""

    id: int
    prefix: str
    destination: str
    price: Decimal
    interval: str
    connect_fee: Decimal
    effective_from: datetime
    effective_until: datetime | None
    state: RateState
    scheduled_price: Decimal | None
    scheduled_from: datetime | None
    scheduled_state: RateState | None
    change: Decimal | None
    band: str
    version: int
    file_row: int | None


@dataclass(frozen=True, slots=True)
class Past:
    """One assertion about a prefix, and the version that made it."""

    assertion: Assertion
    version: Version


@dataclass(frozen=True, slots=True)
class Outlook:
    """Rates in force now; when the newest of what was published so far began; the next change and how many rates."""

    rates: int
    live_since: datetime | None = None
    next_change: datetime | None = None
    changes: int = 0


_ALL = Filter()
_BY_PREFIX = Order()


@dataclass(frozen=True, slots=True)
class View:
    """What of a table is looked at: when (None: now), which rows, in which order, how many (None: all)."""

    at: datetime | None = None
    filters: Filter = _ALL
    order: Order = _BY_PREFIX
    limit: int | None = None
    then: tuple[Order, ...] = ()
    """What rules where the first order sees no difference."""


_NOW = View()


def rate_ids(db: Database, actor: Actor, table: UUID | str | None = None, view: View = _NOW) -> "Ints":
    """Ids of the rates in force, filtered and ordered. With a limit the first window comes at once, at any size."""
    from voipdesk.rates import engine

    require(actor, Right.SEE_COSTS)
    with db.read() as conn:
        found = table_on(conn, table)
        ids = _ids(conn, found, to_micros(view.at or db.clock.now()), view)
        return engine.id_array(ids)


def count_rates(
    db: Database, actor: Actor, table: UUID | str | None = None, *, at: datetime | None = None
) -> int:
    """How many rates of a table are in force at an instant (now by default)."""
    require(actor, Right.SEE_COSTS)
    with db.read() as conn:
        found = table_on(conn, table)
        text, values = _statement(conn, found, to_micros(at or db.clock.now()), _NOW)
        return int(raw(conn).execute(f"SELECT count(*) FROM ({text})", values).fetchone()[0]) if text else 0


def outlook(db: Database, actor: Actor, table: UUID | str | None = None) -> Outlook:
    """How much of a table is in force, since when it stands as it does, and when it changes next."""
    count = count_rates(db, actor, table)
    with db.read() as conn:
        number = table_on(conn, table).number
        seqs, now = _numbers(published(conn, number)), to_micros(db.clock.now())
        rates = f"FROM rate WHERE table_number = :number AND version_seq IN ({seqs})"
        values = {"number": number, "now": now}
        since, later = (
            raw(conn)
            .execute(
                "SELECT max(effective_from) FILTER (WHERE effective_from <= :now), "
                f"min(effective_from) FILTER (WHERE effective_from > :now) {rates}",
                values,
            )
            .fetchone()
        )
        changes = 0
        if later is not None:
            text = f"SELECT count(*) {rates} AND effective_from = :later"
            changes = int(raw(conn).execute(text, {"number": number, "later": later}).fetchone()[0])
    began, follows = (None if one is None else from_micros(one) for one in (since, later))
    return Outlook(count, began, follows, changes)


def next_start_on(conn: Connection, number: int, at: datetime) -> datetime | None:
    """When something of a table begins next; rights are the caller's to check."""
    row = (
        raw(conn)
        .execute(
            "SELECT min(effective_from) FROM rate WHERE table_number = ? "
            f"AND version_seq IN ({_numbers(published(conn, number))}) AND effective_from > ?",
            (number, to_micros(at)),
        )
        .fetchone()
    )
    return None if row[0] is None else from_micros(row[0])


def rate_near(
    db: Database, actor: Actor, table: UUID | str | None, digits: str, *, at: datetime | None = None
) -> GridRow | None:
    """The rate in force of a prefix: exactly it, else the longest that it begins with, else the nearest in order."""
    require(actor, Right.SEE_COSTS)
    inner = [digits[:length] for length in range(len(digits), 0, -1)]
    begins = Condition("prefix", "in", inner)
    with db.read() as conn:
        found, moment = table_on(conn, table), to_micros(at or db.clock.now())
        for wanted, down in (
            (begins, True),
            (Condition("prefix", ">", digits), False),
            (Condition("prefix", "<", digits), True),
        ):
            view = View(filters=Filter(also=(wanted,)), order=Order("prefix", is_descending=down), limit=1)
            for chunk in _ids(conn, found, moment, view):
                return next((_grid_row(row) for row in _window(conn, [chunk[0][0]], moment)), None)
    return None


def rates_of(
    db: Database, actor: Actor, table: UUID | str | None, prefix: str, *, at: datetime | None = None
) -> list[GridRow]:
    """The rates in force of exactly this prefix: the one for all week and those of time bands."""
    view = View(at, Filter(also=(Condition("prefix", "in", [prefix]),)))
    ids = [int(one) for one in rate_ids(db, actor, table, view)]
    return rows(db, actor, ids, at=at)


def rows(db: Database, actor: Actor, ids: Sequence[int], *, at: datetime | None = None) -> list[GridRow]:
    """The rows of some ids in their order, with what is scheduled after `at` (now by default) for the same prefix."""
    require(actor, Right.SEE_COSTS)
    wanted = [int(one) for one in ids]
    if not wanted:
        return []
    with db.read() as conn:
        found = {row[0]: row for row in _window(conn, wanted, to_micros(at or db.clock.now()))}
    return [_grid_row(found[one]) for one in wanted if one in found]


def history(db: Database, actor: Actor, table: UUID | str | None, prefix: str) -> list[Past]:
    """Everything ever asserted about a prefix, the newest version first, reverted ones included."""
    require(actor, Right.SEE_COSTS)
    with db.read() as conn:
        found = table_on(conn, table)
        known = {one.seq: one for one in versions_on(conn, found.id)}
        cursor = raw(conn).execute(
            f"SELECT {COLUMNS} FROM rate WHERE table_number = ? AND prefix = ? "
            "ORDER BY version_seq DESC, effective_from DESC, band",
            (found.number, prefix),
        )
        return [Past(assertion(row), known[row[4]]) for row in cursor if row[4] in known]


def _ids(conn: Connection, table: RateTable, at: int, view: View) -> Iterator[list[tuple[int]]]:
    text, values = _statement(conn, table, at, view)
    if not text:
        return
    cursor = raw(conn).execute(text, values)
    while chunk := cursor.fetchmany(_CHUNK):
        yield chunk


def _statement(conn: Connection, table: RateTable, at: int, view: View) -> tuple[str, dict[str, Any]]:
    """The ids of a view as SQL; empty where nothing was ever published."""
    seqs = published(conn, table.number)
    if not seqs:
        return "", {}
    where, values = _conditions(view.filters, at, seqs)
    for place, condition in enumerate(view.filters.also):
        said, more = sql(condition, f"c{place}", table.zone)
        where += f" AND {said}"
        values |= more
    orders = [
        ORDERS[one.column].format(way="DESC" if one.is_descending else "ASC", seqs=_numbers(seqs))
        for one in (view.order, *view.then)
    ]
    if "prefix" not in {one.column for one in (view.order, *view.then)}:
        orders.append("r.prefix, r.band")
    limit = "" if view.limit is None else f" LIMIT {int(view.limit)}"
    # The unary plus keeps the search on (table, prefix, …): the order of the index is the order of the grid.
    text = (
        f"SELECT r.id FROM rate r WHERE r.table_number = :number AND r.effective_from <= :at "
        f"AND +r.version_seq IN ({_numbers(seqs)}) AND r.state <> 2 "
        "AND (r.effective_until IS NULL OR r.effective_until > :at) "
        "AND NOT EXISTS (SELECT 1 FROM rate n WHERE n.table_number = r.table_number AND n.prefix = r.prefix "
        "AND n.band = r.band AND n.effective_from >= r.effective_from AND n.effective_from <= :at "
        f"AND +n.version_seq IN ({_numbers(seqs)}) "
        "AND (n.effective_from > r.effective_from OR n.version_seq > r.version_seq))"
        f"{where.replace('{seqs}', _numbers(seqs))} ORDER BY {', '.join(orders)}{limit}"
    )
    return text, {"number": table.number, "at": at, **values}


def _conditions(filters: Filter, at: int, seqs: Sequence[int]) -> tuple[str, dict[str, Any]]:
    where = ""
    values: dict[str, Any] = {}
    if filters.prefix:
        where += " AND r.prefix >= :low AND r.prefix < :high"
        values |= {"low": filters.prefix, "high": filters.prefix + ":"}  # ':' follows '9'
    if filters.text:
        where += " AND r.destination LIKE :text ESCAPE '\\'"
        escaped = filters.text.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
        values["text"] = f"%{escaped}%"
    if filters.state is not None:
        where += " AND r.state = :state"
        values["state"] = STATES.index(filters.state)
    if filters.version is not None:
        where += " AND r.version_seq = :version"
        values["version"] = filters.version
    if filters.is_scheduled:
        where += (
            " AND EXISTS (SELECT 1 FROM rate s WHERE s.table_number = r.table_number AND s.prefix = r.prefix "
            f"AND s.band = r.band AND s.effective_from > :at AND +s.version_seq IN ({_numbers(seqs)}))"
        )
    return where, values


def _window(conn: Connection, ids: Sequence[int], at: int) -> Iterator[tuple[Any, ...]]:
    """Rows of ids with the id of the published row that follows after `at`."""
    driver = raw(conn)
    for start in range(0, len(ids), 500):
        part = ids[start : start + 500]
        yield from driver.execute(
            "SELECT r.id, r.prefix, r.destination, r.price, r.initial_interval, r.next_interval, r.connect_fee, "
            "r.effective_from, r.effective_until, r.state, r.band, s.price, s.effective_from, s.state, "
            "r.version_seq, r.source_row "
            "FROM rate r LEFT JOIN rate s ON s.id = (SELECT n.id FROM rate n JOIN rate_version v "
            "ON v.seq = n.version_seq AND v.state = 'published' WHERE n.table_number = r.table_number "
            "AND n.prefix = r.prefix AND n.band = r.band AND n.effective_from > max(?, r.effective_from) "
            f"ORDER BY n.effective_from, n.version_seq DESC LIMIT 1) WHERE r.id IN ({marks(part)})",
            (at, *part),
        )


def _grid_row(row: tuple[Any, ...]) -> GridRow:
    price, next_price, next_state = row[3], row[11], row[13]
    change = None
    if next_price is not None and next_state == 0 and price > 0:
        change = rounded(Fraction((next_price - price) * 100, price), 1)
    return GridRow(
        id=row[0],
        prefix=row[1],
        destination=row[2],
        price=from_scaled(price),
        interval=f"{row[4]}/{row[5]}",
        connect_fee=from_scaled(row[6]),
        effective_from=from_micros(row[7]),
        effective_until=None if row[8] is None else from_micros(row[8]),
        state=STATES[row[9]],
        scheduled_price=None if next_price is None or next_state != 0 else from_scaled(next_price),
        scheduled_from=None if row[12] is None else from_micros(row[12]),
        scheduled_state=None if next_state is None else STATES[next_state],
        change=change,
        band=row[10],
        version=row[14],
        file_row=row[15],
    )


def _numbers(values: Sequence[int]) -> str:
    return ", ".join(str(int(value)) for value in values)
