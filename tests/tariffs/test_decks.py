"""Whole sell decks: the same prices as number by number, and nothing of the base for who pays."""

from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.worlds import SINCE, World, price_rows
from voipdesk.accounts import commands as people
from voipdesk.accounts.rules import Right
from voipdesk.kernel.money import from_scaled, rounded
from voipdesk.kernel.periods import from_micros, to_micros
from voipdesk.kernel.problems import Refused
from voipdesk.tariffs import commands, queries
from voipdesk.tariffs.engine_sheet import BELOW_BASE, NO_SHARE, SellColumns, _shares


def sells(deck: SellColumns) -> dict[str, Decimal]:
    return dict(zip(deck.prefix_texts(), map(from_scaled, deck.sell.tolist()), strict=True))


@pytest.mark.parametrize(
    "account", ["Nile Calls", "Orchid Clinic", "Delta Traders", "Delta Shop", "Zeta Shop", "Uma"]
)
def test_the_deck_and_the_single_price_agree(world: World, account: str) -> None:
    commands.add_rule(
        world.db, world.rami, plan="DR Retail", match="prefix", pattern="20", markup=Decimal("0.3333")
    )
    deck = queries.sell_deck(world.db, world.sara, account)
    assert len(deck) == 14
    for index, prefix in enumerate(deck.prefix_texts()):
        price = queries.price(world.db, world.sara, account, f"+{prefix:0<11}")
        own = price.own
        assert own is not None
        assert own.terms is not None
        assert (own.prefix, own.destination) == (prefix, deck.destination_texts()[index])
        told = (
            own.terms.price,
            own.terms.following,
            own.terms.initial_interval,
            own.terms.next_interval,
        )
        assert told == (
            from_scaled(int(deck.terms.price[index])),
            from_scaled(int(deck.terms.next_price[index])),
            int(deck.terms.initial_interval[index]),
            int(deck.terms.next_interval[index]),
        )


def test_a_plan_shows_its_owner_base_margin_and_rule(world: World) -> None:
    deck = queries.sell_deck(world.db, world.sara, "Gold")
    rows = {row.prefix: row for row in price_rows()}
    assert sells(deck) == {prefix: row.gold for prefix, row in rows.items()}
    assert deck.buy is not None
    assert deck.margin is not None
    assert deck.share is not None
    assert deck.rule is not None
    at = deck.prefix_texts().index("447")
    # 0.0290 - 0.0250 = 0.0040, of 0.0290 it is 13.79 %
    assert (from_scaled(int(deck.buy[at])), from_scaled(int(deck.margin[at])), int(deck.share[at])) == (
        Decimal("0.025"),
        Decimal("0.004"),
        1379,
    )
    assert queries.rules(world.db, world.sara, "Gold")[int(deck.rule[at])].rule.pattern == "447"


def test_selling_below_the_base_is_flagged(world: World) -> None:
    commands.add_rule(
        world.db,
        world.sara,
        plan="Gold",
        match="exact",
        pattern="447",
        action="fixed",
        fixed_price=Decimal("0.02"),
    )
    deck = queries.sell_deck(world.db, world.sara, "Gold")
    assert deck.is_below is not None
    assert deck.flags is not None
    below = deck.take(deck.is_below)
    assert below.prefix_texts() == ["447"]
    assert below.flags is not None
    assert below.flags.tolist() == [BELOW_BASE]
    assert below.share is not None
    assert below.share.tolist() == [-2500]


def test_a_reseller_stands_on_the_deck_he_pays(world: World) -> None:
    deck = queries.sell_deck(world.db, world.rami, "DR Retail")
    assert deck.buy is not None
    bought = dict(zip(deck.prefix_texts(), deck.buy.tolist(), strict=True))
    for row in price_rows():
        assert from_scaled(bought[row.prefix]) == rounded(row.buy * Decimal("1.1"), 4, mode="up")  # type: ignore[arg-type]
    assert (sells(deck)["447"], from_scaled(bought["447"])) == (Decimal("0.0344"), Decimal("0.0275"))


@pytest.mark.parametrize(
    ("login", "key"),
    [
        ("rami", "Delta Resell"),
        ("zoe", "Zeta Resell"),
        ("zoe", "Zeta Shop"),
        ("cora", "Nile Calls"),
        ("cora", "Uma"),
        ("uma", "Uma"),
    ],
)
def test_who_pays_sees_no_base(world: World, login: str, key: str) -> None:
    deck = queries.sell_deck(world.db, world.actor(login), key)
    assert len(deck) == 14
    assert (deck.buy, deck.margin, deck.share, deck.rule, deck.flags, deck.is_below) == (None,) * 6


