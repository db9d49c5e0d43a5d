"""Rate sheets for customers from the command line: made, listed, given out again."""

from pathlib import Path
from typing import TYPE_CHECKING

import click

from voipdesk.cli import options, said
from voipdesk.cli.context import Desk, command
from voipdesk.cli.main import voipdesk
from voipdesk.cli.options import FilePath
from voipdesk.kernel.text import tr

if TYPE_CHECKING:
    from collections.abc import Iterator

    from voipdesk.tariffs.commands import SheetsReport


@voipdesk.group("sheets")
def sent() -> None:
    """Rate sheets for your customers, and which ones they were given."""


@command(sent, "make")
@click.argument("folder", type=FilePath())
@click.option(
    "--from", "since", metavar="DATE", required=True, help="The day whose changes, or prices, are told."
)
@click.option("--plan", help="The customers of one plan (default: all you sell to).")
@click.option("--account", "accounts", multiple=True, help="Only this customer; may be given several times.")
@click.option("--full", is_flag=True, help="Every price, not only what changes.")
def make(
    desk: Desk, *, folder: Path, since: str, plan: str | None, accounts: tuple[str, ...], full: bool
) -> None:
    """Write a workbook for each customer into FOLDER and keep what each was told."""
    from voipdesk.tariffs.commands import make_sheets
    from voipdesk.tariffs.queries import SheetOrder

    effective = options.instant(desk, since, "--from")
    assert effective is not None
    if plan is not None and accounts:
        raise click.UsageError("Say --plan or --account.")
    order = SheetOrder(effective, "full" if full else "changes", plan, accounts or None)
    with said.progress(quiet=desk.json) as report:
        made = make_sheets(desk.db, desk.actor, order, folder=folder, progress=report)
    rows = [
        {"id": one.id, "account": one.account, "rows": one.rows, "closed": one.closed, "file": str(one.path)}
        for one in made.made
    ]
    left_out = [{"account": account, "why": why} for account, why in made.left_out]
    said.object_or_text({"made": rows, "left_out": left_out}, _made(made), as_object=desk.json)


@command(sent, "list")
def list_sheets(desk: Desk) -> None:
    """Sheets that were made, the newest first."""
    from voipdesk.tariffs.queries import price_sheets

    found = [
        {
            "id": one.id,
            "customer": one.account,
            "plan": one.plan,
            "kind": one.kind,
            "effective": options.local(desk, one.effective_from),
            "rows": one.rows,
            "closed": one.closed,
            "made": options.local(desk, one.made_at),
            "by": one.made_by,
            "file": one.file_name,
        }
        for one in price_sheets(desk.db, desk.actor)
    ]
    shown = ("id", "customer", "plan", "kind", "effective", "rows", "closed", "made", "by", "file")
    said.rows(found, shown, as_lines=desk.json, empty=tr("No sheets yet: voipdesk sheets make FOLDER."))


@command(sent, "save")
@click.argument("sheet")
@click.argument("out", type=FilePath())
def save(desk: Desk, *, sheet: str, out: Path) -> None:
    """Write the file that a customer was given, byte for byte."""
    from voipdesk.tariffs.commands import save_sheet

    options.new_file(desk, out)
    size = save_sheet(desk.db, desk.actor, sheet, out)
    text = tr("{out}: {size:,} bytes.").format(out=out, size=size)
    said.object_or_text({"file": str(out), "size": size}, [text], as_object=desk.json)


def _made(made: "SheetsReport") -> "Iterator[str]":
    """Each file, then who got none."""
    for one in made.made:
        yield tr("{account}: {rows:,} rows, {closed:,} closed, {file}").format(
            account=one.account, rows=one.rows, closed=one.closed, file=one.path
        )
    for account, why in made.left_out:
        yield f"{account}: {why}"
