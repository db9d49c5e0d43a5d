"""What a cell may hold, and the exact value behind what a spreadsheet stores as a binary number."""

import math
import re
import unicodedata
from datetime import date, datetime, time, timedelta
from decimal import Decimal

Cell = str | int | Decimal | bool | datetime | date | time | timedelta
"""A cell as read. Empty cells are `""` in every container; a number is never a float."""

EMPTY = ""
_SIGNS = {"٫": ".", "٬": ",", "．": ".", "，": ",", "／": "/", "＋": "+", "－": "-", "：": ":"}
"""Signs inside numbers, intervals and days."""

_OTHER_DIGIT = re.compile("[^\\D0-9]")
LARGEST_WHOLE = 10**15
"""A spreadsheet keeps 15 digits; beyond that the number has already lost some."""


def exact(value: object) -> Cell:
    """The exact cell for what a reader gave: whole numbers as int, others as the shortest decimal that means them."""
    if type(value) is float:
        if value.is_integer() and abs(value) < LARGEST_WHOLE:
            return int(value)
        return Decimal(repr(value)) if math.isfinite(value) else repr(value)
    if isinstance(value, str | int | Decimal | datetime | date | time | timedelta):
        return value
    return EMPTY if value is None else str(value)


def shown(cell: Cell) -> str:
    """The text of a cell as a person would read it: stripped, dates ISO, numbers without exponent."""
    if type(cell) is str:
        return cell.strip()
    if isinstance(cell, Decimal):
        return f"{cell:f}"
    if isinstance(cell, datetime):
        return cell.isoformat(" ")
    if isinstance(cell, date | time):
        return cell.isoformat()
    if isinstance(cell, bool):
        return "TRUE" if cell else "FALSE"
    if isinstance(cell, timedelta):
        return clock_text(cell)
    return str(cell)


def western(text: str) -> str:
    """A text whose numbers are written in our digits and signs, not in Arabic, Persian, Indic or wide ones."""
    if text.isascii() or not _OTHER_DIGIT.search(text):
        return text
    return "".join(
        _SIGNS.get(char) or (char if (digit := unicodedata.decimal(char, None)) is None else str(digit))
        for char in text
    )


def unwrapped(text: str) -> str:
    """The text in `="0044"`, by which exports keep a spreadsheet from making a number of it."""
    return text[2:-1] if text[:2] == '="' and text[-1:] == '"' and len(text) > 2 else text


def clock_text(span: timedelta) -> str:
    """`H:MM:SS` of a span, hours beyond 24 kept."""
    seconds = span.days * 86_400 + span.seconds
    sign = "-" if seconds < 0 else ""
    hours, rest = divmod(abs(seconds), 3600)
    return f"{sign}{hours}:{rest // 60:02}:{rest % 60:02}"


def is_blank(row: list[Cell]) -> bool:
    """Whether no cell of the row holds anything but white space."""
    return not any(type(cell) is not str or cell.strip() for cell in row)
