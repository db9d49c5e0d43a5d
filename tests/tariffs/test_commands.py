"""Plans, rules and assignments: what is kept, refused, closed, undone, and by whom."""

from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from pathlib import Path

import pytest
from sqlalchemy import insert

from tests.worlds import SINCE, World
from voipdesk.accounts import commands as people
from voipdesk.kernel.changes import Actor
from voipdesk.kernel.money import from_scaled
from voipdesk.kernel.periods import EffectiveRange
from voipdesk.kernel.problems import NotAllowed, Refused
from voipdesk.rates import commands as rates
from voipdesk.store.database import Database
from voipdesk.store.types import uuid7
from voipdesk.tariffs import commands, queries, schema
from voipdesk.tariffs.rules import Action, Match, PlanRule

Do = Callable[[Database, Actor], object]

COMMANDS: dict[str, Do] = {
    "create_plan": lambda db, actor: commands.create_plan(db, actor, name="New"),
    "seed_plans": lambda db, actor: commands.seed_plans(db, actor),
    "change_plan": lambda db, actor: commands.change_plan(db, actor, plan="Gold", decimals=2),
    "archive_plan": lambda db, actor: commands.archive_plan(db, actor, plan="Free"),
    "add_rule": lambda db, actor: commands.add_rule(db, actor, plan="Gold"),
    "change_rule": lambda db, actor: commands.change_rule(db, actor, rule=uuid7(), markup=Decimal(1)),
    "set_prices": lambda db, actor: commands.set_prices(
        db, actor, plan="Gold", prices={"44": Decimal(1)}, since=SINCE
    ),
    "make_sheets": lambda db, actor: commands.make_sheets(
        db, actor, queries.SheetOrder(SINCE, plan="Gold"), folder=Path("nowhere")
    ),
    "remove_rule": lambda db, actor: commands.remove_rule(db, actor, rule=uuid7()),
    "assign_plan": lambda db, actor: commands.assign_plan(db, actor, account="Nile Calls", plan="Gold"),
    "end_assignment": lambda db, actor: commands.end_assignment(db, actor, account="Nile Calls"),
    "remove_assignment": lambda db, actor: commands.remove_assignment(db, actor, assignment=uuid7()),
}


@pytest.mark.parametrize("login", ["cora", "uma"])
@pytest.mark.parametrize("command", COMMANDS)
def test_companies_and_users_have_no_plans(world: World, command: str, login: str) -> None:
    with pytest.raises(NotAllowed):
        COMMANDS[command](world.db, world.actor(login))
    with pytest.raises(NotAllowed):
        queries.plans(world.db, world.actor(login))
    with pytest.raises(NotAllowed):
        queries.assignments(world.db, world.actor(login))


@pytest.mark.parametrize("command", [name for name in COMMANDS if name not in ("create_plan", "seed_plans")])
def test_plans_and_accounts_of_the_admin_are_unknown_to_a_reseller(world: World, command: str) -> None:
    with pytest.raises(Refused) as refusal:
        COMMANDS[command](world.db, world.rami)
    assert refusal.value.code.startswith("unknown_")


def test_each_sees_the_plans_of_his_subtree(world: World) -> None:
    assert [one.name for one in queries.plans(world.db, world.rami)] == ["DR Retail"]
    assert queries.plans(world.db, world.zoe) == []
    assert [one.name for one in queries.plans(world.db, world.sara)] == [
        "Cost", "+10 %", "Free", "Gold", "Silver", "Silver for Delta Traders", "Wholesale", "DR Retail",
    ]  # fmt: skip
    assert [one.plan for one in queries.assignments(world.db, world.rami)] == ["DR Retail"]
    assert len(queries.assignments(world.db, world.sara)) == 8
    assert queries.assignments(world.db, world.zoe) == []
    with pytest.raises(Refused) as refusal:
        queries.rules(world.db, world.rami, "Wholesale")
    assert refusal.value.code == "unknown_plan"


