from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest

from tests.published import columns_of, publish_rates
from tests.rates.conftest import NOW, OCTOBER, Desk, rate
from voipdesk.kernel.problems import NotAllowed, Refused
from voipdesk.rates import commands, queries
from voipdesk.rates.rules import NewRate
from voipdesk.rating.rules import RateState


def price(desk: Desk, number: str, at: datetime = NOW) -> Decimal | None:
    found = queries.rate_for(desk.db, desk.admin, None, number, at)
    return None if found is None else found.terms.price


def test_the_first_table_becomes_the_default_until_another_one_does(desk: Desk) -> None:
    assert queries.table(desk.db, desk.admin).name == "Aurora"
    commands.create_table(desk.db, desk.admin, name="Borealis", currency="EUR", zone="Europe/Berlin")
    assert queries.table(desk.db, desk.admin).name == "Aurora"
    commands.create_table(desk.db, desk.admin, name="Corona", currency="EUR", default=True)
    assert queries.table(desk.db, desk.admin).name == "Corona"
    assert [one.name for one in queries.tables(desk.db, desk.admin) if one.is_default] == ["Corona"]
    assert str(queries.table(desk.db, desk.admin, "borealis").zone) == "Europe/Berlin"
    assert str(queries.table(desk.db, desk.admin, desk.table_id).zone) == "Africa/Cairo"


@pytest.mark.parametrize(
    ("values", "code"),
    [
        ({"name": "aurora", "currency": "USD"}, "table_exists"),
        ({"name": " ", "currency": "USD"}, "no_name"),
        ({"name": "B", "currency": "dollars"}, "bad_currency"),
        ({"name": "B", "currency": "USD", "zone": "Moon/Base"}, "bad_zone"),
        ({"name": "B", "currency": "USD", "supplier": "Nobody"}, "unknown_supplier"),
    ],
)
def test_a_table_that_cannot_be(desk: Desk, values: dict[str, str], code: str) -> None:
    with pytest.raises(Refused) as refused:
        commands.create_table(desk.db, desk.admin, **values)  # type: ignore[arg-type]
    assert refused.value.code == code
    assert len(queries.tables(desk.db, desk.admin)) == 1


def test_only_what_changes_is_kept(desk: Desk) -> None:
    desk.publish(rate("44", "0.01"), rate("447", "0.02"), rate("49", "0.03"))
    counts = desk.publish(rate("44", "0.01"), rate("447", "0.03"), rate("49", "0.02"), rate("1"), at=NOW)
    assert (counts["same"], counts["up"], counts["down"], counts["new"]) == (1, 1, 1, 1)
    with desk.db.read() as conn:
        assert len(queries.columns(conn, 1)) == 6
    assert price(desk, "447700900123") == Decimal("0.03")
    assert price(desk, "447700900123", NOW - timedelta(seconds=1)) == Decimal("0.02")
    assert price(desk, "4420") == Decimal("0.01")


def test_a_scheduled_change_comes_by_itself(desk: Desk) -> None:
    later = NOW + timedelta(days=7)
    desk.publish(rate("44", "0.01"))
    desk.publish(rate("44", "0.02"), at=later)
    assert price(desk, "4420", later - timedelta(microseconds=1)) == Decimal("0.01")
    assert price(desk, "4420", later) == Decimal("0.02")


def test_blocked_is_an_answer_and_closed_falls_back(desk: Desk) -> None:
    desk.publish(rate("44", "0.01"), rate("447", "0.02"), rate("448", "0.05"))
    desk.publish(NewRate("447", state=RateState.BLOCKED), NewRate("448", state=RateState.CLOSED), at=NOW)
    found = queries.rate_for(desk.db, desk.admin, None, "4477", NOW)
    assert found is not None
    assert found.state is RateState.BLOCKED
    assert price(desk, "4481") == Decimal("0.01")


def test_two_rates_for_one_date_are_refused_and_nothing_is_left(desk: Desk) -> None:
    with pytest.raises(Refused) as refused:
        desk.publish(rate("44", "0.01"), rate("44", "0.02"))
    assert refused.value.code == "two_prices"
    assert queries.versions(desk.db, desk.admin) == []


