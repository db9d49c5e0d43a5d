"""What the grid's filter row and order ask of the table, and the way to a prefix, against the plain meaning."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.rates.conftest import OCTOBER, Desk, rate
from voipdesk.kernel.periods import from_micros
from voipdesk.kernel.problems import Refused
from voipdesk.rates import queries
from voipdesk.rates.queries import Condition, Filter, Order, View
from voipdesk.rates.queries.conditions import span_of
from voipdesk.rates.rules import NewRate
from voipdesk.rating.rules import RateState, Terms

CAIRO = ZoneInfo("Africa/Cairo")
DECEMBER = datetime(2026, 12, 1, tzinfo=UTC)


def fill(desk: Desk) -> list[queries.GridRow]:
    """Some rates, some of them with a next one; returns the rows of all."""
    rows = [rate(str(number), f"0.{number:04}", f"Zone_{number % 3}%") for number in range(20, 60, 3)]
    desk.publish(*rows, NewRate("61", Terms(Decimal(0)), "Cuba", RateState.BLOCKED), at=OCTOBER)
    desk.publish(*(rate(str(number), "0.0040") for number in range(20, 60, 6)), at=DECEMBER)
    return queries.rows(desk.db, desk.admin, queries.rate_ids(desk.db, desk.admin, "Aurora").tolist())


def chosen(
    desk: Desk, *conditions: Condition, order: Order | None = None, then: tuple[Order, ...] = ()
) -> list[str]:
    """Prefixes that pass, in the order asked for."""
    view = View(filters=Filter(also=conditions), order=order or Order(), then=then)
    ids = queries.rate_ids(desk.db, desk.admin, "Aurora", view).tolist()
    return [row.prefix for row in queries.rows(desk.db, desk.admin, ids)]


Test = Callable[[queries.GridRow], Any]

MEANINGS: list[tuple[Condition, Test]] = [
    (Condition("prefix", "like", "2%"), lambda row: row.prefix.startswith("2")),
    (Condition("prefix", ">=", "44"), lambda row: row.prefix >= "44"),
    (Condition("prefix", "..", "2", "35"), lambda row: "2" <= row.prefix <= "35"),
    (Condition("destination", "like", "zone\\_2\\%"), lambda row: row.destination == "Zone_2%"),
    (Condition("destination", "=", "CUBA"), lambda row: row.destination == "Cuba"),
    (Condition("destination", "!=", "cuba"), lambda row: row.destination != "Cuba"),
    (Condition("price", ">", Decimal("0.0035")), lambda row: row.price > Decimal("0.0035")),
    (Condition("price", "=", Decimal("0.0029")), lambda row: row.price == Decimal("0.0029")),
    (Condition("price", "..", Decimal("0.002"), Decimal("0.003")), lambda row: 20 <= 10_000 * row.price <= 30),
    (Condition("interval", "=", "1/1"), lambda row: row.interval == "1/1"),
    (Condition("scheduled_price", "blank"), lambda row: row.scheduled_price is None),
    (Condition("scheduled_price", "not blank"), lambda row: row.scheduled_price is not None),
    (Condition("scheduled_price", "=", Decimal("0.004")), lambda row: row.scheduled_price == Decimal("0.004")),
    (Condition("change", "<", Decimal(0)), lambda row: row.change is not None and row.change < 0),
    (Condition("change", "=", Decimal("100.0")), lambda row: row.change == 100),
    (Condition("scheduled_from", "=", "2026-12"), lambda row: row.scheduled_from == DECEMBER),
    (Condition("effective_from", "<=", "2026-10-01"), lambda row: True),
    (Condition("effective_from", "<", "2026-10-01"), lambda row: False),
    (Condition("effective_until", "blank"), lambda row: True),
    (Condition("state", "in", [1]), lambda row: row.state is RateState.BLOCKED),
]  # fmt: skip


def test_conditions_mean_what_they_say(desk: Desk) -> None:
    rows = fill(desk)
    assert len(rows) > 10
    for condition, means in MEANINGS:
        assert chosen(desk, condition) == [row.prefix for row in rows if means(row)], condition


def test_conditions_hold_together(desk: Desk) -> None:
    rows = fill(desk)
    wanted = [row.prefix for row in rows if row.price > Decimal("0.003") and row.scheduled_price is not None]
    assert (
        chosen(desk, Condition("price", ">", Decimal("0.003")), Condition("scheduled_price", "not blank"))
        == wanted
    )


def test_orders_rule_one_after_the_other(desk: Desk) -> None:
    rows = fill(desk)
    wanted = sorted(rows, key=lambda row: (row.destination.casefold(), -row.price))
    then = (Order("price", is_descending=True),)
    assert chosen(desk, order=Order("destination"), then=then) == [row.prefix for row in wanted]


def test_only_known_columns_and_ways_reach_the_table(desk: Desk) -> None:
    fill(desk)
    with pytest.raises(KeyError):
        chosen(desk, Condition("1; DROP TABLE rate", "=", "x"))
    with pytest.raises(ValueError, match="DROP"):
        chosen(desk, Condition("prefix", "= '' OR 1=1; DROP TABLE rate", "x"))


@pytest.mark.parametrize(
    ("text", "first", "after"),
    [
        ("2026", "2026-01-01", "2027-01-01"),
        ("2026-12", "2026-12-01", "2027-01-01"),
        ("2026-11*", "2026-11-01", "2026-12-01"),
        ("2026-2-28", "2026-02-28", "2026-03-01"),
    ],
)
def test_a_year_a_month_and_a_day_are_spans(text: str, first: str, after: str) -> None:
    days = [from_micros(one).astimezone(CAIRO) for one in span_of(text, CAIRO)]
    assert [one.date().isoformat() for one in days] == [first, after]
    assert {one.time().isoformat() for one in days} == {"00:00:00"}


@pytest.mark.parametrize("text", ["2026-13", "2026-02-30", "x", "", "0000", "20261", "9999-12-31"])
def test_what_is_no_day_is_refused(text: str) -> None:
    with pytest.raises(Refused, match="2026-11-30"):
        span_of(text, CAIRO)


@given(st.dates(datetime(1970, 1, 1).date(), datetime(2200, 1, 1).date()))  # noqa: DTZ001
def test_spans_of_days_touch(day: Any) -> None:
    after = day + timedelta(days=1)
    assert span_of(day.isoformat(), CAIRO)[1] == span_of(after.isoformat(), CAIRO)[0]


@pytest.mark.parametrize(
    ("digits", "prefix"),
    [
        ("44", "44"),
        ("4499", "44"),
        ("20", "20"),
        ("208", "20"),
        ("3", "32"),
        ("99", "61"),
        ("1", "20"),
        ("21", "23"),
    ],
)
def test_the_way_to_a_prefix(desk: Desk, digits: str, prefix: str) -> None:
    known = {row.prefix for row in fill(desk)}
    found = queries.rate_near(desk.db, desk.admin, "Aurora", digits)
    assert found is not None
    if any(digits.startswith(one) for one in known):
        assert found.prefix == max((one for one in known if digits.startswith(one)), key=len)
    else:
        later = sorted(one for one in known if one > digits)
        assert found.prefix == (later[0] if later else max(known))
    assert found.prefix == prefix


def test_an_empty_table_leads_nowhere(desk: Desk) -> None:
    assert queries.rate_near(desk.db, desk.admin, "Aurora", "44") is None
    assert queries.outlook(desk.db, desk.admin, "Aurora") == queries.Outlook(0)


def test_outlook_counts_what_is_in_force_and_what_comes(desk: Desk) -> None:
    rows = fill(desk)
    found = queries.outlook(desk.db, desk.admin, "Aurora")
    assert found == queries.Outlook(len(rows), OCTOBER, DECEMBER, 7)
