"""Imports from the command line: what was imported, what waits, and what becomes of it."""

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any
from uuid import UUID

import click

from voipdesk.cli import options, said, sheets
from voipdesk.cli.context import Desk, command
from voipdesk.cli.main import voipdesk
from voipdesk.cli.options import FilePath
from voipdesk.kernel.problems import Refused
from voipdesk.kernel.text import tr

if TYPE_CHECKING:
    from voipdesk.rates.queries import Review


@voipdesk.group()
def imports() -> None:
    """The history of rate imports."""


@command(imports, "list")
@click.option("--table", help="Of this table only.")
def list_imports(desk: Desk, *, table: str | None) -> None:
    """Imports, the newest first."""
    from voipdesk.rates.queries import imports as all_imports

    found = [
        {
            "table": one.table,
            "version": one.version,
            "file": one.file_name,
            "scope": one.scope,
            "state": one.state,
            "at": options.local(desk, one.at),
            "by": one.actor_name,
            **{name: one.ledger.get(name, 0) for name in ("rows", "accepted", "quarantined")},
            "counts": one.counts,
            "id": one.id,
        }
        for one in all_imports(desk.db, desk.actor, table)
    ]
    shown = ("table", "version", "file", "scope", "state", "at", "by", "rows", "accepted", "quarantined")
    said.rows(found, shown, as_lines=desk.json, empty=tr("No sheets imported yet."))


@command(imports, "show")
@click.argument("number", metavar="IMPORT")
def show(desk: Desk, *, number: str) -> None:
    """One import: its ledger, counts and guards; of a staged one, what publishing would do."""
    from voipdesk.rates.queries import imports as all_imports

    key = _key(number)
    record = next((one for one in all_imports(desk.db, desk.actor) if one.id == key), None)
    if record is None or record.state == "staged":
        reviewed(desk, key)
        return
    row = {
        "id": record.id,
        "table": record.table,
        "file": record.file_name,
        "state": record.state,
        "source": record.source,
        "scope": record.scope,
        "version": record.version,
        "at": options.local(desk, record.at),
        "by": record.actor_name,
        "note": record.note,
        **record.ledger,
        "counts": record.counts,
        "guards": record.guards,
        "decisions": record.decisions,
    }
    said.object_or_text(row, _lines(row), as_object=desk.json)


@command(imports, "publish")
@click.argument("number", metavar="IMPORT")
@click.option("--accept", multiple=True, metavar="GUARD", help="Let a guard pass: G1, a stop as G3:4.")
@click.option("--note", help="Kept with the import.")
def publish(desk: Desk, *, number: str, accept: tuple[str, ...], note: str | None) -> None:
    """Publish a staged import."""
    from voipdesk.insight.queries_consequences import CallsAndTariffs
    from voipdesk.rates.commands import decide, publish_import

    key = _key(number)
    decided: dict[str, Any] = {"accept": accept} if accept else {}
    if note is not None:
        decided["note"] = note
    if decided:
        decide(desk.db, desk.actor, key, **decided)
    try:
        with said.progress(quiet=desk.json) as report:
            made = publish_import(
                desk.db, desk.actor, key, surroundings=CallsAndTariffs(desk.db.clock), progress=report
            )
    except Refused as refused:
        raise sheets.answerable(refused, Path(number)) from refused
    text = tr("{file} is published in {table} as version {version}.").format(
        file=made.file_name, table=made.table, version=made.version
    )
    said.object_or_text({**made.as_dict(), "held": made.is_held}, [text], as_object=desk.json)


@command(imports, "discard")
@click.argument("number", metavar="IMPORT")
def discard(desk: Desk, *, number: str) -> None:
    """Drop a staged import; its file and answers are kept."""
    from voipdesk.rates.commands import discard_import

    discard_import(desk.db, desk.actor, _key(number))
    said.object_or_text({"id": number, "state": "cancelled"}, [tr("Discarded.")], as_object=desk.json)


