"""Call files as switches write them, opened by the same layout finder that `inspect` shows."""

import json
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from tests.tabular.score import SAMPLES, compared_calls
from voipdesk.calls.files import CallRecord
from voipdesk.calls.files_reading import open_calls
from voipdesk.kernel.problems import Refused


def opened(tmp_path: Path, *lines: str) -> tuple[list[CallRecord], tuple[int, int, int]]:
    """The records of a file, and its (rows, skipped, blank)."""
    path = tmp_path / "calls.csv"
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    sheet = open_calls(path)
    records = list(sheet.rows())
    return records, (sheet.total, sheet.skipped, sheet.blank)


def at(text: str) -> datetime:
    return datetime.fromisoformat(text)


def test_titles_of_another_language_below_a_title_row(tmp_path: Path) -> None:
    records, tally = opened(
        tmp_path,
        "Verbindungen November",
        "Kunde;Anrufer;Zielrufnummer;Datum;Uhrzeit;Dauer;Status",
        "NILE;1000;00447700900123;20.11.2026;09:05:00;65;ANSWERED",
        "NILE;1000;00447700900124;20.11.2026;09:06:00;12;NO ANSWER",
    )
    assert tally == (4, 2, 0)
    assert [(one.row, one.account, one.called, one.start, one.talk) for one in records] == [
        (3, "NILE", "00447700900123", at("2026-11-20 09:05"), 65),
        (4, "NILE", "00447700900124", at("2026-11-20 09:06"), 0),
    ]


def test_the_length_is_the_time_between_answer_and_end(tmp_path: Path) -> None:
    records, _ = opened(
        tmp_path,
        "account,caller,called,start time,answer time,end time",
        "NILE,1000,447700900123,2026-11-20 09:00:00,2026-11-20 09:00:05.250,2026-11-20 09:01:05",
        "NILE,1000,447700900123,2026-11-20 09:00:00,,2026-11-20 09:01:05",
        "NILE,1000,447700900123,20261120090000,20261120090001,20261120090003",
    )
    assert [one.talk for one in records] == [Decimal("59.750000"), 65, 2]


def test_calls_in_two_rows_are_joined_by_their_id(tmp_path: Path) -> None:
    records, tally = opened(
        tmp_path,
        "id;status;start time;account;caller;called",
        "a1;Start;20/11/2026 09:00:00;NILE;1000;00447700900123",
        "a2;Start;20/11/2026 09:00:10;NILE;1000;00447700900124",
        "a1;Stop;20/11/2026 09:01:05;;;",
        "a2;Stop;20/11/2026 09:02:05;;;",
        "a3;Start;20/11/2026 09:03:10;NILE;1000;00447700900124",
    )
    assert tally == (6, 3, 0)
    assert [(one.row, one.called[-1:], one.talk) for one in records[:2]] == [(2, "3", 65), (3, "4", 115)]
    [half] = records[2:]
    assert half.problem is not None
    assert half.problem.code == "half_a_call"
    assert half.cells[0] == "a3"


def test_columns_without_titles_are_told_apart_by_their_cells(tmp_path: Path) -> None:
    lines = [
        f"c-{n},00:00:{n + 10},2026/11/20 09:{n + 10}:00,2026/11/20 09:{n + 10}:02,2026/11/20 09:{n + 10}:{n + 12},"
        f"ANSWERED,{100 + n % 3},0044770090012{n}"
        for n in range(9)
    ]
    records, tally = opened(tmp_path, *lines)
    assert tally == (9, 0, 0)
    first = records[0]
    assert (first.unique_id, first.account, first.called, first.talk) == ("c-0", "100", "00447700900120", 10)
    assert (first.start, first.answer) == (at("2026-11-20 09:10:00"), at("2026-11-20 09:10:02"))


def test_a_file_that_does_not_say_whose_calls_they_are_is_asked_about(tmp_path: Path) -> None:
    lines = [f"2026-11-20 09:0{n}:00,0044770090012{n},{n + 20}" for n in range(6)]
    with pytest.raises(Refused) as refused:
        opened(tmp_path, *lines)
    assert refused.value.code == "unknown_columns"


def test_records_without_separators_are_cut_where_somebody_says(tmp_path: Path) -> None:
    path = tmp_path / "calls.dat"
    path.write_text(
        "HEAD20261120\n"
        "CALL00120261120090000NILE  00447700900123   000065\n"
        "CALL00220261120090100NILE  00447700900124   000217\n"
        "TAIL000002\n"
    )
    with pytest.raises(Refused):
        open_calls(path)
    places = {
        "unique_id": [4, 7],
        "start": [7, 21],
        "account": [21, 27],
        "called": [27, 44],
        "billsec": [44, 50],
    }
    sheet = open_calls(path, layout={"columns": places, "length": "hms"})
    records = list(sheet.rows())
    assert (sheet.total, sheet.skipped, sheet.blank) == (4, 2, 0)
    assert [(one.row, one.unique_id, one.account, one.called, one.talk) for one in records] == [
        (2, "001", "NILE", "00447700900123", 65),
        (3, "002", "NILE", "00447700900124", 137),
    ]
    assert records[1].start == at("2026-11-20 09:01")
    again = open_calls(path, layout=sheet.layout_data)  # as it is kept with a profile
    assert [one.talk for one in again.rows()] == [65, 137]


def samples() -> list[dict[str, Any]]:
    truth = SAMPLES / "truth.json"
    found = json.loads(truth.read_text(encoding="utf-8"))["files"] if truth.is_file() else []
    return [one for one in found if one["kind"] == "cdr"]


@pytest.mark.skipif(not SAMPLES.is_dir(), reason="the samples are not here")
@pytest.mark.parametrize("one", samples(), ids=lambda one: one["id"])
def test_samples_yield_what_a_right_import_yields(one: dict[str, Any]) -> None:
    assert compared_calls(one) == ""
