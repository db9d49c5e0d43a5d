"""Sheets made for customers: who gets which rows, what is kept of them, and who may know."""

from collections.abc import Iterator
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from tests.published import publish_rates
from tests.worlds import World, acme, price_rows
from voipdesk.accounts import commands as people
from voipdesk.kernel.changes import Actor
from voipdesk.kernel.problems import Cancelled, FileError, NotAllowed, Refused
from voipdesk.rates import commands as rate_commands
from voipdesk.rates import queries as rates
from voipdesk.rates.rules import NewRate
from voipdesk.rating.rules import Terms
from voipdesk.store.database import Database
from voipdesk.store.tables import blob
from voipdesk.tariffs import commands, queries
from voipdesk.tariffs.commands import SheetsReport
from voipdesk.tariffs.queries import SheetOrder
from voipdesk.tariffs.rules import Action, Match, PlanRule

Rows = dict[str, tuple[object, ...]]


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    with acme(tmp_path) as made:
        yield made


@pytest.fixture
def out(tmp_path: Path) -> Path:
    folder = tmp_path / "out"
    folder.mkdir()
    return folder


def day(world: World) -> datetime:
    return world.at("2026-11-30 00:00")


def read(path: Path, sheet: int = 0) -> Rows:
    """Rows of a sheet by prefix, without the title."""
    book = openpyxl.load_workbook(path)
    found = [tuple(row) for row in book.worksheets[sheet].values]
    book.close()
    return {str(row[0]): row[1:] for row in found[1:]}


def raise_gold(world: World) -> None:
    """Gold as in the story of the supplier's sheet, without the sheet."""
    prices = dict.fromkeys(("2010", "2011", "2012"), Decimal("0.1280")) | {"447": Decimal("0.0280")}
    commands.set_prices(world.db, world.sara, plan="Gold", prices=prices, since=day(world))


def make(db: Database, actor: Actor, *, folder: Path, **order: Any) -> SheetsReport:
    return commands.make_sheets(db, actor, SheetOrder(**order), folder=folder)


def test_each_customer_of_a_plan_gets_what_changes_for_him(world: World, out: Path) -> None:
    raise_gold(world)
    made = make(world.db, world.sara, folder=out, effective=day(world), plan="Gold")
    assert [(one.account, one.rows, one.closed) for one in made.made] == [
        ("Blue Hotel", 4, 0), ("Nile Calls", 4, 0),
    ]  # fmt: skip
    rows = read(made.made[1].path)
    assert rows["2010"] == ("Egypt Mobile Vodafone", 0.128, "1/1", "2026-11-30", "Increase", 0.115)
    assert rows["447"][4:] == ("Decrease", 0.029)
    assert set(rows) == {"2010", "2011", "2012", "447"}
    assert made.made[0].path.read_bytes() == made.made[1].path.read_bytes()


def test_a_full_sheet_says_of_every_price_what_happens_to_it(world: World, out: Path) -> None:
    raise_gold(world)
    made = make(world.db, world.sara, folder=out, effective=day(world), kind="full", among=["Nile Calls"])
    rows = read(made.made[0].path)
    assert len(rows) == 14
    kinds = {prefix: row[4] for prefix, row in rows.items()}
    assert {prefix for prefix, kind in kinds.items() if kind != "No change"} == {
        "2010",
        "2011",
        "2012",
        "447",
    }
    assert {prefix: row[1] for prefix, row in rows.items() if kinds[prefix] == "No change"} == {
        one.prefix: float(one.gold) for one in price_rows() if kinds[one.prefix] == "No change"
    }


def without_jamaica_and_cuba(world: World) -> None:
    """Gold blocks 53 and sells 1876 no longer."""
    for pattern, action in (("53", "block"), ("1876", "omit")):
        commands.add_rule(
            world.db, world.sara, plan="Gold", match="exact", pattern=pattern, action=action, since=day(world)
        )


