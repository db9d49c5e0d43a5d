"""A new reseller's first calls come before the first rate sheet: nothing breaks, and all of them wait."""

from decimal import Decimal
from pathlib import Path
from zoneinfo import ZoneInfo

from tests.calls.conftest import Writer, generic
from voipdesk.accounts import commands as people
from voipdesk.accounts import queries as known
from voipdesk.calls import commands, queries
from voipdesk.kernel.periods import parse_instant
from voipdesk.rates import commands as rates
from voipdesk.tariffs import commands as tariffs


def test_calls_wait_where_the_default_table_has_no_rates_yet(tmp_path: Path, file_of: Writer) -> None:
    db = people.start_workspace(tmp_path / "new.vdesk", company="New", currency="USD", zone="Africa/Cairo")
    try:
        admin = known.actor_named(db)
        rates.create_table(db, admin, name="Carrier", currency="USD", default=True)
        people.create_account(db, admin, name="Shop", level="company")
        people.add_alias(db, admin, account="Shop", value="SHOP")
        tariffs.seed_plans(db, admin)
        since = parse_instant("2026-11-01", ZoneInfo("Africa/Cairo"))
        tariffs.assign_plan(db, admin, account="Shop", plan="Cost", since=since)
        answered = "1,SHOP,1000,+447700900123,2026-11-20 10:00:00,,60,ANSWERED"
        unanswered = "2,SHOP,1000,+447700900123,2026-11-20 10:00:00,,0,NO ANSWER"
        commands.import_calls(db, admin, file_of(generic(answered, unanswered)), rate=True)
        assert sum(one.count for one in queries.problems(db, admin)) == 1
        rows = {row.unique_id: (row.price, row.cost) for row in queries.calls(db, admin).rows}
        assert rows["1"] == (None, None), "no rate is no price of zero"
        assert rows["2"] == (Decimal(0), Decimal(0))
    finally:
        db.close()
