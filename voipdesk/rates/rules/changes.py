"""What a new row changes against the one it follows, and what a sheet closes by not naming it."""

from collections.abc import Collection, Iterable
from enum import StrEnum
from typing import NamedTuple

OPEN, BLOCKED, CLOSED = 0, 1, 2


class Kind(StrEnum):
    """What becomes of a prefix."""

    NEW = "new"
    UP = "up"
    DOWN = "down"
    SAME = "same"
    CHANGED = "changed"
    REMOVED = "removed"
    BLOCKED = "blocked"


class Scope(StrEnum):
    """What a sheet says about prefixes it does not name."""

    FULL = "full"
    """A to Z: they are closed."""
    COUNTRY = "country"
    """They are closed within the countries the sheet names, and kept elsewhere."""
    PARTIAL = "partial"
    """They are kept."""


class Facts(NamedTuple):
    """Everything a row asserts, as it is at rest (money scaled by 10^8, instants in microseconds)."""

    state: int
    price: int
    next_price: int | None
    connect_fee: int
    minimum_charge: int
    initial_interval: int
    next_interval: int
    free_seconds: int
    grace_seconds: int
    destination: str
    effective_until: int | None


def kind_of(new: Facts, live: Facts | None) -> Kind:
    """What a new row is, against the row in force where it starts (None: none, or closed, or ended by then).

    Up and down are about the price per minute; anything else that differs, the name included, is `changed`.
    """
    if live is None:
        return {OPEN: Kind.NEW, BLOCKED: Kind.BLOCKED, CLOSED: Kind.SAME}[new.state]
    if new == live:
        return Kind.SAME
    if new.state == CLOSED:
        return Kind.REMOVED
    if new.state == BLOCKED:
        return Kind.CHANGED if live.state == BLOCKED else Kind.BLOCKED
    if live.state == BLOCKED or new.price == live.price:
        return Kind.CHANGED
    return Kind.UP if new.price > live.price else Kind.DOWN


NOTICES = ("", "increase", "decrease", "new", "closed", "blocked")
"""What a carrier announces beforehand, as agreements name it; '' needs no notice."""

_NOTICE = {
    Kind.NEW: "new", Kind.UP: "increase", Kind.DOWN: "decrease", Kind.REMOVED: "closed", Kind.BLOCKED: "blocked",
}  # fmt: skip


def notice_of(new: Facts, live: Facts | None, kind: Kind) -> str:
    """Which agreement a change falls under (`NOTICES`).

    A change of intervals, fees, or the price after the first interval counts as an increase where some call could cost
    more by it, else as a decrease; another name or end needs no notice. A prefix that opens again is a new one.
    """
    if kind is not Kind.CHANGED or live is None:
        return _NOTICE.get(kind, "")
    if new.state != live.state:
        return "new"
    if new.state == BLOCKED:
        return ""
    pairs = [(_following(new), _following(live)), (live.free_seconds, new.free_seconds)]
    pairs += [(live.grace_seconds, new.grace_seconds), (new.connect_fee, live.connect_fee)]
    pairs += [(new.minimum_charge, live.minimum_charge), (new.initial_interval, live.initial_interval)]
    pairs += [(new.next_interval, live.next_interval)]
    if any(one > other for one, other in pairs):
        return "increase"
    return "decrease" if any(one < other for one, other in pairs) else ""


def _following(facts: Facts) -> int:
    return facts.price if facts.next_price is None else facts.next_price


class Standing(NamedTuple):
    """When a published row of a prefix starts, its state, and its end."""

    effective_from: int
    state: int
    effective_until: int | None


def closings(rows: Iterable[Standing], at: int) -> list[tuple[int, int]]:
    """Where closed rows must be asserted so that a prefix has no rate from `at` on: (index of the row closed, instant).

    The row in force at `at` is closed there; what was scheduled for later is closed at its own start.
    `rows` are those of one prefix and band by (effective_from, version).
    """
    held: tuple[int, Standing] | None = None
    found: list[tuple[int, int]] = []
    later: list[tuple[int, Standing]] = []
    for index, row in enumerate(rows):
        if row.effective_from <= at:
            held = (index, row)
        elif later and later[-1][1].effective_from == row.effective_from:
            later[-1] = (index, row)
        else:
            later.append((index, row))
    if held is not None and _speaks(held[1], at):
        found.append((held[0], at))
    found.extend((index, row.effective_from) for index, row in later if row.state != CLOSED)
    return found


def _speaks(row: Standing, at: int) -> bool:
    return row.state != CLOSED and (row.effective_until is None or row.effective_until > at)


_TWO_DIGITS = frozenset(
    map(
        str,
        (20, 27, *range(30, 35), 36, 39, 40, 41, *range(43, 50), *range(51, 59), *range(60, 67),
         81, 82, 84, 86, *range(90, 96), 98),
    )
)  # fmt: skip
_ISLANDS = frozenset(
    map(
        str,
        (242, 246, 264, 268, 284, 340, 345, 441, 473, 649, 658, 664, 670, 671, 684, 721, 758, 767, 784, 787,
         809, 829, 849, 868, 869, 876, 939),
    )
)  # fmt: skip
"""Area codes of zone 1 outside the USA and Canada."""


def country_of(prefix: str) -> str:
    """The country calling code of a prefix (ITU E.164); in zone 1 the area code too where it is a country of its own.

    A prefix shorter than its code is returned as it is.
    """
    if prefix.startswith("1"):
        return prefix[:4] if prefix[1:4] in _ISLANDS else "1"
    if prefix.startswith("7"):
        return prefix[:2] if prefix[1:2] in ("6", "7") else "7"
    return prefix[:2] if prefix[:2] in _TWO_DIGITS else prefix[:3]


def is_in_countries(prefix: str, countries: Collection[str]) -> bool:
    """Whether a prefix belongs to one of the countries of a sheet."""
    return country_of(prefix) in countries
