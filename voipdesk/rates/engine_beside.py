"""What stands beside the rates of a table and is none of its terms: minutes, who sells a prefix, where a rate came from.

One entry a prefix in force, as arrays; texts are told once and named by their place.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from voipdesk.rates.engine_draft import Texts
from voipdesk.rates.engine_view import NOTHING, Base
from voipdesk.rates.rules.surroundings import NOT_SOLD, PlanPrices
from voipdesk.rating.engine import Ints

BELOW = "▼"
"""Behind the name of a plan that sells a prefix below its cost."""


@dataclass(frozen=True, slots=True)
class Beside:
    """By prefix, ascending: minutes of the last 30 days, and the plans that sell it."""

    prefixes: NDArray[np.bytes_]
    minutes: Ints
    sold: Ints
    """Places in `plans`."""
    plans: tuple[str, ...]
    """Names of plans in a row, as they are shown; the first is ''."""
    offers: tuple[PlanPrices, ...] = ()

    def places(self, prefixes: NDArray[np.bytes_]) -> Ints:
        """Where some prefixes stand; -1 for one that has no rate in force."""
        if not len(self.prefixes):
            return np.full(len(prefixes), -1, np.int64)
        at = np.minimum(np.searchsorted(self.prefixes, prefixes), len(self.prefixes) - 1)
        return np.where(self.prefixes[at] == prefixes, at, -1)

    def values(self, prefixes: Sequence[str]) -> list[tuple[int | None, str | None]]:
        """Minutes and plans of a few prefixes; None where nothing is known, or nobody sells it."""
        at = self.places(np.array([one.encode() for one in prefixes], "S15")).tolist()
        return [
            (None, None) if place < 0 else (int(self.minutes[place]), self.plans[self.sold[place]] or None)
            for place in at
        ]

    def offers_of(self, prefix: str) -> list[tuple[str, int]]:
        """Plans that sell a prefix, with their prices x 10^8."""
        place = int(self.places(np.array([prefix.encode()], "S15"))[0])
        if place < 0:
            return []
        told = [(one.plan, int(one.prices[place])) for one in self.offers]
        return [(plan, price) for plan, price in told if price != NOT_SOLD]

    def minutes_of(self, prefix: str) -> int | None:
        """Minutes of a prefix; None where it has no rate in force."""
        return self.values([prefix])[0][0]


def distinct_prefixes(base: Base) -> NDArray[np.bytes_]:
    """The prefixes in force, each once, ascending."""
    prefixes = base.rates.prefixes
    first = np.ones(len(prefixes), np.bool_)
    first[1:] = prefixes[1:] != prefixes[:-1]
    found: NDArray[np.bytes_] = prefixes if first.all() else prefixes[first]
    return found


def beside(base: Base, seconds: Mapping[str, int], offers: Sequence[PlanPrices]) -> Beside:
    """Put together what the rooms above answered for `distinct_prefixes(base)`."""
    prefixes = distinct_prefixes(base)
    minutes = np.zeros(len(prefixes), np.int64)
    if seconds:
        named = np.array([one.encode() for one in seconds], "S15")
        at = np.minimum(np.searchsorted(prefixes, named), len(prefixes) - 1)
        minutes[at] = np.fromiter(seconds.values(), np.int64, len(seconds)) // 60
    first = np.searchsorted(base.rates.prefixes, prefixes)
    cost = np.where(base.rates.state[first] == 0, base.rates.price[first], NOT_SOLD)
    sold, plans = np.zeros(len(prefixes), np.int64), [""]
    for one in offers:
        mark = np.where(one.prices == NOT_SOLD, 0, np.where((cost != NOT_SOLD) & (one.prices < cost), 2, 1))
        used, sold = np.unique(sold * 3 + mark, return_inverse=True)
        plans = [_with(plans[code // 3], one.plan, code % 3) for code in used.tolist()]
    return Beside(prefixes, minutes, sold, tuple(plans), tuple(offers))


def _with(plans: str, plan: str, mark: int) -> str:
    if not mark:
        return plans
    named = f"{plan} {BELOW}" if mark == 2 else plan
    return f"{plans}, {named}" if plans else named


def minutes_column(known: Beside | None, base: Base) -> Ints:
    """Minutes of each rate of a base; `NOTHING` where nothing is known."""
    if known is None or not len(known.minutes):
        return _nothing(base)
    at = known.places(base.rates.prefixes)
    return np.where(at >= 0, known.minutes[at], NOTHING)


def plans_column(known: Beside | None, base: Base, texts: Texts) -> Ints:
    """Who sells each rate of a base, as places in the texts."""
    if known is None or not len(known.sold):
        return np.zeros(len(base.rates), np.int64)
    at = known.places(base.rates.prefixes)
    found: Ints = texts.places(known.plans)[np.where(at >= 0, known.sold[at], 0)]
    return found


def version_column(base: Base, tell: Callable[[int], str], texts: Texts) -> Ints:
    """What is told of the version of each rate of a base, as places in the texts."""
    used, places = np.unique(base.rates.version, return_inverse=True)
    found: Ints = texts.places([tell(seq) for seq in used.tolist()])[places]
    return found


def pairs(rows: Iterable[tuple[int, int]]) -> tuple[Ints, Ints]:
    """Ids in order, and what goes with each."""
    found = np.fromiter((number for row in rows for number in row), np.int64).reshape(-1, 2)
    found = found[np.argsort(found[:, 0], kind="stable")]
    return found[:, 0], found[:, 1]


def file_rows_column(base: Base, known: tuple[Ints, Ints]) -> Ints:
    """The row of the file for each rate of a base, of ids and rows; `NOTHING` for a rate that is of no file."""
    ids, rows = known
    if not len(ids):
        return _nothing(base)
    at = np.minimum(np.searchsorted(ids, base.rates.ids), len(ids) - 1)
    return np.where(ids[at] == base.rates.ids, rows[at], NOTHING)


def _nothing(base: Base) -> Ints:
    return np.full(len(base.rates), NOTHING, np.int64)