@pytest.mark.parametrize("prefix", ["", "44a", "+44"])
def test_a_prefix_that_is_none(desk: Desk, prefix: str) -> None:
    with pytest.raises(Refused) as refused:
        desk.publish(rate(prefix))
    assert refused.value.code == "bad_prefix"
    assert refused.value.problems[0].place.value == prefix


@pytest.mark.parametrize("code", ["below_zero", "ends_before_start"])
def test_a_row_that_cannot_be_a_rate(desk: Desk, code: str) -> None:
    made = columns_of([rate("44"), rate("49", "0.02")], OCTOBER)
    column = made.price if code == "below_zero" else made.effective_until
    column[1] = -1
    with pytest.raises(Refused) as refused:
        commands.stage_columns(desk.db, desk.admin, made, table="Aurora")
    assert [(one.code, one.place.row, one.place.value) for one in refused.value.problems] == [(code, 2, "49")]
    assert queries.imports(desk.db, desk.admin) == []


def test_an_unknown_band_is_refused_and_a_known_one_speaks_in_its_hours(desk: Desk) -> None:
    evening = NewRate("44", rate("44", "0.005").terms, band="evening")
    with pytest.raises(Refused):
        desk.publish(evening)
    commands.add_band(
        desk.db,
        desk.admin,
        table="Aurora",
        name="evening",
        hours=[(weekday, 1080, 1440) for weekday in range(7)],
    )
    desk.publish(rate("44", "0.01"), evening)
    assert price(desk, "4420", datetime(2026, 11, 2, 15, 59, tzinfo=UTC)) == Decimal("0.01")
    assert price(desk, "4420", datetime(2026, 11, 2, 16, 0, tzinfo=UTC)) == Decimal("0.005")  # 18:00 in Cairo


def test_reverting_brings_the_rates_before_it_back(desk: Desk) -> None:
    desk.publish(rate("44", "0.01"))
    desk.publish(rate("44", "0.02"), at=NOW)
    commands.revert_version(desk.db, desk.admin, table="Aurora", locked=None)
    assert price(desk, "4420") == Decimal("0.01")
    assert [one.state for one in queries.versions(desk.db, desk.admin)] == ["reverted", "published"]
    desk.db.undo(desk.admin)
    assert price(desk, "4420") == Decimal("0.02")


def test_a_version_under_others_is_not_reverted_and_the_sentence_says_which_first(desk: Desk) -> None:
    desk.publish(rate("44", "0.01"))
    desk.publish(rate("44", "0.02"), at=NOW)
    with pytest.raises(Refused) as refused:
        commands.revert_version(desk.db, desk.admin, table="Aurora", version=1, locked=None)
    assert refused.value.code == "later_versions"
    assert "Revert version 2 first" in str(refused.value)
    with pytest.raises(Refused) as locked:
        commands.revert_version(
            desk.db, desk.admin, table="Aurora", version=2, locked=lambda _, seq: f"{seq} is billed."
        )
    assert locked.value.code == "version_locked"
    assert price(desk, "4420") == Decimal("0.02")


def test_a_reseller_gets_nothing(desk: Desk) -> None:
    desk.publish(rate("44", "0.01"))
    rami = desk.reseller()
    db = desk.db
    for attempt in (
        lambda: queries.tables(db, rami),
        lambda: queries.table(db, rami, "Aurora"),
        lambda: queries.versions(db, rami, "Aurora"),
        lambda: queries.rates_in_force(db, rami, "Aurora"),
        lambda: queries.rate_for(db, rami, "Aurora", "4420", NOW),
        lambda: queries.rate_ids(db, rami, "Aurora"),
        lambda: queries.rows(db, rami, [1]),
        lambda: queries.history(db, rami, "Aurora", "44"),
        lambda: queries.imports(db, rami),
        lambda: queries.profiles(db, rami, "Aurora"),
        lambda: commands.create_table(db, rami, name="Mine", currency="USD"),
        lambda: publish_rates(db, rami, table="Aurora", rows=[rate("44", "9")]),
        lambda: commands.revert_version(db, rami, table="Aurora", locked=None),
        lambda: commands.add_band(db, rami, table="Aurora", name="x", hours=[]),
    ):
        with pytest.raises(NotAllowed) as refused:
            attempt()
        assert "Aurora" not in str(refused.value)
    assert price(desk, "4420", OCTOBER) == Decimal("0.01")
