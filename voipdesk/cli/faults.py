"""A fault of the program: one sentence for the user, the details in a file of their own."""

import platform
import sys
from datetime import UTC, datetime

from voipdesk import __version__
from voipdesk.kernel.problems import VoipDeskError
from voipdesk.kernel.text import tr
from voipdesk.shell.places import crash_report


def fault(details: str) -> VoipDeskError:
    """Write the traceback beside the program's own files; the refusal says where it is."""
    head = f"VoIPDesk {__version__}, Python {platform.python_version()}, {sys.platform}\n\n"
    written = crash_report(head + details, f"{datetime.now(UTC):%Y%m%d-%H%M%S-%f}")
    message = tr("The program made a mistake. What was not finished is not kept.")
    if written is None:
        return VoipDeskError("program_fault", message, tr("The details could not be written down."))
    return VoipDeskError(
        "program_fault", message, tr("The details are in {file}; send it to us.").format(file=written)
    )
