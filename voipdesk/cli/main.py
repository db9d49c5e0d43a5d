"""The command line. Subcommands live by subject; each calls the same commands and queries as the screens."""

import contextlib
import signal
import sys
from pathlib import Path
from typing import Any

import click

from voipdesk import __version__
from voipdesk.cli.context import with_globals
from voipdesk.kernel.text import preferred_language, use_language

TRANSLATIONS = Path(__file__).resolve().parents[2] / "resources" / "translations"


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="voipdesk")
@with_globals
@click.pass_context
def voipdesk(context: click.Context, /, **options: Any) -> None:
    """VoIPDesk: rates, tariffs, calls and invoices of a small VoIP reseller, in one file.

    Without a subcommand the desktop program starts: voipdesk [--workspace FILE] [--user NAME] [--page P] [--sample]
    """
    context.obj = options


def run() -> None:
    """Run the command line; exit code 0 done, 1 refused with reasons, 2 wrong usage."""
    for stream in (sys.stdout, sys.stderr):
        with contextlib.suppress(AttributeError, ValueError):
            stream.reconfigure(encoding="utf-8")  # type: ignore[union-attr]
    if hasattr(signal, "SIGPIPE"):
        signal.signal(signal.SIGPIPE, signal.SIG_DFL)
    use_language(preferred_language(), TRANSLATIONS)
    load()
    voipdesk(prog_name="voipdesk")


def load() -> None:
    """Subcommands register themselves on import."""
    from voipdesk.cli import (  # noqa: F401
        calls,
        comparing,
        desk,
        imports,
        invoices,
        logins,
        notices,
        people,
        plans,
        rates,
        report,
        sheets,
        workspace,
    )