def test_a_reseller_stands_on_what_he_pays_and_no_table_is_known_to_him(world: World) -> None:
    made = commands.create_plan(world.db, world.zoe, name="Zeta Retail")
    assert (made.table_id, made.table, made.terms.is_below_base_allowed) == (None, "", False)
    said = set()
    for table in ("Aurora A-Z", "Nothing A-Z"):
        with pytest.raises(Refused) as refusal:
            commands.create_plan(world.db, world.zoe, name="Other", table=table)
        said.add(str(refusal.value).replace(table, "…"))
    assert len(said) == 1


def test_a_plan_is_made_for_a_reseller_below(world: World) -> None:
    made = commands.create_plan(
        world.db, world.sara, name="Zeta Retail", owner="Zeta Resell", rules=[PlanRule()]
    )
    assert (made.owner, made.table_id, made.terms.is_below_base_allowed) == ("Zeta Resell", None, False)
    shop = world.account("Zeta Shop").id
    commands.assign_plan(world.db, world.sara, account=shop, plan=made.id, since=world.at("2026-11-01"))
    assert [one.name for one in queries.plans(world.db, world.zoe)] == ["Zeta Retail"]
    for actor, owner, code in (
        (world.sara, "Nile Calls", "not_a_seller"),
        (world.rami, "Delta Shop", "not_a_seller"),
        (world.rami, "Zeta Resell", "unknown_account"),
        (world.rami, "Acme VoIP", "unknown_account"),
    ):
        with pytest.raises(Refused) as refusal:
            commands.create_plan(world.db, actor, name="Other", owner=owner)
        assert refusal.value.code == code
    with pytest.raises(Refused, match="stand on the price he pays") as refusal:
        commands.create_plan(world.db, world.sara, name="Other", owner="Zeta Resell", table="Aurora A-Z")


def test_one_plan_name_per_owner(world: World) -> None:
    assert commands.create_plan(world.db, world.rami, name="Gold").owner == "Delta Resell"
    with pytest.raises(Refused, match="a plan GOLD already"):
        commands.create_plan(world.db, world.sara, name=" GOLD ")
    assert queries.plan(world.db, world.sara, "gold").owner == "Acme VoIP"
    assert queries.plan(world.db, world.rami, "gold").owner == "Delta Resell"


def test_the_three_predefined_plans(world: World) -> None:
    plans = {one.name: one for one in queries.plans(world.db, world.sara) if one.predefined}
    assert {name: one.predefined for name, one in plans.items()} == {
        "Cost": "cost", "+10 %": "plus10", "Free": "free",
    }  # fmt: skip
    rules = {name: queries.rules(world.db, world.sara, name)[0].rule for name in plans}
    assert rules["Cost"] == PlanRule()
    assert rules["+10 %"] == PlanRule(markup=Decimal("0.1"))
    assert rules["Free"] == PlanRule(action=Action.FREE)


def test_seeding_twice_makes_nothing_twice_and_other_tables_name_theirs(world: World) -> None:
    before = queries.plans(world.db, world.sara)
    assert len(commands.seed_plans(world.db, world.sara)) == 3
    assert queries.plans(world.db, world.sara) == before
    rates.create_table(world.db, world.sara, name="Baltic A-Z", currency="USD")
    made = commands.seed_plans(world.db, world.sara, table="Baltic A-Z")
    assert [one.name for one in made] == ["Cost (Baltic A-Z)", "+10 % (Baltic A-Z)", "Free (Baltic A-Z)"]
    assert [one.name for one in commands.seed_plans(world.db, world.zoe)] == ["Cost", "+10 %", "Free"]


def test_a_table_in_another_currency_is_refused(world: World) -> None:
    rates.create_table(world.db, world.sara, name="Euro A-Z", currency="EUR")
    with pytest.raises(Refused, match="in EUR, the workspace in USD"):
        commands.create_plan(world.db, world.sara, name="Euro", table="Euro A-Z")


