"""Figures of many calls, added up in columns, against the SQL that adds up few."""

import random
from decimal import Decimal

import pytest

from tests.calls.conftest import Writer, generic
from tests.worlds import World
from voipdesk.calls import commands, queries
from voipdesk.calls.queries import figures, figures_columns, totals, totals_by
from voipdesk.kernel.problems import NotAllowed
from voipdesk.tariffs import commands as tariffs
from voipdesk.tariffs.rules import Action, Match, PlanRule

NUMBERS = ("201012345678", "447700900123", "18765550100", "999", "491511234567", "5312345", "")
NAMES = ("NILE", "BLUE", "DSHOP", "PALM", "ZSHOP", "GHOST")


@pytest.fixture
def busy(world: World, file_of: Writer) -> World:
    """280 calls of everybody over two months: rated, rated again, waiting, unknown, never rated."""
    dear = PlanRule(Match.PREFIX, "447", Action.FIXED, fixed_price=Decimal("999999.999999"))
    tariffs.add_rules(world.db, world.sara, plan="Gold", rules=[dear])
    rng = random.Random(7)
    lines = [
        f"{n},{rng.choice(NAMES)},1000,{rng.choice(NUMBERS)},2026-{rng.choice((10, 11))}-{rng.randint(1, 28):02} "
        f"{rng.randint(0, 23):02}:{rng.randint(0, 59):02}:00,,{rng.choice((0, 1, 61, 86_400))},ANSWERED"
        for n in range(200)
    ]
    lines[:0] = [
        f"x{n},NILE,1000,+447700900123,2026-10-{n % 28 + 1:02} 10:00:00,,86400,ANSWERED" for n in range(80)
    ]
    commands.import_calls(world.db, world.sara, file_of(generic(*lines[:230])), zone="Africa/Cairo")
    commands.rate_calls(world.db, world.sara)
    commands.rate_calls(world.db, world.sara, rerate=True, until=world.at("2026-11-01"))
    commands.import_calls(
        world.db, world.sara, file_of(generic(*lines[230:]), "more.csv"), zone="Africa/Cairo"
    )
    return world


@pytest.mark.parametrize("who", ["sara", "rami", "zoe", "cora"])
def test_columns_add_up_to_what_sql_does(busy: World, who: str, monkeypatch: pytest.MonkeyPatch) -> None:
    actor = busy.sara if who == "sara" else busy.actor(who)
    ways = [None, "account", "customer", "destination", "day", "hour"]
    spans = [(None, None), (busy.at("2026-10-10"), busy.at("2026-11-05")), (busy.at("2027-01-01"), None)]
    told = [totals_by(busy.db, actor, *span, ways) for span in spans]
    monkeypatch.setattr(figures, "MANY", 0)
    monkeypatch.setattr(figures_columns, "CHUNK", 13)
    for span, sums in zip(spans, told, strict=True):
        assert totals_by(busy.db, actor, *span, ways) == sums
        for by in ways:
            assert totals(busy.db, actor, *span, by=by) == sums[by]
    if who == "sara":
        assert told[0][None][0].attempts == 280
        assert told[0][None][0].revenue > 10**11


def test_suppliers_are_added_up_for_those_who_may_see_them(
    busy: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    told = totals(busy.db, busy.sara, by="supplier")
    monkeypatch.setattr(figures, "MANY", 0)
    assert totals(busy.db, busy.sara, by="supplier") == told
    with pytest.raises(NotAllowed):
        totals(busy.db, busy.rami, by="supplier")


def test_of_several_runs_the_newest_published_counts(busy: World) -> None:
    before = totals(busy.db, busy.sara, until=busy.at("2026-11-01"))
    tariffs.add_rules(
        busy.db,
        busy.sara,
        plan="Gold",
        rules=[PlanRule(Match.PREFIX, "20", Action.FIXED, fixed_price=Decimal(9))],
    )
    commands.rate_calls(busy.db, busy.sara, rerate=True)
    newest = max(one.seq for one in queries.runs(busy.db, busy.sara))
    assert totals(busy.db, busy.sara, until=busy.at("2026-11-01")) != before
    commands.revert_run(busy.db, busy.sara, newest)
    assert totals(busy.db, busy.sara, until=busy.at("2026-11-01")) == before
