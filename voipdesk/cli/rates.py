"""Rate tables from the command line: tables, sheets in and out, the history of imports."""

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from voipdesk.cli import options, said, sheets
from voipdesk.cli.context import Desk, command
from voipdesk.cli.main import voipdesk
from voipdesk.cli.options import FilePath
from voipdesk.kernel.digits import is_digits, whole_number
from voipdesk.kernel.money import from_scaled, price_text
from voipdesk.kernel.problems import Refused
from voipdesk.kernel.text import tr

if TYPE_CHECKING:
    from datetime import date, datetime

    from voipdesk.rates.commands import ImportReport
    from voipdesk.rates.rules.conversion import Conversion
    from voipdesk.rates.rules.surroundings import Consequences

SHOWN = 10
"""Changes told to people; the counts are of all."""


@voipdesk.group()
def tables() -> None:
    """Base rate tables: what you pay your suppliers."""


@command(tables, "list")
def list_tables(desk: Desk) -> None:
    """All rate tables, the default one first."""
    from voipdesk.accounts.queries import suppliers
    from voipdesk.rates.queries import tables as all_tables

    known = all_tables(desk.db, desk.actor)
    carriers = {one.id: one.name for one in suppliers(desk.db, desk.actor)}
    found = [
        {
            "table": one.name,
            "currency": one.currency,
            "supplier": carriers.get(one.supplier_id, "") if one.supplier_id else "",
            "zone": str(one.zone),
            "default": "yes" if one.is_default else "",
            "status": one.status,
        }
        for one in known
    ]
    shown = ("table", "currency", "supplier", "zone", "default", "status")
    said.rows(found, shown, as_lines=desk.json, empty=tr("No rate tables yet."))


@command(tables, "add")
@click.argument("name")
@click.option("--currency", help="ISO 4217, like USD (default: the workspace's).")
@click.option("--supplier", help="The carrier whose prices it holds.")
@click.option("--zone", help="Of its days and time bands (default: the workspace's).")
@click.option(
    "--default", "is_default", is_flag=True, help="Costs come from it where a call names no supplier."
)
@click.option("--seed", is_flag=True, help="Begin with 20 destinations (example prices in USD).")
def add_table(desk: Desk, *, name: str, currency: str | None, is_default: bool, **given: Any) -> None:
    """Make a rate table; the first one brings the three predefined plans along."""
    from voipdesk.accounts.queries import workspace
    from voipdesk.rates.commands import create_table, seed_table
    from voipdesk.tariffs.commands import seed_plans
    from voipdesk.tariffs.queries import plans

    money = currency or workspace(desk.db).currency
    wants_seed = given.pop("seed")
    made = create_table(desk.db, desk.actor, name=name, currency=money, default=is_default, **given)
    if wants_seed:
        seed_table(desk.db, desk.actor, table=made.id)
    if made.is_default and not plans(desk.db, desk.actor):
        seed_plans(desk.db, desk.actor)
    row = {"id": made.id, "table": made.name, "currency": made.currency, "default": made.is_default}
    said.object_or_text(
        row,
        [tr("{name} ({currency}) added.").format(name=made.name, currency=made.currency)],
        as_object=desk.json,
    )


