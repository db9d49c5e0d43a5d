"""Which column of a rate sheet is what: the titles' words and the cells' nature weighed together, column by column."""

import re
from collections.abc import Callable, Mapping
from itertools import pairwise

from voipdesk.tabular import words
from voipdesk.tabular.cells import shown
from voipdesk.tabular.countries import CALLING_CODES, codes_of_name
from voipdesk.tabular.headers import Header
from voipdesk.tabular.judging import Columns, Facts

FEW = 10
"""Rows below which cells prove little against a title."""

WEAK = 0.7
"""How sure a title is at most that holds a known word among others; cells may say otherwise."""

PRESENT = 0.95
"""How much less the price of today is wanted than one that says nothing of time."""

PLAIN = 0.9
"""How sure a title is that is one of the known words, whole."""

TAXED = 0.8
"""How much less a price with tax is wanted than one without."""

BOUGHT = 0.7
"""How much less the price that the sender pays is wanted than the one at which he sells."""

BY_STEPS = 0.6
_MOSTLY = 0.7
_LONG = 7
"""Digits that dial codes have at most, on the average."""

_DIGITS = re.compile("[0-9]+")
_COUNTED = 5
"""Rows from which numbers that run on are a count."""

_STEPS = frozenset(["1", "6", "10", "12", "15", "18", "20", "30", "60"])
"""Seconds by which calls are charged."""

Sure = dict[str, tuple[int, float]]


def _code_nature(facts: Facts) -> float:
    few = 0.4 if facts.count >= 2 * FEW and facts.variety < 0.05 else 1.0
    return max(facts.codes - 0.7 * facts.prices, 0.0) * few


def _titled_nature(facts: Facts) -> float:
    """Of a column titled as the code: among few rows digits are enough, for countries get new codes."""
    return max(_code_nature(facts), 0.6 * facts.whole if facts.count < FEW else 0.0)


def _rate_nature(facts: Facts) -> float:
    """Prices have decimals, or are whole numbers that vary as prices do."""
    whole = facts.whole * (0.8 if facts.distinct > 3 or facts.count < FEW else 0.15)
    flat = 0.5 if facts.count >= FEW and facts.distinct == 1 else 1.0
    return min(facts.prices + 0.5 * facts.states + whole, 1.0) * flat


def _interval_nature(facts: Facts) -> float:
    return facts.intervals if facts.distinct <= 60 else facts.intervals * 0.3


def _status_nature(facts: Facts) -> float:
    """Words that repeat, or the known ones; never amounts."""
    words_that_repeat = (
        0.6 * facts.texts if facts.distinct <= max(12, 0.5 * facts.count) else 0.3 * facts.texts
    )
    return max(facts.statuses, words_that_repeat) - facts.prices


NATURES: Mapping[str, Callable[[Facts], float]] = {
    "prefix": _titled_nature,
    "country_code": lambda facts: max(facts.codes - 0.7 * facts.prices, 0.0),
    "area_code": lambda facts: max(facts.codes, facts.numbers, facts.whole, facts.pairs),
    "rate": _rate_nature,
    "destination": lambda facts: 0.3 + 0.7 * facts.texts,
    "connection_fee": lambda facts: facts.prices + facts.whole + facts.states,
    "minimum_charge": lambda facts: facts.prices + facts.whole + facts.states,
    "increment": _interval_nature,
    "initial_increment": _interval_nature,
    "subsequent_increment": _interval_nature,
    "effective_date": lambda facts: max(
        facts.days, facts.whole if facts.length >= 5 else 0, facts.texts * 0.6
    ),
    "effective_until": lambda facts: max(
        facts.days, facts.whole if facts.length >= 5 else 0, facts.texts * 0.6
    ),
    "status": _status_nature,
    "band": lambda facts: facts.texts,
}
LEAST = {
    "prefix": 0.5,
    "country_code": 0.5,
    "rate": 0.25,
    "connection_fee": 0.4,
    "effective_date": 0.4,
    "status": 0.15,
    "band": 0.5,
} | dict.fromkeys(("increment", "initial_increment", "subsequent_increment"), 0.3)
"""What a column must be by its cells to be what its title says."""

_INTERVALS = frozenset({"increment", "initial_increment", "subsequent_increment"})
NEEDED = frozenset({"prefix", "rate"})


