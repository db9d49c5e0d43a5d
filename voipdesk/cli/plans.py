"""Tariff plans from the command line, and what a number costs."""

from typing import TYPE_CHECKING, Any

import click

from voipdesk.cli import options, said
from voipdesk.cli.context import Desk, command
from voipdesk.cli.main import voipdesk
from voipdesk.cli.options import Amount
from voipdesk.kernel.money import price_text
from voipdesk.kernel.text import tr

if TYPE_CHECKING:
    from collections.abc import Iterator

    from voipdesk.tariffs.queries import KeptRule, LevelPrice, Price


@voipdesk.group()
def plans() -> None:
    """Tariff plans: what you charge the level below you."""


@command(plans, "list")
def list_plans(desk: Desk) -> None:
    """Your plans and those of the resellers below you."""
    from voipdesk.tariffs.queries import plans as all_plans

    found = [
        {
            "plan": one.name,
            "owner": one.owner,
            "stands_on": one.table or "the price paid",
            "decimals": one.terms.decimals,
            "rounding": one.terms.rounding,
            "minimum_margin": one.terms.minimum_margin,
            "predefined": one.predefined,
            "version": one.version,
            "status": one.status,
        }
        for one in all_plans(desk.db, desk.actor)
    ]
    shown = ("plan", "owner", "stands_on", "decimals", "rounding", "minimum_margin", "version", "status")
    said.rows(found, shown, as_lines=desk.json, empty=tr("No plans yet: voipdesk plans seed makes three."))


@command(plans, "seed")
@click.option("--table", help="Base table (default: the default one).")
def seed(desk: Desk, *, table: str | None) -> None:
    """Make the three predefined plans: cost, +10 %, free."""
    from voipdesk.tariffs.commands import seed_plans

    made = seed_plans(desk.db, desk.actor, table=table)
    row = {"plans": [one.name for one in made]}
    said.object_or_text(
        row, [tr("Plans: {names}.").format(names=", ".join(one.name for one in made))], as_object=desk.json
    )


@command(plans, "add")
@click.argument("name")
@click.option("--table", help="Base table (default: the default one; a reseller stands on what he pays).")
@click.option("--markup", type=Amount(percent=True), help="A first rule over everything, like 25%.")
@click.option("--decimals", type=click.IntRange(0, 8), default=6, help="Of sell prices.")
@click.option("--rounding", type=click.Choice(["half_up", "up", "down"]), default="half_up")
@click.option("--minimum-margin", type=Amount(), help="Per minute over the base.")
@click.option("--below-base", type=click.Choice(["allow", "refuse"]), help="Selling below the base.")
def add_plan(desk: Desk, *, name: str, table: str | None, markup: Any, **details: Any) -> None:
    """Make a plan."""
    from voipdesk.tariffs.commands import create_plan
    from voipdesk.tariffs.rules import PlanRule

    first = [] if markup is None else [PlanRule(markup=markup)]
    given = {key: value for key, value in details.items() if value is not None}
    plan = create_plan(desk.db, desk.actor, name=name, table=table, rules=first, **given)
    row = {"id": plan.id, "plan": plan.name, "rules": len(first)}
    said.object_or_text(row, [tr("{name} added.").format(name=plan.name)], as_object=desk.json)


@command(plans, "rule")
@click.argument("plan")
@click.option("--match", type=click.Choice(["exact", "prefix", "destination", "all"]), required=True)
@click.option("--pattern", default="", help="The prefix, or a destination where * stands for any text.")
@click.option("--action", type=click.Choice(["markup", "fixed", "free", "block", "omit"]), default="markup")
@click.option("--markup", type=Amount(percent=True), help="0.1 or 10%.")
@click.option("--amount", type=Amount(), help="Added per minute.")
@click.option("--price", "fixed_price", type=Amount(), help="Per minute, for --action fixed.")
@click.option("--connect-fee", type=Amount())
@click.option("--minimum-charge", type=Amount())
@click.option("--initial-interval", type=int)
@click.option("--next-interval", type=int)
@click.option("--from", "since", metavar="DATE")
@click.option("--until", metavar="DATE")
def add_rule(desk: Desk, *, plan: str, since: str | None, until: str | None, **fields: Any) -> None:
    """Add a rule behind the others of a plan."""
    from voipdesk.tariffs.commands import add_rule as add

    given = {key: value for key, value in fields.items() if value is not None}
    if since is not None:
        given["since"] = options.instant(desk, since, "--from")
    if until is not None:
        given["until"] = options.instant(desk, until, "--until")
    made = add(desk.db, desk.actor, plan=plan, **given)
    said.object_or_text(
        {"rule": made, "plan": plan}, [tr("Rule added to {plan}.").format(plan=plan)], as_object=desk.json
    )


@command(plans, "set-prices")
@click.argument("plan")
@click.argument("prefixes", nargs=-1, required=True)
@click.option("--price", type=Amount(), required=True, help="Per minute.")
@click.option(
    "--from", "since", metavar="DATE", required=True, help="Until then the prices stay as they are."
)
def set_prices(desk: Desk, *, plan: str, prefixes: tuple[str, ...], price: Any, since: str) -> None:
    """Give prefixes, like 2010-2012 2015, a fixed price from a day on."""
    from voipdesk.tariffs.commands import set_prices as set_them
    from voipdesk.tariffs.files import prefixes_of

    at = options.instant(desk, since, "--from")
    assert at is not None
    wanted = prefixes_of(", ".join(prefixes))
    made = set_them(desk.db, desk.actor, plan=plan, prices=dict.fromkeys(wanted, price), since=at)
    said.object_or_text(
        {"plan": plan, "prefixes": wanted, "price": price, "from": at, "rules": made},
        [
            tr("{plan}: {prefixes} at {price} from {since}.").format(
                plan=plan, prefixes=", ".join(wanted), price=price_text(price), since=options.local(desk, at)
            )
        ],
        as_object=desk.json,
    )


