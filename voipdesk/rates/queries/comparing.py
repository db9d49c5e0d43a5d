"""Several tables side by side at an instant, read without an object per rate."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, TypedDict, Unpack
from uuid import UUID

from sqlalchemy import Connection

from voipdesk.accounts.rules import Right, require
from voipdesk.kernel.changes import Actor
from voipdesk.kernel.money import from_scaled
from voipdesk.kernel.periods import to_micros
from voipdesk.kernel.problems import Refused
from voipdesk.kernel.text import tr
from voipdesk.rates.queries.decks import published
from voipdesk.rates.queries.tables import RateTable, band_names, table_on
from voipdesk.rates.rules.surroundings import WINDOW_DAYS, Surroundings
from voipdesk.store.database import Database, raw
from voipdesk.tabular.band_words import known_band

if TYPE_CHECKING:
    from voipdesk.rates.engine_compare import Chunk, Comparison, Side

MOST = 8
"""Tables at once: more do not fit a screen."""

_CHUNK = 10_000

_ROWS = (
    "SELECT group_concat('1' || prefix || ' ' || effective_from || ' ' || state || ' ' || price || ' ' || "
    "coalesce(effective_until, 9223372036854775807), ' '), group_concat(destination, x'0a') FROM ("
    "SELECT prefix, effective_from, state, price, effective_until, replace(destination, x'0a', ' ') AS destination "
    "FROM rate INDEXED BY ix_rate_version_seq WHERE version_seq = ? AND band = ?)"
)


@dataclass(frozen=True, slots=True)
class Compared:
    """A comparison and what it is of."""

    tables: tuple[RateTable, ...]
    at: datetime
    master: RateTable
    columns: "Comparison"


class CompareOptions(TypedDict, total=False):
    """How tables are compared."""

    simulate: bool
    band: str


def compared(
    db: Database,
    actor: Actor,
    tables: Sequence[UUID | str],
    *,
    at: datetime | None = None,
    master: UUID | str | None = None,
    **options: Unpack[CompareOptions],
) -> Compared:
    """At least two tables of one currency side by side (now by default): their prices for all week, or in a time band.

    `master`: the table that savings are counted against, the first by default. With `simulate` a table without a prefix
    shows what its next shorter one says; with `band` it shows the prices of its time band of that name or time of the week,
    where it has some. `Refused`: too few or too many, of different currencies, unknown.
    """
    require(actor, Right.SEE_COSTS)
    from voipdesk.rates.engine_compare import compare

    with db.read() as conn:
        found = _chosen(conn, tables)
        leader = found[0] if master is None else table_on(conn, master)
        if leader.id not in {one.id for one in found}:
            raise Refused(
                "no_master",
                tr("{name} is not among the tables compared.").format(name=leader.name),
                tr("Choose one of them to compare against."),
            )
        instant = at or db.clock.now()
        sides = [_side_in(conn, one, instant, options.get("band", "")) for one in found]
    place = next(place for place, one in enumerate(found) if one.id == leader.id)
    titles = [one.name for one in found]
    columns = compare(
        sides, titles, master=place, simulate=options.get("simulate", True), currency=leader.currency
    )
    return Compared(tuple(found), instant, leader, columns)


def side_of(conn: Connection, table_number: int, at: datetime, band: str = "") -> "Side":
    """One table at an instant, all week or what a time band says beside that; rights are the caller's to check."""
    from voipdesk.rates.engine_compare import side

    return side(_chunks(conn, table_number, band), to_micros(at))


def _side_in(conn: Connection, table: RateTable, at: datetime, band: str) -> "Side":
    """One table at an instant as it is in a time band: where the band says nothing, the price for all week counts."""
    from voipdesk.rates.engine_compare import overlaid

    base = side_of(conn, table.number, at)
    meant = known_band(band, band_names(conn).get(table.id, ())) if band else None
    return overlaid(base, side_of(conn, table.number, at, meant)) if meant else base


def with_minutes(db: Database, actor: Actor, compared: Compared, surroundings: Surroundings) -> "Comparison":
    """The comparison with the minutes of the last 30 days that cost by the master table, and what they would save."""
    require(actor, Right.SEE_COSTS)
    from voipdesk.rates.engine_compare import seconds_column

    now, prefixes = db.clock.now(), compared.columns.prefix_texts()
    with db.read() as conn:
        since = now - timedelta(days=WINDOW_DAYS)
        found = surroundings.seconds(conn, compared.master.number, prefixes, since=since, until=now)
    return compared.columns.with_minutes(seconds_column(compared.columns, found))


@dataclass(frozen=True, slots=True)
class ComparedRow:
    """One prefix of a comparison; prices a minute by the name of the table, None where it has none."""

    prefix: str
    destination: str
    prices: Mapping[str, Decimal | None]
    simulated: tuple[str, ...]
    """Tables whose price is that of a shorter prefix."""
    blocked: tuple[str, ...]
    """Tables that block the prefix."""
    cheapest: Decimal | None
    spread: Decimal | None
    """The dearest over the cheapest, in per cent."""
    minutes: int | None
    """Of the last 30 days; None where nobody was asked."""
    saving: Decimal | None
    """What those minutes would cost less at the cheapest table than at the master."""


def rows_of(columns: "Comparison", ids: Sequence[int]) -> Iterator[ComparedRow]:
    """Rows of a comparison as plain values, a chunk at a time."""
    from voipdesk.rates.engine_compare import NOTHING, SHUT

    names = columns.titles
    for first in range(0, len(ids), _CHUNK):
        for row in columns.file_rows(ids[first : first + _CHUNK]):
            prefix, destination, prices, simulated, best, spread, seconds, saving = row
            pairs = list(zip(names, prices, strict=True))
            yield ComparedRow(
                prefix,
                destination,
                {name: None if price < 0 else from_scaled(price) for name, price in pairs},
                tuple(name for name, starred in zip(names, simulated, strict=True) if starred),
                tuple(name for name, price in pairs if price == SHUT),
                None if best < 0 else from_scaled(best),
                None if spread == NOTHING else Decimal(spread) / 100,
                None if seconds is None else seconds // 60,
                None if saving in (None, NOTHING) else from_scaled(saving),
            )


def _chosen(conn: Connection, tables: Sequence[UUID | str]) -> list[RateTable]:
    """The tables asked for, each once."""
    named = [table_on(conn, one) for one in tables]
    found = list({one.id: one for one in named}.values())
    if not 2 <= len(found) <= MOST:
        raise Refused(
            "how_many",
            tr("{count} tables cannot be compared.").format(count=len(found)),
            tr("Choose two to {most}.").format(most=MOST),
        )
    other = next((one for one in found if one.currency != found[0].currency), None)
    if other is not None:
        raise Refused(
            "mixed_currency",
            tr("{one} is in {money}, {other} in {another}.").format(
                one=found[0].name, money=found[0].currency, other=other.name, another=other.currency
            ),
            tr("Compare tables of one currency."),
        )
    return found


def _chunks(conn: Connection, table_number: int, band: str = "") -> "Iterator[Chunk]":
    """Rows of each published version, the oldest first, as SQLite joins them into texts that numpy and C split."""
    from voipdesk.rates.engine_compare import numbers_of

    for seq in published(conn, table_number):
        numbers, names = raw(conn).execute(_ROWS, (seq, band)).fetchone()
        if numbers is not None:
            yield numbers_of(numbers), names.split("\n")
