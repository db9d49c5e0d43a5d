"""Columns that hold the price of a part of the week: found by their titles, also where a second row of titles says it."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

from voipdesk.tabular import words
from voipdesk.tabular.band_words import FEE, PEAK, ROLE, band_kind, is_band_alone, part_role, split_band
from voipdesk.tabular.cells import shown
from voipdesk.tabular.headers import Header
from voipdesk.tabular.judging import Columns
from voipdesk.tabular.rate_columns import LEAST, NATURES
from voipdesk.tabular.reader import Numbered

SURE = 0.9

_PRICED = frozenset({"rate", "connection_fee", "minimum_charge"})
"""Roles of columns that a sheet may have once for each time."""


def band_columns(data: Columns, header: Header | None, columns: Mapping[str, int]) -> dict[str, int]:
    """By role (`rate.off-peak`) the columns beside the rate whose title names another time, and whose cells are prices; and
    those of the connect fees of these times.
    """
    if header is None or "rate" not in columns:
        return {}
    found: dict[str, int] = {}
    taken = set(columns.values())
    for start in (ROLE, FEE):
        role = start.rstrip(".")
        for at, title in enumerate(header.titles):
            kind = "" if at in taken else words.band_of(title, role)
            if kind and data.facts(at).count and NATURES[role](data.facts(at)) >= LEAST[role]:
                found.setdefault(start + kind, at)
    return {role: at for role, at in found.items() if ROLE + part_role(role)[1] in found}


def with_times(
    header: Header | None, rows: Sequence[Numbered], named: Callable[[str], tuple[str, float] | None]
) -> tuple[Header | None, int]:
    """(the header, with the times that a row of titles next to it names for its columns; the last row of titles).

    `Peak | Off-Peak` may stand under `Rate`, or above `Rate | Rate`; the titles of both rows are joined.
    """
    if header is None:
        return None, 0
    place = next((at for at, (row, _) in enumerate(rows) if row == header.row), -1)
    for other in (place + 1, place - 1):
        if place < 0 or not 0 <= other < len(rows):
            continue
        texts = [shown(cell) for cell in rows[other][1]]
        own = list(header.titles)
        joined = _joined(own, texts, named) or _joined(texts, own, named)
        if joined:
            own += [""] * (len(joined) - len(own))
            titles = [
                told if is_time else said or told for (told, is_time), said in zip(joined, own, strict=True)
            ]
            timed = {at for at, (_, is_time) in enumerate(joined) if is_time}
            roles = {at: role for at, role in header.roles.items() if at not in timed}
            roles |= {at: role for at in timed if (role := named(titles[at]))}
            return replace(header, titles=tuple(titles), roles=roles), max(header.row, rows[other][0])
    return header, header.row


def _joined(
    titles: list[str], times: list[str], named: Callable[[str], tuple[str, float] | None]
) -> list[tuple[str, bool]]:
    """The titles with the times of the other row, and whether they have one; nothing where that row is none of times.
    What is merged over several columns holds for the empty cells after it.
    """
    width = max(len(titles), len(times))
    titles, times = (row + [""] * (width - len(row)) for row in (titles, times))
    are_times = [bool(text) and len(text) < 40 and is_band_alone(words.plain(text)) for text in times]
    kinds = {band_kind(words.plain(text)) for text, is_time in zip(times, are_times, strict=True) if is_time}
    if sum(are_times) < 2 or not kinds - {PEAK, ""}:
        return []
    made: list[tuple[str, bool]] = []
    title = time = ""
    priced = 0
    for own, above, is_time in zip(titles, times, are_times, strict=True):
        title = own or (title if is_time else "")
        time = above if is_time else "" if above else time
        role = named(own) if own and not above else None
        if is_time:
            priced += bool(title) and (named(title) or ("", 0))[0] in _PRICED
            made.append((_said(title, above), True))
        elif own and time and role is not None and role[0] in _PRICED:
            made.append((_said(own, time), True))
        else:
            made.append((own or above, False))
    return made if priced >= 2 else []


def _said(title: str, time: str) -> str:
    """Both, once."""
    kinds, _ = split_band(words.plain(title))
    return title if kinds else f"{title} {time}".strip()