def rate_columns(data: Columns, header: Header | None) -> tuple[dict[str, int], dict[str, float]]:
    """(column of each role, how sure) of a rate sheet."""
    found = _by_titles(data, header) if header else {}
    foreign = foreign_columns(header)
    _codes(data, found, foreign, header)
    taken = {at for at, _ in found.values()} | foreign
    free = [at for at in range(data.width) if at not in taken and data.facts(at).count]
    _fill_rate(data, found, free, header)
    _fill_words(data, found, free, is_titled=header is not None)
    _fill_pairs(data, found, free)
    if header is None:
        _fill_steps(data, found, free)
    _fill_day(data, found, free, header)
    _split_increments(data, found)
    return {role: at for role, (at, _) in found.items()}, {role: sure for role, (_, sure) in found.items()}


def foreign_columns(header: Header | None) -> set[int]:
    """Columns whose titles name something that is neither code nor price."""
    return {at for at, title in enumerate(header.titles) if words.is_foreign(title)} if header else set()


def _by_titles(data: Columns, header: Header) -> Sure:
    """Each role's best column among those whose titles name it, unless the cells contradict."""
    ranked = []
    for at, (role, sure) in header.roles.items():
        facts = data.facts(at)
        nature = NATURES[role](facts) if role in NATURES and facts.count else 0.5
        if sure > PLAIN and role in _INTERVALS:
            nature = max(nature, facts.spoiled)  # each of these cells gets its own answer
        doubted = nature < LEAST.get(role, 0.0)
        if facts.count and doubted and not (facts.count < FEW and sure > PLAIN):
            continue  # of a few faulty cells under a plain title each gets its own answer instead
        if role in NEEDED and not facts.count and data.rows:
            continue
        if role == "prefix" and facts.count > 1 and not max(facts.codes, facts.whole, facts.numbers):
            continue  # letters, of a country or a product
        if role == "destination" and _holds_codes(data, header, at):
            continue
        if role == "area_code" and facts.texts > 0.8 and facts.codes < 0.1:
            role, nature = "destination", 1.0  # a breakout by its name
        if role == "rate":
            sure *= TAXED if words.is_taxed(header.titles[at]) else 1.0
            sure *= PRESENT if words.is_first_price(header.titles[at]) else 1.0
            sure *= PRESENT if words.is_present(header.titles[at]) else 1.0
            sure *= BOUGHT if words.is_bought(header.titles[at]) else 1.0
        ranked.append((sure * (0.6 + 0.4 * min(nature, 1.0)), -at, role, sure))
    found: Sure = {}
    for _, minus, role, sure in sorted(ranked, reverse=True):
        if role not in found:
            found[role] = (-minus, sure)
    return found


def _holds_codes(data: Columns, header: Header, at: int) -> bool:
    """A column titled as a name whose every cell is a code, where no other is titled and filled as the code."""
    facts = data.facts(at)
    if facts.texts > 0.02 or facts.codes < 0.9:
        return False
    return not any(
        role in {"prefix", "country_code"} and _code_nature(data.facts(other)) >= LEAST["prefix"]
        for other, (role, _) in header.roles.items()
    )


def _codes(data: Columns, found: Sure, foreign: set[int], header: Header | None) -> None:
    """Settle code columns: an area alone is the whole code, a country alone too, and without either the cells say."""
    if "prefix" in found:
        if "area_code" in found and _is_country(data, found):
            found["country_code"] = found.pop("prefix")
            return
        if "country_code" in found and "area_code" not in found and _is_area(data, found):
            found["area_code"] = found.pop("prefix")
            return
        found.pop("country_code", None)
        found.pop("area_code", None)
        return
    if "country_code" in found:
        if "area_code" not in found:
            found["prefix"] = found.pop("country_code")
        return
    if "area_code" in found:
        at, sure = found.pop("area_code")
        if max(data.facts(at).codes, data.facts(at).whole) > 0.8:
            found["prefix"] = (at, sure * 0.9)
            return
    taken = {at for at, _ in found.values()} | foreign
    choice = [at for at in range(data.width) if at not in taken and _is_codes(data.facts(at))]
    if header is not None:
        choice = [at for at in choice if at in header.roles or not _is_no_code(data, header, at)]
    if found and choice:
        name = found.get("destination", (-1, 0.0))[0]
        choice = [at for at in choice if _is_proven(data, at, name)]
    if choice:
        best = max(
            choice, key=lambda at: (_code_nature(data.facts(at)) * (0.5 + 0.5 * data.facts(at).variety), -at)
        )
        found["prefix"] = (best, _code_nature(data.facts(best)) * 0.8)


def starts_with_country(data: Columns, country: int, code: int) -> tuple[int, int]:
    """(rows, rows of which the code begins with the row's country) of two columns."""
    pairs = [
        (shown(cells[country]).lstrip("+"), shown(cells[code]).lstrip("+"))
        for _, cells in data.rows
        if max(country, code) < len(cells) and shown(cells[country]) and shown(cells[code])
    ]
    return len(pairs), sum(code_text.startswith(country_text) for country_text, code_text in pairs)