@command(plans, "rules")
@click.argument("plan")
def list_rules(desk: Desk, *, plan: str) -> None:
    """The rules of a plan in the order in which they are read."""
    from voipdesk.tariffs.queries import rules

    found = [_rule(desk, one) for one in rules(desk.db, desk.actor, plan)]
    shown = ("match", "pattern", "action", "markup", "amount", "fixed_price", "connect_fee", "from", "until")
    said.rows(found, shown, as_lines=desk.json, empty=tr("No rules: nothing is sold under this plan."))


@command(plans, "assign")
@click.argument("plan")
@click.option("--account", required=True)
@click.option("--from", "since", metavar="TIME", help="Default: now.")
@click.option("--until", metavar="TIME", help="Default: for ever.")
def assign(desk: Desk, *, plan: str, account: str, since: str | None, until: str | None) -> None:
    """Give an account a plan."""
    from voipdesk.tariffs.commands import assign_plan

    made = assign_plan(
        desk.db,
        desk.actor,
        account=account,
        plan=plan,
        since=options.instant(desk, since, "--from"),
        until=options.instant(desk, until, "--until"),
    )
    row = {"plan": made.plan, "account": account, "from": made.effective.start, "until": made.effective.end}
    said.object_or_text(
        row,
        [
            tr("{account} has {plan} from {since}.").format(
                account=account, plan=made.plan, since=options.local(desk, made.effective.start)
            )
        ],
        as_object=desk.json,
    )


@command(plans, "assigned")
@click.option("--account")
def assigned(desk: Desk, *, account: str | None) -> None:
    """Who has which plan when."""
    from voipdesk.accounts.queries import tree
    from voipdesk.tariffs.queries import assignments

    names = {one.id: one.name for one in tree(desk.db, desk.actor)}
    found = [
        {
            "account": names[one.account_id],
            "plan": one.plan,
            "from": options.local(desk, one.effective.start),
            "until": one.effective.end and options.local(desk, one.effective.end),
        }
        for one in assignments(desk.db, desk.actor, account)
    ]
    said.rows(
        found, ("account", "plan", "from", "until"), as_lines=desk.json, empty=tr("Nobody has a plan yet.")
    )


@command(voipdesk)
@click.argument("number")
@click.option("--account", required=True)
@click.option("--at", metavar="TIME", help="Default: now.")
@click.option("--seconds", type=click.IntRange(0), default=60, help="Talk time (default: a minute).")
def price(desk: Desk, *, number: str, account: str, at: str | None, seconds: int) -> None:
    """What a number costs an account, with the whole derivation."""
    from voipdesk.tariffs.queries import price as price_of

    found = price_of(desk.db, desk.actor, account, number, options.instant(desk, at, "--at"), seconds)
    row = {
        "number": found.number,
        "account": found.account.name,
        "at": found.at,
        "seconds": found.seconds,
        "currency": found.currency,
        "amount": found.own.amount if found.own else None,
        "trouble": found.trouble,
        "levels": [_level(one) for one in found.levels],
    }
    said.object_or_text(row, _told(desk, found, number), as_object=desk.json)


def _rule(desk: Desk, kept: "KeptRule") -> dict[str, Any]:
    rule = kept.rule
    return {
        "id": kept.id,
        "match": rule.match,
        "pattern": rule.pattern,
        "action": rule.action,
        "markup": rule.markup,
        "amount": rule.amount,
        "fixed_price": rule.fixed_price,
        "connect_fee": rule.connect_fee,
        "minimum_charge": rule.minimum_charge,
        "initial_interval": rule.initial_interval,
        "next_interval": rule.next_interval,
        "from": options.local(desk, rule.effective.start) if rule.effective else None,
        "until": options.local(desk, rule.effective.end) if rule.effective and rule.effective.end else None,
    }


def _level(one: "LevelPrice") -> dict[str, Any]:
    return {
        "level": one.level,
        "account": one.account,
        "source": one.source,
        "prefix": one.prefix,
        "destination": one.destination,
        "price": one.terms.price if one.terms else None,
        "billed_seconds": one.seconds,
        "amount": one.amount,
        "margin": one.margin,
        "trouble": one.trouble,
        "text": one.text,
        "steps": [{"label": step.label, "value": step.value} for step in one.steps],
    }


def _told(desk: Desk, found: "Price", dialled: str) -> "Iterator[str]":
    """The derivation as lines, level by level."""
    when = options.local(desk, found.at)
    yield tr("{dialled} = {number}, {seconds} s, answered {when}, for {name}").format(
        dialled=dialled, number=found.number or "?", seconds=found.seconds, when=when, name=found.account.name
    )
    for one in found.levels:
        title = one.account or str(one.level)
        amount = one.text if one.amount is None else f"{price_text(one.amount)} {found.currency}"
        margin = "" if one.margin is None else tr(", margin {margin}").format(margin=price_text(one.margin))
        yield ""
        yield f"{title} ({one.level}): {amount}{margin}"
        width = max((len(step.label) for step in one.steps), default=0)
        yield from (f"  {step.label.ljust(width)}  {step.value}".rstrip() for step in one.steps)
