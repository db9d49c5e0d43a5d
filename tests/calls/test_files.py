"""Cells of call files: times, durations, and what is said of those that cannot be read."""

from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from pathlib import Path

import pytest

from voipdesk.calls.files_columns import unit_of
from voipdesk.calls.files_reading import Calls, open_calls
from voipdesk.calls.files_values import in_seconds, party, read_seconds, read_time, with_clock
from voipdesk.kernel.problems import Problem

WALL = datetime(2026, 11, 20, 9, 5)  # noqa: DTZ001


@pytest.mark.parametrize(
    ("cell", "expected"),
    [
        ("2026-11-20 09:05:00", WALL),
        ("2026-11-20T09:05", WALL),
        ("20/11/2026 09:05:00", WALL),
        ("20.11.2026 9:05", WALL),
        ("20-11-26 09:05:00", WALL),
        ("2026/11/20 09:05:00.250000", WALL.replace(microsecond=250_000)),
        ("20/11/2026 9:05 AM", WALL),
        ("20/11/2026 12:05 AM", WALL.replace(hour=0)),
        ("2026-11-20T09:05:00Z", WALL.replace(tzinfo=UTC)),
        ("2026-11-20T11:05:00+02:00", WALL.replace(tzinfo=UTC)),
        ("2026-11-20 09:05:00 +0000 UTC", WALL.replace(tzinfo=UTC)),
        ("20261120090500", WALL),
        ("20261120090500.250", WALL.replace(microsecond=250_000)),
        ("1795165500", WALL.replace(tzinfo=UTC)),
        ("Nov 20, 2026 09:05:00 AM", WALL),
        ("Fri, 20 Nov 2026 11:05:00 +0200", WALL.replace(tzinfo=UTC)),
        ("20 Nov 2026", WALL.replace(hour=0, minute=0)),
        ("1795165500000", WALL.replace(tzinfo=UTC)),
        ("1795165500.25", WALL.replace(tzinfo=UTC, microsecond=250_000)),
        (WALL, WALL),
        (date(2026, 11, 20), WALL.replace(hour=0, minute=0)),
        ("", None),
    ],
)
def test_times_are_read(cell: object, expected: datetime | None) -> None:
    assert read_time(cell) == expected


@pytest.mark.parametrize(
    ("cell", "part"),
    [
        ("31/11/2026 10:00:00", "30 days"),
        ("29.02.2026", "28 days"),
        ("31/13/2026", "is not a date"),
        ("soon", "soon"),
        ("2026-02-31 10:00:00", "2026-02-31"),
        ("2026-11-20 25:00:00", "25:00"),
        ("20261131090500", "30 days"),
    ],
)
def test_what_is_no_date_says_why(cell: str, part: str) -> None:
    found = read_time(cell)
    assert isinstance(found, Problem)
    assert part in found.message
    assert found.hint


@pytest.mark.parametrize(
    ("cell", "expected"),
    [
        ("65", 65), ("00:01:05", 65), ("1:05", 65), ("100:00:01", 360_001), ("12.5", Decimal("12.5")),
        ("12,5", Decimal("12.5")), ("5m3s", 303), ("1h", 3600), ("", 0), (7, 7), ("-3", -3), ("-0:00:03", -3),
        (time(0, 1, 5), 65), (timedelta(minutes=2), 120), ("0:01:05.5", Decimal("65.5")),
        ("00:01'05\"", 65),
    ],
)  # fmt: skip
def test_durations_are_read(cell: object, expected: object) -> None:
    assert read_seconds(cell) == expected


@pytest.mark.parametrize(
    "cell",
    [
        "soon",
        "1e400",
        "nan",
        "9" * 30,
        "--",
        "²",
        "6³",
        f"{'9' * 5000}:00:01",
        f"{'9' * 5000}h",
        f"{'9' * 5000}s",
    ],
)
def test_what_is_no_duration_says_so(cell: str) -> None:
    assert isinstance(read_seconds(cell), Problem)


def test_a_date_and_a_time_of_two_columns_are_one() -> None:
    day = datetime(2026, 11, 20)  # noqa: DTZ001
    assert with_clock(day, "09:05:00") == with_clock(day, time(9, 5)) == WALL
    assert isinstance(with_clock(day, "later"), Problem)


@pytest.mark.parametrize(
    "clock", ["9:05", "09:05:00", "09.05.00", "090500", "09:05 AM", "9:05:00.250 am", "0905"]
)
def test_a_time_of_day_in_a_column_of_its_own(clock: str) -> None:
    assert with_clock(WALL.replace(hour=0, minute=0), clock) == WALL


def test_the_afternoon_in_a_column_of_its_own() -> None:
    midnight = WALL.replace(hour=0, minute=0)
    assert with_clock(midnight, "09:05 PM") == WALL.replace(hour=21)
    assert with_clock(midnight, "12:05 AM") == WALL.replace(hour=0)


@pytest.mark.parametrize(
    ("title", "cell", "seconds"),
    [
        ("duration_ms", "65250", Decimal("65.250")),
        ("Duration (ms)", "65250", Decimal("65.250")),
        ("durationMs", 65250, Decimal("65.250")),
        ("Minutes", "1.5", 90),
        ("Minuten", "1,5", 90),
        ("Duration (min)", "2", 120),
        ("Minutes", "0:01:05", 65),
        ("Duration, min:sec", "1:05", 65),
        ("Duration min/sec", "65", 65),
        ("Duration", "65", 65),
        ("Minutes", "5m3s", 303),
    ],
)
def test_the_title_says_the_unit_of_a_plain_number(title: str, cell: object, seconds: object) -> None:
    assert in_seconds(cell, unit_of(title)) == seconds


def _opened(folder: Path, *lines: str) -> Calls:
    path = folder / "calls.csv"
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return open_calls(path)


def test_titles_of_any_language_are_enough(tmp_path: Path) -> None:
    sheet = _opened(
        tmp_path,
        "Wykaz połączeń",
        "Data;Godzina;Numer dzwoniący;Numer wybrany;Czas trwania",
        *(f"{day}.11.2026;09:05:00;2079460000;44207946{day}00;0:01:05" for day in range(13, 20)),
    )
    rows = list(sheet.rows())
    assert (sheet.skipped, len(rows)) == (2, 7)
    row = rows[0]
    assert (row.row, row.caller, row.called, row.talk) == (3, "2079460000", "442079461300", 65)
    assert row.start == WALL.replace(day=13)


def test_lengths_in_thousandths_by_their_title(tmp_path: Path) -> None:
    rows = (f"id{at},2026-11-20 09:05:0{at},+4420794600{at}0,+4930901820{at}0,6525{at}" for at in range(8))
    sheet = _opened(tmp_path, "callId,startTime,callingNumber,calledNumber,duration_ms", *rows)
    assert [row.talk for row in sheet.rows()][:2] == [Decimal("65.250"), Decimal("65.251")]


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("sip:49301234@10.0.0.1:5060;user=phone", "49301234"),
        ("<sip:+49301234@host>;tag=1", "+49301234"),
        ('"Jo" <sip:49301234@host>', "49301234"),
        ('"Jo" <49301234>', "49301234"),
        ("tel:+49301234", "+49301234"),
        ('="49301234"', "49301234"),
        ("Ext.610", "Ext.610"),
        ("+49 30 1234", "+49 30 1234"),
        ("<>", "<>"),
        ("", ""),
    ],
)
def test_the_number_out_of_an_address(text: str, number: str) -> None:
    assert party(text) == number
