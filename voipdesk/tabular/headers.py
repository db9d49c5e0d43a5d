"""The row that titles the columns: found by its words, anywhere among the first rows, or not there at all."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from voipdesk.tabular import dates, words
from voipdesk.tabular.cells import shown
from voipdesk.tabular.dialect import DELIMITERS
from voipdesk.tabular.reader import Numbered
from voipdesk.tabular.stems import SURE

_LETTER = re.compile(r"[^\W\d_]")
KNOWN = 0.9
"""How sure a title is that is one of the known words, whole."""

BY_GROUP = 0.9
"""How much less sure a title is that is put together of two rows."""

_DIGIT = re.compile(r"\d")
_NUMBER = re.compile(r"\+?\d{7,}")


@dataclass(frozen=True, slots=True)
class Header:
    """A row that titles columns: its number, its titles, the role of each column with how sure that is."""

    row: int
    titles: tuple[str, ...]
    roles: Mapping[int, tuple[str, float]]

    @property
    def named(self) -> Mapping[str, int]:
        """The surest column of each role, the first of equals."""
        best: dict[str, int] = {}
        for at, (role, sure) in self.roles.items():
            if role not in best or sure > self.roles[best[role]][1]:
                best[role] = at
        return best

    @property
    def score(self) -> float:
        """How much of a header it is."""
        return sum(self.roles[at][1] for at in self.named.values())


def header_of(
    head: Sequence[Numbered], table: Mapping[str, str], learned: Mapping[str, str] | None = None
) -> Header | None:
    """The row whose cells title the most columns; it needs two titles, and words rather than numbers."""
    best: Header | None = None
    above: list[str] = []
    for number, cells in head:
        texts = _titles([shown(cell) for cell in cells], table)
        groups, above = above, texts
        filled = [text for text in texts if text]
        numeric = sum(map(_is_number, filled))
        if len(filled) < 2 or numeric > len(filled) / 3 or any(map(_is_value, filled)):
            continue
        roles = {at: named for at, text in enumerate(texts) if (named := words.role_of(text, table, learned))}
        if len(roles) >= 2:
            roles |= _by_groups(groups, texts, roles, table)
        header = Header(number, tuple(texts), roles)
        if len(header.named) >= 2 and (best is None or header.score > best.score + 0.2):
            best = header
    return best


def _by_groups(
    groups: Sequence[str],
    texts: Sequence[str],
    roles: Mapping[int, tuple[str, float]],
    table: Mapping[str, str],
) -> dict[int, tuple[str, float]]:
    """Titles that mean something only below the one that spans them in the row above: `Interval` over `First`, `Next`; and
    titles of two rows whose lower cell is empty.
    """
    if sum(bool(text) for text in groups) < 2 and (not groups or groups[0]):
        return {}  # a line of its own, no titles
    found = {}
    group = ""
    for at, text in enumerate(texts):
        group = (groups[at] if at < len(groups) else "") or group
        if at in roles or not group:
            continue
        whole = f"{text} {group}" if text else groups[at] if at < len(groups) else ""
        if whole and (named := words.role_of(whole, table)):
            found[at] = named[0], named[1] * BY_GROUP
    return found


def _is_number(text: str) -> bool:
    return bool(_DIGIT.search(text)) and not _LETTER.search(text)


def _is_value(text: str) -> bool:
    """Whether a text is a moment or a telephone number, which no title is."""
    return bool(_NUMBER.fullmatch(text)) or dates.is_instant(text)


def header_at(
    rows: Sequence[Numbered],
    number: int,
    table: Mapping[str, str],
    learned: Mapping[str, str] | None = None,
) -> Header | None:
    """The row that a person says is the header, whatever it holds; None where there is no such row."""
    cells = next((cells for at, cells in rows if at == number), None)
    if cells is None:
        return None
    texts = _titles([shown(cell) for cell in cells], table)
    roles = {at: named for at, text in enumerate(texts) if (named := words.role_of(text, table, learned))}
    return Header(number, tuple(texts), roles)


def by_contrast(rows: Sequence[Numbered]) -> Header | None:
    """A first row of words above columns of numbers titles them, though none of its words is known."""
    if len(rows) < 2:
        return None
    number, cells = rows[0]
    texts = [shown(cell) for cell in cells]
    if sum(bool(text) for text in texts) < 2 or any(map(_is_number, texts)):
        return None
    below = [[shown(cell) for cell in one] for _, one in rows[1:]]
    numeric = [at for at, text in enumerate(texts) if text and _is_numeric(below, at)]
    roles = {
        at: named for at in numeric if (named := words.role_of(texts[at], words.RATES)) and named[1] >= SURE
    }
    return Header(number, tuple(texts), roles) if len(numeric) + len(roles) >= 2 else None


def _is_numeric(rows: Sequence[Sequence[str]], at: int) -> bool:
    filled = [row[at] for row in rows if at < len(row) and row[at]]
    return bool(filled) and sum(bool(_DIGIT.search(text)) for text in filled) > 0.8 * len(filled)


def _titles(texts: list[str], table: Mapping[str, str]) -> list[str]:
    """The titles of a row; one that is delimited otherwise than the rows below stands in a single cell."""
    filled = [text for text in texts if text]
    if len(filled) != 1 or texts[0] != filled[0]:
        return texts
    for delimiter in DELIMITERS[:4]:
        parts = [part.strip().strip("\"'") for part in filled[0].split(delimiter)]
        known = sum(words.role_of(part, table) is not None for part in parts)
        if len(parts) > 1 and known >= 2 and known * 2 >= len(parts):
            return parts
    return texts
