"""Staged imports: nothing is live before publishing, and what is published is what was reviewed."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from tests.rates.conftest import NOW, Desk, rate
from tests.rates.test_importing import ISO, StopAt, contents, live_rows, prices, sheet_of
from voipdesk.kernel.problems import Cancelled, NotAllowed, Refused
from voipdesk.rates import commands, queries
from voipdesk.rates.engine_review_rows import ReviewSource

DECEMBER = datetime(2026, 12, 1, tzinfo=UTC)


def stage(desk: Desk, path: Path, **told: Any) -> Any:
    return commands.stage_sheet(desk.db, desk.admin, path, table="Aurora", told=ISO | told)


def test_nothing_is_live_before_publishing(desk: Desk, tmp_path: Path) -> None:
    desk.publish(rate("44", "0.01"))
    path = sheet_of(tmp_path, "44,UK,0.012,,", "45,DK,0.02,,")
    key = stage(desk, path)
    assert sorted(prices(desk)) == ["44"]
    kept = queries.staged(desk.db, desk.admin, key)
    assert (kept.state, kept.file_name, kept.table.name, kept.source) == (
        "staged",
        "sheet.csv",
        "Aurora",
        "file",
    )
    assert (kept.ledger["accepted"], kept.told["header_row"]) == (2, 1)
    assert kept.layout is not None
    assert kept.layout.columns["rate"] == 2
    before = queries.review(desk.db, desk.admin, key)
    report = commands.publish_import(desk.db, desk.admin, key, seen=before.seen)
    assert report.counts == before.counts
    record = queries.imports(desk.db, desk.admin)[0]
    assert (record.state, record.version, record.counts) == ("published", 2, before.counts)
    assert queries.original(desk.db, desk.admin, key) == ("sheet.csv", path.read_bytes())
    with pytest.raises(Refused) as refused:
        commands.publish_import(desk.db, desk.admin, key)
    assert refused.value.code == "not_staged"


def test_a_second_publish_does_not_slip_under_a_review(desk: Desk, tmp_path: Path) -> None:
    desk.publish(rate("44", "0.01"))
    key = stage(desk, sheet_of(tmp_path, "44,,0.012,,"))
    seen = queries.review(desk.db, desk.admin, key).seen
    desk.publish(rate("44", "0.011"), at=NOW - timedelta(hours=12))
    before = contents(desk)
    with pytest.raises(Refused) as refused:
        commands.publish_import(desk.db, desk.admin, key, seen=seen)
    assert refused.value.code == "changed_since"
    assert contents(desk) == before
    again = queries.review(desk.db, desk.admin, key)
    assert commands.publish_import(desk.db, desk.admin, key, seen=again.seen).counts["up"] == 1


def test_decisions_leave_no_trace_before_publishing(desk: Desk, tmp_path: Path) -> None:
    key = stage(desk, sheet_of(tmp_path, "44,,0.012,,"))
    before = desk.db.undo_label(desk.admin)
    commands.decide(desk.db, desk.admin, key, scope="partial", note="ours", effective=DECEMBER)
    assert desk.db.undo_label(desk.admin) == before
    kept = queries.staged(desk.db, desk.admin, key).decisions
    assert (str(kept.scope), kept.note, kept.effective) == ("partial", "ours", DECEMBER)
    for wrong in ({"scope": "all"}, {"past": "then"}, {"conflicts": "lowest"}, {"color": "red"}):
        with pytest.raises(Refused):
            commands.decide(desk.db, desk.admin, key, **wrong)
    commands.publish_import(desk.db, desk.admin, key)
    (record,) = queries.imports(desk.db, desk.admin)
    assert (record.scope, record.note) == ("partial", "ours")
    assert queries.versions(desk.db, desk.admin)[0].note == "ours"
    assert prices(desk, DECEMBER - timedelta(seconds=1)) == {}


@pytest.mark.parametrize("rows", [0, 4_000])
def test_cancel_while_reading(desk: Desk, tmp_path: Path, rows: int) -> None:
    path = sheet_of(tmp_path, *(f"{100000 + at},,0.01,," for at in range(6_000)))
    before = live_rows(desk)
    with pytest.raises(Cancelled):
        commands.stage_sheet(desk.db, desk.admin, path, table="Aurora", told=ISO, progress=StopAt(rows))
    assert live_rows(desk) == before
    (record,) = queries.imports(desk.db, desk.admin)
    assert (record.state, record.told["header_row"]) == ("cancelled", 1)
    commands.restage(desk.db, desk.admin, record.id)  # the answers are kept
    assert queries.review(desk.db, desk.admin, record.id).counts["new"] == 6_000


def test_cancel_while_publishing(desk: Desk, tmp_path: Path) -> None:
    key = stage(desk, sheet_of(tmp_path, *(f"{100000 + at},,0.01,," for at in range(25_000))))
    before = live_rows(desk)
    with pytest.raises(Cancelled):
        commands.publish_import(desk.db, desk.admin, key, progress=StopAt(20_000))
    after = live_rows(desk)
    assert after == [*before[:2], 0, *before[3:]]
    assert queries.staged(desk.db, desk.admin, key).state == "cancelled"
    with pytest.raises(Refused) as refused:
        queries.review(desk.db, desk.admin, key)
    assert refused.value.code == "nothing_staged"
    commands.restage(desk.db, desk.admin, key)
    assert commands.publish_import(desk.db, desk.admin, key).counts["new"] == 25_000


def test_another_answer_reads_the_kept_file_again(desk: Desk, tmp_path: Path) -> None:
    path = sheet_of(tmp_path, "44,,1.2,,")
    key = stage(desk, path)
    path.unlink()
    commands.restage(desk.db, desk.admin, key, told={**ISO, "scale": "0.01"})
    other = commands.create_table(desk.db, desk.admin, name="Borea", currency="USD")
    commands.restage(desk.db, desk.admin, key, table="Borea")
    assert queries.staged(desk.db, desk.admin, key).table == other
    commands.publish_import(desk.db, desk.admin, key)
    rates = queries.rates_in_force(desk.db, desk.admin, "Borea")
    assert rates.price.tolist() == [1_200_000]


def test_edits_are_staged_like_a_sheet(desk: Desk) -> None:
    desk.publish(rate("44", "0.01"), rate("45", "0.02"))
    live = queries.rates_in_force(desk.db, desk.admin)
    edited = replace(live, price=live.price * 2, next_price=live.price * 2)
    key = commands.stage_columns(
        desk.db, desk.admin, edited, table="Aurora", effective=DECEMBER, note="all twice"
    )
    review = queries.review(desk.db, desk.admin, key)
    assert (review.counts["up"], review.effective, review.guards[0].state) == (2, DECEMBER, "ask")
    commands.decide(desk.db, desk.admin, key, accept=["G1"])
    with desk.db.read() as conn:
        proposed = queries.proposed_deck(conn, key, DECEMBER, now=NOW)
    report = commands.publish_import(desk.db, desk.admin, key)
    assert report.version == 2
    after = queries.rates_in_force(desk.db, desk.admin, None, DECEMBER)
    assert after.price.tolist() == proposed.price.tolist() == edited.price.tolist()
    assert queries.versions(desk.db, desk.admin)[0].source == "edit"
    assert queries.verify(desk.db) == []


def test_two_rates_of_one_prefix_are_refused_with_one_message(desk: Desk) -> None:
    desk.publish(rate("44", "0.01"))
    live = queries.rates_in_force(desk.db, desk.admin)
    at = [0, 0]
    twice = replace(live.take(at), price=live.take(at).price * [1, 2])  # type: ignore[arg-type]
    with pytest.raises(Refused) as refused:
        commands.stage_columns(desk.db, desk.admin, twice, table="Aurora")
    assert refused.value.code == "two_prices"
    assert "44 has more than one rate from" in str(refused.value)
    with pytest.raises(Refused) as other:
        desk.publish(rate("44", "0.01"), rate("44", "0.02"))
    assert other.value.code == "two_prices"


def test_the_rows_of_a_review_filter_sort_and_fetch(desk: Desk, tmp_path: Path) -> None:
    desk.publish(rate("44", "0.01", "UK"), rate("45", "0.02", "DK"), rate("46", "0.03", "SE"))
    key = stage(desk, sheet_of(tmp_path, "44,UK,0.012,,", "45,DK,0.016,,", "47,NO,0.05,,"))
    commands.decide(desk.db, desk.admin, key, accept=["G3:1"])
    columns = queries.review(desk.db, desk.admin, key).columns
    source = ReviewSource(columns, wanted=("prefix", "kind", "old", "new", "change"))
    assert [tuple(map(str, row)) for row in source.fetch(source.ids([], []).tolist())] == [
        ("44", "up", "0.01", "0.012", "20"),
        ("45", "down", "0.02", "0.016", "-20"),
        ("46", "removed", "0.03", "None", "None"),
        ("47", "new", "None", "0.05", "None"),
    ]
    from voipdesk.kit.grid.filters import Filter, Operator, Sort

    def shown(*filters: Filter, order: Any = ()) -> list[str]:
        return [row[0] for row in source.fetch(source.ids(list(order), list(filters)).tolist())]

    assert shown(Filter("kind", Operator.EQUAL, "removed")) == ["46"]
    assert shown(Filter("change", Operator.LESS, Decimal("-19.5"))) == ["45"]
    assert shown(Filter("new", Operator.BLANK)) == ["46"]
    assert shown(Filter("destination", Operator.CONTAINS, "u")) == ["44"]
    assert shown(order=[Sort("new", descending=True)]) == ["47", "45", "44", "46"]
    assert shown(order=[Sort("destination")]) == ["45", "47", "46", "44"]
    assert [source.key(at) for at in source.ids([Sort("change")], []).tolist()][:2] == ["45", "44"]
    source.shown = "up"
    assert (source.count(), source.row_id("44"), source.row_id("99")) == (1, 0, None)


def test_a_reseller_sees_and_does_nothing(desk: Desk, tmp_path: Path) -> None:
    key = stage(desk, sheet_of(tmp_path, "44,,0.012,,"))
    rami, db = desk.reseller(), desk.db
    live = queries.rates_in_force(db, desk.admin)
    for attempt in (
        lambda: commands.stage_sheet(db, rami, tmp_path / "sheet.csv", table="Aurora"),
        lambda: commands.restage(db, rami, key),
        lambda: commands.stage_columns(db, rami, live, table="Aurora"),
        lambda: commands.decide(db, rami, key, scope="partial"),
        lambda: commands.publish_import(db, rami, key),
        lambda: commands.discard_import(db, rami, key),
        lambda: commands.revert_import(db, rami, key, locked=None),
        lambda: commands.mend_like(db, rami, key, "interval_is_date"),
        lambda: commands.export_rejects(db, rami, key, tmp_path / "out.csv"),
        lambda: queries.staged(db, rami, key),
        lambda: queries.review(db, rami, key),
        lambda: queries.quarantined(db, rami, key),
    ):
        with pytest.raises(NotAllowed) as refused:
            attempt()
        assert "Aurora" not in str(refused.value)
        assert "sheet" not in str(refused.value)


def test_the_second_month_asks_nothing(desk: Desk, tmp_path: Path) -> None:
    """S07: other column order, header two rows further down, a column more; what was answered once is known."""
    first = tmp_path / "aurora_2026-12.csv"
    first.write_text(
        "Aurora\nPrices;;;\nDestination;Code;Rate;Valid from\nUK;44;0,0100;03.12.2026\nDenmark;45;0,0250;04.12.2026\n"
        "Sweden;46;0,0300;05.12.2026\n",
        encoding="utf-8",
    )
    key = commands.stage_sheet(
        desk.db, desk.admin, first, table="Aurora", told={"date_order": "dmy", "decimal": ","}
    )
    commands.publish_import(desk.db, desk.admin, key)
    second = tmp_path / "aurora_2027-01.csv"
    second.write_text(
        "Aurora\nPrices;;;\n;;;\nall;;;\nin USD;;;\nCode;Notes;Rate;Destination;Valid from\n44;a;0,0100;UK;06.12.2026\n"
        "45;b;0,0250;Denmark;07.12.2026\n46;;0,0300;Sweden;08.12.2026\n",
        encoding="utf-8",
    )
    again = commands.stage_sheet(desk.db, desk.admin, second, table="Aurora")
    kept = queries.staged(desk.db, desk.admin, again)
    (profile,) = queries.profiles(desk.db, desk.admin)
    assert kept.profile_id == profile.id
    review = queries.review(desk.db, desk.admin, again)
    assert (review.counts["same"], review.changes, review.is_held) == (3, 0, False)
    commands.publish_import(desk.db, desk.admin, again)
    assert len(queries.profiles(desk.db, desk.admin)) == 2  # either header is known from now on
