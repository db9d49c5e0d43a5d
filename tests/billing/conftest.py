from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from tests.billing import books
from tests.worlds import World, acme
from voipdesk.billing import commands
from voipdesk.billing.rules.taxes import TaxRule

OCTOBER_FIRST = date(2026, 10, 1)


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    """Acme VoIP with its fees, 14 % tax, minimum 5.00 and next number INV-2026-0101; no calls."""
    with acme(tmp_path, plans=False) as world:
        db, sara = world.db, world.sara
        commands.set_tax_rule(db, sara, TaxRule("*", "standard", date(2026, 1, 1), "S", Decimal(14)))
        for name, amount in (("Nile Calls", 25), ("Blue Hotel", 10)):
            commands.set_fee(
                db, sara, account=name, text="Monthly fee", amount=Decimal(amount), days=(OCTOBER_FIRST, None)
            )
        commands.set_run(db, sara, minimum=Decimal("5.00"))
        commands.set_series(db, sara, pattern="INV-{YYYY}-{SEQ:4}", next=101)
        yield world


@pytest.fixture
def month(world: World) -> World:
    """The same with October's calls of the scenarios."""
    books.f5(world)
    return world
