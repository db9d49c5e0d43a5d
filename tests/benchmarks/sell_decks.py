"""A sell deck of 250,000 prefixes: `sell_deck` from the file against `rules.sell` row by row on values in memory.

Run: `python -m tests.benchmarks.sell_decks`
"""

import tempfile
import time
from decimal import Decimal
from pathlib import Path

from tests.worlds import SINCE, World, acme
from voipdesk.kernel.money import UNIT
from voipdesk.kernel.periods import EffectiveRange, to_micros
from voipdesk.rating.rules import Rate, Terms
from voipdesk.tariffs import commands, queries
from voipdesk.tariffs.rules import Action, Match, PlanRule, PlanTerms, sell

ROWS = 250_000
SAMPLE = 5_000


def price_of(index: int) -> Decimal:
    """Some price per minute."""
    return Decimal((37 * index) % 20_000 + 1).scaleb(-4)


def fill(world: World) -> None:
    """The rows of the big table, written below every command."""
    since = to_micros(SINCE)
    with world.db.write("Big table", world.sara, undoable=False) as write:
        write.raw.executemany(
            "INSERT INTO rate (table_number, version_seq, prefix, destination, price, effective_from) "
            "VALUES (1, 1, ?, ?, ?, ?)",
            [
                (str(1_000_000 + index), f"Zone {index % 900}", int(price_of(index) * UNIT), since)
                for index in range(ROWS)
            ],
        )


def rules() -> list[PlanRule]:
    """A plan with rules of every kind."""
    prefixes = [
        PlanRule(Match.PREFIX, str(10 + index), markup=Decimal("0.2"), amount=Decimal("0.001"))
        for index in range(10)
    ]
    named = [PlanRule(Match.DESTINATION, f"Zone 1{index}*", markup=Decimal("0.3")) for index in range(10)]
    return [
        PlanRule(markup=Decimal("0.125")), *prefixes, *named,
        PlanRule(Match.PREFIX, "1100", Action.FIXED, fixed_price=Decimal("0.5")),
        PlanRule(Match.PREFIX, "12", Action.BLOCK),
    ]  # fmt: skip


def main() -> None:
    """Print seconds and the ratio."""
    with tempfile.TemporaryDirectory() as folder, acme(Path(folder)) as world:
        fill(world)
        plan = commands.create_plan(
            world.db, world.sara, name="Wide", rules=rules(), decimals=4, rounding="up"
        )
        queries.sell_deck(world.db, world.sara, "Gold")
        start = time.perf_counter()
        deck = queries.sell_deck(world.db, world.sara, plan.id)
        whole = time.perf_counter() - start
        count = len(deck)
    spoken = rules()
    terms = PlanTerms("Wide", 4, plan.terms.rounding)
    base = [
        Rate(str(1_000_000 + index), Terms(price_of(index)), EffectiveRange(SINCE), f"Zone {index % 900}")
        for index in range(0, ROWS, ROWS // SAMPLE)
    ]
    start = time.perf_counter()
    for rate in base:
        sell(rate, spoken, terms, world.db.clock.now())
    scalar = (time.perf_counter() - start) * ROWS / len(base)
    print(f"sell_deck, {count:,} rows, read and sold: {whole:.2f} s")
    print(f"rules.sell row by row (sample of {len(base):,}): {scalar:.2f} s")
    print(f"ratio {scalar / whole:.1f}")


if __name__ == "__main__":
    main()
