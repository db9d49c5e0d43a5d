from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from voipdesk.rates.rules import (
    Assertion,
    Facts,
    Kind,
    Standing,
    closings,
    country_of,
    guards,
    in_force,
    is_in_countries,
    kind_of,
)
from voipdesk.rates.rules.guards import Limits
from voipdesk.rating.rules import RateState, Terms

T0 = datetime(2026, 10, 1, tzinfo=UTC)


def day(number: int) -> datetime:
    return T0 + timedelta(days=number)


def said(
    prefix: str, since: int, version: int = 1, until: int | None = None, state: RateState = RateState.OPEN
) -> Assertion:
    end = None if until is None else day(until)
    return Assertion(prefix, day(since), version, Terms(Decimal(version)), state=state, effective_until=end)


def test_the_latest_start_speaks_and_the_later_version_wins_a_tie() -> None:
    rows = [said("44", 0, 1), said("44", 5, 2), said("44", 5, 3), said("44", 9, 4)]
    assert in_force(rows, day(4))["44", ""].version == 1
    assert in_force(rows, day(5))["44", ""].version == 3
    assert in_force(rows, day(9))["44", ""].version == 4
    assert in_force(rows, day(0) - timedelta(microseconds=1)) == {}


def test_a_rate_that_has_ended_leaves_no_rate_and_the_replaced_one_does_not_stand_again() -> None:
    rows = [said("44", 0, 1), said("44", 5, 2, until=7)]
    assert in_force(rows, day(7) - timedelta(microseconds=1))["44", ""].version == 2
    assert in_force(rows, day(7)) == {}
    assert in_force([*rows, said("44", 8, 3)], day(8))["44", ""].version == 3


def test_closed_is_no_rate_and_blocked_is_an_answer() -> None:
    closed = [said("44", 0, 1), said("44", 5, 2, state=RateState.CLOSED)]
    blocked = [said("44", 0, 1), said("44", 5, 2, state=RateState.BLOCKED)]
    assert in_force(closed, day(6)) == {}
    assert in_force(blocked, day(6))["44", ""].state is RateState.BLOCKED


def facts(
    price: int = 100, state: int = 0, destination: str = "UK", until: int | None = None, interval: int = 1
) -> Facts:
    return Facts(state, price, None, 0, 0, interval, interval, 0, 0, destination, until)


@pytest.mark.parametrize(
    ("new", "live", "kind"),
    [
        (facts(), None, Kind.NEW),
        (facts(state=1), None, Kind.BLOCKED),
        (facts(state=2), None, Kind.SAME),
        (facts(), facts(), Kind.SAME),
        (facts(110), facts(100), Kind.UP),
        (facts(90), facts(100), Kind.DOWN),
        (facts(interval=60), facts(), Kind.CHANGED),
        (facts(destination="U.K."), facts(), Kind.CHANGED),
        (facts(until=5), facts(), Kind.CHANGED),
        (facts(state=2), facts(), Kind.REMOVED),
        (facts(state=1), facts(), Kind.BLOCKED),
        (facts(110), facts(100, state=1), Kind.CHANGED),
        (facts(110, state=1), facts(100, state=1), Kind.CHANGED),
    ],
)
def test_kinds(new: Facts, live: Facts | None, kind: Kind) -> None:
    assert kind_of(new, live) is kind


STANDINGS = st.lists(
    st.tuples(st.integers(0, 8), st.sampled_from([0, 0, 1, 2]), st.none() | st.integers(1, 12)), max_size=5
).map(lambda rows: sorted(rows, key=lambda row: row[0]))


@given(STANDINGS, st.integers(0, 10))
def test_closing_leaves_no_rate_from_then_on(given_rows: list[tuple[int, int, int | None]], at: int) -> None:
    rows = [Standing(since, state, until) for since, state, until in given_rows]
    states = (RateState.OPEN, RateState.BLOCKED, RateState.CLOSED)
    live = [
        said("1", row.effective_from, version, row.effective_until, states[row.state])
        for version, row in enumerate(rows)
    ]
    added = [said("1", since, 99, state=RateState.CLOSED) for _, since in closings(rows, at)]
    for instant in range(16):
        before, after = in_force(live, day(instant)), in_force([*live, *added], day(instant))
        assert after == ({} if instant >= at else before)


@pytest.mark.parametrize(
    ("prefix", "country"),
    [
        ("1", "1"),
        ("1212", "1"),
        ("1876", "1876"),
        ("18765551", "1876"),
        ("7495", "7"),
        ("7701", "77"),
        ("20", "20"),
        ("2010", "20"),
        ("21", "21"),
        ("212661", "212"),
        ("4477", "44"),
        ("971", "971"),
        ("0044", "004"),
    ],
)
def test_countries(prefix: str, country: str) -> None:
    assert country_of(prefix) == country


def test_a_sheet_of_the_usa_says_nothing_about_jamaica() -> None:
    assert is_in_countries("1212", {"1"})
    assert not is_in_countries("1876", {"1"})


@pytest.mark.parametrize(
    ("ratio", "state"),
    [(10_000, "ok"), (1_000_000, "stop"), (101, "stop"), (600_000, "stop"), (167, "stop"), (11_000, "ok")],
)
def test_a_slip_of_the_unit_stops(ratio: int, state: str) -> None:
    assert guards.unit_slip(guards.median_of([ratio, ratio, ratio, 10_000, ratio])).state == state


def test_a_jump_is_more_than_the_limit() -> None:
    assert not guards.is_jump(150, 100, Limits())
    assert guards.is_jump(151, 100, Limits())
    assert guards.is_jump(49, 100, Limits())
    assert not guards.is_jump(5, 0, Limits())


@pytest.mark.parametrize(
    ("ratio", "scale", "fix"),
    [
        (1_000_000, "1", {"scale": "0.01"}),
        (100, "1", {"scale": "100"}),
        (167, "1", {"scale": "60"}),
        (600_000, "1", {"scale": "1/60"}),
        (600_000, "60", {"scale": "1"}),
        (10_000_000, "0.01", {"scale": "0.00001"}),
    ],
)
def test_a_slip_of_the_unit_names_the_scale_that_would_fit(
    ratio: int, scale: str, fix: dict[str, str]
) -> None:
    assert guards.unit_slip(ratio, Decimal(scale)).fix == fix


def test_a_stop_passes_only_by_its_number_an_ask_by_its_id() -> None:
    stop = guards.removals(5, 20, Limits())
    assert (stop.state, stop.pass_word) == ("stop", "G3:5")

    def by(word: str) -> str:
        return guards.judged([stop], {word: "sara"})[0].accepted_by

    assert by("g3:5") == "sara"
    assert by("G3") == by("G3:4") == by("G1") == ""
    assert guards.removals(4, 20, Limits()).state == "ok"
    ask = guards.jumps(2, ["44 UK"], Limits())
    assert guards.judged([ask], {"G1": "rami"})[0].accepted_by == "rami"


def test_limits_come_from_the_setting() -> None:
    limits = guards.limits_of({"ceiling": "2.50", "jump_percent": 20, "unknown": 1})
    assert (limits.ceiling, limits.jump_percent, limits.ahead_days) == (250_000_000, 20, 60)