def test_every_change_raises_the_version(world: World) -> None:
    def version() -> int:
        return queries.plan(world.db, world.sara, "Gold").version

    assert version() == 1
    rule = commands.add_rule(world.db, world.sara, plan="Gold", match="destination", pattern="UK *")
    assert version() == 2
    commands.change_rule(world.db, world.sara, rule=rule, markup=Decimal("0.5"))
    assert version() == 3
    commands.remove_rule(world.db, world.sara, rule=rule)
    assert version() == 4
    commands.change_plan(world.db, world.sara, plan="Gold", decimals=4, minimum_margin=Decimal("0.001"))
    assert version() == 5
    commands.change_plan(world.db, world.sara, plan="Gold", note="")
    commands.change_plan(world.db, world.sara, plan="Gold")
    assert version() == 6
    world.db.undo(world.sara)
    assert version() == 5


def test_rules_are_kept_as_they_were_said(world: World) -> None:
    until = SINCE + timedelta(days=30)
    rule = PlanRule(
        Match.PREFIX, "2010", Action.MARKUP, markup=Decimal("0.12345678"), amount=Decimal("-0.001"),
        is_markup_on_fee=True, connect_fee=Decimal("0.05"), minimum_charge=Decimal("0.1"), initial_interval=30,
        next_interval=6, effective=EffectiveRange(SINCE, until),
    )  # fmt: skip
    commands.add_rules(world.db, world.sara, plan="Gold", rules=[rule])
    kept = queries.rules(world.db, world.sara, "Gold")
    assert kept[-1].rule == rule
    assert [one.position for one in kept] == list(range(15))
    commands.change_rule(world.db, world.sara, rule=kept[-1].id, until=None, connect_fee=None)
    changed = queries.rules(world.db, world.sara, "Gold")[-1].rule
    assert (changed.effective, changed.connect_fee, changed.markup) == (
        EffectiveRange(SINCE),
        None,
        rule.markup,
    )


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"match": "prefix", "pattern": "44x"}, "44x"),
        ({"match": "exact", "pattern": ""}, "not a prefix"),
        ({"match": "prefix", "pattern": "1234567890123456"}, "1 to 15 digits"),
        ({"match": "destination", "pattern": " "}, "name of a destination"),
        ({"match": "country"}, "country"),
        ({"action": "discount"}, "discount"),
        ({"action": "fixed"}, "price"),
        ({"action": "fixed", "fixed_price": Decimal(-1)}, "price"),
        ({"action": "fixed", "fixed_price": Decimal(10) ** 7}, "largest price"),
        ({"markup": Decimal("-1.5")}, "-100 %"),
        ({"markup": Decimal("0.123456789")}, "8 decimals"),
        ({"amount": Decimal("0.000000001")}, "8 decimals"),
        ({"connect_fee": Decimal("-0.1")}, "below zero"),
        ({"initial_interval": 0}, "one second"),
        ({"next_interval": -6}, "one second"),
        ({"until": SINCE}, "the day it starts"),
        ({"since": SINCE, "until": SINCE}, "end after it starts"),
    ],
)
def test_rules_that_do_not_suit_are_refused(world: World, fields: dict[str, object], said: str) -> None:
    with pytest.raises(Refused, match=said) as refusal:
        commands.add_rule(world.db, world.sara, plan="Gold", **fields)  # type: ignore[arg-type]
    assert refusal.value.code == "bad_rule"
    assert queries.plan(world.db, world.sara, "Gold").version == 1


@pytest.mark.parametrize(
    "details",
    [
        {"decimals": 9},
        {"rounding": "half_even"},
        {"below_base": "perhaps"},
        {"minimum_margin": Decimal("0.000000001")},
        {"name": " "},
    ],
)
def test_plans_that_do_not_suit_are_refused(world: World, details: dict[str, object]) -> None:
    with pytest.raises(Refused):
        commands.change_plan(world.db, world.sara, plan="Gold", **details)  # type: ignore[arg-type]
    with pytest.raises(Refused):
        commands.create_plan(world.db, world.sara, **{"name": "New"} | details)  # type: ignore[arg-type]
    assert queries.plan(world.db, world.sara, "Gold").version == 1


