"""Rate tables side by side from the command line: the rows of the page Compare."""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from voipdesk.cli import options, said
from voipdesk.cli.context import Desk, command
from voipdesk.cli.main import voipdesk
from voipdesk.cli.options import FilePath
from voipdesk.kernel.money import currency_decimals, from_scaled, price_text, rounded
from voipdesk.kernel.text import tr, trn

if TYPE_CHECKING:
    from voipdesk.rates.engine_compare import Comparison
    from voipdesk.rates.queries.comparing import ComparedRow

SIMULATED = "*"


@command(voipdesk, "compare-rates")
@click.argument("tables", nargs=-1, required=True, metavar="TABLE OTHER…")
@click.option("--out", type=FilePath(), help="Write the rows as .csv or .xlsx instead of printing them.")
@click.option("--master", help="The table that savings are counted against (default: the first).")
@click.option("--as-of", metavar="DATE", help="In force then (default: now).")
@click.option("--band", default="", metavar="NAME", help="Prices in a time band, where a table has it.")
@click.option("--own-prefixes", is_flag=True, help="Leave empty what a table has only as a shorter prefix.")
@click.option("--gaps", is_flag=True, help="Only prefixes that some table lacks or blocks.")
@click.option("--differences", is_flag=True, help="Only prefixes whose prices differ.")
@click.option("--prefix", default="", metavar="DIGITS", help="Only prefixes that begin so.")
def compare_rates(
    desk: Desk, *, tables: tuple[str, ...], out: Path | None, as_of: str | None, **given: Any
) -> None:
    """Compare two to eight rate tables of one currency, prefix by prefix."""
    from voipdesk.insight.queries_consequences import CallsAndTariffs
    from voipdesk.rates.queries.comparing import compared, rows_of, with_minutes

    at = options.instant(desk, as_of, "--as-of")
    simulate = not given["own_prefixes"]
    made = compared(
        desk.db, desk.actor, tables, at=at, master=given["master"], simulate=simulate, band=given["band"]
    )
    columns = with_minutes(desk.db, desk.actor, made, CallsAndTariffs(desk.db.clock))
    only = {"gaps_only": given["gaps"], "differences_only": given["differences"]}
    ids: Any = columns.ids(starts=given["prefix"], **only)
    if out is not None:
        _write(desk, columns, ids, out)
    elif desk.json:
        said.rows(map(_as_object, rows_of(columns, ids)), (), as_lines=True)
    else:
        shown = ("prefix", "destination", *columns.titles, "cheapest", "spread", "minutes", "saving")
        found = map(_as_line, rows_of(columns, ids))
        said.rows(found, shown, as_lines=False, empty=tr("No prefix to compare."))
        print(*_summary(columns, len(ids)), sep="\n")


def _write(desk: Desk, columns: "Comparison", ids: Sequence[int], out: Path) -> None:
    from voipdesk.rates.commands.comparing import export_comparison

    with said.progress(quiet=desk.json) as report:
        count = export_comparison(desk.db, desk.actor, columns, ids, out, progress=report)
    text = tr("{out}: {rows}.").format(out=out, rows=_counted(count))
    said.object_or_text({"file": str(out), "rows": count}, [text], as_object=desk.json)


def _counted(count: int) -> str:
    return trn("{count} prefix", "{count} prefixes", count)


def _as_object(row: "ComparedRow") -> dict[str, Any]:
    """A row for programs: nothing is rounded, a table without a price has null."""
    return {
        "prefix": row.prefix,
        "destination": row.destination,
        "prices": row.prices,
        "simulated": row.simulated,
        "blocked": row.blocked,
        "cheapest": row.cheapest,
        "spread": row.spread,
        "minutes": row.minutes,
        "saving": row.saving,
    }


def _as_line(row: "ComparedRow") -> dict[str, Any]:
    """A row for people: a star behind the price of a shorter prefix."""
    offers = {
        name: tr("blocked")
        if name in row.blocked
        else ""
        if price is None
        else price_text(price) + (SIMULATED if name in row.simulated else "")
        for name, price in row.prices.items()
    }
    return {
        "prefix": row.prefix,
        "destination": row.destination,
        **offers,
        "cheapest": "" if row.cheapest is None else price_text(row.cheapest),
        "spread": "" if row.spread is None else f"{row.spread} %",
        "minutes": row.minutes,
        "saving": "" if row.saving is None else f"{rounded(row.saving, 2)}",
    }


def _summary(columns: "Comparison", count: int) -> Iterator[str]:
    wins = ", ".join(f"{name} {many:,}" for name, many in zip(columns.titles, columns.counts(), strict=True))
    yield f"{_counted(count)} · " + tr("Cheapest: {names}").format(names=wins)
    if columns.saving is not None:
        text = tr("{saving} {currency} a month less than {name} alone")
        saving = rounded(from_scaled(columns.total_saving), currency_decimals(columns.currency))
        name = columns.titles[columns.master]
        yield text.format(saving=f"{saving:,}", currency=columns.currency, name=name)
