"""The sheet that tells a customer his prices and what changes: never a buy price, never a supplier.

What is sold no longer stands at the end of the same rows, as `Closed` and without a price: an importer reads one sheet.
"""

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from zoneinfo import ZoneInfo

from voipdesk.kernel.periods import from_micros
from voipdesk.kernel.text import tr
from voipdesk.tariffs.files import Cells, moment, price_cell

_BARRED = re.compile(r'[<>:"/\\|?*\x00-\x1f]')
_MOST_NAME = 100

Row = tuple[str, str, str, int, int, int, int, int, int, int, str, int]
"""Prefix, destination, band, price, next price, connect fee, minimum charge (x 10^8), initial and next interval, start
(micros), kind, old price (x 10^8, negative: none). A blocked row has prices nobody pays."""


@dataclass(frozen=True, slots=True)
class Shape:
    """Which of the rarer columns a sheet needs, and the currency of its titles."""

    currency: str
    zone: ZoneInfo
    has_next: bool = False
    has_fees: bool = False
    has_minimum: bool = False
    has_bands: bool = False


def kind_words() -> dict[str, str]:
    """The words of a customer's sheet for what happens to a price."""
    return {
        "same": tr("No change"), "new": tr("New"), "increase": tr("Increase"), "decrease": tr("Decrease"),
        "changed": tr("Changed"), "blocked": tr("Blocked"), "closed": tr("Closed"),
    }  # fmt: skip


def header(shape: Shape) -> list[str]:
    """Titles of the prices."""
    money = shape.currency
    titles = [
        (tr("Prefix"), True),
        (tr("Destination"), True),
        (tr("Price per minute ({currency})").format(currency=money), True),
        (tr("Next price per minute ({currency})").format(currency=money), shape.has_next),
        (tr("Connect fee ({currency})").format(currency=money), shape.has_fees),
        (tr("Minimum charge ({currency})").format(currency=money), shape.has_minimum),
        (tr("Interval"), True),
        (tr("Effective from"), True),
        (tr("Change"), True),
        (tr("Price before ({currency})").format(currency=money), True),
        (tr("Time band"), shape.has_bands),
    ]
    return [title for title, is_there in titles if is_there]


def rows(found: Iterator[Row], shape: Shape) -> Iterator[Cells]:
    """Cells of each price; prefixes and dates are text, what is blocked or closed has no price."""
    words, days, price = kind_words(), _days(shape.zone), price_cell()
    for prefix, name, band, now, following, fee, least, first, after, start, kind, old in found:
        is_sold = kind not in ("blocked", "closed")
        cells: Cells = [prefix, name, price(now) if is_sold else ""]
        for is_there, units in (
            (shape.has_next, following), (shape.has_fees, fee), (shape.has_minimum, least),
        ):  # fmt: skip
            if is_there:
                cells.append(price(units) if is_sold else "")
        cells += [f"{first}/{after}", days(start), words[kind], price(old) if old >= 0 else ""]
        if shape.has_bands:
            cells.append(band)
        yield cells


def free_name(folder: Path, parts: Sequence[str], taken: set[str]) -> Path:
    """A file of the folder that is not there yet nor taken, named by the parts without signs that systems refuse."""
    stem = _BARRED.sub("_", " ".join(part for part in parts if part)).strip(" .")[:_MOST_NAME] or tr("Rates")
    number, path = 1, folder / f"{stem}.xlsx"
    while path.name.casefold() in taken or path.exists():
        number += 1
        path = folder / f"{stem} ({number}).xlsx"
    taken.add(path.name.casefold())
    return path


def _days(zone: ZoneInfo) -> Callable[[int], str]:
    known: dict[int, str] = {}

    def day(start: int) -> str:
        if start not in known:
            known[start] = moment(from_micros(start), zone)
        return known[start]

    return day
