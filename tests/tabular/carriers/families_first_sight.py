"""Families that were misread when they were first shown to the detector, each with what was new in it."""

from datetime import date
from pathlib import Path
from random import Random

from tests.tabular.carriers.deck import deck
from tests.tabular.carriers.families_calls import call_file
from tests.tabular.carriers.paper import Made, Plan, Style, Truth
from tests.tabular.carriers.shapes import code, day, family, fee, money, name, price, steps
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
_EASTERN = str.maketrans("0123456789.", "٠١٢٣٤٥٦٧٨٩٫")

# Code pages of two bytes a sign, and others that share their bytes with Cyrillic.
sheet(
    "chinese_two_bytes",
    [("地区前缀", "prefix", code), ("地区名称", "destination", name), ("费率(元/分钟)", "rate", price()),
     ("计费周期(秒)", "increment", first)],
    Plan(importable=False), Style(encoding="gb18030"),
)  # fmt: skip
sheet(
    "japanese_two_bytes",
    [("国名", "destination", lambda line: f"国際 {line.name}"), ("国番号", "prefix", code),
     ("通話料(円/分)", "rate", price()), ("課金単位", "increment", steps("f/t"))],
    Plan(steps=True), Style(encoding="cp932"),
)  # fmt: skip
sheet(
    "hebrew",
    [("יעד", "destination", name), ("קידומת", "prefix", code), ("מחיר לדקה", "rate", price()),
     ("בתוקף מתאריך", "effective_date", day("%d/%m/%Y"))],
    Plan(days=True, date_order="dmy"), Style(encoding="cp1255"),
)  # fmt: skip
sheet(
    "hungarian",
    [("Ország", "destination", name), ("Előhívó", "prefix", code), ("Percdíj (Ft)", "rate", price(",")),
     ("Érvényes", "effective_date", day("%Y.%m.%d"))],
    Plan(days=True, date_order="ymd", **_COMMA), Style(delimiter=";", encoding="cp1250"),
)  # fmt: skip

# Digits, signs and ends of cells that other languages write.
sheet(
    "eastern_digits",
    [("البلد", "destination", lambda line: f"شبكة {line.name}"),
     ("الرمز", "prefix", lambda line: line.code.translate(_EASTERN)),
     ("السعر", "rate", lambda line: money(line.price).translate(_EASTERN))],
    Plan(decimal=None), Style(encoding="utf-8-sig"),
)  # fmt: skip
sheet(
    "euro_behind_a_hard_blank",
    [("Indicatif", "prefix", code), NAME, ("Tarif", "rate", lambda line: f"{money(line.price, ',')}\u00a0€")],
    Plan(decimal=","), Style(delimiter=";", encoding="cp1252"),
)  # fmt: skip
sheet(
    "sign_of_the_real",
    [("DDI", "prefix", code), ("País/Operadora", "destination", name),
     ("Valor por Minuto (R$)", "rate", lambda line: f"R$ {money(line.price, ',')}"),
     ("Cadência", "increment", steps("f+t"))],
    Plan(steps=True, decimal=","), Style(delimiter=";", encoding="cp1252"),
)  # fmt: skip
sheet(
    "pence_behind_the_price",
    [CODE, NAME, ("Rate", "rate", lambda line: f"{line.price * 100:.2f}p")],
)  # fmt: skip
sheet(
    "currency_and_minute_in_the_cell",
    [CODE, NAME, ("Rate", "rate", lambda line: f"USD{line.price:.4f}/min")],
)  # fmt: skip
sheet(
    "full_stop_behind_the_day",
    [("Odredište", "destination", name), ("Pozivni broj", "prefix", code), ("Cijena po minuti (EUR)", "rate", price(",")),
     ("Vrijedi od", "effective_date", day("%d.%m.%Y."))],
    Plan(days=True, date_order="dmy", **_COMMA), Style(delimiter=";"),
)  # fmt: skip
sheet(
    "year_behind_the_day",
    [("Дестинация", "destination", name), ("Префикс", "prefix", code), ("Цена за минута", "rate", price(",")),
     ("Валидна от", "effective_date", day("%d.%m.%Y г."))],
    Plan(days=True, date_order="dmy", **_COMMA), Style(delimiter=";", encoding="cp1251"),
)  # fmt: skip

