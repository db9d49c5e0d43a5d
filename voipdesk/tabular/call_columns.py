"""Which column of a call file is what: by its header's words, and without a header by what the cells of a call look like."""

import re
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from itertools import pairwise

from voipdesk.kernel.digits import has_digit, is_digits, whole_number
from voipdesk.kernel.text import tr
from voipdesk.tabular import call_events, dates, words
from voipdesk.tabular.call_orders import ORDERS
from voipdesk.tabular.call_stems import is_over
from voipdesk.tabular.cells import Cell, shown
from voipdesk.tabular.headers import Header
from voipdesk.tabular.judging import Columns, Facts
from voipdesk.tabular.layout import Layout, Question

PACKED = re.compile(r"(?:19|20)\d{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])(?:[01]\d|2[0-3])[0-5]\d[0-5]\d")
"""Day and time in 14 digits, as records of switches carry them."""

_OUTCOMES = re.compile(
    r"(?i)answer|busy|cancel|fail|congest|terminated|normal|clearing|reject|unavail|response|success|completed|missed"
)
_RUNS = re.compile(r"\d{6,}\D+\d{6,}|\d{26,}")
_SPANS = re.compile(
    r"\d+(?:[.,]\d+)?\s*(?:ms|s|sec|m|min|h)?|\d+h\s*\d+m(?:in)?(?:\s*\d+s(?:ec)?)?|\d+\s*m(?:in)?\s*\d+\s*s(?:ec)?",
    re.IGNORECASE,
)
_TIME_OF_DAY = re.compile(
    r"([01]?\d|2[0-3])[:.]?[0-5]\d[:.]?[0-5]\d(?:[.,]\d+)?(?:\s*[AaPp][Mm])?|([01]?\d|2[0-3]):[0-5]\d"
)
_TOKEN = re.compile(r"[\w.@:-]{6,}")
_LONGEST_CALL = 86_400
NUMBERS = ("called", "caller")
PLAIN_TIME = 0.9
"""Share of cells that are moments from which a column holds them."""

_HAS_LENGTH = frozenset({"billsec", "duration"})
_OF_A_CALL = frozenset({"caller", "unique_id"})
BY_CELLS = 0.6
"""How sure a column is that its cells alone tell."""

_NATURES: Mapping[str, Callable[[Facts], float]] = {
    "called": lambda facts: facts.numbers,
    "caller": lambda facts: max(facts.numbers, 0.3 * facts.texts),
    "start": lambda facts: max(facts.days, facts.instants),
    "answer": lambda facts: max(facts.days, facts.instants),
    "time": lambda facts: max(facts.clocks, facts.instants),
    "billsec": lambda facts: max(facts.whole, facts.clocks, facts.prices, facts.intervals),
    "duration": lambda facts: max(facts.whole, facts.clocks, facts.prices, facts.intervals),
    "unique_id": lambda facts: facts.variety,
    "disposition": lambda facts: 1.0 if 1 < facts.distinct <= 30 else 0.3,
}


def by_header(data: Columns, header: Header) -> tuple[dict[str, int], dict[str, float]]:
    """(column of each role, how sure) by the titles as far as the cells agree; the cells say what no title does. A lone
    duration stands for the talk time too.
    """
    columns, sure = _titled(data, header)
    if "start" not in columns and "answer" in columns:
        columns["start"], sure["start"] = columns["answer"], sure["answer"] * 0.8
    if "start" not in columns and "time" in columns and data.facts(columns["time"]).instants > 0.5:
        columns["start"], sure["start"] = columns.pop("time"), sure.pop("time")
    if "billsec" not in columns and "duration" in columns:
        columns["billsec"], sure["billsec"] = columns["duration"], sure["duration"] * 0.8
    if {"caller", "start", "called"} & set(columns):
        for role, at in _missing(data, header, columns).items():
            columns[role], sure[role] = at, BY_CELLS
    if "billsec" not in columns and (event := call_events.halves(data)):
        columns = call_events.without_length(columns, event)
        sure = {role: sure.get(role, 0.8) for role in columns}
    return columns, sure


