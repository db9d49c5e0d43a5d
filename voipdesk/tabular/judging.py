"""What the cells of a column look like, whatever its title says: codes, prices, words, intervals, days, calls."""

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from decimal import Decimal

from voipdesk.kernel.digits import is_digits
from voipdesk.tabular import dates
from voipdesk.tabular.cells import Cell, shown, unwrapped, western
from voipdesk.tabular.codes import CodeRules, read_codes
from voipdesk.tabular.countries import CALLING_CODES, calling_code
from voipdesk.tabular.prices import STATES, interval_of_text, read_interval, read_number
from voipdesk.tabular.reader import Numbered
from voipdesk.tabular.values import Fault

LOOKED_AT = 1500
"""Filled cells of a column on which its nature is judged."""

IN_ALL = 40_000
"""Cells judged in a table: of a thousand columns each gets fewer, for the time must not grow with them."""

FEWEST = 40

PACKED = 0.98
"""Share of cells from which eight digits are days: some numbers look like one, never all of them."""

ESCAPES = ("00", "011")
_PAIR = re.compile(r"\d{1,4}\s*[/+\-]\s*\d{1,4}(\s*[/+\-]\s*\d{1,4})?")
_LETTERS = re.compile(r"[^\W\d_]{3}")
_DECIMALS = re.compile(r"\d[.,]\d|^[.,]\d")
_NUMBER = re.compile(r"(?:\+|00)?\d{3,15}")
_LOOSE_NUMBER = re.compile(
    r"(?:[^<>]{0,40}<)?(?:sips?:|tel:)?(?:[A-Za-z]{1,4}[.:])?\+?\(?\d[\d ()./-]{1,18}(?:@[^\s>]+)?>?"
)
_CLOCK = re.compile(r"\d{1,3}:[0-5]\d(?:[:'][0-5]\d\"?)?(?:\.\d+)?")
_ADDRESS = re.compile(r"\d{1,3}(?:\.\d{1,3}){3}(?:[:/]\d+)?")
_SHORT_DAY = re.compile(r"\d\d([-/.])\d\d\1\d\d")
_WHOLE_FLOAT = (".0", ",0")
"""The end of a whole number as a program writes it that keeps all numbers with a fraction."""

_YEAR = re.compile(r"(?:19|20)\d{2}")
_PRICE_RANGE = re.compile(r"\D{0,4}\d*[.,]\d+\s*[-\u2013]\s*\D{0,4}\d*[.,]\d+\D{0,4}")
_STATUS = re.compile(
    r"(?i)(new|incr|decr|up\b|down\b|no ?chan|unch|same|chang|clos|delet|remov|bloc|barr|activ|inactiv|curr|discon|enab|disab|open|"
    r"neu|erh|senk|gleich|unver|gel|nouv|hauss|baiss|inch|supp|nuev|aum|subid|sube|baj|igual|sin |elim|nuov|dimin|invar|nov|redu|"
    r"mant|now|podw|obni|bez |yeni|art|aza|değ|нов|повы|пони|без |удал|جديد|زيا|انخ|خفض|بدون|ثاب|新|涨|上|降|下|不变|無|増|値|"
    r"[iudnacbs]$|[↑↓=▲▼►+\-]+$|[01]$|y$|yes$|true$|false$|x$)"
)
SPOILED = frozenset({"1/1", "6/1", "6/6", "10/1", "10/10", "12/6", "12/12", "30/1", "30/6", "60/1", "60/6"})
"""Intervals that are also days."""

_LONGEST_CODE = 9
"""Digits beyond which a dial code is most likely a whole number."""


@dataclass(frozen=True, slots=True)
class Facts:
    """Shares (0..1) of a column's filled cells that read as something, and how the cells vary."""

    count: int = 0
    """Filled cells that were looked at."""
    filled: float = 0.0
    """Share of rows in which the column is filled."""
    distinct: int = 0
    codes: float = 0.0
    long_codes: float = 0.0
    prices: float = 0.0
    whole: float = 0.0
    texts: float = 0.0
    pairs: float = 0.0
    intervals: float = 0.0
    spoiled: float = 0.0
    """Days that a spreadsheet has made of the usual intervals: 6 June of 6/6."""
    days: float = 0.0
    instants: float = 0.0
    """Days with a time of day that is not midnight, or seconds since 1970."""
    clocks: float = 0.0
    """Times without a day, as lengths of calls are written."""
    numbers: float = 0.0
    """Telephone numbers, loosely."""
    states: float = 0.0
    statuses: float = 0.0
    """Words or flags for what has changed."""
    length: float = 0.0
    """Mean length as text."""

    @property
    def variety(self) -> float:
        """Share of different cells."""
        return self.distinct / self.count if self.count else 0.0


