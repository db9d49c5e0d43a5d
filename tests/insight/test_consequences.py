"""What a sheet would do to what is sold: scenario S01, sell tables, scheduled changes, and the scalar rules."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.published import publish_rates
from tests.worlds import NOW, SINCE, World, acme, fixed
from voipdesk.accounts.commands import create_supplier
from voipdesk.calls.commands import import_calls, revert_import
from voipdesk.insight import engine_consequences as engine
from voipdesk.insight.queries_ahead import attention_ahead
from voipdesk.insight.queries_consequences import CallsAndTariffs
from voipdesk.kernel.money import from_scaled, to_scaled
from voipdesk.kernel.periods import to_micros
from voipdesk.kernel.problems import NotAllowed
from voipdesk.rates import queries as rates
from voipdesk.rates.commands import create_table, stage_sheet
from voipdesk.rates.engine import RateColumns, columns
from voipdesk.rates.rules import NewRate
from voipdesk.rates.rules.surroundings import Consequences, Surroundings
from voipdesk.rating.engine import number_keys
from voipdesk.rating.rules import Rate, RateState, RateTable, Terms, match
from voipdesk.tariffs import commands as tariffs
from voipdesk.tariffs.rules import Action, Match, PlanRule, PlanSource, PlanTerms, best_rule

DECEMBER = """
    1     0.0090  USA & Canada
    1876  0.1300  Jamaica
    1658  0.1300  Jamaica
    44    0.0075  UK Fixed
    447   0.0250  UK Mobile
    49    0.0110  Germany Fixed
    4915  0.0330  Germany Mobile
    4916  0.0330  Germany Mobile
    4917  0.0330  Germany Mobile
    20    0.0850  Egypt Fixed
    2010  0.1160  Egypt Mobile Vodafone
    2011  0.1160  Egypt Mobile Etisalat
    2012  0.1160  Egypt Mobile Orange
    2015  0.1160  Egypt Mobile WE
    53    0.6500  Cuba
"""
"""Aurora's new sheet; it lacks 960."""


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    with acme(tmp_path) as world:
        yield world


def calls(world: World, *rows: tuple[str, str, int], day: str = "2026-11-10 12:00:00") -> None:
    """Calls of (account, number, seconds) at noon of a day, in a file of their own."""
    lines = [
        f"{day}{place},{account},1000,{number},{day},{day},{seconds},ANSWERED"
        for place, (account, number, seconds) in enumerate(rows)
    ]
    path = world.path.with_name(f"calls {day[:10]}.csv")
    path.write_text(
        "\n".join(["uniqueid,account,caller,called,start,answer,billsec,disposition", *lines, ""])
    )
    import_calls(world.db, world.sara, path, zone="Africa/Cairo", rate=False)


def december() -> list[NewRate]:
    """The sheet as rates, with what it closes."""
    rows = [line.split(None, 2) for line in DECEMBER.strip().splitlines()]
    found = [NewRate(prefix, Terms(Decimal(price)), name) for prefix, price, name in rows]
    return [*found, NewRate("960", destination="Maldives", state=RateState.CLOSED)]


def asked(
    world: World, *rows: NewRate, at: str = "2026-11-30", table: str = "Aurora A-Z", looked_at: str = ""
) -> Consequences:
    """What publishing the rows would do: the table read before it and after it, the answer given before it."""
    with world.db.read() as conn:
        number = rates.table_on(conn, table).number
        before = rates.columns(conn, number)
    publish_rates(world.db, world.sara, table=table, rows=rows, effective=world.at(at))
    with world.db.read() as conn:
        after = rates.columns(conn, number)
        known: Surroundings = CallsAndTariffs(world.db.clock)
        return known.consequences(
            conn, world.sara, number, before=before, after=after, at=world.at(looked_at or at)
        )


def by_plan(found: Consequences) -> dict[str, list[str]]:
    """The prefixes below cost of each plan."""
    result: dict[str, list[str]] = {}
    for one in found.below_cost:
        result.setdefault(one.plan, []).append(one.prefix)
    return result


