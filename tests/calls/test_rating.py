"""Rated calls: by the terms of their instant, at every level, explained from what was stored, equal to the rules."""

import random
import threading
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import insert

from tests.calls.conftest import Writer, generic
from tests.published import publish_rates
from tests.worlds import CAIRO, SINCE, World
from voipdesk.accounts import commands as people
from voipdesk.billing.schema import invoice, invoice_call
from voipdesk.calls import commands, engine_run, queries
from voipdesk.calls.commands import book, landing, rating, reading
from voipdesk.calls.engine import LEVELS
from voipdesk.calls.engine_run import Run
from voipdesk.calls.queries import CallFilter
from voipdesk.kernel.changes import Actor
from voipdesk.kernel.periods import EffectiveRange, parse_instant
from voipdesk.kernel.problems import Cancelled, NotAllowed, Refused
from voipdesk.kernel.progress import Quiet
from voipdesk.rates import commands as rate_commands
from voipdesk.rates.rules import NewRate
from voipdesk.rates.rules.hours import read_hours
from voipdesk.rating.rules import Terms
from voipdesk.store.types import uuid7
from voipdesk.tariffs import commands as tariffs
from voipdesk.tariffs import queries as tariff_queries
from voipdesk.tariffs.rules import Action, Match, PlanRule

MIDNIGHT = (
    "uniqueid,account,called,start,billsec\n"
    "a,NILE,+201012345678,2026-11-29T21:59:59Z,120\n"
    "b,NILE,+201012345678,2026-11-29T22:00:00Z,120\n"
    "c,NILE,+201012345678,2026-11-30T22:00:00Z,120\n"
)


def test_scenario_midnight_in_cairo_is_not_midnight_in_utc(world: World, file_of: Writer) -> None:
    dearer = PlanRule(
        Match.PREFIX,
        "2010",
        Action.FIXED,
        fixed_price=Decimal("0.1280"),
        effective=EffectiveRange(world.at("2026-11-30")),
    )
    tariffs.add_rules(world.db, world.sara, plan="Gold", rules=[dearer])
    path = file_of(MIDNIGHT.replace("Z", ""))
    wrong = commands.import_calls(world.db, world.sara, path, zone="Africa/Cairo", rate=True)
    commands.revert_import(world.db, world.sara, wrong.import_seq or 0)
    commands.import_calls(world.db, world.sara, path, zone="UTC", rate=True)

    rows = queries.calls(world.db, world.sara).rows
    shown = [
        (row.unique_id, row.answer.astimezone(CAIRO).strftime("%d %b %H:%M:%S"), row.price) for row in rows
    ]
    assert shown == [
        ("a", "29 Nov 23:59:59", Decimal("0.230000")),
        ("b", "30 Nov 00:00:00", Decimal("0.256000")),
        ("c", "01 Dec 00:00:00", Decimal("0.256000")),
    ]
    days = queries.totals(world.db, world.sara, by="day")
    assert [(one.key, one.attempts) for one in days] == [
        ("2026-11-29", 1),
        ("2026-11-30", 1),
        ("2026-12-01", 1),
    ]
    taken = {}
    for month, since, until in (("nov", "2026-11-01", "2026-12-01"), ("dec", "2026-12-01", "2027-01-01")):
        with world.db.read() as conn:
            found = queries.billable(
                conn,
                seller_id=world.sara.account_id,
                seller_level="admin",
                since=world.at(since),
                until=world.at(until),
            )
        taken[month] = [row.price for _, row in found]
    assert taken == {"nov": [Decimal("0.23"), Decimal("0.256")], "dec": [Decimal("0.256")]}


def test_times_that_say_their_zone_need_no_other(world: World, file_of: Writer) -> None:
    commands.import_calls(world.db, world.sara, file_of(MIDNIGHT), zone="America/New_York")
    assert queries.calls(world.db, world.sara).rows[1].answer == datetime(2026, 11, 29, 22, tzinfo=UTC)


def one_call(account: str = "DSHOP", called: str = "+447700900123", seconds: int = 60, key: str = "1") -> str:
    return generic(f"{key},{account},1000,{called},2026-11-20 10:00:00,,{seconds},ANSWERED")


