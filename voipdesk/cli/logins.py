"""Logins from the command line: who may sign in, and at which account."""

import click

from voipdesk.cli import said
from voipdesk.cli.context import Desk, command
from voipdesk.cli.main import voipdesk
from voipdesk.kernel.text import tr


@voipdesk.group()
def logins() -> None:
    """Who may sign in at your account and those below it."""


@command(logins, "list")
def list_logins(desk: Desk) -> None:
    """Logins of your subtree, by name."""
    from voipdesk.accounts.queries import logins as known
    from voipdesk.accounts.queries import tree

    names = {one.id: one.name for one in tree(desk.db, desk.actor)}
    found = [
        {
            "login": one.name,
            "account": names[one.account_id],
            "password": "yes" if one.has_password else "",
            "status": one.status,
            "rights": sorted(one.rights),
        }
        for one in known(desk.db, desk.actor)
    ]
    said.rows(found, ("login", "account", "password", "status"), as_lines=desk.json)


@command(logins, "add")
@click.argument("name")
@click.option("--account", required=True)
def add_login(desk: Desk, *, name: str, account: str) -> None:
    """Let somebody sign in at an account, with all rights of its level and without a password."""
    from voipdesk.accounts.commands import create_login

    made = create_login(desk.db, desk.actor, account=account, name=name)
    row = {"login": made.name, "account": account, "rights": sorted(made.rights)}
    said.object_or_text(
        row,
        [tr("{name} may sign in at {account}.").format(name=made.name, account=account)],
        as_object=desk.json,
    )


@command(logins, "password")
@click.argument("name")
@click.option("--none", "is_none", is_flag=True, help="Take the password away.")
def password(desk: Desk, *, name: str, is_none: bool) -> None:
    """Give a login another password; it is typed twice and not shown."""
    from voipdesk.accounts.commands import set_password

    assert desk.actor
    typed = None if is_none else click.prompt("Password", hide_input=True, confirmation_prompt=True, err=True)
    set_password(desk.db, desk.actor, name=name, password=typed)
    said.object_or_text(
        {"login": name}, [tr("{name} has another password.").format(name=name)], as_object=desk.json
    )


@command(logins, "disable")
@click.argument("name")
def disable(desk: Desk, *, name: str) -> None:
    """Keep a login from signing in."""
    from voipdesk.accounts.commands import disable_login

    disable_login(desk.db, desk.actor, name=name)
    said.object_or_text(
        {"login": name}, [tr("{name} can no longer sign in.").format(name=name)], as_object=desk.json
    )
