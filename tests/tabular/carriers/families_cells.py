"""Families whose cells are the difficulty: codes, prices, units, intervals, states, columns that resemble each other."""

from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from random import Random

from tests.tabular.carriers.deck import Line, deck
from tests.tabular.carriers.paper import Col, Made, Plan, Style, build
from tests.tabular.carriers.shapes import (
    always,
    code,
    day,
    family,
    fee,
    grouped,
    money,
    name,
    price,
    steps,
)

CODE, NAME, RATE = (
    Col("Code", "prefix", code),
    Col("Destination", "destination", name),
    Col("Rate", "rate", price()),
)


@family
def old_and_new(folder: Path, rng: Random) -> Made:
    cols = [
        CODE,
        NAME,
        Col(
            rng.choice(["Old Rate", "Previous Rate", "Prev. Price", "Rate old"]),
            None,
            lambda line: money(line.old),
        ),
        Col(rng.choice(["New Rate", "New Price", "Rate new", "New Rate (USD)"]), "rate", price()),
        Col("Change %", None, lambda line: f"{(line.price - line.old) / line.old * 100:.2f}%"),
        Col("Eff. Date", "effective_date", day("%Y-%m-%d")),
    ]
    if rng.random() < 0.5:
        cols[2], cols[3] = cols[3], cols[2]
    return build(folder, cols, deck(rng), Plan(date_order="ymd", days=True), Style())


@family
def current_and_new(folder: Path, rng: Random) -> Made:
    cols = [
        Col("Dialling Code", "prefix", code),
        Col("Country", "destination", name),
        Col("Current Rate", None, lambda line: money(line.old)),
        Col("New Rate", "rate", price()),
        Col("Difference", None, lambda line: money(line.price - line.old)),
        Col("Status", "status", lambda line: "Increase" if line.price > line.old else "Decrease"),
        Col("Valid as of", "effective_date", day("%d.%m.%Y")),
    ]
    return build(folder, cols, deck(rng), Plan(date_order="dmy", days=True), Style(delimiter=";"))


@family
def peak_and_offpeak(folder: Path, rng: Random) -> Made:
    cols = [
        Col("Country", None, lambda line: line.country),
        Col("Breakout", "destination", name),
        Col("CLD Prefix", "prefix", code),
        Col("Peak Rate", "rate", price()),
        Col("Off-Peak Rate", None, lambda line: money(line.offpeak)),
        Col("Weekend", None, lambda line: money(line.offpeak / 2)),
        Col("Min Duration", "initial_increment", lambda line: line.first),
        Col("Billing Increment", "subsequent_increment", lambda line: line.then),
    ]
    return build(folder, cols, deck(rng), Plan(steps=True), Style())


@family
def two_products(folder: Path, rng: Random) -> Made:
    one, two = rng.choice(
        [("Gold", "Silver"), ("Premium Rate", "Standard Rate"), ("Price A", "Price B"), ("CLI", "NCLI")]
    )
    cols = [CODE, NAME, Col(one, "rate", price()), Col(two, "rate", lambda line: money(line.offpeak))]
    return build(folder, cols, deck(rng), Plan(asks=frozenset({"columns.rate"}), importable=False), Style())


@family
def npanxx(folder: Path, rng: Random) -> Made:
    joined = rng.random() < 0.5
    lines = _american(rng)
    cols = [
        Col(
            rng.choice(["NPANXX", "NPA-NXX", "NPA NXX"]),
            "prefix",
            lambda line: _npa(line, "" if joined else "-"),
        ),
        Col("OCN", None, lambda line: line.extra["ocn"]),
        Col("LATA", None, lambda line: line.extra["lata"]),
        Col("State", None, lambda line: line.extra["state"]),
        Col(rng.choice(["Interstate", "Inter Rate", "Interstate Rate"]), "rate", price(".", 6)),
        Col(
            rng.choice(["Intrastate", "Intra Rate", "Intrastate Rate"]),
            None,
            lambda line: money(line.offpeak, ".", 6),
        ),
        Col("Local", None, lambda line: money(line.offpeak, ".", 6)),
    ]
    return build(folder, cols, lines, Plan(asks=frozenset({"columns.rate"}), importable=False), Style())


@family
def npa_and_nxx(folder: Path, rng: Random) -> Made:
    cols = [
        Col("LATA", None, lambda line: line.extra["lata"]),
        Col("OCN", None, lambda line: line.extra["ocn"]),
        Col("NPA", "country_code", lambda line: line.areas[0][:3]),
        Col("NXX", "area_code", lambda line: line.areas[0][3:]),
        Col("INTER", "rate", price(".", 5)),
        Col("INTRA", None, lambda line: money(line.offpeak, ".", 5)),
        Col("INDETERMINATE", None, lambda line: money(line.price, ".", 5)),
        Col("Effective Date", "effective_date", day("%m/%d/%Y")),
    ]
    plan = Plan(date_order="mdy", days=True, asks=frozenset({"columns.rate"}), importable=False)
    return build(folder, cols, _american(rng), plan, Style())