def held(world: World, account: str = "Nile Calls") -> list[tuple[str, str, str]]:
    """Plan, first and last day of an account's assignments, in Cairo."""

    def day(instant: object) -> str:
        return f"{instant.astimezone(world.at('2026-01-01').tzinfo):%m-%d}" if instant else ""  # type: ignore[attr-defined]

    found = queries.assignments(world.db, world.sara, account)
    return [(one.plan, day(one.effective.start), day(one.effective.end)) for one in found]


def test_assigning_closes_what_stood_and_undo_opens_it(world: World) -> None:
    before = held(world)
    commands.assign_plan(
        world.db, world.sara, account="Nile Calls", plan="Silver", since=world.at("2026-11-10 12:00")
    )
    assert held(world) == [("Gold", "09-30", "11-10"), ("Silver", "11-10", "")]
    world.db.undo(world.sara)
    assert held(world) == before


def test_a_plan_for_a_while_gives_way_again(world: World) -> None:
    commands.assign_plan(
        world.db, world.sara, account="Nile Calls", plan="Silver",
        since=world.at("2026-12-01 12:00"), until=world.at("2026-12-24 12:00"),
    )  # fmt: skip
    assert held(world) == [("Gold", "09-30", "12-01"), ("Silver", "12-01", "12-24"), ("Gold", "12-24", "")]


def test_what_was_planned_for_later_gives_way(world: World) -> None:
    for plan, day in (("Silver", "2026-12-10 12:00"), ("Cost", "2026-12-20 12:00")):
        commands.assign_plan(world.db, world.sara, account="Nile Calls", plan=plan, since=world.at(day))
    commands.assign_plan(
        world.db, world.sara, account="Nile Calls", plan="Free",
        since=world.at("2026-12-05 12:00"), until=world.at("2026-12-25 12:00"),
    )  # fmt: skip
    assert held(world) == [("Gold", "09-30", "12-05"), ("Free", "12-05", "12-25"), ("Cost", "12-25", "")]
    commands.assign_plan(
        world.db, world.sara, account="Nile Calls", plan="Silver", since=world.at("2026-12-05 12:00")
    )
    assert held(world) == [("Gold", "09-30", "12-05"), ("Silver", "12-05", "")]


def test_the_past_is_not_rewritten_silently(world: World) -> None:
    commands.assign_plan(
        world.db, world.sara, account="Nile Calls", plan="Silver", since=world.at("2026-11-10 12:00")
    )
    before = held(world)
    for day in ("2026-09-01", "2026-10-01", "2026-11-10 12:00", "2026-11-01"):
        with pytest.raises(Refused, match="Nile Calls has had another plan since 2026-1") as refusal:
            commands.assign_plan(world.db, world.sara, account="Nile Calls", plan="Cost", since=world.at(day))
        assert refusal.value.code == "assignment_overlap"
    assert held(world) == before
    commands.assign_plan(
        world.db, world.sara, account="Nile Calls", plan="Cost", since=world.at("2026-10-20 12:00"),
        until=world.at("2026-11-01 12:00"),
    )  # fmt: skip
    assert held(world) == [
        ("Gold", "09-30", "10-20"), ("Cost", "10-20", "11-01"), ("Gold", "11-01", "11-10"), ("Silver", "11-10", ""),
    ]  # fmt: skip


def test_an_assignment_ends_or_goes(world: World) -> None:
    commands.end_assignment(world.db, world.sara, account="Nile Calls", at=world.at("2026-11-10 12:00"))
    assert held(world) == [("Gold", "09-30", "11-10")]
    with pytest.raises(Refused, match="no such assignment"):
        commands.end_assignment(world.db, world.sara, account="Nile Calls")
    only = queries.assignments(world.db, world.sara, "Nile Calls")[0]
    commands.remove_assignment(world.db, world.sara, assignment=only.id)
    assert held(world) == []