def test_each_level_is_rated_with_its_own_plan(world: World, file_of: Writer) -> None:
    commands.import_calls(world.db, world.sara, file_of(one_call()), rate=True)
    row = queries.calls(world.db, world.sara).rows[0]
    assert (row.cost, row.price) == (Decimal("0.025"), Decimal("0.0275"))
    levels = {one.level: one for one in queries.explain_call(world.db, world.sara, row.id).levels}
    assert {name: one.amount for name, one in levels.items()} == {
        "cost": Decimal("0.025"),
        "reseller": Decimal("0.0275"),
        "company": Decimal("0.0344"),
    }
    his = queries.calls(world.db, world.rami).rows[0]
    assert (his.cost, his.price, his.margin) == (Decimal("0.0275"), Decimal("0.0344"), Decimal("0.0069"))


def test_a_plan_speaks_of_destinations_by_name(world: World, file_of: Writer) -> None:
    rules = [PlanRule(), PlanRule(Match.DESTINATION, "*mobile*", Action.FIXED, fixed_price=Decimal("0.5"))]
    tariffs.create_plan(world.db, world.sara, name="By name", rules=rules)
    people.create_account(world.db, world.sara, name="Fresh Shop", level="company")
    tariffs.assign_plan(world.db, world.sara, account="Fresh Shop", plan="By name", since=SINCE)
    commands.import_calls(world.db, world.sara, file_of(one_call("Fresh Shop")), rate=True)
    row = queries.calls(world.db, world.sara).rows[0]
    assert ("Mobile" in row.destination, row.price) == (True, Decimal("0.5"))


def test_a_level_without_plan_passes_the_price_through_and_its_terms_say_no_plan(
    world: World, file_of: Writer
) -> None:
    commands.import_calls(world.db, world.sara, file_of(one_call("ZSHOP")), rate=True)
    row = queries.calls(world.db, world.sara).rows[0]
    levels = {one.level: one for one in queries.explain_call(world.db, world.sara, row.id).levels}
    assert levels["company"].amount == levels["reseller"].amount == Decimal("0.0275")
    assert levels["company"].plan_id is None
    assert levels["reseller"].plan_id is not None


def many(world: World, count: int = 400) -> str:
    """Calls of every account to numbers of every kind, in October and November, unanswered ones among them."""
    dice = random.Random(5)
    prefixes = ["44", "447", "4420", "49", "4915", "1", "1876", "20", "2010", "2015", "53", "960", "999", "7"]
    rows = []
    for number in range(count):
        at = datetime(2026, 9, 25) + timedelta(seconds=dice.randrange(60 * 86400))  # noqa: DTZ001
        called = dice.choice(prefixes) + str(dice.randrange(10**7)).zfill(7)
        account = dice.choice(["NILE", "BLUE", "ORCHID", "DSHOP", "ZSHOP", "DTRADE", "Uma", "Delta Resell"])
        rows.append(f"m{number},{account},1000,+{called},{at},,{dice.choice([0, 1, 59, 60, 61, 3599])},X")
    return generic(*rows)


def test_a_random_sample_equals_the_scalar_rules(world: World, file_of: Writer) -> None:
    commands.import_calls(world.db, world.sara, file_of(many(world)), rate=True)
    ids = queries.call_ids(world.db, world.sara)
    seen: set[str | None] = set()
    for row in queries.call_rows(world.db, world.sara, random.Random(7).sample(list(ids), 120)):
        explained = queries.explain_call(world.db, world.sara, row.id)
        by_rules = tariff_queries.price(
            world.db, world.sara, row.account_id, f"+{row.number}", row.answer, row.talk_seconds
        )
        assert row.problem == (str(by_rules.trouble) or None)
        expected = {str(one.level): (one.amount, one.seconds) for one in by_rules.levels}
        assert {one.level: (one.amount, one.seconds) for one in explained.levels} == expected
        for level in explained.levels:
            if level.terms is not None:
                assert level.recomputed == level.amount
        seen.add(row.problem)
    assert {None, "no_rate"} <= seen