def _npa(line: Line, mark: str) -> str:
    return f"{line.areas[0][:3]}{mark}{line.areas[0][3:]}"


def _american(rng: Random) -> list[Line]:
    dated = deck(rng, 60)
    numbers = rng.sample(range(100), 60)
    return [
        replace(
            line,
            country="USA",
            name="USA",
            cc="1",
            areas=(f"{rng.choice('2345679')}{rng.choice('01234')}{at % 10}{rng.choice('23456789')}{at:02}",),
            extra={
                "ocn": f"{rng.randrange(1000, 9999)}",
                "lata": f"{rng.randrange(120, 980)}",
                "state": rng.choice(["NY", "CA", "TX", "IL", "WA"]),
            },
        )
        for line, at in zip(dated, numbers, strict=True)
    ]


@family
def dot_thousands(folder: Path, rng: Random) -> Made:
    lines = [
        replace(line, price=line.price * (5000 if at % 9 == 0 else 1)) for at, line in enumerate(deck(rng))
    ]
    cols = [CODE, NAME, Col("Tarif (EUR/Min)", "rate", lambda line: grouped(line.price, ",", 4))]
    return build(folder, cols, lines, Plan(decimal=","), Style(delimiter=";"))


@family
def comma_thousands(folder: Path, rng: Random) -> Made:
    lines = [
        replace(line, price=line.price * (5000 if at % 9 == 0 else 1)) for at, line in enumerate(deck(rng))
    ]
    cols = [CODE, NAME, Col("Rate", "rate", lambda line: grouped(line.price, ".", 4))]
    return build(folder, cols, lines, Plan(), Style(quote_all=True))


@family
def one_comma_three_digits(folder: Path, rng: Random) -> Made:
    lines = [replace(line, price=Decimal(rng.randrange(1001, 9999)) / 1000) for line in deck(rng)]
    lines = [
        replace(line, price=line.price + Decimal("0.001") if line.price % 1 == 0 else line.price)
        for line in lines
    ]
    cols = [CODE, NAME, Col("Rate", "rate", price(",", 3))]
    plan = Plan(decimal=None, asks=frozenset({"decimal"}), importable=False)
    return build(folder, cols, lines, plan, Style(delimiter=";"))


@family
def cents_by_title(folder: Path, rng: Random) -> Made:
    said = rng.choice(
        ["Rate (US cents/min)", "Rate in cents", "ct/min", "Price USc/min", "Cent/Min", "Rate (¢)"]
    )
    cols = [CODE, NAME, Col(said, "rate", lambda line: money(line.price * 100, ".", 2))]
    return build(folder, cols, deck(rng), Plan(), Style())


@family
def cents_in_cells(folder: Path, rng: Random) -> Made:
    cols = [CODE, NAME, Col("Rate", "rate", lambda line: money(line.price * 100, ".", 2) + " ¢")]
    return build(folder, cols, deck(rng), Plan(), Style())


@family
def per_second(folder: Path, rng: Random) -> Made:
    lines = [replace(line, price=line.price * 60) for line in deck(rng)]
    said = rng.choice(["Rate per second", "USD/sec", "Price (EUR/s)", "Rate/Sec"])
    cols = [CODE, NAME, Col(said, "rate", lambda line: money(line.price / 60, ".", 4))]
    return build(folder, cols, lines, Plan(), Style(delimiter=";"))


@family
def ten_thousandths(folder: Path, rng: Random) -> Made:
    cols = [CODE, NAME, Col("Rate", "rate", lambda line: int(line.price * 10000))]
    return build(
        folder, cols, deck(rng), Plan(asks=frozenset({"scale"}), importable=False, decimal=None), Style()
    )


@family
def ten_thousandths_by_title(folder: Path, rng: Random) -> Made:
    said = rng.choice(["Rate (1/10000 USD)", "Price in 1/10000 EUR", "Rate x10000"])
    cols = [CODE, NAME, Col(said, "rate", lambda line: int(line.price * 10000))]
    return build(folder, cols, deck(rng), Plan(decimal=None), Style())


@family
def lists_of_codes(folder: Path, rng: Random) -> Made:
    mark = rng.choice([", ", ";", " / ", "\n", " "])
    cols = [
        NAME,
        Col(rng.choice(["Codes", "Dial Codes", "Prefixes"]), "prefix", lambda line: mark.join(line.codes)),
        RATE,
    ]
    lines = [line for line in deck(rng, several=True) if line.areas != ("",)]
    return build(folder, cols, lines, Plan(), Style())