def _titled(data: Columns, header: Header) -> tuple[dict[str, int], dict[str, float]]:
    """Each role's best column among those whose titles name it."""
    best: dict[str, tuple[float, float, int]] = {}
    rivals = Counter(role for role, _ in header.roles.values())
    for at, (role, certain) in header.roles.items():
        if role == "called" and _is_no_number(data.facts(at)):
            continue
        # Judging cells takes time: where a role has one title only, they are not asked.
        facts = data.facts(at) if role in _NATURES and rivals[role] > 1 else Facts()
        nature = _NATURES[role](facts) if facts.count else 0.5
        entry = (certain * (0.5 + 0.5 * min(nature, 1.0)), certain, -at)
        if role not in best or entry > best[role]:
            best[role] = entry
    columns = {role: -at for role, (_, _, at) in best.items()}
    _other_called(header, columns, best)
    for role in {"answer", "end"} & set(columns) if "start" in columns else ():
        facts = data.facts(columns[role])
        if facts.count and facts.instants < 0.5:
            del columns[role]  # a day without its time, or a time without its day
    if "time" not in best and "start" in best and data.facts(columns["start"]).instants < 0.5:
        starts = [at for at, (role, _) in header.roles.items() if role == "start"]
        clocks = [at for at in starts if data.facts(at).clocks > 0.9]
        if clocks and columns["start"] not in clocks:
            columns["time"], best["time"] = clocks[0], (0.0, BY_CELLS, 0)
    return columns, {role: best[role][1] for role in columns}


def _other_called(header: Header, columns: dict[str, int], best: dict[str, tuple[float, float, int]]) -> None:
    """A title that says no more than that this is a number is the caller's, where another says which number was called."""
    at = columns.get("called", -1)
    if not 0 <= at < len(header.titles) or not words.is_any_number(header.titles[at]):
        return
    others = [other for other, (role, _) in header.roles.items() if role == "called" and other != at]
    others = [other for other in others if not words.is_any_number(header.titles[other])]
    if not others:
        return
    columns["called"], best["called"] = others[0], (0.0, header.roles[others[0]][1], -others[0])
    if "caller" not in columns:
        columns["caller"], best["caller"] = at, (0.0, header.roles[at][1], -at)


def _missing(data: Columns, header: Header, columns: Mapping[str, int]) -> dict[str, int]:
    """What no title names and the cells of an untitled meaning show: the other number, the start, the talk time."""
    found: dict[str, int] = {}
    free = [at for at in range(data.width) if at not in columns.values() and at not in header.roles]
    free = [at for at in free if at >= len(header.titles) or not words.is_foreign(header.titles[at])]
    if "start" not in columns:
        starts = [at for at in free if _is_start(data, at) and not is_over(words.plain(_title(header, at)))]
        found |= {"start": starts[0]} if starts else {}
    if "called" not in columns:
        numbers = [
            at for at in free if at not in found.values() and _is_number(data, at) and _is_long(data, at)
        ]
        if "caller" not in columns and len(numbers) > 1:
            found |= {"caller": numbers[0], "called": numbers[1]}
        elif numbers:
            after = [at for at in numbers if at > columns.get("caller", -1)]
            found["called"] = (after or numbers)[0]
    return found


def _title(header: Header, at: int) -> str:
    return header.titles[at] if at < len(header.titles) else ""


def _is_long(data: Columns, at: int) -> bool:
    return data.facts(at).length >= 7


def _is_no_number(facts: Facts) -> bool:
    """Whether a column titled as the called number holds names only."""
    return facts.count >= 10 and facts.numbers < 0.05 and facts.texts > 0.9


def looks_like_calls(data: Columns, calls: Header | None, rates: Header | None) -> bool:
    """Whether the titles, or where they leave something open the cells too, are those of calls."""
    if calls is None:
        return False
    columns, _ = by_header(data, calls)
    named, priced = calls.named, rates.named if rates else {}
    if "start" not in columns:
        return False
    when = data.facts(columns["start"])
    if when.count and max(when.days, when.instants) < 0.5:
        return False
    is_timed = when.instants > 0.5 or "time" in columns
    is_priced = bool("rate" in priced and ({"prefix", "country_code"} & set(priced)))
    if "called" not in columns:
        return is_timed and not is_priced and _is_log(data, named, columns)
    if "called" not in named or not {"start", "answer", "time"} & set(named):
        return is_timed and not is_priced
    if "billsec" not in columns:
        return is_timed
    return not is_priced or len(named) > len(priced) or is_timed


def _is_log(data: Columns, named: Mapping[str, int], columns: Mapping[str, int]) -> bool:
    """Whether titles are those of calls, and no column at all could hold the number that was called."""
    if _HAS_LENGTH.isdisjoint(named) or _OF_A_CALL.isdisjoint(named):
        return False
    free = [at for at in range(data.width) if at not in columns.values()]
    return not any(_is_number(data, at) and _is_long(data, at) for at in free)


