"""Each guard over a real sheet: quiet, asking or stopping, and let through by whom."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest

from tests.published import publish_rates
from tests.rates.conftest import NOW, Desk, rate
from tests.rates.test_importing import ISO, prices, sheet_of
from voipdesk.accounts.commands import create_supplier
from voipdesk.kernel.changes import Actor
from voipdesk.kernel.problems import NotAllowed, Refused
from voipdesk.rates import commands, queries
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
    assert guard(desk, key, "G4").state == "ask"
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
    assert (found.state, found.accepted_by) == (state, "admin" if state == "ask" else "")
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
    assert found["G3"].lines == ("Maldives: 1 prefixes, 120 minutes",)
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