@pytest.mark.parametrize("login", ["sara", "rami"])
def test_the_figures_of_a_run_are_those_of_its_rows(world: World, file_of: Writer, login: str) -> None:
    actor = world.sara if login == "sara" else world.rami
    commands.import_calls(world.db, world.sara, file_of(many(world)))
    made = commands.rate_calls(world.db, actor)
    whole = queries.totals(world.db, actor)[0]
    assert (made.answered, made.charged) == (whole.answered, whole.charged)
    assert (made.rated, made.revenue, made.cost, made.margin) == (
        whole.attempts,
        whole.revenue,
        whole.cost,
        whole.margin,
    )
    assert sum(made.problems.values()) >= whole.problems
    by = {one.label: one.revenue for one in queries.totals(world.db, actor, by="customer") if one.revenue}
    assert {one.account: one.after for one in made.customers if one.after} == by


def test_an_old_call_explains_itself_after_later_edits(world: World, file_of: Writer) -> None:
    commands.import_calls(world.db, world.sara, file_of(one_call("NILE", seconds=65)), rate=True)
    call_id = queries.call_ids(world.db, world.sara)[0]
    before = queries.explain_call(world.db, world.sara, call_id)
    tariffs.add_rules(
        world.db,
        world.sara,
        plan="Gold",
        rules=[PlanRule(Match.EXACT, "447", Action.FIXED, fixed_price=Decimal(9))],
    )
    with world.db.write("New rounding", world.sara) as write:
        write.set("rounding", {"decimals": 2, "mode": "up"})
    after = queries.explain_call(world.db, world.sara, call_id)
    assert after == before
    assert after.levels[1].steps[-1].value == "0.031417"


def test_the_time_band_by_which_a_rate_was_found_is_told(world: World, file_of: Writer) -> None:
    nights = read_hours("Mon-Sun 22:00-06:00")
    rate_commands.add_band(world.db, world.sara, table=None, name="Night", hours=nights)
    night = NewRate("447", Terms(Decimal("0.005")), "UK Mobile", band="Night")
    publish_rates(world.db, world.sara, table=None, rows=[night], effective=world.at("2026-10-01"))
    rows = (f"{hour},DSHOP,1000,+447700900123,2026-11-20 {hour}:00:00,,60,ANSWERED" for hour in (10, 23))
    commands.import_calls(world.db, world.sara, file_of(generic(*rows)), rate=True)
    calls = {row.unique_id: row for row in queries.calls(world.db, world.sara).rows}

    def told(key: str, actor: Actor = world.sara) -> dict[str, list[str]]:
        """The band that each level tells, by what explains the call and by what tells a price."""
        row = calls[key]
        by_rules = tariff_queries.price(world.db, actor, row.account_id, f"+{row.number}", row.answer, 60)
        found = {
            one.level: [step.value for step in one.steps if step.label == "Time band"]
            for one in queries.explain_call(world.db, actor, row.id).levels
        }
        assert found == {
            str(one.level): [step.value for step in one.steps if step.label == "Time band"]
            for one in by_rules.levels
        }
        return found

    assert told("10") == {"cost": [], "reseller": [], "company": []}
    assert told("23") == {"cost": ["Night"], "reseller": ["Night"], "company": ["Night"]}
    assert told("23", world.rami) == {"reseller": ["Night"], "company": ["Night"]}
    rate_commands.change_band(world.db, world.sara, table=None, name="Night", hours=nights, new_name="Late")
    assert told("23")["cost"] == ["Late"]
    world.db.undo(world.sara)
    assert told("23")["company"] == ["Night"]


