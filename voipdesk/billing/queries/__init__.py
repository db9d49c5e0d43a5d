"""Reads of documents: lists, one document with its PDF and calls, what they are made by, and the proof."""

from voipdesk.billing.queries.annex import Annex
from voipdesk.billing.queries.documents import (
    Invoice,
    InvoiceRow,
    invoice,
    invoice_calls,
    invoice_pdf,
    invoices,
)
from voipdesk.billing.queries.setup import Fee, Series, fees, has_amounts, series, tax_rules
from voipdesk.billing.queries.verify import verify

__all__ = [
    "Annex",
    "Fee",
    "Invoice",
    "InvoiceRow",
    "Series",
    "fees",
    "has_amounts",
    "invoice",
    "invoice_calls",
    "invoice_pdf",
    "invoices",
    "series",
    "tax_rules",
    "verify",
]
