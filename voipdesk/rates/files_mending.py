"""Faults of a row that have an automatic way out, by the code of their reason (G10 and what is like it)."""

import re
from collections.abc import Callable

from voipdesk.tabular.prices import interval_of_text

AUTOMATIC = "auto"
MENDABLE = frozenset({"interval_is_date", "interval_zero"})
"""Reasons that are mended for all rows at once (G10)."""


def mended_text(code: str, value: str) -> str | None:
    """What a cell was meant to say; None where that is anybody's guess."""
    way = _WAYS.get(code)
    return None if way is None else way(value)


def _per_second(value: str) -> str | None:
    """An interval of zero is one of a second: nothing is rounded up."""
    digits = [part for part in re.split(r"[^0-9]+", value) if part]
    return "1/1" if digits and not any(int(part) for part in digits) else None


_WAYS: dict[str, Callable[[str], str | None]] = {
    "interval_is_date": interval_of_text,
    "interval_zero": _per_second,
    "interval_unreadable": _per_second,
}
