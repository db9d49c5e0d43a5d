"""Values on the command line: instants, days and counts, read in the workspace's zone."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

import click

from voipdesk.cli.context import Desk
from voipdesk.kernel.periods import parse_instant


def zone(desk: Desk) -> ZoneInfo:
    """The workspace's zone."""
    from voipdesk.accounts.queries import workspace

    return workspace(desk.db).zone


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


def day(text: str | None, name: str) -> date | None:
    """An ISO day; wrong usage where it is none."""
    if text is None:
        return None
    try:
        return date.fromisoformat(text)
    except ValueError as cause:
        raise click.BadParameter(f"{text!r} is not a day like 2026-11-30", param_hint=name) from cause