@family
def ranges_of_codes(folder: Path, rng: Random) -> Made:
    mark = rng.choice(["-", " - ", "–", " to "])
    lines = [
        replace(line, areas=tuple(f"{line.areas[0]}{digit}" for digit in range(3, 7)))
        if at % 3 == 0
        else line
        for at, line in enumerate(deck(rng))
    ]
    cols = [
        NAME,
        Col(
            "Dial Code",
            "prefix",
            lambda line: line.code if len(line.codes) == 1 else f"{line.codes[0]}{mark}{line.codes[-1]}",
        ),
        RATE,
    ]
    return build(folder, cols, lines, Plan(), Style(delimiter=";"))


@family
def brackets_and_wildcards(folder: Path, rng: Random) -> Made:
    def cell(line: Line) -> str:
        return f"{line.code[:-1]}[3-5]" if len(line.codes) > 1 else line.code + "x" * (10 - len(line.code))

    lines = [
        replace(line, areas=tuple(f"{line.areas[0]}{digit}" for digit in range(3, 6)))
        if at % 4 == 0
        else line
        for at, line in enumerate(deck(rng))
    ]
    return build(folder, [Col("Pattern", "prefix", cell), NAME, RATE], lines, Plan(), Style())


@family
def hyphens_of_either_sense(folder: Path, rng: Random) -> Made:
    pairs = ["30-31", "33-34", "39-41", "43-49", "51-54", "60-61", "90-98", "81-86"]
    lines = deck(rng, len(pairs))
    named = dict(zip([line.code for line in lines], pairs, strict=True))
    cols = [Col("Dial Code", "prefix", lambda line: named[line.code]), NAME, RATE]
    return build(folder, cols, lines, Plan(asks=frozenset({"hyphen"}), importable=False), Style())


@family
def hyphens_that_join(folder: Path, rng: Random) -> Made:
    lines = [line for line in deck(rng, 60) if line.areas[0]]
    cols = [Col("Country-City Code", "prefix", lambda line: f"{line.cc}-{line.areas[0]}"), NAME, RATE]
    return build(folder, cols, lines, Plan(), Style(delimiter=";"))


@family
def country_and_areas(folder: Path, rng: Random) -> Made:
    first, second = rng.choice(
        [
            ("Country Code", "Area Codes"),
            ("CC", "NDC"),
            ("Intl. Code", "City Code"),
            ("Country Code", "Breakouts"),
        ]
    )
    mark = rng.choice([", ", ";", "/"])
    cols = [
        NAME,
        Col(first, "country_code", lambda line: line.cc),
        Col(second, "area_code", lambda line: mark.join(line.areas)),
        RATE,
    ]
    return build(folder, cols, deck(rng, several=True), Plan(), Style())


@family
def areas_that_may_be_whole(folder: Path, rng: Random) -> Made:
    lines = [line for line in deck(rng) if line.areas[0]]
    cols = [
        NAME,
        Col("Country Code", "country_code", lambda line: line.cc),
        Col("Area Code", "area_code", code),
        RATE,
    ]
    return build(folder, cols, lines, Plan(asks=frozenset({"columns.prefix"}), importable=False), Style())


@family
def country_beside_whole_code(folder: Path, rng: Random) -> Made:
    cols = [
        Col("Country", None, lambda line: line.country),
        Col("Country Code", None, lambda line: line.cc),
        Col(rng.choice(["Full Code", "Dial Code", "Prefix"]), "prefix", code),
        Col("Network", "destination", name),
        RATE,
    ]
    return build(folder, cols, deck(rng), Plan(accept={"destination": {0}}), Style())


@family
def decorated_codes(folder: Path, rng: Random) -> Made:
    style = rng.choice(
        ["+{0}{1}", "+{0} {1}", "'{0}{1}", "00{0}{1}", "011{0}{1}", "{0} {1}", "(+{0}) {1}", "{0}{1}.0"]
    )
    cols = [Col("Code", "prefix", lambda line: style.format(line.cc, line.areas[0]).strip()), NAME, RATE]
    return build(folder, cols, deck(rng), Plan(), Style(delimiter=";"))


@family
def shortened_by_a_spreadsheet(folder: Path, rng: Random) -> Made:
    lines = [replace(line, bad=at % 6 == 0) for at, line in enumerate(deck(rng))]
    cols = [Col("Code", "prefix", lambda line: "4.47E+11" if line.bad else line.code), NAME, RATE]
    return build(folder, cols, lines, Plan(), Style())


