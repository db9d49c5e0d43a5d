"""For each column what it was taken for, and why: for the person who looks over it before anything is imported."""

from collections.abc import Callable, Mapping

from voipdesk.kernel.text import tr
from voipdesk.tabular import words
from voipdesk.tabular.band_words import part_role
from voipdesk.tabular.cells import shown
from voipdesk.tabular.headers import Header
from voipdesk.tabular.judging import Columns, Facts
from voipdesk.tabular.layout import Finding

SAMPLES = 3
_SHOWN = 60

_SHARES: Mapping[str, Callable[[Facts], float]] = {
    "prefix": lambda facts: facts.codes,
    "country_code": lambda facts: facts.codes,
    "area_code": lambda facts: max(facts.codes, facts.numbers, facts.whole),
    "rate": lambda facts: max(facts.prices, facts.whole),
    "connection_fee": lambda facts: max(facts.prices, facts.whole),
    "minimum_charge": lambda facts: max(facts.prices, facts.whole),
    "increment": lambda facts: max(facts.pairs, facts.intervals),
    "initial_increment": lambda facts: facts.intervals,
    "subsequent_increment": lambda facts: facts.intervals,
    "effective_date": lambda facts: facts.days,
    "effective_until": lambda facts: facts.days,
    "destination": lambda facts: facts.texts,
    "status": lambda facts: facts.statuses,
    "start": lambda facts: max(facts.instants, facts.days),
    "called": lambda facts: facts.numbers,
    "caller": lambda facts: facts.numbers,
    "billsec": lambda facts: max(facts.whole, facts.clocks),
}
"""The share of a column's cells that look like what the role asks for."""


def findings(
    data: Columns,
    header: Header | None,
    columns: Mapping[str, int],
    sure: Mapping[str, float],
    *,
    learned: Mapping[str, str],
    told: Mapping[str, int],
) -> tuple[Finding, ...]:
    """One finding for each column of the sheet, in order; `role` is empty where a column is left out."""
    roles = {at: role for role, at in columns.items()}
    titles = header.titles if header else ()
    width = max(data.width, len(titles))
    return tuple(
        _finding(data, (at, titles[at] if at < len(titles) else ""), roles.get(at, ""), sure, learned, told)
        for at in range(min(width, 256))
    )


def _finding(
    data: Columns,
    place: tuple[int, str],
    role: str,
    sure: Mapping[str, float],
    learned: Mapping[str, str],
    told: Mapping[str, int],
) -> Finding:
    at, title = place
    filled = data.column(at)
    samples = tuple(dict.fromkeys(shown(cell)[:_SHOWN] for _, cell in filled[:50]))[:SAMPLES]
    row = filled[0][0] if filled else None
    if not role:
        return Finding(at, "", 0.0, "none", "", row, samples)
    certain = min(sure.get(role, 0.5), 1.0)
    start = part_role(role)[0]
    judge = _SHARES.get(start.rstrip(".") or role)
    share = judge(data.facts(at)) if judge else 0.0
    cells = tr("{share:.0%} of its cells look like it").format(share=min(share, 1.0)) if share else ""
    if role in told:
        return Finding(at, role, 1.0, "told", tr("you said so"), row, samples)
    plain = words.plain(title)
    if learned.get(plain) == role:
        return Finding(at, role, certain, "learned", tr("this title was learned here"), row, samples)
    named = words.role_of(title, words.RATES) or words.role_of(title, words.CALLS) if plain else None
    if start and words.band_of(title, start.rstrip(".")):
        named = role, certain
    if named and (named[0] == role or certain >= named[1]):
        said = tr("the title {title} says so").format(title=title[:_SHOWN])
        return Finding(at, role, certain, "title", "; ".join(filter(None, (said, cells))), row, samples)
    return Finding(at, role, certain, "cells", cells or tr("no other column fits"), row, samples)
