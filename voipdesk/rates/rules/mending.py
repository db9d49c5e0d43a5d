"""Faults of a row that have an automatic way out, by the code of their reason (G10 and what is like it)."""

import re
from collections.abc import Callable

AUTOMATIC = "auto"

_DAY = re.compile(r"(?:\d{4})-(\d{2})-(\d{2})(?:[T ].*)?")


def fixable() -> frozenset[str]:
    """Codes of quarantine that `mended` knows a way for."""
    return frozenset(_WAYS)


def mended(code: str, value: str, date_order: str | None = None) -> str | None:
    """What a cell was meant to say; None where that is anybody's guess."""
    way = _WAYS.get(code)
    return None if way is None else way(value, date_order)


def _interval(value: str, date_order: str | None) -> str | None:
    """`6/6` that a spreadsheet took for 6 June: day and month as they are written where the file comes from."""
    found = _DAY.fullmatch(value.strip())
    if found is None:
        return None
    month, day = int(found.group(1)), int(found.group(2))
    return f"{month}/{day}" if date_order == "mdy" else f"{day}/{month}"


def _per_second(value: str, _: str | None) -> str | None:
    """An interval of zero is one of a second: nothing is rounded up."""
    digits = [part for part in re.split(r"[^0-9]+", value) if part]
    return "1/1" if digits and not any(int(part) for part in digits) else None


_WAYS: dict[str, Callable[[str, str | None], str | None]] = {
    "interval_is_date": _interval,
    "interval_zero": _per_second,
    "interval_unreadable": _per_second,
}
