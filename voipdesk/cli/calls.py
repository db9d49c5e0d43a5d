"""Calls from the command line: importing, rating, looking, and work on what waits."""

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from voipdesk.cli import options, said, sheets
from voipdesk.cli.context import Desk, command
from voipdesk.cli.main import voipdesk
from voipdesk.cli.options import FilePath
from voipdesk.kernel.money import price_text
from voipdesk.kernel.problems import Refused
from voipdesk.kernel.text import tr, trn

if TYPE_CHECKING:
    from voipdesk.calls.commands import CallImportReport, RatingReport
    from voipdesk.calls.queries import Explanation


@command(voipdesk, "import-calls")
@click.argument("file", type=FilePath())
@click.option("--profile", help="A saved way of reading such files.")
@click.option("--zone", help="Time zone of times that name none (default: the workspace's).")
@click.option("--dry-run", is_flag=True, help="Say what would happen, change nothing.")
@click.option("--again", is_flag=True, help="Also a file that was imported before.")
@click.option("--rate", is_flag=True, help="Rate the calls in the same step.")
@click.option("--set", "told", multiple=True, metavar="NAME=VALUE", help="Answer what the file leaves open.")
def import_calls(desk: Desk, *, file: Path, told: tuple[str, ...], **given: Any) -> None:
    """Import a switch's file of calls; rows that are none and calls that nobody owns wait for you."""
    from voipdesk.calls.commands import import_calls as take

    layout = _layout(sheets.answers(told))
    try:
        with said.progress(quiet=desk.json) as report:
            made = take(desk.db, desk.actor, file, progress=report, layout=layout, **given)
    except Refused as refused:
        raise sheets.answerable(refused, file) from refused
    said.object_or_text(made.as_dict(), _imported(made), as_object=desk.json)


@command(voipdesk)
@click.option("--from", "since", metavar="DATE", help="Answered at or after.")
@click.option("--to", "until", metavar="DATE", help="Answered before.")
@click.option("--rerate", is_flag=True, help="Also calls that have a price.")
@click.option("--dry-run", is_flag=True, help="Say what would change, change nothing.")
def rate(desk: Desk, *, since: str | None, until: str | None, rerate: bool, dry_run: bool) -> None:
    """Rate calls: cost, price at each level, margin."""
    from voipdesk.calls.commands import rate_calls

    with said.progress(quiet=desk.json) as report:
        made = rate_calls(
            desk.db,
            desk.actor,
            progress=report,
            since=options.instant(desk, since, "--from"),
            until=options.instant(desk, until, "--to"),
            rerate=rerate,
            dry_run=dry_run,
        )
    said.object_or_text(made.as_dict(), _rated(made), as_object=desk.json)


@voipdesk.group()
def calls() -> None:
    """The calls you may see."""


@command(calls, "list")
@click.option("--from", "since", metavar="TIME")
@click.option("--to", "until", metavar="TIME")
@click.option("--account", help="And all below it.")
@click.option("--number", default="", help="First digits of the called number.")
@click.option("--text", default="", help="Part of caller, called, account text or unique id.")
@click.option("--problem", help="A problem's code; * for any.")
@click.option("--losing", is_flag=True, help="Sold below cost.")
@click.option("--limit", type=click.IntRange(1), default=100)
@click.option("--offset", type=click.IntRange(0), default=0)
def list_calls(
    desk: Desk, *, since: str | None, until: str | None, limit: int, offset: int, **given: Any
) -> None:
    """Calls in the order of their answer times."""
    from voipdesk.accounts.queries import tree
    from voipdesk.calls.queries import CallFilter
    from voipdesk.calls.queries import calls as window_of

    chosen = CallFilter(
        since=options.instant(desk, since, "--from"),
        until=options.instant(desk, until, "--to"),
        account=given["account"],
        number=given["number"],
        text=given["text"],
        problem=given["problem"],
        is_losing=given["losing"],
    )
    found = window_of(desk.db, desk.actor, chosen, window=(offset, limit))
    names = {one.id: one.name for one in tree(desk.db, desk.actor)}
    rows = [
        {
            "id": one.id,
            "unique_id": one.unique_id,
            "answer": options.local(desk, one.answer),
            "account": (names.get(one.account_id) if one.account_id else None) or one.account_text,
            "caller": one.caller,
            "called": one.number or one.called,
            "destination": one.destination,
            "talk": one.talk_seconds,
            "billed": one.seconds,
            "prefix": one.prefix,
            "price": one.price,
            "cost": one.cost,
            "margin": one.margin,
            "problem": one.problem,
        }
        for one in found.rows
    ]
    shown = ["id", "answer", "account", "called", "destination", "talk", "price", "cost", "margin", "problem"]
    if all(row["cost"] is None and row["margin"] is None for row in rows):
        shown = [name for name in shown if name not in ("cost", "margin")]
    said.rows(rows, shown, as_lines=desk.json, empty=tr("No calls."))
    if not desk.json and found.total > offset + len(rows):
        print(
            tr("{first} to {last} of {total:,}; --offset shows more").format(
                first=offset + 1, last=offset + len(rows), total=found.total
            )
        )