@family
def intervals_of_three_parts(folder: Path, rng: Random) -> Made:
    cols = [
        CODE,
        NAME,
        RATE,
        Col(rng.choice(["Billing", "Increments", "Rounding"]), "increment", steps("0-f-t")),
    ]
    return build(folder, cols, deck(rng), Plan(steps=True), Style())


@family
def intervals_in_words(folder: Path, rng: Random) -> Made:
    lines = [replace(line, first=one, then=one) for line in deck(rng) for one in [rng.choice((1, 60))]]
    cols = [
        CODE,
        NAME,
        RATE,
        Col("Billing", "increment", lambda line: "per second" if line.first == 1 else "per minute"),
    ]
    return build(folder, cols, lines, Plan(steps=True), Style())


@family
def intervals_in_two_columns(folder: Path, rng: Random) -> Made:
    one, two = rng.choice(
        [
            ("Initial Increment", "Next Increment"),
            ("Min. Billing (sec)", "Incr. (sec)"),
            ("First Interval", "Next Interval"),
            ("Minimum Time", "Increment"),
            ("Initial Period", "Additional Period"),
            ("Minimum Duration", "Step"),
        ]
    )
    cols = [
        CODE,
        NAME,
        RATE,
        Col(one, "initial_increment", lambda line: line.first),
        Col(two, "subsequent_increment", lambda line: line.then),
    ]
    return build(folder, cols, deck(rng), Plan(steps=True), Style())


@family
def states_in_the_price(folder: Path, rng: Random) -> Made:
    words = {"blocked": ["Blocked", "BARRED", "forbidden"], "closed": ["Closed", "closed", "Deleted"]}
    lines = [
        replace(line, state=rng.choice(["blocked", "closed"])) if at % 8 == 3 else line
        for at, line in enumerate(deck(rng))
    ]
    lines = [
        replace(line, bad=True) if at % 13 == 5 and line.state == "open" else line
        for at, line in enumerate(lines)
    ]

    def cell(line: Line) -> str:
        return (
            "N/A"
            if line.bad
            else money(line.price)
            if line.state == "open"
            else rng.choice(words[line.state])
        )

    cols = [CODE, NAME, Col("Price/Min", "rate", cell), Col("Effective", "effective_date", day("%Y-%m-%d"))]
    return build(folder, cols, lines, Plan(date_order="ymd", days=True), Style())


@family
def signs_of_currencies(folder: Path, rng: Random) -> Made:
    style = rng.choice(["${}", "$ {}", "{} €", "€{}", "USD {}", "{} EUR", "£{}", "US${}"])
    cols = [CODE, NAME, Col("Rate", "rate", lambda line: style.format(money(line.price)))]
    return build(folder, cols, deck(rng), Plan(), Style(delimiter=";"))


@family
def quality_columns(folder: Path, rng: Random) -> Made:
    cols = [
        Col("Country", None, lambda line: line.country),
        Col("Operator", "destination", name),
        Col("MCC", None, always("262")),
        Col("Dialcode", "prefix", code),
        Col("ASR %", None, lambda line: rng.randrange(20, 80)),
        Col("ACD (min)", None, lambda line: money(Decimal(rng.randrange(10, 60)) / 10, ".", 1)),
        Col("PDD", None, lambda line: rng.randrange(2, 9)),
        Col("Price, USD/min", "rate", price()),
        Col("Route Type", None, always("CLI")),
        Col("Ports", None, always(30)),
    ]
    return build(folder, cols, deck(rng), Plan(accept={"destination": {0}}), Style())


@family
def voice_with_mobile_codes(folder: Path, rng: Random) -> Made:
    cols = [
        Col("MCC", None, lambda line: 200 + len(line.country)),
        Col("MNC", None, lambda line: f"{rng.randrange(30):02}"),
        Col("Prefix", "prefix", code),
        Col("Destination", "destination", name),
        Col("Voice Rate/min", "rate", price()),
        Col("Increment", "increment", steps("f/t")),
    ]
    return build(folder, cols, deck(rng), Plan(steps=True), Style())


@family
def fees_and_floors(folder: Path, rng: Random) -> Made:
    cols = [
        CODE,
        NAME,
        Col("Setup Fee", "connection_fee", fee()),
        Col("Charge (USD/Min)", "rate", price()),
        Col("1st/Nth", "increment", steps("f/t")),
        Col("Valid From", "effective_date", day("%d %b %Y")),
        Col("Valid To", "effective_until", always("")),
    ]
    rng.shuffle(cols)
    return build(folder, cols, deck(rng), Plan(date_order="dmy", fee=True, steps=True, days=True), Style())