def _is_country(data: Columns, found: Sure) -> bool:
    """Whether a column titled as the code holds countries only, beside one of areas that holds something."""
    if not data.facts(found["area_code"][0]).count:
        return False
    codes = [shown(cell).lstrip("'+0") for _, cell in data.column(found["prefix"][0])]
    return sum(code in CALLING_CODES for code in codes) > 0.95 * len(codes)


def _is_area(data: Columns, found: Sure) -> bool:
    """Whether a column titled as the code holds only what follows the country's code."""
    rows, same = starts_with_country(data, found["country_code"][0], found["prefix"][0])
    return rows >= FEW and same < 0.5 * rows and data.facts(found["country_code"][0]).codes > 0.9


def _is_codes(facts: Facts) -> bool:
    """Whether cells alone say that a column holds dial codes and no whole numbers, counters or flags."""
    return (
        _code_nature(facts) > 0.7
        and facts.long_codes < 0.5
        and facts.filled > 0.5
        and max(facts.instants, facts.days) < 0.5
        and (facts.pairs < 0.9 or facts.variety > 0.5)
    )


def _is_no_code(data: Columns, header: Header, at: int) -> bool:
    title = header.titles[at] if at < len(header.titles) else ""
    return words.is_no_code(title) or is_counter(data, at)


def is_counter(data: Columns, at: int) -> bool:
    """Whether a column counts its rows: whole numbers of which nearly each is the one before and one more."""
    texts = [shown(cell) for _, cell in data.column(at)[:300]]
    if len(texts) < _COUNTED or not all(text.isascii() and text.isdigit() for text in texts):
        return False
    steps = [int(after) - int(before) for before, after in pairwise(texts)]
    return sum(step == 1 for step in steps) > 0.9 * len(steps)


def _is_proven(data: Columns, at: int, name: int) -> bool:
    """Whether an untitled column among titled ones holds codes, not counts: names agree, or all are long enough."""
    facts = data.facts(at)
    if facts.codes > 0.98 and facts.length >= 3:
        return True
    known, agreeing = agreement(data, at, name)
    return bool(known) and agreeing > 0.5 * known


def agreement(data: Columns, at: int, name: int) -> tuple[int, int]:
    """(rows whose name begins with that of a country, those of them whose code begins with the country's)."""
    pairs = [
        (shown(cells[at]), shown(cells[name])) for _, cells in data.rows[:300] if 0 <= name < len(cells) > at
    ]
    known = [(_bare_code(code), codes) for code, place in pairs if (codes := codes_of_name(place))]
    return len(known), sum(code.startswith(tuple(codes)) for code, codes in known)


def _bare_code(text: str) -> str:
    """The first digits of a cell without what is dialled before a country's code."""
    match = _DIGITS.search(text)
    digits = match.group() if match else ""
    return digits[3:] if digits.startswith("011") else digits.lstrip("0")


def countries_named(data: Columns, name: int) -> int:
    """How many countries the names of the first rows begin with."""
    return len({codes for _, cell in data.column(name)[:300] if (codes := codes_of_name(shown(cell)))})


def are_dial_codes(data: Columns, at: int, name: int) -> bool:
    """Whether a column that no title calls codes holds them though there are no prices: no value on many rows; names of
    countries agree, or without them the values are calling codes, or as unequal in length as dial codes are.
    """
    facts = data.facts(at)
    if (facts.count >= FEW and facts.variety < 0.5) or is_counter(data, at):
        return False
    known, agreeing = agreement(data, at, name)
    codes = [shown(cell).lstrip("'+0") for _, cell in data.column(at)[:300]]
    if agreeing > 0.5 * known or sum(code in CALLING_CODES for code in codes) > _MOSTLY * len(codes):
        return True
    return not known and len({len(code) for code in codes}) > 2 and facts.length <= _LONG


def _fill_rate(data: Columns, found: Sure, free: list[int], header: Header | None) -> None:
    if "rate" in found:
        return
    titled = {at for at, (_, sure) in header.roles.items() if sure > WEAK} if header else set()
    titles = header.titles if header else ()
    choice = [
        at
        for at in free
        if at not in titled
        and not (at < len(titles) and words.is_identifier(titles[at]))
        and data.facts(at).filled > 0.5
        and (
            data.facts(at).prices > 0.6
            or _varies(data.facts(at))
            or (header is None and "prefix" in found and _is_amount(data, at))
        )
    ]
    # The price of other hours is the rate only where there is no other price.
    choice = [at for at in choice if at >= len(titles) or not words.band_of(titles[at])] or choice
    if choice:
        best = max(choice, key=lambda at: (data.facts(at).prices, data.facts(at).distinct))
        found["rate"] = (best, (0.3 + 0.6 * data.facts(best).prices) * 0.8)
    elif header is not None and (
        flat := [at for at in free if _is_flat(data.facts(at), header.roles.get(at))]
    ):
        found["rate"] = (flat[0], header.roles[flat[0]][1] * 0.6)
    if "rate" in found:
        free.remove(found["rate"][0])