@command(calls, "explain")
@click.argument("call", type=int)
def explain(desk: Desk, *, call: int) -> None:
    """Why a call cost what it cost, from the terms stored with it."""
    from voipdesk.calls.queries import explain_call

    found = explain_call(desk.db, desk.actor, call)
    row = {
        "call": found.call.id,
        "number": found.call.number,
        "talk_seconds": found.call.talk_seconds,
        "problem": found.problem,
        "rated_at": found.rated_at,
        "rated_by": found.rated_by,
        "levels": [
            {
                "level": one.level,
                "account": one.account,
                "source": one.source,
                "prefix": one.prefix,
                "destination": one.destination,
                "billed_seconds": one.seconds,
                "amount": one.amount,
                "recomputed": one.recomputed,
                "steps": [{"label": step.label, "value": step.value} for step in one.steps],
            }
            for one in found.levels
        ],
    }
    said.object_or_text(row, _explained(desk, found), as_object=desk.json)


@command(calls, "imports")
def list_imports(desk: Desk) -> None:
    """The files of calls that were imported, the newest first."""
    from voipdesk.calls.queries import imports

    found = [
        {
            "import": one.seq,
            "file": one.file_name,
            "state": one.state,
            "at": options.local(desk, one.at),
            "by": one.actor_name,
            "zone": one.zone,
            **{name: one.ledger.get(name, 0) for name in ("rows", "accepted", "duplicates", "quarantined")},
        }
        for one in imports(desk.db, desk.actor)
    ]
    shown = ("import", "file", "state", "at", "by", "rows", "accepted", "duplicates", "quarantined")
    said.rows(found, shown, as_lines=desk.json, empty=tr("No calls imported yet."))


@command(calls, "revert")
@click.argument("number", metavar="IMPORT")
def revert(desk: Desk, *, number: str) -> None:
    """Take a whole file of calls back."""
    from voipdesk.calls.commands import revert_import

    made = revert_import(desk.db, desk.actor, number)
    row = {"import": made.seq, "file": made.file_name, "state": made.state}
    said.object_or_text(
        row,
        [tr("{file_name}: its calls count no more.").format(file_name=made.file_name)],
        as_object=desk.json,
    )


@voipdesk.group()
def problems() -> None:
    """Calls and rows that wait for somebody."""


@command(problems, "list")
def list_problems(desk: Desk) -> None:
    """What waits, grouped by what is wrong."""
    from voipdesk.calls.queries import problems as waiting

    found = [
        {
            "code": one.code,
            "what": one.label,
            "calls": one.count,
            "seconds": one.talk_seconds,
            "estimate": one.estimate,
            "problem": one.title,
            "next_step": one.sentence,
        }
        for one in waiting(desk.db, desk.actor)
    ]
    said.rows(
        found,
        ("code", "what", "calls", "seconds", "next_step"),
        as_lines=desk.json,
        empty=tr("Nothing waits."),
    )


@command(problems, "map")
@click.argument("text", metavar="NAME")
@click.argument("account")
@click.option("--kind", type=click.Choice(["account", "trunk", "caller"]), default="account")
def map_account(desk: Desk, *, text: str, account: str, kind: str) -> None:
    """Let a name of call files mean an account, and give it the calls that wait for it."""
    from voipdesk.calls.commands import map_account as name_account

    made = name_account(desk.db, desk.actor, text=text, account=account, kind=kind)
    row = {"text": made.text, "account": made.account.name, "calls": made.calls}
    told = trn("{count} call", "{count} calls", made.calls)
    said.object_or_text(
        row,
        [
            tr("{text} now means {name}: {told} to rate.").format(
                text=made.text, name=made.account.name, told=told
            )
        ],
        as_object=desk.json,
    )


