"""Files that tell a call in two rows, its beginning and its end: which column says which, and which id joins them."""

from collections import Counter
from collections.abc import Mapping

from voipdesk.tabular.cells import shown
from voipdesk.tabular.judging import Columns

BEGINS = frozenset({"invite", "start", "begin", "setup", "answer", "connect"})
ENDS = frozenset({"bye", "stop", "end", "release", "hangup", "disconnect", "terminate"})
"""Words of a row that is one half of a call: methods of SIP, states of accounting records."""

LOOKED_AT = 400
ENOUGH = 0.9


def halves(data: Columns) -> dict[str, int]:
    """{event, unique_id}: the column of the words, and the longest one whose values stand on one row of each; or none."""
    for event in range(data.width):
        words = [shown(cell).casefold() for _, cell in data.column(event)[:LOOKED_AT]]
        known = Counter("begin" if word in BEGINS else "end" if word in ENDS else "" for word in words)
        if known["begin"] < 1 or known["end"] < 1 or known["begin"] + known["end"] < ENOUGH * len(words):
            continue
        ids = [at for at in range(data.width) if at != event and _joins(data, event, at)]
        if ids:
            return {"event": event, "unique_id": max(ids, key=lambda at: data.facts(at).length)}
    return {}


def beginnings(data: Columns, event: int) -> Columns:
    """The rows that begin calls."""
    return Columns(
        [
            (row, cells)
            for row, cells in data.rows
            if event < len(cells) and shown(cells[event]).casefold() in BEGINS
        ]
    )


def _joins(data: Columns, event: int, at: int) -> bool:
    """Whether each value of a column stands on one beginning and one end."""
    seen: dict[str, list[str]] = {}
    for _, cells in data.rows[:LOOKED_AT]:
        if max(event, at) < len(cells) and shown(cells[at]):
            seen.setdefault(shown(cells[at]), []).append(shown(cells[event]).casefold())
    whole = sum(_is_pair(words) for words in seen.values())
    return bool(whole) and whole >= ENOUGH * (len(seen) - 1)  # the last call may be cut


def _is_pair(words: list[str]) -> bool:
    return len(words) == 2 and words[0] in BEGINS and words[1] in ENDS


def without_length(columns: Mapping[str, int], found: Mapping[str, int]) -> dict[str, int]:
    """Roles of a file in halves: the length is the time between them."""
    kept = {role: at for role, at in columns.items() if role not in {"billsec", "duration", "end", "answer"}}
    return {role: at for role, at in kept.items() if at not in found.values()} | dict(found)
