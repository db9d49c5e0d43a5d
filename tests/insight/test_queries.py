"""The home page's figures, and that nobody sees more on it than is his."""

from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path

import pytest

from tests.published import publish_rates
from tests.worlds import World, acme
from voipdesk.calls.commands import import_calls, rate_calls
from voipdesk.insight.queries import Home, home
from voipdesk.insight.rules import acd_tone, asr_tone, duration, margin_tone, percent
from voipdesk.rates.rules.assertions import NewRate
from voipdesk.rating.rules import Terms

HEAD = "uniqueid,account,caller,called,start,answer,billsec,disposition\n"
WEEK = HEAD + "".join(
    [
        "a1,ORCHID,1000,00201512345678,2026-12-02 10:00:00,2026-12-02 10:00:05,6000,ANSWERED\n",
        "a2,NILE,1000,00447700900123,2026-12-03 10:00:00,2026-12-03 10:00:05,12000,ANSWERED\n",
        "a3,NILE,1000,00447700900123,2026-12-03 11:00:00,,0,BUSY\n",
        "a4,GHOST,1000,00447700900123,2026-12-03 12:00:00,2026-12-03 12:00:05,60,ANSWERED\n",
    ]
)


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    with acme(tmp_path) as world:
        publish_rates(
            world.db,
            world.sara,
            table="Aurora A-Z",
            rows=[NewRate("2015", Terms(Decimal("0.1160")), "Egypt Mobile WE")],
            effective=world.at("2026-11-30"),
        )
        file = tmp_path / "week.csv"
        file.write_text(WEEK, encoding="utf-8")
        import_calls(world.db, world.sara, file, zone="Africa/Cairo")
        rate_calls(world.db, world.sara)
        yield world


def week(world: World, who: str = "sara") -> Home:
    actor = world.sara if who == "sara" else world.actor(who)
    return home(world.db, actor, world.at("2026-12-01"), world.at("2026-12-08"))


def figures(found: Home) -> dict[str, str]:
    return {one.name: one.text for one in found.figures}


def test_where_do_i_lose_money(world):
    found = week(world)
    assert figures(found) == {
        "revenue": "16.80", "cost": "16.60", "margin": "0.20", "margin_share": "1.2 %",
        "minutes": "301", "calls": "3", "asr": "75.0 %", "acd": "100:20",
    }  # fmt: skip
    first = found.destinations[0]
    assert (first.revenue, first.cost, first.margin) == (Decimal("11"), Decimal("11.6"), Decimal("-0.6"))
    assert found.attention[0].tone == "danger"
    assert found.attention[0].count == 1
    assert [item.page for item in found.attention[1:]] == ["problems"]
    assert "GHOST" in found.attention[1].text
    assert [one.label for one in found.customers[:2]] == ["Orchid Clinic", "Nile Calls"]


def test_calls_nobody_has_rated_are_told_to_those_who_can_rate(tmp_path: Path, world: World) -> None:
    file = tmp_path / "more.csv"
    file.write_text(HEAD + "b1,NILE,1000,00447700900123,2026-12-04 10:00:00,,30,ANSWERED\n", encoding="utf-8")
    import_calls(world.db, world.sara, file, zone="Africa/Cairo")
    last = week(world).attention[-1]
    assert (last.text, last.page, last.count) == ("1 call is not rated yet", "calls", 1)
    assert week(world, "cora").attention == ()
    rate_calls(world.db, world.sara)
    assert all("not rated" not in item.text for item in week(world).attention)


def test_priced_calls_with_a_problem_hide_none_that_nobody_has_rated(tmp_path: Path, world: World) -> None:
    """Where nothing is bought the sale is priced all the same: a price, and a problem."""
    file = tmp_path / "more.csv"
    row = "{id},NILE,1000,00447700900123,2026-12-04 10:00:00,2026-12-04 10:00:05,30,ANSWERED\n"
    with world.db.write("No default table", world.sara) as write:
        write.raw.execute("UPDATE rate_table SET is_default = 0")
    for name in ("b1", "b2"):
        file.write_text(HEAD + row.format(id=name), encoding="utf-8")
        import_calls(world.db, world.sara, file, zone="Africa/Cairo", rate=name == "b1")
    found = week(world)
    assert "1 call is not rated yet" in [item.text for item in found.attention]
    assert sum(one.unrated for one in found.days) == 1


def test_a_customer_sees_spend_and_neither_cost_nor_anybody_else(world):
    found = week(world, "cora")
    assert set(figures(found)) == {"revenue", "minutes", "calls", "asr", "acd"}
    assert figures(found)["revenue"] == "5.80"
    assert {one.label for one in found.customers} <= {"Nile Calls", "Uma"}
    assert found.attention == ()
    assert found.steps == ()
    said = repr(found)
    for name in ("Orchid", "GHOST", "Aurora", "Blue"):
        assert name not in said


@pytest.mark.parametrize("who", ["rami", "zoe"])
def test_a_reseller_sees_nothing_of_the_others(world, who):
    found = week(world, who)
    assert figures(found)["revenue"] == "0.00"
    assert found.attention == ()
    assert not found.has_calls


def test_the_first_steps_tick_themselves(world):
    assert [step.is_done for step in week(world).steps] == [True, True, True, True]
    older = home(world.db, world.sara, world.at("2026-01-01"), world.at("2026-01-02"))
    assert older.has_calls, "calls there are, though not in this period"


def test_without_calls_the_last_step_is_open(tmp_path):
    with acme(tmp_path, plans=False) as world:
        assert [step.is_done for step in week(world).steps] == [True, False, True, False]


def test_figures_after_their_definitions():
    assert percent(1, 3) == Decimal("33.3")
    assert percent(Decimal("0.2"), Decimal("16.8")) == Decimal("1.2")
    assert percent(1, 0) is None
    assert [asr_tone(Decimal(share)) for share in ("9.9", "10", "19.9", "20")] == [
        "danger",
        "warning",
        "warning",
        "",
    ]
    assert [acd_tone(seconds) for seconds in (119, 120, 179, 180)] == ["danger", "warning", "warning", ""]
    assert margin_tone(Decimal("-0.01"), None) == "danger"
    assert margin_tone(Decimal("1"), Decimal("4.9")) == "warning"
    assert margin_tone(Decimal("1"), Decimal("5")) == ""
    assert duration(161) == "2:41"