@command(voipdesk, "import-rates")
@click.argument("file", type=FilePath())
@click.option("--table", required=True)
@click.option("--profile", help="A kept way of reading (default: the one that knows this header).")
@click.option("--scope", type=click.Choice(["full", "country", "partial"]), default="full", show_default=True)
@click.option("--effective", metavar="DATE", help="For all rows, instead of the sheet's own dates.")
@click.option("--dry-run", is_flag=True, help="Say what would happen, change nothing.")
@click.option("--accept", multiple=True, metavar="GUARD", help="Let a guard pass: G1, a stop as G3:4.")
@click.option(
    "--past",
    type=click.Choice(["keep", "now"]),
    help="Rates dated in the past (G6): as they say, or from now.",
)
@click.option(
    "--clamp-notice", is_flag=True, help="What comes too late starts when the supplier's notice allows (G13)."
)
@click.option(
    "--conflicts",
    type=click.Choice(["first", "last", "highest"]),
    help="Which of several prices of one prefix and date is taken (G7).",
)
@click.option(
    "--pick",
    "chosen",
    multiple=True,
    metavar="ROW[:PREFIX[:BAND]]",
    help="Take this row where rows contradict (G7).",
)
@click.option(
    "--convert", metavar="RATE[@DATE]", help="What 1 of the sheet's currency is worth in the table's (G8)."
)
@click.option("--note", default="", help="Kept with the import.")
@click.option("--stage", is_flag=True, help="Only read and keep it: review and publish it later.")
@click.option("--set", "told", multiple=True, metavar="NAME=VALUE", help="Answer what the file leaves open.")
@click.option(
    "--band",
    "bands",
    multiple=True,
    metavar="NAME=HOURS",
    help='A time band for columns like Off-Peak: "Off-Peak=Mon-Fri 20:00-08:00, Sat-Sun"; made where the table has none.',
)
def import_rates(desk: Desk, *, file: Path, table: str, effective: str | None, **given: Any) -> None:
    """Import a carrier's sheet and publish what it changes."""
    given |= {"past": given["past"] or "", "conflicts": given["conflicts"] or ""}
    given |= {"bands": options.bands(given["bands"]), "convert": _conversion(desk, given["convert"])}
    given["chosen"] = [_picked(word) for word in given["chosen"]]
    if given.pop("stage"):
        if given.pop("dry_run"):
            raise click.UsageError("Say --stage or --dry-run.")
        _stage(desk, file, table, {**given, "effective": _effective(desk, effective)})
        return
    from voipdesk.insight.queries_consequences import CallsAndTariffs
    from voipdesk.rates.commands import import_sheet

    given["told"] = sheets.answers(given.pop("told"))
    given["effective"] = _effective(desk, effective)
    known = CallsAndTariffs(desk.db.clock)
    try:
        with said.progress(quiet=desk.json) as report:
            made = import_sheet(
                desk.db, desk.actor, file, table=table, surroundings=known, progress=report, **given
            )
    except Refused as refused:
        raise sheets.answerable(refused, file) from refused
    row = {**made.as_dict(), "held": made.is_held}
    said.object_or_text(row, _imported(desk, made), as_object=desk.json)


@command(voipdesk, "export-rates")
@click.argument("out", type=FilePath())
@click.option("--table", help="What you pay: the rates of a table.")
@click.option("--plan", help="What a plan sells.")
@click.option("--account", help="What an account pays.")
@click.option("--as-of", metavar="DATE", help="In force then (default: now).")
@click.option(
    "--changes-since", "since", metavar="DATE", help="Of an account: only what changes from that day on."
)
def export_rates(desk: Desk, *, out: Path, as_of: str | None, since: str | None, **of: str | None) -> None:
    """Write rates as .csv or .xlsx; the sheet of a plan or account is fit for the customer."""
    if sum(one is not None for one in of.values()) != 1:
        raise click.UsageError("Say one of --table, --plan or --account.")
    at = options.instant(desk, as_of, "--as-of")
    first = options.instant(desk, since, "--changes-since")
    if first is None:
        rows, blocked = _exported(desk, out, at, **of)
    elif of["account"] is None or at is not None:
        raise click.UsageError("--changes-since goes with --account, and without --as-of.")
    else:
        from voipdesk.tariffs.commands import export_changes

        made = export_changes(desk.db, desk.actor, of["account"], out, effective=first)
        rows, blocked = made.rows, made.blocked
    row = {"file": str(out), "rows": rows, "blocked": blocked}
    said.object_or_text(
        row,
        [
            tr("{out}: {rows:,} rates, {blocked:,} of them blocked.").format(
                out=out, rows=rows, blocked=blocked
            )
        ],
        as_object=desk.json,
    )


def _stage(desk: Desk, file: Path, table: str, given: dict[str, Any]) -> None:
    """Stage a sheet with what was decided about it, and say what publishing it would do."""
    from voipdesk.cli.imports import reviewed
    from voipdesk.rates.commands import decide, stage_sheet

    told = sheets.answers(given.pop("told"))
    try:
        with said.progress(quiet=desk.json) as report:
            key = stage_sheet(
                desk.db,
                desk.actor,
                file,
                table=table,
                told=told,
                profile=given.pop("profile"),
                bands=given.pop("bands"),
                convert=given.pop("convert"),
                progress=report,
            )
    except Refused as refused:
        raise sheets.answerable(refused, file) from refused
    decide(desk.db, desk.actor, key, **given)
    reviewed(desk, key)


def _effective(desk: Desk, text: str | None) -> "datetime | date | None":
    """A day is its midnight in the table's zone, an instant is itself."""
    if text is not None and len(text.strip()) == len("2026-11-30"):
        return options.day(text.strip(), "--effective")
    return options.instant(desk, text, "--effective")


