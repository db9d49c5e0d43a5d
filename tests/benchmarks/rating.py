"""1,000,000 calls against 250,000 prefixes at four levels, from SQLite and back to it, in the tables of the product.

    python -m tests.benchmarks.rating [CALLS]

Against two baselines of the same run: one indexed `prefix IN (…) ORDER BY length(prefix) DESC LIMIT 1` per call on raw
sqlite3 (50,000 calls, extrapolated; it only looks up, and only one level), and `executemany` of the finished rows alone.
"""

import sqlite3
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from decimal import Decimal
from pathlib import Path
from queue import Queue
from statistics import median
from typing import Any

import numpy as np

from voipdesk.calls.engine import (
    ABSENT,
    LEVELS,
    NO_PLAN,
    CallColumns,
    Chains,
    plan_list,
    rate_batch,
    table_list,
)
from voipdesk.calls.engine_paths import Numbered, PathNumbers
from voipdesk.calls.engine_rows import NULL, Packed, insert_columns, packed_chunks, positions
from voipdesk.kernel.money import Rounding
from voipdesk.rating.engine import TermColumns, build_deck, keys_of_marked, number_keys
from voipdesk.store import files
from voipdesk.tariffs.engine import base_of, sell_deck
from voipdesk.tariffs.rules import Action, Match, PlanRule, PlanTerms

PREFIXES = 250_000
ACCOUNTS = 200
CHUNK = 50_000
SAMPLE = 50_000
ROUNDS = 3
PATHS = "INSERT INTO rating_path (id, run_seq, cost_term, reseller_term, company_term, user_term) VALUES (?,1,?,?,?,?)"
TERMS = (
    "INSERT INTO rating_term (id, run_seq, prefix, destination, price, next_price, connect_fee, minimum_charge, "
    "initial_interval, next_interval, free_seconds, grace_seconds, currency) VALUES (?,1,?,'',?,?,?,?,?,?,?,?,'USD')"
)
QUERY = "SELECT prefix, price FROM rate WHERE table_number = 1 AND prefix IN ({marks}) ORDER BY length(prefix) DESC LIMIT 1"
RATED = "INSERT INTO rated VALUES (?,?,?,?,?,?,?,?,?,?,?,?)"
random = np.random.default_rng(20261001)


def timed(work: Callable[[], Any]) -> tuple[float, Any]:
    start = time.perf_counter()
    result = work()
    return time.perf_counter() - start, result


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


def some_terms() -> TermColumns:
    zeros = np.zeros(PREFIXES, np.int64)
    price = random.integers(10, 9_000, PREFIXES) * 10_000
    initial = random.choice([1, 6, 30, 60], PREFIXES)
    following = np.where(initial == 60, 60, random.choice([1, 6], PREFIXES))
    fee = random.choice([0, 0, 0, 1_000_000], PREFIXES)
    return TermColumns(price, price, fee, zeros, initial, following, zeros, zeros)


