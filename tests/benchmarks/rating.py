"""1,000,000 calls against 250,000 prefixes at four levels: the product's own command on a workspace, read and written.

    python -m tests.benchmarks.rating [CALLS]

Against two baselines of the same run: one indexed `prefix IN (…) ORDER BY length(prefix) DESC LIMIT 1` per call on raw
sqlite3 (50,000 calls, extrapolated; it only looks up, for one level, without money and without writing; the table and its
indexes are the program's, in a file of SQLite's own making), and `executemany` of the finished rows alone. The first run
of the process reads the rates, the next ones find their decks (`calls/commands/kept.py`): both are told.
"""

import gc
import sqlite3
import sys
import tempfile
import time
from collections.abc import Callable
from decimal import Decimal
from functools import partial
from pathlib import Path
from statistics import median
from typing import Any

import numpy as np

from tests.worlds import SINCE, World, acme
from voipdesk.accounts import commands as people
from voipdesk.calls import commands
from voipdesk.kernel.periods import to_micros
from voipdesk.tariffs import commands as tariffs
from voipdesk.tariffs.rules import Action, Match, PlanRule

PREFIXES = 250_000
USERS = 200
SAMPLE = 50_000
ROUNDS = 5
QUERY = "SELECT prefix, price FROM rate WHERE table_number = 1 AND prefix IN ({marks}) ORDER BY length(prefix) DESC LIMIT 1"
RESULTS = ("rating_term", "rating_way", "rating_path", "rated")
random = np.random.default_rng(20261001)


def timed(work: Callable[[], Any]) -> tuple[float, float, Any]:
    """Seconds on the clock, seconds of processors, and what came out."""
    start, busy = time.perf_counter(), time.process_time()
    result = work()
    return time.perf_counter() - start, time.process_time() - busy, result


def some_prefixes() -> list[str]:
    """Made-up prefixes of 1 to 9 digits, mostly 6 to 9, as A-Z decks have them."""
    shares = [0.0001, 0.0004, 0.002, 0.01, 0.05, 0.14, 0.3, 0.3, 0.1975]
    made: set[str] = set()
    while len(made) < PREFIXES:
        lengths = random.choice(np.arange(1, 10), size=PREFIXES, p=shares)
        for length, part in zip(
            lengths.tolist(), random.integers(10**8, 10**9, PREFIXES).tolist(), strict=True
        ):
            if len(made) < PREFIXES:
                made.add(str(part)[:length])
    return sorted(made)


def rates(world: World, prefixes: list[str]) -> None:
    """The supplier's table, written below every command."""
    initial = random.choice([1, 6, 30, 60], PREFIXES)
    columns = (
        random.integers(10, 9_000, PREFIXES) * 10_000,
        random.choice([0, 0, 0, 1_000_000], PREFIXES),
        initial,
        np.where(initial == 60, 60, random.choice([1, 6], PREFIXES)),
    )
    with world.db.write("Rates", world.sara, undoable=False) as write:
        write.raw.execute("DELETE FROM rate")
        write.raw.executemany(
            "INSERT INTO rate (table_number, version_seq, prefix, destination, effective_from, price, connect_fee, "
            "initial_interval, next_interval) VALUES (1, 1, ?, ?, ?, ?, ?, ?, ?)",
            [
                (prefix, f"Zone {place % 900}", to_micros(SINCE), *row)
                for place, (prefix, row) in enumerate(
                    zip(prefixes, np.stack(columns, axis=1).tolist(), strict=True)
                )
            ],
        )


