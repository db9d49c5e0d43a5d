"""The options that every subcommand takes, before it or after it, and the workspace they lead to."""

import functools
import os
import sys
import traceback
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import click

from voipdesk.cli import faults, said
from voipdesk.kernel.changes import Actor
from voipdesk.kernel.problems import Cancelled, Refused, VoipDeskError, WorkspaceError
from voipdesk.kernel.text import tr
from voipdesk.store.database import Database


@dataclass(slots=True)
class Desk:
    """What a subcommand works on. The workspace is opened when it is first asked for."""

    workspace: str | None = None
    user: str | None = None
    json: bool = False
    _db: Database | None = None
    _actor: Actor | None = None
    _zone: ZoneInfo | None = None

    @property
    def db(self) -> Database:
        """The open workspace."""
        if self._db is None:
            self._db = Database.open(self._path())
        return self._db

    @property
    def actor(self) -> Actor:
        """Who acts: `--user`, else the workspace's only admin; a login with a password is asked for it."""
        if self._actor is None:
            from voipdesk.accounts.queries import actor_named, check_password, has_password

            found = actor_named(self.db, self.user)
            if has_password(self.db, found.name):
                found = check_password(self.db, found.name, _password(found.name))
            self._actor = found
        return self._actor

    @property
    def zone(self) -> ZoneInfo:
        """The workspace's zone, asked for once."""
        if self._zone is None:
            from voipdesk.accounts.queries import workspace

            self._zone = workspace(self.db).zone
        return self._zone

    def close(self) -> None:
        """Let go of the workspace."""
        if self._db is not None:
            self._db.close()

    def _path(self) -> Path:
        named = self.workspace or os.environ.get("VOIPDESK_WORKSPACE")
        if not named:
            raise WorkspaceError(
                "which_workspace",
                tr("No workspace was named."),
                tr("Say which with --workspace FILE, or set VOIPDESK_WORKSPACE."),
            )
        return Path(named)


def _password(name: str) -> str:
    """From the environment, else typed without being shown; refused where nobody can type."""
    kept = os.environ.get("VOIPDESK_PASSWORD")
    if kept is not None:
        return kept
    if not sys.stdin.isatty():
        raise Refused(
            "password_needed",
            tr("The login {name} has a password.").format(name=name),
            tr("Type it at a terminal, or set VOIPDESK_PASSWORD."),
        )
    typed: str = click.prompt(tr("Password of {name}").format(name=name), hide_input=True, err=True)
    return typed


def command(group: click.Group, name: str | None = None) -> Callable[[Callable[..., Any]], click.Command]:
    """Make a function a subcommand: global options, refusals told with exit code 1, the workspace closed."""

    def decorate(function: Callable[..., Any]) -> click.Command:
        @functools.wraps(function)
        def told(workspace: str | None, user: str | None, json: bool, **options: Any) -> None:
            desk = _desk(workspace, user, json=json)
            try:
                function(desk, **options)
            except VoipDeskError as refused:
                said.refusal(refused, as_object=desk.json)
                sys.exit(1)
            except KeyboardInterrupt:
                said.refusal(Cancelled(), as_object=desk.json)
                sys.exit(1)
            except (click.ClickException, click.exceptions.Exit, click.Abort):
                raise
            except Exception:
                said.refusal(faults.fault(traceback.format_exc()), as_object=desk.json)
                sys.exit(1)
            finally:
                desk.close()

        return group.command(name)(with_globals(told))

    return decorate


def with_globals(function: Callable[..., Any]) -> Callable[..., Any]:
    """The three options that stand anywhere on the line."""
    options = (
        click.option("--workspace", metavar="FILE", help="The workspace file."),
        click.option("--user", metavar="NAME", help="Who acts (default: the workspace's only admin)."),
        click.option("--json", is_flag=True, help="Print one object, or JSON lines."),
    )
    for option in reversed(options):
        function = option(function)
    return function


def _desk(workspace: str | None, user: str | None, *, json: bool) -> Desk:
    """What stands after the subcommand wins over what stands before it."""
    before = click.get_current_context().find_root().obj or {}
    return Desk(
        workspace or before.get("workspace"), user or before.get("user"), json or before.get("json", False)
    )
