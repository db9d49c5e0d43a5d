"""Dial codes out of a cell: lists, ranges, brackets, wildcards, escape codes, and what spreadsheets do to them."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from itertools import product

from voipdesk.kernel.e164 import MAX_PREFIX
from voipdesk.kernel.text import tr
from voipdesk.tabular.cells import Cell, unwrapped, western
from voipdesk.tabular.countries import CALLING_CODES, calling_code
from voipdesk.tabular.values import Fault

MAX_CODES = 10_000
"""Codes that one cell may spread into (guard G9)."""

_SCIENTIFIC = re.compile(r"[+-]?\d+([.,]\d+)?[eE]\+?\d+")
_SPLIT = re.compile(r"[,;/|\n\r\t]+(?![^\[\]]*\])|\s{2,}(?![^\[\]]*\])")
_TO = re.compile(r"\s*(?:\u2013|\u2014|\u2012|\u2011|\.\.+|(?<=\d)\s+(?:to|bis|a|à|hasta)\s+(?=\d))\s*")
_RANGE = re.compile(r"(\+?[\d().]+)\s*-\s*(\+?[\d().]+)")
_BRACKETS = re.compile(r"\[([\d,\- ]+)\]")
_PLAIN = re.compile(r"[0-9]+")
_FLOATED = re.compile(r"(\d+)[.,]0+")
_PATTERN = re.compile(r"^[_^]+|[xXnNzZtT*!%?$]+$")
"""What makes a pattern of a dial plan out of the code that it begins with."""

_DECORATION = re.compile(r"[+().\s]")


@dataclass(frozen=True, slots=True)
class CodeRules:
    """What a column of codes means: escape codes to strip, whether a hyphen joins (`93-76`) or spans (`447-449`), and
    what stands before every code without being written (the 1 before an NPA-NXX).
    """

    escapes: tuple[str, ...] = ()
    hyphen: str = "span"
    lead: str = ""


PLAIN_RULES = CodeRules()


def read_codes(cell: Cell, rules: CodeRules = PLAIN_RULES) -> tuple[str, ...] | Fault:
    """The codes of one cell in the order written, without repetition; a Fault where any part of it cannot be read."""
    if type(cell) is str:
        if cell.isascii() and cell.isdecimal() and len(cell) <= MAX_PREFIX and rules is PLAIN_RULES:
            return (cell,)
        text = western(unwrapped(cell.strip()).lstrip("'\u2018\u2019`").strip())
        if _PLAIN.fullmatch(text) and len(text) <= MAX_PREFIX:
            return (_stripped(text, rules),)
    elif isinstance(cell, bool) or not isinstance(cell, int | Decimal) or cell != int(cell) or cell < 0:
        return _not_a_code(str(cell))
    else:
        text = str(int(cell))
    if not text:
        return Fault(
            "prefix_missing", tr("there is no dial code in this row."), tr("Fill it in, or drop the row.")
        )
    if _SCIENTIFIC.fullmatch(text):
        return _scientific(text)
    if match := _FLOATED.fullmatch(text):
        text = match.group(1)
    found: dict[str, None] = {}
    for piece in _pieces(text):
        codes = _piece_codes(piece, rules)
        if isinstance(codes, Fault):
            return codes
        found.update(dict.fromkeys(codes))
        if len(found) > MAX_CODES:
            return _too_many(text)
    return tuple(found) or Fault(
        "prefix_missing", tr("there is no dial code in this cell."), tr("Fill it in.")
    )


def area_items(cell: Cell) -> tuple[str, ...]:
    """The items of an area cell as text; an empty item (`; 38`, or an empty cell) stands for the whole country."""
    text = cell.strip().lstrip("'") if type(cell) is str else str(cell)
    if not text:
        return ("",)
    items = re.split(r"[,;/|\n]", text)
    trailing = len(items) > 1 and not items[-1].strip()
    return tuple(item.strip() for item in (items[:-1] if trailing else items))


def join_area(country: str, cell: Cell, rules: CodeRules) -> tuple[str, ...] | Fault:
    """Country code x each area item."""
    found: dict[str, None] = {}
    for item in area_items(cell):
        if item in {"", "-"}:
            found[country] = None
            continue
        codes = read_codes(item, CodeRules((), rules.hyphen))
        if isinstance(codes, Fault):
            return codes
        for code in codes:
            found[code if rules.hyphen == "whole" else country + code] = None
    long = next((code for code in found if len(code) > MAX_PREFIX), None)
    return _too_long(long) if long else tuple(found)


def joined_codes(country: Cell, area: Cell | None, rules: CodeRules) -> tuple[tuple[str, ...] | Fault, str]:
    """(codes of country and area, or what is wrong; role of the column that says so). `area` None: there is no column."""
    countries = read_codes(country, rules)
    if isinstance(countries, Fault) or area is None:
        return countries, "country_code"
    return join_area(countries[0], area, rules), "area_code"


def _pieces(text: str) -> Iterator[str]:
    """Parts between separators; single spaces join (`336 07`) unless each part is a code of the same country."""
    text = _TO.sub("-", text)
    for piece in _SPLIT.split(_spaced_hyphens(text)):
        parts = piece.split()
        if len(parts) > 1 and _same_country(parts):
            yield from parts
        elif parts:
            yield " ".join(parts)


def _spaced_hyphens(text: str) -> str:
    return re.sub(r"\s*-\s*", "-", text)


def _same_country(parts: list[str]) -> bool:
    digits = [part.lstrip("+") for part in parts]
    if not all(_PLAIN.fullmatch(part) for part in digits):
        return False
    countries = {calling_code(part) for part in digits}
    return len(countries) == 1 and None not in countries and digits[0] not in CALLING_CODES


def _piece_codes(piece: str, rules: CodeRules) -> tuple[str, ...] | Fault:
    if _SCIENTIFIC.fullmatch(piece):
        return _scientific(piece)
    if match := _FLOATED.fullmatch(piece):
        piece = match.group(1)
    if match := _RANGE.fullmatch(piece.replace(" ", "")):
        return _hyphened(match.group(1), match.group(2), rules)
    if "[" in piece:
        return _bracketed(piece, rules)
    bare = _PATTERN.sub("", _DECORATION.sub("", piece).replace("-", ""))
    if not _PLAIN.fullmatch(bare):
        return _not_a_code(piece)
    code = _stripped(bare, rules)
    return _too_long(code) if len(code) > MAX_PREFIX else (code,)


def _stripped(digits: str, rules: CodeRules) -> str:
    for escape in rules.escapes:
        if digits.startswith(escape) and len(digits) > len(escape):
            return digits[len(escape) :]
    return rules.lead + digits if rules.lead and len(digits) + len(rules.lead) <= MAX_PREFIX else digits


def _hyphened(low: str, high: str, rules: CodeRules) -> tuple[str, ...] | Fault:
    """A span of codes of equal length, or country and area joined, as the column has it."""
    first, last = (_stripped(_DECORATION.sub("", end), rules) for end in (low, high))
    if rules.hyphen == "join":
        last = last.removeprefix(rules.lead)
        return (first + last,) if len(first + last) <= MAX_PREFIX else _too_long(first + last)
    if len(first) != len(last) or first > last:
        said = tr("the ends of the range {low}-{high} do not belong together.").format(low=first, high=last)
        return Fault(
            "prefix_range", said, tr("Write both ends with the same number of digits, the smaller first.")
        )
    if len(first) > MAX_PREFIX:
        return _too_long(first)
    count = int(last) - int(first) + 1
    if count > MAX_CODES:
        return _too_many(f"{first}-{last}")
    return tuple(str(number).zfill(len(first)) for number in range(int(first), int(last) + 1))


def _bracketed(piece: str, rules: CodeRules) -> tuple[str, ...] | Fault:
    """`447[3-5]9` spread out."""
    parts: list[list[str]] = []
    at = 0
    total = 1
    for match in _BRACKETS.finditer(piece):
        parts += [[piece[at : match.start()]], _choices(match.group(1))]
        total *= len(parts[-1])
        at = match.end()
    parts.append([re.sub(r"[xXnNzZtT*]+$", "", piece[at:])])
    if total > MAX_CODES:
        return _too_many(piece)
    codes = [_DECORATION.sub("", "".join(choice)) for choice in product(*parts)]
    bad = next((code for code in codes if not _PLAIN.fullmatch(code) or len(code) > MAX_PREFIX), None)
    if bad is not None or not codes:
        return _not_a_code(piece)
    return tuple(_stripped(code, rules) for code in codes)


def _choices(inside: str) -> list[str]:
    chosen: list[str] = []
    for part in re.split(r"[, ]+", inside):
        low, hyphen, high = part.partition("-")
        if hyphen and len(low) == len(high) == 1 and low <= high:
            chosen += [str(digit) for digit in range(int(low), int(high) + 1)]
        else:
            chosen += list(part.replace("-", ""))
    return chosen


def _not_a_code(text: str) -> Fault:
    said = tr("{value} is not a dial code.").format(value=text[:40])
    return Fault(
        "prefix_unreadable",
        said,
        tr("A dial code has digits only; write lists with commas, ranges as 447-449."),
    )


def _scientific(text: str) -> Fault:
    said = tr("{value}: a spreadsheet has shortened this code, its last digits are lost.").format(
        value=text[:40]
    )
    return Fault("prefix_scientific", said, tr("Ask for the file with codes as text, or type the code."))


def _too_long(text: str) -> Fault:
    said = tr("{value} is longer than {most} digits.").format(value=text[:40], most=MAX_PREFIX)
    return Fault(
        "prefix_too_long", said, tr("A dial code has at most 15 digits; perhaps two codes stand together.")
    )


def _too_many(text: str) -> Fault:
    said = tr("{value} spreads into more than {most} codes.").format(value=text[:40], most=MAX_CODES)
    return Fault("prefix_range_too_wide", said, tr("Write the shorter code that covers them."))
