"""How the columns of a text file are separated and quoted, found by what makes the most and the cleanest cells."""

import csv
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace

DELIMITERS = (",", ";", "\t", "|", ":", "~", "^", " ")
MOST_TITLES = 5
"""Lines of another length than the rows that may title them."""

QUOTES = ('"', "'")
SAMPLE_LINES = 300
_NUMBER = re.compile(r"[+-]?[$€£¥]?\s?\d[\d.,'\u00a0 ]*%?")
_TIME = re.compile(
    r"\d{1,4}[-/.]\d{1,2}[-/.]\d{1,4}([ T]\d{1,2}:\d\d(:\d\d)?(\.\d+)?)?.{0,12}|\d{1,3}:\d\d(:\d\d)?"
)
_MIXED = re.compile(r"[;\t|]")
_CLOCK = re.compile(r"\d{1,2}:\d\d(?::\d\d)?")
_WRAPPED = re.compile(r'"(?:[^"]|"")*"')
_RULE = re.compile(r"[-=_+ ]+")
"""A line drawn below titles."""

_RECORD = re.compile(r"^[A-Z#]{1,4}\d|\d{6,}")


@dataclass(frozen=True, slots=True)
class Dialect:
    """Encoding, delimiter (None: fixed width), quote (empty: none) and, for fixed width, where columns start."""

    encoding: str = "utf-8"
    delimiter: str | None = ","
    quote: str = '"'
    starts: tuple[int, ...] = ()
    confidence: float = 1.0
    wrapped: bool = False
    """Whether each line is quoted as a whole, delimiters and all."""


def dialect_of(lines: Sequence[str], encoding: str) -> Dialect:
    """The dialect of a text from its first lines (with or without their line ends)."""
    sample = [line.rstrip("\r\n") for line in lines[:SAMPLE_LINES]]
    sample = [line for line in sample if line.strip()]
    if declared := _declared(sample):
        return Dialect(encoding, declared, '"')
    if len(sample) > 1 and all(map(_WRAPPED.fullmatch, sample)):
        inner = dialect_of([unwrapped_line(line) for line in sample], encoding)
        if inner.delimiter and inner.confidence > 0.5:
            return replace(inner, wrapped=True)
    scored = [
        (_score(sample, delimiter, quote), delimiter, quote) for delimiter in DELIMITERS for quote in QUOTES
    ]
    best, delimiter, quote = max(scored, key=lambda entry: entry[0])
    second = max((score for score, other, _ in scored if other != delimiter), default=0.0)
    starts = fixed_starts(sample) if delimiter == " " or best < 0.35 else ()
    if starts:
        return Dialect(encoding, None, "", starts, 0.7)
    if best <= 0:
        return Dialect(encoding, ",", '"', (), 0.3)
    sure = min(1.0, 0.5 + (best - second))
    return Dialect(encoding, delimiter, quote if _quotes(sample, quote) else '"', (), sure)


def unwrapped_line(line: str) -> str:
    """A line out of its quotes, without its end."""
    text = line.rstrip("\r\n")
    return text[1:-1].replace('""', '"') if _WRAPPED.fullmatch(text) else text


def _declared(sample: Sequence[str]) -> str | None:
    """Excel's own first line `sep=;`."""
    if sample and (match := re.fullmatch(r"\ufeff?sep=(.)", sample[0].strip('"\ufeff'), re.IGNORECASE)):
        return match.group(1)
    return None


def _quotes(sample: Sequence[str], quote: str) -> bool:
    return any(quote in line for line in sample)