@dataclass(slots=True)
class Columns:
    """Data rows turned into columns, for judging."""

    rows: list[Numbered]
    width: int = 0
    _columns: dict[int, list[tuple[int, Cell]]] = field(default_factory=dict)
    _facts: dict[int, Facts] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.width = max((len(cells) for _, cells in self.rows), default=0)

    def column(self, at: int) -> list[tuple[int, Cell]]:
        """(row, cell) of the filled cells of a column."""
        found = self._columns.get(at)
        if found is None:
            found = [(row, cells[at]) for row, cells in self.rows if at < len(cells) and is_filled(cells[at])]
            self._columns[at] = found
        return found

    def facts(self, at: int) -> Facts:
        """What the column looks like."""
        found = self._facts.get(at)
        if found is None:
            cells = [cell for _, cell in self.column(at)]
            most = max(FEWEST, min(LOOKED_AT, IN_ALL // max(1, self.width)))
            found = self._facts[at] = facts_of(cells, len(self.rows), most)
        return found


def body(rows: Sequence[Numbered], start: int) -> Columns:
    """The rows below the header that have more than one filled cell and are no comments."""
    below = [entry for entry in rows if entry[0] > start and not shown(entry[1][0]).startswith("#")]
    wide = [entry for entry in below if sum(1 for cell in entry[1] if shown(cell)) > 1]
    return Columns(wide or below)


def is_filled(cell: Cell) -> bool:
    """Whether a cell holds anything but white space."""
    return not isinstance(cell, str) or bool(cell.strip())


def facts_of(cells: Sequence[Cell], rows: int, most_cells: int = LOOKED_AT) -> Facts:
    """Judge the filled cells of one column; equal cells are read once."""
    part = cells[:most_cells]
    if not part:
        return Facts()
    counted = Counter(map(_key, part))
    shares: Counter[str] = Counter()
    length = 0
    for (_, cell), times in counted.items():
        text = western(unwrapped(shown(cell)))
        length += len(text) * times
        for name, share in _reads_as(cell, text).items():
            shares[name] += share * times  # type: ignore[assignment]
    most = len(part)
    if (packed := shares.pop("packed", 0)) > PACKED * most:
        shares["days"] = packed
    return Facts(
        count=most,
        filled=len(cells) / rows if rows else 0.0,
        distinct=len(counted),
        length=length / most,
        **{name: share / most for name, share in shares.items()},
    )


def _key(cell: Cell) -> tuple[type, Cell]:
    return type(cell), cell


def _reads_as(cell: Cell, text: str) -> dict[str, float]:
    """The natures of one cell."""
    found: dict[str, float] = {}
    if isinstance(cell, datetime | date) or _LETTERS.search(text):
        found["spoiled"] = 1.0 if interval_of_text(text) in SPOILED else 0.0
    if isinstance(cell, datetime):
        found["days"] = 1.0
        found["instants"] = 0.0 if cell.time() == time.min else 1.0
        return found
    if isinstance(cell, date):
        return found | {"days": 1.0}
    if isinstance(cell, time | timedelta):
        return {"clocks": 1.0}
    if isinstance(cell, bool):
        return {}
    _as_code(found, cell)
    _as_price(found, cell, text)
    if _LETTERS.search(text):
        found["texts"] = 1.0
    if _STATUS.match(text):
        found["statuses"] = 1.0
    if not ((_YEAR.search(text) or _SHORT_DAY.fullmatch(text)) and dates.is_day(text)):
        if _PAIR.fullmatch(text):
            found["pairs"] = 1.0
        if not isinstance(read_interval(cell), Fault):
            found["intervals"] = 1.0
    if _CLOCK.fullmatch(text):
        found["clocks"] = 1.0
    if _LOOSE_NUMBER.fullmatch(text):
        found["numbers"] = 1.0 if _NUMBER.fullmatch(text) else 0.9
    if dates.is_instant(text):
        found["instants"] = found["days"] = 1.0
    elif len(text) == 8 and is_digits(text) and dates.is_day(text):
        found["packed"] = 1.0 if isinstance(dates.read_day(text, "ymd"), date) else 0.0
    elif len(text) == 6 and is_digits(text) and dates.is_six(text):
        found["packed"] = 1.0
    elif len(text) >= 6 and not is_digits(text) and not isinstance(cell, Decimal):
        found["days"] = (
            1.0 if not isinstance(dates.read_day(cell, "dmy"), Fault) or dates.is_day(text) else 0.0
        )
    return found


def _as_code(found: dict[str, float], cell: Cell) -> None:
    if isinstance(cell, Decimal) or (isinstance(cell, str) and _ADDRESS.fullmatch(cell.strip())):
        return
    codes = read_codes(cell, CodeRules(ESCAPES))
    if isinstance(codes, Fault):
        codes = read_codes(cell, CodeRules(ESCAPES, "join"))
    if isinstance(codes, Fault):
        return
    if all(calling_code(code) or code in CALLING_CODES for code in codes[:5]):
        found["codes"] = 1.0
    if len(codes[0]) > _LONGEST_CODE:
        found["long_codes"] = 1.0


def _as_price(found: dict[str, float], cell: Cell, text: str) -> None:
    if isinstance(cell, int):
        found["whole"] = 1.0
    elif isinstance(cell, Decimal):
        found["prices"] = 1.0
    elif is_digits(text) or (text.endswith(_WHOLE_FLOAT) and is_digits(text[:-2]) and len(text) > 3):
        found["whole"] = 1.0
    elif text.casefold() in STATES:
        found["states"] = 1.0
    elif _DECIMALS.search(text) and read_number(text, "." if "." in text else ",") is not None:
        found["prices"] = 1.0
    elif _PRICE_RANGE.fullmatch(text):
        found["prices"] = 0.5
