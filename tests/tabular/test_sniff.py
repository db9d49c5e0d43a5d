"""Layouts found by themselves: in many languages, with and without headers, and what is asked because no file decides it."""

from collections.abc import Mapping
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from tests.tabular import files
from voipdesk.tabular import words
from voipdesk.tabular.layout import Layout, columns_named
from voipdesk.tabular.mapping import RateSheet, SheetRate
from voipdesk.tabular.sniff import sniff


def found(tmp_path: Path, *lines: str, **wish: Any) -> Layout:
    """The layout of a text of these lines."""
    path = tmp_path / "sheet.csv"
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return sniff(path, **wish)


def rates(tmp_path: Path, layout: Layout) -> list[SheetRate]:
    """The rows of the text by a layout."""
    with RateSheet(tmp_path / "sheet.csv", layout) as sheet:
        return list(sheet.rows())


def asked(layout: Layout) -> set[str]:
    """What the layout asks about."""
    return {question.about for question in layout.ask}


@pytest.mark.parametrize(
    ("header", "roles"),
    [
        (
            "Code;Destination;Rate;Effective Date;Increment",
            "prefix destination rate effective_date increment",
        ),
        ("Dial Code;Route;USD/min;Valid from;Billing", "prefix destination rate effective_date increment"),
        (
            "Vorwahl;Zielland;Preis pro Minute;Gültig ab;Taktung",
            "prefix destination rate effective_date increment",
        ),
        (
            "Indicatif;Libellé;Prix/min;Date d'effet;Palier",
            "prefix destination rate effective_date increment",
        ),
        ("Prefijo;Descripción;Precio;Vigencia;Intervalo", "prefix destination rate effective_date increment"),
        (
            "Prefisso;Destinazione;Tariffa;Decorrenza;Intervallo",
            "prefix destination rate effective_date increment",
        ),
        (
            "Prefixo;Destino;Preço;Data de vigência;Incremento",
            "prefix destination rate effective_date increment",
        ),
        (
            "Kierunkowy;Kierunek;Stawka;Ważne od;Naliczanie",
            "prefix destination rate effective_date increment",
        ),
        (
            "Netnummer;Bestemming;Tarief;Ingangsdatum;Interval",
            "prefix destination rate effective_date increment",
        ),
        ("Alan kodu;Ülke;Ücret;Geçerlilik;Periyot", "prefix destination rate effective_date increment"),
        ("Код;Направление;Цена;Дата начала;Шаг", "prefix destination rate effective_date increment"),
        ("الرمز;الوجهة;السعر;تاريخ السريان;الفوترة", "prefix destination rate effective_date increment"),
        (
            "DIAL_CODE;DEST_NAME;RATE_PER_MIN;START_DATE;BILLING_INCREMENT",
            "prefix destination rate effective_date increment",
        ),
        (
            "dialCode;destName;ratePerMin;startDate;billingIncrement",
            "prefix destination rate effective_date increment",
        ),
    ],
)
def test_languages(header: str, roles: str, tmp_path: Path) -> None:
    body = [
        "44;UK;0.0120;2026-11-30;60/1",
        "447;UK Mobile;0.0345;2026-11-30;60/1",
        "49;Germany;0.0110;2026-12-01;1/1",
    ]
    layout = found(tmp_path, header, *body)
    assert layout.kind == "rates"
    assert layout.columns == {role: at for at, role in enumerate(roles.split())}
    assert (layout.header_row, layout.first_data_row) == (1, 2)
    assert not layout.ask


def test_a_title_that_the_cells_contradict(tmp_path: Path) -> None:
    """A column called Rate that holds names is no price, and one called Destination with codes is the code."""
    body = [f"plan;44{at};0.0{at % 90 + 10}" for at in range(30)]
    layout = found(tmp_path, "Rate;Destination;Duration", *body)
    assert layout.columns["prefix"] == 1
    assert layout.columns["rate"] == 2


