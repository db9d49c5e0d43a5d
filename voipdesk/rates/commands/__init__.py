"""What is done to rate tables: one function is one intention and one transaction."""

from voipdesk.rates.commands.exporting import ExportReport, export_table
from voipdesk.rates.commands.importing import ImportOptions, ImportReport, import_opened, import_sheet
from voipdesk.rates.commands.publishing import publish_rates, publish_rates_in, revert_version
from voipdesk.rates.commands.seeding import seed_table
from voipdesk.rates.commands.tables import add_band, create_table

__all__ = [
    "ExportReport",
    "ImportOptions",
    "ImportReport",
    "add_band",
    "create_table",
    "export_table",
    "import_opened",
    "import_sheet",
    "publish_rates",
    "publish_rates_in",
    "revert_version",
    "seed_table",
]