def chains_of(prefixes: list[str], terms: TermColumns) -> Chains:
    """Cost, three plans on one another with a hundred fixed prices each; some levels absent or without plan."""
    deck = build_deck(prefixes, terms)
    base = base_of(deck.keys, deck.terms, deck.state)
    lists = [table_list(deck)]
    for percent in (10, 12, 15):
        rules = [PlanRule(markup=Decimal(percent) / 100)]
        for prefix in prefixes[percent :: PREFIXES // 100]:
            rules.append(PlanRule(Match.PREFIX, prefix, Action.FIXED, fixed_price=Decimal("0.4")))
        sold = sell_deck(base, rules, PlanTerms(decimals=4, rounding=Rounding.UP))
        lists.append(plan_list(deck, sold))
        base = base.over(sold)
    ways = np.tile(np.array([0, 1, 2, 3], np.int16), (ACCOUNTS, 1))
    ways[::4, 1] = ABSENT
    ways[::5, 3] = NO_PLAN
    return Chains(tuple(lists), ways)


def fill(conn: sqlite3.Connection, prefixes: list[str], count: int) -> list[bytes]:
    """Calls in answer order to 50,000 numbers, a few of them called much more than the rest."""
    accounts = [random.bytes(16) for _ in range(ACCOUNTS)]
    heads, tails = random.integers(0, PREFIXES, 50_000), random.integers(10**8, 10**9, 50_000)
    numbers = [f"{prefixes[h]}{t}"[:12] for h, t in zip(heads.tolist(), tails.tolist(), strict=True)]
    which = np.minimum((random.pareto(1.0, count) * 300).astype(np.int64), 49_999).tolist()
    who = np.minimum((random.pareto(1.0, count) * 8).astype(np.int64), ACCOUNTS - 1).tolist()
    talk = (
        np.where(random.random(count) < 0.62, random.lognormal(4.2, 1.3, count), 0).astype(np.int64).tolist()
    )
    rows = (
        (i + 1, i + 2, i * 7919, accounts[who[i]], "00" + numbers[which[i]], numbers[which[i]],
         1_790_000_000_000_000 + i * 2_000_000, 1_790_000_008_000_000 + i * 2_000_000, talk[i])
        for i in range(count)
    )  # fmt: skip
    conn.executemany(
        "INSERT INTO call (id, import_seq, row, dedupe, account_id, account_text, caller, called, number, start, answer, "
        "talk_seconds, disposition) VALUES (?, 1, ?, ?, ?, 'ACME', '442079460123', ?, ?, ?, ?, ?, 'ANSWERED')",
        rows,
    )
    conn.executemany(
        "INSERT INTO rate (table_number, version_seq, prefix, price, effective_from) VALUES (1, 1, ?, 1, 0)",
        ((prefix,) for prefix in prefixes),
    )
    conn.commit()
    return accounts


def look_up(conn: sqlite3.Connection) -> int:
    """The way of most open switches: one query for each call."""
    numbers = [row[0] for row in conn.execute("SELECT number FROM call ORDER BY id LIMIT ?", (SAMPLE,))]
    found = 0
    for number in numbers:
        prefixes = [number[:length] for length in range(1, len(number) + 1)]
        query = QUERY.format(marks=",".join("?" * len(prefixes)))
        found += conn.execute(query, prefixes).fetchone() is not None
    return found


def chunks(conn: sqlite3.Connection) -> Iterator[Packed]:
    selection = "SELECT id, number, answer, talk_seconds, account_id FROM call WHERE id > ? AND problem IS NULL ORDER BY id"
    return packed_chunks(
        conn,
        ["id", "'1' || number", "answer", "talk_seconds"],
        ["account_id"],
        lambda after: (selection, [after]),
        size=CHUNK,
    )


Columns = list[tuple[str, Any]]


def rated_columns(
    chunk: Packed, chains: Chains, book: PathNumbers, accounts: list[bytes]
) -> tuple[Columns, Numbered]:
    """Columns of `rated`, and new rows of paths and terms."""
    ids, marked, answer, talk = chunk.integers
    calls = CallColumns(keys_of_marked(marked), answer, talk, positions(accounts, chunk.keys[0]))
    batch = rate_batch(calls, chains)
    numbered = book.add(calls, chains, batch)
    columns: Columns = [("call_id", ids), ("run_seq", 1), ("path_id", numbered.path_of_call)]
    for level in LEVELS:
        one = batch.levels[level]
        money = "cost" if level == "cost" else f"{level}_price"
        columns.append((f"{level}_seconds", np.where(one.is_priced, one.seconds, NULL)))
        columns.append((money, np.where(one.is_priced, one.amount, NULL)))
    return columns, numbered


def rate_all(path: Path, chains: Chains, accounts: list[bytes]) -> None:
    """Reading and rating in one thread, writing in another: SQLite and numpy leave the interpreter free meanwhile."""
    waiting: Queue[Any] = Queue(2)
    book = PathNumbers()

    def produce() -> None:
        reader = sqlite3.connect(path)
        try:
            for chunk in chunks(reader):
                waiting.put(rated_columns(chunk, chains, book, accounts))
        finally:
            waiting.put(None)
            reader.close()

    worker = threading.Thread(target=produce)
    worker.start()
    writer = connect(path)
    while (made := waiting.get()) is not None:
        columns, numbered = made
        writer.executemany(TERMS, term_rows(chains, numbered))
        new = np.where(numbered.paths == 0, NULL, numbered.paths)
        names = ("id", "cost_term", "reseller_term", "company_term", "user_term")
        picked = new[:, [0, 2, 3, 4, 5]].T
        insert_columns(writer, "rating_path", [("run_seq", 1), *zip(names, picked, strict=True)])
        insert_columns(writer, "rated", columns)
    writer.commit()
    writer.close()
    worker.join()


def term_rows(chains: Chains, numbered: Numbered) -> Iterator[tuple[Any, ...]]:
    """New terms, list by list."""
    for source in np.unique(numbered.terms[:, 1]).tolist():
        number, _, row, _ = numbered.terms[numbered.terms[:, 1] == source].T
        prices = chains.lists[source]
        terms = prices.terms.take(row)
        values = [getattr(terms, name).tolist() for name in TermColumns.__dataclass_fields__]
        texts = [prices.deck.prefixes[at] for at in row.tolist()]
        yield from zip(number.tolist(), texts, *values, strict=True)


def connect(path: Path) -> sqlite3.Connection:
    conn = sqlite3.connect(path)
    conn.execute("PRAGMA journal_mode = WAL")
    conn.execute("PRAGMA synchronous = NORMAL")
    return conn


def emptied(conn: sqlite3.Connection) -> dict[str, list[Any]]:
    """The rows as they were written, after taking them out."""
    kept = {}
    kept["rated"] = conn.execute("SELECT * FROM rated ORDER BY call_id").fetchall()
    kept["path"] = conn.execute(
        "SELECT id, cost_term, reseller_term, company_term, user_term FROM rating_path"
    ).fetchall()
    kept["term"] = conn.execute(
        "SELECT id, prefix, price, next_price, connect_fee, minimum_charge, initial_interval, next_interval, "
        "free_seconds, grace_seconds FROM rating_term"
    ).fetchall()
    for table in ("rated", "rating_path", "rating_term"):
        conn.execute(f"DELETE FROM {table}")
    conn.commit()
    conn.execute("VACUUM")
    conn.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    return kept


def write_ready(conn: sqlite3.Connection, kept: dict[str, list[Any]]) -> None:
    conn.executemany(TERMS, kept["term"])
    conn.executemany(PATHS, kept["path"])
    conn.executemany(RATED, kept["rated"])
    conn.commit()


def in_memory(numbers: list[str], chains: Chains) -> float:
    """Rating alone: from texts of numbers to amounts at four levels, no SQLite."""
    count = len(numbers)
    at, talk = np.zeros(count, np.int64), random.integers(0, 600, count)
    way = random.integers(0, ACCOUNTS, count)

    def work() -> None:
        for start in range(0, count, CHUNK):
            part = slice(start, start + CHUNK)
            rate_batch(CallColumns(number_keys(numbers[part]), at[part], talk[part], way[part]), chains)

    return timed(work)[0]


def main(count: int) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "rating.vdesk"
        files.create(path)
        conn = connect(path)
        prefixes, terms = some_prefixes(), some_terms()
        accounts = fill(conn, prefixes, count)
        build, chains = timed(lambda: chains_of(prefixes, terms))
        sample, _ = timed(lambda: look_up(conn))
        queries = sample / SAMPLE * count
        numbers = [row[0] for row in conn.execute("SELECT number FROM call")]
        memory = in_memory(numbers, chains)
        totals, bares = [], []
        for _ in range(ROUNDS):  # in turn, so that whoever else uses the machine disturbs both
            emptied(conn)
            totals.append(timed(lambda: rate_all(path, chains, accounts))[0])
            kept = emptied(conn)
            bares.append(timed(lambda rows=kept: write_ready(conn, rows))[0])
        total, bare = median(totals), median(bares)
        again = conn.execute(
            "SELECT count(*), count(cost), count(user_price), sum(user_price) FROM rated"
        ).fetchone()
        conn.close()
    print(
        f"{count:,} calls, {PREFIXES:,} prefixes, 4 levels, {len(kept['path']):,} paths, {len(kept['term']):,} terms"
    )
    print(f"rows, with cost, with user price, sum of user prices x 10^8: {again}")
    print(f"deck and three sell decks built          {build:7.2f} s")
    print(
        f"one query per call (extrapolated)        {queries:7.2f} s   for one level, without money and without writing"
    )
    print(f"rating in memory, four levels            {memory:7.2f} s   {queries / memory:6.1f} x the queries")
    print(f"executemany of the same rows alone       {bare:7.2f} s   median of {ROUNDS}")
    print(f"read, rated, written                     {total:7.2f} s   median of {ROUNDS}")
    print(f"  over executemany alone {total / bare:.2f}, with building {(total + build) / bare:.2f}")
    print(f"  x one query per call {queries / total:.1f}, x one per call and level {4 * queries / total:.1f}")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000)