@pytest.mark.parametrize(
    ("login", "account", "plan", "code"),
    [
        ("sara", "Delta Shop", "Gold", "foreign_plan"),
        ("sara", "Delta Resell", "DR Retail", "foreign_plan"),
        ("sara", "Acme VoIP", "Gold", "own_plan"),
        ("rami", "Delta Resell", "DR Retail", "own_plan"),
        ("rami", "Zeta Shop", "DR Retail", "unknown_account"),
        ("rami", "Delta Shop", "Wholesale", "unknown_plan"),
        ("zoe", "Zeta Shop", "DR Retail", "unknown_plan"),
    ],
)
def test_a_plan_is_given_by_the_one_who_sells(
    world: World, login: str, account: str, plan: str, code: str
) -> None:
    with pytest.raises(Refused) as refusal:
        commands.assign_plan(world.db, world.actor(login), account=account, plan=plan)
    assert refusal.value.code == code


def test_the_admin_can_act_for_a_reseller(world: World) -> None:
    commands.add_rule(world.db, world.sara, plan="DR Retail", match="prefix", pattern="44", action="block")
    assert queries.plan(world.db, world.rami, "DR Retail").version == 2
    made = commands.assign_plan(world.db, world.sara, account="Delta Shop", plan="DR Retail")
    assert made.plan == "DR Retail"


def test_of_two_plans_with_one_name_the_sellers_is_given(world: World) -> None:
    commands.seed_plans(world.db, world.zoe)
    made = commands.assign_plan(world.db, world.sara, account="Zeta Shop", plan="Cost")
    assert made.plan_id in {one.id for one in queries.plans(world.db, world.zoe)}


def test_plans_in_use_are_not_archived_and_archived_ones_not_assigned(world: World) -> None:
    with pytest.raises(Refused, match="Gold is in use by 2 accounts"):
        commands.archive_plan(world.db, world.sara, plan="Gold")
    assert commands.archive_plan(world.db, world.sara, plan="Free").status == "archived"
    with pytest.raises(Refused, match="archived"):
        commands.assign_plan(world.db, world.sara, account="Nile Calls", plan="Free")


def test_the_new_seller_takes_over_from_a_plan_he_cannot_see(world: World) -> None:
    people.move_account(world.db, world.sara, account="Delta Shop", parent="Zeta Resell")
    assert queries.assignments(world.db, world.zoe, "Delta Shop") == []
    assert queries.assignments(world.db, world.rami) == []
    plan = commands.create_plan(
        world.db, world.zoe, name="Zeta Retail", rules=[PlanRule(markup=Decimal("0.3"))]
    )
    with pytest.raises(Refused) as refusal:
        commands.assign_plan(world.db, world.zoe, account="Delta Shop", plan=plan.id, since=SINCE)
    assert "DR Retail" not in str(refusal.value)
    commands.assign_plan(world.db, world.zoe, account="Delta Shop", plan=plan.id)
    assert [one.plan for one in queries.assignments(world.db, world.zoe)] == ["Zeta Retail"]


def test_the_database_itself_refuses_two_plans_at_once(world: World) -> None:
    gold = queries.plan(world.db, world.sara, "Gold").id
    nile = world.account("Nile Calls").id
    with (
        pytest.raises(Exception, match="one plan at any instant"),
        world.db.write("Around the rules", world.sara) as write,
    ):
        write.conn.execute(
            insert(schema.assignment).values(
                id=uuid7(), account_id=nile, plan_id=gold, effective_from=world.at("2026-11-10")
            )
        )


def prices_of(world: World, plan: str, at: str) -> dict[str, Decimal]:
    deck = queries.sell_deck(world.db, world.sara, plan, world.at(at))
    return dict(zip(deck.prefix_texts(), map(from_scaled, deck.sell.tolist()), strict=True))