def in_known_order(data: Columns) -> dict[str, int]:
    """The columns of a well-known order where the cells fit it, else none; what is dialled inside may be no number."""
    return next((dict(order) for order in ORDERS if _fits(data, order)), {})


def _fits(data: Columns, order: Mapping[str, int]) -> bool:
    if data.width <= max(order.values()) or not _is_start(data, order["start"]):
        return False
    if any(
        data.facts(order[role]).filled and data.facts(order[role]).instants < PLAIN_TIME
        for role in ("answer", "end")
        if role in order
    ):
        return False
    if data.facts(order["called"]).prices > 0.2 or not _are_outcomes(data, order["disposition"]):
        return False
    spans = [[shown(cell) for _, cell in data.column(order[role])[:200]] for role in ("duration", "billsec")]
    if not all(texts and all(_SPANS.fullmatch(text) for text in texts) for texts in spans):
        return False
    return sum(map(_seconds, spans[1])) <= sum(map(_seconds, spans[0]))


def by_cells(data: Columns) -> tuple[dict[str, int], dict[str, float]]:
    """The same without a header; empty unless a time of day, and a number, say that these are calls."""
    if known := in_known_order(data):
        return known, dict.fromkeys(known, 0.9)
    if event := call_events.halves(data):
        whole = _by_cells(call_events.beginnings(data, event["event"]), is_whole=False)
        found = call_events.without_length(whole, event) if whole else {}
    else:
        found = _by_cells(data)
    return found, dict.fromkeys(found, BY_CELLS)


def _by_cells(data: Columns, *, is_whole: bool = True) -> dict[str, int]:
    """The columns of whole calls, or of the rows that begin them, which say no length."""
    starts = [at for at in range(data.width) if _is_start(data, at)]
    # A call's own id often is its second since 1970: a day written out goes first.
    start = min(starts, key=lambda at: (_is_epoch(data, at), at), default=None)
    found = {"start": start} if start is not None else _day_and_clock(data)
    if not found:
        return {}
    if is_whole and (span := _spans(data, found)) is not None:
        found["billsec"] = span
    elif "time" in found:
        return {}
    numbers = [at for at in range(data.width) if at not in found.values() and _is_number(data, at)]
    numbers = [at for at in numbers if not _is_one_code(data.facts(at))]
    if not numbers:
        return {}
    numbers = [at for at in numbers if at - 1 not in numbers or not _says_the_same(data, at)]
    if len(numbers) == 1:
        found["called"] = numbers[0]
    else:
        first, second = numbers[:2]
        found |= {"account" if _is_short(data, first, second) else "caller": first, "called": second}
    if "time" not in found:
        found |= _later_times(data, found)
    _fill(data, found)
    if "account" not in found and (whose := _extension(data, found)) is not None:
        found["account"] = whose
    return found


def _is_one_code(facts: Facts) -> bool:
    """Three digits that are the same throughout: the answer of a switch (200, 486), nobody's number."""
    return facts.count >= 3 and facts.distinct == 1 and facts.length <= 3


def _later_times(data: Columns, found: Mapping[str, int]) -> dict[str, int]:
    """Answer and end: times of day that are never before the start. A lone one is the end where the length says so."""
    start = found["start"]
    order = dates.order_of(data.column(start))[0]
    later: list[tuple[float, int]] = []
    for at in range(data.width):
        if at == start or data.facts(at).instants < 0.9 or data.facts(at).filled < 0.2:
            continue
        gaps = [gap for gap in _gaps(data, start, at, order) if gap is not None]
        if gaps and min(gaps) >= 0 and max(gaps) <= _LONGEST_CALL:
            later.append((sum(gaps) / len(gaps), at))
    later.sort()
    if len(later) > 1:
        return {"answer": later[0][1], "end": later[-1][1]}
    if not later:
        return {}
    at, span = later[0][1], found.get("billsec")
    return {"end" if span is None or _is_sum(data, start, at, span) else "answer": at}


def _gaps(data: Columns, one: int, other: int, order: str | None) -> list[float | None]:
    """Seconds from one time to another, row by row; None where either is missing."""
    found: list[float | None] = []
    for _, cells in data.rows[:200]:
        first, then = (dates.read_day(cells[at], order) if at < len(cells) else None for at in (one, other))
        is_timed = isinstance(first, datetime) and isinstance(then, datetime)
        found.append((then - first).total_seconds() if is_timed else None)  # type: ignore[operator]
    return found


