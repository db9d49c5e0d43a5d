"""Columns of prices beside the chosen one: said where they are left out, asked about where they have the same right."""

import re
from collections.abc import Mapping, Sequence

from voipdesk.kernel.text import tr
from voipdesk.tabular import words
from voipdesk.tabular.cells import shown
from voipdesk.tabular.headers import Header
from voipdesk.tabular.judging import Columns
from voipdesk.tabular.layout import Question
from voipdesk.tabular.rate_columns import FEW, foreign_columns

PRICED = 0.8
"""Share of cells that are prices from which a column could be the rate."""
PRICED_ROLES = frozenset({"rate", "connection_fee", "minimum_charge"})
_NEAR = 0.06
_LARGE = re.compile(r"[1-9]\d\d")
_LETTERS = re.compile(r"[^\W\d_]+")


def other_prices(data: Columns, columns: Mapping[str, int], header: Header | None) -> list[int]:
    """Columns of prices that no role has taken and whose titles do not speak of old prices, shares or limits."""
    taken = set(columns.values()) | foreign_columns(header)
    found = []
    for at in range(data.width):
        facts = data.facts(at)
        is_flat = facts.distinct == 1 and facts.count >= FEW
        if at in taken or is_flat or facts.prices < PRICED or facts.filled < 0.5 or facts.pairs > 0.1:
            continue
        title = header.titles[at] if header and at < len(header.titles) else ""
        if not _is_share(data, at) and not (words.plain(title) and words.is_past(title)):
            found.append(at)
    return found


def _is_share(data: Columns, at: int) -> bool:
    texts = [shown(cell) for _, cell in data.column(at)[:50]]
    return sum("%" in text or text.startswith(("-", "+")) for text in texts) * 10 > len(texts)


def rivals(data: Columns, columns: Mapping[str, int], header: Header | None) -> list[int]:
    """Other columns that are the rate with the same right as the chosen one."""
    at = columns.get("rate", -1)
    others = other_prices(data, columns, header)
    if at < 0 or not others:
        return []
    if header is None:
        return [other for other in others if data.facts(other).distinct > 3]
    chosen = header.roles.get(at, ("", 0.0))
    if chosen[0] != "rate":
        own = header.titles[at] if at < len(header.titles) else ""
        titled = [
            other
            for other in others
            if other < len(header.titles)
            and header.roles.get(other, ("", 0.0))[0] not in PRICED_ROLES
            and not _is_second(own, header.titles[other])
        ]
        if words.is_turned(own):
            return titled
        return [other for other in titled if not words.is_turned(header.titles[other])]
    return [
        other
        for other in others
        if header.roles.get(other, ("", 0.0))[0] == "rate"
        and (
            _are_tiers(header.titles[at], header.titles[other])
            or (
                abs(header.roles[other][1] - chosen[1]) < _NEAR
                and not _is_ordered(header.titles[at], header.titles[other])
            )
        )
    ]


def jurisdictions(data: Columns, columns: Mapping[str, int], header: Header | None) -> list[int]:
    """Where the rate is the price of calls from one kind of place (interstate, intrastate): the columns of the others."""
    at = columns.get("rate", -1)
    if header is None or not 0 <= at < len(header.titles) or not words.place_of_call(header.titles[at]):
        return []
    found = {
        other: words.place_of_call(title)
        for other, title in enumerate(header.titles)
        if other == at or (other not in columns.values() and data.facts(other).prices >= PRICED)
    }
    places = {place for place in found.values() if place}
    return [other for other, place in found.items() if place and other != at] if len(places) > 1 else []


def _is_ordered(one: str, other: str) -> bool:
    """`Peak` and `Standard`, `Interstate` and `Local`, `Price 1` and `Price N`, without and with tax, sold and
    bought: titles that say which comes first.
    """
    return _is_second(one, other) or words.is_leading(one) or words.is_leading(other)


def _are_tiers(one: str, other: str) -> bool:
    """Whether two titles differ in large numbers alone: prices by how much is talked."""
    return bool(_LARGE.search(one) and _LARGE.search(other)) and _LETTERS.findall(one) == _LETTERS.findall(
        other
    )


def _is_second(one: str, other: str) -> bool:
    """Whether the other price is the one with tax, or the one that the sender pays himself."""
    return any(says(other) and not says(one) for says in (words.is_taxed, words.is_bought, words.is_present))


def rate_question(titles: Sequence[str], at: int, others: Sequence[int]) -> Question:
    """Which of several columns of prices is the rate."""
    places = tuple(str(place + 1) for place in (at, *others))
    named = ", ".join(titles[place] if place < len(titles) else f"#{place + 1}" for place in (at, *others))
    text = tr("Several columns hold prices: {columns}. Which one is the rate per minute?")
    return Question("columns.rate", text.format(columns=named), places)


def jurisdiction_question(titles: Sequence[str], at: int, others: Sequence[int]) -> Question:
    """Which price counts, where a sheet has one for each kind of place that a call comes from."""
    places = tuple(sorted((at, *others)))
    named = ", ".join(f"{place + 1} {titles[place]}" for place in places)
    text = tr(
        "The price depends on the state a call comes from: columns {columns}. A rate has one price for all calls: which "
        "column is it?"
    )
    return Question("columns.rate", text.format(columns=named), tuple(str(place + 1) for place in places))


def left_out(titles: Sequence[str], others: Sequence[int]) -> tuple[str, ...]:
    """What is said of columns of prices that are not taken."""
    text = tr("Column {column} ({title}) holds prices too; they are left out.")
    return tuple(
        text.format(column=at + 1, title=titles[at] if at < len(titles) and titles[at] else "?")
        for at in others
    )
