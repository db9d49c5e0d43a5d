"""How documents are numbered: a pattern per series, filled when a document is issued, never before."""

import re
from datetime import date

from voipdesk.kernel.problems import Refused
from voipdesk.kernel.text import tr

DEFAULT_PATTERN = "INV-{YYYY}-{SEQ:4}"

_FIELD = re.compile(r"\{(YYYY|YY|MM|SEQ)(?::(\d{1,2}))?\}")
_LONGEST = 40


def check_pattern(pattern: str) -> None:
    """`Refused` unless the pattern has exactly one {SEQ} and only known fields."""
    fields = [found[1] for found in _FIELD.finditer(pattern)]
    rest = _FIELD.sub("", pattern)
    if fields.count("SEQ") != 1 or "{" in rest or "}" in rest or not 3 <= len(pattern) <= _LONGEST:
        raise Refused(
            "bad_pattern",
            tr("The number pattern “{pattern}” does not work.").format(pattern=pattern),
            tr(
                "Use {{SEQ}} once, and {{YYYY}}, {{YY}} or {{MM}} as you like: INV-{{YYYY}}-{{SEQ:4}}."
            ).format(),
        )
    if "MM" in fields and not {"YYYY", "YY"} & set(fields):
        raise Refused(
            "bad_pattern",
            tr("The number pattern “{pattern}” has a month but no year.").format(pattern=pattern),
            tr("Put the year in too, so that no number comes twice."),
        )


def series_year(pattern: str, day: date) -> int:
    """The year whose series a document of that day belongs to; 0 for a pattern without one: it never starts anew."""
    return day.year if {"YYYY", "YY"} & {found[1] for found in _FIELD.finditer(pattern)} else 0


def document_number(pattern: str, day: date, seq: int) -> str:
    """The number of the `seq`-th document of a series, issued on a day. Longer than its width, it grows."""

    def fill(found: re.Match[str]) -> str:
        width = int(found[2] or 0)
        value = {"YYYY": day.year, "YY": day.year % 100, "MM": day.month, "SEQ": seq}[found[1]]
        return f"{value:0{width or (2 if found[1] in ('YY', 'MM') else 1)}d}"

    return _FIELD.sub(fill, pattern)
