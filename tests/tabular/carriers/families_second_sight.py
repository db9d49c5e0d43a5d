"""More families that were misread when they were first shown to the detector, each with what was new in it."""

from pathlib import Path
from random import Random

from tests.tabular.carriers.deck import deck
from tests.tabular.carriers.families_calls import call_file, some_calls
from tests.tabular.carriers.paper import Made, Plan, Style, Truth
from tests.tabular.carriers.shapes import code, day, family, fee, money, name, price
from tests.tabular.carriers.specs import (
    CODE,
    NAME,
    RATE,
    at,
    calls,
    clock,
    first,
    is_answered,
    of,
    sheet,
    then,
)

_COMMA = {"decimal": ","}

# Prices that cells or titles hide.
sheet(
    "bare_codes_and_whole_prices",
    [("", "prefix", code), ("", "rate", lambda line: int(line.price * 10_000))],
    Plan(header=False, importable=False, asks=frozenset({"scale"})),
)
sheet("free", [CODE, NAME, ("Rate", "rate", "0")], Plan(importable=False, decimal=None))
sheet(
    "sold_and_bought",
    [("dialprefix", "prefix", code), ("destination", "destination", name), ("rateinitial", "rate", price(".", 5)),
     ("initblock", "initial_increment", first), ("billingblock", "subsequent_increment", then),
     ("buyrate", None, lambda line: money(line.old))],
    Plan(steps=True), Style(delimiter=";"),
)  # fmt: skip
sheet(
    "buy_sell_margin",
    [("Prefix", "prefix", code), ("Name", "destination", name), ("Buy", None, lambda line: money(line.old)),
     ("Sell", "rate", price()), ("Margin %", None, "20%")],
)  # fmt: skip
sheet(
    "per_thousand_minutes",
    [NAME, CODE, ("Price per 1000 min", "rate", lambda line: f"{line.price * 1000:.2f}")],
)
sheet(
    "units_behind_titles",
    [("Dest. Prefix", "prefix", code), ("Dest. Name", "destination", name), ("1st Int., sec", "initial_increment", first),
     ("Next Int., sec", "subsequent_increment", then), ("Price, USD/min", "rate", price()),
     ("Date of change", "effective_date", day("%m/%d/%Y"))],
    Plan(steps=True, days=True, date_order="mdy"), Style(quote_all=True),
)  # fmt: skip
sheet(
    "initial_and_next_rate",
    [("prefix", "prefix", code), ("enabled", None, "true"), ("initial_interval", "initial_increment", first),
     ("next_interval", "subsequent_increment", then), ("initial_rate", None, lambda line: money(line.old)),
     ("next_rate", "rate", price()), ("connect_fee", "connection_fee", fee())],
    Plan(steps=True, fee=True),
)  # fmt: skip

sheet(
    "three_digits_of_pence",
    [CODE, NAME, ("Pence per minute", "rate", lambda line: f"{line.price * 100:.3f}")],
)
sheet("codes_with_a_fraction", [("Code", "prefix", lambda line: f"{line.code}.0"), NAME, RATE])
sheet(
    "present_and_new_in_portuguese",
    [("Destino", "destination", name), ("Código", "prefix", code),
     ("Preço atual", None, lambda line: money(line.old, ",")), ("Novo preço", "rate", price(","))],
    Plan(**_COMMA), Style(delimiter=";"),
)  # fmt: skip
sheet("surcharge_by_origin", [NAME, CODE, RATE, ("Origin Surcharge", None, "0.05")])
sheet(
    "numbers_of_countries_that_are_no_codes",
    [("Country", "destination", lambda line: line.country),
     ("Area", "prefix", lambda line: f"9{int(line.code) % 9973 + 999}"), RATE],
    Plan(importable=False, asks=frozenset({"columns.prefix"})),
)  # fmt: skip
sheet(
    "countries_and_prices_alone",
    [("", "destination", lambda line: line.country), ("", None, "xx"), ("", "rate", price())],
    Plan(header=False, importable=False, asks=frozenset({"columns.prefix"})),
)  # fmt: skip

