"""Families of call records, and of sheets that resemble rates or calls and are neither."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from pathlib import Path
from random import Random
from typing import Any

from tests.tabular.carriers.paper import Made, Truth
from tests.tabular.carriers.shapes import family

TARGETS = ("447700900", "4930901820", "33612345", "201001234", "12125550", "9715012345", "353871234")


def some_calls(rng: Random, count: int = 40) -> list[dict[str, Any]]:
    """Calls in the order of time, three of four answered."""
    moment = datetime(2026, 11, 13, 8, 0, 0)  # noqa: DTZ001 - a wall clock, as switches write them
    calls: list[dict[str, Any]] = []
    for at in range(count):
        moment += timedelta(seconds=rng.randrange(5, 20_000))
        answered = rng.random() < 0.75
        talk = rng.randrange(3, 1800) if answered else 0
        ring = rng.randrange(2, 30)
        calls.append(
            {
                "id": f"{rng.randrange(16**8):08x}-{at:04}",
                "start": moment,
                "answer": moment + timedelta(seconds=ring) if answered else None,
                "end": moment + timedelta(seconds=ring + talk),
                "talk": talk,
                "total": talk + ring,
                "caller": f"20225{rng.randrange(10**5):05}",
                "called": rng.choice(TARGETS) + f"{rng.randrange(1000):03}",
                "account": f"cust{rng.randrange(5)}",
                "result": "ANSWERED" if answered else rng.choice(["NO ANSWER", "BUSY", "FAILED"]),
            }
        )
    return calls


def call_file(
    folder: Path,
    header: Sequence[str],
    rows: Sequence[Sequence[object]],
    columns: dict[str, set[int]],
    *,
    delimiter: str = ",",
    order: str | None = "ymd",
    above: Sequence[str] = (),
    asks: frozenset[str] = frozenset(),
    kind: str = "cdr",
    encoding: str = "utf-8",
) -> Made:
    """A call file as text, with its truth."""
    lines = [*above]
    if header:
        lines.append(delimiter.join(header))
    first = len(lines) + 1
    lines += [delimiter.join(map(str, row)) for row in rows]
    path = folder / "calls.csv"
    path.write_text("\n".join(lines) + "\n", encoding=encoding)
    truth = Truth(
        kind=kind,
        encoding=encoding,
        delimiter=delimiter,
        decimal=None,
        header_row=first - 1 if header else None,
        first_data_row=first,
        columns=columns,
        date_order=order,
        asks=asks,
    )
    return Made(path, truth)


@family
def calls_of_a_softswitch(folder: Path, rng: Random) -> Made:
    rows = [
        (
            c["account"],
            c["caller"],
            c["called"],
            f"{c['start']:%Y-%m-%d %H:%M:%S}",
            c["talk"],
            "0.0123",
            c["result"],
        )
        for c in some_calls(rng)
    ]
    header = ("Client", "CLI", "CLD", "Connect Time", "Billed Duration", "Cost", "Result")
    columns = {"account": {0}, "caller": {1}, "called": {2}, "start": {3}, "billsec": {4}, "disposition": {6}}
    return call_file(folder, header, rows, columns)


@family
def calls_with_caller_e164(folder: Path, rng: Random) -> Made:
    rows = [
        (
            c["caller"],
            c["called"],
            f"{c['start']:%Y-%m-%d %H:%M:%S}",
            f"{c['end']:%Y-%m-%d %H:%M:%S}",
            c["talk"],
            "0.10",
        )
        for c in some_calls(rng)
    ]
    header = ("Caller E164", "Callee E164", "Begin time", "End time", "Call duration", "Fee")
    return call_file(
        folder, header, rows, {"caller": {0}, "called": {1}, "start": {2}, "billsec": {4}}, delimiter=";"
    )


@family
def calls_in_clock_times(folder: Path, rng: Random) -> Made:
    rows = [
        (
            f"{c['start']:%d/%m/%Y %H:%M:%S}",
            c["caller"],
            c["called"],
            f"{int(str(c['talk'])) // 3600:02}:{int(str(c['talk'])) // 60 % 60:02}:{int(str(c['talk'])) % 60:02}",
            c["result"],
        )
        for c in some_calls(rng)
    ]
    header = ("Date/Time", "From", "To", "Charged time", "Disposition")
    columns = {"start": {0}, "caller": {1}, "called": {2}, "billsec": {3}, "disposition": {4}}
    return call_file(folder, header, rows, columns, order="dmy")


@family
def calls_in_german(folder: Path, rng: Random) -> Made:
    rows = [
        (f"{c['start']:%d.%m.%Y}", f"{c['start']:%H:%M:%S}", c["caller"], c["called"], c["talk"])
        for c in some_calls(rng)
    ]
    header = ("Datum", "Uhrzeit", "Anrufer", "Zielrufnummer", "Dauer (s)")
    columns = {"start": {0}, "caller": {2}, "called": {3}, "billsec": {4}}
    return call_file(folder, header, rows, columns, delimiter=";", order="dmy")


@family
def calls_in_spanish(folder: Path, rng: Random) -> Made:
    rows = [
        (f"{c['start']:%d/%m/%Y %H:%M}", c["caller"], c["called"], c["talk"], c["result"])
        for c in some_calls(rng)
    ]
    header = ("Fecha", "Origen", "Destino", "Duración (seg)", "Estado")
    columns = {"start": {0}, "caller": {1}, "called": {2}, "billsec": {3}, "disposition": {4}}
    return call_file(folder, header, rows, columns, delimiter=";", order="dmy")


@family
def calls_with_seconds_since_1970(folder: Path, rng: Random) -> Made:
    rows = [
        (c["id"], f"{_second(c['start'])}", c["caller"], c["called"], c["total"], c["talk"], c["result"])
        for c in some_calls(rng)
    ]
    header = ("callid", "start_epoch", "src", "dst", "duration", "billsec", "hangup_cause")
    columns = {
        "unique_id": {0},
        "start": {1},
        "caller": {2},
        "called": {3},
        "billsec": {5},
        "disposition": {6},
    }
    return call_file(folder, header, rows, columns, order=None)


def _second(moment: object) -> int:
    assert isinstance(moment, datetime)
    return int((moment - datetime(1970, 1, 1)).total_seconds())  # noqa: DTZ001


@family
def calls_with_a_row_of_types(folder: Path, rng: Random) -> Made:
    rows: list[tuple[object, ...]] = [
        ("VARCHAR(64)", "INTEGER", "VARCHAR(50)", "VARCHAR(50)", "INTEGER", "INTEGER")
    ]
    rows += [
        (c["id"], _second(c["start"]), c["caller"], c["called"], _second(c["end"]), c["talk"])
        for c in some_calls(rng)
    ]
    header = (
        "globalCallId",
        "dateTimeOrigination",
        "callingPartyNumber",
        "finalCalledPartyNumber",
        "dateTimeDisconnect",
        "duration",
    )
    made = call_file(
        folder, header, rows, {"start": {1}, "caller": {2}, "called": {3}, "billsec": {5}}, order=None
    )
    made.truth.first_data_row = 3
    return made


@family
def calls_without_titles(folder: Path, rng: Random) -> Made:
    rows = [
        (
            c["account"],
            c["caller"],
            c["called"],
            f"{c['start']:%Y-%m-%d %H:%M:%S}",
            f"{c['end']:%Y-%m-%d %H:%M:%S}",
            c["total"],
            c["talk"],
        )
        for c in some_calls(rng)
    ]
    columns = {"account": {0}, "caller": {1}, "called": {2}, "start": {3}, "billsec": {6}}
    return call_file(folder, (), rows, columns, delimiter=";")


@family
def calls_of_a_pbx(folder: Path, rng: Random) -> Made:
    rows = [
        (
            f"{c['start']:%Y-%m-%dT%H:%M:%SZ}",
            f"{c['answer']:%Y-%m-%dT%H:%M:%SZ}" if c["answer"] else "",
            f"Ext.{rng.randrange(100, 130)}",
            c["called"],
            c["talk"],
            c["id"],
        )
        for c in some_calls(rng)
    ]
    header = ("Call Start", "Answered At", "Caller ID", "Dialed Number", "Talk Time (s)", "Call ID")
    columns = {"start": {0}, "caller": {2}, "called": {3}, "billsec": {4}, "unique_id": {5}}
    return call_file(folder, header, rows, columns)


@family
def calls_of_a_cloud(folder: Path, rng: Random) -> Made:
    rows = [
        (
            c["id"],
            f"+{c['caller']}",
            f"+{c['called']}",
            "outbound",
            f"{c['start']:%Y-%m-%d %H:%M:%S}",
            c["talk"],
            "completed",
            "-0.0130",
        )
        for c in some_calls(rng)
    ]
    header = ("Call Sid", "From", "To", "Direction", "Start Time", "Duration", "Status", "Price")
    columns = {
        "unique_id": {0},
        "caller": {1},
        "called": {2},
        "start": {4},
        "billsec": {5},
        "disposition": {6},
    }
    return call_file(folder, header, rows, columns)


@family
def calls_rated_by_the_sender(folder: Path, rng: Random) -> Made:
    rows = [
        (
            f"{c['start']:%d-%m-%Y %H:%M:%S}",
            c["caller"],
            c["called"],
            str(c["called"])[:4],
            "Some Place",
            c["talk"],
            "0.0210",
            "0.0040",
        )
        for c in some_calls(rng)
    ]
    header = ("Call Date", "ANI", "DNIS", "Prefix", "Destination", "Billable Seconds", "Rate", "Amount")
    return call_file(
        folder, header, rows, {"start": {0}, "caller": {1}, "called": {2}, "billsec": {5}}, order="dmy"
    )


def _decoy(folder: Path, header: Sequence[str], rows: Sequence[Sequence[object]]) -> Made:
    return call_file(folder, header, rows, {}, kind="other", order=None)


@family
def prices_of_messages(folder: Path, rng: Random) -> Made:
    rows = [("Egypt", 602, f"{at:02}", f"Net {at}", f"0.0{rng.randrange(100, 999)}") for at in range(1, 30)]
    return _decoy(folder, ("Country", "MCC", "MNC", "Network", "Price per SMS (EUR)"), rows)


@family
def numbers_for_rent(folder: Path, rng: Random) -> Made:
    rows = [(f"4420794{rng.randrange(10**5):05}", "London", "1.50", "0.00", "2") for _ in range(30)]
    return _decoy(folder, ("DID", "City", "Monthly Fee", "Setup", "Channels"), rows)


@family
def people(folder: Path, rng: Random) -> Made:
    rows = [
        (f"Jo {at}", f"+4420794{rng.randrange(10**5):05}", f"jo{at} at mail dot example", "London")
        for at in range(30)
    ]
    return _decoy(folder, ("Name", "Phone", "E-mail", "City"), rows)


@family
def goods(folder: Path, rng: Random) -> Made:
    rows = [
        (f"SKU-{at:04}", f"Cable {at} m", rng.randrange(500), f"{rng.randrange(100, 9999) / 100:.2f}")
        for at in range(30)
    ]
    return _decoy(folder, ("Article", "Description", "Stock", "Unit Price"), rows)


@family
def invoices(folder: Path, rng: Random) -> Made:
    rows = [
        (
            f"INV-{at:05}",
            f"2026-11-{at % 28 + 1:02}",
            f"Client {at}",
            f"{rng.randrange(10**5) / 100:.2f}",
            "open",
        )
        for at in range(30)
    ]
    return _decoy(folder, ("Invoice", "Date", "Client", "Amount", "Status"), rows)


@family
def statement_of_traffic(folder: Path, rng: Random) -> Made:
    rows = [
        ("Egypt Mobile", rng.randrange(100), rng.randrange(5000), f"{rng.randrange(10**5) / 100:.2f}")
        for _ in range(30)
    ]
    return _decoy(folder, ("Destination", "Calls", "Minutes", "Amount USD"), rows)