def test_the_sheet_of_december_hurts_five_customers(world: World) -> None:
    calls(world, *[("NILE", "201012345678", 72_000)] * 10, ("BLUE", "442071234567", 600))
    found = asked(world, *december())
    assert by_plan(found) == {
        "Gold": ["1658", "2010", "2011", "2012", "2015", "4915", "4916", "4917"],
        "Silver": ["1658", "2015"],
        "Silver for Delta Traders": ["1658", "2010", "2015"],
    }
    assert found.by_plan == {"Gold": 8, "Silver": 2, "Silver for Delta Traders": 3, "Wholesale": 0}
    assert found.prefixes == 8
    assert {one.account for one in found.customers} == {
        "Nile Calls", "Blue Hotel", "Orchid Clinic", "Palm Travel", "Delta Traders"
    }  # fmt: skip
    nile = found.customers[0]
    assert (nile.account, nile.margin, nile.seconds) == ("Nile Calls", Decimal("-12.00"), 12_000 * 60)
    assert nile.change == Decimal("-132.00")
    assert found.margin == Decimal("-12.00")
    assert {one.margin for one in found.customers[1:]} == {Decimal(0)}
    orphan = found.orphans[0]
    assert [one.prefix for one in found.orphans] == ["960"]
    assert orphan.destination == "Maldives"
    assert orphan.plans == ("Gold", "Silver", "Silver for Delta Traders")
    assert {one.effective_from for one in found.below_cost} == {world.at("2026-11-30")}
    assert {one.prefix for one in found.traps} == {"1658", "2015"}


SHEET = """AURORA TELECOM LTD;;;;;;
Price list valid from 30.11.2026;;;;;;
;;;;;;
Destination;Country Code;Area Codes;Rate (USD/min);Billing;Effective Date;Status
USA & Canada;1;;0.0090;6/6;30.11.2026;No change
Jamaica;1;876, 658;0.1300;60/60;30.11.2026;Increase
UK Fixed;44;;0.0075;1/1;30.11.2026;Decrease
UK Mobile;44;7;0.0250;1/1;30.11.2026;No change
Germany Fixed;49;;0.0110;1/1;30.11.2026;No change
Germany Mobile;49;15-17;0.0330;1/1;30.11.2026;Increase
Egypt Fixed;20;;0.0850;1/1;30.11.2026;No change
Egypt Mobile Vodafone;20;10;0.1160;1/1;30.11.2026;Increase
Egypt Mobile Etisalat;20;11;0.1160;1/1;30.11.2026;Increase
Egypt Mobile Orange;20;12;0.1160;1/1;30.11.2026;Increase
Egypt Mobile WE;20;15;0.1160;1/1;30.11.2026;New
Cuba;53;;0.6500;60/60;30.11.2026;No change
;;;;;;
All rates are confidential;;;;;;
"""


def test_the_review_of_the_file_tells_the_same(world: World) -> None:
    calls(world, *[("NILE", "201012345678", 72_000)] * 10)
    path = world.path.with_name("aurora_2026-12.csv")
    path.write_text(SHEET)
    staged = stage_sheet(world.db, world.sara, path, table="Aurora A-Z")
    known = CallsAndTariffs(world.db.clock)
    found = rates.review(world.db, world.sara, staged, surroundings=known)
    assert {name: many for name, many in found.counts.items() if many} == {
        "new": 2, "up": 7, "down": 1, "same": 5, "removed": 1
    }  # fmt: skip
    told = found.consequences
    assert told is not None
    assert told.by_plan == {"Gold": 8, "Silver": 2, "Silver for Delta Traders": 3, "Wholesale": 0}
    assert (len(told.customers), told.customers[0].account, told.margin) == (
        5,
        "Nile Calls",
        Decimal("-12.00"),
    )
    assert [one.prefix for one in told.orphans] == ["960"]
    states = {one.id: one.state for one in found.guards}
    assert (states["G3"], states["G11"], states["G13"], states["G14"]) == ("ok", "ask", "ok", "ask")


def test_each_line_says_price_and_cost(world: World) -> None:
    found = asked(world, *december())
    line = next(one for one in found.below_cost if (one.plan, one.prefix) == ("Gold", "1658"))
    assert (line.sell, line.cost, line.destination) == (Decimal("0.012"), Decimal("0.13"), "Jamaica")
    assert line.account == ""
    own = next(one for one in found.below_cost if one.prefix == "2010" and one.plan != "Gold")
    assert (own.account, own.sell) == ("Delta Traders", Decimal("0.11"))


def test_a_loss_that_stood_before_is_not_of_this_sheet(world: World) -> None:
    publish_rates(
        world.db, world.sara, table="Aurora A-Z", rows=[NewRate("2012", Terms(Decimal("0.12")), "Orange")],
        effective=SINCE,
    )  # fmt: skip
    same = asked(world, NewRate("2012", Terms(Decimal("0.12")), "Egypt Mobile Orange"))
    assert same.prefixes == 0
    deeper = asked(world, NewRate("2012", Terms(Decimal("0.125")), "Egypt Mobile Orange"))
    assert by_plan(deeper) == {"Gold": ["2012"]}