def _score(sample: Sequence[str], delimiter: str, quote: str) -> float:
    """Share of lines of one width times the share of clean cells in them, a little more for more columns."""
    if delimiter == ":":
        sample = [_CLOCK.sub("", line) for line in sample]  # a colon inside a time parts no cells
    if not any(delimiter in line for line in sample) or (quote == "'" and not _opens_with(sample, delimiter)):
        return 0.0
    try:
        rows = list(
            csv.reader(sample, delimiter=delimiter, quotechar=quote, skipinitialspace=delimiter == " ")
        )
    except csv.Error:
        return 0.0
    widths = Counter(len(row) for row in rows if len(row) > 1)
    if not widths:
        return 0.0
    width, count = max(widths.items(), key=lambda item: (item[1], item[0]))
    near = [row for row in rows if len(row) == width]
    clean = sum(_cleanness(cell, delimiter, quote) for row in near[:120] for cell in row) / max(
        1, sum(len(row) for row in near[:120])
    )
    consistency = count / len(rows)
    weight = {" ": 0.25, ":": 0.5, "~": 0.9, "^": 0.9}.get(delimiter, 1.0)
    score: float = consistency**0.5 * clean * weight * (1 + 0.02 * min(width, 12))
    return score


def _opens_with(sample: Sequence[str], delimiter: str) -> bool:
    """Whether the single quote really wraps cells: it opens a cell and closes one before a delimiter or line end."""
    opened = sum(line.startswith("'") or f"{delimiter}'" in line for line in sample)
    closed = sum(line.endswith("'") or f"'{delimiter}" in line for line in sample)
    return opened * 2 > len(sample) and closed * 2 > len(sample)


def _cleanness(cell: str, delimiter: str, quote: str) -> float:
    """1 for a number, time, empty cell or plain words; less where another delimiter or a quote is left inside."""
    text = cell.strip()
    if not text:
        return 0.8
    if _NUMBER.fullmatch(text) or _TIME.fullmatch(text):
        return 1.0
    score = 0.95
    if _MIXED.search(text.replace(delimiter, "")):
        score -= 0.5 if _MIXED.search(re.sub(r"[;|]\s|\d[;|]\d", "", text)) else 0.15
    if text.startswith(('"', "'")) != text.endswith(('"', "'")) and not re.match(r"'\d", text):
        score -= 0.5
    elif len(text) > 1 and text[0] == text[-1] == '"' and quote != '"':
        score -= 0.4
    if delimiter != "," and re.search(r"[^\W\d_],[^\W\d_]|\",|,\"|,,", text):
        score -= 0.4
    return score


def fixed_starts(sample: Sequence[str]) -> tuple[int, ...]:
    """Where the columns of a fixed-width text begin: places blank in every line before one that is not, or none."""
    sample = [line for line in sample if not _RULE.fullmatch(line)]
    lengths = Counter(len(line) for line in sample)
    length, count = lengths.most_common(1)[0] if lengths else (0, 0)
    body = [line for line in sample if len(line) == length] if count * 2 > len(sample) else list(sample)
    if len(body) < 3 or max(len(line) for line in body) < 12:
        return ()
    width = max(len(line) for line in body)
    blank = [all(len(line) <= at or line[at] == " " for line in body) for at in range(width)]
    starts = [at for at in range(width) if not blank[at] and (at == 0 or blank[at - 1])]
    titles = [line for line in sample if line not in body][:MOST_TITLES]
    return tuple(_cut(blank, start, titles) for start in starts) if len(starts) >= 3 else ()


def _cut(blank: Sequence[bool], start: int, titles: Sequence[str]) -> int:
    """Where in the blank before a column it is parted from the one before: where titles of another length begin, too."""
    first = start
    while first > 0 and blank[first - 1]:
        first -= 1
    begins = [
        sum(line[at : at + 1].strip() != "" and not line[at - 1 : at].strip() for line in titles)
        for at in range(first, start + 1)
    ]
    most = max(begins)
    return start if not most or begins[-1] == most else first + begins.index(most)


def split_fixed(line: str, starts: Sequence[int]) -> list[str]:
    """The cells of one fixed-width line."""
    ends = (*starts[1:], None)
    return [line[start:end].strip() for start, end in zip(starts, ends, strict=True)]
