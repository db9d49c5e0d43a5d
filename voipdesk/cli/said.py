"""What the command line prints: tables and sentences for people, one object or JSON lines for programs."""

import json
import sys
from collections.abc import Iterable, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, is_dataclass
from datetime import date, datetime
from decimal import Decimal
from enum import Enum
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from voipdesk.kernel.digits import is_digits
from voipdesk.kernel.problems import VoipDeskError
from voipdesk.kernel.progress import Progress, Quiet
from voipdesk.kernel.text import tr

Row = Mapping[str, Any]

SHOWN = 20
"""Reasons told to people; programs get all."""


def as_json(value: Any) -> str:
    """One line of JSON: Decimals and ids as strings, instants in ISO."""
    return json.dumps(plain(value), ensure_ascii=False)


def plain(value: Any) -> Any:
    """The value in JSON's own kinds."""
    if is_dataclass(value) and not isinstance(value, type):
        return plain(asdict(value))
    if isinstance(value, Mapping):
        return {str(plain(key)): plain(item) for key, item in value.items()}
    if isinstance(value, Decimal):
        return f"{value:f}"
    if isinstance(value, datetime | date):
        return value.isoformat()
    if isinstance(value, Enum):
        return plain(value.value)
    if isinstance(value, UUID | ZoneInfo):
        return str(value)
    if isinstance(value, bytes):
        return value.hex()
    if isinstance(value, Iterable) and not isinstance(value, str):
        return [plain(item) for item in value]
    return value


def object_or_text(value: Row, text: Iterable[str], *, as_object: bool) -> None:
    """Print one object as JSON, or the sentences that tell it."""
    if as_object:
        print(as_json(value))
        return
    for line in text:
        print(line)


def rows(found: Iterable[Row], columns: Sequence[str], *, as_lines: bool, empty: str = "") -> None:
    """Print rows as JSON lines, or as a table of the named columns with right-aligned numbers."""
    if as_lines:
        for row in found:
            print(as_json(row))
        return
    given = [[row.get(name) for name in columns] for row in found]
    if not given:
        print(empty)
        return
    places = [_decimals([row[at] for row in given]) for at in range(len(columns))]
    listed = [[_cell(value, places[at]) for at, value in enumerate(row)] for row in given]
    titles = [name.replace("_", " ") for name in columns]
    widths = [max(len(titles[at]), *(len(row[at]) for row in listed)) for at in range(len(columns))]
    right = [all(_is_number(row[at]) for row in listed) for at in range(len(columns))]
    for line in (titles, *listed):
        cells = [
            text.rjust(width) if number else text.ljust(width)
            for text, width, number in zip(line, widths, right, strict=True)
        ]
        print("  ".join(cells).rstrip())


def dry(is_dry: bool) -> str:
    """What is added to the words of a dry run."""
    return tr(" (dry run: nothing was changed)") if is_dry else ""


def refusal(error: VoipDeskError, *, as_object: bool) -> None:
    """Tell a refusal with its reasons: on stderr for people, as one object on stdout for programs."""
    if as_object:
        said = {"error": error.problem.as_dict(), "problems": [item.as_dict() for item in error.problems]}
        print(as_json(said))
        return
    print(str(error), file=sys.stderr)
    # A file error carries itself as its only problem, for its place.
    more = [one for one in error.problems if str(one) != str(error)]
    for problem in more[:SHOWN]:
        print(f"  {problem}", file=sys.stderr)
    if len(more) > SHOWN:
        print(tr("  … and {count} more").format(count=len(more) - SHOWN), file=sys.stderr)


@contextmanager
def progress(*, quiet: bool) -> Any:
    """A bar on a terminal's stderr; nothing where nobody looks."""
    if quiet or not sys.stderr.isatty():
        yield Quiet()
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, TextColumn, TimeRemainingColumn
    from rich.progress import Progress as Bar

    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Bar(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("", total=None)

        class OnTerminal:
            """Moves the bar."""

            def step(self, done: int, total: int | None = None, what: str = "") -> None:
                """Show how far it is."""
                bar.update(task, completed=done, total=total, description=what)

        watched: Progress = OnTerminal()
        yield watched


def _decimals(values: Sequence[Any]) -> int:
    """So many decimals that no amount of a column loses one, and their points stand in line; at least two."""
    needed = [-int(value.as_tuple().exponent) for value in values if isinstance(value, Decimal)]
    return max([2, *needed])


def _cell(value: Any, decimals: int) -> str:
    if value is None:
        return ""
    if isinstance(value, Decimal):
        return f"{value:.{decimals}f}"  # Only zeros are added.
    if isinstance(value, datetime):
        return value.isoformat(sep=" ", timespec="seconds")
    return str(plain(value))


def _is_number(text: str) -> bool:
    return text == "" or is_digits(
        text.replace("-", "").replace(".", "").replace("%", "").replace(",", "").strip()
    )
