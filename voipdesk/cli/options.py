"""Values on the command line: instants, days and counts, read in the workspace's zone."""

from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

import click

from voipdesk.cli.context import Desk
from voipdesk.kernel.money import MAX_AMOUNT
from voipdesk.kernel.periods import month_period, parse_instant
from voipdesk.kernel.problems import FileError
from voipdesk.kernel.text import tr

if TYPE_CHECKING:
    from voipdesk.rates.rules.hours import Hours


def zone(desk: Desk) -> ZoneInfo:
    """The workspace's zone."""
    return desk.zone


def instant(desk: Desk, text: str | None, name: str) -> datetime | None:
    """An ISO instant or day in the workspace's zone; wrong usage where it is none."""
    if text is None:
        return None
    try:
        return parse_instant(text, zone(desk))
    except ValueError as cause:
        raise click.BadParameter(
            f"{text!r} is not a time like 2026-11-30 or 2026-11-30T09:00", param_hint=name
        ) from cause


def local(desk: Desk, when: datetime) -> str:
    """An instant on the workspace's wall clock, for people."""
    return when.astimezone(zone(desk)).strftime("%Y-%m-%d %H:%M:%S")


def day(text: str | None, name: str) -> date | None:
    """An ISO day; wrong usage where it is none."""
    if text is None:
        return None
    try:
        return date.fromisoformat(text)
    except ValueError as cause:
        raise click.BadParameter(f"{text!r} is not a day like 2026-11-30", param_hint=name) from cause


def days(text: str, name: str) -> date:
    """The same where a day must be given."""
    found = day(text, name)
    assert found is not None
    return found


def month(context: click.Context, _parameter: click.Parameter, text: str | None) -> str | None:
    """The callback of an option that takes a month like 2026-10."""
    if text is not None:
        try:
            month_period(text, ZoneInfo("UTC"))
        except ValueError as cause:
            raise click.BadParameter(f"{text!r} is not a month like 2026-10", context) from cause
    return text


class FilePath(click.Path):
    """A file's name as a `Path`. Names whose bytes are no text are refused: they could not be kept or told."""

    def __init__(self) -> None:
        super().__init__(path_type=Path)

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        """Check the text of the name; whether there is such a file is found out by reading it."""
        try:
            str(value).encode("utf-8")
        except UnicodeEncodeError:
            self.fail("the name of this file has bytes that are no text; rename it first", param, ctx)
        return super().convert(value, param, ctx)


def new_file(desk: Desk, out: Path) -> None:
    """`FileError` where a file cannot be put: no such folder, or the open workspace itself."""
    if not out.parent.is_dir():
        raise FileError(
            "no_folder",
            tr("{file} cannot be written: there is no folder {folder}.").format(
                file=out.name, folder=out.parent
            ),
            tr("Choose a folder that exists."),
        )
    if out.exists() and out.samefile(desk.db.path):
        raise FileError(
            "own_file", tr("{file} is the open workspace.").format(file=out.name), tr("Choose another name.")
        )


class Amount(click.ParamType[Decimal]):
    """An exact amount with a point, never a float; `10%` is 0.1 where percent is allowed."""

    name = "amount"

    def __init__(self, *, percent: bool = False) -> None:
        self.percent = percent

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Decimal:
        """Read the text; wrong usage where it is no amount."""
        if isinstance(value, Decimal):
            return value
        text = str(value).strip()
        is_percent = self.percent and text.endswith("%")
        try:
            found = Decimal(text.removesuffix("%").strip() if is_percent else text)
            if not found.is_finite() or abs(found) > MAX_AMOUNT:
                raise ValueError(text)
        except (ArithmeticError, ValueError):
            self.fail(f"{text!r} is not an amount like 12.50", param, ctx)
        return found.scaleb(-2) if is_percent else found


def settings(pairs: Sequence[str], name: str = "--set") -> dict[str, str]:
    """`name=value` pairs, given any number of times; wrong usage where one has no `=`."""
    found: dict[str, str] = {}
    for pair in pairs:
        key, equals, value = pair.partition("=")
        if not equals or not key.strip():
            raise click.BadParameter(f"{pair!r} is not of the form NAME=VALUE", param_hint=name)
        found[key.strip()] = value
    return found


def bands(pairs: Sequence[str]) -> dict[str, "Hours"]:
    """`--band NAME=HOURS`, given any number of times; wrong usage tells the part that says no hours."""
    from voipdesk.rates.rules.hours import HoursError, read_hours

    found: dict[str, Hours] = {}
    for name, text in settings(pairs, "--band").items():
        try:
            found[name] = read_hours(text)
        except HoursError as cause:
            raise click.BadParameter(
                f"{cause.part!r} of {name!r} says no hours; use them like Mon-Fri 20:00-08:00, Sat-Sun",
                param_hint="--band",
            ) from cause
    return found