def test_banner_notes_and_footer(tmp_path: Path) -> None:
    layout = found(
        tmp_path,
        "Aurora Telecom,,,",
        "Rates in USD per minute,,,",
        "",
        "Code,Destination,Rate,Effective",
        "44,UK,0.0120,30/11/2026",
        "Western Europe,,,",
        "447,UK Mobile,0.0345,30/11/2026",
        "Code,Destination,Rate,Effective",
        "# a comment,,,",
        "49,Germany,0.0110,30/11/2026",
        ",,,",
        "Prices exclude taxes.,,,",
    )
    assert (layout.header_row, layout.first_data_row, layout.currency) == (4, 5, "USD")
    assert layout.evidence["currency"] == "row 2: Rates in USD per minute"
    with RateSheet(tmp_path / "sheet.csv", layout) as sheet:
        rows = list(sheet.rows())
        tally = sheet.tally
    assert [(row.row, row.codes, row.problems) for row in rows] == [
        (5, ("44",), ()),
        (7, ("447",), ()),
        (10, ("49",), ()),
    ]
    assert (tally.total, tally.title, tally.header, tally.remark, tally.blank) == (12, 3, 1, 4, 1)


@pytest.mark.parametrize(
    ("header", "first", "columns"),
    [
        (
            "Country,Description,Prefix,Rate",
            "UK,UK Mobile,447,0.03",
            {"destination": 1, "prefix": 2, "rate": 3},
        ),
        (
            "Prefix,Price 1,Price N,Interval 1,Interval N",
            "447,0.03,0.03,60,1",
            {"rate": 2, "subsequent_increment": 4},
        ),
        (
            "Code,Rate,Initial Increment,Increment",
            "447,0.03,30,6",
            {"initial_increment": 2, "subsequent_increment": 3},
        ),
        ("Code,Peak,Off peak", "447,0.03,0.02", {"rate": 1}),
        ("Code,Old Rate,New Rate", "447,0.03,0.02", {"rate": 2}),
        ("City Code(s),Name,Price($)", "82-10,Korea Mobile,0.03", {"prefix": 0, "rate": 2}),
        (
            "Country Code,Area Codes,Name,Rate",
            "355,38;39,Albania,0.03",
            {"country_code": 0, "area_code": 1, "rate": 3},
        ),
        (
            "Dial Code,Breakouts,Name,Rate",
            "355,38;39,Albania,0.03",
            {"country_code": 0, "area_code": 1, "rate": 3},
        ),
        ("Dial Code,Breakouts,Name,Rate", "35538,,Albania,0.03", {"prefix": 0, "rate": 3}),
        (
            "Rate prefix,Area name,Billing rate,Billing cycle",
            "355,Albania,0.03,60",
            {"prefix": 0, "rate": 2, "increment": 3},
        ),
        ("Country Code,Name,Rate", "355,Albania,0.03", {"prefix": 0}),
        (
            "Code,Name,ppm,ppc,minimal,resolution",
            "44,UK,0.03,0,1,1",
            {"rate": 2, "connection_fee": 3, "initial_increment": 4},
        ),
    ],
)
def test_columns_of_one_role(header: str, first: str, columns: Mapping[str, int], tmp_path: Path) -> None:
    layout = found(tmp_path, header, first)
    assert layout.kind == "rates"
    assert {role: layout.columns.get(role) for role in columns} == columns


def test_a_header_delimited_otherwise_than_its_rows(tmp_path: Path) -> None:
    layout = found(tmp_path, "Prefix,Description,Rate", '3931;"Mobile";0,04', '39;"Fixed";0,01')
    assert layout.dialect
    assert (layout.dialect.delimiter, layout.header_row, layout.decimal) == (";", 1, ",")
    assert [row.price for row in rates(tmp_path, layout)] == [Decimal("0.04"), Decimal("0.01")]