sheet(
    "tiers_of_minutes",
    [NAME, CODE, ("Rate 0-10000 min", "rate", price()), ("Rate 10001+ min", "rate", lambda line: money(line.offpeak))],
    Plan(importable=False, asks=frozenset({"columns.rate"})),
)  # fmt: skip
sheet("cents_by_a_letter", [NAME, CODE, ("Rate c/min", "rate", lambda line: f"{line.price * 100:.2f}")])
sheet("with_an_exponent", [NAME, CODE, ("Rate", "rate", lambda line: f"{line.price:.3E}")])

sheet(
    "first_and_next_price",
    [("Country", "destination", name), ("Code", "prefix", code),
     ("Initial Rate per Minute", None, lambda line: money(line.old)), ("Increment Rate Per Minute", "rate", price())],
)  # fmt: skip
sheet(
    "minimum_and_sub_increment",
    [("prefix", "prefix", code), ("description", "destination", name), ("rate", "rate", price(".", 5)),
     ("min_increment", "initial_increment", first), ("sub_increment", "subsequent_increment", then)],
    Plan(steps=True),
)  # fmt: skip
sheet(
    "price_of_a_pulse",
    [("Country", "destination", name), ("Code", "prefix", code), ("Pulse (sec)", "increment", "30"),
     ("Rate per pulse", "rate", lambda line: f"{line.price / 2:.5f}")],
    Plan(importable=False),
)  # fmt: skip
sheet(
    "letters_titled_code",
    [("name", "destination", lambda line: line.country), ("code", None, "XX"),
     ("phone", "prefix", lambda line: f"+{line.cc}")],
    Plan(kind="prefix_table", importable=False, decimal=None),
)  # fmt: skip
sheet(
    "codes_of_one_country",
    [("City", "destination", name), ("Area code", "prefix", lambda line: f"0{line.code}"), ("Price", "rate", price())],
    Plan(importable=False, asks=frozenset({"columns.prefix"})),
)  # fmt: skip

sheet(
    "flat_rate_of_zero",
    [("prefix", "prefix", code), ("destination", "destination", name), ("flat_rate", None, "0.00"),
     ("conn_charge", "connection_fee", fee()), ("scaled_rate", "rate", price())],
    Plan(fee=True),
)  # fmt: skip
sheet("patterns_of_gateways", [("Destination pattern", "prefix", lambda line: f"{line.code}T"), NAME, RATE])
sheet(
    "one_price_till_the_other",
    [NAME, CODE, ("Rate from 01.12.2026", "rate", price()), ("Rate till 30.11.2026", None, lambda line: money(line.old))],
)  # fmt: skip
sheet(
    "least_length",
    [NAME, CODE, ("Cost per min", "rate", price()), ("Cost on call", "connection_fee", fee()),
     ("Min. length", "initial_increment", first), ("Increment", "subsequent_increment", then)],
    Plan(fee=True, steps=True),
)  # fmt: skip
sheet(
    "pence_with_tax",
    [("Calls to", "destination", name), ("Dialling prefix", "prefix", code),
     ("Pence/minute inc VAT", "rate", lambda line: f"{line.price * 100:.2f}")],
)  # fmt: skip
sheet(
    "one_western_letter",
    [("Land", "destination", lambda line: f"\u00c5land {line.name}"), CODE, ("Preis", "rate", price(","))],
    Plan(decimal=","), Style(delimiter=";", encoding="cp1252"),
)  # fmt: skip

sheet(
    "taxes_by_a_letter",
    [("Destino", "destination", name), ("DDI+DDD", "prefix", code), ("Valor s/ impostos", "rate", price(",")),
     ("Valor c/ impostos", None, lambda line: money(line.price * 13 / 10, ","))],
    Plan(**_COMMA), Style(delimiter=";"),
)  # fmt: skip
sheet(
    "numbered_increments",
    [("Dest", "destination", name), ("Pfx", "prefix", code), ("Prc", "rate", price()), ("Inc1", "initial_increment", first),
     ("Inc2", "subsequent_increment", then)],
    Plan(steps=True),
)  # fmt: skip
sheet(
    "day_of_a_change_in_spanish",
    [("Destino", "destination", name), ("Código", "prefix", code),
     ("Tarifa anterior", None, lambda line: money(line.old, ",")), ("Tarifa nueva", "rate", price(",")),
     ("Fecha de cambio", "effective_date", day("%d/%m/%Y"))],
    Plan(days=True, date_order="dmy", **_COMMA), Style(delimiter=";"),
)  # fmt: skip
sheet(
    "networks_by_both_codes",
    [("country", "destination", name), ("mcc", None, "262"), ("mnc", None, "01"),
     ("cc", "country_code", lambda line: line.cc), ("ndc", "area_code", lambda line: line.areas[0]),
     ("rate", "rate", price())],
)  # fmt: skip


