"""Accounts, suppliers, logins from the command line."""

from decimal import Decimal

import click

from voipdesk.cli import said
from voipdesk.cli.context import Desk, command
from voipdesk.cli.main import voipdesk


@voipdesk.group()
def accounts() -> None:
    """The tree of accounts: admin, resellers, companies, users."""


@command(accounts, "list")
def list_accounts(desk: Desk) -> None:
    """The accounts you may see, with their place in the tree."""
    from voipdesk.accounts.queries import tree

    found = [
        {
            "account": "  " * account.depth + account.name,
            "code": account.code,
            "level": account.level,
            "status": account.status,
        }
        for account in tree(desk.db, desk.actor)
    ]
    said.rows(found, ("account", "code", "level", "status"), as_lines=desk.json)


@command(accounts, "add")
@click.argument("name")
@click.option("--level", type=click.Choice(["reseller", "company", "user"]), required=True)
@click.option("--under", metavar="ACCOUNT", help="Parent account (default: your own).")
@click.option("--code", default="", help="Short code (default: made of the name).")
@click.option(
    "--alias", "aliases", multiple=True, help="Name by which calls find the account; may be repeated."
)
@click.option("--prepaid", is_flag=True)
@click.option("--credit-limit", type=Decimal, default=Decimal(0))
def add_account(desk: Desk, *, name: str, level: str, under: str | None, **details: object) -> None:
    """Add an account."""
    from voipdesk.accounts import commands

    mode = "prepaid" if details["prepaid"] else "postpaid"
    limit = details["credit_limit"]
    assert isinstance(limit, Decimal)
    code = str(details["code"])
    account = commands.create_account(
        desk.db,
        desk.actor,
        name=name,
        level=level,
        parent=under,
        code=code,
        payment_mode=mode,
        credit_limit=limit,
    )
    aliases = details["aliases"]
    assert isinstance(aliases, tuple)
    for alias in aliases:
        commands.add_alias(desk.db, desk.actor, account=account.id, value=alias)
    row = {"id": account.id, "name": account.name, "code": account.code, "level": account.level}
    said.object_or_text(row, [f"{account.name} ({account.code}) added."], as_object=desk.json)


@voipdesk.group()
def suppliers() -> None:
    """The carriers you buy from."""


@command(suppliers, "list")
def list_suppliers(desk: Desk) -> None:
    """All suppliers."""
    from voipdesk.accounts.queries import suppliers as all_suppliers

    found = [
        {"name": one.name, "code": one.code, "currency": one.currency}
        for one in all_suppliers(desk.db, desk.actor)
    ]
    said.rows(found, ("name", "code", "currency"), as_lines=desk.json, empty="No suppliers yet.")


@command(suppliers, "add")
@click.argument("name")
@click.option("--currency", required=True)
def add_supplier(desk: Desk, *, name: str, currency: str) -> None:
    """Add a supplier."""
    from voipdesk.accounts.commands import create_supplier

    supplier = create_supplier(desk.db, desk.actor, name=name, currency=currency)
    said.object_or_text(
        {"id": supplier.id, "name": supplier.name}, [f"{supplier.name} added."], as_object=desk.json
    )
