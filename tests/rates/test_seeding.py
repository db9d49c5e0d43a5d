"""The twenty destinations of a new table."""

from decimal import Decimal
from pathlib import Path

from voipdesk.accounts.commands import start_workspace
from voipdesk.accounts.queries import actor_named
from voipdesk.rates import commands, queries


def test_a_new_table_begins_with_twenty_destinations(tmp_path: Path):
    db = start_workspace(tmp_path / "a.vdesk", company="Acme", currency="USD", zone="UTC")
    admin = actor_named(db)
    commands.create_table(db, admin, name="First", currency="USD")
    report = commands.seed_table(db, admin, table="First")
    assert (report.prefixes, report.counts["new"], report.ledger["quarantined"]) == (20, 20, 0)
    rate = queries.rate_for(db, admin, "First", "447700900123", db.clock.now())
    assert rate is not None
    assert (rate.prefix, rate.destination, rate.terms.price) == (
        "447",
        "United Kingdom Mobile",
        Decimal("0.0180"),
    )
    db.close()