def _is_sum(data: Columns, start: int, at: int, span: int) -> bool:
    """Whether a time is the start and the length together (ringing aside)."""
    order = dates.order_of(data.column(start))[0]
    lengths = [shown(cells[span]) if span < len(cells) else "" for _, cells in data.rows[:200]]
    pairs = [
        (gap, length)
        for gap, text in zip(_gaps(data, start, at, order), lengths, strict=True)
        if gap is not None and (length := whole_number(text)) is not None
    ]
    return bool(pairs) and sum(gap >= length for gap, length in pairs) > 0.95 * len(pairs)


def _extension(data: Columns, found: Mapping[str, int]) -> int | None:
    """The column right behind the called number where it holds short numbers, few different ones: whose line it was."""
    at = found["called"] + 1
    if at >= data.width or at in found.values() or not _is_number(data, at):
        return None
    facts = data.facts(at)
    return at if facts.length <= 6 and facts.distinct <= max(3, 0.5 * facts.count) else None


def _is_epoch(data: Columns, at: int) -> bool:
    return all(is_digits(shown(cell)[:10]) and "." in shown(cell) for _, cell in data.column(at)[:50])


def _says_the_same(data: Columns, at: int) -> bool:
    """Whether a column repeats the one before it: a caller's name that is the number again."""
    pairs = [(shown(cells[at - 1]), shown(cells[at])) for _, cells in data.rows[:200] if at < len(cells)]
    return sum(one == other for one, other in pairs) > 0.8 * len(pairs)


def _is_start(data: Columns, at: int) -> bool:
    facts = data.facts(at)
    if facts.instants < 0.9 or facts.filled < 0.7:
        return False
    texts = [shown(cell) for _, cell in data.column(at)[:200]]
    if not all(is_digits(text) and len(text) == 10 for text in texts):
        return True
    # Ten digits may be a telephone number too: seconds since 1970 run on.
    return all(int(low) - 3600 <= int(high) <= int(low) + 31 * _LONGEST_CALL for low, high in pairwise(texts))


def _day_and_clock(data: Columns) -> dict[str, int]:
    """A column of days with one of times of day beside it, or nothing."""
    for at in range(data.width):
        facts = data.facts(at)
        if facts.days > 0.9 and facts.filled > 0.7 and facts.instants < 0.1:
            beside = [
                other for other in (at + 1, at - 1) if 0 <= other < data.width and _is_clock(data, other)
            ]
            if beside:
                return {"start": at, "time": beside[0]}
    return {}


def _is_clock(data: Columns, at: int) -> bool:
    """Whether a column holds times of day, at different hours."""
    texts = [shown(cell) for _, cell in data.column(at)[:200]]
    hours = [match[1] or match[2] for text in texts if (match := _TIME_OF_DAY.fullmatch(text))]
    return len(hours) == len(texts) > 0 and (len(set(hours)) > 1 or len(hours) == 1)


def _spans(data: Columns, found: Mapping[str, int]) -> int | None:
    """The column of talk time: a time without a day, else whole seconds next after the start (the smaller of two)."""
    taken = set(found.values())
    clocks = [
        at
        for at in range(data.width)
        if at not in taken and data.facts(at).clocks > 0.9 and data.facts(at).filled > 0.3
    ]
    after = clocks or [at for at in range(max(taken) + 1, data.width) if _is_span(data, at)]
    if not after:
        return None
    if len(after) > 1 and after[1] == after[0] + 1 and _is_talk(data, after[1], after[0]):
        return after[1]
    return after[0]