@family
def later_lines_in_quotes(folder: Path, rng: Random) -> Made:
    lines = ['"Destination;Code;Rate"', *(f'"{one.name};{one.code};{one.price}"' for one in deck(rng))]
    (folder / "sheet.csv").write_text("\n".join(lines) + "\n")
    truth = Truth(delimiter=";", columns={"destination": {0}, "prefix": {1}, "rate": {2}})
    return Made(folder / "sheet.csv", truth)


# Languages.
sheet(
    "czech_with_and_without_tax",
    [("Destinace", "destination", name), ("Předčíslí", "prefix", code), ("Kč/min bez DPH", "rate", price(",")),
     ("Kč/min s DPH", None, lambda line: money(line.price * 121 / 100, ","))],
    Plan(**_COMMA), Style(delimiter=";", encoding="cp1250"),
)  # fmt: skip
sheet(
    "persian",
    [("کشور", "destination", name), ("پیش شماره", "prefix", code),
     ("نرخ (ریال)", "rate", lambda line: int(line.price * 10_000))],
    Plan(importable=False, decimal=None, asks=frozenset({"scale"})),
)  # fmt: skip
sheet(
    "finnish_fee",
    [("Maa", "destination", name), ("Suuntanumero", "prefix", code), ("Minuuttihinta", "rate", price(",")),
     ("Aloitusmaksu", "connection_fee", fee(","))],
    Plan(fee=True, **_COMMA), Style(delimiter=";", encoding="cp1252"),
)  # fmt: skip
sheet(
    "lithuanian",
    [("Šalis", "destination", name), ("Kodas", "prefix", code), ("Kaina už minutę", "rate", price(","))],
    Plan(**_COMMA), Style(delimiter=";", encoding="cp1257"),
)  # fmt: skip
sheet(
    "brazilian_minimum",
    [("Localidade", "destination", name), ("Prefixo", "prefix", code), ("Tarifa", "rate", price(",")),
     ("Tempo mínimo", "initial_increment", first), ("Incremento", "subsequent_increment", then)],
    Plan(steps=True, **_COMMA), Style(delimiter=";"),
)  # fmt: skip

sheet(
    "hungarian_fee",
    [("Célország", "destination", name), ("Hívószám", "prefix", code), ("Nettó percdíj (HUF)", "rate", price(",")),
     ("Kapcsolási díj", "connection_fee", fee(","))],
    Plan(fee=True, **_COMMA), Style(delimiter=";", encoding="cp1250"),
)  # fmt: skip

# Calls in the orders of well-known switches, with extensions and feature codes among the numbers.
calls(
    "database_order",
    [("", "start", at("start", "%Y-%m-%d %H:%M:%S")), ("", None, "Jo <105>"), ("", "caller", "105"),
     ("", "called", lambda call: call["called"] if call["talk"] % 3 else "*60"), ("", None, "from-internal"),
     ("", None, "SIP/105-01"), ("", None, ""), ("", None, "Dial"), ("", None, "SIP/60"), ("", None, of("total")),
     ("", "billsec", of("talk")), ("", "disposition", of("result")), ("", None, 3), ("", "account", ""),
     ("", "unique_id", of("id")), ("", None, ""), ("", None, "105")],
    header=False,
)  # fmt: skip
calls(
    "custom_order",
    [("", None, "Jo"), ("", "caller", "client1"), ("", "called", lambda call: 6000 + call["talk"] % 9),
     ("", None, "default"), ("", None, "PJSIP/1"), ("", None, "PJSIP/2"), ("", None, "Dial"), ("", None, "PJSIP/2"),
     ("", "start", at("start", "%Y-%m-%d %H:%M:%S")), ("", None, at("answer", "%Y-%m-%d %H:%M:%S")),
     ("", None, at("end", "%Y-%m-%d %H:%M:%S")), ("", None, of("total")), ("", "billsec", of("talk")),
     ("", "disposition", of("result")), ("", None, "DOCUMENTATION"), ("", "account", ""), ("", "unique_id", of("id"))],
    header=False,
)  # fmt: skip
calls(
    "template_order",
    [("", None, "Outbound"), ("", "caller", "1002"),
     ("", "called", lambda call: call["called"] if call["talk"] % 3 else "&"),
     ("", None, "default"), ("", "start", at("start", "%Y/%m/%d %H:%M")), ("", None, at("answer", "%Y/%m/%d %H:%M")),
     ("", None, at("end", "%Y/%m/%d %H:%M")), ("", None, of("total")), ("", "billsec", of("talk")),
     ("", "disposition", lambda call: "NORMAL_CLEARING" if call["talk"] else "NO_USER_RESPONSE"),
     ("", "unique_id", of("id")), ("", None, ""), ("", "account", "1002"), ("", None, "PCMU"), ("", None, "PCMU")],
    header=False,
)  # fmt: skip
calls(
    "time_before_the_day",
    [("Sid", None, of("id")), ("From", "caller", of("caller")), ("To", "called", of("called")),
     ("Start Time", "start", at("start", "%H:%M:%S UTC %Y-%m-%d")), ("Duration", "billsec", of("talk"))],
)  # fmt: skip