def test_every_date_of_a_sheet_is_looked_at(world: World) -> None:
    later = world.at("2026-12-15")
    rows = [
        NewRate("2010", Terms(Decimal("0.1160")), "Vodafone"),
        replace(NewRate("2010", Terms(Decimal("0.1000")), "Vodafone"), effective_from=later),
        replace(NewRate("447", Terms(Decimal("0.0300")), "UK Mobile"), effective_from=later),
    ]
    found = asked(world, *rows)
    gold = {one.prefix: one.effective_from for one in found.below_cost if one.plan == "Gold"}
    assert gold == {"2010": world.at("2026-11-30"), "447": later}


def test_a_plan_that_sells_nothing_below_its_base_refuses(world: World) -> None:
    tariffs.create_plan(
        world.db, world.sara, name="Careful", rules=fixed({"2010": Decimal("0.1150")}), below_base="refuse"
    )
    tariffs.assign_plan(
        world.db, world.sara, account="Blue Hotel", plan="Careful", since=world.at("2026-11-25")
    )
    calls(world, ("BLUE", "201012345678", 60))
    found = asked(world, *december())
    line = next(one for one in found.below_cost if one.plan == "Careful")
    assert (line.prefix, line.is_refused) == ("2010", True)
    assert next(one for one in found.customers if one.plan == "Careful").margin == 0


def test_plans_over_a_sell_table_lose_against_the_default_table(world: World) -> None:
    create_table(world.db, world.sara, name="Gold list", currency="USD")
    sold = [("1", "0.0120"), ("20", "0.0990"), ("2010", "0.1150"), ("960", "1.0500")]
    publish_rates(
        world.db, world.sara, table="Gold list", rows=[NewRate(code, Terms(Decimal(price)), "") for code, price in sold],
        effective=SINCE,
    )  # fmt: skip
    tariffs.create_plan(world.db, world.sara, name="Listed", table="Gold list", rules=[PlanRule()])
    tariffs.assign_plan(
        world.db, world.sara, account="Blue Hotel", plan="Listed", since=world.at("2026-11-25")
    )
    calls(world, ("BLUE", "16581234567", 600), ("BLUE", "18761234567", 600), ("BLUE", "14161234567", 60))
    found = asked(world, *december())
    # 1876 costs more than before too, under the price of 1.
    assert by_plan(found)["Listed"] == ["1658", "1876", "2010", "2011", "2012", "2015"]
    assert "Listed" in found.orphans[0].plans
    blue = next(one for one in found.customers if one.plan == "Listed")
    assert (blue.seconds, blue.margin) == (1200, Decimal("-2.36"))


def test_another_supplier_keeps_a_sell_table_from_being_an_orphan(world: World) -> None:
    create_supplier(world.db, world.sara, name="Borealis")
    create_table(world.db, world.sara, name="Borealis A-Z", currency="USD", supplier="Borealis")
    create_table(world.db, world.sara, name="Gold list", currency="USD")
    for table, price in (("Borealis A-Z", "0.95"), ("Gold list", "1.05")):
        publish_rates(
            world.db, world.sara, table=table, rows=[NewRate("960", Terms(Decimal(price)))], effective=SINCE
        )
    tariffs.create_plan(world.db, world.sara, name="Listed", table="Gold list", rules=[PlanRule()])
    found = asked(world, *december())
    assert found.orphans[0].plans == ("Gold", "Silver", "Silver for Delta Traders")


def test_a_sheet_of_a_supplier_nobody_uses_hurts_no_plan_of_others(world: World) -> None:
    create_supplier(world.db, world.sara, name="Borealis")
    create_table(world.db, world.sara, name="Borealis A-Z", currency="USD", supplier="Borealis")
    found = asked(world, NewRate("2010", Terms(Decimal("5"))), table="Borealis A-Z")
    assert (found.by_plan, found.orphans) == ({}, ())


def test_the_first_sheet_of_a_table_and_the_last(world: World) -> None:
    create_supplier(world.db, world.sara, name="Borealis")
    create_table(world.db, world.sara, name="Borealis A-Z", currency="USD", supplier="Borealis")
    rules = [*fixed({"20": Decimal("0.05")}), PlanRule()]
    tariffs.create_plan(world.db, world.sara, name="North", table="Borealis A-Z", rules=rules)
    tariffs.assign_plan(
        world.db, world.sara, account="Blue Hotel", plan="North", since=world.at("2026-11-25")
    )
    first = [NewRate("20", Terms(Decimal("0.06")), "Egypt"), NewRate("44", Terms(Decimal("0.01")), "UK")]
    found = asked(world, *first, table="Borealis A-Z")
    assert by_plan(found) == {"North": ["20"]}
    assert found.traps
    closed = [NewRate(prefix, state=RateState.CLOSED) for prefix in ("20", "44")]
    found = asked(world, *closed, table="Borealis A-Z", at="2026-12-10")
    assert (found.prefixes, [one.prefix for one in found.orphans]) == (0, ["20"])


