"""Make the sources of the sample workspace anew: three carriers' sheets and a month of calls.

Dial codes are facts of the numbering plans (by the phonenumbers library); names of companies, prices and calls are
invented, from a fixed seed, so that the same command always gives the same files:

    python packaging/sample_sources.py
"""

import csv
import datetime as dt
import io
import pathlib
import random
import re
import zipfile
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

import openpyxl
import phonenumbers
from babel import Locale
from phonenumbers import PhoneNumberType

CREATED = dt.datetime.fromisoformat("2026-10-01")
SINCE = dt.datetime.fromisoformat("2025-01-01")
"""Workbooks know no time zones."""

OUT = pathlib.Path(__file__).resolve().parents[1] / "resources" / "sample"
CHANCE = random.Random(20261001)
TERRITORIES = Locale("en").territories
DEAR = {"CU": 9, "MV": 10, "SO": 8, "TN": 7, "LY": 5, "GN": 7, "PG": 9, "SL": 7, "EG": 2, "MA": 6}
_BUSY = "GB GB GB DE DE FR US US US IN AE EG PK NG IE ES IT NL PL ZA KE MA CN BR MX AU SA TR CU MV"
BUSY = _BUSY.split()
ACCOUNTS = {
    "PINE": 5, "QUAY": 7, "MARLOW": 9, "ELMGROVE": 3, "NILE": 6, "HARPER": 4, "SAFFRON": 2,
}  # fmt: skip


def rounded(value: float, places: int = 4) -> Decimal:
    return Decimal(repr(value)).quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP)


@dataclass(frozen=True)
class Row:
    """One code of the deck."""

    code: str
    name: str
    price: Decimal
    interval: tuple[int, int]


def deck() -> list[Row]:
    rows: dict[str, Row] = {}
    for region in sorted(phonenumbers.SUPPORTED_REGIONS):
        country = str(phonenumbers.country_code_for_region(region))
        name = TERRITORIES.get(region, region)
        base = 0.006 + 0.02 * CHANCE.random() ** 2 * DEAR.get(region, 2) + 0.012 * DEAR.get(region, 0)
        meta = phonenumbers.PhoneMetadata.metadata_for_region(region, None)
        lead = (meta.leading_digits or "") if meta else ""
        lead = lead if lead.isdigit() else ""
        interval = CHANCE.choice([(1, 1), (1, 1), (60, 1), (60, 60), (30, 6), (6, 6)])
        main = phonenumbers.COUNTRY_CODE_TO_REGION_CODE[int(country)][0] == region
        if main or lead:
            rows.setdefault(country + lead, row(country + lead, name, base, interval))
        for kind, word, factor in (
            (PhoneNumberType.MOBILE, "Mobile", 2.1),
            (PhoneNumberType.PREMIUM_RATE, "Premium", 9.0),
        ):
            example = phonenumbers.example_number_for_type(region, kind)
            if example is None or (country == "1" and word == "Mobile"):
                continue
            digits = str(example.national_number)
            if country + digits[:2] not in rows and main:
                code = country + digits[: 2 if word == "Mobile" else 3]
                rows.setdefault(code, row(code, f"{name} {word}", base * factor, interval))
        if main and country != "1":
            example = phonenumbers.example_number_for_type(region, PhoneNumberType.FIXED_LINE)
            if example is not None:
                code = country + str(example.national_number)[:3]
                rows.setdefault(code, row(code, f"{name} Capital", base * 0.8, interval))
    return sorted(rows.values(), key=lambda one: one.code)


def row(code: str, name: str, price: float, interval: tuple[int, int]) -> Row:
    return Row(code, name, rounded(price), interval)


def write_meridian(rows: list[Row]) -> None:
    """A plain CSV with two title lines and a footer."""
    with (OUT / "rates" / "meridian_az.csv").open("w", newline="", encoding="utf-8") as file:
        out = csv.writer(file)
        out.writerow(["Meridian Carrier Services, A-Z price list"])
        out.writerow(["All prices in USD per minute"])
        out.writerow(["Destination", "Prefix", "Rate USD/min", "Connect fee", "Billing", "Effective date"])
        for one in rows:
            fee = "0.0100" if one.name.endswith("Premium") else "0"
            first, then = one.interval
            out.writerow([one.name, one.code, one.price, fee, f"{first}/{then}", "2025-01-01"])
        out.writerow([])
        out.writerow(["Prices are confidential. Increases need seven days' notice."])


def write_baltic(rows: list[Row]) -> None:
    """Semicolons, decimal commas and 00 before the codes, as Windows writes it in much of Europe."""
    with (OUT / "rates" / "baltic_preise.csv").open("w", newline="", encoding="cp1252") as file:
        out = csv.writer(file, delimiter=";")
        out.writerow(["Ziel", "Vorwahl", "Preis USD/Min", "Takt", "Gültig ab"])
        for one in rows:
            if CHANCE.random() < 0.12:
                continue
            price = rounded(float(one.price) * (0.82 + 0.4 * CHANCE.random()))
            first, then = one.interval
            out.writerow(
                [
                    one.name,
                    "00" + one.code,
                    str(price).replace(".", ","),
                    f"{first}/{then}",
                    "01.01.2025",
                ]
            )


