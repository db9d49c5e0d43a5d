"""What people type into the filter row, as values that a source can turn into SQL or test itself.

`kenya` contains · `44*` starts · `*mobile` ends · `4*9` pattern · `>0.05` `>=` `<` `<=` `=` `!=` · `0.01..0.05` between ·
`=` alone: blank · `!=` alone: not blank · `a,b` or `a;b` any of them · `!=a,b` `!=44*` none of them · `"a, b"` as it stands.
In a prefix column digits alone mean "starts with". Sources need not know lists: see `filter_lists`.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any

from voipdesk.kernel.digits import is_digits
from voipdesk.kernel.money import parse_price
from voipdesk.kernel.text import tr
from voipdesk.kit.editors import western
from voipdesk.kit.grid.columns import NUMBERS, Column, Formats, Kind

_GROUPED = re.compile(r"[+-]?\d{1,3}(,\d{3})+(\.\d+)?")


class Operator(StrEnum):
    """How a filter compares; LIKE has `*` in its value for any text."""

    CONTAINS = "contains"
    LIKE = "like"
    GREATER = ">"
    GREATER_EQUAL = ">="
    LESS = "<"
    LESS_EQUAL = "<="
    EQUAL = "="
    NOT_EQUAL = "!="
    BETWEEN = ".."
    BLANK = "blank"
    NOT_BLANK = "not blank"
    ANY = "any"
    """The value is a tuple of filters of the same column, one of which has to fit."""
    NONE = "none"
    """The value is a tuple of filters of the same column, none of which may fit."""


LISTS = frozenset({Operator.ANY, Operator.NONE})

SAMPLE = 1_000
"""Of so many values at the beginning of a column it is told whether they come again and again."""


@dataclass(frozen=True, slots=True)
class Sort:
    """One column of an order."""

    column: str
    descending: bool = False


@dataclass(frozen=True, slots=True)
class Filter:
    """One condition on one column. `value` is text, or Decimal in number columns; `other` ends a BETWEEN."""

    column: str
    operator: Operator
    value: Any = ""
    other: Any = None

    @property
    def like(self) -> str:
        r"""The pattern for SQL's `LIKE … ESCAPE '\'` of a CONTAINS or LIKE."""
        text = re.sub(r"([\\%_])", r"\\\1", str(self.value))
        return f"%{text}%" if self.operator is Operator.CONTAINS else text.replace("*", "%")

    def fits(self, value: Any) -> bool:
        """Whether a value of the column passes; text is compared without case."""
        if self.operator in LISTS:
            return any(one.fits(value) for one in self.value) is (self.operator is Operator.ANY)
        if self.operator is Operator.BLANK:
            return value is None or value == ""
        if self.operator is Operator.NOT_BLANK:
            return value is not None and value != ""
        if value is None:
            return self.operator is Operator.NOT_EQUAL
        if isinstance(self.value, Decimal):
            return _compare(self.operator, value, self.value, self.other)
        text = _text(value)
        if self.operator is Operator.CONTAINS:
            return str(self.value).casefold() in text
        if self.operator is Operator.LIKE:
            return re.fullmatch(_pattern(str(self.value)), text, re.DOTALL) is not None
        wanted = str(self.value).casefold()
        # `>2026-11` compares as much of a date as was typed.
        cut = text[: len(wanted)] if isinstance(value, date | datetime) else text
        return _compare(
            self.operator, cut, wanted, None if self.other is None else str(self.other).casefold()
        )


def fitting(wanted: Filter, values: Sequence[Any]) -> Sequence[bool]:
    """`fits` of each value of a column; texts are looked through without a call for each of them."""
    try:
        found = _texts_fitting(wanted, values)
    except AttributeError:  # Other things than texts are among them.
        found = None
    return [wanted.fits(value) for value in values] if found is None else found


def _texts_fitting(wanted: Filter, values: Sequence[Any]) -> Sequence[bool] | None:
    """The same for texts and None; AttributeError for anything else, None for what is asked otherwise."""
    if len(set(values[:SAMPLE])) * 2 < len(values[:SAMPLE]):
        distinct = list(set(values))
        known = dict(zip(distinct, fitting(wanted, distinct), strict=True))
        return [known[value] for value in values]
    if wanted.operator in LISTS:
        is_any, starts = wanted.operator is Operator.ANY, _starts(wanted.value)
        if starts:
            return [(value is not None and value.startswith(starts)) is is_any for value in values]
        each = [fitting(one, values) for one in wanted.value]
        return [any(several) is is_any for several in zip(*each, strict=True)]
    text = wanted.value.casefold() if isinstance(wanted.value, str) else ""
    if wanted.operator is Operator.CONTAINS:
        return [value is not None and text in value.casefold() for value in values]
    if wanted.operator is not Operator.LIKE:
        return None
    start, star, end = text.partition("*")
    if star and not end:
        return [value is not None and value.casefold().startswith(start) for value in values]
    if star and not start and "*" not in end:
        return [value is not None and value.casefold().endswith(end) for value in values]
    full = re.compile(_pattern(text), re.DOTALL).fullmatch
    return [value is not None and full(value.casefold()) is not None for value in values]


