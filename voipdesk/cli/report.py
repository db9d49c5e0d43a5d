"""The figures of the pages from the command line."""

from typing import TYPE_CHECKING, Any

import click

from voipdesk.cli import options, said
from voipdesk.cli.context import Desk, command
from voipdesk.cli.main import voipdesk
from voipdesk.kernel.periods import month_period
from voipdesk.kernel.text import tr

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from voipdesk.calls.queries import Total
    from voipdesk.insight.queries import Home

BY = ("account", "customer", "destination", "day", "hour", "supplier")


@command(voipdesk)
@click.argument("name", type=click.Choice(["totals", "home"]))
@click.option("--by", type=click.Choice(BY), help="Of totals: one row for each (default: one for all).")
@click.option("--period", metavar="YYYY-MM", callback=options.month)
@click.option("--from", "since", metavar="TIME")
@click.option("--to", "until", metavar="TIME")
def report(desk: Desk, *, name: str, by: str | None, period: str | None, **given: Any) -> None:
    """The figures of the pages: totals (of calls, by account, destination, day …) or home."""
    since = options.instant(desk, given["since"], "--from")
    until = options.instant(desk, given["until"], "--to")
    if period is not None:
        span = month_period(period, options.zone(desk))
        since, until = span.start, span.end
    if name == "home":
        _home(desk, since, until)
    else:
        _totals(desk, by, since, until)


def _totals(desk: Desk, by: str | None, since: "datetime | None", until: "datetime | None") -> None:
    from voipdesk.calls.queries import totals

    found = [_total(one, by or "all") for one in totals(desk.db, desk.actor, since, until, by)]
    shown = [by or "all", "calls", "answered", "minutes", "revenue", "cost", "margin", "problems"]
    if all(row["cost"] is None for row in found):
        shown.remove("cost")
    if all(row["margin"] is None for row in found):
        shown.remove("margin")
    said.rows(found, shown, as_lines=desk.json, empty=tr("No calls."))


def _home(desk: Desk, since: "datetime | None", until: "datetime | None") -> None:
    from voipdesk.insight.queries import home

    now = desk.db.clock.now()
    local = now.astimezone(options.zone(desk))
    start = since or month_period(f"{local:%Y-%m}", options.zone(desk)).start
    found = home(desk.db, desk.actor, start, until or max(now, start))
    row = {
        "from": start,
        "to": until or now,
        "figures": {one.name: one.value for one in found.figures},
        "attention": list(found.attention),
        "days": [_total(one, "day") for one in found.days],
        "destinations": [_total(one, "destination") for one in found.destinations],
        "customers": [_total(one, "customer") for one in found.customers],
        "steps": list(found.steps),
    }
    said.object_or_text(row, _told(found), as_object=desk.json)


def _total(one: "Total", by: str) -> dict[str, Any]:
    return {
        by: one.label or ("all" if by == "all" else "–"),
        "calls": one.attempts,
        "answered": one.answered,
        "seconds": one.talk_seconds,
        "minutes": one.talk_seconds // 60,
        "billed_seconds": one.billed_seconds,
        "revenue": one.revenue,
        "cost": one.cost,
        "margin": one.margin,
        "priced": one.priced,
        "charged": one.charged,
        "problems": one.problems,
    }


def _told(found: "Home") -> "Iterator[str]":
    for figure in found.figures:
        yield f"{figure.title.ljust(12)} {figure.text}"
    for item in found.attention:
        yield f"! {item.text}"
    for step in found.steps:
        yield f"[{'x' if step.is_done else ' '}] {step.title}"
