"""Numbers are text; ranges are half-open; a zone decides the day."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from voipdesk.kernel.e164 import NumberRules, Prefix, normalised
from voipdesk.kernel.periods import (
    Clock,
    EffectiveRange,
    day_start,
    from_micros,
    month_period,
    parse_instant,
    to_micros,
)

CAIRO = ZoneInfo("Africa/Cairo")
T0 = datetime(2026, 11, 1, tzinfo=UTC)


@pytest.mark.parametrize(
    ("dialled", "rules", "expected"),
    [
        ("00447700900123", NumberRules(), "447700900123"),
        ("+49 (30) 123-456", NumberRules(), "4930123456"),
        ("011442071234567", NumberRules(), "442071234567"),
        ("9#0044207", NumberRules(tech_prefix="9#"), "44207"),
        ("0207 946 0123", NumberRules(country="44"), "442079460123"),
        ("2079460123", NumberRules(country="44"), "442079460123"),
        ("447", NumberRules(), "447"),
        ("44", NumberRules(), None),
        ("anonymous", NumberRules(), None),
        ("", NumberRules(), None),
        ("1" * 19, NumberRules(), None),
        ("٠٠٤٤٧٧٠٠", NumberRules(), None),
    ],
)
def test_what_was_dialled_becomes_e164(dialled, rules, expected):
    assert normalised(dialled, rules) == expected


@pytest.mark.parametrize("text", ["", "44a", "+44", "1" * 16, "４４"])
def test_what_is_no_prefix_raises(text):
    with pytest.raises(ValueError, match="is not a prefix"):
        Prefix(text)


def test_leading_zeros_count():
    assert Prefix("0044") != Prefix("44")
    assert Prefix("0044").covers("00441")
    assert not Prefix("0044").covers("441")


def test_ranges_include_their_start_and_not_their_end():
    one = EffectiveRange(T0, T0 + timedelta(days=1))
    assert T0 in one
    assert T0 + timedelta(days=1) not in one
    assert not one.overlaps(EffectiveRange(T0 + timedelta(days=1)))
    assert one.overlaps(EffectiveRange(T0 - timedelta(days=9)))
    with pytest.raises(ValueError, match="end after"):
        EffectiveRange(T0, T0)


def test_a_month_is_cut_in_its_zone():
    november = month_period("2026-11", CAIRO)
    assert november.start == datetime(2026, 10, 31, 22, tzinfo=UTC)
    assert november.end == datetime(2026, 11, 30, 22, tzinfo=UTC)
    assert month_period("2026-12", UTC_ZONE).end == datetime(2027, 1, 1, tzinfo=UTC)
    with pytest.raises(ValueError, match="2026-10"):
        month_period("2026-13", CAIRO)


@pytest.mark.parametrize(
    "text", ["2026-1", "2026-010", " 2026-10", "٢٠٢٦-١٠", "9999-12", "0001-01", "0000-10", "x"]
)
def test_a_month_has_one_spelling_and_lies_in_the_calendar(text: str) -> None:
    with pytest.raises(ValueError, match="month"):
        month_period(text, CAIRO)


def test_an_instant_before_the_calendar_is_told_as_such() -> None:
    with pytest.raises(ValueError, match="calendar"):
        parse_instant("0001-01-01", CAIRO)


UTC_ZONE = ZoneInfo("UTC")


def test_days_of_23_and_25_hours():
    berlin = ZoneInfo("Europe/Berlin")
    spring = day_start(date(2026, 3, 30), berlin) - day_start(date(2026, 3, 29), berlin)
    autumn = day_start(date(2026, 10, 26), berlin) - day_start(date(2026, 10, 25), berlin)
    assert (spring, autumn) == (timedelta(hours=23), timedelta(hours=25))


@given(st.datetimes(datetime(1900, 1, 1), datetime(2200, 1, 1), timezones=st.just(UTC)))  # noqa: DTZ001
def test_instants_come_back_to_the_microsecond(instant):
    assert from_micros(to_micros(instant)) == instant


def test_instants_are_read_in_the_zone_named():
    assert parse_instant("2026-11-23 09:00", CAIRO) == datetime(2026, 11, 23, 7, tzinfo=UTC)
    assert parse_instant("2026-11-23T07:00:00Z") == datetime(2026, 11, 23, 7, tzinfo=UTC)
    with pytest.raises(ValueError, match="time zone"):
        to_micros(datetime(2026, 1, 1))  # noqa: DTZ001


def test_the_clock_can_be_fixed(monkeypatch):
    monkeypatch.setenv("VOIPDESK_NOW", "2026-11-23T23:30:00Z")
    clock = Clock.from_environment()
    assert clock.now() == datetime(2026, 11, 23, 23, 30, tzinfo=UTC)
    assert clock.today(CAIRO) == date(2026, 11, 24)
    monkeypatch.delenv("VOIPDESK_NOW")
    assert abs(Clock.from_environment().now() - datetime.now(UTC)) < timedelta(seconds=5)