def test_minutes_go_to_the_longest_prefix_of_the_last_days(world: World) -> None:
    calls(world, ("NILE", "201012345678", 60), ("GHOST", "2015123456", 30), ("NILE", "20212345678", 5))
    calls(world, ("NILE", "201012345678", 999), day="2026-10-01 12:00:00")
    known = CallsAndTariffs(world.db.clock)

    def seconds(*prefixes: str) -> dict[str, int]:
        with world.db.read() as conn:
            return dict(known.seconds(conn, 1, prefixes, since=NOW - timedelta(days=30), until=NOW))

    assert seconds("20", "2010", "1") == {"20": 35, "2010": 60}
    assert seconds("2015", "20", "2010", "1") == {"20": 5, "2010": 60, "2015": 30}
    calls(world, ("NILE", "201012345678", 7), day="2026-11-11 12:00:00")
    assert seconds("2010") == {"2010": 67}
    newest = rates_of_calls(world)[-1]
    revert_import(world.db, world.sara, newest)
    assert seconds("2010") == {"2010": 60}
    assert seconds() == {}
    with world.db.read() as conn:
        marked = np.array([b"20", b"2010"], "S15")
        told = known.seconds(conn, 1, marked, since=NOW - timedelta(days=30), until=NOW)  # type: ignore[arg-type]
    assert told == seconds("20", "2010")


def rates_of_calls(world: World) -> list[int]:
    """Numbers of the call imports, in order."""
    from voipdesk.calls.queries import imports

    return sorted(one.seq for one in imports(world.db, world.sara))


def test_who_may_not_see_costs_is_told_nothing(world: World) -> None:
    empty = columns([])
    with world.db.read() as conn, pytest.raises(NotAllowed):
        CallsAndTariffs().consequences(conn, world.rami, 1, before=empty, after=empty, at=NOW)


PREFIXES = st.text("12", min_size=1, max_size=3)
PRICES = st.integers(0, 6).map(lambda cents: Decimal(cents).scaleb(-2))
STATES = st.sampled_from([0, 0, 0, 1, 2])
DECKS = st.dictionaries(PREFIXES, st.tuples(PRICES, STATES), max_size=8)
RULES = st.lists(
    st.one_of(
        st.builds(lambda p, v: PlanRule(Match.PREFIX, p, Action.FIXED, fixed_price=v), PREFIXES, PRICES),
        st.builds(lambda p: PlanRule(Match.EXACT, p, Action.OMIT), PREFIXES),
        st.builds(lambda p: PlanRule(Match.PREFIX, p, Action.FREE), PREFIXES),
        st.builds(lambda p: PlanRule(Match.PREFIX, p, Action.BLOCK), PREFIXES),
        st.just(PlanRule(markup=Decimal("-0.5"))),
    ),
    max_size=5,
)
START = datetime(2026, 11, 1, tzinfo=UTC)


def as_columns(deck: dict[str, tuple[Decimal, int]]) -> RateColumns:
    """A deck as the columns of a table."""
    start = to_micros(START)
    rows = [
        (0, prefix, "", start, 1, state, to_scaled(price), None, 0, 0, 1, 1, 0, 0, None, "")
        for prefix, (price, state) in deck.items()
    ]
    return columns([rows])


def as_table(deck: dict[str, tuple[Decimal, int]]) -> RateTable:
    """The same for the scalar rules."""
    states = (RateState.OPEN, RateState.BLOCKED, RateState.CLOSED)
    from voipdesk.kernel.periods import EffectiveRange

    return RateTable.of(
        Rate(prefix, Terms(price), EffectiveRange(START), "", states[state])
        for prefix, (price, state) in deck.items()
    )


def gap_of(number: str, cost: RateTable, base: RateTable, rules: list[PlanRule]) -> Decimal | None:
    """How far below cost a number is sold by the scalar rules; None: not sold, without cost, or free on purpose."""
    paid = match(cost, number, NOW)
    sold = match(PlanSource(base, PlanTerms(), rules), number, NOW)
    if paid is None or paid.state is not RateState.OPEN or sold is None or sold.state is not RateState.OPEN:
        return None
    spoke = best_rule(rules, sold.prefix, "", NOW)
    if spoke is not None and rules[spoke].action is Action.FREE:
        return None
    return paid.terms.price - sold.terms.price


