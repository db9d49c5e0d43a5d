"""Whole decks for rating and selling, and the rate of one number."""

import sqlite3
from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any
from uuid import UUID

from sqlalchemy import Connection, select

from voipdesk.accounts.rules import Right, require
from voipdesk.kernel.changes import Actor
from voipdesk.kernel.money import from_scaled
from voipdesk.kernel.periods import EffectiveRange, from_micros, to_micros
from voipdesk.rates.queries.tables import table_on, zone_of
from voipdesk.rates.rules import STATES, Assertion, band_of
from voipdesk.rates.schema import UNENDED, rate_band, rate_table, rate_version
from voipdesk.rating.rules import Rate, RateTable, Terms, WeekBand, match, prefixes_of
from voipdesk.store.database import Database, raw

if TYPE_CHECKING:
    from voipdesk.rates.engine import Packed, RateColumns
    from voipdesk.rating.engine import Deck

_CHUNK = 50_000
"""Rows read at once as columns."""

_ROWS = 20_000
"""Rows fetched at once: no million Python objects live together."""

COLUMNS = (
    "id, prefix, band, effective_from, version_seq, state, price, next_price, connect_fee, minimum_charge, "
    "initial_interval, next_interval, free_seconds, grace_seconds, effective_until, destination"
)

NAMED = "(SELECT id, version_seq, prefix, destination, band FROM rate)"
"""What rates are called, by their ids, for joining many of them in SQL."""

_NUMBERS = {
    "ids": "id",
    "prefixes": "CAST('1' || prefix AS INTEGER)",
    "lengths": "length(prefix)",
    "has_band": "band <> ''",
    "effective_from": "effective_from",
    "state": "state",
    "price": "price",
    "next_price": "coalesce(next_price, price)",
    "connect_fee": "connect_fee",
    "minimum_charge": "minimum_charge",
    "initial_interval": "initial_interval",
    "next_interval": "next_interval",
    "free_seconds": "free_seconds",
    "grace_seconds": "grace_seconds",
    "effective_until": f"coalesce(effective_until, {UNENDED})",
}
"""How a column is read as a number; a prefix stands behind a 1, so that its zeros stay."""


def published(conn: Connection, table_number: int) -> list[int]:
    """Numbers of the published versions of a table, in order."""
    found = conn.execute(
        select(rate_version.c.seq)
        .join(rate_table, rate_table.c.id == rate_version.c.table_id)
        .where(rate_table.c.number == table_number, rate_version.c.state == "published")
        .order_by(rate_version.c.seq)
    )
    return [int(row[0]) for row in found]


def deck(conn: Connection, table_number: int, *, at: datetime | None = None) -> "Deck":
    """All published assertions of a table for the rating engine, or only those in force at an instant.

    Row for row the same as `columns`. Rights are the caller's to check.
    """
    from voipdesk.rates import engine

    return engine.to_deck(columns(conn, table_number, at=at), bands(conn, table_number))


def columns(
    conn: Connection, table_number: int, *, at: datetime | None = None, with_destinations: bool = True
) -> "RateColumns":
    """All published assertions of a table as columns with names and ids, or only those in force at an instant.

    Without destinations, which take a fourth of the time, each is ''; `NAMED` tells them by the ids.
    """
    from voipdesk.rates import engine

    try:
        rows = engine.packed_columns(_packed(conn, table_number, with_destinations))
    except ValueError:  # A text holds the sign that parts them, or a column something that is no number.
        rows = engine.columns(_rows(conn, table_number))
    return rows if at is None else engine.in_force(rows, to_micros(at))


def rates_in_force(
    db: Database, actor: Actor, table: UUID | str | None = None, at: datetime | None = None
) -> "RateColumns":
    """The rates of a table in force at an instant (now by default)."""
    require(actor, Right.SEE_COSTS)
    with db.read() as conn:
        return columns(conn, table_on(conn, table).number, at=at or db.clock.now())


def bands(conn: Connection, table_number: int) -> dict[str, WeekBand]:
    """The weekly time bands of a table by name, in its zone."""
    zone = str(zone_of(conn, table_number))
    found = conn.execute(
        select(rate_band.c.name, rate_band.c.hours)
        .join(rate_table, rate_table.c.id == rate_band.c.table_id)
        .where(rate_table.c.number == table_number)
    )
    return {row.name: band_of(row.name, row.hours, zone) for row in found}


def made_of(conn: Connection, table_number: int) -> tuple[Any, ...]:
    """What the published rates of a table are made of: equal values stand for equal rates, in this file or another.

    Rates are laid down with their version and never change but for the names of their bands. Their first and last ids
    are there for files that somebody else has written into.
    """
    versions = conn.execute(
        select(rate_version.c.id, rate_version.c.seq)
        .join(rate_table, rate_table.c.id == rate_version.c.table_id)
        .where(rate_table.c.number == table_number, rate_version.c.state == "published")
        .order_by(rate_version.c.seq)
    ).all()
    bands = conn.execute(
        select(rate_band.c.id, rate_band.c.name, rate_band.c.hours)
        .join(rate_table, rate_table.c.id == rate_band.c.table_id)
        .where(rate_table.c.number == table_number)
        .order_by(rate_band.c.id)
    )
    return (
        str(zone_of(conn, table_number)),
        *((one.id, one.seq, *_ends(raw(conn), one.seq)) for one in versions),
        *((one.id, one.name, str(one.hours)) for one in bands),
    )