def test_without_header(tmp_path: Path) -> None:
    body = [f"4{at};Zone {at};0,0{at % 9 + 1};60/1;30.11.2026" for at in range(10, 40)]
    layout = found(tmp_path, *body)
    assert (layout.kind, layout.header_row, layout.first_data_row) == ("rates", None, 1)
    assert layout.columns == {"prefix": 0, "destination": 1, "rate": 2, "increment": 3, "effective_date": 4}
    assert (layout.decimal, layout.date_order) == (",", "dmy")


def test_one_row_without_header_is_asked(tmp_path: Path) -> None:
    layout = found(tmp_path, "00,9199,91,079,India,0,0,0,0,Trunk,1")
    assert "columns.prefix" in asked(layout)


def test_a_table_of_codes(tmp_path: Path) -> None:
    layout = found(tmp_path, "Prefix,Destination", "44,UK", "447,UK Mobile", "49,Germany")
    assert layout.kind == "prefix_table"
    assert layout.columns == {"prefix": 0, "destination": 1}
    body = ["94,Sri Lanka", "95,Myanmar", "91,India"]
    assert found(tmp_path, *body).kind == "prefix_table"


@pytest.mark.parametrize(
    "lines",
    [
        ("DID,DID Name,Setup Charge,Rental,Call Rate,Channels", "35314378374,Ireland,2.56,2.56,0,5"),
        ("type,service,Frequency,Rules,Cost", "Calls,Fax to Email,Monthly,,5", "Calls,Barring,Monthly,,0.39"),
        ("MCC,MNC,Country,Price SMS", "602,01,Egypt,0.02", "262,01,Germany,0.05"),
        ("Invoice,Date,Amount", "1001,2026-11-30,120.50", "1002,2026-11-30,99.00"),
        ("just some words", "and some more of them"),
    ],
)
def test_what_looks_like_rates_and_is_none(lines: tuple[str, ...], tmp_path: Path) -> None:
    assert found(tmp_path, *lines).kind == "other"


def test_prices_by_names_need_a_column_of_codes(tmp_path: Path) -> None:
    layout = found(
        tmp_path, "ChargeCode,Description,Peak Per Minute", "AFG,Afghanistan,0.4299", "ALB,Albania,0.1"
    )
    assert layout.kind == "rates"
    assert layout.columns == {"destination": 1, "rate": 2}
    assert asked(layout) == {"columns.prefix"}


def test_dates_that_fit_both_orders_are_asked(tmp_path: Path) -> None:
    head = "Code,Rate,Effective"
    assert asked(found(tmp_path, head, "44,0.01,03/04/2026", "49,0.02,05/06/2026")) == {"date_order"}
    layout = found(tmp_path, head, "44,0.01,03/04/2026", "49,0.02,25/06/2026")
    assert (layout.date_order, layout.evidence["date_order"], asked(layout)) == (
        "dmy",
        "row 3 decides",
        set(),
    )


def test_a_late_row_decides(tmp_path: Path) -> None:
    """Signs and orders left open by the first rows are settled by the first row that can."""
    body = [f"{1_000_000 + at},1.234,03/04/2026" for at in range(6000)]
    open_still = found(tmp_path, "Code,Rate,Effective", *body)
    assert (open_still.decimal, open_still.date_order) == (".", "ask")
    layout = found(tmp_path, "Code,Rate,Effective", *body, '44,"0,05",25/04/2026')
    assert (layout.decimal, layout.date_order) == (",", "dmy")
    assert layout.evidence["decimal"] == "row 6002: 0,05"
    assert not layout.ask


def test_hyphens_that_mean_either_are_asked(tmp_path: Path) -> None:
    head = "Code,Rate"
    assert asked(found(tmp_path, head, "33-34,0.01", "43-44,0.02")) == {"hyphen"}
    assert found(tmp_path, head, "93-76,0.01", "84-35,0.02").hyphen == "join"
    assert found(tmp_path, head, "447-449,0.01", "4420,0.02").hyphen == "span"


