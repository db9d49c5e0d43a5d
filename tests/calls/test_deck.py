"""The main proof in small: a deck of real codes, calls to real numbers, and every cost as the slow reference has it."""

import csv
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path

import pytest
from sqlalchemy import insert

from voipdesk.accounts import commands as people
from voipdesk.accounts import queries as known
from voipdesk.calls import commands
from voipdesk.kernel.changes import Actor
from voipdesk.kernel.money import rounded, to_scaled
from voipdesk.kernel.periods import Clock, to_micros
from voipdesk.rates import schema as rates
from voipdesk.store.database import Database
from voipdesk.store.types import uuid7
from voipdesk.tariffs import commands as tariffs
from voipdesk.tariffs import queries as tariff_queries

SINCE = datetime(2026, 9, 1, tzinfo=UTC)
NOW = datetime(2026, 11, 23, 7, tzinfo=UTC)
COUNT = 1500


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory, shared: Path) -> Path:
    """The folder with the deck, the calls in three layouts and what they ought to cost."""
    folder = tmp_path_factory.mktemp("deck")
    tool = [sys.executable, str(shared / "tools" / "make_deck.py")]
    subprocess.run(
        [*tool, "deck", "--detail", "collapsed", "--out", str(folder / "deck.csv")],
        check=True,
        capture_output=True,
    )
    for layout in ("generic", "asterisk", "eu"):
        options = ["--detail", "collapsed", "--n", str(COUNT), "--layout", layout]
        files = ["--out", str(folder / f"{layout}.csv"), "--expected", str(folder / "expected.csv")]
        subprocess.run([*tool, "cdrs", *options, *files], check=True, capture_output=True)
    return folder


@pytest.fixture(scope="module")
def template(made: Path, tmp_path_factory: pytest.TempPathFactory) -> bytes:
    path = tmp_path_factory.mktemp("desk") / "desk.vdesk"
    db = people.start_workspace(path, company="Own", currency="USD", zone="UTC", clock=Clock(NOW))
    try:
        actor = known.actor_named(db)
        _deck(db, actor, made / "deck.csv")
        tariffs.seed_plans(db, actor)
        plan = next(one for one in tariff_queries.plans(db, actor) if one.predefined == "plus10")
        for number in range(1000, 1040):
            account = people.create_account(
                db, actor, name=f"Customer {number}", level="company", parent="Own", code=f"C{number}"
            )
            tariffs.assign_plan(db, actor, account=account.id, plan=plan.id, since=SINCE)
    finally:
        db.close()
    return path.read_bytes()


def _deck(db: Database, actor: Actor, path: Path) -> None:
    """The deck straight into its table: importing sheets is another room's proof."""
    with db.write("Fixture: the deck", actor, undoable=False) as write:
        table = uuid7()
        write.conn.execute(
            insert(rates.rate_table).values(id=table, number=1, name="Deck", currency="USD", is_default=1)
        )
        write.conn.execute(
            insert(rates.rate_version).values(
                id=uuid7(), seq=1, table_id=table, state="published", source="seed", created_at=NOW
            )
        )
        with path.open(encoding="utf-8", newline="") as file:
            rows = [_row(row) for row in csv.DictReader(file)]
        write.raw.executemany(
            "INSERT INTO rate (table_number, version_seq, prefix, destination, price, connect_fee, initial_interval, "
            "next_interval, effective_from) VALUES (1, 1, ?, ?, ?, ?, ?, ?, ?)",
            rows,
        )


def _row(row: dict[str, str]) -> tuple[object, ...]:
    first, following = row["Increment"].split("/")
    price, fee = to_scaled(Decimal(row["Rate"])), to_scaled(Decimal(row["Connection Fee"]))
    return row["Prefix"], row["Destination"], price, fee, int(first), int(following), to_micros(SINCE)


@pytest.fixture
def desk(template: bytes, tmp_path: Path) -> Iterator[tuple[Database, Actor]]:
    path = tmp_path / "desk.vdesk"
    path.write_bytes(template)
    db = Database.open(path, Clock(NOW))
    yield db, known.actor_named(db)
    db.close()


@pytest.mark.parametrize("layout", ["generic", "asterisk", "eu"])
def test_every_cost_is_that_of_the_reference(desk: tuple[Database, Actor], made: Path, layout: str) -> None:
    db, actor = desk
    report = commands.import_calls(db, actor, made / f"{layout}.csv", rate=True)
    assert (report.ledger.accepted, report.problems, report.duplicates) == (COUNT, 0, 0)
    with (made / "expected.csv").open(encoding="utf-8", newline="") as file:
        expected = {
            row["uniqueid"]: (
                to_scaled(rounded(Decimal(row["cost_exact"]), 6)), int(row["billed_seconds"]), row["prefix"],
            )
            for row in csv.DictReader(file)
        }  # fmt: skip
    with db.read() as conn:
        found = conn.exec_driver_sql(
            "SELECT c.unique_id, r.cost, r.cost_seconds, t.prefix FROM call c JOIN rated r ON r.call_id = c.id "
            "JOIN rating_path p ON p.id = r.path_id JOIN rating_term t ON t.id = p.cost_term"
        ).fetchall()
    assert {row[0]: tuple(row[1:]) for row in found} == expected
