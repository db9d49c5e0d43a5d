"""A sheet of 250,000 rates against a live table of as many: staged, reviewed, published, taken back.

    python -m tests.benchmarks.rates_review [ROWS]

Baseline in the same run: the live rows fetched as tuples, and nothing done with them.
"""

import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from tests.memory import peak_megabytes
from voipdesk.accounts.commands import start_workspace
from voipdesk.accounts.queries import actor_named
from voipdesk.rates import commands, queries
from voipdesk.store.database import raw


def timed(name: str, work: Callable[[], Any]) -> Any:
    start = time.perf_counter()
    made = work()
    print(f"{name:>36}  {time.perf_counter() - start:6.2f} s")
    return made


def write_sheet(path: Path, count: int, factor: int) -> None:
    lines = ["Prefix,Destination,Rate,Billing,Effective Date"]
    for at in range(count):
        units = ((37 * at) % 20_000 + 1) * (factor if at % 10 == 0 else 100)
        lines.append(
            f"{1_000_000 + at},Zone {at % 900},{units // 1_000_000}.{units % 1_000_000:06},1/1,2026-12-01"
        )
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")


def main() -> None:
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 250_000
    with tempfile.TemporaryDirectory() as made:
        folder = Path(made)
        first, second = folder / "first.csv", folder / "second.csv"
        write_sheet(first, count, 100)
        write_sheet(second, count, 105)
        db = start_workspace(folder / "a.vdesk", company="Acme VoIP", currency="USD", zone="UTC")
        admin = actor_named(db)
        commands.create_table(db, admin, name="Aurora", currency="USD")
        key = timed("stage, empty table", lambda: commands.stage_sheet(db, admin, first))
        timed("publish all of it", lambda: commands.publish_import(db, admin, key))
        with db.read() as conn:
            timed(
                "live rows as tuples (baseline)", lambda: raw(conn).execute("SELECT * FROM rate").fetchall()
            )
            timed("live rows as columns", lambda: queries.columns(conn, 1))
        key = timed("stage the next sheet", lambda: commands.stage_sheet(db, admin, second))
        review = timed("review of two decks (limit 1 s)", lambda: queries.review(db, admin, key))
        print(f"{'':>36}  {review.counts}")
        timed("decide (G1 groups)", lambda: commands.decide(db, admin, key, groups_out=["Zone 1"]))
        timed("publish what changes", lambda: commands.publish_import(db, admin, key))
        timed("revert (limit 2 s)", lambda: commands.revert_import(db, admin, key, locked=None))
        print(f"peak memory: {peak_megabytes()} MB")
        db.close()


if __name__ == "__main__":
    main()