calls(
    "of_radius",
    [("Acct-Session-Id", "unique_id", of("id")), ("Calling-Station-Id", "caller", of("caller")),
     ("Called-Station-Id", "called", of("called")),
     ("h323-setup-time", "start", at("start", "%H:%M:%S.000 UTC %a %b %d %Y")),
     ("Acct-Session-Time", "billsec", of("talk"))],
    order="mdy", keep=is_answered,
)  # fmt: skip
calls(
    "own_number_beside_the_target",
    [("Datum", "start", at("start", "%d.%m.%Y")), ("Uhrzeit", None, at("start", "%H:%M:%S")),
     ("Rufnummer", "caller", of("caller")), ("Zielnummer", "called", of("called")), ("Dauer (hh:mm:ss)", "billsec", clock)],
    delimiter=";", order="dmy",
)  # fmt: skip
calls(
    "dutch",
    [("Datum/tijd", "start", at("start", "%d-%m-%Y %H:%M:%S")), ("Van nummer", "caller", of("caller")),
     ("Naar nummer", "called", of("called")), ("Gespreksduur", "billsec", clock), ("Kosten", None, "0,02")],
    delimiter=";", order="dmy",
)  # fmt: skip
calls(
    "brazilian",
    [("Data da chamada", "start", at("start", "%d/%m/%Y %H:%M:%S")), ("Número discado", "called", of("called")),
     ("Tempo (s)", "billsec", of("talk")), ("Valor (R$)", None, "0,10")],
    delimiter=";", order="dmy",
)  # fmt: skip
calls(
    "numbers_in_brackets",
    [("call_num", "caller", lambda call: f"({call['caller'][:3]}){call['caller'][3:]}"),
     ("rec_num", "called", lambda call: f"{call['called'][:5]} {call['called'][5:]}"),
     ("start", "start", at("start", "%d-%m-%Y %H:%M:%S")), ("duration", "billsec", of("talk"))],
    order="dmy",
)  # fmt: skip

calls(
    "days_of_six_digits",
    [("date", "start", at("start", "%d%m%y")), ("time", None, at("start", "%H%M")), ("sec-dur", "billsec", of("talk")),
     ("dialed-num", "called", of("called")), ("calling-num", "caller", of("caller"))],
    order="dmy", keep=is_answered,
)  # fmt: skip
calls(
    "own_number_of_a_box",
    [("Typ", None, "4"), ("Datum", "start", at("start", "%d.%m.%y %H:%M")), ("Rufnummer", "called", of("called")),
     ("Nebenstelle", None, "Fon 1"), ("Eigene Rufnummer", "caller", of("caller")), ("Dauer", "billsec", clock)],
    delimiter=";", order="dmy", above=["sep=;"],
)  # fmt: skip
calls(
    "billable_seconds_beside_all",
    [("StartTime", "start", at("start", "%Y-%m-%d %H:%M:%S")), ("CallingParty", "caller", of("caller")),
     ("CalledParty", "called", of("called")), ("Duration", None, of("total")), ("BillableSec", "billsec", of("talk")),
     ("Charge", None, "0.45")],
    delimiter="|",
)  # fmt: skip