def test_blocked_and_closed_prefixes_are_told(world: World, out: Path) -> None:
    without_jamaica_and_cuba(world)
    made = make(world.db, world.sara, folder=out, effective=day(world), among=["Nile Calls"])
    told = made.made[0]
    assert (told.rows, told.closed) == (1, 1)
    assert read(told.path) == {
        "53": ("Cuba", None, "60/60", "2026-11-30", "Blocked", 0.75),
        "1876": ("Jamaica", None, "60/60", "2026-11-30", "Closed", 0.145),
    }
    book = openpyxl.load_workbook(told.path)
    assert len(book.worksheets) == 1
    book.close()


@pytest.mark.parametrize("ending", [".xlsx", ".csv"])
@pytest.mark.parametrize("is_raised", [True, False])
def test_a_customer_reads_all_of_his_sheet_by_importing_it(
    world: World, out: Path, ending: str, is_raised: bool
) -> None:
    """He buys from us, so our sheet is his supplier's: what is closed closes, what is blocked is blocked."""
    db, sara = world.db, world.sara
    full, changes = out / f"full{ending}", out / f"changes{ending}"
    commands.export_changes(db, sara, "Nile Calls", full, effective=world.at("2026-11-01"), kind="full")
    without_jamaica_and_cuba(world)
    if is_raised:
        raise_gold(world)
    commands.export_changes(db, sara, "Nile Calls", changes, effective=day(world))
    rate_commands.create_table(db, sara, name="Ours", currency="USD")
    for path, scope in ((full, "full"), (changes, "partial")):
        rate_commands.import_sheet(
            db, sara, path, table="Ours", scope=scope, accept=[f"G{number}" for number in range(1, 15)]
        )
    found = rates.rates_in_force(db, sara, "Ours", day(world))
    theirs = dict(zip(found.prefix_texts(), zip(found.price, found.state, strict=True), strict=True))
    deck = queries.sell_deck(db, sara, "Gold", day(world))
    assert theirs == dict(
        zip(deck.prefix_texts(), zip(deck.terms.price, deck.state, strict=True), strict=True)
    )
    assert "1876" not in theirs
    assert theirs["53"][1] == 1


def test_prices_keep_decimals_and_prefixes_are_text(world: World, out: Path) -> None:
    raise_gold(world)
    made = make(world.db, world.sara, folder=out, effective=day(world), among=["Nile Calls"])
    book = openpyxl.load_workbook(made.made[0].path)
    for row in book.worksheets[0].iter_rows(min_row=2):
        assert (row[0].data_type, row[2].data_type, row[2].number_format) == ("s", "n", "0.0000")
        assert not [cell for cell in row if cell.data_type == "f"]
    book.close()


def test_nothing_of_the_base_is_in_any_sheet(world: World, out: Path) -> None:
    dearer = [
        NewRate(one.prefix, Terms(one.buy * 2), one.destination)
        for one in price_rows()
        if one.prefix in ("2010", "4915")
    ]
    publish_rates(world.db, world.sara, table=None, rows=dearer, effective=day(world))
    raise_gold(world)
    made = make(world.db, world.sara, folder=out, effective=day(world), kind="full")
    assert len(made.made) == 7
    for one in made.made:
        for content in (one.path.read_bytes(), repr(read(one.path)).encode()):
            assert not [word for word in (b"Aurora", b"Gold", b"Silver", b"Wholesale") if word in content]
    bought = {float(one.buy * factor) for one in price_rows() for factor in (1, 2)}
    nile = next(one for one in made.made if one.account == "Nile Calls")
    same = {float(one.gold) for one in price_rows()}
    assert not {cell for row in read(nile.path).values() for cell in row if cell in bought - same}


