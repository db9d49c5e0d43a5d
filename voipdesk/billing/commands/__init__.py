"""What one can do with documents: draft a month, issue, void; set fees, taxes, numbers."""

from voipdesk.billing.commands.drafts import discard_draft, draft_invoices, note_draft
from voipdesk.billing.commands.issue import issue_invoices, void_invoice
from voipdesk.billing.commands.report import Draft, DraftReport, Issued, IssueReport, LeftOut
from voipdesk.billing.commands.setup import set_fee, set_run, set_series, set_tax_rule

__all__ = [
    "Draft",
    "DraftReport",
    "IssueReport",
    "Issued",
    "LeftOut",
    "discard_draft",
    "draft_invoices",
    "issue_invoices",
    "note_draft",
    "set_fee",
    "set_run",
    "set_series",
    "set_tax_rule",
    "void_invoice",
]
