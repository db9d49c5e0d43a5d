"""Each guard over a real sheet: quiet, asking or stopping, and let through by whom."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest

from tests.published import publish_rates
from tests.rates.conftest import NOW, Desk, rate
from tests.rates.test_importing import ISO, prices, sheet_of
from voipdesk.accounts.commands import create_supplier
from voipdesk.kernel.changes import Actor
from voipdesk.kernel.money import from_scaled, rounded
from voipdesk.kernel.problems import NotAllowed, Refused
from voipdesk.rates import commands, queries
from voipdesk.rates.queries.conflicts import conflicts
from voipdesk.rates.rules.conversion import conversion_of
from voipdesk.rates.rules.guards import Guard
from voipdesk.rates.rules.surroundings import BelowCost, Consequences, Orphan

OCTOBER = datetime(2026, 10, 1, tzinfo=UTC)


def stage(desk: Desk, folder: Path, *lines: str, **told: Any) -> UUID:
    path = sheet_of(folder, *lines)
    return commands.stage_sheet(desk.db, desk.admin, path, table="Aurora", told=ISO | told)


def guard(desk: Desk, key: UUID, name: str, **given: Any) -> Guard:
    made = queries.review(desk.db, desk.admin, key, **given)
    assert [one.id for one in made.guards] == [f"G{number}" for number in range(1, 15)]
    return next(one for one in made.guards if one.id == name)


def passes(desk: Desk, key: UUID, *words: str, **given: Any) -> commands.ImportReport:
    """Refused without the words, published with them, and written down who said them."""
    with pytest.raises(Refused) as refused:
        commands.publish_import(desk.db, desk.admin, key, **given)
    assert refused.value.code == "guards"
    commands.decide(desk.db, desk.admin, key, accept=words)
    report = commands.publish_import(desk.db, desk.admin, key, **given)
    (record,) = (one for one in queries.imports(desk.db, desk.admin) if one.id == key)
    said = {one["id"]: one["accepted_by"] for one in record.guards}
    for word in words:
        assert said[word.partition(":")[0]] == "admin"
    return report


def test_g1_jumps_are_told_by_destination_and_may_be_left_out(desk: Desk, tmp_path: Path) -> None:
    desk.publish(rate("44", "0.01", "UK"), rate("45", "0.01", "DK"), rate("46", "0.01", "SE"))
    lines = ("44,UK,0.02,,", "45,DK,0.004,,", "46,SE,0.015,,")
    key = stage(desk, tmp_path, *lines)
    found = guard(desk, key, "G1")
    shown = queries.review(desk.db, desk.admin, key).columns
    assert (found.state, found.token, shown.examples(found.rows, 5)) == ("ask", "2", ["44 UK", "45 DK"])
    commands.decide(desk.db, desk.admin, key, groups_out=["UK", "DK"])
    assert guard(desk, key, "G1").state == "ok"
    waiting = queries.quarantined(desk.db, desk.admin, key)
    assert [(one.row, one.code, one.cells and one.cells[0]) for one in waiting] == [
        (2, "jump", "44"), (3, "jump", "45")
    ]  # fmt: skip
    assert (guard(desk, key, "G1").token, guard(desk, key, "G1").accepted_by) == ("2", "admin")
    commands.decide(desk.db, desk.admin, key, groups_out=["UK"])
    report = passes(desk, key, "G1")
    assert (report.counts["up"], report.counts["down"], report.counts["removed"]) == (1, 1, 0)
    assert prices(desk)["44"] == Decimal("0.01")


def test_g2_another_unit_is_one_click_away(desk: Desk, tmp_path: Path) -> None:
    desk.publish(*(rate(str(prefix), "0.02") for prefix in range(20, 30)))
    key = stage(desk, tmp_path, *(f"{prefix},,2.0,," for prefix in range(20, 30)))
    found = guard(desk, key, "G2")
    assert (found.state, found.pass_word, dict(found.fix)) == ("stop", "G2:100", {"scale": "0.01"})
    commands.restage(desk.db, desk.admin, key, told={**ISO, **found.fix})
    assert guard(desk, key, "G2").state == "ok"
    assert queries.review(desk.db, desk.admin, key).counts["same"] == 10
    commands.restage(desk.db, desk.admin, key, told=ISO)
    passes(desk, key, "G1", "G2:100")


def test_g2_prices_per_hour_are_read_again_exactly(desk: Desk, tmp_path: Path) -> None:
    """A sixtieth has no end as a decimal: the file is read with it, and each price is rounded once."""
    desk.publish(*(rate(str(prefix), "0.02") for prefix in range(20, 30)))
    key = stage(desk, tmp_path, *(f"{prefix},,1.{prefix},," for prefix in range(20, 30)))
    found = guard(desk, key, "G2")
    assert (found.state, dict(found.fix)) == ("stop", {"scale": "1/60"})
    commands.restage(desk.db, desk.admin, key, told={**ISO, **found.fix})
    assert guard(desk, key, "G2").state == "ok"
    kept = queries.staged(desk.db, desk.admin, key)
    assert kept.layout is not None
    assert (kept.layout.scale, kept.told["scale"]) == (Fraction(1, 60), "1/60")
    commands.decide(desk.db, desk.admin, key, effective=NOW)
    commands.publish_import(desk.db, desk.admin, key)
    assert prices(desk)["21"] == Decimal("0.02016667")
    assert prices(desk)["24"] == Decimal("0.02066667")
    (profile,) = queries.profiles(desk.db, desk.admin, "Aurora")
    assert profile.layout["scale"] == "1/60"


def test_g3_is_passed_by_its_number_and_the_right(desk: Desk, tmp_path: Path) -> None:
    """S05: a sheet that lacks 4 of 14."""
    every = [
        str(prefix) for prefix in (20, 2010, 2011, 2012, 1, 1876, 44, 447, 49, 4915, 4916, 4917, 53, 960)
    ]
    desk.publish(*(rate(prefix, destination=f"Zone {prefix}") for prefix in every))
    left = [prefix for prefix in every if prefix not in {"1876", "4917", "53", "960"}]
    key = stage(desk, tmp_path, *(f"{prefix},Zone {prefix},0.01,2026-12-01," for prefix in left))
    found = guard(desk, key, "G3")
    assert (found.state, found.pass_word, len(found.rows)) == ("stop", "G3:4", 4)
    assert "4 of 14" in found.text
    assert "28.6" in found.text
    commands.decide(desk.db, desk.admin, key, scope="partial")
    review = queries.review(desk.db, desk.admin, key)
    assert (review.counts["removed"], review.counts["same"], review.is_held) == (0, 10, False)
    commands.decide(desk.db, desk.admin, key, scope="full")
    weak = Actor(desk.admin.account_id, "admin", "temp", desk.admin.rights - {"override_guards"})
    with pytest.raises(NotAllowed):
        commands.decide(desk.db, weak, key, accept=["G3:4"])
    commands.decide(desk.db, weak, key, accept=["G3"])  # an ask's word does not let a stop pass
    with pytest.raises(Refused):
        commands.publish_import(desk.db, weak, key)
    passes(desk, key, "G3:4")
    assert len(prices(desk, datetime(2026, 12, 2, tzinfo=UTC))) == 10


def test_g4_another_length_than_last_time(desk: Desk, tmp_path: Path) -> None:
    commands.publish_import(
        desk.db, desk.admin, stage(desk, tmp_path, *(f"{at},,0.01,," for at in range(20, 40)))
    )
    key = stage(desk, tmp_path, *(f"{at},,0.01,," for at in range(20, 30)))
    commands.decide(desk.db, desk.admin, key, scope="partial")
    found = guard(desk, key, "G4")
    assert (found.state, found.link) == ("ask", str(queries.imports(desk.db, desk.admin)[1].id))
    assert ("10" in found.text, "20" in found.text) == (True, True)
    passes(desk, key, "G4")


def test_g5_waits_unless_it_is_taken_deliberately(desk: Desk, tmp_path: Path) -> None:
    key = stage(desk, tmp_path, "44,UK,0,,", "45,DK,0.01,,", "46,SE,10.5,,")
    assert guard(desk, key, "G5").text.endswith("in quarantine.")
    assert {one.code for one in queries.quarantined(desk.db, desk.admin, key)} == {"odd_price"}
    commands.decide(desk.db, desk.admin, key, accept=["G5"])
    found = guard(desk, key, "G5")
    assert (found.state, found.accepted_by, len(found.rows)) == ("ask", "admin", 2)
    assert queries.quarantined(desk.db, desk.admin, key) == []
    assert commands.publish_import(desk.db, desk.admin, key).counts["new"] == 3


@pytest.mark.parametrize(
    ("decision", "state", "since"),
    [
        ({"past": "keep"}, "ask", datetime(2026, 10, 31, 22, tzinfo=UTC)),
        ({"past": "now"}, "ok", NOW),
        ({"effective": datetime(2026, 12, 1, tzinfo=UTC)}, "ok", datetime(2026, 12, 1, tzinfo=UTC)),
    ],
)
def test_g6_the_past_is_kept_moved_or_given_one_date(
    desk: Desk, tmp_path: Path, decision: dict[str, Any], state: str, since: datetime
) -> None:
    desk.publish(rate("44", "0.02"), rate("45", "0.02"))
    key = stage(desk, tmp_path, "44,,0.025,2026-11-01,", "45,,0.025,2026-11-01,")
    assert (guard(desk, key, "G6").state, guard(desk, key, "G6").accepted_by) == ("ask", "")
    commands.decide(desk.db, desk.admin, key, **decision)
    found = guard(desk, key, "G6")
    assert (found.state, found.accepted_by) == (state, "admin" if "past" in decision else "")
    if decision.get("past") == "now":
        assert (found.token, dict(found.fix)) == ("2", {"past": ""})
    commands.publish_import(desk.db, desk.admin, key)
    assert prices(desk, since - timedelta(seconds=1))["44"] == Decimal("0.02")
    assert prices(desk, since)["44"] == Decimal("0.025")


def test_g6_far_ahead_is_asked(desk: Desk, tmp_path: Path) -> None:
    key = stage(desk, tmp_path, "44,,0.02,2027-06-01,")
    assert guard(desk, key, "G6").state == "ask"
    passes(desk, key, "G6")


def test_g8_another_currency_stops(desk: Desk, tmp_path: Path) -> None:
    key = stage(desk, tmp_path, "44,,0.02,,", currency="EUR")
    assert guard(desk, key, "G8").pass_word == "G8:EUR"
    passes(desk, key, "G8:EUR")


def test_g8_sees_the_currency_that_a_note_names(desk: Desk, tmp_path: Path) -> None:
    path = tmp_path / "noted.csv"
    path.write_text(
        "All prices in EUR\nPrefix;Destination;Rate\n44;UK;0.02\n49;Germany;0.03\n", encoding="utf-8"
    )
    key = commands.stage_sheet(desk.db, desk.admin, path, table="Aurora")
    assert guard(desk, key, "G8").pass_word == "G8:EUR"


@pytest.mark.parametrize("rate_text", ["1.085", "0.123456789012345"])
def test_g8_a_sheet_is_converted_at_the_rate_of_a_day(desk: Desk, tmp_path: Path, rate_text: str) -> None:
    desk.publish(rate("45", "0.02"))
    convert = conversion_of({"rate": rate_text, "day": "2026-11-20"})
    key = stage(desk, tmp_path, "44,,0.033333335,,", "45,,oops,,", "46,,0.05,,", currency="EUR")
    commands.restage(desk.db, desk.admin, key, convert=convert)
    position = queries.review(desk.db, desk.admin, key).columns.prefix_texts().index("46")
    price = queries.review(desk.db, desk.admin, key).columns.new_price[position]
    assert from_scaled(int(price)) == rounded(Fraction(rate_text) / 20, 8)
    found = guard(desk, key, "G8")
    assert (found.state, found.accepted_by) == ("ok", "admin")
    assert f"1 EUR is {rate_text} USD on 2026-11-20" in found.text
    # A row that is corrected later is read in the same currency, and so is the sheet in another unit.
    commands.mend_rows(desk.db, desk.admin, key, {3: {"Rate": "2"}})
    commands.restage(desk.db, desk.admin, key, told={**ISO, "currency": "EUR", "scale": "0.01"})
    commands.decide(desk.db, desk.admin, key, accept=["G1", "G2:1/100"])
    commands.publish_import(desk.db, desk.admin, key)
    exact = Fraction("0.033333335") * Fraction(rate_text) / 100
    assert prices(desk)["44"] == rounded(exact, 8)
    assert prices(desk)["45"] == rounded(Fraction(rate_text) / 50, 8)
    record = queries.imports(desk.db, desk.admin)[0]
    assert record.decisions["convert"] == {
        "rate": rate_text, "day": "2026-11-20", "source": "EUR", "target": "USD"
    }  # fmt: skip
    assert record.decisions["by"]["convert"] == "admin"
    (profile,) = queries.profiles(desk.db, desk.admin, "Aurora")
    assert "exchange" not in profile.layout


def test_g8_a_conversion_holds_between_its_two_currencies_only(desk: Desk, tmp_path: Path) -> None:
    convert = conversion_of({"rate": "2", "day": "2026-11-20"})
    key = stage(desk, tmp_path, "44,,0.02,,", currency="EUR")
    commands.restage(desk.db, desk.admin, key, convert=convert)
    commands.create_table(desk.db, desk.admin, name="Euro", currency="EUR")
    commands.restage(desk.db, desk.admin, key, table="Euro")
    assert guard(desk, key, "G8").text == "The currency fits the table."
    commands.restage(desk.db, desk.admin, key, table="Aurora", told={**ISO, "currency": "GBP"})
    assert guard(desk, key, "G8").state == "stop"
    commands.restage(desk.db, desk.admin, key, told={**ISO, "currency": "EUR"})
    assert guard(desk, key, "G8").state == "ok"
    commands.restage(desk.db, desk.admin, key, convert=None)
    assert guard(desk, key, "G8").state == "stop"
    for currency in ("USD", ""):
        with pytest.raises(Refused) as refused:
            commands.restage(desk.db, desk.admin, key, told={**ISO, "currency": currency}, convert=convert)
        assert refused.value.code == "no_conversion"
    for wrong in ({"rate": "0"}, {"rate": "x"}, {"rate": "nan"}, {"day": "2026-13-01"}):
        with pytest.raises(Refused) as refused:
            conversion_of({"rate": "1", "day": "2026-11-20", **wrong})
        assert refused.value.code == "bad_conversion"


def test_g7_each_contradiction_is_picked_by_hand(desk: Desk, tmp_path: Path) -> None:
    lines = (
        '"44,45",UK,0.01,,',
        '"44,45",UK,0.03,,',
        "46,SE,0.05,,",
        "46,SE,0.05,,",
        "47,NO,0.01,,",
        "47,NO,0.02,,",
    )
    key = stage(desk, tmp_path, *lines)
    assert (guard(desk, key, "G7").token, guard(desk, key, "G7").accepted_by) == ("3", "")
    found, count = conflicts(desk.db, desk.admin, key)
    assert count == 3
    assert [(one.prefix, [(each.row, str(each.price)) for each in one.candidates]) for one in found] == [
        ("44", [(2, "0.01"), (3, "0.03")]), ("45", [(2, "0.01"), (3, "0.03")]), ("47", [(6, "0.01"), (7, "0.02")])
    ]  # fmt: skip
    # Two rows, each the right one for another prefix; the rule is for what nobody picked.
    commands.decide(desk.db, desk.admin, key, chosen=["2:44", "3:45"], conflicts="highest")
    asked = guard(desk, key, "G7")
    assert (asked.state, asked.token, asked.accepted_by, dict(asked.fix)) == (
        "ok", "3", "admin", {"conflicts": "highest"}
    )  # fmt: skip
    taken = [
        ([each.row for each in one.candidates if each.is_taken], one.is_by_hand)
        for one in conflicts(desk.db, desk.admin, key)[0]
    ]
    assert taken == [([2], True), ([3], True), ([7], False)]
    report = commands.publish_import(desk.db, desk.admin, key)
    assert report.ledger["quarantined"] == 0
    assert {prefix: str(price) for prefix, price in prices(desk).items()} == {
        "44": "0.01", "45": "0.03", "46": "0.05", "47": "0.02"
    }  # fmt: skip
    record = queries.imports(desk.db, desk.admin)[0]
    assert record.decisions["chosen"] == ["2:44", "3:45"]
    assert {record.decisions["by"][name] for name in ("chosen", "conflicts")} == {"admin"}


def test_g13_dearer_terms_are_announced_like_a_higher_price(desk: Desk, tmp_path: Path) -> None:
    create_supplier(desk.db, desk.admin, name="Borea", currency="USD", notice_days={"increase": 7})
    commands.create_table(desk.db, desk.admin, name="Borea", currency="USD", supplier="Borea")
    rows = [rate(prefix, "0.02") for prefix in ("44", "45", "46")]
    publish_rates(desk.db, desk.admin, table="Borea", rows=rows, effective=OCTOBER)
    titles = "Prefix,Destination,Rate,Effective Date,Status,Increment"
    lines = ("44,,0.02,2026-11-25,,60/60", "45,Name,0.02,2026-11-25,,1/1", "46,,0.02,2026-12-20,,60/60")
    path = sheet_of(tmp_path, *lines, titles=titles)
    key = commands.stage_sheet(desk.db, desk.admin, path, table="Borea", told=ISO | {"columns.increment": 6})
    review = queries.review(desk.db, desk.admin, key)
    found = next(one for one in review.guards if one.id == "G13")
    assert review.counts["changed"] == 3
    assert [review.columns.prefix_texts()[at] for at in found.rows] == ["44"]
    assert (found.state, "2 days" in found.text) == ("ask", True)
    commands.decide(desk.db, desk.admin, key, clamp_notice=True)
    moved = guard(desk, key, "G13")
    assert (moved.state, moved.accepted_by, dict(moved.fix)) == ("ok", "admin", {"clamp_notice": ""})
    commands.publish_import(desk.db, desk.admin, key)
    at = datetime(2026, 11, 29, 21, tzinfo=UTC)  # 30 Nov, the first day agreed, has not begun in Cairo
    live = queries.rates_in_force(desk.db, desk.admin, "Borea", at)
    assert dict(zip(live.prefix_texts(), live.next_interval.tolist(), strict=True))["44"] == 1
    live = queries.rates_in_force(desk.db, desk.admin, "Borea", at + timedelta(hours=2))
    assert dict(zip(live.prefix_texts(), live.next_interval.tolist(), strict=True))["44"] == 60


def test_g9_and_g10_tell_the_reasons(desk: Desk, tmp_path: Path) -> None:
    key = stage(desk, tmp_path, "44,,0.02,,", "45,,oops,,", "4.5E+11,,0.02,,")
    found = guard(desk, key, "G9")
    assert (found.state, found.token, len(found.lines)) == ("ok", "2", 2)
    assert guard(desk, key, "G10").text == "Every interval can be read."


class Known:
    """Rooms above that know one trap, one orphan and some minutes."""

    def seconds(self, conn: Any, number: int, prefixes: Any, **_: Any) -> dict[str, int]:
        assert set(prefixes) >= {"1", "1658", "960"}
        return {"960": 7_200, "1": 60}

    def consequences(self, conn: Any, actor: Actor, number: int, **given: Any) -> Consequences:
        assert len(given["after"]) > len(given["before"])
        trap = BelowCost(
            UUID(int=1), "Gold", "", "1658", "Jamaica", Decimal("0.01"), Decimal("0.13"), given["at"],
            is_new_prefix=True,
        )  # fmt: skip
        orphan = Orphan("960", "Maldives", given["at"], ("Gold", "Silver"))
        return Consequences(
            given["at"], (trap, replace(trap, prefix="1", is_new_prefix=False)), (), (orphan,)
        )


KNOWN: Any = Known()


def test_g11_g14_and_minutes_come_from_the_rooms_above(desk: Desk, tmp_path: Path) -> None:
    desk.publish(rate("1", "0.01", "USA"), rate("960", "0.9", "Maldives"))
    key = stage(desk, tmp_path, "1,USA,0.01,,", "1658,Jamaica,0.13,,")
    assert [guard(desk, key, name).state for name in ("G11", "G14")] == ["ok", "ok"]
    review = queries.review(desk.db, desk.admin, key, surroundings=KNOWN)
    found = {one.id: one for one in review.guards}
    assert [found[name].state for name in ("G11", "G14")] == ["ask", "ask"]
    assert found["G11"].token == found["G14"].token == "1"
    assert "Gold, Silver" in found["G14"].lines[0]
    assert "120 minutes" in found["G3"].text
    assert found["G3"].lines == ("Maldives: 1 prefix, 120 minutes",)
    passes(desk, key, "G3:1", "G11", "G14", surroundings=KNOWN)


def test_g12_names_the_import_with_the_same_bytes_until_it_is_reverted(desk: Desk, tmp_path: Path) -> None:
    first = stage(desk, tmp_path, "44,,0.02,,")
    commands.publish_import(desk.db, desk.admin, first)
    key = stage(desk, tmp_path, "44,,0.02,,")
    found = guard(desk, key, "G12")
    assert (found.state, found.link) == ("ask", str(first))
    assert "2026-11-23 by admin" in found.text
    commands.revert_import(desk.db, desk.admin, first, locked=None)
    assert guard(desk, key, "G12").state == "ok"


@pytest.mark.parametrize("clamps", [False, True])
def test_g13_shorter_notice_than_agreed_is_asked_or_moved(desk: Desk, tmp_path: Path, clamps: bool) -> None:
    create_supplier(
        desk.db, desk.admin, name="Borea", currency="USD", notice_days={"increase": 7, "closed": 3}
    )
    commands.create_table(desk.db, desk.admin, name="Borea", currency="USD", supplier="Borea")
    rows = [
        rate("44", "0.02"),
        rate("45", "0.02"),
        rate("46", "0.02"),
        rate("47"),
        *map(rate, map(str, range(50, 55))),
    ]
    publish_rates(desk.db, desk.admin, table="Borea", rows=rows, effective=OCTOBER)
    lines = ["44,,0.025,2026-11-29,", "45,,0.015,2026-11-24,", "46,,0.025,2026-11-30,"]
    path = sheet_of(tmp_path, *lines, *(f"{at},,0.01,2026-11-24," for at in range(50, 55)))
    key = commands.stage_sheet(desk.db, desk.admin, path, table="Borea", told=ISO)
    commands.decide(desk.db, desk.admin, key, clamp_notice=clamps)
    review = queries.review(desk.db, desk.admin, key)
    found = next(one for one in review.guards if one.id == "G13")
    assert sorted(review.columns.prefix_texts()[at] for at in found.rows) == ["44", "47"]
    assert (review.short_notice, review.notice_days) == (2, {"increase": 7, "closed": 3})
    assert (found.state, review.least_notice_days) == (("ok", 7) if clamps else ("ask", 6))
    if clamps:
        commands.publish_import(desk.db, desk.admin, key)
    else:
        passes(desk, key, "G13")
    at = datetime(2026, 11, 29, 21, tzinfo=UTC)  # 30 Nov has not begun in Cairo
    live = queries.rates_in_force(desk.db, desk.admin, "Borea", at)
    assert dict(zip(live.prefix_texts(), live.price.tolist(), strict=True))["44"] == (
        2_000_000 if clamps else 2_500_000
    )


def test_limits_are_the_workspaces_own(desk: Desk, tmp_path: Path) -> None:
    desk.publish(rate("44", "0.02"), rate("45", "0.02"))
    key = stage(desk, tmp_path, "44,,0.025,,", "45,,0.02,,")
    assert guard(desk, key, "G1").state == "ok"
    made = commands.set_guard_limits(desk.db, desk.admin, jump_percent=20, ceiling=Decimal("0.02"))
    assert (made.jump_percent, made.ceiling, made.ahead_days) == (20, 2_000_000, 60)
    assert queries.guard_limits(desk.db, desk.admin) == made
    commands.decide(desk.db, desk.admin, key, accept=["G5"])
    assert [guard(desk, key, name).state for name in ("G1", "G5")] == ["ask", "ask"]
    for wrong in ({"jump_percent": -1}, {"ceiling": "x"}, {"other": 1}, {"removed_percent": 101}):
        with pytest.raises(Refused):
            commands.set_guard_limits(desk.db, desk.admin, **wrong)
    rami = desk.reseller()
    with pytest.raises(NotAllowed):
        commands.set_guard_limits(desk.db, rami, jump_percent=1)
    with pytest.raises(NotAllowed):
        queries.guard_limits(desk.db, rami)
