"""Families written after the detector was tuned on the others, to see what it makes of sheets that nobody had in mind."""

from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from random import Random

from tests.tabular.carriers.deck import Line, deck
from tests.tabular.carriers.families_text import FULL
from tests.tabular.carriers.paper import Col, Made, Plan, Style, build
from tests.tabular.carriers.shapes import always, code, day, family, fee, money, name, price, steps, usual


@family
def later_buy_and_sell(folder: Path, rng: Random) -> Made:
    cols = [
        Col("dialprefix", "prefix", code),
        Col("destination", "destination", name),
        Col("rateinitial", "rate", price()),
        Col("initblock", "initial_increment", lambda line: line.first),
        Col("billingblock", "subsequent_increment", lambda line: line.then),
        Col("connectcharge", "connection_fee", fee()),
    ]
    return build(folder, cols, deck(rng), Plan(steps=True, fee=True), Style())


@family
def later_first_and_next_rates(folder: Path, rng: Random) -> Made:
    cols = [
        Col("prefix", "prefix", code),
        Col("initial_rate", None, price()),
        Col("next_rate", "rate", price()),
        Col("initial_interval", "initial_increment", lambda line: line.first),
        Col("next_interval", "subsequent_increment", lambda line: line.then),
        Col("connect_fee", "connection_fee", fee()),
        Col("valid_from", "effective_date", day("%Y-%m-%d %H:%M:%S")),
        Col("enabled", None, always("true")),
    ]
    return build(folder, cols, deck(rng), Plan(steps=True, fee=True, days=True, date_order="ymd"), Style())


@family
def later_origination(folder: Path, rng: Random) -> Made:
    cols = [
        Col("Country", None, lambda line: line.country),
        Col("Description", "destination", name),
        Col("Origination Prefixes", None, always("ALL")),
        Col("Destination Prefixes", "prefix", lambda line: ", ".join(line.codes)),
        Col("Price / min", "rate", price()),
    ]
    return build(folder, cols, deck(rng, several=True), Plan(accept={"destination": {0}}), Style())


@family
def later_iso_codes(folder: Path, rng: Random) -> Made:
    cols = [
        Col("ISO", None, lambda line: line.country[:2].upper()),
        Col("Country/Region", None, lambda line: line.country),
        Col("Network name", "destination", name),
        Col("Country dialing code", "prefix", code),
        Col("Outbound price (EUR, excl. VAT)", "rate", price(",")),
    ]
    plan = Plan(decimal=",", accept={"destination": {1}})
    return build(folder, cols, deck(rng), plan, Style(delimiter=";", encoding="utf-8-sig"))


@family
def later_danish(folder: Path, rng: Random) -> Made:
    cols = [
        Col("Landekode", "prefix", code),
        Col("Destination", "destination", name),
        Col("Minutpris (DKK)", "rate", price(",")),
        Col("Opkaldsafgift", "connection_fee", fee(",")),
        Col("Gælder fra", "effective_date", day("%d.%m.%Y")),
    ]
    plan = Plan(decimal=",", fee=True, days=True, date_order="dmy")
    return build(folder, cols, deck(rng), plan, Style(delimiter=";", encoding="cp1252"))


@family
def later_romanian(folder: Path, rng: Random) -> Made:
    cols = [
        Col("Destinație", "destination", name),
        Col("Prefix", "prefix", code),
        Col("Tarif pe minut (EUR)", "rate", price(",")),
        Col("Valabil de la", "effective_date", day("%d.%m.%Y")),
    ]
    plan = Plan(decimal=",", days=True, date_order="dmy")
    return build(folder, cols, deck(rng), plan, Style(delimiter=";"))


@family
def later_ukrainian(folder: Path, rng: Random) -> Made:
    cols = [
        Col("Напрямок", "destination", name),
        Col("Код", "prefix", code),
        Col("Ціна за хвилину", "rate", price(",")),
        Col("Діє з", "effective_date", day("%d.%m.%Y")),
        Col("Крок тарифікації", "increment", steps("f/t")),
    ]
    plan = Plan(decimal=",", date_order="dmy", **FULL)
    return build(folder, cols, deck(rng), plan, Style(delimiter=";", encoding="cp1251"))