def test_whole_numbers_as_prices_are_asked_for_their_unit(tmp_path: Path) -> None:
    body = [f"44{at},{150 + at * 7},450" for at in range(10, 60)]
    layout = found(tmp_path, "Code,Rate,Connection Fee", *body)
    assert asked(layout) == {"scale"}
    (first, *_) = rates(tmp_path, replace(layout, scale=Decimal("0.0001")))
    assert (first.price, first.connect_fee) == (Decimal("0.0220"), Decimal("0.0450"))


@pytest.mark.parametrize(
    ("title", "scale"),
    [("Rate/min", "1"), ("Rate per second", "60"), ("Rate (US cents)", "0.01"), ("Cents per second", "0.60")],
)
def test_units_by_the_title(title: str, scale: str, tmp_path: Path) -> None:
    assert found(tmp_path, f"Code,{title}", "44,0.5", "49,0.7").scale == Decimal(scale)


@pytest.mark.parametrize(
    ("header", "row", "currency"),
    [
        ("Code,Rate (EUR)", "44,0.5", "EUR"),
        ("Code,Price($)", "44,0.5", "USD"),
        ("Code,Rate,Currency", "44,0.5,GBP", "GBP"),
        ("Code,Rate", "44,£0.5", "GBP"),
        ("Code,Rate", "44,0.5", ""),
    ],
)
def test_currencies(header: str, row: str, currency: str, tmp_path: Path) -> None:
    assert found(tmp_path, header, row, row).currency == currency


def test_escape_codes_before_every_code(tmp_path: Path) -> None:
    layout = found(tmp_path, "Code,Rate", "0044,0.5", "0049,0.6")
    assert layout.escapes == ("00",)
    assert [row.codes for row in rates(tmp_path, layout)] == [("44",), ("49",)]


def test_north_american_codes_get_their_one(tmp_path: Path) -> None:
    layout = found(tmp_path, "NPANXX,Interstate,Intrastate", "212555,0.01,0.02", "646222,0.01,0.03")
    assert layout.columns["rate"] == 1
    assert [row.codes for row in rates(tmp_path, layout)] == [("1212555",), ("1646222",)]


def test_npa_and_nxx_in_two_columns(tmp_path: Path) -> None:
    layout = found(tmp_path, "NPA,NXX,Interstate", "212,555,0.01", "646,222,0.02")
    assert [row.codes for row in rates(tmp_path, layout)] == [("1212555",), ("1646222",)]


def test_a_code_that_follows_the_country(tmp_path: Path) -> None:
    layout = found(
        tmp_path, "Country Code,Code,Name,Rate", *[f"355,{at},Albania,0.0{at}" for at in range(10, 40)]
    )
    assert (layout.columns["country_code"], layout.columns["area_code"]) == (0, 1)
    layout = found(
        tmp_path, "Country Code,Code,Name,Rate", *[f"355,355{at},Albania,0.0{at}" for at in range(10, 40)]
    )
    assert layout.columns["prefix"] == 1


def test_areas_that_may_be_whole_codes_are_asked(tmp_path: Path) -> None:
    lines = ("Country Code,Area Code,Rate", "355,35538,0.1", "355,35542,0.2", "44,4420,0.3")
    assert asked(found(tmp_path, *lines)) == {"columns.prefix"}
    told = found(tmp_path, *lines, columns={"prefix": 1})
    assert [row.codes for row in rates(tmp_path, told)] == [("35538",), ("35542",), ("4420",)]
    told = found(tmp_path, *lines, columns={"area_code": 1})
    assert [row.codes for row in rates(tmp_path, told)] == [("35535538",), ("35535542",), ("444420",)]