def write_harbour(rows: list[Row]) -> None:
    """An Excel workbook: a cover, country code and area codes in columns of their own, several codes to a row."""
    book = openpyxl.Workbook()
    book.properties.created = book.properties.modified = CREATED
    cover = book.active
    cover.title = "Cover"
    cover["B2"] = "Harbour Telecom"
    cover["B3"] = "Wholesale voice, October 2026"
    sheet = book.create_sheet("Rates")
    sheet.append(["Harbour Telecom wholesale rates"])
    sheet.append([])
    sheet.append(
        ["Destination", "Country Code", "Area Codes", "Rate (USD/min)", "Increment", "Valid from", "Status"]
    )
    groups: dict[tuple[str, str, Decimal, tuple[int, int]], list[str]] = {}
    for one in rows:
        country = next(
            one.code[:n] for n in (1, 2, 3) if int(one.code[:n]) in phonenumbers.COUNTRY_CODE_TO_REGION_CODE
        )
        price = rounded(float(one.price) * (0.9 + 0.3 * CHANCE.random()))
        key = (one.name, country, price, one.interval)
        groups.setdefault(key, []).append(one.code[len(country) :])
    for (name, country, price, (first, then)), areas in groups.items():
        listed = ", ".join(area for area in sorted(areas) if area)
        sheet.append([name, country, listed, float(price), f"{first}/{then}", SINCE, "No change"])
    kept = io.BytesIO()
    book.save(kept)
    (OUT / "rates" / "harbour_wholesale.xlsx").write_bytes(timeless(kept.getvalue()))


def timeless(workbook: bytes) -> bytes:
    """The workbook without the moment of its making, so that the same command gives the same bytes."""
    packed = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(workbook)) as made,
        zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as out,
    ):
        for name in made.namelist():
            content = made.read(name)
            if name == "docProps/core.xml":
                stamp = rb"\g<1>" + f"{CREATED:%Y-%m-%dT%H:%M:%SZ}<".encode()
                content = re.sub(rb"(<dcterms:modified[^>]*>)[^<]*<", stamp, content)
            entry = zipfile.ZipInfo(name, CREATED.timetuple()[:6])
            entry.compress_type = zipfile.ZIP_DEFLATED
            out.writestr(entry, content)
    return packed.getvalue()


def number(rows: list[Row]) -> str:
    region = CHANCE.choice(BUSY)
    kind = CHANCE.choice([PhoneNumberType.MOBILE, PhoneNumberType.FIXED_LINE])
    example = phonenumbers.example_number_for_type(region, kind) or phonenumbers.example_number(region)
    assert example is not None
    digits = phonenumbers.format_number(example, phonenumbers.PhoneNumberFormat.E164)[1:]
    return digits[:-4] + f"{CHANCE.randrange(10000):04d}"


def write_calls(rows: list[Row], count: int = 4000) -> None:
    """A month of a small switch: busy on weekdays, a night of odd traffic, a few calls that need a person."""
    start = dt.datetime.fromisoformat("2026-10-01")
    moments: list[dt.datetime] = []
    while len(moments) < count:
        moment = start + dt.timedelta(seconds=CHANCE.randrange(31 * 86400))
        weight = (0.25 if moment.weekday() > 4 else 1.0) * (1.0 if 8 <= moment.hour < 19 else 0.12)
        if CHANCE.random() < weight:
            moments.append(moment)
    names = [name for name, weight in ACCOUNTS.items() for _ in range(weight)]
    with (OUT / "calls" / "switch_2026-10.csv").open("w", newline="", encoding="utf-8") as file:
        out = csv.writer(file)
        out.writerow(
            [
                "uniqueid",
                "account",
                "caller",
                "called",
                "start",
                "answer",
                "duration",
                "billsec",
                "disposition",
            ]
        )
        for at, moment in enumerate(sorted(moments)):
            answered = CHANCE.random() < 0.63
            ring = CHANCE.randrange(2, 25)
            talk = max(1, int(CHANCE.lognormvariate(4.4, 1.1))) if answered else 0
            account = CHANCE.choice(names) if at % 1300 else "GUEST"
            called = CHANCE.choice(["", "", "+", "00"]) + (number(rows) if at % 950 != 7 else "999123456")
            answer = (moment + dt.timedelta(seconds=ring)).isoformat(sep=" ") if answered else ""
            out.writerow(
                [
                    f"{moment:%Y%m%d}-{at:06d}", account, f"44207946{CHANCE.randrange(1000):04d}", called,
                    moment.isoformat(sep=" "), answer, ring + talk, talk,
                    "ANSWERED" if answered else CHANCE.choice(["NO ANSWER", "BUSY", "FAILED"]),
                ]
            )  # fmt: skip


def main() -> None:
    rows = deck()
    for folder in ("rates", "calls"):
        (OUT / folder).mkdir(parents=True, exist_ok=True)
    write_meridian(rows)
    write_baltic(rows)
    write_harbour(rows)
    write_calls(rows)
    print(f"{len(rows)} codes")


if __name__ == "__main__":
    main()
