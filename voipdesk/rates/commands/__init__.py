"""What is done to rate tables: one function is one intention and one transaction."""

from voipdesk.rates.commands.banding import add_band, change_band, remove_band
from voipdesk.rates.commands.exporting import ExportReport, export_table
from voipdesk.rates.commands.importing import ImportOptions, import_sheet
from voipdesk.rates.commands.limiting import set_guard_limits
from voipdesk.rates.commands.mending import export_rejects, mend_like, mend_rows
from voipdesk.rates.commands.publishing import publish_import
from voipdesk.rates.commands.reports import Change, ImportReport
from voipdesk.rates.commands.rereading import restage
from voipdesk.rates.commands.reverting import revert_import, revert_version
from voipdesk.rates.commands.seeding import seed_table
from voipdesk.rates.commands.staging import decide, discard_import, stage_columns, stage_sheet
from voipdesk.rates.commands.tables import create_table

__all__ = [
    "Change",
    "ExportReport",
    "ImportOptions",
    "ImportReport",
    "add_band",
    "change_band",
    "create_table",
    "decide",
    "discard_import",
    "export_rejects",
    "export_table",
    "import_sheet",
    "mend_like",
    "mend_rows",
    "publish_import",
    "remove_band",
    "restage",
    "revert_import",
    "revert_version",
    "seed_table",
    "set_guard_limits",
    "stage_columns",
    "stage_sheet",
]