def test_columns_told_stand(tmp_path: Path) -> None:
    layout = found(tmp_path, "a,b,c", "44,x,0.5", "49,y,0.6", columns={"prefix": 0, "rate": 2})
    assert layout.kind == "rates"
    assert (layout.columns["prefix"], layout.columns["rate"]) == (0, 2)
    assert not layout.ask


def test_titles_that_a_workspace_has_learned(tmp_path: Path) -> None:
    lines = ("Zifferngruppe,Schnurr", "44,0.5", "49,0.6")
    layout = found(tmp_path, *lines, learned={"zifferngruppe": "prefix", "schnurr": "rate"})
    assert layout.columns == {"prefix": 0, "rate": 1}
    assert layout.confidence["prefix"] == 1.0


def test_the_same_sender_is_known_again(tmp_path: Path) -> None:
    one = found(tmp_path, "Code,Destination,Rate", "44,UK,0.5")
    other = found(tmp_path, "rate,CODE,Destination ", "0.5,44,UK")
    assert one.fingerprint == other.fingerprint != ""
    assert columns_named(one.as_data(), other.titles) == {"prefix": 1, "destination": 2, "rate": 0}
    assert found(tmp_path, "44,UK,0.5", "49,Germany,0.6", "33,France,0.7").fingerprint == ""


CALL_HEADERS = [
    "calldate;src;dst;billsec;uniqueid;disposition",
    "Start Time;Calling Number;Called Number;Talk Time;Call ID;Hangup Cause",
    "SetupTime;CLI;CLD;BilledDuration;SIP Call ID;Release Cause",
    "Datum;Anrufer;Zielrufnummer;Gesprächsdauer;UUID;Status",
    "Fecha;Origen;Número marcado;Duración;ID;Estado",
]


@pytest.mark.parametrize("header", CALL_HEADERS)
def test_calls_by_their_header(header: str, tmp_path: Path) -> None:
    body = [
        f"2026-11-{at:02} 10:15:2{at % 9};20100{at};4479460{at};{at * 3};c{at};ANSWERED"
        for at in range(10, 28)
    ]
    layout = found(tmp_path, header, *body)
    assert (layout.kind, layout.header_row, layout.date_order) == ("cdr", 1, "ymd")
    wanted = {"start": 0, "caller": 1, "called": 2, "billsec": 3, "unique_id": 4}
    assert {role: layout.columns.get(role) for role in wanted} == wanted
    assert not layout.ask


@pytest.mark.parametrize(
    "start", ["2026-11-{at:02} 10:15:21", "{at:02}/11/2026 10:15", "17640780{at:02}", "202611{at:02}101521"]
)
def test_calls_without_header(start: str, tmp_path: Path) -> None:
    body = [
        f"id-{at}a;{start.format(at=at)};20100{at}7;4479460{at};{at * 4};{at * 3};ANSWERED"
        for at in range(10, 28)
    ]
    layout = found(tmp_path, *body)
    assert (layout.kind, layout.header_row, layout.first_data_row) == ("cdr", None, 1)
    wanted = {"unique_id": 0, "start": 1, "caller": 2, "called": 3, "billsec": 5, "disposition": 6}
    assert layout.columns == wanted


def test_calls_in_the_order_of_asterisk(tmp_path: Path) -> None:
    body = [
        f'"acme","20100{at}7","4479460{at}","from-in","""Jo"" <20100{at}7>","SIP/a-{at}","SIP/b-{at}","Dial","SIP/b",'
        f'"2026-11-{at} 10:15:21","2026-11-{at} 10:15:27","2026-11-{at} 10:16:21",{at + 6},{at},"ANSWERED","DOC",'
        f'"17640780{at}.{at}",""'
        for at in range(10, 28)
    ]
    wanted = {
        "account": 0, "caller": 1, "called": 2, "start": 9, "answer": 10, "end": 11, "duration": 12, "billsec": 13,
        "disposition": 14, "unique_id": 16,
    }  # fmt: skip
    assert found(tmp_path, *body).columns == wanted


