"""Days out of cells, and which order a column has."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from voipdesk.tabular.cells import Cell
from voipdesk.tabular.dates import is_instant, order_of, read_day
from voipdesk.tabular.values import Fault

THE_DAY = date(2026, 11, 30)


@pytest.mark.parametrize(
    ("cell", "order"),
    [
        ("2026-11-30", "ymd"),
        ("2026/11/30", "ymd"),
        ("20261130", "ymd"),
        ("30.11.2026", "dmy"),
        ("30/11/2026", "dmy"),
        ("30-11-26", "dmy"),
        ("11/30/2026", "mdy"),
        ("11/30/26 00:00", "mdy"),
        ("30-Nov-2026", "dmy"),
        ("30 November 2026", "dmy"),
        ("Nov 30, 2026", "mdy"),
        ("30 novembre 2026", "dmy"),
        ("30.11.2026.", "dmy"),
        ("30.11.2026 г.", "dmy"),
        ("Mon 30 Nov 2026", "dmy"),
        ("301126", "dmy"),
        ("113026", "mdy"),
        ("261130", "ymd"),
        ("\u0663\u0660/\u0661\u0661/\u0662\u0660\u0662\u0666", "dmy"),
        ("30-Nov-2026 00:00:00", "dmy"),
        (46356, "serial"),
        ("46356", "serial"),
        (THE_DAY, "serial"),
        (datetime(2026, 11, 30), "serial"),  # noqa: DTZ001 - as a spreadsheet gives it
    ],
)
def test_days(cell: Cell, order: str) -> None:
    assert read_day(cell, order) == THE_DAY


def test_times_of_day_stay() -> None:
    assert read_day("30/11/2026 14:05", "dmy") == datetime(2026, 11, 30, 14, 5)  # noqa: DTZ001 - a wall clock
    assert read_day("11/30/2026 02:05 PM", "mdy") == datetime(2026, 11, 30, 14, 5)  # noqa: DTZ001 - a wall clock
    assert read_day("11/30/2026 12:05 AM", "mdy") == datetime(2026, 11, 30, 0, 5)  # noqa: DTZ001 - a wall clock
    assert read_day("20261130140500", "ymd") == datetime(2026, 11, 30, 14, 5)  # noqa: DTZ001 - a wall clock


def test_zones_stay() -> None:
    noon = datetime(2026, 11, 30, 12, tzinfo=UTC)
    assert read_day("2026-11-30 12:00:00 +0000 UTC", "ymd") == noon
    assert read_day("2026-11-30T14:00:00+02:00", "ymd") == noon
    assert read_day("2026-11-30T12:00:00Z", "ymd") == noon


@pytest.mark.parametrize("cell", ["", "-", "ASAP", "now", "sofort"])
def test_no_day_means_at_once(cell: str) -> None:
    assert read_day(cell, "dmy") is None


@pytest.mark.parametrize(
    ("cell", "order", "code"),
    [
        ("31/02/2026", "dmy", "date_unreadable"),
        ("02/31/2026", "mdy", "date_unreadable"),
        ("2026-02-31", "ymd", "date_unreadable"),
        ("20260231", "ymd", "date_unreadable"),
        ("30 Foo 2026", "dmy", "date_unreadable"),
        ("soon", "dmy", "date_unreadable"),
        ("1/1/123", "dmy", "date_unreadable"),
        ("30/11/2026 25:00", "dmy", "date_unreadable"),
        ("11/30/2026", "dmy", "date_order"),
        ("30/11/2026", "mdy", "date_order"),
    ],
)
def test_what_is_no_day(cell: str, order: str, code: str) -> None:
    found = read_day(cell, order)
    assert isinstance(found, Fault)
    assert found.code == code
    assert cell in found.message
    assert found.hint


def test_the_length_of_the_month_is_told() -> None:
    found = read_day("31/02/2026", "dmy")
    assert isinstance(found, Fault)
    assert "28 days" in found.message


@pytest.mark.parametrize(
    ("cells", "order"),
    [
        (["03/04/2026", "05/06/2026"], "ask"),
        (["03/04/2026", "25/06/2026"], "dmy"),
        (["03/04/2026", "06/25/2026"], "mdy"),
        (["03.04.2026"], "dmy"),
        (["2026-04-03"], "ymd"),
        (["20260403123000"], "ymd"),
        (["03/03/2026"], None),
        (["x", ""], None),
        ([46356, 46357], "serial"),
        (["46356"], "serial"),
        (["46³56", "٤٦٣٥٦"], "serial"),
        (["46³56"], None),
        ([], None),
    ],
)
def test_the_order_of_a_column(cells: list[Cell], order: str | None) -> None:
    assert order_of(list(enumerate(cells, 2)))[0] == order


def test_the_row_that_decided_is_told() -> None:
    assert order_of([(2, "03/04/2026"), (7, "25/06/2026")])[1] == "row 7 decides"


@given(st.dates(date(2000, 1, 1), date(2099, 12, 31)), st.sampled_from(["dmy", "mdy", "ymd"]))
def test_what_is_written_is_read(day: date, order: str) -> None:
    text = day.strftime({"dmy": "%d/%m/%Y", "mdy": "%m/%d/%Y", "ymd": "%Y-%m-%d"}[order])
    assert read_day(text, order) == day


@given(st.dates(date(1960, 1, 1), date(2199, 12, 31)))
def test_serial_days(day: date) -> None:
    assert read_day((day - date(1899, 12, 30)) // timedelta(days=1), "serial") == day


@given(st.text(max_size=40))
def test_no_text_breaks_it(text: str) -> None:
    found = read_day(text, "dmy")
    assert found is None or isinstance(found, date | Fault)
    is_instant(text)
    order_of([(1, text)])


@pytest.mark.parametrize(
    "text",
    [
        "Nov 30, 2026 02:05:08 PM",
        "Mon, 30 Nov 2026 14:05:08",
        "Mon Nov 30 14:05:08 2026",
        "30-Nov-2026 14:05:08",
        "14:05:08.120 Mon Nov 30 2026",
        "30.11.2026 14.05.08",
        "30 novembre 2026, 14:05:08",
    ],
)
def test_a_time_of_day_beside_a_named_month(text: str) -> None:
    assert is_instant(text)
    assert read_day(text, "dmy") == datetime(2026, 11, 30, 14, 5, 8)  # noqa: DTZ001 - a wall clock


def test_a_zone_beside_a_named_month() -> None:
    assert read_day("Mon, 30 Nov 2026 14:05:08 +0200", "dmy") == datetime(2026, 11, 30, 12, 5, 8, tzinfo=UTC)
    assert not is_instant("30 Nov 2026 00:00:00")
    assert read_day("30 Nov 2026 00:00:00", "dmy") == date(2026, 11, 30)


def test_order_of_six_digits() -> None:
    """The year changes least; a day that both orders have leaves it open; what no order has is no day."""
    assert order_of([(1, "131126"), (2, "011226")])[0] == "dmy"
    assert order_of([(1, "261113"), (2, "261201")])[0] == "ymd"
    assert order_of([(1, "010226"), (2, "030426")])[0] == "ask"
    assert order_of([(1, "447700"), (2, "010226")])[0] is None