def _layout(told: dict[str, Any]) -> dict[str, Any] | None:
    """Answers as the layout of a call file: columns count from 0 there, a header in row 0 is none."""
    columns = {
        key.removeprefix("columns."): at - 1 if isinstance(at, int) else list(at)
        for key, at in told.items()
        if key.startswith("columns.")
    }
    layout: dict[str, Any] = {"columns": columns} if columns else {}
    if "header_row" in told:
        layout["header"] = told["header_row"]
    layout |= {name: told[name] for name in ("date_order", "length") if name in told}
    return layout or None


def _imported(made: "CallImportReport") -> Iterator[str]:
    from voipdesk.calls.rules import read_as

    ledger = made.ledger
    yield f"{made.file_name}{said.dry(made.is_dry_run)}"
    yield (
        tr(
            "  {rows:,} rows = {skipped:,} skipped + {blank:,} blank + {accepted:,} accepted"
            " + {duplicates:,} duplicates + {quarantined:,} in quarantine"
        ).format(
            rows=ledger.rows,
            skipped=ledger.skipped,
            blank=ledger.blank,
            accepted=ledger.accepted,
            duplicates=ledger.duplicates,
            quarantined=ledger.quarantined,
        )
    )
    yield tr("  {answered:,} answered, {waiting:,} wait for you; times read in {zone}").format(
        answered=made.answered, waiting=made.waiting, zone=made.zone
    )
    for group in made.groups:
        yield f"  {group.count:,} × {group.title}: {group.label}"
    for problem in made.unreadable[:10]:
        yield f"  {problem}"
    if made.read_as:
        yield "  " + read_as(made.read_as)
    if made.unknown_suppliers:
        yield tr("  unknown suppliers: {unknown_suppliers}").format(
            unknown_suppliers=", ".join(made.unknown_suppliers)
        )
    if made.rating is not None:
        yield from _rated(made.rating)


def _rated(made: "RatingReport") -> Iterator[str]:
    dry = said.dry(made.is_dry_run)
    yield tr("{rated:,} calls rated, {answered:,} answered, {charged:,} with a price{dry}").format(
        rated=made.rated, answered=made.answered, charged=made.charged, dry=dry
    )
    money = [tr("revenue {revenue}").format(revenue=price_text(made.revenue, 2))]
    money += [] if made.cost is None else [tr("cost {cost}").format(cost=price_text(made.cost, 2))]
    money += [] if made.margin is None else [tr("margin {margin}").format(margin=price_text(made.margin, 2))]
    yield f"  {', '.join(money)}"
    for code, count in made.problems.items():
        yield f"  {count:,} × {code}"
    for moved in made.customers:
        if moved.difference:
            change = f"{price_text(moved.before, 2)} → {price_text(moved.after, 2)}"
            yield tr("  {account}: {calls:,} calls, {change}").format(
                account=moved.account, calls=moved.calls, change=change
            )
    for held in made.untouched:
        yield tr("  left alone, on {invoice} of {account}: {calls:,} calls").format(
            invoice=held.invoice or tr("a draft"), account=held.account, calls=held.calls
        )


def _explained(desk: Desk, found: "Explanation") -> Iterator[str]:
    one = found.call
    yield tr("Call {id} to {number}, {talk_seconds} s, {when}").format(
        id=one.id,
        number=one.number or one.called,
        talk_seconds=one.talk_seconds,
        when=options.local(desk, one.answer),
    )
    if found.problem:
        yield f"  {found.problem}"
    if found.rated_at is None:
        yield tr("  not rated yet")
    for level in found.levels:
        amount = tr("not priced") if level.amount is None else price_text(level.amount)
        yield ""
        yield f"{level.account or level.level}: {amount}"
        width = max((len(step.label) for step in level.steps), default=0)
        yield from (f"  {step.label.ljust(width)}  {step.value}".rstrip() for step in level.steps)