def test_calls_whose_caller_stands_twice(tmp_path: Path) -> None:
    body = [
        f"100{at},100{at},4479460{at},public,2026-11-{at} 10:15:21,2026-11-{at} 10:15:22,{at + 2},{at},NORMAL_CLEARING"
        for at in range(10, 28)
    ]
    columns = found(tmp_path, *body).columns
    assert (columns["called"], columns["start"], columns["billsec"]) == (2, 4, 7)


def test_calls_with_clocks_for_lengths(tmp_path: Path) -> None:
    body = [f"2026-11-{at:02} 10:15:21,00:0{at % 9}:14,20100{at}7,4479460{at}" for at in range(10, 28)]
    assert found(tmp_path, *body).columns == {"start": 0, "billsec": 1, "caller": 2, "called": 3}


def test_records_of_a_switch_without_separators(tmp_path: Path) -> None:
    body = [f"CDR00000{at}02026070818{at}0600012345123400401231231{at}0000180099" for at in range(10, 40)]
    layout = found(tmp_path, "HDR0001 SOME SWITCH 00030920120711100255", *body, "TRL0001 000030")
    assert (layout.kind, layout.first_data_row, layout.date_order) == ("cdr", 2, "ymd")
    assert layout.ask


def test_calls_of_xml(tmp_path: Path) -> None:
    calls = "".join(
        f"<call><info><callingNumber>20{at}</callingNumber><calledNumber>44{at}</calledNumber></info>"
        f"<startTime>202611{at}101500.104</startTime><duration>{at}</duration></call>"
        for at in range(10, 20)
    )
    path = tmp_path / "calls.xml"
    path.write_text(f"<?xml version='1.0'?><calls>{calls}</calls>")
    layout = sniff(path)
    assert (layout.kind, layout.date_order) == ("cdr", "ymd")
    assert layout.columns["called"] == 1


def test_what_is_wanted_wins(tmp_path: Path) -> None:
    lines = ("Start Time,Called Number,Duration,Code,Rate", "2026-11-30 10:15:21,4479460,60,44,0.5")
    assert found(tmp_path, *lines).kind == "cdr"
    assert found(tmp_path, *lines, kind="rates").kind == "rates"
    layout = found(tmp_path, "a,b", "1,2", kind="cdr")
    assert (layout.kind, asked(layout)) == ("cdr", {"columns.called", "columns.start", "columns.billsec"})


@pytest.mark.parametrize(
    ("title", "role"),
    [
        ("Rate (USD/min)", "rate"),
        ("Rate Plan", None),
        ("Rate Id", None),
        ("Charge Code", None),
        ("Off-Peak Rate", None),
        ("Effective Date", "effective_date"),
        ("Created Date", None),
        ("Destination Name (English)", "destination"),
        ("Minimum Charge", "minimum_charge"),
        ("x" * 70, None),
        ("", None),
    ],
)
def test_titles(title: str, role: str | None) -> None:
    named = words.role_of(title, words.RATES)
    assert (named[0] if named else None) == role


def test_what_inspect_prints(tmp_path: Path) -> None:
    said = sniff(files.text(tmp_path / "deck.csv", files.DECK, delimiter=";")).as_json()
    assert (said["kind"], said["encoding"], said["delimiter"], said["decimal"]) == (
        "rates",
        "utf-8",
        ";",
        ".",
    )
    assert (said["header_row"], said["first_data_row"], said["ask"], said["questions"]) == (1, 2, False, [])


def test_an_amount_is_nobody(tmp_path: Path) -> None:
    """What a customer paid is not who he is."""
    body = [f"2026-11-{at} 10:15:21,cust{at},20100{at}7,4479460{at},{at},0.{at}" for at in range(10, 28)]
    layout = found(tmp_path, "time_start,customer_name,src,dst,duration,customer_price", *body)
    assert layout.columns["account"] == 1