# Titles that mean something together, or beside each other.
sheet(
    "intervals_below_a_shared_title",
    [NAME, CODE, ("Peak", "rate", lambda line: line.price), ("Off-Peak", None, lambda line: line.offpeak),
     ("First", "initial_increment", first), ("Next", "subsequent_increment", then)],
    Plan(above=[("", "", "Rate per minute (USD)", "", "Billing increment", "")], steps=True), Style(container="xls"),
)  # fmt: skip
sheet(
    "with_and_without_tax",
    [CODE, NAME, ("Price incl. VAT", None, lambda line: money(line.price * 6 / 5)), ("Price excl. VAT", "rate", price())],
)  # fmt: skip
sheet(
    "previous_and_new",
    [CODE, NAME, ("Previous", None, lambda line: money(line.old)), ("New", "rate", price()),
     ("% Change", None, lambda line: f"{(line.price / line.old - 1) * 100:.1f}%")],
)  # fmt: skip
sheet(
    "bare_with_intervals_and_packed_day",
    [("", "prefix", code), ("", "destination", name), ("", "rate", price()), ("", "initial_increment", first),
     ("", "subsequent_increment", then), ("", "effective_date", day("%Y%m%d"))],
    Plan(header=False, steps=True, days=True, date_order="ymd"), Style(delimiter=";"),
)  # fmt: skip
sheet(
    "gzipped",
    [CODE, NAME, RATE, ("Setup fee", "connection_fee", fee())],
    Plan(fee=True),
    Style(container="gzip"),
)

# Calls: titles in the languages of switches, moments with named months, day and time apart.
calls(
    "named_month_and_half_day",
    [("Caller Name", None, "Jo"), ("Caller Number", "caller", of("caller")), ("Callee Name", None, ""),
     ("Callee Number", "called", of("called")), ("Duration", "billsec", clock),
     ("Start Time", "start", at("start", "%d %b %Y %I:%M:%S %p")), ("Call Result", "disposition", of("result"))],
    order="dmy",
)  # fmt: skip
calls(
    "moments_as_in_mails",
    [("Ref", None, of("id")), ("From", "caller", of("caller")), ("To", "called", of("called")),
     ("StartTime", "start", at("start", "%a. %d %b %Y %H:%M:%S +0000")), ("Duration", "billsec", of("talk"))],
    order="dmy",
)  # fmt: skip
calls(
    "users_and_domains",
    [("method", None, "INVITE"), ("callid", "unique_id", of("id")), ("sip_reason", None, "OK"),
     ("time", "start", at("start", "%Y-%m-%d %H:%M:%S")), ("src_user", "caller", of("caller")),
     ("src_domain", None, "sip.example.com"), ("dst_user", "called", of("called")), ("dst_domain", None, "10.0.0.2"),
     ("duration", "billsec", of("talk"))],
    keep=is_answered,
)  # fmt: skip
calls(
    "bare_day_and_time_apart",
    [("", None, "V"), ("", "caller", of("caller")), ("", "called", of("called")), ("", "start", at("start", "%d/%m/%Y")),
     ("", None, at("start", "%H:%M:%S")), ("", "billsec", of("talk")), ("", None, "0.0120")],
    header=False, order="dmy", keep=is_answered,
)  # fmt: skip
calls(
    "italian",
    [("Data", "start", at("start", "%d/%m/%Y")), ("Ora", None, at("start", "%H.%M.%S")),
     ("Chiamante", "caller", of("caller")), ("Chiamato", "called", of("called")), ("Durata", "billsec", clock)],
    delimiter=";", order="dmy",
)  # fmt: skip
calls(
    "turkish",
    [("Tarih", "start", at("start", "%d.%m.%Y %H:%M:%S")), ("Arayan", "caller", of("caller")),
     ("Aranan", "called", of("called")), ("Süre (sn)", "billsec", of("talk")),
     ("Durum", "disposition", lambda call: "Cevaplandı" if call["talk"] else "Cevapsız")],
    delimiter=";", order="dmy", encoding="cp1254",
)  # fmt: skip
calls(
    "polish",
    [("Data i godzina", "start", at("start", "%Y-%m-%d %H:%M:%S")), ("Numer dzwoniący", "caller", of("caller")),
     ("Numer wybrany", "called", of("called")), ("Czas trwania", "billsec", clock), ("Koszt netto", None, "0,01")],
    delimiter=";", encoding="cp1250",
)  # fmt: skip
calls(
    "portuguese",
    [("Data/Hora", "start", at("start", "%d/%m/%Y %H:%M:%S")), ("Origem", "caller", of("caller")),
     ("Destino", "called", of("called")), ("Duração", "billsec", clock), ("Tarifado", None, "0,01")],
    delimiter=";", order="dmy",
)  # fmt: skip
calls(
    "priced_in_the_title",
    [("Caller", "caller", of("caller")), ("CLD", "called", of("called")), ("Country", None, "Germany"),
     ("Description", None, "Germany Berlin"), ("Setup Time", "start", at("start", "%d %b %Y %H:%M:%S")),
     ("Duration min:sec", "billsec", lambda call: f"{call['talk'] // 60}:{call['talk'] % 60:02}"),
     ("Amount USD", None, "0.02")],
    order="dmy",
)  # fmt: skip

