"""Small files of every kind to begin mutating from, and a mutation that reaches inside packed files."""

import io
import random
import zipfile
from collections.abc import Callable
from datetime import date
from pathlib import Path

from tests.tabular import files

RATES = (
    ("Aurora Telecom", "", "", "", ""),
    ("Code", "Destination", "Rate/min", "Effective", "Billing"),
    ("44", "United Kingdom", "0.0120", "30/11/2026", "60/1"),
    ("447[3-5]", "United Kingdom Mobile", "$0.0345", "01/12/2026", "1/1"),
    ("4915-4917;4930", 'Germany "Mobile"', "0.0110", "30-Nov-26", "60"),
    ("+20 10", "Egypt", "blocked", "2026-11-30", "0-60-60"),
    ("# remark", "", "", "", ""),
    ("4.47E+11", "lost", "1.234,56", "46356", "per second"),
)
AREAS = (
    ("Country Code", "Area Codes", "Ziel", "Preis ct/min", "Gültig ab"),
    ("49", "30, 40; 89", "Deutschland", "1,10", "30.11.2026"),
    ("49", "", "Deutschland Süd", "0,95", "01.12.2026"),
    ("20", "10-12", "Ägypten", "11,60", "24.12.2026"),
)
CALLS = (
    ("calldate", "src", "dst", "duration", "billsec", "disposition", "uniqueid"),
    ("2026-11-30 10:15:21", "201001", "4479460", "12", "10", "ANSWERED", "1764.1"),
    ("2026-11-30 10:16:21", "201002", "4479461", "0", "0", "NO ANSWER", "1764.2"),
)
TOKENS = (
    b'"', b"'", b",", b";", b"\t", b"|", b":", b"\r", b"\n", b"\r\n", b"\x00", b"\xff\xfe", b"\xef\xbb\xbf",
    b"1e999", b"9" * 400, b"[0-9]" * 6, b"-" * 50, b"447[3-5", b"0-999999999", b"Infinity", b"NaN", b"sep=;\n",
    b"\xd9\xa1\xd9\xa2", b"\xc2\xb2", b"99/99/9999", b"00/00/0000", b"29/02/2027", b"24:61", b"<td>", b"</table>",
    b'colspan="99999"', b'ss:Index="999999999"', b"<!ENTITY a 'b'>", b'number-rows-repeated="99999999"',
    b"1.2.3.4,5", b"\xe2\x88\x92", b"=1+1", b"%s{0}%n", b'<c r="XFD1048576"/>', b'<v>1e308</v>', b"20261399256161",
)  # fmt: skip


def seeds(folder: Path) -> list[bytes]:
    """Files of all containers and encodings, each of a few hundred bytes."""
    made: list[bytes] = []

    def keep(make: Callable[[Path], Path]) -> None:
        made.append(make(folder / f"seed{len(made)}").read_bytes())

    for rows in (RATES, AREAS, CALLS):
        for delimiter in (",", ";", "\t", "|"):
            keep(lambda path, rows=rows, mark=delimiter: files.text(path, rows, delimiter=mark))
        for encoding in ("utf-8-sig", "utf-16", "cp1252"):
            keep(
                lambda path, rows=rows, code=encoding: files.text(
                    path, rows, delimiter=";", encoding=code, end="\r\n"
                )
            )
        keep(lambda path, rows=rows: files.text(path, rows, end="\r"))
        keep(lambda path, rows=rows: files.html(path, rows))
        keep(lambda path, rows=rows: files.spreadsheetml(path, rows))
        keep(lambda path, rows=rows: files.ods(path, rows))
        keep(lambda path, rows=rows: files.xlsx(path, {"Cover": [("note",)], "Rates": rows}))
    typed = (
        ("Code", "Name", "Rate", "From", "Pulse"),
        (44, "UK", 0.012, date(2026, 11, 30), date(2026, 6, 6)),
    )
    keep(lambda path: files.xlsx(path, {"Rates": typed}))
    keep(lambda path: files.zipped(path, files.text(folder / "deck.csv", RATES)))
    keep(lambda path: files.text(path, [(f"{row[0]:<12}{row[1]:<30}{row[2]:<12}",) for row in RATES]))
    keep(_old_workbook)
    keep(_call_records)
    keep(lambda path: files.text(path, [("CDR000001020260708181006000123451234004012312310000180099",)] * 4))
    return made


def _old_workbook(path: Path) -> Path:
    import xlwt

    book = xlwt.Workbook()
    sheet = book.add_sheet("Rates")
    for at, row in enumerate(RATES):
        for place, cell in enumerate(row):
            sheet.write(at, place, cell)
    book.save(str(path))
    return path


def _call_records(path: Path) -> Path:
    calls = "".join(
        f"<call id='{at}'><a>2010{at}</a><calledNumber>4479{at}</calledNumber><startTime>2026-11-30T10:15:0{at}</startTime>"
        f"<duration>{at}</duration></call>"
        for at in range(4)
    )
    path.write_text(f"<?xml version='1.0'?><calls>{calls}</calls>")
    return path


def mutated(raw: bytes, rng: random.Random, pool: list[bytes]) -> bytes:
    """A few changes of bytes; in a packed file mostly inside one of its members."""
    if raw[:2] == b"PK" and rng.random() < 0.75:
        inside = _inside(raw, rng, pool)
        if inside is not None:
            return inside
    data = bytearray(raw)
    for _ in range(rng.choice((1, 1, 2, 3, 8, 20))):
        _change(data, rng, pool)
    return bytes(data[: 1 << 18])


def _inside(raw: bytes, rng: random.Random, pool: list[bytes]) -> bytes | None:
    try:
        with zipfile.ZipFile(io.BytesIO(raw)) as archive:
            members = {info.filename: archive.read(info) for info in archive.infolist()}
    except Exception:
        return None  # an archive broken before can only be mutated from outside
    if not members:
        return None
    chosen = rng.choice(list(members))
    members[chosen] = mutated(members[chosen], rng, pool)
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return out.getvalue()


def _change(data: bytearray, rng: random.Random, pool: list[bytes]) -> None:
    at = rng.randrange(len(data) + 1)
    kind = rng.randrange(9)
    if kind == 0 and data:
        data[min(at, len(data) - 1)] ^= 1 << rng.randrange(8)
    elif kind == 1 and data:
        data[min(at, len(data) - 1)] = rng.randrange(256)
    elif kind == 2:
        data[at:at] = rng.choice(TOKENS)
    elif kind == 3:
        del data[at : at + rng.choice((1, 2, 8, 64))]
    elif kind == 4:
        part = data[at : at + rng.choice((4, 32, 256))]
        data[at:at] = part * rng.choice((1, 2, 40))
    elif kind == 5:
        del data[at:]
    elif kind == 6:
        other = rng.choice(pool)
        start = rng.randrange(len(other) + 1)
        data[at:at] = other[start : start + rng.choice((8, 64, 400))]
    elif kind == 7:
        old, new = rng.choice((b",", b";", b".", b"0", b"-", b"\n", b"<", b"/")), rng.choice(TOKENS)
        data[:] = data.replace(old, new, rng.choice((1, 3, 50)))
    else:
        data[at : at + 4] = rng.randbytes(4)