def _is_span(data: Columns, at: int) -> bool:
    facts = data.facts(at)
    if facts.filled < 0.5 or facts.instants > 0.1 or facts.distinct < min(5, max(1, facts.count // 2)):
        return False  # lengths of calls differ; accounts and flags repeat
    texts = [shown(cell) for _, cell in data.column(at)[:200]]
    fitting = [text for text in texts if _SPANS.fullmatch(text) and _seconds(text) <= _LONGEST_CALL]
    return len(fitting) > 0.95 * len(texts) and any(_seconds(text) > 1 for text in fitting)


def _seconds(text: str) -> Decimal:
    if ":" in text:
        parts = [int(part) for part in re.findall(r"\d+", text.split(".")[0][:40])]
        return Decimal(sum(part * 60**place for place, part in enumerate(reversed(parts))))
    match = re.match(r"\d+(?:[.,]\d+)?", text)
    return Decimal(match.group().replace(",", ".")) if match else Decimal(0)


def _is_talk(data: Columns, one: int, other: int) -> bool:
    """Whether a length is the talk beside another that is the whole of it, or only the ringing."""
    pairs = [
        (_seconds(shown(cells[one])), _seconds(shown(cells[other])))
        for _, cells in data.rows[:200]
        if max(one, other) < len(cells)
    ]
    talks, lengths = sum(talk for talk, _ in pairs), sum(length for _, length in pairs)
    if 3 * lengths < talks:
        return True  # the other is the ringing
    return 10 * talks > lengths and all(talk <= length for talk, length in pairs)


def _is_number(data: Columns, at: int) -> bool:
    facts = data.facts(at)
    return (
        facts.numbers > 0.8
        and facts.filled >= 0.45
        and facts.length >= 3
        and facts.prices < 0.2
        and facts.days < 0.2
    )


def _is_short(data: Columns, one: int, other: int) -> bool:
    """Whether the first of two number columns is an account rather than a number: short, and few different."""
    first, second = data.facts(one), data.facts(other)
    return first.length <= 6 and first.length <= second.length and first.distinct <= max(3, 0.5 * first.count)


def _fill(data: Columns, found: dict[str, int]) -> None:
    """What else can be told: the end reason by its words, the call's own id by its being different in each row."""
    taken = set(found.values())
    free = [at for at in range(data.width) if at not in taken and data.facts(at).filled > 0.9]
    for at in free:
        if _are_outcomes(data, at):
            found["disposition"] = at
            break
    ids = [
        at
        for at in free
        if data.facts(at).variety == 1.0
        and not any(" " in shown(cell) for _, cell in data.column(at)[:50])
        and all(has_digit(shown(cell)) for _, cell in data.column(at)[:50])
        and (data.facts(at).days < 0.5 or _is_epoch(data, at))
        and at != found.get("disposition")
    ]
    if ids:
        found["unique_id"] = max(ids, key=lambda at: (_are_tokens(data, at), data.facts(at).length))


def _are_outcomes(data: Columns, at: int) -> bool:
    """Whether a column says how calls ended: few different cells, nearly each with one of the usual words."""
    texts = [shown(cell) for _, cell in data.column(at)[:500]]
    return 0 < len(set(texts)) <= 30 and sum(bool(_OUTCOMES.search(text)) for text in texts) > 0.7 * len(
        texts
    )


def _are_tokens(data: Columns, at: int) -> bool:
    return all(_TOKEN.fullmatch(shown(cell)) for _, cell in data.column(at)[:50])


def packed_records(lines: Sequence[tuple[int, Sequence[Cell]]]) -> tuple[int, Question] | None:
    """(first row, question) of records without separators that carry day and time in 14 digits: calls of a switch."""
    texts = [(row, " ".join(shown(cell) for cell in cells)) for row, cells in lines]
    timed = [(row, text) for row, text in texts if PACKED.search(text) and len(text) > 40]
    runs = [row for row, text in timed if _RUNS.search(text)]
    if len(runs) < 3 or len(runs) < 0.8 * len(texts):
        return None
    said = tr("These are records without separators. At which places do number, start and talk time stand?")
    body = _same_start([(row, text) for row, text in texts if row in set(runs)])
    return body[0], Question("columns.called", said)


def _same_start(timed: list[tuple[int, str]]) -> list[int]:
    """The rows whose first three letters are the commonest, in order: records of one type."""
    kinds: dict[str, list[int]] = {}
    for row, text in timed:
        kinds.setdefault(text[:3], []).append(row)
    return max(kinds.values(), key=len)


def first_row(data: Columns, columns: Mapping[str, int]) -> int:
    """The first row that could be a call: a row of types below the titles has no digit in its time or length."""
    places = [columns[role] for role in ("start", "billsec") if role in columns]
    for row, cells in data.rows:
        texts = [shown(cells[at]) for at in places if at < len(cells)]
        if not any(texts) or any(map(has_digit, texts)):
            return row
    return data.rows[0][0] if data.rows else 1


def is_enough(columns: Mapping[str, int]) -> bool:
    """Whether a call can be made of these columns."""
    return "called" in columns and "start" in columns and bool({"billsec", "end", "event"} & set(columns))


def questions(layout: Layout) -> tuple[Question, ...]:
    """What has to be asked before calls can be read: the columns that no call can do without."""
    named = {
        "called": tr("Which column holds the number that was called?"),
        "start": tr("Which column says when the call began?"),
        "billsec": tr("Which column says how long was talked?"),
    }
    return tuple(
        Question(f"columns.{role}", text)
        for role, text in named.items()
        if role not in layout.columns and not (role == "billsec" and {"end", "event"} & set(layout.columns))
    )
