"""Workspaces from the command line: new, sample, backup, restore, verify."""

from pathlib import Path

import click

from voipdesk.cli import said
from voipdesk.cli.context import Desk, command
from voipdesk.cli.main import voipdesk
from voipdesk.cli.options import FilePath, new_file
from voipdesk.kernel.problems import Problem, VoipDeskError
from voipdesk.kernel.text import tr


@command(voipdesk)
@click.argument("out", type=FilePath())
@click.option("--company", required=True, help="Your company's name.")
@click.option("--currency", required=True, help="ISO 4217, like USD.")
@click.option("--zone", required=True, help="Time zone, like Africa/Cairo.")
@click.option("--login", default="admin", help="Name of the first login.")
def new(desk: Desk, *, out: Path, company: str, currency: str, zone: str, login: str) -> None:
    """Start a new workspace file."""
    from voipdesk.accounts.commands import start_workspace

    start_workspace(out, company=company, currency=currency, zone=zone, login=login).close()
    said.object_or_text({"workspace": str(out)}, [tr("{out} is ready.").format(out=out)], as_object=desk.json)


@command(voipdesk)
@click.argument("out", type=FilePath())
@click.option(
    "--bare", is_flag=True, help="People and plans only: the shipped sheets and calls wait to be imported."
)
def sample(desk: Desk, *, out: Path, bare: bool) -> None:
    """Write the sample workspace."""
    from voipdesk.shell.sample import write_sample

    with said.progress(quiet=desk.json) as report:
        write_sample(out, bare=bare, progress=report).close()
    said.object_or_text({"workspace": str(out)}, [tr("{out} is ready.").format(out=out)], as_object=desk.json)


@command(voipdesk)
@click.argument("out", type=FilePath())
def backup(desk: Desk, *, out: Path) -> None:
    """Copy the workspace into a backup file, also while it is in use."""
    from voipdesk.accounts.rules import Right, require
    from voipdesk.store.backup import back_up

    require(desk.actor, Right.BACKUP)
    new_file(desk, out)
    with said.progress(quiet=desk.json) as report:
        made = back_up(desk.db.path, out, report)
    row = {"backup": str(out), "bytes": made.size, "last_change": made.last_change, "at": made.last_change_at}
    said.object_or_text(
        row,
        [
            tr("{out}: {size:,} bytes, up to change {last_change}.").format(
                out=out, size=made.size, last_change=made.last_change
            )
        ],
        as_object=desk.json,
    )


@command(voipdesk)
@click.argument("backup_file", metavar="BACKUP", type=FilePath())
@click.argument("out", type=FilePath())
def restore(desk: Desk, *, backup_file: Path, out: Path) -> None:
    """Restore a backup into a new file; the present workspace is kept."""
    from voipdesk.store.backup import restore as restore_into

    with said.progress(quiet=desk.json) as report:
        made = restore_into(backup_file, out, report)
    row = {
        "workspace": str(out),
        "bytes": made.size,
        "last_change": made.last_change,
        "at": made.last_change_at,
    }
    said.object_or_text(
        row,
        [tr("{out} is ready: state of change {last_change}.").format(out=out, last_change=made.last_change)],
        as_object=desk.json,
    )


@command(voipdesk)
def verify(desk: Desk) -> None:
    """Prove the workspace: database, references, row ledgers, documents and their series."""
    from voipdesk.billing.queries import verify as verify_documents
    from voipdesk.calls.queries import verify as verify_calls
    from voipdesk.rates.queries import verify as verify_rates
    from voipdesk.store.backup import integrity
    from voipdesk.tariffs.queries import verify_sheets

    checks = {
        "database": integrity(desk.db.path),
        "rate imports": verify_rates(desk.db),
        "rate sheets sent": verify_sheets(desk.db),
        "call imports": verify_calls(desk.db),
        "documents": verify_documents(desk.db),
    }
    found: list[Problem] = [problem for problems in checks.values() for problem in problems]
    if found:
        raise VoipDeskError(
            "not_sound",
            tr("The workspace has {count} faults.").format(count=len(found)),
            tr("Restore a backup, or ask for help with this list."),
            problems=found,
        )
    said.object_or_text(
        {"sound": True, "checks": list(checks)},
        [tr("Sound: {checks}.").format(checks=", ".join(checks))],
        as_object=desk.json,
    )