calls(
    "minutes_and_seconds_in_letters",
    [("", None, "Outgoing"), ("", "called", of("called")), ("", "start", at("start", "%b %d %Y %I:%M %p")),
     ("", "billsec", lambda call: f"{call['talk'] // 60}m {call['talk'] % 60}s")],
    header=False, order="mdy", keep=is_answered,
)  # fmt: skip

calls(
    "bare_and_without_a_time",
    [("", None, "CDR"), ("", "caller", of("caller")), ("", "called", of("called")), ("", "billsec", of("talk")),
     ("", None, "[x]"), ("", None, "OK")],
    header=False, order=None, keep=is_answered, asks=frozenset({"columns.start", "columns.billsec"}),
)  # fmt: skip
calls(
    "that_say_no_number",
    [("CallID", "unique_id", of("id")), ("Time", "start", at("start", "%Y-%m-%d %H:%M")),
     ("Duration", "billsec", of("talk")), ("Direction", None, "Inbound")],
    asks=frozenset({"columns.called"}),
)  # fmt: skip


@family
def later_calls_fixed_width_with_an_empty_column(folder: Path, rng: Random) -> Made:
    lines = [
        f"{one['start']:%m/%d/%y %H:%M} {101 + one['talk'] % 9:>5} {2 + one['talk'] % 3:>3}  {one['called']:<20} {'':<6} "
        f"{clock(one)} {'':<8}{'T' if one['talk'] % 2 else 'I'}"
        for one in some_calls(rng)
        if is_answered(one)
    ]
    (folder / "smdr.txt").write_text("\n".join(lines) + "\n")
    columns = {"start": {0}, "account": {2}, "called": {4}, "billsec": {5}}
    truth = Truth(
        kind="cdr",
        delimiter=None,
        decimal=None,
        header_row=None,
        first_data_row=1,
        columns=columns,
        date_order="mdy",
    )
    return Made(folder / "smdr.txt", truth)


# Lists around telephones that are neither rates nor codes nor calls.
def _other(called: str, titles: str, make: object) -> None:
    def made(folder: Path, rng: Random) -> Made:
        rows = [make(place, rng) for place in range(30)]  # type: ignore[operator]
        return call_file(folder, titles.split(",") if titles else (), rows, {}, kind="other", order=None)

    made.__name__ = f"later_{called}"
    family(made)


_other(
    "totals_by_area",
    "Account,Area prefix,Area name,Total charges,Total duration,Number of cdr",
    lambda at, rng: (
        "ACME-1",
        f"9174{at:02}",
        "India Cellular",
        f"0.{rng.randrange(99):02}5",
        rng.randrange(900),
        1,
    ),
)
_other(
    "cities_by_key",
    "id,type,department,cityName,cityId,countryId",
    lambda at, rng: (at + 1, 4, "North", f"Town {at}", 525 + at, 1),
)
_other(
    "settings_of_extensions",
    "ext,name,value",
    lambda at, rng: (1101 + at // 4, f"setting{at % 4}", rng.randrange(5)),
)
_other(
    "goods_by_letters",
    "Name,Code,Description,Unit Cost,Note,Barcode",
    lambda at, rng: (f"N{at}", f"v{at}", f"product {at}", 500 + at, "note", 111_111 + at),
)
_other(
    "calls_without_a_number",
    "date,call_type,duration",
    lambda at, rng: (f"2026-05-{at % 28 + 1:02}", "voice", rng.randrange(1, 30) * 60),
)
_other("people", "", lambda at, rng: (f"Giovanni Doe {at}", 13_892_600 + 7 * at, "PREPAID"))
_other("provinces_of_customers", "provincia;nro", lambda at, rng: ("Santa Fe", at + 1))
_other("networks", "Prefix,ASN,Country", lambda at, rng: (f"10.{at}.0.0/16", 64_500 + at, "Germany"))
_other(
    "wages",
    "Employee,Code,Rate per hour,Hours",
    lambda at, rng: (f"Jo {at}", 101 + at, f"{rng.randrange(20, 40)}.50", rng.randrange(20, 41)),
)
_other(
    "parts_in_german",
    "Part Number,Beschreibung,Preis,Lager",
    lambda at, rng: (33_000 + 7 * at, f"Schraube {at}", f"{rng.randrange(900) / 100:.2f}", rng.randrange(99)),
)