def test_rating_again_tells_before_and_after_and_leaves_the_billed_alone(
    world: World, file_of: Writer
) -> None:
    rows = [f"n{n},BLUE,1,+201012345678,2026-11-0{n + 1} 10:00:00,,3000,ANSWERED" for n in range(6)]
    rows += [f"o{n},BLUE,1,+201012345678,2026-10-2{n} 10:00:00,,3000,ANSWERED" for n in range(2)]
    commands.import_calls(world.db, world.sara, file_of(generic(*rows)), rate=True)
    old = queries.calls(world.db, world.sara, CallFilter(until=world.at("2026-11-01"))).rows
    bill(world, [row.id for row in old], "INV-2026-0099")
    agreed = PlanRule(
        Match.EXACT,
        "2010",
        Action.FIXED,
        fixed_price=Decimal("0.1100"),
        effective=EffectiveRange(world.at("2026-10-16")),
    )
    tariffs.add_rules(world.db, world.sara, plan="Gold", rules=[agreed])
    since = world.at("2026-10-16")
    dry = commands.rate_calls(world.db, world.sara, since=since, rerate=True, dry_run=True)
    told = [(one.account, one.calls, one.before, one.after) for one in dry.customers]
    assert told == [("Blue Hotel", 6, Decimal("34.5"), Decimal("33"))]
    assert [(one.invoice, one.calls, one.before, one.after) for one in dry.untouched] == [
        ("INV-2026-0099", 2, Decimal("11.5"), Decimal("11"))
    ]
    assert len(queries.runs(world.db, world.sara)) == 1, "a dry run leaves nothing"

    done = commands.rate_calls(world.db, world.sara, since=since, rerate=True)
    assert (done.rated, done.charged, done.revenue) == (6, 6, Decimal("33"))
    assert queries.runs(world.db, world.sara)[0].totals["priced_seconds"] == 18_000
    prices = [row.price for row in queries.calls(world.db, world.sara).rows]
    assert prices == [Decimal("5.75")] * 2 + [Decimal("5.5")] * 6
    commands.revert_run(world.db, world.sara, done.run_seq or 0)
    assert {row.price for row in queries.calls(world.db, world.sara).rows} == {Decimal("5.75")}


def bill(world: World, ids: list[int], number: str) -> None:
    """A document below every command of billing: this room only asks whether a call is on one."""
    key, blue = uuid7(), world.account("Blue Hotel").id
    with world.db.write("Fixture: a document", world.sara, undoable=False) as write:
        write.conn.execute(
            insert(invoice).values(
                id=key, kind="invoice", seller_id=world.sara.account_id, customer_id=blue, state="draft",
                period_from=world.at("2026-10-01"), period_until=world.at("2026-11-01"), currency="USD", net=0,
                tax=0, total=0, created_at=write.now,
            )
        )  # fmt: skip
        rows = [{"call_id": one, "level": "company", "invoice_id": key, "run_seq": 1} for one in ids]
        write.conn.execute(insert(invoice_call), rows)
        write.raw.execute(
            "UPDATE invoice SET number = ?, state = 'issued', seq = 99 WHERE id = ?", (number, key.bytes)
        )


def test_a_file_or_run_with_billed_calls_stays(world: World, yesterday: Path) -> None:
    made = commands.import_calls(world.db, world.sara, yesterday, zone="Africa/Cairo", rate=True)
    bill(world, [queries.call_ids(world.db, world.sara)[4]], "INV-2026-0001")
    for attempt in (
        lambda: commands.revert_import(world.db, world.sara, made.import_seq or 0),
        lambda: commands.revert_run(world.db, world.sara, 1),
    ):
        with pytest.raises(Refused) as refused:
            attempt()
        assert refused.value.code == "on_invoice"
        assert "INV-2026-0001" in str(refused.value)


def test_nothing_new_is_no_run(world: World, yesterday: Path) -> None:
    assert commands.rate_calls(world.db, world.sara).run_seq is None
    commands.import_calls(world.db, world.sara, yesterday, zone="Africa/Cairo", rate=True)
    later = commands.rate_calls(world.db, world.sara, since=parse_instant("2026-12-01"))
    assert (later.run_seq, later.rated) == (None, 0)


def test_a_missing_cost_is_empty_and_the_sale_still_priced(world: World, file_of: Writer) -> None:
    with world.db.write("No default table", world.sara) as write:
        write.raw.execute("UPDATE rate_table SET is_default = 0")
    commands.import_calls(world.db, world.sara, file_of(one_call("NILE")), rate=True)
    row = queries.calls(world.db, world.sara).rows[0]
    assert (row.price, row.cost, row.margin, row.problem) == (Decimal("0.029"), None, None, "no_cost")
    assert queries.calls(world.db, world.cora).rows[0].problem is None, "suppliers are none of hers"
    whole = queries.totals(world.db, world.sara)[0]
    assert (whole.revenue, whole.margin, whole.without_cost) == (Decimal("0.029"), Decimal(0), 1)
    with world.db.read() as conn:
        assert queries.unrated(conn, world.sara) == {}, "it can be billed"