def _is_flat(facts: Facts, titled: tuple[str, float] | None) -> bool:
    """Whether a column titled as the price holds one whole number throughout: everything is free, or costs the same."""
    return (
        titled is not None
        and titled[0] == "rate"
        and titled[1] > PLAIN
        and facts.whole > PLAIN
        and facts.distinct == 1
    )


def _varies(facts: Facts) -> bool:
    """Whole numbers that repeat as prices do: many different ones, none of them a counter."""
    return (
        facts.whole > 0.9 and facts.count >= 2 * FEW and 0.01 < facts.variety < 0.9 and facts.distinct > FEW
    )


def _is_amount(data: Columns, at: int) -> bool:
    """Whether whole numbers beside bare codes could be prices: they neither run on nor are the usual intervals."""
    facts = data.facts(at)
    if (
        facts.whole < PLAIN
        or facts.length > _LONG
        or facts.distinct < max(2, 0.2 * facts.count)
        or facts.days > 0.5
    ):
        return False
    return not _are_steps(data, at) and not is_counter(data, at)


def _fill_words(data: Columns, found: Sure, free: list[int], *, is_titled: bool) -> None:
    if "destination" in found:
        return
    choice = [
        at
        for at in free
        if data.facts(at).texts > 0.7
        and data.facts(at).days < 0.5
        and (not is_titled or data.facts(at).distinct > 1 or data.facts(at).count == 1)
    ]
    best = max(choice, key=lambda at: (data.facts(at).variety > 0.05, data.facts(at).texts), default=None)
    if best is not None:
        found["destination"] = (best, data.facts(best).texts * 0.8)
        free.remove(best)


def _fill_pairs(data: Columns, found: Sure, free: list[int]) -> None:
    if {"increment", "initial_increment"} & set(found):
        return
    best = max(free, key=lambda at: data.facts(at).pairs, default=None)
    if best is not None and data.facts(best).pairs > 0.8 and data.facts(best).filled > 0.5:
        found["increment"] = (best, data.facts(best).pairs * 0.9)
        free.remove(best)


def _fill_steps(data: Columns, found: Sure, free: list[int]) -> None:
    """Two columns side by side that hold nothing but the usual intervals, where there are no titles."""
    if {"increment", "initial_increment"} & set(found):
        return
    usual = [at for at in free if _are_steps(data, at)]
    pairs = [at for at in usual if at + 1 in usual]
    if pairs and any(
        shown(cell) not in {"0", "1"} for at in (pairs[0], pairs[0] + 1) for _, cell in data.column(at)
    ):
        for role, at in (("initial_increment", pairs[0]), ("subsequent_increment", pairs[0] + 1)):
            found[role] = (at, BY_STEPS)
            free.remove(at)


def _are_steps(data: Columns, at: int) -> bool:
    return data.facts(at).filled > 0.5 and all(shown(cell) in _STEPS for _, cell in data.column(at)[:500])


def _fill_day(data: Columns, found: Sure, free: list[int], header: Header | None) -> None:
    """A column of days says from when, where its title does not say otherwise and no other column could."""
    if "effective_date" in found:
        return
    choice = [at for at in free if data.facts(at).days > 0.8 and data.facts(at).filled > 0.2]
    if header is not None:
        titles = header.titles
        choice = [at for at in choice if at >= len(titles) or not words.is_turned(titles[at])]
        choice = [at for at in choice if at not in header.roles] if len(choice) == 1 else []
    if choice:
        best = max(choice, key=lambda at: data.facts(at).days)
        found["effective_date"] = (best, data.facts(best).days * 0.7)
        free.remove(best)


def _split_increments(data: Columns, found: Sure) -> None:
    """`Increment` beside `Initial increment` is the following one; one column of pairs holds both."""
    if "increment" in found and "initial_increment" in found and "subsequent_increment" not in found:
        found["subsequent_increment"] = found.pop("increment")
    if "increment" in found and "subsequent_increment" in found and "initial_increment" not in found:
        found["initial_increment"] = found.pop("increment")
    halves = [role for role in ("initial_increment", "subsequent_increment") if role in found]
    if len(halves) == 1 and "increment" not in found and data.facts(found[halves[0]][0]).pairs > 0.5:
        found["increment"] = found.pop(halves[0])