@command(imports, "original")
@click.argument("number", metavar="IMPORT")
@click.argument("out", type=FilePath())
def original(desk: Desk, *, number: str, out: Path) -> None:
    """Write the file that was imported, byte for byte."""
    from voipdesk.rates.queries import original as kept

    name, content = kept(desk.db, desk.actor, _key(number))
    sheets.write_bytes(out, content)
    text = tr("{name} written to {out}.").format(name=name, out=out)
    said.object_or_text({"file": name, "out": str(out), "bytes": len(content)}, [text], as_object=desk.json)


@command(imports, "rejects")
@click.argument("number", metavar="IMPORT")
@click.argument("out", type=FilePath())
def rejects(desk: Desk, *, number: str, out: Path) -> None:
    """Write the rows in quarantine with their reasons, as .csv or .xlsx that can be imported again."""
    from voipdesk.rates.commands import export_rejects

    count = export_rejects(desk.db, desk.actor, _key(number), out)
    text = tr("{out}: {rows:,} rows.").format(out=out, rows=count)
    said.object_or_text({"out": str(out), "rows": count}, [text], as_object=desk.json)


@command(imports, "revert")
@click.argument("number", metavar="[IMPORT]", required=False)
@click.option("--table", help="Its newest version, where no import is named.")
@click.option("--version", type=int, help="Default: the newest.")
@click.option("--note", default="", help="Why; kept with the version.")
def revert(desk: Desk, *, number: str | None, table: str | None, version: int | None, note: str) -> None:
    """Take an import back: the rates before it stand again."""
    from voipdesk.calls.queries import version_lock
    from voipdesk.rates.commands import revert_import, revert_version

    if (number is None) == (table is None):
        raise click.UsageError("Say an import, or --table.")
    if number is not None:
        made = revert_import(desk.db, desk.actor, _key(number), locked=version_lock, note=note)
        name = number
    else:
        made = revert_version(
            desk.db, desk.actor, table=table, version=version, locked=version_lock, note=note
        )
        name = table or ""
    row = {"table": table, "version": made.seq, "state": made.state}
    said.object_or_text(
        row,
        [tr("Version {seq} of {table} is taken back.").format(seq=made.seq, table=name)],
        as_object=desk.json,
    )


def reviewed(desk: Desk, key: UUID) -> None:
    """Print the review of a staged import."""
    from voipdesk.insight.queries_consequences import CallsAndTariffs
    from voipdesk.rates.queries import review

    made = review(desk.db, desk.actor, key, surroundings=CallsAndTariffs(desk.db.clock))
    row = {
        "id": key,
        "table": made.staged.table.name,
        "file": made.staged.file_name,
        "state": made.staged.state,
        "scope": str(made.staged.decisions.scope),
        **made.ledger,
        "counts": made.counts,
        "guards": [one.as_dict() for one in made.guards],
        "held": made.is_held,
    }
    said.object_or_text(row, _review_lines(key, made), as_object=desk.json)


def _review_lines(key: UUID, made: "Review") -> Iterator[str]:
    yield tr("{key}: {file} waits for {table}").format(
        key=key, file=made.staged.file_name, table=made.staged.table.name
    )
    yield "  " + ", ".join(f"{count:,} {kind}" for kind, count in made.counts.items())
    for guard in made.guards:
        if guard.state != "ok":
            way = f" ({guard.accepted_by})" if guard.accepted_by else f" --accept {guard.pass_word}"
            yield f"  {guard.state} {guard.id}: {guard.text}{way}"
    if (layout := made.staged.layout) is not None:
        yield from sheets.left_out(layout.notes, [layout.title(at) for at in layout.bandless])


def _lines(row: dict[str, Any]) -> Iterator[str]:
    for name, value in row.items():
        if name == "guards":
            yield from (
                f"  {one['state']} {one['id']}: {one['text']}" for one in value if one["state"] != "ok"
            )
        elif value not in (None, "", {}):
            yield f"{name.ljust(12)} {value}"


def _key(number: str) -> UUID:
    try:
        return UUID(number)
    except ValueError as cause:
        raise click.BadParameter(
            f"{number!r} is not the id of an import; `imports list --json` tells them", param_hint="IMPORT"
        ) from cause