@given(before=DECKS, after=DECKS, own=st.one_of(st.none(), DECKS), rules=RULES)
def test_losses_are_those_of_the_scalar_rules(
    before: dict[str, tuple[Decimal, int]],
    after: dict[str, tuple[Decimal, int]],
    own: dict[str, tuple[Decimal, int]] | None,
    rules: list[PlanRule],
) -> None:
    old, new = (engine.listed(as_columns(deck), NOW, "") for deck in (before, after))
    base = None if own is None else engine.listed(as_columns(own), NOW, "")
    sides = engine.Sides(old, new, base or old, base or new)
    found = engine.losses(sides, rules, PlanTerms(), NOW)
    given = {engine.Listed.named(new, int(key), -1)[0]: place for place, key in enumerate(found.keys)}
    tables = [as_table(deck) for deck in (before, after)]
    bases = tables if own is None else [as_table(own)] * 2
    closed = 2
    numbers = {
        one for deck in (before, after, own or {}) for one, (_, state) in deck.items() if state != closed
    }
    for number in numbers:
        was = gap_of(number, tables[0], bases[0], rules)
        now = gap_of(number, tables[1], bases[1], rules)
        is_hurt = now is not None and now > max(was or Decimal(0), Decimal(0))
        # A free rule before is no loss chosen by the sheet: only what is sold at a price counts as one.
        if is_hurt and was is None and number not in given:
            assert _was_free(number, bases[0], rules)
            continue
        assert (number in given) == is_hurt, (number, was, now)
        if is_hurt and number in given:
            place = given[number]
            assert from_scaled(int(found.cost[place] - found.sell[place])) == now


def _was_free(number: str, base: RateTable, rules: list[PlanRule]) -> bool:
    sold = match(PlanSource(base, PlanTerms(), rules), number, NOW)
    spoke = None if sold is None else best_rule(rules, sold.prefix, "", NOW)
    return spoke is not None and rules[spoke].action is Action.FREE


@given(deck=DECKS, rules=RULES, asked=st.lists(PREFIXES, max_size=9), at_once=st.integers(1, 4))
def test_prices_told_some_at_a_time_are_the_same(
    deck: dict[str, tuple[Decimal, int]], rules: list[PlanRule], asked: list[str], at_once: int
) -> None:
    listed, keys = engine.listed(as_columns(deck), NOW, ""), number_keys(asked)
    wanted = engine.prices(listed, keys, rules, PlanTerms(), NOW).price.tolist()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(engine, "AT_ONCE", at_once)
        assert engine.sold_at(listed, keys, rules, PlanTerms(), NOW).tolist() == wanted


def test_keys_come_back_as_prefixes() -> None:
    listed = engine.listed(as_columns({"0044": (Decimal(1), 0), "7": (Decimal(1), 0)}), NOW, "")
    assert [listed.named(int(key), -1)[0] for key in number_keys(["0044", "7"])] == ["0044", "7"]


def test_scheduled_rates_are_told_ahead_until_prices_follow(world: World) -> None:
    calls(world, *[("NILE", "201012345678", 72_000)] * 10)
    assert attention_ahead(world.db, world.sara) == []
    publish_rates(
        world.db, world.sara, table="Aurora A-Z", rows=december(), effective=world.at("2026-11-30 00:00")
    )
    told = attention_ahead(world.db, world.sara)
    assert [one.count for one in told] == [8, 3, 2]
    assert told[0].text == (
        "8 prefixes of Gold will be sold below cost from \u20662026-11-30\u2069: Nile Calls, Blue Hotel"
    )
    assert [one.prefix for one in told[1].losses] == ["1658", "2010", "2015"]
    prices = {one.prefix: one.cost for one in told[0].losses}
    tariffs.set_prices(world.db, world.sara, plan="Gold", prices=prices, since=world.at("2026-11-30 00:00"))
    assert [one.count for one in attention_ahead(world.db, world.sara)] == [3, 2]


def test_who_sees_no_costs_is_told_nothing_ahead(world: World) -> None:
    publish_rates(
        world.db, world.sara, table="Aurora A-Z", rows=december(), effective=world.at("2026-11-30 00:00")
    )
    for actor in (world.rami, world.cora, world.uma):
        assert attention_ahead(world.db, actor) == []


def test_rates_that_have_begun_are_not_told_ahead(world: World) -> None:
    publish_rates(
        world.db, world.sara, table="Aurora A-Z", rows=december(), effective=world.at("2026-11-20 00:00")
    )
    assert attention_ahead(world.db, world.sara) == []
