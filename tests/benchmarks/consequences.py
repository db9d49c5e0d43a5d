"""Minutes and consequences of a sheet of 250,000 prefixes, with a million calls and the plans of Acme.

Run: `python -m tests.benchmarks.consequences`
"""

import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

from tests.benchmarks.sell_decks import fill
from tests.worlds import World, acme
from voipdesk.insight.queries_consequences import CallsAndTariffs
from voipdesk.kernel.periods import to_micros
from voipdesk.rates import queries as rates
from voipdesk.rates.engine import RateColumns
from voipdesk.store.database import raw

CALLS = 1_000_000
_CALL = (
    "INSERT INTO call (import_seq, row, dedupe, account_id, number, answer, talk_seconds) "
    "VALUES (1, ?, ?, ?, ?, ?, ?)"
)


def call(world: World, count: int) -> None:
    """Calls of the last 30 days to numbers all over the table, written below every command."""
    now = to_micros(world.db.clock.now())
    month = 30 * 86_400_000_000
    names = ("Nile Calls", "Blue Hotel", "Orchid Clinic", "Palm Travel", "Delta Traders", "Delta Shop")
    ids = [world.account(name).id.bytes for name in names]
    with world.db.write("Many calls", world.sara, undoable=False) as write:
        write.raw.execute(
            "INSERT INTO call_import (id, seq, file_name, file_sha256, zone, state, at, actor_name, owner_id) "
            "VALUES (?, 1, 'many.csv', '', 'Africa/Cairo', 'committed', ?, 'sara', ?)",
            (bytes(15) + b"\1", now, world.sara.account_id.bytes),
        )
        write.raw.executemany(
            _CALL,
            (
                (
                    row, row, ids[row * 7 % len(ids)],
                    f"{1_000_000 + row * 7919 % 250_000}{row * 104_729 % 10_000:04}",
                    now - month + month * row // count, 30 + row % 300,
                )
                for row in range(count)
            ),
        )  # fmt: skip


def dearer(rows: RateColumns, at: int) -> RateColumns:
    """The same table with every price 5 % up from an instant on."""
    more = replace(
        rows,
        price=rows.price + rows.price // 20,
        next_price=rows.price + rows.price // 20,
        effective_from=rows.effective_from * 0 + at,
        version=rows.version + 1,
    )
    return joined(rows, more)


def joined(before: RateColumns, added: RateColumns) -> RateColumns:
    """Both in the order of a table."""
    import numpy as np

    names = [one for one in RateColumns.__dataclass_fields__ if not one.endswith("_names")]
    columns: dict[str, Any] = {
        one: np.concatenate([getattr(before, one), getattr(added, one)]) for one in names
    }
    both = replace(before, **columns)
    order = np.lexsort((both.version, both.effective_from, both.band, both.prefixes))
    return both.take(order)


@contextmanager
def timed(what: str, baseline: list[float]) -> Iterator[None]:
    """Print how long it took, and how many times the first one."""
    start = time.perf_counter()
    yield
    took = time.perf_counter() - start
    baseline.append(took)
    print(f"{what:<52} {took:6.2f} s   x {took / baseline[0]:.2f}")


def main() -> None:
    """Print seconds and ratios."""
    with tempfile.TemporaryDirectory() as folder, acme(Path(folder)) as world:
        fill(world)
        call(world, CALLS)
        now = world.db.clock.now()
        since, at = now - timedelta(days=30), world.at("2026-11-30")
        known, marks = CallsAndTariffs(world.db.clock), list[float]()
        with world.db.read() as conn:
            before = rates.columns(conn, 1)
            after = dearer(before, to_micros(at))
            prefixes = before.prefix_texts()
            with timed(f"baseline: {CALLS:,} calls fetched as tuples", marks):
                raw(conn).execute("SELECT number, talk_seconds, account_id, supplier_id FROM call").fetchall()
            with timed("minutes by 250,000 prefixes, calls read", marks):
                minutes = known.seconds(conn, 1, prefixes, since=since, until=now)
            with timed("minutes again, calls kept", marks):
                known.seconds(conn, 1, prefixes, since=since, until=now)
            with timed("consequences of +5 % on everything, four plans", marks):
                made = known.consequences(conn, world.sara, 1, before=before, after=after, at=at)
        print(f"{sum(minutes.values()) // 60:,} minutes; below cost: {dict(made.by_plan)}")


if __name__ == "__main__":
    main()