def people_and_plans(world: World, prefixes: list[str]) -> list[bytes]:
    """Users of a company of a reseller; reseller and company have plans, the users pay what the company does."""
    sara = world.sara
    people.create_account(world.db, sara, name="Many Calls", level="reseller")
    people.create_login(world.db, sara, account="Many Calls", name="many")
    seller = world.actor("many")
    shop = people.create_account(world.db, seller, name="Many Shop", level="company")
    for name, owner, account, percent in (
        ("Many wholesale", sara, "Many Calls", 10),
        ("Many retail", seller, "Many Shop", 12),
    ):
        few = prefixes[percent :: PREFIXES // 100]
        fixed = [PlanRule(Match.PREFIX, one, Action.FIXED, fixed_price=Decimal("0.4")) for one in few]
        rules = [PlanRule(markup=Decimal(percent) / 100), *fixed]
        tariffs.create_plan(
            world.db, owner, name=name, rules=rules, decimals=4, rounding="up", below_base="allow"
        )
        tariffs.assign_plan(world.db, owner, account=account, plan=name, since=SINCE)
    made = [
        people.create_account(world.db, seller, name=f"User {one}", level="user", parent=shop.id)
        for one in range(USERS)
    ]
    return [one.id.bytes for one in made]


def calls(world: World, prefixes: list[str], accounts: list[bytes], count: int) -> None:
    """Calls in answer order to 50,000 numbers, a few of them called much more than the rest."""
    heads, tails = random.integers(0, PREFIXES, 50_000), random.integers(10**8, 10**9, 50_000)
    numbers = [f"{prefixes[h]}{t}"[:12] for h, t in zip(heads.tolist(), tails.tolist(), strict=True)]
    which = np.minimum((random.pareto(1.0, count) * 300).astype(np.int64), 49_999).tolist()
    who = np.minimum((random.pareto(1.0, count) * 8).astype(np.int64), USERS - 1).tolist()
    talk = (
        np.where(random.random(count) < 0.62, random.lognormal(4.2, 1.3, count), 0).astype(np.int64).tolist()
    )
    start, step = to_micros(SINCE), 2_000_000
    with world.db.write("Calls", world.sara, undoable=False) as write:
        write.raw.execute(
            "INSERT INTO call_import (id, seq, file_name, file_sha256, zone, state, at, actor_name, owner_id) "
            "VALUES (?, 1, 'many.csv', '', 'Africa/Cairo', 'committed', ?, 'sara', ?)",
            (bytes(15) + b"\1", start, world.sara.account_id.bytes),
        )
        write.raw.executemany(
            "INSERT INTO call (id, import_seq, row, dedupe, account_id, account_text, caller, called, number, start, "
            "answer, talk_seconds, disposition) VALUES (?, 1, ?, ?, ?, 'ACME', '442079460123', ?, ?, ?, ?, ?, 'ANSWERED')",
            (
                (i + 1, i + 2, i * 7919, accounts[who[i]], "00" + numbers[which[i]], numbers[which[i]],
                 start + i * step, start + 8_000_000 + i * step, talk[i])
                for i in range(count)
            ),
        )  # fmt: skip


def raw_copy(world: World, path: Path) -> sqlite3.Connection:
    """The rates with their indexes, and some calls, in a file as plain sqlite3 makes it: its pages, its cache."""
    conn = sqlite3.connect(path)
    conn.execute("PRAGMA journal_mode = WAL")  # quicker: no lock of the file for each query
    conn.execute("ATTACH ? AS program", (str(world.path),))
    made = (
        "SELECT sql FROM program.sqlite_schema WHERE tbl_name = 'rate' AND sql IS NOT NULL ORDER BY type DESC"
    )
    for (statement,) in conn.execute(made).fetchall():
        conn.execute(statement)
    conn.execute("INSERT INTO rate SELECT * FROM program.rate")
    conn.execute("CREATE TABLE call AS SELECT id, number FROM program.call ORDER BY id LIMIT ?", (SAMPLE,))
    conn.commit()
    conn.execute("DETACH program")
    conn.execute("ANALYZE")
    conn.commit()
    return conn


def look_up(conn: sqlite3.Connection) -> int:
    """The way of most open switches: one query for each call."""
    numbers = [row[0] for row in conn.execute("SELECT number FROM call ORDER BY id LIMIT ?", (SAMPLE,))]
    found = 0
    for number in numbers:
        prefixes = [number[:length] for length in range(1, len(number) + 1)]
        query = QUERY.format(marks=",".join("?" * len(prefixes)))
        found += conn.execute(query, prefixes).fetchone() is not None
    return found


def emptied(world: World) -> dict[str, list[Any]]:
    """The rows as they were written, after taking them out."""
    conn = sqlite3.connect(world.path)
    kept = {table: conn.execute(f"SELECT * FROM {table}").fetchall() for table in RESULTS}
    with world.db.write("Empty", world.sara, undoable=False) as write:
        for table in (*RESULTS, "rating_run"):
            write.raw.execute(f"DELETE FROM {table}")
    conn.execute("VACUUM")
    conn.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    conn.close()
    return kept


def write_ready(world: World, kept: dict[str, list[Any]]) -> None:
    """The baseline: the same rows, ready made, by the driver's `executemany`."""
    conn = sqlite3.connect(world.path)
    conn.execute("PRAGMA journal_mode = WAL")
    conn.execute("PRAGMA synchronous = NORMAL")
    for table, rows in kept.items():
        conn.executemany(f"INSERT INTO {table} VALUES ({','.join('?' * len(rows[0]))})", rows)
    conn.commit()
    conn.close()


def main(count: int) -> None:
    """Print seconds and ratios."""
    with tempfile.TemporaryDirectory() as folder, acme(Path(folder)) as world:
        prefixes = some_prefixes()
        rates(world, prefixes)
        accounts = people_and_plans(world, prefixes)
        calls(world, prefixes, accounts, count)
        conn = raw_copy(world, Path(folder) / "raw.sqlite")
        totals, bares, queries = [], [], []
        for _ in range(ROUNDS):  # in turn, so that whoever else uses the machine disturbs all
            queries.append(timed(lambda: look_up(conn))[:2])
            totals.append(timed(lambda: commands.rate_calls(world.db, world.sara)))
            kept = emptied(world)
            bares.append(timed(partial(write_ready, world, kept))[:2])
            emptied(world)
            ways, paths = len(kept["rating_way"]), len(kept["rating_path"])
            del kept  # a million tuples that the collector would walk through while others are timed
            gc.collect()
        conn.close()
    report = totals[0][2]
    print(f"{count:,} calls, {PREFIXES:,} prefixes, 4 levels, {ways:,} ways, {paths:,} paths")
    print(f"rated {report.rated:,}, charged {report.charged:,}, revenue {report.revenue}, cost {report.cost}")
    first = totals.pop(0)
    print(f"the first run, which reads the rates: {first[0]:.2f} s, of processors {first[1]:.2f} s")
    scale = count / SAMPLE
    for place, what in enumerate(("by the clock", "processors' time")):
        query = median(one[place] for one in queries) * scale
        total, bare = (median(one[place] for one in several) for several in (totals, bares))
        print(f"{what}, median:")
        print(f"  one query per call (extrapolated)      {query:7.2f} s")
        print(f"  executemany of the same rows alone     {bare:7.2f} s")
        print(f"  read, rated, written by the command    {total:7.2f} s")
        print(
            f"  {total / bare:.2f} x executemany alone; {query / total:.1f} x as fast as one query per call"
        )


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000)
