"""Calls already rated, written straight into the bulk tables: billing is tried whatever the rating run does."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from uuid import UUID

from sqlalchemy import func, insert, select

from tests.worlds import World
from voipdesk.calls import schema
from voipdesk.store.types import uuid7

OCTOBER = "2026-10-10 12:00"


@dataclass(frozen=True, slots=True)
class Call:
    """`prices` are those of the reseller and of the company; None for an unrated call."""

    account: str
    amount: str | None
    at: str = OCTOBER
    destination: str = "Egypt Mobile Vodafone"
    seconds: int = 60
    reseller_amount: str | None = None


def seed(world: World, calls: Iterable[Call], *, kind: str = "first") -> list[int]:
    """Write calls and one run with their results; the ids of the calls."""
    made = list(calls)
    with world.db.write("Fixture: rated calls", world.sara, undoable=False) as write:
        conn = write.conn
        number = conn.execute(select(func.coalesce(func.max(schema.call_import.c.seq), 0))).scalar_one() + 1
        first = conn.execute(select(func.coalesce(func.max(schema.call.c.id), 0))).scalar_one() + 1
        conn.execute(
            insert(schema.call_import).values(
                id=uuid7(), seq=number, file_name="calls.csv", file_sha256=str(number), zone="Africa/Cairo",
                state="committed", at=write.now, actor_name="sara", owner_id=world.sara.account_id,
            )
        )  # fmt: skip
        ids = list(range(first, first + len(made)))
        conn.execute(
            insert(schema.call), [_call(world, one, key, number) for key, one in zip(ids, made, strict=True)]
        )
    rate(world, list(zip(ids, made, strict=True)), kind=kind)
    return ids


def rate(world: World, calls: list[tuple[int, Call]], *, kind: str = "rerate") -> None:
    """One more published run with these results."""
    with world.db.write("Fixture: a rating run", world.sara, undoable=False) as write:
        conn = write.conn
        seq = conn.execute(select(func.coalesce(func.max(schema.rating_run.c.seq), 0))).scalar_one() + 1
        conn.execute(
            insert(schema.rating_run).values(
                id=uuid7(), seq=seq, kind=kind, state="published", at=write.now, actor_name="sara"
            )
        )
        ways = {name: _way(world, conn, name, seq) for name in {one.account for _, one in calls}}
        terms = {name: _term(conn, name, seq) for name in {one.destination for _, one in calls}}
        paired = {
            (one.account, one.destination): _path(conn, ways[one.account], terms[one.destination])
            for _, one in calls
        }
        rows = [
            _rated(one, key, seq, (ways[one.account]["id"], paired[one.account, one.destination]))
            for key, one in calls
        ]
        conn.execute(insert(schema.rated), rows)


def _call(world: World, one: Call, key: int, number: int) -> dict[str, object]:
    at: datetime = world.at(one.at)
    return {
        "id": key, "import_seq": number, "row": key, "dedupe": key, "account_id": world.account(one.account).id,
        "caller": "20222555123", "called": "00201012345678", "number": "201012345678", "start": at,
        "answer": at + timedelta(seconds=key % 50), "talk_seconds": one.seconds,
    }  # fmt: skip


def _way(world: World, conn, name: str, seq: int) -> dict[str, object]:  # type: ignore[no-untyped-def]
    account = world.account(name)
    above = world.accounts.get(_name_of(world, account.parent_id))
    reseller: UUID | None = above.id if above is not None and above.level == "reseller" else None
    way = {"run_seq": seq, "reseller_id": reseller, "company_id": account.id, "user_id": None}
    return {**way, "id": conn.execute(insert(schema.rating_way).values(way)).inserted_primary_key[0]}


def _name_of(world: World, key: UUID | None) -> str:
    return next((name for name, one in world.accounts.items() if one.id == key), "")


def _term(conn, destination: str, seq: int) -> int:  # type: ignore[no-untyped-def]
    values = {
        "run_seq": seq, "prefix": "2010", "destination": destination, "price": Decimal("0.1"),
        "next_price": Decimal("0.1"), "connect_fee": Decimal(0), "minimum_charge": Decimal(0),
        "initial_interval": 1, "next_interval": 1, "free_seconds": 0, "grace_seconds": 0, "currency": "USD",
    }  # fmt: skip
    return conn.execute(insert(schema.rating_term).values(values)).inserted_primary_key[0]


def _path(conn, way: dict[str, object], term: int) -> int:  # type: ignore[no-untyped-def]
    terms = {"company_term": term, "reseller_term": term if way["reseller_id"] else None}
    path = {"run_seq": way["run_seq"], **terms}
    return conn.execute(insert(schema.rating_path).values(path)).inserted_primary_key[0]


def _rated(one: Call, key: int, seq: int, charged: tuple[object, int]) -> dict[str, object]:
    priced = one.amount is not None
    through = one.reseller_amount
    return {
        "call_id": key, "run_seq": seq, "way_id": charged[0], "path_id": charged[1],
        "problem": None if priced else "no_rate",
        "company_seconds": one.seconds if priced else None,
        "company_price": Decimal(one.amount) if one.amount is not None else None,
        "reseller_seconds": one.seconds if through else None,
        "reseller_price": Decimal(through) if through else None,
    }  # fmt: skip


def f5(world: World) -> None:
    """October 2026, rated and not billed: the figures of the acceptance scenarios."""
    seed(
        world,
        [
            *spread("Nile Calls", "412.380000", 30),
            *spread("Blue Hotel", "96.104950", 12, destination="USA & Canada"),
            *spread("Orchid Clinic", "3.200000", 3),
            *spread("Palm Travel", "58.400000", 5),
            *[Call("Nile Calls", None, at=f"2026-10-2{day} 10:00") for day in range(3)],
        ],
    )


def spread(account: str, total: str, count: int, **more: str) -> list[Call]:
    """So many calls that come to a total, the last one taking the rest."""
    whole = Decimal(total)
    each = (whole / count).quantize(Decimal("0.000001"))
    amounts = [each] * (count - 1) + [whole - each * (count - 1)]
    return [
        Call(account, f"{amount:f}", at=f"2026-10-{1 + place % 28:02d} 09:00", **more)
        for place, amount in enumerate(amounts)
    ]
