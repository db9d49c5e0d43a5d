"""Rate sheets over 250,000 prefixes: who gets how many rows, against reading and selling one deck; then the files.

Run: `python -m tests.benchmarks.price_sheets`
"""

import tempfile
import time
from decimal import Decimal
from pathlib import Path

from tests.benchmarks.sell_decks import fill, rules
from tests.worlds import acme
from voipdesk.tariffs import commands, queries
from voipdesk.tariffs.queries import SheetOrder

CUSTOMERS = ("Nile Calls", "Blue Hotel", "Orchid Clinic", "Palm Travel", "Delta Traders")


def main() -> None:
    """Print seconds and ratios."""
    with tempfile.TemporaryDirectory() as folder, acme(Path(folder)) as world:
        fill(world)
        plan = commands.create_plan(
            world.db, world.sara, name="Wide", rules=rules(), decimals=4, rounding="up"
        )
        for account in CUSTOMERS:
            commands.assign_plan(world.db, world.sara, account=account, plan=plan.id)
        day = world.at("2026-11-30 00:00")
        commands.add_rule(
            world.db, world.sara, plan=plan.id, match="prefix", pattern="11", markup=Decimal("0.4"), since=day
        )
        queries.sell_deck(world.db, world.sara, "Gold")
        start = time.perf_counter()
        queries.sell_deck(world.db, world.sara, plan.id)
        one = time.perf_counter() - start
        print(f"one deck of 250,000 read and sold: {one:.2f} s")
        for kind in ("changes", "full"):
            order = SheetOrder(day, kind, among=CUSTOMERS)
            start = time.perf_counter()
            found = queries.recipients(world.db, world.sara, order)
            counted = time.perf_counter() - start
            rows, times = found[0].rows, counted / one
            print(
                f"{kind}: {rows:,} rows for each of {len(found)}, counted in {counted:.2f} s, x {times:.1f}"
            )
            start = time.perf_counter()
            commands.make_sheets(world.db, world.sara, order, folder=Path(folder))
            print(f"{kind}: {len(found)} workbooks made and kept in {time.perf_counter() - start:.2f} s")


if __name__ == "__main__":
    main()