def test_the_record_keeps_the_very_file(world: World, out: Path) -> None:
    raise_gold(world)
    made = make(world.db, world.sara, folder=out, effective=day(world), plan="Gold")
    content = made.made[0].path.read_bytes()
    made.made[0].path.unlink()
    commands.set_prices(world.db, world.sara, plan="Gold", prices={"44": Decimal(1)}, since=day(world))
    blue = queries.price_sheets(world.db, world.sara)[0]
    assert {one.account for one in queries.price_sheets(world.db, world.sara)} == {"Nile Calls", "Blue Hotel"}
    kept = next(one for one in queries.price_sheets(world.db, world.sara) if one.id == made.made[0].id)
    assert (kept.plan, kept.kind, kept.rows, kept.made_by) == ("Gold", "changes", 4, "sara")
    assert (kept.effective_from, kept.made_at) == (day(world), world.db.clock.now())
    assert queries.price_sheet_file(world.db, world.sara, kept.id) == (made.made[0].path.name, content)
    assert commands.save_sheet(world.db, world.sara, kept.id, out / "again.xlsx") == len(content)
    assert (out / "again.xlsx").read_bytes() == content
    assert blue.file_name.endswith("rate changes 2026-11-30.xlsx")
    assert queries.verify_sheets(world.db) == []


def test_what_was_told_is_not_undone(world: World, out: Path) -> None:
    raise_gold(world)
    make(world.db, world.sara, folder=out, effective=day(world), plan="Gold")
    with pytest.raises(Refused, match="Make 2 rate sheets"):
        world.db.undo(world.sara)
    assert len(queries.price_sheets(world.db, world.sara)) == 2


def test_a_lost_file_is_found_by_verify(world: World, out: Path) -> None:
    raise_gold(world)
    make(world.db, world.sara, folder=out, effective=day(world), among=["Nile Calls"])
    with world.db.write("Lose it", world.sara, undoable=False) as write:
        write.conn.execute(blob.delete())
    assert [one.code for one in queries.verify_sheets(world.db)] == ["sheet_missing"]


def test_a_second_sheet_of_a_day_gets_a_name_of_its_own(world: World, out: Path) -> None:
    raise_gold(world)
    people.change_account(world.db, world.sara, account="Nile Calls", name="Nile: a/b?")
    for _ in range(2):
        make(world.db, world.sara, folder=out, effective=day(world), plan="Gold")
    assert sorted(one.name for one in out.iterdir()) == [
        "Blue Hotel rate changes 2026-11-30 (2).xlsx", "Blue Hotel rate changes 2026-11-30.xlsx",
        "Nile_ a_b_ rate changes 2026-11-30 (2).xlsx", "Nile_ a_b_ rate changes 2026-11-30.xlsx",
    ]  # fmt: skip


def test_nothing_is_kept_where_the_folder_takes_no_files(world: World, out: Path) -> None:
    raise_gold(world)
    with pytest.raises(FileError):
        make(world.db, world.sara, folder=out / "nowhere", effective=day(world), plan="Gold")
    assert queries.price_sheets(world.db, world.sara) == []


class Stopping:
    """Stops at some step."""

    def __init__(self, at: int) -> None:
        self.left = at

    def step(self, done: int, total: int | None = None, what: str = "") -> None:
        self.left -= 1
        if not self.left:
            raise Cancelled


@pytest.mark.parametrize("at", [1, 2])
def test_stopped_leaves_no_file_and_no_record(world: World, out: Path, at: int) -> None:
    raise_gold(world)
    with pytest.raises(Cancelled):
        commands.make_sheets(
            world.db, world.sara, SheetOrder(day(world), plan="Gold"), folder=out, progress=Stopping(at)
        )
    assert list(out.iterdir()) == []
    assert queries.price_sheets(world.db, world.sara) == []


def test_where_nothing_changes_nobody_gets_a_sheet(world: World, out: Path) -> None:
    with pytest.raises(Refused, match=r"Blue Hotel: Nothing changes\."):
        make(world.db, world.sara, folder=out, effective=day(world), plan="Gold")
    assert list(out.iterdir()) == []


