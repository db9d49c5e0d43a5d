"""Accounts and suppliers from the command line."""

from decimal import Decimal
from typing import TYPE_CHECKING, Any

import click

from voipdesk.cli import said
from voipdesk.cli.context import Desk, command
from voipdesk.cli.main import voipdesk
from voipdesk.cli.options import Amount
from voipdesk.kernel.digits import whole_number
from voipdesk.kernel.text import tr

if TYPE_CHECKING:
    from voipdesk.accounts.rules import Supplier


@voipdesk.group()
def accounts() -> None:
    """The tree of accounts: admin, resellers, companies, users."""


@command(accounts, "list")
def list_accounts(desk: Desk) -> None:
    """The accounts you may see, with their place in the tree."""
    from voipdesk.accounts.queries import tree

    seen = tree(desk.db, desk.actor)
    names = {one.id: one.name for one in seen}
    top = seen[0].depth if seen else 0
    found = [
        {
            "account": one.name if desk.json else "  " * (one.depth - top) + one.name,
            "code": one.code,
            "level": one.level,
            "under": names.get(one.parent_id) if one.parent_id else None,
            "mode": one.payment_mode,
            "status": one.status,
        }
        for one in seen
    ]
    said.rows(found, ("account", "code", "level", "mode", "status"), as_lines=desk.json)


@command(accounts, "add")
@click.argument("name")
@click.option("--level", type=click.Choice(["reseller", "company", "user"]), required=True)
@click.option("--under", metavar="ACCOUNT", help="Parent account (default: your own).")
@click.option("--code", default="", help="Short code (default: made of the name).")
@click.option(
    "--alias", "aliases", multiple=True, help="Name by which calls find the account; may be repeated."
)
@click.option("--prepaid", is_flag=True, help="Pays before it calls (default: after).")
@click.option("--credit-limit", type=Amount(), default=Decimal(0), help="How far below zero it may go.")
@click.option("--country", default="", help="ISO 3166, like GB.")
@click.option("--tax", type=click.Choice(["standard", "reverse_charge", "exempt"]), default="standard")
def add_account(desk: Desk, *, name: str, level: str, under: str | None, **details: Any) -> None:
    """Add an account."""
    from voipdesk.accounts import commands

    account = commands.create_account(
        desk.db,
        desk.actor,
        name=name,
        level=level,
        parent=under,
        code=details["code"],
        payment_mode="prepaid" if details["prepaid"] else "postpaid",
        credit_limit=details["credit_limit"],
        country=details["country"],
        tax_status=details["tax"],
    )
    for alias in details["aliases"]:
        commands.add_alias(desk.db, desk.actor, account=account.id, value=alias)
    row = {"id": account.id, "name": account.name, "code": account.code, "level": account.level}
    said.object_or_text(
        row, [tr("{name} ({code}) added.").format(name=account.name, code=account.code)], as_object=desk.json
    )


@command(accounts, "move")
@click.argument("account")
@click.option("--under", metavar="ACCOUNT", required=True, help="The new parent.")
def move_account(desk: Desk, *, account: str, under: str) -> None:
    """Put an account, and all below it, under another one."""
    from voipdesk.accounts import commands

    moved = commands.move_account(desk.db, desk.actor, account=account, parent=under)
    row = {"id": moved.id, "name": moved.name, "code": moved.code, "level": moved.level}
    said.object_or_text(
        row, [tr("{name} ({code}) moved.").format(name=moved.name, code=moved.code)], as_object=desk.json
    )


@command(accounts, "alias")
@click.argument("account")
@click.argument("value", metavar="NAME")
@click.option("--kind", type=click.Choice(["account", "trunk", "caller"]), default="account")
def add_alias(desk: Desk, *, account: str, value: str, kind: str) -> None:
    """Let calls find an account by a name, a trunk, or the first digits of the caller."""
    from voipdesk.accounts import commands, queries

    found = queries.account(desk.db, desk.actor, account)
    commands.add_alias(desk.db, desk.actor, account=found.id, value=value, kind=kind)
    row = {"account": found.name, "kind": kind, "value": value}
    said.object_or_text(
        row, [tr("{value} now means {name}.").format(value=value, name=found.name)], as_object=desk.json
    )


@voipdesk.group()
def suppliers() -> None:
    """The carriers you buy from."""


@command(suppliers, "list")
def list_suppliers(desk: Desk) -> None:
    """All suppliers."""
    from voipdesk.accounts.queries import suppliers as all_suppliers

    found = [
        {
            "name": one.name,
            "code": one.code,
            "currency": one.currency,
            "notice": one.notice_days if desk.json else _notice_text(one.notice_days),
            "status": one.status,
        }
        for one in all_suppliers(desk.db, desk.actor)
    ]
    shown = ("name", "code", "currency", "notice", "status")
    said.rows(found, shown, as_lines=desk.json, empty=tr("No suppliers yet."))


_NOTICE = click.option(
    "--notice",
    multiple=True,
    metavar="KIND=DAYS",
    help="Days a change is announced before: increase, decrease, new, closed, blocked; may be repeated.",
)


@command(suppliers, "add")
@click.argument("name")
@click.option("--currency", help="ISO 4217, like USD (default: the workspace's).")
@click.option("--code", default="", help="Short code (default: made of the name).")
@_NOTICE
def add_supplier(desk: Desk, *, name: str, notice: tuple[str, ...], **details: Any) -> None:
    """Add a supplier."""
    from voipdesk.accounts.commands import create_supplier

    supplier = create_supplier(desk.db, desk.actor, name=name, notice_days=_notice(notice), **details)
    _tell_supplier(desk, supplier, tr("{name} added."))


@command(suppliers, "change")
@click.argument("supplier")
@click.option("--name")
@click.option("--code")
@click.option("--currency", help="ISO 4217, like USD.")
@click.option("--status", type=click.Choice(["active", "archived"]))
@_NOTICE
def change_supplier(desk: Desk, *, supplier: str, notice: tuple[str, ...], **details: Any) -> None:
    """Change what a supplier is, its notice terms, or put it away."""
    from voipdesk.accounts import commands

    given = {key: value for key, value in details.items() if value is not None}
    if notice:
        given["notice_days"] = _notice(notice)
    if not given:
        raise click.UsageError("Say what is to change.")
    changed = commands.change_supplier(desk.db, desk.actor, supplier=supplier, **given)
    _tell_supplier(desk, changed, tr("{name} changed."))


def _tell_supplier(desk: Desk, supplier: "Supplier", text: str) -> None:
    row = {
        "id": supplier.id,
        "name": supplier.name,
        "code": supplier.code,
        "currency": supplier.currency,
        "notice": supplier.notice_days,
        "status": supplier.status,
    }
    said.object_or_text(row, [text.format(name=supplier.name)], as_object=desk.json)


def _notice(given: tuple[str, ...]) -> dict[str, int]:
    """Days by kind; wrong usage where it is no `KIND=DAYS`."""
    found = {}
    for one in given:
        kind, _, days = one.partition("=")
        count = whole_number(days)
        if count is None:
            raise click.BadParameter(f"{one!r} is not like increase=7", param_hint="--notice")
        found[kind.strip()] = count
    return found


def _notice_text(days: dict[str, int]) -> str:
    return ", ".join(f"{kind} {many}" for kind, many in days.items() if many)