# The second hundred.
sheet(
    "korean_two_bytes",
    [("국가명", "destination", lambda line: f"국제 {line.name}"), ("지역번호", "prefix", code),
     ("요금(원/분)", "rate", price())],
    Plan(), Style(encoding="cp949"),
)  # fmt: skip
sheet(
    "taiwanese_two_bytes",
    [("國家", "destination", name), ("國碼", "prefix", code), ("每分鐘費率", "rate", price()),
     ("生效日", "effective_date", day("%Y/%m/%d"))],
    Plan(days=True, date_order="ymd"), Style(encoding="big5"),
)  # fmt: skip
sheet(
    "digits_in_titles",
    [("Market", "destination", name), ("E.164 Prefix", "prefix", code), ("Unit Price (USD)", "rate", price())],
)  # fmt: skip
sheet(
    "by_origin",
    [CODE, NAME, ("Origin EEA", "rate", price()), ("Origin non-EEA", "rate", lambda line: money(line.price * 3))],
    Plan(asks=frozenset({"columns.rate"}), importable=False),
)  # fmt: skip
sheet(
    "serial_days_in_text",
    [CODE, NAME, RATE, ("Effective Date", "effective_date", lambda line: (line.day - date(1899, 12, 30)).days)],
    Plan(days=True, date_order="serial"),
)  # fmt: skip
calls(
    "lengths_of_connection",
    [("calldate", "start", at("start", "%Y-%m-%d %H:%M:%S")), ("callend", None, at("end", "%Y-%m-%d %H:%M:%S")),
     ("duration", None, of("total")), ("connect_duration", "billsec", of("talk")), ("caller", "caller", of("caller")),
     ("caller_domain", None, "a.example.com"), ("called", "called", of("called")),
     ("called_domain", None, "b.example.com")],
)  # fmt: skip
calls(
    "days_and_times_of_each_step",
    [("CallId", "unique_id", of("id")), ("OriginationNumber", "caller", of("caller")),
     ("CalledNumber", "called", of("called")), ("StartDate", "start", at("start", "%d.%m.%Y")),
     ("StartTime", None, at("start", "%H:%M:%S")), ("ConnectDate", None, at("answer", "%d.%m.%Y")),
     ("ConnectTime", None, at("answer", "%H:%M:%S")), ("EndDate", None, at("end", "%d.%m.%Y")),
     ("EndTime", None, at("end", "%H:%M:%S"))],
    delimiter=";", order="dmy", asks=frozenset({"columns.billsec"}),
)  # fmt: skip
calls(
    "bare_ringing_before_talk",
    [("", "start", at("start", "%d.%m.%y")), ("", None, at("start", "%H:%M:%S")),
     ("", "caller", lambda call: 101 + call["talk"] % 9),
     ("", None, lambda call: f"00:00:{call['total'] - call['talk']:02}"), ("", "billsec", clock),
     ("", "called", of("called"))],
    header=False, delimiter=";", order="dmy", keep=is_answered,
)  # fmt: skip
calls(
    "german_minutes",
    [("Datum", "start", at("start", "%d.%m.%Y %H:%M")), ("Von", "caller", of("caller")), ("Nach", "called", of("called")),
     ("Minuten", "billsec", lambda call: f"{call['talk'] / 60:.2f}".replace(".", ","))],
    delimiter=";", order="dmy",
)  # fmt: skip
calls(
    "own_and_dialled_number",
    [("Datum", "start", at("start", "%d.%m.%Y")), ("Uhrzeit", None, at("start", "%H:%M:%S")),
     ("Rufnummer", None, of("caller")),
     ("Zielrufnummer", "called", of("called")), ("Dauer", "billsec", clock)],
    delimiter=";", order="dmy", above=["Einzelverbindungsnachweis für Anschluß 0228"], encoding="cp1252",
)  # fmt: skip
calls(
    "czech",
    [("Datum a čas", "start", at("start", "%d.%m.%Y %H:%M:%S")), ("Volající", "caller", of("caller")),
     ("Volané číslo", "called", of("called")), ("Délka hovoru", "billsec", clock)],
    delimiter=";", order="dmy", encoding="cp1250",
)  # fmt: skip
calls(
    "microseconds_since_1970",
    [("start_us", "start", lambda call: int(call["start"].timestamp()) * 10**6),
     ("caller_id_number", "caller", of("caller")),
     ("destination_number", "called", of("called")), ("billsec", "billsec", of("talk"))],
    order=None,
)  # fmt: skip
calls(
    "of_extensions",
    [("Call time", "start", at("start", "%Y-%m-%d %H:%M:%S")), ("Extension", "caller", lambda call: 101 + call["talk"] % 9),
     ("Dialled number", "called", of("called")), ("Talk time", "billsec", clock)],
)  # fmt: skip