def test_who_gets_something_is_counted_before(world: World) -> None:
    raise_gold(world)
    found = queries.recipients(world.db, world.sara, SheetOrder(day(world)))
    counts = {one.account.name: (one.plan, one.rows, one.is_told) for one in found}
    assert counts["Nile Calls"] == ("Gold", 4, True)
    assert counts["Orchid Clinic"] == ("Silver", 0, False)
    assert set(counts) == {
        "Nile Calls", "Blue Hotel", "Orchid Clinic", "Palm Travel", "Delta Traders", "Delta Resell", "Zeta Resell",
    }  # fmt: skip


def test_changes_since_a_past_day_are_told_as_they_stand_now(world: World) -> None:
    since = world.at("2026-11-01 00:00")
    commands.set_prices(world.db, world.sara, plan="Gold", prices={"44": Decimal("0.02")}, since=since)
    later = world.at("2026-11-20 00:00")
    commands.set_prices(world.db, world.sara, plan="Gold", prices={"49": Decimal("0.02")}, since=later)
    raise_gold(world)
    told = queries.changes_of(world.db, world.cora, "Nile Calls", kind="changes", effective=since)
    assert told.rows.prefix_texts() == ["44", "49"]


def test_a_customer_who_had_no_prices_before_gets_all_as_new(world: World, out: Path) -> None:
    plan = commands.create_plan(world.db, world.sara, name="Fresh", rules=[PlanRule()])
    people.create_account(world.db, world.sara, name="Newcomer", level="company")
    commands.assign_plan(world.db, world.sara, account="Newcomer", plan=plan.id, since=day(world))
    made = make(world.db, world.sara, folder=out, effective=day(world), among=["Newcomer"])
    rows = read(made.made[0].path)
    assert {row[3:] for row in rows.values()} == {("2026-11-30", "New", None)}
    assert len(rows) == 14


def test_a_reseller_tells_his_own_customers_only(world: World, out: Path) -> None:
    commands.add_rules(
        world.db, world.rami, plan="DR Retail",
        rules=[PlanRule(Match.PREFIX, "44", Action.FIXED, fixed_price=Decimal("0.5"))],
    )  # fmt: skip
    made = make(world.db, world.rami, folder=out, effective=world.at("2026-10-01 00:00"), kind="changes")
    assert [one.account for one in made.made] == ["Delta Shop"]
    assert [one.account for one in queries.price_sheets(world.db, world.rami)] == ["Delta Shop"]
    assert queries.price_sheets(world.db, world.zoe) == []
    for other in ("Nile Calls", "Zeta Shop", "Delta Resell"):
        with pytest.raises(Refused, match=r"unknown|no account|does not buy"):
            make(world.db, world.rami, folder=out, effective=day(world), kind="full", among=[other])
    with pytest.raises(Refused):
        make(world.db, world.rami, folder=out, effective=day(world), plan="Gold")
    with pytest.raises(NotAllowed):
        make(world.db, world.cora, folder=out, effective=day(world))


def test_a_moved_customer_takes_his_sheets_along(world: World, out: Path) -> None:
    make(world.db, world.rami, folder=out, effective=day(world), kind="full")
    kept = queries.price_sheets(world.db, world.rami)[0]
    people.move_account(world.db, world.sara, account="Delta Shop", parent="Zeta Resell")
    for actor in (world.rami, world.zoe):
        assert queries.price_sheets(world.db, actor) == []
        with pytest.raises(Refused, match="no such sheet"):
            queries.price_sheet_file(world.db, actor, kept.id)
    assert len(queries.price_sheets(world.db, world.sara)) == 1


def test_an_admin_does_not_write_to_a_resellers_customers(world: World, out: Path) -> None:
    with pytest.raises(Refused, match="Delta Shop does not buy from you"):
        make(world.db, world.sara, folder=out, effective=day(world), kind="full", among=["Delta Shop"])
