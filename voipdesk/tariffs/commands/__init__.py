"""What is done to tariff plans: one function is one intention and one transaction."""

from voipdesk.tariffs.commands.assigning import assign_plan, end_assignment, remove_assignment
from voipdesk.tariffs.commands.notices import (
    MadeSheet,
    SheetsReport,
    export_changes,
    make_sheets,
    save_sheet,
)
from voipdesk.tariffs.commands.plans import (
    PlanDetails,
    archive_plan,
    change_plan,
    create_plan,
    seed_plans,
    seed_plans_in,
)
from voipdesk.tariffs.commands.rules import (
    RuleFields,
    add_rule,
    add_rules,
    change_rule,
    remove_rule,
    set_prices,
)
from voipdesk.tariffs.commands.sheets import SheetReport, export_plan

__all__ = [
    "MadeSheet",
    "PlanDetails",
    "RuleFields",
    "SheetReport",
    "SheetsReport",
    "add_rule",
    "add_rules",
    "archive_plan",
    "assign_plan",
    "change_plan",
    "change_rule",
    "create_plan",
    "end_assignment",
    "export_changes",
    "export_plan",
    "make_sheets",
    "remove_assignment",
    "remove_rule",
    "save_sheet",
    "seed_plans",
    "seed_plans_in",
    "set_prices",
]