@family
def later_fixed_width_below_a_rule(folder: Path, rng: Random) -> Made:
    lines = ["RATE TABLE", "", f"{'Destination':<44}{'Code':>10}{'Price':>10}{'Incr':>8}", "-" * 72]
    lines += [
        f"{one.name:<44}{one.code:>10}{one.price:>10.4f}{one.first:>5}/{one.then:<2}" for one in deck(rng)
    ]
    (folder / "sheet.txt").write_text("\n".join(lines) + "\n")
    columns = {"destination": {0}, "prefix": {1}, "rate": {2}, "increment": {3}}
    truth = Truth(delimiter=None, header_row=3, first_data_row=5, columns=columns)
    return Made(folder / "sheet.txt", truth)


@family
def later_goods_by_number(folder: Path, rng: Random) -> Made:
    rows = [
        (10_000 + 7 * at, f"Phone {at}", f"{rng.randrange(20, 400)}.00", rng.randrange(50))
        for at in range(30)
    ]
    return call_file(folder, ("Item code", "Description", "Price", "Qty"), rows, {}, kind="other", order=None)


@family
def later_extensions(folder: Path, rng: Random) -> Made:
    rows = [("Jo", f"Doe {at}", 100 + at, f"+4477009{rng.randrange(10**5):05}") for at in range(30)]
    return call_file(
        folder, ("First name", "Last name", "Extension", "Mobile"), rows, {}, kind="other", order=None
    )


