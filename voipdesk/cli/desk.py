"""The desk itself from the command line: undo, redo, settings."""

import json
from typing import Any

import click

from voipdesk.cli import said
from voipdesk.cli.context import Desk, command
from voipdesk.cli.main import voipdesk
from voipdesk.kernel.changes import ChangeSet
from voipdesk.kernel.text import tr

SETTINGS = ("name", "currency", "zone", "country", "rounding", "tax_rate_note", "sample")


@command(voipdesk)
def undo(desk: Desk) -> None:
    """Take your newest change back."""
    _replayed(desk, desk.db.undo(desk.actor), tr("Undone"))


@command(voipdesk)
def redo(desk: Desk) -> None:
    """Bring back what you undid last."""
    _replayed(desk, desk.db.redo(desk.actor), tr("Redone"))


@voipdesk.group()
def settings() -> None:
    """Settings of the workspace."""


@command(settings, "get")
@click.argument("name", required=False, type=click.Choice(SETTINGS))
def get(desk: Desk, *, name: str | None) -> None:
    """One setting, or all of them."""
    assert desk.actor
    wanted = SETTINGS if name is None else (name,)
    found = {key: desk.db.setting(key) for key in wanted}
    said.object_or_text(
        found, (f"{key} = {_text(value)}" for key, value in found.items()), as_object=desk.json
    )


@command(settings, "set")
@click.argument("name", type=click.Choice(SETTINGS))
@click.argument("value")
def set_value(desk: Desk, *, name: str, value: str) -> None:
    """Change a setting; rounding is given as JSON, like {"decimals": 6, "mode": "half_up"}."""
    from voipdesk.accounts.commands import set_setting
    from voipdesk.insight.queries_amounts import amounts_on

    kept: Any = value
    if name in ("rounding", "sample"):
        try:
            kept = json.loads(value)
        except ValueError as cause:
            raise click.BadParameter(f"{value!r} is not JSON", param_hint="VALUE") from cause
    set_setting(desk.db, desk.actor, key=name, value=kept, stands_on=amounts_on)
    said.object_or_text({name: kept}, [f"{name} = {_text(kept)}"], as_object=desk.json)


def _replayed(desk: Desk, made: ChangeSet, word: str) -> None:
    row = {"label": made.label, "rows": len(made.changes), "tables": sorted(made.tables)}
    said.object_or_text(row, [f"{word}: {made.label}."], as_object=desk.json)


def _text(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value)