def test_blocked_rows_show_who_pays_no_money(world: World) -> None:
    commands.add_rule(world.db, world.sara, plan="Gold", match="exact", pattern="447", action="block")
    deck = queries.sell_deck(world.db, world.cora, "Nile Calls")
    at = deck.prefix_texts().index("447")
    terms = deck.terms
    assert (deck.state[at], terms.price[at], terms.next_price[at], terms.connect_fee[at]) == (1, 0, 0, 0)


def test_without_the_right_to_see_costs_a_table_based_plan_shows_no_base(world: World) -> None:
    rights = [Right.SEE_PRICES, Right.SEE_PLANS]
    people.create_login(world.db, world.sara, account="Acme VoIP", name="nora", rights=rights)
    assert queries.sell_deck(world.db, world.actor("nora"), "Gold").buy is None


@pytest.mark.parametrize(
    ("login", "key"),
    [
        ("rami", "Gold"),
        ("rami", "Nile Calls"),
        ("zoe", "DR Retail"),
        ("cora", "Blue Hotel"),
        ("cora", "Gold"),
    ],
)
def test_others_decks_are_unknown(world: World, login: str, key: str) -> None:
    with pytest.raises(Refused) as refusal:
        queries.sell_deck(world.db, world.actor(login), key)
    assert refusal.value.code == "unknown_account"


def test_a_value_of_another_day_does_not_carry_its_rights(world: World) -> None:
    plan = queries.plan(world.db, world.sara, "Gold")
    account = world.account("Nile Calls")
    for key in (plan, account):
        with pytest.raises(Refused):
            queries.sell_deck(world.db, world.rami, key)
    assert len(queries.sell_deck(world.db, world.sara, plan)) == 14
    assert len(queries.sell_deck(world.db, world.cora, account)) == 14


def test_no_plan_is_said(world: World) -> None:
    commands.create_plan(world.db, world.zoe, name="Zeta Retail")
    with pytest.raises(Refused, match="Zeta Retail has no prices then"):
        queries.sell_deck(world.db, world.zoe, "Zeta Retail", world.at("2026-09-01"))
    with pytest.raises(Refused) as refusal:
        queries.sell_deck(world.db, world.cora, "Nile Calls", world.at("2026-09-01"))
    assert refusal.value.code == "no_plan"


def test_left_out_rows_are_not_on_the_sheet(world: World) -> None:
    commands.add_rule(world.db, world.sara, plan="Gold", match="prefix", pattern="49", action="omit")
    commands.add_rule(
        world.db, world.sara, plan="Gold", match="prefix", pattern="4917", markup=Decimal("0.5")
    )
    prefixes = queries.sell_deck(world.db, world.sara, "Gold").prefix_texts()
    # 4915, 4916 and 4917 have prefix rules of their own, longer than 49; of two rules for one prefix the later wins
    assert "49" not in prefixes
    assert len(prefixes) == 13
    empty = commands.create_plan(world.db, world.sara, name="Nothing")
    assert len(queries.sell_deck(world.db, world.sara, empty.id)) == 0


def test_effective_from_is_the_last_thing_that_made_the_price(world: World) -> None:
    turn, end = world.at("2026-11-10"), world.at("2026-11-20")
    commands.add_rule(
        world.db, world.sara, plan="Gold", match="exact", pattern="447", action="free", since=turn, until=end
    )
    at = {
        day: dict(
            zip(
                (deck := queries.sell_deck(world.db, world.sara, "Gold", world.at(day))).prefix_texts(),
                map(from_micros, deck.effective_from.tolist()),
                strict=True,
            )
        )
        for day in ("2026-11-09", "2026-11-15", "2026-11-20")
    }
    assert [at[day]["447"] for day in at] == [SINCE, turn, end]
    assert {at[day]["44"] for day in at} == {SINCE}
    commands.assign_plan(
        world.db, world.sara, account="Nile Calls", plan="Silver", since=world.at("2026-11-21")
    )
    deck = queries.sell_deck(world.db, world.cora, "Nile Calls")
    assert set(deck.effective_from.tolist()) == {to_micros(world.at("2026-11-21"))}


@settings(max_examples=200)
@given(
    st.lists(st.tuples(st.integers(0, 10**14), st.integers(0, 10**14), st.sampled_from([0, 1])), min_size=1)
)
def test_margin_shares_are_exact(rows: list[tuple[int, int, int]]) -> None:
    from fractions import Fraction

    import numpy as np

    price, base, state = (np.array(column, np.int64) for column in zip(*rows, strict=True))
    shares = _shares(price - base, price, state.astype(np.int8)).tolist()
    for share, (sell, buy, blocked) in zip(shares, rows, strict=True):
        if sell == 0 or blocked:
            assert share == NO_SHARE
        else:
            assert share == rounded(Fraction((sell - buy) * 10_000, sell), 0)
