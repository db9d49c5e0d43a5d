"""What a number costs, level by level, and who may see which level."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest

from tests.worlds import World, price_rows
from voipdesk.accounts import commands as people
from voipdesk.accounts import queries as accounts
from voipdesk.accounts.rules import Right
from voipdesk.kernel.problems import NotAllowed, Refused
from voipdesk.rating.rules import Level, RoundingRule, Trouble, charge
from voipdesk.tariffs import commands, queries
from voipdesk.tariffs.queries import LevelPrice, Price

MOBILE = "00447700900123"


def amounts(price: Price) -> dict[str, Decimal | None]:
    return {str(one.level): one.amount for one in price.levels}


def of(price: Price, level: Level) -> LevelPrice:
    return next(one for one in price.levels if one.level is level)


def test_a_reseller_pays_and_sells_what_the_scenario_says(world: World) -> None:
    price = queries.price(world.db, world.rami, "Delta Shop", MOBILE)
    bought, sold = price.levels
    assert (bought.level, bought.account, bought.terms and bought.terms.price) == (
        Level.RESELLER,
        "Delta Resell",
        Decimal("0.0275"),
    )
    assert (sold.level, sold.source, sold.terms and sold.terms.price) == (
        Level.COMPANY,
        "DR Retail",
        Decimal("0.0344"),
    )
    assert (bought.amount, sold.amount, sold.margin) == (
        Decimal("0.027500"),
        Decimal("0.034400"),
        Decimal("0.006900"),
    )
    assert price.own == sold


@pytest.mark.parametrize(
    ("account", "number", "seconds", "amount"),
    [
        ("Nile Calls", "00447700900123", 65, "0.031417"),
        ("Nile Calls", "+4930123456", 59, "0.013767"),
        ("Nile Calls", "0018765551234", 10, "0.145000"),
        ("Nile Calls", "00201012345678", 200, "0.383333"),
        ("Blue Hotel", "0014165550100", 7, "0.002400"),
        ("Blue Hotel", "00442071234567", 0, "0"),
        ("Blue Hotel", "00491512345678", 600, "0.320000"),
        ("Orchid Clinic", "00201512345678", 60, "0.110000"),
        ("Orchid Clinic", "009603001234", 61, "2.400000"),
        ("Delta Traders", "00201012345678", 3000, "5.500000"),
    ],
)
def test_prices_of_the_scenarios(world: World, account: str, number: str, seconds: int, amount: str) -> None:
    at = world.at("2026-11-20 09:00")
    price = queries.price(world.db, world.sara, account, number, at, seconds)
    assert price.own is not None
    assert price.own.amount == Decimal(amount)
    assert price.trouble is Trouble.NONE


@pytest.mark.parametrize("row", price_rows(), ids=lambda row: row.prefix)
def test_the_quoted_price_is_what_a_call_is_charged(world: World, row: object) -> None:
    prefix = row.prefix  # type: ignore[attr-defined]
    for account in ("Nile Calls", "Delta Shop", "Zeta Shop"):
        for seconds in (1, 59, 60, 61, 3599):
            price = queries.price(world.db, world.sara, account, f"+{prefix:0<11}", seconds=seconds)
            for one in price.levels:
                assert one.terms is not None
                told = charge(one.terms, seconds, RoundingRule())
                assert (one.seconds, one.amount) == (told.billed_seconds, told.amount)


@pytest.mark.parametrize(
    ("login", "account", "levels"),
    [
        ("sara", "Delta Shop", ["cost", "reseller", "company"]),
        ("sara", "Uma", ["cost", "company", "user"]),
        ("sara", "Acme VoIP", ["cost"]),
        ("rami", "Delta Shop", ["reseller", "company"]),
        ("rami", "Delta Resell", ["reseller"]),
        ("zoe", "Zeta Shop", ["reseller", "company"]),
        ("cora", "Nile Calls", ["company"]),
        ("cora", "Uma", ["company", "user"]),
        ("uma", "Uma", ["user"]),
    ],
)
def test_everybody_sees_his_own_level_and_those_below(
    world: World, login: str, account: str, levels: list[str]
) -> None:
    price = queries.price(world.db, world.actor(login), account, MOBILE)
    assert [str(one.level) for one in price.levels] == levels


@pytest.mark.parametrize(
    ("login", "account"),
    [("rami", "Nile Calls"), ("rami", "Zeta Shop"), ("cora", "Blue Hotel"), ("uma", "Nile Calls")],
)
def test_others_accounts_are_unknown(world: World, login: str, account: str) -> None:
    with pytest.raises(Refused) as refusal:
        queries.price(world.db, world.actor(login), account, MOBILE)
    assert refusal.value.code == "unknown_account"


@pytest.mark.parametrize(
    ("login", "account", "hidden"),
    [
        ("rami", "Delta Shop", ["0.025 ", "Wholesale", "Aurora", "+10 %"]),
        ("cora", "Uma", ["0.025 ", "Gold", "Aurora", "fixed price"]),
        ("zoe", "Zeta Shop", ["0.025 ", "Wholesale", "Aurora", "+10 %"]),
    ],
)
def test_no_word_tells_of_the_level_above_the_seller(
    world: World, login: str, account: str, hidden: list[str]
) -> None:
    price = queries.price(world.db, world.actor(login), account, MOBILE, seconds=60)
    told = f"{price} ".replace("'", " ").replace(")", " ").replace(",", " ")
    assert not [word for word in hidden if word in told]
    everything = f"{queries.price(world.db, world.sara, account, MOBILE, seconds=60)} "
    assert "Aurora" in everything


def test_without_the_right_to_see_costs_there_is_no_cost_and_no_derivation(world: World) -> None:
    rights = [Right.SEE_PRICES, Right.SEE_PLANS]
    people.create_login(world.db, world.sara, account="Acme VoIP", name="nora", rights=rights)
    price = queries.price(world.db, world.actor("nora"), "Delta Shop", MOBILE)
    assert [str(one.level) for one in price.levels] == ["reseller", "company"]
    assert all(one.margin is None for one in price.levels)
    assert not [step for step in price.levels[0].steps if step.value == "0.025"]
    people.create_login(world.db, world.sara, account="Acme VoIP", name="nils", rights=[Right.SEE_CALLS])
    with pytest.raises(NotAllowed):
        queries.price(world.db, world.actor("nils"), "Delta Shop", MOBILE)


def test_the_derivation_goes_from_the_base_to_the_rounded_amount(world: World) -> None:
    price = queries.price(world.db, world.sara, "Delta Shop", MOBILE, seconds=65)
    steps = [(one.label, one.value) for one in of(price, Level.COMPANY).steps]
    assert steps[:5] == [
        ("Number", "447700900123"),
        ("Table or plan", "DR Retail"),
        ("Base price of 447", "0.0275"),
        ("Rule", "everything: +25 %"),
        ("Sell price, 4 decimals, up", "0.0344"),
    ]
    assert steps[-1] == ("Rounded to 6 decimals, half up", "0.037267")


def test_a_level_without_a_plan_passes_the_price_through(world: World) -> None:
    price = queries.price(world.db, world.sara, "Zeta Shop", MOBILE)
    above, below = price.levels[1:]
    assert (below.amount, below.passed_from, below.margin) == (above.amount, Level.RESELLER, Decimal(0))
    assert ("No plan here: the price above is passed through", "reseller") in [
        (one.label, one.value) for one in below.steps
    ]


def test_a_user_may_have_a_plan_of_his_own(world: World) -> None:
    commands.assign_plan(world.db, world.sara, account="Uma", plan="Silver")
    price = queries.price(world.db, world.sara, "Uma", MOBILE)
    assert amounts(price) == {"cost": Decimal("0.025"), "company": Decimal("0.029"), "user": Decimal("0.033")}


Prepare = Callable[[World], object]


@pytest.mark.parametrize(
    ("prepare", "number", "trouble"),
    [
        (lambda w: None, "00999123456", Trouble.NO_RATE),
        (lambda w: None, "no number", Trouble.UNREADABLE_NUMBER),
        (lambda w: None, "12", Trouble.UNREADABLE_NUMBER),
        (
            lambda w: commands.end_assignment(w.db, w.sara, account="Delta Resell", at=w.at("2026-11-01")),
            MOBILE,
            Trouble.NO_PLAN,
        ),
        (
            lambda w: commands.add_rule(w.db, w.rami, plan="DR Retail", match="prefix", pattern="44", action="block"),
            MOBILE,
            Trouble.BLOCKED,
        ),
        (
            lambda w: commands.add_rule(
                w.db, w.rami, plan="DR Retail", match="exact", pattern="447", action="fixed",
                fixed_price=Decimal("0.02"),
            ),
            MOBILE,
            Trouble.BLOCKED,
        ),
    ],
    ids=["no_rate", "letters", "short", "no_plan", "blocked", "below_base_refused"],
)  # fmt: skip
def test_trouble_is_a_value_with_words(world: World, prepare: Prepare, number: str, trouble: Trouble) -> None:
    prepare(world)
    price = queries.price(world.db, world.rami, "Delta Shop", number)
    assert price.trouble is trouble
    own = price.own
    assert own is not None
    assert (own.amount, own.terms, own.trouble) == (None, None, trouble)
    assert own.text.endswith(".")
    assert [step.value for step in own.steps if step.label == "Not priced"] == [own.text]


def test_what_a_plan_leaves_out_falls_to_the_shorter_prefix(world: World) -> None:
    commands.add_rule(world.db, world.rami, plan="DR Retail", match="exact", pattern="447", action="omit")
    own = queries.price(world.db, world.rami, "Delta Shop", MOBILE).own
    assert own is not None
    # 44: 0.0080 x 1.10 = 0.0088, x 1.25 = 0.0110
    assert (own.prefix, own.terms and own.terms.price) == ("44", Decimal("0.0110"))


def test_prices_follow_dated_rules_to_the_microsecond(world: World) -> None:
    turn = world.at("2026-11-30")
    commands.add_rule(
        world.db, world.sara, plan="Gold", match="prefix", pattern="2010", action="fixed",
        fixed_price=Decimal("0.1280"), since=turn,
    )  # fmt: skip
    for at, amount in ((turn - timedelta(microseconds=1), "0.230000"), (turn, "0.256000")):
        price = queries.price(world.db, world.sara, "Nile Calls", "00201012345678", at, 120)
        assert price.own is not None
        assert price.own.amount == Decimal(amount)


def test_before_the_first_rate_there_is_none(world: World) -> None:
    at = world.at("2026-10-01")
    assert queries.price(world.db, world.sara, "Nile Calls", MOBILE, at).trouble is Trouble.NONE
    before = queries.price(world.db, world.sara, "Nile Calls", MOBILE, at - timedelta(microseconds=1))
    assert [one.trouble for one in before.levels] == [Trouble.NO_COST, Trouble.NO_PLAN]


def test_national_numbers_get_the_country_of_the_workspace(world: World) -> None:
    people.set_setting(world.db, world.sara, key="country", value="20")
    price = queries.price(world.db, world.sara, "Nile Calls", "010 1234 5678")
    assert price.number == "201012345678"


def test_the_rounding_of_the_workspace_is_used(world: World) -> None:
    people.set_setting(world.db, world.sara, key="rounding", value={"decimals": 2, "mode": "up"})
    price = queries.price(world.db, world.sara, "Nile Calls", MOBILE, seconds=65)
    assert price.own is not None
    assert price.own.amount == Decimal("0.04")


def test_a_moved_account_does_not_keep_the_plan_of_its_old_seller(world: World) -> None:
    people.move_account(world.db, world.sara, account="Delta Shop", parent="Zeta Resell")
    price = queries.price(world.db, world.zoe, "Delta Shop", MOBILE)
    own = price.own
    assert own is not None
    assert (own.passed_from, own.amount) == (Level.RESELLER, Decimal("0.0275"))
    assert "DR Retail" not in str(price)
    with pytest.raises(Refused):
        queries.price(world.db, world.rami, "Delta Shop", MOBILE)


def test_plan_levels_say_the_same_as_the_price(world: World) -> None:
    """The rating run reads plain values; they give the plan that the price was made with."""
    turn = world.at("2026-11-10")
    commands.assign_plan(
        world.db, world.sara, account="Nile Calls", plan="Silver", since=world.at("2026-12-01")
    )
    commands.add_rule(
        world.db, world.sara, plan="Gold", match="exact", pattern="447", action="free", since=turn,
        until=world.at("2026-11-12"),
    )  # fmt: skip
    nile = world.account("Nile Calls").id
    with world.db.read() as conn:
        book = queries.plan_levels(conn, world.at("2026-11-01"), world.at("2027-01-01"))
        november = queries.plan_levels(conn, world.at("2026-11-01"), world.at("2026-12-01"))
    assert [one.plan for one in book.assignments[nile]] == ["Gold", "Silver"]
    assert [one.plan for one in november.assignments[nile]] == ["Gold"]
    gold = book.plan_at(nile, turn)
    assert gold is not None
    assert gold.turns(world.at("2026-11-01"), world.at("2026-12-01")) == [turn, world.at("2026-11-12")]
    assert gold.version == 2
    assert len(gold.rules) == len(gold.rule_ids) == 15
    assert set(book.assignments) == {
        world.account(name).id
        for name in (
            "Nile Calls", "Blue Hotel", "Orchid Clinic", "Palm Travel", "Delta Traders", "Delta Resell",
            "Zeta Resell", "Delta Shop",
        )
    }  # fmt: skip
    with world.db.read() as conn:
        held = queries.plan_of(conn, nile, world.at("2026-12-01"))
        assert held is not None
        assert held.plan == "Silver"
        assert queries.plan_of(conn, nile, world.at("2026-09-01")) is None


def test_actors_are_judged_by_what_they_may_now(world: World) -> None:
    """An actor with a foreign account id but no rights gets nothing."""
    bare = replace(world.sara, rights=frozenset())
    with pytest.raises(NotAllowed):
        queries.price(world.db, bare, "Nile Calls", MOBILE)
    with pytest.raises(NotAllowed):
        queries.plans(world.db, bare)
    assert accounts.tree(world.db, bare)


def test_the_derivation_tells_times_on_the_clocks_of_the_workspace(world: World) -> None:
    price = queries.price(world.db, world.sara, "Nile Calls", MOBILE)
    since = [one.value for level in price.levels for one in level.steps if one.label == "In force since"]
    assert since == ["2026-10-01 00:00:00"] * 2