# The third and fourth hundred.
sheet(
    "codes_beside_ids",
    [("#Id", "destination", lambda line: f"DST_{line.country.upper().replace(' ', '_')}"), ("Prefix", "prefix", code)],
    Plan(kind="prefix_table", importable=False, decimal=None),
)  # fmt: skip
sheet(
    "dial_patterns",
    [("Dial pattern", "prefix", lambda line: f"_{line.code}X."), NAME, ("Cost", "rate", price())],
)
sheet("expressions", [("Prefix", "prefix", lambda line: f"^{line.code}.*$"), NAME, ("Cost", "rate", price())])
sheet(
    "landline_and_mobile",
    [("Country", "destination", name), ("Country code", "prefix", code),
     ("Landline", "rate", lambda line: money(line.offpeak)),
     ("Mobile", "rate", price())],
    Plan(asks=frozenset({"columns.rate"}), importable=False),
)  # fmt: skip
sheet(
    "short_day_that_resembles_intervals",
    [CODE, NAME, RATE, ("Eff", "effective_date", day("%d-%m-%y"))],
    Plan(days=True, date_order="dmy"), Style(quote_all=True),
)  # fmt: skip
sheet(
    "quotes_of_typography",
    [("Dest", "destination", lambda line: f"{line.name} \u2013 \u201cGSM\u201d"), CODE, RATE],
    Plan(), Style(encoding="cp1252"),
)  # fmt: skip
sheet("pounds", [NAME, CODE, ("£/min", "rate", price())], Plan(), Style(encoding="cp1252"))
sheet(
    "whole_beside_a_part",
    [NAME, CODE, ("Rate", "rate", lambda line: line.price)],
    Plan(sheet="World", others={"Europe": [("Destination", "Code", "Rate"), ("Albania", "355", 0.1)]}),
    Style(container="xlsx"),
)  # fmt: skip
calls(
    "packed_day_and_time",
    [("src", "caller", of("caller")), ("dst", "called", of("called")), ("start", "start", at("start", "%Y%m%d-%H%M%S")),
     ("end", None, at("end", "%Y%m%d-%H%M%S")), ("duration", None, of("total")), ("billsec", "billsec", of("talk"))],
)  # fmt: skip
calls(
    "bulgarian",
    [("Дата", "start", at("start", "%d.%m.%Y %H:%M:%S")), ("Викащ номер", "caller", of("caller")),
     ("Набран номер", "called", of("called")), ("Продължителност", "billsec", clock)],
    delimiter=";", order="dmy",
)  # fmt: skip
calls(
    "talk_before_ringing",
    [("", "start", lambda call: f"{int(call['start'].timestamp())}.120"), ("", "unique_id", of("id")),
     ("", "caller", of("caller")), ("", "called", of("called")), ("", "billsec", lambda call: f"{call['talk'] + 60}.000"),
     ("", None, lambda call: f"{call['total'] - call['talk']}.100")],
    header=False, delimiter="\t", order=None, keep=is_answered,
)  # fmt: skip
calls(
    "half_days_and_whole_minutes",
    [("Date", "start", at("start", "%m/%d/%Y")), ("Time", None, at("start", "%I:%M%p")),
     ("Number called", "called", of("called")),
     ("Call to", None, "Berlin"), ("Min", "billsec", lambda call: -(-call["talk"] // 60))],
    order="mdy", keep=is_answered,
)  # fmt: skip


@family
def later_addresses(folder: Path, rng: Random) -> Made:
    rows = [(f"T{at}", f"10.0.0.{at}", "5060", "g729", rng.choice((15, 30)), "active") for at in range(30)]
    return call_file(
        folder, ("Trunk", "IP", "Port", "Codec", "Lines", "Status"), rows, {}, kind="other", order=None
    )


@family
def later_peers(folder: Path, rng: Random) -> Made:
    rows = [
        (f"10{at:02}/10{at:02}", f"10.0.0.{at}", "D", 5060, f"OK ({rng.randrange(9)} ms)") for at in range(30)
    ]
    return call_file(
        folder, ("Name/username", "Host", "Dyn", "Port", "Status"), rows, {}, kind="other", order=None
    )


sheet(
    "blanks_inside_the_day",
    [("Država", "destination", name), ("Klicna koda", "prefix", code), ("Cena na minuto", "rate", price(",")),
     ("Velja od", "effective_date", day("%d. %m. %Y"))],
    Plan(days=True, date_order="dmy", **_COMMA), Style(delimiter=";"),
)  # fmt: skip
calls(
    "addresses_in_brackets",
    [("session-id", "unique_id", of("id")), ("calling-uri", "caller", lambda call: f"<sip:{call['caller']}@a>"),
     ("called-uri", "called", lambda call: f"<sip:{call['called']}@b>"),
     ("connect-time", "start", at("answer", "%Y-%m-%d %H:%M:%S")), ("call-duration", "billsec", of("talk"))],
    keep=is_answered,
)  # fmt: skip


@family
def later_parts(folder: Path, rng: Random) -> Made:
    rows = [
        (f"44{at:04}", f"Cable {at}", f"{rng.randrange(900) / 100:.2f}", rng.randrange(99))
        for at in range(30)
    ]
    return call_file(folder, ("Part no", "Name", "Price", "In stock"), rows, {}, kind="other", order=None)


sheet("texts_as_formulas", [("Code", "prefix", lambda line: f'="{line.code}"'), NAME, RATE])
calls(
    "names_and_addresses",
    [("date", "start", at("start", "%Y-%m-%d %H:%M:%S")), ("caller", "caller", lambda call: f'Jo <sip:{call["caller"]}@x>'),
     ("callee", "called", lambda call: f"<sip:{call['called']}@y>"), ("dur", "billsec", of("talk"))],
)  # fmt: skip
