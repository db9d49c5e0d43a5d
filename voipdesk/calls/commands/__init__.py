"""What is done with calls: one function is one intention and one transaction."""

from voipdesk.calls.commands.importing import ImportOptions, import_calls
from voipdesk.calls.commands.mending import (
    Mapped,
    dismiss_problem,
    map_account,
    restore_problem,
    revert_import,
    revert_run,
)
from voipdesk.calls.commands.rating import RatingOptions, rate_calls, retry_problems
from voipdesk.calls.commands.reports import CallImportReport, Moved, RatingReport, Untouched

__all__ = [
    "CallImportReport",
    "ImportOptions",
    "Mapped",
    "Moved",
    "RatingOptions",
    "RatingReport",
    "Untouched",
    "dismiss_problem",
    "import_calls",
    "map_account",
    "rate_calls",
    "restore_problem",
    "retry_problems",
    "revert_import",
    "revert_run",
]
