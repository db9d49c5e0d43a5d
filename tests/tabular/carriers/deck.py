"""Destinations, codes and terms to fill sheets with: countries are real, networks and prices are dice."""

from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from decimal import Decimal
from random import Random

PLACES = """
Afghanistan 93 7 20|Albania 355 66 4|Algeria 213 55 21|Argentina 54 911 11|Australia 61 4 2|Austria 43 664 1
Bangladesh 880 17 2|Belgium 32 47 2|Brazil 55 119 11|Bulgaria 359 88 2|Cameroon 237 67 22|Chile 56 9 2|China 86 13 10
Colombia 57 31 1|Croatia 385 91 1|Cyprus 357 99 22|Denmark 45 20 33|Egypt 20 10 2|Estonia 372 5 6|Finland 358 40 9
France 33 6 1|Germany 49 15 30|Ghana 233 24 30|Greece 30 69 21|Hungary 36 20 1|India 91 98 11|Indonesia 62 81 21
Ireland 353 87 1|Israel 972 54 2|Italy 39 33 06|Japan 81 90 3|Jordan 962 79 6|Kenya 254 70 20|Lebanon 961 3 1
Malaysia 60 12 3|Mexico 52 55 33|Morocco 212 6 5|Netherlands 31 6 20|Nigeria 234 80 1|Norway 47 4 22
Pakistan 92 30 21|Peru 51 9 1
Philippines 63 91 2|Poland 48 50 22|Portugal 351 91 21|Romania 40 72 21|Senegal 221 77 33|Spain 34 6 91|Sweden 46 70 8
Turkey 90 53 212|Ukraine 380 67 44|United Kingdom 44 77 20|Vietnam 84 90 24|Zimbabwe 263 77 4
"""
NETWORKS = (
    "Orbit", "Telnova", "Bluecell", "Westel", "Kappa", "Mobilis", "Unicom", "Fastnet", "Tango", "Lyra", "Vesta", "Primatel",
    "Sunline", "Novacom",
)  # fmt: skip


@dataclass(frozen=True)
class Line:
    """One row of a sheet: what it charges for and how; `areas` are what follows the country's code."""

    country: str
    name: str
    cc: str
    areas: tuple[str, ...]
    price: Decimal
    fee: Decimal = Decimal(0)
    first: int = 1
    then: int = 1
    day: date | None = None
    offpeak: Decimal = Decimal(0)
    old: Decimal = Decimal(0)
    state: str = "open"
    bad: bool = False
    """What it holds cannot be read: no rate comes of it."""
    extra: dict[str, str] = field(default_factory=dict)

    @property
    def codes(self) -> tuple[str, ...]:
        return tuple(self.cc + area for area in self.areas)

    @property
    def code(self) -> str:
        return self.codes[0]


def deck(rng: Random, count: int = 40, *, days: bool = True, several: bool = False) -> list[Line]:
    """Lines in the order of countries, no code twice; `several` gives some of them more codes."""
    places = [entry.rsplit(" ", 3) for line in PLACES.strip().splitlines() for entry in line.split("|")]
    start = date(2026, rng.randrange(1, 13), 1)
    steps = [(60, 1), (1, 1), (30, 6), (60, 60), (6, 6)]
    lines: list[Line] = []
    seen: set[str] = set()
    while len(lines) < count:
        for country, cc, mobile, fixed in places:
            kind = rng.randrange(4)
            network = rng.choice(NETWORKS)
            base = ("", fixed, mobile, mobile)[kind]
            tail = (
                ""
                if kind < 1
                else str(rng.randrange(10 ** min(1 + len(lines) // 150, 4)))
                if kind > 1
                else ""
            )
            areas = [base + tail]
            if several and kind > 1:
                areas += [
                    f"{mobile}{digit}{rng.randrange(10)}"
                    for digit in rng.sample(range(10), rng.randrange(1, 4))
                ]
            areas = [area for area in dict.fromkeys(areas) if cc + area not in seen]
            if not areas or len(lines) >= count:
                continue
            seen |= {cc + area for area in areas}
            name = f"{country} {('Proper', 'City', f'Mobile {network}', f'Mobile {network} Special')[kind]}"
            price = Decimal(rng.randrange(12, 4200)) / 10_000
            first, then = rng.choice(steps[:3] if rng.random() < 0.9 else steps)
            line = Line(
                country,
                name,
                cc,
                tuple(areas),
                price,
                fee=Decimal(rng.choice((0, 0, 0, 5, 10))) / 100,
                first=first,
                then=then,
                day=start + timedelta(days=rng.randrange(45)) if days else None,
                offpeak=price * Decimal("0.8"),
                old=price + Decimal(rng.randrange(-9, 20)) / 10_000,
            )
            lines.append(line)
    return sorted(lines, key=lambda line: (line.country, line.code)) if rng.random() < 0.8 else lines


def on_days(lines: list[Line], days: list[date]) -> list[Line]:
    """The same lines effective on these days in turn."""
    return [replace(line, day=days[at % len(days)]) for at, line in enumerate(lines)]