def test_cancelled_runs_leave_nothing(world: World, yesterday: Path) -> None:
    commands.import_calls(world.db, world.sara, yesterday, zone="Africa/Cairo")
    looks = iter(range(10))
    with pytest.raises(Cancelled):
        commands.rate_calls(world.db, world.sara, progress=Quiet(lambda: next(looks) == 1))
    assert queries.runs(world.db, world.sara) == []
    assert commands.rate_calls(world.db, world.sara).rated == 9


def test_a_run_is_cancelled_while_its_calls_are_being_read(
    world: World, yesterday: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def slowly(*given: Any, **named: Any) -> Iterator[Any]:
        for place, chunk in enumerate(reading.calls_in_chunks(*given, **named)):
            if place:
                time.sleep(0.05)
            yield chunk

    commands.import_calls(world.db, world.sara, yesterday, zone="Africa/Cairo")
    monkeypatch.setattr(rating, "calls_in_chunks", slowly)
    for name in ("BATCH", "FIRST"):
        monkeypatch.setattr(reading, name, 1)
    looks = iter(range(10))
    with pytest.raises(Cancelled):
        commands.rate_calls(world.db, world.sara, progress=Quiet(lambda: next(looks) == 1))
    names = [one.name for one in threading.enumerate()]
    assert [one for one in names if one.startswith(("reading", "preparing", "rating"))] == []
    assert queries.runs(world.db, world.sara) == []
    assert commands.rate_calls(world.db, world.sara).rated == 9


def test_only_those_with_the_right_rate_and_resellers_only_their_own(world: World, yesterday: Path) -> None:
    commands.import_calls(world.db, world.sara, yesterday, zone="Africa/Cairo")
    for actor in (world.cora, world.uma):
        with pytest.raises(NotAllowed):
            commands.rate_calls(world.db, actor)
    assert commands.rate_calls(world.db, world.rami).rated == 0
    assert commands.rate_calls(world.db, world.sara).rated == 9


def test_sums_above_ninety_billion_are_exact(world: World, file_of: Writer) -> None:
    """A month in rials: one integer sum of 10^-8 would overflow, in numpy without a word."""
    dear = PlanRule(Match.PREFIX, "447", Action.FIXED, fixed_price=Decimal("999999.999999"))
    tariffs.add_rules(world.db, world.sara, plan="Gold", rules=[dear])
    rows = [f"{n},NILE,1000,+447700900123,2026-11-20 10:00:00,,86400,ANSWERED" for n in range(100)]
    made = commands.import_calls(world.db, world.sara, file_of(generic(*rows)), rate=True)
    assert made.revenue == 100 * Decimal("1439999999.99856")
    assert made.rating is not None
    assert made.rating.revenue == made.revenue
    assert [one.revenue for one in queries.totals(world.db, world.sara, by="customer")] == [made.revenue]


def test_a_level_without_plan_says_so_and_names_no_table(world: World, file_of: Writer) -> None:
    commands.import_calls(world.db, world.sara, file_of(one_call("ZSHOP")), rate=True)
    key = queries.calls(world.db, world.sara).rows[0].id
    told = queries.explain_call(world.db, world.sara, key)
    assert [(one.account, one.source) for one in told.levels[1:]] == [
        ("Zeta Resell", "Wholesale"),
        ("Zeta Shop", ""),
    ]
    assert ("No plan here", "the price above is passed through") in [
        (step.label, step.value) for step in told.levels[-1].steps
    ]


@pytest.mark.parametrize("most", [0, 10, book.MOST_WHOLE])
def test_many_chunks_and_files_give_what_one_gives(
    world: World, file_of: Writer, monkeypatch: pytest.MonkeyPatch, most: int
) -> None:
    """Whether plans are priced whole or, all or some of them, where calls meet their rows."""
    numbers = ("201012345678", "447700900123", "18765550100", "999", "491511234567", "5312345")
    names = ("NILE", "BLUE", "DSHOP", "PALM", "ZSHOP")
    lines = [
        f"{n},{names[n % 5]},1000,+{numbers[n % 6]},2026-11-{20 - n % 19:02} 10:{n % 60:02}:00,,{n % 7 * 31},ANSWERED"
        for n in range(60)
    ]
    commands.import_calls(world.db, world.sara, file_of(generic(*lines)), zone="UTC")
    commands.rate_calls(world.db, world.sara)
    whole = results(world)
    commands.revert_run(world.db, world.sara, 1)
    monkeypatch.setattr(reading, "BATCH", 4)
    monkeypatch.setattr(reading, "FIRST", 3)
    monkeypatch.setattr(reading, "AHEAD", 2)
    monkeypatch.setattr(landing, "SMALLEST", 11)
    monkeypatch.setattr(book, "MOST_WHOLE", most)
    report = commands.rate_calls(world.db, world.sara)
    assert report.rated == 60
    assert results(world) == whole
    assert {row[2] for row in whole} == {None, "no_rate"}
    assert commands.rate_calls(world.db, world.sara).rated == [row[2] for row in whole].count("no_rate")


class Watched(list[Any]):
    """A list of a run whose reader, in the thread that writes, waits until another thread has added to it."""

    def __getitem__(self, place: Any) -> Any:
        if threading.current_thread() is threading.main_thread():
            end, size = time.monotonic() + 0.1, len(self)
            while len(self) == size and time.monotonic() < end:
                time.sleep(0.001)
        return super().__getitem__(place)


def test_who_and_what_comes_while_others_are_written_is_not_left_out(
    world: World, file_of: Writer, monkeypatch: pytest.MonkeyPatch
) -> None:
    names = ("NILE", "BLUE", "ORCHID", "PALM", "DTRADE", "DSHOP", "ZSHOP")
    lines = [
        f"{n},{name},1000,+201012345678,2026-11-20 10:00:0{n},,60,ANSWERED" for n, name in enumerate(names)
    ]
    commands.import_calls(world.db, world.sara, file_of(generic(*lines)), zone="UTC")
    commands.rate_calls(world.db, world.sara)
    whole = results(world)
    assert len(whole) == len(names)
    commands.revert_run(world.db, world.sara, 1)

    def watched(*given: Any) -> Run:
        return Run(*given, lists=Watched(), owners=Watched())

    monkeypatch.setattr(engine_run, "Run", watched)
    for where, name in ((reading, "BATCH"), (reading, "FIRST"), (reading, "AHEAD"), (landing, "SMALLEST")):
        monkeypatch.setattr(where, name, 1)
    commands.rate_calls(world.db, world.sara)
    assert results(world) == whole


def test_a_price_passed_on_keeps_its_terms_and_not_its_plan(world: World, file_of: Writer) -> None:
    people.add_alias(world.db, world.sara, account=world.account("Uma").id, value="UMA")
    line = "1,UMA,1000,+201012345678,2026-11-20 10:00:00,,60,ANSWERED"
    commands.import_calls(world.db, world.sara, file_of(generic(line)), zone="UTC", rate=True)
    with world.db.read() as conn:
        terms = {
            level: conn.exec_driver_sql(
                f"SELECT t.prefix, t.price, t.plan_id, t.plan_version, t.rule_id FROM rating_path p "
                f"JOIN rating_term t ON t.id = p.{level}_term"
            ).one()
            for level in ("company", "user")
        }
    assert terms["company"][:2] == terms["user"][:2] == ("2010", 11_500_000)
    assert None not in terms["company"]
    assert terms["user"][2:] == (None, None, None)


def results(world: World) -> list[Any]:
    """Of each call what counts, its terms and whom it is charged to instead of their ids."""
    terms = ", ".join(
        f"(SELECT quote(t.table_id) || quote(t.plan_id) || quote(t.plan_version) || quote(t.rule_id) || t.prefix || "
        f"t.destination || t.price || t.next_price || t.connect_fee || t.initial_interval || t.currency "
        f"FROM rating_term t WHERE t.id = p.{level}_term AND t.run_seq = r.run_seq)"
        for level in LEVELS
    )
    with world.db.read() as conn:
        return conn.exec_driver_sql(
            f"SELECT c.unique_id, c.number, r.problem, r.cost_seconds, r.cost, r.reseller_seconds, r.reseller_price, "
            f"r.company_seconds, r.company_price, r.user_seconds, r.user_price, w.supplier_id, w.reseller_id, w.company_id, "
            f"w.user_id, {terms} FROM rated r JOIN call c ON c.id = r.call_id JOIN rating_way w ON w.id = r.way_id "
            f"JOIN rating_path p ON p.id = r.path_id "
            f"JOIN rating_run n ON n.seq = r.run_seq WHERE n.state = 'published' ORDER BY c.id"
        ).fetchall()
