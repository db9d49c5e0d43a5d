"""While nothing has an amount in its currency, a workspace may have another one."""

from pathlib import Path

from tests.worlds import World, acme
from voipdesk.accounts.commands import create_account, set_setting, start_workspace
from voipdesk.accounts.queries import actor_named, workspace
from voipdesk.calls.commands import import_calls
from voipdesk.insight.queries_amounts import amounts_on
from voipdesk.rates.commands import create_table, seed_table
from voipdesk.tariffs.commands import seed_plans

CALL = (
    "uniqueid,account,caller,called,start,answer,billsec,disposition\n"
    "a1,NILE,1,00447700900123,2026-12-03 10:00:00,2026-12-03 10:00:05,60,ANSWERED\n"
)


def amounts(world: World) -> tuple[str, ...]:
    with world.db.read() as conn:
        return amounts_on(conn, world.sara)


def test_what_there_is_is_named(tmp_path: Path) -> None:
    with acme(tmp_path) as world:
        assert amounts(world) == ("rates", "tariff plans")
        file = tmp_path / "calls.csv"
        file.write_text(CALL)
        import_calls(world.db, world.sara, file, zone="UTC")
        create_account(world.db, world.sara, name="Lamp", level="company", credit_limit=5)  # type: ignore[arg-type]
        assert amounts(world) == ("rates", "tariff plans", "calls", "credit limits")


def test_the_first_price_fixes_it(tmp_path: Path) -> None:
    db = start_workspace(tmp_path / "w.vdesk", company="Lamp", currency="USD", zone="UTC")
    try:
        admin = actor_named(db)
        table = create_table(db, admin, name="First", currency="USD")
        seed_plans(db, admin)
        set_setting(db, admin, key="currency", value="EUR", stands_on=amounts_on)
        assert workspace(db).currency == "EUR"
        seed_table(db, admin, table=table.id)
        with db.read() as conn:
            assert amounts_on(conn, admin) == ("rates",)
    finally:
        db.close()