@family
def later_notice_of_change(folder: Path, rng: Random) -> Made:
    above = [("RATE CHANGE NOTIFICATION",), ("To: All customers",), ("Ref: 2026/118",), ("",)]
    cols = [
        Col("Destination", "destination", name),
        Col("Dial codes", "prefix", lambda line: "; ".join(line.codes)),
        Col("Present rate", None, lambda line: money(line.old)),
        Col("Revised rate", "rate", price()),
        Col("Effective 00:00 GMT", "effective_date", day("%d-%b-%Y")),
        Col("Remarks", "status", lambda line: "Increase" if line.price > line.old else "Decrease"),
    ]
    plan = Plan(above=above, date_order="dmy", days=True)
    return build(folder, cols, deck(rng, several=True), plan, Style(container="xlsx"))


@family
def later_rates_in_cents_by_note(folder: Path, rng: Random) -> Made:
    above = [("All rates in US cents per minute", "", ""), ("", "", "")]
    cols = [Col("Code", "prefix", code), Col("Destination", "destination", name)]
    cols.append(Col("Rate", "rate", lambda line: money(line.price * 100, ".", 2)))
    return build(folder, cols, deck(rng), Plan(above=above), Style())


@family
def later_levels(folder: Path, rng: Random) -> Made:
    cols = [
        Col("No.", None, lambda line: len(line.name)),
        Col("Country", None, lambda line: line.country),
        Col("Destination", "destination", name),
        Col("Code", "prefix", code),
        Col("Level 1", "rate", price()),
        Col("Level 2", "rate", lambda line: money(line.offpeak)),
    ]
    return build(folder, cols, deck(rng), Plan(asks=frozenset({"columns.rate"}), importable=False), Style())


@family
def later_codes_with_hash_and_quotes(folder: Path, rng: Random) -> Made:
    cols = [
        Col("#Code", "prefix", lambda line: f"+{line.code}"),
        Col("Name", "destination", name),
        Col("$/min", "rate", lambda line: f"${line.price:.4f}"),
        Col("Min/Inc", "increment", steps("f/t")),
    ]
    return build(folder, cols, deck(rng), Plan(steps=True), Style(quote_all=True, end="\r\n"))


@family
def later_dates_with_weekdays(folder: Path, rng: Random) -> Made:
    cols = usual(rng, pattern="%A, %d %B %Y")
    return build(folder, cols, deck(rng), Plan(date_order="dmy", **FULL), Style(delimiter=";"))


@family
def later_three_decimals_small(folder: Path, rng: Random) -> Made:
    lines = [replace(line, price=Decimal(rng.randrange(1, 400)) / 1000) for line in deck(rng)]
    cols: list[Col] = [Col("Prefijo", "prefix", code), Col("Destino", "destination", name)]
    cols.append(Col("Precio por minuto", "rate", price(",", 3)))
    return build(folder, cols, lines, Plan(decimal=","), Style(delimiter="\t"))


@family
def later_country_then_dash(folder: Path, rng: Random) -> Made:
    def cell(line: Line) -> str:
        return f"{line.country} - {line.name.removeprefix(line.country).strip()}"

    cols = [
        Col("Terminating Country - Network", "destination", cell),
        Col("E.164 Prefix", "prefix", code),
        Col("Rate USD per 60 sec", "rate", price()),
        Col("Billing", "increment", steps("f+t")),
    ]
    return build(folder, cols, deck(rng), Plan(steps=True), Style(delimiter=";"))


@family
def later_korean(folder: Path, rng: Random) -> Made:
    cols = [
        Col("국가", "destination", name),
        Col("국가번호", "prefix", code),
        Col("분당 요금", "rate", price()),
        Col("적용일", "effective_date", day("%Y-%m-%d")),
    ]
    return build(folder, cols, deck(rng), Plan(days=True, date_order="ymd"), Style(encoding="utf-8-sig"))