def _starts(wanted: Sequence[Filter]) -> tuple[str, ...]:
    """The beginnings that a list asks for, where it asks for nothing else and case does not matter (`44*,49*`)."""
    texts = [str(one.value) for one in wanted if one.operator is Operator.LIKE]
    starts = tuple(
        text[:-1] for text in texts if text.count("*") == 1 and text.endswith("*") and is_digits(text[:-1])
    )
    return starts if len(starts) == len(wanted) else ()


def parse(column: Column, text: str, formats: Formats | None = None) -> Filter | None:
    """The filter of what was typed, None where nothing was; ValueError is a sentence for the person."""
    typed = western(text).strip()
    if not typed:
        return None
    if typed.startswith("!=") and len(typed) > 2:
        parts = _parts(column, typed[2:], formats)
        wanted = tuple(
            _one(column, part if len(parts) > 1 or "*" in part else f"={part}", formats) for part in parts
        )
        if len(wanted) == 1 and wanted[0].operator is Operator.EQUAL:
            return Filter(column.id, Operator.NOT_EQUAL, wanted[0].value)
        return Filter(column.id, Operator.NONE, wanted)
    parts = _parts(column, typed, formats)
    if len(parts) < 2:
        return _one(column, parts[0] if parts else typed, formats)
    return Filter(column.id, Operator.ANY, tuple(_one(column, part, formats) for part in parts))


def _parts(column: Column, typed: str, formats: Formats | None) -> list[str]:
    """The parts of a list; `1,000` in a column of numbers is one number, as is `0,05` where the sign is a comma."""
    signs = ";,"
    if column.kind in NUMBERS:
        shown = formats or Formats()
        if ";" in typed or shown.decimal == "," or _GROUPED.fullmatch(typed.lstrip("<>=! ")):
            signs = ";"
    found, quoted, part = [], False, ""
    for sign in typed:
        quoted ^= sign == '"'
        if sign in signs and not quoted:
            found.append(part.strip())
            part = ""
        else:
            part += sign
    return [one for one in (*found, part.strip()) if one]


def _one(column: Column, typed: str, formats: Formats | None) -> Filter:
    """The filter of one part."""
    if typed == "=":
        return Filter(column.id, Operator.BLANK)
    if typed == "!=":
        return Filter(column.id, Operator.NOT_BLANK)
    for operator in (">=", "<=", "!=", ">", "<", "="):
        if typed.startswith(operator):
            return Filter(column.id, Operator(operator), _value(column, typed[len(operator) :], formats))
    if ".." in typed:
        low, _, high = typed.partition("..")
        return Filter(
            column.id, Operator.BETWEEN, _value(column, low, formats), _value(column, high, formats)
        )
    if column.kind in NUMBERS:
        return Filter(column.id, Operator.EQUAL, _value(column, typed, formats))
    if typed.startswith('"'):
        return Filter(column.id, Operator.CONTAINS, typed.strip('"'))
    if "*" in typed:
        return Filter(column.id, Operator.LIKE, typed)
    if column.kind in {Kind.PREFIX, Kind.CODE, Kind.DATE, Kind.TIME}:
        return Filter(column.id, Operator.LIKE, f"{typed}*")
    return Filter(column.id, Operator.CONTAINS, typed)


def next_order(order: Sequence[Sort], column: str, *, add: bool) -> list[Sort]:
    """The order after a click on a title: up, down, not at all; `add` (Shift) keeps the other columns."""
    before = next((part for part in order if part.column == column), None)
    if before is None:
        return [*(order if add else ()), Sort(column)]
    if not before.descending:
        turned = Sort(column, descending=True)
        return [turned if part is before else part for part in order] if add else [turned]
    return [part for part in order if part is not before] if add else []


def _value(column: Column, text: str, formats: Formats | None) -> Any:
    typed = text.strip()
    if column.kind not in NUMBERS:
        return typed.strip('"')
    shown = formats or Formats()
    number = typed.rstrip("% ").replace(" ", "")
    if shown.group:
        number = number.replace(shown.group, "") if shown.group != "." or "," in number else number
    try:
        return parse_price(number.replace(shown.decimal, "."))
    except ValueError as cause:
        raise ValueError(
            tr("{value} is not a number. Write it like 0.05, or >0.05.").format(value=typed or "…")
        ) from cause


def _compare(operator: Operator, value: Any, wanted: Any, other: Any) -> bool:
    if operator is Operator.BETWEEN:
        return bool(wanted <= value <= other)
    return bool(
        {
            Operator.GREATER: value > wanted,
            Operator.GREATER_EQUAL: value >= wanted,
            Operator.LESS: value < wanted,
            Operator.LESS_EQUAL: value <= wanted,
            Operator.EQUAL: value == wanted,
            Operator.NOT_EQUAL: value != wanted,
        }[operator]
    )


def _text(value: Any) -> str:
    return value.isoformat(" ") if isinstance(value, datetime) else str(value).casefold()


def _pattern(text: str) -> str:
    return ".*".join(re.escape(part.casefold()) for part in text.split("*"))