def rate_for(db: Database, actor: Actor, table: UUID | str | None, number: str, at: datetime) -> Rate | None:
    """The rate of the longest prefix in force for an E.164 number; blocked is an answer, None is `no_rate`."""
    require(actor, Right.SEE_COSTS)
    with db.read() as conn:
        return rate_for_on(conn, table_on(conn, table).number, number, at)


def rate_for_on(conn: Connection, table_number: int, number: str, at: datetime) -> Rate | None:
    """The same inside a transaction of the caller's, who has checked the rights."""
    seen = _assertions(conn, table_number, list(prefixes_of(number[:15])))
    known = bands(conn, table_number) if any(row.band for row in seen) else {}
    rates = [_rate(row, known) for row in seen if not row.band or row.band in known]
    return match(RateTable.of(rates), number, at)


def _assertions(conn: Connection, table_number: int, prefixes: Sequence[str]) -> list[Assertion]:
    """Published rows of some prefixes, by (prefix, band, effective_from, version)."""
    seqs = published(conn, table_number)
    if not seqs or not prefixes:
        return []
    cursor = raw(conn).execute(
        f"SELECT {COLUMNS} FROM rate WHERE table_number = ? AND prefix IN ({marks(prefixes)}) "
        f"AND version_seq IN ({marks(seqs)}) ORDER BY prefix, band, effective_from, version_seq",
        (table_number, *prefixes, *seqs),
    )
    return [assertion(row) for row in cursor]


def assertion(row: tuple[Any, ...]) -> Assertion:
    """A stored row, in the order of the columns of this module, as a value."""
    terms = Terms(
        price=from_scaled(row[6]),
        next_price=None if row[7] is None else from_scaled(row[7]),
        connect_fee=from_scaled(row[8]),
        minimum_charge=from_scaled(row[9]),
        initial_interval=row[10],
        next_interval=row[11],
        free_seconds=row[12],
        grace_seconds=row[13],
    )
    return Assertion(
        prefix=row[1],
        effective_from=from_micros(row[3]),
        version=row[4],
        terms=terms,
        destination=row[15],
        state=STATES[row[5]],
        band=row[2],
        effective_until=None if row[14] is None else from_micros(row[14]),
    )


def _rate(row: Assertion, known: dict[str, WeekBand]) -> Rate:
    return Rate(
        row.prefix,
        row.terms,
        EffectiveRange(row.effective_from, row.effective_until),
        row.destination,
        row.state,
        known.get(row.band),
    )


def _packed(conn: Connection, table_number: int, with_destinations: bool = True) -> "Iterator[Packed]":
    """Published rows by version as they lie in the file, in columns: making a million objects is what takes the time."""
    from voipdesk.rates.engine import Packed
    from voipdesk.store.engine_columns import packed

    driver = raw(conn)
    # Rates of a version lie together: walking from the first to the last is quicker than by an index.
    rows = "FROM rate NOT INDEXED WHERE version_seq = ? AND id > ? AND id <= ? ORDER BY id LIMIT ?"
    for seq in published(conn, table_number):
        last, end = _ends(driver, seq)
        while found := packed(driver, list(_NUMBERS.values()), [], rows, (seq, last, end, _CHUNK)):
            numbers = dict(zip(_NUMBERS, found.integers, strict=True))
            first, last = int(numbers["ids"][0]), int(numbers["ids"][-1])
            wanted = {"band": numbers["has_band"].any(), "destination": with_destinations}
            texts = [
                _texts(driver, one, (seq, first, last)) if asked else None for one, asked in wanted.items()
            ]
            yield Packed(seq, numbers, *texts)


def _ends(driver: sqlite3.Connection, seq: int) -> tuple[int, int]:
    """One before the first id of the rates of a version, and the last one; the same where it has none."""
    # Each alone, because only then does SQLite take it from the end of the index.
    ends = ", ".join(f"(SELECT {end}(id) FROM rate WHERE version_seq = :seq)" for end in ("min", "max"))
    first, last = driver.execute(f"SELECT {ends}", {"seq": seq}).fetchone()
    return (0, 0) if first is None else (first - 1, last)


def _texts(driver: sqlite3.Connection, column: str, rows: tuple[int, int, int]) -> str:
    """The texts of some rows (version, first and last id), joined by SQLite."""
    from voipdesk.rates.engine import MARK

    statement = (
        f"SELECT group_concat({column}, ?) FROM (SELECT {column} FROM rate INDEXED BY ix_rate_version_seq "
        "WHERE version_seq = ? AND id BETWEEN ? AND ? ORDER BY id)"
    )
    text: str = driver.execute(statement, (MARK, *rows)).fetchone()[0]
    return text


def _rows(conn: Connection, table_number: int) -> Iterator[list[tuple[Any, ...]]]:
    """The same row by row."""
    for seq in published(conn, table_number):
        cursor = raw(conn).execute(f"SELECT {COLUMNS} FROM rate WHERE version_seq = ?", (seq,))
        while chunk := cursor.fetchmany(_ROWS):
            yield chunk


def marks(values: Sequence[object]) -> str:
    """As many placeholders as there are values."""
    return ", ".join("?" * len(values))