def _conversion(desk: Desk, text: str | None) -> "Conversion | None":
    """`1.085` of today, `1.085@2026-11-20` of another day."""
    if text is None:
        return None
    from voipdesk.rates.rules.conversion import conversion_of

    rate, _, day = text.partition("@")
    on = options.day(day.strip(), "--convert") if day else desk.db.clock.today(desk.zone)
    return conversion_of({"rate": rate, "day": on})


def _picked(word: str) -> str:
    """A row of the file, or one of its prefixes, or a time band of that: `12`, `12:4478`, `12:4478:night`."""
    row, colon, rest = word.strip().partition(":")
    number = whole_number(row)
    if number is not None and (is_digits(rest.partition(":")[0]) or not colon):
        return f"{number}{colon}{rest}"
    raise click.BadParameter(
        f"{word!r}: say a row of the file, or row:prefix, like 12 or 12:4478", param_hint="--pick"
    )


def _exported(desk: Desk, out: Path, at: "datetime | None", **of: str | None) -> tuple[int, int]:
    """Rows written, and how many of them blocked."""
    if of["table"] is not None:
        from voipdesk.rates.commands import export_table

        made = export_table(desk.db, desk.actor, table=of["table"], path=out, at=at)
        return made.rows, made.blocked
    from voipdesk.accounts.queries import account
    from voipdesk.tariffs.commands import export_plan
    from voipdesk.tariffs.queries import plan

    if of["plan"] is not None:
        key: Any = plan(desk.db, desk.actor, of["plan"])
    else:
        key = account(desk.db, desk.actor, of["account"] or "")
    sheet = export_plan(desk.db, desk.actor, key, out, at=at)
    return sheet.rows, sheet.blocked


def _hurt(found: "Consequences") -> Iterator[str]:
    """Plans with prefixes below cost, and the customers that lose most by it."""
    plans = ", ".join(f"{plan} {count:,}" for plan, count in found.by_plan.items() if count)
    text = tr(
        "  below cost: {prefixes:,} sell prefixes ({plans}), {customers:,} customers, {margin} in 30 days"
    )
    yield text.format(
        prefixes=found.prefixes, plans=plans, customers=len(found.customers), margin=found.margin
    )
    for one in found.customers[:SHOWN]:
        if one.seconds:
            minutes = f"{one.seconds // 60:,}"
            yield tr("    {account}: {margin} for {minutes} minutes").format(
                account=one.account, margin=one.margin, minutes=minutes
            )


def _imported(desk: Desk, made: "ImportReport") -> Iterator[str]:
    dry = said.dry(made.is_dry_run)
    yield tr("{file} into {table}{dry}").format(file=made.file_name, table=made.table, dry=dry)
    parts = " + ".join(
        f"{made.ledger[name]:,} {word}"
        for name, word in (
            ("skipped", tr("skipped")),
            ("blank", tr("blank")),
            ("accepted", tr("accepted")),
            ("duplicates", tr("duplicates")),
            ("quarantined", tr("in quarantine")),
        )
    )
    yield tr("  {rows:,} rows = {parts}; {prefixes:,} prefixes").format(
        rows=made.ledger["rows"], parts=parts, prefixes=made.prefixes
    )
    yield "  " + ", ".join(f"{count:,} {kind}" for kind, count in made.counts.items())
    for guard in made.guards:
        if guard.state != "ok":
            passed = (
                tr(" (accepted by {accepted_by})").format(accepted_by=guard.accepted_by)
                if guard.accepted_by
                else ""
            )
            way = "" if guard.accepted_by else f" --accept {guard.pass_word}"
            yield f"  {guard.state} {guard.id}: {guard.text}{passed}{way}"
    if made.consequences is not None and made.consequences.prefixes:
        yield from _hurt(made.consequences)
    for change in made.changes[:SHOWN]:
        old = "–" if change.old_price is None else price_text(from_scaled(change.old_price))
        new = "–" if change.new_price is None else price_text(from_scaled(change.new_price))
        key = f"{change.prefix} {change.band}".strip().ljust(10)
        yield f"  {str(change.kind).ljust(8)} {key} {old} → {new}  {change.destination}".rstrip()
    if len(made.changes) > SHOWN:
        yield tr("  … {count:,} more changes").format(
            count=sum(made.counts.values()) - made.counts.get("same", 0) - SHOWN
        )
    yield from sheets.left_out(made.notes, made.bandless)
    yield from (f"  {problem}" for problem in made.problems[:20])