def test_set_prices_begin_at_their_day_and_not_before(world: World) -> None:
    version = queries.plan(world.db, world.sara, "Gold").version
    new = {"2010": Decimal("0.1280"), "447": Decimal("0.0310")}
    commands.set_prices(world.db, world.sara, plan="Gold", prices=new, since=world.at("2026-11-30 00:00"))
    before, after = prices_of(world, "Gold", "2026-11-29 23:59"), prices_of(world, "Gold", "2026-11-30 00:00")
    assert (before["2010"], before["447"]) == (Decimal("0.115"), Decimal("0.029"))
    assert (after["2010"], after["447"], after["44"]) == (
        Decimal("0.128"),
        Decimal("0.031"),
        Decimal("0.011"),
    )
    assert queries.plan(world.db, world.sara, "Gold").version == version + 1
    paid = queries.price(world.db, world.sara, "Nile Calls", "20101234567", world.at("2026-11-30 00:00"))
    assert paid.own is not None
    assert (paid.own.amount, paid.own.margin) == (Decimal("0.128"), Decimal("0.023"))
    assert any("0.128" in step.value for step in paid.own.steps)
    world.db.undo(world.sara)
    assert prices_of(world, "Gold", "2026-12-01 00:00")["2010"] == Decimal("0.115")


def test_set_prices_again_for_the_same_day_correct_the_first(world: World) -> None:
    since = world.at("2026-11-30 00:00")
    for price in ("0.2", "0.1280"):
        commands.set_prices(world.db, world.sara, plan="Gold", prices={"2010": Decimal(price)}, since=since)
    assert len(queries.rules(world.db, world.sara, "Gold")) == 15
    assert prices_of(world, "Gold", "2026-11-30 00:00")["2010"] == Decimal("0.128")


def test_a_price_set_earlier_gives_way_to_one_that_begins_later(world: World) -> None:
    for price, day in (("0.3", "2026-12-15"), ("0.2", "2026-11-30")):
        commands.set_prices(
            world.db, world.sara, plan="Gold", prices={"2010": Decimal(price)}, since=world.at(day)
        )
    found = [prices_of(world, "Gold", day)["2010"] for day in ("2026-11-29", "2026-12-14", "2026-12-15")]
    assert found == [Decimal("0.115"), Decimal("0.2"), Decimal("0.3")]


def test_a_set_price_follows_an_exact_rule_and_keeps_its_terms(world: World) -> None:
    commands.add_rule(
        world.db, world.sara, plan="Gold", match="exact", pattern="20", markup=Decimal(1),
        connect_fee=Decimal("0.05"), initial_interval=30, next_interval=6,
    )  # fmt: skip
    since = world.at("2026-11-30 00:00")
    commands.set_prices(world.db, world.sara, plan="Gold", prices={"20": Decimal("0.2")}, since=since)
    rule = queries.rules(world.db, world.sara, "Gold")[-1].rule
    assert (rule.match, rule.connect_fee, rule.initial_interval, rule.next_interval) == (
        "exact", Decimal("0.05"), 30, 6,
    )  # fmt: skip
    after = prices_of(world, "Gold", "2026-11-30")
    assert (after["20"], after["2010"]) == (Decimal("0.2"), Decimal("0.115"))


def test_prices_of_others_plans_cannot_be_set(world: World) -> None:
    since = world.at("2026-11-30 00:00")
    with pytest.raises(Refused):
        commands.set_prices(world.db, world.rami, plan="Gold", prices={"44": Decimal(1)}, since=since)
    with pytest.raises(NotAllowed):
        commands.set_prices(world.db, world.cora, plan="Gold", prices={"44": Decimal(1)}, since=since)
    with pytest.raises(Refused, match="12x"):
        commands.set_prices(world.db, world.sara, plan="Gold", prices={"12x": Decimal(1)}, since=since)
